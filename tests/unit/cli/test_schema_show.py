from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from canonical_contact.cli.schema import COMMANDS, command
from canonical_contact.errors import NotFoundError
from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.schema import json_schema, published_schema, published_versions


def ask(*arguments: str | Path) -> Result:
    done = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_the_group_lists_its_commands_without_loading_them() -> None:
    told = ask("--help").output
    assert all(name in told for name in COMMANDS)


def test_export_writes_what_was_published(tmp_path: Path) -> None:
    assert json.loads(ask("export").output) == json_schema()
    target = tmp_path / "contact-1.0.json"
    done = ask("export", "--version", "1.0", "-o", target)
    assert json.loads(target.read_text("utf-8")) == published_schema("1.0")
    assert "1.0" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("version", published_versions())
def test_every_version_can_be_exported_in_every_form(version: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(ask("export", "--version", version).output))
    assert json.loads(ask("export", "--version", version, "--what", "dictionary").output)["version"] == version
    assert json.loads(ask("export", "--version", version, "--what", "odcs").output)["version"] == version
    assert ask("export", "--version", version, "--what", "page").output.startswith(f"# The data dictionary of schema {version}\n")


def test_show_lists_the_versions() -> None:
    told = json.loads(ask("show", "--json").output)
    assert [one["version"] for one in told] == list(published_versions())
    assert told[0]["status"] == "published"
    assert "$.owner" in told[-1]["deprecated"]
    assert "$.restrictions" in told[1]["new"]
    assert "$.consent[].token_hash" in told[2]["new"]
    assert SCHEMA_VERSION in ask("show").output


@pytest.mark.parametrize(
    ("what", "paths"),
    [
        ("emails", ["$.emails"]),
        ("emails.address", ["$.emails[].address"]),
        ("$.emails[].address", ["$.emails[].address"]),
        ("postcode", ["$.addresses[].postcode"]),
        (
            "checked_at",
            ["$.emails[].verification.checked_at", "$.phones[].verification.checked_at", "$.addresses[].verification.checked_at"],
        ),
        ("same_as", ["$.same_as"]),
    ],
)
def test_show_finds_a_field(what: str, paths: list[str]) -> None:
    assert [row["path"] for row in json.loads(ask("show", what, "--json").output)["fields"]] == paths
    assert paths[0] in ask("show", what).output


def test_show_tells_what_is_known_of_a_field() -> None:
    told = ask("show", "emails.address").output
    for word in ("ana@example.org", "contact", "email/2", "EMAIL", "hubspot: Email", "RFC 5321"):
        assert word in told
    assert "courriel" not in told  # headers in ten languages are in the file
    assert "deprecated since" in ask("show", "owner").output
    assert "quarantined" in ask("show", "emails.status").output
    assert "postOfficeBox" in ask("show", "addresses.parts").output


@pytest.mark.parametrize("name", ["Contact", "emailaddress", "ConsentProof", "SourceRecord"])
def test_show_lists_the_fields_of_a_class(name: str) -> None:
    told = json.loads(ask("show", name, "--json").output)
    assert told["name"].casefold() == name.casefold()
    assert len(told["fields"]) > 5
    assert told["fields"][0]["name"] in ask("show", name).output


def test_show_lists_words() -> None:
    assert "group" in json.loads(ask("show", "contactkind", "--json").output)["words"]
    assert "voice_automated" in ask("show", "Channel").output


def test_show_of_an_earlier_version_knows_what_that_had() -> None:
    assert json.loads(ask("show", "owner", "--version", "1.0", "--json").output)["fields"][0]["since"] == "1.0"
    with pytest.raises(NotFoundError, match=r"1\.0 has no restrictions"):
        ask("show", "restrictions", "--version", "1.0")


def test_what_there_is_not_gets_a_suggestion() -> None:
    with pytest.raises(NotFoundError, match="emails"):
        ask("show", "emials")
    with pytest.raises(NotFoundError, match=r"1\.1"):
        ask("show", "emails", "--version", "7.7")
    with pytest.raises(NotFoundError, match=r"1\.1"):
        ask("export", "--version", "7.7")
