# What stands around an address in a cell, taken off; several in a cell, split; what was probably meant by a broken one.
from __future__ import annotations

import re
from typing import Final, NamedTuple

from canonical_contact.normalize._email_providers import FREE, PLACEHOLDERS, meant
from canonical_contact.normalize._email_syntax import canonical
from canonical_contact.normalize._text import clean, clean_lines, plain, unfold_width

__all__ = ["Cleaned", "deobfuscated", "is_nothing", "mended", "split_emails", "unwrap"]

_LIMIT: Final = 20_000  # characters of a cell that are looked at
_TRIM: Final = " \t<>()[]{}\"'“”„‚‘’«»‹›;,:|\\"
_TAIL: Final = _TRIM + ".!?/*`´…。、·"
_ANGLE: Final = re.compile(r"<([^<>]*)>")
_OPEN: Final = re.compile(r"<([^<>]*)\Z")  # the closing bracket was cut off
_SINGLE: Final = re.compile(r"‹([^‹›]*@[^‹›]*)›")
_ENTITIES: Final = re.compile(r"&(?:lt|gt|quot|apos|amp|nbsp|#3[49]|#6[02]);", re.IGNORECASE)
_PIECES: Final = re.compile(r"[;,|、•\n]| ::: | / |/(?=[^@/\s]+@)| & | (?:oder|or|und|and|et|y|ou|e|o|i|en|of) ")
_EMBEDDED: Final = re.compile(r"""["'(=](?i:mailto:)(?://)?([^\s"<>()\[\]]*)""")  # a link in HTML or Markdown
_QUIET: Final = re.compile(r"(?:mailto|smtp|sip|e[ -]?mail|mail|courriel|correo|posta|adres\w*)", re.IGNORECASE)
_SPACED: Final = re.compile(r"(?<=[@.,_-]) | (?=[@.,_-])")
_BOUND: Final = frozenset("-–—|/:=•*")  # what stands between an address and the words beside it

_AT: Final = "at|ät|@|a|arroba|arobase|chiocciola|apenstaartje|malpa|małpa|kukac|zavináč|zavinac|snabel-a|собака"
_DOT: Final = r"dot|d0t|\.|punkt|point|punto|ponto|punt|kropka|tečka|tecka|pont|nokta|точка"
_IN_BRACKETS: Final = r" ?(?:\[ ?(?:{0}) ?\]|\( ?(?:{0}) ?\)|\{{ ?(?:{0}) ?\}}|< ?(?:{0}) ?>)"
_BARE_AT: Final = _AT.replace("|@|a|", "|")
_SIGN: Final = re.compile(rf"{_IN_BRACKETS.format(_AT)} ?| (?:{_BARE_AT}) |[_*-](?:at|AT)[_*-]|&#64;|&#x40;|%40", re.IGNORECASE)
_FULL_STOP: Final = re.compile(
    rf"{_IN_BRACKETS.format(_DOT)} ?| (?:{_DOT.replace(chr(92) + '.|', '')}) |[_*](?:dot)[_*]", re.IGNORECASE
)
# Words in brackets at the edge of the cell; comments inside of an address (RFC 5322) are not for cells, and stay.
_WORDS: Final = rf"(?:\((?! ?(?:{_AT}|{_DOT}) ?\))[^()@\\]*\)|\[(?! ?(?:{_AT}|{_DOT}) ?\])[^\[\]@\\]*\])"
_REMARK: Final = re.compile(rf"\A{_WORDS} | ?{_WORDS}\Z", re.IGNORECASE)


class Cleaned(NamedTuple):
    """A cell without what stands around the address."""

    text: str
    bare: str = ""  # the one word that holds the address, where other words stand beside it
    remark: bool = False  # whether words were left out


def is_nothing(text: str) -> bool:
    """Tell whether a cleaned text says that there is no address."""
    return plain(text) in PLACEHOLDERS or not any(map(str.isalnum, text))


def _tidy(raw: str) -> str:
    return clean(_narrow(raw[:_LIMIT]))


def _narrow(text: str) -> str:
    return text if text.isascii() else unfold_width(text).replace("﹫", "@").replace("﹒", ".")


def unwrap(raw: str) -> Cleaned:
    """Take off brackets, display names, labels, remarks, link schemes, quotes and punctuation."""
    text = whole = _tidy(raw)
    if not raw.isascii() and any(whole.count(char) < _narrow(raw[:_LIMIT]).count(char) for char in '<>"@'):
        return Cleaned(raw[:_LIMIT])  # a mark that combines with a delimiter makes it another character
    if "@" not in text and "%40" not in text:
        return Cleaned(text.strip(_TRIM) or text)
    if text[:2] == '="':
        text = text[1:]
    if "&" in text and _ENTITIES.search(text):  # copied out of a page's source
        from html import unescape

        text = clean(_ENTITIES.sub(lambda entity: unescape(entity[0].lower()), text))
    if "‹" in text:
        text = _SINGLE.sub(r"<\1>", text)
    remark = False
    for found in (*_ANGLE.finditer(text), *_OPEN.finditer(text)):
        if "@" in found[1] and "mailto:" not in found[1].lower():
            text = found[1]
            break
    else:
        link = _EMBEDDED.search(text)
        if link and text[: link.start()].strip(_TRIM) and ("@" in link[1] or "%40" in link[1]):
            text = "mailto:" + link[1]
        for _ in range(3):
            found_words = _REMARK.search(text)
            rest = text[: found_words.start()] + text[found_words.end() :] if found_words else ""
            if not found_words or "@" not in rest:
                break
            text, remark = rest, remark or any(map(str.isalnum, found_words[0]))
    text = text.strip(_TRIM)
    sign = text.find("@")
    colon = text.rfind(":", 0, sign if sign > 0 else len(text))
    if colon > 0:
        label, rest = text[:colon], text[colon + 1 :]
        if label.lower().endswith("mailto"):
            text = _link(rest)
        elif not rest.startswith("//") and '"' not in label:
            text = rest
            remark = remark or not _QUIET.match(label)
    if "@" in text:
        query = text.find("?", text.find("@"))
        text = (text[:query] if query > 0 else text).lstrip(_TRIM).rstrip(_TAIL)
    text = text.strip(_TRIM)
    return Cleaned(text or whole, _word(text), remark) if text else Cleaned(whole)


def _link(rest: str) -> str:
    """Read what follows `mailto:` (RFC 6068)."""
    rest = rest.removeprefix("//").partition("?")[0]
    if "%" in rest:
        from urllib.parse import unquote

        decoded = unquote(rest)
        if "\ufffd" not in decoded:
            rest = _tidy(decoded)
    return rest


def _word(text: str) -> str:
    """Find the one word with an @ that has words behind it, or a dash or colon before it; nothing where it may be a part of the address."""
    if " " not in text or text.count("@") != 1:
        return ""
    parts = text.split(" ")
    place = next(place for place, part in enumerate(parts) if "@" in part)
    before, after = parts[:place], parts[place + 1 :]
    word = parts[place].strip(_TRIM).rstrip(_TAIL)
    if before and before[-1] not in _BOUND and not _is_named(before, word):
        return ""
    if after and after[0] not in _BOUND:
        ended = parts[place][-1] in ",;" and after[0][0].isupper()
        if not ended and not (after[0][0].isalnum() and len(after[0]) > 3 and "." not in after[0]):
            return ""
    return word


def _is_named(before: list[str], word: str) -> bool:
    """Tell whether a person's name stands before an address: in capitals, where the address has none, and two words or one of its own."""
    names = [part.strip(_TRIM + ".") for part in before]
    local = word.partition("@")[0]
    if word != word.lower() or not all(name[:1].isupper() for name in names):
        return False
    return len(names) > 1 or (len(names[0]) > 2 and plain(names[0]) in plain(local))


def split_emails(text: str) -> list[str]:
    """Split a cell that holds several addresses; a cell with one comes back as it is.

    >>> split_emails("ana@x.com / ben@y.org"), split_emails("Sá, Ana <ana@x.com>")
    (['ana@x.com', 'ben@y.org'], ['Sá, Ana <ana@x.com>'])
    """
    narrow = _narrow(text)
    if narrow.count("@") - narrow.count("@@") < 2 or len(text) > _LIMIT:
        return [text]
    tidy = clean_lines(narrow)
    wrapped = [
        inside
        for found in _ANGLE.findall(tidy)
        if "@" in (inside := found.strip()).strip("@") and not any(map(str.isspace, inside))
    ]
    if len(wrapped) > 1:
        return wrapped
    pieces = [piece.strip() for piece in _PIECES.split(tidy) if piece.strip(_TRIM)]
    if any("@" not in piece for piece in pieces):  # names and remarks between the addresses
        pieces = [piece for piece in pieces if "@" in piece]
    return [word for piece in pieces for word in _words(piece)] or [text]


def _words(piece: str) -> list[str]:
    parts = piece.split(" ")
    return parts if len(parts) > 1 and all("@" in part.strip("@") for part in parts) else [piece]


def deobfuscated(text: str) -> str:
    """Undo what hides an address from programs.

    >>> deobfuscated("ana [at] x [dot] de"), deobfuscated("ana AT x DOT co DOT uk"), deobfuscated("ana@x.de")
    ('ana@x.de', 'ana@x.co.uk', '')
    """
    if len(text) > 320:
        return ""
    signed = text if "@" in text.replace("[@]", "").replace("(@)", "") else _SIGN.sub("@", text, count=1)
    made = _FULL_STOP.sub(".", signed)
    return made if made != text and made.count("@") == 1 else ""


def mended(text: str) -> str:
    """Guess what was meant by a broken address; nothing where no guess is one.

    >>> mended("ana@gmail,com"), mended("ana@@x.de"), mended("ana@gmail"), mended("anagmail.com"), mended("see below")
    ('ana@gmail.com', 'ana@x.de', 'ana@gmail.com', 'ana@gmail.com', '')
    """
    if len(text) > 320:
        return ""
    guess = re.sub("@{2,}", "@", _SPACED.sub("", text))
    if guess.count(" ") > 1:
        return ""  # words, not a mailbox that was cut
    guess = guess.replace(" ", "")
    if "@" not in guess:
        return _unsigned(guess)
    if guess.count("@") != 1:
        return ""
    local, _, domain = guess.partition("@")
    local = re.sub(r"\.{2,}", ".", local.strip(".,"))
    domain = re.sub(r"\.{2,}", ".", domain.lower().replace(",", ".").replace(";", ".")).strip(".-")
    seen = {text}
    for tried in (domain, domain.replace("0", "o"), domain.replace("_", "-")):
        guess = f"{local}@{tried if '.' in tried else meant(tried)}"
        if guess not in seen and (found := canonical(guess)):
            return found
        seen.add(guess)
    return ""


def _unsigned(text: str) -> str:
    """Find the provider at the end of a text that has lost its @."""
    low = text.lower()
    if not 6 < len(low) < 100 or "/" in low or ":" in low:
        return ""
    for place in range(1, len(low) - 3):
        if low[place:] in FREE:
            local = low[:place].rstrip(".-_#*")
            return canonical(f"{local}@{low[place:]}") if len(local) > 1 and local != "www" else ""
    return ""
