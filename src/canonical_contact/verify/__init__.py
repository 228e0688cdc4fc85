"""Whether addresses can be delivered to, as far as the DNS tells, through a probe that the host supplies or `DnsProbe`.

Names load on first use: importing the package loads no network library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canonical_contact.verify._dns import DnsProbe
    from canonical_contact.verify._emails import CheckedEmail, verification_of, verify_emails

__all__ = ["CheckedEmail", "DnsProbe", "verification_of", "verify_emails"]

_HOME = {"CheckedEmail": "_emails", "DnsProbe": "_dns", "verification_of": "_emails", "verify_emails": "_emails"}


def __getattr__(wanted: str) -> object:
    """Load a public name when it is first asked for (PEP 562)."""
    if wanted not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {wanted!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_HOME[wanted]}"), wanted)
    globals()[wanted] = value
    return value


def __dir__() -> list[str]:
    """List the public names, also those that are not loaded yet."""
    return sorted(__all__)
