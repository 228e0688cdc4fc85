# What every normaliser does first: Unicode in one form, nothing invisible, one space between words, broken encodings repaired.
from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["NO_VALUE", "clean", "clean_lines", "has_lost_characters", "is_blank", "plain", "repair", "unfold_width"]

# Controls, zero-width and direction marks, surrogates, noncharacters, tags. ZWJ and ZWNJ are handled apart: Persian and Indic need them.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
# What people and spreadsheets write where there is no value, whatever the field; in small letters. What is a name or a code somewhere
# (Na, Test, X) is for the tables of the single fields.
_NO_VALUE: Final = (
    "n/a|n.a.|#n/a|#na|#ref!|#value!|#name?|#null!|#num!|#div/0!|-|--|---|.|?|??|none|null|nan|nil|undefined|unknown|not provided|"
    "[not provided]|not available|not specified|not applicable|unspecified|tbd|t.b.d.|xxx|unbekannt|keine|keine angabe|k.a.|k. a.|"
    "inconnu|non renseigné|non renseigne|aucun|aucune|ninguno|ninguna|desconocido|nessuno|nessuna|sconosciuto|nenhum|nenhuma|"
    "desconhecido|geen|onbekend|brak|nieznany|saknas|okänd|ukendt|ukjent|tuntematon|нет|неизвестно|不明|なし|无|없음"
)
NO_VALUE: Final = frozenset(_NO_VALUE.split("|"))
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Zs", "Zl", "Zp"))
_JOINERS: Final = re.compile("(?<![\u0600-\u109f])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u109f])")
_BREAKS: Final = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SPECIAL: Final = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "æ": "ae",
        "þ": "th",
        "ð": "d",
        "đ": "d",
        "ı": "i",
        "œ": "oe",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ĸ": "k",
    }
    | dict.fromkeys("’‘ʼ`´′＇ʹ", "'")
    | dict.fromkeys("‐‑‒–—−", "-")
)

# UTF-8 read as cp1252 (or Latin-1, where cp1252 has no character): a lead byte and its followers.
_CP1252: Final = {
    char: byte for byte in range(0x80, 0x100) for char in {chr(byte), bytes([byte]).decode("cp1252", "replace")} - {"\ufffd"}
}
_TAIL: Final = "".join(re.escape(char) for char, byte in _CP1252.items() if byte < 0xC0)
_MOJIBAKE: Final = re.compile(f"[\u00c2-\u00df][{_TAIL}]|[\u00e0-\u00ef][{_TAIL}]{{2}}|[\u00f0-\u00f4][{_TAIL}]{{3}}")
_MAC: Final = re.compile("[√¬][^\x00-\x7f]|‚Ä[^\x00-\x7f]")  # UTF-8 read as Mac Roman: √© for é, ‚Äô for ’
_PLAUSIBLE: Final = frozenset("‘’“”„‚–—…€™©®ªº°·¡¿«»№•\u00a0\u200d\ufe0f§£²³´½¼¾")


def repair(text: str) -> str:
    r"""Undo UTF-8 that was read as cp1252, where every odd character of a word takes part in it, or as Mac Roman; else give the text back.

    >>> repair("JosÃ© GarcÃ\xada"), repair("ÃGIL"), repair("São"), repair("Jos√©")
    ('José García', 'ÃGIL', 'São', 'José')
    """
    for _ in range(3):  # twice broken texts exist
        better = _undo(text)
        if better == text:
            break
        text = better
    return text


def _undo_mac(found: re.Match[str]) -> str:
    try:
        return found[0].encode("mac_roman").decode("utf-8")
    except UnicodeError:
        return found[0]


def _undo(text: str) -> str:
    if text.isascii():
        return text
    if "√" in text or "¬" in text or "‚Ä" in text:
        text = _MAC.sub(_undo_mac, text)
    if not _MOJIBAKE.search(text):
        return text
    rest = _MOJIBAKE.sub("", text)
    if not rest.isascii() and any(
        char not in "\ufffd\u00a0" and not ("\u00c2" <= char <= "\u00f4" and "\ufffd" in rest) for char in rest if char > "\x7f"
    ):
        return (
            " ".join(map(_undo, text.split(" "))) if " " in text else text
        )  # a cell may be put together of broken and whole words
    try:
        better = _MOJIBAKE.sub(lambda found: bytes(_CP1252[char] for char in found[0]).decode("utf-8"), text)
    except UnicodeDecodeError:
        return text
    return (
        better
        if all(char < "\x80" or char.isalpha() or char in _PLAUSIBLE or char in text or ord(char) > 0x1F000 for char in better)
        else text
    )


def clean(text: str) -> str:
    r"""Give the text in NFC on one line: nothing invisible, single spaces, none at the ends, broken encodings repaired.

    >>> clean(" Ana\x00\tMar\u00a0 i\u0301a\u200b ")
    'Ana Mar ía'
    """
    if text.isascii():
        return " ".join(text.split()) if text.isprintable() else " ".join(_INVISIBLE.sub("", text.replace("\x85", " ")).split())
    text = _INVISIBLE.sub("", repair(unicodedata.normalize("NFC", text)).replace("\x85", " "))
    text = _JOINERS.sub("", text)
    neat = unicodedata.normalize("NFC", " ".join(text.split()))
    return clean(neat) if repair(neat) != neat else neat  # what was invisible had hidden it


def clean_lines(text: str) -> str:
    """Clean each line of a text of several, and leave empty lines out."""
    if not _BREAKS.search(text):
        return clean(text)
    return "\n".join(filter(None, map(clean, _BREAKS.split(text))))


def unfold_width(text: str) -> str:
    """Turn full-width ASCII characters into plain ones.

    >>> unfold_width("ＪＯＨＮ＠ｘ．ｄｅ")
    'JOHN@x.de'
    """
    return text if text.isascii() else text.translate(_WIDE)


def has_lost_characters(text: str) -> bool:
    """Tell whether a decoder put replacement characters where letters were."""
    return "\ufffd" in text


def is_blank(text: str) -> bool:
    r"""Tell whether nothing of a text can be seen: it is white space, controls and the like. What is left once it is mended may be less.

    >>> is_blank(" \t\u200b"), is_blank("Â\xa0"), is_blank(",")
    (True, False, False)
    """
    return all(char.isspace() or unicodedata.category(char) in _UNSEEN for char in text)


def plain(text: str) -> str:
    """Fold case, accents and typographic marks, in any script, without transliterating; for looking words up.

    >>> plain("  Zürich–Øst’s "), plain("Große")
    ("zurich-ost's", 'grosse')
    """
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    text = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    text = "".join([char for char in text if not unicodedata.combining(char)])
    return " ".join(unicodedata.normalize("NFC", text.casefold()).translate(_SPECIAL).split())
