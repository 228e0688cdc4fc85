"""What the host supplies as a Protocol: storage with the rows that cross it, and the look-up of mail domains.

Documents cross the port as JSON text, made and read by `canonical_contact.schema`: workers can make them in other processes, and an
adapter need not know the model. A store holds eight things: source records, consent events, activities, pair decisions, contacts with
their aliases, domain events, named settings (the fitted weights among them), and the tombstones of people who were erased.

An e-mail probe tells how a domain takes mail; the network stays with the host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from canonical_contact.model import Tombstone, TombstoneKind

__all__ = [
    "ActivityRow",
    "ConsentLedger",
    "ContactRow",
    "ContactStore",
    "DecisionRow",
    "EmailProbe",
    "ErasedRows",
    "EventRow",
    "LedgerEntry",
    "LedgerHead",
    "MailAnswer",
    "MailRoute",
    "ProofRow",
    "RecordRow",
    "RunInfo",
    "Written",
]


class RecordRow(NamedTuple):
    """A source record on its way into or out of a store.

    `digest` is that of the record's content; a row whose key and digest are known is not written again, a row with a new digest
    becomes the current version and the old one is kept. `features` is the text of the match features; `holds` are the documents of
    its provisional blocks as a JSON list, empty where there are none.
    """

    key: str
    digest: str
    system: str
    label: str
    document: str
    features: str
    holds: str = ""


class EventRow(NamedTuple):
    """A consent event; `event_id` is unique, and an id that is known is not written again."""

    event_id: str
    record: str
    channel: str
    endpoint: str
    blocking: bool
    document: str


class ProofRow(NamedTuple):
    """A domain event that belongs into the consent ledger: an act of privacy, an override of a regime; `event_id` is unique in the ledger."""

    event_id: str
    document: str


class LedgerHead(NamedTuple):
    """Where a ledger ends: the number of its last entry, 0 for an empty one, and that entry's hash."""

    seq: int = 0
    hash: str = ""


class LedgerEntry(NamedTuple):
    """One entry of a consent ledger, as `consent.ledger.seal` makes it.

    `kind` is `consent_event` or `event`. `version` is the schema version that the document had when it was sealed. `digest` commits to
    the personal fields, salted; `hash` to the entry before, the public fields and the digest. Of a forgotten entry the personal fields,
    `salt` among them, are empty.
    """

    seq: int
    kind: str
    event_id: str
    record: str
    channel: str
    endpoint: str
    blocking: bool
    document: str
    version: str
    salt: str
    digest: str
    hash: str


class ActivityRow(NamedTuple):
    """A process event or interaction that hangs on a source record; `activity_id` is unique."""

    activity_id: str
    record: str
    kind: str
    document: str


class DecisionRow(NamedTuple):
    """A verdict about a pair of records (`left` < `right`), by a rule, by weights (`model`), or by a person.

    What people say of a pair and what machines say stand side by side: in each of these lanes a later row supersedes the earlier one,
    which is kept. `model` is the version of the weights, `by` who judged, `at` when (RFC 3339 in UTC), and `act` names what a person did
    at one stroke, so that all of its rows are taken back together. `at` and `act` alone make no row another one.
    """

    left: str
    right: str
    judgement: str
    score: float
    reason: str
    policy: str
    evidence: str
    method: str = "model"
    model: str = ""
    by: str = ""
    at: str = ""
    act: str = ""

    @property
    def is_by_person(self) -> bool:
        """Whether it stands in the lane of people."""
        return self.method == "person"


class ContactRow(NamedTuple):
    """A contact on its way into or out of a store.

    `document` leaves out the revision, which the store counts: a row with the digest that is stored changes nothing.
    `endpoints` are the match keys it can be found by: (`email`, key) and (`phone`, E.164). `retired` are ids that lead here from now on.
    `consent` is the text of `consent_column`, all that a decision about the contact needs; it is no part of the digest, and is written
    where only it differs, too.
    """

    contact_id: str
    document: str
    digest: str
    members: tuple[str, ...]
    endpoints: tuple[tuple[str, str], ...] = ()
    retired: tuple[str, ...] = ()
    revision: int = 0
    consent: str = ""


class ErasedRows(NamedTuple):
    """What an erasure took out of a store: how many rows of each kind."""

    records: int
    events: int
    activities: int
    decisions: int
    contacts: int
    log: int


class RunInfo(NamedTuple):
    """One run of the main job; its start stays the same when a broken run is taken up again."""

    run_id: str
    started_at: datetime
    resumed: bool


class Written(NamedTuple):
    """What a write did: how many rows were new, changed, and there already."""

    new: int
    changed: int
    same: int


class ConsentLedger(Protocol):
    """Where consent events live, chained by hashes so that nobody changes the past unseen.

    Every `ContactStore` is one; a host that keeps only consent writes an adapter of this alone. It seals with `consent.ledger.seal`,
    and two writers must never append behind the same head.
    """

    def put_events(self, rows: Iterable[EventRow]) -> Written:
        """Append consent events; an id that is known is not written again."""
        ...

    def put_proofs(self, rows: Iterable[ProofRow]) -> Written:
        """Append domain events to the chain; an id that is known is not written again. They are no consent events."""
        ...

    def events(self, records: Iterable[str] | None = ..., *, blocking: bool = ...) -> Iterator[EventRow]:
        """Stream consent events in the order of their ids: all, those of given records, or only the blocking ones."""
        ...

    def entries(self, after: int = ...) -> Iterator[LedgerEntry]:
        """Stream the entries of the chain in the order of their numbers, forgotten ones too, from behind a number on."""
        ...

    def ledger_head(self) -> LedgerHead:
        """Tell where the chain ends. It is kept apart from the entries, so that a cut tail shows."""
        ...

    def forget(self, event_ids: Iterable[str]) -> int:
        """Delete the personal fields and salts of entries, and count them; ids that are not known are left out.

        The entries stay in the chain with their public fields, digests and hashes, and it still verifies.
        """
        ...


class ContactStore(ConsentLedger, Protocol):
    """Where contacts live. Adapters: `store.MemoryStore`, `store.SQLiteStore`; a host's own passes `store.testing`.

    A write outside of `run` and `transaction` is a transaction of its own. A stream that is begun outside of them shows the store as it
    was then; one that is begun inside is read to its end inside, and may or may not show what is written while it is read.
    """

    def run(
        self, now: datetime, *, wait: float = ..., on_wait: Callable[[], None] | None = ...
    ) -> AbstractContextManager[RunInfo]:
        """Hold the store for one run: all that is written inside is there whole, or not at all.

        Args:
            now: the time that becomes the run's start, unless a broken run left its own behind.
            wait: seconds to wait for another run; after that `StoreBusyError`.
            on_wait: called once when the wait begins.

        A run within a run or transaction is refused. After a write that failed nothing can be kept, also where its error was swallowed.
        """
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Write all or nothing outside of a run. Nests inside `run` without effect of its own."""
        ...

    def unfinished_run(self) -> RunInfo | None:
        """Tell the run that was begun and did not end, if any."""
        ...

    def put_records(self, rows: Iterable[RecordRow]) -> Written:
        """Write source records; the current version of a key is the one written last."""
        ...

    def record_digests(self) -> dict[str, str]:
        """Map every record's key to the digest of its current version."""
        ...

    def records(self, keys: Iterable[str] | None = ...) -> Iterator[RecordRow]:
        """Stream current records: all in the order of their keys, or those of `keys` in the order asked for, unknown ones left out."""
        ...

    def record_versions(self, key: str) -> Iterator[RecordRow]:
        """Stream all versions of a record, oldest first; the last one is current."""
        ...

    def features(self) -> Iterator[tuple[str, str]]:
        """Stream (key, features) of the current records in the order of their keys, without their documents."""
        ...

    def holds(self) -> Iterator[tuple[str, str]]:
        """Stream (key, holds) of the current records that have any, in the order of their keys."""
        ...

    def put_activities(self, rows: Iterable[ActivityRow]) -> Written:
        """Append activities."""
        ...

    def activities(self, records: Iterable[str] | None = ...) -> Iterator[ActivityRow]:
        """Stream activities in the order of record and id: all, or those of given records."""
        ...

    def put_decisions(self, rows: Iterable[DecisionRow]) -> Written:
        """Append verdicts; one that says what the present one of its pair and lane says is not written again."""
        ...

    def decisions(self, judgement: str = ..., *, people: bool = ...) -> Iterator[DecisionRow]:
        """Stream the present verdicts of machines, or of people, in the order of their pairs, all or those of one kind."""
        ...

    def decision_versions(self, left: str, right: str) -> Iterator[DecisionRow]:
        """Stream all verdicts about one pair in the order of writing; the last one of each lane is present."""
        ...

    def answers(self) -> Iterator[DecisionRow]:
        """Stream all verdicts of people, superseded ones too, in the order of writing."""
        ...

    def put_contacts(self, rows: Iterable[ContactRow]) -> Written:
        """Write contacts; a row whose digest is stored changes nothing, another gets the next revision. The row's own is ignored."""
        ...

    def retire(self, aliases: Iterable[tuple[str, str]]) -> None:
        """Let the first id lead to the second for ever; the contact of the first id is no more.

        Chains lead to their end, and an id that was retired is given to no contact until it is released: `StoreError`. The heir may be
        written later in the same transaction.
        """
        ...

    def release(self, contact_ids: Iterable[str]) -> None:
        """Let retired ids stand for their own contacts again, and what led to them lead to them again: what un-merging a contact needs.

        Their contacts may be written later in the same transaction. An id that was not retired is refused: `StoreError`.
        """
        ...

    def contacts(self) -> Iterator[ContactRow]:
        """Stream all contacts in the order of their ids, in constant memory."""
        ...

    def consent_columns(self) -> Iterator[tuple[str, str]]:
        """Stream (contact id, consent) of all contacts in the order of their ids, without their documents; empty where none was written."""
        ...

    def contact(self, contact_id: str) -> ContactRow | None:
        """Get one contact by its id or by a retired one."""
        ...

    def find(self, kind: str, key: str) -> list[ContactRow]:
        """Get the contacts that hold an endpoint: `find("email", key)`, `find("phone", "+49…")`."""
        ...

    def members(self) -> Iterator[tuple[str, str]]:
        """Stream (record key, contact id) in the order of the keys."""
        ...

    def setting(self, name: str) -> str | None:
        """Read a named text, such as the fitted weights."""
        ...

    def put_setting(self, name: str, text: str) -> None:
        """Write a named text."""
        ...

    def log(self, documents: Iterable[tuple[str, str]]) -> None:
        """Append domain events as (contact id, document)."""
        ...

    def history(self, contact_id: str) -> Iterator[str]:
        """Stream the documents of the domain events of a contact and of the ids that lead to it, oldest first."""
        ...

    def documents(self, kind: str, after: str = ...) -> Iterator[tuple[str, str]]:
        """Stream (place, document) of every document of a kind, those of superseded versions too, from behind a place on.

        Kinds: `source_record`, `consent_event`, `activity`, `contact`, `event`. A place is the store's own text for where a document
        stands; the order of the places is the stream's, and the empty one comes before all others.
        """
        ...

    def rewrite(self, kind: str, rows: Iterable[tuple[str, str]]) -> None:
        """Write (place, document) over what stands there: the same document in another version of the schema.

        All else stays as it is: digests, revisions, features. This is no way to change a document; what is not the same one by
        `store.same_document`, or has no place, is refused: `StoreError`.
        """
        ...

    def erase(self, contact_ids: Iterable[str], records: Iterable[str], events: Iterable[str] = ...) -> ErasedRows:
        """Delete people for good, with nothing left of them in any table or file of the store.

        Gone are the contacts with what they are found by and the ids that lead to them, all versions of the records, what hangs on
        these (consent events and proofs by `forget`), every verdict about them, and the contacts' log. Where the log of another
        contact names one of the ids or keys, the name is taken out. Tombstones stay; names that are not known are left out.

        Args:
            contact_ids: the contacts, by present ids.
            records: keys of source records.
            events: ids of further consent events.
        """
        ...

    def drop_activities(self, activity_ids: Iterable[str]) -> int:
        """Delete activities for good, with nothing left of them in any file of the store, and count them; unknown ids are left out."""
        ...

    def put_tombstones(self, tombstones: Iterable[Tombstone]) -> int:
        """Write tombstones, and count the new ones; one of a kind, hash and reason that is known stays as it is."""
        ...

    def tombstones(self) -> Iterator[Tombstone]:
        """Stream all tombstones in the order of kind, hash and reason."""
        ...

    def drop_tombstones(self, names: Iterable[tuple[TombstoneKind, str]]) -> int:
        """Delete the tombstones of some (kind, hash), and count them."""
        ...

    def counts(self) -> dict[str, int]:
        """Count what is there now: `records`, `events`, `activities`, `decisions`, `contacts`."""
        ...

    def close(self) -> None:
        """Let go of what the store holds open."""
        ...


class MailRoute(StrEnum):
    """How a domain takes mail, as its DNS says (RFC 5321, section 5.1)."""

    MX = "mx"  # it names the hosts that take its mail
    ADDRESS = "address"  # it names none but has an address itself, which then counts as its mail host
    NULL_MX = "null_mx"  # it says that it takes no mail (RFC 7505)
    NONE = "none"  # it exists, with neither mail hosts nor a public address
    NO_DOMAIN = "no_domain"  # it does not exist
    UNKNOWN = "unknown"  # no answer that can be relied on: time-out, broken servers


class MailAnswer(NamedTuple):
    """What a probe found out about a domain.

    `hosts` are the mail hosts, the preferred one first. `detail` says for people why the route is unknown.
    """

    domain: str
    route: MailRoute
    hosts: tuple[str, ...] = ()
    detail: str = ""

    @property
    def accepts(self) -> bool | None:
        """Whether the domain takes mail; None where it is not known. That a mailbox exists in it is another question."""
        if self.route is MailRoute.UNKNOWN:
            return None
        return self.route in {MailRoute.MX, MailRoute.ADDRESS}


class EmailProbe(Protocol):
    """Finds out whether a domain takes mail. Adapter: `verify.DnsProbe`; a host may ask a service of its own instead."""

    def probe(self, domain: str) -> MailAnswer:
        """Ask about one domain, given in lower case, in Unicode or with `xn--`. A fault of the network is an answer, never an exception."""
        ...
