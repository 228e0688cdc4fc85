"""Canonical contacts as Parquet: a fixed Arrow schema for each version of the schema (extra `[batch]`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import attrs

from canonical_contact.errors import MissingExtraError, Problem, Severity
from canonical_contact.formats._loss import Loss, LossReport
from canonical_contact.formats._pinned import check_version, in_version
from canonical_contact.formats._shapes import Shape, contact_shape
from canonical_contact.model import SCHEMA_VERSION, Contact
from canonical_contact.schema import from_dict, to_dict

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["arrow_schema", "read", "write"]

ROWS: Final = 5_000  # contacts in a row group, and in memory while it is written
_READ_ROWS: Final = 1_000
_VERSION: Final = b"canonical_contact.schema_version"
_KIND: Final = b"canonical_contact.document"
_Tell = Callable[[str, str, str], None]


def arrow_schema(version: str = SCHEMA_VERSION) -> Any:  # noqa: ANN401  a pyarrow.Schema, which type checkers do not know
    """Make the Arrow schema of a contact; that of a published version never changes.

    Args:
        version: a published version of the schema.

    Returns:
        A `pyarrow.Schema`; its metadata names the version. Texts and words are `string`, times `timestamp[us, tz=UTC]`, objects structs,
        lists and mappings what they are; only what may be unknown is nullable.

    Raises:
        MissingExtraError: pyarrow is not installed.
        NotFoundError: there is no such version.

    >>> arrow_schema().field("created_at").type
    TimestampType(timestamp[us, tz=UTC])
    """
    return _schema(contact_shape(version), version)


def _schema(shape: Shape, version: str) -> Any:  # noqa: ANN401
    pa = _pyarrow()
    from canonical_contact.formats._columns import arrow_fields

    return pa.schema(arrow_fields(shape), metadata={_VERSION: version, _KIND: "contact"})


def write(
    contacts: Iterable[Contact], stream: BinaryIO, losses: LossReport, *, rows: int = ROWS, version: str = SCHEMA_VERSION
) -> None:
    """Write contacts in row groups; one group is in memory at a time.

    Args:
        contacts: any iterable.
        stream: a binary stream, left open.
        losses: told of lone surrogates (Parquet's text is UTF-8), numbers over 64 bits, times outside of the years 1 to 9999 in UTC, and
            of what a pinned version has no column for; that is parked and comes back where `read` reads it.
        rows: contacts in a row group.
        version: a published version of the schema; the present one is written about three times as fast as an earlier one.

    Raises:
        NotFoundError: there is no such version.
        MissingExtraError: pyarrow is not installed.
    """
    pa = _pyarrow()
    import pyarrow.parquet as pq

    shape = contact_shape(check_version(version))
    schema = _schema(shape, version)
    there = iter(contacts)
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        while group := list(islice(there, rows)):
            try:
                batch = _batch(group, shape, schema, version, losses)
            except (UnicodeError, OverflowError, pa.ArrowException):
                batch = _batch([_mend(contact, losses) for contact in group], shape, schema, version, losses)
            writer.write_batch(batch, row_group_size=rows)
            losses.contacts += len(group)


def _batch(group: Sequence[Contact], shape: Shape, schema: Any, version: str, losses: LossReport) -> Any:  # noqa: ANN401
    pa = _pyarrow()
    from canonical_contact.formats._columns import encode, filled

    if version == SCHEMA_VERSION:
        return pa.RecordBatch.from_arrays(encode(shape, group).flatten(), schema=schema)
    told = LossReport(losses.target, keep=None)  # a group that must be mended is written twice, and told once
    batch = pa.RecordBatch.from_pylist([filled(shape, in_version(contact, version, told)) for contact in group], schema=schema)
    for loss in told:
        losses.add(loss)
    return batch


def read(stream: BinaryIO, tell: Callable[[Problem], None], *, rows: int = _READ_ROWS) -> Iterator[Contact]:
    """Read contacts that were written in any published version, batch by batch.

    Other programs may have rewritten the file: their own types for text, lists and times are read as well, columns that are not there
    count as unknown, and further columns are named and left out.

    Args:
        stream: a binary stream that can seek.
        tell: called with `parquet.unreadable` (no Parquet, or a broken one), `parquet.not_contacts` (other columns),
            `parquet.row_unreadable`, `parquet.column_unknown`.
        rows: contacts that are in memory at once.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    pa = _pyarrow()
    import pyarrow.parquet as pq

    number = 0
    try:
        file = pq.ParquetFile(stream)
        shape = contact_shape()
        columns = _known_columns(shape, file.schema_arrow, tell)
        if not columns:
            return
        for batch in file.iter_batches(batch_size=rows, columns=columns):
            yield from _contacts(shape, batch, number, tell)
            number += len(batch)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # the last one from names of columns
        hint = f"It is no Parquet file that can be read, or it is broken ({type(error).__name__})."
        tell(Problem("parquet.unreadable", hint=f"{hint} What stands before was read.", severity=Severity.ERROR, line=number))


def _known_columns(shape: Shape, schema: Any, tell: Callable[[Problem], None]) -> list[str]:  # noqa: ANN401
    from canonical_contact.formats._columns import fits

    known = dict(shape.fields)
    others = [one.name for one in schema if one.name in known and not fits(known[one.name], one.type)]
    twice = len(set(schema.names)) < len(schema.names)
    if "contact_id" not in schema.names or others or twice or (schema.metadata or {}).get(_KIND, b"contact") != b"contact":
        what = f"The columns {', '.join(others[:5])} are of other types" if others else "Its columns are not those of contacts"
        hint = f"{what}; nothing was read. Contacts as Parquet are written by write_contacts."
        tell(Problem("parquet.not_contacts", raw=", ".join(schema.names)[:200], hint=hint, severity=Severity.ERROR))
        return []
    for name in schema.names:
        if name not in known:
            tell(
                Problem(
                    "parquet.column_unknown", hint="No version of the schema here has the column; it was left out.", column=name
                )
            )
    return [name for name in schema.names if name in known]


def _contacts(shape: Shape, batch: Any, number: int, tell: Callable[[Problem], None]) -> Sequence[Contact]:  # noqa: ANN401
    from canonical_contact.formats._columns import decode

    column, broken = batch.to_struct_array(), (KeyError, ValueError, TypeError, OverflowError)
    try:
        return list(map(_present, decode(shape, column)))
    except broken:
        found: list[Contact] = []
    for place in range(len(batch)):  # one of them is at fault: which?
        try:
            found += map(_present, decode(shape, column.slice(place, 1)))
        except broken as error:
            hint = f"A value does not fit the schema ({type(error).__name__}); the contact was left out."
            tell(Problem("parquet.row_unreadable", "$", "", hint, Severity.ERROR, line=number + place + 1))
    return found


def _present(contact: Contact) -> Contact:
    """Bring a contact of another version to the present one."""
    return contact if contact.schema_version == SCHEMA_VERSION else from_dict(Contact, to_dict(contact))


def _pyarrow() -> ModuleType:
    try:
        return import_module("pyarrow")
    except ImportError:
        raise MissingExtraError("Parquet", "batch") from None


def _mend(contact: Contact, losses: LossReport) -> Contact:
    """Make a contact that columns can hold; what they cannot is replaced, and told."""

    def tell(path: str, value: str, code: str) -> None:
        hint = (
            "Text in Parquet is UTF-8." if code == "loss.characters" else "It has no place in its type; the nearest is written."
        )
        losses.add(Loss(contact.contact_id, path, value, code, hint))

    mended: Contact = _mended(contact, "$", tell)
    return mended


def _mended(value: Any, path: str, tell: _Tell) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return _mended_text(value, path, tell)
    if isinstance(value, datetime):
        try:
            return value.astimezone(UTC) if value.tzinfo else value
        except OverflowError:
            tell(path, value.isoformat(), "loss.form")
            return value.replace(tzinfo=UTC)
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        tell(path, f"{value.bit_length()} bits", "loss.form")
        return (1 << 63) - 1 if value > 0 else -(1 << 63)
    if isinstance(value, tuple):
        return tuple(_mended(one, f"{path}[{place}]", tell) for place, one in enumerate(value))
    if isinstance(value, Mapping):
        done: dict[str, str] = {}
        for key, text in value.items():
            name = _mended_text(key, f"{path}.{key}", tell)
            while name in done:
                name += "\ufffd"
            done[name] = _mended_text(text, f"{path}.{key}", tell)
        return done
    if attrs.has(type(value)):
        return attrs.evolve(
            value,
            **{
                one.name: _mended(getattr(value, one.name), f"{path}.{one.name}", tell)
                for one in attrs.fields(type(value))
                if one.init
            },
        )
    return value


def _mended_text(text: str, path: str, tell: _Tell) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        tell(path, text, "loss.characters")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
