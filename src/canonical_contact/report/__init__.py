"""What a store holds and how healthy it is: plain records first, then HTML with charts, then text."""

from canonical_contact.report._gather import gather
from canonical_contact.report._html import require, to_html
from canonical_contact.report._text import to_text
from canonical_contact.report.records import (
    ChannelConsent,
    Cluster,
    FileLine,
    Overlap,
    Person,
    ProblemKind,
    Report,
    RunLine,
    StageLine,
    SystemLine,
)

__all__ = [
    "ChannelConsent",
    "Cluster",
    "FileLine",
    "Overlap",
    "Person",
    "ProblemKind",
    "Report",
    "RunLine",
    "StageLine",
    "SystemLine",
    "gather",
    "require",
    "to_html",
    "to_text",
]
