"""Laws of a whole resolution: what a rule parts never stands in one cluster, and an exact copy of a record parts nobody."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.engine.resolving import MatchSettings, resolve
from canonical_contact.match.comparisons import groups_for
from canonical_contact.match.features import Features
from canonical_contact.match.lookups import shipped_lookups, with_shared
from canonical_contact.match.matcher import Matcher, comparisons_of
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.policy import MatchPolicy
from match_records import records

EXTENSIONS = {"member": "id"}
LOOKUPS = shipped_lookups()
COMPARISONS = comparisons_of(groups_for(LOOKUPS, EXTENSIONS))
# Weights that are given: a copy would teach others, and a law is about the same ones.
GIVEN = MatchSettings(
    model=Model.default(COMPARISONS), frequencies=TermFrequencies({}, {}), extensions=EXTENSIONS, policy=MatchPolicy.default()
)


@given(records())
@settings(max_examples=40, deadline=None)
def test_what_must_not_be_is_never_in_one_cluster(some: list[Features]) -> None:
    some = [record._replace(same_as=()) for record in some]  # a source's own word and a rule against it go to a person
    found = resolve(some, GIVEN)
    matcher = Matcher(groups_for(with_shared(LOOKUPS, found.shared), EXTENSIONS), found.model, found.frequencies, GIVEN.policy)
    for at, left in enumerate(some):
        for place, right in enumerate(some[at + 1 :], at + 1):
            if found.labels[at] == found.labels[place]:
                fired = matcher.judge.table.fired(matcher.vector(left, right))
                assert not matcher.judge.table.first(fired, "must_not")


@given(records(6), st.data())
@settings(max_examples=40, deadline=None)
def test_an_exact_copy_of_a_record_parts_nobody(some: list[Features], data: st.DataObject) -> None:
    some = [record._replace(same_as=()) for record in some]  # nobody's word about the one is a word about the copy
    copied = data.draw(st.sampled_from(some))
    more = sorted([*some, copied._replace(key=f"{copied.key}0")])

    def together(found: list[Features]) -> set[frozenset[str]]:
        labels = resolve(found, GIVEN).labels
        keys = [record.key for record in found]
        return {
            frozenset((keys[a], keys[b])) for a in range(len(keys)) for b in range(a + 1, len(keys)) if labels[a] == labels[b]
        }

    assert together(some) <= together(more)
