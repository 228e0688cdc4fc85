# One record on its way: what was read, sorted by place; the claims and problems that come of it.
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from canonical_contact.errors import Problem
from canonical_contact.model.consent import ANY_PURPOSE, ConsentEvidence, EvidenceKind
from canonical_contact.model.provenance import Claim
from canonical_contact.model.source import RawRecord
from canonical_contact.normalize._memo import placeholder
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._when import timestamp

if TYPE_CHECKING:
    from canonical_contact.normalize.record import Normalizer

__all__ = ["Draft"]

_NO_SETTINGS: Final[Mapping[str, str]] = {}
_Groups = dict[str, list[tuple[int, dict[str, str]]]]


class Draft:
    """The raw values of one record, and what the parts of the reading share."""

    __slots__ = (
        "claims",
        "columns",
        "evidence",
        "extensions",
        "groups",
        "key",
        "observed_at",
        "paths",
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
        self.extensions: dict[str, str] = {}
        self.evidence: tuple[ConsentEvidence, ...] = raw.evidence
        self.observed_at: datetime | None = None
        self.paths = ""

    def sort(self) -> None:
        """Put every raw value in its place: scalars, groups of lists, extensions."""
        plan = self.read.plan(tuple(self.raw.values))
        texts, self.paths = list(self.raw.values.values()), plan.listed
        self.scalars = {path: texts[at] for path, at in plan.scalars}
        self.groups = {
            kind: [(place, {part: texts[at] for part, at in parts}) for place, parts in entries] for kind, entries in plan.groups
        }
        system = self.raw.system
        for name, at in plan.extensions:
            self.extensions[f"{system}.{name}"] = texts[at]

    def group(self, kind: str) -> Sequence[tuple[int, dict[str, str]]]:
        """The groups of a list in their order."""
        return self.groups.get(kind, ())

    def claim(self, path: str, value: str, raw: str, kind: str) -> None:
        """Note a value with the rule that made it."""
        # No time of its own: it is observed when the record is.
        rule = self.rules[kind] if self.run.plain else self.run.profile.rule_at(path, kind)
        self.claims.append(Claim(path, value, "", None, "" if raw == value else raw, "import", rule))

    def report(self, problems: Iterable[Problem], path: str, raw_path: str) -> None:
        """Note problems with the column, file and line that they come from."""
        raw = self.raw
        for it in problems:
            self.problems.append(
                Problem(it.code, path, it.raw, it.hint, it.severity, self.columns.get(raw_path, ""), raw.file, raw.line)
            )

    def hold(self, path: str, text: str, reason: str, channel: str = "any") -> None:
        """Block until a person has looked."""
        column = self.columns.get(path) or path
        shown = ConsentEvidence(EvidenceKind.UNMAPPED_OPT_OUT, channel, ANY_PURPOSE, None, text[:200], column, reason=reason)
        self.evidence = (*self.evidence, shown)

    def keep(self, problems: Iterable[Problem], path: str, raw_path: str, text: str) -> None:
        """Note problems of a text that has no canonical value, and keep the text among the extensions, under its column."""
        self.report(problems, path, raw_path)
        name = f"{self.raw.system}.{self.columns.get(raw_path) or raw_path}"
        while name in self.extensions:
            name += " (2)"
        self.extensions[name] = text

    def time(self, path: str) -> datetime | None:
        """Read a scalar as a point in time."""
        text = self.scalars.get(path)
        if not text:
            return None
        found = self.moment(path, text)
        if found.problems:
            self.report(found.problems, f"$.{path}", path)
        return found.value

    def told(self, path: str, kind: str) -> Mapping[str, str]:
        """The settings of a field, for what the record does not say itself."""
        return _NO_SETTINGS if self.run.plain else self.run.profile.settings(path, kind)

    def moment(self, path: str, text: str) -> Normalized[datetime]:
        """Read a text as a point in time, in the zone and the order of its file.

        A file whose mapping states no zone states none in any row: to say so of each record would bury what else is wrong.
        """
        zone, order = self.scalars.get("zone", ""), self.scalars.get("date_order", "")
        if self.run.plain:
            return timestamp(text, zone=zone, order=order)
        own = {name: told for name, told in (("zone", zone), ("order", order)) if told}
        return timestamp(text, **{"zone": "", **self.told(path, "timestamp"), **own})

    def day(self, path: str, text: str, country: str) -> Normalized[str]:
        """Read a text as a day, in the order of its file."""
        get = self.told(path, "birthday").get
        order = self.scalars.get("date_order", "") or get("order", "")
        return self.read.birthday((text, order, country or get("region", ""), get("language", "")))

    def text(self, path: str) -> str:
        """Read a scalar as a short text."""
        text = self.scalars.get(path)
        if not text:
            return ""
        value = self.read.text(text)
        if not value:
            self.report(placeholder(text), f"$.{path}", path)
            return ""
        self.claim(f"$.{path}", value, text, "text")
        return value

    def texts(self, kind: str) -> tuple[str, ...]:
        """Read a list of short texts, each once."""
        values: dict[str, str] = {}
        for place, parts in self.group(kind):
            text = parts.get("", "")
            value = self.read.text(text)
            if not value:
                self.report(placeholder(text), f"$.{kind}[{place}]", f"{kind}[{place}]")
            elif value not in values:
                self.claim(f"$.{kind}[{len(values)}]", value, text, "text")
                values[value] = text
        return tuple(values)
