"""What each figure means: one table, which the report, the command line and docs/kpis.md print."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen

__all__ = ["DEFINITIONS", "KpiDefinition", "Unit"]


class Unit(StrEnum):
    """What a value counts in."""

    SHARE = "share"  # 0 to 1
    SECONDS = "seconds"


@frozen
class KpiDefinition:
    """What a figure is, so that two people who read it mean the same.

    Args:
        name: stable name, as in `kpi --json`.
        title: what people call it.
        question: the question that it answers.
        numerator: what is counted above the line; for a percentile the value that is taken.
        denominator: what is counted below the line; for a percentile what it is taken over.
        window: which time it covers.
        exclusions: what is left out of both, and under which reason codes that is counted.
        unit: `share` or `seconds`.
        higher_is_better: the good direction; None where neither is.
        scoped: what a scope stands for: `endpoint` (email, phone), `channel`, or empty where the figure has none.
    """

    name: str
    title: str
    question: str
    numerator: str
    denominator: str
    window: str = "State as of the given time."
    exclusions: str = "None."
    unit: Unit = Unit.SHARE
    higher_is_better: bool | None = True
    scoped: str = ""


_TABLE = (
    KpiDefinition(
        name="verification_rate",
        title="Verification rate",
        question="How many of the endpoints that we hold were shown to work, lately?",
        numerator="Endpoints whose latest check says verified, not after the given time, and has not run out: before its own "
        "expiry, or within the time to live (365 days by default) where it states none.",
        denominator="All endpoints of that kind on contacts.",
        exclusions="None; endpoints whose check failed, ran out, bears no date or was never made count as not verified and are "
        "listed as detail. Contacts without an endpoint of that kind do not take part: see coverage.",
        scoped="endpoint",
    ),
    KpiDefinition(
        name="verified_contact_rate",
        title="Contacts with a verified endpoint",
        question="How many of the people whom we could reach can we reach for sure?",
        numerator="Contacts with at least one endpoint that counts as verified (see verification rate).",
        denominator="Contacts with at least one endpoint of that kind.",
        exclusions="no_endpoint: contacts without an endpoint of that kind.",
        scoped="endpoint",
    ),
    KpiDefinition(
        name="verification_attempted_rate",
        title="Verification rate of those checked",
        question="Of the endpoints that were checked, how many work?",
        numerator="Endpoints that count as verified (see verification rate).",
        denominator="Endpoints that count as verified, and those whose latest check failed.",
        exclusions="not_attempted: never checked; expired: a check that ran out; no_date: verified at an unknown time; "
        "after_as_of: checked after the given time.",
        scoped="endpoint",
    ),
    KpiDefinition(
        name="verification_event_rate",
        title="Verification attempts that succeed",
        question="Of all checks that were made, how many succeed?",
        numerator="Verification events with the outcome verified.",
        denominator="Verification events with the outcome verified or failed, one for each attempt.",
        window="All events up to the given time.",
        exclusions="after_as_of: events after the given time; unreadable: events without a known outcome.",
        scoped="endpoint",
    ),
    KpiDefinition(
        name="coverage",
        title="Coverage",
        question="How many people could we reach at all?",
        numerator="Contacts with at least one endpoint of that kind.",
        denominator="All contacts.",
        scoped="endpoint",
    ),
    KpiDefinition(
        name="duplicate_rate",
        title="Duplicate rate",
        question="Which share of the records would be gone if every person were kept once?",
        numerator="Source records less contacts.",
        denominator="Source records behind all contacts.",
        exclusions="None. It holds for the policy and the weights that the contacts were made with. Two records of one person "
        "make 0.5.",
        higher_is_better=False,
    ),
    KpiDefinition(
        name="records_in_a_duplicate_cluster",
        title="Records with a duplicate",
        question="Which share of the records has at least one other record of the same person?",
        numerator="Source records of contacts with two or more records.",
        denominator="Source records behind all contacts.",
        exclusions="None. Two records of one person make 1.0.",
        higher_is_better=False,
    ),
    KpiDefinition(
        name="consent_complete_rate",
        title="Consent-complete rate",
        question="For how many contact and channel pairs do we know, and can show, what the person wants?",
        numerator="Required pairs whose state for marketing is other than unknown and stands on at least one event of the "
        "ledger. Refused and withdrawn count as complete.",
        denominator="Required pairs: each contact with each channel on which it has an endpoint. The figure without a channel "
        "is over all channels.",
        exclusions="no_endpoint: contacts without an endpoint on that channel.",
        scoped="channel",
    ),
    KpiDefinition(
        name="sendable_rate",
        title="Sendable rate",
        question="To how many of the people whom we could reach may we send marketing now?",
        numerator="Contacts for whom the consent question is answered with yes, at the given time, under the rules of the "
        "regime asked for (auto: the strictest that applies).",
        denominator="Contacts with an endpoint on that channel.",
        exclusions="no_endpoint: contacts without an endpoint on that channel.",
        higher_is_better=None,
        scoped="channel",
    ),
    KpiDefinition(
        name="update_latency_median",
        title="Update latency, median",
        question="How long does it take until a change in a source stands in the store?",
        numerator="The median (linear interpolation) of: time of the run that first stored the record's present version, less "
        "the time at which the source says the record last changed.",
        denominator="Source records that state when they last changed.",
        window="Changes made in the window asked for; all of them where none is asked for, and then the first import of old "
        "records weighs in with their whole age.",
        exclusions="no_time_at_source: the record does not say when it changed; not_recorded: no run is on record; "
        "negative: changed after it was stored (clocks differ); before_window, after_as_of. A change that no export has "
        "brought yet is not seen, so there is no backlog to count.",
        unit=Unit.SECONDS,
        higher_is_better=False,
    ),
    KpiDefinition(
        name="update_latency_p90",
        title="Update latency, 90th percentile",
        question="How long do nine of ten changes take at most until they stand in the store?",
        numerator="The 90th percentile (linear interpolation) of the same times.",
        denominator="As for the median.",
        window="As for the median.",
        exclusions="As for the median.",
        unit=Unit.SECONDS,
        higher_is_better=False,
    ),
)

DEFINITIONS: Mapping[str, KpiDefinition] = MappingProxyType({entry.name: entry for entry in _TABLE})
