"""Names compared over columns have the levels that each pair of records has, and a comparison does not hang on who is left."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.match.comparisons._base import Lookups
from canonical_contact.match.comparisons.names import Names
from canonical_contact.match.features import Features
from canonical_contact.match.table import FeatureTable

WORDS = (
    "ana", "maria", "mario", "jose", "josemaria", "pepe", "robert", "bob", "alexander", "aleksandr", "alex", "katherine", "catherine",
    "sebastian", "patricia", "patrick", "li", "lu", "hao", "yusuf", "yosef", "mj", "m", "j", "tim", "tom", "anja", "paul", "paula", "sofia", "sophia",
    "garcia", "marquez", "lopez", "van", "de", "san", "kowalski", "mcdonald", "macdonald", "stephenson", "meyer", "maier", "sutherland",
    "김민준", "김민수", "ספיר", "สมชาย", "ใจดี", "jose\u0301maria",
)  # fmt: skip
LOOKUPS = Lookups(
    nicknames={
        "robert": frozenset({"robert"}),
        "bob": frozenset({"robert"}),
        "jose": frozenset({"jose"}),
        "josemaria": frozenset({"jose", "maria"}),
        "pepe": frozenset({"jose"}),
        "maria": frozenset({"maria"}),
    },
    given_names=frozenset(
        {"ana", "anna", "anja", "tim", "tom", "paul", "paula", "pauli", "maria", "mario", "marie", "yusuf", "yosef", "katherine"}
        | {"catherine", "sofia", "sophia", "robert", "alexander", "aleksandr", "patricia", "patrick", "jose", "josemaria"}
    ),
)


@st.composite
def slipped(draw: st.DrawFn) -> str:
    """A word with up to three slips: a letter changed, lost, added or exchanged with the next."""
    word = draw(st.sampled_from(WORDS))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(word) - 1))
        letter = draw(st.sampled_from("aeiksz1漢준\u0301"))
        word = draw(
            st.sampled_from(
                (
                    word[:at] + letter + word[at + 1 :],
                    word[:at] + word[at + 1 :],
                    word[:at] + letter + word[at:],
                    word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
                )
            )
        )
        word = word or "a"
    return word


def words(most: int) -> st.SearchStrategy[tuple[str, ...]]:
    word = st.one_of(st.sampled_from(WORDS), slipped(), st.text("abn", min_size=1, max_size=9))
    return st.lists(word, max_size=most).map(tuple)


def rarely(most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(st.just(()), st.just(()), words(most))


records = st.builds(
    Features,
    st.just("x:1"),
    st.just("x"),
    words(3) | words(6),
    words(3) | words(6),
    rarely(2),
    rarely(2),
    rarely(2) | rarely(6),
    han=st.booleans(),
)


@st.composite
def people(draw: st.DrawFn) -> list[Features]:
    """Records, some of them another with its fields exchanged, joined or lost."""
    found = draw(st.lists(records, min_size=2, max_size=7))
    one = draw(st.sampled_from(found))
    changed = (
        one._replace(given=one.surname, surname=one.given),
        one._replace(given=(*one.given, *one.surname), surname=()),
        one._replace(given=(), surname=(*one.surname, *one.given)),
        one._replace(given=one.given[:1], surname=one.surname[-1:]),
        one._replace(surname=one.surname[::-1]),
        one._replace(given=("".join(one.given),) if one.given else ()),
        one._replace(given=one.surname, nicknames=one.given),
    )
    return [*found, *draw(st.lists(st.sampled_from(changed), max_size=3))]


@given(people())
@settings(max_examples=100)
def test_columns_give_the_levels_of_each_pair(found: list[Features]) -> None:
    left, right = (places.ravel() for places in np.indices((len(found), len(found))))
    columns = Names(LOOKUPS).columns(FeatureTable.of(found), left, right)
    names = Names(LOOKUPS)
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    expected = [names.levels(found[one], found[other]) for one, other in pairs]
    assert np.stack(columns, axis=1).tolist() == [list(levels) for levels in expected]


@given(records, records)
def test_levels_are_symmetric(left: Features, right: Features) -> None:
    names = Names(LOOKUPS)
    assert names.levels(left, right) == names.levels(right, left)
