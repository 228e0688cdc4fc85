"""Learning the weights from candidate pairs, without labels or with some: expectation and maximisation over distinct vectors of levels.

The start is a model that is known to be sensible, there is no chance in it, and vectors are taken in their own order, so the same pairs in
any order give the same model. What people said about pairs joins as pairs whose kinds are restricted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

from attrs import evolve, field, frozen

from canonical_contact.match.comparisons._base import Comparison
from canonical_contact.match.model.calibration import Calibration
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import FLOOR, ONE_PERSON, Model
from canonical_contact.match.model.scoring import Scorer

__all__ = ["Expect", "Logs", "Pass", "Sums", "eased", "expect", "fit", "refine", "thinned"]

_NEVER = -1e9
_DOUBT = 0.05  # doubt a match in the worlds of the shipped calibration, and in tables that it fits as well
Logs = list[list[list[float]]]  # kind → comparison → level


@frozen
class Pass:
    """Pairs that came about in one way.

    Args:
        counts: vector of levels → how many pairs have it.
        forced: comparisons that agree because of the way these pairs were found; they teach nothing here.
        kinds: the kinds that these pairs can be of, where that is known: random pairs are strangers, a person's yes is one person. Such
            pairs teach levels, and not how common the kinds are. Empty is any.
        counted: whether pairs of known kinds are all the candidates there are, and teach how common the kinds are after all.
    """

    counts: Mapping[bytes, float]
    forced: frozenset[str] = frozenset()
    kinds: frozenset[str] = field(default=frozenset())
    counted: bool = False

    @property
    def teaches_shares(self) -> bool:
        """Whether these pairs say how common the kinds are."""
        return self.counted or not self.kinds


class Sums(NamedTuple):
    """What the pairs of one pass add up to: for each kind its weight and that of each level, and the log-likelihood."""

    weights: list[float]
    levels: Logs
    likelihood: float


Expect = Callable[[Sequence[bytes], Sequence[float], Sequence[float], Logs], Sums]


def expect(vectors: Sequence[bytes], counts: Sequence[float], bases: Sequence[float], logs: Logs) -> Sums:
    """Share each vector out among the kinds.

    Args:
        vectors: distinct vectors.
        counts: how many pairs have each.
        bases: log of the share of each kind.
        logs: log probability by kind, comparison and level.

    Returns:
        The sums. `match.columns.expect` gives the same over arrays.
    """
    kinds = range(len(bases))
    weights, likelihood = [0.0] * len(bases), 0.0
    levels = [[[0.0] * len(row) for row in rows] for rows in logs]
    for vector, count in zip(vectors, counts, strict=True):
        raw = [
            base + sum([row[level] for row, level in zip(rows, vector, strict=True)])
            for base, rows in zip(bases, logs, strict=True)
        ]
        top = max(raw)
        odds = [math.exp(value - top) for value in raw]
        norm = sum(odds)
        likelihood += count * (top + math.log(norm))
        for kind in kinds:
            part = count * odds[kind] / norm
            if part > 1e-9:
                weights[kind] += part
                for row, level in zip(levels[kind], vector, strict=True):
                    row[level] += part
    return Sums(weights, levels, likelihood)


def fit(
    comparisons: Sequence[Comparison],
    passes: Iterable[Pass],
    prior: Model | None = None,
    *,
    strength: float = 150.0,
    hold: float = 0.05,
    rounds: int = 12,
    at_most: int = 8000,
    ease: bool = True,
    expect: Expect = expect,
) -> Model:
    """Learn the weights from pairs, without labels or with some.

    Args:
        comparisons: those of the vectors, in their order.
        passes: candidate pairs by the way they came about; one pass with all of them will do.
        prior: where to start and what to blend with; the shipped default if None.
        strength: how many pairs of each kind the prior counts for at least.
        hold: the share of the pairs of a kind that the prior counts for at least, however many there are.
        rounds: at most so many; it ends earlier when nothing moves.
        at_most: distinct vectors of one pass that are looked at; the rest is represented by them.
        ease: whether the prior's calibration gives way where the kinds hardly overlap, by `eased`.
        expect: the sums over vectors; that of `match.columns.expect` is faster where there are many.

    Returns:
        The fitted model. With few pairs it stays near the prior; a comparison that the prior lacks stays out.

    The mixture is that of Fellegi and Sunter (1969) with more than two classes; for EM without labels see Winkler (1988), with some labels
    Larsen and Rubin (2001).
    """
    model = prior = prior or Model.default(comparisons)
    taken = [(one, *thinned(one.counts, at_most)) for one in passes if any(count > 0 for count in one.counts.values())]
    if not taken:
        return prior
    free = [one.teaches_shares for one, _, _ in taken]
    total = math.fsum(count for _, _, counts in taken for count in counts)
    shares = [list(prior.shares) for _ in taken]
    last = -math.inf
    for _ in range(rounds):
        found = [
            expect(vectors, counts, _bases(model, own, one.kinds), _logs(model, comparisons, one.forced))
            for (one, vectors, counts), own in zip(taken, shares, strict=True)
        ]
        shares = [
            _mixed(sums.weights, prior.shares, strength * len(prior.kinds), hold) if is_free else list(model.shares)
            for sums, is_free in zip(found, free, strict=True)
        ]
        model = _maximised(comparisons, prior, list(zip((one for one, _, _ in taken), found, strict=True)), strength, hold)
        likelihood = sum(sums.likelihood for sums in found)
        if abs(likelihood - last) < 1e-5 * total:
            break
        last = likelihood
    fitted_on = round(
        math.fsum(count for (_, _, counts), is_free in zip(taken, free, strict=True) if is_free for count in counts)
    )
    model = evolve(_rounded(model), version=f"{prior.version}+em", fitted_on=fitted_on)
    candidates = [(vectors, counts) for (_, vectors, counts), is_free in zip(taken, free, strict=True) if is_free]
    return eased(model, comparisons, candidates, strength=strength) if ease else model


def eased(
    model: Model,
    comparisons: Sequence[Comparison],
    candidates: Iterable[tuple[Sequence[bytes], Sequence[float]]],
    *,
    strength: float,
) -> Model:
    """Let a calibration that was learned elsewhere give way, as far as the kinds are told apart better here than there.

    What a calibration mends is mistakes of the mixture where its kinds overlap. Doubt is the expected share of wrong decisions, the sum
    of min(p, 1 - p) over the candidates for each expected match; the calibration keeps the part of its shift that the doubt here is of the
    doubt there.

    Args:
        model: a fitted model with the calibration of its prior.
        comparisons: those of the vectors.
        candidates: vectors and how many pairs have each.
        strength: how many matches with the doubt of the prior count beside those here, so that a few plain ones say little.
    """
    if not model.calibration.knots:
        return model
    scorer = Scorer(comparisons, model, TermFrequencies({}, {}))
    none = (0,) * len(scorer.terms)
    doubt, matches = strength * _DOUBT, strength
    for vectors, counts in candidates:
        for vector, count in zip(vectors, counts, strict=True):
            probability = scorer.score(vector, none).probability
            doubt += count * min(probability, 1.0 - probability)
            matches += count * probability
    kept = min(1.0, doubt / matches / _DOUBT)
    knots = tuple((stated, round(stated + kept * (true - stated), 3)) for stated, true in model.calibration.knots)
    return evolve(model, calibration=Calibration(knots)) if kept < 1.0 else model


def refine(
    model: Model,
    comparisons: Sequence[Comparison],
    labelled: Mapping[tuple[bytes, bool], float],
    passes: Iterable[Pass] = (),
    *,
    strength: float = 150.0,
    hold: float = 0.05,
    expect: Expect = expect,
) -> Model:
    """Learn from what people said about pairs, together with pairs about which nobody said anything.

    Args:
        model: the model so far.
        comparisons: those of the vectors, in their order.
        labelled: (vector, whether it is one person) → how much the judgements weigh; which kind of two persons it is, the model says.
        passes: candidate pairs without labels, as `fit` takes them.
        strength: see `fit`.
        hold: see `fit`.
        expect: see `fit`.

    Returns:
        The refined model; without labels and pairs the model itself.
    """
    people = frozenset(model.kinds) & ONE_PERSON
    judged = [
        Pass({vector: weight for (vector, said), weight in labelled.items() if said is one}, kinds=kinds)
        for one, kinds in ((True, people), (False, frozenset(model.kinds) - people))
    ]
    return fit(comparisons, [*passes, *judged], model, strength=strength, hold=hold, ease=False, expect=expect)


def thinned(counts: Mapping[bytes, float], at_most: int) -> tuple[list[bytes], list[float]]:
    """Vectors in their order with their counts; where there are too many, rare ones are represented by a fixed part of them."""
    vectors = sorted(vector for vector, count in counts.items() if count > 0)
    kept = [counts[vector] for vector in vectors]
    if len(vectors) <= at_most:
        return vectors, kept
    # A vector is drawn in proportion to its count, by its own checksum and not by its place; one that is above the step stays as it is.
    step = _step(kept, at_most)
    drawn = [
        (vector, max(count, step))
        for vector, count in zip(vectors, kept, strict=True)
        if count >= step or crc32(vector) / 2**32 < count / step
    ]
    return [vector for vector, _ in drawn], [count for _, count in drawn]


def _step(counts: Sequence[float], at_most: int) -> float:
    """The step at which so many vectors are expected to be drawn."""
    low, high = 0.0, math.fsum(counts)
    for _ in range(40):
        step = (low + high) / 2
        if math.fsum(min(1.0, count / step) for count in counts) > at_most:
            low = step
        else:
            high = step
    return high


def _bases(model: Model, shares: Sequence[float], kinds: frozenset[str]) -> list[float]:
    return [
        math.log(max(share, FLOOR)) if not kinds or kind in kinds else _NEVER
        for kind, share in zip(model.kinds, shares, strict=True)
    ]


def _logs(model: Model, comparisons: Sequence[Comparison], forced: frozenset[str]) -> Logs:
    return [
        [
            [*(math.log(max(p, FLOOR)) for p in model.tables[one.name][kind]), *[0.0] * (one.missing >= 0)]
            if one.name in model.tables and one.name not in forced
            else [0.0] * len(one.levels)
            for one in comparisons
        ]
        for kind in range(len(model.kinds))
    ]


def _mixed(found: Sequence[float], prior: Sequence[float], strength: float, hold: float) -> list[float]:
    """Blend counts with a prior that counts for `strength`, or for the share `hold` of what was found where that is more."""
    total = math.fsum(found)
    pseudo = max(strength, hold * total)
    return [max((count + pseudo * p) / (total + pseudo), FLOOR) for count, p in zip(found, prior, strict=True)]


def _maximised(
    comparisons: Sequence[Comparison], prior: Model, found: Sequence[tuple[Pass, Sums]], strength: float, hold: float
) -> Model:
    kinds = range(len(prior.kinds))
    tables = {
        one.name: tuple(
            tuple(_mixed(_column(one, place, kind, found), prior.tables[one.name][kind], strength, hold)) for kind in kinds
        )
        for place, one in enumerate(comparisons)
        if one.name in prior.tables
    }
    seen = [math.fsum(sums.weights[kind] for one, sums in found if one.teaches_shares) for kind in kinds]
    return evolve(prior, shares=tuple(_mixed(seen, prior.shares, strength * len(kinds), hold)), tables=tables)


def _column(one: Comparison, place: int, kind: int, found: Sequence[tuple[Pass, Sums]]) -> list[float]:
    """How often each level of a comparison was seen in one kind, over the passes that do not force it."""
    rows = [sums.levels[kind][place] for each, sums in found if one.name not in each.forced]
    width = one.missing if one.missing >= 0 else len(one.levels)
    return [math.fsum(row[level] for row in rows) for level in range(width)]


def _rounded(model: Model) -> Model:
    return evolve(
        model,
        shares=tuple(round(share, 6) for share in model.shares),
        tables={name: tuple(tuple(round(p, 6) for p in row) for row in rows) for name, rows in model.tables.items()},
    )
