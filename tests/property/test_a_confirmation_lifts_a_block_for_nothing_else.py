"""Law: the end of a block for one purpose or brand changes no answer about another, whatever else was said, by whom and in what order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent import fold, may_contact
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.model import Channel, ConsentEvent, Contact, EmailAddress, EventType, Permission, SuppressionKind

ANA = "ana@example.org"
START = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
PURPOSES, BRANDS = ("news", "events", "news@shop", "events@shop"), ("", "shop")

times = st.one_of(st.none(), st.integers(0, 6).map(lambda days: START + timedelta(days=days)))
overlays = st.builds(
    ConsentEvent,
    st.uuids().map(str),
    st.sampled_from([EventType.SUPPRESS, EventType.UNSUPPRESS]),
    st.just(Channel.EMAIL),
    purpose=st.sampled_from([*PURPOSES, "any"]),
    controller=st.sampled_from(BRANDS),
    record=st.sampled_from(["a:1", "b:1"]),
    endpoint=st.sampled_from([ANA, ""]),
    effective_at=times,
    recorded_at=times,
    suppression=st.sampled_from([SuppressionKind.GLOBAL_OPT_OUT, SuppressionKind.MANUAL]),
)
streams = st.lists(overlays, max_size=7)
questions = st.tuples(st.sampled_from(PURPOSES), st.sampled_from([None, *BRANDS]))


def answer(own: list[ConsentEvent], foreign: list[ConsentEvent], question: tuple[str, str | None]) -> Permission:
    folded = fold(own, foreign=foreign)
    contact = Contact(contact_id="1", emails=(EmailAddress(ANA),), suppressions=folded.suppressions)
    return may_contact(contact, "email", question[0], at=START + timedelta(days=9), regime=LAX, controller=question[1])


def without_ends_for_others(events: list[ConsentEvent], question: tuple[str, str | None]) -> list[ConsentEvent]:
    mine = {(question[0], question[1] or ""), ("any", "")}
    return [event for event in events if event.type is EventType.SUPPRESS or (event.purpose, event.controller) in mine]


@given(streams, streams, questions)
def test_a_confirmation_lifts_a_block_for_nothing_else(
    own: list[ConsentEvent], foreign: list[ConsentEvent], question: tuple[str, str | None]
) -> None:
    kept = (without_ends_for_others(own, question), without_ends_for_others(foreign, question))
    assert answer(own, foreign, question) == answer(*kept, question)


@given(streams, streams, questions)
def test_an_end_for_one_purpose_frees_no_more_than_an_end_for_all(
    own: list[ConsentEvent], foreign: list[ConsentEvent], question: tuple[str, str | None]
) -> None:
    from attrs import evolve

    def for_all(events: list[ConsentEvent]) -> list[ConsentEvent]:
        return [evolve(event, purpose="any", controller="") if event.type is EventType.UNSUPPRESS else event for event in events]

    if answer(own, foreign, question):
        assert answer(for_all(own), for_all(foreign), question)
