"""Put right what is wrong about a person: a record of its own, which stands before what any source says, now and later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import evolve, frozen

from canonical_contact.engine._person import Person
from canonical_contact.engine._proving import proof_row
from canonical_contact.engine.folding import fold_contacts, holders_of
from canonical_contact.engine.gate import open_gate
from canonical_contact.engine.stages import event_row
from canonical_contact.errors import InputError
from canonical_contact.match.features import Features, features, features_to_text
from canonical_contact.merge import RECTIFICATION
from canonical_contact.model import Card, Judgement, Name, RawRecord, SourceRecord, digest, record_key
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore, DecisionRow, RecordRow

__all__ = ["FIELDS", "Rectified", "rectify"]

FIELDS: Final = (
    "name", "nicknames", "emails", "phones", "addresses", "organizations", "titles", "birthday", "gender", "time_zone",
    "preferred_languages", "online_services", "anniversaries", "notes", "tags",
)  # fmt: skip
_PATH: Final = re.compile(r"([a-z_]+)(?:\[\d+\])?(?:\.([a-z_.0-9]+))?")
_NAME_PARTS: Final = ("title", "given", "given2", "surname", "generation", "credential")
_CHECKED: Final = ("verified", "bounced")  # what a check found is no matter of what a person says
_LONGEST = 10_000  # characters of one value


@frozen
class Rectified:
    """What a rectification did.

    Args:
        contact_id: the contact.
        record: key of the record that says it.
        fields: the fields that it rules.
        problems: codes of what could not be read of the new values.
        proof: id of the proof in the ledger.
        new: False where all of it was so already.
    """

    contact_id: str
    record: str
    fields: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    proof: str = ""
    new: bool = True


def rectify(
    store: ContactStore,
    contact_id: str,
    changes: Mapping[str, str],
    *,
    at: datetime,
    actor: str = "subject",
    reason: str = "request",
    region: str = "",
    key: bytes | None = None,
) -> Rectified:
    """Put values of a contact right, in one transaction.

    The new values become a record of the system `rectification`, a member of the contact. Its fields stand alone in the golden contact;
    what the sources say stays in its claims as what has lost, and no later import brings it back. A list is replaced as a whole, a name
    by its parts. Blocks on what is no longer shown stay, and a refusal reaches new addresses and numbers.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        changes: raw paths as in a mapping (`name.surname`, `emails[0].address`, `birthday`) → text; an empty text empties the field.
        at: the time, with a time zone.
        actor: who asked for it, as a role; it is written into the proof.
        reason: a stable code; it is written into the proof.
        region: ISO 3166-1 alpha-2 of national phone numbers.
        key: the privacy key, where the host keeps it.

    Returns:
        What was changed.

    Raises:
        NotFoundError: no such contact.
        InputError: no time zone, a path that is not rectified, consent among them, a value that cannot be read, or an address or number
            that was an erased person's.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> rectify(MemoryStore(), "nobody", {"consent.email": "yes"}, at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.InputError: 'consent' is not rectified. Consent is recorded with record_consent, as what happened.
    """
    moment = in_utc(at)
    fields = tuple(dict.fromkeys(_field(path) for path in changes))
    if not fields:
        raise InputError("There is nothing to put right.", path="changes", hint="Give paths and values, such as name.surname.")
    if any(len(text) > _LONGEST for text in changes.values()):
        raise InputError(f"A value is longer than {_LONGEST:,} characters.", path="changes", hint="Shorten it.")
    with store.transaction():
        person = Person(store, contact_id)
        name = _name(store, person)
        before = person.records.get(name)
        held = {path: text for path, text in (before.raw if before else {}).items() if _field(path) not in fields}
        cells = held | _whole_name(person.contact.name, changes)
        if before and dict(before.raw) == cells:
            return Rectified(person.contact_id, name, fields, new=False)
        record = _made(person, name, cells, moment, region)
        lost = tuple(problem.code for problem in record.problems)
        if missing := [
            field for field in fields if _is_empty(record.card, field) and any(changes[p] for p in changes if _field(p) == field)
        ]:
            raise InputError(
                f"The new value of {missing[0]} cannot be read.",
                path=missing[0],
                hint="Write it in full; give a region for national numbers.",
            )
        _refuse_erased(store, person, record, key, moment)
        _write(store, person, record, moment)
        proof = digest("rectified", record.key, record.digest, moment.isoformat())
        detail = {"act": "rectified", "actor": actor, "reason": reason, "fields": " ".join(sorted(fields)), "record": name}
        store.put_proofs([proof_row(proof, detail, at=moment, contact_id=person.contact_id)])
    return Rectified(person.contact_id, name, fields, lost, proof)


def _name(store: ContactStore, person: Person) -> str:
    """Name the record: by the contact, unless that one went to another contact with the record that it is about."""
    number, name = 1, record_key(RECTIFICATION, person.contact_id)
    while name not in person.keys and any(store.records([name])):
        number += 1
        name = record_key(RECTIFICATION, f"{person.contact_id}#{number}")
    return name


def _field(path: str) -> str:
    found = _PATH.fullmatch(path)
    field, part = (found[1], found[2] or "") if found else (path, "")
    checked = part.startswith(_CHECKED)
    if field not in FIELDS or checked:
        raise InputError(
            f"{path if checked else field!r} is not rectified.",
            path="changes",
            hint="Consent is recorded with record_consent, as what happened."
            if field in ("consent", "suppressions")
            else f"Fields: {', '.join(FIELDS)}; paths as in docs/mapping.md.",
        )
    return field


def _whole_name(name: Name | None, changes: Mapping[str, str]) -> dict[str, str]:
    """Fill the parts of a name that stay as they are; a whole name is read anew."""
    cells = dict(changes)
    parts = [path for path in cells if path.startswith("name.")]
    if name is not None and parts and "name.full" not in parts:
        for part in _NAME_PARTS:
            if (text := getattr(name, part)) and f"name.{part}" not in cells:
                cells[f"name.{part}"] = text
    return cells


def _is_empty(card: Card, field: str) -> bool:
    return bool(getattr(card, field) == getattr(Card(), field))


def _made(person: Person, key: str, cells: Mapping[str, str], at: datetime, region: str) -> SourceRecord:
    from canonical_contact.normalize.profiled import ProfiledNormalizer

    values = {path: text for path, text in cells.items() if text} | {"updated_at": at.isoformat()}
    record_id = key.partition(":")[2]
    raw = RawRecord(RECTIFICATION, record_id, 0, "", 0, values, raw=dict(cells))
    record = ProfiledNormalizer(region, None).record(raw, key, record_id)
    anchors = tuple(member for member in person.keys if not member.startswith(f"{RECTIFICATION}:"))[:1]
    return evolve(
        record,
        raw=dict(cells),
        same_as=anchors,
        claims=tuple(evolve(claim, method="host") for claim in record.claims),
        digest=digest("rectification", at.isoformat(), *(text for cell in sorted(cells.items()) for text in cell)),
    )


def _refuse_erased(store: ContactStore, person: Person, record: SourceRecord, key: bytes | None, at: datetime) -> None:
    gate = open_gate(store, key, at=at)
    if gate is None:
        return
    card, now, nothing = record.card, person.contact, Features("", "")
    moved = gate.is_erased("", nothing, card.name or now.name, card.addresses or now.addresses)
    if moved and gate.is_erased("", nothing, now.name, now.addresses):  # a namesake who was here before stays
        moved = False
    if moved or gate.is_erased("", features(card, record.key, record.system), None):
        raise InputError(
            "An address or number among the new values was that of an erased person.",
            code="privacy.erased_endpoint",
            path="changes",
            hint="It comes back by that person's own confirmed opt-in alone: see lift_tombstones.",
        )


def _write(store: ContactStore, person: Person, record: SourceRecord, at: datetime) -> None:
    """Write the record, join it to its contact, and let refusals follow to what is new."""
    from canonical_contact.consent import follow
    from canonical_contact.schema import to_json

    bare = Card(
        emails=record.card.emails, phones=record.card.phones
    )  # it says who it is about; nothing else may part it from that
    traits = features(bare, record.key, record.system, same_as=record.same_as)
    store.put_records(
        [RecordRow(record.key, record.digest, record.system, record.label, to_json(record), features_to_text(traits))]
    )
    for anchor in record.same_as:
        left, right = sorted((anchor, record.key))
        store.put_decisions([DecisionRow(left, right, Judgement.MATCH.value, 0.999, "same_as", RECTIFICATION, "")])
    made = [event for key in person.keys for event in follow(evolve(record, key=key), person.streams.get(key, ()), at)]
    store.put_events(map(event_row, made))
    shared = holders_of(store, sorted({event.endpoint for event in made if event.endpoint}))
    fold_contacts(store, [person.contact_id, *shared], at=at, run=RECTIFICATION, joining={person.contact_id: record.key})
