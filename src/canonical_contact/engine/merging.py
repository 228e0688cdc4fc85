"""Merge contacts and take merges apart: planned first, then done in one transaction, and undone exactly.

Contacts are folded from their records, so a merge moves no value and an un-merge needs no copy of what stood before. What people join
and part is written to the decision log, and binds every later run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from attrs import frozen

from canonical_contact.engine._dividing import Division, divisions, halved, rows_apart, write_divisions
from canonical_contact.engine._said import Act
from canonical_contact.engine._uniting import Union, unions, write_unions
from canonical_contact.engine.local import Executor, chunked
from canonical_contact.errors import InputError
from canonical_contact.merge.plan import Approval, MergePlan, UnmergePlan, approvers, is_approved
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore, DecisionRow

__all__ = [
    "MergePlan",
    "Merged",
    "UnmergePlan",
    "Unmerged",
    "check_conflicts",
    "merge",
    "merge_all",
    "needing",
    "plan_merge",
    "plan_unmerge",
    "unmerge",
    "unmerge_all",
]

_TOGETHER = 2_000  # merges that are planned and written together


@frozen
class Merged:
    """What a merge did.

    Args:
        act: its id, by which it is undone.
        survivor: the id that stays.
        retired: the ids that lead to it now.
    """

    act: str
    survivor: str
    retired: tuple[str, ...]


@frozen
class Unmerged:
    """What an un-merge did.

    Args:
        act: its id, by which it is undone.
        contacts: the ids of what it became, the one that it had first.
    """

    act: str
    contacts: tuple[str, ...]


def plan_merge(store: ContactStore, contact_ids: Sequence[str], *, at: datetime) -> MergePlan:
    """Tell what a merge would do; nothing is written.

    Args:
        store: where the contacts live.
        contact_ids: two or more contacts, in any order; retired ids lead to their heirs.
        at: the time, with a time zone.

    Returns:
        The plan, which `merge` takes.

    Raises:
        NotFoundError: no such contact.
        InputError: they are one contact, or one whose consent was erased is among them (`merge.one_contact`, `merge.erased`).

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> plan_merge(MemoryStore(), ["a", "b"], at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no such contact. Give an id from links.csv, or one that was retired.
    """
    return _one(store, contact_ids, in_utc(at)).plan


def merge(
    store: ContactStore,
    contact_ids: Sequence[str],
    *,
    by: str,
    at: datetime,
    plan: MergePlan | None = None,
    approved_by: str | Iterable[str] = "",
    why: str = "",
) -> Merged:
    """Make contacts one, in one transaction; the oldest id stays and the others lead to it.

    Args:
        store: where the contacts live.
        contact_ids: two or more contacts, in any order.
        by: who does it.
        at: when, with a time zone.
        plan: what was looked at before; the merge is refused if anything that it stands on has changed.
        approved_by: who approves it, where it needs that: a name or several.
        why: a remark, kept with the merge.

    Returns:
        The act, the id that stays and those that lead to it.

    Raises:
        NotFoundError: no such contact.
        InputError: nothing to merge, the plan is stale, an approval is missing, or people hold them apart (`merge.one_contact`,
            `merge.erased`, `merge.stale_plan`, `merge.needs_approval`, `merge.conflict`).
    """
    (done,) = merge_all(
        store, [contact_ids], by=by, at=at, plans=None if plan is None else [plan], approved_by=approved_by, why=why
    )
    return done


def merge_all(
    store: ContactStore,
    groups: Sequence[Sequence[str]],
    *,
    by: str,
    at: datetime,
    plans: Sequence[MergePlan] | None = None,
    approved_by: str | Iterable[str] = "",
    why: str = "",
    executor: Executor | None = None,
) -> list[Merged]:
    """Do many merges as `merge` does one, all or none of them; what many need to read is read once.

    Args:
        store: where the contacts live.
        groups: the contacts of each merge; no contact stands in two.
        by: who does it.
        at: when, with a time zone.
        plans: as for `merge`, one for each.
        approved_by: as for `merge`.
        why: as for `merge`.
        executor: where folding runs; None for this process.

    Returns:
        What each did, in the order of their surviving ids' groups; each is an act of its own.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> merge_all(MemoryStore(), [], by="ana", at=datetime(2026, 7, 1, tzinfo=UTC))
    []
    """
    moment = in_utc(at)
    _check_name(by)
    names = approvers(approved_by)
    more = {"why": why, "approved_by": ", ".join(names)}
    looked_at = {plan.survivor: plan.inputs for plan in plans or ()}
    done: list[Merged] = []
    with store.transaction():
        for some in chunked(groups, _TOGETHER):
            made = []
            for one in unions(store, some, at=moment, executor=executor):
                if plans is not None:
                    _check_fresh(one.plan.inputs, looked_at.get(one.plan.survivor))
                check_conflicts(one.plan.conflicts)
                if not is_approved(one.plan.approvals, names):
                    raise needing(one.plan.approvals)
                made.append((one, _act_of(one, by, moment)))
            write_unions(store, made, more=more)
            done += [Merged(act.name, one.plan.survivor, one.plan.retired) for one, act in made]
    return done


def plan_unmerge(
    store: ContactStore, contact_id: str, parts: Sequence[Collection[str]] | None = None, *, at: datetime
) -> UnmergePlan:
    """Tell what an un-merge would do; nothing is written.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        parts: keys of the records of each part; with one part the rest is the other. None: the halves of the contact's last merge, by
            a person or a run, each with what came later and belongs to it.
        at: the time, with a time zone.

    Returns:
        The plan, which `unmerge` takes.

    Raises:
        NotFoundError: no such contact.
        InputError: it was not merged, or the parts are none of it (`merge.not_merged`, `merge.parts`).
    """
    (made,) = divisions(store, [halved(store, contact_id, parts)], at=in_utc(at))
    return made.plan


def unmerge(
    store: ContactStore,
    contact_id: str,
    parts: Sequence[Collection[str]] | None = None,
    *,
    by: str,
    at: datetime,
    plan: UnmergePlan | None = None,
    why: str = "",
) -> Unmerged:
    """Take a contact apart, in one transaction, so that no run joins the parts again.

    What stood before a merge stands again, ids included. What came later goes to the half that it belongs to; where it is linked to none,
    to the one that keeps the id. What was refused while they were one is refused by every part, and no part gets a permission that is not
    its own.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        parts: as for `plan_unmerge`.
        by: who does it.
        at: when, with a time zone.
        plan: what was looked at before; the un-merge is refused if anything that it stands on has changed.
        why: a remark, kept with the un-merge.

    Returns:
        The act, and the ids of what it became.

    Raises:
        NotFoundError: no such contact.
        InputError: as for `plan_unmerge`, or the plan is stale (`merge.stale_plan`).
    """
    moment = in_utc(at)
    _check_name(by)
    with store.transaction():
        if plan is not None and parts is None:
            parts = None if plan.act else [part.records for part in plan.parts]
        (made,) = divisions(store, [halved(store, contact_id, parts)], at=moment)
        if plan is not None:
            _check_fresh(made.plan.inputs, plan.inputs)
        (done,) = _take_apart(store, [made], by, moment, why)
    return done


def unmerge_all(store: ContactStore, contact_ids: Iterable[str], *, by: str, at: datetime, why: str = "") -> list[Unmerged]:
    """Take the last merges of many contacts apart, all or none of them; what many need to read is read once.

    Args:
        store: where the contacts live.
        contact_ids: the contacts, none of them twice.
        by: as for `unmerge`.
        at: as for `unmerge`.
        why: as for `unmerge`.

    Returns:
        What each did, in their order; each is an act of its own.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> unmerge_all(MemoryStore(), [], by="ana", at=datetime(2026, 7, 1, tzinfo=UTC))
    []
    """
    moment = in_utc(at)
    _check_name(by)
    done: list[Unmerged] = []
    with store.transaction():
        for some in chunked(contact_ids, _TOGETHER):
            made = divisions(store, [halved(store, name) for name in some], at=moment)
            done += _take_apart(store, made, by, moment, why)
    return done


def check_conflicts(conflicts: Sequence[DecisionRow]) -> None:
    """Refuse to join what people hold apart.

    Raises:
        InputError: `merge.conflict`.
    """
    if conflicts:
        who = sorted({row.by for row in conflicts if row.by})
        raise InputError(
            f"People hold these apart ({len(conflicts):,} {'pair' if len(conflicts) == 1 else 'pairs'}{', ' if who else ''}"
            f"{', '.join(who)}).",
            code="merge.conflict",
            path="contact_ids",
            hint="Undo what was said, or judge the pair a match and let that stand against it (supersede).",
        )


def needing(approvals: Sequence[Approval]) -> InputError:
    """Make the error of a merge that nobody has approved."""
    told = sorted({f"{one.reason} ({one.owner or 'anybody'})" for one in approvals})
    return InputError(
        f"This merge needs an approval: {', '.join(told)}.",
        code="merge.needs_approval",
        path="approved_by",
        hint="Let one of those named approve it, and give the name: approved_by.",
    )


def _one(store: ContactStore, contact_ids: Sequence[str], at: datetime) -> Union:
    (one,) = unions(store, [contact_ids], at=at)
    return one


def _act_of(one: Union, by: str, at: datetime) -> Act:
    return Act.of("merge", by, at, one.plan.inputs, one.plan.survivor, *one.plan.retired)


def _take_apart(store: ContactStore, made: Sequence[Division], by: str, at: datetime, why: str) -> list[Unmerged]:
    acts = [Act.of("unmerge", by, at, one.plan.inputs, *(row.contact_id for row in one.rows)) for one in made]
    written = [(one, act, list(rows_apart(store, one, act, why=why))) for one, act in zip(made, acts, strict=True)]
    write_divisions(store, written, more={"why": why})
    return [Unmerged(act.name, tuple(part.contact_id for part in one.plan.parts)) for one, act in zip(made, acts, strict=True)]


def _check_name(by: str) -> None:
    if not by.strip():
        raise InputError("Nobody does this.", path="by", hint="Name who does.")


def _check_fresh(inputs: str, looked_at: str | None) -> None:
    if inputs != looked_at:
        raise InputError(
            "What the plan stands on has changed.", code="merge.stale_plan", path="plan", hint="Plan it again and look at it."
        )
