"""`pin`: what a person chooses stands before any policy, until it is released."""

from __future__ import annotations

import click

from canonical_contact.cli._merging import acting, contact_named
from canonical_contact.cli._options import account, as_json, existing_store, now, region_option, store_option
from canonical_contact.cli._output import note, print_json

__all__ = ["command"]


@click.command(name="pin")
@click.argument("who", metavar="CONTACT_ID|EMAIL|PHONE")
@click.argument("path", required=False, default=None, metavar="[FIELD]")
@click.argument("value", required=False, default=None, metavar="[VALUE]")
@store_option
@region_option
@click.option("--release", is_flag=True, help="Release what is pinned of the field: the policy chooses again.")
@acting
@as_json
def command(
    *, who: str, path: str | None, value: str | None, store: str, region: str, release: bool, by: str | None, why: str, json_: bool
) -> None:  # fmt: skip
    """Pin a value of a contact, or list what is pinned.

    FIELD is a single one, such as birthday or name.surname, and VALUE what it is to hold ("" for nothing); or a list, such as emails, and
    VALUE the one of its values that is to stand first. The pin outlives merges, un-merges and later imports.
    """
    from canonical_contact.engine.pinning import pin, pins, release_pin

    if release and (path is None or value is not None):
        raise click.UsageError("--release goes with a field and no value.")
    if path is not None and value is None and not release:
        raise click.UsageError('Name the value as well ("" for nothing), or --release.')
    with existing_store(store, writable=path is not None) as opened:
        contact = contact_named(opened, who, region)
        if path is None:
            found = pins(opened, contact)
        elif value is None:
            done = release_pin(opened, contact, path, by=by or account(), at=now(), why=why)
        else:
            done = pin(opened, contact, path, value, by=by or account(), at=now(), why=why, region=region)
    if json_:
        print_json({"pins": found} if path is None else done)
    elif path is not None:
        note(f"{'released' if release else 'pinned'}: {done.path}" if done.new else f"{done.path}: nothing to do")
    for one in found if path is None and not json_ else ():
        click.echo(f"{one.path}: {one.value or '(nothing)'}  by {one.by}, {one.at:%Y-%m-%d}{f', {one.why}' if one.why else ''}")
