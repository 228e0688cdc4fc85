"""A file of those who may be contacted: what the predicate does not allow is not in it, in no column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
from attrs import evolve

from canonical_contact.formats._loss import LossReport
from canonical_contact.model import Card, Contact

__all__ = ["Allow", "MailingList"]

# Called with a contact and an endpoint: an address, a number, or nothing for a channel whose endpoint is the person. What it gives is
# taken as true or false; where it has `reasons`, as `Permission` does, the first is counted.
Allow = Callable[[Contact, str], object]

_PHONE_CHANNELS = frozenset({"sms", "voice", "voice_live", "voice_automated", "fax", "messaging"})
_ENDPOINTS = frozenset({"emails", "phones", "addresses"})
_FEWEST_DIGITS = 7


class MailingList:
    """Takes from contacts what a list must not hold.

    That is: endpoints that are not allowed or of other channels, free text, and any other text that mentions such an endpoint.

    Args:
        allow: the predicate.
        channel: the channel of the list, such as `email`, `voice`, `post`.

    >>> from canonical_contact.model import EmailAddress
    >>> ana = Contact(contact_id="1", emails=(EmailAddress("a@x.org"), EmailAddress("b@x.org")), notes=("b@x.org",))
    >>> losses = LossReport("hubspot")
    >>> (left,) = MailingList(lambda _, endpoint: endpoint == "a@x.org", "email").of([ana], losses)
    >>> [one.address for one in left.emails], left.notes, dict(losses.left_out)
    (['a@x.org'], (), {'endpoint.not_allowed': 1})
    """

    def __init__(self, allow: Allow, channel: str) -> None:
        self._allow, self._channel = allow, channel

    def of(self, contacts: Iterable[Contact], losses: LossReport) -> Iterator[Contact]:
        """Give what may be written; who and what is left out is counted by reason.

        Args:
            contacts: any iterable.
            losses: gets the counts: `consent.…` for contacts, `endpoint.…` for single endpoints of contacts that stay.
        """
        for contact in contacts:
            left = self.take(contact, losses)
            if left is not None:
                yield left

    def take(self, contact: Contact, losses: LossReport) -> Contact | None:
        """Give what may be written of one contact."""
        if contact.deleted:
            losses.leave_out("contact.deleted")
            return None
        by_phone = self._channel in _PHONE_CHANNELS
        held = [one.number for one in contact.phones] if by_phone else []
        held = [one.address for one in contact.emails] if self._channel == "email" else held
        if not held and (by_phone or self._channel == "email"):
            losses.leave_out(f"consent.{'no_endpoint'}")
            return None
        answers = {endpoint: self._allow(contact, endpoint) for endpoint in held or [""]}
        refused = [_reason(answer) for answer in answers.values() if not answer]
        if len(refused) == len(answers):
            losses.leave_out(f"consent.{refused[0]}")
            return None
        for reason in refused:
            losses.leave_out(f"endpoint.{reason}")
        kept = {endpoint for endpoint, answer in answers.items() if answer}
        left = evolve(
            contact,
            emails=tuple(one for one in contact.emails if one.address in kept),
            phones=tuple(one for one in contact.phones if one.number in kept),
            addresses=contact.addresses if self._channel == "post" else (),
            online_services=(),
            external_ids=(),
            notes=(),
            extensions={},
            interactions=(),
            claims=(),
        )
        others = {one.address for one in contact.emails} | {one.number for one in contact.phones}
        return _Scrubber(others - kept).contact(left) if others - kept else left


def _reason(answer: object) -> str:
    reasons = getattr(answer, "reasons", ())
    return str(reasons[0]) if reasons else "not_allowed"


class _Scrubber:
    """Takes out texts that mention an endpoint, such as a tag that holds an address."""

    def __init__(self, forbidden: set[str]) -> None:
        self._texts = [text.casefold() for text in forbidden if "@" in text]
        self._digits = [bare for text in forbidden if "@" not in text and len(bare := _digits(text)) >= _FEWEST_DIGITS]

    def contact(self, contact: Contact) -> Contact:
        changed = {}
        for one in attrs.fields(Card):
            value = getattr(contact, one.name)
            if one.name not in _ENDPOINTS and (left := self._scrub(value)) != value:
                changed[one.name] = left
        return evolve(contact, **changed) if changed else contact

    def _scrub(self, value: Any) -> Any:  # noqa: ANN401  what a card holds
        if type(value) is str:
            return "" if self._mentioned(value) else value
        if isinstance(value, tuple):
            return tuple([left for one in value if (left := self._scrub(one)) != "" or one == ""])
        if value is not None and attrs.has(type(value)):
            changed = {
                one.name: left
                for one in attrs.fields(type(value))
                if (left := self._scrub(part := getattr(value, one.name))) != part
            }
            return evolve(value, **changed) if changed else value
        return value

    def _mentioned(self, text: str) -> bool:
        if "@" in text and any(one in text.casefold() for one in self._texts):
            return True
        return len(text) >= _FEWEST_DIGITS and any(one in _digits(text) for one in self._digits)


def _digits(text: str) -> str:
    return "".join([char for char in text if char.isdecimal()])
