"""Match, review or no match for columns of pairs: the rules of `match.deciding`, read from the same table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns._same_as import same_as
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.deciding import CERTAIN, Judge
from canonical_contact.match.policy import RESERVED
from canonical_contact.match.table import Bools, FeatureTable, Places
from canonical_contact.model import Judgement

__all__ = ["JUDGEMENTS", "ColumnJudge", "Verdicts"]

JUDGEMENTS = (Judgement.NO_MATCH, Judgement.REVIEW, Judgement.MATCH)  # by their code
_NO_MATCH, _REVIEW, _MATCH = range(3)
_WEIGHTS, _SAME_AS, _UNIQUE_SOURCE = range(len(RESERVED))
_Sets = NDArray[np.uint64]


class Verdicts(NamedTuple):
    """What is decided about pairs: `judgement` are places in `JUDGEMENTS`, `reason` places in `ColumnJudge.reasons`."""

    judgement: NDArray[np.uint8]
    score: NDArray[np.float64]
    reason: NDArray[np.uint8]
    apart: Bools


class ColumnJudge:
    """Decides about columns of pairs as a `Judge` decides about each.

    Args:
        judge: the policy with its rules.
        table: the records that pairs are places of.
    """

    def __init__(self, judge: Judge, table: FeatureTable) -> None:
        self._judge, self._size = judge, len(table)
        self.reasons = (*RESERVED, *(rule.name for _, rule in judge.table.rules))
        every = (1 << len(judge.table.rules)) - 1
        # a comparison that no rule names lets every rule fire at any level: nothing to look up
        self._masks = [
            (place, np.array(levels, np.uint64))
            for place, levels in enumerate(judge.table.masks)
            if any(level != every for level in levels)
        ]
        self._every = np.uint64(every)
        self._kinds = {kind: np.uint64(rules) for kind, rules in judge.table.kinds.items()}
        self._same_as = _stated_pairs(table)
        systems = table.values["system"]
        unique = np.array([name in judge.policy.unique_sources for name in systems.pool], np.bool_)
        self._unique = np.where(unique[systems.codes], systems.codes, -1) if unique.any() else None

    def judge(self, levels: Sequence[Levels], probabilities: NDArray[np.float64], left: Places, right: Places) -> Verdicts:
        """Decide about pairs.

        Args:
            levels: for each comparison of the run one level a pair.
            probabilities: for each pair how probable one person is, as the scorer says.
            left: places of the one records.
            right: places of the others.

        Returns:
            The verdicts, equal to those of `Judge.judge` for each pair.
        """
        policy, size = self._judge.policy, len(left)
        fired = np.full(size, self._every)
        for place, masks in self._masks:
            fired &= masks[levels[place]]
        score = _six_digits(probabilities)
        match = score >= policy.match_at
        judgement = np.where(score >= policy.review_at, _REVIEW, _NO_MATCH).astype(np.uint8)
        reason = np.full(size, _WEIGHTS, np.uint8)
        apart = (fired & self._kinds["conflict"]) != 0
        matched = fired & self._kinds["match"]
        ruled = np.flatnonzero(matched)
        reason[ruled] = self._first(matched[ruled])
        match[ruled] = True
        held = fired & self._kinds["hold"]
        stopped = np.flatnonzero(match & (held != 0))
        reason[stopped] = self._first(held[stopped])
        judgement[stopped] = _REVIEW
        score[stopped] = np.minimum(score[stopped], policy.match_at)
        match[stopped] = False
        judgement[match] = _MATCH
        score[match] = np.maximum(score[match], policy.match_at)
        apart &= ~match
        self._override(Verdicts(judgement, score, reason, apart), fired, probabilities, left, right)
        return Verdicts(judgement, score, reason, apart)

    def _override(
        self, verdicts: Verdicts, fired: _Sets, probabilities: NDArray[np.float64], left: Places, right: Places
    ) -> None:
        """Write over what is decided where a pair must, or must not, be one person."""
        same_as, unique = self._stated(left, right), self._in_one_unique_source(left, right)
        must_not, must = fired & self._kinds["must_not"], fired & self._kinds["must"]
        barred, joined = (must_not != 0) | unique, (must != 0) | same_as
        both, only, merged = (np.flatnonzero(where) for where in (barred & joined, barred & ~joined, joined & ~barred))
        judgement, score, reason, apart = verdicts
        for places, code in ((both, _REVIEW), (only, _NO_MATCH), (merged, _MATCH)):
            judgement[places], apart[places] = code, code != _MATCH
        score[both] = np.minimum(_six_digits(probabilities[both]), self._judge.policy.match_at)
        score[only] = 0.0
        score[merged] = np.maximum(_six_digits(probabilities[merged]), CERTAIN)
        for places in (both, only):
            reason[places] = np.where(must_not[places] != 0, self._first(must_not[places]), _UNIQUE_SOURCE)
        reason[merged] = np.where(same_as[merged], _SAME_AS, self._first(must[merged]))

    def _stated(self, left: Places, right: Places) -> Bools:
        """Whether a source itself calls the two one person."""
        if not len(self._same_as):
            return np.zeros(len(left), np.bool_)
        pairs = np.minimum(left, right) * self._size + np.maximum(left, right)
        at = np.minimum(np.searchsorted(self._same_as, pairs), len(self._same_as) - 1)
        stated: Bools = self._same_as[at] == pairs
        return stated

    def _in_one_unique_source(self, left: Places, right: Places) -> Bools:
        if self._unique is None:
            return np.zeros(len(left), np.bool_)
        mine = self._unique[left]
        one: Bools = (mine == self._unique[right]) & (mine >= 0)
        return one

    def _first(self, rules: _Sets) -> NDArray[np.uint8]:
        """The places in `reasons` of the first rule of each set; of no use where a set is empty."""
        lowest = rules & (~rules + np.uint64(1))
        bits = np.frexp(lowest.astype(np.float64))[1] - 1  # exact: a power of 2
        places: NDArray[np.uint8] = (np.maximum(bits, 0) + len(RESERVED)).astype(np.uint8)
        return places


def _six_digits(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.floor(probabilities * 1e6 + 0.5) / 1e6


def _stated_pairs(table: FeatureTable) -> Places:
    """The pairs that a source itself calls one person, each as `smaller * size + larger`, ascending."""
    owner, other = same_as(table)
    return np.unique(np.minimum(owner, other) * len(table) + np.maximum(owner, other))
