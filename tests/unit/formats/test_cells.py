from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.formats._cells import restore, safe

STARTS = "=+-@\t\r\n＝＋－＠"
TEXTS = st.text(alphabet=st.sampled_from([*STARTS, "'", " ", "a", "1"]), max_size=8) | st.text(max_size=20)


@pytest.mark.parametrize("start", STARTS)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert safe(f"{start}SUM(1)") == f"'{start}SUM(1)"


@pytest.mark.parametrize("text", ["", "Ana", "O'Brien", "'quoted'", "3-4", "a=b", "x@example.com", " Ana"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_spaces_before_it_do_not_hide_a_formula() -> None:
    assert safe("  =SUM(1)") == "'  =SUM(1)"


@given(TEXTS)
def test_no_cell_starts_like_a_formula_and_every_value_comes_back(text: str) -> None:
    cell = safe(text)
    assert not cell.startswith(tuple(STARTS))
    assert restore(cell) == text


@given(TEXTS)
def test_the_way_back_that_the_page_shows_is_the_same(text: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text("utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    shown: dict[str, Any] = {}
    exec(code, shown)
    assert shown["restore"](safe(text)) == text
