# States, provinces, prefectures: from what people write to the code of ISO 3166-2; the table is generated.
from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Final

from attrs import frozen

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, is_blank, plain

__all__ = ["Subdivision", "find_subdivisions", "subdivision", "subdivisions_of"]

_LIMIT: Final = 200
# What stands for "state", "province" and their like around a name, in the languages of the table.
_KINDS: Final = re.compile(
    r"^(?:state of|province of|provincia (?:di|de)|prov(?:incia|ince)?|departamento (?:de|del)|departamento|dep(?:to)?|estado (?:de|do|da)|"
    r"estado|edo|region (?:de|del)|region|emirate of|county of|county|co|comunidad (?:de|autonoma de)|principado de|islas|prefecture of|"
    r"governorate of|territory of|der|the)[. ]+|"
    r"[ -](?:state|province|provinsi|prefecture|pref|county|governorate|district|region|emirate|parish|island|islands|oblast'?|obl|kray|krai|"
    r"respublika|republic|sheng|shi|do|si|to|fu|ken|city|ili|territory)$|"
    r" (?:область|обл|край|oблacть)$|^(?:республика|город|г|м|місто)[. ]+|(?<=.)(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|都|府|県|省|市|縣|특별자치시|특별자치도|"
    r"특별시|광역시|도)$"
)


@frozen
class Subdivision:
    """A state, province or prefecture.

    Args:
        code: ISO 3166-2, such as `US-CA`; empty where the table has none.
        written: as addresses in its country have it (`CA`, `東京都`).
        name: its name in the language of its country.
        latin: its name in Latin letters.
        region: ISO 3166-1 alpha-2 of its country.
    """

    code: str
    written: str
    name: str
    latin: str
    region: str


@cache
def _table() -> dict[str, list[list[str]]]:
    text = (files(__package__) / "data" / "subdivisions.json").read_text(encoding="utf-8")
    table: dict[str, list[list[str]]] = json.loads(text)["subdivisions"]
    return table


@cache
def subdivisions_of(region: str) -> tuple[Subdivision, ...]:
    """Give all subdivisions of a country that addresses name, in the table's order."""
    return tuple(
        Subdivision(f"{region}-{iso}" if iso else "", written, name or written, latin or name or written, region)
        for iso, written, name, latin, *_ in _table().get(region, ())
    )


@cache
def _index(region: str) -> dict[str, tuple[Subdivision, ...]]:
    """Every folded name and code of a country's subdivisions; a shortened name only where no full one is the same."""
    full: dict[str, tuple[Subdivision, ...]] = {}
    short: dict[str, tuple[Subdivision, ...]] = {}
    for it, row in zip(subdivisions_of(region), _table().get(region, ()), strict=True):
        for text in filter(None, row):
            name = _bare(text)
            full[name] = tuple(dict.fromkeys((*full.get(name, ()), it)))
            stem = _KINDS.sub("", name).strip()
            if len(stem) > 1:
                short[stem] = tuple(dict.fromkeys((*short.get(stem, ()), it)))
    # a code of one may be a name or key of another (CV, Cape Verde): what people write wins
    for it, row in zip(subdivisions_of(region), _table().get(region, ()), strict=True):
        if row[1] and len(row[1]) < 4 and row[1].isascii():
            full[_bare(row[1])] = (it,)
    return {**short, **full}


def _bare(text: str) -> str:
    return plain(text).replace(".", "").replace("&", "and").replace("-", " ").strip(" ,;")


def find_subdivisions(text: str, region: str) -> tuple[Subdivision, ...]:
    """Give the subdivisions of a country that a clean text may name, nothing where it names none."""
    if region not in _table():
        return ()
    index = _index(region)
    if found := index.get(text.lower()):
        return found
    bare = _bare(text[:_LIMIT])
    if found := index.get(bare):
        return found
    if bare.startswith(region.lower() + " ") and (found := index.get(bare[3:])):  # US-CA
        return found
    inner = re.fullmatch(r"(.{1,60}) \((.{1,60})\)", bare)
    if inner:
        return index.get(inner[1], ()) or index.get(inner[2], ())
    stem = _KINDS.sub("", bare).strip()
    return index.get(stem, ()) if stem != bare and stem else ()


def subdivision(raw: str, *, region: str = "", language: str = "", column: str = "") -> Normalized[Subdivision]:  # noqa: ARG001 - uniform
    """Read a state, province or prefecture of a country.

    Args:
        raw: its name in the language of its country or in Latin letters, its short form, or its code (`US-CA`).
        region: ISO 3166-1 alpha-2 of the country; without it only a code of ISO 3166-2 can be read.
        language: BCP 47 tag of the text; not used.
        column: the header or raw path that the text came from; not used.

    Returns:
        The subdivision; its code is the key. `address.region_unknown` where the country's addresses know none of that name, and
        `address.region_ambiguous` with the readings as alternatives where they know several.

    >>> subdivision("calif.", region="US").problems[0].code, subdivision("california", region="US").value.code
    ('address.region_unknown', 'US-CA')
    >>> subdivision("Tokyo", region="JP").value.written, subdivision("US-NY").value.name
    ('東京都', 'New York')
    """
    text = clean(raw[:_LIMIT]).strip(" ,;")
    if not text:
        if is_blank(raw):
            return Normalized(None, raw=raw)
        problem = Problem("address.placeholder", raw=raw[:200], hint="It says that there is none.", severity=Severity.INFO)
        return Normalized(None, confidence=0.0, problems=(problem,), raw=raw)
    place = region.strip().upper()
    if place not in _table() and len(text) > 3 and text[2] == "-" and text[:2].upper() in _table():
        place = text[:2].upper()
    found = find_subdivisions(text, place)
    if not found:
        hint = "It is no subdivision that the country's addresses name." if place in _table() else "Say the country: region=."
        problem = Problem("address.region_unknown", raw=raw[:200], hint=hint, severity=Severity.INFO)
        return Normalized(None, confidence=0.0, problems=(problem,), raw=raw)
    keys = tuple(it.code or f"{place}-{it.written}" for it in found[:1])
    if len(found) > 1:
        hint = "Several subdivisions of the country bear the name."
        problem = Problem("address.region_ambiguous", raw=raw[:200], hint=hint, severity=Severity.INFO)
        return Normalized(found[0], keys, 0.5, found[1:], (problem,), raw)
    return Normalized(found[0], keys, raw=raw)
