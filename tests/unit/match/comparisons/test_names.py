from __future__ import annotations

from typing import Any

import pytest

from canonical_contact.match.comparisons._base import Lookups
from canonical_contact.match.comparisons.names import Names
from canonical_contact.match.features import Features
from canonical_contact.match.lookups import shared_keys, shipped_lookups
from canonical_contact.match.sounds import sound_key

NICKNAMES = {
    "robert": frozenset({"robert"}),
    "bob": frozenset({"robert"}),
    "josemaria": frozenset({"josemaria"}),
    "chema": frozenset({"josemaria"}),
}


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(Lookups(nicknames=NICKNAMES))


def record(name: str, **more: Any) -> Features:
    """`given words | surname words`."""
    given, _, surname = name.partition("|")
    return Features("x:1", "x", tuple(given.split()), tuple(surname.split()), **more)


def compared(names: Names, left: Features, right: Features) -> tuple[str, ...]:
    forth, back = names.levels(left, right), names.levels(right, left)
    assert forth == back, "a comparison is symmetric"
    return tuple(asked.words[level] for asked, level in zip(names.comparisons, forth, strict=True))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("robert", "robert", "exact"),
        ("maria jose", "mariajose", "exact"),
        ("john robert", "john", "exact"),
        ("john robert", "john r", "exact"),
        ("maria jose", "maria josefa", "part"),
        ("anamaria", "ana maria luz", "part"),
        ("ana luz", "luz", "part"),
        ("j robert", "robert", "part"),
        ("robert", "bob", "nickname"),
        ("jose maria", "chema", "nickname"),
        ("alex", "alexander", "nickname"),
        ("robert", "rovert", "typo"),
        ("sebastian", "sebakstin", "typo"),
        ("mar ina", "marina", "exact"),
        ("ro nert", "robert", "typo"),
        ("robert", "r", "initial"),
        ("john robert", "jr", "initial"),
        ("katherine", "catherine", "sounds"),
        ("robert", "robret", "sounds"),
        ("yusuf", "yosef", "sounds"),
        ("aleksandr", "alexander", "sounds"),
        ("maria jose", "maria carmen", "similar"),
        ("paola", "paolo", "similar"),
        ("martina", "maria", "similar"),
        ("robert", "susan", "different"),
        ("mario", "marco", "typo"),
        ("li", "lu", "different"),
        ("ana", "eva", "different"),
        ("robert", "", "missing"),
    ],
)
def test_given_names(names: Names, left: str, right: str, expected: str) -> None:
    assert compared(names, record(f"{left}|x"), record(f"{right}|x"))[0] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("garcia", "garcia", "exact"),
        ("van der mer", "mer", "exact"),
        ("de la cruz", "cruz", "exact"),
        ("smith jones", "smithjones", "exact"),
        ("garcia marquez", "garcia", "part"),
        ("garcia marquez", "marquez", "part"),
        ("garcia marquez", "marquez garcia", "part"),
        ("garcia marquez", "garcia m", "part"),
        ("garcia marquez", "markuez", "part"),
        ("garcia marquez", "garcia lopez", "different"),
        ("garcia garcia", "garcia marquez", "different"),
        ("kowalski", "kowalzski", "sounds"),
        ("petersen", "pedersen", "typo"),
        ("stephenson", "stepehndon", "typo"),
        ("capmbel", "campdel", "typo"),
        ("meyer", "meier", "sounds"),
        ("garcia lopes", "garcia lopez", "sounds"),
        ("suth", "sutherland", "similar"),
        ("m", "marquez", "similar"),
        ("hamilton", "samiltol", "similar"),
        ("garcia", "lopez", "different"),
        ("li", "lin", "different"),
        ("san", "santos", "similar"),
        ("", "lopez", "missing"),
    ],
)
def test_surnames(names: Names, left: str, right: str, expected: str) -> None:
    assert compared(names, record(f"ana|{left}"), record(f"ana|{right}"))[1] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("hao|li", "hao|li", ("exact", "exact", "straight")),
        ("hao|li", "li|hao", ("exact", "exact", "swapped")),
        ("priya|sharma", "sharma|priyra", ("exact", "typo", "swapped")),
        ("sharma|bob", "robert|sharma", ("nickname", "exact", "swapped")),
        ("mathews|nicholas", "nicholas|lovelock", ("exact", "different", "swapped")),
        ("eva|lopez", "mark|evans", ("different", "different", "straight")),
        ("ana maria|campos alves", "alves|", ("missing", "part", "missing")),
        ("maria eduarda|campos alves", "alves|m", ("initial", "part", "swapped")),
        ("andrea|casardi", "casardi|", ("missing", "exact", "missing")),
        ("|max", "max|", ("missing", "exact", "missing")),
        ("jack|brown", "brown|jill", ("exact", "different", "swapped")),
        ("|", "ana|lopez", ("missing", "missing", "missing")),
    ],
)
def test_exchanged_fields(names: Names, left: str, right: str, expected: tuple[str, ...]) -> None:
    assert compared(names, record(left), record(right)) == expected


@pytest.mark.parametrize("whole", ["ana lopez|", "lopez ana|", "|ana lopez"])
def test_a_whole_name_in_one_field_agrees_with_its_parts(names: Names, whole: str) -> None:
    assert compared(names, record(whole), record("ana|lopez")) == ("exact", "exact", "missing")


def test_a_second_given_name_is_no_surname(names: Names) -> None:
    assert compared(names, record("maria jose|"), record("maria jose|garcia")) == ("exact", "missing", "missing")


def test_a_nickname_that_the_record_states_is_the_given_name_of_the_other(names: Names) -> None:
    left, right = record("patricia|more", nicknames=("trish",)), record("trish|more")
    assert compared(names, left, right) == ("nickname", "exact", "straight")


def test_a_name_in_characters_and_one_in_letters_say_nothing_without_a_reading(names: Names) -> None:
    letters = record("makoto|oki")
    assert compared(names, record("cheng|damu", han=True), letters) == ("missing", "missing", "missing")
    read = record("cheng|damu", han=True, read_given=("makoto",), read_surname=("oki",))
    assert compared(names, read, letters) == ("exact", "exact", "straight")
    other = record("cheng|damu", han=True, read_given=("haruka",), read_surname=("sato",))
    assert compared(names, other, letters) == ("different", "different", "straight")


def test_a_name_in_characters_whose_given_name_agrees_is_compared(names: Names) -> None:
    assert compared(names, record("haiyan|zhu", han=True), record("haiyan|huang")) == ("exact", "different", "straight")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stephen", "steven"),
        ("mohamed", "muhamad"),
        ("tchaikovsky", "chaikovskij"),
        ("george", "jorge"),
        ("schmidt", "shmit"),
        ("wright", "rait"),
        ("giovani", "jovani"),
        ("philip", "filipe"),
        ("michael", "mikael"),
        ("xavier", "ksavier"),
    ],
)
def test_words_that_sound_alike_have_one_key(one: str, other: str) -> None:
    assert sound_key(one) == sound_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("ana", "hana"), ("braun", "barton"), ("yan", "an"), ("marta", "marga"), ("漢", "字")]
)
def test_words_that_do_not_sound_alike_have_two(one: str, other: str) -> None:
    assert sound_key(one) != sound_key(other)


def test_each_level_explains_itself(names: Names) -> None:
    said = [level.says for asked in names.comparisons for level in asked.levels]
    assert len(set(said)) == len(said)


@pytest.fixture(scope="module")
def shipped() -> Names:
    return Names(shipped_lookups())


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("tim", "tom", "similar"),
        ("ana", "anja", "similar"),
        ("jan", "jon", "similar"),
        ("paul", "paula", "similar"),
        ("gary", "mary", "similar"),
        ("tim peter", "tom peter", "similar"),
        ("ana tim", "ana tom", "similar"),
        ("eva", "ewa", "typo"),  # one name, spelled otherwise
        ("marcus", "markus", "sounds"),
        ("philip", "filip", "sounds"),
        ("catherine", "katherine", "sounds"),
        ("tim", "tjm", "typo"),  # only one of them is a name
        ("robert", "rovert", "typo"),
        ("tomas", "thomas", "sounds"),
        ("nicholas", "nicolas", "typo"),  # both are called Nick
        ("gabriel", "gabriela", "sounds"),  # both are called Gabi
    ],
)
def test_two_known_names_are_no_slip_of_one(shipped: Names, left: str, right: str, expected: str) -> None:
    assert compared(shipped, record(f"{left}|lang"), record(f"{right}|lang"))[0] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("tim|lang", "tom|lang", True),
        ("paola|lang", "paolo|lang", True),
        ("martina|lang", "maria|lang", True),
        ("tim|lang", "tjm|lang", False),
        ("sofia|lang", "sophia|lang", False),
        ("christina|lang", "christine|lang", False),  # both are called Chris
        ("ana tim|lang", "ana tom|lang", False),  # one person, or two of two names: nobody is known as the other
        ("tim|lang", "tom|", False),
    ],
)
def test_two_known_names_at_one_mailbox_make_it_shared(shipped: Names, left: str, right: str, expected: bool) -> None:
    people = [record(name, emails=("info@firm.example",)) for name in (left, right)]
    assert bool(shared_keys(people, shipped)) == expected
