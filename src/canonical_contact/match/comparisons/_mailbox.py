"""How names are spelt in mailboxes: `first.last`, `flast`, `last_first` and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from canonical_contact.match.features import PARTICLES, Features, squash

__all__ = [
    "FEW_DIGITS",
    "MEETING",
    "Forms",
    "Spellings",
    "digits_in",
    "first_forms",
    "is_name",
    "last_forms",
    "letters_in",
    "met",
    "names_of",
    "spell",
    "spellings",
]

# Where two words meet, the second letter of these pairs is lost, as `squash` loses it inside a word.
MEETING = ("ae", "oe", "ue", "ou", "oh")
_NO_LETTERS = re.compile(r"[^\w\n]+|[\d_]+")
_NO_DIGITS = re.compile(r"[^\d\n]+")
FEW_DIGITS = 2  # a year or a number behind one word of a name says little


class Forms(NamedTuple):
    """The words of a name as a mailbox may hold them: whole, or as initials."""

    words: tuple[str, ...]
    initials: tuple[str, ...] = ()


class Spellings(NamedTuple):
    """What the letters of a mailbox are for a name: `full` hold something of given name and surname, `alone` are one of the two."""

    full: frozenset[str]
    alone: frozenset[str]


def letters_in(local: str) -> str:
    """The squashed letters of the local part of an address.

    >>> letters_in("hannah.mueller-80")
    'hanahmuler'
    """
    return squash(_NO_LETTERS.sub("", local))


def digits_in(local: str) -> str:
    """The digits of the local part of an address."""
    return _NO_DIGITS.sub("", local)


def first_forms(given: tuple[str, ...]) -> Forms:
    """A given name in squashed tokens, in the forms that mailboxes hold.

    >>> first_forms(("ana", "maria"))
    Forms(words=('ana', 'anamaria'), initials=('a', 'am'))
    """
    if not given:
        return Forms(())
    words = dict.fromkeys((given[0], "".join(given)))
    initials = dict.fromkeys((given[0][0], "".join(word[0] for word in given)))
    return Forms(tuple(words), tuple(initial for initial in initials if initial not in words))


def last_forms(surname: tuple[str, ...]) -> Forms:
    """A surname in squashed tokens, in the forms that mailboxes hold.

    >>> last_forms(("de", "jong"))
    Forms(words=('dejong', 'jong'), initials=())
    """
    words = [word for word in surname if word not in PARTICLES] or surname
    return Forms(tuple(dict.fromkeys(("".join(surname), "".join(words), words[0], words[-1])))) if surname else Forms(())


def spell(first: Forms, last: Forms) -> Iterator[str]:
    """Every way to spell a name with something of both.

    >>> sorted(spell(first_forms(("ana",)), last_forms(("alba",))))
    ['alba', 'alba', 'albana', 'anaa', 'analba']
    """
    for b in last.words:
        for a in (*first.words, *first.initials):
            yield met(a, b)
            yield met(b, a)
        for a in first.words:
            if len(a) > 1:
                yield a + b[0]


def met(a: str, b: str) -> str:
    """Two words of a name joined, as `squash` joins them."""
    return a + b[1:] if a[-1] == b[0] or a[-1] + b[0] in MEETING else a + b


def names_of(record: Features) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The names of a record: as written, as read, and with its nicknames."""
    names = [(record.given, record.surname)]
    if record.read_given or record.read_surname:
        names.append((record.read_given, record.read_surname))
    return names + [((nickname,), record.surname) for nickname in record.nicknames]


def spellings(record: Features) -> Spellings:
    """All spellings of a record's names."""
    forms = [(first_forms(given), last_forms(surname)) for given, surname in names_of(record)]
    alone = frozenset(word for first, last in forms for word in (*first.words, *last.words))
    return Spellings(frozenset(text for first, last in forms for text in spell(first, last)) - alone, alone)


def is_name(local: str, names: Spellings) -> bool:
    """Whether a local part is no more than a name: all of it without digits, or one word of it with few."""
    letters, digits = letters_in(local), digits_in(local)
    return (letters in names.full and not digits) or (letters in names.alone and len(digits) <= FEW_DIGITS)
