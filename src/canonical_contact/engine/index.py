"""One more record against all that is known: whom it matches, which cluster it joins, and what a person should look at."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve

from canonical_contact.engine._resolution import MatchSettings, Resolution, cluster_policy, edge_logit
from canonical_contact.engine.matching import saved_settings
from canonical_contact.engine.resolving import FEW, has_columns, resolve
from canonical_contact.errors import ConfigError, NotFoundError, StoreError
from canonical_contact.match.blocks import beside
from canonical_contact.match.comparisons import Names, groups_for
from canonical_contact.match.features import Features, features_from_text
from canonical_contact.match.keys import REFINEMENTS, Key, KeyMaker, keys_for
from canonical_contact.match.lookups import HOLDERS, are_others, households, is_household, shared_keys, shipped_lookups
from canonical_contact.match.matcher import Decided, Matcher
from canonical_contact.match.model.calibration import logit_of, probability_of
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement

if TYPE_CHECKING:
    from canonical_contact.match.columns.lookup import KeyLookup, Neighbour
    from canonical_contact.match.table import Codes, FeatureTable
    from canonical_contact.ports import ContactStore

__all__ = ["Hit", "Joined", "MatchIndex"]

MEMOS = 5_000  # records after which what comparisons remember is let go of, so that an index that lives long does not grow


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
    `shared` are the mailboxes and numbers that this record shows to be several people's: they count less from now on, but what was joined
    by them before stands until a full run.
    """

    key: str
    cluster: str
    new: bool
    confidence: float
    hits: tuple[Hit, ...]
    review: tuple[Hit, ...]
    shared: tuple[str, ...] = ()


class _Met(NamedTuple):
    """A known record that some key names, the keys, and what is decided about it and the new one."""

    known: Features
    mask: int
    decided: Decided


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
        settings: MatchSettings,
        *,
        keys: Sequence[Key],
        clusters: Mapping[str, str],
        shared: Iterable[str] = (),
    ) -> None:
        if settings.model is None or settings.frequencies is None:
            raise ConfigError("An index needs weights.", path="settings.model", hint="Use MatchIndex.build, which learns them.")
        self.settings, self.keys = settings, tuple(keys)
        self._shared, self._households = set(shared), households()
        shipped = shipped_lookups()
        self._lookups = evolve(shipped, shared=self._shared)  # what the index learns, the comparisons know
        self._model, self._frequencies, self._asked = settings.model, settings.frequencies, 0
        self._forget()
        self._least = logit_of(settings.policy.match_at)
        self._cohesion = cluster_policy(settings.policy).cohesion
        self._blocks: list[defaultdict[tuple[str, ...], list[int]]] = [defaultdict(list) for _ in keys]
        self._orders: dict[int, list[Neighbour]] = {bit: [] for bit, key in enumerate(self.keys) if key.window}
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
    def build(cls, records: Sequence[Features] | FeatureTable, settings: MatchSettings | None = None) -> MatchIndex:
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
        settings = settings or MatchSettings()
        found = resolve(records, settings)
        return cls.of(records, settings, found)

    @classmethod
    def of(cls, records: Sequence[Features] | FeatureTable, settings: MatchSettings, found: Resolution) -> MatchIndex:
        """Keep records ready that were resolved already."""
        names = [record.key for record in records] if isinstance(records, Sequence) else records.keys
        clusters = {key: names[label] for key, label in zip(names, found.labels, strict=True)}
        policy = evolve(settings.policy, match_at=found.match_at)
        learned = evolve(settings, policy=policy, model=found.model, frequencies=found.frequencies)
        return cls(records, learned, keys=found.plan.keys, clusters=clusters, shared=found.shared)

    @classmethod
    def from_store(cls, store: ContactStore, *, policy: MatchPolicy | None = None) -> MatchIndex:
        """Keep ready what a store holds: its records, its contacts as clusters, its weights. All of it is read, nothing is written.

        Args:
            store: where `unify` wrote.
            policy: thresholds and rules; the shipped ones if None. Pairs match from the threshold on that the store keeps.

        Returns:
            The index; a cluster's id is the id of the contact, and what is added stays in memory. To keep a record, give it to `unify`.

        Raises:
            StoreError: no records were matched in it yet.
        """
        settings = saved_settings(store, policy)
        if settings is None:
            raise StoreError("The store has no weights yet.", hint="Bring records into it with unify.")
        records = [features_from_text(text) for _, text in store.features()]
        clusters, names = dict(store.members()), Names(shipped_lookups())
        if len(records) < FEW or not has_columns():
            return cls(records, settings, keys=keys_for({}), clusters=clusters, shared=shared_keys(records, names))
        from canonical_contact.match.columns import shared
        from canonical_contact.match.table import FeatureTable

        table = FeatureTable.of(records)
        return cls(table, settings, keys=keys_for({}), clusters=clusters, shared=shared.shared_keys(table, names))

    def __len__(self) -> int:
        return len(self._known) + len(self._more)

    def __contains__(self, key: str) -> bool:
        return self._place(key) is not None

    def record(self, key: str) -> Features:
        """Get a known record by its key.

        Raises:
            NotFoundError: no record has it.
        """
        place = self._place(key)
        if place is None:
            raise NotFoundError(
                "No record in the index has this key.", hint="Keys are SYSTEM:ID; give the index the features too."
            )
        return self._at(place)

    def find(self, record: Features) -> tuple[Hit, ...]:
        """Find the known records that a record matches or may match, the likeliest first; nothing is kept."""
        met, turned = self._meet(record)
        self._shared -= turned
        return self._hits(met)

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
        met, turned = self._meet(record)
        hits, decided = self._hits(met), {one.known.key: one.decided for one in met}
        fits: list[tuple[float, str]] = []
        reasons: dict[str, str] = {}
        for cluster in dict.fromkeys(hit.cluster for hit in hits if hit.judgement is Judgement.MATCH):
            judged = [self._judged(decided.get(key) or self._decide(record, key)) for key in self._members[cluster]]
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
        return Joined(record.key, home, not fits, confidence, hits, review, tuple(sorted(turned)))

    def add_all(self, records: Iterable[Features]) -> tuple[Joined, ...]:
        """Link a batch; its records find each other too, and its order decides nothing.

        Those that say most go first, since little is known of what is joined to a poor record.

        Args:
            records: their features; the keys must be new, each once.

        Returns:
            What became of each, in the order given.

        Raises:
            ConfigError: a record with such a key is known; then none is kept.
        """
        batch = tuple(records)
        keys = [record.key for record in batch]
        if len(set(keys)) < len(keys) or any(key in self for key in keys):
            raise ConfigError("A record with this key is known.", path="key", hint="Give the new version a key of its own.")
        joined = {record.key: self.add(record) for record in sorted(batch, key=lambda record: (-_told(record), record.key))}
        return tuple(joined[key] for key in keys)

    # candidates
    def _forget(self) -> None:
        """Begin with empty memos."""
        self._maker, self._names = KeyMaker(self.keys), Names(self._lookups)
        settings = self.settings
        groups = groups_for(self._lookups, settings.extensions, names=self._names, postcodes=settings.postcodes)
        self._matcher = Matcher(groups, self._model, self._frequencies, self.settings.policy)

    def _meet(self, record: Features) -> tuple[list[_Met], set[str]]:
        """Decide about all candidates, knowing what the record shows to be shared; that is kept until the caller takes it back."""
        self._asked += 1
        if self._asked % MEMOS == 0:
            self._forget()
        found = [(self._at(place), mask) for place, mask in sorted(self._candidates(record).items())]
        turned = self._turned(record, [known for known, _ in found])
        self._shared |= turned
        return [_Met(known, mask, self._matcher.decide(record, known)) for known, mask in found], turned

    def _hits(self, met: Iterable[_Met]) -> tuple[Hit, ...]:
        found = []
        for known, mask, decided in met:
            verdict = decided.verdict
            if verdict.judgement is not Judgement.NO_MATCH:
                names = tuple(key.name for bit, key in enumerate(self.keys) if mask >> bit & 1) or ("same_as",)
                home = self.clusters.get(known.key, known.key)
                found.append(Hit(known.key, home, verdict.judgement, verdict.score, verdict.reason, decided.score.logit, names))
        return tuple(sorted(found, key=lambda hit: (-hit.score, -hit.logit, hit.key)))

    def _turned(self, record: Features, known: Iterable[Features]) -> set[str]:
        """The mailboxes and numbers that are several people's since this record has them too, as a full run would see it."""
        own = {*record.emails, *record.phones} - self._shared
        holders: defaultdict[str, list[Features]] = defaultdict(list)
        for one in known if own else ():
            for key in own.intersection((*one.emails, *one.phones)):
                holders[key].append(one)
        return {
            key
            for key, people in holders.items()
            if is_household(key, self._households) or any(are_others(record, one, self._names) for one in people[: HOLDERS - 1])
        }

    def _candidates(self, record: Features) -> dict[int, int]:
        found: dict[int, int] = {}
        splits = [self._maker.refinement(source, record) for source in REFINEMENTS]
        for bit, key in enumerate(self.keys):
            for value in self._maker.values(key, record):
                for place in self._around(bit, value) if key.window else self._sharing(bit, value, splits):
                    found[place] = found.get(place, 0) | 1 << bit
        for name in (*record.same_as, *self._stated.get(record.key, ())):
            place_of = self._place(name)
            if place_of is not None:
                found.setdefault(place_of, 0)
        return found

    def _sharing(self, bit: int, value: tuple[str, ...], splits: Sequence[str]) -> list[int]:
        """Those of a block who would be in a small enough part of it together with the new record."""
        key, lookup = self.keys[bit], self._lookup
        members = lookup.block(bit, value) if lookup is not None else None
        more = self._blocks[bit].get(value, [])
        size = _count(members, more)
        for at, wanted in enumerate(splits if key.refines else ()):
            if size < key.cap:
                break
            if lookup is not None and members is not None:
                members = lookup.having(members, at, wanted)
            more = [place for place in more if self._maker.refinement(REFINEMENTS[at], self._at(place)) == wanted]
            before, size = size, _count(members, more)
            if not wanted and key.cap <= size < before:
                break  # many who lack the value beside others who have it are strangers
        if size >= key.cap:
            return []
        return [*members.tolist(), *more] if members is not None else more

    def _around(self, bit: int, value: tuple[str, ...]) -> list[int]:
        """Who stands beside a value, among those sorted in and those added since."""
        order, key = self._orders[bit], self.keys[bit]
        at = bisect_left(order, (value, "", -1))
        before, after = order[max(0, at - key.reach) : at], order[at : at + key.reach]
        if self._lookup is not None:
            earlier, later = self._lookup.around(bit, value)
            before, after = sorted([*earlier, *before])[-key.reach :], sorted([*later, *after])[: key.reach]
        return [place for _, _, place in beside(key, value, before, after)]

    def _decide(self, record: Features, key: str) -> Decided:
        return self._matcher.decide(record, self.record(key))

    def _judged(self, decided: Decided) -> tuple[float, bool]:
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
        place = len(self)
        self._more.append(record)
        self._places[record.key] = place
        for bit, key in enumerate(self.keys):
            for value in self._maker.values(key, record):
                if key.window:
                    insort(self._orders[bit], (value, record.key, place))
                else:
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


def _count(members: Codes | None, more: Sequence[int]) -> int:
    return (0 if members is None else len(members)) + len(more)


def _told(record: Features) -> int:
    """How much a record says: values of its fields, each of a list."""
    return sum(len(value) if isinstance(value, tuple) else bool(value) for value in record)
