"""The classes of the documents, read for what is published of them: fields, types, meanings, and what is known of each."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from canonical_contact.model.about import About, abouts

__all__ = ["Field", "fields_of", "plain", "shape_of", "summary"]


@frozen
class Field:
    """One field of a class of the model.

    Args:
        name: its name, in the class and in a document.
        hint: its type, without the `None` that stands for absent.
        default: what it counts as where it is absent; `attrs.NOTHING` for a field that must be there.
        meaning: its line under `Args:`.
        known: its metadata.
    """

    name: str
    hint: Any
    default: Any
    meaning: str
    known: About

    @property
    def required(self) -> bool:
        """Whether every document has it; the version always is there, though the class knows it by itself."""
        return self.default is attrs.NOTHING or self.name == "schema_version"


def fields_of(cls: type) -> tuple[Field, ...]:
    """List the fields of a class in their order; what it inherits is included."""
    hints, meanings, known = get_type_hints(cls), _meanings(cls), abouts(cls)
    return tuple(
        Field(one.name, _present(hints[one.name]), _default(one.default), meanings[one.name], known[one.name])
        for one in attrs.fields(cls)
    )


def shape_of(hint: object) -> tuple[str, Any]:
    """Take a type apart: how often (`one`, `list`, `map`), and what.

    >>> shape_of(tuple[str, ...]), shape_of(int)
    (('list', <class 'str'>), ('one', <class 'int'>))
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple and inner[1:] == (...,):
        return "list", inner[0]
    if origin is Mapping:
        return "map", inner[1]
    return "one", hint


def summary(cls: type) -> str:
    """Read the first paragraph of a class's docstring on one line."""
    return re.sub(r"\s+", " ", inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0])


def plain(example: Any) -> Any:  # noqa: ANN401  what JSON has
    """Copy an example as JSON has it: tuples are arrays."""
    if isinstance(example, Mapping):
        return {name: plain(value) for name, value in example.items()}
    if isinstance(example, (tuple, list)):
        return [plain(value) for value in example]
    return example


def _default(value: Any) -> Any:  # noqa: ANN401
    return value.factory() if isinstance(value, attrs.Factory) else value  # type: ignore[arg-type]  # a class at runtime


def _present(hint: Any) -> Any:  # noqa: ANN401
    if get_origin(hint) in (Union, types.UnionType):  # `X | None`: what is unknown is absent, never null
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    return hint


def _meanings(cls: type) -> dict[str, str]:
    """Read the `Args:` of a class and of those it is derived from."""
    meanings: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        lines = inspect.cleandoc(base.__dict__.get("__doc__") or "").partition("Args:\n")[2]
        for name, meaning in re.findall(r"^    (\w+): (.+(?:\n {8,}.+)*)", lines, re.MULTILINE):
            meanings[name] = re.sub(r"\s+", " ", meaning)
    return meanings
