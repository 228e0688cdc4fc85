# Numbers as files write them: with the marks of either side of the Channel, signs of currencies, spaces and apostrophes.
from __future__ import annotations

import math
import re
from typing import Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, unfold_width

__all__ = ["read_currency", "read_number"]

_LIMIT: Final = 60
_GAPS: Final = re.compile(r"[\s'’_\u00a0\u202f]+")
_MONEY: Final = re.compile(r"(?:[A-Za-z]{1,3}|[^\W\d_]{1,3}\.?|[$€£¥₹₽₺₩₪₫₴₱฿¢]|US\$|[A-Z]{1,2}\$)")
_BARE: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?\Z")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?\Z")
_COMMA: Final = re.compile(r"[+-]?\d*,\d+\Z")
_ONE_MARK: Final = re.compile(r"[+-]?(\d{1,3})[.,]\d{3}\Z")
_CURRENCIES: Final = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "₪": "ILS", "₫": "VND", "₴": "UAH", "₱": "PHP", "฿": "THB",
    "zł": "PLN", "us$": "USD", "c$": "CAD", "a$": "AUD", "r$": "BRL", "euro": "EUR",
}  # fmt: skip
_CODE: Final = re.compile(r"[A-Za-z]{3}\Z")


def read_number(raw: str) -> Normalized[float]:
    """Read a number; `1.234,50`, `1,234.50`, `1'234.50 €` and `1234.5` are one.

    One mark with three digits behind it is that of thousands where it is a comma or a currency stands beside it, and that of the
    decimals where it is a point, as programs write it; `number.ambiguous` says so.

    >>> read_number("1.234,50 €").value, read_number("(1,234.50)").value, read_number("12").value
    (1234.5, -1234.5, 12.0)
    >>> read_number("many").problems[0].code
    'number.unreadable'
    """
    if raw.isdecimal() and raw.isascii() and len(raw) < _LIMIT:
        return Normalized(float(raw))
    text = clean(unfold_width(raw[: _LIMIT * 2])).replace("−", "-").strip(" '\"")
    if not text:
        return Normalized(None)
    negative = text.startswith("(") and text.endswith(")")
    text, money = _without_currency(text.strip("()") if negative else text)
    value = _value(text, money=money)
    if value is None or len(raw) > _LIMIT or not math.isfinite(value):
        return Normalized(None, confidence=0.0, problems=(_problem("number.unreadable", raw),))
    value = -value if negative else value
    mark = _ONE_MARK.match(text)
    if mark and mark[1] != "0":
        return Normalized(value, confidence=0.7, problems=(_problem("number.ambiguous", raw),))
    return Normalized(value)


def _without_currency(text: str) -> tuple[str, bool]:
    """Take a currency and gaps away; what is left is the number alone, and whether there was a currency."""
    text, money = text.strip(), False
    sign = text[:1] if text[:1] in ("+", "-") else ""
    text = text.removeprefix(sign).strip()
    if found := re.match(rf"{_MONEY.pattern}\s*(?=[\d.,+-])", text):
        text, money = text[found.end() :], True
    for behind in (_MONEY.pattern, "[.,]--?"):
        if found := re.search(rf"(?<=[\d.,-])\s*(?:{behind})\Z", text):
            text, money = text[: found.start()], True
    text = _GAPS.sub("", text)
    return (text if text[:1] in ("+", "-") else sign + text), money


def _value(text: str, *, money: bool) -> float | None:
    one = _ONE_MARK.match(text)
    if _BARE.match(text) and not (money and one and one[1] != "0"):
        return float(text)
    if one and one[1] == "0":
        return float(text.replace(",", "."))
    if one or _GROUPED.match(text):
        last = max(text.rfind("."), text.rfind(","))
        mark = text[last]
        if text.count(mark) > 1 or not (set(text) & {".", ","} - {mark}):
            return float(text.replace(mark, ""))  # every mark is one of thousands
        return float(text[:last].replace(".", "").replace(",", "") + "." + text[last + 1 :])
    if _COMMA.match(text):
        return float(text.replace(",", "."))
    return None


def read_currency(raw: str) -> str:
    """Read a currency's code (ISO 4217), also out of an amount; empty where the text names none for certain.

    >>> read_currency("eur"), read_currency("1.234,50 €"), read_currency("CHF 12"), read_currency("$ 5")
    ('EUR', 'EUR', 'CHF', '')
    """
    text = clean(raw[: _LIMIT * 2])
    bare = re.sub(r"[\d.,'’()+\s-]", "", text)
    known = _CURRENCIES.get(bare.casefold())
    if known:
        return known
    return bare.upper() if _CODE.match(bare) and bare.isascii() else ""


def _problem(code: str, raw: str) -> Problem:
    return Problem(
        code, raw=raw[:200], hint=_HINTS[code], severity=Severity.INFO if code.endswith("ambiguous") else Severity.WARNING
    )


_HINTS: Final = {
    "number.ambiguous": "One mark with three digits behind it: a comma was taken as that of thousands, a point as that of the decimals.",
    "number.unreadable": "It is not written as a number; the text is kept in the extensions.",
}
