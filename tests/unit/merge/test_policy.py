"""The default strategies: stated by the fields of the model, and those that 1.0 had as they were."""

from __future__ import annotations

from canonical_contact.merge.policy import DEFAULT_SURVIVORSHIP, STRATEGIES


def test_the_strategies_of_the_first_version_have_not_changed() -> None:
    assert {
        "name": "most_complete",
        "name.title": "most_recent",
        "name.generation": "most_frequent",
        "name.credential": "most_recent",
        "birthday": "most_frequent",
        "gender": "most_recent",
        "time_zone": "most_recent",
        "owner": "most_recent",
        "source_channel": "oldest",
        "created_at": "smallest",
    }.items() <= DEFAULT_SURVIVORSHIP.strategies.items()


def test_the_table_names_strategies_that_there_are_and_its_version_counts_its_changes() -> None:
    assert set(DEFAULT_SURVIVORSHIP.strategies.values()) <= set(STRATEGIES)
    assert (DEFAULT_SURVIVORSHIP.version, len(DEFAULT_SURVIVORSHIP.strategies)) == ("survivorship/2", 16)
