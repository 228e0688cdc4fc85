"""What answers are worth is counted against the truth, in every order from the same start."""

from __future__ import annotations

from pathlib import Path

import pytest
from review import measure, show

WORLD = Path(__file__).parents[3] / "examples" / "world"


def test_answers_are_counted_against_the_truth(capsys: pytest.CaptureFixture[str]) -> None:
    found = measure(WORLD, [0, 5, 1_000], [("queue", 0), ("random", 1)], with_teaching=False)
    steps = found["orders"]
    assert steps["queue 0"][0] == steps["random 1"][0], "both begin from the same store"
    for of in steps.values():
        nothing, few, everything = (of[count] for count in of)
        assert few["yes"] <= 5
        assert nothing["recall"] <= few["recall"] <= everything["recall"]
        assert everything["f1"] > nothing["f1"]
    assert [max(of) <= found["questions"] for of in steps.values()] == [True, True], "nothing is asked twice"
    show(found)
    assert "| queue 0 | 5 |" in capsys.readouterr().out
