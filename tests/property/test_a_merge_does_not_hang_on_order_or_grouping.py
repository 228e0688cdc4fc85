"""Law: in whatever order and groups contacts are merged, the same contact comes of it, and un-merging one by one gives them back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_contact.engine.merging import merge, plan_merge, unmerge
from canonical_contact.pipeline import unify
from canonical_contact.store import MemoryStore

START = datetime(2026, 7, 1, tzinfo=UTC)
ROWS = (
    "1,Ana,Gil,ana@a.example,+34600111222,Osei,1990-01-02,false,2026-05-01",
    "2,Bob,Stone,bob@b.example,+34600111222,Osei,1980-03-04,true,2026-05-02",
    "3,Cleo,Wu,bob@b.example,,,,false,2026-05-03",
    "4,Dora,Klee,dora@d.example,,,1970-05-06,false,",
    "5,Egon,Falk,egon@e.example,+493012345678,,,true,2026-05-05",
)
HEAD = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Contact owner,Date of birth,Unsubscribed from all email,Last Modified Date\n"
Documents = dict[str, tuple[str, tuple[str, ...], tuple[str, ...], str]]


def made() -> MemoryStore:
    store = MemoryStore()
    with TemporaryDirectory() as place:
        Path(place, "hubspot.csv").write_text(HEAD + "\n".join(ROWS), "utf-8")
        unify([Path(place, "hubspot.csv")], store, now=START)
    return store


def documents(store: MemoryStore) -> Documents:
    """Every contact, but for the folder of its file."""
    told = ((row, re.sub('"file":"[^"]*"', "", row.document)) for row in store.contacts())
    return {row.contact_id: (document, row.members, tuple(sorted(row.retired)), row.consent) for row, document in told}


IDS = sorted(documents(made()))
AT_ONCE = made()
merge(AT_ONCE, IDS, by="ana", at=START + timedelta(days=1), approved_by=["osei"])


@st.composite
def a_way(draw: st.DrawFn) -> list[list[str]]:
    """Merges, one after the other, until all are one; ids that retired are named, too."""
    groups = [[name] for name in draw(st.permutations(IDS))]
    way = []
    while len(groups) > 1:
        number = draw(st.integers(2, len(groups)))
        chosen, groups = groups[:number], groups[number:]
        way.append([draw(st.sampled_from(group)) for group in chosen])
        groups = draw(st.permutations([*groups, [name for group in chosen for name in group]]))
    return way


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(a_way())
def test_a_merge_does_not_hang_on_order_or_grouping(way: list[list[str]]) -> None:
    store, at = made(), START + timedelta(days=1)
    stood = [documents(store)]
    survivors = []
    for group in way:
        at += timedelta(days=1)
        plan = plan_merge(store, group, at=at)
        survivors.append(merge(store, group, by="ana", at=at, plan=plan, approved_by=["osei"]).survivor)
        stood.append(documents(store))
    assert documents(store) == documents(AT_ONCE)
    for survivor in reversed(survivors):
        stood.pop()
        at += timedelta(days=1)
        unmerge(store, survivor, by="ana", at=at)
        assert documents(store) == stood[-1]
