"""The questions that wait in a store, for one reviewer, in the order of what their answers are worth."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, NamedTuple

from attrs import field, frozen

from canonical_contact.engine._approving import APPROVAL
from canonical_contact.engine._desk import Desk, case_name
from canonical_contact.engine._said import CONFLICT, JUDGED, UNDONE, WORDS
from canonical_contact.identity.queue import Question, Standing, engagement, questions, ranked
from canonical_contact.model import ConsentState, Contact, Judgement
from canonical_contact.ports import ContactRow, ContactStore, DecisionRow
from canonical_contact.store import waiting_pairs

__all__ = [
    "OF_APPROVAL",
    "OF_STANDING",
    "Case",
    "Open",
    "cases_of",
    "is_open",
    "open_questions",
    "read_fields",
    "said_of",
    "standing_of",
    "undone_acts",
]

_SETTLED: Final = (Judgement.MATCH, Judgement.NO_MATCH)
_FIRST: Final = (CONFLICT, APPROVAL)  # reasons that ask though people have answered
_ALWAYS: Final = ("contact_id", "schema_version")
OF_STANDING: Final = ("consent", "suppressions", "interactions", "updated_at")
OF_APPROVAL: Final = ("emails", "owner", "owners", "revenue")
_PERMITS: Final = frozenset({ConsentState.GRANTED, ConsentState.IMPLIED})


@frozen
class Case:
    """One question for people: whether two contacts are one person.

    Args:
        left: key of the one record, the smaller of the two.
        right: key of the other; of all waiting pairs between the two contacts this is the likeliest.
        contacts: ids of the contacts of the two.
        score: how probable it is that the two records are one person.
        reason: why people are asked: `weights`, a rule, or what clustering found.
        value: what the answer is worth: probability × records × engagement.
        assigned: whose question it is; empty where it is anybody's.
        probability: how probable it is that the two contacts are one, by all pairs of their records.
        records: how many records come together if they are one.
        pairs: how many waiting pairs the answer settles.
        skipped: whether the reviewer has skipped it.
        evidence: levels of the comparison, as the log keeps them.
    """

    left: str
    right: str
    contacts: tuple[str, str]
    score: float
    reason: str
    value: float
    assigned: str = ""
    probability: float = 0.0
    records: int = 2
    pairs: int = 1
    skipped: bool = False
    evidence: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """A short name of the question, which holds nothing of the records: for addresses of pages."""
        return case_name(self.left, self.right)


class Open(NamedTuple):
    """What waits: the questions, the rows of their pairs, and the contact of each record."""

    questions: tuple[Question, ...]
    rows: dict[tuple[str, str], DecisionRow]
    home: dict[str, str]

    def contacts(self, pair: tuple[str, str]) -> frozenset[str]:
        """The contacts of a pair."""
        return frozenset(self.home.get(key, key) for key in pair)


def open_questions(store: ContactStore) -> Open:
    """Gather the questions that wait for anybody, in the order of their pairs."""
    home = dict(store.members())
    rows = {row[:2]: row for row in waiting_pairs(store, home)}
    answered = [row for row in store.decisions(people=True) if row.judgement in _SETTLED]
    found = Open((), rows, home)
    for row in answered:  # what people joined and nobody has approved yet waits for somebody who may
        if row.judgement == Judgement.MATCH and row.reason == JUDGED and len(found.contacts(row[:2])) > 1:
            rows.setdefault(row[:2], row._replace(reason=APPROVAL, score=0.5, evidence=""))
    settled = {found.contacts(row[:2]) for row in answered}  # what was said of one pair holds for the two contacts
    pairs = ((*pair, row.score, row.reason) for pair, row in rows.items())
    asked = questions(pairs, home, Counter(home.values()), first=_FIRST)
    return found._replace(questions=tuple(one for one in asked if one.reason in _FIRST or frozenset(one.contacts) not in settled))


def cases_of(store: ContactStore, desk: Desk, *, reviewer: str, limit: int, at: datetime, name: str = "") -> list[Case]:
    """List the questions for one reviewer, or the one of a name, which may also be another's; see `engine.reviewing.queue`."""
    found = open_questions(store)
    if name:
        found = found._replace(questions=tuple(one for one in found.questions if case_name(one.left, one.right) == name))
        reviewer, limit = "", 1
    said = said_of(store.answers())
    doubted = {found.contacts(pair) for pair, of in said.items() if reviewer in of and of[reviewer].judgement == Judgement.UNSURE}
    skipped = desk.skipped.get(reviewer, {})
    names = {one: case_name(one.left, one.right) for one in found.questions}
    holder = {one: desk.holder(name, at) for one, name in names.items()}
    engaged = _Standings(store, at)
    mine = (
        one
        for one in found.questions
        if frozenset(one.contacts) not in doubted
        and (not reviewer or (holder[one] in ("", reviewer) and (one.reason != APPROVAL or engaged.may_approve(one, reviewer))))
    )
    return [
        Case(
            one.left,
            one.right,
            one.contacts,
            one.score,
            one.reason,
            value,
            holder[one],
            one.probability,
            one.records,
            one.pairs,
            names[one] in skipped,
            found.rows[one.left, one.right].evidence,
        )
        for one, value in ranked(mine, engaged.of, limit, later=lambda one: names[one] in skipped)
    ]


def said_of(answers: Iterable[DecisionRow]) -> dict[tuple[str, str], dict[str, DecisionRow]]:
    """Tell for each pair who says what of it now: what holds merges together is left out, and so is what was taken back.

    Args:
        answers: verdicts of people, in the order of writing, with those that take some back.
    """
    rows = list(answers)
    gone = undone_acts(rows)
    said = defaultdict[tuple[str, str], dict[str, DecisionRow]](dict)
    for row in rows:
        if row.reason in WORDS and row.judgement != Judgement.WITHDRAWN and row.act not in gone:
            said[row[:2]][row.by] = row
    return dict(said)


def undone_acts(rows: Iterable[DecisionRow]) -> set[str]:
    """List the acts that were taken back, unless the taking back was itself taken back."""
    undone = {row.act: row.evidence for row in rows if row.reason == UNDONE}  # in the order of writing
    gone = set[str]()
    for act, of in reversed(undone.items()):
        if act not in gone:
            gone.add(of)
    return gone


def is_open(store: ContactStore, case: Case, *, reviewer: str = "") -> bool:
    """Whether a question that was handed out before still asks something, and still asks this reviewer.

    Args:
        store: where the contacts live.
        case: the question.
        reviewer: who may have been unsure of it; empty: anybody may be asked.
    """
    left, right = (store.contact(contact) for contact in case.contacts)
    if left is None or right is None or left.contact_id == right.contact_id:
        return False
    if case.left not in left.members or case.right not in right.members:
        return False
    rows = list(store.decision_versions(case.left, case.right))
    people, machines = ([row for row in rows if row.is_by_person is one] for one in (True, False))
    said = said_of(people).get((case.left, case.right), {}).get(reviewer)
    if said is not None and said.judgement == Judgement.UNSURE:
        return False
    answered = bool(people) and people[-1].judgement in _SETTLED
    is_conflict = bool(machines) and machines[-1].reason == CONFLICT
    return is_conflict or case.reason == APPROVAL or not answered


class _Standings:
    """How the contacts of questions stand; reads each of them once."""

    def __init__(self, store: ContactStore, at: datetime) -> None:
        self._store, self._at = store, at
        self._known: dict[str, Standing] = {}

    def of(self, one: Question) -> float:
        return engagement([self._standing(contact) for contact in one.contacts], self._at)

    def may_approve(self, one: Question, reviewer: str) -> bool:
        """Whether a reviewer is among those who may approve a merge."""
        from canonical_contact.merge.plan import approvals_needed, is_approved

        rows = [row for contact in one.contacts if (row := self._store.contact(contact)) is not None]
        return is_approved(approvals_needed([read_fields(row, OF_APPROVAL) for row in rows]), reviewer)

    def _standing(self, contact_id: str) -> Standing:
        if contact_id not in self._known:
            row = self._store.contact(contact_id)
            self._known[contact_id] = Standing() if row is None else standing_of(read_fields(row, OF_STANDING))
        return self._known[contact_id]


def read_fields(row: ContactRow, names: Collection[str]) -> Contact:
    """Read some fields of a contact; its claims are most of the document, and say nothing here."""
    from canonical_contact.schema import from_dict

    told = json.loads(row.document)
    return from_dict(Contact, {name: told[name] for name in (*_ALWAYS, *names) if name in told})


def standing_of(contact: Contact) -> Standing:
    """Tell when somebody last dealt with a contact, and whether it permits and refuses something."""
    from canonical_contact.consent import blocked_by

    blocked = [blocked_by(record) for record in contact.consent]
    moments = [one.at for one in contact.interactions]
    return Standing(
        max(moments, default=contact.updated_at),
        any(not block and record.state in _PERMITS for record, block in zip(contact.consent, blocked, strict=True)),
        any(blocked) or any(not block.endpoint for block in contact.suppressions),
    )
