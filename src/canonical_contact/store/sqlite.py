"""The embedded store: one SQLite file, by the standard library."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from canonical_contact.ports import ActivityRow, ContactRow, DecisionRow, EventRow, RecordRow, Written
from canonical_contact.store import _common, _sql
from canonical_contact.store._chaining import check_kept
from canonical_contact.store._erasing import ErasingInSQLite
from canonical_contact.store._paths import chunks, contact_row, drop_paths, look_up, padded, retire, write_contacts

__all__ = ["SQLiteStore"]


class SQLiteStore(ErasingInSQLite):
    """A store in one SQLite file; beside it SQLite keeps `-wal` and `-shm` while it is open.

    One process writes at a time, others wait; readers never wait, and see a run's work when it has ended. Streams begun outside of a
    run or transaction show the store as it was when they began. Use one store object a thread.

    Args:
        path: the file; made where there is none.
        readonly: never write, and never make a file.
        wait: seconds for which a write outside of `run` waits for another process.

    Raises:
        StoreError: the file cannot be opened, is something else, or was made by a later version.

    >>> import tempfile
    >>> from canonical_contact.ports import ContactRow
    >>> with tempfile.TemporaryDirectory() as folder, SQLiteStore(f"{folder}/contacts.db") as store:
    ...     store.put_contacts([ContactRow("id-1", "{}", "digest", ("hubspot:1",), (("email", "ana@example.org"),))])
    ...     store.find("email", "ana@example.org")[0].contact_id
    Written(new=1, changed=0, same=0)
    'id-1'
    """

    def __repr__(self) -> str:
        return f"SQLiteStore({str(self._path)!r}{', readonly=True' if self._readonly else ''})"

    # Source records

    def put_records(self, rows: Iterable[RecordRow]) -> Written:
        """Write source records; a version that is replaced is kept."""
        new = changed = same = 0
        with self._writing() as db:
            for batch in _common.batches(rows, _sql.CHUNK, attrgetter("key")):
                heads = {
                    key: (digest, version) for key, digest, version in look_up(db, _sql.RECORD_HEADS, [r.key for r in batch])
                }
                ((version,),) = db.execute(_sql.LAST_RECORD_VERSION)
                versions: list[tuple[object, ...]] = []
                documents: list[tuple[int, str]] = []
                for row in batch:
                    digest, previous = heads.get(row.key, (None, None))
                    if digest == row.digest:
                        same += 1
                        continue
                    version += 1
                    versions.append((version, row.key, row.digest, row.system, row.label, row.features, row.holds, previous))
                    documents.append((version, row.document))
                    new, changed = (new + 1, changed) if previous is None else (new, changed + 1)
                db.executemany(_sql.PUT_RECORD_VERSION, versions)
                db.executemany(_sql.PUT_RECORD_DOCUMENT, documents)
                db.executemany(_sql.PUT_RECORD, map(itemgetter(1, 2, 0), versions))
        return Written(new, changed, same)

    def record_digests(self) -> dict[str, str]:
        """Map every record's key to the digest of its current version."""
        return dict(self._stream(_sql.RECORD_DIGESTS))

    def records(self, keys: Iterable[str] | None = None) -> Iterator[RecordRow]:
        """Stream current records: all in the order of their keys, or those of `keys` in the order asked for, unknown ones left out."""
        if keys is None:
            yield from map(RecordRow._make, self._stream(_sql.RECORDS))
            return
        for chunk in chunks(keys):
            found = {row[0]: row for row in self._stream(_sql.RECORDS_OF, padded(chunk))}
            yield from (RecordRow._make(found[key]) for key in chunk if key in found)

    def record_versions(self, key: str) -> Iterator[RecordRow]:
        """Stream all versions of a record, oldest first; the last one is current."""
        return map(RecordRow._make, self._stream(_sql.RECORD_VERSIONS, (key,)))

    def features(self) -> Iterator[tuple[str, str]]:
        """Stream (key, features) of the current records in the order of their keys, without their documents."""
        return self._stream(_sql.FEATURES)

    def holds(self) -> Iterator[tuple[str, str]]:
        """Stream (key, holds) of the current records that have any, in the order of their keys."""
        return self._stream(_sql.HOLDS)

    # What hangs on records

    def events(self, records: Iterable[str] | None = None, *, blocking: bool = False) -> Iterator[EventRow]:
        """Stream consent events in the order of their ids: all, those of given records, or only the blocking ones."""
        if records is None:
            rows = self._stream(_sql.EVENTS_BLOCKING if blocking else _sql.EVENTS)
        else:
            rows = self._merged(_sql.EVENTS_OF, records, itemgetter(0), int(blocking))
        return (EventRow._make((*row[:4], bool(row[4]), row[5])) for row in rows)

    def put_activities(self, rows: Iterable[ActivityRow]) -> Written:
        """Append activities; an id that is known is not written again."""
        return self._append(_sql.PUT_ACTIVITY, rows)

    def activities(self, records: Iterable[str] | None = None) -> Iterator[ActivityRow]:
        """Stream activities in the order of record and id: all, or those of given records."""
        if records is None:
            return map(ActivityRow._make, self._stream(_sql.ACTIVITIES))
        return map(ActivityRow._make, self._merged(_sql.ACTIVITIES_OF, records, itemgetter(1, 0)))

    def _append(self, sql: str, rows: Iterable[Sequence[object]]) -> Written:
        asked = 0

        def counted() -> Iterator[Sequence[object]]:
            nonlocal asked
            for row in rows:
                asked += 1
                yield row

        with self._writing() as db:
            new = db.executemany(sql, counted()).rowcount
        return Written(max(new, 0), 0, asked - max(new, 0))

    def _merged(self, sql: str, keys: Iterable[str], order: Callable[[Any], Any], *more: object) -> Iterator[Any]:
        """Stream the rows of any number of keys in one order, by merging the streams of their chunks."""
        streams = [self._stream(sql, (*padded(chunk), *more)) for chunk in chunks(dict.fromkeys(keys))]
        return heapq.merge(*streams, key=order)

    # Verdicts

    def put_decisions(self, rows: Iterable[DecisionRow]) -> Written:
        """Append verdicts; a verdict that is the present one of its pair is not written again, one that is superseded is kept.

        Raises:
            InputError: a row's `left` is not smaller than its `right`.
        """
        new = changed = same = 0
        with self._writing() as db:
            for batch in _common.batches(map(_common.check_pair, rows), _sql.CHUNK, lambda row: (row[:2], row.is_by_person)):
                ((version,),) = db.execute(_sql.LAST_DECISION_VERSION)
                versions: list[tuple[object, ...]] = []
                for people in {row.is_by_person for row in batch}:
                    lane = [row for row in batch if row.is_by_person == people]
                    lefts = list(dict.fromkeys(row.left for row in lane))
                    heads = {head[:2]: head for head in look_up(db, _sql.DECISION_HEADS[people], lefts)}
                    pointers: list[tuple[str, str, int]] = []
                    for row in lane:
                        head = heads.get(row[:2])
                        if head and _common.says_the_same(DecisionRow._make(head[:-1]), row):
                            same += 1
                            continue
                        version += 1
                        versions.append((version, *row, head and head[-1]))
                        pointers.append((row.left, row.right, version))
                        new, changed = (new, changed + 1) if head else (new + 1, changed)
                    db.executemany(_sql.PUT_DECISION[people], pointers)
                db.executemany(_sql.PUT_DECISION_VERSION, versions)
        return Written(new, changed, same)

    def decisions(self, judgement: str = "", *, people: bool = False) -> Iterator[DecisionRow]:
        """Stream the present verdicts of machines, or of people, in the order of their pairs, all or those of one kind."""
        rows = self._stream(_sql.DECISIONS_OF_KIND[people], (judgement,)) if judgement else self._stream(_sql.DECISIONS[people])
        return map(DecisionRow._make, rows)

    def decision_versions(self, left: str, right: str) -> Iterator[DecisionRow]:
        """Stream all verdicts about one pair in the order of writing; the last one of each lane is present."""
        return map(DecisionRow._make, self._stream(_sql.DECISION_VERSIONS, (left, right)))

    def answers(self) -> Iterator[DecisionRow]:
        """Stream all verdicts of people, superseded ones too, in the order of writing."""
        return map(DecisionRow._make, self._stream(_sql.ANSWERS))

    # Contacts

    def put_contacts(self, rows: Iterable[ContactRow]) -> Written:
        """Write contacts; a row whose digest is stored changes nothing, another gets the next revision.

        Raises:
            StoreError: a row has an id that was retired.
        """
        new = changed = same = 0
        with self._writing() as db:
            for batch in _common.batches(rows, _sql.CHUNK, attrgetter("contact_id")):
                ids = [row.contact_id for row in batch]
                retired = dict(look_up(db, _sql.ALIASES_OF, ids))
                heads = {head[0]: head for head in look_up(db, _sql.CONTACT_HEADS, ids)}
                before: list[tuple[str, str, str]] = []
                after: list[ContactRow] = []
                for row in batch:
                    if row.contact_id in retired:
                        raise _common.retired_id(row.contact_id, retired[row.contact_id])
                    head = heads.get(row.contact_id)
                    if head and head[1] == row.digest:
                        if row.consent:
                            db.execute(_sql.PUT_CONSENT, (row.contact_id, row.consent))
                        same += 1
                        continue
                    if head:
                        before.append((head[0], head[3], head[4]))
                    new, changed = (new, changed + 1) if head else (new + 1, changed)
                    after.append(row._replace(revision=head[2] + 1 if head else 1))
                    retired.update(dict.fromkeys(row.retired, row.contact_id))
                drop_paths(db, before)
                write_contacts(db, after)
                for row in after:
                    for alias in row.retired:
                        retire(db, alias, row.contact_id)
        return Written(new, changed, same)

    def retire(self, aliases: Iterable[tuple[str, str]]) -> None:
        """Let the first id lead to the second for ever; the contact of the first id is no more.

        Raises:
            StoreError: an id leads elsewhere already, or would lead to itself, or (when the transaction ends) to no contact.
        """
        with self._writing() as db:
            for alias, wanted in aliases:
                retire(db, alias, wanted)

    def release(self, contact_ids: Iterable[str]) -> None:
        """Let retired ids stand for their own contacts again, and what led to them lead to them again.

        Raises:
            StoreError: an id was not retired.
        """
        with self._writing() as db:
            for contact_id in contact_ids:
                if not db.execute(_sql.DROP_ALIAS, (contact_id,)).rowcount:
                    raise _common.not_retired(contact_id)
                db.execute(_sql.RETURN_ALIASES, (contact_id,))

    def contacts(self) -> Iterator[ContactRow]:
        """Stream all contacts in the order of their ids, in constant memory."""
        return map(contact_row, self._stream(_sql.CONTACTS))

    def consent_columns(self) -> Iterator[tuple[str, str]]:
        """Stream (contact id, consent) of all contacts in the order of their ids, without their documents."""
        return self._stream(_sql.CONSENT_COLUMNS)

    def contact(self, contact_id: str) -> ContactRow | None:
        """Get one contact by its id or by a retired one."""
        row = self._one(_sql.CONTACT, (contact_id,))
        return contact_row(row) if row else None

    def find(self, kind: str, key: str) -> list[ContactRow]:
        """Get the contacts that hold an endpoint, in the order of their ids."""
        return [contact_row(row) for row in self._stream(_sql.FIND, (kind, key))]

    def members(self) -> Iterator[tuple[str, str]]:
        """Stream (record key, contact id) in the order of the keys."""
        return self._stream(_sql.MEMBERS)

    # The rest

    def setting(self, name: str) -> str | None:
        """Read a named text, such as the fitted weights."""
        row = self._one(_sql.SETTING, (name,))
        return row[0] if row else None

    def put_setting(self, name: str, text: str) -> None:
        """Write a named text."""
        with self._writing() as db:
            db.execute(_sql.PUT_SETTING, (name, text))

    def log(self, documents: Iterable[tuple[str, str]]) -> None:
        """Append domain events as (contact id, document)."""
        with self._writing() as db:
            db.executemany(_sql.PUT_LOG, documents)

    def history(self, contact_id: str) -> Iterator[str]:
        """Stream the documents of the domain events of a contact and of the ids that lead to it, oldest first."""
        return map(itemgetter(0), self._stream(_sql.HISTORY, (contact_id,)))

    def documents(self, kind: str, after: str = "") -> Iterator[tuple[str, str]]:
        """Stream (place, document) of every document of a kind, those of superseded versions too, from behind a place on.

        Raises:
            ConfigError: there is no such kind.
        """
        if kind not in _sql.DOCUMENTS:
            raise _common.no_kind(kind, _sql.DOCUMENTS)
        rows = self._stream(_sql.DOCUMENTS[kind], (int(after or 0),))
        return ((str(place), document) for place, document in rows)

    def rewrite(self, kind: str, rows: Iterable[tuple[str, str]]) -> None:
        """Write the same documents in another version of the schema over those at their places.

        Raises:
            StoreError: it is another document, or there is none at that place.
            ConfigError: there is no such kind.
        """
        if kind not in _sql.REWRITE:
            raise _common.no_kind(kind, _sql.REWRITE)
        with self._writing() as db:
            for place, document in rows:
                held = db.execute(_sql.DOCUMENT[kind], (int(place),)).fetchone()
                if held is None:
                    raise _common.not_there(kind, place)
                _common.check_same(kind, place, held[0], document)
                check_kept(db, kind, place, document)
                db.execute(_sql.REWRITE[kind], (document, int(place)))

    def counts(self) -> dict[str, int]:
        """Count what is there: records, events, activities, decisions, contacts."""
        return {name: self._one(sql)[0] for name, sql in _sql.COUNTS.items()}
