"""A million documents to another version and back: python bench/migrate.py [--documents 1000000] [--folder DIR] [--json].

Writes contacts of schema 1.1 to a file, streaming, and migrates it to 1.0 in a process that is killed half way, then again in one that
takes it up, and back to 1.1; every document must be what it was. Prints documents a second and the peak of resident memory of each
process. Memory must not grow with the number of documents: --documents 100000 and 1000000 give the same.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CHILD = """
import json, resource, sys, time
from canonical_contact.schema.bulk import migrate_file
begun = time.perf_counter()
done = migrate_file(sys.argv[1], sys.argv[2], sys.argv[3])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"documents": done.documents, "rejected": done.rejected, "resumed": done.resumed, "peak_mb": round(peak, 1),
                  "seconds": round(time.perf_counter() - begun, 2)}))
"""
STATUSES = ("ok", "bounced", "unknown", "bad")
RESTRICTIONS = ("do_not_profile", "do_not_process", "forget")


def document(number: int, draw: random.Random) -> dict[str, Any]:
    """A contact as the main job writes it, in about 1.3 kB; one in three uses what 1.0 lacks beyond its owners."""
    name = f"person{number}"
    made: dict[str, Any] = {
        "contact_id": f"019f1af9-b400-7708-9871-{number:012x}",
        "schema_version": "1.1",
        "name": {"full": f"Ana {name} Núñez", "given": "Ana", "given2": name, "surname": "Núñez"},
        "emails": [
            {"address": f"{name}.{place}@example.org", "key": f"{name}{place}@example.org", "pref": place} for place in (1, 2)
        ],
        "phones": [{"number": f"+4930{number:08}", "country_code": "DE", "line_type": "fixed_line", "features": ["voice"]}],
        "addresses": [{"street": f"Hauptstraße {number % 300}", "locality": "Berlin", "postcode": "10115", "country_code": "DE"}],
        "organizations": [{"name": "Müller & Söhne GmbH", "key": "mueller soehne"}],
        "owner": f"agent{number % 40}",
        "tags": ["VIP", "news"],
        "extensions": {"hubspot.Favourite colour": "teal"},
        "owners": [{"role": "record", "who": f"agent{number % 40}"}],
        "sources": [
            {"system": "hubspot", "record_id": f"{number}", "label": f"{number}", "file": "hubspot.csv", "line": number + 2}
        ],
        "claims": [
            {
                "path": f"$.emails[{place}]",
                "value": f"{name}.{place + 1}@example.org",
                "source": f"hubspot:{number}",
                "rule": "email/1",
            }
            for place in (0, 1)
        ],
        "consent": [
            {"channel": "email", "purpose": "marketing", "state": "granted", "strength": "double", "events": [f"{number:032x}"]}
        ],
        "revision": 1,
    }
    if draw.random() < 0.33:
        made["emails"][0]["status"] = draw.choice(STATUSES)
        made["consent"][0]["consent_id"] = f"c-{number}"
        made["addresses"][0]["coordinates"] = "geo:52.5,13.4"
        made["external_ids"] = [{"system": "erp", "id": f"K-{number}"}]
        made["owners"].append({"role": "enrichment", "who": "data team"})
        if draw.random() < 0.1:
            made["restrictions"] = [draw.choice(RESTRICTIONS)]
    return made


def generate(path: Path, count: int) -> None:
    draw = random.Random(8)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(document(number, draw), ensure_ascii=False, separators=(",", ":")) + "\n")


def child(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CHILD, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def migrate(*arguments: object) -> dict[str, Any]:
    with child(*arguments) as process:
        out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(process.returncode)
    told: dict[str, Any] = json.loads(out)
    return told


def kill_half_way(source: Path, target: Path, size: int) -> float:
    """Start a migration and kill it when half of the output is there; tells the part of the source that it had noted as done."""
    part, note = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.part.json")
    with child(source, target, "1.0") as process:
        while process.poll() is None and not (part.exists() and part.stat().st_size > size // 2):
            time.sleep(0.005)
        process.kill()
    return json.loads(note.read_text())["read"] / size if note.exists() else 0.0


def different(first: Path, second: Path) -> int:
    with first.open(encoding="utf-8") as left, second.open(encoding="utf-8") as right:
        return sum(json.loads(one) != json.loads(other) for one, other in zip(left, right, strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        new, old, back = (Path(folder, f"{name}.jsonl") for name in ("new", "old", "back"))
        generate(new, options.documents)
        size = os.path.getsize(new)
        killed = kill_half_way(new, old, size)
        resumed = migrate(new, old, "1.0")
        down_size = os.path.getsize(old)
        old.unlink()
        down, up = migrate(new, old, "1.0"), migrate(old, back, "1.1")
        wrong = different(new, back)
    told = {
        "documents": options.documents,
        "mb": round(size / 2**20, 1),
        "mb_in_1_0": round(down_size / 2**20, 1),
        "down": down,
        "up": up,
        "killed_at": round(killed, 3),
        "resumed": resumed,
        "different": wrong,
    }
    if options.json:
        print(json.dumps(told, indent=2))
    else:
        print(f"{options.documents:,} contacts, {told['mb']:,} MB in 1.1, {told['mb_in_1_0']:,} MB in 1.0")
        for name, run in (("1.1 to 1.0", down), ("1.0 to 1.1", up)):
            speed = run["documents"] / run["seconds"]
            print(f"{name}: {run['seconds']:>7.2f} s {speed:>10,.0f} documents/s   peak {run['peak_mb']} MB")
        print(f"killed with {killed:.0%} done and taken up: {resumed['seconds']} s more, peak {resumed['peak_mb']} MB")
        print(f"documents that are not what they were: {wrong}")
    return int(bool(wrong) or not resumed["resumed"])


if __name__ == "__main__":
    sys.exit(main())
