"""Where the presets put the columns of the fields of schema 1.1, and what their flags say."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from canonical_contact.formats import Mapping, mapping_from_toml, read
from canonical_contact.model import EvidenceKind, RawRecord


def row(folder: Path, cells: dict[str, str], mapping: Mapping | str | None = None, name: str = "export.csv") -> RawRecord:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, cells)
        writer.writeheader()
        writer.writerow(cells)
    (record,) = read(path, mapping=mapping)
    return record


@pytest.mark.parametrize("labels", [True, False])
def test_hubspot(tmp_path: Path, *, labels: bool) -> None:
    columns = {
        "Record ID": ("hs_object_id", "17"),
        "Lifecycle Stage": ("lifecyclestage", "lead"),
        "Email": ("email", "a@example.org"),
        "Degree": ("degree", "MSc"),
        "Job function": ("job_function", "Purchasing"),
        "Merged object IDs": ("hs_merged_object_ids", "3;4"),
        "HubSpot Score": ("hubspotscore", "42"),
        "Last NPS survey rating": ("hs_feedback_last_nps_rating", "9"),
        "Last NPS survey date": ("hs_feedback_last_survey_date", "2025-01-01"),
        "Total Revenue": ("total_revenue", "1250.0"),
        "Associated Deals": ("num_associated_deals", "3"),
        "First Deal Created Date": ("first_deal_created_date", "2024-01-01"),
        "Recent Deal Amount": ("recent_deal_amount", "300"),
        "Recent Deal Close Date": ("recent_deal_close_date", "2025-02-01"),
    }
    record = row(tmp_path, {label if labels else name: text for label, (name, text) in columns.items()})
    assert record.values == {
        "lifecycle.stage": "lead", "emails[0].address": "a@example.org", "name.credential": "MSc", "roles[0]": "Purchasing",
        "external_ids[0].id": "3", "external_ids[0].system": "hubspot", "external_ids[1].id": "4", "external_ids[1].system": "hubspot",
        "score": "42", "nps[0].score": "9", "nps[0].at": "2025-01-01", "revenue.total": "1250.0", "revenue.deals": "3",
        "revenue.first_deal_at": "2024-01-01", "revenue.last_deal_amount": "300", "revenue.last_deal_at": "2025-02-01",
    }  # fmt: skip
    assert record.evidence == ()


@pytest.mark.parametrize(
    ("bad", "quarantined", "status"), [("true", "", "bad"), ("false", "true", "quarantined"), ("true", "true", "bad,quarantined")]
)
def test_an_address_that_hubspot_does_not_send_to(tmp_path: Path, bad: str, quarantined: str, status: str) -> None:
    cells = {"Record ID": "17", "Lifecycle Stage": "lead", "Email": "a@example.org"}
    record = row(tmp_path, {**cells, "Invalid email address": bad, "Email Address Quarantined": quarantined})
    assert record.values["emails[0].status"] == status
    assert {shown.kind for shown in record.evidence} == {EvidenceKind.BOUNCE}
    fine = row(tmp_path, {**cells, "hs_email_bad_address": "false", "hs_email_quarantined": ""})
    assert "emails[0].status" not in fine.values
    assert fine.evidence == ()


FLAGS = [
    ("HasOptedOutTracking", "Don't Track", "do_not_track", False),
    ("HasOptedOutProfiling", "Don't Profile", "do_not_profile", False),
    ("HasOptedOutProcessing", "Don't Process", "do_not_process", True),
    ("HasOptedOutSolicit", "Don't Market", "do_not_solicit", True),
    ("HasOptedOutGeoTracking", "Block Geolocation Tracking", "do_not_locate", False),
    ("ShouldForget", "Forget this Individual", "forget", True),
]


@pytest.mark.parametrize("system", ["salesforce_contact", "salesforce_lead"])
@pytest.mark.parametrize(("name", "label", "restriction", "blocks"), FLAGS)
def test_what_a_person_forbade_in_salesforce(
    tmp_path: Path, system: str, name: str, label: str, restriction: str, *, blocks: bool
) -> None:
    for column in (name, f"Individual.{name}", label):
        cells = {"Id": "003000000000001AAA", "LastName": "Lopez", column: "true"}
        record = row(tmp_path, cells, system)
        assert record.values["restrictions[0]"] == restriction
        shown = [(one.kind, one.channel, one.purpose) for one in record.evidence]
        assert shown == ([(EvidenceKind.OPT_OUT, "any", "any")] if blocks else [])
        record = row(tmp_path, {**cells, column: "0"}, system)
        assert (record.evidence, "restrictions[0]" in record.values) == ((), False)


def test_the_rest_of_salesforce(tmp_path: Path) -> None:
    cells = {
        "Id": "003000000000001AAA", "LastName": "Lopez", "AccountId": "1", "IsDeleted": "1", "Pronouns": "she/her",
        "GenderIdentity": "Female", "IndividualId": "0PK000000000001",
    }  # fmt: skip
    values = row(tmp_path, cells).values
    assert (values["deleted"], values["pronouns[0]"], values["gender"]) == ("true", "she/her", "Female")
    assert (values["external_ids[0].system"], values["external_ids[0].id"]) == ("salesforce_individual", "0PK000000000001GAA")
    assert "deleted" not in row(tmp_path, {**cells, "IsDeleted": "0"}).values


def test_the_others(tmp_path: Path) -> None:
    mailchimp = {"Email Address": "a@example.org", "MEMBER_RATING": "4", "LEID": "1", "EUID": "e1"}
    assert row(tmp_path, mailchimp, name="subscribed.csv").values["score"] == "4"
    google = {
        "First Name": "Ana", "Labels": "", "Phonetic Middle Name": "マ", "Event 1 - Label": "Anniversary", "Event 1 - Value": "2001-06-30",
    }  # fmt: skip
    values = row(tmp_path, google).values
    assert values["name.phonetic.given2"] == "マ"
    assert (values["anniversaries[0].label"], values["anniversaries[0].date"]) == ("anniversary", "2001-06-30")
    outlook = {
        "First Name": "Ana",
        "E-mail Address": "a@example.org",
        "Company": "Acme",
        "Anniversary": "6/30/2001",
        "Initials": "A.L.",
    }
    values = row(tmp_path, outlook).values
    assert (values["anniversaries[0].kind"], values["extensions.Initials"]) == ("wedding", "A.L.")


def test_a_mapping_says_what_a_yes_means(tmp_path: Path) -> None:
    mapping = mapping_from_toml(
        """
        [columns]
        "Mail" = "emails[main].address"
        "Mail state" = "emails[main].status"
        "Blocked" = { path = "restrictions[]", flag = true, value = "do_not_process" }
        "ERP no" = { path = "external_ids[].id", system = "erp" }
        "Number" = "addresses[home].part.number"
        "Place" = "addresses[home].coordinates"
        """
    )
    cells = {"Mail": "a@example.org", "Mail state": "bad", "Blocked": "ja", "ERP no": "K-1", "Number": "5", "Place": "geo:1,2"}
    assert row(tmp_path, cells, mapping).values == {
        "emails[0].address": "a@example.org", "emails[0].status": "bad", "restrictions[0]": "do_not_process", "external_ids[0].id": "K-1",
        "external_ids[0].system": "erp", "addresses[0].part.number": "5", "addresses[0].coordinates": "geo:1,2",
    }  # fmt: skip
    assert "restrictions[0]" not in row(tmp_path, {**cells, "Blocked": "nein"}, mapping).values
    unclear = row(tmp_path, {**cells, "Blocked": "ask the lawyer"}, mapping)
    assert (
        unclear.values["restrictions[0]"] == "ask the lawyer"
    )  # it says neither yes nor no: the normaliser names it, and it blocks


def test_what_nobody_mapped_still_raises_suspicion(tmp_path: Path) -> None:
    record = row(tmp_path, {"Id": "1", "LastName": "Lopez", "AccountId": "1", "HasOptedOutOfPigeons": "true"})
    assert [shown.kind for shown in record.evidence] == [EvidenceKind.UNMAPPED_OPT_OUT]


CARD = r"""BEGIN:VCARD
VERSION:4.0
KIND:org
FN:Ana Garcia Lopez Jr.
N:Garcia,Lopez;Ana;;Dr.;PhD,Jr.;Lopez;Jr.
N;ALTID=1;PHONETIC=script;SCRIPT=Kana:ガルシア;アナ;マ;;
N;ALTID=1;LANGUAGE=ja:ガ;ア;;;
PRONOUNS:she/her
GRAMGENDER:feminine
ROLE:Buyer
TITLE:CTO
ADR;GEO="geo:52.5,13.4";TZ=Europe/Berlin;CC=DE;PREF=1;TYPE=work:;;Hauptstr. 5;Berlin;;10115;;;4;;5;Hauptstr.;;;;;;
DEATHDATE:20200101
item1.X-ABDATE;type=pref:2005-02-03
item1.X-ABLabel:_$!<Anniversary>!$_
item2.X-ABRELATEDNAMES:Bob\, the man
item2.X-ABLabel:_$!<Spouse>!$_
SOCIALPROFILE;SERVICE-TYPE=X;USERNAME=ana;PREF=2:https://x.com/ana
X-FOO;TYPE=Home;CHARSET=UTF-8:a\,b
END:VCARD
"""


def test_a_card_of_version_40_with_everything(tmp_path: Path) -> None:
    path = tmp_path / "one.vcf"
    path.write_text(CARD, encoding="utf-8")
    (record,) = read(path)
    assert record.values == {
        "kind": "org", "name.full": "Ana Garcia Lopez Jr.", "name.surname": "Garcia", "name.given": "Ana", "name.title": "Dr.",
        "name.suffix": "PhD", "name.surname2": "Lopez", "name.generation": "Jr.", "name.phonetic.surname": "ガルシア", "name.phonetic.given": "アナ",
        "name.phonetic.given2": "マ", "name.phonetic.system": "Kana", "extensions.N;ALTID=1;LANGUAGE=ja": "ガ;ア;;;", "pronouns[0]": "she/her",
        "grammatical_gender": "feminine", "roles[0]": "Buyer", "titles[0]": "CTO", "addresses[0].street": "Hauptstr. 5",
        "addresses[0].locality": "Berlin", "addresses[0].postcode": "10115", "addresses[0].part.apartment": "4", "addresses[0].part.number": "5",
        "addresses[0].part.name": "Hauptstr.", "addresses[0].coordinates": "geo:52.5,13.4", "addresses[0].time_zone": "Europe/Berlin",
        "addresses[0].country": "DE", "addresses[0].label": "work", "addresses[0].pref": "1", "anniversaries[0].kind": "death",
        "anniversaries[0].date": "20200101", "anniversaries[1].date": "2005-02-03", "anniversaries[1].label": "anniversary",
        "extensions.item2.X-ABRELATEDNAMES": r"Bob\, the man", "extensions.item2.X-ABLABEL": "_$!<Spouse>!$_", "online_services[0].user": "ana",
        "online_services[0].uri": "https://x.com/ana", "online_services[0].label": "x", "online_services[0].pref": "2",
        "extensions.X-FOO;TYPE=home": r"a\,b",
    }  # fmt: skip


@pytest.mark.parametrize(("cell", "text"), [("ja", "true"), ("2026-06-30", "2026-06-30"), ("no", ""), ("", "")])
def test_a_flag_of_an_own_mapping_for_deleted_records_drops_no_text(tmp_path: Path, cell: str, text: str) -> None:
    (tmp_path / "own.toml").write_text(
        'id = "id"\n[columns]\n"Mail" = "emails[].address"\n"Gone" = { path = "deleted", flag = true }\n'
    )
    (tmp_path / "own.csv").write_text(f"id,Mail,Gone\n1,ana@x.es,{cell}\n")
    (record,) = read(tmp_path / "own.csv", mapping=tmp_path / "own.toml")
    assert record.values.get("deleted", "") == text
