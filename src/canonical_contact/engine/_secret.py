"""The privacy key of a store: drawn once and kept in the store, or kept by the host and known here by its fingerprint."""

from __future__ import annotations

import os

from canonical_contact.errors import ConfigError
from canonical_contact.ports import ContactStore
from canonical_contact.privacy import Graves, fingerprint
from canonical_contact.store.view import PRIVACY_KEY, read_key

__all__ = ["graves_of", "secret_of"]

_SHORTEST = 16  # bytes


def secret_of(store: ContactStore, given: bytes | None, *, make: bool = False) -> bytes | None:
    """Find the key that a store's tombstones are made with.

    Args:
        store: where the contacts live.
        given: the host's key; None for the one that the store keeps.
        make: draw and keep a key where there is none yet, or keep the fingerprint of the host's.

    Returns:
        The key; None where there is none yet.

    Raises:
        ConfigError: the host keeps the key and did not give it, gave another one, or one that is too short.
    """
    held = store.setting(PRIVACY_KEY)
    if given is not None and len(given) < _SHORTEST:
        raise ConfigError(
            f"The privacy key has less than {_SHORTEST} bytes.",
            code="privacy.key_short",
            path="key",
            hint="Give 32 random bytes.",
        )
    if not held:
        if not make:
            return given
        key = os.urandom(32) if given is None else given
        store.put_setting(PRIVACY_KEY, f"key {key.hex()}" if given is None else f"held {fingerprint(key)}")
        return key
    own = read_key(held)
    if given is None:
        if own is None:
            raise ConfigError(
                "The privacy key of this store is kept outside of it and was not given.",
                code="privacy.key_missing",
                path="key",
                hint="Give the key that people were erased with; without it they could come back.",
            )
        return own
    if (fingerprint(own) if own else held.partition(" ")[2]) != fingerprint(given):
        raise ConfigError(
            "This is not the privacy key of the store.",
            code="privacy.key_wrong",
            path="key",
            hint="Give the key that people were erased with.",
        )
    return given


def graves_of(store: ContactStore, given: bytes | None) -> Graves | None:
    """Read the tombstones of a store; None where nobody was erased, which costs one look.

    Raises:
        ConfigError: see `secret_of`.
    """
    if next(iter(store.tombstones()), None) is None:
        return None
    key = secret_of(store, given)
    return Graves(store.tombstones(), key) if key else None
