"""The plan of a legacy programme: every contact of a store in its segment, in one pass and in bounded memory.

The consent is decided from the columns; a document is read only of those whom nothing blocks, and the ledger only of those who may be asked.
What is held is the list of those to be asked, and the endpoints of the blocked, since nobody is asked at one of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from attrs import evolve, field, frozen

from canonical_contact.consent import Decide, consent_column, may_contact
from canonical_contact.consent import regimes as _regimes
from canonical_contact.consent.evidence import PERSONAL
from canonical_contact.consent.legacy import (
    ENGAGING,
    LegacyFacts,
    LegacyPolicy,
    Risk,
    Segment,
    blocks_person,
    engages,
    risk_of,
    rules_let_ask,
    segment_of,
)
from canonical_contact.consent.regimes import Regime, Regimes, Rule, strictest_rule
from canonical_contact.engine.local import chunked
from canonical_contact.engine.reading import Progress
from canonical_contact.errors import ConfigError
from canonical_contact.model import Channel, Contact, EventType, Permission, VerificationStatus
from canonical_contact.normalize import mailbox_names, switchboards
from canonical_contact.ports import ContactRow, ContactStore
from canonical_contact.store.rules import rules_of

__all__ = ["Asking", "LegacyPlan", "LegacyRow", "endpoint_names", "legacy_rows", "plan_legacy", "sort_contacts"]

CHUNK = 500  # contacts that are looked at together
ASKED_BEFORE: Final = frozenset({EventType.REQUEST, EventType.DECLINE, EventType.WITHDRAW, EventType.OBJECT, EventType.COMPLAINT})
_EVERY: Final = tuple(Segment)
_RANK: Final = {risk: place for place, risk in enumerate(Risk)}
_BEHIND: Final = (
    ',"consent":[',
    ',"suppressions":[',
    ',"interactions":[',
    ',"updated_at":"',
    ',"revision":',
)  # what may follow claims
_ASKS: Final = re.compile(rf'"type":"(?:{"|".join(sorted(ASKED_BEFORE))})"')


@frozen
class LegacyRow:
    """One contact of a plan.

    Args:
        contact_id: the contact.
        endpoint: where to ask, as it is sent to; empty in the other segments and on channels without endpoints.
        segment: the segment.
        reasons: codes of `consent.legacy.LEGACY_REASONS`, the risk first; of a blocked contact the codes of the permission follow it.
        regime: the rules that were applied, with their versions.
        last_act: the person's last own act; None where it was not looked for or none is known.
    """

    contact_id: str
    endpoint: str
    segment: Segment
    reasons: tuple[str, ...]
    regime: str
    last_act: datetime | None = None


@frozen
class Asking:
    """What a plan asks about.

    Args:
        at: the time of the plan.
        channel: on which channel.
        purpose: for which purpose.
        controller: brand or legal entity; empty for the host itself.
        regime: `auto`, an id, or a `Regime`.
        policy: the limits.
    """

    at: datetime
    channel: Channel = Channel.EMAIL
    purpose: str = "marketing"
    controller: str = ""
    regime: str | Regime | Regimes = "auto"
    policy: LegacyPolicy = field(factory=LegacyPolicy)

    def decide(self, contact: Contact, endpoint: str | None = None) -> Permission:
        """Ask `may_contact` about one contact."""
        return may_contact(
            contact, self.channel.value, self.purpose, at=self.at, regime=self.regime, endpoint=endpoint,
            controller=self.controller or None,
        )  # fmt: skip

    def rule(self, label: str) -> Rule:
        """Get the rule of the channel from the label of an answer."""
        if isinstance(self.regime, Regime):
            return self.regime.rule(self.channel, self.at)
        known = self.regime if isinstance(self.regime, Regimes) else _regimes.REGIMES
        books = [known.get(part.partition("/")[0]) for part in label.split("+")]
        return strictest_rule(books, self.channel, at=self.at)


@frozen
class LegacyPlan:
    """How many contacts belong where, and who they are.

    Args:
        asking: what was asked.
        counts: segment → how many contacts.
        reasons: (segment, reasons without details) → how many.
        rows: the contacts of the segments that were to be kept, those to be asked last.
    """

    asking: Asking
    counts: Mapping[Segment, int]
    reasons: Mapping[tuple[Segment, tuple[str, ...]], int]
    rows: tuple[LegacyRow, ...] = field(default=(), repr=False)

    @property
    def asks(self) -> tuple[LegacyRow, ...]:
        """The contacts to be asked."""
        return tuple(row for row in self.rows if row.segment is Segment.RE_PERMISSION)


def plan_legacy(
    store: ContactStore,
    *,
    at: datetime,
    channel: Channel | str = Channel.EMAIL,
    purpose: str = "marketing",
    controller: str = "",
    regime: str | Regime | Regimes = "auto",
    policy: LegacyPolicy | None = None,
    segments: Collection[Segment] = _EVERY,
    progress: Progress | None = None,
) -> LegacyPlan:
    """Sort all contacts of a store into the segments. Nothing is written.

    Args:
        store: where the contacts live.
        at: the time of the plan, with a time zone.
        channel: the channel to ask on; one, not `voice`.
        purpose: the purpose to ask for.
        controller: brand or legal entity; empty for the host itself.
        regime: `auto`, an id, or a `Regime`.
        policy: the limits; None for the defaults.
        segments: of which segments the rows are kept; a plan over millions keeps only `Segment.RE_PERMISSION` (see `legacy_rows`).
        progress: told how far it is.

    Raises:
        ConfigError: as `may_contact`.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> plan_legacy(MemoryStore(), at=datetime(2026, 7, 1, tzinfo=UTC)).rows
    ()
    """
    asking = Asking(at, _channel(channel), purpose, controller, rules_of(store, regime), policy or LegacyPolicy())
    counts: Counter[Segment] = Counter(dict.fromkeys(_EVERY, 0))
    reasons: Counter[tuple[Segment, tuple[str, ...]]] = Counter()
    rows = []
    for row in _rows(store, asking, progress):
        counts[row.segment] += 1
        reasons[row.segment, row.reasons[:1] if row.reasons[0] == Risk.BLOCKED else row.reasons] += 1
        if row.segment in segments:
            rows.append(row)
    return LegacyPlan(asking, dict(counts), dict(sorted(reasons.items())), tuple(rows))


def legacy_rows(
    store: ContactStore,
    *,
    at: datetime,
    channel: Channel | str = Channel.EMAIL,
    purpose: str = "marketing",
    controller: str = "",
    regime: str | Regime | Regimes = "auto",
    policy: LegacyPolicy | None = None,
    progress: Progress | None = None,
) -> Iterator[LegacyRow]:
    """Stream the rows of a plan, those to be asked last. Arguments as for `plan_legacy`.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> list(legacy_rows(MemoryStore(), at=datetime(2026, 7, 1, tzinfo=UTC)))
    []
    """
    return _rows(
        store, Asking(at, _channel(channel), purpose, controller, rules_of(store, regime), policy or LegacyPolicy()), progress
    )


def endpoint_names(endpoint: str) -> tuple[str, ...]:
    """List the names under which an endpoint is one with another: spellings of a mailbox, a number and its switchboard."""
    return mailbox_names(endpoint) if "@" in endpoint else (endpoint, *switchboards(endpoint))


def _channel(name: Channel | str) -> Channel:
    try:
        return Channel(name)
    except ValueError:
        raise ConfigError(
            f"There is no channel {name!r} to ask on.", path="channel", hint=f"One of {', '.join(Channel)}."
        ) from None


class _Known(NamedTuple):
    """What the document of a contact says, without its claims."""

    document: Mapping[str, Any]
    last_act: datetime | None
    asked_at: datetime | None = None


def _rows(store: ContactStore, asking: Asking, progress: Progress | None) -> Iterator[LegacyRow]:
    decide = Decide(
        asking.channel.value, asking.purpose, at=asking.at, regime=asking.regime, controller=asking.controller or None
    )
    kind = "email" if asking.channel is Channel.EMAIL else "phone"
    blocked: set[int] = set()  # hashes: one too many costs an ask, and none is missed
    asks: list[LegacyRow] = []
    risks: dict[tuple[str, ...], Risk] = {}
    if progress is not None:
        progress.stage("sorting", store.counts()["contacts"])
    for chunk in chunked(store.contacts(), CHUNK):
        open_: list[tuple[ContactRow, Permission]] = []
        for row, (_, answer) in zip(chunk, decide((row.contact_id, _column(row)) for row in chunk).permissions(), strict=True):
            risk = risks.get(answer.reasons)
            if risk is None:
                risk = risk_of(answer.reasons, until=answer.until, at=asking.at, policy=asking.policy)
                if not answer.allowed:
                    risks[answer.reasons] = risk
            if risk is Risk.BLOCKED and blocks_person(answer.reasons):
                blocked.update(hash(name) for of, key in row.endpoints if of == kind for name in endpoint_names(key))
            anywhere = set(asking.policy.segments[risk].values())
            if len(anywhere) == 1 and Segment.RE_PERMISSION not in anywhere:
                reasons = (risk.value, *(answer.reasons if risk is Risk.BLOCKED else ()))
                yield LegacyRow(row.contact_id, "", anywhere.pop(), reasons, answer.regime)
            else:
                open_.append((row, answer))
        for one in sort_contacts(store, asking, open_):
            if one.segment is Segment.RE_PERMISSION:
                asks.append(one)
            else:
                yield one
        if progress is not None:
            progress.advance(len(chunk))
    yield from _clear(asks, blocked)


def _column(row: ContactRow) -> str:
    from canonical_contact.schema import from_json

    return row.consent or consent_column(from_json(Contact, row.document))


def _clear(asks: Iterable[LegacyRow], blocked: Collection[int]) -> Iterator[LegacyRow]:
    """Take back the asks at endpoints of the blocked, and second asks at one endpoint."""
    taken: set[int] = set()
    for row in asks:
        names = {hash(name) for name in endpoint_names(row.endpoint)} if row.endpoint else set()
        if not names.isdisjoint(blocked):
            yield evolve(row, segment=Segment.SUPPRESS, endpoint="", reasons=(*row.reasons, "shared_endpoint"))
        elif not names.isdisjoint(taken):
            yield evolve(row, segment=Segment.ARCHIVE, endpoint="", reasons=(*row.reasons, "endpoint_asked"))
        else:
            taken |= names
            yield row


def sort_contacts(store: ContactStore, asking: Asking, rows: Sequence[tuple[ContactRow, Permission]]) -> Iterator[LegacyRow]:
    """Sort the contacts of a chunk whose engagement decides; the ledger is read only of those who may be asked."""
    owner = {key: row.contact_id for row, _ in rows for key in row.members}
    acts = _last_acts(store, owner)
    rules: dict[str, Rule] = {}
    found: list[tuple[ContactRow, Permission, _Known]] = []
    prospects: list[str] = []
    for row, answer in rows:
        found.append((row, answer, _known(row, acts.get(row.contact_id))))
        if answer.regime not in rules:
            rules[answer.regime] = asking.rule(answer.regime)
        if answer.allowed or rules[answer.regime].request:
            prospects += row.members
    asked = _last_asked(store, asking.channel, prospects, owner)
    for row, answer, known in found:
        yield _row(row, answer, known._replace(asked_at=asked.get(row.contact_id)), rules[answer.regime], asking)


def _row(row: ContactRow, answer: Permission, known: _Known, rule: Rule, asking: Asking) -> LegacyRow:
    """Sort one contact: at the first of its endpoints where it may be asked, else as the best of them says."""
    best: tuple[int, LegacyRow] | None = None
    for endpoint, entry, one in _places(answer, known, rule, asking):
        risk = risk_of(one.reasons, until=one.until, at=asking.at, policy=asking.policy)
        may_ask = rules_let_ask(rule, risk, at=asking.at, allowed=one.allowed, asked_at=known.asked_at)
        said = segment_of(_facts(one, known, entry, may_ask=may_ask), at=asking.at, policy=asking.policy)
        asks = said.segment is Segment.RE_PERMISSION
        result = LegacyRow(row.contact_id, endpoint if asks else "", said.segment, said.reasons, one.regime, known.last_act)
        if asks or answer.allowed:
            return result
        place = _RANK[said.risk]
        if best is None or place > best[0]:
            best = place, result
    assert best is not None
    return best[1]


def _places(answer: Permission, known: _Known, rule: Rule, asking: Asking) -> Iterator[tuple[str, Mapping[str, Any], Permission]]:
    """List (endpoint, its entry in the document, the answer for it); that of the contact where one endpoint is like another."""
    from canonical_contact.schema import from_dict

    if asking.channel in PERSONAL:
        yield "", {}, answer
        return
    mail = asking.channel is Channel.EMAIL
    entries = {entry["address" if mail else "number"]: entry for entry in known.document.get("emails" if mail else "phones", ())}
    if answer.allowed and answer.endpoint:
        yield answer.endpoint, entries.get(answer.endpoint, {}), answer
        return
    if len(entries) < 2 or not (answer.allowed or rule.request):
        yield (*next(iter(entries.items()), ("", {})), answer)
        return
    contact = from_dict(Contact, known.document)
    for endpoint, entry in entries.items():
        yield endpoint, entry, asking.decide(contact, endpoint)


def _facts(answer: Permission, known: _Known, entry: Mapping[str, Any], *, may_ask: bool) -> LegacyFacts:
    check = entry.get("verification") or {}
    status, when = check.get("status"), _time(check.get("checked_at"))
    return LegacyFacts(
        answer.reasons,
        answer.until,
        known.last_act,
        may_ask,
        known.asked_at,
        checked_at=when if status == VerificationStatus.VERIFIED else None,
        failed=status == VerificationStatus.FAILED,
        role=bool(entry.get("role")),
    )


def _known(row: ContactRow, act: datetime | None) -> _Known:
    """Read the document; consent that the person gave is an act of theirs, and without any the day counts on which they came to us."""
    document = _light(row.document)
    given = [
        when
        for cell in document.get("consent", ())
        if cell.get("state") == "granted" and (when := _time(cell.get("effective_at"))) is not None
    ]
    last = max((*given, *([act] if act else ())), default=None)
    return _Known(document, last or _time(document.get("created_at")))


def _light(document: str) -> Mapping[str, Any]:
    """Read a contact's document without its claims, which are most of it; in JSON no text can look like the name of a field."""
    begin = document.find(',"claims":[')
    text = document
    if begin > 0:
        places = [place for name in _BEHIND if (place := document.find(name, begin)) > 0]
        text = document[:begin] + (document[min(places) :] if places else "}")
    try:
        found: Mapping[str, Any] = json.loads(text)
    except ValueError:  # written by another hand, in another order
        found = json.loads(document)
    return found


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _last_acts(store: ContactStore, owner: Mapping[str, str]) -> Mapping[str, datetime]:
    """Find the last own act of each contact among the activities of its records."""
    last: dict[str, str] = {}
    for row in store.activities(list(owner)) if owner else ():
        if row.kind in ENGAGING:
            act = json.loads(row.document)
            contact_id = owner[row.record]
            if engages(row.kind, act.get("direction", "")) and act["at"] > last.get(contact_id, ""):
                last[contact_id] = act["at"]
    return {contact_id: when for contact_id, text in last.items() if (when := _time(text)) is not None}


def _last_asked(store: ContactStore, channel: Channel, keys: Sequence[str], owner: Mapping[str, str]) -> Mapping[str, datetime]:
    """Find when each contact was last asked on the channel, or refused."""
    last: dict[str, datetime] = {}
    for row in store.events(keys) if keys else ():
        if row.channel != channel.value or not _ASKS.search(row.document):
            continue
        event = json.loads(row.document)
        when = _time(event.get("effective_at") or event.get("recorded_at"))
        if event.get("type") in ASKED_BEFORE and when is not None:
            contact_id = owner[row.record]
            last[contact_id] = max(when, last.get(contact_id, when))
    return last
