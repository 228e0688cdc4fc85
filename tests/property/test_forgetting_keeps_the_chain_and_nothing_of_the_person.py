"""Law: after forgetting, a chain verifies as before, and no personal value or salt of what was forgotten is left in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent.ledger import anchor, forgotten, keeps, seal, verify
from canonical_contact.engine.stages import event_row
from canonical_contact.model import ConsentEvent
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead
from canonical_contact.store import MemoryStore
from property_strategies import consent_events

PRIVATE = "qu1lla"
events = st.lists(consent_events, max_size=6, unique_by=lambda event: event.event_id)
documents = st.one_of(
    st.text(max_size=40).map(lambda text: text + PRIVATE),
    st.dictionaries(
        st.sampled_from(["type", "at", "record", "evidence", "proof", "endpoint"]), st.text(max_size=5), max_size=4
    ).map(lambda held: f'{{"evidence":"{PRIVATE}","n":{len(held)}}}'),
)


def sealed(rows: list[EventRow]) -> tuple[list[LedgerEntry], LedgerHead]:
    head, entries = LedgerHead(), []
    for number, row in enumerate(rows):
        entries.append(seal(head, row, f"{number:032x}"))
        head = LedgerHead(entries[-1].seq, entries[-1].hash)
    return entries, head


@given(events, st.sets(st.integers(0, 5)))
def test_what_is_forgotten_leaves_the_chain_whole(made: list[ConsentEvent], gone: set[int]) -> None:
    entries, head = sealed([event_row(event) for event in made])
    assert all(map(keeps, entries))
    left = [forgotten(entry) if place in gone else entry for place, entry in enumerate(entries)]
    found = verify(left, head, [anchor(head)])
    assert (found.ok, found.forgotten) == (True, len([place for place in gone if place < len(entries)]))
    assert [forgotten(entry) for entry in left if not entry.salt] == [entry for entry in left if not entry.salt]
    assert all(keeps(entry) for entry in left)


@given(st.lists(documents, min_size=1, max_size=5), st.booleans())
def test_nothing_of_the_person_is_left(texts: list[str], blocking: bool) -> None:
    rows = [EventRow(f"{PRIVATE}{n}", f"a:{PRIVATE}", "email", f"{PRIVATE}@x", blocking, text) for n, text in enumerate(texts)]
    store = MemoryStore()
    store.put_events(rows)
    salts = [entry.salt for entry in store.entries()]
    assert store.forget([row.event_id for row in rows]) == len(rows)
    told = repr([*store.entries(), *store.events(), *store.documents("consent_event")])
    assert PRIVATE not in told
    assert not [salt for salt in salts if salt in told]
    assert verify(store.entries(), store.ledger_head()).ok
    assert store.forget([row.event_id for row in rows]) == 0


@given(documents)
def test_a_forgotten_entry_cannot_be_tried_out(text: str) -> None:
    """Without the salt, whoever guesses the event cannot tell whether it was that one."""
    row = EventRow("e", "a:1", "email", "ana@example.org", True, text)
    one, other = (seal(LedgerHead(), row, salt) for salt in ("00" * 16, "ff" * 16))
    assert one.digest != other.digest
    assert forgotten(one)._replace(digest="", hash="") == forgotten(other)._replace(digest="", hash="")
