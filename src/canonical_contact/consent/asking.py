"""May we ask them for consent? A message that only asks is a message too, and the rules have a word in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from canonical_contact.consent.permission import may_contact, rulebooks_of
from canonical_contact.consent.regimes import Regime, Regimes, later, may_request, strictest_rule
from canonical_contact.model import ANY_PURPOSE, Channel, ConsentEvent, ConsentState, Contact, EventType, Permission

__all__ = ["UNSENT", "last_asked", "may_ask"]

UNSENT: Final = frozenset(
    {
        "web_form",
        "preference_centre",
        "checkout",
        "app",
        "chat",
        "paper",
        "signature",
        "in_person",
        "event",
        "phone_call",
        "voice_recording",
    }
)
"""Methods of a request that send nobody anything: the person is there. By any other the rules of its channel bind it."""

_STATES: Final = frozenset(state.value for state in ConsentState)
_ASKED: Final = frozenset({EventType.REQUEST, EventType.DECLINE, EventType.WITHDRAW, EventType.OBJECT})


def last_asked(
    events: Iterable[ConsentEvent], channel: Channel | str, purpose: str = "marketing", controller: str = ""
) -> datetime | None:
    """Tell when a person was last asked, or last refused; None where neither has a date.

    Args:
        events: the events of the contact, in any order.
        channel: on which channel.
        purpose: for which purpose; acts for `any` count too.
        controller: towards whom; acts towards the host itself count too.

    >>> last_asked([], "email")
    """
    return max(
        (
            event.effective_at
            for event in events
            if event.type in _ASKED
            and event.effective_at is not None
            and event.channel == channel
            and event.purpose in (purpose, ANY_PURPOSE)
            and event.controller in (controller, "")
        ),
        default=None,
    )


def may_ask(
    contact: Contact,
    channel: Channel | str,
    purpose: str = "marketing",
    *,
    at: datetime,
    regime: str | Regime | Regimes = "auto",
    endpoint: str | None = None,
    controller: str | None = None,
    asked_at: datetime | None = None,
) -> Permission:
    """Decide whether a message that only asks for consent may be sent.

    Who refused is never asked, whatever the rules say. Who may be contacted today may be asked; of all others the rules decide: in most
    of Europe such a message is marketing itself, and consent must be asked for in other ways, such as a form.

    Args:
        contact: the contact with its folded consent.
        channel: one channel.
        purpose: for which purpose consent is asked.
        at: when the message would be sent, with a time zone.
        regime: as in `may_contact`.
        endpoint: as in `may_contact`.
        controller: as in `may_contact`.
        asked_at: when the person was last asked or refused (`last_asked`); the rules may demand a pause after it.

    Returns:
        Allowed or not. The reasons are those of `may_contact`, behind `asking_not_allowed` or `asked_lately` where that denies.

    Raises:
        ConfigError: as `may_contact`.

    >>> from datetime import UTC
    >>> from canonical_contact.model import EmailAddress
    >>> ana, now = Contact(contact_id="1", emails=(EmailAddress("ana@example.com"),)), datetime(2026, 7, 1, tzinfo=UTC)
    >>> may_ask(ana, "email", at=now, regime="gdpr_eprivacy").reasons
    ('asking_not_allowed', 'no_consent', 'never_asked')
    >>> may_ask(ana, "email", at=now, regime="can_spam").allowed
    True
    """
    answer = may_contact(contact, channel, purpose, at=at, regime=regime, endpoint=endpoint, controller=controller)
    if not answer.allowed and answer.remedy in ("nothing", "", "wait"):
        return answer
    rule = strictest_rule(rulebooks_of(contact, regime), Channel(channel), at=at)
    if asked_at is not None and rule.ask_again and later(asked_at, rule.ask_again) > at:
        return Permission(
            False, ("asked_lately", *answer.reasons), answer.events, regime=answer.regime, remedy="wait",
            not_before=later(asked_at, rule.ask_again),
        )  # fmt: skip
    if answer.allowed or may_request(rule, _state(answer), at=at):
        return Permission(True, answer.reasons, answer.events, regime=answer.regime, endpoint=answer.endpoint)
    return Permission(False, ("asking_not_allowed", *answer.reasons), answer.events, regime=answer.regime, remedy=answer.remedy)


def _state(answer: Permission) -> str:
    """The state of the key that a denial speaks of, as `Rule.request` names it."""
    return next((reason for reason in answer.reasons if reason in _STATES), "unknown")
