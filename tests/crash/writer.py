"""One synthetic run on a store, by itself or to be killed: `writer.py STORE START MOMENT`.

It writes through the port what a real run writes, prints a line when it reaches the moment, and waits there to be killed. At the moment
`commit` it goes on, so that the signal may come before, amid or after the commit. The moment `never` lets it end.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

from canonical_contact.model import contact_id, digest
from canonical_contact.ports import ContactRow, EventRow, RecordRow
from canonical_contact.store import SQLiteStore

T = TypeVar("T")

RECORDS = 1_200
HALF = 550  # a batch of 500 is written, the next is being gathered
TEXT = "x" * 2_000


def rows(made: Iterator[T], here: bool) -> Iterator[T]:
    for number, row in enumerate(made):
        if here and number == HALF:
            reach()
        yield row


def reach() -> None:
    print("reached", flush=True)
    time.sleep(60)


def main(path: str, start: str, moment: str) -> None:
    with SQLiteStore(path) as store:
        store._writer.execute("PRAGMA cache_size = 16")  # so that half a run is on the disk long before its end
        with store.run(datetime.fromisoformat(start)) as run:
            if moment == "begun":
                reach()
            mark = run.started_at.isoformat()
            keys = [f"hubspot:{number:05}" for number in range(RECORDS)]
            store.put_records(
                rows(
                    (RecordRow(key, digest(key, mark), "hubspot", key, f"{mark}{TEXT}", "") for key in keys), moment == "records"
                )
            )
            store.put_events(EventRow(f"{key} {mark}", key, "email", "", True, mark) for key in keys)
            if moment == "events":
                reach()
            known = dict(store.members())
            pairs = zip(keys[::2], keys[1::2], strict=True)
            contacts = (
                ContactRow(
                    known.get(pair[0]) or contact_id(run.started_at, pair[0]),
                    f"{mark}{TEXT}",
                    digest(*pair, mark),
                    pair,
                    (("email", f"{pair[0]}@example.org"), ("email", mark)),
                )
                for pair in pairs
            )
            store.put_contacts(rows(contacts, moment == "contacts"))
            store.put_setting("last", mark)
            store.log(("run", mark) for _ in range(1))
            if moment == "written":
                reach()
            if moment == "commit":
                print("reached", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
