# Names over columns: where each part can be read by itself, it is read once and joined with the others; else the row's name is read whole.
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from canonical_contact.errors import Problem
from canonical_contact.normalize._batch_layout import NAME, Flat
from canonical_contact.normalize._name import (
    COUPLE,
    INITIAL,
    INITIALS,
    compose,
    is_shouted,
    is_tidy,
    is_tidy_title,
    same_words,
)
from canonical_contact.normalize._name_case import is_one_case, recase
from canonical_contact.normalize._name_junk import is_blank
from canonical_contact.normalize._name_parse import Draft, initials_after_given, take_after, take_title
from canonical_contact.normalize._name_text import set_aside, tidy

__all__ = ["join_names"]

Look = Callable[..., list[Any]]

_REST: Final = (None,) * (len(NAME) - 8)
_UNTOUCHED: Final = Draft()
_FEW, _MANY = 1, 9  # words in other fields; a title that needs some behind it is one with each of them, or the name is read whole
# The languages in which a capital I is that of another small letter.
_TURKISH: Final = frozenset({"tr", "az"})


class Part(NamedTuple):
    """What a field of a name says, whatever the others say."""

    text: str
    title: tuple[str, ...] = ()
    initials: str = ""
    generation: str = ""
    credential: str = ""
    settled: bool = True  # whether it is plain that the text would be read as it is


_NONE: Final = Part("")
_HARD: Final = Part("\x00")  # only all parts together tell what this is


def join_names(look: Look, columns: Sequence[list[str | None]], others: Sequence[list[str | None]], tags: list[str]) -> list[Any]:
    """Read the names whose parts do not depend on each other.

    Args:
        look: asks a memo.
        columns: full, given, given2, surname, title.
        others: the columns of the parts that few names have.
        tags: the language of each row.

    Returns:
        For each row its name, laid flat, as `Sheet` keeps it; None where the row's name is to be read whole.
    """
    fulls, givens, seconds, surnames, titles = columns
    found: list[Any] = [None] * len(fulls)
    messy: list[int] = []
    neat = zip(
        look("tidy", givens, _tidy), look("tidy", surnames, _tidy), look("tidy second", seconds, _tidy_second, ""),
        look("tidy title", titles, _tidy_title, ""), fulls, givens, seconds, surnames, titles, strict=True,
    )  # fmt: skip
    for row, (one, two, three, four, full, given, given2, surname, title) in enumerate(neat):
        if one is True and two is True and three and four:
            composed = (
                compose(given, given2 or "", surname, "", "")
                if given2 or not given.isascii()  # kana and Han characters are joined in their own ways
                else f"{given} {surname}"
            )
            if not full or full == composed or not ("・" in composed or same_words(full, composed)):
                found[row] = ((composed, title, given, given2, surname, None, None, None, *_REST), (), (), "")
                continue
        if given and surname:
            messy.append(row)
    if others:
        for row in [row for row, it in enumerate(zip(*others, strict=True)) if it.count(None) != len(others)]:
            found[row] = None
        messy = [row for row in messy if all(column[row] is None for column in others)]
    parts = zip(
        messy,
        look("given", [givens[row] for row in messy], _given),
        look("surname", [surnames[row] for row in messy], _surname),
        look("given2", [seconds[row] for row in messy], _second, ""),
        look("title", [titles[row] for row in messy], _title, ""),
        strict=True,
    )
    for row, *four_parts in parts:
        if _HARD not in four_parts and tags[row][:2].lower() not in _TURKISH and (name := _joined(fulls[row], *four_parts)):
            found[row] = (name, (), (), "")
    return found


def _joined(full: str | None, given: Part, surname: Part, second: Part, title: Part) -> Flat | None:
    """Put the parts together as `read_name` does."""
    if second.text and given.initials:
        return None
    if not (given.settled and surname.settled and second.settled):
        told = ((_given, given), (_surname, surname), (_second, second))
        if any(it.text and read(it.text)[:5] != (it.text, (), "", "", "") for read, it in told):
            return None
    given2 = second.text or given.initials
    composed = compose(given.text, given2, surname.text, "", surname.generation)
    if full:
        problems: list[Problem] = []
        full = tidy(full, problems)
        if problems or "<" in full or is_blank(full):
            return None
        if full != composed and not is_one_case(full) and sorted(full.split()) == sorted(composed.split()):
            composed = full
    titles = [*title.title, *[word for word in given.title if word not in title.title]]
    return (
        composed, " ".join(titles) or None, given.text, given2 or None, surname.text, None, surname.generation or None,
        surname.credential or None, *_REST,
    )  # fmt: skip


def _tidy(text: str | None) -> bool:
    return text is not None and is_tidy(text)


def _tidy_second(text: str | None) -> bool:
    return text is None or INITIAL.match(text) is not None or is_tidy(text)


def _tidy_title(text: str | None) -> bool:
    return text is None or is_tidy_title(text)


def _cleaned(raw: str, *, in_surname: bool = False) -> str:
    """Clean a field; empty where there is anything to say of it."""
    problems: list[Problem] = []
    text = tidy(raw, problems)
    if problems or "<" in text or is_blank(text):
        return ""
    draft = Draft()
    text = set_aside(text, draft, problems, in_surname=in_surname)
    return "" if problems or draft != _UNTOUCHED else text


def _given(raw: str) -> Part:
    text = _cleaned(raw)
    tokens = text.split()
    found = take_title(tokens, follows=_MANY) if tokens else []
    fewer = text.split()
    if not tokens or (take_title(fewer, follows=_FEW), fewer) != (found, tokens) or COUPLE.search(" ".join(tokens)):
        return _HARD
    initials = " ".join(initials_after_given(tokens))
    name = _cased(" ".join(tokens), in_surname=False)
    if not name or (initials and not INITIALS.match(initials)):
        return _HARD
    return Part(name, tuple(found), initials, settled=is_tidy(name) or INITIALS.match(name) is not None)


def _surname(raw: str) -> Part:
    words = _cleaned(raw, in_surname=True).replace(",", ", ").split()
    if not words:
        return _HARD
    draft = Draft()
    take_after(words, draft)
    name = _cased(" ".join(words).rstrip(",").strip(), in_surname=True)
    return Part(name, (), "", draft.generation, ", ".join(dict.fromkeys(draft.credential)), is_tidy(name)) if name else _HARD


def _second(raw: str | None) -> Part:
    if raw is None:
        return _NONE
    name = _cased(_cleaned(raw), in_surname=False)
    return Part(name, settled=is_tidy(name) or INITIALS.match(name) is not None) if name else _HARD


def _title(raw: str | None) -> Part:
    if raw is None:
        return _NONE
    problems: list[Problem] = []
    text = tidy(raw, problems)
    return Part("", tuple(text.split())) if text and not (problems or is_blank(text)) else _HARD


def _cased(text: str, *, in_surname: bool) -> str:
    """Give a part its case; empty where that depends on the case of the others."""
    if text.islower():
        return recase(text, surname=in_surname) if is_one_case(text) else ""
    if text.isupper() and is_one_case(text):
        if in_surname or is_shouted(text, least=3):
            return recase(text, surname=in_surname)
        if is_shouted(text, least=2):
            return ""
    return text
