# Which canonical paths stand in columns, in which order; a card laid flat. The column form and the row-wise form both write by it.
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

import attrs

from canonical_contact.model.channels import EmailAddress, EmailStatus, PhoneNumber, PostalAddress
from canonical_contact.model.contact import Card, ContactKind
from canonical_contact.model.lifecycle import Lifecycle
from canonical_contact.model.name import Name
from canonical_contact.model.organization import Organization
from canonical_contact.model.source import SourceRecord
from canonical_contact.model.verification import Verification, VerificationStatus

__all__ = [
    "ADDRESS", "EMAIL", "LIFECYCLE", "NAME", "ORGANIZATION", "PHONE", "PLACES", "flat", "flat_address", "flat_email",
    "flat_lifecycle", "flat_name", "flat_organization", "flat_phone", "paths",
]  # fmt: skip

Flat = tuple[Any, ...]

NAME: Final = tuple(field.name for field in attrs.fields(Name))
EMAIL: Final = (
    "address", "key", "contexts", "label", "pref", "role", "status", "verification.status", "verification.method",
    "verification.checked_at",
)  # fmt: skip
PHONE: Final = ("number", "extension", "country_code", "line_type", "features", "contexts", "label", "pref")
ADDRESS: Final = (
    "full", "street", "extended", "po_box", "locality", "region", "postcode", "country", "country_code", "contexts", "label", "pref",
)  # fmt: skip
ORGANIZATION: Final = ("name", "units", "key", "external_id")
LIFECYCLE: Final = ("stage", "status", "history[0].stage", "history[0].at", "history[0].source", "history[0].reason")
PLACES: Final[Mapping[str, int]] = {"emails": 3, "phones": 3, "addresses": 2, "organizations": 1}  # more go into `more`
_FIELDS: Final = {"emails": EMAIL, "phones": PHONE, "addresses": ADDRESS, "organizations": ORGANIZATION}
_NO_CHECK: Final = Verification()


def paths(places: Mapping[str, int]) -> tuple[str, ...]:
    """List the columns that every batch has, but for the extensions."""
    lists = {kind: [f"{kind}[{at}].{part}" for at in range(places[kind]) for part in parts] for kind, parts in _FIELDS.items()}
    return (
        "observed_at", "kind", *(f"name.{part}" for part in NAME), "nicknames", *lists["emails"], *lists["phones"],
        *lists["addresses"], *lists["organizations"], "titles", "birthday", "gender", "preferred_languages", "time_zone",
        *(f"lifecycle.{part}" for part in LIFECYCLE), "owner", "owners[0].role", "owners[0].who", "source_channel", "created_at",
        "tags", "notes", "score", "deleted",
    )  # fmt: skip


def flat_name(it: Name) -> Flat:
    """Lay a name flat; empty parts are None."""
    return (
        it.full or None, it.title or None, it.given or None, it.given2 or None, it.surname or None, it.surname2 or None,
        it.generation or None, it.credential or None, it.phonetic_given or None, it.phonetic_surname or None, it.sort_as or None,
        it.phonetic_given2 or None, it.phonetic_system or None,
    )  # fmt: skip


def flat_email(it: EmailAddress) -> Flat:
    """Lay an e-mail address flat."""
    shown = it.verification
    return (
        it.address, it.key or None, it.contexts or None, it.label or None, it.pref or None, it.role,
        None if it.status is EmailStatus.UNKNOWN else it.status.value,
        None if shown.status is VerificationStatus.UNVERIFIED else shown.status.value, shown.method or None, shown.checked_at,
    )  # fmt: skip


def flat_phone(it: PhoneNumber) -> Flat:
    """Lay a phone number flat."""
    return (
        it.number, it.extension or None, it.country_code or None, it.line_type or None, it.features or None, it.contexts or None,
        it.label or None, it.pref or None,
    )  # fmt: skip


def flat_address(it: PostalAddress) -> Flat:
    """Lay a postal address flat, but for what only cards have."""
    return (
        it.full or None, it.street or None, it.extended or None, it.po_box or None, it.locality or None, it.region or None,
        it.postcode or None, it.country or None, it.country_code or None, it.contexts or None, it.label or None, it.pref or None,
    )  # fmt: skip


def flat_organization(it: Organization) -> Flat:
    """Lay an organisation flat; one without a name has an empty one."""
    return it.name, it.units or None, it.key or None, it.external_id or None


def flat_lifecycle(it: Lifecycle) -> Flat:
    """Lay a lifecycle flat, but for all but its first step."""
    step = it.history[0] if it.history else None
    return (
        it.stage.value, it.status or None, step and step.stage.value, step and step.at, step and (step.source or None),
        step and (step.reason or None),
    )  # fmt: skip


def flat(record: SourceRecord) -> dict[str, Any]:
    """Lay a record's card flat: canonical path → value, for all that is there.

    Texts, numbers, truth values and times stand for themselves, lists of texts are tuples, words of a table are their text.

    >>> from canonical_contact.model import RawRecord
    >>> from canonical_contact.normalize import Normalizer
    >>> raw = RawRecord("sheet", "1", 1, "s.csv", 2, {"name.given": "Ana", "tags[0]": "VIP", "nps[0].score": "9"})
    >>> flat(Normalizer().record(raw, "sheet:1", "1"))
    {'name.full': 'Ana', 'name.given': 'Ana', 'tags': ('VIP',), 'nps[0].score': 9}
    """
    card, found = record.card, dict[str, Any]()
    if record.observed_at is not None:
        found["observed_at"] = record.observed_at
    for field in attrs.fields(Card):
        value = getattr(card, field.name)
        if value in (None, "", ()) or (field.name in _DEFAULTS and value == _DEFAULTS[field.name]):
            continue
        if field.name == "extensions":
            found.update((f"extensions.{name}", text) for name, text in value.items())
        elif isinstance(value, tuple) and not isinstance(value[0], str):
            for at, one in enumerate(value):
                _lay(one, f"{field.name}[{at}]", found)
        else:
            _lay(value, field.name, found)
    return found


_DEFAULTS: Final = {"kind": ContactKind.INDIVIDUAL, "deleted": False}
_KINDS: Final[dict[type, tuple[Any, tuple[str, ...]]]] = {
    Name: (flat_name, NAME),
    EmailAddress: (flat_email, EMAIL),
    PhoneNumber: (flat_phone, PHONE),
    PostalAddress: (flat_address, ADDRESS),
    Organization: (flat_organization, ORGANIZATION),
    Lifecycle: (flat_lifecycle, LIFECYCLE),
}
# What the flat form of a kind leaves out: field → the path under which it is laid by itself.
_REST: Final[dict[type, tuple[str, ...]]] = {
    PostalAddress: ("parts", "coordinates", "time_zone", "verification"),
    PhoneNumber: ("verification",),
    Lifecycle: ("history",),
}


def _lay(value: Any, path: str, found: dict[str, Any]) -> None:  # noqa: ANN401
    kind = type(value)
    if kind in _KINDS:
        make, parts = _KINDS[kind]
        found.update((f"{path}.{part}", one) for part, one in zip(parts, make(value), strict=True) if one is not None)
        for name in _REST.get(kind, ()):
            rest = getattr(value, name)
            if name == "history":
                for at, step in enumerate(rest):
                    _lay(step, f"{path}.history[{at}]", found)
            elif rest and rest != _NO_CHECK:
                _lay(rest, f"{path}.{name}", found)
    elif isinstance(value, Enum):
        found[path] = value.value
    elif isinstance(value, tuple):
        if value and isinstance(value[0], Enum):
            found[path] = tuple([one.value for one in value])
        elif value and attrs.has(type(value[0])):
            for at, one in enumerate(value):
                _lay(one, f"{path}[{at}]", found)
        else:
            found[path] = value
    elif attrs.has(kind):
        for field in attrs.fields(kind):
            part = getattr(value, field.name)
            if part not in (None, "", ()):
                _lay(part, f"{path}.{field.name}", found)
    elif isinstance(value, (str, int, float, datetime)):
        found[path] = value
