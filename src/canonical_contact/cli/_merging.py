"""What `merge`, `unmerge` and `judge` have in common: whom they name, plans in files, and plans as tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from canonical_contact.cli._output import to_terminal
from canonical_contact.cli._reading import read_small
from canonical_contact.cli.show import find_contacts, nobody
from canonical_contact.errors import ConfigError, InputError
from canonical_contact.ports import ContactStore

if TYPE_CHECKING:
    from canonical_contact.merge.plan import ConsentChange, FieldChange

__all__ = ["acting", "contact_named", "print_changes", "read_inputs"]

F = TypeVar("F", bound=Callable[..., Any])


def acting(function: F) -> F:
    """Add `--by` and `--why`."""
    by = click.option("--by", default=None, metavar="NAME", help="Who does it; default: the name of your account.")
    why = click.option("--why", default="", metavar="TEXT", help="A remark, kept with it.")
    return by(why(function))


def contact_named(store: ContactStore, who: str, region: str) -> str:
    """Find the one contact of an id, address or number.

    Raises:
        NotFoundError: nobody has it.
        InputError: several have it.
    """
    rows = find_contacts(store, who, region)
    if not rows:
        raise nobody()
    if len(rows) > 1:
        names = ", ".join(row.contact_id for row in rows)
        raise InputError(f"{len(rows)} contacts hold this endpoint.", path="who", hint=f"Name one: {names}.")
    return rows[0].contact_id


def read_inputs(path: str) -> str:
    """Read of a plan what it stood on.

    Raises:
        ConfigError: the file is no plan.
    """
    hint = "Name the file into which --json wrote the plan."
    text = read_small(path, "plan", hint=hint)
    try:
        inputs = json.loads(text)["inputs"]
    except (ValueError, KeyError, TypeError, RecursionError):
        inputs = None
    if not isinstance(inputs, str):
        raise ConfigError(f"{path} is no plan.", path=path, hint=hint)
    return inputs


def print_changes(
    names: Mapping[str, str], fields: Iterable[FieldChange], consent: Iterable[ConsentChange], after: str, title: str
) -> None:
    """Show what becomes of fields and of consent.

    Args:
        names: contact id → the head of its column.
        fields: the changes of fields.
        consent: those of consent keys and blocks.
        after: the head of what comes of it.
        title: of the first table.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table("field", *names.values(), after, "why", title=title, title_justify="left")
    for one in fields:
        cells = (one.path.removeprefix("$."), *(_told(one.before.get(name, ())) for name in names), _told(one.after), one.why)
        table.add_row(*map(Text, cells))
    if table.row_count:
        to_terminal().print(table)
    table = Table("consent", *names.values(), after, "why", title="Consent", title_justify="left")
    for key in consent:
        what = " ".join(filter(None, (key.channel, key.block or key.purpose, key.controller, key.endpoint)))
        table.add_row(*map(Text, (what, *(key.before.get(name, "") for name in names), key.after, key.why)))
    if table.row_count:
        to_terminal().print(table)


def _told(values: Iterable[str]) -> str:
    return "; ".join(values) or "–"
