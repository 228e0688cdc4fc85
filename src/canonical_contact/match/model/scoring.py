"""From levels to odds, to a calibrated probability, and to what they are made of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import getitem
from typing import NamedTuple

from canonical_contact.match.comparisons._base import Comparison
from canonical_contact.match.features import Features
from canonical_contact.match.model.calibration import probability_of, thousandths
from canonical_contact.match.model.frequencies import TENTHS, TermFrequencies, terms_for, values_of
from canonical_contact.match.model.mixture import SCALE, Model
from canonical_contact.model import Evidence

__all__ = ["Score", "Scorer"]


class Score(NamedTuple):
    """How probable it is that two records are one person: natural-log odds, calibrated, and the probability that they stand for."""

    logit: float
    probability: float


class Scorer:
    """Turns vectors of levels into scores and into words.

    Args:
        comparisons: those of the vectors, in their order.
        model: the weights.
        frequencies: how common values are.
    """

    def __init__(self, comparisons: Sequence[Comparison], model: Model, frequencies: TermFrequencies) -> None:
        self.comparisons, self.model, self.frequencies = tuple(comparisons), model, frequencies
        self.terms = terms_for(comparisons)
        names = [one.name for one in comparisons]
        self._where = [
            (
                names.index(term.comparison),
                frozenset(comparisons[names.index(term.comparison)].words.index(w) for w in term.levels),
            )
            for term in self.terms
        ]
        self._bases, self._weights = model.bases(), model.weights(comparisons)
        # the weights of a level for all kinds beside each other, as they are added up
        self._levels = [
            list(zip(*(rows[place] for rows in self._weights), strict=True)) for place in range(len(self.comparisons))
        ]
        self._chance = [[SCALE // TENTHS * (kind in term.chance) for term in self.terms] for kind in model.kinds]
        self._corrections = model.corrections(comparisons)
        self._shares = [round(SCALE / TENTHS * model.correction.terms.get(term.name, 0.0)) for term in self.terms]

    def chances(self, vector: Sequence[int], left: Features, right: Features) -> tuple[int, ...]:
        """How common the values are that two records agree on, in tenths of a logarithm, for each of `terms`; 0 where none is agreed on."""
        return tuple(
            self.frequencies.of(term, set(values_of(left, term.field, term.part)) & set(values_of(right, term.field, term.part)))
            if vector[place] in levels
            else 0
            for term, (place, levels) in zip(self.terms, self._where, strict=True)
        )

    def score(self, vector: Sequence[int], chances: Sequence[int]) -> Score:
        """Weigh a vector.

        Args:
            vector: one level for each comparison.
            chances: what `chances` gives for the pair; zeros are values of mean frequency.

        Returns:
            Calibrated odds and probability.
        """
        logit = self.model.calibration.logit(self.stated(vector, chances))
        return Score(logit, probability_of(logit))

    def stated(self, vector: Sequence[int], chances: Sequence[int]) -> float:
        """The natural-log odds before calibration, to three digits."""
        raw = self._raw(vector, chances)
        odds = _log_sum([raw[kind] for kind in self.model.persons]) - _log_sum([raw[kind] for kind in self.model.others])
        return thousandths(self.model.correction.scale * odds + self._corrected(vector, chances) / SCALE)

    def kinds(self, vector: Sequence[int], chances: Sequence[int]) -> dict[str, float]:
        """How probable each kind of pair is, before calibration."""
        raw = self._raw(vector, chances)
        norm = _log_sum(raw)
        return {kind: math.exp(value / SCALE - norm) for kind, value in zip(self.model.kinds, raw, strict=True)}

    def evidence(self, vector: Sequence[int], chances: Sequence[int]) -> tuple[Evidence, ...]:
        """Take a score apart.

        Args:
            vector: one level for each comparison.
            chances: what `chances` gives for the pair.

        Returns:
            In log2: how common one person is among such candidates (`prior`), for each comparison what it says for one person against the
            kinds of two persons, each as far as it is the explanation of this pair; how rare the agreed value is (`<comparison>.frequency`);
            and `calibration`. They add up to the score's logit.
        """
        raw, scale = self._raw(vector, chances), self.model.correction.scale / SCALE
        mine, others = _parts(raw, self.model.persons), _parts(raw, self.model.others)
        sides = [(kind, part) for kind, part in mine.items()] + [(kind, -part) for kind, part in others.items()]
        # log Σ exp(a) = Σ w·a − Σ w·log w, with w the part of each: so each summand of a has its own part of the whole
        spread = self.model.correction.scale * (_entropy(mine.values()) - _entropy(others.values()))
        prior = scale * math.fsum(part * self._bases[kind] for kind, part in sides) + spread
        found = [Evidence("prior", "candidate", _log2(prior))]
        for place, (one, level) in enumerate(zip(self.comparisons, vector, strict=True)):
            if level != one.missing and one.name in self.model.tables:
                weight = scale * math.fsum(part * self._weights[kind][place][level] for kind, part in sides)
                found.append(Evidence(one.name, one.words[level], _log2(weight + self._corrections[place][level] / SCALE)))
        for at, (term, chance) in enumerate(zip(self.terms, chances, strict=True)):
            if chance:
                weight = scale * math.fsum(part * self._chance[kind][at] for kind, part in sides) + self._shares[at] / SCALE
                found.append(Evidence(f"{term.comparison}.frequency", "rare" if chance < 0 else "common", _log2(weight * chance)))
        stated = self.stated(vector, chances)
        if self.model.calibration.knots:
            found.append(Evidence("calibration", "calibrated", _log2(self.model.calibration.logit(stated) - stated)))
        return tuple(found)

    def _corrected(self, vector: Sequence[int], chances: Sequence[int]) -> int:
        return sum([row[level] for row, level in zip(self._corrections, vector, strict=True)]) + sum(
            [share * chance for share, chance in zip(self._shares, chances, strict=True) if chance]
        )

    def _raw(self, vector: Sequence[int], chances: Sequence[int]) -> list[int]:
        raw = list(map(sum, zip(self._bases, *map(getitem, self._levels, vector), strict=True)))
        for at, chance in enumerate(chances):
            if chance:
                raw = [value + chance * factors[at] for value, factors in zip(raw, self._chance, strict=True)]
        return raw


def _log_sum(raw: Sequence[int]) -> float:
    top = max(raw)
    return top / SCALE + math.log(sum([math.exp((value - top) / SCALE) for value in raw]))


def _parts(raw: Sequence[int], kinds: Sequence[int]) -> dict[int, float]:
    norm = _log_sum([raw[kind] for kind in kinds])
    return {kind: math.exp(raw[kind] / SCALE - norm) for kind in kinds}


def _entropy(parts: Iterable[float]) -> float:
    return -math.fsum(part * math.log(part) for part in parts if part > 0)


def _log2(natural: float) -> float:
    return round(natural / math.log(2), 3)
