# Points in time (RFC 3339) and birthdays (RFC 6350's partial dates): no order of day and month is guessed, no year and no zone invented.
from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, plain, unfold_width

__all__ = ["birthday", "timestamp"]

_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            "jan january januar janvier enero gennaio janeiro januari stycznia ene gen jan styczen",
            "feb february februar fevrier febrero febbraio fevereiro februari lutego fev luty",
            "mar march marz mars marzo marco maart marca mrz mae maerz mrt marzec",
            "apr april avril abril aprile kwietnia avr abr kwiecien",
            "may mai mayo maggio maio mei maja maj mag",
            "jun june juni juin junio giugno junho czerwca giu czerwiec",
            "jul july juli juillet julio luglio julho lipca lug juil lipiec",
            "aug august aout agosto augustus augusti sierpnia ago sierpien",
            "sep sept september septembre septiembre settembre setembro wrzesnia set wrzesien",
            "oct october oktober octobre octubre ottobre outubro pazdziernika okt ott out pazdziernik",
            "nov november novembre noviembre novembro listopada listopad",
            "dec december dezember decembre diciembre dicembre dezembro grudnia dez dic grudzien",
        ),
        1,
    )
    for name in names.split()
}
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\Z")
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)\Z")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)\Z")
_NO_YEAR: Final = re.compile(r"--(\d\d)-?(\d\d)\Z")
_TWO: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\.?\Z")
_DAY_NAME: Final = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?(?: de)?[ -]([^\W\d_]{3,12})\.?,?(?: de)?[ -](\d{4})\Z")
_NAME_DAY: Final = re.compile(r"([^\W\d_]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\Z")
_CLOCK: Final = re.compile(
    r"(?P<day>.+?)(?:,? (?:um |at )?|[T,])(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)? ?(?P<half>[AaPp]\.?[Mm]\.?)?"
    r" ?(?:Uhr)? ?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?\Z"
)
_EMPTY: Final = re.compile(r"0{1,4}([-/.])0{1,2}\1(?:0{1,4})(?:[ T]0?0:00(?::00)?Z?)?\Z")
_MONTH_FIRST: Final = frozenset({"US", "PH", "FM", "PW", "MH", "GU", "PR", "AS", "MP", "VI"})
_NO_YEAR_STANDS_FOR: Final = 1604  # what Apple's address book writes where no year is known
_PIVOT: Final = 30  # two-digit years from here on belong to the 1900s; the other century stays an alternative


def birthday(raw: str, *, region: str = "", language: str = "", column: str = "", order: str = "") -> Normalized[str]:  # noqa: ARG001
    """Read a birthday.

    Args:
        raw: the text of a cell: `1958-07-12`, `12.07.1958`, `07/12/1958`, `--07-12`, `12/25`, `12 July 1958`.
        order: `dmy` or `mdy` where the file's order is known.
        region: ISO 3166-1 alpha-2 of the person's country; it settles the order where the file does not.
        language: not used yet.
        column: not used yet.

    Returns:
        `YYYY-MM-DD`, or `--MM-DD` where there is no year. No value and both readings as alternatives where day and month cannot be
        told apart (`date.ambiguous`); `date.invalid` where there is no such day, `date.unreadable`, `date.empty`, `date.partial`.

    >>> birthday("12.07.1958").value, birthday("07/12/1958", order="mdy").value, birthday("12/25").value
    ('1958-07-12', '1958-07-12', '--12-25')
    >>> birthday("03/04/1970").alternatives, birthday("31/02/2023").problems[0].code
    (('1970-04-03', '1970-03-04'), 'date.invalid')
    """
    if len(raw) == 10 and raw[4] == raw[7] == "-" and raw.isascii() and raw[0] in "12" and raw[:4] != str(_NO_YEAR_STANDS_FOR):
        try:
            date.fromisoformat(raw)
        except ValueError:
            pass
        else:
            return Normalized(raw)
    text = clean(unfold_width(raw[:200])).strip(" '\",;")
    if not text:
        return Normalized(None)
    text = re.sub(r"[T ]0?0:00(?::00)?(?:\.0+)?Z?\Z", "", text)
    if _EMPTY.match(text):
        return _nothing(text, raw)
    if found := _NO_YEAR.match(text):
        return _one(0, int(found[1]), int(found[2]), raw)
    if re.match(r"\d{4}-\d\d\Z|--\d\d\Z|\d{4}\Z", text):
        return _refuse("date.partial", raw)
    readings = _readings(text, order or _order_of(region))
    if not readings and (found := _TWO.match(text)):
        readings = _orders(0, int(found[1]), int(found[3]), found[2], order or _order_of(region))
    return _choose(readings, raw)


def timestamp(
    raw: str,
    *,
    region: str = "",
    language: str = "",
    column: str = "",
    zone: str = "",
    order: str = "",  # noqa: ARG001
) -> Normalized[datetime]:
    """Read a point in time.

    Args:
        raw: the text of a cell: ISO 8601, `2021-08-15 12:26`, `20.04.2025 12:30`, milliseconds since 1970.
        zone: IANA name of the zone of a text that states none; UTC where it is empty.
        order: `dmy` or `mdy` where the file's order is known.

    Returns:
        An aware datetime in UTC; a bare date is its first moment. Problems as for `birthday`.

    >>> timestamp("2021-08-15 12:26").value.isoformat(), timestamp("20.04.2025").value.isoformat()
    ('2021-08-15T12:26:00+00:00', '2025-04-20T00:00:00+00:00')
    """
    try:
        when = datetime.fromisoformat(raw)
        if "W" in raw or len(raw) < 8:
            raise ValueError
    except ValueError:
        return _slow_timestamp(raw, zone, order)
    return _in_utc(when, zone, raw)


def _slow_timestamp(raw: str, zone: str, order: str) -> Normalized[datetime]:
    text = clean(unfold_width(raw[:200])).strip(" '\",;")
    if not text:
        return Normalized(None)
    if _EMPTY.match(text):
        return Normalized(None, problems=_nothing(text, raw).problems)
    if text.isdecimal() and text.isascii() and len(text) in {10, 13}:
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return Normalized(datetime.fromtimestamp(seconds, UTC))
    if text != raw:
        again = timestamp(text, zone=zone, order=order)
        return Normalized(
            again.value, again.keys, again.confidence, again.alternatives, tuple(_reword(p, raw) for p in again.problems)
        )
    hour = minute = second = 0
    shift: tzinfo | None = None
    day = text
    if clock := _CLOCK.match(text):
        day, hour, minute, second = clock["day"], int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
        if clock["half"]:
            hour = hour % 12 + (12 if clock["half"][0] in "Pp" else 0)
        if clock["zone"]:
            shift = UTC if clock["zone"].isalpha() else _offset(clock["zone"])
    found = _choose(_readings(day, order), raw)
    moments = tuple(
        _moment(iso, hour, minute, second, shift) for iso in (*((found.value,) if found.value else ()), *found.alternatives)
    )
    if not found.value:
        refused = Normalized[datetime](None, confidence=found.confidence, problems=found.problems)
        settled = tuple(_in_utc(moment, zone, raw).value for moment in moments if moment)
        return refused if not settled else Normalized(None, (), found.confidence, tuple(m for m in settled if m), found.problems)
    if moments[0] is None:
        return Normalized(None, confidence=0.0, problems=_refuse("date.invalid", raw).problems)
    return _in_utc(moments[0], zone, raw, found.problems)


def _reword(problem: Problem, raw: str) -> Problem:
    return Problem(problem.code, raw=raw[:200], hint=problem.hint, severity=problem.severity)


def _offset(text: str) -> timezone:
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=min(minutes, 1439) * (-1 if text[0] == "-" else 1)))


def _moment(iso: str, hour: int, minute: int, second: int, shift: tzinfo | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(iso), datetime.min.time(), shift).replace(
            hour=hour, minute=minute, second=second
        )
    except ValueError:
        return None


def _in_utc(when: datetime, zone: str, raw: str, problems: tuple[Problem, ...] = ()) -> Normalized[datetime]:
    if when.tzinfo is None:
        if zone and zone != "UTC":
            from zoneinfo import ZoneInfo

            try:
                when = when.replace(tzinfo=ZoneInfo(zone))
            except (ValueError, LookupError, OSError):
                unknown = Problem(
                    "time_zone.unknown", raw=zone[:200], hint="No such time zone; UTC was taken.", severity=Severity.INFO
                )
                when, problems = when.replace(tzinfo=UTC), (*problems, unknown)
        else:
            return Normalized(when.replace(tzinfo=UTC), problems=problems)
    try:
        return Normalized(when.astimezone(UTC), problems=problems)
    except (OverflowError, ValueError):  # the first or last day that there is
        return Normalized(None, confidence=0.0, problems=_refuse("date.invalid", raw).problems)


_Reading = tuple[int, int, int]


def _order_of(country: str) -> str:
    return "" if not country else "mdy" if country in _MONTH_FIRST else "dmy"


def _readings(text: str, order: str) -> list[_Reading]:
    """List the readings of a text as (year, month, day), the likeliest first."""
    if (found := _YEAR_FIRST.match(text)) or (found := _COMPACT.match(text)):
        return [(int(found[1]), int(found[2]), int(found[3]))]
    if found := _YEAR_LAST.match(text):
        years = [int(found[4])]
        if len(found[4]) == 2:
            years = [1900 + years[0], 2000 + years[0]] if years[0] >= _PIVOT else [2000 + years[0], 1900 + years[0]]
        return [reading for year in years for reading in _orders(year, int(found[1]), int(found[3]), found[2], order)]
    folded = plain(text)
    if (found := _DAY_NAME.match(folded)) and found[2] in _MONTHS:
        return [(int(found[3]), _MONTHS[found[2]], int(found[1]))]
    if (found := _NAME_DAY.match(folded)) and found[1] in _MONTHS:
        return [(int(found[3]), _MONTHS[found[1]], int(found[2]))]
    return []


def _orders(year: int, first: int, second: int, mark: str, order: str) -> list[_Reading]:
    day_first, month_first = (year, second, first), (year, first, second)
    if mark == "." or first == second:
        return [day_first]
    if order:
        preferred, other = (month_first, day_first) if order == "mdy" else (day_first, month_first)
        return [preferred] if _exists(preferred) or not _exists(other) else [other]
    return [reading for reading in (day_first, month_first) if _exists(reading)] or [day_first]


def _exists(reading: _Reading) -> bool:
    try:
        date(reading[0] or 2000, reading[1], reading[2])  # a leap year, so that --02-29 may stand
    except ValueError:
        return False
    return True


def _text(reading: _Reading) -> str:
    year, month, day = reading
    return f"{year:04d}-{month:02d}-{day:02d}" if year else f"--{month:02d}-{day:02d}"


def _one(year: int, month: int, day: int, raw: str) -> Normalized[str]:
    return _choose([(year, month, day)], raw)


def _choose(readings: list[_Reading], raw: str) -> Normalized[str]:
    if not readings:
        return _refuse("date.unreadable", raw)
    real = [
        _text((0 if year == _NO_YEAR_STANDS_FOR else year, month, day))
        for year, month, day in readings
        if _exists((year, month, day))
    ]
    if not real:
        return _refuse("date.invalid", raw)
    if len(real) == 1:
        return Normalized(real[0])
    if len({text[-5:] for text in real}) == 1:  # only the century is open
        doubt = Problem("date.century_guessed", raw=raw[:200], hint=_HINTS["date.century_guessed"], severity=Severity.INFO)
        return Normalized(real[0], confidence=0.6, alternatives=tuple(real[1:]), problems=(doubt,))
    doubt = Problem("date.ambiguous", raw=raw[:200], hint=_HINTS["date.ambiguous"])
    return Normalized(None, confidence=0.5, alternatives=tuple(real), problems=(doubt,))


_HINTS: Final = {
    "date.ambiguous": "Day and month cannot be told apart: state the file's order (dmy or mdy) in its mapping.",
    "date.century_guessed": "The year has two digits; the likelier century was taken.",
    "date.empty": "The date is all zeros.",
    "date.invalid": "There is no such day.",
    "date.partial": "The day is missing.",
    "date.unreadable": "It is not written as a date.",
}


def _refuse(code: str, raw: str) -> Normalized[str]:
    return Normalized(None, confidence=0.0, problems=(Problem(code, raw=raw[:200], hint=_HINTS[code]),))


def _nothing(text: str, raw: str) -> Normalized[str]:
    if text == "0/0/00":  # how Outlook writes a field that was left blank
        return Normalized(None)
    return Normalized(None, problems=(Problem("date.empty", raw=raw[:200], hint=_HINTS["date.empty"], severity=Severity.INFO),))
