"""What a merge would change: field by field, consent key by consent key, and who has to approve it. Pure; the engine gathers and applies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any, Final

from attrs import field, fields, frozen

from canonical_contact.merge._pins import PINNED_LATER
from canonical_contact.merge._strategies import STRATEGIES
from canonical_contact.merge._told import texts_of
from canonical_contact.model import Card, Claim, ConsentRecord, Contact, VerificationStatus
from canonical_contact.ports import DecisionRow

__all__ = [
    "Approval",
    "ConsentChange",
    "FieldChange",
    "Gathered",
    "MergePlan",
    "Part",
    "UnmergePlan",
    "approvals_needed",
    "approvers",
    "changes_of",
    "consent_changes",
    "gathered",
    "is_approved",
]

_ROOT: Final = re.compile(r"\$\.([a-z_]+)")
_LIFECYCLE: Final = "$.lifecycle"
_EXTENSIONS: Final = "$.extensions."
_APART: Final = ("owner", "owners", "tags", "extensions")  # told apart from the other fields, or one by one
# reason of a claim that is no strategy → why its value stands, for people
_WHY: Final[Mapping[str, str]] = {
    "only_source": "one record alone",
    "contained": "a fuller value says the same",
    "rectified": "it was put right, which stands before every source",
    "all_deleted": "every record is deleted",
    "not_all_deleted": "a record is not deleted",
    "cleared": "its source took the value back, later than others said theirs",
    "cap": "the list holds no more",
    "changed_ahead": "its time was still to come when it was read",
    "pinned_later": "a later pin stands",
    "pin_waits": "no record states what was pinned",
}


@frozen
class Approval:
    """What makes a merge need an approval, and whose.

    Args:
        reason: `different_verified_emails`, `different_owners` or `customer_with_revenue`.
        owner: who is to approve it: owners of merges where the contacts have them, else of the records; empty: anybody.
    """

    reason: str
    owner: str = ""


@frozen
class FieldChange:
    """What a merge does to one field.

    Args:
        path: the field in the golden contact, such as `$.birthday` or `$.extensions.hubspot.Region`.
        before: contact id → its values, as texts.
        after: the values of the merged contact.
        winner: key of the record whose value stands; of a list that of its first value. Empty where no record states it.
        strategy: by which strategy, a stable code.
        why: the same for people.
        candidates: every claim about the field, those that won first.
    """

    path: str
    before: Mapping[str, tuple[str, ...]]
    after: tuple[str, ...]
    winner: str = ""
    strategy: str = ""
    why: str = ""
    candidates: tuple[Claim, ...] = ()


@frozen
class ConsentChange:
    """What a merge does to one consent key, or to one block.

    Args:
        channel: the channel.
        purpose: the purpose; of a block empty.
        controller: the controller; empty for the house.
        endpoint: the endpoint; empty for the person.
        block: kind of the block; empty for a consent.
        before: contact id → its state, `blocked` for a block, empty where it has none.
        after: the state of the merged contact.
        reason: `same`, `one_side`, `refusal_first` or `joined`.
        why: the same for people.
    """

    channel: str
    purpose: str
    controller: str
    endpoint: str
    block: str
    before: Mapping[str, str]
    after: str
    reason: str
    why: str


@frozen
class Gathered:
    """What the contacts have of one kind, and what the merged one has then.

    Args:
        name: the role of an owner, `tags`, the kind of an interaction or task, a channel and purpose of subscriptions.
        before: contact id → its values; of interactions and tasks their times.
        after: all of them together.
    """

    name: str
    before: Mapping[str, tuple[str, ...]]
    after: tuple[str, ...]


@frozen
class MergePlan:
    """What a merge would do; nothing is written.

    Args:
        survivor: the oldest of the ids, which stays.
        retired: the other ids, which lead to it from then on.
        records: keys of all records of the merged contact.
        at: the time for which it was planned.
        fields: the fields in which a contact would change.
        consent: every consent key and block.
        owners: by role.
        tags: of all.
        interactions: by kind.
        tasks: process events, by kind; they stay with their records.
        subscriptions: what is subscribed to, by channel and purpose: the states in which it may be sent.
        approvals: what needs an approval, and whose.
        conflicts: standing cannot-links between the contacts; they forbid the merge.
        policy: mark of the survivorship policy.
        inputs: hash of all that it stands on; a merge by a plan whose inputs have changed is refused.
    """

    survivor: str
    retired: tuple[str, ...]
    records: tuple[str, ...]
    at: datetime
    fields: tuple[FieldChange, ...] = ()
    consent: tuple[ConsentChange, ...] = ()
    owners: tuple[Gathered, ...] = ()
    tags: Gathered = field(factory=lambda: Gathered("tags", {}, ()))
    interactions: tuple[Gathered, ...] = ()
    tasks: tuple[Gathered, ...] = ()
    subscriptions: tuple[Gathered, ...] = ()
    approvals: tuple[Approval, ...] = ()
    conflicts: tuple[DecisionRow, ...] = ()
    policy: str = ""
    inputs: str = ""


@frozen
class Part:
    """What becomes of one part of a contact that is un-merged.

    Args:
        contact_id: its id: the contact's own, one that comes back, or a new one.
        records: keys of its records.
        aliases: the retired ids that lead to it.
        later: those of its records that came after the merge, and went where they belong.
        returns: whether its id had been retired and comes back.
        fields: how it differs from the contact.
        consent: what becomes of every consent key and block.
    """

    contact_id: str
    records: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    returns: bool = False
    fields: tuple[FieldChange, ...] = ()
    consent: tuple[ConsentChange, ...] = ()


@frozen
class UnmergePlan:
    """What an un-merge would do; nothing is written.

    Args:
        contact_id: the contact.
        parts: what it falls into; the first keeps its id.
        at: the time for which it was planned.
        act: of the merge that it takes apart; empty where a run merged, or parts were named.
        refusals: consent events by which a part keeps what was refused.
        inputs: hash of all that it stands on.
    """

    contact_id: str
    parts: tuple[Part, ...]
    at: datetime
    act: str = ""
    refusals: int = 0
    inputs: str = ""


def approvals_needed(contacts: Sequence[Contact]) -> tuple[Approval, ...]:
    """Tell what about a merge of contacts needs an approval, and whose.

    Three things do: verified e-mail addresses of which no two are one, different owners of the records, and a customer with revenue.

    Args:
        contacts: those that would become one.

    Returns:
        For each reason one entry for each who may approve it; one of them is enough. Nothing for fewer than two contacts.

    >>> from canonical_contact.model import Owner, OwnerRole
    >>> one, other = (Contact(contact_id=name, owner=who) for name, who in (("a", "osei"), ("b", "gil")))
    >>> approvals_needed([one, other])
    (Approval(reason='different_owners', owner='gil'), Approval(reason='different_owners', owner='osei'))
    >>> approvals_needed([one, one])
    ()
    """
    if len(contacts) < 2:
        return ()
    found = [reason for reason, needs in _RISKS.items() if needs(contacts)]
    return tuple(Approval(reason, owner) for reason in found for owner in _owners(contacts)) if found else ()


def approvers(approved_by: str | Iterable[str]) -> tuple[str, ...]:
    """List who approves, given as a name or several.

    >>> approvers("osei"), approvers(["osei", " "])
    (('osei',), ('osei',))
    """
    return tuple(name for one in ([approved_by] if isinstance(approved_by, str) else approved_by) if (name := one.strip()))


def is_approved(approvals: Iterable[Approval], approved_by: str | Iterable[str]) -> bool:
    """Tell whether all that needs an approval has one.

    Args:
        approvals: as `approvals_needed` gives them.
        approved_by: who approves, a name or several.

    >>> is_approved([Approval("different_owners", "gil"), Approval("different_owners", "osei")], "Osei")
    True
    >>> is_approved([Approval("customer_with_revenue")], "")
    False
    """
    names = {name.casefold() for name in approvers(approved_by)}
    may: dict[str, set[str]] = {}
    for one in approvals:
        may.setdefault(one.reason, set()).add(one.owner.casefold())
    return all(bool(names) and (owners == {""} or not owners.isdisjoint(names)) for owners in may.values())


def changes_of(before: Mapping[str, Contact], after: Contact) -> tuple[FieldChange, ...]:
    """List the fields in which contacts differ from one that they become, or that becomes of them.

    Args:
        before: contact id → the contact as it is.
        after: what becomes of them.

    >>> old, new = Contact(contact_id="a"), Contact(contact_id="a", birthday="1990-01-02")
    >>> [(one.path, dict(one.before), one.after) for one in changes_of({"a": old}, new)]
    [('$.birthday', {'a': ()}, ('1990-01-02',))]
    """
    claims: dict[str, list[Claim]] = {}
    for claim in after.claims:
        claims.setdefault(_place(claim.path), []).append(claim)
    found = []
    for path in _paths((*before.values(), after)):
        then, now = {name: _read(contact, path) for name, contact in before.items()}, _read(after, path)
        if any(texts != now for texts in then.values()):
            stated = sorted(claims.get(path, ()), key=lambda claim: (not claim.won, claim.path, claim.source))
            won = next((claim for claim in stated if claim.won), None)
            strategy = won.reason if won else ""
            why = _why(strategy) if won or path != _LIFECYCLE else "what happened to the contact decides, of all records together"
            if any(claim.reason == PINNED_LATER for claim in stated):
                why = f"{why}; another pin, which was earlier, says otherwise"
            found.append(FieldChange(path, then, now, won.source if won else "", strategy, why, tuple(stated)))
    return tuple(found)


def consent_changes(before: Mapping[str, Contact], after: Contact) -> tuple[ConsentChange, ...]:
    """List what becomes of every consent key and block.

    Args:
        before: contact id → the contact as it is.
        after: what becomes of them.
    """
    everybody = (*before.values(), after)
    cells = sorted({_cell(record) for contact in everybody for record in contact.consent})
    found = []
    for cell in cells:
        then = {name: _state(contact, cell) for name, contact in before.items()}
        found.append(ConsentChange(*cell, "", then, *_came_of(then, _state(after, cell))))
    blocks = {(str(one.channel), one.endpoint, str(one.kind)) for contact in everybody for one in contact.suppressions}
    for channel, endpoint, kind in sorted(blocks):
        then = {name: _blocked(contact, channel, endpoint, kind) for name, contact in before.items()}
        now = _came_of(then, _blocked(after, channel, endpoint, kind))
        found.append(ConsentChange(channel, "", "", endpoint, kind, then, *now))
    return tuple(found)


def gathered(name: str, before: Mapping[str, Iterable[str]], after: Iterable[str] | None = None) -> Gathered:
    """Lay out what each contact has of one kind.

    Args:
        name: the kind.
        before: contact id → its values.
        after: what the merged contact has; None: all of it in order.
    """
    then = {one: tuple(values) for one, values in before.items()}
    return Gathered(
        name, then, tuple(sorted(text for values in then.values() for text in values)) if after is None else tuple(after)
    )


def _why(reason: str) -> str:
    found = STRATEGIES.get(reason)
    return found.why if found else _WHY.get(reason, reason)


def _paths(contacts: Sequence[Contact]) -> list[str]:
    """List the fields that are told, those of extensions one by one."""
    return [
        *(f"$.{one.name}" for one in fields(Card) if one.name not in _APART),
        *(f"{_EXTENSIONS}{name}" for name in sorted({name for contact in contacts for name in contact.extensions})),
    ]


def _read(contact: Contact, path: str) -> tuple[str, ...]:
    if path.startswith(_EXTENSIONS):
        return texts_of(contact.extensions.get(path.removeprefix(_EXTENSIONS)))
    return texts_of(getattr(contact, path.removeprefix("$.")))


def _place(path: str) -> str:
    """The field that a claim is about."""
    found = _ROOT.match(path)
    return path if found is None or found[1] == "extensions" else found[0]


Cell = tuple[str, str, str, str]


def _cell(record: ConsentRecord) -> Cell:
    return str(record.channel), record.purpose, record.controller, record.endpoint


def _state(contact: Contact, cell: Cell) -> str:
    """The state of a key; where it has none of its own, that of a wider refusal which reaches into it."""
    from canonical_contact.consent import blocked_by
    from canonical_contact.model import ANY_PURPOSE

    channel, purpose, controller, endpoint = cell
    wider = ""
    for record in contact.consent:
        if _cell(record) == cell:
            return str(record.state)
        if blocked_by(record) and record.channel == channel and record.purpose in (purpose, ANY_PURPOSE):
            if record.controller in (controller, "") and record.endpoint in (endpoint, ""):
                wider = str(record.state)
    return wider


def _blocked(contact: Contact, channel: str, endpoint: str, kind: str) -> str:
    same = (channel, endpoint, kind)
    return "blocked" if any((one.channel, one.endpoint, one.kind) == same for one in contact.suppressions) else ""


def _came_of(before: Mapping[str, str], after: str) -> tuple[str, str, str]:
    """The state after it, with its reason and why."""
    states = set(before.values())
    if len(states) == 1:
        return after, "same", "it stays as it is"
    if len(states - {""}) == 1:
        return after, "one_side", "one side alone says something of it"
    if after in states:
        return after, "refusal_first", "what refuses stands before what permits"
    return after, "joined", "what both sides say, joined"


def _owners(contacts: Sequence[Contact]) -> tuple[str, ...]:
    """Who may approve: the owners of merges, else those of the records; one empty name where there is nobody."""
    from canonical_contact.model import OwnerRole

    of_merges = {one.who for contact in contacts for one in contact.owners if one.role is OwnerRole.MERGE_APPROVAL}
    return tuple(sorted(of_merges or {contact.owner for contact in contacts if contact.owner})) or ("",)


def _verified(contact: Contact) -> set[str]:
    return {one.key or one.address for one in contact.emails if one.verification.status is VerificationStatus.VERIFIED}


def _other_verified(contacts: Sequence[Contact]) -> bool:
    held = [found for contact in contacts if (found := _verified(contact))]
    return any(left.isdisjoint(right) for left, right in combinations(held, 2))


def _other_owners(contacts: Sequence[Contact]) -> bool:
    return len({contact.owner.casefold() for contact in contacts if contact.owner}) > 1


def _has_revenue(contacts: Sequence[Contact]) -> bool:
    return any(one.revenue and (one.revenue.total or one.revenue.deals or one.revenue.last_deal_amount) for one in contacts)


_RISKS: Final[Mapping[str, Callable[[Sequence[Contact]], Any]]] = {
    "different_verified_emails": _other_verified,
    "different_owners": _other_owners,
    "customer_with_revenue": _has_revenue,
}
