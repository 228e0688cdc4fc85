"""How far a block on an endpoint reaches: the names it is found by, and those that a record is looked for by."""

from __future__ import annotations

from collections.abc import Iterator

from canonical_contact.match.features import Features
from canonical_contact.normalize import mailbox_names, switchboards

__all__ = ["asked_of", "names_of"]

# A number that could not be read in full is known by its last digits alone (`~` before them): a block on it reaches every number that
# ends so, and a block on a number reaches everybody whose number was read no further. Two whole numbers are one only when they are equal.
_ENDS = "…"  # before the last digits of a whole number, for those who hold no more of it
_BEHIND = "‹"  # before the number of a switchboard, for a block on one of its extensions


def names_of(endpoint: str) -> tuple[str, ...]:
    """The names under which a block on an endpoint is found."""
    if "@" in endpoint:
        return mailbox_names(endpoint)
    if not endpoint.startswith("+"):
        return (endpoint,)
    return (endpoint, f"{_ENDS}{endpoint[1:][-9:]}", *(f"{_BEHIND}{line}" for line in switchboards(endpoint)))


def asked_of(record: Features) -> Iterator[str]:
    """The names under which blocks on a record's endpoints are looked for."""
    for email in (*record.emails, *record.roles):  # a record and a block may be of different rules
        yield from mailbox_names(email)
    for phone in record.phones:
        yield phone
        if phone.startswith("+"):
            yield f"~{phone[1:][-9:]}"
            yield f"{_BEHIND}{phone}"
            yield from switchboards(phone)
        else:
            yield f"{_ENDS}{phone[1:]}"
