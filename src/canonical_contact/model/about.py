"""What is to be known of a field: it stands on the field itself, once, and everything that is published is made from it.

The dictionary, the JSON Schema, the default survivorship and the migrations read it; the type and the cardinality are those of the
class, the meaning is the field's line under `Args:`, the columns of each preset come from the preset's own table.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import Attribute, fields, frozen

from canonical_contact.errors import Problem

__all__ = ["About", "Pii", "about", "about_of", "abouts"]

_KEY = "canonical_contact.about"


class Pii(StrEnum):
    """How personal a value is (classes of ISO/IEC 29100, as far as a library can tell)."""

    NONE = "none"  # says nothing about a person: versions, codes, counts
    PSEUDONYM = "pseudonym"  # an id that leads to a person only with the store at hand
    IDENTITY = "identity"  # names a person
    CONTACT = "contact"  # reaches a person
    LOCATION = "location"  # tells where a person lives or is
    PERSONAL = "personal"  # says something about a person: birthday, employer, stage
    SENSITIVE = "sensitive"  # may touch special categories (GDPR, Art. 9) or be anything: free text
    CONSENT = "consent"  # what the person allowed or refused, and its proof


@frozen
class About:
    """What the dictionary says of one field, beyond its name, type, cardinality and meaning.

    Args:
        example: an example as it stands in a document.
        pii: how personal it is.
        since: the version of the schema that it came with.
        normalizer: kind of the normaliser that makes it (a key of `normalize.profile.RULES`); empty where none does.
        validation: what a value must fulfil, in one line; empty where any text may stand.
        survivorship: default strategy of the merge (a key of `merge.STRATEGIES`, `union`, `fold` or `follow(FIELD)`); empty for a
            field that is not merged by itself.
        raw: raw paths of the mapping that fill it, with `[]` for the place, such as `emails[].address`; they lead to the columns of each
            preset. `id` and `consent` stand for the columns that a mapping names for these, `addresses[].part` for all of its parts.
        jscontact: where it stands in JSContact (RFC 9553), as a path; `x` for our own extension property.
        vcard: property of vCard 4.0, such as `N[2]` or `EMAIL;PREF`; `JSPROP` for our own.
        deprecated: the version that announced its end; empty while it stays.
        remove_in: the version that will not have it.
        replaced_by: what to use.
    """

    example: Any
    pii: Pii
    since: str = "1.0"
    normalizer: str = ""
    validation: str = ""
    survivorship: str = ""
    raw: tuple[str, ...] = ()
    jscontact: str = ""
    vcard: str = ""
    deprecated: str = ""
    remove_in: str = ""
    replaced_by: str = ""


def about(example: object, pii: Pii = Pii.NONE, **more: Any) -> dict[str, About]:  # noqa: ANN401  the fields of About
    """Make the metadata of a field: `field(default="", metadata=about("Ana", Pii.IDENTITY, survivorship="most_complete"))`.

    >>> about("Ana", Pii.IDENTITY)["canonical_contact.about"].since
    '1.0'
    """
    return {_KEY: About(example=example, pii=pii, **more)}


def about_of(attribute: Attribute[Any]) -> About:
    """Read what is known of a field.

    Raises:
        KeyError: the field says nothing; every field of a document must.
    """
    metadata: Mapping[str, About] = attribute.metadata
    return metadata[_KEY]


# A Problem stands in a record, and below the model: what is known of its fields cannot stand on them.
_BELOW: Mapping[type, Mapping[str, About]] = {
    Problem: {
        "code": About("phone.not_a_number", Pii.NONE, validation="a stable code"),
        "path": About("$.phones[0].number", Pii.NONE, validation="path in the document"),
        "raw": About("n/a", Pii.SENSITIVE),
        "hint": About("Leave it out.", Pii.NONE),
        "severity": About("info", Pii.NONE),
        "column": About("Phone Number", Pii.NONE),
        "file": About("hubspot_contacts.csv", Pii.NONE),
        "line": About(4, Pii.NONE, validation="0 or more"),
    }
}


def abouts(cls: type) -> dict[str, About]:
    """Read what is known of all fields of a class that is part of a document, in the order of its fields.

    Args:
        cls: such as `Contact`; what it inherits is included.

    Raises:
        KeyError: a field says nothing; every field of a document must.

    >>> from canonical_contact.model import EmailAddress
    >>> abouts(EmailAddress)["address"].normalizer
    'email'
    """
    below = _BELOW.get(cls, {})
    return {attribute.name: below.get(attribute.name) or about_of(attribute) for attribute in fields(cls)}
