"""Promises about source records and what hangs on them: consent events, activities, verdicts."""

from __future__ import annotations

from canonical_contact.errors import InputError
from canonical_contact.ports import ActivityRow, RecordRow, Written
from canonical_contact.store.testing._base import HOSTILE, MANY, StoreTests, answer, decision, event, record, refuses

__all__ = ["RecordTests"]


class RecordTests(StoreTests):
    """What a store keeps of records."""

    # Source records

    def test_a_new_store_is_empty(self) -> None:
        store = self.store()
        assert [list(stream) for stream in (store.records(), store.events(), store.activities(), store.decisions())] == [[]] * 4
        assert [list(stream) for stream in (store.contacts(), store.members(), store.history("x"), store.features())] == [[]] * 4
        assert [store.find("email", "x"), store.contact("x"), store.setting("x"), store.unfinished_run()] == [
            [],
            None,
            None,
            None,
        ]
        assert store.record_digests() == {}
        assert set(store.counts().values()) == {0}

    def test_records_come_back_as_they_were_put(self) -> None:
        store = self.store()
        rows = [RecordRow(f"a:{text}", text, text, text, text, text, text) for text in HOSTILE]
        assert store.put_records(rows) == Written(len(rows), 0, 0)
        assert list(store.records()) == sorted(rows)
        assert list(store.records(row.key for row in rows)) == rows
        assert store.record_digests() == {row.key: row.digest for row in rows}

    def test_records_stream_in_the_order_of_their_keys(self) -> None:
        store = self.store()
        store.put_records(record(f"a:{number * 7919 % MANY:04}") for number in range(MANY))
        assert [row.key for row in store.records()] == [f"a:{number:04}" for number in range(MANY)]

    def test_records_of_keys_come_in_the_order_asked_for(self) -> None:
        store = self.store()
        store.put_records(record(f"a:{number}") for number in range(MANY))
        asked = [f"a:{number}" for number in reversed(range(MANY))] + ["a:unknown", "a:7", "a:7"]
        assert [row.key for row in store.records(asked)] == [key for key in asked if key != "a:unknown"]
        assert list(store.records([])) == []

    def test_a_record_is_written_again_only_with_a_new_digest(self) -> None:
        store = self.store()
        store.put_records([record("a:1", "d1", "first"), record("a:2")])
        assert store.put_records([record("a:1", "d1", "ignored"), record("a:2", "d2"), record("a:3")]) == Written(1, 1, 1)
        assert next(store.records(["a:1"])).document == "first"

    def test_the_version_written_last_is_current_and_all_are_kept(self) -> None:
        store = self.store()
        assert store.put_records([record("a:1", "d1"), record("a:1", "d2"), record("a:2", "x")]) == Written(2, 1, 0)
        assert store.put_records([record("a:1", "d1"), record("a:1", "d1")]) == Written(0, 1, 1)
        assert store.record_digests() == {"a:1": "d1", "a:2": "x"}
        assert [row.digest for row in store.record_versions("a:1")] == ["d1", "d2", "d1"]
        assert list(store.record_versions("a:unknown")) == []
        assert store.counts()["records"] == 2

    def test_features_and_holds_are_those_of_the_current_version(self) -> None:
        store = self.store()
        store.put_records(
            [record("a:2", "d2"), record("a:1", holds="[1]"), record("a:3", holds="[3]"), record("a:1", "d9", holds="[9]")]
        )
        assert list(store.features()) == [("a:1", "features d9"), ("a:2", "features d2"), ("a:3", "features d1")]
        assert list(store.holds()) == [("a:1", "[9]"), ("a:3", "[3]")]
        store.put_records([record("a:3", "d3")])
        assert list(store.holds()) == [("a:1", "[9]")]

    # What hangs on records

    def test_an_event_is_appended_once(self) -> None:
        store = self.store()
        assert store.put_events([event("e2"), event("e1"), event("e2")]) == Written(2, 0, 1)
        assert store.put_events([event("e1"), event("e3")]) == Written(1, 0, 1)
        assert store.put_events([]) == Written(0, 0, 0)
        assert list(store.events()) == [event("e1"), event("e2"), event("e3")]

    def test_events_of_records_come_in_one_order(self) -> None:
        store = self.store()
        rows = [event(f"e{number * 7919 % MANY:04}", f"a:{number}", blocking=number % 3 == 0) for number in range(MANY)]
        store.put_events(rows)
        wanted = [f"a:{number}" for number in range(0, MANY, 2)] + ["a:0", "a:unknown"]
        expected = sorted(row for row in rows if row.record in wanted)
        assert list(store.events(wanted)) == expected
        assert list(store.events(wanted, blocking=True)) == [row for row in expected if row.blocking]
        assert list(store.events(blocking=True)) == sorted(row for row in rows if row.blocking)
        assert list(store.events([])) == []

    def test_an_activity_is_appended_once(self) -> None:
        store = self.store()
        rows = [ActivityRow(f"x{number * 7919 % MANY:04}", f"a:{number % 40:02}", "call", "{}") for number in range(MANY)]
        assert store.put_activities([*rows, rows[0]]) == Written(MANY, 0, 1)
        ordered = sorted(rows, key=lambda row: (row.record, row.activity_id))
        assert list(store.activities()) == ordered
        assert list(store.activities(["a:05", "a:03", "a:05"])) == [row for row in ordered if row.record in ("a:03", "a:05")]

    # Verdicts

    def test_a_later_verdict_supersedes_and_the_earlier_is_kept(self) -> None:
        store = self.store()
        first, second = decision("a:1", "b:1"), decision("a:1", "b:1", "no_match", 0.0)
        assert store.put_decisions([first, decision("a:1", "b:2")]) == Written(2, 0, 0)
        assert store.put_decisions([second, decision("a:1", "b:2")]) == Written(0, 1, 1)
        assert list(store.decisions()) == [second, decision("a:1", "b:2")]
        assert list(store.decision_versions("a:1", "b:1")) == [first, second]
        assert store.put_decisions([first, second, first]) == Written(0, 3, 0)
        assert len(list(store.decision_versions("a:1", "b:1"))) == 5
        assert store.counts()["decisions"] == 2

    def test_what_people_say_stands_beside_what_machines_say(self) -> None:
        store = self.store()
        found, told = decision("a:1", "b:1"), answer("a:1", "b:1", "no_match")
        again, back = found._replace(score=0.7), answer("a:1", "b:1", "withdrawn")
        assert store.put_decisions([found, told]) == Written(2, 0, 0)
        assert store.put_decisions([again]) == Written(0, 1, 0)
        assert (list(store.decisions()), list(store.decisions(people=True))) == ([again], [told])
        assert (list(store.decisions("match")), list(store.decisions("match", people=True))) == ([again], [])
        assert store.put_decisions([back]) == Written(0, 1, 0)
        assert (list(store.decisions()), list(store.decisions(people=True))) == ([again], [back])
        assert list(store.decision_versions("a:1", "b:1")) == [found, told, again, back]
        assert store.counts()["decisions"] == 1

    def test_a_verdict_that_is_only_said_again_is_not_written(self) -> None:
        store = self.store()
        told = answer("a:1", "b:1", "match", by="ana")
        later = told._replace(at="2026-07-02T12:00:00+00:00", act="another")
        others = told._replace(by="bo")
        assert store.put_decisions([told, later, others]) == Written(1, 1, 1)
        found = decision("a:1", "b:1")
        assert store.put_decisions([found, found._replace(at="2026-07-02T12:00:00+00:00")]) == Written(1, 0, 1)
        assert store.put_decisions([found._replace(model="another")]) == Written(0, 1, 0)
        assert list(store.answers()) == [told, others]

    def test_all_answers_stream_in_the_order_of_writing(self) -> None:
        store = self.store()
        rows = [answer("b:1", "c:1", "match"), answer("a:1", "b:1", "unsure"), answer("b:1", "c:1", "withdrawn")]
        store.put_decisions([rows[0], decision("a:1", "b:1"), *rows[1:]])
        assert list(store.answers()) == rows

    def test_verdicts_stream_in_the_order_of_their_pairs(self) -> None:
        store = self.store()
        kinds = ("match", "review", "no_match")
        rows = [decision(f"a:{number * 7919 % MANY % 50:02}", f"b:{number:04}", kinds[number % 3]) for number in range(MANY)]
        store.put_decisions(rows)
        assert list(store.decisions()) == sorted(rows)
        assert list(store.decisions("review")) == sorted(row for row in rows if row.judgement == "review")
        assert list(store.decisions("'")) == []

    def test_a_pair_has_one_name(self) -> None:
        store = self.store()
        for left, right in (("b", "a"), ("a", "a")):
            with refuses(InputError):
                store.put_decisions([decision(left, right)])
        assert list(store.decisions()) == []
