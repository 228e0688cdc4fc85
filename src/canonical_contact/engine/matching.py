"""Who is the same: candidate pairs, verdicts under the saved weights, clusters, ids; only what is new is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from attrs import evolve, frozen

from canonical_contact.engine._approving import APPROVAL, held_back
from canonical_contact.engine._resolution import MatchSettings, Run
from canonical_contact.engine.reading import Progress
from canonical_contact.engine.resolving import run_of
from canonical_contact.identity import Assignment, Cut, Pair, assign_ids
from canonical_contact.match.blocks import BlockReport
from canonical_contact.match.features import Features, features_from_text
from canonical_contact.match.model.calibration import logit_of
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.match.words import in_words
from canonical_contact.merge import HOST, RECTIFICATION
from canonical_contact.model import Judgement, digest
from canonical_contact.ports import ContactStore, DecisionRow
from canonical_contact.store import waiting_pairs

__all__ = ["MODEL", "TERMS", "Identified", "forget_older", "identify", "model_version", "other_policy", "saved_settings"]

MODEL, TERMS, THRESHOLD = "match.weights", "match.terms", "match.threshold"
_POLICY = "match.policy"  # the hash of the one that all pairs were judged by; empty where some runs had another
_OLDER = ("match.model", "match.frequencies")  # what the matcher before this one kept
_SAID = (HOST, RECTIFICATION)  # systems of what people say of a record
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
        other_rules: whether weights or a policy took part that did not join all of the known contacts.
    """

    clusters: tuple[tuple[str, ...], ...]
    assignment: Assignment
    features: dict[str, Features]
    known: dict[str, str]
    pairs: int
    matched: int
    review: int
    blocking: tuple[BlockReport, ...]
    other_rules: bool = False


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
        refit: learn the weights anew, from what people said too, and judge every pair again, instead of using the saved ones for new
            pairs.
        policy: thresholds and rules; the shipped ones if None.
        progress: told how far it is.

    Returns:
        Clusters, ids and counts. Old verdicts stand unless one of their records changed.
    """
    records = [features_from_text(text) for _, text in store.features()]
    places = {record.key: place for place, record in enumerate(records)}
    saved = None if refit else saved_settings(store, policy)
    learned = saved is None  # on the first run, or when asked: every pair is judged
    settings = saved or MatchSettings(policy=policy or MatchPolicy.default(), labels=_answers(store))
    settings = evolve(settings, workers=workers)
    looked_at = None if learned else frozenset(places[key] for key in fresh)
    run = run_of(records, settings, progress=progress, fresh=looked_at)
    judged_by = digest((policy or MatchPolicy.default()).to_toml())
    other_rules = learned or store.setting(_POLICY) != judged_by
    store.put_setting(_POLICY, judged_by if learned or not other_rules else "")
    if learned:
        forget_older(store)
        store.put_setting(MODEL, run.model.to_text())
        store.put_setting(TERMS, run.frequencies.to_text())
    log = _Log(run, records, started_at)
    open_again = _open_again(store, None if learned else fresh)
    store.put_decisions(_seen(log.verdicts(), open_again))
    store.put_decisions(log.row(pair, Judgement.NO_MATCH, 0.0, "record_changed") for pair in sorted(open_again))
    progress.stage("cluster", None)
    matches = list(store.decisions(Judgement.MATCH))
    if run.policy.precision:  # where nothing matched there was nothing to learn a threshold from
        store.put_setting(THRESHOLD, str(run.policy.match_at) if matches else "")
    must, cannot = (_judged(store, judgement, places) for judgement in (Judgement.MATCH, Judgement.NO_MATCH))
    edges = [(logit_of(min(row.score, _SURE)), places[row.left], places[row.right], False) for row in matches]
    known, held = dict(store.members()), set[Pair]()
    must |= _bound(records, places)
    clustering = run.clusters(edges, must=must, cannot=cannot)
    names = [record.key for record in records]
    while more := held_back(store, clustering, names, known, must=must) - held:
        held |= more
        clustering = run.clusters(edges, must=must, cannot=cannot | held)
    cuts = [cut for cut in clustering.cuts if (cut.left, cut.right) not in cannot]  # there a person has answered
    cuts = [cut._replace(reason=APPROVAL) if (cut.left, cut.right) in held else cut for cut in cuts]
    store.put_decisions(log.kept_apart(cuts, matches))
    keys = tuple(tuple(names[place] for place in group) for group in clustering.clusters)
    home = {key: place for place, group in enumerate(keys) for key in group}
    assignment = assign_ids(keys, known, started_at, is_issued=lambda name: bool(known) and store.contact(name) is not None)
    return Identified(
        keys,
        assignment,
        {record.key: record for record in records},
        known,
        run.pairs,
        len(matches) - len(clustering.cuts),
        sum(home[row.left] != home[row.right] for row in waiting_pairs(store, home)),
        run.reports,
        other_rules,
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


def other_policy(store: ContactStore, policy: MatchPolicy | None) -> bool:
    """Whether the pairs of a store were judged by another policy than this one; the shipped one if None."""
    known = store.setting(_POLICY)
    return bool(known) and known != digest((policy or MatchPolicy.default()).to_toml())


def model_version(model: Model) -> str:
    """Name weights by their hash, as the decision log does."""
    return digest(model.to_text())[:12]


def forget_older(store: ContactStore) -> None:
    """Empty the settings of the matcher before this one; they hold names."""
    for name in _OLDER:
        if store.setting(name):
            store.put_setting(name, "")


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


def _answers(store: ContactStore) -> dict[tuple[str, str], bool]:
    """What people say of pairs, which teaches the weights: whether it is one person."""
    sure = {Judgement.MATCH: True, Judgement.NO_MATCH: False}
    return {row[:2]: sure[Judgement(row.judgement)] for row in store.decisions(people=True) if row.judgement in sure}


def _judged(store: ContactStore, judgement: Judgement, places: Mapping[str, int]) -> set[Pair]:
    """List the pairs of which people say this, in places; these bind every run, whatever it finds."""
    found = (sorted((row.left, row.right)) for row in store.decisions(judgement, people=True))
    return {(places[left], places[right]) for left, right in found if left in places and right in places}


def _bound(records: Iterable[Features], places: Mapping[str, int]) -> set[Pair]:
    """List what people say of a record with that record: it is no evidence of who is who, and goes where the record goes."""
    said = (record for record in records if record.system in _SAID)
    pairs = (sorted((places[record.key], places[key])) for record in said for key in record.same_as if key in places)
    return {(left, right) for left, right in pairs}


class _Log:
    """Makes the rows of the decision log: what was judged, by what, and when."""

    def __init__(self, run: Run, records: Sequence[Features], started_at: datetime) -> None:
        self._run, self._records = run, records
        self._at = started_at.astimezone(UTC).isoformat()
        self._model = model_version(run.model)

    def row(self, pair: tuple[str, str], judgement: Judgement, score: float, reason: str, evidence: str = "") -> DecisionRow:
        """Make one row."""
        method = "model" if reason == "weights" else "rule"
        return DecisionRow(*pair, judgement.value, score, reason, self._run.version, evidence, method, self._model, at=self._at)

    def verdicts(self) -> Iterator[DecisionRow]:
        """Make the row of each pair that matches or waits."""
        told: dict[bytes, str] = {}  # few kinds of evidence in many pairs
        for one in self._run.found():
            if one.vector not in told:
                told[one.vector] = in_words(self._run.comparisons, one.vector)
            pair = self._records[one.left].key, self._records[one.right].key
            yield self.row(pair, one.judgement, round(one.score, 6), one.reason, told[one.vector])

    def kept_apart(self, cuts: Iterable[Cut], matches: Iterable[DecisionRow]) -> Iterator[DecisionRow]:
        """A matched pair whose clusters do not hold together goes to a person, with the evidence that it has."""
        keys = [record.key for record in self._records]
        reasons = {(keys[cut.left], keys[cut.right]): cut.reason for cut in cuts}
        for row in matches:
            if row[:2] in reasons:
                yield self.row(row[:2], Judgement.REVIEW, row.score, reasons.pop(row[:2]), row.evidence)
        for pair in sorted(reasons):  # people joined what people parted
            yield self.row(pair, Judgement.REVIEW, 0.5, "conflict")
