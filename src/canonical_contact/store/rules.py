"""The rules of a store: the regimes that ship, with the overrides that its host has put on record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from canonical_contact.errors import ConfigError
from canonical_contact.model import Event, EventName, digest
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore, ProofRow
from canonical_contact.schema import to_json

if TYPE_CHECKING:
    from canonical_contact.consent.regimes import Regime, Regimes

__all__ = ["OVERRIDES", "put_overrides", "regimes_of", "rules_of"]

OVERRIDES: Final = "consent.overrides"  # the setting that holds their text


def put_overrides(store: ContactStore, text: str, *, at: datetime) -> tuple[Event, ...]:
    """Put a host's overrides in force for a store, and on record in its ledger.

    Args:
        store: where the contacts live.
        text: TOML as `consent.regimes.overrides.parse_overrides` takes it; empty: what ships is in force again.
        at: when the host does so, with a time zone.

    Returns:
        The events in the ledger, one a change; none where the same text is in force already.

    Raises:
        ConfigError: it is not of that form, names a regime that there is not, or says something else under a version that is in force.
        InputError: the time has no zone.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> store = MemoryStore()
    >>> acme = '''name = "acme"
    ... version = "3"
    ... [can_spam.email]
    ... default = "opt_in"
    ... who = "Data protection officer"
    ... why = "Policy of the house"
    ... when = 2026-07-01
    ... '''
    >>> [event.detail["regime"] for event in put_overrides(store, acme, at=datetime(2026, 7, 1, tzinfo=UTC))]
    ['can_spam/2026.1+acme-3']
    >>> regimes_of(store).get("can_spam").label
    'can_spam/2026.1+acme-3'
    """
    from canonical_contact.consent.regimes import REGIMES
    from canonical_contact.consent.regimes.overrides import override_events, parse_overrides

    moment = in_utc(at)
    with store.transaction():
        before = store.setting(OVERRIDES) or ""
        if text == before:
            return ()
        label = ""
        if text:
            overrides = parse_overrides(text)
            label = overrides.label
            events = override_events(overrides, REGIMES, at=moment)
            if before and parse_overrides(before).label == label:
                raise ConfigError(
                    "Other overrides are in force under this name and version.",
                    path="overrides",
                    hint="Raise the version, so that every decision tells which of them it was made by.",
                )
        else:
            events = (Event(EventName.CONTACT_CHANGED, "", moment, detail={"act": "regime_overrides_ended"}),)
        store.put_setting(OVERRIDES, text)
        names = (digest("overrides", label, moment.isoformat(), str(place)) for place in range(len(events)))
        store.put_proofs(ProofRow(name, to_json(event)) for name, event in zip(names, events, strict=True))
    return events


def regimes_of(store: ContactStore) -> Regimes:
    """Give the regimes by which a store decides.

    Args:
        store: any store.

    >>> from canonical_contact.store import MemoryStore
    >>> regimes_of(MemoryStore()).get("casl").label
    'casl/2026.1'
    """
    from canonical_contact.consent.regimes import REGIMES

    text = store.setting(OVERRIDES)
    if not text:
        return REGIMES
    from canonical_contact.consent.regimes.overrides import apply_overrides, parse_overrides

    return apply_overrides(parse_overrides(text), REGIMES)


def rules_of(store: ContactStore, regime: str | Regime | Regimes = "auto") -> Regime | Regimes:
    """Resolve what a question may name as its rules, by the rules of a store.

    Args:
        store: any store.
        regime: `auto`, an id, a `Regime` or a set of them, which stay as they are.

    Raises:
        ConfigError: there is no such regime.

    >>> from canonical_contact.store import MemoryStore
    >>> rules_of(MemoryStore(), "casl").label
    'casl/2026.1'
    """
    if not isinstance(regime, str):
        return regime
    known = regimes_of(store)
    return known if regime == "auto" else known.get(regime)
