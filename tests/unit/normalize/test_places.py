from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from canonical_contact.normalize import address, country, language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"), ("Deutschland", "DE"), ("BRD", "DE"), ("D", "DE"), ("de", "DE"), ("DEU", "DE"), ("Allemagne", "DE"), ("Niemcy", "DE"),
        ("USA", "US"), ("U.S.A.", "US"), ("United States of America", "US"), ("Vereinigte Staaten", "US"), ("UK", "GB"), ("Great Britain", "GB"),
        ("England", "GB"), ("N. Ireland", "GB"), ("Ireland", "IE"), ("Éire", "IE"), ("Rep. of Ireland", "IE"), ("Holland", "NL"),
        ("The Netherlands", "NL"), ("España", "ES"), ("Espana", "ES"), ("Brasil", "BR"), ("Mex.", "MX"), ("日本", "JP"), ("中国", "CN"), ("PRC", "CN"),
        ("Bharat", "IN"), ("مصر", "EG"), ("Россия", "RU"), ("Côte d’Ivoire", "CI"), ("Kosovo", "XK"), ("Jersey", "JE"), ("in", "IN"), ("no", "NO"),
        ("Germany (DE)", "DE"), ("DE - Deutschland", "DE"), ("Afghanistan", "AF"), ("Sverige", "SE"), ("République française", "FR"), ("Ísland", "IS"),
    ],
)  # fmt: skip
def test_country(text: str, code: str) -> None:
    assert country(text).value == code


@pytest.mark.parametrize("text", ["EU", "00", "Atlantis", "n/a"])
def test_no_country(text: str) -> None:
    found = country(text)
    assert (found.value, found.problems[0].code, found.problems[0].raw) == (None, "country.unknown", text)


@pytest.mark.parametrize(
    ("text", "code", "others"), [("Georgia", "GE", ("US",)), ("Congo", "CG", ("CD",)), ("Korea", "KR", ("KP",))]
)
def test_names_of_several_places_have_alternatives(text: str, code: str, others: tuple[str, ...]) -> None:
    found = country(text)
    assert (found.value, found.alternatives, found.confidence) == (code, others, 0.7)


@pytest.mark.parametrize(
    ("text", "tag"),
    [("de", "de"), ("DE_at", "de-AT"), ("pt_BR.UTF-8", "pt-BR"), ("zh-hans-cn", "zh-Hans-CN"), ("Deutsch", "de"), ("français", "fr"), ("castellano", "es"),
     ("日本語", "ja"), ("English (UK)", "en-GB"), ("English (Nigeria)", "en"), ("iw", "he"), ("no", "no")],
)  # fmt: skip
def test_language(text: str, tag: str) -> None:
    assert language(text).value == tag


def test_no_language() -> None:
    assert language("Klingonisch?").problems[0].code == "language.unknown"


@pytest.mark.parametrize(
    ("place", "raw", "postcode"),
    [
        ("DE", "1007", "01007"), ("FR", "1000", "01000"), ("US", "2101", "02101"), ("MX", "6600", "06600"), ("JP", "60-0012", "060-0012"),
        ("JP", "1000001", "100-0001"), ("BR", "1234567", "01234-567"), ("PL", "-950", "00-950"), ("PL", "1-123", "01-123"), ("NL", "3016sk", "3016 SK"),
        ("SE", "58438", "584 38"), ("GB", "ec1a1bb", "EC1A 1BB"), ("IE", "d02xy12", "D02 XY12"), ("CA", "k1a0b1", "K1A 0B1"), ("DE", "D-10115", "10115"),
        ("CH", "800", "800"), ("IS", "101", "101"), ("GB", "not known", "not known"), ("US", "02115-1234", "02115-1234"),
    ],
)  # fmt: skip
def test_postcode(place: str, raw: str, postcode: str) -> None:
    found = address({"postcode": raw, "country": place})
    assert found.value is not None
    assert found.value.postcode == postcode
    restored = [problem.code for problem in found.problems]
    assert restored == (
        ["postcode.zero_restored"] if postcode.replace("-", "").startswith("0") and not raw.startswith("0") else []
    )
    assert found.confidence == (0.9 if restored else 1.0)


@pytest.mark.parametrize(
    ("text", "street", "locality", "region", "postcode", "code"),
    [
        ("Paseo del Prado, 41  Bilbao  48031  Spain", "Paseo del Prado, 41", "Bilbao", "", "48031", "ES"),
        ("Reforma 91  Naucalpan  Edo. Méx.  53979", "Reforma 91", "Naucalpan", "Edo. Méx.", "53979", ""),
        ("High Street 5  London  Greater London  EC1A 1BB  UK", "High Street 5", "London", "Greater London", "EC1A 1BB", "GB"),
        ("西新宿1-2-3  東京  東京都  160-0012  日本", "西新宿1-2-3", "東京", "東京都", "160-0012", "JP"),
        ("Schillerplatz 1\n50690 Köln\nGermany", "Schillerplatz 1", "Köln", "", "50690", "DE"),
        ("Germany", "", "", "", "", "DE"),
        ("BR", "", "", "", "", "BR"),
    ],
)
def test_one_text(text: str, street: str, locality: str, region: str, postcode: str, code: str) -> None:
    value = address(text).value
    assert value is not None
    assert (value.street, value.locality, value.region, value.postcode, value.country_code, value.full) == (
        street,
        locality,
        region,
        postcode,
        code,
        "",
    )


def test_a_text_without_parts_is_kept_whole() -> None:
    value = address("10 Downing St, London, UK").value
    assert value is not None
    assert (value.full, value.country_code) == ("10 Downing St, London, UK", "GB")


def test_an_unknown_country_is_kept_as_written() -> None:
    found = address({"street": "Main St 1", "country": "EU"})
    assert found.value is not None
    assert (found.value.country, found.value.country_code) == ("EU", "")
    assert found.problems[0].code == "country.unknown"


def test_parts_win_over_the_text() -> None:
    value = address({"full": "something else", "street": "Main St 1"}).value
    assert value is not None
    assert (value.full, value.street) == ("", "Main St 1")


def test_nothing_is_no_address() -> None:
    assert address("").value is None
    assert address({"street": "n/a", "locality": "-"}).value is None


def test_the_tables_of_names_say_each_name_once() -> None:
    for table in ("countries", "languages"):
        data = tomllib.loads((files("canonical_contact.normalize") / "data" / f"{table}.toml").read_text(encoding="utf-8"))
        names = [name for line in data["names"].values() for name in line.split("|")]
        assert len(names) == len(set(names))
