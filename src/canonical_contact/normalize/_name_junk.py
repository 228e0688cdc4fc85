# Texts that are no person's name: placeholders, departments, organisations, households, numbers and addresses of other kinds.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._fold import quick_plain
from canonical_contact.normalize._name_parse import key_of, keys_of
from canonical_contact.normalize._organization import has_legal_form

__all__ = ["CONTACT", "is_blank", "is_company", "not_a_person"]

# An e-mail address, a web address, a telephone number inside a text.
CONTACT: Final = re.compile(
    r"(?P<email>[<(\[]?(?:mailto:)?(?<![^\s<(\[:;,])[^\s@<>()\[\],;]{1,64}@[^\s@<>()\[\],;]{1,255}[>)\]]?)"
    r"|(?P<url>\b(?:https?://|www\.)\S{1,500})"
    r"|(?P<phone>(?:(?<=\s)|^)[+(]{0,2}\d[\d\s()/.\-]{5,40}\d(?=\s|$))",
    re.IGNORECASE,
)
_DOMAIN: Final = re.compile(
    r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.(?:com|org|net|info|biz|io|eu|de|at|ch|uk|fr|es|it|nl|be|pl|se|ru|br|us)\Z",
    re.IGNORECASE,
)
_ROWS: Final = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "1234567890",
)
# Legal forms of two or three capitals: where initials are unlikely, and where they are as likely as not.
_FIRM_FORMS: Final = frozenset(("AG", "KG", "OHG", "KGaA"))
_SHORT_FORMS: Final = _FIRM_FORMS | {"AB", "AS", "BV", "NV", "OG", "OY", "Oy", "SA", "SE", "SL", "SIA", "UAB", "KK", "eG", "eV"}
_WORD: Final = re.compile(r"[^\s,&/+|()_-]+")


def is_blank(text: str) -> bool:
    """Tell whether a text says that there is no name."""
    key = quick_plain(text)
    if key in tables.BLANK or key in tables.NO_ONE:
        return True
    first = key.partition(" ")[0]
    if first not in tables.BLANK and first.isalpha() and first not in tables.NO_ONE_FIRST:
        return False
    if not any(map(str.isalpha, text)) and not any(map(str.isdecimal, text)):
        return True
    bare = key.strip(" .,:;!*()[]")
    if bare in tables.NO_ONE or bare in tables.BLANK:
        return True
    return all(word in tables.BLANK or word.strip(".,:;!*()[]") in tables.BLANK for word in key.split(" "))


def _is_gibberish(key: str) -> bool:
    """`aaaa`, `asdfgh`, `sdfgkjh`: nobody's name."""
    letters = key.replace(" ", "")
    if len(letters) > 2 and len(set(letters)) == 1 and letters[0].isalpha():
        return True
    if " " in key:
        return all(len(word) > 2 and _is_gibberish(word) for word in key.split(" "))
    if len(key) > 3 and any(key in row for row in _ROWS):
        return True
    return len(key) > 5 and key.isascii() and key.isalpha() and not re.search("[aeiouy]", key)


def is_company(text: str, keys: list[str] | None = None) -> bool:
    """Tell whether a text names an organisation: by a legal form, or by a word such as `Hotel`."""
    keys = keys_of(text.split()) if keys is None else keys
    if not tables.ORGANIZATIONS.isdisjoint(keys) or has_legal_form(text):
        return True
    first, _, last = text.partition(" ")[0], "", text.rpartition(" ")[2]
    if last in _SHORT_FORMS and first != text and _is_short_form(last, keys, loud=text.isupper()):
        return True
    if first != text and (first in tables.ORGANIZATION_HEADS or (last[-1:] == "." and last.lower() in tables.ORGANIZATION_ENDS)):
        return True
    if tables.ORGANIZATION_FIRST.isdisjoint(keys):
        return False
    return any(
        key in tables.ORGANIZATION_FIRST
        and any(tuple(keys[place : place + len(phrase)]) == phrase for phrase in tables.ORGANIZATION_PHRASES)
        for place, key in enumerate(keys)
    )


def _is_short_form(last: str, keys: list[str], *, loud: bool) -> bool:
    """Tell whether the capitals at the end are a legal form (`Siemens AG`) and not initials or a degree (`Kumar AS`, `Ana Ruiz AB`)."""
    known = keys[0] in tables.GIVEN or keys[0] in tables.SURNAMES
    return not (known and (loud or last not in _FIRM_FORMS))


def not_a_person(text: str, keys: list[str], column: str) -> str:
    """Give the code that says why a text is no person's name; empty where it may be one."""
    if not any(map(str.isalpha, text)):
        return "name.placeholder" if sum(map(str.isdecimal, text)) < 6 else "name.is_phone"
    if column not in {"surname", "given"}:
        if is_company(text, keys):
            return "name.is_organization"
        if not tables.ROLES.isdisjoint(keys) or "-" in text or "/" in text:
            words = [key_of(word) for word in _WORD.findall(text)]
            if not tables.ROLES.isdisjoint(words) and all(word in tables.ROLES or word in tables.ROLES_BESIDE for word in words):
                return "name.is_role"
        if _is_household(keys):
            return "name.is_household"
    if "." in text and " " not in text and _DOMAIN.match(text):
        return "name.is_url"
    if len(keys) < 4 and keys[0] not in tables.GIVEN and keys[-1] not in tables.SURNAMES and _is_gibberish(" ".join(keys)):
        return "name.placeholder"
    return ""


def _is_household(keys: list[str]) -> bool:
    if len(keys) < 2:
        return False
    if keys[0] == "the" and len(keys) == 2 and keys[1].endswith("s"):
        return True
    first, last = keys[0] in tables.HOUSEHOLD, keys[-1] in tables.HOUSEHOLD
    if first:
        rest = keys[1:]
    elif last:
        rest = keys[1:-1] if keys[0] == "the" else keys[:-1]
    else:
        return False
    return len(rest) in {1, 2, 3, 4} and (len(rest) == 1 or not (rest[0] in tables.GIVEN and rest[0] not in tables.SURNAMES))
