"""What a preference centre shows, as values: topics that the host offers, and what one person sees of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from canonical_contact.errors import ConfigError
from canonical_contact.model import Channel, ConsentState, EventType, SuppressionKind

__all__ = [
    "BLOCKED",
    "LOCKS",
    "NO_EVENTS",
    "SAYS",
    "STOP",
    "Answer",
    "Held",
    "Preference",
    "PreferenceView",
    "Shown",
    "Topic",
]

STOP: Final = "stop"
"""The choice, and the key, of what ends everything at once."""


class Answer(StrEnum):
    """What stands as the person's answer today."""

    YES = "yes"
    NO = "no"
    PENDING = "pending"  # they said yes and have not confirmed
    UNSET = "unset"  # neither


def _channel(word: Channel | str) -> Channel:
    try:
        return Channel(word)
    except ValueError:
        raise ConfigError("There is no channel of that name.", path="channel", hint=f"Channels: {', '.join(Channel)}.") from None


@frozen
class Topic:
    """One thing that a person is asked about; the host configures them.

    Args:
        channel: on which channel, or its name.
        purpose: for which purpose; not `any`.
        controller: brand or legal entity; empty for the house.
        title: what it is called on the page.
        wording: the exact question; it becomes part of the proof of a yes.
        notice_id: the notice that the page shows.
        notice_version: its version.
        notice_language: BCP 47 tag of its language.
        notice_hash: hash of its content.
        confirm: whether a yes takes a confirmation even where the rules do not demand one.

    >>> Topic("email", "newsletter").channel
    <Channel.EMAIL: 'email'>
    """

    channel: Channel = field(converter=_channel)
    purpose: str = "marketing"
    controller: str = ""
    title: str = ""
    wording: str = ""
    notice_id: str = ""
    notice_version: str = ""
    notice_language: str = ""
    notice_hash: str = ""
    confirm: bool = False


@frozen
class Shown:
    """What the person was shown when they answered.

    Args:
        wording: the words of the question.
        notice_id: the notice.
        notice_version: its version.
        notice_language: its language.
        method: how they answered.
        at: when.
    """

    wording: str = ""
    notice_id: str = ""
    notice_version: str = ""
    notice_language: str = ""
    method: str = ""
    at: datetime | None = None


@frozen
class Preference:
    """One topic at one endpoint, as the person sees it.

    Args:
        key: name of the entry for choices; it tells nothing about the person.
        channel: the channel.
        purpose: the purpose.
        answer: what stands today.
        says: that in plain words.
        choices: what may be chosen: `yes`, `no`.
        controller: brand or legal entity; empty for the house.
        title: what it is called.
        wording: the question that a yes answers.
        endpoint: address or number as it is written; empty where the consent is the person's.
        bound: what consent is bound to.
        state: the state of the key; None where nothing is on record.
        since: since when the answer stands; None where nobody knows.
        until: when a yes ends.
        confirm_by: until when an open yes can be confirmed.
        allowed: whether we may use it now.
        shown: what the person was shown; None where that is not on record.
        blocks: what else stands in the way, in words; nothing in it is about another person.
        confirm: whether a yes only counts after a confirmation.
        locked: why a yes cannot be chosen, as a code of `LOCKS`; empty where it can.
        why: the same in words.
        topic: place of the topic in the host's list.
    """

    key: str
    channel: Channel
    purpose: str
    answer: Answer
    says: str
    choices: tuple[str, ...]
    controller: str = ""
    title: str = ""
    wording: str = ""
    endpoint: str = ""
    bound: str = ""
    state: ConsentState | None = None
    since: datetime | None = None
    until: datetime | None = None
    confirm_by: datetime | None = None
    allowed: bool = False
    shown: Shown | None = None
    blocks: tuple[str, ...] = ()
    confirm: bool = False
    locked: str = ""
    why: str = ""
    topic: int = 0


@frozen
class Held:
    """An endpoint that a channel reaches the person by."""

    channel: Channel
    endpoint: str


@frozen
class PreferenceView:
    """All that one person may see and change.

    Args:
        contact_id: whose it is.
        at: the time that it speaks of.
        regime: ids and versions of the rules that were applied.
        preferences: the topics, one entry an endpoint.
        topics: the topics as the host configured them.
        choices: what may be chosen for everything at once: `stop`, where it is not stopped already.
        open: channels that `stop` would close.
        endpoints: every endpoint that it would block.
        title: what `stop` does, in words.
    """

    contact_id: str
    at: datetime
    regime: str = ""
    preferences: tuple[Preference, ...] = ()
    topics: tuple[Topic, ...] = ()
    choices: tuple[str, ...] = ()
    open: tuple[Channel, ...] = ()
    endpoints: tuple[Held, ...] = ()
    title: str = "Stop everything: no more messages of any kind, on any channel."


SAYS: Final[Mapping[str, str]] = {
    "granted": "You said yes.",
    "implied": "You did not object, and you are a customer of ours or have dealt with us.",
    "pending": "You said yes, and we wait for your confirmation.",
    "unconfirmed": "You said yes, and the rules need you to confirm it.",
    "requested": "We asked you, and you have not answered.",
    "refused": "You said no.",
    "invalidated": "A yes was on record that was not valid.",
    "expired": "Your yes has ended.",
    "legacy_import": "An older list says that you agreed. We have no proof of it and make no use of it.",
    "opt_out_regime": "You did not say no, and the rules let us write to you until you do.",
    "unknown": "You were not asked.",
    "erased": "We have erased your data.",
}
"""What stands, in plain words."""

LOCKS: Final[Mapping[str, str]] = {
    "erased": "Your data was erased. Sign up anew.",
    "restricted": "You forbade us to use your data. Write to us to change that.",
    "complaint": "You complained about our messages. A click does not lift that.",
    "note": "You told one of us to stop. A click does not lift that; write to us.",
    "registry": "This number stands on a do-not-contact registry.",
    "bounced": "Messages to this address come back. Give us another one.",
    "in_writing": "The rules need your consent in writing.",
    "unavailable": "This address cannot be written to.",
    "withdraw_first": "The yes on record cannot be confirmed here. Say no, and then yes again.",
}
"""Why a yes cannot be chosen: code → words. What comes from another person, or is none of the person's doing, is `unavailable`."""

BLOCKED: Final[Mapping[SuppressionKind, str]] = {
    SuppressionKind.COMPLAINT: "complaint",
    SuppressionKind.HARD_BOUNCE: "bounced",
    SuppressionKind.DNC_REGISTRY: "registry",
    SuppressionKind.LEGAL_HOLD: "unavailable",
    SuppressionKind.MANUAL: "unavailable",
    SuppressionKind.LITIGATOR: "unavailable",
    SuppressionKind.UNMAPPED_OPT_OUT: "unavailable",
}
"""The person's own suppressions → the lock that they mean. An opt-out of their own is a no, which a confirmed yes lifts."""

_S = ConsentState
NO_EVENTS: Final[Mapping[ConsentState | None, EventType]] = {
    None: EventType.OBJECT,
    _S.UNKNOWN: EventType.OBJECT,
    _S.EXPIRED: EventType.OBJECT,
    _S.IMPLIED: EventType.OBJECT,
    _S.REQUESTED: EventType.DECLINE,
    _S.PENDING_CONFIRMATION: EventType.WITHDRAW,
    _S.GRANTED: EventType.WITHDRAW,
    _S.INVALIDATED: EventType.WITHDRAW,
    _S.DENIED: EventType.WITHDRAW,
    _S.WITHDRAWN: EventType.WITHDRAW,
    _S.ERASED: EventType.WITHDRAW,
}
"""What a no is called, by the state that it ends (GDPR, Art. 7(3) and 21(2))."""
