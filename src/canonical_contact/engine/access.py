"""Answer a subject access request: read everything that is held about a person, and leave a proof that it was given out."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from attrs import evolve

from canonical_contact.engine._proving import proof_row
from canonical_contact.engine._secret import secret_of
from canonical_contact.model import TombstoneKind, digest, tombstone_hash
from canonical_contact.model.moment import check_zone
from canonical_contact.ports import ContactStore, ProofRow
from canonical_contact.privacy.access import AccessExport, access_export

__all__ = ["export_access"]


def export_access(
    store: ContactStore,
    contact_id: str,
    *,
    at: datetime,
    actor: str = "subject",
    redact_others: bool = True,
    key: bytes | None = None,
) -> AccessExport:
    """Read everything that is held about one person, and prove in the ledger that it was given out.

    The proof names the contact, the time, the role of who asked and the hash of what was given out; of an erased person it names nobody.
    Nobody waits while the store is read: where the contact changes in between, it is read again.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        at: the time of the export, with a time zone.
        actor: who asked for it, a role: `subject`, `controller`, `authority`.
        redact_others: see `privacy.access.access_export`.
        key: the privacy key, where the host keeps it.

    Returns:
        The export, with the id of its proof. The hash in the proof is that of the JSON with an empty `proof`.

    Raises:
        NotFoundError: nobody has that id, or ever had it.
        InputError: the time has no zone.
        ConfigError: the host keeps the key, and it was not given or is another.

    >>> from canonical_contact.store import MemoryStore
    >>> export_access(MemoryStore(), "nobody", at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: No contact has that id. Take an id from links.csv, or search by e-mail or phone.
    """
    check_zone(at)
    for last in (False, False, True):  # a big store takes its time, in which others may write; the last time they wait
        state = store.contact(contact_id)
        secret = secret_of(store, key) if state is None else key
        export = None if last else access_export(store, contact_id, at=at, redact_others=redact_others, key=secret)
        with store.transaction():
            if export is None:
                export = access_export(store, contact_id, at=at, redact_others=redact_others, key=secret)
            elif store.contact(contact_id) != state:
                continue
            proof = _proof(export, contact_id, actor, secret)
            store.put_proofs([proof])
            break
    assert export is not None  # the last time was not left early
    return evolve(export, proof=proof.event_id)


def _proof(export: AccessExport, contact_id: str, actor: str, secret: bytes | None) -> ProofRow:
    detail = {"act": "exported", "actor": actor, "held": "yes" if export.held else "no"}
    if export.held:
        name = who = str(export.parts["identity"]["contact_id"])
        detail["sha256"] = sha256(export.to_json().encode()).hexdigest()
    else:  # no id that leads back
        assert secret is not None  # without it nobody is known to be erased
        name, who = "", tombstone_hash(secret, TombstoneKind.CONTACT, contact_id)
    at = export.at.astimezone(UTC)
    return proof_row(digest("exported", who, at.isoformat(), actor, detail.get("sha256", "")), detail, at=at, contact_id=name)
