"""One question laid out for people: records side by side, what speaks for and against one person, and what a merge would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from attrs import frozen

from canonical_contact.engine._approving import APPROVAL
from canonical_contact.engine._said import CONFLICT
from canonical_contact.engine.matching import saved_settings
from canonical_contact.engine.merging import plan_merge
from canonical_contact.errors import InputError
from canonical_contact.match.comparisons import groups_for
from canonical_contact.match.explain import Explanation, FieldEvidence, explain
from canonical_contact.match.features import features_from_text
from canonical_contact.match.lookups import shipped_lookups
from canonical_contact.match.matcher import Decided, Matcher
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.words import of_words, vector_of
from canonical_contact.model import Card, PostalAddress, SourceRecord
from canonical_contact.ports import ContactRow, ContactStore, RecordRow
from canonical_contact.schema import from_json

if TYPE_CHECKING:
    from canonical_contact.engine._cases import Case
    from canonical_contact.merge.plan import MergePlan

__all__ = ["SIDES", "CaseView", "FieldRow", "Side", "view_of", "weights_of"]

SIDES: Final = 6  # records that are shown beside each other: the two of the pair, then others of their contacts
_CLUSTERS: Final = {
    "bridge": "they match, and are the only match between two groups of records",
    "weak_link": "they match, and too little beside them speaks for it",
    "too_large": "they match, in a group of records that is too large to be one person",
    "cluster_conflict": "they match, and a rule keeps other records of their contacts apart",
    "cannot_link": "they match, and a person has parted other records of their contacts",
    CONFLICT: "people have said both: that they are one person, and that they are two",
    APPROVAL: "they are taken for one person, and who looks after them has to approve the merge",
}


class Side(NamedTuple):
    """A record that is shown.

    `contact` is its contact, which has `records` records; `asked` tells whether it is one of the pair.
    """

    key: str
    system: str
    record_id: str
    contact: str
    records: int
    asked: bool


class FieldRow(NamedTuple):
    """A field of all the records that are shown.

    `values` has the texts of each side, in the order of the sides; `differs` tells whether sides that say something say different things;
    `common` are the texts that more than one side says, as each of them writes it.
    """

    label: str
    values: tuple[tuple[str, ...], ...]
    differs: bool
    common: frozenset[str] = frozenset()


@frozen
class CaseView:
    """A question laid out.

    Args:
        case: the question.
        sides: the records, those of the pair first.
        fields: what they say, field by field; fields of which no record says anything are left out.
        evidence: what each field says about the pair, the weightiest first.
        why: why a person is asked, in a sentence.
        explanation: all of it, for the waterfall; None where the store has no weights.
        plan: what a merge would do to each field and to consent; None where the two cannot be merged.
    """

    case: Case
    sides: tuple[Side, ...]
    fields: tuple[FieldRow, ...]
    evidence: tuple[FieldEvidence, ...] = ()
    why: str = ""
    explanation: Explanation | None = None
    plan: MergePlan | None = None


def weights_of(store: ContactStore) -> Matcher | None:
    """Take up the weights that a store's verdicts were made with; None where it has none. They serve many questions."""
    settings = saved_settings(store)
    if settings is None or settings.model is None:
        return None
    frequencies = settings.frequencies or TermFrequencies({}, {})
    return Matcher(groups_for(shipped_lookups()), settings.model, frequencies, settings.policy)


def view_of(store: ContactStore, case: Case, weights: Matcher | None, at: datetime) -> CaseView:
    """Lay a question out; see `engine.reviewing.case_view`."""
    homes = [row for contact in case.contacts if (row := store.contact(contact)) is not None]
    members = {key: home.contact_id for home in homes for key in home.members}
    sizes = Counter(members.values())
    keys = list(dict.fromkeys((case.left, case.right, *_mates(case, [home.members for home in homes]))))[:SIDES]
    rows = {row.key: row for row in store.records(keys)}
    shown = [rows[key] for key in keys if key in rows]
    cards = [from_json(SourceRecord, row.document).card for row in shown]
    sides = tuple(
        Side(
            row.key,
            row.system,
            row.label,
            members.get(row.key, row.key),
            sizes.get(members.get(row.key, ""), 1),
            row.key in (case.left, case.right),
        )
        for row in shown
    )
    explanation = _explained(case, rows, weights)
    why = _CLUSTERS.get(case.reason, explanation.why if explanation else "")
    evidence = tuple(sorted(explanation.evidence, key=lambda entry: -abs(entry.bits))) if explanation else ()
    return CaseView(case, sides, tuple(_rows(cards)), evidence, why, explanation, _plan(store, homes, at))


def _plan(store: ContactStore, homes: Sequence[ContactRow], at: datetime) -> MergePlan | None:
    """Plan the merge; None where it cannot be, since the contacts are one by now, or the consent of one was erased."""
    ids = [row.contact_id for row in homes]
    try:
        return plan_merge(store, ids, at=at) if len(ids) > 1 else None
    except InputError:
        return None


def _mates(case: Case, groups: Sequence[Iterable[str]]) -> Iterator[str]:
    """The other records of the contacts, of each in turn."""
    others = [sorted(set(group) - {case.left, case.right}) for group in groups]
    return (key for keys in zip_longest(*others) for key in keys if key is not None)


def _explained(case: Case, rows: dict[str, RecordRow], weights: Matcher | None) -> Explanation | None:
    """Explain the verdict by the levels that were compared in its run, which knew what several people share."""
    if weights is None or not {case.left, case.right} <= rows.keys():
        return None
    left, right = (features_from_text(rows[key].features) for key in (case.left, case.right))
    if not of_words(case.evidence):
        return explain(left, right, weights)
    vector = vector_of(weights.comparisons, case.evidence)
    chances = weights.scorer.chances(vector, left, right)
    score = weights.scorer.score(vector, chances)
    decided = Decided(vector, chances, score, weights.judge.judge(vector, score.probability, left, right))
    return explain(left, right, weights, decided=decided)


# -- fields ------------------------------------------------------------------------------------------------------------------------------


def place_text(place: PostalAddress) -> str:
    """Write an address on one line."""
    town = " ".join(filter(None, (place.postcode, place.locality)))
    return " ".join((place.full or ", ".join(filter(None, (place.street, place.extended, town, place.country_code)))).split())


# label → what a card says under it
_TEXTS: Final[tuple[tuple[str, Callable[[Card], Iterable[str]]], ...]] = (
    ("name", lambda card: [card.name.display] if card.name else []),
    ("nicknames", lambda card: card.nicknames),
    ("e-mail", lambda card: [entry.address for entry in card.emails]),
    ("phone", lambda card: [f"{one.number} ext. {one.extension}" if one.extension else one.number for one in card.phones]),
    ("address", lambda card: map(place_text, card.addresses)),
    ("birthday", lambda card: [card.birthday]),
    ("organisation", lambda card: [", ".join((one.name, *one.units)) for one in card.organizations]),
    ("title", lambda card: card.titles),
    ("role", lambda card: card.roles),
    ("web", lambda card: [entry.uri or entry.user for entry in card.online_services]),
    ("gender", lambda card: [card.gender]),
    ("languages", lambda card: card.preferred_languages),
    ("other ids", lambda card: [f"{one.system}:{one.id}" if one.system else one.id for one in card.external_ids]),
    ("stage", lambda card: [card.lifecycle.stage.value] if card.lifecycle else []),
    ("owner", lambda card: [one.who for one in card.owners] or [card.owner]),
    ("tags", lambda card: card.tags),
    ("came by", lambda card: [card.source_channel]),
    ("since", lambda card: [_day(card.created_at)]),
    ("notes", lambda card: card.notes),
)


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""


def _rows(cards: Sequence[Card]) -> Iterator[FieldRow]:
    for label, texts in _TEXTS:
        values = tuple(tuple(dict.fromkeys(filter(None, texts(card)))) for card in cards)
        if not any(values):
            continue
        said = [{text.casefold() for text in side} for side in values if side]
        often = Counter(text for side in said for text in side)
        common = frozenset(text for side in values for text in side if often[text.casefold()] > 1)
        yield FieldRow(label, values, any(side != said[0] for side in said), common)
