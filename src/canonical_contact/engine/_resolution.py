"""What comes of resolving records, and the numbers that its two forms have in common."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from attrs import evolve, field, frozen

from canonical_contact.errors import ConfigError
from canonical_contact.identity import Clustering, ClusterPolicy, Pair
from canonical_contact.match.blocks import BlockReport
from canonical_contact.match.comparisons import Comparison
from canonical_contact.match.keys import Key
from canonical_contact.match.model.calibration import logit_of
from canonical_contact.match.model.em import Pass
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.plan import BUDGET, KeyPlan
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement

__all__ = [
    "FIT_PAIRS",
    "PLAN_FROM",
    "REVIEWS_A_RECORD",
    "SUREST",
    "Found",
    "MatchSettings",
    "Resolution",
    "ReviewPair",
    "Run",
    "cluster_policy",
    "edge_logit",
    "labelled",
    "merge_from",
    "passes",
    "random_pairs",
    "review_limit",
    "step_for",
]

FIT_PAIRS = 200_000  # pairs that the weights are fitted on; more change the third digit
RANDOM_PAIRS = 50_000  # pairs drawn at random, which are strangers but for a few in a million
FEW_STRANGERS = 1_000  # records below which too many random pairs would be one person
PLAN_FROM = 20_000  # records from which keys are chosen; fewer bear all keys
REVIEWS_A_RECORD = 0.1  # more than a team looks at when it starts, and the likeliest come first
FEW_REVIEWS = 20  # pairs that a person is asked about however few the records are
SUREST = 0.999
_MIX = 0x9E3779B97F4A7C15  # the golden ratio of 64 bits, as in SplitMix64: it spreads whole numbers evenly


@frozen
class MatchSettings:
    """How records are resolved.

    Args:
        policy: thresholds and rules.
        model: weights to use as they are; None learns them from the data, from the shipped ones.
        frequencies: how common values are, to use as they are; None counts them in the data.
        keys: blocking keys; None chooses from the shipped ones, and those of extension fields.
        extensions: name of an extension field → its kind.
        postcodes: postcode → latitude and longitude in degrees, where near ones shall count as near.
        labels: (record key, record key) → whether people said that they are one; they refine the weights, and bind nobody.
        pairs_a_record: the budget of pairs.
        reviews_a_record: pairs for people, at most; the likeliest come first, and how many are not listed is told.
        memory: bytes of candidate pairs that are kept in memory; more goes to disk.
        workers: threads that compare columns.
        seed: of the random pairs; the same seed gives the same bytes.
        within: whether pairs inside of one system are looked at; False links systems that hold each person once.

    Raises:
        ConfigError: a number is smaller than it can be.
    """

    policy: MatchPolicy = field(factory=MatchPolicy.default)
    model: Model | None = None
    frequencies: TermFrequencies | None = None
    keys: tuple[Key, ...] | None = None
    extensions: Mapping[str, str] = field(factory=dict)
    postcodes: Mapping[str, tuple[float, float]] | None = None
    labels: Mapping[tuple[str, str], bool] = field(factory=dict)
    pairs_a_record: float = BUDGET
    reviews_a_record: float = REVIEWS_A_RECORD
    memory: int = 1 << 29
    workers: int = 1
    seed: int = 0
    within: bool = True

    def __attrs_post_init__(self) -> None:
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ConfigError(f"{name} is too small.", path=name, hint=f"It is at least {least:g}.")


# What each number of the settings is at least.
_LEAST = {"pairs_a_record": 0.1, "reviews_a_record": 0, "memory": 1, "workers": 1, "seed": 0}


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
    def policy(self) -> MatchPolicy:
        """The policy, with the threshold of this run once its pairs were asked for."""
        ...

    @property
    def version(self) -> str:
        """The version of policy and weights, which a verdict carries."""
        ...

    def found(self) -> Iterator[Found]:
        """The pairs that match or wait for a person, ascending by places."""
        ...

    def clusters(
        self, edges: Iterable[tuple[float, int, int, bool]], *, must: Iterable[Pair] = (), cannot: Iterable[Pair] = ()
    ) -> Clustering:
        """Join matched pairs, given as log-odds, places, and whether a rule parts them; people joined and parted some."""
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
        unlisted: how many more there are, beyond what people are asked.
        match_at: probability from which pairs were merged.
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
    unlisted: int
    match_at: float
    compared: int
    matched: int
    reports: tuple[BlockReport, ...]
    plan: KeyPlan
    recall: float | None
    model: Model
    frequencies: TermFrequencies
    shared: frozenset[str]


def review_limit(records: int, a_record: float = REVIEWS_A_RECORD) -> int:
    """How many pairs people are asked about.

    >>> review_limit(10), review_limit(10_000)
    (20, 1000)
    """
    return max(FEW_REVIEWS, round(records * a_record))


def merge_from(probabilities: Sequence[float], policy: MatchPolicy) -> float:
    """The probability from which pairs are merged, so that enough of them are right.

    Args:
        probabilities: of the pairs that would be merged from `policy.match_at` on.
        policy: states the precision that is to be reached.

    Returns:
        The lowest one, at least `policy.match_at`, such that those from it on are right on average as often as asked; at most 0.999, since
        beyond that probabilities say little.

    >>> merge_from([0.9999, 0.999, 0.95, 0.6], MatchPolicy(match_at=0.5, precision=0.98))
    0.95
    """
    if not policy.precision:
        return policy.match_at
    total, found = 0.0, SUREST
    for place, probability in enumerate(sorted(probabilities, reverse=True), 1):
        total += probability
        if total < policy.precision * place:
            break
        found = min(found, probability)
    return max(found, policy.match_at)


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


def random_pairs(size: int, settings: MatchSettings) -> Iterator[tuple[int, int]]:
    """Pairs of different records drawn with a fixed seed; none where nobody learns from them, or where too many would be one person."""
    from random import Random

    if not settings.extensions or size < FEW_STRANGERS:
        return
    dice = Random(settings.seed)  # noqa: S311  a sample, not a secret
    for _ in range(RANDOM_PAIRS):
        left, right = sorted((int(dice.random() * size), int(dice.random() * size)))
        if left != right:
            yield left, right


def labelled(
    vector: Callable[[int, int], bytes], keys: Sequence[str], settings: MatchSettings
) -> dict[tuple[bytes, bool], float]:
    """What people said, as vectors with whether it is one person → how often; labels of records that are not there are left out.

    Args:
        vector: compares the records at two places.
        keys: the keys of the records, ascending.
        settings: hold the labels.
    """
    found = Counter[tuple[bytes, bool]]()
    for (left, right), same in sorted(settings.labels.items()):
        places = [bisect_left(keys, key) for key in (left, right)]
        if left != right and all(at < len(keys) and keys[at] == key for at, key in zip(places, (left, right), strict=True)):
            found[vector(*sorted(places)), same] += 1
    return dict(found)


def passes(
    keys: Sequence[Key], sampled: Mapping[bytes, float], strangers: Mapping[bytes, float], known: Sequence[Comparison]
) -> list[Pass]:
    """What the weights are learned from: the candidates, and random pairs for the comparisons that no key has to do with.

    Candidates are scored as candidates, so what their strangers look like is learned from them too; random pairs would describe others.

    Args:
        keys: the blocking keys.
        sampled: vector → candidates.
        strangers: vector → random pairs.
        known: the comparisons of the run.
    """
    if not strangers:
        return [Pass(sampled)]
    own = {source.field for key in keys for part in key.parts for source in part}
    touched = frozenset(one.name for one in known if not one.name.startswith("x.") or one.name in own)
    return [Pass(sampled), Pass(strangers, touched, frozenset({"stranger"}))]
