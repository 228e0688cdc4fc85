# The e-mail probe on dnspython (extra [dns]): MX, then A and AAAA, as a mail server looks a domain up (RFC 5321, section 5.1; RFC 7505).
from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final, Protocol

from canonical_contact.errors import ConfigError, InputError, MissingExtraError
from canonical_contact.ports import MailAnswer, MailRoute

__all__ = ["DnsProbe"]

_MEMO: Final = 200_000  # domains that are remembered before the memo begins anew


class Resolver(Protocol):
    """What is used of `dns.resolver.Resolver`; it raises dnspython's exceptions."""

    def resolve(self, qname: str, rdtype: str, *, lifetime: float, search: bool) -> Iterable[object]:
        """Ask for the records of one type."""
        ...


class DnsProbe:
    """Asks the DNS whether domains take mail, each domain once. Make one for each run.

    Args:
        resolver: a `dns.resolver.Resolver`, or what answers like it; without one, that of the machine.
        timeout: seconds that one question may take in all.

    Raises:
        MissingExtraError: the extra [dns] is not installed.
        ConfigError: the machine names no DNS server.
        InputError: the time-out is not positive.
    """

    def __init__(self, resolver: Resolver | None = None, *, timeout: float = 5.0) -> None:
        if not timeout > 0:
            raise InputError("A time-out is a positive number of seconds.", path="timeout", hint="Leave it out for 5 seconds.")
        try:
            import dns.resolver
        except ImportError:
            raise MissingExtraError("Looking mail domains up", "dns") from None
        if resolver is None:
            try:
                resolver = dns.resolver.Resolver()
            except dns.resolver.NoResolverConfiguration:
                raise ConfigError(
                    "This machine names no DNS server.", path="resolver", hint="Give a dns.resolver.Resolver with nameservers."
                ) from None
        self._resolver, self._timeout = resolver, timeout
        self._known: dict[str, MailAnswer] = {}

    def probe(self, domain: str) -> MailAnswer:
        """Tell how a domain takes mail, from memory where it was asked about before.

        Args:
            domain: such as `example.org`, in Unicode or with `xn--`.

        Returns:
            The answer; a fault of the network is the route `unknown`.
        """
        known = self._known.get(domain)
        if known is None:
            if len(self._known) >= _MEMO:
                self._known.clear()
            known = self._known[domain] = self._ask(domain)
        return known

    def _ask(self, domain: str) -> MailAnswer:
        import dns.exception
        import dns.resolver

        name = _ascii(domain)
        if not name:
            return MailAnswer(domain, MailRoute.NO_DOMAIN, detail="no domain name")
        try:
            try:
                hosts = _hosts(self._records(name, "MX"))
            except dns.resolver.NoAnswer:
                return self._implicit(domain, name)
        except dns.resolver.NXDOMAIN:
            return MailAnswer(domain, MailRoute.NO_DOMAIN)
        except dns.exception.Timeout:
            return MailAnswer(domain, MailRoute.UNKNOWN, detail="time-out")
        except (dns.exception.DNSException, OSError) as fault:
            return MailAnswer(domain, MailRoute.UNKNOWN, detail=type(fault).__name__)
        return MailAnswer(domain, MailRoute.MX if hosts else MailRoute.NULL_MX, hosts)

    def _implicit(self, domain: str, name: str) -> MailAnswer:
        import dns.resolver

        for kind in ("A", "AAAA"):
            try:
                if any(map(_public, self._records(name, kind))):
                    return MailAnswer(domain, MailRoute.ADDRESS, (name,))
            except dns.resolver.NoAnswer:
                continue
        return MailAnswer(domain, MailRoute.NONE)

    def _records(self, name: str, kind: str) -> list[object]:
        return list(self._resolver.resolve(f"{name}.", kind, lifetime=self._timeout, search=False))


def _ascii(domain: str) -> str:
    """Give a domain as the DNS has it; nothing where it is none."""
    domain = domain.strip().rstrip(".").lower()
    if not domain or len(domain) > 253:
        return ""
    import idna

    try:
        name = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except ValueError:  # IDNAError is one
        return ""
    return name if all(0 < len(label) < 64 for label in name.split(".")) else ""


def _hosts(records: Iterable[object]) -> tuple[str, ...]:
    """Give the mail hosts, the preferred first; none for a null MX, which is the root."""
    found = sorted(
        (int(getattr(record, "preference", 0)), str(getattr(record, "exchange", "")).rstrip(".").lower()) for record in records
    )
    return tuple(host for _, host in found if host)


def _public(record: object) -> bool:
    try:
        return ipaddress.ip_address(str(getattr(record, "address", ""))).is_global
    except ValueError:
        return False
