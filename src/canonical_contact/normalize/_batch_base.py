# One table on its way: the raw columns sorted by place, the canonical columns and the problems that come of them, and the run's memos.
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from canonical_contact.errors import Problem
from canonical_contact.normalize._batch_layout import Flat
from canonical_contact.normalize._memo import ADDRESS_PARTS, NAME_PARTS

if TYPE_CHECKING:
    from canonical_contact.normalize.record import Normalizer

__all__ = ["EMAIL_PARTS", "FIRM_PARTS", "NAMES", "PHONE_PARTS", "PLACE_PARTS", "Base", "Cells", "Memos"]

Cells = dict[str, list[Any]]
Trouble = tuple[Problem, str, str]

_LIMIT: Final = 60_000  # answers that a memo holds before it begins anew; a batch may add its own
_EMPTY: Final[tuple[Any, ...]] = ((), ())
EMAIL_PARTS: Final = ("address", "label", "pref", "verified_at", "verified_method", "bounced", "bounced_at")
PHONE_PARTS: Final = ("number", "label", "pref")
PLACE_PARTS: Final = (*ADDRESS_PARTS, "label", "pref")
FIRM_PARTS: Final = ("name", "units", "external_id")
NAMES: Final = (*NAME_PARTS, "name.generation", "name.credential")
# Scalars that are read over columns, and those that say how; a row with any other goes the row-wise way.
_SCALARS: Final = frozenset(
    {*NAMES, "birthday", "gender", "time_zone", "owner", "source_channel", "created_at", "updated_at", "lifecycle.stage",
     "lifecycle.status", "lifecycle.converted_at", "kind", "score", "zone", "date_order"}
)  # fmt: skip
_PARTS: Final[Mapping[str, frozenset[str]]] = {
    "emails": frozenset(EMAIL_PARTS),
    "phones": frozenset(PHONE_PARTS),
    "addresses": frozenset(PLACE_PARTS),
    "organizations": frozenset(FIRM_PARTS),
    **dict.fromkeys(("nicknames", "titles", "tags", "notes", "preferred_languages", "same_as"), frozenset({""})),
}


class Known(dict[Any, Any]):
    """Answers by key; one that is not there is made."""

    __slots__ = ("make",)

    make: Callable[[Any], Any]

    def __missing__(self, key: Any) -> Any:  # noqa: ANN401
        made = self[key] = self.make(key)
        return made


class Memos:
    """What a run has read, by kind: raw texts → what came of them, laid flat, and the problems."""

    __slots__ = ("kinds", "normalizer")

    def __init__(self, normalizer: Normalizer) -> None:
        self.normalizer = normalizer
        self.kinds: dict[str, Known] = {}

    def look(self, kind: str, keys: Iterable[Any], make: Callable[[Any], Any], nothing: Any = None) -> list[Any]:  # noqa: ANN401
        """Answer every key from memory, or make the answer; that of an empty row is made without asking."""
        known = self.kinds.get(kind)
        if known is None or len(known) > _LIMIT:
            known = self.kinds[kind] = Known({nothing: _EMPTY})
        known.make = make
        try:
            return list(map(known.__getitem__, keys))
        finally:
            del known.make  # it is a table's, and would keep it


class Base:
    """What the steps share.

    Args:
        memos: those of the run.
        cells: raw path → texts; only columns that hold any.
        size: number of rows.
        system: the source's name.
        places: list → how many of its entries have columns.
        known: the paths that have columns.
    """

    def __init__(
        self, memos: Memos, cells: Cells, size: int, system: str, *, places: Mapping[str, int], known: frozenset[str]
    ) -> None:
        self.size, self.system, self.places, self.known = size, system, places, known
        self.normalizer, self.look, self.readers = memos.normalizer, memos.look, memos.normalizer.readers
        self.out: dict[str, Sequence[Any]] = {}
        self.more: dict[int, dict[str, Any]] = {}
        self.troubles: dict[int, list[Trouble]] = {}
        self.extensions: list[str] = []
        self.odd: set[int] = set()  # rows that only the row-wise form reads
        self.scalars: Cells = {}
        self.groups: dict[str, dict[int, Cells]] = {}
        self.none: list[Any] = [None] * size
        for path, column in cells.items():
            self._place(path, column)

    def _place(self, path: str, column: list[Any]) -> None:
        kind, place, part = self.readers.slot(path)
        if place == -2:
            name = f"extensions.{self.system}.{part}"
            if name in self.out:  # two columns under one name: the later counts, as in a record
                column = [old if new is None else new for old, new in zip(self.out[name], column, strict=True)]
            else:
                self.extensions.append(name)
            self.out[name] = column
            return
        if place == -1:
            self.scalars[kind] = column
        else:
            self.groups.setdefault(kind, {}).setdefault(place, {})[part] = column
        if kind not in _SCALARS if place == -1 else part not in _PARTS.get(kind, ()):
            self.odd.update([row for row, text in enumerate(column) if text is not None])

    def entries(self, kind: str) -> list[tuple[int, Cells]]:
        """The columns of a list: place → part → texts."""
        return sorted(self.groups.get(kind, {}).items())

    def keys(self, columns: Mapping[str, list[Any]], parts: Iterable[str]) -> list[Any]:
        """Give each row the tuple of its parts."""
        return list(zip(*[columns.get(part, self.none) for part in parts], strict=True))

    def note(self, row: int, problems: Iterable[Problem], path: str, raw_path: str) -> None:
        """Note the problems of a row."""
        self.troubles.setdefault(row, []).extend([(it, path, raw_path) for it in problems])

    def note_all(self, found: list[Any], path: str, raw_path: str) -> None:
        """Note the problems of a column's answers."""
        for row in [row for row, it in enumerate(found) if it[1]]:
            self.note(row, found[row][1], path, raw_path)

    def lay(self, kind: str, parts: tuple[str, ...], rows: list[tuple[Flat, ...]]) -> None:
        """Write the entries of a list into the columns of its places; what has none goes into `more`."""
        longest, room = max(map(len, rows), default=0), self.places[kind]
        nothing = (None,) * len(parts)
        for at in range(min(longest, room)):
            columns = zip(*[entries[at] if len(entries) > at else nothing for entries in rows], strict=True)
            self.out.update((f"{kind}[{at}].{part}", column) for part, column in zip(parts, columns, strict=True))
        for row in [row for row, entries in enumerate(rows) if len(entries) > room] if longest > room else ():
            more = self.more.setdefault(row, {})
            for at in range(room, len(rows[row])):
                told = zip(parts, rows[row][at], strict=True)
                more.update((f"{kind}[{at}].{part}", value) for part, value in told if value is not None)
