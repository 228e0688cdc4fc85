"""The raw paths: where a mapping may put a cell (docs/mapping.md explains each)."""

from __future__ import annotations

import re

__all__ = ["ADDRESS_PARTS", "LISTS", "MAIN", "SCALARS", "parse_path"]

SCALARS = frozenset(
    {
        "birthday",
        "created_at",
        "deleted",
        "gender",
        "grammatical_gender",
        "kind",
        "lifecycle.converted_at",
        "lifecycle.stage",
        "lifecycle.status",
        "name.credential",
        "name.full",
        "name.generation",
        "name.given",
        "name.given2",
        "name.phonetic.given",
        "name.phonetic.given2",
        "name.phonetic.surname",
        "name.phonetic.system",
        "name.sort_as",
        "name.suffix",
        "name.surname",
        "name.surname2",
        "name.title",
        "owner",
        "owners.consent_queries",
        "owners.enrichment",
        "owners.merge_approval",
        "revenue.currency",
        "revenue.deals",
        "revenue.first_deal_at",
        "revenue.last_deal_amount",
        "revenue.last_deal_at",
        "revenue.total",
        "score",
        "source_channel",
        "time_zone",
        "updated_at",
    }
)
# Parts of an address that are finer than its fields, as RFC 9553, section 2.5.1.2, names them.
ADDRESS_PARTS = (
    *("number", "name", "apartment", "room", "floor", "building", "block", "district", "subdistrict", "direction", "landmark"),
    *("locality", "region", "postcode", "country", "postOfficeBox", "separator"),
)
_ADDRESS = frozenset(
    {
        "full",
        "street",
        "extended",
        "po_box",
        "locality",
        "region",
        "postcode",
        "country",
        *(f"part.{kind}" for kind in ADDRESS_PARTS),
    }
)
LISTS: dict[str, frozenset[str]] = {
    "nicknames": frozenset({""}),
    "emails": frozenset(
        {"address", "label", "pref", "type", "status", "verified_at", "verified_method", "bounced", "bounced_at"}
    ),
    "phones": frozenset({"number", "label", "pref"}),
    "addresses": _ADDRESS | {"label", "pref", "coordinates", "time_zone"},
    "organizations": frozenset({"name", "units", "external_id"}),
    "titles": frozenset({""}),
    "roles": frozenset({""}),
    "pronouns": frozenset({""}),
    "notes": frozenset({""}),
    "tags": frozenset({""}),
    "preferred_languages": frozenset({""}),
    "preferred_channels": frozenset({""}),
    "restrictions": frozenset({""}),
    "online_services": frozenset({"uri", "user", "label", "pref"}),
    "external_ids": frozenset({"id", "system"}),
    "anniversaries": frozenset({"date", "label", "kind"}),
    "nps": frozenset({"score", "at"}),
    "same_as": frozenset({""}),
    "custom": frozenset({"value", "label"}),
}
# A group of a list is only there where it has one of these.
MAIN: dict[str, frozenset[str]] = {
    "emails": frozenset({"address"}),
    "phones": frozenset({"number"}),
    "addresses": _ADDRESS | {"coordinates"},
    "organizations": LISTS["organizations"],
    "online_services": frozenset({"uri", "user"}),
    "external_ids": frozenset({"id"}),
    "anniversaries": frozenset({"date"}),
    "nps": frozenset({"score"}),
    "custom": frozenset({"value"}),
}
_PATH = re.compile(r"(\w+)\[([\w ]*)\](?:\.(\w+(?:\.\w+)?))?\Z")


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
