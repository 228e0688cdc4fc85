# The time of day in a text, with its half of the day and its zone, taken out of it so that the day is left.
from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from typing import Final, NamedTuple

from canonical_contact.normalize._when_words import Words, bare

__all__ = ["Clock", "iana_of", "offset_of", "take_clock"]

_COLON: Final = re.compile(r"(?<![\d:])(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,:](\d{1,9}))?)?(?![\d:])")
_LETTER: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s?(?:h(?![a-z])|uhr|[時时点點시])\s?(?:(\d{1,2})(?!\d)\s?(?:[分분]|min|m(?![a-z]))?)?(?:\s?(\d{1,2})\s?[秒초])?"
)
_DOTTED: Final = re.compile(
    r"(?<=[\s,t])(\d{1,2})\.(\d\d)(?:\.(\d\d)(?:\.(\d{1,9}))?)?(?=\s?uhr|\s?[ap]\.? ?m(?![^\W\d_])|\s?(?:z|utc)?\Z)"
)
_BARE: Final = re.compile(r"(?<![\d:./-])(\d{1,2})(?=\s?(?:[ap]m)(?![^\W\d_]))")
_ZONE: Final = re.compile(r"\s?\(?(?P<name>[a-z]{1,5})?\)?\s?(?P<offset>[+-]\d{1,2}(?::?\d\d)?(?!\d))?(?:\s?\([^()]*\))?")
_NAME: Final = re.compile(r"\s([a-z]{1,5})(?![^\W\d_])")
_HALF_BEHIND: Final = re.compile(r"\s?([ap])\.? ?m(?![^\W\d_])\.?|\s?([^\s\d.,:()+-]{1,6})\.?(?![^\W\d_])")
_HALF_BEFORE: Final = re.compile(r"([^\s\d.,:()+-]{1,6})\.?\s?\Z")
_UHR: Final = re.compile(r"\s?(?:uhr|o'clock|hrs?|hodin|годин)(?![^\W\d_])\.?")
_IANA: Final = re.compile(r"[\s\[(]{0,2}([A-Z][A-Za-z_]{2,20}(?:/[A-Z][A-Za-z_+-]{1,20}[0-9]{0,2}){1,2})[\])]?\s*\Z")


class Clock(NamedTuple):
    """A time of day."""

    seconds: int  # since midnight; 86,400 is the midnight at the day's end
    micros: int
    zones: tuple[tzinfo, ...]  # the zones that it may be told in; empty where none is
    legal: bool  # whether there is such a time


def offset_of(text: str) -> timezone | None:
    """Read `+01:00`, `+0100`, `+01`, `+1`; None where there is no such offset."""
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 15 or minutes > 59:
        return None
    return timezone(timedelta(minutes=(hours * 60 + minutes) * (-1 if text[0] == "-" else 1)))


def iana_of(text: str) -> tuple[str, str]:
    """Take the name of a zone off a text's end, as in `10:00 Europe/Berlin` and `10:00+01:00[Europe/Berlin]`."""
    found = _IANA.search(text) if "/" in text else None
    return (text[: found.start()], found[1]) if found else (text, "")


def take_clock(text: str, words: Words, region: str, language: str) -> tuple[str, Clock | None]:
    """Take a time of day out of a folded text.

    Returns:
        What is left, and the time; None where there is none.
    """
    found = _COLON.search(text) if ":" in text else None
    if found is None and "." in text:
        found = _DOTTED.search(text)
    if found is None and ("h" in text or not text.isascii()):
        found = _LETTER.search(text)
    if found is None and "m" in text:
        found = _BARE.search(text)
    if found is None:
        return text, None
    if found.re is _BARE or found.re is _COLON or found.re is _DOTTED:
        groups = (*found.groups(), None, None, None)
    else:
        groups = (found[1], found[2], found[3], None)
    hour, minute, second = int(groups[0] or 0), int(groups[1] or 0), int(groups[2] or 0)
    micros = int((groups[3] or "0").ljust(6, "0")[:6])
    before, behind = text[: found.start()], text[found.end() :]
    half = ""
    if (near := _HALF_BEHIND.match(behind)) and (half := _half(near[1] + "m" if near[1] else near[2], words, language)):
        behind = behind[near.end() :]
    elif (near := _HALF_BEFORE.search(before)) and (told := _half_at_end(near[1], words, language)):
        half, size = told
        before = before[: near.end(1) - size]
    legal = minute < 60 and second < 61 and (hour < 24 or (hour == 24 and minute == second == 0))
    if half:
        legal = (legal and 0 < hour <= 12) or (half == "pm" and 12 < hour < 24)
        hour = hour % 12 + (12 if half == "pm" else 0) if hour <= 12 else hour
    if more := _UHR.match(behind):
        behind = behind[more.end() :]
    zones, behind, legal_zone = _zone(behind, words, region)
    seconds = hour * 3600 + minute * 60 + second
    return f"{before.rstrip(' ,t') if before[-1:] == 't' else before} {behind}", Clock(
        seconds, micros, zones, legal and legal_zone
    )


def _half(word: str | None, words: Words, language: str) -> str:
    half, tongue = words.halves.get(bare(word or ""), ("", ""))
    return half if tongue == "any" or (tongue and language.lower().startswith(tongue)) else ""


def _half_at_end(word: str, words: Words, language: str) -> tuple[str, int] | None:
    """Find a half of the day at the end of a word, since Chinese and Japanese write no space before it."""
    for size in range(min(6, len(word)), 0, -1):
        if (size == len(word) or word[-size:] > "\u2e80") and (half := _half(word[-size:], words, language)):
            return half, size
    return None


def _zone(text: str, words: Words, region: str) -> tuple[tuple[tzinfo, ...], str, bool]:
    found = _ZONE.match(text)
    assert found is not None
    name, offset = found["name"] or "", found["offset"] or ""
    table = words.zones.get(name)
    if name and table is None:
        return (), text, True
    if offset:
        zone, rest = offset_of(offset), text[found.end() :]
        if (again := _NAME.match(rest)) and again[1] in words.zones:  # `+0100 CET`, as Go writes it
            rest = rest[again.end() :]
        return ((zone,) if zone else ()), rest, zone is not None
    if table is None:
        return (), text, True
    told = table.get(region.upper()) or table[""]
    zones = tuple([zone for part in told.split() if (zone := offset_of(part))])
    return zones, text[found.end() :], True
