"""`consent verify`: whether the chain of the whole ledger is unbroken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from canonical_contact.cli._exit import Exit
from canonical_contact.cli._options import as_json, existing_store, store_option
from canonical_contact.cli._output import plain, print_json

if TYPE_CHECKING:
    from canonical_contact.ports import LedgerHead

__all__ = ["verify"]

# SEQ:HASH, or the text that `consent.ledger.anchor` gives.
_HEAD: Final = re.compile(r"(?:\S+ )?([0-9]{1,18})[: ]([0-9a-f]{64})")


@click.command(name="verify")
@store_option
@click.option(
    "--anchor", "anchors", multiple=True, metavar="SEQ:HASH", help="A head that was noted before and must still be there."
)
@as_json
def verify(*, store: str, anchors: tuple[str, ...], json_: bool) -> int:
    """Check that no event was changed, removed, inserted or reordered; code 1 where one was, with its place.

    Note the head that it prints somewhere else, and give it as --anchor later: only that shows an end that was cut off.
    """
    from canonical_contact.engine.ledger import verify_ledger

    heads = [_head(anchor) for anchor in anchors]
    with existing_store(store) as opened:
        head = opened.ledger_head()
        found = verify_ledger(opened, heads)
    if json_:
        faults = [{"seq": fault[0], "code": fault[1], "hint": fault[2]} for fault in found.faults]
        told = {"ok": found.ok, "entries": found.entries, "head": plain(head), "faults": faults}
        print_json({**told, "forgotten": found.forgotten, "unproved": found.unproved})
    else:
        for fault in found.faults:
            click.echo(f"entry {fault[0]}: {fault[1]}: {fault[2]}")
        if found.unproved:
            click.echo(
                f"{found.unproved:,} {'event' if found.unproved == 1 else 'events'} from entry {found.unproved_from} on lost "
                "their fields, and no proof of an erasure says why; compare them with a copy from before."
            )
        entries = f"{found.entries:,} {'entry' if found.entries == 1 else 'entries'}"
        click.echo(f"{entries}, {'unbroken' if found.ok else 'BROKEN'}; head {head.seq}:{head.hash}")
    return Exit.DONE if found.ok and not found.unproved else Exit.NOTHING_READ


def _head(text: str) -> LedgerHead:
    from canonical_contact.ports import LedgerHead

    parts = _HEAD.fullmatch(" ".join(text.split()).casefold())
    if parts is None:
        raise click.BadParameter(
            f"{text!r} is no place and hash, a number and 64 hexadecimal digits such as 17:9f86….", param_hint="--anchor"
        )
    return LedgerHead(int(parts[1]), parts[2])
