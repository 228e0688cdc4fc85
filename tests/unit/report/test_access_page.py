"""The page of an access export: all of it is shown, hostile values are text, and it needs nothing from elsewhere."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, unify
from canonical_contact.errors import MissingExtraError
from canonical_contact.privacy.access import AccessExport, access_export
from canonical_contact.report.access_page import access_html
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=HYPERLINK(0)",
    "{{ 7*7 }}",
    "javascript:alert(1)",
    "a\u202egnp.exe",
)
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """Counts tags, and sees to it that they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> AccessExport:
    path = tmp_path_factory.mktemp("access") / "hubspot.csv"
    cells = ['"' + text.replace('"', '""') + '"' for text in HOSTILE]
    path.write_text(
        "Record ID,First Name,Last Name,Email,Job Title,Message,Lead Status,Favourite,Company Name,Unsubscribed from all email\n"
        f"1,{cells[0]},{cells[1]},ana@example.org,{cells[2]},{cells[3]},{cells[4]},{cells[5]},{cells[0]},true\n",
        "utf-8",
    )
    store = MemoryStore()
    unify([path], store, now=NOW)
    (contact,) = iter_contacts(store)
    return access_export(store, contact.contact_id, at=NOW)


def test_hostile_values_are_text(export: AccessExport) -> None:
    page = access_html(export, statement={HOSTILE[0]: HOSTILE[1]})
    seen = Page(page)
    assert not {"script", "img", "iframe", "object", "form"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert not [value for name, value in seen.attributes if name == "href" and value and not re.match(r"#|data:,$", value)]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "\u202e" not in page
    page.encode("utf-8")


def test_the_page_needs_nothing_from_elsewhere_and_can_be_used_without_a_mouse(export: AccessExport) -> None:
    page = access_html(export)
    seen = Page(page)
    assert "http://" not in page
    assert "https://" not in page
    assert 'lang="en"' in page
    assert seen.tags.count("h1") == 1
    assert seen.tags.count("table") == seen.tags.count("caption")
    assert "default-src 'none'" in page
    targets = {value for name, value in seen.attributes if name == "id"}
    links = {value[1:] for name, value in seen.attributes if name == "href" and value and value.startswith("#")}
    assert links <= targets
    scrolled = page.count('class="scroll"')
    assert scrolled == page.count('class="scroll" tabindex="0" role="region" aria-label=')


def test_every_value_of_the_contact_and_of_its_records_is_shown(export: AccessExport) -> None:
    text = unescape(re.sub(r"<[^>]+>", "", access_html(export)))
    cells = export.parts["records"][0]["versions"][0]["document"]["raw"]
    assert len(cells) >= 9
    for cell in cells.values():
        assert cell.replace("\u202e", "[U+202E]") in text
    assert "you objected" in text or "you took your yes back" in text
    assert "Engineering defaults, not legal advice." in text


def test_the_page_of_an_erased_person_says_that_nothing_is_held() -> None:
    page = access_html(
        AccessExport("id-1", NOW, held=False, erased_at=NOW, parts={"tombstones": []}), statement={"Rights": "Ask us."}
    )
    Page(page)
    assert "We hold nothing about you" in page
    assert "Ask us." in page


def test_an_entry_with_nothing_in_it_makes_a_page() -> None:
    parts = json.loads(
        '{"identity":{"contact_id":"id-1","aliases":[],"records":[],"found_by":[]},"contact":{},"provenance":[],"records":[],'
        '"consent":{"answers":[],"events":[]},"activities":[],"decisions":[],"history":[],"proofs":[],"ledger":[],"reports":[],'
        '"mentions":[],"retention":[]}'
    )
    assert "you were not asked" in access_html(AccessExport("id-1", NOW, held=True, parts=parts))


def test_what_is_missing_is_said_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canonical_contact.report.access_page.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match="report"):
        access_html(AccessExport("id-1", NOW, held=False))


def test_the_stage_that_counts_is_shown_though_no_record_states_it(tmp_path: Path) -> None:
    (tmp_path / "hubspot.csv").write_text(
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Create Date\n1,Ana,Gil,ana@example.org,lead,2020-01-02 10:00\n",
        "utf-8",
    )
    store = MemoryStore()
    unify([tmp_path / "hubspot.csv"], store, now=NOW)
    (contact,) = iter_contacts(store)
    export = access_export(store, contact.contact_id, at=NOW)
    parts = json.loads(json.dumps(export.parts))
    parts["contact"]["lifecycle"] = {
        "stage": "customer",
        "history": [{"stage": "customer", "at": "2026-02-01T00:00:00Z", "source": "hubspot:1", "reason": "deal_won"}],
    }
    parts["provenance"] = [{**one, "won": one["won"] and one["path"] != "$.lifecycle"} for one in parts["provenance"]]
    page = access_html(evolve(export, parts=parts))
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in page.split("<tr")]
    stages = [row for row in rows if "Stage as a customer" in row]
    assert ["not used" in row for row in stages] == [False, True]
    assert "customer hubspot 1 , as of 2026-02-01 it follows from what happened" in stages[0]


def test_times_have_one_form(tmp_path: Path) -> None:
    (tmp_path / "hubspot.csv").write_text(
        "Record ID,First Name,Email,Create Date,Last Modified Date,Unsubscribed from all email\n"
        "1,Ana,ana@example.org,2020-01-02T10:00:00+00:00,2026-05-01,true\n",
        "utf-8",
    )
    store = MemoryStore()
    unify([tmp_path / "hubspot.csv"], store, now=NOW)
    (contact,) = iter_contacts(store)
    page = access_html(access_export(store, contact.contact_id, at=NOW))
    assert "2020-01-02 10:00 UTC" in page
    left = [row for row in page.split("<tr") if re.search(r"\d{4}-\d\d-\d\dT\d\d", row)]
    assert all("Create Date" in row or "raw" in row for row in left), left  # as it was read
