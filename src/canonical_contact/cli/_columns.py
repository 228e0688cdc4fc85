"""A card on one row: the flat columns of `export` and `normalize`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from canonical_contact.cli._output import moment_text
from canonical_contact.model import Card, Contact, Name, PostalAddress, SourceRecord

if TYPE_CHECKING:
    from canonical_contact.normalize.columns import Records

__all__ = ["CARD", "CONTACT", "RECORD", "row_of_contact", "row_of_record", "rows_of"]

JOIN = "; "
_NO_NAME = Name()
_NO_PLACE = PostalAddress()


def _name(card: Card) -> Name:
    return card.name or _NO_NAME


def _place(card: Card) -> PostalAddress:
    return card.addresses[0] if card.addresses else _NO_PLACE


def _joined(texts: Iterable[str]) -> str:
    return JOIN.join(texts)


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
    "created_at": lambda card: moment_text(card.created_at),
}

CONTACT = ("contact_id", *CARD, "updated_at", "revision", "systems", "records", "aliases")
RECORD = ("system", "record_id", "file", "line", *CARD, "problems", "problem_codes")


def row_of_contact(contact: Contact) -> list[str]:
    """Put a golden contact on one row, in the order of `CONTACT`."""
    return [
        contact.contact_id,
        *(write(contact) for write in CARD.values()),
        moment_text(contact.updated_at),
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


# column of a row → the path whose text it is
_PATHS = {
    **{part: f"name.{part}" for part in ("title", "given", "given2", "surname", "surname2", "generation", "credential")},
    "email": "emails[0].address",
    "organization": "organizations[0].name",
    **{
        part: f"addresses[0].{part}"
        for part in ("street", "extended", "po_box", "postcode", "locality", "region", "country_code", "country")
    },
    "full_address": "addresses[0].full",
    "lifecycle_stage": "lifecycle.stage",
    **{path: path for path in ("birthday", "gender", "time_zone", "owner", "source_channel")},
}


def rows_of(records: Records) -> Iterator[list[str]]:
    """Put records that stand in columns on rows, as `row_of_record` does with one; but for those with more than the columns hold."""

    def column(path: str) -> Sequence[Any]:
        return records[path]

    def others(first: Sequence[Any], *more: Sequence[Any]) -> list[str]:
        return [_joined(filter(None, entries)) for entries in zip(first, *more, strict=True)]

    def phones(at: int) -> list[str | None]:
        numbers, extensions = column(f"phones[{at}].number"), column(f"phones[{at}].extension")
        return [f"{one};ext={more}" if more else one for one, more in zip(numbers, extensions, strict=True)]

    parts = zip(*[column(f"name.{part}") for part in ("full", "given", "given2", "surname", "surname2")], strict=True)
    made: dict[str, Sequence[Any]] = {
        "system": [records.raw(row).system for row in range(len(records))],
        "record_id": column("record_id"),
        "file": [records.raw(row).file for row in range(len(records))],
        "line": [str(records.raw(row).line) for row in range(len(records))],
        "name": [full or " ".join(filter(None, more)) for full, *more in parts],
        "nicknames": [_joined(it or ()) for it in column("nicknames")],
        "other_emails": others(column("emails[1].address"), column("emails[2].address")),
        "phone": phones(0),
        "other_phones": others(phones(1), phones(2)),
        "job_title": [it[0] if it else "" for it in column("titles")],
        "preferred_languages": [_joined(it or ()) for it in column("preferred_languages")],
        "tags": [_joined(it or ()) for it in column("tags")],
        "created_at": [moment_text(it) for it in column("created_at")],
    }
    troubles = [records.problems_of(row) for row in range(len(records))]
    made["problems"] = [str(len(it)) for it in troubles]
    made["problem_codes"] = [_joined(dict.fromkeys(problem.code for problem in it)) for it in troubles]
    for row in zip(*[made[name] if name in made else column(_PATHS[name]) for name in RECORD], strict=True):
        yield [text or "" for text in row]
