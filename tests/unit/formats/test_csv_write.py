"""Files that other systems import: their headers, the forms of their values, what they cannot carry, and how consent is said."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.errors import InputError
from canonical_contact.formats import PRESET_NAMES, Presets, read
from canonical_contact.formats._loss import LossReport
from canonical_contact.formats._write_spec import load_spec
from canonical_contact.formats.exchange import write_contacts
from canonical_contact.model import (
    Anniversary,
    Channel,
    Claim,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    Interaction,
    InteractionKind,
    Lifecycle,
    LifecycleStage,
    Name,
    OnlineService,
    Organization,
    PhoneNumber,
    PostalAddress,
    Restriction,
    SourceRef,
    StageChange,
    Suppression,
    SuppressionKind,
)
from canonical_contact.normalize import Normalizer, country

AT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
ANA = Contact(
    contact_id="1",
    name=Name(full="Ana Núñez", title="Dr.", given="Ana", surname="Núñez"),
    emails=(
        EmailAddress("ana@example.com", "ana@example.com"),
        EmailAddress("ana@firma.example", "ana@firma.example", ("work",)),
        EmailAddress("old@example.net", "old@example.net"),
        EmailAddress("older@example.net", "older@example.net"),
    ),
    phones=(
        PhoneNumber("+493012345678", "12", "DE", "fixed_line"),
        PhoneNumber("+491711234567", country_code="DE", line_type="mobile", features=("mobile",)),
        PhoneNumber("+493012345679", country_code="DE", line_type="fixed_line", features=("fax",), contexts=("work",)),
    ),
    addresses=(PostalAddress(street="Weg 1", postcode="10115", locality="Berlin", country_code="DE"),),
    organizations=(Organization("Acme GmbH", ("Sales",), "acme"),),
    titles=("Buyer",),
    notes=("one\ntwo",),
    tags=("vip", "x, y"),
    lifecycle=Lifecycle(LifecycleStage.MQL, (StageChange(LifecycleStage.MQL, None, "s:1"),), "NEW"),
    birthday="1980-02-01",
    created_at=AT,
    updated_at=AT,
)


def rows(contacts: list[Contact], preset: str, **options: Any) -> tuple[list[dict[str, str]], LossReport]:
    stream = io.BytesIO()
    losses = write_contacts(contacts, stream, format=preset, keep_losses=None, **options)
    text = stream.getvalue().decode(options.get("encoding", "utf-8"))
    return list(csv.DictReader(io.StringIO(text, newline=""))), losses


def row(contact: Contact, preset: str, **options: Any) -> dict[str, str]:
    (one,), _ = rows([contact], preset, **options)
    return {name: text for name, text in one.items() if text}


def paths(losses: LossReport) -> set[tuple[str, str]]:
    return {(loss.path, loss.code) for loss in losses}


# -- headers ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "start"),
    [
        ("hubspot", "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Lifecycle Stage,Create Date,Company Name,Job Title,Associated Company,City"),
        ("salesforce_contact", "Id,IsDeleted,MasterRecordId,AccountId,LastName,FirstName,Salutation,Name,OtherStreet,OtherCity,OtherState,OtherPostalCode,OtherCountry,MailingStreet"),
        ("salesforce_lead", "Id,IsDeleted,MasterRecordId,LastName,FirstName,Salutation,Name,Title,Company,Street,City,State,PostalCode,Country,Phone"),
        ("google", "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name"),
        ("outlook", "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business Street 2,Business Street 3,Business City"),
    ],
)  # fmt: skip
def test_the_header_is_the_system_s(preset: str, start: str) -> None:
    stream = io.BytesIO()
    write_contacts([ANA], stream, format=preset)
    assert stream.getvalue().decode().startswith(start)


def test_google_numbers_its_groups_as_high_as_the_fullest_contact() -> None:
    stream = io.BytesIO()
    write_contacts([ANA, Contact(contact_id="2", nicknames=("x",))], stream, format="google")
    header = stream.getvalue().decode().splitlines()[0]
    assert ",Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label," in header
    assert "E-mail 4 - Value,Phone 1 - Label," in header
    assert "E-mail 5" not in header
    assert (
        "Phone 3 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,"
        in header
    )
    assert header.endswith("Address 1 - Extended Address")


def test_new_outlook_has_its_own_header() -> None:
    stream = io.BytesIO()
    write_contacts([ANA], stream, format="outlook", style="new")
    header = stream.getvalue().decode().splitlines()[0]
    assert header.startswith("First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,")
    assert "Home Country/Region" in header


def test_every_column_that_the_reference_names_for_a_product_is_known_to_its_writer_or_reader() -> None:
    headers = json.loads((ROOT / "bench" / "export_headers.json").read_text("utf-8"))
    written = {"hubspot_labels": "hubspot", "salesforce_contact": "salesforce_contact", "mailchimp_csv": "mailchimp", "google_csv_2024": "google", "outlook_csv": "outlook"}  # fmt: skip
    presets = Presets()
    for product, name in written.items():
        spec = load_spec(name, presets)
        new = load_spec(name, presets, "new").header if name == "outlook" else ()
        there = {*spec.header, *spec.more, *new, *(column for one in spec.statuses.values() for column in one)}
        assert set(headers[product]["columns"]) - there <= {"Business Country", "Home Country", "LATITUDE", "LONGITUDE"}


@pytest.mark.parametrize("preset", PRESET_NAMES)
def test_every_column_that_is_written_is_read_or_known(preset: str) -> None:
    spec = load_spec(preset, Presets())
    for column in [*spec.opt_out.values(), *(name for told in spec.bounce.values() for name in told)]:
        assert column in spec.mapping.consent or column in spec.mapping.columns
    assert set(spec.required) | set(spec.patterns) <= {*spec.header, *spec.more}
    assert (not spec.id) or spec.id in spec.mapping.id


# -- values -------------------------------------------------------------------------------------------------------------------------


def test_hubspot() -> None:
    assert row(ANA, "hubspot") == {
        "First Name": "Ana", "Last Name": "Núñez", "Email": "ana@example.com", "Work email": "ana@firma.example", "Salutation": "Dr.",
        "Additional email addresses": "old@example.net;older@example.net", "Phone Number": "(+49) 3012345678 ext. 12",
        "Mobile Phone Number": "(+49) 1711234567", "Fax Number": "(+49) 3012345679", "Lead Status": "NEW",
        "Lifecycle Stage": "marketingqualifiedlead", "Create Date": "2026-05-04 03:02:01", "Last Modified Date": "2026-05-04 03:02:01",
        "Company Name": "Acme GmbH", "Job Title": "Buyer", "Street Address": "Weg 1", "City": "Berlin", "Country/Region": "Germany",
        "Postal Code": "10115", "Date of birth": "1980-02-01", "Message": "one\ntwo",
    }  # fmt: skip


def test_salesforce_contact() -> None:
    found = row(ANA, "salesforce_contact")
    assert (found.get("Phone", ""), found["OtherPhone"], found["MobilePhone"], found["Fax"]) == (
        "", "(+49) 3012345678 ext. 12", "(+49) 1711234567", "(+49) 3012345679",
    )  # fmt: skip
    assert (found["CreatedDate"], found["Birthdate"], found["Account.Name"], found["Department"]) == (
        "2026-05-04T03:02:01Z", "1980-02-01", "Acme GmbH", "Sales",
    )  # fmt: skip


def test_salesforce_requires_a_surname_and_leads_a_company() -> None:
    nobody = Contact(contact_id="2", emails=(EmailAddress("x@example.com", "x@example.com"),))
    assert row(nobody, "salesforce_lead") == {"LastName": "[not provided]", "Company": "[not provided]", "Email": "x@example.com"}


def test_ids_of_the_system_itself_come_back_and_others_do_not() -> None:
    known = (
        SourceRef("hubspot", "17", "17"),
        SourceRef("salesforce_contact", "0035g000002iJH7AAM", "0035g000002iJH7AAM"),
        SourceRef("google", "ab12", "3"),
    )
    ana = Contact(contact_id="1", nicknames=("x",), name=Name(given="Ana", surname="X"), owner="b.osei", sources=known)
    assert row(ana, "hubspot")["Record ID"] == "17"
    found = row(ana, "salesforce_contact")
    assert found["Id"] == "0035g000002iJH7AAM"
    assert "OwnerId" not in found  # a name is no id
    fingerprint = Contact(contact_id="1", name=Name(given="Ana"), sources=(SourceRef("hubspot", "ab12", "3"),))
    assert "Record ID" not in row(fingerprint, "hubspot")


def test_google_labels() -> None:
    ana = Contact(
        contact_id="1",
        emails=(EmailAddress("a@example.com", "a@example.com", ("private",), pref=1),),
        phones=(
            PhoneNumber("+493012345679", features=("fax",), contexts=("work",)),
            PhoneNumber("+493012345670", label="ferienhaus"),
        ),
        tags=("vip", "friends"),
        anniversaries=(Anniversary("2001-06-30", "wedding", "Anniversary"),),
        online_services=(OnlineService("https://example.org", "website", "blog"),),
    )
    found = row(ana, "google")
    assert (found["E-mail 1 - Label"], found["Phone 1 - Label"], found["Phone 2 - Label"]) == ("* Home", "Work Fax", "ferienhaus")
    assert (found["Labels"], found["Website 1 - Label"]) == ("vip ::: friends", "blog")
    assert found["Event 1 - Value"] == "2001-06-30"


def test_google_carries_a_usual_contact_whole() -> None:
    usual = Contact(
        contact_id="1",
        name=ANA.name,
        emails=ANA.emails,
        phones=ANA.phones[:2],
        addresses=ANA.addresses,
        organizations=ANA.organizations,
        titles=ANA.titles,
        notes=("one",),
        tags=("vip",),
        birthday="1980-02-01",
    )
    _, losses = rows([usual], "google")
    assert losses.exact, list(losses)


def test_outlook_places() -> None:
    ana = Contact(
        contact_id="1",
        addresses=(
            PostalAddress(
                street="Weg 1", extended="Hof 2", po_box="77", locality="Berlin", country_code="DE", contexts=("private",)
            ),
            PostalAddress(street="Platz 2", contexts=("work",)),
        ),
        emails=ANA.emails,
        tags=("a;b", "c"),
    )
    (found,), losses = rows([ana], "outlook")
    assert (found["Home Street"], found["Home Street 2"], found["Home Address PO Box"]) == ("Weg 1", "Hof 2", "77")
    assert (found["Business Street"], found["E-mail 3 Address"], found["E-mail Type"]) == ("Platz 2", "old@example.net", "SMTP")
    assert found["Categories"] == "a b;c"
    assert ("$.emails[3]", "loss.too_many") in paths(losses)
    assert ("$.tags[0]", "loss.form") in paths(losses)


def test_a_code_page_lacks_characters() -> None:
    ana = Contact(contact_id="1", name=Name(full="李 Núñez", given="李", surname="Núñez"))
    (found,), losses = rows([ana], "outlook", encoding="cp1252")
    assert (found["First Name"], found["Last Name"]) == ("?", "Núñez")
    assert ("$.name.given", "loss.characters") in paths(losses)


def test_mailchimp_s_address_and_day() -> None:
    found = row(ANA, "mailchimp", status="nonsubscribed")
    assert (found["Address"], found["Birthday"], found["TAGS"]) == ("Weg 1  Berlin  10115  Germany", "02/01", '"vip","x y"')


@pytest.mark.parametrize(
    "number", ["+493012345678", "+14155552671", "+390612345678", "+3934712345", "+442079460018", "+99812", "+8112345"]
)
@pytest.mark.parametrize("phones", ["brackets", "zeros"])
@pytest.mark.parametrize("preset", ["hubspot", "salesforce_contact", "google", "outlook"])
def test_numbers_come_back_as_they_are(preset: str, phones: str, number: str, tmp_path: Path) -> None:
    normalizer = Normalizer()
    value = normalizer.readers.phone((number, "", ())).value
    if value is None or value.number != number:
        return
    target = tmp_path / "people.csv"
    losses = write_contacts([Contact(contact_id="1", phones=(value,))], target, format=preset, phones=phones)
    (raw,) = read(target)
    assert normalizer.record(raw, "s:1", "1").card.phones[0].number == number
    assert losses.exact


def test_a_day_without_its_year_has_no_form_that_is_no_formula() -> None:
    ana = Contact(contact_id="1", name=Name(given="Ana"), birthday="--02-01")
    (found,), losses = rows([ana], "hubspot")
    assert "Date of birth" not in found
    assert ("$.birthday", "loss.no_place") in paths(losses)


def test_a_system_s_own_columns_come_back() -> None:
    ana = Contact(
        contact_id="1",
        name=Name(given="Ana"),
        extensions={
            "hubspot.Shoe size": "42",
            "hubspot.Email": "x",
            "hubspot.=risk": "=1",
            "outlook.Spouse": "Ben",
            "google.Shoe": "9",
        },
    )
    stream = io.BytesIO()
    losses = write_contacts([ana], stream, format="hubspot")
    assert b"Shoe size" in stream.getvalue()
    assert b"'=risk" in stream.getvalue()
    assert b"'=1" in stream.getvalue()
    assert {loss.path for loss in losses} == {
        "$.extensions.hubspot.Email",
        "$.extensions.outlook.Spouse",
        "$.extensions.google.Shoe",
    }
    assert row(ana, "google")["Custom Field 1 - Label"] == "Shoe"
    assert row(ana, "outlook")["Spouse"] == "Ben"


def test_every_name_of_a_country_reads_back_as_its_code() -> None:
    import tomllib
    from importlib import resources

    text = (resources.files("canonical_contact.formats") / "data" / "country_names.toml").read_text("utf-8")
    for code, name in tomllib.loads(text).items():
        assert country(name).value == code


# -- losses ------------------------------------------------------------------------------------------------------------------------


def test_provenance_is_one_loss_and_a_timeline_another() -> None:
    ana = Contact(
        contact_id="1",
        name=Name(full="Ana", given="Ana"),
        sources=(SourceRef("erp", "1", "1"),),
        claims=(Claim("$.name", "Ana"), Claim("$.name", "A.")),
        interactions=(Interaction(InteractionKind.CALL, AT), Interaction(InteractionKind.NOTE, AT)),
    )
    _, losses = rows([ana], "google")
    assert {(loss.path, loss.value) for loss in losses} == {
        ("$.claims", "1 records, 2 claims, 0 retired ids"),
        ("$.interactions", "2 interactions"),
    }


def test_what_has_no_place_in_hubspot_is_named() -> None:
    _, losses = rows([ANA], "hubspot")
    assert paths(losses) == {("$.phones[2].contexts", "loss.no_place"), ("$.organizations[0].units", "loss.no_place"), ("$.tags[0]", "loss.no_place"), ("$.tags[1]", "loss.no_place"), ("$.emails", "loss.form")} - {("$.emails", "loss.form")}  # fmt: skip


def test_contacts_that_are_not_written_are_counted() -> None:
    gone = [
        Contact(contact_id="1"),
        Contact(contact_id="2", name=Name(given="A"), deleted=True),
        Contact(contact_id="3", name=Name(given="B"), restrictions=(Restriction.FORGET,)),
        Contact(contact_id="4", name=Name(given="C"), consent=(ConsentRecord(Channel.SMS, "x", ConsentState.ERASED),)),
    ]
    found, losses = rows(gone, "hubspot")
    assert (found, losses.contacts) == ([], 0)
    assert losses.left_out == {"contact.empty": 1, "contact.deleted": 1, "restriction.forget": 1, "consent.erased": 1}


def test_a_contact_of_whom_the_file_can_hold_no_character_is_left_out_and_counted() -> None:
    found, losses = rows([Contact(contact_id="1", emails=(EmailAddress("\x1b"),))], "hubspot")
    assert (found, losses.contacts, losses.left_out) == ([], 0, {"contact.empty": 1})


# -- consent -----------------------------------------------------------------------------------------------------------------------


def person(*consent: ConsentRecord, suppressions: tuple[Suppression, ...] = (), **more: Any) -> Contact:
    fields: dict[str, Any] = {"name": Name(full="Ana", given="Ana"), "emails": ANA.emails[:2], "phones": ANA.phones[:1], **more}
    return Contact(contact_id="1", consent=consent, suppressions=suppressions, **fields)


REFUSED = [ConsentState.WITHDRAWN, ConsentState.DENIED, ConsentState.INVALIDATED]


@pytest.mark.parametrize("state", REFUSED)
@pytest.mark.parametrize(
    ("preset", "channel", "column"),
    [
        ("hubspot", Channel.EMAIL, "Unsubscribed from all email"),
        ("hubspot", Channel.SMS, "Opted out of sms"),
        ("hubspot", Channel.VOICE_LIVE, "Opted out of voice"),
        ("salesforce_contact", Channel.EMAIL, "HasOptedOutOfEmail"),
        ("salesforce_contact", Channel.FAX, "HasOptedOutOfFax"),
        ("salesforce_lead", Channel.VOICE_AUTOMATED, "DoNotCall"),
        ("salesforce_lead", Channel.POST, "Opted out of post"),
        ("outlook", Channel.EMAIL, "Opted out of email"),
    ],
)
def test_a_refusal_of_any_purpose_and_brand_is_written(state: ConsentState, preset: str, channel: Channel, column: str) -> None:
    assert row(person(ConsentRecord(channel, "newsletter", state, "brand")), preset)[column] == "true"
    waiting = ConsentRecord(channel, "newsletter", ConsentState.REQUESTED, resume_state=state)
    assert row(person(waiting), preset)[column] == "true"


def test_google_says_it_in_a_custom_field() -> None:
    found = row(person(ConsentRecord(Channel.EMAIL, "any", ConsentState.WITHDRAWN)), "google")
    assert (found["Custom Field 1 - Label"], found["Custom Field 1 - Value"]) == ("Opted out of email", "true")


@pytest.mark.parametrize("state", [state for state in ConsentState if state not in {*REFUSED, ConsentState.ERASED}])
@pytest.mark.parametrize("preset", ["hubspot", "salesforce_contact", "google", "outlook"])
def test_nothing_else_is_written_as_a_refusal_and_nothing_as_permission(state: ConsentState, preset: str) -> None:
    plain, told = row(person(), preset), row(person(ConsentRecord(Channel.EMAIL, "marketing", state)), preset)
    assert plain == told


def test_a_channel_that_is_not_refused_stays_blank_so_that_an_import_lifts_nothing() -> None:
    found, _ = rows([person()], "salesforce_contact")
    assert found[0]["HasOptedOutOfEmail"] == found[0]["DoNotCall"] == ""


def test_who_forbids_all_processing_refuses_every_channel() -> None:
    found = row(person(restrictions=(Restriction.DO_NOT_PROCESS,)), "hubspot")
    assert (found["Unsubscribed from all email"], found["Opted out of any contact"]) == ("true", "true")


@pytest.mark.parametrize("kind", [kind for kind in SuppressionKind if kind is not SuppressionKind.HARD_BOUNCE])
@pytest.mark.parametrize("endpoint", ["", "ana@firma.example"])
def test_a_suppression_of_one_address_refuses_the_channel(kind: SuppressionKind, endpoint: str) -> None:
    assert (
        row(person(suppressions=(Suppression(kind, Channel.EMAIL, endpoint),)), "hubspot")["Unsubscribed from all email"]
        == "true"
    )


def test_a_bounce_is_written_where_there_is_a_column_and_else_the_address_is_left_out() -> None:
    first = (Suppression(SuppressionKind.HARD_BOUNCE, Channel.EMAIL, "ana@example.com", AT),)
    assert row(person(suppressions=first), "hubspot")["Email hard bounce reason"] == "OTHER"
    found = row(person(suppressions=first), "salesforce_contact")
    assert (found["IsEmailBounced"], found["EmailBouncedDate"]) == ("true", "2026-05-04T03:02:01Z")
    (found,), losses = rows([person(suppressions=first)], "google")
    assert found["E-mail 1 - Value"] == "ana@firma.example"
    assert ("$.emails[0]", "loss.blocked") in paths(losses)
    second = (Suppression(SuppressionKind.HARD_BOUNCE, Channel.EMAIL, "ana@firma.example"),)
    assert "ana@firma.example" not in str(row(person(suppressions=second), "hubspot"))
    bad = (EmailAddress("ana@example.com", status=EmailStatus.BAD),)
    assert row(person(emails=bad), "hubspot")["Invalid email address"] == "true"


# -- Mailchimp ----------------------------------------------------------------------------------------------------------------------

GRANTED = ConsentRecord(
    Channel.EMAIL,
    "marketing",
    ConsentState.GRANTED,
    strength="double",
    endpoint="ana@firma.example",
    effective_at=AT,
    events=("e",),
)
STANDS = {
    "subscribed": person(GRANTED),
    "unsubscribed": person(GRANTED, ConsentRecord(Channel.EMAIL, "newsletter", ConsentState.WITHDRAWN, effective_at=AT)),
    "cleaned": person(suppressions=(Suppression(SuppressionKind.HARD_BOUNCE, Channel.EMAIL, "ana@example.com", AT),)),
    "nonsubscribed": person(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.IMPLIED, effective_at=AT)),
}


def test_mailchimp_gets_a_file_for_each_status(tmp_path: Path) -> None:
    losses = write_contacts(STANDS.values(), tmp_path, format="mailchimp")
    assert losses.contacts == 4
    for status in STANDS:
        reading = read(tmp_path / f"{status}_members.csv")
        assert (reading.preset, len(list(reading))) == ("mailchimp", 1)
    found = {status: (tmp_path / f"{status}_members.csv").read_text("utf-8") for status in STANDS}
    assert "ana@firma.example" in found["subscribed"]  # the address that was granted, not the first
    assert "2026-05-04 03:02:01" in found["subscribed"]
    assert "UNSUB_TIME" in found["unsubscribed"]
    assert "CLEAN_TIME" in found["cleaned"]


def test_an_export_of_nobody_leaves_no_old_file(tmp_path: Path) -> None:
    write_contacts([STANDS["subscribed"]], tmp_path, format="mailchimp")
    write_contacts([], tmp_path, format="mailchimp")
    assert len((tmp_path / "subscribed_members.csv").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize("status", STANDS)
def test_one_file_holds_one_status(status: str) -> None:
    found, losses = rows(list(STANDS.values()), "mailchimp", status=status)
    assert (len(found), losses.contacts) == (1, 1)
    assert sum(losses.left_out.values()) == 3


@pytest.mark.parametrize(
    "record",
    [
        ConsentRecord(Channel.EMAIL, "marketing", ConsentState.GRANTED, endpoint="ana@example.com"),  # when is not known
        ConsentRecord(Channel.EMAIL, "marketing", ConsentState.GRANTED, endpoint="gone@example.com", effective_at=AT),
        ConsentRecord(Channel.EMAIL, "marketing", ConsentState.GRANTED, effective_at=AT),
        ConsentRecord(Channel.EMAIL, "service", ConsentState.GRANTED, endpoint="ana@example.com", effective_at=AT),
        ConsentRecord(Channel.EMAIL, "marketing", ConsentState.GRANTED, endpoint="ana@example.com", effective_at=AT, expires_at=datetime(2026, 6, 1, tzinfo=UTC)),
        ConsentRecord(Channel.EMAIL, "marketing", ConsentState.PENDING_CONFIRMATION, endpoint="ana@example.com", effective_at=AT),
        ConsentRecord(Channel.SMS, "marketing", ConsentState.GRANTED, endpoint="ana@example.com", effective_at=AT),
    ],
)  # fmt: skip
def test_what_is_no_grant_for_the_address_is_not_subscribed(record: ConsentRecord) -> None:
    found, _ = rows([person(record)], "mailchimp", status="subscribed", at=datetime(2026, 7, 1, tzinfo=UTC))
    assert found == []


def test_a_grant_that_has_not_ended_is_subscribed_when_the_time_is_told() -> None:
    until = ConsentRecord(
        Channel.EMAIL,
        "marketing",
        ConsentState.GRANTED,
        endpoint="ana@example.com",
        effective_at=AT,
        expires_at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    assert rows([person(until)], "mailchimp", status="subscribed", at=datetime(2026, 5, 20, tzinfo=UTC))[0]
    assert not rows([person(until)], "mailchimp", status="subscribed")[0]


def test_a_refusal_without_a_date_does_not_hang_on_the_name_of_the_file(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    left = person(ConsentRecord(Channel.EMAIL, "any", ConsentState.WITHDRAWN))
    write_contacts([left], target, format="mailchimp", status="unsubscribed")
    (raw,) = read(target)
    assert [str(one.kind) for one in raw.evidence] == ["opt_out"]


# -- options ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "options"),
    [
        ("mailchimp", {}),
        ("mailchimp", {"status": "gone"}),
        ("hubspot", {"status": "subscribed"}),
        ("hubspot", {"style": "new"}),
        ("hubspot", {"encoding": "utf-16"}),
        ("hubspot", {"phones": "e164"}),
        ("hubspot", {"channel": "smoke"}),
        ("hubspot", {"at": datetime(2026, 1, 1)}),  # noqa: DTZ001  the fault
    ],
)
def test_an_option_that_cannot_be_is_refused_and_nothing_is_written(preset: str, options: dict[str, Any], tmp_path: Path) -> None:
    target = tmp_path / "people.csv"
    target.write_text("as it was")
    with pytest.raises(InputError) as caught:
        write_contacts([ANA], target, format=preset, **options)
    assert caught.value.hint
    assert target.read_text() == "as it was"
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def test_a_folder_is_for_a_system_with_several_files(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        write_contacts([ANA], tmp_path, format="hubspot")
