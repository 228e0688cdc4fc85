from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email

from canonical_contact.normalize import email
from canonical_contact.normalize._email_syntax import canonical


@pytest.mark.parametrize(
    "text",
    [
        "a@b.co",
        "A.b-c_d!#$%&'*+/=?^`{|}~@x-y.example.org",
        "a@xn--mller-kva.de",
        "1@1.de",
        "a" * 64 + "@x.de",
        "a" * 65 + "@x.de",
        "a@" + "b" * 63 + ".de",
        "a@a.b.c.d.e",
        "a@b.c",
        "a@b.x1y",
        "a@a--b.de",
        "a@b.example",
        "ſ@x.de",
        "K@x.de",
        "a@K.de",
        "Ана@пример.рф",
        "a@ｘ．de",
        "'@x.de",
        "{a@x.c",
    ],
)
def test_what_the_validator_takes_is_taken(text: str) -> None:
    found = validate_email(text, check_deliverability=False)
    local = found.local_part.lower() if found.local_part.isascii() else found.local_part
    assert canonical(text) == f"{local}@{found.domain.lower()}"
    assert email(text).value is not None


@pytest.mark.parametrize(
    "text",
    [".a@b.co", "a.@b.co", "a..b@b.co", "a@-b.co", "a@b-.co", "a@b.c1", "a@b", "a@ab--c.de", "a@localhost", "a@b.test", "a@b.invalid", "a@b.local",
     "a@b.ONION", "a@b.in-addr.arpa", "a@" + "b" * 64 + ".de", "a@" + "b." * 130 + "de", "a b@c.de", "a@b_c.de", "a@xn--.de", "a@b.de\n", "a@b..de",
     '"a b"@c.de', "a@[127.0.0.1]", "Ana <a@b.de>", "@b.de", "a@", "a", "", "a@\u202eb.de", "a@1.אב.com"],
)  # fmt: skip
def test_what_the_validator_refuses_is_refused(text: str) -> None:
    with pytest.raises(EmailNotValidError):
        validate_email(text, check_deliverability=False)
    assert canonical(text) == ""
    value = email(text).value
    assert value is None or value.address != text


def test_the_settings_of_a_host_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import email_validator

    monkeypatch.setattr(email_validator, "ALLOW_QUOTED_LOCAL", True)
    monkeypatch.setattr(email_validator, "ALLOW_DOMAIN_LITERAL", True)
    monkeypatch.setattr(email_validator, "GLOBALLY_DELIVERABLE", False)
    assert canonical('"a b"@c.de') == canonical("a@[127.0.0.1]") == canonical("a@b") == ""
