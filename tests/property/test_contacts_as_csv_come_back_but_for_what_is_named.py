"""Law: what a preset's file is written from comes back from it, but for exactly what the loss report names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

from canonical_contact.formats import PRESET_NAMES
from canonical_contact.model import Card, Contact
from csv_worlds import contacts, written_and_read

# What the normaliser adds by itself to a value that somebody made without it.
DERIVED = {"key", "role", "country_code", "line_type", "service", "full"}


def same(want: Any, got: Any) -> bool:
    if want == got or not attrs.has(type(want)) or type(want) is not type(got):
        return bool(want == got)
    return all(
        getattr(want, one.name) == getattr(got, one.name) or (one.name in DERIVED and not getattr(want, one.name))
        for one in attrs.fields(type(want))
    )


def silent(path: str, want: Any, got: Any, named: set[str]) -> list[str]:
    """Say what did not come back and is not named."""
    if path in named or want == got:
        return []
    if isinstance(want, tuple):
        return [
            f"{path}[{place}]"
            for place, entry in enumerate(want)
            if not any(one == f"{path}[{place}]" or one.startswith(f"{path}[{place}].") for one in named)
            and not any(same(entry, other) for other in got)
        ]
    if isinstance(want, Mapping):
        return [f"{path}.{name}" for name, text in want.items() if got.get(name) != text and f"{path}.{name}" not in named]
    if attrs.has(type(want)):
        return [
            f"{path}.{one.name}"
            for one in attrs.fields(type(want))
            if getattr(want, one.name) != (one.default if got is None else getattr(got, one.name))
            and not (one.name in DERIVED and not getattr(want, one.name))
            and not (one.name == "history" and all(step.at is None and not step.reason for step in want.history))
            and f"{path}.{one.name}" not in named
        ]
    return [path]


@pytest.mark.parametrize("preset", PRESET_NAMES)
@given(contact=contacts)
@settings(max_examples=60)
def test_through_the_file(preset: str, contact: Contact) -> None:
    losses, records = written_and_read(contact, preset)
    if losses.left_out:
        assert not records
        assert sum(losses.left_out.values()) == 1
        return
    (record,) = records
    named = {loss.path for loss in losses}
    found: list[str] = []
    wanted, got = attrs.asdict(contact, recurse=False), attrs.asdict(record.card, recurse=False)
    for one in attrs.fields(Card):
        found += silent(f"$.{one.name}", wanted[one.name], got[one.name], named)
    found += silent("$.updated_at", contact.updated_at, record.observed_at, named)
    assert not found
