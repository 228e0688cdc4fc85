"""The life of a schema-change proposal: every act in every status, and what an act demands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.schema import from_json, published_schema, to_json
from canonical_contact.schema.compat import Bump
from canonical_contact.schema.proposal import (
    TRANSITIONS,
    Act,
    Proposal,
    ProposalStatus,
    activate,
    approve,
    propose,
    reject,
    retire,
    submit,
    withdraw,
)

DAY = datetime(2026, 12, 1, tzinfo=UTC)
START = datetime(2027, 2, 1, tzinfo=UTC)
TEXT: dict[str, Any] = {"type": "string"}
ACTS = {
    Act.SUBMIT: submit,
    Act.APPROVE: approve,
    Act.REJECT: reject,
    Act.WITHDRAW: withdraw,
    Act.ACTIVATE: activate,
    Act.RETIRE: retire,
}


def person(version: str, **fields: Any) -> dict[str, Any]:
    return {"$id": f"urn:example:person:{version}", "type": "object", "properties": fields}


def proposed(old: dict[str, Any] | None = None, new: dict[str, Any] | None = None, **more: Any) -> Proposal:
    given: dict[str, Any] = {"id": "p1", "title": "A field", "proposer": "Ana", "at": DAY, "effective_from": START, **more}
    return propose(old or person("1.0", a=TEXT), new or person("1.1", a=TEXT, b=TEXT), **given)


def by(act: Act) -> str:
    return "Ana" if act in (Act.SUBMIT, Act.WITHDRAW) else "Bo"


@pytest.mark.parametrize("status", list(ProposalStatus))
@pytest.mark.parametrize("act", list(Act))
def test_every_act_in_every_status(act: Act, status: ProposalStatus) -> None:
    proposal = evolve(proposed(), status=status)
    target = TRANSITIONS[act].get(status)
    if target is not None:
        after = ACTS[act](proposal, by=by(act), at=START, role="council", note="agreed")
        assert after.status is target
        assert after.steps[-1].act is act
        assert (after.steps[-1].role, after.steps[-1].note) == ("council", "agreed")
        assert proposal.status is status
        return
    with pytest.raises(IllegalTransitionError) as caught:
        ACTS[act](proposal, by=by(act), at=START)
    assert caught.value.code == "proposal.illegal_transition"
    assert (caught.value.state, caught.value.event) == (status, act)
    assert all(status in TRANSITIONS[Act(legal)] for legal in caught.value.legal)
    assert "proposal" in str(caught.value)


def test_a_whole_life() -> None:
    draft = proposed(draft=True)
    assert (draft.status, draft.steps) == (ProposalStatus.DRAFT, ())
    assert [change.rule for change in draft.changes] == ["property.optional_added"]
    assert (draft.from_version, draft.to_version, draft.verdict.ok, draft.verdict.needed) == ("1.0", "1.1", True, Bump.ADDITION)
    done = submit(draft, by="Ana", at=DAY)
    done = approve(done, by="Bo", at=DAY + timedelta(days=2), role="data steward")
    done = activate(done, by="Bo", at=START)
    done = retire(done, by="Cy", at=START + timedelta(days=400))
    assert done.status is ProposalStatus.RETIRED
    assert [step.act.value for step in done.steps] == ["submit", "approve", "activate", "retire"]
    assert [(step.by, step.role) for step in done.approvals] == [("Bo", "data steward")]


@pytest.mark.parametrize("name", ["Ana", "ana", "  ANA "])
def test_nobody_agrees_to_their_own_proposal(name: str) -> None:
    with pytest.raises(IllegalTransitionError, match="somebody else must"):
        approve(proposed(), by=name, at=DAY)


def test_it_takes_as_many_people_as_were_asked_for() -> None:
    first = approve(proposed(approvals_needed=2), by="Bo", at=DAY)
    assert (first.status, len(first.approvals)) == (ProposalStatus.PROPOSED, 1)
    with pytest.raises(IllegalTransitionError, match="agreed already"):
        approve(first, by="bo", at=DAY)
    assert approve(first, by="Cy", at=DAY).status is ProposalStatus.APPROVED


def test_only_the_proposer_submits_and_withdraws() -> None:
    with pytest.raises(IllegalTransitionError, match="only its proposer"):
        withdraw(proposed(), by="Bo", at=DAY)
    with pytest.raises(IllegalTransitionError, match="only its proposer"):
        submit(proposed(draft=True), by="Bo", at=DAY)


def test_what_breaks_old_data_needs_a_major_version_and_a_migration() -> None:
    narrower = {"a": {**TEXT, "maxLength": 3}}
    with pytest.raises(IllegalTransitionError, match=r"needs a new major version, not 1\.1"):
        approve(proposed(new=person("1.1", **narrower), migration="cut it"), by="Bo", at=DAY)
    major = person("2.0", **narrower)
    with pytest.raises(IllegalTransitionError, match="says nothing of the migration"):
        approve(proposed(new=major, migration="  "), by="Bo", at=DAY)
    assert approve(proposed(new=major, migration="cut it"), by="Bo", at=DAY).status is ProposalStatus.APPROVED


def test_a_version_that_is_not_raised_is_not_approved() -> None:
    with pytest.raises(IllegalTransitionError, match=r"1\.0 is not raised enough"):
        approve(proposed(new=person("1.0", a=TEXT, b=TEXT)), by="Bo", at=DAY)


@pytest.mark.parametrize(
    ("until", "fine"),
    [
        (None, False),
        (datetime(2027, 7, 31, tzinfo=UTC), False),
        (datetime(2027, 8, 1, tzinfo=UTC), True),
    ],
)
@pytest.mark.parametrize("new", [{}, {"a": {**TEXT, "deprecated": True}}], ids=["removed", "deprecated"])
def test_what_goes_stays_readable_for_six_months(new: dict[str, Any], until: datetime | None, fine: bool) -> None:
    proposal = proposed(new=person("1.1", **new), deprecation_until=until)
    if fine:
        assert approve(proposal, by="Bo", at=DAY).status is ProposalStatus.APPROVED
        return
    with pytest.raises(IllegalTransitionError, match="6 months"):
        approve(proposal, by="Bo", at=DAY)


def test_the_six_months_end_with_a_shorter_month() -> None:
    start, end = datetime(2027, 8, 31, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)
    proposal = proposed(new=person("1.1"), effective_from=start, deprecation_until=end)
    assert approve(proposal, by="Bo", at=DAY).status is ProposalStatus.APPROVED
    with pytest.raises(IllegalTransitionError):
        approve(evolve(proposal, deprecation_until=end - timedelta(seconds=1)), by="Bo", at=DAY)


def test_an_approval_needs_the_time_from_which_it_holds_and_an_activation_waits_for_it() -> None:
    with pytest.raises(IllegalTransitionError, match="from when on"):
        approve(proposed(effective_from=None), by="Bo", at=DAY)
    approved = approve(proposed(), by="Bo", at=DAY)
    with pytest.raises(IllegalTransitionError, match="time has not come"):
        activate(approved, by="Bo", at=START - timedelta(seconds=1))


def test_a_step_does_not_lie_before_the_last_one() -> None:
    with pytest.raises(IllegalTransitionError, match="before the last step"):
        approve(proposed(), by="Bo", at=DAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"at": datetime(2026, 12, 1)}, "at"),  # noqa: DTZ001  that is the fault
        ({"effective_from": datetime(2027, 1, 1)}, "effective_from"),  # noqa: DTZ001
        ({"deprecation_until": datetime(2027, 1, 1)}, "deprecation_until"),  # noqa: DTZ001
        ({"proposer": " "}, "id"),
        ({"title": ""}, "id"),
        ({"approvals_needed": 0}, "approvals_needed"),
        ({"mode": "sideways"}, "mode"),
        ({"old": {"type": "object"}}, "old"),
        ({"new": {"type": "object"}}, "new"),
    ],
)
def test_what_is_missing_is_refused(more: dict[str, Any], path: str) -> None:
    with pytest.raises(InputError) as caught:
        proposed(**more)
    assert caught.value.path == path
    assert caught.value.hint


@pytest.mark.parametrize(("who", "at", "path"), [(" ", DAY, "by"), ("Bo", datetime(2026, 12, 1), "at")])  # noqa: DTZ001
def test_an_act_names_who_and_when(who: str, at: datetime, path: str) -> None:
    with pytest.raises(InputError) as caught:
        approve(proposed(), by=who, at=at)
    assert caught.value.path == path


def test_a_proposal_is_written_as_json_and_comes_back() -> None:
    proposal = propose(
        published_schema("1.0"),
        published_schema("1.1"),
        id="p2",
        title="1.1",
        proposer="Ana",
        at=DAY,
        mode="full-transitive",
        effective_from=START,
        deprecation_until=START + timedelta(days=200),
    )
    approved = approve(proposal, by="Bo", at=DAY, role="steward", note="as discussed")
    assert from_json(Proposal, to_json(approved)) == approved
    assert activate(from_json(Proposal, to_json(approved)), by="Cy", at=START).status is ProposalStatus.ACTIVE
