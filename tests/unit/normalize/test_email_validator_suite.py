"""email-validator's own test-suite: the verdict on an address as it stands is email-validator's, and what is mended first stands here.

The data is made by scripts/take_email_suite.py. Where the two differ, the cell held an address with something around it, which cleaning
takes off; what is left is an address that email-validator takes as it stands.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email

from canonical_contact.normalize import email

SUITE = json.loads((Path(__file__).parent / "data" / "email_validator_suite.json").read_text(encoding="utf-8"))
ADDRESSES: list[str] = [text for _, text in SUITE["addresses"]]

# Why cleaning takes it off → the texts of the suite. Nothing but these may have a value where email-validator gives none.
MENDED = {
    "a name before an address in angle brackets is how mail programs copy it, also where a bracket is missing or doubled": [
        "MyName <me@example.org>",
        "My Name <me@example.org>",
        '"s\u0323\u0307" <s\u0323\u0307@nfc.tld>',
        "<me@example.com>",
        "<me@example.com",
        "<me@example.com> !",
        "DisplayName <me@example.com>",
        "Display Name <me@example.com>",
        '"Display Name" <me@example.com>',
        "Display.Name <me@example.com>",
        '"Display.Name" <me@example.com>',
        "<me@example.com>>",
        "Display Name <me@example.com>>",
        "Display Name <me@example.com>>>",
    ],
    "a full stop after an address ends the sentence that it was copied from": [
        "my@trailingdot.com.",
        "my@trailingfwdot.com．",
        "test@iana.org.",
    ],
    "spaces and line breaks around a cell are not part of it": [
        "my@example.com\n",
        "\nmy@example.com",
        "\r\n test@iana.org",
        "\r\n \r\n test@iana.org",
        "test@iana.org\n",
        "test@iana.org\r",
        "\rtest@iana.org",
        "\ntest@iana.org",
        "\r\ntest@iana.org",
        "\r\n \r\ntest@iana.org",
        " \r\ntest@iana.org",
        " \r\n test@iana.org",
        " \r\n \r\ntest@iana.org",
        " \r\n\r\ntest@iana.org",
        " \r\n\r\n test@iana.org",
        "test@iana.org\r\n ",
        "test@iana.org\r\n \r\n ",
        "test@iana.org\r\n",
        "test@iana.org\r\n \r\n",
        "test@iana.org \r\n",
        "test@iana.org \r\n ",
        "test@iana.org \r\n \r\n",
        "test@iana.org \r\n\r\n",
        "test@iana.org \r\n\r\n ",
        " test@iana.org",
        "test@iana.org ",
    ],
    "a bracket or a quotation mark that is open at the edge of the cell, or holds nothing to be seen, belongs to the text around": [
        '"test@iana.org',
        "(test@iana.org",
        "(\x7f)test@iana.org",
        "(\r)test@iana.org",
        "test@iana.org(\r)",
        "(\n)test@iana.org",
        "(\x07)test@iana.org",
    ],
    "letters and their marks are composed before they are counted": [
        (
            "my.s\u0323\u0307.address@1111111111222222222233333333334444444444555555555.6666666666777777777788888888889999999999000000000."
            "1111111111222222222233333333334444444444555555555.6666666666777777777788888888889999999999000000000."
            "1111111111222222222233333333334444.info"
        ),
    ],
}  # fmt: skip
ALLOWED = {text for texts in MENDED.values() for text in texts}


def theirs(text: str) -> str | None:
    """Give the address in email-validator's form, or None where it refuses it."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


@pytest.mark.parametrize("text", ADDRESSES, ids=ascii)
def test_the_verdict_is_that_of_email_validator(text: str) -> None:
    value, expected = email(text).value, theirs(text)
    if expected is not None:
        assert value is not None
        assert value.address.lower() == expected.lower()
    elif value is not None:
        assert text in ALLOWED
        assert theirs(value.address) is not None
        assert value.address != text


@pytest.mark.parametrize("text", sorted(ALLOWED), ids=ascii)
def test_what_is_mended_is_what_is_said_here(text: str) -> None:
    assert text in ADDRESSES
    assert theirs(text) is None
    assert email(text).value is not None
