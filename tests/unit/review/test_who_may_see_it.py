"""Loopback, token, Host: whoever lacks one of them sees nothing."""

from __future__ import annotations

import importlib.util
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from canonical_contact.errors import InputError, MissingExtraError
from canonical_contact.review import ReviewServer, require
from canonical_contact.store import MemoryStore
from review_worlds import Ticking, Visitor, review_page


@pytest.fixture(scope="module")
def ana(doubtful: Path) -> Iterator[Visitor]:
    """Nothing here answers anything, so one page serves all."""
    with review_page(doubtful, "ana") as server:
        yield Visitor(server, "ana")


@pytest.mark.parametrize("asked", ["/", "/answer", "/review.css", "/review.js", "/x/", "//", "/%00/", "/%ff/", "/%C3%A9/answer"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_token_everything_is_refused(ana: Visitor, asked: str, method: str) -> None:
    got = ana.ask(asked, method=method)
    assert got.status == 403
    assert "one person" not in got.text


def test_a_token_that_is_nearly_right_is_refused(ana: Visitor) -> None:
    token = ana.path.strip("/")
    for near in (token[:-1], token + "x", token.swapcase(), ""):
        assert ana.ask(f"/{near}/").status == 403
    assert ana.page().status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 200), ("localhost:80", 200), ("LOCALHOST", 200), ("[::1]:8000", 200)]
    + [
        (host, 403)
        for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:80", "localhost.evil", "127.0.0.1@evil", "::1")
    ],
)
def test_a_foreign_name_for_this_machine_is_refused(ana: Visitor, host: str, status: int) -> None:
    assert ana.ask(ana.path, host=host).status == status


def test_it_listens_on_loopback_alone(ana: Visitor) -> None:
    with pytest.raises(OSError, match="refused"):  # all of 127.0.0.0/8 is loopback; only one address of it answers
        socket.create_connection(("127.0.0.2", ana.port), timeout=5)


def test_every_answer_tells_the_browser_to_load_keep_and_tell_nothing(ana: Visitor) -> None:
    for got in (ana.page(), ana.ask("/"), ana.ask(f"{ana.path}review.js"), ana.ask(f"{ana.path}nothing")):
        policy = got.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["referrer-policy"] == "no-referrer"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in got.headers
        assert "server" not in got.headers


def test_only_answers_are_posted_and_they_are_short(ana: Visitor) -> None:
    assert ana.ask(f"{ana.path}answer").status == 405
    assert ana.ask(ana.path, method="POST", body="say=match").status == 405
    assert ana.ask(f"{ana.path}answer", method="POST", body="say=match&case=" + "x" * 10_000).status == 413


def test_the_address_without_its_last_stroke_leads_to_the_page(ana: Visitor) -> None:
    got = ana.ask(ana.path.rstrip("/"))
    assert (got.status, got.headers["location"]) == (307, ana.path)


def test_tokens_are_new_each_time_and_each_reviewer_has_one(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        servers = [ReviewServer(MemoryStore(), ["ana", " ben ", "ana", ""], clock=Ticking()) for _ in range(2)]
    assert [sorted(one.addresses) for one in servers] == [["ana", "ben"]] * 2
    addresses = {text for one in servers for text in one.addresses.values()}
    assert len({text.rsplit("/", 2)[1] for text in addresses}) == 4
    assert all(text.startswith("http://127.0.0.1:") and len(text.rsplit("/", 2)[1]) >= 43 for text in addresses)
    assert not any(text.rsplit("/", 2)[1] in caplog.text for text in addresses)
    for one in servers:
        one.close()


def test_somebody_must_review() -> None:
    with pytest.raises(InputError, match="Name a reviewer"):
        ReviewServer(MemoryStore(), [" "], clock=Ticking())


@pytest.mark.parametrize("missing", ["starlette", "uvicorn", "jinja2"])
def test_without_the_extra_it_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr("canonical_contact.review.serving.find_spec", lambda name: None if name == missing else real(name))
    with pytest.raises(MissingExtraError, match=r"canonical-contact\[review\]"):
        require()
