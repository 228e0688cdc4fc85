"""Who is who, told as plainly as it can be: the model that the store is compared with. It shares no code with the library.

Records lie in sets. People join sets and part them, and what they said of two records binds. Files may join sets too, by rules that the
model does not know, but never against what people said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

__all__ = ["PlainIdentity"]

Pair = tuple[str, str]


class PlainIdentity:
    """Sets of records, what people said of pairs, the names that sets ever bore, and who refuses."""

    def __init__(self) -> None:
        self.sets: list[frozenset[str]] = []
        self.said: dict[Pair, str] = {}  # pair → the word that stands: `match`, `no_match` or another
        self.ever: dict[str, set[str]] = {}  # id → all records that it ever stood for
        self.refusing: set[str] = set()  # records of people who refused, at whatever time

    def home(self, key: str) -> frozenset[str]:
        """The set that a record lies in."""
        return next(keys for keys in self.sets if key in keys)

    # What people do

    def stands(self, word: str) -> set[Pair]:
        """The pairs of which this is the word that stands."""
        return {pair for pair, said in self.said.items() if said == word}

    def parted(self, *sets: Collection[str]) -> bool:
        """Whether people hold two of some sets apart."""
        where = {key: number for number, keys in enumerate(sets) for key in keys}
        return any(left in where and right in where and where[left] != where[right] for left, right in self.stands("no_match"))

    def join(self, *keys: str) -> None:
        """Make one set of those that some records lie in."""
        joined = frozenset().union(*(self.home(key) for key in keys))
        self.sets = [one for one in self.sets if not one <= joined] + [joined]

    def refuses(self, key: str) -> None:
        """A person refuses: whoever was thought to be that person then, refuses for good."""
        self.refusing |= self.home(key)

    def is_erased(self, keys: Collection[str]) -> None:
        """Forget records."""
        self.sets = [one for one in self.sets if one.isdisjoint(keys)]
        self.said = {pair: word for pair, word in self.said.items() if set(pair).isdisjoint(keys)}
        self.refusing -= set(keys)

    # What the store shows

    def take(self, sets: Iterable[Collection[str]]) -> None:
        """Take over what a file or an un-merge made of the sets."""
        self.sets = [frozenset(keys) for keys in sets]

    def name(self, contact_id: str, keys: Collection[str]) -> None:
        """A set bears a name: it is new, or was that of records which lie in it."""
        had = self.ever.setdefault(contact_id, set(keys))
        assert not had.isdisjoint(keys), f"{contact_id} stood for {sorted(had)} and was given to {sorted(keys)}"
        had.update(keys)
