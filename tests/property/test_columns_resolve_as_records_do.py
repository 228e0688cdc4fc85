"""Law: records resolved over columns come to the clusters, verdicts and weights that single records come to; the order of keys decides nothing."""

from __future__ import annotations

from hypothesis import example, given, settings
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
M1, M2 = (("member", "m1"),), (("member", "m2"),)


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


# Six records, two of which have one number; which of the two stood beside the next number was a matter of their keys.
BESIDE = [
    Features(
        "a:3", "a", surname=("ruiz",), generation="sr", street="calemayor2", locality="madrid", employer="globex", extensions=M1
    ),
    Features(
        "b:1",
        "b",
        given=("maria", "wei"),
        birthday="--02-01",
        phones=("+34911234567", "~12345678"),
        street="calemayor1",
        postcode="10115",
        locality="berlin",
        employer="acme logistics",
    ),
    Features(
        "b:2",
        "b",
        generation="sr",
        birthday="1980-02-01",
        emails=("ana@x.es", "ana.ruiz@x.es"),
        phones=("+34911234567",),
        street="hauptstrase5",
        postcode="10115",
        locality="madrid",
        employer="globex",
        extensions=M1,
    ),
    Features(
        "b:4",
        "b",
        generation="jr",
        birthday="1980-02-01",
        roles=("info@y.com",),
        phones=("+34911234567", "~12345678"),
        locality="madrid",
        employer="globex",
        extensions=M1,
    ),
    Features(
        "c:0",
        "c",
        surname=("li", "smith"),
        generation="jr",
        birthday="--02-01",
        roles=("info@y.com",),
        phones=("+34911234567", "+34911234568"),
        street="calemayor1",
        postcode="10115",
        locality="madrid",
        employer="acme logistics",
        extensions=M2,
    ),
    Features(
        "c:5",
        "c",
        given=("john", "jon"),
        surname=("berg", "smith"),
        generation="sr",
        phones=("~12345678", "+34911234567"),
        street="calemayor1",
        extensions=M2,
    ),
]


@st.composite
def renamed(draw: st.DrawFn) -> tuple[list[Features], list[str]]:
    """Some records, and other keys for them, which may put them into another order."""
    some = [record._replace(same_as=()) for record in draw(records(6))]
    return some, draw(st.permutations([f"k{place}" for place in range(len(some))]))


@given(renamed())
@example((BESIDE, ["k4", "k1", "k3", "k0", "k2", "k5"]))
@settings(max_examples=30)
def test_other_keys_in_another_order_give_the_same_clusters(records_and_names: tuple[list[Features], list[str]]) -> None:
    some, names = records_and_names
    other = sorted(record._replace(key=name) for record, name in zip(some, names, strict=True))
    of = {name: record.key for record, name in zip(some, names, strict=True)}

    def groups(records: list[Features]) -> set[frozenset[str]]:
        labels = resolve(records, MatchSettings(extensions=EXTENSIONS)).labels
        return {
            frozenset(of.get(record.key, record.key) for record, label in zip(records, labels, strict=True) if label == one)
            for one in set(labels)
        }

    assert groups(some) == groups(other)
