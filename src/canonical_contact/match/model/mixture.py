"""What the weights are: for each kind of pair how common it is, and how often each level of each comparison occurs in it.

It is the model of Fellegi and Sunter (1969) with more than one kind of pair. With a single kind of non-match, fields count as independent
evidence, and a family that shares surname, street and landline adds up to a certain match. Within a kind the fields are nearly
independent; the kinds carry what goes together. The score is the share of the kinds that are one person.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from attrs import evolve, field, frozen

from canonical_contact.errors import ConfigError
from canonical_contact.match.comparisons._base import Comparison
from canonical_contact.match.model.calibration import Calibration

__all__ = ["FLOOR", "ONE_PERSON", "SCALE", "Correction", "Model", "Rows"]

ONE_PERSON = frozenset({"person", "changed"})  # kinds of pairs that are one person
FLOOR = 1e-6
SCALE = 1000  # weights are whole thousandths of a natural logarithm, so that sums are exact in any order
Rows = tuple[tuple[float, ...], ...]


@frozen
class Correction:
    """What the mixture misses, learned where the truth is known.

    Within a kind the mixture takes comparisons as independent, and takes the frequency of an agreed value at its full worth. What is left of
    dependence is put right by a sum: `scale` × odds of the mixture + what belongs to each level + part of each frequency.

    Args:
        scale: what the odds of the mixture are worth.
        levels: comparison → for each level (without `missing`) natural-log odds to add.
        terms: "field/part" of a term → which part of the agreed value's frequency to add to the odds; -0.5 is half of it more.
    """

    scale: float = 1.0
    levels: Mapping[str, tuple[float, ...]] = field(factory=dict)
    terms: Mapping[str, float] = field(factory=dict)


@frozen
class Model:
    """Fitted probabilities, as they are saved with a store.

    Args:
        version: names the fit; a verdict carries it.
        kinds: names of the kinds of pairs.
        shares: how common each kind is among candidate pairs; they add up to 1.
        words: comparison → its levels, without `missing`.
        tables: comparison → for each kind the probability of each level.
        correction: what the mixture misses.
        calibration: from the odds that mixture and correction state to those that come true.
        fitted_on: how many pairs it was fitted on; 0 for the shipped default.
    """

    version: str
    kinds: tuple[str, ...]
    shares: tuple[float, ...]
    words: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Rows]
    correction: Correction = field(factory=Correction)
    calibration: Calibration = field(factory=Calibration)
    fitted_on: int = 0

    @property
    def persons(self) -> tuple[int, ...]:
        """The places of the kinds that are one person."""
        return tuple(place for place, kind in enumerate(self.kinds) if kind in ONE_PERSON)

    @property
    def others(self) -> tuple[int, ...]:
        """The places of the kinds that are two."""
        return tuple(place for place, kind in enumerate(self.kinds) if kind not in ONE_PERSON)

    def to_text(self) -> str:
        """Write the model as JSON; equal models give equal text."""
        return json.dumps(
            {
                "version": self.version,
                "kinds": self.kinds,
                "shares": self.shares,
                "words": dict(sorted(self.words.items())),
                "tables": dict(sorted(self.tables.items())),
                "correction": [
                    self.correction.scale,
                    dict(sorted(self.correction.levels.items())),
                    dict(sorted(self.correction.terms.items())),
                ],
                "calibration": self.calibration.knots,
                "fitted_on": self.fitted_on,
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_text(cls, text: str) -> Model:
        """Read a model that `to_text` wrote.

        >>> model = Model("v", ("person", "stranger"), (0.5, 0.5), {"given": ("exact", "different")}, {"given": ((0.9, 0.1), (0.2, 0.8))})
        >>> Model.from_text(model.to_text()) == model
        True
        """
        data = json.loads(text)
        scale, levels, terms = data["correction"]
        return cls(
            data["version"],
            tuple(data["kinds"]),
            tuple(data["shares"]),
            {name: tuple(words) for name, words in data["words"].items()},
            {name: _rows(rows) for name, rows in data["tables"].items()},
            Correction(scale, {name: tuple(row) for name, row in levels.items()}, terms),
            Calibration(_rows(data["calibration"])),  # type: ignore[arg-type]
            data["fitted_on"],
        )

    @classmethod
    def default(cls, comparisons: Sequence[Comparison]) -> Model:
        """Give the shipped model for these comparisons.

        Args:
            comparisons: those of the run; what the shipped tables lack is an extension field, whose prior is that of its kind.

        Returns:
            The model. A comparison that has no table at all is left out and weighs nothing.

        Raises:
            ConfigError: A comparison has other levels than the table of its name.
        """
        data = tomllib.loads((files("canonical_contact.match") / "data" / "contacts_model.toml").read_text("utf-8"))
        return cls.from_tables(data, comparisons)

    @classmethod
    def from_tables(cls, data: Mapping[str, Any], comparisons: Sequence[Comparison]) -> Model:
        """Read a model from the tables of a TOML file, in the form of the shipped one.

        Args:
            data: `version`, `kinds`, `shares`, `knots`, and under `tables` for each comparison its `levels`, a row for each kind, and
                `correction`; under `extensions` the same for each kind of extension field; `scale` and `terms` of the correction.
            comparisons: see `default`.

        Returns:
            The model.

        Raises:
            ConfigError: See `default`.
        """
        kinds = tuple(data["kinds"])
        by_words = {tuple(table["levels"]): table for table in data.get("extensions", {}).values()}
        words: dict[str, tuple[str, ...]] = {}
        tables: dict[str, Rows] = {}
        corrections: dict[str, tuple[float, ...]] = {}
        for comparison in comparisons:
            levels = _levels(comparison)
            table = data["tables"].get(comparison.name) or by_words.get(levels)
            if table is None:
                continue
            if tuple(table["levels"]) != levels:
                raise ConfigError(
                    f"The model's table of {comparison.name!r} has other levels than the comparison.",
                    path=f"tables.{comparison.name}.levels",
                    hint="Fit the model anew with these comparisons.",
                )
            words[comparison.name] = levels
            tables[comparison.name] = _rows([table[kind] for kind in kinds])
            if "correction" in table:
                corrections[comparison.name] = tuple(table["correction"])
        correction = Correction(data.get("scale", 1.0), corrections, dict(data.get("terms", {})))
        calibration = Calibration(_rows(data.get("knots", ())))  # type: ignore[arg-type]
        return cls(data["version"], kinds, tuple(data["shares"]), words, tables, correction, calibration)

    def with_calibration(self, calibration: Calibration) -> Model:
        """The same weights with another calibration."""
        return evolve(self, calibration=calibration)

    def weights(self, comparisons: Sequence[Comparison]) -> list[list[list[int]]]:
        """Logarithms for each kind, comparison and level, in whole thousandths; what is missing weighs nothing.

        Args:
            comparisons: those of the vectors, in their order.

        Returns:
            `weights[kind][place][level]`.
        """
        return [
            [
                [*map(_weight, self.tables[comparison.name][kind]), *[0] * (comparison.missing >= 0)]
                if comparison.name in self.tables
                else [0] * len(comparison.levels)
                for comparison in comparisons
            ]
            for kind in range(len(self.kinds))
        ]

    def corrections(self, comparisons: Sequence[Comparison]) -> list[list[int]]:
        """What the correction adds for each comparison and level, in whole thousandths."""
        return [
            [*(round(SCALE * value) for value in self.correction.levels[one.name]), *[0] * (one.missing >= 0)]
            if one.name in self.correction.levels
            else [0] * len(one.levels)
            for one in comparisons
        ]

    def bases(self) -> list[int]:
        """Logarithms of the shares, in whole thousandths."""
        return [_weight(share) for share in self.shares]


def _weight(probability: float) -> int:
    return round(SCALE * math.log(max(probability, FLOOR)))


def _levels(comparison: Comparison) -> tuple[str, ...]:
    return comparison.words[: comparison.missing] if comparison.missing >= 0 else comparison.words


def _rows(rows: Sequence[Sequence[float]]) -> Rows:
    return tuple(tuple(row) for row in rows)
