from __future__ import annotations

from collections.abc import Mapping

import pytest

from canonical_contact.match.compare import COMPARISONS, Comparer
from canonical_contact.match.decide import comparer_for
from canonical_contact.match.features import Features

NAMES = list(COMPARISONS)


@pytest.fixture(scope="module")
def comparer() -> Comparer:
    return comparer_for([])


def level(comparer: Comparer, field: str, left: Mapping[str, object], right: Mapping[str, object]) -> str:
    a = Features("x:1", "x", **left)  # type: ignore[arg-type]
    b = Features("y:2", "y", **right)  # type: ignore[arg-type]
    forth, back = comparer.levels(a, b), comparer.levels(b, a)
    assert forth == back, "a comparison is symmetric"
    place = NAMES.index(field)
    return COMPARISONS[field][forth[place]]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("robert",), ("robert",), "exact"),
        (("robert",), ("bob",), "nickname"),
        (("maria", "jose"), ("mariajose",), "exact"),
        (("jose", "maria"), ("chema",), "nickname"),
        (("robert",), ("r",), "initial"),
        (("john", "robert"), ("jr",), "initial"),
        (("robert",), ("robret",), "typo"),
        (("katherine",), ("catherine",), "typo"),
        (("alex",), ("alexander",), "nickname"),
        (("robert",), ("susan",), "different"),
        (("robert",), (), "missing"),
    ],
)
def test_given_names(comparer: Comparer, left: tuple[str, ...], right: tuple[str, ...], expected: str) -> None:
    assert level(comparer, "given", {"given": left, "surname": ("x",)}, {"given": right, "surname": ("x",)}) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("garcia",), ("garcia",), "exact"),
        (("garcia", "marquez"), ("garcia",), "part"),
        (("van", "der", "mer"), ("mer",), "exact"),
        (("smith", "jones"), ("smithjones",), "exact"),
        (("kowalski",), ("kowalsky",), "typo"),
        (("garcia",), ("lopez",), "different"),
        ((), ("lopez",), "missing"),
    ],
)
def test_surnames(comparer: Comparer, left: tuple[str, ...], right: tuple[str, ...], expected: str) -> None:
    assert level(comparer, "surname", {"given": ("ana",), "surname": left}, {"given": ("ana",), "surname": right}) == expected


def test_swapped_given_and_surname_agree(comparer: Comparer) -> None:
    left, right = {"given": ("hao",), "surname": ("li",)}, {"given": ("li",), "surname": ("hao",)}
    assert level(comparer, "given", left, right) == "exact"
    assert level(comparer, "surname", left, right) == "exact"


def test_a_name_in_characters_and_one_in_letters_say_nothing_without_a_reading(comparer: Comparer) -> None:
    kanji, latin = {"given": ("cheng",), "surname": ("damu",), "han": True}, {"given": ("makoto",), "surname": ("oki",)}
    assert level(comparer, "given", kanji, latin) == "missing"
    read = {**kanji, "read_given": ("makoto",), "read_surname": ("oki",)}
    assert level(comparer, "given", read, latin) == "exact"
    assert level(comparer, "surname", read, latin) == "exact"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1980-02-03", "1980-02-03", "exact"),
        ("1980-02-03", "1980-03-02", "near"),
        ("1980-02-03", "1981-02-03", "near"),
        ("1980-02-03", "--02-03", "exact"),
        ("1980-02-03", "1975-11-28", "different"),
        ("", "1975-11-28", "missing"),
    ],
)
def test_birthdays(comparer: Comparer, left: str, right: str, expected: str) -> None:
    assert level(comparer, "birthday", {"birthday": left}, {"birthday": right}) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("ana.lopez@acme.es",), ("b@x.de", "ana.lopez@acme.es"), "same"),
        (("ana.lopez@gmail.com",), ("ana.lopez@gmial.com",), "near"),
        (("ana.lopez@gmail.com",), ("ana.lopez@acme.es",), "same_local"),
        (("ana.lopez@acme.es",), ("ana.lopes@acme.es",), "near"),
        (("a.lopez80@gmail.com",), ("a.lopez81@gmail.com",), "different"),
        (("ana@acme.es",), ("luis.gil@acme.es",), "same_domain"),
        (("ana@gmail.com",), ("luis@gmail.com",), "different"),
        ((), ("luis@gmail.com",), "missing"),
    ],
)
def test_mailboxes(comparer: Comparer, left: tuple[str, ...], right: tuple[str, ...], expected: str) -> None:
    assert level(comparer, "email", {"emails": left}, {"emails": right}) == expected


def test_a_role_mailbox_is_never_a_personal_one(comparer: Comparer) -> None:
    assert level(comparer, "email", {"roles": ("info@acme.es",)}, {"roles": ("info@acme.es",)}) == "same_shared"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("+4915112345678",), ("+4915112345678",), "same"),
        (("+4915112345678",), ("~112345678",), "same"),
        (("+4915112345678",), ("+4915112345679",), "near"),
        (("+4915112345678",), ("+4930555666777",), "different"),
        (("+4915112345678",), (), "missing"),
    ],
)
def test_numbers(comparer: Comparer, left: tuple[str, ...], right: tuple[str, ...], expected: str) -> None:
    assert level(comparer, "phone", {"phones": left}, {"phones": right}) == expected


def test_a_mailbox_that_two_people_use_counts_as_shared() -> None:
    family = [
        Features("a:1", "a", given=("luigi",), surname=("veroni",), emails=("famiglia@x.it",)),
        Features("b:2", "b", given=("carla",), surname=("veroni",), emails=("famiglia@x.it",)),
        Features("c:3", "c", given=("luigi",), surname=("veroni",), emails=("famiglia@x.it",)),
    ]
    comparer = comparer_for(family)
    assert comparer.shared == {"famiglia@x.it"}
    assert COMPARISONS["email"][comparer.levels(family[0], family[2])[NAMES.index("email")]] == "same_shared"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"street": "hauptstrase1", "postcode": "80331"}, {"street": "hauptstrase1", "postcode": "80331"}, "same"),
        ({"street": "hauptstrase1", "locality": "munchen"}, {"street": "hauptstrase1", "locality": "berlin"}, "different"),
        ({"street": "hauptstrase1", "postcode": "80331"}, {"street": "weg2", "postcode": "80331"}, "same_postcode"),
        ({"locality": "munchen"}, {"locality": "munchen", "street": "weg2"}, "same_town"),
        ({"country": "DE"}, {"locality": "munchen"}, "missing"),
    ],
)
def test_addresses(comparer: Comparer, left: Mapping[str, object], right: Mapping[str, object], expected: str) -> None:
    assert level(comparer, "address", left, right) == expected
