"""Blocking keys as data: two records are worth comparing where a key gives them a common value.

A key is made of parts, a part of fields with a transform each; both forms of blocking, over single records and over columns, read the
same tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from canonical_contact.match.features import PARTICLES, Features

__all__ = [
    "BLOCK_CAP",
    "KEYS",
    "ONE_VALUE",
    "REFINEMENTS",
    "TRANSFORMS",
    "Key",
    "KeyMaker",
    "Part",
    "Source",
    "field_values",
    "keys_for",
    "keys_from_toml",
]

_LISTS = frozenset(["emails", "roles", "phones", "same_as"])
_NUMBER = re.compile("[0-9]+")
BLOCK_CAP = 40  # members of a block; a larger one is split by further parts, and what is still larger is left out
WINDOW, WINDOW_CAP = 3, 5  # as many pairs a record as a window over records has, where values have few records each


def _sound(text: str) -> str:
    import jellyfish

    return (jellyfish.metaphone(text) if text.isascii() else "") or text


def _lasts(text: str) -> tuple[str, ...]:
    words = text.split()
    return tuple(dict.fromkeys(("".join(words), *(word for word in words if word not in PARTICLES and len(word) > 2))))


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split() if len(word) > 1 and word not in PARTICLES)


def _if(value: str, condition: bool) -> tuple[str, ...]:
    return (value,) if condition else ()


# What a part makes of one distinct value of a field; a value may give several, or none. Texts of several words have gaps between them.
TRANSFORMS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "value": lambda text: (text,),
    "first": lambda text: (text.split()[0],),
    "first word": lambda text: _if(text.split()[0], len(text.split()[0]) > 1),
    "initial": lambda text: (text[0],),
    "lasts": _lasts,
    "joined": lambda text: (text.replace(" ", ""),),
    "words": _tokens,
    "long words": lambda text: tuple(word for word in _tokens(text) if len(word) > 3),
    "sounds of lasts": lambda text: tuple(dict.fromkeys(_sound(last) for last in _lasts(text))),
    "sound": lambda text: (_sound(text.replace(" ", "")),),
    "local part": lambda text: _if(text.partition("@")[0], len(text.partition("@")[0]) > 4),
    "last eight": lambda text: _if(text[-8:], len(text) > 7),
    "day": lambda text: _if(text, len(text) > 7),
    "year": lambda text: _if(text[:4], len(text) > 7),
    "month and day": lambda text: _if(text[-5:], len(text) > 6),
    "not a day": lambda text: _if(text, len(text) < 8),
    "first two": lambda text: (text.split()[0][:2],),
    "first number": lambda text: tuple(_NUMBER.findall(text)[:1]),
    "first six": lambda text: (text[:6],),
    "first eight": lambda text: (text[:8],),
}


ONE_VALUE = frozenset(
    [
        "first",
        "first word",
        "initial",
        "joined",
        "sound",
        "local part",
        "last eight",
        "day",
        "year",
        "month and day",
        "not a day",
        "first number",
    ]
)


class Source(NamedTuple):
    """A field of `Features` (or `x.<name>` for an extension) and the transform of its values."""

    field: str
    transform: str = "value"


Part = tuple[Source, ...]  # any of these sources gives the part its values


class Key(NamedTuple):
    """A blocking key.

    Args:
        name: its stable name, in words.
        parts: all of them must agree; two parts of one source mean two different values of it, in either order.
        cap: members of a block before it is split; with a window, the most that two values beside each other have together.
        family: keys that rest on the same evidence; the estimate of recall takes families as independent looks.
        refines: whether a block that is too large is split by `REFINEMENTS`, or left out.
        window: instead of blocks of equal values, each value with those beside it in their order (the sorted neighbourhood of
            Hernández and Stolfo, 1995), where a slip leaves two values beside each other: fewer records than this have a value
            between the two. It goes by values, so that no order of records that have the same one shows in a result. 0 for blocks.
    """

    name: str
    parts: tuple[Part, ...]
    cap: int = BLOCK_CAP
    family: str = "name"
    refines: bool = True
    window: int = 0

    @property
    def reach(self) -> int:
        """How many records before and after the first with a value say all about its window."""
        return 2 * self.cap + self.window


FIRST: Part = (Source("given", "first"), Source("read_given", "first"))
LAST: Part = (Source("surname", "lasts"), Source("read_surname", "joined"))
LAST_SOUND: Part = (Source("surname", "sounds of lasts"), Source("read_surname", "sound"))
INITIAL: Part = (Source("given", "initial"), Source("read_given", "initial"))
WORD: Part = tuple(Source(name, "words") for name in ("given", "surname", "read_given", "read_surname"))
RARE: Part = (Source("given", "long words"), Source("surname", "long words"))
EITHER_INITIAL: Part = (Source("given", "initial"), Source("surname", "initial"))

# The order is the order of the report. A key that many strangers share gets a low cap: it finds typos and initials in small blocks.
KEYS: tuple[Key, ...] = (
    Key("email", ((Source("emails"),),), family="email"),
    Key("email local part", ((Source("emails", "local part"),),), family="email"),
    Key("phone, last digits", ((Source("phones", "last eight"),),), family="phone"),
    Key("two words of the name", (WORD, WORD), cap=16, family="name"),
    Key("rare word of the name", (RARE,), cap=6, family="name", refines=False),
    Key("initial and postcode", (INITIAL, (Source("postcode"),)), family="place"),
    Key("birthday", ((Source("birthday", "day"),),), family="birthday"),
    Key("surname by sound and birth year", (LAST_SOUND, (Source("birthday", "year"),)), family="birthday"),
    Key("given name and part of a birthday", (FIRST, (Source("birthday", "not a day"),)), family="birthday"),
    Key("employer and given name", ((Source("employer"),), FIRST), family="employer"),
    Key("employer and surname by sound", ((Source("employer"),), LAST_SOUND), family="employer"),
    Key("initial and surname by sound", (INITIAL, LAST_SOUND), cap=8, family="name"),
    Key("street and town", ((Source("street"),), (Source("locality"), Source("postcode"))), family="place"),
    # what is left of an address when street, town and postcode were all misspelt
    Key("surname and house number", (LAST, (Source("street", "first number"),)), cap=8, family="place"),
    Key("shared mailbox and initial", ((Source("roles"),), EITHER_INITIAL), family="email"),
    Key("neighbours by surname", ((Source("surname", "joined"),), (Source("given", "first"),)), cap=WINDOW_CAP, window=WINDOW),
)

# What splits a block that is too large, one after the other; each gives at most one value.
REFINEMENTS: tuple[Source, ...] = (
    Source("given", "first two"),
    Source("birthday", "year"),
    Source("locality", "first six"),
    Source("employer", "first eight"),
)


def keys_for(extensions: Mapping[str, str], keys: Sequence[Key] = KEYS) -> tuple[Key, ...]:
    """The keys for records that also have extension fields.

    Args:
        extensions: name of an extension → its kind, as in `comparisons.extensions`.
        keys: the keys of the canonical fields.

    Returns:
        `keys`, and one or more for each extension by its kind.

    >>> [key.name for key in keys_for({"member_no": "id"}, ())]
    ['member_no', 'neighbours by member_no']
    """
    more = [key for name, kind in sorted(extensions.items()) for make in _EXTENSION_KEYS.get(kind, ()) for key in make(name)]
    return (*keys, *more)


def _alone(name: str) -> tuple[Key, ...]:
    return (Key(name, ((Source(f"x.{name}"),),), family=f"x.{name}"),)


def _beside(name: str) -> tuple[Key, ...]:
    return (Key(f"neighbours by {name}", ((Source(f"x.{name}"),),), cap=WINDOW_CAP, family=f"x.{name}", window=WINDOW),)


def _with_name(name: str) -> tuple[Key, ...]:
    own: Part = (Source(f"x.{name}"),)
    return (
        Key(f"{name} and given name", (own, FIRST), cap=12, family=f"x.{name}"),
        Key(f"{name} and surname by sound", (own, LAST_SOUND), cap=12, family=f"x.{name}"),
    )


_EXTENSION_KEYS: dict[str, tuple[Callable[[str], tuple[Key, ...]], ...]] = {
    "id": (_alone, _beside),
    "date": (_alone,),
    "name": (_with_name,),
    "text": (_with_name,),
}


def keys_from_toml(text: str, *, source: str = "keys") -> tuple[Key, ...]:
    r"""Read keys of one's own, which take the place of those that ship.

    Args:
        text: one table `[[key]]` for each: `name`; `parts`, each field → transform, where any of its fields gives the part its values;
            and `cap`, `window`, `refines`, `family` as in `Key`.
        source: named in errors.

    Raises:
        ConfigError: it is no TOML, or names a field or a transform that there is not.

    >>> [key] = keys_from_toml('[[key]]\nname = "surname and postcode"\nparts = [{ surname = "lasts" }, { postcode = "value" }]')
    >>> key.parts
    ((Source(field='surname', transform='lasts'),), (Source(field='postcode', transform='value'),))
    """
    from canonical_contact.match._keys_toml import keys_of

    return keys_of(text, source)


def field_values(record: Features, field: str) -> tuple[str, ...]:
    """The values of one field as the transforms take them: words as one text with gaps, lists one by one."""
    if field.startswith("x."):
        return tuple(value for name, value in record.extensions if name == field[2:])
    value = getattr(record, field)
    if isinstance(value, str):
        return (value,) if value else ()
    return value if field in _LISTS else ((" ".join(value),) if value else ())


class KeyMaker:
    """Makes the values of keys; remembers what each transform makes of each distinct value, and goes with the run.

    Args:
        keys: the keys.
    """

    def __init__(self, keys: Iterable[Key] = KEYS) -> None:
        self.keys = tuple(keys)
        self._memo: dict[tuple[str, str], tuple[str, ...]] = {}

    def values(self, key: Key, record: Features) -> tuple[tuple[str, ...], ...]:
        """The values of a key for one record, each once; a value has one text a part.

        >>> maker = KeyMaker()
        >>> maker.values(KEYS[0], Features("a:1", "a", emails=("ana@x.es",)))
        (('ana@x.es',),)
        """
        parts = [tuple(dict.fromkeys(self._part(part, record))) for part in key.parts]
        if len(key.parts) == 2 and key.parts[0] == key.parts[1]:
            return tuple(combinations(sorted(parts[0]), 2))
        return tuple(product(*parts))

    def refinement(self, source: Source, record: Features) -> str:
        """The one value of a source that splits blocks; empty where there is none."""
        return next(self._part((source,), record), "")

    def _part(self, part: Part, record: Features) -> Iterator[str]:
        for source in part:
            for text in field_values(record, source.field):
                known = self._memo.get((source.transform, text))
                if known is None:
                    known = self._memo[source.transform, text] = TRANSFORMS[source.transform](text)
                yield from known
