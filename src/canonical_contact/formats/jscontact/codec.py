"""Contacts as JSContact (RFC 9553; version 2.0: RFC 9982) and back, exactly.

What JSContact has a word for is written in it; the rest are properties of ours (`canonical-contact.dev:claims` …) with the values
that the schema gives them. Whatever a foreign card holds beyond that is kept in the contact's extensions and comes back on writing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final

from attrs import evolve

from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.formats._json_stream import documents
from canonical_contact.formats._loss import Loss, LossReport
from canonical_contact.formats.jscontact._card import PRODUCT, fresh_card
from canonical_contact.formats.jscontact._contact import contact_of
from canonical_contact.formats.jscontact._extras import is_extra, put_back, stated_ids
from canonical_contact.formats.jscontact._values import Json
from canonical_contact.model import Contact

__all__ = ["PRODUCT", "card_of", "cards_in", "contact_of", "read", "write"]

_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ASCII: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False)
_MARKS: Final = frozenset(
    {"emails", "phones", "name", "addresses", "organizations", "onlineServices", "members", "vCardProps", "nicknames"}
)
_LISTS: Final = ("list", "cards", "created", "contacts")
_NESTED: Final = 8
_RESOURCES: Final = ("media", "cryptoKeys", "links", "directories", "calendars")


def card_of(contact: Contact, losses: LossReport | None = None, *, version: str = "2.0") -> dict[str, Any]:
    """Write a contact as a card.

    Args:
        contact: any contact.
        losses: is told what JSON cannot carry: numbers that are not finite. All else is carried.
        version: `2.0` (RFC 9982) or `1.0` (RFC 9553).

    Raises:
        InputError: there is no such version.

    >>> from canonical_contact.model import EmailAddress
    >>> card_of(Contact(contact_id="x@example.org", emails=(EmailAddress("ana@example.org", contexts=("work",)),)))["emails"]
    {'e1': {'address': 'ana@example.org', 'contexts': {'work': True}}}
    """
    if version not in ("1.0", "2.0"):
        raise InputError(f"There is no version {version!r} of JSContact here.", path="version", hint="Use 2.0 or 1.0.")
    if (contact.score is not None and not math.isfinite(contact.score)) or contact.revenue is not None:
        contact = _finite(contact, losses)
    extensions = contact.extensions
    if not extensions:
        return fresh_card(contact, {}, version=version)
    extras = {key: text for key, text in extensions.items() if is_extra(key)}
    if not extras:
        return fresh_card(contact, extensions, version=version)
    for _ in range(2):
        others = {key: text for key, text in extensions.items() if key not in extras}
        card = fresh_card(contact, others, stated_ids(extras), version)
        put_back(card, extras)
        back = contact_of(card, _unheard)
        if back == contact:
            return card
        # What does not come back as it was, such as a pointer to an entry that is gone, is carried among the extensions.
        extras = {key: text for key, text in extras.items() if back.extensions.get(key) == text}
    return fresh_card(contact, extensions, version=version)


def _unheard(_: Problem) -> None:
    return


def _finite(contact: Contact, losses: LossReport | None) -> Contact:
    def lose(path: str, value: float) -> None:
        if losses is not None:
            hint = "JSON has numbers that are finite only."
            losses.add(Loss(contact.contact_id, path, str(value), "loss.no_place", hint))

    if contact.score is not None and not math.isfinite(contact.score):
        lose("$.score", contact.score)
        contact = evolve(contact, score=None)
    if contact.revenue is not None:
        total, last = contact.revenue.total, contact.revenue.last_deal_amount
        if total is not None and not math.isfinite(total):
            lose("$.revenue.total", total)
            total = None
        if last is not None and not math.isfinite(last):
            lose("$.revenue.last_deal_amount", last)
            last = None
        contact = evolve(contact, revenue=evolve(contact.revenue, total=total, last_deal_amount=last))
    return contact


def write(
    contacts: Iterable[Contact], stream: BinaryIO, losses: LossReport, *, version: str = "2.0", array: bool = False, **_: object
) -> None:
    """Write contacts one by one as JSON Lines, or as one array.

    Args:
        contacts: any iterable of contacts.
        stream: a binary stream; it is left open.
        losses: is told what cannot be carried.
        version: of JSContact, `2.0` or `1.0`.
        array: whether all cards stand in one array.
    """
    before = b"[\n" if array else b""
    for contact in contacts:
        stream.write(before + _encoded(card_of(contact, losses, version=version)))
        before = b",\n" if array else b"\n"
        losses.contacts += 1
    if array:
        stream.write(b"\n]\n" if before != b"[\n" else b"[]\n")
    elif before:
        stream.write(before)


def _encoded(card: Json) -> bytes:
    try:
        return _COMPACT.encode(card).encode()
    except UnicodeEncodeError:  # a lone surrogate
        return _ASCII.encode(card).encode()


def read(
    stream: BinaryIO,
    tell: Callable[[Problem], None],
    *,
    max_bytes: int = 1 << 24,
    max_depth: int = 64,
    max_binary: int = 3 << 20,
    **_: object,
) -> Iterator[Contact]:
    """Read contacts one by one: cards on lines, in an array, alone, in an old CardGroup, or in an answer of JMAP (RFC 9610).

    Args:
        stream: a binary stream.
        tell: called with each Problem; those of a card name the line at which its document starts.
        max_bytes: a longer document is left out.
        max_depth: so is one that is nested more deeply.
        max_binary: a picture, sound or key of more characters is left out of its card.
    """
    found = documents(stream, tell, max_bytes=max_bytes, max_depth=max_depth, repeated=True)
    for document in found:
        line = found.line

        def at_line(problem: Problem, line: int = line) -> None:
            tell(evolve(problem, line=line))

        for card in cards_in(document, at_line):
            yield contact_of(_lighter(card, at_line, max_binary), at_line)


def _lighter(card: Mapping[str, Any], tell: Callable[[Problem], None], most: int) -> Mapping[str, Any]:
    """Leave out the resources that are a huge `data:` URI."""
    for name in _RESOURCES:
        entries = card.get(name)
        if not isinstance(entries, dict):
            continue
        for key, one in entries.items():
            uri = one.get("uri") if isinstance(one, dict) else None
            if isinstance(uri, str) and len(uri) > most and uri[:5].casefold() == "data:":
                hint = f"{len(uri):,} characters (a photo, sound or key) are not kept."
                tell(Problem("jscontact.binary_left_out", f"$.{name}.{key}.uri", uri[:100], hint, Severity.INFO))
                card = {**card, name: {other: kept for other, kept in card[name].items() if other != key}}
    return card


def cards_in(document: object, tell: Callable[[Problem], None], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Give the cards in one document; what is none is told as `jscontact.not_a_card`.

    >>> [card["uid"] for card in cards_in({"list": [{"@type": "Card", "uid": "a"}, {"@type": "Card", "uid": "b"}]}, print)]
    ['a', 'b']
    """
    if depth < _NESTED:
        if isinstance(document, list):
            for one in document:
                if not isinstance(one, str):  # the names of methods in an answer of JMAP
                    yield from cards_in(one, tell, depth + 1)
            return
        if isinstance(document, dict):
            if document.get("@type") == "Card" or (
                document.get("@type") != "CardGroup" and not document.keys().isdisjoint(_MARKS)
            ):
                yield document
                return
            if document.get("@type") == "CardGroup" and isinstance(document.get("card"), dict):
                group = {
                    "@type": "Card",
                    "kind": "group",
                    **{key: one for key, one in document.items() if key not in ("@type", "card")},
                }
                yield {**group, **document["card"], "kind": "group"}
                return
            inner = [one for name in ("methodResponses", *_LISTS) if isinstance(one := document.get(name), (list, dict))]
            if inner:
                for one in inner:
                    yield from cards_in(list(one.values()) if isinstance(one, dict) else one, tell, depth + 1)
                return
    try:
        raw = _COMPACT.encode(document)[:200]
    except (TypeError, ValueError, RecursionError):
        raw = ""
    hint = "It is no card of JSContact and was left out."
    tell(Problem("jscontact.not_a_card", "$", raw, hint, Severity.WARNING))
