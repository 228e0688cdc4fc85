"""Parking: what an older version has no word for is set aside inside of the document, and comes back exactly.

A step down takes values out of a document and writes them, as one JSON text, to a place where the older version allows any text. The step
up puts each value back to where it belongs; a value whose item is gone, or is no longer certain, stays in the text.

Both steps are exact for every document, whatever stands at the parking place: that takes three marks.

- `{"": TEXT, …}`: TEXT stood there before, and comes back with the step up;
- `!{…}` in a newer document: values that found no home;
- `?…` in a newer document: a text of the older one that is no parking of ours.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple, NoReturn, Protocol

from canonical_contact.errors import InputError
from canonical_contact.schema._shape import Document, Entries, compact

__all__ = ["Holder", "Step", "down", "up"]

MARK = "/"  # the entry that says: the object that holds the text was there, and empty
_HOMELESS, _FOREIGN = "!", "?"


class Holder(NamedTuple):
    """Where the text stands in the document of a kind: inside an object of texts, or as a member of its own."""

    inside: tuple[str, ...]
    key: str

    def lift(self, document: Document) -> tuple[Document, str | None, bool]:
        """Give the document without the text and without an empty object around it, the text, and whether the object was empty."""
        around = self._around(document)
        if around is None:
            return document, None, False
        if self.key not in around:
            hollow = bool(self.inside) and not around
            return (self._with(document, None) if hollow else document), None, hollow
        text = around[self.key]
        if not isinstance(text, str):
            raise InputError(
                f"The document keeps what is no text under {self.key}.",
                code="input.document",
                path="$." + ".".join((*self.inside, self.key)),
                hint="That name is kept for the migrations of the schema; give it a text or take it away.",
            )
        rest = {name: value for name, value in around.items() if name != self.key}
        return self._with(document, rest or None), text, False

    def put(self, document: Document, text: str | None, *, hollow: bool = False) -> Document:
        """Give the document with the text; without one, and with `hollow`, with the empty object that was there."""
        if text is None:
            return self._with(document, {}) if hollow else document
        return self._with(document, {**(self._around(document) or {}), self.key: text})

    def bare(self, document: Document) -> bool:
        """Whether the document has no object around the text."""
        return self._around(document) is None

    def _around(self, document: Document) -> Document | None:
        found: Any = document
        for name in self.inside:
            found = found.get(name)
            if found is None:
                return None
            if not isinstance(found, dict):
                raise InputError(
                    f"The document is none of its kind: expected an object at {name}.",
                    code="input.document",
                    path="$." + ".".join(self.inside),
                    hint="Correct the value there.",
                )
        return found  # type: ignore[no-any-return]

    def _with(self, document: Document, around: Document | None) -> Document:
        if not self.inside:
            return dict(around or {})
        outer, *more = self.inside
        if more:
            within: Holder = self._replace(inside=tuple(more))
            return {**document, outer: within._with(document.get(outer) or {}, around)}
        if around is None:
            return {name: value for name, value in document.items() if name != outer}
        return {**document, outer: around}


class Step(Protocol):
    """What a step between two versions does with the documents of one kind, apart from the text."""

    @property
    def holder(self) -> Holder:
        """Where the text stands."""
        ...

    def take(self, document: Document) -> tuple[Document, Entries]:
        """Give the older form and what it lacks; `give` of both is the document."""
        ...

    def give(self, document: Document, entries: Entries) -> tuple[Document, Entries]:
        """Give the newer form and the entries without a home; `take` of the form that no entry was given to is the document."""
        ...

    def settle(self, document: Document, entries: Entries) -> Document:
        """Bring an older document that a host has edited into the form in which `take` leaves it, where safety demands that."""
        ...


def down(document: Document, step: Step) -> tuple[Document, Entries]:
    """Take a document one version down; gives it, and what was parked."""
    bare, text, hollow = step.holder.lift(document)
    older, entries = step.take(bare)
    if hollow and entries:
        entries[MARK] = {}
    parked = _parked(older, entries, text, step)
    return step.holder.put(older, parked, hollow=hollow), entries


def up(document: Document, step: Step) -> tuple[Document, Entries, Entries]:
    """Take a document one version up; gives it, what was restored, and what found no home."""
    bare, text, hollow = step.holder.lift(document)
    if text is None:
        newer, _ = step.give(bare, {})
        return step.holder.put(newer, None, hollow=hollow), {}, {}
    if (held := _read(text)) is not None:
        bare = step.settle(bare, held[0])
    found = _unparked(bare, text, step)
    if found is None:
        newer, _ = step.give(bare, {})
        left = {} if held is None else held[0]
        return step.holder.put(newer, _FOREIGN + text), {}, left
    return step.holder.put(found.document, found.text, hollow=found.hollow), found.used, found.left


class _Found(NamedTuple):
    document: Document
    text: str | None  # what stays at the parking place
    hollow: bool
    used: Entries
    left: Entries


def _parked(older: Document, entries: Entries, text: str | None, step: Step) -> str | None:
    """Say what to write to the parking place of the older document, where `text` stood in the newer one."""
    if text is None:
        return _write(entries, None) if entries else None
    if text.startswith(_FOREIGN) and not entries and _is_foreign(older, text[1:], step):
        return text[1:]
    if text.startswith(_HOMELESS) and (held := _read(text[1:])) is not None:
        left, inner = held
        if left and left.keys().isdisjoint(entries):
            merged = {**left, **entries}
            if step.settle(older, merged) == older and _given(older, merged, inner, step)[1] == left:
                return _write(merged, inner)
    return _write(entries, text)


def _is_foreign(older: Document, text: str, step: Step) -> bool:
    held = _read(text)
    if held is None:
        return True
    return step.settle(older, held[0]) == older and _unparked(older, text, step) is None


def _unparked(older: Document, text: str, step: Step) -> _Found | None:
    """Put back what a text holds; None where it is not a text that the step down of some document leaves here."""
    held = _read(text)
    if held is None:
        return None
    entries, inner = held
    document, left, hollow = _given(older, entries, inner, step)
    rest = _HOMELESS + _write(left, inner) if left else inner
    used = {pointer: value for pointer, value in entries.items() if pointer not in left}
    again, taken = step.take(document)
    if hollow:
        taken[MARK] = {}
    if again != older or taken != used or _parked(older, used, rest, step) != text:
        return None
    return _Found(document, rest, hollow, used, left)


def _given(older: Document, entries: Entries, inner: str | None, step: Step) -> tuple[Document, Entries, bool]:
    others = {pointer: value for pointer, value in entries.items() if pointer != MARK}
    document, left = step.give(older, others)
    if MARK not in entries:
        return document, left, False
    if entries[MARK] == {} and inner is None and not left and others and step.holder.bare(document):
        return document, left, True
    return document, {**left, MARK: entries[MARK]}, False


def _write(entries: Entries, inner: str | None) -> str:
    return compact(entries if inner is None else {**entries, "": inner})


def _read(text: str) -> tuple[Entries, str | None] | None:
    """Read a parked text: its entries, and the text that stood there before; None where it is none of ours."""
    if not text.startswith("{"):
        return None
    try:
        entries = json.loads(text, parse_constant=_no_constant)
        if compact(entries) != text:
            return None
    except (ValueError, RecursionError):
        return None
    if "" not in entries:
        return entries, None
    inner = entries.pop("")
    return (entries, inner) if isinstance(inner, str) else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
