"""Contacts to files of the world's formats and back: one table of formats, one way to write, one way to read.

`read` (in this package) reads what systems export, for normalising and matching. Here contacts are exchanged as they are: what was
written is read back equal, as far as the format can carry it, and what it cannot carry is named by the loss report.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from attrs import frozen

from canonical_contact.errors import InputError, MissingExtraError, Problem
from canonical_contact.formats._loss import LossReport
from canonical_contact.formats._parquet import arrow_schema
from canonical_contact.model import Contact

__all__ = ["FORMATS", "Format", "arrow_schema", "format_of", "read_contacts", "write_contacts"]


class Writer(Protocol):
    """Writes contacts to a binary stream one by one, and notes what it cannot carry."""

    def __call__(self, contacts: Iterable[Contact], stream: BinaryIO, losses: LossReport, **options: Any) -> None:  # noqa: ANN401
        ...


class Reader(Protocol):
    """Reads contacts from a binary stream one by one; what cannot be read is told, never raised."""

    def __call__(self, stream: BinaryIO, tell: Callable[[Problem], None], **options: Any) -> Iterator[Contact]:  # noqa: ANN401
        ...


@frozen
class Format:
    """One format of the table.

    Args:
        name: what it is called in options.
        module: the module that holds `write` and `read`.
        suffixes: endings of its files; the first one is usual.
        reads: whether contacts can be read back from it.
        extra: the extra that it needs.
        options: options that the module's `write` is called with.
    """

    name: str
    module: str
    suffixes: tuple[str, ...] = ()
    reads: bool = True
    extra: str = ""
    options: tuple[tuple[str, str], ...] = ()


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("vcard", "vcard.codec", (".vcf", ".vcard")),
        Format("jcard", "vcard.jcard_codec", (".jcard", ".jcard.json")),
        Format("jscontact", "jscontact.codec", (".jscontact", ".jscontact.json", ".jscontact.jsonl")),
        Format("jsonl", "_jsonl", (".jsonl", ".ndjson")),
        Format("parquet", "_parquet", (".parquet",), extra="batch"),
        Format("hubspot", "_csv_write", reads=False, options=(("preset", "hubspot"),)),
        Format("salesforce_contact", "_csv_write", reads=False, options=(("preset", "salesforce_contact"),)),
        Format("salesforce_lead", "_csv_write", reads=False, options=(("preset", "salesforce_lead"),)),
        Format("mailchimp", "_csv_write", reads=False, options=(("preset", "mailchimp"),)),
        Format("google", "_csv_write", reads=False, options=(("preset", "google"),)),
        Format("outlook", "_csv_write", reads=False, options=(("preset", "outlook"),)),
    )
}


def format_of(path: str | Path) -> str:
    """Tell the format by the ending of a file's name.

    Raises:
        InputError: no format has that ending.

    >>> format_of("people.vcf"), format_of("people.jscontact.json")
    ('vcard', 'jscontact')
    """
    name = Path(path).name.casefold()
    found = max(
        ((suffix, one.name) for one in FORMATS.values() for suffix in one.suffixes if name.endswith(suffix)),
        key=lambda pair: len(pair[0]),
        default=None,
    )
    if found is None:
        raise InputError(
            f"The ending of {Path(path).name} names no format.",
            code="input.format",
            path="format",
            hint=f"Say which it is: {', '.join(FORMATS)}.",
        )
    return found[1]


def write_contacts(
    contacts: Iterable[Contact],
    target: str | Path | BinaryIO,
    *,
    format: str = "",  # noqa: A002  the word for it
    keep_losses: int | None = 100,
    **options: Any,  # noqa: ANN401
) -> LossReport:
    """Write contacts one by one, in memory that does not grow with them.

    Args:
        contacts: any iterable of contacts.
        target: a path, where the file appears whole or not at all; a folder, for a format with several files (`mailchimp`); or a binary
            stream, which is left open.
        format: a key of `FORMATS`; without it the ending of the path tells.
        keep_losses: how many losses of each kind are kept with their values; None keeps all.
        **options: options of the format, see docs/exchange.md.

    Returns:
        What the format could not carry.

    Raises:
        InputError: there is no such format.
        MissingExtraError: the format needs an extra that is not installed.

    >>> from io import BytesIO
    >>> report = write_contacts([Contact(contact_id="1", notes=("a",))], BytesIO(), format="jscontact")
    >>> report.contacts, report.exact
    (1, True)
    """
    one = _format(format, target)
    losses = LossReport(one.name, keep=keep_losses)
    module, chosen = _module(one), {**dict(one.options), **options}
    if isinstance(target, (str, Path)) and Path(target).is_dir() and hasattr(module, "write_folder"):
        module.write_folder(contacts, target, losses, **chosen)
        return losses
    with _written(target) as stream:
        cast(Writer, module.write)(contacts, stream, losses, **chosen)
    return losses


def read_contacts(
    source: str | Path | BinaryIO,
    *,
    format: str = "",  # noqa: A002  the word for it
    tell: Callable[[Problem], None] | None = None,
    **options: Any,  # noqa: ANN401
) -> Iterator[Contact]:
    r"""Read contacts one by one as they were written; nothing is normalised, and nothing in the file raises.

    Args:
        source: a path, or a binary stream.
        format: a key of `FORMATS`; without it the ending of the path tells.
        tell: called with each Problem; without it they are passed over.
        **options: options of the format.

    Raises:
        InputError: there is no such format, or it is one that is only written.
        MissingExtraError: the format needs an extra that is not installed.

    >>> from io import BytesIO
    >>> [ana.name.full for ana in read_contacts(BytesIO(b"BEGIN:VCARD\nFN:Ana Gil\nEND:VCARD"), format="vcard")]
    ['Ana Gil']
    """
    one = _format(format, source)
    if not one.reads:
        raise InputError(
            f"{one.name} is only written here.",
            code="input.format",
            path="format",
            hint="Read such a file with read(); unify does.",
        )
    reader = cast(Reader, _module(one).read)
    with _opened(source) as stream:
        yield from reader(stream, tell or _pass_over, **options)


def _format(name: str, place: str | Path | BinaryIO) -> Format:
    if not name:
        if not isinstance(place, (str, Path)):
            raise InputError("A stream does not tell its format.", code="input.format", path="format", hint="Pass format=.")
        name = format_of(place)
    if name not in FORMATS:
        raise InputError(
            f"There is no format {name!r}.", code="input.format", path="format", hint=f"There are: {', '.join(FORMATS)}."
        )
    return FORMATS[name]


def _module(one: Format) -> Any:  # noqa: ANN401  a module
    try:
        return import_module(f"canonical_contact.formats.{one.module}")
    except ModuleNotFoundError as error:
        if not one.extra or (error.name or "").startswith("canonical_contact"):
            raise
        raise MissingExtraError(f"The format {one.name}", one.extra) from None


def _pass_over(_: Problem) -> None:
    return


def _opened(place: str | Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    if isinstance(place, (str, Path)):
        return Path(place).open("rb")
    return nullcontext(place)


@contextmanager
def _written(place: str | Path | BinaryIO) -> Iterator[BinaryIO]:
    """Open a target; a file appears whole when the block ends, and what was there stays when it raises."""
    if not isinstance(place, (str, Path)):
        yield place
        return
    target = Path(os.path.realpath(place))  # a link stays a link
    if target.exists() and not target.is_file():  # a device or a pipe cannot be replaced
        with target.open("wb") as stream:
            yield stream
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as stream:
            yield stream
        draft.replace(target)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
