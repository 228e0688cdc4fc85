from __future__ import annotations

import itertools
import random

import pytest

from canonical_contact.match.decide import Decider, comparer_for
from canonical_contact.match.features import Features
from canonical_contact.match.weights import Model, Scorer, fit, term_frequencies
from canonical_contact.model import Judgement

WORLD = [
    Features(f"s:{n}", "s", given=(f"given{n % 40}",), surname=(f"surname{n // 2}",), emails=(f"p{n}@x{n % 7}.com",))
    for n in range(200)
]


@pytest.fixture(scope="module")
def decider() -> Decider:
    return Decider(comparer_for(WORLD), Scorer(Model.default(), term_frequencies(WORLD)))


def of(system: str, number: int, **values: object) -> Features:
    return Features(f"{system}:{number}", system, **values)  # type: ignore[arg-type]


ANA = {"given": ("ana",), "surname": ("qvist",)}


def test_one_mailbox_and_one_name_are_one_person(decider: Decider) -> None:
    verdict = decider.decide(of("a", 1, **ANA, emails=("ana@qvist.se",)), of("b", 2, **ANA, emails=("ana@qvist.se",)))
    assert verdict.judgement == Judgement.MATCH
    assert verdict.reason == "email_and_name"
    assert {reason.field: reason.level for reason in verdict.evidence}["email"] == "same"


def test_a_name_alone_is_never_merged(decider: Decider) -> None:
    assert decider.decide(of("a", 1, **ANA), of("b", 2, **ANA)).judgement == Judgement.REVIEW


def test_a_shared_role_mailbox_does_not_merge_colleagues(decider: Decider) -> None:
    left = of("a", 1, **ANA, roles=("info@acme.se",), employer="acme")
    right = of("b", 2, given=("lars",), surname=("berg",), roles=("info@acme.se",), employer="acme")
    assert decider.decide(left, right).judgement == Judgement.NO_MATCH


def test_a_family_on_one_landline_and_one_address_is_not_one_person(decider: Decider) -> None:
    home = {
        "surname": ("qvist",),
        "phones": ("+46812345678",),
        "street": "kungsgatan1",
        "postcode": "11122",
        "locality": "stockholm",
    }
    left, right = of("a", 1, given=("ana",), **home), of("b", 2, given=("lars",), **home)
    verdict = decider.decide(left, right)
    assert verdict.judgement != Judgement.MATCH


def test_father_and_son_of_one_name_go_to_a_person(decider: Decider) -> None:
    home = {**ANA, "street": "kungsgatan1", "postcode": "11122", "locality": "stockholm"}
    verdict = decider.decide(of("a", 1, **home), of("b", 2, **home, generation="jr"))
    assert (verdict.judgement, verdict.reason) == (Judgement.REVIEW, "junior_or_senior")


def test_the_source_s_own_word_joins(decider: Decider) -> None:
    lead = of("lead", 1, given=("ana",), same_as=("contact:2",))
    verdict = decider.decide(lead, of("contact", 2, surname=("berg",)))
    assert (verdict.judgement, verdict.reason) == (Judgement.MATCH, "same_as")


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    common = [of("s", n, given=("ana",), surname=("gil",)) for n in range(60)]
    rare = [of("s", 100 + n, given=(f"given{n}",), surname=(f"surname{n}",)) for n in range(60)]
    scorer = Scorer(Model.default(), term_frequencies([*common, *rare]))
    comparer = comparer_for([])
    levels = comparer.levels(common[0], common[1])
    assert scorer.score(levels, rare[0]) > scorer.score(levels, common[0])


def test_weights_learn_what_the_data_show_and_stay_a_distribution() -> None:
    dice = random.Random(4)
    vectors = [(0, 0, 3, 0, 4, 4, 2, 3, 0)] * 500 + [(5, 0, 3, 5, 4, 0, 2, 3, 0)] * 400 + [(5, 3, 3, 5, 3, 3, 2, 3, 0)] * 600
    dice.shuffle(vectors)
    model = fit(vectors)
    assert model.fitted_on == 1500
    for table in model.tables:
        for levels in table:
            assert sum(levels) == pytest.approx(1.0, abs=1e-3)
    person = model.tables[0]
    assert person[3][0] > 0.9, "with these data one person has one mailbox"
    assert fit(reversed(vectors)) == model, "the order of pairs does not matter"


def test_without_pairs_the_shipped_model_stands() -> None:
    assert fit([]) == Model.default()
    assert Model.from_text(Model.default().to_text()) == Model.default()


def test_a_verdict_does_not_depend_on_the_side(decider: Decider) -> None:
    for left, right in itertools.islice(itertools.combinations(WORLD, 2), 200):
        assert decider.decide(left, right) == decider.decide(right, left)


def test_a_shared_mailbox_is_seen_also_where_a_given_name_is_known_by_its_reading_only() -> None:
    read = of("a", 1, surname=("damu",), read_given=("taro",), read_surname=("oki",), emails=("oki@x.jp",))
    other = of("b", 2, given=("hanako",), surname=("oki",), emails=("oki@x.jp",))
    assert comparer_for([read, other]).shared == {"oki@x.jp"}


def test_numbered_names_and_numbers_side_by_side_are_not_one_person(decider: Decider) -> None:
    from canonical_contact.match.features import squash

    def row(number: int) -> Features:
        return of(
            "list",
            number,
            given=(squash(f"given{number}"),),
            surname=(squash(f"sur{number}"),),
            phones=(f"+4930123456{number % 10}",),
            emails=(f"p{number}@x.com",),
        )

    for other in (11, 111):
        assert decider.decide(row(1), row(other)).judgement != Judgement.MATCH
