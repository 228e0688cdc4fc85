# A name in one text, taken apart: what stands before and after it, and where the surname begins in western names.
from __future__ import annotations

import re
from typing import Final

from attrs import define, field

from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._fold import quick_plain

__all__ = [
    "INITIALS",
    "VOWELS",
    "Draft",
    "Hints",
    "family_comma",
    "given_size",
    "initials_after_given",
    "key_of",
    "keys_of",
    "split_commas",
    "split_suffix",
    "split_title",
    "take_after",
    "take_behind",
    "take_title",
    "western",
]


@define
class Draft:
    """A name while it is put together."""

    title: list[str] = field(factory=list)
    given: list[str] = field(factory=list)
    given2: list[str] = field(factory=list)
    surname: list[str] = field(factory=list)
    generation: str = ""
    credential: list[str] = field(factory=list)
    family_first: bool = False
    confidence: float = 1.0
    other_order: bool = False  # whether the other order of given name and surname is an alternative

    def put(
        self, surname: list[str], given: list[str], given2: list[str] | None = None, *, sure: float, first: bool = True
    ) -> bool:
        """Set the parts; `first`: the surname stands first. Gives True, so that a rule can return it."""
        self.surname, self.given, self.given2, self.family_first = surname, given, given2 or [], first
        self.at_most(sure)
        return True

    def at_most(self, confidence: float) -> None:
        """Lower the confidence."""
        self.confidence = min(self.confidence, confidence)


@define
class Hints:
    """What is known of the person or of the column besides the text."""

    language: str = ""
    region: str = ""
    column: str = ""  # given, surname, last_first, full

    def tells(self, languages: str, regions: str) -> bool:
        """Tell whether language or region is among those named."""
        return bool(
            (self.language and self.language[:2] in languages.split()) or (self.region and self.region in regions.split())
        )


_CANONICAL: Final = {
    "jr": "Jr.", "jnr": "Jr.", "junior": "Jr.", "sr": "Sr.", "snr": "Sr.", "senior": "Sr.", "1st": "I", "2nd": "II", "3rd": "III",
    "4th": "IV", "5th": "V",
}  # fmt: skip
INITIALS: Final = re.compile(r"(?:\w\.-?){1,4}\Z|\w\Z")
_JOINTS: Final = frozenset({"y", "e", "i", "und"})
_AND: Final = frozenset({"&", "and", "und", "y", "et", "e", "en"})
VOWELS: Final = re.compile("[aeiouy]+")
_FULL_COMMA: Final = re.compile("[,،、]")
_NOT_LOUD: Final = frozenset(
    [
        "do",
        "op",
        "se",
        "st",
        "mt",
        "om",
        "ch",
        "si",
        "ir",
        "sh",
        "sch",
        "mm",
        "wp",
        "ed",
        "ing",
        "mag",
        "mgr",
        "bed",
        "dis",
        "usa",
        "mice",
        "ce",
    ]
)
_TURKIC: Final = frozenset({"oglu", "ogly", "oghlu", "uulu", "qizi", "kyzy", "kizi", "gizi"})


def key_of(token: str) -> str:
    """Give the form in which a word is looked up: no case, no accents, no dots."""
    if token.isascii():
        key = token.lower()
        if key.isalpha():
            return key
        return key.replace("`", "'").replace(".", "").strip(",;:")
    return quick_plain(token).replace(".", "").strip(",;:")


def keys_of(tokens: list[str]) -> list[str]:
    """Do `key_of` for each."""
    return list(map(key_of, tokens))


def take_title(tokens: list[str], follows: int = 0, hints: Hints | None = None) -> list[str]:
    """Take the titles from the front of `tokens`; `follows` is how many words of the name stand in other fields."""
    taken: list[str] = []
    if tokens and not tokens[0].isascii():
        for glued in tables.GLUED_BEFORE:
            if tokens[0].startswith(glued) and len(tokens[0]) > len(glued) + 1:
                tokens[0] = tokens[0].removeprefix(glued)
                return [glued]
    key = key_of(tokens[0]) if tokens else ""
    if (
        key not in tables.TITLES
        and key not in tables.TITLE_PHRASE_FIRST
        and (not tokens or tokens[0].lower() not in tables.TITLES_VIETNAMESE)
    ):
        return taken
    if key in tables.TITLE_PHRASE_FIRST:
        keys = keys_of(tokens[:5])
        for phrase in tables.TITLE_PHRASES:
            if phrase[0] == key and tuple(keys[: len(phrase)]) == phrase and len(tokens) + follows > len(phrase):
                taken = tokens[: len(phrase)]
                del tokens[: len(phrase)]
                break
    while tokens:
        token, key, after = tokens[0], key_of(tokens[0]), len(tokens) - 1 + follows
        if after < 1:
            break
        if (
            taken
            and key.strip("()") in tables.TITLES_INNER
            and (token.islower() or token[0] == "(" or (token.endswith(".") and len(key) > 1))
        ) or (taken and key in _AND and len(tokens) > 2 and key_of(tokens[1]) in tables.TITLES):
            pass
        elif key in tables.TITLES or (taken and key in tables.TITLES_ALONE):
            if not _is_title(token, key, tokens, after, taken=bool(taken), hints=hints):
                break
        elif not _is_vietnamese_title(tokens):
            break
        taken.append(token.strip(","))
        del tokens[0]
    return taken


def _is_title(token: str, key: str, tokens: list[str], after: int, *, taken: bool, hints: Hints | None) -> bool:
    if key in tables.TITLES_GIVEN and key not in tables.TITLES_ALONE:
        return True
    if key not in tables.TITLES_ALONE or (taken and token.endswith(".") and len(key) > 1):
        return not (
            len(key) < 3
            and key.isascii()
            and token.isupper()
            and "." not in token
            and token.isalpha()
            and token != token.title()
            and len(token) > 2
        )
    if after < 2:
        return False
    following = key_of(tokens[1]) if len(tokens) > 1 else ""
    if key in tables.TITLE_BEFORE:
        known = following.partition("-")[0] in tables.TITLE_BEFORE[key] or following in tables.TITLES
        if len(key) == 1 or not token.endswith("."):
            told = hints is not None and hints.tells("fr es el pl cs it", "FR BE ES MX AR CO PL CZ GR IT")
            return known or (told and token.endswith(".") and not INITIALS.match(tokens[1]))
        return True
    if token.endswith("."):
        return not (len(key) == 1 and following and INITIALS.match(tokens[1]))
    if following in tables.TITLES and key == "ra":  # RA Dr.
        return True
    return key in tables.TITLES_DOTLESS and (following in tables.GIVEN or following in tables.TITLES)


def _is_vietnamese_title(tokens: list[str]) -> bool:
    return len(tokens) > 1 and tokens[0].lower() in tables.TITLES_VIETNAMESE and key_of(tokens[1]) in tables.VIETNAMESE


def take_behind(tokens: list[str]) -> list[str]:
    """Take the titles that follow a name (`Mustafa Bey`, `Tanaka-san`, 田中様)."""
    taken: list[str] = []
    if len(tokens) > 1 and key_of(tokens[-1]) in tables.TITLES_BEHIND:
        taken.append(tokens.pop())
    elif tokens:
        head, mark, tail = tokens[-1].rpartition("-")
        if mark and head and tail in {"san", "sama", "sensei", "ji", "sahib"}:
            tokens[-1] = head
            taken.append(tail)
        elif not tokens[-1].isascii():
            last = tokens[-1]
            for ending in tables.GLUED_BEHIND:
                if last.endswith(ending) and (len(last) > len(ending) or len(tokens) > 1):
                    if len(ending) == 1 and ending in "님씨군양氏" and len(tokens) == 1 and len(last) < 4:
                        continue
                    tokens[-1] = last.removesuffix(ending)
                    if not tokens[-1]:
                        tokens.pop()
                    taken.append(ending)
                    break
    return taken


def split_title(text: str) -> bool:
    """Tell whether a text is titles and nothing else."""
    tokens = text.split(" ")
    return bool(tokens[0]) and all(key_of(token) in tables.TITLES for token in tokens)


def take_after(tokens: list[str], draft: Draft, *, keep: int = 1, after_comma: bool = False) -> None:
    """Take generation and credentials from the end of `tokens`, and leave at least `keep` words."""
    while len(tokens) > keep:
        token, key = tokens[-1], key_of(tokens[-1])
        bare = token.strip(",;.")
        comma = after_comma or token.startswith(",") or tokens[-2].endswith(",") if len(tokens) > 1 else after_comma
        if key in {"jun", "sen"} and token.endswith(".") and len(tokens) > 2 and not draft.generation:
            draft.generation = token.strip(",;")
        elif key in tables.GENERATIONS and not draft.generation and _is_generation(bare, key, len(tokens), comma=comma):
            draft.generation = _CANONICAL.get(key, key.upper() if set(key) <= set("ivx") else token.strip(",;"))
        elif (
            key in tables.CREDENTIALS
            and (comma or key not in tables.COMMA_CREDENTIALS or _is_loud(tokens, bare, key))
            and (comma or bare != bare.capitalize() or key == "esq" or "." in bare)
        ):
            draft.credential.insert(0, token.strip(",;"))
        elif comma and key == "d" and token.lower() == "d.":
            draft.credential.insert(0, token)
        elif len(tokens) > 3 and key == "d" and key_of(tokens[-2]) == "ph":  # Ph. D.
            draft.credential.insert(0, f"{tokens[-2].strip(',')} {token.strip(',')}")
            del tokens[-1]
        elif len(tokens) > keep + 1 and _takes_phrase(tokens, draft):
            continue
        else:
            break
        del tokens[-1]
        if tokens:
            tokens[-1] = tokens[-1].rstrip(",")


def _is_loud(tokens: list[str], bare: str, key: str) -> bool:
    """`Sarah Parker MD`: capitals behind a whole name that is not in capitals."""
    return len(tokens) > 2 and bare.isupper() and not tokens[-2].isupper() and key not in _NOT_LOUD


def _takes_phrase(tokens: list[str], draft: Draft) -> bool:
    """Take `the Elder`, `d. J.`."""
    if draft.generation or key_of(tokens[-1]) not in {
        "elder",
        "younger",
        "j",
        "a",
        "altere",
        "jungere",
        "second",
        "third",
        "zweite",
    }:
        return False
    for phrase in tables.GENERATION_PHRASES:
        size = len(phrase)
        if len(tokens) > size and tuple(keys_of(tokens[-size:])) == phrase:
            draft.generation = " ".join(tokens[-size:])
            del tokens[-size:]
            tokens[-1] = tokens[-1].rstrip(",")
            return True
    return False


def _is_generation(bare: str, key: str, count: int, *, comma: bool) -> bool:
    if key in {"junior", "senior"} or key in tables.GENERATION_WORDS:
        return count > 2 or comma
    if key in {"v", "vi", "ix"}:
        return bare.isupper() and count > 2
    return key in _CANONICAL or bare.isupper() or key in {"ml", "ifj", "d.j", "da", "dj"}


def split_suffix(text: str, draft: Draft) -> None:
    """Sort the words of a suffix field into generation and credentials."""
    for part in re.split(r"[,;]", text):
        left = []
        for token in part.split():
            key = key_of(token)
            if key in tables.GENERATIONS and not draft.generation:
                draft.generation = _CANONICAL.get(key, key.upper() if set(key) <= set("ivx") else token)
            else:
                left.append(token)
        if left:
            draft.credential.append(" ".join(left))


def initials_after_given(tokens: list[str]) -> list[str]:
    """Take the initials that stand behind a given name (`Hans P.`)."""
    taken: list[str] = []
    while (
        len(tokens) > 1
        and INITIALS.match(tokens[-1])
        and not (len(tokens) == 2 and INITIALS.match(tokens[0]) and not taken and len(tokens[0]) < 2)
    ):
        taken.insert(0, tokens.pop())
    return taken


def family_comma(family: str, rest: str, draft: Draft) -> None:
    """Read `Last, First Middle`."""
    head, tokens = family.split(" "), rest.split(" ")
    draft.title += take_title(head)
    draft.title += take_title(tokens, follows=1)
    take_after(tokens, draft)
    take_after(head, draft)
    particles: list[str] = []
    while (
        len(tokens) > 1
        and key_of(tokens[-1]) in tables.PARTICLES
        and (tokens[-1].islower() or tokens[-1].isupper())
        and not INITIALS.match(tokens[-1])
    ):
        particles.insert(0, tokens.pop())
    key = key_of(head[0])
    if len(head) == 3 and key in tables.ROMAN_CHINESE and tokens and key_of(tokens[0]) in tables.GIVEN:  # Chan Tai Man, Peter
        draft.surname, draft.given, draft.given2 = head[:1], tokens, head[1:]
        return
    draft.surname = particles + head
    if len(head) == 1 and len(tokens) == 2 and not (particles or tables.GIVEN.intersection(keys_of(tokens))):
        if key in tables.VIETNAMESE_ONLY:
            draft.given2, draft.given = tokens[:1], tokens[1:]
            return
        if key in tables.ROMAN_CHINESE or key in tables.ROMAN_KOREAN:
            draft.given = tokens
            return
    size = given_size(tokens, keys_of(tokens))
    draft.given, draft.given2 = tokens[:size], tokens[size:]


def given_size(tokens: list[str], keys: list[str]) -> int:
    """Count the words at the front that are the given name."""
    if len(keys) < 2:
        return 1
    first = keys[0]
    if (first, keys[1]) in tables.COMPOUNDS or first in tables.BOUND or tokens[0] in tables.ARABIC_BOUND:
        return 3 if first in tables.BOUND and keys[1] in {"al", "el", "ar", "as"} and len(keys) > 3 else 2
    if first in tables.DEVOTION and keys[1] in tables.PARTICLES:
        for size in (3, 4):
            if (
                len(keys) >= size
                and keys[size - 1] in tables.DEVOTION_AFTER
                and not (first in {"juan", "luis", "francisco", "jesus"} and size == 3 and keys[2] not in {"dios", "jesus"})
            ):
                return size
    return 1


def _begins_surname(token: str, key: str, following: str) -> bool:
    if token in tables.ARABIC_PARTICLES or token == "Ó":  # noqa: S105
        return True
    if key in _JOINTS:
        return False
    if token == "O" and following in tables.O_SURNAMES:  # noqa: S105
        return True
    if token.islower():
        return key in tables.PARTICLES or key in tables.NOBILITY
    if token.isupper() and len(key) > 1:
        return key in tables.PARTICLES or key in tables.NOBILITY
    return key in tables.CAPITAL_PARTICLES or key in tables.NOBILITY


def _is_iberian(key: str) -> bool:
    return key in tables.IBERIAN or (len(key) > 4 and key.endswith("ez"))


_ARTICLES: Final = frozenset(("al", "el", "ar", "as", "ad", "ash", "an", "at", "az"))


def western(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> None:
    """Read given names, middle names, surname."""
    count = len(tokens)
    article = keys[1].partition("-")[0] in _ARTICLES if count == 2 and "-" in keys[1] else False  # Abdul al-Hassan
    if count == 2 and not article and (keys[0] in tables.BOUND or tokens[0] in tables.ARABIC_BOUND):  # Abdul Rahman is one name
        draft.given = tokens
        draft.at_most(0.8)
        return
    first = given_size(tokens[:-1], keys[:-1])
    start = count - 1
    place = first
    while place < count - 1:
        key = keys[place]
        if key in tables.BOUND and place < count - 2:
            place += 2
            continue
        if key in tables.BOUND or tokens[place] in tables.ARABIC_BOUND or _begins_surname(tokens[place], key, keys[place + 1]):
            start = place
            break
        if keys[place + 1] in _TURKIC:
            place += 2
            continue
        if key in _JOINTS and place > first and not tokens[place][0].isupper():
            start = place - 1
            break
        place += 1
    else:
        start = min(start, _double(keys, first, draft, hints))
    start = max(start, first)
    while (
        first < start < count - 1 and _is_iberian(keys[start - 1]) and keys[start - 1] not in tables.GIVEN
    ):  # Jiménez Ortiz de Zárate
        start -= 1
    draft.given, draft.given2, draft.surname = tokens[:first], tokens[first:start], tokens[start:]
    if draft.given2 and not all(INITIALS.match(token) for token in draft.given2):
        draft.at_most(0.8)


_DOUBLE_LANGUAGES: Final = "es pt ca gl eu"
_DOUBLE_REGIONS: Final = "ES MX AR CO PE VE CL EC GT CU BO DO HN PY SV NI CR PR PA UY PT BR AO MZ"


def _double(keys: list[str], first: int, draft: Draft, hints: Hints) -> int:
    """Find where two surnames in a row begin (Spanish, Portuguese); the last word where there is one surname."""
    count = len(keys)
    if count - first < 2:
        return count - 1
    last, before = keys[-1], keys[-2]
    if _is_iberian(before) and _is_iberian(last):
        draft.at_most(0.9)
        return count - 2
    if count > 3 and before in tables.IBERIAN and before not in tables.GIVEN and not tables.GIVEN_IBERIAN.isdisjoint(keys[1:-2]):
        draft.at_most(0.8)  # Lionel Andrés Messi Cuccittini
        return count - 2
    if (
        _is_iberian(last)
        and keys[0] in tables.GIVEN_IBERIAN
        and keys[0] not in tables.GIVEN_OF["en"]
        and before not in tables.GIVEN
        and len(before) > 1
    ):
        draft.at_most(0.8)
        return count - 2
    surname_only = _is_iberian(before) and before not in tables.GIVEN
    told = hints.tells(_DOUBLE_LANGUAGES, _DOUBLE_REGIONS)
    if (surname_only and (told or keys[0] in tables.GIVEN_IBERIAN) and last not in tables.GIVEN) or (
        told and before not in tables.GIVEN and len(before) != 1
    ):
        draft.at_most(0.8)
        return count - 2
    return count - 1


def split_commas(text: str) -> list[str]:
    """Split a text at its commas; empty parts are left out."""
    return [part for part in map(str.strip, _FULL_COMMA.split(text)) if part]
