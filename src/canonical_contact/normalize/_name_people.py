# Several people in one field: each with the surname that they share.
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._name_parse import INITIALS, key_of, keys_of, split_commas, take_title
from canonical_contact.normalize._text import clean

__all__ = ["people_in", "split_people"]

_STRONG: Final = frozenset(["&", "+", "and", "und", "et", "och", "og", "és", "и"])
_WEAK: Final = frozenset(["y", "e", "i", "en", "a", "ja", "ve", "та", "și", "si", "i", "och", "u", "και"]) - {"och"}
_JOINTS: Final = _STRONG | _WEAK
_MAYBE: Final = re.compile(r"[&+;/\n]|,|\s(?:and|und|et|och|og|és|и|y|e|i|en|a|ja|ve|та|și|si|u|και)\s", re.IGNORECASE)
_MARKS: Final = re.compile(r"[&+;/,\n]")
_SEPARATORS: Final = re.compile(r"[;\n]| / ")
_LIMIT: Final = 1_000
_MOST: Final = 20  # people in one field
_MOST_WORDS: Final = 60  # a longer text is no list of a few people


def split_people(text: str) -> list[str]:
    """Split a text that names several people into a name for each; one person comes back as is.

    A surname or a title that is written once is given to each whom it is for.

    Args:
        text: the field, such as `John & Jane Smith`.

    Returns:
        The names, as `normalize.name` reads them; empty for an empty text.

    >>> split_people("John & Jane Smith"), split_people("Mr. and Mrs. John Smith")
    (['John Smith', 'Jane Smith'], ['Mr. John Smith', 'Mrs. Smith'])
    >>> split_people("Herr Hans und Frau Eva Müller"), split_people("Pérez y Gómez")
    (['Herr Hans Müller', 'Frau Eva Müller'], ['Pérez y Gómez'])
    """
    lines = [part for part in map(clean, text[:_LIMIT].splitlines()) if part]
    if len(text) > _LIMIT or not lines:
        return [text] if text.strip() else []
    joined = "; ".join(lines)
    people = people_in(joined)
    return people if len(people) > 1 else [text]


def people_in(text: str, keys: Iterable[str] = ()) -> list[str]:
    """Do `split_people` for a clean text; `keys` are those of its words, where they are known."""
    if keys:
        if _JOINTS.isdisjoint(keys) and not _MARKS.search(text):
            return [text]
    elif not _MAYBE.search(text):
        return [text]
    chunks = [chunk for chunk in map(str.strip, _SEPARATORS.split(text)) if any(map(str.isalpha, chunk))]
    if len(chunks) > 1:
        people = [person for chunk in chunks[:_MOST] for person in _joined(chunk)]
        return _carry(people)
    return _joined(text)


def _joined(text: str) -> list[str]:
    if "," in text:
        if (people := _listed(text)) is not None:
            return people
    tokens = text.replace("&", " & ").replace("+", " + ").split()
    if len(tokens) > _MOST_WORDS:
        return [text]
    segments: list[list[str]] = []
    start = 0
    for at, token in enumerate(tokens[:-1]):
        if at > start and token.lower() in _JOINTS and _divides(tokens[start:], at - start):
            segments.append(tokens[start:at])
            start = at + 1
            if len(segments) == _MOST:
                break
    if not segments:
        return [text]
    segments.append(tokens[start:])
    if all(_is_title(token) for token in segments[0]):
        return _titled(segments) or [text]
    return _carry([" ".join(segment) for segment in segments])


def _titled(segments: list[list[str]]) -> list[str]:
    """Read `Mr. and Mrs. John Smith`, `Mr. & Mrs. John and Jane Smith`; nothing where no title follows the first."""
    title, rest = " ".join(segments[0]), list(segments[1])
    others = " ".join(take_title(rest)) if len(rest) > 1 else ""
    if not others:
        return []
    if len(segments) > 2:
        people = _carry([" ".join(tokens) for tokens in (rest, *segments[2:])])
        return [f"{title} {people[0]}", f"{others} {people[1]}", *people[2:]]
    return [f"{title} {' '.join(rest)}", f"{others} {' '.join(_surname(rest))}"]


def _listed(text: str) -> list[str] | None:
    """Read lists with commas: `Smith, John & Jane`; `John, Jane and Bob Smith`; `John Smith, Jane Doe`."""
    parts = split_commas(text)
    if len(parts) < 2 or len(parts) > _MOST:
        return None
    bare = [part.split() for part in parts]
    firsts = [key_of((_untitled(tokens) or tokens)[0]) for tokens in bare]
    tail = bare[-1]
    joint = next(
        (at for at, token in enumerate(tail) if token.lower() in _JOINTS and 0 < at < len(tail) - 1 and _divides(tail, at)), 0
    )
    singles = all(len(tokens) == 1 for tokens in bare[:-1])
    if joint and len(parts) == 2 and not (singles and firsts[0] in tables.GIVEN and len(tail) - joint > 2):
        if len(parts) == 2 and not (firsts[0] in tables.GIVEN and firsts[0] not in tables.SURNAMES and len(bare[0]) > 1):
            left, right = " ".join(tail[:joint]), " ".join(tail[joint + 1 :])
            return [f"{left} {parts[0]}", f"{right} {parts[0]}" if len(_untitled(tail[joint + 1 :])) < 2 else right]
    if joint and singles and all(first in tables.GIVEN for first in firsts):
        return _carry([*parts[:-1], *_joined(parts[-1])])
    if (
        all(len(_untitled(tokens)) > 1 for tokens in bare)
        and all(_is_given(first) for first in firsts)
        and not _is_given(key_of(bare[0][-1]))
    ):
        if joint:
            return [*parts[:-1], *_joined(parts[-1])]
        if all(not _is_given(key_of(tokens[-1])) and not INITIALS.match(tokens[-1]) for tokens in bare):
            return parts
    return None


def _untitled(tokens: list[str]) -> list[str]:
    rest = list(tokens)
    take_title(rest, follows=1)
    return rest


def _is_given(key: str) -> bool:
    return key in tables.GIVEN


def _is_title(token: str) -> bool:
    return key_of(token) in tables.TITLES or key_of(token) in tables.TITLES_ALONE


def _divides(tokens: list[str], at: int) -> bool:
    """Tell whether a word for `and` stands between two people, and not inside one name."""
    word, before, after = tokens[at].lower(), key_of(tokens[at - 1]), key_of(tokens[at + 1])
    if before in tables.NOBILITY or before in {"von", "van", "zu"} or after in {"zu", "von"}:
        return False
    if _is_title(tokens[at - 1]) and (_is_title(tokens[at + 1]) or word in _STRONG):
        return all(map(_is_title, [token for token in tokens[:at] if token.lower() not in _JOINTS]))
    if word in _STRONG:
        return True
    if not tokens[at].islower():
        return tokens[at].isupper() and len(tokens[at]) > 1 and _is_given(after) and _is_given(key_of(tokens[0]))
    left, right = _untitled(tokens[:at]), _untitled(tokens[at + 1 :])
    if (
        not left
        or not right
        or not _is_given(key_of(right[0]))
        or not (_is_given(key_of(left[0])) or len(left) < len(tokens[:at]))
    ):
        return False
    return len(right) > 1 or all(map(_is_given, keys_of(left)))


def _surname(tokens: list[str]) -> list[str]:
    """Give the surname of a name that stands alone, or of one behind a given name."""
    from canonical_contact.normalize._name_order import order
    from canonical_contact.normalize._name_parse import Draft, Hints

    if len(tokens) < 2:
        return list(tokens)
    draft = Draft()
    order(" ".join(tokens), draft, Hints(column="full"))
    return draft.surname


def _carry(people: list[str]) -> list[str]:
    """Give the surname that only one of them has to those who have a given name only."""
    drafts = [_untitled(person.split()) for person in people]
    whole = [
        len(tokens) > 1
        and not all((_is_given(key) and key not in tables.SURNAMES) or INITIALS.match(key) is not None for key in keys_of(tokens))
        for tokens in drafts
    ]
    if any(whole):
        last = len(people) - 1
        for place, tokens in enumerate(drafts):
            if not whole[place] and tokens and (place != last or len(tokens) == 1) and "," not in people[place]:
                near = next((other for other in (*range(place + 1, last + 1), *range(place - 1, -1, -1)) if whole[other]), place)
                surname = _surname(drafts[near])
                if surname and tokens[-1:] != surname:
                    people[place] = f"{people[place]} {' '.join(surname)}"
    return people
