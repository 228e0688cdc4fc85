# An address in one text, taken apart: the country from its end, the postcode as the anchor, then town, region and street around it.
from __future__ import annotations

import re
from typing import Final

from attrs import field, frozen

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._address_region import find_subdivisions
from canonical_contact.normalize._address_rules import country_rule
from canonical_contact.normalize._address_street import street_parts
from canonical_contact.normalize._country import country as read_country
from canonical_contact.normalize._postcode import is_postcode, postcode_search
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import NO_VALUE, clean

__all__ = ["LIMIT", "Taken", "part", "take_apart"]

LIMIT: Final = 4_000
_LINES: Final = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_GAPS: Final = re.compile(r" {2,}|[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+|(?:[ \t]?\|[ \t]?)")
_COMMAS: Final = re.compile(r"[,;،、，]")
_POSTCODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{1,9}\Z")
# Postcodes that are their country's alone by their letters: the Netherlands before the town, Great Britain and Canada behind it.
_BEFORE_TOWN: Final = re.compile(r"(\d{4} [A-Z]{2}) (?=[A-Z'])")
_BEHIND_TOWN: Final = re.compile(r"(?<=\w),? ([A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d)\Z")
_MOST: Final = 24  # pieces; a text of more is no address


@frozen
class Taken:
    """What a text was taken apart into.

    Args:
        parts: street, extended, po_box, locality, region, postcode.
        rest: the text, where it is kept whole.
        code: the country.
        written: what stands where a country should, and is none.
        problems: what there is to say.
        confidence: how sure the parts are.
    """

    parts: list[str] = field(factory=lambda: [""] * 6)
    rest: str = ""
    code: str = ""
    written: str = ""
    problems: list[Problem] = field(factory=list)
    confidence: float = 1.0


def part(text: str) -> str:
    """Clean one part; what only says that there is none is none."""
    neat = clean(text[:LIMIT]).strip(" ,;")
    return "" if len(neat) < 17 and neat.lower() in NO_VALUE else neat


def take_apart(full: str, found: Normalized[str], written: str, hint: str) -> Taken:
    """Take an address apart from its end: country, postcode, and what is left is street, town and region."""
    full = full[:LIMIT]
    code, doubts = found.value or "", list(found.problems)
    pieces = [piece for piece in map(part, _GAPS.split(full)) if _says(piece)]
    gapped, whole = len(pieces) > 1, part(", ".join(pieces))
    if len(pieces) != 1 or not read_country(_COMMAS.split(pieces[0])[-1]).value or not _COMMAS.search(pieces[0]):
        code, written, doubts, pieces = _country(pieces, code, written, doubts, hint)
    if not pieces:
        marks = part(full) if not (code or written) else ""
        return _kept(marks, code, written, doubts) if marks else Taken(code=code, written=written, problems=doubts)
    commas = len(pieces) == 1 and _COMMAS.search(pieces[0]) is not None
    if commas:
        pieces = [piece for piece in map(part, _COMMAS.split(pieces[0])) if _says(piece)]
        code, written, doubts, pieces = _country(pieces, code, written, doubts, hint)
    if len(pieces) > _MOST or not pieces:
        return _kept(whole, code, written, doubts) if pieces else Taken(code=code, written=written, problems=doubts)
    place = code or hint
    anchor = _anchor(pieces, place, sure=gapped and not commas)
    if anchor is None and (commas or not gapped or len(pieces) == 1):
        return _kept(whole, code, written, doubts)
    if anchor is None:
        parts = _by_place(pieces, "")
    elif len(pieces) == 1:
        single = _one_line(pieces[0], anchor, place)
        if single is None:
            return _kept(whole, code, written, doubts)
        parts = single
    else:
        parts = _around(pieces, anchor, place, commas=commas, lines=bool(_LINES.search(full)))
    parts = [part(text) if text else "" for text in parts]
    sure = gapped and not commas and (not code or anchor is not None or len(pieces) > 2)
    if sure:
        return Taken(parts, "", code, written, doubts)
    hint = "The parts were told from one text: a postcode of the country is the anchor."
    doubts = [*doubts, Problem("address.taken_apart", raw=full[:200], hint=hint, severity=Severity.INFO)]
    return Taken(parts, "", code, written, doubts, 0.9 if code and len(pieces) > 1 else 0.8)


def _says(piece: str) -> bool:
    """Tell whether a piece holds more than marks; a flag says a country."""
    return any(char.isalnum() or char > "\U0001f000" for char in piece)


def _kept(whole: str, code: str, written: str, doubts: list[Problem]) -> Taken:
    hint = "No part of it is sure enough to be told from the others; the text is kept whole."
    problem = Problem("address.kept_whole", raw=whole[:200], hint=hint, severity=Severity.INFO)
    return Taken(rest=whole, code=code, written=written, problems=[*doubts, problem], confidence=0.8)


def _country(
    pieces: list[str], code: str, written: str, doubts: list[Problem], hint: str
) -> tuple[str, str, list[Problem], list[str]]:
    """Read the country off the end, where it is one, and take its piece away."""
    if not pieces or any(map(str.isdigit, pieces[-1])):
        return code, written, doubts, pieces
    last = pieces[-1]
    found = read_country(last, region=hint)
    if found.value and (len(last) > 3 or last.isupper() or not last.isascii()):
        if code and found.value != code:
            return code, written, doubts, pieces
        if find_subdivisions(last, "US") and found.value != code and not _is_there(pieces[:-1], found.value, hint):
            return code, written, doubts, pieces  # Los Angeles, CA; Atlanta, Georgia
        return found.value, "", doubts or list(found.problems), pieces[:-1]
    if not found.value and len(pieces) == 1 and not code and len(last) < 4 and last.isascii() and last.isalnum():
        return "", last, list(found.problems), []  # a code that no country has
    return code, written, doubts, pieces


def _is_there(pieces: list[str], code: str, hint: str) -> bool:
    """Tell whether a postcode of the country stands before a code that a state of the USA has too."""
    if not pieces:
        return True
    if hint == "US":
        return False
    search = postcode_search(code)
    return search is not None and any(search.search(piece) for piece in pieces[1:])


_Anchor = tuple[int, str, str]


def _anchor(pieces: list[str], place: str, *, sure: bool) -> _Anchor | None:
    """Find the piece with the postcode: its place, the postcode, and what else stands in the piece."""
    search = postcode_search(place)
    if search is None:
        if place and country_rule(place) is not None and "postcode" not in (country_rule(place) or {}):
            return None
        return _loose_anchor(pieces) if sure else None
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        for found in search.finditer(piece):
            text = found[0]
            if not is_postcode(place, text):
                continue
            before, after = piece[: found.start()].strip(" ,〒-"), piece[found.end() :].strip(" ,")
            if before and after and len(pieces) > 1:
                continue
            if (
                at == 0
                and (len(pieces) == 1 or before or not _large_first(place))
                and not (len(pieces) == 1 and (before or after))
            ):
                continue
            if before and not after and before[-1:].isalpha() and at == 0:
                continue  # Main Street 12345
            return at, text, f"{before}\n{after}" if before and after else before or after
    return _whole_piece(pieces, place) if sure else None


def _whole_piece(pieces: list[str], place: str) -> _Anchor | None:
    """A piece that is a postcode once a lost zero is put back."""
    for at in range(len(pieces) - 1, 0, -1):
        if _POSTCODE.match(pieces[at]) and any(map(str.isdigit, pieces[at])) and is_postcode(place, pieces[at]) is not None:
            from canonical_contact.normalize._postcode import postcode_in

            if postcode_in(place, pieces[at])[1] != "postcode.not_in_country":
                return at, pieces[at], ""
    return None


def _loose_anchor(pieces: list[str]) -> _Anchor | None:
    """Without a country: a piece of its own with two digits at least, or the digits at the start of `10115 Berlin`."""
    for at in range(len(pieces) - 1, 0, -1):
        piece = pieces[at]
        if found := _BEFORE_TOWN.match(piece):
            return at, found[1], piece[found.end() :]
        if found := _BEHIND_TOWN.search(piece):
            return at, found[1], piece[: found.start()]
        first, _, second = piece.partition(" ")
        begins = second and len(first) > 2 and _is_loose(first)
        if begins and len(second) > 3 and not any(map(str.isdigit, second)):  # 1010 Wien
            return at, first, second
        if _is_loose(piece):
            return at, piece, ""
        if begins and not second.isdecimal():
            return at, first, second
    return None


def _is_loose(text: str) -> bool:
    return text.isascii() and _POSTCODE.match(text) is not None and sum(map(str.isdigit, text)) >= 2


def _form(place: str) -> str:
    form: str = (country_rule(place) or {}).get("format", "")
    return form


def _large_first(place: str) -> bool:
    return _form(place).startswith(("%Z", "%S", "〒"))


def _by_place(pieces: list[str], postcode: str) -> list[str]:
    """Street, what is extended, town, region by their order alone."""
    if len(pieces) == 1 and not any(map(str.isdigit, pieces[0])):
        return ["", "", "", pieces[0], "", postcode]
    street, locality, region = pieces[0], pieces[1] if len(pieces) > 1 else "", pieces[2] if len(pieces) > 2 else ""
    extended = ""
    if len(pieces) > 3:
        extended, locality, region = ", ".join(pieces[1:-2]), pieces[-2], pieces[-1]
    return [street, extended, "", locality, region, postcode]


def _around(pieces: list[str], anchor: _Anchor, place: str, *, commas: bool, lines: bool) -> list[str]:
    """Tell street, town and region by where they stand to the postcode."""
    at, postcode, rest = anchor
    before, after = pieces[:at], pieces[at + 1 :]
    if _large_first(place) and at == 0:
        return _large_parts(([rest] if rest else []) + after, postcode, place)
    if not rest and not commas and not (lines and place):
        return _by_place(before + after, postcode)
    locality, region = rest, ""
    town_beside = "%Z %C" in _form(place)
    if rest and not town_beside and _is_region(rest, place) and len(before) > 1 and not any(map(str.isdigit, before[-1])):
        locality, region = before.pop(), rest
    elif rest and (two := _two(rest, place)):
        locality, region = two
    elif not rest and after and not _is_region(after[0], place):
        locality = after.pop(0)
    elif not rest and len(before) > 1:
        locality = before.pop()
        if _is_region(locality, place) and len(before) > 1 and not any(map(str.isdigit, before[-1])):
            locality, region = before.pop(), locality
        elif two := _two(locality, place):
            locality, region = two
    if after and not region:
        region = after.pop(0)
    if commas:
        return [", ".join(before), ", ".join(after), "", locality, region, postcode]
    number = next(
        (place_ for place_, line in enumerate(before) if (it := street_parts(line, region=place).value) and it.number), 0
    )
    street = before.pop(number) if before else ""
    return [street, ", ".join(before + after), "", locality, region, postcode]


def _is_region(text: str, place: str) -> bool:
    return len(find_subdivisions(text, place)) == 1


def _two(text: str, place: str) -> tuple[str, str] | None:
    """Part `Springfield IL`, `São Paulo - SP`, `Milano (MI)`: a town, and the short form of its region."""
    head, _, tail = text.replace(" - ", " ").replace("/", " ").replace("-", " ").rstrip(")").rpartition(" ")
    tail = tail.lstrip("(")
    if head and tail.isupper() and len(tail) < 4 and _is_region(tail, place):
        return text[: text.rindex(tail)].rstrip(" -/(,"), tail
    return None


def _large_parts(pieces: list[str], postcode: str, place: str) -> list[str]:
    """Where the largest part is written first: the region begins the text, the rest is one."""
    if not pieces:
        return ["", "", "", "", "", postcode]
    region = ""
    first = pieces[0]
    for size in range(min(len(first), 9), 1, -1):
        if _is_region(first[:size], place) and first[size - 1] in "都道府県省市区縣州도시" + "區":
            region, pieces[0] = first[:size], first[size:].strip()
            break
    else:
        if len(pieces) > 1 and _is_region(first, place):
            region = pieces.pop(0)
    pieces = [piece for piece in pieces if piece]
    street = pieces[-1] if pieces else ""
    return [street, "", "", ", ".join(pieces[:-1]), region, postcode]


def _one_line(text: str, anchor: _Anchor, place: str) -> list[str] | None:
    """Take `Hauptstr. 5 10115 Berlin` apart where the country writes postcode and town together: a number must end the street."""
    before, _, after = anchor[2].partition("\n")
    if _large_first(place) and not after and not before.isascii() and " " not in before:
        return _large_parts([before], anchor[1], place)
    if "%Z %C" not in _form(place):
        return None
    if after:
        it = street_parts(before, region=place).value
        sure = it is not None and it.number and not any(map(str.isdigit, after))
        return [before, "", "", after, "", anchor[1]] if sure else None
    at_start = text.upper().lstrip().startswith(anchor[1].upper())
    return ["", "", "", before, "", anchor[1]] if at_start and before and not any(map(str.isdigit, before)) else None
