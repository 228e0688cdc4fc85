from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.formats.jscontact.vcard import from_properties, to_properties
from canonical_contact.formats.vcard.properties import Property

Json = dict[str, Any]
# The examples of RFC 9553, 9554 and 9555, one a line: a card, and what it is in a vCard.
EXAMPLES: list[Json] = json.loads(Path(__file__).parents[2].joinpath("data/jscontact/rfc9555.json").read_text(encoding="utf-8"))


def properties_of(example: Json) -> list[Property]:
    return [
        Property(name, value, {key: tuple(texts) for key, texts in params.items()}, group)
        for group, name, params, value in example["properties"]
    ]


def whole(card: Json) -> Json:
    return {"@type": "Card", "version": "2.0", **card}


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["name"] for example in EXAMPLES])
class TestExamples:
    def test_a_card_becomes_the_properties(self, example: Json) -> None:
        wanted = properties_of(example)
        names = {one.name for one in wanted} | {"FN", "N"}
        found = [
            Property(
                one.name,
                one.value,
                {key: one.params[key] for key in one.params if key != "PROP-ID" or _named(wanted, one.name)},
                one.group,
            )
            for one in to_properties(whole(example["card"]))
        ]
        for one in wanted:
            assert one in found
        assert {one.name for one in found} <= names

    def test_the_properties_become_the_card(self, example: Json) -> None:
        found = from_properties(properties_of(example))
        for name, value in example["card"].items():
            assert _without_ids(found[name], value) == _without_ids(value, value)

    def test_a_card_comes_back_as_it_was(self, example: Json) -> None:
        card = whole(example["card"])
        assert from_properties(to_properties(card)) == card


def _named(wanted: list[Property], name: str) -> bool:
    return any(one.name == name and "PROP-ID" in one.params for one in wanted)


def _without_ids(found: Any, like: Any) -> Any:
    """Maps without the ids that the properties do not state."""
    return (
        list(found.values())
        if isinstance(like, dict) and set(found) != set(like) and all(isinstance(one, dict) for one in like.values())
        else found
    )


def line(name: str, value: str, group: str = "", **params: str | tuple[str, ...]) -> Property:
    found = {key.replace("_", "-"): (one,) if isinstance(one, str) else one for key, one in params.items()}
    return Property(name, value, found, group)


class TestFromProperties:
    @pytest.mark.parametrize(
        ("properties", "name", "value"),
        [
            ([line("FN", "A", DERIVED="TRUE")], "name", None),
            ([line("N", "Doe;John;;;Jr.;;Jr.")], "name", {"components": [{"kind": "given", "value": "John"}, {"kind": "surname", "value": "Doe"}, {"kind": "generation", "value": "Jr."}]}),
            ([line("N", "Perez,Casa;Ana;;;;Casa")], "name", {"components": [{"kind": "given", "value": "Ana"}, {"kind": "surname", "value": "Perez"}, {"kind": "surname2", "value": "Casa"}]}),
            ([line("N", "Doe;Jane;;;", JSCOMPS=";9;0")], "name", {"components": [{"kind": "given", "value": "Jane"}, {"kind": "surname", "value": "Doe"}], "vCardParams": {"jscomps": ";9;0"}}),
            ([line("NICKNAME", "Jim,Jimmie")], "nicknames", {"k1": {"name": "Jim"}, "k2": {"name": "Jimmie"}}),
            ([line("TEL", "1", TYPE=("cell", "x-boat")), line("TEL", "2", PREF="0")], "phones", {"p1": {"number": "1", "features": {"mobile": True}, "vCardParams": {"type": "x-boat"}}, "p2": {"number": "2", "vCardParams": {"pref": "0"}}}),
            ([line("EMAIL", "a", "item1"), line("X-ABLABEL", "_$!<Home>!$_", "item1")], "emails", {"e1": {"address": "a", "label": "_$!<Home>!$_"}}),
            ([line("EMAIL", "a", "item1")], "emails", {"e1": {"address": "a", "vCardParams": {"group": "item1"}}}),
            ([line("ADR", ";;Weg 1;Bonn;;;", "item1"), line("X-ABLABEL", "Boat", "item1")], "addresses", {"a1": {"components": [{"kind": "name", "value": "Weg 1"}, {"kind": "locality", "value": "Bonn"}], "canonical-contact.dev:fields": {"label": "Boat"}}}),
            ([line("ADR", ";Apt 4;Weg 1;Bonn;;;")], "addresses", {"a1": {"components": [{"kind": "name", "value": "Weg 1"}, {"kind": "apartment", "value": "Apt 4"}, {"kind": "locality", "value": "Bonn"}]}}),
            ([line("BDAY", "1985-04-12")], "anniversaries", {"b1": {"kind": "birth", "date": {"year": 1985, "month": 4, "day": 12}}}),
            ([line("BDAY", "circa 1800", VALUE="text")], "vCardProps", [["bday", {}, "text", "circa 1800"]]),
            ([line("BDAY", "1604-04-12", X_APPLE_OMIT_YEAR="1604")], "anniversaries", {"b1": {"kind": "birth", "date": {"month": 4, "day": 12}, "vCardParams": {"x-apple-omit-year": "1604"}}}),
            ([line("DEATHDATE", "19960415T231000")], "vCardProps", [["deathdate", {}, "unknown", "19960415T231000"]]),
            ([line("BIRTHPLACE", "Bonn")], "vCardProps", [["birthplace", {}, "unknown", "Bonn"]]),
            ([line("GENDER", "M;Fellow")], "vCardProps", [["gender", {}, "text", ["M", "Fellow"]]]),
            ([line("UID", "a", VALUE="text"), line("UID", "b", VALUE="text")], "vCardProps", [["uid", {}, "text", "b"]]),
            ([line("REV", "yesterday")], "vCardProps", [["rev", {}, "unknown", "yesterday"]]),
            ([line("JSPROP", "{", JSPTR="a")], "vCardProps", [["jsprop", {"jsptr": "a"}, "unknown", "{"]]),
            ([line("JSPROP", "1", JSPTR="version/x")], "vCardProps", [["jsprop", {"jsptr": "version/x"}, "unknown", "1"]]),
            ([line("JSPROP", "1", JSPTR="")], "", 1),
            ([line("JSPROP", "1")], "vCardProps", [["jsprop", {}, "unknown", "1"]]),
            ([line("ADR", r";Apt 4;Oak St 12\, rear;Bonn;;;;;4;;12;Oak St", "item1"), line("X-ABLABEL", "Boat", "item1")], "addresses", {"a1": {"components": [{"kind": "number", "value": "12"}, {"kind": "name", "value": "Oak St"}, {"kind": "apartment", "value": "4"}, {"kind": "locality", "value": "Bonn"}], "canonical-contact.dev:fields": {"extended": "Apt 4", "street": "Oak St 12, rear", "label": "Boat"}}}),
            ([line("URL", r"https://example.org/a\,b")], "links", {"l1": {"uri": "https://example.org/a,b"}}),
            ([line("X-SPOUSE", r"Ana\, Maria", VALUE="text")], "vCardProps", [["x-spouse", {}, "text", "Ana, Maria"]]),
            ([line("CATEGORIES", "a,b", PREF="1")], "keywords", {"a": True, "b": True}),
        ],
    )  # fmt: skip
    def test_what_is_made_of_them(self, properties: list[Property], name: str, value: object) -> None:
        assert from_properties(properties).get(name) == value

    @pytest.mark.parametrize("depth", [3, 5000])
    def test_json_of_any_depth_does_not_raise(self, depth: int) -> None:
        assert "@type" in from_properties(
            [line("JSPROP", "[" * depth, JSPTR="a"), line("JSPROP", "1", JSPTR="/".join("a" * depth))]
        )


class TestToProperties:
    def test_a_card_without_a_name_has_a_line_all_the_same(self) -> None:
        (one, _) = to_properties(whole({"emails": {"e1": {"address": "ana@example.org"}}}))
        assert (one.name, one.value, one.params) == ("FN", "ana@example.org", {"DERIVED": ("TRUE",)})

    def test_ids_are_stated_where_they_are_not_those_that_a_reader_makes(self) -> None:
        card = whole({"emails": {"e1": {"address": "a"}, "x": {"address": "b"}, "e3": {"address": "c", "example.com:a": 1}}})
        found = [one.params.get("PROP-ID", ("",))[0] for one in to_properties(card) if one.name == "EMAIL"]
        assert found == ["", "x", "e3"]

    @pytest.mark.parametrize("plain", [{"": 5}, {"": {"": 5}}, {"a": {"": 1}}, {"emails": {"e1": {"address": "a", "": 7}}}])
    def test_members_without_a_name_come_back(self, plain: Json) -> None:
        assert from_properties(to_properties(whole(plain))) == whole(plain)

    @pytest.mark.parametrize(
        "value", [";Apt 4;Oak St 12;Bonn;;;;;4;;12;Oak St;;;;;;", r";;a\, b;;;;;;;;;a;;;;;;", ";;Weg;;;;;;;;;;;;;Ort;;"]
    )
    def test_the_older_fields_of_an_address_keep_what_they_say(self, value: str) -> None:
        (made,) = [one for one in to_properties(from_properties([line("ADR", value)])) if one.name in ("ADR", "JSPROP")]
        assert made == line("ADR", value)

    def test_a_group_in_capitals_travels_in_json(self) -> None:
        card = whole({"emails": {"e1": {"address": "a", "vCardParams": {"group": "iU"}}}})
        found = to_properties(card)
        assert not any(one.group for one in found)
        assert from_properties(found) == card

    def test_a_street_that_properties_cannot_say_travels_in_json(self) -> None:
        parts = [{"kind": "name", "value": "Weg"}, {"kind": "locality", "value": "Bonn"}]
        for own in ({"street": "Weg"}, {"street": "a\x01"}, {"street": "W", "x": 1}, {"extended": "A"}, {"street": 5}):
            card = whole({"addresses": {"a1": {"components": parts, "canonical-contact.dev:fields": own}}})
            assert from_properties(to_properties(card)) == card

    def test_control_characters_travel_in_json(self) -> None:
        card = whole(
            {"notes": {"n1": {"note": "a\x00b\x7f"}}, "name": {"full": "A\r"}, "a\x01b": 1, "emails": {"e\x02": {"address": "x"}}}
        )
        found = to_properties(card)
        assert not [one for one in found if any(ord(sign) < 32 or ord(sign) == 127 for sign in one.value + str(one.params))]
        back = from_properties(found)
        assert back["notes"] == card["notes"]
        assert back["name"] == card["name"]

    def test_lone_surrogates_travel_in_json(self) -> None:
        card = whole({"notes": {"n1": {"note": "a\ud800"}}})
        assert [one.value.encode() for one in to_properties(card)]
        assert from_properties(to_properties(card)) == card

    @pytest.mark.parametrize(
        "value", [None, 5, "x", [], {}, {"e1": None}, {"e1": {"address": 5}}, {"": {"address": "a"}}, [{"address": "a"}]]
    )
    def test_what_has_the_wrong_type_comes_back(self, value: object) -> None:
        for name in (
            "emails",
            "phones",
            "name",
            "keywords",
            "speakToAs",
            "vCardProps",
            "titles",
            "addresses",
            "uid",
            "created",
            "kind",
            "relatedTo",
            "anniversaries",
        ):
            card = whole({name: value})
            if value != [] or name != "vCardProps":
                assert from_properties(to_properties(card)) == card, name
