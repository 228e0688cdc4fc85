# One text that holds a name: cleaned, and freed of what stands beside the name, before its parts are sorted.
from __future__ import annotations

import re
import unicodedata
from typing import Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._name_case import is_one_case, spread
from canonical_contact.normalize._name_junk import CONTACT, is_blank, is_company, not_a_person
from canonical_contact.normalize._name_order import order
from canonical_contact.normalize._name_parse import Draft, Hints, key_of, keys_of, split_title
from canonical_contact.normalize._name_people import people_in
from canonical_contact.normalize._organization import has_legal_form
from canonical_contact.normalize._text import clean, has_lost_characters, repair, unfold_width

__all__ = ["MARKUP", "QUIET", "problem", "read_full", "set_aside", "tidy", "unless_blank"]

_SYMBOL: Final = re.compile(
    "[\u2020\u2021\u2190-\u2bff\u3200-\u33ff\ue000-\uf8ff\ufe0f\u200d\u20d0-\u20ff\U0001f000-\U0001faff\U000f0000-\U0010ffff™®©*•]+"
)
MARKUP: Final = re.compile(r"</?[A-Za-z!][^<>]{0,200}>")
# Latin letters of one code point each, without those that take part in broken encodings.
QUIET: Final = re.compile(
    "[A-Za-z \u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0151\u0154-\u015f\u0162-\u0177\u0179-\u017c\u017f-\u0191\u0193-\u024f.,'-]+\\Z"
)
_ENTITY: Final = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,5}|#[xX][0-9A-Fa-f]{2,5});")
_APOSTROPHE: Final = re.compile(r"(?<=\w)[’ʼ`´‘](?=\w)")
_ASIDE: Final = re.compile(
    r"\(((?:[^()]|\([^()]{0,60}\)){0,200})\)|\[([^\[\]]{0,200})\]|[\"“”„«]([^\"“”„«»]{1,60})[\"“”»]|(?<=\s)[‘']([^\W\d_]{2,20})['’](?=\s|$)"
)
_ASIDE_HINT: Final = re.compile("[(\\[\"“”„«'‘]")


def _alternatives(phrases: tuple[str, ...]) -> str:
    spelled = {form for phrase in phrases for form in (phrase, phrase.upper(), phrase.capitalize())}
    return "|".join(re.escape(form) for form in sorted(spelled, key=lambda it: (-len(it), it)))


_FORMER: Final = re.compile(rf"(?<=[\w.,)][ ,(\[])[(\[]?(?:{_alternatives(tables.FORMER)})[ :]+([^()\[\],;:]+)[)\]]?")
_OTHER: Final = re.compile(rf"(?<=[\w.,)][ ,(\[])[(\[]?(?:{_alternatives(tables.OTHER)})[ :]+([^()\[\],;:]+)[)\]]?")
_OTHER_FIRST: Final = frozenset(phrase.lower().rstrip(":").split()[0] for phrase in (*tables.FORMER, *tables.OTHER))
_OPEN: Final = {ord(char): " " for char in "([,:"}
_LOST: Final = re.compile(r"\?[^\W\d]|[^\W\d]\?")  # an export to a code page writes a question mark for a letter that it lacks
_LOGIN: Final = re.compile(r"[^\W\d_]{2,20}[._][^\W\d_]{3,30}\Z")
_LOGIN_MARK: Final = re.compile("[._]")
_DASH: Final = re.compile(r" [-–—|] ")
_LIMIT: Final = 1_000
_MOST_WORDS: Final = 60
_HINTS: Final = {
    "name.company_in_name": "A company was left out of the name.",
    "name.couple": "Several people in one field; the first was taken, and split_people gives them all.",
    "name.encoding_repaired": "UTF-8 had been read as another encoding, or a page's source as text.",
    "name.former_name": "A former name was left out of the name.",
    "name.is_email": "An e-mail address stands in a name field.",
    "name.is_household": "A household stands in a name field.",
    "name.is_organization": "An organisation stands in a name field.",
    "name.is_phone": "A telephone number stands in a name field.",
    "name.is_role": "A department or a function stands in a name field.",
    "name.is_url": "A web address stands in a name field.",
    "name.markup": "There is markup in the name; it is kept as text.",
    "name.nickname_found": "A nickname or another name stood inside the name.",
    "name.order_guessed": "Which part is the surname cannot be told from the text for certain.",
    "name.placeholder": "The field says that there is no name.",
    "name.remark_removed": "A remark was left out of the name.",
    "name.symbols_removed": "Symbols were left out of the name.",
    "text.characters_lost": "Letters were lost when the file was written.",
    "text.too_long": "The field is too long for a name; it was cut, or not taken apart.",
}
_LOUD: Final = frozenset(
    {
        "name.couple",
        "name.is_email",
        "name.is_household",
        "name.is_organization",
        "name.is_phone",
        "name.is_role",
        "name.is_url",
        "name.company_in_name",
        "text.too_long",
    }
)


def problem(code: str, raw: str) -> Problem:
    """Make a problem of a name."""
    return Problem(code, raw=raw[:200], hint=_HINTS[code], severity=Severity.WARNING if code in _LOUD else Severity.INFO)


def _without_entities(text: str) -> str:
    """Read the characters that a page's source writes as `&eacute;` or `&#39;`."""
    from html import unescape

    for _ in range(3):  # written twice over
        text, before = _ENTITY.sub(lambda found: unescape(found[0]), text), text
        if text == before:
            break
    return text


def tidy(raw: str, problems: list[Problem]) -> str:
    """Clean one field, and say what was mended."""
    if len(raw) > _LIMIT:
        problems.append(problem("text.too_long", raw))
        raw = raw[:_LIMIT]
    if "&" in raw and ";" in raw and (whole := _without_entities(raw)) != raw:
        problems.append(problem("name.encoding_repaired", raw))
        raw = whole
    if raw.isascii():
        text = clean(raw)
        if "?" in text and _LOST.search(text):
            problems.append(problem("text.characters_lost", raw))
        if "*" in text:
            text = clean(text.replace("*", " "))
    elif QUIET.match(raw):
        text = " ".join(raw.split())
    else:
        composed = unicodedata.normalize("NFC", raw)
        if repair(composed) != composed:
            problems.append(problem("name.encoding_repaired", raw))
        elif has_lost_characters(raw):
            problems.append(problem("text.characters_lost", raw))
        text = clean(unfold_width(raw))
        if "?" in text and _LOST.search(text):
            problems.append(problem("text.characters_lost", raw))
        if _SYMBOL.search(text):
            problems.append(problem("name.symbols_removed", raw))
            text = clean(_SYMBOL.sub(" ", text))
        text = _APOSTROPHE.sub("'", text)
    if "@" in text or "://" in text or "www." in text:
        text = _without_contacts(text, problems)
    return text


def _without_contacts(text: str, problems: list[Problem]) -> str:
    """Take out e-mail and web addresses; what is left is the name, if any."""
    kinds: list[tuple[str, str]] = [
        (found.lastgroup or "", found[0]) for found in CONTACT.finditer(text) if found.lastgroup != "phone"
    ]
    if not kinds:
        return text
    rest = CONTACT.sub(lambda found: found[0] if found.lastgroup == "phone" else " ", text)
    rest = " ".join(rest.split()).strip(" ,;:<>()[]-–|\"'")
    if any(map(str.isalpha, rest)) and key_of(rest) not in {"mailto", "email", "e-mail", "mail", "web", "www"}:
        problems += [problem("name.remark_removed", raw) for _, raw in kinds]
        return rest
    problems.append(problem("name.is_email" if kinds[0][0] == "email" else "name.is_url", text))
    return ""


def unless_blank(text: str, problems: list[Problem]) -> str:
    """Give the text, or nothing where it says that there is no name."""
    if text and is_blank(text):
        problems.append(problem("name.placeholder", text))
        return ""
    return text


def set_aside(text: str, draft: Draft, problems: list[Problem], *, in_surname: bool) -> str:
    """Take out former and other names, and what stands in brackets or quotes."""
    if " " in text and not _OTHER_FIRST.isdisjoint(text.lower().translate(_OPEN).split()):
        text = _without_other_names(text, problems)
    if not _ASIDE_HINT.search(text) or not _ASIDE.search(text):
        return text.strip(" ,;")
    kept: list[str] = []
    for found in _ASIDE.finditer(text):
        inside = next(filter(None, found.groups()), "").strip()
        if not inside or is_blank(inside):
            continue
        if key_of(inside) in tables.TITLES_INNER and found[0][0] == "(" and found.start() < len(text) // 2:
            kept.append(found[0])
        elif split_title(inside) and key_of(inside) not in tables.TITLES_ALONE and key_of(inside) != "sr":
            draft.title.append(inside)
        elif key_of(inside) in tables.GENERATIONS and not draft.generation:
            split = (
                "Jr."
                if key_of(inside) in {"jr", "jnr", "junior"}
                else "Sr."
                if key_of(inside) in {"sr", "snr", "senior"}
                else inside
            )
            draft.generation = split
        elif key_of(inside) in tables.CREDENTIALS and inside != inside.capitalize():
            draft.credential.append(inside)
        elif has_legal_form(inside) or (in_surname and found[0][0] in "([" and " " in inside):
            problems.append(problem("name.company_in_name", inside))
        elif found[0][0] in "([" and _is_remark(inside, text, in_surname=in_surname):
            problems.append(problem("name.remark_removed", inside))
        else:
            problems.append(problem("name.nickname_found", inside))
    return " ".join(_ASIDE.sub(lambda found: found[0] if found[0] in kept else " ", text).split()).strip(" ,;")


def _is_remark(inside: str, text: str, *, in_surname: bool) -> bool:
    keys = keys_of(inside.split())
    return (
        in_surname
        or len(keys) > 1
        or any(map(str.isdecimal, inside))
        or "/" in inside
        or keys[0] in tables.JOBS
        or (inside.islower() and not text.islower())
        or (inside.isupper() and len(inside) < 4 and not text.isupper() and keys[0] not in tables.GIVEN and "." not in inside)
    )


def _without_other_names(text: str, problems: list[Problem]) -> str:
    for pattern, code in ((_FORMER, "name.former_name"), (_OTHER, "name.nickname_found")):
        found = pattern.search(text)
        if found is None or not text[: found.start()].strip(" ,("):
            continue
        head = text[: found.start()].rstrip(" ,([")
        if pattern is _OTHER and (split_title(head) or not head):
            continue
        problems.append(problem(code, found[1].strip(" )")))
        text = f"{head}{text[found.end() :] if text[found.end() :][:1] in {',', ' '} else ' ' + text[found.end() :]}".strip(" ,")
    return text


def read_full(full: str, draft: Draft, problems: list[Problem], hints: Hints) -> None:
    """Sort a text that holds a whole name into a draft; it stays empty where the text is no person's."""
    if "," in full or _DASH.search(full):
        full = _without_companies(full, problems)
    tokens = full.split()
    if len(tokens) > _MOST_WORDS:
        problems.append(problem("text.too_long", full))
        draft.given = [full]
        draft.at_most(0.3)
        return
    keys = keys_of(tokens)
    if split_title(full) and tables.TITLES_ALONE.isdisjoint(keys):
        draft.title += tokens
        return
    if code := not_a_person(full, keys, hints.column):
        problems.append(problem(code, full))
        return
    if len(tokens) == 1 and _LOGIN.match(full):
        full = _LOGIN_MARK.sub(" ", full)  # john.smith, Smith_John
        draft.at_most(0.7)
    if keys[0] in tables.FOR_FIRST or ":" in tokens[0] or (len(tokens) > 1 and ":" in tokens[1]):
        full = _without_address(full, tokens, keys, problems)
        tokens = full.split()
    if any(map(str.isdecimal, full)):
        full = _without_digits(full, problems)
    if len(tokens) > 1 and is_one_case(full):
        full = spread(full, language=hints.language)
    people = people_in(full, keys)
    if len(people) > 1:
        problems.append(problem("name.couple", full))
        paired = (
            len(tokens := full.split()) > 3
            and tokens[0].endswith(".")
            and key_of(tokens[1]) in {"et", "&", "y", "und", "and", "e"}
        )
        full = people[0]
        draft.at_most(0.9)
        if paired and key_of(tokens[0]) in tables.TITLES and full.startswith(f"{tokens[0]} "):  # M. et Mme Dupont
            draft.title.append(tokens[0])
            full = full[len(tokens[0]) + 1 :]
        if " " not in full and " " not in people[1] and tables.GIVEN.isdisjoint(keys_of(people)):  # Smith & Jones
            draft.surname = [full]
            draft.at_most(0.5)
            return
    known = len(draft.title)
    order(full, draft, hints)
    if known:
        before = draft.title[:known]
        draft.title = before + [word for word in draft.title[known:] if word not in before]


def _without_address(full: str, tokens: list[str], keys: list[str], problems: list[Problem]) -> str:
    """Take off `Attn:`, `Dear`, `Kontakt:`."""
    bare = [key.strip(":") for key in keys[:5]]
    for phrases, colon in ((tables.FOR, False), (tables.LABELS, True)):
        for phrase in phrases:
            size = len(phrase)
            if (
                tuple(bare[:size]) == phrase
                and len(tokens) > size
                and (not colon or tokens[size - 1].endswith(":") or tokens[size] == ":")
            ):
                size += tokens[size] == ":"
                if len(tokens) > size:
                    problems.append(problem("name.remark_removed", " ".join(tokens[:size])))
                    return " ".join(tokens[size:]).strip(" ,:")
    return full


def _without_digits(full: str, problems: list[Problem]) -> str:
    """Take out telephone numbers and counters (`John Smith 2`)."""
    problems += [
        problem("name.remark_removed", found[0].strip()) for found in CONTACT.finditer(full) if found.lastgroup == "phone"
    ]
    text = " ".join(CONTACT.sub(lambda found: " " if found.lastgroup == "phone" else found[0], full).split())
    tokens = text.split(" ")
    if len(tokens) > 1 and any(token.strip("#()").isdecimal() for token in tokens):
        gone = [token for token in tokens if token.strip("#()").isdecimal()]
        problems += [problem("name.remark_removed", token) for token in gone]
        text = " ".join([token for token in tokens if token not in gone])
    return text.strip(" ,;:-") or full


def _without_companies(full: str, problems: list[Problem]) -> str:
    """Take out a company or a function behind a dash, a bar or a comma."""
    while found := _DASH.search(full):
        left, right = full[: found.start()].strip(" ,"), full[found.end() :].strip(" ,")
        if not left or not right:
            full = left or right
            break
        if (
            "|" not in found[0]
            and " " not in right
            and " " in left
            and not is_company(right)
            and key_of(right) not in tables.JOBS
        ):
            full = f"{left}-{right}"  # Müller - Schmidt
            continue
        if is_company(left):
            if is_company(right) or key_of(right.split(" ")[0]) in tables.JOBS:
                return full
            left, right = right, left  # Acme Ltd - John Smith
        problems.append(problem("name.company_in_name" if is_company(right) else "name.remark_removed", right))
        full = left
    if "," not in full:
        return full
    parts = [part.strip() for part in full.split(",")]
    if " " not in parts[0]:
        return full
    kept = [parts[0]]
    for part in parts[1:]:
        keys = keys_of(part.split())
        if part and is_company(part, keys):
            problems.append(problem("name.company_in_name", part))
        elif (
            part
            and not tables.JOBS.isdisjoint(keys)
            and key_of(part) not in tables.CREDENTIALS
            and key_of(part) not in tables.TITLES
            and not tables.GIVEN & set(keys)
        ):
            problems.append(problem("name.remark_removed", part))
        else:
            kept.append(part)
    return ", ".join(filter(None, kept))
