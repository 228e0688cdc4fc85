"""A policy written as TOML is read as an equal value."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.match.policy import KINDS, MatchPolicy, Rule

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_words = st.lists(_texts.filter(lambda text: not text.startswith("not ")), min_size=1, max_size=3)
_levels = st.dictionaries(_texts, _words | _words.map(lambda words: [f"not {word}" for word in words]), min_size=1, max_size=3)
_rules = st.builds(Rule, st.from_regex(r"[a-z][a-z0-9_]{0,8}x", fullmatch=True), _levels, _texts)
_lists = st.lists(_texts, max_size=3)
_policies = st.builds(
    MatchPolicy,
    version=st.from_regex(r"[a-z]{1,5}/[0-9]", fullmatch=True),
    match_at=st.floats(0.5, 1),
    review_at=st.floats(0.001, 0.5),
    unique_sources=_lists,
    verified=_lists,
    national_ids=_lists,
    **{kind: st.lists(_rules, max_size=2) for kind in KINDS},
)


@given(policy=_policies)
def test_nothing_is_lost(policy: MatchPolicy) -> None:
    assert MatchPolicy.from_toml(policy.to_toml()) == policy


@given(policy=_policies)
def test_what_is_written_twice_is_the_same_text(policy: MatchPolicy) -> None:
    text = policy.to_toml()
    assert MatchPolicy.from_toml(text).to_toml() == text
    assert evolve(policy).to_toml() == text
