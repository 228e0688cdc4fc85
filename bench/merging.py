"""Merges a second, and the way back: python bench/merging.py [--merges 100000] [--workers 2] [--json].

Makes a store of twice as many contacts in SQLite, plans and applies the merges by twos in transactions of 2,000, takes them all apart again,
and holds every contact's document to what it was before. Every tenth contact has refused e-mail; none that has may be contactable on the way.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from canonical_contact import SQLiteStore, unify
from canonical_contact.engine.local import Executor, chunked
from canonical_contact.engine.merging import merge_all, unmerge_all
from canonical_contact.store import iter_contacts

START = datetime(2026, 7, 1, tzinfo=UTC)
BATCH = 2_000
SYLLABLES = [a + b for a in "bcdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "el", "or")]
COLUMNS = ("Record ID", "First Name", "Last Name", "Email", "Contact owner", "Unsubscribed from all email", "Last Modified Date")


def word(number: int, salt: int) -> str:
    """Make a name that hardly anybody else has."""
    mixed = int.from_bytes(hashlib.blake2b(f"{salt} {number}".encode(), digest_size=8).digest())
    parts = []
    for _ in range(4):
        mixed, place = divmod(mixed, len(SYLLABLES))
        parts.append(SYLLABLES[place])
    return "".join(parts).title()


def write(path: Path, contacts: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(contacts):
            given, surname = word(number, 1), word(number, 2)
            mailbox = f"{given}.{surname}{number}@firm{number % 997}.example".lower()
            rows.writerow((number, given, surname, mailbox, "osei", "true" if number % 10 == 0 else "false", "2026-05-01"))


def state(store: SQLiteStore) -> tuple[int, str]:
    """Count the contacts, and hash all that they are: ids, documents, members, what leads to them."""
    seen, count = hashlib.blake2b(), 0
    for row in store.contacts():
        seen.update(repr((row.contact_id, row.document, row.members, row.endpoints, row.retired)).encode())
        count += 1
    return count, seen.hexdigest()


def pairs(store: SQLiteStore) -> Iterator[tuple[str, str]]:
    ids = [row.contact_id for row in store.contacts()]
    return zip(ids[::2], ids[1::2], strict=False)


def freed(store: SQLiteStore) -> int:
    """Count contacts with a record that refused and without a block on e-mail."""
    found = 0
    for contact in iter_contacts(store):
        if any(int(source.record_id) % 10 == 0 for source in contact.sources):
            found += not any(record.channel == "email" and record.state in ("withdrawn", "denied") for record in contact.consent)
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--merges", type=int, default=100_000)
    asked.add_argument("--workers", type=int, default=2, help="processes that fold")
    asked.add_argument("--json", action="store_true")
    args = asked.parse_args()
    figures: dict[str, object] = {"merges": args.merges, "workers": args.workers}
    executor = Executor(args.workers)
    with TemporaryDirectory() as folder, SQLiteStore(f"{folder}/contacts.db") as store:
        path = Path(folder, "hubspot.csv")
        write(path, 2 * args.merges)
        unify([path], store, now=START, workers=args.workers)
        before = state(store)
        groups = list(pairs(store))[: args.merges]
        began, now, survivors = time.perf_counter(), START + timedelta(days=1), list[str]()
        for some in chunked(groups, BATCH):
            survivors += [one.survivor for one in merge_all(store, some, by="ana", at=now, executor=executor)]
        took = time.perf_counter() - began
        figures |= {
            "contacts before": before[0],
            "contacts merged": state(store)[0],
            "merges a second": round(len(groups) / took),
        }
        figures["freed by merging"] = freed(store)
        began, now = time.perf_counter(), now + timedelta(days=1)
        for some in chunked(survivors, BATCH):
            unmerge_all(store, some, by="ana", at=now)
        took = time.perf_counter() - began
        figures |= {"un-merges a second": round(len(groups) / took), "same bytes as before": state(store) == before}
        figures["freed by un-merging"] = freed(store)
        figures["file, MB"] = round(Path(f"{folder}/contacts.db").stat().st_size / 1e6)
    figures["peak memory, MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(figures) if args.json else "\n".join(f"{name:22} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
