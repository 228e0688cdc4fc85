"""What the page says of answers, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from canonical_contact.model import Judgement

if TYPE_CHECKING:
    from canonical_contact.engine.reviewing import Outcome, Undone
    from canonical_contact.merge.plan import Approval

__all__ = ["ANSWER_BUTTONS", "OVERRULE", "UNDO", "Button", "approvals_told", "came_of", "taken_back"]


class Button(NamedTuple):
    """A button: what it sends, its key, what it says, how it looks."""

    say: str
    key: str
    label: str
    kind: str = ""


UNDO: Final = Button("undo", "z", "Undo")
OVERRULE: Final = Button("overrule", "", "One person, and overrule what was said")
ANSWER_BUTTONS: Final = (
    Button(Judgement.MATCH, "y", "Yes, one person", "yes"),
    Button(Judgement.NO_MATCH, "n", "No, two persons", "no"),
    Button(Judgement.UNSURE, "u", "Unsure"),
    Button("skip", "s", "Skip"),
)
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


def came_of(outcome: Outcome) -> str:
    """Say what came of an answer."""
    said = _ANSWERS[outcome.judgement]
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
