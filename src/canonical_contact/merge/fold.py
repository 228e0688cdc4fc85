"""`Contact = fold(source records, events, activities)`: pure, the same in any order, and every value traceable (design decision 1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve

from canonical_contact.consent import fold as fold_consent
from canonical_contact.consent import holds_of
from canonical_contact.merge import _lists, _timeline
from canonical_contact.merge._placing import Placing, seen
from canonical_contact.merge._rare import fold_owners, fold_rare
from canonical_contact.merge._rectified import REASON, is_overruled, overruled, without_overruled
from canonical_contact.merge.policy import DEFAULT_SURVIVORSHIP, Candidate, Survivorship, pick
from canonical_contact.model import Activity, Claim, ConsentEvent, Contact, Name, OwnerRole, SourceRecord, SourceRef, Suppression

__all__ = ["fold"]


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

    Returns:
        The contact with revision 0; the same for the same records in any order.
    """
    ordered = sorted(records, key=lambda record: record.key)
    done = sorted(activities, key=lambda a: (a.at, a.record, a.kind, a.value, a.agent, a.direction))
    placing = Placing(ordered)
    consent = fold_consent(events, [hold for record in ordered for hold in holds_of(record)], [*foreign, *holds])
    ruled = overruled(ordered)
    ordered = without_overruled(ordered, ruled)  # behind the consent: what is overruled still blocks
    lists = _lists.fold_lists(ordered, _timeline.verifications(done), placing)
    owners = fold_owners(ordered, policy, placing)
    created = pick(
        [Candidate(r.card.created_at, r.key, seen(r), str(r.card.created_at.timestamp())) for r in ordered if r.card.created_at],
        policy.strategies["created_at"],
    )
    if created:
        placing.decide("$.created_at", created.source, policy.strategies["created_at"])
    changes = [r.observed_at for r in ordered if r.observed_at]
    contact = Contact(
        contact_id=contact_id,
        aliases=tuple(sorted(aliases)),
        name=_name(ordered, policy, placing),
        lifecycle=_timeline.lifecycle(ordered, done, placing),
        created_at=created.value if created else None,
        extensions=_extensions(ordered, placing),
        sources=tuple(SourceRef(r.system, r.record_id, r.label, r.file, r.line, r.observed_at, r.digest) for r in ordered),
        consent=consent.records,
        suppressions=consent.suppressions,
        interactions=_timeline.interactions(done),
        updated_at=max(changes) if changes else None,
        birthday=_birthday(ordered, policy, placing),
        gender=_text(ordered, "gender", policy, placing),
        time_zone=_text(ordered, "time_zone", policy, placing),
        owner=next((it.who for it in owners if it.role is OwnerRole.RECORD), ""),
        source_channel=_text(ordered, "source_channel", policy, placing),
        owners=owners,
        **lists,
        **fold_rare(ordered, policy, placing),
    )
    return evolve(contact, claims=tuple(_claims(ordered, placing, ruled)))  # after every field has been decided


def _text(records: Sequence[SourceRecord], field: str, policy: Survivorship, placing: Placing) -> str:
    strategy = policy.strategies[field]
    won = pick(
        [Candidate(text, r.key, seen(r), text.casefold(), len(text)) for r in records if (text := str(getattr(r.card, field)))],
        strategy,
    )
    if won is None:
        return ""
    placing.decide(f"$.{field}", won.source, strategy)
    return won.value


def _birthday(records: Sequence[SourceRecord], policy: Survivorship, placing: Placing) -> str:
    strategy = policy.strategies["birthday"]
    dated = [r for r in records if r.card.birthday]
    full = [r for r in dated if not r.card.birthday.startswith("--")] or dated  # a date with its year before one without
    won = pick([Candidate(r.card.birthday, r.key, seen(r), r.card.birthday) for r in full], strategy)
    if won is None:
        return ""
    placing.decide("$.birthday", won.source, strategy)
    return won.value


def _name(records: Sequence[SourceRecord], policy: Survivorship, placing: Placing) -> Name | None:
    """A whole name survives; title, generation and credential are filled in from records that have them."""
    from canonical_contact.normalize import fold as folded

    named = [(r, r.card.name) for r in records if r.card.name]
    strategy = policy.strategies["name"]
    won = pick(
        [Candidate(name, r.key, seen(r), folded(f"{name.given} {name.surname}"), _completeness(name)) for r, name in named],
        strategy,
    )
    if won is None:
        return None
    placing.decide("$.name", won.source, strategy)
    rest: dict[str, str] = {}
    for part in ("title", "generation", "credential"):
        best = pick(
            [Candidate(text, r.key, seen(r), text.casefold(), len(text)) for r, name in named if (text := getattr(name, part))],
            policy.strategies[f"name.{part}"],
        )
        if best:
            rest[part] = best.value
            placing.decide(f"$.name.{part}", best.source, policy.strategies[f"name.{part}"])
    return evolve(won.value, **rest)


def _completeness(name: Name) -> int:
    """Given and surname in full count most; an initial counts less than a name, a middle name a little."""
    given = 4 if len(name.given.strip(".")) > 1 else 1 if name.given else 0
    return given + (4 if len(name.surname.strip(".")) > 1 else 1 if name.surname else 0) + bool(name.given2)


def _extensions(records: Sequence[SourceRecord], placing: Placing) -> dict[str, str]:
    """Every system keeps its own columns; of two records of one system the later one's value stands."""
    merged: dict[str, tuple[tuple[float, str], str]] = {}
    for record in records:
        for name, text in record.card.extensions.items():
            rank = (seen(record), record.key)
            if name not in merged or rank > merged[name][0]:
                merged[name] = (rank, text)
    for name, ((_, key), _) in merged.items():
        placing.decide(f"$.extensions.{name}", key, "most_recent")
    return {name: merged[name][1] for name in sorted(merged)}


def _claims(records: Sequence[SourceRecord], placing: Placing, ruled: dict[str, str]) -> Iterable[Claim]:
    """The claims of all records, under their path in the contact, each told whether and why it won."""
    for record in records:
        for claim in record.claims:
            path, won, reason = placing.outcome(record.key, claim)
            if ruled and is_overruled(record.key, claim, ruled):
                path, won, reason = claim.path, False, REASON
            yield Claim(path, claim.value, record.key, claim.observed_at, "", claim.method, claim.rule, won, reason)
