"""What people say of two records, and what follows at once: contacts become one or fall apart, or a conflict goes to a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

from attrs import evolve, frozen

from canonical_contact.engine._dividing import divisions, halved, rows_apart, rows_within, write_divisions
from canonical_contact.engine._lineage import bound
from canonical_contact.engine._said import (
    AWAITING,
    CONFLICT,
    JUDGED,
    MERGED,
    UNDONE,
    Act,
    Pair,
    crossing,
    pair_of,
    present,
    rows_of,
    standing,
    star,
    without,
)
from canonical_contact.engine._uniting import Union, contact_row, unions, write_unions
from canonical_contact.engine.merging import Merged, Unmerged, check_conflicts
from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.match.features import features_from_text
from canonical_contact.merge.plan import Approval, approvers, is_approved
from canonical_contact.model import EventName, Judgement
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactRow, ContactStore, DecisionRow

__all__ = ["ANSWERS", "Outcome", "judge", "undo"]

ANSWERS: Final = (Judgement.MATCH, Judgement.NO_MATCH, Judgement.UNSURE)
"""What people can say of a pair."""


@frozen
class Outcome:
    """What came of a judgement.

    Args:
        act: its id, by which it is undone; empty where the same person has said the same before.
        judgement: what stands of the pair now, or `withdrawn` for an undo.
        contacts: the contacts of the two records, one if they are one; of an undo those that it touched.
        merged: the merge that it did.
        parted: the un-merge that it did.
        conflict: what people said before that stands against it; it is kept and nothing follows from it, until a person settles it.
        awaiting: approvals that its merge waits for; it is kept, and nothing follows from it until one of them is there.
    """

    act: str
    judgement: Judgement
    contacts: tuple[str, ...] = ()
    merged: Merged | None = None
    parted: Unmerged | None = None
    conflict: tuple[DecisionRow, ...] = ()
    awaiting: tuple[Approval, ...] = ()


def judge(
    store: ContactStore,
    left: str,
    right: str,
    judgement: Judgement | str,
    *,
    by: str,
    at: datetime,
    note: str = "",
    supersede: bool = False,
    approved_by: str | Iterable[str] = "",
) -> Outcome:
    """Take a person's word about two records, and do what follows from it, in one transaction.

    A match makes their contacts one, unless that needs an approval. A no parts a contact that holds both: along the merge that brought
    them together, else by what its records are linked to. Who is unsure changes nothing that others said.

    A match against a standing no, of this pair or of others between the two contacts, is kept, but does not win in silence: it goes to a
    person as a conflict, who lets it stand with `supersede`, or says no again.

    Args:
        store: where the contacts live.
        left: key of the one record.
        right: key of the other.
        judgement: `match`, `no_match` or `unsure`.
        by: who says so.
        at: when, with a time zone.
        note: a remark, kept with it.
        supersede: let a match stand against what was said before.
        approved_by: who approves the merge, where it needs that.

    Raises:
        NotFoundError: no contact has one of the records.
        InputError: it is no answer, nobody gives it, a pair of one record, a record of a pin or rectification, or a contact whose consent
            was erased (`merge.erased`).
    """
    moment = in_utc(at)
    if judgement not in ANSWERS:
        raise InputError(f"{judgement!r} is no answer.", path="judgement", hint=f"Say one of {', '.join(ANSWERS)}.")
    if not by.strip():
        raise InputError("Nobody says this.", path="by", hint="Name who does.")
    if left == right:
        raise InputError("This is one record.", path="right", hint="Name two records.")
    pair = pair_of(left, right)
    with store.transaction():
        if bound(store, pair):
            raise InputError(
                "What was put right or pinned belongs to the record that it is about.", path="left", hint="Judge that record."
            )
        before = rows_of(store, pair)
        act = Act.of("judge", by, moment, *pair, str(judgement), str(len(before)))
        word = _Word(store, act, act.row(pair, Judgement(judgement), JUDGED, note), before)
        if judgement == Judgement.MATCH:
            return word.match(supersede=supersede, approved_by=approvers(approved_by))
        return word.no_match() if judgement == Judgement.NO_MATCH else word.unsure()


def undo(store: ContactStore, act: str, *, by: str, at: datetime) -> Outcome:
    """Take back all that an act said and did, in one transaction: a judgement, a merge, an un-merge, or an undo.

    What others said stands again. Contacts that the act made one fall apart as they were; those that it parted become one, unless others
    hold them apart, or what had held them together was taken back, too. What came since then goes where it belongs.

    Args:
        store: where the contacts live.
        act: the id that `Merged`, `Unmerged` or `Outcome` bears.
        by: who takes it back.
        at: when, with a time zone.

    Raises:
        NotFoundError: there is no such act.
        InputError: it was taken back already, something that came later stands on it, or what would stand again contradicts what was said
            later (`merge.undone`, `merge.later_act`, `merge.conflict`).
    """
    moment = in_utc(at)
    if not by.strip():
        raise InputError("Nobody takes this back.", path="by", hint="Name who does.")
    with store.transaction():
        pairs, undone_by = dict[Pair, None](), dict[str, str]()
        for row in store.answers():
            if row.act == act:
                pairs[row.left, row.right] = None
            if row.reason == UNDONE:
                undone_by[row.act] = row.evidence
        if not pairs:
            raise NotFoundError("There is no such act.", path="act", hint="Give the act of a merge, un-merge or judgement.")
        if _is_undone(act, undone_by):
            raise InputError("This was taken back already.", code="merge.undone", path="act", hint="Undo what took it back.")
        now = Act.of("undo", by, moment, act, str(len(undone_by)))
        return _Undoing(store, act, now, pairs).outcome()


def holders(store: ContactStore, keys: Iterable[str]) -> dict[str, ContactRow]:
    """Find the contacts that have some records.

    Args:
        store: where the contacts live.
        keys: keys of records.

    Returns:
        Key → contact. Contacts are found by the addresses and numbers of the records; where that fails all members are read.

    Raises:
        NotFoundError: no contact has one of them.
    """
    found: dict[str, ContactRow] = {}
    records = list(store.records(sorted(set(keys))))
    for record in records:
        known = features_from_text(record.features)
        paths = [*(("email", name) for name in (*known.emails, *known.roles)), *(("phone", name) for name in known.phones)]
        rows = (row for path in paths for row in store.find(*path))
        row = next((row for row in rows if record.key in row.members), None)
        if row is not None:
            found[record.key] = row
    if left := {key for key in keys if key not in found}:
        home = {key: contact for key, contact in store.members() if key in left} if len(records) == len(set(keys)) else {}
        for key in sorted(left):
            row = store.contact(home[key]) if key in home else None
            if row is None:
                raise NotFoundError(
                    "No contact has this record.", path=key, hint="Give keys such as hubspot:17, as show lists them."
                )
            found[key] = row
    return found


class _Word:
    """What a person says of a pair, and what follows from it."""

    def __init__(self, store: ContactStore, act: Act, said: DecisionRow, before: Sequence[DecisionRow]) -> None:
        held = holders(store, said[:2])
        self._store, self._act, self._said, self._pair = store, act, said, said[:2]
        self._stands = before[-1] if before else None
        self._homes = [held[key] for key in self._pair]
        self._ids = tuple(dict.fromkeys(row.contact_id for row in self._homes))

    def match(self, *, supersede: bool, approved_by: Sequence[str]) -> Outcome:
        left, right = self._homes
        between = list(crossing([left.members, right.members])) if len(self._ids) > 1 else [self._pair]
        conflicts = standing(self._store, between, Judgement.NO_MATCH)
        if conflicts and not supersede:
            return self._ask(CONFLICT, conflict=conflicts)
        rows = [self._said, *(self._act.row(row[:2], Judgement.MATCH, MERGED) for row in conflicts if row[:2] != self._pair)]
        if len(self._ids) == 1:
            return self._write(rows)
        (one,) = unions(self._store, [self._ids], at=self._act.at)
        one = one._replace(plan=evolve(one.plan, conflicts=()))
        if not is_approved(one.plan.approvals, approved_by):
            return self._ask(AWAITING, awaiting=one.plan.approvals)
        done = {row[:2] for row in rows}
        rows += [self._act.row(pair, Judgement.MATCH, MERGED) for pair in star(one.plan.records) if pair not in done]
        return self._write(rows, union=one, approved_by=approved_by)

    def no_match(self) -> Outcome:
        if len(self._ids) > 1:
            return self._write([self._said])
        self._settle()
        (made,) = divisions(self._store, [halved(self._store, self._ids[0], pair=self._pair)], at=self._act.at)
        rows = [row for row in rows_apart(self._store, made, self._act) if row[:2] != self._pair]
        write_divisions(self._store, [(made, self._act, [self._said, *rows])], more={})
        ids = tuple(part.contact_id for part in made.plan.parts)
        return Outcome(self._act.name, Judgement.NO_MATCH, ids, parted=Unmerged(self._act.name, ids))

    def unsure(self) -> Outcome:
        stands = self._stands
        if stands is not None and stands.judgement in (Judgement.MATCH, Judgement.NO_MATCH):
            self._store.put_decisions(self._act.logged(self._said, stands))
            return Outcome(self._act.name, Judgement(stands.judgement), self._ids)
        return self._write([self._said])

    def _write(self, rows: Sequence[DecisionRow], *, union: Union | None = None, approved_by: Sequence[str] = ()) -> Outcome:
        self._settle()
        judgement, name = Judgement(self._said.judgement), self._act.name
        if union is None:
            new = self._store.put_decisions(rows)
            return Outcome(name if new.new or new.changed else "", judgement, self._ids)
        write_unions(self._store, [(union, self._act)], rows=rows, more={"approved_by": ", ".join(approved_by)})
        done = Merged(name, union.plan.survivor, union.plan.retired)
        return Outcome(name, judgement, (union.plan.survivor,), merged=done)

    def _ask(self, reason: str, *, conflict: tuple[DecisionRow, ...] = (), awaiting: tuple[Approval, ...] = ()) -> Outcome:
        """Keep what was said, and ask a person: the pair waits, with the score that machines gave it."""
        stands = self._stands if self._stands and self._stands.judgement != Judgement.WITHDRAWN else None
        self._store.put_decisions(self._act.logged(self._said._replace(reason=reason), stands))
        asked = self._act.row(self._pair, Judgement.REVIEW, reason)._replace(method="rule")
        if found := present(self._store, [self._pair], people=False).get(self._pair):
            asked = asked._replace(policy=found.policy, model=found.model, score=found.score, evidence=found.evidence)
        self._store.put_decisions([asked])
        judgement = Judgement(stands.judgement) if stands else Judgement.UNSURE
        return Outcome(self._act.name, judgement, self._ids, conflict=conflict, awaiting=awaiting)

    def _settle(self) -> None:
        """Somebody answers: where the pair waited for what people said of it, machines say again what they said before."""
        if self._said.judgement == Judgement.UNSURE:
            return
        versions = rows_of(self._store, self._pair, people=False)
        if versions and _is_asked(versions[-1]):
            self._store.put_decisions([_older(versions)])


def _is_asked(row: DecisionRow) -> bool:
    """Whether a question in the lane of machines comes from what people said."""
    return bool(row.act) or row.reason == CONFLICT


def _older(versions: Sequence[DecisionRow]) -> DecisionRow:
    """What machines said of a pair by themselves; that they part it where they said nothing."""
    older = [row for row in versions if not _is_asked(row)]
    return older[-1] if older else versions[-1]._replace(judgement=Judgement.NO_MATCH.value, score=0.0, reason="settled", act="")


class _Undoing:
    """An act that is taken back: what it did is found in the events of the contacts that it was about."""

    def __init__(self, store: ContactStore, act: str, now: Act, pairs: Iterable[Pair]) -> None:
        self._store, self._act, self._now, self._pairs = store, act, now, list(pairs)

    def outcome(self) -> Outcome:
        store = self._store
        held = holders(store, {key for pair in self._pairs for key in pair})
        store.put_decisions([row for pair in self._pairs for row in self._now.taken_back(self._act, rows_of(store, pair))])
        machines = (rows_of(store, pair, people=False) for pair in self._pairs)
        store.put_decisions([_older(rows) for rows in machines if rows and rows[-1].act == self._act])
        homes = {key: row.contact_id for key, row in held.items()}
        done = self._done(homes)
        if not done.merged and not done.parted:
            done = self._again_apart(homes) or self._again_joined(homes) or done
        if done.merged or done.parted:
            self._check()
        return done

    def _again_apart(self, homes: Mapping[str, str]) -> Outcome | None:
        """Part two records of which a no stands again, and which a run has joined since it was taken back."""
        together = [pair for pair in self._pairs if homes[pair[0]] == homes[pair[1]]]
        for row in standing(self._store, together, Judgement.NO_MATCH):
            pair = row[:2]
            (made,) = divisions(self._store, [halved(self._store, homes[row.left], pair=pair)], at=self._now.at)
            rows = [one for one in rows_apart(self._store, made, self._now) if one[:2] != pair]
            write_divisions(self._store, [(made, self._now, rows)], more={"undone": self._act})
            names = tuple(part.contact_id for part in made.plan.parts)
            return Outcome(self._now.name, Judgement.WITHDRAWN, names, parted=Unmerged(self._now.name, names))
        return None

    def _done(self, homes: Mapping[str, str]) -> Outcome:
        ids = tuple(sorted(set(homes.values())))
        for event in self._events(ids):
            detail = event["detail"]
            if event["name"] == EventName.CONTACT_MERGED:
                return self._part(detail["retired"].split(), ids)
            if "parts" in detail:
                return self._join(detail["of"], homes, ids)
        return Outcome(self._now.name, Judgement.WITHDRAWN, ids)

    def _check(self) -> None:
        """Refuse what later acts have made impossible: that all stands again which people said of the pairs."""
        store, said = self._store, present(self._store, self._pairs)
        homes = {key: row.contact_id for key, row in holders(store, {key for pair in self._pairs for key in pair}).items()}
        wanted = {Judgement.MATCH.value: True, Judgement.NO_MATCH.value: False}
        for (left, right), row in said.items():
            if wanted.get(row.judgement, homes[left] == homes[right]) is not (homes[left] == homes[right]):
                raise InputError(
                    "What was done later stands on it.",
                    code="merge.later_act",
                    path="act",
                    hint=f"Undo the later acts about {left} and {right} first.",
                )

    def _events(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        events = [json.loads(text) for name in ids for text in self._store.history(name)]
        return [event for event in events if event.get("detail", {}).get("act") == self._act]

    def _part(self, retired: Sequence[str], ids: tuple[str, ...]) -> Outcome:
        """Take apart what the act made one, unless it fell apart since."""
        still = [name for name in retired if (row := self._store.contact(name)) is not None and row.contact_id != name]
        if not still:
            return Outcome(self._now.name, Judgement.WITHDRAWN, ids)
        row = contact_row(self._store, still[0])
        (made,) = divisions(self._store, [halved(self._store, row.contact_id, retired=still)], at=self._now.at)
        if held := standing(self._store, crossing([part.records for part in made.plan.parts]), Judgement.MATCH):
            raise InputError(
                "What was said later holds the contact together.",
                code="merge.later_act",
                path="act",
                hint=f"Undo first: {', '.join(sorted({one.act or one.by for one in held}))}.",
            )
        rows = list(rows_within(self._store, made, self._now))
        write_divisions(self._store, [(made, self._now, rows)], more={"undone": self._act})
        names = tuple(part.contact_id for part in made.plan.parts)
        return Outcome(self._now.name, Judgement.WITHDRAWN, names, parted=Unmerged(self._now.name, names))

    def _join(self, of: str, homes: Mapping[str, str], ids: tuple[str, ...]) -> Outcome:
        """Make one again what the act parted, unless it is one, what had held it together was taken back, or others hold it apart."""
        between = [pair for pair in self._pairs if homes[pair[0]] != homes[pair[1]]]
        if any(self._was_one(pair) for pair in between):  # people had joined them; else a run had
            return self._again_joined(homes, of) or Outcome(self._now.name, Judgement.WITHDRAWN, ids)
        names = set(homes.values())
        conflicts = standing(self._store, between, Judgement.NO_MATCH)
        if len(names) < 2 or conflicts:
            return Outcome(self._now.name, Judgement.WITHDRAWN, ids, conflict=conflicts)
        return self._unite([names], of)

    def _again_joined(self, homes: Mapping[str, str], of: str = "") -> Outcome | None:
        """Make one the contacts of records of which a match stands again; None where there are none."""
        between = [pair for pair in self._pairs if homes[pair[0]] != homes[pair[1]]]
        groups: list[set[str]] = []
        for row in standing(self._store, between, Judgement.MATCH):
            names = {homes[row.left], homes[row.right]}
            touched = [group for group in groups if not group.isdisjoint(names)]
            groups = [group for group in groups if group not in touched] + [names.union(*touched)]
        return self._unite(groups, of) if groups else None

    def _unite(self, groups: Sequence[set[str]], of: str) -> Outcome:
        made = [
            one
            for names in groups
            for one in unions(self._store, [sorted(names)], at=self._now.at, first=of if of in names else "")
        ]
        for one in made:
            check_conflicts(one.plan.conflicts)
        write_unions(self._store, [(one, self._now) for one in made], rows=(), more={"undone": self._act})
        done = [Merged(self._now.name, one.plan.survivor, one.plan.retired) for one in made]
        return Outcome(self._now.name, Judgement.WITHDRAWN, tuple(one.survivor for one in done), merged=done[0])

    def _was_one(self, pair: Pair) -> bool:
        """Whether people had joined a pair before the act."""
        before = list(takewhile(lambda row: row.act != self._act, rows_of(self._store, pair)))
        stood = without(before)
        return stood is not None and stood.judgement == Judgement.MATCH


def _is_undone(act: str, undone_by: Mapping[str, str]) -> bool:
    """Tell whether an act was taken back; who takes a taking back back lets it stand again."""
    return any(of == act and not _is_undone(one, undone_by) for one, of in undone_by.items())
