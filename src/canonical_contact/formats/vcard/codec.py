"""Contacts as vCard 4.0 (RFC 6350) and back; cards of version 2.1 and 3.0 are read as well.

The way is that of the standards: contact, JSContact (RFC 9553), properties (RFC 9555), lines. What a vCard has no property for travels
in JSPROP, so that a contact that was written is read back equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import BinaryIO, Final

from attrs import evolve

from canonical_contact.errors import Problem
from canonical_contact.formats._lines import Limits
from canonical_contact.formats._loss import Loss, LossReport
from canonical_contact.formats.jscontact.codec import card_of, contact_of
from canonical_contact.formats.jscontact.vcard import from_properties, to_properties
from canonical_contact.formats.vcard.properties import Property
from canonical_contact.formats.vcard.upgrade import Upgrade
from canonical_contact.formats.vcard.wire import EXCHANGE, open_cards
from canonical_contact.formats.vcard.write import card_bytes
from canonical_contact.model import Contact

__all__ = ["contact_from", "properties_of", "read", "write"]

_UNCLEAN: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_PATHS: Final = {
    "FN": "$.name.full", "N": "$.name", "EMAIL": "$.emails", "TEL": "$.phones", "ADR": "$.addresses", "ORG": "$.organizations", "TITLE": "$.titles", "ROLE": "$.roles",
    "NICKNAME": "$.nicknames", "NOTE": "$.notes", "CATEGORIES": "$.tags", "UID": "$.contact_id",
}  # fmt: skip


def write(contacts: Iterable[Contact], stream: BinaryIO, losses: LossReport, **_: object) -> None:
    """Write contacts one by one as cards of version 4.0, with CRLF and lines of 75 octets at most.

    Args:
        contacts: any iterable of contacts.
        stream: a binary stream; it is left open.
        losses: is told what cannot be carried.
    """
    for contact in contacts:
        stream.write(card_bytes(properties_of(contact, losses), partial(_lose, losses, contact.contact_id)))
        losses.contacts += 1


def read(
    stream: BinaryIO, tell: Callable[[Problem], None], *, limits: Limits = EXCHANGE, encoding: str = "", **_: object
) -> Iterator[Contact]:
    """Read contacts one by one from cards of any version; broken ones cost only what is broken.

    Args:
        stream: a binary stream.
        tell: called with each Problem; those of a card name its line.
        limits: how much may be in memory at once.
        encoding: a codec's name where it is known; else it is told from the beginning of the stream.
    """
    upgrade = Upgrade()
    for card in open_cards(stream, tell, limits=limits, encoding=encoding):
        for problem in card.problems:
            tell(problem)
        properties = upgrade.properties(card, tell)
        if properties:
            yield contact_from(properties, partial(_tell_at, tell, card.line))


def properties_of(contact: Contact, losses: LossReport | None = None) -> list[Property]:
    """Give the properties of a contact, without BEGIN, VERSION and END.

    Args:
        contact: any contact.
        losses: is told what cannot be carried.

    >>> from canonical_contact.model import EmailAddress
    >>> one = Contact(contact_id="x@example.org", emails=(EmailAddress("ana@example.org"),))
    >>> [f"{line.name}:{line.value}" for line in properties_of(one) if line.name in ("UID", "EMAIL")]
    ['UID:x@example.org', 'EMAIL:ana@example.org']
    """
    card = card_of(contact, losses)
    if losses is not None and contact.extensions:
        for name in card:
            if not name.isprintable() and _UNCLEAN.search(name):  # in JSPTR, which has no escape for it
                hint = "No parameter of a card can hold the name; its control characters were left out."
                losses.add(Loss(contact.contact_id, f"$.extensions.jscontact./{name}", str(card[name]), "loss.characters", hint))
    return to_properties(card)


def contact_from(properties: Sequence[Property], tell: Callable[[Problem], None]) -> Contact:
    """Make a contact of the properties of one card.

    Args:
        properties: in the form of version 4.0.
        tell: called with what could not be read.
    """
    return contact_of(from_properties(properties), tell)


def _lose(losses: LossReport, contact_id: str, one: Property, code: str, hint: str) -> None:
    losses.add(Loss(contact_id, _PATHS.get(one.name, f"$.extensions.{one.name}"), one.value, code, hint))


def _tell_at(tell: Callable[[Problem], None], line: int, problem: Problem) -> None:
    tell(evolve(problem, line=line))
