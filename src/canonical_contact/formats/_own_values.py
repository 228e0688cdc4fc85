"""What only cards of ours carry beside consent, under raw paths: the readers of cards in JSON and of vCards take it alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from canonical_contact.model import Contact, OwnerRole

__all__ = ["own_values"]

_REVENUE = ("total", "currency", "deals", "first_deal_at", "last_deal_at", "last_deal_amount")


def own_values(it: Contact) -> Iterator[tuple[str, str, str]]:
    """Give (raw path, text, field) of the values for which a card has no standard word; texts may be empty.

    >>> [one for one in own_values(Contact(contact_id="1", score=4.5)) if one[1]]
    [('score', '4.5', 'score')]
    """
    yield "owner", it.owner, "owner"
    yield "source_channel", it.source_channel, "source_channel"
    yield "lifecycle.stage", it.lifecycle.stage.value if it.lifecycle else "", "lifecycle"
    yield "lifecycle.status", it.lifecycle.status if it.lifecycle else "", "lifecycle"
    yield "score", _text(it.score), "score"
    yield "deleted", "true" if it.deleted else "", "deleted"
    for owner in it.owners:
        if owner.role is not OwnerRole.RECORD:
            yield f"owners.{owner.role.value}", owner.who, "owners"
    for field in _REVENUE if it.revenue is not None else ():
        yield f"revenue.{field}", _text(getattr(it.revenue, field)), "revenue"
    for place, channel in enumerate(it.preferred_channels):
        yield f"preferred_channels[{place}]", channel.value, "preferred_channels"
    for place, restriction in enumerate(it.restrictions):
        yield f"restrictions[{place}]", restriction.value, "restrictions"
    for place, other in enumerate(it.external_ids):
        yield f"external_ids[{place}].id", other.id, "external_ids"
        yield f"external_ids[{place}].system", other.system, "external_ids"
    for place, answer in enumerate(it.nps):
        yield f"nps[{place}].score", str(answer.score), "nps"
        yield f"nps[{place}].at", _text(answer.at), "nps"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str) else repr(value)
