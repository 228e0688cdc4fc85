"""Tombstones: what an erased person may come back under, as hashes under a secret key. Pure: keys are given, nothing is drawn here.

A postal address is hashed together with the name alone. A mailbox or number that nobody else held is hashed by itself; one that others hold only together with the name, so that these others
may still be imported. A block that the person's records put on an endpoint is kept as a hash, too: it reaches whoever holds the endpoint
later, as it did before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final

from attrs import field, frozen

from canonical_contact.match.features import features, squash
from canonical_contact.model import Card, Name, PostalAddress, Tombstone, TombstoneKind, tombstone_hash
from canonical_contact.normalize import mailbox_names

__all__ = ["Graves", "Traces", "address_keys", "fingerprint", "name_forms", "tombstones_of"]

_K = TombstoneKind
_WORD: Final = re.compile(r"\w+")
_ROADS: Final = {
    "strase": "str",
    "stret": "st",
    "avenue": "ave",
    "road": "rd",
}  # written out or cut short, as the matcher squashes it
_ROAD: Final = re.compile(rf"({'|'.join(_ROADS)})(?=\d|$)")


@frozen
class Traces:
    """All that an erased person may be known by.

    Args:
        contacts: ids of the contact, retired ones too.
        records: keys of the source records.
        endpoints: addresses or match keys, and numbers, that nobody else held.
        shared: those that others hold, too, or that belong to no single person.
        names: forms of the name, by `name_forms`.
        addresses: of the postal addresses, by `address_keys`.
        blocks: (name under which a block is found, `channel/kind`).
    """

    contacts: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = field(default=(), repr=False)
    shared: tuple[str, ...] = field(default=(), repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    blocks: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    addresses: tuple[str, ...] = field(default=(), repr=False)


def fingerprint(key: bytes) -> str:
    """Tell whether a key is the one that a store's tombstones were made with, without keeping it.

    >>> fingerprint(b"secret") == fingerprint(b"secret"), len(fingerprint(b"secret"))
    (True, 32)
    """
    return sha256(b"canonical-contact privacy key:" + key).hexdigest()[:32]


def name_forms(name: Name | None) -> tuple[str, ...]:
    """List the forms of a name that a tombstone knows: its words, folded and in the order of the alphabet.

    >>> name_forms(Name(given="Ana", surname="Núñez Gil")), name_forms(None)
    (('ana gil nunez',), ())
    """
    if name is None:
        return ()
    from canonical_contact.normalize import fold

    forms = (f"{name.given} {name.surname} {name.surname2}", name.full)
    return tuple(dict.fromkeys(" ".join(sorted(words)) for form in forms if (words := _WORD.findall(fold(form)))))


def address_keys(addresses: Iterable[PostalAddress]) -> tuple[str, ...]:
    """List the keys by which postal addresses are known again: postcode and street as the matcher compares them, and all words.

    An address without a street, box or line with a number is none: a town alone is everybody's.

    >>> address_keys([PostalAddress(street="Hauptstraße 12", postcode="10115", locality="Berlin")])
    ('10115/hauptstr12', '10115 12 berlin hauptstr')
    >>> address_keys([PostalAddress(full="Hauptstr. 12, 10115 Berlin")]), address_keys([PostalAddress(locality="Berlin")])
    (('10115 12 berlin hauptstr',), ())
    """
    from canonical_contact.normalize import fold

    found: dict[str, None] = {}
    for address in addresses:
        seen = features(Card(addresses=(address,)), "", "")
        street = _short(seen.street)
        if street and (place := seen.postcode or seen.locality):
            found[f"{place}/{street}"] = None
        placed = address.street or address.po_box
        text = f"{address.street} {address.po_box} {address.postcode} {address.locality}" if placed else address.full
        words = sorted(_short(squash(word)) for word in _WORD.findall(fold(text)))
        if len(words) > 2 and (placed or any(word.isdigit() for word in words)):
            found[" ".join(words)] = None
    return tuple(found)


def tombstones_of(traces: Traces, key: bytes, *, at: datetime, why: str = "") -> tuple[Tombstone, ...]:
    """Make the tombstones of one person.

    Args:
        traces: what the person may be known by.
        key: the store's privacy key.
        at: when the person was erased.
        why: a stable code.

    >>> from datetime import UTC
    >>> made = tombstones_of(Traces(records=("crm:7",), endpoints=("ana@example.org",)), b"secret", at=datetime(2026, 7, 1, tzinfo=UTC))
    >>> [str(tombstone.kind) for tombstone in made]
    ['record', 'email']
    """
    made: list[tuple[TombstoneKind, str, tuple[str, ...]]] = [
        (kind, why, (text,)) for kind, texts in ((_K.CONTACT, traces.contacts), (_K.RECORD, traces.records)) for text in texts
    ]
    made += [(_alone(name), why, (name,)) for name in _spellings(traces.endpoints)]
    for name in _spellings(traces.shared):
        made.append((_K.SHARED, why, (name,)))
        made += [(_K.EMAIL_NAME if "@" in name else _K.PHONE_NAME, why, (name, form)) for form in traces.names]
    made += [(_K.ADDRESS_NAME, why, (place, form)) for place in traces.addresses for form in traces.names]
    found = {(kind, tombstone_hash(key, kind, *parts), code) for kind, code, parts in made}
    found |= {(_K.BLOCK, tombstone_hash(key, _K.BLOCK, name), code) for name, code in traces.blocks}
    order = list(_K)
    return tuple(Tombstone(kind, name, at, code) for kind, name, code in sorted(found, key=lambda it: (order.index(it[0]), *it)))


class Graves:
    """The tombstones of a store, to ask whether somebody was erased.

    Args:
        tombstones: all of them.
        key: the key that they were made with.

    >>> from datetime import UTC
    >>> made = tombstones_of(Traces(endpoints=("ana@example.org",)), b"secret", at=datetime(2026, 7, 1, tzinfo=UTC))
    >>> graves = Graves(made, b"secret")
    >>> graves.is_erased("crm:9", ["Ana@example.org"]), graves.is_erased("crm:9", ["bo@example.org"])
    (<TombstoneKind.EMAIL: 'email'>, None)
    """

    def __init__(self, tombstones: Iterable[Tombstone], key: bytes) -> None:
        self._key = key
        self._held: dict[TombstoneKind, dict[str, list[Tombstone]]] = {}
        self.add(tombstones)

    def __bool__(self) -> bool:
        return bool(self._held)

    def add(self, tombstones: Iterable[Tombstone]) -> None:
        """Take in further tombstones."""
        for each in tombstones:
            held = self._held.setdefault(each.kind, {}).setdefault(each.hash, [])
            if each not in held:
                held.append(each)

    def find(self, kind: TombstoneKind, *parts: str) -> Tombstone | None:
        """Find the tombstone of something, if there is one."""
        held = self._held.get(kind)
        return next(iter(held.get(tombstone_hash(self._key, kind, *parts), ())), None) if held else None

    def is_erased(
        self,
        record: str,
        endpoints: Iterable[str] = (),
        names: Callable[[], Iterable[str]] = tuple,
        addresses: Callable[[], Iterable[str]] = tuple,
    ) -> TombstoneKind | None:
        """Tell whether a record is of an erased person, and by what it is known.

        Args:
            record: its key.
            endpoints: its addresses or match keys, and its numbers.
            names: gives the forms of its name; asked only where it holds an endpoint that an erased person shared, or an address.
            addresses: gives the keys of its postal addresses; asked only where an erased person had one. They do not count where the
                record holds an endpoint that its person has confirmed anew.

        Returns:
            What it was known by; None for everybody else.
        """
        if record and self.find(_K.RECORD, record):
            return _K.RECORD
        forms: tuple[str, ...] | None = None
        spelt = tuple(_spellings(endpoints))
        for name in spelt:
            alone = _alone(name)
            if self.find(alone, name):
                return alone
            if self.find(_K.SHARED, name):
                forms = tuple(names()) if forms is None else forms
                both = _K.EMAIL_NAME if "@" in name else _K.PHONE_NAME
                if any(self.find(both, name, form) for form in forms):
                    return both
        if self._held.get(_K.ADDRESS_NAME) and (places := tuple(addresses())):
            forms = tuple(names()) if forms is None else forms
            if any(self.find(_K.ADDRESS_NAME, place, form) for place in places for form in forms):
                return None if self._came_back(spelt, forms) else _K.ADDRESS_NAME
        return None

    def _came_back(self, spelt: Iterable[str], forms: Iterable[str]) -> bool:
        """Tell whether somebody of that name has confirmed one of the endpoints since."""
        return any(
            (self.find(_K.LIFTED, name) and not self.find(_K.SHARED, name))
            or any(self.find(_K.LIFTED, name, form) for form in forms)
            for name in spelt
        )

    def owns(self, endpoint: str) -> bool:
        """Tell whether an endpoint was an erased person's alone."""
        return any(self.find(_alone(name), name) for name in _spellings([endpoint]))

    def blocks(self, asked: Iterable[str]) -> Iterator[tuple[str, str]]:
        """List (channel, kind) of the blocks that erased people's records put on an endpoint.

        Args:
            asked: the names under which blocks on it are looked for.
        """
        held = self._held.get(_K.BLOCK)
        if held:
            found = {each.why for name in asked for each in held.get(tombstone_hash(self._key, _K.BLOCK, name), ())}
            for why in sorted(found):
                channel, _, kind = why.partition("/")
                yield channel, kind

    def lifted(self, endpoint: str) -> datetime | None:
        """Tell when a person confirmed an endpoint anew, if ever."""
        return max((each.at for name in _spellings([endpoint]) if (each := self.find(_K.LIFTED, name))), default=None)


def _short(street: str) -> str:
    return _ROAD.sub(lambda found: _ROADS[found[1]], street)


def _spellings(endpoints: Iterable[str]) -> Iterator[str]:
    for endpoint in endpoints:
        yield from mailbox_names(endpoint)


def _alone(name: str) -> TombstoneKind:
    return _K.EMAIL if "@" in name else _K.PHONE
