"""When a message that is allowed may go out: quiet hours where the person is, and caps on how often.

Both are optional and come after `may_contact`: they take a permission back for a time and never give one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import evolve, field, frozen

from canonical_contact.consent.evidence import channels_of
from canonical_contact.consent.jurisdiction import countries_of
from canonical_contact.errors import ConfigError
from canonical_contact.model import Contact, Permission
from canonical_contact.normalize import country_time_zones

__all__ = ["FrequencyCap", "QuietHours", "Send", "hold_back", "zones_of"]

_EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
_LOOK_AHEAD = timedelta(days=15)  # where no time is free in two weeks, none will be
_DAY = timedelta(days=1)


@frozen
class Send:
    """What was sent to a person before, as a frequency cap counts it.

    Args:
        at: when, with a time zone.
        channel: such as `email`.
        purpose: such as `marketing`.
    """

    at: datetime
    channel: str
    purpose: str = "marketing"


@frozen
class QuietHours:
    """Hours of the person's day at which nothing is sent.

    Args:
        start: first moment of quiet, by the clock on the person's wall.
        end: first moment after it; before `start` it is of the next day, and equal to it the quiet lasts the whole day.
        days: the weekdays on which the quiet begins, Monday 0 to Sunday 6.
        zone: IANA time zone that holds for everybody; empty for the person's own (see `zones_of`), in all of which it must not be quiet.
        unknown: the zone of those of whom none is known; empty denies them.
        channels: the channels that it holds for (`voice` for both voices); empty for all.

    Raises:
        ConfigError: there is no such time zone, weekday or channel.

    >>> QuietHours(time(21), time(8)).ends_at(datetime(2026, 7, 1, 20, 30, tzinfo=UTC), ("Europe/Berlin",)).isoformat()
    '2026-07-02T06:00:00+00:00'
    """

    start: time
    end: time
    days: tuple[int, ...] = _EVERY_DAY
    zone: str = ""
    unknown: str = ""
    channels: tuple[str, ...] = field(default=())

    def __attrs_post_init__(self) -> None:
        """Check what a host has written."""
        for name in (self.zone, self.unknown):
            if name and _zone(name) is None:
                raise ConfigError(
                    f"There is no time zone {name!r}.", path="zone", hint="Name one of IANA's, such as Europe/Berlin."
                )
        if not set(self.days) <= set(_EVERY_DAY) or self.start.tzinfo or self.end.tzinfo:
            raise ConfigError(
                "The quiet hours are not hours of weekdays.",
                path="days",
                hint="Give days from 0 to 6, and hours without a time zone.",
            )
        _check_channels(self.channels)

    def is_quiet(self, at: datetime, zone: str) -> bool:
        """Tell whether it is quiet at a moment in a zone."""
        there = _zone(zone)
        assert there is not None
        local = at.astimezone(there)
        now, today, before = local.time(), local.weekday(), (local.weekday() - 1) % 7
        if self.start < self.end:
            return today in self.days and self.start <= now < self.end
        return (today in self.days and now >= self.start) or (before in self.days and now < self.end)

    def ends_at(self, at: datetime, zones: Sequence[str]) -> datetime | None:
        """Find the first moment, from `at` on, at which it is quiet in none of the zones (UTC); None where there is none in two weeks."""
        moment = at.astimezone(UTC)
        while moment - at <= _LOOK_AHEAD:
            quiet = [zone for zone in zones if self.is_quiet(moment, zone)]
            if not quiet:
                return moment
            moment = max(self._end(moment, zone) for zone in quiet)
        return None

    def _end(self, moment: datetime, zone: str) -> datetime:
        """Give the end of the quiet that holds at a moment; on a day on which the clock is put back or forward, too."""
        there = _zone(zone)
        day: date = moment.astimezone(there).date()
        for fold in (0, 1):
            for further in (0, 1):
                end = datetime.combine(day + further * _DAY, self.end, tzinfo=there).replace(fold=fold).astimezone(UTC)
                if end > moment and (further or fold == 0 or self.start < self.end):
                    return end
        return moment + _DAY


@frozen
class FrequencyCap:
    """How much may be sent to a person in a time.

    Args:
        limit: how many messages, 1 or more.
        per: in what time; a message counts until it is that old.
        channels: which channels it counts and holds for (`voice` for both voices); empty for all.
        purposes: which purposes; empty for all.

    Raises:
        ConfigError: the limit or the time is not positive, or there is no such channel.

    >>> cap = FrequencyCap(1, timedelta(days=7))
    >>> cap.ends_at([Send(datetime(2026, 7, 1, tzinfo=UTC), "email")], datetime(2026, 7, 3, tzinfo=UTC)).isoformat()
    '2026-07-08T00:00:00+00:00'
    """

    limit: int
    per: timedelta
    channels: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Check what a host has written."""
        if self.limit < 1 or self.per <= timedelta(0):
            raise ConfigError(
                "A cap allows at least one message in some time.",
                path="limit",
                hint="Such as FrequencyCap(2, timedelta(days=7)).",
            )
        _check_channels(self.channels)

    def ends_at(self, sends: Iterable[Send], at: datetime) -> datetime:
        """Find the first moment, from `at` on, at which one more may be sent (UTC)."""
        counted = sorted(
            send.at
            for send in sends
            if _covers(self.channels, send.channel) and (not self.purposes or send.purpose in self.purposes)
        )
        moment = at.astimezone(UTC)
        while (
            len(recent := [one for one in counted if one + self.per > moment]) >= self.limit
        ):  # one that is planned counts as well
            moment = (recent[-self.limit] + self.per).astimezone(UTC)
        return moment


def hold_back(
    permission: Permission,
    contact: Contact | None,
    channel: str,
    purpose: str = "marketing",
    *,
    at: datetime,
    policies: Iterable[QuietHours | FrequencyCap],
    sends: Sequence[Send] = (),
) -> Permission:
    """Take a permission back while quiet hours or a cap forbid it. A denial stays what it is.

    Args:
        permission: an answer of `may_contact`.
        contact: whom it is about; needed for quiet hours in the person's own zone.
        channel: the channel that was asked about.
        purpose: the purpose that was asked about.
        at: the time of the question, with a time zone.
        policies: quiet hours and caps; all of them hold.
        sends: what was sent to the person before.

    Returns:
        The permission, or a denial with the reasons `quiet_hours`, `frequency_cap` and `zone_unknown`, and in `not_before` when all of them
        allow it; None there if that is not known, or is not before the permission ends.

    >>> ana = Contact(contact_id="1", time_zone="Europe/Berlin")
    >>> night = QuietHours(time(21), time(8))
    >>> late = datetime(2026, 7, 1, 20, 30, tzinfo=UTC)
    >>> held = hold_back(Permission(True, ("express_consent",)), ana, "email", at=late, policies=[night])
    >>> held.allowed, held.reasons, held.not_before.isoformat()
    (False, ('quiet_hours',), '2026-07-02T06:00:00+00:00')
    """
    if not permission.allowed:
        return permission
    policies = [one for one in policies if _covers(one.channels, channel) and _for(one, purpose)]
    reasons: list[str] = []
    moment: datetime | None = at.astimezone(UTC)
    settled = False
    while moment is not None and not settled and moment - at <= 400 * _DAY:
        settled = True
        for policy in policies:
            free, why = _free(policy, contact, sends, moment)
            if free == moment:
                continue
            reasons += why
            moment, settled = free, False
            if moment is None:
                break
    if not reasons:
        return permission
    if not settled or (moment is not None and permission.until is not None and moment >= permission.until):
        moment = None
    return evolve(
        permission,
        allowed=False,
        reasons=tuple(dict.fromkeys(reasons)),
        until=None,
        endpoint="",
        remedy="wait" if moment is not None else "",
        not_before=moment,
    )


def zones_of(contact: Contact | None) -> tuple[str, ...]:
    """List the time zones that a person may be in: their own, else all those of the countries of their phones and addresses.

    >>> zones_of(Contact(contact_id="1", time_zone="Asia/Tokyo")), zones_of(Contact(contact_id="2"))
    (('Asia/Tokyo',), ())
    """
    if contact is None:
        return ()
    if contact.time_zone and _zone(contact.time_zone) is not None:
        return (contact.time_zone,)
    found: dict[str, None] = {}
    for country in sorted(countries_of(contact)):
        zones = [zone for zone in country_time_zones(country) if _zone(zone) is not None]
        if not zones:
            return ()  # a country of which nothing is known may be anywhere
        found |= dict.fromkeys(zones)
    return tuple(found)


def _free(
    policy: QuietHours | FrequencyCap, contact: Contact | None, sends: Sequence[Send], at: datetime
) -> tuple[datetime | None, tuple[str, ...]]:
    if isinstance(policy, FrequencyCap):
        return policy.ends_at(sends, at), ("frequency_cap",)
    zones = (policy.zone,) if policy.zone else zones_of(contact) or ((policy.unknown,) if policy.unknown else ())
    if not zones:
        return None, ("quiet_hours", "zone_unknown")
    return policy.ends_at(at, zones), ("quiet_hours",)


def _for(policy: QuietHours | FrequencyCap, purpose: str) -> bool:
    return not isinstance(policy, FrequencyCap) or not policy.purposes or purpose in policy.purposes


def _covers(words: tuple[str, ...], channel: str) -> bool:
    return not words or not {one for word in words for one in channels_of(word)}.isdisjoint(channels_of(channel))


def _check_channels(words: tuple[str, ...]) -> None:
    for word in words:
        channels_of(word)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
