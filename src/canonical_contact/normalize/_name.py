# Personal names (components after RFC 9553, 2.2.1): from the fields of a record, or from one text.
from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from canonical_contact.errors import InputError, Problem
from canonical_contact.model.name import Name
from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._fold import fold, quick_plain
from canonical_contact.normalize._name_case import is_one_case, recase
from canonical_contact.normalize._name_column import column_holds
from canonical_contact.normalize._name_keys import name_keys
from canonical_contact.normalize._name_order import order
from canonical_contact.normalize._name_parse import (
    Draft,
    Hints,
    initials_after_given,
    split_suffix,
    split_title,
    take_after,
    take_title,
)
from canonical_contact.normalize._name_text import MARKUP, QUIET, problem, read_full, set_aside, tidy, unless_blank
from canonical_contact.normalize._organization import has_legal_form
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import is_blank, plain, repair

__all__ = [
    "COUPLE", "INITIAL", "INITIALS", "compose", "is_shouted", "is_tidy", "is_tidy_title", "name", "read_name", "same_words",
]  # fmt: skip

_PARTS: Final = (
    "full", "given", "given2", "surname", "surname2", "title", "suffix", "generation", "credential", "phonetic_given", "phonetic_surname",
    "sort_as",
)  # fmt: skip
_NAMES: Final = frozenset(_PARTS)
_NO_TEXTS: Final = ("",) * (len(_PARTS) - 1)
_TIDY: Final = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*\Z")
_PLAIN: Final = re.compile(r"([A-Z][a-z]{1,24}) ([A-Z][a-z]{1,24})\Z")
_SPECIAL: Final = (
    tables.TITLES
    | tables.GENERATIONS
    | tables.CREDENTIALS
    | tables.BLANK
    | tables.NOBILITY
    | {"and", "und", "et", "och", "nee", "née", "geb", "y", "doña", "señor", "señora", "fräulein", "fröken", "frøken", "maître"}
)
# A text of two plain words with one of these needs a closer look.
_CLOSER: Final = (
    _SPECIAL | tables.TITLE_PHRASE_FIRST | tables.TITLES_BEHIND | tables.FOR_FIRST | tables.PARTICLES | tables.CAPITAL_PARTICLES | tables.BOUND
    | tables.ORGANIZATIONS | tables.ORGANIZATION_FIRST | tables.ROLES | tables.HOUSEHOLD | tables.VIETNAMESE | tables.LEGAL_LAST
    | tables.ROMAN_CHINESE | tables.ROMAN_KOREAN | tables.ROMAN_JAPANESE | tables.O_WORDS
)  # fmt: skip
INITIALS: Final = re.compile(r"[A-Z]\.(?: [A-Z]\.){0,5}\Z")
INITIAL: Final = re.compile(r"[A-Z]\.\Z")
_KATAKANA: Final = re.compile("[\u30a0-\u30ff]+\\Z")
COUPLE: Final = re.compile(r" (?:&|\+|and|und|et|och|y|e) ", re.IGNORECASE)


def name(raw: str | Mapping[str, str], *, region: str = "", language: str = "", column: str = "") -> Normalized[Name]:
    """Read a person's name from one text, or from the fields of a record.

    Titles, generations and credentials move to their own parts wherever they stand; `Last, First` is turned round; names in capitals
    or small letters get the usual case; broken encodings are repaired. Where the order of the parts cannot be told from the text,
    the likelier reading has less confidence and the other is an alternative.

    Args:
        raw: the name in one text, or its parts by name: `full` (taken apart only where neither `given` nor `surname` is there), `given`,
            `given2` (middle names), `surname` (with its particles), `surname2`, `title`, `suffix` (generation, credentials),
            `generation`, `credential`, `phonetic_given`, `phonetic_surname`, `sort_as`.
        region: ISO 3166-1 alpha-2 of the country that the person probably comes from, a hint on the order (`HU`, `VN`).
        language: BCP 47 tag of the person's language, a hint of the same kind.
        column: the header of the column, or the raw path, that a text came from: `Nachname` says that it is a surname.

    Returns:
        The name; its key is the folded given name and surname. A nickname inside the name is reported as `name.nickname_found`, with
        the nickname as `raw`. No value for a placeholder, an e-mail address or an organisation.

    Raises:
        InputError: where a part has a name that no name has.

    >>> name("Dr. VAN DER MEER, Vincent").value.surname, name('William "Bill" Gates III').value.generation
    ('van der Meer', 'III')
    >>> name({"given": "Prof. Dr. Hans P.", "surname": "MÜLLER, MBA"}).value.full
    'Hans P. Müller'
    """
    if isinstance(raw, str):
        if not column and (found := _plain(raw, language, region)) is not None:
            return found
        holds = column_holds(column) if column else ""
        raws = (
            ("", raw, *_NO_TEXTS[1:])
            if holds == "given"
            else ("", "", "", raw, *_NO_TEXTS[3:])
            if holds == "surname"
            else (raw, *_NO_TEXTS)
        )
    elif raw.keys() <= _NAMES:
        raws = tuple([raw.get(part, "") for part in _PARTS])
        holds = column_holds(column) if column else ""
    else:
        names = ", ".join(sorted(set(raw) - _NAMES))
        raise InputError(f"A name has no part {names}.", path="raw", hint=f"Its parts are {', '.join(_PARTS)}.")
    it = read_name(raws, language, region, holds)
    return Normalized(it.value, name_keys(it.value) if it.value else (), it.confidence, it.alternatives, it.problems, raw)


def _plain(raw: str, language: str, region: str) -> Normalized[Name] | None:
    """Read two plain words, such as `John Smith`; None where they need a closer look."""
    found = _PLAIN.match(raw)
    if found is None:
        return None
    first, last = raw.lower().split(" ")
    if first in _CLOSER or last in _CLOSER:
        return None
    if first not in tables.GIVEN or (last in tables.GIVEN and first in tables.SURNAMES) or language or region:
        return None
    given, surname = found.groups()
    value = Name(raw, "", given, "", surname)
    return Normalized(value, name_keys(value), 1.0, (), (), raw)


def read_name(raws: tuple[str, ...], language: str, country: str, column: str = "") -> Normalized[Name]:
    """Do what `name` does, without its keys; `column` is what `column_holds` says."""
    full, given, given2, surname, surname2, title, *others = raws
    if (
        not (surname2 or any(others))
        and is_tidy(given)
        and is_tidy(surname)
        and (not given2 or INITIAL.match(given2) or is_tidy(given2))
        and (not title or is_tidy_title(title))
    ):
        composed = compose(given, given2, surname, "", "")
        if not full or full == composed or not ("・" in composed or same_words(full, composed)):
            return Normalized(Name(composed, title, given, given2, surname))
    hints = Hints(language.lower(), country.upper(), column)
    problems: list[Problem] = []
    texts = [tidy(text, problems) if text else "" for text in raws]
    if texts[0] and not any(texts[1:]):
        value, draft = _alone(texts[0], problems, hints)
    else:
        value, draft = _once(texts, problems, hints)
    for _ in range(4):  # what was brought to light by one step may need another
        if _is_settled(value):
            break
        again, _ = _once([tidy(text, []) if text else "" for text in _parts(value)], [], hints, parse=False)
        if again == value:
            break
        value = again
    if value == _NOBODY:
        if not problems and (told := next((raw for raw in raws if not is_blank(raw)), "")):
            problems.append(problem("name.placeholder", told))
        return Normalized(None, confidence=0.0, problems=tuple(problems))
    alternatives: tuple[Name, ...] = ()
    if draft.other_order:
        problems.append(problem("name.order_guessed", value.full))
        alternatives = (_turned(value),)
    return Normalized(value, (), draft.confidence, alternatives, tuple(problems))


_NOBODY: Final = Name()
_NO_SOUNDS: Final = ("", "", "")


def is_tidy(text: str) -> bool:
    """Tell whether a part of a name is read as it is, whatever the others are."""
    if not _TIDY.match(text) or text.isupper() or text.islower() or len(text) > 80 or text[-2:-1] == " ":
        return False
    low = text.lower()
    if not text.isascii():
        low = quick_plain(text)
        if text.startswith(tables.GLUED_BEFORE):
            return False
    if not text.isascii() and not QUIET.match(text) and (not unicodedata.is_normalized("NFC", text) or repair(text) != text):
        return False
    if " " in low:
        return _SPECIAL.isdisjoint(low.split(" ")) and low not in _SPECIAL
    return low not in _SPECIAL


def _is_settled(value: Name) -> bool:
    """Tell whether the parts of a name would be read as they are."""
    given, given2, surname = value.given, value.given2, value.surname
    if value.surname2 or not (given or surname):
        return False
    if not (INITIALS.match(given) if given and "." in given else is_tidy(given) if given else " " not in surname):
        return False
    if not (is_tidy(surname) if surname else given.isascii() and " " not in given and "." not in given):
        return False
    return not given2 or INITIALS.match(given2) is not None or is_tidy(given2)


def is_tidy_title(text: str) -> bool:
    """Tell whether a title is read as it is beside tidy parts."""
    return text.isascii() and text.isprintable() and " ".join(text.split()) == text and text.lower() not in tables.BLANK


def same_words(first: str, second: str) -> bool:
    """Tell whether two texts hold the same words, in whatever order."""
    return sorted(fold(first).replace(",", " ").split()) == sorted(fold(second).replace(",", " ").split())


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))


def _parts(value: Name) -> tuple[str, ...]:
    return (
        value.full, value.given, value.given2, value.surname, value.surname2, value.title, "", value.generation, value.credential,
        value.phonetic_given, value.phonetic_surname, value.sort_as,
    )  # fmt: skip


def _alone(full: str, problems: list[Problem], hints: Hints) -> tuple[Name, Draft]:
    """Do what `_once` does for a text that stands alone."""
    draft = Draft()
    full = unless_blank(full, problems)
    if "<" in full and MARKUP.search(full):
        problems.append(problem("name.markup", full))
        draft.given = [full]
        return _finish(draft, "", "", _NO_SOUNDS, hints.language), draft
    if full and (full[0] == "," or full[-1] == ","):  # "Smith, " and ", John" of an export that joins two fields
        hints = Hints(hints.language, hints.region, "surname" if full[-1] == "," else "given")
    if full := set_aside(full, draft, problems, in_surname=False):
        read_full(full, draft, problems, hints)
    return _finish(draft, full, "", _NO_SOUNDS, hints.language), draft


def _once(texts: list[str], problems: list[Problem], hints: Hints, *, parse: bool = True) -> tuple[Name, Draft]:
    full, given, given2, surname, surname2, title, suffix, generation, credential, phonetic_given, phonetic_surname, sort_as = (
        unless_blank(text, problems) if text else "" for text in texts
    )
    draft = Draft(title=title.split())
    fixed = [text for text in (full, given, surname) if "<" in text and MARKUP.search(text)]
    if fixed:
        problems.append(problem("name.markup", fixed[0]))
        draft.given, draft.surname = [given or ("" if surname else full)], [surname]
        given = surname = full = ""
    else:
        given = set_aside(given, draft, problems, in_surname=False)
        given2 = set_aside(given2, draft, problems, in_surname=False)
        surname2 = set_aside(surname2, draft, problems, in_surname=True)
        surname = set_aside(surname, draft, problems, in_surname=bool(given))
        if not (given or surname):
            full = set_aside(full, draft, problems, in_surname=False)
    draft.generation = generation
    if credential:
        draft.credential = [part.strip() for part in credential.split(",") if part.strip()]
    split_suffix(suffix, draft)
    if given or surname:
        _from_fields((given, given2, surname), draft, problems, hints)
    elif full and parse and not _words(full) <= _words(f"{given2} {surname2} {generation} {credential}"):
        read_full(full, draft, problems, hints)
    if given2:
        draft.given2 = [given2, *draft.given2] if plain(given2) not in map(plain, draft.given2) else draft.given2
    return _finish(draft, full, surname2, (phonetic_given, phonetic_surname, sort_as), hints.language), draft


def _from_fields(fields: tuple[str, str, str], draft: Draft, problems: list[Problem], hints: Hints) -> None:
    given, given2, surname = fields
    tokens = given.split()
    found = take_title(tokens, follows=len(surname.split()) + len(given2.split())) if tokens else []
    draft.title += [word for word in found if word not in draft.title]
    given = " ".join(tokens)
    if given and (couple := COUPLE.search(given)):
        problems.append(problem("name.couple", given))
        given = given[: couple.start()]
    if given and not surname:
        if hints.column == "given":
            draft.given2 = initials_after_given(tokens := given.split())
            draft.given = tokens
        elif " " in given and not given2:
            read_full(given, draft, problems, hints)
            draft.confidence = min(draft.confidence, 0.6)
            draft.other_order = draft.other_order or not draft.family_first
        elif given2:
            draft.given = given.split()
        else:
            order(given, draft, Hints(hints.language, hints.region, "given"))
        return
    if surname and not given and ("," in surname or (split_title(surname.split(maxsplit=1)[0]) and " " in surname)):
        if has_legal_form(surname):
            problems.append(problem("name.is_organization", surname))
            return
        order(surname, draft, hints)
        if not draft.surname:  # "Dr. Müller"
            draft.surname, draft.given = draft.given, []
        return
    if surname and not given and not given2 and has_legal_form(surname):
        problems.append(problem("name.is_organization", surname))
        return
    words = surname.replace(",", ", ").split()
    take_after(words, draft)
    draft.surname = " ".join(words).rstrip(",").split(" ")
    tokens = given.split()
    draft.given2 = initials_after_given(tokens)
    draft.given = tokens


def _finish(draft: Draft, full: str, surname2: str, sounds: tuple[str, str, str], language: str) -> Name:
    given, given2, surname = " ".join(draft.given).strip(), " ".join(draft.given2).strip(), " ".join(draft.surname).strip()
    marked = "<" in given + surname and MARKUP.search(given + surname) is not None
    if not marked:
        given, given2, surname = _cased(given, given2, surname, language)
        surname2 = recase(surname2, surname=True, language=language) if is_one_case(surname2) else surname2
    generation = draft.generation
    if not (given or given2 or surname or surname2):
        generation = ""
        if not (draft.title or any(sounds[:2])):
            return _NOBODY
    composed = compose(given, given2, surname, surname2, generation, family_first=draft.family_first)
    if (
        full
        and full != composed
        and not is_one_case(full)
        and not marked
        and sorted(full.split()) == sorted(composed.replace("・", " ").split())
    ):
        composed = full
    credential = ", ".join(dict.fromkeys(draft.credential)) if draft.credential else ""
    return Name(composed, " ".join(draft.title), given, given2, surname, surname2, generation, credential, *sounds)


def _cased(given: str, given2: str, surname: str, language: str) -> tuple[str, str, str]:
    if not (given.isupper() or given.islower() or surname.isupper() or surname.islower() or given2.isupper() or given2.islower()):
        return given, given2, surname
    letters = given + given2 + surname
    whole = is_one_case(letters)
    if whole and letters.islower():
        return (
            recase(given, language=language),
            recase(given2, language=language),
            recase(surname, surname=True, language=language),
        )
    if is_one_case(given) and (given.islower() or is_shouted(given, least=2 if whole else 3)):
        given = recase(given, language=language)
    if is_one_case(given2) and (given2.islower() or is_shouted(given2, least=2 if whole else 3)):
        given2 = recase(given2, language=language)
    if is_one_case(surname) and (surname.islower() or given or is_shouted(surname, least=3)):
        surname = recase(surname, surname=True, language=language)
    return given, given2, surname


def is_shouted(text: str, *, least: int) -> bool:
    """Tell whether capitals are loud letters and not initials such as JRR."""
    letters = [char for char in plain(text) if char.isalpha()]
    return (
        len(letters) >= least
        and (len(letters) > 3 or any(char in "aeiouy" for char in letters) or not text.isascii())
        and "." not in text
    )


def compose(given: str, given2: str, surname: str, surname2: str, generation: str, *, family_first: bool = False) -> str:
    """Put the parts of a name into one text."""
    kana = surname and given and _KATAKANA.match(given) and _KATAKANA.match(surname)  # nobody could tell them apart unspaced
    if kana and not family_first:
        return "・".join(filter(None, (given, given2, surname)))
    if surname and given and not given2 and not kana and ord(given[-1]) > 0x2E7F and ord(surname[-1]) > 0x2E7F:
        return " ".join(filter(None, (surname + given, surname2, generation)))
    parts = (given, given2, surname, surname2, generation)
    if family_first:
        middle_first = (given2, given) if given2 and _is_middle_first(given2) else (given, given2)
        parts = (surname, *middle_first, surname2, generation)
    return " ".join(filter(None, parts))


def _is_middle_first(given2: str) -> bool:
    """Vietnamese middle names stand before the given name, Slavic patronymics after it."""
    return not ("\u0400" <= given2[0] <= "\u052f" or "." in given2)


def _turned(value: Name) -> Name:
    return Name(
        value.full, value.title, value.surname, value.given2, value.given, value.surname2, value.generation, value.credential,
        value.phonetic_surname, value.phonetic_given, value.sort_as,
    )  # fmt: skip
