"""A name that the column form joins from its parts is the one that is read from all of them together."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from canonical_contact.normalize import Normalizer, _name_tables
from canonical_contact.normalize._batch_base import Memos
from canonical_contact.normalize._batch_layout import flat_name
from canonical_contact.normalize._batch_names import join_names
from canonical_contact.normalize._name import read_name

_TABLES = (value for value in vars(_name_tables).values() if isinstance(value, frozenset))
_KNOWN = sorted({word for table in _TABLES for word in table if isinstance(word, str)})
_TRICKY = (
    "Ana", "MÜLLER", "van", "der", "O’Neill", "O'Brien", "A", "b.", "J.R.", "Jr.", "III", "PhD", "MBA", "Dr.", "prof.", "&", "'t", "(Bob)",
    '"', "?", "*", "née", "1", "Ó", "İ", "ı", "Mc", "-", "<b>", "GmbH", "\xa0", "\u200b", "敏", "カナ", "Ph", "D.", "X", "Ã©",
)  # fmt: skip
_WORDS = st.builds(
    lambda word, shape: shape(word),
    st.sampled_from(_TRICKY) | st.sampled_from(_KNOWN),
    st.sampled_from((str, str.upper, str.lower, str.title, lambda word: f"{word}.")),
)
_TEXTS = st.builds(
    lambda words, gap: gap.join(words), st.lists(_WORDS, min_size=1, max_size=3), st.sampled_from((" ", "  ", "-", ", "))
).filter(lambda text: bool(text) and not text.isspace())
_MAYBE = st.none() | st.none() | _TEXTS
_FULLS = (
    "{given} {surname}",
    "{surname} {given}",
    "{given} {given2} {surname}",
    "{title} {given} {surname}",
    "  {given}\t{surname} ",
)


@st.composite
def _rows(draw: st.DrawFn) -> tuple[str | None, ...]:
    parts = {"given": draw(_TEXTS), "given2": draw(_MAYBE), "surname": draw(_TEXTS), "title": draw(_MAYBE)}
    full = draw(st.none() | st.sampled_from(_FULLS) | _TEXTS)
    told = full.format(**{name: text or "" for name, text in parts.items()}) if full in _FULLS and full else full
    return told, *parts.values()


@given(rows=st.lists(_rows(), min_size=1, max_size=20), tag=st.sampled_from(("", "de", "tr-TR", "AZ")))
@settings(max_examples=150, deadline=None)
@example(rows=[("<b> AND", "mia", None, "et", None)], tag="")
@example(rows=[(None, "Rusu X", None, "Salvador", None)], tag="")
@example(rows=[(None, "everyone İ", None, "DIJKSTRA 1", None)], tag="")
@example(rows=[(None, "DR. ANA", "k.", "van der berg, PhD", "Dr.")], tag="")
def test_joined_or_left_alone(rows: list[tuple[str | None, ...]], tag: str) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    joined = join_names(Memos(Normalizer()).look, columns, [], [tag] * len(rows))
    for row, found in zip(rows, joined, strict=True):
        if found is None:
            continue
        full, first, second, surname, title = [text or "" for text in row]
        whole = read_name((full, first, second, surname, "", title, *[""] * 6), tag, "")
        assert whole.value is not None
        assert found == (flat_name(whole.value), (), (), "")
        assert (whole.problems, whole.confidence, whole.alternatives) == ((), 1.0, ())


def test_most_names_are_joined() -> None:
    rows = [
        ("Ana Núñez", "Ana", None, "Núñez", None),
        (None, "MARÍA JOSÉ", None, "garcía lópez", "Sra."),
        (None, " Dr. Théo\t", None, "Belnoir", None),
        (None, "Hans P.", None, "Müller, MBA", None),
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    assert None not in join_names(Memos(Normalizer()).look, columns, [], [""] * len(rows))
