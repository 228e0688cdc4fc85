from __future__ import annotations

import subprocess
import sys

import pytest

from canonical_contact.errors import InputError
from canonical_contact.model.channels import PostalAddress
from canonical_contact.normalize import address
from canonical_contact.normalize._address_lines import address_lines, missing_fields
from canonical_contact.normalize._address_region import subdivision
from canonical_contact.normalize._address_rules import address_rules

FIELDS = ("full", "street", "extended", "po_box", "locality", "region", "postcode", "country", "country_code")


def parts(value: PostalAddress | None) -> dict[str, str]:
    assert value is not None
    return {field: text for field in FIELDS if (text := getattr(value, field))}


def test_nothing_is_no_address() -> None:
    assert address("").value is None
    assert address({}).value is None
    assert address(" \n\u200b").problems == ()
    found = address({"street": "n/a", "locality": "-"})
    assert (found.value, found.problems[0].code, found.problems[0].raw) == (None, "address.placeholder", "n/a")
    assert (address("n/a").value, address("n/a").problems[0].code) == (None, "address.placeholder")
    assert parts(address("〒").value) == {"full": "〒"}


def test_a_part_that_no_address_has_is_the_callers_mistake() -> None:
    with pytest.raises(InputError, match=r"no part city.*locality"):
        address({"city": "Berlin"})


def test_the_raw_value_comes_back() -> None:
    raw = {"street": "Weg 1", "country": "Ruritania"}
    assert address(raw).raw is raw
    assert address(" ").raw == " "


def test_parts_win_over_the_text() -> None:
    assert parts(address({"full": "something else", "street": "Main St 1"}).value) == {"street": "Main St 1"}


def test_an_unknown_country_is_kept_as_written() -> None:
    found = address({"street": "Main St 1", "country": "EU"})
    assert parts(found.value) == {"street": "Main St 1", "country": "EU"}
    assert found.problems[0].code == "country.unknown"


def test_a_country_that_is_no_more_is_kept_as_written() -> None:
    found = address({"street": "Trg 1", "country": "Yugoslavia"})
    assert parts(found.value) == {"street": "Trg 1", "country": "Yugoslavia"}
    assert found.problems[0].code == "country.former"


def test_nothing_is_dropped_that_the_country_has_no_place_for() -> None:
    given = {"street": "西新宿1-2-3", "locality": "新宿区", "region": "東京都", "postcode": "160-0012", "country_code": "JP"}
    assert parts(address(given).value) == given
    german = {"street": "Weg 1", "locality": "München", "region": "Bayern", "postcode": "80331", "country_code": "DE"}
    assert parts(address(german).value) == german


def test_capitals_of_the_post_never_change_the_value() -> None:
    value = address({"street": "10 Downing St", "locality": "London", "postcode": "sw1a 2aa", "country": "UK"}).value
    assert value is not None
    assert (value.locality, value.postcode) == ("London", "SW1A 2AA")


TEXTS = [
    ("Paseo del Prado, 41  Bilbao  48031  Spain", "", ("Paseo del Prado, 41", "", "Bilbao", "", "48031", "ES"), 1.0),
    ("Reforma 91  Naucalpan  Edo. Méx.  53979", "", ("Reforma 91", "", "Naucalpan", "Edo. Méx.", "53979", ""), 1.0),
    ("High Street 5  London  Greater London  EC1A 1BB  UK", "", ("High Street 5", "", "London", "Greater London", "EC1A 1BB", "GB"), 1.0),
    ("西新宿1-2-3  東京  東京都  160-0012  日本", "", ("西新宿1-2-3", "", "東京", "東京都", "160-0012", "JP"), 1.0),
    ("Schillerplatz 1\n50690 Köln\nGermany", "", ("Schillerplatz 1", "", "Köln", "", "50690", "DE"), 1.0),
    ("ACME GmbH\nHauptstr. 5\n10115 Berlin\nGermany", "", ("Hauptstr. 5", "ACME GmbH", "Berlin", "", "10115", "DE"), 1.0),
    ("1 Main St\nSuite 5\nLos Angeles, CA 90001\nUSA", "", ("1 Main St", "Suite 5", "Los Angeles", "CA", "90001", "US"), 1.0),
    ("10 Downing St\nLondon\nSW1A 2AA\nUK", "", ("10 Downing St", "", "London", "", "SW1A 2AA", "GB"), 1.0),
    ("〒160-0012\n東京都新宿区西新宿1-2-3\n日本", "", ("新宿区西新宿1-2-3", "", "", "東京都", "160-0012", "JP"), 1.0),
    ("10 Downing St, London, SW1A 2AA, UK", "", ("10 Downing St", "", "London", "", "SW1A 2AA", "GB"), 0.9),
    ("Flat 2, 10 Downing St, London SW1A 2AA", "GB", ("Flat 2, 10 Downing St", "", "London", "", "SW1A 2AA", ""), 0.8),
    ("Calle Mayor, 5, 3º B, 28013 Madrid, España", "", ("Calle Mayor, 5, 3º B", "", "Madrid", "", "28013", "ES"), 0.9),
    ("1600 Amphitheatre Pkwy, Mountain View, CA 94043, USA", "", ("1600 Amphitheatre Pkwy", "", "Mountain View", "CA", "94043", "US"), 0.9),
    ("1600 Amphitheatre Pkwy, Mountain View CA 94043", "US", ("1600 Amphitheatre Pkwy", "", "Mountain View", "CA", "94043", ""), 0.8),
    ("350 5th Ave, New York 10118, USA", "", ("350 5th Ave", "", "New York", "", "10118", "US"), 0.9),
    ("1 Main St, Atlanta, Georgia 30301, USA", "", ("1 Main St", "", "Atlanta", "Georgia", "30301", "US"), 0.9),
    ("Straße des 17. Juni 135, D-10623 Berlin, Deutschland", "", ("Straße des 17. Juni 135", "", "Berlin", "", "10623", "DE"), 0.9),
    ("Hauptstr. 5, Berlin 10115, Germany", "", ("Hauptstr. 5", "", "Berlin", "", "10115", "DE"), 0.9),
    ("Hauptstr. 5 10115 Berlin", "DE", ("Hauptstr. 5", "", "Berlin", "", "10115", ""), 0.8),
    ("12 rue de la Paix 75002 Paris", "FR", ("12 rue de la Paix", "", "Paris", "", "75002", ""), 0.8),
    ("Av. Paulista, 1000, São Paulo - SP, 01310-100, Brasil", "", ("Av. Paulista, 1000", "", "São Paulo", "SP", "01310-100", "BR"), 0.9),
    ("Via Roma 12, 20121 Milano (MI), Italia", "", ("Via Roma 12", "", "Milano", "MI", "20121", "IT"), 0.9),
    ("ul. Długa 7/3, 00-950 Warszawa, Polska", "", ("ul. Długa 7/3", "", "Warszawa", "", "00-950", "PL"), 0.9),
    ("Kerkstraat 12, 1012 AB Amsterdam, Nederland", "", ("Kerkstraat 12", "", "Amsterdam", "", "1012 AB", "NL"), 0.9),
    ("Storgatan 5, 584 38 Linköping, Sverige", "", ("Storgatan 5", "", "Linköping", "", "584 38", "SE"), 0.9),
    ("Rua Augusta 12, 1100-053 Lisboa, Portugal", "", ("Rua Augusta 12", "", "Lisboa", "", "1100-053", "PT"), 0.9),
    ("100 King St W, Toronto, ON M5H 1A1, Canada", "", ("100 King St W", "", "Toronto", "ON", "M5H 1A1", "CA"), 0.9),
    ("1 George St, Sydney NSW 2000, Australia", "", ("1 George St", "", "Sydney", "NSW", "2000", "AU"), 0.9),
    ("5 High St, Dublin, D02 XY12, Ireland", "", ("5 High St", "", "Dublin", "", "D02 XY12", "IE"), 0.9),
    ("Reforma 222, Juárez, 06600 Ciudad de México, CDMX, México", "", ("Reforma 222, Juárez", "", "Ciudad de México", "CDMX", "06600", "MX"), 0.9),
    ("100027 北京市朝阳区建国路88号", "CN", ("朝阳区建国路88号", "", "", "北京市", "100027", ""), 0.8),
    ("10115 Berlin", "DE", ("", "", "Berlin", "", "10115", ""), 0.8),
    ("Germany", "", ("", "", "", "", "", "DE"), 1.0),
    ("BR", "", ("", "", "", "", "", "BR"), 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "region", "expected", "confidence"), TEXTS, ids=[row[0] for row in TEXTS])
def test_one_text_is_taken_apart(text: str, region: str, expected: tuple[str, ...], confidence: float) -> None:
    found = address(text, region=region)
    value = found.value
    assert value is not None
    assert (value.street, value.extended, value.locality, value.region, value.postcode, value.country_code) == expected
    assert (value.full, value.country, found.confidence) == ("", "", confidence)
    assert [problem.code for problem in found.problems] == ([] if confidence == 1.0 else ["address.taken_apart"])


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("10 Downing St, London, UK", "", "GB"), ("Hauptstr. 5, 10115 Berlin", "", ""), ("12345 Main Street, Springfield", "US", ""), ("Main Street 12345", "US", ""),
        ("Los Angeles, CA", "", ""), ("1 Main St, Atlanta, Georgia", "", ""), ("Berlin", "", ""), ("1 Nathan Road, Kowloon, Hong Kong", "", "HK"), ("Sydney NSW 2000", "AU", ""),
        ("a, " * 60 + "10115 Berlin", "DE", ""),
    ],
)  # fmt: skip
def test_a_text_without_sure_parts_is_kept_whole(text: str, region: str, code: str) -> None:
    found = address(text, region=region)
    assert found.value is not None
    assert (found.value.full, found.value.country_code, found.value.street) == (text, code, "")
    assert (found.confidence, found.problems[-1].code) == (0.8, "address.kept_whole")


@pytest.mark.parametrize(("text", "region", "_", "__"), TEXTS, ids=[row[0] for row in TEXTS])
def test_every_letter_of_the_text_is_still_there(text: str, region: str, _: object, __: object) -> None:
    value = address(text, region=region).value
    kept = parts(value)
    if "country_code" not in kept:
        assert sorted(filter(str.isalnum, "".join(kept.values()))) == sorted(filter(str.isalnum, text))


@pytest.mark.parametrize(
    "given",
    [
        {"street": "Hauptstr. 5", "postcode": "10115", "locality": "Berlin", "country": "DE"},
        {"street": "12 rue de l’Église", "postcode": "75002", "locality": "Orléans", "country": "France"},
        {"street": "10 Downing Street", "postcode": "SW1A 2AA", "locality": "London", "country": "UK"},
        {"street": "Calle Mayor 5", "locality": "Málaga", "region": "Málaga", "country": "ES"},
        {"street": "Av. Paulista 1000", "locality": "São Paulo", "region": "SP", "postcode": "xx 1", "country": "BR"},
        {"po_box": "12 34", "postcode": "10115", "locality": "Berlin", "country": "DE"},
    ],
)
def test_keys_are_equal_under_case_spacing_and_diacritics(given: dict[str, str]) -> None:
    keys = address(given).keys
    assert keys
    plain = str.maketrans("’ÉéáãÁ", "'EeaaA")
    for change in (str.upper, str.lower, lambda text: f"  {text.replace(' ', '   ')} ", lambda text: text.translate(plain)):
        assert address({part: change(text) for part, text in given.items()}).keys == keys


@pytest.mark.parametrize(
    ("left", "right", "country"),
    [
        ("Hauptstr. 5", "Hauptstraße 5", "DE"), ("10 Downing St", "10 Downing Street", "GB"), ("C/ Mayor, 5", "Calle Mayor 5", "ES"),
        ("ul. Długa 7", "Długa 7", "PL"), ("Av. de la Paix 3", "3 avenue de la Paix", "FR"), ("P.za Duomo 1", "Piazza Duomo, 1", "IT"),
        ("Kerkstr. 12", "Kerkstraat 12", "NL"), ("12 N Main Ave.", "12 North Main Avenue", "US"), ("R. Augusta, 12", "Rua Augusta 12", "BR"),
        ("Storg. 5", "Storgatan 5", "SE"),
    ],
)  # fmt: skip
def test_keys_of_a_place_are_equal_in_its_usual_abbreviations(left: str, right: str, country: str) -> None:
    keys = [
        set(address({"street": street, "locality": "X", "postcode": "1", "country": country}).keys[1:])
        for street in (left, right)
    ]
    assert keys[0] == keys[1]
    assert any(key.startswith("street:") for key in keys[0])


def test_the_first_key_is_exact_and_the_others_say_what_they_are() -> None:
    found = address(
        {"street": "1 Main St", "locality": "Springfield", "region": "Illinois", "postcode": "62704", "country": "US"}
    )
    assert found.keys == (
        "US|62704|1mainst",
        "place:US|62704|1",
        "street:US|springfield|mainst|1",
        "street:US-IL|springfield|mainst|1",
    )


def test_an_address_is_laid_out_as_its_country_writes_it() -> None:
    value = PostalAddress(street="西新宿1-2-3", locality="新宿区", region="東京都", postcode="160-0012", country_code="JP")
    assert address_lines(value, name="山田太郎") == ["〒160-0012", "東京都", "新宿区西新宿1-2-3", "山田太郎"]
    latin = PostalAddress(
        street="1-2-3 Nishi-Shinjuku", locality="Shinjuku-ku", region="東京都", postcode="160-0012", country_code="JP"
    )
    assert address_lines(latin, latin=True) == ["1-2-3 Nishi-Shinjuku", "Shinjuku-ku, Tokyo", "160-0012"]
    london = PostalAddress(street="10 Downing St", locality="London", postcode="SW1A 2AA", country_code="GB")
    assert address_lines(london, upper=True, country="UNITED KINGDOM") == [
        "10 Downing St",
        "LONDON",
        "SW1A 2AA",
        "UNITED KINGDOM",
    ]
    zurich = PostalAddress(street="Bahnhofstr. 1", locality="Zürich", postcode="8001", country_code="CH")
    assert address_lines(zurich, organization="ACME") == ["ACME", "Bahnhofstr. 1", "8001 Zürich"]
    assert address_lines(zurich, country="SWITZERLAND")[1:] == ["CH-8001 Zürich", "SWITZERLAND"]
    chicago = PostalAddress(street="1 Main St", locality="Chicago", region="Illinois", postcode="60601", country_code="US")
    assert address_lines(chicago) == ["1 Main St", "Chicago, IL 60601"]
    madrid = PostalAddress(street="Calle Mayor 5", locality="Madrid", region="Madrid", postcode="28013", country_code="ES")
    assert address_lines(madrid) == ["Calle Mayor 5", "28013 Madrid"]


def test_lines_leave_nothing_out() -> None:
    munich = PostalAddress(
        street="Weg 1", extended="EG", po_box="12", locality="München", region="Bayern", postcode="80331", country_code="DE"
    )
    assert address_lines(munich) == ["Weg 1", "EG", "12", "80331 München", "Bayern"]
    assert address_lines(PostalAddress(full="Weg 1\nOrt", country="Ruritania")) == ["Weg 1", "Ort", "Ruritania"]
    for code in ("", "HK", "AE", "SG", "AX", "PR", "IE", "XX"):
        value = PostalAddress(street="s1", locality="l2", region="r3", postcode="p4", country_code=code)
        written = " ".join(address_lines(value, name="n5", organization="o6"))
        assert all(text in written for text in ("s1", "l2", "r3", "p4", "n5", "o6")), (code, written)


def test_what_an_address_lacks_is_told_on_request_only() -> None:
    found = address({"street": "1 Main St", "locality": "Springfield", "country": "US"})
    assert found.problems == ()
    assert found.value is not None
    assert missing_fields(found.value) == ("region", "postcode")
    assert missing_fields(PostalAddress(full="somewhere", country_code="US")) == ()
    assert missing_fields(PostalAddress(street="Weg 1"), region="de") == ("locality", "postcode")
    assert missing_fields(PostalAddress(street="Weg 1")) == ()


@pytest.mark.parametrize(
    ("text", "region", "code", "written"),
    [
        ("California", "US", "US-CA", "CA"), ("n.y.", "US", "US-NY", "NY"), ("US-CA", "", "US-CA", "CA"), ("Estado de México", "MX", "MX-MEX", "Méx."),
        ("Québec", "CA", "CA-QC", "QC"), ("Colombie-Britannique", "CA", "CA-BC", "BC"), ("Tokyo-to", "JP", "JP-13", "東京都"), ("東京", "JP", "JP-13", "東京都"),
        ("Guangdong", "CN", "CN-44", "广东省"), ("广西", "CN", "CN-45", "广西壮族自治区"), ("Московская обл.", "RU", "RU-MOS", "Московская область"), ("County Cork", "IE", "IE-CO", "Co. Cork"),
        ("Prov. Milano", "IT", "IT-MI", "MI"), ("Araba", "ES", "ES-VI", "Álava"), ("Seoul", "KR", "KR-11", "서울특별시"), ("서울", "KR", "KR-11", "서울특별시"), ("Dubai", "AE", "AE-DU", "إمارة دبيّ"),
        ("sao paulo", "BR", "BR-SP", "SP"), ("New South Wales (NSW)", "AU", "AU-NSW", "NSW"),
    ],
)  # fmt: skip
def test_a_subdivision_is_read_in_any_of_its_names(text: str, region: str, code: str, written: str) -> None:
    found = subdivision(text, region=region)
    assert found.value is not None
    assert (found.value.code, found.value.written, found.keys) == (code, written, (code,))


def test_a_subdivision_that_the_country_does_not_know_is_said() -> None:
    for text, region in (("Bayern", "DE"), ("Ontario", "US"), ("x", "?"), ("CA", "")):
        assert (subdivision(text, region=region).value, subdivision(text, region=region).problems[0].code) == (
            None,
            "address.region_unknown",
        )
    assert subdivision(" ", region="US").problems == ()


def test_every_subdivision_is_found_by_what_is_written_of_it() -> None:
    for region in ("US", "CA", "AU", "JP", "CN", "KR", "IT", "ES", "BR", "MX", "IN", "RU", "UA", "AE", "TR", "TH", "IE", "EG"):
        rules = address_rules(region)
        assert rules is not None
        for it in rules.subdivisions:
            assert subdivision(it.written, region=region).value == it
            found = subdivision(it.name, region=region)
            assert it in (found.value, *found.alternatives)


def test_the_rules_of_a_country() -> None:
    rules = address_rules("us")
    assert rules is not None
    assert (rules.fields, rules.required) == (
        ("street", "locality", "region", "postcode"),
        ("street", "locality", "region", "postcode"),
    )
    assert rules.upper == ("locality", "region")
    assert address_rules("") is None


def test_addresses_do_not_read_their_tables_on_import() -> None:
    code = (
        "import canonical_contact.normalize as n, sys; n.Normalizer; from canonical_contact.normalize import _address_rules as r, _country as c;"
        "sys.exit(r._rules.cache_info().currsize + c._table.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 2000,
        "1," * 2000,
        "a," * 2000,
        "\n" * 4000,
        "1/2/" * 1000,
        "〒" * 4000,
        "SW1A 1AA " * 400,
        "United States " * 300,
        "9" * 4000,
        "\x00" * 99,
    ],
)
def test_hostile_texts_raise_nothing(text: str) -> None:
    for region in ("", "GB", "JP", "US", "??"):
        found = address(text, region=region, language="?", column="?")
        assert found.value is not None or found.problems or not text.strip("\n\x00")
        address(dict.fromkeys(("street", "postcode", "region", "locality", "country"), text), region=region)


@pytest.mark.parametrize(
    ("raw", "postcode", "locality"),
    [
        ("Keizersgracht 174-176\n1016 DW Amsterdam", "1016 DW", "Amsterdam"),
        ("Plein 4\n2511 CR 's-Gravenhage", "2511 CR", "'s-Gravenhage"),
        ("12 Mill Lane\nRipley DE5 3BX", "DE5 3BX", "Ripley"),
        ("24 Sussex Dr\nOttawa, K1M 1M4", "K1M 1M4", "Ottawa"),
        ("Hauptstr. 5\n1010 Wien", "1010", "Wien"),
    ],
)
def test_a_postcode_of_letters_is_whole_without_a_country(raw: str, postcode: str, locality: str) -> None:
    found = address(raw).value
    assert found is not None
    assert (found.postcode, found.locality) == (postcode, locality)


def test_a_postcode_in_wide_digits_with_a_long_dash_is_one() -> None:
    found = address({"postcode": "１００ー０００１", "country": "日本"})
    assert found.value is not None
    assert (found.value.postcode, found.problems) == ("100-0001", ())


def test_a_part_that_says_there_is_none_is_told_beside_the_others() -> None:
    for parts in ({"street": "unknown", "locality": "Ulm"}, {"full": "Hauptstr. 1, 10115 Berlin", "extended": "n/a"}):
        found = address(parts)
        assert found.value is not None
        assert "address.placeholder" in [problem.code for problem in found.problems]
