"""Canonical ids: UUIDv7 (RFC 9562, section 5.7) from a given time and a given text, so that a run can be repeated exactly."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

__all__ = ["contact_id", "digest"]


def digest(*parts: str, size: int = 16) -> str:
    """Hash texts to `2 * size` hexadecimal digits; the parts are kept apart.

    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    text = "".join([f"{len(part)}:{part}" for part in parts])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def contact_id(started_at: datetime, seed: str) -> str:
    """Make the UUIDv7 of a contact: time from the run's persisted start, random bits from a hash of `seed`.

    Args:
        started_at: start of the run, with a time zone.
        seed: the key of the cluster's smallest record.

    >>> from datetime import UTC
    >>> contact_id(datetime(2026, 7, 1, tzinfo=UTC), "hubspot:17")
    '019f1af9-b400-7708-9871-081bf9502cb8'
    """
    milliseconds = int(started_at.timestamp() * 1000) & (1 << 48) - 1
    noise = int.from_bytes(hashlib.blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=10).digest(), "big")
    value = milliseconds << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    return str(uuid.UUID(int=value))
