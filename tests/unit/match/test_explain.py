from __future__ import annotations

import json

import pytest
from attrs import evolve

from canonical_contact.match.explain import Explanation, explain, why_not
from canonical_contact.match.features import Features
from canonical_contact.match.found import KeyOutcome, members_among
from canonical_contact.match.keys import KEYS, KeyMaker
from canonical_contact.match.matcher import Matcher
from canonical_contact.match.policy import MatchPolicy, Rule
from canonical_contact.model import Judgement
from match_vocabulary import plain_matcher

HOME = {"surname": ("qvist",), "phones": ("+46812345678",), "street": "kungsgatan1", "postcode": "11122", "locality": "stockholm"}
ANA = Features("crm:1", "crm", given=("zdenka",), emails=("zdenka@qvist.se",), birthday="1970-03-01", **HOME)  # type: ignore[arg-type]
SAME = ANA._replace(key="mail:7", system="mail", birthday="", employer="acme")
LARS = Features("mail:2", "mail", given=("lars",), **HOME)  # type: ignore[arg-type]
STRANGER = Features("mail:3", "mail", given=("olga",), surname=("berg",), emails=("o@berg.no",))
PERSONAL = ("zdenka", "qvist", "1970", "+468", "kungsgatan", "11122", "stockholm", "acme", "lars")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return plain_matcher()


def text_of(explanation: Explanation) -> str:
    return "\n".join((*explanation.lines(), repr(explanation), json.dumps(explanation.to_dict())))


def test_prior_and_fields_add_up_to_the_odds(matcher: Matcher) -> None:
    for other in (SAME, LARS, STRANGER):
        found = explain(ANA, other, matcher)
        assert found.prior + sum(entry.bits for entry in found.evidence) == pytest.approx(found.total, abs=0.02)
        last = found.steps()[-1]
        assert last.start + last.bits == pytest.approx(found.total, abs=0.02)


def test_it_says_what_the_matcher_decides(matcher: Matcher) -> None:
    found = explain(ANA, SAME, matcher)
    decided = matcher.decide(ANA, SAME)
    assert (found.judgement, found.score, found.reason, found.apart) == decided.verdict
    assert found.probability == decided.score.probability
    assert found.reason == "email_and_name"
    assert found.why == "one personal mailbox and one name"
    assert {rule.name for rule in found.rules} >= {"email_and_name", "phone_and_name"}
    assert "birthday" in found.missing


def test_the_order_of_the_two_does_not_matter(matcher: Matcher) -> None:
    maker = KeyMaker()
    for other in (SAME, LARS, STRANGER):
        assert explain(ANA, other, matcher, maker=maker, values=True) == explain(other, ANA, matcher, maker=maker, values=True)


def test_each_field_says_its_level_in_a_sentence(matcher: Matcher) -> None:
    given = next(entry for entry in explain(ANA, SAME, matcher).evidence if entry.field == "given")
    assert (given.level, given.says) == ("exact", "the given names are the same")
    assert given.bits > 0


def test_no_personal_data_unless_asked_for(matcher: Matcher) -> None:
    for other in (SAME, LARS, STRANGER):
        told = text_of(explain(ANA, other, matcher, maker=KeyMaker(), members=members_among([ANA, other], KeyMaker())))
        assert not [word for word in PERSONAL if word in told]


def test_values_are_shown_when_asked_for(matcher: Matcher) -> None:
    found = explain(ANA, LARS, matcher, maker=KeyMaker(), values=True)
    given = next(entry for entry in found.evidence if entry.field == "given")
    assert (given.left, given.right) == ("zdenka", "lars")
    assert "given: zdenka | lars" in tuple(found.lines())
    assert "12345678" in {finding.value for finding in found.keys}


def test_a_household_is_called_one(matcher: Matcher) -> None:
    found = explain(ANA, LARS, matcher)
    assert found.likeliest == "more likely two of one household than one person"
    assert found.kinds[0].kind == "household"
    assert explain(ANA, SAME, matcher).likeliest == "most likely one person"


def test_every_change_makes_the_verdict_that_it_names(matcher: Matcher) -> None:
    for other in (SAME, LARS, STRANGER):
        found, decided = explain(ANA, other, matcher), matcher.decide(ANA, other)
        assert [change.bits for change in found.changes] == sorted(change.bits for change in found.changes)
        for change in found.changes:
            assert change.judgement != found.judgement
            if change.level:
                place = [one.name for one in matcher.comparisons].index(change.what)
                level = matcher.comparisons[place].words.index(change.level)
                vector = decided.vector[:place] + bytes([level]) + decided.vector[place + 1 :]
                score = matcher.scorer.score(vector, matcher.scorer.chances(vector, ANA, other))
                assert matcher.judge.judge(vector, score.probability, ANA, other).judgement == change.judgement


def test_no_single_change_is_left_out(matcher: Matcher) -> None:
    found, decided = explain(ANA, LARS, matcher), matcher.decide(ANA, LARS)
    able = set()
    for place, one in enumerate(matcher.comparisons):
        for level in range(len(one.levels)):
            vector = decided.vector[:place] + bytes([level]) + decided.vector[place + 1 :]
            score = matcher.scorer.score(vector, matcher.scorer.chances(vector, ANA, LARS))
            judgement = matcher.judge.judge(vector, score.probability, ANA, LARS).judgement
            if judgement != found.judgement:
                able.add((one.name, judgement))
    assert able == {(change.what, change.judgement) for change in found.changes if change.level}


def test_a_rule_whose_removal_would_change_the_verdict_is_named() -> None:
    held = evolve(MatchPolicy.default(), hold=(Rule("look_at_all", {"system": ("other",)}, "every pair is looked at"),))
    found = explain(ANA, SAME, plain_matcher(held))
    assert found.judgement == Judgement.REVIEW
    assert found.changes[0].what == "look_at_all"
    assert str(found.changes[0]) == f"without look_at_all: match, score {found.changes[0].score:.4f}"


def test_what_a_source_says_is_named_among_keys_and_changes(matcher: Matcher) -> None:
    stated = STRANGER._replace(same_as=("crm:1",))
    found = explain(ANA, stated, matcher, maker=KeyMaker())
    assert (found.judgement, found.reason, found.found_by) == (Judgement.MATCH, "same_as", ("same_as",))
    assert found.why == "a source itself calls them one person"
    assert ("same_as", Judgement.NO_MATCH) in {(change.what, change.judgement) for change in found.changes}


def test_the_keys_that_name_a_pair_are_told(matcher: Matcher) -> None:
    maker = KeyMaker()
    found = explain(ANA, SAME, matcher, maker=maker, members=members_among([ANA, SAME, LARS], maker))
    assert {"email", "phone, last digits"} <= set(found.found_by)
    sizes = {finding.key: finding.size for finding in found.keys}
    assert (sizes["email"], sizes["phone, last digits"]) == (2, 3)


def test_a_pair_that_no_key_names_is_told_why(matcher: Matcher) -> None:
    maker = KeyMaker()
    found = why_not(ANA, STRANGER, matcher, maker)
    assert not found.compared
    outcomes = {finding.key: (finding.outcome, finding.says) for finding in found.keys}
    assert outcomes["email"] == (KeyOutcome.DIFFERENT, "they have different values")
    assert outcomes["phone, last digits"] == (KeyOutcome.NO_VALUE, "one of them has no value")
    lines = tuple(found.lines())
    assert lines[0] == "crm:1 and mail:3 are never compared: no key names them"
    assert "  email: they have different values" in lines
    assert lines[-2].startswith("compared they would be: no match")
    assert json.loads(json.dumps(found.to_dict()))["compared"] is False
    assert why_not(ANA, SAME, matcher, maker).compared


def test_a_block_that_is_too_large_is_named_with_what_parted_the_two(matcher: Matcher) -> None:
    maker = KeyMaker([key._replace(cap=3) for key in KEYS if key.name == "phone, last digits"])
    family = [ANA._replace(key=f"crm:{place}", given=(f"{letter}a",)) for place, letter in enumerate("bcdefg", 10)]
    everyone = [ANA, LARS, *family]
    found = why_not(ANA, LARS, matcher, maker, members=members_among(everyone, maker))
    assert not found.compared
    assert found.keys[0].outcome == KeyOutcome.TOO_LARGE
    assert found.keys[0].says == "8 records share the value, and first two of given parts the two"


def test_a_block_of_namesakes_beyond_any_split_is_told(matcher: Matcher) -> None:
    maker = KeyMaker([key._replace(cap=3) for key in KEYS if key.name == "phone, last digits"])
    alike = [ANA._replace(key=f"crm:{place}") for place in range(5)]
    found = why_not(alike[0], alike[1], matcher, maker, members=members_among(alike, maker))
    assert found.keys[0].says == "5 records share the value, and still too many are left together"


def test_values_beside_each_other_that_many_have_are_told(matcher: Matcher) -> None:
    maker = KeyMaker([key for key in KEYS if key.window])
    alike = [ANA._replace(key=f"crm:{place}", surname=("gil",)) for place in range(5)]
    slip = ANA._replace(key="mail:1", surname=("gill",))
    found = why_not(alike[0], slip, matcher, maker, members=members_among([*alike, slip], maker))
    assert found.keys[0].outcome == KeyOutcome.TOO_LARGE
    assert (
        found.keys[0].says
        == "their values stand beside each other, but 6 records have them, more than the 5 that this key allows"
    )
    assert why_not(alike[0], slip, matcher, maker, members=members_among([alike[0], slip], maker)).compared


def test_plain_characters_draw_the_same_picture(matcher: Matcher) -> None:
    found = explain(ANA, LARS, matcher)
    plain = tuple(found.lines(ascii_only=True))
    assert "\n".join(plain).isascii()
    assert len(plain) == len(tuple(found.lines()))
    assert max(map(len, found.lines(width=20))) <= max(map(len, plain))


def test_all_of_it_is_json(matcher: Matcher) -> None:
    told = json.loads(json.dumps(explain(ANA, SAME, matcher, maker=KeyMaker()).to_dict()))
    assert told["judgement"] == "match"
    assert told["keys"][0]["outcome"] == "found"
    assert {entry["field"] for entry in told["evidence"]} >= {"given", "email"}
