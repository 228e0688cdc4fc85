# What kind of mailbox an address is: whose provider, a role's or a person's, free mail, thrown away after use.
from __future__ import annotations

from collections.abc import Container

from attrs import frozen

from canonical_contact.normalize._email_providers import FREE, key_of, provider_of, role_of
from canonical_contact.normalize._email_syntax import canonical

__all__ = ["Mailbox", "mailbox"]


@frozen
class Mailbox:
    """What kind of mailbox an address leads to, as far as the address tells.

    Args:
        address: the address in canonical form; the text as it was given where it is no address.
        provider: name of the mail provider, such as `Gmail`; empty where the domain is not one of a provider that is known.
        role: what the mailbox is for, where it is not one person's: `info`, `sales`, `support`, `billing`, `office`, `orders`, `people`
            (jobs, personnel), `press`, `legal`, `technical`, `automatic` (noreply); else empty.
        free: whether anybody can have an address there, or every customer of a connection: it says nothing about an employer.
        disposable: whether the domain lends addresses for minutes or hours; None where no list is at hand.
    """

    address: str
    provider: str = ""
    role: str = ""
    free: bool = False
    disposable: bool | None = None


def mailbox(address: str, *, disposable: Container[str] | None = None) -> Mailbox:
    """Tell what kind of mailbox an address leads to.

    Args:
        address: an e-mail address, as `email` gives it in `value.address`; other spellings of it do as well.
        disposable: domains in lower case that lend addresses; without it the list of the extra `[disposable]` is used, where that is
            installed. A domain below one of them (`x.mailinator.com`) is disposable too, one of a provider that is known never is.

    Returns:
        The mailbox. A text that is no address has neither provider nor role.

    >>> mailbox("vertrieb@firma.de", disposable=()).role, mailbox("ana@gmx.de", disposable=()).provider
    ('sales', 'GMX')
    >>> mailbox("ana@mailinator.com", disposable={"mailinator.com"}).disposable
    True
    """
    found = canonical(address.strip())
    if not found:
        return Mailbox(address)
    local, _, domain = found.rpartition("@")
    provider = provider_of(domain)
    free = domain in FREE or bool(provider)
    if disposable is None:
        disposable = _installed()
    lent = None
    if disposable is not None:
        lent = not free and any(parent in disposable for parent in _upward(domain))
    elif free:
        lent = False
    return Mailbox(found, provider, role_of(key_of(local, domain)[0]), free, lent)


def _upward(domain: str) -> list[str]:
    parts = domain.split(".")
    return [".".join(parts[place:]) for place in range(len(parts) - 1)]


def _installed() -> Container[str] | None:
    try:
        from disposable_email_domains import blocklist
    except ImportError:
        return None
    domains: Container[str] = blocklist
    return domains
