"""Contacts in canonical form, and files of a preset read back: for the laws about the CSV presets."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from attrs import asdict
from hypothesis import strategies as st

from canonical_contact.formats import PRESET_NAMES, Presets, read
from canonical_contact.formats._loss import LossReport
from canonical_contact.formats.exchange import write_contacts
from canonical_contact.model import (
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    Name,
    PhoneNumber,
    PostalAddress,
    RawRecord,
    Restriction,
    SourceRecord,
    Suppression,
    SuppressionKind,
)
from canonical_contact.normalize import Normalizer
from property_strategies import contacts as any_contacts

PRESETS = Presets()
NORMALIZER = Normalizer()
STATUSES = ("subscribed", "unsubscribed", "cleaned", "nonsubscribed")

_words = st.text(st.characters(categories=["L", "N", "Zs"], include_characters="-'.,;:=@+\t\n\"&"), min_size=1, max_size=14)
_names = (
    st.sampled_from(
        ["Ana", "José Luis", "van der Meer", "García", "Müller", "O'Brien", "李", "明", "Łukasz", "P.", "Smith-Jones", "MARIA"]
    )
    | _words
)
_emails = st.sampled_from(
    [
        "ana@example.com",
        "b.ben@example.org",
        "info@firma.example",
        "zoë@bücher.example",
        "c+tag@gmail.com",
        "=d@x.org",
        "-e@x.org",
    ]
)
_phones = st.sampled_from(
    [
        "+493012345678",
        "+49 171 1234567",
        "+1 415 555 2671",
        "+44 20 7946 0018 ext. 12",
        "+39 06 1234567",
        "+81312345678",
        "+3934712345",
        "+99812",
    ]
)
_labels = st.sampled_from(
    ["", "home", "work", "mobile", "work,fax", "home,fax", "pager", "main", "other", "Ferienhaus", "work,mobile", "* work"]
)
_dates = st.sampled_from(["1958-07-12", "--07-12", "2001-02-28", "1900-01-01"])
_times = st.sampled_from(["2024-05-06T07:08:09Z", "2024-05-06T07:08:09.123456Z", "0999-01-01T00:00:00Z"])
_SCALARS: dict[str, st.SearchStrategy[str]] = {
    "name.title": st.sampled_from(["Dr.", "Frau", "Prof. Dr.", "Sir"]),
    "name.given": _names,
    "name.given2": _names,
    "name.surname": _names,
    "name.surname2": _names,
    "name.suffix": st.sampled_from(["Jr.", "III", "PhD", "Jr., MBA"]),
    "name.sort_as": _names,
    "name.phonetic.given": _names,
    "name.phonetic.surname": _names,
    "name.full": _names,
    "birthday": _dates,
    "gender": st.sampled_from(["female", "Male", "=x"]),
    "time_zone": st.sampled_from(["Europe/Berlin", "UTC", "America/New_York"]),
    "owner": st.sampled_from(["b.osei", "0055g00000000GFAAY", "=owner"]),
    "source_channel": _words,
    "lifecycle.stage": st.sampled_from(["lead", "mql", "customer", "churned", "disqualified"]),
    "lifecycle.status": st.sampled_from(["Open - Not Contacted", "NEW", "won"]),
    "lifecycle.converted_at": _times,
    "created_at": _times,
    "updated_at": _times,
    "score": st.sampled_from(["3", "87.5", "-4", "0"]),
    "kind": st.sampled_from(["individual", "org", "group"]),
    "grammatical_gender": st.sampled_from(["feminine", "neuter"]),
    "owners.enrichment": _words,
    "revenue.total": st.sampled_from(["1200.50", "-3"]),
    "revenue.currency": st.sampled_from(["EUR", "USD"]),
    "revenue.deals": st.sampled_from(["3", "0"]),
    "revenue.first_deal_at": _times,
    "deleted": st.sampled_from(["true", "false"]),
}
_ENTRIES: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "emails": {"address": _emails, "label": _labels},
    "phones": {"number": _phones, "label": _labels},
    "addresses": {
        "street": st.sampled_from(["Weg 1", "Calle Mayor 5\n2º B", "-"]) | _words,
        "extended": _words,
        "po_box": st.sampled_from(["123", "PO Box 9"]),
        "locality": st.sampled_from(["Berlin", "São Paulo"]) | _words,
        "region": _words,
        "postcode": st.sampled_from(["10115", "SW1A 1AA", "01007", "0-1"]),
        "country": st.sampled_from(["DE", "GB", "US", "Georgia", "Atlantis", "BR", "Korea"]),
        "label": st.sampled_from(["", "home", "work", "other", "Ferienhaus"]),
    },
    "organizations": {"name": st.sampled_from(["Acme GmbH", "=1+1 Ltd", "Ltd"]) | _words, "units": _words, "external_id": st.sampled_from(["0015g00000000GFAAY", "17"])},
    "titles": {"": _words},
    "nicknames": {"": _names},
    "notes": {"": _words | st.sampled_from(["=SUM(A1)", "one\ntwo", "Please no calls", "-"])},
    "tags": {"": _words | st.sampled_from(["a ::: b", "x;y", "a, b", "'quoted'", "=t"])},
    "preferred_languages": {"": st.sampled_from(["de", "pt-BR", "zh-Hant"])},
    "online_services": {"uri": st.sampled_from(["https://example.org", "https://www.linkedin.com/in/ana", "https://x.com/ana", "@ana"]), "label": st.sampled_from(["", "linkedin", "x", "home", "Blog"])},
    "anniversaries": {"date": _dates, "label": st.sampled_from(["", "wedding", "Anniversary", "First day"])},
    "roles": {"": _words},
    "pronouns": {"": st.sampled_from(["she/her", "they"])},
    "restrictions": {"": st.sampled_from(["do_not_track", "do_not_process", "do_not_solicit", "forget", "do_not_locate"])},
    "preferred_channels": {"": st.sampled_from(["email", "sms"])},
    "external_ids": {"id": st.sampled_from(["17", "x9"]), "system": st.sampled_from(["hubspot", "erp", "salesforce_individual"])},
    "nps": {"score": st.sampled_from(["0", "7", "10"]), "at": _times},
}  # fmt: skip
_EXTENSIONS = st.dictionaries(
    st.sampled_from(["Shoe size", "=risk", "Email", "Email ", "Photo", "Spouse", "User 1", "Jigsaw", "SMS consent", "Opted out of email: x", "a,b;c", "Photo\u00a0"]) | _words,
    _words | st.sampled_from(["true", "=1", "no"]),
    max_size=3,
)  # fmt: skip


@st.composite
def canonical_contacts(draw: st.DrawFn) -> Contact:
    """Draw a contact whose values are as the normaliser makes them."""
    values: dict[str, str] = draw(st.fixed_dictionaries({}, optional=_SCALARS))
    for kind, parts in _ENTRIES.items():
        for place, entry in enumerate(draw(st.lists(st.fixed_dictionaries({}, optional=parts), max_size=3))):
            values |= {f"{kind}[{place}]{f'.{part}' if part else ''}": text for part, text in entry.items() if text.strip()}
    values |= {f"extensions.{name}": text for name, text in draw(_EXTENSIONS).items() if text.strip()}
    system = draw(st.sampled_from(PRESET_NAMES))
    raw = RawRecord(system, "", 1, "f.csv", 2, {path: text for path, text in values.items() if text.strip()})
    record = NORMALIZER.record(raw, f"{system}:1", "1")
    return contact_of(record)


def contact_of(record: SourceRecord, **more: Any) -> Contact:
    """Make a contact that holds what a record says."""
    card = asdict(record.card, recurse=False)  # what attrs reads is nobody's use of a deprecated field
    return Contact(contact_id="019f1af9-b400-7708-9871-081bf9502cb8", updated_at=record.observed_at, **card, **more)


contacts = canonical_contacts() | any_contacts


def written_and_read(contact: Contact, preset: str, **options: Any) -> tuple[LossReport, list[SourceRecord]]:
    """Write a contact as the file of a preset, and read what is there."""
    with tempfile.TemporaryDirectory() as folder:
        if preset == "mailchimp" and "status" not in options:
            losses = write_contacts([contact], folder, format=preset, keep_losses=None, **options)
            paths = sorted(Path(folder).glob("*.csv"))
        else:
            paths = [Path(folder, f"{options.get('status', 'people')}.csv")]
            losses = write_contacts([contact], paths[0], format=preset, keep_losses=None, **options)
        records = []
        for path in paths:
            reading = read(path, presets=PRESETS)
            raws = list(reading)
            assert reading.preset == preset
            assert {problem.code for problem in reading.problems} <= {"file.no_rows", "consent.unmapped_column"}, reading.problems
            records += [NORMALIZER.record(raw, f"{preset}:{raw.row}", str(raw.row)) for raw in raws]
        return losses, records


# -- people with consent -----------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 7, 1, tzinfo=UTC)
EMAILS = ("ana@example.com", "ana.w@example.org", "third@example.net")
PHONES = ("+493012345678", "+14155552671")
endpoints = st.sampled_from(["", "", *EMAILS, *PHONES, "~12345678", "gone@example.com"])
times = st.none() | st.integers(0, 900).map(lambda day: NOW - timedelta(days=day, seconds=day))
states = st.sampled_from(list(ConsentState))
records = st.builds(
    ConsentRecord,
    channel=st.sampled_from(Channel),
    purpose=st.sampled_from(["any", "marketing", "service", "newsletter"]),
    state=states,
    controller=st.sampled_from(["", "", "brand"]),
    resume_state=st.none() | states,
    strength=st.sampled_from(["", "single", "double"]),
    endpoint=endpoints,
    effective_at=times,
    expires_at=st.sampled_from([None, None, NOW - timedelta(days=1), NOW + timedelta(days=1)]),
    reason=st.sampled_from(["", "complaint", "free_text_note"]),
    events=st.just(("e1",)),
)
blocks = st.builds(
    Suppression,
    kind=st.sampled_from(SuppressionKind),
    channel=st.sampled_from(Channel),
    endpoint=endpoints,
    since=times,
    reason=st.sampled_from(["", "shared_endpoint"]),
)
emails = st.lists(st.sampled_from(EMAILS), unique=True, max_size=3).flatmap(
    lambda held: st.tuples(
        *(
            st.builds(EmailAddress, st.just(one), st.just(one), contexts=st.sampled_from([(), ("work",)]), status=st.sampled_from([*[EmailStatus.UNKNOWN] * 4, *EmailStatus]))
            for one in held
        )
    )
)  # fmt: skip
people = st.builds(
    Contact,
    contact_id=st.just("019f1af9-b400-7708-9871-081bf9502cb8"),
    name=st.just(Name("Ana Lopez", given="Ana", surname="Lopez")),
    emails=emails,
    phones=st.lists(st.sampled_from(PHONES), unique=True, max_size=2).map(lambda held: tuple(PhoneNumber(one) for one in held)),
    addresses=st.sampled_from([(), (PostalAddress(street="1 Main St", locality="Austin", country_code="US"),)]),
    consent=st.lists(records, max_size=4).map(tuple),
    suppressions=st.lists(blocks, max_size=2).map(tuple),
    restrictions=st.lists(st.sampled_from(Restriction), unique=True, max_size=1).map(tuple),
    updated_at=times,
)
