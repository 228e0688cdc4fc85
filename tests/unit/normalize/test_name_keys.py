"""Match keys of names, and several people in one field."""

from __future__ import annotations

import pytest

from canonical_contact.normalize import name
from canonical_contact.normalize._name_column import column_holds
from canonical_contact.normalize._name_people import split_people


def keys(text: str, kind: str = "") -> tuple[str, ...]:
    return tuple(key for key in name(text).keys if key.startswith(kind))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("John Smith", "JOHN  SMITH"),
        ("José García Márquez", "jose garcia marquez"),
        ("Łukasz Woźniak", "LUKASZ WOZNIAK"),
        ("Vincent van der Meer", "VAN DER MEER, VINCENT"),
        ("Sinéad O’Connor", "sinead o'connor"),
        ("Дмитрий Иванов", "ДМИТРИЙ ИВАНОВ"),
        ("Γιώργος Παπαδόπουλος", "ΓΙΩΡΓΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        ("Jörg Großmann", "JORG GROSSMANN"),
    ],
)
def test_keys_are_equal_under_case_spaces_and_marks(one: str, other: str) -> None:
    assert name(one).keys == name(other).keys != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jon Smith", "John Smyth"),
        ("Anna Meyer", "Anne Maier"),
        ("Catherine Philips", "Catherine Phillips"),
        ("J. Schmidt", "Jan Schmitt"),
    ],
)
def test_names_that_sound_alike_share_a_key(one: str, other: str) -> None:
    assert keys(one, "sound:") == keys(other, "sound:") != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bob Smith", "Robert Smith"),
        ("Peggy Olson", "Margaret Olson"),
        ("Paco García", "Francisco García"),
        ("Саша Иванов", "Александр Иванов"),
        ("Gianni Rossi", "Giovanni Rossi"),
        ("Kuba Nowak", "Jakub Nowak"),
        ("Honza Novák", "Jan Novák"),
        ("Laci Szabó", "László Szabó"),
        ("Kees de Jong", "Cornelis de Jong"),
        ("Mohamed Salah", "Muhammad Salah"),
        ("Yannis Ritsos", "Ioannis Ritsos"),
        ("Zé Silva", "José Silva"),
    ],
)
def test_nicknames_share_a_key(one: str, other: str) -> None:
    assert set(keys(one, "nick:")) & set(keys(other, "nick:"))


@pytest.mark.parametrize(
    ("text", "latin"),
    [("Дмитрий Иванов", "latin:dmitriy ivanov"), ("김민준", "latin:minjun gim"), ("محمد بن سلمان", "latin:mhmd bn slmn")],
)
def test_other_scripts_have_a_latin_key(text: str, latin: str) -> None:
    assert keys(text, "latin:") == (latin,)


def test_a_reading_is_a_latin_key() -> None:
    found = name({"given": "太郎", "surname": "山田", "phonetic_given": "タロウ", "phonetic_surname": "ヤマダ"})
    assert "latin:taro yamada" in found.keys


def test_latin_names_have_no_latin_key() -> None:
    assert keys("José García", "latin:") == keys("Łukasz Woźniak", "latin:") == ()


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ("Nachname", "surname"), ("Apellido", "surname"), ("Apellidos", "surname"), ("Cognome", "surname"), ("Last Name", "surname"),
        ("last_name", "surname"), ("LastName", "surname"), ("Achternaam", "surname"), ("Efternamn", "surname"), ("Nom de famille", "surname"),
        ("Nazwisko", "surname"), ("Příjmení", "surname"), ("Фамилия", "surname"), ("姓", "surname"), ("name.surname", "surname"),
        ("Vorname", "given"), ("First name", "given"), ("FIRSTNAME", "given"), ("Prénom", "given"), ("Nombre", "given"), ("Förnamn", "given"),
        ("Imię", "given"), ("Имя", "given"), ("名", "given"), ("name.given", "given"), ("contact first name", "given"),
        ("Name", "full"), ("Full Name", "full"), ("Ansprechpartner", "full"), ("name.full", "full"), ("Vor- und Nachname", "full"),
        ("Nachname, Vorname", "last_first"), ("Last name, first name", "last_first"), ("Apellidos y nombre", "last_first"),
        ("Nom Prénom", "last_first"), ("Name, Vorname", "last_first"), ("ФИО", "last_first"), ("姓名", "last_first"), ("Cognome e nome", "last_first"),
        ("Kundennummer", ""), ("", ""), ("\ud800", ""), ("?" * 10_000, ""),
    ],
)  # fmt: skip
def test_columns(header: str, holds: str) -> None:
    assert column_holds(header) == holds


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("John & Jane Smith", ["John Smith", "Jane Smith"]),
        ("John Smith & Jane Doe", ["John Smith", "Jane Doe"]),
        ("Mr. and Mrs. John Smith", ["Mr. John Smith", "Mrs. Smith"]),
        ("Mr & Mrs Smith", ["Mr Smith", "Mrs Smith"]),
        ("Mr. & Mrs. John and Jane Smith", ["Mr. John Smith", "Mrs. Jane Smith"]),
        ("Hans und Eva Müller", ["Hans Müller", "Eva Müller"]),
        ("Herr Hans und Frau Eva Müller", ["Herr Hans Müller", "Frau Eva Müller"]),
        ("M. et Mme Dupont", ["M. Dupont", "Mme Dupont"]),
        ("Smith, John & Jane", ["John Smith", "Jane Smith"]),
        ("Smith, John & Jones, Mary", ["Smith, John", "Jones, Mary"]),
        ("John, Jane and Bob Smith", ["John Smith", "Jane Smith", "Bob Smith"]),
        ("John Smith, Jane Doe", ["John Smith", "Jane Doe"]),
        ("John Smith; Jane Doe", ["John Smith", "Jane Doe"]),
        ("John Smith\nJane Doe", ["John Smith", "Jane Doe"]),
        ("Juan Pérez y María López", ["Juan Pérez", "María López"]),
        ("Eva & Hans van der Berg", ["Eva van der Berg", "Hans van der Berg"]),
        ("Pérez y Gómez", ["Pérez y Gómez"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Karl-Theodor Freiherr von und zu Guttenberg", ["Karl-Theodor Freiherr von und zu Guttenberg"]),
        ("Smith, John", ["Smith, John"]),
        ("Jane Doe, CPA, Esq.", ["Jane Doe, CPA, Esq."]),
        ("Anna", ["Anna"]),
        (" ", []),
        ("", []),
    ],
)
def test_people(text: str, people: list[str]) -> None:
    assert split_people(text) == people


def test_of_a_couple_the_first_is_read_and_the_second_can_be_had() -> None:
    found = name("John & Jane Smith")
    assert found.value is not None
    assert (found.value.given, found.value.surname) == ("John", "Smith")
    couple = next(problem for problem in found.problems if problem.code == "name.couple")
    second = name(split_people(couple.raw)[1]).value
    assert second is not None
    assert (second.given, second.surname) == ("Jane", "Smith")


@pytest.mark.parametrize(
    "people", [" & ".join(["Anna"] * 200), "& " * 400, "Mr and " * 150, "A, " * 300, "x; " * 300, "y e " * 250]
)
def test_long_lists_end_soon(people: str) -> None:
    assert split_people(people)
