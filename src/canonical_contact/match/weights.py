"""How much each level weighs: a mixture of five kinds of pairs, learned by EM without labels.

It is the model of Fellegi and Sunter with more than one kind of non-match.

The classical model has one kind of non-match and lets fields count as independent evidence; then a family that shares surname, street
and landline adds up to a certain match. Here a pair is one person, one household, two colleagues, two namesakes, or two strangers that
a key brought together, and within each kind the fields are nearly independent. The score is the share of "one person".
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from canonical_contact.match.compare import COMPARISONS, MISSING
from canonical_contact.match.features import Features
from canonical_contact.model import Evidence

__all__ = ["Model", "Scorer", "TermFrequencies", "fit", "term_frequencies"]

PERSON = 0  # the place of "one person" among the kinds
_FIELDS = tuple(COMPARISONS)
_FLOOR = 1e-6
# the kinds in which an agreement on a name is chance, so that a rare name weighs more: (given, surname)
_BY_CHANCE = {"household": (True, False), "colleague": (True, True), "namesake": (True, True), "stranger": (True, True)}


@frozen
class Model:
    """Fitted probabilities, as they are saved with a store.

    Args:
        version: names the fit; a verdict carries it.
        kinds: names of the kinds of pairs, "person" first.
        shares: how common each kind is among candidate pairs.
        tables: for each kind and each comparison the probability of each level ("missing" left out).
        fitted_on: how many pairs it was fitted on; 0 for the shipped default.
    """

    version: str
    kinds: tuple[str, ...]
    shares: tuple[float, ...]
    tables: tuple[tuple[tuple[float, ...], ...], ...]
    fitted_on: int = 0

    def to_text(self) -> str:
        """Write the model as JSON."""
        return json.dumps([self.version, self.kinds, self.shares, self.tables, self.fitted_on])

    @classmethod
    def from_text(cls, text: str) -> Model:
        """Read a model that `to_text` wrote."""
        version, kinds, shares, tables, fitted_on = json.loads(text)
        rows = tuple(tuple(tuple(levels) for levels in table) for table in tables)
        return cls(version, tuple(kinds), tuple(shares), rows, fitted_on)

    @classmethod
    def default(cls) -> Model:
        """Load the shipped model."""
        import tomllib
        from importlib.resources import files

        text = (files("canonical_contact.match") / "data" / "default_model.toml").read_text("utf-8")
        data = tomllib.loads(text)
        kinds = tuple(kind for kind, value in data.items() if isinstance(value, dict))
        tables = tuple(tuple(tuple(data[kind][name]) for name in _FIELDS) for kind in kinds)
        return cls(data["version"], kinds, tuple(data[kind]["share"] for kind in kinds), tables)


def fit(vectors: Iterable[Sequence[int]], *, prior: Model | None = None, strength: float = 120.0, rounds: int = 40) -> Model:
    """Learn the probabilities from the level vectors of candidate pairs, without labels.

    Args:
        vectors: the levels of each candidate pair, as `Comparer.levels` gives them: tuples, or bytes for all.
        prior: where to start and what to blend with; the shipped default if None.
        strength: how many pairs of each kind the prior counts for.
        rounds: at most so many; it ends earlier when nothing moves.

    Returns:
        The fitted model; with few pairs it stays near the prior. The same vectors in any order give the same model.
    """
    prior = prior or Model.default()
    counts = sorted((bytes(vector), count) for vector, count in Counter(vectors).items())
    total = sum(count for _, count in counts)
    if not total:
        return prior
    kinds = range(len(prior.kinds))
    shares, tables = list(prior.shares), [[list(levels) for levels in table] for table in prior.tables]
    last = -math.inf
    for _ in range(rounds):
        logs = [_logs(shares[kind], tables[kind]) for kind in kinds]
        sums = [[[p * strength for p in levels] for levels in table] for table in prior.tables]
        weight, likelihood = [share * strength * len(prior.kinds) for share in prior.shares], 0.0
        for vector, count in counts:
            raw = [base + sum([row[level] for row, level in zip(rows, vector, strict=True)]) for base, rows in logs]
            top = max(raw)
            odds = [math.exp(value - top) for value in raw]
            norm = sum(odds)
            likelihood += count * (top + math.log(norm))
            for kind in kinds:
                part = count * odds[kind] / norm
                weight[kind] += part
                if part > 1e-9:
                    for place, level in enumerate(vector):
                        levels = sums[kind][place]
                        if level < len(levels):
                            levels[level] += part
        shares = [value / sum(weight) for value in weight]
        tables = [[[max(value / sum(levels), _FLOOR) for value in levels] for levels in table] for table in sums]
        if likelihood - last < 1e-5 * total:
            break
        last = likelihood
    digits = tuple(tuple(tuple(round(p, 7) for p in levels) for levels in table) for table in tables)
    return Model(f"{prior.version}+em", prior.kinds, tuple(round(share, 7) for share in shares), digits, total)


def _logs(share: float, table: Sequence[Sequence[float]]) -> tuple[float, list[list[float]]]:
    """Logarithms by level; the "missing" level of a comparison weighs nothing (`system` has none)."""
    return math.log(max(share, _FLOOR)), [[*(math.log(max(p, _FLOOR)) for p in levels), 0.0] for levels in table]


@frozen
class TermFrequencies:
    """How common each given name and surname is, relative to the chance that two records agree on one.

    Args:
        given: token → log of (its frequency / mean frequency of an agreed one).
        surname: joined tokens → the same.
        rare: what a name that was never seen counts as.
    """

    given: Mapping[str, float]
    surname: Mapping[str, float]
    rare: tuple[float, float]


def term_frequencies(records: Iterable[Features]) -> TermFrequencies:
    """Count names; a name of a person that is held many times counts several times, which the floor of two makes harmless."""
    given, surname = Counter[str](), Counter[str]()
    for record in records:
        if record.given:
            given[record.given[0]] += 1
        if record.surname:
            surname["".join(record.surname)] += 1
    (a, rare_a), (b, rare_b) = _relative(given), _relative(surname)
    return TermFrequencies(a, b, (rare_a, rare_b))


def _relative(counts: Counter[str]) -> tuple[dict[str, float], float]:
    total = sum(counts.values())
    if not total:
        return {}, 0.0
    mean = sum(count * count for count in counts.values()) / total
    return {text: round(math.log(max(count, 2) / mean), 1) for text, count in sorted(counts.items())}, round(
        math.log(2 / max(mean, 2.0)), 1
    )


class Scorer:
    """Turns level vectors into probabilities and into words.

    Args:
        model: the probabilities.
        frequencies: how common names are.
    """

    def __init__(self, model: Model, frequencies: TermFrequencies) -> None:
        self.model, self._frequencies = model, frequencies
        self._logs = [_logs(share, table) for share, table in zip(model.shares, model.tables, strict=True)]
        self._chance = [_BY_CHANCE.get(kind, (False, False)) for kind in model.kinds]

    def chances(self, levels: Sequence[int], left: Features) -> tuple[float, float]:
        """How far the agreed given name and surname are from a name of mean frequency; 0 where none is agreed on."""
        given = surname = 0.0
        if levels[0] == 0 and left.given:
            given = self._frequencies.given.get(left.given[0], self._frequencies.rare[0])
        if levels[1] == 0 and left.surname:
            surname = self._frequencies.surname.get("".join(left.surname), self._frequencies.rare[1])
        return given, surname

    def kinds(self, levels: Sequence[int], chances: tuple[float, float]) -> list[float]:
        """How probable each kind of pair is; the first is "one person"."""
        raw = [
            share
            + sum([row[level] for row, level in zip(rows, levels, strict=True)])
            + (chances[0] if by_given else 0.0)
            + (chances[1] if by_surname else 0.0)
            for (share, rows), (by_given, by_surname) in zip(self._logs, self._chance, strict=True)
        ]
        top = max(raw)
        odds = [math.exp(value - top) for value in raw]
        norm = sum(odds)
        return [value / norm for value in odds]

    def score(self, levels: Sequence[int], left: Features) -> float:
        """The probability that two records are one person, 0 to 1; the names that they agree on are those of `left`."""
        return self.kinds(levels, self.chances(levels, left))[PERSON]

    def evidence(self, levels: Sequence[int]) -> tuple[Evidence, ...]:
        """What the score is made of: for each comparison log2 of "one person" against the likeliest other kind."""
        base = [share + sum([row[level] for row, level in zip(rows, levels, strict=True)]) for share, rows in self._logs]
        rival = max(range(1, len(base)), key=base.__getitem__)
        person, other = self._logs[PERSON][1], self._logs[rival][1]
        return tuple(
            Evidence(name, COMPARISONS[name][level], round((person[place][level] - other[place][level]) / math.log(2), 2))
            for place, (name, level) in enumerate(zip(_FIELDS, levels, strict=True))
            if level < MISSING[name] or name == "system"
        )
