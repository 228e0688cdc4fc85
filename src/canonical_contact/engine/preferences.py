"""The preference centre over a store: what a contact sees, and its choices written into the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from attrs import field, frozen

from canonical_contact.engine._person import Person
from canonical_contact.engine.double_opt_in import WEEK, hash_of_token
from canonical_contact.engine.recording import record_consent
from canonical_contact.model import ANY_PURPOSE, ConsentEvent, ConsentProof, EventType
from canonical_contact.ports import ContactStore
from canonical_contact.store.rules import rules_of

if TYPE_CHECKING:
    from canonical_contact.consent.preferences import PreferenceView, Topic
    from canonical_contact.consent.regimes import Regime, Regimes

__all__ = ["ChoicesRecorded", "contact_preferences", "record_choices"]


@frozen
class ChoicesRecorded:
    """What came of a submission.

    Args:
        view: what the person sees now.
        events: what was written; empty where everything stood already.
        to_confirm: key of each entry whose yes now waits for a confirmation → the token that its link must bear, for
            `double_opt_in.confirm_double_opt_in`. It is told once and not kept; empty where the host gave the hash of its own.
    """

    view: PreferenceView
    events: tuple[ConsentEvent, ...] = ()
    to_confirm: Mapping[str, str] = field(factory=dict, repr=False)


def contact_preferences(
    store: ContactStore, contact_id: str, *, topics: Iterable[Topic], at: datetime, regime: str | Regime | Regimes = "auto"
) -> PreferenceView:
    """Say what a contact may see and change.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        topics: what the host asks about.
        at: the time, with a time zone.
        regime: as for `may_contact`.

    Raises:
        NotFoundError: no such contact.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> contact_preferences(MemoryStore(), "nobody", topics=(), at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no such contact. Give an id from links.csv, or one that was retired.
    """
    from canonical_contact.consent.preferences import preferences

    person = Person(store, contact_id)
    return preferences(person.contact, at=at, topics=topics, events=person.events, regime=rules_of(store, regime))


def record_choices(
    store: ContactStore,
    contact_id: str,
    choices: Mapping[str, str],
    *,
    topics: Iterable[Topic],
    at: datetime,
    recorded_at: datetime | None = None,
    regime: str | Regime | Regimes = "auto",
    proof: ConsentProof | None = None,
    tokens: Mapping[str, str] | None = None,
    confirm_by: datetime | None = None,
    source: str = "",
) -> ChoicesRecorded:
    """Write what a person chose, in one transaction; the view is made anew from the store, so nobody can send a better one.

    A no reaches that topic alone. `stop` withdraws everything and blocks the person's endpoints for everybody who shares them. A yes that
    takes a confirmation counts once `confirm_double_opt_in` has its token.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        choices: key of an entry → `yes` or `no`; `stop` → `stop`.
        topics: what the host asks about, as for the view that the person saw.
        at: when they chose, with a time zone.
        recorded_at: when the ledger learned of it; None: `at`.
        regime: as for `may_contact`.
        proof: further proof.
        tokens: key → hash of a token of the host's own that will confirm it; for all others one is drawn.
        confirm_by: until when a yes may be confirmed; None: a week.
        source: the page.

    Raises:
        InputError: an unknown or locked choice; nothing was written.
        NotFoundError: no such contact.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> record_choices(MemoryStore(), "nobody", {"stop": "stop"}, topics=(), at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: There is no such contact. Give an id from links.csv, or one that was retired.
    """
    from canonical_contact.consent.preferences import Answer, apply_choices

    listed, own = tuple(topics), tokens or {}
    with store.transaction():
        view = contact_preferences(store, contact_id, topics=listed, at=at, regime=regime)
        drawn = {
            entry.key: f"{view.contact_id}.{token_urlsafe(24)}"
            for entry in view.preferences
            if entry.confirm and entry.key not in own
        }
        hashes = {**own, **{key: hash_of_token(token) for key, token in drawn.items()}}
        meant = apply_choices(
            view, choices, at=at, proof=proof, tokens=hashes, confirm_by=confirm_by or at + WEEK, source=source
        )  # fmt: skip
        written: list[ConsentEvent] = []
        for event in meant:
            if event.type is EventType.SUPPRESS:  # the withdrawal of everything brings them along, for each record
                continue
            done = record_consent(
                store, view.contact_id, _kind(store, view.contact_id, event), event.channel, event.purpose, at=event.effective_at or at,
                recorded_at=recorded_at or at, endpoint=event.endpoint, controller=event.controller, actor=event.actor,
                method=event.method, source=event.source, legal_basis=event.legal_basis, reason=event.reason,
                expires_at=event.expires_at, proof=event.proof, request_id=event.event_id, couple=event.purpose == ANY_PURPOSE,
            )  # fmt: skip
            written += done.events if done.new else ()
        after = contact_preferences(store, view.contact_id, topics=listed, at=at, regime=regime) if written else view
    before = {entry.key: entry.answer for entry in view.preferences}
    waiting = [
        entry.key for entry in after.preferences if entry.answer is Answer.PENDING and before.get(entry.key) is not entry.answer
    ]
    return ChoicesRecorded(after, tuple(written), {key: drawn.get(key, "") for key in waiting})


def _kind(store: ContactStore, contact_id: str, event: ConsentEvent) -> EventType:
    """Call a no `decline` where the joined state takes one; a `withdraw` is always taken, and a no is never refused."""
    from canonical_contact.consent import legal_events

    if event.type is not EventType.DECLINE:
        return event.type
    person = Person(store, contact_id)
    key = (event.channel, event.purpose, event.controller)
    state = person.cell(*key, "") or person.somewhere(*key, event.type)
    return event.type if event.type in legal_events(None if state is None else state.state) else EventType.WITHDRAW
