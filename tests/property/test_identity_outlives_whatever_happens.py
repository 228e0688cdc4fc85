"""Law: whatever people judge, merge, part and undo, and whatever files bring, ids last, people's words bind, and nobody who refused is freed.

After each step both adapters are compared with each other and with a plain model that shares no code with the library. What is undone at
once is undone to the byte, and a run over unchanged data writes nothing.

`CANONICAL_CONTACT_PATHS=500 pytest tests/property/test_identity_outlives…` looks at more paths than the gate does.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from canonical_contact.consent import may_contact
from canonical_contact.consent.ledger import verify
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.judging import judge, undo
from canonical_contact.engine.merging import merge, unmerge
from canonical_contact.engine.recording import record_consent
from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.model import Channel, Contact
from canonical_contact.pipeline import unify
from canonical_contact.ports import ContactStore
from canonical_contact.schema import from_json
from canonical_contact.store import MemoryStore, SQLiteStore
from plain_identity import PlainIdentity

PATHS = int(os.environ.get("CANONICAL_CONTACT_PATHS", "10"))
START = datetime(2026, 7, 1, tzinfo=UTC)
LAX: Final = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
HEADER = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Contact owner,Unsubscribed from all email,Last Modified Date"
NAMES = ("Ana,Gil", "Ana,Gil", "Bob,Mar", "Robert,Mar", "Zoe,Li", "Ana Maria,Gil", "Zoe,Li", "Bo,Mar")
EMAILS = ("ana@corp.example", "bob@corp.example", "zoe@corp.example", "info@corp.example", "")
OWNERS = ("osei", "osei", "gil", "")
BOSSES = ("osei", "gil")  # between them they may approve everything

numbers = st.integers(0, len(NAMES) - 1)
people = st.sampled_from(("ana", "bo"))


class Lives(RuleBasedStateMachine):
    """Two stores and a model that live through the same things."""

    @initialize(emails=st.lists(st.sampled_from(EMAILS), min_size=len(NAMES), max_size=len(NAMES)))
    def begin(self, emails: list[str]) -> None:
        self.folder = TemporaryDirectory()
        self.place = Path(self.folder.name)
        self.memory, self.sqlite = MemoryStore(), SQLiteStore(self.place / "contacts.db")
        self.plain, self.now = PlainIdentity(), START
        self.lines: dict[int, list[str]] = {}  # what the file says of each record now
        self.gone: set[int] = set()
        self.acts: list[str] = []
        for number, email in enumerate(emails[:6]):
            self.lines[number] = self.line(number, email, OWNERS[number % 4], out=False)
        self.run()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.sqlite.close()
            self.folder.cleanup()

    @property
    def stores(self) -> tuple[ContactStore, ContactStore]:
        return self.memory, self.sqlite

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def both(self, act: Callable[[ContactStore], Any]) -> Any:
        """Do an act in both stores: they answer alike, and what they refuse changes nothing."""
        found = []
        for store in self.stores:
            before = self.everything(store)
            try:
                found.append(act(store))
            except (InputError, NotFoundError) as error:
                assert self.everything(store) == before
                found.append(error.code)
        assert found[0] == found[1]
        return found[0]

    def key(self, number: int) -> str:
        """The key of a record that is there."""
        here = sorted(self.lines)
        return f"hubspot:{here[number % len(here)]}"

    # -- files

    def line(self, number: int, email: str, owner: str, *, out: bool) -> list[str]:
        changed = f"{self.now:%Y-%m-%d %H:%M:%S}"
        return [
            str(number),
            NAMES[number],
            email,
            "+34600111222" if number == 3 else "",
            owner,
            "true" if out else "false",
            changed,
        ]

    def run(self, *, refit: bool = False) -> None:
        """Read the whole file; what it joins and parts is its own affair, but for what people said."""
        path, now = self.place / "hubspot.csv", self.tick()
        path.write_text("\n".join((HEADER, *(",".join(self.lines[number]) for number in sorted(self.lines)), "")), "utf-8")
        for store in self.stores:
            unify([path], store, now=now, refit=refit)
        self.plain.take(self.sets(self.memory).values())
        for number, line in self.lines.items():
            if line[5] == "true":
                self.plain.refuses(f"hubspot:{number}")

    @rule(number=numbers, email=st.sampled_from(EMAILS), owner=st.sampled_from(OWNERS), out=st.sampled_from((False, False, True)))
    def a_record_is_new_or_changed(self, number: int, email: str, owner: str, out: bool) -> None:
        if number not in self.gone:
            self.lines[number] = self.line(number, email, owner, out=out)
            self.run()

    @rule()
    def the_same_file_is_read_again(self) -> None:
        before = [self.everything(store) for store in self.stores]
        self.run()
        assert [self.everything(store) for store in self.stores] == before

    @rule()
    def all_pairs_are_judged_anew(self) -> None:
        self.run(refit=True)

    # -- people

    @rule(
        left=numbers,
        right=numbers,
        by=people,
        word=st.sampled_from(("match", "no_match", "unsure")),
        supersede=st.booleans(),
        approved=st.booleans(),
    )
    def somebody_judges(self, left: int, right: int, by: str, word: str, supersede: bool, approved: bool) -> None:
        one, other = self.key(left), self.key(right)
        if one == other:
            return
        now, homes = self.tick(), (self.plain.home(one), self.plain.home(other))
        apart = self.plain.parted(*homes) if homes[0] != homes[1] else self.plain.parted([one], [other])
        done = self.both(
            lambda store: judge(
                store, one, other, word, by=by, at=now, supersede=supersede, approved_by=BOSSES if approved else ""
            )
        )
        assert (word == "match" and apart and not supersede) == bool(done.conflict)
        assert bool(done.merged) == (word == "match" and homes[0] != homes[1] and not done.conflict and not done.awaiting)
        assert not (approved and done.awaiting)
        assert bool(done.parted) == (word == "no_match" and homes[0] == homes[1])
        if done.merged:
            self.plain.join(one, other)
        elif done.parted:
            self.falls_apart(homes[0])
            assert self.plain.home(one) != self.plain.home(other)
        self.hears(done.act)
        if word != "unsure" and not done.conflict and not done.awaiting:
            assert (min(one, other), max(one, other)) in self.plain.stands(word)

    @rule(left=numbers, right=numbers, third=numbers)
    def somebody_merges(self, left: int, right: int, third: int) -> None:
        keys, now = [self.key(number) for number in (left, right, third)], self.tick()
        homes = {self.plain.home(key) for key in keys}
        done = self.both(
            lambda store: merge(store, [self.id_of(store, key) for key in keys], by="ana", at=now, approved_by=BOSSES)
        )
        if len(homes) == 1 or self.plain.parted(*homes):
            assert done == ("merge.one_contact" if len(homes) == 1 else "merge.conflict")
            return
        self.plain.join(*keys)
        self.hears(done.act)

    @rule(number=numbers, named=st.booleans())
    def somebody_parts(self, number: int, named: bool) -> None:
        key, now = self.key(number), self.tick()
        home = self.plain.home(key)
        done = self.both(lambda store: unmerge(store, self.id_of(store, key), [[key]] if named else None, by="bo", at=now))
        if isinstance(done, str):
            assert done == ("merge.parts" if named else "merge.not_merged")
            assert not named or len(home) == 1
            return
        self.falls_apart(home)
        assert not named or self.plain.home(key) == {key}
        self.hears(done.act)

    @precondition(lambda self: self.acts)
    @rule(place=st.integers(0, 3))
    def somebody_takes_back_what_was_done(self, place: int) -> None:
        act, now = self.acts[-1 - place % len(self.acts)], self.tick()
        said = [row for row in self.memory.answers() if row.act == act]
        done = self.both(lambda store: undo(store, act, by="bo", at=now))
        if isinstance(done, str):
            assert done in ("merge.undone", "merge.later_act", "merge.conflict") or not said
            return
        touched = {key for row in said for key in row[:2]}
        rest = {keys for keys in self.plain.sets if keys.isdisjoint(touched)}
        self.plain.take(self.sets(self.memory).values())
        assert rest <= set(self.plain.sets)
        self.hears(done.act)

    @rule(left=numbers, right=numbers, how=st.sampled_from(("merge", "match", "no_match")))
    def what_is_undone_at_once_leaves_nothing(self, left: int, right: int, how: str) -> None:
        one, other = self.key(left), self.key(right)
        if one == other:
            return
        # What a part took along of refusals stays said, for a ledger takes nothing back; and an id that it bore leads back for ever.
        without = ("consent", "suppressions", "aliases") if how == "no_match" else ()
        first, second, before = self.tick(), self.tick(), [self.contacts(store, *without) for store in self.stores]

        def act(store: ContactStore) -> str:
            if how == "merge":
                made = merge(store, [self.id_of(store, one), self.id_of(store, other)], by="ana", at=first, approved_by=BOSSES)
            else:
                made = judge(store, one, other, how, by="ana", at=first, approved_by=BOSSES)  # type: ignore[assignment]
            return made.act and undo(store, made.act, by="ana", at=second).act

        refused = self.both(act)
        if how == "merge" and refused in ("merge.one_contact", "merge.conflict"):
            return
        assert [self.contacts(store, *without) for store in self.stores] == before
        words = self.plain.stands("match"), self.plain.stands("no_match")
        self.hears("")
        assert words == (self.plain.stands("match"), self.plain.stands("no_match"))

    # -- what else happens

    @rule(number=numbers)
    def somebody_refuses(self, number: int) -> None:
        key, now = self.key(number), self.tick()
        self.both(lambda store: record_consent(store, self.id_of(store, key), "withdraw", "email", "marketing", at=now))
        self.plain.refuses(key)

    @precondition(lambda self: not self.gone)
    @rule(number=numbers)
    def somebody_is_erased(self, number: int) -> None:
        key, now = self.key(number), self.tick()
        keys, gone = self.plain.home(key), self.id_of(self.memory, key)
        leading = {name for name in self.plain.ever if (row := self.memory.contact(name)) and row.contact_id == gone}
        for store in self.stores:
            erase(store, self.id_of(store, key), at=now)
        self.gone = {int(one.partition(":")[2]) for one in keys}
        self.lines = {number: line for number, line in self.lines.items() if number not in self.gone}
        self.plain.is_erased(keys)
        self.plain.ever = {name: had for name, had in self.plain.ever.items() if name not in leading}
        if not self.lines:
            self.gone = set()
            self.lines[7] = self.line(7, "late@corp.example", "", out=False)
            self.run()

    # -- what the stores show

    @staticmethod
    def sets(store: ContactStore) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for key, contact_id in store.members():
            found.setdefault(contact_id, set()).add(key)
        return {name: frozenset(keys) for name, keys in found.items()}

    @staticmethod
    def id_of(store: ContactStore, key: str) -> str:
        return dict(store.members())[key]

    @staticmethod
    def contacts(store: ContactStore, *without: str) -> list[tuple[Any, ...]]:
        """The contacts to the byte, with what leads to them; the store's own counting of revisions and some fields apart."""

        def document(text: str) -> str:
            return (
                json.dumps({name: value for name, value in json.loads(text).items() if name not in without}) if without else text
            )

        return [
            (row.contact_id, document(row.document), row.members, row.endpoints, () if without else row.retired)
            for row in store.contacts()
        ]

    def everything(self, store: ContactStore) -> list[Any]:
        log = [list(store.history(row.contact_id)) for row in store.contacts()]
        return [list(store.contacts()), list(store.decisions()), list(store.answers()), list(store.events()), log, store.counts()]

    def falls_apart(self, home: frozenset[str]) -> None:
        """A set became several, and all others are as they were."""
        rest = [one for one in self.plain.sets if one != home]
        parts = [keys for keys in self.sets(self.memory).values() if keys not in rest]
        assert len(parts) > 1
        assert frozenset().union(*parts) == home
        self.plain.sets = [*rest, *parts]

    def hears(self, act: str) -> None:
        """Take the words that stand from the store: what was said is data, what follows from it is what is tested."""
        words = [{row[:2]: row.judgement for row in store.decisions(people=True)} for store in self.stores]
        assert words[0] == words[1]
        self.plain.said = words[0]
        self.acts += [act] * bool(act)

    @invariant()
    def both_stores_hold_what_the_model_holds(self) -> None:
        if hasattr(self, "folder"):
            assert self.contacts(self.memory) == self.contacts(self.sqlite)
            assert set(self.sets(self.memory).values()) == set(self.plain.sets)
            for store in self.stores:
                assert verify(store.entries(), store.ledger_head()).ok

    @invariant()
    def no_id_is_given_to_others_and_each_leads_to_somebody(self) -> None:
        if hasattr(self, "folder"):
            for name, keys in self.sets(self.memory).items():
                self.plain.name(name, keys)
            for name in self.plain.ever:
                for store in self.stores:
                    assert store.contact(name) is not None, name

    @invariant()
    def what_people_parted_is_apart(self) -> None:
        if hasattr(self, "folder"):
            for left, right in self.plain.stands("no_match"):
                assert self.plain.home(left) != self.plain.home(right), (left, right)

    @invariant()
    def what_people_joined_is_together(self) -> None:
        if hasattr(self, "folder"):
            for left, right in self.plain.stands("match"):
                assert self.plain.home(left) == self.plain.home(right), (left, right)

    @invariant()
    def nobody_who_refused_is_contactable(self) -> None:
        if hasattr(self, "folder"):
            for row in self.memory.contacts():
                if not self.plain.refusing.isdisjoint(row.members):
                    contact = from_json(Contact, row.document)
                    assert not may_contact(contact, "email", at=self.now, regime=LAX), row.members


Lives.TestCase.settings = settings(
    max_examples=PATHS,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_identity_outlives_whatever_happens = Lives.TestCase
