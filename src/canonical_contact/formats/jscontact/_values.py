"""What reading and writing of all entries share: our own fields within an entry, sets of words, and how a fault is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, TypeVar

from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.formats.jscontact._words import IMPLIED
from canonical_contact.model import Verification
from canonical_contact.schema import from_dict, to_dict

__all__ = [
    "FIELDS",
    "UUID",
    "VENDOR",
    "Faults",
    "Json",
    "Own",
    "json_text",
    "names_of",
    "put_pref",
    "put_set",
    "put_verification",
    "token",
    "untyped",
]

Json = dict[str, Any]
T = TypeVar("T")

VENDOR: Final = "canonical-contact.dev:"
FIELDS: Final = f"{VENDOR}fields"
UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_UNVERIFIED: Final = Verification()
# A word that a vendor may put where the standard has a list of words (RFC 9553, section 1.8.1).
_VENDOR_WORD: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+:[A-Za-z0-9_.-]+\Z")
_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True)


def json_text(value: object) -> str:
    """Write a value as compact JSON, its keys in order: the same value is the same text, whatever way it came."""
    return _COMPACT.encode(value)


def untyped(name: str, value: object) -> object:
    """Leave out the types of objects that go without saying; in what a vendor has put there they may mean something.

    >>> untyped("media", {"m1": {"@type": "Media", "uri": "x:y"}}), untyped("example.com:a", {"@type": "Media"})
    ({'m1': {'uri': 'x:y'}}, {'@type': 'Media'})
    """
    if ":" in name:
        return value
    if isinstance(value, dict):
        return {
            key: untyped(key, one)
            for key, one in value.items()
            if key != "@type" or not isinstance(one, str) or one not in IMPLIED
        }
    return [untyped("", one) for one in value] if isinstance(value, list) else value


def token(name: str) -> str:
    """Write a name as part of a JSON pointer (RFC 6901).

    >>> token("a/b~c")
    'a~1b~0c'
    """
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


def names_of(pointer: str) -> list[str]:
    """Take a JSON pointer (RFC 6901) apart.

    >>> names_of("emails/a~1b~0c")
    ['emails', 'a/b~c']
    """
    return [one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")]


class Faults:
    """Tells what cannot be read, with its JSON path and raw text."""

    def __init__(self, tell: Callable[[Problem], None]) -> None:
        self._tell = tell

    def say(self, code: str, path: str, value: object, hint: str, severity: Severity = Severity.WARNING) -> None:
        """Tell one fault."""
        try:
            raw = value if isinstance(value, str) else json_text(value)
        except (TypeError, ValueError, RecursionError):
            raw = ""
        self._tell(Problem(code, path, raw[:200], hint, severity))

    def wrong_type(self, path: str, value: object, wanted: str) -> None:
        """Tell that a value is of another type than the standard asks for."""
        self.say("jscontact.wrong_type", path, value, f"It should be {wanted}. It is kept as it is, and not read.")

    def text(self, holder: Mapping[str, Any], name: str, path: str) -> str:
        """Read a text; empty where there is none."""
        value = holder.get(name, "")
        if type(value) is str:
            return value
        self.wrong_type(f"{path}.{name}", value, "a text")
        return ""

    def words(self, holder: Mapping[str, Any], name: str, path: str, known: Collection[str]) -> tuple[str, ...]:
        """Read a set of words, an object whose values are true; those that the standard does not have there are passed over."""
        value = holder.get(name)
        if value is None:
            return ()
        if type(value) is not dict:
            self.wrong_type(f"{path}.{name}", value, "an object whose values are true")
            return ()
        return tuple([word for word, flag in value.items() if flag is True and (word in known or _VENDOR_WORD.match(word))])

    def pref(self, holder: Mapping[str, Any], path: str) -> int:
        """Read a preference; 0 where there is none."""
        value = holder.get("pref")
        if value is None:
            return 0
        if type(value) is int and 1 <= value <= 100:
            return value
        self.wrong_type(f"{path}.pref", value, "a whole number from 1 to 100")
        return 0

    def entries(self, holder: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Read a map of entries; empty where it is none."""
        value = holder.get(name)
        if type(value) is dict:
            return value
        if value is not None:
            self.wrong_type(f"$.{name}", value, "an object")
        return {}


class Own:
    """The fields of the model that an entry carries beside those of the standard; they win over what was read from these."""

    __slots__ = ("_faults", "_fields", "_path")

    def __init__(self, faults: Faults, entry: Mapping[str, Any], path: str) -> None:
        fields = entry.get(FIELDS)
        self._fields: Mapping[str, Any] = fields if type(fields) is dict else {}
        if fields is not None and type(fields) is not dict:
            faults.wrong_type(f"{path}.{FIELDS}", fields, "an object")
        self._faults, self._path = faults, path

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._fields)

    def get(self, name: str, kind: type[T], value: T) -> T:
        """Give a plain field, or `value` where there is none of that type."""
        own = self._fields.get(name)
        if type(own) is kind:
            return own
        if own is not None:
            self._faults.wrong_type(f"{self._path}.{FIELDS}.{name}", own, f"of the type {kind.__name__}")
        return value

    def made(self, name: str, kind: Any, value: T) -> T:  # noqa: ANN401  a class, or a tuple of it
        """Give a field that is a value of the model."""
        own = self._fields.get(name)
        if own is None:
            return value
        try:
            return from_dict(kind, own)  # type: ignore[no-any-return]
        except InputError:
            self._faults.wrong_type(f"{self._path}.{FIELDS}.{name}", own, "what the schema says")
            return value


def put_set(entry: Json, own: Json, name: str, values: Sequence[str], known: Collection[str]) -> None:
    """Write words as a set; where a set cannot carry them as they are, they stand in our own fields too."""
    good = dict.fromkeys([value for value in values if value in known or _VENDOR_WORD.match(value)], True)
    if good:
        entry[name] = good
    if tuple(good) != tuple(values):
        own[name] = list(values)


def put_pref(entry: Json, own: Json, pref: int) -> None:
    """Write a preference; one that the standard does not allow stands in our own fields."""
    if 1 <= pref <= 100:
        entry["pref"] = pref
    elif pref:
        own["pref"] = pref


def put_verification(own: Json, value: Verification) -> None:
    """Write the latest check into our own fields, where there was one."""
    if value is not _UNVERIFIED and value != _UNVERIFIED:
        own["verification"] = to_dict(value)
