"""`privacy rectify`: put right what is wrong about a person."""

from __future__ import annotations

import click

from canonical_contact.cli._options import as_json, existing_store, now, region_option, stored_contact
from canonical_contact.cli._output import note, print_json
from canonical_contact.cli._privacy_key import key_option, read_key_file

__all__ = ["rectify"]


@click.command(name="rectify")
@stored_contact()
@click.option(
    "--set", "changes", required=True, multiple=True, metavar="PATH=TEXT",
    help="A new value by its raw path, such as name.surname=Gil or emails[0].address=ana@example.org; repeatable. Empty: the field goes.",
)  # fmt: skip
@click.option("--reason", default="request", show_default=True, metavar="CODE", help="Why; it is written into the proof.")
@click.option("--actor", default="subject", show_default=True, metavar="NAME", help="Who asked for it; a role, not a name.")
@region_option
@key_option
@as_json
def rectify(
    *, store: str, contact: str, changes: tuple[str, ...], reason: str, actor: str, region: str, key_file: str | None, json_: bool
) -> None:
    """Put values of a contact right: they stand before what any source says, now and after every later import.

    A list such as emails is replaced as a whole, a name by its parts. Consent is not rectified: see `consent record`.
    """
    from canonical_contact.engine.rectifying import rectify as rectify_contact

    values = dict(_pair(change) for change in changes)
    with existing_store(store, writable=True) as opened:
        done = rectify_contact(
            opened, contact, values, at=now(), actor=actor, reason=reason, region=region, key=read_key_file(key_file)
        )
    if json_:
        print_json(done)
    else:
        note(f"{'put right' if done.new else 'right already'}: {', '.join(done.fields)}")
        for code in dict.fromkeys(done.problems):
            note(f"note: {code}")


def _pair(text: str) -> tuple[str, str]:
    path, mark, value = text.partition("=")
    if not mark or not path.strip():
        raise click.UsageError(f"--set needs PATH=TEXT, such as name.surname=Gil, not {path!r}.")
    return path.strip(), value.strip()
