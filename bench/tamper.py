"""Tampering with a stored ledger: python bench/tamper.py [--edits 10000] [--entries 60] [--seed 6] [--json].

Fills SQLite stores with consent events, proofs and forgotten entries, edits them by SQL behind the library's back (bytes of any column,
deleted, inserted, replaced, exchanged and moved rows, cut tails, the head), and verifies each by what the store then tells. Prints how
many edits of each kind were made, found, and placed right; ends with 1 where one was missed or misplaced.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from canonical_contact.consent.ledger import seal, verify
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead, ProofRow
from canonical_contact.store import SQLiteStore

DOCUMENT = (
    '{"event_id":"%s","type":"%s","channel":"email","purpose":"newsletter","record":"a:%d","endpoint":"p%d@example.com",'
    '"effective_at":"2026-06-30T12:00:00Z","recorded_at":"2026-07-01T12:00:00Z","method":"import","source":"x.csv","schema_version":"1.2"}'
)
PROOF = (
    '{"name":"contact.changed","contact_id":"c%d","at":"2026-07-01T12:00:00Z","detail":{"act":"exported"},"schema_version":"1.2"}'
)
COLUMNS = ("kind", "event_id", "record", "channel", "endpoint", "blocking", "document", "version", "salt", "digest", "hash")
LETTERS = 'abcdefXYZ0123456789"{}:, é\x00'
PUT = f"INSERT INTO consent_event VALUES ({','.join('?' * 12)})"

Edit = Callable[["Victim"], tuple[str, int]]


class Victim:
    """A store's file with a second connection to it, by which nothing is checked."""

    def __init__(self, path: Path, entries: int, chance: random.Random) -> None:
        self.chance = chance
        self.store = SQLiteStore(path)
        ids = [f"e{number:04}" for number in range(entries - 3)]
        self.store.put_events(
            EventRow(
                name, f"a:{n}", "email", f"p{n}@example.com", n % 2 > 0, DOCUMENT % (name, ("withdraw", "opt_in")[n % 2], n, n)
            )
            for n, name in enumerate(ids)
        )
        self.store.put_proofs(ProofRow(f"p{number}", PROOF % number) for number in range(3))
        self.store.forget([ids[5], ids[6], "p1"])
        self.head = self.store.ledger_head()
        self.clean: list[LedgerEntry] = list(self.store.entries())
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA ignore_check_constraints = ON")

    def close(self) -> None:
        self.db.close()
        self.store.close()

    def place(self) -> int:
        return self.chance.randint(1, self.head.seq)

    def open_up(self, place: int) -> None:
        """Make room at a number: everything from there on is renumbered."""
        self.db.execute("UPDATE consent_event SET seq = -seq WHERE seq >= ?", (place,))
        self.db.execute("UPDATE consent_event SET seq = 1 - seq WHERE seq < 0")

    def close_up(self, place: int) -> None:
        self.db.execute("UPDATE consent_event SET seq = -seq WHERE seq > ?", (place,))
        self.db.execute("UPDATE consent_event SET seq = -1 - seq WHERE seq < 0")

    def sealed(self, place: int, name: str) -> LedgerEntry:
        """Make an entry that is sealed as the store would."""
        before = self.clean[place - 2].hash if place > 1 else ""
        document = DOCUMENT % (name, "opt_in", 0, 0)
        row = EventRow(name, "a:0", "email", "p0@example.com", False, document)
        return seal(LedgerHead(place - 1, before), row, f"{self.chance.getrandbits(128):032x}")


def change_a_column(victim: Victim) -> tuple[str, int]:
    """Change one character, or put one, or an empty text, where there was none."""
    place, column = victim.place(), victim.chance.choice(COLUMNS)
    ((held,),) = victim.db.execute(f"SELECT {column} FROM consent_event WHERE seq = ?", (place,))
    new: object
    if column == "blocking":
        new = victim.chance.choice([1 - held, 2, -1])
    elif not held:
        new = "" if held is None and victim.chance.random() < 0.5 else victim.chance.choice(LETTERS)
    else:
        at = victim.chance.randrange(len(held))
        how = victim.chance.randrange(3)
        letter = victim.chance.choice([each for each in LETTERS if each != held[at]])
        new = held[:at] + (letter, "", letter + held[at])[how] + held[at + 1 :]
    victim.db.execute(f"UPDATE consent_event SET {column} = ? WHERE seq = ?", (new, place))
    return f"column {column}", place


def empty_a_column(victim: Victim) -> tuple[str, int]:
    """Set a column to nothing, or to that of another entry."""
    place, column = victim.place(), victim.chance.choice([each for each in COLUMNS if each not in ("event_id", "blocking")])
    ((held,),) = victim.db.execute(f"SELECT {column} FROM consent_event WHERE seq = ?", (place,))
    others = [getattr(entry, column) for entry in victim.clean if getattr(entry, column) != (held or "")]
    if held:
        others.append("")
    if not others:
        return change_a_column(victim)
    victim.db.execute(f"UPDATE consent_event SET {column} = ? WHERE seq = ?", (victim.chance.choice(others), place))
    return f"column {column} of another", place


def delete(victim: Victim) -> tuple[str, int]:
    place = victim.place()
    victim.db.execute("DELETE FROM consent_event WHERE seq = ?", (place,))
    return "deleted", place


def delete_and_close_up(victim: Victim) -> tuple[str, int]:
    place = victim.place()
    victim.db.execute("DELETE FROM consent_event WHERE seq = ?", (place,))
    victim.close_up(place)
    return "deleted, renumbered", place


def cut(victim: Victim) -> tuple[str, int]:
    place = victim.place()
    victim.db.execute("DELETE FROM consent_event WHERE seq >= ?", (place,))
    return "tail cut", place


def cut_with_the_head(victim: Victim) -> tuple[str, int]:
    place = victim.place()
    victim.db.execute("DELETE FROM consent_event WHERE seq >= ?", (place,))
    head = (place - 1, victim.clean[place - 2].hash if place > 1 else "")
    victim.db.execute("UPDATE ledger_head SET seq = ?, hash = ?", head)
    return "tail cut with the head (by an anchor)", place


def insert(victim: Victim) -> tuple[str, int]:
    place = victim.chance.randint(1, victim.head.seq + 1)
    victim.open_up(place)
    entry = victim.sealed(place, "new")
    victim.db.execute(PUT, entry)
    return "inserted", place + 1 if place <= victim.head.seq else place  # it fits where it stands; the next one does not


def insert_unsealed(victim: Victim) -> tuple[str, int]:
    place = victim.chance.randint(1, victim.head.seq + 1)
    victim.open_up(place)
    held = victim.chance.choice(victim.clean)
    victim.db.execute(PUT, (place, held.kind, "new", held.record, *held[4:]))
    return "inserted unsealed", place


def exchange(victim: Victim) -> tuple[str, int]:
    one, other = sorted(victim.chance.sample(range(1, victim.head.seq + 1), 2))
    for source, target in ((one, -1), (other, one), (-1, other)):
        victim.db.execute("UPDATE consent_event SET seq = ? WHERE seq = ?", (target, source))
    return "exchanged", one


def move(victim: Victim) -> tuple[str, int]:
    source, target = victim.chance.sample(range(1, victim.head.seq + 1), 2)
    victim.db.execute("UPDATE consent_event SET seq = -1000000 WHERE seq = ?", (source,))
    low, high, by = (source + 1, target, -1) if source < target else (target, source - 1, 1)
    victim.db.execute("UPDATE consent_event SET seq = -seq WHERE seq BETWEEN ? AND ?", (low, high))
    victim.db.execute("UPDATE consent_event SET seq = -seq + ? WHERE seq BETWEEN ? AND -1", (by, -high))
    victim.db.execute("UPDATE consent_event SET seq = ? WHERE seq = -1000000", (target,))
    return "moved", min(source, target)


def replace(victim: Victim) -> tuple[str, int]:
    place = victim.place()
    victim.db.execute("DELETE FROM consent_event WHERE seq = ?", (place,))
    victim.db.execute(PUT, victim.sealed(place, "new"))
    return "replaced by one sealed there", min(place + 1, victim.head.seq)


def rewrite_to_the_end(victim: Victim) -> tuple[str, int]:
    """Seal another event and everything behind it anew, and move the head: only an anchor shows this."""
    place = victim.place()
    head = LedgerHead(place - 1, victim.clean[place - 2].hash if place > 1 else "")
    victim.db.execute("DELETE FROM consent_event WHERE seq >= ?", (place,))
    for number in range(place, victim.head.seq + 1):
        name = f"new{number}"
        row = EventRow(name, "a:0", "email", "", False, DOCUMENT % (name, "opt_in", 0, 0))
        entry = seal(head, row, f"{victim.chance.getrandbits(128):032x}")
        head = LedgerHead(entry.seq, entry.hash)
        victim.db.execute(PUT, entry)
    victim.db.execute("UPDATE ledger_head SET seq = ?, hash = ?", head)
    return "written anew to the end (by an anchor)", victim.head.seq


def change_the_head(victim: Victim) -> tuple[str, int]:
    digits = list(victim.head.hash)
    at = victim.chance.randrange(len(digits))
    digits[at] = victim.chance.choice([digit for digit in "0123456789abcdef" if digit != digits[at]])
    victim.db.execute("UPDATE ledger_head SET hash = ?", ("".join(digits),))
    return "head's hash", victim.head.seq


def renumber(victim: Victim) -> tuple[str, int]:
    place = victim.place()
    victim.db.execute("UPDATE consent_event SET seq = ? WHERE seq = ?", (victim.head.seq + victim.chance.randint(1, 99), place))
    return "number changed", place


EDITS: tuple[Edit, ...] = (
    *(change_a_column,) * 5,
    empty_a_column,
    delete,
    delete_and_close_up,
    cut,
    cut_with_the_head,
    insert,
    insert_unsealed,
    exchange,
    move,
    replace,
    rewrite_to_the_end,
    change_the_head,
    renumber,
)


def main() -> int:
    """Edit, verify, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=60)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    begun = time.perf_counter()
    made, found, placed = Counter[str](), Counter[str](), Counter[str]()
    codes: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        victim = Victim(Path(folder) / "contacts.db", options.entries, random.Random(options.seed))
        sound = verify(victim.clean, victim.head, [victim.head]).ok
        while made.total() < options.edits:
            victim.db.execute("BEGIN")
            try:
                kind, place = victim.chance.choice(EDITS)(victim)
            except sqlite3.IntegrityError:  # an id that another entry has: SQLite itself refuses
                victim.db.execute("ROLLBACK")
                continue
            victim.db.execute("COMMIT")
            anchors = [victim.head] if "anchor" in kind else []
            told = verify(victim.store.entries(), victim.store.ledger_head(), anchors)
            made[kind] += 1
            found[kind] += not told.ok
            placed[kind] += bool(told.faults) and told.faults[0].seq == place
            codes.setdefault(kind, Counter())[told.faults[0].code if told.faults else "missed"] += 1
            with_head = (victim.head.seq, victim.head.hash)
            victim.db.execute("BEGIN")
            victim.db.execute("DELETE FROM consent_event")
            victim.db.executemany(PUT, [(*one[:2], one[2] or None, None if one.kind == "event" or not one.salt else one.record, *one[4:]) for one in victim.clean])  # fmt: skip
            victim.db.execute("UPDATE ledger_head SET seq = ?, hash = ?", with_head)
            victim.db.execute("COMMIT")
        sound = sound and list(victim.store.entries()) == victim.clean
        victim.close()
    missed, misplaced = (made - found).total(), (found - placed).total()
    seconds = time.perf_counter() - begun
    if options.json:
        told_all = {
            kind: {"made": made[kind], "found": found[kind], "placed": placed[kind], "codes": codes[kind]} for kind in made
        }
        print(json.dumps({"edits": made.total(), "missed": missed, "misplaced": misplaced, "kinds": told_all}))
    else:
        for kind in sorted(made):
            told_codes = ", ".join(f"{code} {number}" for code, number in codes[kind].most_common())
            print(f"{kind:40} {made[kind]:6} made {found[kind]:6} found {placed[kind]:6} placed   {told_codes}")
        print(
            f"{made.total():,} edits of a ledger of {options.entries} entries, {missed} missed, {misplaced} misplaced; {seconds:.0f} s"
        )
    return 0 if sound and not missed and not misplaced else 1


if __name__ == "__main__":
    sys.exit(main())
