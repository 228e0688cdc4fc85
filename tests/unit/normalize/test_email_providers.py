from __future__ import annotations

import re

import pytest

from canonical_contact.normalize import email
from canonical_contact.normalize._email_mailbox import Mailbox, mailbox
from canonical_contact.normalize._email_providers import NAMES, ROLES, RULES
from canonical_contact.normalize._email_syntax import canonical
from canonical_contact.normalize._tables import load


def _key(address: str) -> str:
    value = email(address).value
    assert value is not None
    assert value.address == address.lower()
    return value.key


@pytest.mark.parametrize(
    "same",
    [
        ("anasa@gmail.com", "a.na.sa@gmail.com", "anasa+x@googlemail.com"),
        ("ana.sa@outlook.com", "ana.sa+x@outlook.com"),
        ("ana@hotmail.co.uk", "ana+x@hotmail.co.uk"),
        ("ana@icloud.com", "ana@me.com", "ana@mac.com", "ana+x@me.com"),
        ("ana.sa@proton.me", "anasa@pm.me", "ana-sa@protonmail.com", "ana_sa+x@protonmail.ch"),
        ("ana@fastmail.com", "ana+x@fastmail.com", "x@ana.fastmail.com"),
        ("ana@fastmail.fm", "shop@ana.fastmail.fm"),
        ("ana.sa@yandex.ru", "ana-sa@ya.ru", "ana.sa+x@yandex.com", "ana-sa@yandex.kz"),
        ("ana@mail.ru", "ana+x@mail.ru"),
        ("ana@zoho.com", "ana+x@zoho.com"),
        ("ana@firma.de", "ana+x@firma.de", "ANA@firma.de"),
    ],
)
def test_addresses_of_one_mailbox_have_one_key(same: tuple[str, ...]) -> None:
    assert len({_key(address) for address in same}) == 1


@pytest.mark.parametrize(
    "different",
    [
        ("ana-shop@yahoo.com", "ana@yahoo.com", "ana+shop@yahoo.com", "a.na@yahoo.com", "ana@ymail.com", "ana@yahoo.fr", "ana@yahoo.co.jp"),
        ("ana.sa@outlook.com", "anasa@outlook.com", "ana.sa@hotmail.com", "ana.sa@live.com"),
        ("ana.sa@firma.de", "anasa@firma.de", "ana-sa@firma.de"),
        ("ana@fastmail.com", "ana@fastmail.fm", "ana@www.fastmail.com"),
        ("ana@mail.ru", "ana@bk.ru", "ana@list.ru"),
        ("a.na@icloud.com", "ana@icloud.com"),
        ("ana@gmx.de", "ana@gmx.net", "ana@web.de"),
        ("+ana@firma.de", "ana@firma.de", "+@firma.de"),
    ],
)  # fmt: skip
def test_addresses_of_different_mailboxes_have_different_keys(different: tuple[str, ...]) -> None:
    assert len({_key(address) for address in different}) == len(different)


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmali.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.c0m", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.om", "gmail.com"),
        ("gmail.fr", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotnail.com", "hotmail.com"),
        ("hotmil.fr", "hotmail.fr"),
        ("otmail.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("yaho.co.uk", "yahoo.co.uk"),
        ("yahooo.com", "yahoo.com"),
        ("yahoo.couk", "yahoo.co.uk"),
        ("iclod.com", "icloud.com"),
        ("t-onlin.de", "t-online.de"),
        ("web.d", "web.de"),
        ("acme.con", "acme.com"),
        ("acme.cmo", "acme.com"),
        ("acme.comm", "acme.com"),
        ("acme.ocm", "acme.com"),
        ("mail.acme.con", "mail.acme.com"),
    ],
)
def test_a_slip_in_the_domain_is_suspected_only(domain: str, meant: str) -> None:
    found = email(f"ana@{domain}")
    if found.value is not None:  # an ending with a digit is no address at all
        assert found.value.address == f"ana@{domain}"
        assert found.keys == (f"ana@{domain}",)
        assert found.confidence < 1
        assert [problem.code for problem in found.problems] == ["email.domain_typo_suspected"]
    assert [other.address for other in found.alternatives] == [f"ana@{meant}"]


@pytest.mark.parametrize(
    "domain",
    ["acme.com", "email.com", "mail.com", "gmx.de", "gmx.com", "gmx.net", "me.com", "yahoo.co.jp", "live.co.uk", "aol.com", "ymail.com",
     "rocketmail.com", "cloud.com", "acme.co", "acme.om", "acme.cm", "outlook.it", "hotmail.no", "libera.it", "oranges.fr", "mac.com", "qmail.com",
     "fastmail.net", "hey.com", "web.com", "comcast.com", "telecomm.org"],
)  # fmt: skip
def test_other_domains_are_not_suspected(domain: str) -> None:
    assert email(f"ana@{domain}").problems == ()


def test_no_domain_of_the_table_is_suspected() -> None:
    assert [domain for domain in NAMES if email(f"ana@{domain}").problems] == []


def test_a_domain_with_users_of_its_own_is_not_suspected() -> None:
    assert email("ana@gmial.com", known_domains={"gmial.com"}).problems == ()
    assert email("<ana@gmial.com>", known_domains=["gmial.com"]).problems == ()
    assert email("ana@gmial.com", known_domains={"gnail.com"}).problems != ()


@pytest.mark.parametrize(
    ("address", "provider", "role", "free"),
    [
        ("ana@gmail.com", "Gmail", "", True),
        ("Ana@GoogleMail.com", "Gmail", "", True),
        ("ana@web.de", "WEB.DE", "", True),
        ("x@ana.fastmail.com", "Fastmail", "", True),
        ("info@firma.de", "", "info", False),
        ("sales+eu@acme.com", "", "sales", False),
        ("no-reply@acme.com", "", "automatic", False),
        ("büro@firma.de", "", "office", False),
        ("comptabilité@acme.fr", "", "billing", False),
        ("kundenservice@firma.de", "", "support", False),
        ("kadry@firma.pl", "", "people", False),
        ("postmaster@acme.com", "", "technical", False),
        ("infante@acme.com", "", "", False),
    ],
)
def test_what_kind_of_mailbox_it_is(address: str, provider: str, role: str, free: bool) -> None:
    found = mailbox(address, disposable=())
    assert found == Mailbox(canonical(address), provider, role, free, False)
    value = email(address).value
    assert value is not None
    assert value.role == bool(role)


def test_disposable_domains_come_from_the_host_or_the_extra() -> None:
    ours = {"mailinator.com", "gmail.com"}
    assert mailbox("ana@mailinator.com", disposable=ours).disposable is True
    assert mailbox("ana@x.mailinator.com", disposable=ours).disposable is True
    assert mailbox("ana@acme.com", disposable=ours).disposable is False
    assert mailbox("ana@gmail.com", disposable=ours).disposable is False
    assert mailbox("ana@mailinator.com").disposable is True
    assert mailbox("ana@acme.com").disposable is False


def test_without_a_list_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "disposable_email_domains", None)
    assert mailbox("ana@mailinator.com").disposable is None
    assert mailbox("ana@gmail.com").disposable is False
    assert mailbox("ana@mailinator.com", disposable={"mailinator.com"}).disposable is True


def test_a_text_that_is_no_address_is_given_back() -> None:
    assert mailbox("call me") == Mailbox("call me")


def test_every_rule_of_a_provider_names_its_source() -> None:
    table = load("email")
    for row in table["providers"]:
        assert row["source"], row["name"]
        assert row.get("into", "") in {"", *row["domains"].split()}
    assert "2026-" in str(table.get("checked", ""))


def test_the_table_is_in_order() -> None:
    table = load("email")
    domains = [domain for row in table["providers"] for domain in row["domains"].split()]
    domains += [domain for rows in table["free"].values() for line in rows.values() for domain in line.split()]
    assert sorted(domains) == sorted(set(domains))
    assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) for domain in domains)
    assert "yahoo.com" in RULES
    assert RULES["yahoo.com"].tag == ""
    assert RULES["yahoo.com"].swaps == ()


def test_roles_are_known_in_ten_languages_and_more() -> None:
    roles = load("email")["roles"]
    for purpose in ("info", "sales", "support", "billing", "office", "orders"):
        assert len(roles[purpose]) >= 10, purpose
    assert set(ROLES.values()) == set(roles)
