"""Match features as columns: each value once in a pool, each record a few whole numbers. Needs NumPy, from the extra `[batch]`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, overload

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from canonical_contact.match.features import Features

__all__ = ["TEXTS", "WORDS", "Bools", "Codes", "FeatureTable", "Lists", "Places", "Pool", "Values", "arrow_of", "texts_at"]

Codes: TypeAlias = NDArray[np.int32]
Places: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

# The fields of `Features` by their form here: tuples of words are one text with gaps; lists hold several values a record.
WORDS = ("given", "surname", "read_given", "read_surname", "nicknames")
TEXTS = ("generation", "birthday", "street", "postcode", "locality", "country", "employer", "region", "system")
AT_ONCE = 1 << 14  # texts from which Arrow encodes them, and that are read from Arrow at once
LISTS = ("emails", "roles", "phones", "same_as")


class Pool(Sequence[str]):
    """Texts as Arrow holds them: without an object each, so that ten million fit.

    Args:
        arrow: an array of large strings without nulls.
    """

    def __init__(self, arrow: Any) -> None:  # noqa: ANN401  Arrow comes without types
        self.arrow = arrow

    def __len__(self) -> int:
        return len(self.arrow)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Pool: ...

    def __getitem__(self, place: int | slice) -> str | Pool:
        if isinstance(place, slice):
            return Pool(self.arrow[place])
        text: str = self.arrow[place].as_py()
        return text

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self.arrow), AT_ONCE):
            yield from self.arrow.slice(start, AT_ONCE).to_pylist()


def arrow_of(pool: Sequence[str]) -> Any:  # noqa: ANN401  an Arrow array of large strings
    """Texts as an Arrow array."""
    import pyarrow as pa

    if isinstance(pool, Pool):
        return pool.arrow
    try:
        return pa.array(pool, pa.large_string())
    except UnicodeEncodeError:  # half a character, which UTF-8 cannot hold and which says nothing
        return pa.array([text.encode("utf-8", "replace").decode() for text in pool], pa.large_string())


def texts_at(pool: Sequence[str], codes: Codes | Places) -> list[str]:
    """The texts of some codes.

    >>> texts_at(["", "ana", "eva"], np.array([2, 1, 2]))
    ['eva', 'ana', 'eva']
    """
    if isinstance(pool, Pool):
        found: list[str] = pool.arrow.take(codes).to_pylist()
        return found
    return [pool[code] for code in codes.tolist()]


@frozen(eq=False)
class Values:
    """One text a record.

    Args:
        codes: for each record the place of its value in the pool; 0 is missing.
        pool: the distinct values; the first is the empty text.
    """

    codes: Codes
    pool: Sequence[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Values:
        """Encode one text a record.

        >>> found = Values.of(["ana", "", "ana"])
        >>> found.codes.tolist(), found.pool
        ([1, 0, 1], ['', 'ana'])
        """
        listed = texts if isinstance(texts, list) else list(texts)
        if len(listed) >= AT_ONCE:
            return cls.of_arrow(arrow_of(listed))
        places: dict[str, int] = {"": 0}
        codes = np.fromiter((places.setdefault(text, len(places)) for text in listed), np.int32, len(listed))
        return cls(codes, list(places))

    @classmethod
    def of_arrow(cls, texts: Any) -> Values:  # noqa: ANN401  an Arrow array of texts
        """Encode an Arrow array of texts without nulls: the same codes, several times faster."""
        import pyarrow as pa
        import pyarrow.compute as pc

        encoded = texts.dictionary_encode()
        pool, codes = encoded.dictionary, encoded.indices.to_numpy()
        empty = pc.index(pool, "").as_py()
        if empty < 0:
            return cls(codes + np.int32(1), Pool(pa.concat_arrays([pa.array([""], pool.type), pool])))
        if empty:  # takes place 0
            move = np.arange(len(pool), dtype=np.int32)
            move[:empty], move[empty] = move[:empty] + 1, 0
            pool, codes = pa.concat_arrays([pool[empty : empty + 1], pool[:empty], pool[empty + 1 :]]), move[codes]
        return cls(codes, Pool(pool))

    def map(self, change: Callable[[str], str]) -> Values:
        """Change every distinct value once; values that become equal become one."""
        changed = Values.of([change(text) if text else "" for text in self.pool])
        return Values(changed.codes[self.codes], changed.pool)

    def take(self, places: Places) -> Values:
        """The values of some records, with the pool as it is."""
        return Values(self.codes[places], self.pool)


@frozen(eq=False)
class Lists:
    """Several texts a record, in its order.

    Args:
        offsets: where each record's values begin in `codes`; one more than records.
        codes: places in the pool; never 0.
        pool: the distinct values; the first is the empty text.
    """

    offsets: Places
    codes: Codes
    pool: Sequence[str]

    @classmethod
    def of(cls, lists: Iterable[Sequence[str]]) -> Lists:
        """Encode several texts a record.

        >>> found = Lists.of([("a@x.es", "b@x.es"), (), ("b@x.es",)])
        >>> found.offsets.tolist(), found.codes.tolist()
        ([0, 2, 2, 3], [1, 2, 2])
        """
        places: dict[str, int] = {"": 0}
        offsets, codes = [0], list[int]()
        for texts in lists:
            codes += [places.setdefault(text, len(places)) for text in texts]
            offsets.append(len(codes))
        return cls(np.array(offsets, np.int64), np.array(codes, np.int32), list(places))

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many values each record has."""
        return np.diff(self.offsets)

    def counts_at(self, places: Places) -> NDArray[np.int64]:
        """How many values some records have."""
        found: NDArray[np.int64] = self.offsets[places + 1] - self.offsets[places]
        return found

    def owners(self) -> Places:
        """For each entry of `codes` the record that has it."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.counts)

    def at(self, place: int) -> tuple[str, ...]:
        """The values of one record."""
        start, stop = self.offsets.item(place), self.offsets.item(place + 1)
        return tuple([self.pool[code] for code in self.codes[start:stop].tolist()]) if start < stop else ()

    def take(self, places: Places) -> Lists:
        """The values of some records, with the pool as it is."""
        counts = self.counts_at(places)
        offsets = np.concatenate(([0], np.cumsum(counts)))
        inside = np.arange(int(offsets[-1])) - np.repeat(offsets[:-1], counts)
        return Lists(offsets, self.codes[np.repeat(self.offsets[places], counts) + inside], self.pool)


@frozen(eq=False)
class FeatureTable:
    """The features of many records, field by field, in the order of their keys.

    Args:
        keys: record keys.
        values: field → one text a record, for the fields of `WORDS` and `TEXTS`.
        lists: field → several texts a record, for the fields of `LISTS`.
        han: whether the name is written in Chinese characters.
        extensions: name of an extension → its values.
    """

    keys: Sequence[str]
    values: Mapping[str, Values]
    lists: Mapping[str, Lists]
    han: Bools
    extensions: Mapping[str, Values] = field(factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def of(cls, records: Sequence[Features]) -> FeatureTable:
        """Turn records into columns.

        >>> table = FeatureTable.of([Features("a:1", "a", given=("ana", "maria"), emails=("ana@x.es",))])
        >>> table.record(0).given, table.record(0).emails
        (('ana', 'maria'), ('ana@x.es',))
        """
        names = sorted({name for record in records for name, _ in record.extensions})
        extensions = [dict(record.extensions) for record in records] if names else []
        return cls(
            [record.key for record in records],
            {name: Values.of(" ".join(getattr(record, name)) for record in records) for name in WORDS}
            | {name: Values.of(getattr(record, name) for record in records) for name in TEXTS},
            {name: Lists.of(getattr(record, name) for record in records) for name in LISTS},
            np.fromiter((record.han for record in records), np.bool_, len(records)),
            {name: Values.of(values.get(name, "") for values in extensions) for name in names},
        )

    def record(self, place: int) -> Features:
        """The features of one record, in the form in which single records are compared."""
        values: dict[str, Any] = {name: column.pool[column.codes.item(place)] for name, column in self.values.items()}
        for name in WORDS:
            values[name] = tuple(values[name].split())
        for name, several in self.lists.items():
            values[name] = several.at(place)
        values["extensions"] = tuple(
            (name, column.pool[column.codes[place]]) for name, column in sorted(self.extensions.items()) if column.codes[place]
        )
        return Features(key=self.keys[place], han=bool(self.han[place]), **values)

    def take(self, places: Places) -> FeatureTable:
        """Some of the records, with the pools as they are."""
        return FeatureTable(
            texts_at(self.keys, places),
            {name: column.take(places) for name, column in self.values.items()},
            {name: column.take(places) for name, column in self.lists.items()},
            self.han[places],
            {name: column.take(places) for name, column in self.extensions.items()},
        )
