"""Resolving records one pair after the other, without any extra: for single records and small lists, with the answers of the columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from attrs import evolve

from canonical_contact.engine._resolution import (
    Found,
    MatchSettings,
    Resolution,
    ReviewPair,
    cluster_policy,
    drawn,
    edge_logit,
    labelled,
    merge_from,
    passes,
    random_pairs,
    review_limit,
    step_for,
    usable,
)
from canonical_contact.engine.reading import Progress
from canonical_contact.identity import Clustering, Judged, Pair, cluster
from canonical_contact.match.blocks import candidates, copies, estimated_recall
from canonical_contact.match.comparisons import Names, groups_for
from canonical_contact.match.features import Features
from canonical_contact.match.keys import keys_for
from canonical_contact.match.lookups import shared_keys, shipped_lookups, with_shared
from canonical_contact.match.matcher import Decided, Matcher, comparisons_of
from canonical_contact.match.model.calibration import logit_of, probability_of
from canonical_contact.match.model.em import fit, refine
from canonical_contact.match.model.frequencies import term_frequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.plan import KeyPlan
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement

__all__ = ["RecordRun"]

Decisions = dict[tuple[int, int], Decided]


class RecordRun:
    """A resolution over single records; see `engine._resolution.Run`.

    Args:
        records: features in the order of their keys.
        settings: policy, weights, keys, limits.
        progress: told how far it is.
        fresh: places of the records that are new or changed; only pairs with one of them are looked at. None means all.
    """

    def __init__(
        self, records: Sequence[Features], settings: MatchSettings, *, progress: Progress, fresh: frozenset[int] | None = None
    ) -> None:
        self._records, self._settings, self._progress = records, settings, progress
        shipped = shipped_lookups()
        progress.stage("shared", None)
        names = Names(shipped)
        self.shared = shared_keys(records, names)
        groups = groups_for(with_shared(shipped, self.shared), settings.extensions, names=names, postcodes=settings.postcodes)
        self.comparisons = comparisons_of(groups)
        self.frequencies = settings.frequencies or term_frequencies(records, self.comparisons)
        start = usable(settings.model or Model.default(self.comparisons), len({record.system for record in records}))
        progress.stage("block", None)
        keys = settings.keys if settings.keys is not None else keys_for(settings.extensions)
        self.plan = KeyPlan(tuple(keys), budget=settings.pairs_a_record)
        self._candidates = candidates(records, keys, fresh=fresh)
        self.pairs, self.reports = len(self._candidates.pairs), self._candidates.reports
        self._matcher = Matcher(groups, start, self.frequencies, settings.policy)
        if settings.model is None:
            self._matcher = Matcher(groups, self._fitted(), self.frequencies, settings.policy)

    @property
    def policy(self) -> MatchPolicy:
        """The policy with the threshold of this run."""
        return self._matcher.policy

    @property
    def model(self) -> Model:
        """The weights."""
        return self._matcher.scorer.model

    @property
    def version(self) -> str:
        """The version of policy and weights."""
        return self._matcher.version

    @cached_property
    def _decisions(self) -> tuple[Decisions, list[int]]:
        """The pairs that match or wait, and the keys that name those which match."""
        found, decisions, masks = self._candidates, Decisions(), dict[tuple[int, int], int]()
        self._progress.stage("compare", len(found.pairs))
        for pair, mask in zip(found.pairs, found.masks, strict=True):
            left, right = divmod(pair, found.size)
            a, b = self._records[left], self._records[right]
            self._progress.advance(1)
            if not self._settings.within and a.system == b.system:
                continue
            decided = self._matcher.decide(a, b)
            if decided.verdict.judgement is not Judgement.NO_MATCH:
                decisions[left, right] = decided
                masks[left, right] = mask
        policy = self._settings.policy
        if policy.precision:
            merged = [one.score.probability for one in decisions.values() if one.verdict.judgement is Judgement.MATCH]
            self._matcher.follow(evolve(policy, match_at=merge_from(merged, policy)))
            decisions = {pair: self._judged_again(pair, one) for pair, one in decisions.items()}
        return decisions, [masks[pair] for pair, one in decisions.items() if one.verdict.judgement is Judgement.MATCH]

    def _judged_again(self, pair: tuple[int, int], one: Decided) -> Decided:
        left, right = (self._records[place] for place in pair)
        return one._replace(verdict=self._matcher.judge.judge(one.vector, one.score.probability, left, right))

    def found(self) -> Iterator[Found]:
        """The pairs that match or wait for a person, ascending by places."""
        for (left, right), decided in self._decisions[0].items():
            judgement, score, reason, _ = decided.verdict
            yield Found(left, right, judgement, score, reason, decided.score.logit, decided.vector)

    def clusters(
        self, edges: Iterable[tuple[float, int, int, bool]], *, must: Iterable[Pair] = (), cannot: Iterable[Pair] = ()
    ) -> Clustering:
        """Join matched pairs, given as log-odds, places, and whether a rule parts them; people joined and parted some."""
        records, policy, edges = self._records, self.policy, list(edges)
        least = logit_of(policy.match_at)
        matched = {(left, right) for logit, left, right, _ in edges if logit >= least}
        systems = sorted({record.system for record in records})
        return cluster(
            len(records),
            edges,
            judge=lambda pairs: [self._judged(self._matcher.decide(records[left], records[right])) for left, right in pairs],
            must=[*must, *(() if policy.unique_sources else (pair for pair in copies(records) if pair in matched))],
            cannot=cannot,
            policy=cluster_policy(policy, systems),
            source=[systems.index(record.system) for record in records] if policy.unique_sources else None,
        )

    def resolution(self) -> Resolution:
        """All of it at once."""
        decisions, masks = self._decisions
        self._progress.stage("cluster", None)
        judged = [(pair, self._judged(decided)) for pair, decided in decisions.items()]
        clustering = self.clusters([(one.logit, *pair, one.apart) for pair, one in judged])
        asked = _review(decisions, clustering)
        listed = asked[: review_limit(len(self._records), self._settings.reviews_a_record)]
        return Resolution(
            clustering.labels,
            clustering.confidence,
            listed,
            len(asked) - len(listed),
            self.policy.match_at,
            self.pairs,
            len(masks),
            self.reports,
            self.plan,
            estimated_recall(self.plan.keys, Counter(masks)),
            self.model,
            self.frequencies,
            self.shared,
        )

    def _fitted(self) -> Model:
        found, matcher, records = self._candidates, self._matcher, self._records
        step = step_for(len(found.pairs))
        ends = (divmod(pair, found.size) for pair in found.pairs if drawn(pair, step))
        sampled = Counter(matcher.vector(records[left], records[right]) for left, right in ends)
        chosen = random_pairs(len(records), self._settings)
        strangers = Counter(matcher.vector(records[left], records[right]) for left, right in chosen)
        ordered = passes(self.plan.keys, sampled, strangers, self.comparisons)
        model = fit(self.comparisons, ordered, matcher.scorer.model)
        keys = [record.key for record in records]
        said = labelled(lambda left, right: matcher.vector(records[left], records[right]), keys, self._settings)
        return refine(model, self.comparisons, said, ordered) if said else model

    def _judged(self, decided: Decided) -> Judged:
        verdict = decided.verdict
        return Judged(
            edge_logit(decided.score.logit, verdict.judgement is Judgement.MATCH, logit_of(self.policy.match_at)), verdict.apart
        )


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
