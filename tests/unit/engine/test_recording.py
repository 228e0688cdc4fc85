"""Live acts: what they write, whom they reach, what they cannot lift, and that a later run keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.consent import UNSENT
from canonical_contact.engine.recording import (
    record_consent,
    record_stop,
    record_suppression,
    record_unsuppression,
    sweep_expiries,
)
from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.model import Channel, ConsentEvent, ConsentProof, ConsentState, Contact, EventType, Permission
from canonical_contact.schema import from_json

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Unsubscribed from all email,Last Modified Date\n"
SHEET = "First name,Last name,E-mail,Phone,Remarks\n"


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "hubspot.csv": HUBSPOT
        + "1,Ana,Gil,ana@x.es,+34 600 111 222,true,2026-05-01\n2,Zoe,Sol,zoe@x.es,,false,2026-05-02\n"
        + "3,Leo,Mar,desk@firm.es,+34 600 333 444,false,2026-05-02\n",
        "list.csv": SHEET + "Ana,Gil,ana@x.es,+34 600 111 222,\nPia,Ros,desk@firm.es,+34 600 555 666,\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8", newline="")
    return tmp_path


@pytest.fixture
def store(folder: Path) -> MemoryStore:
    store = MemoryStore()
    unify(sorted(folder.iterdir()), store, now=NOW)
    return store


def who(store: MemoryStore, name: str) -> Contact:
    found = [from_json(Contact, row.document) for row in store.contacts()]
    return next(one for one in found if one.name is not None and one.name.display.startswith(name))


def ask(store: MemoryStore, name: str, at: datetime) -> Permission:
    return may_contact(who(store, name), "email", "marketing", at=at, regime="gdpr_eprivacy")


def content(store: MemoryStore) -> Mapping[str, object]:
    return {row.contact_id: row.digest for row in store.contacts()} | {row.event_id: row.document for row in store.events()}


def double_opt_in(store: MemoryStore, name: str, days: float) -> None:
    contact = who(store, name).contact_id
    proof = ConsentProof(token_hash="aa11", notice_id="newsletter", notice_version="3", wording="Yes, write to me.")
    record_consent(
        store, contact, "opt_in_unconfirmed", "email", at=later(days), actor="subject", method="double_opt_in", proof=proof
    )
    record_consent(store, contact, "confirm", "email", at=later(days + 0.1), actor="subject", method="double_opt_in", proof=proof)


def test_a_live_opt_in_is_folded_at_once_with_its_proof(store: MemoryStore) -> None:
    assert not ask(store, "Zoe", later(2)).allowed
    proof = ConsentProof(notice_id="n", notice_version="3", evidence_refs=("scan:1",))
    done = record_consent(store, who(store, "Zoe").contact_id, EventType.OPT_IN, Channel.EMAIL, at=later(1), proof=proof)
    assert done.record is not None
    assert done.record.state is ConsentState.GRANTED
    kept = done.events[0].proof
    assert kept is not None
    assert (kept.notice_version, kept.evidence_refs, bool(kept.regime), bool(kept.consent_id)) == ("3", ("scan:1",), True, True)
    assert (done.events[0].endpoint, done.events[0].record) == ("zoe@x.es", "hubspot:2")
    assert ask(store, "Zoe", later(2)).allowed


def test_an_illegal_event_names_the_legal_ones_and_writes_nothing(store: MemoryStore) -> None:
    before = content(store)
    with pytest.raises(IllegalTransitionError, match="Legal in this state") as refused:
        record_consent(store, who(store, "Ana").contact_id, "renew", "email", at=later(1))
    assert "opt_in_unconfirmed" in refused.value.legal
    with pytest.raises(IllegalTransitionError):
        record_consent(store, who(store, "Ana").contact_id, "opt_in", "email", at=later(1), actor="agent")
    assert content(store) == before


def test_a_live_double_opt_in_lifts_the_old_opt_out_of_all_records(store: MemoryStore) -> None:
    assert "withdrawn" in ask(store, "Ana", later(3)).reasons
    double_opt_in(store, "Ana", 1)
    answer = ask(store, "Ana", later(3))
    assert answer.allowed, answer.reasons


def test_an_open_double_opt_in_lifts_nothing(store: MemoryStore) -> None:
    record_consent(store, who(store, "Ana").contact_id, "opt_in_unconfirmed", "email", at=later(1), actor="subject")
    assert not ask(store, "Ana", later(3)).allowed


def test_a_live_withdrawal_reaches_every_record_and_who_shares_the_address(store: MemoryStore) -> None:
    double_opt_in(store, "Pia", 1)
    assert ask(store, "Pia", later(2)).allowed
    done = record_consent(store, who(store, "Ana").contact_id, "withdraw", "email", at=later(2))
    assert sorted(event.record.split(":")[0] for event in done.events if event.type is EventType.WITHDRAW) == ["hubspot", "list"]
    record_consent(store, who(store, "Leo").contact_id, "withdraw", "email", at=later(2))
    answer = ask(store, "Pia", later(3))
    assert not answer.allowed
    assert "shared_endpoint" in answer.reasons
    record_consent(store, who(store, "Pia").contact_id, "withdraw", "email", at=later(4))
    double_opt_in(store, "Pia", 5)
    assert not ask(store, "Pia", later(6)).allowed  # her own act lifts no other person's block


def test_nothing_comes_back_after_a_complaint(store: MemoryStore) -> None:
    record_consent(store, who(store, "Zoe").contact_id, "complaint", "email", at=later(1), method="spam_report")
    with pytest.raises(IllegalTransitionError, match="complaint"):
        double_opt_in(store, "Zoe", 2)
    assert not ask(store, "Zoe", later(3)).allowed


def test_a_call_that_is_made_again_adds_nothing(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    first = record_consent(store, zoe, "withdraw", "email", at=later(1), request_id="r1")
    before = content(store)
    again = record_consent(store, zoe, "withdraw", "email", at=later(1), request_id="r1")
    assert (first.new, again.new) == (True, False)
    assert content(store) == before


def test_reading_the_files_again_keeps_what_was_recorded(store: MemoryStore, folder: Path) -> None:
    double_opt_in(store, "Ana", 1)
    record_consent(store, who(store, "Zoe").contact_id, "object", "email", at=later(1))
    record_suppression(store, "manual", "email", endpoint="desk@firm.es", at=later(1))
    before = content(store)
    unify(sorted(folder.iterdir()), store, now=later(5))
    assert content(store) == before
    unify(sorted(folder.iterdir()), store, now=later(6), refit=True)
    assert content(store) == before


def test_a_block_by_hand_reaches_every_holder_and_is_lifted_by_hand_only_where_that_may_be(store: MemoryStore) -> None:
    double_opt_in(store, "Pia", 1)
    record_suppression(store, "legal_hold", "email", endpoint="desk@firm.es", at=later(2))
    assert "legal_hold" in ask(store, "Pia", later(3)).reasons
    assert not record_suppression(store, "legal_hold", "email", endpoint="desk@firm.es", at=later(2)).new
    assert record_unsuppression(store, "legal_hold", "email", endpoint="desk@firm.es", at=later(3)).events
    assert ask(store, "Pia", later(4)).allowed
    with pytest.raises(InputError, match="not lifted by hand"):
        record_unsuppression(store, "complaint", "email", endpoint="desk@firm.es", at=later(3))


def test_a_block_on_an_address_that_nobody_holds_waits_for_its_holder(store: MemoryStore, folder: Path) -> None:
    record_suppression(store, "dnc_registry", "email", endpoint="new@x.es", at=later(1))
    (folder / "more.csv").write_text(SHEET + "Kim,Neu,new@x.es,,\n", "utf-8", newline="")
    unify([folder / "more.csv"], store, now=later(2))
    assert "dnc_registry" in ask(store, "Kim", later(3)).reasons


def test_what_has_run_out_is_written_down_once(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "opt_in", "email", at=later(1), expires_at=later(10))
    assert sweep_expiries(store, later(9)) == ()
    assert [event.type for done in sweep_expiries(store, later(11)) for event in done.events] == [EventType.EXPIRE]
    assert sweep_expiries(store, later(12)) == ()
    assert not ask(store, "Zoe", later(12)).allowed


def test_an_endpoint_of_somebody_else_is_refused(store: MemoryStore) -> None:
    with pytest.raises(InputError, match="does not hold"):
        record_consent(store, who(store, "Zoe").contact_id, "opt_in", "email", endpoint="other@x.es", at=later(1))


def test_a_number_that_is_not_whole_is_refused_since_its_block_would_reach_nobody(store: MemoryStore) -> None:
    with pytest.raises(InputError, match=r"no number in E\.164"):
        record_suppression(store, "manual", "sms", endpoint="0171 1234567", at=later(1))


def test_who_is_asked_at_an_endpoint_may_decline(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "request", "email", at=later(1), actor="controller", method="web_form")
    done = record_consent(store, zoe, "decline", "email", at=later(2))
    assert done.record is not None
    assert done.record.state is ConsentState.DENIED
    assert {record.state for record in who(store, "Zoe").consent} == {ConsentState.DENIED}
    with pytest.raises(IllegalTransitionError):
        record_consent(store, zoe, "request", "email", at=later(3), actor="controller", method="web_form")


@pytest.mark.parametrize("endpoint", ["", "zoe@x.es"])
def test_a_call_made_again_is_known_though_the_address_has_changed(store: MemoryStore, folder: Path, endpoint: str) -> None:
    zoe = who(store, "Zoe").contact_id
    first = record_consent(store, zoe, "opt_in", "email", at=later(1), endpoint=endpoint, request_id="form-1")
    (folder / "hubspot.csv").write_text(HUBSPOT + "2,Zoe,Sol,zoe@new.es,,false,2026-07-02\n", "utf-8")
    unify([folder / "hubspot.csv"], store, now=later(2))
    again = record_consent(store, zoe, "opt_in", "email", at=later(1), endpoint=endpoint, request_id="form-1")
    assert (again.new, again.events) == (False, first.events)
    assert not may_contact(who(store, "Zoe"), "email", at=later(3), regime="gdpr_eprivacy", endpoint="zoe@new.es").allowed


WRITTEN = ("Zoe Sol <Zoe@X.es>", " zoe@x.es", "mailto:zoe@x.es", "zoe@x.es;")


@pytest.mark.parametrize("written", WRITTEN)
def test_an_address_is_blocked_however_it_is_written(store: MemoryStore, written: str) -> None:
    record_consent(store, who(store, "Zoe").contact_id, "opt_in", "email", endpoint=written, at=later(1))
    assert ask(store, "Zoe", later(2)).allowed
    done = record_suppression(store, "manual", "email", endpoint=written, at=later(2))
    assert {event.endpoint for event in done.events} == {"zoe@x.es"}
    assert not ask(store, "Zoe", later(3)).allowed
    record_unsuppression(store, "manual", "email", endpoint=written, at=later(3))
    assert ask(store, "Zoe", later(4)).allowed
    stopped = record_stop(store, "email", written, at=later(4))
    assert {event.endpoint for event in stopped.events} == {"", "zoe@x.es"}
    assert not ask(store, "Zoe", later(5)).allowed
    assert record_stop(store, "email", written.swapcase(), at=later(4)).contact_ids == stopped.contact_ids


@pytest.mark.parametrize(("written", "region"), [("+34 600 111 222", ""), ("600 111 222", "ES"), ("0034600111222", "")])
def test_a_number_is_blocked_however_it_is_written(store: MemoryStore, written: str, region: str) -> None:
    done = record_suppression(store, "manual", "sms", endpoint=written, region=region, at=later(1))
    assert {event.endpoint for event in done.events} == {"+34600111222"}
    stopped = record_stop(store, "sms", written, region=region, at=later(2))
    assert who(store, "Ana").contact_id in stopped.contact_ids


@pytest.mark.parametrize(
    "written",
    ["a@x.es, b@x.es", "ana", "ana@x", "ana(at)x.es", "+34 600 111 222 / +34 600 333 444", "600 111 222", "  "],
)
def test_what_is_no_single_endpoint_is_refused_and_nothing_is_written(store: MemoryStore, written: str) -> None:
    before = content(store)
    zoe = who(store, "Zoe").contact_id
    with pytest.raises(InputError):
        record_stop(store, "email", written, at=later(1))
    for act in (record_suppression, record_unsuppression):
        with pytest.raises(InputError):
            act(store, "manual", "email", endpoint=written, at=later(1))
    if written.strip():
        with pytest.raises(InputError, match="endpoint"):
            record_consent(store, zoe, "withdraw", "email", endpoint=written, at=later(1))
    assert content(store) == before


def test_a_block_on_an_endpoint_that_the_channel_has_not_is_refused(store: MemoryStore) -> None:
    for channel, endpoint in (("email", "+34600111222"), ("sms", "ana@x.es"), ("post", "ana@x.es")):
        with pytest.raises(InputError, match="channel"):
            record_suppression(store, "manual", channel, endpoint=endpoint, at=later(1))
    assert record_stop(store, "sms", "ana@x.es", at=later(1)).new  # it says who wants it


@pytest.mark.parametrize("purpose", ["", "  "])
def test_an_act_without_a_purpose_is_refused_since_it_would_refuse_nothing(store: MemoryStore, purpose: str) -> None:
    before = content(store)
    for kind in ("withdraw", "opt_in", "complaint"):
        with pytest.raises(InputError, match="purpose"):
            record_consent(store, who(store, "Zoe").contact_id, kind, "email", purpose, at=later(1))
    for endpoint in ("zoe@x.es", "nobody@x.es"):
        with pytest.raises(InputError, match="purpose"):
            record_stop(store, "email", endpoint, purpose=purpose, at=later(1))
    assert content(store) == before


def test_spaces_around_a_purpose_or_a_brand_mean_nothing(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    done = record_consent(store, zoe, "opt_in", "email", " marketing ", controller=" brand ", at=later(1), request_id="1")
    assert [(event.purpose, event.controller) for event in done.events] == [("marketing", "brand")]
    assert not record_consent(store, zoe, "opt_in", "email", "marketing", controller="brand", at=later(1), request_id="1").new


@pytest.mark.parametrize("kind", ["withdraw", "object", "decline", "complaint", "invalidate"])
def test_a_refusal_reaches_who_shares_the_address_and_a_fault_of_the_evidence_does_not(store: MemoryStore, kind: str) -> None:
    double_opt_in(store, "Pia", 1)
    leo = who(store, "Leo").contact_id
    record_consent(store, leo, "request", "email", at=later(1), actor="controller", method="web_form")
    done = record_consent(store, leo, kind, "email", at=later(2))
    blocked = kind != "invalidate"
    assert any(event.suppression for event in done.events) is blocked
    answer = ask(store, "Pia", later(3))
    assert answer.allowed is not blocked
    assert ("shared_endpoint" in answer.reasons) is blocked


@pytest.mark.parametrize("couple", [True, False])
def test_a_no_follows_the_person_to_a_new_address_unless_it_was_of_one_topic(
    store: MemoryStore, folder: Path, couple: bool
) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "request", "email", "news", at=later(1), actor="controller", method="web_form")
    record_consent(store, zoe, "decline", "email", "news", at=later(1), couple=couple)
    (folder / "hubspot.csv").write_text(HUBSPOT + "2,Zoe,Sol,zoe@new.es,,false,2026-07-02\n", "utf-8")
    unify([folder / "hubspot.csv"], store, now=later(2))
    blocked = {block.endpoint for block in who(store, "Zoe").suppressions}
    assert ("zoe@new.es" in blocked) is couple
    assert bool(blocked) is couple
    assert "denied" in may_contact(who(store, "Zoe"), "email", "news", at=later(3), regime="can_spam").reasons


def test_an_act_meets_what_has_run_out_without_waiting_for_a_sweep(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "opt_in", "email", at=later(1), expires_at=later(10))
    with pytest.raises(IllegalTransitionError):
        record_consent(store, zoe, "opt_in", "email", at=later(9))
    with pytest.raises(IllegalTransitionError, match="expired does not take renew"):
        record_consent(store, zoe, "renew", "email", at=later(11))
    assert sweep_expiries(store, later(9.5)) == ()
    done = record_consent(store, zoe, "opt_in", "email", at=later(11), expires_at=later(20))
    assert done.record is not None
    assert (done.record.state, done.record.expires_at) == (ConsentState.GRANTED, later(20))
    assert ask(store, "Zoe", later(12)).allowed
    written = [from_json(ConsentEvent, row.document) for row in store.events()]
    ends = [
        (event.actor, event.method, event.effective_at, event.recorded_at) for event in written if event.type is EventType.EXPIRE
    ]
    assert ends == [("system", "sweep", later(10), later(11))]
    assert sweep_expiries(store, later(12)) == ()


def test_an_act_of_before_the_end_meets_the_consent_that_stood_then(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "opt_in_unconfirmed", "email", at=later(1), expires_at=later(10))
    assert record_consent(store, zoe, "confirm", "email", at=later(10), recorded_at=later(12)).record is not None
    assert ask(store, "Zoe", later(13)).allowed
    record_consent(store, zoe, "renew", "email", at=later(13), expires_at=later(20))
    assert record_consent(store, zoe, "expire", "email", at=later(25), actor="system").new


def test_an_unanswered_request_is_over_for_whoever_asks_again(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "request", "email", at=later(1), actor="controller", method="web_form", expires_at=later(5))
    with pytest.raises(IllegalTransitionError):
        record_consent(store, zoe, "request", "email", at=later(4), actor="controller", method="web_form")
    assert record_consent(store, zoe, "request", "email", at=later(6), actor="controller", method="web_form").new


@pytest.mark.parametrize("kind", ["opt_in", "opt_in_unconfirmed", "confirm", "correct"])
def test_an_act_that_nobody_is_said_to_have_done_leaves_no_refusal(store: MemoryStore, kind: str) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "withdraw", "email", at=later(1))
    if kind == "confirm":
        record_consent(store, zoe, "opt_in_unconfirmed", "email", at=later(2), actor="subject")
    before = content(store)
    goal = ConsentState.GRANTED if kind == "correct" else None
    with pytest.raises(InputError, match="who acted"):
        record_consent(store, zoe, kind, "email", at=later(3), evidence="form 7", target=goal)
    assert content(store) == before
    assert record_consent(store, zoe, kind, "email", at=later(3), evidence="form 7", target=goal, actor="subject").new


def test_elsewhere_an_act_without_an_actor_counts_as_the_persons(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    done = record_consent(store, zoe, "opt_in", "email", at=later(1), request_id="1")
    assert {event.actor for event in done.events} == {"subject"}
    assert not record_consent(store, zoe, "opt_in", "email", at=later(1), request_id="1", actor="subject").new
    record_consent(store, zoe, "withdraw", "email", at=later(2))
    harder = ConsentState.WITHDRAWN
    assert record_consent(store, zoe, "correct", "email", at=later(3), target=harder).new


def test_a_confirmation_of_somebody_lifts_no_opt_out_of_another_purpose(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "withdraw", "email", "events", at=later(1))
    record_consent(store, zoe, "opt_in_unconfirmed", "email", at=later(2))
    before = content(store)
    with pytest.raises(InputError, match="who acted"):
        record_consent(store, zoe, "confirm", "email", at=later(3))
    assert content(store) == before


@pytest.mark.parametrize("method", ["host", "letter", "message", "campaign", "re_permission", "double_opt_in"])
def test_a_request_by_whatever_may_send_something_is_held_to_the_rules(store: MemoryStore, method: str) -> None:
    before = content(store)
    zoe = who(store, "Zoe").contact_id
    with pytest.raises(IllegalTransitionError, match="may not be sent"):
        record_consent(store, zoe, "request", "email", at=later(1), actor="controller", method=method)
    assert content(store) == before
    for number, silent in enumerate(sorted(UNSENT)):
        assert record_consent(store, zoe, "request", "email", f"p{number}", at=later(1), actor="controller", method=silent).new


@pytest.mark.parametrize("kind", ["decline", "invalidate", "withdraw"])
def test_a_no_is_taken_whatever_has_run_out(store: MemoryStore, kind: str) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "imply", "email", at=later(1), actor="agent", legal_basis="purchase", expires_at=later(90))
    if kind == "invalidate":
        record_consent(store, zoe, "opt_in", "email", at=later(2), expires_at=later(5))
    else:
        record_consent(store, zoe, "request", "email", at=later(2), actor="controller", method="web_form", expires_at=later(5))
    assert record_consent(store, zoe, kind, "email", at=later(9)).new
    assert not may_contact(who(store, "Zoe"), "email", at=later(10), regime="can_spam").allowed
