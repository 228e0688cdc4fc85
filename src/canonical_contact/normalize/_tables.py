# The committed data tables; a private module reads its table once, when it is itself first used.
from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

__all__ = ["load", "words"]


def load(name: str) -> dict[str, Any]:
    """Read `data/<name>.toml`."""
    return tomllib.loads((files(__package__) / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def words(text: str) -> frozenset[str]:
    """Split a table's line of words between bars, or between spaces where there is no bar."""
    return frozenset(part.strip() for part in (text.split("|") if "|" in text else text.split()) if part.strip())
