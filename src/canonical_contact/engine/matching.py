"""Who is the same: candidate pairs, verdicts under the saved weights, clusters, ids; only what is new is compared."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import frozen

from canonical_contact.engine.local import Executor, chunked
from canonical_contact.engine.reading import Progress
from canonical_contact.engine.stages import Compare
from canonical_contact.identity import Assignment, ClusterPolicy, Judged, assign_ids, cluster
from canonical_contact.match.block import BlockReport, candidate_pairs
from canonical_contact.match.compare import COMPARISONS
from canonical_contact.match.decide import DEFAULT_POLICY, Decider, MatchPolicy, comparer_for
from canonical_contact.match.features import Features, features_from_text
from canonical_contact.match.weights import Model, Scorer, TermFrequencies, fit, term_frequencies
from canonical_contact.model import Judgement
from canonical_contact.ports import ContactStore, DecisionRow

__all__ = ["Identified", "identify"]

CHUNK = 20_000  # pairs that cross to a worker together
PAIRS_A_RECORD = 12  # sending a record's features to the workers costs as much as comparing so many pairs
FIT_PAIRS = 60_000  # pairs that the weights are fitted on; more change the third digit
MODEL, FREQUENCIES = "match.model", "match.frequencies"
_WIDTH = len(COMPARISONS)
_CLUSTERS = ClusterPolicy(match_at=3.0, cohesion=0.0)  # every saved match is at least 0.96, log-odds of 3.17


@frozen
class Identified:
    """Clusters with their ids, and how they came about.

    Args:
        clusters: record keys of each cluster, ascending.
        assignment: the id of each cluster, retired and new ids.
        features: match features of every record, by key.
        known: record key → id before this run.
        pairs: pairs that were compared.
        matched: pairs judged a match, over all runs.
        review: pairs that wait for a person, over all runs; those that came into one cluster through others do not.
        blocking: what each key gave.
    """

    clusters: tuple[tuple[str, ...], ...]
    assignment: Assignment
    features: dict[str, Features]
    known: dict[str, str]
    pairs: int
    matched: int
    review: int
    blocking: tuple[BlockReport, ...]


def identify(
    store: ContactStore,
    executor: Executor,
    *,
    fresh: set[str],
    started_at: datetime,
    refit: bool = False,
    policy: MatchPolicy = DEFAULT_POLICY,
    progress: Progress,
) -> Identified:
    """Decide about every pair with a new record, join what matches, and give each cluster its id.

    Args:
        store: inside of a run, with the records written.
        executor: where pairs are compared.
        fresh: keys of new and changed records.
        started_at: the run's persisted start.
        refit: learn the weights anew and judge every pair again, instead of using the saved ones for new pairs.
        policy: thresholds and rules.
        progress: told how far it is.

    Returns:
        Clusters, ids and counts. Old verdicts stand unless one of their records changed.
    """
    records = [features_from_text(text) for _, text in store.features()]
    places = {record.key: place for place, record in enumerate(records)}
    comparer = comparer_for(records)
    saved = None if refit else store.setting(MODEL)
    progress.stage("match", None)
    if fresh or saved is None:
        looked_at = None if saved is None else frozenset(places[key] for key in fresh)
        blocking = candidate_pairs(records, fresh=looked_at)
        pays = len(blocking.pairs) > PAIRS_A_RECORD * len(records)
        found = list((executor if pays else Executor()).run(Compare(records, comparer), chunked(blocking.pairs, CHUNK)))
        vectors = (chunk.levels[at : at + _WIDTH] for chunk in found for at in range(0, len(chunk.levels), _WIDTH))
        model, frequencies = _weights(store, saved, vectors, len(blocking.pairs), records)
        decider = Decider(comparer, Scorer(model, frequencies), policy)
        open_again = _open_again(store, fresh if saved else None)
        verdicts = (
            verdict
            for chunk in found
            for place, pair in enumerate(chunk.pairs)
            for verdict in _verdict(decider, records, pair, chunk.levels[place * _WIDTH : (place + 1) * _WIDTH])
        )
        store.put_decisions(_seen(verdicts, open_again))
        store.put_decisions(
            DecisionRow(left, right, Judgement.NO_MATCH.value, 0.0, "record_changed", decider.version, "")
            for left, right in sorted(open_again)
        )
        pairs, reports = len(blocking.pairs), blocking.reports
    else:
        decider = Decider(comparer, Scorer(Model.from_text(saved), _frequencies(store)), policy)
        pairs, reports = 0, ()
    progress.stage("cluster", None)
    edges = [(_logit(row.score), places[row.left], places[row.right], False) for row in store.decisions(Judgement.MATCH)]
    clustering = cluster(
        len(records), edges, judge=lambda pairs: [_judged(decider, records[a], records[b]) for a, b in pairs], policy=_CLUSTERS
    )
    store.put_decisions(_kept_apart(decider, records[cut.left], records[cut.right], cut.reason) for cut in clustering.cuts)
    keys = tuple(tuple(records[place].key for place in group) for group in clustering.clusters)
    home = {key: place for place, group in enumerate(keys) for key in group}
    known = dict(store.members())
    assignment = assign_ids(keys, known, started_at, is_issued=lambda name: bool(known) and store.contact(name) is not None)
    return Identified(
        keys,
        assignment,
        {record.key: record for record in records},
        known,
        pairs,
        len(edges) - len(clustering.cuts),
        sum(home[row.left] != home[row.right] for row in store.decisions(Judgement.REVIEW)),
        reports,
    )


def _weights(
    store: ContactStore, saved: str | None, vectors: Iterator[bytes], pairs: int, records: Sequence[Features]
) -> tuple[Model, TermFrequencies]:
    """The saved weights; on the first run (or when asked) they are learned and saved."""
    if saved is not None:
        return Model.from_text(saved), _frequencies(store)
    step = max(1, pairs // FIT_PAIRS)
    model = fit(vector for place, vector in enumerate(vectors) if place % step == 0)
    frequencies = term_frequencies(records)
    store.put_setting(MODEL, model.to_text())
    store.put_setting(FREQUENCIES, json.dumps([frequencies.given, frequencies.surname, frequencies.rare], ensure_ascii=False))
    return model, frequencies


def _frequencies(store: ContactStore) -> TermFrequencies:
    given, surname, rare = json.loads(store.setting(FREQUENCIES) or "[{},{},[0,0]]")
    return TermFrequencies(given, surname, tuple(rare))


def _verdict(decider: Decider, records: Sequence[Features], pair: int, levels: bytes) -> Iterator[DecisionRow]:
    left, right = divmod(pair, len(records))
    a, b = records[left], records[right]
    judgement, score, reason = decider.judge(a, b, levels)
    if judgement != Judgement.NO_MATCH:
        yield DecisionRow(a.key, b.key, judgement, round(score, 6), reason, decider.version, levels.hex())


def _open_again(store: ContactStore, changed: set[str] | None) -> set[tuple[str, str]]:
    """The pairs whose verdict no longer stands, because one of their records changed (None: all pairs)."""
    return {
        (row.left, row.right)
        for judgement in (Judgement.MATCH, Judgement.REVIEW)
        for row in store.decisions(judgement)
        if changed is None or row.left in changed or row.right in changed
    }


def _seen(verdicts: Iterator[DecisionRow], open_again: set[tuple[str, str]]) -> Iterator[DecisionRow]:
    """Pass verdicts on, and take their pairs off the open ones."""
    for verdict in verdicts:
        open_again.discard((verdict.left, verdict.right))
        yield verdict


def _logit(score: float) -> float:
    return math.log(score / (1 - score)) if 0 < score < 1 else math.copysign(math.inf, score - 0.5)


def _judged(decider: Decider, left: Features, right: Features) -> Judged:
    """What is known of a pair that no key brought together, or that was no match."""
    if left.key > right.key:
        left, right = right, left
    judgement, score, _ = decider.judge(left, right, bytes(decider.comparer.levels(left, right)))
    logit = _logit(score)
    return Judged(logit if judgement is Judgement.MATCH else min(logit, _CLUSTERS.match_at - 0.01), decider.conflict(left, right))


def _kept_apart(decider: Decider, left: Features, right: Features, reason: str) -> DecisionRow:
    """A matched pair whose clusters did not join goes to a person."""
    levels = bytes(decider.comparer.levels(left, right))
    score = round(decider.scorer.score(levels, left), 6)
    return DecisionRow(left.key, right.key, Judgement.REVIEW.value, score, reason, decider.version, levels.hex())
