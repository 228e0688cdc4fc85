"""What stands in a cell: each value of a contact as the text of its raw path, in the form that the target takes and the preset reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from canonical_contact.formats._write_spec import WriteSpec
from canonical_contact.model import (
    Anniversary,
    Contact,
    EmailAddress,
    ExternalId,
    Name,
    NpsAnswer,
    OnlineService,
    Organization,
    OwnerRole,
    PhoneNumber,
    PostalAddress,
    Revenue,
)

__all__ = ["ENTRIES", "SCALARS", "Words", "phone_text"]

_NO_NAME = Name()
_NO_REVENUE = Revenue()


class Words:
    """The forms of one file.

    Args:
        spec: how the file is written.
        phones: `brackets` for (+49) 3012345678, `zeros` for 00493012345678.
        countries: ISO 3166-1 code → name.
    """

    def __init__(self, spec: WriteSpec, phones: str, countries: Mapping[str, str]) -> None:
        self.spec, self.phones, self.countries = spec, phones, countries

    def time(self, at: datetime | None) -> str:
        """Write a point in time, in UTC."""
        if at is None:
            return ""
        text = at.astimezone(UTC).replace(tzinfo=None).isoformat(" " if self.spec.time == "plain" else "T")
        return text if self.spec.time == "plain" else f"{text}Z"

    def day(self, text: str) -> str:
        """Write a birthday; a day without its year has no form that is no formula, but for month/day."""
        if self.spec.birthday == "month/day":
            return text[-5:].replace("-", "/")
        return "" if text.startswith("--") else text

    def word(self, path: str, text: str) -> str:
        """Turn our word into the target's; a word that it has none for is left out."""
        table = self.spec.words.get(path)
        return text if table is None else table.get(text, "")

    def country(self, address: PostalAddress) -> str:
        """Name the country."""
        return self.countries.get(address.country_code, address.country_code) or address.country

    def label(self, entry: EmailAddress | PhoneNumber | PostalAddress | OnlineService) -> str:
        """Write a label that is read back as contexts, features, label and preference."""
        table = self.spec.label_words
        words = [table.get(word, word) for word in (*entry.contexts, *getattr(entry, "features", ()))]
        text = ", ".join(filter(None, (" ".join(words), entry.label)))
        return f"{self.spec.mapping.primary_prefix}{text}" if entry.pref == 1 and self.spec.mapping.primary_prefix else text


def phone_text(phone: PhoneNumber, form: str) -> str:
    """Write a number so that no spreadsheet takes it for a formula and every system still sees the country.

    >>> phone_text(PhoneNumber("+493012345678", extension="12"), "brackets"), phone_text(PhoneNumber("+14155552671"), "zeros")
    ('(+49) 3012345678 ext. 12', '0014155552671')
    """
    number, more = phone.number, f" ext. {phone.extension}" if phone.extension else ""
    if not (number.startswith("+") and number[1:].isascii() and number[1:].isdecimal()):
        return number + more
    if form == "zeros":
        return f"00{number[1:]}{more}"
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    size = next((size for size in (1, 2, 3) if int(number[1 : 1 + size]) in COUNTRY_CODE_TO_REGION_CODE), 0)
    return f"(+{number[1 : 1 + size]}) {number[1 + size :]}{more}" if size else f"({number}){more}"


def _name(contact: Contact) -> Name:
    return contact.name or _NO_NAME


def _revenue(contact: Contact) -> Revenue:
    return contact.revenue or _NO_REVENUE


def _number(value: float | None) -> str:
    return "" if value is None else str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _owner(contact: Contact, role: OwnerRole) -> str:
    return next((one.who for one in contact.owners if one.role is role), "")


def _converted(contact: Contact) -> datetime | None:
    history = contact.lifecycle.history if contact.lifecycle else ()
    return next((step.at for step in history if step.reason == "lead_converted"), None)


_Getter = Callable[[Contact, Words], str]
# raw path → its text; what is not here has no single value
SCALARS: dict[str, _Getter] = {
    "name.full": lambda contact, _: _name(contact).display,
    "name.title": lambda contact, _: _name(contact).title,
    "name.given": lambda contact, _: _name(contact).given,
    "name.given2": lambda contact, _: _name(contact).given2,
    "name.surname": lambda contact, _: (
        _name(contact).surname
        or ("" if _name(contact).given or _name(contact).given2 or _name(contact).surname2 else _name(contact).full)
    ),
    "name.surname2": lambda contact, _: _name(contact).surname2,
    "name.generation": lambda contact, _: _name(contact).generation,
    "name.credential": lambda contact, _: _name(contact).credential,
    "name.suffix": lambda contact, _: ", ".join(filter(None, (_name(contact).generation, _name(contact).credential))),
    "name.sort_as": lambda contact, _: _name(contact).sort_as,
    "name.phonetic.given": lambda contact, _: _name(contact).phonetic_given,
    "name.phonetic.given2": lambda contact, _: _name(contact).phonetic_given2,
    "name.phonetic.surname": lambda contact, _: _name(contact).phonetic_surname,
    "name.phonetic.system": lambda contact, _: _name(contact).phonetic_system,
    "birthday": lambda contact, words: words.day(contact.birthday),
    "gender": lambda contact, _: contact.gender,
    "grammatical_gender": lambda contact, _: contact.grammatical_gender,
    "kind": lambda contact, _: contact.kind.value,
    "time_zone": lambda contact, _: contact.time_zone,
    "owner": lambda contact, _: contact.owner or _owner(contact, OwnerRole.RECORD),
    "owners.enrichment": lambda contact, _: _owner(contact, OwnerRole.ENRICHMENT),
    "owners.merge_approval": lambda contact, _: _owner(contact, OwnerRole.MERGE_APPROVAL),
    "owners.consent_queries": lambda contact, _: _owner(contact, OwnerRole.CONSENT_QUERIES),
    "source_channel": lambda contact, _: contact.source_channel,
    "created_at": lambda contact, words: words.time(contact.created_at),
    "updated_at": lambda contact, words: words.time(contact.updated_at),
    "lifecycle.stage": lambda contact, words: (
        words.word("lifecycle.stage", contact.lifecycle.stage.value) if contact.lifecycle else ""
    ),
    "lifecycle.status": lambda contact, _: contact.lifecycle.status if contact.lifecycle else "",
    "lifecycle.converted_at": lambda contact, words: words.time(_converted(contact)),
    "score": lambda contact, _: _number(contact.score),
    "revenue.total": lambda contact, _: _number(_revenue(contact).total),
    "revenue.currency": lambda contact, _: _revenue(contact).currency,
    "revenue.deals": lambda contact, _: _number(_revenue(contact).deals),
    "revenue.first_deal_at": lambda contact, words: words.time(_revenue(contact).first_deal_at),
    "revenue.last_deal_at": lambda contact, words: words.time(_revenue(contact).last_deal_at),
    "revenue.last_deal_amount": lambda contact, _: _number(_revenue(contact).last_deal_amount),
}


def _text(entry: object, _: Words) -> dict[str, str]:
    return {"": str(entry)}


def _email(entry: EmailAddress, words: Words) -> dict[str, str]:
    return {"address": entry.address, "label": words.label(entry), "type": "SMTP"}


def _phone(entry: PhoneNumber, words: Words) -> dict[str, str]:
    return {"number": phone_text(entry, words.phones), "label": words.label(entry)}


def _address(entry: PostalAddress, words: Words) -> dict[str, str]:
    parts = {
        "street": entry.street,
        "extended": entry.extended,
        "po_box": entry.po_box,
        "locality": entry.locality,
        "region": entry.region,
        "postcode": entry.postcode,
        "country": words.country(entry),
    }
    return {
        **parts,
        "full": entry.full,
        "label": words.label(entry),
        "coordinates": entry.coordinates,
        "time_zone": entry.time_zone,
    }


def _organization(entry: Organization, _: Words) -> dict[str, str]:
    return {"name": entry.name, "units": ", ".join(entry.units), "external_id": entry.external_id}


def _service(entry: OnlineService, words: Words) -> dict[str, str]:
    return {"uri": entry.uri, "user": entry.user, "label": words.label(entry)}


def _anniversary(entry: Anniversary, words: Words) -> dict[str, str]:
    return {"date": words.day(entry.date), "kind": entry.kind, "label": entry.label or entry.kind}


def _nps(entry: NpsAnswer, words: Words) -> dict[str, str]:
    return {"score": str(entry.score), "at": words.time(entry.at)}


def _external_id(entry: ExternalId, _: Words) -> dict[str, str]:
    return {"id": entry.id, "system": entry.system}


# list → its entries as parts; what is not here is a list of texts
ENTRIES: dict[str, Callable[..., dict[str, str]]] = {
    "emails": _email,
    "phones": _phone,
    "addresses": _address,
    "organizations": _organization,
    "online_services": _service,
    "anniversaries": _anniversary,
    "nps": _nps,
    "external_ids": _external_id,
    **dict.fromkeys(
        (
            "nicknames",
            "titles",
            "notes",
            "tags",
            "preferred_languages",
            "roles",
            "pronouns",
            "restrictions",
            "preferred_channels",
        ),
        _text,
    ),
}
