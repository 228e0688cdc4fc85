"""All documents of a store from one version of the schema to another: in batches, in bounded memory, and to be taken up again.

A store needs no migration to be used: documents of any published version are read. It is for who reads the store by other means, who
goes back to an earlier release of this package, or who wants every document in one form.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Any

from canonical_contact.errors import InputError
from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.ports import ContactStore

if TYPE_CHECKING:
    from canonical_contact.schema._tally import MigrationSummary, Tally

__all__ = ["migrate_store"]

BATCH = 1_000  # documents that are written together
_KINDS = ("source_record", "consent_event", "activity", "contact", "event")
_SETTING = "schema.migration"  # how far a broken migration came; empty when none is open


def migrate_store(
    store: ContactStore,
    to: str = SCHEMA_VERSION,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    batch: int = BATCH,
) -> MigrationSummary:
    """Bring all documents of a store to a version of the schema.

    These are the source records with their earlier versions, consent events, activities, contacts and the log. Digests, revisions and ids
    stay, so that the next run finds nothing changed, and the ledger's chain still verifies; proofs in it stay in the version that they
    were sealed in. Each batch is a transaction of its own. A call after a broken one, with the same version, goes on behind the last.

    Args:
        store: any store, outside of a run; it may be in use.
        to: a published version.
        dry_run: write nothing and say what would be done.
        progress: told how many documents more are done.
        batch: documents in a transaction.

    Returns:
        What was done, counted. A document that cannot be read stays as it is and is among the problems.

    Raises:
        InputError: there is no such version.
        StoreBusyError: somebody else writes for longer than the store waits; a later call goes on.

    >>> from canonical_contact.store import MemoryStore
    >>> from canonical_contact.ports import ContactRow
    >>> store = MemoryStore()
    >>> _ = store.put_contacts([ContactRow("1", '{"contact_id":"1","schema_version":"1.0"}', "digest", ())])
    >>> migrate_store(store).versions
    {'1.0': 1}
    >>> store.contact("1").document
    '{"contact_id":"1","schema_version":"1.2"}'
    """
    from canonical_contact.schema._tally import Tally
    from canonical_contact.schema.migrations import check_version

    check_version(to)
    begun = None if dry_run else _left_behind(store, to)
    tally = Tally.of(begun["tally"]) if begun else Tally()
    first, place = (_KINDS.index(begun["kind"]), begun["place"]) if begun else (0, "")
    if progress is not None and begun:
        progress(tally.documents + tally.rejected)
    for kind in _KINDS[first:]:
        rows = store.documents(kind) if dry_run else None
        while True:
            with nullcontext() if dry_run else store.transaction():
                chunk = list(islice(rows if rows is not None else store.documents(kind, place), batch))
                changed = _migrated(chunk, kind, to, tally)
                if chunk and not dry_run:
                    place = chunk[-1][0]
                    store.rewrite(kind, changed)
                    store.put_setting(_SETTING, json.dumps({"to": to, "kind": kind, "place": place, "tally": tally.plain()}))
            if not chunk:
                break
            if progress is not None:
                progress(len(chunk))
        place = ""
    if not dry_run and store.setting(_SETTING):
        store.put_setting(_SETTING, "")
    return tally.summary(to, resumed=begun is not None, dry_run=dry_run)


def _migrated(rows: list[tuple[str, str]], kind: str, to: str, tally: Tally) -> list[tuple[str, str]]:
    """Migrate a batch; what has the version already, or cannot be read, is not among the result."""
    from canonical_contact.schema._convert import plain_of_json, plain_to_json
    from canonical_contact.schema._tally import problem_of
    from canonical_contact.schema.migrations import explain_migration

    changed = []
    for place, text in rows:
        try:
            document = plain_of_json(text)
            if not isinstance(document, dict):
                raise InputError("The document is no object.", path="$", hint="Write it anew.")
            told = explain_migration(document, to, kind=kind)
            if told.found != to:
                changed.append((place, plain_to_json(told.document)))
        except RecursionError:
            tally.reject(
                problem_of(InputError("The document is nested too deeply.", path="$", hint="Write it anew."), text, file=kind)
            )
        except InputError as error:
            tally.reject(problem_of(error, text, file=kind))
        else:
            tally.add(told, kind, to)
    return changed


def _left_behind(store: ContactStore, to: str) -> dict[str, Any] | None:
    note = store.setting(_SETTING)
    if not note:
        return None
    begun: dict[str, Any] = json.loads(note)
    return begun if begun["to"] == to else None
