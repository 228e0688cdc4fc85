"""Two foldings of headers and words: one for exact names of products, one for what people type."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["fold_header", "plain", "words_of"]

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})
_MARKS = str.maketrans(
    {"\ufeff": None, "\u200b": None, "\0": None, "\u00ad": None, "’": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "–": "-"}
)


def fold_header(text: str) -> str:
    r"""Fold a column's name: NFC, one space between words, lower case, no invisible characters.

    >>> fold_header("\ufeffRecord  ID ")
    'record id'
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text.translate(_MARKS))).strip().casefold()


def plain(text: str) -> str:
    """Fold text to words of letters and digits: no accents, lower case, one space between words.

    >>> plain("E-Mail_(geschäftlich)"), plain("Straße & Nr.")
    ('e mail geschaftlich', 'strasse nr')
    """
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    return _NOT_WORD.sub(" ", folded(text.translate(_MARKS).casefold().translate(_LETTERS))).strip()


def folded(text: str) -> str:
    """Take the accents off, in every script.

    >>> folded("geschäftlich"), folded("ガ") == folded("カ")
    ('geschaftlich', True)
    """
    return (
        text
        if text.isascii()
        else "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    )


def words_of(header: str) -> str:
    """Take a header apart into words, with a space at each end: for patterns that ask for whole words.

    >>> words_of("HasOptedOutOfEmail"), words_of("hs_email_optout")
    (' has opted out of email ', ' hs email optout ')
    """
    return f" {plain(_CAMEL.sub(' ', header))} "
