"""The consent ledger as values: entries chained by hashes, and the check that nobody changed the past.

`seal` makes an entry behind a head, `verify` checks a chain and says where it was touched, `anchor` writes the head as a text that a
host keeps elsewhere. Personal fields are only committed to by a salted digest, so forgetting them leaves the chain whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final, NamedTuple

from attrs import frozen

from canonical_contact.consent._displaced import MOST, Suspect, explain
from canonical_contact.errors import InputError
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead, ProofRow

__all__ = ["Fault", "Verification", "anchor", "forgotten", "keeps", "seal", "verify"]

_PUBLIC: Final = frozenset({"type", "name", "channel", "purpose", "controller", "suppression", "target", "recorded_at", "at"})
_LOOSE: Final = "~"  # before the version of a document whose text is not the compact form of its value
_ANCHOR: Final = "consent-ledger"
_LIMIT: Final = 100
_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_HINTS: Final = {
    "ledger.changed": "A field of this entry is not what was sealed; compare it with a copy from before.",
    "ledger.removed": "An entry that was sealed at this number is missing; take it from a copy from before.",
    "ledger.inserted": "This entry was not sealed behind the one before it; it was added later or moved here.",
    "ledger.reordered": "This entry was sealed at another number; entries changed places here.",
    "ledger.head": "The head does not name the last entry; compare it with an anchor or a copy from before.",
    "ledger.anchor": "The entry at this number is not the one that the anchor was taken of; the chain was written anew.",
}


class Fault(NamedTuple):
    """One place where a ledger is not what was sealed: the entry's number, a stable code, and what to do next."""

    seq: int
    code: str
    hint: str


@frozen
class Verification:
    """What `verify` found.

    Args:
        ok: whether the chain holds.
        entries: how many entries it read.
        faults: where it does not hold, by their numbers.
        forgotten: how many of the entries are forgotten.
        unproved: how many forgotten consent events no proof of an erasure behind them accounts for. The chain holds without their fields,
            so it does not show by itself who deleted them: `engine.erasing.erase`, with a proof, or somebody by other means.
        unproved_from: number of the first entry that they may be; 0 where there are none.
    """

    ok: bool
    entries: int
    faults: tuple[Fault, ...] = ()
    forgotten: int = 0
    unproved: int = 0
    unproved_from: int = 0


def seal(head: LedgerHead, row: EventRow | ProofRow, salt: str) -> LedgerEntry:
    """Make the entry that follows a head.

    Args:
        head: where the chain ends.
        row: a consent event, or a domain event.
        salt: 32 random hexadecimal digits, fresh for each entry; the adapter draws them.

    >>> entry = seal(LedgerHead(), ProofRow("p1", '{"name":"contact.changed","at":"2026-07-01T12:00:00Z"}'), "00" * 16)
    >>> entry.seq, entry.kind, verify([entry], LedgerHead(1, entry.hash)).ok
    (1, 'event', True)
    """
    if isinstance(row, ProofRow):
        kind, row = "event", EventRow(row.event_id, "", "", "", False, row.document)
    else:
        kind = "consent_event"
    event_id, record, channel, endpoint, blocking, document = row
    held = _parse(document)
    version = ""
    if held is not None:
        version = str(held.get("schema_version", ""))
        if _compact(held) != document:
            version = _LOOSE + version
    public, personal = _forms(held, document, (event_id, record, channel, endpoint, bool(blocking)), version)
    digest = _digest(salt, personal)
    number = head.seq + 1
    return LedgerEntry(
        number, kind, event_id, record, channel, endpoint, bool(blocking), document, version, salt, digest,
        _hash(head.hash, number, kind, public, digest),
    )  # fmt: skip


def forgotten(entry: LedgerEntry) -> LedgerEntry:
    """Take the personal fields out of an entry; the chain still verifies."""
    held = _sealed(entry)
    public = {} if held is None else {name: text for name, text in held.items() if name in _PUBLIC and isinstance(text, str)}
    return entry._replace(event_id="", record="", endpoint="", blocking=False, document=_sorted(public), salt="")


def keeps(entry: LedgerEntry) -> bool:
    """Tell whether an entry's fields are those that it was sealed with; an adapter asks this before it writes a document over."""
    return _checked(entry) is not None


def anchor(head: LedgerHead) -> str:
    """Write a head as a text to keep elsewhere; a chain that is cut or written anew together with its head no longer fits it.

    >>> anchor(LedgerHead(2, "ab"))
    'consent-ledger 2 ab'
    """
    return f"{_ANCHOR} {head.seq} {head.hash}"


def verify(
    entries: Iterable[LedgerEntry], head: LedgerHead | None = None, anchors: Iterable[str | LedgerHead] = ()
) -> Verification:
    """Check a chain from its first entry on.

    Args:
        entries: all entries in the order of their numbers.
        head: where the store says that it ends; without it a cut tail does not show.
        anchors: heads that were kept elsewhere, or their texts by `anchor`.

    Returns:
        What was found; at most 100 faults are listed.

    Raises:
        InputError: a text is no anchor.

    >>> verify([], LedgerHead(1, "ab")).faults[0].code
    'ledger.removed'
    """
    wanted = dict(map(_read_anchor, anchors))
    count = gone = last = unproved = since = 0
    before: tuple[str, ...] | None = ("",)  # what the hash before may be: as stored, as computed
    faults: set[tuple[int, str]] = set()
    gaps: list[tuple[int, int]] = []
    suspects: list[Suspect] = []
    sound: dict[int, str] = {}
    missed: list[int] = []  # anchors that do not fit
    doubted: Suspect | None = None  # the entry before, where it is a suspect
    for entry in entries:
        count += 1
        gone += not entry.salt
        if entry.kind == "event":
            unproved = max(0, unproved - _erased(entry))
        elif not entry.salt:
            unproved, since = unproved + 1, since if unproved else entry.seq
        if entry.seq <= last:
            if len(faults) < MOST:
                faults.add((entry.seq, "ledger.reordered" if _fill(gaps, entry.seq) else "ledger.inserted"))
            continue
        if entry.seq > last + 1:
            if len(gaps) < MOST:
                gaps.append((last + 1, entry.seq))
            before, doubted = None, None
        checked = _checked(entry)
        computed: list[str] = []
        fits = checked is not None
        if checked is not None and before is not None:
            computed = [_hash(link, entry.seq, entry.kind, checked, entry.digest) for link in before]
            fits = entry.hash in computed
        if fits:
            if doubted is not None:
                doubted.followed, doubted.rehashed = entry.hash == computed[0], entry.hash != computed[0]
            doubted = None
            before = (entry.hash,)
        else:
            if before is not None and doubted is None and len(suspects) < MOST:
                sound[last] = before[0]
            doubted = Suspect(entry, checked, before[0] if before else None)
            if len(suspects) < MOST:
                suspects.append(doubted)
            before = (entry.hash, *computed[:2])  # no more, or a chain that is shifted would take for ever
        if entry.seq in wanted and wanted.pop(entry.seq) != entry.hash and fits:
            missed.append(entry.seq)
        last = entry.seq
    stored = before or ("",)
    if doubted is not None and head is not None and head.seq == last:
        doubted.followed, doubted.rehashed = head.hash == stored[0], head.hash in stored[1:]
    found, moved = explain(suspects, sound, head, _hash_at)
    faults.update(found)
    faults.update((seq, "ledger.anchor") for seq in missed)
    faults.update((first, "ledger.removed") for first, _ in gaps)
    if head is not None and not (head.seq == last + moved and (head.hash in stored or doubted is not None)):
        same = head.hash in stored
        if head.seq > last and not same:
            faults.add((last + 1, "ledger.removed"))
        elif head.seq < last and not same:
            faults.add((max(head.seq, 0) + 1, "ledger.inserted"))
        else:
            faults.add((last, "ledger.head"))
    if any(seq > last for seq in wanted):
        faults.add((last + 1, "ledger.removed"))
    told = tuple(Fault(seq, code, _HINTS[code]) for seq, code in sorted(faults)[:_LIMIT])
    return Verification(not faults, count, told, gone, unproved, since if unproved else 0)


def _erased(entry: LedgerEntry) -> int:
    """Tell how many events an entry says were forgotten, where it is the proof of an erasure."""
    held = _parse(entry.document) if entry.salt and '"erased"' in entry.document else None
    detail = held.get("detail") if held else None
    told = str(detail.get("events", "")) if isinstance(detail, dict) and detail.get("act") == "erased" else ""
    return int(told) if told.isdecimal() and len(told) < 10 else 0


def _fill(gaps: list[tuple[int, int]], seq: int) -> bool:
    """Take a number that came late out of the gap that it had left."""
    for place, (first, end) in enumerate(gaps):
        if first <= seq < end:
            gaps[place : place + 1] = [gap for gap in ((first, seq), (seq + 1, end)) if gap[0] < gap[1]]
            return True
    return False


def _hash_at(previous: str, entry: LedgerEntry, seq: int, public: str) -> str:
    return _hash(previous, seq, entry.kind, public, entry.digest)


def _parse(document: str) -> dict[str, Any] | None:
    try:
        held = json.loads(document)
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, dict) else None


def _forms(held: dict[str, Any] | None, document: str, row: tuple[str, str, str, str, bool], version: str) -> tuple[str, str]:
    event_id, record, channel, endpoint, blocking = row
    shown: dict[str, Any] = {}
    rest: Any = document
    if held is not None:
        rest = {}
        for name, value in held.items():
            (shown if name in _PUBLIC and isinstance(value, str) else rest)[name] = value
    return _sorted([channel, version, shown]), _sorted([event_id, record, endpoint, blocking, rest])


def _sealed(entry: LedgerEntry) -> dict[str, Any] | None:
    """Read the document in the version that it was sealed in."""
    held = _parse(entry.document)
    if held is None or not entry.salt:
        return held
    version = entry.version.removeprefix(_LOOSE)
    if version and held.get("schema_version") != version:
        from canonical_contact.schema.migrations import migrate

        return dict(migrate(held, version, kind=entry.kind))
    return held


def _checked(entry: LedgerEntry) -> str | None:
    """Give the public form of an entry whose personal fields are those that its digest commits to."""
    try:
        own = _parse(entry.document)
        if own is not None and not entry.version.startswith(_LOOSE) and _compact(own) != entry.document:
            return None
        held = _sealed(entry)
        public, personal = _forms(held, entry.document, entry[2:7], entry.version)
        if entry.salt:
            return public if _digest(entry.salt, personal) == entry.digest else None
        empty = _sorted(["", "", "", False, {}])
        return public if personal == empty else None
    except (InputError, ValueError, TypeError, RecursionError):
        return None


def _digest(salt: str, personal: str) -> str:
    return sha256(salt.encode() + personal.encode("utf-8", "surrogatepass")).hexdigest()


def _hash(previous: str, seq: int, kind: str, public: str, digest: str) -> str:
    return sha256(f"{previous}\n{seq}\n{kind}\n{public}\n{digest}".encode("utf-8", "surrogatepass")).hexdigest()


def _read_anchor(text: str | LedgerHead) -> tuple[int, str]:
    if isinstance(text, LedgerHead):
        return text
    words = text.split()
    if len(words) not in (2, 3) or words[0] != _ANCHOR or not words[1].isdecimal():
        raise InputError("A text is no anchor of a ledger.", path="anchors", hint="Pass what consent.ledger.anchor gave.")
    return int(words[1]), words[2] if len(words) == 3 else ""
