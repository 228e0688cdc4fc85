"""What columns, file names and notes say about consent; whatever looks like a stop sign blocks."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.formats import Presets, mapping_from_toml, read
from canonical_contact.model import ConsentEvidence, EvidenceKind, RawRecord

K = EvidenceKind
PRESETS = Presets()


def rows(folder: Path, name: str, header: str, *cells: str, mapping: str = "") -> tuple[list[RawRecord], list[str]]:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header.split("|"), *(one.split("|") for one in cells)])
    reading = read(path, presets=PRESETS, mapping=mapping_from_toml(mapping) if mapping else None)
    records = list(reading)
    return records, [problem.code for problem in reading.problems]


def signs(record: RawRecord) -> list[tuple[str, str, str]]:
    return [(one.kind.value, one.channel, one.purpose) for one in record.evidence]


HUBSPOT = "Record ID|Email|Lifecycle Stage|Last Modified Date|Unsubscribed from all email|Opted out of email: Marketing Information|Legal basis for processing contact's data"


def test_hubspot(tmp_path: Path) -> None:
    records, problems = rows(
        tmp_path, "h.csv", HUBSPOT,
        "1|a@example.org|lead|2025-11-06 14:16|true|true|",
        "2|b@example.org|lead|2025-11-06 14:16|false||Legitimate interest - other",
        "3|c@example.org|lead||||Freely given consent from contact;Performance of a contract",
        "4|d@example.org|lead||perhaps||Not applicable",
    )  # fmt: skip
    assert problems == []
    at = datetime(2025, 11, 6, 14, 16, tzinfo=UTC)
    assert records[0].evidence == (
        ConsentEvidence(K.OPT_OUT, "email", "any", at, "true", "Unsubscribed from all email"),
        ConsentEvidence(K.OPT_OUT, "email", "marketing", at, "true", "Opted out of email: Marketing Information"),
    )
    assert signs(records[1]) == [("legal_basis", "any", "any")]
    assert records[1].evidence[0].reason == "Legitimate interest - other"
    assert signs(records[2]) == [("claimed_opt_in", "email", "marketing"), ("legal_basis", "any", "any")]
    assert signs(records[3]) == [("unmapped_opt_out", "email", "any")]
    assert [problem.code for problem in records[3].problems] == ["consent.text_not_known"]


def test_hubspot_internal_names(tmp_path: Path) -> None:
    records, _ = rows(
        tmp_path,
        "h.csv",
        "hs_object_id|email|hs_email_optout|hs_email_optout_4711",
        "1|a@example.org|true|",
        "2|a@example.org||true",
    )
    assert [signs(record) for record in records] == [[("opt_out", "email", "any")], [("opt_out", "email", "marketing")]]


def test_salesforce(tmp_path: Path) -> None:
    header = "Id|LastName|MailingStreet|Email|HasOptedOutOfEmail|HasOptedOutOfFax|DoNotCall|et4ae5__HasOptedOutOfMobile__c|LastModifiedDate|IsEmailBounced|EmailBouncedDate"
    records, _ = rows(
        tmp_path, "sf.csv", header,
        "0035g000002iJH7AAM|A||a@example.org|true|true|true|true|2021-10-25T14:43:01.000Z|false|",
        "0035g000002iJH8AAM|B||b@example.org|false|false|false|false||true|2022-01-01T00:00:00.000Z",
    )  # fmt: skip
    assert signs(records[0]) == [
        ("opt_out", "email", "any"),
        ("opt_out", "fax", "any"),
        ("opt_out", "voice", "any"),
        ("opt_out", "sms", "any"),
    ]
    assert records[0].evidence[0].at == datetime(2021, 10, 25, 14, 43, 1, tzinfo=UTC)
    assert signs(records[1]) == [("bounce", "email", "any")]
    assert records[1].evidence[0].at == datetime(2022, 1, 1, tzinfo=UTC)
    assert records[1].values["emails[0].bounced"] == "true"
    assert "emails[0].bounced" not in records[0].values


MAILCHIMP = "Email Address|OPTIN_TIME|CONFIRM_TIME|LAST_CHANGED|LEID|EUID|NOTES"


def test_mailchimp_subscribed(tmp_path: Path) -> None:
    records, problems = rows(
        tmp_path, "subscribed_members_export_1.csv", MAILCHIMP,
        "a@example.org|2024-01-02 03:04:05|2024-01-02 04:00:00|2025-01-01 00:00:00|1|e1|",
        "b@example.org||2025-01-01 00:00:00|2025-01-01 00:00:00|2|e2|",
        "c@example.org|2024-01-02 03:04:05|2023-01-02 04:00:00||3|e3|",
        "d@example.org|2024-01-02 03:04:05|||4|e4|",
    )  # fmt: skip
    assert problems == []
    assert [one.kind for record in records for one in record.evidence] == [
        K.CONFIRMED_OPT_IN,
        K.CLAIMED_OPT_IN,
        K.CLAIMED_OPT_IN,
        K.OPT_IN,
    ]
    confirmed = records[0].evidence[0]
    assert confirmed.started_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert confirmed.at == datetime(2024, 1, 2, 4, tzinfo=UTC)
    assert confirmed.channel == "email"


def test_mailchimp_unsubscribed_cleaned_and_nonsubscribed(tmp_path: Path) -> None:
    header = MAILCHIMP + "|UNSUB_TIME|UNSUB_REASON"
    row = "a@example.org|2024-01-02 03:04:05|2024-01-02 04:00:00|2025-01-01 00:00:00|1|e1|"
    records, _ = rows(
        tmp_path,
        "unsubscribed_members_export_1.csv",
        header,
        f"{row}|2024-05-05 05:05:05|SPAM",
        f"{row}|2024-05-05 05:05:05|NORMAL",
        f"{row}||",
    )
    assert [signs(record) for record in records] == [
        [("complaint", "email", "marketing")],
        [("opt_out", "email", "marketing")],
        [("opt_out", "email", "marketing")],
    ]
    assert records[0].evidence[0].at == datetime(2024, 5, 5, 5, 5, 5, tzinfo=UTC)
    assert records[0].evidence[0].reason == "SPAM"
    records, _ = rows(tmp_path, "cleaned_members_export_1.csv", MAILCHIMP + "|CLEAN_TIME", f"{row}|2024-05-05 05:05:05")
    assert signs(records[0]) == [("bounce", "email", "any")]
    assert records[0].values["emails[0].bounced"] == "cleaned"
    records, problems = rows(tmp_path, "nonsubscribed_members_export_1.csv", MAILCHIMP, row)
    assert (signs(records[0]), problems) == ([], [])


def test_a_mailchimp_file_that_lost_its_name(tmp_path: Path) -> None:
    row = "a@example.org|2024-01-02 03:04:05|2024-01-02 04:00:00||1|e1|"
    records, problems = rows(tmp_path, "export.csv", MAILCHIMP, row)
    assert (signs(records[0]), problems) == ([], ["consent.file_status_unknown"])
    records, _ = rows(tmp_path, "subscribed.csv", MAILCHIMP + "|UNSUB_TIME", f"{row}|2024-05-05 05:05:05", f"{row}|")
    assert [signs(record)[0][0] for record in records] == ["opt_out", "confirmed_opt_in"]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("ja", K.CLAIMED_OPT_IN), ("x", K.CLAIMED_OPT_IN), ("OUI", K.CLAIMED_OPT_IN), ("sí", K.CLAIMED_OPT_IN), ("Tak", K.CLAIMED_OPT_IN), ("WAHR", K.CLAIMED_OPT_IN),
        ("abonniert", K.CLAIMED_OPT_IN), ("nein", K.OPT_OUT), ("abgemeldet", K.OPT_OUT), ("Désinscrit", K.OPT_OUT), ("desuscrito", K.OPT_OUT), ("não", K.OPT_OUT),
        ("0", K.OPT_OUT), ("nej", K.OPT_OUT), ("unsubscribed", K.OPT_OUT), ("", None), (" ", None), ("-", None), ("n/a", None), ("mal sehen", K.UNMAPPED_OPT_OUT),
    ],
)  # fmt: skip
def test_a_newsletter_column(tmp_path: Path, cell: str, kind: EvidenceKind | None) -> None:
    (record,), problems = rows(tmp_path, "k.csv", "Vorname|E-Mail|Newsletter|Stand", f"A|a@example.org|{cell}|1.2.2025")
    assert [(one.kind, one.channel, one.at) for one in record.evidence] == ([(kind, "email", None)] if kind else [])
    assert problems == []


@pytest.mark.parametrize(
    ("header", "cell", "channel"),
    [
        ("E-Mail-Sperre", "x", "email"), ("E-Mail-Sperre", "nein", None), ("E-Mail-Sperre", "seit Mai", "email"), ("kein_Anruf", "1", "voice"),
        ("OptOutFlag", "Y", "any"), ("OptOutFlag", "false", None), ("Do not mail", "true", "email"), ("sms_unsubscribed", "yes", "sms"),
        ("Werbewiderspruch 2024", "ja", "any"), ("Marketing consent", "no", "any"), ("Marketing consent", "yes", None), ("Marketing consent", "2024", "any"),
        ("DSGVO", "nein", "any"), ("Einwilligung Telefon", "widerrufen", "voice"), ("Consentement SMS", "non", "sms"), ("Baja", "sí", "any"),
        ("Contact preference", "post only", "any"), ("Fax opt-out", "1", "fax"), ("Robinsonliste", "ja", "any"), ("HasOptedOutOfPhone__c", "true", "voice"),
    ],
)  # fmt: skip
def test_an_unknown_column_that_looks_like_consent_blocks(tmp_path: Path, header: str, cell: str, channel: str | None) -> None:
    (record,), problems = rows(tmp_path, "k.csv", f"Vorname|Nachname|E-Mail|{header}", f"A|B|a@example.org|{cell}")
    assert problems == ["consent.unmapped_column"]
    assert signs(record) == ([("unmapped_opt_out", channel, "any")] if channel else [])
    assert record.values[f"extensions.{header}"] == cell


@pytest.mark.parametrize(
    "header",
    [
        "Donor",
        "Phone No.",
        "Mailing Region",
        "Order No",
        "Hobby",
        "Options",
        "Sendungsnummer",
        "Marke",
        "opt_in_ip",
        "Unsub Campaign",
    ],
)
def test_other_unknown_columns_do_not(tmp_path: Path, header: str) -> None:
    (record,), problems = rows(tmp_path, "k.csv", f"Vorname|Nachname|E-Mail|{header}", "A|B|a@example.org|yes")
    assert (signs(record), problems) == ([], [])


def test_a_mapping_settles_what_a_column_says(tmp_path: Path) -> None:
    mapping = '[columns]\nMail = "emails[].address"\n[consent.Sperre]\nsays = "opt_out"\nchannel = "post"\npurpose = "any"\nat = "Seit"\nwords = { S = "stop", F = "go" }\n'
    mapping = mapping.replace("{ S", "{ s").replace(", F", ", f") + 'reason = "Grund"\n[consent."Opt-in"]\nsays = "nothing"\n'
    records, problems = rows(
        tmp_path,
        "k.csv",
        "Mail|Sperre|Seit|Grund|Opt-in",
        "a@example.org|S|3.4.2025|Umzug|no",
        "b@example.org|F|||",
        mapping=mapping,
    )
    assert problems == []
    assert records[0].evidence == (
        ConsentEvidence(K.OPT_OUT, "post", "any", datetime(2025, 4, 3, tzinfo=UTC), "S", "Sperre", reason="Umzug"),
    )
    assert records[1].evidence == ()


def test_a_status_column_of_any_tool_blocks_who_left(tmp_path: Path) -> None:
    records, _ = rows(
        tmp_path,
        "k.csv",
        "Email|First name|Status",
        "a@example.org|A|Unsubscribed",
        "b@example.org|B|Active",
        "c@example.org|C|Customer",
    )
    assert [signs(record) for record in records] == [[("unmapped_opt_out", "any", "any")], [], []]


def test_a_row_that_was_shifted_by_a_stray_delimiter_blocks(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text(
        HUBSPOT.replace("|", ",")
        + "\n1,a@example.org,lead,Nov 6, 2025,true,,Not applicable\n2,b@example.org,lead,Nov 6, 2025,false,,z\n"
    )
    first, second = read(path, presets=PRESETS)
    assert ("unmapped_opt_out", "any", "any") in signs(first)
    assert "row_shifted" not in {one.reason for one in second.evidence}


STOP = {
    "email": ["keine Newsletter mehr", "asked to be removed from the mailing list", "no quiere recibir correos", "bitte aus dem Verteiler nehmen", "stop emailing",
              "ne souhaite plus recevoir de mails", "non vuole ricevere email", "geen nieuwsbrief meer", "não quer receber emails", "nie chce maili",
              "inga nyhetsbrev", "UNSUBSCRIBE", "se désinscrire", "darse de baja", "Please don’t e-mail!"],
    "voice": ["bitte nicht anrufen", "DO NOT CALL", "ne plus appeler svp", "no calls please", "no llamar", "non chiamare", "niet bellen", "nao ligar", "nie dzwonić",
              "ring inte", "hat gesagt: keine Anrufe!", "Please don't phone her", "dnc"],
    "any": ["keine Werbung mehr!", "do not contact", "pas de publicité", "niente pubblicità", "geen reclame", "no quiere publicidad", "opted out", "nicht kontaktieren",
            "ne pas contacter", "vill inte ha reklam", "GDPR erasure request", "Werbewiderspruch vom 3.4.", "please delete my data", "leave me alone"],
    "sms": ["keine SMS", "no texts please", "do not text her"],
}  # fmt: skip


@pytest.mark.parametrize(("channel", "note"), [(channel, note) for channel, notes in STOP.items() for note in notes])
def test_a_note_that_asks_to_stop_blocks(tmp_path: Path, channel: str, note: str) -> None:
    (record,), _ = rows(tmp_path, "k.csv", "Vorname|Nachname|E-Mail|Bemerkung", f"A|B|a@example.org|{note}")
    found = [one for one in record.evidence if one.channel == channel]
    assert [(one.kind, one.reason, one.column, one.at, one.raw) for one in found] == [
        (K.OPT_OUT, "free_text_note", "note", None, note)
    ]
    assert "consent.note_reads_as_stop" in [problem.code for problem in record.problems]


@pytest.mark.parametrize(
    "note",
    [
        "prefers e-mail", "left company?", "called back, wants quote for 200 units", "voicemail, try again next week", "nur Deutsch", "check address", "no answer, mail sent",
        "did not answer my call", "nicht erreicht, E-Mail geschickt", "no email on file", "noch nicht angerufen", "ne parle pas anglais", "don't forget to send the offer",
        "no contact yet", "never answers the phone", "kein Interesse an Produkt X", "=HYPERLINK(1)", "Long history of calls, see below. " * 300,
    ],
)  # fmt: skip
def test_other_notes_do_not(tmp_path: Path, note: str) -> None:
    (record,), _ = rows(tmp_path, "k.csv", "Vorname|Nachname|E-Mail|Bemerkung", f"A|B|a@example.org|{note}")
    assert record.evidence == ()


def test_a_condition_blocks_until_a_person_has_read_it(tmp_path: Path) -> None:
    (record,), _ = rows(tmp_path, "k.csv", "Vorname|Nachname|E-Mail|Bemerkung", "A|B|a@example.org|do not call before 9")
    assert signs(record) == [("unmapped_opt_out", "voice", "any")]


def test_a_name_a_tag_or_an_unknown_column_can_hold_the_wish_too(tmp_path: Path) -> None:
    header = "Vorname|Nachname|E-Mail|Schlagworte|Sonstiges"
    records, _ = rows(
        tmp_path,
        "k.csv",
        header,
        "A|Lee (DO NOT CALL)|||",
        "A|B||VIP, keine Werbung|",
        "A|B|||bitte nicht anrufen",
        "A|B||VIP|nett",
    )
    assert [[one.channel for one in record.evidence] for record in records] == [["voice"], ["any"], ["voice"], []]


def test_a_custom_field_of_google_that_looks_like_consent_blocks(tmp_path: Path) -> None:
    header = "First Name|Labels|E-mail 1 - Value|Custom Field 1 - Label|Custom Field 1 - Value"
    records, problems = rows(tmp_path, "g.csv", header, "A||a@example.org|Do not call|yes", "B||b@example.org|Shoe size|43")
    assert [signs(record) for record in records] == [[("unmapped_opt_out", "voice", "any")], []]
    assert problems == ["consent.unmapped_column"]
    assert records[1].values["extensions.Shoe size"] == "43"


def test_every_phrase_is_found_by_its_triggers_and_in_linear_time() -> None:
    notes = PRESETS.notes
    text = "do not " + "please call the " * 1250
    assert len(text) <= 20_500
    assert notes.scan(text + "x") is not None
    assert notes.scan("x " * 30_000 + "do not call") == ()  # only the head of a note is searched


def test_a_label_of_an_address_or_number_is_read_like_a_note(tmp_path: Path) -> None:
    header = "Given Name|E-mail 1 - Label|E-mail 1 - Value|Phone 1 - Label|Phone 1 - Value"
    records, problems = rows(
        tmp_path, "g.csv", header, "Ana|Unsubscribed|ana@x.es|do not call|+34600123456", "Bob|Work|bob@x.es|Mobile|+34600123457"
    )
    assert [signs(one) for one in records] == [[("opt_out", "email", "marketing"), ("opt_out", "voice", "any")], []]
    assert problems == []


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Согласие на рассылку", "нет"), ("Не беспокоить", "да"), ("Згода на розсилку", "ні"), ("メルマガ配信", "不可"), ("配信停止", "はい"), ("邮件退订", "是"),
        ("뉴스레터 수신동의", "아니오"), ("수신거부", "예"), ("Souhlas se zasíláním", "ne"), ("Hírlevél", "nem"), ("E-bülten izni", "hayır"), ("Nyhedsbrev", "nej"),
        ("Συγκατάθεση", "όχι"), ("Uutiskirje", "ei"),
    ],
)  # fmt: skip
def test_a_refusal_under_a_header_of_another_language_blocks(tmp_path: Path, header: str, cell: str) -> None:
    (record,), problems = rows(tmp_path, "k.csv", f"First Name|Last Name|Email|{header}", f"Ana|Lopez|ana@example.org|{cell}")
    assert "consent.unmapped_column" in problems
    assert {one.kind for one in record.evidence} <= {K.UNMAPPED_OPT_OUT, K.OPT_OUT}
    assert record.evidence
