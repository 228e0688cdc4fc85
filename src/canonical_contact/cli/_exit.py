"""Exit codes: one table, which `--help` and docs/cli.md print."""

from __future__ import annotations

from enum import IntEnum

from canonical_contact.errors import (
    ConfigError,
    ContactError,
    InputError,
    MissingExtraError,
    NotFoundError,
    StoreError,
)

__all__ = ["MEANINGS", "Exit", "exit_of"]


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    NOTHING_READ = 1
    USAGE = 2
    MISSING_EXTRA = 3
    STORE = 4
    NOT_FOUND = 5
    OUTPUT = 6
    FAULT = 70
    INTERRUPTED = 130
    PIPE = 141


MEANINGS = {
    Exit.DONE: "Done; rows may have had problems, which are named.",
    Exit.NOTHING_READ: "Nothing could be read: no file holds a contact, or an input cannot be used; "
    "or the answer of `schema check` or `consent verify` is no, or a consent does not take the event.",
    Exit.USAGE: "Wrong usage: an option, a mapping or a time that cannot be.",
    Exit.MISSING_EXTRA: "A part of the program is not installed; the line says what to install.",
    Exit.STORE: "The store is missing, busy or cannot be read or written.",
    Exit.NOT_FOUND: "No contact of that id, address or number; no such version or field.",
    Exit.OUTPUT: "An output file cannot be written.",
    Exit.FAULT: "A fault of the program itself; please report it.",
    Exit.INTERRUPTED: "Stopped by the user; what was not finished is not in the store.",
    Exit.PIPE: "Whoever read the output went away.",
}

# The first class that fits decides.
_CLASSES: tuple[tuple[type[BaseException], Exit], ...] = (
    (MissingExtraError, Exit.MISSING_EXTRA),
    (StoreError, Exit.STORE),
    (NotFoundError, Exit.NOT_FOUND),
    (ConfigError, Exit.USAGE),
    (InputError, Exit.NOTHING_READ),
    (ContactError, Exit.NOTHING_READ),
    (BrokenPipeError, Exit.PIPE),
    (KeyboardInterrupt, Exit.INTERRUPTED),
    (OSError, Exit.OUTPUT),
)


def exit_of(error: BaseException) -> Exit:
    """Tell the exit code for an error."""
    return next((code for kind, code in _CLASSES if isinstance(error, kind)), Exit.FAULT)
