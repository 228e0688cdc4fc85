"""The gate before the store: records and events of people who were erased stay outside, whatever file or ledger brings them.

What an erased person's row blocks on an endpoint that others hold is kept for these others. A refusal in a row of somebody else that
only names an endpoint of an erased person is kept, too; the row itself is not taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from canonical_contact.engine._blocks import Blocks, asked, endpoints_of, is_said, said_again, spelt_in, standing, streams_in
from canonical_contact.engine._secret import graves_of, secret_of
from canonical_contact.engine.stages import Prepared, event_row
from canonical_contact.errors import Problem, Severity
from canonical_contact.match.features import Features, features_from_text
from canonical_contact.model import (
    ConsentEvent,
    EventType,
    Name,
    PostalAddress,
    Suppression,
    SuppressionKind,
    TombstoneKind,
)
from canonical_contact.ports import ContactStore, EventRow, RecordRow
from canonical_contact.privacy import Graves, Traces, address_keys, name_forms, tombstones_of

if TYPE_CHECKING:
    from canonical_contact.engine.reading import Intake

__all__ = ["CODE", "Gate", "open_gate"]

CODE: Final = "privacy.erased"
_E = EventType
_REFUSALS: Final = frozenset({_E.WITHDRAW, _E.OBJECT, _E.COMPLAINT, _E.DECLINE, _E.INVALIDATE, _E.SUPPRESS})
_BY_NAME: Final = frozenset({TombstoneKind.EMAIL_NAME, TombstoneKind.PHONE_NAME, TombstoneKind.ADDRESS_NAME})


def open_gate(store: ContactStore, key: bytes | None, *, at: datetime) -> Gate | None:
    """Open the gate of a store; None where nobody was erased.

    Args:
        store: inside of a run or transaction.
        key: the privacy key, where the host keeps it.
        at: the run's start.

    Raises:
        ConfigError: the host keeps the key and did not give it, or gave another.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> open_gate(MemoryStore(), None, at=datetime(2026, 7, 1, tzinfo=UTC)) is None
    True
    """
    graves = graves_of(store, key)
    if graves is None:
        return None
    secret = secret_of(store, key)
    assert secret is not None
    return Gate(store, graves, secret, at)


class Gate:
    """Tells who may enter, and keeps what must not be lost of those who may not.

    Args:
        store: inside of a run or transaction.
        graves: its tombstones.
        secret: its privacy key.
        at: the run's start.
    """

    def __init__(self, store: ContactStore, graves: Graves, secret: bytes, at: datetime) -> None:
        self._store, self._graves, self._secret, self._at = store, graves, secret, at
        self._blocks: list[Suppression] = []  # of rows and events that stay outside
        self._known: frozenset[str] | None = None
        self.left_out: set[str] = set()  # keys of rows that stay outside
        self.places: set[tuple[str, int]] = set()  # where they stand
        self.refused: set[str] = set()  # records of others, known before, that got refusals of such rows

    def is_erased(self, record: str, features: Features, name: Name | None, addresses: Iterable[PostalAddress] = ()) -> bool:
        """Tell whether a record is of an erased person."""
        forms, places = partial(name_forms, name), partial(address_keys, addresses)
        return self._graves.is_erased(record, endpoints_of(features), forms, places) is not None

    def knows(self, record: str) -> bool:
        """Tell whether a key is that of an erased person's record."""
        return self._graves.find(TombstoneKind.RECORD, record) is not None

    def sift(self, made: Prepared, intake: Intake) -> Prepared:
        """Take the rows of erased people out of a chunk, and put blocks that outlived their makers on those that stay."""
        outside: list[int] = []
        for place, row in enumerate(made.rows):
            features = features_from_text(row.features)
            by = self._by(row, features, row.key)
            if by is None and any(map(self.knows, features.same_as)):  # its source says who it is
                by = TombstoneKind.RECORD
            if by is not None and not (by in _BY_NAME and self._was_here(row.key)):  # a namesake who was here before stays
                outside.append(place)
            else:
                made.events[place].extend(map(event_row, self._kept_for(row.key, features)))
        if not outside:
            return made
        for place in outside:
            self._leave_out(made.rows[place], made.events[place], intake)
        gone = set(outside)
        stay = [place for place in range(len(made.rows)) if place not in gone]
        examples = {
            code: [one for one in found if (one.file, one.line) not in self.places] for code, found in made.examples.items()
        }
        return made._replace(
            rows=[made.rows[place] for place in stay],
            events=[made.events[place] for place in stay],
            held=[made.held[place] for place in stay],
            seen=[made.seen[place] for place in stay],
            examples=examples,
        )

    def take_events(self, events: Iterable[ConsentEvent]) -> list[ConsentEvent]:
        """Leave out the events of erased people, and those about an endpoint that was theirs alone; their blocks are kept."""
        kept: list[ConsentEvent] = []
        for event in events:
            if (event.record and self.knows(event.record)) or (event.endpoint and self._graves.owns(event.endpoint)):
                self._blocks.extend(self._standing([event_row(event)], ()))
            else:
                kept.append(event)
        return kept

    def finish(self) -> list[ConsentEvent]:
        """Keep the blocks of what stayed outside: as tombstones for those who come later, as events of those who are there.

        Returns:
            The events, which are written already.
        """
        if not self._blocks:
            return []
        blocks, self._blocks = Blocks.of(self._blocks), []
        made = tombstones_of(Traces(blocks=blocks.codes()), self._secret, at=self._at)
        self._store.put_tombstones(made)
        self._graves.add(made)
        events = self._say_again(blocks)
        self._store.put_events(map(event_row, events))
        return events

    def _say_again(self, blocks: Blocks) -> list[ConsentEvent]:
        """Say blocks on the records that are there; what was said of one before is not said again, unless it is about a later block."""
        reached = [(key, *one) for key, text in self._store.features() for one in blocks.on(features_from_text(text))]
        streams = streams_in(self._store.events(dict.fromkeys(key for key, *_ in reached)))
        made = []
        for key, endpoint, channel, kind in reached:
            stream = streams.get(key, ())
            said = max(
                (
                    event.effective_at or event.recorded_at or self._at
                    for event in stream
                    if is_said(event, endpoint, channel, kind)
                ),
                default=None,
            )
            since = blocks.since(endpoint, channel, kind)
            if said is None or (since is not None and since > said):
                once = "" if since is None else since.isoformat()
                made.append(said_again(key, endpoint, channel, kind, at=self._at, since=stream, once=once))
        return made

    def _kept_for(self, key: str, features: Features) -> list[ConsentEvent]:
        """The blocks of erased people's records on the endpoints of a record that may enter, but for those that it was told before."""
        found = [
            (endpoint, channel, SuppressionKind(kind))
            for endpoint in spelt_in(features)
            for channel, kind in self._graves.blocks(asked(endpoint))
        ]
        if not found:
            return []
        stream = streams_in(self._store.events([key])).get(key, [])
        return [
            said_again(key, *one, at=self._at, since=stream) for one in found if not any(is_said(event, *one) for event in stream)
        ]

    def close(self, intake: Intake) -> set[str]:
        """Keep what must not be lost, and take what was read of erased people out of what a run reports.

        Args:
            intake: told which records have new events.

        Returns:
            Keys that are in no contact, since their rows stay outside.
        """
        for event in self.finish():
            intake.touched.add(event.record)
            intake.blocking.add(event.endpoint)
        if not self.left_out:
            return set()
        for outcome in intake.files:
            outcome.problems = tuple(one for one in outcome.problems if (one.file, one.line) not in self.places)
        for code, found in intake.examples.items():
            intake.examples[code] = [one for one in found if (one.file, one.line) not in self.places]
        return self.left_out - {row.key for row in self._store.records(sorted(self.left_out))}

    def _leave_out(self, row: RecordRow, events: Sequence[EventRow], intake: Intake) -> None:
        document = json.loads(row.document)
        self.left_out.add(row.key)
        self.places.add((str(document.get("file", "")), int(document.get("line", 0))))
        intake.note(
            Problem(
                CODE,
                hint="A person who was erased is in this file; the record was left out. Delete it in the source, too.",
                severity=Severity.INFO,
                file=str(document.get("file", "")),
            )
        )
        self._blocks.extend(self._standing(events, [row]))
        if not self.knows(row.key) and self._is_known(row.key):
            refusals = [one for one in events if _refuses(one) and not (one.endpoint and self._graves.owns(one.endpoint))]
            if refusals:
                self._store.put_events(refusals)
                self.refused.add(row.key)
                intake.touched.add(row.key)
                intake.blocking.update(one.endpoint for one in refusals if one.blocking and one.endpoint)

    def _standing(self, events: Iterable[EventRow], rows: Iterable[RecordRow]) -> list[Suppression]:
        """The blocks of what stays outside, but for those that a person's new confirmation has outlived."""
        found = []
        for block in standing(events, rows):
            lifted = self._graves.lifted(block.endpoint)
            if lifted is None or (block.since is not None and block.since > lifted):
                found.append(block)
        return found

    def _by(self, row: RecordRow, features: Features, key: str) -> TombstoneKind | None:
        return self._graves.is_erased(key, endpoints_of(features), partial(_names, row), partial(_addresses, row))

    def _was_here(self, key: str) -> bool:
        """Whether a record that was not erased bore the name and the endpoint already."""
        return any(self._by(row, features_from_text(row.features), "") in _BY_NAME for row in self._store.records([key]))

    def _is_known(self, key: str) -> bool:
        return next(iter(self._store.records([key])), None) is not None


def _names(row: RecordRow) -> tuple[str, ...]:
    from canonical_contact.schema import from_dict

    name = json.loads(row.document).get("card", {}).get("name")
    return name_forms(from_dict(Name, name)) if name else ()


def _addresses(row: RecordRow) -> tuple[str, ...]:
    from canonical_contact.schema import from_dict

    if '"addresses"' not in row.document:
        return ()
    held = json.loads(row.document).get("card", {}).get("addresses", ())
    return address_keys(from_dict(PostalAddress, each) for each in held)


def _refuses(row: EventRow) -> bool:
    return json.loads(row.document).get("type") in _REFUSALS
