from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from canonical_contact.errors import InputError
from canonical_contact.model.channels import EmailAddress
from canonical_contact.model.verification import Verification, VerificationStatus
from canonical_contact.ports import MailAnswer, MailRoute
from canonical_contact.verify import CheckedEmail, verification_of, verify_emails

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Answers:
    """A probe that knows its answers, and what it was asked."""

    def __init__(self, **routes: MailRoute) -> None:
        self.routes, self.asked = routes, list[str]()

    def probe(self, domain: str) -> MailAnswer:
        self.asked.append(domain)
        return MailAnswer(domain, self.routes.get(domain.partition(".")[0], MailRoute.NO_DOMAIN))


@pytest.mark.parametrize(
    ("route", "verification"),
    [
        (MailRoute.MX, Verification(VerificationStatus.UNVERIFIED, "dns", AT)),
        (MailRoute.ADDRESS, Verification(VerificationStatus.UNVERIFIED, "dns", AT)),
        (MailRoute.NULL_MX, Verification(VerificationStatus.FAILED, "dns", AT)),
        (MailRoute.NONE, Verification(VerificationStatus.FAILED, "dns", AT)),
        (MailRoute.NO_DOMAIN, Verification(VerificationStatus.FAILED, "dns", AT)),
        (MailRoute.UNKNOWN, Verification()),
    ],
)
def test_what_the_model_keeps_of_an_answer(route: MailRoute, verification: Verification) -> None:
    assert verification_of(MailAnswer("x.org", route), at=AT) == verification


def test_no_answer_ever_verifies_an_address() -> None:
    statuses = {verification_of(MailAnswer("x.org", route), at=AT).status for route in MailRoute}
    assert VerificationStatus.VERIFIED not in statuses


def test_each_address_has_an_outcome_and_each_domain_is_asked_once() -> None:
    probe = Answers(good=MailRoute.MX, quiet=MailRoute.UNKNOWN)
    addresses: list[EmailAddress | str] = [
        EmailAddress("ana@good.org"),
        "Ben@Good.org",
        "cem@gone.org",
        "no address",
        "dora@quiet.org",
        "eva@good.org",
    ]
    found = list(verify_emails(addresses, probe, at=AT, valid_for=timedelta(days=30)))
    assert probe.asked == ["good.org", "gone.org", "quiet.org"]
    assert [one.address for one in found] == [
        "ana@good.org",
        "Ben@Good.org",
        "cem@gone.org",
        "no address",
        "dora@quiet.org",
        "eva@good.org",
    ]
    until = AT + timedelta(days=30)
    good = Verification(VerificationStatus.UNVERIFIED, "dns", AT, until)
    assert [one.verification for one in found] == [
        good,
        good,
        Verification(VerificationStatus.FAILED, "dns", AT, until),
        Verification(VerificationStatus.FAILED, "syntax", AT, until),
        Verification(),
        good,
    ]
    assert found[3] == CheckedEmail("no address", found[3].verification)


def test_outcomes_come_while_the_probe_answers() -> None:
    probe = Answers(good=MailRoute.MX)
    stream = verify_emails((f"ana@{name}.org" for name in ("good", "gone")), probe, at=AT)
    assert probe.asked == []
    next(stream)
    assert probe.asked == ["good.org"]


def test_a_time_without_a_zone_is_refused_at_once() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(InputError):
        verify_emails([], Answers(), at=naive)
    with pytest.raises(InputError):
        verification_of(MailAnswer("x.org", MailRoute.MX), at=naive)


def test_importing_loads_no_network_library() -> None:
    code = "import sys, canonical_contact.verify as v; v.verify_emails; v.DnsProbe; sys.exit(any(name.partition('.')[0] == 'dns' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
