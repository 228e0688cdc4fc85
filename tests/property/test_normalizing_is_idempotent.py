"""What a normaliser gave, it gives again: the canonical text of a value is its own canonical text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from canonical_contact import normalize
from canonical_contact.model import Name, PostalAddress
from normalizer_laws import is_idempotent, kinds
from normalizer_strategies import CELL, HINTS

WORDS = st.sampled_from(
    ["Anna", "ANNA", "müller", "MÜLLER", "O'BRIEN", "o’connor", "van", "VAN", "der", "de", "la", "Cruz", "y", "und", "zu", "Dr.", "Prof.", "Mr", "Herr",
     "M.", "Sr.", "Jr.", "III", "PhD", "MBA", "P.", "J", "JRR", "d'", "McDonald", "MCDONALD", "macleod", "Jean-Pierre", "JEAN-PIERRE", "(Mrs)", "(Acme Ltd)",
     "\"Bill\"", "née", "&", "and", "Maria", "José", "García", "Márquez", "毛泽东", "山田", "太郎", "김민준", "Nguyễn", "Văn", "An", "Иванов", "Иван",
     "Иванович", "Kim", "Jong-un", "JosÃ©", "🎉", "<b>", "[not provided]", "n/a", "test", ",", "Ltd", "abdul", "Rahman", "al-Sudais", "Freiherr", "ß", "ŉ"]
)  # fmt: skip
TEXT = st.one_of(st.text(st.characters(), max_size=25), st.lists(WORDS, max_size=6).map(" ".join))
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "given": TEXT,
        "given2": TEXT,
        "surname": TEXT,
        "surname2": TEXT,
        "title": st.sampled_from(["Dr.", "Herr", "Mr. and Mrs.", " Prof.  Dr. "]),
        "suffix": st.sampled_from(["Jr.", "PhD, MBA", "III", "Esq."]),
    },
)
CELLS = st.one_of(
    st.text(st.characters(), max_size=30),
    st.lists(
        st.sampled_from(
            [*"0123456789 +-/().,@aAzZüÜß:;#xX\"'<>_%\t\n", "@x.de", "@gmail.com", "00", "GmbH", " & Co. KG", "毛", "ショ"]
        ),
        max_size=20,
    ).map("".join),
)


PARTS = (
    "full", "given", "given2", "surname", "surname2", "title", "generation", "credential", "phonetic_given", "phonetic_surname", "sort_as",
)  # fmt: skip


def again(name: Name) -> Name | None:
    return normalize.name({part: getattr(name, part) for part in PARTS}).value


@given(full=TEXT, fields=FIELDS)
@example(full="", fields={"given": "JRR", "surname": "TOLKIEN"})
@example(full="VAN DER BERG ANNA", fields={})
@example(full="", fields={"given": "DR AA"})
@example(full="", fields={"given": "Dr. Smith"})
@settings(max_examples=600, deadline=None)
def test_name(full: str, fields: dict[str, str]) -> None:
    value = normalize.name({"full": full, **fields}).value
    assert value is None or again(value) == value


@given(text=CELLS)
@settings(max_examples=500, deadline=None)
def test_email(text: str) -> None:
    value = normalize.email(text).value
    assert value is None or normalize.email(value.address).value == value


@given(text=CELLS, region=st.sampled_from(["", "DE", "US", "IT", "MX", "AU", "BR"]))
@settings(max_examples=500, deadline=None)
def test_phone(text: str, region: str) -> None:
    value = normalize.phone(text, region=region).value
    if value is not None:
        canonical = f"{value.number};ext={value.extension}" if value.extension else value.number
        repeated = normalize.phone(canonical).value
        assert repeated is not None
        assert (repeated.number, repeated.extension, repeated.line_type) == (value.number, value.extension, value.line_type)


@given(
    full=CELLS,
    street=CELLS,
    postcode=CELLS,
    country=st.one_of(CELLS, st.sampled_from(["DE", "Polska", "UK", "JP", "EU", "Ireland"])),
)
@settings(max_examples=500, deadline=None)
def test_address(full: str, street: str, postcode: str, country: str) -> None:
    value = normalize.address({"full": full, "street": street, "postcode": postcode, "country": country}).value
    if value is not None:
        parts = ("full", "street", "extended", "po_box", "locality", "region", "postcode", "country", "country_code")
        repeated = normalize.address({part: getattr(value, part) for part in parts}).value
        assert repeated == value
        assert isinstance(value, PostalAddress)


@given(text=CELLS)
@settings(max_examples=500, deadline=None)
def test_organization(text: str) -> None:
    value = normalize.organization(text).value
    assert value is None or normalize.organization(value.name).value == value


@given(text=st.one_of(CELLS, st.sampled_from(["Deutschland", "uk", "Korea", "Éire", "D"])))
@settings(max_examples=300, deadline=None)
def test_country(text: str) -> None:
    value = normalize.country(text).value
    assert value is None or normalize.country(value).value == value


@given(text=st.one_of(CELLS, st.sampled_from(["PT_br", "Deutsch", "iw", "zh-hans-cn", "no"])))
@settings(max_examples=300, deadline=None)
def test_language(text: str) -> None:
    value = normalize.language(text).value
    assert value is None or normalize.language(value).value == value


DATES = st.one_of(
    CELLS,
    st.dates().map(str),
    st.tuples(st.integers(0, 32), st.sampled_from("./-"), st.integers(0, 13), st.integers(0, 2100)).map(
        lambda it: f"{it[0]}{it[1]}{it[2]}{it[1]}{it[3]}"
    ),
    st.tuples(st.integers(0, 13), st.integers(0, 32)).map(lambda it: f"--{it[0]:02d}-{it[1]:02d}"),
    st.datetimes().map(str),
)


@given(text=DATES, order=st.sampled_from(["", "dmy", "mdy"]))
@settings(max_examples=500, deadline=None)
def test_birthday(text: str, order: str) -> None:
    value = normalize.birthday(text, order=order).value
    assert value is None or normalize.birthday(value).value == value


@given(text=DATES, zone=st.sampled_from(["", "UTC", "Europe/Berlin", "nowhere"]))
@settings(max_examples=500, deadline=None)
def test_timestamp(text: str, zone: str) -> None:
    value = normalize.timestamp(text, zone=zone).value
    assert value is None or normalize.timestamp(value.isoformat()).value == value


@pytest.mark.parametrize("kind", kinds())
@given(text=CELL, hints=HINTS)
@settings(max_examples=200, deadline=None)
def test_every_kind_with_any_hints(kind: str, text: str, hints: dict[str, str]) -> None:
    is_idempotent(kind, text, **hints)
