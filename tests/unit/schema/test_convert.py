from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest

from canonical_contact.errors import ContactError, InputError
from canonical_contact.model import (
    Card,
    Channel,
    ConsentEvent,
    Contact,
    EmailAddress,
    EventType,
    Interaction,
    InteractionKind,
    Name,
    PairDecision,
    PhoneNumber,
)
from canonical_contact.model.decision import Judgement
from canonical_contact.schema import from_dict, from_json, make_converter, to_dict, to_json

AT = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Name(), "{}"),
        (Name(given="Ana"), '{"given":"Ana"}'),
        (EmailAddress("ana@example.org", pref=1, role=True), '{"address":"ana@example.org","pref":1,"role":true}'),
        (Interaction(InteractionKind.CALL, AT), '{"kind":"call","at":"2026-07-01T12:30:00Z"}'),
        (Interaction(InteractionKind.CALL, AT.replace(microsecond=5)), '{"kind":"call","at":"2026-07-01T12:30:00.000005Z"}'),
        (Card(tags=("a", "ü")), '{"tags":["a","ü"]}'),
        (Card(extensions={"hubspot.x": "1"}), '{"extensions":{"hubspot.x":"1"}}'),
        ((Name(given="Ana"), Name()), '[{"given":"Ana"},{}]'),
    ],
)
def test_form_of_documents(value: object, text: str) -> None:
    assert to_json(value) == text


def test_one_instant_has_one_text() -> None:
    summer = AT.astimezone(timezone(timedelta(hours=2)))
    naive = AT.replace(tzinfo=None)
    assert len({to_json(Interaction(InteractionKind.CALL, at)) for at in (AT, summer, naive)}) == 1
    read = from_json(Interaction, '{"kind":"call","at":"2026-07-01T14:30:00+02:00"}')
    assert read.at == AT
    assert read.at.tzinfo is UTC


def test_to_dict_holds_plain_types_only() -> None:
    plain = to_dict(ConsentEvent("e", EventType.OPT_IN, Channel.EMAIL))
    assert {type(item) for item in plain.values()} == {str}
    assert type(to_dict(PhoneNumber("+49", features=("mobile",)))["features"]) is list


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert from_json(Name, '{"given":"Ana","tribe":["x"]}') == Name(given="Ana")


def test_a_tuple_of_values_can_be_read() -> None:
    assert from_json(tuple[Name, ...], '[{"given":"Ana"},{}]') == (Name(given="Ana"), Name())


@pytest.mark.parametrize("text", ["lone \ud800 half", "\udfff", "ü\udc80"])
def test_lone_surrogates_survive_and_can_be_encoded(text: str) -> None:
    written = to_json(Name(given=text))
    written.encode()
    assert from_json(Name, written) == Name(given=text)


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ('{"contact_id":"c","emails":[{"address":"a@b.c"},{"address":7}]}', "$.emails[1].address", "expected a text"),
        ('{"contact_id":"c","emails":[{}]}', "$.emails[0].address", "required field is missing"),
        ('{"contact_id":"c","emails":"secret"}', "$.emails", "expected a list"),
        ('{"contact_id":"c","emails":[{"address":"a","verification":"secret"}]}', "$.emails[0].verification", "an object"),
        ('{"contact_id":"c","emails":[{"address":"a","pref":"secret"}]}', "$.emails[0].pref", "a whole number"),
        ('{"contact_id":"c","emails":[{"address":"a","pref":true}]}', "$.emails[0].pref", "a whole number"),
        ('{"contact_id":"c","emails":[{"address":"a","role":1}]}', "$.emails[0].role", "true or false"),
        ('{"contact_id":"c","created_at":"secret"}', "$.created_at", "a time"),
        ('{"contact_id":"c","created_at":5}', "$.created_at", "a time"),
        ('{"contact_id":"c","created_at":"0001-01-01T00:00:00+05:00"}', "$.created_at", "a time"),
        ('{"contact_id":"c","lifecycle":{"stage":"secret"}}', "$.lifecycle.stage", "the words of LifecycleStage"),
        ('{"contact_id":"c","extensions":["secret"]}', "$.extensions", "does not fit"),
        ('{"contact_id":"c","extensions":{"x.y":1}}', "$.extensions['x.y']", "expected a text"),
        ("[]", "$", "an object"),
        ('"secret"', "$", "an object"),
        ("null", "$", "an object"),
        ("not JSON, secret", "$", "not a JSON document"),
        ('{"revision":NaN}', "$", "not a JSON document"),
        ("[" * 100_000, "$", "not a JSON document"),
        ("9" * 10_000, "$", "not a JSON document"),
    ],
)
def test_a_fault_says_where_and_not_whose(text: str, path: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        from_json(Contact, text)
    assert caught.value.path == path
    assert says in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None or "not a JSON" in str(caught.value)


def test_all_faults_are_counted() -> None:
    with pytest.raises(InputError, match="2 faults in all"):
        from_json(Contact, '{"tags":[1]}')


def test_what_json_cannot_say_is_an_input_error() -> None:
    with pytest.raises(InputError):
        to_json(PairDecision("a", "b", Judgement.MATCH, float("nan")))
    with pytest.raises(InputError):
        to_json(object())
    with pytest.raises(ContactError):
        to_dict(Interaction(InteractionKind.CALL, datetime.min.replace(tzinfo=timezone(timedelta(hours=5)))))


def test_make_converter_gives_each_caller_an_own_one() -> None:
    mine = make_converter()
    mine.register_unstructure_hook(str, lambda _: "changed")
    assert to_dict(Name(given="Ana")) == {"given": "Ana"}
    assert from_dict(Name, make_converter(detailed_validation=False).unstructure(Name(given="Ana"))) == Name(given="Ana")


def test_importing_does_not_load_cattrs() -> None:
    code = "import sys, canonical_contact.schema; assert not any(m.split('.')[0] == 'cattrs' for m in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
