"""`scripts/generate.py --check` finds every drift of a generated file, and a seal that was broken."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from canonical_contact.model import SCHEMA_VERSION

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "scripts" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(generate: ModuleType, tmp_path: Path) -> Path:
    shutil.copytree(ROOT / generate.PUBLISHED, tmp_path / generate.PUBLISHED)
    (tmp_path / generate.PAGE).parent.mkdir(parents=True)
    shutil.copy(ROOT / generate.PAGE, tmp_path / generate.PAGE)
    return tmp_path


def test_the_files_of_this_tree_are_fresh(generate: ModuleType) -> None:
    assert generate.faults() == []


@pytest.mark.parametrize("name", ["contact", "dictionary"])
@pytest.mark.parametrize("version", ["1.0", SCHEMA_VERSION])
def test_a_changed_file_is_found(
    generate: ModuleType, copy: Path, name: str, version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy / generate.PUBLISHED / f"{name}-{version}.json"
    path.write_text(path.read_text("utf-8").replace("e-mail addresses, best first", "e-mail addresses"), "utf-8")
    assert generate.main(["--check"], root=copy) == 1
    assert path.name in capsys.readouterr().err


def test_a_missing_file_and_a_missing_page_are_found(generate: ModuleType, copy: Path) -> None:
    (copy / generate.PUBLISHED / f"dictionary-{SCHEMA_VERSION}.json").unlink()
    (copy / generate.PAGE).unlink()
    assert (
        len(generate.faults(copy)) == 2 or generate.read_index(copy / generate.PUBLISHED)[SCHEMA_VERSION]["status"] == "published"
    )


def test_an_edited_page_is_found_and_written_anew(generate: ModuleType, copy: Path) -> None:
    page = copy / generate.PAGE
    page.write_text(page.read_text("utf-8") + "More.\n", "utf-8")
    assert len(generate.faults(copy)) == 1
    assert generate.main([], root=copy) == 0
    assert "More." not in page.read_text("utf-8")


def test_what_is_published_is_sealed_and_never_written_again(generate: ModuleType, copy: Path) -> None:
    folder = copy / generate.PUBLISHED
    assert generate.main(["--publish", SCHEMA_VERSION], root=copy) == 0
    entry = generate.read_index(folder)[SCHEMA_VERSION]
    assert entry["status"] == "published"
    assert set(entry["files"]) == {f"contact-{SCHEMA_VERSION}.json", f"dictionary-{SCHEMA_VERSION}.json"}
    path = folder / f"contact-{SCHEMA_VERSION}.json"
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    assert generate.main([], root=copy) == 1
    assert path.read_text("utf-8").endswith(" ")


def test_a_new_column_of_a_preset_does_not_break_a_seal_but_a_new_meaning_does(generate: ModuleType, copy: Path) -> None:
    folder = copy / generate.PUBLISHED
    path = folder / f"dictionary-{SCHEMA_VERSION}.json"
    for change, faults in (('"Email", "email"', 0), ("e-mail addresses, best first.", 1)):
        generate.write(copy)
        told = path.read_text("utf-8")
        assert change in told
        path.write_text(told.replace(change, '"x"' if faults == 0 else "addresses"), "utf-8")
        index = generate.read_index(folder)
        index[SCHEMA_VERSION] = {"status": "published", "files": generate.sealed(folder, SCHEMA_VERSION)}
        (folder / "index.json").write_text(json.dumps(index), "utf-8")
        assert len(generate.faults(copy)) == faults
        index[SCHEMA_VERSION] = {"status": "draft"}
        (folder / "index.json").write_text(json.dumps(index), "utf-8")


def test_only_the_present_version_can_be_published(generate: ModuleType, copy: Path) -> None:
    with pytest.raises(SystemExit):
        generate.main(["--publish", "0.9"], root=copy)
