"""Choices written into a store: at once, once, on the records that they are about, and no further than they reach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, SQLiteStore, may_contact, unify
from canonical_contact.consent.preferences import STOP, Answer, Preference, Topic
from canonical_contact.engine.double_opt_in import confirm_double_opt_in
from canonical_contact.engine.preferences import ChoicesRecorded, contact_preferences, record_choices
from canonical_contact.engine.recording import import_events, record_consent
from canonical_contact.errors import IllegalTransitionError, InputError, NotFoundError
from canonical_contact.model import Channel, ConsentEvent, ConsentProof, Contact, EventType
from canonical_contact.ports import ContactStore
from canonical_contact.schema import from_json

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Unsubscribed from all email,Last Modified Date\n"
ROWS = (
    "1,Ana,Gil,ana@x.es,+34 600 111 222,true,2026-05-01\n2,Zoe,Sol,zoe@x.es,+34 600 777 888,false,2026-05-02\n"
    "3,Leo,Mar,desk@firm.es,,false,2026-05-02\n4,Pia,Ros,desk@firm.es,,false,2026-05-02\n"
)
NEWS, OFFERS, TEXTS = Topic(Channel.EMAIL, "newsletter"), Topic(Channel.EMAIL, "offers"), Topic(Channel.SMS, "offers")
TOPICS = (NEWS, OFFERS, TEXTS)
RULES = "gdpr_eprivacy"


@pytest.fixture(params=["memory", "sqlite"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> ContactStore:
    (tmp_path / "hubspot.csv").write_text(HUBSPOT + ROWS, "utf-8", newline="")
    store = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    unify([tmp_path / "hubspot.csv"], store, now=NOW)
    return store


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


def who(store: ContactStore, name: str) -> Contact:
    found = [from_json(Contact, row.document) for row in store.contacts()]
    return next(one for one in found if one.name is not None and one.name.display.startswith(name))


def entries(store: ContactStore, name: str, days: float) -> dict[Topic, Preference]:
    view = contact_preferences(store, who(store, name).contact_id, topics=TOPICS, at=later(days), regime=RULES)
    return {TOPICS[entry.topic]: entry for entry in view.preferences}


def choose(store: ContactStore, name: str, days: float, wanted: Mapping[Topic, str]) -> ChoicesRecorded:
    keys = entries(store, name, days)
    choices = {keys[topic].key: word for topic, word in wanted.items()}
    return record_choices(
        store, who(store, name).contact_id, choices, topics=TOPICS, at=later(days), regime=RULES,
        tokens=dict.fromkeys(choices, "aa11"), confirm_by=later(days + 3),
    )  # fmt: skip


def allowed(store: ContactStore, name: str, topic: Topic, days: float = 90, *, regime: str = RULES) -> bool:
    return may_contact(who(store, name), topic.channel, topic.purpose, at=later(days), regime=regime).allowed


def confirm(store: ContactStore, name: str, topic: Topic, days: float) -> None:
    proof = ConsentProof(token_hash="aa11")
    record_consent(
        store, who(store, name).contact_id, "confirm", topic.channel, topic.purpose, actor="subject", at=later(days), proof=proof
    )


def test_a_yes_counts_at_once_and_for_its_topic_alone(store: ContactStore) -> None:
    done = choose(store, "Zoe", 1, {NEWS: "yes"})
    assert [(str(event.type), event.endpoint, event.record) for event in done.events] == [("opt_in", "zoe@x.es", "hubspot:2")]
    assert {TOPICS[entry.topic]: entry.answer for entry in done.view.preferences}[NEWS] is Answer.YES
    assert (allowed(store, "Zoe", NEWS), allowed(store, "Zoe", OFFERS), allowed(store, "Zoe", TEXTS)) == (True, False, False)
    assert choose(store, "Zoe", 2, {NEWS: "yes"}).events == ()


def test_a_no_to_one_topic_leaves_the_others(store: ContactStore) -> None:
    choose(store, "Zoe", 1, {NEWS: "yes", OFFERS: "yes", TEXTS: "yes"})
    done = choose(store, "Zoe", 2, {NEWS: "no", OFFERS: "yes", TEXTS: "yes"})
    assert [str(event.type) for event in done.events] == ["withdraw"]
    assert (allowed(store, "Zoe", NEWS), allowed(store, "Zoe", OFFERS), allowed(store, "Zoe", TEXTS)) == (False, True, True)


def test_a_no_to_the_house_and_to_a_brand_that_asked_is_one_submission(store: ContactStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(
        store, zoe, "request", "email", "newsletter", controller="brand-a", at=later(1), actor="controller", method="web_form"
    )
    topics = (NEWS, Topic(Channel.EMAIL, "newsletter", controller="brand-a"))
    view = contact_preferences(store, zoe, topics=topics, at=later(2), regime=RULES)
    choices = {entry.key: "no" for entry in view.preferences}
    done = record_choices(store, zoe, choices, topics=topics, at=later(2), regime=RULES)
    assert {entry.answer for entry in done.view.preferences} == {Answer.NO}


@pytest.mark.parametrize(
    "before",
    [
        [("request", "controller")],
        [("opt_in", "subject")],
        [("opt_in_unconfirmed", "subject")],
        [("opt_in", "subject"), ("invalidate", "controller")],
        [("imply", "controller")],
        [("opt_in", "subject"), ("expire", "system")],
        [("request", "controller"), ("decline", "subject")],
    ],
)
def test_a_no_is_never_refused(store: ContactStore, before: list[tuple[str, str]]) -> None:
    zoe = who(store, "Zoe").contact_id
    for day, (act, actor) in enumerate(before):
        basis = "purchase" if act == "imply" else ""
        record_consent(
            store,
            zoe,
            act,
            "email",
            "newsletter",
            at=later(1 + day),
            actor=actor,
            method="web_form",
            legal_basis=basis,
            expires_at=later(99),
        )
    done = choose(store, "Zoe", 5, {NEWS: "no"})
    assert {TOPICS[entry.topic]: entry.answer for entry in done.view.preferences}[NEWS] is Answer.NO
    assert not allowed(store, "Zoe", NEWS, regime="can_spam")


def test_a_no_to_an_open_request_is_taken_whatever_stands_for_the_person(store: ContactStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_consent(store, zoe, "request", "email", "newsletter", at=later(1), actor="controller", method="web_form")
    done = choose(store, "Zoe", 2, {NEWS: "no"})
    assert [str(event.type) for event in done.events] == ["decline"]
    event = ConsentEvent(
        "x", EventType.IMPLY, Channel.EMAIL, purpose="offers", record="hubspot:2", effective_at=later(1), recorded_at=later(1),
        legal_basis="purchase", actor="system",
    )  # fmt: skip
    import_events(store, [event], at=later(2))
    record_consent(
        store, zoe, "request", "email", "offers", at=later(3), actor="controller", endpoint="zoe@x.es", method="web_form"
    )
    assert entries(store, "Zoe", 4)[OFFERS].answer is Answer.UNSET
    done = choose(store, "Zoe", 4, {OFFERS: "no"})
    assert [str(one.type) for one in done.events] == ["withdraw"]


def test_after_a_no_a_yes_takes_a_confirmation(store: ContactStore) -> None:
    choose(store, "Zoe", 1, {NEWS: "yes"})
    choose(store, "Zoe", 2, {NEWS: "no"})
    done = choose(store, "Zoe", 3, {NEWS: "yes"})
    assert (len(done.to_confirm), [str(event.type) for event in done.events]) == (1, ["opt_in_unconfirmed"])
    assert not allowed(store, "Zoe", NEWS)
    assert choose(store, "Zoe", 3.5, {NEWS: "yes"}).events == ()
    confirm(store, "Zoe", NEWS, 4)
    assert allowed(store, "Zoe", NEWS)


def test_a_confirmation_that_nobody_gave_in_time_can_begin_anew(store: ContactStore) -> None:
    choose(store, "Ana", 1, {NEWS: "yes"})
    assert entries(store, "Ana", 3)[NEWS].answer is Answer.PENDING
    assert entries(store, "Ana", 5)[NEWS].answer is Answer.NO
    done = choose(store, "Ana", 5, {NEWS: "yes"})
    assert [str(event.type) for event in done.events] == ["confirm_timeout", "opt_in_unconfirmed"]
    confirm(store, "Ana", NEWS, 6)
    assert allowed(store, "Ana", NEWS)


def test_a_confirmation_needs_the_token_that_was_sent(store: ContactStore) -> None:
    choose(store, "Ana", 1, {NEWS: "yes"})
    with pytest.raises(IllegalTransitionError, match="token"):
        record_consent(store, who(store, "Ana").contact_id, "confirm", "email", "newsletter", actor="subject", at=later(2))
    assert not allowed(store, "Ana", NEWS, regime="can_spam")


def test_a_token_is_drawn_and_confirms_within_a_week(store: ContactStore) -> None:
    key = entries(store, "Ana", 1)[NEWS].key
    done = record_choices(store, who(store, "Ana").contact_id, {key: "yes"}, topics=TOPICS, at=later(1), regime=RULES)
    assert list(done.to_confirm) == [key]
    token = done.to_confirm[key]
    assert token not in str(done)
    assert not any(token in row.document for row in store.events())
    with pytest.raises(IllegalTransitionError):
        confirm_double_opt_in(store, token, at=later(9))
    confirm_double_opt_in(store, token, at=later(7))
    assert allowed(store, "Ana", NEWS)


def test_an_old_opt_out_is_lifted_by_a_confirmed_yes_for_that_topic_alone(store: ContactStore) -> None:
    assert entries(store, "Ana", 1)[NEWS].answer is Answer.NO
    choose(store, "Ana", 1, {NEWS: "yes"})
    assert not allowed(store, "Ana", NEWS, regime="can_spam")
    confirm(store, "Ana", NEWS, 2)
    assert allowed(store, "Ana", NEWS)
    assert entries(store, "Ana", 3)[NEWS].answer is Answer.YES


def test_stop_ends_everything_and_blocks_who_shares_the_address(store: ContactStore) -> None:
    choose(store, "Pia", 1, {NEWS: "yes"})
    assert allowed(store, "Pia", NEWS)
    leo = who(store, "Leo").contact_id
    done = record_choices(store, leo, {STOP: STOP}, topics=TOPICS, at=later(2), regime=RULES)
    assert {event.channel for event in done.events if event.type is EventType.WITHDRAW} == set(Channel)
    assert EventType.SUPPRESS in {event.type for event in done.events}
    assert done.view.choices == ()
    assert not allowed(store, "Pia", NEWS, regime="can_spam")
    entry = entries(store, "Pia", 3)[NEWS]
    assert (entry.answer, entry.allowed, entry.locked) == (Answer.YES, False, "unavailable")
    assert record_choices(store, leo, {STOP: STOP}, topics=TOPICS, at=later(4), regime=RULES).events == ()


def test_stop_closes_a_confirmation_that_was_opened_since_the_last_stop(store: ContactStore) -> None:
    zoe = who(store, "Zoe").contact_id
    record_choices(store, zoe, {STOP: STOP}, topics=TOPICS, at=later(1), regime=RULES)
    choose(store, "Zoe", 2, {NEWS: "yes"})
    done = record_choices(store, zoe, {STOP: STOP}, topics=TOPICS, at=later(3), regime=RULES)
    assert {event.channel for event in done.events} == {Channel.EMAIL}
    assert {TOPICS[entry.topic]: entry.answer for entry in done.view.preferences}[NEWS] is Answer.NO
    with pytest.raises(IllegalTransitionError):
        confirm(store, "Zoe", NEWS, 4)
    assert not allowed(store, "Zoe", NEWS, regime="can_spam")


def test_stop_comes_undone_for_what_is_confirmed_anew_and_for_nothing_else(store: ContactStore) -> None:
    record_choices(store, who(store, "Zoe").contact_id, {STOP: STOP}, topics=TOPICS, at=later(1), regime=RULES)
    choose(store, "Zoe", 2, {NEWS: "yes"})
    confirm(store, "Zoe", NEWS, 3)
    assert (allowed(store, "Zoe", NEWS), allowed(store, "Zoe", OFFERS, regime="can_spam")) == (True, False)


def test_an_illegal_choice_writes_nothing_at_all(store: ContactStore) -> None:
    record_consent(store, who(store, "Zoe").contact_id, "complaint", "email", at=later(1))
    before = store.counts()
    with pytest.raises(InputError, match="complaint"):
        choose(store, "Zoe", 2, {TEXTS: "yes", NEWS: "yes"})
    assert store.counts() == before
    with pytest.raises(NotFoundError):
        record_choices(store, "nobody", {}, topics=TOPICS, at=later(1))


def test_what_a_person_was_shown_is_found_in_the_ledger(store: ContactStore) -> None:
    topic = Topic(Channel.EMAIL, "newsletter", wording="Yes, the news.", notice_id="n", notice_version="2")
    zoe = who(store, "Zoe").contact_id
    view = contact_preferences(store, zoe, topics=[topic], at=later(1), regime=RULES)
    done = record_choices(store, zoe, {view.preferences[0].key: "yes"}, topics=[topic], at=later(1), regime=RULES)
    shown = done.view.preferences[0].shown
    assert shown is not None
    assert (shown.wording, shown.notice_id, shown.notice_version, shown.method) == (
        "Yes, the news.",
        "n",
        "2",
        "preference_centre",
    )
    assert (done.view.preferences[0].allowed, done.view.preferences[0].since) == (True, later(1))
