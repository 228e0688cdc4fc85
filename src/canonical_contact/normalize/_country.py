# Countries (ISO 3166-1 alpha-2) from names in many languages, codes and what people write; the table is generated from CLDR.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._tables import load
from canonical_contact.normalize._text import clean, plain

__all__ = ["country"]

_TABLE: Final = load("countries")
_CODES: Final[frozenset[str]] = frozenset(_TABLE["names"])
_NAMES: Final[dict[str, str]] = {name: code for code, names in _TABLE["names"].items() for name in names.split("|")}
_AMBIGUOUS: Final[dict[str, str]] = _TABLE["ambiguous"]
_AFFIX: Final = re.compile(r"^(?:the|la|le|les|el|los|die|der|het|l') |[ (.,]+$")
_CODED: Final = re.compile(r"^[a-z]{2} ?[-–/] ?(?=\w{3})|\s*\([a-z]{2,3}\)$")


def country(raw: str, **_hints: str) -> Normalized[str]:
    """Read a country.

    Args:
        raw: a name in one of some fifty languages, an alias (`UK`, `Holland`, `BRD`), an alpha-2 or alpha-3 code in any case.
        **_hints: none is used.

    Returns:
        The ISO 3166-1 alpha-2 code (`XK` for Kosovo). A name that may mean another place too (`Georgia`, `Congo`, `Korea`) has less
        confidence and the others as alternatives. `country.unknown` where it is none, such as `EU` or `00`.

    >>> country("Deutschland").value, country("U.S.A.").value, country("Éire").value, country("EU").problems[0].code
    ('DE', 'US', 'IE', 'country.unknown')
    >>> country("Congo").value, country("Congo").alternatives
    ('CG', ('CD',))
    """
    if raw in _CODES:
        return Normalized(raw)
    text = plain(clean(raw[:200])).strip(" .,;:")
    if not text:
        return Normalized(None)
    code = _look_up(text)
    if not code:
        hint = "It is the name or code of no country."
        return Normalized(None, confidence=0.0, problems=(Problem("country.unknown", raw=raw[:200], hint=hint),))
    if text in _AMBIGUOUS:
        first, *others = _AMBIGUOUS[text].split()
        hint = "The name may mean another place too."
        doubt = Problem("country.ambiguous", raw=raw[:200], hint=hint, severity=Severity.INFO)
        return Normalized(first, confidence=0.7, alternatives=tuple(others), problems=(doubt,))
    return Normalized(code)


def _look_up(text: str) -> str:
    for form in (
        text,
        _AFFIX.sub("", text),
        _CODED.sub("", text),
        text.replace(" and ", " & "),
        text.replace(".", "").replace(" ", ""),
    ):
        if len(form) == 2 and form.upper() in _CODES:
            return form.upper()
        if code := _NAMES.get(form):
            return code
    return ""
