"""One pass over a store: everything that the report says, as records."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any, Protocol

from attrs import evolve

from canonical_contact.consent import blocked_by, may_contact
from canonical_contact.kpi import Meter, changes_of, reaches, sources_of
from canonical_contact.model import (
    Activity,
    Channel,
    Contact,
    Event,
    LifecycleStage,
    Permission,
)
from canonical_contact.ports import ContactStore
from canonical_contact.report._run import LAST_RUN, read_run
from canonical_contact.report.records import ChannelConsent, Cluster, Overlap, Person, Report, SystemLine
from canonical_contact.schema import from_dict, from_json
from canonical_contact.store import waiting_pairs
from canonical_contact.store.rules import rules_of

if TYPE_CHECKING:
    from canonical_contact.consent.regimes import Regime, Regimes

__all__ = ["gather"]

CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.VOICE_LIVE, Channel.VOICE_AUTOMATED, Channel.POST)
_CHUNK = 500  # contacts that are counted together
_LARGEST = 10  # clusters told in full
_PEOPLE = 5  # examples a list
_LABELS = 40  # records named in a cluster
_NEEDED = ("contact_id", "name", "emails", "phones", "addresses", "lifecycle", "sources", "consent", "suppressions")
_LATER, _SHARED = "later_opt_in_on_record", "shared_endpoint"  # reason codes of a permission

Told = tuple[str, list[str]]  # a contact's document and those of its history


class Over(Protocol):
    """Applies a function to chunks, as `map` does."""

    def __call__(self, function: Callable[[list[Told]], _Tally], chunks: Iterable[list[Told]], /) -> Iterable[_Tally]:
        """Yield the results in order."""
        ...


def gather(
    store: ContactStore,
    *,
    as_of: datetime,
    last_run: Mapping[str, Any] | None = None,
    regime: str = "auto",
    purpose: str = "marketing",
    over: Over = map,
) -> Report:
    """Gather what a store holds, in one pass over its contacts.

    Args:
        store: the store.
        as_of: the time that consent and figures hold for, with a time zone.
        last_run: what the last run left behind; without it the store's setting `run.last` is read.
        regime: the rules for consent; `auto` takes the strictest that applies to each contact.
        purpose: the purpose asked about.
        over: applies a function to chunks as `map` does; `Executor(4).run` of `engine` counts in four processes.

    Returns:
        plain records; `to_html` and `to_text` show them.
    """
    if last_run is None:
        last_run = json.loads(store.setting(LAST_RUN) or "{}")
    run, files, problems, stages = read_run(last_run)
    rules = rules_of(store, regime)
    tally = _Tally(as_of, rules, purpose)
    for part in over(_Count(as_of, rules, purpose), _chunks(store)):
        tally.absorb(part)
    for row in store.activities():
        if row.kind == "verification":
            tally.meter.add_activity(from_json(Activity, row.document))
    return evolve(
        tally.report(),
        waiting=len(waiting_pairs(store)),
        run=run,
        files=files,
        problems=problems,
        stages=stages,
    )


def _chunks(store: ContactStore) -> Iterator[list[Told]]:
    """Stream contacts and their history, as documents."""
    rows = ((row.document, list(store.history(row.contact_id))) for row in store.contacts())
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


class _Count:
    """Counts a chunk of contacts."""

    def __init__(self, as_of: datetime, regime: Regime | Regimes, purpose: str) -> None:
        self._asked = (as_of, regime, purpose)

    def __call__(self, chunk: list[Told], /) -> _Tally:
        tally = _Tally(*self._asked)
        for document, history in chunk:
            plain = json.loads(document)
            # claims stay plain, since making values of them would take most of the time
            contact = from_dict(Contact, {name: plain[name] for name in _NEEDED if name in plain})
            tally.add(contact, plain.get("claims", []))
            for change in changes_of(contact, [from_json(Event, text) for text in history]):
                tally.meter.add_change(change)
        return tally


class _Tally:
    """Counts one contact after the other."""

    def __init__(self, as_of: datetime, regime: Regime | Regimes, purpose: str) -> None:
        self.as_of, self.regime, self.purpose = as_of, regime, purpose
        self.meter = Meter(as_of, regime=regime, purpose=purpose)
        self.records = self.contacts = 0
        self.system_records: Counter[str] = Counter()
        self.system_contacts: Counter[str] = Counter()
        self.only: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.sizes: Counter[int] = Counter()
        self.stages: Counter[str] = Counter()
        self.largest: list[tuple[int, tuple[int, ...], Cluster]] = []
        self.channels = {channel: _Channel() for channel in CHANNELS}

    def add(self, contact: Contact, claims: list[dict[str, Any]]) -> None:
        size = len(sources_of(contact))
        self.contacts += 1
        self.records += size
        self.sizes[size] += 1
        self.stages[contact.lifecycle.stage if contact.lifecycle else "none"] += 1
        self._sources(contact)
        self._cluster(contact, claims, size)
        permissions = {}
        for channel in CHANNELS:
            if reaches(contact, channel):
                answer = may_contact(contact, channel, self.purpose, at=self.as_of, regime=self.regime)
                permissions[channel] = answer
                self.channels[channel].add(contact, channel, answer, lifted=self._lifted(contact, channel, answer))
        self.meter.add(contact, permissions)

    def _lifted(self, contact: Contact, channel: Channel, answer: Permission) -> bool:
        """Whether the other policy would allow what the default one denies."""
        return _LATER in answer.reasons and bool(
            may_contact(contact, channel, self.purpose, at=self.as_of, regime=self.regime, policy="latest_subject_act")
        )

    def _sources(self, contact: Contact) -> None:
        systems = [source.system for source in sources_of(contact)]
        self.system_records.update(systems)
        systems = sorted(set(systems))
        self.system_contacts.update(systems)
        if len(systems) == 1:
            self.only[systems[0]] += 1
        self.pairs.update(combinations(systems, 2))

    def _cluster(self, contact: Contact, claims: list[dict[str, Any]], size: int) -> None:
        if size < 2 or (len(self.largest) == _LARGEST and size < self.largest[0][0]):
            return
        # of two equal ones the older id is told
        self._push((size, tuple(-ord(char) for char in contact.contact_id), _describe(contact, claims)))

    def _push(self, entry: tuple[int, tuple[int, ...], Cluster]) -> None:
        if len(self.largest) < _LARGEST:
            heapq.heappush(self.largest, entry)
        else:
            heapq.heappushpop(self.largest, entry)

    def absorb(self, other: _Tally) -> None:
        """Add what another one counted."""
        self.contacts += other.contacts
        self.records += other.records
        for name in ("system_records", "system_contacts", "only", "pairs", "sizes", "stages"):
            getattr(self, name).update(getattr(other, name))
        for entry in other.largest:
            self._push(entry)
        for channel, tally in other.channels.items():
            self.channels[channel].absorb(tally)
        self.meter.absorb(other.meter)

    def report(self) -> Report:
        systems = sorted(self.system_records.items(), key=lambda item: (-item[1], item[0]))
        pairs = sorted(self.pairs.items(), key=lambda item: (-item[1], item[0]))
        stages = [stage.value for stage in LifecycleStage] + ["none"]
        return Report(
            as_of=self.as_of,
            records=self.records,
            contacts=self.contacts,
            systems=tuple(SystemLine(name, number, self.system_contacts[name], self.only[name]) for name, number in systems),
            overlaps=tuple(Overlap(left, right, number) for (left, right), number in pairs),
            cluster_sizes=tuple(sorted(self.sizes.items())),
            largest=tuple(cluster for _, _, cluster in sorted(self.largest, reverse=True, key=lambda entry: entry[:2])),
            consent=tuple(tally.told(channel) for channel, tally in self.channels.items()),
            lifecycle=tuple((stage, self.stages[stage]) for stage in stages if self.stages[stage]),
            kpis=self.meter.result(),
        )


def _describe(contact: Contact, claims: list[dict[str, Any]]) -> Cluster:
    golden = contact.name.display if contact.name else ""
    said = [str(claim.get("value", "")) for claim in claims if claim.get("path") == "$.name"]
    names = dict.fromkeys(filter(None, [golden, *sorted(said)]))
    labels: dict[str, list[str]] = {}
    for source in contact.sources[:_LABELS]:
        labels.setdefault(source.system, []).append(source.label or source.record_id)
    told = tuple(f"{system} {', '.join(found)}" for system, found in labels.items())
    endpoints = [entry.address for entry in contact.emails] + [entry.number for entry in contact.phones]
    return Cluster(contact.contact_id, golden, len(contact.sources), told, tuple(names)[:12], tuple(endpoints[:12]))


class _Channel:
    """Counts the answers for one channel."""

    def __init__(self) -> None:
        self.reachable = self.allowed = self.lifted = self.shared = 0
        self.denied: Counter[str] = Counter()
        self.lifted_people: list[Person] = []
        self.shared_people: list[Person] = []

    def add(self, contact: Contact, channel: Channel, answer: Permission, *, lifted: bool) -> None:
        self.reachable += 1
        if answer.allowed:
            self.allowed += 1
            return
        self.denied[answer.reasons[0] if answer.reasons else "denied"] += 1
        if lifted:
            self.lifted += 1
            _keep(self.lifted_people, contact, "")
        shared = _shared_endpoint(contact, channel)
        if shared:
            self.shared += 1
            _keep(self.shared_people, contact, shared)

    def absorb(self, other: _Channel) -> None:
        """Add what another one counted."""
        self.reachable += other.reachable
        self.allowed += other.allowed
        self.lifted += other.lifted
        self.shared += other.shared
        self.denied.update(other.denied)
        self.lifted_people = [*self.lifted_people, *other.lifted_people][:_PEOPLE]
        self.shared_people = [*self.shared_people, *other.shared_people][:_PEOPLE]

    def told(self, channel: Channel) -> ChannelConsent:
        return ChannelConsent(
            channel=channel.value,
            reachable=self.reachable,
            allowed=self.allowed,
            denied=tuple(sorted(self.denied.items(), key=lambda item: (-item[1], item[0]))),
            lifted_later=self.lifted,
            shared_only=self.shared,
            lifted_examples=tuple(self.lifted_people),
            shared_examples=tuple(self.shared_people),
        )


def _keep(people: list[Person], contact: Contact, about: str) -> None:
    if len(people) < _PEOPLE:
        people.append(Person(contact.contact_id, contact.name.display if contact.name else "", about))


def _shared_endpoint(contact: Contact, channel: Channel) -> str:
    """The endpoint that somebody else's block closes, where the contact bears no block of its own on the channel."""
    if any(entry.channel is channel and blocked_by(entry) is not None for entry in contact.consent):
        return ""
    blocks = [block for block in contact.suppressions if block.channel is channel]
    if any(block.reason != _SHARED for block in blocks):
        return ""
    return next((block.endpoint for block in blocks), "")
