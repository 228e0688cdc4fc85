"""The command line `canonical-contact`: one file a command; needs the extra [cli]."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what follows the program's name; without it those of the process.

    Returns:
        the exit code, see docs/cli.md.
    """
    if any(find_spec(name) is None for name in ("click", "rich")):
        sys.stderr.write("error: The command line needs the extra [cli]. Install it: pip install 'canonical-contact[cli]'\n")
        return 3  # Exit.MISSING_EXTRA, which cannot be imported here without reason: this path stays free of imports
    from canonical_contact.cli._app import run

    return run(arguments)
