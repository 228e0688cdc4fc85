"""Which records a source itself calls the same."""

from __future__ import annotations

import numpy as np

from canonical_contact.match.columns._texts import places_in
from canonical_contact.match.table import FeatureTable, Places

__all__ = ["same_as"]


def same_as(table: FeatureTable) -> tuple[Places, Places]:
    """The records that name others, and those that they name, which may be themselves; names of records that are not there are left out.

    Args:
        table: the features.
    """
    named = table.lists["same_as"]
    if not len(named.codes):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    places = places_in(table.keys, named.pool)  # few are named, so their names are what is looked up in
    found = np.full(len(named.pool), -1, np.int64)
    wanted = np.flatnonzero(places >= 0)
    found[places[wanted]] = wanted
    owners, others = named.owners(), found[named.codes]
    known = others >= 0
    return owners[known], others[known]
