"""Comparisons, weights and rules over columns: for each pair the answers of `match.matcher`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns.deciding import ColumnJudge, Verdicts
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.columns.scoring import ColumnScorer
from canonical_contact.match.comparisons import Group
from canonical_contact.match.deciding import Judge
from canonical_contact.match.matcher import comparisons_of
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.match.table import FeatureTable, Places

__all__ = ["ColumnMatcher", "ColumnsDecided", "compare"]


class ColumnsDecided(NamedTuple):
    """What is decided about pairs: levels by comparison, log-odds of one person, verdicts."""

    levels: list[Levels]
    logits: NDArray[np.float64]
    verdicts: Verdicts


def compare(groups: Sequence[Group], table: FeatureTable, left: Places, right: Places) -> list[Levels]:
    """Compare pairs of places: one array of levels a comparison."""
    return [column for group in groups for column in group.columns(table, left, right)]


class ColumnMatcher:
    """Decides about columns of pairs.

    Args:
        groups: the comparisons.
        model: the weights.
        frequencies: how common values are.
        policy: thresholds and rules.
        table: the records.
    """

    def __init__(
        self, groups: Sequence[Group], model: Model, frequencies: TermFrequencies, policy: MatchPolicy, table: FeatureTable
    ) -> None:
        self.groups, self.table, self.model, self.policy = tuple(groups), table, model, policy
        self.comparisons = comparisons_of(groups)
        self._scorer = ColumnScorer(self.comparisons, model, frequencies, table)
        self._judge = ColumnJudge(Judge.of(policy, self.comparisons), table)
        self.reasons = self._judge.reasons

    def decide(self, left: Places, right: Places) -> ColumnsDecided:
        """Decide about pairs of places."""
        levels = compare(self.groups, self.table, left, right)
        scores = self._scorer.scores(levels, left, right)
        return ColumnsDecided(levels, scores.logits, self._judge.judge(levels, scores.probabilities, left, right))
