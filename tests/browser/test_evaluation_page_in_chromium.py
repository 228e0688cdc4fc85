"""The page of an evaluation in a real browser: filters work without a script, it fetches nothing, it fits a phone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.match.evaluate import ErrorKind, Mistakes, PairError, evaluate, reliability, sweep
from canonical_contact.model import Evidence
from canonical_contact.report.evaluation_page import evaluation_html

pytestmark = pytest.mark.browser

EVIL = "<script>document.title=1</script>"
LONG = "x" * 200


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = (
        (ErrorKind.FALSE_MERGE, "given", 4.0),
        (ErrorKind.FALSE_MERGE, "phone", 3.0),
        (ErrorKind.MISSED_PAIR, "phone", -3.0),
        (ErrorKind.MISSED_PAIR, "email", -3.0),
    )
    errors = tuple(
        PairError(
            kind, f"crm:{at}{LONG}", f"mail:{at}", {name: EVIL}, {name: LONG}, 0.5, "weights", (Evidence(name, "x", weight),), "k"
        )
        for at, (kind, name, weight) in enumerate(rows)
    )
    scored = [(at / 100, at % 3 > 0) for at in range(100)]
    text = evaluation_html(
        evaluation=evaluate({"a": 1, "b": 1}, {"a": 1, "b": 2}),
        sweep=sweep(scored),
        reliability=reliability(scored),
        mistakes=Mistakes(errors, 2, 2),
    )
    path = tmp_path_factory.mktemp("page") / "evaluation.html"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def opened(browser: Any, page: Path) -> Any:
    browser.get(page.as_uri())
    return browser


def shown(opened: Any) -> list[int]:
    from selenium.webdriver.common.by import By

    return [at for at, entry in enumerate(opened.find_elements(By.CSS_SELECTOR, ".mistake")) if entry.is_displayed()]


def choose(opened: Any, text: str) -> None:
    from selenium.webdriver.common.by import By

    label = next(entry for entry in opened.find_elements(By.CSS_SELECTOR, "fieldset label") if entry.text.startswith(text))
    opened.execute_script("arguments[0].scrollIntoView({block: 'center'})", label)
    label.click()


def test_it_fetches_nothing_but_itself(opened: Any, page: Path) -> None:
    events = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    asked = [one["request"]["url"] for one in sent if one["documentURL"] == page.as_uri()]
    assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
    assert opened.get_log("browser") == []
    assert opened.title == "How right the matching is"


def test_mistakes_are_filtered_by_kind_and_by_field(opened: Any) -> None:
    from selenium.webdriver.common.by import By

    nothing = opened.find_element(By.CSS_SELECTOR, ".nothing")
    assert (shown(opened), nothing.is_displayed()) == ([0, 1, 2, 3], False)
    choose(opened, "phone")
    assert shown(opened) == [1, 2]
    choose(opened, "Missed")
    assert shown(opened) == [2]
    choose(opened, "given")
    assert (shown(opened), nothing.is_displayed()) == ([], True)
    choose(opened, "anything")
    assert (shown(opened), nothing.is_displayed()) == ([2, 3], False)
    choose(opened, "all")
    assert shown(opened) == [0, 1, 2, 3]


def test_charts_are_drawn_in_colours_and_named(opened: Any) -> None:
    from selenium.webdriver.common.by import By

    charts = opened.find_elements(By.CSS_SELECTOR, "svg.chart")
    assert len(charts) == 2
    for chart in charts:
        assert chart.size["width"] > 300
        assert chart.accessible_name
        strokes = {path.value_of_css_property("stroke") for path in chart.find_elements(By.CSS_SELECTOR, "path")}
        assert len(strokes) >= 2
        legend = chart.find_elements(By.CSS_SELECTOR, "rect")[0]
        assert legend.location["y"] >= chart.location["y"]


def test_it_fits_a_phone(opened: Any) -> None:
    opened.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )
    assert opened.execute_script("return document.documentElement.scrollWidth") <= 360
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
