"""Law: whatever bytes a stream of JSON holds, reading it ends without an exception, and the same values are found in blocks of any size."""

from __future__ import annotations

import io
import json
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.formats import _json_stream
from canonical_contact.formats._json_stream import documents
from canonical_contact.formats.jscontact.codec import read
from jscontact_strategies import anything

noise = st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b'"', b"\\", b":", b",", b"\n", b"1", b"nul", b"true", b'"a"', b"\xe9", b"\x00", b"{}", b'{"@type":"Card"}', b" "]), max_size=30).map(b"".join)  # fmt: skip


def found(data: bytes, **options: Any) -> tuple[list[Any], list[Problem]]:
    problems: list[Problem] = []
    return list(documents(io.BytesIO(data), problems.append, **options)), problems


@given(noise | st.binary(max_size=60))
def test_no_bytes_raise(data: bytes) -> None:
    values, _ = found(data)
    list(read(io.BytesIO(data), lambda _: None))
    found(data, max_bytes=5, max_depth=2)
    with patch.object(_json_stream, "_BLOCK", 3):
        assert found(data)[0] == values


@pytest.mark.parametrize("indent", [None, 1])
@given(values=st.lists(anything.filter(lambda one: not isinstance(one, (int, float, str)) and one is not None), max_size=4))
def test_arrays_and_lines_hold_the_same(values: list[Any], indent: int | None) -> None:
    with patch.object(_json_stream, "_BLOCK", 5):
        assert found(json.dumps(values, indent=indent).encode()) == (values, [])
        lists = [one for one in values if isinstance(one, dict)]
        assert found("\n".join(json.dumps(one, indent=indent) for one in lists).encode()) == (lists, [])
