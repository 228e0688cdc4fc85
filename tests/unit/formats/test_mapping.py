"""A mapping of one's own: what it can say, and that a faulty one says where."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from canonical_contact.errors import ConfigError
from canonical_contact.formats import Mapping, Presets, load_mapping, mapping_from_toml, read


def test_columns_constants_and_lists(tmp_path: Path) -> None:
    path = tmp_path / "club.csv"
    path.write_text("No;Wer;Mails;Wohnt;Lfd\n5;Ana Lopez;a@example.org / b@example.org;Bonn;x\n")
    mapping = mapping_from_toml(
        """
        name = "club"
        version = 3
        id = ["Nummer", "No"]
        date_order = "dmy"
        [columns]
        Wer = "name.full"
        Mails = { path = "emails[].address", label = "home", split = "/" }
        Wohnt = "addresses[0].locality"
        Fehlt = "notes[]"
        [constants]
        "addresses[0].country" = "DE"
        [others]
        ignore = ["Lfd"]
        """
    )
    reading = read(path, mapping=mapping)
    (record,) = reading
    assert (record.system, record.record_id, record.preset.partition("#")[0]) == ("club", "5", "club/3")
    assert record.values == {
        "name.full": "Ana Lopez", "emails[0].address": "a@example.org", "emails[0].label": "home", "emails[1].address": "b@example.org",
        "emails[1].label": "home", "addresses[0].locality": "Bonn", "addresses[0].country": "DE", "date_order": "dmy",
    }  # fmt: skip
    assert record.raw["Lfd"] == "x"
    assert [(problem.code, problem.column) for problem in reading.problems] == [
        ("mapping.column_missing", "Nummer"),
        ("mapping.column_missing", "Fehlt"),
    ]


def test_a_mapping_with_detect_is_recognised_among_the_presets(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("ERP-Nr,Kunde\n7,Ana\n")
    own = mapping_from_toml('name = "erp"\nid = "ERP-Nr"\ndetect = [["ERP-Nr", "Kunde"]]\n[columns]\nKunde = "name.full"')
    (record,) = read(path, presets=Presets([own]))
    assert (record.system, record.record_id) == ("erp", "7")


def test_encoding_and_delimiter_can_be_stated(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Имя|Почта\nАнна|a@example.org\n".encode("cp1251"))
    own = mapping_from_toml('encoding = "cp1251"\ndelimiter = "|"\n[columns]\n"Имя" = "name.full"\n"Почта" = "emails[].address"')
    (record,) = read(path, mapping=own)
    assert record.values["name.full"] == "Анна"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[columns", "mapping"),
        ("", "columns"),
        ('[columns]\nA = "name.gven"', "columns.A"),
        ('[columns]\nA = "emails.address"', "columns.A"),
        ('[columns]\nA = { path = "name.given", lable = "x" }', "columns.A.lable"),
        ("[columns]\nA = 7", "columns.A"),
        ('[columns]\nA = { path = "name.given", flag = "yes" }', "columns.A.flag"),
        ('colums = 1\n[columns]\nA = "name.given"', "colums"),
        ('date_order = "ymd"\n[columns]\nA = "name.given"', "date_order"),
        ('delimiter = "::"\n[columns]\nA = "name.given"', "delimiter"),
        ('encoding = "utf-99"\n[columns]\nA = "name.given"', "encoding"),
        ('system = "a:b"\n[columns]\nA = "name.given"', "system"),
        ('version = "1"\n[columns]\nA = "name.given"', "version"),
        ('id = 5\n[columns]\nA = "name.given"', "id"),
        ('[columns]\nA = "name.given"\n[consent.B]\nsays = "maybe so"', "consent.B.says"),
        ('[columns]\nA = "name.given"\n[consent.B]\nsays = "opt_out"\nchannel = "pigeon"', "consent.B.channel"),
        ('[columns]\nA = "name.given"\n[consent.B]\nsays = "opt_out"\nwords = { weg = "gone" }', "consent.B.words"),
        ('[columns]\nA = "name.given"\n[constants]\n"adresses[0].country" = "DE"', "constants.adresses[0].country"),
        ('[columns]\nA = "name.given"\n[groups]\n"B" = "emails[n].address"', "groups.B"),
    ],
)
def test_a_faulty_mapping_says_where_and_what_helps(text: str, path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        mapping_from_toml(text)
    assert caught.value.path == path
    assert caught.value.hint


def test_a_mapping_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_mapping(tmp_path / "gone.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError):
        load_mapping(tmp_path / "bad.toml")


def test_all_presets_are_valid_mappings() -> None:
    mappings: tuple[Mapping, ...] = Presets().mappings
    assert len({mapping.name for mapping in mappings}) == len(mappings) == 6
    assert all(mapping.detect and mapping.shipped for mapping in mappings)


def test_the_example_of_the_page_reads_the_table_of_the_page(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "mapping.md").read_text(encoding="utf-8")
    (tmp_path / "kunden.csv").write_text(page.split("```\n")[1], encoding="utf-8")
    (tmp_path / "kunden.mapping.toml").write_text(page.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    reading = read(tmp_path / "kunden.csv")
    (record,) = reading
    assert (record.system, record.record_id, record.preset.partition("#")[0]) == ("kundenliste", "7", "kunden/1")
    assert [(sign.kind, sign.channel) for sign in record.evidence] == [("opt_out", "email")]
    assert record.values["emails[0].address"] == "ana@example.org"
    assert record.values["phones[0].label"] == "work"
    assert reading.problems == []


def test_sources_and_records_can_go_to_other_processes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Vorname,Nachname,E-Mail\nAna,Lopez,a@example.org\n")
    reading = read(tmp_path / "a.csv")
    (record,) = reading
    source = pickle.loads(pickle.dumps(reading.source))
    assert list(read(source)) == [record]
    assert pickle.loads(pickle.dumps(record)) == record


def test_an_edited_mapping_is_another_one_whatever_its_version_says() -> None:
    before, after = (mapping_from_toml(f'name = "a"\n[columns]\n"X" = "{path}"') for path in ("name.given", "name.surname"))
    assert before.label != after.label
    assert before.label.startswith("a/1#")
