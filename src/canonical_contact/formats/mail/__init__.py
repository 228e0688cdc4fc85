"""E-mail messages to people and interactions: single messages (RFC 5322) and mailboxes of many (RFC 4155); no body is read or kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._lines import Limits
from canonical_contact.formats._presets import Presets
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._source import MESSAGE_ENDINGS, Source, check_system
from canonical_contact.formats.mail._limits import MailLimits
from canonical_contact.formats.mail._passes import Mail
from canonical_contact.formats.mail._people import Own
from canonical_contact.model import Activity, RawRecord

__all__ = ["MailLimits", "MailReading", "mail_activities", "mail_records", "read_messages"]


class MailReading:
    """The people and the interactions of messages; each iteration reads the files anew, in memory that does not grow with them.

    Args:
        mail: the files, and how they are read.
        presets: the tables of the run.
    """

    def __init__(self, mail: Mail, presets: Presets) -> None:
        self._mail, self._presets = mail, presets
        self._progress = self._new()

    def _new(self) -> Progress:
        return Progress(self._mail.name, self._presets, Limits())

    @property
    def problems(self) -> list[Problem]:
        """What could not be read or was left out; complete when the iteration over the people is over."""
        return self._progress.problems

    def __iter__(self) -> Iterator[RawRecord]:
        """Read the people, one record for each address."""
        progress = self._progress = self._new()
        yield from self._mail.records(progress.tell, partial(setattr, progress, "bytes_read"))

    def activities(self) -> Iterator[Activity | Problem]:
        """Read the interactions: one for each person who took part in a message; its record is `system:address`."""
        progress = self._new()
        yield from self._mail.activities(progress.tell)
        yield from progress.problems


def read_messages(
    path: str | Path,
    *,
    own: Iterable[str] = (),
    system: str = "mail",
    lists: bool = False,
    presets: Presets | None = None,
    limits: MailLimits | None = None,
) -> MailReading:
    r"""Read people and interactions from e-mail messages.

    Args:
        path: an `.eml` file, an mbox of any size, or a folder of them.
        own: our own addresses and domains (`acme.example`, with its subdomains); they become no contacts, and tell the direction of a
            message. Without them all that take part are contacts, and no interaction has a direction.
        system: the source's name.
        lists: read messages of mailing lists and bulk mailers like those of people.
        presets: the tables of the run.
        limits: how much may be in memory at once.

    Returns:
        The people to iterate over, and the interactions.

    Raises:
        ConfigError: the system's name cannot be one.

    >>> from tempfile import TemporaryDirectory
    >>> text = "From: Ana Gil <ana@x.es>\nTo: bob@acme.example\nDate: Wed, 1 Jul 2026 14:30:00 +0200\nMessage-ID: <1@x.es>\n\nHello"
    >>> with TemporaryDirectory() as folder:
    ...     size = Path(folder, "hello.eml").write_text(text)
    ...     reading = read_messages(Path(folder, "hello.eml"), own=["acme.example"])
    ...     (ana,), (talk,) = reading, reading.activities()
    >>> ana.record_id, ana.values["name.full"], talk.record, talk.direction, talk.agent, talk.ref
    ('ana@x.es', 'Ana Gil', 'mail:ana@x.es', 'inbound', 'bob@acme.example', '<1@x.es>')
    """
    tables, place = presets or Presets(), Path(path)
    found = sorted(one for one in place.rglob("*") if one.suffix.casefold() in MESSAGE_ENDINGS) if place.is_dir() else [place]
    mail = Mail(tuple(found), check_system(system), str(path), Own(own), lists, limits or MailLimits(), tables.notes)
    return MailReading(mail, tables)


def mail_records(source: Source, progress: Progress) -> Iterator[RawRecord]:
    """Read the people of a source of messages; `read` does it."""
    for record in _of(source, progress).records(progress.tell, partial(setattr, progress, "bytes_read")):
        progress.rows_read += 1
        yield record
    if not progress.rows_read:
        hint = "No message names anybody, but ourselves and those that were left out."
        progress.skip(Problem("mail.nobody", hint=hint, severity=Severity.INFO))


def mail_activities(source: Source, progress: Progress) -> Iterator[Activity | Problem]:
    """Read the interactions of a source of messages; `read_activities` does it."""
    yield from _of(source, progress).activities(progress.tell)


def _of(source: Source, progress: Progress) -> Mail:
    limits, notes = MailLimits(), progress.presets.notes
    return Mail(
        source.parts or (source.path,), source.system, source.name, Own(source.own), lists=False, limits=limits, notes=notes
    )
