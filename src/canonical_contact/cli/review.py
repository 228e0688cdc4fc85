"""`review`: what the matcher leaves to people, asked in a page, on the terminal, or through a spreadsheet."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from canonical_contact.cli._options import MOMENT, account, as_json, existing_store, now, read_policy, store_option, switches
from canonical_contact.cli._output import check_writable, note, print_json, tell_problems, to_terminal, write_csv
from canonical_contact.errors import InputError

if TYPE_CHECKING:
    from canonical_contact.engine.reviewing import Agreement, Progress
    from canonical_contact.engine.teaching import Taught
    from canonical_contact.match.policy import MatchPolicy
    from canonical_contact.ports import ContactStore

__all__ = ["command"]

_EXAMPLES = """\b
Examples:
  canonical-contact review --store contacts.db
  canonical-contact review --store contacts.db --by ana --with ben --no-browser
  canonical-contact review --store contacts.db --terminal --by ana
  canonical-contact review --store contacts.db --csv review.csv
  canonical-contact review --store contacts.db --answers review.csv --by ana
  canonical-contact review --store contacts.db --teach"""
_MOST = 15  # weights that are shown, the most moved first
_MODES = ("terminal", "csv", "answers", "teach", "agreement")


@click.command(name="review", epilog=_EXAMPLES)
@store_option
@click.option("--terminal", is_flag=True, help="Ask on this terminal, one question after the other.")
@click.option("--csv", metavar="OUT", help="Write the questions side by side (CSV), for the column same_person to be filled in.")
@click.option("--answers", metavar="IN", help="Read such a sheet back, and do what it says; twice changes nothing.")
@click.option("--teach", is_flag=True, help="Learn the match weights anew with all answers, and say what changed.")
@click.option("--policy", metavar="FILE", help="With --teach: the policy of matching that unify was given (TOML).")
@click.option("--agreement", is_flag=True, help="Say how far the review is, and how far reviewers agree on the same pairs.")
@click.option("--by", default=None, metavar="NAME", help="Who answers; default: the name of your account.")
@click.option("--with", "others", multiple=True, metavar="NAME", help="Who else answers in the page, at an address of their own.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, metavar="N", help="The page's port; default: a free one.")
@click.option("--no-browser", is_flag=True, help="Only say the page's address.")
@click.option("--limit", type=click.IntRange(1), default=None, metavar="N", help="At most so many questions in a sheet.")
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time (ISO 8601); default: now.")
@as_json
def command(
    *,
    store: str,
    terminal: bool,
    csv: str | None,
    answers: str | None,
    teach: bool,
    policy: str | None,
    agreement: bool,
    by: str | None,
    others: tuple[str, ...],
    port: int,
    no_browser: bool,
    limit: int | None,
    at: datetime | None,
    json_: bool,
) -> None:
    """Answer what the matcher leaves to people: whether two contacts are one person.

    The question whose answer is worth most comes first. An answer is done at once: yes merges the two contacts, no keeps them apart in
    every later run, and both can be taken back. Without one of the options it opens a page in the browser.
    """
    from canonical_contact.review import require

    asked = {"terminal": terminal, "csv": csv, "answers": answers, "teach": teach, "agreement": agreement}
    modes = [name for name in _MODES if asked[name]]
    if len(modes) > 1:
        raise click.UsageError(f"Name one of --{' and --'.join(modes)}.")
    mode = modes[0] if modes else "page"
    if mode != "page" and (others or port or no_browser):
        raise click.UsageError("--with, --port and --no-browser are about the page.")
    if policy is not None and not teach:
        raise click.UsageError("--policy is about --teach.")
    if json_ and (mode in ("terminal", "page") or csv == "-"):
        raise click.UsageError("With --json name a sheet to write or read, --teach or --agreement.")
    if mode == "page":
        require()
    check_writable(csv, read=(answers, policy), store=store)
    switches()
    moment, rules = at or now(), read_policy(policy)
    with existing_store(store, writable=mode not in ("csv", "agreement")) as opened:
        if csv is not None:
            told = _write(opened, csv, by or "", limit, moment)
        elif answers is not None:
            told = _read(opened, answers, by or account(), moment)
        elif agreement:
            told = _agreement(opened, moment)
        elif teach:
            told = _teach(opened, moment, rules)
        elif terminal:
            from canonical_contact.cli._review_terminal import ask

            ask(opened, by=by or account(), at=lambda: at or now())
            return
        else:
            from canonical_contact.cli._review_page import serve_page

            serve_page(opened, (by or account(), *others), at=lambda: at or now(), port=port, browser=not no_browser)
            return
    if json_:
        print_json(told)


def _write(store: ContactStore, path: str, reviewer: str, limit: int | None, at: datetime) -> dict[str, Any]:
    from canonical_contact.cli._review import SHEET, sheet_rows
    from canonical_contact.engine.resolving import review_limit
    from canonical_contact.engine.reviewing import queue

    cases = queue(store, reviewer=reviewer, limit=limit or review_limit(store.counts()["records"]), at=at)
    number = write_csv(path, SHEET, sheet_rows(store, cases))
    if path != "-":
        note(f"{number:,} questions in {path}; write yes, no or unsure into same_person, and read it back with --answers")
    return {"questions": number, "sheet": path}


def _read(store: ContactStore, path: str, by: str, at: datetime) -> dict[str, Any]:
    from canonical_contact.cli._evaluate_labels import lines_of
    from canonical_contact.engine.answering import read_answers, take_answers

    sheet = read_answers(lines_of(path, hint="Name the sheet that review --csv wrote."), file=path)
    taken = take_answers(store, sheet, by=by, at=at)
    tell_problems(taken.problems)
    if not sheet.answers:
        hint = "Write yes, no or unsure into the column same_person."
        raise InputError(f"{path} holds no answer.", path=path, hint="" if sheet.problems else hint)
    new = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in taken.answers.items()) or "none new"
    note(f"answers: {new}; {taken.same:,} given before, {taken.unanswered:,} rows not filled in")
    for number, text in (
        (taken.merged, "brought contacts together"),
        (taken.parted, "parted contacts"),
        (taken.conflicts, "contradict what was said before, and wait for a person"),
        (taken.awaiting, "wait for an approval"),
    ):
        if number:
            note(f"{number:,} of them {text}")
    return {"answers": taken}


def _teach(store: ContactStore, at: datetime, policy: MatchPolicy | None) -> dict[str, Any]:
    from canonical_contact.cli._progress import progress
    from canonical_contact.engine.teaching import teach

    with progress() as bar:
        taught = teach(store, at=at, policy=policy, workers=os.cpu_count() or 1, progress=bar)
    _show_taught(taught)
    moved = [{"before": old, "after": new, "pairs": number} for (old, new), number in taught.moved.items()]
    return {"taught": taught, "moved": moved}


def _show_taught(taught: Taught) -> None:
    from rich.table import Table
    from rich.text import Text

    console = to_terminal(to_stderr=True)
    console.print(Text(f"{taught.answers:,} answers; weights {taught.before} are now {taught.after}"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("Field", "Level"):
        table.add_column(title)
    for title in ("Bits before", "after"):
        table.add_column(title, justify="right")
    for one in taught.weights[:_MOST]:
        table.add_row(Text(one.field), one.level.replace("_", " "), f"{one.before:+.2f}", f"{one.after:+.2f}")
    if taught.weights:
        console.print(table)
    for (old, new), number in taught.moved.items():
        console.print(Text(f"{number:,} pairs: {old.replace('_', ' ')} before, {new.replace('_', ' ')} now"))
    contacts = taught.contacts
    console.print(Text(f"contacts: {contacts.new:,} new, {contacts.changed:,} changed, {taught.retired:,} gone up in others"))


def _agreement(store: ContactStore, at: datetime) -> dict[str, Any]:
    from canonical_contact.engine.reviewing import agreement, progress

    done, found = progress(store, at=at), agreement(store)
    _show(done, found)
    return {"progress": done, "agreement": [{**_plain(one), "share": one.share} for one in found]}


def _plain(one: Agreement) -> dict[str, Any]:
    return {"reviewers": one.reviewers, "pairs": one.pairs, "agreed": one.agreed, "kappa": one.kappa}


def _show(done: Progress, found: tuple[Agreement, ...]) -> None:
    from rich.text import Text

    console = to_terminal(to_stderr=True)
    said = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in done.said.items()) or "none"
    console.print(Text(f"{done.waiting:,} questions wait; answers: {said}"))
    for who, number in done.by.items():
        later = done.skipped.get(who, 0)
        console.print(Text(f"  {who}: {number:,} pairs" + (f", {later:,} skipped" if later else "")))
    for one in found:
        kappa = "no kappa" if one.kappa is None else f"kappa {one.kappa:.2f}"
        console.print(
            Text(
                f"{one.reviewers[0]} and {one.reviewers[1]}: agree on {one.agreed:,} of {one.pairs:,} pairs ({one.share:.0%}), {kappa}"
            )
        )
    if not found:
        console.print(Text("no pair was judged by two people"))
