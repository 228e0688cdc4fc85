"""Let a person in again who was erased and has come back of their own accord: a new subject, who begins with nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from attrs import frozen

from canonical_contact.engine._proving import proof_row
from canonical_contact.engine._reach import names_of
from canonical_contact.engine._secret import graves_of, secret_of
from canonical_contact.errors import InputError
from canonical_contact.model import ConsentProof, Name, PostalAddress, Tombstone, TombstoneKind, digest, tombstone_hash
from canonical_contact.model.moment import in_utc
from canonical_contact.normalize import mailbox_names
from canonical_contact.ports import ContactStore
from canonical_contact.privacy import address_keys, name_forms

__all__ = ["Lifted", "lift_tombstones"]

_K = TombstoneKind


@frozen
class Lifted:
    """What came of it: how many tombstones are gone, and the id of the proof in the ledger; `new` is False where there were none."""

    tombstones: int = 0
    proof: str = ""
    new: bool = False


def lift_tombstones(
    store: ContactStore,
    endpoint: str,
    *,
    proof: ConsentProof,
    at: datetime,
    name: Name | None = None,
    addresses: Sequence[PostalAddress] = (),
    key: bytes | None = None,
) -> Lifted:
    """Lift the tombstones of one address or number, on the evidence of a double opt-in that was confirmed after the erasure.

    Who was erased is not in the store, so their double opt-in runs at the host until it is confirmed. Then this call, a new record from
    the source or form where they signed up, and `record_consent` on the new contact. The keys of the old records stay known: an old
    export brings nothing back, and what it says about the endpoint ends at the confirmation.

    Args:
        store: where the contacts live.
        endpoint: address or number in E.164 that was confirmed.
        proof: of the confirmation: `token_hash` and `confirmed_at` are needed.
        at: the time of the call, with a time zone.
        name: the person's name; where the endpoint is shared with others, it was the name that kept the person out.
        addresses: the person's postal addresses. One that was known together with the name keeps out no record with the endpoint any
            more; a record without the endpoint it keeps out still.
        key: the privacy key, where the host keeps it.

    Raises:
        InputError: no time zone, no evidence of a confirmation, or one from before the erasure.
        ConfigError: the host keeps the key and did not give it, or gave another.

    >>> from canonical_contact.store import MemoryStore
    >>> lift_tombstones(MemoryStore(), "ana@example.org", proof=ConsentProof(), at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.InputError: The proof shows no confirmed double opt-in. Give token_hash and confirmed_at of the confirmation.
    """
    moment = in_utc(at)
    if not proof.token_hash or proof.confirmed_at is None or proof.confirmed_at.tzinfo is None:
        raise InputError(
            "The proof shows no confirmed double opt-in.",
            code="privacy.lift_unproved",
            path="proof",
            hint="Give token_hash and confirmed_at of the confirmation.",
        )
    confirmed = proof.confirmed_at.astimezone(UTC)
    with store.transaction():
        graves = graves_of(store, key)
        secret = secret_of(store, key)
        if graves is None or secret is None:
            return Lifted()
        spelt = mailbox_names(endpoint)
        alone, both = (_K.EMAIL, _K.EMAIL_NAME) if "@" in endpoint else (_K.PHONE, _K.PHONE_NAME)
        wanted: list[tuple[TombstoneKind, tuple[str, ...]]] = [(alone, (one,)) for one in spelt]
        if graves.owns(endpoint):  # a block on what others hold, too, is theirs to keep
            wanted += [(_K.BLOCK, (one,)) for one in (*names_of(endpoint), *spelt)]
        wanted += [(both, (one, form)) for one in spelt for form in name_forms(name)]
        wanted += [(_K.ADDRESS_NAME, (place, form)) for place in address_keys(addresses) for form in name_forms(name)]
        found = [(kind, parts, stone) for kind, parts in wanted if (stone := graves.find(kind, *parts))]
        if not found:
            return Lifted()
        if confirmed > moment or any(stone.at >= confirmed for kind, _, stone in found if kind is not _K.BLOCK):
            raise InputError(
                "The confirmation is not from between the erasure and now.",
                code="privacy.lift_unproved",
                path="proof",
                hint="Only an opt-in that the person confirmed after the erasure brings them back.",
            )
        gone = [(kind, parts) for kind, parts, _ in found if kind is not _K.ADDRESS_NAME]
        count = store.drop_tombstones([(kind, tombstone_hash(secret, kind, *parts)) for kind, parts in gone])
        store.put_tombstones(Tombstone(_K.LIFTED, tombstone_hash(secret, _K.LIFTED, one), confirmed) for one in spelt)
        store.put_tombstones(  # the postal address of somebody of that name, too, counts no longer where this is said
            Tombstone(_K.LIFTED, tombstone_hash(secret, _K.LIFTED, one, form), confirmed)
            for one in spelt
            for form in name_forms(name)
        )
        name_of_proof = digest("lifted", tombstone_hash(secret, _K.LIFTED, spelt[0]), confirmed.isoformat())
        detail = {
            "act": "tombstone_lifted",
            "actor": "subject",
            "confirmed_at": confirmed.isoformat(),
            "token_hash": proof.token_hash,
            "consent_id": proof.consent_id,
            "tombstones": str(count),
        }
        told = {word: text for word, text in detail.items() if text}
        store.put_proofs([proof_row(name_of_proof, told, at=moment)])
    return Lifted(count, name_of_proof, new=True)
