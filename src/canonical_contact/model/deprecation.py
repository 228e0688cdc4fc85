"""What will go: its use warns once, and names what takes its place.

A field is announced in a minor version, stays for at least two minor versions and six months, and goes with a major one; the field's
metadata says when (`about(deprecated=, remove_in=, replaced_by=)`).
"""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from typing import Any

from attrs import Attribute, fields

from canonical_contact.model.about import abouts

__all__ = ["SchemaDeprecationWarning", "deprecated_fields", "warn_once", "watch_deprecated"]


class SchemaDeprecationWarning(DeprecationWarning):
    """A host uses a field or a version of the schema that will go; said once a process for each."""


_said: set[str] = set()  # warnings are the process's, as Python's own registry of them is


def deprecated_fields(cls: type) -> dict[str, str]:
    """Map the fields of a class that will go to what takes their place.

    >>> from canonical_contact.model import Card
    >>> deprecated_fields(Card)
    {'owner': 'owners'}
    """
    return {name: known.replaced_by for name, known in abouts(cls).items() if known.deprecated}


def warn_once(name: str, message: str) -> None:
    """Warn of one thing, once a process, at the line outside of this package that used it.

    Args:
        name: of the thing, such as `Card.owner`.
        message: what is said.
    """
    if name in _said:
        return
    _said.add(name)
    level, frame = 2, sys._getframe(1)  # noqa: SLF001  the one way to the caller
    while frame.f_back is not None and _is_ours(frame):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, SchemaDeprecationWarning, stacklevel=level)


def watch_deprecated(cls: type) -> None:
    """Let the use of the deprecated fields of a class by a host warn; for a frozen class with slots, after it was made.

    Reading such a field in this package, or by what copies, compares or shows whole values, says nothing.
    """
    for attribute in fields(cls):
        if attribute.name in deprecated_fields(cls):
            setattr(cls, attribute.name, _watched(cls, attribute))


def _watched(cls: type, attribute: Attribute[Any]) -> object:
    slot = cls.__dict__[attribute.name]
    known = abouts(cls)[attribute.name]
    name = f"{cls.__name__}.{attribute.name}"
    message = f"{name} is deprecated since schema {known.deprecated} and goes with {known.remove_in}; use {known.replaced_by}."

    def get(self: object, value: object, owner: type | None = None) -> Any:  # noqa: ANN401  what the field holds
        if value is None:
            return self
        if name not in _said and not _is_ours(sys._getframe(1)):  # noqa: SLF001  the one way to the caller
            warn_once(name, message)
        return slot.__get__(value, owner)

    # Writing is the slot's own, so that making a value costs what it did.
    members = {"__get__": get, "__set__": slot.__set__, "__delete__": slot.__delete__, "__doc__": message, "__slots__": ()}
    return type("DeprecatedField", (), members)()


_HELPERS = frozenset({__name__.partition(".")[0], "attr", "attrs", "cattr", "cattrs", "copy", "copyreg", "pickle"})
# These read every field of what they show.
_QUIET = _HELPERS | frozenset({"_pytest", "hypothesis", "inspect", "pprint", "reprlib", "rich"})


def _is_ours(frame: FrameType) -> bool:
    module = frame.f_globals.get("__name__")
    if isinstance(module, str) and module.partition(".")[0] in _QUIET:
        return True
    return frame.f_code.co_filename.startswith(("<attrs generated", "<cattrs generated"))
