"""Pin a value: a choice by a person that stands before what any policy would choose, through merges, re-runs and un-merges, until released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from attrs import evolve, frozen

from canonical_contact.engine._person import Person
from canonical_contact.engine.folding import fold_contacts
from canonical_contact.errors import InputError
from canonical_contact.match.features import features, features_to_text
from canonical_contact.merge import HOST, KINDS, PINNED, RECTIFICATION, RELEASED, VALUE, held, is_pin, last_changed
from canonical_contact.model import Card, Claim, Judgement, Name, RawRecord, SourceRecord, digest, record_key
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore, DecisionRow, RecordRow

__all__ = ["Pin", "Pinned", "pin", "pins", "release_pin"]

_ROLES: Final = ("owners.enrichment", "owners.merge_approval", "owners.consent_queries")
_SINGLE: Final = ("name", "text", "code", "date", "number", "whole")
_LISTS: Final = ("list", "reach")
_CONSENT: Final = ("consent", "suppressions", "restrictions")
_PARTS: Final = ("given", "given2", "surname", "surname2", "full")  # they stand as one name
_BY, _WHY = "by", "why"


@frozen
class Pin:
    """A pin that stands.

    Args:
        path: the field.
        value: the value as it was given; of a list the entry that stands first. Empty: the field stays empty.
        record: key of the record that says it.
        by: who pinned it.
        why: why.
        at: when.
    """

    path: str
    value: str
    record: str
    by: str
    why: str
    at: datetime


@frozen
class Pinned:
    """What pinning or releasing did.

    Args:
        contact_id: the contact.
        path: the field.
        records: keys of the records that say it.
        new: False where it was so already.
    """

    contact_id: str
    path: str
    records: tuple[str, ...] = ()
    new: bool = True


def pin(
    store: ContactStore, contact_id: str, path: str, value: str, *, by: str, at: datetime, why: str = "", region: str = ""
) -> Pinned:
    """Pin a value of a contact, in one transaction.

    A pin is a record of the system `host`, bound to one record of the contact: where that record goes, the pin goes. Where two contacts
    with pins on one field come together, the later pin stands, and the other one stays as what has lost. What the person had put right
    (`rectify`) stands before any pin.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        path: a single field, such as `birthday`, `name.surname` or `owners.enrichment`; or a list, such as `emails`.
        value: of a single field any value, an empty text for none; of a list one that a record of the contact states: it stands first.
        by: who pins it.
        at: the time, with a time zone.
        why: the reason.
        region: ISO 3166-1 alpha-2, for what is written in a country's own way.

    Returns:
        What was pinned.

    Raises:
        NotFoundError: no such contact.
        InputError: no time zone, nobody who pins it, a field that is not pinned, or a value that cannot be read or that no record states.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> pin(MemoryStore(), "nobody", "consent", "yes", by="kim", at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.InputError: 'consent' is not pinned. Consent is recorded with record_consent, as what happened.
    """
    moment, field = in_utc(at), _field(path)
    _named(by)
    with store.transaction():
        person = Person(store, contact_id)
        said = _stated(person, field, value) if KINDS.get(field) in _LISTS else value.strip()
        told = {PINNED: field, "path": path.removeprefix("$."), **({VALUE: said} if said else {})}
        standing = _pins(person, field)
        if standing and {name: text for name, text in standing[-1].raw.items() if name not in (_BY, _WHY)} == told:
            return Pinned(person.contact_id, field, (standing[-1].key,), new=False)
        anchor = standing[-1].same_as[0] if standing else _anchor(person, field, said)
        key = record_key(HOST, f"{field}@{anchor}")
        card, claims = _read(person.contact.name, told, key, region)
        record = _version(key, card, claims, told | {_BY: by, _WHY: why}, moment)
        _write(store, [record], moment)
        fold_contacts(store, [person.contact_id], at=moment, run=HOST, joining={person.contact_id: key})
    return Pinned(person.contact_id, field, (key,))


def release_pin(store: ContactStore, contact_id: str, path: str, *, by: str, at: datetime, why: str = "") -> Pinned:
    """Release what is pinned of a field, in one transaction: the policy chooses again.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        path: the field.
        by: who releases it.
        at: the time, with a time zone.
        why: the reason.

    Returns:
        What was released; not new where nothing was pinned.

    Raises:
        NotFoundError: no such contact.
        InputError: no time zone, nobody who releases it, or a field that is not pinned.
    """
    moment, field = in_utc(at), _field(path)
    _named(by)
    with store.transaction():
        person = Person(store, contact_id)
        found = _pins(person, field)
        if not found:
            return Pinned(person.contact_id, field, new=False)
        raw = {RELEASED: field, _BY: by, _WHY: why}
        _write(store, [_version(record.key, Card(), (), raw, moment) for record in found], moment)
        fold_contacts(store, [person.contact_id], at=moment, run=HOST)
    return Pinned(person.contact_id, field, tuple(record.key for record in found))


def pins(store: ContactStore, contact_id: str) -> tuple[Pin, ...]:
    """List the pins of a contact, by field and the latest last: of one field that one stands.

    Raises:
        NotFoundError: no such contact.
    """
    return tuple(
        Pin(record.raw[PINNED], record.raw.get(VALUE, ""), record.key, record.raw.get(_BY, ""), record.raw.get(_WHY, ""), at)
        for record in _pins(Person(store, contact_id))
        if (at := record.observed_at)
    )


def _pins(person: Person, field: str = "") -> list[SourceRecord]:
    """List the pins of a contact, or of one field: the latest last."""
    found = [record for record in person.records.values() if is_pin(record) and record.raw.get(PINNED)]
    return sorted(
        (record for record in found if field in ("", record.raw[PINNED])),
        key=lambda record: (record.raw[PINNED], last_changed(record), record.key),
    )


def _named(by: str) -> None:
    if not by.strip():
        raise InputError("A pin needs somebody who is behind it.", path="by", hint="Name the person or team.")


def _field(path: str) -> str:
    """Tell which field a path pins; of a list, that list."""
    name = path.removeprefix("$.")
    root, _, part = name.partition(".")
    plain = root.partition("[")[0]
    if KINDS.get(plain) in _LISTS:
        return plain
    if root == "name" and part in _PARTS:
        return root
    if name in _ROLES or (name != "owners" and KINDS.get(name) in _SINGLE):
        return name
    known = ", ".join(sorted([*(it for it, kind in KINDS.items() if kind in _SINGLE + _LISTS and it != "owners"), *_ROLES]))
    hint = "Consent is recorded with record_consent, as what happened." if plain in _CONSENT else f"Fields: {known}."
    raise InputError(f"{plain!r} is not pinned.", path="path", hint=hint)


def _stated(person: Person, field: str, value: str) -> str:
    """Find the entry of a list that is meant, as the claims of the contact write it."""
    asked = value.strip()
    said = [
        claim.value
        for claim in person.contact.claims
        if claim.path.startswith(f"$.{field}[") and (claim.won or claim.reason == "cap")
    ]
    found = [text for text in said if text == asked] or [text for text in said if _bare(text) == _bare(asked)]
    if not found or not asked:
        hint = "Pin a value that a record states; what no record has is put right with rectify, or imported."
        raise InputError(f"No record of the contact states this value of {field}.", path="value", hint=hint)
    return found[0]


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()


def _anchor(person: Person, field: str, said: str) -> str:
    """Choose the record that a pin is bound to: one that states the value, else the first."""
    own = [key for key in person.keys if not key.startswith((f"{RECTIFICATION}:", f"{HOST}:"))] or list(person.keys)
    places = (f"$.{field}", f"$.{field}[")
    saying = (
        key
        for key in own
        if any(
            claim.value == said and (claim.path == places[0] or claim.path.startswith(places[1]))
            for claim in person.records[key].claims
        )
    )
    return next(saying, own[0]) if said else own[0]


def _read(name: Name | None, told: Mapping[str, str], key: str, region: str) -> tuple[Card, tuple[Claim, ...]]:
    """Read the value of a single field as an import reads it; of a list there is nothing to read, the entry is there."""
    from canonical_contact.normalize.profiled import ProfiledNormalizer

    field, said = told[PINNED], told.get(VALUE, "")
    if not said or KINDS.get(field) in _LISTS:
        return Card(), (Claim(f"$.{field}", said, method="host"),)
    raw = RawRecord(HOST, "", 0, "", 0, _cells(name, told["path"], said))
    record = ProfiledNormalizer(region, None).record(raw, key, "")
    card, part = record.card, field.removeprefix("name.")
    claims = tuple(evolve(claim, method="host") for claim in record.claims if claim.value)
    if part != field and card.name is not None:  # one part of a name, which fills in whatever name survives
        card, claims = Card(name=Name(**{part: getattr(card.name, part)})), (Claim(f"$.{field}", said, method="host"),)
    if not held(card, field) or (field == "kind" and not claims):
        raise InputError(
            f"The value of {field} cannot be read.", path="value", hint="Write it in full, as an import would have it."
        )
    return card, claims


def _cells(name: Name | None, path: str, said: str) -> dict[str, str]:
    """Give the value under its raw path; a part of a name with the other parts that the contact has."""
    part = path.removeprefix("name.")
    if part not in ("full", path) and name is not None:
        rest = {f"name.{one}": text for one in _PARTS if one not in ("full", part) and (text := getattr(name, one))}
        return {**rest, path: said}
    return {{"name": "name.full", "preferred_channels": "preferred_channels[0]"}.get(path, path): said}


def _version(key: str, card: Card, claims: Sequence[Claim], raw: Mapping[str, str], at: datetime) -> SourceRecord:
    cells = {name: text for name, text in raw.items() if text}
    return SourceRecord(
        key,
        HOST,
        key.partition(":")[2],
        "pin",
        "",
        0,
        card,
        tuple(claims),
        cells,
        observed_at=at,
        digest=digest("pin", at.isoformat(), *(text for cell in sorted(cells.items()) for text in cell)),
        same_as=(key.partition("@")[2],),
    )


def _write(store: ContactStore, records: Sequence[SourceRecord], at: datetime) -> None:
    """Write versions of pins, each bound to its record; for matching they say nothing else."""
    from canonical_contact.schema import to_json

    store.put_records(
        [
            RecordRow(
                record.key,
                record.digest,
                HOST,
                record.label,
                to_json(record),
                features_to_text(features(Card(), record.key, HOST, same_as=record.same_as)),
            )
            for record in records
        ]
    )
    bound = [sorted((record.key, *record.same_as)) for record in records]
    store.put_decisions(
        DecisionRow(left, right, Judgement.MATCH.value, 0.999, "same_as", HOST, "", "rule", at=at.isoformat())
        for left, right in bound
    )
