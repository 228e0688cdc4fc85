"""Tables of organisations, links by differently named columns, and thresholds at their end."""

import csv
from pathlib import Path
from random import Random

import pytest
from attrs import evolve

from canonical_contact.engine.dedupe import dedupe, link
from canonical_contact.engine.resolving import MatchSettings
from canonical_contact.errors import InputError
from canonical_contact.match.policy import MatchPolicy

_FIRMS = {
    "company": [
        "Nordtec Systems GmbH",
        "Nordtec Systems",
        "Nordtec Systems GmbH",
        "Elbholz Handels AG",
        "Elbholz Handels AG",
        "Rheinbau KG",
    ],
    "street": ["Lindenweg 5", "Lindenweg 5", "Bergstr. 70", "Hafenstr. 1", "Am Markt 9", "Hafenstr. 1"],
    "zip": ["10115", "10115", "80331", "20095", "04109", "20095"],
    "city": ["Berlin", "Berlin", "Muenchen", "Hamburg", "Leipzig", "Hamburg"],
    "phone": ["", "+49 30 901820", "+49 89 233001", "", "", "+49 40 428280"],
    "email": ["info@nordtec.de", "", "", "info@elbholz.de", "info@elbholz.de", ""],
    "homepage": ["nordtec.de", "", "", "", "", "rheinbau.de"],
}


def test_firms_are_one_by_name_and_address_or_mailbox_and_branches_are_not() -> None:
    found = dedupe(_FIRMS)
    assert found.settings.policy.version == MatchPolicy.for_organizations().version
    assert found.cluster_ids == (1, 1, 2, 3, 3, 4)


def test_a_policy_of_one_s_own_stays_for_firms() -> None:
    own = evolve(MatchPolicy.default(), version="own/1", match=())
    assert dedupe(_FIRMS, settings=MatchSettings(policy=own)).settings.policy == own


def test_a_threshold_of_contacts_holds_for_firms() -> None:
    chosen = evolve(MatchPolicy.default(), match_at=0.97)
    assert dedupe(_FIRMS, settings=MatchSettings(policy=chosen)).settings.policy == evolve(
        MatchPolicy.for_organizations(), match_at=0.97
    )


def test_only_certain_pairs_are_merged_from_certainty_on() -> None:
    certain = evolve(MatchPolicy.default(), match_at=1.0, match=())
    people = {"name": ["Ana Ruiz", "Ana Ruiz", "Eva Berg"], "email": ["ana@x.es", "ana@x.es", "eva@x.de"]}
    assert dedupe(people, settings=MatchSettings(policy=certain)).clusters == 3


def test_columns_of_two_tables_meet_by_what_they_are_about() -> None:
    names, days = ["Ana Ruiz", "Eva Berg"], ["1980-02-03", "1971-05-06"]
    found = link(
        {"name": names, "dob": days, "Sex": ["F", "F"]},
        {"name": names[::-1], "dob": days[::-1], "gender": ["f", "f"], "shoe": ["38", "41"]},
    )
    assert [(one.left, one.right) for one in found.links] == [(0, 1), (1, 0)]
    assert [one.name for one in found.plans[1].columns if one.evidence == "shoe" and one.role.value == "extension"] == []


@pytest.mark.parametrize("kept", [{"qty": ["1", "2", "1"], "price": ["9.5", "3", "9.5"]}, {"qty": ["", "", ""]}])
def test_rows_that_nothing_tells_apart_are_refused(kept: dict[str, list[str]]) -> None:
    people = {"name": ["Ana Ruiz", "Eva Berg", "Ana Ruiz"]}
    for find in (lambda: dedupe(kept), lambda: link(people, kept), lambda: link(kept, people)):
        with pytest.raises(InputError, match="No column of table tells who somebody is"):
            find()


def test_a_table_without_a_row_has_no_cluster() -> None:
    assert dedupe({"qty": [], "price": []}).cluster_ids == ()


def test_father_and_son_of_one_name_and_landline_are_asked_about_and_not_merged() -> None:
    home = {"first_name": "Hans", "last_name": "Vogel", "phone": "+49 30 1234567", "street": "Hauptstr. 5", "city": "Berlin"}
    people = [{**home, "birthday": "1950-01-01"}, {**home, "birthday": "1980-06-06"}]
    found = dedupe({name: [person[name] for person in people] for name in people[0]})
    assert found.cluster_ids == (1, 2)
    assert [(pair.left, pair.right) for pair in found.review] == [(0, 1)]


def _at_the_firm(*given: str) -> dict[str, list[str]]:
    firm = {"last_name": "Lang", "email": "info@firm.example", "phone": "+49 30 1234567", "street": "Lindenweg 5"}
    return {"first_name": list(given), **{name: [value] * len(given) for name, value in firm.items()}}


@pytest.mark.parametrize(
    ("one", "other"), [("Tim", "Tom"), ("Anna", "Anja"), ("Jan", "Jon"), ("Paul", "Paula"), ("Paola", "Paolo"), ("Tim", "Jens")]
)
def test_two_known_names_behind_one_mailbox_and_number_are_asked_about_and_not_merged(one: str, other: str) -> None:
    found = dedupe(_at_the_firm(one, other))
    assert found.cluster_ids == (1, 2)
    assert [(pair.left, pair.right) for pair in found.review] == [(0, 1)]


@pytest.mark.parametrize(("one", "other"), [("Tim", "Tjm"), ("Robert", "Rovert"), ("Robert", "Bob"), ("Sofia", "Sophia")])
def test_a_slip_or_another_form_of_a_name_at_one_mailbox_is_merged(one: str, other: str) -> None:
    assert dedupe(_at_the_firm(one, other)).cluster_ids == (1, 1)


def test_rows_without_ids_give_the_same_result_in_any_order() -> None:
    with Path("examples/people.csv").open(encoding="utf-8", newline="") as file:
        people = [{name: cell for name, cell in row.items() if name not in {"id", "truth"}} for row in csv.DictReader(file)]

    def resolved(order: list[int]) -> tuple[set[frozenset[int]], dict[int, float], float]:
        found = dedupe({name: [people[row][name] for row in order] for name in people[0]})
        assert not found.plan.id_column
        groups: dict[int, set[int]] = {}
        for row, cluster in zip(order, found.cluster_ids, strict=True):
            groups.setdefault(cluster, set()).add(row)
        confidence = dict(zip(order, found.confidence, strict=True))
        return set(map(frozenset, groups.values())), confidence, found.resolution.match_at

    straight = list(range(len(people)))
    for seed in range(3):
        shuffled = Random(seed).sample(straight, len(straight))
        assert resolved(shuffled) == resolved(straight)


def test_a_threshold_of_ones_own_leaves_organisations_their_policy() -> None:
    firms = {"company": ["Nordwind Energie GmbH"] * 2, "address": ["Hafenstr. 1", "Ringweg 9"], "city": ["Kiel", "Bonn"]}
    asked = evolve(MatchPolicy.default(), match_at=0.6, precision=0.0)
    found = dedupe(firms, settings=MatchSettings(policy=asked))
    assert found.plan.subject == "organization"
    assert found.settings.policy.version == MatchPolicy.for_organizations().version
    assert (found.settings.policy.match_at, found.settings.policy.precision) == (0.6, 0.0)


def test_where_only_names_are_compared_that_is_the_reason() -> None:
    names = ["Anna Schmidt", "Anna Schmidt", "Bob Meier", "Bob Meyer"]
    assert {pair.reason for pair in dedupe({"name": names}).review} == {"name_only"}
    assert {pair.reason for pair in link({"name": names[:1]}, {"name": names[1:]}).review} == {"name_only"}


SAID = {
    "name": ["Anna Schmidt", "Anna Schmidt", "Bob Meier", "Bob Meyer", "Eva Lang", "Eva Lange", "Kim Roth", "Kim Rot"],
    "city": ["Ulm", "Ulm", "Bonn", "Bonn", "Kiel", "Kiel", "Jena", "Jena"],
}


def test_what_people_said_of_rows_refines_the_weights() -> None:
    pairs = [(0, 1), (2, 3), (4, 5), (6, 7)]
    assert not dedupe(SAID).review
    assert [(pair.left, pair.right) for pair in dedupe(SAID, labels=dict.fromkeys(pairs, True)).review] == [(0, 1)]
    assert not dedupe(SAID, labels=dict.fromkeys(pairs, False)).review


def test_what_people_said_of_records_by_their_keys_counts_where_rows_have_no_id() -> None:
    keys = {(f"table:{left}", f"table:{left + 1}"): True for left in (1, 3, 5)}
    by_key = dedupe(SAID, settings=MatchSettings(labels=keys)).review
    assert by_key == dedupe(SAID, labels={(0, 1): True, (2, 3): True, (4, 5): True}).review
    assert by_key != dedupe(SAID).review


def test_what_people_said_of_two_tables_counts_in_either_order() -> None:
    left, right = ({name: column[start::2] for name, column in SAID.items()} for start in (0, 1))
    there = link(left, right, labels={(0, 0): True, (1, 1): True}).review
    back = link(right, left, labels={(0, 0): True, (1, 1): True}).review
    assert there == tuple(pair._replace(left=pair.right, right=pair.left) for pair in back)
    assert there != link(left, right).review
    keys = {("left:1", "right:1"): True, ("left:2", "right:2"): True}
    assert link(left, right, settings=MatchSettings(labels=keys)).review == there


@pytest.mark.parametrize("pair", [(0, 8), (-1, 2), (8, 0)])
def test_a_label_of_a_row_that_there_is_not_is_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="A label names row"):
        dedupe(SAID, labels={pair: True})
    with pytest.raises(InputError, match="A label names row"):
        link(SAID, SAID | {"phone": ["030 123456"] * 8}, labels={pair: True})
