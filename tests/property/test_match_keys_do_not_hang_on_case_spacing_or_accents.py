"""Match keys are equal under case, spacing and diacritics wherever these do not change what the value means.

What that is, by kind:
- e-mail: case and white space around. Accents count: `nuñez@` and `nunez@` are two mailboxes, `bücher.example` and `bucher.example` two domains.
- phone: spaces, hyphens, dots and brackets between the digits, and the case of the word before an extension.
- name, from its parts: case, spaces (around and between words) and accents.
- organisation: case, spaces and accents, those of the legal form included.
- country, language, time zone: the value itself is equal under case, spaces around, and (but for time zones, which have none) accents.
- address, from its parts: case, spaces and accents.
- dates: the value itself is equal under the case of the month's name and spaces around.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from canonical_contact import normalize
from normalizer_laws import kinds


def without_accents(text: str) -> str:
    """Take the marks off Latin letters; elsewhere they may be letters of their own (й, ば)."""
    letters = (unicodedata.normalize("NFD", char) for char in unicodedata.normalize("NFC", text))
    return "".join(
        parts[0] if len(parts) > 1 and parts[0].isascii() else unicodedata.normalize("NFC", parts) for parts in letters
    )


def spaced(text: str) -> str:
    return f" \u00a0{text.replace(' ', '  ')}\t"


CASES: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str.upper, str.lower, str.title, str.swapcase, str])
SPACES: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([spaced, str])
ACCENTS: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([without_accents, str])
DECOMPOSED: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([lambda text: unicodedata.normalize("NFD", text), str])


@st.composite
def changes(draw: st.DrawFn, *, accents: bool = True, case: bool = True) -> Callable[[str], str]:
    steps = [draw(CASES) if case else str, draw(ACCENTS) if accents else str, draw(DECOMPOSED), draw(SPACES)]

    def change(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return change


GIVEN = st.sampled_from(
    ["Ana", "José", "Zoë", "Jean-Pierre", "María José", "Łukasz", "Søren", "Иван", "Γιώργος", "Nguyễn", "Bob", "D'Angelo"]
)
SURNAMES = st.sampled_from(
    [
        "Müller",
        "García Márquez",
        "O'Brien",
        "van der Berg",
        "de la Cruz",
        "Núñez",
        "Çelik",
        "Ångström",
        "Петров",
        "Smith-Jones",
        "Nowak",
    ]
)


@given(first=GIVEN, last=SURNAMES, change=changes())
@example(first="Łukasz", last="Ångström", change=without_accents)
@settings(max_examples=200, deadline=None)
def test_name(first: str, last: str, change: Callable[[str], str]) -> None:
    plain = normalize.name({"given": first, "surname": last})
    assert normalize.name({"given": change(first), "surname": change(last)}).keys == plain.keys
    assert plain.keys


@given(
    text=st.sampled_from(
        ["ana.sa@example.org", "Ana.Sa+news@GoogleMail.com", "o'brien@mail.co.uk", "x_y@yandex.ru", "info@acme.example"]
    ),
    change=changes(accents=False),
)
@settings(max_examples=100, deadline=None)
def test_email(text: str, change: Callable[[str], str]) -> None:
    assert normalize.email(change(text)).keys == normalize.email(text).keys


@given(
    digits=st.sampled_from(["+49301234567", "+442079460018", "+12125550123", "+39066982", "+33123456789"]),
    marks=st.lists(st.sampled_from(["", " ", "-", ".", "  ", "\u00a0"]), min_size=20, max_size=20),
    extension=st.sampled_from(["", " ext. 12", " EXT. 12", " x12", " X 12"]),
)
@settings(max_examples=150, deadline=None)
def test_phone(digits: str, marks: list[str], extension: str) -> None:
    written = digits[:3] + "".join(mark + digit for mark, digit in zip(marks, digits[3:], strict=False))
    assert normalize.phone(f" {written}{extension}").keys == normalize.phone(digits + extension.lower()).keys


@given(
    text=st.sampled_from(["Müller & Söhne GmbH", "Café Élan SARL", "Acme, Inc.", "Grupo Ñandú S.A. de C.V.", "Anadolu A.Ş.", "Skånska AB", "Nestlé", "ООО Ромашка"]),
    change=changes(),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_organization(text: str, change: Callable[[str], str]) -> None:
    keys = normalize.organization(text).keys
    assert normalize.organization(change(text)).keys == keys
    assert keys


@given(
    street=st.sampled_from(["Hauptstraße 12a", "10 Downing Street", "Calle de Alcalá, 5", "Rue du Rhône 8", "ul. Długa 7/12"]),
    locality=st.sampled_from(["München", "Kraków", "Genève", "London", "São Paulo"]),
    postcode=st.sampled_from(["80331", "SW1A 1AA", "30-001", "1204"]),
    change=changes(),
)
@settings(max_examples=200, deadline=None)
def test_address(street: str, locality: str, postcode: str, change: Callable[[str], str]) -> None:
    plain = {"street": street, "locality": locality, "postcode": postcode}
    changed = {part: change(text) for part, text in plain.items()}
    assert normalize.address(changed).keys == normalize.address(plain).keys


VALUES: dict[str, tuple[list[str], bool]] = {
    "country": (
        [
            "Österreich",
            "Côte d'Ivoire",
            "United Kingdom",
            "España",
            "Türkiye",
            "Россия",
            "Curaçao",
            "Réunion",
            "Deutschland",
            "DE",
            "Éire",
        ],
        True,
    ),
    "language": (["Deutsch", "français", "español", "português (Brasil)", "English", "pt-BR", "русский", "čeština"], True),
    "time_zone": (["Europe/Berlin", "America/New_York", "UTC", "America/Argentina/Buenos_Aires"], False),
    "birthday": (["12 April 1985", "April 12, 1985", "12. März 1985", "3 Dec 2001", "12 avril 1985"], False),
    "timestamp": (["2024-03-01T10:00:00Z", "12 April 1985 10:00", "2024-03-01 10:00 PM"], False),
}


@pytest.mark.parametrize("kind", [kind for kind in VALUES if kind in kinds()])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_value(kind: str, data: st.DataObject) -> None:
    texts, accents = VALUES[kind]
    text, change = data.draw(st.sampled_from(texts)), data.draw(changes(accents=accents))
    read: Any = kinds()[kind]
    assert read(text).value is not None
    assert read(change(text)).value == read(text).value
