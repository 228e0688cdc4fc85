"""What is asked of an act beyond the machine: may the request be sent, who acted, and does a campaign end it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from canonical_contact.engine._person import Person
from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.model import ConsentEvent, ConsentRecord, ConsentState, EventType

__all__ = ["check_actor", "check_asking", "check_campaign"]

_LEAVING: Final = frozenset({EventType.OPT_IN, EventType.OPT_IN_UNCONFIRMED, EventType.CONFIRM})


def check_asking(person: Person, state: ConsentRecord | None, event: ConsentEvent, endpoint: str) -> None:
    """Raise where a request goes out as a message and the rules of its channel do not let it."""
    from canonical_contact.consent import UNSENT, last_asked, legal_events, may_ask

    if event.method in UNSENT or event.effective_at is None:
        return
    before = last_asked(person.events, event.channel, event.purpose, event.controller)
    answer = may_ask(
        person.contact, event.channel, event.purpose, at=event.effective_at, regime=person.rules, endpoint=endpoint or None,
        controller=event.controller or None, asked_at=before,
    )  # fmt: skip
    if not answer.allowed:
        now = None if state is None else state.state
        legal = tuple(str(one) for one in legal_events(now) if one is not EventType.REQUEST)
        raise IllegalTransitionError(now or "none", event.type, legal, f"it may not be sent ({', '.join(answer.reasons)})")


def check_actor(state: ConsentRecord | None, event: ConsentEvent, freed: Sequence[ConsentEvent]) -> None:
    """Refuse an act that leaves a refusal, where nobody said whose act it is: only the person's own may."""
    from canonical_contact.consent import blocked_by
    from canonical_contact.consent.states import rank

    held = blocked_by(state)
    leaves = held is not None and event.type in _LEAVING
    if held is not None and event.type is EventType.CORRECT:
        leaves = event.target is not None and rank(event.target) < rank(held)
    if leaves or freed:
        raise InputError(
            "A refusal stands here, and it is not said who acted.",
            path="actor",
            hint="Say who acted; only the subject leaves a refusal.",
        )


def check_campaign(person: Person, state: ConsentRecord | None) -> None:
    """Refuse to end a request of the legacy programme by hand: its end is a block, too, and until it comes nobody may be written to."""
    if state is not None and state.state is ConsentState.REQUESTED and person.in_campaign(state):
        raise InputError(
            "The request is one of a campaign, which ends it.", path="type", hint="Use close_campaign, once its deadline is over."
        )
