"""Documents from one version of the schema to another, one step at a time, up and down, without loss.

A step is a pure function over plain dicts. What the older version has no word for is parked in the document and restored by the step up:
docs/schema/versions.md says what is parked where. Stored documents of any published version need no migration to be read: `from_json`
takes them up by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from attrs import frozen

from canonical_contact.errors import InputError
from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.schema import _parking, _step_1_0_1_1, _step_1_1_1_2
from canonical_contact.schema._shape import path_of

__all__ = ["KINDS", "Migrated", "explain_migration", "kind_of", "migrate", "version_of"]

# kind → (the fields that tell it, class); the first that fits decides.
KINDS: dict[str, tuple[frozenset[str], str]] = {
    "source_record": (frozenset({"key", "system", "record_id", "card"}), "SourceRecord"),
    "consent_event": (frozenset({"event_id", "type", "channel"}), "ConsentEvent"),
    "activity": (frozenset({"record", "kind", "at"}), "Activity"),
    "event": (frozenset({"name", "contact_id", "at"}), "Event"),
    "contact": (frozenset({"contact_id"}), "Contact"),
}


class _Step(NamedTuple):
    older: str
    newer: str
    of: Callable[[str], _parking.Step]


# Every step, oldest first. A new version adds a line and a module; released ones are never changed.
_STEPS: tuple[_Step, ...] = (
    _Step(_step_1_0_1_1.OLDER, _step_1_0_1_1.NEWER, _step_1_0_1_1.step),
    _Step(_step_1_1_1_2.OLDER, _step_1_1_1_2.NEWER, _step_1_1_1_2.step),
)


@frozen
class Migrated:
    """A document in another version, and what became of its values.

    Args:
        document: the document.
        found: the version that it had.
        parked: paths of values that the version has no word for and that are parked in the document, such as `$.emails[].status`.
        restored: paths of values that were parked and are in their places again.
        left: paths of parked values that found no home, as a host has removed or changed what they belong to; they stay parked.
        dropped: paths of values that were left out: only under `strict`.
    """

    document: dict[str, Any]
    found: str
    parked: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def migrate(document: Mapping[str, Any], to: str = SCHEMA_VERSION, *, kind: str = "", strict: bool = False) -> dict[str, Any]:
    """Bring a document to a version of the schema.

    Args:
        document: plain dicts, lists and texts, as `to_dict` gives or a JSON library reads; it is not changed, and may share parts with
            what is returned.
        to: a published version; the present one by default.
        kind: `contact`, `source_record`, `consent_event`, `activity` or `event`; found out by the required fields where it is not said.
        strict: leave out what a step down could only park outside of the schema (`_parked`); see `explain_migration`.

    Returns:
        The document in that version. What the version has no word for is parked in it and comes back with the way up.

    Raises:
        InputError: there is no such version or kind, the document states none, or it is of a version that this code does not know.

    >>> new = {"contact_id": "1", "schema_version": "1.1", "kind": "org"}
    >>> migrate(new, "1.0")
    {'contact_id': '1', 'schema_version': '1.0', 'extensions': {'canonical_contact.parked.1.1': '{"/kind":"org"}'}}
    >>> migrate(migrate(new, "1.0"), "1.1") == new
    True
    """
    return explain_migration(document, to, kind=kind, strict=strict).document


def explain_migration(document: Mapping[str, Any], to: str = SCHEMA_VERSION, *, kind: str = "", strict: bool = False) -> Migrated:
    """Bring a document to a version of the schema, and say what was parked, restored, left and dropped.

    Args:
        document: as for `migrate`.
        to: a published version; the present one by default.
        kind: as for `migrate`.
        strict: consent events and activities have no place of their own for what 1.0 lacks, so it stands in the member `_parked`, which
            the schema of 1.0 does not know and its readers pass over; with `strict` it is left out, and told in `dropped`.

    Raises:
        InputError: as for `migrate`.

    >>> call = {"record": "crm:1", "kind": "interaction", "at": "2026-07-01T00:00:00Z", "schema_version": "1.1", "ref": "<1@x>"}
    >>> explain_migration(call, "1.0", strict=True).dropped
    ('$.ref',)
    """
    name = kind or kind_of(document)
    if name not in KINDS:
        raise InputError(f"There is no kind of document {kind!r}.", path="kind", hint=f"Kinds: {', '.join(KINDS)}.")
    return _walk(dict(document), to, name, _STEPS, strict=strict)


def kind_of(document: Mapping[str, Any]) -> str:
    """Tell the kind of a document by the fields that its class requires.

    Raises:
        InputError: it is none of the five.

    >>> kind_of({"contact_id": "1", "schema_version": "1.0", "name": {"given": "Ana"}})
    'contact'
    """
    for kind, (required, _) in KINDS.items():
        if required <= document.keys() and (kind != "event" or isinstance(document["name"], str)):
            return kind
    raise InputError(
        "The document is none of the kinds of the schema: a required field is missing.",
        code="document.kind_unknown",
        path="$",
        hint=f"Documents are of these kinds: {', '.join(KINDS)}.",
    )


def version_of(document: Mapping[str, Any]) -> str:
    """Tell the version that a document states.

    Raises:
        InputError: it states none, or one that this code cannot migrate.

    >>> version_of({"contact_id": "1", "schema_version": "1.0"})
    '1.0'
    """
    version = document.get("schema_version")
    if isinstance(version, str) and version in _order(_STEPS):
        return version
    raise _unknown(version)


def check_version(version: str, known: Sequence[str] = ()) -> None:
    """Check that documents can be brought to a version.

    Raises:
        InputError: there is no such version.
    """
    order = known or _order(_STEPS)
    if version not in order:
        raise InputError(
            f"There is no schema {version}.", code="input.schema_version", path="to", hint=f"Published are: {', '.join(order)}."
        )


def newer_minor(version: object) -> bool:
    """Whether a version is a later minor one of the present major: its documents are read, and what is new in them passed over.

    >>> newer_minor("1.0"), newer_minor("1.99"), newer_minor("2.0"), newer_minor("x")
    (False, True, False, False)
    """
    mine, theirs = _numbers(SCHEMA_VERSION), _numbers(version)
    return theirs is not None and mine is not None and theirs[0] == mine[0] and theirs > mine


def read_older(plain: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """Bring a document that is not of the present version to it, for the reader.

    Raises:
        InputError: the version is later than this code can read, or none at all.
    """
    version = plain["schema_version"]
    if newer_minor(version):
        return {**plain, "schema_version": SCHEMA_VERSION}
    return migrate(plain, kind=kind)


def _walk(document: dict[str, Any], to: str, kind: str, steps: Sequence[_Step], *, strict: bool) -> Migrated:
    """Go from version to version, one step at a time."""
    order = _order(steps)
    found = document.get("schema_version")
    check_version(to, order)
    if not isinstance(found, str) or found not in order:
        raise _unknown(found)
    place, end = order.index(found), order.index(to)
    parked: dict[str, None] = {}
    restored: dict[str, None] = {}
    left: dict[str, None] = {}
    dropped: dict[str, None] = {}
    while place < end:
        document, back, homeless = _parking.up(document, steps[place].of(kind))
        restored |= _paths(back)
        left |= _paths(homeless)
        place += 1
    while place > end:
        place -= 1
        step = steps[place].of(kind)
        if strict and not step.holder.inside:  # what is parked there already is no part of any version
            document, entries = step.take({name: value for name, value in document.items() if name != step.holder.key})
            dropped |= _paths(entries)
        else:
            document, entries = _parking.down(document, step)
            parked |= _paths(entries)
    return Migrated({**document, "schema_version": to}, found, *map(tuple, (parked, restored, left, dropped)))


def _order(steps: Sequence[_Step]) -> list[str]:
    return [step.older for step in steps] + [steps[-1].newer]


def _paths(entries: Mapping[str, Any]) -> dict[str, None]:
    return {path: None for pointer in entries if (path := path_of(pointer)) != "$"}


def _numbers(version: object) -> tuple[int, int] | None:
    if not isinstance(version, str):
        return None
    major, dot, minor = version.partition(".")
    if not dot or not (major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit()) or len(version) > 20:
        return None
    return int(major), int(minor)


def _unknown(version: object) -> InputError:
    known = ", ".join(_order(_STEPS))
    numbers, mine = _numbers(version), _numbers(SCHEMA_VERSION)
    if numbers is None or mine is None:
        said, hint = "states no version of the schema", f"Give it a schema_version: {known}."
    elif numbers > mine:
        said = f"is of schema {version}, and this code knows {known}"
        hint = "Update the package: pip install --upgrade canonical-contact"
    else:
        said, hint = f"is of schema {version}, which was never published", f"Published are: {known}."
    return InputError(f"The document {said}.", code="input.schema_version", path="$.schema_version", hint=hint)
