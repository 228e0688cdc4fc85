"""A host's overrides are named, dated, marked where they loosen, and told as events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from canonical_contact.consent import consent_column, may_contact, may_contact_columns
from canonical_contact.consent.regimes import REGIMES, conjunction
from canonical_contact.consent.regimes.overrides import apply_overrides, loosens, override_events, parse_overrides
from canonical_contact.errors import ConfigError
from canonical_contact.model import Channel, Contact, EmailAddress, EventName, PostalAddress

HEAD = 'name = "acme"\nversion = "3"\n'
WHO = 'who = "Data protection officer"\nwhy = "opinion 7"\nwhen = 2026-06-01\n'
TEXT = f'{HEAD}[can_spam.email]\ndefault = "opt_in"\n{WHO}until = 2026-09-01\n[casl.email]\ndefault = "opt_out"\n{WHO}'


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_override_counts_in_its_time_and_every_decision_names_it() -> None:
    mine = apply_overrides(parse_overrides(TEXT), REGIMES)
    someone = Contact(contact_id="1", emails=(EmailAddress("a@example.org"),))
    for when, allowed in [("2026-05-31", True), ("2026-06-01", False), ("2026-08-31", False), ("2026-09-01", True)]:
        answer = may_contact(someone, "email", at=on(when), regime=mine.get("can_spam"))
        assert (answer.allowed, answer.regime) == (allowed, "can_spam/2026.1+acme-3"), when
    assert mine.get("uk_pecr") is REGIMES.get("uk_pecr")
    assert mine.by_country["CA"].label == "casl/2026.1+acme-3"
    assert mine.strictest is REGIMES.strictest
    assert REGIMES.get("casl").overrides == {}
    both = conjunction([mine.get("can_spam"), mine.get("casl")])
    assert both.rule(Channel.EMAIL, on("2026-07-01")).default == "opt_in"
    assert both.rule(Channel.EMAIL, on("2026-10-01")).default == "opt_out"


@pytest.mark.parametrize(
    ("regime", "change", "looser"),
    [
        ("can_spam.email", 'default = "opt_in"', False),
        ("casl.email", 'default = "opt_out"', True),
        ("casl.email", 'implied = [{ basis = "purchase", within = "P1Y" }]', False),
        ("casl.email", 'implied = [{ basis = "purchase", within = "P3Y" }]', True),
        ("casl.email", 'implied = [{ basis = "whim" }]', True),
        ("casl.email", 'strength = ["double"]', False),
        ("can_spam.sms", "strength = []", True),
        ("can_spam.sms", 'strength = ["double"]', False),
        ("uk_pecr.voice_live", 'registry = ""', True),
        ("uk_pecr.voice_live", 'screening = "P90D"', True),
        ("uk_pecr.voice_live", 'screening = ""', True),
        ("uk_pecr.voice_live", 'screening = "P7D"', False),
        ("uk_pecr.voice_live", 'implied = [{ basis = "purchase" }]', True),
        ("uk_pecr.voice_live", 'default = "opt_in"\nregistry = ""\nscreening = ""', False),
        ("casl.email", 'request = ["unknown"]', True),
        ("us_ca_ccpa.email", 'ask_again = ""', True),
        ("us_ca_ccpa.email", 'ask_again = "P2Y"', False),
        ("fr_cpce.voice_live", 'default = "opt_out"\nregistry = "bloctel"\nscreening = "P30D"\nimplied = []', True),
    ],
)
def test_what_loosens_the_shipped_rule_is_marked(regime: str, change: str, looser: bool) -> None:
    overrides = parse_overrides(f"{HEAD}[{regime}]\n{change}\n{WHO}")
    assert loosens(overrides.changes[0], REGIMES.get(overrides.changes[0].regime)) is looser


def test_each_change_is_an_event_for_the_ledger() -> None:
    first, second = override_events(parse_overrides(TEXT), REGIMES, at=on("2026-05-30"))
    assert first.name is EventName.CONTACT_CHANGED
    assert first.detail["act"] == "regime_overridden"
    told: dict[str, Any] = dict(first.detail)
    assert told == {
        "act": "regime_overridden",
        "regime": "can_spam/2026.1+acme-3",
        "channel": "email",
        "change": "default=opt_in",
        "who": "Data protection officer",
        "why": "opinion 7",
        "when": "2026-06-01",
        "until": "2026-09-01",
        "loosens": "no",
    }
    assert second.detail["loosens"] == "yes"
    assert second.detail["until"] == ""


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        HEAD,
        f'[casl.email]\ndefault = "opt_in"\n{WHO}',
        f"{HEAD}[casl.email]\n{WHO}",
        f'{HEAD}[casl.email]\ndefault = "perhaps"\n{WHO}',
        f'{HEAD}[casl.pigeon]\ndefault = "opt_in"\n{WHO}',
        f'{HEAD}[casl.email]\ncolour = "blue"\n{WHO}',
        f'{HEAD}[casl.email]\ndefault = "opt_in"\nwho = "me"\nwhen = 2026-06-01\n',
        f'{HEAD}[casl.email]\ndefault = "opt_in"\nwho = "me"\nwhy = " "\nwhen = 2026-06-01\n',
        f'{HEAD}[casl.email]\ndefault = "opt_in"\n{WHO}until = 2026-06-01\n',
    ],
)
def test_what_is_no_override_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_overrides(text)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["atlantis", "strictest"])
def test_only_a_regime_that_ships_can_be_changed(name: str) -> None:
    overrides = parse_overrides(f'{HEAD}[{name}.email]\ndefault = "opt_in"\n{WHO}')
    with pytest.raises(ConfigError):
        apply_overrides(overrides, REGIMES)


def test_a_question_takes_a_set_of_regimes_in_place_of_those_that_ship() -> None:
    mine = apply_overrides(parse_overrides(TEXT), REGIMES)
    ana = Contact(contact_id="1", emails=(EmailAddress("ana@example.com"),), addresses=(PostalAddress(country_code="US"),))
    rows = [("1", consent_column(ana))]
    for day, allowed in (("2026-05-30", True), ("2026-06-02", False), ("2026-09-02", True)):
        answer = may_contact(ana, "email", at=on(day), regime=mine)
        assert (answer.allowed, answer.regime) == (allowed, "can_spam/2026.1+acme-3")
        assert [one for _, one in may_contact_columns(rows, "email", at=on(day), regime=mine).permissions()] == [answer]
        assert may_contact(ana, "email", at=on(day), regime=mine.get("can_spam")).allowed is allowed
