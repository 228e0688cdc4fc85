from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.normalize import email, split_emails
from canonical_contact.normalize._email import _GATE


@pytest.mark.parametrize(
    ("raw", "address", "key"),
    [
        ("ana@example.org", "ana@example.org", "ana@example.org"),
        ("Ana.Sa@Example.ORG", "ana.sa@example.org", "ana.sa@example.org"),
        (" mailto:ana@example.org ", "ana@example.org", "ana@example.org"),
        ("<ana@example.org>", "ana@example.org", "ana@example.org"),
        ("Ana Sá <ana@example.org>", "ana@example.org", "ana@example.org"),
        ("ana@example.org;", "ana@example.org", "ana@example.org"),
        ("ana@example.org.", "ana@example.org", "ana@example.org"),
        ("'ana@example.org'", "ana@example.org", "ana@example.org"),
        ("ana\u200b@example.org", "ana@example.org", "ana@example.org"),
        ("ＡＮＡ＠ｅｘａｍｐｌｅ．ｏｒｇ", "ana@example.org", "ana@example.org"),
        ("a.n.a+news@googlemail.com", "a.n.a+news@googlemail.com", "ana@gmail.com"),
        ("ana+shop@firma.de", "ana+shop@firma.de", "ana@firma.de"),
        ("a.n.a@outlook.com", "a.n.a@outlook.com", "a.n.a@outlook.com"),
        ("ana-shop@yahoo.com", "ana-shop@yahoo.com", "ana-shop@yahoo.com"),
        ("shop@ana.fastmail.com", "shop@ana.fastmail.com", "ana@fastmail.com"),
        ("ana+x@yandex.ru", "ana+x@yandex.ru", "ana+x@yandex.ru"),
        ("+ana@firma.de", "+ana@firma.de", "+ana@firma.de"),
        ("jürgen@müller.de", "jürgen@müller.de", "jürgen@müller.de"),
    ],
)
def test_address_and_key(raw: str, address: str, key: str) -> None:
    found = email(raw)
    assert found.value is not None
    assert (found.value.address, found.value.key, found.keys) == (address, key, (key,))
    assert found.problems == ()


@pytest.mark.parametrize(
    "raw", ["n/a", "N/A", "none", "keine", "no email", "-", "x", "unknown", "test@", "test@test.com", "@", "?"]
)
def test_placeholders_are_no_address(raw: str) -> None:
    found = email(raw)
    assert found.value is None
    assert [problem.code for problem in found.problems] == ["email.placeholder"]
    assert found.problems[0].raw == raw


def test_empty_is_missing_without_a_problem() -> None:
    assert email("  ") == email("")
    assert email("").problems == ()


@pytest.mark.parametrize(
    ("raw", "code", "suggestion"),
    [
        ("ana@@example.org", "email.double_at", "ana@example.org"),
        ("ana@gmail,com", "email.syntax", "ana@gmail.com"),
        ("ana sa@example.org", "email.syntax", "anasa@example.org"),
        ("ana@example..org", "email.syntax", "ana@example.org"),
    ],
)
def test_a_broken_address_is_suggested_and_never_repaired(raw: str, code: str, suggestion: str) -> None:
    found = email(raw)
    assert found.value is None
    assert found.keys == ()
    assert found.problems[0].code == code
    assert [other.address for other in found.alternatives] == [suggestion]


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.c0m", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotnail.com", "hotmail.com"),
        ("yaho.co.uk", "yahoo.co.uk"),
        ("acme.con", "acme.com"),
    ],
)
def test_a_slip_in_the_domain_is_suspected_only(domain: str, meant: str) -> None:
    found = email(f"ana@{domain}")
    assert found.value is not None
    assert found.value.address == f"ana@{domain}"
    assert found.keys == (f"ana@{domain}",)
    assert found.alternatives[0].address == f"ana@{meant}"
    assert found.problems[0].code == "email.domain_typo_suspected"


@pytest.mark.parametrize(
    "domain", ["acme.com", "email.com", "mail.com", "gmx.de", "me.com", "yahoo.co.jp", "live.co.uk", "aol.com"]
)
def test_other_domains_are_not_suspected(domain: str) -> None:
    assert email(f"ana@{domain}").problems == ()


@pytest.mark.parametrize(
    "local", ["info", "sales", "noreply", "no-reply", "kontakt", "buero", "ventas", "contatti", "verkoop", "biuro", "info+eu"]
)
def test_mailboxes_of_a_role(local: str) -> None:
    value = email(f"{local}@example.org").value
    assert value is not None
    assert value.role


def test_a_person_is_no_role() -> None:
    value = email("infante@example.org").value
    assert value is not None
    assert not value.role


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        ("a@x.de; b@y.org", ["a@x.de", "b@y.org"]),
        ("a@x.de ::: b@y.org", ["a@x.de", "b@y.org"]),
        ("a@x.de, b@y.org", ["a@x.de", "b@y.org"]),
        ("a@x.de / b@y.org", ["a@x.de", "b@y.org"]),
        ("a@x.de b@y.org", ["a@x.de", "b@y.org"]),
        ("a@x.de oder b@y.org\nc@z.de", ["a@x.de", "b@y.org", "c@z.de"]),
        ("A, B <a@x.de>, C <b@y.org>", ["a@x.de", "b@y.org"]),
        ("ana@@x.de", ["ana@@x.de"]),
        ("ana@gmail,com", ["ana@gmail,com"]),
        ("", [""]),
    ],
)
def test_cells_with_several_addresses(cell: str, addresses: list[str]) -> None:
    assert split_emails(cell) == addresses


def test_the_first_of_several_is_taken_and_reported() -> None:
    found = email("a@x.de; b@y.org")
    assert found.value is not None
    assert (found.value.address, found.problems[0].code) == ("a@x.de", "email.several")


@pytest.mark.parametrize(
    "text",
    [
        "a@b.co",
        "A.b-c_d!#$%&'*+/=?^`{|}~@x-y.example.org",
        "a@xn--mller-kva.de",
        "1@1.de",
        "a" * 64 + "@x.de",
        "a@" + "b" * 63 + ".de",
        "a@a.b.c.d.e",
    ],
)
def test_the_gate_lets_pass_only_what_the_validator_takes(text: str) -> None:
    if _GATE.match(text):
        assert validate_email(text, check_deliverability=False).normalized.lower() == text.lower()
    assert email(text).value is not None


@pytest.mark.parametrize(
    "text",
    [".a@b.co", "a.@b.co", "a..b@b.co", "a@-b.co", "a@b-.co", "a@b.c1", "a@b", "a@ab--c.de", "a@localhost", "a@b.test", "a@b.invalid", "a@b.local",
     "a@" + "b" * 64 + ".de", "a@" + "b." * 130 + "de", "a b@c.de", "a@b_c.de"],
)  # fmt: skip
def test_what_the_validator_refuses_has_no_value(text: str) -> None:
    with pytest.raises(EmailNotValidError):
        validate_email(text, check_deliverability=False)
    value = email(text).value
    assert value is None or value.address != text
    assert not (_GATE.match(text) and len(text.partition("@")[0]) <= 64)


LABEL = st.text("abzAZ09-x", min_size=1, max_size=6)


@given(local=st.text("aZ09.+-_'!#%&*=/?^`{|}~$ @\"(", max_size=8), domain=st.lists(LABEL, min_size=1, max_size=4).map(".".join))
@settings(max_examples=600, deadline=None)
def test_the_gate_agrees_with_the_validator(local: str, domain: str) -> None:
    text = f"{local}@{domain}"
    if _GATE.match(text):
        assert validate_email(text, check_deliverability=False).normalized.lower() == text.lower()
