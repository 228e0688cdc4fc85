"""`Contact = fold(source records, events, activities)`: pure, the same in any order, and every value traceable (design decision 1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import evolve

from canonical_contact.consent import fold as fold_consent
from canonical_contact.consent import holds_of
from canonical_contact.merge import _lists, _timeline
from canonical_contact.merge._choosing import Choosing
from canonical_contact.merge._placing import Placing, without_times_ahead
from canonical_contact.merge._rare import fold_owners, fold_rare
from canonical_contact.merge._rectified import REASON, is_overruled, overruled, without_overruled
from canonical_contact.merge.policy import DEFAULT_SURVIVORSHIP, Candidate, Rule, Survivorship, Won
from canonical_contact.model import Activity, Claim, ConsentEvent, Contact, Name, OwnerRole, SourceRecord, SourceRef, Suppression

__all__ = ["fold"]

_LATEST: Final = Rule("most_recent")


def fold(
    records: Iterable[SourceRecord],
    *,
    contact_id: str,
    aliases: Sequence[str] = (),
    events: Iterable[ConsentEvent] = (),
    foreign: Iterable[ConsentEvent] = (),
    holds: Iterable[Suppression] = (),
    activities: Iterable[Activity] = (),
    policy: Survivorship = DEFAULT_SURVIVORSHIP,
    at: datetime | None = None,
) -> Contact:
    """Fold the source records of one person into the golden contact.

    Args:
        records: the person's records, at least one.
        contact_id: the person's canonical id.
        aliases: retired ids that lead to it.
        events: consent events of these records, everything that the ledger holds.
        foreign: blocking events of other people's records on endpoints that this person holds too.
        holds: provisional blocks of other people's records on such endpoints.
        activities: process events and interactions of these records.
        policy: which value survives in each field.
        at: when the records are read: times that lie further ahead than the policy's skew count as none. None: they were checked before.

    Returns:
        The contact with revision 0; the same for the same records in any order.
    """
    ordered = sorted(records, key=lambda record: record.key)
    if at is not None:
        ordered = [without_times_ahead(record, at, policy.skew) for record in ordered]
    done = sorted(activities, key=lambda a: (a.at, a.record, a.kind, a.value, a.agent, a.direction))
    placing = Placing(ordered)
    join = policy.rule("consent").options.get("join", "blocking_first")
    consent = fold_consent(events, [hold for record in ordered for hold in holds_of(record)], [*foreign, *holds], policy=join)
    ruled = overruled(ordered)
    ordered = without_overruled(ordered, ruled)  # behind the consent: what is overruled still blocks
    choosing = Choosing(ordered, policy, placing, ruled)
    lists = _lists.fold_lists(choosing, _timeline.verifications(done))
    owners = fold_owners(choosing)
    created_at = choosing.value("created_at", None)
    changes = [r.observed_at for r in ordered if r.observed_at]
    contact = Contact(
        contact_id=contact_id,
        aliases=tuple(sorted(aliases)),
        name=_name(choosing),
        lifecycle=_timeline.lifecycle(choosing, done),
        created_at=created_at,
        extensions=_extensions(choosing),
        sources=tuple(SourceRef(r.system, r.record_id, r.label, r.file, r.line, r.observed_at, r.digest) for r in ordered),
        consent=consent.records,
        suppressions=consent.suppressions,
        interactions=_timeline.interactions(done),
        updated_at=max(changes) if changes else None,
        birthday=choosing.value("birthday", ""),
        gender=choosing.value("gender", ""),
        time_zone=choosing.value("time_zone", ""),
        owner=next((it.who for it in owners if it.role is OwnerRole.RECORD), ""),
        source_channel=choosing.value("source_channel", ""),
        owners=owners,
        **lists,
        **fold_rare(choosing),
    )
    return evolve(contact, claims=tuple(_claims(ordered, placing, ruled)))  # after every field has been decided


def _name(choosing: Choosing) -> Name | None:
    """A whole name survives; title, generation and credential are filled in from records that have them."""
    name: Name | None = choosing.value("name", None)
    if name is None:
        return None
    rest = {part: won.value or "" for part in ("title", "generation", "credential") if (won := choosing.won(f"name.{part}"))}
    return evolve(name, **rest)


def _extensions(choosing: Choosing) -> dict[str, str]:
    """Every system keeps its own columns; of two records of one system the later one's value stands, unless a rule says otherwise."""
    held: dict[str, list[Candidate[str | None]]] = {}
    said = choosing.placing.said
    for record in choosing.records:
        for name, text in record.card.extensions.items():
            held.setdefault(name, []).append(Candidate(text, record.key, said(record, f"$.extensions.{name}"), text.casefold()))
    for key, path in choosing.placing.cleared:
        name = path.removeprefix("$.extensions.")
        if name != path and name in held:
            record = next(record for record in choosing.records if record.key == key)
            held[name].append(Candidate(None, key, said(record, path), cleared=True))
    merged: dict[str, str] = {}
    for name in sorted(held):
        path = f"extensions.{name}"
        won = _latest(held[name]) if choosing.policy.rule(path) == _LATEST else choosing.decide(path, held[name])
        if won:
            choosing.placing.decide(f"$.extensions.{name}", won.sources, won.reason)
            if won.value is not None:
                merged[name] = won.value
    return merged


def _latest(candidates: Sequence[Candidate[Any]]) -> Won:
    best = max(candidates, key=lambda c: (c.observed_at, not c.cleared, c.source))
    return Won(best.value, best.source, "cleared" if best.cleared else _LATEST.strategy, frozenset({best.source}))


def _claims(records: Sequence[SourceRecord], placing: Placing, ruled: dict[str, str]) -> Iterable[Claim]:
    """The claims of all records, under their path in the contact, each told whether and why it won."""
    for record in records:
        for claim in record.claims:
            path, won, reason = placing.outcome(record.key, claim)
            if ruled and is_overruled(record.key, claim, ruled):
                path, won, reason = claim.path, False, REASON
            yield Claim(path, claim.value, record.key, claim.observed_at, "", claim.method, claim.rule, won, reason)
