"""Values of version 2.1 and 3.0 in the form of version 4.0: base64, times, offsets, places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["DATES", "base64_uri", "basic_time", "geo_uri", "is_base64", "media_type", "utc_offset"]

DATES: Final = frozenset({"BDAY", "ANNIVERSARY", "DEATHDATE", "REV", "CREATED"})
_DATE: Final = re.compile(r"(\d{4}|--)-?(\d\d)-?(\d\d)\Z")
_TIME: Final = re.compile(
    r"(\d{4}|--)-?(\d\d)-?(\d\d)[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?(?:([Zz])|([+-]\d\d)(?::?(\d\d))?)?\Z"
)
_PART: Final = re.compile(r"\d{4}(?:-\d\d)?\Z|--\d\d\Z|---\d\d\Z")
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?\Z")
_PLACE: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*[;,]\s*([+-]?\d+(?:\.\d+)?)\Z")
_SPACE: Final = re.compile(r"[ \t\r\n]+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}\Z")
_LONG: Final = 80  # so many signs of base64, and nothing else, are no text
_TYPES: Final = {
    "jpeg": "image/jpeg", "jpg": "image/jpeg", "gif": "image/gif", "png": "image/png", "bmp": "image/bmp", "tiff": "image/tiff", "webp": "image/webp", "heic": "image/heic",
    "svg": "image/svg+xml", "wave": "audio/wav", "wav": "audio/wav", "basic": "audio/basic", "aiff": "audio/aiff", "pcm": "audio/L16", "ogg": "audio/ogg", "mp3": "audio/mpeg",
    "x509": "application/pkix-cert", "pgp": "application/pgp-keys",
}  # fmt: skip
_BEGINNINGS: Final = (
    ("/9j/", "image/jpeg"),
    ("iVBORw0KGgo", "image/png"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp"),
    ("Qk", "image/bmp"),
)


def media_type(types: Iterable[str]) -> str:
    """Tell the media type that the types of a binary property name; empty where they name none.

    >>> media_type(["jpeg"]), media_type(["home"])
    ('image/jpeg', '')
    """
    for one in types:
        if one in _TYPES:
            return _TYPES[one]
        if "/" in one:
            return one
    return ""


def is_base64(text: str) -> bool:
    """Tell whether a text can be nothing else."""
    return len(text) > _LONG and _BASE64.match(_SPACE.sub("", text)) is not None


def base64_uri(text: str, kind: str) -> str | None:
    """Put base64 into a `data:` URI (RFC 2397); None where it is none.

    >>> base64_uri("/9j/4AA Q", ""), base64_uri("no, text", "")
    ('data:image/jpeg;base64,/9j/4AAQ', None)
    """
    if text[:5].casefold() == "data:":
        return _SPACE.sub("", text)
    plain = _SPACE.sub("", text)
    if not _BASE64.match(plain):
        return None
    plain = plain.rstrip("=")
    if len(plain) % 4 == 1:
        return None
    plain += "=" * (-len(plain) % 4)
    kind = kind or next((kind for start, kind in _BEGINNINGS if plain.startswith(start)), "application/octet-stream")
    return f"data:{kind};base64,{plain}"


def basic_time(text: str) -> str | None:
    """Bring a date or time into the basic form of ISO 8601; None where it is none.

    >>> [basic_time(text) for text in ("1990-01-02", "--01-02", "2019-11-01T01:19:55.12Z", "2019-11-01 01:19+02", "soon")]
    ['19900102', '--0102', '20191101T011955Z', '20191101T011900+0200', None]
    """
    if match := _DATE.match(text):
        return "".join(match.groups())
    if match := _TIME.match(text):
        year, month, day, hour, minute, second, utc, hours, minutes = match.groups()
        zone = "Z" if utc else f"{hours}{minutes or '00'}" if hours else ""
        return f"{year}{month}{day}T{hour}{minute}{second or '00'}{zone}"
    return text if _PART.match(text) else None


def utc_offset(text: str) -> str | None:
    """Bring a distance from UTC into the basic form; None where it is none.

    >>> utc_offset("-05:00"), utc_offset("UTC+1"), utc_offset("Europe/Paris")
    ('-0500', '+0100', None)
    """
    match = _OFFSET.match(text)
    return f"{match[1]}{match[2]:0>2}{match[3] or '00'}" if match else None


def geo_uri(text: str) -> str | None:
    """Make a `geo:` URI (RFC 5870) of latitude and longitude; None where it is none.

    >>> geo_uri("37.386013;-122.082932"), geo_uri("here")
    ('geo:37.386013,-122.082932', None)
    """
    if text[:4].casefold() == "geo:":
        return text
    match = _PLACE.match(text)
    return f"geo:{match[1]},{match[2]}" if match else None
