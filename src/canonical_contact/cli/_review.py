"""The review list: doubtful pairs side by side, for a person with a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from canonical_contact.model import SourceRecord
from canonical_contact.ports import ContactStore, DecisionRow
from canonical_contact.schema import from_json

__all__ = ["HEADER", "review_rows"]

_SIDE = ("system", "record_id", "name", "emails", "phones", "address", "birthday", "organization")
HEADER = ("score", "reason", "evidence", *(f"{side}_{word}" for word in _SIDE for side in ("left", "right")), "same_person")
_CHUNK = 500  # pairs whose records are held at once


def review_rows(store: ContactStore) -> Iterator[list[str]]:
    """Write one row for each pair on the review list, the likeliest first; the last column is left to the person."""
    pairs = sorted(store.decisions("review"), key=lambda row: (-row.score, row.left, row.right))
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        wanted = sorted({key for pair in part for key in (pair.left, pair.right)})
        records = {row.key: from_json(SourceRecord, row.document) for row in store.records(wanted)}
        for pair in part:
            yield _row(pair, records.get(pair.left), records.get(pair.right))


def _row(pair: DecisionRow, left: SourceRecord | None, right: SourceRecord | None) -> list[str]:
    sides = zip(_side(pair.left, left), _side(pair.right, right), strict=True)
    return [f"{pair.score:.4f}", pair.reason, _evidence(pair.evidence), *(cell for both in sides for cell in both), ""]


def _side(key: str, record: SourceRecord | None) -> list[str]:
    if record is None:
        system, _, record_id = key.partition(":")
        return [system, record_id, *[""] * (len(_SIDE) - 2)]
    card = record.card
    places = (
        place.full or _join((place.street, " ".join(filter(None, (place.postcode, place.locality))), place.country_code), ", ")
        for place in card.addresses[:1]
    )
    return [
        record.system,
        record.label or record.record_id,
        card.name.display if card.name else "",
        _join(entry.address for entry in card.emails),
        _join(entry.number for entry in card.phones),
        " ".join(_join(places).split()),
        card.birthday,
        card.organizations[0].name if card.organizations else "",
    ]


def _join(texts: Iterable[str], sign: str = "; ") -> str:
    return sign.join(filter(None, texts))


def _evidence(text: str) -> str:
    """Put the evidence in words, strongest first: `email exact +9.1; given different -2.0`."""
    try:
        entries = [(str(entry["field"]), str(entry["level"]), float(entry["weight"])) for entry in json.loads(text)]
    except (ValueError, TypeError, KeyError):
        return text
    return _join(f"{field} {level} {weight:+.1f}" for field, level, weight in sorted(entries, key=lambda entry: -abs(entry[2])))
