"""What a proposal is, which acts its status allows, and what an act demands beyond that: the tables of `proposal`."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.schema.compat import RULES, Bump, Change

__all__ = [
    "DEPRECATION_MONTHS",
    "GUARDS",
    "TRANSITIONS",
    "Act",
    "Proposal",
    "ProposalStatus",
    "Step",
    "Verdict",
    "person",
    "take",
    "zoned",
]

DEPRECATION_MONTHS: Final = 6


class ProposalStatus(StrEnum):
    """How far a proposal has come."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ACTIVE = "active"
    RETIRED = "retired"


class Act(StrEnum):
    """What is done to a proposal."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    ACTIVATE = "activate"
    RETIRE = "retire"


@frozen
class Step:
    """One act on a proposal.

    Args:
        act: what was done.
        by: who did it.
        at: when (UTC).
        role: in which role, such as `data steward`.
        note: why, or under which condition.
    """

    act: Act
    by: str
    at: datetime
    role: str = ""
    note: str = ""


@frozen
class Verdict:
    """What the check of compatibility said, without the changes.

    Args:
        mode: what was asked, such as `full-transitive`.
        readers: who reads, `ignore_unknown` or `strict`.
        ok: nothing offends.
        needed: the version that the changes need.
        version_ok: the version is raised enough; None where one of the schemas states none.
    """

    mode: str
    readers: str
    ok: bool
    needed: Bump
    version_ok: bool | None = None


@frozen
class Proposal:
    """A proposed change of the schema.

    Args:
        id: stable id, given by the host.
        title: what it is about, in one line.
        proposer: who proposes.
        proposed_at: when (UTC).
        from_version: the version before, such as `1.1`.
        to_version: the new version.
        changes: what changes, each by its named rule.
        verdict: what the check said.
        status: how far it has come.
        migration: how documents come from one version to the other, for people; needed where the changes are a model.
        effective_from: from when on the new version holds (UTC).
        deprecation_until: until when what goes can still be read (UTC).
        approvals_needed: how many people other than the proposer must agree.
        steps: all acts so far, oldest first.
    """

    id: str
    title: str
    proposer: str
    proposed_at: datetime
    from_version: str
    to_version: str
    changes: tuple[Change, ...]
    verdict: Verdict
    status: ProposalStatus = ProposalStatus.DRAFT
    migration: str = ""
    effective_from: datetime | None = None
    deprecation_until: datetime | None = None
    approvals_needed: int = 1
    steps: tuple[Step, ...] = ()

    @property
    def approvals(self) -> tuple[Step, ...]:
        """Who agreed, when, in which role."""
        return tuple(step for step in self.steps if step.act is Act.APPROVE)


_S, _A = ProposalStatus, Act

TRANSITIONS: Final[Mapping[Act, Mapping[ProposalStatus, ProposalStatus]]] = {
    _A.SUBMIT: {_S.DRAFT: _S.PROPOSED},
    _A.APPROVE: {_S.PROPOSED: _S.APPROVED},  # with enough approvals; until then it stays proposed
    _A.REJECT: {_S.PROPOSED: _S.REJECTED, _S.APPROVED: _S.REJECTED},
    _A.WITHDRAW: {_S.DRAFT: _S.WITHDRAWN, _S.PROPOSED: _S.WITHDRAWN, _S.APPROVED: _S.WITHDRAWN},
    _A.ACTIVATE: {_S.APPROVED: _S.ACTIVE},
    _A.RETIRE: {_S.ACTIVE: _S.RETIRED},
}
"""Which act leads from which status to which; what is not here is refused."""


def _by_proposer(proposal: Proposal, step: Step) -> str:
    return "" if person(step.by) == person(proposal.proposer) else "only its proposer may"


def _four_eyes(proposal: Proposal, step: Step) -> str:
    if person(step.by) == person(proposal.proposer):
        return "its proposer may not agree to it, somebody else must"
    return "the same person agreed already" if person(step.by) in {person(done.by) for done in proposal.approvals} else ""


def _version_raised(proposal: Proposal, _step: Step) -> str:
    if proposal.verdict.needed is Bump.MODEL and proposal.verdict.version_ok is not True:
        return f"it breaks what is there and needs a new major version, not {proposal.to_version}"
    return "" if proposal.verdict.version_ok is True else f"the version {proposal.to_version} is not raised enough"


def _migration_told(proposal: Proposal, _step: Step) -> str:
    told = proposal.verdict.needed is not Bump.MODEL or proposal.migration.strip()
    return "" if told else "it breaks what is there and says nothing of the migration"


def _dated(proposal: Proposal, _step: Step) -> str:
    return "" if proposal.effective_from is not None else "it does not say from when on it holds"


def _window_kept(proposal: Proposal, _step: Step) -> str:
    if proposal.effective_from is None or not any(RULES[change.rule].ends for change in proposal.changes if change.rule in RULES):
        return ""
    until = proposal.deprecation_until
    kept = until is not None and until >= _months_later(proposal.effective_from, DEPRECATION_MONTHS)
    return "" if kept else f"what goes must stay readable for {DEPRECATION_MONTHS} months after it takes effect"


def _time_has_come(proposal: Proposal, step: Step) -> str:
    early = proposal.effective_from is not None and step.at < proposal.effective_from
    return "its time has not come" if early else ""


def _in_order(proposal: Proposal, step: Step) -> str:
    return "it would lie before the last step" if proposal.steps and step.at < proposal.steps[-1].at else ""


Guard = Callable[[Proposal, Step], str]

GUARDS: Final[Mapping[Act, tuple[Guard, ...]]] = {
    _A.SUBMIT: (_by_proposer, _in_order),
    _A.APPROVE: (_four_eyes, _version_raised, _migration_told, _dated, _window_kept, _in_order),
    _A.REJECT: (_in_order,),
    _A.WITHDRAW: (_by_proposer, _in_order),
    _A.ACTIVATE: (_time_has_come, _in_order),
    _A.RETIRE: (_in_order,),
}
"""What an act demands beyond the status: each guard returns what speaks against it, or nothing."""


def take(proposal: Proposal, step: Step) -> Proposal:
    """Take a step: the proposal after it.

    Raises:
        IllegalTransitionError: the status or a guard refuses it.
        InputError: nobody is named, or the time has no zone.
    """
    if not person(step.by):
        raise InputError(f"The act {step.act} names nobody.", path="by", hint="Name who does it.")
    zoned("at", step.at)
    target = TRANSITIONS[step.act].get(proposal.status)
    refusals = [guard(proposal, step) for guard in GUARDS[step.act]] if target else ["its status has no such act"]
    refusal = next(filter(None, refusals), "")
    if target is None or refusal:
        legal = tuple(str(act) for act, moves in TRANSITIONS.items() if proposal.status in moves)
        raise IllegalTransitionError(
            str(proposal.status), str(step.act), legal, refusal, what="A proposal", code="proposal.illegal_transition"
        )
    done = evolve(proposal, steps=(*proposal.steps, step))
    enough = step.act is not _A.APPROVE or len(done.approvals) >= proposal.approvals_needed
    return evolve(done, status=target) if enough else done


def person(name: str) -> str:
    """Compare people by their names without case and space, so that nobody agrees with themselves by another spelling."""
    return " ".join(name.split()).casefold()


def zoned(name: str, moment: datetime | None) -> None:
    """Refuse a time without a zone: it could not be compared with the others."""
    if moment is not None and moment.utcoffset() is None:
        raise InputError(f"The time {name} has no zone.", path=name, hint="Pass a datetime with a time zone, such as UTC.")


def _months_later(moment: datetime, months: int) -> datetime:
    """Add calendar months; the 31st becomes the last day of a shorter month."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = min(moment.year + years, 9999)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
