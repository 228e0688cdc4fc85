# E-mail addresses (RFC 5321, 5322, 6531): cleaning, an exact gate for plain ASCII, email-validator for the rest, and the match key.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.model.channels import EmailAddress
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._tables import load, words
from canonical_contact.normalize._text import clean, clean_lines, plain, unfold_width

__all__ = ["email", "split_emails"]

_TABLE: Final = load("email")
_PROVIDERS: Final[dict[str, dict[str, object]]] = _TABLE["providers"]
_ROLES: Final = frozenset(plain(word) for line in _TABLE["roles"].values() for word in words(line))
_PLACEHOLDERS: Final = frozenset(map(plain, words(_TABLE["placeholders"]["words"])))
_NOBODY: Final = words(_TABLE["placeholders"]["addresses"])
_TYPOS: Final[dict[str, str]] = _TABLE["typos"]
_NEAR: Final = tuple(sorted(words(_TABLE["near"]["domains"])))
_KNOWN: Final = frozenset(_NEAR) | frozenset(_PROVIDERS) | words(_TABLE["near"]["not_typos"])
_ENDINGS: Final = dict(pair.split() for pair in _TABLE["near"]["endings"].split("|"))

# Each address that passes is one that email-validator takes as it stands; special-use top-level domains go the long way.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_GATE: Final = re.compile(
    rf"(?=.{{3,254}}\Z){_ATOM}(?:\.{_ATOM})*@(?:(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.)+"
    r"(?!(?:test|local|localhost|invalid|arpa|onion|alt|example)\Z)[A-Za-z]{2,63}\Z",
    re.IGNORECASE,
)
_WRAPPED: Final = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
_TRIM: Final = " \t<>()[]{}\"'“”„‚‘’«»;,:|\\"
_PIECES: Final = re.compile(r"[;,|\n]| ::: | / |/(?=[^@/\s]+@)| (?:oder|or|und|and|et|y|ou|e|o|i|en|of) ")
_LIMIT: Final = 20_000  # characters of a cell that are looked at


def email(raw: str, **_hints: str) -> Normalized[EmailAddress]:
    """Read one e-mail address.

    Domain and ASCII local part become lower case: no provider tells the two apart, and the raw text stays in the claim. Sub-addresses
    and dots stay in the address and leave only the match key. A suspected slip of the pen is never repaired, only suggested.

    Args:
        raw: the text of a cell, such as `mailto:Ana@Example.com;`.
        **_hints: none is used; they are there for uniformity.

    Returns:
        The address with its key; or no value and the problem (`email.placeholder`, `email.no_at`, `email.double_at`, `email.syntax`).
        `email.several` where the cell holds more addresses (the first is taken), `email.domain_typo_suspected` with the suggestion
        in `alternatives`.

    >>> email("Ana Sá <Ana.Sa+news@GoogleMail.com>").value.address, email("a.na.sa@gmail.com").keys
    ('ana.sa+news@googlemail.com', ('anasa@gmail.com',))
    >>> email("ana@@gmail.com").problems[0].code, email("ana@@gmail.com").alternatives[0].address
    ('email.double_at', 'ana@gmail.com')
    """
    if _GATE.match(raw) and len(raw.partition("@")[0]) <= 64:
        return _accept(raw.lower(), raw, ())
    if not raw.strip():
        return Normalized(None)
    text = _unwrap(raw)
    if plain(text) in _PLACEHOLDERS or not any(char.isalnum() for char in text):
        return _refuse("email.placeholder", raw, "The cell says that there is no address.")
    problems: tuple[Problem, ...] = ()
    if text.count("@") > 1 and "@@" not in text:
        several = split_emails(raw)
        if len(several) > 1:
            text = _unwrap(several[0])
            problems = (
                Problem(
                    "email.several", raw=raw, hint="Several addresses in one cell; the first was taken.", severity=Severity.INFO
                ),
            )
    return _read(text, raw, problems)


def split_emails(text: str) -> list[str]:
    """Split a cell that holds several addresses; a cell with one comes back as it is.

    >>> split_emails("ana@x.com / ben@y.org"), split_emails("Sá, Ana <ana@x.com>")
    (['ana@x.com', 'ben@y.org'], ['Sá, Ana <ana@x.com>'])
    """
    if text.count("@") - text.count("@@") < 2 or len(text) > _LIMIT:
        return [text]
    tidy = clean_lines(unfold_width(text))
    wrapped = _WRAPPED.findall(tidy)
    if len(wrapped) > 1:
        return list(wrapped)
    pieces = [piece.strip() for piece in _PIECES.split(tidy) if piece.strip(_TRIM)]
    if any("@" not in piece for piece in pieces):  # names and remarks between the addresses
        pieces = [piece for piece in pieces if "@" in piece]
    return [word for piece in pieces for word in _words(piece)] or [text]


def _words(piece: str) -> list[str]:
    parts = piece.split(" ")
    return parts if len(parts) > 1 and all("@" in part.strip("@") for part in parts) else [piece]


def _unwrap(raw: str) -> str:
    text = clean(unfold_width(raw[:_LIMIT]))
    if wrapped := _WRAPPED.search(text):
        text = wrapped[1]
    while True:
        tidy = text.strip(_TRIM)
        tidy = tidy[7:] if tidy[:7].lower() == "mailto:" else tidy[5:] if tidy[:5].lower() == "smtp:" else tidy
        if "@" in tidy:
            tidy = tidy.partition("?subject=")[0].rstrip(".")
        if tidy == text:
            return text or clean(raw[:_LIMIT])
        text = tidy


def _read(text: str, raw: str, problems: tuple[Problem, ...]) -> Normalized[EmailAddress]:
    address = _valid(text)
    if address:
        return _accept(address, raw, problems)
    if "@" not in text:
        return _refuse("email.no_at", raw, "An address has a mailbox, an @ and a domain.", problems)
    double = "@@" in text
    guess = re.sub("@{2,}", "@", text) if double else text.replace(" ", "")
    if guess.count("@") == 1:  # a comma or a zero in the domain, a letter-like digit in its ending
        local, _, domain = guess.partition("@")
        domain = re.sub(r"\.{2,}", ".", domain.replace(",", ".")).strip(".-")
        guess = f"{local.strip('.')}@{domain}"
        if not _valid(guess):
            guess = f"{local.strip('.')}@{domain.replace('0', 'o')}"
    suggestion = _valid(guess)
    code, hint = (
        ("email.double_at", "Two @ signs in a row.") if double else ("email.syntax", "It is not written as an address must be.")
    )
    refused = _refuse(code, raw, hint, problems)
    if not suggestion or suggestion == text:
        return refused
    return Normalized(None, confidence=0.0, alternatives=(_address(suggestion),), problems=refused.problems)


def _valid(text: str) -> str:
    """Give the address in canonical form, or nothing."""
    if len(text) > 320 or "@" not in text:
        return ""
    if _GATE.match(text) and len(text.partition("@")[0]) <= 64:
        return text.lower()
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False)
    except (EmailNotValidError, ValueError):  # UnicodeError and friends from idna are ValueErrors
        return ""
    local = found.local_part.lower() if found.local_part.isascii() else found.local_part
    return f"{local}@{found.domain.lower()}"


def _accept(address: str, raw: str, problems: tuple[Problem, ...]) -> Normalized[EmailAddress]:
    if address in _NOBODY:
        return _refuse("email.placeholder", raw, "The address is one that people type to get past a form.")
    value = _address(address)
    better = _nearest(address.rpartition("@")[2])
    if not better:
        return Normalized(value, (value.key,), problems=problems)
    suggestion = _address(f"{address.rpartition('@')[0]}@{better}")
    slip = Problem(
        "email.domain_typo_suspected",
        raw=raw,
        hint=f"Is {better} meant? The address was kept as it is.",
        severity=Severity.INFO,
    )
    return Normalized(value, (value.key,), confidence=0.6, alternatives=(suggestion,), problems=(*problems, slip))


def _refuse(code: str, raw: str, hint: str, problems: tuple[Problem, ...] = ()) -> Normalized[EmailAddress]:
    return Normalized(None, confidence=0.0, problems=(*problems, Problem(code, raw=raw[:200], hint=hint)))


def _address(address: str) -> EmailAddress:
    local, _, domain = address.rpartition("@")
    rules = _PROVIDERS.get(domain)
    tag = "+"
    mailbox = local
    if rules is not None:
        tag = str(rules["tag"])
        if rules.get("dots"):
            mailbox = local.replace(".", "")
        domain = str(rules.get("same_as", domain))
    elif domain.endswith((".fastmail.com", ".fastmail.fm")):  # anything@user.fastmail.com reaches user@fastmail.com
        mailbox, _, domain = domain.partition(".")
    if tag and tag in mailbox[1:]:
        mailbox = mailbox[0] + mailbox[1:].partition(tag)[0]
    role = mailbox in _ROLES or (not mailbox.isascii() and plain(mailbox) in _ROLES)
    return EmailAddress(address, f"{mailbox}@{domain}", role=role)


def _nearest(domain: str) -> str:
    """Name the provider whose domain was probably meant; nothing where the domain may well be somebody's own."""
    if domain in _KNOWN:
        return ""
    if domain in _TYPOS:
        return _TYPOS[domain]
    head, _, ending = domain.rpartition(".")
    if ending in _ENDINGS:
        return f"{head}.{_ENDINGS[ending]}"
    size = len(domain)
    for provider in _NEAR:
        if (
            -2 < len(provider) - size < 2
            and (provider[0] == domain[0] or provider[1:] == domain[1:])
            and provider[-2:] == domain[-2:]
        ):
            from jellyfish import damerau_levenshtein_distance

            if damerau_levenshtein_distance(provider, domain) == 1 and len(provider.partition(".")[0]) >= 5:
                return provider
    return ""
