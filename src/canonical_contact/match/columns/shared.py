"""Mailboxes and numbers that several people share, found over columns; the same as `lookups.shared_keys`."""

from __future__ import annotations

import numpy as np

from canonical_contact.match.columns._texts import begin
from canonical_contact.match.comparisons import Names
from canonical_contact.match.lookups import HOLDERS, are_two_names, households, is_household
from canonical_contact.match.table import Bools, FeatureTable, Lists, Places, Values, texts_at

__all__ = ["shared_keys"]

_AT_ONCE = 1 << 19  # pairs that are compared at once


def shared_keys(table: FeatureTable, names: Names) -> frozenset[str]:
    """Find the mailboxes and numbers that several people use.

    Args:
        table: the features.
        names: compares names.

    Returns:
        E-mail and phone keys.
    """
    named = _spelt(table)
    return frozenset[str]().union(*(_of(table, table.lists[field], names, named) for field in ("emails", "phones")))


def _of(table: FeatureTable, column: Lists, names: Names, named: Bools) -> set[str]:
    order = np.argsort(column.codes, kind="stable")
    codes, owners = column.codes[order], column.owners()[order]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    sizes = np.diff(starts, append=len(codes))
    several = np.zeros(len(column.pool), np.bool_)
    several[codes[starts[sizes > 1]]] = True
    words, found = households(), np.zeros(len(column.pool), np.bool_)
    begins = np.flatnonzero(begin(column.pool, words) & several)  # few do, and only these are taken apart
    found[begins] = [is_household(key, words) for key in texts_at(column.pool, begins)]
    rank = np.arange(len(codes)) - np.repeat(starts, sizes)
    looked_at = (rank < HOLDERS) & np.repeat(sizes > 1, sizes) & named[owners] & ~found[codes]
    codes, owners = codes[looked_at], owners[looked_at]
    steps = [(np.flatnonzero(codes[step:] == codes[:-step]), step) for step in range(1, min(HOLDERS, len(codes)))]
    one = np.concatenate([place for place, _ in steps] or [owners[:0]])
    other = np.concatenate([place + step for place, step in steps] or [owners[:0]])
    given, surname, _ = names.comparisons
    for start in range(0, len(one), _AT_ONCE):
        x, y = one[start : start + _AT_ONCE], other[start : start + _AT_ONCE]
        open_ = ~found[codes[x]]
        x, y = x[open_], y[open_]
        levels = names.columns(table, owners[x], owners[y])
        others = levels[0] == given.words.index("different")
        alike = np.flatnonzero(levels[0] == given.words.index("similar"))
        pairs = zip(*(_heads(table, who[alike]) for who in (owners[x], owners[y])), strict=True)
        others[alike] = [are_two_names(one, other, names) for one, other in pairs]
        others &= levels[1] != surname.missing
        found[codes[x[others]]] = True
    return set(texts_at(column.pool, np.flatnonzero(found)))


def _heads(table: FeatureTable, places: Places) -> list[tuple[str, ...]]:
    """The first word of each given name, as written and as read."""
    columns = (table.values[field] for field in ("given", "read_given"))
    heads = ([text.split(" ", 1)[0] for text in texts_at(column.pool, column.codes[places])] for column in columns)
    return list(zip(*heads, strict=True))


def _spelt(table: FeatureTable) -> Bools:
    long = [_first_is_long(table.values[field]) for field in ("given", "read_given")]
    return np.where(table.values["given"].codes > 0, long[0], long[1])


def _first_is_long(column: Values) -> Bools:
    return np.fromiter((len(text.split(" ", 1)[0]) > 1 for text in column.pool), np.bool_, len(column.pool))[column.codes]
