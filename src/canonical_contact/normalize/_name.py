# Personal names (components after RFC 9553, 2.2.1): from the fields of a record, or from one text.
from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.model.name import Name
from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._fold import fold
from canonical_contact.normalize._name_case import is_one_case, recase
from canonical_contact.normalize._name_parse import (
    Draft,
    initials_after_given,
    order,
    split_suffix,
    split_title,
    take_after,
    take_title,
)
from canonical_contact.normalize._organization import has_legal_form
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, has_lost_characters, plain, repair, unfold_width

__all__ = ["name", "read_name"]

_PARTS: Final = (
    "full", "given", "given2", "surname", "surname2", "title", "suffix", "generation", "credential", "phonetic_given", "phonetic_surname",
    "sort_as",
)  # fmt: skip
_NAMES: Final = frozenset(_PARTS)
_NO_TEXTS: Final = ("",) * (len(_PARTS) - 1)
_TIDY: Final = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*\Z")
_SPECIAL: Final = (
    tables.TITLES
    | tables.GENERATIONS
    | tables.CREDENTIALS
    | tables.BLANK
    | tables.NOBILITY
    | {"and", "und", "et", "och", "nee", "née", "geb", "y", "doña", "señor", "señora", "fräulein", "fröken", "frøken", "maître"}
)
_INITIAL: Final = re.compile(r"[A-Z]\.\Z")
_SYMBOL: Final = re.compile(
    "[\u2190-\u2bff\u3200-\u33ff\ue000-\uf8ff\ufe0f\u200d\u20d0-\u20ff\U0001f000-\U0001faff\U000f0000-\U0010ffff]+"
)
_MARKUP: Final = re.compile(r"</?[A-Za-z!][^<>]{0,200}>")
_APOSTROPHE: Final = re.compile(r"(?<=\w)[’ʼ`´‘](?=\w)")
_ASIDE: Final = re.compile(
    r"\(((?:[^()]|\([^()]{0,60}\)){0,200})\)|\[([^\[\]]{0,200})\]|[\"“”„«]([^\"“”„«»]{1,60})[\"“”»]|(?<=\s)[‘']([^\W\d_]{2,20})['’](?=\s|$)"
)
_FORMER: Final = re.compile(
    r"[ ,(]+(?:née|nee|né|geb\.?|geborene[rn]?|nata|nato|z domu|rozená|f\.d\.|formerly) +(\S.*)\Z", re.IGNORECASE
)
_COUPLE: Final = re.compile(r" (?:&|\+|and|und|et|och|y|e) ", re.IGNORECASE)
_COUPLE_IN_FULL: Final = re.compile(r"(?<!von) (?:&|\+|and|und|et|och) (?!zu )", re.IGNORECASE)
_LOST: Final = re.compile(r"\?[^\W\d]|[^\W\d]\?")  # an export to a code page writes a question mark for a letter that it lacks
_LIMIT: Final = 1_000
_HINTS: Final = {
    "name.company_in_name": "A company in brackets was left out of the name.",
    "name.couple": "Two people in one field; the first was taken.",
    "name.encoding_repaired": "UTF-8 had been read as another encoding.",
    "name.former_name": "A former name was left out of the name.",
    "name.is_email": "An e-mail address stands in a name field.",
    "name.is_organization": "An organisation stands in a name field.",
    "name.markup": "There is markup in the name; it is kept as text.",
    "name.nickname_found": "A nickname stood inside the name.",
    "name.order_guessed": "Which part is the surname cannot be told from the text for certain.",
    "name.placeholder": "The field says that there is no name.",
    "name.remark_removed": "A remark in brackets was left out of the name.",
    "name.symbols_removed": "Symbols were left out of the name.",
    "text.characters_lost": "Letters were lost when the file was written.",
    "text.too_long": "The field is too long for a name and was cut.",
}
_QUIET: Final = frozenset(_HINTS) - {
    "name.couple",
    "name.is_email",
    "name.is_organization",
    "name.company_in_name",
    "text.too_long",
}


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
        raws = (raw, *_NO_TEXTS)
    elif raw.keys() <= _NAMES:
        raws = tuple([raw.get(part, "") for part in _PARTS])
    else:
        names = ", ".join(sorted(set(raw) - _NAMES))
        raise InputError(f"A name has no part {names}.", path="raw", hint=f"Its parts are {', '.join(_PARTS)}.")
    found = read_name(raws, language, region)
    value = found.value
    key = fold(f"{value.given} {value.surname} {value.surname2}") if value else ""
    return Normalized(value, (key,) if key else (), found.confidence, found.alternatives, found.problems, raw)


def read_name(raws: tuple[str, ...], language: str, country: str) -> Normalized[Name]:
    """Do what `name` does, without its key."""
    full, given, given2, surname, surname2, title, *others = raws
    if (
        not (surname2 or any(others))
        and _is_tidy(given)
        and _is_tidy(surname)
        and (not given2 or _INITIAL.match(given2) or _is_tidy(given2))
        and (not title or _is_tidy_title(title))
    ):
        composed = _compose(given, given2, surname, "", "")
        if not full or full == composed or not _same_words(full, composed):
            return Normalized(Name(composed, title, given, given2, surname))
    problems: list[Problem] = []
    texts = [_tidy(text, problems) if text else "" for text in raws]
    value, draft = _once(texts, problems, language, country)
    for _ in range(4):  # what was brought to light by one step may need another
        if (
            _is_tidy(value.given)
            and _is_tidy(value.surname)
            and not value.surname2
            and (not value.given2 or _is_tidy(value.given2))
        ):
            break
        again, _ = _once([_tidy(text, []) if text else "" for text in _parts(value)], [], language, country, parse=False)
        if again == value:
            break
        value = again
    if value == _NOBODY:
        return Normalized(None, confidence=0.0, problems=tuple(problems))
    alternatives: tuple[Name, ...] = ()
    if draft.other_order:
        problems.append(_problem("name.order_guessed", value.full))
        alternatives = (_turned(value),)
    return Normalized(value, (), draft.confidence, alternatives, tuple(problems))


_NOBODY: Final = Name()


def _is_tidy(text: str) -> bool:
    if not _TIDY.match(text) or text.isupper() or text.islower() or len(text) > 80 or text[-2:-1] == " ":
        return False
    low = text.lower()
    if not text.isascii() and (not unicodedata.is_normalized("NFC", text) or repair(text) != text):
        return False
    if " " in low:
        return _SPECIAL.isdisjoint(low.split(" ")) and low not in _SPECIAL
    return low not in _SPECIAL


def _is_tidy_title(text: str) -> bool:
    return text.isascii() and text.isprintable() and " ".join(text.split()) == text and text.lower() not in tables.BLANK


def _same_words(first: str, second: str) -> bool:
    return sorted(fold(first).replace(",", " ").split()) == sorted(fold(second).replace(",", " ").split())


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))


def _parts(value: Name) -> tuple[str, ...]:
    return (
        value.full, value.given, value.given2, value.surname, value.surname2, value.title, "", value.generation, value.credential,
        value.phonetic_given, value.phonetic_surname, value.sort_as,
    )  # fmt: skip


def _problem(code: str, raw: str) -> Problem:
    return Problem(code, raw=raw[:200], hint=_HINTS[code], severity=Severity.INFO if code in _QUIET else Severity.WARNING)


def _tidy(raw: str, problems: list[Problem]) -> str:
    """Clean one field, and say what was mended."""
    if len(raw) > _LIMIT:
        problems.append(_problem("text.too_long", raw))
        raw = raw[:_LIMIT]
    if not raw.isascii():
        if repair(unicodedata.normalize("NFC", raw)) != unicodedata.normalize("NFC", raw):
            problems.append(_problem("name.encoding_repaired", raw))
        elif has_lost_characters(raw):
            problems.append(_problem("text.characters_lost", raw))
    text = clean(unfold_width(raw))
    if "?" in text and _LOST.search(text):
        problems.append(_problem("text.characters_lost", raw))
    if not text.isascii():
        if _SYMBOL.search(text):
            problems.append(_problem("name.symbols_removed", raw))
            text = clean(_SYMBOL.sub(" ", text))
        text = _APOSTROPHE.sub("'", text)
    if "@" in text and re.search(r"\S@\S+\.\S", text):
        problems.append(_problem("name.is_email", raw))
        return ""
    return text


def _once(texts: list[str], problems: list[Problem], language: str, country: str, *, parse: bool = True) -> tuple[Name, Draft]:
    full, given, given2, surname, surname2, title, suffix, generation, credential, phonetic_given, phonetic_surname, sort_as = (
        _unless_blank(text, problems) for text in texts
    )
    draft = Draft(title=title.split())
    fixed = [text for text in (full, given, surname) if _MARKUP.search(text)]
    if fixed:
        problems.append(_problem("name.markup", fixed[0]))
        draft.given, draft.surname = [given or ("" if surname else full)], [surname]
        given = surname = full = ""
    else:
        given = _set_aside(given, draft, problems, in_surname=False)
        given2 = _set_aside(given2, draft, problems, in_surname=False)
        surname2 = _set_aside(surname2, draft, problems, in_surname=True)
        surname = _set_aside(surname, draft, problems, in_surname=bool(given))
        if not (given or surname):
            full = _set_aside(full, draft, problems, in_surname=False)
    draft.generation = generation
    if credential:
        draft.credential = [part.strip() for part in credential.split(",") if part.strip()]
    split_suffix(suffix, draft)
    if given or surname:
        _from_fields((given, given2, surname), draft, problems, (language, country))
    elif full and parse and not _words(full) <= _words(f"{given2} {surname2} {generation} {credential}"):
        _from_full(full, draft, problems, (language, country))
    if given2:
        draft.given2 = [given2, *draft.given2] if plain(given2) not in map(plain, draft.given2) else draft.given2
    return _finish(draft, full, surname2, (phonetic_given, phonetic_surname, sort_as)), draft


def _unless_blank(text: str, problems: list[Problem]) -> str:
    if not text:
        return ""
    key = plain(text)
    if key in tables.BLANK or not any(map(str.isalnum, text)) or all(word in tables.BLANK for word in key.split(" ")):
        problems.append(_problem("name.placeholder", text))
        return ""
    return text


def _set_aside(text: str, draft: Draft, problems: list[Problem], *, in_surname: bool) -> str:
    """Take out what stands in brackets or quotes, and a former name."""
    if former := _FORMER.search(text):
        problems.append(_problem("name.former_name", former[1].strip(") ")))
        text = text[: former.start()]
    for found in _ASIDE.finditer(text):
        inside = next(filter(None, found.groups()), "").strip()
        if not inside or plain(inside) in tables.BLANK:
            continue
        if split_title(inside):
            draft.title.append(inside)
        elif has_legal_form(inside) or (in_surname and found[0][0] in "([" and " " in inside):
            problems.append(_problem("name.company_in_name", inside))
        elif " " in inside or in_surname or any(map(str.isdecimal, inside)):
            problems.append(_problem("name.remark_removed", inside))
        else:
            problems.append(_problem("name.nickname_found", inside))
    return " ".join(_ASIDE.sub(" ", text).split()).strip(" ,;") if _ASIDE.search(text) else text.strip(" ,;")


def _from_fields(fields: tuple[str, str, str], draft: Draft, problems: list[Problem], hints: tuple[str, str]) -> None:
    given, given2, surname = fields
    tokens = given.split()
    found = take_title(tokens, follows=len(surname.split()) + len(given2.split())) if tokens else []
    draft.title += [word for word in found if word not in draft.title]
    given = " ".join(tokens)
    if given and (couple := _COUPLE.search(given)):
        problems.append(_problem("name.couple", given))
        given = given[: couple.start()]
    if given and not surname:
        if " " in given and not given2:
            _from_full(given, draft, problems, hints)
            draft.confidence = min(draft.confidence, 0.6)
            draft.other_order = draft.other_order or not draft.family_first
        elif given2:
            draft.given = given.split()
        else:
            order(given, draft)
        return
    if surname and not given and ("," in surname or (split_title(surname.split(maxsplit=1)[0]) and " " in surname)):
        if has_legal_form(surname):
            problems.append(_problem("name.is_organization", surname))
            return
        order(surname, draft, language=hints[0], country=hints[1])
        if not draft.surname:  # "Dr. Müller"
            draft.surname, draft.given = draft.given, []
        return
    if surname and not given and not given2 and has_legal_form(surname):
        problems.append(_problem("name.is_organization", surname))
        return
    words = surname.replace(",", ", ").split()
    take_after(words, draft)
    draft.surname = " ".join(words).rstrip(",").split(" ")
    tokens = given.split()
    draft.given2 = initials_after_given(tokens)
    draft.given = tokens


def _from_full(full: str, draft: Draft, problems: list[Problem], hints: tuple[str, str]) -> None:
    if has_legal_form(full):
        problems.append(_problem("name.is_organization", full))
        return
    tokens = full.split()
    draft.title += [word for word in take_title(tokens) if word not in draft.title]
    full = " ".join(tokens)
    couple = _COUPLE_IN_FULL.search(full)
    if couple and couple.start():
        problems.append(_problem("name.couple", full))
        first, rest = full[: couple.start()], full[couple.end() :]
        if " " in first or " " not in rest:
            full = first
        else:
            order(rest, draft, language=hints[0], country=hints[1])
            draft.given, draft.given2 = [first], []
            return
    order(full, draft, language=hints[0], country=hints[1])


def _finish(draft: Draft, full: str, surname2: str, sounds: tuple[str, str, str]) -> Name:
    given, given2, surname = (" ".join(filter(None, part)) for part in (draft.given, draft.given2, draft.surname))
    marked = _MARKUP.search(given + surname)
    if not marked:
        given, given2, surname = _cased(given, given2, surname)
        surname2 = recase(surname2, surname=True) if is_one_case(surname2) else surname2
    generation = draft.generation
    if not (given or given2 or surname or surname2):
        generation = ""
        if not (draft.title or any(sounds[:2])):
            return _NOBODY
    composed = _compose(given, given2, surname, surname2, generation, family_first=draft.family_first)
    if full and full != composed and not is_one_case(full) and not marked and sorted(full.split()) == sorted(composed.split()):
        composed = full
    credential = ", ".join(dict.fromkeys(draft.credential))
    return Name(composed, " ".join(draft.title), given, given2, surname, surname2, generation, credential, *sounds)


def _cased(given: str, given2: str, surname: str) -> tuple[str, str, str]:
    letters = given + given2 + surname
    whole = is_one_case(letters)
    if whole and letters.islower():
        return recase(given), recase(given2), recase(surname, surname=True)
    if is_one_case(given) and (given.islower() or _is_shouted(given, least=2 if whole else 3)):
        given = recase(given)
    if is_one_case(given2) and (given2.islower() or _is_shouted(given2, least=2 if whole else 3)):
        given2 = recase(given2)
    if is_one_case(surname) and (surname.islower() or given or _is_shouted(surname, least=3)):
        surname = recase(surname, surname=True)
    return given, given2, surname


def _is_shouted(text: str, *, least: int) -> bool:
    """Tell whether capitals are loud letters and not initials such as JRR."""
    letters = [char for char in plain(text) if char.isalpha()]
    return (
        len(letters) >= least
        and (len(letters) > 3 or any(char in "aeiouy" for char in letters) or not text.isascii())
        and "." not in text
    )


def _compose(given: str, given2: str, surname: str, surname2: str, generation: str, *, family_first: bool = False) -> str:
    if surname and given and not given2 and ord(given[-1]) > 0x2E7F and ord(surname[-1]) > 0x2E7F:
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
