"""`schema show` and `schema export`: the published contract to read, and as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from canonical_contact.cli._options import as_json
from canonical_contact.cli._output import check_writable, note, print_json, to_terminal, writing
from canonical_contact.errors import NotFoundError
from canonical_contact.model import SCHEMA_VERSION

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["export", "show"]

WHAT = ("json-schema", "dictionary", "odcs", "page")
_TOLD = {
    "path": "stands at",
    "type": "type",
    "cardinality": "how often",
    "meaning": "meaning",
    "example": "example",
    "validation": "form",
    "pii": "PII class",
    "normalizer": "made by",
    "survivorship": "merge",
    "jscontact": "JSContact",
    "vcard": "vCard",
    "sources": "columns",
    "since": "since",
    "deprecated_since": "deprecated since",
    "remove_in": "goes in",
    "replaced_by": "use instead",
}

_version = click.option(
    "--version", "version", default=SCHEMA_VERSION, show_default=True, metavar="VERSION", help="The version of the schema."
)


@click.command(name="show")
@click.argument("what", metavar="[NAME]", default="")
@_version
@as_json
def show(what: str, version: str, json_: bool) -> None:
    """Show the versions, or what is known of NAME: a document or class (Contact, EmailAddress), a list of words (Channel), or a field.

    A field is named as it stands in the contact, such as emails or emails.address, or by its name alone.
    """
    from canonical_contact.schema import published_dictionary

    told = published_dictionary(version)
    if not what:
        _versions(json_=json_)
        return
    found = _named(told, what) or _fields(told, what) or _named(told, _spelt(told, what))
    if found is None:
        raise NotFoundError(f"Schema {version} has no {what}.", path="name", hint=_hint(told, what))
    if json_:
        print_json(found)
    elif "words" in found:
        _print(found["name"], found["meaning"], _grid([("", word) for word in found["words"]]))
    elif "name" in found:
        _print(found["name"], found["meaning"], _rows(found["fields"]))
    else:
        _print_fields(found["fields"], told)


@click.command(name="export")
@_version
@click.option(
    "--what",
    type=click.Choice(WHAT),
    default="json-schema",
    show_default=True,
    help="The JSON Schema (2020-12), the data dictionary (JSON), a data contract (ODCS 3.1.0, JSON), or the dictionary's page (Markdown).",
)
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to write; default: standard output.")
@as_json
def export(version: str, what: str, output: str, json_: bool) -> None:
    """Write the JSON Schema or the data dictionary of a version, as it was published."""
    if output == "-" and json_ and what == "page":
        raise click.UsageError("A page is no JSON; name a file with -o, or another --what.")
    check_writable(output)
    text = _document(version, what)
    with writing(output) as stream:
        stream.write(text)
    if output != "-" and json_:
        print_json({"version": version, "what": what, "output": output})
    elif output != "-":
        note(f"{what} of schema {version} written to {output}")


def _document(version: str, what: str) -> str:
    from canonical_contact.schema import dictionary_page, odcs, published_dictionary, published_schema, published_status

    if what == "page":
        return dictionary_page(published_dictionary(version))
    if what == "odcs":
        status = "active" if published_status(version) == "published" else "draft"
        value = odcs(published_dictionary(version), status=status)
    else:
        value = published_schema(version) if what == "json-schema" else published_dictionary(version)
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _versions(*, json_: bool) -> None:
    from canonical_contact.schema import published_dictionary, published_status, published_versions

    rows = []
    for version in published_versions():
        told = published_dictionary(version)
        fields = [row for document in told["documents"] for row in document["fields"]]
        rows.append(
            {
                "version": version,
                "status": published_status(version),
                "schema": told["schema"],
                "documents": [document["name"] for document in told["documents"]],
                "fields_of_a_contact": len(told["documents"][0]["fields"]),
                "new": sorted({row["path"] for row in told["documents"][0]["fields"] if row["since"] == version}),
                "deprecated": sorted({row["path"] for row in fields if "deprecated_since" in row}),
            }
        )
    if json_:
        print_json(rows)
        return
    table = _table("Version", "Status", "Fields of a contact", "New", "Deprecated", "Name")
    for row in rows:
        new = "" if row is rows[0] else str(len(row["new"]))
        _add(
            table,
            row["version"],
            row["status"],
            str(row["fields_of_a_contact"]),
            new,
            ", ".join(row["deprecated"]),
            row["schema"],
        )
    to_terminal().print(table)


def _named(told: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    return _class(told, name) or _words(told, name)


def _spelt(told: Mapping[str, Any], name: str) -> str:
    """Find how a class or a list of words is spelt, whatever its case: `emailaddress` is `EmailAddress`, but `owner` is a field."""
    names = [row["class"] for document in told["documents"] for row in document["fields"]] + [
        one["name"] for one in told["words"]
    ]
    return next((known for known in names if known.casefold() == name.casefold()), "")


def _class(told: Mapping[str, Any], what: str) -> dict[str, Any] | None:
    """A document with its own fields, or a class within documents with its fields once."""
    for document in told["documents"]:
        if document["name"] == what:
            return {**document, "fields": [row for row in document["fields"] if row["path"].count(".") == 1]}
    rows: dict[str, dict[str, Any]] = {}
    for document in told["documents"]:
        for row in document["fields"]:
            if row["class"] == what:
                rows.setdefault(row["name"], row)
    if not rows:
        return None
    first = next(iter(rows.values()))
    return {"name": first["class"], "meaning": f"Under {first['path'].rpartition('.')[0]}.", "fields": list(rows.values())}


def _words(told: Mapping[str, Any], what: str) -> dict[str, Any] | None:
    return next((dict(one) for one in told["words"] if one["name"] == what), None)


def _fields(told: Mapping[str, Any], what: str) -> dict[str, Any] | None:
    """The field at a path of a document, the first document that has it; else every field of that name in a contact."""
    bare = _bare(what)
    for document in told["documents"]:
        at = [row for row in document["fields"] if _bare(row["path"]) == bare]
        if at:
            return {"document": document["name"], "fields": at}
    for document in told["documents"]:
        named = [row for row in document["fields"] if row["name"] == what]
        if named:
            return {"document": document["name"], "fields": named}
    return None


def _bare(path: str) -> str:
    return path.removeprefix("$.").replace("[]", "").replace("[*]", "")


def _hint(told: Mapping[str, Any], what: str) -> str:
    rows = [row for document in told["documents"] for row in document["fields"]]
    names = {row["class"] for row in rows} | {row["name"] for row in rows} | {one["name"] for one in told["words"]}
    near = get_close_matches(what, sorted(names | {_bare(row["path"]) for row in rows}), n=3)
    return f"Did you mean: {', '.join(near)}?" if near else "Name a class such as Contact, or a field such as emails.address."


def _print_fields(rows: Sequence[Mapping[str, Any]], told: Mapping[str, Any]) -> None:
    for row in rows:
        pairs = [(word, _cell(row[key])) for key, word in _TOLD.items() if key in row]
        _print(row["name"], "", _grid(pairs))
    if len(rows) == 1:
        kind = rows[0]["type"]
        inner, words = _class(told, kind), _words(told, kind)
        if inner:
            _print(kind, "", _rows(inner["fields"]))
        elif words:
            _print(kind, words["meaning"], _grid([("", word) for word in words["words"]]))


def _cell(value: Any) -> str:  # noqa: ANN401  what JSON has
    if isinstance(value, Mapping) and all(isinstance(names, list) for names in value.values()):  # columns by preset
        return "\n".join(f"{preset}: {', '.join(names)}" for preset, names in value.items() if preset != "sheet")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _rows(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("Field", "Type", "How often", "Meaning", "Example", "PII", "Since")
    for row in rows:
        end = f" (deprecated since {row['deprecated_since']}: use {row['replaced_by']})" if "deprecated_since" in row else ""
        cells = (
            row["name"],
            row["type"],
            row["cardinality"],
            row["meaning"] + end,
            _cell(row["example"]),
            row["pii"],
            row["since"],
        )
        _add(table, *cells)
    return table


def _grid(pairs: Sequence[tuple[str, str]]) -> Table:
    from rich.table import Table as RichTable

    table = RichTable(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for pair in pairs:
        _add(table, *pair)
    return table


def _table(*titles: str) -> Table:
    from rich.table import Table as RichTable

    table = RichTable(box=None, pad_edge=False, header_style="dim")
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _add(table: Table, *cells: str) -> None:
    from rich.text import Text

    table.add_row(*(Text(cell) for cell in cells))  # Text: an example is never read as markup


def _print(title: str, meaning: str, table: Table) -> None:
    from rich.text import Text

    console = to_terminal()
    console.print(Text(title, style="bold"))
    if meaning:
        console.print(Text(meaning))
    console.print(table)
    console.print()
