"""Who is who among records: the same answers from single records and from columns."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from canonical_contact.engine._resolution import MatchSettings, Resolution, ReviewPair, Run, review_limit
from canonical_contact.engine._resolving_records import RecordRun
from canonical_contact.engine.reading import NoProgress, Progress
from canonical_contact.match.features import Features

if TYPE_CHECKING:
    from canonical_contact.match.table import FeatureTable

__all__ = ["FEW", "MatchSettings", "Resolution", "ReviewPair", "has_columns", "resolve", "review_limit", "run_of"]

FEW = 1_000  # records that are resolved before the columns' libraries are loaded


def has_columns() -> bool:
    """Whether the extra `[batch]` is there."""
    return all(find_spec(name) for name in ("numpy", "pyarrow", "rapidfuzz"))


def resolve(
    records: Sequence[Features] | FeatureTable, settings: MatchSettings | None = None, *, progress: Progress | None = None
) -> Resolution:
    """Decide who is who among some records.

    Candidate pairs are named by blocking keys, compared field by field, scored by weights that are learned without labels from the shipped
    ones, decided by rules and weights, and joined to clusters that no weak link holds together.

    Args:
        records: features in the order of their keys, or the same as a table of columns.
        settings: policy, weights, keys, limits; the defaults suit any table of contacts.
        progress: told how far it is.

    Returns:
        Clusters, the pairs for people, and how it came about. Large lists go through columns where the extra `[batch]` is there.

    >>> ana, too = Features("a:1", "a", given=("ana",), emails=("ana@x.es",)), Features("b:7", "b", given=("ana",), emails=("ana@x.es",))
    >>> resolve([ana, too, Features("c:3", "c", given=("eva",), emails=("eva@x.es",))]).labels.tolist()
    [0, 0, 2]
    """
    return run_of(records, settings or MatchSettings(), progress=progress or NoProgress()).resolution()


def run_of(
    records: Sequence[Features] | FeatureTable,
    settings: MatchSettings,
    *,
    progress: Progress,
    fresh: frozenset[int] | None = None,
) -> Run:
    """Begin a resolution in the form that suits the records.

    Args:
        records: features in the order of their keys, or the same as a table of columns.
        settings: policy, weights, keys, limits.
        progress: told how far it is.
        fresh: places of the records that are new or changed; only pairs with one of them are looked at. None means all.
    """
    if isinstance(records, Sequence) and (len(records) < FEW or not has_columns()):
        return RecordRun(records, settings, progress=progress, fresh=fresh)
    import numpy as np

    from canonical_contact.engine._resolving_columns import ColumnRun
    from canonical_contact.match.table import FeatureTable

    table = records if isinstance(records, FeatureTable) else FeatureTable.of(records)
    new = None
    if fresh is not None:
        new = np.zeros(len(table), np.bool_)
        new[list(fresh)] = True
    return ColumnRun(table, settings, progress=progress, fresh=new)
