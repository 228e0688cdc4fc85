"""The golden contact, and the card that it shares with the records it is folded from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from canonical_contact.model.about import Pii, about
from canonical_contact.model.channels import Channel, EmailAddress, OnlineService, PhoneNumber, PostalAddress
from canonical_contact.model.consent import ConsentRecord, Suppression
from canonical_contact.model.interaction import Interaction
from canonical_contact.model.lifecycle import Lifecycle
from canonical_contact.model.name import Name
from canonical_contact.model.organization import Organization
from canonical_contact.model.provenance import Claim
from canonical_contact.model.version import SCHEMA_VERSION

__all__ = [
    "Anniversary",
    "Card",
    "Contact",
    "ContactKind",
    "ExternalId",
    "NpsAnswer",
    "Owner",
    "OwnerRole",
    "Restriction",
    "Revenue",
    "SourceRef",
]


class ContactKind(StrEnum):
    """What the card stands for (RFC 9553, section 2.1.4)."""

    INDIVIDUAL = "individual"
    ORG = "org"
    GROUP = "group"


class OwnerRole(StrEnum):
    """What somebody of us looks after."""

    RECORD = "record"
    ENRICHMENT = "enrichment"
    MERGE_APPROVAL = "merge_approval"
    CONSENT_QUERIES = "consent_queries"


class Restriction(StrEnum):
    """What the person forbade for all channels (Salesforce's Individual; GDPR, Art. 17, 18, 21)."""

    DO_NOT_PROCESS = "do_not_process"
    DO_NOT_PROFILE = "do_not_profile"
    DO_NOT_TRACK = "do_not_track"
    DO_NOT_SOLICIT = "do_not_solicit"
    DO_NOT_LOCATE = "do_not_locate"
    FORGET = "forget"


@frozen
class ExternalId:
    """The id of the person in a system that the record is not from.

    Args:
        system: the system's name.
        id: the id within it.
    """

    system: str = field(metadata=about("erp", since="1.1", normalizer="text", raw=("external_ids[].system",)))
    id: str = field(metadata=about("K-1007", Pii.PSEUDONYM, since="1.1", normalizer="text", raw=("external_ids[].id",)))


@frozen
class Anniversary:
    """A day that returns (RFC 9553, section 2.8.1); the birthday has a field of its own.

    Args:
        date: `2001-06-30`, or `--06-30` where the year is not known.
        kind: `wedding`, `death`, or the source's own word.
        label: the label of the source.
    """

    date: str = field(metadata=about(
        "2001-06-30", Pii.PERSONAL, since="1.1", normalizer="birthday", validation="YYYY-MM-DD, or --MM-DD without a year",
        raw=("anniversaries[].date",), jscontact="anniversaries.*.date", vcard="ANNIVERSARY",
    ))  # fmt: skip
    kind: str = field(default="", metadata=about(
        "wedding", Pii.PERSONAL, since="1.1", raw=("anniversaries[].kind", "anniversaries[].label"),
        jscontact="anniversaries.*.kind",
    ))  # fmt: skip
    label: str = field(default="", metadata=about(
        "Hochzeitstag", Pii.PERSONAL, since="1.1", raw=("anniversaries[].label",), jscontact="anniversaries.*.label",
    ))  # fmt: skip


@frozen
class Owner:
    """Who of us looks after what.

    Args:
        role: what.
        who: the source's own name or id of the person or team.
    """

    role: OwnerRole = field(metadata=about("record", since="1.1"))
    who: str = field(metadata=about(
        "b.osei", Pii.PSEUDONYM, since="1.1", normalizer="text",
        raw=("owner", "owners.enrichment", "owners.merge_approval", "owners.consent_queries"),
    ))  # fmt: skip


@frozen
class NpsAnswer:
    """An answer to "how likely is it that you would recommend us?".

    Args:
        score: 0 to 10.
        at: when (UTC); None where the source bears no date.
    """

    score: int = field(metadata=about(
        9, Pii.PERSONAL, since="1.1", normalizer="number", validation="0 to 10", raw=("nps[].score",),
    ))  # fmt: skip
    at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.PERSONAL, since="1.1", normalizer="timestamp", validation="RFC 3339 in UTC",
        raw=("nps[].at",),
    ))  # fmt: skip


@frozen
class Revenue:
    """What the person has bought, as a system of sales says.

    Args:
        total: the sum of all deals won, in `currency`.
        currency: ISO 4217; empty where the source does not say.
        deals: number of deals.
        first_deal_at: when the first deal was made (UTC).
        last_deal_at: when the last deal was won (UTC).
        last_deal_amount: what the last one brought.
    """

    total: float | None = field(default=None, metadata=about(
        1250.0, Pii.PERSONAL, since="1.1", normalizer="number", raw=("revenue.total",),
    ))  # fmt: skip
    currency: str = field(default="", metadata=about(
        "EUR", since="1.1", normalizer="number", validation="ISO 4217", raw=("revenue.currency",),
    ))  # fmt: skip
    deals: int | None = field(default=None, metadata=about(
        3, Pii.PERSONAL, since="1.1", normalizer="number", validation="0 or more", raw=("revenue.deals",),
    ))  # fmt: skip
    first_deal_at: datetime | None = field(default=None, metadata=about(
        "2024-03-01T00:00:00Z", Pii.PERSONAL, since="1.1", normalizer="timestamp", validation="RFC 3339 in UTC",
        raw=("revenue.first_deal_at",),
    ))  # fmt: skip
    last_deal_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.PERSONAL, since="1.1", normalizer="timestamp", validation="RFC 3339 in UTC",
        raw=("revenue.last_deal_at",),
    ))  # fmt: skip
    last_deal_amount: float | None = field(default=None, metadata=about(
        300.0, Pii.PERSONAL, since="1.1", normalizer="number", raw=("revenue.last_deal_amount",),
    ))  # fmt: skip


@frozen(kw_only=True)
class Card:
    """What is known about a person in canonical form: said by one record, or agreed on for a contact.

    Args:
        name: the person's name.
        nicknames: other names the person goes by.
        emails: e-mail addresses, best first.
        phones: phone numbers, best first.
        addresses: postal addresses, best first.
        organizations: where the person works, the present one first.
        titles: job titles, the present one first.
        online_services: web pages and accounts.
        birthday: `1958-07-12`, or `--07-12` where the year is not known.
        gender: as the source writes it.
        preferred_languages: BCP 47 tags, best first.
        time_zone: IANA name.
        lifecycle: how far the person has come as a customer.
        owner: who of us looks after the record, by the source's own name.
        source_channel: how the person first came to us (`Trade Show`, `ORGANIC_SEARCH`).
        created_at: when the first record of the person was made (UTC).
        tags: keywords, labels and categories.
        notes: free text.
        extensions: what a source carries and the schema has no field for, under `system.column`.
        kind: a person, an organisation or a group.
        external_ids: ids of the person in systems that the record is not from.
        pronouns: pronouns that the person goes by.
        grammatical_gender: `masculine`, `feminine`, `neuter`, `common`, `animate`, `inanimate` (RFC 9553, section 2.2.4).
        roles: what the person does there, apart from the job title (`purchasing`, `project lead`).
        anniversaries: days that return, but for the birthday.
        preferred_channels: how the person wants to be reached, best first.
        owners: who of us looks after what.
        restrictions: what the person forbade for all channels.
        score: the source's own score of the contact.
        nps: answers to the question of recommendation, oldest first.
        revenue: what the person has bought.
        deleted: whether the source calls the record deleted or archived.
    """

    name: Name | None = field(default=None, metadata=about(
        {"full": "Ana Núñez", "given": "Ana", "surname": "Núñez"}, Pii.IDENTITY, normalizer="name", survivorship="most_complete",
        jscontact="name", vcard="N",
    ))  # fmt: skip
    nicknames: tuple[str, ...] = field(default=(), metadata=about(
        ("Anita",), Pii.IDENTITY, normalizer="text", survivorship="union", raw=("nicknames[]",), jscontact="nicknames.*.name",
        vcard="NICKNAME",
    ))  # fmt: skip
    emails: tuple[EmailAddress, ...] = field(default=(), metadata=about(
        ({"address": "ana@example.org", "key": "ana@example.org"},), Pii.CONTACT, normalizer="email", survivorship="union",
        jscontact="emails", vcard="EMAIL",
    ))  # fmt: skip
    phones: tuple[PhoneNumber, ...] = field(default=(), metadata=about(
        ({"number": "+493023125017", "country_code": "DE", "line_type": "fixed_line"},), Pii.CONTACT, normalizer="phone",
        survivorship="union", jscontact="phones", vcard="TEL",
    ))  # fmt: skip
    addresses: tuple[PostalAddress, ...] = field(default=(), metadata=about(
        ({"street": "Hauptstraße 12", "locality": "Berlin", "postcode": "10115", "country_code": "DE"},), Pii.LOCATION,
        normalizer="address", survivorship="union", jscontact="addresses", vcard="ADR",
    ))  # fmt: skip
    organizations: tuple[Organization, ...] = field(default=(), metadata=about(
        ({"name": "Müller & Söhne GmbH", "key": "muller sohne"},), Pii.PERSONAL, normalizer="organization", survivorship="union",
        jscontact="organizations", vcard="ORG",
    ))  # fmt: skip
    titles: tuple[str, ...] = field(default=(), metadata=about(
        ("Geschäftsführerin",), Pii.PERSONAL, normalizer="text", survivorship="union", raw=("titles[]",),
        jscontact="titles[kind=title].name", vcard="TITLE",
    ))  # fmt: skip
    online_services: tuple[OnlineService, ...] = field(default=(), metadata=about(
        ({"uri": "https://example.org/ana", "service": "website"},), Pii.CONTACT, normalizer="service", survivorship="union",
        jscontact="onlineServices, links", vcard="SOCIALPROFILE, URL",
    ))  # fmt: skip
    birthday: str = field(default="", metadata=about(
        "1958-07-12", Pii.PERSONAL, normalizer="birthday", validation="YYYY-MM-DD, or --MM-DD without a year",
        survivorship="most_frequent", raw=("birthday",), jscontact="anniversaries[kind=birth].date", vcard="BDAY",
    ))  # fmt: skip
    gender: str = field(default="", metadata=about(
        "f", Pii.SENSITIVE, normalizer="text", survivorship="most_recent", raw=("gender",),
        jscontact="vCardProps", vcard="GENDER",
    ))  # fmt: skip
    preferred_languages: tuple[str, ...] = field(default=(), metadata=about(
        ("es-MX", "de"), Pii.PERSONAL, normalizer="language", validation="BCP 47", survivorship="union",
        raw=("preferred_languages[]",), jscontact="preferredLanguages.*.language", vcard="LANG",
    ))  # fmt: skip
    time_zone: str = field(default="", metadata=about(
        "Europe/Berlin", Pii.LOCATION, normalizer="text", validation="IANA name", survivorship="most_recent", raw=("time_zone",),
        jscontact="addresses.*.timeZone", vcard="TZ",
    ))  # fmt: skip
    lifecycle: Lifecycle | None = field(default=None, metadata=about(
        {"stage": "customer"}, Pii.PERSONAL, normalizer="lifecycle", survivorship="fold", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    owner: str = field(default="", metadata=about(
        "b.osei", Pii.PSEUDONYM, normalizer="text", survivorship="most_recent", raw=("owner",), jscontact="x", vcard="JSPROP",
        deprecated="1.1", remove_in="2.0", replaced_by="owners",
    ))  # fmt: skip
    source_channel: str = field(default="", metadata=about(
        "Trade Show", Pii.PERSONAL, normalizer="text", survivorship="oldest", raw=("source_channel",), jscontact="x",
        vcard="JSPROP",
    ))  # fmt: skip
    created_at: datetime | None = field(default=None, metadata=about(
        "2024-02-29T08:30:00Z", Pii.PERSONAL, normalizer="timestamp", validation="RFC 3339 in UTC", survivorship="smallest",
        raw=("created_at",), jscontact="created", vcard="CREATED",
    ))  # fmt: skip
    tags: tuple[str, ...] = field(default=(), metadata=about(
        ("VIP",), Pii.SENSITIVE, normalizer="text", survivorship="union", raw=("tags[]",), jscontact="keywords",
        vcard="CATEGORIES",
    ))  # fmt: skip
    notes: tuple[str, ...] = field(default=(), metadata=about(
        ("Prefers to be called in the morning.",), Pii.SENSITIVE, survivorship="union", raw=("notes[]",),
        jscontact="notes.*.note", vcard="NOTE",
    ))  # fmt: skip
    extensions: Mapping[str, str] = field(factory=dict, metadata=about(
        {"hubspot.Favourite colour": "teal", "acme.loyalty_tier": "gold"}, Pii.SENSITIVE,
        validation="text under a name with a namespace", survivorship="union", raw=("extensions",), jscontact="x",
        vcard="JSPROP",
    ))  # fmt: skip
    kind: ContactKind = field(default=ContactKind.INDIVIDUAL, metadata=about(
        "individual", Pii.PERSONAL, since="1.1", normalizer="word", survivorship="most_frequent", raw=("kind",),
        jscontact="kind", vcard="KIND",
    ))  # fmt: skip
    external_ids: tuple[ExternalId, ...] = field(default=(), metadata=about(
        ({"system": "erp", "id": "K-1007"},), Pii.PSEUDONYM, since="1.1", normalizer="text", survivorship="union", jscontact="x",
        vcard="JSPROP",
    ))  # fmt: skip
    pronouns: tuple[str, ...] = field(default=(), metadata=about(
        ("she/her",), Pii.SENSITIVE, since="1.1", normalizer="text", survivorship="union", raw=("pronouns[]",),
        jscontact="speakToAs.pronouns.*.pronouns", vcard="PRONOUNS",
    ))  # fmt: skip
    grammatical_gender: str = field(default="", metadata=about(
        "feminine", Pii.SENSITIVE, since="1.1", normalizer="word",
        validation="masculine, feminine, neuter, common, animate, inanimate", survivorship="most_recent",
        raw=("grammatical_gender",), jscontact="speakToAs.grammaticalGender", vcard="GRAMGENDER",
    ))  # fmt: skip
    roles: tuple[str, ...] = field(default=(), metadata=about(
        ("purchasing",), Pii.PERSONAL, since="1.1", normalizer="text", survivorship="union", raw=("roles[]",),
        jscontact="titles[kind=role].name", vcard="ROLE",
    ))  # fmt: skip
    anniversaries: tuple[Anniversary, ...] = field(default=(), metadata=about(
        ({"date": "2001-06-30", "kind": "wedding"},), Pii.PERSONAL, since="1.1", normalizer="birthday", survivorship="union",
        jscontact="anniversaries", vcard="ANNIVERSARY",
    ))  # fmt: skip
    preferred_channels: tuple[Channel, ...] = field(default=(), metadata=about(
        ("email",), Pii.PERSONAL, since="1.1", normalizer="word", survivorship="most_recent", raw=("preferred_channels[]",),
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    owners: tuple[Owner, ...] = field(default=(), metadata=about(
        ({"role": "record", "who": "b.osei"},), Pii.PSEUDONYM, since="1.1", normalizer="text", survivorship="most_recent",
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    restrictions: tuple[Restriction, ...] = field(default=(), metadata=about(
        ("do_not_profile",), Pii.CONSENT, since="1.1", normalizer="word", survivorship="union", raw=("restrictions[]",),
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    score: float | None = field(default=None, metadata=about(
        42.5, Pii.PERSONAL, since="1.1", normalizer="number", survivorship="most_recent", raw=("score",), jscontact="x",
        vcard="JSPROP",
    ))  # fmt: skip
    nps: tuple[NpsAnswer, ...] = field(default=(), metadata=about(
        ({"score": 9, "at": "2026-06-30T12:00:00Z"},), Pii.PERSONAL, since="1.1", normalizer="number", survivorship="union",
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    revenue: Revenue | None = field(default=None, metadata=about(
        {"total": 1250.0, "currency": "EUR", "deals": 3}, Pii.PERSONAL, since="1.1", normalizer="number",
        survivorship="most_recent", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    deleted: bool = field(default=False, metadata=about(
        True, since="1.1", normalizer="word", survivorship="fold", raw=("deleted",), jscontact="x", vcard="JSPROP",
    ))  # fmt: skip


@frozen
class SourceRef:
    """A record that a contact is folded from.

    Args:
        system: the source's name.
        record_id: the id within the system.
        label: the own id, or the number of the row in its file.
        file: the file it was read from.
        line: the line at which it starts.
        observed_at: when the source last changed it (UTC).
        digest: hash of its content.
    """

    system: str = field(metadata=about("hubspot"))
    record_id: str = field(metadata=about("17", Pii.PSEUDONYM, raw=("id",)))
    label: str = field(default="", metadata=about("17", Pii.PSEUDONYM))
    file: str = field(default="", metadata=about("hubspot_contacts.csv"))
    line: int = field(default=0, metadata=about(4, validation="0 or more"))
    observed_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", normalizer="timestamp", validation="RFC 3339 in UTC", raw=("updated_at",),
    ))  # fmt: skip
    digest: str = field(default="", metadata=about("9f86d081884c7d659a2feaa0c55ad015", Pii.PSEUDONYM, validation="hexadecimal"))

    @property
    def key(self) -> str:
        """`system:record_id`."""
        return f"{self.system}:{self.record_id}"


@frozen(kw_only=True)
class Contact(Card):
    """One person: the fold of all source records that speak of them. It is computed, never edited in place.

    Args:
        contact_id: UUIDv7, stable for ever.
        aliases: retired ids that lead here.
        schema_version: version of the schema that the document follows.
        sources: the records it is folded from, in the order of their keys.
        claims: every value that a record states, also those that lost, with the reason.
        consent: the folded state of each key.
        suppressions: blocks on endpoints, also those that come from other people's records on a shared endpoint.
        interactions: the timeline, oldest first.
        updated_at: the latest change that a source states (UTC).
        revision: counts the changes of the stored contact, from 1; 0 while it is not stored.
    """

    contact_id: str = field(metadata=about(
        "019f1af9-b400-7708-9871-081bf9502cb8", Pii.PSEUDONYM, validation="UUIDv7 (RFC 9562)", survivorship="fold",
        jscontact="uid", vcard="UID",
    ))  # fmt: skip
    aliases: tuple[str, ...] = field(default=(), metadata=about(
        ("019f1af9-b400-7708-9871-081bf9502cb9",), Pii.PSEUDONYM, validation="UUIDv7 (RFC 9562)", survivorship="union",
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    schema_version: str = field(default=SCHEMA_VERSION, metadata=about(SCHEMA_VERSION, validation="the version of the schema"))
    sources: tuple[SourceRef, ...] = field(default=(), metadata=about(
        ({"system": "hubspot", "record_id": "17"},), Pii.PSEUDONYM, survivorship="union", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    claims: tuple[Claim, ...] = field(default=(), metadata=about(
        ({"path": "$.emails[0]", "value": "ana@example.org", "source": "hubspot:17", "rule": "email/1"},), Pii.SENSITIVE,
        survivorship="union", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    consent: tuple[ConsentRecord, ...] = field(default=(), metadata=about(
        ({"channel": "email", "purpose": "newsletter", "state": "granted"},), Pii.CONSENT, survivorship="fold", raw=("consent",),
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    suppressions: tuple[Suppression, ...] = field(default=(), metadata=about(
        ({"kind": "hard_bounce", "channel": "email", "endpoint": "ana@example.org"},), Pii.CONSENT, survivorship="fold",
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    interactions: tuple[Interaction, ...] = field(default=(), metadata=about(
        ({"kind": "call", "at": "2026-06-30T12:00:00Z", "direction": "inbound"},), Pii.PERSONAL, survivorship="union",
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    updated_at: datetime | None = field(default=None, metadata=about(
        "2026-06-30T12:00:00Z", Pii.PERSONAL, normalizer="timestamp", validation="RFC 3339 in UTC", survivorship="fold",
        raw=("updated_at",), jscontact="updated", vcard="REV",
    ))  # fmt: skip
    revision: int = field(default=0, metadata=about(3, validation="0 or more", jscontact="x", vcard="JSPROP"))
