"""The block of our own in a receipt: the whole event history, so that what we exported comes back as it was."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from canonical_contact.model import SCHEMA_VERSION, ConsentEvent, ConsentRecord
from canonical_contact.schema import from_dict, to_dict

__all__ = ["BLOCK", "block", "events_in", "sealed"]

BLOCK: Final = "canonical-contact.dev:ledger"
"""The name under which a receipt carries it."""


def block(record: ConsentRecord, events: Iterable[ConsentEvent], missing: Sequence[str], seal: bytes | None) -> dict[str, Any]:
    """Make the block: our record, its events as they are, and the mandatory fields of the receipt that nobody filled.

    Args:
        record: the folded state.
        events: its history.
        missing: paths of mandatory fields.
        seal: secret that seals the block; None leaves it open.
    """
    made: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "record": to_dict(record),
        "events": [to_dict(event) for event in events],
    }
    if missing:
        made["missing"] = list(missing)
    if seal is not None:
        made["seal"] = _seal(made, seal)
    return made


def sealed(found: Mapping[str, Any], seal: bytes) -> bool:
    """Tell whether a block bears the seal of a secret, and nothing in it was changed."""
    given = found.get("seal")
    bare = {name: value for name, value in found.items() if name != "seal"}
    return (
        isinstance(given, str)
        and bool(given)
        and hmac.compare_digest(given.encode("utf-8", "replace"), _seal(bare, seal).encode())
    )


def events_in(found: Mapping[str, Any]) -> tuple[ConsentEvent, ...]:
    """Read the events of a block.

    Raises:
        InputError: it is not of our form, or of a version that cannot be read.
    """
    events: tuple[ConsentEvent, ...] = from_dict(tuple[ConsentEvent, ...], found.get("events"))
    return events


def _seal(plain: Mapping[str, Any], seal: bytes) -> str:
    try:
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError):  # nothing that JSON has: it was never sealed
        return ""
    return hmac.new(seal, text.encode(), hashlib.sha256).hexdigest()
