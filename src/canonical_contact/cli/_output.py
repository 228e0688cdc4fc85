"""Where results go: files that are there whole or not at all, standard output for data, standard error for people."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

import attrs
import click

from canonical_contact.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "check_writable",
    "moment_text",
    "note",
    "of_rows",
    "plain",
    "print_json",
    "tell_problems",
    "to_terminal",
    "write_csv",
    "writing",
    "writing_bytes",
]


_OF_ROWS = ("row.", "vcard.", "record.")


def of_rows(code: str) -> bool:
    """Tell whether a problem is one of a whole row or card, which a person is told of, and not one of a value."""
    return code.startswith(_OF_ROWS)


def note(text: str) -> None:
    """Say one line to the person, on standard error."""
    click.echo(" ".join(text.split()), err=True)


def tell_problems(problems: Iterable[Problem], counts: Mapping[str, int] | None = None) -> None:
    """Say what is wrong with files and rows, with the place and what helps: one line for each kind, file and column.

    Args:
        problems: in the order of reading.
        counts: how many there are of a code, where `problems` holds only examples.
    """
    kinds: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.code, problem.file, problem.column, problem.line > 0), []).append(problem)
    for first, *more in kinds.values():
        place = f"{first.file}:{first.line}: " if first.file and first.line else f"{first.file}: " if first.file else ""
        column = f"column {first.column}: " if first.column and first.column not in first.hint else ""
        number = (counts or {}).get(first.code, 0) or 1 + len(more)
        note(f"note: {place}{column}{first.hint or first.code}" + (f" ({number:,} times)" if number > 1 else ""))


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
        return moment_text(value)
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def moment_text(at: datetime | None) -> str:
    """Write a time as RFC 3339 in UTC; nothing for none."""
    return "" if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def check_writable(*paths: str | None, read: Iterable[str | Path | None] = (), store: str | None = None) -> None:
    """Refuse an output that cannot be written or would take the place of something, before the work instead of after it.

    Args:
        paths: the outputs.
        read: the files that the command reads.
        store: the store that it reads or writes.

    Raises:
        click.UsageError: a folder does not exist, the path is a folder, or it is that of an input, of the store or of another output.
        PermissionError: the folder may not be written to.
    """
    taken = {os.path.realpath(path): "is read by this command" for path in read if path is not None}
    if store is not None:
        taken |= {os.path.realpath(f"{store}{ending}"): "belongs to the store" for ending in ("", "-wal", "-shm", "-journal")}
    for path in paths:
        if path is None or path == "-":
            continue
        if what := taken.get(os.path.realpath(path)):
            raise click.UsageError(f"{path} {what}; name another file to write to.")
        if Path(path).is_dir():
            raise click.UsageError(f"{path} is a folder; name a file to write to.")
        if not Path(path).absolute().parent.is_dir():
            raise click.UsageError(f"The folder of {path} does not exist; make it first.")
        if not Path(path).exists() or Path(path).is_file():  # a device is written to where it is
            if not os.access(Path(path).absolute().parent, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            taken[os.path.realpath(path)] = "is written twice by this command"


@contextmanager
def writing(path: str | None) -> Iterator[TextIO]:
    """Open an output for text; without a path, or with `-`, standard output.

    A file appears whole when the block ends, and not at all when it raises.
    """
    if path is None or path == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    with writing_bytes(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="")
        try:
            yield text
            text.flush()
        finally:
            text.detach()


@contextmanager
def writing_bytes(path: str | None) -> Iterator[BinaryIO]:
    """Open an output for bytes, as `writing` does for text."""
    if path is None or path == "-":
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    target = Path(os.path.realpath(path))  # a link stays a link
    if target.exists() and not target.is_file():  # a device or a pipe cannot be replaced
        with target.open("wb") as stream:
            yield stream
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as stream:
            yield stream
        draft.replace(target)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink()
        if isinstance(error, OSError) and error.filename in (draft, str(draft)):
            error.filename, error.filename2 = path, None  # the user knows no draft
        raise


def write_csv(path: str | None, header: Iterable[str], rows: Iterable[Iterable[object]]) -> int:
    """Write rows as CSV (RFC 4180 with line feeds, UTF-8), every cell safe in a spreadsheet.

    Returns:
        how many rows were written.
    """
    from canonical_contact.formats._cells import safe

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

    class Piped(RichConsole):
        def on_broken_pipe(self) -> None:  # rich's own ends the program, with a code that means something else here
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    console = Piped(stderr=to_stderr, highlight=False)
    if not console.is_terminal:
        console.width = 200
    return console
