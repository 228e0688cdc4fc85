# A value of a contact as people know it: the text by which a plan shows it.
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from attrs import fields, has

from canonical_contact.model import (
    Anniversary,
    EmailAddress,
    ExternalId,
    Lifecycle,
    Name,
    NpsAnswer,
    OnlineService,
    Organization,
    PhoneNumber,
    PostalAddress,
)

__all__ = ["texts_of"]

_NAME: Final = ("title", "given", "given2", "surname", "surname2", "generation", "credential")
_ADDRESS: Final = ("street", "extended", "po_box", "postcode", "locality", "region", "country_code")


def _joined(value: object, parts: tuple[str, ...], between: str) -> str:
    return between.join(text for part in parts if (text := getattr(value, part)))


_SHOWN: Final[Mapping[type, Callable[[Any], str]]] = {
    Name: lambda it: _joined(it, _NAME, " ") or it.full,
    EmailAddress: lambda it: it.address,
    PhoneNumber: lambda it: f"{it.number} ext. {it.extension}" if it.extension else it.number,
    PostalAddress: lambda it: _joined(it, _ADDRESS, ", ") or it.full or it.coordinates,
    Organization: lambda it: it.name,
    OnlineService: lambda it: it.uri or it.user,
    Lifecycle: lambda it: it.stage.value,
    ExternalId: lambda it: f"{it.system}: {it.id}",
    Anniversary: lambda it: f"{it.kind or it.label}: {it.date}",
    NpsAnswer: lambda it: f"{it.score}{it.at:: %Y-%m-%d}" if it.at else str(it.score),
}


def texts_of(value: object) -> tuple[str, ...]:
    """Show the values of a field, one text each; none where there is nothing."""
    if value is None or value in ("", False):
        return ()
    return tuple(map(_text, value)) if isinstance(value, tuple) else (_text(value),)


def _text(value: object) -> str:
    show = _SHOWN.get(type(value))
    if show is not None:
        return show(value)
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, datetime) else _parts(value) if has(type(value)) else str(value)


def _parts(value: Any) -> str:  # noqa: ANN401 - the values of many types
    told = ((one.name, getattr(value, one.name)) for one in fields(type(value)))
    return ", ".join(f"{name} {_text(part)}" for name, part in told if part not in (None, "", ()))
