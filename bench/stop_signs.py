"""What the raw exports say, read without the library that is measured: stop signs, sign-ups and endpoints of every record.

The rules are those of the generator's truth. Opt-out columns, Mailchimp's unsubscribed file, `abgemeldet` and notes that say so are
stop signs; a bounce is not. For e-mail alone, a sign-up with both steps on record that is later than every dated sign lifts them;
a complaint, a note and `abgemeldet` are never lifted.
"""

from __future__ import annotations

import csv
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pools

Key = tuple[str, str]  # system, record id as truth.csv spells them
CHANNELS = ("email", "sms", "voice")
_NOTES = {text: channel for channel, texts in pools.STOP_NOTES.items() for text in texts}
_WORKING = re.compile(r"[\w.+'-]+@(?:[\w-]+\.)+[a-z]{2,}")
_ABROAD = re.compile(r"\s*\+(?:[\s().-]*\d){10,15}\s*$")
_EMAIL = re.compile(r"[^\s<>,;:()\"']+@[^\s<>,;()\"']+")


@dataclass(slots=True)
class Sign:
    channel: str
    at: datetime | None  # None: it bears no date
    final: bool  # nothing lifts it


@dataclass(slots=True)
class Record:
    key: Key
    signs: list[Sign] = field(default_factory=list)
    signed_up: datetime | None = None  # the confirmed second step of a double opt-in
    opted_in: bool = (
        False  # a sign-up for e-mail with its time on record; a lone CONFIRM_TIME is what an import by an admin leaves
    )
    bounced: bool = False  # the list says that its address does not work
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    abroad: bool = False  # a number is written with its country code, so that it can be dialled whatever else is known

    def stops(self, channel: str) -> bool:
        return any(sign.channel == channel for sign in self.signs)


def read_folder(folder: Path) -> Iterator[Record]:
    """Read every record of a folder with truth."""
    yield from _table(folder / "hubspot_contacts.csv", "hubspot", "Record ID", "Message")
    yield from _table(folder / "salesforce_contacts.csv", "salesforce_contact", "Id", "Description")
    yield from _table(folder / "salesforce_leads.csv", "salesforce_lead", "Id", "Description")
    for path in sorted(folder.glob("mailchimp/*_members_export_*.csv")):
        yield from _table(path, "mailchimp", "EUID", "", status=path.name.partition("_")[0])
    yield from _table(folder / "google_contacts.csv", "google", "", "Notes")
    yield from _table(folder / "outlook_contacts.csv", "outlook", "", "Notes", encoding="cp1252")
    yield from _table(folder / "spreadsheet.csv", "spreadsheet", "Nr", "Bemerkung", delimiter=";")
    yield from _cards(folder / "phone_cards.vcf")


def entitled(records: list[Record], channel: str, *, needs_consent: bool) -> bool:
    """Whether what is on record of one person whom nothing forbids suffices on a channel.

    It takes an endpoint that works; where the rules need consent, also a sign-up with its time, which only the e-mail lists show.
    """
    if channel != "email":
        return not needs_consent and any(record.phones and record.abroad for record in records)
    bounced = {address for record in records if record.bounced for address in record.emails}
    held = [record for record in records if any(_WORKING.fullmatch(address) for address in record.emails - bounced)]
    return any(record.opted_in for record in held) if needs_consent else bool(held)


def lifted(signs: list[Sign], sign_ups: list[datetime]) -> bool:
    """Whether a later confirmed sign-up lifts the e-mail stop signs of one person."""
    last = max((sign.at for sign in signs if sign.at), default=None)
    return bool(signs) and not any(sign.final for sign in signs) and last is not None and any(at > last for at in sign_ups)


def _table(
    path: Path, system: str, id_column: str, note: str, *, encoding: str = "utf-8-sig", delimiter: str = ",", status: str = ""
) -> Iterator[Record]:
    if not path.exists():
        return
    csv.field_size_limit(1 << 30)
    with path.open(encoding=encoding, newline="") as file:
        rows = csv.DictReader(file, delimiter=delimiter)
        number = 0
        for row in rows:
            cells = {name: value.strip() for name, value in row.items() if name and value}
            if not any(cells.values()) or cells.get(id_column) == id_column:
                continue  # a blank row, or the header again
            number += 1
            record = Record((system, cells[id_column] if id_column else str(number)))
            record.signs = list(_signs(cells, system, status, cells.get(note, "")))
            record.opted_in = status == "subscribed" and bool(cells.get("OPTIN_TIME"))
            record.bounced = status == "cleaned"
            if status == "subscribed" and cells.get("OPTIN_TIME") and cells.get("CONFIRM_TIME"):
                record.signed_up = _time(cells["CONFIRM_TIME"])
            for name, value in cells.items():
                if "mail" in name.lower() and "@" in value:
                    record.emails.update(address.lower().removeprefix("mailto:") for address in _EMAIL.findall(value))
                elif re.search(r"phone|telefon|mobil", name, re.IGNORECASE) and not name.endswith("Label") and "__" not in name:
                    record.phones.update(_numbers(value))
                    record.abroad = record.abroad or _ABROAD.match(value) is not None
            yield record


def _signs(cells: dict[str, str], system: str, status: str, note: str) -> Iterator[Sign]:
    if note in _NOTES:
        yield Sign(_NOTES[note], None, final=True)
    if system == "hubspot":
        for column in ("Unsubscribed from all email", "Opted out of email: Marketing Information"):
            if cells.get(column) == "true":
                yield Sign("email", _time(cells["Last Modified Date"]), final=False)
    elif system.startswith("salesforce"):
        columns = {"HasOptedOutOfEmail": "email", "DoNotCall": "voice", "et4ae5__HasOptedOutOfMobile__c": "sms"}
        for column, channel in columns.items():
            if cells.get(column) == "true":
                yield Sign(channel, _time(cells["LastModifiedDate"]), final=False)
    elif status == "unsubscribed":
        yield Sign("email", _time(cells["UNSUB_TIME"]), final=cells.get("UNSUB_REASON") == "SPAM")
    elif system == "spreadsheet" and cells.get("Newsletter") == "abgemeldet":
        yield Sign("email", None, final=True)


def _cards(path: Path) -> Iterator[Record]:
    if not path.exists():
        return
    text = re.sub(r"=\r?\n", "", path.read_text(encoding="utf-8"))  # soft breaks of quoted-printable
    text = re.sub(r"\r?\n[ \t]", "", text)
    for number, body in enumerate(re.findall(r"BEGIN:VCARD\r?\n(.*?)END:VCARD", text, re.DOTALL), 1):
        record = Record(("vcard", str(number)))
        for line in body.splitlines():
            head, _, value = line.partition(":")
            name, *parameters = head.split(";")
            if "ENCODING=QUOTED-PRINTABLE" in parameters:
                value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
            match name.rpartition(".")[2]:
                case "UID":
                    record.key = ("vcard", value)
                case "NOTE" if (note := re.sub(r"\\(.)", r"\1", value).strip()) in _NOTES:
                    record.signs.append(Sign(_NOTES[note], None, final=True))
                case "EMAIL":
                    record.emails.update(address.lower().removeprefix("mailto:") for address in _EMAIL.findall(value))
                case "TEL":
                    record.phones.update(_numbers(value))
                    record.abroad = record.abroad or _ABROAD.match(value.removeprefix("tel:")) is not None
        yield record


def _numbers(text: str) -> Iterator[str]:
    """Give the last nine digits of each number in a cell: equal for national and international spelling of one number."""
    for part in re.split(r"[;,]|:::|/(?=\s)|\bor\b", text):
        digits = re.sub(r"\D", "", re.sub(r"(?i)(ext|x|durchwahl|#).*$|\.0$", "", part))
        if len(digits) >= 9 and len(set(digits)) > 2:  # 0000000000 is nobody's number
            yield digits[-9:]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
