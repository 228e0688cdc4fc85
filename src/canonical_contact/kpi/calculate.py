"""From contacts to figures, in one pass: memory does not grow with the contacts, but for eight bytes a change."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from attrs import field, frozen

from canonical_contact.consent import may_contact
from canonical_contact.kpi._statistics import percentile, wilson
from canonical_contact.kpi.definitions import DEFINITIONS
from canonical_contact.kpi.reach import reaches
from canonical_contact.merge import HOST, RECTIFICATION
from canonical_contact.model import (
    ANY_PURPOSE,
    Activity,
    Channel,
    ConsentState,
    Contact,
    Event,
    Permission,
    SourceRef,
    Verification,
    VerificationStatus,
)

if TYPE_CHECKING:
    from canonical_contact.consent.regimes import Regime, Regimes

__all__ = ["Change", "Kpi", "Meter", "changes_of", "measure", "sources_of"]

_YEAR = timedelta(days=365)
_KINDS = ("email", "phone")
_OUTCOMES = ("verified", "failed")
_OWN = (RECTIFICATION, HOST)
CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.VOICE_LIVE)


@frozen
class Kpi:
    """One figure, with what it was made of.

    Args:
        name: which figure; `DEFINITIONS[name]` says what it means.
        scope: the kind of endpoint or the channel; empty for all or none.
        value: a share from 0 to 1, or seconds; None where there is nothing to measure, never 0.
        numerator: what was counted above the line; for a percentile the number of values.
        denominator: what was counted below the line.
        as_of: the time that it holds for.
        excluded: what was left out, counted by reason.
        detail: counts within the denominator that help to read the value.
        low: lower end of the 95 % interval (Wilson) of a share.
        high: upper end of it.
    """

    name: str
    scope: str
    value: float | None
    numerator: int
    denominator: int
    as_of: datetime
    excluded: Mapping[str, int] = field(factory=dict)
    detail: Mapping[str, int] = field(factory=dict)
    low: float | None = None
    high: float | None = None


@frozen
class Change:
    """A change at a source on its way into the store.

    Args:
        occurred_at: when the source says it happened; None where it does not say.
        recorded_at: when a run stored it; None where that is not known.
    """

    occurred_at: datetime | None
    recorded_at: datetime | None


def sources_of(contact: Contact) -> list[SourceRef]:
    """List the records of sources behind a contact; what the person had put right, or people pinned, is no record of a source."""
    return [source for source in contact.sources if source.file or source.system not in _OWN]


def changes_of(contact: Contact, log: Iterable[Event]) -> Iterator[Change]:
    """Pair each source record's last change with the first run that could have stored it.

    Args:
        contact: a contact.
        log: its domain events, in any order.

    Returns:
        one change for each source record; the record counts as stored by the first event at or after the change that names it
        in `records`, or, where no event names records, by the first event at or after the change.
    """
    events = sorted(log, key=lambda event: event.at)
    for source in sources_of(contact):
        named = [event for event in events if source.key in event.detail.get("records", "").split()]
        times = [event.at for event in named or events]
        seen = source.observed_at
        recorded = next((at for at in times if seen is None or at >= seen), times[-1] if times else None)
        yield Change(seen, recorded)


class Meter:
    """Takes contacts one by one and tells the figures at the end; for callers that have another use for each contact.

    Args:
        as_of: the time that all figures hold for, with a time zone.
        ttl: how long a verification counts that states no expiry.
        regime: the rules for the sendable rate.
        purpose: the purpose for both consent figures.
        channels: the channels for both consent figures.
        since: only changes from then on count for the update latency; None counts all.
    """

    def __init__(
        self,
        as_of: datetime,
        *,
        ttl: timedelta = _YEAR,
        regime: str | Regime | Regimes = "auto",
        purpose: str = "marketing",
        channels: Iterable[Channel] = CHANNELS,
        since: datetime | None = None,
    ) -> None:
        self.as_of, self.ttl, self.regime, self.purpose, self.since = as_of, ttl, regime, purpose, since
        self.channels = tuple(channels)
        self._count: Counter[tuple[str, str]] = Counter()  # (what, scope)
        self._latencies = array("d")
        self._late: Counter[str] = Counter()

    def add(self, contact: Contact, permissions: Mapping[Channel, Permission] | None = None) -> None:
        """Count one contact.

        Args:
            contact: the contact.
            permissions: answers that the caller has already, for the meter's time, purpose and regime.
        """
        count, records = self._count, len(sources_of(contact))
        count["contacts", ""] += 1
        count["records", ""] += records
        if records > 1:
            count["clustered", ""] += records
        self._endpoints("email", [entry.verification for entry in contact.emails])
        self._endpoints("phone", [entry.verification for entry in contact.phones])
        for channel in self.channels:
            if not reaches(contact, channel):
                continue
            count["required", channel] += 1
            count["complete", channel] += self._complete(contact, channel)
            answer = (permissions or {}).get(channel)
            if answer is None:
                answer = may_contact(contact, channel, self.purpose, at=self.as_of, regime=self.regime)
            count["sendable", channel] += answer.allowed

    def _endpoints(self, kind: str, checks: list[Verification]) -> None:
        if not checks:
            return
        outcomes = [self._outcome(check) for check in checks]
        self._count["covered", kind] += 1
        self._count["proven", kind] += "verified" in outcomes
        for outcome in outcomes:
            self._count[outcome, kind] += 1

    def _outcome(self, check: Verification) -> str:
        if check.status is VerificationStatus.UNVERIFIED:
            return "not_attempted"
        if check.checked_at is not None and check.checked_at > self.as_of:
            return "after_as_of"
        if check.status is VerificationStatus.FAILED:
            return "failed"
        if check.checked_at is None and check.expires_at is None:
            return "no_date"
        end = check.expires_at or (check.checked_at and check.checked_at + self.ttl)
        return "verified" if end is not None and self.as_of <= end else "expired"

    def _complete(self, contact: Contact, channel: Channel) -> bool:
        return any(
            entry.channel is channel
            and entry.purpose in (self.purpose, ANY_PURPOSE)
            and entry.state is not ConsentState.UNKNOWN
            and bool(entry.events)
            for entry in contact.consent
        )

    def add_activity(self, activity: Activity) -> None:
        """Count one activity; only those of the kind `verification` matter here."""
        if activity.kind != "verification":
            return
        kind, _, outcome = activity.value.partition(":")
        if outcome not in _OUTCOMES or kind not in _KINDS:
            self._count["event_unreadable", ""] += 1
        elif activity.at > self.as_of:
            self._count["event_after_as_of", kind] += 1
        else:
            self._count[f"event_{outcome}", kind] += 1

    def add_change(self, change: Change) -> None:
        """Count one change at a source."""
        occurred, recorded = change.occurred_at, change.recorded_at
        if occurred is None:
            self._late["no_time_at_source"] += 1
        elif occurred >= self.as_of:
            self._late["after_as_of"] += 1
        elif self.since is not None and occurred < self.since:
            self._late["before_window"] += 1
        elif recorded is None:
            self._late["not_recorded"] += 1
        elif recorded < occurred:
            self._late["negative"] += 1
        else:
            self._latencies.append((recorded - occurred).total_seconds())

    def absorb(self, other: Meter) -> None:
        """Add what another meter counted, for the same time, purpose and regime."""
        self._count.update(other._count)
        self._latencies.extend(other._latencies)
        self._late.update(other._late)

    def result(self) -> tuple[Kpi, ...]:
        """Tell all figures, in the order of the table of definitions."""
        found = chain(*map(self._verification, _KINDS), self._duplicates(), self._consent(), self._latency())
        order = {name: place for place, name in enumerate(DEFINITIONS)}
        return tuple(sorted(found, key=lambda kpi: order[kpi.name]))

    def _share(self, name: str, scope: str, above: int, below: int, excluded: dict[str, int], **detail: int) -> Kpi:
        ends = wilson(above, below)
        value = above / below if below else None
        low, high = ends or (None, None)
        kept = {reason: number for reason, number in excluded.items() if number}
        told = {word: number for word, number in detail.items() if number}
        return Kpi(name, scope, value, above, below, self.as_of, kept, told, low, high)

    def _verification(self, kind: str) -> Iterator[Kpi]:
        count, contacts = self._count, self._count["contacts", ""]
        left_out = {word: count[word, kind] for word in ("not_attempted", "expired", "no_date", "after_as_of")}
        verified, failed, covered = count["verified", kind], count["failed", kind], count["covered", kind]
        total = verified + failed + sum(left_out.values())
        yield self._share("verification_rate", kind, verified, total, {}, failed=failed, **left_out)
        yield self._share("verified_contact_rate", kind, count["proven", kind], covered, {"no_endpoint": contacts - covered})
        yield self._share("verification_attempted_rate", kind, verified, verified + failed, left_out)
        good, bad = count["event_verified", kind], count["event_failed", kind]
        skipped = {"after_as_of": count["event_after_as_of", kind], "unreadable": count["event_unreadable", ""]}
        yield self._share("verification_event_rate", kind, good, good + bad, skipped)
        yield self._share("coverage", kind, covered, contacts, {})

    def _duplicates(self) -> Iterator[Kpi]:
        count, records = self._count, self._count["records", ""]
        contacts = count["contacts", ""]
        yield self._share("duplicate_rate", "", max(records - contacts, 0), records, {}, contacts=contacts)
        yield self._share("records_in_a_duplicate_cluster", "", count["clustered", ""], records, {})

    def _consent(self) -> Iterator[Kpi]:
        count, contacts = self._count, self._count["contacts", ""]
        required = {channel: count["required", channel] for channel in self.channels}
        complete = sum(count["complete", channel] for channel in self.channels)
        missing = len(self.channels) * contacts - sum(required.values())
        yield self._share("consent_complete_rate", "", complete, sum(required.values()), {"no_endpoint": missing})
        for name, word in (("consent_complete_rate", "complete"), ("sendable_rate", "sendable")):
            for channel, below in required.items():
                yield self._share(name, channel.value, count[word, channel], below, {"no_endpoint": contacts - below})

    def _latency(self) -> Iterator[Kpi]:
        ordered = array("d", sorted(self._latencies))
        size = len(ordered)
        for name, fraction in (("update_latency_median", 0.5), ("update_latency_p90", 0.9)):
            yield Kpi(name, "", percentile(ordered, fraction), size, size, self.as_of, dict(sorted(self._late.items())))


def measure(
    contacts: Iterable[Contact],
    *,
    as_of: datetime,
    activities: Iterable[Activity] = (),
    changes: Iterable[Change] = (),
    ttl: timedelta = _YEAR,
    regime: str | Regime | Regimes = "auto",
    purpose: str = "marketing",
    channels: Iterable[Channel] = CHANNELS,
    since: datetime | None = None,
) -> tuple[Kpi, ...]:
    """Measure all figures over a stream of contacts.

    Args:
        contacts: all contacts, read once.
        as_of: the time that the figures hold for, with a time zone.
        activities: process events, for the share of verification attempts that succeed.
        changes: changes at the sources, for the update latency; see `changes_of`.
        ttl: how long a verification counts that states no expiry.
        regime: the rules for the sendable rate; `auto` takes the strictest that applies to each contact.
        purpose: the purpose for both consent figures.
        channels: the channels for both consent figures.
        since: only changes from then on count for the update latency; None counts all.

    Returns:
        the figures in the order of `DEFINITIONS`, one for each scope.

    >>> from datetime import UTC
    >>> from canonical_contact.model import SourceRef
    >>> pair = Contact(contact_id="a", sources=(SourceRef("hubspot", "1"), SourceRef("google", "9")))
    >>> figures = {(kpi.name, kpi.scope): kpi for kpi in measure([pair], as_of=datetime(2026, 7, 1, tzinfo=UTC))}
    >>> figures["duplicate_rate", ""].value, figures["verification_rate", "email"].value
    (0.5, None)
    """
    meter = Meter(as_of, ttl=ttl, regime=regime, purpose=purpose, channels=channels, since=since)
    for contact in contacts:
        meter.add(contact)
    for activity in activities:
        meter.add_activity(activity)
    for change in changes:
        meter.add_change(change)
    return meter.result()
