"""What a comparison is: a short list of levels with their explanations, and the same answer for a pair of records and for columns of them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple, Protocol

from attrs import field, frozen

from canonical_contact.match.features import Features

if TYPE_CHECKING:
    from canonical_contact.match.columns.pairs import Levels
    from canonical_contact.match.table import FeatureTable, Places

__all__ = ["Comparison", "Group", "Level", "Lookups"]


class Level(NamedTuple):
    """One outcome of a comparison.

    `name` is its stable word; `says` the sentence that explanations print.
    """

    name: str
    says: str


@frozen
class Comparison:
    """One thing that two records are asked about.

    Args:
        name: its stable word, such as `given`; extension fields are `x.<name>`.
        levels: from the strongest agreement to `different` and, where a value may lack, `missing` as the last.
        asks: the question in words.
    """

    name: str
    levels: tuple[Level, ...]
    asks: str

    @property
    def words(self) -> tuple[str, ...]:
        """The names of the levels."""
        return tuple(level.name for level in self.levels)

    @property
    def missing(self) -> int:
        """The place of `missing`, which weighs nothing; -1 where a value is never missing."""
        return len(self.levels) - 1 if self.levels[-1].name == "missing" else -1


@frozen
class Lookups:
    """What comparisons look up, the same for all pairs of a run.

    Args:
        nicknames: token → the classes of names that it may stand for.
        free_mail: domains that say nothing about an employer.
        shared: e-mail and phone keys that several people use, as seen in the data.
        given_names: tokens that are known as given names; two of these that are nearly the same are two names.
    """

    nicknames: Mapping[str, frozenset[str]] = field(factory=dict)
    free_mail: frozenset[str] = frozenset()
    shared: AbstractSet[str] = frozenset()
    given_names: AbstractSet[str] = frozenset()


class Group(Protocol):
    """Comparisons that are made together. Both forms are symmetric and give equal answers."""

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """What the group asks."""
        ...

    def levels(self, left: Features, right: Features) -> tuple[int, ...]:
        """Compare two records: one level for each of `comparisons`."""
        ...

    def columns(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """Compare record `left[i]` with `right[i]`: one array for each of `comparisons`."""
        ...
