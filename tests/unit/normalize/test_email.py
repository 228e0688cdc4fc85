from __future__ import annotations

import pytest
from attrs import fields

from canonical_contact.model.channels import EmailAddress
from canonical_contact.normalize import Normalized, email, split_emails


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
    for blank in ("", "  ", "\u200b", "\t\n\ufeff"):
        assert email(blank) == Normalized(None, raw=blank)


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


def test_an_address_that_stands_twice_is_one() -> None:
    assert email("Ana@x.de; ana@x.de").problems == ()


@pytest.mark.parametrize(
    "raw",
    [
        "MAILTO:ana@example.org",
        "mailto://ana@example.org",
        "mailto:ana%40example.org?subject=Hello%20you",
        "mailto:%61na@example.org",
        "SMTP:ana@example.org",
        "E-Mail: ana@example.org",
        "Correo: ana@example.org",
        '<a href="mailto:ana@example.org">ana@example.org</a>',
        "[ana@example.org](mailto:ana@example.org)",
        "[ana@example.org]",
        '"Sá, Ana" <ana@example.org>',
        "Ana Sá <mailto:ana@example.org>",
        "'ana@example.org",
        "‘ana@example.org’",
        '="ana@example.org"',
        "ana@example.org!",
        "ana@example.org/",
        "ana@example.org.,",
        "\u202aana@example.org\u202c",
        "ana@exam\u00adple.org",
        "ana\ufe6bexample.org",
        "ana＠example．org",
        "ana@example。org",
        "\u00a0ana@example.org\u3000",
    ],
)
def test_what_stands_around_an_address_is_taken_off(raw: str) -> None:
    found = email(raw)
    assert found.value == EmailAddress("ana@example.org", "ana@example.org")
    assert (found.confidence, found.problems, found.raw) == (1.0, (), raw)


@pytest.mark.parametrize(
    "raw",
    [
        "ana@example.org (work)",
        "(work) ana@example.org",
        "ana@example.org [private]",
        "ana@example.org - work",
        "work - ana@example.org",
        "work: ana@example.org",
        "ana@example.org, privat",
        "ana@example.org until June",
    ],
)
def test_a_remark_beside_an_address_is_left_out_and_reported(raw: str) -> None:
    found = email(raw)
    assert found.value is not None
    assert (found.value.address, found.problems[0].code, found.raw) == ("ana@example.org", "email.remark", raw)


def test_words_that_may_belong_to_the_address_are_no_remark() -> None:
    for raw in ("ana sa@example.org", "ana@example.co uk", "ana@example .org", "http://ana@example.org"):
        assert email(raw).value is None


@pytest.mark.parametrize(
    "raw",
    [
        "ana [at] x [dot] de",
        "ana(at)x.de",
        "ana AT x DOT de",
        "ana at x dot de",
        "ana@x[.]de",
        "ana {at} x {dot} de",
        "ana(ät)x(punkt)de",
        "ana [arroba] x [punto] de",
        "ana [arobase] x [point] de",
        "ana[@]x[.]de",
        "ana%40x.de",
        "ana&#64;x.de",
        "ana_at_x.de",
    ],
)
def test_a_hidden_address_is_an_alternative_only(raw: str) -> None:
    found = email(raw)
    assert (found.value, found.keys, found.confidence) == (None, (), 0.0)
    assert [other.address for other in found.alternatives] == ["ana@x.de"]
    assert [problem.code for problem in found.problems] == ["email.obfuscated"]


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("jÃ¼rgen@mÃ¼ller.de", "jürgen@müller.de"),
        ("JÜRGEN@müller.de", "JÜRGEN@müller.de"),
        ("ana@MÜLLER.de", "ana@müller.de"),
        ("ana@mu\u0308ller.de", "ana@müller.de"),
        ("ana@xn--mller-kva.de", "ana@müller.de"),
        ("ana@XN--MLLER-KVA.DE", "ana@müller.de"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("ana@пример.рф", "ana@пример.рф"),
    ],
)
def test_addresses_outside_ascii(raw: str, address: str) -> None:
    value = email(raw).value
    assert value is not None
    assert (value.address, value.key) == (address, address.lower())


def test_an_apostrophe_inside_stays() -> None:
    value = email("'O'Brien@example.org'").value
    assert value is not None
    assert value.address == "o'brien@example.org"


@pytest.mark.parametrize(
    ("raw", "suggestion"),
    [
        ("ana@gmail", "ana@gmail.com"),
        ("ana@hotmailcom", "ana@hotmail.com"),
        ("anagmail.com", "ana@gmail.com"),
        ("ana.gmx.de", "ana@gmx.de"),
        ("ana..b@x.de", "ana.b@x.de"),
        ("ana @ x.de", "ana@x.de"),
        ("ana@x_y.de", "ana@x-y.de"),
    ],
)
def test_what_was_probably_meant_is_suggested(raw: str, suggestion: str) -> None:
    found = email(raw)
    assert found.value is None
    assert [other.address for other in found.alternatives] == [suggestion]


def test_hints_are_taken_by_every_normaliser() -> None:
    assert email("ana@x.de", region="DE", language="de-AT", column="emails[0].address") == email("ana@x.de")


@pytest.mark.parametrize("raw", ["Ana@Example.org", "a.na+x@gmail.com", "info@example.org"])
def test_the_short_way_makes_what_the_constructors_make(raw: str) -> None:
    short, long = email(raw), email(f"<{raw}>")
    assert short.value is not None
    it = short.value
    assert it == EmailAddress(it.address, it.key, role=it.role)
    assert short == Normalized(it, (it.key,), raw=raw)
    assert (short.value, short.keys) == (long.value, long.keys)
    for whole in (it, short):
        assert all(hasattr(whole, one.name) for one in fields(type(whole)))


@pytest.mark.parametrize(
    "unit", ["@", "<@", "a@", "(", "a@b.de,", ": ", " at ", "mailto:", "[", "ana@x.de ", "%40", "é@", "xn--", "a.", "\u3002", "<"]
)
def test_long_texts_take_no_longer_than_their_length(unit: str) -> None:
    from time import perf_counter

    text = (unit * 20_000)[:20_000]
    best = 9.0
    for _ in range(3):
        start = perf_counter()
        email(text)
        split_emails(text)
        best = min(best, perf_counter() - start)
    assert best < 0.2, f"{best:.3f} s for 20 kB of {unit!r}"


@pytest.mark.parametrize(
    "text",
    ["a@" + "٠" * 240, "a@" + "א1." * 60 + "com", "é" * 64 + "@" + ".".join(["é" * 30] * 6) + ".com", "a@xn--" + "a" * 240 + ".de",
     "a@" + "例" * 200 + ".com", "a" + "\u0301" * 250 + "@é.de", "é@b_0,c;é" * 25, '"' + "é@ " * 80 + '"@x.de'],
)  # fmt: skip
def test_addresses_that_are_costly_to_judge_are_judged_in_time(text: str) -> None:
    from time import perf_counter

    best = 9.0
    for _ in range(5):
        start = perf_counter()
        email(text)
        best = min(best, perf_counter() - start)
    assert best < 0.010 * max(1, len(text.encode()) / 1000)


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ("Zoe Quill <zoe@firm.co", []),  # cut off
        ("Zoe Quill ‹zoe@firm.co›", []),
        ("‹zoe@firm.co›", []),
        ("&lt;zoe@firm.co&gt;", []),
        ("Zoe &quot;Q&quot; Quill &LT;zoe@firm.co&GT;", []),
        ("Quill Zoe zoe@firm.co", ["email.remark"]),
        ("Zoe zoe@firm.co", ["email.remark"]),
        ("'Zoe' 'zoe@firm.co'", ["email.remark"]),
        ("zoe@firm.co, Zoe Q.", ["email.remark"]),
        ("zoe@firm.co; Al Quill", ["email.remark"]),
    ],
)
def test_a_name_beside_an_address_is_no_part_of_it(raw: str, codes: list[str]) -> None:
    found = email(raw)
    assert found.value is not None
    assert found.value.address == "zoe@firm.co"
    assert [problem.code for problem in found.problems] == codes
    assert found.raw == raw


@pytest.mark.parametrize("raw", ["zoe q@firm.co", "Ana müller@firm.co", "anna maria sá@firm.co", "ana@mail.example, com"])
def test_words_that_may_be_a_part_of_the_mailbox_are_not_left_out(raw: str) -> None:
    assert email(raw).value is None


def test_words_are_not_joined_to_a_mailbox_that_nobody_has() -> None:
    assert email("please write to zoe@firm.co").alternatives == ()
    assert [one.address for one in email("zoe @ firm .co").alternatives] == ["zoe@firm.co"]
