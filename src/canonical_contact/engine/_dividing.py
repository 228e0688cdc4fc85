"""A contact that falls into parts: what that would make of it, and the writing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Final, NamedTuple

from canonical_contact.engine._lineage import Lineage, belonging, bound, lineage_of
from canonical_contact.engine._said import MERGED, UNMERGED, Act, Pair, crossing, present, rows_of, star
from canonical_contact.engine._uniting import contact_row, inputs_of, log_row
from canonical_contact.engine.folding import fold_contacts, fold_rows, holders_of
from canonical_contact.engine.parting import refusals_of_parts
from canonical_contact.engine.stages import event_row
from canonical_contact.engine.surviving import saved_survivorship
from canonical_contact.errors import InputError
from canonical_contact.merge.plan import Part, UnmergePlan, changes_of, consent_changes
from canonical_contact.model import Contact, EventName, Judgement
from canonical_contact.model import contact_id as new_id
from canonical_contact.ports import ContactRow, ContactStore, DecisionRow, EventRow

__all__ = ["Division", "Halves", "divisions", "halved", "rows_apart", "rows_within", "write_divisions"]

_MANY: Final = 40  # records of a part of which no longer every pair is looked at


class Halves(NamedTuple):
    """Into which parts a contact falls, the one that keeps its id first; by which merge, and what came after it."""

    row: ContactRow
    lineage: Lineage
    halves: Sequence[frozenset[str]]
    act: str
    later: frozenset[str]


class Division(NamedTuple):
    """An un-merge that is planned: the plan, the contacts that come of it, and what is written with them."""

    plan: UnmergePlan
    rows: tuple[ContactRow, ...]
    events: tuple[EventRow, ...]
    released: tuple[str, ...]
    retired: tuple[tuple[str, str], ...]
    as_before: frozenset[str]  # ids whose records are those that they had


def _halves_of(store: ContactStore, lineage: Lineage, retired: Collection[str]) -> tuple[list[frozenset[str]], frozenset[str]]:
    """Tell the parts that a merge made one, and which records came later.

    Args:
        store: where the verdicts are.
        lineage: of the contact.
        retired: ids that the merge retired.

    Returns:
        The rest of the contact first, then what each of the ids had, with what came later and belongs there; empty parts are left out.
    """
    known = frozenset().union(*lineage.had.values(), *(merge.before for merge in lineage.merges))
    gone = [lineage.had[alias] for alias in retired]
    halves = [known.difference(*gone), *gone]
    later = lineage.members - known
    return [keys for keys in belonging(store, halves, later) if keys], later


def _split_of(store: ContactStore, lineage: Lineage, parts: Sequence[Collection[str]]) -> list[frozenset[str]]:
    """Complete named parts: what is about a record stays with it, and the rest is a part of its own where one was named.

    Where several were, each record of the rest goes where it belongs.

    Raises:
        InputError: parts that overlap, name records of others, or leave nothing apart.
    """
    named = [frozenset(keys) for keys in parts]
    if sum(map(len, named)) != len(frozenset().union(*named)) or not frozenset().union(*named) <= lineage.members:
        raise _wrong_parts("Parts hold each record of the contact once.")
    about = bound(store, lineage.members)
    if len(named) == 1:
        named = [lineage.members - named[0], *named]
    named = [own for keys in named if (own := keys - about)]
    if len(named) < 2:
        raise _wrong_parts("There is nothing to part.")
    return belonging(store, named, lineage.members.difference(*named))


def _wrong_parts(what: str) -> InputError:
    return InputError(
        what, code="merge.parts", path="parts", hint="Name the keys of some of the contact's records, as show lists them."
    )


def _apart(store: ContactStore, lineage: Lineage, left: str, right: str) -> list[frozenset[str]]:
    """Find parts that have two records of a contact apart: along a merge if one brought them together, else by what they are linked to."""
    for merge in lineage.merges:
        if any((left in lineage.had[alias]) != (right in lineage.had[alias]) for alias in merge.retired):
            halves = _halves_of(store, lineage, merge.retired)[0]
            if not any({left, right} <= keys for keys in halves):  # one that came later may belong to the other
                return halves
    return belonging(store, [[left], [right]], lineage.members - {left, right})


def halved(
    store: ContactStore,
    contact_id: str,
    parts: Sequence[Collection[str]] | None = None,
    *,
    pair: tuple[str, str] | None = None,
    retired: Collection[str] = (),
) -> Halves:
    """Tell into which parts a contact falls.

    Args:
        store: where the contacts live.
        contact_id: the contact.
        parts: keys of the records of the parts; None: those of its last merge.
        pair: two of its records that are to be apart, instead of parts.
        retired: the ids of a merge that is taken apart, instead of parts.

    Raises:
        InputError: it was never merged, or the parts are none.
    """
    row = contact_row(store, contact_id)
    lineage = lineage_of(store, row)
    act, later = "", frozenset[str]()
    if retired or (parts is None and pair is None and lineage.merges):
        last = lineage.merges[0] if not retired else None
        act = last.act if last else ""
        halves, later = _halves_of(store, lineage, last.retired if last else retired)
    elif pair is not None:
        halves = _apart(store, lineage, *pair)
    else:
        halves = [] if parts is None else _split_of(store, lineage, parts)
    if len(halves) < 2:
        raise InputError(
            "This contact was not merged.",
            code="merge.not_merged",
            path="contact_id",
            hint="Name the records that are to be apart: parts.",
        )
    if parts is not None or pair is not None:  # the id stays with the most of the contact's own records
        halves.sort(key=lambda keys: (-len(keys & lineage.own), min(keys)))
    return Halves(row, lineage, halves, act, later)


def divisions(store: ContactStore, asked: Iterable[Halves], *, at: datetime) -> list[Division]:
    """Plan un-merges; what many need to read is read once.

    Args:
        store: where the contacts live.
        asked: what falls into which parts; no contact twice.
        at: the time.
    """
    drafts, taken = list[_Draft](), set[str]()
    for one in asked:
        drafts.append(_draft(store, one, at, taken))
        taken |= drafts[-1].clusters.keys()
    clusters = {name: keys for draft in drafts for name, keys in draft.clusters.items()}
    aliases = {name: held for draft in drafts for name, held in draft.aliases.items()}
    events = [event for draft in drafts for event in draft.events]
    rows = {row.contact_id: row for row in fold_rows(store, clusters, aliases, events=events)}
    policy = saved_survivorship(store).mark
    return [_division(draft, [rows[name] for name in draft.clusters], policy, at) for draft in drafts]


class _Draft(NamedTuple):
    """An un-merge before its contacts are folded."""

    of: Halves
    clusters: Mapping[str, Sequence[str]]
    aliases: Mapping[str, tuple[str, ...]]
    events: tuple[EventRow, ...]
    released: tuple[str, ...]
    retired: tuple[tuple[str, str], ...]


def _draft(store: ContactStore, of: Halves, at: datetime, taken: Collection[str]) -> _Draft:
    """Give each part its id, with the ids that lead to it, and say what each refuses."""
    name, lineage = of.row.contact_id, of.lineage
    clusters, aliases = {name: sorted(of.halves[0])}, dict[str, tuple[str, ...]]()
    released, retired = list[str](), list[tuple[str, str]]()
    for keys in of.halves[1:]:
        tops, everyone = lineage.going(keys)
        own = tops[0] if tops else _unused(store, min(keys), at, {*taken, *clusters})
        clusters[own], aliases[own] = sorted(keys), tuple(one for one in everyone if one != own)
        released += tops
        retired += [(one, own) for one in tops[1:]]
    gone = {*aliases, *(one for held in aliases.values() for one in held)}
    aliases[name] = tuple(one for one in of.row.retired if one not in gone)
    said = tuple(map(event_row, refusals_of_parts(store, name, list(clusters.values()), at=at)))
    return _Draft(of, clusters, aliases, said, tuple(released), tuple(retired))


def _division(draft: _Draft, rows: Sequence[ContactRow], policy: str, at: datetime) -> Division:
    from canonical_contact.schema import from_json

    row, lineage = draft.of.row, draft.of.lineage
    before = {row.contact_id: from_json(Contact, row.document)}
    had = {**lineage.had, row.contact_id: lineage.merges[0].before if lineage.merges else frozenset()}  # of the contact the last
    told = []
    for one in rows:
        contact = from_json(Contact, one.document)
        told.append(
            Part(
                one.contact_id,
                one.members,
                draft.aliases[one.contact_id],
                tuple(key for key in one.members if key in draft.of.later),
                one.contact_id in draft.released,
                changes_of(before, contact),
                consent_changes(before, contact),
            )
        )
    plan = UnmergePlan(row.contact_id, tuple(told), at, draft.of.act, len(draft.events), inputs_of(policy, [row]))
    as_before = frozenset(name for name, keys in draft.clusters.items() if had.get(name) == frozenset(keys))
    return Division(plan, tuple(rows), draft.events, draft.released, draft.retired, as_before)


def _unused(store: ContactStore, seed: str, at: datetime, taken: Collection[str]) -> str:
    """Make an id that was never given."""
    name, salt = new_id(at, seed), 0
    while name in taken or store.contact(name) is not None:
        salt += 1
        name = new_id(at, f"{seed}#{salt}")
    return name


def rows_apart(store: ContactStore, made: Division, act: Act, *, why: str = "") -> Iterator[DecisionRow]:
    """Make what an un-merge writes to the decision log: a cannot-link for every pair between the parts, and what `rows_within` makes."""
    yield from (act.row(pair, Judgement.NO_MATCH, UNMERGED, why) for pair in crossing([part.records for part in made.plan.parts]))
    yield from rows_within(store, made, act)


def rows_within(store: ContactStore, made: Division, act: Act) -> Iterator[DecisionRow]:
    """Make what holds each part as it is.

    What held the merge together inside of a part is taken back. Where a part is not one that stood before, or nothing holds it any more,
    its records are held together.
    """
    for part in made.plan.parts:
        gone = list(_taken_back(store, made.plan, part, act)) if made.plan.act else []
        yield from gone
        if len(part.records) > 1 and not (
            part.contact_id in made.as_before and _is_held(store, part.records, {row[:2]: row for row in gone})
        ):
            held = present(store, star(part.records)) | {row[:2]: row for row in gone}
            yield from (
                act.row(pair, Judgement.MATCH, MERGED)
                for pair in star(part.records)
                if pair not in held or held[pair].judgement != Judgement.MATCH
            )


def _is_held(store: ContactStore, keys: Sequence[str], gone: Mapping[Pair, DecisionRow]) -> bool:
    """Tell whether matches of people or machines lead from each of some records to each other one."""
    if len(keys) > _MANY:
        return False
    groups = {key: {key} for key in keys}
    for pair in combinations(sorted(keys), 2):
        said = gone.get(pair) or next(iter(rows_of(store, pair)[-1:]), None)
        found = rows_of(store, pair, people=False)[-1:]
        if (said and said.judgement == Judgement.MATCH) or (found and found[0].judgement == Judgement.MATCH):
            ours, theirs = (groups[key] for key in pair)
            if ours is not theirs:
                ours |= theirs
                groups |= dict.fromkeys(theirs, ours)
    return len(groups[keys[0]]) == len(keys)


def _taken_back(store: ContactStore, plan: UnmergePlan, part: Part, act: Act) -> Iterator[DecisionRow]:
    merged = [key for one in plan.parts for key in one.records if key not in one.later]
    for pair in star(merged):
        if pair[0] in part.records and pair[1] in part.records:
            versions = rows_of(store, pair)
            if any(row.act == plan.act for row in versions):
                yield from act.taken_back(plan.act, versions)


def write_divisions(
    store: ContactStore, made: Sequence[tuple[Division, Act, Sequence[DecisionRow]]], *, more: Mapping[str, str]
) -> None:
    """Write un-merges: who is apart, the ids that come back, the contacts with what they refuse, and what happened.

    Args:
        store: inside of a transaction.
        made: each un-merge with its act, and with what is written to the decision log.
        more: more details of the events.
    """
    names, endpoints = set[str](), set[str]()
    for one, act, rows in made:
        plan = one.plan
        store.put_decisions(rows)
        store.put_events(one.events)
        store.release(one.released)
        store.retire(one.retired)
        store.put_contacts(one.rows)
        detail = {"of": plan.contact_id, "parts": " ".join(part.contact_id for part in plan.parts), "inputs": plan.inputs, **more}
        kinds = {part.contact_id: EventName.CONTACT_SPLIT for part in plan.parts}
        kinds |= {part.contact_id: EventName.CONTACT_CREATED for part in plan.parts[1:] if not part.returns}
        store.log(_regrouped(one, act))
        store.log(log_row(kinds[row.contact_id], row, act, detail) for row in one.rows)
        names.update(kinds)
        endpoints.update(event.endpoint for event in one.events if event.blocking and event.endpoint)
    if made:
        shared = holders_of(store, sorted(endpoints))
        fold_contacts(store, [one for one in shared if one not in names], at=made[0][1].at)


def _regrouped(made: Division, act: Act) -> Iterator[tuple[str, str]]:
    """Say of ids that come back together that they are one, so that they can be taken apart; it is none of the act's merges."""
    for row in made.rows:
        if retired := " ".join(old for old, heir in made.retired if heir == row.contact_id):
            yield log_row(EventName.CONTACT_MERGED, row, act, {"act": "", "retired": retired, "of": made.plan.contact_id})
