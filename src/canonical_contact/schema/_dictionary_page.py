"""The data dictionary as a page to read (Markdown): a table for each document and each class within."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["dictionary_page"]

_PRESETS = {
    "hubspot": "HubSpot",
    "salesforce_contact": "Salesforce contact",
    "salesforce_lead": "Salesforce lead",
    "mailchimp": "Mailchimp",
    "google": "Google",
    "outlook": "Outlook",
}
_SILENT = ("sheet",)  # headers in ten languages: too many for a page; the JSON file has them
_LEGEND = """\
How to read it:

- **n** is how often: `1` always there, or counts as its default; `0..1`; `0..n` a list, best first; `map` text by name.
- **PII** is how personal a value is: `none`, `pseudonym` (an id), `identity`, `contact`, `location`, `personal`, `sensitive` (free text, or
  may touch special categories), `consent`.
- **made by** is the normaliser with its version; **merge** is which value survives where records differ: `union` of all, a strategy of
  the merge, `fold` for what is computed from all of them, `follow(name)` for what moves with the name that won.
- Elsewhere, `x` and `JSPROP` stand for an extension property of our own in JSContact and vCard. A row without one moves with the value
  that it is part of.
"""


def dictionary_page(dictionary: Mapping[str, Any], *, title: str = "") -> str:
    """Write a dictionary as a page of Markdown.

    Args:
        dictionary: what `dictionary` or `published_dictionary` gave.
        title: the heading; without it the version's.

    >>> from canonical_contact.schema import dictionary
    >>> dictionary_page(dictionary(version="1.0")).splitlines()[0]
    '# The data dictionary of schema 1.0'
    """
    lines = [f"# {title or 'The data dictionary of schema ' + dictionary['version']}", "", *_LEGEND.splitlines(), ""]
    shown: set[str] = set()
    for document in dictionary["documents"]:
        rows = document["fields"]
        parents = {row["path"].rpartition(".")[0] for row in rows}
        shown.add(document["name"])
        own = [row for row in rows if row["path"].count(".") == 1 or row["class"] == "extensions"]
        lines += [f"## {document['name']}", "", document["meaning"], "", *_tables(own, dictionary)]
        for name, places in _inner(rows, parents).items():
            if name not in shown:
                shown.add(name)
                members = [row for row in rows if row["path"].rpartition(".")[0] in places]
                where = ", ".join(f"`{place}`" for place in places)
                lines += [f"### {name}", "", f"Under {where}.", "", *_tables(members, dictionary)]
    lines += ["## Words", "", "| list | words |", "|---|---|"]
    lines += [_line((f"<a id='{one['name'].lower()}'></a>`{one['name']}`", _names(one["words"]))) for one in dictionary["words"]]
    return "\n".join(lines) + "\n"


def _inner(rows: Iterable[Mapping[str, Any]], parents: set[str]) -> dict[str, list[str]]:
    """Classes within a document, and the paths under which they stand."""
    found: dict[str, list[str]] = {}
    for row in rows:
        place = row["path"] if row["path"] in parents else f"{row['path']}[]"
        if place in parents and row["class"] != "extensions":
            found.setdefault(row["type"], []).append(place)
    return found


def _tables(rows: list[Mapping[str, Any]], dictionary: Mapping[str, Any]) -> Iterator[str]:
    merged = _by_name(rows)
    linked = {one["name"] for one in dictionary["words"]} | {
        row["type"] for document in dictionary["documents"] for row in document["fields"] if row["type"][:1].isupper()
    }
    yield from (
        "| field | type | n | meaning | example | PII | made by | merge | since |",
        "|---|---|---|---|---|---|---|---|---|",
    )
    for row in merged:
        kind = f"[{row['type']}](#{row['type'].lower()})" if row["type"] in linked else row["type"]
        end = f"**Deprecated since {row['deprecated_since']}**" if "deprecated_since" in row else ""
        end += f", goes in {row['remove_in']}" if end and "remove_in" in row else ""
        end += f"; use `{row['replaced_by']}`." if end and "replaced_by" in row else "." if end else ""
        said = row.get("validation", "")
        form = "" if not said or said.casefold() in row["meaning"].casefold() else f"Form: {said}."
        meaning = " ".join(filter(None, (row["meaning"], form, end)))
        yield _line(
            (
                f"`{row['name']}`",
                kind,
                row["cardinality"],
                meaning,
                f"`{json.dumps(row['example'], ensure_ascii=False)}`",
                row["pii"],
                row.get("normalizer", ""),
                row.get("survivorship", ""),
                row["since"],
            )
        )
    yield ""
    elsewhere = [row for row in merged if row.get("jscontact") or row.get("vcard") or _columns(row)]
    if elsewhere:
        yield from ("Elsewhere:", "", "| field | JSContact | vCard | columns of the presets |", "|---|---|---|---|")
        for row in elsewhere:
            codes = (f"`{row[key]}`" if row.get(key) else "" for key in ("jscontact", "vcard"))
            yield _line((f"`{row['name']}`", *codes, _columns(row)))
        yield ""


def _by_name(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each field of a class, with the columns of all places where the class stands."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(row["name"], {**row, "sources": {}})
        for preset, columns in row.get("sources", {}).items():
            one["sources"][preset] = list(dict.fromkeys([*one["sources"].get(preset, []), *columns]))
    return list(found.values())


def _columns(row: Mapping[str, Any]) -> str:
    told = [(preset, columns) for preset, columns in row["sources"].items() if preset not in _SILENT]
    return "; ".join(f"{_PRESETS.get(preset, preset)}: {_names(columns)}" for preset, columns in told)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
