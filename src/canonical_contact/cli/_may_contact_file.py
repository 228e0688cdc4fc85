"""`may-contact FILE`: the consent question, asked for the addresses and numbers of a file, as the store knows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from attrs import evolve

from canonical_contact.cli._reading import encoding_of
from canonical_contact.errors import NothingReadError, Problem
from canonical_contact.model import Card, Contact, Permission
from canonical_contact.ports import ContactStore
from canonical_contact.store.rules import rules_of

__all__ = ["Asked", "Question", "answers_of_file"]

_ENDPOINTS = ("emails[", "phones[")
_PERSONAL = ("post", "push", "ads")
UNKNOWN = Permission(False, ("not_in_store",))
NOTHING = Permission(False, ("no_endpoint",))
UNREADABLE = Permission(False, ("not_an_endpoint",))


class Question(NamedTuple):
    """What is asked about each of them."""

    channel: str
    purpose: str
    regime: str
    at: datetime


class Asked(NamedTuple):
    """What was asked for in a line of the file, whom the store knows by it, and the answer."""

    line: int
    asked: str
    contact_ids: tuple[str, ...]
    answer: Permission


def answers_of_file(
    store: ContactStore, path: Path, question: Question, *, region: str, problems: list[Problem]
) -> Iterator[Asked]:
    """Answer for every address or number of a file: a bare list, one a line, or any export that can be read.

    Args:
        store: who is known.
        path: the file.
        question: what is asked.
        region: ISO 3166-1 alpha-2 of national numbers.
        problems: what is wrong with the file is put there.
    """
    for line, text, card, written in _cards(path, region, problems):
        ends = _endpoints(card, question.channel)
        if not ends:
            yield _without(store, line, text, card, written)
        for kind, key, shown in ends:
            found, answer = _answer(store, kind, key, question)
            yield Asked(line, text or shown, found, answer)


def _without(store: ContactStore, line: int, text: str, card: Card, written: str) -> Asked:
    """Answer for what has no endpoint of the channel: whether the store knows it by another, or it is none at all."""
    others = [*_endpoints(card, "email"), *_endpoints(card, "sms")]
    ids = tuple(dict.fromkeys(row.contact_id for kind, key, _ in others for row in store.find(kind, key)))
    if others:
        return Asked(line, text or others[0][2], ids, NOTHING if ids else UNKNOWN)
    return Asked(line, text or written, (), UNREADABLE if text or written else NOTHING)


def _answer(store: ContactStore, kind: str, key: str, question: Question) -> tuple[tuple[str, ...], Permission]:
    """Ask for all who hold an endpoint: who writes to it writes to each of them, so one denial denies."""
    from canonical_contact.consent import may_contact
    from canonical_contact.schema import from_json

    found = {row.contact_id: row for row in store.find(kind, key)}
    if not found:
        return (), UNKNOWN
    channel, purpose, regime, at = question
    rules = rules_of(store, regime)
    bound = key if channel not in _PERSONAL else None
    answers = [
        may_contact(from_json(Contact, row.document), channel, purpose, at=at, regime=rules, endpoint=bound)
        for row in found.values()
    ]
    denials = [answer for answer in answers if not answer.allowed]
    told = denials or answers
    ending = [answer.until for answer in told if answer.until is not None]
    answer = evolve(
        told[0],
        reasons=tuple(dict.fromkeys(reason for one in told for reason in one.reasons)),
        events=tuple(dict.fromkeys(event for one in told for event in one.events)),
        until=min(ending) if ending else None,
        remedy="nothing" if any(one.remedy == "nothing" for one in told) else told[0].remedy,
    )
    return tuple(found), answer


def _endpoints(card: Card, channel: str) -> list[tuple[str, str, str]]:
    """List (kind, key, what to show) to find people by: those of the channel, for a channel that is bound to none all."""
    mails = [("email", email.key or email.address, email.address) for email in card.emails]
    lines = [("phone", phone.dialled, phone.number) for phone in card.phones]
    if channel == "email":
        return mails
    return [*mails, *lines][:1] if channel in _PERSONAL else lines


def _cards(path: Path, region: str, problems: list[Problem]) -> Iterator[tuple[int, str, Card, str]]:
    """Give (line, the line of a list, what was read of it, what an export has as address or number)."""
    from canonical_contact.formats import read
    from canonical_contact.model import RawRecord
    from canonical_contact.normalize import Normalizer

    normalizer = Normalizer(region)
    if _is_list(path):
        with path.open(encoding=encoding_of(path), errors="replace") as lines:
            for number, text in enumerate(lines, 1):
                value = text.strip().strip('"')
                if value:
                    where = "emails[0].address" if "@" in value else "phones[0].number"
                    raw = RawRecord("list", str(number), number, path.name, number, {where: value})
                    yield number, value, normalizer.record(raw, f"list:{number}", str(number)).card, ""
        return
    reading = read(path)
    number = 0
    for number, raw in enumerate(reading, 1):
        record = normalizer.record(raw, f"{raw.system}:{number}", str(number))
        written = next((text for path_, text in raw.values.items() if path_.startswith(_ENDPOINTS)), "")
        yield raw.line, "", record.card, written
    problems += reading.problems
    if not number and problems:
        raise NothingReadError(problems)


def _is_list(path: Path) -> bool:
    """Whether a file is a bare list: its first line is an address or a number and no header."""
    encoding = encoding_of(path)
    if not encoding:
        return False
    with path.open(encoding=encoding, errors="replace") as lines:
        first = next((line.strip() for line in lines if line.strip()), "")
    bare = first.strip('"')
    if any(sign in bare for sign in ",;\t:"):
        return False
    return "@" in bare or (sum(sign.isdigit() for sign in bare) >= 6 and not any(sign.isalpha() for sign in bare))
