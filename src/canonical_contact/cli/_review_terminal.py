"""Questions on the terminal: two records side by side, what speaks for and against one person, and one key for an answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click

from canonical_contact.cli._output import note, to_terminal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from canonical_contact.engine.reviewing import Case, CaseView, FieldRow, Outcome
    from canonical_contact.match.matcher import Matcher
    from canonical_contact.merge.plan import MergePlan
    from canonical_contact.ports import ContactStore

__all__ = ["KEYS", "ask"]

# key → (judgement, or what else it does; what the line of keys says)
KEYS: Final = {
    "y": ("match", "yes, one person"),
    "n": ("no_match", "no, two"),
    "u": ("unsure", "unsure"),
    "s": ("skip", "skip"),
    "z": ("undo", "undo"),
    "q": ("quit", "stop"),
    "o": ("overrule", "yes, and overrule what was said"),
    "a": ("approve", "yes, and I approve the merge"),
}
_ALWAYS: Final = "ynuszq"  # the others are offered where they do something
_YES: Final = {"overrule", "approve"}
_SHOWN = 3  # records beside each other; a terminal is narrow
_FIELDS = 12  # fields that a merge would change, and that are shown
_AHEAD = 50  # questions that are fetched at once


def ask(store: ContactStore, *, by: str, at: Callable[[], datetime], read: Callable[[], str] | None = None) -> None:
    """Ask until nothing waits or the person stops.

    Args:
        store: where the contacts live.
        by: who answers.
        at: tells the time.
        read: gives the next key, empty at the end; the terminal's keys if None.
    """
    _Session(store, by, at, read or _key).run()


def _key() -> str:
    return click.getchar() if sys.stdin.isatty() else sys.stdin.readline()[:1]


class _Session:
    """One sitting of one person."""

    def __init__(self, store: ContactStore, by: str, at: Callable[[], datetime], read: Callable[[], str]) -> None:
        from canonical_contact.engine.reviewing import weights_of

        self._store, self._by, self._at, self._read = store, by, at, read
        self._console = to_terminal()
        self._weights: Matcher | None = weights_of(store)
        self._ahead: list[Case] = []
        self._answered = 0

    def run(self) -> None:
        """Ask one question after the other."""
        case = self._next()
        while case is not None:
            what = self._choice(self._lay_out(case))
            if what == "quit":
                self._give_back(case)
                break
            case = self._do(what, case)
        note(f"{self._answered:,} answered" + ("" if case else "; nothing more waits for you"))

    def _next(self) -> Case | None:
        from canonical_contact.engine.reviewing import queue, take

        case = take(self._store, reviewer=self._by, at=self._at(), among=self._ahead) if self._ahead else None
        if case is None:
            self._ahead = queue(self._store, reviewer=self._by, limit=_AHEAD, at=self._at())
            case = take(self._store, reviewer=self._by, at=self._at(), among=self._ahead)
        return case

    def _do(self, what: str, case: Case) -> Case | None:
        """Do what a key says, and give the next question."""
        from canonical_contact.engine.reviewing import answer, find_case, skip, undo_last

        if what == "undo":
            undone = undo_last(self._store, by=self._by, at=self._at())
            self._say("nothing to take back" if undone is None else f"taken back: {undone.left} and {undone.right}")
            if undone is not None:
                self._give_back(case)
                self._answered -= undone.outcome is not None
                self._ahead = list(filter(None, [find_case(self._store, undone.name, at=self._at())]))
        elif what == "skip":
            skip(self._store, case, by=self._by, at=self._at())
            self._ahead.remove(case)
        else:
            more: dict[str, Any] = {"supersede": what == "overrule", "approved_by": self._by if what == "approve" else ""}
            outcome = answer(self._store, case, "match" if what in _YES else what, by=self._by, at=self._at(), **more)
            self._answered += 1
            self._say(_told(outcome))
        return self._next()

    def _give_back(self, case: Case) -> None:
        from canonical_contact.engine.reviewing import give_back

        give_back(self._store, case, by=self._by, at=self._at())

    def _choice(self, keys: str) -> str:
        while True:
            key = self._read().lower()
            if not key or key in "\x03\x04\x1b":
                return "quit"
            if key in keys:
                return KEYS[key][0]
            if not key.isspace():
                self._say(_line_of(keys))

    def _lay_out(self, case: Case) -> str:
        """Show a question, and give the keys that it takes."""
        from canonical_contact.engine.reviewing import case_view

        view = case_view(self._store, case, at=self._at(), weights=self._weights)
        _show(self._console, view)
        keys = _ALWAYS + "o" * bool(view.plan and view.plan.conflicts) + "a" * bool(view.plan and view.plan.approvals)
        self._say(_line_of(keys))
        return keys

    def _say(self, text: str) -> None:
        from rich.text import Text

        self._console.print(Text(text, style="bold"))


def _line_of(keys: str) -> str:
    return "  ".join(f"[{key}] {KEYS[key][1]}" for key in keys)


def _told(outcome: Outcome) -> str:
    """Say what came of an answer."""
    words = [outcome.judgement.value.replace("_", " ")]
    words += [
        text
        for is_so, text in (
            (outcome.merged, "merged"),
            (outcome.parted, "parted"),
            (outcome.conflict, "contradicts what was said before, and waits for a person"),
            (outcome.awaiting, "waits for an approval"),
        )
        if is_so
    ]
    return ": ".join((words[0], ", ".join(words[1:]) or "noted"))


def _show(console: Console, view: CaseView) -> None:
    from rich.text import Text

    case = view.case
    console.rule(style="dim")
    more = f", settles {case.pairs:,} pairs" if case.pairs > 1 else ""
    console.print(
        Text(
            f"Are these one person?  probability {case.probability:.2f}; {case.records:,} records would come together{more}",
            style="bold",
        )
    )
    if view.why:
        console.print(Text(f"asked because {view.why}"))
    console.print(_side_by_side(view))
    left_out = len(view.sides) - _SHOWN
    if left_out > 0:
        console.print(Text(f"and {left_out} more records of the two", style="dim"))
    for line in _evidence(view, ascii_only=not (sys.stdout.encoding or "").lower().startswith("utf")):
        console.print(Text(line), soft_wrap=True)
    if view.plan is not None:
        for line in _merge(view.plan):
            console.print(Text(line), soft_wrap=True)


def _merge(plan: MergePlan) -> Iterator[str]:
    """Say what a merge would do: to fields, to consent, and what it needs."""
    from canonical_contact.report.words import CHANNELS, shown

    yield "if they are one:"
    for one in plan.fields[:_FIELDS]:
        yield shown(
            f"  {one.path.removeprefix('$.')}: {'; '.join(one.after) or 'nothing'}" + (f" ({one.why})" if one.why else "")
        )
    if len(plan.fields) > _FIELDS:
        yield f"  and {len(plan.fields) - _FIELDS} more fields"
    for each in plan.consent:
        if len({*each.before.values(), each.after}) > 1:
            name = " ".join(filter(None, (CHANNELS.get(each.channel, each.channel), each.purpose, each.block, each.endpoint)))
            yield shown(
                f"  {name}: {' and '.join(text or 'nothing' for text in each.before.values())}, then {each.after} ({each.why})"
            )
    for row in plan.conflicts:
        yield shown(f"  against it stands: {row.left} and {row.right} are two, said {row.by}")
    for reason, owners in _approvals(plan).items():
        yield shown(f"  needs an approval ({reason.replace('_', ' ')}) by {' or '.join(owners) or 'anybody'}")
    yield ""


def _approvals(plan: MergePlan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in plan.approvals:
        found.setdefault(one.reason, []).extend(filter(None, [one.owner]))
    return found


def _side_by_side(view: CaseView) -> Table:
    from rich.table import Table
    from rich.text import Text

    from canonical_contact.report.words import shown

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    table.add_column("")
    for side in view.sides[:_SHOWN]:
        table.add_column(
            Text(shown(f"{side.system} {side.record_id}" + ("" if side.asked else " (same contact)"))), overflow="fold"
        )
    for row in view.fields:
        if any(row.values[:_SHOWN]):
            table.add_row(
                "≠" if row.differs else "",
                Text(row.label, style="dim"),
                *(_cell(row, at) for at in range(len(view.sides[:_SHOWN]))),
            )
    return table


def _cell(row: FieldRow, at: int) -> Text:
    """The texts of a side, what others do not say set off."""
    from rich.text import Text

    from canonical_contact.report.words import shown

    parts = (
        Text(" ".join(shown(text).split()), style="bold yellow" if row.differs and text not in row.common else "")
        for text in row.values[at]
    )
    return Text("; ").join(parts)


def _evidence(view: CaseView, *, ascii_only: bool) -> Iterator[str]:
    from canonical_contact.match._waterfall import waterfall_lines
    from canonical_contact.match.explain import Step

    told = view.explanation
    if told is not None:
        yield ""
        yield from waterfall_lines([*told.steps(), Step("total", told.total, 0.0)], ascii_only=ascii_only, width=30)
        yield told.likeliest
        yield ""
