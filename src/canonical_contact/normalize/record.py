"""A record as it was read → the source record: its draft in canonical form, the claims under it, and what could not be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.model.channels import EmailAddress, OnlineService, PhoneNumber, PostalAddress
from canonical_contact.model.consent import EvidenceKind
from canonical_contact.model.contact import Card
from canonical_contact.model.ids import digest
from canonical_contact.model.lifecycle import Lifecycle
from canonical_contact.model.name import Name
from canonical_contact.model.organization import Organization
from canonical_contact.model.provenance import Claim
from canonical_contact.model.source import RawRecord, SourceRecord
from canonical_contact.model.verification import Verification, VerificationStatus
from canonical_contact.normalize._email import split_emails
from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._labels import Label
from canonical_contact.normalize._lifecycle import read_lifecycle
from canonical_contact.normalize._memo import ADDRESS_PARTS, NAME_PARTS, Readers
from canonical_contact.normalize._phone import split_phones
from canonical_contact.normalize._region import region_of_email, region_of_language
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._service import read_service
from canonical_contact.normalize._text import clean, clean_lines
from canonical_contact.normalize._when import birthday, timestamp
from canonical_contact.normalize.profile import Profile

__all__ = ["Normalizer"]

_ZONE: Final = re.compile(r"(?:[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+|UTC|GMT)\Z")
_ORDER_TELLS: Final = frozenset({"HU", "VN"})  # countries whose people write the surname first in Latin letters
_UNVERIFIED: Final = Verification()
_NO_LABEL: Final = Label((), (), "", 0)


_Groups = dict[str, dict[int, dict[str, str]]]


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
        self.readers = Readers()

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


def _listed(cells: Mapping[str, str]) -> str:
    return json.dumps(dict(cells), ensure_ascii=False, sort_keys=True)


class _Record:
    """One record on its way; the parts are read in the order in which they give each other hints."""

    __slots__ = (
        "claims",
        "columns",
        "groups",
        "key",
        "observed_at",
        "problems",
        "raw",
        "read",
        "record_id",
        "rules",
        "run",
        "scalars",
    )

    def __init__(self, run: Normalizer, raw: RawRecord, key: str, record_id: str) -> None:
        self.run, self.raw, self.key, self.record_id = run, raw, key, record_id
        self.read, self.columns, self.rules = run.readers, raw.columns, run.profile.rules
        self.claims: list[Claim] = []
        self.problems: list[Problem] = list(raw.problems)
        self.scalars: dict[str, str] = {}
        self.groups: _Groups = {}
        self.observed_at: datetime | None = None

    def build(self) -> SourceRecord:
        extensions: dict[str, str] = {}
        slot, scalars, groups, system = self.read.slot, self.scalars, self.groups, self.raw.system
        known = slot.known
        for path, text in self.raw.values.items():
            kind, place, part = known.get(path) or slot(path)
            if place == -1:
                scalars[kind] = text
            elif place == -2:
                extensions[f"{system}.{part}"] = text
            else:
                group = groups.get(kind)
                if group is None:
                    group = groups[kind] = {}
                entry = group.get(place)
                if entry is None:
                    entry = group[place] = {}
                entry[part] = text
        created_at = self._time("created_at")
        self.observed_at = self._time("updated_at")
        languages = self._languages()
        addresses = self._addresses()
        organizations = self._organizations()
        emails = self._emails()
        countries = tuple(dict.fromkeys([it.country_code for it in addresses if it.country_code]))
        phones = self._phones(countries, emails, languages)
        country = countries[0] if countries else phones[0].country_code if phones else ""
        person, nicknames = self._person(organizations, languages, country)
        card = Card(
            name=person,
            nicknames=nicknames,
            emails=emails,
            phones=phones,
            addresses=addresses,
            organizations=organizations,
            titles=self._texts("titles"),
            online_services=self._services(),
            birthday=self._birthday(country),
            gender=self._text("gender"),
            preferred_languages=languages,
            time_zone=self._zone(),
            lifecycle=self._lifecycle(),
            owner=self._text("owner"),
            source_channel=self._text("source_channel"),
            created_at=created_at,
            tags=self._texts("tags"),
            notes=self._texts("notes", many_lines=True),
            extensions=self._more(extensions),
        )
        if created_at is not None:
            self._claim("$.created_at", created_at.isoformat(), scalars["created_at"], "timestamp")
        raw = self.raw
        return SourceRecord(
            self.key,
            system,
            self.record_id,
            raw.record_id or str(raw.row),
            raw.file,
            raw.line,
            card,
            tuple(self.claims),
            raw.raw,
            raw.evidence,
            tuple(self.problems),
            self.observed_at,
            self._digest(),
            tuple([parts[""] for _, parts in sorted(groups.get("same_as", {}).items()) if parts.get("")]),
        )

    # --- claims and problems ---------------------------------------------------------------------------------------------------------
    def _claim(self, path: str, value: str, raw: str, kind: str) -> None:
        # No time of its own: it is observed when the record is.
        self.claims.append(Claim(path, value, "", None, "" if raw == value else raw, "import", self.rules[kind]))

    def _report(self, problems: Iterable[Problem], path: str, raw_path: str) -> None:
        raw = self.raw
        for it in problems:
            self.problems.append(
                Problem(it.code, path, it.raw, it.hint, it.severity, self.columns.get(raw_path, ""), raw.file, raw.line)
            )

    def _digest(self) -> str:
        """Hash what was read and by which rules: the mapping with its mark, and where each cell went."""
        raw, run = self.raw, self.run
        shown = [
            f"{one.kind}|{one.channel}|{one.purpose}|{one.at}|{one.started_at}|{one.reason}" for one in raw.evidence
        ]  # not the column and the text: a file's name is one, and changes with every export
        return digest(raw.preset, run.rules_version, run.default_region, _listed(raw.raw), " ".join(sorted(raw.values)), *shown)

    # --- single values ---------------------------------------------------------------------------------------------------------------
    def _time(self, path: str) -> datetime | None:
        text = self.scalars.get(path)
        if not text:
            return None
        found = timestamp(text, zone=self.scalars.get("zone", ""), order=self.scalars.get("date_order", ""))
        if found.problems:
            self._report(found.problems, f"$.{path}", path)
        return found.value

    def _birthday(self, country: str) -> str:
        text = self.scalars.get("birthday")
        if not text:
            return ""
        found = birthday(text, order=self.scalars.get("date_order", ""), country=country)
        if found.problems:
            self._report(found.problems, "$.birthday", "birthday")
        if found.value:
            self._claim("$.birthday", found.value, text, "birthday")
        return found.value or ""

    def _text(self, path: str) -> str:
        text = self.scalars.get(path)
        if not text:
            return ""
        value = self.read.text(text)
        if not value:
            return ""
        self._claim(f"$.{path}", value, text, "text")
        return value

    def _zone(self) -> str:
        text = self.scalars.get("time_zone")
        if not text:
            return ""
        value = clean(text).replace("_slash_", "/")
        if not _ZONE.match(value):
            hint = "It is not written as the name of a time zone."
            self._report((Problem("time_zone.unknown", raw=text[:200], hint=hint),), "$.time_zone", "time_zone")
            return ""
        self._claim("$.time_zone", value, text, "text")
        return value

    def _lifecycle(self) -> Lifecycle | None:
        stage, status = self.scalars.get("lifecycle.stage", ""), self.scalars.get("lifecycle.status", "")
        converted_at = self._time("lifecycle.converted_at")
        if not (stage or status or converted_at):
            return None
        value, problems = read_lifecycle(stage, status, converted_at, self.key)
        if problems:
            self._report(problems, "$.lifecycle", "lifecycle.stage")
        if value:
            self._claim("$.lifecycle", value.stage.value, stage or status, "lifecycle")
        return value

    # --- lists -----------------------------------------------------------------------------------------------------------------------
    def _group(self, kind: str) -> list[tuple[int, dict[str, str]]]:
        found = self.groups.get(kind)
        return (sorted(found.items()) if len(found) > 1 else list(found.items())) if found else []

    def _texts(self, kind: str, *, many_lines: bool = False) -> tuple[str, ...]:
        values: dict[str, str] = {}
        for _, parts in self._group(kind):
            text = parts.get("", "")
            value = clean_lines(text) if many_lines else self.read.text(text)
            if value and value not in values:
                self._claim(f"$.{kind}[{len(values)}]", value, text, "text")
                values[value] = text
        return tuple(values)

    def _languages(self) -> tuple[str, ...]:
        values: list[str] = []
        for place, parts in self._group("preferred_languages"):
            text = parts.get("", "")
            found = self.read.language(text)
            if found.problems:
                self._report(found.problems, f"$.preferred_languages[{place}]", f"preferred_languages[{place}]")
            if found.value and found.value not in values:
                self._claim(f"$.preferred_languages[{len(values)}]", found.value, text, "language")
                values.append(found.value)
        return tuple(values)

    def _services(self) -> tuple[OnlineService, ...]:
        values: list[OnlineService] = []
        for _, parts in self._group("online_services"):
            text = parts.get("uri", "")
            value = read_service(text, parts.get("label", ""))
            if value.uri and value not in values:
                self._claim(f"$.online_services[{len(values)}]", value.uri, text, "text")
                values.append(value)
        return tuple(values)

    def _organizations(self) -> tuple[Organization, ...]:
        values: list[Organization] = []
        for place, parts in self._group("organizations"):
            text = parts.get("name", "")
            found = self.read.organization(text)
            if found.problems:
                self._report(found.problems, f"$.organizations[{place}].name", f"organizations[{place}].name")
            value = found.value
            units = clean(parts.get("units", ""))
            outer = clean(parts.get("external_id", ""))
            if value is None and (units or outer):
                value = Organization("")
            if value is None:
                continue
            if units or outer:
                value = Organization(value.name, (units,) if units else (), value.key, outer)
            if value not in values:
                self._claim(
                    f"$.organizations[{len(values)}]", value.name or units or outer, text or units or outer, "organization"
                )
                values.append(value)
        return tuple(values)

    def _addresses(self) -> tuple[PostalAddress, ...]:
        values: list[PostalAddress] = []
        for place, parts in self._group("addresses"):
            get = parts.get
            found = self.read.address(tuple([get(part, "") for part in ADDRESS_PARTS]))
            for problem in found.problems:
                part = problem.code.partition(".")[0]
                part = part if part in parts else "full" if "full" in parts else "street"
                self._report((problem,), f"$.addresses[{place}].{part}", f"addresses[{place}].{part}")
            it = found.value
            if it is None:
                continue
            label = self.read.label((get("label", ""), get("pref", "")))
            if label != _NO_LABEL:
                it = PostalAddress(
                    it.full, it.street, it.extended, it.po_box, it.locality, it.region, it.postcode, it.country, it.country_code,
                    label.contexts, label.text, label.pref,
                )  # fmt: skip
            if it not in values:
                self._claim(
                    f"$.addresses[{len(values)}]",
                    _on_one_line(it),
                    ", ".join([parts[part] for part in ADDRESS_PARTS if parts.get(part)]),
                    "address",
                )
                values.append(it)
        return tuple(values)

    def _emails(self) -> tuple[EmailAddress, ...]:
        values: list[EmailAddress] = []
        for place, parts in self._group("emails"):
            text = parts.get("address", "")
            several = split_emails(text) if text.count("@") > 1 else (text,)
            for part in several:
                found = self.read.email(part)
                if found.problems:
                    self._report(found.problems, f"$.emails[{place}].address", f"emails[{place}].address")
                it = found.value
                if it is None or any(it.address == other.address for other in values):
                    continue
                label = self.read.label((parts.get("label", ""), parts.get("pref", "")))
                shown = self._verification(parts, first=not values)
                self._claim(f"$.emails[{len(values)}]", it.address, part if len(several) > 1 else text, "email")
                if label != _NO_LABEL or shown is not _UNVERIFIED:
                    it = EmailAddress(it.address, it.key, label.contexts, label.text, label.pref, it.role, shown)
                values.append(it)
        return tuple(values)

    def _verification(self, parts: Mapping[str, str], *, first: bool) -> Verification:
        """Take the latest of what the record shows: its own checks, a confirmed opt-in, a bounce."""
        shown: list[Verification] = []
        if "verified_at" in parts or "verified_method" in parts:
            at = timestamp(parts.get("verified_at", ""), zone=self.scalars.get("zone", "")).value
            shown.append(Verification(VerificationStatus.VERIFIED, clean(parts.get("verified_method", "")) or "import", at))
        if "bounced" in parts or "bounced_at" in parts:
            at = timestamp(parts.get("bounced_at", ""), zone=self.scalars.get("zone", "")).value
            shown.append(Verification(VerificationStatus.FAILED, "bounce", at))
        if first:
            for it in self.raw.evidence:
                if it.channel not in {"email", "any"}:
                    continue
                if it.kind is EvidenceKind.CONFIRMED_OPT_IN:
                    shown.append(Verification(VerificationStatus.VERIFIED, "double_opt_in", it.at))
                elif it.kind is EvidenceKind.BOUNCE:
                    shown.append(Verification(VerificationStatus.FAILED, "bounce", it.at))
        if not shown:
            return _UNVERIFIED
        undated = [it for it in shown if it.checked_at is None and it.status is VerificationStatus.FAILED]
        if undated:
            return undated[0]
        dated = [(it.checked_at, it.status is VerificationStatus.FAILED, it) for it in shown if it.checked_at is not None]
        return max(dated, key=lambda entry: entry[:2])[2] if dated else shown[0]

    def _phones(
        self, countries: tuple[str, ...], emails: tuple[EmailAddress, ...], languages: tuple[str, ...]
    ) -> tuple[PhoneNumber, ...]:
        found: list[tuple[int, dict[str, str], str, bool, Normalized[PhoneNumber] | None]] = []
        abroad: list[str] = []
        for place, parts in self._group("phones"):
            text = parts.get("number", "")
            several = split_phones(text)
            for part in several:
                read: Normalized[PhoneNumber] | None = None
                if "+" in part or part.lstrip().startswith("00"):  # these need no hint, and give one
                    read = self.read.phone((part, "", ()))
                    if read.value is None and not part.lstrip().startswith("+"):
                        read = None
                    elif read.value and read.value.country_code:
                        abroad.append(read.value.country_code)
                found.append((place, parts, part, len(several) > 1, read))
        if not found:
            return ()
        region, others = "", tuple[str, ...]()
        if any(read is None for *_, read in found):
            region, others = self._regions(countries, abroad, emails, languages)
        values: list[PhoneNumber] = []
        for place, parts, part, _, read in found:
            read = read or self.read.phone((part, region, others))
            if read.problems:
                self._report(read.problems, f"$.phones[{place}].number", f"phones[{place}].number")
            it = read.value
            if it is None or any(it.number == other.number and it.extension == other.extension for other in values):
                continue
            canonical = f"{it.number};ext={it.extension}" if it.extension else it.number
            self._claim(f"$.phones[{len(values)}]", canonical, part, "phone")
            label = self.read.label((parts.get("label", ""), parts.get("pref", "")))
            if label != _NO_LABEL:
                it = PhoneNumber(
                    it.number, it.extension, it.country_code, it.line_type, label.features, label.contexts, label.text, label.pref
                )
            values.append(it)
        return tuple(values)

    def _regions(
        self, countries: tuple[str, ...], abroad: list[str], emails: tuple[EmailAddress, ...], languages: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]]:
        """Give the region of national numbers, and weaker hints: first what the record states, then what it suggests."""
        strong = [*countries, *abroad]
        weak = [*map(region_of_email, (it.address for it in emails)), *map(region_of_language, languages)]
        if self.run.default_region and not strong and not any(weak):
            strong = [self.run.default_region]
        hints = tuple(dict.fromkeys(filter(None, [*strong[1:], *weak, self.run.default_region])))
        return (strong[0], hints) if strong else ("", hints)

    def _person(
        self, organizations: tuple[Organization, ...], languages: tuple[str, ...], country: str
    ) -> tuple[Name | None, tuple[str, ...]]:
        get = self.scalars.get
        texts = tuple([get(path, "") for path in NAME_PARTS])
        nicknames: dict[str, None] = {}
        value: Name | None = None
        if any(texts):
            found = self.read.name((*texts, languages[0] if languages else "", country if country in _ORDER_TELLS else ""))
            value = found.value
            if found.problems:
                path = next((path for path in NAME_PARTS[1:] if path in self.scalars), "name.full")
                self._report(found.problems, "$.name", path)
                nicknames = {it.raw: None for it in found.problems if it.code == "name.nickname_found"}
            if value and organizations and not (texts[1] or texts[3]) and fold(texts[0]) == fold(organizations[0].name):
                hint = "The name of the card is that of the organisation."
                self._report(
                    (Problem("name.is_organization", raw=texts[0][:200], hint=hint, severity=Severity.INFO),),
                    "$.name",
                    "name.full",
                )
                value = None
        if value:
            raw = " ".join(filter(None, (texts[1], texts[2], texts[3], texts[4]))) or texts[0]
            self._claim("$.name", value.full or value.display or value.title, raw, "name")
            if value.title:
                self._claim("$.name.title", value.title, texts[5], "name")
        for _, parts in self._group("nicknames"):
            if text := self.read.text(parts.get("", "")):
                nicknames[text] = None
        for place, text in enumerate(nicknames):
            self._claim(f"$.nicknames[{place}]", text, "", "text")
        return value, tuple(nicknames)

    def _more(self, extensions: dict[str, str]) -> dict[str, str]:
        """Add what the schema has no field for."""
        system = self.raw.system
        for place, parts in self._group("anniversaries"):
            label = clean(parts.get("label", "")) or str(place)
            text = parts.get("date", "")
            found = birthday(text, order=self.scalars.get("date_order", ""))
            if found.value or found.problems:
                extensions[f"{system}.anniversary.{label}"] = found.value or text
        if deleted := self.scalars.get("deleted"):
            extensions[f"{system}.deleted"] = clean(deleted)
        return extensions


def _on_one_line(it: PostalAddress) -> str:
    """Write an address on one line, in the order of its parts."""
    parts = (
        it.full.replace("\n", ", "),
        it.street,
        it.extended,
        it.po_box,
        it.locality,
        it.region,
        it.postcode,
        it.country,
        it.country_code,
    )
    return ", ".join(filter(None, parts))
