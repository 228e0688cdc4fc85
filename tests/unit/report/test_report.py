from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from canonical_contact.errors import InputError
from canonical_contact.model import (
    Channel,
    Claim,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    Event,
    EventName,
    Lifecycle,
    LifecycleStage,
    Name,
    SourceRef,
    Suppression,
    SuppressionKind,
)
from canonical_contact.ports import ActivityRow, ContactRow, DecisionRow
from canonical_contact.report import gather, to_html, to_text
from canonical_contact.report._charts import bars
from canonical_contact.schema import to_json
from canonical_contact.store import MemoryStore

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
EVIL = "<script>alert(1)</script>"
WITHDRAWN = ConsentRecord(
    Channel.EMAIL,
    "marketing",
    ConsentState.WITHDRAWN,
    endpoint="a@example.com",
    effective_at=AS_OF - timedelta(days=9),
    events=("e1",),
    lifted_by="e9",
)
BOUNCE = Suppression(
    SuppressionKind.COMPLAINT, Channel.EMAIL, "shared@example.com", record="mailchimp:other", reason="shared_endpoint"
)

PEOPLE = (
    Contact(
        contact_id="00000000-0000-7000-8000-000000000001",
        name=Name(full=EVIL),
        emails=(EmailAddress("a@example.com"),),
        sources=(
            SourceRef("hubspot", "1", "1", observed_at=AS_OF - timedelta(days=2)),
            SourceRef("hubspot", "2", "2"),
            SourceRef("outlook", "ff00", "17"),
        ),
        claims=(Claim("$.name", EVIL, "hubspot:1"), Claim("$.name", "Alex & Co.\x00", "outlook:ff00", won=False)),
        consent=(WITHDRAWN,),
        lifecycle=Lifecycle(LifecycleStage.LEAD),
    ),
    Contact(
        contact_id="00000000-0000-7000-8000-000000000002",
        name=Name(full="Bo"),
        emails=(EmailAddress("shared@example.com"),),
        sources=(SourceRef("outlook", "ee", "18"), SourceRef("vcard", "x", "x")),
        suppressions=(BOUNCE,),
    ),
    Contact(contact_id="00000000-0000-7000-8000-000000000003", sources=(SourceRef("vcard", "y", "y"),)),
)
LAST_RUN: dict[str, Any] = {
    "run": {"run_id": "r", "started_at": "2026-06-30T00:00:00Z", "resumed": True},
    "files": [
        {"path": "a.csv", "system": "hubspot", "preset": "hubspot/1", "rows": 2, "skipped": "", "problems": []},
        {"path": "b.bin", "system": "", "preset": "", "rows": 0, "skipped": "binary data", "problems": []},
    ],
    "problems": {"email.syntax": 2, "phone.invalid": 5},
    "examples": {"phone.invalid": [{"code": "phone.invalid", "raw": "<b>12\u202e</b>", "hint": "Say the country.", "line": 3}]},
    "stages": [{"name": "read", "seconds": 0.5, "peak_mb": 20.0}],
    "records": {"new": 6, "changed": 0, "same": 0},
    "pairs": 9,
}


def filled() -> MemoryStore:
    store = MemoryStore()
    with store.run(AS_OF - timedelta(days=1)):
        store.put_contacts(
            ContactRow(person.contact_id, to_json(person), person.contact_id, tuple(source.key for source in person.sources))
            for person in PEOPLE
        )
        event = Event(
            EventName.CONTACT_CREATED, PEOPLE[0].contact_id, AS_OF - timedelta(days=1), detail={"records": "hubspot:1 hubspot:2"}
        )
        store.log([(event.contact_id, to_json(event))])
        store.put_decisions([DecisionRow("hubspot:1", "vcard:y", "review", 0.6, "weights", "p/1", "[]")])
        activity = '{"record":"hubspot:1","kind":"verification","at":"2026-06-01T00:00:00Z","value":"email:verified"}'
        store.put_activities([ActivityRow("v1", "hubspot:1", "verification", activity)])
    return store


def test_gathers_counts_of_records_contacts_and_sources() -> None:
    report = gather(filled(), as_of=AS_OF, last_run=LAST_RUN)
    assert (report.records, report.contacts, report.waiting) == (6, 3, 1)
    assert [(line.system, line.records, line.contacts, line.only_here) for line in report.systems] == [
        ("hubspot", 2, 1, 0),
        ("outlook", 2, 2, 0),
        ("vcard", 2, 2, 1),
    ]
    assert {(line.left, line.right): line.contacts for line in report.overlaps} == {
        ("hubspot", "outlook"): 1,
        ("outlook", "vcard"): 1,
    }
    assert report.cluster_sizes == ((1, 1), (2, 1), (3, 1))
    assert report.lifecycle == (("lead", 1), ("none", 2))


def test_gathers_the_largest_contacts_with_their_differing_names() -> None:
    largest = gather(filled(), as_of=AS_OF, last_run={}).largest
    assert [cluster.records for cluster in largest] == [3, 2]
    assert largest[0].names == (EVIL, "Alex & Co.\x00")
    assert largest[0].labels == ("hubspot 1, 2", "outlook 17")


def test_gathers_who_would_be_lifted_and_who_only_shares_an_endpoint() -> None:
    consent = {line.channel: line for line in gather(filled(), as_of=AS_OF, last_run={}).consent}
    email = consent["email"]
    assert (email.reachable, email.allowed, email.lifted_later, email.shared_only) == (2, 0, 1, 1)
    assert sum(number for _, number in email.denied) == 2
    assert email.shared_examples[0].about == "shared@example.com"
    assert consent["sms"].reachable == 0


def test_gathers_problems_most_frequent_first_with_examples() -> None:
    report = gather(filled(), as_of=AS_OF, last_run=LAST_RUN)
    assert [(kind.code, kind.count, len(kind.examples)) for kind in report.problems] == [
        ("phone.invalid", 5, 1),
        ("email.syntax", 2, 0),
    ]
    assert report.run is not None
    assert (report.run.resumed, report.run.records_new, report.run.pairs) == (True, 6, 9)


def test_reads_the_note_of_the_last_run_from_the_store() -> None:
    store = filled()
    with store.transaction():
        store.put_setting("run.last", json.dumps(LAST_RUN))
    assert [file.path for file in gather(store, as_of=AS_OF).files] == ["a.csv", "b.bin"]


def test_a_note_of_another_form_is_refused_with_a_hint() -> None:
    with pytest.raises(InputError, match=r"Run unify again|document"):
        gather(filled(), as_of=AS_OF, last_run={"files": [3]})


def test_figures_use_activities_and_the_history_of_the_store() -> None:
    kpis = {(kpi.name, kpi.scope): kpi for kpi in gather(filled(), as_of=AS_OF, last_run={}).kpis}
    assert kpis["verification_event_rate", "email"].numerator == 1
    assert kpis["update_latency_median", ""].value == 86400.0
    assert kpis["duplicate_rate", ""].value == 0.5


class Page(HTMLParser):
    """Collects what matters of a page: tags, what it would fetch, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def parsed(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    return page


def test_the_page_is_self_contained_and_runs_nothing() -> None:
    html = to_html(gather(filled(), as_of=AS_OF, last_run=LAST_RUN))
    page = parsed(html)
    assert not {"script", "iframe", "object", "img", "base", "form"} & set(page.tags)
    assert all(link.startswith(("#", "data:,")) for link in page.links)
    assert "http" not in re.sub(r"http-equiv", "", html)
    assert "default-src 'none'" in html
    assert len(html) < 500_000


def test_every_link_in_the_page_leads_somewhere_and_ids_are_unique() -> None:
    page = parsed(to_html(gather(filled(), as_of=AS_OF, last_run=LAST_RUN)))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_what_comes_from_data_is_shown_as_text() -> None:
    html = to_html(gather(filled(), as_of=AS_OF, last_run=LAST_RUN))
    assert EVIL not in html
    assert EVIL in "".join(parsed(html).said)
    assert "<b>" not in html
    assert "\x00" not in html
    assert "[U+202E]" in html


def test_the_page_of_an_empty_store_is_a_page() -> None:
    html = to_html(gather(MemoryStore(), as_of=AS_OF))
    assert "No run is on record." in html
    assert "nan" not in html.lower().replace("finance", "")


def test_the_text_says_the_same_and_has_no_control_characters() -> None:
    text = to_text(gather(filled(), as_of=AS_OF, last_run=LAST_RUN))
    for said in (EVIL, "phone.invalid", "binary data", "Duplicate rate", "50.0 %"):
        assert said in text
    assert not any(ord(letter) < 32 for letter in text.replace("\n", ""))


def test_a_chart_has_a_text_alternative_and_its_values() -> None:
    chart = bars("x", "Records by source", [("hub<b>spot", 1200.0), ("none", 0.0)])
    assert 'role="img"' in chart
    assert 'aria-labelledby="x-title x-desc"' in chart
    assert "hub&lt;b&gt;spot: 1,200; none: 0" in chart
    assert "font-family" not in chart


def test_charts_stand_long_and_equal_labels_and_no_data() -> None:
    assert bars("x", "none", []) == ""
    long = "a" * 60
    chart = bars("x", "long", [(long, 1.0), (long + "b", 2.0)])
    assert chart.count("<rect") == 2
    assert bars("x", "zero", [("a", 0.0)], share=True).count("<rect") == 1


def test_the_folder_that_all_files_share_is_said_once() -> None:
    files = [{"path": path, "system": "s", "rows": 1} for path in ("/data/crm/a.csv", "/data/crm/mail/b.csv", "/data/crm2.csv")]
    html = to_html(gather(filled(), as_of=AS_OF, last_run={"files": files}))
    assert "In <bdi>/data/</bdi>" in html
    assert "<bdi>crm/mail/b.csv</bdi>" in html
    alone = to_html(gather(filled(), as_of=AS_OF, last_run={"files": files[:1]}))
    assert "<bdi>/data/crm/a.csv</bdi>" in alone
