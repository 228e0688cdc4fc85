"""The step between schema 1.1 and 1.2: what 1.2 adds is parked on the way down and comes back on the way up.

Nobody becomes contactable by it. A consent that waits for its confirmation stays `pending_confirmation` in 1.1, where nothing may be sent
either; what is parked (`token_hash`, `confirm_by`) only narrows which confirmation counts. A host of 1.1 that writes another state into the
record has made another record of it: the token finds no home there and stays parked. The ledger's events keep the token in their proof
(since 1.1) and the limit in `expires_at`, so whoever folds them anew gets both.

A block that the person's own confirmation has lifted for one purpose (`lifted_for`) holds for all purposes in 1.1. It comes back to the same
block only: one that differs in anything that 1.1 knows is another one, made for a reason of its own.
"""

from __future__ import annotations

from functools import cache

from attrs import frozen

from canonical_contact.schema import _shape
from canonical_contact.schema._parking import Holder
from canonical_contact.schema._published import published_schema
from canonical_contact.schema._shape import Document, Entries, Shape

__all__ = ["NEWER", "OLDER", "step"]

OLDER, NEWER = "1.1", "1.2"
_KEY = f"canonical_contact.parked.{NEWER}"

# What tells the items of a list apart: a record with its state, so that a token never comes back to a consent that is no longer open; a block
# with all that it says.
_IDENTITIES: dict[str, tuple[str, ...]] = {
    "ConsentRecord": ("channel", "purpose", "state", "controller", "endpoint", "events", "consent_id"),
    "Suppression": ("kind", "channel", "endpoint", "since", "event_id", "record", "reason"),
}
_HOLDERS = {
    "contact": ("Contact", Holder(("extensions",), _KEY)),
    "source_record": ("SourceRecord", Holder(("card", "extensions"), _KEY)),
    "event": ("Event", Holder(("detail",), _KEY)),
    # These have no place for text of others in 1.1.
    "consent_event": ("ConsentEvent", Holder((), "_parked")),
    "activity": ("Activity", Holder((), "_parked")),
}


@cache  # made of two files that never change
def step(kind: str) -> Step:
    """Make the step for the documents of a kind."""
    name, holder = _HOLDERS[kind]
    shape = _shape.difference(published_schema(OLDER), published_schema(NEWER), name, _IDENTITIES)
    return Step(holder, shape)


@frozen
class Step:
    """The step for one kind of document.

    Args:
        holder: where the parked text stands.
        shape: what is new.
    """

    holder: Holder
    shape: Shape

    def take(self, document: Document) -> tuple[Document, Entries]:
        """Give the 1.1 form and what it lacks."""
        entries: Entries = {}
        return _shape.take(document, self.shape, "", entries), entries

    def give(self, document: Document, entries: Entries) -> tuple[Document, Entries]:
        """Give the 1.2 form and the entries that have no home in it."""
        return _shape.give(document, self.shape, entries)

    def settle(self, document: Document, _: Entries) -> Document:
        """Leave the document as the host left it: nothing that is parked here blocks anybody."""
        return document
