"""Chains of a ledger for tests, and what somebody may do to them: each edit says which fault verify must tell first, and where."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple

from canonical_contact.consent.ledger import forgotten, seal
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead, ProofRow

__all__ = ["EDITS", "Edit", "Edited", "chain", "document", "event_rows"]

FIELDS = ("kind", "event_id", "record", "channel", "endpoint", "document", "version", "salt", "digest", "hash")


class Edited(NamedTuple):
    """A chain that was touched: what is stored now, and the first fault that it must be told with."""

    entries: list[LedgerEntry]
    head: LedgerHead
    seq: int
    codes: tuple[str, ...]


def document(number: int, kind: str = "withdraw") -> str:
    """Write a consent event as a store holds it."""
    held = {
        "event_id": f"e{number:04}",
        "type": kind,
        "channel": "email",
        "purpose": "newsletter",
        "record": f"a:{number}",
        "endpoint": f"ana{number}@example.org",
        "recorded_at": "2026-07-01T12:00:00Z",
        "evidence": f"wording {number}",
        "schema_version": "1.2",
    }
    return json.dumps(held, separators=(",", ":"))


def event_rows(count: int, start: int = 0) -> list[EventRow]:
    """Make consent events with ids of their own."""
    return [
        EventRow(f"e{number:04}", f"a:{number}", "email", f"ana{number}@example.org", bool(number % 2), document(number))
        for number in range(start, start + count)
    ]


def chain(count: int, forget: Sequence[int] = (), proofs: Sequence[int] = ()) -> tuple[list[LedgerEntry], LedgerHead]:
    """Seal some events; some numbers are proofs, some are forgotten."""
    head, entries = LedgerHead(), []
    for row in event_rows(count):
        number = head.seq + 1
        proof = ProofRow(f"p{number}", '{"name":"contact.changed","at":"2026-07-01T12:00:00Z"}')
        entry = seal(head, proof if number in proofs else row, f"{number:032x}")
        head = LedgerHead(entry.seq, entry.hash)
        entries.append(forgotten(entry) if number in forget else entry)
    return entries, head


def change(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    place = random.randrange(len(entries))
    entry = entries[place]
    name = random.choice((*FIELDS, "blocking"))
    held = getattr(entry, name)
    if name == "blocking":
        new: object = not held
    elif not held:
        new = "x"
    else:
        at = random.randrange(len(held))
        new = held[:at] + random.choice([char for char in 'abcXYZ0189"{}:, ' if char != held[at]]) + held[at + 1 :]
    return Edited([*entries[:place], _with(entry, name, new), *entries[place + 1 :]], head, entry.seq, ("ledger.changed",))


def remove(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    place = random.randrange(len(entries))
    return Edited([*entries[:place], *entries[place + 1 :]], head, place + 1, ("ledger.removed",))


def remove_and_renumber(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    place = random.randrange(len(entries))
    return Edited(_numbered([*entries[:place], *entries[place + 1 :]]), head, place + 1, ("ledger.removed",))


def insert(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    """Put something in: an entry that is there already, or a new one that was sealed elsewhere."""
    place = random.randrange(len(entries) + 1)
    own = seal(LedgerHead(place, f"{random.getrandbits(256):064x}"), event_rows(1, 9_000)[0], "ab" * 16)
    new = random.choice((own, random.choice(entries)))
    if place < len(entries) and new == entries[place]:
        place += 1  # of two that are the same, the second is too many
    return Edited(_numbered([*entries[:place], new, *entries[place:]]), head, place + 1, ("ledger.inserted",))


def append(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    """Add an entry that fits behind the last, and leave the head."""
    del random
    return Edited([*entries, seal(head, event_rows(1, 9_000)[0], "ab" * 16)], head, head.seq + 1, ("ledger.inserted",))


def replace(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    """Put another event in the place of one, sealed behind the right entry."""
    place = random.randrange(len(entries))
    before = LedgerHead(place, entries[place - 1].hash if place else "")
    new = seal(before, event_rows(1, 9_000)[0], "ab" * 16)
    follows = min(place + 2, len(entries))  # it fits where it stands; what comes behind it, or the head, does not
    code = ("ledger.changed",) if follows > place + 1 else ("ledger.head",)
    return Edited([*entries[:place], new, *entries[place + 1 :]], head, follows, code)


def swap(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    first, second = sorted(random.sample(range(len(entries)), 2))
    moved = list(entries)
    moved[first], moved[second] = moved[second], moved[first]
    return Edited(_numbered(moved), head, first + 1, ("ledger.reordered",))


def move(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    """Take an entry out and put it in elsewhere; what lies between is renumbered."""
    source, target = random.sample(range(len(entries)), 2)
    moved = list(entries)
    moved.insert(target, moved.pop(source))
    return Edited(_numbered(moved), head, min(source, target) + 1, ("ledger.reordered",))


def hand_out_of_order(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    """Leave the numbers and give the entries in another order."""
    first, second = sorted(random.sample(range(len(entries)), 2))
    moved = list(entries)
    moved[first], moved[second] = moved[second], moved[first]
    return Edited(moved, head, first + 1, ("ledger.reordered",))


def cut(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    place = random.randrange(len(entries))
    return Edited(entries[:place], head, place + 1, ("ledger.removed",))


def change_head(entries: list[LedgerEntry], head: LedgerHead, random: Random) -> Edited:
    if random.random() < 0.5:
        digits = list(head.hash)
        at = random.randrange(len(digits))
        digits[at] = "0" if digits[at] != "0" else "1"
        return Edited(entries, LedgerHead(head.seq, "".join(digits)), head.seq, ("ledger.head",))
    return Edited(entries, LedgerHead(head.seq + random.choice((-1, 1, 7)), head.hash), head.seq, ("ledger.head",))


def _with(entry: LedgerEntry, name: str, value: Any) -> LedgerEntry:
    return entry._replace(**{name: value})


def _numbered(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [entry._replace(seq=number) for number, entry in enumerate(entries, 1)]


Edit = Callable[[list[LedgerEntry], LedgerHead, Random], Edited]
EDITS: tuple[Edit, ...] = (
    change,
    remove,
    remove_and_renumber,
    insert,
    append,
    replace,
    swap,
    move,
    hand_out_of_order,
    cut,
    change_head,
)
