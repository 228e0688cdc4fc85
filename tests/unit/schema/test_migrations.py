from __future__ import annotations

import json
from typing import Any

import attrs
import pytest

from canonical_contact.errors import ConfigError, InputError
from canonical_contact.model import SCHEMA_VERSION, Activity, ConsentEvent, Contact, Event, SourceRecord
from canonical_contact.model.about import abouts
from canonical_contact.schema import from_json, published_schema
from canonical_contact.schema._parking import Holder
from canonical_contact.schema._shape import Document, Entries, Part, Shape, difference, give, take
from canonical_contact.schema._step_1_0_1_1 import step
from canonical_contact.schema.migrations import _Step, _walk, explain_migration, kind_of, migrate, version_of

KEY = "canonical_contact.parked.1.1"
EVENT = {"event_id": "e", "type": "withdraw", "channel": "email", "schema_version": "1.1", "proof": {"notice_id": "n"}}


def contact(**fields: Any) -> dict[str, Any]:
    return {"contact_id": "1", "schema_version": "1.1", **fields}


# Kinds and versions


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("contact", {"contact_id": "1", "name": {"given": "Ana"}}),
        ("event", {"contact_id": "1", "name": "contact.created", "at": "2026-07-01T00:00:00Z"}),
        ("source_record", {"key": "a:1", "system": "a", "record_id": "1", "label": "1", "file": "f", "line": 1, "card": {}}),
        ("consent_event", {"event_id": "e", "type": "withdraw", "channel": "email", "record": "a:1"}),
        ("activity", {"record": "a:1", "kind": "call", "at": "2026-07-01T00:00:00Z"}),
    ],
)
def test_a_document_is_told_by_the_fields_it_must_have(kind: str, document: dict[str, Any]) -> None:
    assert kind_of(document) == kind


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(InputError, match="required field") as caught:
        kind_of({"address": "ana@example.org"})
    assert caught.value.code == "document.kind_unknown"


@pytest.mark.parametrize(
    ("version", "hint"),
    [(None, "schema_version"), ("", "schema_version"), ("x.1", "schema_version"), (1.0, "schema_version"), ("0.9", "Published are"), ("1.9", "Update"), ("3.0", "Update"), ("9" * 40 + ".0", "schema_version")],
)  # fmt: skip
def test_a_version_that_cannot_be_migrated_is_refused(version: object, hint: str) -> None:
    document = {"contact_id": "1", "schema_version": version}
    for action in (version_of, migrate):
        with pytest.raises(InputError, match=hint) as caught:
            action(document)
        assert (caught.value.code, caught.value.path) == ("input.schema_version", "$.schema_version")


def test_a_target_or_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match=r"no schema 1\.7"):
        migrate(contact(), "1.7")
    with pytest.raises(InputError, match="no kind of document 'card'"):
        migrate(contact(), kind="card")


# Reading


@pytest.mark.parametrize("cls", [Contact, SourceRecord, ConsentEvent, Activity, Event])
def test_a_later_minor_version_is_read_without_what_is_new_in_it(cls: Any) -> None:
    required = {
        "contact_id": "1", "key": "k", "system": "s", "record_id": "1", "label": "1", "file": "f", "line": 1, "card": {"tomorrow": [1]},
        "event_id": "e", "type": "withdraw", "channel": "email", "record": "r", "kind": "call", "at": "2026-07-01T00:00:00Z",
        "name": "contact.created",
    }  # fmt: skip
    names = {field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING}
    document = {**{name: required[name] for name in names}, "schema_version": "1.99", "tomorrow": {"x": 1}}
    value = from_json(cls, json.dumps(document))
    assert value.schema_version == SCHEMA_VERSION


@pytest.mark.parametrize("version", ["2.0", "10.0", "0.1", "nonsense", "1", "1.x"])
def test_another_version_is_not_read(version: str) -> None:
    with pytest.raises(InputError, match=r"\. ") as caught:
        from_json(Contact, json.dumps({"contact_id": "1", "schema_version": version}))
    assert (caught.value.code, caught.value.path) == ("input.schema_version", "$.schema_version")


def test_lists_of_documents_of_several_versions_are_read() -> None:
    old = {"event_id": "e1", "type": "withdraw", "channel": "email", "schema_version": "1.0"}
    new = {**EVENT, "event_id": "e2"}
    read = from_json(tuple[ConsentEvent, ...], json.dumps([old, new, migrate(new, "1.0")]))
    assert [event.schema_version for event in read] == [SCHEMA_VERSION] * 3
    assert read[1].proof == read[2].proof != read[0].proof


def test_a_value_read_from_an_older_version_bears_the_present_one() -> None:
    read = from_json(Contact, '{"contact_id":"1","schema_version":"1.0","owner":"kim"}')
    assert read.schema_version == SCHEMA_VERSION
    assert [(one.role, one.who) for one in read.owners] == [("record", "kim")]


# What is new, and where it is parked


@pytest.mark.parametrize(
    ("kind", "cls"),
    [
        ("contact", Contact),
        ("source_record", SourceRecord),
        ("consent_event", ConsentEvent),
        ("activity", Activity),
        ("event", Event),
    ],
)
def test_what_the_schemas_call_new_is_what_the_fields_say(kind: str, cls: type) -> None:
    """The step reads the published schemas, which never change, and not the classes, which will."""

    def since(cls: type) -> dict[str, Any]:
        found: dict[str, Any] = {name: "" for name, known in abouts(cls).items() if known.since == "1.1"}
        for field in attrs.fields(attrs.resolve_types(cls)):
            inner = next((one for one in (field.type, *getattr(field.type, "__args__", ())) if attrs.has(one)), None)
            if inner is not None and field.name not in found and (more := since(inner)):
                found[field.name] = more
        return found

    def new(shape: Shape) -> dict[str, Any]:
        return dict.fromkeys(shape.new, "") | {part.name: new(part.shape) for part in shape.parts}

    assert new(step(kind).shape) == since(cls)


def test_what_1_0_has_no_word_for_is_parked_in_the_extensions() -> None:
    told = explain_migration(contact(kind="org", emails=[{"address": "a@x"}, {"address": "b@x", "status": "ok"}]), "1.0")
    assert told.parked == ("$.kind", "$.emails[].status")
    assert told.document["emails"] == [{"address": "a@x"}, {"address": "b@x"}]
    assert sorted(json.loads(told.document["extensions"][KEY]).values()) == ["ok", "org"]
    assert "b@x" not in told.document["extensions"][KEY]  # who removes the address has removed it


@pytest.mark.parametrize("kind", ["consent_event", "activity"])
def test_what_has_no_place_of_its_own_is_parked_beside_or_left_out(kind: str) -> None:
    newer = EVENT if kind == "consent_event" else {
        "record": "a:1", "kind": "call", "at": "2026-07-01T00:00:00Z", "schema_version": "1.1", "ref": "<1@x>"
    }  # fmt: skip
    older = migrate(newer, "1.0")
    assert migrate(older, "1.1") == newer
    told = explain_migration(newer, "1.0", strict=True)
    assert told.document == {name: value for name, value in older.items() if name != "_parked"}
    assert told.dropped == (("$.proof",) if kind == "consent_event" else ("$.ref",))
    assert explain_migration(older, "1.0", strict=True).document == older  # a document of the version is not touched


def test_nothing_is_parked_where_nothing_is_new() -> None:
    newer = contact(name={"given": "Ana"}, owner="kim", owners=[{"role": "record", "who": "kim"}])
    assert migrate(newer, "1.0") == {"contact_id": "1", "schema_version": "1.0", "name": {"given": "Ana"}, "owner": "kim"}


def test_equal_items_keep_their_own_values() -> None:
    newer = contact(emails=[{"address": "a@x", "status": "ok"}, {"address": "a@x"}, {"address": "a@x", "status": "bad"}])
    older = migrate(newer, "1.0")
    assert migrate(older, "1.1") == newer
    del older["emails"][1]  # which of them is which is not certain any more
    told = explain_migration(older, "1.1")
    assert told.document["emails"] == [{"address": "a@x"}] * 2
    assert told.left == ("$.emails[].status",)


# Owners


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({"owner": "kim"}, "kim"),
        ({"owners": [{"role": "record", "who": "kim"}]}, "kim"),
        ({"owner": "kim", "owners": []}, "kim"),
        ({"owner": "kim", "owners": [{"role": "record", "who": "lee"}]}, "lee"),
        ({"owner": "", "owners": [{"role": "record", "who": "lee"}]}, "lee"),
        ({"owner": "lee", "owners": [{"role": "record", "who": "kim"}, {"role": "record", "who": "lee"}]}, "lee"),
        ({"owner": "kim", "owners": [{"role": "enrichment", "who": "lee"}]}, "kim"),
        ({"owners": [{"role": "enrichment", "who": "lee"}]}, None),
        ({"owners": []}, None),
        ({"owner": ""}, ""),
        ({}, None),
    ],
)
def test_the_owner_of_the_record_is_what_1_0_calls_owner(fields: dict[str, Any], owner: str | None) -> None:
    older = migrate(contact(**fields), "1.0")
    assert older.get("owner") == owner
    assert migrate(older, "1.1") == contact(**fields)


def test_a_new_owner_of_the_record_in_1_0_takes_the_place_of_the_old_one() -> None:
    owners = [{"role": "enrichment", "who": "lee"}, {"role": "record", "who": "kim"}]
    older = migrate(contact(owner="kim", owners=owners), "1.0")
    back = migrate({**older, "owner": "sam"})
    assert (back["owner"], back["owners"]) == ("sam", [owners[0], {"role": "record", "who": "sam"}])
    none = migrate({name: value for name, value in older.items() if name != "owner"})
    assert none["owners"] == [owners[0]]


# Restrictions


def test_a_restriction_becomes_blocks_of_1_0_and_comes_back() -> None:
    own = {"kind": "manual", "channel": "email", "reason": "restricted"}
    newer = contact(restrictions=["forget"], suppressions=[own, {"kind": "complaint", "channel": "sms"}])
    older = migrate(newer, "1.0")
    assert len(older["suppressions"]) == 2 + 9
    assert {one["channel"] for one in older["suppressions"][2:]} == set(published_schema("1.0")["$defs"]["Channel"]["enum"])
    assert migrate(older, "1.1") == newer
    harmless = contact(restrictions=["do_not_profile"], suppressions=[own])
    assert migrate(harmless, "1.0")["suppressions"] == [own]


def test_blocks_that_a_host_of_1_0_removed_come_back_with_the_restriction() -> None:
    older = migrate(contact(restrictions=["forget"]), "1.0")
    back = migrate({name: value for name, value in older.items() if name != "suppressions"})
    assert back["restrictions"] == ["forget"]
    assert migrate(back, "1.0") == older


def test_a_block_that_a_host_of_1_0_added_stays() -> None:
    older = migrate(contact(restrictions=["forget"]), "1.0")
    new = {"kind": "complaint", "channel": "email"}
    for place in (0, 4, 9):
        edited = {**older, "suppressions": [*older["suppressions"][:place], new, *older["suppressions"][place:]]}
        assert migrate(edited, "1.1") == contact(restrictions=["forget"], suppressions=[new])


def test_a_restriction_that_cannot_be_told_in_1_0_stops_the_step() -> None:
    with pytest.raises(InputError) as caught:
        migrate(contact(restrictions=["forget"], suppressions="none"), "1.0")
    assert caught.value.path == "$.suppressions"


# Extensions


def test_extensions_of_hosts_stay_as_they_are() -> None:
    extensions = {"acme.tier": "gold", "hubspot.Colour": "teal"}
    newer = contact(kind="org", extensions=extensions)
    older = migrate(newer, "1.0")
    assert older["extensions"] == {**extensions, KEY: '{"/kind":"org"}'}
    assert migrate(older, "1.1") == newer
    assert migrate({**older, "extensions": {**older["extensions"], "acme.new": "1"}}, "1.1")["extensions"] == {
        **extensions,
        "acme.new": "1",
    }


@pytest.mark.parametrize("text", ["", "nonsense", "{}", '{"/kind": "org"}', "[1]", "?", "!{}", '{"/kind":NaN}', "{" * 5000])
def test_a_text_of_somebody_else_where_we_park_comes_back(text: str) -> None:
    for version, other in (("1.0", "1.1"), ("1.1", "1.0")):
        document = {"contact_id": "1", "schema_version": version, "extensions": {KEY: text}}
        assert migrate(migrate(document, other), version) == document


def test_what_is_no_text_where_we_park_is_refused() -> None:
    with pytest.raises(InputError, match="no text"):
        migrate(contact(extensions={KEY: 1}), "1.0")
    with pytest.raises(InputError, match="an object"):
        migrate(contact(extensions=["x"]), "1.0")


# Steps to come


def test_a_chain_is_the_composition_of_its_steps() -> None:
    class Adds:
        holder = Holder(("extensions",), "parked.9")

        def take(self, document: Document) -> tuple[Document, Entries]:
            rest = {name: value for name, value in document.items() if name != "later"}
            return rest, {"/later": document["later"]} if "later" in document else {}

        def give(self, document: Document, entries: Entries) -> tuple[Document, Entries]:
            left = dict(entries)
            return ({**document, "later": left.pop("/later")}, left) if "/later" in left else (document, left)

        def settle(self, document: Document, entries: Entries) -> Document:
            return document

    steps = (_Step("1.0", "1.1", step), _Step("1.1", "9.9", lambda _: Adds()))
    newest = {**contact(kind="org", extensions={"a.b": "c"}, later=[1]), "schema_version": "9.9"}
    oldest = _walk(newest, "1.0", "contact", steps, strict=False).document
    between = _walk(newest, "1.1", "contact", steps, strict=False).document
    assert oldest == _walk(between, "1.0", "contact", steps, strict=False).document
    assert sorted(oldest["extensions"]) == ["a.b", KEY, "parked.9"]
    assert _walk(oldest, "9.9", "contact", steps, strict=False).document == newest
    assert (
        _walk(_walk(oldest, "1.1", "contact", steps, strict=False).document, "9.9", "contact", steps, strict=False).document
        == newest
    )


def test_a_new_word_is_parked_as_a_whole_and_a_required_one_needs_a_table() -> None:
    def schema(words: list[str], required: list[str]) -> dict[str, Any]:
        item = {"properties": {"id": {"type": "string"}, "colour": {"$ref": "#/$defs/Colour"}}, "required": ["id", *required]}
        root = {"properties": {"items": {"type": "array", "items": {"$ref": "#/$defs/Item"}}}}
        return {"title": "T", **root, "$defs": {"Item": item, "Colour": {"enum": words}}}

    shape = difference(schema(["red"], []), schema(["red", "blue"], []), "T", {})
    item = Shape(frozenset(), {"colour": frozenset({"blue"})}, ())
    assert shape == Shape(frozenset(), {}, (Part("items", item, many=True, identity=("id",)),))
    with pytest.raises(ConfigError, match=r"Item\.colour"):
        difference(schema(["red"], ["colour"]), schema(["red", "blue"], ["colour"]), "T", {})
    with pytest.raises(ConfigError, match=r"Item\.colour"):  # no word of the older version
        difference(
            schema(["red"], ["colour"]),
            schema(["red", "blue"], ["colour"]),
            "T",
            {},
            stand_ins={"Item.colour": {"blue": "green"}},
        )

    table = {"Item.colour": {"blue": "red"}}
    shape = difference(schema(["red"], ["colour"]), schema(["red", "blue"], ["colour"]), "T", {"Item": ("id",)}, stand_ins=table)
    newer = {"items": [{"id": "1", "colour": "blue"}, {"id": "2", "colour": "red"}]}
    entries: dict[str, Any] = {}
    older = take(newer, shape, "", entries)
    assert older == {"items": [{"id": "1", "colour": "red"}, {"id": "2", "colour": "red"}]}
    assert newer["items"][0]["colour"] == "blue"
    assert give({"items": older["items"][::-1]}, shape, entries) == ({"items": newer["items"][::-1]}, {})
    changed = {"items": [{"id": "1", "colour": "white"}]}
    assert give(changed, shape, entries) == (changed, entries)  # what the host wrote stays, and the word stays parked
