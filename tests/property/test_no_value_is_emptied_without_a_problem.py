"""A text that can be seen has a value, or a problem says why it has none."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from normalizer_laws import is_blank, is_not_emptied_in_silence, kinds, read
from normalizer_strategies import CELL, HINTS


@pytest.mark.parametrize("kind", kinds())
@given(text=CELL, hints=HINTS)
@example(text="-", hints={})
@example(text="n/a", hints={})
@example(text="Ltd Ltd", hints={})
@example(text="\ufffd", hints={})
@example(text="Â\xa0", hints={})  # a no-break space in the wrong encoding: what is left after the repair cannot be seen
@example(text="Â\x80", hints={})
@example(text=",", hints={})
@example(text="*", hints={})
@settings(max_examples=200, deadline=None)
def test_a_text(kind: str, text: str, hints: dict[str, str]) -> None:
    is_not_emptied_in_silence(kind, text, **hints)


@pytest.mark.parametrize(("kind", "parts"), [("name", ("given", "surname")), ("address", ("street", "postcode", "locality"))])
@given(texts=st.lists(CELL, min_size=3, max_size=3), hints=HINTS)
@settings(max_examples=200, deadline=None)
def test_parts(kind: str, parts: tuple[str, ...], texts: list[str], hints: dict[str, str]) -> None:
    given = dict(zip(parts, texts, strict=False))
    found = read(kind, given, **hints)
    assert found.value is not None or found.problems or all(map(is_blank, given.values()))
