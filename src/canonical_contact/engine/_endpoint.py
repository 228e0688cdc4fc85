"""Addresses and numbers as a caller writes them, brought into the form in which the ledger keeps them."""

from __future__ import annotations

from typing import Final

from canonical_contact.errors import InputError

__all__ = ["canonical_endpoint"]

_LOOSE: Final = "~"  # a number whose country nobody knows, by its last digits
_UNSURE: Final = frozenset({"email.several", "phone.several", "phone.ambiguous", "phone.region_guessed", "phone.range_read"})


def canonical_endpoint(text: str, region: str = "") -> str:
    """Bring an endpoint into the form in which contacts hold it: a block on any other would reach nobody.

    Args:
        text: an address, or a number; what is one already stays as it is. Empty: no endpoint.
        region: country (ISO 3166-1 alpha-2) of a number that does not name its own.

    Raises:
        InputError: it is neither, or more than one is meant by it.

    >>> canonical_endpoint("Ana <Ana@Example.org>"), canonical_endpoint("0171 1234567", "DE")
    ('ana@example.org', '+491711234567')
    """
    from canonical_contact import normalize

    written = text.strip()
    if not text or written.startswith(_LOOSE):
        return written
    if "@" in written:
        address = normalize.email(written)
        found = (address.value.key or address.value.address) if address.value else ""
        unsure = not _UNSURE.isdisjoint(problem.code for problem in address.problems)
    else:
        number = normalize.phone(written, region=region)
        found = number.value.dialled if number.value else ""
        unsure = not _UNSURE.isdisjoint(problem.code for problem in number.problems)
    if not found:
        raise InputError(
            "The endpoint is no address and no number in E.164.",
            path="endpoint",
            hint="Give one address, or one number; numbers begin with +, or their country is given as region.",
        )
    if unsure:
        raise InputError(
            "The endpoint may be more than one address or number.",
            path="endpoint",
            hint="Give one; numbers begin with +, or their country is given as region.",
        )
    return found
