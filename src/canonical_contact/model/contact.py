"""The golden contact, and the card that it shares with the records it is folded from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

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

    system: str
    id: str


@frozen
class Anniversary:
    """A day that returns (RFC 9553, section 2.8.1); the birthday has a field of its own.

    Args:
        date: `2001-06-30`, or `--06-30` where the year is not known.
        kind: `wedding`, `death`, or the source's own word.
        label: the label of the source.
    """

    date: str
    kind: str = ""
    label: str = ""


@frozen
class Owner:
    """Who of us looks after what.

    Args:
        role: what.
        who: the source's own name or id of the person or team.
    """

    role: OwnerRole
    who: str


@frozen
class NpsAnswer:
    """An answer to "how likely is it that you would recommend us?".

    Args:
        score: 0 to 10.
        at: when (UTC); None where the source bears no date.
    """

    score: int
    at: datetime | None = None


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

    total: float | None = None
    currency: str = ""
    deals: int | None = None
    first_deal_at: datetime | None = None
    last_deal_at: datetime | None = None
    last_deal_amount: float | None = None


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

    name: Name | None = None
    nicknames: tuple[str, ...] = ()
    emails: tuple[EmailAddress, ...] = ()
    phones: tuple[PhoneNumber, ...] = ()
    addresses: tuple[PostalAddress, ...] = ()
    organizations: tuple[Organization, ...] = ()
    titles: tuple[str, ...] = ()
    online_services: tuple[OnlineService, ...] = ()
    birthday: str = ""
    gender: str = ""
    preferred_languages: tuple[str, ...] = ()
    time_zone: str = ""
    lifecycle: Lifecycle | None = None
    owner: str = ""
    source_channel: str = ""
    created_at: datetime | None = None
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    extensions: Mapping[str, str] = field(factory=dict)
    kind: ContactKind = ContactKind.INDIVIDUAL
    external_ids: tuple[ExternalId, ...] = ()
    pronouns: tuple[str, ...] = ()
    grammatical_gender: str = ""
    roles: tuple[str, ...] = ()
    anniversaries: tuple[Anniversary, ...] = ()
    preferred_channels: tuple[Channel, ...] = ()
    owners: tuple[Owner, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    score: float | None = None
    nps: tuple[NpsAnswer, ...] = ()
    revenue: Revenue | None = None
    deleted: bool = False


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

    system: str
    record_id: str
    label: str = ""
    file: str = ""
    line: int = 0
    observed_at: datetime | None = None
    digest: str = ""

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

    contact_id: str
    aliases: tuple[str, ...] = ()
    schema_version: str = SCHEMA_VERSION
    sources: tuple[SourceRef, ...] = ()
    claims: tuple[Claim, ...] = ()
    consent: tuple[ConsentRecord, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    updated_at: datetime | None = None
    revision: int = 0
