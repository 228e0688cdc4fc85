"""A card on one row: the flat columns of `export` and `normalize`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from canonical_contact.model import Card, Contact, Name, PostalAddress, SourceRecord

__all__ = ["CARD", "CONTACT", "RECORD", "row_of_contact", "row_of_record"]

JOIN = "; "
_NO_NAME = Name()
_NO_PLACE = PostalAddress()


def _name(card: Card) -> Name:
    return card.name or _NO_NAME


def _place(card: Card) -> PostalAddress:
    return card.addresses[0] if card.addresses else _NO_PLACE


def _joined(texts: Iterable[str]) -> str:
    return JOIN.join(texts)


def _time(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _phones(card: Card) -> list[str]:
    return [entry.number + (f";ext={entry.extension}" if entry.extension else "") for entry in card.phones]


# column → what stands in it; lists keep their order, best first, and `export` to JSON Lines holds everything
CARD: dict[str, Callable[[Card], str]] = {
    "name": lambda card: _name(card).display,
    "title": lambda card: _name(card).title,
    "given": lambda card: _name(card).given,
    "given2": lambda card: _name(card).given2,
    "surname": lambda card: _name(card).surname,
    "surname2": lambda card: _name(card).surname2,
    "generation": lambda card: _name(card).generation,
    "credential": lambda card: _name(card).credential,
    "nicknames": lambda card: _joined(card.nicknames),
    "email": lambda card: card.emails[0].address if card.emails else "",
    "other_emails": lambda card: _joined(entry.address for entry in card.emails[1:]),
    "phone": lambda card: "".join(_phones(card)[:1]),
    "other_phones": lambda card: _joined(_phones(card)[1:]),
    "organization": lambda card: card.organizations[0].name if card.organizations else "",
    "job_title": lambda card: card.titles[0] if card.titles else "",
    "street": lambda card: _place(card).street,
    "extended": lambda card: _place(card).extended,
    "po_box": lambda card: _place(card).po_box,
    "postcode": lambda card: _place(card).postcode,
    "locality": lambda card: _place(card).locality,
    "region": lambda card: _place(card).region,
    "country_code": lambda card: _place(card).country_code,
    "country": lambda card: _place(card).country,
    "full_address": lambda card: _place(card).full,
    "birthday": lambda card: card.birthday,
    "gender": lambda card: card.gender,
    "preferred_languages": lambda card: _joined(card.preferred_languages),
    "time_zone": lambda card: card.time_zone,
    "lifecycle_stage": lambda card: card.lifecycle.stage.value if card.lifecycle else "",
    "owner": lambda card: card.owner,
    "source_channel": lambda card: card.source_channel,
    "tags": lambda card: _joined(card.tags),
    "created_at": lambda card: _time(card.created_at),
}

CONTACT = ("contact_id", *CARD, "updated_at", "revision", "systems", "records", "aliases")
RECORD = ("system", "record_id", "file", "line", *CARD, "problems", "problem_codes")


def row_of_contact(contact: Contact) -> list[str]:
    """Put a golden contact on one row, in the order of `CONTACT`."""
    return [
        contact.contact_id,
        *(write(contact) for write in CARD.values()),
        _time(contact.updated_at),
        str(contact.revision),
        _joined(sorted({source.system for source in contact.sources})),
        _joined(f"{source.system}:{source.label or source.record_id}" for source in contact.sources),
        _joined(contact.aliases),
    ]


def row_of_record(record: SourceRecord) -> list[str]:
    """Put a source record on one row, in the order of `RECORD`."""
    return [
        record.system,
        record.label or record.record_id,
        record.file,
        str(record.line),
        *(write(record.card) for write in CARD.values()),
        str(len(record.problems)),
        _joined(dict.fromkeys(problem.code for problem in record.problems)),
    ]
