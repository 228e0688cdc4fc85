"""Documents of every published schema version load for ever, mean what they meant, and validate against their schema.

The files under golden/VERSION are written once, by `pytest tests/compat --regenerate`; those of a published version never again. A file
under golden/VERSION-in-OLDER is the document of VERSION as a host sees it that has pinned OLDER.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest

from canonical_contact.errors import Problem, Severity
from canonical_contact.model import (
    SCHEMA_VERSION,
    Activity,
    AddressPart,
    Anniversary,
    Card,
    Channel,
    Claim,
    ConsentEvent,
    ConsentEvidence,
    ConsentProof,
    ConsentRecord,
    ConsentState,
    Contact,
    ContactKind,
    EmailAddress,
    EmailStatus,
    Event,
    EventName,
    EventType,
    EvidenceKind,
    ExternalId,
    Interaction,
    InteractionKind,
    Lifecycle,
    LifecycleStage,
    Name,
    NpsAnswer,
    OnlineService,
    Organization,
    Owner,
    OwnerRole,
    PhoneNumber,
    PostalAddress,
    Restriction,
    Revenue,
    SourceRecord,
    SourceRef,
    StageChange,
    Suppression,
    SuppressionKind,
    Verification,
    VerificationStatus,
)
from canonical_contact.schema import from_json, published_schema, published_versions, to_dict, to_json
from canonical_contact.schema.migrations import migrate

GOLDEN = Path(__file__).parent / "golden"
EARLY, LATE, NEVER = (
    datetime(2024, 2, 29, 8, 30, tzinfo=UTC),
    datetime(2026, 6, 30, 23, 59, 59, 250_000, tzinfo=UTC),
    datetime(2030, 1, 1, tzinfo=UTC),
)
CHECK = Verification(VerificationStatus.VERIFIED, "double_opt_in", EARLY, NEVER)
CARD: dict[str, Any] = {
    "name": Name(
        "Frau Dr. María José Núñez García Jr., PhD", "Frau Dr.", "María", "José", "Núñez", "García", "Jr.", "PhD", "マリア", "ヌニェス", "Nunez",
        "ホセ", "Kana",
    ),
    "nicknames": ("Marijo",),
    "emails": (EmailAddress("Maria.Nunez+news@gmail.com", "marianunez@gmail.com", ("private",), "newsletter", 1, True, CHECK, EmailStatus.BOUNCED),),
    "phones": (
        PhoneNumber("+493012345678", "12", "DE", "fixed_line", ("voice", "fax"), ("work",), "front desk", 1, CHECK),
    ),
    "addresses": (
        PostalAddress(
            "Hauptstraße 1\n10115 Berlin", "Hauptstraße 1", "Hinterhaus", "PO 17", "Berlin", "BE", "10115", "Germania", "DE",
            ("private",), "summer", 1, CHECK, (AddressPart("name", "Hauptstraße"), AddressPart("number", "1")), "geo:52.5,13.4",
            "Europe/Berlin",
        ),
    ),
    "organizations": (Organization("Müller & Söhne GmbH", ("Vertrieb", "Süd"), "mueller soehne", "0015g00000AbCdEAAV"),),
    "titles": ("Geschäftsführerin",),
    "online_services": (OnlineService("https://example.org/marijo", "website", "blog", "@marijo", ("work",), 2),),
    "birthday": "--02-29",
    "gender": "f",
    "preferred_languages": ("es-MX", "de"),
    "time_zone": "Europe/Berlin",
    "lifecycle": Lifecycle(LifecycleStage.CUSTOMER, (StageChange(LifecycleStage.LEAD, EARLY, "hubspot:17", "form", "b.osei"),), "OPEN"),
    "owner": "b.osei",
    "source_channel": "Trade Show",
    "created_at": EARLY,
    "tags": ("VIP", "=1+1"),
    "notes": ("prefers e-mail\nzweite Zeile 👩‍💻",),
    "extensions": {"hubspot.Favourite colour": "teal"},
    "kind": ContactKind.ORG,
    "external_ids": (ExternalId("erp", "K-1017"),),
    "pronouns": ("ella",),
    "grammatical_gender": "feminine",
    "roles": ("purchasing",),
    "anniversaries": (Anniversary("--06-30", "wedding", "Hochzeitstag"),),
    "preferred_channels": (Channel.SMS, Channel.EMAIL),
    "owners": (Owner(OwnerRole.ENRICHMENT, "data team"), Owner(OwnerRole.RECORD, "b.osei")),
    "restrictions": (Restriction.DO_NOT_PROFILE, Restriction.FORGET),
    "score": 0.75,
    "nps": (NpsAnswer(9, EARLY),),
    "revenue": Revenue(1250.5, "EUR", 2, EARLY, LATE, 250.5),
    "deleted": True,
}  # fmt: skip
CLAIM = Claim(
    "$.emails[0]", "Maria.Nunez+news@gmail.com", "hubspot:17", EARLY, " MAILTO:Maria…", "derived", "email/1", False, "older"
)
EVENTS = (
    ConsentEvent(
        "0b5e", EventType.SUPPRESS, Channel.EMAIL, "any", "brand-a", "mailchimp:2e6ed87a34", "maria.nunez@gmail.com", EARLY, LATE, "agent",
        "spam_report", "unsubscribed_members_export.csv", "consent", "legacy_import", SuppressionKind.COMPLAINT, NEVER, "SPAM",
        ConsentState.GRANTED, SCHEMA_VERSION,
        ConsentProof(
            "c-17", "privacy", "3", "de", "sha256:9f86", "Ja, schickt mir den Newsletter.", "link in every mail", "b.osei",
            "https://example.org/newsletter", "DE", "gdpr-eprivacy/2026.1", "Europe/Berlin", "192.0.2.17", "Firefox", "sha256:60303",
            EARLY, ("partner GmbH",), "c-16", NEVER, "a3f1", ("https://example.org/scans/17",), "sha256:2c26",
        ),
    ),
    ConsentEvent("0b5f", EventType.WITHDRAW, Channel.VOICE_LIVE),
)  # fmt: skip
VALUES: dict[str, object] = {
    "contact-full": Contact(
        **CARD,
        contact_id="019f1af9-b400-7708-9871-081bf9502cb8",
        aliases=("019f1af9-b400-7708-9871-081bf9502cb9",),
        sources=(SourceRef("hubspot", "17", "row 3", "hubspot_contacts.csv", 4, EARLY, "9f86d081"),),
        claims=(CLAIM,),
        consent=(
            ConsentRecord(
                Channel.EMAIL, "marketing", ConsentState.PENDING_CONFIRMATION, "brand-a", ConsentState.WITHDRAWN, "single",
                "maria.nunez@gmail.com", "consent", EARLY, NEVER, "legacy_import", ("0b5e",), "0b60",
                "c-17", "sha256:60303", NEVER,
            ),
        ),
        suppressions=(
            Suppression(
                SuppressionKind.HARD_BOUNCE, Channel.EMAIL, "old@example.org", EARLY, "0b5e", "google:4", "shared_endpoint",
                ("newsletter", "newsletter@brand-a"),
            ),
        ),
        interactions=(Interaction(InteractionKind.CALL, LATE, "outbound", "b.osei", "hubspot:17", "<17@example.org>"),),
        updated_at=LATE,
        revision=3,
    ),
    "contact-minimal": Contact(contact_id="019f1af9-b400-7708-9871-081bf9502cb8"),
    "contact-blocked": Contact(
        contact_id="019f1af9-b400-7708-9871-081bf9502cb8",
        emails=(EmailAddress("ana@example.org", "ana@example.org"),),
        consent=(ConsentRecord(Channel.EMAIL, "any", ConsentState.WITHDRAWN, reason="legacy_import", events=("0b5f",)),),
    ),
    "contact-restricted": Contact(
        contact_id="019f1af9-b400-7708-9871-081bf9502cb8",
        emails=(EmailAddress("ana@example.org", "ana@example.org"), EmailAddress("old@example.org", status=EmailStatus.BAD)),
        restrictions=(Restriction.DO_NOT_PROCESS,),
        owner="b.osei",
        owners=(Owner(OwnerRole.RECORD, "b.osei"),),
    ),
    "source_record-full": SourceRecord(
        "hubspot:17", "hubspot", "17", "17", "hubspot_contacts.csv", 4, Card(**CARD), (CLAIM,), {"Email": " MAILTO:Maria…\x00"},
        (
            ConsentEvidence(
                EvidenceKind.CONFIRMED_OPT_IN, "email", "newsletter", LATE, "2026-06-30", "CONFIRM_TIME", EARLY, "Freely given consent"
            ),
        ),
        (Problem("phone.not_a_number", "$.phones[1].number", "n/a", "Leave it out.", Severity.INFO, "Phone", "hubspot_contacts.csv", 4),),
        LATE, "9f86d081", ("salesforce_contact:0035g000002iJH7AAM",),
    ),
    "source_record-minimal": SourceRecord("vcard:a", "vcard", "a", "1", "a.vcf", 1, Card()),
    "consent_events-full": EVENTS[:1],
    "consent_events-minimal": EVENTS[1:],
    "activity-full": Activity("hubspot:17", "interaction", LATE, "b.osei", "call", "outbound", ref="<17@example.org>"),
    "activity-minimal": Activity("hubspot:17", "lead_created", EARLY),
    "event-full": Event(EventName.CONTACT_MERGED, "019f1af9-b400-7708-9871-081bf9502cb8", LATE, "run-1", {"records": "2"}),
    "event-minimal": Event(EventName.CONTACT_CREATED, "019f1af9-b400-7708-9871-081bf9502cb8", EARLY),
}  # fmt: skip
CLASSES = {
    "contact": Contact, "source_record": SourceRecord, "consent_events": tuple[ConsentEvent, ...], "activity": Activity, "event": Event,
}  # fmt: skip
VERSIONS = sorted(path.name for path in GOLDEN.iterdir() if "-in-" not in path.name)
FILES = sorted(path for version in VERSIONS for path in (GOLDEN / version).glob("*.json"))
PINNED = sorted(GOLDEN.glob("*-in-*/*.json"))


def class_of(name: str) -> Any:
    return CLASSES[name.partition("-")[0]]


def empty_fields(value: Any, path: str = "$") -> list[str]:
    """Name what equals its default, so that "full" stays true when a field is added."""
    if isinstance(value, tuple):
        return [fault for number, item in enumerate(value) for fault in empty_fields(item, f"{path}[{number}]")]
    if not attrs.has(type(value)):
        return []
    found = []
    held = attrs.asdict(value, recurse=False)  # not by name: what is deprecated would warn
    for attribute in attrs.fields(type(value)):
        inner = held[attribute.name]
        default = attribute.default
        default = default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]
        if inner == default and attribute.name != "schema_version":
            found.append(f"{path}.{attribute.name}")
        found += empty_fields(inner, f"{path}.{attribute.name}")
    return found


@pytest.mark.parametrize("name", [name for name in VALUES if name.endswith("-full")])
def test_a_full_document_fills_every_field(name: str) -> None:
    assert empty_fields(VALUES[name]) == []


def test_the_present_version_has_all_its_documents(regenerate: bool) -> None:
    older = [version for version in published_versions() if version != SCHEMA_VERSION]
    forms = {SCHEMA_VERSION: SCHEMA_VERSION, **{f"{SCHEMA_VERSION}-in-{version}": version for version in older}}
    for folder, version in forms.items():
        if regenerate and not is_published(SCHEMA_VERSION):
            (GOLDEN / folder).mkdir(parents=True, exist_ok=True)
            for name, value in VALUES.items():
                text = json.dumps(migrated(json.loads(to_json(value)), version), indent=2, ensure_ascii=False)
                (GOLDEN / folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        assert {path.stem for path in (GOLDEN / folder).glob("*.json")} >= set(VALUES)


@pytest.mark.parametrize("path", PINNED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_document_is_seen_in_an_older_version_as_it_was(path: Path) -> None:
    version, _, older = path.parent.name.partition("-in-")
    seen = json.loads(path.read_text(encoding="utf-8"))
    kept = json.loads((GOLDEN / version / path.name).read_text(encoding="utf-8"))
    assert migrated(kept, older) == seen
    assert migrated(seen, version) == kept


@pytest.mark.parametrize("path", PINNED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_document_in_an_older_version_follows_its_schema(path: Path) -> None:
    older = path.parent.name.partition("-in-")[2]
    seen = json.loads(path.read_text(encoding="utf-8"))
    for one in seen if isinstance(seen, list) else [seen]:
        one.pop("_parked", None)  # consent events and activities have no place of their own for it
    check(path.stem, seen, older)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_golden_document_goes_to_every_version_and_back(path: Path) -> None:
    kept = json.loads(path.read_text(encoding="utf-8"))
    for version in published_versions():
        assert migrated(migrated(kept, version), path.parent.name) == kept


@pytest.mark.parametrize("name", VALUES)
def test_the_present_version_is_written_as_it_was(name: str) -> None:
    kept = (GOLDEN / SCHEMA_VERSION / f"{name}.json").read_text(encoding="utf-8")
    assert json.loads(to_json(VALUES[name])) == json.loads(kept)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_golden_document_loads(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    value = from_json(class_of(path.stem), text)
    if path.parent.name == SCHEMA_VERSION:
        assert value == VALUES[path.stem]
    assert migrated(to_dict(value), path.parent.name) == json.loads(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_golden_document_follows_its_schema(path: Path) -> None:
    check(path.stem, json.loads(path.read_text(encoding="utf-8")), path.parent.name)


def check(stem: str, document: Any, version: str) -> None:
    schema = published_schema(version)
    cls = class_of(stem)
    name = "ConsentEvent" if stem.startswith("consent_events") else cls.__name__
    if name != schema["title"]:
        schema = {"$schema": schema["$schema"], "$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}
    for one in document if isinstance(document, list) else [document]:
        jsonschema.validate(one, schema, cls=jsonschema.Draft202012Validator)


def test_every_published_version_has_golden_documents() -> None:
    assert {path.parent.name for path in FILES} == set(published_versions())


def migrated(document: Any, version: str) -> Any:
    if isinstance(document, list):
        return [migrate(one, version) for one in document]
    return migrate(document, version)


def is_published(version: str) -> bool:
    index = Path(__file__).parents[2] / "src" / "canonical_contact" / "schema" / "published" / "index.json"
    return version in (known := json.loads(index.read_text(encoding="utf-8"))) and known[version]["status"] == "published"
