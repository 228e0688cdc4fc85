from __future__ import annotations

import json
from typing import Any

import pytest

from canonical_contact.errors import InputError
from canonical_contact.model import (
    Channel,
    ConsentEvent,
    ConsentProof,
    Contact,
    ContactKind,
    EmailAddress,
    EventType,
    SchemaDeprecationWarning,
    deprecation,
)
from canonical_contact.schema import _published, to_json
from canonical_contact.schema.pinned import PinnedConverter, converter

ORG = Contact(contact_id="1", kind=ContactKind.ORG)
EVENT = ConsentEvent("e", EventType.WITHDRAW, Channel.EMAIL, proof=ConsentProof(notice_id="n"))


@pytest.fixture
def unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every warning be the first."""
    monkeypatch.setattr(deprecation, "_said", set())


def test_a_pinned_version_is_written_and_every_version_is_read() -> None:
    pinned = converter("1.0")
    assert json.loads(pinned.dumps(ORG)) == pinned.to_dict(ORG)
    assert pinned.to_dict(ORG)["schema_version"] == "1.0"
    assert pinned.loads(Contact, pinned.dumps(ORG)) == pinned.loads(Contact, to_json(ORG)) == ORG
    assert pinned.from_dict(Contact, pinned.to_dict(ORG)) == ORG


def test_the_present_version_is_written_as_by_everybody() -> None:
    pinned = converter()
    assert pinned.dumps(ORG) == to_json(ORG)
    assert pinned.dumps(EmailAddress("a@x")) == '{"address":"a@x"}'


def test_lists_of_documents_are_written() -> None:
    pinned = converter("1.0")
    text = pinned.dumps((EVENT, EVENT))
    assert [one["schema_version"] for one in json.loads(text)] == ["1.0", "1.0"]
    assert pinned.loads(tuple[ConsentEvent, ...], text) == (EVENT, EVENT)


def test_strict_leaves_out_what_the_schema_does_not_know() -> None:
    assert "_parked" in converter("1.0").to_dict(EVENT)
    assert converter("1.0", strict=True).to_dict(EVENT).keys() == {"event_id", "type", "channel", "schema_version"}


def test_a_subclass_of_a_host_is_a_document_of_its_kind() -> None:
    class Mine(Contact):
        pass

    assert converter("1.0").to_dict(Mine(contact_id="1"))["schema_version"] == "1.0"


def test_what_is_no_document_has_no_older_form() -> None:
    with pytest.raises(InputError, match="EmailAddress is no document"):
        converter("1.0").dumps(EmailAddress("a@x"))


def test_a_version_that_does_not_exist_cannot_be_pinned() -> None:
    with pytest.raises(InputError, match=r"no schema 7\.0\. Published are"):
        converter("7.0")


def test_pinning_a_version_that_goes_warns_once(unsaid: None, monkeypatch: pytest.MonkeyPatch) -> None:
    index: dict[str, dict[str, Any]] = {
        "1.0": {"status": "published", "deprecated": "1.3", "remove_in": "2.0"},
        "1.1": {"status": "published"},
        "1.2": {"status": "draft"},
    }
    monkeypatch.setattr(_published, "_index", lambda: index)
    with pytest.warns(SchemaDeprecationWarning, match=r"Schema 1\.0 is deprecated since 1\.3 and goes with 2\.0; pin 1\.2"):
        assert converter("1.0") == PinnedConverter("1.0")
    converter("1.0")
    converter("1.1")
