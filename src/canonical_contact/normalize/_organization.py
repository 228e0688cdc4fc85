# Organisation names: cleaned for display, and a match key without legal form and leading article that is never empty.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.model.organization import Organization
from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._tables import load, words
from canonical_contact.normalize._text import clean, has_lost_characters, plain, unfold_width

__all__ = ["has_legal_form", "organization"]

_TABLE: Final = load("legal_forms")
_CAPITAL: Final = frozenset(word.lower() for word in words(_TABLE["capital"]["words"]))
_TAIL: Final = frozenset(tuple(form.split()) for line in _TABLE["tail"].values() for form in words(line)) | {
    (word,) for word in _CAPITAL
}
_LONGEST: Final = max(map(len, _TAIL))
_HEAD: Final = words(_TABLE["head"]["words"])
_ARTICLES: Final = words(_TABLE["articles"]["words"])
_GLUED_TAIL: Final = tuple(sorted((form for form in words(_TABLE["tail"]["other"]) if not form.isascii()), key=len, reverse=True))
_GLUED_HEAD: Final = tuple(sorted((form for form in _HEAD if ord(form[0]) > 0x2FFF or form[0] == "("), key=len, reverse=True))
_DOTTED: Final = re.compile(r"\b(\w)\. ?(?=\w\b)")
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SURE: Final = frozenset(tuple(form.split()) for form in words(_TABLE["sure"]["words"]))
_BLANK: Final = frozenset(
    {"[not provided]", "not provided", "n/a", "none", "-", "--", ".", "?", "unknown", "unbekannt", "privat", "keine", "x", "xxx"}
)


def organization(raw: str, **_hints: str) -> Normalized[Organization]:
    """Read the name of an organisation.

    Args:
        raw: the name as written, such as `The Coca-Cola Company` or `株式会社山田製作所`.
        **_hints: none is used.

    Returns:
        The name cleaned of stray characters, and in `key` its folded form without legal form and leading article. What is left is
        never empty: a firm called `Limited Ltd` keeps a key. `organization.placeholder` where the cell says that there is none.

    >>> organization("Nordlicht  Logistics GmbH & Co. KG").value.key, organization("The Coca-Cola Company").value.key
    ('nordlicht logistics', 'coca cola company')
    """
    text = clean(raw[:2000])
    if not text:
        return Normalized(None)
    if plain(text) in _BLANK:
        problem = Problem(
            "organization.placeholder", raw=raw[:200], hint="The cell says that there is none.", severity=Severity.INFO
        )
        return Normalized(None, confidence=0.0, problems=(problem,))
    key = _key(text)
    problems: tuple[Problem, ...] = ()
    if has_lost_characters(text):
        problems = (
            Problem(
                "text.characters_lost", raw=raw[:200], hint="Letters were lost when the file was written.", severity=Severity.INFO
            ),
        )
    return Normalized(Organization(text, key=key), (key,) if key else (), problems=problems)


def has_legal_form(text: str) -> bool:
    """Tell whether a text ends in a legal form that no person's name ends in.

    >>> has_legal_form("Acme Holdings Ltd"), has_legal_form("Jack Ma"), has_legal_form("Officine Ferrero S.r.l.")
    (True, False, True)
    """
    if text.endswith(_GLUED_TAIL) or text.startswith(_GLUED_HEAD):
        return True
    found = _tokens(text)
    return any(tuple(found[-size:]) in _SURE for size in range(1, min(_LONGEST, len(found) - 1) + 1))


def _tokens(text: str) -> list[str]:
    folded = plain(unfold_width(text))
    if "." in folded:
        folded = _DOTTED.sub(r"\1", folded).replace(".", " ")  # "S. A. de C. V." and "S.A. de C.V." are one
    return _WORD.findall(folded)


def _key(text: str) -> str:
    for form in _GLUED_HEAD:
        if text.startswith(form) and len(text) > len(form):
            text = text[len(form) :]
    for form in _GLUED_TAIL:
        if text.endswith(form) and len(text) > len(form):
            text = text[: -len(form)]
    found = _tokens(text)
    shouted = text.isupper()
    while len(found) > 1:
        size = next((n for n in range(min(_LONGEST, len(found) - 1), 0, -1) if tuple(found[-n:]) in _TAIL), 0)
        if not size:
            break
        last = found[-1]
        if size == 1 and last in _CAPITAL and not shouted and last.upper() not in text and len(last) == 2 and "." not in text:
            break
        del found[-size:]
    while len(found) > 1 and found[0] in _HEAD:
        del found[0]
    if len(found) > 1 and found[0] in _ARTICLES:
        del found[0]
    return fold(" ".join(found)) or fold(text)
