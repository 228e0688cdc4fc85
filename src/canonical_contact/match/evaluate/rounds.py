"""A round of labelling: which pairs to show to people, so that a few hundred answers say how right a whole run was.

Pairs are drawn by chance within strata of the score, so that each answer stands for a known number of pairs.
"""

from __future__ import annotations

import heapq
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from math import sqrt
from typing import Any, Final, NamedTuple

from attrs import frozen

from canonical_contact.errors import InputError
from canonical_contact.match.evaluate._values import Value, check_share

__all__ = ["EDGES", "Drawn", "Round", "ScoredPair", "Stratum", "sample_round"]

EDGES: Final = (0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999)
_LEAST = 5  # pairs of each stratum, where the size allows it
_POWER = 0.75  # 1 would be Neyman's allocation, which leaves next to nothing for the middle; 1/2 gives narrow strata too much
_UNIT = 1 << 53  # scores are summed as whole numbers, so that the order of the pairs leaves no trace
_DOUBT = 0.02  # a score nearer to 0 or 1 than this is not trusted to be so, when pairs are shared out among strata


class ScoredPair(NamedTuple):
    """A candidate pair with what the matcher made of it.

    Args:
        left: key of the one record.
        right: key of the other.
        score: probability that they are one person.
        merged: whether they ended in one cluster; None to take a score of at least `match_at` for it.
    """

    left: str
    right: str
    score: float
    merged: bool | None = None


@frozen
class Stratum(Value):
    """Pairs of about one score and one fate.

    Args:
        start: the least score in it.
        end: the score from which the next one begins.
        merged: whether its pairs were merged.
        pairs: how many candidate pairs it holds.
        drawn: how many of them are in the round.
        stated: their mean score, over all of them.
    """

    start: float
    end: float
    merged: bool
    pairs: int
    drawn: int
    stated: float


@frozen
class Drawn(Value):
    """A pair of the round.

    Args:
        pair: its number, unlike that of any other round; no spreadsheet takes it for a number or a date.
        left: key of the one record, the smaller of the two.
        right: key of the other.
        score: what the matcher said; people are not shown it.
        stratum: place of its stratum.
    """

    pair: str
    left: str
    right: str
    score: float
    stratum: int


@frozen
class Round(Value):
    """A drawn round: keep it (`to_text`) until the answers are there.

    Args:
        seed: what it was drawn with.
        strata: what was drawn from.
        pairs: what was drawn, in an order that says nothing about the score.
    """

    seed: int
    strata: tuple[Stratum, ...]
    pairs: tuple[Drawn, ...]

    @property
    def candidates(self) -> int:
        """How many pairs the round stands for."""
        return sum(stratum.pairs for stratum in self.strata)

    def to_text(self) -> str:
        """Write the round as JSON."""
        return json.dumps({"round": 1, **self.to_dict()}, indent=1)

    @classmethod
    def from_text(cls, text: str) -> Round:
        """Read a round that `to_text` wrote.

        Raises:
            InputError: the text is none.
        """
        try:
            plain: dict[str, Any] = json.loads(text)
            strata = tuple(Stratum(**entry) for entry in plain["strata"])
            pairs = tuple(Drawn(**entry) for entry in plain["pairs"])
            if any(not 0 <= entry.stratum < len(strata) for entry in pairs):
                raise IndexError
            return cls(plain["seed"], strata, pairs)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise InputError("The text is no round of labelling.", hint="Give what Round.to_text wrote.") from error

    def __str__(self) -> str:
        lines = [f"{len(self.pairs):,} of {self.candidates:,} candidate pairs, seed {self.seed}"]
        lines += [
            f"  {stratum.start:.3f} to {stratum.end:.3f} {'merged' if stratum.merged else 'apart '} {stratum.drawn:>6,} of {stratum.pairs:,}"
            for stratum in self.strata
        ]
        return "\n".join(lines)


def sample_round(
    scored: Iterable[ScoredPair | tuple[str, str, float] | tuple[str, str, float, bool | None]],
    size: int,
    seed: int,
    *,
    match_at: float | None = None,
    edges: Sequence[float] = EDGES,
) -> Round:
    """Draw pairs for people to judge, stratified by score and by whether they were merged.

    Strata share the round by a power of their size times the spread of their score (the power allocation of Bankier 1988, The American
    Statistician 42), so that the many pairs of low score, where what was missed hides, take neither nothing nor all; merged pairs get at
    least a third of it, and the others too. Within a stratum each pair has the same chance.

    Args:
        scored: all candidate pairs, each once, as `ScoredPair` or such tuples. Read once; memory is that of the strata's samples.
        size: how many pairs people shall judge; all where there are fewer.
        seed: another seed draws another round.
        match_at: from which score a pair counts as merged, where `scored` does not say it.
        edges: scores that part the strata.

    Returns:
        the round: the same for the same pairs in any order.

    Raises:
        InputError: a score is no probability, there are more strata than pairs to draw, or nothing says which pairs are merged.

    >>> pairs = [(f"a{i}", f"b{i}", i / 1000) for i in range(1000)]
    >>> print(sample_round(pairs, 40, seed=1, match_at=0.9, edges=(0.1, 0.5, 0.9)))
    40 of 1,000 candidate pairs, seed 1
      0.000 to 0.100 apart       5 of 100
      0.100 to 0.500 apart      11 of 400
      0.500 to 0.900 apart      11 of 400
      0.900 to 1.000 merged     13 of 100
    """
    inner = sorted(
        {check_share(edge, "edges", "An edge") for edge in (*edges, *(() if match_at is None else (match_at,)))} - {0.0, 1.0}
    )
    held: dict[tuple[int, bool], _Draw] = {}
    for entry in scored:
        pair = ScoredPair(*entry)
        left, right = sorted((pair.left, pair.right))
        if pair.merged is None and match_at is None:
            raise InputError(
                "Nothing says which pairs are merged.", path="match_at", hint="Give match_at, or merged with each pair."
            )
        check_share(pair.score, "scored", "A score")
        merged = pair.score >= (match_at or 0.0) if pair.merged is None else bool(pair.merged)
        place = bisect_right(inner, pair.score), merged
        draw = held.get(place)
        if draw is None:
            draw = held[place] = _Draw(size)
        draw.add(_lot(seed, left, right), left, right, pair.score)
    bounds = [0.0, *inner, 1.0]
    shares = sorted(_shares(held, size).items())
    strata = tuple(
        Stratum(bounds[at], bounds[at + 1], merged, held[at, merged].pairs, share, held[at, merged].mean)
        for (at, merged), share in shares
    )
    # Another lot for the order: those by which the pairs were drawn are smaller the larger the stratum.
    drawn = sorted(
        (_lot(seed, left, right, "order"), left, right, score, number)
        for number, (place, share) in enumerate(shares)
        for left, right, score in held[place].first(share)
    )
    sign = blake2b(repr((seed, drawn)).encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()
    pairs = tuple(
        Drawn(f"r{sign}-{at}", left, right, score, number) for at, (_, left, right, score, number) in enumerate(drawn, 1)
    )
    return Round(seed, strata, pairs)


def _lot(seed: int, left: str, right: str, what: str = "") -> int:
    """A number by chance, the same for a pair wherever it stands: the smallest ones of a stratum are a simple random sample."""
    text = f"{seed}\0{left}\0{right}\0{what}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest())


class _Draw:
    """The pairs of one stratum with the smallest lots, at most as many as the round is large."""

    def __init__(self, most: int) -> None:
        self.pairs, self._sum, self._most = 0, 0, most
        self._kept: list[tuple[int, str, str, float]] = []  # a heap with the largest lot on top

    def add(self, lot: int, left: str, right: str, score: float) -> None:
        self.pairs += 1
        self._sum += round(score * _UNIT)
        if len(self._kept) < self._most:
            heapq.heappush(self._kept, (-lot, left, right, score))
        elif self._kept and -lot > self._kept[0][0]:
            heapq.heapreplace(self._kept, (-lot, left, right, score))

    @property
    def mean(self) -> float:
        return self._sum / self.pairs / _UNIT

    @property
    def appetite(self) -> float:
        likely = min(max(self.mean, _DOUBT), 1 - _DOUBT)
        return float(self.pairs**_POWER) * sqrt(likely * (1 - likely))

    def first(self, number: int) -> list[tuple[str, str, float]]:
        return [(left, right, score) for _, left, right, score in heapq.nlargest(number, self._kept)]


def _shares(draws: Mapping[tuple[int, bool], _Draw], size: int) -> dict[tuple[int, bool], int]:
    """Share the round out among strata, at least a third of it to merged pairs and a third to the others."""
    if size < len(draws):
        hint = f"There are {len(draws)} strata; draw at least one pair of each, better ten."
        raise InputError(f"A round of {size} is too small.", path="size", hint=hint)
    merged, apart = ({place: draw for place, draw in draws.items() if place[1] is side} for side in (True, False))
    hungry, all_ = (sum(draw.appetite for draw in side.values()) for side in (merged, draws))
    quota = round(size * min(max(hungry / all_, 1 / 3), 2 / 3)) if all_ else 0
    held, others = (sum(draw.pairs for draw in side.values()) for side in (merged, apart))
    quota = min(max(quota, size - others, len(merged)), held, size - len(apart))
    return {**_side_shares(merged, quota), **_side_shares(apart, size - quota)}


def _side_shares(draws: Mapping[tuple[int, bool], _Draw], size: int) -> dict[tuple[int, bool], int]:
    """A few pairs to each stratum, then one after another to the one that lacks most."""
    least = min(_LEAST, size // len(draws)) if draws else 0
    shares = {place: min(least, draw.pairs) for place, draw in draws.items()}
    waiting = [(-draw.appetite / (shares[place] + 1), place) for place, draw in draws.items()]
    heapq.heapify(waiting)
    left = size - sum(shares.values())
    while left and waiting:
        _, place = heapq.heappop(waiting)
        if shares[place] < draws[place].pairs:
            shares[place] += 1
            left -= 1
            heapq.heappush(waiting, (-draws[place].appetite / (shares[place] + 1), place))
    return shares
