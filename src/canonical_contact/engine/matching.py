"""Who is the same: candidate pairs, verdicts under the saved weights, clusters, ids; only what is new is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from attrs import evolve, frozen

from canonical_contact.engine._resolution import Found, MatchSettings, Run
from canonical_contact.engine.reading import Progress
from canonical_contact.engine.resolving import run_of
from canonical_contact.identity import Assignment, Cut, assign_ids
from canonical_contact.match.blocks import BlockReport
from canonical_contact.match.features import Features, features_from_text
from canonical_contact.match.model.calibration import logit_of
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.match.words import in_words
from canonical_contact.model import Judgement
from canonical_contact.ports import ContactStore, DecisionRow

__all__ = ["MODEL", "TERMS", "Identified", "forget_older", "identify", "saved_settings"]

MODEL, TERMS, THRESHOLD = "match.weights", "match.terms", "match.threshold"
_OLDER = ("match.model", "match.frequencies")  # what the matcher before this one kept
_SURE = 0.999999  # the score of a stored verdict has six digits; a probability of 1 has no odds


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
    *,
    fresh: set[str],
    started_at: datetime,
    workers: int = 1,
    refit: bool = False,
    policy: MatchPolicy | None = None,
    progress: Progress,
) -> Identified:
    """Decide about every pair with a new record, join what matches, and give each cluster its id.

    Args:
        store: inside of a run, with the records written.
        fresh: keys of new and changed records.
        started_at: the run's persisted start.
        workers: threads that compare.
        refit: learn the weights anew and judge every pair again, instead of using the saved ones for new pairs.
        policy: thresholds and rules; the shipped ones if None.
        progress: told how far it is.

    Returns:
        Clusters, ids and counts. Old verdicts stand unless one of their records changed.
    """
    records = [features_from_text(text) for _, text in store.features()]
    places = {record.key: place for place, record in enumerate(records)}
    saved = None if refit else saved_settings(store, policy)
    learned = saved is None  # on the first run, or when asked: every pair is judged
    settings = evolve(saved or MatchSettings(policy=policy or MatchPolicy.default()), workers=workers)
    looked_at = None if learned else frozenset(places[key] for key in fresh)
    run = run_of(records, settings, progress=progress, fresh=looked_at)
    if learned:
        forget_older(store)
        store.put_setting(MODEL, run.model.to_text())
        store.put_setting(TERMS, run.frequencies.to_text())
    open_again = _open_again(store, None if learned else fresh)
    store.put_decisions(_seen(_rows(run, records), open_again))
    store.put_decisions(
        DecisionRow(left, right, Judgement.NO_MATCH.value, 0.0, "record_changed", run.version, "")
        for left, right in sorted(open_again)
    )
    progress.stage("cluster", None)
    matches = list(store.decisions(Judgement.MATCH))
    if run.policy.precision:  # where nothing matched there was nothing to learn a threshold from
        store.put_setting(THRESHOLD, str(run.policy.match_at) if matches else "")
    clustering = run.clusters((logit_of(min(row.score, _SURE)), places[row.left], places[row.right], False) for row in matches)
    store.put_decisions(_kept_apart(run, records, clustering.cuts, matches))
    keys = tuple(tuple(records[place].key for place in group) for group in clustering.clusters)
    home = {key: place for place, group in enumerate(keys) for key in group}
    known = dict(store.members())
    assignment = assign_ids(keys, known, started_at, is_issued=lambda name: bool(known) and store.contact(name) is not None)
    return Identified(
        keys,
        assignment,
        {record.key: record for record in records},
        known,
        run.pairs,
        len(matches) - len(clustering.cuts),
        sum(home[row.left] != home[row.right] for row in store.decisions(Judgement.REVIEW)),
        run.reports,
    )


def saved_settings(store: ContactStore, policy: MatchPolicy | None = None) -> MatchSettings | None:
    """The weights of a store, and the threshold that was learned with them, so that what stands in it is judged as it was.

    Args:
        store: where `identify` wrote.
        policy: thresholds and rules; the shipped ones if None.

    Returns:
        None where it has no weights yet.
    """
    model, terms, threshold = map(store.setting, (MODEL, TERMS, THRESHOLD))
    if not model or not terms:
        return None
    policy = policy or MatchPolicy.default()
    if threshold and policy.precision:
        policy = evolve(policy, match_at=max(policy.match_at, float(threshold)), precision=0.0)
    try:
        return MatchSettings(policy=policy, model=Model.from_text(model), frequencies=TermFrequencies.from_text(terms))
    except (KeyError, TypeError, ValueError):  # written by another version: they are learned anew
        return None


def forget_older(store: ContactStore) -> None:
    """Empty the settings of the matcher before this one; they hold names."""
    for name in _OLDER:
        if store.setting(name):
            store.put_setting(name, "")


def _rows(run: Run, records: Sequence[Features]) -> Iterator[DecisionRow]:
    told: dict[bytes, str] = {}  # few kinds of evidence in many pairs
    for one in run.found():
        if one.vector not in told:
            told[one.vector] = in_words(run.comparisons, one.vector)
        yield _row(one, records, run.version, told[one.vector])


def _row(one: Found, records: Sequence[Features], version: str, evidence: str) -> DecisionRow:
    return DecisionRow(
        records[one.left].key, records[one.right].key, one.judgement.value, round(one.score, 6), one.reason, version, evidence
    )


def _open_again(store: ContactStore, changed: set[str] | None) -> set[tuple[str, str]]:
    """The pairs whose verdict no longer stands, because one of their records changed (None: all pairs)."""
    return {
        (row.left, row.right)
        for judgement in (Judgement.MATCH, Judgement.REVIEW)
        for row in store.decisions(judgement)
        if changed is None or row.left in changed or row.right in changed
    }


def _seen(verdicts: Iterable[DecisionRow], open_again: set[tuple[str, str]]) -> Iterator[DecisionRow]:
    """Pass verdicts on, and take their pairs off the open ones."""
    for verdict in verdicts:
        open_again.discard((verdict.left, verdict.right))
        yield verdict


def _kept_apart(
    run: Run, records: Sequence[Features], cuts: Iterable[Cut], matches: Iterable[DecisionRow]
) -> Iterator[DecisionRow]:
    """A matched pair whose clusters do not hold together goes to a person, with the evidence that it has."""
    reasons = {tuple(sorted((records[cut.left].key, records[cut.right].key))): cut.reason for cut in cuts}
    for row in matches:
        if (row.left, row.right) in reasons:
            reason = reasons[row.left, row.right]
            yield row._replace(judgement=Judgement.REVIEW.value, reason=reason, policy=run.version)
