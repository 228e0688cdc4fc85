"""A contact as a document of a pinned version of the schema, with what that version has no word for told as lost to its readers."""

from __future__ import annotations

from typing import Any

from canonical_contact.formats._loss import Loss, LossReport
from canonical_contact.model import SCHEMA_VERSION, Contact
from canonical_contact.schema import published_schema, to_dict

__all__ = ["check_version", "in_version"]

_HINT = "Schema {} has no word for it; it is parked in the document, and comes back where a later version reads it."


def check_version(version: str) -> str:
    """Check a version that a caller pins.

    Raises:
        NotFoundError: there is no such version.
    """
    if version != SCHEMA_VERSION:
        published_schema(version)
    return version


def in_version(contact: Contact, version: str, losses: LossReport) -> dict[str, Any]:
    """Make the document of a contact in a version of the schema.

    Args:
        contact: the contact.
        version: a published one.
        losses: told of every value that is parked.
    """
    from canonical_contact.schema.migrations import explain_migration

    done = explain_migration(to_dict(contact), version, kind="contact")
    for path in (*done.parked, *done.dropped):
        losses.add(Loss(contact.contact_id, path, "", "loss.no_place", _HINT.format(version)))
    return done.document
