"""Event exports hang on the records of other files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact.errors import InputError
from canonical_contact.formats import discover, read_activities
from canonical_contact.model import Activity


def test_events_and_interactions(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        "system,record_id,event,at,agent,value\nhubspot,9,verification,2026-06-16T21:24:02Z,,email:verified\ngoogle,3,lead_created,2024-01-04T18:15:37Z,a.keller,\n"
        "hubspot,9,assigned,soon,,\n,,,,,\nhubspot,,assigned,2024-01-04T18:15:37Z,,\n"
    )
    (tmp_path / "interactions.csv").write_text(
        "system,record_id,kind,at,direction,agent\nsalesforce_contact,0035g000002iJH7,Email,2023-11-15T15:36:05Z,inbound,osei\n"
    )
    events, interactions = discover([tmp_path])
    found = list(read_activities(events))
    assert found[:2] == [
        Activity("hubspot:9", "verification", datetime(2026, 6, 16, 21, 24, 2, tzinfo=UTC), "", "email:verified"),
        Activity("google:3", "lead_created", datetime(2024, 1, 4, 18, 15, 37, tzinfo=UTC), "a.keller"),
    ]
    assert [(one.code, one.line) for one in found[2:] if not isinstance(one, Activity)] == [
        ("activity.row_unreadable", 4),
        ("activity.row_unreadable", 6),
    ]
    at = datetime(2023, 11, 15, 15, 36, 5, tzinfo=UTC)
    assert list(read_activities(interactions)) == [
        Activity("salesforce_contact:0035g000002iJH7AAM", "interaction", at, "osei", "email", "inbound")
    ]


def test_contacts_are_no_activities(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Email,Name\na@example.org,A\n")
    with pytest.raises(InputError):
        read_activities(discover([tmp_path])[0])
