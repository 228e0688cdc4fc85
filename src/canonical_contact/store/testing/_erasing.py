"""What erasure promises: nothing of a person is left in any table, others keep what is theirs, tombstones stay."""

from __future__ import annotations

from datetime import timedelta

from canonical_contact.consent.ledger import verify
from canonical_contact.model import Tombstone, TombstoneKind
from canonical_contact.ports import ActivityRow, ContactRow, ContactStore, EventRow, ProofRow, RecordRow
from canonical_contact.store.testing._base import LATER, NOW, Broken, StoreTests, contact, decision, record, refuses

__all__ = ["ErasingTests"]

_WORDS = ("quilla", "a:quilla 7", "c-quilla")  # one in everything that the person has


def _fill(store: ContactStore) -> None:
    """Two people: one who is to go, one who stays; each with a row of every kind."""
    for place, (contact_id, key, word) in enumerate((("c-quilla", "a:quilla 7", "quilla"), ("c-stays", "a:8", "stays"))):
        digests = ("d1", "d2") if not place else ("d1",)
        store.put_records(RecordRow(key, digest, "a", word, f"{word} {digest}", f"f {word}", f"h {word}") for digest in digests)
        store.put_events([EventRow(f"e-{word}", key, "email", f"{word}@x", True, f'{{"of":"{word}"}}')])
        store.put_activities([ActivityRow(f"v-{word}", key, "call", word)])
        store.put_contacts(
            [
                ContactRow(contact_id, word, "d1", (key,), (("email", f"{word}@x"), ("phone", "+1")), (f"old-{word}",), 0, word),
            ]
        )
        store.put_contacts(
            [ContactRow(contact_id, f"{word} again", "d2", (key,), (("email", f"{word}@x"), ("phone", "+1")), (), 0, word)]
        )
        store.log([(contact_id, f'{{"contact_id":"{contact_id}","detail":{{"records":"{key}"}}}}')])
        store.put_proofs([ProofRow(f"p-{word}", f'{{"contact_id":"{contact_id}","detail":{{"act":"exported"}}}}')])
    store.put_decisions([decision("a:8", "a:quilla 7", "review"), decision("a:8", "a:9")])
    store.put_decisions([decision("a:8", "a:quilla 7", "match")])
    store.put_events([EventRow("e-loose", "", "email", "quilla@x", True, "quilla")])
    store.log([("c-stays", '{"contact_id":"c-stays","detail":{"records":"a:8 a:quilla 7","retired":"c-quilla"}}')])


def _grave(name: str, why: str = "request") -> Tombstone:
    return Tombstone(TombstoneKind.EMAIL, name, NOW, why)


class ErasingTests(StoreTests):
    """Erasing people, and their tombstones."""

    def told(self, store: ContactStore) -> str:
        """Write down all that a store tells."""
        found: list[object] = [
            list(stream)
            for stream in (
                store.records(),
                store.features(),
                store.holds(),
                store.events(),
                store.activities(),
                store.decisions(),
            )
        ]
        found += [list(stream) for stream in (store.contacts(), store.consent_columns(), store.members(), store.entries())]
        found += [list(store.record_versions(key)) for key in ("a:quilla 7", "a:8")]
        found += [list(store.decision_versions(*pair)) for pair in (("a:8", "a:quilla 7"), ("a:8", "a:9"))]
        found += [list(store.documents(kind)) for kind in ("source_record", "consent_event", "activity", "contact", "event")]
        found += [
            store.find("email", "quilla@x"),
            store.contact("c-quilla"),
            store.contact("old-quilla"),
            store.find("phone", "+1"),
        ]
        found += [list(store.history(name)) for name in ("c-quilla", "old-quilla", "c-stays")]
        return repr([*found, store.record_digests(), store.counts()])

    def test_a_key_that_begins_like_one_that_goes_stays_in_the_log(self) -> None:
        store = self.store()
        store.put_records([record("a:1"), record("a:1 x"), record("a:2")])
        store.put_contacts([contact("c1", members="a:1"), contact("c2", members="a:2")])
        told = '{"contact_id":"c2","detail":{"records":"a:1 x a:1 a:2"}}'
        store.log([("c2", told)])
        store.erase(["c1"], ["a:1"])
        assert list(store.history("c2")) == ['{"contact_id":"c2","detail":{"records":"a:1 x a:2"}}']

    def test_erasing_leaves_nothing_of_a_person_in_any_table(self) -> None:
        """Records with older versions, events, activities, verdicts, contact, ids, look-ups, log: all is gone, also by older ids."""
        store = self.store()
        _fill(store)
        before = store.ledger_head()
        done = store.erase(["c-quilla"], ["a:quilla 7"], ["e-loose"])
        assert (done.records, done.events, done.activities, done.decisions, done.contacts, done.log) == (1, 2, 1, 1, 1, 1)
        told = self.told(store)
        assert not [word for word in _WORDS if word in told]
        assert store.contact("c-quilla") is None
        assert store.contact("old-quilla") is None
        assert list(store.history("c-quilla")) == []
        assert store.ledger_head() == before
        assert verify(store.entries(), store.ledger_head()).ok

    def test_erasing_leaves_everybody_else_as_they_are(self) -> None:
        """Who shares an endpoint or a verdict keeps all of their own; only the names of the erased leave their log."""
        store = self.store()
        _fill(store)
        store.erase(["c-quilla"], ["a:quilla 7"], ["e-loose"])
        assert [row.key for row in store.records()] == ["a:8"]
        assert [(row.event_id, row.record) for row in store.events()] == [("e-stays", "a:8")]
        assert [row.activity_id for row in store.activities()] == ["v-stays"]
        assert [(row.left, row.right) for row in store.decisions()] == [("a:8", "a:9")]
        assert [(row.contact_id, row.retired, row.revision, row.consent) for row in store.find("phone", "+1")] == [
            ("c-stays", ("old-stays",), 2, "stays")
        ]
        assert list(store.members()) == [("a:8", "c-stays")]
        assert list(store.history("c-stays"))[-1] == '{"contact_id":"c-stays","detail":{"records":"a:8","retired":""}}'
        proofs = [entry.event_id for entry in store.entries() if entry.kind == "event"]
        assert proofs == ["", "p-stays"]

    def test_what_is_not_known_is_erased_without_a_word(self) -> None:
        """Names that nobody has change nothing."""
        store = self.store()
        _fill(store)
        before = self.told(store)
        assert sum(store.erase(["c-nobody"], ["a:nobody"], ["e-nobody"])) == 0
        assert sum(store.erase([], [])) == 0
        assert self.told(store) == before

    def test_activities_are_dropped_by_their_ids_and_nothing_else_is(self) -> None:
        """The person stays; a break-off brings the activities back, and one that is written again is new."""
        store = self.store()
        _fill(store)
        before = self.told(store)
        with refuses(Broken), store.transaction():
            store.drop_activities(["v-quilla"])
            raise Broken
        assert self.told(store) == before
        assert store.drop_activities(["v-quilla", "v-nobody", "v-quilla"]) == 1
        assert store.drop_activities([]) == 0
        assert [row.activity_id for row in store.activities()] == ["v-stays"]
        assert store.counts()["activities"] == 1
        assert [row.key for row in store.records()] == ["a:8", "a:quilla 7"]
        assert store.put_activities([ActivityRow("v-quilla", "a:quilla 7", "call", "quilla")]).new == 1
        assert [row.activity_id for row in store.activities()] == ["v-stays", "v-quilla"]

    def test_an_erasure_that_breaks_off_erased_nobody(self) -> None:
        """It is part of its transaction."""
        store = self.store()
        _fill(store)
        before = self.told(store)
        with refuses(Broken), store.transaction():
            store.put_tombstones([_grave("1")])
            store.erase(["c-quilla"], ["a:quilla 7"], ["e-loose"])
            raise Broken
        assert self.told(store) == before
        assert list(store.tombstones()) == []

    def test_a_store_goes_on_after_an_erasure(self) -> None:
        """New rows take no place of old ones, and a log goes on behind its end."""
        store = self.store()
        _fill(store)
        store.erase(["c-stays"], ["a:8"])
        store.log([("c-quilla", "late")])
        store.put_events([EventRow("e-late", "a:quilla 7", "email", "", False, "late")])
        store.put_decisions([decision("a:8", "a:quilla 7")])
        assert list(store.history("c-quilla"))[-1] == "late"
        assert [row.event_id for row in store.events()] == ["e-late", "e-loose", "e-quilla"]
        assert len(list(store.decision_versions("a:8", "a:quilla 7"))) == 1
        assert verify(store.entries(), store.ledger_head()).ok

    def test_tombstones_are_kept_until_they_are_dropped(self) -> None:
        """One of a kind, hash and reason is written once and stays as it was first written."""
        store = self.store()
        later = Tombstone(TombstoneKind.EMAIL, "1", LATER, "request")
        graves = [
            _grave("2"),
            _grave("1"),
            _grave("1", "sms/complaint"),
            Tombstone(TombstoneKind.PHONE, "1", NOW + timedelta(microseconds=1)),
        ]
        assert store.put_tombstones(graves) == 4
        assert store.put_tombstones([later, *graves]) == 0
        found = list(store.tombstones())
        assert found == sorted(graves, key=lambda each: (each.kind, each.hash, each.why))
        assert store.drop_tombstones([(TombstoneKind.EMAIL, "1"), (TombstoneKind.RECORD, "1")]) == 2
        assert [each.hash for each in store.tombstones()] == ["2", "1"]
