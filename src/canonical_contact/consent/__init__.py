"""May we speak to them, per channel and purpose, and can we prove it.

`events_of` turns a source record's evidence into ledger events, `fold` turns the events of a contact's records into its consent, and
`may_contact` answers from that. The tables are in `states`, `couplings`, `evidence` and `regimes`. Not legal advice.
"""

from canonical_contact.consent.couplings import COUPLINGS, Cause, Effect, Scope
from canonical_contact.consent.evidence import channels_of, endpoint_keys, event_of, events_of, follow, holds_of
from canonical_contact.consent.fold import POLICIES, SHARED_ENDPOINT, Folded, blocks_endpoint, fold, join
from canonical_contact.consent.jurisdiction import countries_of, resolve
from canonical_contact.consent.machine import apply, blocked_by
from canonical_contact.consent.permission import may_contact
from canonical_contact.consent.reasons import REASONS, explain
from canonical_contact.consent.regimes import NOTICE, Regime, Regimes, Rule, parse_regime
from canonical_contact.consent.states import BLOCKING, JOIN_ORDER, TRANSITIONS, Move, legal_events

__all__ = [
    "BLOCKING",
    "COUPLINGS",
    "JOIN_ORDER",
    "NOTICE",
    "POLICIES",
    "REASONS",
    "SHARED_ENDPOINT",
    "TRANSITIONS",
    "Cause",
    "Effect",
    "Folded",
    "Move",
    "Regime",
    "Regimes",
    "Rule",
    "Scope",
    "apply",
    "blocked_by",
    "blocks_endpoint",
    "channels_of",
    "countries_of",
    "endpoint_keys",
    "event_of",
    "events_of",
    "explain",
    "fold",
    "follow",
    "holds_of",
    "join",
    "legal_events",
    "may_contact",
    "parse_regime",
    "resolve",
]
