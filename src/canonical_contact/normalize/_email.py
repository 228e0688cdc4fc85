# E-mail addresses: one short way for the plain ones, and a long one that cleans, splits, suggests and refuses.
from __future__ import annotations

import unicodedata
from collections.abc import Container
from typing import Final

from attrs import fields

from canonical_contact.errors import Problem, Severity
from canonical_contact.model.channels import EmailAddress, EmailStatus
from canonical_contact.model.verification import Verification
from canonical_contact.normalize._email_clean import Cleaned, deobfuscated, is_nothing, mended, split_emails, unwrap
from canonical_contact.normalize._email_providers import (
    MISTYPED_TOPS,
    NOBODY,
    ROLES,
    RULES,
    SUBDOMAINS,
    SUSPECT_HEADS,
    key_of,
    meant,
    role_of,
)
from canonical_contact.normalize._email_syntax import GATE, LONGEST, SPECIAL_TOPS, canonical
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import is_blank

__all__ = ["email", "plain_email", "split_emails"]

_NO_DOMAINS: Final[frozenset[str]] = frozenset()
# What the short way leaves to the long one: endings, and parents of a domain, that are an ending no mail goes to or a suspected slip, or
# that have users' own domains below them. Mailboxes that may be nobody's.
_ODD_TAILS: Final = frozenset(f".{top}"[-4:] for top in (*SPECIAL_TOPS, *MISTYPED_TOPS))
_ODD_PARENTS: Final = SUBDOMAINS | SPECIAL_TOPS | MISTYPED_TOPS.keys()
_NOBODIES: Final = frozenset(address.partition("@")[0] for address in NOBODY)
_LETTERS_TOO: Final = frozenset("{}|")  # brackets around a text, but also characters of a mailbox
_UNVERIFIED: Final = Verification()
_UNKNOWN: Final = EmailStatus.UNKNOWN
_new: Final = object.__new__
_ADDRESS, _KEY, _CONTEXTS, _LABEL, _PREF, _ROLE, _VERIFICATION, _STATUS = (
    getattr(EmailAddress, one.name).__set__ for one in fields(EmailAddress)
)
_VALUE, _KEYS, _CONFIDENCE, _ALTERNATIVES, _PROBLEMS, _RAW = (getattr(Normalized, one.name).__set__ for one in fields(Normalized))


def email(
    raw: str,
    *,
    region: str = "",  # noqa: ARG001 (the hints are the same for every normaliser)
    language: str = "",  # noqa: ARG001
    column: str = "",  # noqa: ARG001
    known_domains: Container[str] = _NO_DOMAINS,
) -> Normalized[EmailAddress]:
    """Read one e-mail address (RFC 5321, 5322, 6531).

    Domain and ASCII local part become lower case: no provider tells the two apart, and the raw text stays in `raw`. Sub-addresses
    and dots stay in the address and leave only the match key. A suspected slip of the pen is never repaired, only suggested.

    Args:
        raw: the text of a cell, such as `mailto:Ana@Example.com;`.
        region: not used; it is there for uniformity.
        language: not used.
        column: not used.
        known_domains: domains in lower case that have users of their own in the book; none of them is taken for a slip.

    Returns:
        The address with its key; or no value and the problem (`email.placeholder`, `email.no_at`, `email.double_at`, `email.syntax`,
        `email.obfuscated`), with what was probably meant in `alternatives`. `email.several` where the cell holds more addresses (the
        first is taken), `email.remark` where words beside the address were left out, `email.domain_typo_suspected` with the
        suggestion in `alternatives`.

    >>> email("Ana Sá <Ana.Sa+news@GoogleMail.com>").value.address, email("a.na.sa@gmail.com").keys
    ('ana.sa+news@googlemail.com', ('anasa@gmail.com',))
    >>> email("ana@@gmail.com").problems[0].code, email("ana@@gmail.com").alternatives[0].address
    ('email.double_at', 'ana@gmail.com')
    """
    plain = plain_email(raw)  # the short way; the long one gives the same for the same address
    if plain is None:
        if GATE(raw) and len(raw) <= LONGEST and canonical(raw):
            return _accept(raw.lower(), raw, (), known_domains)
        return _long_way(raw, known_domains)
    address, key, role = plain
    # What the constructors do, in two thirds of their time: a frozen attrs class sets its fields by name, one call each.
    value = _new(EmailAddress)
    _ADDRESS(value, address)
    _KEY(value, key)
    _CONTEXTS(value, ())
    _LABEL(value, "")
    _PREF(value, 0)
    _ROLE(value, role)
    _VERIFICATION(value, _UNVERIFIED)
    _STATUS(value, _UNKNOWN)
    found: Normalized[EmailAddress] = _new(Normalized)
    _VALUE(found, value)
    _KEYS(found, (key,))
    _CONFIDENCE(found, 1.0)
    _ALTERNATIVES(found, ())
    _PROBLEMS(found, ())
    _RAW(found, raw)
    return found


def plain_email(raw: str) -> tuple[str, str, bool] | None:
    """Read an address of which there is nothing to say: its canonical form, its key, and whether it is a role's; None for another text."""
    if not GATE(raw) or len(raw) > LONGEST:
        return None
    address = raw.lower()
    local, _, domain = address.partition("@")
    if domain in RULES:
        into, tag, swaps, _ = RULES[domain]
        if tag and (place := local.find(tag, 1)) > 0:
            local = local[:place]
        for old, new in swaps:
            local = local.replace(old, new) or local
        key = f"{local}@{into or domain}"
    else:
        head, _, parent = domain.partition(".")
        if head in SUSPECT_HEADS or parent in _ODD_PARENTS or ("." in parent and address[-4:] in _ODD_TAILS):
            return None
        key = address
        if (place := local.find("+", 1)) > 0:
            local = local[:place]
            key = f"{local}@{domain}"
    if local in _NOBODIES and address in NOBODY:
        return None
    return address, key, local in ROLES


def _long_way(raw: str, known: Container[str]) -> Normalized[EmailAddress]:
    if raw[:1] in _LETTERS_TOO and (address := canonical(raw)):
        return _accept(address, raw, (), known)
    if not raw.strip():
        return Normalized(None, raw=raw)
    cleaned = unwrap(raw)
    if not cleaned.text:
        if is_blank(raw):
            return Normalized(None, raw=raw)
        return _refuse("email.placeholder", "The cell says that there is no address.", raw)
    tried = cleaned.text
    if address := canonical(tried):
        notes = (_remark(raw),) if cleaned.remark else ()
        return _accept(address, raw, notes, known)
    if is_nothing(tried):
        return _refuse("email.placeholder", "The cell says that there is no address.", raw)
    notes = ()
    if cleaned.text.count("@") > 1 and "@@" not in cleaned.text:
        several = split_emails(raw)
        if len(several) > 1:
            cleaned = unwrap(several[0])
            if any(unwrap(other).text.lower() != cleaned.text.lower() for other in set(several)):
                notes = (_note("email.several", "Several addresses in one cell; the first was taken.", raw),)
    return _read(cleaned, raw, notes, known, tried)


def _read(cleaned: Cleaned, raw: str, notes: tuple[Problem, ...], known: Container[str], tried: str) -> Normalized[EmailAddress]:
    text = cleaned.text
    for reading in (text, cleaned.bare):
        address = canonical(reading) if reading and reading != tried else ""
        if address:
            if reading is not text or cleaned.remark:
                notes = (*notes, _remark(raw))
            return _accept(address, raw, notes, known)
    given = raw.strip()
    if given != tried and (given[:1] == "'" or not given.isascii()) and (address := canonical(given)):  # signs that belong to it
        return _accept(address, raw, notes, known)
    if plainly := canonical(deobfuscated(text)):
        return _refuse("email.obfuscated", "The address is written so that programs do not find it.", raw, notes, plainly)
    if "@" not in text:
        return _refuse("email.no_at", "An address has a mailbox, an @ and a domain.", raw, notes, mended(text))
    if "@@" in text:
        return _refuse("email.double_at", "Two @ signs in a row.", raw, notes, mended(text))
    return _refuse("email.syntax", "It is not written as an address must be.", raw, notes, mended(text))


def _accept(address: str, raw: str, notes: tuple[Problem, ...], known: Container[str]) -> Normalized[EmailAddress]:
    if address in NOBODY:
        return _refuse("email.placeholder", "The address is one that people type to get past a form.", raw)
    value = _value(address)
    local, _, domain = address.rpartition("@")
    better = meant(domain, known)
    if not better:
        return Normalized(value, (value.key,), problems=notes, raw=raw)
    slip = _note("email.domain_typo_suspected", f"Is {better} meant? The address was kept as it is.", raw)
    return Normalized(value, (value.key,), 0.6, (_value(f"{local}@{better}"),), (*notes, slip), raw)


def _refuse(code: str, hint: str, raw: str, notes: tuple[Problem, ...] = (), suggestion: str = "") -> Normalized[EmailAddress]:
    others = (_value(suggestion),) if suggestion else ()
    return Normalized(None, (), 0.0, others, (*notes, Problem(code, raw=raw[:200], hint=hint)), raw)


def _remark(raw: str) -> Problem:
    return _note("email.remark", "Words beside the address were left out of it.", raw)


def _note(code: str, hint: str, raw: str) -> Problem:
    return Problem(code, raw=raw[:200], hint=hint, severity=Severity.INFO)


def _value(address: str) -> EmailAddress:
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        local = unicodedata.normalize("NFC", local.lower())
    local, domain = key_of(local, domain)
    return EmailAddress(address, f"{local}@{domain}", role=role_of(local) != "")
