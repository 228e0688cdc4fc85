# An organisation's name and its legal form, apart.
from __future__ import annotations

import re
from typing import Any, Final

from attrs import frozen

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._organization_forms import FORMS, Word, cut, spaced, tokens_of, words_of
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, is_blank

__all__ = ["EDGE", "LegalForm", "legal_form", "none", "parts_of", "told"]

_PART: Final = re.compile(r"[(),;|/–—:]| - ")
EDGE: Final = " ,;:-–—/&+|"
_QUOTES: Final = frozenset({("«", "»"), ('"', '"'), ("“", "”"), ("„", "“"), ("»", "«"), ("「", "」")})


@frozen
class LegalForm:
    """An organisation's name and its legal form, apart.

    Args:
        name: the name without the form, as written; never empty.
        form: the form as it is usually written in its country (`GmbH & Co. KG`, `Sp. z o.o.`); empty where the name has none.
        countries: ISO 3166-1 alpha-2 codes of the countries known to have it, sorted.
    """

    name: str
    form: str = ""
    countries: tuple[str, ...] = ()


def legal_form(
    raw: str,
    *,
    region: str = "",
    language: str = "",  # noqa: ARG001 - one signature for all
    column: str = "",  # noqa: ARG001
) -> Normalized[LegalForm]:
    """Part an organisation's name and its legal form.

    Args:
        raw: the name as written.
        region: ISO 3166-1 alpha-2 code of the country that it is probably from.
        language: no use is made of it.
        column: no use is made of it.

    Returns:
        The name without the form, the form, and the countries that have it. A form that several countries write alike and call
        differently is the one that is spelled so, or the region's; else the others are alternatives, with less confidence and
        `organization.form_ambiguous`. The name is never empty: one that is nothing but a form is kept, with `organization.only_form`.

    >>> legal_form("Toyota Motor Co., Ltd.").value.name, legal_form("株式会社日立").value.name
    ('Toyota Motor', '日立')
    >>> legal_form("Wisła sp. z o. o.").value
    LegalForm(name='Wisła', form='Sp. z o.o.', countries=('PL',))
    """
    text = clean(raw)
    if not text:
        return Normalized(None, raw=raw) if is_blank(raw) else none(raw)
    region = region.upper()
    if not text.isascii():
        text = spaced(text)
    found = words_of(text)
    words = [word for word, _, _ in found]
    if not words or (len(words) < 12 and " ".join(words) in FORMS):
        problems = told("organization.only_form", raw, "It is a legal form and no name.") if words else ()
        return Normalized(LegalForm(text), problems=problems, raw=raw)
    start, end, left_out, forms = cut(words, text, region, parts_of(text, found))
    if not forms:
        return Normalized(LegalForm(text), raw=raw)
    name = _without(text, found, start, end, left_out)
    readings = FORMS[forms[0]]
    values = [LegalForm(name, form, tuple(sorted(codes))) for form, codes in readings.items()]
    if here := next((form for form, codes in readings.items() if region in codes), ""):
        return Normalized(LegalForm(name, here, (region,)), raw=raw)
    if exact := [value for value in values if value.form.rstrip(".") in text]:
        return Normalized(max(exact, key=lambda value: len(value.form)), raw=raw)
    bare = forms[0].replace(" ", "")
    alike = [value for value in values if "".join(tokens_of(value.form)) == bare]
    if alike or len(values) == 1:
        countries = {code for value in alike or values for code in value.countries}
        return Normalized(LegalForm(name, (alike or values)[0].form, tuple(sorted(countries))), raw=raw)
    hint = "Several countries write different forms so; the region tells which it is."
    return Normalized(values[0], (), 0.7, tuple(values[1:]), told("organization.form_ambiguous", raw, hint), raw)


def parts_of(text: str, words: list[Word]) -> tuple[int, ...]:
    """Say how many words stand before each bracket, comma or dash."""
    found: list[int] = []
    at = 0
    for match in _PART.finditer(text):
        while at < len(words) and words[at][2] <= match.start():
            at += 1
        if at and (not found or found[-1] != at):
            found.append(at)
    return tuple(found)


def _without(text: str, words: list[Word], start: int, end: int, left_out: tuple[tuple[int, int], ...]) -> str:
    """Cut the forms out of the text as written."""
    begin = words[start - 1][2] if start else 0
    finish = words[end][1] if end < len(words) else len(text)
    pieces: list[str] = []
    for one, other in left_out:
        pieces.append(text[begin : words[one][1]])
        begin = words[other - 1][2]
        if text[begin : begin + 1] == ".":
            begin += 1
    pieces.append(text[begin:finish])
    kept = [piece for piece in pieces if piece.strip()]
    name = kept[0]
    for piece in kept[1:]:
        name = f"{name.rstrip()}{'' if piece.lstrip()[:1] in ',;' else ' '}{piece.lstrip()}"
    name = name.strip(EDGE).removesuffix("(").rstrip(EDGE)
    if start and name[:1] == ".":
        name = name[1:].lstrip(EDGE)
    if name.count("(") < name.count(")"):
        name = name.lstrip(")").lstrip() if name.startswith(")") else name.removesuffix(")").rstrip()
    if len(name) > 2 and (name[0], name[-1]) in _QUOTES and name[0] not in name[1:-1]:
        name = name[1:-1].strip()
    return name or text


def told(code: str, raw: str, hint: str, severity: Severity = Severity.INFO) -> tuple[Problem, ...]:
    return (Problem(code, raw=raw[:200], hint=hint, severity=severity),)


def none(raw: str) -> Normalized[Any]:
    return Normalized(None, (), 0.0, (), told("organization.placeholder", raw, "The cell says that there is none."), raw)
