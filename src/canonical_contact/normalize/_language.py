# Languages (BCP 47) from tags, locale names and the names of languages; the table is generated from CLDR.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.errors import Problem
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._tables import load, words
from canonical_contact.normalize._text import clean, plain

__all__ = ["language"]

_TABLE: Final = load("languages")
_NAMES: Final[dict[str, str]] = {name: tag for tag, names in _TABLE["names"].items() for name in names.split("|")}
_CODES: Final = words(_TABLE["codes"]["known"])
_TAG: Final = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?:\.[\w-]+)?(?:@\w+)?\Z", re.IGNORECASE)
_OLD: Final = {"iw": "he", "in": "id", "ji": "yi", "jp": "ja", "cz": "cs", "dk": "da", "gr": "el", "se": "sv", "cn": "zh"}


def language(raw: str, **_hints: str) -> Normalized[str]:
    """Read a language.

    Args:
        raw: a tag (`de-AT`, `pt_BR.UTF-8`) or a name in one of some fifty languages (`Deutsch`, `castellano`).
        **_hints: none is used.

    Returns:
        The BCP 47 tag in its usual case, or `language.unknown`.

    >>> language("PT_br").value, language("Deutsch").value, language("français").value
    ('pt-BR', 'de', 'fr')
    """
    text = clean(raw[:200])
    if not text:
        return Normalized(None)
    if (tag := _TAG.match(text)) and (code := _primary(tag[1].lower(), alone=not (tag[2] or tag[3]))):
        script, region = (tag[2] or "").title(), (tag[3] or "").upper()
        return Normalized("-".join(filter(None, (code, script, region))))
    found = _NAMES.get(plain(text)) or _NAMES.get(plain(text).partition(" (")[0])
    if found:
        return Normalized(found)
    return Normalized(
        None, confidence=0.0, problems=(Problem("language.unknown", raw=raw[:200], hint="It is no language's name or tag."),)
    )


def _primary(code: str, *, alone: bool) -> str:
    if alone and code in _OLD and code != "se":  # `se` is Northern Sami by the standard
        return _OLD[code]
    return code if code in _CODES else ""
