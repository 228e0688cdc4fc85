"""What phonenumbers takes for another number, or refuses; and what must be refused."""

from __future__ import annotations

import time
from typing import Any

import pytest

from canonical_contact.normalize._phone import loose_phones, phone, split_phones


def codes(raw: str, region: str = "", **hints: Any) -> list[str]:
    return [problem.code for problem in phone(raw, region=region, **hints).problems]


@pytest.mark.parametrize(
    ("raw", "region", "number", "extension"),
    [
        ("01 42 34 56 78 poste 12", "FR", "+33142345678", "12"),
        ("01 42 34 56 78 (poste n° 12)", "FR", "+33142345678", "12"),
        ("030 1234567 Durchwahl 12", "DE", "+49301234567", "12"),
        ("030 1234567, Durchwahl: 12", "DE", "+49301234567", "12"),
        ("030 1234567 DW 12", "DE", "+49301234567", "12"),
        ("030 1234567 Nebenstelle Nr. 12", "DE", "+49301234567", "12"),
        ("01 5885800 Klappe 12", "AT", "+4315885800", "12"),
        ("911 234 567 extensión 12", "ES", "+34911234567", "12"),
        ("2 2123 4567 anexo 12", "CL", "+56221234567", "12"),
        ("11 4321-9876 interno 45", "AR", "+541143219876", "45"),
        ("06 69981234 int. 5", "IT", "+390669981234", "5"),
        ("(11) 2222-3333 ramal 44", "BR", "+551122223333", "44"),
        ("020 123 4567 toestel 8", "NL", "+31201234567", "8"),
        ("22 123 45 67 wew. 12", "PL", "+48221234567", "12"),
        ("08-123 456 78 ankn. 9", "SE", "+46812345678", "9"),
        ("8 (495) 123-45-67 доб. 123", "RU", "+74951234567", "123"),
        ("03-1234-5678 内線12", "JP", "+81312345678", "12"),
        ("020 7946 0018 #12", "GB", "+442079460018", "12"),
        ("+442079460018;ext=12", "", "+442079460018", "12"),
        ("+1 213 441 9100,,12#", "", "+12134419100", "12"),
        ("+1 213 441 9100,,12", "", "+12134419100", "12"),
        ("0212 555 0123 dahili 12", "TR", "+902125550123", "12"),
        ("447400123456.0", "GB", "+447400123456", ""),
        ("447400123456,00", "GB", "+447400123456", ""),
        ("4.47400123456E+11", "GB", "+447400123456", ""),
        ('="+447400123456"', "", "+447400123456", ""),
        ("'+447400123456", "", "+447400123456", ""),
        ("07400 l23456", "GB", "+447400123456", ""),
        ("Tel. 030 1234567", "DE", "+49301234567", ""),
        ("044 55 1234 5678", "MX", "+525512345678", ""),
        ("045 55 1234 5678", "MX", "+525512345678", ""),
        ("1 55 1234 5678", "MX", "+525512345678", ""),
        ("01 55 1234 5678", "MX", "+525512345678", ""),
        ("+52 1 55 1234 5678", "", "+525512345678", ""),
        ("+52 044 55 1234 5678", "", "+525512345678", ""),
        ("00447400123456", "US", "+447400123456", ""),
        ("6 69981234", "IT", "+390669981234", ""),
        ("+39 6 69981234", "", "+390669981234", ""),
        ("701234567", "CI", "+2250701234567", ""),
        ("44+7400123456", "GB", "+447400123456", ""),
        ("(44)+7400 123456", "US", "+447400123456", ""),
        ("(+501) 223-4567", "US", "+5012234567", ""),
        ("+48 (0) 22 123 45 67", "", "+48221234567", ""),
        ("(0) 22 123 45 67", "PL", "+48221234567", ""),
        ("8 495 123-45-67", "KZ", "+74951234567", ""),
        ("0xx11 91234-5678", "BR", "+5511912345678", ""),
        ("1-800-GO-FEDEX", "US", "+18004633339", ""),
        ("+1-800-MY-APPLE", "", "+18006927753", ""),
        ("+44 7400 123456 ext", "", "+447400123456", ""),
        ("030 1234567", "DE", "+49301234567", ""),
    ],
)
def test_what_is_cleaned(raw: str, region: str, number: str, extension: str) -> None:
    found = phone(raw, region=region)
    assert found.value
    assert (found.value.number, found.value.extension) == (number, extension)
    assert found.raw == raw


def test_the_region_is_that_of_the_number() -> None:
    value = phone("8 495 123-45-67", region="KZ").value
    assert value
    assert value.country_code == "RU"


@pytest.mark.parametrize(
    ("raw", "region", "number", "extension", "dialled"),
    [
        ("030 1234567-12", "DE", "+49301234567", "12", "+4930123456712"),
        ("+49 30 1234567-12", "", "+49301234567", "12", "+4930123456712"),
        ("+49-30-1234567-12", "", "+49301234567", "12", "+4930123456712"),
        ("(089) 123 456-0", "DE", "+4989123456", "0", "+49891234560"),
        ("01 58858-123", "AT", "+43158858", "123", "+43158858123"),
    ],
)
def test_a_german_extension_behind_a_hyphen(raw: str, region: str, number: str, extension: str, dialled: str) -> None:
    found = phone(raw, region=region)
    assert found.value
    assert (found.value.number, found.value.extension) == (number, extension)
    assert ([one.number for one in found.alternatives], found.keys) == ([dialled], (dialled,))
    assert (codes(raw, region), found.confidence) == (["phone.extension_read"], 0.9)


def test_the_key_of_a_german_extension_is_what_is_dialled() -> None:
    assert phone("030 1234567-12", region="DE").keys == phone("030123456712", region="DE").keys
    assert phone("030 123456-7 ext. 12", region="DE").keys == phone("030 1234567 ext. 12", region="DE").keys


@pytest.mark.parametrize("raw", ["0171-1234567", "0171 12345-67", "030-1234567", "030 123-456", "030-12-34-56"])
def test_other_hyphens_are_marks(raw: str) -> None:
    found = phone(raw, region="DE")
    assert (found.confidence, found.problems, found.alternatives) == (1.0, (), ())


@pytest.mark.parametrize(
    ("raw", "region", "numbers"),
    [
        ("07400 123456/07400 123457", "GB", ["+447400123456", "+447400123457"]),
        ("07400 123456, 07400 123457", "GB", ["+447400123456", "+447400123457"]),
        ("07400 123456 or 07400 123457", "GB", ["+447400123456", "+447400123457"]),
        ("+447400123456 +447400123457", "", ["+447400123456", "+447400123457"]),
        ("+447400123456+447400123457", "", ["+447400123456", "+447400123457"]),
        ("(030) 1234567 / 1234599", "DE", ["+49301234567", "+49301234599"]),
        ("Büro 030 1234567 privat 0170 1234567", "DE", ["+49301234567", "+491701234567"]),
        ("call me or 07400 123457, 07400 123458", "GB", ["+447400123457", "+447400123458"]),
    ],
)
def test_of_several_numbers_the_first_is_taken(raw: str, region: str, numbers: list[str]) -> None:
    found = phone(raw, region=region)
    assert found.value
    assert [found.value.number, *[one.number for one in found.alternatives]] == numbers
    assert "phone.several" in codes(raw, region)


@pytest.mark.parametrize(
    ("raw", "first", "second"),
    [("030 1234567/8", "+49301234567", "+49301234568"), ("030/1234567/8", "+49301234567", "+49301234568"),
     ("030 1234567/68", "+49301234567", "+49301234568"), ("+49 30 1234567/68", "+49301234567", "+49301234568")],
)  # fmt: skip
def test_a_range(raw: str, first: str, second: str) -> None:
    found = phone(raw, region="DE")
    assert found.value
    assert (found.value.number, found.alternatives[0].number) == (first, second)
    assert codes(raw, "DE") == ["phone.range_read"]
    assert split_phones(raw) == [raw]


@pytest.mark.parametrize("raw", ["04/91/75/56/35", "07/12 34 56 78", "04 91 75 56/35"])
def test_a_slash_between_groups_is_a_mark(raw: str) -> None:
    value = phone(raw, region="FR").value
    assert value
    assert len(value.number) == 12


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("999", "GB"),
        ("112", ""),
        ("112", "DE"),
        ("110", "DE"),
        ("911", "US"),
        ("116117", "DE"),
        ("118 33", "DE"),
        ("72727", "US"),
    ],
)
def test_short_codes_reach_no_person(raw: str, region: str) -> None:
    found = phone(raw, region=region)
    assert (found.value, found.keys, codes(raw, region)) == (None, (), ["phone.short_code"])


@pytest.mark.parametrize(
    ("raw", "code"),
    [("4.47400E+11", "phone.digits_lost"), ("4,474E11", "phone.digits_lost"), ("4.47E+11", "phone.digits_lost"), ("555-1234", "phone.invalid"),
     ("5555555", "phone.placeholder"), ("  ", ""), ("x12", "phone.too_short")],
)  # fmt: skip
def test_what_is_refused(raw: str, code: str) -> None:
    assert phone(raw, region="US").value is None
    assert codes(raw, "US") == ([code] if code else [])


def test_a_number_without_its_plus_that_the_open_german_plan_would_take() -> None:
    found = phone("447400123456", region="DE")
    assert found.value
    assert (found.value.number, found.confidence) == ("+49447400123456", 0.6)
    assert ([one.number for one in found.alternatives], codes("447400123456", "DE")) == (["+447400123456"], ["phone.ambiguous"])
    assert loose_phones(found.problems) == ("~400123456",)
    mobile = phone("17022345678", region="DE")
    assert mobile.value
    assert (mobile.value.number, mobile.confidence, mobile.alternatives[0].number) == ("+4917022345678", 0.8, "+17022345678")
    assert phone("0447400123456", region="DE").problems == ()


def test_a_number_of_several_hinted_countries_has_alternatives() -> None:
    found = phone("030 1234567", other_regions=("DE", "BE", "FR"))
    assert found.value
    assert (found.value.number, found.confidence) == ("+49301234567", 0.6)
    assert [problem.code for problem in found.problems] == ["phone.region_guessed", "phone.ambiguous"]
    assert all(one.number != found.value.number for one in found.alternatives)
    same_plan = phone("212 405 4427", other_regions=("US", "CA"))
    assert (same_plan.confidence, same_plan.alternatives) == (0.8, ())


@pytest.mark.parametrize(
    ("raw", "hints", "number", "confidence"),
    [
        ("0171 1234567", {"column": "Mobil (DE)"}, "+491711234567", 1.0),
        ("020 7946 0018", {"column": "phone_uk"}, "+442079460018", 1.0),
        ("06 69981234", {"column": "Tel. (+39)"}, "+390669981234", 1.0),
        ("01 42 34 56 78", {"column": "Téléphone"}, "+33142345678", 0.8),
        ("01 42 34 56 78", {"language": "fr-FR"}, "+33142345678", 0.8),
        ("01 42 34 56 78", {"language": "fr", "column": "phones[0].number"}, "+33142345678", 0.8),
        ("01 42 34 56 78", {"region": "fr", "column": "Mobil (DE)", "language": "de"}, "+33142345678", 1.0),
    ],
)
def test_hints(raw: str, hints: dict[str, Any], number: str, confidence: float) -> None:
    found = phone(raw, **hints)
    assert found.value
    assert (found.value.number, found.confidence) == (number, confidence)


@pytest.mark.parametrize(
    "hints", [{"column": "Phone No"}, {"column": "\ud800 (ZZ)"}, {"language": "💥"}, {"region": "Germany"}, {"column": "(+000)"}]
)
def test_a_hint_that_does_not_help_loses_nothing(hints: dict[str, Any]) -> None:
    assert phone("+44 7400 123456", **hints).value
    national = phone("087 609 7810", **hints)
    assert (national.value, national.keys) == (None, ("~876097810",))


def test_a_number_whose_beginning_looks_like_a_trunk_prefix_stays_itself() -> None:
    value = phone("8 810 302 1650", region="BY").value or phone("+3758103021650").value
    assert value
    again = phone(value.number).value
    assert again == value


@pytest.mark.parametrize(
    "piece",
    ["0", "+", "+1 ", "(0)", "1/", "1-", "-", "/", "x1", " ext. 1", "0 ", "00", "+49 30 1234567 / ", ",", ";", "a1 ", "O0", "１", "٣", "1E", "tel:", "(", "."],
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    phone("020 7946 0018", region="GB")
    for text in (piece * (100_000 // len(piece)), (piece * 1_000)[:1_000]):
        started = time.process_time()
        phone(text, region="DE", column=text, language=text, other_regions=("FR", "US"))
        assert time.process_time() - started < max(0.05, len(text) / 1000 * 0.01)


@pytest.mark.parametrize(
    ("raw", "region", "numbers"),
    [
        ("01 42 68 53 00 - 06 12 34 56 78", "FR", ["+33142685300", "+33612345678"]),
        ("0142685300 – +33612345678", "FR", ["+33142685300", "+33612345678"]),
        ("0171 2345678 - 089 1234567 - 030 901820", "DE", ["+491712345678", "+49891234567", "+4930901820"]),
        ("0211 - 1234567", "DE", ["+492111234567"]),  # an area code before its dash
        ("030 901820 - 17", "DE", ["+493090182017"]),
    ],
)
def test_a_dash_between_whole_numbers_parts_them(raw: str, region: str, numbers: list[str]) -> None:
    found = phone(raw, region=region)
    assert [one.number for one in (found.value, *found.alternatives) if one is not None] == numbers


@pytest.mark.parametrize(
    ("raw", "region", "number", "extension"),
    [
        ("+0044 20 7946 0018", "", "+442079460018", ""),  # both signs of an international number
        ("+55 0xx11 98765 4321", "", "+5511987654321", ""),
        ("+55 (0xx11) 98765-4321", "", "+5511987654321", ""),
        ("(0xx11) 98765-4321", "BR", "+5511987654321", ""),
        ("212-736-5000 extention 9", "US", "+12127365000", "9"),
    ],
)
def test_usual_slips_before_and_behind_a_number(raw: str, region: str, number: str, extension: str) -> None:
    found = phone(raw, region=region).value
    assert found is not None
    assert (found.number, found.extension) == (number, extension)
