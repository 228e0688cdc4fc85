"""`judge`: a person's word about two records, done at once, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canonical_contact.cli._options import account, as_json, existing_store, now, store_option
from canonical_contact.cli._output import note, print_json

if TYPE_CHECKING:
    from canonical_contact.engine.judging import Outcome

__all__ = ["command"]

JUDGEMENTS = ("match", "no_match", "unsure")


@click.command(name="judge")
@click.argument("left", required=False, metavar="RECORD")
@click.argument("right", required=False, metavar="RECORD")
@click.argument("judgement", required=False, type=click.Choice(JUDGEMENTS), metavar="match|no_match|unsure")
@store_option
@click.option(
    "--undo", "act", default=None, metavar="ACT", help="Take back an act of judge, merge or unmerge, instead of judging."
)
@click.option("--supersede", is_flag=True, help="Let a match stand against what somebody said before.")
@click.option("--approved-by", multiple=True, metavar="NAME", help="Who approves the merge, where it needs that; repeatable.")
@click.option("--by", default=None, metavar="NAME", help="Who says so; default: the name of your account.")
@click.option("--note", "remark", default="", metavar="TEXT", help="A remark, kept with it.")
@as_json
def command(
    *, left: str | None, right: str | None, judgement: str | None, store: str, act: str | None, supersede: bool, approved_by: tuple[str, ...],
    by: str | None, remark: str, json_: bool,
) -> None:  # fmt: skip
    """Say of two records, by their keys such as hubspot:17, whether they are one person.

    A match makes their contacts one, a no parts them, and both hold in every later run. A match against what people said before waits for a
    person as a conflict; one that needs an approval waits for that.
    """
    from canonical_contact.engine.judging import judge, undo

    who, moment = by or account(), now()
    with existing_store(store, writable=True) as opened:
        if act is not None:
            if left or right or judgement:
                raise click.UsageError("Name records and a judgement, or --undo ACT.")
            done = undo(opened, act, by=who, at=moment)
        elif left and right and judgement:
            done = judge(
                opened, left, right, judgement, by=who, at=moment, note=remark, supersede=supersede, approved_by=approved_by
            )
        else:
            raise click.UsageError("Name two records and a judgement: match, no_match or unsure.")
    if json_:
        print_json(done)
        return
    note(_line(done))


def _line(done: Outcome) -> str:
    act = f"; act {done.act}" if done.act else ""
    if done.conflict:
        who = ", ".join(sorted({row.by or "a person" for row in done.conflict}))
        return f"kept, and nothing done: {who} said otherwise; a person settles it, or --supersede{act}"
    if done.awaiting:
        told = sorted({f"{one.reason.replace('_', ' ')} ({one.owner or 'anybody'})" for one in done.awaiting})
        return f"kept; it waits for an approval: {', '.join(told)}{act}"
    did = "merged" if done.merged else "parted" if done.parted else "kept" if done.act else "said before"
    return f"{done.judgement}: {did}: {', '.join(done.contacts)}{act}"
