"""A subject access export as one page that a person can read: no script, no network, on screen and on paper."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from importlib.util import find_spec
from itertools import groupby
from typing import Any, Final

from canonical_contact.consent import NOTICE, REASONS
from canonical_contact.errors import MissingExtraError
from canonical_contact.privacy.access import AccessExport
from canonical_contact.report import words
from canonical_contact.report._page import shipped, template_of

__all__ = ["access_html", "require_page"]

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_PLACE: Final = re.compile(r"\[(\d+)\]")
_FIELDS: Final[Mapping[str, str]] = {
    "emails": "E-mail address",
    "phones": "Phone number",
    "addresses": "Postal address",
    "organizations": "Organisation",
    "online_services": "Web page or account",
    "titles": "Job title",
    "preferred_languages": "Language",
    "lifecycle": "Stage as a customer",
    "owner": "Who looks after the record",
    "owners": "Who looks after what",
    "source_channel": "How you came to us",
    "created_at": "First recorded",
    "updated_at": "Last changed",
    "name": "Name",
    "nicknames": "Other name",
    "external_ids": "Id in another system",
    "nps": "Answer to a survey",
    "revenue": "What you bought",
    "extensions": "Further field",
}
_FIRST: Final = ("name", "nicknames", "emails", "phones", "addresses", "birthday", "organizations", "titles")
_WHY: Final[Mapping[str, str]] = {
    "union": "we keep all different values",
    "only_source": "the only source that says so",
    "most_complete": "the most complete value counts",
    "most_recent": "the latest value counts",
    "most_frequent": "the value that most sources say counts",
    "contained": "part of a fuller value",
    "furthest_stage": "the furthest stage counts",
    "followed": "it follows from what happened",
    "oldest": "the oldest value counts",
    "smallest": "the earliest time counts",
}
_ACTS: Final[Mapping[str, str]] = {
    "import_legacy": "taken over from an older list",
    "request": "you were asked",
    "request_timeout": "the question was not answered in time",
    "opt_in_unconfirmed": "you said yes; your confirmation was asked for",
    "confirm": "you confirmed",
    "confirm_timeout": "the confirmation did not come in time",
    "opt_in": "you said yes",
    "decline": "you said no",
    "imply": "a relationship was recorded that stands for a yes",
    "renew": "your yes was renewed",
    "withdraw": "you took your yes back",
    "object": "you objected",
    "complaint": "you complained",
    "expire": "a yes ended",
    "invalidate": "a yes was found not to be valid",
    "notice_superseded": "the terms changed",
    "suppress": "contact was blocked",
    "unsuppress": "a block was lifted",
    "correct": "an entry was corrected",
    "erase": "erased",
}
_JUDGED: Final[Mapping[str, str]] = {
    "match": "the same person",
    "no_match": "not the same person",
    "review": "not sure; left to a person",
}
_HAPPENED: Final[Mapping[str, str]] = {
    "contact.created": "Your entry was made",
    "contact.changed": "Your entry was changed",
    "contact.merged": "Two entries were put together",
    "contact.split": "An entry was taken apart",
}
_KINDS: Final[Mapping[str, str]] = {
    "source_record": "a record of another person",
    "consent_event": "a consent entry of another person",
    "activity": "an activity of another person",
    "contact": "the entry of another person",
    "event": "the history of another person",
}


def require_page() -> None:
    """Make sure that a page can be made, before any work starts.

    Raises:
        MissingExtraError: the extra [report] is not installed.
    """
    if find_spec("jinja2") is None:
        raise MissingExtraError("The page of an access export", "report")


def access_html(export: AccessExport, *, statement: Mapping[str, str] | None = None) -> str:
    """Show an access export as one HTML page that needs nothing else.

    Args:
        export: what `access_export` returned.
        statement: what the law wants said beside the data, heading → text: purposes, recipients, rights, whom to complain to
            (GDPR, Art. 15(1)); the host knows it, the store does not.

    Returns:
        the page; all that comes from data is escaped, and it can be encoded as UTF-8.

    Raises:
        MissingExtraError: the extra [report] is not installed.

    >>> from datetime import UTC, datetime
    >>> from canonical_contact.privacy.access import AccessExport
    >>> page = access_html(AccessExport("id-1", datetime(2026, 7, 1, tzinfo=UTC), held=False, erased_at=datetime(2026, 6, 1, tzinfo=UTC)))
    >>> "We hold nothing about you" in page
    True
    """
    require_page()
    from markupsafe import Markup

    filters: dict[str, Callable[..., Any]] = {
        "field": _field,
        "why": lambda code: _WHY.get(code, _spaced(code)),
        "act": lambda code: _ACTS.get(code, _spaced(code)),
        "judged": lambda code: _JUDGED.get(code, _spaced(code)),
        "happened": lambda code: _HAPPENED.get(code, code),
        "kind": lambda code: _KINDS.get(code, _spaced(code)),
        "channel": lambda name: words.CHANNELS.get(name, name),
        "day": _day,
        "when": _when,
        "spaced": _spaced,
        "dated": _dated,
        "pairs": _pairs,
    }
    parts = export.to_dict()
    return template_of("access.html.j2", filters, sparse=True).render(
        e=parts,
        answers=_grouped(
            parts.get("consent", {}).get("answers", ()),
            lambda one: (one["allowed"], one["purpose"], one["controller"], tuple(one["reasons"]), one["regime"], one["until"]),
        ),
        blocks=_grouped(
            parts.get("contact", {}).get("suppressions", ()),
            lambda one: (one.get("endpoint", ""), one.get("kind", ""), one.get("since", "")),
        ),
        acts=_grouped(
            sorted(parts.get("consent", {}).get("events", ()), key=lambda one: str(one.get("effective_at", ""))),
            lambda one: json.dumps({name: held for name, held in one.items() if name not in ("event_id", "channel")}),
        ),
        reasons=REASONS,
        notice=NOTICE,
        values=_values([*parts.get("provenance", ()), *_stage(parts)]),
        name=_name(parts.get("contact", {})),
        statement=statement or {},
        style=Markup(shipped("report.css", "access.css")),  # noqa: S704  our own files
    )


def _grouped(entries: Iterable[Mapping[str, Any]], alike: Callable[[Mapping[str, Any]], Hashable]) -> list[dict[str, Any]]:
    """Put entries together that differ in nothing but the channel."""
    made: dict[Hashable, dict[str, Any]] = {}
    for one in entries:
        name = words.CHANNELS.get(str(one["channel"]), str(one["channel"]))
        made.setdefault(alike(one), {**one, "channels": []})["channels"].append(name)
    return list(made.values())


def _values(provenance: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Group what the sources say by the field, the values that count before those that do not."""
    order = {name: place for place, name in enumerate(_FIRST)}
    claims_ = sorted(
        provenance, key=lambda one: (order.get(_plain(one["path"]), len(order)), _plain(one["path"]), _place(one["path"]))
    )
    made = []
    for path, group in groupby(claims_, key=lambda one: one["path"]):
        claims = list(group)
        told = [
            {"text": text, "won": won, "claims": [one for one in claims if (one["value"], one["won"]) == (text, won)]}
            for text, won in dict.fromkeys((one["value"], one["won"]) for one in claims)
        ]
        told.sort(key=lambda one: not one["won"])
        made.append({"path": path, "values": told})
    return made


def _stage(parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Say where the stage comes from where no record states it: it follows from what happened."""
    contact = parts.get("contact", {})
    life = contact.get("lifecycle") or {}
    stage = life.get("stage", "")
    stated = any(one["path"] == "$.lifecycle" and one["won"] for one in parts.get("provenance", ()))
    if not stage or stated:
        return []
    sources = {f"{one.get('system')}:{one.get('record_id')}": one for one in contact.get("sources", ())}
    steps = [step for step in life.get("history", ()) if step.get("stage") == stage] or [{}]
    return [
        {
            "path": "$.lifecycle",
            "value": stage,
            "won": True,
            "decided_by": "followed",
            "source": step.get("source", ""),
            "system": sources.get(step.get("source", ""), {}).get("system", ""),
            "record": sources.get(step.get("source", ""), {}).get("label", ""),
            "observed_at": step.get("at"),
        }
        for step in steps
    ]


def _name(contact: Mapping[str, Any]) -> str:
    name = contact.get("name") or {}
    return str(name.get("full") or " ".join(filter(None, (name.get("given"), name.get("surname")))))


def _field(path: str) -> str:
    """Say in words what a path names.

    >>> _field("$.emails[1]"), _field("$.name.title"), _field("$.extensions.crm.Colour")
    ('E-mail address 2', 'Name: title', 'Further field: crm.Colour')
    """
    head, _, rest = path.removeprefix("$.").partition(".")
    found = _PLACE.search(head)
    plain = head[: found.start()] if found else head
    text = _FIELDS.get(plain) or _spaced(plain).capitalize()
    if found and (place := int(found[1])):
        text += f" {place + 1}"
    return f"{text}: {rest}" if rest else text


def _place(path: str) -> tuple[int, str]:
    found = _PLACE.search(path)
    return int(found[1]) if found else 0, path


def _plain(path: str) -> str:
    return _PLACE.sub("", path.removeprefix("$.").partition(".")[0])


def _day(text: str | None) -> str:
    return _when(text).partition(" ")[0]


def _spaced(code: object) -> str:
    return str(code).replace("_", " ")


def _when(text: str | None) -> str:
    """Show a time to the minute; a text that is no time as it is."""
    if not text:
        return ""
    try:
        return words.moment(datetime.fromisoformat(text))
    except ValueError:
        return text


def _dated(text: str) -> str:
    """Show a time as `_when` does, and any other text as it is."""
    return _when(text) if _TIME.match(text) else text


def _pairs(value: Any, path: str = "") -> list[tuple[str, str]]:  # noqa: ANN401  JSON
    """Flatten a document into (path, text), so that nothing in it stays unseen."""
    if isinstance(value, Mapping):
        return [pair for name, held in value.items() for pair in _pairs(held, f"{path}.{name}" if path else str(name))]
    if isinstance(value, (list, tuple)):
        return [pair for place, held in enumerate(value, 1) for pair in _pairs(held, f"{path} {place}")]
    return [] if value is None or value == "" else [(path, str(value).lower() if isinstance(value, bool) else str(value))]
