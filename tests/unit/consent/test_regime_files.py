"""The files of the regimes that ship: sourced, dated, marked, and in force by date."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from canonical_contact.consent import may_contact
from canonical_contact.consent.regimes import (
    REGIMES,
    Regime,
    Rule,
    conjunction,
    may_request,
    parse_regime,
    strictest_rule,
    withdrawal_due,
)
from canonical_contact.errors import ConfigError
from canonical_contact.model import Channel, ConsentRecord, ConsentState, Contact, EmailAddress, PhoneNumber

SHIPPED = [name for name in REGIMES.by_id if name != "strictest"]
TEXTS = {
    entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
    for entry in files("canonical_contact.consent.regimes").iterdir()
    if entry.name.endswith(".toml")
}


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_file_is_named_after_its_regime_and_marks_every_rule(name: str) -> None:
    regime = parse_regime(TEXTS[name])
    assert regime.id == name
    assert set(tomllib.loads(TEXTS[name])) >= {
        "notice",
        "sources",
        "confidence",
        "effective_from",
        "reviewed",
        "withdrawal",
        "proof",
    }
    for channel in Channel:
        for rule in regime.history.get(channel, (regime.channels[channel],)):
            assert rule.confidence in ("H", "M", "L")
            assert bool(rule.screening) <= bool(rule.registry)
            assert not rule.registry or rule.screening, (name, channel)
            assert "known and not looked up" not in rule.open or rule.confidence != "H" or channel is Channel.EMAIL
    assert regime.title
    assert regime.double_opt_in
    assert regime.retention
    assert regime.keep_from


def test_every_country_and_subdivision_stands_once() -> None:
    parts = [part.code for name in SHIPPED for part in REGIMES.get(name).subdivisions]
    assert parts == ["US-CA"] == list(REGIMES.by_subdivision)
    assert all(part[:2] in REGIMES.by_country for part in parts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "fr_cpce"', 'id = "fr_cpce"\ncolour = "blue"'),
        ('registry = "bloctel"', 'registry = "bloctel"\nregister = "x"'),
        ("from = 2026-08-11", "from = 2026-08-11\nuntil = 2026-09-01"),
        ('registry = "bloctel"', 'registry = "bloctel"\nuntil = 2026-01-01'),
        ("from = 2026-08-11", 'note = "no date"'),
        ('screening = "P30D"', 'screening = "a month"'),
        ('confidence = "H"', 'confidence = "certain"'),
        ('unit = "immediate"', 'unit = "weeks"'),
        ('keep = ""', 'keep = "long"'),
        ('keep = ""', 'hold = ""'),
        ('unit = "immediate"', 'unit = "immediate"\nwhen = 3'),
    ],
)
def test_a_file_with_a_fault_is_refused(old: str, new: str) -> None:
    assert old in TEXTS["fr_cpce"]
    with pytest.raises(ConfigError):
        parse_regime(TEXTS["fr_cpce"].replace(old, new, 1) if new != 'note = "no date"' else TEXTS["fr_cpce"].replace(old, ""))


def test_the_decision_uses_the_rule_that_was_in_force_at_its_time() -> None:
    customer = ConsentRecord(
        Channel.VOICE_LIVE,
        "marketing",
        ConsentState.IMPLIED,
        endpoint="+33142278186",
        effective_at=on("2026-01-01"),
        legal_basis="contract",
        events=("e1",),
    )
    someone = Contact(contact_id="1", phones=(PhoneNumber("+33142278186", country_code="FR"),))
    before, after = on("2026-08-10T23:59:59"), on("2026-08-11")
    assert may_contact(someone, "voice_live", at=before).reasons[0] == "registry_not_screened"
    assert may_contact(someone, "voice_live", at=after).reasons[0] == "no_consent"
    known = Contact(contact_id="1", phones=someone.phones, consent=(customer,))
    assert may_contact(known, "voice_live", at=after).allowed
    assert not may_contact(known, "voice_live", at=before).allowed


@pytest.mark.parametrize(("began", "allowed"), [("2026-02-04", False), ("2026-02-05", True)])
def test_the_soft_opt_in_of_charities_is_not_for_older_databases(began: str, allowed: bool) -> None:
    supporter = ConsentRecord(
        Channel.EMAIL,
        "marketing",
        ConsentState.IMPLIED,
        endpoint="a@example.org",
        effective_at=on(began),
        legal_basis="charity_soft_opt_in",
        events=("e1",),
    )
    contact = Contact(contact_id="1", emails=(EmailAddress("a@example.org"),), consent=(supporter,))
    for regime in ("uk_pecr", conjunction([REGIMES.get("uk_pecr")])):
        assert may_contact(contact, "email", at=on("2026-07-01"), regime=regime).allowed is allowed


def test_a_combination_follows_the_dates_of_its_parts() -> None:
    both = conjunction([REGIMES.get("fr_cpce"), REGIMES.get("can_spam")])
    assert both.rule(Channel.VOICE_LIVE, on("2026-08-10")).default == "opt_out"
    assert both.rule(Channel.VOICE_LIVE, on("2026-08-11")).default == "opt_in"
    assert strictest_rule([both], Channel.VOICE_LIVE, at=on("2026-08-10")).screening == "P30D"
    assert REGIMES.strictest.rule(Channel.POST, on("2026-08-10")).default == "opt_in"


@pytest.mark.parametrize(
    ("regime", "due"),
    [
        ("gdpr_eprivacy", "2026-07-03"),
        ("can_spam", "2026-07-17"),
        ("casl", "2026-07-17"),
        ("au_spam", "2026-07-10"),
        ("sg_pdpa", "2026-07-17"),
        ("us_ca_ccpa", "2026-07-24"),
        ("strictest", "2026-07-03"),
    ],
)
def test_a_withdrawal_has_a_deadline(regime: str, due: str) -> None:
    assert withdrawal_due(REGIMES.get(regime), on("2026-07-03T15:00")) == on(due + "T15:00")  # a Friday


def test_the_earliest_deadline_binds_and_holidays_are_no_business_days() -> None:
    casl, au = REGIMES.get("casl"), REGIMES.get("au_spam")
    assert withdrawal_due([casl, au], on("2026-07-03")) == on("2026-07-10")
    assert withdrawal_due(conjunction([casl, au]), on("2026-07-03")) == on("2026-07-10")
    assert withdrawal_due(au, on("2026-07-03"), holidays=[date(2026, 7, 6), date(2026, 7, 11)]) == on("2026-07-13")
    assert withdrawal_due(Regime("x", "1", {}, withdrawal_days=30, withdrawal_unit="days"), on("2026-07-03")) == on("2026-08-02")


def test_asking_for_consent_is_allowed_where_the_rule_says_so() -> None:
    us, ca = REGIMES.get("can_spam").channels[Channel.EMAIL], REGIMES.get("casl").channels[Channel.EMAIL]
    assert may_request(us, "unknown", at=on("2026-07-01"))
    assert not may_request(ca, "unknown", at=on("2026-07-01"))
    california = REGIMES.get("us_ca_ccpa").channels[Channel.EMAIL]
    assert not may_request(california, "expired", at=on("2026-07-01"), refused_at=on("2025-08-01"))
    assert may_request(california, "expired", at=on("2026-08-01"), refused_at=on("2025-08-01"))
    both = strictest_rule([REGIMES.get("can_spam"), REGIMES.get("us_ca_ccpa")], Channel.EMAIL)
    assert (both.request, both.ask_again, both.confidence) == (("expired", "requested", "unknown"), "P12M", "M")


def test_a_hosts_regime_without_dates_works_as_before() -> None:
    own = Regime("own", "1", {channel: Rule("opt_in") for channel in Channel})
    assert own.rule(Channel.EMAIL, on("1999-01-01")) is own.channels[Channel.EMAIL]
