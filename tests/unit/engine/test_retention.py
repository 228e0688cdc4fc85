"""A sweep does what the rules say, once, proves it, and makes nobody contactable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.consent import may_contact_columns
from canonical_contact.consent.ledger import verify
from canonical_contact.engine.erasing import erased_at
from canonical_contact.engine.recording import record_consent, record_suppression, record_unsuppression
from canonical_contact.engine.retention import Sweep, due_contacts, sweep_retention
from canonical_contact.errors import ConfigError, InputError
from canonical_contact.model import Channel, ConsentProof, Contact
from canonical_contact.ports import ContactStore
from canonical_contact.privacy.access import access_export
from canonical_contact.privacy.retention import RetentionRules, parse_rules
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Mobile Phone Number,Country/Region,Lifecycle Stage,Unsubscribed from all email,"
    "Create Date,Last Modified Date\n"
)
OLD = "1,Olga,Oldova,olga@old.example,+34 600 111 222,Spain,lead,false,2019-01-01 10:00,2019-05-01 10:00\n"
LEFT = "2,Leo,Leftson,leo@left.example,+34 600 222 333,Spain,lead,true,2019-01-01 10:00,2019-05-01 10:00\n"
NEW = "3,Nina,Newby,nina@new.example,+34 600 222 333,Spain,lead,false,2026-01-01 10:00,2026-05-01 10:00\n"
BUYER = "4,Bea,Buyer,bea@buyer.example,,Spain,customer,false,2019-01-01 10:00,2019-05-01 10:00\n"
EVENTS = (
    "system,record_id,event,at,agent,value\n"
    "hubspot,3,lead_created,2019-03-01T10:00:00Z,b.osei,\nhubspot,3,assigned,2019-03-02T10:00:00Z,b.osei,\n"
    "hubspot,3,deal_won,2026-03-01T10:00:00Z,b.osei,10\n"
)


def rules(*lines: str) -> RetentionRules:
    return parse_rules("\n".join(('version = "1"', *lines)))


def rule(name: str, keep: str, start: str, then: str, more: str = "") -> str:
    return f'[[rule]]\nname = "{name}"\nkeep = "{keep}"\nfrom = "{start}"\nthen = "{then}"\n{more}\n'


ERASE = rule("old", "P3Y", "last_activity", "erase", 'category = ["lead"]')


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    made = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    (tmp_path / "hubspot.csv").write_text(HUBSPOT + OLD + LEFT + NEW + BUYER, "utf-8")
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")
    again(made, tmp_path)
    yield made
    made.close()


def again(store: ContactStore, folder: Path) -> None:
    unify([folder / "hubspot.csv", folder / "events.csv"], store, now=NOW)


def people(store: ContactStore) -> dict[str, Contact]:
    return {contact.name.given: contact for contact in iter_contacts(store) if contact.name}


def allowed(store: ContactStore, at: datetime = NOW) -> set[tuple[str, str]]:
    return {
        (name, channel.value)
        for name, contact in people(store).items()
        for channel in Channel
        if may_contact(contact, channel, at=at, regime="can_spam").allowed
    }


def names_of(store: ContactStore, sweep: Sweep, which: str = "due") -> list[str]:
    by_id = {contact.contact_id: name for name, contact in people(store).items()}
    return sorted(by_id[one.contact_id] for one in getattr(sweep, which))


def test_a_dry_run_lists_and_changes_nothing(store: ContactStore) -> None:
    head, before = store.ledger_head(), store.counts()
    found = sweep_retention(store, rules(ERASE), at=NOW)
    assert names_of(store, found) == ["Leo", "Olga"]
    assert (found.dry_run, found.contacts, found.erased, found.proofs) == (True, 4, 0, ())
    assert "P3Y after the person's last act" in found.due[0].reason
    assert (store.ledger_head(), store.counts()) == (head, before)


def test_who_is_due_is_erased_once_with_a_proof(store: ContactStore, tmp_path: Path) -> None:
    ids = {name: contact.contact_id for name, contact in people(store).items()}
    before = allowed(store)
    done = sweep_retention(store, rules(ERASE), at=NOW, dry_run=False)
    assert (done.erased, done.archived, done.dropped, len(done.proofs)) == (2, 0, 0, 1)
    assert sorted(people(store)) == ["Bea", "Nina"]
    assert erased_at(store, ids["Olga"]) == NOW
    (proof,) = [json.loads(entry.document) for entry in store.entries() if entry.event_id == done.proofs[0]]
    assert {name: proof["detail"][name] for name in ("act", "by", "erased", "rules")} == {
        "act": "retention_swept", "by": "old", "erased": "2", "rules": "1",
    }  # fmt: skip
    ledger = "".join(entry.event_id + entry.document for entry in store.entries())
    assert not [one for one in ids.values() if one in ledger and one not in (ids["Bea"], ids["Nina"])]
    assert verify(store.entries(), store.ledger_head()).ok
    head = store.ledger_head()
    second = sweep_retention(store, rules(ERASE), at=NOW, dry_run=False)
    assert (second.due, second.erased, second.proofs, store.ledger_head()) == ((), 0, (), head)
    again(store, tmp_path)
    assert sorted(people(store)) == ["Bea", "Nina"], "no import brings them back"
    assert allowed(store) <= before


def test_a_swept_withdrawal_makes_nobody_contactable(store: ContactStore, tmp_path: Path) -> None:
    """Leo left, and Nina has his number: she stays blocked there, and he cannot be imported anew."""
    record_consent(
        store, people(store)["Leo"].contact_id, "complaint", "sms", at=NOW - timedelta(days=2), endpoint="+34600222333"
    )
    assert ("Nina", "sms") not in allowed(store)
    before = allowed(store)
    left = rules(rule("left", "P1D", "withdrawn", "erase"))
    done = sweep_retention(store, left, at=NOW + timedelta(days=1), dry_run=False)
    assert done.erased == 1
    assert "Leo" not in people(store)
    assert allowed(store) <= before
    assert ("Nina", "sms") not in allowed(store)
    again(store, tmp_path)
    (tmp_path / "hubspot.csv").write_text(HUBSPOT + LEFT.replace("2,Leo", "77,Leo").replace("true", "false"), "utf-8")
    again(store, tmp_path)
    assert "Leo" not in people(store)
    assert allowed(store) <= before


def test_a_hold_stops_it_and_is_told(store: ContactStore) -> None:
    known = people(store)
    record_suppression(store, "legal_hold", "email", at=NOW, contact_id=known["Olga"].contact_id)
    proof = ConsentProof(regime="de_uwg/2026.1")
    record_consent(store, known["Leo"].contact_id, "object", "voice_live", at=NOW, proof=proof)
    done = sweep_retention(store, rules(ERASE), at=NOW, dry_run=False)
    assert (done.erased, names_of(store, done, "held")) == (0, ["Leo", "Olga"])
    assert {one.held for one in done.held} == {("legal_hold",), ("proof",)}
    record_unsuppression(store, "legal_hold", "email", at=NOW + timedelta(hours=1), contact_id=known["Olga"].contact_id)
    later = sweep_retention(store, rules(ERASE), at=NOW + timedelta(hours=2), dry_run=False)
    assert (later.erased, names_of(store, later, "held")) == (1, ["Leo"])
    assert sweep_retention(store, rules(ERASE), at=NOW.replace(year=2032), dry_run=False).erased >= 1


def test_the_proof_of_a_yes_is_kept_for_the_period_of_the_house(store: ContactStore) -> None:
    olga = people(store)["Olga"].contact_id
    record_consent(store, olga, "opt_in", "voice_live", at=NOW - timedelta(days=400))
    kept = rules('[proof]\nkeep = "P5Y"', ERASE)
    found = {one.contact_id: one.held for one in due_contacts(store, kept, at=NOW)}
    assert found[olga] == ("proof",)


def test_who_is_archived_is_kept_and_blocked_on_every_channel(store: ContactStore) -> None:
    archive = rules(rule("rest", "P3Y", "created", "archive_suppress", 'category = ["customer"]'))
    done = sweep_retention(store, archive, at=NOW, dry_run=False)
    assert (done.archived, len(done.proofs)) == (1, 1)
    assert not {one for one in allowed(store, NOW + timedelta(days=1)) if one[0] == "Bea"}
    bea = people(store)["Bea"]
    assert {block.reason for block in bea.suppressions} == {"retention"}
    assert len(bea.suppressions) == len(Channel)
    told = access_export(store, bea.contact_id, at=NOW).parts
    assert any(event.get("detail", {}).get("act") == "retention_swept" for event in told["history"])
    again_ = sweep_retention(store, archive, at=NOW + timedelta(days=1), dry_run=False)
    assert (again_.due, again_.archived, again_.proofs) == ((), 0, ())


def test_old_activities_are_dropped_and_the_person_stays_what_they_are(store: ContactStore, tmp_path: Path) -> None:
    """What made somebody a customer stays, and their own last act, from which other rules count."""
    (tmp_path / "interactions.csv").write_text(
        "system,record_id,kind,at,direction,agent\n"
        "hubspot,4,call,2018-03-01T10:00:00Z,inbound,b.osei\nhubspot,4,call,2019-03-01T10:00:00Z,inbound,b.osei\n"
        "hubspot,4,call,2020-03-01T10:00:00Z,outbound,b.osei\nhubspot,4,email,2026-03-01T10:00:00Z,outbound,b.osei\n",
        "utf-8",
    )
    unify([tmp_path / "interactions.csv"], store, now=NOW)
    assert store.counts()["activities"] == 7
    drop = rules(rule("calls", "P2Y", "last_activity", "drop_activities"), rule("all", "P7Y", "last_activity", "erase"))
    before, stages = allowed(store), {name: one.lifecycle for name, one in people(store).items()}
    listed = sweep_retention(store, drop, at=NOW.replace(month=1))
    done = sweep_retention(store, drop, at=NOW.replace(month=1), dry_run=False)
    assert names_of(store, done) == names_of(store, listed) == ["Bea", "Nina"]
    assert done.dropped == 3
    left = sorted(json.loads(row.document)["kind"] + json.loads(row.document)["at"][:4] for row in store.activities())
    assert left == ["deal_won2026", "interaction2019", "interaction2026", "lead_created2019"]
    assert (sorted(people(store)), allowed(store)) == (["Bea", "Leo", "Nina", "Olga"], before)
    assert {name: one.lifecycle for name, one in people(store).items()} == stages
    second = sweep_retention(store, drop, at=NOW.replace(month=1), dry_run=False)
    assert (second.due, second.dropped, second.proofs) == ((), 0, ())


def test_a_person_decides_where_the_rules_say_so(store: ContactStore) -> None:
    look = rules(ERASE, rule("look", "P5Y", "created", "review"))
    done = sweep_retention(store, look, at=NOW, dry_run=False)
    assert (done.erased, names_of(store, done, "review")) == (0, ["Bea", "Leo", "Olga"])
    assert {one.held for one in done.held} == {("review:look",)}


def test_a_yes_since_keeps_a_person(store: ContactStore) -> None:
    olga = people(store)["Olga"].contact_id
    consent = rules(rule("consent", "P2Y", "last_consent", "erase", 'purpose = "marketing"\ncategory = ["lead"]'))
    assert olga not in {one.contact_id for one in due_contacts(store, consent, at=NOW)}, "nothing is on record for marketing"
    record_consent(store, olga, "opt_in", "voice_live", at=NOW - timedelta(days=1000))
    assert olga in {one.contact_id for one in due_contacts(store, consent, at=NOW)}
    record_consent(store, olga, "renew", "voice_live", at=NOW - timedelta(days=100))
    assert olga not in {one.contact_id for one in due_contacts(store, consent, at=NOW)}


def test_who_was_active_since_the_list_was_made_is_left(store: ContactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the listing and the erasure somebody records a hold: the transaction asks again."""
    import canonical_contact.engine.retention as module

    listed = list(due_contacts(store, rules(ERASE), at=NOW))

    def stale(*_: object, **__: object) -> Iterator[object]:
        record_suppression(store, "legal_hold", "email", at=NOW, contact_id=people(store)["Olga"].contact_id)
        yield from listed

    monkeypatch.setattr(module, "due_contacts", stale)
    done = module.sweep_retention(store, rules(ERASE), at=NOW, dry_run=False)
    assert done.erased == 1
    assert "Olga" in people(store)


def test_a_batch_that_breaks_off_did_nothing(store: ContactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    import canonical_contact.engine.retention as module

    def broken(*_: object) -> str:
        raise RuntimeError("power cut")

    before, head = store.counts(), store.ledger_head()
    monkeypatch.setattr(module._Work, "_prove", broken)
    with pytest.raises(RuntimeError):
        sweep_retention(store, rules(ERASE), at=NOW, dry_run=False)
    assert (store.counts(), store.ledger_head()) == (before, head)


def test_a_key_that_the_host_keeps_goes_to_the_erasure(store: ContactStore) -> None:
    key = b"0123456789abcdef"
    assert sweep_retention(store, rules(ERASE), at=NOW, dry_run=False, key=key).erased == 2
    bea = rules(rule("all", "P1D", "created", "erase"))
    with pytest.raises(ConfigError):
        sweep_retention(store, bea, at=NOW, dry_run=False)


def test_a_time_needs_a_zone(store: ContactStore) -> None:
    with pytest.raises(InputError, match="time zone"):
        sweep_retention(store, rules(ERASE), at=datetime(2026, 7, 1))  # noqa: DTZ001  that is the test


def test_who_shared_an_endpoint_with_somebody_who_refused_is_not_freed_elsewhere_either(tmp_path: Path) -> None:
    """They may be one person that is not linked; before the sweep the refusal reached all of the other's addresses, and after it, too."""
    store = MemoryStore()
    header = (
        "Record ID,First Name,Last Name,Email,Work email,Country/Region,Lifecycle Stage,Unsubscribed from all email,Create Date\n"
    )
    rows = "1,Leo,Leftson,both@old.example,,Spain,lead,true,2019-01-01\n2,Nina,Newby,both@old.example,nina@new.example,Spain,,,2026-01-01\n"
    (tmp_path / "hubspot.csv").write_text(header + rows, "utf-8")
    unify([tmp_path / "hubspot.csv"], store, now=NOW)
    nina = people(store)["Nina"]
    assert {email.address for email in nina.emails} == {"both@old.example", "nina@new.example"}
    assert ("Nina", "email") not in allowed(store)
    assert sweep_retention(store, rules(ERASE), at=NOW, dry_run=False).erased == 1
    later = NOW + timedelta(days=1)
    assert ("Nina", "email") not in allowed(store, later)
    rows_ = [(row.contact_id, row.consent) for row in store.contacts()]
    answers = may_contact_columns(rows_, "email", at=later, regime="can_spam")
    assert [bool(one) for one in answers.allowed] == [False]
