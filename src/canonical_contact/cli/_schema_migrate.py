"""`schema migrate`: the documents of a file or a store in another version of the schema."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from canonical_contact.cli._exit import Exit
from canonical_contact.cli._options import as_json, existing_store
from canonical_contact.cli._output import check_writable, note, print_json, tell_problems
from canonical_contact.cli._progress import progress
from canonical_contact.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canonical_contact.schema import MigrationSummary

__all__ = ["migrate"]

# As schema.migrations has them, which is not imported for --help; a test holds them equal.
KINDS = ("source_record", "consent_event", "activity", "event", "contact")
_LISTED = 12  # paths that are named; more are counted


@click.command(name="migrate")
@click.argument("file", required=False)
@click.option("--store", metavar="FILE", help="Migrate the documents of this store where they are, instead of a file.")
@click.option("--to", required=True, metavar="VERSION", help="The version to bring documents to, such as 1.0.")
@click.option("-o", "--output", metavar="FILE", help="Where to write; the file appears when it is whole.")
@click.option("--kind", type=click.Choice(KINDS), help="What all documents of the file are; else each is looked at.")
@click.option(
    "--strict", is_flag=True, help="Leave out what the version could keep only in a member that its schema does not know."
)
@click.option("--dry-run", is_flag=True, help="Write nothing, and tell what would change.")
@as_json
def migrate(
    *,
    file: str | None,
    store: str | None,
    to: str,
    output: str | None,
    kind: str | None,
    strict: bool,
    dry_run: bool,
    json_: bool,
) -> int:
    """Bring documents to another version of the schema: those of FILE (JSON Lines, of one kind or mixed), or all of a store.

    What an older version has no word for is parked in the document, and comes back with the way up. A line that cannot be read is kept in
    OUTPUT.rejects and named. When it was stopped, the same command goes on where it was.
    """
    _check(file, store, to, output, kind=kind, strict=strict, dry_run=dry_run)
    with _resumable(dry_run=dry_run):
        done = (
            _file(file, to, output, kind or "", strict=strict, dry_run=dry_run)
            if file
            else _store(store or "", to, dry_run=dry_run)
        )
    if json_:
        print_json(done)
    else:
        _tell(done, output)
    return Exit.NOTHING_READ if done.rejected and not done.documents else Exit.DONE


def _check(
    file: str | None, store: str | None, to: str, output: str | None, *, kind: str | None, strict: bool, dry_run: bool
) -> None:
    from canonical_contact.schema.migrations import check_version

    if (file is None) == (store is None):
        raise click.UsageError("Name a file, or a store with --store; one of them.")
    if store is not None and (output or kind or strict):
        raise click.UsageError("A store is migrated where it is: without -o, --kind and --strict.")
    if file is not None and not output and not dry_run:
        raise click.UsageError("Name a file to write to with -o, or ask with --dry-run what would change.")
    if output == "-":
        raise click.UsageError("A migration that can be taken up again needs a file: name one instead of -.")
    try:
        check_version(to)
    except InputError as error:
        raise click.UsageError(str(error)) from error
    if output is None or dry_run:
        return
    check_writable(output, f"{output}.rejects", read=[file], store=store)
    if Path(output).exists() and not Path(output).is_file():
        raise click.UsageError(f"{output} is no ordinary file; a migration that can be taken up again needs one.")


def _file(file: str, to: str, output: str | None, kind: str, *, strict: bool, dry_run: bool) -> MigrationSummary:
    from canonical_contact.schema.bulk import migrate_file

    if not Path(file).is_file():
        raise InputError(f"There is no file {file}.", path=file, hint="Name a file of documents, one on each line.")
    with progress(output=output or "") as bar:
        bar.stage("migrate (bytes)", Path(file).stat().st_size)
        return migrate_file(file, output, to, kind=kind, strict=strict, dry_run=dry_run, progress=bar.advance)


def _store(path: str, to: str, *, dry_run: bool) -> MigrationSummary:
    from canonical_contact.store import SQLiteStore, migrate_store

    with existing_store(path) as read_only, progress() as bar:
        bar.stage("migrate", None)
        if dry_run:
            return migrate_store(read_only, to, dry_run=True, progress=bar.advance)
        read_only.close()
        with SQLiteStore(path) as opened:
            return migrate_store(opened, to, progress=bar.advance)


@contextmanager
def _resumable(*, dry_run: bool) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        if not dry_run:
            note("What was done is kept: the same command goes on from there.")
        raise


def _tell(done: MigrationSummary, output: str | None) -> None:
    tell_problems(done.examples, done.problems)
    if done.resumed:
        note("A migration that was stopped was taken up again; the figures are those of both.")
    found = ", ".join(f"{count:,} of {version}" for version, count in done.versions.items())
    verb = "would be" if done.dry_run else "were"
    note(f"{done.documents:,} documents{f' ({found})' if found else ''}: {done.changed:,} {verb} brought to {done.to}")
    for what, paths in (
        ("parked, to come back with the way up", done.parked),
        ("restored to their places", done.restored),
        ("left parked, as what they belong to is gone", done.left),
        ("left out", done.dropped),
    ):
        if paths:
            note(f"{what}: {_listed(paths)}")
    if done.rejected:
        where = f"; they are in {output}.rejects" if output and not done.dry_run else ""
        note(f"{done.rejected:,} could not be read{where}")


def _listed(paths: Mapping[str, int]) -> str:
    most = sorted(paths.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{path} ({count:,})" for path, count in most[:_LISTED])
    return named + (f" and {len(most) - _LISTED} more" if len(most) > _LISTED else "")
