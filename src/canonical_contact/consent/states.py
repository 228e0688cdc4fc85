"""The tables of the consent machine: which event moves which state where, what blocks, and who wins where records disagree.

One rule: every move stands in `TRANSITIONS`, and what does not stand there is refused. `machine` applies the tables and holds what a
move demands beyond the state. (State names follow the consent statuses of W3C DPV.)
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from canonical_contact.model import ConsentState, EventType

__all__ = [
    "BLOCKING",
    "BLOCKING_EVENTS",
    "JOIN_ORDER",
    "MOST_RESTRICTIVE",
    "NEVER_LIFTED",
    "OPEN",
    "RANK",
    "RANKS",
    "STRENGTHS",
    "TRANSITIONS",
    "Move",
    "legal_events",
    "rank",
]

_S = ConsentState
_E = EventType


class Move(StrEnum):
    """A target that is not a state by itself."""

    STAY = "stay"  # the event is kept, the state is not changed
    RESUME = "resume"  # back to the state behind the open request or confirmation
    TARGET = "target"  # the state that the event names
    IF_MATERIAL = "if_material"  # to `requested` where the event's reason is `material`, else stay


BLOCKING: Final = frozenset({_S.ERASED, _S.WITHDRAWN, _S.DENIED, _S.INVALIDATED})
"""States that forbid. All others are permission, or the absence of one."""

OPEN: Final = frozenset({_S.REQUESTED, _S.PENDING_CONFIRMATION})
"""States that wait for the person and remember the state behind them; a blocking state behind them still blocks."""

BLOCKING_EVENTS: Final[Mapping[EventType, ConsentState]] = {
    _E.WITHDRAW: _S.WITHDRAWN,
    _E.OBJECT: _S.WITHDRAWN,
    _E.COMPLAINT: _S.WITHDRAWN,
    _E.DECLINE: _S.DENIED,
    _E.INVALIDATE: _S.INVALIDATED,
    _E.ERASE: _S.ERASED,
}
"""Events that say no, and the state that they mean by themselves."""

NEVER_LIFTED: Final = ("free_text_note", "complaint")
"""Reasons of a block that no later opt-in lifts, the weaker first."""

JOIN_ORDER: Final = (
    "unknown",
    "expired",
    "requested",
    "pending_confirmation",
    "implied",
    "granted",
    "granted:double",
    "invalidated",
    "denied",
    "withdrawn",
    "erased",
)
"""Where records of one person disagree, the later in this order wins (`blocking_first`)."""

MOST_RESTRICTIVE: Final = (
    "unknown",
    "requested",
    "implied",
    "granted",
    "granted:double",
    "pending_confirmation",
    "expired",
    "invalidated",
    "denied",
    "withdrawn",
    "erased",
)
"""The stricter order: a consent that has ended, or that waits for its confirmation, in one record outweighs the grant of another."""

STRENGTHS: Final[Mapping[str, str]] = {
    "double_opt_in": "double",
    "paper": "written",
    "signature": "written",
    "voice_recording": "verbal",
    "phone_call": "verbal",
}
"""The strength of an opt-in by the method of its event; any other method is `single`, and so is `double` where no proof says when it was confirmed."""

_ASKABLE: Final = (None, _S.UNKNOWN, _S.EXPIRED, _S.IMPLIED, _S.INVALIDATED)
_JOINABLE: Final = (None, _S.UNKNOWN, _S.REQUESTED, _S.DENIED, _S.WITHDRAWN, _S.EXPIRED, _S.IMPLIED, _S.INVALIDATED)
_LEAVABLE: Final = (
    None, _S.UNKNOWN, _S.REQUESTED, _S.PENDING_CONFIRMATION, _S.GRANTED, _S.IMPLIED, _S.EXPIRED, _S.INVALIDATED,
)  # fmt: skip
_EVERY: Final = (None, *_S)

TRANSITIONS: Final[Mapping[EventType, Mapping[ConsentState | None, ConsentState | Move]]] = {
    _E.IMPORT_LEGACY: {None: _S.UNKNOWN},
    _E.REQUEST: dict.fromkeys(_ASKABLE, _S.REQUESTED),
    _E.REQUEST_TIMEOUT: {_S.REQUESTED: Move.RESUME},
    _E.OPT_IN_UNCONFIRMED: dict.fromkeys(_JOINABLE, _S.PENDING_CONFIRMATION),
    _E.CONFIRM: {_S.PENDING_CONFIRMATION: _S.GRANTED},
    _E.CONFIRM_TIMEOUT: {_S.PENDING_CONFIRMATION: Move.RESUME},
    _E.OPT_IN: dict.fromkeys(_JOINABLE, _S.GRANTED),
    _E.DECLINE: dict.fromkeys((_S.UNKNOWN, _S.REQUESTED, _S.PENDING_CONFIRMATION), _S.DENIED),
    _E.IMPLY: {
        **dict.fromkeys((None, _S.UNKNOWN, _S.REQUESTED, _S.EXPIRED), _S.IMPLIED),
        **dict.fromkeys((_S.IMPLIED, _S.GRANTED), Move.STAY),
    },
    _E.RENEW: {_S.GRANTED: _S.GRANTED},
    _E.WITHDRAW: {
        **dict.fromkeys(_LEAVABLE, _S.WITHDRAWN),
        **dict.fromkeys((_S.WITHDRAWN, _S.DENIED, _S.ERASED), Move.STAY),
    },
    _E.OBJECT: {
        **dict.fromkeys(_LEAVABLE, _S.WITHDRAWN),
        **dict.fromkeys((_S.WITHDRAWN, _S.DENIED, _S.ERASED), Move.STAY),
    },
    _E.COMPLAINT: {
        **dict.fromkeys((*_LEAVABLE, _S.DENIED), _S.WITHDRAWN),
        **dict.fromkeys((_S.WITHDRAWN, _S.ERASED), Move.STAY),
    },
    _E.EXPIRE: dict.fromkeys((_S.GRANTED, _S.IMPLIED), _S.EXPIRED),
    _E.INVALIDATE: dict.fromkeys((_S.UNKNOWN, _S.REQUESTED, _S.PENDING_CONFIRMATION, _S.GRANTED, _S.IMPLIED), _S.INVALIDATED),
    _E.NOTICE_SUPERSEDED: {_S.GRANTED: Move.IF_MATERIAL},
    # An overlay on the endpoint: it never moves a state. Nobody was asked about a key that has none yet: unknown.
    _E.SUPPRESS: {None: _S.UNKNOWN, **dict.fromkeys(_S, Move.STAY)},
    _E.UNSUPPRESS: {None: _S.UNKNOWN, **dict.fromkeys(_S, Move.STAY)},
    _E.CORRECT: dict.fromkeys((state for state in _EVERY if state is not _S.ERASED), Move.TARGET),
    _E.ERASE: {**dict.fromkeys(_EVERY, _S.ERASED), _S.ERASED: Move.STAY},
}
"""Event → state (None: nothing known) → where it goes. A pair that is not here is refused."""

RANK: Final[Mapping[str, int]] = {name: place for place, name in enumerate(JOIN_ORDER)}
RANKS: Final[Mapping[str, Mapping[str, int]]] = {
    "blocking_first": RANK,
    "latest_subject_act": RANK,  # it joins as `blocking_first` does, and lifts afterwards
    "most_restrictive": {name: place for place, name in enumerate(MOST_RESTRICTIVE)},
}
"""Policy of the join → name of a state → its place."""


def rank(state: ConsentState, strength: str = "", policy: str = "blocking_first") -> int:
    """Place a state in the order of a policy.

    >>> rank(ConsentState.EXPIRED) < rank(ConsentState.GRANTED) < rank(ConsentState.EXPIRED, policy="most_restrictive")
    True
    """
    return RANKS[policy]["granted:double" if strength == "double" and state is _S.GRANTED else state]


def legal_events(state: ConsentState | None) -> tuple[EventType, ...]:
    """List the events that a state takes (guards apart).

    >>> [str(event) for event in legal_events(ConsentState.ERASED)]
    ['withdraw', 'object', 'complaint', 'suppress', 'unsuppress', 'erase']
    """
    return tuple(event for event, row in TRANSITIONS.items() if state in row)
