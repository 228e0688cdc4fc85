"""Receipts on the command line: what `consent export --receipt` writes and `consent import` reads."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import fields

from canonical_contact.cli._reading import read_small
from canonical_contact.errors import ConfigError, ContactError, Problem
from canonical_contact.ports import ContactStore

if TYPE_CHECKING:
    from canonical_contact.consent.receipts import Party, Terms
    from canonical_contact.engine.receipts import ReceiptsImported

__all__ = ["as_receipts", "import_them", "receipts_of"]


def receipts_of(
    store: ContactStore, ids: Sequence[str] | None, *, form: str, config: str | None, at: datetime | None, seal: str | None
) -> Iterator[dict[str, Any]]:
    """Give the receipts of some contacts, or of all.

    Args:
        store: where they live.
        ids: the contacts; None for all.
        form: `kantara` or `iso27560`.
        config: file with the controller and the terms.
        at: the time that they speak of.
        seal: file with the secret that seals them.

    Raises:
        ConfigError: the file cannot be read, names what there is not, or no controller.
    """
    from canonical_contact.engine.receipts import export_receipts

    parties, terms = read_config(config)
    secret = _secret(seal)
    for one in [row.contact_id for row in store.contacts()] if ids is None else ids:
        yield from export_receipts(store, one, controllers=parties, terms=terms, form=form, at=at, seal=secret)


def read_config(path: str | None) -> tuple[dict[str, Party], dict[str, Terms]]:
    """Read who is responsible and what the ledger does not know.

    A TOML or JSON file: `[controller]` for the house, `[controllers.NAME]` for others, `[terms]` for all purposes, `[purposes.NAME]`
    for one.
    """
    from canonical_contact.consent.receipts import Party, Terms

    hint = "Name a TOML or JSON file with [controller] (name, contact, email …) and [terms] (policy_url, service …)."
    if path is None:
        raise ConfigError("A receipt says who the controller is.", path="--config", hint=hint)
    text = read_small(path, "description of receipts", hint=hint)
    try:
        given = json.loads(text) if path.casefold().endswith(".json") else tomllib.loads(text)
    except (ValueError, RecursionError):
        raise ConfigError(f"{path} cannot be read.", path=path, hint=hint) from None
    known = {"controller", "controllers", "terms", "purposes"}
    if not isinstance(given, dict) or (unknown := sorted(set(given) - known)) or "controller" not in given:
        what = f"there is no {unknown[0]!r}" if isinstance(given, dict) and unknown else "it has no [controller]"
        raise ConfigError(f"{path} is no description of receipts: {what}.", path=path, hint=hint)
    shared = given.get("terms", {})
    parties = {"": _made(Party, given["controller"], path)}
    parties |= {name: _made(Party, one, path) for name, one in _table(given, "controllers", path).items()}
    terms = {"": _made(Terms, shared, path)}
    terms |= {name: _made(Terms, {**shared, **one}, path) for name, one in _table(given, "purposes", path).items()}
    return parties, terms


def _table(given: Mapping[str, Any], name: str, path: str) -> Mapping[str, Any]:
    found = given.get(name, {})
    if isinstance(found, dict) and all(isinstance(one, dict) for one in found.values()):
        return found
    raise ConfigError(f"{name} in {path} is no table of tables.", path=path, hint=f"Write [{name}.NAME].")


def _made(kind: type[Any], given: object, path: str) -> Any:  # noqa: ANN401  a party or terms
    from canonical_contact.schema import from_dict

    names = [field.name for field in fields(kind)]
    if not isinstance(given, dict) or (unknown := sorted(set(given) - set(names))):
        what = f"no {unknown[0]!r}" if isinstance(given, dict) else "no single value"
        raise ConfigError(f"A {kind.__name__} in {path} has {what}.", path=path, hint=f"It has: {', '.join(names)}.")
    try:
        return from_dict(kind, given)
    except ContactError as error:
        raise ConfigError(
            f"{error.path.removeprefix('$.')} of a {kind.__name__} in {path} cannot be read.", path=path, hint=error.message
        ) from None


def _secret(path: str | None) -> bytes | None:
    if path is None:
        return None
    try:
        secret = Path(path).read_bytes().strip()
    except OSError:
        raise ConfigError(f"The secret {path} cannot be read.", path=path, hint="Name a file with the secret.") from None
    if len(secret) < 16:
        raise ConfigError("The secret is too short.", path=path, hint="Write 32 random bytes or more into the file.")
    return secret


def as_receipts(path: Path, problems: list[Problem]) -> Iterator[object] | None:
    """Give the documents of a file, one by one; None where they are events that `consent export` wrote."""
    from canonical_contact.formats._json_stream import documents

    def read() -> Iterator[object]:
        with path.open("rb") as stream:
            yield from documents(stream, problems.append)

    found = read()
    first = next(found, None)
    if isinstance(first, dict) and "event" in first:
        found.close()  # type: ignore[attr-defined]  # it is a generator
        return None
    return chain([] if first is None else [first], found)


def import_them(
    store: ContactStore,
    documents: Iterator[object],
    *,
    at: datetime,
    contact: str,
    channel: str,
    purposes: Sequence[str],
    controllers: Sequence[str],
    region: str,
    seal: str | None,
    key: bytes | None,
) -> ReceiptsImported:
    """Read receipts into a store; see `engine.receipts.import_receipts`."""
    from canonical_contact.engine.receipts import import_receipts

    return import_receipts(
        store, documents, at=at, contact_id=contact, channel=channel, purposes=_pairs(purposes, "--purpose"),
        controllers=_pairs(controllers, "--controller"), region=region, seal=_secret(seal), key=key,
    )  # fmt: skip


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    found = {}
    for text in texts:
        name, sign, ours = text.rpartition("=")
        if not sign or not name:
            raise ConfigError(f"{text!r} is no pair.", path=option, hint="Write THEIRS=OURS.")
        found[name] = ours
    return found
