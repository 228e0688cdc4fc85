"""Contacts that become one: what that would make of them, and the writing of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from canonical_contact.engine._said import MERGED, Act, crossing, standing, star
from canonical_contact.engine.folding import FOLD_VERSION, fold_rows
from canonical_contact.engine.local import Executor
from canonical_contact.engine.surviving import saved_survivorship
from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.merge.plan import Gathered, MergePlan, approvals_needed, changes_of, consent_changes, gathered
from canonical_contact.model import Activity, ConsentState, Contact, Event, EventName, Judgement, digest
from canonical_contact.ports import ContactRow, ContactStore, DecisionRow
from canonical_contact.store.view import was_erased

__all__ = ["LIVE", "Union", "contact_row", "inputs_of", "log_row", "roots", "unions", "write_unions"]

_SUBSCRIBED: Final = frozenset({ConsentState.GRANTED, ConsentState.IMPLIED})
LIVE: Final = "live"  # the run of what happens outside of runs


class Union(NamedTuple):
    """A merge that is planned: the plan, and the contact that comes of it."""

    plan: MergePlan
    row: ContactRow


def contact_row(store: ContactStore, contact_id: str) -> ContactRow:
    """Get a contact by its id or by a retired one.

    Raises:
        NotFoundError: there is none.
        ErasedError: it was erased.
    """
    row = store.contact(contact_id)
    if row is None:
        raise was_erased(store, contact_id) or NotFoundError(
            "There is no such contact.", path="contact_id", hint="Give an id from links.csv, or one that was retired."
        )
    return row


def unions(
    store: ContactStore, groups: Iterable[Sequence[str]], *, at: datetime, executor: Executor | None = None, first: str = ""
) -> Iterator[Union]:
    """Plan merges.

    Args:
        store: where the contacts live.
        groups: ids of the contacts of each merge; no contact stands in two.
        at: the time.
        executor: where folding runs.
        first: the id that is to survive; empty: the oldest.

    Raises:
        InputError: fewer than two contacts in a group, or one whose consent was erased.
    """
    rows: dict[str, list[ContactRow]] = {}
    for group in groups:
        found = {row.contact_id: row for row in (contact_row(store, name) for name in group)}
        if len(found) < 2:
            raise InputError(
                "These are one contact.",
                code="merge.one_contact",
                path="contact_ids",
                hint="Give the ids of two or more contacts; retired ids lead to their heirs.",
            )
        rows[first or min(found)] = [found[name] for name in sorted(found)]
    clusters = {name: sorted(key for row in held for key in row.members) for name, held in rows.items()}
    aliases = {
        name: sorted({one for row in held for one in (row.contact_id, *row.retired)} - {name}) for name, held in rows.items()
    }
    policy = saved_survivorship(store).mark
    for after in fold_rows(store, clusters, aliases, executor=executor):
        yield _union(store, rows[after.contact_id], after, at, policy)


def _union(store: ContactStore, rows: Sequence[ContactRow], after: ContactRow, at: datetime, policy: str) -> Union:
    from canonical_contact.schema import from_json

    before = {row.contact_id: from_json(Contact, row.document) for row in rows}
    if any(record.state is ConsentState.ERASED for contact in before.values() for record in contact.consent):
        raise InputError(
            "A contact whose consent was erased takes part in no merge.",
            code="merge.erased",
            path="contact_ids",
            hint="Leave it out.",
        )
    merged = from_json(Contact, after.document)
    conflicts = standing(store, crossing([row.members for row in rows]), Judgement.NO_MATCH)
    held = {name: (contact.owners, contact.tags) for name, contact in before.items()}
    roles = sorted({str(one.role) for owners, _ in held.values() for one in owners})
    plan = MergePlan(
        after.contact_id,
        tuple(name for name in before if name != after.contact_id),
        tuple(sorted(key for row in rows for key in row.members)),
        at,
        fields=changes_of(before, merged),
        consent=consent_changes(before, merged),
        owners=tuple(
            gathered(
                role,
                {name: [one.who for one in owners if one.role == role] for name, (owners, _) in held.items()},
                [one.who for one in merged.owners if one.role == role],
            )
            for role in roles
        ),
        tags=gathered("tags", {name: tags for name, (_, tags) in held.items()}, merged.tags),
        interactions=_by_kind({name: [(one.kind, one.at) for one in one_of.interactions] for name, one_of in before.items()}),
        tasks=_by_kind({row.contact_id: _tasks(store, row.members) for row in rows}),
        subscriptions=_subscriptions(before, merged),
        approvals=approvals_needed(list(before.values())),
        conflicts=conflicts,
        policy=policy,
        inputs=inputs_of(policy, rows, *(f"{row.left} {row.right} {row.act}" for row in conflicts)),
    )
    return Union(plan, after)


def inputs_of(policy: str, rows: Iterable[ContactRow], *more: str) -> str:
    """Hash what a plan stands on."""
    stands = sorted(f"{row.contact_id} {row.digest} {row.revision}" for row in rows)
    return digest(FOLD_VERSION, policy, *stands, *sorted(more))


def _by_kind(found: Mapping[str, Iterable[tuple[str, datetime]]]) -> tuple[Gathered, ...]:
    kinds: defaultdict[str, dict[str, list[str]]] = defaultdict(lambda: {name: [] for name in found})
    for name, happened in found.items():
        for kind, when in happened:
            kinds[str(kind)][name].append(when.isoformat())
    return tuple(gathered(kind, kinds[kind]) for kind in sorted(kinds))


def _tasks(store: ContactStore, keys: Sequence[str]) -> list[tuple[str, datetime]]:
    from canonical_contact.schema import from_json

    activities = (from_json(Activity, row.document) for row in store.activities(keys) if row.kind != "interaction")
    return [(one.kind, one.at) for one in activities]


def _subscriptions(before: Mapping[str, Contact], merged: Contact) -> tuple[Gathered, ...]:
    def subscribed(contact: Contact) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for record in contact.consent:
            if record.state in _SUBSCRIBED:
                found[f"{record.channel} {record.purpose}"].append(str(record.state))
        return found

    held, now = {name: subscribed(contact) for name, contact in before.items()}, subscribed(merged)
    names = sorted({name for found in (*held.values(), now) for name in found})
    return tuple(gathered(name, {one: held[one].get(name, ()) for one in held}, now.get(name, ())) for name in names)


def write_unions(
    store: ContactStore,
    made: Sequence[tuple[Union, Act]],
    *,
    rows: Iterable[DecisionRow] | None = None,
    more: Mapping[str, str] | None = None,
) -> None:
    """Write merges: what holds them together, the ids that retire, the contacts, and what happened.

    Args:
        store: inside of a transaction.
        made: each merge with its act.
        rows: what is written to the decision log; None: what holds all records of each together.
        more: more details of the events.
    """
    store.put_decisions(
        (act.row(pair, Judgement.MATCH, MERGED) for one, act in made for pair in star(one.plan.records)) if rows is None else rows
    )
    store.retire((old, one.plan.survivor) for one, _ in made for old in one.plan.retired)
    store.put_contacts(one.row for one, _ in made)
    store.log(
        log_row(
            EventName.CONTACT_MERGED,
            one.row,
            act,
            {
                "retired": " ".join(one.plan.retired),
                "policy": one.plan.policy,
                "inputs": one.plan.inputs,
                "fields": " ".join(roots(one.plan)),
                **(more or {}),
            },
        )
        for one, act in made
    )


def roots(plan: MergePlan) -> list[str]:
    """Name the fields that a merge changes."""
    return sorted({change.path.removeprefix("$.").partition(".")[0] for change in plan.fields})


def log_row(name: EventName, row: ContactRow, act: Act, detail: Mapping[str, str]) -> tuple[str, str]:
    """Make the event of what an act did to a contact."""
    from canonical_contact.schema import to_json

    told = {"records": " ".join(row.members), "act": act.name, "by": act.by, **detail}
    return row.contact_id, to_json(Event(name, row.contact_id, act.at, LIVE, {key: text for key, text in told.items() if text}))
