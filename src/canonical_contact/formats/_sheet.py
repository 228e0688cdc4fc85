"""Any other table: headers in ten languages become a mapping of that one file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from canonical_contact.formats._fold import plain
from canonical_contact.formats._mapping import Column, ConsentRule, Mapping

__all__ = ["TARGETS", "Synonyms", "column_of"]

_NUMBER = re.compile(r" ?(?<!\d)\d+\Z")
# key of a header → raw path
TARGETS = {
    "email": "emails[].address",
    "phone": "phones[].number",
    "url": "online_services[].uri",
    "organization": "organizations[0].name",
    "unit": "organizations[0].units",
    "titles": "titles[]",
    "notes": "notes[]",
    "tags": "tags[]",
    "nicknames": "nicknames[]",
    "language": "preferred_languages[]",
}
_ENDPOINTS = ("email", "phone")


class Synonyms:
    """The table of presets/sheet.toml."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._version = int(data["version"])
        self._orders = {name: table.get("date_order", "") for name, table in data.items() if isinstance(table, dict)}
        self._languages: dict[str, dict[str, str]] = {
            name: table["columns"] for name, table in data.items() if isinstance(table, dict) and "columns" in table
        }
        self._consent: dict[str, ConsentRule] = {}
        for name, headers in data["consent"].items():
            says, _, channel = name.rpartition("_")
            purpose = "marketing" if says == "opt_in" or channel == "email" else "any"
            self._consent.update({header: ConsentRule(says, channel, purpose) for header in headers})

    @property
    def headers(self) -> dict[str, str]:
        """Every header that is known, folded, with its key; where languages differ, the first."""
        known: dict[str, str] = {}
        for table in self._languages.values():
            for header, key in table.items():
                known.setdefault(header, key)
        return known

    @property
    def consent(self) -> dict[str, ConsentRule]:
        """Headers whose meaning for consent is plain, folded."""
        return self._consent

    def date_order(self, order: Sequence[str]) -> str:
        """How dates are written where the first of these languages is spoken; empty where that is not certain."""
        return self._orders.get(order[0], "") if order else ""

    def mapping(self, header: Sequence[str]) -> Mapping | None:
        """Make the mapping of a header; None where it is not one of contacts.

        It is one where a column of e-mails or phones, or columns of given names and surnames, are there, and enough of the rest is known.
        """
        folded = [plain(name) for name in header]
        order = self.order_of_languages(folded)
        keys = [self.key(name, order) for name in folded]
        filled, known = sum(map(bool, folded)), sum(map(bool, keys))
        stems = {key.split(":")[0] for key in keys if key}
        names = bool(stems & {"name.full", "name.full|surname"}) or {"name.given", "name.surname"} <= stems
        reached = bool(stems & set(_ENDPOINTS))
        if not filled or not (reached or (known >= 3 and {"name.given", "name.surname"} <= stems)):
            return None
        if not (known >= 3 or (known / filled >= 0.3 and (names or known == filled)) or (known >= 2 and known / filled >= 0.5)):
            return None
        columns, own_id, consent = self._columns(header, folded, keys, stems)
        date_order = self.date_order(order)
        return Mapping(
            name="sheet", version=self._version, id=own_id, columns=columns, consent=consent, date_order=date_order, shipped=True
        )

    def order_of_languages(self, folded: Sequence[str]) -> list[str]:
        """Languages by how many headers they know alone or with others; the first is asked first for an ambiguous word."""
        counts = {
            name: sum(bool(self._lookup(table, header)) for header in folded if header) for name, table in self._languages.items()
        }
        return sorted((name for name in counts if counts[name]), key=lambda name: (-counts[name], name != "en", name))

    @staticmethod
    def _lookup(table: dict[str, str], header: str) -> str:
        return table.get(header) or table.get(_NUMBER.sub("", header), "")

    def key(self, header: str, order: Sequence[str]) -> str:
        """What a folded header holds, by the first language that knows it; `a|b` where that depends on the others."""
        return next(filter(None, (self._lookup(self._languages[name], header) for name in order)), "") if header else ""

    def _columns(
        self, header: Sequence[str], folded: Sequence[str], keys: Sequence[str], stems: set[str]
    ) -> tuple[dict[str, Column], tuple[str, ...], dict[str, ConsentRule]]:
        columns: dict[str, Column] = {}
        own_id: list[str] = []
        consent: dict[str, ConsentRule] = {}
        before = ""
        for name, plain_name, key in zip(header, folded, keys, strict=True):
            key = self.choose(key, stems, before)
            before = key
            if plain_name in self._consent:
                consent[name] = self._consent[plain_name]
            elif key == "id":
                own_id.append(name)
            elif key:
                columns[name] = column_of(key)
        return columns, tuple(own_id[:1]), consent

    @staticmethod
    def choose(key: str, stems: set[str], before: str) -> str:
        """Settle an ambiguous key by what the other columns hold, and by the column before it."""
        first, _, second = key.partition("|")
        if not second:
            return key
        given, surname = "name.given" in stems, bool(stems & {"name.surname"})
        use_second = {
            "surname": given and not surname,
            "given": surname,
            "name.title": any(stem == "titles" for stem in stems),
            "house": before in ("address.street", "address.full"),
            "street": bool(stems & {"address.locality", "address.postcode"}),
        }[second]
        full = {"surname": "name.surname", "given": "name.given", "house": "address.house", "street": "address.street"}
        return full.get(second, second) if use_second else first


def column_of(key: str) -> Column:
    """Tell where the cells of a key go."""
    stem, _, label = key.partition(":")
    if stem == "address.house":
        return Column("addresses[0].street", join=" ")
    if stem == "address.street":
        return Column("addresses[0].street", join=" ")
    if stem.startswith("address."):
        return Column(f"addresses[0].{stem.removeprefix('address.')}")
    if stem == "name.particle":
        return Column("name.surname", join=" ")
    if stem == "name.surname":
        return Column("name.surname", join=" ")
    if stem == "tags":
        return Column("tags[]", split=(",", ";", "|"))
    return Column(TARGETS.get(stem, stem), label=label)
