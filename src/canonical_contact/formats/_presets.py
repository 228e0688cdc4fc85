"""The mappings and tables that ship with the library, loaded on first use and held by the object that a run passes on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib import resources

from attrs import evolve

from canonical_contact.formats._consent import Vocabulary
from canonical_contact.formats._fold import fold_header
from canonical_contact.formats._mapping import Mapping, mapping_from_toml
from canonical_contact.formats._match import header_match
from canonical_contact.formats._notes import NoteScanner
from canonical_contact.formats._sheet import Synonyms
from canonical_contact.formats._suspects import Suspects

__all__ = ["PRESET_NAMES", "Presets"]

PRESET_NAMES = ("hubspot", "salesforce_contact", "salesforce_lead", "mailchimp", "google", "outlook")


def _read(folder: str, name: str) -> str:
    return (resources.files("canonical_contact.formats") / folder / f"{name}.toml").read_text(encoding="utf-8")


class Presets:
    """Presets, word lists and phrases; make one for a run and pass it to `discover` and `read`.

    Args:
        more: mappings of the host's own, with `detect` lists; they are tried before the shipped ones.
    """

    def __init__(self, more: Iterable[Mapping] = ()) -> None:
        self._more = tuple(more)

    @cached_property
    def mappings(self) -> tuple[Mapping, ...]:
        """All mappings that are recognised by their header, the host's own first."""
        shipped = (
            evolve(mapping_from_toml(_read("presets", name), name=name, source=name), shipped=True) for name in PRESET_NAMES
        )
        return (*self._more, *shipped)

    def get(self, name: str) -> Mapping | None:
        """Find a preset by its name."""
        return next((mapping for mapping in self.mappings if mapping.name == name), None)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of consent and flag columns."""
        return Vocabulary(tomllib.loads(_read("data", "words")))

    @cached_property
    def suspects(self) -> Suspects:
        """The patterns of headers that look like consent."""
        return Suspects(tomllib.loads(_read("data", "suspects")))

    @cached_property
    def notes(self) -> NoteScanner:
        """The phrases that ask to be left alone."""
        return NoteScanner(tomllib.loads(_read("data", "phrases")))

    @cached_property
    def sheet(self) -> Synonyms:
        """The headers of any other table, in ten languages."""
        return Synonyms(tomllib.loads(_read("presets", "sheet")))

    def recognise(self, header: Sequence[str]) -> Mapping | None:
        """Find the mapping that a header belongs to; None where it is not one of contacts.

        A mapping fits where one of its `detect` lists is there whole; among several the one that knows most columns.
        """
        folded = {fold_header(name) for name in header}
        fits = [one for one in self.mappings if any(all(fold_header(name) in folded for name in names) for names in one.detect)]
        if fits:
            return max(fits, key=lambda one: header_match(one, header))
        return self.sheet.mapping(header)
