"""What a confirmation of one purpose does to a block: it counts no longer for that question, and stands for every other one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from canonical_contact.consent import consent_column, fold, may_contact, may_contact_columns
from canonical_contact.consent.fold import Folded
from canonical_contact.consent.preferences import Topic, preferences
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.errors import InputError
from canonical_contact.model import Channel, ConsentEvent, Contact, EmailAddress, EventType, Suppression, SuppressionKind

E, K = EventType, SuppressionKind
ANA = "ana@example.com"
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
QUESTIONS = [(purpose, controller) for purpose in ("news", "events") for controller in (None, "", "brand", "other")]


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def block(at: int | None, record: str = "a:1", **more: Any) -> ConsentEvent:
    return said(E.SUPPRESS, at, record, **{"purpose": "any", **more})


def end(at: int, purpose: str, controller: str = "", record: str = "a:1", **more: Any) -> ConsentEvent:
    return said(E.UNSUPPRESS, at, record, purpose=purpose, controller=controller, **more)


def said(kind: EventType, at: int | None, record: str, **more: Any) -> ConsentEvent:
    values = {"endpoint": ANA, "suppression": K.GLOBAL_OPT_OUT, "record": record, "effective_at": None if at is None else day(at)}
    name = f"{kind}/{at}/{record}/{sorted(more.items())}"
    return ConsentEvent(name, kind, Channel.EMAIL, **values | {"recorded_at": values["effective_at"]} | more)


def free(folded: Folded) -> set[tuple[str, str | None]]:
    """The questions that may be spoken about, asked one by one and as columns."""
    contact = Contact(contact_id="1", emails=(EmailAddress(ANA),), consent=folded.records, suppressions=folded.suppressions)
    found = set()
    for purpose, controller in QUESTIONS:
        answer = may_contact(contact, "email", purpose, at=day(900), regime=LAX, controller=controller)
        rows = [("1", consent_column(contact))]
        columns = may_contact_columns(rows, "email", purpose, at=day(900), regime=LAX, controller=controller)
        assert dict(columns.permissions())["1"] == answer
        if answer.allowed:
            found.add((purpose, controller))
    return found


@pytest.mark.parametrize(
    ("ends", "open_"),
    [
        ([], set()),
        ([end(2, "news")], {("news", None), ("news", "")}),
        ([end(2, "news", "brand")], {("news", "brand")}),
        ([end(2, "news", "brand"), end(3, "events")], {("news", "brand"), ("events", None), ("events", "")}),
        ([end(2, "any")], set(QUESTIONS)),
        ([end(2, "any", "brand")], set()),
        ([end(2, "news@brand")], set()),  # no purpose is taken for another's
        ([end(0, "news")], set()),  # said before the block
        ([end(2, "news", record="b:1")], set()),  # of another record
        ([end(2, "news", suppression=K.MANUAL)], set()),
    ],
)
def test_an_end_of_one_purpose_is_for_that_question_alone(ends: list[ConsentEvent], open_: set[Any]) -> None:
    for order in permutations([block(1), *ends]):
        assert free(fold(order)) == open_


def test_the_block_itself_stands_and_says_what_it_is_lifted_for() -> None:
    (left,) = fold([block(1), end(3, "news", "brand"), end(2, "news")]).suppressions
    assert left == Suppression(
        K.GLOBAL_OPT_OUT, Channel.EMAIL, ANA, day(1), block(1).event_id, "a:1", lifted_for=("news", "news@brand")
    )


@pytest.mark.parametrize("again", [block(3), block(None, recorded_at=day(3)), block(3, purpose="events")])
def test_a_block_that_is_said_again_counts_for_everything(again: ConsentEvent) -> None:
    assert free(fold([block(1), end(2, "news"), again])) == set()
    assert free(fold([block(None, recorded_at=day(1)), end(2, "news"), again])) == set()


def test_blocks_of_several_records_are_lifted_for_what_all_of_them_are() -> None:
    two = [block(1), block(2, "b:1")]
    assert free(fold([*two, end(3, "news")])) == set()
    assert free(fold([*two, end(3, "news"), end(4, "events"), end(4, "news", record="b:1")])) == {("news", None), ("news", "")}
    elsewhere = block(1, suppression=K.COMPLAINT)
    assert free(fold([block(1), elsewhere, end(3, "news")])) == set()


def test_a_shared_block_carries_along_what_it_is_lifted_for() -> None:
    theirs = [block(1, "x:9"), end(2, "news", "brand", "x:9")]
    folded = fold([], foreign=theirs)
    assert [one.lifted_for for one in folded.suppressions] == [("news@brand",)]
    assert free(folded) == {("news", "brand")}
    assert free(fold([], foreign=[*theirs, block(1, "y:2")])) == set()


def test_the_policy_of_the_latest_act_lifts_the_block_for_the_purpose_that_was_confirmed() -> None:
    refused = said(E.WITHDRAW, 1, "a:1", endpoint="", suppression=None, purpose="any")
    steps = [
        said(kind, number, "b:1", suppression=None, purpose="news", actor="subject")
        for kind, number in ((E.OPT_IN_UNCONFIRMED, 2), (E.CONFIRM, 3))
    ]
    here = [said(E.WITHDRAW, 1, "a:1", suppression=None, purpose="news"), *steps]
    assert free(fold([refused, block(1), *steps])) == set()
    folded = fold([block(1), *here], policy="latest_subject_act")
    assert [one.lifted_for for one in folded.suppressions] == [("news",)]
    assert ("events", "") not in free(folded)
    assert ("news", "") in free(folded)


def test_the_preference_centre_shows_the_block_where_it_counts() -> None:
    folded = fold([block(1), end(2, "news")])
    contact = Contact(contact_id="1", emails=(EmailAddress(ANA),), suppressions=folded.suppressions)
    topics = [Topic(Channel.EMAIL, "news"), Topic(Channel.EMAIL, "news", "brand"), Topic(Channel.EMAIL, "events")]
    view = preferences(contact, at=day(9), topics=topics, regime=LAX)
    assert [entry.answer.value for entry in view.preferences] == ["unset", "no", "no"]
    assert [entry.allowed for entry in view.preferences] == [True, False, False]


def test_an_empty_word_in_a_document_lifts_nothing() -> None:
    odd = Suppression(K.MANUAL, Channel.EMAIL, lifted_for=("", "any", "news@"))
    contact = Contact(contact_id="1", emails=(EmailAddress(ANA),), suppressions=(odd,))
    for purpose, controller in [*QUESTIONS, ("news@brand", None)]:
        assert not may_contact(contact, "email", purpose, at=day(9), regime=LAX, controller=controller)


def test_a_column_of_an_earlier_fold_is_refused_with_what_to_do() -> None:
    contact = Contact(contact_id="1", emails=(EmailAddress(ANA),), suppressions=fold([block(1)]).suppressions)
    text = consent_column(contact)
    assert may_contact_columns([("1", text)], "email", at=day(9)).allowed == [False]
    older = text.replace(",[]]],[]]", "]],[]]")  # its blocks said nothing of purposes
    assert older != text
    with pytest.raises(InputError) as caught:
        may_contact_columns([("1", older)], "email", at=day(9))
    assert (caught.value.path, "unify" in caught.value.hint) == ("1", True)
