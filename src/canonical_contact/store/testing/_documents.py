"""Promises about documents in another version of the schema: a migration writes them over, and changes nothing else."""

from __future__ import annotations

from itertools import islice

from canonical_contact.errors import ConfigError, StoreError
from canonical_contact.ports import ActivityRow, ContactRow, ContactStore, EventRow, RecordRow
from canonical_contact.store.testing._base import MANY, StoreTests, refuses

__all__ = ["DocumentTests"]

_OLD, _NEW = '"schema_version":"1.0"', '"schema_version":"1.1"'
_RECORD = '{"key":"a:1","system":"a","record_id":"1","label":"1","file":"f","line":%d,"card":{},"schema_version":"1.0"}'
_EVENT = '{"event_id":"%s","type":"withdraw","channel":"email","schema_version":"1.0"}'
_ACTIVITY = '{"record":"a:1","kind":"call","at":"2026-07-01T12:00:00Z","schema_version":"1.0"}'
_CONTACT = '{"contact_id":"c1","schema_version":"1.0","titles":["CEO"]}'
_CHANGE = '{"name":"contact.created","contact_id":"c1","at":"2026-07-01T12:00:00Z","schema_version":"1.0"}'
_KINDS = ("source_record", "consent_event", "activity", "contact", "event")


class DocumentTests(StoreTests):
    """What a migration finds in a store, and what it may write."""

    def filled(self) -> ContactStore:
        """Open a store with documents of 1.0: two versions of a record, and one of each other kind."""
        store = self.store()
        store.put_records(RecordRow("a:1", f"d{line}", "a", "1", _RECORD % line, f"features {line}", "[1]") for line in (1, 2))
        store.put_events([EventRow("e1", "a:1", "email", "", blocking=True, document=_EVENT % "e1")])
        store.put_activities([ActivityRow("x1", "a:1", "call", _ACTIVITY)])
        store.put_contacts([ContactRow("c1", _CONTACT, "digest", ("a:1",), (("email", "one"),))])
        store.log([("c1", _CHANGE)])
        return store

    def test_every_document_of_a_kind_is_found_superseded_ones_too(self) -> None:
        store = self.filled()
        found = {kind: [document for _, document in store.documents(kind)] for kind in _KINDS}
        assert found == {
            "source_record": [_RECORD % 1, _RECORD % 2],
            "consent_event": [_EVENT % "e1"],
            "activity": [_ACTIVITY],
            "contact": [_CONTACT],
            "event": [_CHANGE],
        }

    def test_documents_are_read_on_from_any_place(self) -> None:
        store = self.store()
        store.put_events(EventRow(f"e{number:04}", "a:1", "email", "", False, _EVENT % number) for number in range(MANY))
        found: list[str] = []
        place = ""
        while len(found) <= MANY and (rows := list(islice(store.documents("consent_event", place), 500))):
            found += (document for _, document in rows)
            place = rows[-1][0]
        assert found == [document for _, document in store.documents("consent_event")]
        assert sorted(found) == sorted(_EVENT % number for number in range(MANY))

    def test_a_document_in_another_version_takes_its_place_and_all_else_stays(self) -> None:
        store = self.filled()
        before = self.everything(store)
        for kind in _KINDS:
            store.rewrite(kind, [(place, document.replace(_OLD, _NEW)) for place, document in store.documents(kind)])
            assert all(_NEW in document for _, document in store.documents(kind))
        assert [row.document for row in store.record_versions("a:1")] == [(_RECORD % line).replace(_OLD, _NEW) for line in (1, 2)]
        assert store.record_digests() == {"a:1": "d2"}
        assert next(store.events(blocking=True)).document == (_EVENT % "e1").replace(_OLD, _NEW)
        found = store.contact("c1")
        assert found is not None
        assert (found.digest, found.revision, found.members) == ("digest", 1, ("a:1",))
        assert store.find("email", "one") == [found]
        for kind in _KINDS:
            store.rewrite(kind, [(place, document.replace(_NEW, _OLD)) for place, document in store.documents(kind)])
        assert self.everything(store) == before

    def test_another_document_is_refused(self) -> None:
        store = self.filled()
        for kind in _KINDS:
            ((place, document), *_) = store.documents(kind)
            for other in (document.replace("1", "7"), "{}", "no JSON", document.replace(_OLD, '"schema_version":"0.1"')):
                with refuses(StoreError):
                    store.rewrite(kind, [(place, other)])
            assert next(iter(store.documents(kind))) == (place, document)

    def test_a_consent_event_is_never_made_milder(self) -> None:
        store = self.filled()
        ((place, document),) = store.documents("consent_event")
        for mild in ("confirm", "opt_in"):
            with refuses(StoreError):
                store.rewrite("consent_event", [(place, document.replace("withdraw", mild).replace(_OLD, _NEW))])
        assert list(store.documents("consent_event")) == [(place, document)]

    def test_a_place_without_a_document_is_refused(self) -> None:
        store = self.filled()
        ((place, document),) = store.documents("contact")
        store.put_contacts([ContactRow("c2", _CONTACT, "d", ())])
        store.retire([("c1", "c2")])
        with refuses(StoreError):
            store.rewrite("contact", [(place, document)])

    def test_a_kind_that_no_store_keeps_is_refused(self) -> None:
        store = self.filled()
        with refuses(ConfigError):
            list(store.documents("nothing"))
        with refuses(ConfigError):
            store.rewrite("nothing", [])

    def test_a_rewrite_is_undone_with_its_transaction(self) -> None:
        store = self.filled()
        ((place, document),) = store.documents("contact")
        with refuses(ZeroDivisionError), store.transaction():
            store.rewrite("contact", [(place, document.replace(_OLD, _NEW))])
            assert [text for _, text in store.documents("contact")] == [document.replace(_OLD, _NEW)]
            raise ZeroDivisionError
        assert list(store.documents("contact")) == [(place, document)]
