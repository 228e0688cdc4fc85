# Which service an online address belongs to.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.model.channels import OnlineService
from canonical_contact.normalize._text import clean

__all__ = ["read_service"]

_HOST: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:www\.)?([a-z0-9.-]+\.[a-z]{2,})(?:[:/?#]|\Z)", re.IGNORECASE)
_SERVICES: Final = {
    "linkedin.com": "linkedin", "xing.com": "xing", "x.com": "x", "twitter.com": "x", "facebook.com": "facebook", "fb.com": "facebook",
    "instagram.com": "instagram", "github.com": "github", "youtube.com": "youtube", "tiktok.com": "tiktok", "t.me": "telegram", "wa.me": "whatsapp",
}  # fmt: skip


def read_service(uri: str, label: str) -> OnlineService:
    """Read a web page or an account.

    >>> read_service("https://www.linkedin.com/in/ana", "").service
    'linkedin'
    """
    text = clean(uri)
    found = _HOST.match(text)
    host = found[1].lower() if found else ""
    service = next(
        (name for domain, name in _SERVICES.items() if host == domain or host.endswith(f".{domain}")), "website" if host else ""
    )
    return OnlineService(text, service, clean(label))
