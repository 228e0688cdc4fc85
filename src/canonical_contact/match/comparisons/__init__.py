"""The comparison library: what two records are asked, field by field."""

from __future__ import annotations

from collections.abc import Mapping

from canonical_contact.match.comparisons._base import Comparison, Group, Level, Lookups
from canonical_contact.match.comparisons.channels import Channels
from canonical_contact.match.comparisons.extensions import Extensions
from canonical_contact.match.comparisons.facts import Facts
from canonical_contact.match.comparisons.names import Names

__all__ = ["Channels", "Comparison", "Extensions", "Facts", "Group", "Level", "Lookups", "Names", "groups_for"]


def groups_for(
    lookups: Lookups,
    extensions: Mapping[str, str] | None = None,
    *,
    names: Names | None = None,
    postcodes: Mapping[str, tuple[float, float]] | None = None,
) -> tuple[Group, ...]:
    """All comparisons of a run.

    Args:
        lookups: what they look up.
        extensions: name of an extension field → its kind.
        names: the comparison of names, if it is there already; it knows nothing of shared keys.
        postcodes: where postcodes lie, as latitude and longitude in degrees; without it postcodes are near by their digits alone.

    Returns:
        The groups, in the order of a vector.

    >>> sum(len(group.comparisons) for group in groups_for(Lookups()))
    11
    """
    groups: list[Group] = [names or Names(lookups), Channels(lookups), Facts(lookups, postcodes)]
    return (*groups, Extensions(sorted(extensions.items()))) if extensions else tuple(groups)
