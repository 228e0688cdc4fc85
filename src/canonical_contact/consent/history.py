"""The consent of another day: what was true at a time by all that is known now, and what was known at a time.

Every event bears two times: when it happened (`effective_at`) and when the ledger learned of it (`recorded_at`). An audit asks by either,
or by both at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import evolve

from canonical_contact.consent.double_opt_in import due_expiries
from canonical_contact.consent.fold import Folded, fold
from canonical_contact.consent.machine import step
from canonical_contact.model import ConsentEvent, ConsentRecord, Suppression
from canonical_contact.model.moment import check_zone

__all__ = ["events_at", "known_at", "state_at"]


def state_at(
    events: Iterable[ConsentEvent],
    at: datetime,
    *,
    known_at: datetime | None = None,
    holds: Iterable[Suppression] = (),
    foreign: Iterable[ConsentEvent | Suppression] = (),
    policy: str = "blocking_first",
) -> Folded:
    """Say what was true at a time, by all that is known now or, with `known_at`, by what was known then.

    An event counts from its `effective_at` on. One without a date counts at every time, by the rule of the fold: it is older than any dated
    one, and a block without a date holds until the person says yes, live, after it became known. Consents and open requests whose time was
    over at `at` have ended, as a sweep on that day would have put it on record.

    Args:
        events: of a contact's records, in any order; one id counts once.
        at: the time that is asked about, with a time zone.
        known_at: leave out what the ledger learned of later.
        holds: as for `fold`; those that begin after `at` are left out.
        foreign: as for `fold`, by the same times.
        policy: as for `fold`.

    Raises:
        InputError: a time bears no zone.

    >>> from datetime import UTC
    >>> from canonical_contact.model import Channel, EventType
    >>> day = lambda number: datetime(2026, 1, number, tzinfo=UTC)
    >>> yes = ConsentEvent("1", EventType.OPT_IN, Channel.EMAIL, effective_at=day(1), recorded_at=day(1))
    >>> late = ConsentEvent("2", EventType.WITHDRAW, Channel.EMAIL, effective_at=day(5), recorded_at=day(9))
    >>> [str(state_at([yes, late], day(7)).records[0].state), str(state_at([yes, late], day(7), known_at=day(7)).records[0].state)]
    ['withdrawn', 'granted']
    """
    _zoned(at, known_at)
    folded = fold(
        events_at(events, at=at, known_at=known_at),
        _begun(holds, at),
        tuple(_of_then(foreign, at, known_at)),
        policy=policy,
    )
    return evolve(folded, records=tuple(_ended(record, at) for record in folded.records))


def known_at(
    events: Iterable[ConsentEvent],
    known_at: datetime,
    *,
    at: datetime | None = None,
    holds: Iterable[Suppression] = (),
    foreign: Iterable[ConsentEvent | Suppression] = (),
    policy: str = "blocking_first",
) -> Folded:
    """Say what was known at a time: the fold of what the ledger had learned by then.

    Args:
        events: of a contact's records, in any order; one id counts once.
        known_at: the time that is asked about, with a time zone.
        at: what was known then of this time; None: everything, also what was to begin later, and no end is derived.
        holds: as for `fold`; they are no events and bear no time at which they became known.
        foreign: as for `fold`, by the same times.
        policy: as for `fold`.

    An event without `recorded_at` counts as known at every time.

    Raises:
        InputError: a time bears no zone.

    >>> from datetime import UTC
    >>> from canonical_contact.model import Channel, EventType
    >>> day = lambda number: datetime(2026, 1, number, tzinfo=UTC)
    >>> late = ConsentEvent("2", EventType.WITHDRAW, Channel.EMAIL, effective_at=day(5), recorded_at=day(9))
    >>> len(known_at([late], day(8)).records), len(known_at([late], day(9)).records)
    (0, 1)
    """
    if at is not None:
        return state_at(events, at, known_at=known_at, holds=holds, foreign=foreign, policy=policy)
    _zoned(known_at)
    return fold(events_at(events, known_at=known_at), holds, tuple(_of_then(foreign, None, known_at)), policy=policy)


def events_at(
    events: Iterable[ConsentEvent], *, at: datetime | None = None, known_at: datetime | None = None
) -> tuple[ConsentEvent, ...]:
    """Pick the events that count at a time, or that were known at one, or both; what bears no date is not left out.

    Args:
        events: any.
        at: leave out what happened later.
        known_at: leave out what the ledger learned of later.

    Raises:
        InputError: a time bears no zone.

    >>> events_at([])
    ()
    """
    _zoned(at, known_at)
    return tuple(event for event in events if _counts(event, at, known_at))


def _counts(event: ConsentEvent, at: datetime | None, known: datetime | None) -> bool:
    if at is not None and event.effective_at is not None and event.effective_at > at:
        return False
    return known is None or event.recorded_at is None or event.recorded_at <= known


def _of_then(
    foreign: Iterable[ConsentEvent | Suppression], at: datetime | None, known: datetime | None
) -> Iterator[ConsentEvent | Suppression]:
    for each in foreign:
        if _counts(each, at, known) if isinstance(each, ConsentEvent) else at is None or each.since is None or each.since <= at:
            yield each


def _begun(holds: Iterable[Suppression], at: datetime) -> tuple[Suppression, ...]:
    return tuple(hold for hold in holds if hold.since is None or hold.since <= at)


def _ended(record: ConsentRecord, at: datetime) -> ConsentRecord:
    """End what had run out; what an open request gives back may have run out, too."""
    events = record.events
    while due := next(due_expiries([record], at), None):
        moved = step(record, due)
        if not isinstance(moved, ConsentRecord) or moved.state is record.state:
            break
        record = moved
    return record if record.events is events else evolve(record, events=events)


def _zoned(*times: datetime | None) -> None:
    for time in times:
        if time is not None:
            check_zone(time)
