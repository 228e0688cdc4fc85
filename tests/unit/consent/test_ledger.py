"""The chain as values: what was done to it is found, named and placed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from canonical_contact.consent.ledger import anchor, forgotten, keeps, seal, verify
from canonical_contact.errors import InputError
from canonical_contact.ports import EventRow, LedgerEntry, LedgerHead, ProofRow

DOCUMENT = '{"event_id":"%s","type":"withdraw","channel":"email","record":"a:1","recorded_at":"2026-07-01T12:00:00Z"}'
Chain = list[LedgerEntry]


def chain(rows: Iterable[EventRow | ProofRow]) -> Chain:
    entries: Chain = []
    head = LedgerHead()
    for row in rows:
        entries.append(seal(head, row, f"{len(entries):032x}"))
        head = LedgerHead(entries[-1].seq, entries[-1].hash)
    return entries


def row(name: str) -> EventRow:
    return EventRow(name, "a:1", "email", "ana@x.es", True, DOCUMENT % name)


def head_of(entries: Chain) -> LedgerHead:
    return LedgerHead(entries[-1].seq, entries[-1].hash)


def numbered(entries: Chain) -> Chain:
    return [entry._replace(seq=place) for place, entry in enumerate(entries, 1)]


TEN = chain(
    [*(row(f"e{number}") for number in range(9)), ProofRow("p", '{"name":"contact.changed","at":"2026-07-01T12:00:00Z"}')]
)
HEAD = head_of(TEN)
ALIEN = chain([row("x0"), row("x1")])


def faults(entries: Chain, head: LedgerHead = HEAD, anchors: Iterable[str | LedgerHead] = ()) -> list[tuple[int, str]]:
    found = verify(entries, head, anchors)
    assert found.ok == (not found.faults)
    assert all(fault.hint for fault in found.faults)
    return [(fault.seq, fault.code.removeprefix("ledger.")) for fault in found.faults]


def test_a_chain_that_nobody_touched_holds() -> None:
    assert faults(TEN) == faults([], LedgerHead()) == faults(TEN, HEAD, [anchor(LedgerHead(4, TEN[3].hash)), HEAD]) == []
    assert verify(TEN, HEAD).entries == 10


CHANGES: list[tuple[str, Any]] = [
    ("kind", "event"),
    ("event_id", "e99"),
    ("record", "b:1"),
    ("channel", "sms"),
    ("endpoint", "zoe@x.es"),
    ("blocking", False),
    ("document", DOCUMENT.replace("withdraw", "opt_in") % "e4"),
    ("document", DOCUMENT.replace("a:1", "a:2") % "e4"),
    ("document", "no JSON"),
    ("document", DOCUMENT.replace(",", ", ") % "e4"),
    ("version", "1.1"),
    ("version", "nine"),
    ("salt", "0" * 31 + "f"),
    ("salt", ""),
    ("digest", "0" * 64),
    ("hash", "0" * 64),
]


@pytest.mark.parametrize(("column", "value"), CHANGES)
@pytest.mark.parametrize("place", [1, 5, 9])
def test_a_change_of_any_column_is_found_where_it_is(column: str, value: Any, place: int) -> None:
    entries = [entry._replace(**{column: value}) if entry.seq == place else entry for entry in TEN]
    assert faults(entries) == [(place, "changed")]


@pytest.mark.parametrize("place", range(1, 11))
def test_a_change_of_the_last_hash_or_of_the_head_is_found(place: int) -> None:
    cut = TEN[:place]
    assert faults([*cut[:-1], cut[-1]._replace(hash="0" * 64)], head_of(cut)) == [(place, "changed")]
    assert faults(cut, LedgerHead(place, "0" * 64)) == [(place, "head")]


@pytest.mark.parametrize("place", range(1, 11))
def test_a_removed_entry_is_found_where_it_was(place: int) -> None:
    left = [entry for entry in TEN if entry.seq != place]
    assert faults(left) == [(place, "removed")]
    assert faults(numbered(left))[0] == (place, "removed")


@pytest.mark.parametrize("place", range(1, 11))
def test_a_cut_tail_shows_by_the_head_and_with_the_head_cut_too_by_an_anchor(place: int) -> None:
    cut = TEN[: place - 1]
    assert faults(cut) == [(place, "removed")]
    shorter = head_of(cut) if cut else LedgerHead()
    assert faults(cut, shorter) == []
    assert faults(cut, shorter, [anchor(HEAD)]) == [(place, "removed")]


@pytest.mark.parametrize("place", range(1, 12))
def test_an_inserted_entry_is_found_where_it_is(place: int) -> None:
    entries = numbered([*TEN[: place - 1], ALIEN[1], *TEN[place - 1 :]])
    assert faults(entries)[0] == (place, "inserted")


def test_an_entry_that_was_sealed_behind_the_last_and_not_by_the_store_is_found() -> None:
    assert faults([*TEN, seal(HEAD, row("more"), "0" * 32)]) == [(11, "inserted")]


PAIRS = [(one, other) for one in range(1, 11) for other in range(one + 1, 11)]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_entries_that_changed_places_are_called_reordered(one: int, other: int) -> None:
    entries = list(TEN)
    entries[one - 1], entries[other - 1] = entries[other - 1], entries[one - 1]
    assert faults(numbered(entries)) == [(one, "reordered"), (other, "reordered")]


@pytest.mark.parametrize(("one", "other"), [(one, other) for one, other in PAIRS if other - one > 1])
def test_an_entry_that_was_moved_is_called_reordered(one: int, other: int) -> None:
    for source, target in ((one, other), (other, one)):
        entries = list(TEN)
        entries.insert(target - 1, entries.pop(source - 1))
        found = faults(numbered(entries))
        assert found[0] == (one, "reordered"), (source, target, found)


def test_entries_that_come_in_another_order_than_their_numbers_are_reordered() -> None:
    assert faults([*TEN[:2], TEN[3], TEN[2], *TEN[4:]]) == [(3, "reordered")]
    assert faults([*TEN[:3], TEN[2], *TEN[3:]]) == [(3, "inserted")]


def test_a_chain_that_was_written_anew_with_its_head_shows_by_an_anchor() -> None:
    anew = chain(row(f"n{number}") for number in range(10))
    assert faults(anew, head_of(anew)) == []
    assert faults(anew, head_of(anew), [anchor(LedgerHead(4, TEN[3].hash))]) == [(4, "anchor")]


def test_an_entry_that_was_replaced_by_one_that_is_sealed_there_shows_at_the_next() -> None:
    other = seal(LedgerHead(4, TEN[3].hash), row("other"), "0" * 32)
    assert faults([*TEN[:4], other, *TEN[5:]])[0][0] == 6
    assert faults([*TEN[:9], seal(LedgerHead(9, TEN[8].hash), row("other"), "0" * 32)]) == [(10, "head")]


def test_several_faults_are_told_and_no_more_than_a_hundred() -> None:
    entries = [entry._replace(channel="sms") if entry.seq in (2, 7) else entry for entry in TEN if entry.seq != 5]
    assert faults(entries) == [(2, "changed"), (5, "removed"), (7, "changed")]
    many = chain(row(f"m{number}") for number in range(300))
    assert len(faults([entry._replace(record="z") for entry in many], head_of(many))) == 100


def test_forgetting_keeps_the_chain_and_none_of_the_persons_fields() -> None:
    entries = [forgotten(entry) if entry.seq in (1, 4, 10) else entry for entry in TEN]
    found = verify(entries, HEAD)
    assert (found.ok, found.entries, found.forgotten) == (True, 10, 3)
    assert forgotten(entries[3]) == entries[3]
    text = repr(entries[3])
    assert not [word for word in ("e3", "a:1", "ana") if word in text.replace(entries[3].digest, "").replace(entries[3].hash, "")]
    fields: list[tuple[str, Any]] = [
        ("document", "{}"),
        ("record", "b:1"),
        ("endpoint", "x"),
        ("blocking", True),
        ("event_id", "e3"),
    ]
    for column, value in fields:
        changed = [entry._replace(**{column: value}) if entry.seq == 4 else entry for entry in entries]
        assert faults(changed) == [(4, "changed")]


def test_only_the_fields_that_were_sealed_are_kept() -> None:
    assert keeps(TEN[3])
    assert keeps(forgotten(TEN[3]))
    assert not keeps(TEN[3]._replace(endpoint="other"))


@pytest.mark.parametrize("text", ["", "consent-ledger", "consent-ledger x ab", "other 3 ab", "consent-ledger 1 2 3"])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no anchor"):
        verify(TEN, HEAD, [text])
