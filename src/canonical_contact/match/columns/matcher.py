"""Comparisons, weights and rules over columns: for each pair the answers of `match.matcher`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns.deciding import ColumnJudge, Verdicts
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.columns.scoring import ColumnScorer, TermColumns
from canonical_contact.match.comparisons import Group
from canonical_contact.match.deciding import Judge
from canonical_contact.match.matcher import comparisons_of
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.match.table import FeatureTable, Places

__all__ = ["ColumnMatcher", "ColumnsDecided", "compare"]


class ColumnsDecided(NamedTuple):
    """What is decided about pairs: levels by comparison, log-odds and probability of one person, verdicts."""

    levels: list[Levels]
    logits: NDArray[np.float64]
    probabilities: NDArray[np.float64]
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
        terms: the values of the table's terms, if they are there already.
    """

    def __init__(
        self,
        groups: Sequence[Group],
        model: Model,
        frequencies: TermFrequencies,
        policy: MatchPolicy,
        table: FeatureTable,
        *,
        terms: TermColumns | None = None,
    ) -> None:
        self.groups, self.table, self.model = tuple(groups), table, model
        self.comparisons = comparisons_of(groups)
        self._scorer = ColumnScorer(self.comparisons, model, frequencies, table, terms=terms)
        self.follow(policy)

    def follow(self, policy: MatchPolicy) -> None:
        """Decide by another policy from now on."""
        self.policy = policy
        self._judge = ColumnJudge(Judge.of(policy, self.comparisons), self.table)
        self.reasons = self._judge.reasons

    def decide(self, left: Places, right: Places) -> ColumnsDecided:
        """Decide about pairs of places."""
        levels = compare(self.groups, self.table, left, right)
        scores = self._scorer.scores(levels, left, right)
        verdicts = self.judge(levels, scores.probabilities, left, right)
        return ColumnsDecided(levels, scores.logits, scores.probabilities, verdicts)

    def score(self, left: Places, right: Places) -> tuple[list[Levels], NDArray[np.float64]]:
        """Compare pairs of places and say how probable one person is, without a verdict."""
        levels = compare(self.groups, self.table, left, right)
        return levels, self._scorer.scores(levels, left, right).probabilities

    def judge(self, levels: Sequence[Levels], probabilities: NDArray[np.float64], left: Places, right: Places) -> Verdicts:
        """Decide about pairs that were compared and scored."""
        return self._judge.judge(levels, probabilities, left, right)
