"""Which contacts went into a contact, and which records they had: read from the log of its events."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from canonical_contact.engine._said import MERGED, Pair, pair_of, rows_of
from canonical_contact.engine._told import keys_told
from canonical_contact.match.features import features_from_text
from canonical_contact.merge import HOST, RECTIFICATION
from canonical_contact.model import EventName, Judgement
from canonical_contact.ports import ContactRow, ContactStore

__all__ = ["Lineage", "Merge", "belonging", "bound", "lineage_of"]

_ABOUT: Final = (f"{RECTIFICATION}:", f"{HOST}:")


@frozen
class Merge:
    """A merge that a contact is made of.

    Args:
        act: of a person; empty for a run.
        retired: ids that it retired and that still lead to the contact.
        before: those of the contact's records that the id which took them had before it.
    """

    act: str
    retired: tuple[str, ...]
    before: frozenset[str]


@frozen
class Lineage:
    """Where a contact comes from.

    Args:
        contact_id: the contact.
        members: its records.
        heirs: retired id that leads here → the id that it was merged into.
        had: id → those of the records that it had when it was retired; of the contact itself those before its first merge.
        merges: those that it is made of, also those of contacts that went into it; the last one, which is its own, first.
    """

    contact_id: str
    members: frozenset[str]
    heirs: Mapping[str, str]
    had: Mapping[str, frozenset[str]]
    merges: tuple[Merge, ...]

    @property
    def own(self) -> frozenset[str]:
        """The records that are the contact's own: those that it had before others went into it; all where none did."""
        return self.had.get(self.contact_id) or self.members

    def going(self, part: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Tell which retired ids go with a part of the records.

        Returns:
            The ids that had no other records, the one with most records first; and these with all that led to them.
        """
        below: dict[str, list[str]] = {}
        for alias, heir in self.heirs.items():
            below.setdefault(heir, []).append(alias)

        def tree(alias: str) -> Iterator[str]:
            yield alias
            for one in below.get(alias, ()):
                yield from tree(one)

        tops: list[str] = []
        look = [self.contact_id]
        while look:
            for alias in below.get(look.pop(), ()):
                records = self.had[alias]
                if records and records <= set(part):
                    tops.append(alias)
                else:
                    look.append(alias)
        tops.sort(key=lambda alias: (-len(self.had[alias]), alias))
        return tuple(tops), tuple(sorted(name for alias in tops for name in tree(alias)))


def lineage_of(store: ContactStore, row: ContactRow) -> Lineage:
    """Read where a contact comes from.

    Args:
        store: where its events are.
        row: the contact as it is stored.
    """
    members = frozenset(row.members)
    events: list[dict[str, Any]] = [json.loads(text) for text in store.history(row.contact_id)] if row.retired else []
    merged: dict[str, int] = {}  # retired id → place of the event that retired it last
    for place, event in enumerate(events):
        if event["name"] == EventName.CONTACT_MERGED:
            merged |= dict.fromkeys((one for one in _told(event, "retired").split() if one in row.retired), place)
    heirs = {alias: str(events[place]["contact_id"]) for alias, place in merged.items()}
    had = {alias: _records(events[:place], alias, members) for alias, place in merged.items()}
    mine = [place for alias, place in merged.items() if heirs[alias] == row.contact_id]
    if mine:
        had[row.contact_id] = _records(events[: min(mine)], row.contact_id, members)
    merges = tuple(
        Merge(
            _told(events[place], "act"),
            tuple(sorted(alias for alias, where in merged.items() if where == place)),
            _records(events[:place], str(events[place]["contact_id"]), members),
        )
        for place in sorted(set(merged.values()), reverse=True)
    )
    return Lineage(row.contact_id, members, heirs, had, merges)


def bound(store: ContactStore, keys: Iterable[str]) -> frozenset[str]:
    """List those of some records that a person made about another record, and that stay with it: pins, and what was put right."""
    made = [key for key in sorted(keys) if key.startswith(_ABOUT)]
    return frozenset(row.key for row in store.records(made) if features_from_text(row.features).same_as) if made else frozenset()


def belonging(store: ContactStore, parts: Sequence[Collection[str]], others: Collection[str]) -> list[frozenset[str]]:
    """Let records join the part that they belong to: by what people say, then by the likeliest match; those without go to the first.

    Args:
        store: where the verdicts are.
        parts: keys of the records of each part.
        others: keys of records that are in none.

    Returns:
        The parts with all of them. What a person parted is not joined here.
    """
    home = {key: place for place, keys in enumerate(parts) for key in keys}
    groups: dict[str, set[str]] = {key: {key} for key in others}
    apart: set[Pair] = set()
    links: list[tuple[int, float, Pair]] = []
    for key in sorted(others):
        for other in sorted({*home, *others} - {key}):
            pair = pair_of(key, other)
            said, found = rows_of(store, pair)[-1:], rows_of(store, pair, people=False)[-1:]
            if said and said[0].judgement == Judgement.NO_MATCH:
                apart.add(pair)
            elif said and said[0].judgement == Judgement.MATCH and said[0].reason != MERGED:
                links.append((0, -1.0, pair))
            elif found and found[0].judgement in (Judgement.MATCH, Judgement.REVIEW):
                links.append((1, -found[0].score, pair))
            elif said and said[0].judgement == Judgement.MATCH:  # it only holds a merge together
                links.append((2, -1.0, pair))
    placed = [set(keys) for keys in parts]

    def group(key: str) -> set[str]:
        return placed[home[key]] if key in home else groups[key]

    for _, _, (left, right) in sorted(links):
        ours, theirs = group(left), group(right)
        fixed = left in home, right in home
        if ours is theirs or all(fixed) or any(pair_of(a, b) in apart for a in ours for b in theirs):
            continue
        into, moved = (ours, theirs) if fixed[0] else (theirs, ours)
        into |= moved
        place = home.get(left if fixed[0] else right)
        for key in moved:
            if place is None:
                groups[key] = into
            else:
                home[key] = place
    rest = {key for key in others if key not in home}
    return [frozenset(keys | rest if place == 0 else keys) for place, keys in enumerate(placed)]


def _records(events: Sequence[Mapping[str, Any]], contact_id: str, members: frozenset[str]) -> frozenset[str]:
    """Which of some records an id had, by the last of some events that tells."""
    for event in reversed(events):
        if event["contact_id"] == contact_id and (told := _told(event, "records")):
            return keys_told(told, members)
    return frozenset()


def _told(event: Mapping[str, Any], what: str) -> str:
    return str(event.get("detail", {}).get(what, ""))
