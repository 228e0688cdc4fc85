"""A CSV of stop requests, as `consent import` reads it: every row is understood, or nothing is written; a second time nothing is new."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from canonical_contact.errors import ConfigError, InputError
from canonical_contact.model import ANY_PURPOSE, Channel, ConsentEvent, EventType
from canonical_contact.ports import ContactStore

__all__ = ["Standing", "Stop", "read_stops"]

STOP_REQUEST = "stop_request"  # the method of `record_stop`


class Stop(NamedTuple):
    """One stop request; `at` is None where the row has no time."""

    channel: str
    endpoint: str
    purpose: str
    at: datetime | None


def read_stops(path: Path, region: str) -> Iterator[Stop]:
    """Read stop requests.

    Raises:
        InputError: the file has no such columns, or a row cannot be understood.
    """
    from canonical_contact.consent import channels_of
    from canonical_contact.engine._endpoint import canonical_endpoint

    name = path.name

    def refused(what: str, hint: str) -> InputError:
        return InputError(f"{what}.", path=str(path), hint=hint)

    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if not rows.fieldnames:
                raise refused(f"{name} is empty", "Export the list again, and check that the export ended.")
            if not {"endpoint", "channel"} <= set(rows.fieldnames):
                raise refused(f"{name} lacks columns", "It needs endpoint and channel, and may have purpose and at.")
            for row in rows:
                where = f"Line {rows.line_num} of {name}"
                cells = {column: (row.get(column) or "").strip() for column in ("endpoint", "channel", "purpose", "at")}
                if any("\0" in cell for cell in cells.values()):
                    raise refused(f"{where} holds a NUL", "Correct the row, or export the list again as text.")
                try:
                    endpoint = canonical_endpoint(cells["endpoint"], region)
                except InputError:
                    endpoint = ""
                if not endpoint:
                    raise refused(
                        f"{where} has no address or number that can be read",
                        "Correct the row, one address or number in each; give --region for national numbers.",
                    )
                try:
                    at = datetime.fromisoformat(cells["at"]) if cells["at"] else None
                except ValueError:
                    raise refused(f"{where} has no time that can be read", "Write 2026-07-01T12:00:00Z.") from None
                if at is not None and at.tzinfo is None:
                    at = at.replace(tzinfo=UTC)
                try:
                    channels = channels_of(cells["channel"])
                except ConfigError as error:
                    raise refused(f"{where} has no channel that is known", error.hint) from None
                for channel in channels:
                    yield Stop(channel, endpoint, cells["purpose"] or ANY_PURPOSE, at)
    except UnicodeDecodeError:
        raise refused(f"{name} is no text in UTF-8", "Save the list as CSV in UTF-8.") from None
    except csv.Error:
        raise refused(f"{name} is no CSV", "Save the list as CSV in UTF-8.") from None


class Standing:
    """Which stop requests stand already, so that one without a time of its own is not written a second time."""

    def __init__(self, store: ContactStore) -> None:
        self._store = store
        self._unheld: set[tuple[str, str]] | None = None  # (channel, name of the mailbox or number) that no record holds

    def has(self, stop: Stop) -> bool:
        """Tell whether a stop request says the same of everybody at its endpoint, and none of them has said yes since."""
        from canonical_contact.engine.folding import holders_of
        from canonical_contact.normalize import mailbox_names

        ids = holders_of(self._store, [stop.endpoint])
        if ids:
            return all(self._stands(contact_id, stop) for contact_id in ids)
        return any((stop.channel, name) in self._blocked for name in mailbox_names(stop.endpoint))

    def _stands(self, contact_id: str, stop: Stop) -> bool:
        from canonical_contact.consent import blocked_by
        from canonical_contact.engine._person import Person, is_one

        person = Person(self._store, contact_id)
        blocked = any(
            block.channel == stop.channel and is_one(block.endpoint, stop.endpoint) and not block.lifted_for
            for block in person.folded.suppressions
        )
        refused = bool(blocked_by(person.cell(Channel(stop.channel), stop.purpose, "", stop.endpoint)))
        asked = any(
            event.type is EventType.WITHDRAW and event.method == STOP_REQUEST and event.channel == stop.channel
            and event.purpose in (stop.purpose, ANY_PURPOSE)
            for event in person.events
        )  # fmt: skip
        return blocked and refused and asked

    @property
    def _blocked(self) -> set[tuple[str, str]]:
        """Blocks that wait for whoever will hold the endpoint; read once."""
        from canonical_contact.engine._person import folded, streams_of
        from canonical_contact.normalize import mailbox_names
        from canonical_contact.schema import from_json

        if self._unheld is None:
            events = [from_json(ConsentEvent, row.document) for row in self._store.events([""])]
            waiting = folded(streams_of(events).get("", ())).suppressions
            self._unheld = {
                (str(block.channel), name) for block in waiting if not block.lifted_for for name in mailbox_names(block.endpoint)
            }
        return self._unheld

    def add(self, stop: Stop) -> None:
        """Note one that was written just now, so that a row that stands twice in the list counts once."""
        from canonical_contact.normalize import mailbox_names

        if self._unheld is not None:
            self._unheld |= {(stop.channel, name) for name in mailbox_names(stop.endpoint)}
