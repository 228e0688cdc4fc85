# Arrow at the edges of the column form: texts come in as Python strings, canonical columns go out as arrays. Needs the extra [batch].
from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from canonical_contact.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from canonical_contact.normalize._batch_sheet import Sheet
    from canonical_contact.normalize.columns import Column

__all__ = ["column_to_arrow", "encode", "lists", "records_to_arrow", "schema"]

# The last word of a path → the type of its column; all others hold text.
_TIMES: Final = frozenset({"observed_at", "created_at", "checked_at", "at"})
_LISTS: Final = frozenset(
    {"nicknames", "titles", "preferred_languages", "tags", "notes", "contexts", "features", "units", "keys", "codes"}
)
_TYPES: Final = {"pref": "int16", "role": "bool_", "score": "float64", "deleted": "bool_"}
# Kind of a column → the fields of its values; none for a kind whose value is a text or a time.
_FIELDS: Final = {
    "email": ("address", "key", "role"),
    "phone": ("number", "extension", "country_code", "line_type"),
    "name": (
        "full", "title", "given", "given2", "surname", "surname2", "generation", "credential", "phonetic_given", "phonetic_surname",
        "sort_as",
    ),
    "address": ("full", "street", "extended", "po_box", "locality", "region", "postcode", "country", "country_code"),
    "organization": ("name", "key"),
}  # fmt: skip


def pyarrow() -> Any:  # noqa: ANN401
    """Load pyarrow.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return import_module("pyarrow")
    except ImportError:
        raise MissingExtraError("Work with Arrow columns", "batch") from None


def encode(values: Any) -> tuple[Sequence[int], list[str]]:  # noqa: ANN401
    """Give every row of an array of texts the place of its text among the distinct ones."""
    pa = pyarrow()
    import pyarrow.compute as pc

    _check(pa, values.type, "values")
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if not pa.types.is_dictionary(values.type):
        values = pc.dictionary_encode(values, null_encoding="encode")
    texts = [text or "" for text in values.dictionary.to_pylist()]
    indices = values.indices
    if indices.null_count:
        texts.append("")
        indices = pc.fill_null(indices.cast(pa.int32()), len(texts) - 1)
    return array("q", indices.cast(pa.int64()).to_pylist()), texts


def lists(table: Any) -> dict[str, list[Any]]:  # noqa: ANN401
    """Take the columns of a table that hold any text, a blank cell as an empty one."""
    pa = pyarrow()
    found: dict[str, list[Any]] = {}
    for path, column in zip(table.column_names, table.columns, strict=True):
        if path in found:
            raise InputError(f"Two columns are called {path}.", path=path, hint="Give each raw path one column.")
        if column.null_count == len(column):
            continue
        _check(pa, column.type, path)
        if pa.types.is_dictionary(column.type):
            codes, texts = encode(column)
            distinct = [text if text and not text.isspace() else None for text in texts]
            found[path] = list(map(distinct.__getitem__, codes))
        else:
            given = column.to_pylist()
            blank = {text for text in set(given) if not text or text.isspace()} - {None}  # few texts, if any
            found[path] = [None if text in blank else text for text in given] if blank else given
    return found


def _check(pa: Any, kind: Any, path: str) -> None:  # noqa: ANN401
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if not (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind)
    ):
        raise InputError(
            f"The column {path} holds {kind}.", path=path, hint="Columns hold text; cast it to pyarrow.string() first."
        )


def type_of(path: str) -> Any:  # noqa: ANN401  a pyarrow.DataType
    """Give the type of a column by its path."""
    pa = pyarrow()
    if path.startswith(("extensions.", "owners[")):
        return pa.string()
    word = path.rpartition(".")[2]
    if word in _TIMES:
        return pa.timestamp("us", "UTC")
    if word in _LISTS:
        return pa.list_(pa.string())
    return getattr(pa, _TYPES.get(word, "string"))()


def schema(paths: Iterable[str], extensions: Iterable[str] | None = None) -> Any:  # noqa: ANN401  a pyarrow.Schema
    """Give the schema of a batch: the record's id, its columns, the rest as JSON text, the problems; None for a map of extensions."""
    pa = pyarrow()
    text = pa.string()
    trouble = pa.struct([("code", text), ("path", text), ("raw", text), ("hint", text), ("severity", text)])
    columns = [pa.field(path, type_of(path)) for path in (*paths, *(extensions or ()))]
    if extensions is None:
        columns.append(pa.field("extensions", pa.map_(text, text)))
    return pa.schema([pa.field("record_id", text), *columns, pa.field("more", text), pa.field("problems", pa.list_(trouble))])


def records_to_arrow(ids: list[str], paths: Sequence[str], sheet: Sheet, *, as_map: bool) -> Any:  # noqa: ANN401
    """Make a record batch of a batch of records."""
    pa = pyarrow()
    wanted = schema(paths, None if as_map else sheet.extensions)
    arrays = [_array(pa, ids, pa.string())]
    for field in list(wanted)[1:-2]:
        column = _extensions(sheet) if pa.types.is_map(field.type) else sheet.out.get(field.name)
        arrays.append(pa.nulls(sheet.size, field.type) if column is None else _array(pa, column, field.type))
    more: list[str | None] = [None] * sheet.size
    for row, values in sheet.more.items():
        more[row] = json.dumps(values, ensure_ascii=False, default=_told)
    arrays += [_array(pa, more, pa.string()), _problems(pa, sheet, wanted.field("problems").type)]
    return pa.RecordBatch.from_arrays(arrays, schema=wanted)


def _extensions(sheet: Sheet) -> list[list[tuple[str, str]] | None] | None:
    found: list[list[tuple[str, str]] | None] = [None] * sheet.size
    for path in sheet.extensions:
        name = mended(path.removeprefix("extensions."))
        for row, text in enumerate(sheet.out[path]):
            if text is not None:
                told = found[row]
                if told is None:
                    told = found[row] = []
                told.append((name, mended(text)))
    return found if sheet.extensions else None


def _told(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _problems(pa: Any, sheet: Sheet, kind: Any) -> Any:  # noqa: ANN401
    ends = [0]
    flat: list[tuple[str, str, str, str, str]] = []
    told = sheet.troubles.get
    for row in range(sheet.size):
        if notes := told(row):
            flat += [(it.code, path or it.path, it.raw, it.hint, it.severity.value) for it, path, _ in notes]
        ends.append(len(flat))
    columns = zip(*flat, strict=True) if flat else [()] * 5
    fields = [_array(pa, column, pa.string()) for column in columns]
    notes = pa.StructArray.from_arrays(fields, fields=list(kind.value_type))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), notes)


def _array(pa: Any, column: Sequence[Any], kind: Any) -> Any:  # noqa: ANN401
    """Make an array; words and lists that stand in many rows are turned once."""
    if pa.types.is_list(kind):
        if column.count(None) == len(column):
            return pa.nulls(len(column), kind)
        distinct = dict.fromkeys(column)
        codes = {value: code for code, value in enumerate(distinct)}
        lists = [None if value is None else [mended(text) for text in value] for value in distinct]
        return pa.array(lists, kind).take(pa.array(list(map(codes.__getitem__, column)), pa.int32()))
    if pa.types.is_timestamp(kind):
        return pa.array(column, kind)
    try:
        return pa.array(column, kind)
    except UnicodeEncodeError:
        return pa.array([text if text is None else mended(text) for text in column], kind)


def mended(text: str) -> str:
    """Give a text that UTF-8 can hold: half a character becomes a replacement character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def column_to_arrow(column: Column[Any]) -> Any:  # noqa: ANN401
    """Make a struct array of the answers of a column."""
    pa = pyarrow()
    names = _FIELDS.get(column.kind)
    answers = column.distinct
    if names is None:
        kind = pa.timestamp("us", "UTC") if column.kind == "timestamp" else pa.string()
        values = _array(pa, [it.value for it in answers], kind)
    else:
        fields = [pa.field(name, type_of(name)) for name in names]
        parts = [
            _array(pa, [getattr(it.value, field.name) if it.value is not None else None for it in answers], field.type)
            for field in fields
        ]
        values = pa.StructArray.from_arrays(parts, fields=fields, mask=pa.array([it.value is None for it in answers], pa.bool_()))
    columns = {
        "value": values,
        "keys": _array(pa, [it.keys for it in answers], pa.list_(pa.string())),
        "confidence": pa.array([it.confidence for it in answers], pa.float64()),
        "codes": _array(pa, [tuple([problem.code for problem in it.problems]) for it in answers], pa.list_(pa.string())),
    }
    made = pa.StructArray.from_arrays(list(columns.values()), names=list(columns))
    return made.take(pa.array(column.codes, pa.int64()))
