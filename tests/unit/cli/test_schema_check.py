"""`schema check` and `schema diff`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.cli import _schema_check
from canonical_contact.cli._exit import Exit
from canonical_contact.schema.compat import MODES, READERS
from command_line import Call

TEXT: dict[str, Any] = {"type": "string"}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    schemas = {
        "old": {"$id": "urn:x:1.0", "properties": {"a": TEXT, "b": TEXT}},
        "new": {"$id": "urn:x:1.1", "properties": {"a": {**TEXT, "description": "A letter."}, "c": TEXT}},
        "broken": {"$id": "urn:x:1.1", "properties": {"a": {"type": "integer"}, "b": TEXT}},
        "bad": {"type": "word"},
        "list": [],
    }
    for name, schema in schemas.items():
        Path(f"{name}.json").write_text(json.dumps(schema))
    Path("text.json").write_text("{")
    Path("deep.json").write_text("[" * 100_000)
    Path("nan.json").write_text('{"minimum": NaN}')
    Path("bytes.json").write_bytes(b"\xff\xfe\x00")
    Path("folder").mkdir()


pytestmark = pytest.mark.usefixtures("files")


def test_the_choices_are_those_of_the_library() -> None:
    assert tuple(MODES) == _schema_check.MODES
    assert READERS == _schema_check.READERS


def test_versions_that_go_together(call: Call) -> None:
    done = call("schema", "check", "1.0", "1.1", "--mode", "full-transitive")
    assert (done.code, done.err) == (Exit.DONE, "")
    assert done.out.splitlines()[0] == "1.0 to 1.1, full-transitive, readers ignore_unknown: compatible"


def test_a_break_is_named_and_ends_with_one(call: Call) -> None:
    done = call("schema", "check", "old.json", "broken.json")
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0].startswith("type.changed (backward no, forward no, model): ")
    assert lines[1] == "  $.a  string → integer"
    assert "version.bump_too_small" in done.out
    assert lines[-1] == "needed: model; version 1.0 to 1.1 is not raised enough"


def test_strict_readers_are_asked_for(call: Call) -> None:
    assert call("schema", "check", "old.json", "new.json", "--mode", "full").code == 0
    assert call("schema", "check", "old.json", "new.json", "--mode", "full", "--readers", "strict").code == 1


def test_the_history_is_looked_at(call: Call) -> None:
    arguments = ("schema", "check", "old.json", "new.json", "--history", "broken.json")
    done = call(*arguments, "--mode", "backward-transitive")
    assert done.code == 1
    assert "against 1.1" in done.out
    refused = call(*arguments, "--mode", "backward")
    assert refused.code == Exit.USAGE
    assert "did you mean --mode backward-transitive?" in refused.err


def test_the_answer_as_json(call: Call) -> None:
    done = call("schema", "check", "old.json", "broken.json", "--json")
    answer = json.loads(done.out)
    assert (done.code, answer["ok"], answer["needed"], answer["version_ok"]) == (1, False, "model", False)
    assert answer["offending"][0] == {
        "rule": "type.changed",
        "path": "$.a",
        "old": "string",
        "new": "integer",
        "backward": False,
        "forward": False,
        "bump": "model",
        "why": "What one side writes is not what the other one expects.",
        "against": "",
    }


def test_a_list_of_what_changed(call: Call) -> None:
    done = call("schema", "diff", "old.json", "new.json")
    assert done.code == 0
    assert done.out.splitlines() == [
        "property.optional_removed (backward ok, forward ok, revision): New readers pass it over, old readers do not count on it.",
        "  $.b  string →",
        "property.optional_added (backward ok, forward ok, addition): Old data lacks it, old readers pass it over.",
        "  $.c  → string",
    ]
    assert done.err == "1 changed descriptions and annotations; --all lists them\n"
    assert "annotation.description" in call("schema", "diff", "old.json", "new.json", "--all").out
    assert call("schema", "diff", "old.json", "old.json").out == "Nothing changed.\n"
    listed = json.loads(call("schema", "diff", "old.json", "new.json", "--json").out)
    assert [change["rule"] for change in listed["changes"]] == [
        "property.optional_added",
        "property.optional_removed",
        "annotation.description",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bad.json", "error: The schema cannot be read: a type of JSON Schema is expected at #/type. Correct the schema there."),
        ("list.json", "error: list.json holds no JSON Schema. A JSON Schema is an object."),
        ("text.json", "error: text.json is no JSON document (line 1). Name a file with a JSON Schema."),
        ("deep.json", "error: deep.json is no JSON document. Name a file with a JSON Schema."),
        ("nan.json", "error: nan.json is no JSON document. Name a file with a JSON Schema."),
        ("bytes.json", "error: bytes.json is no text in UTF-8. Name a file with a JSON Schema."),
        ("none.json", "error: none.json cannot be read: No such file or directory. Name a file with a JSON Schema, or a published version such as 1.0."),
        ("folder", "error: folder cannot be read: Is a directory. Name a file with a JSON Schema, or a published version such as 1.0."),
        ("9.9", "error: There is no schema 9.9. Published are: 1.0, 1.1, 1.2."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["check", "diff"])
def test_what_cannot_be_used_is_wrong_usage_in_one_line(call: Call, command: str, name: str, said: str) -> None:
    done = call("schema", command, "old.json", name)
    assert (done.code, done.out, done.err) == (Exit.USAGE, "", said + "\n")
