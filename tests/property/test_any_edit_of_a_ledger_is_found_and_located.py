"""Law: whatever somebody does to a chain, verify finds it, names it, and says where it began."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent.ledger import anchor, verify
from canonical_contact.ports import LedgerHead
from ledger_edits import EDITS, Edit, chain

numbers = st.sets(st.integers(1, 14), max_size=4).map(sorted)
randoms = st.randoms(use_true_random=False)


@pytest.mark.parametrize("edit", EDITS)
@given(count=st.integers(2, 14), forget=numbers, proofs=numbers, random=randoms)
def test_one_edit_is_found_and_named_at_its_place(
    edit: Edit, count: int, forget: list[int], proofs: list[int], random: Random
) -> None:
    entries, head = chain(count, forget, proofs)
    assert verify(entries, head, [anchor(head)]).ok
    done = edit(entries, head, random)
    found = verify(done.entries, done.head)
    assert not found.ok
    assert found.faults[0].seq == done.seq
    assert found.faults[0].code in done.codes


@given(count=st.integers(2, 10), edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=4), random=randoms)
def test_several_edits_are_found(count: int, edits: list[Edit], random: Random) -> None:
    first, head = chain(count)
    entries, end = first, head
    for edit in edits:
        if len(entries) < 2:
            break
        entries, end, *_ = edit(entries, end, random)
    found = verify(entries, end)
    assert found.ok == (entries == first and end == head)


@given(count=st.integers(1, 10), cut=st.integers(1, 10), random=randoms)
def test_a_chain_that_was_cut_or_written_anew_with_its_head_does_not_fit_an_anchor(count: int, cut: int, random: Random) -> None:
    entries, head = chain(count)
    kept = min(cut, count) - 1
    shorter = LedgerHead(kept, entries[kept - 1].hash if kept else "")
    assert verify(entries[:kept], shorter).ok
    found = verify(entries[:kept], shorter, [anchor(head)])
    assert [(fault.seq, fault.code) for fault in found.faults] == [(kept + 1, "ledger.removed")]
    other, _ = chain(count, proofs=[random.randint(1, count)])
    anew = verify(other, LedgerHead(count, other[-1].hash), [anchor(head)])
    assert [(fault.seq, fault.code) for fault in anew.faults] == [(count, "ledger.anchor")]
