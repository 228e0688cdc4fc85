"""Which blocking keys are worth their pairs: chosen by a sample of the pairs under a budget, and said why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from attrs import field, frozen

from canonical_contact.match.keys import Key

__all__ = ["BUDGET", "KeyChoice", "KeyPlan", "Seen", "plan_keys"]

BUDGET = 8.0  # pairs a record; what two cores compare in the time that reading and normalising the record takes
WORTH = 1e-3  # a key is dropped below so many matches a pair, where no other key names them


class Seen(NamedTuple):
    """What one set of keys names: pairs, and how many of them the weights expect to match."""

    pairs: int
    matches: float


@frozen
class KeyChoice:
    """What was decided about a key.

    Args:
        key: its name.
        kept: whether it is used.
        pairs: pairs that it names.
        matches: of these the share that is expected to match.
        alone_pairs: pairs that no other kept key names.
        alone_matches: matches that no other kept key names, estimated.
        why: the reason, for people.
    """

    key: str
    kept: bool
    pairs: int
    matches: float
    alone_pairs: int
    alone_matches: float
    why: str


@frozen
class KeyPlan:
    """The keys of a run.

    Args:
        keys: those that are used, in their order.
        choices: one for each key that was looked at.
        budget: pairs a record that were allowed.
        expected: pairs a record that the kept keys name.
    """

    keys: tuple[Key, ...]
    choices: tuple[KeyChoice, ...] = field(default=())
    budget: float = BUDGET
    expected: float = 0.0

    def lines(self) -> Iterator[str]:
        """Say in a line a key what was decided and why."""
        for choice in self.choices:
            yield f"{'+' if choice.kept else '-'} {choice.key}: {choice.pairs:,} pairs, {choice.matches:.1%} match; {choice.why}"


def plan_keys(keys: Sequence[Key], seen: Mapping[int, Seen], *, records: int, budget: float = BUDGET) -> KeyPlan:
    """Choose the keys of a run.

    The key whose own pairs match least is dropped until the rest fits the budget; a key that finds next to nothing of its own is dropped
    too.

    Args:
        keys: the keys in question, in the order of the masks' bits.
        seen: for each set of keys what it names; matches may be estimated from a sample of the pairs.
        records: number of records.
        budget: pairs a record that may be compared.

    Returns:
        The choice with its reasons; the same figures give the same choice.

    >>> one, two = Key("a", ()), Key("b", ())
    >>> found = plan_keys([one, two], {0b01: Seen(50, 40.0), 0b10: Seen(5000, 0.1)}, records=100)
    >>> [(choice.key, choice.kept) for choice in found.choices]
    [('a', True), ('b', False)]
    """
    kept = set(range(len(keys)))
    dropped: dict[int, str] = {}

    def alone(bit: int) -> Seen:
        others = sum(1 << other for other in kept if other != bit)
        mine = [value for mask, value in seen.items() if mask >> bit & 1 and not mask & others]
        return Seen(sum(value.pairs for value in mine), sum(value.matches for value in mine))

    def named() -> float:
        all_kept = sum(1 << bit for bit in kept)
        return sum(value.pairs for mask, value in seen.items() if mask & all_kept) / max(records, 1)

    while len(kept) > 1:
        worst, own = min(((bit, alone(bit)) for bit in sorted(kept)), key=lambda item: (_yield(item[1]), -item[1].pairs, item[0]))
        over = named() > budget
        if not own.pairs or (not over and _yield(own) >= WORTH):
            break
        kept.discard(worst)
        dropped[worst] = "over the budget of pairs" if over and _yield(own) >= WORTH else "others find nearly all of its matches"
    choices = []
    for bit, key in enumerate(keys):
        own, mine = alone(bit), [value for mask, value in seen.items() if mask >> bit & 1]
        pairs, matches = sum(value.pairs for value in mine), sum(value.matches for value in mine)
        choices.append(
            KeyChoice(
                key.name,
                bit in kept,
                pairs,
                round(matches / pairs, 4) if pairs else 0.0,
                own.pairs,
                round(own.matches, 1),
                dropped.get(bit) or f"{own.matches:,.0f} matches that no other key finds",
            )
        )
    return KeyPlan(tuple(key for bit, key in enumerate(keys) if bit in kept), tuple(choices), budget, round(named(), 2))


def _yield(own: Seen) -> float:
    """Matches a pair of those that the key alone names; a key without such pairs costs nothing."""
    return own.matches / own.pairs if own.pairs else 1.0
