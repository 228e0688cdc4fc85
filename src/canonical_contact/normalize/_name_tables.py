# The tables that the parts of the name parser share.
from __future__ import annotations

from typing import Final

from canonical_contact.normalize._tables import load, words
from canonical_contact.normalize._text import plain

_TABLE: Final = load("names")


def _folded(line: str) -> frozenset[str]:
    return frozenset(map(plain, words(line)))


BLANK: Final = _folded(_TABLE["blank"]["words"])
TITLES_ALONE: Final = _folded(_TABLE["titles"]["alone"])
TITLES_DOTLESS: Final = _folded(_TABLE["titles"]["dotless"])
TITLES: Final = frozenset(
    word.replace(".", "") for key, line in _TABLE["titles"].items() if key not in {"dotless", "phrases"} for word in _folded(line)
)
TITLE_PHRASES: Final = tuple(
    tuple(phrase.split()) for phrase in sorted(_TABLE["titles"]["phrases"].split("|"), key=len, reverse=True)
)
GENERATIONS: Final = _folded(_TABLE["after"]["generations"])
CREDENTIALS: Final = frozenset(word.replace(".", "") for word in _folded(_TABLE["after"]["credentials"]))
COMMA_CREDENTIALS: Final = _folded(_TABLE["after"]["comma_only"])
PARTICLES: Final = _folded(_TABLE["particles"]["lower"])
CAPITAL_PARTICLES: Final = _folded(_TABLE["particles"]["capital"])
ARABIC_PARTICLES: Final = words(_TABLE["particles"]["arabic"])
NOBILITY: Final = _folded(_TABLE["particles"]["nobility"])
BOUND: Final = _folded(_TABLE["particles"]["bound"])
COMPOUNDS: Final = frozenset(tuple(pair.split()) for pair in _TABLE["given"]["compounds"].split("|"))
DEVOTION: Final = _folded(_TABLE["given"]["devotion"])
DEVOTION_AFTER: Final = _folded(_TABLE["given"]["devotion_after"])
IBERIAN: Final = _folded(_TABLE["surnames"]["iberian"])
CHINESE: Final = words(_TABLE["surnames"]["chinese"])
JAPANESE: Final = words(_TABLE["surnames"]["japanese"])
KOREAN: Final = words(_TABLE["surnames"]["korean"])
ROMAN_CHINESE: Final = words(_TABLE["surnames"]["roman_chinese"])
ROMAN_KOREAN: Final = words(_TABLE["surnames"]["roman_korean"])
VIETNAMESE: Final = words(_TABLE["surnames"]["vietnamese"])
HUNGARIAN_GIVEN: Final = words(_TABLE["surnames"]["hungarian_given"])
MAC: Final = words(_TABLE["casing"]["mac"])
CAPITAL_FIRST: Final = words(_TABLE["casing"]["capital_first"])
