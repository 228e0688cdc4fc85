"""Values of the model to JSON documents and back.

The form of a document:

- a field that equals its default is left out; so a default, once published, never changes; `schema_version` is always there;
- times are RFC 3339 in UTC with `Z`, with a fraction only where there is one; a time without a zone counts as UTC;
- enums are their text, tuples are arrays, mappings are objects, what is unknown is absent and never `null`;
- a document of an older version is brought to the present one as it is read, and the value bears the present version;
- a field that this version does not know is passed over, so that documents of a later minor version can be read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, get_args, get_origin

from attrs import fields, has

from canonical_contact.errors import InputError
from canonical_contact.model import SCHEMA_VERSION, Activity, Card, ConsentEvent, Contact, Event, SourceRecord
from canonical_contact.model.deprecation import deprecated_fields, warn_once

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["from_dict", "from_json", "kind_of_value", "make_converter", "plain_of_json", "plain_to_json", "to_dict", "to_json"]

T = TypeVar("T")


def to_json(value: object) -> str:
    """Write a value of the model as one compact line of JSON (RFC 8259).

    Args:
        value: any frozen value of the model, or a list or tuple of them.

    Returns:
        Text that UTF-8 can encode: lone surrogates are escaped.

    Raises:
        InputError: the value holds something that JSON has no word for, such as a number that is not finite.

    >>> from canonical_contact.model import PhoneNumber
    >>> to_json(PhoneNumber("+493012345678", features=("mobile",)))
    '{"number":"+493012345678","features":["mobile"]}'
    """
    return plain_to_json(to_dict(value), type(value).__name__)


def plain_to_json(plain: object, name: str = "document") -> str:
    """Write plain dicts, lists and texts as one compact line of JSON (RFC 8259), in the form of all documents.

    Raises:
        InputError: there is something that JSON has no word for; `name` says in what.
    """
    try:
        text = _COMPACT.encode(plain)
        if not text.isascii() and not _encodable(text):
            text = _ESCAPED.encode(plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"A {name} holds a value that cannot be written as JSON.",
            code="input.not_json",
            hint="Use text, finite numbers, times and values of the model only.",
        ) from error
    return text


def from_json(cls: type[T], text: str) -> T:
    """Read a value of the model from JSON text.

    Args:
        cls: the class, such as `Contact`; also `tuple[ConsentEvent, ...]`.
        text: one JSON document.

    Raises:
        InputError: it is not JSON or does not fit the class; `path` says where, such as `$.emails[1].address`.

    >>> from canonical_contact.model import EmailAddress
    >>> from_json(EmailAddress, '{"address":"ana@example.org","pref":1}').address
    'ana@example.org'
    """
    return from_dict(cls, plain_of_json(text))


def plain_of_json(text: str) -> object:
    """Read JSON text into dicts, lists and texts.

    Raises:
        InputError: it is not JSON.
    """
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError, TypeError) as error:
        where = f" (at character {error.pos})" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(
            f"The text is not a JSON document{where}.", code="input.json", path="$", hint="Pass the text that to_json wrote."
        ) from error


def to_dict(value: object) -> Any:  # noqa: ANN401  what JSON has: a dict for a value of the model, a list for a list of them
    """Turn a value of the model into dicts, lists and texts, ready for any JSON library.

    >>> from canonical_contact.model import Name
    >>> to_dict(Name(given="Ana", surname="Núñez"))
    {'given': 'Ana', 'surname': 'Núñez'}
    """
    try:
        return _shared(detailed=False).unstructure(value)
    except OverflowError as error:
        raise InputError(
            f"A {type(value).__name__} holds a time outside of the years 1 to 9999 in UTC.",
            code="input.time",
            hint="Correct the time.",
        ) from error


def from_dict(cls: type[T], plain: object) -> T:
    """Read a value of the model from dicts, lists and texts.

    Args:
        cls: the class, such as `Contact`.
        plain: what `to_dict` returned or a JSON library read.

    Raises:
        InputError: it does not fit the class; `path` says where the first fault is.

    >>> from canonical_contact.model import Name
    >>> from_dict(Name, {"given": "Ana"}).given
    'Ana'
    """
    try:
        value = _shared(detailed=False).structure(plain, cls)
    except InputError:  # a version that cannot be read
        raise
    except Exception:  # noqa: BLE001  the slow converter finds out where the fault is, and raises our own error
        return _read_with_paths(cls, plain)
    if cls in _WATCHED:
        _warn_of_deprecated(cls, plain)
    return value


def make_converter(*, detailed_validation: bool = True) -> Converter:
    """Make a cattrs converter for the model, yours to add hooks to.

    Args:
        detailed_validation: collect all faults with their paths (`cattrs.transform_error`); without it the first fault raises
            and reading is about a third faster.
    """
    import cattrs
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

    converter = cattrs.Converter(
        omit_if_default=True, detailed_validation=detailed_validation, unstruct_collection_overrides={tuple: list}
    )

    def read_object(cls: type[T]) -> Callable[[Any, Any], T]:
        structure = make_dict_structure_fn(cls, converter)

        def read(plain: object, wanted: object) -> T:
            if not isinstance(plain, Mapping):
                raise TypeError("an object")
            return structure(plain, wanted)

        kind = next((_KINDS[base] for base in cls.__mro__ if base in _KINDS), "")
        if not kind:
            return read

        def read_versioned(plain: object, wanted: object) -> T:
            if not isinstance(plain, Mapping):
                raise TypeError("an object")
            if plain.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
                from canonical_contact.schema.migrations import read_older

                plain = read_older(plain, kind)
            return structure(plain, wanted)

        return read_versioned

    def read_list(cls: type[T]) -> Callable[[Any, Any], T]:
        items = cattrs.cols.homogenous_tuple_structure_factory(cls, converter)

        def read(plain: object, wanted: object) -> T:
            if not isinstance(plain, (list, tuple)):  # a text is iterable too, and would fall apart into letters
                raise TypeError("a list")
            return items(plain, wanted)  # type: ignore[no-any-return]

        return read

    def write_versioned(cls: type[Any]) -> Callable[[Any], dict[str, Any]]:
        return make_dict_unstructure_fn(
            cls, converter, _cattrs_omit_if_default=True, schema_version=override(omit=False, omit_if_default=False)
        )

    converter.register_structure_hook_factory(has, read_object)
    converter.register_unstructure_hook_factory(_is_versioned, write_versioned)
    converter.register_structure_hook_factory(_is_list, read_list)
    converter.register_structure_hook(str, _read_text)
    converter.register_structure_hook(StrEnum, _read_word)  # its own hook, since a StrEnum is a str as well
    converter.register_unstructure_hook(StrEnum, str)
    converter.register_structure_hook(bool, _read_bool)
    converter.register_structure_hook(int, _read_int)
    converter.register_structure_hook(float, _read_float)
    converter.register_structure_hook(datetime, _read_time)
    converter.register_unstructure_hook(datetime, _time_text)
    return converter


@cache  # two converters a process that nobody outside can reach or change; building one generates code and is slow
def _shared(*, detailed: bool) -> Converter:
    return make_converter(detailed_validation=detailed)


def kind_of_value(value: object) -> str:
    """Tell the kind of a document by its class; empty for what is part of one."""
    return next((_KINDS[cls] for cls in type(value).__mro__ if cls in _KINDS), "")


def _read_with_paths(cls: type[T], plain: object) -> T:
    from cattrs.v import transform_error

    try:
        return _shared(detailed=True).structure(plain, cls)
    except Exception as error:  # noqa: BLE001  whatever a hook raised, the caller gets the one documented error
        faults = transform_error(error, format_exception=_say)
        what, _, path = faults[0].partition(" @ ")
        more = f" ({len(faults)} faults in all)" if len(faults) > 1 else ""
        name = getattr(cls, "__name__", str(cls))
        raise InputError(
            f"The document is no {name}: {what} at {path}{more}.",
            code="input.document",
            path=path,
            hint="Correct the value there, or read it with the version of the schema that wrote it.",
        ) from None  # the cause quotes values, which may be personal data


def _warn_of_deprecated(cls: object, plain: Any) -> None:  # noqa: ANN401  a document that has been read without fault
    """Say, once a process, that a document states what will go and not what takes its place, though its version has both."""
    version = plain.get("schema_version")
    if version is None or version == _OLDEST:
        return
    for step in _WATCHED[cls]:
        plain = plain[step]
    for name, instead in _DEPRECATED.items():
        if plain.get(name) and instead not in plain:
            warn_once(
                f"document.{name}", f"A document states `{name}`, which will go, and not `{instead}`; write both until then."
            )


def _say(error: BaseException, expected: type | None) -> str:
    """Describe a fault without the value, which may be personal data."""
    if isinstance(error, KeyError):
        return "a required field is missing"
    if isinstance(error, TypeError) and error.args and error.args[0] in _EXPECTED:
        return f"expected {error.args[0]}"
    if isinstance(expected, type) and issubclass(expected, StrEnum):
        return f"expected one of the words of {expected.__name__}"
    return "the value does not fit"


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_KINDS: dict[type, str] = {
    Contact: "contact",
    SourceRecord: "source_record",
    ConsentEvent: "consent_event",
    Activity: "activity",
    Event: "event",
}
_WATCHED: dict[object, tuple[str, ...]] = {Contact: (), SourceRecord: ("card",)}  # documents with a card, and where it stands

_DEPRECATED = deprecated_fields(Card)
_OLDEST = "1.0"  # has nothing that will go
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ESCAPED = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_constant=_reject_constant)
_EXPECTED = frozenset({"an object", "a list", "a text", "true or false", "a whole number", "a number", "a time (RFC 3339)"})


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_versioned(cls: object) -> bool:
    return isinstance(cls, type) and has(cls) and any(attribute.name == "schema_version" for attribute in fields(cls))


def _is_list(cls: object) -> bool:
    return get_origin(cls) is tuple and get_args(cls)[-1:] == (...,)


def _time_text(at: datetime) -> str:
    return _in_utc(at).isoformat()[:-6] + "Z"


def _read_time(plain: object, _: object) -> datetime:
    try:
        return _in_utc(datetime.fromisoformat(plain))  # type: ignore[arg-type]  # what is no text raises as well
    except (TypeError, ValueError, OverflowError):
        raise TypeError("a time (RFC 3339)") from None


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    return at.replace(tzinfo=UTC) if at.utcoffset() is None else at.astimezone(UTC)


def _read_text(plain: object, _: object) -> str:
    if isinstance(plain, str):
        return plain
    raise TypeError("a text")


def _read_word(plain: object, words: type[StrEnum]) -> StrEnum:
    return words(plain)  # type: ignore[arg-type]  # an enum looks up whatever it is given


def _read_bool(plain: object, _: object) -> bool:
    if plain is True or plain is False:
        return plain
    raise TypeError("true or false")


def _read_int(plain: object, _: object) -> int:
    if isinstance(plain, int) and not isinstance(plain, bool):
        return plain
    raise TypeError("a whole number")


def _read_float(plain: object, _: object) -> float:
    if isinstance(plain, (int, float)) and not isinstance(plain, bool):
        return float(plain)
    raise TypeError("a number")
