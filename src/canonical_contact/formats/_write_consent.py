"""What a contact's folded consent lets a file say: conservatively, so that no file makes a person contactable who is not.

A channel is blocked where any purpose or any brand refuses it, or an endpoint of the person is suppressed; it is written as refused
altogether. Only a grant is a grant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from attrs import field, frozen

from canonical_contact.formats._loss import Loss
from canonical_contact.model import (
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    Restriction,
    Suppression,
    SuppressionKind,
    VerificationStatus,
)

__all__ = ["ANY_CONTACT", "BLOCKING", "Refusal", "Stand", "consent_losses", "granted", "opt_out_columns", "refuses", "stand_of"]

BLOCKING = frozenset({ConsentState.ERASED, ConsentState.WITHDRAWN, ConsentState.DENIED, ConsentState.INVALIDATED})
OPEN = frozenset({ConsentState.REQUESTED, ConsentState.PENDING_CONFIRMATION})
# What the person forbade for all channels, as far as it is about being spoken to.
_SILENCING = frozenset({Restriction.DO_NOT_PROCESS, Restriction.DO_NOT_SOLICIT, Restriction.FORGET})
_VOICES = (Channel.VOICE_LIVE, Channel.VOICE_AUTOMATED)
_BROKEN = frozenset({EmailStatus.BOUNCED, EmailStatus.BAD, EmailStatus.QUARANTINED})
_SHARED = "shared_endpoint"
ANY_CONTACT = "Opted out of any contact"  # read by every preset as what it is: a column that looks like a refusal blocks
_ONE_CHANNEL = "Opted out of "


class Refusal(NamedTuple):
    """What a refusal is read back as."""

    purpose: str
    at: datetime | None


@frozen
class Stand:
    """Where a contact stands.

    Args:
        gone: why the contact must not be written at all; empty where it may be.
        blocked: channel → since when, where it is known.
        bounced: index of an e-mail address that must not be sent to → its status and since when.
        complained: whether the person reported e-mail of ours.
    """

    gone: str = ""
    blocked: dict[Channel, datetime | None] = field(factory=dict)
    bounced: dict[int, tuple[EmailStatus, datetime | None]] = field(factory=dict)
    complained: bool = False


def refuses(record: ConsentRecord) -> bool:
    """Whether a state blocks: its own, or the one behind an open request or confirmation."""
    return record.state in BLOCKING or (record.state in OPEN and record.resume_state in BLOCKING)


def stand_of(contact: Contact) -> Stand:
    """Judge a contact's consent for a file that says yes or no for each channel.

    >>> ana = Contact(contact_id="1", consent=(ConsentRecord(Channel.SMS, "alerts", ConsentState.DENIED),))
    >>> stand_of(ana).blocked
    {<Channel.SMS: 'sms'>: None}
    """
    if not (contact.consent or contact.suppressions or contact.restrictions or contact.emails):
        return Stand()
    if any(record.state is ConsentState.ERASED for record in contact.consent):
        return Stand("consent.erased")
    if Restriction.FORGET in contact.restrictions:
        return Stand("restriction.forget")
    stand = Stand()
    if not _SILENCING.isdisjoint(contact.restrictions):
        stand.blocked.update(dict.fromkeys(Channel))
    for record in contact.consent:
        if refuses(record):
            _block(stand, record.channel, record.effective_at)
    for block in contact.suppressions:
        if block.kind is SuppressionKind.HARD_BOUNCE and block.channel is Channel.EMAIL and block.endpoint:
            for place, one in enumerate(contact.emails):
                if block.endpoint in (one.key, one.address):
                    stand.bounced[place] = (EmailStatus.BOUNCED, block.since)
        elif reaches(contact, block):
            _block(stand, block.channel, block.since)
    for place, one in enumerate(contact.emails):
        if one.status in _BROKEN:
            stand.bounced[place] = (one.status, stand.bounced.get(place, (None, one.verification.checked_at))[1])
        elif one.verification.status is VerificationStatus.FAILED:
            stand.bounced.setdefault(place, (EmailStatus.BOUNCED, one.verification.checked_at))
    complained = any(
        block.kind is SuppressionKind.COMPLAINT and block.channel is Channel.EMAIL for block in contact.suppressions
    ) or any(record.channel is Channel.EMAIL and record.reason == "complaint" and refuses(record) for record in contact.consent)
    return Stand(blocked=stand.blocked, bounced=stand.bounced, complained=complained)


def _block(stand: Stand, channel: Channel, at: datetime | None) -> None:
    known = stand.blocked.get(channel)
    stand.blocked[channel] = max(known, at) if known and at else known or at


def reaches(contact: Contact, block: Suppression) -> bool:
    """Whether a suppression is about the person, an endpoint of theirs, or one that they may share."""
    if not block.endpoint or block.endpoint.startswith("~") or block.reason == _SHARED:
        return True
    if block.channel is Channel.EMAIL:
        return any(block.endpoint in (one.key, one.address) for one in contact.emails)
    return any(block.endpoint == one.number for one in contact.phones)


def opt_out_columns(stand: Stand, own: Mapping[str, str]) -> dict[str, tuple[Channel, ...]]:
    """List the columns that say no, with the channels that each stands for.

    A channel that the target has no column for gets one of ours: whoever imports the file maps it to a field of his own, and every
    preset reads it as a refusal.

    Args:
        stand: of the contact.
        own: the target's columns: channel, or `voice` → column.
    """
    columns: dict[str, tuple[Channel, ...]] = {}
    everything = len(stand.blocked) == len(Channel)
    for channel in stand.blocked:
        word = "voice" if channel in _VOICES else channel.value
        column = own.get(word) or (ANY_CONTACT if everything else f"{_ONE_CHANNEL}{word}")
        columns[column] = (*columns.get(column, ()), channel)
    return columns


def granted(contact: Contact, email: EmailAddress, at: datetime | None) -> ConsentRecord | None:
    """Find the grant for marketing by e-mail to an address, where it holds.

    Args:
        contact: whose.
        email: the address.
        at: the time that is asked about; without it a grant that ends or begins at some time does not count.
    """
    for record in contact.consent:
        if (
            record.channel is Channel.EMAIL
            and record.purpose == "marketing"
            and record.state is ConsentState.GRANTED
            and record.endpoint in (email.key, email.address)
            and record.effective_at is not None
            and (record.effective_at <= at if at else True)
            and (record.expires_at is None or (at is not None and at < record.expires_at))
        ):
            return record
    return None


def consent_losses(
    contact: Contact, columns: Mapping[str, tuple[Channel, ...]], own: Mapping[str, Refusal], carried: ConsentRecord | None
) -> Iterator[Loss]:
    """Name what a file does not say of a contact's consent, or says in another form.

    Args:
        contact: whose.
        columns: the columns that say no, and to which channels.
        own: those of them that are the target's: column → what it is read back as.
        carried: the grant that the file carries.
    """
    place_of = {channel: column for column, channels in columns.items() for channel in channels}
    for place, record in enumerate(contact.consent):
        path, value = f"$.consent[{place}]", f"{record.channel} for {record.purpose}: {record.state}"
        column = place_of.get(record.channel, "")
        if record is carried:
            continue
        if refuses(record) and column:
            read = Refusal(record.purpose, record.effective_at) if record.state is ConsentState.WITHDRAWN else None
            if read is None or own.get(column) != read:
                yield Loss(contact.contact_id, path, value, "loss.form", f"It is written as a refusal of the channel: {column}.")
        else:
            yield Loss(contact.contact_id, path, value, "loss.no_place", "The file has no place for it.")
    for place, block in enumerate(contact.suppressions):
        path, value = f"$.suppressions[{place}]", f"{block.channel}: {block.kind} {block.endpoint}".strip()
        column = place_of.get(block.channel, "")
        if column and reaches(contact, block):
            yield Loss(contact.contact_id, path, value, "loss.form", f"It is written as a refusal of the channel: {column}.")
        elif block.kind is not SuppressionKind.HARD_BOUNCE or not _told_by_bounce(contact, block):
            yield Loss(contact.contact_id, path, value, "loss.no_place", "It is about an endpoint that the file does not hold.")


def _told_by_bounce(contact: Contact, block: Suppression) -> bool:
    return block.channel is Channel.EMAIL and any(block.endpoint in (one.key, one.address) for one in contact.emails)
