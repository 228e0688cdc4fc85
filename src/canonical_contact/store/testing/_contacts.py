"""Promises about contacts, retired ids, settings and history."""

from __future__ import annotations

from canonical_contact.errors import StoreError
from canonical_contact.ports import ContactRow, Written
from canonical_contact.store.testing._base import HOSTILE, MANY, Broken, StoreTests, contact, refuses

__all__ = ["ContactTests"]


class ContactTests(StoreTests):
    """What a store keeps of contacts."""

    # Contacts

    def test_contacts_come_back_as_they_were_put(self) -> None:
        store = self.store()
        rows = [ContactRow(f"c{text}", text, text, (f"m{text}",), (("email", text), ("phone", text))) for text in HOSTILE]
        store.put_contacts(rows)
        assert list(store.contacts()) == sorted(row._replace(revision=1) for row in rows)
        for row in rows:
            assert store.contact(row.contact_id) == row._replace(revision=1)
            assert [found.contact_id for found in store.find("email", row.endpoints[0][1])] == [row.contact_id]
            assert store.find(row.endpoints[0][1], "email") == []
        assert list(store.members()) == sorted((row.members[0], row.contact_id) for row in rows)

    def test_a_revision_counts_changes_only(self) -> None:
        store = self.store()
        assert store.put_contacts([contact("c1"), contact("c2")._replace(revision=40)]) == Written(2, 0, 0)
        assert store.put_contacts([contact("c1"), contact("c2", "d2"), contact("c3")]) == Written(1, 1, 1)
        assert store.put_contacts([contact("c2", "d1"), contact("c2", "d1"), contact("c2", "d2")]) == Written(0, 2, 1)
        assert [(row.contact_id, row.revision) for row in store.contacts()] == [("c1", 1), ("c2", 4), ("c3", 1)]

    def test_what_decisions_need_of_contacts_streams_without_their_documents(self) -> None:
        store = self.store()
        store.put_contacts([contact("c2")._replace(consent="two"), contact("c1")._replace(consent=HOSTILE[2]), contact("c3")])
        assert list(store.consent_columns()) == [("c1", HOSTILE[2]), ("c2", "two"), ("c3", "")]
        assert store.put_contacts([contact("c2")._replace(consent="new"), contact("c1")]) == Written(0, 0, 2)
        assert list(store.consent_columns()) == [("c1", HOSTILE[2]), ("c2", "new"), ("c3", "")]
        assert [(row.consent, row.revision) for row in store.find("email", "none") or store.contacts()][1] == ("new", 1)
        store.put_contacts([contact("c2", "d2")])  # of another document an old text must not speak
        assert list(store.consent_columns())[1] == ("c2", "")
        store.retire([("c3", "c1")])
        assert [name for name, _ in store.consent_columns()] == ["c1", "c2"]

    def test_contacts_stream_in_the_order_of_their_ids(self) -> None:
        store = self.store()
        store.put_contacts(contact(f"c{number * 7919 % MANY:04}", members=f"a:{number}") for number in range(MANY))
        assert [row.contact_id for row in store.contacts()] == [f"c{number:04}" for number in range(MANY)]
        assert len(list(store.members())) == MANY

    def test_a_contact_is_found_by_what_it_holds_now(self) -> None:
        store = self.store()
        store.put_contacts([contact("c2", emails="old shared"), contact("c1", emails="shared shared")])
        assert [row.contact_id for row in store.find("email", "shared")] == ["c1", "c2"]
        store.put_contacts([contact("c2", "d2", emails="new shared")])
        assert store.find("email", "old") == []
        assert [row.contact_id for row in store.find("email", "new")] == ["c2"]
        assert store.find("email", "new")[0].endpoints == (("email", "new"), ("email", "shared"))

    def test_a_record_that_moves_belongs_to_one_contact(self) -> None:
        for rows in (
            [contact("c1", "d2", "a:1"), contact("c2", "d1", "a:2 a:3")],
            [contact("c2", "d1", "a:2 a:3"), contact("c1", "d2", "a:1")],
        ):
            store = self.store()
            with refuses(Broken), store.transaction():
                store.put_contacts([contact("c1", "d1", "a:1 a:2")])
                store.put_contacts(rows)
                assert list(store.members()) == [("a:1", "c1"), ("a:2", "c2"), ("a:3", "c2")]
                raise Broken

    # Retired ids

    def test_a_retired_id_leads_on(self) -> None:
        store = self.store()
        store.put_contacts([contact("c1", members="a:1", emails="one"), contact("c2", members="a:2", emails="two")])
        assert store.put_contacts([contact("c1", "d2", "a:1 a:2", "one two", retired="c2")]) == Written(0, 1, 0)
        row = store.contact("c2")
        assert row is not None
        assert row == contact("c1", "d2", "a:1 a:2", "one two", retired="c2")._replace(revision=2)
        assert list(store.contacts()) == store.find("email", "two") == store.find("email", "one") == [row]
        assert list(store.members()) == [("a:1", "c1"), ("a:2", "c1")]

    def test_a_retired_contact_is_no_more(self) -> None:
        store = self.store()
        store.put_contacts([contact("c1", members="a:1", emails="one"), contact("c2", members="a:2", emails="two")])
        store.retire([("c2", "c1")])
        assert [row.contact_id for row in store.contacts()] == ["c1"]
        assert store.find("email", "two") == []
        assert list(store.members()) == [("a:1", "c1")]

    def test_chains_of_retired_ids_lead_to_the_end(self) -> None:
        store = self.store()
        store.put_contacts(contact(f"c{number}") for number in range(1, 6))
        store.retire([("c1", "c2"), ("c2", "c3")])
        store.retire([("c4", "c1"), ("c3", "c5")])
        ends = [store.contact(f"c{number}") for number in range(1, 6)]
        assert {row and row.contact_id for row in ends} == {"c5"}
        assert ends[0] is not None
        assert ends[0].retired == ("c1", "c2", "c3", "c4")

    def test_retiring_again_changes_nothing(self) -> None:
        store = self.store()
        store.put_contacts([contact("c1", retired="c0"), contact("c2")])
        store.retire([("c0", "c1")])
        store.put_contacts([contact("c1", "d2", retired="c0")])
        store.retire([("c1", "c2"), ("c0", "c1"), ("c0", "c2")])
        assert [row.retired for row in store.contacts()] == [("c0", "c1")]

    def test_a_retired_id_is_never_given_again(self) -> None:
        store = self.store()
        store.put_contacts([contact("c1", retired="c2")])
        for rows in ([contact("c2")], [contact("c3", retired="c4"), contact("c4")]):
            with refuses(StoreError):
                store.put_contacts(rows)
        assert [row.contact_id for row in store.contacts()] == ["c1"]

    def test_a_retired_id_leads_to_one_contact_for_ever(self) -> None:
        store = self.store()
        store.put_contacts([contact("c1"), contact("c2"), contact("c3")])
        store.retire([("c1", "c2")])
        for pair in (("c1", "c3"), ("c2", "c1"), ("c3", "c3"), ("c3", "nobody")):
            with refuses(StoreError):
                store.retire([pair])
        assert [row.contact_id for row in store.contacts()] == ["c2", "c3"]

    def test_an_id_may_be_retired_before_its_heir_is_written(self) -> None:
        store = self.store()
        store.put_contacts([contact("c1")])
        with store.transaction():
            store.retire([("c1", "c2")])
            assert store.contact("c1") is None
            store.put_contacts([contact("c2")])
        assert [(row.contact_id, row.retired) for row in store.contacts()] == [("c2", ("c1",))]

    def test_a_released_id_stands_for_its_own_contact_again(self) -> None:
        store = self.store()
        store.put_contacts(
            [contact("c1", members="a:1"), contact("c2", members="a:2", emails="two"), contact("c3", members="a:3")]
        )
        store.retire([("c0", "c2"), ("c2", "c1"), ("c3", "c2")])
        with store.transaction():
            store.release(["c2"])
            store.put_contacts([contact("c2", members="a:2", emails="two")])
        assert [(row.contact_id, row.retired) for row in store.contacts()] == [("c1", ()), ("c2", ("c0", "c3"))]
        assert [row.contact_id for row in store.find("email", "two")] == ["c2"]
        store.retire([("c2", "c1")])
        assert [(row.contact_id, row.retired) for row in store.contacts()] == [("c1", ("c0", "c2", "c3"))]

    def test_several_ids_are_released_in_any_order(self) -> None:
        store = self.store()
        for mark, order in (("x", "23"), ("y", "32")):
            c1, c2, c3, c4 = names = [f"{mark}{number}" for number in range(1, 5)]
            store.put_contacts(contact(name) for name in names)
            store.retire([(c4, c3), (c3, c2), (c2, c1)])
            with store.transaction():
                store.release([f"{mark}{number}" for number in order])
                store.put_contacts([contact(c2), contact(c3)])
            ends = {row.contact_id: row.retired for row in store.contacts() if row.contact_id in names}
            assert ends == {c1: (), c2: (), c3: (c4,)}

    def test_only_a_retired_id_is_released_and_not_without_its_contact(self) -> None:
        store = self.store()
        store.put_contacts([contact("c1"), contact("c2"), contact("c0", retired="c9")])
        store.retire([("c2", "c1"), ("c0", "c2")])
        for name in ("c1", "nobody"):
            with refuses(StoreError):
                store.release([name])
        with refuses(StoreError):
            store.release(["c2"])  # c0 would lead to no contact
        assert [(row.contact_id, row.retired) for row in store.contacts()] == [("c1", ("c0", "c2", "c9"))]

    # Settings and history

    def test_settings_are_read_as_written(self) -> None:
        store = self.store()
        for text in HOSTILE:
            store.put_setting(text, f"before {text}")
            store.put_setting(text, text)
        assert [store.setting(text) for text in HOSTILE] == list(HOSTILE)
        assert store.setting("unknown") is None

    def test_history_is_in_the_order_of_writing(self) -> None:
        store = self.store()
        store.log([("c1", "first"), ("c2", "other"), ("c1", "second")])
        store.log([("c1", "first")])
        assert list(store.history("c1")) == ["first", "second", "first"]
        assert list(store.history("c3")) == []

    def test_history_holds_that_of_retired_ids(self) -> None:
        store = self.store()
        store.put_contacts([contact("c1"), contact("c2"), contact("c3")])
        store.log([("c2", "1"), ("c1", "2"), ("c3", "x")])
        store.retire([("c2", "c1")])
        store.log([("c1", "3")])
        assert list(store.history("c1")) == list(store.history("c2")) == ["1", "2", "3"]
