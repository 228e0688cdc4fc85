"""What people are asked first, and how far they agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from canonical_contact.identity.agreement import agreements, kappa
from canonical_contact.identity.queue import RERANKED, Question, Standing, engagement, questions, ranked, uncertainty, worth

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def asked(name: str, probability: float = 0.5, records: int = 2, *, score: float = 0.5) -> Question:
    return Question(f"a:{name}", f"b:{name}", (f"X{name}", f"Y{name}"), score, "weights", probability, records)


def order(*found: Question, engaged: dict[str, float] | None = None, limit: int = 10) -> list[str]:
    values = engaged or {}
    return [one.left[2:] for one, _ in ranked(found, lambda one: values.get(one.left[2:], 1.0), limit)]


def test_the_question_whose_contacts_are_likeliest_kept_apart_wrongly_comes_first() -> None:
    assert order(asked("likely", 0.8), asked("open", 0.5), asked("unlikely", 0.2)) == ["likely", "open", "unlikely"]


def test_all_pairs_between_two_contacts_speak() -> None:
    assert uncertainty([0.7], 1) == 0.7
    assert uncertainty([0.7, 0.7], 2) == 0.7
    assert uncertainty([0.7], 2) < uncertainty([0.7, 0.3], 2) < 0.7, "a pair that does not even wait speaks against it the most"
    assert uncertainty([0.7], 6) < uncertainty([0.7], 2)


def test_more_records_make_a_question_worth_more() -> None:
    assert order(asked("two"), asked("nine", records=9)) == ["nine", "two"]
    assert worth(asked("nine", records=9)) == 4.5


def test_engagement_can_outweigh_uncertainty() -> None:
    assert order(asked("open"), asked("customer", 0.4), engaged={"customer": 2.0}) == ["customer", "open"]


def test_of_equal_value_the_higher_score_comes_first_and_then_the_smaller_key() -> None:
    assert order(asked("2"), asked("1"), asked("3", score=0.75)) == ["3", "1", "2"]


def test_what_was_skipped_comes_last_whatever_it_is_worth() -> None:
    found = ranked([asked("skipped"), asked("dull", 0.01)], lambda _: 1.0, 10, later=lambda one: one.left == "a:skipped")
    assert [one.left for one, _ in found] == ["a:dull", "a:skipped"]


def test_only_so_many_contacts_are_read_and_the_rest_stays_behind_them() -> None:
    many = [asked(f"{place:05}", 0.9 - 0.3 * place / RERANKED) for place in range(RERANKED + 50)]
    read = list[str]()

    def engaged(one: Question) -> float:
        read.append(one.left)
        return 1.0

    assert len(ranked(many, engaged, 5)) == 5
    assert len(read) == RERANKED
    assert [one.left for one, _ in ranked(many, lambda _: 1.0, 10**4)] == [one.left for one in many]


def test_one_question_is_put_for_all_pairs_between_two_contacts() -> None:
    home = {"a:1": "X", "a:2": "X", "b:1": "Y", "c:1": "Z"}
    pairs = [("a:1", "b:1", 0.3, "weights"), ("a:2", "b:1", 0.6, "name_only"), ("a:1", "c:1", 0.4, "weights")]
    found = questions(pairs, home, {"X": 2, "Y": 1, "Z": 5})
    assert [(one.left, one.right, one.score, one.reason, one.records, one.pairs) for one in found] == [
        ("a:1", "c:1", 0.4, "weights", 7, 1),
        ("a:2", "b:1", 0.6, "name_only", 3, 2),
    ]
    assert found[1].probability == uncertainty([0.3, 0.6], 2)


def test_what_people_contradict_each_other_about_stands_for_its_contacts() -> None:
    pairs = [("a:1", "b:1", 0.3, "conflict"), ("a:2", "b:1", 0.6, "weights")]
    (found,) = questions(pairs, {"a:1": "X", "a:2": "X"}, {"X": 2}, first=["conflict"])
    assert (found.left, found.reason, found.probability, found.pairs) == ("a:1", "conflict", 0.3, 2)


def test_the_order_of_pairs_changes_no_question() -> None:
    home = {"a:1": "X", "a:2": "X", "b:1": "Y"}
    pairs = [("a:1", "b:1", 0.6, "weights"), ("a:2", "b:1", 0.6, "weights")]
    assert questions(pairs, home, {}) == questions(pairs[::-1], home, {})


def test_a_record_of_no_contact_stands_for_itself() -> None:
    assert questions([("a:1", "b:1", 0.5, "weights")], {}, {}) == [Question("a:1", "b:1", ("a:1", "b:1"), 0.5, "weights", 0.5)]


def test_a_last_contact_counts_half_after_half_a_year() -> None:
    assert engagement([Standing(NOW)], NOW) == 2.0
    assert engagement([Standing(NOW - timedelta(days=180))], NOW) == 1.5
    assert engagement([Standing(NOW + timedelta(days=90))], NOW) == 2.0, "what is dated ahead counts as today"


def test_it_matters_most_where_one_side_refuses_what_the_other_permits() -> None:
    permits, refuses = Standing(permits=True), Standing(refuses=True)
    assert engagement([permits, refuses], NOW) > engagement([permits, permits], NOW) > engagement([refuses, refuses], NOW) == 1.0


def test_kappa_is_what_is_more_than_chance() -> None:
    assert kappa([("y", "y"), ("n", "n")]) == 1.0
    assert kappa([("y", "n"), ("n", "y")]) == -1.0
    assert kappa([("y", "y"), ("y", "n"), ("n", "y"), ("n", "n")]) == 0.0
    assert kappa([("y", "y")]) is None, "where both always say the same word chance alone would make them agree"
    assert kappa([]) is None


def test_every_two_reviewers_are_compared_on_what_both_judged() -> None:
    found = agreements({1: {"ana": "y", "bob": "y", "eve": "n"}, 2: {"ana": "n", "bob": "n"}, 3: {"eve": "y"}})
    assert [(one.reviewers, one.pairs, one.agreed, one.share, one.kappa) for one in found] == [
        (("ana", "bob"), 2, 2, 1.0, 1.0),
        (("ana", "eve"), 1, 0, 0.0, 0.0),
        (("bob", "eve"), 1, 0, 0.0, 0.0),
    ]
