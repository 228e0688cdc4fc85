"""The comparisons of a run, as tests of rules and verdicts need them: names and levels, without the way they are made."""

from __future__ import annotations

from canonical_contact.match.comparisons._base import Comparison, Level

LEVELS = {
    "given": "exact part nickname typo initial sounds similar different missing",
    "surname": "exact part typo sounds similar different missing",
    "order": "straight swapped missing",
    "email": "same near same_local same_local_name same_shared same_domain different missing",
    "phone": "same same_shared near suffix different missing",
    "mailbox": "names_other other missing",
    "birthday": "exact swapped digit part different missing",
    "address": "same same_street same_postcode near_postcode same_town same_region different missing",
    "employer": "same near different missing",
    "generation": "agree one_sided different missing",
    "system": "other same",
    "x.national_id": "exact digit different missing",
    "x.member_no": "exact digit different missing",
    "x.birthday_verified": "same different missing",
}


def comparison(name: str) -> Comparison:
    return Comparison(name, tuple(Level(word, f"{name} {word}") for word in LEVELS[name].split()), name)


CANONICAL = tuple(comparison(name) for name in LEVELS if not name.startswith("x."))
EVERYTHING = tuple(comparison(name) for name in LEVELS)


def vector(comparisons: tuple[Comparison, ...] = EVERYTHING, /, **levels: str) -> bytes:
    """Levels by word, `x__member_no="exact"` for extensions; what is not named is missing, or another system."""
    named = {name.replace("__", "."): word for name, word in levels.items()}
    assert named.keys() <= {one.name for one in comparisons}
    return bytes(one.words.index(named.get(one.name, "other" if one.name == "system" else "missing")) for one in comparisons)
