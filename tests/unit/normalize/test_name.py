from __future__ import annotations

import csv
from pathlib import Path

import pytest

from canonical_contact.errors import InputError
from canonical_contact.normalize import name

TOUGH = Path(__file__).parent / "data" / "tough-names.csv"
RIGHT_AT_LEAST = 72  # of 73; the one left is a couple, of whom we take the first person and say so


def tough_names() -> list[dict[str, str]]:
    with TOUGH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_tough_names() -> None:
    """Given and family name of the rows that are known to be hard, case aside."""
    wrong = []
    for row in tough_names():
        value = name(row["input"]).value
        given = value.given if value else ""
        family = " ".join(filter(None, (value.surname, value.surname2))) if value else ""
        if (given.casefold(), family.casefold()) != (row["given"].casefold(), row["family"].casefold()):
            wrong.append(f"{row['input']!r}: {given!r}, {family!r}")
    right = len(tough_names()) - len(wrong)
    assert right >= RIGHT_AT_LEAST, "\n".join([f"{right} are right", *wrong])


@pytest.mark.parametrize(
    "row",
    [row for row in tough_names() if "undecidable" in row["note"] or "locale" in row["note"]],
    ids=lambda row: str(row["input"]),
)
def test_an_order_that_cannot_be_known_has_less_confidence(row: dict[str, str]) -> None:
    assert name(row["input"]).confidence < 0.8


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"given": "Dr. Anna", "surname": "Weber"}, {"title": "Dr.", "given": "Anna", "surname": "Weber"}),
        ({"given": "Prof. Dr. Anna", "surname": "Weber"}, {"title": "Prof. Dr.", "given": "Anna"}),
        ({"given": "Mr John", "surname": "Smith"}, {"title": "Mr", "given": "John"}),
        ({"given": "Ing. Marco", "surname": "Rossi"}, {"title": "Ing.", "given": "Marco"}),
        ({"given": "Dr.", "surname": "Weber, Anna"}, {"title": "Dr.", "given": "Anna", "surname": "Weber"}),
        ({"given": "John", "surname": "Smith Jr."}, {"surname": "Smith", "generation": "Jr."}),
        ({"given": "John", "surname": "Smith, PhD"}, {"surname": "Smith", "credential": "PhD"}),
        ({"given": "John", "surname": "Smith III"}, {"surname": "Smith", "generation": "III"}),
        ({"given": "John", "surname": "Smith MBA"}, {"surname": "Smith", "credential": "MBA"}),
        ({"given": "John", "surname": "Smith", "suffix": "II"}, {"surname": "Smith", "generation": "II"}),
        ({"given": "John", "surname": "Smith", "suffix": "Esq."}, {"credential": "Esq."}),
        ({"given": "Mary", "surname": "Smith (Mrs)"}, {"title": "Mrs", "surname": "Smith"}),
        ({"surname": "van der Meer, Vincent"}, {"given": "Vincent", "surname": "van der Meer"}),
        ({"surname": "Meer, Vincent van der"}, {"given": "Vincent", "surname": "van der Meer"}),
        ({"given": "Dr. Margaret E. Roberts"}, {"title": "Dr.", "given": "Margaret", "given2": "E.", "surname": "Roberts"}),
        ({"given": "Hans P.", "surname": "Weber"}, {"given": "Hans", "given2": "P."}),
        ({"given": "Hannah M", "surname": "Weber"}, {"given": "Hannah", "given2": "M"}),
        ({"given": "J. R. R.", "surname": "Tolkien"}, {"given": "J.", "given2": "R. R."}),
        ({"given": "Mary Anne", "surname": "Smith"}, {"given": "Mary Anne", "given2": ""}),
        ({"given": "JEAN-PIERRE", "surname": "DE LA FONTAINE"}, {"given": "Jean-Pierre", "surname": "de la Fontaine"}),
        ({"given": "conor", "surname": "o'brien"}, {"given": "Conor", "surname": "O'Brien"}),
        ({"given": "JOHN", "surname": "MCDONALD"}, {"surname": "McDonald"}),
        ({"given": "ANNA", "surname": "VAN DER BERG"}, {"given": "Anna", "surname": "van der Berg"}),
        ({"given": "Jean", "surname": "DUPONT"}, {"surname": "Dupont"}),
        ({"given": "JRR", "surname": "Tolkien"}, {"given": "JRR"}),
        ({"given": "Jack", "surname": "Ma"}, {"surname": "Ma", "credential": ""}),
        ({"given": "\xa0Anna ", "surname": " de  la\tCruz "}, {"given": "Anna", "surname": "de la Cruz"}),
        ({"given": "abc\x00def", "surname": "Weber"}, {"given": "Abcdef"}),
        ({"given": "JosÃ©", "surname": "GarcÃ\xada"}, {"given": "José", "surname": "García"}),
        ({"given": "Sinéad", "surname": "O’Connor"}, {"surname": "O'Connor"}),
        ({"given": "Anna 🎉", "surname": "Weber"}, {"given": "Anna"}),
        ({"given": "Hannah❤️", "surname": "Weber"}, {"given": "Hannah"}),
        ({"given": "泽东", "surname": "毛"}, {"given": "泽东", "surname": "毛", "full": "毛泽东"}),
        ({"given": "家豪 陈"}, {"given": "家豪", "surname": "陈"}),
        (
            {"given": "Ilaria", "surname": "[not provided]", "full": "Ilaria [not provided]"},
            {"given": "Ilaria", "surname": "", "full": "Ilaria"},
        ),
        ({"given": "Anna & Jane", "surname": "Weber"}, {"given": "Anna"}),
        ({"given": "John and Mary", "surname": "Smith"}, {"given": "John"}),
        ({"given": "Don", "surname": "Johnson"}, {"title": "", "given": "Don"}),
        ({"full": "Viktor Orbán", "given": "Viktor", "surname": "Orbán"}, {"full": "Viktor Orbán"}),
        ({"full": "Orbán Viktor", "given": "Viktor", "surname": "Orbán"}, {"full": "Orbán Viktor"}),
    ],
)
def test_fields(fields: dict[str, str], expected: dict[str, str]) -> None:
    value = name(fields).value
    assert value is not None
    assert {part: getattr(value, part) for part in expected} == expected


@pytest.mark.parametrize(
    ("fields", "code", "raw"),
    [
        ({"given": "Sarah", "surname": "Connor (Acme Ltd)"}, "name.company_in_name", "Acme Ltd"),
        (
            {"given": "Sarah", "surname": "Connor (Lindenhof Altenbach UG (haftungsbeschränkt))"},
            "name.company_in_name",
            "Lindenhof Altenbach UG (haftungsbeschränkt)",
        ),
        ({"full": "Robert (Bob) Dole"}, "name.nickname_found", "Bob"),
        ({"full": "Mary Smith-Jones née Brown"}, "name.former_name", "Brown"),
        ({"given": "Anna & Jane", "surname": "Weber"}, "name.couple", "Anna & Jane"),
        ({"given": "JosÃ©", "surname": "Weber"}, "name.encoding_repaired", "JosÃ©"),
        ({"given": "Anna", "surname": "[not provided]"}, "name.placeholder", "[not provided]"),
        ({"given": "<script>alert('Anna')</script>", "surname": "Weber"}, "name.markup", "<script>alert('Anna')</script>"),
        ({"given": "Francisca\ufffd", "surname": "Weber"}, "text.characters_lost", "Francisca\ufffd"),
    ],
)
def test_what_was_left_out_or_mended_is_named(fields: dict[str, str], code: str, raw: str) -> None:
    assert (code, raw) in [(problem.code, problem.raw) for problem in name(fields).problems]


def test_hints_tell_the_order() -> None:
    hungarian, vietnamese = name("Kovács Júlia", region="HU").value, name("Nguyen Van An", language="vi").value
    assert hungarian is not None
    assert vietnamese is not None
    assert (hungarian.given, hungarian.surname) == ("Júlia", "Kovács")
    assert (vietnamese.given, vietnamese.given2, vietnamese.surname) == ("An", "Van", "Nguyen")


def test_an_unknown_part_is_the_callers_mistake() -> None:
    with pytest.raises(InputError, match="no part forename"):
        name({"forename": "Anna"})


def test_the_raw_value_is_kept() -> None:
    assert name(" Anna  ").raw == " Anna  "
    assert name({"given": "-"}).raw == {"given": "-"}


def test_markup_is_kept_as_text() -> None:
    value = name({"given": "<script>alert('X')</script>", "surname": "Weber"}).value
    assert value is not None
    assert (value.given, value.surname) == ("<script>alert('X')</script>", "Weber")


@pytest.mark.parametrize(
    ("full", "code"),
    [
        ("sarah.connor@acme.com", "name.is_email"),
        ("Acme Holdings Ltd", "name.is_organization"),
        ("test test", "name.placeholder"),
        ("???", "name.placeholder"),
    ],
)
def test_not_a_person(full: str, code: str) -> None:
    found = name(full)
    assert found.value is None
    assert code in [problem.code for problem in found.problems]


def test_the_other_order_is_an_alternative() -> None:
    found = name("Chan Kong-sang")
    assert found.value is not None
    assert (found.value.given, found.value.surname) == ("Kong-sang", "Chan")
    assert [(other.given, other.surname) for other in found.alternatives] == [("Chan", "Kong-sang")]


def test_nothing_is_missing_without_a_problem() -> None:
    assert name("").value is None
    assert name("").problems == ()
    assert name({}).value is None


def test_the_key_is_folded() -> None:
    assert name({"given": "ŁUKASZ", "surname": "WOŹNIAK"}).keys[0] == name("Lukasz Wozniak").keys[0] == "lukasz wozniak"


@pytest.mark.parametrize(
    "raw", ["Siemens AG", "SIEMENS AG", "Deutsche Bank AG", "Müller KG", "Hans Müller AG", "Nordea AB", "Total SA", "Aker AS"]
)
def test_a_short_legal_form_is_no_initials(raw: str) -> None:
    found = name(raw)
    assert found.value is None
    assert [problem.code for problem in found.problems] == ["name.is_organization"]


@pytest.mark.parametrize(
    ("raw", "given", "surname", "generation"),
    [
        ("Kumar AS", "AS", "Kumar", ""),  # initials behind a surname
        ("Anna Sa", "Anna", "Sa", ""),
        ("Ken Griffey, Sr", "Ken", "Griffey", "Sr."),  # behind a comma it is no Señor
        ("Bush, George, Sr.", "George", "Bush", "Sr."),
        ("Ruiz, Sr. Juan", "Juan", "Ruiz", ""),
        ("MARY ANN ST. JOHN", "Mary Ann", "St. John", ""),
        ("ian st john", "Ian", "St John", ""),
        ("Abdul al-Hassan", "Abdul", "al-Hassan", ""),
        ("Abdul Rahman", "Abdul Rahman", "", ""),
        ("Ren&eacute;e Blanc", "Renée", "Blanc", ""),
        ("O&#39;Brien, Sean", "Sean", "O'Brien", ""),
        ("RenÃ©e O’Neil", "Renée", "O'Neil", ""),
        ("Jos√© Ruiz", "José", "Ruiz", ""),
    ],
)
def test_what_a_second_reader_tried(raw: str, given: str, surname: str, generation: str) -> None:
    found = name(raw).value
    assert found is not None
    assert (found.given, found.surname, found.generation) == (given, surname, generation)


def test_a_title_before_a_lone_given_name_does_not_make_it_a_surname() -> None:
    value = name({"given": "Lic. Fernando"}).value
    assert value is not None
    assert (value.title, value.given, value.surname) == ("Lic.", "Fernando", "")
