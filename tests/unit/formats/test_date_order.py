from __future__ import annotations

from pathlib import Path

import pytest

from canonical_contact.formats import read
from canonical_contact.model import RawRecord

HEADER = "First name,Last name,E-mail,Birthday\n"


def records(folder: Path, rows: str, header: str = HEADER) -> list[RawRecord]:
    path = folder / "people.csv"
    path.write_text(header + rows, encoding="utf-8")
    return list(read(path))


@pytest.mark.parametrize(
    ("other", "order"),
    [("25/12/1999", "dmy"), ("12/25/1999", "mdy"), ("05/06/1999", None), ("1999-12-25", None), ("", None)],
)
def test_the_rows_of_a_file_show_the_order_of_its_dates(tmp_path: Path, other: str, order: str | None) -> None:
    found = records(tmp_path, f"Ana,Gil,ana@x.es,03/04/1970\nBea,Roy,bea@x.es,{other}\n")
    assert [raw.values.get("date_order") for raw in found] == [order, order]


def test_rows_that_contradict_each_other_show_none(tmp_path: Path) -> None:
    found = records(tmp_path, "Ana,Gil,ana@x.es,13/04/1970\nBea,Roy,bea@x.es,12/25/1999\n")
    assert "date_order" not in found[0].values


def test_what_the_dates_show_outweighs_the_language_of_the_header(tmp_path: Path) -> None:
    header = "Vorname;Nachname;E-Mail;Geburtstag\n"
    assert records(tmp_path, "Ana;Gil;ana@x.es;03/04/1970\n", header)[0].values["date_order"] == "dmy"
    assert records(tmp_path, "Ana;Gil;ana@x.es;03/14/1970\n", header)[0].values["date_order"] == "mdy"


def test_a_record_tells_by_which_order_it_was_read(tmp_path: Path) -> None:
    plain = records(tmp_path, "Ana,Gil,ana@x.es,03/04/1970\n")[0]
    shown = records(tmp_path, "Ana,Gil,ana@x.es,03/04/1970\nBea,Roy,bea@x.es,25/12/1999\n")[0]
    assert shown.preset == plain.preset + "?order=dmy"


def test_rows_behind_those_that_are_looked_at_are_read_as_well(tmp_path: Path) -> None:
    rows = "".join(f"Ana,Gil,ana{number}@x.es,03/04/1970\n" for number in range(1_200))
    found = records(tmp_path, rows + "Bea,Roy,bea@x.es,25/12/1999\n")
    assert [raw.row for raw in found] == list(range(1, 1_202))
    assert "date_order" not in found[0].values
