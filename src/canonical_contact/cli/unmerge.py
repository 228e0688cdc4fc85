"""`unmerge`: a contact that is several people falls into what it was made of; a plan first."""

from __future__ import annotations

import click

from canonical_contact.cli._merging import acting, contact_named, print_changes, read_inputs
from canonical_contact.cli._options import account, as_json, existing_store, now, region_option, store_option
from canonical_contact.cli._output import note, print_json

__all__ = ["command"]


@click.command(name="unmerge")
@click.argument("who", metavar="CONTACT_ID|EMAIL|PHONE")
@store_option
@region_option
@click.option(
    "--part", "parts", multiple=True, metavar="KEY,KEY…",
    help="Records of one part, such as hubspot:17; repeatable. With one part the rest is the other. Default: the halves of the last merge.",
)  # fmt: skip
@click.option("--apply", is_flag=True, help="Do it; without it the plan is shown and nothing is written.")
@click.option(
    "--plan",
    "planned",
    default=None,
    metavar="FILE",
    help="With --apply: the plan that --json wrote; refused if anything has changed.",
)
@acting
@as_json
def command(
    *, who: str, store: str, region: str, parts: tuple[str, ...], apply: bool, planned: str | None, by: str | None, why: str, json_: bool
) -> None:  # fmt: skip
    """Take a contact apart: what stood before its last merge stands again, ids included, and no later run joins it again.

    What came later goes to the half that it belongs to. What was refused while they were one is refused by all.
    """
    from attrs import evolve

    from canonical_contact.engine.merging import plan_unmerge, unmerge

    if planned is not None and not apply:
        raise click.UsageError("--plan goes with --apply.")
    inputs = read_inputs(planned) if planned is not None else None
    named = [[key.strip() for key in part.split(",") if key.strip()] for part in parts] or None
    moment = now()
    with existing_store(store, writable=apply) as opened:
        contact = contact_named(opened, who, region)
        if not apply:
            plan = plan_unmerge(opened, contact, named, at=moment)
        else:
            with opened.transaction():
                looked_at = None if inputs is None else evolve(plan_unmerge(opened, contact, named, at=moment), inputs=inputs)
                done = unmerge(opened, contact, named, by=by or account(), at=moment, plan=looked_at, why=why)
    if json_:
        print_json(done if apply else plan)
    elif apply:
        note(f"apart: {', '.join(done.contacts)}; act {done.act}")
    else:
        for part in plan.parts:
            state = " (comes back)" if part.returns else "" if part.contact_id == plan.contact_id else " (new)"
            later = f", {len(part.later):,} of them came later" if part.later else ""
            note(f"{part.contact_id}{state}: {', '.join(part.records)}{later}")
            print_changes({plan.contact_id: "now"}, part.fields, part.consent, "then", part.contact_id)
        if plan.refusals:
            note(f"{plan.refusals:,} refusals are said again, so that nobody is freed")
        note("nothing was changed; do it with --apply")
