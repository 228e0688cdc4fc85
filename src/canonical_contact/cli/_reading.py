"""Files that a command is told to read: small ones of settings, whole; data, with a look at the head first."""

from __future__ import annotations

import codecs
from pathlib import Path

from canonical_contact.errors import ConfigError, InputError

__all__ = ["check_text", "encoding_of", "read_small"]

LIMIT = 1 << 20  # bytes; a file of settings is written by hand
_HEAD = 1 << 16  # bytes that tell what a file is
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b\x1e")) + b"\x7f"  # what no text holds


def read_small(path: str, what: str, *, hint: str) -> str:
    """Read a file of settings as UTF-8.

    Args:
        path: the file.
        what: what it is, such as `rules`; the error says it.
        hint: what to name instead.

    Raises:
        ConfigError: it cannot be read, is no text in UTF-8, or is larger than 1 MiB.
    """
    try:
        with Path(path).open("rb") as stream:
            held = stream.read(LIMIT + 1)
        text = held.decode("utf-8-sig")
    except PermissionError:
        raise ConfigError(f"The {what} {path} cannot be read.", path=path, hint="Allow reading it.") from None
    except (OSError, ValueError):
        raise ConfigError(f"The {what} {path} cannot be read.", path=path, hint=hint) from None
    if len(held) > LIMIT:
        raise ConfigError(f"The {what} {path} is larger than 1 MiB and cannot be read.", path=path, hint=hint)
    return text


def encoding_of(path: Path) -> str:
    r"""Tell the encoding of a text by its head, UTF-8 where no mark says another; empty for what is no text.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (file := Path(folder) / "list.txt").write_bytes(b"ana@example.org\n\x00\x01")
    ...     encoding_of(file)
    ''
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")
    if marked == "utf-16":
        return marked
    return "" if head.translate(None, _CONTROL) != head else marked or "utf-8-sig"


def check_text(path: Path, *, hint: str, binary: bool = False) -> None:
    """Refuse a file that holds nothing, or no text.

    Args:
        path: the file.
        hint: what to name instead.
        binary: whether the caller names the place of what is no text.

    Raises:
        InputError: it is missing, empty or binary.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", path=str(path), hint=hint)
    if not path.stat().st_size:
        raise InputError(f"{path} is empty.", path=str(path), hint="Export it again, and check that the export ended.")
    if not binary and not encoding_of(path):
        raise InputError(f"{path} is a binary file.", path=str(path), hint=hint)
