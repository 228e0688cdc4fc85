"""The consent ledger of the SQLite store: what is appended to the chain, and what is forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from canonical_contact.consent.ledger import forgotten, seal
from canonical_contact.errors import StoreError
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead, ProofRow, Written
from canonical_contact.store import _common, _sql
from canonical_contact.store._chaining import columns_of, entry_of, head_of
from canonical_contact.store._paths import look_up
from canonical_contact.store._transactions import TransactionsInSQLite

__all__ = ["LedgerInSQLite"]


class LedgerInSQLite(TransactionsInSQLite):
    """The methods of `ports.ConsentLedger` that concern the chain."""

    def put_events(self, rows: Iterable[EventRow]) -> Written:
        """Append consent events to the chain; an id that is known is not written again."""
        return self._chain(EventRow(*row) for row in rows)

    def put_proofs(self, rows: Iterable[ProofRow]) -> Written:
        """Append domain events to the chain; an id that is known is not written again."""
        return self._chain(ProofRow(*row) for row in rows)

    def entries(self, after: int = 0) -> Iterator[LedgerEntry]:
        """Stream the entries of the chain in the order of their numbers, forgotten ones too, from behind a number on."""
        return map(entry_of, self._stream(_sql.ENTRIES, (after,)))

    def ledger_head(self) -> LedgerHead:
        """Tell where the chain ends."""
        row = self._one(_sql.LEDGER_HEAD)
        return LedgerHead(*row) if row else LedgerHead()

    def forget(self, event_ids: Iterable[str]) -> int:
        """Delete the personal fields and salts of entries, and count them; the chain still verifies."""
        count = 0
        with self._writing() as db:
            for event_id in event_ids:
                row = db.execute(_sql.ENTRY_OF, (event_id,)).fetchone()
                if row:
                    self._erased = True  # the log beside the file is emptied, too
                    entry = forgotten(entry_of(row))
                    db.execute(_sql.FORGET, (entry.document, entry.seq))
                    count += 1
        return count

    def _chain(self, rows: Iterable[EventRow | ProofRow]) -> Written:
        new = same = 0
        with self._writing() as db:
            begun = head = head_of(db)
            for batch in _common.batches(rows, _sql.CHUNK, lambda row: row.event_id):
                known = {event_id for (event_id,) in look_up(db, _sql.KNOWN_EVENTS, [row.event_id for row in batch])}
                entries = []
                for row in batch:
                    if row.event_id in known:
                        same += 1
                        continue
                    entry = seal(head, row, os.urandom(16).hex())
                    head = LedgerHead(entry.seq, entry.hash)
                    entries.append(columns_of(entry))
                db.executemany(_sql.PUT_ENTRY, entries)
                new += len(entries)
            if new and db.execute(_sql.MOVE_HEAD, (*head, *begun)).rowcount != 1:
                raise StoreError(
                    "The consent ledger was continued by somebody else at the same time.",
                    hint="Nothing was written; write again.",
                )
        return Written(new, 0, same)
