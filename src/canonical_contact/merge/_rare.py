# The fields that few contacts have: what no record states costs one look at each card.
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from canonical_contact.merge._lists import union
from canonical_contact.merge._placing import Placing, seen
from canonical_contact.merge.policy import STRATEGIES, Candidate, Survivorship, pick
from canonical_contact.model import Card, ContactKind, Owner, OwnerRole, Restriction, SourceRecord

__all__ = ["fold_owners", "fold_rare"]

_ROLES = tuple(OwnerRole)


def _strategy(policy: Survivorship, field: str) -> str:
    """The strategy of a single value; the policy may leave it to the latest record."""
    strategy = policy.strategies.get(field, "most_recent")
    return strategy if strategy in STRATEGIES else "most_recent"


def fold_owners(records: Sequence[SourceRecord], policy: Survivorship, placing: Placing) -> tuple[Owner, ...]:
    """Who looks after what: for each role the owner that survives.

    A record that a host made may have the deprecated `owner` alone, which is that of the record.
    """
    stated: dict[OwnerRole, list[tuple[SourceRecord, int, str]]] = {}
    for record in records:
        card = record.card
        for place, it in enumerate(card.owners):
            stated.setdefault(it.role, []).append((record, place, it.who))
        if not card.owners and card.owner:
            stated.setdefault(OwnerRole.RECORD, []).append((record, -1, card.owner))
    if not stated:
        return ()
    found: list[Owner] = []
    for role in _ROLES:
        held = stated.get(role, ())
        strategy = _strategy(policy, "owner" if role is OwnerRole.RECORD else "owners")
        won = pick([Candidate(who, record.key, seen(record), who.casefold(), len(who)) for record, _, who in held], strategy)
        if won is None:
            continue
        target = f"$.owners[{len(found)}]"
        for record, place, who in held:
            reason = "only_source" if len(records) == 1 else strategy
            placing.place(record.key, f"$.owners[{place}]", target, won=who == won.value, reason=reason)
        if role is OwnerRole.RECORD:
            placing.decide("$.owner", won.source, strategy)
        found.append(Owner(role, won.value))
    return tuple(found)


def fold_rare(records: Sequence[SourceRecord], policy: Survivorship, placing: Placing) -> dict[str, Any]:
    """Fold the fields that some record states.

    Args:
        records: in the order of their keys.
        policy: which value survives.
        placing: told where each value ends.

    Returns:
        Field → value, for the fields that have one.
    """
    found: dict[str, Any] = {}
    for field, fold in _FIELDS.items():
        blank = _BLANK[field]
        for record in records:
            if getattr(record.card, field) != blank or (field == "kind" and placing.states(record.key, "$.kind")):
                found[field] = fold(_Work(field, records, policy, placing))
                break
    return found


class _Work(NamedTuple):
    """One field of one contact."""

    field: str
    records: Sequence[SourceRecord]
    policy: Survivorship
    placing: Placing

    @property
    def strategy(self) -> str:
        return _strategy(self.policy, self.field)

    @property
    def reason(self) -> str:
        return "only_source" if len(self.records) == 1 else self.strategy


_Fold = Callable[[_Work], object]


def _single(work: _Work) -> object:
    """A whole value survives; parts of two are never mixed."""
    blank = _BLANK[work.field]
    stated = [(record, getattr(record.card, work.field)) for record in work.records]
    won = pick([Candidate(value, r.key, seen(r), repr(value)) for r, value in stated if value != blank], work.strategy)
    if won is None:
        return blank
    work.placing.decide(f"$.{work.field}", won.source, work.strategy)
    return won.value


def _kind(work: _Work) -> object:
    """Only a record that states a kind counts; that a card says nothing makes it no person."""
    individual = ContactKind.INDIVIDUAL
    stated = [r for r in work.records if r.card.kind is not individual or work.placing.states(r.key, "$.kind")]
    won = pick([Candidate(r.card.kind, r.key, seen(r), r.card.kind) for r in stated], work.strategy)
    if won is None:
        return individual
    work.placing.decide("$.kind", won.source, work.strategy)
    return won.value


def _list(key: Callable[[Any], str]) -> _Fold:
    return lambda work: union(work.records, work.field, key, lambda items: items[0].value, work.placing)


def _words(work: _Work) -> object:
    from canonical_contact.normalize import fold

    return union(work.records, work.field, fold, lambda items: items[0].value, work.placing)


def _sorted(work: _Work, order: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The union of all records' values in an order of their own."""
    field = work.field
    values = sorted({value for record in work.records for value in getattr(record.card, field)}, key=order)
    places = {value: place for place, value in enumerate(values)}
    for record in work.records:
        for place, value in enumerate(getattr(record.card, field)):
            work.placing.place(record.key, f"$.{field}[{place}]", f"$.{field}[{places[value]}]")
    return tuple(values)


def _restrictions(work: _Work) -> object:
    """What any record forbids is forbidden; no policy changes that."""
    return _sorted(work, tuple(Restriction).index)


def _nps(work: _Work) -> object:
    return _sorted(work, lambda it: (it.at is not None, it.at.timestamp() if it.at else 0.0, it.score))


def _preferred_channels(work: _Work) -> object:
    """The whole list of one record survives: its order is what is wished for."""
    stated = [(record, record.card.preferred_channels) for record in work.records if record.card.preferred_channels]
    won = pick([Candidate(channels, r.key, seen(r), str(channels)) for r, channels in stated], work.strategy)
    if won is None:
        return ()
    for record, channels in stated:
        for place, channel in enumerate(channels):
            kept = channel in won.value
            target = f"$.preferred_channels[{won.value.index(channel) if kept else place}]"
            work.placing.place(record.key, f"$.preferred_channels[{place}]", target, won=kept, reason=work.reason)
    return won.value


def _deleted(work: _Work) -> object:
    """A person is deleted when every record of them is."""
    deleted = all(record.card.deleted for record in work.records)
    for record in work.records:
        reason = "all_deleted" if deleted else "not_all_deleted"
        work.placing.place(record.key, "$.deleted", "$.deleted", won=deleted, reason=reason)
    return deleted


_FIELDS: Mapping[str, _Fold] = {
    "kind": _kind,
    "external_ids": _list(lambda it: f"{it.system}\0{it.id}"),
    "pronouns": _words,
    "grammatical_gender": _single,
    "roles": _words,
    "anniversaries": _list(lambda it: f"{it.kind or it.label.casefold()}\0{it.date}"),
    "preferred_channels": _preferred_channels,
    "restrictions": _restrictions,
    "score": _single,
    "nps": _nps,
    "revenue": _single,
    "deleted": _deleted,
}
_CARD = Card()
_BLANK: Mapping[str, Any] = {field: getattr(_CARD, field) for field in _FIELDS}
