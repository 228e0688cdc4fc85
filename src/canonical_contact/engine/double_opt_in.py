"""Double opt-in: a token goes out with a message, comes back with the click, and only its hash is kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from canonical_contact.consent import blocked_by, legal_events
from canonical_contact.consent.double_opt_in import DOUBLE_OPT_IN, confirmed, hash_of_token
from canonical_contact.consent.states import NEVER_LIFTED
from canonical_contact.engine._endpoint import canonical_endpoint
from canonical_contact.engine._person import Person
from canonical_contact.engine._writing import purpose_of, word
from canonical_contact.engine.recording import Recorded, record_consent
from canonical_contact.errors import IllegalTransitionError, NotFoundError
from canonical_contact.model import Channel, ConsentEvent, ConsentProof, ConsentRecord, ConsentState, EventType
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore

__all__ = ["SENT_AGAIN", "WEEK", "Begun", "begin_double_opt_in", "confirm_double_opt_in", "hash_of_token"]

WEEK: Final = timedelta(days=7)
SENT_AGAIN: Final = "sent_again"
"""Reason of the end of a double opt-in that was begun anew."""

_BEFORE: Final = timedelta(microseconds=1)


@frozen
class Begun:
    """An open double opt-in.

    Args:
        token: what the confirmation link must bear; it is told once and not kept.
        recorded: what was written.
    """

    token: str
    recorded: Recorded


def begin_double_opt_in(
    store: ContactStore,
    contact_id: str,
    channel: Channel | str,
    purpose: str = "marketing",
    *,
    at: datetime,
    endpoint: str = "",
    region: str = "",
    controller: str = "",
    lasts: timedelta = WEEK,
    source: str = "",
    proof: ConsentProof | None = None,
) -> Begun:
    """Record the first step: the person asked for it, and must confirm from the endpoint.

    One that is open already is ended (`confirm_timeout`, reason `sent_again`), and its token opens nothing any more.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        channel: for which channel.
        purpose: for which purpose.
        at: when, with a time zone.
        endpoint: the address or number; empty: the contact's first on the channel. Send the token there and nowhere else.
        region: country (ISO 3166-1 alpha-2) of a number that does not name its own.
        controller: brand or legal entity; empty for the host itself.
        lasts: how long it may be confirmed; 7 days are an engineering default.
        source: the form.
        proof: notice, wording, language … as shown.

    Raises:
        IllegalTransitionError: the state takes no double opt-in, such as a standing grant, or it could never be confirmed, since a
            complaint or a note stands against it.
        NotFoundError: no such contact.
        InputError: no purpose, no time zone, or an endpoint that the contact does not hold.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> begin_double_opt_in(MemoryStore(), "nobody", "email", at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no such contact. Give an id from links.csv, or one that was retired.
    """
    moment, on = in_utc(at), word(Channel, channel, "channel")
    purpose, controller = purpose_of(purpose), controller.strip()
    token = f"{contact_id}.{secrets.token_urlsafe(24)}"
    known = hash_of_token(token)
    with store.transaction():
        person = Person(store, contact_id)
        place = person.endpoint(on, purpose, controller, canonical_endpoint(endpoint, region), EventType.OPT_IN_UNCONFIRMED)
        state = person.cell(on, purpose, controller, place)
        _check_way_back(state)
        if state is not None and _waits(person, state, moment):
            record_consent(
                store, contact_id, EventType.CONFIRM_TIMEOUT, on, purpose, at=moment - _BEFORE, recorded_at=moment, endpoint=place,
                controller=controller, actor="system", method=DOUBLE_OPT_IN, reason=SENT_AGAIN, request_id=known,
            )  # fmt: skip
        done = record_consent(
            store, contact_id, EventType.OPT_IN_UNCONFIRMED, on, purpose, at=moment, endpoint=place, controller=controller,
            actor="subject", method=DOUBLE_OPT_IN, source=source, expires_at=moment + lasts,
            proof=evolve(proof or ConsentProof(), token_hash=known), request_id=known,
        )  # fmt: skip
    return Begun(token, done)


def _check_way_back(state: ConsentRecord | None) -> None:
    """Send no token that could never be confirmed."""
    if state is not None and blocked_by(state) and state.reason in NEVER_LIFTED:
        legal = tuple(str(one) for one in legal_events(state.state) if one is not EventType.OPT_IN_UNCONFIRMED)
        why = "a complaint is on record" if state.reason == "complaint" else "a note that forbids it is on record"
        raise IllegalTransitionError(state.state, EventType.OPT_IN_UNCONFIRMED, legal, why)


def _waits(person: Person, state: ConsentRecord, at: datetime) -> bool:
    """Tell whether an older double opt-in is open, which a new one ends: the person asks for the mail again."""
    if state.state is not ConsentState.PENDING_CONFIRMATION or (state.confirm_by is not None and state.confirm_by < at):
        return False
    began = [
        event.effective_at
        for event in person.events
        if event.type is EventType.OPT_IN_UNCONFIRMED and event.event_id in state.events
    ]
    return all(one is None or one < at for one in began)


def confirm_double_opt_in(
    store: ContactStore, token: str, *, at: datetime, source: str = "", proof: ConsentProof | None = None
) -> Recorded:
    """Record the second step: the token came back.

    Args:
        store: where the contacts live.
        token: as `begin_double_opt_in` gave it.
        at: when it came back, with a time zone.
        source: the address of the link.
        proof: IP, user agent … of the click; notice and wording are those of the first step.

    Returns:
        The events and the joined state. A second click writes nothing: `new` is False.

    Raises:
        NotFoundError: no double opt-in was begun with this token.
        IllegalTransitionError: it came too late, a newer token was sent, or the person refused in between; a complaint or a note stands
            against it.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> confirm_double_opt_in(MemoryStore(), "1.x", at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: No double opt-in was begun with this token. Let the person sign up again.
    """
    contact_id, wanted = token.rpartition(".")[0], hash_of_token(token)
    with store.transaction():
        person = Person(store, contact_id) if store.contact(contact_id) is not None else None
        events = person.events if person else []
        clicked = tuple(event for event in events if event.type is EventType.CONFIRM and _token(event) == wanted)
        if person and clicked:
            first = clicked[0]
            state = person.cell(first.channel, first.purpose, first.controller, first.endpoint)
            return Recorded((person.contact_id,), clicked, state, new=False)
        begun = next((event for event in events if event.type is EventType.OPT_IN_UNCONFIRMED and _token(event) == wanted), None)
        if not begun or not person:
            raise NotFoundError("No double opt-in was begun with this token.", path="token", hint="Let the person sign up again.")
        return record_consent(
            store, person.contact_id, EventType.CONFIRM, begun.channel, begun.purpose, at=at, endpoint=begun.endpoint,
            controller=begun.controller, actor="subject", method=DOUBLE_OPT_IN, source=source,
            proof=confirmed(begun.proof, proof, at=at, token_hash=wanted), request_id=wanted,
        )  # fmt: skip


def _token(event: ConsentEvent) -> str:
    return event.proof.token_hash if event.proof else ""
