"""A file of documents from one version of the schema to another: streaming, in bounded memory, and to be taken up again when it was stopped.

The new file is written beside its place as `OUT.part`; every few thousand documents what was done is flushed and noted in
`OUT.part.json` (how far the source was read, with a digest of that part of it, and how long the outputs were). A later call with the same
arguments goes on from there; it starts anew where the source or the arguments are others. `OUT` appears when it is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any

from attrs import define, field

from canonical_contact.errors import InputError
from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.schema._convert import plain_of_json, plain_to_json
from canonical_contact.schema._tally import MigrationSummary, Tally, problem_of
from canonical_contact.schema.migrations import KINDS, check_version, explain_migration, kind_of

__all__ = ["migrate_file"]

LONGEST = 16 * 1024 * 1024  # bytes of a line: the largest contact that may be, many times over
EVERY = 5_000  # documents between two notes of what was done
_BLOCK = 1 << 20
_BESIDE = ("rejects", "part", "rejects.part", "part.json", "part.json.tmp")  # what stands beside the target, now or at the end


def migrate_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str] | None = None,
    to: str = SCHEMA_VERSION,
    *,
    kind: str = "",
    strict: bool = False,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    every: int = EVERY,
) -> MigrationSummary:
    r"""Bring the documents of a JSON Lines file to a version of the schema.

    A line that cannot be read never stops the file: it goes to the problems with its number, and as it is to `TARGET.rejects`. A document
    that has the version already is copied byte by byte.

    Args:
        source: one document a line, in UTF-8; of one kind or mixed.
        target: the new file; it appears whole, or not at all. Not needed with `dry_run`.
        to: a published version.
        kind: the kind of all documents; else each one's is found out by its required fields.
        strict: leave out what a version could keep only outside of its schema.
        dry_run: write nothing and say what would be done.
        progress: told how many bytes of the source more are done.
        every: documents between two notes of what was done: so many are done again at most when a broken migration is taken up.

    Returns:
        What was done, counted.

    Raises:
        InputError: there is no such version or kind; `target` is missing, no ordinary file, or the source.
        OSError: a file cannot be read or written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     old, new = Path(folder, "old.jsonl"), Path(folder, "new.jsonl")
    ...     _ = old.write_text('{"contact_id":"1","schema_version":"1.0","owner":"kim"}\nnonsense\n')
    ...     done = migrate_file(old, new)
    ...     print(new.read_text(), done.problems)
    {"contact_id":"1","schema_version":"1.2","owner":"kim","owners":[{"role":"record","who":"kim"}]}
     {'document.not_json': 1}
    """
    check_version(to)
    if kind and kind not in KINDS:
        raise InputError(f"There is no kind of document {kind!r}.", path="kind", hint=f"Kinds: {', '.join(KINDS)}.")
    if target is None and not dry_run:
        raise InputError("A migration needs a file to write to.", path="target", hint="Name one, or ask for dry_run=True.")
    place = None if dry_run or target is None else Path(os.path.realpath(target))  # a link stays a link
    work = _Work(Path(source), place, to, kind, strict)
    work.check()
    with work.source.open("rb") as lines, ExitStack() as outputs:
        work.begin(lines, outputs)
        if progress is not None and work.read:
            progress(work.read)
        told = work.read
        for line in _lines(lines):
            work.do(line)
            if work.since >= every:
                work.note()
            if progress is not None and work.read - told >= _BLOCK:
                progress(work.read - told)
                told = work.read
        if progress is not None:
            progress(work.read - told)
        work.end()
    return work.tally.summary(to, resumed=work.resumed, dry_run=dry_run)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Read lines; one that is too long comes in pieces without an end, but for the last of them."""
    while line := stream.readline(LONGEST):
        yield line


@define
class _Work:
    """One migration of a file, and where it stands."""

    source: Path
    target: Path | None
    to: str
    kind: str
    strict: bool
    tally: Tally = field(factory=Tally)
    resumed: bool = False
    read: int = 0  # bytes of the source
    number: int = 0  # lines of the source
    since: int = 0  # documents since the last note
    digest: Any = field(factory=lambda: hashlib.blake2b(digest_size=16))  # of what was read of the source
    inside: bool = False  # of a line that is too long
    written: IO[bytes] | None = None
    rejects: IO[bytes] | None = None

    def check(self) -> None:
        """Refuse a target that would take the place of the source or of something that is no file."""
        if self.target is None:
            return
        places = (self.target, *map(self._beside, _BESIDE))
        if Path(os.path.realpath(self.source)) in places:
            raise InputError("A file cannot be migrated onto itself.", path="target", hint="Name another file to write to.")
        if self.target.exists() and not self.target.is_file():
            raise InputError(
                "The target is no ordinary file.", path="target", hint="Name a file: a migration may be taken up again."
            )

    def begin(self, lines: IO[bytes], outputs: ExitStack) -> None:
        """Open the outputs, and take up what a broken migration left."""
        if self.target is None:
            return
        note = self._left_behind(lines)
        for name in ("part", "rejects.part"):
            path = self._beside(name)
            length = int(note[name]) if note else 0
            if not note:
                path.write_bytes(b"")
            stream = outputs.enter_context(path.open("r+b"))
            stream.truncate(length)
            stream.seek(length)
            if name == "part":
                self.written = stream
            else:
                self.rejects = stream

    def do(self, line: bytes) -> None:
        """Migrate one line."""
        self.read += len(line)
        self.digest.update(line)
        whole = line.endswith(b"\n") or len(line) < LONGEST
        if self.inside or not whole:
            self._too_long(line, whole=whole)
            return
        self.number += 1
        if not line.strip():
            return
        self.since += 1
        text = ""
        try:
            text = line.decode("utf-8-sig" if self.number == 1 else "utf-8")
            document = plain_of_json(text)
            if not isinstance(document, dict):
                raise InputError("The line is no object.", path="$", hint="Write one document on each line.")
            kind = self.kind or kind_of(document)
            if self.kind and not KINDS[kind][0] <= document.keys():
                kind_of({})  # says what is wrong
            told = explain_migration(document, self.to, kind=kind, strict=self.strict)
            out = line if told.found == self.to else (plain_to_json(told.document) + "\n").encode()
        except UnicodeDecodeError:
            self._reject(InputError("The line is not UTF-8.", code="input.json", path="$", hint="Save the file as UTF-8."), line)
        except RecursionError:
            self._reject(InputError("The document is nested too deeply.", path="$", hint="No contact is that deep."), line, text)
        except InputError as error:
            self._reject(error, line, text)
        else:
            self.tally.add(told, kind, self.to)
            if self.written is not None:
                self.written.write(out if out.endswith(b"\n") else out + b"\n")

    def note(self) -> None:
        """Flush what was written and note how far the work is; whatever happens after this, it can be taken up here."""
        self.since = 0
        if self.target is None or self.written is None or self.rejects is None:
            return
        for stream in (self.written, self.rejects):
            stream.flush()
            os.fsync(stream.fileno())
        note = {
            "arguments": self._arguments(),
            "read": self.read,
            "digest": self.digest.hexdigest(),
            "number": self.number,
            "part": self.written.tell(),
            "rejects.part": self.rejects.tell(),
            "tally": self.tally.plain(),
        }
        draft = self._beside("part.json.tmp")
        draft.write_text(json.dumps(note), encoding="utf-8")
        draft.replace(self._beside("part.json"))

    def end(self) -> None:
        """Put the outputs in their places."""
        if self.target is None or self.written is None or self.rejects is None:
            return
        for stream in (self.written, self.rejects):
            stream.flush()
            os.fsync(stream.fileno())
            stream.close()
        with suppress(FileNotFoundError):
            self._beside("rejects").unlink()
        if self.tally.rejected:
            self._beside("rejects.part").replace(self._beside("rejects"))
        else:
            self._beside("rejects.part").unlink()
        self._beside("part").replace(self.target)
        with suppress(FileNotFoundError):
            self._beside("part.json").unlink()

    def _left_behind(self, lines: IO[bytes]) -> dict[str, Any] | None:
        """Read the note of a broken migration, and the part of the source that it had done; None where it is not of this one."""
        try:
            note = json.loads(self._beside("part.json").read_text(encoding="utf-8"))
            tally, length = Tally.of(note["tally"]), int(note["read"])
            same = note["arguments"] == self._arguments() and all(
                self._beside(name).stat().st_size >= int(note[name]) for name in ("part", "rejects.part")
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        left, digest = length if same else 0, hashlib.blake2b(digest_size=16)
        while left and (block := lines.read(min(left, _BLOCK))):
            digest.update(block)
            left -= len(block)
        if not same or left or digest.hexdigest() != note["digest"]:
            lines.seek(0)
            return None
        self.tally, self.digest, self.read, self.number = tally, digest, length, int(note["number"])
        self.resumed = True
        return note  # type: ignore[no-any-return]

    def _arguments(self) -> list[object]:
        return [self.to, self.kind, self.strict, SCHEMA_VERSION]

    def _beside(self, name: str) -> Path:
        assert self.target is not None  # asked for where there is one
        return self.target.with_name(f"{self.target.name}.{name}")

    def _too_long(self, piece: bytes, *, whole: bool) -> None:
        if not self.inside:
            self.number += 1
            error = InputError("The line is too long.", path="$", hint=f"A document has {LONGEST} bytes at most.")
            self.tally.reject(problem_of(error, "", file=self.source.name, line=self.number))
        self.inside = not whole
        if self.rejects is not None:
            self.rejects.write(piece)

    def _reject(self, error: InputError, line: bytes, text: str = "") -> None:
        self.tally.reject(problem_of(error, text.strip(), file=self.source.name, line=self.number))
        if self.rejects is not None:
            self.rejects.write(line if line.endswith(b"\n") else line + b"\n")
