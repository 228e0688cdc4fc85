"""A record as it was read → the source record: its draft in canonical form, the claims under it, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring as _quoted
from typing import Any, Final

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.model.contact import Card
from canonical_contact.model.ids import digest
from canonical_contact.model.lifecycle import Lifecycle
from canonical_contact.model.name import Name
from canonical_contact.model.organization import Organization
from canonical_contact.model.source import RawRecord, SourceRecord
from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._lifecycle import read_lifecycle
from canonical_contact.normalize._memo import NAME_PARTS, Readers, placeholder
from canonical_contact.normalize._record_rare import RARE_LISTS, RARE_NAMES, RARE_SCALARS, Rare
from canonical_contact.normalize._text import clean, clean_lines
from canonical_contact.normalize.profile import Profile

__all__ = ["Normalizer", "digest_of", "is_organization", "unnamed"]

_SPECIAL: Final = re.compile(r'["\\\x00-\x1f]').search  # what JSON escapes


class Normalizer:
    """Normalises the records of one run; what it has read once it reads from its memo.

    Args:
        default_region: ISO 3166-1 alpha-2 of phone numbers in records that show no country at all.
        profile: the rules, whose versions go into claims and digests.

    >>> raw = RawRecord("hubspot", "17", 1, "h.csv", 2, {"name.given": "ANNA", "emails[0].address": "A@Example.com"})
    >>> record = Normalizer().record(raw, "hubspot:17", "17")
    >>> record.card.name.given, record.card.emails[0].address
    ('Anna', 'a@example.com')
    """

    def __init__(self, default_region: str = "", profile: Profile | None = None) -> None:
        self.default_region = default_region.upper()
        self.profile = profile or Profile()
        self.rules_version = self.profile.version
        self.plain = self.profile.plain
        self.readers = Readers(self.profile)

    def record(self, raw: RawRecord, key: str, record_id: str) -> SourceRecord:
        """Normalise one record.

        Args:
            raw: the record as it was read.
            key: key of the source record, `system:record_id`.
            record_id: the id within the system.

        Returns:
            The source record. Every value of `raw` is in its card, in `extensions`, or named by a problem.
        """
        return _Record(self, raw, key, record_id).build()


def unnamed(texts: Iterable[str]) -> tuple[Problem, ...]:
    """Say that the texts of a name give none, where its reader does not."""
    return next(filter(None, map(placeholder, texts)), ())


def is_organization(text: str) -> Problem:
    """Say that the name of a card is that of its organisation."""
    hint = "The name of the card is that of the organisation."
    return Problem("name.is_organization", raw=text[:200], hint=hint, severity=Severity.INFO)


def digest_of(raw: RawRecord, rules: str, region: str, paths: str = "") -> str:
    """Hash what was read and by which rules: the mapping with its mark, and where each cell went.

    Args:
        raw: the record as it was read.
        rules: version of the profile.
        region: the run's default region, in capitals.
        paths: the raw paths in their order, with spaces between, where they are known.
    """
    shown = [
        f"{one.kind}|{one.channel}|{one.purpose}|{one.at}|{one.started_at}|{one.reason}" for one in raw.evidence
    ]  # not the column and the text: a file's name is one, and changes with every export
    return digest(raw.preset, rules, region, _listed(raw.raw or raw.values), paths or " ".join(sorted(raw.values)), *shown)


def _listed(cells: Mapping[str, str]) -> str:
    """Write cells as JSON with sorted keys; `json.dumps` takes five times as long for the same text."""
    if _SPECIAL(" ".join(cells)) or _SPECIAL(" ".join(cells.values())):
        return "{" + ", ".join([f"{_quoted(name)}: {_quoted(cells[name])}" for name in sorted(cells)]) + "}"
    return '{"' + '", "'.join([f'{name}": "{cells[name]}' for name in sorted(cells)]) + '"}' if cells else "{}"


class _Record(Rare):
    """One record on its way; the parts are read in the order in which they give each other hints."""

    __slots__ = ()

    def build(self) -> SourceRecord:
        self.sort()
        scalars, groups = self.scalars, self.groups
        created_at = self.time("created_at")
        self.observed_at = self.time("updated_at")
        languages = self.languages()
        addresses = self.addresses()
        organizations = self.organizations()
        emails = self.emails()
        countries = tuple(dict.fromkeys([it.country_code for it in addresses if it.country_code]))
        phones = self.phones(countries, emails, languages)
        country = countries[0] if countries else phones[0].country_code if phones else ""
        rare = not RARE_SCALARS.isdisjoint(scalars)
        person, nicknames = self._person(organizations, languages, country, rare=rare)
        owner = self.text("owner")
        more: dict[str, Any] = self.rare(country) if rare or not RARE_LISTS.isdisjoint(groups) else {}
        card = Card(
            name=person,
            nicknames=nicknames,
            emails=emails,
            phones=phones,
            addresses=addresses,
            organizations=organizations,
            titles=self.texts("titles"),
            online_services=self.services(),
            birthday=self._birthday(country),
            gender=self.text("gender"),
            preferred_languages=languages,
            time_zone=self._zone(country),
            lifecycle=self._lifecycle(),
            owner=owner,
            source_channel=self.text("source_channel"),
            created_at=created_at,
            tags=self.texts("tags"),
            notes=self._notes(),
            extensions=self.extensions,
            owners=self.owners(owner, rare=rare) if owner or rare else (),
            **more,
        )
        if created_at is not None:
            self.claim("$.created_at", created_at.isoformat(), scalars["created_at"], "timestamp")
        raw = self.raw
        cells = raw.raw or raw.values  # who gives no cells gives the values as they were read, under their raw paths
        return SourceRecord(
            self.key,
            raw.system,
            self.record_id,
            raw.record_id or str(raw.row),
            raw.file,
            raw.line,
            card,
            tuple(self.claims),
            cells,
            self.evidence,
            tuple(self.problems),
            self.observed_at,
            digest_of(raw, self.run.rules_version, self.run.default_region, self.paths),
            tuple([parts[""] for _, parts in self.group("same_as") if parts[""]]),
        )

    def _birthday(self, country: str) -> str:
        text = self.scalars.get("birthday")
        if not text:
            return ""
        found = self.day("birthday", text, country)
        if found.problems:
            self.report(found.problems, "$.birthday", "birthday")
        if found.value:
            self.claim("$.birthday", found.value, text, "birthday")
        return found.value or ""

    def _zone(self, country: str) -> str:
        text = self.scalars.get("time_zone")
        if not text:
            return ""
        found = self.read.time_zone((text, country or self.told("time_zone", "time_zone").get("region", "")))
        if found.problems:
            self.report(found.problems, "$.time_zone", "time_zone")
        if found.value:
            self.claim("$.time_zone", found.value, text, "time_zone")
        return found.value or ""

    def _lifecycle(self) -> Lifecycle | None:
        stage, status = self.scalars.get("lifecycle.stage", ""), self.scalars.get("lifecycle.status", "")
        converted_at = self.time("lifecycle.converted_at")
        if not (stage or status or converted_at):
            return None
        value, problems = read_lifecycle(stage, status, converted_at, self.key)
        if problems:
            self.report(problems, "$.lifecycle", "lifecycle.stage")
        if value:
            self.claim("$.lifecycle", value.stage.value, stage or status, "lifecycle")
        return value

    def _notes(self) -> tuple[str, ...]:
        values: dict[str, str] = {}
        for _, parts in self.group("notes"):
            text = parts.get("", "")
            value = clean_lines(text)
            if value and value not in values:
                self.claim(f"$.notes[{len(values)}]", value, text, "text")
                values[value] = text
        return tuple(values)

    def _person(
        self, organizations: tuple[Organization, ...], languages: tuple[str, ...], country: str, *, rare: bool
    ) -> tuple[Name | None, tuple[str, ...]]:
        get = self.scalars.get
        texts = tuple([get(path, "") for path in NAME_PARTS])
        nicknames: dict[str, None] = {}
        value: Name | None = None
        more = ("",) * 2
        if rare and not RARE_NAMES.isdisjoint(self.scalars):
            more = (get("name.generation", ""), get("name.credential", ""))
        if any(texts) or any(more):
            told = self.told("name", "name").get
            hints = (languages[0] if languages else told("language", ""), country or told("region", ""))
            found = self.read.name((*texts, *hints, *more) if any(more) else (*texts, *hints))
            value = found.value
            problems = found.problems or (unnamed((*texts, *more)) if value is None else ())
            if problems:
                path = next((path for path in NAME_PARTS[1:] if path in self.scalars), "name.full")
                self.report(problems, "$.name", path)
                nicknames = {it.raw: None for it in found.problems if it.code == "name.nickname_found"}
            if value and organizations and texts[0] and not (texts[1] or texts[3]):
                alone = fold(texts[0])
                if alone and alone == fold(organizations[0].name):
                    self.report((is_organization(texts[0]),), "$.name", "name.full")
                    value = None
        if rare:
            value = self._reading(value)
        if value:
            raw = " ".join(filter(None, (texts[1], texts[2], texts[3], texts[4]))) or texts[0]
            self.claim("$.name", value.full or value.display or value.title, raw, "name")
            if value.title:
                self.claim("$.name.title", value.title, texts[5], "name")
        for at, parts in self.group("nicknames"):
            if text := self.read.text(parts.get("", "")):
                nicknames[text] = None
            else:
                self.report(placeholder(parts.get("", "")), f"$.nicknames[{at}]", f"nicknames[{at}]")
        for place, text in enumerate(nicknames):
            self.claim(f"$.nicknames[{place}]", text, "", "text")
        return value, tuple(nicknames)

    def _reading(self, name: Name | None) -> Name | None:
        """Add how the middle names are read, and in which script; without a name they are kept among the extensions."""
        given2, system = (clean(self.scalars.get(f"name.phonetic.{part}", "")) for part in ("given2", "system"))
        if name is None:
            for part, text in (("given2", given2), ("system", system)):
                if text:
                    self.keep((), "$.name", f"name.phonetic.{part}", text)
            return None
        return evolve(name, phonetic_given2=given2, phonetic_system=system) if given2 or system else name
