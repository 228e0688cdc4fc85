"""A proposed change of the schema, as data for those who decide on it: what changes, whom it breaks, who agreed, from when on it holds.

A proposal is a frozen value. Each act returns a new one with a further step, or raises: `TRANSITIONS` says which act leads from which
status to which, `GUARDS` what an act demands beyond that. Times are arguments, nothing here reads a clock. `schema.to_json` writes a
proposal, `schema.from_json` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canonical_contact.errors import InputError
from canonical_contact.schema._proposal import (
    DEPRECATION_MONTHS,
    GUARDS,
    TRANSITIONS,
    Act,
    Proposal,
    ProposalStatus,
    Step,
    Verdict,
    person,
    take,
    zoned,
)
from canonical_contact.schema.compat import check

__all__ = [
    "DEPRECATION_MONTHS",
    "GUARDS",
    "TRANSITIONS",
    "Act",
    "Proposal",
    "ProposalStatus",
    "Step",
    "Verdict",
    "activate",
    "approve",
    "propose",
    "reject",
    "retire",
    "submit",
    "withdraw",
]


def propose(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    id: str,  # noqa: A002  the field's name
    title: str,
    proposer: str,
    at: datetime,
    mode: str = "full",
    history: tuple[Mapping[str, Any], ...] = (),
    readers: str = "ignore_unknown",
    migration: str = "",
    effective_from: datetime | None = None,
    deprecation_until: datetime | None = None,
    approvals_needed: int = 1,
    draft: bool = False,
) -> Proposal:
    """Propose a new version of a schema; what changes and whom it breaks is computed.

    Args:
        old: the JSON Schema of the version before; it must state its version.
        new: the JSON Schema of the new version, the same.
        id: stable id of the proposal.
        title: what it is about, in one line.
        proposer: who proposes.
        at: when.
        mode: what the check asks, a key of `compat.MODES`.
        history: the versions before `old`, oldest first.
        readers: who reads, one of `compat.READERS`.
        migration: how documents come from one version to the other.
        effective_from: from when on the new version holds.
        deprecation_until: until when what goes can still be read.
        approvals_needed: how many people other than the proposer must agree, from 1.
        draft: do not submit it yet.

    Returns:
        A proposal with the status `proposed`, or `draft`.

    Raises:
        InputError: a schema cannot be read or states no version, a name is missing, a time has no zone.

    >>> from datetime import UTC
    >>> name, age = {"type": "string"}, {"type": "integer"}
    >>> before = {"$id": "urn:example:person:1.0", "properties": {"name": name}}
    >>> after = {"$id": "urn:example:person:1.1", "properties": {"name": name, "age": age}}
    >>> proposal = propose(before, after, id="p1", title="Age", proposer="ana", at=datetime(2026, 12, 1, tzinfo=UTC))
    >>> [change.rule for change in proposal.changes], proposal.status.value
    (['property.optional_added'], 'proposed')
    """
    answer = check(old, new, mode, history, readers=readers)
    if not (answer.old_version and answer.new_version):
        which = "new" if answer.old_version else "old"
        raise InputError(f"The {which} schema states no version.", path=which, hint="State it as x-version or at the end of $id.")
    if not (id.strip() and title.strip() and person(proposer)):
        raise InputError("A proposal needs an id, a title and a proposer.", path="id", hint="Name all three.")
    if approvals_needed < 1:
        raise InputError("At least one other person must agree.", path="approvals_needed", hint="Ask for 1 or more.")
    for name, moment in (("at", at), ("effective_from", effective_from), ("deprecation_until", deprecation_until)):
        zoned(name, moment)
    proposal = Proposal(
        id,
        title,
        proposer,
        at,
        answer.old_version,
        answer.new_version,
        answer.changes,
        Verdict(answer.mode, answer.readers, answer.ok, answer.needed, answer.version_ok),
        migration=migration,
        effective_from=effective_from,
        deprecation_until=deprecation_until,
        approvals_needed=approvals_needed,
    )
    return proposal if draft else submit(proposal, by=proposer, at=at)


def submit(proposal: Proposal, *, by: str, at: datetime, role: str = "", note: str = "") -> Proposal:
    """Put a draft to those who decide; only its proposer may.

    Takes what `approve` takes, and raises the same.
    """
    return take(proposal, Step(Act.SUBMIT, by, at, role, note))


def approve(proposal: Proposal, *, by: str, at: datetime, role: str = "", note: str = "") -> Proposal:
    """Agree to a proposal; it is approved once enough people other than its proposer have.

    Args:
        proposal: a proposed one.
        by: who agrees; not its proposer, and nobody twice.
        at: when.
        role: in which role.
        note: why, or under which condition.

    Raises:
        IllegalTransitionError: its status or a guard refuses it; `why` is in the message, nothing was changed.
        InputError: nobody is named, or the time has no zone.
    """
    return take(proposal, Step(Act.APPROVE, by, at, role, note))


def reject(proposal: Proposal, *, by: str, at: datetime, role: str = "", note: str = "") -> Proposal:
    """Refuse a proposal, also one that was approved and is not active yet.

    Takes what `approve` takes, and raises the same.
    """
    return take(proposal, Step(Act.REJECT, by, at, role, note))


def withdraw(proposal: Proposal, *, by: str, at: datetime, role: str = "", note: str = "") -> Proposal:
    """Take a proposal back; only its proposer may.

    Takes what `approve` takes, and raises the same.
    """
    return take(proposal, Step(Act.WITHDRAW, by, at, role, note))


def activate(proposal: Proposal, *, by: str, at: datetime, role: str = "", note: str = "") -> Proposal:
    """Put an approved proposal into force, not before its time.

    Takes what `approve` takes, and raises the same.
    """
    return take(proposal, Step(Act.ACTIVATE, by, at, role, note))


def retire(proposal: Proposal, *, by: str, at: datetime, role: str = "", note: str = "") -> Proposal:
    """End an active proposal: a later version took its place.

    Takes what `approve` takes, and raises the same.
    """
    return take(proposal, Step(Act.RETIRE, by, at, role, note))
