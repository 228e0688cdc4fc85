"""Cards of all versions and of real programs, broken ones too."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from canonical_contact.formats import Limits, Reading, read
from canonical_contact.model import EvidenceKind, RawRecord

DATA = Path(__file__).parents[2] / "data" / "vcards"


def cards(folder: Path, text: str | bytes, **limits: int) -> Reading:
    path = folder / "a.vcf"
    path.write_bytes(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode())
    return read(path, limits=Limits(**limits))


def one(folder: Path, body: str, version: str = "3.0") -> RawRecord:
    (record,) = cards(folder, f"BEGIN:VCARD\nVERSION:{version}\n{body}\nEND:VCARD\n")
    return record


def test_version_21_as_phones_write_it(tmp_path: Path) -> None:
    body = (
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4C=C3=B6=77;=5A=6F=C3=AB;;;\nTEL;CELL;PREF:073-548\nTEL;WORK;FAX:1\nEMAIL;HOME:a@example.org\n"
        "ADR;HOME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;=4B=75=6E=67=73=76=C3=A4=\n=67=65=6E=20=34;Ulm;;89073;DE\nBDAY:1999-04-27\n"
        "NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0A=\ntwo"
    )
    record = one(tmp_path, body, "2.1")
    assert record.values == {
        "name.surname": "Löw", "name.given": "Zoë", "phones[0].number": "073-548", "phones[0].label": "mobile", "phones[0].pref": "1",
        "phones[1].number": "1", "phones[1].label": "work,fax", "emails[0].address": "a@example.org", "emails[0].label": "home",
        "addresses[0].street": "Kungsvägen 4", "addresses[0].locality": "Ulm", "addresses[0].postcode": "89073", "addresses[0].country": "DE",
        "addresses[0].label": "home", "birthday": "1999-04-27", "notes[0]": "one\ntwo",
    }  # fmt: skip
    assert (record.system, record.record_id, record.row, record.preset) == ("vcard", "", 1, "vcard/2")


def test_version_30_as_apple_writes_it(tmp_path: Path) -> None:
    body = (
        "PRODID:-//Apple Inc.//iPhone OS 17.5.1//EN\nN:Lopez;Ana;María,José;Dr.;Jr.\nFN:Dr. Ana Lopez\\, Jr.\nORG:Acme\\; Sons;Sales;\n"
        "item1.EMAIL;type=INTERNET;type=pref:a@example.org\nitem1.X-ABLabel:_$!<Home>!$_\nitem2.TEL:1\nitem2.X-ABLabel:Boat\n"
        "BDAY;X-APPLE-OMIT-YEAR=1604;value=date:1604-03-01\nUID:urn:uuid:1\nREV:2019-11-01T01:19:55Z\nCATEGORIES:A,B\\,C\nX-SOCIALPROFILE;type=linkedin:https://x.example\n"
        "X-SHOE:43\nNOTE:a lo\n ng note"
    )
    record = one(tmp_path, body)
    assert record.record_id == "urn:uuid:1"
    assert record.values == {
        "name.surname": "Lopez", "name.given": "Ana", "name.given2": "María José", "name.title": "Dr.", "name.suffix": "Jr.", "name.full": "Dr. Ana Lopez, Jr.",
        "organizations[0].name": "Acme; Sons", "organizations[0].units": "Sales", "emails[0].address": "a@example.org", "emails[0].label": "home",
        "emails[0].pref": "1", "phones[0].number": "1", "phones[0].label": "boat", "birthday": "--03-01", "updated_at": "2019-11-01T01:19:55Z",
        "tags[0]": "A", "tags[1]": "B,C", "online_services[0].uri": "https://x.example", "online_services[0].label": "linkedin", "extensions.X-SHOE": "43",
        "notes[0]": "a long note",
    }  # fmt: skip
    assert record.columns["phones[0].number"] == "item2.TEL"
    assert record.raw["item1.EMAIL;type=INTERNET;type=pref"] == "a@example.org"


def test_version_40(tmp_path: Path) -> None:
    body = (
        'KIND:individual\nN:Lopez;Ana;;;\nTEL;PREF=1;TYPE="cell,voice";VALUE=uri:tel:+1-201-555-0123;ext=7\nEMAIL;PREF=2;TYPE=work:mailto:a@example.org\n'
        "LANG;PREF=1:fr\nTZ:Europe/Paris\nANNIVERSARY:20090808\nGENDER:F\nNICKNAME:Ani,Nita\nROLE:Chair"
    )
    assert one(tmp_path, body, "4.0").values == {
        "name.surname": "Lopez", "name.given": "Ana", "phones[0].number": "+1-201-555-0123 ext. 7", "phones[0].label": "mobile", "phones[0].pref": "1",
        "emails[0].address": "a@example.org", "emails[0].label": "work", "emails[0].pref": "2", "preferred_languages[0]": "fr", "time_zone": "Europe/Paris",
        "anniversaries[0].date": "20090808", "anniversaries[0].kind": "wedding", "gender": "F", "nicknames[0]": "Ani", "nicknames[1]": "Nita", "roles[0]": "Chair", "kind": "individual",
    }  # fmt: skip


def test_a_fold_inside_a_character_is_joined(tmp_path: Path) -> None:
    (record,) = cards(tmp_path, b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zo\xc3\r\n \xab\r\nEND:VCARD\r\n")
    assert record.values["name.full"] == "Zoë"
    assert record.problems == ()


def test_other_encodings(tmp_path: Path) -> None:
    text = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë\r\nEND:VCARD\r\n"
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
        (record,) = cards(tmp_path, text.encode(encoding))
        assert record.values["name.full"] == "Zoë"
    latin = b"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:L=F6w;Zo=EB\nEND:VCARD\n"
    (record,) = cards(tmp_path, latin)
    assert record.values["name.surname"] == "Löw"
    (record,) = cards(tmp_path, latin.replace(b"ISO-8859-1", b"X-NONE"))
    assert record.values["name.surname"] == "Löw"


def test_broken_cards_cost_only_what_is_broken(tmp_path: Path) -> None:
    text = (
        "junk\nBEGIN:VCARD\nVERSION:3.0\nFN:A\nno colon here\nTEL:1\nBEGIN:VCARD\nFN:B\nEND:VCARD\nmore junk\nstill junk\n"
        'begin:vcard\nversion:3.0\nfn:C\nEMAIL;TYPE="home:c@example.org\nend:vcard\nBEGIN:VCARD\nVERSION:3.0\nFN:D\n'
    )
    reading = cards(tmp_path, text)
    records = list(reading)
    assert [(record.values["name.full"], record.row, record.line) for record in records] == [
        ("A", 1, 2),
        ("B", 2, 7),
        ("C", 3, 12),
        ("D", 4, 17),
    ]
    found = [[problem.code for problem in record.problems] for record in records]
    assert found == [["vcard.end_missing", "vcard.line_unreadable"], ["vcard.version_missing"], [], ["vcard.end_missing"]]
    assert [(problem.code, problem.line) for problem in reading.problems] == [
        ("vcard.text_outside", 1),
        ("vcard.text_outside", 10),
    ]
    assert records[2].values["emails[0].address"] == "c@example.org"
    assert records[0].values["phones[0].number"] == "1"


def test_an_agent_card_is_not_a_record(tmp_path: Path) -> None:
    text = "BEGIN:VCARD\nVERSION:2.1\nFN:A\nAGENT:\nBEGIN:VCARD\nVERSION:2.1\nFN:Agent\nEND:VCARD\nTEL:1\nEND:VCARD\n"
    (record,) = cards(tmp_path, text)
    assert record.values == {"name.full": "A", "phones[0].number": "1"}


def test_a_group_is_named_and_left_out(tmp_path: Path) -> None:
    reading = cards(
        tmp_path, "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Friends\nEND:VCARD\nBEGIN:VCARD\nVERSION:4.0\nFN:A\nEND:VCARD\n"
    )
    assert [record.row for record in reading] == [2]
    assert [(problem.code, problem.raw) for problem in reading.problems] == [("vcard.not_a_person", "Friends")]
    assert reading.rows_skipped == 1


@pytest.mark.parametrize("name", ["PHOTO;ENCODING=b;TYPE=JPEG", "PHOTO;BASE64", "PHOTO;ENCODING=BASE64"])
def test_a_photo_is_left_out_and_told(tmp_path: Path, name: str) -> None:
    data = "\n".join(" " + "QUJD" * 18 for _ in range(300))
    record = one(tmp_path, f"{name}:\n{data}\n\nTEL:1")
    assert record.values == {"phones[0].number": "1"}
    assert [problem.code for problem in record.problems] == ["vcard.binary_left_out"]
    assert len(record.raw[name]) < 100


def test_a_giant_line_and_a_giant_card_are_never_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf"
    with path.open("wb") as stream:
        stream.write(b"BEGIN:VCARD\nVERSION:3.0\nFN:A\nNOTE:")
        for _ in range(20):
            stream.write(b"y" * (1 << 20))
        stream.write(b"\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:B\n")
        for _ in range(400_000):
            stream.write(b"X-A:0123456789012345678901234567890123456789\n")
        stream.write(b"END:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:C\nEND:VCARD\n")
    reading = read(path, limits=Limits(row_chars=1 << 18))
    list(read(DATA / "gmail-single.vcf"))
    tracemalloc.start()
    found = [(record.values["name.full"], [problem.code for problem in record.problems]) for record in reading]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [("A", ["vcard.line_too_long"]), ("B", ["vcard.too_long"]), ("C", [])]
    assert peak < 20 << 20


def test_signs_in_cards_block(tmp_path: Path) -> None:
    note = one(tmp_path, "FN:A\nNOTE:bitte nicht anrufen")
    assert [(sign.kind, sign.channel, sign.column) for sign in note.evidence] == [("opt_out", "voice", "note")]
    flag = one(tmp_path, "FN:A\nX-DO-NOT-CALL:true")
    assert [(sign.kind, sign.channel) for sign in flag.evidence] == [("unmapped_opt_out", "voice")]
    tag = one(tmp_path, "FN:A\nCATEGORIES:VIP,Keine Werbung")
    assert [sign.channel for sign in tag.evidence] == ["any"]


def test_the_card_of_outlook_2003() -> None:
    (record,) = read(DATA / "outlook-2003.vcf")
    assert record.values["notes[0]"] == "This is the note field!!\nSecond line\n\nThird line is empty\n"
    assert record.values["organizations[0].name"] == "Company, The"
    assert record.values["phones[3].label"] == "work,fax"
    assert record.values["emails[0].address"] == "jdoe@hotmail.com"
    assert record.values["extensions.LABEL;TYPE=work"].endswith("United States of America")
    assert record.problems == ()


def test_the_card_of_gmail() -> None:
    (record,) = read(DATA / "gmail-single.vcf")
    assert record.values["addresses[0].street"] == "123 Home St\nHome City, HM 12345"
    assert record.values["addresses[1].label"] == "customadrtype"
    assert record.values["online_services[1].uri"] == "http://TheProfile.com"
    assert record.values["anniversaries[0].label"] == "anniversary"


def test_an_empty_card_is_a_record(tmp_path: Path) -> None:
    assert one(tmp_path, "N:;;;;\nFN:").values == {}


@pytest.mark.parametrize(
    ("lines", "channel"),
    [
        ("item1.TEL:+34600123456\nitem1.X-ABLabel:do not call", "voice"),
        ("item1.EMAIL:ana@x.es\nitem1.X-ABLabel:Unsubscribed", "email"),
        ("TITLE:Do not contact", "any"),
        ("NICKNAME:DO NOT CALL", "voice"),
        ("X-COMMENT:please do not call her", "voice"),
        ("NOTE;ENCODING=BASE64:UGxlYXNlIGRvIG5vdCBjYWxs", "voice"),
    ],
)
def test_a_wish_to_be_left_alone_is_heard_wherever_people_write_it(tmp_path: Path, lines: str, channel: str) -> None:
    path = tmp_path / "one.vcf"
    path.write_text(f"BEGIN:VCARD\nVERSION:2.1\nN:Gil;Ana\n{lines}\nEND:VCARD\n")
    (record,) = read(path)
    assert [(one.kind, one.channel) for one in record.evidence] == [(EvidenceKind.OPT_OUT, channel)]


@pytest.mark.parametrize("line", ["TEL;X-DO-NOT-CALL=true:+34600123456", "EMAIL;X-OPT-OUT=1:ana@x.es"])
def test_a_parameter_that_looks_like_a_refusal_blocks(tmp_path: Path, line: str) -> None:
    path = tmp_path / "one.vcf"
    path.write_text(f"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\n{line}\nEND:VCARD\n")
    (record,) = read(path)
    assert [one.kind for one in record.evidence] == [EvidenceKind.UNMAPPED_OPT_OUT]
