"""Law: blocking over columns names the same pairs for the same keys as blocking over single records, whatever the caps; so for new ones."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.blocks import Candidates, candidates
from canonical_contact.match.columns.blocks import Blocker, PairSink
from canonical_contact.match.features import Features
from canonical_contact.match.keys import KEYS, Key, keys_for
from canonical_contact.match.table import FeatureTable
from match_records import records


def over_columns(some: list[Features], keys: tuple[Key, ...], fresh: set[int] | None, parts: int, memory: int) -> Candidates:
    new = None if fresh is None else np.array([place in fresh for place in range(len(some))])
    with PairSink(len(some), parts=parts, memory=memory) as sink:
        blocker = Blocker(FeatureTable.of(some), keys, fresh=new)
        blocker.fill(sink)
        masks = sink.seal()
        found = list(sink)
    pairs = [
        left * len(some) + right for part in found for left, right in zip(part.left.tolist(), part.right.tolist(), strict=True)
    ]
    named = [mask for part in found for mask in part.masks.tolist()]
    assert masks == Counter(named)
    return Candidates(pairs, named, len(some), blocker.reports(masks))


@given(records(14), st.integers(2, 5), st.booleans(), st.integers(1, 3), st.sampled_from((1, 1 << 20)), st.data())
def test_both_forms_name_the_same_pairs_with_the_same_keys(
    some: list[Features], cap: int, refines: bool, parts: int, memory: int, data: st.DataObject
) -> None:
    keys = tuple(key._replace(cap=min(cap, key.cap), refines=refines and key.refines) for key in keys_for({"member": "id"}, KEYS))
    fresh = data.draw(st.none() | st.sets(st.integers(0, len(some) - 1)))
    assert over_columns(some, keys, fresh, parts, memory) == candidates(some, keys, fresh=fresh)


@given(records(14), st.data())
def test_pairs_with_new_records_are_those_of_all_pairs_that_have_one(some: list[Features], data: st.DataObject) -> None:
    fresh = data.draw(st.sets(st.integers(0, len(some) - 1)))
    every, new = candidates(some), candidates(some, fresh=fresh)
    wanted = [pair for pair in every.pairs if not fresh.isdisjoint(divmod(pair, len(some)))]
    assert list(new.pairs) == wanted
