"""Subject access (GDPR, Art. 15): everything a store holds about one person, with where each value came from.

The export is read from the documents themselves, all versions, and then every document of every kind is looked through for the person's
ids and record keys, so that nothing which mentions them is left out. What is about other people is described and not shown.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import evolve, field, frozen

from canonical_contact.consent import explain, may_contact
from canonical_contact.consent.regimes import REGIMES, later
from canonical_contact.errors import NotFoundError
from canonical_contact.match.words import of_words
from canonical_contact.model import ANY_PURPOSE, Channel, Contact, Suppression, SuppressionKind, TombstoneKind
from canonical_contact.model.moment import in_utc
from canonical_contact.normalize import mailbox_names
from canonical_contact.ports import ContactRow, ContactStore, DecisionRow, LedgerEntry
from canonical_contact.privacy._withholding import WITHHELD, Names, logged, of_contact, of_record
from canonical_contact.privacy.tombstones import Graves
from canonical_contact.store.rules import rules_of
from canonical_contact.store.view import PRIVACY_KEY, contact_of, read_key

__all__ = ["ACCESS_VERSION", "KINDS", "AccessExport", "access_export"]

ACCESS_VERSION: Final = "1.0"
"""Version of the form of an export; a field may be added within 1, none changes its meaning."""

KINDS: Final = ("source_record", "consent_event", "activity", "contact", "event")
"""The kinds of documents that are looked through."""

_LAST_RUN: Final = "run.last"


@frozen
class AccessExport:
    """What is held about one person.

    Args:
        contact_id: the id that was asked for.
        at: when it was read.
        held: whether anything is held; False for an erased person, of whom only tombstones are.
        erased_at: when the person was erased, if ever.
        others_withheld: whether what is about other people was left out.
        proof: id of the ledger's entry that proves this export; empty where it was only read.
        parts: the sections by name, as JSON has them: `identity`, `contact`, `provenance`, `records`, `consent`, `activities`,
            `decisions`, `history`, `proofs`, `ledger`, `reports`, `mentions`, `retention`.
    """

    contact_id: str
    at: datetime
    held: bool
    erased_at: datetime | None = None
    others_withheld: bool = True
    proof: str = ""
    parts: Mapping[str, Any] = field(factory=dict, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Give the export as JSON has it.

        >>> AccessExport("id-1", datetime(2026, 7, 1, tzinfo=UTC), held=False).to_dict()["schema_version"]
        '1.0'
        """
        return {
            "schema_version": ACCESS_VERSION,
            "contact_id": self.contact_id,
            "at": _text(self.at),
            "held": self.held,
            "erased_at": _text(self.erased_at),
            "others_withheld": self.others_withheld,
            "proof": self.proof,
            **self.parts,
        }

    def to_json(self) -> str:
        """Write the export as JSON text: the same export, the same text.

        >>> AccessExport("id-1", datetime(2026, 7, 1, tzinfo=UTC), held=False).to_json().splitlines()[1]
        '  "schema_version": "1.0",'
        """
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace").decode()


def access_export(
    store: ContactStore, contact_id: str, *, at: datetime, redact_others: bool = True, key: bytes | None = None
) -> AccessExport:
    """Read everything that is held about one person. It writes nothing; `engine.access.export_access` also leaves a proof.

    The store is read through once, in constant memory but for what is the person's.

    Args:
        store: any store.
        contact_id: the contact; a retired id leads to its heir.
        at: the time of the reading, with a time zone.
        redact_others: leave out what is about other people (GDPR, Art. 15(4)): whose block reaches a shared endpoint, the other record
            of a verdict and the levels of the comparison with it, keys in other people's documents. False: for the controller's own eyes.
        key: the privacy key, where the host keeps it; to know who was erased.

    Returns:
        The export; of an erased person one that says so and holds nothing.

    Raises:
        NotFoundError: nobody has that id, or ever had it as far as can be told.
        InputError: the time has no zone.

    >>> from canonical_contact.store import MemoryStore
    >>> store = MemoryStore()
    >>> _ = store.put_contacts([ContactRow("id-1", '{"contact_id":"id-1","titles":["CEO"]}', "d", ("crm:7",))])
    >>> export = access_export(store, "id-1", at=datetime(2026, 7, 1, tzinfo=UTC))
    >>> export.held, export.parts["contact"]["titles"], export.parts["identity"]["records"]
    (True, ['CEO'], ['crm:7'])
    """
    moment = in_utc(at)
    row = store.contact(contact_id)
    if row is None:
        return _of_the_erased(store, contact_id, moment, key)
    return AccessExport(
        contact_id, moment, held=True, others_withheld=redact_others, parts=_Reading(store, row, moment, redact_others).parts()
    )


def _of_the_erased(store: ContactStore, contact_id: str, at: datetime, key: bytes | None) -> AccessExport:
    secret = key or read_key(store.setting(PRIVACY_KEY))
    found = Graves(store.tombstones(), secret).find(TombstoneKind.CONTACT, contact_id) if secret else None
    if found is None:
        raise NotFoundError(
            "No contact has that id.", path="contact_id", hint="Take an id from links.csv, or search by e-mail or phone."
        )
    tombstone = {"kind": found.kind.value, "hash": found.hash, "at": _text(found.at), "why": found.why}
    return AccessExport(contact_id, at, held=False, erased_at=found.at, parts={"tombstones": [tombstone]})


class _Reading:
    """One reading of a store for one person."""

    def __init__(self, store: ContactStore, row: ContactRow, at: datetime, redact: bool) -> None:
        self._store, self._row, self._at, self._redact = store, row, at, redact
        self._contact, self._rules = contact_of(row), rules_of(store)
        self._keys = tuple(sorted(row.members))
        self._ids = tuple(dict.fromkeys((row.contact_id, *self._contact.aliases)))
        self._names = Names((*self._ids, *self._keys))
        self._known = {*self._ids, *self._keys}

    def parts(self) -> dict[str, Any]:
        store, keys = self._store, self._keys
        records = [self._record(key) for key in keys]
        events = [json.loads(row.document) for row in store.events(keys)]
        floating = list(self._floating())
        mine = {str(event["event_id"]) for event in (*events, *floating) if "event_id" in event}
        document = {**json.loads(self._row.document), "revision": self._row.revision, "aliases": list(self._contact.aliases)}
        entries, proofs = self._ledger(mine)
        return {
            "identity": {
                "contact_id": self._row.contact_id,
                "aliases": list(self._contact.aliases),
                "records": list(keys),
                "found_by": [{"kind": kind, "key": name} for kind, name in self._row.endpoints],
            },
            "contact": of_contact(document, keys, mine) if self._redact else document,
            "provenance": list(_provenance(self._contact)),
            "records": records,
            "consent": {
                "answers": list(self._answers(mine)),
                "events": [*events, *floating],
            },
            "activities": [{"activity_id": row.activity_id, **json.loads(row.document)} for row in store.activities(keys)],
            "decisions": list(self._decisions()),
            "history": [self._logged(json.loads(text)) for text in store.history(self._row.contact_id)],
            "proofs": proofs,
            "ledger": entries,
            "reports": list(self._reports(records)),
            "mentions": list(self._mentions()),
            "retention": list(_retention(events, self._contact)),
        }

    def _record(self, key: str) -> dict[str, Any]:
        versions = list(self._store.record_versions(key))
        told = []
        for place, row in enumerate(versions, 1):
            document = json.loads(row.document)
            told.append(
                {
                    "version": place,
                    "current": place == len(versions),
                    "digest": row.digest,
                    "document": of_record(document, self._keys) if self._redact else document,
                    "match_features": self._features(row.features, document),
                    "provisional_blocks": [json.loads(text) for text in json.loads(row.holds)] if row.holds else [],
                }
            )
        last = versions[-1] if versions else None
        return {"key": key, "system": last.system if last else "", "label": last.label if last else "", "versions": told}

    def _features(self, text: str, document: Mapping[str, Any]) -> str:
        if self._redact:
            for other in document.get("same_as", ()):
                if other not in self._keys:
                    text = text.replace(other, WITHHELD)
        return text

    def _floating(self) -> Iterator[dict[str, Any]]:
        """Events on the person's endpoints that hang on no record: a registry's, a stop request's."""
        held: dict[str, bool] = {}  # name → whether somebody else holds it, too
        for kind, key in self._row.endpoints:
            shared = any(row.contact_id != self._row.contact_id for row in self._store.find(kind, key))
            for name in mailbox_names(key) if kind == "email" else (key,):
                held[name] = held.get(name, False) or shared
        for row in self._store.events([""]):
            found = [name for name in (mailbox_names(row.endpoint) if "@" in row.endpoint else (row.endpoint,)) if name in held]
            if found:
                event = json.loads(row.document)
                if self._redact and any(held[name] for name in found):
                    event |= {name: WITHHELD for name in ("evidence", "source", "proof") if event.get(name)}
                yield event

    def _answers(self, mine: Collection[str]) -> Iterator[dict[str, Any]]:
        """May the person be contacted now, in words: for each channel and purpose that anything is on record for."""
        contact = self._contact
        if self._redact:
            contact = evolve(contact, suppressions=tuple(map(self._anonymous, contact.suppressions)))
        asked = {(state.channel, _purpose(state.purpose), state.controller) for state in contact.consent}
        asked |= {(block.channel, _purpose(ANY_PURPOSE), "") for block in contact.suppressions}
        for channel, purpose, controller in sorted(asked):
            answer = may_contact(
                contact, Channel(channel), purpose, at=self._at, regime=self._rules, controller=controller or None
            )
            if self._redact:
                own = any(block.kind is SuppressionKind.MANUAL and self._is_mine(block) for block in contact.suppressions)
                hidden = () if own else (SuppressionKind.MANUAL.value,)  # what stands for another person's block, whatever it is
                answer = evolve(
                    answer,
                    events=tuple(one for one in answer.events if one in mine),
                    reasons=tuple(one for one in answer.reasons if one not in hidden),
                )
            yield {
                "channel": str(channel),
                "purpose": purpose,
                "controller": controller,
                "allowed": answer.allowed,
                "reasons": list(answer.reasons),
                "regime": answer.regime,
                "until": _text(answer.until),
                "in_words": explain(answer),
            }

    def _anonymous(self, block: Suppression) -> Suppression:
        if self._is_mine(block):
            return block
        return evolve(block, kind=SuppressionKind.MANUAL, since=None, event_id="", record=WITHHELD)

    def _is_mine(self, block: Suppression) -> bool:
        return not block.record or block.record in self._keys

    def _decisions(self) -> Iterator[dict[str, Any]]:
        said = (*self._store.decisions(), *self._store.decisions(people=True))
        pairs = {(row.left, row.right) for row in said if {row.left, row.right} & set(self._keys)}
        for left, right in sorted(pairs):
            mine = left if left in self._keys else right
            other = right if mine == left else left
            hidden = self._redact and other not in self._keys
            yield {
                "record": mine,
                "with": WITHHELD if hidden else other,
                "versions": [_verdict(row, hidden=hidden) for row in self._store.decision_versions(left, right)],
            }

    def _logged(self, event: dict[str, Any]) -> dict[str, Any]:
        return logged(event, self._known) if self._redact else event

    def _ledger(self, mine: Collection[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The person's entries with what they are committed to, and the proofs that name the person; salts stay with the store."""
        entries: list[dict[str, Any]] = []
        proofs: list[dict[str, Any]] = []
        for entry in self._store.entries():
            if entry.event_id in mine:
                entries.append(_entry(entry))
            elif entry.kind == "event" and entry.event_id and self._names.may_be_in(entry.document):
                document = json.loads(entry.document)
                if any(self._names.paths(document)):
                    entries.append(_entry(entry))
                    proofs.append(self._logged(document))
        return entries, proofs

    def _reports(self, records: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """What the report on the latest run quotes of the person's rows."""
        text = self._store.setting(_LAST_RUN)
        if not text:
            return
        documents = [version["document"] for record in records for version in record["versions"]]
        places = {(str(one.get("file", "")), int(one.get("line", 0))) for one in documents}
        for code, found in json.loads(text).get("examples", {}).items():
            for example in found:
                if (str(example.get("file", "")), int(example.get("line", 0) or 0)) in places:
                    yield {"code": code, **example}

    def _mentions(self) -> Iterator[dict[str, Any]]:
        """Documents that are not the person's and mention one of the ids or keys."""
        for kind in KINDS:
            for _, text in self._store.documents(kind):
                if not self._names.may_be_in(text):
                    continue
                document = json.loads(text)
                if self._is_own(kind, document):
                    continue
                paths = list(dict.fromkeys(self._names.paths(document)))
                if paths:
                    yield {"kind": kind, "at": paths, "document": WITHHELD if self._redact else document}

    def _is_own(self, kind: str, document: Mapping[str, Any]) -> bool:
        match kind:
            case "source_record":
                return document.get("key") in self._keys
            case "consent_event" | "activity":
                return document.get("record") in self._keys
            case _:
                return document.get("contact_id") in self._ids


def _provenance(contact: Contact) -> Iterator[dict[str, Any]]:
    """Where each value of the contact came from, those that lost, too: source, file, row, time, and the rule that decided."""
    sources = {source.key: source for source in contact.sources}
    for claim in sorted(contact.claims, key=lambda one: (one.path, not one.won, one.source, one.value)):
        source = sources.get(claim.source)
        observed = claim.observed_at or (source.observed_at if source else None)
        yield {
            "path": claim.path,
            "value": claim.value,
            "won": claim.won,
            "decided_by": claim.reason,
            "source": claim.source,
            "system": source.system if source else "",
            "file": source.file if source else "",
            "line": source.line if source else 0,
            "record": source.label if source else "",
            "observed_at": _text(observed),
            "method": claim.method,
            "read_by": claim.rule,
        }


def _verdict(row: DecisionRow, *, hidden: bool) -> dict[str, Any]:
    names = ("judgement", "score", "reason", "policy", "method", "model", "by", "at", "act")
    told = {name: value for name in names if (value := getattr(row, name)) not in (None, "")}
    if not hidden:  # the levels say in what the other record is like this one
        told |= {"evidence": row.evidence, "compared": of_words(row.evidence)}
    return told


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    told = {name: getattr(entry, name) for name in ("seq", "kind", "event_id", "version", "digest", "hash")}
    return {**told, "channel": entry.channel, "blocking": entry.blocking}


def _retention(events: list[dict[str, Any]], contact: Contact) -> Iterator[dict[str, Any]]:
    """Until when what is kept: proofs with a date, proofs whose regime names a period, and consents that end."""
    for event in events:
        proof, name = event.get("proof") or {}, event.get("event_id", "")
        if until := proof.get("retain_until"):
            yield {"what": "proof", "event_id": name, "until": until, "why": "retain_until"}
        label = str(proof.get("regime", ""))
        regime = REGIMES.by_id.get(label.partition("/")[0])
        if regime and regime.keep and (since := event.get("effective_at") or event.get("recorded_at")):
            until = _text(later(datetime.fromisoformat(str(since)), regime.keep))
            yield {"what": "proof", "event_id": name, "until": until, "why": label}
    for state in contact.consent:
        if state.expires_at:
            yield {
                "what": f"consent {state.channel} {state.purpose}", "event_id": "", "until": _text(state.expires_at), "why": "expires_at",
            }  # fmt: skip


def _purpose(purpose: str) -> str:
    """Name a purpose that can be asked about: what stands for all purposes shows in that of marketing."""
    return "marketing" if purpose == ANY_PURPOSE else purpose


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
