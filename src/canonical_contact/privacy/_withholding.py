"""What an access export says of other people: nothing but that there is somebody (GDPR, Art. 15(4)). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

__all__ = ["WITHHELD", "Names", "logged", "of_contact", "of_record"]

WITHHELD: Final = "withheld: about another person"
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Names:
    """The ids and record keys of one person, to find where documents mention them.

    Args:
        names: ids and keys.

    >>> names = Names(["crm:7"])
    >>> list(names.paths({"detail": {"records": "crm:7 crm:71"}, "same_as": ["crm:71"]}))
    ['$.detail.records']
    """

    def __init__(self, names: Collection[str]) -> None:
        texts = sorted(filter(None, names), key=len, reverse=True)
        self._whole = re.compile("|".join(rf"(?<![\w:-]){re.escape(text)}(?![\w-])" for text in texts) or r"(?!)")
        self._quick = tuple(
            dict.fromkeys(json.dumps(text, ensure_ascii=ascii_)[1:-1] for text in texts for ascii_ in (False, True))
        )

    def may_be_in(self, document: str) -> bool:
        """Tell whether a document may mention one of them, by its text."""
        return any(text in document for text in self._quick)

    def paths(self, value: Any, path: str = "$") -> Iterator[str]:  # noqa: ANN401  JSON
        """List where a value mentions one of them."""
        if isinstance(value, Mapping):
            for name, held in value.items():
                if self._whole.search(str(name)):
                    yield path
                yield from self.paths(held, f"{path}.{name}")
        elif isinstance(value, list):
            for place, held in enumerate(value):
                yield from self.paths(held, f"{path}[{place}]")
        elif isinstance(value, str) and self._whole.search(value):
            yield path


def of_contact(document: Mapping[str, Any], keys: Collection[str], events: Collection[str]) -> dict[str, Any]:
    """Take out of a contact's document what stands on other people's records.

    Args:
        document: the contact.
        keys: its own record keys.
        events: ids of its own consent events.
    """
    told = dict(document)
    if "suppressions" in told:
        told["suppressions"] = [_block(one, keys) for one in told["suppressions"]]
    if "consent" in told:
        told["consent"] = [_state(one, events) for one in told["consent"]]
    return told


def _block(block: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    if not block.get("record") or block["record"] in keys:
        return dict(block)
    kept = {name: block[name] for name in ("channel", "endpoint") if name in block}
    return {**kept, "reason": "shared_endpoint", "record": WITHHELD}


def _state(state: Mapping[str, Any], events: Collection[str]) -> dict[str, Any]:
    told = dict(state)
    if "events" in told:
        told["events"] = [one if one in events else WITHHELD for one in told["events"]]
    if told.get("lifted_by") and told["lifted_by"] not in events:
        told["lifted_by"] = WITHHELD
    return told


def of_record(document: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Take other people's keys out of a source record's document; what the record's own cells say stays."""
    told = dict(document)
    if "same_as" in told:
        told["same_as"] = [key if key in keys else WITHHELD for key in told["same_as"]]
    return told


def logged(event: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Take other people's ids and keys out of a domain event."""
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        return dict(event)
    told = {name: _listed(text, names) if name in _LISTS else _ids(str(text), names) for name, text in detail.items()}
    return {**event, "detail": told}


_LISTS: Final = frozenset({"records", "retired"})


def _listed(text: str, names: Collection[str]) -> str:
    """Keep the names of a list that are the person's; a record's id may be of several words. A mere number is a count."""
    if text.isdecimal():
        return text
    rest, kept = f" {text} ", []
    for name in sorted(names, key=len, reverse=True):
        while f" {name} " in rest:
            rest = rest.replace(f" {name} ", " ", 1)
            kept.append(name)
    return " ".join([*sorted(kept), *([f"({WITHHELD})"] if rest.strip() else [])])


def _ids(text: str, names: Collection[str]) -> str:
    return _UUID.sub(lambda found: found[0] if found[0] in names else f"({WITHHELD})", text)
