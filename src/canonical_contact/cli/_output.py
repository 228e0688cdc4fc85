"""Where results go: files that are there whole or not at all, standard output for data, standard error for people."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TextIO

import attrs
import click

from canonical_contact.cli._cells import safe

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["check_writable", "note", "plain", "print_json", "to_terminal", "write_csv", "writing"]


def note(text: str) -> None:
    """Say one line to the person, on standard error."""
    click.echo(" ".join(text.split()), err=True)


def print_json(value: object) -> None:
    """Write one JSON document to standard output."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:  # noqa: ANN401  what JSON has
    """Turn values into what JSON has, with every field, so that a script finds them all."""
    if attrs.has(type(value)):
        return {field.name: plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def check_writable(*paths: str | None) -> None:
    """Refuse an output whose folder is not there, before the work instead of after it.

    Raises:
        click.UsageError: a folder does not exist, or the path is a folder.
    """
    for path in paths:
        if path is None or path == "-":
            continue
        if Path(path).is_dir():
            raise click.UsageError(f"{path} is a folder; name a file to write to.")
        if not Path(path).absolute().parent.is_dir():
            raise click.UsageError(f"The folder of {path} does not exist; make it first.")


@contextmanager
def writing(path: str | None) -> Iterator[TextIO]:
    """Open an output; without a path, or with `-`, standard output.

    A file appears whole when the block ends, and not at all when it raises.
    """
    if path is None or path == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    target = Path(os.path.realpath(path))  # a link stays a link
    if target.exists() and not target.is_file():  # a device or a pipe cannot be replaced
        with target.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with draft.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
        draft.replace(target)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def write_csv(path: str | None, header: Iterable[str], rows: Iterable[Iterable[object]]) -> int:
    """Write rows as CSV (RFC 4180 with line feeds, UTF-8), every cell safe in a spreadsheet.

    Returns:
        how many rows were written.
    """
    number = 0
    with writing(path) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([safe(str(cell)) for cell in row])
            number += 1
    return number


def to_terminal(*, to_stderr: bool = False) -> Console:
    """Make rich's console; where it is no terminal, wide enough that a log or a pipe gets no folded lines."""
    from rich.console import Console as RichConsole

    console = RichConsole(stderr=to_stderr, highlight=False)
    if not console.is_terminal:
        console.width = 200
    return console
