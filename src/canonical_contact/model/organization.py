"""Where a person works and as what (RFC 9553, section 2.2.3 and 2.2.5)."""

from __future__ import annotations

from attrs import field, frozen

from canonical_contact.model.about import Pii, about

__all__ = ["Organization"]


@frozen
class Organization:
    """An organisation that the person belongs to.

    Args:
        name: as the source writes it, cleaned of stray spaces.
        units: departments, outermost first.
        key: match key: folded, without its legal form.
        external_id: the organisation's id in the source (`AccountId`).
    """

    name: str = field(metadata=about(
        "Müller & Söhne GmbH", Pii.PERSONAL, normalizer="organization", raw=("organizations[].name",),
        jscontact="organizations.*.name", vcard="ORG[1]",
    ))  # fmt: skip
    units: tuple[str, ...] = field(default=(), metadata=about(
        ("Vertrieb",), Pii.PERSONAL, normalizer="text", survivorship="most_recent", raw=("organizations[].units",),
        jscontact="organizations.*.units", vcard="ORG[2+]",
    ))  # fmt: skip
    key: str = field(default="", metadata=about(
        "muller sohne", Pii.PERSONAL, normalizer="organization", jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
    external_id: str = field(default="", metadata=about(
        "0015g00000AbCdEAAV", Pii.PSEUDONYM, normalizer="text", survivorship="most_recent", raw=("organizations[].external_id",),
        jscontact="x", vcard="JSPROP",
    ))  # fmt: skip
