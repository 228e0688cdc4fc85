from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

from canonical_contact.errors import InputError, Problem
from canonical_contact.formats._loss import LossReport
from canonical_contact.formats.jscontact.codec import card_of, contact_of, read, write
from canonical_contact.model import (
    AddressPart,
    Anniversary,
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    ContactKind,
    EmailAddress,
    EmailStatus,
    Name,
    OnlineService,
    Organization,
    PhoneNumber,
    PostalAddress,
    Revenue,
    Verification,
    VerificationStatus,
)
from jscontact_rules import faults

Json = dict[str, Any]
ID = "019f1af9-b400-7708-9871-081bf9502cb8"
OURS = "canonical-contact.dev:"


def no(problem: Problem) -> None:
    raise AssertionError(problem)


def card(contact: Contact, **options: Any) -> Json:
    written = card_of(contact, **options)
    assert faults(written) == []
    return {
        name: one for name, one in written.items() if name not in ("@type", "version", "uid", "prodId", f"{OURS}schema_version")
    }


def read_card(plain: Json) -> tuple[Contact, list[str]]:
    problems: list[Problem] = []
    contact = contact_of({"@type": "Card", "version": "2.0", **plain}, problems.append)
    return contact, [f"{one.code} {one.path}" for one in problems if one.code != "jscontact.uid_missing"]


class TestCardOf:
    @pytest.mark.parametrize(
        ("contact", "written"),
        [
            (Contact(contact_id=ID), {}),
            (Contact(contact_id=ID, kind=ContactKind.ORG), {"kind": "org"}),
            (Contact(contact_id=ID, created_at=datetime(2026, 7, 1, 12, tzinfo=UTC)), {"created": "2026-07-01T12:00:00Z"}),
            (Contact(contact_id=ID, name=Name(full="Dr. Ana López", title="Dr.", given="Ana", surname="López", phonetic_given="Ana", phonetic_system="ipa", sort_as="Lopez")),
             {"name": {"components": [{"kind": "title", "value": "Dr."}, {"kind": "given", "value": "Ana", "phonetic": "Ana"}, {"kind": "surname", "value": "López"}], "full": "Dr. Ana López", "phoneticSystem": "ipa", "sortAs": {"surname": "Lopez"}}}),
            (Contact(contact_id=ID, emails=(EmailAddress("a@example.org", "a@example.org", ("work",), "", 1, verification=Verification(VerificationStatus.VERIFIED, "event"), status=EmailStatus.OK),)),
             {"emails": {"e1": {"address": "a@example.org", "contexts": {"work": True}, "pref": 1, f"{OURS}fields": {"key": "a@example.org", "verification": {"status": "verified", "method": "event"}, "status": "ok"}}}}),
            (Contact(contact_id=ID, emails=(EmailAddress("a", contexts=("work", "boat", "work"), pref=200),)),
             {"emails": {"e1": {"address": "a", "contexts": {"work": True}, f"{OURS}fields": {"contexts": ["work", "boat", "work"], "pref": 200}}}}),
            (Contact(contact_id=ID, phones=(PhoneNumber("+4930123456", "12", features=("mobile",)),)), {"phones": {"p1": {"number": "tel:+4930123456;ext=12", "features": {"mobile": True}}}}),
            (Contact(contact_id=ID, phones=(PhoneNumber("030 12"),)), {"phones": {"p1": {"number": "030 12"}}}),
            (Contact(contact_id=ID, addresses=(PostalAddress(street="Weg 1", locality="Bonn", country_code="DE", label="Boat"),)),
             {"addresses": {"a1": {"components": [{"kind": "name", "value": "Weg 1"}, {"kind": "locality", "value": "Bonn"}], "countryCode": "DE", f"{OURS}fields": {"label": "Boat"}}}}),
            (Contact(contact_id=ID, addresses=(PostalAddress(street="Weg 1", parts=(AddressPart("name", "Weg"), AddressPart("number", "1"))),)),
             {"addresses": {"a1": {"components": [{"kind": "name", "value": "Weg"}, {"kind": "number", "value": "1"}], "isOrdered": True}}}),
            (Contact(contact_id=ID, time_zone="Europe/Berlin"), {"addresses": {"z1": {"timeZone": "Europe/Berlin"}}}),
            (Contact(contact_id=ID, organizations=(Organization("Acme", ("Sales",)),), titles=("Boss",), roles=("Buyer",)),
             {"organizations": {"o1": {"name": "Acme", "units": [{"name": "Sales"}]}}, "titles": {"t1": {"name": "Boss"}, "r1": {"kind": "role", "name": "Buyer"}}}),
            (Contact(contact_id=ID, online_services=(OnlineService("https://example.org", "website"), OnlineService("@ana", "mastodon"))),
             {"onlineServices": {"s2": {"service": "mastodon", "user": "@ana"}}, "links": {"l1": {"uri": "https://example.org"}}}),
            (Contact(contact_id=ID, birthday="--07-12", anniversaries=(Anniversary("2001-06-30", "wedding"), Anniversary("2001", "start", "First day"))),
             {"anniversaries": {"b1": {"kind": "birth", "date": {"month": 7, "day": 12}}, "d1": {"kind": "wedding", "date": {"year": 2001, "month": 6, "day": 30}}, "d2": {"kind": f"{OURS}other", "date": {"year": 2001}, f"{OURS}fields": {"kind": "start", "label": "First day"}}}}),
            (Contact(contact_id=ID, birthday="spring"), {f"{OURS}birthday": "spring"}),
            (Contact(contact_id=ID, gender="female", grammatical_gender="feminine", pronouns=("she/her",)),
             {"vCardProps": [["gender", {}, "text", ["", "female"]]], "speakToAs": {"grammaticalGender": "feminine", "pronouns": {"q1": {"pronouns": "she/her"}}}}),
            (Contact(contact_id=ID, preferred_languages=("de", "en-GB")), {"preferredLanguages": {"g1": {"language": "de", "pref": 1}, "g2": {"language": "en-GB", "pref": 2}}}),
            (Contact(contact_id=ID, tags=("a", "b")), {"keywords": {"a": True, "b": True}}),
            (Contact(contact_id=ID, tags=("a", "a")), {"keywords": {"a": True}, f"{OURS}tags": ["a", "a"]}),
            (Contact(contact_id=ID, consent=(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.DENIED),), extensions={"crm.x": "1"}),
             {f"{OURS}consent": [{"channel": "email", "purpose": "marketing", "state": "denied"}], f"{OURS}extensions": {"crm.x": "1"}}),
        ],
    )  # fmt: skip
    def test_words_of_the_standard_and_ours(self, contact: Contact, written: Json) -> None:
        assert card(contact) == written
        assert contact_of(card_of(contact), no) == contact

    def test_the_id_is_a_urn(self) -> None:
        assert card_of(Contact(contact_id=ID))["uid"] == f"urn:uuid:{ID}"
        assert card_of(Contact(contact_id="x@example.org"))["uid"] == "x@example.org"

    @pytest.mark.parametrize("contact_id", ["", "urn:uuid:x", f"urn:uuid:{ID}", ID.upper()])
    @pytest.mark.parametrize("version", ["1.0", "2.0"])
    def test_any_id_comes_back(self, contact_id: str, version: str) -> None:
        written = card_of(Contact(contact_id=contact_id), version=version)
        assert faults(written) == []
        assert contact_of(written, no).contact_id == contact_id

    def test_numbers_that_json_lacks_are_losses(self) -> None:
        losses = LossReport("jscontact")
        contact = Contact(contact_id=ID, score=float("nan"), revenue=Revenue(float("inf"), last_deal_amount=2.0))
        written = card_of(contact, losses)
        json.dumps(written, allow_nan=False)
        assert [one.path for one in losses] == ["$.score", "$.revenue.total"]
        assert contact_of(written, no).revenue == Revenue(last_deal_amount=2.0)

    def test_another_version_is_refused(self) -> None:
        with pytest.raises(InputError, match=r"3\.0"):
            card_of(Contact(contact_id=ID), version="3.0")

    def test_an_extension_whose_entry_is_gone_is_carried_all_the_same(self) -> None:
        extensions = {
            "jscontact./emails/home/x": "1",
            "jscontact.ids.emails": '["home"]',
            "vcard.X-A": "1",
            "vcard.not a name": "2",
        }
        contact = Contact(contact_id=ID, extensions=extensions)
        written = card(contact)
        assert written["vCardProps"] == [["x-a", {}, "unknown", "1"]]
        assert contact_of(card_of(contact), no) == contact


class TestContactOf:
    @pytest.mark.parametrize(
        ("plain", "extensions"),
        [
            ({"language": "de"}, {"jscontact./language": '"de"'}),
            ({"emails": {"home": {"address": "a", "x.org:b": [1]}}}, {"jscontact./emails/home/x.org:b": "[1]", "jscontact.ids.emails": '["home"]'}),
            ({"media": {"m": {"@type": "Media", "kind": "photo", "uri": "cid:a"}}}, {"jscontact./media": '{"m":{"kind":"photo","uri":"cid:a"}}'}),
            ({"a/b~c": 1}, {"jscontact./a~1b~0c": "1"}),
            ({"vCardProps": [["x-foo", {"type": "home"}, "unknown", "bar"], ["x-foo", {"type": "home"}, "text", "b,c"]]},
             {"vcard.X-FOO;TYPE=home": "bar", "vcard.X-FOO;TYPE=home;VALUE=text": r"b\,c"}),
            ({"kind": "device"}, {"jscontact./kind": '"device"'}),
            ({"prodId": "other"}, {"jscontact./prodId": '"other"'}),
            ({"keywords": {"a": False}}, {"jscontact./keywords/a": "false"}),
        ],
    )  # fmt: skip
    def test_what_has_no_field_is_kept_and_put_back(self, plain: Json, extensions: dict[str, str]) -> None:
        contact, _ = read_card(plain)
        assert contact.extensions == extensions
        written = card_of(contact)
        assert {name: written[name] for name in plain} == json.loads(json.dumps(plain).replace('"@type": "Media", ', ""))

    @pytest.mark.parametrize(
        ("plain", "problem"),
        [
            ({"emails": {"e1": {"address": 5}}}, "jscontact.wrong_type $.emails.e1.address"),
            ({"emails": []}, "jscontact.wrong_type $.emails"),
            ({"emails": {"e1": {"address": "a", "pref": 101}}}, "jscontact.wrong_type $.emails.e1.pref"),
            ({"emails": {"e1": {"address": "a", f"{OURS}fields": {"key": 1}}}}, f"jscontact.wrong_type $.emails.e1.{OURS}fields.key"),
            ({"name": "Ana"}, "jscontact.wrong_type $.name"),
            ({"name": {"components": [{"kind": "given"}]}}, "jscontact.wrong_type $.name.components[0]"),
            ({"created": "yesterday"}, "jscontact.time $.created"),
            ({"version": "7"}, "jscontact.version $.version"),
            ({"anniversaries": {"b1": {"kind": "birth", "date": {"day": 3}}}}, "jscontact.date $.anniversaries.b1.date"),
            ({"anniversaries": {"b1": {"kind": "birth", "date": {"year": 5786, "calendarScale": "hebrew"}}}}, "jscontact.date $.anniversaries.b1.date"),
            ({"links": {"l1": {"uri": "no uri"}}}, "jscontact.wrong_type $.links.l1.uri"),
            ({"links": {"l1": {"uri": "www.example.org/a b"}}}, "jscontact.wrong_type $.links.l1.uri"),
            ({"uid": 5}, "jscontact.wrong_type $.uid"),
            ({f"{OURS}claims": 5}, f"jscontact.own_property $.{OURS}claims"),
            ({f"{OURS}nothing": 5}, f"jscontact.own_property $.{OURS}nothing"),
        ],
    )  # fmt: skip
    def test_faults_are_told_and_kept(self, plain: Json, problem: str) -> None:
        contact, problems = read_card(plain)
        assert problems == [problem]
        again = contact_of(card_of(contact), lambda _: None)
        assert again == contact

    def test_names_of_several_parts_are_joined(self) -> None:
        parts = [{"kind": "given2", "value": "A."}, {"kind": "given", "value": "Ana"}, {"kind": "given2", "value": "B."}]
        contact, _ = read_card({"name": {"components": parts}})
        assert contact.name == Name(given="Ana", given2="A. B.")
        components = card_of(contact)["name"]["components"]
        assert [part["value"] for part in components] == ["Ana", "A.", "B."]

    def test_a_number_keeps_how_it_was_written(self) -> None:
        contact, _ = read_card({"phones": {"p1": {"number": "tel:+1-555-555-5555;ext=5555"}}})
        assert (contact.phones[0].number, contact.phones[0].extension) == ("+15555555555", "5555")
        assert card_of(contact)["phones"]["p1"]["number"] == "tel:+1-555-555-5555;ext=5555"

    def test_a_card_without_a_uid_gets_an_id_of_its_content(self) -> None:
        first, second = read_card({"name": {"full": "A"}})[0], read_card({"name": {"full": "B"}})[0]
        assert first.contact_id != second.contact_id
        assert read_card({"name": {"full": "A"}})[0].contact_id == first.contact_id
        assert first.contact_id[14] == "7"

    def test_case_that_says_nothing_is_not_kept(self) -> None:
        contact, _ = read_card(
            {"vCardProps": [["x-a", {"group": "iU"}, "Unknown", "1"], ["x-b", {"value": "URI"}, "unknown", "2"]]}
        )
        assert contact.extensions == {"vcard.iu.X-A": "1", "vcard.X-B;VALUE=uri": "2"}

    @pytest.mark.parametrize(("kind", "service"), [({}, "website"), ({"kind": "contact"}, "contact")])
    @pytest.mark.parametrize("uri", ["www.example.org", "example.org/a?b=1", "münchen.example", "a.b.example.org#c"])
    def test_a_link_without_a_scheme_is_read(self, uri: str, kind: Json, service: str) -> None:
        contact, problems = read_card({"links": {"l1": {"uri": uri, **kind}}})
        assert problems == []
        assert contact.online_services == (OnlineService(uri, service),)
        assert card_of(contact)["links"]["l1"]["uri"] == uri
        assert contact_of(card_of(contact), no) == contact
        written = card_of(evolve(contact, extensions={}))
        assert written["links"]["l1"]["uri"] == f"https://{uri}"
        assert faults(written) == []
        assert contact_of(written, no).online_services == contact.online_services

    def test_languages_are_in_the_order_of_their_ranks(self) -> None:
        languages = {"l1": {"language": "en"}, "l2": {"language": "de", "pref": 1}}
        contact, _ = read_card({"preferredLanguages": languages})
        assert contact.preferred_languages == ("de", "en")

    def test_our_entries_are_in_the_order_of_their_numbers(self) -> None:
        contact, _ = read_card({"emails": {"e2": {"address": "b"}, "e1": {"address": "a"}}})
        assert [one.address for one in contact.emails] == ["a", "b"]
        assert contact.extensions == {}


def found(data: bytes, **options: Any) -> tuple[list[str], list[tuple[str, int]]]:
    problems: list[Problem] = []
    ids = [one.contact_id for one in read(io.BytesIO(data), problems.append, **options)]
    return ids, [(one.code, one.line) for one in problems]


class TestReadAndWrite:
    @pytest.mark.parametrize(
        ("data", "ids"),
        [
            (b'{"@type":"Card","uid":"a"}', ["a"]),
            (b'{"@type":"Card","uid":"a"}\n\n{"@type":"Card","uid":"b"}\n', ["a", "b"]),
            (b'[{"@type":"Card","uid":"a"},{"uid":"b","emails":{}}]', ["a", "b"]),
            (b'{"list":[{"@type":"Card","uid":"a"}],"notFound":[]}', ["a"]),
            (b'{"methodResponses":[["ContactCard/get",{"list":[{"@type":"Card","uid":"a"}]},"c1"]]}', ["a"]),
            (b'{"@type":"CardGroup","uid":"g","members":{"a":true},"card":{"@type":"Card","name":{"full":"G"}}}', ["g"]),
        ],
    )
    def test_cards_are_found_where_they_are(self, data: bytes, ids: list[str]) -> None:
        assert found(data) == (ids, [])

    def test_what_is_no_card_is_told_with_its_line(self) -> None:
        assert found(b'{"@type":"Card","uid":"a"}\n{"x":1}\n5\n{') == (
            ["a"],
            [("jscontact.not_a_card", 2), ("jscontact.not_a_card", 3), ("json.cut_off", 4)],
        )

    def test_a_name_that_stands_twice_is_told(self) -> None:
        problems: list[Problem] = []
        data = b'\n{"@type":"Card","uid":"a","x":1,\n"x":{"y":2,"y":2},"x":3,"emails":{"e1":{"address":"b"},"e1":{"address":"c"}}}\n{"uid":"d","emails":{}}'
        assert [one.emails[0].address for one in read(io.BytesIO(data), problems.append) if one.emails] == ["c"]
        assert [(one.code, one.raw, one.line) for one in problems] == [("json.repeated_name", "e1; x: 1; x", 2)]

    def test_limits(self) -> None:
        assert found(b'{"@type":"Card","uid":"a","x":[[[[]]]]}', max_depth=3) == ([], [("json.too_deep", 1)])

    @pytest.mark.parametrize("name", ["media", "cryptoKeys", "links"])
    def test_huge_base64_is_refused_and_the_rest_is_read(self, name: str) -> None:
        huge, small = ({"kind": "photo", "uri": f"data:image/png;base64,{'QUJD' * count}"} for count in (1_000_000, 1))
        card = {"@type": "Card", "uid": "a", name: {"m/1": huge, "m2": small}}
        problems: list[Problem] = []
        (contact,) = read(io.BytesIO(b"\n" + json.dumps(card).encode()), problems.append)
        (told,) = problems
        assert (told.code, told.path, told.line) == ("jscontact.binary_left_out", f"$.{name}.m/1.uri", 2)
        assert len(told.raw) <= 200
        assert "QUJDQUJD" not in "".join(contact.extensions.values())
        assert card_of(contact)[name] == {"m2": small}

    @pytest.mark.parametrize(("options", "data"), [({}, b""), ({"array": True}, b"[]\n")])
    def test_nothing_is_written_well(self, options: dict[str, Any], data: bytes) -> None:
        stream = io.BytesIO()
        write([], stream, LossReport("jscontact"), **options)
        assert stream.getvalue() == data

    def test_lone_surrogates_are_written_as_escapes(self) -> None:
        stream = io.BytesIO()
        contact = Contact(contact_id=ID, notes=("a\ud800",))
        write([contact], stream, LossReport("jscontact"))
        stream.seek(0)
        assert list(read(stream, no)) == [contact]
