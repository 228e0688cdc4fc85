from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from canonical_contact.normalize import address
from canonical_contact.normalize._postcode import is_postcode, postcode_in


def rules() -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads(
        (files("canonical_contact.normalize") / "data" / "addresses.json").read_text(encoding="utf-8")
    )["countries"]
    return read


EXAMPLES = [(code, one) for code, rule in rules().items() for one in rule.get("examples", ())]


def test_some_180_countries_have_postcodes_that_can_be_checked() -> None:
    assert len({code for code, _ in EXAMPLES}) > 175
    assert len(rules()) > 245


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_each_countrys_examples_are_read_in_every_spacing(code: str, example: str) -> None:
    neat, note = postcode_in(code, example)
    assert note == ""
    assert postcode_in(code, neat) == (neat, "")
    bare = "".join(filter(str.isalnum, example))
    for other in (bare, bare.lower(), f" {example.lower()} ", f"{code}-{bare}", bare.replace("0", "\uff10")):
        assert postcode_in(code, other) == (neat, ""), other


@pytest.mark.parametrize(
    ("place", "raw", "postcode"),
    [
        ("GB", "sw1a1aa", "SW1A 1AA"), ("GB", "EC1A 1BB", "EC1A 1BB"), ("GB", "gir0aa", "GIR 0AA"), ("GB", "bfpo61", "BFPO 61"), ("NL", "1012ab", "1012 AB"),
        ("NL", "NL-1012 AB", "1012 AB"), ("JP", "1000001", "100-0001"), ("JP", "〒160−0012", "160-0012"), ("JP", "１６０-００１２", "160-0012"), ("PL", "00950", "00-950"),
        ("DE", "D-10115", "10115"), ("DE", "PLZ 10115", "10115"), ("DE", "10115.0", "10115"), ("US", "02115.0", "02115"), ("US", "021151234", "02115-1234"),
        ("US", "02115 1234", "02115-1234"), ("FR", "F-75001", "75001"), ("FR", "75 001", "75001"), ("CH", "CH-8001", "8001"), ("SE", "SE-58438", "584 38"), ("SE", "58438", "584 38"),
        ("CA", "k1a0b1", "K1A 0B1"), ("IE", "d02xy12", "D02 XY12"), ("LV", "1010", "LV-1010"), ("LV", "lv 1010", "LV-1010"), ("AD", "100", "AD100"),
        ("LU", "L-1234", "1234"), ("FI", "FIN-00100", "00100"), ("MT", "vlt1117", "VLT 1117"), ("AR", "c1070aam", "C1070AAM"), ("KY", "ky11100", "KY1-1100"),
        ("IR", "1193612345", "11936-12345"), ("EG", "١٢٤١١", "12411"), ("PT", "1000001", "1000-001"), ("BR", "01310100", "01310-100"), ("CZ", "11000", "110 00"),
        ("GR", "15124", "151 24"), ("SK", "01001", "010 01"), ("GG", "gy11aa", "GY1 1AA"), ("SG", "546080", "546080"), ("TW", "104", "104"), ("MX", "C.P. 06600", "06600"),
    ],
)  # fmt: skip
def test_the_form_of_the_country(place: str, raw: str, postcode: str) -> None:
    assert postcode_in(place, raw) == (postcode, "")


@pytest.mark.parametrize(
    ("place", "raw", "postcode"),
    [
        ("DE", "1007", "01007"), ("FR", "1000", "01000"), ("US", "2101", "02101"), ("US", "2115-1234", "02115-1234"), ("US", "2115.0", "02115"), ("MX", "6600", "06600"),
        ("JP", "60-0012", "060-0012"), ("BR", "1234567", "01234-567"), ("PL", "-950", "00-950"), ("PL", "1-123", "01-123"), ("VA", "120", "00120"), ("PR", "601", "00601"),
        ("NO", "150", "0150"), ("AU", "800", "0800"), ("ES", "8001", "08001"),
    ],
)  # fmt: skip
def test_a_lost_zero_is_put_back_and_said(place: str, raw: str, postcode: str) -> None:
    found = address({"postcode": raw, "country": place})
    assert found.value is not None
    assert found.value.postcode == postcode
    assert ([problem.code for problem in found.problems], found.confidence) == (["postcode.zero_restored"], 0.9)


@pytest.mark.parametrize(
    ("place", "raw"),
    [("CH", "800"), ("GB", "not known"), ("GB", "QQ1 1AA"), ("DE", "SW1A 1AA"), ("DE", "123456"), ("CA", "D1A 0B1"), ("NL", "0123 AB"), ("US", "1234567"), ("DE", "1" * 300)],
)  # fmt: skip
def test_what_does_not_fit_stays_as_written_and_is_said(place: str, raw: str) -> None:
    found = address({"postcode": raw, "country": place})
    assert found.value is not None
    assert (found.value.postcode, [problem.code for problem in found.problems]) == (raw, ["postcode.not_in_country"])
    assert (found.confidence, found.problems[0].severity) == (1.0, "info")


def test_a_hint_is_no_claim_that_a_postcode_is_wrong() -> None:
    found = address({"postcode": "SW1A 1AA"}, region="DE")
    assert found.value is not None
    assert (found.value.postcode, found.problems) == ("SW1A 1AA", ())
    assert address({"postcode": "1007"}, region="DE").value.postcode == "01007"  # type: ignore[union-attr]


def test_a_country_without_known_postcodes_takes_any() -> None:
    assert postcode_in("HK", "999077") == ("999077", "")
    assert postcode_in("no country", "x") == ("x", "")
    assert (is_postcode("HK", "1"), is_postcode("DE", "10115"), is_postcode("DE", "1")) == (None, True, False)
