"""Two people with different national ids are never one, whatever the column is called."""

from __future__ import annotations

import pytest
from attrs import evolve

from canonical_contact.engine._dedupe_columns import recognise
from canonical_contact.engine.dedupe import dedupe, link
from canonical_contact.engine.explaining import explainer_of
from canonical_contact.engine.resolving import MatchSettings
from canonical_contact.formats import mapping_from_toml
from canonical_contact.match.policy import MatchPolicy

HEADERS = [
    *("national_id", "national id", "National ID", "SSN", "Steuer-ID", "NIF", "Social Security Number", "codice fiscale"),
    *("AHV-Nummer", "PESEL", "N.I.F."),
]
ONE, OTHER = "12 345 678 901", "98 765 432 109"


def people(header: str, *ids: str) -> dict[str, list[str]]:
    """One name, mailbox, number and birthday in every row."""
    size = len(ids)
    return {
        "name": ["Anna Schmidt"] * size,
        "email": ["anna.schmidt@x.example"] * size,
        "phone": ["+49 30 12345678"] * size,
        "birthday": ["1970-12-31"] * size,
        header: list(ids),
    }


@pytest.mark.parametrize("header", HEADERS)
def test_different_national_ids_part(header: str) -> None:
    found = dedupe(people(header, ONE, OTHER))
    assert found.cluster_ids == (1, 2)
    assert explainer_of(found).explain(0, 1).reason == "national_ids_differ"


@pytest.mark.parametrize("header", HEADERS)
def test_nor_are_they_one_through_a_row_without_an_id(header: str) -> None:
    ids = dedupe(people(header, ONE, "", OTHER)).cluster_ids
    assert ids[0] != ids[2]


@pytest.mark.parametrize("header", HEADERS)
def test_one_national_id_in_two_forms_is_one(header: str) -> None:
    assert dedupe(people(header, ONE, ONE.replace(" ", "-"))).cluster_ids == (1, 1)


@pytest.mark.parametrize("header", ["passport number", "Last 4 SSN", "member no", "soc_sec_id"])
def test_an_id_that_changes_in_a_life_parts_nobody(header: str) -> None:
    assert dedupe(people(header, ONE, OTHER)).cluster_ids == (1, 1)


@pytest.mark.parametrize("filler", ["999-99-9999", "000000000", "123456789"])
def test_a_number_that_only_fills_its_cell_is_none(filler: str) -> None:
    assert dedupe(people("SSN", ONE, filler)).cluster_ids == (1, 1)
    strangers = {"name": ["Anna Schmidt", "Anna Berger"], "city": ["Bonn", "Ulm"], "SSN": [filler, filler]}
    assert dedupe(strangers).cluster_ids == (1, 2)


def test_two_kinds_of_national_id_both_part() -> None:
    table = people("SSN", ONE, "", ONE) | {"NIF": ["", OTHER, "11 222 333 444"]}
    ids = dedupe(table).cluster_ids
    assert ids[1] != ids[2]


def test_columns_of_two_tables_meet_by_the_scheme_and_no_other() -> None:
    assert link(people("SSN", ONE), people("Social Security Number", OTHER)).links == ()
    assert len(link(people("SSN", ONE), people("NIF", OTHER)).links) == 1


def test_a_mapping_that_calls_it_an_id_keeps_it_a_national_one() -> None:
    table = people("SSN", ONE, OTHER)
    written = mapping_from_toml(recognise(table).to_toml())
    assert dedupe(table, mapping=written).cluster_ids == (1, 2)
    as_text = mapping_from_toml('[extensions]\n"SSN" = "text"\n')
    assert recognise(table, mapping=as_text).national_ids == ()


def test_the_plan_says_so() -> None:
    plan = recognise(people("Steuer-ID", ONE, OTHER))
    assert plan.national_ids == ("Steuer-ID",)
    assert any("two that differ are two people" in line for line in plan.lines())


def test_a_policy_names_further_columns() -> None:
    settings = MatchSettings(policy=evolve(MatchPolicy.default(), national_ids=("member no",)))
    mapping = mapping_from_toml('[extensions]\n"member no" = "id"\n')
    assert dedupe(people("member no", ONE, OTHER), mapping=mapping).cluster_ids == (1, 1)
    assert dedupe(people("member no", ONE, OTHER), mapping=mapping, settings=settings).cluster_ids == (1, 2)
