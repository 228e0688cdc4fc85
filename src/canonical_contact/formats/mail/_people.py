"""The people of a file of messages: one record for an address, put together from all messages that name it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats.mail._addresses import Mailbox
from canonical_contact.formats.mail._limits import MailLimits
from canonical_contact.model import ConsentEvidence, RawRecord

__all__ = ["Own", "People", "Person", "folded"]

_PRESET: Final = "mail/1"
_SIGNS: Final = 50  # so many signs of one person are kept
_COLUMNS: Final = {
    "emails[0].address": "Address",
    "name.full": "Name",
    "extensions.other_names": "Other names",
    "updated_at": "Date",
}


def folded(address: str) -> str:
    """Fold an address to the id of its record.

    >>> folded("Ana@Example.ORG")
    'ana@example.org'
    """
    return unicodedata.normalize("NFC", address).lower()


class Own:
    """Our own addresses and domains, subdomains included.

    Args:
        entries: such as `ana@acme.example`, `acme.example`, `@acme.example`.

    >>> own = Own(["acme.example", "ana@example.org"])
    >>> [address in own for address in ("bob@mail.acme.example", "ana@example.org", "bob@example.org", "bob@notacme.example")]
    [True, True, False, False]
    """

    def __init__(self, entries: Iterable[str]) -> None:
        names = {folded(entry.strip()).strip(".") for entry in entries} - {""}
        self._addresses = {name for name in names if "@" in name[1:]}
        self._domains = {name.removeprefix("@") for name in names - self._addresses}

    def __bool__(self) -> bool:
        return bool(self._addresses or self._domains)

    def __contains__(self, address: str) -> bool:
        """Tell whether a folded address is ours."""
        if address in self._addresses:
            return True
        domain = address.rpartition("@")[2]
        while domain:
            if domain in self._domains:
                return True
            domain = domain.partition(".")[2]
        return False


class Person:
    """What the messages say of one address."""

    __slots__ = ("address", "evidence", "file", "line", "more_names", "names", "problems", "row", "seen")

    def __init__(self, address: str, row: int, file: str, line: int) -> None:
        self.address, self.row, self.file, self.line = address, row, file, line
        self.seen: datetime | None = None
        self.names: dict[str, tuple[int, int, datetime | None]] = {}  # how often they said so, and others, and the latest time
        self.more_names = 0
        self.evidence: list[ConsentEvidence] = []
        self.problems: list[Problem] = []

    def call(self, name: str, at: datetime | None, limit: int, *, themselves: bool) -> None:
        """Note a name that a message gives them."""
        if at is not None and (self.seen is None or at > self.seen):
            self.seen = at
        if not name:
            return
        if name not in self.names and len(self.names) >= limit:
            self.more_names += 1
            return
        said, called, latest = self.names.get(name, (0, 0, None))
        latest = at if latest is None or (at is not None and at > latest) else latest
        self.names[name] = (said + themselves, called + (not themselves), latest)

    def show(self, evidence: Iterable[ConsentEvidence], problems: Iterable[Problem] = ()) -> None:
        """Note what a message says about consent; of equal signs the latest counts, and first one without a date: nothing is later."""
        for one in evidence:
            alike = next((n for n, old in enumerate(self.evidence) if _sign(old) == _sign(one)), None)
            if alike is None and len(self.evidence) < _SIGNS:
                self.evidence.append(one)
            elif alike is not None and (one.at or _EVER) > (self.evidence[alike].at or _EVER):
                self.evidence[alike] = one
        self.problems += [one for one in problems if len(self.problems) < _SIGNS]

    def record(self, system: str) -> RawRecord:
        """Make the record: the name that they use themselves, else the one that others use most."""
        names = sorted(self.names, key=lambda name: (*self.names[name][:2], _stamp(self.names[name][2]), name), reverse=True)
        name = next((one for one in names if "@" not in one), "")
        others = [one for one in names if one != name]
        problems = list(self.problems)
        if odd := next((one for one in others if "@" in one), ""):
            hint = "The display name is another address; it was not taken for a name."
            problems.append(Problem("mail.name_is_address", "$.name", odd[:200], hint, Severity.INFO, "Name", line=self.line))
        if self.more_names:
            hint = f"{self.more_names:,} mentions under further names were left out."
            problems.append(Problem("mail.names_left_out", "$.name", "", hint, Severity.INFO, "Other names", line=self.line))
        values = {
            "emails[0].address": self.address,
            "name.full": name,
            "extensions.other_names": "; ".join(sorted(others)),
            "source_channel": "email",
            "updated_at": self.seen.astimezone(UTC).isoformat() if self.seen else "",
        }
        values = {path: text for path, text in values.items() if text}
        raw = {column: values[path] for path, column in _COLUMNS.items() if path in values}
        if self.evidence:
            raw["Signs"] = "; ".join(one.raw for one in self.evidence)[:1000]
        return RawRecord(
            system,
            folded(self.address),
            self.row,
            self.file,
            self.line,
            values,
            _COLUMNS,
            raw,
            tuple(self.evidence),
            tuple(one if one.file else evolve(one, file=self.file) for one in problems),
            _PRESET,
        )


class People:
    """Everybody that a pass over the messages has met, in bounded memory."""

    def __init__(self, limits: MailLimits, system: str) -> None:
        self._limits, self._system = limits, system
        self._met: dict[str, Person] = {}
        self._rows = 0

    def meet(self, box: Mailbox, file: str, line: int) -> Person:
        """Find or add a person; who was met last comes last."""
        key = folded(box.address)
        person = self._met.pop(key, None)
        if person is None:
            self._rows += 1
            person = Person(box.address, self._rows, file, line)
        self._met[key] = person
        return person

    def crowded_out(self) -> Iterator[RawRecord]:
        """Give out the half that was met longest ago, where there are too many; who of them writes again comes again."""
        if len(self._met) <= self._limits.people:
            return
        for key in list(islice(self._met, len(self._met) // 2)):
            yield self._met.pop(key).record(self._system)

    def all(self) -> Iterator[RawRecord]:
        """Give out everybody, in the order in which they first came."""
        for person in sorted(self._met.values(), key=lambda one: one.row):
            yield person.record(self._system)


_EVER: Final = datetime.max.replace(tzinfo=UTC)


def _sign(one: ConsentEvidence) -> tuple[str, ...]:
    return one.kind, one.channel, one.purpose, one.column


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at else float("-inf")
