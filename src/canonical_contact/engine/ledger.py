"""Check the ledger of a store that may be in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from canonical_contact.ports import ConsentLedger, LedgerEntry, LedgerHead

if TYPE_CHECKING:
    from canonical_contact.consent.ledger import Verification

__all__ = ["verify_ledger"]


def verify_ledger(ledger: ConsentLedger, anchors: Iterable[str | LedgerHead] = ()) -> Verification:
    """Check a ledger from its first entry to its head, also while others append to it.

    What is appended after the head was read is left to the next check. Entries behind a head that nobody moved are a fault.

    Args:
        ledger: a store, or an adapter of the ledger alone.
        anchors: heads that were kept elsewhere, or their texts by `consent.ledger.anchor`.

    Returns:
        What `consent.ledger.verify` found.

    Raises:
        InputError: a text is no anchor.

    >>> from canonical_contact.ports import ProofRow
    >>> from canonical_contact.store import MemoryStore
    >>> store = MemoryStore()
    >>> _ = store.put_proofs([ProofRow("p1", '{"name":"contact.changed"}')])
    >>> verify_ledger(store)
    Verification(ok=True, entries=1, faults=(), forgotten=0, unproved=0, unproved_from=0)
    """
    from canonical_contact.consent.ledger import verify

    kept = list(anchors)
    head = ledger.ledger_head()
    behind: list[int] = []

    def until_head() -> Iterator[LedgerEntry]:
        for entry in ledger.entries():
            if entry.seq > head.seq:
                behind.append(entry.seq)
                return
            yield entry

    found = verify(until_head(), head, kept)
    if behind and ledger.ledger_head() == head:
        return verify(ledger.entries(), head, kept)
    return found
