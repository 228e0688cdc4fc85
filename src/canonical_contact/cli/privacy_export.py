"""`privacy export`: everything that is held about a person, as JSON and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from canonical_contact.cli._options import as_json, existing_store, now, region_option, stored_contact
from canonical_contact.cli._output import check_writable, note, writing
from canonical_contact.cli._privacy_key import key_option, read_key_file
from canonical_contact.cli._reading import read_small
from canonical_contact.errors import ConfigError, InputError, NotFoundError

if TYPE_CHECKING:
    from canonical_contact.ports import ContactStore

__all__ = ["export"]


@click.command(name="export")
@stored_contact(required=False)
@click.option("--email", default=None, metavar="ADDRESS", help="Find the contact by its exact address.")
@click.option("--phone", default=None, metavar="NUMBER", help="Find the contact by its exact number.")
@region_option
@click.option("--html", "page", default=None, metavar="FILE", help="Write the page that a person can read.")
@click.option("-o", "--output", "folder", default=None, metavar="DIR", help="Write both, JSON and page, into a folder.")
@click.option(
    "--statement",
    default=None,
    metavar="FILE",
    help="Headings and texts (TOML) to print on the page: purposes, recipients, rights.",
)
@click.option("--actor", default="subject", show_default=True, metavar="NAME", help="Who asked for it; a role, not a name.")
@click.option("--with-others", is_flag=True, help="Show what is about other people, too: for your own eyes, not for the person.")
@key_option
@as_json
def export(
    *,
    store: str,
    contact: str | None,
    email: str | None,
    phone: str | None,
    region: str,
    page: str | None,
    folder: str | None,
    statement: str | None,
    actor: str,
    with_others: bool,
    key_file: str | None,
    json_: bool,
) -> None:
    """Export everything that is held about a person, with where each value came from.

    What is about other people is left out. Each export leaves a proof in the ledger, without personal data. Read free texts such as
    notes before you hand an export over: they may speak of other people.
    """
    from canonical_contact.engine.access import export_access

    if sum(one is not None for one in (contact, email, phone)) != 1:
        raise click.UsageError("Name one person: by CONTACT_ID, --email or --phone.")
    if page is None and folder is None:
        json_ = True
    said = _statement(statement)
    check_writable(page, read=[statement, key_file], store=store)
    if folder is not None:
        if next((part for part in (Path(folder), *Path(folder).parents) if part.exists()), Path()).is_file():
            raise click.UsageError(f"{folder} is no folder; -o names a folder for JSON and page, --html a file for the page.")
        Path(folder).mkdir(parents=True, exist_ok=True)
        check_writable(*(str(Path(folder) / f"access.{kind}") for kind in ("json", "html")), store=store)
    if page is not None or folder is not None:
        from canonical_contact.report.access_page import access_html, require_page

        require_page()
    key = read_key_file(key_file)
    with existing_store(store, writable=True) as opened:
        who = contact if contact is not None else _find(opened, email, phone, region)
        done = export_access(opened, who, at=now(), actor=actor, redact_others=not with_others, key=key)
    text = done.to_json() + "\n"
    outputs: list[tuple[str | None, str]] = [(None, text)] if json_ else []
    if page is not None:
        outputs.append((page, access_html(done, statement=said)))
    if folder is not None:
        outputs += [
            (str(Path(folder) / "access.json"), text),
            (str(Path(folder) / "access.html"), access_html(done, statement=said)),
        ]
    for path, content in outputs:
        with writing(path) as stream:
            stream.write(content)
    note(f"exported{'' if done.held else ': nothing is held, the person was erased'}; proof {done.proof}")
    if done.held and any(done.parts["contact"].get(name) for name in ("notes", "tags")):
        note("note: there are notes or tags; they may speak of other people, read them before you hand this over")


def _find(store: ContactStore, email: str | None, phone: str | None, region: str) -> str:
    """Find the one contact of an address or number.

    Raises:
        NotFoundError: nobody holds it.
        InputError: several do.
    """
    from canonical_contact.store import find_contacts

    text = email if email is not None else phone or ""
    if email is not None and "@" not in text:
        raise InputError("That is no address.", path="--email", hint="Give a whole address; for a number use --phone.")
    found = find_contacts(store, text, region=region)
    if not found:
        raise NotFoundError(
            "Nobody holds that address or number.",
            path="--email" if email is not None else "--phone",
            hint="Give a whole address, or a number with its country code; of an erased person, the id.",
        )
    if len(found) > 1:
        ids = ", ".join(one.contact_id for one in found)
        raise InputError(
            f"{len(found)} contacts hold that address or number.",
            path="--email" if email is not None else "--phone",
            hint=f"Name one: {ids}.",
        )
    return found[0].contact_id


def _statement(path: str | None) -> dict[str, str]:
    """Read headings and texts.

    Raises:
        ConfigError: the file cannot be read, or holds something else.
    """
    if path is None:
        return {}
    import tomllib

    text = read_small(path, "statement", hint="Name a TOML file in UTF-8.")
    try:
        held = tomllib.loads(text)
    except (ValueError, RecursionError):
        raise ConfigError(f"The statement {path} cannot be read.", path=path, hint="Name a TOML file in UTF-8.") from None
    if not all(isinstance(text, str) for text in held.values()):
        raise ConfigError(
            f"The statement {path} holds more than headings and texts.",
            path=path,
            hint='Write lines such as "Your rights" = "…".',
        )
    return held
