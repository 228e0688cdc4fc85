from __future__ import annotations

import pytest

from canonical_contact.normalize import _organization_forms as table
from canonical_contact.normalize._organization import LegalForm, legal_form


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ("Toyota Motor Co., Ltd.", "Toyota Motor", "Co., Ltd."), ("Ltd Ltd", "Ltd", "Ltd"), ("Nordlicht GmbH & Co. KG", "Nordlicht", "GmbH & Co. KG"),
        ("Azteca Tools S. A. de C. V.", "Azteca Tools", "S.A. de C.V."), ("株式会社日立", "日立", "株式会社"), ("日立株式会社", "日立", "株式会社"),
        ("(株)日立", "日立", "株式会社"), ("㈱日立", "日立", "株式会社"), ("北京科技有限公司", "北京科技", "有限公司"), ("ООО «Ромашка»", "Ромашка", "ООО"),
        ("PT Astra International Tbk", "Astra International", "Tbk"), ("Petronas Sdn Bhd", "Petronas", "Sdn Bhd"), ("Maersk A/S", "Maersk", "A/S"),
        ("Kone Oy", "Kone", "Oy"), ("Wisła Sp. z o.o.", "Wisła", "Sp. z o.o."), ("Škoda Auto a.s.", "Škoda Auto", "a.s."), ("Pékség Kft.", "Pékség", "Kft"),
        ("Sofia Trade EOOD", "Sofia Trade", "ЕООД"), ("Siemens AG (Berlin)", "Siemens (Berlin)", "AG"), ("SARL Dupont", "Dupont", "SARL"),
        ("Ferrero S.p.A.", "Ferrero", "S.p.A."), ("Skype OÜ", "Skype", "OÜ"), ("유한회사 한국", "한국", "유한회사"), ("Foo GmbH i.L.", "Foo", "GmbH"),
        ("Foo (Pty) Ltd", "Foo", "Pty Ltd"), ("The Coca-Cola Company", "The Coca-Cola Company", ""), ("SA Power", "SA Power", ""), ("The Limited", "The Limited", ""),
        ("Tiffany & Co.", "Tiffany", "& Co"), ("Foo GmbH, Wien", "Foo, Wien", "GmbH"), ("Yahoo! Inc.", "Yahoo!", "Inc"), ("", "", ""),
    ],
)  # fmt: skip
def test_the_form_is_parted_from_the_name(text: str, name: str, form: str) -> None:
    found = legal_form(text)
    assert found.raw == text
    if not text:
        assert found.value is None
    else:
        assert found.value is not None
        assert (found.value.name, found.value.form, found.problems) == (name, form, ())


def test_a_region_tells_which_form_it_is() -> None:
    assert legal_form("Tallink AS", region="EE").value == LegalForm("Tallink", "AS", ("EE",))
    assert legal_form("Slovnaft as", region="SK").value == LegalForm("Slovnaft", "a.s.", ("SK",))
    assert legal_form("Novo as", region="dk").value == LegalForm("Novo", "A/S", ("DK",))


def test_a_form_of_several_countries_names_them_all() -> None:
    found = legal_form("Nestlé SA").value
    assert found is not None
    assert {"CH", "FR", "BE", "LU"} <= set(found.countries)


def test_a_name_that_is_only_a_form_is_kept() -> None:
    found = legal_form("GmbH & Co. KG")
    assert (found.value, found.problems[0].code) == (LegalForm("GmbH & Co. KG"), "organization.only_form")


@pytest.mark.parametrize(
    "text",
    ["Toyota Motor Co., Ltd.", "Siemens AG (Berlin)", "株式会社日立", "ООО «Ромашка»", "Foo GmbH, Wien", "S.C. Dacia S.R.L."],
)
def test_what_is_left_has_no_form(text: str) -> None:
    once = legal_form(text).value
    assert once is not None
    again = legal_form(once.name).value
    assert again == LegalForm(once.name)


def test_the_table_knows_forty_countries_and_each_list_of_it_names_forms() -> None:
    countries = {code for readings in table.FORMS.values() for codes in readings.values() for code in codes}
    assert len(countries) >= 40
    assert all(code.isascii() and len(code) == 2 and code.isupper() for code in countries)
    assert set(table.FORMS) >= table.SIMPLE
