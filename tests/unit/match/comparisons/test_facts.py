from __future__ import annotations

from typing import Any

import pytest

from canonical_contact.match.comparisons import Facts, Lookups
from canonical_contact.match.features import Features

PLACES = {
    "10115": (52.532, 13.384),
    "10117": (52.517, 13.389),
    "80331": (48.136, 11.573),
    "DE:20095": (53.55, 10.0),
    "20095": (-33.0, 151.0),
}


def level(field: str, left: dict[str, Any], right: dict[str, Any], facts: Facts | None = None) -> str:
    facts = facts or Facts(Lookups())
    a, b = Features(**{"key": "x:1", "system": "x", **left}), Features(**{"key": "y:2", "system": "y", **right})
    forth, back = facts.levels(a, b), facts.levels(b, a)
    assert forth == back, "a comparison is symmetric"
    return {asked.name: asked.words[found] for asked, found in zip(facts.comparisons, forth, strict=True)}[field]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1980-02-03", "1980-02-03", "exact"),
        ("1980-02-03", "19800203", "exact"),
        ("19155111", "19155111", "exact"),
        ("1980-02-03", "1980-03-02", "swapped"),
        ("--02-03", "1980-03-02", "swapped"),
        ("1980-02-03", "1981-02-03", "digit"),
        ("1980-02-03", "1908-02-03", "digit"),
        ("1915-11-11", "19155111", "digit"),
        ("1915-01-11", "19155121", "different"),
        ("19340302", "19304302", "digit"),
        ("1980-02-03", "1980203", "digit"),
        ("1980-02-03", "1975-02-03", "part"),
        ("1980-02-03", "1980-02-17", "part"),
        ("1980-02-03", "--02-03", "part"),
        ("1980-02-03", "1980-02", "part"),
        ("1980-02-03", "1980", "part"),
        ("1980", "1980", "part"),
        ("1980-02-03", "1975-11-28", "different"),
        ("1980-02-03", "1981", "different"),
        ("1980", "--02-03", "missing"),
        ("", "1975-11-28", "missing"),
    ],
)
def test_birthdays(left: str, right: str, expected: str) -> None:
    assert level("birthday", {"birthday": left}, {"birthday": right}) == expected


def address(text: str) -> dict[str, str]:
    """`street, postcode, town, region, country`."""
    return dict(
        zip(("street", "postcode", "locality", "region", "country"), (part.strip() for part in text.split(",")), strict=True)
    )


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("12highstreet, 10115, york, , ", "12highstreet, 10115, york, , ", "same"),
        ("12highstreet, 10115, munich, , ", "12highstreet, 10115, munchen, , ", "same"),
        ("12highstreet, , york, , ", "12highstreet, 10115, yorck, , ", "same"),
        ("12highstreet, , , , ", "12highstreet, 10115, york, , ", "same"),
        ("12highstreet, 01028, york, , ", "12highstreet, 1028, york, , ", "same"),
        ("12highstreet, 10115, york, , ", "12highstret, 10115, york, , ", "same_street"),
        ("nanjingxilu12hao, 10115, , , ", "12nanjingwestrd, 10115, , , ", "same_street"),
        ("12highstreet, 10115, york, , ", "14highstreet, 10115, york, , ", "same_street"),
        ("12highstreet, , york, , ", "14highstreet, 10115, york, , ", "same_street"),
        ("12highstreet, 10115, york, , ", "12highstreet, 10151, york, , ", "same_street"),
        ("12highstreet, 10115, york, , ", "3parklane, 10115, york, , ", "same_postcode"),
        (", 10115, , , ", "3parklane, 10115, york, , ", "same_postcode"),
        ("12highstreet, 10115, york, , ", "3parklane, 10116, york, , ", "near_postcode"),
        ("12highstreet, 1011, york, , ", "3parklane, 1011ab, leds, , ", "near_postcode"),
        ("12highstreet, 10115, york, , ", "12highstreet, 20437, york, , ", "same_town"),
        ("12highstreet, 10115, york, , ", "14highstreet, 20437, york, , ", "same_town"),
        ("12highstreet, 44934, nantes, , FR", "3avjuarez, 44934, mexico, , MX", "different"),
        ("12highstreet, 44934, nantes, , FR", "3avjuarez, 44934, mexico, , ", "same_postcode"),
        ("12highstreet, 10115, york, north, ", "3parklane, 20437, leds, north, ", "same_region"),
        ("12highstreet, 10115, york, , ", "12highstreet, 20437, leds, , ", "different"),
        ("12highstreet, , , , ", ", 10115, york, , ", "missing"),
        (", , , , GB", ", 10115, york, , FR", "missing"),
    ],
)
def test_addresses(left: str, right: str, expected: str) -> None:
    assert level("address", address(left), address(right)) == expected


@pytest.mark.parametrize(
    ("left", "right", "near_km", "expected"),
    [
        ("a, 10115, x, , DE", "b, 10117, y, , DE", 5.0, "near_postcode"),  # alike without a table
        ("a, 10115, x, , DE", "b, 80331, y, , DE", 5.0, "different"),
        ("a, 10115, x, , DE", "b, 80331, y, , DE", 600.0, "near_postcode"),
        ("a, 10115, x, , DE", "b, 20095, y, , DE", 300.0, "near_postcode"),
        ("a, 10115, x, , DE", "b, 20095, y, , AU", 300.0, "different"),
        ("a, 10115, x, , DE", "b, 99999, y, , DE", 6000.0, "different"),
    ],
)
def test_a_table_of_places_tells_how_far_postcodes_are(left: str, right: str, near_km: float, expected: str) -> None:
    assert level("address", address(left), address(right), Facts(Lookups(), PLACES, near_km)) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("acme tools", "acme tools", "same"),
        ("acme tools", "acmetools", "same"),
        ("acme tools", "acme tools sons", "same"),
        ("acme tools", "acme tolls", "same"),
        ("acme", "acme north", "near"),
        ("acme trading", "acme zheng trading", "near"),
        ("lantiankeji", "lantian zhokeji", "near"),
        ("acme tools", "acme systems", "different"),
        ("acme trading", "trading", "different"),
        ("acme", "", "missing"),
    ],
)
def test_employers(left: str, right: str, expected: str) -> None:
    assert level("employer", {"employer": left}, {"employer": right}) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"), [("jr", "jr", "agree"), ("jr", "", "one_sided"), ("jr", "sr", "different"), ("", "", "none")]
)
def test_generations(left: str, right: str, expected: str) -> None:
    assert level("generation", {"generation": left}, {"generation": right}) == expected


def test_systems() -> None:
    assert level("system", {"system": "crm"}, {"system": "mail"}) == "other"
    assert level("system", {"system": "crm"}, {"system": "crm"}) == "same"
