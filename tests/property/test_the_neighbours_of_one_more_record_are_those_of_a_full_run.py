"""Law: around one more record stand, for every key with a window, the records that a full run compares it with; wherever the rest is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.blocks import beside, candidates
from canonical_contact.match.columns.lookup import KeyLookup
from canonical_contact.match.features import Features
from canonical_contact.match.keys import KeyMaker, keys_for
from canonical_contact.match.table import FeatureTable
from match_records import records

KEYS = [key for key in keys_for({"member": "id"}) if key.window]


@given(records(), st.data())
def test_the_neighbours_are_those_of_a_full_run(some: list[Features], data: st.DataObject) -> None:
    some = [record._replace(same_as=()) for record in some]
    at = data.draw(st.integers(0, len(some) - 1))
    lookup, maker = KeyLookup(FeatureTable.of([*some[:at], *some[at + 1 :]]), KEYS), KeyMaker(KEYS)
    found = {
        (bit, owner)
        for bit, key in enumerate(KEYS)
        for value in maker.values(key, some[at])
        for _, owner, _ in beside(key, value, *lookup.around(bit, value))
    }
    full = candidates(some, KEYS)
    ends = [(divmod(pair, full.size), mask) for pair, mask in zip(full.pairs, full.masks, strict=True)]
    expected = {
        (bit, some[left + right - at].key)
        for (left, right), mask in ends
        if at in {left, right}
        for bit in range(len(KEYS))
        if mask >> bit & 1
    }
    # a record with several values stands between them in a full run, and takes places in its own windows
    assert expected <= found
    if all(len(maker.values(key, some[at])) < 2 for key in KEYS):
        assert found == expected
