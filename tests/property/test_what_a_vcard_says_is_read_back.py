"""Law: properties written as a vCard 4.0 are read back equal, and every byte obeys the grammar of RFC 6350."""

from __future__ import annotations

import io
import re

from hypothesis import example, given
from hypothesis import strategies as st

from canonical_contact.errors import Problem
from canonical_contact.formats.vcard.properties import Property
from canonical_contact.formats.vcard.upgrade import Upgrade
from canonical_contact.formats.vcard.wire import open_cards
from canonical_contact.formats.vcard.write import card_bytes

ALPHABET = st.characters(exclude_characters=[chr(code) for code in (*range(9), *range(10, 32), 127)], codec="utf-8")
PIECES = st.sampled_from(
    [
        "\\",
        "\\n",
        "\\,",
        "\\;",
        ";",
        ",",
        ":",
        '"',
        "^",
        "^n",
        "=",
        "=\t",
        " ",
        "BEGIN:VCARD",
        "END:VCARD",
        "ё",
        "👩‍👩‍👧",
        "x" * 74,
        "data:",
        "a\u0085b",
        "\u2028",
    ]
)
TEXTS = st.lists(PIECES | st.text(ALPHABET, max_size=6), max_size=5).map("".join)
LINES = st.lists(PIECES | st.text(ALPHABET, max_size=6) | st.just("\n"), max_size=4).map("".join)
RESERVED = {"BEGIN", "END", "VERSION", "TYPE", "ENCODING", "CHARSET", "VALUE"}
TOKENS = st.from_regex(r"[A-Z][A-Z0-9-]{0,8}", fullmatch=True).filter(
    lambda text: text not in RESERVED and not text.endswith("-")
)
NAMES = st.sampled_from(["N", "FN", "TEL", "ADR", "NOTE", "BDAY", "PHOTO", "LABEL", "AGENT", "X-ABLABEL"]) | TOKENS
KEYS = st.sampled_from(["LABEL", "PREF", "SORT-AS", "LANGUAGE", "ALTID", "JSPTR"]) | TOKENS
TYPES = st.lists(
    st.from_regex(r"[a-z][a-z0-9-]{0,6}", fullmatch=True).filter("pref".__ne__), min_size=1, max_size=3, unique=True
).map(tuple)
PARAMS = st.builds(
    lambda params, types, kinds: {**params, **({"TYPE": types} if types else {}), **({"VALUE": kinds} if kinds else {})},
    st.dictionaries(KEYS, st.lists(LINES, min_size=1, max_size=3).map(tuple), max_size=3),
    st.none() | TYPES,
    st.none() | st.sampled_from([("text",), ("uri",)]),
)
GROUPS = st.just("") | st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
PROPERTIES = st.lists(st.builds(Property, NAMES, TEXTS, PARAMS, GROUPS), max_size=6)
GRAMMAR = re.compile(
    rb'(?:[A-Za-z0-9-]+\.)?[A-Za-z0-9-]+(?:;[A-Za-z0-9-]+=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*)'
    rb'(?:,(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*))*)*:[^\x00-\x08\x0a-\x1f\x7f]*\Z'
)


@given(cards=st.lists(PROPERTIES, min_size=1, max_size=3))
@example(cards=[[Property("NOTE", "x" * 69 + "BEGIN:VCARD")], [Property("NOTE", "=", {"LABEL": ('a\\nb^n"', "\\\\")})]])
def test_written_and_read(cards: list[list[Property]]) -> None:
    def fail(*what: object) -> None:
        raise AssertionError(what)

    written = [[Property("FN", "A"), *properties] for properties in cards]
    data = b"".join([card_bytes(properties, fail) for properties in written])
    for physical in data.split(b"\r\n"):
        assert len(physical) <= 75
        physical.decode()  # no line ends within a character
    for line in data.replace(b"\r\n ", b"").split(b"\r\n")[:-1]:
        assert GRAMMAR.match(line)
    problems: list[Problem] = []
    upgrade = Upgrade()
    read = [upgrade.properties(card, problems.append) for card in open_cards(io.BytesIO(data), problems.append)]
    assert read == written
    assert problems == []


@given(value=st.text(st.characters(), max_size=20), text=st.text(st.characters(), max_size=20))
def test_what_no_card_can_hold_is_told(value: str, text: str) -> None:
    lost: list[str] = []
    one = Property("X-A", value, {"X-B": (text,)})
    data = card_bytes([Property("FN", "A"), one], lambda _, code, __: lost.append(code))
    (card,) = open_cards(io.BytesIO(data), lambda problem: None)
    assert card.problems == ()
    _, read = Upgrade().properties(card, lambda problem: None)
    assert read == one or lost
    assert all(line.isascii() or line for line in data.decode().split("\r\n"))
