"""Stores in which many pairs wait for people, and the review page over them."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, product
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from canonical_contact import unify
from canonical_contact.review import ReviewServer
from canonical_contact.store import MemoryStore, SQLiteStore

EVIL = ("<script>document.title=1</script>", '"><img src=x onerror=document.title=1>')
NOW = datetime(2026, 7, 1, tzinfo=UTC)
_GIVEN = ("Ana", "Bruno", "Carla", "Dario", "Elena", "Fabio", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Lars", "Maria", "Nils")
_FIRST = ("Ahl", "Berg", "Dahl", "Ek", "Falk", "Grön", "Hag", "Lind", "Nord", "Ström", "Väst", "Öst")
_LAST = ("berg", "gren", "lund", "mark", "qvist", "stedt")
_HEADER = "Record ID,First Name,Last Name,Email,City,Company name,Contact owner,Unsubscribed from all email"
_SURE = 80  # people of whom both files say the same: the weights are learned from them


def names_of(pairs: int) -> list[tuple[str, str]]:
    """Given and surnames of people whom two files tell of with nothing in common but name and town."""
    surnames = [first + last for last, first in product(_LAST, _FIRST)]
    return [(_GIVEN[at % len(_GIVEN)], surnames[at % len(surnames)]) for at in range(pairs)]


def fill_with_doubt(folder: Path, store: MemoryStore | SQLiteStore, names: Sequence[tuple[str, str]]) -> None:
    """Unify two files in which each of these people stands twice, so that a person must say whether they are one.

    The first of them has a third record, two owners, and a refusal on one side.
    """
    one, other = [_HEADER], [_HEADER]
    for at, (given, surname) in enumerate(names):
        mine, theirs = ("Osei", "Gil") if at == 0 else ("", "")
        one.append(f"{at + 1},{given},{surname},office{at}@firm{at}.example,Lund,Firm {at},{mine},")
        other.append(f"{at + 10_001},{given},{surname},home{at}@mail.example,Lund,,{theirs},{'true' if at == 0 else ''}")
    one.append("9999,{},{},office0@firm0.example,Lund,Firm 0,,".format(*names[0]))
    for at, (given, surname) in enumerate(names_of(len(names) + _SURE)[len(names) :]):
        for file, base in ((one, 5_001), (other, 20_001)):
            file.append(f"{at + base},{given},{surname},{given}@{surname}{at}.example,Malmo,Shop {at},,".lower())
    for file, name in ((one, "one.csv"), (other, "two.csv")):
        (folder / name).write_text("\n".join([*file, ""]), "utf-8")
    unify([folder / "one.csv", folder / "two.csv"], store, now=NOW)


class Ticking:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self, start: datetime = NOW) -> None:
        self._start, self._ticks = start, count(1)

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=next(self._ticks))


@contextmanager
def review_page(path: Path, *reviewers: str) -> Iterator[ReviewServer]:
    """Serve the page of a store in a thread of its own, which opens the store, too."""
    started = Queue[ReviewServer | BaseException]()

    def run() -> None:
        try:
            with closing(SQLiteStore(path)) as store:
                server = ReviewServer(store, reviewers, clock=Ticking())
                started.put(server)
                server.run()
        except BaseException as error:  # noqa: BLE001  whoever waits for the page raises it
            started.put(error)

    thread = Thread(target=run)
    thread.start()
    server = started.get(timeout=60)
    if isinstance(server, BaseException):
        raise server
    try:
        yield server
    finally:
        server.stop()
        thread.join(60)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str

    @property
    def case(self) -> str:
        """The name of the case on the page; empty where there is none."""
        found = re.search(r'name="case" value="(\w+)"', self.text)
        return found[1] if found else ""

    @property
    def seen(self) -> str:
        """What the case stood on when the page was made."""
        found = re.search(r'name="seen" value="(\w*)"', self.text)
        return found[1] if found else ""

    @property
    def said(self) -> str:
        """What the page says of the last act."""
        found = re.search(r'<p id="said"[^>]*>([^<]*)</p>', self.text)
        return found[1] if found else ""

    @property
    def question(self) -> str:
        found = re.search(r"<title>([^<]*)</title>", self.text)
        return found[1] if found else ""


class Visitor:
    """A browser without a screen."""

    def __init__(self, server: ReviewServer, name: str) -> None:
        self.port, self.path = server.port, urlsplit(server.addresses[name]).path

    def ask(self, path: str, *, method: str = "GET", body: str | None = None, host: str = "") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Host": host or f"127.0.0.1:{self.port}"})
            got = connection.getresponse()
            return Answer(got.status, {name.lower(): text for name, text in got.getheaders()}, got.read().decode())
        finally:
            connection.close()

    def page(self) -> Answer:
        return self.ask(self.path)

    def say(self, word: str, case: str = "") -> Answer:
        """Press a button of the page, and look at what comes then."""
        page = self.page()
        body = urlencode({"say": word, "case": case or page.case, "seen": page.seen})
        sent = self.ask(f"{self.path}answer", method="POST", body=body)
        assert (sent.status, sent.headers["location"]) == (303, "./")
        return self.page()
