"""The mistakes of a result, one by one, with all that explains them: pairs that were wrongly merged, and pairs that were missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from itertools import combinations, islice
from typing import TYPE_CHECKING

from attrs import field, frozen

from canonical_contact.match.evaluate._values import Value
from canonical_contact.match.evaluate.measures import pair_measures
from canonical_contact.model import Evidence

if TYPE_CHECKING:
    from canonical_contact.match.explain import Explanation

__all__ = ["ErrorKind", "Mistakes", "PairError", "find_mistakes"]


class ErrorKind(StrEnum):
    """What is wrong about a pair."""

    FALSE_MERGE = "false_merge"  # merged, and two people
    MISSED_PAIR = "missed_pair"  # one person, and not merged


@frozen
class PairError(Value):
    """One mistake. It holds personal data: the values of two records.

    Args:
        kind: what is wrong.
        left: key of the one record.
        right: key of the other.
        left_values: what the one record says, field → text, by the names of the comparisons where they compare it.
        right_values: what the other says.
        score: probability that they are one person, as the matcher says.
        reason: stable code of what decided.
        evidence: level and weight of each field; `<field>.frequency` and the like are further parts of the field's weight.
        found_by: the blocking keys that made them a candidate pair; empty where none did, None where that is not known.
    """

    kind: ErrorKind
    left: str
    right: str
    left_values: Mapping[str, str] = field(factory=dict)
    right_values: Mapping[str, str] = field(factory=dict)
    score: float = 0.0
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    found_by: str | None = None

    @property
    def misled_by(self) -> tuple[str, ...]:
        """The fields that spoke for the mistake, the loudest first."""
        wrong = 1 if self.kind is ErrorKind.FALSE_MERGE else -1
        weights: defaultdict[str, float] = defaultdict(float)
        for entry in self.evidence:
            weights[entry.field.partition(".")[0]] += entry.weight * wrong
        return tuple(
            name
            for name, weight in sorted(weights.items(), key=lambda item: -item[1])
            if weight >= _SPOKE and name not in _NO_FIELD
        )


@frozen
class Mistakes(Value):
    """Mistakes of a result, as many as were asked for.

    Args:
        errors: wrong merges, then missed pairs; the highest score first.
        false_merges: how many pairs were wrongly merged in all.
        missed_pairs: how many pairs were missed in all.
    """

    errors: tuple[PairError, ...]
    false_merges: int
    missed_pairs: int


_SPOKE = 0.5  # bits; what moves the odds by less misled nobody
_NO_FIELD = frozenset({"calibration", "prior"})  # parts of a score that are about no field
_TRIED = 100  # pairs of one cluster or person that are scored, to find those that tell most
_EACH = 3  # records of one person in one cluster that stand for the rest


def find_mistakes(
    clusters: Mapping[str, Hashable],
    truth: Mapping[str, Hashable],
    *,
    score: Callable[[str, str], float],
    explain: Callable[[str, str], Explanation],
    values: Callable[[str], Mapping[str, str]] | None = None,
    most: int = 200,
    per_group: int = 2,
    seed: int = 0,
) -> Mistakes:
    """Find mistakes and explain them.

    Clusters that hold several people, and people who are spread over several clusters, are looked at in an order by chance; of each the
    pairs with the highest score are taken: what glued the cluster, and what came nearest to joining the person.

    Args:
        clusters: record key → id of its cluster.
        truth: record key → id of its person; only these records count.
        score: probability that two records are one person; it is asked for many pairs.
        explain: explains a pair, as `match.explain.explain` does; it is asked for those that are taken.
        values: what a record says, field → text; the values in the explanation if None.
        most: mistakes of each kind.
        per_group: pairs of one cluster or person.
        seed: another one looks at others.

    Returns:
        the mistakes, the same ones for the same input in any order.
    """
    measures = pair_measures(clusters, truth)
    placed: dict[str, Hashable] = {key: clusters.get(key, _Alone(key)) for key in truth}
    wanted = (
        (ErrorKind.FALSE_MERGE, _cross_pairs(placed, truth)),
        (ErrorKind.MISSED_PAIR, _cross_pairs(truth, placed)),
    )
    errors: list[PairError] = []
    for kind, groups in wanted:
        found: list[tuple[float, str, str]] = []
        for pairs in sorted(groups, key=lambda pairs: blake2b(f"{seed}\0{pairs[0]}".encode("utf-8", "surrogatepass")).digest()):
            if len(found) >= most:
                break
            found += sorted((-score(*pair), *pair) for pair in pairs)[: min(per_group, most - len(found))]
        errors += [_error(kind, explain(left, right), values) for _, left, right in sorted(found)]
    return Mistakes(tuple(errors), measures.found - (measures.right or 0), measures.true - (measures.right or 0))


@frozen
class _Alone:
    """The cluster of a record that the result does not have; equal to no id of the caller's."""

    key: str


def _cross_pairs(groups: Mapping[str, Hashable], parts: Mapping[str, Hashable]) -> Iterator[Sequence[tuple[str, str]]]:
    """For each group of records that holds several parts: pairs across parts, the first ones by key."""
    members: defaultdict[Hashable, list[str]] = defaultdict(list)
    for key, group in groups.items():
        members[group].append(key)
    for keys in members.values():
        by_part: defaultdict[Hashable, list[str]] = defaultdict(list)
        for key in sorted(keys):
            by_part[parts[key]].append(key)
        if len(by_part) > 1:
            yield list(islice(_across([held[:_EACH] for held in by_part.values()]), _TRIED))


def _across(parts: Iterable[list[str]]) -> Iterator[tuple[str, str]]:
    for first, second in combinations(parts, 2):
        yield from ((min(left, right), max(left, right)) for left in first for right in second)


def _error(kind: ErrorKind, why: Explanation, values: Callable[[str], Mapping[str, str]] | None) -> PairError:
    if values is None:
        left, right = ({entry.field: str(getattr(entry, side)) for entry in why.evidence} for side in ("left", "right"))
    else:
        left, right = dict(values(why.left)), dict(values(why.right))
    evidence = tuple(Evidence(entry.field, entry.level, entry.bits) for entry in why.evidence)
    found_by = ", ".join(why.found_by) if why.keys else None
    return PairError(kind, why.left, why.right, left, right, why.score, why.reason, evidence, found_by)
