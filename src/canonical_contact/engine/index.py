"""One more record against all that is known: whom it matches, which cluster it joins, and what a person should look at."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from canonical_contact.engine._resolution import Resolution, Settings, cluster_policy, edge_logit
from canonical_contact.engine.resolving import FEW, has_columns, resolve
from canonical_contact.errors import ConfigError
from canonical_contact.match.comparisons import groups_for
from canonical_contact.match.features import Features
from canonical_contact.match.keys import REFINEMENTS, Key, KeyMaker
from canonical_contact.match.lookups import shipped_lookups, with_shared
from canonical_contact.match.matcher import Decided, Matcher
from canonical_contact.match.model.calibration import logit_of, probability_of
from canonical_contact.model import Judgement

if TYPE_CHECKING:
    from canonical_contact.match.columns.lookup import KeyLookup
    from canonical_contact.match.table import FeatureTable

__all__ = ["Hit", "Joined", "MatchIndex"]


class Hit(NamedTuple):
    """A known record that a new one matches, or may match.

    `key` is the known record's, `cluster` the id of its cluster. `judgement`, `score` and `reason` are the verdict on the pair, `logit`
    its natural-log odds, `found_by` the blocking keys that name it.
    """

    key: str
    cluster: str
    judgement: Judgement
    score: float
    reason: str
    logit: float
    found_by: tuple[str, ...]


class Joined(NamedTuple):
    """What became of a new record.

    `cluster` is the id of the cluster that it stands in now, `new` says that it is one of its own, `confidence` how sure that is. `review`
    are the pairs that a person should look at: doubtful ones, and matches in a second cluster, which is never joined to the first silently.
    """

    key: str
    cluster: str
    new: bool
    confidence: float
    hits: tuple[Hit, ...]
    review: tuple[Hit, ...]


class MatchIndex:
    """All that is known, ready for one more record. Kept in memory; see `MatchIndex.build`.

    Args:
        records: features of what is known, in the order of their keys.
        settings: the policy, and weights and frequencies, which must be given.
        keys: the blocking keys.
        clusters: record key → id of its cluster; a record that is not named is a cluster of its own.
        shared: mailboxes and numbers that several people share.

    Raises:
        ConfigError: no weights are given.
    """

    def __init__(
        self,
        records: Sequence[Features] | FeatureTable,
        settings: Settings,
        *,
        keys: Sequence[Key],
        clusters: Mapping[str, str],
        shared: Iterable[str] = (),
    ) -> None:
        if settings.model is None or settings.frequencies is None:
            raise ConfigError("An index needs weights.", path="settings.model", hint="Use MatchIndex.build, which learns them.")
        self.settings, self.keys, self._maker = settings, tuple(keys), KeyMaker(keys)
        groups = groups_for(with_shared(shipped_lookups(), shared), settings.extensions)
        self._matcher = Matcher(groups, settings.model, settings.frequencies, settings.policy)
        self._least = logit_of(settings.policy.match_at)
        self._cohesion = cluster_policy(settings.policy).cohesion
        self._blocks: list[defaultdict[tuple[str, ...], list[int]]] = [defaultdict(list) for _ in keys]
        self._more: list[Features] = []
        self._table: FeatureTable | None = None
        self._lookup: KeyLookup | None = None
        self._known: Sequence[str] = ()
        self._stated: defaultdict[str, list[str]] = defaultdict(list)
        self._places: dict[str, int] = {}
        if not isinstance(records, Sequence) or (len(records) >= FEW and has_columns()):
            self._sort_in(records)
        else:
            for record in records:
                self._put(record)
        self.clusters = dict(clusters)
        self._members: defaultdict[str, list[str]] = defaultdict(list)
        for key, cluster in self.clusters.items():
            self._members[cluster].append(key)

    @classmethod
    def build(cls, records: Sequence[Features] | FeatureTable, settings: Settings | None = None) -> MatchIndex:
        """Resolve what is known, and keep it ready.

        Args:
            records: features in the order of their keys, or the same as a table of columns.
            settings: as for `resolve`.

        Returns:
            The index, with the clusters and the weights of the run; a cluster's id is the key of its first record.

        >>> ana = Features("a:1", "a", given=("ana",), surname=("ruiz",), emails=("ana@x.es",))
        >>> index = MatchIndex.build([ana])
        >>> joined = index.add(Features("b:7", "b", given=("ana",), surname=("ruiz",), emails=("ana@x.es",)))
        >>> joined.cluster, joined.new, index.clusters["b:7"]
        ('a:1', False, 'a:1')
        """
        settings = settings or Settings()
        found = resolve(records, settings)
        return cls.of(records, settings, found)

    @classmethod
    def of(cls, records: Sequence[Features] | FeatureTable, settings: Settings, found: Resolution) -> MatchIndex:
        """Keep records ready that were resolved already."""
        from attrs import evolve

        names = [record.key for record in records] if isinstance(records, Sequence) else records.keys
        clusters = {key: names[label] for key, label in zip(names, found.labels, strict=True)}
        learned = evolve(settings, model=found.model, frequencies=found.frequencies)
        return cls(records, learned, keys=found.plan.keys, clusters=clusters, shared=found.shared)

    def __len__(self) -> int:
        return len(self._known) + len(self._more)

    def __contains__(self, key: str) -> bool:
        return self._place(key) is not None

    def find(self, record: Features) -> tuple[Hit, ...]:
        """Find the known records that a record matches or may match, the likeliest first; nothing is kept."""
        return tuple(hit for hit, _ in self._hits(record))

    def add(self, record: Features) -> Joined:
        """Link one more record against all that is known, and keep it.

        It joins the cluster that it fits best, if it fits the whole of it: on average over its members, and none of them contradicts it.
        A match in a second cluster is a bridge: it becomes a review, and the two clusters stay apart.

        Args:
            record: its features; the key must be new.

        Raises:
            ConfigError: a record with this key is known.
        """
        if record.key in self:
            raise ConfigError("A record with this key is known.", path="key", hint="Give the new version a key of its own.")
        hits = [hit for hit, _ in self._hits(record)]
        fits: list[tuple[float, str]] = []
        reasons: dict[str, str] = {}
        for cluster in dict.fromkeys(hit.cluster for hit in hits if hit.judgement is Judgement.MATCH):
            judged = [self._judged(record, self._record(key)) for key in self._members[cluster]]
            average = sum(logit for logit, _ in judged) / len(judged)
            if any(apart for _, apart in judged):
                reasons[cluster] = "cluster_conflict"
            elif average < self._cohesion:
                reasons[cluster] = "weak_link"
            else:
                fits.append((-average, cluster))
        fits.sort()
        home, confidence = (fits[0][1], probability_of(-fits[0][0])) if fits else (record.key, 1.0)
        reasons |= {cluster: "bridge" for _, cluster in fits[1:]}
        self._put(record)
        self.clusters[record.key] = home
        self._members[home].append(record.key)
        review = tuple(
            hit if hit.judgement is Judgement.REVIEW else hit._replace(judgement=Judgement.REVIEW, reason=reasons[hit.cluster])
            for hit in hits
            if hit.cluster != home
        )
        return Joined(record.key, home, not fits, confidence, tuple(hits), review)

    def add_all(self, records: Iterable[Features]) -> tuple[Joined, ...]:
        """Link a batch, one record after the other; they find each other too."""
        return tuple(self.add(record) for record in records)

    # candidates
    def _hits(self, record: Features) -> list[tuple[Hit, Decided]]:
        found = []
        for place, mask in self._candidates(record).items():
            known = self._at(place)
            decided = self._matcher.decide(record, known)
            verdict = decided.verdict
            if verdict.judgement is not Judgement.NO_MATCH:
                names = tuple(key.name for bit, key in enumerate(self.keys) if mask >> bit & 1) or ("same_as",)
                home = self.clusters.get(known.key, known.key)
                found.append(
                    (Hit(known.key, home, verdict.judgement, verdict.score, verdict.reason, decided.score.logit, names), decided)
                )
        return sorted(found, key=lambda item: (-item[0].score, -item[0].logit, item[0].key))

    def _candidates(self, record: Features) -> dict[int, int]:
        found = self._lookup.candidates(record) if self._lookup is not None else {}
        base = len(self._known)
        for bit, key in enumerate(self.keys):
            for value in self._maker.values(key, record):
                for place in self._within(self._blocks[bit].get(value, []), key, record):
                    found[base + place] = found.get(base + place, 0) | 1 << bit
        for name in (*record.same_as, *self._stated.get(record.key, ())):
            place_of = self._place(name)
            if place_of is not None:
                found.setdefault(place_of, 0)
        return found

    def _within(self, members: list[int], key: Key, record: Features) -> list[int]:
        if len(members) < key.cap:
            return members
        for source in REFINEMENTS if key.refines else ():
            value = self._maker.refinement(source, record)
            part = [place for place in members if self._maker.refinement(source, self._more[place]) == value]
            if not value and len(part) >= key.cap and len(part) < len(members):
                break
            members = part
            if len(members) < key.cap:
                return members
        return []

    def _judged(self, record: Features, known: Features) -> tuple[float, bool]:
        decided = self._matcher.decide(record, known)
        verdict = decided.verdict
        return edge_logit(decided.score.logit, verdict.judgement is Judgement.MATCH, self._least), verdict.apart

    # what is kept
    def _sort_in(self, records: Sequence[Features] | FeatureTable) -> None:
        from canonical_contact.match.columns.lookup import KeyLookup
        from canonical_contact.match.table import FeatureTable

        self._table = records if isinstance(records, FeatureTable) else FeatureTable.of(records)
        self._lookup, self._known = KeyLookup(self._table, self.keys), self._table.keys
        stated = self._table.lists["same_as"]
        for owner, code in zip(stated.owners().tolist(), stated.codes.tolist(), strict=True):
            self._stated[stated.pool[code]].append(self._known[owner])

    def _put(self, record: Features) -> None:
        place = len(self._more)
        self._more.append(record)
        self._places[record.key] = len(self._known) + place
        for bit, key in enumerate(self.keys):
            for value in self._maker.values(key, record):
                self._blocks[bit][value].append(place)
        for name in record.same_as:
            self._stated[name].append(record.key)

    def _place(self, key: str) -> int | None:
        at = bisect_left(self._known, key)
        if at < len(self._known) and self._known[at] == key:
            return at
        return self._places.get(key)

    def _at(self, place: int) -> Features:
        if self._table is not None and place < len(self._known):
            return self._table.record(place)
        return self._more[place - len(self._known)]

    def _record(self, key: str) -> Features:
        place = self._place(key)
        if place is None:
            raise ConfigError(
                "A cluster names a record that is not in the index.", path="clusters", hint="Give its features too."
            )
        return self._at(place)
