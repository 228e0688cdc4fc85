# What a person had put right: it stands before what any source says, now and later; what it overrules stays in the claims.
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from attrs import evolve, fields

from canonical_contact.merge._placing import last_changed
from canonical_contact.model import Card, Claim, SourceRecord

__all__ = ["REASON", "RECTIFICATION", "is_overruled", "overruled", "without_overruled"]

RECTIFICATION: Final = "rectification"  # the system of records that say what was put right
REASON: Final = "rectified"
_BLANK: Final = Card()
_FIELDS: Final = frozenset(field.name for field in fields(Card))


def overruled(records: Iterable[SourceRecord]) -> dict[str, str]:
    """Tell the fields that a rectification rules: field → key of the record, the latest where several do.

    The record's raw cells bear raw paths such as `name.given` or `emails[0].address`; an empty one empties its field.
    """
    found: dict[str, SourceRecord] = {}
    for record in records:
        if record.system != RECTIFICATION:
            continue
        for path in record.raw:
            field = path.partition(".")[0].partition("[")[0]
            if field in _FIELDS and (
                field not in found or (last_changed(record), record.key) > (last_changed(found[field]), found[field].key)
            ):
                found[field] = record
    return {field: record.key for field, record in found.items()}


def without_overruled(records: Sequence[SourceRecord], ruled: dict[str, str]) -> list[SourceRecord]:
    """Take the fields that are ruled out of every record but the one that rules; claims stay as they are."""
    if not ruled:
        return list(records)
    return [
        evolve(
            record,
            card=evolve(record.card, **{field: getattr(_BLANK, field) for field, key in ruled.items() if key != record.key}),
        )
        for record in records
    ]


def is_overruled(record: str, claim: Claim, ruled: dict[str, str]) -> bool:
    """Tell whether a claim is about a field that another record rules."""
    field = claim.path.removeprefix("$.").partition(".")[0].partition("[")[0]
    return ruled.get(field, record) != record
