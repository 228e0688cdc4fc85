from __future__ import annotations

import copy
import json
import operator
import pickle
import warnings

import attrs
import pytest

from canonical_contact.model import Card, Contact, Owner, OwnerRole, SchemaDeprecationWarning, SourceRecord, deprecation
from canonical_contact.schema import from_dict, from_json, make_converter, to_dict, to_json

KIM = Contact(contact_id="1", owner="kim", owners=(Owner(OwnerRole.RECORD, "kim"),))


@pytest.fixture(autouse=True)
def _unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deprecation, "_said", set())


def test_the_use_of_a_field_that_goes_warns_once_and_names_what_takes_its_place() -> None:
    with pytest.warns(
        SchemaDeprecationWarning, match=r"Card\.owner .*since schema 1\.1 and goes with 2\.0; use owners\."
    ) as caught:
        assert KIM.owner == "kim"
    assert caught[0].filename == __file__
    assert KIM.owner == "kim"
    assert Card(owner="lee").owner == "lee"


def test_other_ways_of_a_host_to_read_it_warn_too() -> None:
    with pytest.warns(SchemaDeprecationWarning):
        assert operator.attrgetter("owner")(KIM) == "kim"


def test_what_handles_whole_values_says_nothing() -> None:
    assert pickle.loads(pickle.dumps(KIM)) == copy.copy(KIM) == copy.deepcopy(KIM) == KIM
    assert attrs.evolve(KIM, titles=("CEO",)) != KIM
    assert attrs.asdict(KIM)["owner"] == attrs.astuple(KIM)[13] == "kim"
    assert "owner='kim'" in repr(KIM)
    assert from_json(Contact, to_json(KIM)) == KIM
    assert make_converter().structure(make_converter().unstructure(KIM), Contact) == KIM
    assert hash(Card(owner="kim", extensions=())) == hash(Card(owner="kim", extensions=()))  # type: ignore[arg-type]


def test_the_field_is_a_field_as_any_other() -> None:
    assert attrs.fields(Card).owner.default == ""
    assert not hasattr(KIM, "__dict__")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        KIM.owner = "lee"  # type: ignore[misc]
    assert type(Card.owner).__name__ == "DeprecatedField"


def test_a_document_that_states_it_alone_warns_once() -> None:
    alone = {"contact_id": "1", "schema_version": "1.1", "owner": "kim"}
    with pytest.warns(SchemaDeprecationWarning, match="states `owner`") as caught:
        from_dict(Contact, alone)
    assert caught[0].filename == __file__
    from_json(Contact, json.dumps(alone))


def test_so_does_a_record() -> None:
    record = to_dict(SourceRecord("a:1", "a", "1", "1", "f", 1, Card(owner="kim")))
    with pytest.warns(SchemaDeprecationWarning, match="states `owner`"):
        from_dict(SourceRecord, record)


@pytest.mark.parametrize(
    "fields",
    [
        {"owner": "kim", "owners": [{"role": "record", "who": "kim"}], "schema_version": "1.1"},
        {"owner": "kim", "schema_version": "1.0"},
        {"owner": "", "schema_version": "1.1"},
        {"owners": [], "schema_version": "1.1"},
    ],
)
def test_a_document_that_does_as_it_should_says_nothing(fields: dict[str, object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from_dict(Contact, {"contact_id": "1", **fields})
