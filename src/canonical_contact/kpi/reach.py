"""On which channels a contact has an endpoint at all: what makes a consent key required."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from canonical_contact.model import Card, Channel, PhoneNumber

__all__ = ["REACH", "reaches"]

# Line types of the numbering plans that take no text message; an unknown type may take one.
_NO_TEXT = frozenset({"fixed_line", "toll_free", "premium_rate", "shared_cost", "pager", "voicemail", "uan"})
_NOT_SPOKEN = frozenset({"fax", "pager"})


def _spoken(phone: PhoneNumber) -> bool:
    return not phone.features or not _NOT_SPOKEN.issuperset(phone.features)


def _texted(phone: PhoneNumber) -> bool:
    told = "text" in phone.features or "mobile" in phone.features
    return told or (phone.line_type not in _NO_TEXT and _spoken(phone))


REACH: Mapping[Channel, Callable[[Card], bool]] = MappingProxyType(
    {
        Channel.EMAIL: lambda card: bool(card.emails),
        Channel.SMS: lambda card: any(map(_texted, card.phones)),
        Channel.VOICE_LIVE: lambda card: any(map(_spoken, card.phones)),
        Channel.VOICE_AUTOMATED: lambda card: any(map(_spoken, card.phones)),
        Channel.FAX: lambda card: any("fax" in phone.features for phone in card.phones),
        Channel.POST: lambda card: any(place.street or place.po_box or place.full for place in card.addresses),
    }
)


def reaches(card: Card, channel: Channel) -> bool:
    """Tell whether a contact or record has an endpoint on a channel, whatever the consent says.

    Args:
        card: the contact, or the draft of a record.
        channel: a channel; those that the schema keeps no endpoints for (push, ads) are never reached.

    >>> from canonical_contact.model import EmailAddress
    >>> reaches(Card(emails=(EmailAddress("ana@example.com"),)), Channel.EMAIL)
    True
    >>> reaches(Card(phones=(PhoneNumber("+4930123456", line_type="fixed_line"),)), Channel.SMS)
    False
    """
    test = REACH.get(channel)
    return test is not None and test(card)
