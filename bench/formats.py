# Vendored sample generator (part of this project's test data; standard library only). Linters leave it alone; change it only together with the truth it writes.
"""File formats of the exports: one record in, one row or vCard out, under the exact headers that the products write."""
from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal


@dataclass(slots=True)
class Card:
    """One record as a system holds it: text as people typed it. `extra` holds columns that only this system has."""

    system: str
    record_id: str          # empty where the format has no id: the position in the file serves then
    created: datetime
    updated: datetime
    given: str = ""
    middle: str = ""
    surname: str = ""
    title: str = ""
    suffix: str = ""
    nickname: str = ""
    reading: tuple[str, str] = ("", "")
    emails: list[str] = field(default_factory=list)
    phones: dict[str, str] = field(default_factory=dict)    # mobile, home, work
    company: str = ""
    job: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    birthday: str = ""
    note: str = ""
    owner: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def email(self, number: int = 0) -> str:
        return self.emails[number] if number < len(self.emails) else ""

    def full_name(self) -> str:
        return " ".join(part for part in (self.title, self.given, self.middle, self.surname, self.suffix) if part)


HUBSPOT = ("Record ID,First Name,Last Name,Email,Additional email addresses,Phone Number,Mobile Phone Number,Contact owner,Lead Status,"
           "Lifecycle Stage,Create Date,Last Modified Date,Company Name,Job Title,Salutation,Street Address,City,State/Region,Country/Region,"
           "Postal Code,Date of birth,Original Source,Message,Unsubscribed from all email,Opted out of email: Marketing Information,"
           "Legal basis for processing contact's data").split(",")
SALESFORCE_CONTACT = ("Id,IsDeleted,MasterRecordId,AccountId,Account.Name,LastName,FirstName,Salutation,MiddleName,Suffix,Name,MailingStreet,"
                      "MailingCity,MailingState,MailingPostalCode,MailingCountry,Phone,Fax,MobilePhone,HomePhone,OtherPhone,Email,Title,Department,"
                      "LeadSource,Birthdate,Description,OwnerId,HasOptedOutOfEmail,HasOptedOutOfFax,DoNotCall,et4ae5__HasOptedOutOfMobile__c,"
                      "CreatedDate,LastModifiedDate,EmailBouncedReason,EmailBouncedDate,IsEmailBounced,IndividualId").split(",")
SALESFORCE_LEAD = ("Id,IsDeleted,MasterRecordId,LastName,FirstName,Salutation,MiddleName,Name,Title,Company,Street,City,State,PostalCode,Country,"
                   "Phone,MobilePhone,Email,Website,Description,LeadSource,Status,Rating,OwnerId,HasOptedOutOfEmail,DoNotCall,"
                   "et4ae5__HasOptedOutOfMobile__c,IsConverted,ConvertedDate,ConvertedAccountId,ConvertedContactId,CreatedDate,LastModifiedDate").split(",")
_MC_START = ("Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,"
             "GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED")
_MC_STATUS = {"subscribed": "", "unsubscribed": ",UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER",
              "cleaned": ",CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID"}
MAILCHIMP = {status: (_MC_START + more + ",LEID,EUID,NOTES,TAGS").split(",") for status, more in _MC_STATUS.items()}
GOOGLE = ("First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,"
          "Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,"
          "E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Phone 3 - Label,Phone 3 - Value,"
          "Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,"
          "Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,Website 1 - Label,Website 1 - Value").split(",")
OUTLOOK = ("Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business Street 2,Business Street 3,"
           "Business City,Business State,Business Postal Code,Business Country/Region,Home Street,Home Street 2,Home Street 3,Home City,Home State,"
           "Home Postal Code,Home Country/Region,Other Street,Other Street 2,Other Street 3,Other City,Other State,Other Postal Code,"
           "Other Country/Region,Assistant's Phone,Business Fax,Business Phone,Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,"
           "Home Phone,Home Phone 2,ISDN,Mobile Phone,Other Fax,Other Phone,Pager,Primary Phone,Radio Phone,TTY/TDD Phone,Telex,Account,"
           "Anniversary,Assistant's Name,Billing Information,Birthday,Business Address PO Box,Categories,Children,Directory Server,E-mail Address,"
           "E-mail Type,E-mail Display Name,E-mail 2 Address,E-mail 2 Type,E-mail 2 Display Name,E-mail 3 Address,E-mail 3 Type,"
           "E-mail 3 Display Name,Gender,Government ID Number,Hobby,Home Address PO Box,Initials,Internet Free Busy,Keywords,Language,Location,"
           "Manager's Name,Mileage,Notes,Office Location,Organizational ID Number,Other Address PO Box,Priority,Private,Profession,Referred By,"
           "Sensitivity,Spouse,User 1,User 2,User 3,User 4,Web Page").split(",")
SPREADSHEET = "Nr;Vorname;Nachname;E-Mail;Telefon;Mobil;Firma;Position;Straße;Ort;PLZ;Land;Geburtstag;Newsletter;Betreuer;Bemerkung;Stand".split(";")


def hubspot_row(c: Card) -> dict[str, str]:
    return {"Record ID": c.record_id, "First Name": " ".join(filter(None, (c.given, c.middle))), "Last Name": " ".join(filter(None, (c.surname, c.suffix))),
            "Email": c.email(), "Additional email addresses": ";".join(c.emails[1:]), "Phone Number": c.phones.get("work") or c.phones.get("home", ""),
            "Mobile Phone Number": c.phones.get("mobile", ""), "Contact owner": c.owner, "Create Date": c.created.isoformat(" ")[:16],
            "Last Modified Date": c.updated.isoformat(" ")[:16], "Company Name": c.company, "Job Title": c.job, "Salutation": c.title,
            "Street Address": c.street, "City": c.city, "State/Region": c.region, "Country/Region": c.country, "Postal Code": c.postcode,
            "Date of birth": c.birthday, "Message": c.note, **c.extra}


def _salesforce_row(c: Card) -> dict[str, str]:
    return {"Id": c.record_id, "IsDeleted": "false", "LastName": c.surname or "[not provided]", "FirstName": c.given, "MiddleName": c.middle, "Salutation": c.title,
            "Suffix": c.suffix, "Name": " ".join(filter(None, (c.given, c.middle, c.surname or "[not provided]", c.suffix))), "Phone": c.phones.get("work", ""),
            "MobilePhone": c.phones.get("mobile", ""), "HomePhone": c.phones.get("home", ""), "Email": c.email(), "Title": c.job, "Description": c.note,
            "CreatedDate": c.created.isoformat()[:19] + ".000Z", "LastModifiedDate": c.updated.isoformat()[:19] + ".000Z", **c.extra}


def salesforce_contact_row(c: Card) -> dict[str, str]:
    return {"Account.Name": c.company, "MailingStreet": c.street, "MailingCity": c.city, "MailingState": c.region, "MailingPostalCode": c.postcode,
            "MailingCountry": c.country, "Birthdate": c.birthday, **_salesforce_row(c)}


def salesforce_lead_row(c: Card) -> dict[str, str]:
    return {"Company": c.company or "[not provided]", "Street": c.street, "City": c.city, "State": c.region, "PostalCode": c.postcode,
            "Country": c.country, **_salesforce_row(c)}


def mailchimp_row(c: Card) -> dict[str, str]:
    return {"Email Address": c.email(), "First Name": c.given, "Last Name": c.surname, "Phone Number": c.phones.get("mobile", ""),
            "Address": "  ".join(filter(None, (c.street, c.city, c.region, c.postcode, c.country))), "Birthday": c.birthday,
            "LAST_CHANGED": c.updated.isoformat(" ")[:19], "NOTES": c.note, "EUID": c.record_id, **c.extra}


def google_row(c: Card) -> dict[str, str]:
    row = {"First Name": c.given, "Middle Name": c.middle, "Last Name": c.surname, "Phonetic First Name": c.reading[0], "Phonetic Last Name": c.reading[1],
           "Name Prefix": c.title, "Name Suffix": c.suffix, "Nickname": c.nickname, "Organization Name": c.company, "Organization Title": c.job,
           "Birthday": c.birthday, "Notes": c.note, "Address 1 - Street": c.street, "Address 1 - City": c.city, "Address 1 - Region": c.region,
           "Address 1 - Postal Code": c.postcode, "Address 1 - Country": c.country}
    for number, email in enumerate(c.emails[:2], 1):
        row[f"E-mail {number} - Label"], row[f"E-mail {number} - Value"] = "* Home" if number == 1 else "Work", email
    for number, (kind, phone) in enumerate(c.phones.items(), 1):
        row[f"Phone {number} - Label"], row[f"Phone {number} - Value"] = kind.title(), phone
    if c.city or c.street:
        row["Address 1 - Label"] = "Home"
        row["Address 1 - Formatted"] = "\n".join(filter(None, (c.street, f"{c.postcode} {c.city}".strip(), c.region, c.country)))
    return row | c.extra


def outlook_row(c: Card) -> dict[str, str]:
    row = {"Title": c.title, "First Name": c.given, "Middle Name": c.middle, "Last Name": c.surname, "Suffix": c.suffix, "Company": c.company, "Job Title": c.job,
           "Home Street": c.street, "Home City": c.city, "Home State": c.region, "Home Postal Code": c.postcode, "Home Country/Region": c.country,
           "Business Phone": c.phones.get("work", ""), "Home Phone": c.phones.get("home", ""), "Mobile Phone": c.phones.get("mobile", ""),
           "Birthday": c.birthday or "0/0/00", "Anniversary": "0/0/00", "Notes": c.note, "Gender": "Unspecified", "Priority": "Normal", "Private": "False", "Sensitivity": "Normal"}
    for start, email in zip(("E-mail ", "E-mail 2 ", "E-mail 3 "), c.emails):
        row |= {start + "Address": email, start + "Type": "SMTP", start + "Display Name": f"{c.full_name()} ({email})"}
    return row | c.extra


def spreadsheet_row(c: Card) -> dict[str, str]:
    return {"Nr": c.record_id, "Vorname": " ".join(filter(None, (c.title, c.given))), "Nachname": c.surname, "E-Mail": c.email(),
            "Telefon": c.phones.get("home") or c.phones.get("work", ""), "Mobil": c.phones.get("mobile", ""), "Firma": c.company, "Position": c.job,
            "Straße": c.street, "Ort": c.city, "PLZ": c.postcode, "Land": c.country, "Geburtstag": c.birthday, "Betreuer": c.owner[2:].title(),
            "Bemerkung": c.note, "Stand": f"{c.updated:%d.%m.%Y}", **c.extra}


def _quoted_printable(name: str, value: str) -> str:
    """A vCard 2.1 line as phones write it: every byte encoded, soft breaks at 76 columns."""
    if value.replace(";", "").isascii() and value.isprintable():
        return f"{name}:{value}\r\n"
    units = [char if char == ";" else "".join(f"={byte:02X}" for byte in char.encode()) for char in value.replace("\n", "\r\n")]
    line, lines = f"{name};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:", []
    for unit in units:
        if len(line) + len(unit) > 75:
            lines.append(line + "=")
            line = ""
        line += unit
    return "\r\n".join([*lines, line]) + "\r\n"


def _fold(line: str) -> str:
    """Fold at 75 octets, never inside a character (RFC 6350, 3.2)."""
    parts, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            parts.append(" ")
            size = 1
        parts[-1] += char
        size += width
    return "\r\n".join(parts) + "\r\n"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


_TEL = {"2.1": {"mobile": "TEL;CELL;PREF", "home": "TEL;HOME", "work": "TEL;WORK"},
        "3.0": {"mobile": "TEL;type=CELL;type=VOICE;type=pref", "home": "TEL;type=HOME;type=VOICE", "work": "TEL;type=WORK;type=VOICE"},
        "4.0": {"mobile": 'TEL;PREF=1;TYPE="cell,voice"', "home": "TEL;TYPE=home", "work": "TEL;TYPE=work"}}


def vcard(c: Card) -> str:
    version, uid = c.extra["version"], c.extra.get("uid", "")
    name = [c.surname, c.given, c.middle, c.title, c.suffix]
    address = ["", "", c.street, c.city, c.region, c.postcode, c.country]
    if version == "2.1":
        lines = [_quoted_printable("N", ";".join(part.replace(";", ",") for part in name)), _quoted_printable("FN", c.full_name())]
        lines += [f"{_TEL['2.1'][kind]}:{phone}\r\n" for kind, phone in c.phones.items()]
        lines += [f"EMAIL;{place}:{email}\r\n" for place, email in zip(("HOME", "WORK", "X-OTHER"), c.emails)]
        lines += [_quoted_printable("ADR;HOME", ";".join(part.replace(";", ",") for part in address))] if c.city else []
        lines += [_quoted_printable(key, value) for key, value in (("ORG", c.company), ("TITLE", c.job), ("NOTE", c.note)) if value]
        lines += [f"BDAY:{c.birthday}\r\n"] if c.birthday else []
        return "".join(["BEGIN:VCARD\r\nVERSION:2.1\r\n", *lines, "END:VCARD\r\n"])
    apple = version == "3.0"
    lines = ["PRODID:-//Apple Inc.//iPhone OS 17.5.1//EN" if apple else "KIND:individual"]
    lines += ["N:" + ";".join(map(_escape, name)), "FN:" + _escape(c.full_name() or c.company)]
    lines += [f"NICKNAME:{_escape(c.nickname)}"] if c.nickname else []
    lines += [f"X-PHONETIC-FIRST-NAME:{c.reading[0]}", f"X-PHONETIC-LAST-NAME:{c.reading[1]}"] if apple and c.reading[0] else []
    lines += [f"ORG:{_escape(c.company)};"] if c.company else []
    lines += [f"TITLE:{_escape(c.job)}"] if c.job else []
    if apple:
        for number, email in enumerate(c.emails, 1):
            lines += [f"item{number}.EMAIL;type=INTERNET{';type=pref' if number == 1 else ''}:{email}", f"item{number}.X-ABLabel:_$!<{'Home' if number == 1 else 'Other'}>!$_"]
    else:
        lines += [f"EMAIL;PREF={number};TYPE={'home' if number == 1 else 'work'}:{email}" for number, email in enumerate(c.emails, 1)]
    lines += [f"{_TEL[version][kind]}:{phone}" for kind, phone in c.phones.items()]
    if c.city:
        start = "item9.ADR;type=HOME;type=pref:" if apple else "ADR;TYPE=home:"
        lines.append(start + ";".join(map(_escape, address)))
    lines += [f"BDAY{';value=date' if apple else ''}:{c.birthday}"] if c.birthday else []
    lines += [f"NOTE:{_escape(c.note)}"] if c.note else []
    lines += [f"REV:{c.updated:%Y-%m-%dT%H:%M:%SZ}" if apple else f"REV:{c.updated:%Y%m%dT%H%M%SZ}"]
    lines += [f"UID:{uid}"] if uid else []
    return "".join(["BEGIN:VCARD\r\n", f"VERSION:{version}\r\n", *map(_fold, lines), "END:VCARD\r\n"])


class Sink:
    """A file whose records leave in a shuffled order through a bounded buffer, so that neighbours say nothing."""

    BUFFER = 4096

    def __init__(self, path: Path, dice: random.Random, header: list[str] | None = None, row: Callable[[Card], dict[str, str]] | None = None, *,
                 encoding: str = "utf-8", delimiter: str = ",", quoting: Literal[0, 1] = csv.QUOTE_MINIMAL, line_end: str = "\r\n", repeat_header: float = 0.0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(path, "w", encoding=encoding, errors="replace", newline="")
        self.dice, self.header, self.row, self.repeat_header = dice, header, row, repeat_header
        self.csv = csv.writer(self.file, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
        self.waiting: list[tuple[Card | list[str], Callable[[str], None] | None]] = []
        self.count = 0
        if header:
            self.csv.writerow(header)

    def add(self, item: Card | list[str], written: Callable[[str], None] | None = None) -> None:
        """Take a record; `written` is told its id (or its position, counted from 1) when it reaches the file."""
        if len(self.waiting) < self.BUFFER:
            self.waiting.append((item, written))
            return
        place = int(self.dice.random() * self.BUFFER)
        ready, self.waiting[place] = self.waiting[place], (item, written)
        self._write(*ready)

    def _write(self, item: Card | list[str], written: Callable[[str], None] | None) -> None:
        self.count += 1
        if isinstance(item, list):
            self.csv.writerow(item)
            return
        if self.header and self.row:
            if self.count > 1 and self.dice.random() < self.repeat_header:
                self.csv.writerow(self.header)
            row = self.row(item)
            self.csv.writerow([row.get(name, "") for name in self.header])
        else:
            self.file.write(vcard(item))
        if written:
            written(item.record_id or str(self.count))

    def close(self, blank_rows: int = 0) -> None:
        self.dice.shuffle(self.waiting)
        for ready in self.waiting:
            self._write(*ready)
        for _ in range(blank_rows if self.header else 0):
            self.csv.writerow([""] * len(self.header or []))
        self.file.close()
