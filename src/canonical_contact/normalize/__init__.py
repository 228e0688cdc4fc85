"""One raw value in, one canonical value out, with match keys and problems; pure functions that never raise on any text.

Names load on first use, so that importing the package pulls neither phonenumbers nor email-validator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canonical_contact.normalize._result import Normalized

if TYPE_CHECKING:
    from canonical_contact.normalize import columns
    from canonical_contact.normalize._address import address
    from canonical_contact.normalize._address_lines import address_lines, missing_fields
    from canonical_contact.normalize._address_region import Subdivision, subdivision
    from canonical_contact.normalize._address_rules import AddressRules, address_rules
    from canonical_contact.normalize._address_street import StreetParts, street_parts
    from canonical_contact.normalize._country import country
    from canonical_contact.normalize._email import email, split_emails
    from canonical_contact.normalize._email_mailbox import Mailbox, mailbox
    from canonical_contact.normalize._endpoint_names import mailbox_names, one_line, switchboards
    from canonical_contact.normalize._fold import fold
    from canonical_contact.normalize._language import language
    from canonical_contact.normalize._name import name
    from canonical_contact.normalize._name_people import split_people
    from canonical_contact.normalize._organization import LegalForm, legal_form, organization
    from canonical_contact.normalize._phone import loose_phone_key, loose_phones, phone, split_phones
    from canonical_contact.normalize._phone_forms import PhoneForms, phone_display, phone_forms, phone_time_zones
    from canonical_contact.normalize._time_zone import country_time_zones, time_zone
    from canonical_contact.normalize._when import birthday, date_order, timestamp
    from canonical_contact.normalize.locales import LocaleTable, locale_table
    from canonical_contact.normalize.profile import Profile
    from canonical_contact.normalize.profiled import ProfiledNormalizer
    from canonical_contact.normalize.record import Normalizer

__all__ = [
    "AddressRules",
    "LegalForm",
    "LocaleTable",
    "Mailbox",
    "Normalized",
    "Normalizer",
    "PhoneForms",
    "Profile",
    "ProfiledNormalizer",
    "StreetParts",
    "Subdivision",
    "address",
    "address_lines",
    "address_rules",
    "birthday",
    "columns",
    "country",
    "country_time_zones",
    "date_order",
    "email",
    "fold",
    "language",
    "legal_form",
    "locale_table",
    "loose_phone_key",
    "loose_phones",
    "mailbox",
    "mailbox_names",
    "missing_fields",
    "name",
    "one_line",
    "organization",
    "phone",
    "phone_display",
    "phone_forms",
    "phone_time_zones",
    "split_emails",
    "split_people",
    "split_phones",
    "street_parts",
    "subdivision",
    "switchboards",
    "time_zone",
    "timestamp",
]

_HOME = {
    "AddressRules": "_address_rules",
    "LegalForm": "_organization",
    "LocaleTable": "locales",
    "Mailbox": "_email_mailbox",
    "Normalizer": "record",
    "PhoneForms": "_phone_forms",
    "Profile": "profile",
    "ProfiledNormalizer": "profiled",
    "StreetParts": "_address_street",
    "Subdivision": "_address_region",
    "address": "_address",
    "address_lines": "_address_lines",
    "address_rules": "_address_rules",
    "birthday": "_when",
    "country": "_country",
    "date_order": "_when",
    "email": "_email",
    "fold": "_fold",
    "language": "_language",
    "legal_form": "_organization",
    "locale_table": "locales",
    "loose_phone_key": "_phone",
    "loose_phones": "_phone",
    "mailbox": "_email_mailbox",
    "mailbox_names": "_endpoint_names",
    "missing_fields": "_address_lines",
    "name": "_name",
    "one_line": "_endpoint_names",
    "organization": "_organization",
    "phone": "_phone",
    "phone_display": "_phone_forms",
    "phone_forms": "_phone_forms",
    "phone_time_zones": "_phone_forms",
    "split_emails": "_email",
    "split_people": "_name_people",
    "split_phones": "_phone",
    "street_parts": "_address_street",
    "subdivision": "_address_region",
    "switchboards": "_endpoint_names",
    "country_time_zones": "_time_zone",
    "time_zone": "_time_zone",
    "timestamp": "_when",
}

_MODULES = ("columns",)


def __getattr__(wanted: str) -> object:
    """Load a public name when it is first asked for (PEP 562)."""
    from importlib import import_module

    if wanted in _MODULES:
        return import_module(f"{__name__}.{wanted}")
    if wanted not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {wanted!r}")

    value: object = getattr(import_module(f"{__name__}.{_HOME[wanted]}"), wanted)
    globals()[wanted] = value
    return value


def __dir__() -> list[str]:
    """List the public names, also those that are not loaded yet."""
    return sorted(__all__)
