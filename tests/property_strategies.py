"""Hypothesis strategies for the model, shared by all tests: `from property_strategies import contacts`.

Made from the classes themselves, so that a new field is drawn from the day it is added. Import what you need; add laws, not
strategies, to tests/property.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st

from canonical_contact.model import Card, ConsentEvent, Contact, Owner, OwnerRole, SourceRecord

T = TypeVar("T")

texts = st.one_of(st.sampled_from(["", "Ana", "Núñez", "李", "a\x00b", "👩‍👩‍👧", '"\\\n']), st.text(max_size=8))
times = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
mappings = st.dictionaries(texts, texts, max_size=2)


@cache
def values(cls: type[T]) -> st.SearchStrategy[T]:
    """Draw any value of a model class: every field, drawn by its type or left at its default."""
    hints = get_type_hints(cls)
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for field in attrs.fields(cls):  # type: ignore[arg-type]  # an attrs class, which mypy cannot know of T
        if field.name == "schema_version":  # a value is of the present version, whatever it was read from
            continue
        (required if field.default is attrs.NOTHING else optional)[field.name] = _of(hints[field.name])
    return st.fixed_dictionaries(required, optional=optional).map(lambda fields: cls(**_with_owners(fields)))


def _with_owners(fields: dict[str, Any]) -> dict[str, Any]:
    """State the owner also in the field that takes the place of the deprecated one, as everybody should."""
    if fields.get("owner") and not fields.get("owners"):
        return {**fields, "owners": (Owner(OwnerRole.RECORD, fields["owner"]),)}
    return fields


def _of(kind: Any) -> st.SearchStrategy[Any]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if get_origin(kind) in (Union, UnionType):
        return st.one_of([_of(arm) for arm in get_args(kind)])
    if get_origin(kind) is tuple:
        return st.lists(_of(get_args(kind)[0]), max_size=2).map(tuple)
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    return values(kind)


_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(0, 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    datetime: times,
    type(None): st.none(),
    Mapping[str, str]: mappings,
}

cards: st.SearchStrategy[Card] = values(Card)
contacts: st.SearchStrategy[Contact] = values(Contact)
source_records: st.SearchStrategy[SourceRecord] = values(SourceRecord)
consent_events: st.SearchStrategy[ConsentEvent] = values(ConsentEvent)
