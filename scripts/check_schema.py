"""Check that our own published versions go together: python scripts/check_schema.py [--mode MODE] [--readers WHO].

Each version is checked against all before it of its major version. A new major may break what was: there only the number must be raised.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from canonical_contact.schema import published_schema, published_versions
from canonical_contact.schema.compat import MODES, READERS, Compatibility, check

Published = Sequence[tuple[str, Mapping[str, Any]]]


def major(version: str) -> str:
    return version.partition(".")[0]


def answers(published: Published, mode: str, readers: str) -> list[tuple[str, str, Compatibility]]:
    """Check each version against those before it, oldest first."""
    found = []
    for number, (version, schema) in enumerate(published[1:], start=1):
        last, before = published[number - 1]
        same = major(last) == major(version)
        history = [earlier for name, earlier in published[: number - 1] if major(name) == major(version)]
        found.append((last, version, check(before, schema, mode if same else "none", history if same else (), readers=readers)))
    return found


def report(published: Published, mode: str, readers: str) -> tuple[list[str], bool]:
    """Say what was found, one line each; whether all is well."""
    lines, well = [], True
    for last, version, answer in answers(published, mode, readers):
        well &= answer.ok
        lines.append(f"{last} to {version}: {answer.mode} {'ok' if answer.ok else 'BROKEN'}, needed: {answer.needed}")
        for change in answer.offending:
            against = f" against {change.against}" if change.against else ""
            lines.append(f"  {change.rule} at {change.path}{against}: {change.why}")
    return lines or ["There is one version only."], well


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--mode", choices=MODES, default="full-transitive", help="what must hold within a major version")
    parser.add_argument("--readers", choices=READERS, default="ignore_unknown")
    options = parser.parse_args(arguments)
    published = [(version, published_schema(version)) for version in published_versions()]
    lines, well = report(published, options.mode, options.readers)
    print("\n".join(lines))
    return int(not well)


if __name__ == "__main__":
    sys.exit(main())
