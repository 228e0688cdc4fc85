"""What is asked of all texts of a pool at once, by Arrow: no text becomes an object of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from canonical_contact.match.table import Bools, Codes, Pool, Values, arrow_of

__all__ = ["among", "begin", "first_number", "halves", "last", "main_locals", "places_in", "points_of"]


def halves(mails: Sequence[str]) -> tuple[Values, Values]:
    """What stands before the first @ of each mailbox, and what behind it.

    >>> local, domain = halves(["", "ana@x.es", "eva"])
    >>> local.codes.tolist(), list(local.pool), domain.codes.tolist(), list(domain.pool)
    ([0, 1, 2], ['', 'ana', 'eva'], [0, 1, 0], ['', 'x.es'])
    """
    parts = pc.split_pattern(arrow_of(mails), "@", max_splits=1)
    starts, values = parts.offsets.to_numpy()[: len(parts)], parts.values
    behind = pa.array(starts + 1, mask=pc.list_value_length(parts).to_numpy(zero_copy_only=False) < 2)
    return Values.of_arrow(values.take(pa.array(starts))), Values.of_arrow(values.take(behind).fill_null(""))


def main_locals(locals_: Sequence[str]) -> Values:
    """As `comparisons.channels.main_local`, of each.

    >>> list(main_locals(["", "ana+crm", "ana", "+34600"]).pool)
    ['', 'ana', '+34600']
    """
    return Values.of_arrow(pc.replace_substring_regex(arrow_of(locals_), r"(?s)^([^+]+)\+.*", r"\1"))


def last(texts: Sequence[str], number: int) -> Values:
    """The last characters of each text.

    >>> list(last(["", "+34600", "12"], 3).pool)
    ['', '600', '12']
    """
    return Values.of_arrow(pc.utf8_slice_codeunits(arrow_of(texts), -number))


def first_number(texts: Sequence[str]) -> Values:
    """The first run of digits of each text.

    >>> list(first_number(["", "main95b12", "x"]).pool)
    ['', '95']
    """
    found = pc.struct_field(pc.extract_regex(arrow_of(texts), "(?P<number>[0-9]+)"), "number")
    return Values.of_arrow(found.fill_null(""))


def begin(texts: Sequence[str], words: Collection[str]) -> Bools:
    """Which texts begin with one of some words."""
    array, found = arrow_of(texts), np.zeros(len(texts), np.bool_)
    for word in words:
        found |= _bools(pc.starts_with(array, word))
    return found


def among(texts: Sequence[str], wanted: Collection[str]) -> Bools:
    """Which texts are among others."""
    return _bools(pc.is_in(arrow_of(texts), value_set=arrow_of(list(wanted))))


def places_in(texts: Sequence[str], others: Sequence[str]) -> Codes:
    """For each text its place among others, which are all different; -1 where it is not there.

    >>> places_in(["eva", "ana", "ida"], ["", "ana", "eva"]).tolist()
    [2, 1, -1]
    """
    found: Codes = pc.index_in(arrow_of(texts), value_set=arrow_of(others)).fill_null(-1).to_numpy()
    return found


def points_of(texts: Sequence[str]) -> tuple[NDArray[np.unsignedinteger[Any]], Codes]:
    """The characters of all texts, one behind the other, as numbers; and how many each text has.

    >>> points_of(["ab", "", "c"])[0].tolist(), points_of(["ab", "", "c"])[1].tolist()
    ([97, 98, 99], [2, 0, 1])
    """
    if not isinstance(texts, Pool) or not len(texts):
        whole = "".join(texts).encode("utf-32-le", "surrogatepass")
        return np.frombuffer(whole, np.uint32), np.fromiter(map(len, texts), np.int32, len(texts))
    array = texts.arrow
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    raw = np.frombuffer(data or b"", np.uint8)[bounds[0] : bounds[-1]]
    if raw.max(initial=0) < 128:
        return raw, np.diff(bounds).astype(np.int32)
    lengths: Codes = pc.utf8_length(array).to_numpy().astype(np.int32)
    return np.frombuffer(raw.tobytes().decode().encode("utf-32-le"), np.uint32), lengths


def _bools(array: pa.Array) -> Bools:
    found: Bools = array.to_numpy(zero_copy_only=False)
    return found
