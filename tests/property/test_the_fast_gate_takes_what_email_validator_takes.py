"""The short way for plain ASCII addresses and the validator behind it give one verdict and one address."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from canonical_contact.normalize import email
from canonical_contact.normalize._email_syntax import GATE, LONGEST, SPECIAL_TOPS, canonical

LOCAL = st.text("abzAZ09.+-_'!#%&*=/?^`{|}~$ @\"(\\ßéſK", max_size=70)
LABEL = st.one_of(
    st.text("abzAZ09-x", min_size=1, max_size=6),
    st.text("ab-9", min_size=60, max_size=66),
    st.sampled_from(["xn--mller-kva", "xn--", "ab--c", "a--b", "müller", "ſ", "K", "_", "", "例", "אב", "1"]),
)
TOP = st.one_of(
    st.text("abcdeKLMtsxyz09-", max_size=5),
    st.sampled_from(["com", "COM", "test", "local", "onion", "example", "arpa", "invalid", "alt", "con", "comm", "рф", "x1y"]),
)
ADDRESS = st.builds(
    lambda local, labels, top: f"{local}@{'.'.join([*labels, top])}", LOCAL, st.lists(LABEL, min_size=1, max_size=4), TOP
)
ANY = st.one_of(ADDRESS, st.text(max_size=30), st.text("ab.@-", max_size=12), st.builds("{}\n".format, ADDRESS))


def _expected(text: str) -> str:
    try:
        found = validate_email(text, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        return ""
    return f"{found.local_part.lower() if found.local_part.isascii() else found.local_part}@{found.domain.lower()}"


@given(text=ANY)
@example("a@b.co\n")
@example("K@x.de")
@example("a@K.de")
@example("a@b.TEST")
@example("a" * 245 + "@bc.com")
@settings(max_examples=1_500)
def test_the_verdict_is_the_validators(text: str) -> None:
    expected = _expected(text)
    assert canonical(text) == expected
    if GATE(text) and len(text) <= LONGEST and text.lower().rpartition(".")[2] not in SPECIAL_TOPS:
        assert expected == text.lower()


@given(text=ADDRESS)
@settings(max_examples=300)
def test_what_the_validator_takes_has_that_address_as_its_value(text: str) -> None:
    expected = _expected(text)
    found = email(text)
    if expected and text.isascii() and text[0] != "'" and "email.placeholder" not in {one.code for one in found.problems}:
        assert found.value is not None
        assert found.value.address == expected
