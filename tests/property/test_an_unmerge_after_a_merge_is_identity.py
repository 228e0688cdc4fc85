"""Law: un-merge after merge gives back every contact, byte for byte, also after edits of either half; and it frees nobody.

The same things happen in a world where nobody merged; after the un-merge the two worlds are compared.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from canonical_contact.consent import may_contact
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.engine.merging import merge, unmerge
from canonical_contact.engine.recording import record_consent
from canonical_contact.errors import IllegalTransitionError
from canonical_contact.model import Channel, Contact
from canonical_contact.pipeline import unify
from canonical_contact.ports import ContactStore
from canonical_contact.schema import from_json
from canonical_contact.store import MemoryStore

START = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
HEAD = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Contact owner,Date of birth,Unsubscribed from all email,Last Modified Date"
PEOPLE = ("Ana,Gil", "Bob,Stone", "Cleo,Wu", "Dora,Klee")
EVERYBODY = ("osei", "gil")
SAID = ("withdraw", "opt_in", "opt_in_unconfirmed", "confirm", "decline")


class Edit(NamedTuple):
    """What happens to one person while they are merged: a cell that is another, one more record, or a word about consent."""

    kind: str
    person: int
    what: str


class World:
    """A sheet of people that is read again and again."""

    def __init__(self, folder: str, refused: list[bool], owners: list[str]) -> None:
        self.store: ContactStore = MemoryStore()
        self.path, self.days = Path(folder, "hubspot.csv"), 0
        self.strangers: list[int] = []  # records that the run did not join to their person
        self.rows = [
            [
                str(place),
                *name.split(","),
                f"{name.partition(',')[0]}@{place}.example",
                "",
                owner,
                "",
                str(no).lower(),
                "2026-05-01",
            ]
            for place, (name, no, owner) in enumerate(zip(PEOPLE, refused, owners, strict=True))
        ]
        self.run()

    def tick(self) -> datetime:
        self.days += 1
        return START + timedelta(days=self.days)

    def run(self) -> None:
        self.path.write_text("\n".join((HEAD, *(",".join(row) for row in self.rows), "")), "utf-8")
        unify([self.path], self.store, now=self.tick())

    def id(self, person: int) -> str:
        return dict(self.store.members())[f"hubspot:{person}"]

    def edit(self, edit: Edit) -> None:
        row = self.rows[edit.person]
        if edit.kind == "birthday":
            row[6], row[8] = edit.what, f"2026-06-{len(edit.what):02}"
            self.run()
        elif edit.kind == "refusal":
            row[7] = "true"
            self.run()
        elif edit.kind == "record":
            number = len(self.rows)
            self.rows.append([str(number), *row[1:4], "", row[5], edit.what, "false", "2026-06-02"])
            self.run()
            if self.id(number) != self.id(edit.person):
                self.strangers.append(number)
        else:
            try:
                record_consent(
                    self.store,
                    self.id(edit.person),
                    edit.what,
                    Channel.EMAIL,
                    "news",
                    at=self.tick(),
                    actor="subject",
                    endpoint=row[3],
                )
            except IllegalTransitionError:
                return

    def documents(self) -> dict[str, tuple[dict[str, Any], tuple[str, ...], tuple[str, ...]]]:
        return {row.contact_id: (json.loads(row.document), row.members, row.retired) for row in self.store.contacts()}

    def contact(self, person: int) -> Contact:
        row = self.store.contact(self.id(person))
        assert row is not None
        return from_json(Contact, row.document)

    def blocked(self) -> set[tuple[int, Channel]]:
        """Whom one may not write to, even where all is allowed that was not refused."""
        at = START + timedelta(days=365)
        return {
            (person, channel)
            for person in range(len(PEOPLE))
            for channel in (Channel.EMAIL, Channel.SMS)
            if not may_contact(self.contact(person), channel, "news", at=at, regime=LAX)
        }


persons = st.integers(0, len(PEOPLE) - 1)
plain = st.builds(Edit, st.sampled_from(("birthday", "record")), persons, st.sampled_from(("1990-01-02", "1980-12-24")))
consent = st.one_of(
    st.builds(Edit, st.just("refusal"), persons, st.just("")), st.builds(Edit, st.just("said"), persons, st.sampled_from(SAID))
)
merges = st.lists(st.lists(persons, min_size=2, max_size=3, unique=True), min_size=1, max_size=2)
refusals = st.lists(st.booleans(), min_size=len(PEOPLE), max_size=len(PEOPLE))
owners = st.lists(st.sampled_from(("", *EVERYBODY)), min_size=len(PEOPLE), max_size=len(PEOPLE))


def merged_and_unmerged(world: World, other: World, groups: list[list[int]], edits: list[Edit]) -> None:
    """Merge in one world, edit both, and un-merge, the last merge first."""
    done = []
    for group in groups:
        ids = sorted({world.id(person) for person in group})
        if len(ids) > 1:
            before = world.blocked()
            done.append(merge(world.store, ids, by="ana", at=world.tick(), approved_by=EVERYBODY))
            assert before <= world.blocked()
    other.days = world.days  # what both read, both read at one time
    for edit in edits:
        world.edit(edit)
        other.edit(edit)
    for one in reversed(done):
        unmerge(world.store, one.survivor, by="ana", at=world.tick())
    assume(world.strangers == other.strangers)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(refusals, owners, merges, st.lists(plain, max_size=3))
def test_an_unmerge_gives_back_what_would_be_without_the_merge(
    refused: list[bool], owners: list[str], groups: list[list[int]], edits: list[Edit]
) -> None:
    edits = [edit for edit in edits if not refused[edit.person]]  # a refusal that is read again is one of the time together
    with TemporaryDirectory() as folder:
        world, other = World(folder, refused, owners), World(folder, refused, owners)
        merged_and_unmerged(world, other, groups, edits)
        assert world.documents() == other.documents()
        before = world.documents()
        world.run()
        assert world.documents() == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(refusals, merges, st.lists(st.one_of(consent, plain), max_size=4))
def test_an_unmerge_frees_nobody_and_changes_nothing_but_what_was_refused(
    refused: list[bool], groups: list[list[int]], edits: list[Edit]
) -> None:
    with TemporaryDirectory() as folder:
        world, other = World(folder, refused, [""] * len(PEOPLE)), World(folder, refused, [""] * len(PEOPLE))
        merged_and_unmerged(world, other, groups, edits)
        assert other.blocked() <= world.blocked()
        ours, theirs = world.documents(), other.documents()
        for documents in (ours, theirs):
            for document, _, _ in documents.values():
                document.pop("consent", None)
                document.pop("suppressions", None)
        assert ours == theirs
