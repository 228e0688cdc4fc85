"""How numbers, times and texts are shown to people, in HTML and in text alike."""

from __future__ import annotations

from datetime import UTC, datetime

from canonical_contact.kpi import DEFINITIONS, Kpi, Unit

__all__ = ["CHANNELS", "amount", "duration", "figure", "interval", "moment", "percent", "shown"]

CHANNELS = {
    "email": "E-mail",
    "sms": "Text message",
    "voice_live": "Phone call",
    "voice_automated": "Automated call",
    "fax": "Fax",
    "post": "Post",
    "messaging": "Messenger",
    "push": "Push",
    "ads": "Ads",
    "phone": "Phone",
    "": "All",
}
_STEPS = ((86400 * 2, 86400, "days"), (3600 * 2, 3600, "hours"), (120, 60, "minutes"))
# Control characters have no shape of their own, and directional ones can make a text read as another: show what is there.
_HIDDEN = (*range(9), *range(11, 32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_VISIBLE = {code: f"[U+{code:04X}]" for code in _HIDDEN}


def shown(text: str) -> str:
    """Make control and directional characters visible, and lone surrogates harmless.

    >>> shown(f"a{chr(0)}b")
    'a[U+0000]b'
    """
    return text.translate(_VISIBLE).encode("utf-8", "replace").decode()


def amount(number: int) -> str:
    """Write a whole number with commas between thousands.

    >>> amount(1234567)
    '1,234,567'
    """
    return f"{number:,}"


def percent(share: float | None) -> str:
    """Write a share as per cent; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f}\u202f%"


def duration(seconds: float | None) -> str:
    """Write seconds in the largest unit that suits them.

    >>> duration(90000).split(), duration(45).split(), duration(None)
    (['25.0', 'hours'], ['45', 'seconds'], '–')
    """
    if seconds is None:
        return "–"
    for least, size, unit in _STEPS:
        if seconds >= least:
            return f"{seconds / size:,.1f}\u202f{unit}"
    return f"{seconds:.0f}\u202fseconds"


def figure(kpi: Kpi) -> str:
    """Write the value of a figure in its unit."""
    return duration(kpi.value) if DEFINITIONS[kpi.name].unit is Unit.SECONDS else percent(kpi.value)


def interval(kpi: Kpi) -> str:
    """Write the 95 % interval of a figure; empty where it has none."""
    if kpi.low is None or kpi.high is None:
        return ""
    return f"{100 * kpi.low:.1f}–{100 * kpi.high:.1f}\u202f%"


def moment(at: datetime | None) -> str:
    """Write a time to the minute, in UTC."""
    return "–" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
