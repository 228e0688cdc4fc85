"""The review page in the browser of this machine, until Ctrl+C."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Thread

import click

from canonical_contact.cli._output import note
from canonical_contact.ports import ContactStore

__all__ = ["serve_page"]


def serve_page(store: ContactStore, reviewers: Sequence[str], *, at: Callable[[], datetime], port: int, browser: bool) -> None:
    """Serve the page and say its addresses on standard output.

    Args:
        store: open for writing.
        reviewers: who answers; the first one's page is opened.
        at: tells the time.
        port: 0 takes a free one.
        browser: whether to open a browser.
    """
    from canonical_contact.review import ReviewServer

    server = ReviewServer(store, reviewers, clock=at, port=port)
    for name, address in server.addresses.items():
        click.echo(f"{name}: {address}")
    note(
        "An address is the key to the records: give it to nobody but who is named before it. Answers are done at once; Ctrl+C ends it."
    )
    if browser:  # from a thread, since a browser on the terminal comes back only when it is left
        Thread(target=webbrowser.open, args=(next(iter(server.addresses.values())),), daemon=True).start()
    try:
        server.run()
    except KeyboardInterrupt:
        note("the page is closed")
