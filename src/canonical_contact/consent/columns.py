"""`may_contact` for a campaign: what the decision needs of each contact as one short text, and the same answers from it.

A text is the contact's shape (all that is alike in many contacts) and its literals (endpoints, ids of events, dates). Contacts of one
shape whose dates stand alike to the question get the same answer but for the literals. So `may_contact` itself is asked once for each
such kind, and the literals of the others are put into its answer.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final, NamedTuple

from canonical_contact.consent import regimes as _regimes
from canonical_contact.consent.evidence import UNDELIVERABLE
from canonical_contact.consent.fold import ERASED_HOLDER, SHARED_ENDPOINT
from canonical_contact.consent.permission import check_question, is_of, may_contact
from canonical_contact.consent.reasons import REASONS
from canonical_contact.consent.regimes import Regime, Regimes, ends
from canonical_contact.consent.timing import FrequencyCap, QuietHours, Send, hold_back
from canonical_contact.errors import InputError
from canonical_contact.model import (
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    Permission,
    PhoneNumber,
    PostalAddress,
    Restriction,
    Suppression,
    SuppressionKind,
)
from canonical_contact.normalize import mailbox_names

__all__ = ["Answers", "Decide", "consent_column", "may_contact_columns"]

_PART, _ITEM = "\x1e", "\x1f"
_JSON: Final = "!"  # in front of a text whose literals hold one of the separators
_IMPLIED: Final = "i"  # in front of a shape whose answer may end with a period of the rules
_pack = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _Table:
    """Values by the place of their first use."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, value: str) -> int:
        """Give the place of a value, -1 for none."""
        return self.places.setdefault(value, len(self.places)) if value else -1


def consent_column(contact: Contact) -> str:
    """Write what a decision about a contact needs as a short text, to be kept beside its document.

    Args:
        contact: the contact with its folded consent.

    Returns:
        A text for `may_contact_columns`; its form is the library's own and changes with the version of the fold.

    >>> from canonical_contact.model import EmailAddress
    >>> ana = Contact(contact_id="1", emails=(EmailAddress("ana@example.com"),))
    >>> consent_column(ana).split(chr(30))[1]
    'ana@example.com'
    """
    ends_at, events = _Table(), _Table()
    moments = {moment for record in contact.consent for moment in (record.effective_at, record.expires_at) if moment}
    moments |= {block.since for block in contact.suppressions if block.since}
    dates = sorted({_text(moment) for moment in moments})
    when = {text: place for place, text in enumerate(dates)}

    def day(moment: datetime | None) -> int:
        return -1 if moment is None else when[_text(moment)]

    emails = [[email.status.value, ends_at.place(email.key), ends_at.place(email.address)] for email in contact.emails]
    phones = [[phone.country_code, ends_at.place(phone.dialled), ends_at.place(phone.number)] for phone in contact.phones]
    addresses = sorted({place for address in contact.addresses for place in _places(address)})
    held = dict(ends_at.places)
    cells = [
        [
            record.channel.value,
            record.purpose,
            record.state.value,
            record.controller,
            record.resume_state.value if record.resume_state else "",
            record.strength,
            record.legal_basis,
            record.reason if record.reason in REASONS else "",
            ends_at.place(record.endpoint),
            day(record.effective_at),
            day(record.expires_at),
            [events.places.setdefault(event, len(events.places)) for event in record.events],
            events.place(record.lifted_by),
        ]
        for record in contact.consent
    ]
    blocks = [
        [
            block.kind.value,
            block.channel.value,
            block.reason if block.reason in (SHARED_ENDPOINT, ERASED_HOLDER) else "",
            ends_at.place(block.endpoint),
            day(block.since),
            events.place(block.event_id),
            list(block.lifted_for),
        ]
        for block in contact.suppressions
    ]
    implied = any(record.state is ConsentState.IMPLIED and record.effective_at for record in contact.consent)
    shape = [
        emails,
        phones,
        addresses,
        [restriction.value for restriction in contact.restrictions],
        int(contact.deleted),
        contact.time_zone,
        cells,
        blocks,
        _alike(contact, held, ends_at.places),
    ]
    literals = (list(ends_at.places), list(events.places), dates)
    head = (_IMPLIED if implied else "-") + _pack(shape)
    if any(separator in text for part in literals[:2] for text in part for separator in (_PART, _ITEM)):
        return _JSON + _pack([head, *literals])
    return _PART.join((head, *(_ITEM.join(part) for part in literals)))


def _places(address: PostalAddress) -> list[tuple[str, str, str]]:
    """Write of an address only what regimes are resolved from: its country, and the parts of it that have rules of their own."""
    code, other = address.country_code, "" if address.country_code or not address.country else "ZZ"
    parts = {
        part.code
        for regime in _regimes.REGIMES.by_id.values()
        for part in regime.subdivisions
        if part.code.partition("-")[0] == code and part.holds(address.region, address.postcode)
    }
    return [(code, other, part) for part in sorted(parts)] or [(code, other, "")]


def _alike(contact: Contact, held: Mapping[str, int], places: Mapping[str, int]) -> list[list[int]]:
    """List which endpoints are one to a refusal though they are written in two ways: the only thing read out of their text."""
    mail = {text for email in contact.emails for text in (email.key, email.address) if text}
    dialled = {text for phone in contact.phones for text in (phone.dialled, phone.number) if text}
    found: set[tuple[int, int, int]] = set()
    everything: list[ConsentRecord | Suppression] = [*contact.consent, *contact.suppressions]
    bound = {(one.channel is Channel.EMAIL, one.endpoint) for one in everything if one.endpoint}
    names = {text: set(mailbox_names(text)) for text in mail} if bound or len(mail) > 1 else {}
    for by_mail, endpoint in bound:
        for text in mail if by_mail else dialled:
            if text != endpoint and is_of(endpoint, names[text] if by_mail else {text}):
                found.add((int(by_mail), places[endpoint], held[text]))
    for text in {email.key or email.address for email in contact.emails if email.status in UNDELIVERABLE} & names.keys():
        found |= {(2, held[text], held[other]) for other, theirs in names.items() if not theirs.isdisjoint(names[text])}
    return [list(pair) for pair in sorted(found)]


class Answers(NamedTuple):
    """The answers to one question about many contacts, as columns of equal length; iterating over `permissions()` gives them one by one.

    `endpoint` and `remedy` are empty where there is none; `until` and `not_before` are None.
    """

    contact_id: list[str]
    allowed: list[bool]
    reasons: list[tuple[str, ...]]
    events: list[tuple[str, ...]]
    until: list[datetime | None]
    regime: list[str]
    endpoint: list[str]
    remedy: list[str]
    not_before: list[datetime | None]

    def permissions(self) -> Iterator[tuple[str, Permission]]:
        """Give (contact id, permission) one by one."""
        return ((row[0], Permission(*row[1:])) for row in zip(*self, strict=True))


class _Kind(NamedTuple):
    """The answer to all contacts that are alike, with the places of their literals."""

    allowed: bool
    reasons: tuple[str, ...]
    events: tuple[int, ...]
    until: int | tuple[int, str] | None
    regime: str
    endpoint: int
    remedy: str
    not_before: int | datetime | None  # the place of a date, or a time that is the same for all of the kind


class Decide:
    """One question, asked about chunks of (contact id, text of `consent_column`); what it learned of one chunk it keeps for the next.

    It can be given to an executor, and then keeps what it learned in each process.

    Args:
        channel: as in `may_contact`, like the others down to `policy`.
        purpose: such as `marketing`.
        at: the time of the question.
        regime: `auto`, an id, a `Regime`, or a set of them.
        controller: brand or legal entity.
        policy: `blocking_first`, or `latest_subject_act`.
        timing: quiet hours and frequency caps that hold as well.
        sends: contact id → what was sent to them before, for the caps.

    Raises:
        ConfigError: as `may_contact`.

    >>> from canonical_contact.model import EmailAddress
    >>> rows = [(name, consent_column(Contact(contact_id=name, emails=(EmailAddress(f"{name}@example.com"),)))) for name in ("ana", "ben")]
    >>> decide = Decide("email", at=datetime(2026, 7, 1, tzinfo=UTC), regime="can_spam")
    >>> decide(rows).endpoint
    ['ana@example.com', 'ben@example.com']
    """

    def __init__(
        self,
        channel: str,
        purpose: str = "marketing",
        *,
        at: datetime,
        regime: str | Regime | Regimes = "auto",
        controller: str | None = None,
        policy: str = "blocking_first",
        timing: Sequence[QuietHours | FrequencyCap] = (),
        sends: Mapping[str, Sequence[Send]] | None = None,
    ) -> None:
        check_question(channel, purpose, at, policy)
        if isinstance(regime, str) and regime != "auto":
            regime = _regimes.REGIMES.get(regime)
        self._question = (channel, purpose)
        self._at, self._regime, self._controller, self._policy = at, regime, controller, policy
        self._quiet = tuple(one for one in timing if isinstance(one, QuietHours))
        self._caps = tuple(one for one in timing if isinstance(one, FrequencyCap))
        self._sends = sends or {}
        known = regime if isinstance(regime, Regimes) else _regimes.REGIMES
        books = [regime] if isinstance(regime, Regime) else list(known.by_id.values())
        grounds = [ground for book in books for one in book.channels for ground in book.rule(one, at).implied]
        self._within = tuple(sorted({ground.within for ground in grounds if ground.within}))
        self._since = tuple(sorted({_text(datetime.combine(one.since, time(), UTC)) for one in grounds if one.since}))
        self._kinds: dict[tuple[object, ...], _Kind] = {}

    def __call__(self, rows: Iterable[tuple[str, str]], /) -> Answers:
        """Answer for one chunk.

        Raises:
            InputError: a text is none of `consent_column`.
        """
        out = Answers([], [], [], [], [], [], [], [], [])
        put_id, put_allowed, put_reasons, put_events = (
            out.contact_id.append,
            out.allowed.append,
            out.reasons.append,
            out.events.append,
        )
        put_until, put_regime, put_endpoint = out.until.append, out.regime.append, out.endpoint.append
        put_remedy, put_start = out.remedy.append, out.not_before.append
        kinds, now = self._kinds, _text(self._at)
        names: list[str]
        ids: list[str]
        dates: list[str]
        for contact_id, text in rows:
            try:
                if text[0] == _JSON:
                    shape, names, ids, dates = json.loads(text[1:])
                else:
                    shape, first, second, third = text.split(_PART)
                    names, ids = first.split(_ITEM), second.split(_ITEM)
                    dates = third.split(_ITEM) if third else []
                key: tuple[object, ...] = (shape, bisect_left(dates, now), bisect_right(dates, now))
                if shape[0] == _IMPLIED and (self._within or self._since):
                    key = (*key, self._order(shape, dates, now))
                kind = kinds.get(key)
                if kind is None:
                    person = _rebuilt(json.loads(shape[1:]), names, ids, [_moment(text) for text in dates])
            except (ValueError, IndexError) as error:
                raise InputError(
                    "A contact has no column of consent that can be read.",
                    path=contact_id,
                    hint="Fold the store again with unify, or ask may_contact about the contact itself.",
                ) from error
            if kind is None:
                kind = kinds[key] = self._ask(person, names, ids, dates)
            if self._caps:
                self._put_capped(out, contact_id, self._filled(kind, names, ids, dates))
                continue
            put_id(contact_id)
            put_allowed(kind.allowed)
            put_reasons(kind.reasons)
            put_events(tuple([ids[place] for place in kind.events]) if kind.events else ())
            put_until(None if kind.until is None else _until(kind.until, dates))
            put_regime(kind.regime)
            put_endpoint(names[kind.endpoint] if kind.endpoint >= 0 else "")
            put_remedy(kind.remedy)
            start = kind.not_before
            put_start(_moment(dates[start]) if isinstance(start, int) else start)
        return out

    def __getstate__(self) -> dict[str, object]:
        """A question crosses to other processes without its memo."""
        return {**self.__dict__, "_kinds": {}}

    def _order(self, shape: str, dates: list[str], now: str) -> tuple[int, ...]:
        """Say how the ends of implied consent stand to all other times."""
        cells = json.loads(shape[1:])[6]
        since = sorted({cell[9] for cell in cells if cell[2] == ConsentState.IMPLIED.value and cell[9] >= 0})
        times = [*dates, now, *self._since]
        times += [_text(ends(_moment(dates[place]), within)) for place in since for within in self._within]
        order = {text: place for place, text in enumerate(sorted(set(times)))}
        return tuple([order[text] for text in times])

    def _ask(self, contact: Contact, names: list[str], ids: list[str], dates: list[str]) -> _Kind:
        """Ask `may_contact` about one contact, and find the places of what it answers."""
        channel, purpose = self._question
        answer = may_contact(
            contact, channel, purpose, at=self._at, regime=self._regime, controller=self._controller, policy=self._policy
        )
        start: int | datetime | None = None if answer.not_before is None else dates.index(_text(answer.not_before))
        if self._quiet and answer.allowed:
            answer = hold_back(answer, contact, channel, purpose, at=self._at, policies=self._quiet)
            start = answer.not_before
        until: int | tuple[int, str] | None = None
        if answer.until is not None:
            wanted = _text(answer.until)
            until = dates.index(wanted) if wanted in dates else self._period(wanted, dates)
        places = {event: place for place, event in enumerate(ids)}
        return _Kind(
            answer.allowed,
            answer.reasons,
            tuple([places[event] for event in answer.events]),
            until,
            answer.regime,
            names.index(answer.endpoint) if answer.endpoint else -1,
            answer.remedy,
            start,
        )

    def _period(self, wanted: str, dates: list[str]) -> tuple[int, str]:
        for place, text in enumerate(dates):
            for within in self._within:
                if _text(ends(_moment(text), within)) == wanted:
                    return place, within
        raise ValueError("an end that stands on no date of the contact")

    def _filled(self, kind: _Kind, names: list[str], ids: list[str], dates: list[str]) -> Permission:
        return Permission(
            kind.allowed,
            kind.reasons,
            tuple([ids[place] for place in kind.events]),
            None if kind.until is None else _until(kind.until, dates),
            kind.regime,
            names[kind.endpoint] if kind.endpoint >= 0 else "",
            kind.remedy,
            _moment(dates[kind.not_before]) if isinstance(kind.not_before, int) else kind.not_before,
        )

    def _put_capped(self, out: Answers, contact_id: str, answer: Permission) -> None:
        channel, purpose = self._question
        if sends := self._sends.get(contact_id):
            answer = hold_back(answer, None, channel, purpose, at=self._at, policies=self._caps, sends=sends)
        out.contact_id.append(contact_id)
        out.allowed.append(answer.allowed)
        out.reasons.append(answer.reasons)
        out.events.append(answer.events)
        out.until.append(answer.until)
        out.regime.append(answer.regime)
        out.endpoint.append(answer.endpoint)
        out.remedy.append(answer.remedy)
        out.not_before.append(answer.not_before)


def may_contact_columns(
    rows: Iterable[tuple[str, str]],
    channel: str,
    purpose: str = "marketing",
    *,
    at: datetime,
    regime: str | Regime | Regimes = "auto",
    controller: str | None = None,
    policy: str = "blocking_first",
    timing: Sequence[QuietHours | FrequencyCap] = (),
    sends: Mapping[str, Sequence[Send]] | None = None,
) -> Answers:
    """Decide about many contacts at once: the same answers as `may_contact`, as columns.

    Args:
        rows: (contact id, text of `consent_column`), as `ContactStore.consent_columns` streams them.
        channel: as in `may_contact`, like the others down to `policy`.
        purpose: such as `marketing`.
        at: the time of the question.
        regime: `auto`, an id, a `Regime`, or a set of them.
        controller: brand or legal entity.
        policy: `blocking_first`, or `latest_subject_act`.
        timing: quiet hours and frequency caps that hold as well.
        sends: contact id → what was sent to them before, for the caps.

    Returns:
        Columns in the order of the rows.

    Raises:
        ConfigError: as `may_contact`.
        InputError: a text is none of `consent_column`.

    >>> rows = [("1", consent_column(Contact(contact_id="1")))]
    >>> may_contact_columns(rows, "email", at=datetime(2026, 7, 1, tzinfo=UTC)).reasons
    [('no_endpoint',)]
    """
    question = Decide(channel, purpose, at=at, regime=regime, controller=controller, policy=policy, timing=timing, sends=sends)
    return question(rows)


def _text(moment: datetime) -> str:
    """Write a time so that texts sort as the times do."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _until(place: int | tuple[int, str], dates: list[str]) -> datetime:
    if isinstance(place, int):
        return _moment(dates[place])
    return ends(_moment(dates[place[0]]), place[1])


def _rebuilt(shape: list[Any], names: list[str], ids: list[str], dates: list[datetime]) -> Contact:
    """Build a contact that `may_contact` answers for as for the one that the text was made of."""
    emails, phones, addresses, restrictions, deleted, zone, cells, blocks, _ = shape

    def name(place: int) -> str:
        return names[place] if place >= 0 else ""

    def day(place: int) -> datetime | None:
        return dates[place] if place >= 0 else None

    return Contact(
        contact_id="",
        emails=tuple(EmailAddress(name(a), name(k), status=EmailStatus(status)) for status, k, a in emails),
        phones=tuple(
            PhoneNumber(name(number), name(dialled)[len(name(number)) :], country) for country, dialled, number in phones
        ),
        addresses=tuple(PostalAddress(country_code=code, country=other, region=region) for code, other, region in addresses),
        restrictions=tuple(Restriction(word) for word in restrictions),
        deleted=bool(deleted),
        time_zone=zone,
        consent=tuple(
            ConsentRecord(
                Channel(channel),
                purpose,
                ConsentState(state),
                controller,
                resume_state=ConsentState(resume) if resume else None,
                strength=strength,
                legal_basis=basis,
                reason=reason,
                endpoint=name(endpoint),
                effective_at=day(since),
                expires_at=day(until),
                events=tuple(ids[event] for event in events),
                lifted_by=ids[lifted] if lifted >= 0 else "",
            )
            for channel, purpose, state, controller, resume, strength, basis, reason, endpoint, since, until, events, lifted in cells
        ),
        suppressions=tuple(
            Suppression(
                SuppressionKind(kind),
                Channel(channel),
                name(endpoint),
                day(since),
                ids[event] if event >= 0 else "",
                reason=reason,
                lifted_for=tuple(lifted_for),
            )
            for kind, channel, reason, endpoint, since, event, lifted_for in blocks
        ),
    )
