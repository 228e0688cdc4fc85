"""The library with its default policy: nothing is tuned for a set."""

from __future__ import annotations

from typing import Any

import numpy as np

from canonical_contact.engine.dedupe import dedupe, link
from canonical_contact.engine.resolving import Resolution, Settings, resolve
from canonical_contact.match.columns.encode import feature_table
from match.peer import Outcome, stage
from match.scores import Pairs
from match.sets import SOURCE, Set

SETTINGS = Settings(workers=2)


def match(given: Set) -> Outcome:
    """Tables of canonical columns are resolved; other tables, whose columns have to be recognised, are deduplicated or linked."""
    if given.link:
        return _linked(given)
    return _deduped(given) if given.is_febrl else _resolved(given)


class _Clock:
    """Stages as progress tells them."""

    def __init__(self, stages: dict[str, float]) -> None:
        self._stages, self._open = stages, list[Any]()

    def stage(self, name: str, total: int | None) -> None:
        self.close()
        self._open.append(stage(self._stages, name))
        self._open[-1].__enter__()

    def advance(self, n: int) -> None:
        """How far it is does not matter here."""

    def close(self) -> None:
        while self._open:
            self._open.pop().__exit__(None, None, None)


def _resolved(given: Set) -> Outcome:
    stages: dict[str, float] = {}
    with stage(stages, "load"):
        table = given.table()
        keys = np.asarray(table["key"].to_pylist())
    with stage(stages, "features"):
        features = feature_table(table)
    clock = _Clock(stages)
    found = resolve(features, SETTINGS, progress=clock)
    clock.close()
    return _outcome(found, np.argsort(keys, kind="stable"), stages)


def _deduped(given: Set) -> Outcome:
    stages: dict[str, float] = {}
    clock = _Clock(stages)
    found = dedupe(given.table(), settings=SETTINGS, progress=clock)
    clock.close()
    return _outcome(found.resolution, np.asarray(found.rows), stages)


def _linked(given: Set) -> Outcome:
    stages: dict[str, float] = {}
    table = given.table()
    sources = np.asarray(table[SOURCE].to_pylist())
    names = sorted(set(sources.tolist()))
    rows = [np.flatnonzero(sources == name) for name in names]
    left, right = (table.take(part).drop_columns([SOURCE]) for part in rows)
    clock = _Clock(stages)
    found = link(left, right, settings=SETTINGS, progress=clock)
    clock.close()
    clusters = np.arange(len(table))
    ends = [(rows[0][one.left], rows[1][one.right], one.confidence) for one in found.links]
    for a, b, _ in ends:
        clusters[b] = a
    asked = [(rows[0][pair.left], rows[1][pair.right], pair.score) for pair in found.review]
    return Outcome(clusters, _pairs([*ends, *asked]), SETTINGS.policy.match_at, _pairs(asked), stages)


def _outcome(found: Resolution, rows: Any, stages: dict[str, float]) -> Outcome:
    clusters = np.empty(len(rows), np.int64)
    clusters[rows] = np.frombuffer(found.labels, np.int64)
    review = [(rows[pair.left], rows[pair.right], pair.score) for pair in found.review]
    scored = [*_inside(found, rows), *review]
    return Outcome(clusters, _pairs(scored), SETTINGS.policy.match_at, _pairs(review), stages)


def _inside(found: Resolution, rows: Any) -> list[tuple[int, int, float]]:
    """The pairs of each cluster with their records' confidence."""
    members: dict[int, list[int]] = {}
    for place, label in enumerate(found.labels):
        members.setdefault(label, []).append(place)
    return [
        (rows[a], rows[b], max(SETTINGS.policy.match_at, min(found.confidence[a], found.confidence[b])))
        for group in members.values()
        for at, a in enumerate(group)
        for b in group[at + 1 :]
    ]


def _pairs(rows: list[tuple[int, int, float]]) -> Pairs:
    left, right, score = zip(*rows, strict=True) if rows else ((), (), ())
    return Pairs(np.asarray(left, np.int64), np.asarray(right, np.int64), np.asarray(score, np.float64))
