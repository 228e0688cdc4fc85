"""Which pairs are worth comparing: records that share a key. Blocks have caps; what a cap leaves out, and what all keys miss, is reported."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, groupby, product
from operator import itemgetter
from typing import Any, TypeVar

from attrs import field, frozen

from canonical_contact.match.features import Features
from canonical_contact.match.keys import KEYS, REFINEMENTS, Key, KeyMaker

__all__ = ["COPY", "SAME_AS", "BlockReport", "Candidates", "beside", "candidates", "copies", "estimated_recall", "reports"]

SAME_AS = "same_as"  # what a source itself calls one person; reported like a key
Held = TypeVar("Held", bound=tuple[Any, ...])  # begins with a value
COPY = "exact copy"  # records that say the very same, each with the next: no cap parts them


@frozen
class BlockReport:
    """What one key gave.

    Args:
        key: its name.
        blocks: blocks of two records and more.
        named: pairs that it names.
        first: pairs that no key before it names.
        alone: pairs that no other key names.
        refined: blocks that were too large and were split, or left out where the key is not split.
        left_out: pairs of these blocks that end in no part that is small enough; another key may still name them.
    """

    key: str
    blocks: int
    named: int
    first: int
    alone: int
    refined: int
    left_out: int


@frozen
class Candidates:
    """Candidate pairs as whole numbers, and how they came about.

    Args:
        pairs: `left * size + right` with left < right, ascending; places in the list of records.
        masks: for each pair the keys that name it: bit `i` for the key in place `i`, the bit after the last key for `same_as`,
            the one after that for exact copies.
        size: number of records.
        reports: one for each key, one for `same_as`, one for exact copies.
    """

    pairs: Sequence[int]
    masks: Sequence[int]
    size: int
    reports: tuple[BlockReport, ...] = field(default=())


def candidates(
    records: Sequence[Features], keys: Sequence[Key] = KEYS, *, fresh: frozenset[int] | set[int] | None = None
) -> Candidates:
    """Name the pairs of records that share at least one key.

    Args:
        records: features, in the order of their keys.
        keys: the blocking keys.
        fresh: places of the records that are new or changed; only pairs with one of them are named. None means all.

    Returns:
        The pairs, each once, with the keys that name it; and a report for each key.

    >>> found = candidates([Features("a:1", "a", emails=("ana@x.es",)), Features("b:2", "b", emails=("ana@x.es",))])
    >>> [divmod(pair, found.size) for pair in found.pairs], found.reports[0].named
    ([(0, 1)], 1)
    """
    maker, size, masks = KeyMaker(keys), len(records), defaultdict[int, int](int)
    counts: list[Counter[str]] = []
    for bit, key in enumerate(maker.keys):
        count = Counter[str]()
        counts.append(count)
        if key.window:
            for left, right in _neighbours(key, maker, records):
                if fresh is None or left in fresh or right in fresh:
                    masks[left * size + right] |= 1 << bit
            continue
        blocks: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, record in enumerate(records):
            for value in maker.values(key, record):
                blocks[value].append(place)
        for members in blocks.values():
            if len(members) < 2 or (fresh is not None and fresh.isdisjoint(members)):
                continue
            count["blocks"] += 1
            count["refined"] += len(members) > key.cap
            count["left_out"] += _pairs(len(members))
            for block in _within(members, key, lambda place, at: maker.refinement(REFINEMENTS[at], records[place])):
                count["left_out"] -= _pairs(len(block))
                for at, left in enumerate(block):
                    base, new = left * size, fresh is None or left in fresh
                    for right in block[at + 1 :]:
                        if new or (fresh is not None and right in fresh):
                            masks[base + right] |= 1 << bit
    for pair in _same_as(records):
        if fresh is None or not fresh.isdisjoint(pair):
            masks[min(pair) * size + max(pair)] |= 1 << len(maker.keys)
    for left, right in copies(records):
        if fresh is None or left in fresh or right in fresh:
            masks[left * size + right] |= 2 << len(maker.keys)
    pairs = sorted(masks)
    found = Counter(masks.values())
    return Candidates(pairs, [masks[pair] for pair in pairs], size, reports(maker.keys, counts, found))


def reports(keys: Sequence[Key], counts: Sequence[Counter[str]], masks: Counter[int]) -> tuple[BlockReport, ...]:
    """Put the reports together.

    Args:
        keys: the keys.
        counts: for each key `blocks`, `refined` and `left_out`.
        masks: how many pairs each set of keys names.
    """
    made = []
    for bit, name in enumerate([*(key.name for key in keys), SAME_AS, COPY]):
        count = counts[bit] if bit < len(counts) else Counter[str]()
        mine = [(mask, pairs) for mask, pairs in masks.items() if mask >> bit & 1]
        made.append(
            BlockReport(
                name,
                count["blocks"],
                sum(pairs for _, pairs in mine),
                sum(pairs for mask, pairs in mine if not mask & ((1 << bit) - 1)),
                sum(pairs for mask, pairs in mine if mask == 1 << bit),
                count["refined"],
                count["left_out"],
            )
        )
    return tuple(made)


def estimated_recall(keys: Sequence[Key], matched: Counter[int]) -> float | None:
    """Estimate which share of the true pairs the keys name at all, by capture and recapture between families of keys.

    A family of keys is a trap, a matched pair an animal: of those that one family alone caught and those that two caught follows how many
    none caught (the lower bound of Chao, 1987). Families are not independent, so it is an estimate from above.

    Args:
        keys: the keys, in the order of the masks' bits.
        matched: for the pairs judged a match: how many each set of keys names.

    Returns:
        A share, 0 to 1; None where no pair was caught twice.

    >>> email, phone = KEYS[0], KEYS[2]
    >>> estimated_recall([email, phone], Counter({0b01: 10, 0b10: 10, 0b11: 80}))
    0.9877
    """
    families = list(dict.fromkeys(key.family for key in keys))
    of = [families.index(key.family) for key in keys]
    once = twice = total = 0
    for mask, pairs in matched.items():
        caught = len({family for bit, family in enumerate(of) if mask >> bit & 1})
        once, twice, total = once + pairs * (caught == 1), twice + pairs * (caught == 2), total + pairs * (caught > 0)
    if not twice:
        return None
    missed = once * once / (2 * twice) * max(len(families) - 1, 1) / len(families)
    return round(total / (total + missed), 4)


def _pairs(members: int) -> int:
    return members * (members - 1) // 2


def _within(members: list[int], key: Key, value_of: Callable[[int, int], str], depth: int = 0) -> Iterator[list[int]]:
    """Blocks of at most the key's cap; too large ones are split by one further part after the other."""
    if len(members) <= key.cap:
        yield members
        return
    if depth == len(REFINEMENTS) or not key.refines:
        return
    parts: defaultdict[str, list[int]] = defaultdict(list)
    for place in members:
        parts[value_of(place, depth)].append(place)
    for value, part in parts.items():
        # many who lack the value beside others who have it are strangers
        if len(part) > 1 and (value or len(part) <= key.cap or len(parts) == 1):
            yield from _within(part, key, value_of, depth + 1)


def _neighbours(key: Key, maker: KeyMaker, records: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """Who has a value, with each other and with those who have one beside it; as the smaller and the larger place."""
    members: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for value in maker.values(key, record):
            members[value].append(place)
    ordered = [places for _, places in sorted(members.items())]
    for at, places in enumerate(ordered):
        if len(places) <= key.cap:
            yield from combinations(places, 2)
        between = 0
        for others in ordered[at + 1 : at + 1 + key.window]:
            if between >= key.window:
                break
            if len(places) + len(others) <= key.cap:
                yield from ((min(pair), max(pair)) for pair in product(places, others) if pair[0] != pair[1])
            between += len(others)


def beside(key: Key, value: tuple[str, ...], before: Iterable[Held], after: Iterable[Held]) -> list[Held]:
    """Find whom one more record stands beside.

    Args:
        key: a key with a window.
        value: what it makes of that record.
        before: values of other records that are smaller, and who has each, ascending; the last `key.reach`.
        after: the same of those that are not smaller, the first.

    >>> key = Key("numbers", (), cap=3, window=2)
    >>> beside(key, ("12",), [(("10",), "a:1"), (("11",), "a:2")], [(("12",), "a:3"), (("13",), "a:4"), (("13",), "a:5")])
    [(('12',), 'a:3'), (('11',), 'a:2'), (('10',), 'a:1')]
    """
    later = list(after)
    same = [held for held in later if held[0] == value]
    size = 1 + len(same)
    found = same if size <= key.cap else []
    for side in (reversed(list(before)), later[len(same) :]):
        between = 0
        for _, held in groupby(side, key=itemgetter(0)):
            if between >= key.window:
                break
            others = list(held)
            if size + len(others) <= key.cap:
                found = [*found, *others]
            between += len(others)
    return found


def copies(records: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """Each record with the next one that says the very same."""
    last: dict[Features, int] = {}
    for place, record in enumerate(records):
        said = record._replace(key="", same_as=())
        if said in last:
            yield last[said], place
        last[said] = place


def _same_as(records: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """Pairs that a source itself calls one person."""
    for place, record in enumerate(records):
        for key in record.same_as:
            other = bisect_left(records, key, key=lambda f: f.key)
            if other < len(records) and records[other].key == key and other != place:
                yield place, other
