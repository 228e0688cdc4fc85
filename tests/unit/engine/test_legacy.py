"""The legacy programme over a store: who is asked, what is counted, and that the silent are suppressed, on both adapters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.consent.legacy import SEGMENTS, Engagement, LegacyPolicy, Risk, Segment
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.legacy import (
    Answer,
    LegacyPlan,
    campaign_outcome,
    close_campaign,
    legacy_rows,
    plan_legacy,
    start_campaign,
    suppress_rest,
)
from canonical_contact.engine.recording import (
    record_consent,
    record_stop,
    record_suppression,
    record_unsuppression,
    sweep_expiries,
)
from canonical_contact.errors import ConfigError, IllegalTransitionError, InputError, NotFoundError
from canonical_contact.model import ConsentEvent, ConsentProof, Contact, Permission
from canonical_contact.ports import ContactStore
from canonical_contact.schema import from_json

NOW = datetime(2026, 7, 1, tzinfo=UTC)
END = NOW + timedelta(days=30)
HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Country/Region,Unsubscribed from all email,Create Date,Last Modified Date\n"
PEOPLE = (
    "1,Ana,Gil,ana@x.com,,United States,,2026-03-01,2026-05-01\n"
    "2,Ben,Sol,ben@x.com,,United States,true,2026-03-01,2026-05-01\n"
    "3,Cal,Mar,cal@x.com,,United States,,2025-02-01,2025-05-01\n"
    "4,Dan,Ros,dan@x.com,,United States,,2019-03-01,2020-05-01\n"
    "5,Eva,Kur,eva@x.de,,Germany,,2026-03-01,2026-05-01\n"
    "6,Fay,Lin,fay@x.com,,United States,,2026-03-02,2026-05-01\n"
    "7,Gus,Orr,info@firm.com,,United States,,2026-03-02,2026-05-01\n"
    "8,Hal,Poe,,+1 212 555 0123,United States,,2026-03-02,2026-05-01\n"
)
EVENTS = "system,record_id,event,at,agent,value\nhubspot,4,deal_won,2026-02-01T00:00:00Z,b.osei,100\n"

Open = Callable[[], ContactStore]


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    opened: MemoryStore | SQLiteStore = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    (tmp_path / "hubspot.csv").write_text(HUBSPOT + PEOPLE, "utf-8")
    unify([tmp_path / "hubspot.csv"], opened, now=NOW)
    yield opened
    opened.close()


def contact(store: ContactStore, name: str) -> Contact:
    found = [from_json(Contact, row.document) for row in store.contacts()]
    return next(one for one in found if one.name is not None and one.name.given == name)


def ask(store: ContactStore, name: str, at: datetime) -> Permission:
    return may_contact(contact(store, name), "email", "marketing", at=at)


def segments(store: ContactStore, plan: LegacyPlan) -> dict[str, str]:
    names = {row.contact_id: from_json(Contact, row.document).name for row in store.contacts()}
    return {name.given: row.segment.value for row in plan.rows if (name := names[row.contact_id]) is not None}


def content(store: ContactStore) -> tuple[list[tuple[str, str]], list[str]]:
    return [(row.contact_id, row.digest) for row in store.contacts()], [row.document for row in store.events()]


def started(store: ContactStore) -> list[str]:
    campaign = start_campaign(store, plan_legacy(store, at=NOW), campaign="spring")
    return [row.endpoint for row in campaign.rows]


def test_every_contact_is_in_one_segment_with_its_reasons(store: ContactStore) -> None:
    plan = plan_legacy(store, at=NOW)
    assert segments(store, plan) == {
        "Ana": "re_permission",
        "Ben": "suppress",
        "Cal": "re_permission",
        "Dan": "archive",
        "Eva": "suppress",
        "Fay": "re_permission",
        "Gus": "archive",
        "Hal": "archive",
    }
    reasons = {row.endpoint or row.reasons[-1]: row.reasons for row in plan.rows}
    assert reasons["ana@x.com"] == ("opt_out_only", "active")
    assert reasons["cal@x.com"] == ("opt_out_only", "lapsing")
    assert reasons["asking_not_allowed"][0] == "never_asked"
    assert reasons["role_mailbox"][1] == "active"
    assert sum(plan.counts.values()) == len(plan.rows) == 8
    assert sum(plan.reasons.values()) == 8
    assert list(plan.rows) == list(legacy_rows(store, at=NOW))
    assert [row.endpoint for row in plan_legacy(store, at=NOW, segments=[Segment.RE_PERMISSION]).rows] == [
        row.endpoint for row in plan.asks
    ]


def test_an_act_of_the_person_makes_them_active(store: ContactStore, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")
    unify([tmp_path / "hubspot.csv", tmp_path / "events.csv"], store, now=later(1))
    plan = plan_legacy(store, at=later(1))
    assert segments(store, plan)["Dan"] == "re_permission"
    assert next(row.last_act for row in plan.asks if row.endpoint == "dan@x.com") == datetime(2026, 2, 1, tzinfo=UTC)


def test_a_plan_writes_nothing(store: ContactStore) -> None:
    before = content(store)
    plan_legacy(store, at=NOW)
    assert content(store) == before


def test_a_channel_that_is_none_is_refused(store: ContactStore) -> None:
    with pytest.raises(ConfigError, match="no channel"):
        plan_legacy(store, at=NOW, channel="voice")


def test_starting_asks_once_and_gives_the_same_list_again(store: ContactStore) -> None:
    plan = plan_legacy(store, at=NOW)
    proof = ConsentProof(notice_id="again", wording="May we go on?")
    first = start_campaign(store, plan, campaign="spring", proof=proof)
    assert sorted(row.endpoint for row in first.rows) == ["ana@x.com", "cal@x.com", "fay@x.com"]
    assert (first.deadline, first.new, first.left_out) == (END, True, {})
    events = [from_json(ConsentEvent, row.document) for row in store.events()]
    asked = [event for event in events if event.type == "request"]
    assert {event.expires_at for event in asked} == {END}
    assert {event.source for event in asked} == {"campaign:spring"}
    assert {event.proof.wording for event in asked if event.proof} == {"May we go on?"}
    assert len({row.consent_id for row in first.rows}) == 3
    assert ask(store, "Ana", later(1)).reasons == ("requested",)
    before = content(store)
    again = start_campaign(store, plan_legacy(store, at=later(1)), campaign="spring")
    assert (again.new, again.deadline) == (False, END)
    assert sorted(row.endpoint for row in again.rows) == ["ana@x.com", "cal@x.com", "fay@x.com"]
    assert {row.consent_id for row in again.rows} == {row.consent_id for row in first.rows}
    assert content(store) == before


def test_who_was_asked_or_blocked_since_the_plan_is_left_out(store: ContactStore) -> None:
    plan = plan_legacy(store, at=NOW)
    record_stop(store, "email", "ana@x.com", at=later(0.5))
    record_consent(store, contact(store, "Cal").contact_id, "request", "email", at=later(0.5), method="web_form")
    campaign = start_campaign(store, plan, campaign="spring", at=later(1))
    assert [row.endpoint for row in campaign.rows] == ["fay@x.com"]
    assert sum(campaign.left_out.values()) == 2


def test_nobody_is_asked_at_the_endpoint_of_somebody_who_refused(store: ContactStore, tmp_path: Path) -> None:
    rows = "9,Ivo,Qua,ana@x.com,,United States,,2026-03-01,2026-05-01\n"
    (tmp_path / "hubspot.csv").write_text(HUBSPOT + PEOPLE + rows, "utf-8")
    unify([tmp_path / "hubspot.csv"], store, now=later(1))
    plan = plan_legacy(store, at=later(1))
    assert sorted(segments(store, plan)[name] for name in ("Ana", "Ivo")) == ["archive", "re_permission"]  # one ask an endpoint
    ivo = contact(store, "Ivo").contact_id
    record_consent(store, ivo, "request", "email", at=later(1.1), method="web_form")
    record_consent(store, ivo, "decline", "email", at=later(1.2))
    assert segments(store, plan_legacy(store, at=later(2)))["Ana"] == "suppress"
    started_late = start_campaign(store, plan, campaign="spring", at=later(2))
    assert "ana@x.com" not in [row.endpoint for row in started_late.rows]


def test_who_was_asked_lately_is_not_asked_again(store: ContactStore) -> None:
    ana = contact(store, "Ana").contact_id
    record_consent(store, ana, "request", "email", at=NOW, method="web_form")
    record_consent(store, ana, "request_timeout", "email", at=later(10))
    plan = plan_legacy(store, at=later(20))
    assert segments(store, plan)["Ana"] == "archive"
    assert [row.reasons[-1] for row in plan.rows if row.contact_id == ana] == ["asked_lately"]
    assert segments(store, plan_legacy(store, at=later(20), policy=LegacyPolicy(ask_again="P15D")))["Ana"] == "re_permission"


def answered(store: ContactStore) -> None:
    """Ana says yes, Cal signs up without confirming, Fay bounces."""
    started(store)
    record_consent(store, contact(store, "Ana").contact_id, "opt_in", "email", actor="subject", at=later(2), method="web_form")
    record_consent(
        store, contact(store, "Cal").contact_id, "opt_in_unconfirmed", "email", at=later(3), expires_at=later(33),
        method="double_opt_in",
    )  # fmt: skip
    record_suppression(store, "hard_bounce", "email", endpoint="fay@x.com", at=later(4))


def test_the_outcome_counts_every_answer(store: ContactStore) -> None:
    started(store)
    assert campaign_outcome(store, "spring", at=later(1)).counts[Answer.NO_ANSWER] == 3
    record_consent(store, contact(store, "Ana").contact_id, "decline", "email", at=later(2))
    record_stop(store, "email", "cal@x.com", at=later(2))
    counts = campaign_outcome(store, "spring", at=later(5)).counts
    assert {answer: number for answer, number in counts.items() if number} == {
        Answer.DECLINED: 1,
        Answer.WITHDRAWN: 1,
        Answer.NO_ANSWER: 1,
    }


def test_a_yes_a_sign_up_and_a_bounce_are_told_apart(store: ContactStore) -> None:
    answered(store)
    found = campaign_outcome(store, "spring", at=later(5))
    assert {endpoint: answer for _, endpoint, answer in found.rows} == {
        "ana@x.com": Answer.CONFIRMED,
        "cal@x.com": Answer.PENDING,
        "fay@x.com": Answer.BOUNCED,
    }
    assert (found.asked, sum(found.counts.values()), found.closed_at) == (3, 3, None)


def test_closing_before_the_deadline_is_refused_and_says_when(store: ContactStore) -> None:
    started(store)
    before = content(store)
    with pytest.raises(ConfigError, match="2026-07-31"):
        close_campaign(store, "spring", at=later(29))
    assert content(store) == before


def test_closing_suppresses_the_silent_and_nobody_else(store: ContactStore) -> None:
    answered(store)
    done = close_campaign(store, "spring", at=END)
    assert (done.suppressed, done.open, done.outcome.closed_at) == (1, 1, END)
    assert ask(store, "Ana", END).allowed
    assert not ask(store, "Fay", END).allowed
    blocks = contact(store, "Fay").suppressions
    assert ("manual", "", "legacy_no_answer") in [(block.kind.value, block.endpoint, block.reason) for block in blocks]
    assert contact(store, "Cal").suppressions == ()
    before = content(store)
    assert close_campaign(store, "spring", at=END).suppressed == 0
    assert content(store) == before
    assert close_campaign(store, "spring", at=later(34)).suppressed == 1  # Cal's time to confirm is over
    assert not ask(store, "Cal", later(34)).allowed


def test_who_was_contactable_by_opt_out_rules_is_not_after_the_deadline(store: ContactStore) -> None:
    assert ask(store, "Ana", NOW).allowed
    started(store)
    sweep_expiries(store, later(40))  # leaves the request to the campaign
    assert not ask(store, "Ana", later(40)).allowed
    close_campaign(store, "spring", at=later(40))
    answer = ask(store, "Ana", later(41))
    assert (answer.allowed, answer.reasons) == (False, ("manual",))
    assert [record.state.value for record in contact(store, "Ana").consent] == ["unknown"]
    assert campaign_outcome(store, "spring", at=later(41)).counts[Answer.NO_ANSWER] == 3


def test_only_the_persons_own_confirmation_lifts_the_block(store: ContactStore) -> None:
    started(store)
    close_campaign(store, "spring", at=END)
    ana = contact(store, "Ana").contact_id
    record_consent(store, ana, "opt_in", "email", at=later(40), method="paper", actor="agent")
    assert not ask(store, "Ana", later(41)).allowed
    cal = contact(store, "Cal").contact_id
    record_consent(store, cal, "opt_in_unconfirmed", "email", actor="subject", at=later(40), method="double_opt_in")
    assert not ask(store, "Cal", later(40)).allowed
    record_consent(store, cal, "confirm", "email", actor="subject", at=later(41), method="double_opt_in")
    assert ask(store, "Cal", later(42)).allowed
    assert campaign_outcome(store, "spring", at=later(42)).counts[Answer.CONFIRMED] == 2


def test_a_confirmation_does_not_end_a_block_that_somebody_set_by_hand(store: ContactStore) -> None:
    started(store)
    cal = contact(store, "Cal").contact_id
    close_campaign(store, "spring", at=END)
    record_suppression(store, "manual", "email", contact_id=cal, at=later(35), reason="do not write")
    record_consent(store, cal, "opt_in_unconfirmed", "email", actor="subject", at=later(40), method="double_opt_in")
    record_consent(store, cal, "confirm", "email", actor="subject", at=later(41), method="double_opt_in")
    assert ask(store, "Cal", later(42)).reasons == ("manual",)


def test_a_block_that_was_lifted_by_hand_is_not_set_again(store: ContactStore) -> None:
    started(store)
    close_campaign(store, "spring", at=END)
    ana = contact(store, "Ana").contact_id
    record_unsuppression(store, "manual", "email", contact_id=ana, at=later(31))
    assert close_campaign(store, "spring", at=later(32)).suppressed == 0
    assert ask(store, "Ana", later(33)).allowed


def test_a_campaign_reads_its_people_through_another_reading_of_the_files(store: ContactStore, tmp_path: Path) -> None:
    started(store)
    unify([tmp_path / "hubspot.csv"], store, now=later(5))
    assert campaign_outcome(store, "spring", at=later(6)).counts[Answer.NO_ANSWER] == 3
    assert ask(store, "Ana", later(6)).reasons == ("requested",)


def test_who_was_erased_since_is_gone(store: ContactStore) -> None:
    started(store)
    erase(store, contact(store, "Ana").contact_id, at=later(2), actor="b.osei", reason="request")
    found = campaign_outcome(store, "spring", at=later(3))
    assert (found.counts[Answer.GONE], found.counts[Answer.NO_ANSWER], len(found.rows)) == (1, 2, 2)
    assert close_campaign(store, "spring", at=END).suppressed == 2


def test_the_rest_is_suppressed_on_request(store: ContactStore) -> None:
    assert ask(store, "Dan", NOW).allowed
    plan = plan_legacy(store, at=NOW)
    assert suppress_rest(store, plan, campaign="spring") == 4
    assert ask(store, "Dan", later(1)).reasons == ("manual",)
    assert {block.reason for block in contact(store, "Dan").suppressions} == {"legacy_archive"}
    assert suppress_rest(store, plan, campaign="spring") == 0
    dan = contact(store, "Dan").contact_id
    record_consent(store, dan, "opt_in_unconfirmed", "email", actor="subject", at=later(2), method="double_opt_in")
    record_consent(store, dan, "confirm", "email", actor="subject", at=later(3), method="double_opt_in")
    assert ask(store, "Dan", later(4)).allowed


@pytest.mark.parametrize("name", ["", "a b", "x:y", "näme"])
def test_a_name_that_is_none_is_refused(store: ContactStore, name: str) -> None:
    with pytest.raises(ConfigError, match="no such name"):
        start_campaign(store, plan_legacy(store, at=NOW), campaign=name)


def test_a_name_belongs_to_one_campaign(store: ContactStore) -> None:
    started(store)
    with pytest.raises(ConfigError, match="Choose another name"):
        start_campaign(store, plan_legacy(store, at=NOW, purpose="news"), campaign="spring")
    with pytest.raises(ConfigError, match="Choose another name"):
        start_campaign(store, plan_legacy(store, at=NOW), campaign="spring", deadline=later(60))
    with pytest.raises(NotFoundError, match="name one of: spring"):
        close_campaign(store, "autumn", at=END)
    with pytest.raises(ConfigError, match="not after the start"):
        start_campaign(store, plan_legacy(store, at=NOW), campaign="autumn", deadline=NOW)


def test_implied_consent_is_asked_for_in_time_and_comes_back_as_it_was(store: ContactStore) -> None:
    ana = contact(store, "Ana").contact_id
    record_consent(
        store, ana, "imply", "email", at=later(-20), legal_basis="purchase", expires_at=later(50), actor="controller",
        method="purchase",
    )  # fmt: skip
    plan = plan_legacy(store, at=NOW)
    assert [row.reasons for row in plan.rows if row.contact_id == ana] == [("implied_ending", "active")]
    start_campaign(store, plan, campaign="spring")
    record = contact(store, "Ana").consent[0]
    assert (record.state.value, record.resume_state) == ("requested", "implied")
    close_campaign(store, "spring", at=END)
    assert [one.state.value for one in contact(store, "Ana").consent] == ["implied"]
    assert not ask(store, "Ana", END).allowed


def test_a_consent_that_has_run_out_is_put_on_record_before_the_ask(store: ContactStore) -> None:
    ana = contact(store, "Ana").contact_id
    record_consent(store, ana, "opt_in", "email", actor="subject", at=later(-90), expires_at=later(-5))
    plan = plan_legacy(store, at=NOW)
    assert [row.reasons for row in plan.asks if row.contact_id == ana] == [("expired", "active")]
    assert "ana@x.com" in [row.endpoint for row in start_campaign(store, plan, campaign="spring").rows]
    record = contact(store, "Ana").consent[0]
    assert (record.state.value, record.resume_state) == ("requested", "expired")


def test_a_host_may_ask_on_another_channel(store: ContactStore) -> None:
    rows: Sequence[str] = [row.segment.value for row in plan_legacy(store, at=NOW, channel="sms", regime="can_spam").rows]
    assert "re_permission" not in rows


def test_progress_is_told(store: ContactStore) -> None:
    told: list[tuple[str, int | None]] = []

    class Told:
        def stage(self, name: str, total: int | None) -> None:
            told.append((name, total))

        def advance(self, n: int) -> None:
            told.append(("", n))

    plan = plan_legacy(store, at=NOW, progress=Told())
    start_campaign(store, plan, campaign="spring", progress=Told())
    suppress_rest(store, plan, campaign="spring", progress=Told())
    close_campaign(store, "spring", at=END, progress=Told())
    assert [one for one in told if one[0]] == [("sorting", 8), ("asking", 3), ("suppressing", 4), ("suppressing", 3)]


def test_who_has_a_dead_address_is_asked_at_another(store: ContactStore, tmp_path: Path) -> None:
    sheet = "First name,Last name,E-mail,Country\n"
    (tmp_path / "contacts.csv").write_text(sheet + "Ivo,Qua,old@x.com; new@x.com,US\n", "utf-8")
    unify([tmp_path / "contacts.csv"], store, now=NOW)
    ivo = contact(store, "Ivo")
    assert len(ivo.emails) == 2
    policy = LegacyPolicy(segments={**SEGMENTS, Risk.OPT_OUT_ONLY: dict.fromkeys(Engagement, Segment.RE_PERMISSION)})
    record_suppression(store, "hard_bounce", "email", endpoint=ivo.emails[0].address, at=NOW)
    assert ivo.emails[1].address in [row.endpoint for row in plan_legacy(store, at=NOW, regime="can_spam", policy=policy).asks]
    record_suppression(store, "hard_bounce", "email", endpoint=ivo.emails[1].address, at=NOW)
    plan = plan_legacy(store, at=NOW, regime="can_spam", policy=policy)
    assert [row.reasons[0] for row in plan.rows if row.contact_id == ivo.contact_id] == ["blocked"]


def test_a_plan_reads_documents_without_their_claims_as_it_reads_them_whole(store: ContactStore) -> None:
    plan = plan_legacy(store, at=NOW, regime="can_spam")
    for row in store.contacts():
        document = json.loads(row.document)
        claims = document.pop("claims", ())
        assert claims
        store.put_contacts([row._replace(document=json.dumps({"claims": claims, **document}), digest="x")])
    assert plan_legacy(store, at=NOW, regime="can_spam").rows == plan.rows


def test_a_consent_at_a_dead_address_is_no_answer_at_another(store: ContactStore, tmp_path: Path) -> None:
    sheet = "First name,Last name,E-mail,Country\n"
    (tmp_path / "contacts.csv").write_text(sheet + "Ivo,Qua,old@x.com; new@x.com,US\n", "utf-8")
    unify([tmp_path / "contacts.csv"], store, now=NOW)
    ivo = contact(store, "Ivo")
    record_consent(store, ivo.contact_id, "opt_in", "email", actor="subject", at=later(-30), endpoint="old@x.com")
    record_suppression(store, "hard_bounce", "email", endpoint="old@x.com", at=later(-1))
    campaign = start_campaign(store, plan_legacy(store, at=NOW, regime="can_spam"), campaign="spring")
    assert "new@x.com" in [row.endpoint for row in campaign.rows]
    answers = {endpoint: answer for _, endpoint, answer in campaign_outcome(store, "spring", at=later(1)).rows}
    assert answers["new@x.com"] is Answer.NO_ANSWER
    record_consent(store, ivo.contact_id, "opt_in", "email", actor="subject", at=later(2), endpoint="new@x.com")
    answers = {endpoint: answer for _, endpoint, answer in campaign_outcome(store, "spring", at=later(3)).rows}
    assert answers["new@x.com"] is Answer.CONFIRMED


def test_the_block_holds_for_both_halves_of_a_person_that_parts(store: ContactStore, tmp_path: Path) -> None:
    def read(cells: str, at: datetime) -> None:
        (tmp_path / "list.csv").write_text(f"Nr,First name,Last name,E-mail,Phone,Country\n7,{cells},United States\n", "utf-8")
        unify([tmp_path / "hubspot.csv", tmp_path / "list.csv"], store, now=at)

    people = len(list(store.contacts()))
    read("Fay,Lin,fay@x.com,", NOW)
    assert len(list(store.contacts())) == people
    started(store)
    close_campaign(store, "spring", at=END)
    read("Zacharias,Wu,wu@y.org,", later(40))
    assert len(list(store.contacts())) == people + 1
    for name in ("Fay", "Zacharias"):
        assert may_contact(contact(store, name), "email", at=later(41), regime="can_spam").reasons == ("manual",)


def test_a_request_of_a_campaign_is_ended_by_the_campaign_alone(store: ContactStore) -> None:
    started(store)
    ana = contact(store, "Ana").contact_id
    for at in (later(2), later(60)):
        with pytest.raises(InputError, match="close_campaign"):
            record_consent(store, ana, "request_timeout", "email", at=at, actor="system")
    close_campaign(store, "spring", at=later(60))
    assert not may_contact(contact(store, "Ana"), "email", at=later(61), regime="can_spam").allowed
    with pytest.raises(IllegalTransitionError):
        record_consent(store, ana, "request_timeout", "email", at=later(61), actor="system")


def test_what_ends_an_ask_names_the_ask_and_the_rules(store: ContactStore) -> None:
    started(store)
    close_campaign(store, "spring", at=END)
    events = [from_json(ConsentEvent, row.document) for row in store.events()]
    asked = {event.proof.consent_id for event in events if event.type == "request" and event.proof}
    assert len(asked) == 3
    for kind in ("request_timeout", "suppress"):
        ends = [event.proof for event in events if event.type == kind and event.source == "campaign:spring"]
        assert {proof.consent_id for proof in ends if proof} == asked
        assert all(proof and proof.regime for proof in ends)
