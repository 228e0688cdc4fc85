# The strategies of survivorship as one table: small pure functions over candidates, with the fields they fit and the options they take.
from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from attrs import evolve, frozen

from canonical_contact.merge._candidates import UNKNOWN, VERIFIED, Candidate, Race, Rank
from canonical_contact.merge._options import OPTIONS, Option, fault, resolve
from canonical_contact.model import Name, Revenue

__all__ = ["STRATEGIES", "Made", "Strategy"]

_Candidate = Candidate[Any]
_Race = Race[Any]


class Made(NamedTuple):
    """A value that no record states as it is: computed from those of several."""

    value: Any
    sources: frozenset[str]


# Kinds of fields, as `policy.KINDS` names them.
_TEXTS: Final = frozenset({"text", "extension"})
_NUMBERS: Final = frozenset({"number", "revenue", "extension"})
_LISTS: Final = frozenset({"list", "reach"})
_SINGLE: Final = frozenset({"text", "code", "date", "number", "time", "name", "whole", "revenue", "stage", "extension"})
_ANY: Final = _SINGLE | _LISTS


@frozen
class Strategy:
    """One way to choose what survives.

    Args:
        why: why its value stands, for people.
        rank: rank of a candidate among all, the largest wins; of a list's entries the best stands first. None where it ranks nothing.
        make: computes a value instead of choosing one. Where it finds none, the best by rank stands, without a rank none.
        fits: the kinds of fields that it may decide.
        options: what it takes, beside `only`; name → how it is read.
        needs: the options without which it decides nothing.
        clearing: whether a value that its source took back can win, as nothing.
        looks: whether it asks for problems and verifications of the value.
    """

    why: str
    rank: Callable[[_Candidate, _Race], Rank] | None = None
    make: Callable[[_Race], Made | None] | None = None
    fits: frozenset[str] = _ANY
    options: Mapping[str, Option] = {}
    needs: tuple[str, ...] = ()
    clearing: bool = False
    looks: bool = False

    @property
    def simple(self) -> bool:
        """Whether it takes the one value that there is."""
        return self.rank is not None and self.make is None


def _most_recent(candidate: _Candidate, _: _Race) -> Rank:
    return candidate.observed_at, not candidate.cleared, candidate.completeness


def _oldest(candidate: _Candidate, _: _Race) -> Rank:
    return (-candidate.observed_at if candidate.observed_at >= 0 else -math.inf,)


def _most_frequent(candidate: _Candidate, race: _Race) -> Rank:
    return race.support[candidate.form], candidate.completeness, candidate.observed_at


def _most_complete(candidate: _Candidate, race: _Race) -> Rank:
    return candidate.completeness, race.support[candidate.form], candidate.observed_at


def _source_priority(candidate: _Candidate, race: _Race) -> Rank:
    sources: Sequence[str] = race.options["sources"]
    known = candidate.system in sources
    return -sources.index(candidate.system) if known else -len(sources), candidate.observed_at, candidate.completeness


def _trust_decay(candidate: _Candidate, race: _Race) -> Rank:
    told = race.options
    trust = told["trust"].get(candidate.system, told.get("other", 0.5))
    age = race.newest - candidate.observed_at if candidate.observed_at >= 0 else math.inf
    worth = trust * 2.0 ** (-age / told["half_life"]) - told.get("penalty", 0.0) * candidate.faults
    return max(worth, told.get("floor", 0.0)), candidate.observed_at, candidate.completeness


def _verified_first(candidate: _Candidate, race: _Race) -> Rank:
    standing, lasts = candidate.standing, race.options.get("ttl", math.inf)
    stale = candidate.checked_at >= 0 and race.newest - candidate.checked_at > lasts
    expired = 0 <= candidate.expires_at < race.newest
    if standing == VERIFIED and (stale or expired):
        standing = UNKNOWN
    return standing, candidate.observed_at, candidate.completeness


def _length(candidate: _Candidate) -> int:
    """Length of a text in characters as people count them (UAX 29): a letter with its accents is one, an emoji with its parts, too."""
    from jellyfish import levenshtein_distance

    value = candidate.value
    text = value.display if isinstance(value, Name) else str(value)
    return levenshtein_distance(" ".join(text.split()), "")  # every cluster of a text has to go until nothing is left


def _longest(candidate: _Candidate, _: _Race) -> Rank:
    return _length(candidate), candidate.observed_at


def _shortest(candidate: _Candidate, _: _Race) -> Rank:
    return -_length(candidate), candidate.observed_at


_READERS: Final[Sequence[Callable[[str], float]]] = (float, lambda text: date.fromisoformat(text).toordinal())


def _amount(candidate: _Candidate) -> float | None:
    """A number, an amount, a day or a time as a number; None for what is none of them."""
    value: object = candidate.value
    if isinstance(value, Revenue):
        value = value.total
    if isinstance(value, datetime):
        return value.timestamp()
    for read in _READERS:
        try:
            found = read(str(value))
        except ValueError:
            continue
        return found if math.isfinite(found) else None
    return None


def _smallest(candidate: _Candidate, _: _Race) -> Rank:
    amount = _amount(candidate)
    return (-math.inf if amount is None else -amount,)


def _largest(candidate: _Candidate, _: _Race) -> Rank:
    amount = _amount(candidate)
    return (-math.inf if amount is None else amount,)


def _sum(race: _Race) -> Made | None:
    return _computed(race, math.fsum)


def _avg(race: _Race) -> Made | None:
    return _computed(race, lambda amounts: math.fsum(amounts) / len(amounts))


def _computed(race: _Race, total: Callable[[Sequence[float]], float]) -> Made | None:
    """Compute a number from those that there are; None where there is none, or their units differ."""
    found = [(candidate, amount) for candidate in race.candidates if (amount := _amount(candidate)) is not None]
    if not found:
        return None
    made, sources = total([amount for _, amount in found]), frozenset(candidate.source for candidate, _ in found)
    values = [candidate.value for candidate, _ in found]
    if isinstance(values[0], Revenue):
        return Made(_revenue(values, made), sources) if len({value.currency for value in values}) == 1 else None
    return Made(_written(made) if isinstance(values[0], str) else made, sources)


def _revenue(values: Sequence[Revenue], total: float) -> Revenue:
    """Join what several records say of one currency; the deals are theirs together, the last one is the latest of all."""
    deals = [value.deals for value in values if value.deals is not None]
    first = [value.first_deal_at for value in values if value.first_deal_at]
    last = max((value for value in values if value.last_deal_at), key=_last, default=values[0])
    return evolve(last, total=total, deals=sum(deals) if deals else None, first_deal_at=min(first) if first else None)


def _last(value: Revenue) -> tuple[float, float]:
    assert value.last_deal_at is not None
    return value.last_deal_at.timestamp(), value.last_deal_amount or 0.0


def _written(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def _concat(race: _Race) -> Made | None:
    latest = sorted(race.candidates, key=lambda c: (-c.observed_at, c.source, c.form))
    texts = {candidate.form: str(candidate.value) for candidate in reversed(latest)}  # of two spellings the later one's
    order = dict.fromkeys(candidate.form for candidate in latest)
    value = race.options.get("separator", "; ").join(texts[form] for form in order)
    return Made(value, frozenset(candidate.source for candidate in latest))


def _custom(race: _Race) -> Made | None:
    asked = tuple(sorted(race.candidates, key=lambda c: (c.source, c.form)))
    won = resolve(race.options["function"])(asked)
    if won is not None and not any(won is one for one in asked):
        raise fault(
            f"The function {race.options['function']} gives no candidate",
            "function",
            "Return one of those it was given, or None.",
        )
    return None if won is None else Made(won.value, frozenset({won.source}))


def _agreed(race: _Race) -> Made | None:
    latest = max(race.candidates, key=lambda c: (c.observed_at, c.completeness))
    return Made(latest.value, frozenset(c.source for c in race.candidates)) if len(race.support) == 1 else None


def _taking(*names: str) -> dict[str, Option]:
    return {name: OPTIONS[name] for name in names}


STRATEGIES: Final[Mapping[str, Strategy]] = {
    "most_recent": Strategy("the record that its source changed last", _most_recent, clearing=True),
    "oldest": Strategy("the record that its source changed first", _oldest),
    "source_priority": Strategy("the source that ranks first", _source_priority, options=_taking("sources"), needs=("sources",)),
    "trust_decay": Strategy(
        "the source that is trusted most, less with age",
        _trust_decay,
        options=_taking("trust", "half_life", "other", "floor", "penalty"),
        needs=("trust", "half_life"),
        looks=True,
    ),
    "verified_first": Strategy(
        "a value that was verified stands before others", _verified_first, options=_taking("ttl"), looks=True
    ),
    "most_complete": Strategy("the value that is filled the most", _most_complete),
    "longest": Strategy("the longest text", _longest, fits=_TEXTS | {"name", "list"}),
    "shortest": Strategy("the shortest text", _shortest, fits=_TEXTS | {"name", "list"}),
    "most_frequent": Strategy("the value that most systems have", _most_frequent),
    "min": Strategy("the smallest value", _smallest, fits=_NUMBERS | {"date", "time"}),
    "smallest": Strategy("the smallest value", _smallest, fits=_NUMBERS | {"date", "time"}),  # the word of the schema for `min`
    "max": Strategy("the largest value", _largest, fits=_NUMBERS | {"date", "time"}),
    "sum": Strategy("the sum of all values", _most_recent, _sum, fits=_NUMBERS),
    "avg": Strategy("the average of all values", _most_recent, _avg, fits=_NUMBERS),
    "concat": Strategy("the texts of all records", _most_recent, _concat, fits=_TEXTS, options=_taking("separator")),
    "aggregate_union": Strategy("the values of all records, best first", fits=_LISTS, options=_taking("order", "cap")),
    "union": Strategy("the values of all records, best first", fits=_LISTS),  # the word of the schema for `aggregate_union`
    "follow": Strategy("the record that won another field", _most_recent, options=_taking("field"), needs=("field",)),
    "coalesce": Strategy("the first rule that finds a value", fits=_SINGLE, options=_taking("rules"), needs=("rules",)),
    "custom": Strategy("a function of the host", None, _custom, fits=_SINGLE, options=_taking("function"), needs=("function",)),
    "manual": Strategy("all records agree, or a person has pinned it", make=_agreed, fits=_SINGLE),
    "pinned": Strategy("a person has pinned it", fits=_SINGLE),
    "furthest_stage": Strategy("the furthest stage, customer against churned by date", fits=frozenset({"stage"})),
    "consent_join": Strategy("a refusal stands before a permission", fits=frozenset({"consent"}), options=_taking("join")),
}
