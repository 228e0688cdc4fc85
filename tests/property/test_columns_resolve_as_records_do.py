"""Law: records resolved over columns come to the clusters, verdicts and weights that single records come to; the order of keys decides nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.engine._resolving_columns import ColumnRun
from canonical_contact.engine._resolving_records import RecordRun
from canonical_contact.engine.reading import NoProgress
from canonical_contact.engine.resolving import MatchSettings, resolve
from canonical_contact.match.features import Features
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.match.table import FeatureTable
from match_records import records

EXTENSIONS = {"member": "id"}


@given(records(), st.booleans(), st.booleans())
@settings(max_examples=30)
def test_both_forms_come_to_the_same(some: list[Features], within: bool, unique: bool) -> None:
    policy = MatchPolicy.default()
    if unique:
        policy = MatchPolicy.from_toml(f"{policy.to_toml()}".replace("unique_sources = []", 'unique_sources = ["a"]'))
    chosen = MatchSettings(policy=policy, extensions=EXTENSIONS, within=within)
    one = RecordRun(some, chosen, progress=NoProgress()).resolution()
    other = ColumnRun(FeatureTable.of(some), chosen, progress=NoProgress()).resolution()
    assert other.labels == one.labels
    assert other.review == one.review
    assert other.confidence == one.confidence
    assert (other.compared, other.matched, other.recall) == (one.compared, one.matched, one.recall)
    assert other.reports == one.reports
    assert other.model == one.model
    assert other.frequencies == one.frequencies
    assert other.shared == one.shared


@given(records(6), st.data())
@settings(max_examples=30)
def test_other_keys_in_another_order_give_the_same_clusters(some: list[Features], data: st.DataObject) -> None:
    some = [record._replace(same_as=()) for record in some]
    names = data.draw(st.permutations([f"k{place}" for place in range(len(some))]))
    renamed = sorted(record._replace(key=name) for record, name in zip(some, names, strict=True))
    of = {name: record.key for record, name in zip(some, names, strict=True)}

    def groups(records: list[Features]) -> set[frozenset[str]]:
        labels = resolve(records, MatchSettings(extensions=EXTENSIONS)).labels
        return {
            frozenset(of.get(record.key, record.key) for record, label in zip(records, labels, strict=True) if label == one)
            for one in set(labels)
        }

    assert groups(some) == groups(renamed)
