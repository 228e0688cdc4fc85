"""A campaign over a store: python bench/campaign.py [--contacts 1000000] [--kinds 2000] [--workers 2] [--json].

Folds some thousand contacts of made-up evidence, fills a SQLite store with contacts of their shapes and literals of their own, and
decides about all of them from the store's columns: seconds, decisions a second, and a sample checked against `may_contact`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import evolve

from canonical_contact.consent import Decide, consent_column, events_of, fold, may_contact
from canonical_contact.engine import Executor
from canonical_contact.engine.deciding import decide_all
from canonical_contact.model import (
    Card,
    ConsentEvent,
    ConsentEvidence,
    Contact,
    EmailAddress,
    EvidenceKind,
    Permission,
    PhoneNumber,
    PostalAddress,
    SourceRecord,
)
from canonical_contact.ports import ContactRow
from canonical_contact.schema import from_json, to_json
from canonical_contact.store import SQLiteStore

NOW = datetime(2026, 7, 1, tzinfo=UTC)
COUNTRIES = ("DE", "US", "CA", "GB", "FR", "AU", "")
KINDS = (*[EvidenceKind.CONFIRMED_OPT_IN] * 6, *[EvidenceKind.OPT_IN] * 3, *EvidenceKind)


def person(number: int, chance: random.Random) -> Contact:
    """Fold one made-up person from one to three records."""
    country = chance.choice(COUNTRIES)
    emails = tuple(EmailAddress(f"p{number}.{n}@example.com") for n in range(chance.choice((0, 1, 1, 1, 2))))
    phones = (PhoneNumber(f"+4930{number:08}", country_code="DE"),) if chance.random() < 0.5 else ()
    card = Card(emails=emails, phones=phones, addresses=(PostalAddress(country_code=country),))
    events: list[ConsentEvent] = []
    for record in range(chance.choice((1, 1, 2, 3))):
        shown = []
        for _ in range(chance.choice((0, 1, 1, 2))):
            at = NOW - timedelta(seconds=chance.randrange(10**8))
            kind, channel = chance.choice(KINDS), chance.choice(("email", "email", "email", "sms", "voice", "any"))
            shown.append(ConsentEvidence(kind, channel, at=at, started_at=at - timedelta(minutes=5)))
        key = f"s{record}:{number}"
        events += events_of(SourceRecord(key, f"s{record}", str(number), str(number), "f.csv", 1, card, evidence=tuple(shown)))
    folded = fold(events)
    return Contact(
        contact_id=f"{number:08}",
        emails=card.emails,
        phones=card.phones,
        addresses=card.addresses,
        consent=folded.records,
        suppressions=folded.suppressions,
    )


def copies(kinds: list[Contact], contacts: int) -> Iterator[ContactRow]:
    """Make contacts of the kinds' shapes with endpoints, ids of events and dates of their own."""
    for number in range(contacts):
        one = kinds[number % len(kinds)]
        if number >= len(kinds):
            shift = timedelta(seconds=number // len(kinds) * 7 + number % 5)

            def own(endpoint: str, number: int = number) -> str:
                return f"c{number}-{endpoint}" if "@" in endpoint else f"{endpoint[:5]}{number:08}" if endpoint else ""

            one = evolve(
                one,
                contact_id=f"{number:08}",
                emails=tuple(evolve(email, address=own(email.address)) for email in one.emails),
                phones=tuple(evolve(phone, number=own(phone.number)) for phone in one.phones),
                consent=tuple(
                    evolve(
                        cell,
                        endpoint=own(cell.endpoint),
                        effective_at=cell.effective_at and cell.effective_at - shift,
                        events=tuple(f"{number}{event}"[:32] for event in cell.events),
                    )
                    for cell in one.consent
                ),
                suppressions=tuple(
                    evolve(
                        block,
                        endpoint=own(block.endpoint),
                        since=block.since and block.since - shift,
                        event_id=f"{number}{block.event_id}"[:32],
                    )
                    for block in one.suppressions
                ),
            )
        yield ContactRow(one.contact_id, to_json(one), str(number), (f"s:{number}",), consent=consent_column(one))


def main() -> None:
    """Build the store, decide, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--kinds", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    chance = random.Random(6)
    kinds = [person(number, chance) for number in range(options.kinds)]
    with tempfile.TemporaryDirectory() as folder:
        store = SQLiteStore(Path(folder) / "campaign.db")
        started = time.perf_counter()
        with store.transaction():
            store.put_contacts(copies(kinds, options.contacts))
        built = time.perf_counter() - started
        started = time.perf_counter()
        verdicts: Counter[bool] = Counter()
        reasons: Counter[str] = Counter()
        sample: dict[str, Permission] = {}
        for answers in decide_all(store, Decide("email", at=NOW), Executor(options.workers)):
            verdicts.update(answers.allowed)
            reasons.update(codes[0] for codes in answers.reasons)
            sample.update(list(answers.permissions())[:2])
        took = time.perf_counter() - started
        wrong = sum(
            may_contact(from_json(Contact, row.document), "email", at=NOW) != answer
            for contact_id, answer in sample.items()
            if (row := store.contact(contact_id)) is not None
        )
        store.close()
    result = {
        "contacts": options.contacts,
        "workers": options.workers,
        "build_seconds": round(built, 1),
        "decide_seconds": round(took, 2),
        "decisions_per_second": round(options.contacts / took),
        "allowed": verdicts[True],
        "denied": verdicts[False],
        "first_reasons": dict(reasons.most_common(8)),
        "checked": len(sample),
        "wrong": wrong,
    }
    if options.json:
        json.dump(result, sys.stdout, indent=2)
        print()
    else:
        for name, value in result.items():
            print(f"{name:>22}: {value}")


if __name__ == "__main__":
    main()
