"""Receipts out of a store and into another: ours come back as they were, others' are judged, and nothing lifts a block."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.consent.receipts import BLOCK, Party, Terms
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.receipts import export_receipts, import_receipts
from canonical_contact.engine.recording import record_consent, record_suppression
from canonical_contact.errors import ConfigError, InputError
from canonical_contact.model import Channel, Contact, SuppressionKind
from canonical_contact.schema import from_json

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Unsubscribed from all email,Last Modified Date\n"
ROWS = (
    "1,Ana,Gil,ana@x.es,+34 600 111 222,true,2026-05-01\n2,Zoe,Sol,zoe@x.es,+34 600 777 888,false,2026-05-02\n"
    "3,Leo,Mar,desk@firm.es,,false,2026-05-02\n4,Pia,Ros,desk@firm.es,,false,2026-05-02\n"
)
HOUSE = Party("Example Ltd")


def filled(folder: Path) -> MemoryStore:
    (folder / "hubspot.csv").write_text(HUBSPOT + ROWS, "utf-8", newline="")
    store = MemoryStore()
    unify([folder / "hubspot.csv"], store, now=NOW)
    return store


@pytest.fixture
def store(tmp_path: Path) -> MemoryStore:
    return filled(tmp_path)


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


def who(store: MemoryStore, name: str) -> Contact:
    found = [from_json(Contact, row.document) for row in store.contacts()]
    return next(one for one in found if one.name is not None and one.name.display.startswith(name))


def asked(store: MemoryStore, name: str, days: float = 9, **more: Any) -> bool:
    return may_contact(who(store, name), "email", "marketing", at=later(days), regime="gdpr_eprivacy", **more).allowed


def state(store: MemoryStore, name: str) -> list[tuple[str, str, str]]:
    return [(str(one.state), one.reason, one.controller) for one in who(store, name).consent if one.channel is Channel.EMAIL]


def live(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "opt_in", "email", at=later(1), method="web_form")
    record_consent(store, zoe, "opt_in", "sms", "newsletter", controller="brand-a", at=later(1))
    record_consent(store, zoe, "withdraw", "sms", "newsletter", controller="brand-a", at=later(2))
    record_suppression(store, "manual", "fax", contact_id=zoe, at=later(2))


def kantara(principal: str = "zoe@x.es", **change: Any) -> dict[str, Any]:
    purpose = {"purpose": "To market services", "purposeCategory": ["6 - Marketing"], "consentType": "EXPLICIT",
        "piiCategory": ["2 - Contact"], "termination": "until withdrawal", "thirdPartyDisclosure": False}  # fmt: skip
    receipt: dict[str, Any] = {"version": "KI-CR-v1.1.0", "jurisdiction": "ES", "consentTimestamp": int(later(1).timestamp()),
        "collectionMethod": "web form", "consentReceiptID": "r-1", "piiPrincipalId": principal, "policyUrl": "https://example.org",
        "piiControllers": [{"piiController": "Example Ltd"}]}  # fmt: skip
    for name, value in change.items():
        (purpose if name in purpose else receipt)[name] = value
    return receipt | {"services": [{"service": "News", "purposes": [purpose]}]}


def read(store: MemoryStore, *receipts: object, **more: Any) -> list[str]:
    given = {"controllers": {"Example Ltd": ""}, **more}
    return [problem.code for problem in import_receipts(store, receipts, at=later(5), **given).problems]


@pytest.mark.parametrize("form", ["kantara", "iso27560"])
def test_our_own_come_back_as_they_were(tmp_path: Path, form: str) -> None:
    store = filled(tmp_path)
    live(store)
    parties = {"": HOUSE, "brand-a": Party("Brand A GmbH")}
    out = [
        one
        for row in store.contacts()
        for one in export_receipts(store, row.contact_id, controllers=parties, form=form, at=later(3))
    ]
    other = filled(tmp_path)
    done = import_receipts(other, json.loads(json.dumps(out)), at=later(4))
    assert (done.own, done.foreign, done.problems, done.new) == (len(out), 0, (), 5)
    assert {row.event_id: row.document for row in other.events()} == {row.event_id: row.document for row in store.events()}
    assert {row.contact_id: row.digest for row in other.contacts()} == {row.contact_id: row.digest for row in store.contacts()}
    again = import_receipts(other, out, at=later(6))
    assert (again.new, again.folded) == (0, 0)


def test_there_is_one_for_each_key_with_its_controller_and_terms(store: MemoryStore) -> None:
    live(store)
    parties = {"": HOUSE, "brand-a": Party("Brand A GmbH")}
    terms = {"": Terms(service="All"), "newsletter": Terms(service="The news")}
    out = export_receipts(store, who(store, "Zoe").contact_id, controllers=parties, terms=terms)
    told = {
        one["services"][0]["purposes"][0]["purpose"]: (one["piiControllers"][0]["piiController"], one["services"][0]["service"])
        for one in out
    }
    assert told["marketing by email"] == ("Example Ltd", "All")
    assert told["newsletter by sms"] == ("Brand A GmbH", "The news")
    assert told["any by fax"] == ("Example Ltd", "All")  # nothing but a block is known of it
    assert out[0]["piiPrincipalId"] == who(store, "Zoe").contact_id
    with pytest.raises(ConfigError, match="brand-a"):
        export_receipts(store, who(store, "Zoe").contact_id, controllers={"": HOUSE})
    with pytest.raises(ConfigError, match="kantara"):
        export_receipts(store, who(store, "Zoe").contact_id, controllers=HOUSE, form="paper")


def test_a_receipt_holds_no_event_of_anybody_else(store: MemoryStore) -> None:
    record_consent(store, who(store, "Leo").contact_id, "withdraw", "email", at=later(1))
    record_consent(store, who(store, "Pia").contact_id, "opt_in", "email", at=later(2))
    out = export_receipts(store, who(store, "Pia").contact_id, controllers=HOUSE)
    assert {event["record"] for one in out for event in one[BLOCK]["events"]} == {"hubspot:4"}


def test_anothers_yes_with_its_evidence_counts(store: MemoryStore) -> None:
    assert not asked(store, "Zoe")
    assert read(store, kantara()) == []
    assert state(store, "Zoe") == [("granted", "", "")]
    assert asked(store, "Zoe")
    assert not may_contact(who(store, "Zoe"), "sms", at=later(9), regime="gdpr_eprivacy").allowed
    assert import_receipts(store, [kantara()], at=later(8), controllers={"Example Ltd": ""}).new == 0


@pytest.mark.parametrize(
    "change",
    [
        {"consentTimestamp": None},
        {"consentTimestamp": int(later(30).timestamp())},  # after the import
        {"policyUrl": ""},
        {"termination": "one year after the last order"},
        {"consentType": "PENDING_CONFIRMATION"},
    ],
)
def test_anothers_yes_without_its_evidence_is_only_claimed(store: MemoryStore, change: dict[str, Any]) -> None:
    assert read(store, kantara(**change)) == []
    assert state(store, "Zoe") == [("unknown", "legacy_import", "")]
    assert not asked(store, "Zoe", 60)


def test_a_yes_to_somebody_else_permits_the_house_nothing(store: MemoryStore) -> None:
    assert read(store, kantara(), controllers={}) == []
    assert state(store, "Zoe") == [("granted", "", "Example Ltd")]
    assert not asked(store, "Zoe")
    assert asked(store, "Zoe", controller="Example Ltd")


def test_a_yes_of_an_address_that_two_share_is_only_claimed(store: MemoryStore) -> None:
    assert read(store, kantara("desk@firm.es")) == []
    assert state(store, "Leo") == state(store, "Pia") == [("unknown", "legacy_import", "")]


def test_a_yes_by_another_name_of_the_person_is_only_claimed(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    assert read(store, kantara("customer 4711"), contact_id=zoe, channel="email") == []
    assert {one for one, _, _ in state(store, "Zoe")} == {"unknown"}
    assert not asked(store, "Zoe")


def test_no_receipt_of_anothers_lifts_a_block(store: MemoryStore) -> None:
    record_consent(store, who(store, "Zoe").contact_id, "complaint", "email", at=later(0.5))
    for name, principal in (("Ana", "ana@x.es"), ("Zoe", "zoe@x.es")):
        assert not asked(store, name)
        assert read(store, kantara(principal)) == []
        assert not asked(store, name)
        answer = may_contact(who(store, name), "email", at=later(9), regime="can_spam", policy="latest_subject_act")
        assert not answer.allowed


@pytest.mark.parametrize("word", ["WITHDRAWN", "refused", "OBJECTED"])
def test_anothers_no_always_counts_for_everybody_at_the_address(store: MemoryStore, word: str) -> None:
    read(store, kantara("desk@firm.es", consentType=word, consentTimestamp=None))
    for name in ("Leo", "Pia"):
        answer = may_contact(who(store, name), "email", at=later(9), regime="can_spam")
        assert (answer.allowed, answer.remedy) == (False, "nothing")
    assert may_contact(who(store, "Zoe"), "email", at=later(9), regime="can_spam").allowed


def test_a_no_of_somebody_unknown_waits_for_them(store: MemoryStore, tmp_path: Path) -> None:
    assert read(store, kantara("new@x.es", consentType="WITHDRAWN"), kantara("+34 600 999 000", consentType="DENIED")) == []
    (tmp_path / "later.csv").write_text("First name,Last name,E-mail,Phone\nNeo,Paz,new@x.es,+34 600 999 000\n", "utf-8")
    unify([tmp_path / "later.csv"], store, now=later(7))
    for channel in ("email", "sms", "voice"):
        assert not may_contact(who(store, "Neo"), channel, at=later(9), regime="can_spam").allowed


def test_what_names_nobody_or_no_channel_is_a_problem(store: MemoryStore) -> None:
    assert (
        read(store, kantara("nobody@x.es"), kantara("customer 7", consentType="WITHDRAWN")) == ["consent.receipt_of_nobody"] * 2
    )
    assert read(store, kantara("+34 600 777 888")) == ["consent.receipt_without_channel"]
    assert read(store, kantara("+34 600 777 888"), channel="sms") == []
    assert may_contact(who(store, "Zoe"), "sms", at=later(9), regime="gdpr_eprivacy").allowed


def test_a_word_for_a_purpose_can_be_given(store: MemoryStore) -> None:
    receipt = kantara(purpose="Offers by post and mail", purposeCategory=["17"])
    assert read(store, receipt, purposes={"17": "marketing"}) == []
    assert asked(store, "Zoe")


def test_our_own_by_the_contacts_id_with_a_broken_seal_is_evidence(store: MemoryStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "opt_in", "email", at=later(1))
    record_consent(store, zoe, "withdraw", "email", at=later(2))
    seal = b"a secret of the house"
    (receipt,) = export_receipts(store, zoe, controllers=HOUSE, seal=seal)
    receipt[BLOCK]["events"] = []
    found = import_receipts(store, [receipt], at=later(5), seal=seal)
    assert [problem.code for problem in found.problems] == ["consent.receipt_unsealed"]
    assert found.problems[0].path.startswith("$[0]['")
    assert not asked(store, "Zoe")


def test_a_time_needs_a_zone(store: MemoryStore) -> None:
    with pytest.raises(InputError, match="zone"):
        import_receipts(store, [], at=datetime(2026, 7, 1))  # noqa: DTZ001


def test_a_block_of_the_person_is_in_their_receipt(store: MemoryStore) -> None:
    ana = export_receipts(store, who(store, "Ana").contact_id, controllers=HOUSE)
    kinds = {event.get("suppression") for one in ana for event in one[BLOCK]["events"]}
    assert SuppressionKind.GLOBAL_OPT_OUT in kinds


def test_no_receipt_brings_an_erased_person_back(store: MemoryStore) -> None:
    live(store)
    zoe = who(store, "Zoe").contact_id
    parties = {"": HOUSE, "brand-a": Party("Brand A GmbH")}
    out = export_receipts(store, zoe, controllers=parties)
    erase(store, zoe, at=later(4), actor="agent", reason="asked")
    before = {row.event_id for row in store.events()}
    done = import_receipts(store, [*out, kantara()], at=later(5))
    assert (done.new, done.left_out, done.own) == (0, 5, len(out))
    assert [problem.code for problem in done.problems] == ["consent.receipt_of_nobody"]
    assert {row.event_id for row in store.events()} == before
