"""Fit the shipped model on generated worlds: python -m match.fit_default_model WORLDS TARGET, in bench/. The same worlds give the same bytes.

Its seeds are none that the bench measures with. It begins with the figures of start_model.toml, which give the kinds their meaning:

1. The mixture is fitted with the truth: pairs of one person are shared out among the kinds that are one person, all others among the rest.
2. On each world the mixture then learns as it will for users, without the truth; from what it states there, the correction is learned by
   logistic regression with the truth, pulled towards none.
3. On worlds of other seeds, where again it learns without the truth, the calibration is learned.
4. On worlds of a third set of seeds it is printed what a stated probability is worth.
"""

from __future__ import annotations

import json
import math
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from canonical_contact.match.columns.blocks import Blocker, PairSink
from canonical_contact.match.columns.encode import feature_table
from canonical_contact.match.columns.expect import expect
from canonical_contact.match.columns.matcher import compare
from canonical_contact.match.columns.scoring import ColumnScorer, term_frequencies, vector_counts
from canonical_contact.match.columns.shared import shared_keys
from canonical_contact.match.comparisons import Comparison, Names, groups_for
from canonical_contact.match.keys import KEYS
from canonical_contact.match.lookups import shipped_lookups, with_shared
from canonical_contact.match.matcher import comparisons_of
from canonical_contact.match.model.calibration import calibrate
from canonical_contact.match.model.em import Pass, fit
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import ONE_PERSON, Correction, Model
from canonical_contact.match.table import FeatureTable, Places
from match.worlds import TRUTH, generate, write

# Seed, people and how often something goes wrong, against the generator's own rate.
TABLES = ((101, 2500, 1.0), (102, 2500, 2.0), (103, 2500, 0.5), (104, 8000, 1.0), (112, 26000, 1.0))
CALIBRATION = ((105, 2500, 1.0), (106, 2500, 2.0), (107, 8000, 1.0), (111, 2500, 0.5), (113, 26000, 1.0))
RELIABILITY = ((108, 2500, 1.0), (109, 2500, 2.0), (110, 8000, 1.0))
STRENGTH = 60.0  # pairs of each kind that the hand's figures count for: what a world never shows is not impossible
RIDGE = 4.0  # how strongly corrections are pulled towards none
MOST = 1.5  # no level is corrected by more
MOST_OF_TERM = 0.5  # and no frequency by more than this part: the names of a world are fewer and more even than those of life
START = Path(__file__).with_name("start_model.toml")
Numbers = NDArray[np.float64]


class World(NamedTuple):
    """Compared candidate pairs of a world, and which of them are one person."""

    table: FeatureTable
    comparisons: tuple[Comparison, ...]
    left: Places
    right: Places
    levels: list[NDArray[np.uint8]]
    true: NDArray[np.bool_]
    frequencies: TermFrequencies

    def counts(self, one: bool | None = None) -> dict[bytes, float]:
        """Vectors with counts; of the pairs of one person, of the others, or of all."""
        rows = slice(None) if one is None else self.true == one
        return vector_counts([column[rows] for column in self.levels], self.comparisons)


def world_of(folder: Path, seed: int, people: int, errors: float) -> World:
    """Make a world, or take it from the folder, and compare its candidate pairs."""
    import pyarrow.parquet as pq

    target = folder / f"{seed}-{people}-{errors:g}.parquet"
    if not target.exists():
        exports = folder / f"{seed}-{people}-{errors:g}.exports"
        generate(exports, people, seed, errors)
        write(exports, target)
    rows = pq.read_table(target)
    truth = dict(zip(rows["key"].to_pylist(), rows["person_id"].to_pylist(), strict=True))
    table = feature_table(rows.drop_columns(list(TRUTH)))
    shipped = shipped_lookups()
    groups = groups_for(with_shared(shipped, shared_keys(table, Names(shipped))))
    comparisons = comparisons_of(groups)
    with PairSink(len(table)) as sink:
        Blocker(table, KEYS).fill(sink)
        sink.seal()
        found = list(sink)
    left, right = (np.concatenate([getattr(part, side) for part in found]) for side in ("left", "right"))
    people_of = np.unique([truth[key] for key in table.keys], return_inverse=True)[1]
    levels = [np.ascontiguousarray(column) for column in compare(groups, table, left, right)]
    same = people_of[left] == people_of[right]
    return World(table, comparisons, left, right, levels, same, term_frequencies(table, comparisons))


def with_truth(start: Model, worlds: Sequence[World]) -> Model:
    """Fit the mixture where it is known which pairs are one person."""
    counts = {one: Counter[bytes]() for one in (True, False)}
    for world in worlds:
        for one, found in counts.items():
            found.update(world.counts(one))  # type: ignore[arg-type]
    persons = frozenset(start.kinds) & ONE_PERSON
    passes = [
        Pass(counts[one], kinds=kinds, counted=True)
        for one, kinds in ((True, persons), (False, frozenset(start.kinds) - persons))
    ]
    return fit(worlds[0].comparisons, passes, start, strength=STRENGTH, hold=0.0, rounds=60, at_most=10**9, expect=expect)


def learned(model: Model, world: World) -> Model:
    """The model as users have it: learned from the pairs of a world without the truth."""
    return fit(world.comparisons, [Pass(world.counts())], model, expect=expect)


def stated(model: Model, world: World) -> Numbers:
    """The odds before calibration."""
    return ColumnScorer(world.comparisons, model, world.frequencies, world.table).stated(world.levels, world.left, world.right)


def correction_of(model: Model, worlds: Sequence[World]) -> Correction:
    """Learn what the mixture misses: ridge logistic regression, by Newton's steps, on its odds, the levels and the frequencies."""
    comparisons = worlds[0].comparisons
    rows = []
    for world in worlds:
        own = learned(model, world)
        scorer = ColumnScorer(comparisons, own, world.frequencies, world.table)
        odds = scorer.stated(world.levels, world.left, world.right)
        hot = [np.eye(len(one.levels))[column][:, : _width(one)] for one, column in zip(comparisons, world.levels, strict=True)]
        chances = [column / 10.0 for column in scorer.chances(world.levels, world.left, world.right)]
        rows.append(np.column_stack([np.ones(len(odds)), odds, *hot, *chances]))
    found = _regressed(np.concatenate(rows), np.concatenate([world.true for world in worlds]))
    levels, at = {}, 2
    for one in comparisons:
        row = found[at : at + _width(one)]
        at += _width(one)
        levels[one.name] = tuple(round(float(value), 3) for value in np.clip(row, -MOST, MOST))
    names = [term.name for term in scorer.terms]
    terms = {
        name: round(float(value), 2) for name, value in zip(names, np.clip(found[at:], -MOST_OF_TERM, MOST_OF_TERM), strict=True)
    }
    return Correction(round(float(found[1]), 3), levels, terms)


def _width(one: Comparison) -> int:
    return one.missing if one.missing >= 0 else len(one.levels)


def _regressed(rows: Numbers, true: NDArray[np.bool_]) -> Numbers:
    """Coefficients; the first is that of the constant, which is not pulled and goes to the calibration, the second is pulled towards 1."""
    aim, pull = np.zeros(rows.shape[1]), np.full(rows.shape[1], RIDGE)
    aim[1], pull[0] = 1.0, 1e-6
    found = aim.copy()
    for _ in range(25):
        expected = 1.0 / (1.0 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (true - expected) - pull * (found - aim)
        bend = (rows * (expected * (1.0 - expected))[:, None]).T @ rows + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        found += step
        if np.abs(step).max() < 1e-6:
            break
    return found


def calibrated(model: Model, worlds: Sequence[World]) -> Model:
    """Learn the calibration on worlds that taught nothing else; each world weighs the same."""
    points = []
    for world in worlds:
        odds = stated(learned(model, world), world)
        points += [(float(value), bool(true), 10_000 / len(odds)) for value, true in zip(odds, world.true, strict=True)]
    return model.with_calibration(calibrate(points, strength=0.0))


def reliability(model: Model, world: World) -> Iterable[str]:
    """What a stated probability is worth on a world, and how much is found at which precision."""
    own = learned(model, world)
    logits = (
        ColumnScorer(world.comparisons, own, world.frequencies, world.table).scores(world.levels, world.left, world.right).logits
    )
    chances = 1.0 / (1.0 + np.exp(-logits))
    edges = [0.0, 0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98, 0.99, 0.995, 1.01]
    for low, high in pairwise(edges):
        rows = (chances >= low) & (chances < high)
        if rows.any():
            yield f"  stated {low:5.3f}-{min(high, 1.0):5.3f}: {chances[rows].mean():.4f}, came true {world.true[rows].mean():.4f} of {rows.sum()}"
    order = np.argsort(-logits, kind="stable")
    right = np.cumsum(world.true[order])
    precision, recall = right / np.arange(1, len(order) + 1), right / right[-1]
    reached = ", ".join(f"{aim} {recall[precision >= aim].max(initial=0.0):.4f}" for aim in (0.995, 0.99, 0.98, 0.95))
    loss = -np.log(np.clip(np.where(world.true, chances, 1.0 - chances), 1e-9, 1.0)).mean()
    yield f"  recall of candidates at precision {reached}; best F1 {(2 * precision * recall / (precision + recall)).max():.4f}; log loss {loss:.4f}"


def toml_of(model: Model, start: Mapping[str, Any]) -> str:
    """Write a model in the form that `Model.default` reads."""
    lines = [
        "# Why two records of a candidate pair look alike: kinds of pairs, and for each how often each level of a comparison occurs.",
        '# Made by bench/match/fit_default_model.py on generated worlds; the extension fields are set by hand. "missing" weighs nothing.',
        f'version = "{model.version}"',
        f"kinds = {json.dumps(list(model.kinds))}",
        f"shares = {_row(model.shares)}",
        "# stated → true, natural-log odds",
        f"knots = [{', '.join(_row(knot) for knot in model.calibration.knots)}]",
        "# what the odds of the mixture are worth, and which part of an agreed value's frequency is added",
        f"scale = {model.correction.scale}",
        f"terms = {{ {', '.join(f'{json.dumps(name)} = {value}' for name, value in model.correction.terms.items())} }}",
    ]
    tables = {
        f"tables.{name}": (model.words[name], dict(zip(model.kinds, rows, strict=True))) for name, rows in model.tables.items()
    }
    by_hand = {
        f"extensions.{kind}": (table["levels"], {name: table[name] for name in model.kinds})
        for kind, table in start["extensions"].items()
    }
    for title, (words, rows) in (tables | by_hand).items():
        lines += [
            "",
            f"[{title}]",
            f"levels = {json.dumps(list(words))}",
            *(f"{kind} = {_row(row)}" for kind, row in rows.items()),
        ]
        correction = model.correction.levels.get(title.removeprefix("tables."))
        lines += [f"correction = {_row(correction)}"] if correction else []
    return "\n".join(lines) + "\n"


def _row(values: Iterable[float]) -> str:
    return f"[{', '.join(f'{value:g}' for value in values)}]"


def _summing_to_one(model: Model) -> Model:
    def even(row: Sequence[float]) -> tuple[float, ...]:
        return tuple(value / math.fsum(row) for value in row)

    return evolve(model, shares=even(model.shares), tables={name: tuple(map(even, rows)) for name, rows in model.tables.items()})


def main() -> None:
    """Fit, write, and print what it is worth."""
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    tables = [world_of(folder, *spec) for spec in TABLES]
    start = tomllib.loads(START.read_text(encoding="utf-8"))
    model = with_truth(_summing_to_one(Model.from_tables(start, tables[0].comparisons)), tables)
    model = evolve(model, correction=correction_of(model, tables), version="contacts/2", fitted_on=0)
    model = calibrated(model, [world_of(folder, *spec) for spec in CALIBRATION])
    target.write_text(toml_of(model, start), encoding="utf-8")
    for seed, people, errors in RELIABILITY:
        print(f"seed {seed}, {people} people, errors {errors:g}")
        print("\n".join(reliability(model, world_of(folder, seed, people, errors))))


if __name__ == "__main__":
    main()
