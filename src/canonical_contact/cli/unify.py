"""`unify`: from exports to golden contacts in a store, with links, review list and report on the way."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from canonical_contact.cli._damage import diagnosed
from canonical_contact.cli._exit import Exit
from canonical_contact.cli._options import (
    MOMENT,
    as_json,
    now,
    profile_option,
    read_policy,
    read_profile,
    read_survivorship,
    region_option,
    store_option,
    switches,
)
from canonical_contact.cli._output import (
    check_writable,
    note,
    of_rows,
    print_json,
    tell_problems,
    to_terminal,
    write_csv,
    writing,
)
from canonical_contact.cli._privacy_key import key_option, read_key_file
from canonical_contact.cli._progress import progress

if TYPE_CHECKING:
    from canonical_contact.pipeline import UnifyResult

__all__ = ["command"]


@click.command(name="unify")
@click.argument("files", nargs=-1, metavar="FILES…")
@store_option
@click.option("--system", "systems", multiple=True, metavar="NAME=FILE", help="Add a file under a source's name; repeatable.")
@click.option("--mapping", metavar="FILE", help="A mapping (TOML) for files that no preset knows.")
@click.option("--own", multiple=True, metavar="DOMAIN", help="Our own domain or address, for e-mail messages; repeatable.")
@region_option
@profile_option
@key_option
@click.option("--links", metavar="FILE", help="Write system,record_id,contact_id for every record read (CSV).")
@click.option("--review", metavar="FILE", help="Write the doubtful pairs for a person to decide (CSV).")
@click.option("--report", "report_", metavar="FILE", help="Write the health report (HTML; needs the extra [report]).")
@click.option("--workers", type=click.IntRange(1), default=None, metavar="N", help="Processes to work with; default: all cores.")
@click.option("--wait", type=click.FloatRange(0), default=60.0, show_default=True, help="Seconds to wait for another run.")
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time of the run (ISO 8601); default: now.")
@click.option(
    "--policy", metavar="FILE", help="Rules and thresholds of matching (TOML, docs/policy.md); default: those that ship."
)
@click.option(
    "--survivorship",
    metavar="FILE",
    help="Which value survives in each field (TOML, docs/survivorship.md), kept by the store; `default` for what ships.",
)
@click.option("--refit", is_flag=True, help="Learn the match weights anew instead of keeping those of the store.")
@as_json
def command(
    *,
    files: tuple[str, ...],
    store: str,
    systems: tuple[str, ...],
    mapping: str | None,
    own: tuple[str, ...],
    region: str,
    profile: str | None,
    key_file: str | None,
    links: str | None,
    review: str | None,
    report_: str | None,
    workers: int | None,
    wait: float,
    at: datetime | None,
    policy: str | None,
    survivorship: str | None,
    refit: bool,
    json_: bool,
) -> int:
    """Read exports, join the records of each person, and keep the golden contacts in a store.

    FILES are CSV or vCard files, e-mail messages (.eml, .mbox), or folders of them. Running it again on the same files changes
    nothing; with one more file it joins the new records to the contacts that are there.
    """
    named = list(map(_system, systems))
    if not files and not named:
        raise click.UsageError("Name at least one file or folder to read.")
    check_writable(
        links, review, report_, read=(*files, *(file for _, file in named), mapping, policy, survivorship), store=store
    )
    if json_ and "-" in (links, review, report_):
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    if report_ is not None:
        from canonical_contact.report import require

        require()  # before the work, not after it
    rules, key, matching = read_profile(profile), read_key_file(key_file), read_policy(policy)
    surviving = read_survivorship(survivorship)
    switches()
    from canonical_contact.pipeline import summary, unify
    from canonical_contact.store import SQLiteStore

    with closing(SQLiteStore(store)) as opened, diagnosed(opened, store):
        began = at or now()
        with progress() as bar:
            result = unify(
                list(files),
                opened,
                systems=named,
                mapping=Path(mapping) if mapping else None,
                region=region,
                profile=rules,
                key=key,
                now=began,
                workers=workers or os.cpu_count() or 1,
                wait=wait,
                progress=bar,
                refit=refit,
                policy=matching,
                survivorship=surviving,
                own=own,
            )
        for file in result.files:
            if file.skipped:
                note(f"not read: {file.path}: {file.skipped}")
        told = [problem for file in result.files if not file.skipped for problem in file.problems]
        tell_problems(told)
        known = {problem.code for problem in told}
        examples = (some[0] for code, some in result.examples.items() if some and of_rows(code) and code not in known)
        tell_problems(examples, result.problems)
        read = sum(file.rows for file in result.files)
        if links is not None:
            write_csv(links, ("system", "record_id", "contact_id"), result.links)
        if review is not None:
            from canonical_contact.cli._review import HEADER, review_rows

            write_csv(review, HEADER, review_rows(opened))
        if report_ is not None:
            from canonical_contact.engine import Executor
            from canonical_contact.report import gather, to_html

            with writing(report_) as stream:
                stream.write(
                    to_html(
                        gather(opened, as_of=began, last_run=summary(result), over=Executor(workers or os.cpu_count() or 1).run)
                    )
                )
    if json_:
        outputs = {"store": store, "links": links, "review": review, "report": report_}
        print_json(summary(result) | {"outputs": {name: path for name, path in outputs.items() if path is not None}})
    elif read:
        _show(result)
    if not read:
        note(
            "error: Nothing could be read: no file holds a contact. Name exports (tables, cards, messages), or give a --mapping."
        )
        return Exit.NOTHING_READ
    return Exit.DONE


def _system(text: str) -> tuple[str, str]:
    name, sign, file = text.partition("=")
    if not sign or not name.strip() or not file.strip() or ":" in name:
        raise click.UsageError(f"--system {text!r} is not NAME=FILE, with a name without a colon.")
    return name.strip(), file.strip()


def _show(result: UnifyResult) -> None:
    from rich.markup import escape
    from rich.table import Table

    console = to_terminal(to_stderr=True)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("File", "Source", "Read as"):
        table.add_column(title, overflow="fold")
    table.add_column("Records", justify="right")
    for file in result.files:
        if not file.skipped:
            table.add_row(*map(escape, (str(file.path), file.system, file.preset or "", f"{file.rows:,}")))
    console.print(table)
    if result.problems:
        problems = Table(box=None, pad_edge=False, header_style="dim")
        problems.add_column("Problem")
        problems.add_column("Count", justify="right")
        problems.add_column("Such as", overflow="ellipsis", no_wrap=True, max_width=60)
        for code, number in sorted(result.problems.items(), key=lambda item: (-item[1], item[0])):
            example = next((problem.raw for problem in result.examples.get(code, ()) if problem.raw), "")
            problems.add_row(escape(code), f"{number:,}", escape(" ".join(example.split())))
        console.print()
        console.print(problems)
    records, contacts = result.records, result.contacts
    console.print()
    console.print(
        f"Records   {records.new:,} new, {records.changed:,} changed, {records.same:,} as before\n"
        f"Contacts  {contacts.new:,} new, {contacts.changed:,} changed, {contacts.same:,} as before"
        + (f", {result.retired:,} gone up in others" if result.retired else "")
        + f"\nPairs     {result.pairs:,} compared, {result.matched:,} one person, {result.review:,} to review"
    )
