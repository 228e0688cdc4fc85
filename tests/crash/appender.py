"""Append batches to a store's ledger, by itself or to be killed: `appender.py STORE NAME BATCHES SIZE`.

It says `ready`, waits for a line, and then says `begun N` before each batch; with `-1` batches it goes on until it is killed.
"""

from __future__ import annotations

import sys
from itertools import count

from canonical_contact.ports import EventRow
from canonical_contact.store import SQLiteStore

DOCUMENT = '{"event_id":"%s","type":"withdraw","channel":"email","recorded_at":"2026-07-01T12:00:00Z"}'


def main(path: str, name: str, batches: int, size: int) -> None:
    with SQLiteStore(path, wait=60) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        for batch in count() if batches < 0 else range(batches):
            print(f"begun {batch}", flush=True)
            ids = [f"{name}-{batch}-{number}" for number in range(size)]
            store.put_events(EventRow(one, "a:1", "email", "", True, DOCUMENT % one) for one in [f"all-{batch}", *ids])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
