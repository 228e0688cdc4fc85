"""The comparisons of a run and vectors by words, and weights that stay as they are when the shipped ones are fitted anew."""

from __future__ import annotations

from canonical_contact.match.comparisons import Lookups, groups_for
from canonical_contact.match.comparisons._base import Comparison
from canonical_contact.match.matcher import Matcher, comparisons_of
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.match.model.mixture import Model
from canonical_contact.match.policy import MatchPolicy

EXTENSIONS = {"national_id": "id", "member_no": "id", "birthday_verified": "category"}
CANONICAL = comparisons_of(groups_for(Lookups()))
EVERYTHING = comparisons_of(groups_for(Lookups(), EXTENSIONS))
_AT_HOME = frozenset(["surname", "phone", "address"])  # what a household shares as one person does


def vector(comparisons: tuple[Comparison, ...] = EVERYTHING, /, **levels: str) -> bytes:
    """Levels by word, `x__member_no="exact"` for extensions; what is not named is missing, another system, or no generation."""
    named = {name.replace("__", "."): word for name, word in levels.items()}
    assert named.keys() <= {one.name for one in comparisons}
    unsaid = {"system": "other", "generation": "none"}
    return bytes(one.words.index(named.get(one.name, unsaid.get(one.name, "missing"))) for one in comparisons)


def plain_model(comparisons: tuple[Comparison, ...] = EVERYTHING) -> Model:
    """Weights in which agreement speaks for one person, and at home for a household as well."""
    words = {one.name: one.words[: one.missing] if one.missing >= 0 else one.words for one in comparisons}
    tables = {}
    for name, levels in words.items():
        falling = [0.25**place for place in range(len(levels))]
        agreeing = tuple(share / sum(falling) for share in falling)
        other = agreeing[::-1]
        tables[name] = (agreeing, agreeing if name in _AT_HOME else other, other)
    return Model("plain", ("person", "household", "stranger"), (0.3, 0.3, 0.4), words, tables)


def plain_matcher(policy: MatchPolicy | None = None) -> Matcher:
    """Decide by these weights and the shipped policy, on canonical fields."""
    return Matcher(groups_for(Lookups()), plain_model(CANONICAL), TermFrequencies({}, {}), policy or MatchPolicy.default())
