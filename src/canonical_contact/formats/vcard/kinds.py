"""What kind of value each property of version 4.0 has: RFC 6350, with RFC 6474, 6715, 8605, 9554 and 9555."""

from __future__ import annotations

from typing import Final

__all__ = ["KINDS", "LISTS", "STRUCTURED", "default_kind"]

# The default kinds of values, in the words that VALUE takes. What is not named here is an extension, and its kind is unknown.
KINDS: Final = {
    **dict.fromkeys(
        (
            "KIND", "XML", "FN", "N", "NICKNAME", "GENDER", "ADR", "EMAIL", "TITLE", "ROLE", "ORG", "CATEGORIES", "NOTE", "PRODID", "CLIENTPIDMAP", "VERSION", "TEL", "TZ",
            "BIRTHPLACE", "DEATHPLACE", "EXPERTISE", "HOBBY", "INTEREST", "PRONOUNS", "GRAMGENDER", "JSPROP",
        ),
        "text",
    ),
    **dict.fromkeys(
        (
            "SOURCE", "PHOTO", "IMPP", "GEO", "LOGO", "MEMBER", "RELATED", "SOUND", "UID", "URL", "KEY", "FBURL", "CALADRURI", "CALURI", "CONTACT-URI", "ORG-DIRECTORY", "SOCIALPROFILE",
        ),
        "uri",
    ),
    **dict.fromkeys(("BDAY", "ANNIVERSARY", "DEATHDATE"), "date-and-or-time"),
    "REV": "timestamp",
    "CREATED": "timestamp",
    "LANG": "language-tag",
    "LANGUAGE": "language-tag",
}  # fmt: skip
# Values that are lists at `,`, and those that are structured at `;`.
LISTS: Final = frozenset({"NICKNAME", "CATEGORIES"})
STRUCTURED: Final = frozenset({"N", "ADR", "ORG", "GENDER", "CLIENTPIDMAP"})


def default_kind(name: str) -> str:
    """Tell the kind of value that a property has where VALUE does not say.

    >>> default_kind("TEL"), default_kind("X-SHOE")
    ('text', 'unknown')
    """
    return KINDS.get(name, "unknown")
