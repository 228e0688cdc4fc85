"""The store of tests and small scripts: dicts that behave as a database does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from canonical_contact.ports import ActivityRow, ContactRow, DecisionRow, RecordRow, Written
from canonical_contact.store import _common
from canonical_contact.store._memory_erasing import ErasingInMemory

__all__ = ["MemoryStore"]


class MemoryStore(ErasingInMemory):
    """A store in memory, shared by the threads that hold it and gone with the process.

    A run or transaction works on its own copy of the tables that it writes; other threads see the work when it has ended.

    >>> store = MemoryStore()
    >>> store.put_contacts([ContactRow("id-1", "{}", "digest", ("hubspot:1",), (("email", "ana@example.org"),))])
    Written(new=1, changed=0, same=0)
    >>> store.find("email", "ana@example.org")[0].contact_id
    'id-1'
    """

    def __repr__(self) -> str:
        return "MemoryStore()"

    # Source records

    def put_records(self, rows: Iterable[RecordRow]) -> Written:
        """Write source records; a version that is replaced is kept."""
        with self._writing():
            return self._put_versions(
                "record", ((row.key, RecordRow(*row)) for row in rows), lambda old, new: old.digest == new.digest
            )

    def record_digests(self) -> dict[str, str]:
        """Map every record's key to the digest of its current version."""
        return {key: versions[-1].digest for key, versions in self._read("record").items()}

    def records(self, keys: Iterable[str] | None = None) -> Iterator[RecordRow]:
        """Stream current records: all in the order of their keys, or those of `keys` in the order asked for, unknown ones left out."""
        if keys is None:
            yield from (versions[-1] for versions in self._sorted("record"))
        else:
            yield from (self._read("record")[key][-1] for key in keys if key in self._read("record"))

    def record_versions(self, key: str) -> Iterator[RecordRow]:
        """Stream all versions of a record, oldest first; the last one is current."""
        yield from self._read("record").get(key, ())

    def features(self) -> Iterator[tuple[str, str]]:
        """Stream (key, features) of the current records in the order of their keys."""
        yield from ((row.key, row.features) for row in self.records())

    def holds(self) -> Iterator[tuple[str, str]]:
        """Stream (key, holds) of the current records that have any, in the order of their keys."""
        yield from ((row.key, row.holds) for row in self.records() if row.holds)

    def _put_versions(self, name: str, rows: Iterable[tuple[Any, Any]], equal: Callable[[Any, Any], bool]) -> Written:
        new = changed = same = 0
        for key, row in rows:
            table = self._write(name)
            versions = table.get(key, ())
            if versions and equal(versions[-1], row):
                same += 1
                continue
            table[key] = (*versions, row)
            new, changed = (new, changed + 1) if versions else (new + 1, changed)
        return Written(new, changed, same)

    # What hangs on records

    def put_activities(self, rows: Iterable[ActivityRow]) -> Written:
        """Append activities; an id that is known is not written again."""
        with self._writing():
            return self._put_versions("activity", ((row.activity_id, ActivityRow(*row)) for row in rows), lambda *_: True)

    def activities(self, records: Iterable[str] | None = None) -> Iterator[ActivityRow]:
        """Stream activities in the order of record and id: all, or those of given records."""
        wanted = None if records is None else set(records)
        rows = (row for (row,) in self._read("activity").values() if wanted is None or row.record in wanted)
        yield from sorted(rows, key=lambda row: (row.record, row.activity_id))

    # Verdicts

    def put_decisions(self, rows: Iterable[DecisionRow]) -> Written:
        """Append verdicts; a verdict that is the present one of its pair is not written again, one that is superseded is kept.

        Raises:
            InputError: a row's `left` is not smaller than its `right`.
        """
        with self._writing():
            new = changed = same = 0
            for row in map(_common.check_pair, rows):
                row = DecisionRow(*row)
                present = self._read(_LANES[row.is_by_person]).get(row[:2])
                if present and _common.says_the_same(present, row):
                    same += 1
                    continue
                verdicts = self._write("verdict")
                verdicts[next(reversed(verdicts), -1) + 1] = row
                self._write(_LANES[row.is_by_person])[row[:2]] = row
                new, changed = (new, changed + 1) if present else (new + 1, changed)
            return Written(new, changed, same)

    def decisions(self, judgement: str = "", *, people: bool = False) -> Iterator[DecisionRow]:
        """Stream the present verdicts of machines, or of people, in the order of their pairs, all or those of one kind."""
        yield from (row for row in self._sorted(_LANES[people]) if judgement in ("", row.judgement))

    def decision_versions(self, left: str, right: str) -> Iterator[DecisionRow]:
        """Stream all verdicts about one pair in the order of writing; the last one of each lane is present."""
        yield from [row for row in self._sorted("verdict") if row[:2] == (left, right)]

    def answers(self) -> Iterator[DecisionRow]:
        """Stream all verdicts of people, superseded ones too, in the order of writing."""
        yield from [row for row in self._sorted("verdict") if row.is_by_person]

    # Contacts

    def put_contacts(self, rows: Iterable[ContactRow]) -> Written:
        """Write contacts; a row whose digest is stored changes nothing, another gets the next revision.

        Raises:
            StoreError: a row has an id that was retired.
        """
        new = changed = same = 0
        with self._writing():
            for row in rows:
                end = self._end(row.contact_id)
                if end != row.contact_id:
                    raise _common.retired_id(row.contact_id, end)
                old = self._read("contact").get(row.contact_id)
                if old and old.digest == row.digest:
                    if row.consent and row.consent != old.consent:
                        self._write("contact")[row.contact_id] = old._replace(consent=row.consent)
                    same += 1
                    continue
                if old:
                    self._drop_paths(old)
                new, changed = (new, changed + 1) if old else (new + 1, changed)
                revision = old.revision + 1 if old else 1
                self._write("contact")[row.contact_id] = ContactRow(*row)._replace(retired=(), revision=revision)
                self._write("member").update(dict.fromkeys(row.members, row.contact_id))
                endpoints = self._write("endpoint")
                for endpoint in row.endpoints:
                    endpoints[endpoint] = endpoints.get(endpoint, frozenset()) | {row.contact_id}
                for alias in row.retired:
                    self._retire(alias, row.contact_id)
        return Written(new, changed, same)

    def retire(self, aliases: Iterable[tuple[str, str]]) -> None:
        """Let the first id lead to the second for ever; the contact of the first id is no more.

        Raises:
            StoreError: an id leads elsewhere already, or would lead to itself, or (when the transaction ends) to no contact.
        """
        with self._writing():
            for alias, wanted in aliases:
                self._retire(alias, wanted)

    def release(self, contact_ids: Iterable[str]) -> None:
        """Let retired ids stand for their own contacts again, and what led to them lead to them again.

        Raises:
            StoreError: an id was not retired.
        """
        with self._writing():
            for contact_id in contact_ids:
                aliases = self._write("alias")
                if contact_id not in aliases:
                    raise _common.not_retired(contact_id)
                del aliases[contact_id]
                behind = [contact_id]
                while behind:
                    heir = behind.pop()
                    for name, (led_to, _) in aliases.items():
                        if led_to == heir:
                            aliases[name] = (led_to, contact_id)
                            behind.append(name)

    def contacts(self) -> Iterator[ContactRow]:
        """Stream all contacts in the order of their ids."""
        retired = self._retired()
        for row in self._sorted("contact"):
            yield row._replace(retired=tuple(retired.get(row.contact_id, ())))

    def consent_columns(self) -> Iterator[tuple[str, str]]:
        """Stream (contact id, consent) of all contacts in the order of their ids."""
        for row in self._sorted("contact"):
            yield row.contact_id, row.consent

    def contact(self, contact_id: str) -> ContactRow | None:
        """Get one contact by its id or by a retired one."""
        row: ContactRow | None = self._read("contact").get(self._end(contact_id))
        return row and row._replace(retired=tuple(self._retired().get(row.contact_id, ())))

    def find(self, kind: str, key: str) -> list[ContactRow]:
        """Get the contacts that hold an endpoint, in the order of their ids."""
        found = (self.contact(contact_id) for contact_id in sorted(self._read("endpoint").get((kind, key), ())))
        return [row for row in found if row]

    def members(self) -> Iterator[tuple[str, str]]:
        """Stream (record key, contact id) in the order of the keys."""
        yield from sorted(self._read("member").items())

    def _end(self, contact_id: str) -> str:
        return str(self._read("alias").get(contact_id, ("", contact_id))[1])

    def _retired(self) -> dict[str, list[str]]:
        ids: dict[str, list[str]] = {}
        for alias, (_, end) in sorted(self._read("alias").items()):
            ids.setdefault(end, []).append(alias)
        return ids

    def _drop_paths(self, row: ContactRow) -> None:
        members, endpoints = self._write("member"), self._write("endpoint")
        for record in row.members:
            if members.get(record) == row.contact_id:  # not one that moved to another contact
                del members[record]
        for endpoint in row.endpoints:
            endpoints[endpoint] = endpoints.get(endpoint, frozenset()) - {row.contact_id}

    def _retire(self, alias: str, wanted: str) -> None:
        end, held = self._end(wanted), self._read("alias").get(alias)
        if alias == end or (held and held[1] != end):
            raise _common.alias_is_for_ever(alias, held[1] if held else end, wanted)
        if held:
            return
        old = self._write("contact").pop(alias, None)
        if old:
            self._drop_paths(old)
        aliases = self._write("alias")
        for name, (led_to, last) in aliases.items():
            if last == alias:
                aliases[name] = (led_to, end)
        aliases[alias] = (wanted, end)

    # The rest

    def setting(self, name: str) -> str | None:
        """Read a named text, such as the fitted weights."""
        return self._read("setting").get(name)

    def put_setting(self, name: str, text: str) -> None:
        """Write a named text."""
        with self._writing():
            self._write("setting")[name] = text

    def log(self, documents: Iterable[tuple[str, str]]) -> None:
        """Append domain events as (contact id, document)."""
        with self._writing():
            for contact_id, document in documents:
                events = self._write("event")
                events[next(reversed(events), -1) + 1] = (contact_id, document)

    def history(self, contact_id: str) -> Iterator[str]:
        """Stream the documents of the domain events of a contact and of the ids that lead to it, oldest first."""
        end = self._end(contact_id)
        ids = {end, *self._retired().get(end, ())}
        yield from [document for of, document in self._sorted("event") if of in ids]

    def documents(self, kind: str, after: str = "") -> Iterator[tuple[str, str]]:
        """Stream (place, document) of every document of a kind, those of superseded versions too, from behind a place on.

        Raises:
            ConfigError: there is no such kind.
        """
        start = json.loads(after) if after else None
        for key, rows in sorted(self._read(_table(kind)).items()):
            for number, row in enumerate(rows if isinstance(rows[0], tuple) else (rows,)):
                if start is None or [key, number] > start:
                    yield json.dumps([key, number]), row[1] if kind == "event" else row.document

    def rewrite(self, kind: str, rows: Iterable[tuple[str, str]]) -> None:
        """Write the same documents in another version of the schema over those at their places.

        Raises:
            StoreError: it is another document, or there is none at that place.
            ConfigError: there is no such kind.
        """
        name = _table(kind)
        with self._writing():
            for place, document in rows:
                table = self._write(name)
                key, number = json.loads(place)
                held = table.get(key, ())
                listed = bool(held) and isinstance(held[0], tuple)
                versions = list(held) if listed else [held] if held else []
                if number >= len(versions):
                    raise _common.not_there(kind, place)
                old = versions[number]
                _common.check_same(kind, place, old[1] if kind == "event" else old.document, document)
                if kind == "consent_event":
                    self._rewrite_entry(key, place, document)
                versions[number] = (old[0], document) if kind == "event" else old._replace(document=document)
                table[key] = tuple(versions) if listed else versions[0]

    def counts(self) -> dict[str, int]:
        """Count what is there: records, events, activities, decisions, contacts."""
        return {name: len(self._read(table)) for name, table in _COUNTED.items()}


_LANES = {False: "decision", True: "answer"}  # whether people said it → table of what is present
_KINDS = {
    "source_record": "record",
    "consent_event": "consent_event",
    "activity": "activity",
    "contact": "contact",
    "event": "event",
}
_COUNTED = {
    "records": "record",
    "events": "consent_event",
    "activities": "activity",
    "decisions": "decision",
    "contacts": "contact",
}


def _table(kind: str) -> str:
    if kind not in _KINDS:
        raise _common.no_kind(kind, _KINDS)
    return _KINDS[kind]
