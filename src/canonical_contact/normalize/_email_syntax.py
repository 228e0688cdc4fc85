# Which texts are e-mail addresses: email-validator decides, behind an exact gate for plain ASCII (RFC 5321, 5322, 6531; RFC 2142).
from __future__ import annotations

import re
from typing import Final

__all__ = ["GATE", "LONGEST", "SPECIAL_TOPS", "canonical"]

_ATOM: Final = r"[A-Za-z0-9!#$%&*+/=?^_`{|}~'-]++"
# Runs of letters and digits, each ended by one dot or dash, the last one by a dot. Two dashes may be Punycode, or a label kept back.
_LABELS: Final = r"(?:[A-Za-z0-9]++[.-])++(?<=\.)"
# The gate for plain ASCII: an address that passes GATE, has LONGEST characters at most (so that no part of it can be too long) and none of
# SPECIAL_TOPS at its end is one that email-validator takes, with the same address in lower case. All others go the long way. An
# apostrophe in front is a spreadsheet's sign for text.
_PLAIN: Final = re.compile(rf"(?!'){_ATOM}(?:\.{_ATOM})*+@{_LABELS}[A-Za-z]{{2,}}+\Z", re.ASCII)
GATE: Final = _PLAIN.match
LONGEST: Final = 64
SPECIAL_TOPS: Final = frozenset({"test", "local", "localhost", "invalid", "arpa", "onion", "alt", "internal", "example"})
_TAILS: Final = frozenset(f".{top}"[-4:] for top in SPECIAL_TOPS)  # a little more than these; the rest is judged once more
_LIMIT: Final = 320  # characters; an address has 254 at most
_DOTS: Final = re.compile("[.\u3002\uff0e\uff61]")


def canonical(text: str) -> str:
    """Give the address in its canonical form, or nothing where the text is none.

    The domain is in Unicode, NFC and lower case, however it was spelled (`xn--` too); an ASCII local part is in lower case, and another
    one in NFC keeps its case. The verdict is email-validator's, without a look at the DNS and whatever its module settings are.

    >>> canonical("Ana@XN--MLLER-KVA.de"), canonical("ana@b_c.de")
    ('ana@müller.de', '')
    """
    if GATE(text) and len(text) <= LONGEST and (low := text.lower())[-4:] not in _TAILS:
        return low
    if len(text) > _LIMIT or "@" not in text or (not text.isascii() and _has_long_number(text)):
        return ""
    from email_validator import validate_email

    try:
        found = validate_email(
            text,
            allow_smtputf8=True,
            allow_empty_local=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            strict=False,
            check_deliverability=False,
            test_environment=False,
            globally_deliverable=True,
        )
    except ValueError:  # EmailNotValidError, and UnicodeError and friends from idna, are ValueErrors
        return ""
    local = found.local_part
    return f"{local.lower() if local.isascii() else local}@{found.domain.lower()}"


def _has_long_number(text: str) -> bool:
    """Tell whether a label has more digits than a label may have characters; idna takes the square of their number in time to say so."""
    domain = text.rpartition("@")[2]
    return len(domain) > 63 and any(sum(map(str.isdecimal, label)) > 63 for label in _DOTS.split(domain))
