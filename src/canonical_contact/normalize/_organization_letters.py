# Letters of an organisation's name: a text as folded words by tables of characters, without a look at each word.
from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._text import plain

__all__ = ["CLEAN_LATIN", "CLEAN_WIDE", "HAN", "SMALL", "latin", "latin_bytes", "sound", "wide_words", "without_dots"]

_TO_PLAIN: Final = {
    code: plain(chr(code)) for codes in (range(0x180), range(0x218, 0x21C), range(0x1EA0, 0x1EFA)) for code in codes
}
# Latin-1, one byte each: letters folded, digits, dots, ampersand and apostrophe as they are, other marks of a plain name a space, or
# 31 (which is one for `split`) where they part a name; zero where a character is none of these. No broken encoding is made of them, so that a text of them is clean but for its spaces.
SMALL: Final = bytes(
    ord(_TO_PLAIN[code])
    if len(_TO_PLAIN[code]) == 1
    and (_TO_PLAIN[code].isalpha() if code >= 0xC0 else (chr(code).isalnum() and code < 0x80) or code in b".&'")
    else 32
    if code in b" -!"
    else 31
    if code in b",()"
    else 0
    for code in range(256)
)
_LATIN: Final = {
    chr(code): letters for code, letters in _TO_PLAIN.items() if code >= 0xAA and letters.isascii() and letters.isalpha()
} | dict.fromkeys("?\ufffd‐‑", " ")
_TO_LATIN: Final = re.compile(f"[{''.join(char for char in _LATIN if char > chr(0xFF) or not SMALL[ord(char)])}]")
HAN: Final = re.compile("[\u4e00-\u9fff]+")
_GREEK_CYRILLIC: Final = "\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u0490\u0491"
_EAST: Final = "\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff\uac00-\ud7a3"
# Letters that no broken encoding is made of and that have one form, so that a text of them is clean but for its spaces. The quotation
# marks are parts of broken letters, but not where no Latin letters with accents stand.
CLEAN_LATIN: Final = re.compile(
    "[ -~\ufffd\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0148\u014a-\u0151\u0154-\u015f\u0162-\u0177\u0179-\u017c\u0218-\u021b\u1ea0-\u1ef9]+"
)
CLEAN_WIDE: Final = re.compile(f"[ -~«»„“”㈱㈲㈾㈴㈜{_GREEK_CYRILLIC}{_EAST}]+")
_WIDE: Final = re.compile(f'[ .,&"«»„“”A-Za-z0-9{_GREEK_CYRILLIC}{_EAST}-]+')
_TO_FOLD: Final = re.compile(f'[-,"«»„“”{_GREEK_CYRILLIC}\u3041-\u30ff]')
_FOLDED: Final = (
    {code: chr(code) for code in range(0x80)}
    | dict.fromkeys(map(ord, '-,"«»„“”'), " ")
    | {code: plain(chr(code)) for codes in (range(0x386, 0x492), range(0x3041, 0x3100)) for code in codes}
)
_PINYIN: Final = re.compile(f"[ -~{_GREEK_CYRILLIC}\u4e00-\u9fff]+")
_SOUNDING: Final = re.compile(f"[ -~{_GREEK_CYRILLIC}]+")
_HANGUL: Final = re.compile("[ -~\uac00-\ud7a3]+")
_INITIAL: Final = re.compile(r"\b([a-z0-9])\.(?=[a-z0-9]\b)")


def latin_bytes(text: str) -> bytes:
    """Give the bytes, for `SMALL`, of a text of Latin letters; of another one some are a question mark."""
    for char in set(_TO_LATIN.findall(text)):
        text = text.replace(char, _LATIN[char])
    return text.encode("latin-1", "replace")


def without_dots(folded: str) -> str:
    """Join initials with dots between, and take every other dot for a space."""
    words = folded.split()
    for place, word in enumerate(words):
        if "." in word:
            letters = word.split(".")
            if len(word) == 2 * len(letters) - 1 and "" not in letters:
                words[place] = "".join(letters)
            elif len(letters) == 2 and "'" not in word:  # sp.j, e.on, amazon.com
                words[place] = f"{letters[0]} {letters[1]}"
            else:
                words[place] = _INITIAL.sub(r"\1", word).replace(".", " ")
    return " ".join(words)


def wide_words(text: str) -> list[str]:
    """Give the folded words of a text of Greek, Cyrillic, Han, kana, Hangul and plain Latin letters; none where more is to be seen.

    >>> wide_words("ПАО «Газ»"), wide_words("Αιγαίο Α.Ε."), wide_words("山田 & Co."), wide_words("Газ (Москва)")
    (['пао', 'газ'], ['αιγαιο', 'αε'], ['山田', '&', 'co'], [])
    """
    if not _WIDE.fullmatch(text):
        return []
    low = text.lower()
    if _TO_FOLD.search(low):
        low = low.translate(_FOLDED)
    if "&" in low:
        low = low.replace("&", " & ")
    if "." not in low:
        return low.split()
    words = f"{low} ".replace(". ", " ").split()
    for place, word in enumerate(words):
        if "." in word:
            letters = word.split(".")
            if not _single(letters, word):
                return []
            words[place] = "".join(letters)
    return words


def _single(letters: list[str], word: str) -> bool:
    """Tell whether what stands between the dots of a word is one letter each time."""
    return len(word) == 2 * len(letters) - 1 and "" not in letters


def sound(key: str) -> str:
    """Give `fold(key)` of a key that is folded but for its script."""
    if key.isascii():
        return key
    if _SOUNDING.fullmatch(key):
        return " ".join(key.translate(_sounds()).split())
    if _HANGUL.fullmatch(key):
        return key
    return latin(key) if _PINYIN.fullmatch(key) else fold(key)


def latin(text: str) -> str:
    """Write a text in Latin letters, by character."""
    return " ".join(_anyascii()(text).lower().split())


@cache
def _sounds() -> dict[int, str]:
    return {code: latin(chr(code)) for codes in (range(0x80), range(0x386, 0x492)) for code in codes} | {0x20: " "}


@cache
def _anyascii() -> Callable[[str], str]:
    from anyascii import anyascii

    return anyascii
