"""The step between schema 1.0 and 1.1.

1.1 adds fields and takes none away, so nearly all of the step is parking. Two things are more:

- `owner` (deprecated in 1.1) and `owners`: the step up lifts the owner into the list, with the role `record`; the step down writes the
  owner of the record, so that a host of 1.0 sees who that is, and keeps the rest parked. A host of 1.0 that changes the owner changes the
  entry of the list.
- `restrictions`, `deleted` and the `status` of an e-mail address: 1.0 has no word for a person who must not be processed or solicited,
  nor for an address that nothing may be sent to, so its reader would speak to them. The step down blocks them by words of 1.0, and the
  step up takes these blocks away with putting the values back. Blocks that a host of 1.0 has removed or moved come back to where the step
  down puts them: what a person forbade is not a list to be tidied.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from attrs import frozen

from canonical_contact.errors import InputError
from canonical_contact.schema import _shape
from canonical_contact.schema._parking import Holder
from canonical_contact.schema._published import published_schema
from canonical_contact.schema._shape import Document, Entries, Shape, fingerprint

__all__ = ["NEWER", "OLDER", "step"]

OLDER, NEWER = "1.0", "1.1"
_KEY = f"canonical_contact.parked.{NEWER}"
_HARMLESS = frozenset({"do_not_profile", "do_not_track", "do_not_locate"})  # not about being spoken to
_USABLE = frozenset({"unknown", "ok"})  # statuses of an address that may be sent to
_TELLING = ("/restrictions", "/deleted", "/status")  # parked values that blocks stand for

# What tells items apart, where that is not the required fields; of a single object: what its new fields belong to.
_IDENTITIES: dict[str, tuple[str, ...]] = {
    "ConsentRecord": ("channel", "purpose", "state", "controller", "endpoint", "events"),
    "Interaction": ("kind", "at", "direction", "agent", "source"),
    "Name": ("given", "given2", "surname"),
    "PostalAddress": ("full", "street", "extended", "po_box", "locality", "region", "postcode", "country", "country_code"),
    "StageChange": ("stage", "at", "source", "reason"),
}
_HOLDERS = {
    "contact": ("Contact", Holder(("extensions",), _KEY)),
    "source_record": ("SourceRecord", Holder(("card", "extensions"), _KEY)),
    "event": ("Event", Holder(("detail",), _KEY)),
    # These have no place for text of others in 1.0.
    "consent_event": ("ConsentEvent", Holder((), "_parked")),
    "activity": ("Activity", Holder((), "_parked")),
}


@cache  # made of two files that never change
def step(kind: str) -> Step:
    """Make the step for the documents of a kind."""
    old, new = published_schema(OLDER), published_schema(NEWER)
    name, holder = _HOLDERS[kind]
    blocked_in = {"contact": "suppressions", "source_record": "evidence"}.get(kind, "")
    return Step(holder, _shape.difference(old, new, name, _IDENTITIES), blocked_in, tuple(old["$defs"]["Channel"]["enum"]))


@frozen
class Step:
    """The step for one kind of document.

    Args:
        holder: where the parked text stands.
        shape: what is new.
        blocked_in: the list that holds the blocks; empty where there are none.
        channels: the channels of 1.0.
    """

    holder: Holder
    shape: Shape
    blocked_in: str
    channels: tuple[str, ...]

    def take(self, document: Document) -> tuple[Document, Entries]:
        """Give the 1.0 form and what it lacks."""
        entries: Entries = {}
        older = _shape.take(document, self.shape, "", entries)
        if self.blocked_in:
            card = self._card(document)
            older = self._with_card(older, _take_owners(card, self._card(older), self._card_at, entries))
            if blocks := self._blocks(card):
                held = self._held(older)
                if held is not None and not held:
                    entries[f"/{self.blocked_in}"] = []
                older = {**older, self.blocked_in: [*(held or ()), *blocks]}
        return older, entries

    def give(self, document: Document, entries: Entries) -> tuple[Document, Entries]:
        """Give the 1.1 form and the entries that have no home in it."""
        if not self.blocked_in:
            return _shape.give(document, self.shape, entries)
        newer, left = self._restored(document, entries)
        at, hollow = self._card_at, f"/{self.blocked_in}"
        blocks = self._blocks(self._card(newer))
        newer = self._with_card(newer, _give_owners(self._card(document), self._card(newer), at, entries, left))
        if blocks and entries:
            kept = self._without(newer, blocks)
            newer = {name: value for name, value in newer.items() if name != self.blocked_in}
            if kept:
                newer[self.blocked_in] = kept
            elif left.get(hollow) == []:
                newer[self.blocked_in] = left.pop(hollow)
        return newer, left

    def settle(self, document: Document, entries: Entries) -> Document:
        """Put the blocks that stand for parked values to where the step down puts them."""
        if not self.blocked_in or not any(pointer.endswith(_TELLING) for pointer in entries):
            return document
        blocks = self._blocks(self._card(self._restored(document, entries)[0]))
        if not blocks:
            return document
        return {**document, self.blocked_in: [*self._without(document, blocks), *blocks]}

    def _restored(self, document: Document, entries: Entries) -> tuple[Document, Entries]:
        """Put back what needs no more than that."""
        owners = (f"{self._card_at}/owners", f"{self._card_at}/owner/")
        return _shape.give(document, self.shape, {name: value for name, value in entries.items() if not name.startswith(owners)})

    def _blocks(self, card: Document) -> list[Document]:
        """What 1.0 must be told of a 1.1 card, so that its reader does not speak to who must not be spoken to."""
        reason = "restricted" if _forbid(card.get("restrictions")) else "deleted" if card.get("deleted") else ""
        if (
            self.blocked_in == "evidence"
        ):  # whoever folds the record anew reads its evidence; addresses have their events in the ledger
            return [{"kind": "unmapped_opt_out", "channel": "any", "purpose": "any", "reason": reason}] if reason else []
        blocks: list[Document] = []
        if reason:
            blocks += ({"kind": "manual", "channel": channel, "reason": reason} for channel in self.channels)
        emails = card.get("emails")
        for email in emails if isinstance(emails, list) else ():
            if isinstance(email, dict) and str(email.get("status", "ok")) not in _USABLE:
                endpoint = email.get("key") or email.get("address")
                # Without an endpoint it holds for the whole channel; an empty one is left out, as every format does with empty texts.
                at = {"endpoint": endpoint} if endpoint else {}
                block: Document = {"kind": "hard_bounce", "channel": "email", **at, "reason": "undeliverable"}
                if block not in blocks:
                    blocks.append(block)
        return blocks

    @property
    def _card_at(self) -> str:
        return "/card" if self.blocked_in == "evidence" else ""

    def _card(self, document: Document) -> Document:
        card = document.get("card") if self._card_at else document
        if not isinstance(card, dict):
            raise _malformed("card", "an object")
        return card

    def _with_card(self, document: Document, card: Document) -> Document:
        if not self._card_at:
            return card
        return document if document["card"] is card else {**document, "card": card}

    def _held(self, document: Document) -> list[Any] | None:
        held = document.get(self.blocked_in)
        if held is not None and not isinstance(held, list):
            raise _malformed(self.blocked_in, "a list")  # the person could not be blocked there
        return held

    def _without(self, document: Document, blocks: list[Document]) -> list[Any]:
        """The list without the blocks; of equal ones the last goes, as it is the one that was put there."""
        kept = list(self._held(document) or ())
        for block in blocks:
            for place in range(len(kept) - 1, -1, -1):
                if kept[place] == block:
                    del kept[place]
                    break
        return kept


def _forbid(restrictions: object) -> bool:
    """Whether one of the restrictions forbids to speak to the person; a word that is not known is taken for one that does."""
    if not isinstance(restrictions, list):
        return bool(restrictions)
    return any(not isinstance(word, str) or word not in _HARMLESS for word in restrictions)


def _malformed(field: str, expected: str) -> InputError:
    return InputError(
        f"The document is none of its kind: expected {expected} at {field}.",
        code="input.document",
        path=f"$.{field}",
        hint="Correct the value there.",
    )


# `owner` of 1.0 and `owners` of 1.1. What is parked: `owners` without the owner of the record, and his place among them; null where there
# was no list; and under `owner` what the deprecated field said, where it said something else than the list. The list of nobody but
# the owner of the record needs no parking: it is what the step up makes.


def _take_owners(newer: Document, older: Document, at: str, entries: Entries) -> Document:
    owner = newer.get("owner")
    if "owners" not in newer:
        if owner:
            entries[f"{at}/owners"] = None
        return older
    owners = entries.pop(f"{at}/owners")
    place = _owner_of_record(owners, owner)
    if place is None:
        entries[f"{at}/owners"] = owners
        return older
    who, rest = owners[place]["who"], [*owners[:place], *owners[place + 1 :]]
    if rest:
        entries[f"{at}/owners"], entries[f"{at}/owners/=record"] = rest, place
    if who == owner:
        return older
    entries[f"{at}/owner/={fingerprint(who)}"] = owner
    return {**older, "owner": who}


def _owner_of_record(owners: object, owner: object) -> int | None:
    """Find the entry that 1.0 names `owner`: the one that says the same, else the first."""
    if not isinstance(owners, list):
        return None
    places = [
        place
        for place, one in enumerate(owners)
        if isinstance(one, dict) and one.keys() == {"role", "who"} and one["role"] == "record" and one["who"]
        if isinstance(one["who"], str)
    ]
    return next((place for place in places if owners[place]["who"] == owner), places[0] if places else None)


def _give_owners(older: Document, newer: Document, at: str, entries: Entries, left: Entries) -> Document:
    own = {name: value for name, value in entries.items() if name.startswith((f"{at}/owners", f"{at}/owner/"))}
    made, used = _owners(older, newer, at, own)
    taken: Entries = {f"{at}/owners": made["owners"]} if "owners" in made else {}
    again = _take_owners(made, {name: value for name, value in made.items() if name != "owners"}, at, taken)
    if taken != used or again.get("owner") != older.get("owner"):  # a host has changed more than the owner's name
        made, used = _owners(older, newer, at, {})
    left.update((name, value) for name, value in own.items() if name not in used)
    return made


def _owners(older: Document, newer: Document, at: str, own: Entries) -> tuple[Document, Entries]:
    owner = older.get("owner")
    record = {"role": "record", "who": owner}
    used: Entries = {}
    made = dict(newer)
    if "owners" in older:  # a field that 1.0 does not know, of somebody else
        return made, used
    if f"{at}/owners" not in own:
        if owner:
            made["owners"] = [record]
    else:
        owners = used[f"{at}/owners"] = own[f"{at}/owners"]
        place = own.get(f"{at}/owners/=record")
        if owner and isinstance(owners, list) and isinstance(place, int) and 0 <= place <= len(owners):
            used[f"{at}/owners/=record"] = place
            owners = [*owners[:place], record, *owners[place:]]
        if owners is not None:
            made["owners"] = owners
    said = f"{at}/owner/={fingerprint(owner)}"
    if said in own:
        used[said] = own[said]
        if own[said] is None:
            made.pop("owner", None)
        else:
            made["owner"] = own[said]
    return made, used
