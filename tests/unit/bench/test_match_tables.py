"""Tables of kinds that nothing was fitted to: what is merged is right, and most of what belongs together is merged."""

from __future__ import annotations

import pytest
from match.tables import made, scores

from canonical_contact.engine.dedupe import dedupe


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [
        ("contacts", 0.98, 0.94),
        ("firms", 0.95, 0.88),
        ("patients", 0.98, 0.97),
        ("restaurants", 0.98, 0.88),
        ("voters", 0.98, 0.95),
    ],
)
def test_a_table_is_resolved_with_no_setting(name: str, precision: float, recall: float) -> None:
    table, truth = made(name, seed=2)
    found = scores(dedupe(table).cluster_ids, truth)
    assert found[0] >= precision
    assert found[1] >= recall


def test_a_seed_gives_one_table() -> None:
    assert made("patients", 3) == made("patients", 3) != made("patients", 4)
