"""Mailboxes and numbers that several people share, found over columns; the same as `lookups.shared_keys`."""

from __future__ import annotations

import numpy as np

from canonical_contact.match.comparisons import Names
from canonical_contact.match.lookups import HOLDERS, households, is_household
from canonical_contact.match.table import Bools, FeatureTable, Lists, Values

__all__ = ["shared_keys"]


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
    several = codes[starts[sizes > 1]]
    words = households()
    found = {column.pool[code] for code in several.tolist() if is_household(column.pool[code], words)}
    rank = np.arange(len(codes)) - np.repeat(starts, sizes)
    looked_at = (rank < HOLDERS) & np.repeat(sizes > 1, sizes) & named[owners]
    codes, owners = codes[looked_at], owners[looked_at]
    given, surname, _ = names.comparisons
    for step in range(1, HOLDERS):
        same = np.flatnonzero(codes[step:] == codes[:-step])
        if not len(same):
            break
        levels = names.columns(table, owners[same], owners[same + step])
        others = (levels[0] == given.words.index("different")) & (levels[1] != surname.missing)
        found.update(column.pool[code] for code in np.unique(codes[same][others]).tolist())
    return found


def _spelt(table: FeatureTable) -> Bools:
    long = [_first_is_long(table.values[field]) for field in ("given", "read_given")]
    return np.where(table.values["given"].codes > 0, long[0], long[1])


def _first_is_long(column: Values) -> Bools:
    return np.fromiter((len(text.split(" ", 1)[0]) > 1 for text in column.pool), np.bool_, len(column.pool))[column.codes]
