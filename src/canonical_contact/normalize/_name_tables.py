# The tables that the parts of the name parser share.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.normalize._organization_forms import SURE
from canonical_contact.normalize._tables import load, words
from canonical_contact.normalize._text import NO_VALUE, plain

_TABLE: Final = load("names")
_KNOWN: Final = load("known_names")


def _folded(line: str) -> frozenset[str]:
    return frozenset(map(plain, words(line)))


def _bare(line: str) -> frozenset[str]:
    return frozenset(plain(word).replace(".", "") for word in words(line))


def _phrases(line: str) -> tuple[tuple[str, ...], ...]:
    """Give phrases as tuples of bare keys, the longest first."""
    return tuple(sorted({tuple(plain(phrase).replace(".", "").split()) for phrase in words(line)}, key=lambda it: (-len(it), it)))


_TITLES: Final = _TABLE["titles"]
TITLES_ALONE: Final = _bare(_TITLES["alone"])
TITLES_DOTLESS: Final = _bare(_TITLES["dotless"])
TITLES_GIVEN: Final = _bare(_TITLES["given"])
_NO_LIST: Final = frozenset(
    {"alone", "dotless", "before", "inner", "behind", "glued_behind", "glued_before", "phrases", "for", "label", "vietnamese"}
)
TITLES: Final = frozenset(word for key, line in _TITLES.items() if key not in _NO_LIST for word in _bare(line))
TITLES_INNER: Final = _bare(_TITLES["inner"])
TITLES_BEHIND: Final = _bare(_TITLES["behind"])
TITLES_VIETNAMESE: Final = words(_TITLES["vietnamese"])
TITLE_PHRASES: Final = _phrases(_TITLES["phrases"])
TITLE_PHRASE_FIRST: Final = frozenset(phrase[0] for phrase in TITLE_PHRASES)
GLUED_BEHIND: Final = tuple(sorted(words(_TITLES["glued_behind"]), key=len, reverse=True))
GLUED_BEFORE: Final = tuple(sorted(words(_TITLES["glued_before"]), key=len, reverse=True))
FOR: Final = _phrases(_TITLES["for"])
LABELS: Final = _phrases(_TITLES["label"])
FOR_FIRST: Final = frozenset(phrase[0] for phrase in (*FOR, *LABELS))
GENERATIONS: Final = _bare(_TABLE["after"]["generations"])
GENERATION_WORDS: Final = _bare(_TABLE["after"]["words"])
GENERATION_PHRASES: Final = _phrases(_TABLE["after"]["phrases"])
CREDENTIALS: Final = _bare(_TABLE["after"]["credentials"])
COMMA_CREDENTIALS: Final = _bare(_TABLE["after"]["comma_only"])
PARTICLES: Final = _folded(_TABLE["particles"]["lower"])
CAPITAL_PARTICLES: Final = _folded(_TABLE["particles"]["capital"])
ARABIC_PARTICLES: Final = words(_TABLE["particles"]["arabic"])
ARABIC_BOUND: Final = words(_TABLE["particles"]["arabic_bound"])
NOBILITY: Final = _folded(_TABLE["particles"]["nobility"])
BOUND: Final = _folded(_TABLE["particles"]["bound"])
O_SURNAMES: Final = words(_TABLE["particles"]["o"])
COMPOUNDS: Final = frozenset(tuple(pair.split()) for pair in _TABLE["given"]["compounds"].split("|"))
DEVOTION: Final = _folded(_TABLE["given"]["devotion"])
DEVOTION_AFTER: Final = _folded(_TABLE["given"]["devotion_after"])
IBERIAN: Final = frozenset(
    {*_TABLE["surnames"]["iberian"].split(), *_KNOWN["es"]["surname"].split(), *_KNOWN["pt"]["surname"].split()}
)
CHINESE: Final = words(_TABLE["surnames"]["chinese"])
JAPANESE: Final = words(_TABLE["surnames"]["japanese"])
KOREAN: Final = words(_TABLE["surnames"]["korean"])
ROMAN_PINYIN: Final = words(_TABLE["surnames"]["roman_chinese"])
ROMAN_CHINESE: Final = ROMAN_PINYIN | words(_TABLE["surnames"]["roman_south"])
ROMAN_KOREAN: Final = words(_TABLE["surnames"]["roman_korean"])
ROMAN_JAPANESE: Final = words(_KNOWN["ja"]["surname"])
VIETNAMESE: Final = words(_TABLE["surnames"]["vietnamese"])
VIETNAMESE_ONLY: Final = words(_TABLE["surnames"]["vietnamese_only"])
HUNGARIAN_GIVEN: Final = words(_KNOWN["hu"]["given"]) | words(_TABLE["surnames"]["hungarian_given"])
MAC: Final = words(_TABLE["casing"]["mac"])
CAPITAL_FIRST: Final = words(_TABLE["casing"]["capital_first"])
BLANK: Final = _folded(_TABLE["blank"]["words"]) | frozenset(map(plain, NO_VALUE))
NO_ONE: Final = _folded(_TABLE["blank"]["no_one"])
NO_ONE_FIRST: Final = frozenset(phrase.split()[0].strip(".,") for phrase in (*NO_ONE, *BLANK) if " " in phrase)

# Evidence for the order of the parts.
_SURNAMES_OF_MANY: Final = (
    frozenset(word for lists in _KNOWN.values() for word in lists["surname"].split()) | ROMAN_KOREAN | ROMAN_CHINESE
)
GIVEN_OF: Final = {language: frozenset(map(plain, lists["given"].split())) for language, lists in _KNOWN.items()}
_PET_NAMES: Final = frozenset(
    form for names in load("nicknames").values() for name, forms in names.items() for form in (name, *forms) if len(form) > 2
)
GIVEN: Final = frozenset().union(*GIVEN_OF.values()) | (_PET_NAMES - _SURNAMES_OF_MANY)
SURNAMES: Final = (
    frozenset(plain(word) for lists in _KNOWN.values() for word in lists["surname"].split())
    | IBERIAN
    | (ROMAN_CHINESE | ROMAN_KOREAN | VIETNAMESE)
)
GIVEN_IBERIAN: Final = GIVEN_OF["es"] | GIVEN_OF["pt"]


def _weights() -> dict[str, float]:
    """Give the odds that a name of both kinds is a given name: by how many languages have it as which."""
    odds = {}
    surnames = [frozenset(lists["surname"].split()) for lists in _KNOWN.values()] + [ROMAN_CHINESE, ROMAN_KOREAN, VIETNAMESE]
    for word in GIVEN & SURNAMES:
        as_given = sum([word in names for names in GIVEN_OF.values()])
        as_surname = sum([word in names for names in surnames]) or 1
        odds[word] = min(max(2 * as_given / as_surname, 0.3), 12.0)
    return odds


ODDS: Final = {**dict.fromkeys(SURNAMES, 0.04), **dict.fromkeys(GIVEN, 30.0), **_weights()}
ROMAN: Final = ROMAN_CHINESE | ROMAN_KOREAN | ROMAN_JAPANESE
GIVEN_ELSEWHERE: Final = GIVEN - GIVEN_OF["ja"] - GIVEN_OF["mixed"]
# Where a father's given name serves as the surname.
GIVEN_AS_SURNAME: Final = GIVEN_OF["ar"] | GIVEN_OF["tr"] | GIVEN_OF["fa"] | GIVEN_OF["id"] | GIVEN_OF["africa"] | GIVEN_OF["in"]
TITLE_BEFORE: Final = {
    word: frozenset().union(*(GIVEN_OF[language] for language in line.split())) for word, line in _TITLES["before"].items()
}
SURNAME_ENDS: Final = re.compile(
    f"(?:[a-z]{{3}}(?:{_TABLE['surnames']['ends']})"
    f"|[а-яіїєґђјљњћџ]{{2}}(?:{_TABLE['surnames']['cyrillic_ends']})|[α-ω]{{2}}(?:{_TABLE['surnames']['greek_ends']}))\\Z"
)

_ROLE: Final = _TABLE["not_a_person"]
ROLES: Final = _bare(_ROLE["role"])
ROLES_BESIDE: Final = _bare(_ROLE["beside"])
ORGANIZATIONS: Final = _bare(_ROLE["organization"])
ORGANIZATION_PHRASES: Final = _phrases(_ROLE["organization_phrases"])
JOBS: Final = _bare(_ROLE["job"]) | ROLES
ORGANIZATION_ENDS: Final = words(_ROLE["organization_ends"])
ORGANIZATION_HEADS: Final = words(_ROLE["organization_heads"])
HOUSEHOLD: Final = _bare(_ROLE["household"])

FORMER: Final = tuple(words(_TABLE["also"]["former"]))
OTHER: Final = tuple(words(_TABLE["also"]["other"]))

HEADERS: Final = {role: _folded(line) for role, line in _TABLE["columns"].items()}
ORGANIZATION_FIRST: Final = frozenset(phrase[0] for phrase in ORGANIZATION_PHRASES)
# The words that a legal form may end in; the first words of what an O in a surname stands before need no look, the O does.
LEGAL_LAST: Final = frozenset(form.split()[-1] for form in SURE)
O_WORDS: Final = frozenset({"o", "family", "household"})
