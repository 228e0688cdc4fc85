"""One truth for contacts kept in many systems. The public names, and nothing else: each is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canonical_contact import normalize
    from canonical_contact.consent import explain, may_contact
    from canonical_contact.errors import (
        ConfigError,
        ContactError,
        IllegalTransitionError,
        InputError,
        MissingExtraError,
        NotFoundError,
        Problem,
        Severity,
        StoreBusyError,
        StoreError,
    )
    from canonical_contact.formats import discover, read
    from canonical_contact.kpi import measure
    from canonical_contact.model import (
        SCHEMA_VERSION,
        Activity,
        Card,
        Channel,
        Claim,
        ConsentEvent,
        ConsentEvidence,
        ConsentRecord,
        ConsentState,
        Contact,
        EmailAddress,
        Event,
        Interaction,
        Judgement,
        Lifecycle,
        LifecycleStage,
        Name,
        OnlineService,
        Organization,
        PairDecision,
        Permission,
        PhoneNumber,
        PostalAddress,
        RawRecord,
        SourceRecord,
        SourceRef,
        Suppression,
        Verification,
        VerificationStatus,
    )
    from canonical_contact.pipeline import UnifyResult, unify
    from canonical_contact.schema import from_json, to_json
    from canonical_contact.store import MemoryStore, SQLiteStore

    __version__: str

__all__ = [
    "SCHEMA_VERSION",
    "Activity",
    "Card",
    "Channel",
    "Claim",
    "ConfigError",
    "ConsentEvent",
    "ConsentEvidence",
    "ConsentRecord",
    "ConsentState",
    "Contact",
    "ContactError",
    "EmailAddress",
    "Event",
    "IllegalTransitionError",
    "InputError",
    "Interaction",
    "Judgement",
    "Lifecycle",
    "LifecycleStage",
    "MemoryStore",
    "MissingExtraError",
    "Name",
    "NotFoundError",
    "OnlineService",
    "Organization",
    "PairDecision",
    "Permission",
    "PhoneNumber",
    "PostalAddress",
    "Problem",
    "RawRecord",
    "SQLiteStore",
    "Severity",
    "SourceRecord",
    "SourceRef",
    "StoreBusyError",
    "StoreError",
    "Suppression",
    "UnifyResult",
    "Verification",
    "VerificationStatus",
    "discover",
    "explain",
    "from_json",
    "may_contact",
    "measure",
    "normalize",
    "read",
    "to_json",
    "unify",
]

_HOMES = {
    "errors": (
        "ConfigError",
        "ContactError",
        "IllegalTransitionError",
        "InputError",
        "MissingExtraError",
        "NotFoundError",
        "Problem",
        "Severity",
        "StoreBusyError",
        "StoreError",
    ),
    "schema": ("from_json", "to_json"),
    "store": (
        "MemoryStore",
        "SQLiteStore",
    ),
    "consent": (
        "may_contact",
        "explain",
    ),
    "pipeline": (
        "unify",
        "UnifyResult",
    ),
    "kpi": ("measure",),
    "formats": (
        "discover",
        "read",
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
