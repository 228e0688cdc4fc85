"""What an erasure leaves behind: hashes under a secret key, by which the person is known again and not read."""

from __future__ import annotations

import hmac
from datetime import datetime
from enum import StrEnum

from attrs import frozen

__all__ = ["Tombstone", "TombstoneKind", "tombstone_hash"]


class TombstoneKind(StrEnum):
    """What a tombstone is the hash of."""

    CONTACT = "contact"  # an id that the contact had, so that it is answered with `erased`
    RECORD = "record"  # the key of a source record
    EMAIL = "email"  # a name of a mailbox that nobody else held
    PHONE = "phone"  # a number that nobody else held
    SHARED = "shared"  # a mailbox or number that others hold, too: it counts together with the name alone
    EMAIL_NAME = "email_name"  # such a mailbox and the person's name
    PHONE_NAME = "phone_name"  # such a number and the person's name
    ADDRESS_NAME = "address_name"  # a postal address and the person's name; an address is never one person's alone
    BLOCK = "block"  # a name under which a block that the person's records put on an endpoint is found
    LIFTED = "lifted"  # a mailbox or number that a person confirmed anew: older blocks by erased records end there


@frozen
class Tombstone:
    """One hash of an erased person; it holds no personal data.

    Args:
        kind: what was hashed.
        hash: HMAC-SHA-256 (RFC 2104) under the store's privacy key, 64 hexadecimal digits.
        at: when the person was erased (UTC).
        why: a stable code: the reason of the erasure; of a block `channel/kind`.
    """

    kind: TombstoneKind
    hash: str
    at: datetime
    why: str = ""


def tombstone_hash(key: bytes, kind: TombstoneKind, *parts: str) -> str:
    """Hash what a tombstone stands for; kinds and parts are kept apart.

    Args:
        key: the secret; without it nobody can try out names.
        kind: what is hashed.
        parts: the canonical texts.

    Returns:
        64 hexadecimal digits.

    >>> one = tombstone_hash(b"secret", TombstoneKind.EMAIL, "ana@example.org")
    >>> len(one), one == tombstone_hash(b"another", TombstoneKind.EMAIL, "ana@example.org")
    (64, False)
    """
    text = f"{kind.value}:" + "".join([f"{len(part)}:{part}" for part in parts])
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()
