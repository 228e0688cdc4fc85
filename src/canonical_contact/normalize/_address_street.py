# A street line taken apart: name of the street, house number, flat, post office box. The line itself is never changed.
from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._tables import load, words
from canonical_contact.normalize._text import clean, is_blank, plain, unfold_width

__all__ = ["StreetParts", "street_key", "street_parts"]

_TABLE: Final = load("streets")
_SHORT: Final = {long: short for short, longs in _TABLE["short"].items() for long in longs.split()}
_ENDINGS: Final = tuple((ending, short) for short, endings in _TABLE["endings"].items() for ending in endings.split())
_LAST: Final = tuple(ending for ending, _ in _ENDINGS)
_LEFT_OUT: Final = words(_TABLE["left_out"]["words"])
_UNIT: Final = words(_TABLE["unit"]["words"])
_BOX: Final = tuple(sorted(words(_TABLE["box"]["words"]), key=len, reverse=True))
_BOX_STARTS: Final = frozenset(word.split()[0] for word in _BOX)
_FIRST: Final = words(_TABLE["order"]["first"])
_FLAT_AFTER: Final = words(_TABLE["order"]["flat_after_stroke"])
_FLAT_BEFORE: Final = words(_TABLE["order"]["flat_before_stroke"])
_NAMED: Final = frozenset(("GB", "IE"))  # where a house may have a name and no number
_STREETS: Final = frozenset(_SHORT) | frozenset(_SHORT.values())
_LIMIT: Final = 300

_LETTER: Final = r"(?:\s?[A-Za-zА-Яа-яΑ-Ωα-ω](?![^\W_]|[.:]\s?\d|/[a-z])|\s?(?:bis|ter|quater)\b)?"
_NUMBER: Final = rf"\d{{1,6}}{_LETTER}(?:\s?[-–/+&]\s?\d{{1,5}}{_LETTER}|\s[1-3]/[2-4](?![\w/])|[/-][A-Za-z](?![^\W_])){{0,4}}"
_LEADING: Final = re.compile(
    rf"(?:(?:(?:h\.\s?)?no|nr|n[º°]|д|дом)[.:]{{0,2}}\s*|№\s*)?({_NUMBER})(?![^\W_])(?!\s?[.ºª°]\s*\S)(?:\s*,\s*|\s+|$)",
    re.IGNORECASE,
)
_ANYWHERE: Final = re.compile(rf"(?<![\w./-])({_NUMBER})(?![^\W_])", re.IGNORECASE)
_SIGN: Final = re.compile(r"(?:\b(?:no|nr|nro|num|núm|número|numero|д|дом)[.:]{0,2}|n[º°o]\.?|№|#)$", re.IGNORECASE)
_NONE: Final = re.compile(r"(?<![^\s,])(s/n[º°]?|s\.n\.c?\.?|snc|sn|bez numeru|ohne nr\.?)(?=$|[\s,])", re.IGNORECASE)
_REPEATED: Final = re.compile(r" (bis|ter|quater)$", re.IGNORECASE)
_TRAILING_UNIT: Final = re.compile(r" (#\s?[\w-]{1,8}|([^\W\d_]{1,12})\.? [\w-]{1,8}|[^\W\d_]{1,12}\.?)$")
_ORDINAL: Final = re.compile(r"\d{1,3}\s?(?:[.]?[ºª°]|\.(?=\s?\w)|(?:st|nd|rd|th|er|e|eme|ème)\b)", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")
_ASIAN: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_BLOCKS: Final = re.compile(
    r"\d{1,5}(?:(?:丁目|番地?|巷|弄|[-－‐‑–−ー])\s?\d{1,5}){0,4}(?:丁目|番地?|号|號|之\d+)?|[一二三四五六七八九十]{1,3}丁目(?:\s?\d{1,5}(?:[-－‐‑–−ー番号]\d{1,5}){0,3}号?)?"
)
# What most streets of the world look like: `Hauptstr. 5`, `12 Main Street`; the long way gives the same.
_SIMPLE: Final = re.compile(r"(\d{1,6}[A-Za-z]?) ([A-Za-z][A-Za-z.' -]*)|([A-Za-z][A-Za-z.' -]*[A-Za-z.]) (\d{1,6}[A-Za-z]?)")
_NOT_SIMPLE: Final = _UNIT | {"bis", "ter", "quater", "sn", "snc", "nr", "no", "bez", "ohne"}
_DOTTED: Final = re.compile(r"(?<=[a-z])\.(?=[a-z])")
_UNIT_FIRST: Final = re.compile(
    r"((?:unit|flat|apt|suite|shop|level|villa)\.?\s+[\w-]{1,6})\s?[/,-]?\s+(?=\d)|((?:unit|flat|shop|villa)\.?\s+\d{1,5}[a-z]?)/(?=\d)",
    re.IGNORECASE,
)
_CROSSING: Final = re.compile(
    r"\s*(?:#|no?\.?|n[º°]\.?)\s?\d{1,4}\s?[A-Za-z]?\s?-\s?\d", re.IGNORECASE
)  # Carrera 7 # 12-34: a crossing is no house number
_TOKENS: Final = re.compile(r"[^\W_]+")


@frozen
class StreetParts:
    """A street line in its parts, each as it is written.

    Args:
        name: the street.
        number: the house number with its letter (`5a`, `12 bis`, `1-2-3`); `s/n` where the line says that there is none.
        unit: flat, floor, staircase.
        po_box: the number of a post office box.
    """

    name: str = ""
    number: str = ""
    unit: str = ""
    po_box: str = ""


_NOTHING: Final = StreetParts()


def street_parts(raw: str, *, region: str = "", language: str = "", column: str = "") -> Normalized[StreetParts]:  # noqa: ARG001 - uniform
    """Take a street line apart.

    Args:
        raw: one line, such as `Calle Mayor, 5, 3º B`.
        region: ISO 3166-1 alpha-2 of the country: it says on which side of the name the number stands, and what a stroke parts.
        language: BCP 47 tag; not used.
        column: the header or raw path that the line came from; not used.

    Returns:
        The parts. A line that can be read in two ways has the other as alternative, confidence 0.6 and `address.street_ambiguous`; one
        without a number is all name.

    >>> street_parts("Calle Mayor, 5, 3º B", region="ES").value
    StreetParts(name='Calle Mayor', number='5', unit='3º B', po_box='')
    >>> street_parts("221B Baker Street", region="GB").value.number, street_parts("Straße des 17. Juni 135", region="DE").value.number
    ('221B', '135')
    """
    text = clean(raw[:_LIMIT]).strip(" ,;")
    if not text:
        if is_blank(raw):
            return Normalized(None, raw=raw)
        problem = Problem("address.placeholder", raw=raw[:200], hint="It says that there is none.", severity=Severity.INFO)
        return Normalized(None, (), 0.0, (), (problem,), raw)
    found, other = _read(text, region.strip().upper())
    if other is None:
        return Normalized(found, raw=raw)
    hint = "A number stands on both sides of the street's name."
    problem = Problem("address.street_ambiguous", raw=raw[:200], hint=hint, severity=Severity.INFO)
    return Normalized(found, (), 0.6, (other,), (problem,), raw)


def street_key(street: str, region: str) -> tuple[str, str]:
    """Give what match keys hold of a street line: the folded name in its short forms, and the number without gaps."""
    if found := _SIMPLE.fullmatch(street):
        number, name, other_name, other_number = found.groups()
        low = (name or other_name).lower()
        several = low.replace(".", " ").split()
        if len(several[0]) > 1 and several[0] not in _BOX_STARTS and _NOT_SIMPLE.isdisjoint(several):
            return short_name(low), (number or other_number).lower()
    parts, _ = _read(street[:_LIMIT].strip(" ,;"), region)
    if parts.po_box:
        return "pobox", "".join(_TOKENS.findall(plain(parts.po_box)))
    return short_name(parts.name), "".join(_TOKENS.findall(plain(unfold_width(parts.number))))


def short_name(name: str) -> str:
    """Fold the name of a street so that its usual abbreviations are equal."""
    short = []
    for word in _TOKENS.findall(_DOTTED.sub("", plain(name)) if "." in name else plain(name)):
        if word in _LEFT_OUT:
            continue
        word = _SHORT.get(word, word)
        if len(word) > 5 and word.endswith(_LAST):
            for ending, mark in _ENDINGS:
                if word.endswith(ending):
                    word = word[: -len(ending)] + mark
                    break
        short.append(word)
    return "".join(short)


def _read(text: str, region: str) -> tuple[StreetParts, StreetParts | None]:
    segments = [segment for segment in (part.strip() for part in text.split(",")) if segment]
    if not segments:
        return _NOTHING, None
    box, before = "", []
    for place, segment in enumerate(segments):
        if (number := _box(segment)) is not None:
            box = number
            del segments[place]
            break
    if not segments:
        return StreetParts(po_box=box), None
    while len(segments) > 1 and _begins_unit(segments[0]):
        before.append(segments.pop(0))
    main, rest = segments[0], segments[1:]
    asian = _ASIAN.search(main) is not None
    if asian:
        made, other = _blocks(main), None
    else:
        made, other = _ordered(main, rest, region)
        if rest and not made.number and (found := _LEADING.match(rest[0])):
            made = StreetParts(made.name, found[1].strip(), rest[0][found.end() :].lstrip(" -"))
            rest = rest[1:]
        elif rest and not made.number and (none := _NONE.match(rest[0])):
            made, rest = StreetParts(made.name, none[1], rest[0][none.end() :].strip()), rest[1:]
        elif (
            rest
            and not made.number
            and not made.unit
            and region in _NAMED
            and _ends_street(rest[0])
            and not _ends_street(made.name)
        ):
            made, rest = StreetParts(rest[0], "", made.name), rest[1:]  # Rose Cottage, Mill Lane
        elif rest and not made.name and made.number:  # 12, rue de la Paix
            made, rest = StreetParts(rest[0], made.number, made.unit), rest[1:]
    unit = ", ".join(filter(None, [*before, made.unit, *rest]))
    made = _repeated(_stroke(StreetParts(made.name, made.number, unit, box), region))
    if other is not None:
        other = StreetParts(other.name, other.number, ", ".join(filter(None, [*before, other.unit, *rest])), box)
    return made, other


def _ends_street(segment: str) -> bool:
    return plain(segment).rpartition(" ")[2].rstrip(".") in _STREETS


def _box(segment: str) -> str | None:
    """The number of a post office box, where a segment is one."""
    start = _WORD.match(segment)
    if start is None or (segment.isascii() and start[0].lower() not in _BOX_STARTS):
        return None
    bare = " ".join(plain(segment).replace(".", " ").split())
    for word in _BOX:
        if bare.startswith(word):
            rest = bare[len(word) :].strip(" :#")
            for sign in ("no ", "nr ", "n "):
                rest = rest.removeprefix(sign)
            # a word that is only letters needs a number after it: BP 12, but not Bpost Lane
            if (rest[:1].isdigit() or (not rest and len(word) > 5)) and not (
                bare[len(word) : len(word) + 1].isalpha() and word.isascii()
            ):
                return rest.upper()
    return None


def _begins_unit(segment: str) -> bool:
    word = _WORD.match(segment)
    return bool(
        word
        and plain(word[0]) in _UNIT
        and len(segment) < 40
        and (any(map(str.isdigit, segment)) or len(segment) <= len(word[0]) + 4)
    )


def _ordered(main: str, rest: list[str], region: str) -> tuple[StreetParts, StreetParts | None]:
    if found := _UNIT_FIRST.match(main):  # Unit 5/12 High St
        inner, other = _ordered(main[found.end() :], rest, region)
        unit = ", ".join(filter(None, (found[1] or found[2], inner.unit)))
        return StreetParts(inner.name, inner.number, unit), other
    first, last = _number_first(main), _number_last(main)
    if first and not first.name and not rest:
        return first, None
    if region in _FIRST:
        return first or last or StreetParts(main), None
    if region:
        return last or first or StreetParts(main), None
    if first and last and first.name and first.number != last.number:
        return first, last
    return first or last or StreetParts(main), None


def _number_first(main: str) -> StreetParts | None:
    found = _LEADING.match(main)
    if not found:
        return None
    name, number = main[found.end() :].strip(" ,"), found[1].strip()
    letter = re.search(r"\s([A-Za-z])$", number)
    if letter and letter[1].upper() in "NSEW" and name:  # 12 N Main St: a direction
        number, name = number[: letter.start()], f"{letter[1]} {name}"
    if name and not any(map(str.isalpha, name)):
        return None
    unit = ""
    if (tail := _TRAILING_UNIT.search(name)) and (
        tail[1].startswith("#") or (tail[2] and plain(tail[2]) in _UNIT and tail.start() > 2)
    ):
        name, unit = name[: tail.start()].rstrip(" ,"), tail[1]
    return StreetParts(name, number, unit)


def _number_last(main: str) -> StreetParts | None:
    for found in _ANYWHERE.finditer(main):
        name = main[: found.start()]
        after = main[found.end() :]
        if not any(map(str.isalpha, name)) or not _is_unit(after) or _CROSSING.match(after):
            continue
        name = _SIGN.sub("", name.rstrip(" ,")).rstrip(" ,")
        return StreetParts(name, found[1].strip(), after.strip(" -–/,;:"))
    if none := _NONE.search(main):
        return StreetParts(main[: none.start()].strip(" ,"), none[1], main[none.end() :].strip(" ,"))
    return None


def _is_unit(after: str) -> bool:
    """Tell whether what stands behind a number is nothing, or a flat and its like."""
    text = after.strip()
    if not text or text[0] in "/#;-–(" or text[:3].lower() == "r/c":
        return True
    if _ORDINAL.match(text):
        return after[:1].isspace()
    word = _WORD.match(text)
    return bool(word and (plain(word[0]) in _UNIT or text[word.end() : word.end() + 1] == ":"))


def _blocks(main: str) -> StreetParts:
    found = _BLOCKS.search(main)
    if found is None:
        return StreetParts(main)
    return StreetParts(main[: found.start()].strip(), found[0], main[found.end() :].strip())


def _stroke(it: StreetParts, region: str) -> StreetParts:
    """Part house number and flat where the country writes both with a stroke between them; in the Netherlands and Canada with a hyphen."""
    number, sign, flat = it.number.partition("/")
    if sign and region in _FLAT_AFTER and number and flat and it.number != "s/n" and flat[0].isdigit():
        return StreetParts(it.name, number.strip(), ", ".join(filter(None, (flat.strip(), it.unit))), it.po_box)
    if sign and region in _FLAT_BEFORE and flat[:1].isdigit():
        return StreetParts(it.name, flat.strip(), ", ".join(filter(None, (it.unit, number.strip()))), it.po_box)
    if region == "CA" and "-" in it.number:
        low, _, high = it.number.partition("-")
        if low.isdigit() and high.isdigit() and not 0 < int(high) - int(low) < 10:  # unit and civic number; 10-14 is a range
            return StreetParts(it.name, high, ", ".join(filter(None, (low, it.unit))), it.po_box)
    if region == "NL" and "-" in it.number:
        low, _, high = it.number.partition("-")
        if low.isdigit() and high.isdigit() and not 0 < int(high) - int(low) < 100:
            return StreetParts(it.name, low, ", ".join(filter(None, (high, it.unit))), it.po_box)
    return it


def _repeated(it: StreetParts) -> StreetParts:
    """Bring `12 rue de la Paix bis` to the number 12 bis."""
    found = _REPEATED.search(it.name) if it.number[:1].isdigit() else None
    return StreetParts(it.name[: found.start()], f"{it.number} {found[1]}", it.unit, it.po_box) if found else it
