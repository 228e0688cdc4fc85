"""Write the generated files anew, or check that they are fresh: python scripts/generate.py [--check] [--publish 1.0].

A published version is sealed: its files are hashed in published/index.json, and nothing here writes them again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.schema import json_schema

PUBLISHED = Path(__file__).resolve().parent.parent / "src" / "canonical_contact" / "schema" / "published"
INDEX = PUBLISHED / "index.json"


def schema_file(version: str) -> Path:
    return PUBLISHED / f"contact-{version}.json"


def as_text(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def faults(index: dict[str, dict[str, str]]) -> list[str]:
    """Say what is not as it should be, one line each."""
    found = []
    for version, entry in index.items():
        if entry["status"] == "published" and digest(schema_file(version)) != entry["sha256"]:
            found.append(f"{schema_file(version).name} was changed after it was published; restore it and raise SCHEMA_VERSION")
    present = schema_file(SCHEMA_VERSION)
    if SCHEMA_VERSION not in index or not present.exists():
        found.append(f"schema {SCHEMA_VERSION} has no file yet; run `make generate`")
    elif present.read_text(encoding="utf-8") != as_text(json_schema()):
        sealed = index[SCHEMA_VERSION]["status"] == "published"
        what = "raise SCHEMA_VERSION: this version is published" if sealed else "run `make generate`"
        found.append(f"{present.name} differs from the classes; {what}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where a file is not fresh")
    parser.add_argument("--publish", metavar="VERSION", help="seal a version: from now on its files never change")
    options = parser.parse_args()
    index: dict[str, dict[str, str]] = json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.exists() else {}
    if not options.check and index.get(SCHEMA_VERSION, {}).get("status") != "published":
        index[SCHEMA_VERSION] = {"status": "draft"}
        schema_file(SCHEMA_VERSION).write_text(as_text(json_schema()), encoding="utf-8")
        if options.publish == SCHEMA_VERSION:
            index[SCHEMA_VERSION] = {"status": "published", "sha256": digest(schema_file(SCHEMA_VERSION))}
        INDEX.write_text(as_text(dict(sorted(index.items()))), encoding="utf-8")
    found = faults(index)
    for line in found:
        print(line, file=sys.stderr)
    print("generated files are fresh" if not found else f"{len(found)} generated files are not as they should be")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
