"""What the page says of answers, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from canonical_contact.merge.plan import Approval, MergePlan, is_approved
from canonical_contact.model import Judgement

if TYPE_CHECKING:
    from canonical_contact.engine.reviewing import Outcome, Undone

__all__ = ["APPROVE", "OVERRULE", "SKIP", "UNDO", "Button", "approvals_told", "buttons_for", "came_of", "taken_back"]


class Button(NamedTuple):
    """A button: what it sends, its key, what it says, how it looks."""

    say: str
    key: str
    label: str
    kind: str = ""


_ANSWER_BUTTONS: Final = (
    Button(Judgement.MATCH, "y", "Yes, one person", "yes"),
    Button(Judgement.NO_MATCH, "n", "No, two persons", "no"),
    Button(Judgement.UNSURE, "u", "Unsure"),
)
APPROVE: Final = Button("approve", "a", "Yes, and I approve the merge")
OVERRULE: Final = Button("overrule", "o", "Yes, and overrule what was said")
SKIP: Final = Button("skip", "s", "Skip")
UNDO: Final = Button("undo", "z", "Undo")
_ANSWERS: Final[Mapping[Judgement, str]] = {
    Judgement.MATCH: "One person",
    Judgement.NO_MATCH: "Two persons",
    Judgement.UNSURE: "Unsure",
}
_REASONS: Final[Mapping[str, str]] = {
    "different_verified_emails": "both have verified e-mail addresses, and not the same",
    "different_owners": "two people look after them",
    "customer_with_revenue": "one is a customer with revenue",
}


def buttons_for(reviewer: str, plan: MergePlan | None) -> tuple[Button, ...]:
    """The buttons of a case: overruling where there is something to overrule, approving where the reviewer may."""
    more: list[Button] = []
    if plan is not None and plan.conflicts:
        more.append(OVERRULE)
    if plan is not None and plan.approvals and is_approved(plan.approvals, reviewer):
        more.append(APPROVE)
    return (*_ANSWER_BUTTONS, *more, SKIP, UNDO)


def came_of(judgement: Judgement, outcome: Outcome) -> str:
    """Say what came of an answer."""
    said = _ANSWERS[judgement]
    if outcome.conflict:
        return f"{said}: not done, since somebody said the opposite of records of these contacts. It waits as a conflict."
    if outcome.awaiting:
        return f"{said}: noted. The merge waits for an approval."
    done = "merged" if outcome.merged else "parted" if outcome.parted else "noted"
    return f"{said}: {done}."


def taken_back(undone: Undone) -> str:
    """Say what was taken back."""
    if undone.outcome is None:
        return "The skip was taken back."
    done = (
        "; the contacts are two again"
        if undone.outcome.parted
        else "; the contacts are one again"
        if undone.outcome.merged
        else ""
    )
    return f"Your last answer was taken back{done}."


def approvals_told(approvals: Iterable[Approval]) -> list[tuple[str, str]]:
    """Say what needs an approval, and by whom: one of them is enough."""
    owners: dict[str, list[str]] = {}
    for one in approvals:
        owners.setdefault(one.reason, []).append(one.owner)
    return [(_REASONS.get(reason, reason.replace("_", " ")), " or ".join(filter(None, who))) for reason, who in owners.items()]
