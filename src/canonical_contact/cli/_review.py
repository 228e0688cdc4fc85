"""The review list: doubtful pairs side by side, for a person with a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from canonical_contact.model import Card
from canonical_contact.ports import ContactStore, RecordRow
from canonical_contact.schema import from_dict
from canonical_contact.store import waiting_pairs

if TYPE_CHECKING:
    from canonical_contact.engine.reviewing import Case
    from canonical_contact.match.model.scoring import Scorer

__all__ = ["HEADER", "SHEET", "review_rows", "sheet_rows"]

_SIDE = ("system", "record_id", "name", "emails", "phones", "address", "birthday", "organization")
HEADER = ("score", "reason", "evidence", *(f"{side}_{word}" for word in _SIDE for side in ("left", "right")), "same_person")
SHEET = (*HEADER, "left", "right")  # a sheet whose answers are read back names its records by their keys
_CHUNK = 500  # pairs whose records are read together
_KEPT = 100_000  # records whose cells are kept for their next pair


class Pair(Protocol):
    """A pair that waits: a verdict of the log, or a question of the queue."""

    @property
    def left(self) -> str: ...
    @property
    def right(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def reason(self) -> str: ...
    @property
    def evidence(self) -> str: ...


def review_rows(store: ContactStore) -> Iterator[list[str]]:
    """Write one row for each pair on the review list, the likeliest first; the last column is left to the person.

    It has one pair for each ten records at most: the others wait behind these.
    """
    from canonical_contact.engine.resolving import review_limit

    pairs = sorted(waiting_pairs(store), key=lambda row: (-row.score, row.left, row.right))
    return rows_of(store, pairs[: review_limit(store.counts()["records"])])


def sheet_rows(store: ContactStore, cases: Sequence[Case]) -> Iterator[list[str]]:
    """Write one row for each question, in their order, with the keys of both records behind the column that the person fills."""
    for case, row in zip(cases, rows_of(store, cases), strict=True):
        yield [*row, case.left, case.right]


def rows_of(store: ContactStore, pairs: Sequence[Pair]) -> Iterator[list[str]]:
    """Write one row for each pair, in their order."""
    scorer = _scorer(store)
    sides: dict[str, list[str]] = {}  # a record stands in several pairs
    told: dict[str, str] = {}  # and few kinds of evidence in many
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        if len(sides) > _KEPT:
            sides.clear()
        wanted = {key for pair in part for key in (pair.left, pair.right)}
        sides |= {row.key: _side(row) for row in store.records(sorted(wanted - sides.keys()))}
        for pair in part:
            if pair.evidence not in told:
                told[pair.evidence] = _evidence(pair.evidence, scorer)
            left, right = sides.get(pair.left) or _gone(pair.left), sides.get(pair.right) or _gone(pair.right)
            cells = (cell for both in zip(left, right, strict=True) for cell in both)
            yield [f"{pair.score:.4f}", pair.reason, told[pair.evidence], *cells, ""]


def _gone(key: str) -> list[str]:
    system, _, record_id = key.partition(":")
    return [system, record_id, *[""] * (len(_SIDE) - 2)]


def _side(row: RecordRow) -> list[str]:
    card = from_dict(Card, json.loads(row.document)["card"])  # the rest of the record is not shown, and is most of it
    places = (
        place.full or _join((place.street, " ".join(filter(None, (place.postcode, place.locality))), place.country_code), ", ")
        for place in card.addresses[:1]
    )
    return [
        row.system,
        row.label,
        card.name.display if card.name else "",
        _join(entry.address for entry in card.emails),
        _join(entry.number for entry in card.phones),
        " ".join(_join(places).split()),
        card.birthday,
        card.organizations[0].name if card.organizations else "",
    ]


def _join(texts: Iterable[str], sign: str = "; ") -> str:
    return sign.join(filter(None, texts))


def _scorer(store: ContactStore) -> Scorer | None:
    """Take up the weights that the verdicts were made with; None where the store has none."""
    from canonical_contact.engine.matching import MODEL
    from canonical_contact.match.comparisons import Lookups, groups_for
    from canonical_contact.match.matcher import comparisons_of
    from canonical_contact.match.model.frequencies import TermFrequencies
    from canonical_contact.match.model.mixture import Model
    from canonical_contact.match.model.scoring import Scorer

    saved = store.setting(MODEL)
    return (
        None if saved is None else Scorer(comparisons_of(groups_for(Lookups())), Model.from_text(saved), TermFrequencies({}, {}))
    )


def _evidence(text: str, scorer: Scorer | None) -> str:
    """Weigh the levels of a comparison: `email same +9.1; given different -2.0`."""
    from canonical_contact.match.words import of_words, vector_of

    told = of_words(text)
    if scorer is None or not told:
        return _join(f"{name} {level}" for name, level in told.items()) or text
    found = scorer.evidence(vector_of(scorer.comparisons, text), [0] * len(scorer.terms))
    weighed = sorted((entry for entry in found if entry.field in told), key=lambda entry: -abs(entry.weight))
    return _join(f"{entry.field} {entry.level} {entry.weight:+.1f}" for entry in weighed)
