"""What the adapters that ship share: cutting rows into batches, checks of arguments, run ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from canonical_contact.errors import ConfigError, InputError, StoreError
from canonical_contact.model import contact_id
from canonical_contact.ports import DecisionRow

__all__ = [
    "alias_is_for_ever",
    "batches",
    "breaks_chain",
    "check_pair",
    "check_same",
    "in_utc",
    "is_about",
    "nested",
    "no_contact",
    "no_kind",
    "not_retired",
    "not_there",
    "retired_id",
    "run_id",
    "same_document",
    "says_the_same",
    "swallowed",
    "without",
]

R = TypeVar("R")
_SAYS = DecisionRow._fields.index("at")  # what comes behind makes no verdict another one


def batches(rows: Iterable[R], size: int, key: Callable[[R], Hashable]) -> Iterator[list[R]]:
    """Cut rows into lists of at most `size`; a key that comes again begins the next list, so that each list has every key once."""
    batch: list[R] = []
    seen: set[Hashable] = set()
    for row in rows:
        name = key(row)
        if name in seen or len(batch) == size:
            yield batch
            batch, seen = [], set()
        batch.append(row)
        seen.add(name)
    if batch:
        yield batch


def run_id(started_at: datetime, count: int) -> str:
    """Name the run that begins after `count` others; a UUIDv7 as contacts have."""
    return contact_id(started_at, f"run {count}")


def in_utc(now: datetime) -> datetime:
    """Check the start of a run."""
    if now.utcoffset() is None:
        raise InputError("A run needs a start with a time zone.", path="now", hint="Pass datetime.now(UTC).")
    return now.astimezone(UTC)


def check_pair(row: DecisionRow) -> DecisionRow:
    """Check that the smaller key comes first, so that a pair has one name."""
    if not row.left < row.right:
        raise InputError("A verdict names its pair with the smaller record key first.", path="left", hint="Swap left and right.")
    return row


def says_the_same(old: DecisionRow, new: DecisionRow) -> bool:
    """Tell whether a verdict only repeats the present one of its lane: when it was said again, and in which act, is nothing new."""
    return old[:_SAYS] == new[:_SAYS]


def nested() -> StoreError:
    """Say that a run was begun inside of a run or a transaction."""
    return StoreError("A run was begun inside of a run or transaction of the same store.", hint="End the first one before.")


def swallowed() -> StoreError:
    """Say that a transaction cannot be committed."""
    return StoreError(
        "A write inside of this run failed and the error was not passed on, so nothing of the run was kept.",
        hint="Let the error leave the with block, or write what may fail outside of it.",
    )


def retired_id(alias: str, end: str) -> StoreError:
    """Say that a contact was written under an id that leads elsewhere."""
    return StoreError(
        f"The id {alias} was retired and leads to {end}; it cannot be given to a contact again.",
        path=alias,
        hint=f"Write the contact as {end}, or make a new id.",
    )


def alias_is_for_ever(alias: str, end: str, wanted: str) -> StoreError:
    """Say that an id cannot be made to lead to another."""
    if alias == end:
        return StoreError(
            f"The id {alias} cannot lead to {wanted}, which leads back to it.", path=alias, hint="Retire another id."
        )
    return StoreError(
        f"The id {alias} leads to {end} for ever and cannot be made to lead to {wanted}.",
        path=alias,
        hint=f"Retire {end} instead.",
    )


def not_retired(contact_id: str) -> StoreError:
    """Say that an id cannot be released."""
    return StoreError(
        f"The id {contact_id} leads to no other, so it cannot be released.", path=contact_id, hint="Name retired ids."
    )


def no_contact() -> StoreError:
    """Say that an alias leads nowhere."""
    return StoreError(
        "An id was retired in favour of an id that no contact has.", hint="Write that contact in the same run or transaction."
    )


def same_document(kind: str, old: str, new: str) -> bool:
    """Tell whether two texts are one document in two versions of the schema; an adapter asks this before it writes one over the other.

    Args:
        kind: `source_record`, `consent_event`, `activity`, `contact` or `event`.
        old: JSON text.
        new: JSON text.

    >>> same_document("contact", '{"contact_id":"1","schema_version":"1.0"}', '{"contact_id":"1","schema_version":"1.1"}')
    True
    >>> same_document("contact", '{"contact_id":"1","schema_version":"1.0"}', '{"contact_id":"2","schema_version":"1.1"}')
    False
    """
    if old == new:
        return True
    from canonical_contact.schema.migrations import migrate

    try:
        first, second = json.loads(old), json.loads(new)
        return bool(migrate(first, kind=kind) == migrate(second, kind=kind))
    except (ValueError, TypeError, RecursionError):
        return False


def check_same(kind: str, place: str, old: str, new: str) -> None:
    """Check a document that is to be written over another."""
    if not same_document(kind, old, new):
        raise StoreError(
            f"A document of the kind {kind} was not written over: it is not the same one in another version of the schema.",
            path=place,
            hint="Give what `documents` gave, migrated; change documents by the other methods.",
        )


def breaks_chain(place: str) -> StoreError:
    """Say that a consent event in another version is not the one that the ledger sealed."""
    return StoreError(
        "A consent event was not written over: the ledger's chain would not verify with it.",
        path=place,
        hint="Give what `documents` gave, migrated, and add or drop nothing.",
    )


def not_there(kind: str, place: str) -> StoreError:
    """Say that there is no document at a place."""
    return StoreError(f"The store has no document of the kind {kind} there.", path=place, hint="Take places from `documents`.")


def no_kind(kind: str, known: Iterable[str]) -> ConfigError:
    """Say that a store keeps no documents of a kind."""
    return ConfigError(f"A store keeps no documents of the kind {kind!r}.", path="kind", hint=f"Kinds: {', '.join(known)}.")


def is_about(document: str, names: Collection[str], kept: Collection[str] = ()) -> bool:
    """Tell whether a domain event is about one of some contacts, or names one of some ids or record keys.

    Args:
        document: the event.
        names: what is looked for.
        kept: further record keys with spaces, which must not be taken for one of the names.

    >>> is_about('{"contact_id":"1","detail":{"records":"crm:7 crm:8"}}', {"crm:8"})
    True
    """
    held = _event(document)
    gone = set(names)
    return held is not None and (held.get("contact_id") in gone or not gone.isdisjoint(_told(held, gone, kept)))


def without(document: str, names: Collection[str], kept: Collection[str] = ()) -> str:
    """Take ids and record keys out of the detail of a domain event; a text that names none of them comes back as it is.

    Args:
        document: the event.
        names: what goes.
        kept: record keys with spaces that stay, although they may begin like one that goes.

    >>> without('{"contact_id":"1","detail":{"records":"crm:7 crm:8"}}', {"crm:8"})
    '{"contact_id":"1","detail":{"records":"crm:7"}}'
    """
    gone = set(names)
    held = _event(document)
    if held is None or gone.isdisjoint(_told(held, gone, kept)):
        return document
    detail = {
        name: text
        if gone.isdisjoint(words := list(_words(str(text), {*gone, *kept})))
        else " ".join(word for word in words if word not in gone)
        for name, text in held["detail"].items()
    }
    return json.dumps({**held, "detail": detail}, ensure_ascii=False, separators=(",", ":"))


def _event(document: str) -> dict[str, Any] | None:
    try:
        held = json.loads(document)
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, dict) else None


def _told(held: dict[str, Any], names: Collection[str], kept: Collection[str]) -> Iterator[str]:
    """The words of an event's detail; a key may be of several words, and the longest that fits is meant."""
    detail = held.get("detail")
    for text in detail.values() if isinstance(detail, dict) else ():
        yield from _words(str(text), {*names, *kept})


def _words(text: str, names: Collection[str]) -> Iterator[str]:
    several = {name for name in names if " " in name}
    longest = max((name.count(" ") for name in several), default=0) + 1
    words, place = text.split(" "), 0
    while place < len(words):
        ends = range(min(place + longest, len(words)), place + 1, -1)
        end = next((end for end in ends if " ".join(words[place:end]) in several), place + 1)
        yield " ".join(words[place:end])
        place = end
