"""Who looks at which question: assignments, short holds and skips, in a setting of the store.

Questions are named by a hash of their pair, so that no key of a record stands here; what no longer waits is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Final

from attrs import evolve, field, frozen

from canonical_contact.model import digest
from canonical_contact.ports import ContactStore

__all__ = ["Desk", "Held", "case_name", "read_desk", "scrub_desk", "write_desk"]

_DESK: Final = "review.desk"


def case_name(left: str, right: str) -> str:
    """Name a question by its pair.

    >>> case_name("a:1", "b:2") == case_name("b:2", "a:1")
    True
    """
    return digest(*sorted((left, right)), size=8)


@frozen
class Held:
    """Whose a question is.

    Args:
        to: the reviewer.
        until: RFC 3339 in UTC; empty where it is theirs until they answer or give it back.
    """

    to: str
    until: str = ""


@frozen
class Desk:
    """What is assigned and skipped.

    Args:
        held: name of a question → whose it is.
        skipped: reviewer → name of a question → when they skipped it, RFC 3339 in UTC.
    """

    held: dict[str, Held] = field(factory=dict)
    skipped: dict[str, dict[str, str]] = field(factory=dict)

    def holder(self, name: str, at: datetime) -> str:
        """Tell whose a question is; empty where it is nobody's."""
        held = self.held.get(name)
        return held.to if held and (not held.until or held.until > at.isoformat()) else ""

    def hold(self, name: str, held: Held | None) -> Desk:
        """Give a question to somebody, or back."""
        others = {one: other for one, other in self.held.items() if one != name}
        return evolve(self, held=others if held is None else others | {name: held})

    def without_ended(self, at: datetime) -> Desk:
        """Drop holds that have ended."""
        return evolve(self, held={name: one for name, one in self.held.items() if self.holder(name, at)})

    def skip(self, reviewer: str, name: str, at: str) -> Desk:
        """Put a question behind the others of a reviewer; with an empty time among them again."""
        mine = {one: when for one, when in self.skipped.get(reviewer, {}).items() if one != name} | ({name: at} if at else {})
        others = {who: of for who, of in self.skipped.items() if who != reviewer}
        return evolve(self, skipped=others | {reviewer: mine} if mine else others)

    def only(self, names: Collection[str]) -> Desk:
        """Drop what is none of some names."""
        held = {name: one for name, one in self.held.items() if name in names}
        skipped = {who: {name: when for name, when in mine.items() if name in names} for who, mine in self.skipped.items()}
        return Desk(held, {who: mine for who, mine in skipped.items() if mine})


def read_desk(store: ContactStore) -> Desk:
    """Read what is assigned and skipped."""
    told = json.loads(store.setting(_DESK) or "{}")
    return Desk({name: Held(*one) for name, one in told.get("held", {}).items()}, told.get("skipped", {}))


def scrub_desk(store: ContactStore) -> None:
    """Drop what is said of pairs that are no more in the log: the name of one is made of keys of records."""
    desk = read_desk(store)
    if desk != Desk():
        rows = (row for people in (False, True) for row in store.decisions(people=people))
        write_desk(store, desk.only({case_name(row.left, row.right) for row in rows}))


def write_desk(store: ContactStore, desk: Desk) -> None:
    """Write what is assigned and skipped."""
    held = {name: [one.to, one.until] for name, one in sorted(desk.held.items())}
    text = json.dumps({"held": held, "skipped": desk.skipped}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if text != store.setting(_DESK) and (desk != Desk() or store.setting(_DESK)):
        store.put_setting(_DESK, text)
