"""Values to columns of Arrow and back, a whole column at a time; imported only where pyarrow is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any, Final

import attrs
import pyarrow as pa
import pyarrow.compute as pc

from canonical_contact import model
from canonical_contact.formats._shapes import Shape

__all__ = ["arrow_fields", "arrow_type", "decode", "encode", "filled", "fits"]

_LEAVES: Final = {
    "text": pa.string(),
    "word": pa.string(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "time": pa.timestamp("us", "UTC"),
}
# What stands under an object that is unknown, where the column itself may not be null.
_BLANK: Final[dict[str, Any]] = {
    "text": "",
    "word": "",
    "whole": 0,
    "number": 0.0,
    "flag": False,
    "time": datetime(1970, 1, 1, tzinfo=UTC),
    "list": (),
    "map": {},
}


def arrow_type(shape: Shape) -> Any:  # noqa: ANN401  pyarrow has no types for type checkers
    """Name the type of Arrow that holds a form."""
    if shape.kind == "list":
        assert shape.item is not None
        return pa.list_(pa.field("element", arrow_type(shape.item), nullable=False))
    if shape.kind == "map":
        return pa.map_(pa.string(), pa.field("value", pa.string(), nullable=False))
    return pa.struct(arrow_fields(shape)) if shape.kind == "object" else _LEAVES[shape.kind]


def arrow_fields(shape: Shape) -> list[Any]:
    """Make the columns of an object."""
    return [pa.field(name, arrow_type(one), nullable=one.optional) for name, one in shape.fields]


def fits(shape: Shape, kind: Any) -> bool:  # noqa: ANN401
    """Tell whether a column of that type holds values of the form; other programs write strings, lists and times in their own ways."""
    types = pa.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    if shape.kind == "list":
        assert shape.item is not None
        return (types.is_list(kind) or types.is_large_list(kind)) and fits(shape.item, kind.value_type)
    if shape.kind == "map":
        text = Shape("text")
        return types.is_map(kind) and fits(text, kind.key_type) and fits(text, kind.item_type)
    if shape.kind == "object":
        known = dict(shape.fields)
        return types.is_struct(kind) and all(one.name not in known or fits(known[one.name], one.type) for one in kind)
    if shape.kind == "whole":
        return bool(types.is_integer(kind))
    if shape.kind == "number":
        return bool(types.is_floating(kind) or types.is_integer(kind))
    if shape.kind in ("flag", "time"):
        return bool(types.is_boolean(kind) if shape.kind == "flag" else types.is_timestamp(kind))
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def encode(shape: Shape, values: Sequence[Any], *, holes: bool = False) -> Any:  # noqa: ANN401
    """Make a column of values of the model.

    Args:
        shape: their form.
        values: one for each row; None for what is unknown.
        holes: whether None may also stand for the fields of an object that is unknown itself.

    Raises:
        UnicodeError: a text cannot be written as UTF-8.
        OverflowError: a number or a time has no place in its type.
        ArrowException: so does another value.
    """
    if shape.kind == "object":
        empty = shape.optional and any(value is None for value in values)
        holes = holes or empty
        columns = []
        for name, one in shape.fields:
            pick = attrgetter(name)
            picked = [None if value is None else pick(value) for value in values] if holes else list(map(pick, values))
            columns.append(encode(one, picked, holes=holes))
        mask = pa.array([value is None for value in values], pa.bool_()) if empty else None
        return pa.StructArray.from_arrays(columns, fields=arrow_fields(shape), mask=mask)
    if holes and not shape.optional:
        blank = _BLANK[shape.kind]
        values = [blank if value is None else value for value in values]
    if shape.kind == "list":
        assert shape.item is not None
        items = encode(shape.item, list(chain.from_iterable(values)))
        return pa.ListArray.from_arrays(_offsets(values), items, type=arrow_type(shape))
    if shape.kind == "map":
        keys = pa.array(list(chain.from_iterable(values)), pa.string())
        texts = pa.array([text for one in values for text in one.values()], pa.string())
        return pa.MapArray.from_arrays(_offsets(values), keys, texts, type=arrow_type(shape))
    return pa.array(values, _LEAVES[shape.kind])


def _offsets(values: Sequence[Any]) -> Any:  # noqa: ANN401
    return pa.array(list(accumulate(map(len, values), initial=0)), pa.int32())


def filled(shape: Shape, value: Any) -> Any:  # noqa: ANN401
    """Write out what a document leaves out, so that every column has a value; the slow way, for documents of earlier versions."""
    if value is None or shape.kind in ("text", "word", "whole", "number", "flag"):
        return value
    if shape.kind == "time":
        return datetime.fromisoformat(value)
    if shape.kind == "map":
        return list(value.items())
    if shape.kind == "list":
        assert shape.item is not None
        return [filled(shape.item, one) for one in value]
    return {name: filled(one, value.get(name, one.default)) for name, one in shape.fields}


def decode(shape: Shape, array: Any) -> list[Any]:  # noqa: ANN401
    """Read the values of a column; null is None where a value may be unknown, else what an absent value counts as.

    Raises:
        KeyError: a word is none of its list.
        ValueError: a time is none of the years 1 to 9999.
        OverflowError: so it is.
        TypeError: a value that must be there is not.
    """
    if shape.kind == "object":
        if array.null_count:  # what stands under an object that is unknown says nothing
            known = array.is_valid().to_pylist()
            made = iter(decode(shape, array.drop_null()))
            blank = None if shape.optional else getattr(model, shape.name)()
            return [next(made) if there else blank for there in known]
        names = {one.name for one in array.type}
        there = [(name, one) for name, one in shape.fields if name in names]
        columns = [decode(one, array.field(name)) for name, one in there]
        return _objects(shape, [name for name, _ in there], columns, len(array))
    if shape.kind == "list":
        assert shape.item is not None
        sizes = [size or 0 for size in pc.list_value_length(array).to_pylist()]
        if not any(sizes):
            return [()] * len(sizes)
        flat, ends = decode(shape.item, array.flatten()), accumulate(sizes)
        return [tuple(flat[end - size : end]) if size else () for size, end in zip(sizes, ends, strict=True)]
    if shape.kind == "map":
        return [{} if pairs is None else dict(pairs) for pairs in array.to_pylist()]
    return _leaf(shape, array)


def _objects(shape: Shape, names: Sequence[str], columns: Sequence[Sequence[Any]], count: int) -> list[Any]:
    """Make objects; fields that have no column get their defaults."""
    cls = getattr(model, shape.name)
    own = attrs.fields(cls)
    rows = zip(*columns, strict=True) if columns else iter([()] * count)
    if not any(one.kw_only for one in own) and list(names) == [one.name for one in own][: len(names)]:
        return [cls(*row) for row in rows]
    return [cls(**dict(zip(names, row, strict=True))) for row in rows]


def _leaf(shape: Shape, array: Any) -> list[Any]:  # noqa: ANN401
    if shape.kind == "time":
        naive = array.cast(pa.timestamp("us", array.type.tz), safe=False).cast(
            pa.timestamp("us")
        )  # is read faster without a zone
        values = [None if at is None else at.replace(tzinfo=UTC) for at in naive.to_pylist()]
    elif shape.kind == "number":
        values = array.cast(pa.float64(), safe=False).to_pylist()
    else:
        values = array.to_pylist()
    if array.null_count and not shape.optional:
        if shape.default is None:
            raise TypeError("a required value")
        values = [shape.default if value is None else value for value in values]
    if shape.kind == "word":
        words = {None: None, **{word.value: word for word in getattr(model, shape.name)}}
        values = [words[text] for text in values]
    return values
