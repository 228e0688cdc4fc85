"""Fields of a host's own: typed and described, kept as text under `extensions` of a contact.

A document of a version holds only that version's fields, so a host's field is no field of the document: it is an entry of
`extensions`, text under a name with the host's namespace. What is declared here gives that text a type, a meaning and a place in the
host's JSON Schema and dictionary. It is a value that is passed where it is needed; nothing is registered anywhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from canonical_contact.errors import ConfigError, InputError, Problem
from canonical_contact.model import Card
from canonical_contact.model.about import About, Pii
from canonical_contact.schema._json_schema import TIME_PATTERN, metadata_of

__all__ = ["ExtensionField", "ExtensionValue", "Extensions"]

C = TypeVar("C", bound=Card)
ExtensionValue = str | int | float | bool | datetime | date

_NAME = re.compile(r"[^\s.][^.]*\.\S(?:.*\S)?\Z", re.DOTALL)
_OURS = "canonical_contact"
_NUMBER = r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$"
# type → how its text looks in a document, as keywords of JSON Schema
_TEXTS: Mapping[type, Mapping[str, Any]] = {
    str: {},
    bool: {"enum": ["false", "true"]},
    int: {"pattern": r"^(0|-?[1-9]\d*)$"},
    float: {"pattern": _NUMBER},
    datetime: {"format": "date-time", "pattern": TIME_PATTERN},
    date: {"format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
}
_HINTS: Mapping[type, str] = {
    str: "Write text of the form that the field asks for.",
    bool: "Write true or false.",
    int: "Write a whole number in digits.",
    float: "Write a finite number in digits, with a point.",
    datetime: "Write a time in UTC such as 2026-06-30T12:00:00Z.",
    date: "Write a date such as 2026-06-30.",
}


@frozen(kw_only=True)
class ExtensionField:
    """One field of a host.

    Args:
        name: namespace and name, such as `acme.loyalty_tier`; the namespace `canonical_contact` is the library's own.
        type: `str`, `int`, `float`, `bool`, `datetime`, `date`, or a `StrEnum` of the host.
        meaning: what it says, in one line.
        example: a value of the type.
        pii: how personal it is.
        since: the version of the host's schema that it came with.
        survivorship: which value stands where records differ; the fold of this library keeps the most recent.
        validation: what a value must fulfil, in one line, beyond its type.
        pattern: for text: a regular expression that the whole text must match.
        deprecated: the version of the host's schema that announced its end.
        remove_in: the version that will not have it.
        replaced_by: what to use.

    Raises:
        ConfigError: the name has no namespace or one of the library's, there is no text form for the type, or the example is none.

    >>> ExtensionField(name="acme.visits", type=int, meaning="Visits to the shop.", example=3).read("17")
    17
    """

    name: str = field()
    type: type = field(default=str)
    meaning: str
    example: Any
    pii: Pii = Pii.SENSITIVE
    since: str = "1"
    survivorship: str = "most_recent"
    validation: str = ""
    pattern: str = ""
    deprecated: str = ""
    remove_in: str = ""
    replaced_by: str = ""

    def __attrs_post_init__(self) -> None:
        space = self.name.partition(".")[0]
        if not _NAME.match(self.name):
            raise _config(self.name, "it has no namespace", "Name it as NAMESPACE.NAME, such as acme.loyalty_tier.")
        if space == _OURS:
            raise _config(self.name, f"{_OURS} is the namespace of the library", "Use a namespace of your own.")
        if self.type not in _TEXTS and not _is_words(self.type):
            raise _config(self.name, f"{self.type} has no text form", "Use str, int, float, bool, datetime, date or a StrEnum.")
        if self.pattern and self.type is not str:
            raise _config(self.name, "only text has a pattern", "Leave it out; the type says the form.")
        try:
            re.compile(self.pattern)
            self.write(self.example)
        except (InputError, re.error) as error:
            raise _config(
                self.name, "its example or its pattern is not valid", "Give an example of the type that fits."
            ) from error

    def read(self, text: str) -> ExtensionValue | None:
        """Read the text form; None where it is none."""
        if issubclass(self.type, StrEnum):
            return self.type(text) if text in {word.value for word in self.type} else None
        if self.type is str:
            return text if not self.pattern or re.fullmatch(self.pattern, text) else None
        form = _TEXTS[self.type]
        if text not in form["enum"] if "enum" in form else not (text.isascii() and re.fullmatch(form["pattern"], text)):
            return None
        try:
            value = _READERS[self.type](text)
        except (ValueError, OverflowError):  # the 31st of February; more digits than a number may have
            return None
        return value if not isinstance(value, float) or math.isfinite(value) else None

    def write(self, value: ExtensionValue) -> str:
        """Write the text form.

        Raises:
            InputError: the value is not of the type, or does not fit the pattern.
        """
        exact = type(value) is self.type or (self.type is float and type(value) is int)
        text = _text_of(value) if exact else ""
        if not exact or self.read(text) is None:
            raise InputError(
                f"The value is no {self.type.__name__} that {self.name} can hold.",
                code="input.extension",
                path=self.name,
                hint=self.hint,
            )
        return text

    @property
    def hint(self) -> str:
        """What helps where a text is not of the form."""
        if issubclass(self.type, StrEnum):
            return f"Write one of: {', '.join(word.value for word in self.type)}."
        return _HINTS[self.type]

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that there are, where they are counted."""
        return (
            tuple(word.value for word in self.type) if issubclass(self.type, Enum) else tuple(_TEXTS[self.type].get("enum", ()))
        )

    @property
    def kind(self) -> str:
        """The name of its type: `string`, `boolean`, `integer`, `number`, `time`, `date`, or that of its list of words."""
        return self.type.__name__ if issubclass(self.type, Enum) else _KINDS[self.type]

    @property
    def known(self) -> About:
        """What is known of it, as of a field of the library; the example in its text form."""
        return About(
            self.write(self.example),
            self.pii,
            since=self.since,
            validation=self.validation,
            survivorship=self.survivorship,
            deprecated=self.deprecated,
            remove_in=self.remove_in,
            replaced_by=self.replaced_by,
        )

    def property(self) -> dict[str, Any]:
        """Make its JSON Schema: the form of its text, and what is known of it."""
        pattern = {"pattern": f"^(?:{self.pattern})$"} if self.pattern else {}
        form = {"enum": list(self.words)} if self.words else dict(_TEXTS[self.type])
        return {"type": "string", **form, **pattern, "description": self.meaning, **metadata_of(self.known), "x-type": self.kind}


class Extensions:
    """The fields of a host, as one value to pass on.

    Args:
        fields: the fields; no name twice.
        schema_id: the `$id` of the host's JSON Schema, such as `urn:acme:contact:3`; without it that schema has none.

    Raises:
        ConfigError: two fields have one name.

    >>> from canonical_contact.model import Contact
    >>> ours = Extensions([ExtensionField(name="acme.visits", type=int, meaning="Visits to the shop.", example=3)])
    >>> ana = ours.write(Contact(contact_id="019f"), "acme.visits", 17)
    >>> ana.extensions["acme.visits"], ours.read(ana, "acme.visits")
    ('17', 17)
    """

    def __init__(self, fields: Iterable[ExtensionField], *, schema_id: str = "") -> None:
        self.schema_id = schema_id
        self._fields: dict[str, ExtensionField] = {}
        for one in fields:
            if one.name in self._fields:
                raise _config(one.name, "there are two fields of that name", "Give each field a name of its own.")
            self._fields[one.name] = one

    def __iter__(self) -> Iterator[ExtensionField]:
        """Give the fields in their order."""
        return iter(self._fields.values())

    def __len__(self) -> int:
        """How many fields there are."""
        return len(self._fields)

    def __getitem__(self, name: str) -> ExtensionField:
        """Find a field.

        Raises:
            ConfigError: there is no such field.
        """
        if name not in self._fields:
            raise _config(name, "no such field was declared", f"Declared are: {', '.join(self._fields) or 'none'}.")
        return self._fields[name]

    def read(self, card: Card, name: str) -> ExtensionValue | Problem | None:
        """Read a field of a contact.

        Args:
            card: a contact or the card of a record.
            name: the field's name.

        Returns:
            The typed value; None where the contact has none; a Problem where its text is not of the form.

        Raises:
            ConfigError: there is no such field.
        """
        one = self[name]
        text = card.extensions.get(name)
        if text is None:
            return None
        value = one.read(text)
        return _problem(one, text) if value is None else value

    def write(self, card: C, name: str, value: ExtensionValue | None) -> C:
        """Put a value into a new contact; the one that was passed stays as it is.

        Args:
            card: a contact or the card of a record.
            name: the field's name.
            value: a value of the field's type; None takes the entry away.

        Raises:
            ConfigError: there is no such field.
            InputError: the value is not of the type.
        """
        one = self[name]
        entries = {key: text for key, text in card.extensions.items() if key != name}
        if value is not None:
            entries[name] = one.write(value)
        return evolve(card, extensions=entries)

    def problems(self, card: Card) -> tuple[Problem, ...]:
        """List the entries of a contact whose text is not of the form that their field asks for."""
        found = ((one, card.extensions[one.name]) for one in self if one.name in card.extensions)
        return tuple(_problem(one, text) for one, text in found if one.read(text) is None)

    def properties(self) -> dict[str, Any]:
        """Make the JSON Schema of each field, by name."""
        return {one.name: one.property() for one in self}


def _is_words(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)


def _as_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


_READERS: Mapping[type, Any] = {
    bool: "true".__eq__, int: int, float: float, datetime: _as_time, date: date.fromisoformat,
}  # fmt: skip
_KINDS: Mapping[type, str] = {
    str: "string", bool: "boolean", int: "integer", float: "number", datetime: "time", date: "date",
}  # fmt: skip


def _text_of(value: ExtensionValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        at = value.replace(tzinfo=UTC) if value.utcoffset() is None else value.astimezone(UTC)
        return at.isoformat()[:-6] + "Z"
    return value.isoformat() if isinstance(value, date) else str(value)


def _problem(one: ExtensionField, text: str) -> Problem:
    return Problem("extension.not_in_form", f"$.extensions.{one.name}", text[:200], one.hint)


def _config(name: str, what: str, hint: str) -> ConfigError:
    return ConfigError(f"The extension {name!r} cannot be used: {what}.", path=name, hint=hint)
