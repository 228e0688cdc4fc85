"""Where a person can be reached: e-mail, phone, postal address, online service (RFC 9553, section 2.3 and 2.5)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import field, frozen

from canonical_contact.model.about import Pii, about
from canonical_contact.model.verification import Verification

__all__ = [
    "DIRECT_DIAL",
    "AddressPart",
    "Channel",
    "EmailAddress",
    "EmailStatus",
    "OnlineService",
    "PhoneNumber",
    "PostalAddress",
]


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

    address: str = field(metadata=about(
        "ana@example.org", Pii.CONTACT, normalizer="email", validation="an address that can be written to (RFC 5321, RFC 6531)",
        survivorship="fold", raw=("emails[].address",), jscontact="emails.*.address", vcard="EMAIL",
    ))  # fmt: skip
    key: str = field(default="", metadata=about(
        "ana@example.org", Pii.CONTACT, normalizer="email", survivorship="fold", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    contexts: tuple[str, ...] = field(default=(), metadata=about(
        ("work",), Pii.PERSONAL, validation="private or work", survivorship="union", raw=("emails[].label",),
        jscontact="emails.*.contexts", vcard="EMAIL;TYPE",
    ))  # fmt: skip
    label: str = field(default="", metadata=about(
        "newsletter", Pii.PERSONAL, survivorship="most_recent", raw=("emails[].label",), jscontact="emails.*.label",
        vcard="EMAIL;X-ABLabel",
    ))  # fmt: skip
    pref: int = field(default=0, metadata=about(
        1, validation="0 to 100", survivorship="smallest", raw=("emails[].pref",), jscontact="emails.*.pref", vcard="EMAIL;PREF",
    ))  # fmt: skip
    role: bool = field(default=False, metadata=about(
        False, Pii.PERSONAL, normalizer="email", survivorship="fold", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    verification: Verification = field(default=Verification(), metadata=about(
        {"status": "verified", "method": "double_opt_in", "checked_at": "2026-06-30T12:00:00Z"}, Pii.PERSONAL,
        survivorship="fold", raw=("emails[].verified_at", "emails[].verified_method", "emails[].bounced", "emails[].bounced_at"),
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    status: EmailStatus = field(default=EmailStatus.UNKNOWN, metadata=about(
        "ok", Pii.PERSONAL, since="1.1", normalizer="word", survivorship="fold", raw=("emails[].status",), jscontact="x",
        vcard="JSPROP",
    ))  # fmt: skip


DIRECT_DIAL: Final = frozenset({"DE", "AT"})
"""Countries in which an extension is dialled right behind the number (open numbering plans)."""


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

    number: str = field(metadata=about(
        "+493023125017", Pii.CONTACT, normalizer="phone", validation="E.164", raw=("phones[].number",),
        jscontact="phones.*.number", vcard="TEL",
    ))  # fmt: skip
    extension: str = field(default="", metadata=about(
        "12", Pii.CONTACT, normalizer="phone", validation="digits", survivorship="most_recent", raw=("phones[].number",),
        jscontact="phones.*.number", vcard="TEL",
    ))  # fmt: skip
    country_code: str = field(default="", metadata=about(
        "DE", Pii.LOCATION, normalizer="phone", validation="ISO 3166-1 alpha-2", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    line_type: str = field(default="", metadata=about("fixed_line", Pii.NONE, normalizer="phone", jscontact="x", vcard="JSPROP"))
    features: tuple[str, ...] = field(default=(), metadata=about(
        ("voice",), validation="mobile, voice, text, fax, pager, video", survivorship="union", raw=("phones[].label",),
        jscontact="phones.*.features", vcard="TEL;TYPE",
    ))  # fmt: skip
    contexts: tuple[str, ...] = field(default=(), metadata=about(
        ("work",), Pii.PERSONAL, validation="private or work", survivorship="union", raw=("phones[].label",),
        jscontact="phones.*.contexts", vcard="TEL;TYPE",
    ))  # fmt: skip
    label: str = field(default="", metadata=about(
        "front desk", Pii.PERSONAL, survivorship="most_recent", raw=("phones[].label",), jscontact="phones.*.label",
        vcard="TEL;X-ABLabel",
    ))  # fmt: skip
    pref: int = field(default=0, metadata=about(
        1, validation="0 to 100", survivorship="smallest", raw=("phones[].pref",), jscontact="phones.*.pref", vcard="TEL;PREF",
    ))  # fmt: skip
    verification: Verification = field(default=Verification(), metadata=about(
        {"status": "verified", "method": "double_opt_in", "checked_at": "2026-06-30T12:00:00Z"}, Pii.PERSONAL,
        survivorship="fold", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip

    @property
    def dialled(self) -> str:
        """What is dialled to reach the person, without a pause: in some plans the number with its extension, else the number.

        >>> PhoneNumber("+49301234567", "12", "DE").dialled, PhoneNumber("+442079460018", "12", "GB").dialled
        ('+4930123456712', '+442079460018')
        """
        return self.number + self.extension if self.country_code in DIRECT_DIAL else self.number


@frozen
class AddressPart:
    """One part of a postal address, finer than the fields of the address (RFC 9553, section 2.5.1.2).

    Args:
        kind: `number`, `name` (of the street), `apartment`, `room`, `floor`, `building`, `block`, `district`, `subdistrict`, `direction`,
            `landmark`, `locality`, `region`, `postcode`, `country`, `postOfficeBox`, `separator`.
        value: the text.
    """

    kind: str = field(metadata=about(
        "number", since="1.1", validation="a kind of RFC 9553, section 2.5.1.2", jscontact="addresses.*.components.kind",
        vcard="ADR",
    ))  # fmt: skip
    value: str = field(metadata=about("12", Pii.LOCATION, since="1.1", jscontact="addresses.*.components.value", vcard="ADR"))


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

    full: str = field(default="", metadata=about(
        "Hauptstraße 12, 10115 Berlin", Pii.LOCATION, normalizer="address", raw=("addresses[].full",),
        jscontact="addresses.*.full", vcard="ADR;LABEL",
    ))  # fmt: skip
    street: str = field(default="", metadata=about(
        "Hauptstraße 12", Pii.LOCATION, normalizer="address", raw=("addresses[].street",),
        jscontact="addresses.*.components[kind=name,number]", vcard="ADR[3]",
    ))  # fmt: skip
    extended: str = field(default="", metadata=about(
        "Hinterhaus, 2. Stock", Pii.LOCATION, normalizer="address", raw=("addresses[].extended",),
        jscontact="addresses.*.components[kind=apartment]", vcard="ADR[2]",
    ))  # fmt: skip
    po_box: str = field(default="", metadata=about(
        "17 03 61", Pii.LOCATION, normalizer="address", raw=("addresses[].po_box",),
        jscontact="addresses.*.components[kind=postOfficeBox]", vcard="ADR[1]",
    ))  # fmt: skip
    locality: str = field(default="", metadata=about(
        "Berlin", Pii.LOCATION, normalizer="address", raw=("addresses[].locality",),
        jscontact="addresses.*.components[kind=locality]", vcard="ADR[4]",
    ))  # fmt: skip
    region: str = field(default="", metadata=about(
        "Berlin", Pii.LOCATION, normalizer="address", raw=("addresses[].region",),
        jscontact="addresses.*.components[kind=region]", vcard="ADR[5]",
    ))  # fmt: skip
    postcode: str = field(default="", metadata=about(
        "10115", Pii.LOCATION, normalizer="address", raw=("addresses[].postcode",),
        jscontact="addresses.*.components[kind=postcode]", vcard="ADR[6]",
    ))  # fmt: skip
    country: str = field(default="", metadata=about(
        "Ruritania", Pii.LOCATION, normalizer="address", validation="only where the country could not be recognised",
        raw=("addresses[].country",), jscontact="addresses.*.components[kind=country]", vcard="ADR[7]",
    ))  # fmt: skip
    country_code: str = field(default="", metadata=about(
        "DE", Pii.LOCATION, normalizer="country", validation="ISO 3166-1 alpha-2", raw=("addresses[].country",),
        jscontact="addresses.*.countryCode", vcard="ADR;CC",
    ))  # fmt: skip
    contexts: tuple[str, ...] = field(default=(), metadata=about(
        ("work",), Pii.PERSONAL, validation="private or work", survivorship="union", raw=("addresses[].label",),
        jscontact="addresses.*.contexts", vcard="ADR;TYPE",
    ))  # fmt: skip
    label: str = field(default="", metadata=about(
        "summer house", Pii.PERSONAL, survivorship="most_recent", raw=("addresses[].label",), jscontact="addresses.*.label",
        vcard="ADR;X-ABLabel",
    ))  # fmt: skip
    pref: int = field(default=0, metadata=about(
        1, validation="0 to 100", survivorship="smallest", raw=("addresses[].pref",), jscontact="addresses.*.pref",
        vcard="ADR;PREF",
    ))  # fmt: skip
    verification: Verification = field(default=Verification(), metadata=about(
        {"status": "verified", "method": "double_opt_in", "checked_at": "2026-06-30T12:00:00Z"}, Pii.PERSONAL,
        survivorship="fold", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    parts: tuple[AddressPart, ...] = field(default=(), metadata=about(
        ({"kind": "name", "value": "Hauptstraße"}, {"kind": "number", "value": "12"}), Pii.LOCATION, since="1.1",
        raw=("addresses[].part",), jscontact="addresses.*.components", vcard="ADR;JSCOMPS",
    ))  # fmt: skip
    coordinates: str = field(default="", metadata=about(
        "geo:52.5186,13.4083", Pii.LOCATION, since="1.1", validation="geo URI (RFC 5870)", raw=("addresses[].coordinates",),
        jscontact="addresses.*.coordinates", vcard="ADR;GEO",
    ))  # fmt: skip
    time_zone: str = field(default="", metadata=about(
        "Europe/Berlin", Pii.LOCATION, since="1.1", validation="IANA name", raw=("addresses[].time_zone",),
        jscontact="addresses.*.timeZone", vcard="ADR;TZ",
    ))  # fmt: skip


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

    uri: str = field(metadata=about(
        "https://example.org/ana", Pii.CONTACT, normalizer="service", raw=("online_services[].uri",),
        jscontact="onlineServices.*.uri, links.*.uri", vcard="SOCIALPROFILE, URL",
    ))  # fmt: skip
    service: str = field(default="", metadata=about(
        "website", jscontact="onlineServices.*.service", vcard="SOCIALPROFILE;SERVICE-TYPE",
    ))  # fmt: skip
    label: str = field(default="", metadata=about(
        "blog", Pii.PERSONAL, normalizer="text", raw=("online_services[].label",),
        jscontact="onlineServices.*.label, links.*.label", vcard="SOCIALPROFILE, URL;X-ABLabel",
    ))  # fmt: skip
    user: str = field(default="", metadata=about(
        "ana_nunez", Pii.CONTACT, since="1.1", normalizer="service", raw=("online_services[].user",),
        jscontact="onlineServices.*.user", vcard="SOCIALPROFILE;USERNAME",
    ))  # fmt: skip
    contexts: tuple[str, ...] = field(default=(), metadata=about(
        ("work",), Pii.PERSONAL, since="1.1", validation="private or work",
        jscontact="onlineServices.*.contexts, links.*.contexts", vcard="SOCIALPROFILE, URL;TYPE",
    ))  # fmt: skip
    pref: int = field(default=0, metadata=about(
        1, since="1.1", validation="0 to 100", raw=("online_services[].pref",), jscontact="onlineServices.*.pref, links.*.pref",
        vcard="SOCIALPROFILE, URL;PREF",
    ))  # fmt: skip
