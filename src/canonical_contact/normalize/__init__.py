"""One raw value in, one canonical value out, with match keys and problems; pure functions that never raise on any text.

Names load on first use, so that importing the package pulls neither phonenumbers nor email-validator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canonical_contact.normalize._result import Normalized

if TYPE_CHECKING:
    from canonical_contact.normalize._address import address
    from canonical_contact.normalize._country import country
    from canonical_contact.normalize._email import email, split_emails
    from canonical_contact.normalize._fold import fold
    from canonical_contact.normalize._language import language
    from canonical_contact.normalize._name import name
    from canonical_contact.normalize._organization import organization
    from canonical_contact.normalize._phone import loose_phone_key, loose_phones, phone, split_phones
    from canonical_contact.normalize._when import birthday, timestamp
    from canonical_contact.normalize.profile import Profile
    from canonical_contact.normalize.record import Normalizer

__all__ = [
    "Normalized",
    "Normalizer",
    "Profile",
    "address",
    "birthday",
    "country",
    "email",
    "fold",
    "language",
    "loose_phone_key",
    "loose_phones",
    "name",
    "organization",
    "phone",
    "split_emails",
    "split_phones",
    "timestamp",
]

_HOME = {
    "Normalizer": "record",
    "Profile": "profile",
    "address": "_address",
    "birthday": "_when",
    "country": "_country",
    "email": "_email",
    "fold": "_fold",
    "language": "_language",
    "loose_phone_key": "_phone",
    "loose_phones": "_phone",
    "name": "_name",
    "organization": "_organization",
    "phone": "_phone",
    "split_emails": "_email",
    "split_phones": "_phone",
    "timestamp": "_when",
}


def __getattr__(wanted: str) -> object:
    """Load a public name when it is first asked for (PEP 562)."""
    if wanted not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {wanted!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_HOME[wanted]}"), wanted)
    globals()[wanted] = value
    return value


def __dir__() -> list[str]:
    """List the public names, also those that are not loaded yet."""
    return sorted(__all__)
