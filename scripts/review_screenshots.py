"""Take the pictures of docs/review-page.md: the page over the small world of the examples, in headless Chromium.

Usage: python scripts/review_screenshots.py [FOLDER]
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from base64 import b64decode
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue
from typing import Any

from selenium import webdriver

from canonical_contact import unify
from canonical_contact.review import ReviewServer
from canonical_contact.store import SQLiteStore

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 7, 1, tzinfo=UTC)
WIDE, PHONE = (1180, 800), (390, 800)
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1")


def main() -> None:
    """Serve the page from another thread, and photograph it."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "review-page"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        store = Path(scratch) / "contacts.db"
        with closing(SQLiteStore(store)) as opened:
            unify([ROOT / "examples" / "world"], opened, now=NOW)
        started = Queue[ReviewServer]()
        thread = threading.Thread(target=serve, args=(store, started))
        thread.start()
        server = started.get()
        try:
            photograph(server.addresses["ana"], folder)
        finally:
            server.stop()
            thread.join()


def serve(path: Path, started: Queue[ReviewServer]) -> None:
    with closing(SQLiteStore(path)) as store:
        server = ReviewServer(store, ["ana"], clock=lambda: NOW)
        started.put(server)
        server.run()


def photograph(address: str, folder: Path) -> None:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in FLAGS:
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        browser.get(address)
        picture(browser, folder / "case.png", WIDE, "document.querySelector('#why').getBoundingClientRect().top")
        picture(browser, folder / "why.png", WIDE, of="#why")
        picture(browser, folder / "plan.png", WIDE, of="#plan")
        scheme = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
        browser.find_element("css selector", "button[value=no_match]").click()
        picture(browser, folder / "phone.png", PHONE, str(PHONE[1]))
    finally:
        browser.quit()


def picture(browser: Any, path: Path, size: tuple[int, int], height: str = "0", *, of: str = "") -> None:  # noqa: ANN401
    """Photograph the top of the page, or one element of it."""
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    box = (
        browser.execute_script(
            "const b = document.querySelector(arguments[0]).getBoundingClientRect(); return [b.x, b.y, b.width, b.height]", of
        )
        if of
        else [0, 0, size[0], browser.execute_script(f"return {height}")]
    )
    clip = dict(zip(("x", "y", "width", "height"), box, strict=True)) | {"scale": 1}
    taken = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
    path.write_bytes(b64decode(taken["data"]))
    print(path)


if __name__ == "__main__":
    main()
