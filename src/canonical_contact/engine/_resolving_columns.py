"""Resolving records over columns: blocks, comparisons, weights, verdicts, clusters; on all cores, in bounded memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from typing import NamedTuple, TypeVar

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from canonical_contact.engine._resolution import (
    PLAN_FROM,
    SUREST,
    Found,
    MatchSettings,
    Resolution,
    ReviewPair,
    cluster_policy,
    labelled,
    passes,
    random_pairs,
    review_limit,
    step_for,
    usable,
)
from canonical_contact.engine.reading import Progress
from canonical_contact.identity import Clustering, EdgeColumns, Pair, cluster
from canonical_contact.match.blocks import estimated_recall
from canonical_contact.match.columns.blocks import Blocker, PairSink, copies
from canonical_contact.match.columns.blocks import Found as Named
from canonical_contact.match.columns.deciding import JUDGEMENTS, Verdicts
from canonical_contact.match.columns.expect import expect
from canonical_contact.match.columns.matcher import ColumnMatcher, compare
from canonical_contact.match.columns.pairs import among, once
from canonical_contact.match.columns.scoring import TermColumns, distinct_vectors, term_frequencies, vector_counts
from canonical_contact.match.columns.shared import shared_keys
from canonical_contact.match.comparisons import Names, groups_for
from canonical_contact.match.keys import Key, keys_for
from canonical_contact.match.lookups import shipped_lookups, with_shared
from canonical_contact.match.matcher import comparisons_of
from canonical_contact.match.model.calibration import logit_of, probability_of
from canonical_contact.match.model.em import fit, refine
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.plan import KeyPlan, Seen, plan_keys
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.match.table import Bools, FeatureTable, Places

__all__ = ["ColumnRun"]

PIECE = 1 << 19  # pairs that are compared at once
PART_RECORDS = 1 << 18  # records whose pairs are one part of the sink
_NO_MATCH, _REVIEW, _MATCH = range(3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
Made = TypeVar("Made")


class _Kept(NamedTuple):
    """Pairs judged a match or for review: places, log-odds, probabilities, the keys that name them, levels."""

    left: Places
    right: Places
    logit: NDArray[np.float64]
    probability: NDArray[np.float64]
    masks: NDArray[np.int64]
    levels: NDArray[np.uint8]


class _Edges(NamedTuple):
    """The same, and their verdicts."""

    left: Places
    right: Places
    logit: NDArray[np.float64]
    masks: NDArray[np.int64]
    levels: NDArray[np.uint8]
    judgement: NDArray[np.uint8]
    score: NDArray[np.float64]
    reason: NDArray[np.uint8]
    apart: Bools


class ColumnRun:
    """A resolution over columns; see `engine._resolution.Run`.

    Args:
        table: the features.
        settings: policy, weights, keys, limits.
        progress: told how far it is.
        fresh: for each record whether it is new or changed; only pairs with one of them are looked at. None means all.
    """

    def __init__(self, table: FeatureTable, settings: MatchSettings, *, progress: Progress, fresh: Bools | None = None) -> None:
        self._table, self._settings, self._progress = table, settings, progress
        keys = settings.keys if settings.keys is not None else keys_for(settings.extensions)
        blocker = Blocker(table, keys, fresh=fresh)
        self._sink = PairSink(max(len(table), 1), parts=max(1, -(-len(table) // PART_RECORDS)), memory=settings.memory)
        progress.stage("block", None)
        with ThreadPoolExecutor(1) as beside:
            filled = beside.submit(_filled, blocker, self._sink)  # mostly sorting, which leaves the interpreter to us
            if settings.workers == 1:
                filled.result()
            shipped = shipped_lookups()
            names = Names(shipped)
            self.shared = shared_keys(table, names)
            groups = groups_for(with_shared(shipped, self.shared), settings.extensions, names=names, postcodes=settings.postcodes)
            self.comparisons = comparisons_of(groups)
            terms = TermColumns(table)
            self.frequencies = settings.frequencies or term_frequencies(table, self.comparisons, terms=terms)
            compare(groups, table, *np.zeros((2, 1), np.int64))  # what comparisons prepare once for a table
            masks = filled.result()
        start = usable(settings.model or Model.default(self.comparisons), len(np.unique(table.values["system"].codes)))
        self.reports = blocker.reports(masks)
        self.plan = KeyPlan(keys, budget=settings.pairs_a_record)
        self._matcher = ColumnMatcher(groups, start, self.frequencies, settings.policy, table, terms=terms)
        planned = settings.keys is None and len(table) >= PLAN_FROM
        if planned or settings.model is None:
            sample = _sampled(self._matcher, self._sink)
            if planned:
                seen = {mask: Seen(count, count * sample.expected[mask]) for mask, count in masks.items()}
                self.plan = plan_keys(keys, seen, records=len(table), budget=settings.pairs_a_record)
                bits = sum(1 << bit for bit, key in enumerate(keys) if key in self.plan.keys) | 3 << len(keys)
                self._sink.keep(bits)
                masks = Counter({mask: count for mask, count in masks.items() if mask & bits})
            if settings.model is None:
                counts = Counter[bytes]()
                for mask in masks:
                    counts.update(sample.counts.get(mask, {}))
                model = _fitted(self._matcher, self.plan.keys, counts, settings)
                self._matcher = ColumnMatcher(groups, model, self.frequencies, settings.policy, table, terms=terms)
        self.pairs, self._keys = masks.total(), keys
        self.model = self._matcher.model

    @property
    def policy(self) -> MatchPolicy:
        """The policy with the threshold of this run."""
        return self._matcher.policy

    @property
    def version(self) -> str:
        """The version of policy and weights."""
        return f"{self.policy.version}:{self.model.version}"

    @cached_property
    def _edges(self) -> _Edges:
        self._progress.stage("compare", self.pairs)
        with self._sink as sink, ThreadPoolExecutor(self._settings.workers) as pool:
            kept = _joined(list(_decided(self._matcher, sink, pool, self._settings, self._progress)), len(self.comparisons))
        policy = self._settings.policy
        if policy.precision:  # the threshold depends on all pairs
            merged = kept.probability[self._judged(kept).judgement == _MATCH]
            self._matcher.follow(evolve(policy, match_at=_merge_from(merged, policy)))
        judged = self._judged(kept)
        return _Edges(
            kept.left,
            kept.right,
            kept.logit,
            kept.masks,
            kept.levels,
            judged.judgement,
            judged.score,
            judged.reason,
            judged.apart,
        )

    def _judged(self, kept: _Kept) -> Verdicts:
        """The verdicts on the kept pairs by the policy as it is now; a piece at a time."""
        found = []
        for at in range(0, max(len(kept.left), 1), PIECE):
            levels = list(kept.levels[at : at + PIECE].T)
            left, right = kept.left[at : at + PIECE], kept.right[at : at + PIECE]
            found.append(self._matcher.judge(levels, kept.probability[at : at + PIECE], left, right))
        return Verdicts(*map(np.concatenate, zip(*found, strict=True)))

    def found(self) -> Iterator[Found]:
        """The pairs that match or wait for a person, ascending by places."""
        edges, reasons = self._edges, self._matcher.reasons
        columns = (edges.left, edges.right, edges.judgement, edges.score, edges.reason, edges.logit)
        for place, (left, right, judgement, score, reason, logit) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        ):
            yield Found(left, right, JUDGEMENTS[judgement], score, reasons[reason], logit, edges.levels[place].tobytes())

    def clusters(
        self, edges: Iterable[tuple[float, int, int, bool]], *, must: Iterable[Pair] = (), cannot: Iterable[Pair] = ()
    ) -> Clustering:
        """Join matched pairs, given as log-odds, places, and whether a rule parts them; people joined and parted some."""
        rows = list(edges)
        kinds = (np.float64, np.int64, np.int64, np.bool_)
        parts = list(zip(*rows)) or [()] * 4  # noqa: B905
        columns = EdgeColumns(*(np.array(part, kind) for part, kind in zip(parts, kinds)))  # noqa: B905
        return self._clusters(columns, must, cannot)

    def resolution(self) -> Resolution:
        """All of it at once."""
        edges = self._edges
        self._progress.stage("cluster", None)
        matched = edges.judgement == _MATCH
        logits = _logits(edges.logit, matched, logit_of(self.policy.match_at))
        clustering = self._clusters(EdgeColumns(logits, edges.left, edges.right, edges.apart))
        named, counts = np.unique(edges.masks[matched], return_counts=True)
        limit = review_limit(len(self._table), self._settings.reviews_a_record)
        listed, asked = _review(self._matcher, edges, clustering, limit)
        return Resolution(
            clustering.labels,
            clustering.confidence,
            listed,
            asked - len(listed),
            self.policy.match_at,
            self.pairs,
            int(matched.sum()),
            self.reports,
            self.plan,
            estimated_recall(self._keys, Counter(dict(zip(named.tolist(), counts.tolist(), strict=True)))),
            self.model,
            self.frequencies,
            self.shared,
        )

    def _clusters(self, edges: EdgeColumns, must: Iterable[Pair] = (), cannot: Iterable[Pair] = ()) -> Clustering:
        policy, system = self.policy, self._table.values["system"]
        return cluster(
            len(self._table),
            edges,
            judge=self._judge,
            must=[*self._copies(edges), *must],
            cannot=cannot,
            policy=cluster_policy(policy, system.pool),
            source=system.codes.tolist() if policy.unique_sources else None,
        )

    def _copies(self, edges: EdgeColumns) -> list[tuple[int, int]]:
        """Matched records that say the very same: they stay together, however many there are."""
        if self.policy.unique_sources:
            return []
        left, right = copies(self._table)
        rows = np.flatnonzero(edges.logit >= logit_of(self.policy.match_at))
        both = among(left * len(self._table) + right, once(edges.left[rows] * len(self._table) + edges.right[rows]))
        return list(zip(left[both].tolist(), right[both].tolist(), strict=True))

    def _judge(self, left: Places, right: Places) -> tuple[NDArray[np.float64], Bools]:
        decided = self._matcher.decide(left, right)
        match = decided.verdicts.judgement == _MATCH
        return _logits(decided.logits, match, logit_of(self.policy.match_at)), decided.verdicts.apart


class _Sample(NamedTuple):
    """Some of the pairs, compared: for each set of keys its vectors with counts, and the share of its pairs that is expected to match."""

    counts: Mapping[int, Counter[bytes]]
    expected: Mapping[int, float]


def _filled(blocker: Blocker, sink: PairSink) -> Counter[int]:
    blocker.fill(sink)
    return sink.seal()


def _pieces(sink: PairSink) -> Iterator[Named]:
    for found in sink:
        for at in range(0, len(found.left), PIECE):
            yield Named(*(column[at : at + PIECE] for column in found))


def _sampled(matcher: ColumnMatcher, sink: PairSink) -> _Sample:
    table, sizes = matcher.table, [len(one.levels) for one in matcher.comparisons]
    counts: defaultdict[int, Counter[bytes]] = defaultdict(Counter)
    matches, pairs = Counter[int](), Counter[int]()
    least = (1 << 32) // step_for(sink.pairs)
    for found in sink:
        drawn = ((found.left * len(table) + found.right).astype(np.uint64) * _MIX >> np.uint64(32)) < least
        left, right, masks = found.left[drawn], found.right[drawn], found.masks[drawn]
        for at in range(0, len(left), PIECE):
            piece = slice(at, at + PIECE)
            levels, probabilities = matcher.score(left[piece], right[piece])
            named, which = np.unique(masks[piece], return_inverse=True)
            first, vector = distinct_vectors([*levels, which], [*sizes, len(named)])  # type: ignore[list-item]
            vectors = np.stack([column[first] for column in levels], axis=1)
            for mask, text, count in zip(named[which[first]].tolist(), vectors, np.bincount(vector).tolist(), strict=True):
                counts[mask][text.tobytes()] += count
            for mask, expected, number in zip(
                named.tolist(), np.bincount(which, probabilities).tolist(), np.bincount(which).tolist(), strict=True
            ):
                matches[mask] += expected
                pairs[mask] += number
    return _Sample(counts, defaultdict(float, {mask: matches[mask] / number for mask, number in pairs.items()}))


def _fitted(matcher: ColumnMatcher, keys: Sequence[Key], sampled: Mapping[bytes, float], settings: MatchSettings) -> Model:
    strangers: Mapping[bytes, float] = {}
    if chosen := list(random_pairs(len(matcher.table), settings)):
        left, right = np.array(chosen, np.int64).T
        strangers = vector_counts(compare(matcher.groups, matcher.table, left, right), matcher.comparisons)
    known, table = matcher.comparisons, matcher.table
    learned_from = passes(keys, sampled, strangers, known)
    model = fit(known, learned_from, matcher.model, expect=expect)

    def vector(left: int, right: int) -> bytes:
        places = np.array([[left], [right]], np.int64)
        return bytes(int(column[0]) for column in compare(matcher.groups, table, *places))

    said = labelled(vector, table.keys, settings)
    return refine(model, known, said, learned_from, expect=expect) if said else model


def _decided(
    matcher: ColumnMatcher, sink: PairSink, pool: ThreadPoolExecutor, settings: MatchSettings, progress: Progress
) -> Iterator[_Kept]:
    systems = matcher.table.values["system"].codes

    def decide(piece: Named) -> _Kept:
        left, right, masks = piece
        if not settings.within:
            across = systems[left] != systems[right]
            left, right, masks = left[across], right[across], masks[across]
        decided = matcher.decide(left, right)
        verdicts = decided.verdicts
        kept = np.flatnonzero(verdicts.judgement > _NO_MATCH)
        return _Kept(
            left[kept],
            right[kept],
            decided.logits[kept],
            decided.probabilities[kept],
            masks[kept],
            np.stack([column[kept] for column in decided.levels], axis=1),
        )

    for piece, edges in _ahead(pool, decide, _pieces(sink), settings.workers):
        progress.advance(len(piece.left))
        yield edges


def _ahead(
    pool: ThreadPoolExecutor, work: Callable[[Named], Made], pieces: Iterator[Named], workers: int
) -> Iterator[tuple[Named, Made]]:
    """Work on pieces in threads, in order, with few of them on the way."""
    waiting = [(piece, pool.submit(work, piece)) for piece in islice(pieces, workers + 1)]
    while waiting:
        piece, future = waiting.pop(0)
        yield piece, future.result()
        waiting += [(more, pool.submit(work, more)) for more in islice(pieces, 1)]


def _joined(found: list[_Kept], comparisons: int) -> _Kept:
    """All pieces as one, column after column, so that there are never two of all."""
    whole, number = np.zeros(0, np.int64), np.zeros(0, np.float64)
    found.append(_Kept(whole, whole, number, number, whole, np.zeros((0, comparisons), np.uint8)))
    columns = [list(column) for column in zip(*found, strict=True)]
    found.clear()
    columns.reverse()
    return _Kept(*(np.concatenate(columns.pop()) for _ in _Kept._fields))


def _merge_from(probabilities: NDArray[np.float64], policy: MatchPolicy) -> float:
    """As `merge_from`."""
    if not policy.precision:
        return policy.match_at
    ordered = np.sort(probabilities)[::-1]
    short = np.flatnonzero(np.cumsum(ordered) < policy.precision * np.arange(1.0, len(ordered) + 1))
    enough = int(short[0]) if len(short) else len(ordered)
    return max(min(SUREST, *ordered[enough - 1 : enough].tolist()) if enough else SUREST, policy.match_at)


def _logits(logits: NDArray[np.float64], match: Bools, least: float) -> NDArray[np.float64]:
    return np.where(match, np.maximum(logits, least), np.minimum(logits, least - 0.01))


def _review(matcher: ColumnMatcher, edges: _Edges, clustering: Clustering, limit: int) -> tuple[tuple[ReviewPair, ...], int]:
    """The likeliest pairs that wait for a person, and how many there are; only those that are listed are made."""
    labels = np.frombuffer(clustering.labels, np.int64) if len(clustering.labels) else np.zeros(0, np.int64)
    waits = np.flatnonzero((edges.judgement == _REVIEW) & (labels[edges.left] != labels[edges.right]))
    cuts = clustering.cuts
    parted = np.array([(cut.left, cut.right) for cut in cuts], np.int64).reshape(-1, 2)
    known = once(parted[:, 0] * len(labels) + parted[:, 1])
    waits = waits[~among(edges.left[waits] * len(labels) + edges.right[waits], known)]
    left, right = np.concatenate((edges.left[waits], parted[:, 0])), np.concatenate((edges.right[waits], parted[:, 1]))
    logit = np.concatenate((edges.logit[waits], [cut.logit for cut in cuts]))
    score = np.concatenate((edges.score[waits], [probability_of(cut.logit) for cut in cuts]))
    first = np.lexsort((right, left, -logit, -score))[:limit]
    columns = (column[first].tolist() for column in (left, right, logit, score))
    reasons = [
        matcher.reasons[edges.reason[waits[at]]] if at < len(waits) else cuts[at - len(waits)].reason for at in first.tolist()
    ]
    return tuple(map(ReviewPair, *columns, reasons)), len(left)
