"""A request that goes out as a message is refused before it is written, where the rules do not let it be sent."""

from __future__ import annotations

from canonical_contact.engine._person import Person
from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.model import ConsentEvent, ConsentRecord, ConsentState, EventType

__all__ = ["check_asking", "check_campaign"]


def check_asking(person: Person, state: ConsentRecord | None, event: ConsentEvent, endpoint: str) -> None:
    """Raise where a request goes out as a message and the rules of its channel do not let it."""
    from canonical_contact.consent import BY_MESSAGE, last_asked, legal_events, may_ask

    if event.method not in BY_MESSAGE or event.effective_at is None:
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


def check_campaign(person: Person, state: ConsentRecord | None) -> None:
    """Refuse to end a request of the legacy programme by hand: its end is a block, too, and until it comes nobody may be written to."""
    if state is not None and state.state is ConsentState.REQUESTED and person.in_campaign(state):
        raise InputError(
            "The request is one of a campaign, which ends it.", path="type", hint="Use close_campaign, once its deadline is over."
        )
