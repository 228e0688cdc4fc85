from __future__ import annotations

from string import Formatter

import pytest

from canonical_contact.errors import InputError
from canonical_contact.normalize.locales import header, locale_table, locales


@pytest.mark.parametrize("tag", locales())
def test_a_locale_has_every_field_and_every_form(tag: str) -> None:
    table = locale_table(tag)
    assert table.tag == tag
    assert set(table.fields) == set(locale_table("en").fields)
    assert len(set(table.fields.values())) == len(table.fields)
    assert all(text == text.strip() != "" for text in (*table.fields.values(), *table.salutations.values()))
    assert set(table.salutations) == {"female", "male", "unknown", "informal", "nobody"}
    parts = {part for text in table.salutations.values() for _, part, _, _ in Formatter().parse(text) if part}
    assert parts <= {"title", "given", "given2", "surname"}
    assert table.date_order in ("dmy", "mdy", "ymd")
    assert table.region.isupper()
    assert 1 <= table.first_day <= 7


@pytest.mark.parametrize(
    ("tag", "fields", "letters", "order", "decimal"),
    [
        ("de-CH", "de-CH", "de", "dmy", "."), ("de-AT", "de", "de", "dmy", ","), ("en-US", "en-US", "en-US", "mdy", "."), ("en-ZA", "en", "en", "ymd", ","),
        ("zh-TW", "zh-Hant", "zh-Hant", "ymd", "."), ("zh_HANS_cn", "zh", "zh", "ymd", "."), ("no", "nb", "nb", "dmy", ","), ("pt-BR", "pt-BR", "pt-BR", "dmy", ","),
        ("fr-LU", "fr", "fr", "dmy", ","), ("xx", "en", "en", "mdy", "."), ("", "en", "en", "mdy", "."), ("\\0;", "en", "en", "mdy", "."),
    ],
)  # fmt: skip
def test_what_a_locale_lacks_comes_from_its_language_and_then_from_english(
    tag: str, fields: str, letters: str, order: str, decimal: str
) -> None:
    table = locale_table(tag)
    assert (table.found["fields"], table.found["salutations"], table.date_order, table.decimal_mark) == (
        fields,
        letters,
        order,
        decimal,
    )


def test_names_are_written_in_the_order_of_the_language() -> None:
    assert [locale_table(tag).name_order[0] for tag in ("de", "hu", "ja", "zh-HK", "ko", "vi")] == ["given", *["surname"] * 5]
    assert [locale_table(tag).name_joined for tag in ("hu", "ja")] == [False, True]
    assert [locale_table(tag).direction for tag in ("ar", "he", "tr")] == ["rtl", "rtl", "ltr"]
    assert [locale_table(tag).first_day for tag in ("de", "en-US", "ar-EG")] == [1, 7, 6]


@pytest.mark.parametrize(
    ("tag", "gender", "text"),
    [
        ("de", "female", "Sehr geehrte Frau Dr. Gil"), ("de", "", "Guten Tag Dr. Ana Gil"), ("fr", "male", "Monsieur Dr. Gil"), ("ja", "female", "Gil様"),
        ("hu", "female", "Tisztelt Gil Ana"), ("en-GB", "other", "Dear Dr. Ana Gil"), ("pl", "female", "Szanowna Pani"), ("sv", "male", "Hej Ana Gil"),
    ],
)  # fmt: skip
def test_a_salutation(tag: str, gender: str, text: str) -> None:
    assert locale_table(tag).salutation({"title": "Dr.", "given": "Ana", "surname": "Gil"}, gender=gender) == text


def test_a_salutation_without_what_it_needs_is_a_weaker_one() -> None:
    table = locale_table("de")
    assert table.salutation({"given": "Ana"}, gender="female") == table.salutation({}) == "Sehr geehrte Damen und Herren"
    assert table.salutation({"given": "Ana"}, informal=True) == "Hallo Ana"


def test_the_header_of_a_field() -> None:
    assert header("de", "$.emails[3].address") == "E-Mail"
    assert header("es-MX", "phones[mobile].number") == "Celular"
    with pytest.raises(InputError, match="shoe_size"):
        header("de", "shoe_size")
