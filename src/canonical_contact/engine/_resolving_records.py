"""Resolving records one pair after the other, without any extra: for single records and small lists, with the answers of the columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from canonical_contact.engine._resolution import (
    Resolution,
    ReviewPair,
    Settings,
    cluster_policy,
    drawn,
    edge_logit,
    passes,
    random_pairs,
    step_for,
)
from canonical_contact.engine.reading import Progress
from canonical_contact.identity import Clustering, Judged, cluster
from canonical_contact.match.blocks import Candidates, candidates, estimated_recall
from canonical_contact.match.comparisons import Names, groups_for
from canonical_contact.match.features import Features
from canonical_contact.match.keys import keys_for
from canonical_contact.match.lookups import shared_keys, shipped_lookups, with_shared
from canonical_contact.match.matcher import Decided, Matcher, comparisons_of
from canonical_contact.match.model.calibration import logit_of, probability_of
from canonical_contact.match.model.em import fit
from canonical_contact.match.model.frequencies import term_frequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.plan import KeyPlan
from canonical_contact.model import Judgement

__all__ = ["resolve_records"]

Decisions = dict[tuple[int, int], Decided]


def resolve_records(
    records: Sequence[Features], settings: Settings, *, progress: Progress, fresh: frozenset[int] | None = None
) -> Resolution:
    """Decide who is who among records in the order of their keys; see `engine.resolving.resolve`."""
    shipped = shipped_lookups()
    progress.stage("shared", None)
    shared = shared_keys(records, Names(shipped))
    groups = groups_for(with_shared(shipped, shared), settings.extensions)
    comparisons = comparisons_of(groups)
    frequencies = settings.frequencies or term_frequencies(records, comparisons)
    start = settings.model or Model.default(comparisons)
    progress.stage("block", None)
    keys = settings.keys if settings.keys is not None else keys_for(settings.extensions)
    found = candidates(records, keys, fresh=fresh)
    matcher = Matcher(groups, start, frequencies, settings.policy)
    if settings.model is None:
        matcher = Matcher(groups, _fitted(matcher, records, found, settings), frequencies, settings.policy)
    progress.stage("compare", len(found.pairs))
    decisions, masks = _decided(matcher, records, found, settings, progress)
    progress.stage("cluster", None)
    clustering = _clusters(matcher, records, decisions)
    matched = [masks[pair] for pair, decided in decisions.items() if decided.verdict.judgement is Judgement.MATCH]
    return Resolution(
        clustering.labels,
        clustering.confidence,
        _review(decisions, clustering),
        len(found.pairs),
        len(matched),
        found.reports,
        KeyPlan(tuple(keys), budget=settings.pairs_a_record),
        estimated_recall(keys, Counter(matched)),
        matcher.scorer.model,
        frequencies,
        shared,
    )


def _fitted(matcher: Matcher, records: Sequence[Features], found: Candidates, settings: Settings) -> Model:
    step, size = step_for(len(found.pairs)), len(records)
    sampled: defaultdict[int, Counter[bytes]] = defaultdict(Counter)
    for pair, mask in zip(found.pairs, found.masks, strict=True):
        if drawn(pair, step):
            left, right = divmod(pair, size)
            sampled[mask][matcher.vector(records[left], records[right])] += 1
    strangers = Counter(matcher.vector(records[a], records[b]) for a, b in random_pairs(size, settings.seed))
    keys = settings.keys if settings.keys is not None else keys_for(settings.extensions)
    return fit(matcher.comparisons, passes(keys, sampled, strangers, matcher.comparisons), matcher.scorer.model)


def _decided(
    matcher: Matcher, records: Sequence[Features], found: Candidates, settings: Settings, progress: Progress
) -> tuple[Decisions, dict[tuple[int, int], int]]:
    decisions: Decisions = {}
    masks = dict[tuple[int, int], int]()
    for pair, mask in zip(found.pairs, found.masks, strict=True):
        left, right = divmod(pair, found.size)
        a, b = records[left], records[right]
        progress.advance(1)
        if not settings.within and a.system == b.system:
            continue
        decided = matcher.decide(a, b)
        if decided.verdict.judgement is not Judgement.NO_MATCH:
            decisions[left, right], masks[left, right] = decided, mask
    return decisions, masks


def _judged(decided: Decided, least: float) -> Judged:
    verdict = decided.verdict
    return Judged(edge_logit(decided.score.logit, verdict.judgement is Judgement.MATCH, least), verdict.apart)


def _clusters(matcher: Matcher, records: Sequence[Features], decisions: Decisions) -> Clustering:
    policy = matcher.policy
    least = logit_of(policy.match_at)
    systems = sorted({record.system for record in records})
    return cluster(
        len(records),
        [(*_edge(pair, decided, least),) for pair, decided in decisions.items()],
        judge=lambda pairs: [_judged(matcher.decide(records[left], records[right]), least) for left, right in pairs],
        policy=cluster_policy(policy, systems),
        source=[systems.index(record.system) for record in records] if policy.unique_sources else None,
    )


def _edge(pair: tuple[int, int], decided: Decided, least: float) -> tuple[float, int, int, bool]:
    judged = _judged(decided, least)
    return judged.logit, *pair, judged.apart


def _review(decisions: Decisions, clustering: Clustering) -> tuple[ReviewPair, ...]:
    labels = clustering.labels
    asked = {
        (left, right): ReviewPair(left, right, decided.score.logit, decided.verdict.score, decided.verdict.reason)
        for (left, right), decided in decisions.items()
        if decided.verdict.judgement is Judgement.REVIEW and labels[left] != labels[right]
    }
    for cut in clustering.cuts:
        asked[cut.left, cut.right] = ReviewPair(cut.left, cut.right, cut.logit, probability_of(cut.logit), cut.reason)
    return tuple(sorted(asked.values(), key=lambda pair: (-pair.score, -pair.logit, pair.left, pair.right)))
