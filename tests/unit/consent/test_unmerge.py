"""What the halves of an un-merge take along, and what stays where it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.consent import blocked_by, fold, part
from canonical_contact.engine.recording import record_consent
from canonical_contact.model import Channel, ConsentEvent, ConsentState, EventType, SuppressionKind
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
    record_consent(store, contact_id, "opt_in", "email", at=day(2), endpoint="f@x.es", method="paper")
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
