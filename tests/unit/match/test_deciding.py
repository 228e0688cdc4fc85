from __future__ import annotations

import pytest
from attrs import evolve

from canonical_contact.match.deciding import CERTAIN, Judge, Verdict
from canonical_contact.match.features import Features
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement
from match_vocabulary import EVERYTHING, vector

LEFT, RIGHT = Features("crm:1", "crm"), Features("mail:2", "mail")
ONE_PERSON = {"given": "exact", "surname": "exact", "email": "same"}


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.of(evolve(evolve(MatchPolicy.default(), match_at=0.96), match_at=0.96), EVERYTHING)


def decided(judge: Judge, probability: float, **levels: str) -> Verdict:
    return judge.judge(vector(**levels), probability, LEFT, RIGHT)


def test_weights_decide_where_no_rule_does(judge: Judge) -> None:
    near = {"given": "exact", "surname": "exact", "address": "same"}
    assert decided(judge, 0.97, **near) == Verdict(Judgement.MATCH, 0.97, "weights", False)
    assert decided(judge, 0.959999, **near) == Verdict(Judgement.REVIEW, 0.959999, "weights", False)
    assert decided(judge, 0.0999994, **near).judgement == Judgement.NO_MATCH
    assert decided(judge, 0.0999996, **near).judgement == Judgement.REVIEW  # to six digits it is the threshold


def test_one_mailbox_and_one_name_match_whatever_the_weights_say(judge: Judge) -> None:
    assert decided(judge, 0.2, **ONE_PERSON) == Verdict(Judgement.MATCH, 0.96, "email_and_name", False)


def test_what_is_held_back_goes_to_a_person(judge: Judge) -> None:
    assert decided(judge, 0.99, **ONE_PERSON, generation="one_sided").reason == "email_and_name"
    held = decided(judge, 0.99, given="exact", surname="exact", phone="same", generation="one_sided")
    assert held == Verdict(Judgement.REVIEW, 0.96, "junior_or_senior", False)


def test_father_and_son_are_never_one_person(judge: Judge) -> None:
    assert decided(judge, 0.999, **ONE_PERSON, generation="different") == Verdict(
        Judgement.NO_MATCH, 0.0, "generation_differs", True
    )


def test_different_national_ids_part_and_equal_ones_join(judge: Judge) -> None:
    assert decided(judge, 0.99, **ONE_PERSON, x__national_id="different").reason == "national_ids_differ"
    assert decided(judge, 0.3, given="exact", surname="different", x__national_id="exact") == Verdict(
        Judgement.MATCH, CERTAIN, "national_id_and_name", False
    )
    assert decided(judge, 0.99, **ONE_PERSON, x__national_id="digit").judgement == Judgement.MATCH


def test_two_people_of_one_account_are_parted_unless_a_mailbox_bears_the_other_name(judge: Judge) -> None:
    colleagues = {"system": "same", "employer": "same", "given": "different", "surname": "exact", "email": "same_domain"}
    assert decided(judge, 0.97, **colleagues, mailbox="other") == Verdict(Judgement.NO_MATCH, 0.0, "two_of_one_account", True)
    assert decided(judge, 0.97, **colleagues, mailbox="names_other").judgement == Judgement.MATCH
    assert decided(judge, 0.97, **colleagues | {"given": "nickname"}).judgement == Judgement.MATCH
    assert decided(judge, 0.97, **colleagues | {"system": "other"}).judgement == Judgement.MATCH
    assert decided(judge, 0.97, **colleagues | {"email": "missing"}).reason != "two_of_one_account"
    assert decided(judge, 0.97, **colleagues | {"email": "different"}).reason == "two_of_one_account"


def test_role_mailboxes_of_one_firm_do_not_part_two_records(judge: Judge) -> None:
    roles = {"system": "same", "employer": "same", "given": "different", "surname": "exact", "email": "same_domain"}
    assert decided(judge, 0.97, **roles, mailbox="missing").reason != "two_of_one_account"


@pytest.mark.parametrize(
    "shared", [{"email": "same_shared"}, {"phone": "same_shared"}, {"email": "same_shared", "phone": "same_shared"}]
)
@pytest.mark.parametrize("names", [{}, {"given": "exact"}, {"surname": "exact"}, {"given": "initial", "surname": "exact"}])
def test_a_shared_key_alone_never_merges(judge: Judge, shared: dict[str, str], names: dict[str, str]) -> None:
    for employer in ("same", "different", "missing"):
        verdict = decided(judge, 1.0, **shared, **names, employer=employer, address="same")
        assert verdict.judgement == Judgement.REVIEW


def test_a_name_alone_never_merges_but_with_an_equal_number_of_ones_own_it_does(judge: Judge) -> None:
    name = {"given": "exact", "surname": "exact", "address": "same_town"}
    assert decided(judge, 0.99, **name).reason == "name_only"
    assert decided(judge, 0.99, **name, x__member_no="exact") == Verdict(Judgement.MATCH, 0.99, "weights", False)


@pytest.mark.parametrize("birthday", ["missing", "different", "part"])
def test_a_part_of_a_birthday_is_more_than_a_name(judge: Judge, birthday: str) -> None:
    verdict = decided(judge, 0.99, given="exact", surname="exact", birthday=birthday)
    assert verdict.judgement == (Judgement.MATCH if birthday == "part" else Judgement.REVIEW)


def test_records_that_contradict_each_other_stay_apart_unless_they_match_directly(judge: Judge) -> None:
    strangers = {"given": "different", "surname": "exact", "phone": "same"}
    assert decided(judge, 0.01, **strangers) == Verdict(Judgement.NO_MATCH, 0.01, "weights", True)
    assert not decided(judge, 0.97, **strangers).apart


def test_what_a_source_calls_one_person_is_one(judge: Judge) -> None:
    stated = LEFT._replace(same_as=("mail:2",))
    levels = vector(given="different", surname="different")
    for left, right in ((stated, RIGHT), (RIGHT, stated)):
        assert judge.judge(levels, 0.01, left, right) == Verdict(Judgement.MATCH, CERTAIN, "same_as", False)


def test_a_person_decides_where_one_person_must_and_must_not_be(judge: Judge) -> None:
    stated = LEFT._replace(same_as=("mail:2",))
    verdict = judge.judge(vector(generation="different"), 0.99, stated, RIGHT)
    assert verdict == Verdict(Judgement.REVIEW, 0.96, "generation_differs", True)


def test_two_records_of_a_system_without_duplicates_are_never_one_person() -> None:
    judge = Judge.of(evolve(MatchPolicy.default(), unique_sources=("crm",)), EVERYTHING)
    other = Features("crm:2", "crm")
    assert judge.judge(vector(**ONE_PERSON), 0.99, LEFT, other) == Verdict(Judgement.NO_MATCH, 0.0, "unique_source", True)
    assert judge.judge(vector(**ONE_PERSON), 0.99, LEFT, RIGHT).judgement == Judgement.MATCH
    assert judge.judge(vector(**ONE_PERSON), 0.99, RIGHT, Features("mail:3", "mail")).judgement == Judgement.MATCH
