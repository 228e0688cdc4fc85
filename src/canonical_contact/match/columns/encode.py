"""Canonical columns in Arrow → match features: what `features` does for a card, once per distinct value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from canonical_contact.match.columns._near import of_lines
from canonical_contact.match.columns.pairs import first_of_each
from canonical_contact.match.features import generation_key, is_han, postcode_key, squash, words_in
from canonical_contact.match.table import FeatureTable, Lists, Pool, Values

__all__ = ["COLUMNS", "LIST_COLUMNS", "feature_table"]

Fold = Callable[[str], str]
Change = Callable[[Sequence[str], Fold], Sequence[str]]


# What is made of the distinct texts of a column. Texts are squashed all at once, since no sound reaches over a gap or the end of a line.
def _words(texts: Sequence[str], fold: Fold) -> list[str]:
    return of_lines(squash, [" ".join(words_in(text, fold)) for text in texts])


def _joined(texts: Sequence[str], fold: Fold) -> list[str]:
    return of_lines(lambda text: text.replace(" ", ""), _words(texts, fold))


def _nicknames(texts: Sequence[str], fold: Fold) -> list[str]:
    return of_lines(squash, [" ".join(word for name in text.split("\n") for word in words_in(name, fold)) for text in texts])


def _employers(texts: Sequence[str], fold: Fold) -> list[str]:
    return of_lines(squash, list(map(fold, texts)))


def _postcodes(texts: Sequence[str], fold: Fold) -> list[str]:
    return [postcode_key(text, fold) for text in texts]


def _generations(texts: Sequence[str], fold: Fold) -> list[str]:
    return [generation_key(text, fold) for text in texts]


# field of `Features` → the canonical columns that it is made of, joined by a gap, and how; None takes them as they are
COLUMNS: dict[str, tuple[tuple[str, ...], Change | None]] = {
    "given": (("given", "given2"), _words),
    "surname": (("surname", "surname2"), _words),
    "read_given": (("read_given",), _words),
    "read_surname": (("read_surname",), _words),
    "generation": (("generation",), _generations),
    "birthday": (("birthday",), None),
    "street": (("street",), _joined),
    "postcode": (("postcode",), _postcodes),
    "locality": (("locality",), _joined),
    "country": (("country",), None),
    "employer": (("employer",), _employers),
    "region": (("region",), _joined),
    "system": (("system",), None),
}
# field → the columns with lists of texts that it is made of
LIST_COLUMNS: dict[str, tuple[str, ...]] = {
    "emails": ("emails",),
    "roles": ("role_emails",),
    "phones": ("phones", "loose_phones"),
    "same_as": ("same_as",),
}


def feature_table(table: pa.Table, *, extensions: Mapping[str, str] | None = None) -> FeatureTable:
    """Make the features of a table of canonical columns.

    Args:
        table: `key` and any of the columns that `COLUMNS` and `LIST_COLUMNS` name, `nicknames` (lists of texts) too; nulls are missing
            values. E-mails and phones are match keys, personal mailboxes and shared ones apart.
        extensions: name → column of an extension field, whose values are folded already.

    Returns:
        The features, in the order of the keys.
    """
    from canonical_contact.normalize import fold

    rows = _Rows(table)
    values = {}
    for field, (names, change) in COLUMNS.items():
        values[field] = _changed(_texts(rows, names), change, fold)
    values["nicknames"] = _changed(_texts_of_lists(rows, "nicknames"), _nicknames, fold)
    han = np.zeros(len(rows), np.bool_)
    for name in ("given", "surname"):
        column = _texts(rows, (name,))
        han |= np.fromiter(map(is_han, column.pool), np.bool_, len(column.pool))[column.codes]
    lists = {field: _lists(rows, names) for field, names in LIST_COLUMNS.items()}
    more = {name: _texts(rows, (column,)) for name, column in (extensions or {}).items()}
    return FeatureTable(Pool(rows.keys), values, lists, han, more)


class _Rows:
    """A table in the order of its keys. A column is put in order when it is asked for, so that there is never a second table."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        keys = table.column("key").cast(pa.large_string()).combine_chunks()
        order = pc.array_sort_indices(keys)
        ordered = np.array_equal(order.to_numpy(), np.arange(len(order)))
        self._order = None if ordered else order
        self.keys = keys if ordered else keys.take(order)

    def __len__(self) -> int:
        return len(self.keys)

    def columns(self, names: Sequence[str]) -> list[pa.Array]:
        """Those of some columns that are there: texts, or lists of texts."""
        return [self._column(self._table.column(name)) for name in names if name in self._table.column_names]

    def _column(self, column: pa.ChunkedArray) -> pa.Array:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        lists = pa.types.is_list(column.type) or pa.types.is_large_list(column.type)
        array = column.cast(pa.large_list(pa.large_string()) if lists else pa.large_string()).combine_chunks()
        return array if self._order is None else array.take(self._order)


def _changed(values: Values, change: Change | None, fold: Fold) -> Values:
    """Change the distinct texts; those that become equal become one."""
    if change is None:
        return values
    changed = Values.of(change(values.pool, fold))
    return Values(changed.codes[values.codes], changed.pool)


def _texts(rows: _Rows, names: Sequence[str]) -> Values:
    """One text a record; several columns are joined by a gap."""
    columns = [column.fill_null("") for column in rows.columns(names)]
    if not columns:
        return Values(np.zeros(len(rows), np.int32), [""])
    if len(columns) == 1:
        return Values.of_arrow(columns[0])
    return Values.of_arrow(pc.utf8_trim_whitespace(pc.binary_join_element_wise(*columns, pa.scalar(" ", pa.large_string()))))


def _texts_of_lists(rows: _Rows, name: str) -> Values:
    columns = rows.columns((name,))
    return (
        Values.of_arrow(pc.binary_join(columns[0], pa.scalar("\n", pa.large_string())).fill_null(""))
        if columns
        else _texts(rows, ())
    )


def _lists(rows: _Rows, names: Sequence[str]) -> Lists:
    """Several texts a record, each once, column after column."""
    columns = rows.columns(names)
    if not columns:
        return Lists(np.zeros(len(rows) + 1, np.int64), np.zeros(0, np.int32), [""])
    owner = np.concatenate([pc.list_parent_indices(column).to_numpy() for column in columns])
    column = Values.of_arrow(pa.concat_arrays([column.flatten() for column in columns]).fill_null(""))
    codes = column.codes
    if len(columns) > 1:
        order = np.argsort(owner, kind="stable")
        owner, codes = owner[order], codes[order]
    keep = first_of_each(owner, codes) & (codes > 0)
    owner, codes = owner[keep], codes[keep]
    offsets = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(rows)))))
    return Lists(offsets.astype(np.int64), codes, column.pool)
