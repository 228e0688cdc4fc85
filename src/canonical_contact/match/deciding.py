"""Match, review or no match: rules and weights together, for one pair that was compared and scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from attrs import frozen

from canonical_contact.match.comparisons._base import Comparison
from canonical_contact.match.features import Features
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.match.rules import RuleTable, rule_table
from canonical_contact.model import Judgement

__all__ = ["CERTAIN", "Circumstances", "Judge", "Verdict", "circumstances", "six_digits"]

CERTAIN = 0.999  # the least score of what a source or a `must` rule calls one person


class Verdict(NamedTuple):
    """What is decided about a pair.

    `score` is the probability as far as no rule overrides it: at least `match_at` for a match, at most that for what is held back, 0 for
    what must not be. `reason` is the rule that decided, `weights`, `same_as` or `unique_source`. `apart` says that the two may not stand
    in one cluster, whatever joins them.
    """

    judgement: Judgement
    score: float
    reason: str
    apart: bool


class Circumstances(NamedTuple):
    """What counts beside the levels of a pair.

    `same_as`: a source itself calls the two records one person. `unique_source`: both stand in one system in which nobody stands twice.
    """

    same_as: bool = False
    unique_source: bool = False


def circumstances(policy: MatchPolicy, left: Features, right: Features) -> Circumstances:
    """What counts beside the levels of two records; symmetric."""
    return Circumstances(
        right.key in left.same_as or left.key in right.same_as,
        left.system == right.system and left.system in policy.unique_sources,
    )


def six_digits(probability: float) -> float:
    """A probability to six digits, rounded as columns of them are.

    >>> six_digits(0.12345649)
    0.123456
    """
    return int(probability * 1e6 + 0.5) / 1e6


@frozen
class Judge:
    """Decides about the pairs of one run.

    Args:
        policy: thresholds and rules.
        table: the rules, fitted to the comparisons of the run.
    """

    policy: MatchPolicy
    table: RuleTable

    @classmethod
    def of(cls, policy: MatchPolicy, comparisons: Sequence[Comparison]) -> Judge:
        """Fit a policy to the comparisons of a run.

        Args:
            policy: thresholds and rules.
            comparisons: what a pair is asked, in the order of its vector.

        Raises:
            ConfigError: a rule names a level that a comparison does not have.

        >>> from canonical_contact.match.comparisons._base import Comparison, Level
        >>> email = Comparison("email", (Level("same", ""), Level("different", ""), Level("missing", "")), "Is it one mailbox?")
        >>> judge = Judge.of(MatchPolicy(match_at=0.9, review_at=0.5), [email])
        >>> judge.judge([1], 0.7, Features("a:1", "a"), Features("b:2", "b"))
        Verdict(judgement=<Judgement.REVIEW: 'review'>, score=0.7, reason='weights', apart=False)
        """
        return cls(policy, rule_table(policy, comparisons))

    def judge(self, vector: Sequence[int], probability: float, left: Features, right: Features) -> Verdict:
        """Decide about a pair; symmetric in its records.

        Args:
            vector: one level a comparison, in the order of the run's comparisons.
            probability: how probable it is that they are one person, 0 to 1, as the scorer says.
            left: the one record.
            right: the other.

        Returns:
            The verdict.
        """
        return self.verdict(self.table.fired(vector), probability, circumstances(self.policy, left, right))

    def verdict(self, fired: int, probability: float, beside: Circumstances = Circumstances()) -> Verdict:  # noqa: B008  frozen
        """Decide from the rules that fire, the probability and what counts beside the levels.

        What must not be beats everything, but where a source or a `must` rule says one person as well, the two contradict each other and a
        person decides. Then come `must`, then `match` and the weights with `hold` against them.
        """
        first, score, at = self.table.first, six_digits(probability), self.policy.match_at
        barred = first(fired, "must_not") or ("unique_source" if beside.unique_source else "")
        joined = "same_as" if beside.same_as else first(fired, "must")
        if barred:
            return (
                Verdict(Judgement.REVIEW, min(score, at), barred, True)
                if joined
                else Verdict(Judgement.NO_MATCH, 0.0, barred, True)
            )
        if joined:
            return Verdict(Judgement.MATCH, max(score, CERTAIN), joined, False)
        matched = first(fired, "match")
        conflict = bool(first(fired, "conflict"))
        if matched or score >= at:
            held = first(fired, "hold")
            if held:
                return Verdict(Judgement.REVIEW, min(score, at), held, conflict)
            return Verdict(Judgement.MATCH, max(score, at), matched or "weights", False)
        return Verdict(Judgement.REVIEW if score >= self.policy.review_at else Judgement.NO_MATCH, score, "weights", conflict)
