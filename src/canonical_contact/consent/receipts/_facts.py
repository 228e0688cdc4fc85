"""What both forms of a receipt ask of a record and its events."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Final

from attrs import frozen

from canonical_contact.consent.machine import blocked_by
from canonical_contact.consent.receipts._terms import NOT_STATED, Party, Terms
from canonical_contact.model import ConsentEvent, ConsentRecord, ConsentState, EventType, digest

__all__ = ["Facts", "stated"]

_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://canonical-contact.dev/receipts")


@frozen
class Facts:
    """A record with its history, the state at a time, and what the proofs say.

    Args:
        record: the folded state.
        events: its history, as given.
        principal: id of the person.
        controller: who is responsible.
        terms: what the host states.
        at: the time that the receipt speaks of; None: whatever the record says.
    """

    record: ConsentRecord
    events: tuple[ConsentEvent, ...]
    principal: str
    controller: Party
    terms: Terms
    at: datetime | None = None

    @property
    def state(self) -> ConsentState:
        """The state at the time of the receipt: what has run out by then is expired, and a refusal behind an open request stands."""
        record = self.record
        if held := blocked_by(record):
            return held
        if record.state in (ConsentState.GRANTED, ConsentState.IMPLIED) and self.at is not None:
            if record.expires_at is not None and record.expires_at <= self.at:
                return ConsentState.EXPIRED
        return record.state

    def standing(self) -> tuple[ConsentEvent, ...]:
        """The events that the record stands on, or all of its key where it names none that is here; the latest last."""
        on = set(self.record.events)
        found = [event for event in self.events if event.event_id in on]
        if not found:
            found = [event for event in self.events if event.purpose == self.record.purpose]
        return tuple(sorted(found, key=_when))

    def history(self) -> tuple[ConsentEvent, ...]:
        """Every event in order of time, those that overlay consent (suppressions) left out."""
        overlay = (EventType.SUPPRESS, EventType.UNSUPPRESS)
        return tuple(sorted((event for event in self.events if event.type not in overlay), key=_when))

    def said(self, field: str) -> str:
        """What the latest proof says, by the name of a field of `ConsentProof`."""
        for event in reversed(self.standing()):
            if event.proof is not None and (text := getattr(event.proof, field)):
                return str(text)
        return ""

    def method(self) -> str:
        """How the latest event came: method, and where it was captured."""
        for event in reversed(self.standing()):
            place = event.proof.captured_at if event.proof is not None else ""
            if event.method:
                return f"{event.method}: {place}" if place else event.method
        return self.terms.collection_method

    def third_parties(self) -> tuple[str, ...]:
        """To whom the consent extends."""
        named = [name for event in self.standing() if event.proof is not None for name in event.proof.third_parties]
        return tuple(dict.fromkeys(named))

    def moment(self) -> datetime | None:
        """Since when the state holds; else when the ledger first learned of it; None where neither is on record."""
        if self.record.effective_at is not None:
            return self.record.effective_at
        known = [event.recorded_at for event in self.standing() or self.events if event.recorded_at is not None]
        return min(known) if known else None

    def receipt_id(self) -> str:
        """A UUID from what the receipt is about: the same record and events give the same one."""
        record = self.record
        parts = (self.principal, record.channel, record.purpose, record.controller, record.endpoint, self.state, *record.events)
        return str(uuid.uuid5(_SPACE, digest(*parts)))


def _when(event: ConsentEvent) -> tuple[datetime, datetime, str]:
    return (event.effective_at or _EARLIEST, event.recorded_at or _EARLIEST, event.event_id)


def stated(text: str, path: str, missing: list[str]) -> str:
    """Give a mandatory text, or say that it is not stated, and note where."""
    if text:
        return text
    missing.append(path)
    return NOT_STATED
