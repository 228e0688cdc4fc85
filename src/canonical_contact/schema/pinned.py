"""A host's own version of the schema: it reads documents of any, and writes those of the one that it has pinned."""

from __future__ import annotations

from typing import Any, TypeVar

from attrs import frozen

from canonical_contact.errors import InputError
from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.model.deprecation import warn_once
from canonical_contact.schema._convert import from_dict, from_json, kind_of_value, plain_to_json, to_dict, to_json
from canonical_contact.schema._published import published_end, published_versions
from canonical_contact.schema.migrations import migrate

__all__ = ["PinnedConverter", "converter"]

T = TypeVar("T")


def converter(version: str = SCHEMA_VERSION, *, strict: bool = False) -> PinnedConverter:
    r"""Pin a version of the schema: make what reads documents of any version and writes those of this one.

    Args:
        version: a published version.
        strict: leave out what the version could keep only in a member that its schema does not know (`_parked` of consent events and
            activities); without it nothing is lost.

    Raises:
        InputError: there is no such version.

    >>> from canonical_contact.model import Contact, ContactKind
    >>> pinned = converter(version="1.0")
    >>> pinned.dumps(Contact(contact_id="1", kind=ContactKind.ORG))
    '{"contact_id":"1","schema_version":"1.0","extensions":{"canonical_contact.parked.1.1":"{\\"/kind\\":\\"org\\"}"}}'
    >>> pinned.loads(Contact, pinned.dumps(Contact(contact_id="1", kind=ContactKind.ORG))).kind.value
    'org'
    """
    if version not in published_versions():
        raise InputError(
            f"There is no schema {version}.",
            code="input.schema_version",
            path="version",
            hint=f"Published are: {', '.join(published_versions())}.",
        )
    if end := published_end(version):
        warn_once(f"schema {version}", f"Schema {version} is {end}; pin {SCHEMA_VERSION}.")
    return PinnedConverter(version, strict)


@frozen
class PinnedConverter:
    """Reads documents of any published version and writes those of one; made by `converter`.

    Args:
        version: the version that is written.
        strict: whether what the version's schema does not know is left out.
    """

    version: str
    strict: bool = False

    def dumps(self, value: object) -> str:
        """Write a document, or a list or tuple of them, as one compact line of JSON.

        Raises:
            InputError: it is no document, or holds what JSON has no word for.
        """
        return to_json(value) if self.version == SCHEMA_VERSION else plain_to_json(self.to_dict(value))

    def loads(self, cls: type[T], text: str) -> T:
        """Read a document of any published version, or `tuple[ConsentEvent, ...]` and its like, from JSON text.

        Raises:
            InputError: it is not JSON or does not fit the class.
        """
        return from_json(cls, text)

    def to_dict(self, value: object) -> Any:  # noqa: ANN401  a dict for a document, a list for a list of them
        """Turn a document, or a list or tuple of them, into plain dicts of the version.

        Raises:
            InputError: it is no document: parts of one bear no version.
        """
        if self.version == SCHEMA_VERSION:
            return to_dict(value)
        if isinstance(value, (list, tuple)):
            return [self.to_dict(one) for one in value]
        kind = kind_of_value(value)
        if not kind:
            raise InputError(
                f"A {type(value).__name__} is no document, so it has no form of its own in schema {self.version}.",
                code="input.not_a_document",
                hint="Give a Contact, SourceRecord, ConsentEvent, Activity or Event, or a list of them.",
            )
        return migrate(to_dict(value), self.version, kind=kind, strict=self.strict)

    def from_dict(self, cls: type[T], plain: object) -> T:
        """Read a document of any published version from plain dicts.

        Raises:
            InputError: it does not fit the class.
        """
        return from_dict(cls, plain)
