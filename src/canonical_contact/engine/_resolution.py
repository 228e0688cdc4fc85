"""What comes of resolving records, and the numbers that its two forms have in common."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from attrs import evolve, field, frozen

from canonical_contact.identity import Clustering, ClusterPolicy
from canonical_contact.match.blocks import BlockReport
from canonical_contact.match.comparisons import Comparison
from canonical_contact.match.keys import Key
from canonical_contact.match.model.calibration import logit_of
from canonical_contact.match.model.em import Pass
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.plan import KeyPlan
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement

__all__ = [
    "FIT_PAIRS",
    "PLAN_FROM",
    "Found",
    "Resolution",
    "ReviewPair",
    "Run",
    "Settings",
    "cluster_policy",
    "edge_logit",
    "passes",
    "random_pairs",
    "step_for",
]

FIT_PAIRS = 200_000  # pairs that the weights are fitted on; more change the third digit
RANDOM_PAIRS = 50_000  # pairs drawn at random, which are strangers but for a few in a million
PLAN_FROM = 150_000  # records from which keys are chosen by a sample; fewer bear all keys
PLAN_RECORDS = 100_000  # records of that sample
_MIX = 0x9E3779B97F4A7C15  # the golden ratio of 64 bits, as in SplitMix64: it spreads whole numbers evenly

# What the pairs of a family of keys agree on because the key says so; they teach nothing about it.
FORCED: Mapping[str, frozenset[str]] = {
    "email": frozenset({"email", "mailbox"}),
    "phone": frozenset({"phone"}),
    "name": frozenset({"given", "surname"}),
    "place": frozenset({"address"}),
    "birthday": frozenset({"birthday"}),
    "employer": frozenset({"employer"}),
}


@frozen
class Settings:
    """How records are resolved.

    Args:
        policy: thresholds and rules.
        model: weights to use as they are; None learns them from the data, from the shipped ones.
        frequencies: how common values are, to use as they are; None counts them in the data.
        keys: blocking keys; None chooses from the shipped ones, and those of extension fields.
        extensions: name of an extension field → its kind.
        pairs_a_record: the budget of pairs.
        memory: bytes of candidate pairs that are kept in memory; more goes to disk.
        workers: threads that compare columns.
        seed: of the random pairs; the same seed gives the same bytes.
        within: whether pairs inside of one system are looked at; False links systems that hold each person once.
    """

    policy: MatchPolicy = field(factory=MatchPolicy.default)
    model: Model | None = None
    frequencies: TermFrequencies | None = None
    keys: tuple[Key, ...] | None = None
    extensions: Mapping[str, str] = field(factory=dict)
    pairs_a_record: float = 12.0
    memory: int = 1 << 29
    workers: int = 1
    seed: int = 0
    within: bool = True


class Found(NamedTuple):
    """A pair that matches or waits for a person.

    `left` < `right` are places, `vector` has one level a comparison, `logit` is what the weights say, the rest the verdict.
    """

    left: int
    right: int
    judgement: Judgement
    score: float
    reason: str
    logit: float
    vector: bytes


class Run(Protocol):
    """One resolution of some records, over records or over columns: made, then asked for pairs, then for clusters."""

    comparisons: tuple[Comparison, ...]
    frequencies: TermFrequencies
    shared: frozenset[str]
    plan: KeyPlan
    pairs: int
    reports: tuple[BlockReport, ...]

    @property
    def model(self) -> Model:
        """The weights."""
        ...

    @property
    def version(self) -> str:
        """The version of policy and weights, which a verdict carries."""
        ...

    def found(self) -> Iterator[Found]:
        """The pairs that match or wait for a person, ascending by places."""
        ...

    def clusters(self, edges: Iterable[tuple[float, int, int, bool]]) -> Clustering:
        """Join matched pairs, given as log-odds, places, and whether a rule parts them."""
        ...

    def resolution(self) -> Resolution:
        """All of it at once."""
        ...


class ReviewPair(NamedTuple):
    """A pair that waits for a person: places, log-odds, score and why."""

    left: int
    right: int
    logit: float
    score: float
    reason: str


@frozen
class Resolution:
    """Who is who, and how it came about.

    Args:
        labels: for each record the smallest place in its cluster.
        confidence: for each record how sure it is that it belongs with the rest of its cluster.
        review: pairs in different clusters that a person should look at, the likeliest first.
        compared: pairs that were compared.
        matched: pairs judged a match.
        reports: what each blocking key gave.
        plan: which keys were chosen and why.
        recall: which share of the true pairs the keys name at all, estimated; None where that cannot be said.
        model: the weights.
        frequencies: how common values are.
        shared: mailboxes and numbers that several people share.
    """

    labels: array[int]
    confidence: array[float]
    review: tuple[ReviewPair, ...]
    compared: int
    matched: int
    reports: tuple[BlockReport, ...]
    plan: KeyPlan
    recall: float | None
    model: Model
    frequencies: TermFrequencies
    shared: frozenset[str]


def cluster_policy(policy: MatchPolicy, systems: Sequence[str] = ()) -> ClusterPolicy:
    """The clusters' side of a policy: what the average over all pairs of two clusters must reach.

    Args:
        policy: thresholds and rules.
        systems: the names of the sources by their numbers.
    """
    least = logit_of(policy.match_at)
    unique = frozenset(number for number, name in enumerate(systems) if name in policy.unique_sources)
    return ClusterPolicy(match_at=least, cohesion=min(least, 1.0), unique_sources=unique)


def edge_logit(logit: float, match: bool, least: float) -> float:
    """What a pair counts in clustering: a match at least the threshold, also where a rule made it; anything else stays below it."""
    return max(logit, least) if match else min(logit, least - 0.01)


def usable(model: Model, systems: int) -> Model:
    """The weights without those of the system where there is but one, since then they say nothing."""
    if systems > 1 or "system" not in model.tables:
        return model
    return evolve(model, tables={name: rows for name, rows in model.tables.items() if name != "system"})


def step_for(pairs: int) -> int:
    """Every how manieth pair the weights are fitted on."""
    return max(1, pairs // FIT_PAIRS)


def drawn(pair: int, step: int) -> bool:
    """Whether a pair belongs to the sample of every `step`-th; by its number, so in any order the same."""
    return (pair * _MIX & 0xFFFFFFFFFFFFFFFF) >> 32 < (1 << 32) // step


def random_pairs(size: int, seed: int, count: int = RANDOM_PAIRS) -> Iterator[tuple[int, int]]:
    """Pairs of different records drawn with a fixed seed."""
    from random import Random

    dice = Random(seed)  # noqa: S311  a sample, not a secret
    for _ in range(min(count, size * (size - 1) // 2)):
        left, right = sorted((int(dice.random() * size), int(dice.random() * size)))
        if left != right:
            yield left, right


def passes(
    keys: Sequence[Key],
    sampled: Mapping[int, Mapping[bytes, float]],
    strangers: Mapping[bytes, float],
    known: Sequence[Comparison],
) -> list[Pass]:
    """Order sampled pairs by how they came about.

    Args:
        keys: the keys, in the order of the masks' bits.
        sampled: set of keys → vector → pairs.
        strangers: vector → random pairs.
        known: the comparisons of the run.
    """
    names = frozenset(one.name for one in known)
    by_forced: defaultdict[frozenset[str], Counter[bytes]] = defaultdict(Counter)
    for mask, counts in sampled.items():
        families = {key.family for bit, key in enumerate(keys) if mask >> bit & 1}
        forced = frozenset[str]()
        if len(families) == 1:
            family = next(iter(families))
            forced = FORCED.get(family, frozenset({family})) & names
        by_forced[forced].update(counts)
    found = [Pass(counts, forced) for forced, counts in sorted(by_forced.items(), key=lambda item: sorted(item[0]))]
    return [*found, Pass(strangers, kinds=frozenset({"stranger"}))] if strangers else found
