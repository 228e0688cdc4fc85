"""Which blocking keys name a pair, and for each that does not, why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import product

from attrs import frozen

from canonical_contact.match.features import Features
from canonical_contact.match.keys import REFINEMENTS, Key, KeyMaker

__all__ = ["KeyFinding", "KeyOutcome", "Members", "key_findings", "members_among"]

Members = Callable[
    [Key, tuple[str, ...], tuple[str, ...]], Sequence[Features]
]  # the records with a value from the one to the other


class KeyOutcome(StrEnum):
    """What a key says about a pair."""

    FOUND = "found"  # it names the pair
    NO_VALUE = "no_value"  # one record, or both, has no value for it
    DIFFERENT = "different"  # both have values, and none in common, nor beside each other where that is what the key asks
    TOO_LARGE = "too_large"  # they share a value, but so many others do that its block was split between them or left out


@frozen
class KeyFinding:
    """What one key says about a pair.

    Args:
        key: the key's name.
        outcome: see `KeyOutcome`.
        says: it in a sentence, without personal data.
        size: records that share the value; 0 where they share none, or where the other records are not known.
        value: the shared value, only where values were asked for.
    """

    key: str
    outcome: KeyOutcome
    says: str
    size: int = 0
    value: str = ""


def members_among(records: Iterable[Features], maker: KeyMaker) -> Members:
    """Look for the members of a block among all records; linear in them for each look."""
    every = tuple(records)

    def members(key: Key, least: tuple[str, ...], most: tuple[str, ...]) -> Sequence[Features]:
        return [record for record in every if any(least <= value <= most for value in maker.values(key, record))]

    return members


def key_findings(
    left: Features, right: Features, maker: KeyMaker, members: Members | None = None, *, values: bool = False
) -> tuple[KeyFinding, ...]:
    """Say for each key whether it names a pair.

    Args:
        left: the one record.
        right: the other.
        maker: makes the keys of the run.
        members: gives the records of a block, by which its size is known; None takes every block for small enough, and values beside
            each other for different.
        values: show the values that they share.

    Returns:
        One finding a key, in the order of the keys.

    >>> ana, too = Features("a:1", "a", emails=("ana@x.es",)), Features("b:2", "b", emails=("ana@x.es",), phones=("+34600000000",))
    >>> [finding.says for finding in key_findings(ana, too, KeyMaker())][:3:2]
    ['they share a value', 'one of them has no value']
    """
    return tuple(_finding(left, right, key, maker, members, values=values) for key in maker.keys)


def _finding(left: Features, right: Features, key: Key, maker: KeyMaker, members: Members | None, *, values: bool) -> KeyFinding:
    mine, others = maker.values(key, left), maker.values(key, right)
    if not mine or not others:
        says = "one of them has no value" if mine or others else "neither has a value"
        return KeyFinding(key.name, KeyOutcome.NO_VALUE, says)
    if key.window and members is not None:
        return _in_order(left, right, key, maker, members)
    shared = [value for value in mine if value in others]
    if not shared:
        return KeyFinding(key.name, KeyOutcome.DIFFERENT, "they have different values")
    if members is None:
        return KeyFinding(key.name, KeyOutcome.FOUND, "they share a value", 0, _shown(shared[0], values=values))
    findings = []
    for value in shared:
        block = members(key, value, value)
        outcome, says = _in_block(left, right, key, maker, block)
        findings.append(KeyFinding(key.name, outcome, says, len(block), _shown(value, values=values)))
    return min(findings, key=lambda finding: (finding.outcome != KeyOutcome.FOUND, finding.size))


def _shown(value: tuple[str, ...], *, values: bool) -> str:
    return " + ".join(value) if values else ""


def _in_order(left: Features, right: Features, key: Key, maker: KeyMaker, members: Members) -> KeyFinding:
    """Count the records with values from the one to the other of a pair, as blocking counts them."""
    counts = []
    for pair in product(maker.values(key, left), maker.values(key, right)):
        least, most = sorted(pair)
        held = [value for record in members(key, least, most) for value in maker.values(key, record) if least <= value <= most]
        between = sum(least < value < most for value in held)
        counts.append((len(held) - between > key.cap, between, len(held) - between))
    near = [count for count in counts if count[1] < key.window]
    if not near:
        says = f"{min(between for _, between, _ in counts):,} values stand between theirs, and this key allows {key.window - 1}"
        return KeyFinding(key.name, KeyOutcome.DIFFERENT, says)
    many, _, size = min(near)
    if many:
        says = (
            f"their values stand beside each other, but {size:,} records have them, more than the {key.cap} that this key allows"
        )
        return KeyFinding(key.name, KeyOutcome.TOO_LARGE, says, size)
    return KeyFinding(key.name, KeyOutcome.FOUND, "their values stand beside each other")


def _in_block(left: Features, right: Features, key: Key, maker: KeyMaker, block: Sequence[Features]) -> tuple[KeyOutcome, str]:
    """Follow a pair through the parts of its block, as blocking splits it."""
    held, split = f"{len(block):,} records share the value", list[str]()
    if len(block) > key.cap and not key.refines:
        return KeyOutcome.TOO_LARGE, f"{held}, more than the {key.cap} that this key allows"
    for source in REFINEMENTS:
        if len(block) <= key.cap:
            break
        name = f"{source.transform} of {source.field}"
        part = maker.refinement(source, left)
        if part != maker.refinement(source, right):
            return KeyOutcome.TOO_LARGE, f"{held}, and {name} parts the two"
        rest = [record for record in block if maker.refinement(source, record) == part]
        if not part and key.cap < len(rest) < len(block):
            return KeyOutcome.TOO_LARGE, f"{held}, and both lack {name}, as too many others do"
        if len(rest) < len(block):
            split.append(name)
        block = rest
    by = f", split by {', '.join(split)}" if split else ""
    if len(block) > key.cap:
        return KeyOutcome.TOO_LARGE, f"{held}{by}, and still too many are left together"
    return KeyOutcome.FOUND, f"{held}{by}"
