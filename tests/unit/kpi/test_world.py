"""The figures against those that the generator counted while it made the small world."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.kpi import Kpi, measure
from canonical_contact.model import Activity, Contact, SourceRef

WORLD = Path(__file__).parents[3] / "examples" / "world"


def rows(name: str) -> list[dict[str, str]]:
    with (WORLD / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((WORLD / "expected_kpis.json").read_text("utf-8"))
    return told


@pytest.fixture(scope="module")
def measured(expected: dict[str, Any]) -> dict[tuple[str, str], Kpi]:
    """Contacts as the truth joins them, and the events as they were exported."""
    people: dict[str, list[SourceRef]] = defaultdict(list)
    for row in rows("truth.csv"):
        people[row["person_id"]].append(SourceRef(row["system"], row["record_id"]))
    activities = [
        Activity(
            f"{row['system']}:{row['record_id']}", row["event"], datetime.fromisoformat(row["at"]), row["agent"], row["value"]
        )
        for row in rows("events.csv")
    ]
    contacts = (Contact(contact_id=person, sources=tuple(sources)) for person, sources in people.items())
    kpis = measure(contacts, as_of=datetime.fromisoformat(expected["as_of"]), activities=activities)
    return {(kpi.name, kpi.scope): kpi for kpi in kpis}


@pytest.mark.parametrize(
    ("name", "scope", "key"),
    [
        ("duplicate_rate", "", "duplicate_rate"),
        ("records_in_a_duplicate_cluster", "", "records_in_a_duplicate_cluster"),
        ("verification_event_rate", "email", "verification"),
    ],
)
def test_a_figure_is_what_the_generator_counted(
    measured: dict[tuple[str, str], Kpi], expected: dict[str, Any], name: str, scope: str, key: str
) -> None:
    kpi = measured[name, scope]
    assert (kpi.numerator, kpi.denominator) == (expected[key]["numerator"], expected[key]["denominator"])
    assert kpi.value == pytest.approx(expected[key]["value"])
