"""Hypothesis strategies for raw cells and hints, shared by the laws of the normalisers."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = st.sampled_from(
    ["@", "@@", ".", ",", ";", " / ", "+", "00", "(0)", "-", "x12", "Durchwahl", "0170", "1234567", "4,47E+11", "Dr.", "van", "der", "Jr.", "III",
     "MÜLLER", "müller", "Ana", "María", "de", "la", "y", "O'", "'", "’", "(", ")", '"', "&", "und", "née", "geb.", "<b>", "\x00", "\u200d", "\u202e", "🎉",
     "Ã©", "Â", "&amp;", "\ufffd", "\ud800", "毛", "김", "シ", "ョ", "ب", "١", "Ａ", "gmail.com", "mailto:", "Ltd", "GmbH", "株式会社", "S.A.", "ООО", "--",
     "2020", "31", "02", "/", "T", ":", "Z", "PM", "April", "\n", "  ", "\u3000", "Deutschland", "D-", "10115", "Straße", "12a", "Berlin", "SW1A 1AA", "Europe",
     "UTC", "+01:00", "zh", "Hant", "n/a", "test", "unknown"]
)  # fmt: skip
CELL = st.one_of(
    st.text(st.characters(), max_size=60),  # surrogates, controls, right-to-left and unassigned characters included
    st.lists(PIECES, max_size=9).map("".join),
    st.lists(PIECES, max_size=9).map(" ".join),
)
HINTS = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(["", "DE", "US", "IT", "MX", "JP", "HU", "de", "ZZ", "no such", "\x00"]),
        "language": st.sampled_from(["", "de", "en-GB", "hu", "vi", "zh-Hant", "TR", "x-none", "\ud800"]),
        "column": st.sampled_from(["", "Telefon", "name.surname", "phones[0].number", "Geburtstag", "[", "E-Mail 1 - Value"]),
    },
)
