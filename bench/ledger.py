"""The consent ledger at speed: python bench/ledger.py [--events 200000] [--batch 1000] [--json].

Appends made-up consent events to a SQLite store in batches, each one durable (a transaction that is flushed to the disk before the next
begins), verifies the chain, and folds the contacts that the events belong to, from documents and from values: appends, verified entries,
and folded contacts and events a second.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from canonical_contact.consent import fold, state_at
from canonical_contact.consent.ledger import verify
from canonical_contact.engine.stages import event_row
from canonical_contact.model import Channel, ConsentEvent, ConsentProof, EventType
from canonical_contact.schema import from_json
from canonical_contact.store import SQLiteStore

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PROOF = ConsentProof(
    notice_id="newsletter", notice_version="3", notice_language="en", wording="Yes, send me the newsletter.", jurisdiction="DE"
)
ACTS = (
    EventType.OPT_IN_UNCONFIRMED,
    EventType.CONFIRM,
    EventType.RENEW,
    EventType.WITHDRAW,
    EventType.OPT_IN_UNCONFIRMED,
    EventType.CONFIRM,
)


def stream(person: int, chance: random.Random) -> list[ConsentEvent]:
    """Make the events of one person: a double opt-in, and what came after it; one in six comes late."""
    channel, purpose = chance.choice((Channel.EMAIL, Channel.SMS)), chance.choice(("marketing", "newsletter"))
    start = NOW - timedelta(seconds=chance.randrange(10**8))
    made = []
    for number, kind in enumerate(ACTS[: chance.choice((2, 3, 4, 6))]):
        at = start + timedelta(days=30 * number)
        made.append(
            ConsentEvent(
                f"{person:08x}{number:08x}",
                kind,
                channel,
                purpose=purpose,
                record=f"crm:{person}",
                endpoint=f"p{person}@example.com",
                effective_at=at,
                recorded_at=at + timedelta(days=chance.choice((0, 0, 0, 0, 0, 40))),
                method="double_opt_in",
                source="https://example.com/newsletter",
                legal_basis="consent",
                proof=PROOF,
            )
        )
    return made


def main() -> None:
    """Append, verify, fold, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    chance = random.Random(6)
    people: list[list[ConsentEvent]] = []
    count = 0
    while count < options.events:
        people.append(stream(len(people), chance))
        count += len(people[-1])
    rows = [event_row(event) for events in people for event in events]
    with tempfile.TemporaryDirectory() as folder:
        store = SQLiteStore(Path(folder) / "ledger.db")
        started = time.perf_counter()
        for place in range(0, len(rows), options.batch):
            store.put_events(rows[place : place + options.batch])
        appended = time.perf_counter() - started
        started = time.perf_counter()
        found = verify(store.entries(), store.ledger_head())
        verified = time.perf_counter() - started
        started = time.perf_counter()
        same = store.put_events(rows[: options.batch * 20]).same
        repeated = time.perf_counter() - started
        store.close()
    started = time.perf_counter()
    for events in people:
        fold(events)
    folded = time.perf_counter() - started
    started = time.perf_counter()
    for events in people:
        state_at(events, NOW - timedelta(days=300), known_at=NOW - timedelta(days=200))
    asked = time.perf_counter() - started
    sample = [[row.document for row in map(event_row, events)] for events in people[: len(people) // 10]]
    started = time.perf_counter()
    for documents in sample:
        fold([from_json(ConsentEvent, document) for document in documents])
    read = time.perf_counter() - started
    result = {
        "events": len(rows),
        "batch": options.batch,
        "durable_appends_per_second": round(len(rows) / appended),
        "known_again_per_second": round(same / repeated),
        "verified_per_second": round(found.entries / verified),
        "verifies": found.ok,
        "contacts": len(people),
        "folds_per_second": round(len(people) / folded),
        "folded_events_per_second": round(len(rows) / folded),
        "folds_from_json_per_second": round(len(sample) / read),
        "past_states_per_second": round(len(people) / asked),
    }
    if options.json:
        json.dump(result, sys.stdout, indent=2)
        print()
    else:
        for name, value in result.items():
            print(f"{name:>28}: {value}")
    sys.exit(0 if found.ok else 1)


if __name__ == "__main__":
    main()
