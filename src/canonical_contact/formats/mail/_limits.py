"""How much of messages from strangers may be looked at, and held in memory."""

from __future__ import annotations

from attrs import frozen

__all__ = ["MailLimits"]


@frozen
class MailLimits:
    """How much of a file of messages may be in memory at once.

    Args:
        header_bytes: a longer header is cut there.
        report_bytes: so much of the body is looked at where a message is a delivery report; no other body is.
        recipients: so many addresses of one header field are read.
        people: so many people are held at once; then those that were seen longest ago are given out, and come again if they write again.
        names: so many names of one person are kept.
        block_bytes: what is read at once.
    """

    header_bytes: int = 1 << 18
    report_bytes: int = 1 << 16
    recipients: int = 1_000
    people: int = 100_000
    names: int = 8
    block_bytes: int = 1 << 20
