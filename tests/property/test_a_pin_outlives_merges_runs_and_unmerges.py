"""Law: a pinned value stands through merges, un-merges, re-runs, new states of the sources and other policies, until it is released."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_contact.engine.merging import merge, plan_merge, unmerge
from canonical_contact.engine.pinning import pin, pins, release_pin
from canonical_contact.merge import Survivorship
from canonical_contact.model import Contact
from canonical_contact.pipeline import unify
from canonical_contact.schema import from_json
from canonical_contact.store import MemoryStore

START = datetime(2026, 7, 1, tzinfo=UTC)
HEAD = "Record ID,First Name,Last Name,Email,Gender,Date of birth,Last Modified Date\n"
PEOPLE = ("Ana,Gil,ana@x.example", "Bob,Stone,bob@y.example", "Cleo,Wu,cleo@z.example")
POLICIES = (None, Survivorship("mine/1", {"gender": "oldest"}), Survivorship("mine/2", {"gender": "most_frequent"}))

_steps = st.lists(
    st.one_of(
        st.tuples(st.just("pin"), st.integers(0, 2), st.sampled_from(["p", "q", ""])),
        st.tuples(st.just("release"), st.integers(0, 2), st.just("")),
        st.tuples(st.just("merge"), st.integers(0, 2), st.sampled_from([0, 1, 2])),
        st.tuples(st.just("unmerge"), st.integers(0, 2), st.just("")),
        st.tuples(st.just("run"), st.integers(0, 2), st.sampled_from(["f", "m", ""])),
        st.tuples(st.just("policy"), st.integers(0, 2), st.just("")),
    ),
    min_size=3,
    max_size=9,
)


class World:
    """Three people with a gender each, and the pins that a plain model expects: record → (value, time) of what is pinned to it."""

    def __init__(self, folder: Path) -> None:
        self.store, self.file, self.at = MemoryStore(), folder / "hubspot.csv", START
        self.genders = ["f", "m", "f"]
        self.pinned: dict[int, tuple[str, datetime]] = {}
        self.run()

    def run(self, policy: Survivorship | None = None) -> None:
        rows = (f"{place + 1},{who},{self.genders[place]},,2026-06-0{place + 1}\n" for place, who in enumerate(PEOPLE))
        self.file.write_text(HEAD + "".join(rows), "utf-8")
        unify([self.file], self.store, now=self.at, survivorship=policy)

    def home(self, person: int) -> str:
        return dict(self.store.members())[f"hubspot:{person + 1}"]

    def together(self, person: int) -> list[int]:
        return [other for other in range(3) if self.home(other) == self.home(person)]

    def step(self, act: str, person: int, told: object) -> None:
        self.at += timedelta(hours=1)
        if act == "pin":
            standing = self.standing(person)
            if standing is None or self.pinned[standing][0] != told:
                pin(self.store, self.home(person), "gender", str(told), by="kim", at=self.at)
                bound = [
                    int(one.record.rpartition(":")[2]) - 1 for one in pins(self.store, self.home(person)) if one.at == self.at
                ]
                (place,) = bound
                assert standing in (None, place)
                self.pinned[place] = (str(told), self.at)
        elif act == "release":
            release_pin(self.store, self.home(person), "gender", by="kim", at=self.at)
            for other in self.together(person):
                self.pinned.pop(other, None)
        elif act == "merge":
            ids = sorted({self.home(person), self.home(int(str(told)))})
            if len(ids) > 1 and not plan_merge(self.store, ids, at=self.at).conflicts:  # people have parted them
                merge(self.store, ids, by="kim", at=self.at, approved_by="kim")
        elif act == "unmerge":
            if len(self.together(person)) > 1:
                unmerge(self.store, self.home(person), by="kim", at=self.at)
        elif act == "run":
            self.genders[person] = str(told)
            self.run()
        else:
            self.run(POLICIES[person])

    def standing(self, person: int) -> int | None:
        """Whose pin stands in the contact of a person: the latest."""
        held = [other for other in self.together(person) if other in self.pinned]
        return max(held, key=lambda other: self.pinned[other][1], default=None)

    def check(self) -> None:
        for person in range(3):
            row = self.store.contact(self.home(person))
            assert row is not None
            standing = self.standing(person)
            contact = from_json(Contact, row.document)
            if standing is not None:
                assert contact.gender == self.pinned[standing][0]
            else:
                assert contact.gender in {self.genders[other] for other in self.together(person)} | {""}
            bound = {one.record for one in pins(self.store, row.contact_id)}
            assert bound == {f"host:gender@hubspot:{other + 1}" for other in self.together(person) if other in self.pinned}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_steps)
def test_a_pin_outlives_merges_runs_and_unmerges(steps: list[tuple[str, int, object]]) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for step in steps:
            world.step(*step)
            world.check()
