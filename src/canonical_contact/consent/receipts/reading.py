"""Receipts read back: our own as the events that they carry, another's as evidence that rules still have to judge.

Nothing here raises for what a document holds. Another's receipt is somebody's claim: it can block, and it cannot lift a block.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from canonical_contact.consent.receipts._block import BLOCK, events_in, sealed
from canonical_contact.consent.receipts._words import DPV, PURPOSE_NAMES, READ_STATES, READ_TYPES
from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.model import ANY_PURPOSE, ConsentEvent, ConsentEvidence, EvidenceKind

__all__ = ["Claim", "ReadReceipt", "read_receipt"]

_DEPTH: Final = 32
_NODES: Final = 2_000_000  # values in one document
_SERVICES: Final = 1_000
_CUT: Final = 200
_NO_END: Final = frozenset(
    {"until it is withdrawn", "until withdrawn", "until withdrawal", "withdrawal", "revocation", "unlimited", "none"}
)
_CLAIMED: Final = EvidenceKind.CLAIMED_OPT_IN
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_HINT: Final = "Ask whoever sent it for a whole one."


@frozen
class Claim:
    """What another's receipt says about one purpose.

    Args:
        principal: whom it names: an address, a number, or an id that means something to them alone.
        controller: to whom the consent was given, as the receipt names it.
        evidence: what it is evidence of. Its channel is `any`, since a receipt names none; the caller decides. Its purpose is ours where
            the receipt's words are known; a refusal of a purpose that is not known is one of all.
        names: what the receipt calls the purpose and its categories.
    """

    principal: str
    controller: str
    evidence: ConsentEvidence
    names: tuple[str, ...] = ()


@frozen
class ReadReceipt:
    """What a document holds.

    Args:
        events: of our own export: the history as it was; empty for another's.
        claims: of another's: what it says, purpose by purpose.
        problems: what could not be read.
        own: whether the events were taken from the block of our own.
    """

    events: tuple[ConsentEvent, ...] = ()
    claims: tuple[Claim, ...] = ()
    problems: tuple[Problem, ...] = ()
    own: bool = False


def read_receipt(document: object, *, seal: bytes | None = None) -> ReadReceipt:
    """Read a receipt: a Kantara consent receipt or a record of ISO/IEC TS 27560.

    Args:
        document: what a JSON library read.
        seal: the secret that seals blocks. With it, a block without its seal is not believed, and the document counts as another's.

    Returns:
        The events of our own export, exactly as they were; or what another's claims; or problems (`consent.receipt_malformed`,
        `consent.receipt_too_large`, `consent.receipt_unsealed`, `consent.receipt_word_unknown`).

    >>> read_receipt({"version": "KI-CR-v1.1.0"}).problems[0].code
    'consent.receipt_malformed'
    >>> read_receipt([]).problems[0].code
    'consent.receipt_malformed'
    """
    if not isinstance(document, Mapping):
        return ReadReceipt(problems=(_malformed("$", "A receipt is a JSON object."),))
    if not _fits(document):
        hint = f"It is nested more than {_DEPTH} deep or holds more than {_NODES:,} values; split it."
        return ReadReceipt(problems=(Problem("consent.receipt_too_large", "$", hint=hint, severity=Severity.ERROR),))
    problems: list[Problem] = []
    found = document.get(BLOCK)
    if isinstance(found, Mapping):
        if seal is not None and not sealed(found, seal):
            hint = "The block does not bear the seal of this secret, so the receipt counts as another's."
            problems.append(Problem("consent.receipt_unsealed", f"$['{BLOCK}']", hint=hint))
        else:
            try:
                return ReadReceipt(events_in(found), own=True)
            except InputError as error:
                problems.append(_malformed(f"$['{BLOCK}']{error.path.removeprefix('$')}", error.message))
    reader = _iso27560 if "pii_processing" in document else _kantara
    claims = tuple(reader(document, problems))
    return ReadReceipt((), claims, tuple(problems))


def _malformed(path: str, why: str) -> Problem:
    return Problem("consent.receipt_malformed", path, hint=f"{why} {_HINT}", severity=Severity.ERROR)


def _fits(document: Mapping[Any, Any]) -> bool:
    """Whether a document is within the limits, looked through without recursion."""
    waiting: list[tuple[object, int]] = [(document, 1)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, Mapping):
            inside = list(value.values())
        elif isinstance(value, (list, tuple)):
            inside = list(value)
        else:
            continue
        seen += len(inside) + 1
        if depth > _DEPTH or seen > _NODES:
            return False
        waiting += [(one, depth + 1) for one in inside if isinstance(one, (Mapping, list, tuple))]
    return True


# --- Kantara ---------------------------------------------------------------------------------------------------------------------------
def _kantara(document: Mapping[str, Any], problems: list[Problem]) -> Iterator[Claim]:
    services = document.get("services")
    if not isinstance(services, list) or not services:
        problems.append(_malformed("$.services", "It names no service and no purpose."))
        return
    at = _moment(document.get("consentTimestamp"))
    whole = at is not None and all(_text(document, name) for name in ("consentReceiptID", "collectionMethod", "policyUrl"))
    for place, service in enumerate(services[:_SERVICES]):
        purposes = service.get("purposes") if isinstance(service, Mapping) else None
        if not isinstance(purposes, list) or not purposes:
            problems.append(_malformed(f"$.services[{place}].purposes", "The service has no purpose."))
            continue
        for number, purpose in enumerate(purposes[:_SERVICES]):
            path = f"$.services[{place}].purposes[{number}]"
            if not isinstance(purpose, Mapping):
                problems.append(_malformed(path, "A purpose is a JSON object."))
                continue
            kind = READ_TYPES.get(_text(purpose, "consentType").casefold())
            if kind is None:
                problems.append(_unknown(f"{path}.consentType", _text(purpose, "consentType"), READ_TYPES))
                continue
            names = [_text(purpose, "purpose"), *_texts(purpose.get("purposeCategory"))]
            if kind is EvidenceKind.OPT_IN and not (whole and _is_open(_text(purpose, "termination"))):
                kind = _CLAIMED
            yield _claim((document, _controller(document)), kind, names, at, purpose)


def _controller(document: Mapping[str, Any]) -> str:
    listed = document.get("piiControllers")
    first = listed[0] if isinstance(listed, list) and listed else None
    return _text(first, "piiController") if isinstance(first, Mapping) else ""


def _moment(value: object) -> datetime | None:
    """A time in seconds, as the specification has it, in milliseconds, or as text: all three are met."""
    if isinstance(value, str):
        return _iso(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    seconds = value / 1000 if abs(value) >= 1e11 else value
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


# --- ISO/IEC TS 27560 ------------------------------------------------------------------------------------------------------------------
def _iso27560(document: Mapping[str, Any], problems: list[Problem]) -> Iterator[Claim]:
    processing, events = document.get("pii_processing"), document.get("events")
    purposes = processing.get("purposes") if isinstance(processing, Mapping) else None
    if not isinstance(purposes, list) or not purposes:
        problems.append(_malformed("$.pii_processing.purposes", "It names no purpose."))
        return
    if not isinstance(events, list) or not events:
        problems.append(_malformed("$.events", "It has no events."))
        return
    header = document.get("record")
    header = header if isinstance(header, Mapping) else document
    whole = bool(_text(header, "record_id")) and isinstance(processing, Mapping) and bool(_text(processing, "privacy_notice"))
    told: list[tuple[datetime, EvidenceKind, Mapping[str, Any]]] = []
    for place, event in enumerate(events[:_SERVICES]):
        if not isinstance(event, Mapping):
            problems.append(_malformed(f"$.events[{place}]", "An event is a JSON object."))
            continue
        word = _text(event, "event_state")
        kind = READ_STATES.get(_bare(word))
        if kind is None:
            problems.append(_unknown(f"$.events[{place}].event_state", word, READ_STATES))
            continue
        if kind is EvidenceKind.OPT_IN and _bare(_text(event, "event_type")).startswith("implied"):
            kind = EvidenceKind.LEGAL_BASIS
        told.append((_iso(_text(event, "event_time")) or _EARLIEST, kind, event))
    told.sort(key=lambda one: one[0])
    if any(_ended(one) for one in purposes):
        told = [(when, _CLAIMED if kind is EvidenceKind.OPT_IN else kind, event) for when, kind, event in told]
    controllers = [name for one in purposes if isinstance(one, Mapping) for name in _texts(one.get("pii_controllers"))]
    for place, (when, kind, event) in enumerate(told):
        at = None if when is _EARLIEST else when
        last = place == len(told) - 1 and len(told) == len(events)  # what came after a yes may have ended it
        shown = whole and last and at is not None and _is_open(_text(event, "validity_duration"))
        kind = _CLAIMED if kind is EvidenceKind.OPT_IN and not shown else kind
        for purpose in purposes[:_SERVICES]:
            if isinstance(purpose, Mapping):
                names = [_text(purpose, "purpose"), *_texts(purpose.get("purpose_type"))]
                yield _claim((header, controllers[0] if controllers else ""), kind, names, at, event)


def _ended(purpose: object) -> bool:
    """Whether a purpose states a status other than a yes: then none of the events is one that still stands."""
    word = _text(purpose, "consent_status") if isinstance(purpose, Mapping) else ""
    return bool(word) and READ_STATES.get(_bare(word)) is not EvidenceKind.OPT_IN


# --- both ------------------------------------------------------------------------------------------------------------------------------
def _is_open(end: str) -> bool:
    """Whether a consent is said to have no end; an end that nobody here can read may have passed."""
    return end.casefold() in _NO_END


def _claim(
    whose: tuple[Mapping[str, Any], str], kind: EvidenceKind, names: list[str], at: datetime | None, shown: Mapping[str, Any]
) -> Claim:
    header, controller = whose
    principal = _text(header, "piiPrincipalId") or _text(header, "pii_principal_id")
    receipt = _text(header, "consentReceiptID") or _text(header, "record_id")
    known = next((PURPOSE_NAMES[name.casefold()] for name in names if name.casefold() in PURPOSE_NAMES), "")
    purpose = known or next((name for name in names if name and kind is not EvidenceKind.OPT_OUT), ANY_PURPOSE)
    if kind is EvidenceKind.OPT_IN and purpose.casefold() == ANY_PURPOSE:
        kind = _CLAIMED  # nobody agrees to everything
    try:
        raw = json.dumps(dict(shown), ensure_ascii=False, separators=(",", ":"))[:_CUT]
    except (TypeError, ValueError):  # no JSON: a host handed over something else
        raw = ""
    return Claim(
        principal,
        controller,
        ConsentEvidence(kind, "any", purpose, at, raw, f"receipt {receipt[:_CUT]}".strip(), reason=_text(shown, "consentType")),
        tuple(filter(None, names)),
    )


def _unknown(path: str, word: str, known: Mapping[str, EvidenceKind]) -> Problem:
    hint = f"No word that is known; known are {', '.join(sorted(known))}. Nothing was made of it."
    return Problem("consent.receipt_word_unknown", path, raw=word[:_CUT], hint=hint)


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found.strip() if isinstance(found, str) else ""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value.strip()]
    return [one.strip() for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _bare(word: str) -> str:
    """A term without its vocabulary's prefix or address."""
    return word.rpartition("#")[2].removeprefix(DPV).casefold()


def _iso(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
