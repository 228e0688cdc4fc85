"""Files and folders become sources; what is not contacts is named, and nothing raises."""

from __future__ import annotations

from pathlib import Path

import pytest

from canonical_contact.errors import ConfigError
from canonical_contact.formats import Source, SourceKind, discover, read

CONTACTS = "Vorname;Nachname;E-Mail\nAna;Lopez;ana@example.org\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(path: Path | str) -> Source:
    (source,) = discover([path])
    return source


def test_a_folder_is_searched_deep_and_sorted_by_name(tmp_path: Path) -> None:
    write(tmp_path, "b.csv", CONTACTS)
    write(tmp_path, "a/z.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEND:VCARD\n")
    write(tmp_path, ".hidden.csv", CONTACTS)
    found = discover([tmp_path])
    assert [(source.path.name, source.system, source.preset) for source in found] == [
        ("z.vcf", "vcard", "vcard"),
        ("b.csv", "b", "sheet"),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("truth.csv", "system,record_id,person_id\nhubspot,1,P1\n"),
        ("consent_truth.csv", "person_id,channel,purpose,blocked,why\nP1,email,marketing,0,\n"),
        ("links.csv", "system,record_id,contact_id\nhubspot,1,x\n"),
        ("products.csv", "id,name,price\n1,Bolt,2.50\n"),
        ("expected_kpis.json", '{"as_of": "2026-07-01"}'),
        ("README.md", "# Read me\n"),
    ],
)
def test_a_file_that_is_not_contacts_is_named_and_skipped(tmp_path: Path, name: str, content: str) -> None:
    path = write(tmp_path, name, content)
    write(tmp_path, "real.csv", CONTACTS)
    for source in (only(path), next(one for one in discover([tmp_path]) if one.path.name == name)):
        assert source.kind is SourceKind.SKIPPED
        assert source.problem is not None
        assert source.problem.code == "file.not_contacts"
        assert "\n" not in source.problem.hint
        assert list(read(source)) == []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "file.empty"),
        ("blank.csv", b"\xef\xbb\xbf \r\n", "file.empty"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(300), "file.binary"),
        ("book.csv", b"PK\x03\x04" + bytes(300), "file.binary"),
        ("noise.csv", bytes(range(256)) * 8, "file.binary"),
        ("nuls.csv", bytes(5000), "file.empty"),
    ],
)
def test_a_file_that_cannot_be_read_has_one_problem(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    source = only(write(tmp_path, name, content))
    assert source.kind is SourceKind.BROKEN
    assert source.problem is not None
    assert source.problem.code == code
    assert source.problem.hint
    reading = read(source)
    assert list(reading) == []
    assert [problem.code for problem in reading.problems] == [code]


def test_a_missing_file_a_directory_and_a_pipe_are_told(tmp_path: Path) -> None:
    assert only(tmp_path / "gone.csv").problem.code == "file.missing"  # type: ignore[union-attr]
    assert only(tmp_path).problem.code == "file.nothing_in_directory"  # type: ignore[union-attr]
    assert [problem.code for reading in [read(tmp_path)] for _ in [list(reading)] for problem in reading.problems] == [
        "file.directory"
    ]
    assert only("/dev/null").problem.code == "file.not_regular"  # type: ignore[union-attr]
    assert only("a\0b.csv").problem.code in ("file.missing", "file.unreadable")  # type: ignore[union-attr]


def test_a_file_without_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.csv", CONTACTS)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    source = only(path)
    assert source.problem is not None
    assert source.problem.code == "file.not_permitted"


def test_a_file_that_goes_away_between_the_look_and_the_reading_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", CONTACTS)
    source = only(path)
    path.unlink()
    reading = read(source)
    assert list(reading) == []
    assert [problem.code for problem in reading.problems] == ["file.reading_stopped"]


def test_systems_names_a_file_and_adds_it(tmp_path: Path) -> None:
    first, second = write(tmp_path, "in/a.csv", CONTACTS), write(tmp_path, "b.csv", CONTACTS)
    found = discover([tmp_path / "in"], systems={"shop": first, "fair": second})
    assert [(source.path.name, source.system) for source in found] == [("a.csv", "shop"), ("b.csv", "fair")]
    assert [source.system for source in discover([], systems=[("x", first), ("x", second)])] == ["x", "x"]


@pytest.mark.parametrize("name", ["", "a:b", " a", "a\n"])
def test_a_name_that_cannot_be_a_system_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        discover([], systems={name: write(tmp_path, "a.csv", CONTACTS)})


def test_a_mapping_beside_a_file_is_used_and_not_listed(tmp_path: Path) -> None:
    write(tmp_path, "odd.csv", "k1;k2\nAna;ana@example.org\n")
    write(tmp_path, "odd.mapping.toml", 'system = "fair"\n[columns]\nk1 = "name.full"\nk2 = "emails[].address"\n')
    (source,) = discover([tmp_path])
    assert (source.system, source.preset) == ("fair", "odd")
    (record,) = read(source)
    assert record.values == {"name.full": "Ana", "emails[0].address": "ana@example.org"}


def test_a_mapping_that_fits_no_column_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", CONTACTS)
    mapping = write(tmp_path, "m.toml", '[columns]\nOther = "name.full"\n')
    source = read(path, mapping=mapping).source
    assert source.problem is not None
    assert source.problem.code == "mapping.fits_no_column"


def test_the_same_file_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", CONTACTS)
    assert len(discover([path, tmp_path, str(path)])) == 1


def test_activity_files_are_recognised(tmp_path: Path) -> None:
    write(tmp_path, "events.csv", "system,record_id,event,at,agent,value\n")
    write(tmp_path, "interactions.csv", "system,record_id,kind,at,direction,agent\n")
    assert {source.kind for source in discover([tmp_path])} == {SourceKind.ACTIVITIES}


def test_a_mapping_for_all_is_used_where_no_preset_knows_the_file(tmp_path: Path) -> None:
    write(tmp_path, "club.csv", "Wer;Mail\nAna;ana@example.org\n")
    write(tmp_path, "crm.csv", "Record ID,Email,Lifecycle Stage\n1,a@example.org,lead\n")
    write(tmp_path, "other.csv", CONTACTS)
    mapping = write(tmp_path, "m.toml", '[columns]\nWer = "name.full"\nMail = "emails[].address"\n')
    assert [source.preset for source in discover([tmp_path], mapping=mapping)] == ["m", "hubspot", None, "sheet"]


def test_a_short_salesforce_export_is_known_by_its_opt_out_column_and_a_lead_stays_a_lead(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("Id,FirstName,LastName,Email,HasOptedOutOfEmail\n1,Ana,Gil,a@x.es,true\n", "utf-8")
    (tmp_path / "l.csv").write_text(
        "Id,FirstName,LastName,Company,Status,Email,HasOptedOutOfEmail\n1,A,G,X,New,a@x.es,true\n", "utf-8"
    )
    assert [source.preset for source in discover([tmp_path])] == ["salesforce_contact", "salesforce_lead"]
