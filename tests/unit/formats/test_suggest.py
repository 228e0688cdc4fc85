"""Proposed mappings: how many columns are right, what is left to a person, and that the TOML is a mapping."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import pytest
from map_accuracy import judged, languages, products, right, share

from canonical_contact.errors import InputError, MissingExtraError
from canonical_contact.formats import load_mapping, mapping_from_toml, read
from canonical_contact.formats.suggest import ColumnSuggestion, Suggestion, suggest_mapping


def table(folder: Path, text: str, name: str = "leute.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def column(suggestion: Suggestion, name: str) -> ColumnSuggestion:
    return next(one for one in suggestion.columns if one.name == name)


# docs/mapping.md states the figures; they may rise, and fall only with a reason.
def test_headers_of_products_that_are_not_known() -> None:
    assert share(judged(products(), cells=False)) > 0.92


@pytest.mark.parametrize(("cells", "names", "least"), [(True, True, 0.9), (False, True, 0.85), (True, False, 0.45)])
def test_tables_in_many_languages(cells: bool, names: bool, least: float) -> None:
    assert share(judged(languages(), cells=cells, names=names)) > least


def test_tables_that_nothing_was_tuned_to() -> None:
    assert share(judged(languages("held_out"), cells=True)) > 0.87


def test_what_is_consent_is_flagged_wherever_its_name_says_so() -> None:
    answers = [answer for answer in judged(languages(), cells=True) if answer[2] == "consent"]
    assert len(answers) > 10
    assert all(right(truth, proposal) for _, _, truth, proposal in answers)


def test_no_column_of_consent_is_ever_mapped_to_anything_else(tmp_path: Path) -> None:
    path = table(tmp_path, "E-Mail;E-Mail Newsletter;Email opt-out;Kontaktstatus\n" + "a{0}@x.org;ja;nein;abgemeldet\n" * 6)
    found = suggest_mapping(path)
    for name in ("E-Mail Newsletter", "Email opt-out", "Kontaktstatus"):
        assert column(found, name).path == ""
        assert column(found, name).consent is not None
    assert column(found, "E-Mail").path == "emails[].address"
    newsletter = column(found, "E-Mail Newsletter").consent
    assert newsletter is not None
    assert newsletter.words == (("ja", 6, "yes"),)


def test_the_toml_is_a_mapping_as_it_is_and_permits_nothing(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "Nr;Vorname;E-Mail;Newsletter;Zustand\n1;Ana;ana@x.org;ja;aktiv\n2;Ben;ben@x.org;abgemeldet;abgemeldet\n3;Cy;c@x.org;ja;aktiv\n",
    )
    target = tmp_path / "leute.mapping.toml"
    target.write_text(suggest_mapping(path).to_toml(), encoding="utf-8")
    mapping = load_mapping(target)
    assert mapping.columns["Vorname"].path == "name.given"
    assert mapping.id == ("Nr",)
    assert "Newsletter" not in mapping.consent
    assert '# [consent.Newsletter]\n# says = "opt_in"' in target.read_text("utf-8")
    kinds = [[str(one.kind) for one in raw.evidence] for raw in read(path, mapping=mapping)]
    assert kinds[0] == []
    assert set(kinds[1]) == {"unmapped_opt_out"}


def test_a_person_s_decision_is_one_line(tmp_path: Path) -> None:
    path = table(tmp_path, "Vorname;E-Mail;Newsletter\nAna;ana@x.org;ja\nBen;ben@x.org;abgemeldet\n")
    text = (
        suggest_mapping(path)
        .to_toml()
        .replace("# [consent.Newsletter]\n# says", "[consent.Newsletter]\nsays")
        .replace("# channel", "channel")
        .replace("# purpose", "purpose")
    )
    mapping = mapping_from_toml(text)
    assert (mapping.consent["Newsletter"].says, mapping.consent["Newsletter"].channel) == ("opt_in", "email")
    assert [str(one.evidence[0].kind) for one in read(path, mapping=mapping)] == ["claimed_opt_in", "opt_out"]


def test_values_of_people_are_not_in_the_proposal(tmp_path: Path) -> None:
    rows = "".join(f"{n};Anastasia{n};anastasia{n}@private.example;von Frau Geheim{n}\n" for n in range(9))
    found = suggest_mapping(table(tmp_path, "Nr;Vorname;E-Mail;Einwilligung durch\n" + rows))
    for text in (found.to_toml(), str(found.to_dict())):
        assert "nastasia" not in text
        assert "private" not in text
        assert "Geheim" not in text


@pytest.mark.parametrize(
    "header",
    [
        "Vorname;Vorname;E-Mail;E-Mail",
        ";;E-Mail",
        '"Name ""der"" [Firma]";"E=Mail";#x;E-Mail*',
        "=cmd;E-Mail;a.b.c",
        "Foo;Bar;E-Mail",
        '"two\nlines";E-Mail',
        "ключ;メール;E-Mail",
    ],
)
def test_any_header_makes_toml_that_can_be_read(header: str, tmp_path: Path) -> None:
    width = header.count(";")
    path = table(tmp_path, f"{header}\n" + ("x;" * width + "a@x.org\n") * 3)
    mapping = mapping_from_toml(suggest_mapping(path, products=False).to_toml())
    (first, *_) = read(path, mapping=mapping)
    assert "a@x.org" in first.values.values()


def test_a_table_of_nothing_known_is_still_a_mapping(tmp_path: Path) -> None:
    path = table(tmp_path, "foo;bar\nq;w\n")
    assert mapping_from_toml(suggest_mapping(path).to_toml()).columns["foo"].path == "extensions"


def test_several_addresses_and_lists(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "Name;Rechnung Straße;Rechnung Ort;Privat Straße;Privat Ort;Tags;Telefon privat\n"
        + "Ana Lopez;Weg 1;Bonn;Gasse 2;Köln;a|b;030 123456\n" * 4,
    )
    found = suggest_mapping(path)
    assert column(found, "Rechnung Straße").path == "addresses[billing].street"
    assert column(found, "Privat Ort").path == "addresses[home].locality"
    assert column(found, "Tags").split == "|"
    assert column(found, "Telefon privat").label == "home"
    mapping = mapping_from_toml(found.to_toml())
    assert mapping.constants == {"addresses[home].label": "home"}


def test_the_order_of_dates_is_told_by_a_day_above_twelve(tmp_path: Path) -> None:
    assert suggest_mapping(table(tmp_path, "Email,DOB\na@x.org,04/25/1980\nb@x.org,03/04/1970\n")).date_order == "mdy"
    assert suggest_mapping(table(tmp_path, "Email,DOB\na@x.org,25/04/1980\nb@x.org,03/04/1970\n")).date_order == "dmy"


def test_a_known_header_says_so(tmp_path: Path) -> None:
    path = table(tmp_path, "Record ID,First Name,Email,Lifecycle Stage\n1,Ana,a@x.org,lead\n")
    assert suggest_mapping(path).preset == "hubspot"
    assert "hubspot" in suggest_mapping(path).to_toml()


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:A\nEND:VCARD\n"), ("empty.csv", ""), ("e.csv", "system,record_id,event,at\nx,1,lead_created,2024-01-01\n")],
)  # fmt: skip
def test_what_is_no_table_is_refused(name: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        suggest_mapping(table(tmp_path, text, name))
    assert caught.value.hint
    with pytest.raises(InputError):
        suggest_mapping(tmp_path / "none.csv")


def test_a_mapping_that_lies_beside_has_no_part_in_it(tmp_path: Path) -> None:
    path = table(tmp_path, "Vorname;E-Mail\nAna;a@x.org\n")
    (tmp_path / "leute.mapping.toml").write_text("faulty [")
    assert column(suggest_mapping(path), "Vorname").path == "name.given"


def test_without_tomlkit_there_is_a_proposal_and_no_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tomlkit", None)
    found = suggest_mapping(table(tmp_path, "Vorname;E-Mail\nAna;a@x.org\n"))
    assert column(found, "Vorname").confidence > 0.9
    with pytest.raises(MissingExtraError):
        found.to_toml()


@pytest.mark.parametrize("name", ["x" * 50_000, "mail " * 10_000, "vorname" * 7_000])
def test_a_name_of_a_column_that_is_a_whole_text_takes_no_time(tmp_path: Path, name: str) -> None:
    began = perf_counter()
    found = suggest_mapping(table(tmp_path, f"Email,{name}\na@x.org,1\n"))
    assert perf_counter() - began < 2
    assert found.columns[0].path == "emails[].address"
    assert next(iter(mapping_from_toml(found.to_toml()).columns)) == "Email"


def test_a_table_whose_first_row_is_data_is_told(tmp_path: Path) -> None:
    found = suggest_mapping(table(tmp_path, "Ana,ana@x.org\nBo,bo@x.org\n"))
    assert found.nameless
    assert "names of columns; it is taken for them" in found.to_toml()
    assert not suggest_mapping(table(tmp_path, "Vorname,Mail\nAna,ana@x.org\n")).nameless
