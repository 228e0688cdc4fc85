from __future__ import annotations

import pickle

import pytest

from canonical_contact.errors import ConfigError
from canonical_contact.model import Card, Claim, RawRecord, SourceRecord
from canonical_contact.normalize import Normalizer, Profile
from canonical_contact.normalize.profile import FIELDS, RULES, rule_parts, stale
from canonical_contact.normalize.profiled import ProfiledNormalizer

GERMAN = """name = "german"
[normalizers.phone]
region = "de"
[normalizers.timestamp]
zone = "Europe/Berlin"
order = "dmy"
[normalizers.birthday]
order = "dmy"
"""


def test_the_default_is_what_the_library_does_by_itself() -> None:
    assert Profile().version == "default:" + ",".join(RULES[kind] for kind in sorted(RULES))
    assert Profile.from_toml("") == Profile()
    assert Profile.from_toml(Profile().to_toml()) == Profile()


def test_settings_are_a_part_of_the_rule() -> None:
    profile = Profile.from_toml(GERMAN)
    assert profile.rule_at("$.phones[0]") == profile.rule_at("phones[3].number") == "phone/2?region=DE"
    assert profile.rule_at("$.created_at", "timestamp") == "timestamp/2?order=dmy&zone=Europe/Berlin"
    assert profile.rule_at("$.birthday", "birthday") == "birthday/2?order=dmy"
    assert profile.rule_at("$.name") == profile.rule_at("name.given") == "name/2"
    assert profile.rule_at("$.gender", "text") == "text/2"
    assert rule_parts(profile.rule_at("$.created_at")) == ("timestamp", "2", {"order": "dmy", "zone": "Europe/Berlin"})


def test_settings_are_a_part_of_the_version_of_a_profile() -> None:
    profile = Profile.from_toml(GERMAN)
    assert profile.version.startswith("german:address/2,")
    assert profile.version.endswith(
        ";birthday=birthday/2?order=dmy,phone=phone/2?region=DE,timestamp=timestamp/2?order=dmy&zone=Europe/Berlin"
    )


def test_a_profile_is_written_and_read_as_it_is() -> None:
    profile = Profile.from_toml(GERMAN + '[fields."extensions.Tel \\"privat\\""]\nnormalizer = "phone"\n')
    assert Profile.from_toml(profile.to_toml()) == profile
    assert pickle.loads(pickle.dumps(profile)) == profile  # it crosses to workers


def test_a_profile_runs_the_normaliser_of_a_field() -> None:
    profile = Profile.from_toml(GERMAN)
    found = profile.run("phones[0].number", "0171 1234567").value
    assert found is not None
    assert found.number == "+491711234567"
    assert profile.run("phones[0].number", "0171 1234567", region="AT").value != found
    assert str(profile.run("created_at", "03/04/2024 10:00").value) == "2024-04-03 08:00:00+00:00"
    with pytest.raises(ConfigError, match="No normaliser"):
        profile.run("gender", "f")


@pytest.mark.parametrize("path", sorted(FIELDS))
def test_every_field_runs(path: str) -> None:
    assert Profile().run(path, "").value is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("name = ", "profile"), ("nom = 'x'", "nom"), ("name = 'a b'", "name"), ("fields = 3", "fields"), ("fields.birthday.order = 'dmy'", "fields.birthday"),
        ("normalizers.shoe.size = '3'", "normalizers.shoe"), ("normalizers.timestamp = 'x'", "normalizers.timestamp"),
        ("normalizers.birthday.order = 'ymd'", "normalizers.birthday.order"), ("normalizers.birthday.order = 'dmy'", "normalizers.birthday.order"),
        ("normalizers.birthday.zone = 'UTC'", "normalizers.birthday.zone"), ("normalizers.name.language = 'de'", "normalizers.name.language"),
        ("normalizers.birthday.version = 99", "normalizers.birthday.version"), ("normalizers.timestamp.zone = 'Mars/Base'", "normalizers.timestamp.zone"),
        ("normalizers.phone.region = 'Germany'", "normalizers.phone.region"), ("normalizers.birthday.order = 3", "normalizers.birthday.order"),
        ("fields.'extensions.x'.normalizer = 'shoe'", "fields.extensions.x.normalizer"), ("fields.'extensions.x' = 'shoe'", "fields.extensions.x.normalizer"),
        ("fields.'extensions.x' = { normalizer = 'name', language = '?' }", "fields.extensions.x.language"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place_and_what_helps(text: str, path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Profile.from_toml(text)
    assert caught.value.path == path
    assert caught.value.hint


def test_claims_of_other_rules_are_stale() -> None:
    claims = (
        Claim("$.emails[0]", "a@x.es", rule="email/2"),
        Claim("$.phones[0]", "+491711234567", rule="phone/1"),
        Claim("$.phones[1]", "+491711234568", rule="phone/2?region=DE"),
        Claim("$.gender", "f", rule=""),
        Claim("$.custom", "f", rule="of the host/9"),
    )
    record = SourceRecord("s:1", "s", "1", "1", "s.csv", 2, Card(), claims=claims)
    assert stale(record, Profile()) == claims[1:3]
    assert stale(record, Profile.from_toml(GERMAN)) == claims[1:2]


def test_what_was_just_made_is_not_stale() -> None:
    raw = RawRecord("s", "1", 1, "s.csv", 2, {"name.given": "ANA", "emails[0].address": "a@x.es", "birthday": "1.2.1980"})
    assert stale(Normalizer().record(raw, "s:1", "1"), Profile()) == ()


def test_settings_hold_in_records_that_say_nothing_themselves() -> None:
    values = {"phones[0].number": "0171 1234567", "birthday": "03/04/1970", "created_at": "2024-03-01 10:00"}
    raw = RawRecord("s", "1", 1, "s.csv", 2, values, raw={"Tel": "0171 1234567"})
    plain, german = ProfiledNormalizer(), ProfiledNormalizer(profile=Profile.from_toml(GERMAN))
    assert plain.record(raw, "s:1", "1") == Normalizer().record(raw, "s:1", "1")
    record = german.record(raw, "s:1", "1")
    assert (record.card.phones[0].number, record.card.birthday) == ("+491711234567", "1970-04-03")
    assert str(record.card.created_at) == "2024-03-01 09:00:00+00:00"
    assert stale(record, Profile.from_toml(GERMAN)) == ()
    assert {claim.rule for claim in record.claims} >= {"phone/2?region=DE", "birthday/2?order=dmy"}
    own = {**values, "date_order": "mdy", "zone": "UTC", "addresses[0].country": "AT"}
    told = german.record(RawRecord("s", "1", 1, "s.csv", 2, own, raw={"Tel": "0171 1234567"}), "s:1", "1")
    assert (told.card.birthday, str(told.card.created_at)) == ("1970-03-04", "2024-03-01 10:00:00+00:00")
    assert told.raw == raw.raw
