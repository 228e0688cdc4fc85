"""Many events, one answer a key: the fold of each source record's stream, and the join of the records.

The stream of a record follows the machine; where records of one person disagree, `join` decides, blocking first. The result depends on
the set of events alone, not on their order or on how they were grouped.

A key is a cell: channel × controller × purpose × endpoint. A refusal in a wider cell (no endpoint: the person; purpose `any`; no
controller: the house) reaches into every narrower one; a permission never leaves its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from attrs import evolve, frozen

from canonical_contact.consent._lifted import ends_block, in_both, lifted_by, word_of
from canonical_contact.consent._streams import WIDE, Cell, join, said_in, stands, when
from canonical_contact.consent.machine import blocked_by, step
from canonical_contact.consent.states import BLOCKING, BLOCKING_EVENTS, NEVER_LIFTED, RANKS
from canonical_contact.errors import ConfigError
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    EventType,
    Suppression,
    SuppressionKind,
)

__all__ = [
    "ERASED_HOLDER",
    "POLICIES",
    "SHARED_ENDPOINT",
    "Folded",
    "blocks_endpoint",
    "fold",
    "join",
    "lifts",
]

POLICIES: Final = ("blocking_first", "latest_subject_act")  # of a question
SHARED_ENDPOINT: Final = "shared_endpoint"
ERASED_HOLDER: Final = "erased_holder"  # of a block that somebody who was erased left on an endpoint

_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_OVERLAY: Final = frozenset({EventType.SUPPRESS, EventType.UNSUPPRESS})
_SIGN_UP: Final = frozenset({EventType.OPT_IN_UNCONFIRMED, EventType.CONFIRM, EventType.CONFIRM_TIMEOUT})


@frozen
class Folded:
    """The consent of one contact.

    Args:
        records: the folded state of each cell that an event is about, in a fixed order.
        suppressions: blocks on endpoints, the contact's own before those of others.
    """

    records: tuple[ConsentRecord, ...] = ()
    suppressions: tuple[Suppression, ...] = ()


_NOTHING: Final = Folded()


def blocks_endpoint(event: ConsentEvent) -> bool:
    """Tell whether an event must be handed to `fold` as `foreign` for other contacts that hold its endpoint.

    True for a suppression of an endpoint, and for the event that ends one.
    """
    return event.type in _OVERLAY and bool(event.endpoint)


def fold(
    events: Iterable[ConsentEvent],
    holds: Iterable[Suppression] = (),
    foreign: Iterable[ConsentEvent | Suppression] = (),
    *,
    policy: str = "blocking_first",
) -> Folded:
    """Fold the events of a contact's records to its consent.

    Args:
        events: the ledger events of all its records, in any order; one id counts once.
        holds: what `holds_of` says of its records.
        foreign: suppressions by other contacts' records of endpoints that this contact holds: their events, or their holds.
        policy: `blocking_first`, or `latest_subject_act`, under which a later confirmed opt-in lifts an older opt-out at its own
            endpoint. Under the default it is only shown, in `lifted_by`. Under `most_restrictive` a record whose consent has ended, or
            waits for its confirmation, outweighs the grant of another.

    Returns:
        The folded state and the suppressions.

    Raises:
        ConfigError: there is no such policy.

    An event that its record's stream does not allow is kept in the ledger and changes nothing; a refusal always counts.

    >>> from canonical_contact.model import Channel
    >>> stop = ConsentEvent("1", EventType.WITHDRAW, Channel.EMAIL, record="crm:1")
    >>> yes = ConsentEvent("2", EventType.OPT_IN, Channel.EMAIL, record="list:7", endpoint="a@example.com",
    ...     effective_at=datetime(2026, 5, 1, tzinfo=UTC))
    >>> [str(record.state) for record in fold([yes, stop]).records]
    ['withdrawn']
    """
    if policy not in RANKS:
        raise ConfigError(f"There is no policy {policy!r}.", path="policy", hint=f"Policies: {', '.join(RANKS)}.")
    own = {event.event_id: event for event in events}
    suppressions = _suppressions(own.values(), holds, tuple(foreign))
    moves = [event for event in own.values() if event.type not in _OVERLAY]
    if not moves:
        return Folded((), suppressions) if suppressions else _NOTHING
    if len(moves) > 1:
        moves.sort(key=when)
    cells = _cells(moves, policy)
    records = [cells[key] for key in sorted(cells)]
    if policy == "latest_subject_act" and any(record.lifted_by for record in records):
        records, suppressions = _lift(records, suppressions, own)
    return Folded(tuple(records), suppressions)


def _cells(moves: list[ConsentEvent], policy: str) -> dict[Cell, ConsentRecord]:
    """Fold every cell that an event is exactly about; `moves` are in order."""
    streams: dict[tuple[Channel, str], list[ConsentEvent]] = {}
    exact: dict[Cell, None] = {}
    for event in moves:
        streams.setdefault((event.channel, event.record), []).append(event)
        exact[event.channel, event.controller, event.purpose, event.endpoint] = None
    cells: dict[Cell, ConsentRecord] = {}
    for cell in exact:
        for (channel, _), stream in streams.items():
            if channel is cell[0]:
                said = said_in(stream, cell)
                if said is not None:
                    cells[cell] = join(cells[cell], said, policy) if cell in cells else said
    if len(moves) > 1:
        _stand_on_refusals(cells, moves)
        _show_later_opt_ins(cells, moves)
        for cell in [cell for cell in cells if cell[3] and _said_wider(cells, cell)]:
            del cells[cell]
    return cells


def _stand_on_refusals(cells: dict[Cell, ConsentRecord], moves: list[ConsentEvent]) -> None:
    """Let a refusal stand on what refused alone: a permission that came after it need not stand on what was claimed before."""
    refusing = {event.event_id for event in moves if event.type in WIDE}
    for cell, record in cells.items():
        if record.state in BLOCKING and not refusing.issuperset(record.events):
            cells[cell] = evolve(record, events=tuple(name for name in record.events if name in refusing))


def _show_later_opt_ins(cells: dict[Cell, ConsentRecord], moves: list[ConsentEvent]) -> None:
    """Note on each refusal the confirmed opt-in that came after all of it; refusals without a date, complaints and notes have none."""
    confirms = [event for event in moves if event.type is EventType.CONFIRM and event.effective_at]
    if not confirms:
        return
    for cell, record in cells.items():
        channel, controller, purpose, endpoint = cell
        since = record.effective_at
        held = blocked_by(record)
        if held in (None, ConsentState.ERASED) or since is None or record.reason in NEVER_LIFTED:
            continue
        for event in reversed(confirms):  # the latest first
            if (stands(event) or _EARLIEST) <= since:
                break
            if (
                event.channel is channel
                and event.controller == controller
                and purpose in (event.purpose, ANY_PURPOSE)
                and endpoint in (event.endpoint, "")
                and _answers(event, moves)
            ):
                cells[cell] = evolve(record, lifted_by=event.event_id)
                break


def _answers(confirm: ConsentEvent, moves: list[ConsentEvent]) -> bool:
    """Tell whether a confirmation answers a sign-up of its own record: by its token, in time, and with no refusal in between."""
    open_: ConsentRecord | None = None
    for event in moves:
        if event.record != confirm.record or event.channel is not confirm.channel:
            continue
        same = event.purpose == confirm.purpose and event.endpoint == confirm.endpoint and event.controller == confirm.controller
        if same and event.type in _SIGN_UP:
            moved = step(open_, event)
            if event is confirm:
                return isinstance(moved, ConsentRecord)
            if isinstance(moved, ConsentRecord):
                open_ = None if event.type is EventType.CONFIRM else moved
        elif (
            event.type in BLOCKING_EVENTS
            and event.purpose in (confirm.purpose, ANY_PURPOSE)
            and event.endpoint in (confirm.endpoint, "")
            and event.controller in (confirm.controller, "")
        ):
            open_ = None
    return False


def _said_wider(cells: dict[Cell, ConsentRecord], cell: Cell) -> bool:
    """Tell whether a refusal at one endpoint only repeats that of the person."""
    record, wider = cells[cell], cells.get((cell[0], cell[1], cell[2], ""))
    if wider is None or record.lifted_by or wider.lifted_by:
        return False
    held, held_wider = blocked_by(record), blocked_by(wider)
    return held is not None and held is held_wider and record.state is wider.state


def _suppressions(
    own: Iterable[ConsentEvent], holds: Iterable[Suppression], foreign: tuple[ConsentEvent | Suppression, ...]
) -> tuple[Suppression, ...]:
    found = [*_overlays(own), *holds]
    if foreign:
        shared = _overlays(event for event in foreign if isinstance(event, ConsentEvent))
        shared += [hold for hold in foreign if isinstance(hold, Suppression)]
        found += [evolve(block, reason=SHARED_ENDPOINT) for block in shared if block.endpoint]
    if len(found) < 2:
        return tuple(found)
    kept: dict[tuple[bool, str, str, str], Suppression] = {}
    for block in found:
        key = (block.reason == SHARED_ENDPOINT, block.channel.value, block.endpoint, block.kind.value)
        kept[key] = _firmer(kept[key], block) if key in kept else block
    return tuple(kept[key] for key in sorted(kept))


def _firmer(left: Suppression, right: Suppression) -> Suppression:
    """Give the block that stands for two: lifted for nothing that one of them is not lifted for, and reaching as far as either."""
    stands = max(left, right, key=_firmest)
    if ERASED_HOLDER in (left.reason, right.reason):
        stands = evolve(stands, reason=ERASED_HOLDER)
    return evolve(stands, lifted_for=in_both((left, right))) if stands.lifted_for else stands


def _firmest(block: Suppression) -> tuple[bool, datetime, str, str]:
    return (block.since is None, block.since or _EARLIEST, block.event_id, block.record)


def _overlays(events: Iterable[ConsentEvent]) -> list[Suppression]:
    """Fold suppressions: one that its own record's later event ended is gone, whatever state the key has.

    An event of one purpose ends nothing: the block is lifted for that purpose, until it is said again.
    """
    events = [event for event in events if event.type in _OVERLAY and event.suppression]
    if len(events) > 1:
        events.sort(key=when)
    standing: dict[tuple[str, Channel, str, SuppressionKind], Suppression] = {}
    unseen: dict[tuple[str, Channel, str, SuppressionKind], datetime] = {}  # blocks without a date: when they became known
    for event in events:
        assert event.suppression is not None
        key = (event.record, event.channel, event.endpoint, event.suppression)
        if event.type is EventType.UNSUPPRESS:
            at = stands(event)
            if key not in standing or (key in unseen and at and unseen[key] >= at):
                continue
            if ends_block(event):
                del standing[key]
            else:
                standing[key] = evolve(standing[key], lifted_for=lifted_by(standing[key], event))
            continue
        if event.effective_at is None and event.recorded_at:
            unseen[key] = event.recorded_at  # they are in order: the latest stays
        block = Suppression(
            event.suppression, event.channel, event.endpoint, event.effective_at, event.event_id, event.record, event.reason
        )
        standing[key] = _firmer(standing[key], block) if key in standing else block
    return list(standing.values())


def _lift(
    records: list[ConsentRecord], suppressions: tuple[Suppression, ...], events: dict[str, ConsentEvent]
) -> tuple[list[ConsentRecord], tuple[Suppression, ...]]:
    """Apply `latest_subject_act` at the endpoints where the person confirmed; the person's refusal stands everywhere else."""
    lifted: list[ConsentRecord] = []
    for record in records:
        yes = events.get(record.lifted_by)
        if yes is None or record.endpoint != yes.endpoint or record.purpose != yes.purpose:
            lifted.append(record)
            continue
        lifted.append(
            ConsentRecord(
                record.channel,
                record.purpose,
                ConsentState.GRANTED,
                record.controller,
                strength="double",
                endpoint=record.endpoint,
                legal_basis=yes.legal_basis or "consent",
                effective_at=yes.effective_at,
                expires_at=yes.expires_at,
                reason="latest_subject_act",
                events=tuple(sorted({*record.events, yes.event_id})),
            )
        )
        word = {word_of(record.purpose, record.controller)} - {""}
        suppressions = tuple(
            evolve(block, lifted_for=tuple(sorted({*block.lifted_for, *word}))) if lifts(record, block) else block
            for block in suppressions
        )
    return lifted, suppressions


def lifts(record: ConsentRecord, block: Suppression) -> bool:
    """Tell whether the opt-in that lifts a refusal also lifts an endpoint's suppression: the person's own opt-out, and none later."""
    return (
        block.kind is SuppressionKind.GLOBAL_OPT_OUT
        and block.channel is record.channel
        and block.endpoint == record.endpoint
        and block.reason != SHARED_ENDPOINT
        and block.since is not None
        and record.effective_at is not None
        and block.since <= record.effective_at
    )
