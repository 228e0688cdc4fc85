# What providers do with addresses, as tables made once from data/email.toml: rules for match keys, roles, free mail, mistyped domains.
from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final, NamedTuple

from canonical_contact.normalize._tables import load, words
from canonical_contact.normalize._text import plain

__all__ = [
    "FREE",
    "MISTYPED_TOPS",
    "NAMES",
    "NOBODY",
    "PLACEHOLDERS",
    "ROLES",
    "RULES",
    "SUBDOMAINS",
    "SUSPECT_HEADS",
    "key_of",
    "meant",
    "provider_of",
    "role_of",
]

_TABLE: Final = load("email")


class Rule(NamedTuple):
    """What a provider does with the local part and the domain."""

    into: str  # the domain that stands in the key; empty where it is the domain itself
    tag: str
    swaps: tuple[tuple[str, str], ...]  # what stands for what in the local part
    subdomains: bool


def _rule(row: dict[str, object]) -> Rule:
    swaps = [(char, "") for char in str(row.get("drop", ""))]
    if row.get("dash"):
        swaps.append((".", "-"))
    return Rule(str(row.get("into", "")), str(row.get("tag", "+")), tuple(swaps), bool(row.get("subdomains")))


def _domains(row: dict[str, object]) -> list[str]:
    return str(row["domains"]).split()


RULES: Final[dict[str, Rule]] = {domain: _rule(row) for row in _TABLE["providers"] for domain in _domains(row)}
_UNKNOWN: Final = Rule("", "+", (), subdomains=False)
SUBDOMAINS: Final = frozenset(domain for domain, rule in RULES.items() if rule.subdomains)
NAMES: Final[dict[str, str]] = {
    domain: name for rows in _TABLE["free"].values() for name, line in rows.items() for domain in line.split()
} | {domain: row["name"] for row in _TABLE["providers"] for domain in _domains(row)}
FREE: Final = frozenset(NAMES)

ROLES: Final[dict[str, str]] = {}
for _purpose, _lines in _TABLE["roles"].items():
    for _line in _lines.values():
        for _word in _line.split():
            ROLES.setdefault(plain(_word), _purpose)

PLACEHOLDERS: Final = frozenset(map(plain, words(_TABLE["placeholders"]["words"])))
NOBODY: Final = words(_TABLE["placeholders"]["addresses"])


def provider_of(domain: str) -> str:
    """Name the provider of a domain, or nothing."""
    name = NAMES.get(domain, "")
    if not name:
        parent = domain.partition(".")[2]
        if parent in SUBDOMAINS:
            return NAMES[parent]
    return name


def role_of(mailbox: str) -> str:
    """Tell what a mailbox is for, such as `sales`; empty for a person's."""
    return ROLES.get(mailbox, "") if mailbox.isascii() else ROLES.get(plain(mailbox), "")


def key_of(local: str, domain: str) -> tuple[str, str]:
    """Give mailbox and domain as the match key has them: what leads to one mailbox is equal."""
    rule = RULES.get(domain)
    if rule is None:
        user, _, parent = domain.partition(".")
        if parent in SUBDOMAINS and user != "www":
            local, domain, rule = user, parent, RULES[parent]
        else:
            rule = _UNKNOWN
    into, tag, swaps, _ = rule
    if tag and (place := local.find(tag, 1)) > 0:
        local = local[:place]
    for old, new in swaps:
        local = local.replace(old, new) or local
    return local, into or domain


# Mistyped domains

_ROW: Final[dict[str, str]] = _TABLE["typos"]
_LIKE: Final = (("o", "0"), ("l", "1"), ("i", "1"))
_KNOWN: Final[dict[str, str]] = {
    domain.replace(letter, digit, 1): domain
    for domain in NAMES
    for letter, digit in _LIKE
    if domain.find(".") >= 5 and -1 < domain.find(letter) < domain.find(".")
} | _TABLE["typos"]["known"]
_NEAR: Final = frozenset(_ROW["near"].split())
_ONLY: Final = {domain.partition(".")[0]: domain for domain in _ROW["only"].split()}
_ENDINGS: Final = frozenset(_ROW["endings"].split())
_REAL: Final = frozenset(NAMES) | frozenset(_ROW["real"].split())
_BARE: Final = {
    bare: domain
    for domain in sorted(_NEAR, reverse=True)
    if domain.endswith(".com")
    for bare in (domain.partition(".")[0], domain.replace(".", ""))
}
MISTYPED_TOPS: Final[dict[str, str]] = dict(pair.split() for pair in _ROW["tops"].split("|"))


def _slips(word: str) -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
    for place in range(1, len(word) + 1):
        before, after = word[:place], word[place:]
        yield before + after[1:]
        yield before[:-1] + after[:1] + before[-1] + after[1:]
        for letter in letters:
            yield before + letter + after
            yield before + letter + after[1:]


def _heads() -> dict[str, tuple[str, ...]]:
    made: dict[str, tuple[str, ...]] = {domain.partition(".")[0]: () for domain in _KNOWN if domain[-2] != "."}
    for head in sorted({domain.partition(".")[0] for domain in _NEAR}):
        for slip in (head, *_slips(head)):
            if head not in made.get(slip, ()):
                made[slip] = (*made.get(slip, ()), head)
    return made


# The label before the ending → the providers it may be meant for. An address passes this one look-up, and is done if it is not in it.
SUSPECT_HEADS: Final = _heads()


def meant(domain: str, known: Container[str] = frozenset()) -> str:
    """Name the domain that was probably meant; nothing where this one may well be somebody's own.

    Args:
        domain: in lower case.
        known: domains of which it is known that people have mailboxes there.

    >>> meant("gmial.con"), meant("acme.con"), meant("acme.com"), meant("gmx.net"), meant("hotmail"), meant("gmial.com", {"gmial.com"})
    ('gmail.com', 'acme.com', '', '', 'hotmail.com', '')
    """
    if domain in _REAL or domain in known:
        return ""
    if domain in _KNOWN:
        return _KNOWN[domain]
    if domain in _BARE:
        return _BARE[domain]
    stem, _, top = domain.rpartition(".")
    better = MISTYPED_TOPS.get(top, "") if stem else ""
    if better:
        fixed = f"{stem}.{better}"
        return meant(fixed) or fixed
    head, _, ending = domain.partition(".")
    for name in SUSPECT_HEADS.get(head, ()):
        if f"{name}.{ending}" in _NEAR:
            return f"{name}.{ending}"
        if name in _ONLY and name == head:
            return _ONLY[name]
        if ending in _ENDINGS and f"{name}.com" in _NEAR:
            return f"{name}.com"
    return ""
