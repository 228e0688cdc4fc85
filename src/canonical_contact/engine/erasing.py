"""Erase people: out of every table of the store, with tombstones by which no import brings them back, and a proof in the ledger.

Nobody becomes contactable by it. What the erased person's records blocked on an endpoint is first said again on the records of everybody
else who holds that endpoint, and kept as a hash for those who will hold it later.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from attrs import evolve, frozen

from canonical_contact.engine._blocks import Blocks, endpoints_of, said_again, standing, streams_in
from canonical_contact.engine._forgetting import Said, scrub_settings
from canonical_contact.engine._proving import proof_row
from canonical_contact.engine._secret import graves_of, secret_of
from canonical_contact.engine.folding import fold_contacts
from canonical_contact.engine.stages import event_row
from canonical_contact.errors import NotFoundError
from canonical_contact.match.features import Features, features_from_text
from canonical_contact.match.model.frequencies import counted
from canonical_contact.model import ConsentEvent, SuppressionKind, TombstoneKind, digest, tombstone_hash
from canonical_contact.model.moment import in_utc
from canonical_contact.normalize import mailbox_names
from canonical_contact.ports import ContactStore, EventRow, ProofRow, RecordRow
from canonical_contact.privacy import Traces, address_keys, name_forms, tombstones_of

__all__ = ["Erased", "erase", "erase_all", "erased_at"]


@frozen
class Erased:
    """What an erasure did; it names nobody but by the id that the host asked with.

    Args:
        contact_id: the id that was asked for.
        at: when the person was erased.
        records: source records that are gone.
        events: consent events whose personal fields are gone.
        activities: activities that are gone.
        decisions: verdicts that are gone.
        tombstones: hashes that were left.
        blocks: blocks that were said again on other people's records.
        sharing: contacts that hold an endpoint of the person, too; one of them may be the same person, not joined.
        folded: how many of these have changed.
        proof: id of the proof in the ledger.
        new: False where the person was erased before.
    """

    contact_id: str
    at: datetime
    records: int = 0
    events: int = 0
    activities: int = 0
    decisions: int = 0
    tombstones: int = 0
    blocks: int = 0
    sharing: tuple[str, ...] = ()
    folded: int = 0
    proof: str = ""
    new: bool = True


def erase(
    store: ContactStore,
    contact_id: str,
    *,
    at: datetime,
    actor: str = "subject",
    reason: str = "request",
    key: bytes | None = None,
) -> Erased:
    """Erase one person: everything or nothing, in one transaction.

    Args:
        store: where the contacts live.
        contact_id: the contact; a retired id leads to its heir.
        at: the time of the erasure, with a time zone.
        actor: who asked for it: `subject`, `controller`, `system`; it is written into the proof.
        reason: a stable code such as `request`, `retention`, `authority`; it is written into the proof and the tombstones.
        key: the privacy key, at least 16 random bytes, where the host keeps it; None: one is drawn and kept in the store.

    Returns:
        What was deleted and what was left. A person who was erased before is no error: `new` is False.

    Raises:
        NotFoundError: nobody ever had that id.
        InputError: the time has no zone.
        ConfigError: the host keeps the key and did not give it, or gave another.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> erase(MemoryStore(), "nobody", at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.NotFoundError: No contact has that id. Take an id from links.csv, or search by e-mail or phone.
    """
    return erase_all(store, [contact_id], at=at, actor=actor, reason=reason, key=key)[0]


def erase_all(
    store: ContactStore,
    contact_ids: Iterable[str],
    *,
    at: datetime,
    actor: str = "subject",
    reason: str = "request",
    key: bytes | None = None,
) -> tuple[Erased, ...]:
    """Erase several people in one transaction, with one reading of the match features for all of them.

    Arguments as for `erase`.

    Returns:
        One entry for each id, in their order; the counts of a call stand in the entry of the contact that they are about, those of what
        was said again on others in the first.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> erase_all(MemoryStore(), [], at=datetime(2026, 7, 1, tzinfo=UTC))
    ()
    """
    moment, asked = in_utc(at), list(dict.fromkeys(contact_ids))
    if not asked:
        return ()
    with store.transaction():
        work = _Work(store, moment, actor, reason, key)
        return work.erase(asked)


def erased_at(store: ContactStore, contact_id: str, *, key: bytes | None = None) -> datetime | None:
    """Tell when the contact of an id was erased; None where it was not.

    Args:
        store: where the contacts live.
        contact_id: an id that the contact had.
        key: the privacy key, where the host keeps it.

    Raises:
        ConfigError: the host keeps the key and did not give it, or gave another.

    >>> from canonical_contact.store import MemoryStore
    >>> erased_at(MemoryStore(), "id-1") is None
    True
    """
    graves = graves_of(store, key)
    found = graves.find(TombstoneKind.CONTACT, contact_id) if graves else None
    return found.at if found else None


class _Gone(NamedTuple):
    """One person on the way out."""

    asked: str
    ids: tuple[str, ...]
    keys: tuple[str, ...]
    now: list[RecordRow]  # present versions
    features: list[Features]  # of all versions
    documents: list[dict[str, Any]]  # of all versions
    events: list[EventRow]

    @property
    def endpoints(self) -> tuple[str, ...]:
        found: dict[str, None] = dict.fromkeys(name for record in self.features for name in endpoints_of(record))
        for document in self.documents:
            card = document.get("card", {})
            found |= dict.fromkeys(email["address"] for email in card.get("emails", ()) if email.get("address"))
            found |= dict.fromkeys(
                phone["number"] for phone in card.get("phones", ()) if phone.get("number") and not phone.get("extension")
            )
        return tuple(found)

    @property
    def anybodys(self) -> set[str]:
        """Endpoints that belong to no single person: shared mailboxes, and numbers that are known in part."""
        roles = {name for record in self.features for role in record.roles for name in mailbox_names(role)}
        return roles | {name for name in self.endpoints if name.startswith("~")}


class _Others(NamedTuple):
    """What the rest of the store has in common with those who go."""

    shared: set[str]  # names of endpoints
    keys: set[str]  # records that hold one
    reached: list[tuple[str, str, str, SuppressionKind]]  # record, endpoint, channel, kind
    terms: set[tuple[str, str]]  # values that the matcher counts


class _Work:
    """One erasure, inside of a transaction."""

    def __init__(self, store: ContactStore, at: datetime, actor: str, reason: str, key: bytes | None) -> None:
        self._store, self._at, self._actor, self._reason = store, at, actor, reason
        self._given = key

    def erase(self, asked: Sequence[str]) -> tuple[Erased, ...]:
        store = self._store
        before = {one: when for one in asked if store.contact(one) is None and (when := erased_at(store, one, key=self._given))}
        people: dict[str, _Gone] = {}
        for one in asked:
            if one not in before:
                gone = self._gather(one)
                people.setdefault(gone.ids[0], gone)
        if not people:
            return tuple(Erased(one, before[one], new=False) for one in asked)
        secret = secret_of(store, self._given, make=True)
        assert secret is not None
        everybody = list(people.values())
        keys = {key for gone in everybody for key in gone.keys}
        floating = self._floating(everybody, keys)
        mine = {gone.ids[0]: Blocks.of(standing(gone.events, gone.now)) for gone in everybody}
        blocks = Blocks.of(block for held in mine.values() for group in held.by_name.values() for block in group)
        others = self._others(everybody, keys, blocks)
        alone = [row for row in floating if not self._names(row.endpoint) & others.shared]
        if alone:  # a number's block may reach others without being theirs: an extension, a number known in part
            others.reached.extend(self._others((), keys, Blocks.of(standing(alone, ()))).reached)
            others.keys.update(key for key, *_ in others.reached)
        kept = self._say_again(others)
        of_floating = Blocks.of(standing(alone, ())).codes()
        told = {row.record for row in alone if row.record}  # whose streams spoke of an endpoint that they do not hold
        home = dict(store.members()) if others.keys or told else {}
        sharing = sorted({home[key] for key in others.keys if key in home})
        touched = sorted({home[key] for key in (*others.keys, *told) if key in home})
        owner = {key: gone.ids[0] for gone in everybody for key in gone.keys}
        verdicts = Counter(
            person for row in store.decisions() for person in {owner[key] for key in (row.left, row.right) if key in owner}
        )
        done: dict[str, Erased] = {}
        for place, gone in enumerate(everybody):
            traces = self._traces(gone, others, (*mine[gone.ids[0]].codes(), *(() if place else of_floating)))
            left = store.put_tombstones(tombstones_of(traces, secret, at=self._at, why=self._reason))
            activities = sum(1 for _ in store.activities(gone.keys))
            done[gone.ids[0]] = Erased(
                gone.asked, self._at, len(gone.keys), len(gone.events) + (0 if place else len(alone)), activities,
                verdicts[gone.ids[0]], left, 0 if place else len(kept), () if place else tuple(sharing),
                proof=digest("erased", tombstone_hash(secret, TombstoneKind.CONTACT, gone.ids[0])),
            )  # fmt: skip
        store.erase(list(people), keys, [row.event_id for row in alone])
        scrub_settings(store, self._said(everybody, others))
        folded = fold_contacts(store, touched, at=self._at, run="erasure")
        first, *rest = done.values()
        results = [evolve(first, folded=folded.new + folded.changed), *rest]
        store.put_proofs(map(self._proof, results))
        by_id = {gone.ids[0]: result for gone, result in zip(everybody, results, strict=True)}
        led = {one: ids for gone in everybody for ids in [gone.ids[0]] for one in gone.ids}
        return tuple(Erased(one, before[one], new=False) if one in before else by_id[led[one]] for one in asked)

    def _gather(self, asked: str) -> _Gone:
        row = self._store.contact(asked)
        if row is None:
            raise NotFoundError(
                "No contact has that id.", path="contact_id", hint="Take an id from links.csv, or search by e-mail or phone."
            )
        keys = tuple(sorted(row.members))
        versions = [version for key in keys for version in self._store.record_versions(key)]
        aliases = json.loads(row.document).get("aliases", ())
        return _Gone(
            asked,
            tuple(dict.fromkeys((row.contact_id, *row.retired, *aliases))),
            keys,
            list(self._store.records(keys)),
            [features_from_text(version.features) for version in versions],
            [json.loads(version.document) for version in versions],
            list(self._store.events(keys)),
        )

    def _floating(self, everybody: Sequence[_Gone], keys: set[str]) -> list[EventRow]:
        """The events about an endpoint of theirs in other streams: a registry's, a stop request's, what a part took along."""
        names = {name for gone in everybody for endpoint in gone.endpoints for name in self._names(endpoint)}
        return [
            row
            for row in self._store.events()
            if row.endpoint and row.record not in keys and not names.isdisjoint(self._names(row.endpoint))
        ]

    @staticmethod
    def _names(endpoint: str) -> set[str]:
        return set(mailbox_names(endpoint))

    def _others(self, everybody: Sequence[_Gone], keys: set[str], blocks: Blocks) -> _Others:
        """Go once through the match features of all who stay."""
        names = {name for gone in everybody for endpoint in gone.endpoints for name in self._names(endpoint)}
        found = _Others(set(), set(), [], set())
        terms = {term for gone in everybody for record in gone.features for term in counted(record)}
        for key, text in self._store.features():
            if key in keys:
                continue
            record = features_from_text(text)
            found.terms.update(terms & counted(record))
            held = {name for endpoint in endpoints_of(record) for name in self._names(endpoint)} & names
            reached = [(key, *one) for one in blocks.on(record)]
            if held or reached:
                found.keys.add(key)
                found.shared.update(held)
                found.reached.extend(reached)
        return found

    def _say_again(self, others: _Others) -> list[ConsentEvent]:
        by_record = streams_in(self._store.events(dict.fromkeys(key for key, *_ in others.reached)))
        made = [
            said_again(key, endpoint, channel, kind, at=self._at, since=by_record.get(key, ()), once=self._at.isoformat())
            for key, endpoint, channel, kind in others.reached
        ]
        self._store.put_events(map(event_row, made))
        return made

    def _traces(self, gone: _Gone, others: _Others, blocks: Iterable[tuple[str, str]]) -> Traces:
        from canonical_contact.model import Name, PostalAddress
        from canonical_contact.schema import from_dict

        lived = [from_dict(PostalAddress, each) for one in gone.documents for each in one.get("card", {}).get("addresses", ())]
        forms = [
            form
            for one in gone.documents
            if (name := one.get("card", {}).get("name"))
            for form in name_forms(from_dict(Name, name))
        ]
        anybodys = others.shared | gone.anybodys
        shared = {name for name in gone.endpoints if self._names(name) & anybodys}
        return Traces(
            gone.ids,
            gone.keys,
            tuple(name for name in gone.endpoints if name not in shared),
            tuple(name for name in gone.endpoints if name in shared),
            tuple(dict.fromkeys(forms)),
            tuple(dict.fromkeys(blocks)),
            address_keys(lived),
        )

    def _said(self, everybody: Sequence[_Gone], others: _Others) -> Said:
        documents = [document for gone in everybody for document in gone.documents]
        texts = {str(cell).strip() for document in documents for cell in document.get("raw", {}).values()}
        texts |= {str(claim.get("value", "")) for document in documents for claim in document.get("claims", ())}
        return Said(
            {term for gone in everybody for record in gone.features for term in counted(record)} - others.terms,
            {(str(document.get("file", "")), int(document.get("line", 0))) for document in documents},
            texts - {""},
        )

    def _proof(self, done: Erased) -> ProofRow:
        detail = {"act": "erased", "actor": self._actor, "reason": self._reason}
        detail |= {
            name: str(getattr(done, name)) for name in ("records", "events", "activities", "decisions", "tombstones", "blocks")
        }
        return proof_row(done.proof, detail, at=self._at)
