"""Each product's export is recognised by its header and read into the raw paths."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from canonical_contact.formats import PRESET_NAMES, Reading, read
from canonical_contact.model import RawRecord

HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Additional email addresses,Phone Number,Mobile Phone Number,Contact owner,Lead Status,Lifecycle Stage,"
    "Create Date,Last Modified Date,Company Name,Job Title,Salutation,Street Address,City,State/Region,Country/Region,Postal Code,Date of birth,"
    "Original Source,Message,Unsubscribed from all email,Opted out of email: Marketing Information,Legal basis for processing contact's data"
)
GOOGLE_OLD = (
    "Name,Given Name,Additional Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value"
)
OUTLOOK_NEW = (
    "First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,E-mail 2 Address,E-mail 3 Address,Home Phone,"
    "Business Phone,Mobile Phone,Business Fax,Job Title,Department,Company,Business Street,Business City,Business Country/Region,Notes"
)


def table(
    folder: Path, name: str, header: str, *rows: dict[str, str], delimiter: str = ",", mapping: str | None = None
) -> Reading:
    path = folder / name
    names = next(csv.reader([header], delimiter=delimiter))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, names, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return read(path, mapping=mapping)


def one(reading: Reading) -> RawRecord:
    (record,) = reading
    return record


def test_hubspot_with_labels(tmp_path: Path) -> None:
    row = {
        "Record ID": "17", "First Name": "Ana", "Email": "a@example.org", "Additional email addresses": "b@example.org;c@example.org",
        "Phone Number": "030 1", "Mobile Phone Number": "0170 2", "City": "Bonn", "Company Name": "Acme", "Job Title": "CTO",
        "Lifecycle Stage": "customer", "Create Date": "2025-01-02 03:04", "Message": "hello",
    }  # fmt: skip
    reading = table(tmp_path, "export.csv", HUBSPOT, row)
    record = one(reading)
    assert (reading.preset, record.system, record.record_id, record.preset.partition("#")[0]) == (
        "hubspot",
        "hubspot",
        "17",
        "hubspot/2",
    )
    assert record.values == {
        "name.given": "Ana", "emails[0].address": "a@example.org", "emails[1].address": "b@example.org", "emails[2].address": "c@example.org",
        "phones[0].number": "030 1", "phones[1].number": "0170 2", "phones[1].label": "mobile", "addresses[0].locality": "Bonn",
        "organizations[0].name": "Acme", "titles[0]": "CTO", "lifecycle.stage": "customer", "created_at": "2025-01-02 03:04", "notes[0]": "hello",
    }  # fmt: skip
    assert record.columns["emails[2].address"] == "Additional email addresses"
    assert record.columns["phones[1].number"] == "Mobile Phone Number"
    assert record.raw == row


def test_hubspot_with_internal_names_and_columns_of_its_own(tmp_path: Path) -> None:
    header = "hs_object_id,firstname,lastname,email,hs_additional_emails,mobilephone,hs_date_entered_lead,custom_score,hs_email_optout_42"
    row = {"hs_object_id": "9", "lastname": "Lee", "mobilephone": "1", "hs_date_entered_lead": "2025", "custom_score": "7"}
    reading = table(tmp_path, "x.csv", header, row)
    record = one(reading)
    assert record.system == "hubspot"
    assert record.values["extensions.custom_score"] == "7"
    assert record.values["extensions.hs_date_entered_lead"] == "2025"
    assert record.values["phones[0].number"] == "1"  # indexes are compact
    assert reading.problems == []


SALESFORCE = "Id,IsDeleted,MasterRecordId,AccountId,Account.Name,LastName,FirstName,Name,MailingStreet,MailingCity,Phone,Fax,MobilePhone,Email,Title"


def test_salesforce_contact(tmp_path: Path) -> None:
    row = {
        "Id": "0035g000002iJH7", "IsDeleted": "true", "MasterRecordId": "0035g000005sm2hAAA", "LastName": "[not provided]", "FirstName": "Jo",
        "Name": "Jo [not provided]", "Phone": "1", "Fax": "2", "AccountId": "001", "Account.Name": "Acme",
    }  # fmt: skip
    record = one(table(tmp_path, "sf.csv", SALESFORCE, row))
    assert record.system == "salesforce_contact"
    assert record.record_id == "0035g000002iJH7AAM"
    assert record.values == {
        "deleted": "true", "same_as[0]": "salesforce_contact:0035g000005sm2hAAA", "name.given": "Jo", "name.full": "Jo",
        "phones[0].number": "1", "phones[0].label": "work", "phones[1].number": "2", "phones[1].label": "work,fax",
        "organizations[0].name": "Acme", "organizations[0].external_id": "001",
    }  # fmt: skip


def test_salesforce_lead_that_was_converted(tmp_path: Path) -> None:
    header = "Id,IsDeleted,LastName,FirstName,Company,Street,City,Email,Status,IsConverted,ConvertedDate,ConvertedContactId,CreatedDate"
    row = {
        "Id": "00Q1",
        "IsDeleted": "false",
        "LastName": "Li",
        "IsConverted": "true",
        "ConvertedDate": "2024-09-06",
        "ConvertedContactId": "0035g000002iJH7AAM",
    }
    record = one(table(tmp_path, "leads.csv", header, row))
    assert record.system == "salesforce_lead"
    assert record.values["same_as[0]"] == "salesforce_contact:0035g000002iJH7AAM"
    assert record.values["lifecycle.converted_at"] == "2024-09-06"
    assert "deleted" not in record.values


MAILCHIMP = (
    "Email Address,First Name,Last Name,Address,Phone Number,Birthday,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
)


def test_mailchimp(tmp_path: Path) -> None:
    row = {
        "Email Address": "a@example.org",
        "EUID": "e1",
        "TAGS": '"Newsletter","Customer"',
        "OPTIN_TIME": "2024-01-02 03:04:05",
        "CONFIRM_TIME": "2024-01-02 04:00:00",
    }
    record = one(table(tmp_path, "subscribed_members_export_1.csv", MAILCHIMP, row))
    assert (record.system, record.record_id) == ("mailchimp", "e1")
    assert record.values["tags[0]"] == "Newsletter"
    assert record.values["tags[1]"] == "Customer"
    assert record.values["zone"] == "UTC"
    assert record.values["emails[0].verified_at"] == "2024-01-02 04:00:00"
    assert record.values["emails[0].verified_method"] == "double_opt_in"
    alone = one(table(tmp_path, "subscribed_members_export_2.csv", MAILCHIMP, {**row, "OPTIN_TIME": ""}))
    assert not any("verified" in path for path in alone.values)


def test_google_groups_go_as_high_as_the_header(tmp_path: Path) -> None:
    header = (
        "First Name,Last Name,Notes,Labels,"
        + ",".join(f"E-mail {n} - Label,E-mail {n} - Value" for n in range(1, 13))
        + ",Phone 1 - Label,Phone 1 - Value"
    )
    row = {
        "First Name": "Ana", "Labels": "* myContacts ::: Trade fair", "E-mail 1 - Label": "Work", "E-mail 12 - Label": "* Home",
        "E-mail 12 - Value": "z@example.org", "E-mail 2 - Label": "Shop", "E-mail 2 - Value": "b@example.org ::: c@example.org",
        "Phone 1 - Label": "Work Fax", "Phone 1 - Value": "1",
    }  # fmt: skip
    record = one(table(tmp_path, "contacts.csv", header, row))
    assert (record.system, record.record_id, record.row) == ("google", "", 1)
    assert record.values == {
        "name.given": "Ana", "tags[0]": "myContacts", "tags[1]": "Trade fair", "emails[0].address": "b@example.org ::: c@example.org",
        "emails[0].label": "shop", "emails[1].address": "z@example.org", "emails[1].label": "home", "emails[1].pref": "1",
        "phones[0].number": "1", "phones[0].label": "work,fax",
    }  # fmt: skip
    assert record.columns["emails[1].address"] == "E-mail 12 - Value"


def test_google_before_2024(tmp_path: Path) -> None:
    row = {"Name": "Ana Lopez", "Given Name": "Ana", "E-mail 1 - Type": "* ", "E-mail 1 - Value": "a@example.org"}
    record = one(table(tmp_path, "contacts.csv", GOOGLE_OLD, row))
    assert record.values == {
        "name.full": "Ana Lopez",
        "name.given": "Ana",
        "emails[0].address": "a@example.org",
        "emails[0].pref": "1",
    }
    assert record.system == "google"


def test_outlook_classic(tmp_path: Path) -> None:
    header = "Title,First Name,Last Name,Company,Business Street,Business Street 2,Business City,Home City,Business Phone,Home Phone,Birthday,Anniversary,E-mail Address,E-mail Type,Gender,Priority,Private,Web Page"
    row = {
        "Title": "Dr.", "First Name": "Ana", "Business Street": "Main 1", "Business Street 2": "2nd floor", "Business City": "Bonn", "Home City": "Ulm",
        "Birthday": "0/0/00", "Anniversary": "0/0/00", "E-mail Address": "/o=Acme/cn=ana", "E-mail Type": "EX", "Gender": "Unspecified", "Priority": "High",
        "Private": "False",
    }  # fmt: skip
    record = one(table(tmp_path, "outlook.csv", header, row))
    assert record.system == "outlook"
    assert record.values == {
        "name.title": "Dr.", "name.given": "Ana", "addresses[0].street": "Main 1\n2nd floor", "addresses[0].locality": "Bonn", "addresses[0].label": "work",
        "addresses[1].locality": "Ulm", "addresses[1].label": "home", "extensions.exchange_address": "/o=Acme/cn=ana", "extensions.Priority": "High",
    }  # fmt: skip
    assert [problem.code for problem in record.problems] == ["email.exchange_name"]
    assert record.raw["Birthday"] == "0/0/00"


@pytest.mark.parametrize(
    "header",
    [
        OUTLOOK_NEW,
        "First Name,Middle Name,Last Name,Title,Suffix,Initials,Web Page,E-mail Address,E-mail 2 Address,Primary Phone,Home Phone,Mobile Phone,Home Country,Business Country",
    ],
)
def test_outlook_variants(tmp_path: Path, header: str) -> None:
    record = one(
        table(tmp_path, "o.csv", header, {"First Name": "Ana", "E-mail 2 Address": "b@example.org", "Mobile Phone": "2"})
    )
    assert record.system == "outlook"
    assert record.values == {
        "name.given": "Ana",
        "emails[0].address": "b@example.org",
        "phones[0].number": "2",
        "phones[0].label": "mobile",
    }


@pytest.mark.parametrize("system", ["hubspot", "salesforce_contact", "salesforce_lead", "mailchimp", "google", "outlook"])
def test_presets_ship_with_the_library(system: str) -> None:
    assert system in PRESET_NAMES


def test_a_preset_can_be_asked_for_by_name_and_a_system_by_argument(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Email,First Name\na@example.org,Ana\n")
    assert read(path).preset == "sheet"
    reading = read(path, mapping="hubspot", system="crm_old")
    assert (reading.preset, [record.system for record in reading]) == ("hubspot", ["crm_old"])


GERMAN = (
    "Nr;Vorname;Nachname;E-Mail;Telefon;Mobil;Firma;Position;Straße;Ort;PLZ;Land;Geburtstag;Newsletter;Betreuer;Bemerkung;Stand"
)


def test_a_german_sheet_is_read_with_no_option(tmp_path: Path) -> None:
    row = dict(
        zip(
            GERMAN.split(";"),
            [
                "7",
                "Ana",
                "Lopez",
                "a@example.org",
                "030 1",
                "0170 2",
                "Acme",
                "CTO",
                "Weg 1",
                "Bonn",
                "53111",
                "DE",
                "1.2.1980",
                "",
                "Osei",
                "nett",
                "3.4.2025",
            ],
            strict=True,
        )
    )
    reading = table(tmp_path, "kunden.csv", GERMAN, row, delimiter=";")
    record = one(reading)
    assert (record.system, record.record_id, reading.problems) == ("kunden", "7", [])
    assert record.values == {
        "name.given": "Ana", "name.surname": "Lopez", "emails[0].address": "a@example.org", "phones[0].number": "030 1", "phones[1].number": "0170 2",
        "phones[1].label": "mobile", "organizations[0].name": "Acme", "titles[0]": "CTO", "addresses[0].street": "Weg 1", "addresses[0].locality": "Bonn",
        "addresses[0].postcode": "53111", "addresses[0].country": "DE", "birthday": "1.2.1980", "owner": "Osei", "notes[0]": "nett",
        "updated_at": "3.4.2025", "date_order": "dmy",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "paths"),
    [
        ("Prénom,Nom,Courriel,Ville", ["name.given", "name.surname", "emails[0].address", "addresses[0].locality"]),
        ("Nombre,Apellidos,Correo electrónico,Móvil", ["name.given", "name.surname", "emails[0].address", "phones[0].number"]),
        ("Nombre,Correo", ["name.full", "emails[0].address"]),
        ("Nome,Cognome,Cellulare,CAP", ["name.given", "name.surname", "phones[0].number", "addresses[0].postcode"]),
        (
            "Voornaam,Achternaam,E-mailadres,Woonplaats",
            ["name.given", "name.surname", "emails[0].address", "addresses[0].locality"],
        ),
        ("Nome,Sobrenome,Telemóvel,Cidade", ["name.given", "name.surname", "phones[0].number", "addresses[0].locality"]),
        ("Imię,Nazwisko,Adres e-mail,Miasto", ["name.given", "name.surname", "emails[0].address", "addresses[0].locality"]),
        ("Förnamn,Efternamn,E-post,Postort", ["name.given", "name.surname", "emails[0].address", "addresses[0].locality"]),
        ("Name,Vorname,Handy,Wohnort", ["name.surname", "name.given", "phones[0].number", "addresses[0].locality"]),
        ("Full Name,E-mail,Cell,Job Title", ["name.full", "emails[0].address", "phones[0].number", "titles[0]"]),
        ("email", ["emails[0].address"]),
        ("FIRST_NAME,LAST_NAME,EMAIL_ADDRESS,PHONE 2", ["name.given", "name.surname", "emails[0].address", "phones[0].number"]),
        ("Title,Name,Job Title,Email", ["name.title", "name.full", "titles[0]", "emails[0].address"]),
    ],
)
def test_sheets_in_other_languages(tmp_path: Path, header: str, paths: list[str]) -> None:
    names = header.split(",")
    record = one(table(tmp_path, "sheet.csv", header, {name: f"v{index}" for index, name in enumerate(names)}))
    assert [record.values[path] for path in paths] == [f"v{index}" for index in range(len(names))]


def test_house_numbers_join_the_street(tmp_path: Path) -> None:
    record = one(
        table(tmp_path, "s.csv", "Vorname,Nachname,E-Mail,Straße,Nr,Ort", {"Nachname": "Lopez", "Straße": "Weg", "Nr": "7"})
    )
    assert record.values["addresses[0].street"] == "Weg 7"
    assert record.record_id == ""


def test_repeated_and_blank_column_names_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("Email,Phone,Phone,,Name\na@example.org,1,2,x,Ana\n")
    record = one(read(path))
    assert record.raw == {"Email": "a@example.org", "Phone": "1", "Phone (2)": "2", "column_4": "x", "Name": "Ana"}
    assert (record.values["phones[0].number"], record.values["phones[1].number"]) == ("1", "2")
    assert record.values["extensions.column_4"] == "x"
