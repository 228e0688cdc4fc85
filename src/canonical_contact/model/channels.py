"""Where a person can be reached: e-mail, phone, postal address, online service (RFC 9553, section 2.3 and 2.5)."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from canonical_contact.model.verification import Verification

__all__ = ["AddressPart", "Channel", "EmailAddress", "EmailStatus", "OnlineService", "PhoneNumber", "PostalAddress"]


class Channel(StrEnum):
    """A way to speak to a person. `voice` stands for both voices in questions and imports."""

    EMAIL = "email"
    SMS = "sms"
    VOICE_LIVE = "voice_live"
    VOICE_AUTOMATED = "voice_automated"
    FAX = "fax"
    POST = "post"
    MESSAGING = "messaging"
    PUSH = "push"
    ADS = "ads"


class EmailStatus(StrEnum):
    """Whether an address can be delivered to, as a source that sends says."""

    UNKNOWN = "unknown"
    OK = "ok"
    BOUNCED = "bounced"
    BAD = "bad"
    QUARANTINED = "quarantined"


@frozen
class EmailAddress:
    """One e-mail address.

    Args:
        address: the canonical address; what is stored is what can be sent to, never a provider's canonical form.
        key: match key (provider rules applied: dots, plus tags); equal keys reach the same mailbox.
        contexts: `private`, `work`.
        label: the label of the source, where it is neither.
        pref: 1 (first) to 100; 0 is unset.
        role: whether it is a mailbox of a role or shared (`info@`), not of one person.
        verification: the latest check.
        status: whether it can be delivered to, as the system that sends says.
    """

    address: str
    key: str = ""
    contexts: tuple[str, ...] = ()
    label: str = ""
    pref: int = 0
    role: bool = False
    verification: Verification = Verification()
    status: EmailStatus = EmailStatus.UNKNOWN


@frozen
class PhoneNumber:
    """One phone number.

    Args:
        number: E.164, such as `+493012345678`.
        extension: digits after the number, as dialled.
        country_code: ISO 3166-1 alpha-2 of the numbering plan; empty where shared by several.
        line_type: `mobile`, `fixed_line`, `fixed_line_or_mobile`, `toll_free`, `voip`, … as the numbering plan says.
        features: `mobile`, `voice`, `text`, `fax`, `pager` as the source says.
        contexts: `private`, `work`.
        label: the label of the source, where it is none of these.
        pref: 1 (first) to 100; 0 is unset.
        verification: the latest check.
    """

    number: str
    extension: str = ""
    country_code: str = ""
    line_type: str = ""
    features: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    label: str = ""
    pref: int = 0
    verification: Verification = Verification()


@frozen
class AddressPart:
    """One part of a postal address, finer than the fields of the address (RFC 9553, section 2.5.1.2).

    Args:
        kind: `number`, `name` (of the street), `apartment`, `room`, `floor`, `building`, `block`, `district`, `subdistrict`, `direction`,
            `landmark`, `locality`, `region`, `postcode`, `country`, `postOfficeBox`, `separator`.
        value: the text.
    """

    kind: str
    value: str


@frozen
class PostalAddress:
    """One postal address; it moves as a whole, parts of two addresses are never mixed.

    Args:
        full: the address as the source has it on one or more lines, where it is not in parts.
        street: street with house number.
        extended: what the source keeps apart: flat, floor, second line.
        po_box: post office box.
        locality: town.
        region: state, province or county, as written.
        postcode: in the country's usual spacing where that is certain.
        country: the country as written, where it could not be recognised; else empty.
        country_code: ISO 3166-1 alpha-2.
        contexts: `private`, `work`.
        label: the label of the source, where it is neither.
        pref: 1 (first) to 100; 0 is unset.
        verification: the latest check.
        parts: the parts in the order in which they are written, where a source has finer ones than the fields above.
        coordinates: where it is (RFC 5870), such as `geo:52.5,13.4`.
        time_zone: IANA name of the place.
    """

    full: str = ""
    street: str = ""
    extended: str = ""
    po_box: str = ""
    locality: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    country_code: str = ""
    contexts: tuple[str, ...] = ()
    label: str = ""
    pref: int = 0
    verification: Verification = Verification()
    parts: tuple[AddressPart, ...] = ()
    coordinates: str = ""
    time_zone: str = ""


@frozen
class OnlineService:
    """A web page or an account on a service.

    Args:
        uri: the address, or the user's name on the service.
        service: `website`, `linkedin`, `x` …
        label: the label of the source.
        user: the user's name on the service, where a source states it beside the address.
        contexts: `private`, `work`.
        pref: 1 (first) to 100; 0 is unset.
    """

    uri: str
    service: str = ""
    label: str = ""
    user: str = ""
    contexts: tuple[str, ...] = ()
    pref: int = 0
