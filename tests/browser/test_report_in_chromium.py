"""The report in a real browser: what it says, that it fetches nothing, and that data stays text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.model import (
    Channel,
    Claim,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    Name,
    SourceRef,
)
from canonical_contact.ports import ContactRow
from canonical_contact.report import gather, to_html
from canonical_contact.schema import to_json
from canonical_contact.store import MemoryStore

pytestmark = pytest.mark.browser

EVIL = "<script>alert(1)</script>"
LOUD = '<img src="http://127.0.0.1:9/x.png" onerror="document.title=1">'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with names that would do harm if they were markup."""
    store = MemoryStore()
    people = [
        Contact(
            contact_id=f"00000000-0000-7000-8000-00000000000{number}",
            name=Name(full=name),
            emails=(EmailAddress(f"p{number}@example.com"),),
            sources=tuple(SourceRef(system, str(number), str(number)) for system in ("hubspot", "outlook")),
            claims=(Claim("$.name", "Ana Núñez", f"outlook:{number}", won=False),),
            consent=(ConsentRecord(Channel.EMAIL, "marketing", ConsentState.WITHDRAWN, events=("e",)),),
        )
        for number, name in enumerate((EVIL, LOUD, "Zoë"))
    ]
    with store.run(datetime(2026, 6, 30, tzinfo=UTC)):
        store.put_contacts(
            ContactRow(person.contact_id, to_json(person), person.contact_id, tuple(source.key for source in person.sources))
            for person in people
        )
    last_run = {
        "files": [{"path": f"{EVIL}.csv", "system": "hubspot", "preset": "hubspot/1", "rows": 3}],
        "problems": {"email.syntax": 4},
        "examples": {"email.syntax": [{"code": "email.syntax", "raw": LOUD, "hint": "No domain after the @."}]},
    }
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(to_html(gather(store, as_of=datetime(2026, 7, 1, tzinfo=UTC), last_run=last_run)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(browser: Any, page: Path) -> Any:
    browser.get(page.as_uri())
    return browser


def test_it_fetches_nothing_but_itself(opened: Any, page: Path) -> None:
    events = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    asked = [one["request"]["url"] for one in sent if one["documentURL"] == page.as_uri()]  # the browser's own pages ask too
    fetched = [url for url in asked if not url.startswith("data:")]
    assert fetched == [page.as_uri()]
    assert opened.get_log("browser") == []  # no error, and nothing that the page's own policy had to refuse


def test_a_contact_named_script_is_text(opened: Any) -> None:
    from selenium.webdriver.common.by import By

    body = opened.find_element(By.TAG_NAME, "body").text
    assert EVIL in body
    assert LOUD in body
    assert opened.find_elements(By.CSS_SELECTOR, "script, img, iframe") == []
    assert opened.title.startswith("Contact report")


def test_it_says_what_was_read_found_and_allowed(opened: Any) -> None:
    from selenium.webdriver.common.by import By

    assert [heading.text for heading in opened.find_elements(By.TAG_NAME, "h2")] == [
        "What was read",
        "Problems by kind",
        "Duplicates found",
        "Sources and what they share",
        "Consent for marketing, by channel",
        "Figures",
        "Contacts by stage",
    ]
    body = opened.find_element(By.TAG_NAME, "body").text
    for said in ("6", "3", "email.syntax", "No domain after the @.", "withdrawn", "Duplicate rate", "50.0", "Zoë", "Ana Núñez"):
        assert said in body


def test_its_charts_are_drawn_and_named(opened: Any) -> None:
    from selenium.webdriver.common.by import By

    charts = opened.find_elements(By.CSS_SELECTOR, "svg.chart")
    assert len(charts) == 5
    for chart in charts:
        assert chart.size["width"] > 300
        assert chart.get_attribute("role") == "img"
        assert chart.accessible_name
    bars = opened.find_elements(By.CSS_SELECTOR, "#read ~ section svg.chart rect")
    assert all(bar.value_of_css_property("fill") != "rgb(0, 0, 0)" for bar in bars)


def test_it_fits_a_narrow_screen(opened: Any) -> None:
    opened.set_window_size(500, 900)
    wider = opened.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    opened.set_window_size(1100, 1400)
    assert wider <= 0
