"""How common the values are that two records agree on: two Müllers are less of a sign than two Wieczorkiewiczes."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from attrs import frozen

from canonical_contact.match.comparisons._base import Comparison
from canonical_contact.match.features import PARTICLES, Features

__all__ = [
    "COMMON",
    "PARTS",
    "TENTHS",
    "TERMS",
    "Term",
    "TermFrequencies",
    "counted",
    "relative",
    "term_frequencies",
    "terms_for",
]

TENTHS = 10  # adjustments are whole tenths of a natural logarithm
COMMON = 2  # a value held by two records is as rare as can be: they may be one person's

# Parts of a value that may be what two records agree on.
PARTS: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "whole": lambda text: (text,) if text else (),
    "first word": lambda text: tuple(text.split(" ", 1)[:1]) if text else (),
    "joined": lambda text: (text.replace(" ", ""),) if text else (),
    "words": lambda text: tuple(dict.fromkeys(word for word in text.split() if word not in PARTICLES)),
    "local part": lambda text: tuple(filter(None, text.split("@")[:1])),
}

_STRANGERS = frozenset({"namesake", "stranger"})
_NO_HOME = _STRANGERS | {"colleague"}
_NO_KIN = _NO_HOME | {"household", "kin"}


class Term(NamedTuple):
    """Where the frequency of the agreed value matters.

    `comparison` at one of `levels` means that two records agree on `part` of `field`; in the kinds of pairs `chance` they do so by chance.
    """

    comparison: str
    levels: tuple[str, ...]
    field: str
    part: str
    chance: frozenset[str]

    @property
    def name(self) -> str:
        """What two records agree on: "field/part"."""
        return f"{self.field}/{self.part}"


# A household shares its surname, address and landline for a reason, and colleagues their employer; there a common value says no more.
# A mailbox or number that nobody else uses is held by as many records as its owner has, so its count says nothing.
TERMS: tuple[Term, ...] = (
    Term("given", ("exact",), "given", "first word", _NO_KIN),
    Term("surname", ("exact",), "surname", "joined", _NO_HOME),
    Term("surname", ("part",), "surname", "words", _NO_HOME),
    Term("email", ("same_shared",), "emails", "whole", _NO_HOME),
    Term("email", ("same_local", "same_local_name"), "emails", "local part", _NO_KIN),
    Term("phone", ("same_shared",), "phones", "whole", _STRANGERS),
    Term("birthday", ("exact",), "birthday", "whole", _NO_KIN),
    Term("address", ("same", "same_street"), "street", "whole", _NO_HOME),
    Term("address", ("same_postcode",), "postcode", "whole", _NO_HOME),
    Term("address", ("same_town",), "locality", "whole", _NO_HOME),
    Term("address", ("same_region",), "region", "whole", _NO_HOME),
    Term("employer", ("same",), "employer", "whole", _STRANGERS),
)
_EXTENSION_LEVELS = ("exact", "same")


def terms_for(comparisons: Sequence[Comparison]) -> tuple[Term, ...]:
    """The terms of these comparisons; an extension field has one for its whole value."""
    words = {one.name: one.words for one in comparisons}
    known = [
        term._replace(levels=levels)
        for term in TERMS
        if (levels := tuple(level for level in term.levels if level in words.get(term.comparison, ())))
    ]
    own = [
        Term(name, tuple(level for level in _EXTENSION_LEVELS if level in levels), name, "whole", _NO_KIN)
        for name, levels in words.items()
        if name.startswith("x.")
    ]
    return (*known, *own)


@frozen
class TermFrequencies:
    """How common values are, relative to the chance that two records agree on one.

    Args:
        tables: "field/part" → value → log of (its count / mean count of an agreed one), in tenths; only values of three records and more.
        rare: "field/part" → the same for all other values.
    """

    tables: Mapping[str, Mapping[str, int]]
    rare: Mapping[str, int]

    def of(self, term: Term, values: Iterable[str]) -> int:
        """The adjustment of the rarest of some agreed values, in tenths; 0 for none."""
        table, rare = self.tables.get(term.name, {}), self.rare.get(term.name, 0)
        return min((table.get(value, rare) for value in values), default=0)

    def to_text(self) -> str:
        """Write the frequencies as JSON; equal ones give equal text."""
        return json.dumps([self.tables, self.rare], ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def without(self, values: Collection[tuple[str, str]]) -> TermFrequencies:
        """Forget values, given as ("field/part", value): from now on they count as rare ones."""
        gone = frozenset(values)
        kept = {
            name: {value: weight for value, weight in table.items() if (name, value) not in gone}
            for name, table in self.tables.items()
        }
        return TermFrequencies(kept, self.rare)

    @classmethod
    def from_text(cls, text: str) -> TermFrequencies:
        """Read frequencies that `to_text` wrote.

        >>> TermFrequencies.from_text('[{"given/first word":{"ana":7}},{"given/first word":-9}]').rare
        {'given/first word': -9}
        """
        tables, rare = json.loads(text)
        return cls(tables, rare)


def term_frequencies(records: Iterable[Features], comparisons: Sequence[Comparison]) -> TermFrequencies:
    """Count the values that the terms of these comparisons ask for.

    Args:
        records: features, in any order.
        comparisons: those of the run.

    Returns:
        The frequencies; `match.columns.scoring.term_frequencies` gives the same from a table.
    """
    asked = list(dict.fromkeys((term.field, term.part) for term in terms_for(comparisons)))
    counts: dict[tuple[str, str], Counter[str]] = {pair: Counter() for pair in asked}
    for record in records:
        for pair in asked:
            counts[pair].update(values_of(record, *pair))
    found = {
        f"{field}/{part}": relative(held, held.total(), sum(count * count for count in held.values()))
        for (field, part), held in counts.items()
    }
    return TermFrequencies({name: table for name, (table, _) in found.items()}, {name: rare for name, (_, rare) in found.items()})


def counted(record: Features) -> set[tuple[str, str]]:
    """All values of a record whose frequency may be kept, as ("field/part", value)."""
    pairs = dict.fromkeys((term.field, term.part) for term in TERMS)
    own = {(f"x.{name}/whole", value) for name, value in record.extensions}
    return own | {(f"{field}/{part}", value) for field, part in pairs for value in values_of(record, field, part)}


def values_of(record: Features, field: str, part: str) -> tuple[str, ...]:
    """The values of a record that another may agree on."""
    if field.startswith("x."):
        texts: Sequence[str] = (dict(record.extensions).get(field[2:], ""),)
    else:
        value = getattr(record, field)
        texts = (value,) if isinstance(value, str) else value if field in _LISTS else (" ".join(value),)
    parts = [value for text in texts for value in PARTS[part](text)]
    return tuple(dict.fromkeys(parts))


_LISTS = ("emails", "phones")


def relative(counts: Mapping[str, int], total: int, squares: int) -> tuple[dict[str, int], int]:
    """Logs of count by mean count of an agreed value, in tenths, for values of three records and more; and that of all others.

    Args:
        counts: value → records; those of one or two records may be left out.
        total: the sum of all counts.
        squares: the sum of their squares.
    """
    if not total:
        return {}, 0
    mean = max(squares / total, float(COMMON))
    tenths = {count: _tenths(count / mean) for count in {COMMON, *filter(COMMON.__lt__, counts.values())}}
    return {text: tenths[count] for text, count in sorted(counts.items()) if count > COMMON}, tenths[COMMON]


def _tenths(ratio: float) -> int:
    return round(TENTHS * math.log(ratio))
