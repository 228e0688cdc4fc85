"""What the matcher looks at: one small tuple of folded text for each record, computed once and stored with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from canonical_contact.model import Card

__all__ = [
    "PARTICLES",
    "Features",
    "employer_key",
    "features",
    "features_from_text",
    "features_to_text",
    "generation_key",
    "is_han",
    "joined",
    "name_tokens",
    "postcode_key",
    "squash",
]

# Spellings of one sound that scripts and keyboards confuse; applied to both sides, so only the few true collisions cost anything.
_DOUBLES = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ou", "o"), ("oh", "o"), ("uu", "u"))
_REPEATED = re.compile(r"([^\W\d_])\1+")
_WORD = re.compile(r"\w+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")

# Words inside a surname that say nothing by themselves.
PARTICLES = frozenset(
    [
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "dell",
        "dalla",
        "delle",
        "di",
        "du",
        "des",
        "d",
        "le",
        "la",
        "les",
        "lo",
        "los",
        "las",
        "el",
        "al",
        "van",
        "von",
        "vom",
        "zu",
        "zum",
        "zur",
        "der",
        "den",
        "ten",
        "ter",
        "het",
        "t",
        "y",
        "e",
        "i",
        "und",
        "and",
        "af",
        "av",
        "bin",
        "ibn",
        "bint",
        "ben",
        "ap",
        "ab",
        "mac",
        "o",
        "st",
        "san",
        "santa",
    ]
)


class Features(NamedTuple):
    """The match features of one record; empty tuples and texts are missing values.

    `given` and `surname` are squashed tokens; `read_given` and `read_surname` how a name in another script is read. `emails` are match
    keys of personal mailboxes, `roles` those of shared ones (`info@`). `phones` are E.164, or `~` and the last digits where the number
    could not be read in full. `han` says that the name is written in Chinese characters, whose reading may be unknown. `extensions` are
    (name, folded value) of what a source or a host knows beyond the canonical fields, ascending by name.
    """

    key: str
    system: str
    given: tuple[str, ...] = ()
    surname: tuple[str, ...] = ()
    read_given: tuple[str, ...] = ()
    read_surname: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    generation: str = ""
    birthday: str = ""
    emails: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    street: str = ""
    postcode: str = ""
    locality: str = ""
    country: str = ""
    employer: str = ""
    han: bool = False
    same_as: tuple[str, ...] = ()
    region: str = ""
    extensions: tuple[tuple[str, str], ...] = ()


def squash(folded: str) -> str:
    """Bring spellings of one sound together in folded text: `mueller`, `muller` and `muler` are one.

    >>> squash("mueller"), squash("oukawa"), squash("anna")
    ('muler', 'okawa', 'ana')
    """
    for pair, single in _DOUBLES:
        if pair in folded:
            folded = folded.replace(pair, single)
    return _REPEATED.sub(r"\1", folded)


def name_tokens(text: str, fold: Callable[[str], str]) -> tuple[str, ...]:
    """The squashed words of a name.

    >>> name_tokens("O'Neill-Müller", lambda text: text.lower().replace("ü", "ue"))
    ('oneil', 'muler')
    """
    return tuple(map(squash, words_in(text, fold)))


def words_in(text: str, fold: Callable[[str], str]) -> list[str]:
    """The folded words of a name."""
    return _WORD.findall(fold(text.replace("'", "").replace("’", ""))) if text else []


def joined(text: str, fold: Callable[[str], str]) -> str:
    """The words of a street or a town, squashed and without gaps."""
    return "".join(name_tokens(text, fold))


def postcode_key(text: str, fold: Callable[[str], str]) -> str:
    """A postcode without gaps and hyphens."""
    return fold(text).replace(" ", "").replace("-", "")


def generation_key(text: str, fold: Callable[[str], str]) -> str:
    """`jr`, `iii`: what tells father from son."""
    return fold(text).strip(". ")


def employer_key(text: str, fold: Callable[[str], str]) -> str:
    """The key of a firm, squashed."""
    return squash(fold(text))


def is_han(text: str) -> bool:
    """Whether a name is written in Chinese characters."""
    return bool(_HAN.search(text))


def features(
    card: Card,
    key: str,
    system: str,
    *,
    same_as: tuple[str, ...] = (),
    loose: tuple[str, ...] = (),
    extensions: tuple[tuple[str, str], ...] = (),
) -> Features:
    """Compute the match features of one record.

    Args:
        card: the record in canonical form.
        key: the record's key.
        system: the source's name.
        same_as: keys of records that the source itself calls the same person.
        loose: keys of numbers that could not be read in full (`~` and the last digits).
        extensions: (name, folded value) of what goes beyond the canonical fields, ascending by name.

    Returns:
        The features; the same card gives the same features everywhere.
    """
    from canonical_contact.normalize import fold

    name, address = card.name, card.addresses[0] if card.addresses else None
    given = name_tokens(f"{name.given} {name.given2}".strip(), fold) if name else ()
    surname = name_tokens(f"{name.surname} {name.surname2}".strip(), fold) if name else ()
    return Features(
        key=key,
        system=system,
        given=given,
        surname=surname,
        read_given=name_tokens(name.phonetic_given, fold) if name else (),
        read_surname=name_tokens(name.phonetic_surname, fold) if name else (),
        nicknames=tuple(token for nickname in card.nicknames for token in name_tokens(nickname, fold)),
        generation=generation_key(name.generation, fold) if name else "",
        birthday=card.birthday,
        emails=tuple(dict.fromkeys(email.key or email.address for email in card.emails if not email.role)),
        roles=tuple(dict.fromkeys(email.key or email.address for email in card.emails if email.role)),
        phones=tuple(dict.fromkeys((*(phone.dialled for phone in card.phones), *loose))),
        street=joined(address.street, fold) if address else "",
        postcode=postcode_key(address.postcode, fold) if address else "",
        locality=joined(address.locality, fold) if address else "",
        country=address.country_code if address else "",
        employer=employer_key(card.organizations[0].key or card.organizations[0].name, fold) if card.organizations else "",
        han=bool(name and is_han(name.given + name.surname)),
        same_as=same_as,
        region=joined(address.region, fold) if address else "",
        extensions=extensions,
    )


def features_to_text(value: Features) -> str:
    """Write features as one line of JSON, the form in which a store keeps them."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def features_from_text(text: str) -> Features:
    """Read features that `features_to_text` wrote.

    >>> features_from_text(features_to_text(Features("a:1", "a", given=("ana",)))).given
    ('ana',)
    """
    values: dict[str, Any] = dict(zip(Features._fields, _frozen(json.loads(text)), strict=False))
    return Features(**values)


def _frozen(items: list[Any]) -> tuple[Any, ...]:
    return tuple(_frozen(item) if isinstance(item, list) else item for item in items)
