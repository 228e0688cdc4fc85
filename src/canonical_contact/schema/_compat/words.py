"""The keywords of one schema, checked for their form and brought into the one form that the comparison knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from canonical_contact.errors import InputError
from canonical_contact.schema._compat.values import equal_key

if TYPE_CHECKING:
    from canonical_contact.schema._compat.document import Document, Node

__all__ = ["ANY", "TYPES", "VERSION_FIELDS", "bad_schema", "is_assertion", "mapping", "read_words"]

# Types that have no value in common; a `number` of JSON Schema is an integer or a fraction.
ANY: Final = frozenset(("array", "boolean", "fraction", "integer", "null", "object", "string"))
TYPES: Final = {name: frozenset((name,)) for name in ANY - {"fraction"}} | {"number": frozenset(("integer", "fraction"))}

# Fields that hold the version of their document: their const is expected to change.
VERSION_FIELDS: Final = frozenset(("schema_version", "schemaVersion"))


def _table(**forms: str) -> dict[str, str]:
    return {word: form for form, words in forms.items() for word in words.split()}


_FORMS: Final[Mapping[str, str]] = _table(
    schema="additionalItems additionalProperties contains else if items not propertyNames then unevaluatedItems unevaluatedProperties",
    schemas="allOf anyOf oneOf prefixItems",
    schema_map="dependentSchemas patternProperties properties",
    whole="maxContains maxItems maxLength maxProperties minContains minItems minLength minProperties",
    number="exclusiveMaximum exclusiveMinimum maximum minimum multipleOf",
    text="contentEncoding contentMediaType format pattern",
    names="required",
    names_map="dependentRequired",
    flag="uniqueItems nullable",
    values="enum",
    value="const",
    type="type",
    reference="$ref",
    unknown="$dynamicRef $recursiveRef",
    dependencies="dependencies",
)
_AFTER_2019 = frozenset(("prefixItems",))
_AFTER_7 = _AFTER_2019 | frozenset(
    ("dependentRequired", "dependentSchemas", "maxContains", "minContains", "unevaluatedItems", "unevaluatedProperties")
)
_UNTIL_7 = frozenset(("dependencies",))


def bad_schema(what: str, place: str, hint: str = "Correct the schema there.") -> InputError:
    """Make the error for a schema that cannot be read."""
    return InputError(f"The schema cannot be read: {what} at {place}.", code="input.schema", path=place, hint=hint)


def mapping(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise bad_schema("an object is expected", place)
    return value


def read_words(node: Node, document: Document) -> dict[str, Any]:
    """Read the keywords of a node.

    Returns:
        what it asserts, with each schema as a Node: `types` for type, `values` (by their `equal_key`) for enum and const, `all` for what applies as well
        (allOf, references), `unknown` for what cannot be followed; the rest under the names of 2020-12.

    Raises:
        InputError: a keyword has a value that it cannot have.
    """
    raw = mapping(node.raw, node.place)
    if document.until_7 and isinstance(raw.get("$ref"), str):
        raw = {"$ref": raw["$ref"]}  # until draft 7, what stands beside a reference does not count
    unheard = _AFTER_7 if document.until_7 else _AFTER_2019 if document.until_2019 else frozenset[str]()
    if document.since_2019:
        unheard |= _UNTIL_7
    if node.version:
        unheard |= {"const", "enum"}
    words: dict[str, Any] = {}
    for word, entry in raw.items():
        form = _FORMS.get(word)
        if form is None or word in unheard:
            continue
        for name, value in _READERS[form](_At(word, entry, f"{node.place}/{word}", node, document)):
            words[name] = (*words[name], *value) if name in ("all", "unknown") and name in words else value
    return _finished(words)


def _finished(words: dict[str, Any]) -> dict[str, Any]:
    """Bring what belongs together into one form."""
    if "const" in words:
        const = words.pop("const")
        words["values"] = {key: value for key, value in const.items() if key in words.get("values", const)}
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(words.get(exclusive), bool):  # draft 4 and OpenAPI 3.0
            if words.pop(exclusive) and limit in words:
                words[exclusive] = words.pop(limit)
    if words.pop("nullable", False) and "types" in words:
        words["types"] |= {"null"}
    for word in ("dependentRequired", "dependentSchemas"):
        if other := words.pop(f"{word} of dependencies", None):
            words[word] = {**words.get(word, {}), **other}
    beyond = words.pop("additionalItems", None)
    if words.pop("items is a list", False):
        if beyond is not None:
            words["items"] = beyond
        else:
            words.pop("items", None)
    if not any(word in words for word in ("all", "anyOf", "oneOf", "if", "dependentSchemas", "not", "unknown")):
        for word, plain in (("unevaluatedProperties", "additionalProperties"), ("unevaluatedItems", "items")):
            if word in words and not (plain == "items" and "contains" in words):
                words.setdefault(plain, words[word])
                del words[word]
    return words


class _At(NamedTuple):
    """A keyword where it stands."""

    word: str
    entry: Any
    place: str
    node: Node
    document: Document

    def schema(self, entry: object, name: object) -> Node:
        """Give the node of a schema inside."""
        field = str(name) if self.word == "properties" else ""
        return self.document.child(entry, f"{self.place}/{name}", self.node.base, field=field)

    def bad(self, expected: str) -> InputError:
        return bad_schema(f"{expected} is expected", self.place)


_Read = Iterator[tuple[str, Any]]


def _of_schema(at: _At) -> _Read:
    if at.word == "items" and isinstance(at.entry, list):
        yield "prefixItems", tuple(at.schema(part, number) for number, part in enumerate(at.entry))
        yield "items is a list", True
    else:
        yield at.word, at.document.child(at.entry, at.place, at.node.base)


def _of_schemas(at: _At) -> _Read:
    if not isinstance(at.entry, list):
        raise at.bad("a list of schemas")
    yield "all" if at.word == "allOf" else at.word, tuple(at.schema(part, number) for number, part in enumerate(at.entry))


def _of_map(at: _At) -> _Read:
    yield at.word, {name: at.schema(part, name) for name, part in mapping(at.entry, at.place).items()}


def _of_dependencies(at: _At) -> _Read:
    parts = mapping(at.entry, at.place)
    names = {name: _names(part, at) for name, part in parts.items() if isinstance(part, list)}
    yield "dependentRequired of dependencies", names
    yield "dependentSchemas of dependencies", {name: at.schema(part, name) for name, part in parts.items() if name not in names}


def _of_type(at: _At) -> _Read:
    names = at.entry if isinstance(at.entry, list) else [at.entry]
    if not names or not all(isinstance(name, str) and name in TYPES for name in names):
        raise at.bad("a type of JSON Schema")
    yield "types", frozenset[str]().union(*(TYPES[name] for name in names))


def _of_reference(at: _At) -> _Read:
    if not isinstance(at.entry, str):
        raise at.bad("a text")
    target = at.document.resolve(at.entry, at.node.base, at.place)
    yield (
        ("unknown", (f"{at.entry} leads out of the document; put what it names under $defs, with its $id",))
        if target is None
        else ("all", (target,))
    )


def _of_unknown(at: _At) -> _Read:
    yield "unknown", (f"{at.word} {at.entry} depends on who refers to it",)


def _of_text(at: _At) -> _Read:
    if not isinstance(at.entry, str):
        raise at.bad("a text")
    yield at.word, at.entry


def _of_flag(at: _At) -> _Read:
    if not isinstance(at.entry, bool):
        raise at.bad("true or false")
    yield at.word, at.entry


def _of_number(at: _At) -> _Read:
    flag = isinstance(at.entry, bool) and at.word.startswith("exclusive")
    if not flag and (not _is_number(at.entry) or (at.word == "multipleOf" and at.entry <= 0)):
        raise at.bad("a number")
    yield at.word, at.entry


def _of_whole(at: _At) -> _Read:
    if not _is_number(at.entry) or at.entry < 0 or at.entry != int(at.entry):
        raise at.bad("a whole number from 0")
    yield at.word, int(at.entry)


def _is_number(entry: object) -> bool:
    return isinstance(entry, (int, float)) and not isinstance(entry, bool)


def _names(entry: object, at: _At) -> tuple[str, ...]:
    if not isinstance(entry, list) or not all(isinstance(name, str) for name in entry):
        raise at.bad("a list of names")
    return tuple(entry)


def _of_names(at: _At) -> _Read:
    yield at.word, _names(at.entry, at)


def _of_names_map(at: _At) -> _Read:
    yield at.word, {name: _names(part, at) for name, part in mapping(at.entry, at.place).items()}


def _of_values(at: _At) -> _Read:
    if not isinstance(at.entry, list):
        raise at.bad("a list of values")
    yield "values", {equal_key(value): value for value in at.entry}


def _of_value(at: _At) -> _Read:
    yield "const", {equal_key(at.entry): at.entry}


_READERS: Final[Mapping[str, Callable[[_At], _Read]]] = {
    "schema": _of_schema,
    "schemas": _of_schemas,
    "schema_map": _of_map,
    "dependencies": _of_dependencies,
    "type": _of_type,
    "reference": _of_reference,
    "unknown": _of_unknown,
    "text": _of_text,
    "flag": _of_flag,
    "number": _of_number,
    "whole": _of_whole,
    "names": _of_names,
    "names_map": _of_names_map,
    "values": _of_values,
    "value": _of_value,
}


def is_assertion(word: str) -> bool:
    """Tell whether a keyword rules values out, so that it is no annotation."""
    return word in _FORMS
