"""Contacts as the CSV file that another system imports: HubSpot, Salesforce, Mailchimp, Google Contacts, Outlook (docs/csv.md).

No cell is a formula, no blocked person is written as one who may be contacted, and what the file cannot carry is named.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import IO, Any, BinaryIO, Self, TextIO, cast

import attrs
from attrs import evolve, field, frozen

from canonical_contact.errors import InputError
from canonical_contact.formats._cells import safe
from canonical_contact.formats._loss import Loss, LossReport
from canonical_contact.formats._mailing_list import Allow, MailingList
from canonical_contact.formats._presets import PRESET_NAMES, Presets
from canonical_contact.formats._write_check import ReadBack, losses_of
from canonical_contact.formats._write_consent import Refusal, Stand, consent_losses, granted, stand_of
from canonical_contact.formats._write_row import Row, RowWriter
from canonical_contact.formats._write_spec import WriteSpec, load_spec
from canonical_contact.formats._write_values import Words
from canonical_contact.model import Channel, ConsentRecord, Contact

__all__ = ["write", "write_folder"]

_IN_MEMORY = 8 << 20  # so many bytes of rows are held before they go to the disk
_CELL_CHARS = 65_536
_ROW_CHARS = 200_000
# Control characters have no place in such a file; line ends are those of Unix.
_CONTROLS = {code: None for code in (*range(0x20), 0x7F) if code not in (0x09, 0x0A)}
_CHOICES = {
    "preset": PRESET_NAMES,
    "encoding": ("utf-8", "utf-8-sig", "cp1252"),
    "phones": ("brackets", "zeros"),
    "channel": ("voice", *(channel.value for channel in Channel)),
}


def write(
    contacts: Iterable[Contact],
    stream: BinaryIO,
    losses: LossReport,
    *,
    preset: str,
    style: str = "",
    status: str = "",
    encoding: str = "utf-8",
    phones: str = "brackets",
    at: datetime | None = None,
    allow: Allow | None = None,
    channel: str = "email",
    presets: Presets | None = None,
) -> None:
    """Write contacts as one file of a system.

    Args:
        contacts: any iterable.
        stream: where to write.
        losses: gets what the file cannot carry, and who was left out.
        preset: a key of the presets, such as `hubspot`.
        style: for Outlook: `classic`, or `new` for the header of new Outlook.
        status: for Mailchimp, whose import asks for the status of the whole file: `subscribed`, `unsubscribed`, `cleaned` or
            `nonsubscribed`; contacts of another status are left out. A mailing list is one of the subscribed unless this says otherwise.
        encoding: `utf-8`, `utf-8-sig` (with a byte order mark) or `cp1252`, which old Outlook takes.
        phones: `brackets` for (+49) 3012345678, or `zeros` for 00493012345678; a plus at the beginning would be a formula.
        at: the time that is asked about; without it a grant that ends at some time counts as ended.
        allow: makes the file a mailing list: called with each contact and endpoint; only what it allows is written.
        channel: of the mailing list: which endpoints it is about.
        presets: the tables of the run.

    Raises:
        InputError: an option has no such value, or Mailchimp's status is missing.
    """
    job = _Job(_Options(preset, style, encoding, phones, at, allow, channel, presets), losses)
    statuses = job.spec.statuses
    if statuses and not status and allow is not None:
        status = "subscribed"
    if (status and status not in statuses) or (statuses and not status):
        raise InputError(
            f"{preset} has no files of a status."
            if not statuses
            else "Mailchimp's import asks for the status of the whole file.",
            code="input.option",
            path="status",
            hint=f"Say which: {', '.join(statuses)}; or name a folder, which gets one file of each."
            if statuses
            else "Leave it out.",
        )
    with _Sheet(job, status) as sheet:
        for contact in contacts:
            job.take(contact, {status: sheet})
        sheet.finish(stream)


def write_folder(contacts: Iterable[Contact], folder: str | Path, losses: LossReport, *, preset: str, **options: Any) -> None:  # noqa: ANN401
    """Write contacts into a folder: one file for each status, all of them anew, so that no file of an earlier export stays beside them.

    Args:
        contacts: any iterable.
        folder: must exist.
        losses: gets what the files cannot carry.
        preset: one with a file for each status: `mailchimp`.
        **options: those of `write`, but for `status`.

    Raises:
        InputError: the preset has one file only, or an option has no such value.
    """
    job = _Job(_Options(preset, **options), losses)
    if not job.spec.statuses:
        raise InputError(f"{preset} is one file.", code="input.option", path="target", hint="Name a file, not a folder.")
    sheets = {status: _Sheet(job, status) for status in job.spec.statuses}
    drafts: list[tuple[Path, Path]] = []
    try:
        for contact in contacts:
            job.take(contact, sheets)
        for status, sheet in sheets.items():
            target = Path(folder, f"{status}_members.csv")
            draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
            drafts.append((draft, target))
            with draft.open("wb") as stream:
                sheet.finish(stream)
        for draft, target in drafts:
            draft.replace(target)
    finally:
        for draft, _ in drafts:
            with suppress(OSError):
                draft.unlink()
        for sheet in sheets.values():
            sheet.close()


@frozen
class _Options:
    """What a caller may choose, see `write`."""

    preset: str = field()
    style: str = ""
    encoding: str = field(default="utf-8")
    phones: str = field(default="brackets")
    at: datetime | None = field(default=None)
    allow: Allow | None = None
    channel: str = field(default="email")
    presets: Presets | None = None

    @preset.validator
    @encoding.validator
    @phones.validator
    @channel.validator
    def _known(self, attribute: attrs.Attribute[str], value: str) -> None:
        known = _CHOICES[attribute.name]
        if value not in known:
            raise InputError(
                f"{attribute.name} cannot be {value!r}.",
                code="input.option",
                path=attribute.name,
                hint=f"Use: {', '.join(known)}.",
            )

    @at.validator
    def _with_zone(self, _: object, value: datetime | None) -> None:
        if value is not None and value.utcoffset() is None:
            raise InputError(
                "The time bears no time zone.", code="input.option", path="at", hint="Use datetime.now(UTC) or the like."
            )


@frozen
class _Prepared:
    """A contact that is to be written: as what, and what speaks against it."""

    contact: Contact
    stand: Stand
    status: str = ""
    grant: ConsentRecord | None = None


class _Job:
    """What holds for all rows of one export."""

    def __init__(self, options: _Options, losses: LossReport) -> None:
        self.presets = options.presets or Presets()
        self.spec: WriteSpec = load_spec(options.preset, self.presets, options.style)
        self.encoding, self.losses, self.at = options.encoding, losses, options.at
        self.words = Words(self.spec, options.phones, _countries())
        self.rows = RowWriter(self.spec, self.words)
        self.list = MailingList(options.allow, options.channel) if options.allow is not None else None

    def take(self, contact: Contact, sheets: Mapping[str, _Sheet]) -> None:
        """Write a contact into the sheet of its status, or count why it is left out."""
        left = self.list.take(contact, self.losses) if self.list is not None else contact
        if left is None:
            return
        prepared = self._prepare(left)
        if isinstance(prepared, str):
            self.losses.leave_out(prepared)
            return
        sheet = sheets.get(prepared.status)
        if sheet is None:
            self.losses.leave_out(f"{self.spec.name}.{prepared.status}")
        elif not sheet.add(prepared):
            self.losses.leave_out("contact.empty")

    def _prepare(self, contact: Contact) -> _Prepared | str:
        if contact.deleted:
            return "contact.deleted"
        stand = stand_of(contact)
        if stand.gone:
            return stand.gone
        if self.spec.needs == "emails" and not contact.emails:
            return "contact.no_email"
        if not self.spec.statuses:
            return _Prepared(contact, stand)
        status, contact, grant = self._status(contact, stand)
        return _Prepared(contact, stand_of(contact), status, grant)

    def _status(self, contact: Contact, stand: Stand) -> tuple[str, Contact, ConsentRecord | None]:
        """Tell the status, and put the address that it is about first."""
        if Channel.EMAIL in stand.blocked:
            return "unsubscribed", contact, None
        for place, email in enumerate(contact.emails):
            if place not in stand.bounced and (grant := granted(contact, email, self.at)) is not None:
                others = (one for one in contact.emails if one is not email)
                return "subscribed", (evolve(contact, emails=(email, *others)) if place else contact), grant
        if 0 in stand.bounced:
            return "cleaned", contact, None
        return "nonsubscribed", contact, None


class _Sheet:
    """The rows of one file on their way: they are kept aside until it is known which columns there are."""

    def __init__(self, job: _Job, status: str) -> None:
        self._job, self._status = job, status
        self._header = job.spec.status_header(status)
        self._columns: dict[str, int] = {name: place for place, name in enumerate(self._header)}
        file = f"{status}_members.csv" if status else f"{job.spec.name}.csv"
        self._back = ReadBack(job.spec.mapping, file, job.presets)
        self._kinds = frozenset(job.spec.slots)
        self._spool = cast("IO[str]", tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="ascii"))  # noqa: SIM115  closed by close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the rows go."""
        self._spool.close()

    def add(self, one: _Prepared) -> bool:
        """Keep the row of a contact; False where nothing of it can be written."""
        contact, job = one.contact, self._job
        row = job.rows.row(contact, one.stand)
        told = self._clean(row.cells)
        if not any(
            row.cells[name].strip() for name in row.cells.keys() - job.spec.required.keys() - row.refusals.keys() - {job.spec.id}
        ):
            return False
        if job.spec.statuses and "emails[0]" not in row.places and one.contact.emails:
            return False
        self._say_status(one, row)
        altered = told | self._clean(row.cells)
        cells = self._cells(row.cells)
        record = self._back.record(self._columns, cells)
        self._tell(one, record_losses=losses_of(contact, record, row, self._kinds, altered), row=row)
        self._spool.write(f"{json.dumps(cells)}\n")
        job.losses.contacts += 1
        return True

    def _say_status(self, one: _Prepared, row: Row) -> None:
        """Say in the columns what the file's name says, so that the row does not depend on it."""
        spec, stand = self._job.spec, one.stand
        if self._status == "unsubscribed":
            key, since = ("complaint" if stand.complained else "unsubscribed"), stand.blocked.get(Channel.EMAIL)
        elif self._status == "cleaned":
            key, since = "cleaned", stand.bounced[0][1]
        elif self._status == "subscribed" and one.grant is not None:
            key, since = ("double" if one.grant.strength == "double" else "granted"), one.grant.effective_at
        else:
            return
        for column, text in spec.consent[key].items():
            row.cells[column] = text.replace("{at}", self._job.words.time(since) or "unknown")
            row.said.add(column)

    def _clean(self, cells: dict[str, str]) -> frozenset[str]:
        """Bring texts to what the file can hold; tell the columns that lost characters."""
        altered = set()
        encoding = self._job.encoding
        for column, text in cells.items():
            if text.isascii() and text.isprintable() and len(text) <= _CELL_CHARS:
                continue
            neat = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
            neat = neat.encode(encoding, "replace").decode(encoding)
            if neat != text.replace("\r\n", "\n").replace("\r", "\n"):
                altered.add(column)
            cells[column] = neat[:_CELL_CHARS]
        while sum(map(len, cells.values())) > _ROW_CHARS:
            longest = max(cells, key=lambda column: len(cells[column]))
            cells[longest] = cells[longest][: len(cells[longest]) // 2]
        return frozenset(altered)

    def _cells(self, cells: Mapping[str, str]) -> list[str]:
        columns = self._columns
        for column in cells:
            columns.setdefault(column, len(columns))
        texts = [""] * len(columns)
        for column, text in cells.items():
            texts[columns[column]] = text if text.strip() else ""
        return texts

    def _tell(self, one: _Prepared, record_losses: Iterable[Loss], row: Row) -> None:
        losses, contact = self._job.losses, one.contact
        for loss in record_losses:
            losses.add(loss)
        for loss in consent_losses(contact, row.refusals, self._read_as(one), one.grant):
            losses.add(loss)
        if contact.interactions:
            losses.add(Loss(contact.contact_id, "$.interactions", f"{len(contact.interactions)} interactions", hint=_ELSEWHERE))
        if contact.claims or contact.sources or contact.aliases:
            shown = f"{len(contact.sources)} records, {len(contact.claims)} claims, {len(contact.aliases)} retired ids"
            losses.add(Loss(contact.contact_id, "$.claims", shown, hint=_ELSEWHERE))

    def _read_as(self, one: _Prepared) -> dict[str, Refusal]:
        """Tell what the target's columns that say no are read back as."""
        spec = self._job.spec
        rules = {column: spec.mapping.consent[column] for column in spec.opt_out.values()}
        return {
            column: Refusal(rule.purpose, one.stand.blocked.get(Channel.EMAIL) if spec.statuses else one.contact.updated_at)
            for column, rule in rules.items()
        }

    def finish(self, stream: BinaryIO) -> None:
        """Write the file."""
        order = self._order()
        places = [self._columns[name] for name in order]
        self._spool.seek(0)
        text = io.TextIOWrapper(stream, self._job.encoding, errors="replace", newline="")
        try:
            writer = csv.writer(cast(TextIO, text), lineterminator="\r\n")
            writer.writerow([safe(name) for name in order])
            width = len(self._columns)
            for line in self._spool:
                cells: list[str] = json.loads(line)
                cells += [""] * (width - len(cells))
                writer.writerow([safe(cells[place]) for place in places])
            text.flush()
        finally:
            text.detach()

    def _order(self) -> list[str]:
        """Put the columns in their order: the header, groups by their numbers, further columns, those of the system's own."""
        spec, there = self._job.spec, self._columns
        order = dict.fromkeys(self._header)
        for group in spec.groups:
            names = [[name.replace("{n}", str(number)) for name in group] for number in range(1, 101)]
            for several in names:
                if any(name in there for name in several):
                    order.update(dict.fromkeys(several))
        for name in order:
            there.setdefault(name, len(there))
        order.update(dict.fromkeys(name for name in spec.more if name in there))
        order.update(dict.fromkeys(there))
        return list(order)


_ELSEWHERE = "The file has no place for it; JSON Lines carry it."


def _countries() -> Mapping[str, str]:
    text = (resources.files("canonical_contact.formats") / "data" / "country_names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
