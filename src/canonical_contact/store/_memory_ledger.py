"""The consent ledger of the store in memory: what is appended to the chain, and what is forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from canonical_contact.consent.ledger import forgotten, keeps, seal
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead, ProofRow, Written
from canonical_contact.store import _common
from canonical_contact.store._memory_transactions import TransactionsInMemory

__all__ = ["LedgerInMemory"]


class LedgerInMemory(TransactionsInMemory):
    """The methods of `ports.ConsentLedger`."""

    def put_events(self, rows: Iterable[EventRow]) -> Written:
        """Append consent events to the chain; an id that is known is not written again."""
        return self._chain("consent_event", (EventRow(*row) for row in rows))

    def put_proofs(self, rows: Iterable[ProofRow]) -> Written:
        """Append domain events to the chain; an id that is known is not written again."""
        return self._chain("proof", (ProofRow(*row) for row in rows))

    def entries(self, after: int = 0) -> Iterator[LedgerEntry]:
        """Stream the entries of the chain in the order of their numbers, forgotten ones too, from behind a number on."""
        yield from (entry for seq, entry in sorted(self._read("ledger").items()) if seq > after)

    def ledger_head(self) -> LedgerHead:
        """Tell where the chain ends."""
        return LedgerHead(*self._read("head").get("head", (0, "")))

    def forget(self, event_ids: Iterable[str]) -> int:
        """Delete the personal fields and salts of entries, and count them; the chain still verifies."""
        count = 0
        with self._writing():
            for event_id in event_ids:
                seq = self._read("place").get(event_id)
                if seq is not None:
                    ledger = self._write("ledger")
                    ledger[seq] = forgotten(ledger[seq])
                    for name in ("place", "consent_event", "proof"):
                        self._write(name).pop(event_id, None)
                    count += 1
        return count

    def _chain(self, name: str, rows: Iterable[EventRow] | Iterable[ProofRow]) -> Written:
        new = same = 0
        with self._writing():
            for row in rows:
                place = self._write("place")
                if row.event_id in place:
                    same += 1
                    continue
                entry = seal(self.ledger_head(), row, os.urandom(16).hex())
                self._write(name)[row.event_id] = (row,)
                self._write("ledger")[entry.seq] = entry
                self._write("head")["head"] = (entry.seq, entry.hash)
                place[row.event_id] = entry.seq
                new += 1
        return Written(new, 0, same)

    def events(self, records: Iterable[str] | None = None, *, blocking: bool = False) -> Iterator[EventRow]:
        """Stream consent events in the order of their ids: all, those of given records, or only the blocking ones."""
        wanted = None if records is None else set(records)
        for (row,) in self._sorted("consent_event"):
            if (wanted is None or row.record in wanted) and (row.blocking or not blocking):
                yield row

    def _rewrite_entry(self, event_id: str, place: str, document: str) -> None:
        """Put a document in another version of the schema into its entry."""
        ledger, seq = self._write("ledger"), self._read("place")[event_id]
        if keeps(ledger[seq]) and not keeps(ledger[seq]._replace(document=document)):
            raise _common.breaks_chain(place)
        ledger[seq] = ledger[seq]._replace(document=document)
