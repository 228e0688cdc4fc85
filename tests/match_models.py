"""Comparisons and models made up for tests of the weights."""

from __future__ import annotations

from collections import Counter
from random import Random

from canonical_contact.match.comparisons._base import Comparison, Level
from canonical_contact.match.model.calibration import Calibration
from canonical_contact.match.model.mixture import Correction, Model


def comparison(name: str, *words: str) -> Comparison:
    return Comparison(name, tuple(Level(word, word) for word in words), name)


COMPARISONS = (
    comparison("given", "exact", "typo", "different", "missing"),
    comparison("surname", "exact", "part", "different", "missing"),
    comparison("email", "same", "same_shared", "same_domain", "different", "missing"),
    comparison("phone", "same", "different", "missing"),
    comparison("address", "same", "same_town", "different", "missing"),
    comparison("generation", "agree", "different", "none"),
)
KINDS = ("person", "changed", "household", "namesake", "stranger")
TABLES = {
    "given": ((0.9, 0.08, 0.02), (0.7, 0.1, 0.2), (0.02, 0.03, 0.95), (0.9, 0.05, 0.05), (0.05, 0.05, 0.9)),
    "surname": ((0.9, 0.06, 0.04), (0.6, 0.1, 0.3), (0.85, 0.1, 0.05), (0.9, 0.05, 0.05), (0.2, 0.1, 0.7)),
    "email": (
        (0.8, 0.01, 0.04, 0.15),
        (0.1, 0.05, 0.05, 0.8),
        (0.05, 0.15, 0.05, 0.75),
        (0.01, 0.01, 0.03, 0.95),
        (0.005, 0.005, 0.04, 0.95),
    ),
    "phone": ((0.7, 0.3), (0.2, 0.8), (0.4, 0.6), (0.01, 0.99), (0.02, 0.98)),
    "address": ((0.8, 0.1, 0.1), (0.2, 0.3, 0.5), (0.95, 0.03, 0.02), (0.01, 0.2, 0.79), (0.03, 0.4, 0.57)),
    "generation": ((0.05, 0.01, 0.94), (0.05, 0.01, 0.94), (0.01, 0.06, 0.93), (0.02, 0.03, 0.95), (0.02, 0.02, 0.96)),
}
MODEL = Model(
    "made-up/1",
    KINDS,
    (0.3, 0.1, 0.2, 0.1, 0.3),
    {one.name: tuple(word for word in one.words if word != "missing") for one in COMPARISONS},
    TABLES,
    Correction(
        0.9,
        {"given": (0.3, -0.2, -0.4), "email": (0.5, 1.0, -0.3, -0.1)},
        {"given/first word": 0.5, "emails/local part": -0.25},
    ),
    Calibration(((-4.0, -5.0), (0.0, -0.5), (4.0, 3.0))),
)


def sampled(model: Model, pairs: int, seed: int, *, missing: float = 0.2) -> Counter[tuple[bytes, str]]:
    """Draw pairs of a model: (vector, kind) → how many."""
    dice = Random(seed)
    found: Counter[tuple[bytes, str]] = Counter()
    for _ in range(pairs):
        kind = dice.choices(range(len(model.kinds)), model.shares)[0]
        vector = bytes(
            one.missing
            if one.missing >= 0 and dice.random() < missing
            else dice.choices(range(len(model.tables[one.name][kind])), model.tables[one.name][kind])[0]
            for one in COMPARISONS
        )
        found[vector, model.kinds[kind]] += 1
    return found


def counts(found: Counter[tuple[bytes, str]]) -> dict[bytes, float]:
    summed: Counter[bytes] = Counter()
    for (vector, _), count in found.items():
        summed[vector] += count
    return {vector: float(count) for vector, count in summed.items()}
