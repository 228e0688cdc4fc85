"""The review page in a real browser: answered by keyboard alone, by two at once, with nothing fetched from elsewhere and no barrier."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.resources import files
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.ports import DecisionRow
from canonical_contact.review import ReviewServer
from canonical_contact.store import SQLiteStore
from review_worlds import EVIL, fill_with_doubt, names_of, review_page

pytestmark = pytest.mark.browser

HUNDRED = 100


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """A store in which so many pairs wait; that of the people with the evil names comes first."""
    made: dict[int, Path] = {}

    def make(pairs: int) -> Path:
        if pairs not in made:
            folder = tmp_path_factory.mktemp("doubtful")
            made[pairs] = folder / "contacts.db"
            with closing(SQLiteStore(made[pairs])) as store:
                fill_with_doubt(folder, store, [EVIL, *names_of(pairs - 1)])
        return made[pairs]

    return make


@pytest.fixture
def pairs() -> int:
    """How many pairs wait."""
    return 12


@pytest.fixture
def path(doubtful: Callable[[int], Path], pairs: int, tmp_path: Path) -> Path:
    copy = tmp_path / "contacts.db"
    copy.write_bytes(doubtful(pairs).read_bytes())
    return copy


@pytest.fixture
def server(path: Path) -> Iterator[ReviewServer]:
    with review_page(path, "ana", "Gil") as running:
        yield running


@pytest.fixture
def desk(browser: Any, server: ReviewServer) -> Desk:
    browser.get_log("performance"), browser.get_log("browser")  # those of the tests before
    browser.get(server.addresses["ana"])
    return Desk(browser)


class Desk:
    """What a person at the keyboard sees and does."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    @property
    def case(self) -> str:
        found = self.browser.execute_script("return document.querySelector('[name=case]')?.value ?? ''")
        return str(found)

    def text(self, selector: str) -> str:
        found = self.browser.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
        return str(found)

    def key(self, *keys: str) -> None:
        """Press keys, wherever the focus is, and wait for the page that comes."""
        self.then(lambda: self.press(*keys))

    def press(self, *keys: str) -> None:
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser, duration=0).send_keys(*keys).perform()

    def then(self, act: Callable[[], object]) -> None:
        """Do something that leads to another page, and wait until that is there and listens."""
        from selenium.webdriver.support.ui import WebDriverWait

        self.browser.execute_script("window.old = true")
        act()
        there = "return !window.old && document.readyState === 'complete' && document.activeElement?.id === 'question'"
        WebDriverWait(self.browser, 30, poll_frequency=0.01).until(lambda driver: driver.execute_script(there))


def told(path: Path) -> list[DecisionRow]:
    with closing(SQLiteStore(path, readonly=True)) as store:
        return [row for row in store.answers() if row.reason in ("judged", "approval_needed") and row.judgement != "withdrawn"]


@pytest.mark.parametrize("pairs", [HUNDRED + 1])
def test_a_hundred_pairs_are_answered_by_keyboard_alone(desk: Desk, path: Path) -> None:
    said: dict[str, str] = {}
    words = {"y": "match", "n": "no_match", "u": "unsure"}
    for key, _ in zip(cycle("yynyynu"), range(HUNDRED), strict=False):
        assert desk.case not in said
        said[desk.case] = words[key]
        desk.key(key)
    assert desk.text("header label").startswith("100 answered, ")
    rows = told(path)
    assert len(rows) == HUNDRED
    assert {row.by for row in rows} == {"ana"}
    assert [row.judgement for row in rows] == list(said.values())
    with closing(SQLiteStore(path, readonly=True)) as store:
        home = dict(store.members())
        for row in rows:
            waits = row.left == "hubspot:1"  # two people look after them: the yes is kept, and the merge waits for an approval
            assert (home[row.left] == home[row.right]) == (row.judgement == "match" and not waits)


def test_undo_brings_the_pair_back_and_a_reload_changes_nothing(desk: Desk, path: Path) -> None:
    first = desk.case
    desk.key("s")
    second = desk.case
    desk.key("y")
    third = desk.case
    assert desk.text("#said") == "One person: merged."
    desk.then(desk.browser.refresh)
    assert (desk.case, len(told(path))) == (third, 1)
    desk.key("z")
    assert desk.case == second
    assert desk.text("#said") == "Your last answer was taken back; the contacts are two again."
    desk.key("z")
    assert desk.case == first
    desk.then(desk.browser.refresh)
    assert desk.case == first
    desk.key("z")
    assert desk.text("#said") == "There is nothing to take back."


def test_a_key_held_down_answers_one_pair(desk: Desk, path: Path) -> None:
    down = "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', repeat: arguments[0]}))"
    desk.browser.execute_script(down, True)
    assert told(path) == []
    desk.then(
        lambda: desk.browser.execute_script(f"{down.replace('arguments[0]', 'false')}; {down.replace('arguments[0]', 'false')}")
    )
    assert len(told(path)) == 1


def test_two_reviewers_at_once_see_other_pairs(desk: Desk, server: ReviewServer, path: Path) -> None:
    browser, ana = desk.browser, desk.browser.current_window_handle
    browser.switch_to.new_window("tab")
    gil = browser.current_window_handle
    browser.get(server.addresses["Gil"])
    seen: dict[str, list[str]] = {ana: [], gil: []}
    try:
        for _ in range(4):
            for window in (ana, gil):
                browser.switch_to.window(window)
                seen[window].append(desk.case)
            for window in (gil, ana):
                browser.switch_to.window(window)
                assert desk.case == seen[window][-1]
                desk.key("n")
    finally:
        browser.switch_to.window(gil)
        browser.close()
        browser.switch_to.window(ana)
    assert len({*seen[ana], *seen[gil]}) == 8
    assert sorted(row.by for row in told(path)) == ["Gil"] * 4 + ["ana"] * 4


def test_without_single_keys_the_buttons_answer_and_the_choice_lasts(desk: Desk, path: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    box = desk.browser.find_element(By.ID, "single-keys")
    box.click()
    desk.press("y")
    desk.then(desk.browser.refresh)
    desk.press("n")
    assert told(path) == []
    desk.press(Keys.TAB)
    assert desk.browser.switch_to.active_element.accessible_name == "Yes, one person"
    desk.press(Keys.TAB)
    assert desk.browser.switch_to.active_element.accessible_name == "No, two persons"
    desk.key(Keys.ENTER)
    assert [row.judgement for row in told(path)] == ["no_match"]
    desk.browser.find_element(By.ID, "single-keys").click()
    desk.key("z")
    assert [row.judgement for row in told(path)] == ["no_match"]


def test_keys_with_a_modifier_are_left_to_the_browser(desk: Desk, path: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    for modifier in (Keys.CONTROL, Keys.META):
        ActionChains(desk.browser).key_down(modifier).send_keys("y").key_up(modifier).perform()
    assert told(path) == []


def test_a_screen_reader_is_told_what_is_asked_and_what_came_of_the_last_answer(desk: Desk) -> None:
    from selenium.webdriver.common.by import By

    desk.key("s")
    desk.key("n")
    question = desk.browser.switch_to.active_element
    assert (question.aria_role, question.text.endswith(": one person?")) == ("heading", True)
    described = question.get_attribute("aria-describedby")
    assert desk.browser.find_element(By.ID, described).text == "Two persons: noted."
    assert desk.browser.title == question.text
    levels = desk.browser.execute_script("return [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - before <= 1 for before, later in pairwise(levels))
    picture = desk.browser.find_element(By.CSS_SELECTOR, "svg.waterfall")
    assert picture.accessible_name
    named = "return [...document.querySelectorAll('table')].every(t => t.caption?.textContent.trim() && t.querySelector('th[scope=col]'))"
    assert desk.browser.execute_script(named)
    for button in desk.browser.find_elements(By.CSS_SELECTOR, "form button"):
        assert button.get_attribute("aria-keyshortcuts") == button.find_element(By.TAG_NAME, "kbd").text


def serious(browser: Any) -> list[str]:
    """Everything that axe finds, whatever it weighs."""
    try:
        script = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    except ModuleNotFoundError as error:
        raise AssertionError(
            "axe is not installed; only its file is needed: pip install --no-deps axe-playwright-python"
        ) from error
    browser.execute_script(script)
    found = browser.execute_async_script("axe.run(document).then(arguments[arguments.length - 1])")
    assert len(found["passes"]) > 20
    return [f"{one['impact']} {one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pairs", [3])
def test_axe_finds_nothing(browser: Any, server: ReviewServer, scheme: str) -> None:
    desk = Desk(browser)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    try:
        browser.get(server.addresses["Gil"])
        assert "needs an approval" in desk.text("#plan")
        assert serious(browser) == []
        desk.key("n")
        assert serious(browser) == []
        desk.key("y")
        desk.key("u")
        assert browser.title == "Nothing waits for you"
        assert serious(browser) == []
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_refused(desk: Desk, server: ReviewServer) -> None:
    desk.key("n")
    desk.key("z")
    events = [json.loads(entry["message"])["message"] for entry in desk.browser.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    home = server.addresses["ana"]
    asked = {one["request"]["url"] for one in sent if one["documentURL"].startswith(home)}
    assert asked - {"data:,"} == {home, f"{home}answer", f"{home}review.css", f"{home}review.js"}
    assert desk.browser.get_log("browser") == []
    assert desk.browser.get_cookies() == []


def test_a_contact_named_script_is_text(desk: Desk) -> None:
    from selenium.webdriver.common.by import By

    body = desk.browser.find_element(By.TAG_NAME, "body").text
    assert all(text in body for text in EVIL)
    assert desk.browser.title.endswith(": one person?")
    scripts = desk.browser.find_elements(By.TAG_NAME, "script")
    assert [one.get_attribute("src").rpartition("/")[2] for one in scripts] == ["review.js"]
    assert desk.browser.find_elements(By.CSS_SELECTOR, "img, iframe, [onerror]") == []


def test_it_shows_what_a_merge_would_do_and_who_may_approve_it(desk: Desk, server: ReviewServer, path: Path) -> None:
    plan = desk.text("#plan")
    assert "two people look after them: by Gil or Osei" in plan
    assert "withdrawn" in plan
    assert "home0@mail.example" in plan
    assert "approve" not in desk.text("#answer")
    desk.key("y")
    assert desk.text("#said").startswith("One person: noted. The merge waits")
    desk.browser.get(server.addresses["Gil"])
    assert "has to approve the merge" in desk.text("#sides")
    desk.key("y")
    assert desk.text("#said") == "One person: merged."
    with closing(SQLiteStore(path, readonly=True)) as store:
        home = dict(store.members())
        assert home["hubspot:1"] == home["hubspot:9999"] == home["hubspot:10001"]


def test_without_the_token_it_is_refused(browser: Any, server: ReviewServer) -> None:
    browser.get(f"http://127.0.0.1:{server.port}/")
    assert "Refused." in browser.page_source
    assert "one person" not in browser.page_source


def test_it_fits_a_phone(desk: Desk) -> None:
    size = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    desk.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    wide = desk.browser.execute_script("return document.documentElement.scrollWidth")
    desk.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert wide <= 360
