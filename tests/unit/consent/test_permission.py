"""The decision: its order, its reasons, and where regimes differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canonical_contact.consent import REASONS, explain, may_ask, may_contact
from canonical_contact.consent.regimes import NOTICE, REGIMES, Regime, Rule, conjunction
from canonical_contact.errors import ConfigError
from canonical_contact.model import (
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    Permission,
    PhoneNumber,
    PostalAddress,
    Suppression,
    SuppressionKind,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ANA, WORK, PHONE = "ana@example.com", "work@example.org", "+12015550123"
REGIME_NAMES = sorted(REGIMES.by_id)


def contact(*consent: ConsentRecord, suppressions: tuple[Suppression, ...] = (), **more: Any) -> Contact:
    known: dict[str, Any] = {
        "emails": (EmailAddress("A.na@example.com", key=ANA), EmailAddress(WORK)),
        "phones": (PhoneNumber(PHONE, country_code="US"),),
        "addresses": (PostalAddress(country_code="US"),),
    }
    return Contact(contact_id="1", consent=consent, suppressions=suppressions, **{**known, **more})


def said(state: ConsentState, endpoint: str = "", channel: Channel = Channel.EMAIL, **more: Any) -> ConsentRecord:
    known: dict[str, Any] = {"effective_at": NOW - timedelta(days=30), "events": (f"{state}@{endpoint}",)}
    return ConsentRecord(channel, more.pop("purpose", "marketing"), state, endpoint=endpoint, **{**known, **more})


def granted(endpoint: str = ANA, channel: Channel = Channel.EMAIL, **more: Any) -> ConsentRecord:
    return said(ConsentState.GRANTED, endpoint, channel, **{"strength": "single", **more})


def ask(someone: Contact, channel: str = "email", **more: Any) -> Permission:
    return may_contact(someone, channel, **{"at": NOW, "regime": "gdpr_eprivacy", **more})


@pytest.mark.parametrize(
    ("regime", "allowed"),
    [("gdpr_eprivacy", False), ("uk_pecr", False), ("casl", False), ("strictest", False), ("can_spam", True)],
)
def test_a_person_of_whom_nothing_is_known_gets_mail_only_where_opt_out_suffices(regime: str, allowed: bool) -> None:
    answer = ask(contact(), regime=regime)
    assert answer.allowed is allowed
    assert bool(answer) is allowed
    assert answer.reasons == (("opt_out_regime" if allowed else "no_consent"), "never_asked")
    assert answer.remedy == ("" if allowed else "sign_up")  # nor may they be asked for it by a message


@pytest.mark.parametrize("regime", REGIME_NAMES)
def test_a_dated_grant_at_the_endpoint_allows_under_every_regime(regime: str) -> None:
    answer = ask(contact(granted()), regime=regime)
    assert answer.reasons == ("express_consent",)
    assert answer.endpoint == "A.na@example.com"  # what can be sent to, not the key
    assert answer.events == ("granted@" + ANA,)
    assert answer.regime.startswith(regime + "/")


@pytest.mark.parametrize("regime", REGIME_NAMES)
@pytest.mark.parametrize("state", [ConsentState.WITHDRAWN, ConsentState.DENIED, ConsentState.INVALIDATED, ConsentState.ERASED])
def test_a_refusal_by_the_person_denies_every_endpoint_whatever_grant_stands_beside_it(regime: str, state: ConsentState) -> None:
    answer = ask(contact(said(state), granted(ANA, strength="double"), granted(WORK)), regime=regime)
    assert not answer.allowed
    assert answer.reasons == (state.value,)
    assert answer.remedy == "nothing"
    assert answer.endpoint == ""


@pytest.mark.parametrize("regime", REGIME_NAMES)
@pytest.mark.parametrize("state", [ConsentState.REQUESTED, ConsentState.PENDING_CONFIRMATION])
def test_an_open_request_over_a_refusal_is_that_refusal(regime: str, state: ConsentState) -> None:
    answer = ask(contact(said(state, resume_state=ConsentState.WITHDRAWN), granted()), regime=regime)
    assert answer.reasons == ("withdrawn",)


def test_a_permission_beats_a_wider_refusal_only_when_it_stands_on_it() -> None:
    wide = said(ConsentState.WITHDRAWN, events=("w",))
    assert ask(contact(wide, granted(events=("w", "u", "c")))).allowed
    assert not ask(contact(wide, granted(events=("u", "c")))).allowed
    assert not ask(contact(said(ConsentState.WITHDRAWN, events=()), granted(events=("u", "c")))).allowed


def test_an_erased_person_is_erased_on_every_channel() -> None:
    assert ask(contact(said(ConsentState.ERASED), granted(PHONE, Channel.SMS)), "sms").reasons == ("erased",)


@pytest.mark.parametrize("kind", list(SuppressionKind))
def test_a_suppression_denies_its_endpoint_and_names_itself(kind: SuppressionKind) -> None:
    block = Suppression(kind, Channel.EMAIL, ANA, NOW, "s1", "crm:1")
    someone = contact(granted(ANA), granted(WORK), suppressions=(block,))
    denied = ask(someone, endpoint=ANA)
    assert (denied.allowed, denied.reasons, denied.events) == (False, (kind.value,), ("s1",))
    assert ask(someone).endpoint == WORK
    assert ask(contact(granted(WORK), suppressions=(block,)), regime="can_spam").endpoint == WORK


def test_a_suppression_without_an_endpoint_denies_them_all_on_its_channel() -> None:
    block = Suppression(SuppressionKind.LEGAL_HOLD, Channel.EMAIL)
    someone = contact(granted(), granted(PHONE, Channel.SMS), suppressions=(block,))
    assert ask(someone).reasons == ("legal_hold",)
    assert ask(someone, "sms").allowed


def test_who_is_denied_only_for_a_shared_endpoint_is_told_so() -> None:
    theirs = Suppression(SuppressionKind.GLOBAL_OPT_OUT, Channel.EMAIL, ANA, NOW, "s1", "crm:99", "shared_endpoint")
    both = (theirs, Suppression(SuppressionKind.GLOBAL_OPT_OUT, Channel.EMAIL, WORK, NOW, "s2", "crm:99", "shared_endpoint"))
    assert ask(contact(granted(), suppressions=both)).reasons == ("global_opt_out", "shared_endpoint")
    own = ask(contact(granted(), said(ConsentState.WITHDRAWN), suppressions=both))
    assert "shared_endpoint" not in own.reasons


def test_grants_are_looked_at_closely() -> None:
    later = NOW + timedelta(days=1)
    for changes, reason, remedy in (
        ({"effective_at": None}, "evidence_incomplete", "sign_up"),
        ({"events": ()}, "evidence_incomplete", "sign_up"),
        ({"effective_at": later}, "not_yet_effective", "wait"),
        ({"expires_at": NOW}, "expired", "sign_up"),
    ):
        answer = ask(contact(granted(**changes)), endpoint=ANA)
        assert (answer.allowed, answer.reasons, answer.remedy) == (False, (reason,), remedy)
    assert ask(contact(granted(expires_at=later))).until == later


@pytest.mark.parametrize("regime", REGIME_NAMES)
@pytest.mark.parametrize("channel", list(Channel))
def test_asking_helps_only_where_a_message_that_asks_may_be_sent(regime: str, channel: Channel) -> None:
    endpoint = {Channel.EMAIL: ANA, Channel.POST: "", Channel.PUSH: "", Channel.ADS: ""}.get(channel, PHONE)
    for person in (contact(said(ConsentState.EXPIRED, endpoint, channel)), contact()):
        answer = may_contact(person, channel, at=NOW, regime=regime)
        if not answer.allowed:
            asked = may_ask(person, channel, at=NOW, regime=regime)
            assert (answer.remedy == "ask") is asked.allowed, (answer, asked)
            assert answer.remedy in ("ask", "sign_up")


def test_a_regime_may_demand_a_stronger_consent() -> None:
    answer = ask(contact(granted(PHONE, Channel.SMS)), "sms", regime="can_spam")
    assert (answer.reasons, answer.remedy) == (("confirmation_needed",), "confirm")
    for strength in ("written", "double"):
        assert ask(contact(granted(PHONE, Channel.SMS, strength=strength)), "sms", regime="can_spam").allowed


def test_a_grant_bound_to_nothing_permits_no_endpoint() -> None:
    assert ask(contact(granted(""))).reasons == ("no_consent", "not_bound_to_endpoint")
    assert ask(contact(granted("", Channel.POST)), "post").reasons == ("express_consent",)


@pytest.mark.parametrize(
    ("state", "reason", "remedy"),
    [
        (ConsentState.REQUESTED, "requested", "confirm"),
        (ConsentState.PENDING_CONFIRMATION, "pending_confirmation", "confirm"),
        (ConsentState.EXPIRED, "expired", ""),
    ],
)
def test_what_waits_or_has_ended_is_no_permission_even_where_opt_out_suffices(
    state: ConsentState, reason: str, remedy: str
) -> None:
    for regime in REGIME_NAMES:
        answer = ask(contact(said(state)), regime=regime)
        helps = remedy or ("ask" if regime in ("can_spam", "us_ca_ccpa") else "sign_up")
        assert (answer.allowed, answer.reasons, answer.remedy) == (False, (reason,), helps)


def test_an_unknown_with_a_claim_behind_it_says_so() -> None:
    for reason in ("legacy_import", "legal_basis_claimed"):
        someone = contact(said(ConsentState.UNKNOWN, reason=reason))
        assert ask(someone).reasons == ("no_consent", reason)
        assert ask(someone, regime="can_spam").reasons == ("opt_out_regime", reason)


def test_implied_consent_counts_where_the_regime_takes_its_basis_and_as_long_as_it_says() -> None:
    start = NOW - timedelta(days=200)
    bought = contact(said(ConsentState.IMPLIED, ANA, legal_basis="purchase", effective_at=start))
    answer = ask(bought, regime="casl")
    assert answer.reasons == ("implied_consent",)
    assert answer.until == start.replace(year=start.year + 2)
    assert ask(bought, endpoint=ANA).reasons == ("implied_not_accepted",)
    asked = contact(said(ConsentState.IMPLIED, ANA, legal_basis="inquiry", effective_at=start))
    assert ask(asked, regime="casl", endpoint=ANA).reasons == ("expired",)
    soon = NOW + timedelta(days=2)
    assert ask(contact(said(ConsentState.IMPLIED, ANA, legal_basis="purchase", expires_at=soon)), regime="casl").until == soon
    undated = contact(said(ConsentState.IMPLIED, ANA, legal_basis="purchase", effective_at=None))
    assert ask(undated, regime="casl", endpoint=ANA).reasons == ("evidence_incomplete",)
    coming = contact(said(ConsentState.IMPLIED, ANA, legal_basis="purchase", effective_at=soon))
    waits = ask(coming, regime="casl", endpoint=ANA)
    assert (waits.reasons, waits.remedy, waits.not_before) == (("not_yet_effective",), "wait", coming.consent[0].effective_at)
    assert ask(contact(said(ConsentState.IMPLIED, ANA, legal_basis="soft_opt_in"))).allowed
    assert ask(contact(said(ConsentState.IMPLIED, ANA, legal_basis="whatever")), regime="can_spam").reasons == (
        "implied_consent",
    )


def test_live_calls_need_screening_or_consent_where_there_is_a_registry() -> None:
    for regime in ("can_spam", "uk_pecr", "casl"):
        assert ask(contact(), "voice_live", regime=regime).reasons == ("registry_not_screened", "never_asked")
        assert ask(contact(granted(PHONE, Channel.VOICE_LIVE)), "voice_live", regime=regime).allowed


def test_voice_is_denied_if_either_voice_is() -> None:
    live = granted(PHONE, Channel.VOICE_LIVE, expires_at=NOW + timedelta(days=9))
    automated = granted(PHONE, Channel.VOICE_AUTOMATED, expires_at=NOW + timedelta(days=5))
    both = ask(contact(live, automated), "voice")
    assert (both.allowed, both.until, both.endpoint) == (True, NOW + timedelta(days=5), PHONE)
    assert not ask(contact(live), "voice").allowed
    assert not ask(contact(live, said(ConsentState.WITHDRAWN, channel=Channel.VOICE_AUTOMATED)), "voice").allowed
    assert ask(contact(live), "voice_live").allowed


def test_without_an_endpoint_a_refusal_is_still_said_first() -> None:
    assert ask(contact(emails=())).reasons == ("no_endpoint",)
    assert ask(contact(emails=()), regime="can_spam").reasons == ("no_endpoint",)
    refused = ask(contact(said(ConsentState.WITHDRAWN), emails=()))
    assert (refused.reasons, refused.remedy) == (("withdrawn", "no_endpoint"), "nothing")
    assert ask(contact(addresses=()), "post", regime="can_spam").reasons == ("no_endpoint",)


def test_an_endpoint_can_be_asked_about_by_address_or_key() -> None:
    someone = contact(granted(WORK))
    assert ask(someone, endpoint="WORK@example.org").allowed
    assert not ask(someone, endpoint="A.na@example.com").allowed
    assert ask(someone, endpoint="b@example.net").reasons == ("endpoint_not_held",)


def test_the_countries_of_a_contact_choose_the_strictest_of_their_regimes() -> None:
    assert ask(contact(), regime="auto").regime == "can_spam/2026.1"
    assert ask(contact(), regime="auto").allowed
    french = contact(phones=(PhoneNumber("+33142278186", country_code="FR"),))
    answer = ask(french, regime="auto")
    assert (answer.allowed, answer.regime) == (False, "can_spam/2026.1+fr_cpce/2026.1")
    unknown = contact(phones=(), addresses=())
    assert ask(unknown, regime="auto").regime == "strictest/2026.1"
    assert not ask(unknown, regime="auto").allowed


def test_a_host_brings_its_own_regime() -> None:
    own = Regime("house", "7", dict.fromkeys(Channel, Rule("opt_out")))
    assert ask(contact(), "sms", regime=own).regime == "house/7"
    assert ask(contact(), "sms", regime=own).allowed
    assert not ask(contact(said(ConsentState.WITHDRAWN, channel=Channel.SMS)), "sms", regime=own).allowed


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"channel": "telegraph"}, "voice_automated"),
        ({"channel": "any"}, "one channel"),
        ({"purpose": " "}, "marketing"),
        ({"purpose": "any"}, "marketing"),
        ({"regime": "atlantis"}, "casl"),
        ({"policy": "newest"}, "blocking_first"),
        ({"at": datetime(2026, 7, 1)}, "UTC"),  # noqa: DTZ001  # the mistake itself
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_what_does(changes: dict[str, Any], hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ask(contact(), **changes)
    assert hint in caught.value.hint


def test_every_reason_has_its_sentence_and_explanations_use_them() -> None:
    assert {kind.value for kind in SuppressionKind} <= set(REASONS)
    assert {
        state.value
        for state in (
            ConsentState.WITHDRAWN,
            ConsentState.DENIED,
            ConsentState.INVALIDATED,
            ConsentState.ERASED,
            ConsentState.EXPIRED,
        )
    } <= set(REASONS)
    for code, sentence in REASONS.items():
        assert code == code.lower()
        assert sentence.endswith(".")
    text = explain(ask(contact(granted(expires_at=NOW + timedelta(days=1)))))
    assert text.startswith("Allowed at A.na@example.com until 2026-07-02T00:00:00+00:00 under gdpr_eprivacy/2026.1.")
    assert REASONS["never_asked"] in explain(ask(contact()))
    assert explain(ask(contact())).endswith(NOTICE)
    assert explain(ask(contact(), regime=conjunction([REGIMES.get("casl"), REGIMES.get("can_spam")]))).endswith(NOTICE)
    assert explain(Permission(False, ("house_rule",), regime="house/7")) == "Denied under house/7. house_rule."


def test_a_refusal_at_one_shared_endpoint_reaches_the_whole_channel_and_a_bounce_does_not() -> None:
    def answer(kind: SuppressionKind) -> Permission:
        shared = Suppression(kind, Channel.EMAIL, WORK, NOW, "s1", "crm:99", "shared_endpoint")
        return ask(contact(suppressions=(shared,)), regime="can_spam")

    assert answer(SuppressionKind.GLOBAL_OPT_OUT).reasons == ("global_opt_out", "shared_endpoint")
    assert answer(SuppressionKind.COMPLAINT).reasons == ("complaint", "shared_endpoint")
    assert answer(SuppressionKind.HARD_BOUNCE).allowed
