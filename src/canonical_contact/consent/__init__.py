"""May we speak to them, per channel and purpose, and can we prove it.

`events_of` turns a source record's evidence into ledger events, `fold` turns the events of a contact's records into its consent, and
`may_contact` answers from that. The tables are in `states`, `couplings`, `evidence` and `regimes`. Not legal advice.
"""

from canonical_contact.consent.asking import UNSENT, last_asked, may_ask
from canonical_contact.consent.columns import Answers, Decide, consent_column, may_contact_columns
from canonical_contact.consent.couplings import COUPLINGS, Cause, Effect, Scope
from canonical_contact.consent.double_opt_in import due_expiries, hash_of_token
from canonical_contact.consent.evidence import channels_of, endpoint_keys, event_of, events_of, follow, holds_of
from canonical_contact.consent.fold import POLICIES, SHARED_ENDPOINT, Folded, blocks_endpoint, fold, join
from canonical_contact.consent.history import events_at, known_at, state_at
from canonical_contact.consent.jurisdiction import Jurisdiction, countries_of, locate, resolve
from canonical_contact.consent.machine import apply, blocked_by
from canonical_contact.consent.permission import may_contact
from canonical_contact.consent.reasons import REASONS, explain
from canonical_contact.consent.regimes import NOTICE, Regime, Regimes, Rule, may_request, parse_regime, withdrawal_due
from canonical_contact.consent.states import BLOCKING, JOIN_ORDER, TRANSITIONS, Move, legal_events
from canonical_contact.consent.timing import FrequencyCap, QuietHours, Send, hold_back, zones_of
from canonical_contact.consent.unmerge import part

__all__ = [
    "BLOCKING",
    "COUPLINGS",
    "JOIN_ORDER",
    "NOTICE",
    "POLICIES",
    "REASONS",
    "SHARED_ENDPOINT",
    "TRANSITIONS",
    "UNSENT",
    "Answers",
    "Cause",
    "Decide",
    "Effect",
    "Folded",
    "FrequencyCap",
    "Jurisdiction",
    "Move",
    "QuietHours",
    "Regime",
    "Regimes",
    "Rule",
    "Scope",
    "Send",
    "apply",
    "blocked_by",
    "blocks_endpoint",
    "channels_of",
    "consent_column",
    "countries_of",
    "due_expiries",
    "endpoint_keys",
    "event_of",
    "events_at",
    "events_of",
    "explain",
    "fold",
    "follow",
    "hash_of_token",
    "hold_back",
    "holds_of",
    "join",
    "known_at",
    "last_asked",
    "legal_events",
    "locate",
    "may_ask",
    "may_contact",
    "may_contact_columns",
    "may_request",
    "parse_regime",
    "part",
    "resolve",
    "state_at",
    "withdrawal_due",
    "zones_of",
]
