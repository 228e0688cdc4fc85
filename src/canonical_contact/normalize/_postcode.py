# Postcodes: in the spacing of their country, with a lost zero put back; what does not fit stays as it was written.
from __future__ import annotations

import re
import unicodedata
from typing import Final

from canonical_contact.normalize._address_rules import country_rule
from canonical_contact.normalize._text import unfold_width

__all__ = ["is_postcode", "postcode_in", "postcode_search"]

_CLASSES: Final = {"#": "[0-9]", "@": "[A-Z]", "?": "[0-9A-Z]"}
_SIGNS: Final = {"#": "0123456789", "@": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "?": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_DASH: Final = re.compile("[-‐‑–—−]")
_FLOAT: Final = re.compile(r"([0-9]+)\.0+")
_LIMIT: Final = 40
# What people put before a postcode: its name in their language.
_WORDS: Final = (
    "PLZ",
    "POSTLEITZAHL",
    "CP",
    "ZIP",
    "ZIPCODE",
    "POSTCODE",
    "POSTALCODE",
    "CAP",
    "CEP",
    "PSC",
    "PIN",
    "PINCODE",
    "CODEPOSTAL",
    "CODIGOPOSTAL",
)


class _Spec:
    """What is derived from a country's rule: constants."""

    __slots__ = ("begins", "forms", "match", "prefixes", "search", "shape", "zeros")

    def __init__(self, code: str, rule: dict[str, object]) -> None:
        forms = rule["forms"]
        assert isinstance(forms, list)
        self.match = re.compile(f"(?:{rule['postcode']})", re.ASCII).fullmatch
        gapped = any(sign in str(rule["postcode"]) for sign in " -")
        patterns = ["".join([_CLASSES.get(sign, re.escape(sign)) for sign in form]) for form in forms]
        self.shape = re.compile("|".join(patterns)).fullmatch if gapped else self.match
        self.forms: dict[int, list[str]] = {}
        for form in forms:
            self.forms.setdefault(len(form) - form.count(" ") - form.count("-"), []).append(form)
        extra = rule.get("prefixes", ())
        assert isinstance(extra, (list, tuple))
        self.prefixes: tuple[str, ...] = (code, *extra)
        begins, zeros = rule.get("lead", ""), rule.get("zeros", 0)
        assert isinstance(begins, str)
        assert isinstance(zeros, int)
        self.begins, self.zeros = begins, zeros
        loose = [
            "".join([_CLASSES.get(sign, "[ -]?" if sign in " -" else re.escape(sign)) for sign in form])
            for form in sorted(forms, key=len, reverse=True)
        ]
        letters = "|".join(map(re.escape, sorted(self.prefixes, key=len, reverse=True)))
        self.search = re.compile(
            rf"(?<![^\W_])(?<![0-9][-./])(?:(?:{letters})[- ]?)?(?:{'|'.join(loose)})(?![^\W_])(?!-[0-9])", re.IGNORECASE
        )


_SPECS: Final[dict[str, _Spec | None]] = {}  # derived constants, not state: code → what its rule compiles to


def _spec(code: str) -> _Spec | None:
    try:
        return _SPECS[code]
    except KeyError:
        rule = country_rule(code)
        if rule is None:  # a text that is no country's code is not remembered
            return None
        made = _SPECS[code] = _Spec(code, rule) if "postcode" in rule else None
        return made


def is_postcode(code: str, text: str) -> bool | None:
    """Tell whether a text is a postcode of the country, in any spacing; None where its postcodes are not known."""
    return None if _spec(code) is None else postcode_in(code, text)[1] == ""


def postcode_search(code: str) -> re.Pattern[str] | None:
    """Give the pattern that finds what may be a postcode of the country in a longer text; None where its postcodes are not known."""
    spec = _spec(code)
    return spec.search if spec else None


def postcode_in(code: str, postcode: str) -> tuple[str, str]:
    """Write a postcode as its country does.

    Args:
        code: ISO 3166-1 alpha-2; empty where unknown.
        postcode: the postcode as written.

    Returns:
        The postcode, and the code of what there is to say of it: `postcode.zero_restored`, `postcode.not_in_country` (it stays as it was
        written), or nothing.

    >>> postcode_in("JP", "60-0012"), postcode_in("GB", "sw1a1aa"), postcode_in("DE", "D-10115"), postcode_in("DE", "SW1A 1AA")
    (('060-0012', 'postcode.zero_restored'), ('SW1A 1AA', ''), ('10115', ''), ('SW1A 1AA', 'postcode.not_in_country'))
    """
    spec = _spec(code)
    if spec is None or not postcode or (spec.shape(postcode) and spec.match(postcode)):
        return postcode, ""
    if len(postcode) > _LIMIT:
        return postcode, "postcode.not_in_country"
    text = unfold_width(postcode).replace("ー", "-").upper()  # a long vowel's sign between digits is a dash
    if not text.isascii():
        text = "".join([_digit(char) for char in text])
    if number := _FLOAT.fullmatch(text.strip("' ")):
        text = number[1]
    bare = "".join([char for char in text if char.isalnum()])
    for attempt in _attempts(spec, bare):
        for form in spec.forms.get(len(attempt), ()):
            if (neat := _fill(form, attempt)) and spec.match(neat):
                return neat, ""
    if spec.zeros and bare.isdecimal() and bare.isascii():
        dashes = list(_DASH.finditer(text))
        for size, forms in spec.forms.items():
            for form in forms:
                missing, tail = size - len(bare), len(form) - 1 - form.rfind("-") if "-" in form else 0
                aligned = tail and dashes and len(text) - dashes[-1].end() == tail
                if (
                    "@" in form
                    or "?" in form
                    or not 0 < missing <= (2 if aligned else spec.zeros)
                    or (tail and size > 8 and not aligned)
                ):
                    continue
                if (neat := _fill(form, bare.zfill(size))) and spec.match(neat):
                    return neat, "postcode.zero_restored"
    return postcode, "postcode.not_in_country"


def _attempts(spec: _Spec, bare: str) -> list[str]:
    """The characters as they stand, and without what people put before a postcode, or with what they leave off."""
    found = [bare]
    found += [bare[len(prefix) :] for prefix in spec.prefixes if bare.startswith(prefix)]
    if spec.begins and not bare.startswith(spec.begins):
        found.append(spec.begins + bare)
    found += [bare[len(word) :] for word in _WORDS if bare.startswith(word)]
    return found


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _fill(form: str, bare: str) -> str:
    """Put the characters of a bare postcode into a form; nothing where they do not fit."""
    characters = iter(bare)
    filled = ""
    for sign in form:
        if sign not in _SIGNS:
            filled += sign
            continue
        char = next(characters)
        if char not in _SIGNS[sign]:
            return ""
        filled += char
    return filled
