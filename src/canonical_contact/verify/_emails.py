# Answers of a probe, turned into what the model keeps of a check.
from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from canonical_contact.errors import InputError
from canonical_contact.model.channels import EmailAddress
from canonical_contact.model.verification import Verification, VerificationStatus
from canonical_contact.normalize import email
from canonical_contact.ports import EmailProbe, MailAnswer

__all__ = ["CheckedEmail", "verification_of", "verify_emails"]

_UNCHECKED: Final = Verification()


@frozen
class CheckedEmail:
    """What a check found out about one address.

    Args:
        address: the address as it was given.
        verification: what the model keeps; unverified and without a time where nothing is known.
        answer: what the probe said of its domain; None where the text is no address, so that nothing was asked.
    """

    address: str
    verification: Verification
    answer: MailAnswer | None = None


def verification_of(answer: MailAnswer, *, at: datetime, valid_for: timedelta | None = None) -> Verification:
    """Turn a probe's answer into what the model keeps.

    A domain that takes mail does not show that a mailbox is there, so that the address stays unverified, with method and time of the
    check. One that takes none makes the address fail. An unknown answer is no check.

    Args:
        answer: what the probe said.
        at: when it was asked, with a zone.
        valid_for: how long the outcome counts; without it the reader's own time to live applies.

    Raises:
        InputError: the time has no zone.

    >>> from datetime import UTC, datetime
    >>> from canonical_contact.ports import MailRoute
    >>> verification_of(MailAnswer("x.example", MailRoute.NULL_MX), at=datetime(2026, 1, 1, tzinfo=UTC)).status
    <VerificationStatus.FAILED: 'failed'>
    """
    _check(at)
    if answer.accepts is None:
        return _UNCHECKED
    status = VerificationStatus.UNVERIFIED if answer.accepts else VerificationStatus.FAILED
    return Verification(status, "dns", at, at + valid_for if valid_for is not None else None)


def verify_emails(
    addresses: Iterable[EmailAddress | str], probe: EmailProbe, *, at: datetime, valid_for: timedelta | None = None
) -> Iterator[CheckedEmail]:
    """Check addresses: their syntax, and through a probe whether their domains take mail.

    Args:
        addresses: addresses, as values of the model or as texts; each domain is asked about once, in the order of the addresses.
        probe: `DnsProbe()`, or the host's own.
        at: when it is asked, with a zone.
        valid_for: how long an outcome counts; without it the reader's own time to live applies.

    Returns:
        One outcome for each address, in order, while the probe answers. A text that is no address fails by the method `syntax`.

    Raises:
        InputError: the time has no zone.
    """
    _check(at)
    return _verified(addresses, probe, at, valid_for)


def _verified(
    addresses: Iterable[EmailAddress | str], probe: EmailProbe, at: datetime, valid_for: timedelta | None
) -> Iterator[CheckedEmail]:
    known: dict[str, tuple[MailAnswer, Verification]] = {}
    expires = at + valid_for if valid_for is not None else None
    for one in addresses:
        text = one if isinstance(one, str) else one.address
        value = email(text).value
        if value is None:
            yield CheckedEmail(text, Verification(VerificationStatus.FAILED, "syntax", at, expires))
            continue
        domain = value.address.rpartition("@")[2]
        if domain not in known:
            answer = probe.probe(domain)
            known[domain] = answer, verification_of(answer, at=at, valid_for=valid_for)
        answer, verification = known[domain]
        yield CheckedEmail(text, verification, answer)


def _check(at: datetime) -> None:
    if at.tzinfo is None:
        raise InputError("A time of a check has a zone.", path="at", hint="Give datetime.now(UTC), or the time of the run.")
