"""Whatever two contacts say, marking what differs loses and adds nothing, and marks nothing that both say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.review._differences import marked

_values = st.lists(
    st.text(max_size=20) | st.sampled_from(["Ana Ruiz", "Ana Ruis", "ana ruiz", "x" * 400, "x" * 400 + "y"]), max_size=5
)


@given(st.lists(st.tuples(_values, st.sampled_from("AB")), max_size=6))
def test_marking_differences_loses_nothing(records: list[tuple[list[str], str]]) -> None:
    sides, contacts = [values for values, _ in records], [contact for _, contact in records]
    found = marked(sides, contacts)
    assert [["".join(part.text for part in value) for value in side] for side in found] == sides
    for side, contact in zip(found, contacts, strict=True):
        others = [text for values, other in records if other != contact for text in values]
        for value in side:
            text = "".join(part.text for part in value)
            differs = any(part.differs for part in value)
            assert (
                not differs
                if not others or text in others
                else differs or text.casefold() in map(str.casefold, others) or contained(text, others)
            )


def contained(text: str, others: list[str]) -> bool:
    """Whether a value of the other contact has all of it and more, so that only there something is marked."""
    return any(is_part(text, other) for other in others)


def is_part(text: str, other: str) -> bool:
    letters = iter(other)
    return all(letter in letters for letter in text)
