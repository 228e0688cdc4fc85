"""From a row of an export to the answer: opt-outs always count, a yes counts only with its evidence."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.model import Channel, Contact
from canonical_contact.schema import from_json

NOW = datetime(2026, 7, 1, tzinfo=UTC)

HUBSPOT = "Record ID|First Name|Last Name|Email|Lifecycle Stage|Last Modified Date|Country/Region"
CONTACT = "Id|AccountId|FirstName|LastName|Email|Phone|MailingCountry|LastModifiedDate"
LEAD = "Id|FirstName|LastName|Company|Email|Status|Country|LastModifiedDate"
MAILCHIMP = "Email Address|First Name|Last Name|MEMBER_RATING|OPTIN_TIME|CONFIRM_TIME|LAST_CHANGED|LEID|EUID"
SHEET = "First name|Last name|E-mail|Country"

H = "1|Ana|Gil|ana@example.com|lead|2026-01-05 10:00|{}"
C = "0035g000002iJH7AAM|0015g00000AbCdEAAV|Ana|Gil|ana@example.com||{}|2026-01-05T10:00:00Z"
L = "00Q5g000002iJH7EAM|Ana|Gil|Acme|ana@example.com|Open|{}|2026-01-05T10:00:00Z"
M = "ana@example.com|Ana|Gil|2|{}|{}|2026-01-05 10:00:00|17|ab12"
S = "Ana|Gil|ana@example.com|{}"
CHANNELS = {frozenset(channel.value for channel in Channel): "all", frozenset({"voice_live", "voice_automated"}): "voice"}
DE, US, BOTH = "Germany", "United States", ("2025-03-01 09:00:00", "2025-03-01 09:05:00")

OUT, YES = "global_opt_out withdrawn", "ok express_consent"

# file, its columns, one more, the row, its cell; what is on record; the reasons in Germany and in the USA (`ok`: allowed)
TABLE = [
    # HubSpot
    ("h.csv", HUBSPOT, "", H, "", "-", "no_consent never_asked", "ok opt_out_regime never_asked"),
    ("h.csv", HUBSPOT, "Unsubscribed from all email", H, "true", "email withdrawn, global_opt_out", OUT, OUT),
    ("h.csv", HUBSPOT, "Unsubscribed from all email", H, "false", "-", "no_consent never_asked", "ok opt_out_regime never_asked"),
    ("h.csv", HUBSPOT, "Unsubscribed from all email", H, "perhaps", "unmapped_opt_out", "unmapped_opt_out", "unmapped_opt_out"),
    ("h.csv", HUBSPOT, "Opted out of email: Marketing", H, "true", "email withdrawn, global_opt_out", OUT, OUT),
    (
        "h.csv", HUBSPOT, "Legal basis for processing contact's data", H, "Freely given consent from contact",
        "email unknown legacy_import", "no_consent legacy_import", "ok opt_out_regime legacy_import",
    ),
    (
        "h.csv", HUBSPOT, "Legal basis for processing contact's data", H, "Legitimate interest – prospect/lead",
        "all unknown legal_basis_claimed", "no_consent", "ok opt_out_regime",
    ),
    ("h.csv", HUBSPOT, "Email hard bounce reason", H, "Unknown user", "hard_bounce", "hard_bounce", "hard_bounce"),
    # Salesforce
    ("c.csv", CONTACT, "HasOptedOutOfEmail", C, "true", "email withdrawn, global_opt_out", OUT, OUT),
    ("c.csv", CONTACT, "HasOptedOutOfEmail", C, "false", "-", "no_consent never_asked", "ok opt_out_regime never_asked"),
    ("c.csv", CONTACT, "Don't Process", C, "1", "all withdrawn, global_opt_out", "restricted", "restricted"),
    ("c.csv", CONTACT, "EmailBouncedReason", C, "550 5.1.1 user unknown", "hard_bounce", "hard_bounce", "hard_bounce"),
    ("c.csv", CONTACT, "DoNotCall", C, "true", "voice withdrawn", "no_consent never_asked", "ok opt_out_regime never_asked"),
    ("l.csv", LEAD, "HasOptedOutOfEmail", L, "true", "email withdrawn, global_opt_out", OUT, OUT),
    ("l.csv", LEAD, "HasOptedOutOfFax", L, "true", "fax withdrawn", "no_consent never_asked", "ok opt_out_regime never_asked"),
    # Mailchimp: the name of the file says what its rows are
    ("subscribed_members_export.csv", MAILCHIMP, "CC", M.format(*BOTH), "{}", "email granted double at the endpoint", YES, YES),
    (
        "subscribed_members_export.csv", MAILCHIMP, "CC", M.format("", BOTH[1]), "{}",
        "email unknown legacy_import", "no_consent legacy_import", "ok opt_out_regime legacy_import",
    ),
    (
        "subscribed_members_export.csv", MAILCHIMP, "CC", M.format(BOTH[0], ""), "{}",
        "email granted single at the endpoint", YES, YES,
    ),
    (
        "subscribed_members_export.csv", MAILCHIMP, "CC", M.format(BOTH[1], BOTH[0]), "{}",
        "email unknown legacy_import", "no_consent legacy_import", "ok opt_out_regime legacy_import",
    ),
    ("unsubscribed_members_export.csv", MAILCHIMP, "CC", M.format(*BOTH), "{}", "email withdrawn, global_opt_out", OUT, OUT),
    ("cleaned_members_export.csv", MAILCHIMP, "CC", M.format(*BOTH), "{}", "hard_bounce", "hard_bounce", "hard_bounce"),
    ("nonsubscribed_members_export.csv", MAILCHIMP, "CC", M.format("", ""), "{}", "-", "no_consent", "ok opt_out_regime never_asked"),
    # Free columns of a sheet
    ("sheet.csv", SHEET, "Newsletter", S, "abgemeldet", "email withdrawn, global_opt_out", OUT, OUT),
    (
        "sheet.csv", SHEET, "Newsletter", S, "ja",
        "email unknown legacy_import", "no_consent legacy_import", "ok opt_out_regime legacy_import",
    ),
    ("sheet.csv", SHEET, "Opt-out", S, "yes", "all withdrawn, global_opt_out", OUT, OUT),
    ("sheet.csv", SHEET, "Werbesperre", S, "x", "all withdrawn, global_opt_out", OUT, OUT),
    ("sheet.csv", SHEET, "Remarks", S, "bitte keine Werbung mehr", "all withdrawn free_text_note, global_opt_out", OUT, OUT),
]  # fmt: skip


def told(contact: Contact) -> str:
    """Say in a few words what is on record."""
    said: dict[str, set[str]] = {}
    for record in contact.consent:
        where = "at the endpoint" if record.endpoint else ""
        words = " ".join(filter(None, (record.state.value, record.strength, record.reason, where)))
        said.setdefault(words, set()).add(record.channel.value)
    parts = [f"{CHANNELS.get(frozenset(channels)) or ' '.join(sorted(channels))} {words}" for words, channels in said.items()]
    return ", ".join([*parts, *sorted({block.kind.value for block in contact.suppressions})]) or "-"


@pytest.mark.parametrize("case", TABLE, ids=[f"{row[0]}-{row[2]}-{row[4]}" for row in TABLE])
def test_a_row_says_what_its_evidence_carries(case: tuple[str, ...], tmp_path: Path) -> None:
    name, header, column, row, cell, on_record, *expected = case
    for country, code, said in zip((DE, US), ("DE", "US"), expected, strict=True):
        path = tmp_path / code / name
        path.parent.mkdir()
        cells = f"{row.format(country)}|{cell.format(code)}" if column else row.format(country)
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([f"{header}|{column}".rstrip("|").split("|"), cells.split("|")])
        store = MemoryStore()
        unify([path], store, now=NOW)
        (contact,) = (from_json(Contact, kept.document) for kept in store.contacts())
        assert told(contact) == on_record
        regime = "de_uwg" if code == "DE" else "can_spam"
        answer = may_contact(contact, "email", at=NOW, regime=regime)
        wanted = set(said.split()) - {"ok"}
        assert answer.allowed is said.startswith("ok"), (code, answer)
        assert wanted <= set(answer.reasons), (code, answer)
