"""What counts as right, by kind: a row and an answer → whether it is."""

from __future__ import annotations

import unicodedata
from typing import Any

from normalize_data import Row
from normalize_subjects import Subject

_JOINING = frozenset(("and", "und", "et", "y", "e", "i", "the"))


def same_name(row: Row, answer: Any, subject: Subject) -> bool:
    """Given and family name, case aside. With a hint only the first reading is right; without, the second is as good."""
    if answer is None:
        return False
    told = (_folded(answer[0]), _folded(answer[1]))
    accepted = [(row["given"], row["family"])]
    hinted = subject.hints and (row.get("hint_language") or row.get("hint_region"))
    if (row.get("given_or") or row.get("family_or")) and not hinted:
        accepted.append((_second(row["given_or"]), _second(row["family_or"])))
    return told in [(_folded(given), _folded(family)) for given, family in accepted]


def same_core(row: Row, answer: Any, _: Subject) -> bool:
    """The name without its legal form, case, accents and joining words aside; the name itself must still be there."""
    if answer is None:
        return False
    core, whole = answer
    if whole is not None and _letters(whole) != _letters(row["input"]):
        return False
    return _letters(core) in {_letters(row["core"]), _letters(row["core_or"] or row["core"])}


def same_country(row: Row, answer: Any, _: Subject) -> bool:
    """The code; `?`: none, or less than certain; `GE?`: that code, and less than certain; empty: none, and a problem says why."""
    value, confidence, told = answer
    expected = row["code"]
    if expected == "?":
        return told and (not value or confidence < 1)
    if expected.endswith("?"):
        return bool(value == expected[:-1] and confidence < 1)
    return bool(value == expected and (value or told))


def same_postcode(row: Row, answer: Any, _: Subject) -> bool:
    """The canonical form; what is not a postcode of the country stays, and a problem says so."""
    if answer is None:
        return False
    value, told = answer
    return bool(value == row["postcode"]) if row["postcode"] else bool(told)


def same_street(row: Row, answer: Any, _: Subject) -> bool:
    name, number = answer
    if not row["number"]:
        return not number and name in ("", row["name"])
    accepted = {row[column].replace(" ", "") for column in ("number", "number_or") if row[column]}
    return name == row["name"] and number.replace(" ", "") in accepted


def nothing_lost(row: Row, answer: Any, _: Subject) -> bool:
    """Every field of the address is still there, case and spaces aside."""
    given = [row.get(part, "") for part in ("street", "locality", "region", "postcode")]
    return answer is not None and all(_squeezed(text) in _squeezed(" ".join(answer)) for text in given if text)


def same_date(row: Row, answer: Any, _: Subject) -> bool:
    """The date; `?`: what is given must be marked as less than certain; empty: none."""
    value, doubted = answer if answer is not None else ("", False)
    if row["expected"] == "?":
        return bool(doubted)
    return bool(value == row["expected"])


JUDGES = {
    "name": same_name,
    "organization": same_core,
    "country": same_country,
    "postcode": same_postcode,
    "street": same_street,
    "address": nothing_lost,
    "date": same_date,
}


def _second(text: str) -> str:
    return "" if text == "-" else text


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("’", "'")).casefold()


def _squeezed(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())


def _letters(text: str) -> str:
    from canonical_contact.normalize import fold

    return "".join(word for word in fold(text.replace("&", " ")).split() if word not in _JOINING)
