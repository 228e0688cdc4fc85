"""The page of an access export in a real browser: it fetches nothing, data stays text, it fits a phone and the keyboard reaches all of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from canonical_contact import MemoryStore, unify
from canonical_contact.engine.access import export_access
from canonical_contact.engine.recording import record_consent
from canonical_contact.model import ConsentProof
from canonical_contact.report.access_page import access_html
from canonical_contact.store import iter_contacts

pytestmark = pytest.mark.browser

NOW = datetime(2026, 7, 1, tzinfo=UTC)
EVIL = "<script>document.title=1</script>"
LOUD = '<img src="http://127.0.0.1:9/x.png" onerror="document.title=1">'
LONG = "x" * 300


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person whose cells would do harm if they were markup."""
    folder = tmp_path_factory.mktemp("page")
    cells = ",".join('"' + text.replace('"', '""') + '"' for text in (EVIL, LOUD, "ana@example.org", LONG, "true"))
    header = "Record ID,First Name,Last Name,Email,Message,Unsubscribed from all email\n"
    (folder / "hubspot.csv").write_text(f"{header}1,{cells}\n", "utf-8")
    store = MemoryStore()
    unify([folder / "hubspot.csv"], store, now=NOW)
    (contact,) = iter_contacts(store)
    proof = ConsentProof(wording=LOUD, evidence_refs=(EVIL,))
    record_consent(store, contact.contact_id, "object", "post", at=NOW, evidence=LONG, proof=proof)
    path = folder / "access.html"
    path.write_text(access_html(export_access(store, contact.contact_id, at=NOW), statement={EVIL: LOUD}), "utf-8")
    return path


@pytest.fixture(scope="module")
def opened(browser: Any, page: Path) -> Any:
    browser.get(page.as_uri())
    return browser


def test_it_fetches_nothing_but_itself(opened: Any, page: Path) -> None:
    events = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    asked = [one["request"]["url"] for one in sent if one["documentURL"] == page.as_uri()]
    assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
    assert opened.get_log("browser") == []


def test_data_stays_text(opened: Any) -> None:
    from selenium.webdriver.common.by import By

    assert opened.title == "What we hold about you"
    assert opened.find_elements(By.CSS_SELECTOR, "script, img, iframe, form") == []
    body = opened.find_element(By.TAG_NAME, "body").text
    assert EVIL in body
    assert LOUD in body
    assert LONG in body


def test_every_table_has_a_caption_and_headings_and_the_levels_of_headings_are_in_order(opened: Any) -> None:
    told = opened.execute_script(
        "return [[...document.querySelectorAll('table')].every(t => t.caption && t.caption.textContent.trim() && t.querySelector('th[scope=col]')),"
        " [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])]"
    )
    assert told[0]
    assert told[1][0] == 1
    assert all(later - before <= 1 for before, later in zip(told[1], told[1][1:], strict=False))


def test_the_keyboard_reaches_what_scrolls_and_the_first_stop_leads_to_the_data(opened: Any) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    opened.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    first = opened.switch_to.active_element
    assert first.get_attribute("class") == "skip"
    assert first.is_displayed()
    assert opened.execute_script("return [...document.querySelectorAll('.scroll')].every(e => e.tabIndex === 0 && e.ariaLabel)")


def test_it_fits_a_phone_and_prints_with_everything_open(opened: Any) -> None:
    opened.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )
    assert opened.execute_script("return document.documentElement.scrollWidth") <= 360
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    height = opened.execute_script(
        "return Math.min(...[...document.querySelectorAll('#raw details table')].map(t => t.getBoundingClientRect().height))"
    )
    assert height > 0
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
