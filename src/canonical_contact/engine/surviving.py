"""The survivorship policy of a store: what a run was given is kept, so that live acts fold by it as well."""

from __future__ import annotations

from canonical_contact.merge import DEFAULT_SURVIVORSHIP, Survivorship
from canonical_contact.ports import ContactStore

__all__ = ["SURVIVORSHIP", "keep_survivorship", "saved_survivorship"]

SURVIVORSHIP = "merge.survivorship"


def saved_survivorship(store: ContactStore) -> Survivorship:
    """Read by which policy the contacts of a store are folded; the shipped one where no run was given another.

    Raises:
        ConfigError: it was written by another version, or names a function that is not there.

    >>> from canonical_contact.store import MemoryStore
    >>> saved_survivorship(MemoryStore()).version
    'survivorship/2'
    """
    text = store.setting(SURVIVORSHIP)
    return Survivorship.from_text(text, source=SURVIVORSHIP) if text else DEFAULT_SURVIVORSHIP


def keep_survivorship(store: ContactStore, policy: Survivorship) -> None:
    """Keep a policy for every fold to come; the shipped one is kept as that of the library, whatever it will be in later versions.

    Args:
        store: inside of a run.
        policy: the policy.
    """
    text = "" if policy == DEFAULT_SURVIVORSHIP else policy.to_text()
    if text != (store.setting(SURVIVORSHIP) or ""):
        store.put_setting(SURVIVORSHIP, text)
