"""Double opt-in with a token that is told once, and requests that the rules let nobody send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.consent import last_asked, may_ask
from canonical_contact.engine.double_opt_in import SENT_AGAIN, begin_double_opt_in, confirm_double_opt_in, hash_of_token
from canonical_contact.engine.recording import record_consent, sweep_expiries
from canonical_contact.errors import IllegalTransitionError, InputError, NotFoundError
from canonical_contact.model import ConsentEvent, ConsentProof, ConsentState, Contact
from canonical_contact.schema import from_json

NOW = datetime(2026, 7, 1, tzinfo=UTC)
SHEET = "First name,Last name,E-mail,Country,Remarks\nAna,Gil,ana@x.es,ES,{}\nBob,Ray,bob@x.com,US,\n"


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


def world(tmp_path: Path, remark: str = "") -> tuple[MemoryStore, str, str]:
    store, file = MemoryStore(), tmp_path / "people.csv"
    file.write_text(SHEET.format(remark), "utf-8", newline="")
    unify([file], store, now=NOW)
    ids = {row.contact_id: from_json(Contact, row.document).emails[0].key for row in store.contacts()}
    ana, bob = sorted(ids, key=lambda one: ids[one])
    return store, ana, bob


def contact(store: MemoryStore, contact_id: str) -> Contact:
    row = store.contact(contact_id)
    assert row is not None
    return from_json(Contact, row.document)


def allowed(store: MemoryStore, contact_id: str, days: float) -> bool:
    return may_contact(contact(store, contact_id), "email", at=later(days), regime="de_uwg").allowed


def test_the_click_makes_a_grant_and_a_second_click_nothing(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path)
    shown = ConsentProof(notice_id="newsletter", notice_version="3", wording="Yes, write to me.")
    begun = begin_double_opt_in(store, ana, "email", at=later(1), proof=shown)
    assert not allowed(store, ana, 2)
    done = confirm_double_opt_in(store, begun.token, at=later(2), proof=ConsentProof(ip="192.0.2.17"))
    assert done.new
    assert allowed(store, ana, 3)
    proof = done.events[0].proof
    assert proof is not None
    assert (proof.wording, proof.ip, proof.confirmed_at) == ("Yes, write to me.", "192.0.2.17", later(2))
    again = confirm_double_opt_in(store, begun.token, at=later(3))
    assert (again.new, again.events) == (False, done.events)
    assert again.record is not None
    assert again.record.state is ConsentState.GRANTED


def test_the_store_knows_only_the_hash_of_the_token(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path)
    begun = begin_double_opt_in(store, ana, "email", at=later(1))
    documents = [row.document for row in store.events()] + [row.document for row in store.contacts()]
    assert not any(begun.token in text for text in documents)
    assert any(hash_of_token(begun.token) in text for text in documents)


def test_a_token_that_was_never_told_opens_nothing(tmp_path: Path) -> None:
    store, ana, bob = world(tmp_path)
    begun = begin_double_opt_in(store, ana, "email", at=later(1))
    secret = begun.token.rpartition(".")[2]
    for token in ("", "x", f"{ana}.guess", f"{bob}.{secret}", begun.token + "x"):
        with pytest.raises(NotFoundError, match="token"):
            confirm_double_opt_in(store, token, at=later(2))
    with pytest.raises(IllegalTransitionError, match="token"):
        record_consent(store, ana, "confirm", "email", at=later(2), proof=ConsentProof(token_hash="ab"))


def test_a_click_that_comes_too_late_is_refused_and_a_sweep_says_so(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path)
    begun = begin_double_opt_in(store, ana, "email", at=later(1), lasts=timedelta(days=2))
    with pytest.raises(IllegalTransitionError, match="time"):
        confirm_double_opt_in(store, begun.token, at=later(4))
    assert [str(event.type) for done in sweep_expiries(store, later(5)) for event in done.events] == ["confirm_timeout"]
    assert sweep_expiries(store, later(5)) == ()
    with pytest.raises(IllegalTransitionError, match="unknown does not take confirm"):
        confirm_double_opt_in(store, begun.token, at=later(5))


def test_who_let_the_time_pass_signs_up_again_without_waiting_for_a_sweep(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path)
    first = begin_double_opt_in(store, ana, "email", at=later(1), lasts=timedelta(days=2))
    second = begin_double_opt_in(store, ana, "email", at=later(5), lasts=timedelta(days=2))
    with pytest.raises(IllegalTransitionError, match="token"):
        confirm_double_opt_in(store, first.token, at=later(6))
    assert confirm_double_opt_in(store, second.token, at=later(6)).new
    assert allowed(store, ana, 7)


def test_an_unanswered_request_goes_back_to_what_was_behind_it(tmp_path: Path) -> None:
    store, _, bob = world(tmp_path)
    record_consent(store, bob, "imply", "email", at=later(1), actor="agent", legal_basis="purchase")
    record_consent(store, bob, "request", "email", at=later(2), method="web_form", expires_at=later(9))
    assert [str(event.type) for done in sweep_expiries(store, later(10)) for event in done.events] == ["request_timeout"]
    assert [str(record.state) for record in contact(store, bob).consent if record.channel == "email"] == ["implied"]
    assert sweep_expiries(store, later(11)) == ()


def test_a_refusal_closes_the_door_that_the_token_would_open(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path)
    begun = begin_double_opt_in(store, ana, "email", at=later(1))
    record_consent(store, ana, "withdraw", "email", at=later(1.5))
    with pytest.raises(IllegalTransitionError, match="withdrawn does not take confirm"):
        confirm_double_opt_in(store, begun.token, at=later(2))
    assert not may_contact(contact(store, ana), "email", at=later(3), regime="can_spam").allowed


def test_the_newest_token_counts(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path)
    record_consent(store, ana, "withdraw", "email", at=later(0.5))
    first = begin_double_opt_in(store, ana, "email", at=later(1))
    second = begin_double_opt_in(store, ana, "email", at=later(1.5))
    ends = [event for event in map(event_of, store.events()) if event.type == "confirm_timeout"]
    assert [(event.reason, event.actor) for event in ends] == [(SENT_AGAIN, "system")]
    assert second.recorded.record is not None
    assert second.recorded.record.state is ConsentState.PENDING_CONFIRMATION
    with pytest.raises(IllegalTransitionError, match="token"):
        confirm_double_opt_in(store, first.token, at=later(2))
    assert not allowed(store, ana, 2)
    confirm_double_opt_in(store, second.token, at=later(2))
    assert allowed(store, ana, 3)


def test_an_opt_out_without_a_date_ends_with_the_persons_own_confirmation(tmp_path: Path) -> None:
    store, ana = MemoryStore(), tmp_path / "people.csv"
    ana.write_text("First name,Last name,E-mail,Country,Newsletter\nAna,Gil,ana@x.es,ES,abgemeldet\n", "utf-8", newline="")
    unify([ana], store, now=NOW)
    (row,) = store.contacts()
    assert not may_contact(contact(store, row.contact_id), "email", at=later(3), regime="can_spam").allowed
    begun = begin_double_opt_in(store, row.contact_id, "email", at=later(1))
    assert not may_contact(contact(store, row.contact_id), "email", at=later(3), regime="can_spam").allowed
    confirm_double_opt_in(store, begun.token, at=later(2))
    assert allowed(store, row.contact_id, 3)
    unify([ana], store, now=later(4))  # the same file again
    assert allowed(store, row.contact_id, 5)


def test_a_note_outlasts_the_persons_confirmation(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path, "unsubscribed")
    with pytest.raises(IllegalTransitionError, match="note"):  # no token goes out that nobody could confirm
        begin_double_opt_in(store, ana, "email", at=later(1))
    record_consent(store, ana, "opt_in_unconfirmed", "email", at=later(1), actor="subject")
    with pytest.raises(IllegalTransitionError):
        record_consent(store, ana, "confirm", "email", at=later(2), actor="subject")
    assert any(event.reason == "free_text_note" for event in map(event_of, store.events()))
    assert not may_contact(contact(store, ana), "email", at=later(3), regime="can_spam").allowed
    assert contact(store, ana).suppressions


def test_after_a_complaint_no_token_goes_out(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path)
    record_consent(store, ana, "complaint", "email", at=later(1))
    before = store.ledger_head()
    with pytest.raises(IllegalTransitionError, match="complaint"):
        begin_double_opt_in(store, ana, "email", at=later(2))
    assert store.ledger_head() == before


def test_of_two_double_opt_ins_of_one_moment_the_second_is_refused(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path)
    first = begin_double_opt_in(store, ana, "email", at=later(1))
    with pytest.raises(IllegalTransitionError):
        begin_double_opt_in(store, ana, "email", at=later(1))
    assert confirm_double_opt_in(store, first.token, at=later(2)).new
    with pytest.raises(IllegalTransitionError, match="granted"):
        begin_double_opt_in(store, ana, "email", at=later(3))


def event_of(row: object) -> ConsentEvent:
    return from_json(ConsentEvent, row.document)  # type: ignore[attr-defined]


def test_a_request_by_message_is_refused_where_asking_is_marketing(tmp_path: Path) -> None:
    store, ana, bob = world(tmp_path)
    with pytest.raises(IllegalTransitionError, match="asking_not_allowed"):
        record_consent(store, ana, "request", "email", at=later(1), actor="controller", method="campaign")
    assert record_consent(store, ana, "request", "email", at=later(1), actor="controller", method="web_form").new
    assert record_consent(store, bob, "request", "email", at=later(1), actor="controller", method="campaign").new


def test_who_refused_is_not_asked_and_who_was_asked_lately_not_again(tmp_path: Path) -> None:
    store, _, bob = world(tmp_path)
    person = contact(store, bob)
    assert may_ask(person, "email", at=later(1)).allowed
    lately = may_ask(person, "email", at=later(40), regime="us_ca_ccpa", asked_at=later(1))
    assert (lately.allowed, lately.reasons[0], lately.remedy) == (False, "asked_lately", "wait")
    assert lately.not_before is not None
    assert may_ask(person, "email", at=lately.not_before, regime="us_ca_ccpa", asked_at=later(1)).allowed
    record_consent(store, bob, "withdraw", "email", at=later(2))
    events = [event_of(row) for row in store.events()]
    assert last_asked(events, "email") == later(2)
    assert last_asked(events, "sms") is None
    refused = may_ask(contact(store, bob), "email", at=later(900))
    assert (refused.allowed, refused.remedy) == (False, "nothing")


def test_a_time_without_a_zone_is_the_callers_mistake(tmp_path: Path) -> None:
    store, ana, _ = world(tmp_path)
    with pytest.raises(InputError, match="time zone"):
        begin_double_opt_in(store, ana, "email", at=datetime(2026, 7, 1))  # noqa: DTZ001


def test_a_claim_from_before_the_refusal_does_not_keep_the_person_out(tmp_path: Path) -> None:
    store, file = MemoryStore(), tmp_path / "people.csv"
    file.write_text("First name,Last name,E-mail,Country,Newsletter\nAna,Gil,ana@x.es,ES,ja\n", "utf-8")
    unify([file], store, now=NOW)
    (row,) = store.contacts()
    record_consent(store, row.contact_id, "withdraw", "email", at=later(1))
    begun = begin_double_opt_in(store, row.contact_id, "email", at=later(2))
    assert not may_contact(contact(store, row.contact_id), "email", at=later(4), regime="can_spam").allowed
    confirm_double_opt_in(store, begun.token, at=later(3))
    assert allowed(store, row.contact_id, 4)
