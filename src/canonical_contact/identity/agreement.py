"""How far people agree about the same pairs: the share of equal answers, and what of it is more than chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from itertools import combinations

from attrs import frozen

__all__ = ["Agreement", "agreements", "kappa"]


@frozen
class Agreement:
    """How far two people agree.

    Args:
        reviewers: who, in the order of their names.
        pairs: pairs that both judged.
        agreed: pairs of which both said the same.
        kappa: Cohen's kappa; None where there is no pair, or where chance alone would make them agree on all.
    """

    reviewers: tuple[str, str]
    pairs: int
    agreed: int
    kappa: float | None

    @property
    def share(self) -> float | None:
        """The share of equal answers; None where there is no pair."""
        return self.agreed / self.pairs if self.pairs else None


def kappa(answers: Iterable[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa: the share of equal answers, less what chance gives, of what chance leaves (Cohen 1960).

    Args:
        answers: what two people said of each thing.

    Returns:
        1 for full agreement, 0 for that of chance, below 0 for less; None where there is no answer or chance leaves nothing.

    >>> kappa([("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15)
    0.4
    """
    counted = list(answers)
    size = len(counted)
    one, other = (Counter(side) for side in zip(*counted, strict=True)) if counted else (Counter(), Counter())
    by_chance = sum(one[word] * other[word] for word in one) / (size * size or 1)
    if not size or by_chance == 1.0:
        return None
    observed = sum(left == right for left, right in counted) / size
    return round((observed - by_chance) / (1.0 - by_chance), 6)


def agreements(said: Mapping[Hashable, Mapping[str, Hashable]]) -> tuple[Agreement, ...]:
    """Compare every two people who judged the same things.

    Args:
        said: thing → who said what of it.

    Returns:
        One for each two people that have one in common, by their names.

    >>> agreements({"p": {"ana": "match", "bob": "match"}, "q": {"ana": "match", "bob": "no_match"}, "r": {"bob": "match"}})
    (Agreement(reviewers=('ana', 'bob'), pairs=2, agreed=1, kappa=0.0),)
    """
    both: dict[tuple[str, str], list[tuple[Hashable, Hashable]]] = {}
    for answers in said.values():
        for left, right in combinations(sorted(answers), 2):
            both.setdefault((left, right), []).append((answers[left], answers[right]))
    return tuple(
        Agreement(names, len(pairs), sum(one == other for one, other in pairs), kappa(pairs))
        for names, pairs in sorted(both.items())
    )
