"""The raw paths: where a mapping may put a cell (docs/mapping.md explains each)."""

from __future__ import annotations

import re

__all__ = ["LISTS", "MAIN", "SCALARS", "parse_path"]

SCALARS = frozenset(
    {
        "birthday",
        "created_at",
        "deleted",
        "gender",
        "lifecycle.converted_at",
        "lifecycle.stage",
        "lifecycle.status",
        "name.full",
        "name.given",
        "name.given2",
        "name.phonetic.given",
        "name.phonetic.surname",
        "name.sort_as",
        "name.suffix",
        "name.surname",
        "name.title",
        "owner",
        "source_channel",
        "time_zone",
        "updated_at",
    }
)
LISTS: dict[str, frozenset[str]] = {
    "nicknames": frozenset({""}),
    "emails": frozenset({"address", "label", "pref", "type", "verified_at", "verified_method", "bounced", "bounced_at"}),
    "phones": frozenset({"number", "label", "pref"}),
    "addresses": frozenset({"full", "street", "extended", "po_box", "locality", "region", "postcode", "country", "label"}),
    "organizations": frozenset({"name", "units", "external_id"}),
    "titles": frozenset({""}),
    "notes": frozenset({""}),
    "tags": frozenset({""}),
    "preferred_languages": frozenset({""}),
    "online_services": frozenset({"uri", "label"}),
    "anniversaries": frozenset({"date", "label"}),
    "same_as": frozenset({""}),
    "custom": frozenset({"value", "label"}),
}
# A group of a list is only there where it has one of these.
MAIN: dict[str, frozenset[str]] = {
    "emails": frozenset({"address"}),
    "phones": frozenset({"number"}),
    "addresses": LISTS["addresses"] - {"label"},
    "organizations": LISTS["organizations"],
    "online_services": frozenset({"uri"}),
    "anniversaries": frozenset({"date"}),
    "custom": frozenset({"value"}),
}
_PATH = re.compile(r"(\w+)\[([\w ]*)\](?:\.(\w+))?\Z")


def parse_path(path: str) -> tuple[str, str, str] | None:
    """Take a path apart: (list, group, part), ("", "", path) for a scalar, None for a path that there is not.

    >>> parse_path("emails[work].address"), parse_path("name.given"), parse_path("email")
    (('emails', 'work', 'address'), ('', '', 'name.given'), None)
    """
    if path in SCALARS or path == "extensions":
        return "", "", path
    match = _PATH.match(path)
    if match is None:
        return None
    name, group, part = match[1], match[2], match[3] or ""
    return (name, group, part) if part in LISTS.get(name, ()) else None
