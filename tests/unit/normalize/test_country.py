from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from canonical_contact.normalize import country

# What people write, by the country that is meant.
SPELLINGS = {
    "AE": "UAE|U.A.E.|Emirates|الإمارات العربية المتحدة",
    "AT": "Áo|Austria|Österreich|Autriche|AUT|オーストリア",
    "AM": "Հայաստան|Armenia",
    "AO": "AO|Angola",
    "AU": "Australia|Australie|AUS|オーストラリア",
    "BA": "Bosnia & Herzegovina|Bosnia and Herzegovina|Bosnia",
    "BE": "Belgium|Belgique / België|Belgien",
    "BO": "Bolivia, Plurinational State of",
    "BR": "Brasil|Brazil|Brésil",
    "CD": "DR Congo|Democratic Republic of the Congo|Congo (Kinshasa)|Congo (DRC)|Congo, The Democratic Republic of the|Zaire|RD Congo",
    "CG": "Republic of the Congo|Congo-Brazzaville|Congo (Brazzaville)",
    "CH": "Schweiz|Suisse|Svizzera|Switzerland|Swiss Confederation|スイス",
    "CI": "Côte d’Ivoire|Cote d'Ivoire|Cote dIvoire|Ivory Coast|Elfenbeinküste",
    "CN": "中国|PRC|P.R. China|People's Republic of China|Kitajska",
    "CV": "Cape Verde|Cabo Verde",
    "CZ": "Czech Republic|Czechia|Česko|Tschechien|Czech Rep.",
    "DE": "Germany|Deutschland|BRD|D|de|DEU|Allemagne|Niemcy|Germany (DE)|DE - Deutschland|[DE] Germany|🇩🇪|🇩🇪 Germany|276|+49|0049|DDR|East Germany"
    "|Fed. Rep. of Germany|ＧＥＲＭＡＮＹ|Федеративная Республика Германия|ドイツ|독일|ألمانيا|Deutschland / Germany|Germany.",
    "DK": "Danmark|Denmark|Dänemark",
    "DO": "Dominican Republic|República Dominicana",
    "DM": "Dominica",
    "EG": "مصر|Egypt|Ägypten",
    "ES": "España|Espana|Spain|Spanien|Canary Islands",
    "FI": "Suomi|Finland",
    "FR": "France|République française|F|la France|Frankreich|🇫🇷",
    "GB": "UK|U.K.|u k|Great Britain|England|Scotland|Wales|N. Ireland|Northern Ireland|Great Britain (UK)|GB-ENG|Großbritannien|Royaume-Uni|英国|イギリス"
    "|United Kingdom of Great Britain and Northern Ireland|England & Wales|Escocia|Англия|🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "GE": "GE|Sakartvelo|საქართველო|Georgien",
    "GM": "Gambia|The Gambia|Gambia, The",
    "GR": "Greece|Ελλάδα|Hellenic Republic|EL",
    "GW": "Guinea-Bissau|Guinea Bissau",
    "GQ": "Equatorial Guinea",
    "HR": "Hrvatska|Croatia|CRO",
    "HU": "Magyarország|Hungary|Ungarn",
    "IE": "Ireland|Éire|Rep. of Ireland|Republic of Ireland|Ireland (Republic)",
    "IN": "Bharat|in|India|भारत",
    "IR": "Iran, Islamic Republic of|Persia",
    "IS": "Ísland|Iceland",
    "IT": "Italia|Italy|ITA",
    "JE": "Jersey",
    "JP": "日本|Japan|JPN|Nippon",
    "KN": "St Kitts and Nevis|Saint Kitts & Nevis",
    "KP": "North Korea|DPRK|Korea, Democratic People's Republic of|Korea (North)",
    "KR": "South Korea|Republic of Korea|Korea (South)|대한민국|韓国",
    "LC": "St. Lucia|Saint Lucia",
    "LK": "Ceylon|Sri Lanka",
    "MK": "North Macedonia|FYROM|Republic of Macedonia",
    "MM": "Burma|Myanmar",
    "MX": "Mex.|México|Mexico",
    "NE": "Niger",
    "NG": "Nigeria",
    "NL": "Holland|The Netherlands|Nederland|Les Pays-Bas|Niederlande",
    "NO": "NO|Norge|Norway|Kingdom of Norway|Norvège",
    "PG": "Papua New Guinea",
    "PL": "Polska|Poland|Polen|Польша",
    "RU": "Россия|Russia|Russian Federation",
    "SE": "Sverige|Sweden|Schweden",
    "SZ": "Swaziland|Eswatini",
    "TH": "ไทย|Siam|Thailand",
    "TR": "Türkiye|Turkey",
    "TW": "Taiwan|Republic of China|Taiwan, Province of China",
    "US": "USA|U.S.A.|United States of America|Vereinigte Staaten|EE. UU.|US - United States|États-Unis|Estados Unidos|The United States|米国|United States (USA)",
    "VG": "British Virgin Islands|BVI",
    "VI": "U.S. Virgin Islands|US Virgin Islands",
    "VN": "Viet Nam|Việt Nam",
    "XK": "Kosovo",
    "ZA": "South Africa|RSA|Südafrika",
}
PAIRS = [(text, code) for code, texts in SPELLINGS.items() for text in texts.split("|")]


def test_the_table_is_large() -> None:
    assert len(PAIRS) > 200


@pytest.mark.parametrize(("text", "code"), PAIRS)
def test_country(text: str, code: str) -> None:
    found = country(text)
    assert (found.value, found.raw) == (code, text)
    assert found.confidence == 1.0


@pytest.mark.parametrize(
    "text",
    ["EU", "00", "Atlantis", "n/a", "New Jersey", "California", "us-ca", "1", "49", "+999", "12345", "Unknown", "?!", " . "],
)
def test_no_country(text: str) -> None:
    found = country(text)
    assert (found.value, found.problems[0].code, found.problems[0].raw) == (None, "country.unknown", text)


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_a_blank_is_nothing(text: str) -> None:
    assert (country(text).value, country(text).problems) == (None, ())


@pytest.mark.parametrize(
    ("text", "code", "others"),
    [
        ("Georgia", "GE", ("US",)), ("Congo", "CG", ("CD",)), ("Konqo", None, ("CG",)), ("Korea", "KR", ("KP",)), ("Corea", "KR", ("KP",)),
        ("Guinea", "GN", ("GQ", "GW")), ("Macedonia", "MK", ("GR",)), ("Virgin Islands", "VI", ("VG",)), ("no", "NO", ()), ("NA", "NA", ()),
        ("+44", "GB", ("GG", "IM", "JE")), ("Channel Islands", "JE", ("GG",)), ("Конго", "CG", ("CD",)),
    ],
)  # fmt: skip
def test_names_of_several_places_have_alternatives(text: str, code: str | None, others: tuple[str, ...]) -> None:
    found = country(text)
    assert (found.value, found.alternatives) == (code, others)
    assert (found.confidence, found.problems[0].code) == ((0.7, "country.ambiguous") if code else (0.0, "country.typo_suspected"))


@pytest.mark.parametrize(
    ("text", "hints", "code", "others"),
    [
        ("Georgia", {"region": "US"}, "US", ("GE",)), ("Georgia", {"column": "State"}, "US", ("GE",)),
        ("Georgia", {"column": "Country"}, "GE", ("US",)), ("Congo", {"region": "CD"}, "CD", ("CG",)), ("Korea", {"region": "kp"}, "KP", ("KR",)),
        ("CA", {"column": "State/Region"}, "US", ("CA",)), ("CA", {"column": "Country"}, "CA", ()), ("CA", {}, "CA", ()),
        ("DE", {"column": "addresses[0].region"}, "US", ("DE",)), ("GE", {"column": "State"}, "GE", ()), ("GE", {"region": "US"}, "GE", ()),
        ("New Jersey", {"column": "State"}, "US", ()), ("Jersey", {"column": "State"}, "JE", ()), ("no", {"column": "Country"}, "NO", ()),
        ("MI", {"column": "Province", "region": "IT"}, "IT", ()), ("CA", {"column": "State / Country"}, "CA", ()),
        ("Germany", {"column": "\x00?", "region": "no such", "language": "xx-??"}, "DE", ()),
    ],
)  # fmt: skip
def test_hints_decide_between_readings(text: str, hints: dict[str, str], code: str, others: tuple[str, ...]) -> None:
    found = country(text, **hints)
    assert (found.value, found.alternatives) == (code, others)


@pytest.mark.parametrize(
    ("text", "first"),
    [("USSR", "RU"), ("Sowjetunion", "RU"), ("СССР", "RU"), ("Yugoslavia", "RS"), ("Jugoslawien", "RS"), ("Czechoslovakia", "CZ"), ("Serbia and Montenegro", "RS"),
     ("CS", "RS"), ("AN", "CW"), ("SUN", "RU")],
)  # fmt: skip
def test_a_country_that_is_no_more_has_those_after_it_as_alternatives(text: str, first: str) -> None:
    found = country(text)
    assert (found.value, found.alternatives[0], found.confidence, found.problems[0].code) == (None, first, 0.0, "country.former")
    assert len(found.alternatives) > 1


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Germny", ("DE",)),
        ("Untied States", ("US",)),
        ("Fance", ("FR",)),
        ("Itally", ("IT",)),
        ("Гермния", ("DE",)),
        ("United Kindgom", ("GB",)),
    ],
)
def test_a_slip_is_suggested_and_never_repaired(text: str, codes: tuple[str, ...]) -> None:
    found = country(text)
    assert (found.value, found.alternatives, found.problems[0].code) == (None, codes, "country.typo_suspected")


@pytest.mark.parametrize("text", [text for text, _ in PAIRS if not text.startswith("\U0001f3f4")])
def test_case_and_spaces_do_not_matter(text: str) -> None:
    expected = country(text).value
    if text != "NO":  # `no` may say no
        assert country(f"  {text.upper()} ").value == expected
    if len(text) > 2:
        assert country(text.lower().replace(" ", "  ")).value == expected


def table() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(
        (files("canonical_contact.normalize") / "data" / "countries.json").read_text(encoding="utf-8")
    )
    return read


def test_the_table_says_each_name_once() -> None:
    names = [name for line in table()["names"].values() for name in line.split("|")]
    assert len(names) == len(set(names))
    assert not set(names) & set(table()["former"])


def test_every_name_code_and_number_of_the_table_is_read() -> None:
    read = table()
    for code, names in read["names"].items():
        assert country(code).value == code
        for name in names.split("|"):
            if len(name) == 2 and name.upper() in read["names"]:
                continue  # Áo, folded, is a code too
            assert code in (country(name).value, *country(name).alternatives), name
    for number, code in read["numeric"].items():
        assert country(number).value == code


@pytest.mark.parametrize(
    "text",
    ["x" * 4000, "United States " * 200, "(" * 3000, "\U0001f1e9" * 2000, "a " * 2000, "é" * 3000, "/" * 3000, "rep. of " * 500],
)
def test_hostile_texts_are_no_country(text: str) -> None:
    assert country(text).problems or country(text).value


@pytest.mark.parametrize(
    ("raw", "code"), [("Trinidad", "TT"), ("St. Kitts", "KN"), ("SAO TOME", "ST"), ("Antigua", "AG"), ("St Vincent", "VC")]
)
def test_the_first_island_of_two_is_their_country(raw: str, code: str) -> None:
    assert country(raw).value == code
