"""The page of one case: records side by side with what differs, why the matcher thinks so, and what a merge would do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from canonical_contact.merge.plan import ConsentChange, MergePlan
from canonical_contact.model import ANY_PURPOSE
from canonical_contact.report import words
from canonical_contact.report._page import shipped, template_of
from canonical_contact.report.waterfall import waterfall
from canonical_contact.review._differences import Part, marked
from canonical_contact.review._words import UNDO, approvals_told, buttons_for

if TYPE_CHECKING:
    from canonical_contact.engine.reviewing import CaseView, Side
    from canonical_contact.review._overview import Overview
    from canonical_contact.review._sitting import Said

__all__ = ["Layout", "style_and_script"]

_PACKAGE = "canonical_contact.review"
_PLACES = ("First contact", "Second contact")


class _Contact(NamedTuple):
    """One of the two contacts, with the records of it that are shown."""

    id: str
    label: str
    told: str
    sides: tuple[Side, ...]


class _Row(NamedTuple):
    label: str
    differs: bool
    sides: list[list[list[Part]]]


def style_and_script() -> dict[str, tuple[str, str]]:
    """Give the page's own files: name → media type and text."""
    style = shipped("report.css", "waterfall.css") + shipped("review.css", package=_PACKAGE)
    return {"review.css": ("text/css", style), "review.js": ("text/javascript", shipped("review.js", package=_PACKAGE))}


class Layout:
    """Makes pages; keeps the template, whose making takes longer than a page."""

    def __init__(self) -> None:
        self._template = template_of("review.html.j2", _FILTERS, package=_PACKAGE)

    def page(self, reviewer: str, overview: Overview, said: Said, view: CaseView | None) -> str:
        """Make the page.

        Args:
            reviewer: who sees it.
            overview: how far the review is.
            said: what came of their last answer.
            view: the case in front of them; None where nothing waits.
        """
        shown = {"question": "Nothing waits for you", "buttons": (UNDO,)} if view is None else _of_case(reviewer, view)
        return self._template.render(
            shown,
            reviewer=reviewer,
            answered=overview.answered[reviewer],
            waiting=overview.waiting,
            said=said,
            view=view,
            rest=_rest(overview.waiting),
        )


def _of_case(reviewer: str, view: CaseView) -> dict[str, Any]:
    from markupsafe import Markup

    contacts, explanation, plan = _contacts(view), view.explanation, view.plan
    return {
        "question": f"{' and '.join(_name(view, contact) for contact in contacts)}: one person?",
        "buttons": buttons_for(reviewer, plan),
        "contacts": contacts,
        "rows": list(_rows(view, contacts)),
        "explanation": explanation,
        "plan": plan,
        "evidence": sorted(view.evidence, key=lambda one: one.field == "calibration"),  # the picture has it last, too
        "picture": Markup(waterfall(explanation, styled=False)) if explanation else "",  # noqa: S704  a template escaped it
        "approvals": approvals_told(plan.approvals) if plan else [],
        "gathered": list(_gathered(plan)) if plan else [],
    }


def _contacts(view: CaseView) -> list[_Contact]:
    found = []
    for contact_id, label in zip(view.case.contacts, _PLACES, strict=True):
        sides = tuple(side for side in view.sides if side.contact == contact_id)
        records = max((side.records for side in sides), default=0)
        told = "1 record" if records == 1 else f"{words.amount(records)} records"
        if len(sides) < records:
            told += f", {words.amount(len(sides))} shown"
        found.append(_Contact(contact_id, label, told, sides))
    return found


def _name(view: CaseView, contact: _Contact) -> str:
    """What the contact is called in the question: its name, else its first address or number, else its record."""
    for row in view.fields:
        for side, values in zip(view.sides, row.values, strict=True):
            if side.contact == contact.id and values:
                return values[0]
    return contact.sides[0].key if contact.sides else contact.label


def _rows(view: CaseView, contacts: Sequence[_Contact]) -> Iterator[_Row]:
    places = {side.key: at for at, side in enumerate(view.sides)}
    shown = [(contact.id, places[side.key]) for contact in contacts for side in contact.sides]
    groups = [contact for contact, _ in shown]
    for row in view.fields:
        yield _Row(row.label, row.differs, marked([row.values[at] for _, at in shown], groups))


def _consent(change: ConsentChange) -> str:
    what = words.CHANNELS.get(change.channel, change.channel)
    purpose = "any purpose" if change.purpose == ANY_PURPOSE else change.purpose
    for text in (purpose or change.block.replace("_", " "), change.controller, change.endpoint):
        what += f", {text}" if text else ""
    return what


def _gathered(plan: MergePlan) -> Iterator[tuple[str, dict[str, str], str]]:
    """What comes along: owners and tags by name, interactions and tasks counted, since they are many."""
    for what, kinds, counted in (
        ("Owner", plan.owners, False),
        ("", (plan.tags,), False),
        ("Interactions", plan.interactions, True),
        ("Tasks", plan.tasks, True),
        ("Subscriptions", plan.subscriptions, False),
    ):
        for one in kinds:
            if any(one.before.values()):
                name = f"{what}: {one.name.replace('_', ' ')}" if what else one.name.capitalize()
                yield name, {contact: _told(texts, counted) for contact, texts in one.before.items()}, _told(one.after, counted)


def _told(texts: Sequence[str], counted: bool) -> str:
    return words.amount(len(texts)) if counted else "\n".join(texts) or "–"


def _rest(waiting: int) -> str:
    if not waiting:
        return "Every doubtful pair has an answer. New ones come with the next import."
    wait = "1 pair waits" if waiting == 1 else f"{words.amount(waiting)} pairs wait"
    return f"{wait}: in front of others, for their approval, or for somebody who is surer than you were. Reload to look again."


_FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "amount": words.amount,
    "percent": words.percent,
    "spaced": lambda text: text.replace("_", " ").replace(".", " "),
    "signed": lambda bits: f"{round(bits, 2) or 0.0:+.2f}",
    "field": lambda path: path.removeprefix("$.").removeprefix("extensions.").replace("_", " "),
    "lines": lambda texts: "\n".join(texts) or "–",
    "state": lambda state: state.replace("_", " ") or "–",
    "consent": _consent,
}
