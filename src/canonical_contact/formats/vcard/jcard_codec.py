"""Contacts as jCard (RFC 7095) and back: the properties of a vCard 4.0 in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final

from canonical_contact.errors import Problem
from canonical_contact.formats._lines import Limits
from canonical_contact.formats._loss import LossReport
from canonical_contact.formats.vcard.codec import contact_from, properties_of
from canonical_contact.formats.vcard.jcard import read_jcards, to_jcard
from canonical_contact.formats.vcard.wire import EXCHANGE
from canonical_contact.model import Contact

__all__ = ["read", "write"]

_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ASCII: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def write(contacts: Iterable[Contact], stream: BinaryIO, losses: LossReport, *, lines: bool = False, **_: object) -> None:
    """Write contacts one by one as the elements of one array, or a jCard a line.

    Args:
        contacts: any iterable of contacts.
        stream: a binary stream; it is left open.
        losses: is told what cannot be carried.
        lines: whether each stands on a line of its own instead.
    """
    before = b"" if lines else b"[\n"
    for contact in contacts:
        card = to_jcard(properties_of(contact, losses))
        try:
            data = _COMPACT.encode(card).encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            data = _ASCII.encode(card).encode()
        stream.write(before + data)
        before = b"\n" if lines else b",\n"
        losses.contacts += 1
    if lines:
        stream.write(before)
    else:
        stream.write(b"[]\n" if before == b"[\n" else b"\n]\n")


def read(stream: BinaryIO, tell: Callable[[Problem], None], *, limits: Limits = EXCHANGE, **_: object) -> Iterator[Contact]:
    """Read contacts one by one from jCards: a single one, an array of them, or one a line.

    Args:
        stream: a binary stream.
        tell: called with each Problem.
        limits: how much a property may hold.
    """
    for properties in read_jcards(stream, tell, limits=limits):
        yield contact_from(properties, tell)
