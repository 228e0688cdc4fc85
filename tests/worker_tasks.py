"""Tasks that worker processes can import, for the tests of the engine."""

from __future__ import annotations

import os


class Where:
    """Doubles, and tells in which process."""

    def __call__(self, number: int, /) -> tuple[int, int]:
        return 2 * number, os.getpid()


class Fails:
    """Cannot do anything."""

    def __call__(self, number: int, /) -> int:
        raise ValueError(str(number))
