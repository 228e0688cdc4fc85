"""A file of those who may be contacted: what the predicate does not allow is not in it, in no column."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from canonical_contact.formats._write_row import Row
from canonical_contact.model import Contact

__all__ = ["Allow", "Allowed", "MailingList", "without_forbidden"]

# Called with a contact and an endpoint: an address, a number, or nothing for a channel whose endpoint is the person. What it gives is
# taken as true or false; where it has `reasons`, as `Permission` does, the first is counted.
Allow = Callable[[Contact, str], object]

_PHONE_CHANNELS = frozenset({"sms", "voice", "voice_live", "voice_automated", "fax", "messaging"})
_FEWEST_DIGITS = 7


@frozen
class Allowed:
    """What is left of a contact.

    Args:
        contact: with what may be written; None where nothing may.
        why: why nothing may.
        reasons: why single endpoints of a contact that stays are left out.
        forbidden: the texts that must not stand in any cell.
    """

    contact: Contact | None
    why: str = ""
    reasons: tuple[str, ...] = ()
    forbidden: frozenset[str] = frozenset()


class MailingList:
    """Takes from contacts what a list must not hold: endpoints that are not allowed or of other channels, and free text.

    Args:
        allow: the predicate.
        channel: the channel of the list.
    """

    def __init__(self, allow: Allow, channel: str) -> None:
        self._allow, self._channel = allow, channel

    def allowed(self, contact: Contact) -> Allowed:
        """Ask for each endpoint.

        >>> from canonical_contact.model import EmailAddress
        >>> ana = Contact(contact_id="1", emails=(EmailAddress("a@x.org"), EmailAddress("b@x.org")), notes=("b@x.org",))
        >>> left = MailingList(lambda _, endpoint: endpoint == "a@x.org", "email").allowed(ana)
        >>> [one.address for one in left.contact.emails], left.contact.notes, left.reasons, left.forbidden
        (['a@x.org'], (), ('not_allowed',), frozenset({'b@x.org'}))
        """
        emails = tuple(one for one in contact.emails if self._channel == "email")
        phones = tuple(one for one in contact.phones if self._channel in _PHONE_CHANNELS)
        held = [one.address for one in emails] or [one.number for one in phones]
        if not held and (self._channel == "email" or self._channel in _PHONE_CHANNELS):
            return Allowed(None, "no_endpoint")
        answers = {endpoint: self._allow(contact, endpoint) for endpoint in held or [""]}
        refused = [_reason(answer) for answer in answers.values() if not answer]
        if len(refused) == len(answers):
            return Allowed(None, refused[0])
        kept = {endpoint for endpoint, answer in answers.items() if answer}
        left = evolve(
            contact,
            emails=tuple(one for one in emails if one.address in kept),
            phones=tuple(one for one in phones if one.number in kept),
            addresses=contact.addresses if self._channel == "post" else (),
            online_services=(),
            external_ids=(),
            notes=(),
            extensions={},
            interactions=(),
        )
        others = [one.address for one in contact.emails] + [one.number for one in contact.phones]
        return Allowed(left, reasons=tuple(refused), forbidden=frozenset(others) - kept)


def _reason(answer: object) -> str:
    reasons = getattr(answer, "reasons", ())
    return str(reasons[0]) if reasons else "not_allowed"


def without_forbidden(row: Row, forbidden: frozenset[str]) -> None:
    """Blank the cells that mention an endpoint which must not be in the list, such as a tag that holds an address.

    Args:
        row: the cells; those of the endpoints themselves stay.
        forbidden: addresses and numbers.
    """
    own = {column for path, columns in row.places.items() if path.startswith(("emails[", "phones[")) for column in columns}
    texts = {text.casefold() for text in forbidden if "@" in text}
    digits = {bare for text in forbidden if "@" not in text and len(bare := _digits(text)) >= _FEWEST_DIGITS}
    paths = {column: path for path, columns in row.places.items() for column in columns}
    for column in [*row.cells]:
        text = row.cells[column].casefold()
        if column not in own and (any(one in text for one in texts) or any(one in _digits(text) for one in digits)):
            del row.cells[column]
            if path := paths.get(column):
                row.places.pop(path, None)
                row.codes[path] = ("loss.blocked", "It mentions an endpoint that must not be in the list.")


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())
