from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable

import dns.exception
import dns.message
import dns.rdata
import dns.resolver
import pytest

from canonical_contact.errors import ConfigError, InputError, MissingExtraError
from canonical_contact.ports import EmailProbe, MailAnswer, MailRoute
from canonical_contact.verify import DnsProbe

FAULTS = {
    "nxdomain": dns.resolver.NXDOMAIN,
    "timeout": dns.resolver.LifetimeTimeout,
    "broken": dns.resolver.NoNameservers,
    "unplugged": OSError,
}


class Zone:
    """A resolver that knows a few domains and no network."""

    def __init__(self, **domains: dict[str, list[str]] | str) -> None:
        self.domains = {name.replace("_", "."): records for name, records in domains.items()}
        self.asked: Counter[tuple[str, str]] = Counter()
        self.lifetimes: set[float] = set()

    def resolve(self, qname: str, rdtype: str, *, lifetime: float, search: bool) -> Iterable[object]:
        assert qname.endswith(".")
        assert not search
        self.asked[qname, rdtype] += 1
        self.lifetimes.add(lifetime)
        records = self.domains.get(qname.rstrip("."), "nxdomain")
        if isinstance(records, str):
            raise FAULTS[records]
        if rdtype not in records:
            response = dns.message.make_response(dns.message.make_query(qname, rdtype))
            raise dns.resolver.NoAnswer(response=response)  # type: ignore[no-untyped-call]
        return [dns.rdata.from_text("IN", rdtype, text) for text in records[rdtype]]


ZONE = {
    "two_org": {"MX": ["20 mx2.two.org.", "10 MX1.two.org."]},
    "null_org": {"MX": ["0 ."]},
    "odd_org": {"MX": ["0 .", "10 mx.odd.org."]},
    "host_org": {"A": ["93.184.216.34"]},
    "six_org": {"A": ["10.0.0.1"], "AAAA": ["2606:2800:220:1:248:1893:25c8:1946"]},
    "inner_org": {"A": ["192.168.0.1"]},
    "bare_org": {"TXT": ['"hello"']},
    "slow_org": "timeout",
    "broken_org": "broken",
    "off_org": "unplugged",
    "xn--mller-kva_de": {"MX": ["10 mx.xn--mller-kva.de."]},
}


@pytest.mark.parametrize(
    ("domain", "route", "hosts", "accepts"),
    [
        ("two.org", MailRoute.MX, ("mx1.two.org", "mx2.two.org"), True),
        ("null.org", MailRoute.NULL_MX, (), False),
        ("odd.org", MailRoute.MX, ("mx.odd.org",), True),
        ("host.org", MailRoute.ADDRESS, ("host.org",), True),
        ("six.org", MailRoute.ADDRESS, ("six.org",), True),
        ("inner.org", MailRoute.NONE, (), False),
        ("bare.org", MailRoute.NONE, (), False),
        ("gone.org", MailRoute.NO_DOMAIN, (), False),
        ("slow.org", MailRoute.UNKNOWN, (), None),
        ("broken.org", MailRoute.UNKNOWN, (), None),
        ("off.org", MailRoute.UNKNOWN, (), None),
        ("müller.de", MailRoute.MX, ("mx.xn--mller-kva.de",), True),
        ("xn--mller-kva.de", MailRoute.MX, ("mx.xn--mller-kva.de",), True),
        ("", MailRoute.NO_DOMAIN, (), False),
        ("a" * 64 + ".de", MailRoute.NO_DOMAIN, (), False),
        ("a..de", MailRoute.NO_DOMAIN, (), False),
        ("\u2044.de", MailRoute.NO_DOMAIN, (), False),
    ],
)
def test_how_a_domain_takes_mail(domain: str, route: MailRoute, hosts: tuple[str, ...], accepts: bool | None) -> None:
    probe: EmailProbe = DnsProbe(Zone(**ZONE))  # type: ignore[arg-type]
    answer = probe.probe(domain)
    assert answer[:3] == MailAnswer(domain, route, hosts)[:3]
    assert answer.accepts is accepts
    assert bool(answer.detail) == (accepts is None) or not domain.isascii() or len(domain) > 60 or ".." in domain or not domain


def test_a_domain_is_asked_about_once_also_where_nobody_answers() -> None:
    zone = Zone(two_org={"MX": ["10 mx.two.org."]}, slow_org="timeout")
    probe = DnsProbe(zone, timeout=2)
    for _ in range(3):
        probe.probe("two.org")
        probe.probe("slow.org")
    assert set(zone.asked.values()) == {1}
    assert zone.lifetimes == {2}


def test_a_time_out_is_positive() -> None:
    with pytest.raises(InputError):
        DnsProbe(Zone(), timeout=0)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dns.resolver", None)
    with pytest.raises(MissingExtraError, match=r"canonical-contact\[dns\]"):
        DnsProbe()


def test_a_machine_without_dns_servers_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> object:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", none)
    with pytest.raises(ConfigError):
        DnsProbe()
