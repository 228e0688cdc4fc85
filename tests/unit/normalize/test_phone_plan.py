"""The tables say what phonenumbers says; fuzz/phone.py asks them millions of numbers, this a few."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import phonenumbers
import pytest

from canonical_contact.model.channels import PhoneNumber
from canonical_contact.normalize._phone_automaton import Automaton, UnknownSyntaxError
from canonical_contact.normalize._phone_forms import PhoneForms, phone_display, phone_forms, phone_time_zones
from canonical_contact.normalize._phone_plan import Plans

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_phone", ROOT / "fuzz" / "phone.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def _cached(monkeypatch: pytest.MonkeyPatch) -> None:
    # The library alone would need half a minute; its cache is put back as it was.
    monkeypatch.setattr("phonenumbers.re_util._COMPILED_PATTERNS", {})


@pytest.mark.usefixtures("_cached")
def test_numbers_of_all_regions_are_read_as_phonenumbers_reads_them(fuzz: ModuleType) -> None:
    different = [
        (text, region) for text, region, _ in fuzz.numbers(3_000, 20261125) if fuzz.asked(text, region) != fuzz.told(text, region)
    ]
    assert different == []


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+44 0 20 7946 0018", ""),
        ("0011 49 30 1234567", "AU"),
        ("011 44 20 7946 0018", "US"),
        ("011 15 2345 6789", "AR"),
        ("8 10 49 30 1234567", "RU"),
        ("810 0 49 30", "RU"),
        ("810 4", "RU"),
        ("00 49", "DE"),
        ("49 30 1234567", "DE"),
        ("+49", ""),
        ("+999 1234567", "DE"),
        ("+0 44 20 7946 0018", "GB"),
        ("+0044 20 7946 0018", "GB"),
        ("0000000", "GB"),
        ("+39 0000000", ""),
        ("+882 13300655", ""),
        ("+800 1234 5678", ""),
        ("2345678", "KN"),
        ("0 15 21 1234567", "BR"),
        ("+44" + "1" * 16, ""),
        ("1" * 30, "DE"),
        ("1234", "XX"),
        ("12", "DE"),
        ("", "DE"),
        ("tel:+442079460018;ext=12", ""),
        ("020 7946 0018 x12", "GB"),
        ("٠٢٠ 7946 0018", "GB"),
    ],
)
def test_odd_texts_are_read_as_phonenumbers_reads_them(fuzz: ModuleType, text: str, region: str) -> None:
    assert fuzz.told(text, region) == fuzz.asked(text, region)


def test_what_the_compiler_does_not_know_is_left_to_phonenumbers(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise UnknownSyntaxError

    monkeypatch.setattr("canonical_contact.normalize._phone_codes.Automaton", refuse)
    fresh = Plans()
    monkeypatch.setattr(fuzz, "plans", lambda: fresh)
    monkeypatch.setattr("canonical_contact.normalize._phone_forms.plans", lambda: fresh)
    for text, region in (("020 7946 0018", "GB"), ("+44 7400 123456", ""), ("8 495 1234567", "KZ"), ("+800 1234 5678", "")):
        assert fuzz.told(text, region) == fuzz.asked(text, region)
    assert phone_display("+442079460018") == "+44 20 7946 0018"


def test_the_patterns_of_today_are_all_known() -> None:
    fresh = Plans()
    assert [name for name in sorted(phonenumbers.SUPPORTED_REGIONS) if fresh.region(name) is None] == []
    assert all(fresh.code(code).start is not None for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@pytest.mark.parametrize(
    "pattern", ["a", "[^1]", "1*", "1+", "(?=1)1", "1{2,}", "1$", "(1", "[1", "1{99}", "[a]", "^1", "1??", "."]
)
def test_other_expressions_are_refused(pattern: str) -> None:
    with pytest.raises(UnknownSyntaxError):
        Automaton([pattern])


@pytest.mark.parametrize("pattern", ["1|23", r"(?:1[2-4]|5)\d{2,3}", r"1?2?3?", r"(12){2}3", r"[13-5]{2}|(?:7(?:8|9\d)?){1,2}"])
def test_an_automaton_matches_what_re_matches(pattern: str) -> None:
    automaton = Automaton([pattern], [pattern])
    for number in range(10_000):
        digits = str(number)
        whole, begin = bool(re.fullmatch(pattern, digits)), bool(re.match(pattern, digits))
        assert automaton.walk(digits).accepts == whole | begin << 1, digits


def test_the_forms_of_a_number() -> None:
    number = PhoneNumber("+442079460018", "12")
    assert phone_forms(number) == PhoneForms(
        "+442079460018",
        "+44 20 7946 0018 x12",
        "020 7946 0018 x12",
        "tel:+44-20-7946-0018;ext=12",
        "GB",
        "fixed_line",
        "valid",
    )
    assert phone_display(number) == "+44 20 7946 0018 x12"


@pytest.mark.parametrize(
    ("number", "level", "country", "shown"),
    [
        ("+442079460018", "valid", "GB", "+44 20 7946 0018"),
        ("+33693861246", "possible", "FR", "+33 6 93 86 12 46"),
        ("+33693", "", "FR", "+33 693"),
        ("+80012345678", "valid", "", "+800 1234 5678"),
        ("+12125550006", "valid", "US", "+1 212-555-0006"),
        ("+12120550006", "possible", "", "+1 212-055-0006"),
    ],
)
def test_how_valid_a_number_is(number: str, level: str, country: str, shown: str) -> None:
    forms = phone_forms(number)
    assert forms
    assert (forms.level, forms.country_code, forms.international) == (level, country, shown)


@pytest.mark.parametrize(
    "text", ["", "+", "020 7946 0018", "+44 20", "+999123456", "+0123456", "+4", "+44" + "1" * 20, "+４４２０７９４６"]
)
def test_what_is_not_in_e164_has_no_forms(text: str) -> None:
    assert phone_forms(text) is None
    assert phone_display(text) == text
    assert phone_time_zones(text) == ()


def test_time_zones_load_when_they_are_asked_for() -> None:
    program = """
import sys
from canonical_contact.normalize._phone import phone
from canonical_contact.normalize._phone_forms import phone_forms, phone_time_zones
value = phone("+1 212 405 4427").value
phone_forms(value)
assert "phonenumbers.timezone" not in sys.modules
assert phone_time_zones(value) == ("America/New_York",)
import phonenumbers.re_util
assert phonenumbers.re_util._COMPILED_PATTERNS is None
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_short_hint_in_small_letters_is_no_region() -> None:
    assert Plans().read("020 7946 0018", "gb") is None
