from __future__ import annotations

from attrs import evolve

from canonical_contact.match.columns.expect import expect as column_expect
from canonical_contact.match.model.calibration import Calibration
from canonical_contact.match.model.em import Pass, eased, expect, fit, refine, thinned
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model, Rows
from canonical_contact.match.model.scoring import Scorer
from match_models import COMPARISONS, KINDS, MODEL, counts, sampled


def blurred(rows: Rows) -> Rows:
    """A prior that knows the direction and not the size."""
    return tuple(tuple(0.6 * p + 0.4 / len(row) for p in row) for row in rows)


PRIOR = evolve(MODEL, shares=(0.2,) * 5, tables={name: blurred(rows) for name, rows in MODEL.tables.items()})
PAIRS = sampled(MODEL, 20_000, seed=1)


def distance(a: Model, b: Model, kind: str = "person") -> float:
    place = KINDS.index(kind)
    return max(abs(x - y) for name in a.tables for x, y in zip(a.tables[name][place], b.tables[name][place], strict=True))


def test_planted_parameters_are_recovered_without_labels() -> None:
    fitted = fit(COMPARISONS, [Pass(counts(PAIRS))], PRIOR, hold=0.0, rounds=200, at_most=10**9)
    for kind in ("person", "household", "stranger"):
        assert distance(fitted, MODEL, kind) < 0.06 < distance(PRIOR, MODEL, kind)
    assert abs(sum(fitted.shares[place] for place in fitted.persons) - 0.4) < 0.05
    assert fitted.fitted_on == 20_000
    assert fitted.version == "made-up/1+em"


def test_order_and_parts_of_the_pairs_do_not_matter() -> None:
    summed = counts(PAIRS)
    one = fit(COMPARISONS, [Pass(summed)], PRIOR)
    assert fit(COMPARISONS, [Pass(dict(reversed(list(summed.items()))))], PRIOR).to_text() == one.to_text()
    assert fit(COMPARISONS, [Pass(dict(sorted(summed.items())))], PRIOR).to_text() == one.to_text()


def test_few_pairs_stay_near_the_prior_and_many_leave_it() -> None:
    few, many = sampled(MODEL, 30, seed=3), PAIRS
    near = fit(COMPARISONS, [Pass(counts(few))], PRIOR)
    far = fit(COMPARISONS, [Pass(counts(many))], PRIOR)
    assert distance(near, PRIOR) < 0.05 < distance(far, PRIOR)
    assert distance(far, MODEL) < distance(near, MODEL)


def test_no_pairs_give_the_prior() -> None:
    assert fit(COMPARISONS, [], PRIOR) is PRIOR
    assert fit(COMPARISONS, [Pass({})], PRIOR) is PRIOR
    assert refine(PRIOR, COMPARISONS, {}) is PRIOR


def test_the_fit_over_columns_is_that_over_vectors() -> None:
    pure = fit(COMPARISONS, [Pass(counts(PAIRS))], PRIOR, expect=expect)
    columns = fit(COMPARISONS, [Pass(counts(PAIRS))], PRIOR, expect=column_expect)
    for name, rows in pure.tables.items():
        for row, other in zip(rows, columns.tables[name], strict=True):
            assert all(abs(a - b) <= 2e-6 for a, b in zip(row, other, strict=True))


def test_a_thinned_fit_is_near_the_whole() -> None:
    whole = fit(COMPARISONS, [Pass(counts(PAIRS))], PRIOR, expect=column_expect, at_most=10**9)
    part = fit(COMPARISONS, [Pass(counts(PAIRS))], PRIOR, expect=column_expect, at_most=400)
    assert distance(whole, part) < 0.05


def test_thinning_keeps_what_is_common_and_the_sum() -> None:
    summed = counts(PAIRS)
    vectors, kept = thinned(summed, 300)
    assert len(vectors) < 400 < len(summed)
    assert abs(sum(kept) - 20_000) < 1_500
    common = max(summed, key=lambda vector: summed[vector])
    assert kept[vectors.index(common)] == summed[common]
    assert thinned(summed, 10**6) == (sorted(summed), [summed[vector] for vector in sorted(summed)])


def test_a_forced_comparison_teaches_nothing_in_its_pass() -> None:
    forced = {vector[:2] + b"\0" + vector[3:]: count for vector, count in counts(PAIRS).items()}  # all share a mailbox
    fitted = fit(COMPARISONS, [Pass(forced, forced=frozenset({"email"}))], PRIOR)
    for row, before in zip(fitted.tables["email"], PRIOR.tables["email"], strict=True):
        assert all(abs(a - b) < 1e-6 for a, b in zip(row, before, strict=True))
    assert fitted.tables["given"] != PRIOR.tables["given"]


def test_random_pairs_teach_strangers_and_not_how_common_kinds_are() -> None:
    random = {bytes([2, 2, 3, 1, 2, 2]): 5_000.0, bytes([2, 0, 3, 1, 2, 2]): 5.0}
    fitted = fit(COMPARISONS, [Pass(counts(sampled(MODEL, 300, seed=5))), Pass(random, kinds=frozenset({"stranger"}))], PRIOR)
    stranger = KINDS.index("stranger")
    assert fitted.tables["surname"][stranger][0] < PRIOR.tables["surname"][stranger][0] / 2
    assert abs(fitted.shares[stranger] - PRIOR.shares[stranger]) < 0.15
    assert fitted.fitted_on == 300


def test_labels_pull() -> None:
    vector = bytes([0, 2, 3, 1, 1, 2])  # a given name and a town in common
    yes, no = (refine(PRIOR, COMPARISONS, {(vector, said): 400.0}) for said in (True, False))

    def stated(model: Model) -> float:
        scorer = Scorer(COMPARISONS, model, TermFrequencies({}, {}))
        return scorer.stated(vector, (0,) * len(scorer.terms))

    assert stated(no) + 0.5 < stated(PRIOR) < stated(yes) - 0.5
    with_pairs = refine(PRIOR, COMPARISONS, {(vector, True): 400.0}, [Pass(counts(PAIRS))])
    assert stated(with_pairs) > stated(fit(COMPARISONS, [Pass(counts(PAIRS))], PRIOR))


def test_a_comparison_that_the_prior_lacks_stays_out() -> None:
    prior = evolve(PRIOR, tables={name: rows for name, rows in PRIOR.tables.items() if name != "phone"})
    assert "phone" not in fit(COMPARISONS, [Pass(counts(PAIRS))], prior).tables


def test_a_calibration_gives_way_where_the_kinds_are_far_apart_and_many_matches_say_so() -> None:
    shifted = evolve(MODEL, calibration=Calibration(((-5.0, -6.0), (5.0, 4.0))))
    plain = bytes(len(COMPARISONS))  # all agree
    few, many, doubtful = (
        eased(shifted, COMPARISONS, [([plain], [count])], strength=strength).calibration.logit(0.0)
        for count, strength in ((10.0, 150.0), (100_000.0, 150.0), (0.0, 150.0))
    )
    assert doubtful == -1.0
    assert doubtful < few < many < 0.0
    assert many > -0.5
    assert (
        eased(evolve(MODEL, calibration=Calibration()), COMPARISONS, [([plain], [10.0])], strength=150.0).calibration
        == Calibration()
    )
