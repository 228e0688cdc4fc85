# Phone numbers (ITU-T E.164): phonenumbers is the authority; here is what must be cleaned before it, and refused honestly.
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.model.channels import PhoneNumber
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, clean_lines, unfold_width

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber as _Parsed

__all__ = ["loose_phone_key", "loose_phones", "phone", "split_phones"]

_LINE_TYPES: Final = (
    "fixed_line",
    "mobile",
    "fixed_line_or_mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
# Problems that leave digits worth comparing, also those of a number that may be read as another one.
_UNREAD: Final = frozenset({"phone.invalid", "phone.region_unknown", "phone.not_in_plan", "phone.plus_restored"})
_UNKNOWN: Final = 99  # phonenumbers' number for a type that no numbering plan has: the number is not valid
_PLAIN: Final = re.compile(r"[+\d][\d ().\-/]{4,28}\Z")
_SCIENTIFIC: Final = re.compile(r"\s*\d(?:[.,]\d+)?E\+?\d+\s*\Z", re.IGNORECASE)
_FLOAT: Final = re.compile(r"(\d{6,15})[.,]0{1,2}\Z")
_LABEL: Final = re.compile(r"(?:[^\W\d]|[ ./()-]){2,30}[:=]\s*(?=[+(\d])|tel:\s*", re.IGNORECASE)
_TRUNK: Final = re.compile(r"\(\s*0\s*\)")
# "(+44) 20 7946 0018", also how a number is written that must not begin with a plus
_BRACKETED: Final = re.compile(r"\A\([ +]*\+")
_EXTENSION: Final = re.compile(
    r"(?<![\s,;(])(?:[\s,;(]*(?:\bext(?:ension|n)?|\bdurchwahl|\bdw|\bnebenstelle|\bposte|\banexo|\bramal|\binterno|\bint|\btoestel|\bwew|\bankn|\bapparat"
    r"|\bapp|x|;ext=)[\s.:=]*|[\s,;]*#\s*|,{1,2}\s?(?=\d{1,7}#))(\d{1,7})\s?[)#]?\Z",
    re.IGNORECASE,
)
_LOOKALIKE: Final = re.compile(r"[+\dOoIl ().\-/]{7,30}\Z")
_RUN: Final = re.compile(r"\+?\(?\d[\d ().\-/]{4,28}\d")
_PARTS: Final = re.compile(r"[;,|\n]| ::: | / | \b(?:oder|or|und|and|et|ou|y|e|o|u|of|en|eller|lub)\b ", re.IGNORECASE)
_JUNK: Final = frozenset({"123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "0123456789"})
_KEYPAD: Final = {
    letter: str(key)
    for key, letters in enumerate(("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"), 2)
    for letter in letters
}
_LIMIT: Final = 1_000
_DIGITS: Final = 15  # the most that E.164 allows


def phone(raw: str, *, region: str = "", other_regions: tuple[str, ...] = ()) -> Normalized[PhoneNumber]:
    """Read one phone number.

    Args:
        raw: the text of a cell, such as `(089) 123 456-0` or `+44 (0)20 7946 0018 ext. 12`.
        region: ISO 3166-1 alpha-2 of the numbering plan of a number without country code; a hint, an international number wins.
        other_regions: weaker hints, tried where the number is not valid in `region`; what they lead to is marked as guessed.

    Returns:
        The number in E.164. Confidence 1.0 where the plan knows the number; 0.7 where only its length fits (`phone.not_in_plan`).
        No value but a loose key (`~` and the last nine digits) where it is a number that no plan fits (`phone.invalid`) or the country
        is not known (`phone.region_unknown`). No value and no key where the text is none (`phone.not_a_number`,
        `phone.placeholder`) or a spreadsheet rounded it (`phone.digits_lost`).

    >>> phone("0044 (0)20 7946 0018 x12").value.number, phone("087 609 7810", region="IE").keys
    ('+442079460018', ('+353876097810',))
    >>> phone("4,47400E+11").problems[0].code, phone("07400 123456").keys
    ('phone.digits_lost', ('~400123456',))
    """
    problems: tuple[Problem, ...] = ()
    text, extension = raw, ""
    if not _PLAIN.match(raw) or raw[-2:] in {".0", "00"}:
        if not raw.strip():
            return Normalized(None)
        text, extension, problems = _prepare(raw)
    digits = _digits(text)
    if len(digits) < 5 or len(set(digits)) == 1 or digits in _JUNK or ("E" in text.upper() and _SCIENTIFIC.match(text)):
        return _refuse(_why_none(digits, text), raw)
    hints = (region.upper(), *(other for other in other_regions if other and other != region)) if region else other_regions
    found, notes = _search(text, digits, tuple(filter(None, hints)), sure=bool(region))
    problems += tuple(Problem(code, raw=raw, hint=_HINTS[code], severity=Severity.INFO) for code in notes)
    if found is None:
        national = text[0] != "+" and not digits.startswith("00") and len(digits) <= _DIGITS
        code = "phone.region_unknown" if national and not region else "phone.invalid"
        return Normalized(
            None, (_loose(digits),), confidence=0.0, problems=(*problems, Problem(code, raw=raw[:200], hint=_HINTS[code]))
        )
    number, kind, country, more = found
    value = PhoneNumber(
        f"+{number.country_code}{_significant(number)}",
        extension=extension or more or number.extension or "",
        country_code=country,
        line_type=_LINE_TYPES[kind] if kind < len(_LINE_TYPES) else "",
    )
    confidence = min((_CONFIDENCE.get(code, 1.0) for code in notes), default=1.0)
    return Normalized(value, (value.number,), confidence=confidence, problems=problems)


_HINTS: Final = {
    "phone.not_a_number": "There is no number in the text.",
    "phone.placeholder": "The cell is filled with digits that are no number.",
    "phone.too_short": "A number has at least five digits.",
    "phone.digits_lost": "A spreadsheet rounded the number; its last digits are gone. Export the column as text.",
    "phone.invalid": "No numbering plan fits the number.",
    "phone.region_unknown": "A national number without a country: give the record an address or set a default region.",
    "phone.region_guessed": "The number is not valid in its first country and was read with that of another field.",
    "phone.plus_restored": "The number was read as an international one that had lost its plus.",
    "phone.zero_restored": "The leading zero that a spreadsheet drops was put back.",
    "phone.not_in_plan": "The length fits, but the numbering plan has no such number.",
    "phone.old_prefix": "A mobile prefix that is no longer dialled was left out.",
    "phone.extension_read": "The digits after the last hyphen were read as an extension.",
    "phone.text_around": "Words around the number were left out.",
    "phone.letters_for_digits": "Letters that look like digits were read as digits.",
    "phone.float_read": "A spreadsheet had turned the number into a decimal.",
}
_CONFIDENCE: Final = {
    "phone.region_guessed": 0.8,
    "phone.plus_restored": 0.8,
    "phone.zero_restored": 0.9,
    "phone.not_in_plan": 0.7,
    "phone.extension_read": 0.9,
}


def split_phones(text: str) -> list[str]:
    """Split a cell that holds several whole numbers; a cell with one comes back as it is.

    >>> split_phones("0170 1512265 oder 040 75428293"), split_phones("08/535/671/12")
    (['0170 1512265', '040 75428293'], ['08/535/671/12'])
    """
    if len(text) < 15 or len(text) > _LIMIT or (_PLAIN.match(text) and "/" not in text):
        return [text]
    tidy = clean_lines(text)
    pieces = [piece.strip() for piece in _PARTS.split(tidy)]
    whole = [piece for piece in pieces if _is_whole(piece)]
    if len(whole) > 1 and all(piece in whole or not _digits(piece) for piece in pieces):
        return whole
    halves = tidy.split("/")
    if len(halves) > 1 and all(_is_whole(half.strip()) and half.strip()[0] in "+0(" for half in halves):
        return [half.strip() for half in halves]
    return [text]


def loose_phone_key(text: str) -> str:
    """Make the key by which a number without known country can still be compared: `~` and its last nine digits.

    >>> loose_phone_key("087 609 7810") == loose_phone_key("+353 87 609 7810")
    True
    """
    digits = _digits(unfold_width(text[:_LIMIT]))
    return _loose(digits) if len(digits) > 4 else ""


def loose_phones(problems: Iterable[Problem]) -> tuple[str, ...]:
    """List the keys of a record's numbers that could not be read in full; they still find the same number elsewhere.

    Args:
        problems: those of the record.

    >>> loose_phones([Problem("phone.region_unknown", "$.phones[0]", raw="070 431 45553")])
    ('~043145553',)
    """
    keys = dict.fromkeys(loose_phone_key(problem.raw) for problem in problems if problem.code in _UNREAD)
    return tuple(key for key in keys if len(key) > 8 and len(set(key)) > 4)  # 0000000000 is nobody's number


def _loose(digits: str) -> str:
    return "~" + (digits.lstrip("0")[-9:] or digits[-9:])


def _digits(text: str) -> str:
    if text.isascii():
        return "".join([char for char in text if char in "0123456789"])
    import unicodedata

    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def _is_whole(text: str) -> bool:
    digits = _digits(text)
    return len(digits) >= 7 and len(digits) <= 20 and (len(digits) >= 7 or text.startswith(("+", "00")))


def _why_none(digits: str, text: str) -> str:
    if not digits:
        return "phone.not_a_number"
    if _SCIENTIFIC.match(text):
        return "phone.digits_lost"
    return "phone.placeholder" if digits in _JUNK or len(set(digits)) == 1 else "phone.too_short"


def _refuse(code: str, raw: str) -> Normalized[PhoneNumber]:
    return Normalized(None, confidence=0.0, problems=(Problem(code, raw=raw[:200], hint=_HINTS[code]),))


def _note(code: str, raw: str) -> Problem:
    return Problem(code, raw=raw[:200], hint=_HINTS[code], severity=Severity.INFO)


def _prepare(raw: str) -> tuple[str, str, tuple[Problem, ...]]:
    """Take from the cell the text of the number and its extension."""
    text, problems = clean(unfold_width(raw[:_LIMIT])).strip(" '\"`,;"), list[Problem]()
    if _SCIENTIFIC.match(text):
        return text, "", ()
    if not text.isascii():
        text = "".join([char if not char.isdecimal() else _digits(char) for char in text])
        text = text.translate({0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2212: "-", 0x30FC: "-"})
    if label := _LABEL.match(text):
        text = text[label.end() :]
    if decimal := _FLOAT.match(text):
        text, problems = decimal[1], [_note("phone.float_read", raw)]
    extension = ""
    if (found := _EXTENSION.search(text)) and len(_digits(text[: found.start()])) >= 6:
        text, extension = text[: found.start()].rstrip(" ,;("), found[1]
    if _LOOKALIKE.match(text) and len(_digits(text)) >= 6 and re.search("[OoIl]", text):
        text = text.translate({ord("O"): "0", ord("o"): "0", ord("I"): "1", ord("l"): "1"})
        problems.append(_note("phone.letters_for_digits", raw))
    if re.match(r"[+\d(][\d\s().-]*[A-Za-z]{4,7}\Z", text):  # 1-800-FLOWERS
        text = "".join([_KEYPAD.get(char, char) for char in text.upper()])
    elif re.search(r"[^\d\s+().\-/]", text):
        runs = [run for run in _RUN.findall(text) if len(_digits(run)) >= 7]
        if len(runs) == 1 and runs[0] != text:
            text = runs[0]
            problems.append(_note("phone.text_around", raw))
    return text, extension, tuple(problems)


_Found = tuple["_Parsed", int, str, str]


def _search(text: str, digits: str, regions: tuple[str, ...], *, sure: bool) -> tuple[_Found | None, tuple[str, ...]]:
    """Try the readings of a number in order of trust; give the first that a numbering plan knows, and what was assumed."""
    text = _BRACKETED.sub("+", text)
    international = text[:2] in {"+", "00"} or text[0] == "+" or digits.startswith("00")
    if international:
        text = _TRUNK.sub("", text) if text.count("(") == 1 and "+39" not in text[:4] else text
        plus = "+" + text.lstrip("+( ") if text[0] == "+" or not digits.startswith("00") else "+" + digits[2:]
        attempts: list[tuple[str, str, tuple[str, ...]]] = [(plus, "", ())]
        if digits.startswith("00"):
            attempts += [(text, region, ()) for region in regions]
    else:
        attempts = [
            (text, region, () if sure and not place else ("phone.region_guessed",)) for place, region in enumerate(regions)
        ]
        if sure and regions and _lost_its_plus(digits, regions[0]):
            attempts.insert(0, ("+" + digits, "", ("phone.plus_restored",)))
    likely: tuple[_Found, tuple[str, ...]] | None = None
    for attempt, region, notes in attempts:
        number = _parse(attempt, region)
        if number is None:
            continue
        found = _judge(number, region)
        if found[1] != _UNKNOWN:
            return found, notes
        if likely is None and not notes and _is_likely(number, attempt):
            likely = found, ("phone.not_in_plan",)
    for attempt, region, notes in _repairs(text, digits, regions, international=international, sure=sure):
        number = _parse(attempt, region)
        if number is not None and (found := _judge(number, region))[1] != _UNKNOWN:
            more = text.rpartition("-")[2] if "phone.extension_read" in notes else ""
            return (*found[:3], more), notes
    return likely or (None, ())


def _lost_its_plus(digits: str, region: str) -> bool:
    """Tell whether digits begin with the region's own calling code where a national number would begin with a zero.

    A plan such as the German one knows nearly any digits, so that the national reading would be believed, and be another number.
    """
    if len(digits) < 11 or digits[0] == "0":
        return False
    from phonenumbers import country_code_for_region, ndd_prefix_for_region

    return digits.startswith(str(country_code_for_region(region))) and ndd_prefix_for_region(region, True) == "0"


def _repairs(
    text: str, digits: str, regions: tuple[str, ...], *, international: bool, sure: bool
) -> list[tuple[str, str, tuple[str, ...]]]:
    """List the readings that assume a fault."""
    attempts: list[tuple[str, str, tuple[str, ...]]] = []
    base, _, dialled = text.rpartition("-")
    if 0 < len(dialled) < 5 and dialled.isdecimal() and len(_digits(base)) > 5:
        base = "+" + _digits(base).removeprefix("00") if international else base
        attempts += [(base, region, ("phone.extension_read",)) for region in (("",) if international else regions)]
    if international:
        plus = digits.removeprefix("00")
        if plus.startswith("521"):
            attempts.append(("+52" + plus[3:], "", ("phone.old_prefix",)))
        return attempts
    for region in regions[:1] if sure else ():
        if region == "MX" and digits[:3] in {"044", "045"}:
            attempts.append((digits[3:], region, ("phone.old_prefix",)))
        if region in {"IT", "SM", "VA"} and digits[0] != "0":
            attempts.append(("0" + digits, region, ("phone.zero_restored",)))
    if len(digits) >= (10 if sure else 12) and digits[0] != "0":
        attempts.append(("+" + digits, "", ("phone.plus_restored",)))
    return attempts


def _parse(text: str, region: str) -> _Parsed | None:
    if not region and text[0] != "+":
        return None
    from phonenumbers import NumberParseException, parse

    try:
        return parse(text, region or None)
    except NumberParseException:
        return None


def _judge(number: _Parsed, hint: str) -> _Found:
    from phonenumbers import number_type, region_code_for_number

    kind = number_type(number)
    country = region_code_for_number(number) if kind != _UNKNOWN else _plan(number, hint)
    return number, kind, country if country and country != "001" else "", ""


def _plan(number: _Parsed, hint: str) -> str:
    from phonenumbers import region_codes_for_country_code

    regions: tuple[str, ...] = region_codes_for_country_code(number.country_code or 0)
    return hint if hint in regions else regions[0] if len(regions) == 1 else ""


def _is_likely(number: _Parsed, text: str) -> bool:
    """Tell whether a number that is not in the plan may be taken: a full length, and no trunk zero left in it."""
    from phonenumbers import ValidationResult, is_possible_number_with_reason

    if is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return False
    if text[0] != "+" and (number.italian_leading_zero or (number.national_number or 0) < 10**8):
        return False  # a trunk zero that is none, or a local number without its area code
    return not (number.country_code == 1 and str(number.national_number)[0] in "01")


def _significant(number: _Parsed) -> str:
    zeros = "0" * (number.number_of_leading_zeros or 1) if number.italian_leading_zero else ""
    return f"{zeros}{number.national_number}"
