# The fields that few contacts have: what no record states costs one look at each card.
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from canonical_contact.merge._choosing import ROLES, Choosing, owners_of
from canonical_contact.merge._lists import union
from canonical_contact.model import Card, Channel, Owner, Restriction

__all__ = ["fold_owners", "fold_rare"]


def fold_owners(choosing: Choosing) -> tuple[Owner, ...]:
    """Who looks after what: for each role the owner that survives."""
    records, placing = choosing.records, choosing.placing
    roles = {it.role for record in records for it in owners_of(record.card)}
    found: list[Owner] = []
    for path, role in ROLES.items():
        if role not in roles and path not in choosing.pins:
            continue
        won = choosing.won(path)
        if won is None:
            continue
        target = f"$.owners[{len(found)}]"
        reason = "only_source" if choosing.alone else won.reason
        for record in (*records, *choosing.pins.get(path, ())):
            for place, it in enumerate(record.card.owners):
                if it.role is role:
                    kept = it.who == won.value or (not won.source and record.key in won.sources)
                    placing.place(record.key, f"$.owners[{place}]", target, won=kept, reason=reason)
        if won.value:
            found.append(Owner(role, won.value))
    return tuple(found)


def fold_rare(choosing: Choosing) -> dict[str, Any]:
    """Fold the fields that some record states.

    Args:
        choosing: the choices of the contact.

    Returns:
        Field → value, for the fields that have one.
    """
    found: dict[str, Any] = {}
    for field, fold in _FIELDS.items():
        blank = _BLANK[field]
        if field in choosing.pins:
            found[field] = fold(choosing, field)
            continue
        for record in choosing.records:
            if getattr(record.card, field) != blank or (field == "kind" and choosing.placing.states(record.key, "$.kind")):
                found[field] = fold(choosing, field)
                break
    return found


_Fold = Callable[[Choosing, str], object]


def _single(choosing: Choosing, field: str) -> object:
    return choosing.value(field, _BLANK[field])


def _list(key: Callable[[Any], str]) -> _Fold:
    return lambda choosing, field: union(choosing, field, key, lambda items: items[0].value)


def _words(choosing: Choosing, field: str) -> object:
    from canonical_contact.normalize import fold

    return union(choosing, field, fold, lambda items: items[0].value)


def _sorted(choosing: Choosing, field: str, order: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The union of all records' values in an order of their own."""
    values = sorted({value for record in choosing.records for value in getattr(record.card, field)}, key=order)
    places = {value: place for place, value in enumerate(values)}
    for record in choosing.records:
        for place, value in enumerate(getattr(record.card, field)):
            choosing.placing.place(record.key, f"$.{field}[{place}]", f"$.{field}[{places[value]}]")
    return tuple(values)


def _restrictions(choosing: Choosing, field: str) -> object:
    """What any record forbids is forbidden; no policy changes that."""
    return _sorted(choosing, field, tuple(Restriction).index)


def _nps(choosing: Choosing, field: str) -> object:
    return _sorted(choosing, field, lambda it: (it.at is not None, it.at.timestamp() if it.at else 0.0, it.score))


def _preferred_channels(choosing: Choosing, field: str) -> object:
    """The whole list of one record survives: its order is what is wished for."""
    won = choosing.won(field)
    kept: tuple[Channel, ...] = (won.value or ()) if won else ()
    reason = "only_source" if choosing.alone else won.reason if won else "not_used"
    for record in (*choosing.records, *choosing.pins.get(field, ())):
        for place, channel in enumerate(record.card.preferred_channels):
            target = f"$.{field}[{kept.index(channel) if channel in kept else place}]"
            choosing.placing.place(record.key, f"$.{field}[{place}]", target, won=channel in kept, reason=reason)
    return kept


def _deleted(choosing: Choosing, field: str) -> object:
    """A person is deleted when every record of them is."""
    deleted = all(record.card.deleted for record in choosing.records)
    for record in choosing.records:
        reason = "all_deleted" if deleted else "not_all_deleted"
        choosing.placing.place(record.key, f"$.{field}", f"$.{field}", won=deleted, reason=reason)
    return deleted


_FIELDS: Mapping[str, _Fold] = {
    "kind": _single,
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
