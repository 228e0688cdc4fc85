"""The records that a report is made of: anything that shows a report, here or at a host, starts from these."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from canonical_contact.errors import Problem
from canonical_contact.kpi import Kpi

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
]


@frozen
class FileLine:
    """A file of the last run.

    Args:
        path: the file, as the caller named it.
        system: the source's name.
        preset: name and version of the mapping that read it.
        rows: records read from it.
        skipped: why it was not read; empty where it was.
        problems: what was wrong with the file as a whole.
    """

    path: str
    system: str = ""
    preset: str = ""
    rows: int = 0
    skipped: str = ""
    problems: tuple[Problem, ...] = ()


@frozen
class StageLine:
    """A stage of the last run: seconds it took, and the peak of memory in megabytes (0 where it was not measured)."""

    name: str
    seconds: float
    peak_mb: float = 0.0


@frozen
class RunLine:
    """What the last run did.

    Args:
        run_id: its id.
        started_at: when it began (UTC).
        resumed: whether it took up a broken run.
        records_new: records that the store did not know.
        records_changed: records with new content.
        records_same: records that were there already.
        contacts_new: contacts that came into being.
        contacts_changed: contacts that got a new revision.
        pairs: pairs of records compared.
        matched: pairs decided as one person.
        review: pairs left to a person.
        retired: contacts that went up in another.
    """

    run_id: str = ""
    started_at: datetime | None = None
    resumed: bool = False
    records_new: int = 0
    records_changed: int = 0
    records_same: int = 0
    contacts_new: int = 0
    contacts_changed: int = 0
    pairs: int = 0
    matched: int = 0
    review: int = 0
    retired: int = 0


@frozen
class ProblemKind:
    """All problems of one code in the last run: how many, and a few of them."""

    code: str
    count: int
    examples: tuple[Problem, ...] = ()


@frozen
class SystemLine:
    """A source: its records, the contacts that hold at least one of them, and the contacts that only it knows."""

    system: str
    records: int
    contacts: int
    only_here: int


@frozen
class Overlap:
    """How many contacts two sources share."""

    left: str
    right: str
    contacts: int


@frozen
class Cluster:
    """A contact made of many records.

    Args:
        contact_id: the contact.
        name: its name.
        records: how many records it is folded from.
        labels: up to forty of them, a source's together: `hubspot 17, 23`.
        names: the differing names that its records give, golden first.
        endpoints: its addresses and numbers.
    """

    contact_id: str
    name: str
    records: int
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()


@frozen
class Person:
    """A contact named as an example, and the endpoint that it is about, where it is about one."""

    contact_id: str
    name: str
    about: str = ""


@frozen
class ChannelConsent:
    """Whom we may send marketing on one channel.

    Args:
        channel: the channel.
        reachable: contacts with an endpoint on it.
        allowed: contacts who may be spoken to now.
        denied: the others by the first reason, most frequent first.
        lifted_later: contacts with a block that a later confirmed opt-in would lift under another policy; denied here.
        shared_only: contacts with no block of their own who share a blocked endpoint with somebody else; denied here.
        lifted_examples: some of the first.
        shared_examples: some of the second.
    """

    channel: str
    reachable: int
    allowed: int
    denied: tuple[tuple[str, int], ...] = ()
    lifted_later: int = 0
    shared_only: int = 0
    lifted_examples: tuple[Person, ...] = ()
    shared_examples: tuple[Person, ...] = ()


@frozen
class Report:
    """A store at one time.

    Args:
        as_of: the time that consent and figures hold for.
        records: source records held.
        contacts: contacts held.
        waiting: pairs on the review list.
        run: what the last run did; None where none is on record.
        files: its files.
        problems: its problems by code, most frequent first.
        stages: its stages.
        systems: the sources, most records first.
        overlaps: contacts shared by pairs of sources, most first.
        cluster_sizes: how many contacts are made of how many records, as (records, contacts).
        largest: the contacts with the most records.
        consent: consent for marketing by channel.
        lifecycle: contacts by stage, furthest last; `none` for those without.
        kpis: the figures.
    """

    as_of: datetime
    records: int
    contacts: int
    waiting: int = 0
    run: RunLine | None = None
    files: tuple[FileLine, ...] = ()
    problems: tuple[ProblemKind, ...] = ()
    stages: tuple[StageLine, ...] = ()
    systems: tuple[SystemLine, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    cluster_sizes: tuple[tuple[int, int], ...] = ()
    largest: tuple[Cluster, ...] = ()
    consent: tuple[ChannelConsent, ...] = ()
    lifecycle: tuple[tuple[str, int], ...] = ()
    kpis: tuple[Kpi, ...] = ()
