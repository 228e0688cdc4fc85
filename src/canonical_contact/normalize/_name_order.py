# Which part of a name is the surname: what script, patronymics, known names and hints tell; where they tell too little, the likelier order.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._name_asia import east_asian, family_size, is_one_surname, romanised, vietnamese
from canonical_contact.normalize._name_parse import (
    INITIALS,
    VOWELS,
    Draft,
    Hints,
    family_comma,
    given_size,
    key_of,
    keys_of,
    split_commas,
    take_after,
    take_behind,
    take_title,
    western,
)

__all__ = ["known_order", "order"]

_PATRONYMIC: Final = re.compile("(?:ович|евич|ьич|ич|овна|евна|ична|инична|івна|ївна|йович)\\Z")
_PATRONYMIC_LATIN: Final = re.compile(r"[a-z]{2}(?:ovich|evich|ovych|yovych|ovna|evna|ivna|yivna|inichna)\Z")
_DOT: Final = re.compile("(?<=[\u3040-\u30ff\u3400-\u9fff])[・·•‧](?=[\u3040-\u30ff\u3400-\u9fff])")
_FAMILY_FIRST: Final = ("hu ja zh ko vi km yue", "HU JP CN TW HK KR KP VN KH MO")
_WESTERN: Final = (
    "en fr es pt nl sv da nb no nn fi it de ca gl eu ga cy is et lv lt pl cs sk sl hr sr bg mk tr he",
    "US GB IE CA AU NZ FR ES MX AR CO CL PE BR PT NL BE SE DK NO FI IS IT DE AT CH PL CZ SK SI HR RS BG TR IL",
)


def order(text: str, draft: Draft, hints: Hints) -> None:
    """Sort the words of one text into the parts of a name."""
    if _DOT.search(text):  # ジョン・スミス: a foreign name, as it is read
        parts = _DOT.split(text)
        draft.put(parts[-1:], parts[:1], parts[1:-1], sure=0.9, first=False)
        return
    parts = split_commas(text)
    while len(parts) > 1:
        tokens = parts[-1].split(" ")
        size = len(tokens)
        senior = size == 1 and key_of(tokens[0]) == "sr" and not draft.generation  # behind a comma it is no Señor
        if (
            not senior
            and key_of(tokens[0]) not in tables.CREDENTIALS
            and (titles := take_title(tokens, follows=2))
            and not tokens
        ):
            draft.title += titles
        else:
            tokens = parts[-1].split(" ")
            take_after(tokens, draft, keep=0, after_comma=True)
            if len(tokens) == size and _is_credential(tokens, parts):
                draft.credential.insert(0, parts[-1])
                tokens = []
        if tokens:
            break
        parts.pop()
    if len(parts) > 2:  # Smith, Jr., John
        parts = [part for place, part in enumerate(parts) if not 0 < place < len(parts) - 1 or not _taken_whole(part, draft)]
    if not parts:
        return
    if len(parts) > 1:
        family_comma(parts[0], " ".join(parts[1:]), draft)
        return
    tokens = parts[0].split(" ")
    draft.title += take_title(tokens, hints=hints)
    draft.title += take_behind(tokens)
    take_after(tokens, draft)
    tokens = [token for token in [token.strip(",;") for token in tokens] if token]
    if tokens:
        _sort(tokens, draft, hints)


def _taken_whole(part: str, draft: Draft) -> bool:
    tokens = part.split(" ")
    take_after(tokens, draft, keep=0, after_comma=True)
    return not tokens


def _is_credential(tokens: list[str], parts: list[str]) -> bool:
    """`Jane Doe, FRICS`: capitals that no table knows, behind a whole name that is not in capitals."""
    head = parts[0].split(" ")
    return (
        len(head) > 1
        and not parts[0].isupper()
        and key_of(head[0]) in tables.GIVEN
        and all(
            2 < len(token) < 9 and token.isupper() and token.isascii() and token.replace(".", "").isalnum() for token in tokens
        )
    )


def _sort(tokens: list[str], draft: Draft, hints: Hints) -> None:
    if len(tokens) == 1:
        _one_word(tokens[0], draft, hints)
        return
    keys = keys_of(tokens)
    if not tokens[0].isascii() or not tokens[-1].isascii():
        for rule in (east_asian, _slavic):
            if rule(tokens, keys, draft, hints):
                return
    if hints.column == "last_first":
        _last_first(tokens, keys, draft)
        return
    for rule in (
        _capital_surname,
        _leading_particle,
        _initials_last,
        vietnamese,
        romanised,
        _hungarian,
        _patronymic,
        _surnames_only,
    ):
        if rule(tokens, keys, draft, hints):
            return
    if len(tokens) == 2:
        _two_words(tokens, keys, draft, hints)
        return
    if _family_of_many(tokens, keys, draft, hints):
        return
    western(tokens, keys, draft, hints)


def _put_given(draft: Draft, surname: list[str], rest: list[str], keys: list[str], *, sure: float) -> bool:
    size = given_size(rest, keys)
    return draft.put(surname, rest[:size], rest[size:], sure=sure)


# -- one word --------------------------------------------------------------------------------------------------------------------


def _one_word(token: str, draft: Draft, hints: Hints) -> None:
    family = 0
    if not token.isascii():
        if is_one_surname(token):
            draft.surname = [token]
            draft.at_most(0.8)
            return
        family = family_size(token, hints)
    if family and len(token) > family:
        draft.surname, draft.given, draft.family_first = [token[:family]], [token[family:]], True
        draft.at_most(0.8 if len(token) > 2 else 0.6)
        return
    key = key_of(token)
    if draft.title:
        given = key_of(draft.title[-1]) in tables.TITLES_GIVEN or (
            len(draft.title) > 2 and key_of(draft.title[-1]) in {"queen", "king", "pope"}
        )
        if hints.column == "given":  # "Lic. Fernando" in the field for given names is what it would be without its title
            given = given or key in tables.GIVEN or key not in tables.SURNAMES
        else:
            given = given or (key in tables.GIVEN and key not in tables.SURNAMES and "-" not in token)
        if not given:
            draft.surname = [token]
            draft.at_most(0.9)
            return
        draft.given = [token]
        return
    if hints.column == "surname" or (key in tables.SURNAMES and key not in tables.GIVEN):
        draft.surname = [token]
        if hints.column != "surname":
            draft.at_most(0.7)
            draft.other_order = True
        return
    draft.given = [token]
    if hints.column != "given" and key not in tables.GIVEN and token[0] < "\u2e80":
        draft.at_most(0.9)


# -- scripts ---------------------------------------------------------------------------------------------------------------------


def _slavic(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:
    if tokens[0][0] < "\u0400" or tokens[0][0] > "\u052f":
        return False
    if len(tokens) == 3:
        last, middle = _PATRONYMIC.search(tokens[2].lower()), _PATRONYMIC.search(tokens[1].lower())
        if middle and (not last or keys[0] in tables.GIVEN):
            return draft.put(tokens[2:], tokens[:1], tokens[1:2], sure=0.9, first=False)
        if last and not (keys[0] in tables.GIVEN and keys[1] not in tables.GIVEN):
            return draft.put(tokens[:1], tokens[1:2], tokens[2:], sure=0.9)
    if (
        len(tokens) == 2
        and _PATRONYMIC.search(tokens[1].lower())
        and keys[0] in tables.GIVEN
        and not hints.tells("sr hr bs mk sl", "RS HR BA ME MK SI")
    ):
        draft.given, draft.given2 = tokens[:1], tokens[1:]  # Иван Иванович, as one addresses him
        draft.at_most(0.9)
        return True
    return False


def _patronymic(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:  # noqa: ARG001
    """`Ivanov Ivan Ivanovich` in Latin letters."""
    if len(tokens) != 3 or not _PATRONYMIC_LATIN.search(keys[2]) or _PATRONYMIC_LATIN.search(keys[1]) or keys[0] in tables.GIVEN:
        return False
    return keys[1] in tables.GIVEN and draft.put(tokens[:1], tokens[1:2], tokens[2:], sure=0.8)


# -- signs in the writing --------------------------------------------------------------------------------------------------------


def _capital_surname(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:  # noqa: ARG001
    """`Jean DUPONT`, `DUPONT Jean`: the surname is the part in capitals."""
    if not any(len(token) > 2 and token.isupper() for token in tokens):
        return False
    loud = [
        token.isupper() and sum(map(str.isalpha, token)) > 2 and (not token.isascii() or VOWELS.search(key) is not None)
        for token, key in zip(tokens, keys, strict=True)
    ]
    count = sum(loud)
    if not 0 < count < len(tokens) or any(
        token.isupper() and not now and len(token) > 2 and "." not in token for token, now in zip(tokens, loud, strict=True)
    ):
        return False
    start = loud.index(True)
    while start > 1 and keys[start - 1] in tables.PARTICLES:
        start -= 1
    if start == 1 and tokens[0].isupper() and keys[0] in tables.PARTICLES:  # DE LUCA Mario
        start = 0
        loud[0] = True
    end = len(tokens) - loud[::-1].index(True)
    if all(loud[start:end]) or all(
        now or key in tables.PARTICLES for now, key in zip(loud[start:end], keys[start:end], strict=True)
    ):
        if start and end == len(tokens):
            given = slice(0, start)
        elif start == 0 and end < len(tokens):
            given = slice(end, len(tokens))
        else:
            return False
        return _put_given(draft, tokens[start:end], tokens[given], keys[given], sure=0.9) and _first(draft, start == 0)
    return False


def _first(draft: Draft, family_first: bool) -> bool:
    draft.family_first = family_first
    return True


def _leading_particle(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:  # noqa: ARG001
    """`VAN DER BERG ANNA`, `de la Cruz María`: a name that begins with particles begins with its surname."""
    if keys[0] not in tables.PARTICLES:
        return False
    run = 1
    while run < len(tokens) and keys[run] in tables.PARTICLES:
        run += 1
    lower = tokens[0].islower() and not all(map(str.islower, tokens))
    if len(tokens) < run + 2:
        if run and len(tokens) == run + 1 and (lower or run > 1) and keys[0] not in tables.BOUND:  # van der Berg
            draft.surname = tokens
            draft.at_most(0.9)
            return True
        return False
    one = run == 1 and len(tokens) == 3 and keys[2] in tables.GIVEN  # De Luca Mario
    if one and keys[0] not in tables.BOUND and (keys[0] not in tables.VIETNAMESE or keys[2] in tables.GIVEN_OF["fr"]):
        draft.other_order = True
        return draft.put(tokens[:2], tokens[2:], sure=0.6)
    if keys[0] in tables.BOUND or not (run > 1 or lower):
        return False
    return _put_given(draft, tokens[: run + 1], tokens[run + 1 :], keys[run + 1 :], sure=0.6)


def _initials_last(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:  # noqa: ARG001
    """`Smith J.`, `Ivanov I. I.`, as in lists of authors."""
    if len(tokens[0]) < 3 or not all(
        INITIALS.match(token) or (token.isupper() and len(token) < 4 and "." not in token) for token in tokens[1:]
    ):
        return False
    if (
        INITIALS.match(tokens[0])
        or (keys[0] in tables.GIVEN and keys[0] not in tables.SURNAMES)
        or not "".join(tokens[1:]).isupper()
    ):
        return False
    if tokens[0].isupper() and not all(INITIALS.match(token) for token in tokens[1:]):
        return False
    return draft.put(tokens[:1], tokens[1:2], tokens[2:], sure=0.8)


def _surnames_only(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:  # noqa: ARG001
    """`Pérez y Gómez`: two surnames of one person."""
    if len(tokens) != 3 or keys[1] not in {"y", "e", "i"} or keys[0] in tables.GIVEN or not tokens[1].islower():
        return False
    draft.surname = tokens
    draft.at_most(0.8)
    return True


def _last_first(tokens: list[str], keys: list[str], draft: Draft) -> None:
    """Read a text of a column that says: surname, then given name."""
    size = 0
    while size < len(tokens) - 1 and keys[size] in tables.PARTICLES:
        size += 1
    size += 1
    while (
        size < len(tokens) - 1
        and keys[size] not in tables.GIVEN
        and (keys[size] in tables.SURNAMES or keys[size] in {"y", "e", "de", "del", "da", "dos"})
    ):
        size += 1
    if (
        (keys[0] in tables.ROMAN_CHINESE or keys[0] in tables.ROMAN_KOREAN)
        and len(tokens) > 2
        and not tables.GIVEN.intersection(keys[1:])
    ):
        draft.put(tokens[:1], tokens[1:], sure=0.9)
    elif size < len(tokens):
        _put_given(draft, tokens[:size], tokens[size:], keys[size:], sure=0.9)
    else:
        draft.surname = tokens


# -- languages -------------------------------------------------------------------------------------------------------------------


def _hungarian(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:
    told = hints.tells("hu", "HU")
    last, count = keys[-1], len(tokens)
    wife = (tokens[-1].endswith("né") and last[:-2] in tables.HUNGARIAN_GIVEN) or (
        count > 1 and tokens[0].endswith("né") and len(keys[0]) > 5 and last in tables.HUNGARIAN_GIVEN
    )
    if not (told or wife):
        return False
    if keys[0] in tables.HUNGARIAN_GIVEN and last not in tables.HUNGARIAN_GIVEN and not wife:  # western order
        return False
    size = count - 1
    while size > 1 and keys[size - 1] in tables.HUNGARIAN_GIVEN and keys[size - 1] not in tables.SURNAMES:
        size -= 1
    if count > 2 and size == count - 1 and last not in tables.HUNGARIAN_GIVEN and not wife:
        size = 1
    draft.other_order = last not in tables.HUNGARIAN_GIVEN and not wife
    return draft.put(tokens[:size], tokens[size : size + 1], tokens[size + 1 :], sure=0.9 if not draft.other_order else 0.7)


# -- evidence --------------------------------------------------------------------------------------------------------------------


def _odds(key: str, token: str) -> float:
    """Give the odds that a word is a given name and no surname."""
    if (known := tables.ODDS.get(key)) is not None:
        return known
    if "-" in key:
        head, _, tail = key.partition("-")
        if head in tables.GIVEN:
            return 0.04 if tail in tables.SURNAMES and tail not in tables.GIVEN else 20.0 if tail in tables.GIVEN else 2.0
        return 0.15
    if key.startswith(("mc", "o'", "d'", "fitz")) or token[:2] in {"Mc", "Ó"}:
        return 0.1
    if (key.endswith("ez") and len(key) > 4) or tables.SURNAME_ENDS.search(key):
        return 0.2
    return 0.5


def known_order(first: str, last: str, first_token: str, last_token: str, prior: float) -> float:
    """Give the probability that two words stand in western order, from what is known of each and what is usual."""
    late = _odds(last, last_token)
    if late > 2 and last in tables.GIVEN_AS_SURNAME and first in tables.GIVEN:
        late = 2.0
    odds = _odds(first, first_token) * prior / late
    return odds / (1 + odds)


def _prior(hints: Hints) -> float:
    if hints.column == "full" or not (hints.language or hints.region):
        return 3.0
    if hints.tells(*_FAMILY_FIRST):
        return 0.7
    return 20.0 if hints.tells(*_WESTERN) else 3.0


def _two_words(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> None:
    if INITIALS.match(tokens[0]) or keys[0] in tables.BOUND:
        western(tokens, keys, draft, hints)
        return
    chance = known_order(keys[0], keys[1], tokens[0], tokens[1], _prior(hints))
    if draft.title and {*keys} <= tables.IBERIAN and tables.GIVEN.isdisjoint(keys):  # Sr. Rodríguez Zapatero
        draft.surname = tokens
        draft.at_most(0.9)
        return
    if draft.generation or (draft.title and key_of(draft.title[-1]) in tables.TITLES_GIVEN):
        chance = max(chance, 0.9)
    if chance < 0.25 or (chance < 0.5 and hints.tells(*_FAMILY_FIRST)):
        draft.put(tokens[:1], tokens[1:], sure=min(0.7, 1 - chance))
        draft.other_order = True
        return
    western(tokens, keys, draft, hints)
    if chance < 0.9 and draft.surname:
        draft.at_most(max(0.5, round(chance, 2)))
        draft.other_order = True


def _family_of_many(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:
    """`Müller Hans Peter`, `García Márquez Gabriel`: surnames that are no given names, then given names that are no surnames."""
    size = 0
    while size < len(keys) - 1 and _odds(keys[size], tokens[size]) < 0.3:
        size += 1
    if size not in {1, 2} or hints.tells("en", "US GB IE"):
        return False
    if all(key in tables.GIVEN or INITIALS.match(token) for key, token in zip(keys[size:], tokens[size:], strict=True)) and (
        keys[-1] not in tables.SURNAMES and keys[size] in tables.GIVEN
    ):
        draft.other_order = True
        return _put_given(draft, tokens[:size], tokens[size:], keys[size:], sure=0.65)
    return False
