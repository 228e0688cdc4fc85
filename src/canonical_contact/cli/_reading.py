"""Small files that an option names: rules, proofs, texts. They are read whole, so their size is limited."""

from __future__ import annotations

from pathlib import Path

from canonical_contact.errors import ConfigError

__all__ = ["read_small"]

LIMIT = 1 << 20  # bytes; a file of settings is written by hand


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
