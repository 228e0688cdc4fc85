"""A JSON Schema as the comparison sees it: a document of a bearable size whose references are followed inside of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from math import isfinite
from typing import Any
from urllib.parse import unquote, urljoin

from canonical_contact.schema._compat.words import TYPES, VERSION_FIELDS, bad_schema, mapping, read_words

__all__ = ["Arena", "Document", "Node"]

_DEPTH, _SIZE = 200, 1_000_000  # levels and values of a document


class Node:
    """One schema inside a document.

    Args:
        serial: number in the arena; it orders nodes.
        place: JSON Pointer to where it stands, as a fragment.
        raw: the schema as it was given.
        document: where it stands; None for one that was made here.
        base: the URI that its references start from.
        words: its keywords in the one form, where they are known already.
        version: it describes the field that names the version of the document.
    """

    __slots__ = ("_words", "base", "document", "place", "raw", "serial", "version")

    def __init__(
        self,
        serial: int,
        place: str,
        raw: object,
        document: Document | None,
        base: str = "",
        *,
        words: dict[str, Any] | None = None,
        version: bool = False,
    ) -> None:
        self.serial, self.place, self.raw, self.document, self.base = serial, place, raw, document, base
        self.version, self._words = version, words

    @property
    def words(self) -> dict[str, Any]:
        """Its keywords in the one form, see `words`; read when they are first asked for."""
        if self._words is None:
            assert self.document is not None
            self._words = read_words(self, self.document)
        return self._words

    def note(self, name: str) -> Any:  # noqa: ANN401  any value of JSON
        """Read an annotation of its own."""
        return self.raw.get(name) if isinstance(self.raw, Mapping) else None


class Arena:
    """The nodes of one comparison: those of both documents, and those that are made on the way."""

    def __init__(self) -> None:
        self._serials = count()
        self._made: dict[object, Node] = {}
        self.always = self.make("always", {})
        self.never = self.make("never", {"never": True})

    def node(self, place: str, raw: object, document: Document, base: str, *, version: bool) -> Node:
        """Make the node of a schema in a document."""
        return Node(next(self._serials), place, raw, document, base, version=version)

    def make(self, key: object, words: dict[str, Any]) -> Node:
        """Make a node that stands in no document, once for each key."""
        if key not in self._made:
            self._made[key] = Node(next(self._serials), "", None, None, words=words)
        return self._made[key]

    def only(self, kind: str) -> Node:
        """Make the node that takes all values of one kind of `ANY` and no others."""
        return self.make(("only", kind), {"types": frozenset((kind,))})


class Document:
    """A whole JSON Schema.

    Args:
        schema: as a JSON library reads it.
        arena: of the comparison.

    Raises:
        InputError: it is no JSON Schema, is nested too deeply, or refers to what it does not hold.
    """

    def __init__(self, schema: object, arena: Arena) -> None:
        if not isinstance(schema, (Mapping, bool)):
            raise bad_schema("a schema is an object or true or false", "#", "Pass the JSON Schema as a dict.")
        self.schema: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
        dialect = str(self.schema.get("$schema", ""))
        self.until_7 = re.search(r"draft-0[3-7]", dialect) is not None
        self.until_2019 = self.until_7 or "2019-09" in dialect
        self.since_2019 = re.search(r"2019-09|2020-12", dialect) is not None
        self.size = 0
        self.references: list[tuple[str, str]] = []  # (the definition at the top that it stands in, what it refers to)
        identity = self.schema.get("$id", self.schema.get("id") if self.until_7 else None)
        self._base = identity.rstrip("#") if isinstance(identity, str) else ""
        self._resources: dict[str, Any] = {self._base: schema}
        self._anchors: dict[tuple[str, str], Any] = {}
        self._arena = arena
        self._nodes: dict[tuple[int, str, bool], Node] = {}
        self._scan(schema)
        self.root = self.child(schema, "#", self._base)

    def definitions(self) -> dict[str, Node]:
        """Read the definitions at the top, under either name."""
        return {
            name: self.child(entry, f"#/{word}/{name}", self._base)
            for word in ("definitions", "$defs")
            for name, entry in mapping(self.schema.get(word, {}), f"#/{word}").items()
        }

    def child(self, raw: object, place: str, base: str, *, field: str = "") -> Node:
        """Give the one node of a schema.

        Args:
            raw: the schema.
            place: JSON Pointer to it.
            base: the URI that its references start from.
            field: the property that it describes, if it stands under `properties`.
        """
        if raw is True or raw is False:
            return self._arena.always if raw else self._arena.never
        if not isinstance(raw, Mapping):
            raise bad_schema("a schema is an object or true or false", place)
        if len(raw) == 1 and isinstance(raw.get("type"), str) and raw["type"] in TYPES:  # the commonest schema: one node for all
            return self._arena.make(("type", raw["type"]), {"types": TYPES[raw["type"]]})
        base = self._enter(raw, base)
        key = id(raw), base, field in VERSION_FIELDS
        if key not in self._nodes:
            self._nodes[key] = self._arena.node(place, raw, self, base, version=field in VERSION_FIELDS)
        return self._nodes[key]

    def resolve(self, reference: str, base: str, place: str) -> Node | None:
        """Follow a reference; None where it leads out of the document."""
        uri, _, fragment = reference.partition("#")
        uri = urljoin(base, uri) if uri else base  # urljoin knows no fragments of URNs
        fragment = unquote(fragment)
        if uri not in self._resources:
            return None
        target, where = self._resources[uri], uri
        if fragment and not fragment.startswith("/"):
            if (uri, fragment) not in self._anchors:
                raise bad_schema(f"no anchor is named {fragment}", place)
            return self.child(self._anchors[uri, fragment], f"#{fragment}", uri)
        for token in fragment.split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            if isinstance(target, list) and token.isdecimal() and int(token) < len(target):
                target = target[int(token)]
            elif isinstance(target, Mapping) and token in target:
                target = target[token]
            else:
                raise bad_schema(f"the reference {reference} leads nowhere", place)
            where = self._enter(target, where)
        return self.child(target, f"#{fragment}", where)

    def _enter(self, value: object, base: str) -> str:
        """Tell the base inside of a value: a schema with an `$id` is a resource of its own."""
        identity = value.get("$id") if isinstance(value, Mapping) else None
        return urljoin(base, identity).rstrip("#") if isinstance(identity, str) and identity[:1] != "#" else base

    def _scan(self, schema: object) -> None:
        """Go over the whole document once: it must be JSON of a bearable size; anchors and references are noted."""
        todo: list[tuple[object, str, int, str]] = [(schema, self._base, 0, "")]
        while todo:
            value, base, depth, owner = todo.pop()
            self.size += 1
            if depth > _DEPTH or self.size > _SIZE:
                what = f"it is nested deeper than {_DEPTH} levels" if depth > _DEPTH else f"it holds more than {_SIZE:,} values"
                raise bad_schema(what, "#", "Give parts a name under $defs and refer to them.")
            if isinstance(value, Mapping):
                if not all(isinstance(name, str) for name in value):
                    raise bad_schema("a name is no text", "#")
                base = self._enter(value, base)
                self._note(value, base, owner)
                for name, entry in value.items():
                    if depth == 0 and name in ("$defs", "definitions") and isinstance(entry, Mapping):
                        todo.extend((part, base, 2, str(definition)) for definition, part in entry.items())
                    else:
                        todo.append((entry, base, depth + 1, owner))
            elif isinstance(value, list):
                todo.extend((entry, base, depth + 1, owner) for entry in value)
            elif not isinstance(value, (str, bool, int, float, type(None))) or (isinstance(value, float) and not isfinite(value)):
                raise bad_schema(f"a {type(value).__name__} is no value of JSON", "#", "Pass what a JSON library reads.")

    def _note(self, schema: Mapping[str, Any], base: str, owner: str) -> None:
        identity, anchor, reference = (schema.get(word) for word in ("$id", "$anchor", "$ref"))
        if isinstance(identity, str):
            if identity[:1] == "#":  # draft 6 and 7 name anchors so
                self._anchors[base, identity[1:]] = schema
            else:
                self._resources.setdefault(base, schema)
        if isinstance(anchor, str):
            self._anchors[base, anchor] = schema
        if isinstance(reference, str):
            self.references.append((owner, reference))
