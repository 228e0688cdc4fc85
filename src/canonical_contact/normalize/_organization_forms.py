# Words of an organisation's name, and which of them are its legal form; the table is data/legal_forms.toml.
from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product
from typing import Any, Final

from canonical_contact.normalize._tables import load
from canonical_contact.normalize._text import plain

__all__ = [
    "ARTICLES", "BEFORE", "EVERYWHERE", "FORMS", "FORM_FIRST", "GLUED", "HEADS", "JOINERS", "LAST", "MIDDLE", "SIMPLE", "STATUS_LAST", "SURE", "TEXTS", "WORDS", "Cut", "Word", "cut", "spaced", "tail",
    "tokens_of", "unglued", "words_of",
]  # fmt: skip

Word = tuple[str, int, int]
"""A folded word with its place in the text."""
Cut = tuple[int, int, tuple[tuple[int, int], ...], tuple[str, ...]]
"""Where the name begins and ends, what is left out between, and the forms that were found, the outermost first."""

# Letters, digits, and the signs of scripts whose vowels are marks; an apostrophe within a word.
_LETTER: Final = (
    "(?:[^\\W_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e30-\u0e4e\u0eb0-\u0ecd\u102b-\u103e])"
)
_WORD: Final = re.compile(f"{_LETTER}+(?:['’]{_LETTER}+)?|&")
_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HAN: Final = re.compile("[\u4e00-\u9fff]+")
_OPEN: Final = _WIDE | str.maketrans(dict(zip("㈱㈲㈾㈴㈜", ("(株)", "(有)", "(資)", "(名)", "(주)"), strict=True)))
_TO_OPEN: Final = re.compile("[㈱㈲㈾㈴㈜\uff01-\uff5e\u3000]")
_FULL: Final = {
    "(株)": "株式会社", "(有)": "有限会社", "(同)": "合同会社", "(資)": "合資会社", "(名)": "合名会社", "(주)": "주식회사", "(유)": "유한회사",
}  # fmt: skip


def words_of(text: str) -> list[Word]:
    """Fold a text word by word; initials with dots between are one word.

    >>> [word for word, _, _ in words_of("Müller & Söhne G.m.b.H.")]
    ['muller', '&', 'sohne', 'gmbh']
    """
    found: list[Word] = []
    initials = False
    for match in _WORD.finditer(text):
        start, end = match.span()
        piece = match[0]
        word = piece.lower() if piece.isascii() else piece if _HAN.fullmatch(piece) else plain(piece)
        short = end - start == 1 and piece != "&"
        if short and initials and found[-1][2] == start - 1 and text[start - 1] == ".":
            found[-1] = (found[-1][0] + word, found[-1][1], end)
        elif word:
            found.append((word, start, end))
            initials = short
    return found


def spaced(text: str) -> str:
    """Part forms that are written onto the name from it, and write them in full.

    >>> spaced("㈱日立製作所"), spaced("日立株式会社"), spaced("(株)日立")
    ('株式会社 日立製作所', '日立 株式会社', '株式会社 日立')
    """
    if not text or text[-1] < "\u0e00" > text[0]:  # a quick look: no such form stands at either end
        return text
    if _TO_OPEN.search(text):
        text = text.translate(_OPEN)
    if text in _GLUED:
        return text
    for form in _GLUED_AT_START.get(text[0], ()):
        if text.startswith(form):
            rest = text[len(form) :].lstrip()
            text = f"{_FULL.get(form, form)} {rest}"
            break
    for form in _GLUED_AT_END.get(text[-1], ()):
        if text.endswith(form) and len(text) > len(form):
            rest = text[: -len(form)].rstrip()
            return f"{rest} {_FULL.get(form, form)}"
    return text


def unglued(text: str) -> str:
    """Cut one form that is written onto a name off it; give nothing where another is there.

    >>> unglued("日立株式会社"), unglued("株式会社日立"), unglued("日立"), unglued("株式会社日立有限公司")
    ('日立', '日立', '日立', '')
    """
    name = next((text[: -len(form)] for form in _GLUED_AT_END.get(text[-1:], ()) if text.endswith(form)), "")
    if not name:
        name = next((text[len(form) :] for form in _GLUED_AT_START.get(text[:1], ()) if text.startswith(form)), text)
    return "" if name.endswith(_GLUED_AT_END.get(name[-1:], ())) or name.startswith(_GLUED_AT_START.get(name[:1], ())) else name


def tokens_of(text: str) -> list[str]:
    """Give the folded words of a text."""
    return [word for word, _, _ in words_of(text if text.isascii() else spaced(text))]


def _spellings(form: str) -> set[str]:
    """All ways to write a form as words: with its letters together or apart, the ampersand as a word or missing."""
    choices: list[tuple[str, ...]] = []
    for place, chunk in enumerate(form.replace("(", " ").replace(")", " ").split()):
        letters = [letter for letter in re.split(r"[./]", chunk) if letter]
        if chunk == "&":
            choices.append(("&", "und", "u", "and", "et", "y", "e", *("",) * bool(place)))
        elif len(letters) > 1 and all(len(letter) == 1 for letter in letters):
            letters = [plain(letter) for letter in letters]
            choices.append(("".join(letters), " ".join(letters)))
        else:
            choices.append((" ".join(tokens_of(chunk)),))
    return {" ".join(filter(None, parts)) for parts in product(*choices)} - {""}


def _folded(line: str) -> frozenset[str]:
    return frozenset(one for form in line.split("|") for one in _spellings(form))


_TABLE: Final = load("legal_forms")
GLUED: Final[tuple[str, ...]] = tuple(sorted(_TABLE["positions"]["glued"].split("|"), key=len, reverse=True))
_GLUED: Final = frozenset(GLUED)
_GLUED_AT_START: Final = {form[0]: tuple(one for one in GLUED if one[0] == form[0]) for form in GLUED}
_GLUED_AT_END: Final = {form[-1]: tuple(one for one in GLUED if one[-1] == form[-1]) for form in GLUED}


def _read() -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for country, forms in _TABLE["forms"].items():
        for canonical, others in forms.items():
            for form in filter(None, (canonical, *others.split("|"))):
                for spelling in _folded(form):
                    readings = found.setdefault(spelling, {})
                    if country not in readings.get(canonical, ()):
                        readings[canonical] = (*readings.get(canonical, ()), country)
    return found


FORMS: Final = _read()
"""A form as folded words → its canonical forms, each with the countries that have it."""
_POSITIONS: Final[dict[str, frozenset[str]]] = {name: _folded(line) for name, line in _TABLE["positions"].items()}
_DOTTED: Final = frozenset(form for form in _POSITIONS["dotted"] if " " not in form)
_COUNTRIES: Final = {form: frozenset(code for codes in readings.values() for code in codes) for form, readings in FORMS.items()}
_NOWHERE: Final[frozenset[str]] = frozenset()
SURE: Final = _POSITIONS["sure"]
_HEADS: Final = {form: kind for kind in ("local_head", "weak_head", "framed_head", "glued", "head") for form in _POSITIONS[kind]}
TEXTS: Final[dict[str, str]] = _TABLE["texts"]
ARTICLES: Final = frozenset(TEXTS["articles"].split("|"))
JOINERS: Final = frozenset(TEXTS["joiners"].split("|")) | {"&"}
_STATUS: Final = {one: "." in line for line in TEXTS["status"].split("|") for one in _spellings(line)}


def _longest(forms: Iterable[str], at: int) -> dict[str, int]:
    longest: dict[str, int] = {}
    for form in forms:
        words = form.split()
        longest[words[at]] = max(longest.get(words[at], 0), len(words))
    return longest


FORM_FIRST: Final = frozenset(form.split()[0] for form in FORMS)
"""The first words of forms."""
LAST: Final = _longest((*FORMS, *_STATUS), -1)
"""The last word of a form or of a status → how many words the longest that ends so has."""
_FRAMES: Final = {"sc": "RO", "s c": "RO", "oy": "FI"}
_HEAD: Final = _longest(_HEADS, 0)
MIDDLE: Final = _longest(_POSITIONS["middle"], 0)
"""The first word of a form that is found in the middle of a name too → how many words the longest has."""
WORDS: Final = _POSITIONS["words"]
"""Forms that are words too, and are none where the region has no such form."""
_ALWAYS: Final = frozenset(FORMS) - _DOTTED - WORDS
SIMPLE: Final = frozenset(form for form in FORMS if " " not in form and form not in _DOTTED and form not in _STATUS)
"""Forms of one word that are the form where they end a name, but for `WORDS`."""
BEFORE: Final = frozenset(form.split()[-2] for form in FORMS if " " in form)
"""The last words but one of longer forms."""
_PLAIN_HEADS: Final = frozenset(
    form for form, kind in _HEADS.items() if kind in {"head", "glued"} and _HEAD[form.split()[0]] == 1
)
HEADS: Final = frozenset(_HEAD)
"""The first words of forms that a name may begin with."""
EVERYWHERE: Final = frozenset(form.split()[0] for form, kind in _HEADS.items() if kind != "local_head")
"""Those of them that no region has to be known for."""
STATUS_LAST: Final = frozenset(status.split()[-1] for status in _STATUS)
"""The last words of what says how a firm is (in liquidation)."""


def _tree() -> dict[str, Any]:
    root: dict[str, Any] = {}
    for form in FORMS:
        node = root
        for word in reversed(form.split()):
            node = node.setdefault(word, {})
        node[""] = form
    return root


_TREE: Final = _tree()
"""The forms by their words from the last to the first; what ends a form has it under the empty word."""


def _dots(form: str, text: str) -> bool:
    """Tell whether a form's letters stand in the text with dots or strokes between."""
    bare = form.replace(" ", "")
    close = "".join(text.lower().split())
    return ".".join(bare) in close or "/".join(bare) in close


def _is_tail(form: str, region: str, text: str) -> bool:
    countries = _COUNTRIES.get(form)
    if countries is None:
        return False
    if form in _DOTTED:
        return region in countries or _dots(form, text)
    if region and form in _POSITIONS["words"]:
        return region in countries or _dots(form, text)
    return True


def tail(words: list[str], start: int, end: int, region: str, text: str) -> int:
    """Find how many words at the end are a form; 0 where none are."""
    node = _TREE.get(words[end - 1])
    found, at = 0, end - 1
    while node is not None and at > start:
        if (form := node.get("")) is not None and (form in _ALWAYS or _is_tail(form, region, text)):
            only = words[start] if at == start + 1 else ""
            if not (only and (only in ARTICLES or only == "&" or (only == form and len(form) == 2))):  # The Limited, Sa Sa
                found = end - at
        at -= 1
        node = node.get(words[at])
    return found


def _status(words: list[str], start: int, end: int, region: str, text: str) -> int:
    for size in range(min(LAST.get(words[end - 1], 0), end - start - 1), 0, -1):
        form = " ".join(words[end - size : end])
        if form in _STATUS and (not _STATUS[form] or tail(words, start, end - size, region, text)):
            return size
    return 0


def _head(words: list[str], start: int, end: int, region: str, forms: list[str]) -> int:
    if words[start] in _PLAIN_HEADS:
        return 1
    for size in range(min(_HEAD.get(words[start], 0), end - start - 1), 0, -1):
        form = " ".join(words[start : start + size])
        kind, countries = _HEADS.get(form), _COUNTRIES.get(form, _NOWHERE)
        if kind in {"head", "glued"}:
            return size
        if kind == "local_head" and region in countries:
            return size
        if (
            kind == "weak_head"
            and (not region or region in countries)
            and not set(forms) - {"tbk", "persero", "persero tbk", form}
        ):
            return size
        if kind == "framed_head" and forms and forms[0] != form:  # S.C. Dacia S.R.L., Oy Karhu Ab
            where = _FRAMES[form]
            if region in {"", where} and where in _COUNTRIES[forms[0]]:
                return size
    return 0


def cut(words: list[str], text: str, region: str = "", parts: tuple[int, ...] = ()) -> Cut:
    """Find what of a name's words is its name.

    Args:
        words: the folded words.
        text: the text they are from; its dots tell forms from words.
        region: the country that it is probably from.
        parts: where a bracket or a comma stands, as the number of words before it, in order.

    Returns:
        Where the name begins and ends, the stretches between that are forms, and the forms, the outermost first.
    """
    start, end = 0, len(words)
    if 0 < end < 12 and words[0] in FORM_FIRST and " ".join(words) in FORMS:
        return 0, end, (), ()
    forms: list[str] = []
    while end > 1 and (last := words[end - 1]) in LAST:
        size = _status(words, start, end, region, text) if last in STATUS_LAST and not forms else 0
        if size:
            end -= size
            continue
        if not (size := tail(words, start, end, region, text)):
            break
        forms.append(last if size == 1 else " ".join(words[end - size : end]))
        end -= size
    while end - start > 1 and words[start] in _HEAD and (size := _head(words, start, end, region, forms)):
        forms.append(" ".join(words[start : start + size]))
        start += size
    if not parts and MIDDLE.keys().isdisjoint(words[start + 1 : end - 1]):
        return start, end, (), tuple(forms)
    left_out = [
        (part - size, part)
        for part in parts  # Siemens AG (Berlin)
        if start + 1 < part < end and (size := tail(words, start, part, region, text))
    ]
    taken = {place for one, other in left_out for place in range(one, other)}
    place = start + 1
    while place < end - 1:
        size = 0
        for length in range(min(MIDDLE.get(words[place], 0), end - place - 1), 0, -1):
            if " ".join(words[place : place + length]) in _POSITIONS["middle"]:
                size = length
                break
        if size and taken.isdisjoint(range(place, place + size)):
            left_out.append((place, place + size))
        place += size or 1
    left_out.sort()
    forms += [" ".join(words[one:other]) for one, other in left_out]
    return start, end, tuple(left_out), tuple(forms)
