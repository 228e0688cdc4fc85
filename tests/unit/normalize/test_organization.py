from __future__ import annotations

import csv
from pathlib import Path

import pytest
from attrs import fields

from canonical_contact.model import Organization
from canonical_contact.normalize import Normalized, organization
from canonical_contact.normalize._organization import _closer, has_legal_form

NAMES = Path(__file__).parent / "data" / "organizations.csv"


def rows() -> list[tuple[str, str]]:
    with NAMES.open(encoding="utf-8", newline="") as file:
        return [(row["name"], row["key"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("text", "key"), rows())
def test_the_key_has_no_legal_form_and_the_name_stays_as_written(text: str, key: str) -> None:
    found = organization(text)
    assert found.value is not None
    assert (found.value.name, found.value.key, found.keys[0], found.raw) == (text, key, key, text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Nordlicht Logistics e.K.", "nordlicht logistics"), ("Keystone Foods & Co.", "keystone foods"), ("Try me", "try me"), ("GmbH", "gmbh"),
        ("株式会社山田製作所", "shantianzhizuosuo"), ("山田製作所(株)", "shantianzhizuosuo"), ("A.B.C. Ltd.", "abc"), ("A. B. C. Ltd.", "abc"), ("!!!", "!!!"),
        ("Padaria Silva ME", "padaria silva me"), ("Nordlicht", "nordlicht"), ("&", "&"), ("Ltd. Ltd. Ltd.", "ltd"), ("Sà Sa", "sa sa"),
    ],
)  # fmt: skip
def test_key(text: str, key: str) -> None:
    found = organization(text)
    assert found.value is not None
    assert found.value.key == key


def test_the_name_is_cleaned_and_otherwise_kept() -> None:
    value = organization(" Nordlicht\x00  GmbH\u200b").value
    assert value is not None
    assert value.name == "Nordlicht GmbH"


def test_a_region_decides_on_forms_that_are_words_elsewhere() -> None:
    def key(text: str, region: str) -> str:
        found = organization(text, region=region).value
        assert found is not None
        return found.key

    assert (key("AB Volvo", "SE"), key("AB Volvo", "")) == ("volvo", "ab volvo")
    assert (key("AS Tallink Grupp", "EE"), key("AS Roma", "IT")) == ("tallink grupp", "as roma")
    assert (key("Padaria Silva ME", "BR"), key("Try me", "GB")) == ("padaria silva", "try me")
    assert (key("Serenity Spa", "GB"), key("Serenity Spa", "IT"), key("Ferrero S.p.A.", "GB")) == (
        "serenity spa",
        "serenity",
        "ferrero",
    )
    assert key("Acme Ltd", "no such country") == "acme"


@pytest.mark.parametrize(
    "texts",
    [
        (
            "Müller & Söhne GmbH",
            "Müller und Söhne GmbH",
            "MULLER & SOHNE GMBH",
            "müller&söhne gmbh",
            "Mu\u0308ller  und So\u0308hne\tGmbH",
        ),
        ("Marks & Spencer", "Marks and Spencer", "MARKS AND SPENCER"),
        ("Coca-Cola", "Coca Cola", "COCA–COLA"),
        ("J.P. Morgan", "J. P. Morgan", "J P Morgan", "JP Morgan"),
        ("Nordlicht AG", "nordlicht ag", "NORDLICHT AG", "Nordlicht A.G."),
        ("Wisła Sp. z o.o.", "Wisla sp z o o", "WISŁA SP.Z O.O.", "Wisła spzoo"),
        ("Azteca S.A. de C.V.", "AZTECA SA DE CV", "azteca s. a. de c. v."),
        ("株式会社日立", "日立 株式会社", "㈱日立", "(株) 日立", "（株）日立"),
    ],
)
def test_keys_are_equal_under_case_spacing_diacritics_and_joining_words(texts: tuple[str, ...]) -> None:
    assert len({organization(text).keys[0] for text in texts}) == 1


@pytest.mark.parametrize(
    "text",
    ["[not provided]", "n/a", "N.A.", "-", "unknown", "keine Angabe", "Néant", "sin empresa", "неизвестно", "なし", "无", "없음"],
)
def test_placeholder(text: str) -> None:
    found = organization(text)
    assert (found.value, found.problems[0].code, found.raw) == (None, "organization.placeholder", text)


@pytest.mark.parametrize("text", ["freelance", "Selbständig", "Autónomo", "retraité", "フリーランス"])
def test_an_occupation_is_kept_and_matches_nobody(text: str) -> None:
    found = organization(text)
    assert found.value is not None
    assert (found.value.name, found.value.key, found.keys, found.problems[0].code) == (text, "", (), "organization.no_employer")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("info@acme.com", "organization.is_email"), ("https://acme.com/about", "organization.is_url"), ("www.acme.com", "organization.is_url"),
        ("Herr Max Müller", "organization.maybe_person"), ("Mrs. Jane van Doe", "organization.maybe_person"),
    ],
)  # fmt: skip
def test_what_is_no_name_of_a_firm_is_told_and_kept(text: str, code: str) -> None:
    found = organization(text)
    assert found.value is not None
    assert (found.value.name, [problem.code for problem in found.problems]) == (text, [code])
    assert found.confidence < 1


@pytest.mark.parametrize(
    "text",
    [
        "Booking.com",
        "Dr. Oetker GmbH",
        "Mr. Price Group",
        "Mrs. Fields",
        "1&1",
        "7-Eleven",
        "3M",
        "R T A Transport",
        "Trading Post Ltd",
    ],
)
def test_odd_names_are_names(text: str) -> None:
    found = organization(text)
    assert (found.problems, found.confidence) == ((), 1.0)


def test_what_stands_in_brackets_or_behind_a_comma_is_in_the_key_and_left_out_of_another() -> None:
    assert organization("Siemens AG (Berlin)").keys == ("siemens berlin", "firm:siemens")
    assert organization("Deutsche Bank AG, London Branch").keys == ("deutsche bank london branch", "firm:deutsche bank")


@pytest.mark.parametrize("text", ["Foo GmbH c/o Bar AG", "Foo GmbH, c/o Bar AG", "c/o Foo GmbH"])
def test_care_of(text: str) -> None:
    found = organization(text)
    assert found.value is not None
    assert (found.value.name, found.keys, found.problems[0].code) == (text, ("foo",), "organization.care_of")


@pytest.mark.parametrize("text", [name for name, _ in rows()])
def test_the_short_way_and_the_close_reading_agree(text: str) -> None:
    quick = organization(text).value
    close = _closer(text, text, "").value
    assert quick is not None
    assert close is not None
    assert quick.key == close.key


@pytest.mark.parametrize(
    "text",
    [
        "Acme Ltd t/a Best Beds",
        "Acme Ltd trading as Best Beds",
        "Acme Ltd (t/a Best Beds)",
        "Acme Ltd dba Best Beds Inc.",
        "Acme Ltd d/b/a Best Beds",
    ],
)
def test_a_second_name_is_an_alternative(text: str) -> None:
    found = organization(text)
    assert found.value is not None
    assert (found.value.name, found.keys, found.alternatives[0].key) == (text, ("acme", "alias:best beds"), "best beds")
    assert (found.problems[0].code, found.confidence) == ("organization.several_names", 0.9)


def test_a_script_that_is_not_folded_has_a_latin_key() -> None:
    assert organization("삼성전자 주식회사").keys == ("삼성전자", "latin:samseongjeonja")


def test_lost_letters_are_told() -> None:
    for text in ("M\ufffdller GmbH", "M\ufffdller GmbH (日本)"):
        found = organization(text)
        assert [problem.code for problem in found.problems] == ["text.characters_lost"]


def test_a_long_text_is_kept_whole() -> None:
    text = "Ltd " * 5000
    found = organization(text)
    assert found.value is not None
    assert (found.value.name, found.value.key) == (text.strip(), "ltd")


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("Acme Holdings Ltd", True), ("Acme Ltd.", True), ("Officine Ferrero S.r.l.", True), ("Wisła Sp. z o.o.", True), ("株式会社日立", True),
        ("Jack Ma", False), ("Ltd", False), ("Anna Sa", False), ("", False), ("Ana Co", False), ("Müller GmbH", True), ("ООО Ромашка", False), ("Ромашка ООО", True),
    ],
)  # fmt: skip
def test_a_legal_form_that_no_person_has(text: str, has: bool) -> None:
    assert has_legal_form(text) is has


@pytest.mark.parametrize("text", ["Nordlicht GmbH", "ООО «Ромашка»", "삼성전자 주식회사", "株式会社日立", "Cant\ufffdbrico S.L."])
def test_the_short_ways_make_what_the_constructors_make(text: str) -> None:
    found = organization(text)
    value = found.value
    assert value is not None
    assert value == Organization(text, (), value.key)
    assert found == Normalized(value, found.keys, problems=found.problems, raw=text)
    for whole in (value, found):
        assert all(hasattr(whole, one.name) for one in fields(type(whole)))


@pytest.mark.parametrize(
    "text",
    [
        "ООО «Ромашка»", "ТОВ Київ", "Ёлка ЗАО", "Витоша ЕООД", "Αιγαίο Α.Ε.", "ΣΑΣ Α.Ε.", "ООО Агро-Союз", "東方 Trading Co. Ltd", "さくら K.K.", "がぎぐ 株式会社",
        "山田商店㈱", "(주)한빛", "삼성전자 주식회사", "株式会社山田製作所 Co., Ltd.", "Aço Forte S/A", "Nordisk A/S", "Carpați S.R.L.", "Công ty Cổ phần Sao Mai",
        "华信有限公司", "ε ε", "А. Б. Север",
    ],
)  # fmt: skip
def test_other_scripts_and_letters_are_read_by_tables_as_by_words(text: str) -> None:
    quick, close = organization(text), _closer(text, text, "")
    assert (quick.value, quick.keys, quick.confidence) == (close.value, close.keys, close.confidence)


@pytest.mark.parametrize("text", ["Â\xa0", "Â\x80"])
def test_what_is_nothing_once_it_is_mended_is_told(text: str) -> None:
    found = organization(text)
    assert (found.value, [problem.code for problem in found.problems]) == (None, ["organization.placeholder"])
    assert organization(" \t\u200b") == Normalized(None, raw=" \t\u200b")
