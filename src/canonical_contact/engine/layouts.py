"""How the files of a store were read: kept beside the records, so that these can be normalised again without their files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from attrs import asdict, evolve, frozen

if TYPE_CHECKING:
    from canonical_contact.formats import Again, Presets, Reading
    from canonical_contact.ports import ContactStore

__all__ = ["SETTING", "Layout", "again", "keep_layouts", "layout_of", "layouts"]

SETTING = "formats.layouts"
_A_FILE = 20  # layouts of one name that are kept, the latest first
_FILES = 5_000


@frozen
class Layout:
    """How a file was read.

    Args:
        file: the file, as the caller named it.
        system: the source's name.
        preset: the preset's name; `sheet` for any other table, or the name of a mapping of one's own.
        label: name, version and mark of the mapping, as records are hashed with it.
        region: the run's default region.
        rules: the version of the profile.
        header: the names of the columns; empty for cards.
        order: the order of dates that the rows showed.
        mapping: a mapping of one's own, as JSON; empty for those that ship.
    """

    file: str
    system: str
    preset: str
    label: str
    region: str
    rules: str
    header: tuple[str, ...] = ()
    order: str = ""
    mapping: str = ""


def layout_of(reading: Reading, region: str, rules: str) -> Layout | None:
    """Describe how a file is read; None for formats whose records cannot be made again."""
    from canonical_contact.schema import to_json

    source, mapping = reading.source, reading.mapping
    if mapping is None:
        if source.preset != "vcard":
            return None
        return Layout(source.name, source.system, source.preset, source.preset, region, rules)
    header = source.layout.header if source.layout else ()
    order = mapping.date_order if mapping.order_shown else ""
    own = "" if mapping.shipped else to_json(mapping)
    return Layout(source.name, source.system, mapping.name, mapping.label, region, rules, header, order, own)


def layouts(store: ContactStore) -> dict[str, list[Layout]]:
    """Read what the store keeps: file → layouts, the latest first."""
    data: dict[str, list[dict[str, Any]]] = json.loads(store.setting(SETTING) or "{}")
    return {file: [Layout(**{**one, "header": tuple(one.get("header", ()))}) for one in found] for file, found in data.items()}


def keep_layouts(store: ContactStore, fresh: Iterable[Layout]) -> None:
    """Keep how files were read; nothing is written where it is known."""
    known = layouts(store)
    before = {file: list(found) for file, found in known.items()}
    for one in fresh:
        found = known.pop(one.file, [])
        known[one.file] = [one, *(other for other in found if other != one)][:_A_FILE]
    if known != before:
        kept = dict(list(known.items())[-_FILES:])
        store.put_setting(
            SETTING, json.dumps({file: [_plain(one) for one in found] for file, found in kept.items()}, ensure_ascii=False)
        )


def _plain(one: Layout) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if value not in ("", (), [])} | {
        "rules": one.rules,
        "region": one.region,
    }


def again(one: Layout, presets: Presets) -> Again | None:
    """Make what makes a file's records again, by the mapping of today where it ships; None where there is none any more.

    Args:
        one: how the file was read.
        presets: the tables of the run.
    """
    from canonical_contact.formats import Again
    from canonical_contact.formats import Mapping as Columns
    from canonical_contact.schema import from_json

    if one.preset == "vcard":
        return Again(one.file, one.system, one.preset, header=(), mapping=None, presets=presets)
    mapping = from_json(Columns, one.mapping) if one.mapping else presets.get(one.preset) or presets.recognise(one.header)
    if mapping is None or mapping.name != one.preset:
        return None
    if one.order:
        mapping = evolve(mapping, date_order=one.order, order_shown=True)
    return Again(one.file, one.system, one.preset, header=one.header, mapping=mapping, presets=presets)
