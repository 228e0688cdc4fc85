# A name in one text, taken apart: what stands before and after it, the order of its parts, and how sure that order is.
from __future__ import annotations

import re
import unicodedata
from typing import Final

from attrs import define, field

from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._text import plain

__all__ = ["Draft", "initials_after_given", "order", "split_suffix", "split_title", "take_after", "take_title"]


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


_CANONICAL: Final = {
    "jr": "Jr.", "jnr": "Jr.", "junior": "Jr.", "sr": "Sr.", "snr": "Sr.", "senior": "Sr.", "2nd": "II", "3rd": "III", "4th": "IV",
}  # fmt: skip
_INITIAL: Final = re.compile(r"(?:\w\.-?){1,3}\Z|\w\Z")
_HAN: Final = re.compile("[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+\\Z")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]+\\Z")
_EAST_ASIAN: Final = re.compile("[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3]+\\Z")
_VIETNAMESE: Final = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_PATRONYMIC: Final = re.compile("(?:ович|евич|ьич|ич|овна|евна|ична|инична)\\Z")
_SYLLABLE: Final = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ui|un|uo|ue|ve|a|e|i|o|u|v)"
_PINYIN: Final = re.compile(f"{_SYLLABLE}[-']?{_SYLLABLE}\\Z")
_HYPHENED: Final = re.compile("[A-Z][a-z]{1,5}-[A-Za-z][a-z]{1,5}\\Z")
_JOINTS: Final = frozenset({"y", "e", "i", "und"})


def _key(token: str) -> str:
    return plain(token).replace(".", "").strip(",;:")


def take_title(tokens: list[str], follows: int = 0) -> list[str]:
    """Take the titles from the front of `tokens`; `follows` is how many words of the name stand in other fields."""
    taken: list[str] = []
    keys = [plain(token).strip(",") for token in tokens[:5]]
    for phrase in tables.TITLE_PHRASES:
        if tuple(keys[: len(phrase)]) == phrase and len(tokens) + follows > len(phrase):
            taken = tokens[: len(phrase)]
            del tokens[: len(phrase)]
            break
    while tokens:
        token, key, after = tokens[0], _key(tokens[0]), len(tokens) - 1 + follows
        joint = key in {"&", "and", "und", "y", "et", "e"} and taken and len(tokens) > 2 and _key(tokens[1]) in tables.TITLES
        if not joint:
            if key not in tables.TITLES or after < 1:
                break
            if key in tables.TITLES_ALONE and not (taken and token.endswith(".")):
                if after < 2 or not (token.endswith(".") or key in tables.TITLES_DOTLESS):
                    break
        taken.append(token.strip(","))
        del tokens[0]
    return taken


def split_title(text: str) -> bool:
    """Tell whether a text is titles and nothing else."""
    tokens = text.split(" ")
    return bool(tokens[0]) and all(_key(token) in tables.TITLES for token in tokens)


def take_after(tokens: list[str], draft: Draft, *, keep: int = 1, after_comma: bool = False) -> None:
    """Take generation and credentials from the end of `tokens`, and leave at least `keep` words."""
    while len(tokens) > keep:
        token, key = tokens[-1], _key(tokens[-1])
        bare = token.strip(",;.")
        comma = after_comma or token.startswith(",") or tokens[-2].endswith(",") if len(tokens) > 1 else after_comma
        if key in tables.GENERATIONS and not draft.generation and _is_generation(bare, key, len(tokens), comma=comma):
            draft.generation = _CANONICAL.get(key, key.upper())
        elif (
            key in tables.CREDENTIALS
            and (comma or key not in tables.COMMA_CREDENTIALS)
            and (comma or bare != bare.capitalize() or key == "esq")
        ):
            draft.credential.insert(0, token.strip(",;"))
        else:
            break
        del tokens[-1]
        if tokens:
            tokens[-1] = tokens[-1].rstrip(",")


def _is_generation(bare: str, key: str, count: int, *, comma: bool) -> bool:
    if key in {"junior", "senior"}:
        return count > 2 or comma
    if key in {"v", "vi"}:
        return bare.isupper() and count > 2
    return key in _CANONICAL or bare.isupper()


def split_suffix(text: str, draft: Draft) -> None:
    """Sort the words of a suffix field into generation and credentials."""
    for part in re.split(r"[,;]", text):
        left = []
        for token in part.split():
            key = _key(token)
            if key in tables.GENERATIONS and not draft.generation:
                draft.generation = _CANONICAL.get(key, key.upper())
            else:
                left.append(token)
        if left:
            draft.credential.append(" ".join(left))


def initials_after_given(tokens: list[str]) -> list[str]:
    """Take the initials that stand behind a given name (`Hans P.`)."""
    taken: list[str] = []
    while (
        len(tokens) > 1
        and _INITIAL.match(tokens[-1])
        and not (len(tokens) == 2 and _INITIAL.match(tokens[0]) and not taken and len(tokens[0]) < 2)
    ):
        taken.insert(0, tokens.pop())
    return taken


def order(text: str, draft: Draft, *, language: str = "", country: str = "") -> None:
    """Sort the words of one text into the parts of a name."""
    parts = [part for part in re.split(r"\s*,\s*", text) if part]
    while len(parts) > 1:
        tokens = parts[-1].split(" ")
        take_after(tokens, draft, keep=0, after_comma=True)
        if tokens:
            break
        parts.pop()
    if not parts:
        return
    if len(parts) > 1:
        _family_comma(parts[0], " ".join(parts[1:]), draft)
        return
    tokens = parts[0].split(" ")
    draft.title += take_title(tokens)
    take_after(tokens, draft)
    tokens = [token.strip(",;") for token in tokens if token.strip(",;")]
    if not tokens:
        return
    if len(tokens) == 1:
        _one_word(tokens[0], draft)
        return
    for rule in (_east_asian, _capital_surname, _leading_particle, _slavic, _vietnamese, _romanised, _hungarian):
        if rule(tokens, draft, f"{language}-{country}"):
            return
    _western(tokens, draft)


def _family_comma(family: str, rest: str, draft: Draft) -> None:
    head, tokens = family.split(" "), rest.split(" ")
    draft.title += take_title(head)
    draft.title += take_title(tokens, follows=1)
    take_after(tokens, draft)
    take_after(head, draft)
    particles: list[str] = []
    while (
        len(tokens) > 1
        and plain(tokens[-1]) in tables.PARTICLES
        and (tokens[-1].islower() or tokens[-1].isupper())
        and not _INITIAL.match(tokens[-1])
    ):
        particles.insert(0, tokens.pop())
    draft.surname = particles + head
    size = _given_size(tokens)
    draft.given, draft.given2 = tokens[:size], tokens[size:]


def _one_word(token: str, draft: Draft) -> None:
    family = 0
    if _HANGUL.match(token):
        family = (
            2
            if len(token) > 3 and token[:2] in tables.KOREAN
            else 1
            if token[:1] in tables.KOREAN and len(token) in {2, 3}
            else 0
        )
    elif _HAN.match(token):
        family = _han_family(token)
    if family and len(token) > family:
        draft.surname, draft.given, draft.family_first = [token[:family]], [token[family:]], True
        draft.confidence = min(draft.confidence, 0.8 if len(token) > 2 else 0.6)
    else:
        draft.given = [token]


def _han_family(token: str) -> int:
    """Count the characters of the surname at the front of an unspaced name; 0 where the table knows none."""
    if len(token) > 2 and token[:2] in tables.CHINESE:
        return 2
    for size in (3, 2):
        if len(token) > size and token[:size] in tables.JAPANESE and (size == 3 or len(token) > 2):
            return size
    if token[:1] in tables.CHINESE and len(token) in {2, 3}:
        return 1
    return 2 if len(token) == 4 else 0


def _east_asian(tokens: list[str], draft: Draft, _hint: str) -> bool:
    if len(tokens) != 2 or not all(_EAST_ASIAN.match(token) for token in tokens):
        return False
    known = [token in tables.CHINESE or token in tables.JAPANESE or token in tables.KOREAN for token in tokens]
    first, second = tokens
    if known[1] and not known[0]:
        first, second = second, first
    draft.surname, draft.given, draft.family_first = [first], [second], True
    draft.confidence = min(draft.confidence, 0.9 if known[0] != known[1] else 0.7)
    draft.other_order = known[0] == known[1]
    return True


def _capital_surname(tokens: list[str], draft: Draft, _hint: str) -> bool:
    """`Jean DUPONT`, `DUPONT Jean`: the surname is the part in capitals."""
    loud = [
        token.isupper() and sum(map(str.isalpha, token)) > 2 and any(char in "AEIOUYÄÖÜÅÆØ" for char in plain(token).upper())
        for token in tokens
    ]
    count = sum(loud)
    if not 0 < count < len(tokens) or any(
        token.isupper() and not now and len(token) > 2 and "." not in token for token, now in zip(tokens, loud, strict=True)
    ):
        return False
    start = next(place for place in range(len(tokens)) if loud[place])
    while start > 1 and plain(tokens[start - 1]) in tables.PARTICLES:
        start -= 1
    end = max(place for place in range(len(tokens)) if loud[place]) + 1
    if start and end == len(tokens):
        given = tokens[:start]
    elif start == 0 and count == end:
        given = tokens[end:]
    else:
        return False
    size = _given_size(given)
    draft.surname, draft.given, draft.given2, draft.family_first = tokens[start:end], given[:size], given[size:], start == 0
    draft.confidence = min(draft.confidence, 0.9)
    return True


def _leading_particle(tokens: list[str], draft: Draft, _hint: str) -> bool:
    """`VAN DER BERG ANNA`, `de la Cruz María`: a name that begins with particles begins with its surname."""
    run = 0
    while run < len(tokens) and plain(tokens[run]) in tables.PARTICLES:
        run += 1
    lower = tokens[0].islower() and not all(token.islower() for token in tokens)
    if len(tokens) < run + 2 or not (run > 1 or (run and lower)):
        return False
    rest = tokens[run + 1 :]
    size = _given_size(rest)
    draft.surname, draft.given, draft.given2, draft.family_first = tokens[: run + 1], rest[:size], rest[size:], True
    draft.confidence = min(draft.confidence, 0.6)
    return True


def _slavic(tokens: list[str], draft: Draft, _hint: str) -> bool:
    if (
        len(tokens) != 3
        or tokens[0].isascii()
        or not (_PATRONYMIC.search(tokens[1].lower()) or _PATRONYMIC.search(tokens[2].lower()))
    ):
        return False
    if _PATRONYMIC.search(tokens[2].lower()):
        draft.surname, draft.given, draft.given2, draft.family_first = tokens[:1], tokens[1:2], tokens[2:], True
    else:
        draft.given, draft.given2, draft.surname = tokens[:1], tokens[1:2], tokens[2:]
    draft.confidence = min(draft.confidence, 0.9)
    return True


def _vietnamese(tokens: list[str], draft: Draft, hint: str) -> bool:
    told = hint.startswith("vi") or hint.endswith("-VN")
    if plain(tokens[0]) not in tables.VIETNAMESE or not (told or _VIETNAMESE.search("".join(tokens[1:]) + tokens[0][-2:])):
        return False
    draft.surname, draft.given2, draft.given, draft.family_first = tokens[:1], tokens[1:-1], tokens[-1:], True
    draft.confidence = min(draft.confidence, 0.9 if told else 0.8)
    return True


def _romanised(tokens: list[str], draft: Draft, _hint: str) -> bool:
    if len(tokens) != 2:
        return False
    family, given = plain(tokens[0]), plain(tokens[1])
    surnames = tables.ROMAN_CHINESE | tables.ROMAN_KOREAN
    if family not in surnames or given in surnames:
        return False
    if not (_HYPHENED.match(tokens[1]) or (family in tables.ROMAN_CHINESE and len(given) > 4 and _PINYIN.match(given))):
        return False
    draft.surname, draft.given, draft.family_first = tokens[:1], tokens[1:], True
    draft.confidence, draft.other_order = min(draft.confidence, 0.7), True
    return True


def _hungarian(tokens: list[str], draft: Draft, hint: str) -> bool:
    told = hint.startswith("hu") or hint.endswith("-HU")
    known = plain(tokens[-1]) in tables.HUNGARIAN_GIVEN and plain(tokens[0]) not in tables.HUNGARIAN_GIVEN
    if len(tokens) != 2 or not (told or (known and not "".join(tokens).isascii())):
        return False
    draft.surname, draft.given, draft.family_first = tokens[:1], tokens[1:], True
    draft.confidence, draft.other_order = min(draft.confidence, 0.9 if told else 0.7), True
    return True


def _given_size(tokens: list[str]) -> int:
    """Count the words at the front that are the given name."""
    keys = [plain(token) for token in tokens[:4]]
    if len(keys) > 1 and (tuple(keys[:2]) in tables.COMPOUNDS or keys[0] in tables.BOUND):
        return 2
    for size in (3, 4):
        if (
            len(keys) >= size
            and keys[0] in tables.DEVOTION
            and keys[1] in tables.PARTICLES
            and keys[size - 1] in tables.DEVOTION_AFTER
        ):
            return size
    return 1


def _begins_surname(token: str, *, last: bool) -> bool:
    key = plain(token)
    if token in tables.ARABIC_PARTICLES:
        return True
    if last or key in _JOINTS:
        return False
    if token.islower() or token.isupper():
        return key in tables.PARTICLES or key in tables.NOBILITY
    return key in tables.CAPITAL_PARTICLES or key in tables.NOBILITY


def _is_iberian(token: str) -> bool:
    key = plain(token)
    return key in tables.IBERIAN or (len(key) > 4 and key.endswith("ez"))


def _western(tokens: list[str], draft: Draft) -> None:
    count = len(tokens)
    first = min(_given_size(tokens), count - 1)
    start = count - 1
    place = first
    while place < count - 1:
        key = plain(tokens[place])
        if key in tables.BOUND and place < count - 2:
            place += 2
            continue
        if key in tables.BOUND or _begins_surname(tokens[place], last=False):
            start = place
            break
        if key in _JOINTS and place > first and not unicodedata.category(tokens[place][0]).startswith("Lu"):
            start = place - 1
            break
        place += 1
    else:
        if count - first > 1 and _is_iberian(tokens[-1]) and _is_iberian(tokens[-2]):
            start = count - 2
            draft.confidence = min(draft.confidence, 0.9)
    while first < start < count - 1 and _is_iberian(tokens[start - 1]):  # Jiménez Ortiz de Zárate
        start -= 1
    draft.given, draft.given2, draft.surname = tokens[:first], tokens[first:start], tokens[start:]
    if draft.given2 and not all(_INITIAL.match(token) for token in draft.given2):
        draft.confidence = min(draft.confidence, 0.8)
