from __future__ import annotations

from collections import Counter

import pytest

from canonical_contact.match.blocks import beside, candidates, estimated_recall
from canonical_contact.match.features import Features
from canonical_contact.match.keys import KEYS, Key, KeyMaker, Source, keys_for

EMAIL = KEYS[0]


def people(count: int, **values: object) -> list[Features]:
    return [Features(f"a:{place:03}", "a", **values) for place in range(count)]  # type: ignore[arg-type]


def pairs(records: list[Features], *keys: Key) -> set[tuple[int, int]]:
    found = candidates(records, keys or KEYS)
    return {divmod(pair, found.size) for pair in found.pairs}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"emails": ("ana@x.es",)}, {"emails": ("b@x.es", "ana@x.es")}),
        ({"emails": ("anaruiz@x.es",)}, {"emails": ("anaruiz@y.com",)}),
        ({"phones": ("+34911234567",)}, {"phones": ("~11234567",)}),
        ({"given": ("ana", "maria"), "surname": ("ruiz",)}, {"given": ("ruiz",), "surname": ("ana",)}),
        ({"given": ("wei",), "surname": ("li",)}, {"given": ("伟",), "read_given": ("wei",), "read_surname": ("li",)}),
        ({"given": ("ana",), "birthday": "1980-02-01"}, {"given": ("eva",), "birthday": "1980-02-01"}),
        ({"surname": ("smith",), "birthday": "1980-02-01"}, {"surname": ("smyth",), "birthday": "1980-03-07"}),
        ({"given": ("ana",), "birthday": "--02-01"}, {"given": ("ana",), "birthday": "--02-01"}),
        ({"given": ("a",), "surname": ("smith",)}, {"given": ("ana",), "surname": ("smyth",)}),
        ({"given": ("ana",), "employer": "acme"}, {"given": ("ana",), "employer": "acme"}),
        ({"street": "hauptstrase5", "locality": "berlin"}, {"street": "hauptstrase5", "locality": "berlin"}),
        ({"roles": ("info@x.es",), "given": ("ana",)}, {"roles": ("info@x.es",), "given": ("anna",)}),
    ],
)
def test_records_that_share_a_key_are_a_pair(left: dict[str, object], right: dict[str, object]) -> None:
    records = [Features("a:1", "a", **left), Features("b:2", "b", **right)]  # type: ignore[arg-type]
    assert pairs(records) == {(0, 1)}


def test_a_surname_and_a_house_number_are_enough_where_the_rest_of_the_address_was_misspelt() -> None:
    [key] = [key for key in KEYS if key.name == "surname and house number"]
    first = Features("a:1", "a", given=("zachary",), surname=("berry",), street="95leahyplace", postcode="6302")
    same = Features("b:1", "b", given=("joshua",), surname=("berry",), street="leahylplace95", postcode="6320")
    next_door = Features("b:2", "b", given=("zachary",), surname=("berry",), street="97leahyplace", postcode="6302")
    assert pairs([first, same, next_door], key) == {(0, 1)}


def test_what_a_source_calls_one_person_is_a_pair_without_a_key() -> None:
    records = [Features("a:1", "a", same_as=("b:2", "gone:9")), Features("b:2", "b")]
    found = candidates(records)
    assert [divmod(pair, 2) for pair in found.pairs] == [(0, 1)]
    assert (found.reports[-2].key, found.reports[-2].alone) == ("same_as", 1)


def test_records_that_say_the_very_same_are_pairs_whatever_the_caps() -> None:
    crowd = people(9, emails=("info@x.es",))
    assert pairs(crowd, EMAIL._replace(cap=2)) == {(place, place + 1) for place in range(8)}


def test_a_block_that_is_too_large_is_split_and_what_is_left_out_is_counted() -> None:
    crowd = [
        Features(f"a:{place:03}", "a", given=("abcdefgh"[place % 8] * 2,), emails=("info@x.es",), birthday="")
        for place in range(16)
    ]
    key = EMAIL._replace(cap=4)
    report = candidates(crowd, [key]).reports[0]
    assert pairs(crowd, key) == {(place, place + 8) for place in range(8)}
    assert (report.blocks, report.refined, report.left_out) == (1, 1, 16 * 15 // 2 - 8)


def test_a_key_that_is_not_split_leaves_a_large_block_out() -> None:
    crowd = people(9, surname=("garcia",))
    rare = next(key for key in KEYS if not key.refines)
    report = candidates(crowd, [rare]).reports[0]
    assert (report.named, report.left_out) == (0, 36)


def test_many_who_lack_a_value_beside_others_who_have_it_are_strangers() -> None:
    crowd = [
        *(person._replace(phones=(f"~{place}",)) for place, person in enumerate(people(6, emails=("info@x.es",)))),
        Features("b:1", "b", given=("ana",), emails=("info@x.es",)),
    ]
    assert pairs(crowd, EMAIL._replace(cap=5)) == set()


def test_reports_say_what_a_key_is_the_first_or_the_only_one_to_name() -> None:
    records = [
        Features("a:1", "a", emails=("ana@x.es",), phones=("+34911234567",)),
        Features("b:2", "b", emails=("ana@x.es",), phones=("+34911234567",)),
        Features("c:3", "c", phones=("+34911234567",)),
    ]
    email, phone = candidates(records, [EMAIL, KEYS[2]]).reports[:2]
    assert (email.named, email.first, email.alone) == (1, 1, 0)
    assert (phone.named, phone.first, phone.alone) == (3, 2, 2)


def test_recall_follows_from_what_one_family_of_keys_caught_alone() -> None:
    keys = [EMAIL, KEYS[2]]
    assert estimated_recall(keys, Counter({0b11: 90, 0b01: 5, 0b10: 5})) == pytest.approx(0.997, abs=0.001)
    assert estimated_recall(keys, Counter({0b01: 5, 0b10: 5})) is None


def test_two_keys_of_one_family_are_one_look() -> None:
    local = next(key for key in KEYS if key.name == "email local part")
    assert estimated_recall([EMAIL, local, KEYS[2]], Counter({0b011: 50, 0b100: 50})) is None


def test_an_extension_field_of_a_kind_gets_its_keys() -> None:
    records = [Features("a:1", "a", extensions=(("ssn", "123"),)), Features("b:2", "b", extensions=(("ssn", "123"),))]
    assert pairs(records, *keys_for({"ssn": "id"})) == {(0, 1)}
    assert keys_for({"age": "number", "sex": "category"}, ()) == ()


def test_a_value_of_two_parts_of_one_source_is_two_different_words_in_either_order() -> None:
    words = (Source("given", "words"), Source("surname", "words"))
    key = Key("two words", (words, words))
    made = KeyMaker([key]).values(key, Features("a:1", "a", given=("ruiz", "ana"), surname=("ruiz",)))
    assert made == (("ana", "ruiz"),)


BESIDE = Key("numbers", ((Source("x.member"),),), cap=3, window=2)


def members(*numbers: str) -> list[Features]:
    return [
        Features(f"a:{place}", "a", birthday=f"{1950 + place}", extensions=(("member", number),))
        for place, number in enumerate(numbers)
    ]


def test_whoever_has_a_value_stands_beside_the_same_records() -> None:
    assert pairs(members("m1", "m1", "m2"), BESIDE) == {(0, 1), (0, 2), (1, 2)}
    assert pairs(members("m1", "m2", "m3", "m4"), BESIDE) == {(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)}
    # two records stand between the first value and the third
    assert pairs(members("m1", "m2", "m2", "m3"), BESIDE) == {(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)}


def test_values_that_many_have_stand_beside_nobody() -> None:
    assert pairs(members("m1", "m1", "m1", "m2", "m3"), BESIDE) == {(0, 1), (0, 2), (1, 2), (3, 4)}
    assert pairs(members("m1", "m1", "m1", "m1", "m2"), BESIDE) == set()


@pytest.mark.parametrize("value", ["m1", "m2", "m25", "m4", "m9"])
def test_one_more_record_stands_beside_whom_all_together_name(value: str) -> None:
    known = members("m1", "m2", "m2", "m4", "m4", "m4", "m5")
    together = pairs([*known, Features("z:1", "z", extensions=(("member", value),))], BESIDE)
    held = sorted((record.extensions[0][1:], place) for place, record in enumerate(known))
    before, after = [one for one in held if one[0] < (value,)], [one for one in held if one[0] >= (value,)]
    found = {place for _, place in beside(BESIDE, (value,), before[-BESIDE.reach :], after[: BESIDE.reach])}
    assert found == {left for left, right in together if right == len(known)}
