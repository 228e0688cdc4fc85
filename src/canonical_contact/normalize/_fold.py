# The common form of texts that are compared: no case, no accents, Latin letters where the script can be transliterated soundly.
from __future__ import annotations

import re
import unicodedata
from typing import Final

from canonical_contact.normalize._text import plain

__all__ = ["fold", "quick_plain"]

_SMALL_YA: Final = re.compile("([きしちにひみりぎじぢびぴキシチニヒミリギジヂビピ])([ゃゅょャュョ])")
_KANA: Final = re.compile("[ぁ-ゖァ-ヺー]+")
_LONG: Final = (("aa", "a"), ("ii", "i"), ("uu", "u"), ("ee", "e"), ("oo", "o"), ("ou", "o"))
_SOUND: Final = re.compile(
    "[\u0370-\u03ff\u1f00-\u1fff\u0400-\u052f]+|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+"
)  # Greek, Cyrillic, Han
_VOWELS: Final = {"ゃ": "a", "ゅ": "u", "ょ": "o", "ャ": "a", "ュ": "u", "ョ": "o"}


# What `plain` makes of single letters: Latin with its marks, Greek and Cyrillic, Vietnamese, typographic quotes and dashes.
_BLOCKS: Final = ((0x41, 0x5B), (0xAA, 0x300), (0x370, 0x530), (0x1E00, 0x2000), (0x2010, 0x201E))
_TABLE: Final = (
    {
        code: plain(chr(code))
        for first, last in _BLOCKS
        for code in range(first, last)
        if " " not in unicodedata.normalize("NFKD", chr(code)) and not chr(code).isspace()
    }
    | dict.fromkeys((0x85, 0xA0), " ")
    | {code: "" for code in range(0x300, 0x370) if unicodedata.combining(chr(code)) and code != 0x345}
    | {0x60: "'"}
)


def quick_plain(text: str) -> str:
    """Do what `plain` does, letter by letter where that is the same.

    >>> quick_plain("Zürich–Øst’s"), quick_plain("Ngọc")
    ("zurich-ost's", 'ngoc')
    """
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    last = max(text)
    if last < "\u0530" or "\u1e00" <= last < "\u201e":
        quick = text.translate(_TABLE)
        if quick.isascii():
            return " ".join(quick.split())
    return plain(text)


def fold(text: str) -> str:
    """Fold a text for comparison: case, accents, typographic marks and, where it is sound, the script.

    Cyrillic, Greek and kana become Latin; Han characters become pinyin without spaces. The readings of Japanese kanji cannot be had
    from the characters, so 山田 and Yamada stay different; Arabic, Hebrew, Hangul and Indic scripts stay as they are.

    Args:
        text: any text.

    Returns:
        The folded text, single-spaced; empty for an empty one. Folding it again changes nothing.

    >>> fold("Łukasz Großmüller"), fold("Дмитрий"), fold("毛泽东"), fold("サトウ")
    ('lukasz grossmuller', 'dmitriy', 'maozedong', 'sato')
    """
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    if max(text) < "\u0370" and (quick := text.translate(_TABLE)).isascii():
        return " ".join(quick.split())
    text = unicodedata.normalize("NFC", text)
    for _ in range(3):  # a compatibility form may hide a letter of these scripts
        text = plain(_SOUND.sub(_latin, _KANA.sub(_romaji, text)) if max(text, default="") >= "\u0370" else text)
        if text.isascii() or not (_SOUND.search(text) or _KANA.search(text)):
            break
    return text


def _latin(found: re.Match[str]) -> str:
    from anyascii import anyascii

    return anyascii(found[0]).lower()


def _romaji(found: re.Match[str]) -> str:
    from anyascii import anyascii

    text = _SMALL_YA.sub(_contract, found[0])
    letters: list[str] = []
    double = False
    for char in text:
        if char in "っッ":
            double = True
            continue
        sound = "" if char == "ー" else anyascii(char).lower()
        if double and sound:
            letters.append("t" if sound.startswith("ch") else sound[0])
        letters.append(sound)
        double = False
    latin = "".join(letters)
    for long, short in _LONG:  # a macron is lost in folding, so the long vowel is short here too
        latin = latin.replace(long, short)
    return latin


def _contract(found: re.Match[str]) -> str:
    from anyascii import anyascii

    stem, vowel = anyascii(found[1]).lower().removesuffix("i"), _VOWELS[found[2]]
    return stem + vowel if stem in {"sh", "ch", "j"} else f"{stem}y{vowel}"
