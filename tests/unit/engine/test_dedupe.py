"""Tables of organisations, links by differently named columns, and thresholds at their end."""

from attrs import evolve

from canonical_contact.engine.dedupe import dedupe, link
from canonical_contact.engine.resolving import MatchSettings
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


def test_father_and_son_of_one_name_and_landline_are_asked_about_and_not_merged() -> None:
    home = {"first_name": "Hans", "last_name": "Vogel", "phone": "+49 30 1234567", "street": "Hauptstr. 5", "city": "Berlin"}
    people = [{**home, "birthday": "1950-01-01"}, {**home, "birthday": "1980-06-06"}]
    found = dedupe({name: [person[name] for person in people] for name in people[0]})
    assert found.cluster_ids == (1, 2)
    assert [(pair.left, pair.right) for pair in found.review] == [(0, 1)]
