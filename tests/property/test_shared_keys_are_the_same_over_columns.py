"""Which mailboxes and numbers several people share is the same whether records are looked at one by one or as columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.columns.shared import shared_keys as over_columns
from canonical_contact.match.comparisons import Lookups, Names
from canonical_contact.match.features import Features
from canonical_contact.match.lookups import shared_keys
from canonical_contact.match.table import FeatureTable

KEYS = ("family.smith@x.es", "familysmith@x.es", "fam@x.es", "info@x.es", "ana.diaz@x.es")
LOOKUPS = Lookups(given_names=frozenset({"ana", "maria", "mario", "tim", "tom"}))
names = st.lists(st.sampled_from(("ana", "anna", "bob", "carlos", "j", "maria", "mario", "tim", "tom")), max_size=2).map(tuple)
records = st.builds(
    Features,
    st.just("x:1"),
    st.just("x"),
    names,
    names,
    st.just(()) | names,
    st.just(()) | names,
    emails=st.lists(st.sampled_from(KEYS), max_size=2).map(tuple),
    phones=st.lists(st.sampled_from(("600111222", "family.5")), max_size=1).map(tuple),
)


@given(st.lists(records, max_size=30))
def test_the_same_keys_are_shared(found: list[Features]) -> None:
    assert over_columns(FeatureTable.of(found), Names(LOOKUPS)) == shared_keys(found, Names(LOOKUPS))
