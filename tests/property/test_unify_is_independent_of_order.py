"""Law: within one run's weights, the order of files and rows changes nothing but line numbers."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_contact.model import Contact
from canonical_contact.pipeline import unify
from canonical_contact.store import MemoryStore, iter_contacts

WORLD = Path(__file__).resolve().parents[2] / "examples" / "world"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
ROWS = 40


def _rows(name: str, delimiter: str = ",") -> tuple[str, list[str], list[list[str]], str]:
    text = (WORLD / name).read_text("utf-8-sig" if "hubspot" in name else "utf-8")
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return name, header, rows[:ROWS], delimiter


FILES = [
    _rows("hubspot_contacts.csv"),
    _rows("google_contacts.csv"),
    _rows("salesforce_leads.csv"),
    _rows("spreadsheet.csv", ";"),
]


def contacts(files: list[tuple[str, list[str], list[list[str]], str]]) -> list[Contact]:
    """Unify the files in this order; the contacts without line numbers."""
    with TemporaryDirectory() as folder:
        paths = []
        for name, header, rows, delimiter in files:
            paths.append(Path(folder, name))
            with paths[-1].open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, delimiter=delimiter).writerows([header, *rows])
        store = MemoryStore()
        unify(paths, store, now=NOW)
        found = list(iter_contacts(store))
    return [
        evolve(contact, sources=tuple(evolve(source, line=0, label="", file="") for source in contact.sources))
        for contact in found
    ]


EXPECTED = contacts(FILES)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(range(len(FILES))), st.permutations(range(ROWS)))
def test_unify_is_independent_of_order(files: list[int], rows: list[int]) -> None:
    shuffled = []
    for place in files:
        name, header, cells, delimiter = FILES[place]
        shuffled.append((name, header, [cells[row] for row in rows if row < len(cells)], delimiter))
    assert contacts(shuffled) == EXPECTED
