"""`review` without a mode: the page, until Ctrl+C."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from canonical_contact.cli._exit import Exit
from canonical_contact.store import SQLiteStore
from command_line import Call
from review_worlds import fill_with_doubt, names_of

PROGRAM = [sys.executable, "-c", "import sys; from canonical_contact.cli import main; sys.exit(main())", "review"]


def test_it_says_an_address_for_each_reviewer_serves_it_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "contacts.db")) as opened:
        fill_with_doubt(tmp_path, opened, names_of(2))
    asked = ["--store", str(tmp_path / "contacts.db"), "--by", "ana", "--with", "ben", "--no-browser"]
    with subprocess.Popen([*PROGRAM, *asked], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = dict(process.stdout.readline().strip().split(": ") for _ in range(2))
        pages = []
        try:
            for address in told.values():
                with urllib.request.urlopen(address, timeout=30) as answer:
                    pages.append(answer.read().decode())
        finally:
            process.send_signal(signal.SIGINT)
        noted = process.stderr.read()
    assert list(told) == ["ana", "ben"]
    assert all(f"<bdi>{name}</bdi>" in page for name, page in zip(told, pages, strict=True))
    assert (process.returncode, noted.splitlines()[-1]) == (Exit.DONE, "the page is closed")
    assert not any(address.split("/")[3] in noted for address in told.values())


def test_what_is_about_the_page_does_not_go_with_another_way(store: Path, call: Call) -> None:
    for more in (["--with", "ben"], ["--port", "8000"], ["--no-browser"]):
        assert call("review", "--store", store, "--agreement", *more).code == Exit.USAGE
    assert call("review", "--store", store, "--json").code == Exit.USAGE
    assert call("review", "--store", store, "--port", "70000").code == Exit.USAGE


def test_a_port_that_is_taken_is_said(store: Path, call: Call) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        got = call("review", "--store", store, "--port", port, "--no-browser")
    assert got.code == Exit.USAGE
    assert got.err == f"error: Port {port} cannot be used. Name another one, or none: a free one is taken then.\n"


def test_without_the_extra_it_says_what_to_install(store: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr("canonical_contact.review.serving.find_spec", lambda name: None if name == "uvicorn" else real(name))
    got = call("review", "--store", store)
    assert got.code == Exit.MISSING_EXTRA
    assert "pip install 'canonical-contact[review]'" in got.err
