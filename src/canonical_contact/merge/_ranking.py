# In which order a list stands where its rule or a pin says so: every entry by the best of the records that state it.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from attrs import evolve, fields, has

from canonical_contact.merge._candidates import INVALID, UNKNOWN, VALID, VERIFIED, Candidate, Race
from canonical_contact.merge._pins import PINNED_LATER, VALUE, WAITS
from canonical_contact.merge.policy import STRATEGIES, Rule
from canonical_contact.model import EmailAddress, EmailStatus, Verification, VerificationStatus

if TYPE_CHECKING:
    from canonical_contact.merge._choosing import Choosing
    from canonical_contact.merge._lists import Item

__all__ = ["Entry", "is_ranked", "place_pins", "ranked"]

_STANDING: Final = {
    VerificationStatus.VERIFIED: VERIFIED,
    VerificationStatus.UNVERIFIED: UNKNOWN,
    VerificationStatus.FAILED: INVALID,
}
_BROKEN: Final = (EmailStatus.QUARANTINED, EmailStatus.BOUNCED, EmailStatus.BAD)


class Entry(NamedTuple):
    """One entry of a list: the name under which its values are one, what became of them, and the values."""

    name: str
    value: Any
    items: Sequence[Item]


def is_ranked(choosing: Choosing, field: str) -> bool:
    """Tell whether a rule or a pin puts a list in order."""
    rule = choosing.policy.rule(field)
    return field in choosing.pins or "order" in rule.options or STRATEGIES[rule.strategy].rank is not None


def ranked(choosing: Choosing, field: str, entries: Sequence[Entry]) -> Mapping[str, tuple[float, ...]]:
    """Tell where entries stand, the first with the smallest key.

    Args:
        choosing: the choices of the contact.
        field: the list.
        entries: what is to be put in order.
    """
    rule = choosing.policy.rule(field)
    rule = rule.options.get("order", rule)
    pinned = choosing.pinned(field)
    places = _places(choosing, rule, entries) if STRATEGIES[rule.strategy].rank is not None else {}
    return {entry.name: (_pin(entry, pinned), places.get(entry.name, 0.0)) for entry in entries}


def place_pins(choosing: Choosing, field: str, entries: Sequence[Sequence[Item]]) -> None:
    """Tell of every pin of a list where its value stands.

    Args:
        choosing: the choices of the contact.
        field: the list.
        entries: the values of each entry, in the order of the list.
    """
    pins = choosing.pins.get(field, [])
    for pin in pins:
        value, path = pin.raw.get(VALUE, ""), f"$.{field}"
        place = next((place for place, items in enumerate(entries) if value in _said(items)), -1)
        reason = WAITS if place < 0 else "pinned" if pin is pins[-1] else PINNED_LATER
        choosing.placing.place(pin.key, path, f"{path}[{max(place, 0)}]", won=reason == "pinned", reason=reason)


def _said(items: Sequence[Item]) -> set[str]:
    return {claim.value for item in items for claim in item.record.claims if claim.path == item.path}


def _pin(entry: Entry, pinned: Sequence[str]) -> float:
    """Tell at which of the pinned values an entry is; behind all of them where it is at none."""
    said = _said(entry.items) if pinned else set()
    return next((place for place, value in enumerate(pinned) if value in said), len(pinned))


def _places(choosing: Choosing, rule: Rule, entries: Sequence[Entry]) -> dict[str, float]:
    rank, only = STRATEGIES[rule.strategy].rank, rule.options.get("only")
    assert rank is not None
    runners = {entry.name: [_candidate(entry, item) for item in entry.items] for entry in entries}
    if rule.strategy == "follow":
        won = choosing.won(rule.options["field"])
        only = None
        runners = {name: [c for c in found if won and c.source == won.source] for name, found in runners.items()}
    everybody = [one for found in runners.values() for one in found if not only or one.system in only]
    if not everybody:
        return {}
    race, sources = Race(everybody, rule.options), choosing.policy.sources
    best = {}
    for name, found in runners.items():
        ranks = [
            (rank(one, race), -sources.index(one.system) if one.system in sources else -len(sources))
            for one in found
            if not only or one.system in only
        ]
        if ranks:
            best[name] = max(ranks)
    order = sorted(set(best.values()), reverse=True)
    return {entry.name: float(order.index(best[entry.name]) if entry.name in best else len(order)) for entry in entries}


def _candidate(entry: Entry, item: Item) -> Candidate[Any]:
    """What one record says of an entry; the checks of all of them are those of the entry."""
    value = item.value
    filled = sum(bool(getattr(value, one.name)) for one in fields(type(value))) if has(type(value)) else len(str(value))
    faults = sum(problem.path.startswith(item.path) for problem in item.record.problems)
    found: Candidate[Any] = Candidate(_text(value), item.record.key, item.seen, entry.name, filled, faults=faults)
    check = getattr(entry.value, "verification", None)
    if not isinstance(check, Verification):
        return found
    standing = _STANDING[check.status]
    if isinstance(entry.value, EmailAddress):
        if entry.value.status in _BROKEN:
            standing = INVALID
        elif entry.value.status is EmailStatus.OK and standing == UNKNOWN:
            standing = VALID
    return evolve(
        found,
        standing=standing,
        checked_at=check.checked_at.timestamp() if check.checked_at else -1.0,
        expires_at=check.expires_at.timestamp() if check.expires_at else -1.0,
    )


def _text(value: Any) -> str:  # noqa: ANN401 - the values of many lists
    return value if isinstance(value, str) else str(getattr(value, "name", "") or getattr(value, "uri", "") or value)
