# Organisation names: cleaned for display, and a match key without legal form and leading article that is never empty.
from __future__ import annotations

import re
from typing import Final

from attrs import fields

from canonical_contact.errors import Problem
from canonical_contact.model.organization import Organization
from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._organization_apart import EDGE, LegalForm, legal_form, none, parts_of, told
from canonical_contact.normalize._organization_forms import (
    ARTICLES,
    BEFORE,
    EVERYWHERE,
    FORM_FIRST,
    FORMS,
    GLUED,
    HEADS,
    JOINERS,
    LAST,
    MIDDLE,
    SIMPLE,
    STATUS_LAST,
    SURE,
    TEXTS,
    WORDS,
    Word,
    cut,
    spaced,
    tail,
    tokens_of,
    unglued,
    words_of,
)
from canonical_contact.normalize._organization_letters import (
    CLEAN_LATIN,
    CLEAN_WIDE,
    HAN,
    SMALL,
    latin,
    latin_bytes,
    sound,
    wide_words,
    without_dots,
)
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import NO_VALUE, clean, has_lost_characters, is_blank, plain

__all__ = ["LegalForm", "has_legal_form", "legal_form", "organization"]

_NO_NAMES: Final = NO_VALUE | frozenset(TEXTS["nothing"].split("|"))
_NOTHING: Final = _NO_NAMES | frozenset(map(plain, _NO_NAMES))
_OCCUPATION: Final = frozenset(plain(word) for word in TEXTS["occupation"].split("|"))
_TITLES: Final = frozenset(plain(word) for word in TEXTS["titles"].split("|"))
_CLOSER: Final = _TITLES | {"www", "http", "https"}
_NO_PERSON: Final = frozenset(plain(word) for word in TEXTS["no_person"].split("|"))
_ALSO: Final = tuple(sorted((" ".join(tokens_of(word)) for word in TEXTS["also"].split("|")), key=len, reverse=True))
_ALSO_BY_FIRST: Final = {
    first: [words.split() for words in _ALSO if words.split()[0] == first] for first in {words.split()[0] for words in _ALSO}
}
_ALSO_FIRST: Final = frozenset(_ALSO_BY_FIRST)
_ALNUM: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
# Words that need a closer look, wherever they stand; letters that stand alone may be initials.
_MIDDLE: Final = frozenset(MIDDLE)
_RARE: Final = _MIDDLE | _ALSO_FIRST | JOINERS | _ALNUM
_SPECIAL: Final = _NOTHING | _OCCUPATION | frozenset(TEXTS["occupation"].split("|"))
_LAST: Final = frozenset(LAST)
# Before a form of one word, these may belong to a longer one, or leave nothing.
_NOT_LAST: Final = _LAST | BEFORE | JOINERS | ARTICLES
# First words that are looked at.
_ODD_FIRST: Final = HEADS | FORM_FIRST | ARTICLES | _CLOSER
_STROKES: Final = frozenset((" s/a", " a/s"))
_PARTED: Final = frozenset(",().-–—;|:")
_new: Final = object.__new__
_NAME, _UNITS, _KEY, _ID = (getattr(Organization, one.name).__set__ for one in fields(Organization))
_VALUE, _KEYS, _CONFIDENCE, _ALTERNATIVES, _PROBLEMS, _RAW = (getattr(Normalized, one.name).__set__ for one in fields(Normalized))
_WORD: Final = re.compile("[a-z0-9]+(?:'[a-z0-9]+)?|&")
_EMAIL: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.\w{2,24}\Z")
_URL: Final = re.compile(r"(?:https?://|www\.)\S+\Z", re.IGNORECASE)
_CARE_OF: Final = re.compile(r"(?:^|[\s,;(])(?:c/o|℅|z\. ?hd\.|attn[:.]|att:)", re.IGNORECASE)


def organization(
    raw: str,
    *,
    region: str = "",
    language: str = "",  # noqa: ARG001 - one signature for all
    column: str = "",  # noqa: ARG001
) -> Normalized[Organization]:
    """Read the name of an organisation.

    Args:
        raw: the name as written, such as `The Coca-Cola Company` or `株式会社山田製作所`.
        region: ISO 3166-1 alpha-2 code of the country that it is probably from; it decides on forms that are words elsewhere.
        language: no use is made of it.
        column: no use is made of it.

    Returns:
        The name cleaned of stray characters, and in `key` its folded form without legal form, leading article and `and`. What is left
        is never empty: a firm called `Limited Ltd` keeps a key. Further keys: `latin:` for scripts that `fold` leaves as they are,
        `firm:` the name without what stands in brackets or behind a comma, `alias:` another name in the same cell.
        `organization.placeholder` where the cell says that there is none; what is no name of a firm (an e-mail address, a web address,
        a person, an occupation) is kept and told.

    >>> organization("Nordlicht  Logistics GmbH & Co. KG").value.key, organization("The Coca-Cola Company").value.key
    ('nordlicht logistics', 'coca cola company')
    >>> organization("Siemens AG (Berlin)").keys, organization("Acme Ltd trading as Best Beds").keys
    (('siemens berlin', 'firm:siemens'), ('acme', 'alias:best beds'))
    """
    data = raw.encode("latin-1", "replace")
    folded = data.translate(SMALL).decode()
    problems: tuple[Problem, ...] = ()
    if "\0" not in folded:
        text = raw.strip() if "  " not in raw else " ".join(raw.split())
    else:
        if raw.isascii() and raw.lower() in _NOTHING:
            return none(raw)
        if CLEAN_LATIN.fullmatch(raw):
            text = " ".join(raw.split())
        elif CLEAN_WIDE.fullmatch(raw):
            return _wider(" ".join(raw.split()), raw, region.upper())
        else:
            text = clean(raw)
        data = latin_bytes(text if "/" not in text else _without_stroke(text))
        folded = data.translate(SMALL).decode()
        if "\0" in folded:
            return _wider(text, raw, region.upper())
        if "\ufffd" in text:
            problems = _lost(raw)
    parted = "\x1f" in folded
    if parted:
        folded = folded.replace("\x1f", " ")
    if "&" in folded:
        folded = folded.replace("&", " & ")
    if "." in folded:
        folded = f"{folded} ".replace(". ", " ")
        if "." in folded:
            folded = without_dots(folded)
    words = _WORD.findall(folded) if "'" in folded else folded.split()
    if not words:
        return _closer(text, raw, region.upper())
    rest, left, last = words, len(words), words[-1]
    if words[0] in _ODD_FIRST or last in STATUS_LAST:
        if words[0] in _CLOSER:
            return _closer(text, raw, region.upper())
        rest, left = _odd(words, text, region.upper())
    elif last in LAST and left > 1:
        if last in SIMPLE and words[-2] not in _NOT_LAST and (not region or last not in WORDS):
            rest = words[:-1]
            left -= 1
        elif size := tail(words, 0, left, region.upper(), text):
            left -= size
            rest = words[:left]
            if left > 1 and rest[-1] in LAST:
                rest = _name(words, *cut(words, text, region.upper())[:3])
    if _RARE.isdisjoint(rest):
        key = " ".join(rest)
    else:
        if not _ALSO_FIRST.isdisjoint(words) and _also(words):
            return _closer(text, raw, region.upper())
        if not _MIDDLE.isdisjoint(rest[1:] if rest[0] is words[0] else rest):
            rest = _name(words, *cut(words, text, region.upper())[:3])
        key = _joined(rest)
    if (
        (left == len(words) and text.lower() in _SPECIAL)
        or (parted and _is_parted(data, text, rest, len(words) - left))
        or (" - " in text and not _LAST.isdisjoint(rest))
    ):
        return _closer(text, raw, region.upper())
    return _plain(text, key, (key,), problems, raw)


def _plain(text: str, key: str, keys: tuple[str, ...], problems: tuple[Problem, ...], raw: str) -> Normalized[Organization]:
    """Do what the constructors do, in two thirds of their time: a frozen attrs class sets its fields by name, one call each."""
    value = _new(Organization)
    _NAME(value, text)
    _UNITS(value, ())
    _KEY(value, key)
    _ID(value, "")
    found: Normalized[Organization] = _new(Normalized)
    _VALUE(found, value)
    _KEYS(found, keys)
    _CONFIDENCE(found, 1.0)
    _ALTERNATIVES(found, ())
    _PROBLEMS(found, problems)
    _RAW(found, raw)
    return found


def _odd(words: list[str], text: str, region: str) -> tuple[list[str], int]:
    """Give the name, and how many words stand before the form at the end, where the first or the last word may be more than a word."""
    left = len(words)
    if words[0] in (HEADS if region else EVERYWHERE) or words[-1] in STATUS_LAST:
        return _name(words, *cut(words, text, region)[:3]), left
    if left > 1:
        left -= tail(words, 0, left, region, text)
    whole = len(words) if words[0] in HEADS else left
    if words[0] in FORM_FIRST and " ".join(words) in FORMS:
        return words, whole
    if 1 < left < len(words) and words[left - 1] in LAST:
        return _name(words, *cut(words, text, region)[:3]), whole
    return words[1 if left > 1 and words[0] in ARTICLES else 0 : left], whole


def _without_stroke(text: str) -> str:
    """Take the stroke out of Aço Forte S/A."""
    if text[-4:].lower() in _STROKES and text.count("/") == 1 and _PARTED.isdisjoint(text):
        return text.replace("/", " ")
    return text


def _is_parted(data: bytes, text: str, rest: list[str], taken: int) -> bool:
    """Tell whether a comma stands in a name that may have a form within, or more in brackets than the form at the end."""
    if "," in text and not _LAST.isdisjoint(rest):
        return True
    if "(" not in text and ")" not in text:
        return False
    place = min((at for at in (data.find(b"("), data.find(b")")) if at >= 0), default=-1)
    return place >= 0 and len(data[place:].translate(SMALL).decode().split()) > taken


def _wider(text: str, raw: str, region: str) -> Normalized[Organization]:
    """Read a name in another script, or what is no plain name."""
    if text.lower() in _SPECIAL:
        return _closer(text, raw, region)
    if HAN.fullmatch(text) and (name := unglued(text)):
        key = sound(name)
        return _plain(text, key, (key,), (), raw)
    opened = spaced(text)
    words = wide_words(opened)
    if (
        not words
        or words[0] in _CLOSER
        or not _ALSO_FIRST.isdisjoint(words)
        or " - " in text
        or ("." in text and _CARE_OF.search(opened))
    ):
        return _closer(text, raw, region)
    start, end, left_out, _ = cut(words, opened, region)
    if "," in opened and len(wide_words(opened.partition(",")[0])) < end:
        return _closer(text, raw, region)
    rest = _name(words, start, end, left_out)
    key = sound(rest[0] if len(rest) == 1 else _joined(rest))
    if not key:
        return _closer(text, raw, region)
    keys: tuple[str, ...] = (key,)
    if not key.isascii() and (other := latin(key)) and other != key:
        keys = (key, f"latin:{other}")
    return _plain(text, key, keys, (), raw)


def has_legal_form(text: str) -> bool:
    """Tell whether a text ends in a legal form that no person's name ends in.

    >>> has_legal_form("Acme Holdings Ltd"), has_legal_form("Jack Ma"), has_legal_form("Officine Ferrero S.r.l.")
    (True, False, True)
    """
    folded = text.encode("latin-1", "replace").translate(SMALL).decode()
    if "\0" not in folded:
        folded = folded.replace("\x1f", " ")
        if "." in folded:
            folded = without_dots(f"{folded} ".replace(". ", " "))
        folded = folded.replace("&", " & ")
        words = _WORD.findall(folded) if "'" in folded else folded.split()
        if not words or words[-1] not in LAST:
            return False
    else:
        if text.endswith(GLUED) or text.startswith(GLUED):
            return True
        words = tokens_of(text)
    longest = min(LAST.get(words[-1], 0), len(words) - 1) if words else 0
    return any(" ".join(words[-size:]) in SURE for size in range(1, longest + 1))


def _name(words: list[str], start: int, end: int, left_out: tuple[tuple[int, int], ...]) -> list[str]:
    """Give the words of the name, without what is left out and without a leading article."""
    if left_out:
        taken = {place for one, other in left_out for place in range(one, other)}
        words = [word for place, word in enumerate(words[:end]) if place not in taken]
        end = len(words)
    if end - start > 1 and words[start] in ARTICLES:
        start += 1
    return words[start:end]


def _joined(words: list[str]) -> str:
    """Write the words as a key: initials together, no word for `and` between two others."""
    found: list[str] = []
    initials = False
    for place, word in enumerate(words):
        if word == "&" or (word in JOINERS and 0 < place < len(words) - 1):
            initials = False
        elif len(word) == 1 and initials:
            found[-1] += word
        else:
            found.append(word)
            initials = len(word) == 1
    return " ".join(found) or " ".join(words)


def _also(words: list[str]) -> bool:
    """Tell whether what parts two names of one organisation stands between words."""
    return any(
        words[place : place + len(also)] == also
        for place, word in enumerate(words[:-1])
        if place and len(word) > 1 and word in _ALSO_FIRST
        for also in _ALSO_BY_FIRST[word]
    )


def _lost(raw: str) -> tuple[Problem, ...]:
    return told("text.characters_lost", raw, "Letters were lost when the file was written.")


def _key_of(text: str, found: list[Word], region: str) -> tuple[str, str]:
    """Make the key of a text, and that of its part before a bracket or a comma."""
    words = [word for word, _, _ in found]
    parts = parts_of(text, found) if len(words) > 1 else ()
    start, end, left_out, _ = cut(words, text, region, parts)
    key = fold(_joined(_name(words, start, end, left_out)))
    firm = ""
    place = next((place for place in parts if place > start), 0)
    if place and place < end:
        _, end, left_out, _ = cut(words[:place], text, region)
        firm = fold(_joined(_name(words[:place], start, max(end, start + 1), left_out)))
    return key or fold(text) or text, firm if firm != key else ""


def _closer(text: str, raw: str, region: str) -> Normalized[Organization]:
    """Read what is not a plain name."""
    if not text:
        return Normalized(None, raw=raw) if is_blank(raw) else none(raw)
    low = text.lower()
    if low in _SPECIAL:
        if low in _NOTHING:
            return none(raw)
        hint = "It is a way to work, and no organisation."
        return Normalized(Organization(text), (), 0.5, (), told("organization.no_employer", raw, hint), raw)
    if (name := unglued(text)) and HAN.fullmatch(name):  # one word, and what is written onto it
        key = sound(name)
        return _plain(text, key, (key,), (), raw)
    problems: tuple[Problem, ...] = ()
    confidence = 1.0
    opened = text if text.isascii() else spaced(text)
    found = words_of(opened)
    first, second = opened, ""
    if has_lost_characters(text):
        problems += _lost(raw)
    if "@" in text and _EMAIL.match(text):
        problems += told("organization.is_email", raw, "It is an e-mail address.")
        confidence = 0.3
    elif text[:4].lower() in {"http", "www."} and _URL.match(text):
        problems += told("organization.is_url", raw, "It is the address of a web page.")
        confidence = 0.5
    elif (
        ("/" in text or ":" in text or "." in text or "℅" in text)
        and (care := _CARE_OF.search(opened))
        and (others := _apart(opened, care))
    ):
        first = others
        problems += told("organization.care_of", raw, "Somebody else takes its mail.")
    elif names := _names(opened, found):
        first, second = names
        problems += told("organization.several_names", raw, "Two names of one organisation.")
        confidence = 0.9
    elif _is_person(found):
        problems += told("organization.maybe_person", raw, "It reads like a person's name.")
        confidence = 0.6
    key, firm = _key_of(first, found if first is opened else words_of(first), region)
    keys = (key, f"firm:{firm}") if firm else (key,)
    alternatives: tuple[Organization, ...] = ()
    if second:
        alias, _ = _key_of(second, words_of(second), region)
        alternatives = (Organization(second, (), alias),)
        keys = (*keys, f"alias:{alias}")
    if not key.isascii() and (other := latin(key)) and other != key:
        keys = (*keys, f"latin:{other}")
    return Normalized(Organization(text, (), key), keys, confidence, alternatives, problems, raw)


def _apart(text: str, found: re.Match[str]) -> str:
    """Give the organisation itself, which somebody takes the mail for; or the one who does where it stands alone."""
    return text[: found.start()].rstrip(EDGE + "(") or text[found.end() :].strip(EDGE)


def _names(text: str, found: list[Word]) -> tuple[str, str] | None:
    """Part two names of one organisation: Acme Ltd t/a Best Beds, Bar GmbH (vormals Foo GmbH)."""
    for place in range(1, len(found) - 1):
        if found[place][0] not in _ALSO_FIRST:
            continue
        for also in _ALSO_BY_FIRST[found[place][0]]:
            size = len(also)
            if len(also[0]) == 1 and text[found[place][2]] != "/":
                continue  # R T A Transport
            if place + size < len(found) and [word for word, _, _ in found[place : place + size]] == also:
                first = text[: found[place][1]].rstrip(EDGE + "(")
                second = text[found[place + size - 1][2] :].lstrip(EDGE + ".:").rstrip(EDGE)
                if "(" in text[: found[place][1]]:
                    second = second.removesuffix(")")
                return (first, second) if first and second else None
    return None


def _is_person(found: list[Word]) -> bool:
    if not 3 <= len(found) <= 5 or found[0][0] not in _TITLES:
        return False
    words = [word for word, _, _ in found]
    return all(word.isalpha() for word in words) and _NO_PERSON.isdisjoint(words) and words[-1] not in LAST
