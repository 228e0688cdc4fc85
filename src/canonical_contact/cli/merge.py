"""`merge`: contacts that are one person become one; a plan first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canonical_contact.cli._merging import acting, contact_named, print_changes, read_inputs
from canonical_contact.cli._options import account, as_json, existing_store, now, region_option, store_option
from canonical_contact.cli._output import note, print_json, to_terminal

if TYPE_CHECKING:
    from canonical_contact.merge.plan import MergePlan

__all__ = ["command"]


@click.command(name="merge")
@click.argument("who", nargs=-1, required=True, metavar="CONTACT_ID|EMAIL|PHONE…")
@store_option
@region_option
@click.option("--apply", is_flag=True, help="Do it; without it the plan is shown and nothing is written.")
@click.option(
    "--plan",
    "planned",
    default=None,
    metavar="FILE",
    help="With --apply: the plan that --json wrote; refused if anything has changed.",
)
@click.option(
    "--approved-by", multiple=True, metavar="NAME", help="Who approves it, where the plan says that it needs that; repeatable."
)
@acting
@as_json
def command(
    *, who: tuple[str, ...], store: str, region: str, apply: bool, planned: str | None, approved_by: tuple[str, ...], by: str | None, why: str,
    json_: bool,
) -> None:  # fmt: skip
    """Make contacts one: the oldest id stays, the others lead to it, and no later run parts them. `unmerge` takes it apart exactly.

    Without --apply it says field by field what would change, what happens to consent, and who has to approve it.
    """
    from attrs import evolve

    from canonical_contact.engine.merging import merge, plan_merge

    if planned is not None and not apply:
        raise click.UsageError("--plan goes with --apply.")
    inputs = read_inputs(planned) if planned is not None else None
    moment = now()
    with existing_store(store, writable=apply) as opened:
        ids = [contact_named(opened, one, region) for one in who]
        if not apply:
            plan = plan_merge(opened, ids, at=moment)
        else:
            with opened.transaction():
                looked_at = None if inputs is None else evolve(plan_merge(opened, ids, at=moment), inputs=inputs)
                done = merge(opened, ids, by=by or account(), at=moment, plan=looked_at, approved_by=approved_by, why=why)
    if json_:
        print_json(done if apply else plan)
    elif apply:
        note(
            f"merged: {done.survivor} stays, {', '.join(done.retired)} {'leads' if len(done.retired) == 1 else 'lead'} to it; act {done.act}"
        )
    else:
        _show(plan)
        note("nothing was changed; do it with --apply")


def _show(plan: MergePlan) -> None:
    ids = (plan.survivor, *plan.retired)
    names = {name: f"{name} (stays)" if name == plan.survivor else name for name in ids}
    print_changes(names, plan.fields, plan.consent, "merged", f"{len(plan.records):,} records of {len(ids):,} contacts")
    console = to_terminal()
    for kind, some in (("owner", plan.owners), ("", (plan.tags,)), ("subscription", plan.subscriptions)):
        for one in some:
            if one.after or any(one.before.values()):
                console.print(f"{kind} {one.name}: {', '.join(one.after) or 'none'}".strip(), markup=False)
    for kind, some in (("interactions", plan.interactions), ("tasks", plan.tasks)):
        if some:
            console.print(f"{kind}: {', '.join(f'{len(one.after):,} {one.name}' for one in some)}", markup=False)
    for row in plan.conflicts:
        note(f"held apart: {row.left} and {row.right}, by {row.by or 'a person'}")
    for approval in plan.approvals:
        note(f"needs an approval: {approval.reason.replace('_', ' ')}: {approval.owner or 'anybody'}")
