# Phone numbers (ITU-T E.164): phonenumbers is the authority; here is what must be cleaned before it, and refused honestly.
from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.model.channels import DIRECT_DIAL, PhoneNumber
from canonical_contact.normalize._phone_plan import Reading, plans
from canonical_contact.normalize._phone_text import LIMIT, SCIENTIFIC, digits_of, split_phones, take_apart
from canonical_contact.normalize._region import region_of_header, region_of_language, regions_of_words
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import unfold_width

__all__ = ["loose_phone_key", "loose_phones", "phone", "split_phones"]

# Problems that leave digits worth comparing, also those of a number that may be read as another one.
_UNREAD: Final = frozenset(
    {"phone.invalid", "phone.region_unknown", "phone.not_in_plan", "phone.plus_restored", "phone.ambiguous"}
)
_JUNK: Final = frozenset({"123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "0123456789"})
_EMERGENCY: Final = frozenset({"112", "911", "999"})  # where no region says more
_DIGITS: Final = 15  # the most that E.164 allows

_HINTS: Final = {
    "phone.not_a_number": "There is no number in the text.",
    "phone.placeholder": "The cell is filled with digits that are no number.",
    "phone.too_short": "A number has at least five digits.",
    "phone.short_code": "A short number such as 112 is dialled in its country alone and reaches no person.",
    "phone.digits_lost": "A spreadsheet rounded the number; its last digits are gone. Export the column as text.",
    "phone.invalid": "No numbering plan fits the number.",
    "phone.region_unknown": "A national number without a country: give the record an address or set a default region.",
    "phone.region_guessed": "The number is not valid in its first country and was read with that of another field.",
    "phone.ambiguous": "The number is valid in more than one way; the other readings are alternatives.",
    "phone.plus_restored": "The number was read as an international one that had lost its plus.",
    "phone.zero_restored": "The leading zero that a spreadsheet drops was put back.",
    "phone.not_in_plan": "The length fits, but the numbering plan has no such number.",
    "phone.old_prefix": "A mobile prefix that is no longer dialled was left out.",
    "phone.extension_read": "The digits after the last hyphen were read as an extension.",
    "phone.range_read": "The digits after the slash were read as the end of a second number.",
    "phone.several": "The cell holds several numbers; the first is taken, the others are alternatives.",
    "phone.text_around": "Words around the number were left out.",
    "phone.letters_for_digits": "Letters that look like digits were read as digits.",
    "phone.float_read": "A spreadsheet had turned the number into a decimal.",
}
_CONFIDENCE: Final = {
    "phone.region_guessed": 0.8,
    "phone.ambiguous": 0.6,
    "phone.plus_restored": 0.8,
    "phone.zero_restored": 0.9,
    "phone.not_in_plan": 0.7,
    "phone.extension_read": 0.9,
    "phone.range_read": 0.9,
}
_quick: Final = plans().quick


def phone(
    raw: str, *, region: str = "", language: str = "", column: str = "", other_regions: tuple[str, ...] = ()
) -> Normalized[PhoneNumber]:
    """Read one phone number.

    Args:
        raw: the text of a cell, such as `(089) 123 456 78` or `+44 (0)20 7946 0018 ext. 12`.
        region: ISO 3166-1 alpha-2 of the numbering plan of a number without country code; a hint, an international number wins.
        language: BCP 47 tag; its country is a weak hint.
        column: header of the column: `Mobil (DE)` and `Phone (+49)` name a region, where `region` does not; a word such as `Téléphone`
            is a weak hint.
        other_regions: weaker hints, tried where the number is not valid in `region`; what they lead to is marked as guessed.

    Returns:
        The number in E.164. Confidence 1.0 where the plan knows the number; 0.7 where only its length fits (`phone.not_in_plan`).
        Alternatives where it is valid in more than one way (`phone.ambiguous`), and where the cell holds more numbers (`phone.several`).
        No value but a loose key (`~` and the last nine digits) where it is a number that no plan fits (`phone.invalid`) or the country
        is not known (`phone.region_unknown`). No value and no key where the text is none (`phone.not_a_number`, `phone.placeholder`,
        `phone.short_code`) or a spreadsheet rounded it (`phone.digits_lost`). The key is the number in E.164; of `030 1234567-12` it is
        what is dialled, with the extension.

    >>> phone("0044 (0)20 7946 0018 x12").value.number, phone("087 609 7810", region="IE").keys
    ('+442079460018', ('+353876097810',))
    >>> phone("4,47400E+11").problems[0].code, phone("07400 123456").keys
    ('phone.digits_lost', ('~400123456',))
    """
    region = region.upper()
    start = raw[:2]
    found = _quick(raw if start != "00" else "+" + raw[2:], region)
    if found:
        code, digits, verdict, _ = found
        if verdict.valid and digits not in _JUNK and digits.count(digits[0]) != len(digits):
            end = raw[-5:]
            if (end.isdigit() or not _has_a_meaning(end, verdict.country)) and (
                start[0] == "+" or start[0] == "0" or len(digits) < 10 or not _may_lack_its_plus(raw, found)
            ):
                number = f"+{code.digits}{digits}"
                return Normalized(PhoneNumber(number, "", verdict.country, verdict.line_type), (number,), 1.0, (), (), raw)
    return _closely(raw, region, language, column, other_regions)


def _has_a_meaning(end: str, country: str) -> bool:
    """Tell whether the marks among the last characters may be more than marks: a decimal point, a hyphen, a slash."""
    return "." in end[-3:] or "/" in end or ("-" in end and country in DIRECT_DIAL)


def _may_lack_its_plus(raw: str, found: Reading) -> bool:
    """Tell whether a national number without the zero that it is written with may be an international one without its plus."""
    return raw.lstrip(" (-.[")[:1] not in {"0", "+"} and found[0].writes_zero(found[2])


def _closely(raw: str, region: str, language: str, column: str, others: tuple[str, ...]) -> Normalized[PhoneNumber]:
    """Read a text that is not plainly one number."""
    if not raw.strip():
        return Normalized(None, raw=raw)
    regions, sure = _regions(region, language, column, others)
    several = split_phones(raw)
    if len(several) > 1:
        each = [_one(text, raw, regions, sure) for text in several]
        known = list(dict.fromkeys(one.value for one in each if one.value is not None))
        if known:
            first = next(one for one in each if one.value is not None)
            more = dict.fromkeys((*known[1:], *first.alternatives))
            problems = (*first.problems, _note("phone.several", raw))
            return Normalized(first.value, first.keys, first.confidence, tuple(more), problems, raw)
        return each[0]
    return _one(raw, raw, regions, sure)


def _regions(region: str, language: str, column: str, others: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """List the regions that a national number may be of, the best first, and tell whether the first is more than a guess."""
    sure = region or (region_of_header(column) if column else "")
    weak = [other.upper() for other in others]
    if language:
        weak.append(region_of_language(language))
    if column and not sure:
        weak += regions_of_words(column)
    return tuple(dict.fromkeys(filter(None, (sure, *weak)))), bool(sure)


def _one(text: str, raw: str, regions: tuple[str, ...], sure: bool) -> Normalized[PhoneNumber]:
    cell = take_apart(text)
    text, digits = cell.text, digits_of(cell.text)
    if cell.extension:
        text = text.replace("-", " ").replace("/", " ")  # no second extension
    firm = regions[0] if sure else ""
    if code := _why_none(text, digits, firm):
        return Normalized(None, (), 0.0, (), (Problem(code, raw=raw[:200], hint=_HINTS[code]),), raw)
    found = _search(text, digits, regions, sure=sure)
    if found is None:
        national = text[0] != "+" and not digits.startswith("00") and len(digits) <= _DIGITS
        code = "phone.region_unknown" if national and not firm else "phone.invalid"
        problems = (*[_note(note, raw) for note in cell.notes], Problem(code, raw=raw[:200], hint=_HINTS[code]))
        return Normalized(None, (_loose(digits),), 0.0, (), problems, raw)
    reading, notes, more = found
    value = _value(reading, cell.extension)
    notes = tuple(dict.fromkeys((*cell.notes, *notes)))
    alternatives = tuple(other for other in dict.fromkeys(_value(one, cell.extension) for one in more) if other != value)
    keys: tuple[str, ...] = (value.number,)
    if "phone.extension_read" in notes:
        keys = (value.dialled,)  # the same without the hyphen
    confidence = min((_CONFIDENCE.get(note, 1.0) for note in notes), default=1.0)
    if "phone.ambiguous" in notes and value.line_type == "mobile" and sure:
        confidence = 0.8  # a mobile number has a beginning of its own; in an open plan any digits are a number
    return Normalized(value, keys, confidence, alternatives, tuple([_note(note, raw) for note in notes]), raw)


def _value(reading: Reading, extension: str) -> PhoneNumber:
    code, digits, verdict, more = reading
    country = verdict.country
    if not verdict.valid:  # the region of a pattern's beginning, without the pattern, says nothing
        country = code.main if len(code.regions) == 1 and code.main != "001" else ""
    return PhoneNumber(f"+{code.digits}{digits}", extension or more, country, verdict.line_type)


def _why_none(text: str, digits: str, region: str) -> str:
    """Say why a text is no number; empty where it may be one."""
    if not digits:
        return "phone.not_a_number"
    if SCIENTIFIC.match(text):
        return "phone.digits_lost"
    if len(digits) <= 6 and text[0] != "+" and (digits in _EMERGENCY or (region and _is_short(digits, region))):
        return "phone.short_code"
    if digits in _JUNK or digits.count(digits[0]) == len(digits):
        return "phone.placeholder"
    return "phone.too_short" if len(digits) < 5 else ""


def _is_short(digits: str, region: str) -> bool:
    """Tell whether a region has a short number of these digits, and no whole one."""
    from phonenumbers import SUPPORTED_REGIONS, PhoneNumber, country_code_for_region, is_valid_short_number_for_region

    if region not in SUPPORTED_REGIONS or digits[0] == "0":
        return False
    number = PhoneNumber(country_code=country_code_for_region(region), national_number=int(digits))
    whole = plans().read(digits, region)
    return is_valid_short_number_for_region(number, region) and not (whole and whole[2].valid)


_Found = tuple[Reading, tuple[str, ...], tuple[Reading, ...]]  # the reading, what was assumed, other readings


def _search(text: str, digits: str, regions: tuple[str, ...], *, sure: bool) -> _Found | None:
    """Try the readings of a number in order of trust; give the first that a numbering plan knows, and what was assumed."""
    if text[0] == "(" and text.lstrip("( ")[:1] == "+":
        text = text.lstrip("( ")
    if text[0] == "+" or digits.startswith("00"):
        return _abroad(text, digits, regions)
    read, likely = plans().read, None
    if sure and _lost_its_plus(digits, regions[0]) and (found := read("+" + digits)) and found[2].valid:
        return found, ("phone.plus_restored",), ()
    known: list[tuple[Reading, tuple[str, ...]]] = []
    for place, region in enumerate(regions):
        found = read(text, region)
        if found is None:
            continue
        if found[2].valid:
            known.append((found, () if sure and not place else ("phone.region_guessed",)))
            if sure and not place:
                break
        elif sure and not place and _is_likely(found, text):
            likely = found
    if known:
        return _best(text, digits, regions, known, sure=sure)
    if "(0)" in text and sure and (found := read(text.replace("(0)", ""), regions[0])) and found[2].valid:
        return found, (), ()
    for attempt, region, note in _repairs(text, digits, regions, sure=sure):
        found = read(attempt, region)
        if found and found[2].valid:
            more = text.rpartition("-")[2] if note == "phone.extension_read" else ""
            return (*found[:3], more or found[3]), (note,), ()
    if likely is None:
        return None
    international = f"+{likely[0].digits}{likely[1]}"  # and as this is read, so that what comes out is read as itself again
    return _abroad(international, international[1:], ())


def _best(
    text: str, digits: str, regions: tuple[str, ...], known: list[tuple[Reading, tuple[str, ...]]], *, sure: bool
) -> _Found:
    """Choose among the valid readings of a national number, and name the others."""
    found, notes = known[0]
    if second := _direct_dial(text, found, regions[0]) or _range(text, found, regions[0]):
        return second
    others = {it[0].digits + it[1]: it for it, _ in known[1:]}
    others.pop(found[0].digits + found[1], None)
    if not others and len(digits) >= 10 and digits[0] != "0":
        if sure and found[0].writes_zero(found[2]) and (abroad := plans().read("+" + digits)) and abroad[2].valid:
            others[digits] = abroad
    return (found, (*notes, "phone.ambiguous"), tuple(others.values())) if others else (found, notes, ())


def _abroad(text: str, digits: str, regions: tuple[str, ...]) -> _Found | None:
    read, likely = plans().read, None
    # "+44 (0)20": the zero is dialled at home alone; in Italy it is a part of the number
    if text.count("(") == 1 and "+39" not in text[:4]:
        text = text.replace("( 0 )", "").replace("(0)", "")
    plus = "+" + text.lstrip("+( ") if text[0] == "+" or not digits.startswith("00") else "+" + digits[2:]
    attempts = [(plus, "")]
    if digits.startswith("00"):
        attempts += [(text, region) for region in regions]
    for attempt, region in attempts:
        found = read(attempt, region)
        if found and found[2].valid:
            return _direct_dial(plus, found, "") or _range(plus, found, "") or (found, (), ())
        if found and likely is None and _is_likely(found, attempt):
            likely = found
    digits = digits_of(plus)
    if (found := plans().of_e164("+" + digits)) and found[2].valid:  # what looks like a national prefix is a part of it
        return found, (), ()
    base, _, more = plus.rpartition("-")
    if 0 < len(more) < 5 and more.isdecimal() and len(digits_of(base)) > 5:
        found = read("+" + digits_of(base))
        if found and found[2].valid:
            return (*found[:3], more), ("phone.extension_read",), ()
    for begin, instead, note in (
        ("521", "52", "phone.old_prefix"),
        ("52044", "52", "phone.old_prefix"),
        ("52045", "52", "phone.old_prefix"),
        ("39", "390", "phone.zero_restored"),
    ):
        if digits.startswith(begin):
            found = read("+" + instead + digits[len(begin) :])
            if found and found[2].valid:
                return found, (note,), ()
    return _settled(likely) if likely else None


def _settled(likely: Reading) -> _Found | None:
    """Take a number of a fitting length that no plan knows; without a second trunk prefix, so that it is read as itself again."""
    for _ in range(4):
        again = plans().read(f"+{likely[0].digits}{likely[1]}")
        if again is None or (again[0] is likely[0] and again[1] == likely[1]):
            break
        likely = (*again[:3], likely[3])
    return (likely, () if likely[2].valid else ("phone.not_in_plan",), ()) if likely[2].length == 0 else None


def _direct_dial(text: str, whole: Reading, region: str) -> _Found | None:
    """Read `030 1234567-12`, the German and Austrian way to write the extension of a line: a number, and what is dialled behind it."""
    base, hyphen, more = text.rpartition("-")
    if not hyphen or whole[2].country not in DIRECT_DIAL or not 0 < len(more) < 5 or not more.isdigit():
        return None
    if "-" in base and len(digits_of(base.rpartition("-")[2])) < 5:  # the hyphens are marks between groups
        return None
    found = plans().read(base, region)
    if not found or found[2].kind != 0 or len(found[1]) < (6 if more == "0" or found[2].country == "AT" else 7):
        return None
    return (*found[:3], more), ("phone.extension_read",), (whole,)


def _range(text: str, whole: Reading, region: str) -> _Found | None:
    """Read `030 1234567/8`: a number, and the end of another one."""
    base, slash, end = text.rpartition("/")
    end = end.strip()
    if not slash or not 0 < len(end) < 4 or not end.isdigit() or ("/" in base and len(end) > 1):
        return None
    last = base.rstrip()
    last = last[len(last.rstrip("0123456789")) :]
    found = plans().read(base, region)
    if not found or not found[2].valid or len(last) <= len(end):
        return None
    number = f"+{found[0].digits}{found[1]}"
    second = plans().read(number[: -len(end)] + end)
    return found, ("phone.range_read",), tuple(it for it in (second, whole) if it and it[2].valid)


def _lost_its_plus(digits: str, region: str) -> bool:
    """Tell whether digits begin with the region's own calling code where a national number would begin with a zero.

    A plan such as the German one knows nearly any digits, so that the national reading would be believed, and be another number.
    """
    home = plans().region(region) if len(digits) >= 11 and digits[0] != "0" else None
    return home is not None and home.trunk == "0" and digits.startswith(home.code.digits)


def _repairs(text: str, digits: str, regions: tuple[str, ...], *, sure: bool) -> Iterator[tuple[str, str, str]]:
    """List the readings that assume a fault."""
    base, _, dialled = text.rpartition("-")
    if 0 < len(dialled) < 5 and dialled.isdecimal() and len(digits_of(base)) > 5:
        for region in regions:
            yield base, region, "phone.extension_read"
    if sure:
        region = regions[0]
        if region == "MX":
            for prefix in ("044", "045", "01", "1"):
                if digits.startswith(prefix):
                    yield digits[len(prefix) :], region, "phone.old_prefix"
        if digits[0] != "0":
            yield "0" + digits, region, "phone.zero_restored"
    if len(digits) >= (10 if sure else 12) and digits[0] != "0":
        yield "+" + digits, "", "phone.plus_restored"


def _is_likely(found: Reading, text: str) -> bool:
    """Tell whether a number that is not in the plan may be taken: a full length, and no trunk zero left in it."""
    code, digits, verdict, _ = found
    if verdict.length != 0:
        return False
    if text[0] != "+" and (digits[0] == "0" or len(digits) < 9):
        return False  # a trunk zero that is none, or a local number without its area code
    return not (code.code == 1 and digits[0] in "01")


def loose_phone_key(text: str) -> str:
    """Make the key by which a number without known country can still be compared: `~` and its last nine digits.

    >>> loose_phone_key("087 609 7810") == loose_phone_key("+353 87 609 7810")
    True
    """
    digits = digits_of(unfold_width(text[:LIMIT]))
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


def _note(code: str, raw: str) -> Problem:
    return Problem(code, raw=raw[:200], hint=_HINTS[code], severity=Severity.INFO)
