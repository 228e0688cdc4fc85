"""The sums of the fit over arrays; for the same vectors those of `match.model.em.expect`, but for the last digits of the sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from canonical_contact.match.model.em import Logs, Sums

__all__ = ["expect"]


def expect(vectors: Sequence[bytes], counts: Sequence[float], bases: Sequence[float], logs: Logs) -> Sums:
    """Share each vector out among the kinds; see `match.model.em.expect`."""
    levels = np.frombuffer(b"".join(vectors), np.uint8).reshape(len(vectors), -1).T
    weights = np.array(counts, np.float64)
    raw = np.array([np.full(len(vectors), base) for base in bases])
    for kind, rows in enumerate(logs):
        for row, column in zip(rows, levels, strict=True):
            raw[kind] += np.array(row)[column]
    top = raw.max(axis=0)
    odds = np.exp(raw - top)
    norm = odds.sum(axis=0)
    parts = odds * (weights / norm)
    return Sums(
        parts.sum(axis=1).tolist(),
        [
            [np.bincount(column, part, len(row)).tolist() for row, column in zip(rows, levels, strict=True)]
            for rows, part in zip(logs, parts, strict=True)
        ],
        float((weights * (top + np.log(norm))).sum()),
    )
