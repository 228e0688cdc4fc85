"""Pairs of what was resolved, one by one: explained, scored, and all candidates of a run for people to judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from attrs import evolve

from canonical_contact.engine._resolution import MatchSettings
from canonical_contact.engine.dedupe import Deduped, by_content, features_of
from canonical_contact.engine.matching import saved_settings
from canonical_contact.engine.reading import NoProgress, Progress
from canonical_contact.engine.resolving import run_of
from canonical_contact.errors import StoreError
from canonical_contact.match.comparisons import groups_for
from canonical_contact.match.explain import Explanation, explain
from canonical_contact.match.features import Features, features_from_text
from canonical_contact.match.found import members_among
from canonical_contact.match.keys import KeyMaker
from canonical_contact.match.lookups import shipped_lookups, with_shared
from canonical_contact.match.matcher import Matcher
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement

if TYPE_CHECKING:
    from canonical_contact.match.plan import KeyPlan
    from canonical_contact.ports import ContactStore

__all__ = ["Explainer", "KeptApart", "ScoredRows", "explainer_of", "explainer_of_store", "scored_pairs"]

_LOOKED_AT = 5_000  # pairs between two clusters, those of the two records first
_LEAST = 1e-6  # scores have six digits: what is less is 0, and no pair that a rule parts


class Learned(Protocol):
    """What a run learned of its records; a `Resolution` or a `Run`."""

    @property
    def model(self) -> Model:
        """The weights."""
        ...

    @property
    def frequencies(self) -> TermFrequencies:
        """How common values are."""
        ...

    @property
    def shared(self) -> frozenset[str]:
        """Mailboxes and numbers that several people share."""
        ...

    @property
    def plan(self) -> KeyPlan:
        """The blocking keys."""
        ...


class KeptApart(NamedTuple):
    """What keeps the clusters of two records apart though the two match: the least likely pair between the clusters.

    Args:
        third: place of the record that is none of the two.
        other: place of the record that it is least likely to be one with.
        score: of that pair.
        reason: of its verdict: a rule, or `weights`.
        apart: whether a rule says that they may never stand in one cluster.
    """

    third: int
    other: int
    score: float
    reason: str
    apart: bool


class Explainer:
    """Explains and scores pairs of some records by what a run learned of them all.

    Args:
        records: features of all records, in any order; pairs are named by places in it.
        settings: how they were resolved.
        learned: what the run learned.
    """

    def __init__(self, records: Sequence[Features], settings: MatchSettings, learned: Learned) -> None:
        self.records = records
        groups = groups_for(with_shared(shipped_lookups(), learned.shared), settings.extensions, postcodes=settings.postcodes)
        self._matcher = Matcher(groups, learned.model, learned.frequencies, settings.policy)
        self._maker = KeyMaker(learned.plan.keys)
        self._members = members_among(records, self._maker)

    def explain(self, left: int, right: int, *, blocks: bool = True, values: bool = False) -> Explanation:
        """Explain the verdict on a pair, whether or not it was compared.

        Args:
            left: place of the one record.
            right: place of the other.
            blocks: look for the sizes of the blocks that both stand in, which takes a look at every record.
            values: show the folded values that were compared; they are personal data.
        """
        return explain(
            self.records[left],
            self.records[right],
            self._matcher,
            maker=self._maker,
            members=self._members if blocks else None,
            values=values,
        )

    def score(self, left: int, right: int) -> float:
        """How probable it is that two records are one person, as the verdict says."""
        return self._matcher.decide(self.records[left], self.records[right]).verdict.score

    def kept_apart(self, left: int, right: int, mine: Iterable[int], theirs: Iterable[int]) -> KeptApart | None:
        """Find the third record for whose sake two that match stand in two clusters; None where the evidence shows none.

        Args:
            left: place of the one record.
            right: place of the other.
            mine: places of the left one's cluster.
            theirs: places of the right one's cluster.
        """
        own = sorted(mine, key=lambda place: place != left)
        pairs = [(one, other) for other in theirs for one in own if (one, other) != (left, right)]
        pairs.sort(key=lambda pair: pair[0] != left and pair[1] != right)
        found = [(self._matcher.decide(self.records[a], self.records[b]).verdict, a, b) for a, b in pairs[:_LOOKED_AT]]
        against = [one for one in found if one[0].apart or one[0].judgement is not Judgement.MATCH]
        if not against:
            return None
        verdict, one, other = min(against, key=lambda said: (not said[0].apart, said[0].score, said[1:]))
        third, beside = (other, one) if one == left else (one, other)
        return KeptApart(third, beside, verdict.score, verdict.reason, verdict.apart)


def explainer_of(found: Deduped) -> Explainer:
    """Explain pairs of rows of a table.

    >>> from canonical_contact.engine.dedupe import dedupe
    >>> found = dedupe({"name": ["Ana Ruiz", "Ana Ruiz", "Eva Berg"], "email": ["ana@x.es", "Ana@x.es", "eva@x.de"]})
    >>> explainer_of(found).explain(0, 1).judgement
    <Judgement.MATCH: 'match'>
    """
    policy = evolve(found.settings.policy, match_at=found.resolution.match_at)
    return Explainer(found.records.features(), evolve(found.settings, policy=policy), found.resolution)


def explainer_of_store(store: ContactStore, *, policy: MatchPolicy | None = None) -> Explainer:
    """Explain pairs of records of a store by the weights that it keeps.

    Args:
        store: where `unify` wrote.
        policy: thresholds and rules; the shipped ones if None.

    Raises:
        StoreError: no records were matched in it yet.
    """
    settings = saved_settings(store, policy)
    if settings is None:
        raise StoreError("The store has no weights yet.", hint="Bring records into it with unify.")
    records = [features_from_text(text) for _, text in store.features()]
    # With no record that is new it names no pair, and finds what is shared and which keys are used.
    return Explainer(records, settings, run_of(records, settings, progress=NoProgress(), fresh=frozenset()))


class ScoredRows(NamedTuple):
    """A candidate pair of rows, from 0, the verdict's score, and whether they are in one cluster."""

    left: int
    right: int
    score: float
    merged: bool


def scored_pairs(found: Deduped, *, progress: Progress | None = None) -> Iterator[ScoredRows]:
    """Score all candidate pairs of a run again, also those that neither matched nor wait for a person.

    Pairs whose score is 0 to six digits, or that a rule parts, are left out.

    Args:
        found: the run.
        progress: told how far it is.

    >>> from canonical_contact.engine.dedupe import dedupe
    >>> found = dedupe({"name": ["Ana Ruiz", "Ana Ruiz", "Eva Berg"], "email": ["ana@x.es", "Ana@x.es", "eva@x.de"]})
    >>> [(one.left, one.right) for one in scored_pairs(found) if one.merged]
    [(0, 1)]
    """
    learned, rows, clusters = found.resolution, found.rows, found.cluster_ids
    settings = evolve(
        found.settings,
        model=learned.model,
        frequencies=learned.frequencies,
        keys=learned.plan.keys,
        policy=evolve(found.settings.policy, review_at=_LEAST),
    )
    run = run_of(features_of(by_content(found.records, found.plan), rows), settings, progress=progress or NoProgress())
    for pair in run.found():
        left, right = sorted((rows[pair.left], rows[pair.right]))
        yield ScoredRows(left, right, pair.score, clusters[left] == clusters[right])
