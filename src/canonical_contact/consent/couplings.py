"""What one event brings with it: the second table of the machine.

A cause has effects beyond the state of its own key: a refusal blocks the endpoint for everybody who holds it, an erasure reaches every
purpose. They stand here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from canonical_contact.model import EventType, SuppressionKind

__all__ = ["COUPLINGS", "Cause", "Effect", "Scope"]


class Cause(StrEnum):
    """What happened in the world."""

    HARD_BOUNCE = "hard_bounce"
    OPT_OUT = "opt_out"
    REFUSAL = "refusal"
    COMPLAINT = "complaint"
    CONFIRMATION = "confirmation"
    ERASURE = "erasure"


class Scope(StrEnum):
    """How far an effect reaches."""

    PERSON = "person"  # the key, whatever the endpoint
    ENDPOINT = "endpoint"  # the one endpoint that it is about
    ENDPOINTS = "endpoints"  # every endpoint of the person on the channel, so that others who share one are blocked too
    EVERYTHING = "everything"  # every channel and every purpose


class Effect(NamedTuple):
    """One event that a cause makes."""

    type: EventType
    scope: Scope
    suppression: SuppressionKind | None = None


COUPLINGS: Final[Mapping[Cause, tuple[Effect, ...]]] = {
    # The endpoint is broken; that says nothing about what the person wants.
    Cause.HARD_BOUNCE: (Effect(EventType.SUPPRESS, Scope.ENDPOINT, SuppressionKind.HARD_BOUNCE),),
    Cause.OPT_OUT: (
        Effect(EventType.WITHDRAW, Scope.PERSON),
        Effect(EventType.SUPPRESS, Scope.ENDPOINTS, SuppressionKind.GLOBAL_OPT_OUT),
    ),
    # Who is asked and says no has said no; that the endpoint is shared changes nothing. Evidence that we find wanting says nothing of a wish.
    Cause.REFUSAL: (
        Effect(EventType.DECLINE, Scope.PERSON),
        Effect(EventType.SUPPRESS, Scope.ENDPOINTS, SuppressionKind.GLOBAL_OPT_OUT),
    ),
    Cause.COMPLAINT: (
        Effect(EventType.COMPLAINT, Scope.PERSON),
        Effect(EventType.SUPPRESS, Scope.ENDPOINTS, SuppressionKind.COMPLAINT),
    ),
    # Only the person's own live act, and only what that person's own opt-out put there: no complaint, no note, no other person's block.
    # The end bears the purpose and controller of the confirmation, and is for these alone.
    Cause.CONFIRMATION: (
        Effect(EventType.CONFIRM, Scope.ENDPOINT),
        Effect(EventType.UNSUPPRESS, Scope.ENDPOINT, SuppressionKind.GLOBAL_OPT_OUT),
    ),
    Cause.ERASURE: (Effect(EventType.ERASE, Scope.EVERYTHING),),
}
"""Cause → the events that it makes, in order."""
