"""A contact with its records and its ledger, as a live act needs them: the state of a key, whom an act reaches, what it brings along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import evolve

from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    Contact,
    EventType,
    SourceRecord,
    Suppression,
    SuppressionKind,
    digest,
)
from canonical_contact.normalize import mailbox_names
from canonical_contact.ports import ContactStore
from canonical_contact.store.view import was_erased

if TYPE_CHECKING:
    from canonical_contact.consent import Folded
    from canonical_contact.consent.regimes import Regimes

__all__ = ["COUPLED", "REFUSING", "Person", "folded", "is_one", "streams_of"]

_E = EventType
REFUSING: Final = frozenset({_E.WITHDRAW, _E.OBJECT, _E.COMPLAINT, _E.DECLINE, _E.INVALIDATE})
COUPLED: Final = frozenset({_E.WITHDRAW, _E.OBJECT, _E.COMPLAINT, _E.DECLINE})  # these reach every endpoint of the person


SWEEP: Final = "sweep"  # source of what has run out
_MOMENT: Final = timedelta(microseconds=1)
_AGREED: Final = frozenset({_E.OPT_IN, _E.OPT_IN_UNCONFIRMED, _E.CONFIRM, _E.RENEW})
_SHOWN: Final = ("notice_id", "notice_version", "notice_language", "notice_hash", "wording")


class Person:
    """A contact with its records and events, as a live act needs them."""

    def __init__(self, store: ContactStore, contact_id: str) -> None:
        from canonical_contact.schema import from_json

        row = store.contact(contact_id)
        if row is None:
            raise was_erased(store, contact_id) or NotFoundError(
                "There is no such contact.", path="contact_id", hint="Give an id from links.csv, or one that was retired."
            )
        self._store = store
        self.contact_id = row.contact_id
        self.contact = from_json(Contact, row.document)
        self.keys: Sequence[str] = sorted(row.members)
        self.records = {one.key: from_json(SourceRecord, one.document) for one in store.records(self.keys)}
        self.events = [from_json(ConsentEvent, one.document) for one in store.events(self.keys)]
        self.streams = streams_of(self.events)
        self.folded = folded(self.events)

    def endpoint(self, channel: Channel, purpose: str, controller: str, given: str, kind: EventType) -> str:
        """Find the endpoint, as the contact's records spell it, that a permission is bound to."""
        from canonical_contact.consent import endpoint_keys

        held = endpoint_keys(self.contact, channel)
        if given:
            same = next((key for key in held if is_one(key, given)), None)
            if same is None and not (kind is _E.CORRECT or any(self.owners(channel, given, strict=True))):
                raise InputError(
                    "The contact does not hold this endpoint.", path="endpoint", hint="Give one of its addresses or numbers."
                )
            return same or given
        cells = {
            record.endpoint
            for record in self.folded.records
            if (record.channel, record.purpose, record.controller) == (channel, purpose, controller) and record.endpoint
        }
        if len(cells) == 1:
            return cells.pop()
        return held[0] if held else ""

    def owners(self, channel: Channel, endpoint: str, *, strict: bool = False) -> list[str]:
        """List the records that hold an endpoint; the first record where none does."""
        from canonical_contact.consent import endpoint_keys

        found = [
            key
            for key in self.keys
            if key in self.records and any(is_one(name, endpoint) for name in endpoint_keys(self.records[key].card, channel))
        ]
        return found if found or strict else list(self.keys[:1])

    def cell(self, channel: Channel, purpose: str, controller: str, endpoint: str) -> ConsentRecord | None:
        """Give the joined state of a key."""
        return _cell(self.folded, channel, purpose, controller, endpoint)

    def somewhere(self, channel: Channel, purpose: str, controller: str, kind: EventType) -> ConsentRecord | None:
        """Give the state of a key at one of the person's endpoints, one that takes the event before others."""
        from canonical_contact.consent import TRANSITIONS

        found = [
            record
            for record in self.folded.records
            if (record.channel, record.purpose, record.controller) == (channel, purpose, controller)
        ]
        return next((record for record in found if record.state in TRANSITIONS[kind]), found[0] if found else None)

    def proof(self, given: ConsentProof | None, state: ConsentRecord | None, act: str, kind: EventType) -> ConsentProof:
        """Fill in what a proof leaves open: the consent that it belongs to, and the rules that bind."""
        from canonical_contact.consent import countries_of, resolve

        proof = given or ConsentProof()
        if not proof.consent_id:
            known = {event.event_id: event.proof.consent_id for event in self.events if event.proof and event.proof.consent_id}
            begins = kind in (_E.OPT_IN, _E.OPT_IN_UNCONFIRMED, _E.IMPLY, _E.REQUEST)
            older = [] if begins or state is None else [known[name] for name in state.events if name in known]
            proof = evolve(proof, consent_id=older[-1] if older else act)
        if kind in (_E.WITHDRAW, _E.OBJECT) and state is not None:
            proof = self._with_notice(proof, state)
        if not proof.jurisdiction:
            countries = sorted(countries_of(self.contact))
            proof = evolve(proof, jurisdiction=countries[0] if len(countries) == 1 and countries != ["ZZ"] else "")
        if not proof.regime:
            proof = evolve(proof, regime="+".join(one.label for one in resolve(self.contact, self.rules)))
        return proof

    def _with_notice(self, proof: ConsentProof, state: ConsentRecord) -> ConsentProof:
        """Say which notice and wording the consent stood on that ends; where the proof names one, that is it."""
        if any(getattr(proof, name) for name in _SHOWN):
            return proof
        names = set(state.events)
        agreed = [event for event in self.events if event.event_id in names and event.type in _AGREED and event.proof]
        last = max(agreed, key=lambda event: (str(event.recorded_at or ""), event.event_id), default=None)
        if last is None or last.proof is None:
            return proof
        return evolve(proof, **{name: getattr(last.proof, name) for name in _SHOWN})

    @property
    def rules(self) -> Regimes:
        """The regimes by which the store decides."""
        from canonical_contact.store.rules import regimes_of

        return regimes_of(self._store)

    def reached(self, event: ConsentEvent) -> list[str]:
        """List the records whose streams take an act: all for a refusal, else the owner's and those that block or wait."""
        from canonical_contact.consent import blocked_by
        from canonical_contact.consent.machine import step

        if event.type in REFUSING:
            return list(self.keys)
        owners = self.owners(event.channel, event.endpoint)[:1]
        found = []
        for key in self.keys:
            cell = _cell(folded(self.streams.get(key, ())), event.channel, event.purpose, event.controller, event.endpoint)
            concerned = (
                key in owners or blocked_by(cell) or (cell is not None and cell.state is ConsentState.PENDING_CONFIRMATION)
            )
            if not concerned and event.type not in (_E.OPT_IN, _E.OPT_IN_UNCONFIRMED, _E.IMPLY, _E.REQUEST):
                concerned = cell is not None  # what ends or renews a consent reaches every stream that has it
            if concerned and isinstance(step(cell, event), ConsentRecord):
                found.append(key)
        return found or owners

    def blocks(self, refusal: ConsentEvent, endpoint: str) -> Iterator[ConsentEvent]:
        """Say what a refusal brings along: its record's endpoints are blocked for everybody who holds them."""
        from canonical_contact.consent import follow

        record = self.records[refusal.record]
        said = evolve(refusal, type=_E.WITHDRAW) if refusal.type is _E.DECLINE else refusal  # it reaches as far
        made = follow(record, [said], refusal.recorded_at)
        yield from made
        if endpoint and refusal.record == self.keys[0] and not any(is_one(endpoint, block.endpoint) for block in made):
            kind = SuppressionKind.COMPLAINT if refusal.type is _E.COMPLAINT else SuppressionKind.GLOBAL_OPT_OUT
            yield evolve(
                refusal,
                event_id=digest(refusal.event_id, endpoint, _E.SUPPRESS),
                type=_E.SUPPRESS,
                endpoint=endpoint,
                reason=kind.value,
                suppression=kind,
            )

    def freed(self, confirm: ConsentEvent) -> list[ConsentEvent]:
        """Lift the contact's own opt-outs where the person confirmed, for that purpose; no complaint, and no other person's block.

        What the legacy programme blocked until the person confirms is lifted likewise.
        """
        made = []
        for key, stream in self.streams.items():
            for block in folded(stream).suppressions:
                own = block.kind is SuppressionKind.GLOBAL_OPT_OUT and is_one(block.endpoint, confirm.endpoint)
                waits = not own and _waits_for_confirmation(stream, block)
                if block.channel is not confirm.channel or not (own or waits):
                    continue
                after = confirm.effective_at
                if waits and after is not None and block.since is not None:
                    after = max(after, block.since + _MOMENT)  # a confirmation in time that was recorded late
                made.append(
                    evolve(
                        confirm,
                        event_id=digest(confirm.event_id, key, block.endpoint, _E.UNSUPPRESS, *(["legacy"] if waits else [])),
                        type=_E.UNSUPPRESS,
                        record=key,
                        endpoint=block.endpoint,
                        effective_at=after,
                        suppression=block.kind,
                        reason=block.reason if waits else block.kind.value,
                        expires_at=None,
                    )
                )
        return made

    def due(self, act: EventType, key: tuple[Channel, str, str], at: datetime, learned: datetime) -> list[ConsentEvent]:
        """Say what has run out of a channel, purpose and controller before an act, as a sweep would; but not what the act says itself."""
        if act in REFUSING:
            return []  # a no is a no whatever has run out; it must not meet a state that does not take it
        before = min(at, learned) - _MOMENT  # what ends at the moment of the act still stands for it
        spoken_of = (act, _E.CONFIRM_TIMEOUT if act is _E.CONFIRM else act)  # a click that is late is told so
        return [
            evolve(event, recorded_at=learned)
            for record in self.folded.records
            if (record.channel, record.purpose, record.controller) == key
            for event in self.ended(record, before)
            if event.type not in spoken_of
        ]

    def ended(self, record: ConsentRecord, at: datetime) -> Iterator[ConsentEvent]:
        """Say what is due of one key."""
        from canonical_contact.consent import due_expiries

        for event in due_expiries([record], at):
            if event.type is _E.REQUEST_TIMEOUT and self.in_campaign(record):
                continue
            for key in self.reached(event):
                name = digest(event.event_id, key)
                yield evolve(event, event_id=name, record=key, source=SWEEP, proof=self.proof(None, record, name, event.type))

    def in_campaign(self, record: ConsentRecord) -> bool:
        """Tell whether an open request is one of the legacy programme, which ends it together with a block."""
        from canonical_contact.consent.legacy import RE_PERMISSION

        names = set(record.events)
        asked = [event for event in self.events if event.type is _E.REQUEST and event.event_id in names and event.effective_at]
        last = max((event.effective_at for event in asked if event.effective_at), default=None)
        return any(event.method == RE_PERMISSION for event in asked if event.effective_at == last)


def _waits_for_confirmation(stream: Sequence[ConsentEvent], block: Suppression) -> bool:
    """Tell whether a block is the legacy programme's alone: nobody else has ever blocked the same by hand."""
    from canonical_contact.consent.legacy import LEGACY_BLOCKS

    if block.kind is not SuppressionKind.MANUAL:
        return False
    said = [
        event
        for event in stream
        if event.type is _E.SUPPRESS
        and (event.channel, event.endpoint, event.suppression) == (block.channel, block.endpoint, block.kind)
    ]
    return bool(said) and all(event.reason in LEGACY_BLOCKS for event in said)


def _cell(folded: Folded, channel: Channel, purpose: str, controller: str, endpoint: str) -> ConsentRecord | None:
    """Find what a fold says of one key: the cell itself, else the refusals of wider cells that reach into it."""
    from canonical_contact.consent import blocked_by, join

    found: ConsentRecord | None = None
    for record in folded.records:
        if (
            record.channel is not channel
            or record.controller not in (controller, "")
            or record.purpose not in (purpose, ANY_PURPOSE)
        ):
            continue
        if record.endpoint and not is_one(record.endpoint, endpoint):
            continue
        placed = evolve(record, purpose=purpose, controller=controller, endpoint=endpoint)
        if (record.purpose, record.controller, record.endpoint) == (purpose, controller, endpoint):
            return record  # the fold has drawn the wider refusals into it already
        if blocked_by(record) or (record.purpose == purpose and record.controller == controller):
            found = placed if found is None else join(found, placed)
    return found


def streams_of(events: Iterable[ConsentEvent]) -> dict[str, list[ConsentEvent]]:
    streams: defaultdict[str, list[ConsentEvent]] = defaultdict(list)
    for event in events:
        streams[event.record].append(event)
    return dict(streams)


def folded(events: Iterable[ConsentEvent]) -> Folded:
    from canonical_contact.consent import fold

    return fold(events)


def is_one(left: str, right: str) -> bool:
    return left == right or (bool(left and right) and not set(mailbox_names(left)).isdisjoint(mailbox_names(right)))
