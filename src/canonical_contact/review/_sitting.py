"""What one reviewer does at the page: a case in front of them, answers that count only for that case, and what came of the last one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from attrs import define, evolve, field

from canonical_contact.engine.reviewing import (
    Case,
    answer,
    case_view,
    find_case,
    give_back,
    is_open,
    queue,
    skip,
    take,
    undo_last,
)
from canonical_contact.model import Judgement
from canonical_contact.ports import ContactRow, ContactStore
from canonical_contact.review._overview import Overview
from canonical_contact.review._words import came_of, taken_back

__all__ = ["Said", "Sitting"]

_AHEAD: Final = 50  # questions that are read from the store at once
_STALE: Final = "Not counted: that pair is no longer the one in front of you. Please look at this one."
_CHANGED: Final = "Not counted: the contacts have changed since you looked. Please look at them again."
_CLOSED: Final = "Not counted: somebody else has settled that pair meanwhile."


class Said(NamedTuple):
    """What came of the last thing that a reviewer did: a sentence, and whether it was refused."""

    text: str
    refused: bool = False


_NOTHING: Final = Said("")


@define
class Sitting:
    """One reviewer at the page.

    Args:
        store: open for writing.
        reviewer: their name.
        overview: shared with the others.
        current: what is in front of them.
        said: what came of what they did last; empty at the start.
    """

    store: ContactStore
    reviewer: str
    overview: Overview
    current: Case | None = None
    said: Said = _NOTHING
    _ahead: list[Case] = field(factory=list, init=False)

    def case(self, at: datetime, *, avoid: Collection[str] = ()) -> Case | None:
        """Give what is in front of the reviewer, or hand them the next question.

        Args:
            at: the time.
            avoid: contacts that others look at right now; an answer there would change what they see.

        Returns:
            None where nothing waits for them.
        """
        if self.current is None or not is_open(self.store, self.current):
            self.current = self._take(self._ahead, at, avoid)
        if self.current is None:
            self._ahead = queue(self.store, reviewer=self.reviewer, limit=_AHEAD, at=at)
            self.overview.read(at)
            self.current = self._take(self._ahead, at, avoid)
        self.current = self.current and self._as_it_is(self.current)
        return self.current

    def answer(
        self, name: str, judgement: Judgement, at: datetime, *, seen: str = "", overrule: bool = False, approve: bool = False
    ) -> None:
        """Take an answer to the question of a name, if that is the one in front of the reviewer.

        Args:
            name: the question's.
            judgement: the answer.
            at: the time.
            seen: the `inputs` of the plan that they were shown; a merge of anything else is not done.
            overrule: whether a match stands against what people said before.
            approve: whether the reviewer approves the merge.
        """
        if (case := self._meant(name)) is not None:
            if judgement is Judgement.MATCH and self._inputs(case, at) != seen:
                self.said = Said(_CHANGED, refused=True)
                return
            by, approved_by = self.reviewer, self.reviewer if approve else ""
            outcome = answer(self.store, case, judgement, by=by, at=at, supersede=overrule, approved_by=approved_by)
            waits = bool(outcome.conflict or outcome.awaiting)
            self.overview.count(by, settled=not waits and judgement is not Judgement.UNSURE)
            self._pass(case, Said(came_of(judgement, outcome), refused=waits))

    def skip(self, name: str, at: datetime) -> None:
        """Put the question of a name off."""
        if (case := self._meant(name)) is not None:
            skip(self.store, case, by=self.reviewer, at=at)
            self._pass(case, Said("Skipped; it comes back behind the others."))

    def undo(self, at: datetime) -> None:
        """Take back the last that the reviewer did, and bring that question back."""
        undone = undo_last(self.store, by=self.reviewer, at=at)
        if undone is None:
            self.said = Said("There is nothing to take back.", refused=True)
            return
        self.said = Said(taken_back(undone))
        self.leave(at)
        self.overview.read(at)
        again = find_case(self.store, undone.name, at=at)
        self._ahead = list(filter(None, [again]))
        self.current = self._take(self._ahead, at, ())

    def _meant(self, name: str) -> Case | None:
        case = self.current
        if case is None or case.name != name:
            self.said = Said(_STALE, refused=True)
            return None
        if not is_open(self.store, case):
            self.current, self.said = None, Said(_CLOSED, refused=True)
            return None
        return case

    def leave(self, at: datetime) -> None:
        """Give back what is in front of the reviewer."""
        if self.current is not None:
            give_back(self.store, self.current, by=self.reviewer, at=at)

    def _inputs(self, case: Case, at: datetime) -> str:
        view = case_view(self.store, self._as_it_is(case), at=at, weights=self.overview.weights)
        return view.plan.inputs if view.plan else ""

    def _as_it_is(self, case: Case) -> Case:
        """A case with the contacts of its records as they are now: others may have merged them since it was read."""
        left, right = self._homes(case)
        return evolve(case, contacts=(left.contact_id, right.contact_id), records=len(left.members) + len(right.members))

    def _pass(self, case: Case, said: Said) -> None:
        self._ahead = [one for one in self._ahead if one.name != case.name]
        self.current, self.said = None, said

    def _take(self, among: list[Case], at: datetime, avoid: Collection[str]) -> Case | None:
        free = (one for one in among if not avoid or not {row.contact_id for row in self._homes(one)} & {*avoid})
        return take(self.store, reviewer=self.reviewer, at=at, among=free)

    def _homes(self, case: Case) -> list[ContactRow]:
        return [row for contact in case.contacts if (row := self.store.contact(contact)) is not None]
