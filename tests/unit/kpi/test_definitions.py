from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from canonical_contact.kpi import DEFINITIONS, measure

DOCS = Path(__file__).parents[3] / "docs" / "kpis.md"


def test_every_figure_that_is_measured_has_a_definition_and_the_other_way_round() -> None:
    measured = {kpi.name for kpi in measure([], as_of=datetime(2026, 7, 1, tzinfo=UTC))}
    assert measured == set(DEFINITIONS)


def test_figures_come_in_the_order_of_the_table() -> None:
    names = [kpi.name for kpi in measure([], as_of=datetime(2026, 7, 1, tzinfo=UTC))]
    assert list(dict.fromkeys(names)) == list(DEFINITIONS)


def test_the_page_says_what_the_table_says() -> None:
    page = " ".join(DOCS.read_text("utf-8").split())
    for definition in DEFINITIONS.values():
        said = (definition.title, definition.question, definition.numerator, definition.denominator, definition.exclusions)
        assert f"`{definition.name}`" in page
        for text in said:
            assert text in page, f"docs/kpis.md does not say: {text}"


def test_nothing_to_measure_is_none_and_not_zero() -> None:
    assert {kpi.value for kpi in measure([], as_of=datetime(2026, 7, 1, tzinfo=UTC))} == {None}
