"""Columns of names: the parts of one name told apart, a name that stands twice counted once, and firms told from people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from attrs import evolve

from canonical_contact.engine._dedupe_plan import ColumnPlan, Role
from canonical_contact.formats.suggest import ColumnSuggestion
from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize import fold

__all__ = ["NameWords", "settle_names", "settle_subject"]

_PARTS: Final = ("name.given", "name.surname")
_MORE: Final = {"name.given": "name.given2", "name.surname": "name.surname2"}
_KNOWN: Final = 0.3  # so many known names make a column one of people
_INSIDE: Final = 0.6  # in so many rows one column holds what another does


class NameWords:
    """Words of names of people and of firms."""

    def __init__(self) -> None:
        import tomllib
        from importlib import resources

        from canonical_contact.normalize._organization import has_legal_form

        text = (resources.files("canonical_contact.formats") / "data" / "suggest.toml").read_text(encoding="utf-8")
        self._firm = frozenset(tomllib.loads(text)["cells"]["firm"]) | tables.ORGANIZATIONS
        self._has_form = has_legal_form
        self._tokens: dict[str, list[str]] = {}

    def tokens(self, text: str) -> list[str]:
        """The folded words of a text."""
        found = self._tokens.get(text)
        if found is None:
            found = self._tokens[text] = fold(text).replace(",", " ").replace(".", " ").replace("'", "").split()
        return found

    def shares(self, cells: Sequence[str]) -> Shares:
        """Tell what the cells of a column look like."""
        counts = Counter(cells)
        given = surname = several = firm = wordy = 0.0
        for text, count in counts.items():
            words = self.tokens(text)
            if not words or any(char.isdigit() for char in text):
                firm += count * any(char.isdigit() for char in text)
                continue
            wordy += count
            several += count * (len(words) > 1)
            odds = [tables.ODDS.get(word, 1.0) for word in (words[0], words[-1])]
            given += count * (max(odds) > 2)
            surname += count * (min(odds) < 0.5)
            if self._firm.intersection(words) or "&" in words or self._has_form(text):
                firm += count
        size = len(cells) or 1
        return Shares(given / size, surname / size, several / size, firm / size, wordy / size, len(counts))


class Shares(NamedTuple):
    """Shares of a column's cells, from 0 to 1, and how many different ones there are."""

    given: float
    surname: float
    several: float
    firm: float
    wordy: float
    distinct: int


def settle_names(
    drafts: list[ColumnPlan],
    free: Sequence[bool],
    found: Sequence[ColumnSuggestion],
    spread: Sequence[Sequence[str]],
    words: NameWords,
) -> None:
    """Settle the columns of names of a table, in place.

    Args:
        drafts: the plans of the columns.
        free: which of them may be changed.
        found: what their names and cells suggest.
        spread: for each column the texts of the same sampled rows, empty where there is none.
        words: words of names.
    """
    _more_parts(drafts, free, found)
    if not any(one.role is Role.FIELD and one.path in (*_PARTS, "name.full", "organizations[0].name") for one in drafts):
        _by_cells(drafts, free, spread, words)
    _counted_once(drafts, free, found, spread, words)


def _places(drafts: Sequence[ColumnPlan], path: str) -> list[int]:
    return [place for place, one in enumerate(drafts) if one.role is Role.FIELD and one.path == path]


def _more_parts(drafts: list[ColumnPlan], free: Sequence[bool], found: Sequence[ColumnSuggestion]) -> None:
    """Take a second column of given names or surnames (`lname_c2`) for the second one."""
    for place, one in enumerate(drafts):
        if not free[place] or one.role is Role.FIELD:
            continue
        others = [(other.path, other.confidence) for other in found[place].alternatives if other.path in _MORE]
        for path, sure in others[:1]:
            if (
                sure >= 0.4
                and _places(drafts, path)
                and not _places(drafts, _MORE[path])
                and one.kind in ("name", "text", "category")
            ):
                reason = f"another column of {path}"
                drafts[place] = ColumnPlan(one.name, Role.FIELD, _MORE[path], reason=reason, confidence=round(sure, 2))


def _by_cells(drafts: list[ColumnPlan], free: Sequence[bool], spread: Sequence[Sequence[str]], words: NameWords) -> None:
    """Find names of people by the cells alone, where no header names them."""
    shares = {
        place: words.shares([text for text in spread[place] if text])
        for place, one in enumerate(drafts)
        if free[place] and one.role is not Role.FIELD and any(spread[place])
    }
    people = {place: it for place, it in shares.items() if it.wordy > 0.8 and it.given + it.surname > _KNOWN}
    full = [place for place, it in people.items() if it.several > 0.7 and it.firm < 0.3]
    if full:
        best = max(full, key=lambda place: people[place].given)
        drafts[best] = _named(drafts[best], "name.full", 0.6)
        return
    given = max(people, key=lambda place: people[place].given - people[place].surname, default=-1)
    if given < 0 or people[given].given < _KNOWN:
        return
    drafts[given] = _named(drafts[given], "name.given", 0.6)
    near = [place for place, it in shares.items() if abs(place - given) == 1 and it.wordy > 0.8 and it.distinct > 5]
    known = [place for place in people if place != given]
    surname = max(known or near, key=lambda place: shares[place].surname - shares[place].given, default=-1)
    if surname >= 0:
        drafts[surname] = _named(drafts[surname], "name.surname", 0.6 if surname in people else 0.5)


def _named(one: ColumnPlan, path: str, sure: float) -> ColumnPlan:
    kind = one.what if one.role is Role.EXTENSION else ""
    others = ((kind, one.confidence),) if kind else ()
    return ColumnPlan(one.name, Role.FIELD, path, reason="its cells are names of people", confidence=sure, alternatives=others)


def _counted_once(
    drafts: list[ColumnPlan],
    free: Sequence[bool],
    found: Sequence[ColumnSuggestion],
    spread: Sequence[Sequence[str]],
    words: NameWords,
) -> None:
    """Let a whole name stand back behind its parts, and a second whole name behind the first."""
    full = _places(drafts, "name.full")
    parts = [place for path in _PARTS for place in _places(drafts, path)]
    paths = {drafts[place].path for place in parts}
    for place in full:
        if not free[place] or not parts:
            continue
        inside = _inside(place, parts, spread, words)
        names = " and ".join(drafts[other].name for other in parts)
        if len(paths) == len(_PARTS):
            if inside >= _INSIDE:
                reason = f"{drafts[place].reason}; counts only where {names} are empty, which it repeats"
                drafts[place] = evolve(drafts[place], reason=reason)
            elif inside < 1 - _INSIDE:
                reason = f"its name says a whole name, which is not that of {names}"
                drafts[place] = evolve(drafts[place], role=Role.EXTENSION, path="", kind="name", reason=reason, confidence=0.55)
        elif inside < 1 - _INSIDE:  # `name` beside `surname`
            path = "name.given" if "name.surname" in paths else "name.surname"
            reason = f"{drafts[place].reason}; it does not hold what {names} does"
            drafts[place] = evolve(drafts[place], path=path, reason=reason, confidence=min(drafts[place].confidence, 0.7))
        else:
            for other in parts:
                if free[other]:
                    reason = f"{drafts[place].name} holds it, too"
                    drafts[other] = ColumnPlan(drafts[other].name, Role.IGNORED, reason=reason, confidence=0.7)
    known = _places(drafts, "name.full") or [place for path in _PARTS for place in _places(drafts, path)]
    for place, one in enumerate(drafts):
        named = any(other.path == "name.full" and other.confidence >= 0.4 for other in found[place].alternatives)
        named = named or found[place].path == "name.full"
        if named and free[place] and one.role is Role.EXTENSION and known and place not in known:
            if (
                max(_inside(place, [other], spread, words) for other in known) >= _INSIDE
                or _inside(known[0], [place], spread, words) >= _INSIDE
            ):
                reason = f"it repeats {drafts[known[0]].name}"
                drafts[place] = ColumnPlan(one.name, Role.IGNORED, reason=reason, confidence=0.75)


def _inside(whole: int, parts: Sequence[int], spread: Sequence[Sequence[str]], words: NameWords) -> float:
    """In which share of the rows that have both a column holds all words of others."""
    both = inside = 0
    for row, text in enumerate(spread[whole]):
        others = [token for part in parts for token in words.tokens(spread[part][row])]
        if text and others:
            both += 1
            inside += set(others) <= set(words.tokens(text))
    return inside / both if both else 0.0


# -- firms -------------------------------------------------------------------------------------------------------------------------------

_FIRM: Final = "organizations[0].name"
_OF_PEOPLE: Final = frozenset({*_PARTS, "name.given2", "name.title", "birthday"})


def settle_subject(drafts: list[ColumnPlan], free: Sequence[bool], cells: Sequence[Sequence[str]], words: NameWords) -> str:
    """Tell whether the rows are people or organisations; a `name` of firms becomes theirs, in place.

    Args:
        drafts: as in `settle_names`.
        free: as in `settle_names`.
        cells: the filled cells of a sample of each column.
        words: words of names.

    Returns:
        `person` or `organization`.
    """
    paths = {one.path for one in drafts if one.role is Role.FIELD}
    full = _places(drafts, "name.full")
    if paths & _OF_PEOPLE:
        return "person"
    if not full:
        return "organization" if _FIRM in paths else "person"
    place = full[0]
    shares = words.shares(cells[place])
    people = max(shares.given, shares.surname)
    firms = max(shares.firm, 1 - shares.several if shares.several < 0.6 else 0.0)
    if not free[place] or _FIRM in paths or people >= firms:
        return "person"
    sure = round(min(0.9, 0.5 + firms - people), 2)
    others = (("name.full", round(0.95 - sure, 2)),) if sure < 0.8 else ()
    reason = "its cells are names of firms, and no column is about a person"
    drafts[place] = ColumnPlan(drafts[place].name, Role.FIELD, _FIRM, reason=reason, confidence=sure, alternatives=others)
    return "organization"
