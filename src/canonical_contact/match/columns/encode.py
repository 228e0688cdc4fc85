"""Canonical columns in Arrow → match features: what `features` does for a card, once per distinct value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from canonical_contact.match.features import employer_key, generation_key, is_han, joined, name_tokens, postcode_key
from canonical_contact.match.table import Codes, FeatureTable, Lists, Values

__all__ = ["COLUMNS", "LIST_COLUMNS", "feature_table"]

Fold = Callable[[str], str]


def _words(text: str, fold: Fold) -> str:
    return " ".join(name_tokens(text, fold))


def _plain(text: str, fold: Fold) -> str:
    del fold
    return text


# field of `Features` → the canonical columns that it is made of, joined by a gap, and how
COLUMNS: dict[str, tuple[tuple[str, ...], Callable[..., str]]] = {
    "given": (("given", "given2"), _words),
    "surname": (("surname", "surname2"), _words),
    "read_given": (("read_given",), _words),
    "read_surname": (("read_surname",), _words),
    "generation": (("generation",), generation_key),
    "birthday": (("birthday",), _plain),
    "street": (("street",), joined),
    "postcode": (("postcode",), postcode_key),
    "locality": (("locality",), joined),
    "country": (("country",), _plain),
    "employer": (("employer",), employer_key),
    "region": (("region",), joined),
    "system": (("system",), _plain),
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

    keys = table.column("key").combine_chunks()
    order = pc.array_sort_indices(keys)
    if not np.array_equal(order.to_numpy(), np.arange(len(order))):
        table, keys = table.take(order), keys.take(order)
    values = {}
    for field, (names, change) in COLUMNS.items():
        text = _texts(table, [name for name in names if name in table.column_names])
        values[field] = text if change is _plain else text.map(partial(change, fold=fold))
    if "generation" not in table.column_names:
        values["generation"] = Values(np.zeros(len(table), np.int32), [""])
    nicknames = _texts_of_lists(table, "nicknames")
    values["nicknames"] = nicknames.map(lambda value: " ".join(t for part in value.split("\n") for t in name_tokens(part, fold)))
    han = np.zeros(len(table), np.bool_)
    for name in ("given", "surname"):
        if name in table.column_names:
            column = _texts(table, [name])
            han |= np.fromiter(map(is_han, column.pool), np.bool_, len(column.pool))[column.codes]
    lists = {
        field: _lists(table, [name for name in names if name in table.column_names]) for field, names in LIST_COLUMNS.items()
    }
    more = {name: _texts(table, [column]) for name, column in (extensions or {}).items()}
    return FeatureTable(keys.to_pylist(), values, lists, han, more)


def _texts(table: pa.Table, names: list[str]) -> Values:
    """One text a record; several columns are joined by a gap."""
    if not names:
        return Values(np.zeros(len(table), np.int32), [""])
    columns = [_plain_text(table.column(name)) for name in names]
    return _encoded(
        columns[0]
        if len(columns) == 1
        else pc.utf8_trim_whitespace(pc.binary_join_element_wise(*columns, pa.scalar(" ", pa.large_string())))
    )


def _plain_text(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array.cast(pa.large_string()).fill_null("")


def _encoded(array: pa.Array | pa.ChunkedArray) -> Values:
    return Values.of_arrow(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)


def _texts_of_lists(table: pa.Table, name: str) -> Values:
    if name not in table.column_names:
        return _texts(table, [])
    lists = table.column(name).combine_chunks()
    return _encoded(pc.binary_join(lists.cast(pa.list_(pa.string())), "\n").fill_null(""))


def _lists(table: pa.Table, names: list[str]) -> Lists:
    """Several texts a record, each once, column after column."""
    if not names:
        return Lists(np.zeros(len(table) + 1, np.int64), np.zeros(0, np.int32), [""])
    owners, texts = list[Any](), list[Any]()
    for name in names:
        array = table.column(name).combine_chunks().cast(pa.large_list(pa.large_string()))
        owners.append(pc.list_parent_indices(array).to_numpy())
        texts.append(array.flatten())
    column = _encoded(pa.concat_arrays(texts).fill_null(""))
    owner, codes = np.concatenate(owners), column.codes
    if len(names) > 1:
        order = np.argsort(owner, kind="stable")
        owner, codes = owner[order], codes[order]
    _, first = np.unique(owner.astype(np.int64) << 32 | codes, return_index=True)
    keep: Codes = np.zeros(len(codes), np.bool_)
    keep[first] = True
    keep &= codes > 0
    owner, codes = owner[keep], codes[keep]
    offsets = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(table)))))
    return Lists(offsets.astype(np.int64), codes, column.pool)
