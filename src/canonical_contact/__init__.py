"""One truth for contacts kept in many systems. The public names, and nothing else: each is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canonical_contact import normalize
    from canonical_contact.consent import (
        FrequencyCap,
        QuietHours,
        explain,
        known_at,
        may_ask,
        may_contact,
        may_contact_columns,
        state_at,
    )
    from canonical_contact.engine.access import export_access
    from canonical_contact.engine.dedupe import dedupe, link
    from canonical_contact.engine.double_opt_in import begin_double_opt_in, confirm_double_opt_in
    from canonical_contact.engine.erasing import erase
    from canonical_contact.engine.explaining import explainer_of, explainer_of_store
    from canonical_contact.engine.index import MatchIndex
    from canonical_contact.engine.recording import record_consent, record_stop, record_suppression, record_unsuppression
    from canonical_contact.engine.rectifying import rectify
    from canonical_contact.engine.resolving import MatchSettings, resolve
    from canonical_contact.errors import (
        ConfigError,
        ContactError,
        ErasedError,
        IllegalTransitionError,
        InputError,
        MissingExtraError,
        NotFoundError,
        Problem,
        Severity,
        StoreBusyError,
        StoreError,
    )
    from canonical_contact.formats import Loss, LossReport, discover, read, read_contacts, write_contacts
    from canonical_contact.kpi import measure
    from canonical_contact.match.policy import MatchPolicy
    from canonical_contact.model import (
        SCHEMA_VERSION,
        Activity,
        AddressPart,
        Anniversary,
        Card,
        Channel,
        Claim,
        ConsentEvent,
        ConsentEvidence,
        ConsentProof,
        ConsentRecord,
        ConsentState,
        Contact,
        ContactKind,
        EmailAddress,
        EmailStatus,
        Event,
        EventType,
        EvidenceKind,
        ExternalId,
        Interaction,
        Judgement,
        Lifecycle,
        LifecycleStage,
        Name,
        NpsAnswer,
        OnlineService,
        Organization,
        Owner,
        OwnerRole,
        PairDecision,
        Permission,
        PhoneNumber,
        PostalAddress,
        RawRecord,
        Restriction,
        Revenue,
        SchemaDeprecationWarning,
        SourceRecord,
        SourceRef,
        StageChange,
        Suppression,
        SuppressionKind,
        Verification,
        VerificationStatus,
    )
    from canonical_contact.pipeline import UnifyResult, unify
    from canonical_contact.schema import converter, from_json, migrate, to_json
    from canonical_contact.store import MemoryStore, SQLiteStore, migrate_store

    __version__: str

__all__ = [
    "SCHEMA_VERSION",
    "Activity",
    "AddressPart",
    "Anniversary",
    "Card",
    "Channel",
    "Claim",
    "ConfigError",
    "ConsentEvent",
    "ConsentEvidence",
    "ConsentProof",
    "ConsentRecord",
    "ConsentState",
    "Contact",
    "ContactError",
    "ContactKind",
    "EmailAddress",
    "EmailStatus",
    "ErasedError",
    "Event",
    "EventType",
    "EvidenceKind",
    "ExternalId",
    "FrequencyCap",
    "IllegalTransitionError",
    "InputError",
    "Interaction",
    "Judgement",
    "Lifecycle",
    "LifecycleStage",
    "Loss",
    "LossReport",
    "MatchIndex",
    "MatchPolicy",
    "MatchSettings",
    "MemoryStore",
    "MissingExtraError",
    "Name",
    "NotFoundError",
    "NpsAnswer",
    "OnlineService",
    "Organization",
    "Owner",
    "OwnerRole",
    "PairDecision",
    "Permission",
    "PhoneNumber",
    "PostalAddress",
    "Problem",
    "QuietHours",
    "RawRecord",
    "Restriction",
    "Revenue",
    "SQLiteStore",
    "SchemaDeprecationWarning",
    "Severity",
    "SourceRecord",
    "SourceRef",
    "StageChange",
    "StoreBusyError",
    "StoreError",
    "Suppression",
    "SuppressionKind",
    "UnifyResult",
    "Verification",
    "VerificationStatus",
    "begin_double_opt_in",
    "confirm_double_opt_in",
    "converter",
    "dedupe",
    "discover",
    "erase",
    "explain",
    "explainer_of",
    "explainer_of_store",
    "export_access",
    "from_json",
    "known_at",
    "link",
    "may_ask",
    "may_contact",
    "may_contact_columns",
    "measure",
    "migrate",
    "migrate_store",
    "normalize",
    "read",
    "read_contacts",
    "record_consent",
    "record_stop",
    "record_suppression",
    "record_unsuppression",
    "rectify",
    "resolve",
    "state_at",
    "to_json",
    "unify",
    "write_contacts",
]

_HOMES = {
    "errors": (
        "ConfigError",
        "ContactError",
        "ErasedError",
        "IllegalTransitionError",
        "InputError",
        "MissingExtraError",
        "NotFoundError",
        "Problem",
        "Severity",
        "StoreBusyError",
        "StoreError",
    ),
    "schema": ("converter", "from_json", "migrate", "to_json"),
    "store": (
        "MemoryStore",
        "SQLiteStore",
        "migrate_store",
    ),
    "consent": (
        "FrequencyCap",
        "QuietHours",
        "explain",
        "known_at",
        "may_ask",
        "may_contact",
        "may_contact_columns",
        "state_at",
    ),
    "engine.access": ("export_access",),
    "engine.dedupe": ("dedupe", "link"),
    "engine.double_opt_in": ("begin_double_opt_in", "confirm_double_opt_in"),
    "engine.erasing": ("erase",),
    "engine.explaining": ("explainer_of", "explainer_of_store"),
    "engine.index": ("MatchIndex",),
    "engine.rectifying": ("rectify",),
    "engine.resolving": ("MatchSettings", "resolve"),
    "match.policy": ("MatchPolicy",),
    "engine.recording": ("record_consent", "record_stop", "record_suppression", "record_unsuppression"),
    "pipeline": (
        "unify",
        "UnifyResult",
    ),
    "kpi": ("measure",),
    "formats": (
        "Loss",
        "LossReport",
        "discover",
        "read",
        "read_contacts",
        "write_contacts",
    ),
}
# A public name that is not in the table above is a value type of the model.
_HOME = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # type checkers know the names from above, and would take this for leave to use any other

    def __getattr__(name: str) -> object:
        """Load a public name on its first use (PEP 562)."""
        if name == "__version__":
            from importlib.metadata import version

            value: object = version("canonical-contact")
        elif name == "normalize":
            value = import_module("canonical_contact.normalize")
        elif name in __all__:
            value = getattr(import_module(f"canonical_contact.{_HOME.get(name, 'model')}"), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value  # the next use finds it at once
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted([*__all__, "__version__"])
