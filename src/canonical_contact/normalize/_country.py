# Countries (ISO 3166-1 alpha-2) from names in many languages, codes and what people write; the table is generated from CLDR.
from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import NO_VALUE, clean, is_blank, plain, unfold_width

__all__ = ["country"]

_LIMIT: Final = 200
_AFFIX: Final = re.compile(r"^(?:(?:the|la|le|les|el|los|die|der|das|het|os) |l')(?=\w{3})|, the$")
_CODED: Final = re.compile(r"\[?([a-z]{2,3})\]?(?: ?[-–/:|] ?| )(?=\w{3})(.*)")
_SQUASHED: Final = re.compile(r"\b(?:and|saint|sainte|st|ste)\b|[^\w]+|_")
_OUTER: Final = re.compile(r"([^()\[\]]{2,60}) ?[(\[]([^()\[\]]{1,60})[)\]]")
_STATE: Final = re.compile(
    r"(?i)^(?!.*(?:countr|nation|land\b|pa[iíy]s|stato|страна))(?:.*[^a-z])?(?:state|province|region|provin[cz]|estado|bundesland|county|prefecture|"
    r"departa?ment|oblast|wojew|canton|kanton|subdivision|stateprov)"
)
_COUNTRY: Final = re.compile(r"(?i)countr|nation|(?:^|[^a-z])land(?:$|[^a-z])|pa[iíy]s|stato|kraj|страна|国|國")
_KINDS: Final = re.compile(
    r"^(?:the )?(?:(?:fed(?:eral|\.)?|islamic|united|arab|bolivarian|plurinational|hashemite|socialist|democratic|independent|co-?operative|federative|"
    r"oriental) )*(?:republic|rep\.?|kingdom|state|states|sultanate|principality|grand duchy|duchy|commonwealth|federation|union|emirate) of (?:the )?|"
    r"^(?:republica|republique|repubblica|republik|republika|konigreich|royaume|reino|regno|koninkrijk|furstentum|principaute|grossherzogtum) "
    r"(?:de la |de |del |di |du |d'|der |van )?|, (?:the )?(?:[a-z]+ )*(?:republic|kingdom|state|states) of(?: the)?$| (?:republic|federation)$"
)
_JOINED: Final = re.compile(r" ?[/|;] ?| - ")
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz '"
_CYRILLIC: Final = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ "
# "no" says no, and NA that there is nothing, as often as they name a country.
_WORDS: Final = {"no": "NO", "na": "NA"}


class _Names:
    """The table, as it is looked up: constants."""

    __slots__ = ("ambiguous", "codes", "former", "known", "names", "numeric")

    def __init__(self) -> None:
        table: dict[str, Any] = json.loads((files(__package__) / "data" / "countries.json").read_text(encoding="utf-8"))
        self.codes = frozenset(table["names"])
        self.names = {name: code for code, names in table["names"].items() for name in names.split("|")}
        self.numeric: dict[str, str] = table["numeric"]
        self.ambiguous: dict[str, str] = table["ambiguous"]
        self.former: dict[str, str] = table["former"]
        self.known = {code: Normalized(code, raw=code) for code in table["names"] if code != "NA"}


@cache
def _table() -> _Names:
    return _Names()


@cache
def _squashed() -> dict[str, str]:
    """The names without marks, gaps and "and"; what is then the name of two countries is none."""
    found: dict[str, str] = {}
    for name, code in _table().names.items():
        bare = _SQUASHED.sub("", name)
        found[bare] = code if found.get(bare, code) == code else ""
    return found


def country(raw: str, *, region: str = "", language: str = "", column: str = "") -> Normalized[str]:  # noqa: ARG001 - uniform
    """Read a country.

    Args:
        raw: a name in one of some fifty languages, an alias (`UK`, `Holland`, `BRD`), a former name (`Burma`), a code of ISO 3166-1 (alpha-2,
            alpha-3 or numeric), a dialling code (`+49`) or a flag.
        region: ISO 3166-1 alpha-2 of the country that is likely: it decides between the readings of an ambiguous name.
        language: BCP 47 tag of the text; not used, all languages are looked up at once.
        column: the header or raw path: in a column of states `CA` is not Canada, and in one of countries `no` is Norway.

    Returns:
        The ISO 3166-1 alpha-2 code (`XK` for Kosovo). A name that may mean another place too (`Georgia`, `Congo`, `Korea`) has less
        confidence, the others as alternatives and `country.ambiguous`. A country that is no more has no value and those that came after it
        as alternatives (`country.former`). A name with one slip has no value and what it may be as alternative (`country.typo_suspected`).
        `country.unknown` where it is none, such as `EU` or `00`.

    >>> country("Deutschland").value, country("U.S.A.").value, country("Éire").value, country("EU").problems[0].code
    ('DE', 'US', 'IE', 'country.unknown')
    >>> country("Congo").value, country("Congo").alternatives
    ('CG', ('CD',))
    >>> country("Georgia", column="State").value, country("Germny").alternatives
    ('US', ('DE',))
    """
    table = _table()
    known = table.known.get(raw)
    if known is not None and not (column and column != "country" and _is_state(column)):
        return known
    text = plain(clean(_flags(raw[:_LIMIT]))).strip(' .,;:"*')
    if not text:
        return Normalized(None, raw=raw) if is_blank(raw) else _unknown(raw)
    if text in NO_VALUE or f"{text}." in NO_VALUE:  # n.a. is not Namibia
        return _unknown(raw)
    if len(text) == 2 and not unfold_width(raw).isascii() and text in table.names:  # Áo is Austria, AO Angola
        return Normalized(table.names[text], raw=raw)
    options = _options(table, text, raw, region.strip().upper(), column)
    if len(options) > 1:
        return _several(raw, options)
    if options:
        return Normalized(options[0], raw=raw)
    if code := _look_up(table, text):
        return Normalized(code, raw=raw)
    if several := table.former.get(text) or table.former.get(text.replace(".", "")):
        hint = "The country is no more, and its name does not say which of those after it is meant."
        problem = Problem("country.former", raw=raw[:200], hint=hint)
        return Normalized(None, (), 0.0, tuple(several.split()), (problem,), raw)
    if dialled := _dialled(text):
        return Normalized(dialled[0], raw=raw) if len(dialled) == 1 else _several(raw, dialled)
    if near := _near(table, text):
        hint = "It is one slip away from the name of a country; nothing was repaired."
        return Normalized(None, (), 0.0, near, (Problem("country.typo_suspected", raw=raw[:200], hint=hint),), raw)
    return _unknown(raw)


def _unknown(raw: str) -> Normalized[str]:
    hint = "It is the name or code of no country."
    return Normalized(None, (), 0.0, (), (Problem("country.unknown", raw=raw[:200], hint=hint),), raw)


def _several(raw: str, options: list[str]) -> Normalized[str]:
    hint = "The text may mean another place too, or none."
    doubt = Problem("country.ambiguous", raw=raw[:200], hint=hint, severity=Severity.INFO)
    return Normalized(options[0], (), 0.7, tuple(filter(None, options[1:])), (doubt,), raw)


def _is_state(column: str) -> bool:
    return _STATE.match(column[:_LIMIT]) is not None


def _options(table: _Names, text: str, raw: str, region: str, column: str) -> list[str]:
    """The readings of a text that may mean something else, the likeliest first; nothing where it may not."""
    several = table.ambiguous.get(text, "").split()
    if column and _is_state(column):
        from canonical_contact.normalize._address_region import find_subdivisions

        place = region if region in table.codes else "US"
        if find_subdivisions(text, place):
            return [place, *(other for other in (several or [_look_up(table, text)]) if other != place), ""]
    if text in _WORDS and not (text == "no" and raw.strip() == "NO"):
        code = _WORDS[text]
        return [code] if text == "no" and column and _COUNTRY.search(column[:_LIMIT]) else [code, ""]
    return [region, *(code for code in several if code != region)] if region in several else several


def _flags(text: str) -> str:
    """Write a flag as the code that it is made of, before what else there is."""
    if text.isascii() or max(text) < "\U0001f1e6":
        return text
    if "\U0001f3f4" in text:  # England, Scotland, Wales: a black flag with tags
        tags = "".join([chr(ord(char) - 0xE0000) for char in text if "\U000e0061" <= char <= "\U000e007a"])
        rest = "".join([char for char in text if char < "\U0001f3f4"])
        return rest if rest.strip() else tags[:2]
    letters = "".join([chr(ord(char) - 0x1F1A5) for char in text if "\U0001f1e6" <= char <= "\U0001f1ff"])
    rest = "".join([char for char in text if not "\U0001f1e6" <= char <= "\U0001f1ff"])
    return f"{letters} {rest}" if rest.strip(" \ufe0f") else letters


def _look_up(table: _Names, text: str) -> str:
    if code := _plain_look_up(table, text) or table.numeric.get(text, ""):
        return code
    if found := _OUTER.fullmatch(text):
        outer, inner = _plain_look_up(table, found[1]), _plain_look_up(table, found[2])
        if outer and found[1].strip() not in table.ambiguous:
            return outer if inner in ("", outer) or len(found[2]) > 3 else ""
        return inner
    if (found := _CODED.fullmatch(text)) and (code := _of_form(table, found[1])) and code == _plain_look_up(table, found[2]):
        return code
    parts = _JOINED.split(text)
    if 1 < len(parts) < 5 and len(codes := {_plain_look_up(table, part) for part in parts}) == 1:
        return codes.pop()
    stem = _KINDS.sub("", text).strip()
    if stem != text and len(stem) > 3 and stem not in table.ambiguous and (code := _plain_look_up(table, stem)):
        return code
    return _squashed().get(_SQUASHED.sub("", text), "") if len(text) > 4 else ""


def _plain_look_up(table: _Names, text: str) -> str:
    text = text.strip()
    if code := _of_form(table, text):
        return code
    if (bare := _AFFIX.sub("", text).rstrip(" (.,")) != text and (code := _of_form(table, bare)):
        return code
    return _of_form(table, text.replace(".", "").replace(" ", "")) if ("." in text or " " in text) and len(text) < 9 else ""


def _of_form(table: _Names, form: str) -> str:
    return form.upper() if len(form) == 2 and form.upper() in table.codes else table.names.get(form, "")


def _dialled(text: str) -> list[str]:
    """The countries of a dialling code, the main one first."""
    digits = text[1:] if text[:1] == "+" else text[2:] if text[:2] == "00" else ""
    digits = digits.replace(" ", "").replace("-", "")
    if not (digits.isdecimal() and digits.isascii() and len(digits) < 5 and digits[0] != "0"):
        return []
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    if len(digits) == 4 and digits[0] == "1":
        return []
    return [code for code in COUNTRY_CODE_TO_REGION_CODE.get(int(digits), ()) if code.isalpha()]


def _near(table: _Names, text: str) -> tuple[str, ...]:
    """The countries whose names are one slip away: a letter more, less, another, or two that changed places."""
    if not 5 <= len(text) <= 40 or any(map(str.isdigit, text)):
        return ()
    letters = _LATIN if text.isascii() else _CYRILLIC if "\u0400" <= text[0] <= "\u04ff" else ""
    names = table.names
    found: dict[str, None] = {}
    for at in range(len(text) + 1):
        head, tail = text[:at], text[at:]
        tries = [head + char + tail for char in letters]
        if tail:
            tries.append(head + tail[1:])
            tries += [head + char + tail[1:] for char in letters]
        if len(tail) > 1:
            tries.append(head + tail[1] + tail[0] + tail[2:])
        for one in tries:
            if one in names and len(one) > 4:
                found[names[one]] = None
    return tuple(found)
