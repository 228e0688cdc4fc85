"""Components on their way to clusters: what is missing is asked for, what was cut gets its reason, each record its confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from attrs import Factory, define

from canonical_contact.identity._agglomerate import agglomerate
from canonical_contact.identity._links import MOST, UNIT, WALLS, Cut, Judge, Known, Limits, Pair, chance, fixed
from canonical_contact.identity._rounds import join_in_rounds

__all__ = ["Component", "settle"]

BATCH = 500_000  # pairs that the judge is asked about together


@define
class Component:
    """Records that matched pairs hold together.

    Args:
        places: its records, ascending.
        known: what is known of pairs of them.
        clusters: what became of it, once it is settled.
        left_out: pairs of clusters, by their first records, that were too much to compare.
        cuts: matched pairs between its clusters.
        confidence: place → see `Clustering`.
    """

    places: list[int]
    known: Known
    clusters: list[list[int]] = Factory(list)
    left_out: set[Pair] = Factory(set)
    cuts: list[Cut] = Factory(list)
    confidence: dict[int, float] = Factory(dict)


def settle(components: Sequence[Component], limits: Limits, judge: Judge | None) -> None:
    """Part every component into clusters.

    The judge is asked once about all components that are small enough to be compared all to all, then round by round about the others.
    """
    small = [component for component in components if len(component.places) <= limits.largest]
    _ask([(component.known, list(_missing(component))) for component in small], judge, limits)
    for component in small:
        component.clusters = agglomerate(component.places, component.known, limits)
    _settle_large([component for component in components if len(component.places) > limits.largest], judge, limits)
    for component in components:
        component.cuts = list(_cuts(component, limits))
        component.confidence = _confidence(component, limits)


def _settle_large(components: list[Component], judge: Judge | None, limits: Limits) -> None:
    """Run the rounds of all large components side by side."""
    running = []
    for component in components:
        matched = [pair for pair, what in component.known.items() if _matches(what, limits)]
        running.append((component, join_in_rounds(component.places, matched, component.known, limits)))
    while running:
        wanted, going_on = [], []
        for component, rounds in running:
            try:
                wanted.append((component.known, next(rounds)))
                going_on.append((component, rounds))
            except StopIteration as over:
                component.clusters, component.left_out = over.value
        _ask(wanted, judge, limits)
        running = going_on


def _ask(wanted: Sequence[tuple[Known, list[Pair]]], judge: Judge | None, limits: Limits) -> None:
    """Have the judge say what it thinks of pairs, of all components together."""
    pairs = [pair for _, some in wanted for pair in some]
    answers = _answers(pairs, judge, limits)
    for known, some in wanted:
        known.update(zip(some, answers, strict=False))  # ends with `some`


def _missing(component: Component) -> Iterator[Pair]:
    if len(component.known) < len(component.places) * (len(component.places) - 1) // 2:
        yield from (pair for pair in combinations(component.places, 2) if pair not in component.known)


def _answers(pairs: list[Pair], judge: Judge | None, limits: Limits) -> Iterator[tuple[int, bool]]:
    for at in range(0, len(pairs), BATCH):
        part = pairs[at : at + BATCH]
        if judge is None:
            yield from [(limits.unseen, False)] * len(part)
        else:
            yield from [(fixed(logit), bool(apart)) for logit, apart in judge(part)]


def _matches(what: tuple[int, bool], limits: Limits) -> bool:
    return what[0] >= limits.match_at and not what[1]


def _cuts(component: Component, limits: Limits) -> Iterator[Cut]:
    """Matched pairs between clusters, each with the weightiest reason that keeps the two clusters apart."""
    if len(component.clusters) == 1:
        return
    home = {place: at for at, members in enumerate(component.clusters) for place in members}

    def between(left: int, right: int) -> Pair:
        a, b = home[left], home[right]
        return (a, b) if a < b else (b, a)

    walls, matches = dict[Pair, int](), Counter[Pair]()
    for (left, right), what in component.known.items():
        if home[left] != home[right]:
            pair = between(left, right)
            walls[pair] = max(walls.get(pair, 0), limits.wall(left, right, what[1]))
            matches[pair] += _matches(what, limits)
    for left in home.keys() & limits.cannot.keys():
        for right in home.keys() & limits.cannot[left]:
            walls[between(left, right)] = WALLS.index("cannot_link")
    sources = [{limits.source[place] for place in members if place in limits.source} for members in component.clusters]
    unseen = {between(left, right) for left, right in component.left_out}
    for (left, right), what in component.known.items():
        if home[left] != home[right] and _matches(what, limits):
            pair = a, b = between(left, right)
            reason = WALLS[walls[pair]] or ("" if sources[a].isdisjoint(sources[b]) else "unique_source")
            if not reason and pair in unseen:
                reason = "too_large"
            elif not reason:
                alone = 1 in (len(component.clusters[a]), len(component.clusters[b]))
                reason = "weak_link" if alone or matches[pair] > 1 else "bridge"
            yield Cut(left, right, reason, what[0] / UNIT)


def _confidence(component: Component, limits: Limits) -> dict[int, float]:
    """Each record's probability by its average log-odds to the rest of its cluster; a person's word counts as certain."""
    home = {place: at for at, members in enumerate(component.clusters) for place in members}
    total, seen = dict.fromkeys(home, 0), dict.fromkeys(home, 0)
    certain = fixed(MOST)
    for (left, right), (logit, _) in component.known.items():
        if home[left] == home[right]:
            if limits.atom.get(left, left) == limits.atom.get(right, right):
                logit = certain
            for place in (left, right):
                total[place] += logit
                seen[place] += 1
    found = {}
    for members in component.clusters:
        others = len(members) - 1
        for place in members:
            found[place] = chance(total[place] + (others - seen[place]) * limits.unseen, others) if others else 1.0
    return found
