"""The examples of the standards: RFC 6350, 2426, 6868, 7095, 9554 and vCard 2.1, and what becomes of each."""

from __future__ import annotations

import io
import json

import pytest

from canonical_contact.errors import Problem
from canonical_contact.formats.exchange import read_contacts
from canonical_contact.formats.vcard.jcard import from_jcard, to_jcard
from canonical_contact.formats.vcard.properties import Property
from canonical_contact.formats.vcard.upgrade import Upgrade
from canonical_contact.formats.vcard.wire import open_cards
from canonical_contact.formats.vcard.write import card_bytes

# RFC 6350, section 8
SIMON = """BEGIN:VCARD
VERSION:4.0
FN:Simon Perreault
N:Perreault;Simon;;;ing. jr,M.Sc.
BDAY:--0203
ANNIVERSARY:20090808T1430-0500
GENDER:M
LANG;PREF=1:fr
LANG;PREF=2:en
ORG;TYPE=work:Viagenie
ADR;TYPE=work:;Suite D2-630;2875 Laurier;
 Quebec;QC;G1V 2M2;Canada
TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-418-656-9254;ext=102
TEL;VALUE=uri;TYPE="work,cell,voice,video,text":tel:+1-418-262-6501
EMAIL;TYPE=work:simon.perreault@viagenie.ca
GEO;TYPE=work:geo:46.772673,-71.282945
KEY;TYPE=work;VALUE=uri:
 http://www.viagenie.ca/simon.perreault/simon.asc
TZ;VALUE=utc-offset:-0500
URL;TYPE=home:http://nomis80.org
END:VCARD
"""
# The same as jCard, as in RFC 7095, appendix B.1
SIMON_IN_JSON = [
    "vcard",
    [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", "Simon Perreault"],
        ["n", {}, "text", ["Perreault", "Simon", "", "", ["ing. jr", "M.Sc."]]],
        ["bday", {}, "date-and-or-time", "--02-03"],
        ["anniversary", {}, "date-and-or-time", "2009-08-08T14:30-05:00"],
        ["gender", {}, "text", "M"],
        ["lang", {"pref": "1"}, "language-tag", "fr"],
        ["lang", {"pref": "2"}, "language-tag", "en"],
        ["org", {"type": "work"}, "text", "Viagenie"],
        ["adr", {"type": "work"}, "text", ["", "Suite D2-630", "2875 Laurier", "Quebec", "QC", "G1V 2M2", "Canada"]],
        ["tel", {"type": ["work", "voice"], "pref": "1"}, "uri", "tel:+1-418-656-9254;ext=102"],
        ["tel", {"type": ["work", "cell", "voice", "video", "text"]}, "uri", "tel:+1-418-262-6501"],
        ["email", {"type": "work"}, "text", "simon.perreault@viagenie.ca"],
        ["geo", {"type": "work"}, "uri", "geo:46.772673,-71.282945"],
        ["key", {"type": "work"}, "uri", "http://www.viagenie.ca/simon.perreault/simon.asc"],
        ["tz", {}, "utc-offset", "-05:00"],
        ["url", {"type": "home"}, "uri", "http://nomis80.org"],
    ],
]
# RFC 2426, section 7
FRANK = """BEGIN:vCard
VERSION:3.0
FN:Frank Dawson
ORG:Lotus Development Corporation
ADR;TYPE=WORK,POSTAL,PARCEL:;;6544 Battleford Drive
 ;Raleigh;NC;27613-3502;U.S.A.
TEL;TYPE=VOICE,MSG,WORK:+1-919-676-9515
TEL;TYPE=FAX,WORK:+1-919-676-9564
EMAIL;TYPE=INTERNET,PREF:Frank_Dawson@Lotus.com
EMAIL;TYPE=INTERNET:fdawson@earthlink.net
URL:http://home.earthlink.net/~fdawson
END:vCard
"""


def properties(text: str, problems: list[Problem] | None = None) -> list[Property]:
    told: list[Problem] = [] if problems is None else problems
    (card,) = open_cards(io.BytesIO(text.replace("\n", "\r\n").encode()), told.append)
    told += card.problems
    return Upgrade().properties(card, told.append)


def one(line: str, version: str = "4.0") -> Property:
    *_, found = properties(f"BEGIN:VCARD\nVERSION:{version}\nFN:A\n{line}\nEND:VCARD\n")
    return found


def test_the_card_of_rfc_6350_as_lines_and_as_json() -> None:
    problems: list[Problem] = []
    found = properties(SIMON, problems)
    assert problems == []
    plain = to_jcard(found)
    assert plain == SIMON_IN_JSON
    again = from_jcard(json.loads(json.dumps(plain)), problems.append)
    assert problems == []
    assert to_jcard(again) == plain
    (simon,) = read_contacts(io.BytesIO(SIMON.encode()), format="vcard")
    assert simon.name is not None
    assert (simon.name.given, simon.name.surname, simon.name.full) == ("Simon", "Perreault", "Simon Perreault")
    assert simon.birthday == "--02-03"
    assert [phone.extension for phone in simon.phones] == ["102", ""]
    assert simon.organizations[0].name == "Viagenie"
    assert list(simon.preferred_languages) == ["fr", "en"]


def test_the_card_of_rfc_2426_in_the_form_of_4_0() -> None:
    problems: list[Problem] = []
    found = properties(FRANK, problems)
    assert problems == []
    assert [(line.name, dict(line.params), line.value) for line in found] == [
        ("FN", {}, "Frank Dawson"),
        ("ORG", {}, "Lotus Development Corporation"),
        ("ADR", {"TYPE": ("work", "postal", "parcel")}, ";;6544 Battleford Drive;Raleigh;NC;27613-3502;U.S.A."),
        ("TEL", {"TYPE": ("voice", "msg", "work")}, "+1-919-676-9515"),
        ("TEL", {"TYPE": ("fax", "work")}, "+1-919-676-9564"),
        ("EMAIL", {"PREF": ("1",)}, "Frank_Dawson@Lotus.com"),
        ("EMAIL", {}, "fdawson@earthlink.net"),
        ("URL", {}, "http://home.earthlink.net/~fdawson"),
    ]


def test_parameters_of_rfc_6868() -> None:
    line = one('GEO;X-ADDRESS="Pittsburgh Pirates^n115 Federal St^nPittsburgh, PA 15212":geo:40.446816,-80.00566')
    assert line.params == {"X-ADDRESS": ("Pittsburgh Pirates\n115 Federal St\nPittsburgh, PA 15212",)}
    line = one("X-A;X-B=George Herman ^'Babe^' Ruth,a^^b:1")
    assert line.params == {"X-B": ('George Herman "Babe" Ruth', "a^b")}
    written = card_bytes([line], print).decode().split("\r\n")
    assert written[2] == "X-A;X-B=George Herman ^'Babe^' Ruth,a^^b:1"


@pytest.mark.parametrize(
    ("version", "line", "name", "params", "value"),
    [
        # RFC 6350, sections 6.2 and 6.3
        ("4.0", 'N;SORT-AS="Harten,Rene":van der Harten;Rene,J.;Sir;R.D.O.N.', "N", {"SORT-AS": ("Harten,Rene",)}, "van der Harten;Rene,J.;Sir;R.D.O.N."),
        ("4.0", 'ADR;GEO="geo:12.3457,78.910";LABEL="Mr. Q\\nMail Drop: TNE QB":;;1 St;;;;', "ADR", {"GEO": ("geo:12.3457,78.910",), "LABEL": ("Mr. Q\nMail Drop: TNE QB",)}, ";;1 St;;;;"),
        # RFC 9554, section 2.2
        ("4.0", "N:Stevenson;John;Philip,Paul;Dr.;Jr.,M.D.,A.C.P.;;Jr.", "N", {}, "Stevenson;John;Philip,Paul;Dr.;Jr.,M.D.,A.C.P.;;Jr."),
        # RFC 2426
        ("3.0", "GEO:37.386013;-122.082932", "GEO", {}, "geo:37.386013,-122.082932"),
        ("3.0", "TZ:-05:00", "TZ", {"VALUE": ("utc-offset",)}, "-0500"),
        ("3.0", "REV:1995-10-31T22:27:10Z", "REV", {}, "19951031T222710Z"),
        ("3.0", "BDAY;VALUE=date:1996-04-15", "BDAY", {}, "19960415"),
        ("3.0", "BDAY;VALUE=date-time:1953-10-15T23:10:00Z", "BDAY", {}, "19531015T231000Z"),
        ("3.0", "BDAY:some time in spring, 1953", "BDAY", {"VALUE": ("text",)}, "some time in spring\\, 1953"),
        ("3.0", "NICKNAME:Jim,Jimmie", "NICKNAME", {}, "Jim,Jimmie"),
        ("3.0", "NOTE:This fax number is operational 0800 to 1715 EST\\, Mon-Fri.", "NOTE", {}, "This fax number is operational 0800 to 1715 EST\\, Mon-Fri."),
        ("3.0", "PHOTO;VALUE=uri:http://www.abc.com/pub/photos/jqpublic.gif", "PHOTO", {}, "http://www.abc.com/pub/photos/jqpublic.gif"),
        ("3.0", "PHOTO;ENCODING=b;TYPE=GIF:R0lGOD lh", "PHOTO", {}, "data:image/gif;base64,R0lGODlh"),
        ("3.0", "UID:19950401-080045-40000F192713-0052", "UID", {"VALUE": ("text",)}, "19950401-080045-40000F192713-0052"),
        ("3.0", "AGENT;VALUE=uri:CID:JQPUBLIC.part3@host.com", "RELATED", {"TYPE": ("agent",)}, "CID:JQPUBLIC.part3@host.com"),
        ("3.0", "CLASS:PUBLIC", "CLASS", {}, "PUBLIC"),
        ("3.0", "X_EVOLUTION_FILE;x_a=1:a", "X-EVOLUTION-FILE", {"X-A": ("1",)}, "a"),
        # vCard 2.1
        ("2.1", "N:Public;John;Quinlan, Q.;Mr.;Esq.", "N", {}, "Public;John;Quinlan\\, Q.;Mr.;Esq."),
        ("2.1", "TEL;HOME;PREF:+1-213-555-1234", "TEL", {"TYPE": ("home",), "PREF": ("1",)}, "+1-213-555-1234"),
        ("2.1", "ORG;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:L=F6w=0D=0A& Co", "ORG", {}, "Löw\\n& Co"),
        ("2.1", "URL;VALUE=URL:http://a.example", "URL", {}, "http://a.example"),
        ("2.1", "KEY;PGP;ENCODING=BASE64:QUJD", "KEY", {}, "data:application/pgp-keys;base64,QUJD"),
        ("2.1", "CATEGORIES:A;B", "CATEGORIES", {}, "A,B"),
        ("2.1", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-01", "BDAY", {}, "--0301"),
    ],
)  # fmt: skip
def test_a_property_in_the_form_of_4_0(
    version: str, line: str, name: str, params: dict[str, tuple[str, ...]], value: str
) -> None:
    found = one(line, version)
    assert (found.name, dict(found.params), found.value) == (name, params, value)


def test_what_belongs_to_another_property() -> None:
    text = (
        "BEGIN:VCARD\nVERSION:3.0\nN:van der Harten;Rene\nFN:Rene\nADR;TYPE=home:;;1 St;;;;\nADR;TYPE=work:;;2 St;;;;\n"
        "LABEL;TYPE=work,parcel:Firm\\n2 St\nLABEL;TYPE=x:Elsewhere\nSORT-STRING:Harten\nAGENT:BEGIN:VCARD\\nFN:Susan\\nEND:VCARD\nEND:VCARD\n"
    )
    found = {(line.name, line.value): dict(line.params) for line in properties(text)}
    assert found[("N", "van der Harten;Rene")] == {"SORT-AS": ("Harten",)}
    assert found[("ADR", ";;1 St;;;;")] == {"TYPE": ("home",)}
    assert found[("ADR", ";;2 St;;;;")] == {"TYPE": ("work",), "LABEL": ("Firm\n2 St",)}
    assert found[("ADR", ";;;;;;")] == {"TYPE": ("x",), "LABEL": ("Elsewhere",)}
    uri = "data:text/vcard;charset=utf-8,BEGIN%3AVCARD%0D%0AFN%3ASusan%0D%0AEND%3AVCARD"
    assert found[("RELATED", uri)] == {"TYPE": ("agent",)}


def test_a_card_within_a_card_is_kept() -> None:
    text = "BEGIN:VCARD\nVERSION:2.1\nFN:A\nAGENT:\nBEGIN:VCARD\nFN:B\\, C\nAGENT:\nBEGIN:VCARD\nFN:D\nEND:VCARD\nEND:VCARD\nTEL:1\nEND:VCARD\n"
    *_, phone, agent = properties(text)
    assert (phone.name, phone.value) == ("TEL", "1")
    assert agent.value.endswith("FN%3AB%5C%2C%20C%0D%0AAGENT%3A%0D%0ABEGIN%3AVCARD%0D%0AFN%3AD%0D%0AEND%3AVCARD%0D%0AEND%3AVCARD")


def test_line_ends_of_all_kinds_in_one_file() -> None:
    data = b"BEGIN:VCARD\rVERSION:3.0\nFN:A\r\r\nNOTE:one\rtwo\rTEL:1\r\n 2\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:B\nEND:VCARD"
    first, second = open_cards(io.BytesIO(data), print)
    assert [(line.name, line.value) for line in first.properties] == [
        ("VERSION", "3.0"),
        ("FN", "A"),
        ("NOTE", "one\\ntwo"),
        ("TEL", "12"),
    ]
    assert [line.value for line in second.properties] == ["B"]


def test_problems_of_a_card_name_their_lines() -> None:
    problems: list[Problem] = []
    data = b"BEGIN:VCARD\nVERSION:3.0\nno colon\nFN:Andr\xe9 \xc3\xab\nTEL:\x00\nPHOTO;ENCODING=b:A\nEND:VCARD"
    for card in open_cards(io.BytesIO(data), problems.append):
        problems += card.problems
        Upgrade().properties(card, problems.append)
    assert [(problem.code, problem.line) for problem in problems] == [
        ("vcard.line_unreadable", 3),
        ("row.mixed_encoding", 4),
        ("row.nul_characters", 5),
        ("vcard.control_characters", 1),
        ("vcard.base64_invalid", 1),
    ]


@pytest.mark.parametrize("charset", ["", "x-none", "hex", "punycode", "unicode_escape", "UTF-7", "a\0b", "idna", "x" * 500])
def test_a_charset_that_is_none_is_passed_over(charset: str) -> None:
    assert one(f"NOTE;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:L=C3=B6w", "2.1").value == "Löw"
