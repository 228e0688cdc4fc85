"""Where a person works and as what (RFC 9553, section 2.2.3 and 2.2.5)."""

from __future__ import annotations

from attrs import frozen

__all__ = ["Organization"]


@frozen
class Organization:
    """An organisation that the person belongs to.

    Args:
        name: as the source writes it, cleaned of stray spaces.
        units: departments, outermost first.
        key: match key: folded, without its legal form.
        external_id: the organisation's id in the source (`AccountId`).
    """

    name: str
    units: tuple[str, ...] = ()
    key: str = ""
    external_id: str = ""
