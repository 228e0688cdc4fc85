from __future__ import annotations

from canonical_contact.match.block import candidate_pairs
from canonical_contact.match.features import Features


def person(number: int, **values: object) -> Features:
    return Features(f"s:{number:04d}", "s", **values)  # type: ignore[arg-type]


def pairs(records: list[Features], **options: object) -> set[tuple[int, int]]:
    found = candidate_pairs(records, **options)  # type: ignore[arg-type]
    return {divmod(pair, found.size) for pair in found.pairs}


def test_records_that_share_a_mailbox_a_number_or_a_name_are_candidates() -> None:
    records = [
        person(0, emails=("ana@x.es",)),
        person(1, emails=("ana@x.es",), phones=("+34600111222",)),
        person(2, phones=("~600111222",)),
        person(3, given=("hao",), surname=("li",)),
        person(4, given=("li",), surname=("hao",)),
        person(5, given=("zoe",), surname=("qvist",)),
    ]
    assert pairs(records) == {(0, 1), (1, 2), (3, 4)}


def test_only_pairs_with_a_fresh_record_are_named() -> None:
    records = [person(n, emails=("ana@x.es",)) for n in range(3)]
    assert pairs(records, fresh=frozenset({2})) == {(0, 2), (1, 2)}


def test_a_large_block_is_split_by_a_further_key_and_what_stays_too_large_is_reported() -> None:
    people = [person(n, given=(f"{'abcdefgh'[n % 8]}x",), emails=("family@x.es",)) for n in range(64)]
    found = candidate_pairs(people, cap=10)
    email = next(report for report in found.reports if report.key == "email")
    assert email.refined == 1
    assert email.pairs == 8 * (8 * 7 // 2)
    alike = candidate_pairs([person(n, emails=("family@x.es",)) for n in range(64)], cap=10)
    email = next(report for report in alike.reports if report.key == "email")
    assert (email.pairs, email.left_out) == (0, 64 * 63 // 2)


def test_records_that_the_source_calls_one_person_are_candidates_without_any_key() -> None:
    lead = Features("lead:1", "lead", same_as=("person:9",))
    contact = Features("person:9", "person")
    assert pairs([lead, contact]) == {(0, 1)}


def test_cost_grows_with_the_records_not_with_the_square_of_a_block() -> None:
    small = candidate_pairs([person(n, given=("ana",), surname=("gil",), locality=f"town{n % 50}") for n in range(500)])
    large = candidate_pairs([person(n, given=("ana",), surname=("gil",), locality=f"town{n % 100}") for n in range(1000)])
    assert len(large.pairs) <= 2.2 * max(len(small.pairs), 1)


def test_pairs_that_the_source_names_are_named_again_only_with_a_fresh_record() -> None:
    records = [Features("lead:1", "lead", same_as=("person:9",)), Features("person:9", "person")]
    assert pairs(records, fresh=frozenset()) == set()
    assert pairs(records, fresh=frozenset({1})) == {(0, 1)}


def test_every_pair_of_a_block_is_either_named_or_reported_as_left_out() -> None:
    people = [person(n, given=(f"{'abcdefgh'[n % 8]}x",), emails=("family@x.es",)) for n in range(64)]
    email = next(report for report in candidate_pairs(people, cap=10).reports if report.key == "email")
    assert email.pairs + email.left_out == 64 * 63 // 2


def test_a_name_in_one_field_finds_the_same_name_in_two() -> None:
    records = [person(0, given=("eva", "sol")), person(1, given=("eva",), surname=("sol",))]
    assert pairs(records) == {(0, 1)}
