"""`--key-file`: the privacy key of a host that does not leave it to the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from canonical_contact.errors import ConfigError

__all__ = ["key_option", "read_key_file"]

F = TypeVar("F", bound=Callable[..., Any])


def key_option(function: F) -> F:
    """Add `--key-file`."""
    text = "The privacy key, where you keep it and not the store: a file of 16 random bytes or more, taken as they are."
    return click.option("--key-file", default=None, metavar="FILE", help=text)(function)


def read_key_file(path: str | None) -> bytes | None:
    """Read the privacy key; None where none is named.

    Raises:
        ConfigError: the file cannot be read.
    """
    if path is None:
        return None
    try:
        return Path(path).read_bytes()
    except OSError:
        raise ConfigError(
            f"The privacy key {path} cannot be read.", path=path, hint="Name the file that holds the key."
        ) from None
