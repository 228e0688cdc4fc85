"""Columns without a canonical field: which kind of evidence their values are, and the form in which two of them are compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from canonical_contact.normalize import birthday, fold
from canonical_contact.normalize._number import read_number
from canonical_contact.normalize._text import NO_VALUE

__all__ = ["Guess", "comparable", "day_digits", "days_of", "is_nothing", "kind_of", "order_of_days"]

_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_COMPACT: Final = re.compile(r"\d{8}")
_MARKED: Final = re.compile(r"(\d{1,4})\s?[-/. ]\s?(\d{1,2}|[A-Za-z]{3,9})\s?[-/. ]\s?(\d{1,4})")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,39}")
_URL: Final = re.compile(
    r"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24})(?::\d+)?((?:/[^?#\s]*)?)(?:[?#]\S*)?", re.IGNORECASE
)
_WORD: Final = re.compile(r"\w+")
_DIGITS: Final = re.compile(r"\d+")
_NOT_CODE: Final = re.compile(r"[\W_]+")
_FEW: Final = 12  # so many different values are a category, whatever they are
_SOME: Final = 60  # and so many in a long column
_LONG: Final = 30
_FILLER: Final = 7  # a code of so many characters that are all one, or count up, was typed to fill a cell
_COUNTED: Final = "0123456789 1234567890"
_YEARS: Final = range(1500, 2040)
_GENDERS: Final = {
    **dict.fromkeys(
        ("m", "male", "man", "mann", "mannlich", "homme", "masculin", "hombre", "masculino", "uomo", "maschio", "h"), "m"
    ),
    **dict.fromkeys(
        (
            "f",
            "female",
            "woman",
            "frau",
            "weiblich",
            "w",
            "femme",
            "feminin",
            "mujer",
            "femenino",
            "feminino",
            "donna",
            "femmina",
            "v",
            "vrouw",
        ),
        "f",
    ),
}


class Guess(NamedTuple):
    """What values are: a kind of extension (empty: no evidence), how sure that is, and why."""

    kind: str
    confidence: float
    reason: str


def is_nothing(text: str) -> bool:
    """Whether a text only says that there is none (`n/a`, `unknown`, `-`)."""
    return text.casefold() in NO_VALUE


# -- days --------------------------------------------------------------------------------------------------------------------------------


def _compact_orders(text: str) -> list[str]:
    """How eight digits can be a day: the orders that give one."""
    forms = {
        "ymd": (text[:4], text[4:6], text[6:]),
        "dmy": (text[4:], text[2:4], text[:2]),
        "mdy": (text[4:], text[:2], text[2:4]),
    }
    return [
        order
        for order, (year, month, day) in forms.items()
        if int(year) in _YEARS and 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    ]


def order_of_days(texts: Iterable[str], usual: str = "") -> tuple[str, bool]:
    """Tell how a column writes its days, from all of its values.

    Args:
        texts: the filled cells.
        usual: `dmy` or `mdy` where nothing in them tells.

    Returns:
        `ymd`, `dmy` or `mdy` (empty where the cells are no days), and whether the values told it.

    >>> order_of_days(["03/04/1970", "25/12/1988"]), order_of_days(["19151111", "19155111"]), order_of_days(["03/04/1970"])
    (('dmy', True), ('ymd', True), ('dmy', False))
    """
    seen: Counter[str] = Counter()
    open_ = 0
    for text, count in Counter(texts).items():
        if _COMPACT.fullmatch(text):
            fits = _compact_orders(text)
            for order in fits:
                seen[order] += count * (1 + (len(fits) == 1))
            continue
        found = _MARKED.match(text)
        if found is None:
            continue
        first, middle, _ = found.groups()
        if len(first) == 4:
            seen["ymd"] += 2 * count
        elif not middle.isdecimal() or int(first) > 12 >= int(middle):
            seen["dmy"] += 2 * count
        elif int(middle) > 12 >= int(first):
            seen["mdy"] += 2 * count
        else:
            open_ += count
    if open_ and seen["dmy"] == seen["mdy"]:
        # Nothing tells; any order that holds for the whole column keeps equal days equal.
        return (usual or "dmy", False) if open_ >= seen["ymd"] else ("ymd", True)
    best = max(("ymd", "dmy", "mdy"), key=lambda order: seen[order])
    return (best, True) if seen[best] else ("", False)


def day_digits(text: str, order: str) -> str:
    """Write what is no day, digit by digit in the places of one, so that a slip in it still agrees in part; empty where it is nothing like it.

    >>> day_digits("19155111", "ymd"), day_digits("31/02/1970", "dmy"), day_digits("about 1970", "dmy"), day_digits("soon", "dmy")
    ('1915-51-11', '1970-02-31', '1970', '')
    """
    digits = _DIGITS.findall(text)
    if len(digits) == 1 and len(digits[0]) == 8:
        whole = digits[0]
        digits = [whole[:4], whole[4:6], whole[6:]] if order not in ("dmy", "mdy") else [whole[:2], whole[2:4], whole[4:]]
    if len(digits) == 3 and max(map(len, digits)) <= 4:
        first, middle, last = digits
        year, month, day = {"dmy": (last, middle, first), "mdy": (last, first, middle)}.get(order, (first, middle, last))
        if len(first) == 4:
            year, month, day = first, middle, last
        if len(year) > 2 and max(len(month), len(day)) <= 2:
            return f"{year.zfill(4)}-{month.zfill(2)}-{day.zfill(2)}"
    joined = "".join(digits)
    return joined if len(joined) >= 4 else ""


def days_of(texts: Sequence[str], order: str) -> list[str]:
    """Read a column of days; what is none keeps its digits (`day_digits`)."""
    told = order if order in ("dmy", "mdy") else ""
    known: dict[str, str] = {"": ""}
    for text in set(texts) - {""}:
        known[text] = "" if is_nothing(text) else birthday(text, order=told).value or day_digits(text, order)
    return [known[text] for text in texts]


# -- kinds -------------------------------------------------------------------------------------------------------------------------------


def kind_of(texts: Sequence[str], rows: int) -> Guess:
    """Tell what kind of evidence the values of a column are.

    Args:
        texts: the filled cells of a sample, without outer spaces.
        rows: rows of the sample.

    >>> kind_of(["m", "f", "f", "m", "f", "m"], 6).kind, kind_of(["7369801", "1204562", "7369801", "9981234"], 4).kind
    ('category', 'id')
    """
    counts = Counter(texts)
    if not texts:
        return Guess("", 0.95, "it is empty")
    if len(counts) == 1 and len(texts) > 4:
        return Guess("", 0.9, "all its cells say the same")

    def share(test: Callable[[str], object]) -> float:
        return sum(count for text, count in counts.items() if test(text)) / len(texts)

    distinct = len(counts) / len(texts)
    unique = len(counts) == len(texts) == rows and rows > 4
    length = sum(map(len, texts)) / len(texts)
    if share(_is_day) > 0.8:
        return Guess("date", 0.85, "its cells are days")
    if share(_NUMBER.fullmatch) > 0.9:
        return _of_numbers(texts, distinct, length, unique=unique)
    if length < _LONG and (len(counts) <= min(_FEW, max(2, len(texts) // 3)) or (len(counts) <= _SOME and distinct < 0.05)):
        return Guess("category", 0.7, f"it has {len(counts)} different values")
    if share(_URL.fullmatch) > 0.8:
        return Guess("id", 0.7, "its cells are web addresses")
    if share(lambda text: _CODE.fullmatch(text) and any(map(str.isdigit, text))) > 0.8:
        if unique:
            return Guess("", 0.6, "every row has another code, which can agree with none")
        return Guess("id", 0.6, "its cells are codes")
    words = sum(len(_WORD.findall(text)) for text in texts) / len(texts)
    if words > 4 or length > _LONG:
        return Guess("text", 0.6, "its cells are longer texts")
    if share(lambda text: not any(map(str.isdigit, text))) > 0.8:
        return Guess("name", 0.55, "its cells are names or words")
    return Guess("text", 0.5, "its cells are texts")


def _of_numbers(texts: Sequence[str], distinct: float, length: float, *, unique: bool) -> Guess:
    whole = all(text.isdecimal() for text in texts)
    if unique and whole:
        return Guess("", 0.6, "every row has another number, which can agree with none")
    if whole and length >= 5.5 and distinct > 0.3:
        return Guess("id", 0.6, "its cells are long numbers, few of them alike")
    return Guess("number", 0.65, "its cells are numbers")


def _is_day(text: str) -> bool:
    if _COMPACT.fullmatch(text):
        return bool(_compact_orders(text))
    found = _MARKED.match(text)
    return found is not None and len(text) < 36 and (len(found[1]) == 4 or len(found[3]) in (2, 4))


# -- what is compared --------------------------------------------------------------------------------------------------------------------


def comparable(texts: Sequence[str], kind: str, order: str = "") -> list[str]:
    """Bring the values of an extension to the form in which they are compared.

    Args:
        texts: one a row; empty where there is none.
        kind: the extension's kind.
        order: of days, as `order_of_days` tells it.

    Returns:
        Days as ISO 8601 (what is none by its digits), codes in capitals without marks (one that only fills its cell is none), numbers
        plain, everything else folded.

    >>> comparable(["AB-12 3", "n/a", "999-99-9999"], "id"), comparable(["1.50", "2"], "number"), comparable(["Né à  Orléans"], "name")
    (['AB123', '', ''], ['1.5', '2'], ['ne a orleans'])
    """
    if kind == "date":
        return days_of(texts, order)
    distinct = set(texts) - {""}
    change = _FORMS[kind]
    made = {text: "" if is_nothing(text) else change(text) for text in distinct} | {"": ""}
    if kind == "category" and all(value in _GENDERS for value in made.values() if value):
        made = {text: _GENDERS.get(value, "") for text, value in made.items()}
    return [made[text] for text in texts]


def _id(text: str) -> str:
    if found := _URL.fullmatch(text):
        text = found[1] + found[2].rstrip("/")
    code = _NOT_CODE.sub("", text).upper()
    if len(code) >= _FILLER and (len(set(code)) == 1 or code in _COUNTED):  # 000-00-0000, 999999999, 123456789
        return ""
    return code


def _number(text: str) -> str:
    value = read_number(text).value
    return fold(text) if value is None else str(int(value)) if value == int(value) else repr(value)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(fold(text.replace("'", "").replace("’", ""))))


_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "id": _id,
    "number": _number,
    "category": _folded,
    "name": _folded,
    "text": _folded,
}
