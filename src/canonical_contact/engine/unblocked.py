"""Who is blocked, before and after: what is made anew by other rules must not free anybody."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from canonical_contact.model import Channel, Contact
from canonical_contact.ports import ContactStore

__all__ = ["blocked_records", "unblocked"]

# Texts without which no document of a contact holds a block.
_SIGNS = ('"suppressions":', '"consent":', '"restrictions":', '"deleted":', '"status":')
_BY_PHONE = (Channel.SMS, Channel.VOICE_LIVE, Channel.VOICE_AUTOMATED, Channel.FAX, Channel.MESSAGING)
_LENIENT = "can_spam"  # what is denied even here, and by nothing that a person could be asked about, is a block
_WITHOUT = frozenset({"no_endpoint", "endpoint_not_held"})


class Blocked(NamedTuple):
    """What is blocked of a contact."""

    cells: frozenset[tuple[str, str]]  # channel, and endpoint or empty
    endpoints: frozenset[str]
    members: tuple[str, ...]


def blocked_records(store: ContactStore, at: datetime) -> dict[str, Blocked]:
    """Find what is blocked: key of a record → the blocks of its contact.

    Args:
        store: where the contacts live.
        at: the time that is asked about.
    """
    from canonical_contact.schema import from_json

    found: dict[str, Blocked] = {}
    for row in store.contacts():
        if not any(sign in row.document for sign in _SIGNS):
            continue
        contact = from_json(Contact, row.document)
        held = _endpoints(contact)
        cells = frozenset(cell for cell in _cells(held) if _denied(contact, *cell, at))
        if cells:
            found |= dict.fromkeys(row.members, Blocked(cells, frozenset(name for _, name in held), row.members))
    return found


def unblocked(store: ContactStore, before: dict[str, Blocked], at: datetime) -> set[str]:
    """Find the records whose contacts are no longer blocked where they were, with those of the contacts before and after.

    Args:
        store: where the contacts live now.
        before: of `blocked_records`.
        at: the time that is asked about.
    """
    from canonical_contact.schema import from_json

    found: set[str] = set()
    for row in store.contacts():
        blocks = dict.fromkeys(before[key] for key in row.members if key in before)
        if not blocks:
            continue
        contact = from_json(Contact, row.document)
        for block in blocks:
            if _is_freed(contact, block, at):
                found.update(row.members, block.members)
    return found


def _is_freed(contact: Contact, block: Blocked, at: datetime) -> bool:
    held = _endpoints(contact)
    names = {name for _, name in held}
    for channel, endpoint in block.cells:
        if not endpoint or endpoint in names:
            if not _denied(contact, channel, endpoint, at, also=_WITHOUT):
                return True
        elif any(
            name not in block.endpoints and not _denied(contact, channel, name, at, also=_WITHOUT)
            for kind, name in held
            if kind == channel
        ):
            return True
    return False


def _endpoints(contact: Contact) -> list[tuple[str, str]]:
    """List (channel, endpoint) of a contact."""
    found = [(Channel.EMAIL.value, email.key or email.address) for email in contact.emails]
    return found + [(channel.value, phone.dialled) for phone in contact.phones for channel in _BY_PHONE]


def _cells(held: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [*((channel.value, "") for channel in Channel), *held]


def _denied(contact: Contact, channel: str, endpoint: str, at: datetime, also: frozenset[str] = frozenset()) -> bool:
    from canonical_contact.consent import may_contact

    answer = may_contact(contact, channel, at=at, regime=_LENIENT, endpoint=endpoint or None)
    return not answer.allowed and (answer.remedy == "nothing" or not also.isdisjoint(answer.reasons))
