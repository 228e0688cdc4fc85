"""`privacy rectify`: put right what is wrong about a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
import click

from canonical_contact.cli._options import as_json, existing_store, now, region_option, stored_contact
from canonical_contact.cli._output import note, plain, print_json
from canonical_contact.cli._privacy_key import key_option, read_key_file
from canonical_contact.errors import ConfigError, InputError
from canonical_contact.ports import ContactRow

__all__ = ["rectify"]

_MAIN: Final = ("address", "number", "full", "name", "uri", "text")
# What the engine's hint speaks of → what helps on the command line.
_HINTS: Final = {
    "record_consent": "Consent is recorded with consent record, as what happened.",
    "region": "Write it in full; give --region for national numbers.",
    "paths and values": "Give --set PATH=TEXT, such as name.surname=Gil.",
}


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
    with existing_store(store, writable=True) as opened, opened.transaction():
        row = opened.contact(contact)
        before = {} if row is None else _held(row)
        try:
            done = rectify_contact(
                opened, contact, values, at=now(), actor=actor, reason=reason, region=region, key=read_key_file(key_file)
            )
        except InputError as error:
            raise _of_set(error) from None
        row = opened.contact(done.contact_id)
        after = {} if row is None else _held(row)
    told = {field: {"before": before.get(field, []), "now": after.get(field, [])} for field in done.fields}
    if json_:
        print_json({**plain(done), "values": told})
        return
    note(f"{'put right' if done.new else 'right already'}: {', '.join(done.fields)}")
    for field, texts in told.items() if done.new else ():
        note(f"{field}: {'; '.join(texts['before']) or 'nothing'} → {'; '.join(texts['now']) or 'nothing'}")
    for code in dict.fromkeys(done.problems):
        note(f"note: {code}")


def _of_set(error: InputError) -> InputError:
    """Say what is wrong with --set in the words of the command line."""
    from canonical_contact.engine.rectifying import FIELDS

    if error.code.startswith("privacy.") or error.path not in ("changes", *FIELDS):
        return error
    hint = next((ours for theirs, ours in _HINTS.items() if theirs in error.hint), error.hint)
    return ConfigError(error.message, path="--set", hint=hint)


def _held(row: ContactRow) -> dict[str, list[str]]:
    """List for each field what the contact holds in it."""
    from canonical_contact.store.view import contact_of

    contact = contact_of(row)
    return {field.name: [*map(_shown, _listed(getattr(contact, field.name)))] for field in attrs.fields(type(contact))}


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, tuple) else [] if value in (None, "") else [value]


def _shown(value: object) -> str:
    """Show a value by what a person knows it by, else by all of its texts."""
    texts = (
        {name: text for name, text in plain(value).items() if isinstance(text, str) and text} if attrs.has(type(value)) else {}
    )
    main = next((texts[name] for name in _MAIN if name in texts), "")
    return main or ", ".join(texts.values()) or str(plain(value))


def _pair(text: str) -> tuple[str, str]:
    path, mark, value = text.partition("=")
    if not mark or not path.strip():
        raise click.UsageError(f"--set needs PATH=TEXT, such as name.surname=Gil, not {path!r}.")
    return path.strip(), value.strip()
