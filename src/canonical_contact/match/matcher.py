"""Comparisons, weights and rules of one run together: what is decided about a pair of records, and from what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from canonical_contact.match.comparisons import Comparison, Group
from canonical_contact.match.deciding import Judge, Verdict
from canonical_contact.match.features import Features
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.model.scoring import Score, Scorer
from canonical_contact.match.policy import MatchPolicy

__all__ = ["Decided", "Matcher", "comparisons_of"]


class Decided(NamedTuple):
    """What is decided about a pair.

    `vector` has one level a comparison, `chances` say how common the agreed values are, `score` is what the weights say, `verdict` what
    rules and weights say together.
    """

    vector: bytes
    chances: tuple[int, ...]
    score: Score
    verdict: Verdict


def comparisons_of(groups: Sequence[Group]) -> tuple[Comparison, ...]:
    """The comparisons of some groups, in the order of a vector."""
    return tuple(comparison for group in groups for comparison in group.comparisons)


class Matcher:
    """Decides about pairs of one run; remembers what it compared, and goes with the run.

    Args:
        groups: the comparisons.
        model: the weights.
        frequencies: how common values are.
        policy: thresholds and rules.
    """

    def __init__(self, groups: Sequence[Group], model: Model, frequencies: TermFrequencies, policy: MatchPolicy) -> None:
        self.groups = tuple(groups)
        self.comparisons = comparisons_of(groups)
        self.scorer = Scorer(self.comparisons, model, frequencies)
        self.follow(policy)

    def follow(self, policy: MatchPolicy) -> None:
        """Decide by another policy from now on."""
        self.policy, self.judge = policy, Judge.of(policy, self.comparisons)

    @property
    def version(self) -> str:
        """The version of policy and weights, which a verdict carries."""
        return f"{self.policy.version}:{self.scorer.model.version}"

    def vector(self, left: Features, right: Features) -> bytes:
        """Compare two records: one level a comparison; symmetric."""
        return bytes(level for group in self.groups for level in group.levels(left, right))

    def decide(self, left: Features, right: Features) -> Decided:
        """Decide about two records; symmetric."""
        vector = self.vector(left, right)
        chances = self.scorer.chances(vector, left, right)
        score = self.scorer.score(vector, chances)
        return Decided(vector, chances, score, self.judge.judge(vector, score.probability, left, right))
