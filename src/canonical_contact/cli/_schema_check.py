"""`schema check` and `schema diff`: two versions of a schema, ours or anybody's, side by side."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from canonical_contact.cli._exit import Exit
from canonical_contact.cli._options import as_json
from canonical_contact.cli._output import note, print_json
from canonical_contact.errors import ConfigError, InputError, NotFoundError

if TYPE_CHECKING:
    from canonical_contact.schema.compat import Change, Compatibility

__all__ = ["check", "diff"]

# As schema.compat has them, which is not imported for --help; a test holds them equal.
MODES = ("none", "backward", "forward", "full", "backward-transitive", "forward-transitive", "full-transitive")
READERS = ("ignore_unknown", "strict")

INCOMPATIBLE = 1  # the number that tools for continuous integration read as "no"; a faulty call is 2

_readers = click.option(
    "--readers",
    type=click.Choice(READERS),
    default="ignore_unknown",
    show_default=True,
    help="Who reads: programs that pass over fields they do not know, or such that validate every document.",
)
_all = click.option("--all", "all_", is_flag=True, help="List changed descriptions and annotations as well.")


@click.command(name="check", epilog="Exit codes: 0 compatible, 1 incompatible, 2 a schema or an option that cannot be used.")
@click.argument("old")
@click.argument("new")
@click.option("--mode", type=click.Choice(MODES), default="backward", show_default=True, help="What must hold; see below.")
@click.option(
    "--history", multiple=True, metavar="SCHEMA", help="A version before OLD, oldest first; may be given several times."
)
@_readers
@as_json
def check(*, old: str, new: str, mode: str, history: tuple[str, ...], readers: str, json_: bool) -> int:
    """Tell whether NEW may take the place of OLD. Each is a file with a JSON Schema, or a published version such as 1.0.

    backward: new code reads old data. forward: old code reads new data. full: both. With -transitive also against every version of
    the history. none: only the version must be raised enough, as for a new major.
    """
    from canonical_contact.schema.compat import check as check_schemas

    if history and not mode.endswith("-transitive"):
        raise click.UsageError(f"--history is looked at by the transitive modes only; did you mean --mode {_transitive(mode)}?")
    schemas = [_schema(name) for name in (old, new, *history)]
    try:
        answer = check_schemas(schemas[0], schemas[1], mode, schemas[2:], readers=readers)
    except InputError as error:
        _usage(error)
    if json_:
        print_json(answer)
    else:
        _tell(answer, old, new)
    return Exit.DONE if answer.ok else INCOMPATIBLE


@click.command(name="diff")
@click.argument("old")
@click.argument("new")
@_readers
@_all
@as_json
def diff(*, old: str, new: str, readers: str, all_: bool, json_: bool) -> None:
    """List what changed from OLD to NEW. Each is a file with a JSON Schema, or a published version such as 1.0.

    The changes are grouped by their rule; docs/schema/compatibility.md says what each rule means.
    """
    from canonical_contact.schema.compat import compare

    before, after = _schema(old), _schema(new)
    try:
        changes = compare(before, after, readers=readers)
    except InputError as error:
        _usage(error)
    if json_:
        print_json({"old": old, "new": new, "readers": readers, "changes": changes})
        return
    _list(changes if all_ else [change for change in changes if not _is_words(change)])
    if not changes:
        click.echo("Nothing changed.")
    elif hidden := 0 if all_ else sum(map(_is_words, changes)):
        note(f"{hidden:,} changed descriptions and annotations; --all lists them")


def _schema(name: str) -> dict[str, Any]:
    """Read a schema by the path of its file or by its published version."""
    if re.fullmatch(r"\d+\.\d+", name) and not Path(name).exists():
        from canonical_contact.schema import published_schema

        try:
            return published_schema(name)
        except NotFoundError as error:
            raise ConfigError(error.message, path=name, hint=error.hint) from None
    try:
        text = Path(name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{name} is no text in UTF-8.", path=name, hint="Name a file with a JSON Schema.") from None
    except OSError as error:
        hint = "Name a file with a JSON Schema, or a published version such as 1.0."
        raise ConfigError(f"{name} cannot be read: {error.strerror}.", path=name, hint=hint) from None
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.append(Counter(key for key, _ in pairs).most_common(1)[0][0])
        return found

    try:
        schema = json.loads(text, parse_constant=_no_constant, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigError(f"{name} is no JSON document{where}.", path=name, hint="Name a file with a JSON Schema.") from None
    if twice:  # which of the two counts is up to each parser, so nothing holds for such a schema
        raise ConfigError(f"{name} says {twice[0]!r} twice in one object.", path=name, hint="Keep one of them.")
    if not isinstance(schema, dict):
        raise ConfigError(f"{name} holds no JSON Schema.", path=name, hint="A JSON Schema is an object.")
    return schema


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _usage(error: InputError) -> NoReturn:
    """Answer a schema that cannot be read as wrong usage, so that 1 means one thing only."""
    raise ConfigError(error.message, code=error.code, path=error.path, hint=error.hint) from None


def _transitive(mode: str) -> str:
    return f"{mode}-transitive" if f"{mode}-transitive" in MODES else "full-transitive"


def _is_words(change: Change) -> bool:
    return change.rule.startswith("annotation.")


def _tell(answer: Compatibility, old: str, new: str) -> None:
    _list(answer.offending)
    verdict = (
        "compatible" if answer.ok else f"not compatible, {len(answer.offending):,} of {len(answer.changes):,} changes offend"
    )
    click.echo(f"{old} to {new}, {answer.mode}, readers {answer.readers}: {verdict}")
    raised = {True: "is raised enough", False: "is not raised enough", None: ""}[answer.version_ok]
    version = f"; version {answer.old_version} to {answer.new_version} {raised}" if raised else ""
    click.echo(f"needed: {answer.needed}{version}")


def _list(changes: Iterable[Change]) -> None:
    """Write the changes under their rules, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        key = change.rule, change.backward, change.forward, change.bump, change.why, change.against
        groups.setdefault(key, []).append(change)
    for group in sorted(groups.values(), key=lambda group: (-group[0].bump.rank, group[0].rule)):
        first = group[0]
        effect = f"backward {_word(first.backward)}, forward {_word(first.forward)}, {first.bump}"
        against = f", against {first.against}" if first.against else ""
        click.echo(f"{first.rule} ({effect}{against}): {first.why}")
        _rows(group)


def _rows(group: Sequence[Change]) -> None:
    width = min(max(len(change.path) for change in group), 60)
    for change in group:
        what = f"{change.old} → {change.new}" if change.old or change.new else ""
        click.echo(f"  {change.path:<{width}}  {' '.join(what.split())}".rstrip())


def _word(holds: bool) -> str:
    return "ok" if holds else "no"
