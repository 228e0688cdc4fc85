"""Serve the page: to this machine only, each reviewer under an address with a token of their own."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from canonical_contact.engine.reviewing import ANSWERS, case_view
from canonical_contact.errors import ConfigError, ContactError, InputError, MissingExtraError
from canonical_contact.model import Judgement
from canonical_contact.ports import ContactStore
from canonical_contact.review._overview import Overview
from canonical_contact.review._sitting import Said, Sitting
from canonical_contact.review._words import APPROVE, OVERRULE, SKIP, UNDO

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

__all__ = ["ReviewServer", "require", "review_app"]

_NEEDED: Final = ("jinja2", "starlette", "uvicorn")
_MOST: Final = 4_096  # bytes of an answer; a real one has a tenth of it


def require() -> None:
    """Make sure that the page can be served, before any work starts.

    Raises:
        MissingExtraError: the extra [review] is not installed.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise MissingExtraError("The review page", "review")


def review_app(store: ContactStore, reviewers: Mapping[str, str], *, clock: Callable[[], datetime]) -> ASGIApp:
    """Make the page as an ASGI application; a host that has a login of its own puts it behind that.

    Args:
        store: open for writing. It is asked only from the thread that runs the application, one request at a time.
        reviewers: token → reviewer; the token is the first part of the path.
        clock: tells the time, with a time zone.

    Returns:
        the application.

    Raises:
        MissingExtraError: the extra [review] is not installed.
    """
    require()
    return _served(_Page(store, sorted(set(reviewers.values())), clock), reviewers)


def _served(desk: _Page, reviewers: Mapping[str, str]) -> ASGIApp:
    from starlette.applications import Starlette
    from starlette.routing import Route

    from canonical_contact.review._guard import Guard
    from canonical_contact.review._html import style_and_script

    routes = [Route("/", desk.show, methods=["GET"]), Route("/answer", desk.take, methods=["POST"])]
    routes += [Route(f"/{name}", _file(*what), methods=["GET"]) for name, what in style_and_script().items()]
    return Guard(Starlette(routes=routes), reviewers)


class ReviewServer:
    """The page on a port of this machine.

    Args:
        store: open for writing, in the thread that runs the server.
        reviewers: who is to review; each gets an address of their own.
        clock: tells the time, with a time zone.
        port: the port; 0 takes a free one.

    Raises:
        MissingExtraError: the extra [review] is not installed.
        InputError: nobody is to review.
        ConfigError: the port cannot be used.
    """

    def __init__(self, store: ContactStore, reviewers: Sequence[str], *, clock: Callable[[], datetime], port: int = 0) -> None:
        require()
        names = list(dict.fromkeys(name.strip() for name in reviewers if name.strip()))
        if not names:
            raise InputError("Nobody is to review.", path="reviewers", hint="Name a reviewer.")
        import uvicorn

        tokens = {secrets.token_urlsafe(32): name for name in names}
        try:
            self._socket = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            hint = "Name another one, or none: a free one is taken then."
            raise ConfigError(f"Port {port} cannot be used.", path="port", hint=hint) from error
        self.port: int = self._socket.getsockname()[1]
        self.addresses = {name: f"http://127.0.0.1:{self.port}/{token}/" for token, name in tokens.items()}
        self._page = _Page(store, names, clock)
        config = uvicorn.Config(
            _served(self._page, tokens),
            log_level="warning",
            access_log=False,  # it would write the tokens down
            http="h11",
            loop="asyncio",
            ws="none",
            lifespan="off",
            proxy_headers=False,
            server_header=False,
        )
        self._server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve until `stop`, or until the process is told to end; then what was in front of somebody is free again."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self.close()
            self._page.leave()

    def stop(self) -> None:
        """End soon; may be called from another thread."""
        self._server.should_exit = True

    def close(self) -> None:
        """Give the port back; `run` does so at its end."""
        self._socket.close()


class _Page:
    """What the page answers. All of it runs in the thread of the event loop: a store is asked one thing at a time."""

    def __init__(self, store: ContactStore, reviewers: Sequence[str], clock: Callable[[], datetime]) -> None:
        from canonical_contact.review._html import Layout

        self._store, self._clock, self._layout = store, clock, Layout()
        self._overview = Overview(store, clock())
        self._sittings = {name: Sitting(store, name, self._overview) for name in reviewers}

    async def show(self, request: Request) -> Response:
        """Show the case in front of the reviewer."""
        from starlette.responses import HTMLResponse, PlainTextResponse

        try:
            return HTMLResponse(self._page(self._sittings[request.scope["reviewer"]], self._clock()))
        except ContactError as error:  # such as a store that an import holds right now
            return PlainTextResponse(f"{error}\nReload this page to try again.\n", 503)

    def _page(self, sitting: Sitting, at: datetime) -> str:
        case = sitting.case(at, avoid=self._looked_at(sitting))
        view = None if case is None else case_view(self._store, case, at=at, weights=self._overview.weights)
        return self._layout.page(sitting.reviewer, self._overview, sitting.said, view)

    async def take(self, request: Request) -> Response:
        """Take what the reviewer says, and send them to the page."""
        from starlette.responses import PlainTextResponse, RedirectResponse

        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST:
                return PlainTextResponse("Too much for an answer.\n", 413)
        told = {name: texts[0] for name, texts in parse_qs(body.decode("utf-8", "replace")).items()}
        sitting = self._sittings[request.scope["reviewer"]]
        try:
            self._do(sitting, told.get("say", ""), told.get("case", ""), told.get("seen", ""), self._clock())
        except ContactError as error:  # such as a store that an import holds right now: nothing was written, the case stays
            sitting.said = Said(f"Not done: {error}", refused=True)
        return RedirectResponse("./", 303)

    def _do(self, sitting: Sitting, say: str, name: str, seen: str, at: datetime) -> None:
        if say == UNDO.say:
            sitting.undo(at)
        elif say == SKIP.say:
            sitting.skip(name, at)
        elif say in (OVERRULE.say, APPROVE.say):
            overrule, approve = say == OVERRULE.say, say == APPROVE.say
            sitting.answer(name, Judgement.MATCH, at, seen=seen, overrule=overrule, approve=approve)
        elif say in ANSWERS:
            sitting.answer(name, Judgement(say), at, seen=seen)
        else:
            sitting.said = Said("That is no answer.", refused=True)

    def leave(self) -> None:
        """Let everybody else have what is in front of the reviewers; where the store is busy, it is theirs for a while."""
        with suppress(ContactError):
            for sitting in self._sittings.values():
                sitting.leave(self._clock())

    def _looked_at(self, sitting: Sitting) -> set[str]:
        """The contacts that others have in front of them."""
        held = (other.current for other in self._sittings.values() if other is not sitting)
        return {contact for case in held if case is not None for contact in case.contacts}


def _file(media_type: str, text: str) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:  # noqa: ARG001
        from starlette.responses import Response

        return Response(text, media_type=media_type)

    return answer
