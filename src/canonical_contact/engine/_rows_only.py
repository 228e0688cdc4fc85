"""Judgements as rows of the log alone, until `engine.judging` also merges and parts contacts."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from canonical_contact.errors import NotFoundError
from canonical_contact.model import Judgement, digest
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore, DecisionRow

__all__ = ["Outcome", "judge", "undo"]


@frozen
class Outcome:
    """What came of a judgement."""

    act: str
    judgement: Judgement
    contacts: tuple[str, ...] = ()
    merged: bool = False
    parted: bool = False
    conflict: object = None
    awaiting: tuple[object, ...] = ()


def judge(
    store: ContactStore,
    left: str,
    right: str,
    judgement: Judgement,
    *,
    by: str,
    at: datetime,
    note: str = "",
    supersede: bool = False,  # noqa: ARG001
) -> Outcome:
    """Write what a person says of a pair."""
    left, right = sorted((left, right))
    when = in_utc(at).isoformat()
    act = digest("judge", left, right, judgement, by, when)
    score = {Judgement.MATCH: 1.0, Judgement.NO_MATCH: 0.0}.get(judgement, 0.5)
    store.put_decisions([DecisionRow(left, right, judgement.value, score, "judged", "", note, "person", "", by, when, act)])
    return Outcome(act, judgement)


def undo(store: ContactStore, act: str, *, by: str, at: datetime) -> Outcome:
    """Withdraw the rows of an act."""
    rows = [row for row in store.answers() if row.act == act]
    if not rows:
        raise NotFoundError("There is no such act.", path=act, hint="Name the act that an outcome bears.")
    when = in_utc(at).isoformat()
    name = digest("undo", act, when)
    store.put_decisions(
        row._replace(judgement=Judgement.WITHDRAWN.value, reason="undone", by=by, at=when, act=name) for row in rows
    )
    return Outcome(name, Judgement.WITHDRAWN)
