"""The page of a store in which pairs wait, asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from canonical_contact.review import ReviewServer
from canonical_contact.store import SQLiteStore
from review_worlds import EVIL, Visitor, fill_with_doubt, names_of, review_page


@pytest.fixture(scope="session")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which six pairs wait, one of them with names that would do harm if they were markup."""
    folder = tmp_path_factory.mktemp("doubtful")
    store = SQLiteStore(folder / "contacts.db")
    fill_with_doubt(folder, store, [EVIL, *names_of(5)])
    store.close()
    return folder / "contacts.db"


@pytest.fixture
def path(doubtful: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "contacts.db"
    copy.write_bytes(doubtful.read_bytes())
    return copy


@pytest.fixture
def server(path: Path) -> Iterator[ReviewServer]:
    with review_page(path, "ana", "ben") as running:
        yield running


@pytest.fixture
def ana(server: ReviewServer) -> Visitor:
    return Visitor(server, "ana")


@pytest.fixture
def ben(server: ReviewServer) -> Visitor:
    return Visitor(server, "ben")
