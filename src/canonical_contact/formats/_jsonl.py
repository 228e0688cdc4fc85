"""Canonical contacts as JSON Lines: one document of the schema a line, UTF-8, lines that end with a line feed."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final

from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.formats._loss import Loss, LossReport
from canonical_contact.formats._pinned import check_version, in_version
from canonical_contact.model import SCHEMA_VERSION, Contact
from canonical_contact.schema import from_json, to_json

__all__ = ["read", "write"]

LINE_BYTES: Final = 16 << 20
_RAW: Final = 200
_BLANK: Final = b" \t\r\n"
_WIDE: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def write(contacts: Iterable[Contact], stream: BinaryIO, losses: LossReport, *, version: str = SCHEMA_VERSION) -> None:
    r"""Write contacts, one a line; whatever the schema holds is carried.

    Args:
        contacts: any iterable; one contact is in memory at a time.
        stream: a binary stream, left open.
        losses: told of a contact that JSON has no words for (a number that is not finite, a time outside of the years 1 to 9999), and of
            what a pinned version has no field for; that is parked and comes back where `read` reads it.
        version: a published version of the schema.

    Raises:
        NotFoundError: there is no such version.

    >>> import io
    >>> stream, losses = io.BytesIO(), LossReport("jsonl")
    >>> write([Contact(contact_id="019f")], stream, losses)
    >>> stream.getvalue(), losses.exact
    (b'{"contact_id":"019f","schema_version":"1.2"}\n', True)
    """
    pinned = check_version(version) != SCHEMA_VERSION
    for contact in contacts:
        try:
            line = to_json(in_version(contact, version, losses) if pinned else contact)
        except InputError as error:
            losses.leave_out(error.code)
            losses.add(Loss(contact.contact_id, "$", "", "loss.form", f"{error.message} The contact was left out. {error.hint}"))
            continue
        stream.write(line.encode() + b"\n")
        losses.contacts += 1


def read(stream: BinaryIO, tell: Callable[[Problem], None], *, line_bytes: int = LINE_BYTES) -> Iterator[Contact]:
    r"""Read contacts that were written in any published version; one line is in memory at a time.

    A line that holds no contact is told with its number and the lines after it are read. Blank lines, a byte order mark and
    Windows line ends are passed over.

    Args:
        stream: a binary stream.
        tell: called with `jsonl.line_unreadable`, `jsonl.line_too_long`, `jsonl.encoding`.
        line_bytes: a longer line is left out without being held in memory.

    >>> import io
    >>> list(read(io.BytesIO(b'{"contact_id": 7}\n'), lambda problem: print(problem.line, problem.code, problem.path)))
    1 jsonl.line_unreadable $.contact_id
    []
    """
    number = 0
    while line := stream.readline(line_bytes + 1):
        number += 1
        if number == 1:
            if line.startswith(_WIDE):
                hint = "The file is in UTF-16 or UTF-32; JSON Lines are UTF-8. Save it as UTF-8."
                tell(Problem("jsonl.encoding", hint=hint, severity=Severity.ERROR, line=1))
                return
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) > line_bytes and not line.endswith(b"\n"):
            raw = line[:_RAW].decode(errors="replace")
            while line and not line.endswith(b"\n"):
                line = stream.readline(line_bytes)
            hint = f"The line has more than {line_bytes:,} bytes and was left out."
            tell(Problem("jsonl.line_too_long", "$", raw, hint, Severity.ERROR, line=number))
            continue
        line = line.strip(_BLANK)
        if not line:
            continue
        try:
            contact = from_json(Contact, line.decode())
        except UnicodeDecodeError:
            hint = "The line is not UTF-8; it was left out."
            tell(Problem("jsonl.encoding", "$", line[:_RAW].decode(errors="replace"), hint, Severity.ERROR, line=number))
        except InputError as error:
            raw = line[: 4 * _RAW].decode(errors="replace")[:_RAW]
            hint = f"{error.message} The line was left out."
            tell(Problem("jsonl.line_unreadable", error.path or "$", raw, hint, Severity.ERROR, line=number))
        else:
            yield contact
