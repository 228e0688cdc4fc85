"""How good clusters, scored pairs and review lists are: counts over contingencies, so that nothing grows with the square of a cluster."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]


class Rates(NamedTuple):
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float
    f1: float


def rates(right: float, given: float, wanted: float) -> Rates:
    """Rates of `right` answers among those `given` and those `wanted`; nothing given is precise."""
    precision, recall = right / given if given else 1.0, right / wanted if wanted else 1.0
    return Rates(precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0)


def coded(values: Any) -> Codes:
    """Give each row the number of its value."""
    _, codes = np.unique(np.asarray(values), return_inverse=True)
    return codes.astype(np.int64).reshape(-1)


def pairs_in(sizes: Codes) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def cells(clusters: Codes, people: Codes) -> tuple[Codes, Codes]:
    """The sizes of the common parts of clusters and people, and the row of each that stands for it."""
    _, rows, sizes = np.unique(clusters * (int(people.max(initial=0)) + 1) + people, return_index=True, return_counts=True)
    return sizes.astype(np.int64), rows


def cluster_scores(clusters: Codes, people: Codes) -> dict[str, Any]:
    """Score clusters: pairs, B-cubed, the largest cluster."""
    common, rows = cells(clusters, people)
    of_cluster, of_person = np.bincount(clusters), np.bincount(people)
    squares, size = common.astype(np.float64) ** 2, len(people)
    precision, recall = (
        float((squares / whole[codes[rows]]).sum() / size) for whole, codes in ((of_cluster, clusters), (of_person, people))
    )
    return {
        "pairs": rates(pairs_in(common), pairs_in(of_cluster), pairs_in(of_person)),
        "b_cubed": rates(precision, 1.0, 1.0)._replace(recall=recall, f1=2 * precision * recall / (precision + recall)),
        "largest": int(of_cluster.max(initial=0)),
    }


class Pairs(NamedTuple):
    """Scored pairs of rows, in any order, each once."""

    left: Codes
    right: Codes
    score: Floats

    def only(self, which: Any) -> Pairs:
        """Those that a mask, a slice or places name."""
        return Pairs(self.left[which], self.right[which], self.score[which])

    def best_first(self) -> Pairs:
        return self.only(np.argsort(-self.score, kind="stable"))


def threshold_scores(pairs: Pairs, people: Codes, at: float) -> dict[str, Any]:
    """Score pairs at their natural threshold and at the best one in hindsight; true pairs that are not there count as missed."""
    wanted = pairs_in(np.bincount(people))
    ordered = pairs.best_first()
    right = np.cumsum(people[ordered.left] == people[ordered.right])
    given = np.arange(1, len(right) + 1)
    last = np.r_[ordered.score[1:] != ordered.score[:-1], True] if len(right) else np.zeros(0, bool)  # equal scores come together
    f1 = np.where(last, 2 * right / (given + wanted), 0.0)
    best = int(f1.argmax()) if len(f1) else -1
    natural = int(np.count_nonzero(ordered.score >= at))
    return {
        "natural": rates(int(right[natural - 1]) if natural else 0, natural, wanted),
        "threshold": at,
        "best": rates(int(right[best]), best + 1, wanted) if best >= 0 else rates(0, 0, wanted),
        "best_threshold": float(ordered.score[best]) if best >= 0 else None,
    }


def joined(size: int, left: Codes, right: Codes) -> Codes:
    """Connected components of pairs of rows: each row takes the smallest label of a neighbour, and labels follow their labels."""
    labels = np.arange(size, dtype=np.int64)
    while True:
        a, b = labels[left], labels[right]
        apart = a != b
        if not apart.any():
            return labels
        left, right, a, b = left[apart], right[apart], a[apart], b[apart]
        np.minimum.at(labels, np.maximum(a, b), np.minimum(a, b))
        while (further := labels[labels]).tobytes() != labels.tobytes():
            labels = further


def best_clusters(pairs: Pairs, people: Codes, steps: int = 24) -> tuple[float, Rates]:
    """The threshold, of so many tried, at which connected components score best, in hindsight."""
    found = np.unique(pairs.score)
    tried = np.unique(np.r_[np.quantile(found, np.linspace(0, 1, steps)), 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999])
    best = (1.0, rates(0, 0, pairs_in(np.bincount(people))))
    for threshold in tried:
        kept = pairs.score >= threshold
        score = cluster_scores(joined(len(people), pairs.left[kept], pairs.right[kept]), people)["pairs"]
        if score.f1 > best[1].f1:
            best = (float(threshold), score)
    return best


def review_of(pairs: Pairs, clusters: Codes, number: int) -> Pairs:
    """The best pairs that were not joined: what a peer without a review list of its own would show somebody who looks at so many."""
    return pairs.only(clusters[pairs.left] != clusters[pairs.right]).best_first().only(slice(number))


def review_scores(review: Pairs, clusters: Codes, people: Codes) -> dict[str, Any]:
    """What a review list is worth: whoever says yes to a pair joins the clusters of its two records."""
    right = people[review.left] == people[review.right]
    yes = joined(int(clusters.max(initial=0)) + 1, clusters[review.left[right]], clusters[review.right[right]])
    return {
        "pairs": len(right),
        "precision": float(right.mean()) if len(right) else 1.0,
        "reached": cluster_scores(yes[clusters], people)["pairs"],
    }


def wrong_merges(clusters: Codes, people: Codes, blocked: dict[str, NDArray[np.bool_]]) -> dict[str, dict[str, int]]:
    """Count clusters of several people of whom one is blocked for a channel.

    Args:
        clusters: code of each record's cluster.
        people: code of each record's person.
        blocked: channel → for each record whether its person must not be contacted.

    Returns:
        For each channel: clusters of several people with somebody who is blocked; those in which somebody else is not, who would be
        silenced or, were the merge to hide the sign, contacted; the people in them.
    """
    _, rows = cells(clusters, people)
    several = np.bincount(clusters[rows], minlength=int(clusters.max(initial=0)) + 1) > 1
    found = {}
    for channel, signs in blocked.items():
        with_sign = np.bincount(clusters[rows], weights=signs[rows], minlength=len(several))
        without = np.bincount(clusters[rows], weights=~signs[rows], minlength=len(several))
        mixed = several & (with_sign > 0) & (without > 0)
        found[channel] = {
            "wrong merges with a blocked person": int((several & (with_sign > 0)).sum()),
            "of them with one who is not blocked": int(mixed.sum()),
            "people not blocked in them": int(without[mixed].sum()),
        }
    return found
