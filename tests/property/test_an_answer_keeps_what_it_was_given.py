"""What was given to a normaliser is in its answer, whole, whatever became of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizer_laws import ADDRESS_PARTS, NAME_PARTS, is_recoverable, kinds
from normalizer_strategies import CELL, HINTS


@pytest.mark.parametrize("kind", kinds())
@given(text=CELL, hints=HINTS)
@settings(max_examples=80, deadline=None)
def test_a_text(kind: str, text: str, hints: dict[str, str]) -> None:
    is_recoverable(kind, text, **hints)


@pytest.mark.parametrize(("kind", "parts"), [("name", NAME_PARTS), ("address", ADDRESS_PARTS)])
@given(data=st.data(), hints=HINTS)
@settings(max_examples=80, deadline=None)
def test_parts(kind: str, parts: tuple[str, ...], data: st.DataObject, hints: dict[str, str]) -> None:
    is_recoverable(kind, data.draw(st.dictionaries(st.sampled_from(parts), CELL, max_size=4)), **hints)
