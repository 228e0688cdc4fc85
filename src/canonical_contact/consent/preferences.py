"""The preference centre as data: what a person sees (`preferences`), and what their choices mean as events (`apply_choices`).

Pure, and no page: a web front end shows the view, which `schema.to_json` writes, and sends choices back by their keys. Choices are
judged against a view that was made on the server; never against one that came back from a browser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from attrs import evolve

from canonical_contact.consent._preference_model import (
    BLOCKED,
    LOCKS,
    NO_EVENTS,
    SAYS,
    STOP,
    Answer,
    Held,
    Preference,
    PreferenceView,
    Shown,
    Topic,
)
from canonical_contact.consent._preference_view import preferences
from canonical_contact.errors import InputError
from canonical_contact.model import (
    ANY_PURPOSE,
    Channel,
    ConsentEvent,
    ConsentProof,
    ConsentState,
    EventType,
    SuppressionKind,
    digest,
)
from canonical_contact.model.moment import in_utc

__all__ = [
    "BLOCKED",
    "LOCKS",
    "METHOD",
    "NO_EVENTS",
    "SAYS",
    "STOP",
    "Answer",
    "Held",
    "Preference",
    "PreferenceView",
    "Shown",
    "Topic",
    "apply_choices",
    "preferences",
]

METHOD = "preference_centre"
_E = EventType
_S = ConsentState


class _Act(NamedTuple):
    """What all events of one submission share."""

    contact_id: str
    at: datetime
    proof: ConsentProof
    source: str


def apply_choices(
    view: PreferenceView,
    choices: Mapping[str, str],
    *,
    at: datetime,
    proof: ConsentProof | None = None,
    tokens: Mapping[str, str] | None = None,
    confirm_by: datetime | None = None,
    source: str = "",
) -> tuple[ConsentEvent, ...]:
    """Say what a person's choices mean, as events.

    Args:
        view: what `preferences` says of the person now.
        choices: key of an entry → `yes` or `no`; `STOP` → `stop`. Entries that are left out stay as they are.
        at: when they chose, with a time zone.
        proof: further proof, such as the network address; the topic's notice and wording are filled in.
        tokens: key → hash of the token that will confirm a yes which takes a confirmation.
        confirm_by: until when it may be confirmed.
        source: the page.

    Returns:
        The events in the order of the view: none for what stands already. They bear no record: `engine.preferences` hangs them on the
        contact's records. A yes that takes a confirmation is `opt_in_unconfirmed`, and permits nothing yet. A no holds for the person
        on that topic, at whatever endpoint it was said, and one to the house for its brands, too; `stop` withdraws everything on every channel and blocks every endpoint, and
        then no yes of the same submission counts.

    Raises:
        InputError: a key or a choice that is not in the view (`consent.choice_unknown`), or one that is locked
            (`consent.choice_locked`); the hint names the legal ones, and nothing counts then.

    >>> from datetime import UTC
    >>> from canonical_contact.model import Contact, EmailAddress
    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> ana = Contact(contact_id="1", emails=(EmailAddress("ana@example.com"),))
    >>> view = preferences(ana, at=now, topics=[Topic(Channel.EMAIL, "newsletter", confirm=True)])
    >>> [str(event.type) for event in apply_choices(view, {view.preferences[0].key: "yes"}, at=now)]
    ['opt_in_unconfirmed']
    >>> apply_choices(view, {}, at=now)
    ()
    """
    moment = in_utc(at)
    entries = {entry.key: entry for entry in view.preferences}
    _check(view, entries, choices)
    shown = proof or ConsentProof()
    decided = "" if ";" in view.regime else view.regime  # where the topics stand under one set of rules
    act = _Act(view.contact_id, moment, evolve(shown, regime=shown.regime or decided), source)
    if choices.get(STOP) == STOP:
        return tuple(_stop(view, act))
    refused: dict[tuple[Channel, str, str], Preference] = {}
    for key, entry in entries.items():
        if choices.get(key) == "no" and entry.answer is not Answer.NO:
            refused.setdefault(_topic(entry), entry)
    made: list[ConsentEvent] = []
    for key, entry in entries.items():
        house = (entry.channel, entry.purpose, "")
        if _topic(entry) in refused:  # a no is the person's, whatever another endpoint of the topic says
            said_wider = bool(entry.controller) and house in refused
            made += [_no(entry, act, said_wider=said_wider)] if refused[_topic(entry)] is entry else []
        elif house in refused:  # and one to the house reaches every brand
            continue
        elif choices.get(key) == "yes" and entry.answer not in (Answer.YES, Answer.PENDING):
            made += _yes(view, entry, act, (tokens or {}).get(key, ""), confirm_by)
    return tuple(made)


def _topic(entry: Preference) -> tuple[Channel, str, str]:
    return (entry.channel, entry.purpose, entry.controller)


def _check(view: PreferenceView, entries: Mapping[str, Preference], choices: Mapping[str, str]) -> None:
    for key, choice in choices.items():
        if key == STOP:
            if choice != STOP:
                raise InputError(
                    "That cannot be chosen for everything at once.",
                    code="consent.choice_unknown",
                    path=STOP,
                    hint=f"Legal: {STOP}.",
                )
            continue
        entry = entries.get(key)
        if entry is None:
            legal = ", ".join([*entries, *view.choices]) or "none"
            raise InputError(
                "There is no such entry in the view.", code="consent.choice_unknown", path="choices", hint=f"Keys: {legal}."
            )
        if choice in entry.choices:
            continue
        legal = ", ".join(entry.choices) or "nothing"
        if choice in ("yes", "no"):
            raise InputError(
                f"This choice is locked ({entry.locked}).", code="consent.choice_locked", path=key, hint=f"Legal here: {legal}."
            )
        raise InputError("There is no such choice.", code="consent.choice_unknown", path=key, hint=f"Legal here: {legal}.")


def _event(entry: Preference, act: _Act, kind: EventType, proof: ConsentProof | None) -> ConsentEvent:
    return ConsentEvent(
        digest("choice", act.contact_id, entry.key, kind, act.at.isoformat()),
        kind,
        entry.channel,
        purpose=entry.purpose,
        controller=entry.controller,
        effective_at=act.at,
        recorded_at=act.at,
        method=METHOD,
        source=act.source,
        proof=proof,
    )


def _no(entry: Preference, act: _Act, *, said_wider: bool) -> ConsentEvent:
    """Give the event of a no; where the house was just refused, the key is, too, and what it was before no longer names the act."""
    return _event(entry, act, _E.WITHDRAW if said_wider else NO_EVENTS[entry.state], act.proof)


def _yes(view: PreferenceView, entry: Preference, act: _Act, token: str, confirm_by: datetime | None) -> Iterator[ConsentEvent]:
    """Give the events of a yes; what has run out is ended first, since the machine does not look at the clock."""
    over = {_S.GRANTED: (_E.EXPIRE, entry.until), _S.PENDING_CONFIRMATION: (_E.CONFIRM_TIMEOUT, entry.confirm_by)}
    kind, end = over.get(entry.state or _S.UNKNOWN, (_E.EXPIRE, None))
    if end is not None:
        ended = _event(entry, act, kind, None)
        yield evolve(ended, endpoint=entry.bound, effective_at=end, actor="system")
    topic = view.topics[entry.topic]
    given = act.proof
    proof = evolve(
        given,
        notice_id=given.notice_id or topic.notice_id,
        notice_version=given.notice_version or topic.notice_version,
        notice_language=given.notice_language or topic.notice_language,
        notice_hash=given.notice_hash or topic.notice_hash,
        wording=given.wording or topic.wording,
        token_hash=token or given.token_hash if entry.confirm else "",
    )
    made = evolve(_event(entry, act, _E.OPT_IN_UNCONFIRMED if entry.confirm else _E.OPT_IN, proof), endpoint=entry.bound)
    if entry.confirm:
        yield evolve(made, method="double_opt_in", expires_at=confirm_by)
    else:
        yield evolve(made, legal_basis="consent")


def _stop(view: PreferenceView, act: _Act) -> Iterator[ConsentEvent]:
    for channel in view.open:
        everything = Preference(digest(STOP, view.contact_id, channel, size=8), channel, ANY_PURPOSE, Answer.UNSET, "", ())
        yield _event(everything, act, _E.WITHDRAW, act.proof)
        for held in view.endpoints:
            if held.channel is channel:
                kind = SuppressionKind.GLOBAL_OPT_OUT
                block = _event(everything, act, _E.SUPPRESS, act.proof)
                name = digest(block.event_id, held.endpoint)
                yield evolve(block, event_id=name, endpoint=held.endpoint, suppression=kind, reason=kind.value)
