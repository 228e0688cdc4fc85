"""What the halves of an un-merge take along, and what stays where it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.consent import blocked_by, fold, part
from canonical_contact.engine.double_opt_in import begin_double_opt_in, confirm_double_opt_in
from canonical_contact.engine.recording import record_consent
from canonical_contact.model import Channel, ConsentEvent, ConsentProof, ConsentState, EventType, SuppressionKind
from canonical_contact.store import iter_contacts

T0 = datetime(2026, 7, 1, tzinfo=UTC)
E, S = EventType, ConsentState
HALVES = [["crm:1"], ["list:7"]]


def day(number: float) -> datetime:
    return T0 + timedelta(days=number)


def event(kind: EventType, at: float, record: str = "crm:1", **more: Any) -> ConsentEvent:
    return ConsentEvent(
        f"{kind}/{at}/{record}", kind, Channel.EMAIL, record=record, effective_at=day(at), recorded_at=day(at), **more
    )


@pytest.mark.parametrize("kind", [E.WITHDRAW, E.OBJECT, E.COMPLAINT, E.DECLINE, E.INVALIDATE])
def test_a_refusal_while_they_were_one_reaches_both(kind: EventType) -> None:
    made = part([event(kind, 5)], HALVES, merged_at=day(2), at=day(9))
    assert [(one.record, one.type, one.effective_at, one.recorded_at) for one in made] == [("list:7", kind, None, day(9))]
    assert all(blocked_by(record) for record in fold(made).records)
    assert (made[0].method, made[0].actor, made[0].evidence, made[0].proof) == ("parted", "system", "", None)


def test_what_a_half_agreed_to_before_does_not_lift_what_it_takes_along() -> None:
    yes = event(E.OPT_IN, 1, "list:7", endpoint="a@x.es")
    late = evolve(event(E.WITHDRAW, 5), effective_at=day(0))
    made = part([yes, late], HALVES, merged_at=day(2), at=day(9))
    assert {blocked_by(record) for record in fold([yes, *made]).records} == {S.WITHDRAWN}
    again = [evolve(one, record="list:7", actor="subject") for one in (event(E.OPT_IN, 12, endpoint="a@x.es"),)]
    assert S.GRANTED in [record.state for record in fold([yes, *made, *again]).records]


def test_a_permission_while_they_were_one_stays_with_its_record() -> None:
    yes = [event(E.OPT_IN_UNCONFIRMED, 4, endpoint="a@x.es"), event(E.CONFIRM, 5, endpoint="a@x.es")]
    assert part(yes, HALVES, merged_at=day(2), at=day(9)) == ()


def test_what_both_have_said_already_is_not_said_again() -> None:
    assert part([event(E.WITHDRAW, 5), event(E.WITHDRAW, 5, "list:7")], HALVES, merged_at=day(2), at=day(9)) == ()


def test_a_block_of_the_person_goes_along_and_one_of_an_endpoint_holds_anyway() -> None:
    person = event(E.SUPPRESS, 5, suppression=SuppressionKind.MANUAL)
    endpoint = event(E.SUPPRESS, 6, endpoint="a@x.es", suppression=SuppressionKind.MANUAL)
    assert [one.endpoint for one in part([person, endpoint], HALVES, merged_at=day(2), at=day(9))] == [""]


def test_records_of_neither_half_are_left_out() -> None:
    assert part([event(E.WITHDRAW, 5, "other:1")], HALVES, merged_at=day(2), at=day(9)) == ()


CRM = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Country/Region,Last Modified Date\n"
LIST = "Nr,First name,Last name,E-mail,Phone,Country\n"


def merged(folder: Path) -> tuple[MemoryStore, str]:
    (folder / "hubspot.csv").write_text(CRM + "1,Fernando,Garcia,f@x.es,+34 600 111 222,Spain,2026-05-01\n", "utf-8")
    (folder / "list.csv").write_text(LIST + "7,Fernando,Garcia,fernando@y.es,+34 600 111 222,Spain\n", "utf-8")
    store = MemoryStore()
    unify(sorted(folder.iterdir()), store, now=T0)
    (contact,) = iter_contacts(store)
    return store, contact.contact_id


def parted(store: MemoryStore, folder: Path, at: float) -> dict[str, bool]:
    """The source of the list says that its record is somebody else; who may be written to then."""
    (folder / "list.csv").write_text(LIST + "7,Zacharias,Wu,zacharias@wu.es,+34 600 999 888,Spain\n", "utf-8")
    unify([folder / "list.csv"], store, now=day(at))
    return {
        contact.emails[0].address: may_contact(contact, "email", at=day(at + 1), regime="can_spam").allowed
        for contact in iter_contacts(store)
    }


def test_a_file_that_refuses_while_they_are_one_refuses_for_both(tmp_path: Path) -> None:
    store, _ = merged(tmp_path)
    (tmp_path / "hubspot.csv").write_text(
        CRM.replace("Country", "Unsubscribed from all email,Country")
        + "1,Fernando,Garcia,f@x.es,+34 600 111 222,true,Spain,2026-07-02\n",
        "utf-8",
    )
    unify([tmp_path / "hubspot.csv"], store, now=day(2))
    assert parted(store, tmp_path, 3) == {"f@x.es": False, "zacharias@wu.es": False}
    unify(sorted(tmp_path.iterdir()), store, now=day(5))
    assert parted(store, tmp_path, 6) == {"f@x.es": False, "zacharias@wu.es": False}


def test_who_refuses_live_while_they_are_one_refuses_for_both(tmp_path: Path) -> None:
    store, contact_id = merged(tmp_path)
    record_consent(store, contact_id, "withdraw", "email", at=day(2))
    assert parted(store, tmp_path, 3) == {"f@x.es": False, "zacharias@wu.es": False}


def test_who_agrees_live_while_they_are_one_agrees_for_the_owner_of_the_endpoint(tmp_path: Path) -> None:
    store, contact_id = merged(tmp_path)
    record_consent(store, contact_id, "opt_in", "email", actor="subject", at=day(2), endpoint="f@x.es", method="paper")
    parted(store, tmp_path, 3)
    answers = {
        contact.emails[0].address: may_contact(contact, "email", at=day(9), regime="gdpr_eprivacy").reasons[0]
        for contact in iter_contacts(store)
    }
    assert answers == {"f@x.es": "express_consent", "zacharias@wu.es": "no_consent"}


def test_what_the_leaving_record_says_as_it_leaves_is_its_own(tmp_path: Path) -> None:
    store, _ = merged(tmp_path)
    (tmp_path / "list.csv").write_text(
        LIST.replace("Country", "Country,Newsletter") + "7,Zacharias,Wu,zacharias@wu.es,+34 600 999 888,Spain,abgemeldet\n",
        "utf-8",
    )
    unify([tmp_path / "list.csv"], store, now=day(3))
    answers = {
        contact.emails[0].address: may_contact(contact, "email", at=day(4), regime="can_spam").allowed
        for contact in iter_contacts(store)
    }
    assert answers == {"f@x.es": True, "zacharias@wu.es": False}


ANA, BOB, BOTH = "ana@x.es", "bob@x.es", "both@x.es"
HELD = [[ANA, BOTH], [BOB, BOTH]]


def said_at(ledger: Iterable[ConsentEvent], record: str, endpoint: str, purpose: str = "marketing") -> ConsentState | None:
    """The state of one cell by the events of one record."""
    folded = fold([one for one in ledger if one.record == record])
    cells = {(one.purpose, one.endpoint): one for one in folded.records}
    wider = [(purpose, endpoint), (purpose, ""), ("any", endpoint), ("any", "")]
    return next((cells[cell].state for cell in wider if cell in cells), None)


def yes_of_both(kind: EventType, endpoint: str, **more: Any) -> list[ConsentEvent]:
    """A permission while they were one, as a live act writes it into every stream that refuses."""
    return [event(kind, 5, record, endpoint=endpoint, evidence="form 7", **more) for record in ("crm:1", "list:7")]


@pytest.mark.parametrize("kind", [E.OPT_IN, E.CORRECT])
@pytest.mark.parametrize(
    ("endpoint", "free"), [(ANA, ["crm:1"]), (BOB, ["list:7"]), (BOTH, []), ("", [])], ids=["ana", "bob", "both", "nobody"]
)
def test_a_permission_while_they_were_one_lifts_only_for_who_alone_holds_its_endpoint(
    kind: EventType, endpoint: str, free: list[str]
) -> None:
    no = [event(E.WITHDRAW, 0, record) for record in ("crm:1", "list:7")]
    yes = yes_of_both(kind, endpoint, target=S.GRANTED if kind is E.CORRECT else None)
    ledger = [*no, *yes]
    assert [said_at(ledger, record, endpoint) for record in ("crm:1", "list:7")] == [S.GRANTED, S.GRANTED]
    made = part(ledger, HALVES, merged_at=day(2), at=day(9), endpoints=HELD)
    parted_ = [*ledger, *made]
    assert [record for record in ("crm:1", "list:7") if said_at(parted_, record, endpoint) is S.GRANTED] == free
    assert {(one.method, one.actor, one.effective_at, one.recorded_at) for one in made} <= {("parted", "system", None, day(9))}
    assert part(parted_, HALVES, merged_at=day(2), at=day(9), endpoints=HELD) == ()


@pytest.mark.parametrize(("kind", "state"), [(E.WITHDRAW, S.WITHDRAWN), (E.DECLINE, S.DENIED), (E.INVALIDATE, S.INVALIDATED)])
def test_what_is_said_again_is_the_refusal_that_was_and_no_wider(kind: EventType, state: ConsentState) -> None:
    began = event(E.IMPORT_LEGACY, -1, "list:7", purpose="newsletter", actor="system")
    no = event(kind, 0, "list:7", purpose="newsletter", reason="form")
    yes = [event(E.OPT_IN, 5, "list:7", purpose="newsletter"), event(E.OPT_IN, 6, "list:7", purpose="events", endpoint=BOB)]
    (again,) = part([began, no, *yes], HALVES, merged_at=day(2), at=day(9), endpoints=HELD)
    assert (again.record, again.type, again.purpose, again.endpoint, again.reason) == ("list:7", kind, "newsletter", "", "form")
    after = fold([began, no, *yes, again]).records
    assert {record.purpose: record.state for record in after} == {"newsletter": state, "events": S.GRANTED}


def test_a_permission_of_before_the_merge_and_one_of_afterwards_count() -> None:
    no, before = event(E.WITHDRAW, 0, "list:7"), event(E.OPT_IN, 1, "list:7")
    assert part([no, before], HALVES, merged_at=day(2), at=day(9), endpoints=HELD) == ()
    one = event(E.OPT_IN, 5, "list:7")
    made = part([no, one], HALVES, merged_at=day(2), at=day(9), endpoints=HELD)
    own = event(E.OPT_IN, 12, "list:7")
    assert said_at([no, one, *made], "list:7", "") is S.WITHDRAWN
    assert said_at([no, one, *made, own], "list:7", "") is S.GRANTED


def test_a_confirmation_at_a_shared_mailbox_gives_neither_what_it_had_refused() -> None:
    no = [event(E.WITHDRAW, 0, record) for record in ("crm:1", "list:7")]
    out = [
        event(E.SUPPRESS, 0, record, endpoint=BOTH, suppression=SuppressionKind.GLOBAL_OPT_OUT) for record in ("crm:1", "list:7")
    ]
    begun = [event(E.OPT_IN_UNCONFIRMED, 4, record, endpoint=BOTH) for record in ("crm:1", "list:7")]
    yes = yes_of_both(E.CONFIRM, BOTH)
    freed = yes_of_both(E.UNSUPPRESS, BOTH, purpose="marketing", suppression=SuppressionKind.GLOBAL_OPT_OUT)
    ledger = [*no, *out, *begun, *yes, *freed]
    made = part(ledger, HALVES, merged_at=day(2), at=day(9), endpoints=HELD)
    for record in ("crm:1", "list:7"):
        after = fold([one for one in (*ledger, *made) if one.record == record])
        assert said_at([*ledger, *made], record, BOTH) is S.WITHDRAWN
        (block,) = after.suppressions
        assert (block.endpoint, block.kind, block.since, block.lifted_for) == (BOTH, SuppressionKind.GLOBAL_OPT_OUT, None, ())


@pytest.mark.parametrize("purpose", ["any", "marketing"])
def test_an_end_of_a_block_counts_for_who_alone_holds_the_endpoint(purpose: str) -> None:
    out = [event(E.SUPPRESS, 0, record, endpoint=ANA, suppression=SuppressionKind.MANUAL) for record in ("crm:1", "list:7")]
    freed = yes_of_both(E.UNSUPPRESS, ANA, purpose=purpose, suppression=SuppressionKind.MANUAL)
    made = part([*out, *freed], HALVES, merged_at=day(2), at=day(9), endpoints=HELD)
    assert [(one.record, one.type, one.endpoint, one.suppression) for one in made] == [
        ("list:7", E.SUPPRESS, ANA, SuppressionKind.MANUAL)
    ]
    assert part([*out, *freed, *made], HALVES, merged_at=day(2), at=day(9), endpoints=HELD) == ()
    meanwhile = [evolve(one, effective_at=day(3), recorded_at=day(3)) for one in out]  # a stop of theirs who holds it
    assert part([*meanwhile, *freed], HALVES, merged_at=day(2), at=day(9), endpoints=HELD) == ()


def test_who_is_not_told_what_they_hold_holds_nothing_alone() -> None:
    no, yes = event(E.WITHDRAW, 0), event(E.OPT_IN, 5, endpoint=ANA)
    (again,) = part([no, yes], HALVES, merged_at=day(2), at=day(9))
    assert (again.record, again.type, again.endpoint) == ("crm:1", E.WITHDRAW, ANA)


def test_an_endpoint_is_known_by_every_name_of_its_mailbox() -> None:
    no, yes = event(E.WITHDRAW, 0), event(E.OPT_IN, 5, endpoint="ana.gil@gmail.com")
    held = [["anagil@gmail.com"], ["ana.gil@gmail.com"]]
    assert len(part([no, yes], HALVES, merged_at=day(2), at=day(9), endpoints=held)) == 1
    assert part([no, yes], HALVES, merged_at=day(2), at=day(9), endpoints=[held[0], [BOB]]) == ()


def test_three_halves_and_the_second_parting_of_the_same() -> None:
    no, yes = event(E.WITHDRAW, 0), event(E.OPT_IN, 5, endpoint=BOTH)
    first = part([no, yes], HALVES, merged_at=day(2), at=day(9), endpoints=HELD)
    own = event(E.OPT_IN, 10, endpoint=BOTH)
    together = event(E.OPT_IN, 13, endpoint=BOTH)
    stop = event(E.WITHDRAW, 11)
    second = part(
        [no, yes, *first, own, stop, together], [*HALVES, ["web:1"]], merged_at=day(12), at=day(20), endpoints=[*HELD, []]
    )
    assert [one.record for one in second] == ["crm:1"]
    assert said_at([no, yes, *first, own, stop, together, *second], "crm:1", BOTH) is S.WITHDRAWN


def answers(store: MemoryStore, channel: str = "email") -> dict[str, str]:
    return {
        contact.emails[0].address: may_contact(contact, channel, at=day(99), regime="gdpr_eprivacy").reasons[0]
        for contact in iter_contacts(store)
    }


def wrongly_merged(folder: Path, *, address: str) -> tuple[MemoryStore, str]:
    """Bob refuses post and mail by himself; then his row says that he is Fernando; what he had said goes with him."""
    (folder / "hubspot.csv").write_text(CRM + "1,Fernando,Garcia,f@x.es,+34 600 111 222,Spain,2026-05-01\n", "utf-8")
    (folder / "list.csv").write_text(LIST + f"7,Bob,Wu,{address},+34 600 999 888,Spain\n", "utf-8")
    store = MemoryStore()
    unify(sorted(folder.iterdir()), store, now=T0)
    bob = next(one for one in iter_contacts(store) if one.name is not None and one.name.given == "Bob")
    for channel in ("email", "post"):
        record_consent(store, bob.contact_id, "withdraw", channel, at=day(1))
    (folder / "list.csv").write_text(LIST + f"7,Fernando,Garcia,{address},+34 600 111 222,Spain\n", "utf-8")
    unify([folder / "list.csv"], store, now=day(2))
    (contact,) = iter_contacts(store)
    return store, contact.contact_id


def parted_again(store: MemoryStore, folder: Path, address: str) -> None:
    (folder / "list.csv").write_text(LIST + f"7,Bob,Wu,{address},+34 600 999 888,Spain\n", "utf-8")
    unify([folder / "list.csv"], store, now=day(9))
    assert len(list(iter_contacts(store))) == 2


@pytest.mark.parametrize("when", [2, 4], ids=["in the moment of the merge", "later"])
def test_bob_who_refused_post_before_the_wrong_merge_refuses_it_afterwards(tmp_path: Path, when: int) -> None:
    store, one = wrongly_merged(tmp_path, address="bob@y.es")
    record_consent(store, one, "opt_in", "post", at=day(when), method="web_form", actor="subject")
    parted_again(store, tmp_path, "bob@y.es")
    assert answers(store, "post")["bob@y.es"] == "withdrawn"


def confirmed(store: MemoryStore, contact_id: str, endpoint: str) -> None:
    begun = begin_double_opt_in(store, contact_id, "email", at=day(4), endpoint=endpoint)
    confirm_double_opt_in(store, begun.token, at=day(5))


def test_bob_who_refused_mail_before_the_wrong_merge_refuses_it_afterwards_and_the_other_keeps_the_yes(tmp_path: Path) -> None:
    store, one = wrongly_merged(tmp_path, address="bob@y.es")
    confirmed(store, one, "f@x.es")
    parted_again(store, tmp_path, "bob@y.es")
    assert answers(store) == {"f@x.es": "express_consent", "bob@y.es": "global_opt_out"}


def test_a_yes_from_a_mailbox_that_both_held_frees_nobody_who_had_refused(tmp_path: Path) -> None:
    store, one = wrongly_merged(tmp_path, address="f@x.es")
    confirmed(store, one, "f@x.es")
    (contact,) = iter_contacts(store)
    assert may_contact(contact, "email", at=day(8), regime="gdpr_eprivacy").allowed
    parted_again(store, tmp_path, "bob@y.es")
    after = {contact.emails[0].address: contact for contact in iter_contacts(store)}
    for contact in after.values():
        for purpose in ("marketing", "newsletter"):
            assert not may_contact(contact, "email", purpose, at=day(99), regime="can_spam").allowed


def test_bob_confirms_by_himself_after_the_parting(tmp_path: Path) -> None:
    store, one = wrongly_merged(tmp_path, address="bob@y.es")
    confirmed(store, one, "bob@y.es")
    record_consent(store, one, "opt_in", "post", at=day(5), method="web_form", actor="subject")
    parted_again(store, tmp_path, "bob@y.es")
    assert answers(store)["bob@y.es"] == "express_consent"
    bob = next(one for one in iter_contacts(store) if one.emails[0].address == "bob@y.es")
    record_consent(store, bob.contact_id, "opt_in", "post", at=day(12), method="web_form", actor="subject")
    assert answers(store, "post")["bob@y.es"] == "express_consent"


def test_what_is_said_again_names_the_consent_that_it_ends() -> None:
    proof = ConsentProof(consent_id="c1")
    no = ConsentEvent("1", E.WITHDRAW, Channel.POST, record="bob:1", effective_at=day(1), recorded_at=day(1), proof=proof)
    yes = ConsentEvent("2", E.OPT_IN, Channel.POST, record="bob:1", effective_at=day(5), recorded_at=day(5))
    (made,) = part([no, yes], [["ana:1"], ["bob:1"]], merged_at=day(3), at=day(9))
    assert (made.source, made.proof) == ("parted", ConsentProof(supersedes="c1"))
    (made,) = part([evolve(no, proof=None), yes], [["ana:1"], ["bob:1"]], merged_at=day(3), at=day(9))
    assert made.proof is None


def test_a_half_says_again_what_was_lifted_where_two_cells_meet() -> None:
    no = event(E.WITHDRAW, 0, "list:7", purpose="marketing")
    lifts = [
        evolve(event(E.CORRECT, 5, key, purpose="any", endpoint="ana@x.es", target=S.UNKNOWN), actor="subject", evidence="form 7")
        for key in ("crm:1", "list:7")
    ]
    made = part([no, *lifts], HALVES, merged_at=day(2), at=day(9), endpoints=[["ana@x.es"], []])
    assert [(one.record, one.type, one.purpose, one.endpoint) for one in made] == [
        ("list:7", E.WITHDRAW, "marketing", "ana@x.es")
    ]
