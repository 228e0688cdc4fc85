from __future__ import annotations

from typing import Any

import pytest

from canonical_contact.match.comparisons import Channels, Lookups
from canonical_contact.match.features import Features

LOOKUPS = Lookups(
    free_mail=frozenset({"gmail.com", "gmx.de", "gmx.net"}),
    shared=frozenset({"office@acme.es", "family.smith@gmx.de", "+4930555000", "+34910000000"}),
)


def level(field: str, left: dict[str, Any], right: dict[str, Any]) -> str:
    channels = Channels(LOOKUPS)
    a, b = Features("x:1", "x", **left), Features("y:2", "y", **right)
    forth, back = channels.levels(a, b), channels.levels(b, a)
    assert forth == back, "a comparison is symmetric"
    return {asked.name: asked.words[found] for asked, found in zip(channels.comparisons, forth, strict=True)}[field]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("ana.lopez@acme.es",), ("b@x.de", "ana.lopez@acme.es"), "same"),
        (("office@acme.es",), ("office@acme.es",), "same_shared"),
        (("office@acme.es", "a@x.de"), ("office@acme.es", "a@x.de"), "same"),
        (("office@acme.es", "ana.lopez@acme.es"), ("office@acme.es", "ana.lopes@acme.es"), "same_shared"),
        (("ana.lopez@gmail.com",), ("ana.lopez@gmial.com",), "near"),
        (("ana.lopez@acme.es",), ("ana.lopes@acme.es",), "near"),
        (("ana.lopez@acme.es",), ("ana.lpoez@acme.es",), "near"),
        (("a.lopez80@gmail.com",), ("a.lopez81@gmail.com",), "different"),
        (("a.lopez@gmail.com",), ("a.lopez1@gmail.com",), "different"),
        (("a+crm@acme.es",), ("a@acme.es",), "near"),
        (("a+crm@gmail.com",), ("a+news@gmail.com",), "near"),
        (("a+crm@acme.es",), ("a@acme.org",), "different"),
        (("+crm@gmail.com",), ("+news@gmail.com",), "different"),
        (("office+crm@acme.es",), ("office@acme.es",), "same_shared"),
        (("rainbow77@gmail.com",), ("rainbow77@acme.es",), "same_local"),
        (("ana@gmail.com",), ("ana@acme.es",), "different"),
        (("family.smith@gmx.de",), ("family.smith@gmx.net",), "same_shared"),
        (("ana@acme.es",), ("luis.gil@acme.es",), "same_domain"),
        (("ana@gmail.com",), ("luis@gmail.com",), "different"),
        ((), ("luis@gmail.com",), "missing"),
    ],
)
def test_mailboxes(left: tuple[str, ...], right: tuple[str, ...], expected: str) -> None:
    assert level("email", {"emails": left}, {"emails": right}) == expected


ANA = {"given": ("ana",), "surname": ("de", "lopez")}


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("ana.lopez", "same_local_name"),
        ("lopez_ana", "same_local_name"),
        ("alopez", "same_local_name"),
        ("adelopez", "same_local_name"),
        ("lopez", "same_local_name"),
        ("lopez80", "same_local_name"),
        ("lopez1980", "same_local"),
        ("ana.lopez80", "same_local"),
        ("luis.lopez", "same_local"),
        ("sunflower", "same_local"),
    ],
)
def test_a_local_part_that_is_only_the_name_says_little_more(local: str, expected: str) -> None:
    left, right = {**ANA, "emails": (f"{local}@gmail.com",)}, {**ANA, "emails": (f"{local}@acme.es",)}
    assert level("email", left, right) == expected
    assert level("email", left, {"emails": right["emails"]}) == expected, "the name of one is enough"


def test_a_role_mailbox_is_never_a_personal_one() -> None:
    assert level("email", {"roles": ("info@acme.es",)}, {"roles": ("info@acme.es",)}) == "same_shared"
    assert level("email", {"roles": ("info@acme.es",)}, {"roles": ("sales@acme.es",)}) == "same_domain"
    assert level("email", {"roles": ("info@acme.es",)}, {"emails": ("ana@acme.es",)}) == "same_domain"
    assert level("email", {"roles": ("info@acme.es",)}, {"roles": ("info@other.es",)}) == "missing"
    assert level("email", {"roles": ("info@gmail.com",)}, {"emails": ("ana@gmail.com",)}) == "missing"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("+4915112345678",), ("+4915112345678",), "same"),
        (("+4915112345678",), ("~112345678",), "same"),
        (("~5112345678",), ("~112345678",), "same"),
        (("+4930555000",), ("+4930555000",), "same_shared"),
        (("+4930555000", "+4915112345678"), ("+4930555000", "+4915112345678"), "same"),
        (("+4915112345678",), ("+4915112345679",), "near"),
        (("+4915112345678",), ("+4915112345687",), "near"),
        (("+4915112345678",), ("+491511234567",), "near"),
        (("+34911234567",), ("+349112345671",), "near"),
        (("+34911234567",), ("+525511234567",), "suffix"),
        (("+4915112345678",), ("+4930555666777",), "different"),
        ((), ("+4930555666777",), "missing"),
    ],
)
def test_phones(left: tuple[str, ...], right: tuple[str, ...], expected: str) -> None:
    assert level("phone", {"phones": left}, {"phones": right}) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"emails": ("ana.lopez@acme.es",)}, ANA, "names_other"),
        ({"emails": ("a.lopez80@acme.es",)}, ANA, "names_other"),
        ({"emails": ("becky.lopez@acme.es",)}, {**ANA, "nicknames": ("becky",)}, "names_other"),
        (
            {"emails": ("yoko.ota@acme.jp",)},
            {"given": ("yang", "zi"), "read_given": ("yoko",), "read_surname": ("ota",)},
            "names_other",
        ),
        ({"given": ("luis",), "surname": ("gil",), "emails": ("luis.gil@acme.es",)}, ANA, "other"),
        ({"given": ("luis",), "surname": ("gil",), "emails": ("luis.gil@acme.es",)}, {"surname": ("lopez",)}, "missing"),
        ({"given": ("luis",), "surname": ("gil",), "emails": ("rainbow@acme.es",)}, ANA, "missing"),
        ({**ANA, "emails": ("ana.lopez@acme.es",)}, {**ANA, "emails": ("ana.lopez@acme.es",)}, "missing"),
        (ANA, ANA, "missing"),
    ],
)
def test_whose_name_a_mailbox_spells(left: dict[str, Any], right: dict[str, Any], expected: str) -> None:
    assert level("mailbox", left, right) == expected
