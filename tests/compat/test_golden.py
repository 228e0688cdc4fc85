"""Documents of every published schema version load for ever, mean what they meant, and validate against their schema.

The files under golden/VERSION are written once, by `pytest tests/compat --regenerate`; those of a published version never again.
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
    Card,
    Channel,
    Claim,
    ConsentEvent,
    ConsentEvidence,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    Event,
    EventName,
    EventType,
    EvidenceKind,
    Interaction,
    InteractionKind,
    Lifecycle,
    LifecycleStage,
    Name,
    OnlineService,
    Organization,
    PhoneNumber,
    PostalAddress,
    SourceRecord,
    SourceRef,
    StageChange,
    Suppression,
    SuppressionKind,
    Verification,
    VerificationStatus,
)
from canonical_contact.schema import from_json, published_schema, published_versions, to_json

GOLDEN = Path(__file__).parent / "golden"
EARLY, LATE, NEVER = (
    datetime(2024, 2, 29, 8, 30, tzinfo=UTC),
    datetime(2026, 6, 30, 23, 59, 59, 250_000, tzinfo=UTC),
    datetime(2030, 1, 1, tzinfo=UTC),
)
CHECK = Verification(VerificationStatus.VERIFIED, "double_opt_in", EARLY, NEVER)
CARD: dict[str, Any] = {
    "name": Name(
        "Frau Dr. María José Núñez García Jr., PhD", "Frau Dr.", "María", "José", "Núñez", "García", "Jr.", "PhD", "マリア", "ヌニェス", "Nunez"
    ),
    "nicknames": ("Marijo",),
    "emails": (EmailAddress("Maria.Nunez+news@gmail.com", "marianunez@gmail.com", ("private",), "newsletter", 1, True, CHECK),),
    "phones": (
        PhoneNumber("+493012345678", "12", "DE", "fixed_line", ("voice", "fax"), ("work",), "front desk", 1, CHECK),
    ),
    "addresses": (
        PostalAddress(
            "Hauptstraße 1\n10115 Berlin", "Hauptstraße 1", "Hinterhaus", "PO 17", "Berlin", "BE", "10115", "Germania", "DE",
            ("private",), "summer", 1, CHECK,
        ),
    ),
    "organizations": (Organization("Müller & Söhne GmbH", ("Vertrieb", "Süd"), "mueller soehne", "0015g00000AbCdEAAV"),),
    "titles": ("Geschäftsführerin",),
    "online_services": (OnlineService("https://example.org/marijo", "website", "blog"),),
    "birthday": "--02-29",
    "gender": "f",
    "preferred_languages": ("es-MX", "de"),
    "time_zone": "Europe/Berlin",
    "lifecycle": Lifecycle(LifecycleStage.CUSTOMER, (StageChange(LifecycleStage.LEAD, EARLY, "hubspot:17", "form"),), "OPEN"),
    "owner": "b.osei",
    "source_channel": "Trade Show",
    "created_at": EARLY,
    "tags": ("VIP", "=1+1"),
    "notes": ("prefers e-mail\nzweite Zeile 👩‍💻",),
    "extensions": {"hubspot.Favourite colour": "teal"},
}  # fmt: skip
CLAIM = Claim(
    "$.emails[0]", "Maria.Nunez+news@gmail.com", "hubspot:17", EARLY, " MAILTO:Maria…", "derived", "email/1", False, "older"
)
EVENTS = (
    ConsentEvent(
        "0b5e", EventType.SUPPRESS, Channel.EMAIL, "any", "brand-a", "mailchimp:2e6ed87a34", "maria.nunez@gmail.com", EARLY, LATE, "agent",
        "spam_report", "unsubscribed_members_export.csv", "consent", "legacy_import", SuppressionKind.COMPLAINT, NEVER, "SPAM",
        ConsentState.GRANTED,
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
            ),
        ),
        suppressions=(
            Suppression(SuppressionKind.HARD_BOUNCE, Channel.EMAIL, "old@example.org", EARLY, "0b5e", "google:4", "shared_endpoint"),
        ),
        interactions=(Interaction(InteractionKind.CALL, LATE, "outbound", "b.osei", "hubspot:17"),),
        updated_at=LATE,
        revision=3,
    ),
    "contact-minimal": Contact(contact_id="019f1af9-b400-7708-9871-081bf9502cb8"),
    "contact-blocked": Contact(
        contact_id="019f1af9-b400-7708-9871-081bf9502cb8",
        emails=(EmailAddress("ana@example.org", "ana@example.org"),),
        consent=(ConsentRecord(Channel.EMAIL, "any", ConsentState.WITHDRAWN, reason="legacy_import", events=("0b5f",)),),
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
    "consent_events-full": EVENTS[:1],
    "consent_events-minimal": EVENTS[1:],
    "activity-full": Activity("hubspot:17", "interaction", LATE, "b.osei", "call", "outbound"),
    "event-full": Event(EventName.CONTACT_MERGED, "019f1af9-b400-7708-9871-081bf9502cb8", LATE, "run-1", {"records": "2"}),
}  # fmt: skip
CLASSES = {
    "contact": Contact, "source_record": SourceRecord, "consent_events": tuple[ConsentEvent, ...], "activity": Activity, "event": Event,
}  # fmt: skip
FILES = sorted(GOLDEN.glob("*/*.json"))


def class_of(name: str) -> Any:
    return CLASSES[name.partition("-")[0]]


def empty_fields(value: Any, path: str = "$") -> list[str]:
    """Name what equals its default, so that "full" stays true when a field is added."""
    if isinstance(value, tuple):
        return [fault for number, item in enumerate(value) for fault in empty_fields(item, f"{path}[{number}]")]
    if not attrs.has(type(value)):
        return []
    found = []
    for attribute in attrs.fields(type(value)):
        inner = getattr(value, attribute.name)
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
    folder = GOLDEN / SCHEMA_VERSION
    if regenerate and not is_published(SCHEMA_VERSION):
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in VALUES.items():
            text = json.dumps(json.loads(to_json(value)), indent=2, ensure_ascii=False)
            (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    assert {path.stem for path in folder.glob("*.json")} >= set(VALUES)


@pytest.mark.parametrize("name", VALUES)
def test_the_present_version_is_written_as_it_was(name: str) -> None:
    kept = (GOLDEN / SCHEMA_VERSION / f"{name}.json").read_text(encoding="utf-8")
    assert json.loads(to_json(VALUES[name])) == json.loads(kept)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_golden_document_loads(path: Path) -> None:
    value = from_json(class_of(path.stem), path.read_text(encoding="utf-8"))
    if path.parent.name == SCHEMA_VERSION:
        assert value == VALUES[path.stem]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_golden_document_follows_its_schema(path: Path) -> None:
    schema = published_schema(path.parent.name)
    document = json.loads(path.read_text(encoding="utf-8"))
    cls = class_of(path.stem)
    name = "ConsentEvent" if path.stem.startswith("consent_events") else cls.__name__
    if name != schema["title"]:
        schema = {"$schema": schema["$schema"], "$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}
    for one in document if isinstance(document, list) else [document]:
        jsonschema.validate(one, schema, cls=jsonschema.Draft202012Validator)


def test_every_published_version_has_golden_documents() -> None:
    assert {path.parent.name for path in FILES} == set(published_versions())


def is_published(version: str) -> bool:
    index = Path(__file__).parents[2] / "src" / "canonical_contact" / "schema" / "published" / "index.json"
    return version in (known := json.loads(index.read_text(encoding="utf-8"))) and known[version]["status"] == "published"
