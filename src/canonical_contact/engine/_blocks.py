"""Blocks that outlive who made them: said again of the records of those who are still there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import frozen

from canonical_contact.consent.fold import ERASED_HOLDER
from canonical_contact.engine._reach import asked_of, names_of
from canonical_contact.match.features import Features
from canonical_contact.model import ANY_PURPOSE, Channel, ConsentEvent, EventType, Suppression, SuppressionKind, digest
from canonical_contact.ports import EventRow, RecordRow

__all__ = ["Blocks", "asked", "endpoints_of", "is_said", "said_again", "spelt_in", "standing", "streams_in"]

_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
# What a person's own confirmation, or a mapping, would lift: it was somebody else's, and nobody is left to lift it but the host.
_KEPT_AS: Final = {
    SuppressionKind.GLOBAL_OPT_OUT: SuppressionKind.MANUAL,
    SuppressionKind.UNMAPPED_OPT_OUT: SuppressionKind.MANUAL,
}


def spelt_in(record: Features) -> tuple[str, ...]:
    """List the endpoints of a record."""
    return tuple(dict.fromkeys((*record.emails, *record.roles, *record.phones)))


def endpoints_of(record: Features) -> tuple[str, ...]:
    """List the endpoints of a record, and for whole numbers also their ends, which others may hold alone."""
    ends = (f"~{phone[1:][-9:]}" for phone in record.phones if phone.startswith("+"))
    return tuple(dict.fromkeys((*spelt_in(record), *ends)))


def streams_in(rows: Iterable[EventRow]) -> dict[str, list[ConsentEvent]]:
    """Read events as streams, by their records."""
    from canonical_contact.schema import from_json

    streams: dict[str, list[ConsentEvent]] = {}
    for row in rows:
        streams.setdefault(row.record, []).append(from_json(ConsentEvent, row.document))
    return streams


def standing(rows: Iterable[EventRow], records: Iterable[RecordRow]) -> list[Suppression]:
    """List the blocks on endpoints that stand by some events and provisional blocks."""
    from canonical_contact.consent import fold
    from canonical_contact.schema import from_json

    streams = streams_in(row for row in rows if row.blocking and row.endpoint)  # those that end a block, too
    found = [block for stream in streams.values() for block in fold(stream).suppressions]
    found += [from_json(Suppression, text) for row in records if row.holds for text in json.loads(row.holds)]
    return [block for block in found if block.endpoint]


@frozen
class Blocks:
    """Blocks by the names under which they are found."""

    by_name: dict[str, list[Suppression]]

    @classmethod
    def of(cls, blocks: Iterable[Suppression]) -> Blocks:
        """Sort blocks by their names."""
        by_name: defaultdict[str, list[Suppression]] = defaultdict(list)
        for block in blocks:
            for name in names_of(block.endpoint):
                by_name[name].append(block)
        return cls(dict(by_name))

    def codes(self) -> tuple[tuple[str, str], ...]:
        """List (name, `channel/kind`) as tombstones keep them."""
        return tuple(sorted({(name, code_of(block)) for name, held in self.by_name.items() for block in held}))

    def on(self, record: Features) -> Iterator[tuple[str, str, SuppressionKind]]:
        """List (endpoint, channel, kind) of the blocks that reach a record's endpoints."""
        if self.by_name.keys().isdisjoint(asked_of(record)):
            return
        for endpoint in spelt_in(record):
            reached = {
                (block.channel.value, kept_as(block.kind)) for name in asked(endpoint) for block in self.by_name.get(name, ())
            }
            for channel, kind in sorted(reached):
                yield endpoint, channel, kind

    def since(self, endpoint: str, channel: str, kind: SuppressionKind) -> datetime | None:
        """Tell when the latest of the blocks of a kind began that reach an endpoint; None where none bears a date."""
        held = (block for name in asked(endpoint) for block in self.by_name.get(name, ()))
        dates = (block.since for block in held if block.channel.value == channel and kept_as(block.kind) is kind)
        return max((date for date in dates if date is not None), default=None)


def asked(endpoint: str) -> tuple[str, ...]:
    """List the names under which blocks on one endpoint are looked for."""
    if "@" in endpoint:
        return tuple(asked_of(Features("", "", emails=(endpoint,))))
    return tuple(asked_of(Features("", "", phones=(endpoint,))))


def kept_as(kind: SuppressionKind) -> SuppressionKind:
    """Tell the kind that a block of somebody who is gone is kept as."""
    return _KEPT_AS.get(kind, kind)


def code_of(block: Suppression) -> str:
    """Write a block as a tombstone's reason: `channel/kind`."""
    return f"{block.channel.value}/{kept_as(block.kind).value}"


def is_said(event: ConsentEvent, endpoint: str, channel: str, kind: SuppressionKind) -> bool:
    """Tell whether an event says a block of somebody who is gone."""
    return (
        event.type is EventType.SUPPRESS
        and event.reason == ERASED_HOLDER
        and (event.endpoint, event.channel.value, event.suppression) == (endpoint, channel, kind)
    )


def said_again(
    key: str,
    endpoint: str,
    channel: str,
    kind: SuppressionKind,
    *,
    at: datetime,
    since: Sequence[ConsentEvent] = (),
    once: str = "",
) -> ConsentEvent:
    """Say a block of somebody who is gone on another record that holds the endpoint.

    Args:
        key: the other record.
        endpoint: as that record spells it.
        channel: of the block.
        kind: of the block.
        at: when it is said.
        since: the other record's events: the block begins behind the last of them, so that nothing older ends it.
        once: what makes it another event than one that was said before.
    """
    moment = max((event.effective_at or _EARLIEST for event in since), default=at)
    return ConsentEvent(
        digest("kept", once, key, endpoint, channel, kind),
        EventType.SUPPRESS,
        Channel(channel),
        purpose=ANY_PURPOSE,
        record=key,
        endpoint=endpoint,
        effective_at=max(moment, at),
        recorded_at=at,
        actor="system",
        method="erasure",
        reason=ERASED_HOLDER,
        suppression=kind,
    )
