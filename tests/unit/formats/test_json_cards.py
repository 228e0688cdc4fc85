from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.formats import SourceKind, discover, read
from canonical_contact.formats.exchange import write_contacts
from canonical_contact.model import (
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    EvidenceKind,
    Lifecycle,
    LifecycleStage,
    RawRecord,
    Restriction,
    Suppression,
    SuppressionKind,
    Verification,
    VerificationStatus,
)

Json = dict[str, Any]


def card(**more: Any) -> Json:
    return {"@type": "Card", "version": "2.0", "uid": "urn:uuid:a8325755-a21d-456a-bb8b-8dc75165164c", **more}


def records(folder: Path, *cards: object, name: str = "cards.json") -> list[RawRecord]:
    file = folder / name
    file.write_text(json.dumps(list(cards)), encoding="utf-8")
    return list(read(file))


class TestDiscover:
    @pytest.mark.parametrize(
        ("name", "text", "preset"),
        [
            ("a.json", json.dumps(card()), "jscontact"),
            ("a.jsonl", json.dumps(card()) + "\n" + json.dumps(card()), "jscontact"),
            ("a.jscontact", json.dumps([card()], indent=2), "jscontact"),
            ("a.ndjson", '{"version": "1.0", "uid": "a", "emails": {}}', "jscontact"),
            ("a.txt", json.dumps(card()), "jscontact"),
            ("a.jcard", '["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "A"]]]', "jcard"),
            ("a.json", '[["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "A"]]]]', "jcard"),
            ("package.json", '{"name": "x", "version": "1.0.0"}', None),
            ("list.json", "[1, 2]", None),
        ],
    )
    def test_files_are_told_by_what_they_hold(self, tmp_path: Path, name: str, text: str, preset: str | None) -> None:
        (tmp_path / name).write_text(text, encoding="utf-8")
        source = discover([tmp_path])[0]
        assert source.preset == preset
        assert source.kind is (SourceKind.CONTACTS if preset else SourceKind.SKIPPED)
        assert (source.problem is None) == (preset is not None)
        assert not preset or len(list(read(source))) == text.count('"fn"') + text.count('"uid"')

    def test_the_system_is_named_after_the_format_or_by_the_caller(self, tmp_path: Path) -> None:
        file = tmp_path / "a.json"
        file.write_text(json.dumps(card()), encoding="utf-8")
        assert [one.system for one in discover([file])] == ["jscontact"]
        assert [one.system for one in discover([], systems={"crm": file})] == ["crm"]


class TestValues:
    def test_all_of_a_card(self, tmp_path: Path) -> None:
        (one,) = records(
            tmp_path,
            card(
                name={"full": "Dr. Ana López", "components": [{"kind": "title", "value": "Dr."}, {"kind": "given", "value": "Ana"}, {"kind": "surname", "value": "López"}]},
                nicknames={"k1": {"name": "Anita"}},
                emails={"home": {"address": "Ana@Example.org", "contexts": {"private": True}, "pref": 1, "label": "Old"}},
                phones={"p": {"number": "tel:+49-30-123456;ext=12", "features": {"mobile": True}}},
                addresses={"a": {"components": [{"kind": "name", "value": "Weg 1"}, {"kind": "locality", "value": "Bonn"}], "countryCode": "DE"}, "z": {"timeZone": "Europe/Berlin"}},
                organizations={"o": {"name": "Acme", "units": [{"name": "Sales"}]}},
                titles={"t": {"name": "Boss"}, "r": {"name": "Buyer", "kind": "role"}},
                onlineServices={"s": {"service": "Mastodon", "uri": "https://a.example/@ana", "user": "@ana"}},
                links={"l": {"uri": "https://example.org"}},
                anniversaries={"b": {"kind": "birth", "date": {"year": 1980, "month": 2, "day": 1}}, "w": {"kind": "wedding", "date": {"month": 6, "day": 30}}},
                preferredLanguages={"l": {"language": "de"}},
                keywords={"friend": True},
                notes={"n": {"note": "hello"}},
                updated="2026-01-02T03:04:05Z",
                vCardProps=[["x-foo", {"type": "home"}, "unknown", "bar"]],
                **{"x.org:y": {"z": 1}},
            ),
        )  # fmt: skip
        assert one.record_id == "urn:uuid:a8325755-a21d-456a-bb8b-8dc75165164c"
        assert one.preset == "jscontact/1"
        assert dict(one.values) == {
            "name.full": "Dr. Ana López", "name.title": "Dr.", "name.given": "Ana", "name.surname": "López", "nicknames[0]": "Anita",
            "emails[0].address": "Ana@Example.org", "emails[0].label": "home,old", "emails[0].pref": "1",
            "phones[0].number": "+4930123456 ext. 12", "phones[0].label": "mobile",
            "addresses[0].street": "Weg 1", "addresses[0].locality": "Bonn", "addresses[0].country": "DE", "time_zone": "Europe/Berlin",
            "organizations[0].name": "Acme", "organizations[0].units": "Sales", "titles[0]": "Boss", "roles[0]": "Buyer",
            "online_services[0].uri": "https://a.example/@ana", "online_services[0].user": "@ana", "online_services[0].label": "mastodon",
            "online_services[1].uri": "https://example.org", "birthday": "1980-02-01", "anniversaries[0].date": "--06-30", "anniversaries[0].kind": "wedding",
            "preferred_languages[0]": "de", "tags[0]": "friend", "notes[0]": "hello", "updated_at": "2026-01-02T03:04:05+00:00",
            "extensions./phones/p/number": "tel:+49-30-123456;ext=12", "extensions.vcard.X-FOO;TYPE=home": "bar", "extensions./x.org:y": '{"z":1}',
        }  # fmt: skip
        assert one.raw["/emails/home/address"] == "Ana@Example.org"
        assert one.problems == ()

    def test_a_photo_is_kept_by_its_size(self, tmp_path: Path) -> None:
        (one,) = records(tmp_path, card(media={"m": {"kind": "photo", "uri": "data:image/png;base64," + "A" * 20_000}}))
        assert one.raw["/media/m/uri"] == "(20022 characters)"
        assert not any(path.startswith("extensions") for path in one.values)
        assert [problem.code for problem in one.problems] == ["jscontact.binary_left_out"]

    def test_what_is_no_person_is_left_out_with_a_line(self, tmp_path: Path) -> None:
        file = tmp_path / "a.jsonl"
        file.write_text("\n".join(json.dumps(one) for one in (card(), card(kind="group"), {"x": 1}, 5)), encoding="utf-8")
        reading = read(file)
        assert len(list(reading)) == 1
        assert [(one.code, one.line) for one in reading.problems] == [
            ("jscontact.not_a_person", 2),
            ("jscontact.not_a_card", 3),
            ("jscontact.not_a_card", 4),
        ]
        assert (reading.rows_read, reading.rows_skipped) == (1, 3)

    def test_faults_name_file_and_line(self, tmp_path: Path) -> None:
        (one,) = records(tmp_path, card(emails={"e": {"address": 5}}))
        assert [(problem.code, problem.file, problem.line) for problem in one.problems] == [
            ("jscontact.wrong_type", str(tmp_path / "cards.json"), 1)
        ]
        assert one.values["extensions./emails/e"] == '{"address":5}'

    def test_jcard_is_read_by_the_same_way(self, tmp_path: Path) -> None:
        file = tmp_path / "a.jcard"
        file.write_text(
            '["vcard", [["version", {}, "text", "4.0"], ["email", {"type": "work"}, "text", "a@b.c"]]]', encoding="utf-8"
        )
        (one,) = read(file)
        assert dict(one.values) == {"emails[0].address": "a@b.c", "emails[0].label": "work"}


class TestConsent:
    @pytest.mark.parametrize(
        ("more", "kind", "channel"),
        [
            ({"example.com:doNotCall": True}, EvidenceKind.UNMAPPED_OPT_OUT, "voice"),
            ({"emails": {"e1": {"address": "a", "crm.example:emailOptOut": "yes"}}}, EvidenceKind.UNMAPPED_OPT_OUT, "email"),
            ({"crm.example:settings": {"emailOptOut": True}}, EvidenceKind.UNMAPPED_OPT_OUT, "email"),
            ({"vCardProps": [["x-do-not-call", {}, "unknown", "1"]]}, EvidenceKind.UNMAPPED_OPT_OUT, "voice"),
            ({"notes": {"n1": {"note": "Bitte nicht mehr anrufen"}}}, EvidenceKind.OPT_OUT, "voice"),
        ],
    )
    def test_what_looks_like_a_refusal_blocks(self, tmp_path: Path, more: Json, kind: EvidenceKind, channel: str) -> None:
        (one,) = records(tmp_path, card(**more))
        assert (kind, channel) in [(shown.kind, shown.channel) for shown in one.evidence]

    def test_a_vendor_property_that_says_no_refusal_shows_nothing(self, tmp_path: Path) -> None:
        (one,) = records(tmp_path, card(**{"example.com:doNotCall": False}))
        assert one.evidence == ()

    def test_what_our_own_cards_state_blocks_or_is_a_claim(self, tmp_path: Path) -> None:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        contact = Contact(
            contact_id="x@example.org",
            emails=(EmailAddress("a@b.c", status=EmailStatus.BOUNCED, verification=Verification(VerificationStatus.FAILED, "bounce", at)), EmailAddress("d@b.c", verification=Verification(VerificationStatus.VERIFIED, "event", at))),
            consent=(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.WITHDRAWN, effective_at=at), ConsentRecord(Channel.SMS, "marketing", ConsentState.GRANTED), ConsentRecord(Channel.POST, "marketing", ConsentState.PENDING_CONFIRMATION, resume_state=ConsentState.DENIED)),
            suppressions=(Suppression(SuppressionKind.HARD_BOUNCE, Channel.EMAIL, "a@b.c"), Suppression(SuppressionKind.LITIGATOR, Channel.VOICE_LIVE)),
            restrictions=(Restriction.DO_NOT_PROCESS,),
            lifecycle=Lifecycle(LifecycleStage.CUSTOMER),
            owner="Osei", score=3.0, deleted=True,
        )  # fmt: skip
        stream = io.BytesIO()
        write_contacts([contact], stream, format="jscontact")
        (tmp_path / "a.jscontact").write_bytes(stream.getvalue())
        (one,) = read(tmp_path / "a.jscontact")
        shown = {(one.kind, one.channel) for one in one.evidence}
        assert {
            (EvidenceKind.OPT_OUT, "email"),
            (EvidenceKind.CLAIMED_OPT_IN, "sms"),
            (EvidenceKind.OPT_OUT, "post"),
            (EvidenceKind.OPT_OUT, "voice_live"),
        } <= shown
        values = dict(one.values)
        assert (values["emails[0].status"], values["emails[0].bounced"], values["emails[1].verified_method"]) == (
            "bounced",
            "bounce",
            "event",
        )
        assert (values["restrictions[0]"], values["lifecycle.stage"], values["owner"], values["score"], values["deleted"]) == (
            "do_not_process",
            "customer",
            "Osei",
            "3.0",
            "true",
        )


@pytest.mark.parametrize(
    "body",
    ['"phones":{"p1":{"number":"+34600123456","label":"do not call"}}', '"titles":{"t1":{"name":"DO NOT CALL"}}',
     '"notes":"please do not call her"', '"localizations":{"de":{"notes/n1/note":"Bitte nicht anrufen"}}'],
)  # fmt: skip
def test_a_wish_to_be_left_alone_is_heard_wherever_people_write_it(tmp_path: Path, body: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'{{"@type":"Card","version":"2.0","uid":"1",{body}}}')
    (record,) = read(path)
    assert [(shown.kind, shown.channel) for shown in record.evidence] == [(EvidenceKind.OPT_OUT, "voice")]
