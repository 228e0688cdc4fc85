"""Who may see the page: only who has the address with its token, and only under a name of this machine itself."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HOSTS", "Guard"]

# Another name that resolves to this machine is a foreign page that reaches for us (DNS rebinding).
HOSTS: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",  # the address is the key
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_REFUSED: Final = b"Refused. Open the whole address that the command printed; it holds a token that changes with each start.\n"


class Guard:
    """Lets requests through whose first part of the path is a token, and adds what every answer of the page says to browsers.

    Args:
        app: what stands behind; it finds the reviewer in `scope["reviewer"]` and the path without the token.
        reviewers: token → who has it.
    """

    def __init__(self, app: ASGIApp, reviewers: Mapping[str, str]) -> None:
        self._app, self._reviewers = app, dict(reviewers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((name.encode(), text.encode()) for name, text in _HEADERS.items())]
            await send(message)

        token, sign, rest = scope["path"].removeprefix("/").partition("/")
        reviewer = self._who(token)
        if reviewer is None or not _is_ours(scope["headers"]):
            await said(
                {"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain; charset=utf-8")]}
            )
            await said({"type": "http.response.body", "body": _REFUSED})
            return
        if not sign:  # the files of the page lie beside it, below the token
            await said({"type": "http.response.start", "status": 307, "headers": [(b"location", f"/{token}/".encode())]})
            await said({"type": "http.response.body"})
            return
        await self._app({**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode(), "reviewer": reviewer}, receive, said)

    def _who(self, token: str) -> str | None:
        found = None
        for known, name in self._reviewers.items():  # all of them, and each in the same time, whatever was guessed
            if hmac.compare_digest(known.encode(), token.encode("utf-8", "surrogateescape")):
                found = name
        return found


def _is_ours(headers: list[tuple[bytes, bytes]]) -> bool:
    hosts = [text.decode("latin-1") for name, text in headers if name == b"host"]
    return len(hosts) == 1 and _without_port(hosts[0]).lower() in HOSTS


def _without_port(host: str) -> str:
    name, sign, port = host.rpartition(":")
    return name if sign and port.isdigit() else host
