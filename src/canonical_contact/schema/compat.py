"""Whether two versions of a schema go together: every change by a named rule, and what it means for who reads.

Backward: new code reads old data. Forward: old code reads new data. Who reads is either of two kinds:

- `ignore_unknown` (as this library does): fields that the reader does not know are passed over, and who writes a version writes only
  fields that the version declares. So a new optional field hurts nobody.
- `strict`: every document is validated against the reader's schema, and may hold whatever the writer's schema allows. So a new optional
  field is not forward compatible where undeclared fields are forbidden (closed content model), and not backward compatible where they
  are allowed (open content model), since old data may hold the name with another type. The version field is set aside.

Where the check says that a direction is compatible, that is proved; where it cannot prove it, it says `undecided`, which counts as no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import evolve, frozen

from canonical_contact.errors import InputError
from canonical_contact.schema._compat.change import Change, make_change
from canonical_contact.schema._compat.document import Arena, Document
from canonical_contact.schema._compat.goals import KINDS
from canonical_contact.schema._compat.prover import Prover
from canonical_contact.schema._compat.rules import RULES, Bump, Rule
from canonical_contact.schema._compat.walk import walk

__all__ = ["MODES", "READERS", "RULES", "Bump", "Change", "Compatibility", "Rule", "check", "compare", "version_of"]

READERS: Final = ("ignore_unknown", "strict")
MODES: Final[Mapping[str, tuple[str, ...]]] = {
    "none": (),
    "backward": ("backward",),
    "forward": ("forward",),
    "full": ("backward", "forward"),
    "backward-transitive": ("backward",),
    "forward-transitive": ("forward",),
    "full-transitive": ("backward", "forward"),
}
"""What each mode asks for. The transitive ones ask it against every version of the history."""

Schema = Mapping[str, Any] | bool


@frozen
class Compatibility:
    """The answer of `check`.

    Args:
        mode: what was asked, a key of `MODES`.
        readers: who reads, one of `READERS`.
        ok: nothing offends.
        offending: the changes that break what the mode asks, and a version that is not raised enough.
        changes: all changes; those against the history only where the mode is transitive.
        needed: the version that the changes from the last version need.
        old_version: what the old schema states; empty where it states none.
        new_version: what the new one states.
        version_ok: the version is raised enough; None where one of the two states none.
    """

    mode: str
    readers: str
    ok: bool
    offending: tuple[Change, ...]
    changes: tuple[Change, ...]
    needed: Bump
    old_version: str = ""
    new_version: str = ""
    version_ok: bool | None = None


def compare(old: Schema, new: Schema, *, readers: str = "ignore_unknown") -> tuple[Change, ...]:
    """Tell every change from one JSON Schema to another.

    Reads the dialects from draft 4 to 2020-12, and `nullable` of OpenAPI. References are followed inside of the document only; what
    leads out of it is told as `undecided`.

    Args:
        old: a JSON Schema, as a JSON library reads it.
        new: the same for the new version.
        readers: `ignore_unknown` or `strict`.

    Returns:
        The changes, in the order of the fields from the root on. A definition that is used in several places is told of at the first.

    Raises:
        InputError: one of them is no JSON Schema, is nested too deeply or refers to nothing.

    >>> old = {"type": "object", "properties": {"name": {"type": "string"}}}
    >>> new = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}, "required": ["age"]}
    >>> [(change.rule, change.path, change.backward, change.forward) for change in compare(old, new)]
    [('property.required_added', '$.age', False, True)]
    """
    if readers not in READERS:
        raise InputError(f"There are no readers {readers!r}.", path="readers", hint=f"Name one of: {', '.join(READERS)}.")
    arena = Arena()
    before, after = Document(old, arena), Document(new, arena)
    prover = Prover(arena, KINDS, budget=100_000 + 2 * (before.size + after.size))
    return tuple(walk(before, after, prover, tolerant=readers == "ignore_unknown"))


def check(
    old: Schema, new: Schema, mode: str = "backward", history: Sequence[Schema] = (), *, readers: str = "ignore_unknown"
) -> Compatibility:
    """Check whether a new version of a schema may take the place of the old one.

    Args:
        old: the version before.
        new: the new version.
        mode: what must hold, a key of `MODES`: `backward` (new code reads old data), `forward` (old code reads new data), `full`, each
            also `-transitive`; `none` asks only that the version is raised enough, for a new major.
        history: the versions before `old`, oldest first; only the transitive modes look at them.
        readers: `ignore_unknown` or `strict`.

    Returns:
        The answer with all changes. The version is read from `x-version` or the end of `$id`: additions and revisions need a new
        second number, a model needs a new first one; less than that is the change `version.bump_too_small`.

    Raises:
        InputError: the mode is unknown or a schema cannot be read.

    >>> from canonical_contact.schema import published_schema
    >>> answer = check(published_schema("1.0"), published_schema("1.0"), "full")
    >>> answer.ok, answer.needed, answer.changes
    (True, <Bump.NONE: 'none'>, ())
    """
    if mode not in MODES:
        raise InputError(f"There is no mode {mode!r}.", path="mode", hint=f"Name one of: {', '.join(MODES)}.")
    changes = list(compare(old, new, readers=readers))
    needed = max((change.bump for change in changes), key=lambda bump: bump.rank, default=Bump.NONE)
    before, after = (version_of(schema) if isinstance(schema, Mapping) else "" for schema in (old, new))  # true is a schema, too
    version_ok = _raised(before, after, needed) if before and after else None
    if version_ok is False:
        why = f"The changes are a {needed}; that needs {'a new major version' if needed is Bump.MODEL else 'a higher version'}."
        changes.append(make_change("version.bump_too_small", "$", old=before, new=after, why=why))
    offending = _offending(changes, mode)
    if mode.endswith("-transitive"):
        for number, earlier in enumerate(history):
            name = (version_of(earlier) if isinstance(earlier, Mapping) else "") or f"history[{number}]"
            against = [evolve(change, against=name) for change in compare(earlier, new, readers=readers)]
            changes += against
            offending += _offending(against, mode)
    return Compatibility(mode, readers, not offending, tuple(offending), tuple(changes), needed, before, after, version_ok)


def _offending(changes: Iterable[Change], mode: str) -> list[Change]:
    asked = MODES[mode]
    return [
        change
        for change in changes
        if change.rule == "version.bump_too_small" or any(not getattr(change, direction) for direction in asked)
    ]


def version_of(schema: Mapping[str, Any]) -> str:
    """Read the version that a schema states: `x-version`, else what its `$id` names; empty where neither does.

    >>> version_of({"$id": "urn:canonical-contact:schema:contact:1.0"}), version_of({"$id": "https://example.org/v2/contact.json"})
    ('1.0', '2')
    """
    stated, identity = schema.get("x-version"), schema.get("$id")
    if isinstance(stated, str) and _VERSION.fullmatch(stated):
        return stated.removeprefix("v")
    if not isinstance(identity, str):
        return ""
    try:
        place = urlsplit(identity)
    except ValueError:
        return ""
    found = _IN_ID.findall(f"{place.path}#{place.fragment}")
    return str(found[-1]).removeprefix("v") if found else ""


_VERSION = re.compile(r"v?\d{1,9}(?:\.\d{1,9}){0,2}")
_IN_ID = re.compile(r"(?<![\w.])(?:v\d{1,9}(?:\.\d{1,9}){0,2}|\d{1,9}(?:\.\d{1,9}){1,2})(?![\w]|\.\d)")


def _raised(old: str, new: str, needed: Bump) -> bool:
    """Tell whether a version is raised enough; MAJOR.MINOR, a third number counts as a finer minor."""
    before, after = (tuple(int(part) for part in (*version.split("."), "0", "0")[:3]) for version in (old, new))
    if needed is Bump.MODEL:
        return after[0] > before[0]
    return after >= before if needed is Bump.NONE else after > before
