"""Review by people: what to ask them next, what it looks like, what they say, and how far they agree.

A question is about two contacts; its answer merges or parts them at once (`engine.judging`). The page, the terminal and the sheet all
stand on these functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from attrs import field, frozen

from canonical_contact.engine._approving import APPROVAL
from canonical_contact.engine._case_view import CaseView, FieldRow, Side, view_of, weights_of
from canonical_contact.engine._cases import Case, cases_of, is_open, open_questions, said_of, undone_acts
from canonical_contact.engine._desk import Held, case_name, read_desk, write_desk
from canonical_contact.engine._said import WORDS
from canonical_contact.engine.judging import ANSWERS, Outcome, judge, undo
from canonical_contact.identity.agreement import Agreement, agreements
from canonical_contact.match.matcher import Matcher
from canonical_contact.model import Judgement
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore, DecisionRow

__all__ = [
    "ANSWERS",
    "Agreement",
    "Case",
    "CaseView",
    "FieldRow",
    "Outcome",
    "Progress",
    "Side",
    "Undone",
    "agreement",
    "answer",
    "answer_pair",
    "assign",
    "case_view",
    "find_case",
    "give_back",
    "is_open",
    "progress",
    "queue",
    "skip",
    "take",
    "undo_last",
    "weights_of",
]

_FOR: Final = timedelta(minutes=15)  # how long a question that was handed out is nobody else's


@frozen
class Progress:
    """How far the review is.

    Args:
        waiting: questions that wait for somebody.
        said: judgement → pairs of which it was said last.
        by: reviewer → pairs of which they say something now.
        skipped: reviewer → questions that they put off.
        held: questions that are somebody's.
    """

    waiting: int
    said: dict[str, int] = field(factory=dict)
    by: dict[str, int] = field(factory=dict)
    skipped: dict[str, int] = field(factory=dict)
    held: int = 0

    @property
    def answered(self) -> int:
        """Pairs that people have judged, unsure ones too."""
        return sum(self.said.values())


@frozen
class Undone:
    """What was taken back: an answer, with what came of taking it back, or a skip.

    Args:
        left: key of the one record of the question.
        right: key of the other.
        outcome: None for a skip.
    """

    left: str
    right: str
    outcome: Outcome | None = None

    @property
    def name(self) -> str:
        """The name of the question."""
        return case_name(self.left, self.right)


def queue(store: ContactStore, *, reviewer: str = "", limit: int = 50, at: datetime) -> list[Case]:
    """List what to ask next, the question with the most valuable answer first.

    There is one question for two contacts, however many pairs of their records wait; what a person has answered, or settled by parting the
    two, is none any more. Who was unsure is not asked again, others are.

    Args:
        store: where the contacts live.
        reviewer: for whom; what is somebody else's is left out, and what they skipped comes last. Empty: everything.
        limit: how many.
        at: the time, with a time zone.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> queue(MemoryStore(), at=datetime(2026, 7, 1, tzinfo=UTC))
    []
    """
    return cases_of(store, read_desk(store), reviewer=reviewer, limit=limit, at=in_utc(at))


def find_case(store: ContactStore, name: str, *, at: datetime) -> Case | None:
    """Find a question that waits by its name; None where it waits no more.

    Args:
        store: where the contacts live.
        name: as `Case.name` and `Undone.name` give it.
        at: the time, with a time zone.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> find_case(MemoryStore(), "23543cad50f1cd43", at=datetime(2026, 7, 1, tzinfo=UTC)) is None
    True
    """
    return next(iter(cases_of(store, read_desk(store), reviewer="", limit=1, at=in_utc(at), name=name)), None)


def take(
    store: ContactStore,
    *,
    reviewer: str,
    at: datetime,
    among: Iterable[Case] | None = None,
    hold: timedelta = _FOR,
) -> Case | None:
    """Hand the next question to a reviewer, and to nobody else for a while.

    Args:
        store: where the contacts live.
        reviewer: who is to see it.
        at: the time, with a time zone.
        among: questions of an earlier `queue` for this reviewer, which is faster; those that ask nothing any more are passed over.
        hold: how long it is theirs.

    Returns:
        The question; None where there is none.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> take(MemoryStore(), reviewer="ana", at=datetime(2026, 7, 1, tzinfo=UTC)) is None
    True
    """
    moment = in_utc(at)
    with store.transaction():
        desk = read_desk(store)
        cases = cases_of(store, desk, reviewer=reviewer, limit=1, at=moment) if among is None else among
        for case in cases:
            if desk.holder(case.name, moment) in ("", reviewer) and (among is None or is_open(store, case, reviewer=reviewer)):
                if not desk.holder(case.name, moment):
                    write_desk(store, desk.without_ended(moment).hold(case.name, Held(reviewer, (moment + hold).isoformat())))
                return case
    return None


def assign(store: ContactStore, case: Case, *, to: str, by: str, at: datetime) -> None:  # noqa: ARG001
    """Give a question to a reviewer until it is answered; to nobody (`to=""`) gives it back to all.

    Args:
        store: where the contacts live.
        case: the question.
        to: whose it is from now on.
        by: who says so.
        at: when, with a time zone.
    """
    in_utc(at)
    with store.transaction():
        write_desk(store, read_desk(store).hold(case.name, Held(to) if to else None))


def give_back(store: ContactStore, case: Case, *, by: str, at: datetime) -> None:
    """Let go of a question that was handed out and not answered; one that is assigned stays so.

    Args:
        store: where the contacts live.
        case: the question.
        by: to whom it was handed out.
        at: when, with a time zone.
    """
    in_utc(at)
    with store.transaction():
        desk = read_desk(store)
        held = desk.held.get(case.name)
        if held and held.to == by and held.until:
            write_desk(store, desk.hold(case.name, None))


def skip(store: ContactStore, case: Case, *, by: str, at: datetime) -> None:
    """Put a question off: it comes back to this reviewer behind all others, and is free for everybody else.

    Args:
        store: where the contacts live.
        case: the question.
        by: who puts it off.
        at: when, with a time zone.
    """
    moment = in_utc(at).isoformat()
    with store.transaction():
        desk = read_desk(store)
        held = desk.held.get(case.name)
        write_desk(store, (desk.hold(case.name, None) if held and held.to == by else desk).skip(by, case.name, moment))


def case_view(store: ContactStore, case: Case, *, at: datetime, weights: Matcher | None = None) -> CaseView:
    """Lay a question out: the records side by side, what speaks for and against one person, what a merge would do.

    Args:
        store: where the contacts live.
        case: the question.
        at: the time, with a time zone.
        weights: of `weights_of`, where many questions are laid out; None takes them up.
    """
    return view_of(store, case, weights or weights_of(store), in_utc(at))


def answer(
    store: ContactStore,
    case: Case,
    judgement: Judgement | str,
    *,
    by: str,
    at: datetime,
    note: str = "",
    supersede: bool = False,
    approved_by: str | Iterable[str] = "",
) -> Outcome:
    """Take a person's answer to a question, and do what follows from it.

    Args:
        store: where the contacts live.
        case: the question.
        judgement: `match`, `no_match` or `unsure`.
        by: who says so.
        at: when, with a time zone.
        note: a remark, kept with the answer.
        supersede: whether a match stands against what somebody said before.
        approved_by: who approves a merge that needs it; who says yes to a question that asks for the approval gives it.

    Returns:
        What came of it; see `engine.judging.judge`.

    Raises:
        InputError: it is no such answer, nobody gives it, or the time has no time zone.
        NotFoundError: one of the records is no more.
    """
    if case.reason == APPROVAL and not approved_by:
        approved_by = by
    return answer_pair(
        store, case.left, case.right, judgement, by=by, at=at, note=note, supersede=supersede, approved_by=approved_by
    )


def answer_pair(
    store: ContactStore,
    left: str,
    right: str,
    judgement: Judgement | str,
    *,
    by: str,
    at: datetime,
    note: str = "",
    supersede: bool = False,
    approved_by: str | Iterable[str] = "",
) -> Outcome:
    """Take a person's answer about two records, asked or not; arguments and errors as for `answer`.

    Args:
        store: where the contacts live.
        left: key of the one record.
        right: key of the other.
        judgement: see `answer`.
        by: see `answer`.
        at: see `answer`.
        note: see `answer`.
        supersede: see `answer`.
        approved_by: see `answer`.
    """
    with store.transaction():
        outcome = judge(store, left, right, judgement, by=by, at=at, note=note, supersede=supersede, approved_by=approved_by)
        name = case_name(left, right)
        write_desk(store, read_desk(store).hold(name, None).skip(by, name, ""))
    return outcome


def undo_last(store: ContactStore, *, by: str, at: datetime) -> Undone | None:
    """Take back the last that a reviewer did, an answer or a skip; again for the one before it.

    Args:
        store: where the contacts live.
        by: the reviewer; what others did stays.
        at: when, with a time zone.

    Returns:
        What was taken back; None where there is nothing left.
    """
    in_utc(at)
    with store.transaction():
        rows = list(store.answers())
        gone, done = undone_acts(rows), dict[str, DecisionRow]()
        for row in rows:
            if row.by == by and row.reason in WORDS and row.judgement != Judgement.WITHDRAWN and row.act not in gone:
                done.setdefault(row.act, row)  # what stands is said again later, and is no new answer
        desk = read_desk(store)
        name, when = max(desk.skipped.get(by, {}).items(), key=lambda item: item[1], default=("", ""))
        act = next(reversed(done), "")
        if name and (not act or when > done[act].at):
            write_desk(store, desk.skip(by, name, ""))
            asked = (one for one in open_questions(store).questions if case_name(one.left, one.right) == name)
            return Undone(*next(asked, ("", ""))[:2])
        if not act:
            return None
        return Undone(done[act].left, done[act].right, undo(store, act, by=by, at=at))


def progress(store: ContactStore, *, at: datetime) -> Progress:
    """Count what waits and what was answered.

    Args:
        store: where the contacts live.
        at: the time, with a time zone.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> progress(MemoryStore(), at=datetime(2026, 7, 1, tzinfo=UTC)).waiting
    0
    """
    moment = in_utc(at)
    desk = read_desk(store)
    waiting = {case_name(one.left, one.right) for one in open_questions(store).questions}
    desk = desk.only(waiting).without_ended(moment)
    said = said_of(store.answers())
    last = (max(of.values(), key=lambda row: row.at).judgement for of in said.values())
    return Progress(
        len(waiting),
        dict(sorted(Counter(last).items())),
        dict(sorted(Counter(who for of in said.values() for who in of).items())),
        {who: len(names) for who, names in sorted(desk.skipped.items())},
        len(desk.held),
    )


def agreement(store: ContactStore) -> tuple[Agreement, ...]:
    """Tell how far every two reviewers agree about the pairs that both judged: share, and Cohen's kappa.

    Args:
        store: where the answers are.

    >>> from canonical_contact.store import MemoryStore
    >>> agreement(MemoryStore())
    ()
    """
    said = said_of(store.answers())
    return agreements({pair: {who: row.judgement for who, row in of.items()} for pair, of in said.items()})
