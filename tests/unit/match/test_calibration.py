from __future__ import annotations

from itertools import pairwise
from random import Random

from canonical_contact.match.model.calibration import STEEPEST_END, Calibration, calibrate, logit_of, probability_of


def overconfident(pairs: int, seed: int) -> list[tuple[float, bool, float]]:
    """Pairs whose stated logit is twice the true one."""
    dice = Random(seed)
    logits = [dice.gauss(0, 2.5) for _ in range(pairs)]
    return [(2 * logit, dice.random() < probability_of(logit), 1.0) for logit in logits]


def test_what_is_stated_comes_true() -> None:
    learned = calibrate(overconfident(30_000, 1))
    unseen = overconfident(30_000, 2)
    for low, high in ((-4, -1), (-1, 1), (1, 4)):
        within = [(learned.logit(stated), true) for stated, true, _ in unseen if low < learned.logit(stated) <= high]
        stated = sum(probability_of(logit) for logit, _ in within) / len(within)
        assert abs(stated - sum(true for _, true in within) / len(within)) < 0.03


def test_the_map_rises_everywhere() -> None:
    learned = calibrate(overconfident(2_000, 3))
    logits = [learned.logit(stated / 10) for stated in range(-300, 300)]
    assert all(a < b for a, b in pairwise(logits))
    assert len(learned.knots) <= 30


def test_order_does_not_matter() -> None:
    points = overconfident(3_000, 4)
    assert calibrate(points) == calibrate(sorted(points, key=str))


def test_few_judgements_change_little() -> None:
    prior = calibrate(overconfident(30_000, 1))
    few = calibrate([(4.0, False, 1.0)] * 3, prior=prior)
    many = calibrate([(4.0, False, 1.0)] * 3_000, prior=prior)
    assert abs(few.logit(4.0) - prior.logit(4.0)) < 0.5
    assert many.logit(4.0) < -2.0
    assert calibrate([], prior=prior) is prior


def test_without_knots_nothing_changes_and_beyond_them_little() -> None:
    assert Calibration().logit(3.25) == 3.25
    end = Calibration(((-1.0, -1.0), (1.0, 2.0)))
    assert end.logit(5.0) == 2.0 + 4.0 * STEEPEST_END
    assert end.logit(-5.0) == -1.0 - 4.0 * STEEPEST_END
    assert abs(logit_of(probability_of(1.5)) - 1.5) < 1e-4
