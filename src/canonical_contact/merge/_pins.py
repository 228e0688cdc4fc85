# What a person has pinned: a choice that stands before what any policy would choose, until it is released.
from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from canonical_contact.merge._placing import last_changed
from canonical_contact.model import SourceRecord

__all__ = ["HOST", "PINNED", "PINNED_LATER", "RELEASED", "VALUE", "WAITS", "is_pin", "pins_of"]

HOST: Final = "host"  # the system of what people of the host say
PINNED: Final = "pin"  # the cell that names the field; without it the pin is released
RELEASED: Final = "released"
VALUE: Final = "value"
PINNED_LATER: Final = "pinned_later"  # why a pin lost to another one
WAITS: Final = "pin_waits"  # why a pin of an entry of a list has no effect: no record states the value any more


def is_pin(record: SourceRecord) -> bool:
    """Tell whether a record is a pin, or one that was released."""
    return record.system == HOST and not record.file and (PINNED in record.raw or RELEASED in record.raw)


def pins_of(records: Sequence[SourceRecord], ruled: Collection[str] = ()) -> dict[str, list[SourceRecord]]:
    """Find the pins: field → records that pin it, the latest last.

    Args:
        records: those of a contact.
        ruled: fields that a rectification rules; what a person says of themselves stands before what anybody pins.
    """
    found: dict[str, list[SourceRecord]] = {}
    for record in records:
        if is_pin(record) and (field := record.raw.get(PINNED)) and field.partition(".")[0] not in ruled:
            found.setdefault(field, []).append(record)
    for pins in found.values():
        pins.sort(key=lambda record: (last_changed(record), record.key))
    return found
