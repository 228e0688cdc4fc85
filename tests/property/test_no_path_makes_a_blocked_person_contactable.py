"""Law: no sequence of acts, imports, merges, splits, other rules, syncs, migrations and restarts makes a blocked person contactable.

After each step both adapters are compared with a plain model (`plain_consent`) that shares no code with the library: the same states and
blocks, nobody contactable whom the model blocks, everybody contactable whom it permits, and a ledger that verifies.

`CANONICAL_CONTACT_PATHS=500 pytest tests/property/test_no_path_makes…` looks at more paths than the gate does.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from canonical_contact.consent import consent_column, may_contact, may_contact_columns
from canonical_contact.consent.ledger import verify
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.matching import MODEL, TERMS
from canonical_contact.engine.merging import merge, unmerge
from canonical_contact.engine.recording import (
    import_events,
    record_consent,
    record_stop,
    record_suppression,
    record_unsuppression,
    sweep_expiries,
)
from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.match.policy import Rule as MatchRule
from canonical_contact.model import Channel, ConsentEvent, ConsentProof, ConsentState, Contact
from canonical_contact.pipeline import unify
from canonical_contact.ports import ContactStore
from canonical_contact.schema import from_json
from canonical_contact.store import MemoryStore, SQLiteStore, migrate_store
from plain_consent import BY_HAND, REFUSING, SAYS, Cell, Lifted, PlainConsent, event_of, held

PATHS = int(os.environ.get("CANONICAL_CONTACT_PATHS", "15"))
START = datetime(2026, 7, 1, tzinfo=UTC)
LAX: Final = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
STRICT: Final = Regime("strict", "1", dict.fromkeys(Channel, Rule("opt_in")))  # only an express consent permits

# Whose records are one contact by these is up to the rules alone: all who share a mailbox or a name, or hardly anybody.
TOGETHER: Final = MatchPolicy(
    "together/1",
    match_at=0.3,
    must=[MatchRule("one_mailbox", {"email": ["same", "same_shared"]}), MatchRule("one_name", {"given": ["exact"]})],
)
APART: Final = MatchPolicy("apart/1", match_at=1.0, review_at=1.0)
POLICIES: Final = {"shipped": None, "together": TOGETHER, "apart": APART}

CHANNELS = ("email", "voice_live")
EMAILS = ("desk@corp.example", "ana@corp.example", "bob@corp.example")
PHONES = ("+4915112345678", "+493012345678")
PURPOSES = ("marketing", "news")
CONTROLLERS = ("", "brand")
# Record → system, id and name. The two leads may say which contact they became; that joins them to it.
RECORDS = {
    "salesforce_contact:003A": ("Ana", "Gil"),
    "salesforce_contact:003B": ("Bob", "Mar"),
    "salesforce_lead:00QA": ("Ana", "Gil"),
    "salesforce_lead:00QZ": ("Zoe", "Li"),
    "mailchimp:aa11": ("Ana", "Gil"),
    "sheet:1": ("Bob", "Mar"),
}
COLUMNS = {
    "salesforce_contact": ("Id", "FirstName", "LastName", "Email", "Phone", "LastModifiedDate", "HasOptedOutOfEmail", "DoNotCall"),
    "salesforce_lead": (
        "Id", "FirstName", "LastName", "Email", "Phone", "LastModifiedDate", "HasOptedOutOfEmail", "DoNotCall", "ConvertedContactId",
    ),
    "mailchimp": (
        "EUID", "First Name", "Last Name", "Email Address", "Phone Number", "LAST_CHANGED", "OPTIN_TIME", "CONFIRM_TIME", "UNSUB_TIME",
        "UNSUB_REASON",
    ),
    "sheet": ("Nr", "Vorname", "Nachname", "E-Mail", "Telefon", "Newsletter"),
}  # fmt: skip
LIVE = (
    "request", "request_timeout", "opt_in_unconfirmed", "confirm", "confirm_timeout", "opt_in", "decline", "imply", "renew", "withdraw",
    "object", "complaint", "expire", "invalidate", "notice_superseded", "correct",
)  # fmt: skip
LIKELY = ("opt_in", "opt_in_unconfirmed", "confirm", "withdraw", "confirm", "opt_in_unconfirmed")

# Most of what happens is about the same people, so that one thing meets the other.
records = st.sampled_from(("salesforce_lead:00QZ", "salesforce_contact:003B", "sheet:1", "sheet:1", *sorted(RECORDS)))
channels = st.sampled_from(("email", "email", *CHANNELS))
purposes = st.sampled_from(("marketing", "marketing", *PURPOSES))
days_before = st.sampled_from([0, 0, 0, 1, 4, -3])  # what is dated ahead, too
days_after = st.sampled_from([None, None, 2, 9])


class BrokenOffError(Exception):
    """A process that ends in the middle of its work."""


class Stop:
    """Progress that ends the process at a stage."""

    def __init__(self, at: str) -> None:
        self.at = at

    def stage(self, name: str, total: int | None) -> None:
        if name == self.at:
            raise BrokenOffError

    def advance(self, n: int) -> None: ...


class Paths(RuleBasedStateMachine):
    """Two stores and a model that live through the same things."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.place = Path(self.folder.name)
        self.files = 0
        self.memory = MemoryStore()
        self.sqlite = SQLiteStore(self.place / "contacts.db")
        self.plain = PlainConsent()
        self.now = START
        self.gone: set[str] = set()
        self.last: dict[str, dict[str, str]] = {}  # record → the row that was read last
        self.acts: list[Callable[[], None]] = []
        rows = []
        for number, key in enumerate(sorted(RECORDS)):
            email, phone = EMAILS[number % 3], PHONES[number % 2]
            rows.append((key, self.cells(key, email, phone, "", 0), email, phone))
        self.read(*rows)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.sqlite.close()
            self.folder.cleanup()

    @property
    def stores(self) -> tuple[ContactStore, ContactStore]:
        return self.memory, self.sqlite

    def tick(self, seconds: float = 1) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def people(self) -> list[list[str]]:
        """Whose records are one person; both stores say the same."""
        parts = []
        for store in self.stores:
            found: dict[str, list[str]] = {}
            for key, contact_id in store.members():
                found.setdefault(contact_id, []).append(key)
            parts.append(sorted(sorted(keys) for keys in found.values()))
        assert parts[0] == parts[1]
        return parts[0]

    def person(self, key: str) -> list[str]:
        """The records of a record's person; where that one was erased, of somebody else."""
        people = self.people()
        return next((keys for keys in people if key in keys), people[0])

    @staticmethod
    def id_of(store: ContactStore, key: str) -> str:
        members = dict(store.members())
        return members.get(key) or members[min(members)]

    # -- files

    def cells(self, key: str, email: str, phone: str, sign: str, ago: int, same_as: str = "") -> dict[str, str]:
        """A row as the record's system writes it."""
        system, number = key.split(":")
        given, surname = RECORDS[key]
        changed = f"{self.now - timedelta(days=0):%Y-%m-%d %H:%M:%S}"
        said = f"{self.now - timedelta(days=ago):%Y-%m-%d %H:%M:%S}"
        cells = [number, given, surname, email, phone]
        if system == "sheet":
            cells += [{"out": "abgemeldet", "yes": "ja"}.get(sign, "")]
        elif system == "mailchimp":
            yes, out = sign == "yes", sign in ("out", "spam")
            cells += [changed, said if yes else "", said if yes else "", said if out else "", "spam" if sign == "spam" else ""]
        else:
            cells += [changed, "1" if sign == "out" else "0", "1" if sign == "call" else "0"]
            cells += [same_as] if system == "salesforce_lead" else []
        return dict(zip(COLUMNS[system], cells, strict=True))

    def write(self, rows: Iterable[tuple[str, dict[str, str]]]) -> list[Path]:
        """Write rows into the files of their systems."""
        self.files += 1
        folder = self.place / f"{self.files}"
        folder.mkdir()
        files: dict[str, list[dict[str, str]]] = {}
        for key, cells in rows:
            name = key.split(":")[0]
            if name == "mailchimp":  # the name of its file says what its rows are
                name = f"{'un' * bool(cells['UNSUB_TIME']) or 'non' * (not cells['CONFIRM_TIME'])}subscribed"
            files.setdefault(name, []).append(cells)
        for name, lines in files.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, tuple(lines[0]))
                writer.writeheader()
                writer.writerows(lines)
        return sorted(folder.iterdir())

    def read(self, *rows: tuple[str, dict[str, str], str, str], refit: bool = False, policy: MatchPolicy | None = None) -> None:
        paths = self.write((key, cells) for key, cells, _, _ in rows)
        for store in self.stores:
            unify(paths, store, now=self.now, refit=refit, policy=policy)
        for row in rows:
            if self.last.get(row[0]) != row[1]:  # a row that stands in the store is not read twice
                self.take(*row)
                self.last[row[0]] = row[1]
        self.take_said("parted")
        self.take_said("erasure")  # of a row that says it is somebody who was erased

    def take_said(self, method: str) -> None:
        """What is said once more of others, after a split or an erasure, is believed, since it only forbids."""
        for row in self.memory.events():
            event = from_json(ConsentEvent, row.document)
            if (
                event.channel in CHANNELS
                and event.method == method
                and (event.event_id,) not in self.plain.streams.get(event.record, {})
            ):
                assert event.type in (*SAYS, "suppress")
                cell = (event.channel.value, event.purpose, event.controller, event.endpoint)
                why = event.suppression.value if event.suppression else ""
                said = event_of(
                    (event.event_id,), event.type.value, cell, at=event.effective_at, recorded=self.now, actor="system", method=method,
                    reason=event.reason, why=why,
                )  # fmt: skip
                self.plain.put(event.record, said)

    def take(self, key: str, cells: dict[str, str], email: str, phone: str) -> None:
        """The model reads the row by the evidence rules."""
        known = key in self.plain.held
        self.plain.held[key] = {"email": email, "voice_live": phone}

        def time(name: str) -> datetime | None:
            return datetime.fromisoformat(cells[name]).replace(tzinfo=UTC) if cells.get(name) else None

        def out(channel: str, purpose: str, column: str, at: datetime | None, kind: str = "withdraw") -> None:
            name = ("file", column, cells[column], channel, kind)
            said = event_of((name, at, key), kind, (channel, purpose, "", ""), at=at, recorded=self.now, method="import")
            self.plain.put(key, said)
            why = "complaint" if kind == "complaint" else "global_opt_out"
            if endpoint := self.plain.held[key][channel]:
                self.plain.put(key, self.plain.overlay(said, "suppress", why, endpoint, key))

        if cells.get("Newsletter") == "abgemeldet":
            out("email", "marketing", "Newsletter", None)
        if cells.get("Newsletter") == "ja":
            claim = event_of(
                ("ja", key), "import_legacy", ("email", "marketing", "", ""), at=None, recorded=self.now, actor="system", method="import"
            )  # fmt: skip
            self.plain.put(key, claim)
        if cells.get("HasOptedOutOfEmail") == "1":
            out("email", "any", "HasOptedOutOfEmail", time("LastModifiedDate"))
        if cells.get("DoNotCall") == "1":
            out("voice_live", "any", "DoNotCall", time("LastModifiedDate"))
        if cells.get("UNSUB_TIME"):
            out("email", "marketing", "UNSUB_TIME", time("UNSUB_TIME"), "complaint" if cells["UNSUB_REASON"] else "withdraw")
        if (at := time("CONFIRM_TIME")) is not None:
            for kind in ("opt_in_unconfirmed", "confirm") if email else ("import_legacy",):
                step = event_of(
                    (kind, key, at, email), kind, ("email", "marketing", "", email), at=at, recorded=self.now, actor="system",
                    method="double_opt_in" if kind == "confirm" else "import",
                )  # fmt: skip
                self.plain.put(key, step)
        if known:
            self.plain.follow(key, self.now)

    @rule(
        key=records,
        email=st.sampled_from(("", *EMAILS)),
        phone=st.sampled_from(("", *PHONES)),
        sign=st.sampled_from(["", "out", "out", "out", "yes", "yes", "call", "spam"]),
        ago=st.integers(0, 9),
        same_as=st.sampled_from(["", "", "003A", "003B"]),
    )
    def a_file_is_read(self, key: str, email: str, phone: str, sign: str, ago: int, same_as: str) -> None:
        self.tick()
        if self.gone:  # an endpoint that only an erased person had lets nobody in: that is another law's
            email, phone = self.plain.held.get(key, {"email": email, "voice_live": phone}).values()
        cells = self.cells(key, email, phone, sign, ago, same_as)
        if key not in self.gone:
            self.read((key, cells, email, phone))
            return
        for store in self.stores:
            done = unify(self.write([(key, cells)]), store, now=self.now)
            assert done.problems["privacy.erased"] == 1
        self.take_said("erasure")
        assert not self.gone & {key for keys in self.people() for key in keys}

    @rule(
        key=records,
        how=st.sampled_from(["refit", "refit", "older matcher", "weights of another version", "as it is"]),
        policy=st.sampled_from(sorted(POLICIES)),
        sign=st.sampled_from([None, None, None, "", "out"]),
    )
    def a_run_judges_by_other_rules(self, key: str, how: str, policy: str, sign: str | None) -> None:
        """A row that stands as it was, or with another sign in it, is read by a run that may judge every pair anew."""
        self.tick()
        present = sorted({one for keys in self.people() for one in keys})
        key = key if key in present else present[0]
        settings = {"older matcher": ("", ""), "weights of another version": ("other", "[other")}.get(how)
        if settings:
            for store in self.stores:
                for name, text in zip((MODEL, TERMS), settings, strict=True):
                    store.put_setting(name, text)
        email, phone = (self.plain.held[key][on] for on in CHANNELS)
        row = self.last[key]
        if sign is not None:
            row = self.cells(key, email, phone, sign, 0, row.get("ConvertedContactId", ""))
        before = self.blocked()
        self.read((key, row, email, phone), refit=how == "refit", policy=POLICIES[policy])
        freed = before - self.blocked()  # nobody said that they are others, so each part stands where all of them stood
        assert not freed, freed

    @rule(left=records, right=records)
    def somebody_merges_contacts(self, left: str, right: str) -> None:
        """People join whom they take for one; who was blocked by one side is so by both."""
        now, before, keys = self.tick(), self.blocked(), [self.person(key)[0] for key in (left, right)]
        for store in self.stores:  # they may be one, or held apart, or erased
            with suppress(InputError):
                merge(store, [self.id_of(store, key) for key in keys], by="ana", at=now, approved_by="ana")
        self.take_said("parted")
        freed = before - self.blocked()
        assert not freed, freed

    @rule(key=records, named=st.booleans())
    def somebody_parts_a_contact(self, key: str, named: bool) -> None:
        """People part whom they had taken for one, or what a run had joined: what comes of it is compared with the model."""
        now, key = self.tick(), self.person(key)[0]
        for store in self.stores:  # there may be nothing to part
            with suppress(InputError):
                unmerge(store, self.id_of(store, key), [[key]] if named else None, by="ana", at=now)
        self.take_said("parted")

    def blocked(self) -> set[tuple[str, Cell]]:
        """Of which record the model knows the person to be blocked at what the record holds, and to have refused at whatever endpoint."""
        cells = [(on, purpose, brand) for on in CHANNELS for purpose in PURPOSES for brand in CONTROLLERS]
        found = set()
        for keys in self.people():
            whole = {(on, lifted) for (_, on, where), lifted in self.plain.own(keys).items() if not where}
            for on, purpose, brand in cells:
                if held(self.plain.joined(keys, (on, purpose, brand, ""))) or any(
                    on == channel and (purpose, brand) not in lifted for channel, lifted in whole
                ):
                    found |= {(key, (on, purpose, brand, "")) for key in keys}
                for key in keys:
                    cell = (on, purpose, brand, self.plain.held[key][on])
                    if cell[3] and self.plain.blocked(keys, cell):
                        found.add((key, cell))
        return found

    @precondition(lambda self: not self.gone and len(self.people()) > 2)
    @rule(key=records)
    def somebody_is_erased(self, key: str) -> None:
        now, keys = self.tick(), self.person(key)
        others = [it for it in self.people() if it != keys]
        cells = [
            (tuple(it), (on, purpose, "", at))
            for it in others
            for on in CHANNELS
            for purpose in PURPOSES
            for at in self.plain.endpoints(it, on)
        ]
        blocked = [one for one in cells if self.plain.blocked(*one)]
        for store in self.stores:
            erase(store, self.id_of(store, key), at=now)
        self.gone = set(keys)
        self.plain.forget(keys)
        self.take_said("erasure")
        for one in blocked:
            assert self.plain.blocked(*one), "an erasure makes somebody contactable"

    # -- live acts

    def everywhere(self, act: Callable[[ContactStore], Any], *, legal: bool = True) -> None:
        """Do an act in both stores; where it is illegal, both raise and nothing changes."""
        for store in self.stores:
            before = store.ledger_head()
            try:
                act(store)
            except IllegalTransitionError:
                assert not legal, "the model takes it"
                assert store.ledger_head() == before
            else:
                assert legal, "the model does not take it"

    def act(self, key: str, kind: str, cell: Cell, at: datetime, couple: bool, recorded: datetime, **more: Any) -> None:
        if kind not in REFUSING and cell[3] not in self.plain.endpoints(self.person(key), cell[0]):
            return  # there is nothing that a permission could be bound to
        self.acts.append(lambda: self.act(key, kind, cell, at, couple, recorded, **more))
        token = more.get("token", "")
        via = cell[3] if kind in REFUSING else ""
        place: Cell = (*cell[:3], "" if kind in REFUSING else cell[3])
        named = tuple((name, value) for name, value in more.items() if name not in ("token", "expires"))
        event = event_of((kind, cell, at, named), kind, place, at=at, recorded=recorded, **more)
        legal = self.plain.act(self.person(key), event, couple=couple, via=via)

        def write(store: ContactStore) -> None:
            record_consent(
                store, self.id_of(store, key), kind, cell[0], cell[1], at=at, recorded_at=recorded, endpoint=cell[3],
                controller=cell[2], actor=more.get("actor", "subject"), method=more.get("method", "host"),
                reason=more.get("reason", ""), legal_basis=more.get("basis", ""), expires_at=more.get("expires"), evidence=more.get("evidence", ""),
                target=ConsentState(more["target"]) if more.get("target") else None,
                proof=ConsentProof(token_hash=token) if token else None, couple=couple,
            )  # fmt: skip

        self.everywhere(write, legal=legal)

    def endpoint(self, key: str, channel: str, number: int) -> str:
        held_here = sorted(self.plain.endpoints(self.person(key), channel))
        return held_here[number % len(held_here)] if held_here else ""

    @rule(
        key=records,
        kind=st.sampled_from((*LIVE, *LIKELY, *LIKELY)),
        channel=channels,
        purpose=purposes,
        controller=st.sampled_from(("", "", *CONTROLLERS)),
        number=st.sampled_from([0, 0, 0, 1]),
        ago=days_before,
        after=days_after,
        actor=st.sampled_from(["subject", "subject", "subject", "agent", "system"]),
        method=st.sampled_from(["host", "double_opt_in", "paper"]),
        token=st.sampled_from(["", "aa", "bb"]),
        wide=st.booleans(),
        couple=st.booleans(),
        goal=st.sampled_from([state.value for state in ConsentState]),
        shown=st.booleans(),
    )
    def somebody_acts(
        self, key: str, kind: str, channel: str, purpose: str, controller: str, number: int, ago: int, after: int | None, actor: str,
        method: str, token: str, wide: bool, couple: bool, goal: str, shown: bool,
    ) -> None:  # fmt: skip
        now = self.tick()
        at = now - timedelta(days=ago)
        cell = (channel, "any" if wide and kind in REFUSING else purpose, controller, self.endpoint(key, channel, number))
        more: dict[str, Any] = {"actor": actor, "method": "web_form" if kind == "request" else method}
        if after is not None and kind in ("opt_in", "opt_in_unconfirmed", "imply", "renew"):
            more["expires"] = now + timedelta(days=after)
        if kind == "imply":
            more["basis"] = token and "purchase"
        if kind in ("opt_in_unconfirmed", "confirm"):
            more["token"] = token
        if kind == "notice_superseded":
            more["reason"] = "material" if shown else "minor"
        if kind == "correct":
            more |= {"target": goal, "evidence": "form 7" if shown else ""}
        self.act(key, kind, cell, at, couple, now, **more)

    @rule(
        key=records,
        channel=channels,
        purpose=purposes,
        controller=st.sampled_from(("", "", *CONTROLLERS)),
        number=st.sampled_from([0, 0, 0, 1]),
    )
    def somebody_signs_up_and_confirms(self, key: str, channel: str, purpose: str, controller: str, number: int) -> None:
        for kind in ("opt_in_unconfirmed", "confirm"):
            now = self.tick()
            self.act(key, kind, (channel, purpose, controller, self.endpoint(key, channel, number)), now, True, now, token="aa")

    @rule(number=st.integers(0, 30))
    def a_call_is_made_again(self, number: int) -> None:
        assume(self.acts)
        self.acts[-1 - number % len(self.acts)]()

    @rule(
        kind=st.sampled_from(BY_HAND),
        channel=channels,
        number=st.integers(0, 2),
        key=st.none() | records,
        whole=st.booleans(),
        ago=days_before,
    )
    def somebody_blocks(self, kind: str, channel: str, number: int, key: str | None, whole: bool, ago: int) -> None:
        at, recorded = self.tick() - timedelta(days=ago), self.now
        known = EMAILS if channel == "email" else PHONES
        endpoint = "" if key and whole else known[number % len(known)]
        owners = self.person(key) if key else [one for one, cards in self.plain.held.items() if cards[channel] == endpoint]
        if key and endpoint:
            owners = [one for one in owners if self.plain.held[one][channel] == endpoint] or owners[:1]
        name = ("block", kind, channel, endpoint, at)
        for one in owners or [""]:
            event = event_of(
                (name, one), "suppress", (channel, "any", "", endpoint), at=at, recorded=recorded, why=kind, actor="agent"
            )
            self.plain.put(one, event)
        self.everywhere(
            lambda store: record_suppression(
                store,
                kind,
                channel,
                at=at,
                recorded_at=recorded,
                endpoint=endpoint,
                contact_id=self.id_of(store, key) if key else "",
            )
        )

    @rule(
        kind=st.sampled_from(BY_HAND),
        channel=channels,
        number=st.integers(0, 2),
        key=st.none() | records,
        whole=st.booleans(),
        ago=days_before,
    )
    def somebody_lifts_a_block(self, kind: str, channel: str, number: int, key: str | None, whole: bool, ago: int) -> None:
        at, recorded = self.tick() - timedelta(days=ago), self.now
        known = EMAILS if channel == "email" else PHONES
        endpoint = "" if key and whole else known[number % len(known)]
        for one in self.person(key) if key else list(self.plain.streams):
            if (kind, channel, endpoint) in self.plain.standing(one):
                name = ("lift", kind, channel, endpoint, at, one)
                event = event_of(
                    name, "unsuppress", (channel, "any", "", endpoint), at=at, recorded=recorded, why=kind, actor="agent"
                )
                self.plain.put(one, event)
        self.everywhere(
            lambda store: record_unsuppression(
                store,
                kind,
                channel,
                at=at,
                recorded_at=recorded,
                endpoint=endpoint,
                contact_id=self.id_of(store, key) if key else "",
            )
        )

    @rule(channel=channels, number=st.integers(0, 2), ago=days_before)
    def an_endpoint_says_stop(self, channel: str, number: int, ago: int) -> None:
        at, recorded = self.tick() - timedelta(days=ago), self.now
        known = EMAILS if channel == "email" else PHONES
        endpoint = known[number % len(known)]
        holders = [keys for keys in self.people() if endpoint in self.plain.endpoints(keys, channel)]
        for keys in holders:
            event = event_of(
                ("stop", channel, endpoint, at), "withdraw", (channel, "any", "", ""), at=at, recorded=recorded, method="stop_request"
            )  # fmt: skip
            assert self.plain.act(keys, event, via=endpoint)
        if not holders:
            event = event_of(
                ("stop", channel, endpoint, at), "suppress", (channel, "any", "", endpoint), at=at, recorded=recorded,
                method="stop_request", why="global_opt_out",
            )  # fmt: skip
            self.plain.put("", event)
        self.everywhere(lambda store: record_stop(store, channel, endpoint, at=at, recorded_at=recorded))

    @rule(days=st.sampled_from([0.5, 3, 10]))
    def time_passes(self, days: float) -> None:
        self.tick(days * 86400)

    @rule()
    def ends_are_swept(self) -> None:
        now = self.tick()
        for key, event in [one for keys in self.people() for one in self.plain.due(keys, now)]:
            self.plain.put(key, event)
        for store in self.stores:
            sweep_expiries(store, now)

    # -- what must change nothing

    def reopen(self) -> None:
        self.sqlite.close()
        self.sqlite = SQLiteStore(self.place / "contacts.db")

    @rule(
        what=st.sampled_from(["restart", "broken run", "broken act", "migration", "sync", "sync"]),
        key=records,
        stage=st.sampled_from(["fold", "compare", "cluster", "fold", "store"]),
        policy=st.sampled_from([None, *sorted(POLICIES)]),
        version=st.sampled_from(["1.0", "1.1", "1.2"]),
        stay=st.booleans(),
    )
    def nothing_happens(self, what: str, key: str, stage: str, policy: str | None, version: str, stay: bool) -> None:
        if what == "broken run":
            self.break_run(key, stage, policy)
        elif what == "broken act":
            self.break_act(key)
        if what == "migration":
            for store in self.stores:
                migrate_store(store, version)
                if not stay:
                    migrate_store(store)
        elif what == "sync":
            for store in self.stores:
                events = [from_json(ConsentEvent, row.document) for row in store.events()]
                for other in self.stores:
                    before = other.ledger_head()
                    import_events(other, events, at=self.now)
                    assert other.ledger_head() == before
        else:
            self.reopen()

    def break_run(self, key: str, stage: str, policy: str | None) -> None:
        """A run ends in the middle; where a policy is named, one that judges all pairs anew by it."""
        self.tick()
        if key in self.gone:
            return
        paths = self.write([(key, self.cells(key, EMAILS[0], PHONES[0], "", 0))])
        for store in self.stores:
            try:
                unify(
                    paths,
                    store,
                    now=self.now,
                    refit=policy is not None,
                    policy=POLICIES[policy or "shipped"],
                    progress=Stop(stage),
                )
            except BrokenOffError:
                continue
            raise AssertionError("the run did not break")

    def break_act(self, key: str) -> None:
        """A transaction ends in the middle."""
        now = self.tick()
        for store in self.stores:
            try:
                with store.transaction():
                    record_consent(store, self.id_of(store, key), "withdraw", "email", at=now)
                    raise BrokenOffError
            except BrokenOffError:
                pass

    # -- what must hold

    @invariant()
    def the_ledgers_verify(self) -> None:
        if hasattr(self, "folder"):
            for store in self.stores:
                assert verify(store.entries(), store.ledger_head()).ok

    @invariant()
    def states_and_answers_are_those_of_the_model(self) -> None:
        if not hasattr(self, "folder"):
            return
        people = self.people()
        for store in self.stores:
            rows = {row.members: from_json(Contact, row.document) for row in store.contacts()}
            contacts = {tuple(sorted(members)): contact for members, contact in rows.items()}
            assert sorted(contacts) == sorted(map(tuple, people))
            for keys, contact in contacts.items():
                self.compare_states(keys, contact)
                self.compare_blocks(keys, contact)
                self.compare_answers(keys, contact)

    def compare_states(self, keys: Sequence[str], contact: Contact) -> None:
        listed = {
            (record.channel.value, record.purpose, record.controller, record.endpoint): record
            for record in contact.consent
            if record.channel in CHANNELS
        }
        cells = {cell for cell in self.plain.cells(keys) if cell[0] in CHANNELS}
        for cell in cells | set(listed):
            state = self.plain.joined(keys, cell)
            record = listed.get(cell) or listed.get((*cell[:3], ""))
            if state is None:
                assert record is None, cell  # only events that are not legal are about it
                continue
            assert record is not None, (cell, state)
            found = {"state": record.state.value, "behind": (record.resume_state or "")}
            assert found == {"state": state["state"], "behind": state["behind"]}, (keys, cell, state, record)
            if cell in listed and not held(state) and state["state"] in ("granted", "implied"):
                assert (record.expires_at, record.effective_at) == (state["ends"], state["since"]), (keys, cell, state, record)

    def compare_blocks(self, keys: Sequence[str], contact: Contact) -> None:
        found: dict[bool, Lifted] = {False: {}, True: {}}
        for block in contact.suppressions:
            if block.channel in CHANNELS:
                words = [word.partition("@")[::2] for word in block.lifted_for]
                place = (block.kind.value, block.channel.value, block.endpoint)
                found[block.reason == "shared_endpoint"][place] = frozenset(words)
        assert found[False] == self.plain.own(keys), keys
        assert found[True] == self.plain.foreign(keys), keys

    def compare_answers(self, keys: Sequence[str], contact: Contact) -> None:
        column = [(contact.contact_id, consent_column(contact))]
        for channel in CHANNELS:
            for endpoint in sorted(self.plain.endpoints(keys, channel)):
                for purpose in PURPOSES:
                    for controller in (None, *CONTROLLERS):
                        cell = (channel, purpose, controller or "", endpoint)
                        lax, strict = (
                            may_contact(
                                contact, channel, purpose, at=self.now, regime=regime, endpoint=endpoint, controller=controller
                            ).allowed
                            for regime in (LAX, STRICT)
                        )
                        blocked = self.plain.blocked(keys, cell, CONTROLLERS if controller is None else ())
                        assert not (blocked and (lax or strict)), (keys, cell)
                        permitted = self.plain.permitted(keys, cell, self.now)
                        assert not strict or permitted, (keys, cell)
                        if controller is not None:
                            assert strict or not permitted, (keys, cell)
                            nothing = not any(one[0] == channel and one[1] in (purpose, "any") for one in self.plain.cells(keys))
                            assert lax or blocked or not nothing, (keys, cell)
            for regime in (LAX, STRICT):
                single = may_contact(contact, channel, at=self.now, regime=regime)
                together = may_contact_columns(column, channel, at=self.now, regime=regime)
                assert dict(together.permissions())[contact.contact_id] == single


Paths.TestCase.settings = settings(
    max_examples=PATHS,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_no_path_makes_a_blocked_person_contactable = Paths.TestCase
