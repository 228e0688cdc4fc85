"""Which names are spelt in which mailboxes, for many records at once: the answers of `comparisons/_mailbox.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.comparisons._mailbox import Forms, first_forms, last_forms, spell
from canonical_contact.match.table import Bools, Codes, FeatureTable, Places

__all__ = ["Spelt"]

_NAMES = ("given", "surname", "read_given", "read_surname", "nicknames")


class Spelt:
    """For each record which letters of mailboxes spell its names.

    Args:
        table: the records.
        letters: the letters of a mailbox → their code; only these matter.
    """

    def __init__(self, table: FeatureTable, letters: Mapping[str, int]) -> None:
        self.names, examples = _distinct([table.values[name].codes for name in _NAMES])
        pools = [table.values[name].pool for name in _NAMES]
        firsts = [_forms(pools[place], first_forms) for place in (0, 2)]
        lasts = [_forms(pools[place], last_forms) for place in (1, 3)]
        nicknames = pools[4]
        full, alone, named = list[set[int]](), list[set[int]](), list[bool]()
        for given, surname, read_given, read_surname, nickname in zip(
            *(table.values[name].codes[examples].tolist() for name in _NAMES), strict=True
        ):
            forms = [(firsts[0][given], lasts[0][surname])]
            if read_given or read_surname:
                forms.append((firsts[1][read_given], lasts[1][read_surname]))
            forms += [(first_forms((word,)), lasts[0][surname]) for word in nicknames[nickname].split()]
            words = (word for first, last in forms for word in (*first.words, *last.words))
            alone.append({letters[word] for word in words if word in letters})
            both = (text for first, last in forms for text in spell(first, last))
            full.append({letters[text] for text in both if text in letters} - alone[-1])
            named.append(any(first.words and last.words for first, last in forms))
        self._full, self._alone, self._named = _rows(full), _rows(alone), np.array(named, np.bool_)

    def named(self, places: Places) -> Bools:
        """Whether the records have a given name and a surname."""
        return self._named[self.names[places]]

    def full(self, places: Places, letters: Codes) -> Bools:
        """Whether the letters spell the record's name with something of given name and surname."""
        return _holds(self._full, self.names[places], letters)

    def alone(self, places: Places, letters: Codes) -> Bools:
        """Whether the letters are one word of the record's name."""
        return _holds(self._alone, self.names[places], letters)


def _forms(pool: Sequence[str], forms: Callable[[tuple[str, ...]], Forms]) -> list[Forms]:
    return [forms(tuple(text.split())) for text in pool]


def _distinct(columns: Sequence[Codes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each record the place of its combination of codes among the distinct ones, and for each of these a record that has it."""
    which = np.zeros(len(columns[0]), np.int64)
    for codes in columns:
        if codes.any():
            which = np.unique(which * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
    _, examples, which = np.unique(which, return_index=True, return_inverse=True)
    return which, examples


def _rows(lists: Sequence[set[int]]) -> NDArray[np.int32]:
    """Lists of codes as rows, filled up with -1."""
    widths = np.fromiter(map(len, lists), np.int64, len(lists))
    rows = np.full((len(lists), int(widths.max(initial=0))), -1, np.int32)
    rows[np.arange(rows.shape[1]) < widths[:, None]] = [code for codes in lists for code in codes]
    return rows


def _holds(rows: NDArray[np.int32], names: NDArray[np.int64], letters: Codes) -> Bools:
    found = np.zeros(len(names), np.bool_)
    for column in range(rows.shape[1]):
        found |= rows[names, column] == letters
    return found
