# What stands in a cell beside the digits of a number: labels, remarks, extensions, letters, a spreadsheet's marks, further numbers.
from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from canonical_contact.normalize._tables import words
from canonical_contact.normalize._text import clean, clean_lines, unfold_width

__all__ = ["LIMIT", "SCIENTIFIC", "Cell", "digits_of", "split_phones", "take_apart"]

LIMIT: Final = 1_000
_DIGITS: Final = 15  # the most that E.164 allows
_PLAIN: Final = re.compile(r"[+\d][\d ().\-/]{4,28}\Z")
SCIENTIFIC: Final = re.compile(r"\s*(\d)(?:[.,](\d+))?E\+?(\d{1,3})\s*\Z", re.IGNORECASE)
_FLOAT: Final = re.compile(r"(\d{6,15})[.,]0{1,2}\Z")
_LABEL: Final = re.compile(r"(?:[^\W\d]|[ ./()-]){2,30}[:=]\s*(?=[+(\d])|tel:\s*", re.IGNORECASE)
_TAIL: Final = re.compile(r"(\d{1,9})\s?([)#]?)\Z")
_WORD: Final = re.compile(r"(?:[^\W\d_]|\u0301){1,14}\Z")
_LOOKALIKE: Final = re.compile(r"[+\dOoIl ().\-/]{7,30}\Z")
_LETTERS: Final = re.compile(r"[OoIl]")
_RUN: Final = re.compile(r"\+?\(?\d[\d ().\-/]{4,28}\d")
_STRANGE: Final = re.compile(r"[^\d\s+().\-/]")
_VANITY: Final = re.compile(r"[+\d(][\d\s().-]{2,15}[A-Za-z][A-Za-z\d\s-]{2,12}\Z")
_LATE_PLUS: Final = re.compile(r"\(?\s?([1-9]\d{0,2})\s?\)?\s?\+\s?(?=[\d(])")
_PARTS: Final = re.compile(
    r";(?!\s?ext=)|[,|\n]| ::: | / | \b(?:oder|or|und|and|et|ou|y|e|o|u|of|en|eller|lub|i|og|och|tai|ja|veya|и|или)\b ",
    re.IGNORECASE,
)
_CARRIER: Final = re.compile(
    r"((?:\+\d{2})?[ (]{0,2})0xx[ )]?", re.IGNORECASE
)  # the carrier's code is left to the caller, in Brazil
_DASH: Final = re.compile(" [-\u2013\u2014] ")
_HYPHENS: Final = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x30FC, 0xFF70), "-") | {
    0x2044: "/",
    0x2215: "/",
}
_LOOKS: Final = str.maketrans("OoIl", "0011")
_KEYPAD: Final = {
    letter: str(key)
    for key, letters in enumerate(("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"), 2)
    for letter in letters
}
# What stands before an extension, in lower case.
_EXTENSION: Final = words(
    "x ext extn extension extention exten xt "  # en
    "durchwahl dw nebenstelle nst apparat app klappe kl "  # de
    "poste "  # fr
    "extensión anexo interno int interior "  # es
    "extensão ramal "  # pt
    "estensione "  # it
    "toestel tst "  # nl
    "wew wewn wewnętrzny "  # pl
    "ankn anknytning lokal lok alanumero alanro "  # sv da no fi
    "linka klapka kl mellék mell "  # cs sk hu
    "interior tárcsa dahili dah εσωτ εσωτερικό "  # ro tr el
    "доб добавочный вн внутр внутренний "  # ru
    "内線 分机 內線 分機 转 轉 내선 교환"  # ja zh ko
)
_NUMBER_WORDS: Final = words("nr no n num number nummer numéro №")
_LABELS: Final = words(
    "tel tél telefon telephone téléphone telefono teléfono telefone telefoon telf tlf tlfn tfn puh fon phone ph p t m mob mobil mobile "
    "móvil movil celular cel cell cellulare cellphone handy gsm natel portable fax f faks faxnr office büro buero work home privat "
    "private direct direkt dir main zentrale whatsapp sms festnetz landline fixe fijo fisso тел моб телефон факс 電話 电话 手机 携帯 "
    "전화 휴대폰 هاتف جوال"
)


@frozen
class Cell:
    """What was found in a cell.

    Args:
        text: the number, of digits and marks.
        extension: digits behind it.
        notes: codes of the problems that say what was done.
    """

    text: str
    extension: str = ""
    notes: tuple[str, ...] = ()


def take_apart(raw: str) -> Cell:
    """Take from a cell with one number the text of the number and its extension."""
    text, notes = clean(unfold_width(raw[:LIMIT])).strip(" '\"`,;"), list[str]()
    if text.startswith("="):
        text = text.strip("= '\"")
    if found := SCIENTIFIC.match(text):
        # All the digits are there where the mantissa has as many as the exponent says.
        mantissa = found[1] + (found[2] or "")
        return Cell(mantissa, "", ("phone.float_read",)) if 6 < len(mantissa) == int(found[3]) + 1 else Cell(text)
    if not text.isascii():
        text = "".join([digits_of(char) if char.isdecimal() else char for char in text]).translate(_HYPHENS)
    if label := _LABEL.match(text):
        text = text[label.end() :]
    if decimal := _FLOAT.match(text):
        text, notes = decimal[1], ["phone.float_read"]
    text, extension = _extension(text)
    if _LOOKALIKE.match(text) and _LETTERS.search(text) and len(digits_of(text)) >= 6:
        text = text.translate(_LOOKS)
        notes.append("phone.letters_for_digits")
    if not _STRANGE.search(text):
        return Cell(_plus_first(text, notes), extension, tuple(notes))
    if carrier := _CARRIER.match(text):
        text = f"{carrier[1]}{'' if '+' in carrier[1] else '0'}{text[carrier.end() :]}"
    runs = [run for run in _RUN.findall(text) if len(digits_of(run)) >= 7]
    if not runs and _VANITY.match(text):  # 1-800-FLOWERS
        return Cell("".join([_KEYPAD.get(char, char) for char in text.upper()]), extension, tuple(notes))
    if len(runs) == 1 and runs[0] != text:
        begin, _, end = text.partition(runs[0])
        said = re.findall(r"[^\W\d_]+", begin.lower())
        if end.strip(" .)") or any(word not in _LABELS for word in said):
            notes.append("phone.text_around")
        text = runs[0]
    return Cell(_plus_first(text, notes), extension, tuple(notes))


def _plus_first(text: str, notes: list[str]) -> str:
    """Put a plus that stands behind the calling code before it; one and the two zeros that stand for it are one."""
    if text[:3] == "+00":
        return "+" + text[3:]
    if "+" in text[1:5] and text[0] != "+" and (late := _LATE_PLUS.match(text)) and "+" not in text[late.end() :]:
        notes.append("phone.plus_restored")
        return f"+{late[1]} {text[late.end() :]}"
    return text


def _extension(text: str) -> tuple[str, str]:
    """Part the extension from the number in front of it."""
    tail = _TAIL.search(text, max(0, len(text) - 11))
    if tail is None:
        return text, ""
    before = text[: tail.start()]
    if before and before[-1].isdigit():
        return text, ""
    base, closing = "", tail[2]
    if before.lower().endswith(";ext="):
        base = before[:-5]
    elif before.endswith((",,", ";")) or (closing == "#" and before.rstrip().endswith(",")):
        base = before
    elif before.rstrip().endswith("#"):
        base = before.rstrip()[:-1]
    else:
        mark = before.rstrip(" .:=-°º")
        word = _WORD.search(mark, max(0, len(mark) - 14))
        if word and word[0].lower() in _NUMBER_WORDS:
            mark = mark[: word.start()].rstrip(" .:=-°º")
            word = _WORD.search(mark, max(0, len(mark) - 14))
        if not word or word[0].lower() not in _EXTENSION:
            return text, ""
        base = mark[: word.start()]
    if len(digits_of(base)) < 6:
        return text, ""
    return base.rstrip(" ,;(./-"), tail[1]


def digits_of(text: str) -> str:
    """Give the digits of a text, of any script, as plain ones."""
    if text.isascii():
        return "".join([char for char in text if char in "0123456789"])
    import unicodedata

    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def split_phones(text: str) -> list[str]:
    """Split a cell that holds several whole numbers; a cell with one comes back as it is.

    >>> split_phones("0170 1512265 oder 040 75428293"), split_phones("08/535/671/12")
    (['0170 1512265', '040 75428293'], ['08/535/671/12'])
    """
    if len(text) < 15 or len(text) > LIMIT or (_PLAIN.match(text) and "/" not in text and " - " not in text):
        return [text]
    tidy = clean_lines(text)
    pieces = [piece.strip() for piece in _PARTS.split(tidy)]
    whole = [piece for piece in pieces if _is_whole(piece)]
    if len(whole) > 1 and all(piece in whole or not digits_of(piece) for piece in pieces):
        return [_completed(piece, whole[0]) for piece in whole]
    halves = [half.strip() for half in tidy.split("/")]
    if len(halves) > 1 and all(_is_whole(half) for half in halves) and all(half[0] in "+0(" for half in halves[1:]):
        return halves
    halves = [half.strip() for half in _DASH.split(tidy)]
    if len(halves) > 1 and all(half[:1] in ("+", "0", "(") and 8 < len(digits_of(half)) <= _DIGITS for half in halves):
        return halves
    runs = [run.strip() for run in _RUN.findall(tidy)]
    if (
        len(runs) > 1
        and not _extension(tidy)[1]
        and all(run[0] in "+0(" and _is_whole(run) for run in runs)
        and not digits_of(_RUN.sub(" ", tidy))
    ):
        return runs
    return [text]


def _completed(piece: str, first: str) -> str:
    """Give a number whose beginning was left out, as in `030 1234567 / 1234599`, that of the first one."""
    digits = digits_of(piece)
    start = digits_of(first)
    if len(digits) > 8 or piece[0] in "+0(" or first[0] not in "+0(" or len(start) - len(digits) < 2 or not _PLAIN.match(piece):
        return piece
    return ("+" if first.lstrip("(")[0] == "+" else "") + start[: -len(digits)] + digits


def _is_whole(text: str) -> bool:
    return 7 <= len(digits_of(text)) <= 20
