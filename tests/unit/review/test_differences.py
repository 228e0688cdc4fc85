from __future__ import annotations

from canonical_contact.review._differences import Part, marked


def differing(parts: list[list[list[Part]]]) -> list[list[str]]:
    return [[part.text for value in side for part in value if part.differs] for side in parts]


def test_nothing_is_lost_of_a_value_whatever_is_marked() -> None:
    sides = [["Ana Maria Ruiz", "x"], ["Anna M. Ruis"], []]
    found = marked(sides, ["A", "B", "B"])
    assert [["".join(part.text for part in value) for value in side] for side in found] == sides


def test_two_spellings_are_marked_where_they_differ_and_other_values_as_a_whole() -> None:
    assert differing(marked([["Ana Ruiz"], ["Ana Ruis"]], ["A", "B"])) == [["z"], ["s"]]
    assert differing(marked([["Ana Ruiz"], ["Eva Berg"]], ["A", "B"])) == [["Ana Ruiz"], ["Eva Berg"]]


def test_what_one_record_of_the_other_contact_says_is_no_difference_even_in_other_capitals() -> None:
    assert differing(marked([["ana@x.es"], ["eva@x.de"], ["Ana@X.es"]], ["A", "B", "B"])) == [[], ["eva@x.de"], []]


def test_nothing_differs_from_a_contact_that_says_nothing() -> None:
    assert differing(marked([["Ana"], [], ["Anna"]], ["A", "B", "A"])) == [[], [], []]


def test_long_values_are_marked_as_a_whole() -> None:
    assert differing(marked([["a" * 5_000], ["a" * 4_999 + "b"]], ["A", "B"])) == [["a" * 5_000], ["a" * 4_999 + "b"]]
