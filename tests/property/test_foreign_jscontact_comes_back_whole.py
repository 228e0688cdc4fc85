"""Law: whatever a foreign card holds, reading it does not raise, and its contact is written with all of it again."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.formats.jscontact.codec import card_of, cards_in, contact_of
from canonical_contact.formats.jscontact.vcard import from_properties, to_properties
from jscontact_strategies import anything, foreign_cards

# What need not be said: types that go without saying, defaults, and objects that hold nothing.
DEFAULTS = (("kind", "individual"), ("kind", "title"), ("prodId", "canonical-contact"))
UNORDERED = ("components", "vCardProps")


def lacking(original: Any, written: Any, path: str = "") -> list[str]:
    if isinstance(original, dict) and isinstance(written, dict):
        found: list[str] = []
        for key, one in original.items():
            if key in ("@type", "version") or (path == "" and key in ("uid", "vCardProps")):
                continue
            if key not in written and (bare(one) in ({}, []) or any((key, one) == default for default in DEFAULTS)):
                continue
            found += lacking(one, written.get(key), f"{path}/{key}")
        return found
    return [] if bare(original) == bare(written) else [path]


def bare(value: Any) -> Any:
    """Leave out types and what holds nothing; components without an order count in any."""
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items() if key != "@type" or one == "Timestamp"}
    return sorted(json.dumps(bare(one), sort_keys=True) for one in value) if isinstance(value, list) else value


@given(foreign_cards)
def test_all_of_it_is_written_again(card: dict[str, Any]) -> None:
    contact = contact_of(card, lambda _: None)
    written = card_of(contact)
    json.dumps(written)
    assert contact_of(written, lambda _: None) == contact
    assert not lacking(card, written)
    assert contact_of(card, lambda _: None) == contact  # an id that is made is made again


@given(foreign_cards)
def test_its_properties_do_not_raise(card: dict[str, Any]) -> None:
    contact_of(from_properties(to_properties(card)), lambda _: None)


@given(st.lists(anything | foreign_cards, max_size=3) | anything)
def test_any_json_is_searched_for_cards(document: object) -> None:
    for card in cards_in(document, lambda _: None):
        card_of(contact_of(card, lambda _: None))
