from __future__ import annotations

import pytest

from canonical_contact.normalize import loose_phone_key, phone, split_phones


@pytest.mark.parametrize(
    ("raw", "region", "number", "extension"),
    [
        ("+44 20 7946 0018", "", "+442079460018", ""),
        ("0044 (0)20 7946 0018 x12", "", "+442079460018", "12"),
        ("020 7946 0018", "GB", "+442079460018", ""),
        ("00353 87 609 7810", "", "+353876097810", ""),
        ("087 609 7810", "IE", "+353876097810", ""),
        ("0061 3 9327 9470", "AU", "+61393279470", ""),
        ("001 512 601-9048", "US", "+15126019048", ""),
        ("+31 (0) 6 52872790", "NL", "+31652872790", ""),
        ("+39 (0) 6 6998 1234", "IT", "+390669981234", ""),
        ("04/91/75/56/35", "FR", "+33491755635", ""),
        ("'+49 30 1234567", "DE", "+49301234567", ""),
        ("tel:+49-30-1234567", "", "+49301234567", ""),
        ("Mobile: 07400 123456 (after 6pm)", "GB", "+447400123456", ""),
        ("O7400 l23456", "GB", "+447400123456", ""),
        ("447400123456.0", "GB", "+447400123456", ""),
        ("+49 221 3449237 Durchwahl 61", "DE", "+492213449237", "61"),
        ("057183182768 x62", "CN", "+8657183182768", "62"),
        ("+41 44 668 18 00, 12#", "", "+41446681800", "12"),
        ("+1 213 441 9100 ext. 33", "", "+12134419100", "33"),
        ("1-800-FLOWERS", "US", "+18003569377", ""),
        ("٠٩١٢٣٤٥٦٧٨٩", "IR", "+989123456789", ""),
        ("＋４９ ３０ １２３４５６７", "", "+49301234567", ""),
        ("+52 1 33 3692 8477", "", "+523336928477", ""),
        ("17682675612", "DE", "+4917682675612", ""),
        ("(+1) 415 555 2671", "DE", "+14155552671", ""),
        ("(+44 20) 7946 0018 ext. 12", "", "+442079460018", "12"),
    ],
)
def test_e164(raw: str, region: str, number: str, extension: str) -> None:
    found = phone(raw, region=region)
    assert found.value is not None
    assert (found.value.number, found.value.extension) == (number, extension)
    assert found.keys == (number,)


@pytest.mark.parametrize(
    ("raw", "region", "number", "code", "confidence"),
    [
        ("+33 6 93 86 12 46", "", "+33693861246", "phone.not_in_plan", 0.7),
        ("0453 909 517", "AU", "+61453909517", "phone.not_in_plan", 0.7),
        ("091.564.717-32", "IE", "+35391564717", "phone.extension_read", 0.9),
        ("33491738685", "GB", "+33491738685", "phone.plus_restored", 0.8),
        ("66998123", "IT", "+39066998123", "phone.zero_restored", 0.9),
    ],
)
def test_what_was_assumed_lowers_the_confidence(raw: str, region: str, number: str, code: str, confidence: float) -> None:
    found = phone(raw, region=region)
    assert found.value is not None
    assert (found.value.number, found.confidence) == (number, confidence)
    assert code in [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("call me", "phone.not_a_number"),
        ("siehe Notiz", "phone.not_a_number"),
        ("???", "phone.not_a_number"),
        ("123", "phone.placeholder"),
        ("0000000000", "phone.placeholder"),
        ("1234567890", "phone.placeholder"),
        ("4,47400E+11", "phone.digits_lost"),
        ("4.474E+11", "phone.digits_lost"),
        ("021 7", "phone.too_short"),
    ],
)
def test_refused(raw: str, code: str) -> None:
    found = phone(raw, region="DE")
    assert found.value is None
    assert found.keys == ()
    assert [problem.code for problem in found.problems] == [code]
    assert found.problems[0].raw == raw


def test_a_national_number_without_a_country_has_a_loose_key() -> None:
    found = phone("087 609 7810")
    assert (found.value, found.keys, found.problems[0].code) == (None, ("~876097810",), "phone.region_unknown")
    assert loose_phone_key("+353 87 609 7810") == found.keys[0]
    assert loose_phone_key("abc") == ""


def test_a_number_that_no_plan_fits_has_a_loose_key() -> None:
    found = phone("6121180210561539173", region="FR")
    assert (found.value, found.keys, found.problems[0].code) == (None, ("~561539173",), "phone.invalid")


def test_a_local_number_without_its_area_is_not_taken_for_a_whole_one() -> None:
    assert phone("893 9882", region="US").value is None
    assert phone("8122-1234", region="AU").value is None


def test_the_weaker_hints_are_marked() -> None:
    found = phone("06 81 65 94 40", region="US", other_regions=("FR",))
    assert found.value is not None
    assert (found.value.number, found.value.country_code, found.confidence) == ("+33681659440", "FR", 0.8)
    assert found.problems[0].code == "phone.region_guessed"


def test_country_and_type_come_from_the_number() -> None:
    value = phone("+44 7400 123456", region="DE").value
    assert value is not None
    assert (value.country_code, value.line_type) == ("GB", "mobile")


def test_spellings_of_one_number_are_equal() -> None:
    spellings = [
        "00353 87 609 7810",
        "+353 87 609 7810",
        "087 609 7810",
        "(087) 609-7810",
        "+353 (0) 87 609 7810",
        "876097810",
        "087.609.7810",
        "+353876097810",
    ]
    assert {phone(text, region="IE").keys for text in spellings} == {("+353876097810",)}


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("+34 650 94 07 58, 96 359 98 26", ["+34 650 94 07 58", "96 359 98 26"]),
        ("07773 592838 ; +44 141 289 4620", ["07773 592838", "+44 141 289 4620"]),
        ("+49 170 1512265\n040 75428293", ["+49 170 1512265", "040 75428293"]),
        ("21983125048 ::: +55 21 2448-6820", ["21983125048", "+55 21 2448-6820"]),
        ("0170 1512265 oder 040 75428293", ["0170 1512265", "040 75428293"]),
        ("(212) 405-4427 / (512) 434-1571", ["(212) 405-4427", "(512) 434-1571"]),
        ("08/535/671/12", ["08/535/671/12"]),
        ("70431/45553", ["70431/45553"]),
        ("07/12 34 56 78", ["07/12 34 56 78"]),
        ("030 123456, ext 12", ["030 123456, ext 12"]),
        ("call me", ["call me"]),
    ],
)
def test_cells_with_several_numbers(cell: str, numbers: list[str]) -> None:
    assert split_phones(cell) == numbers


def test_a_number_that_lost_its_plus_at_home_is_read_with_it_where_national_numbers_begin_with_a_zero() -> None:
    found = phone("491727376759", region="DE")
    assert found.value is not None
    assert found.value.number == "+491727376759"
    assert [problem.code for problem in found.problems] == ["phone.plus_restored"]
    national = phone("1727376759", region="DE").value
    assert national is not None
    assert national.number == "+491727376759"
