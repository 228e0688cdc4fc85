"""What the columns of any person or organisation table are for matching: told from their names and from their cells, with no setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from attrs import evolve

from canonical_contact.engine._dedupe_kinds import is_nothing, kind_of, order_of_days
from canonical_contact.engine._dedupe_names import NameWords, settle_names, settle_subject
from canonical_contact.engine._dedupe_plan import ColumnPlan, Role, TablePlan, as_evidence, overridden
from canonical_contact.engine._dedupe_table import Table, table_of
from canonical_contact.formats import Mapping, Presets
from canonical_contact.formats._fold import words_of
from canonical_contact.formats._suggest_kinds import Hint, KindWords
from canonical_contact.formats.suggest import ColumnSuggestion, suggest_columns

__all__ = ["recognise"]

SAMPLE: Final = 2_000  # rows that are looked at for what cells look like; days and ids are looked at in all
_SUGGEST: Final = 500  # and so many for what canonical field a column is, which takes longest
_SURE: Final = 0.5
_EXACT: Final = 0.9
_POSTCODE: Final = 5
_RANGES: Final = {"birth_year": range(1800, 2040), "birth_month": range(1, 13), "birth_day": range(1, 32)}
_BY_NAME: Final = ("the name is known", "a column of a known product")  # then the cells may look like nothing that is known
_EVIDENCE: Final = frozenset({"id", "name", "text", "number", "category", "date"})


def recognise(
    source: Any,  # noqa: ANN401  whatever holds a table
    *,
    mapping: Mapping | None = None,
    presets: Presets | None = None,
    sample: int = SAMPLE,
) -> TablePlan:
    """Tell what each column of a table is for matching.

    Args:
        source: a table as `table_of` takes it: a path, column → list of values, an Arrow table, a data frame.
        mapping: what is known of its columns; it wins, and columns that it does not name are recognised.
        presets: the tables of the run.
        sample: so many rows, spread over the table, are looked at for what cells look like.

    Returns:
        The plan: `lines()` prints it, `to_toml()` writes it as a mapping.

    Raises:
        InputError: the source holds no table.

    >>> plan = recognise({"rec_id": ["r1", "r2", "r3"], "given_name": ["ana", "ben", "ana"], "date_of_birth": ["19151111", "19701231", ""]})
    >>> [(one.name, one.what) for one in plan.columns]
    [('rec_id', 'record id'), ('given_name', 'name.given'), ('date_of_birth', 'birthday')]
    """
    return _Recogniser(table_of(source, presets=presets), presets or Presets(), sample).plan(mapping)


def _ends_as_id(name: str) -> bool:
    """Whether a name calls a column an id, and not only the cells look so."""
    words = words_of(name).split()
    return bool(words) and words[-1].endswith(("id", "key", "identifier"))


def _national(one: ColumnPlan, name: str) -> ColumnPlan:
    """Mark an id of which a person has one for life, whoever said that it is evidence."""
    if not name or one.role is not Role.EXTENSION or one.kind != "id":
        return one
    return evolve(one, national=True, about=name, reason=f"{one.reason}: two that differ are two people")


class _Recogniser:
    """Looks at one table."""

    def __init__(self, table: Table, presets: Presets, sample: int) -> None:
        self._table, self._presets = table, presets
        step = max(1, table.rows // sample)
        self._rows = len(range(0, table.rows, step))
        self._spread = [[text.strip() if text else "" for text in column[::step]] for column in table.columns]
        self._cells = [[text for text in column if text and not is_nothing(text)] for column in self._spread]

    @cached_property
    def _words(self) -> NameWords:
        return NameWords()

    def plan(self, mapping: Mapping | None) -> TablePlan:
        """Make the plan."""
        table = self._table
        told = overridden(table.names, mapping) if mapping is not None else {}
        header = ["" if table.headless else name for name in table.names]
        kinds = KindWords()
        hints = [kinds.look(name) for name in header]
        nationals = [kinds.national(hint) for hint in hints]
        # A part of a birthday looks like a postcode or a house number, whose place another column should have.
        apart = [hint is not None and hint.whole and self._is_birth_part(place, hint) for place, hint in enumerate(hints)]
        step = max(1, self._rows // _SUGGEST)
        cells = [[text for text in column[::step] if text and not is_nothing(text)] for column in self._spread]
        found = suggest_columns(
            ["" if apart[place] else name for place, name in enumerate(header)],
            [[] if apart[place] else texts for place, texts in enumerate(cells)],
            len(range(0, self._rows, step)),
            presets=self._presets,
        )
        settled = {one.path for one in told.values() if one.role is Role.FIELD and not one.path.partition("[")[2].startswith("]")}
        drafts = [
            told.get(name) or self._draft(place, found.columns[place], hints[place], settled)
            for place, name in enumerate(table.names)
        ]
        free = [name not in told for name in table.names]
        self._birth_parts(drafts, hints, free)
        settle_names(drafts, free, found.columns, self._spread, self._words)
        subject = settle_subject(drafts, free, self._cells, self._words)
        self._record_id(drafts, free, found.columns, hints)
        order = (mapping.date_order if mapping is not None else "") or found.date_order
        columns = tuple(_national(self._finished(place, one, order), nationals[place]) for place, one in enumerate(drafts))
        return TablePlan(
            table.name, columns, subject, self._rows, table.headless, mapping.date_order if mapping is not None else ""
        )

    # -- one column ----------------------------------------------------------------------------------------------------------------------

    def _draft(self, place: int, found: ColumnSuggestion, hint: Hint | None, settled: set[str]) -> ColumnPlan:
        """Tell one column by itself."""
        name, cells = self._table.names[place], self._cells[place]
        blank = ColumnPlan(name, Role.IGNORED)
        guess = kind_of(cells, self._rows)
        if not cells and not any(self._filled(place)):
            return evolve(blank, reason="it is empty", confidence=0.95)
        if found.consent is not None:
            return evolve(blank, reason="it looks like consent, which tells nothing of who somebody is", confidence=0.8)
        if hint is not None and hint.kind in ("answer", "row", "system") and hint.whole and found.confidence < _EXACT:
            return self._special(place, blank, hint)
        path = found.path if found.path != "id" else ""
        if path in settled:
            path = ""
        if hint is not None and hint.kind in _EVIDENCE and not (path and found.confidence >= (_EXACT if hint.whole else 0.8)):
            return self._hinted(place, blank, hint)
        others = tuple((one.path, one.confidence) for one in found.alternatives if one.path != "id" and one.confidence >= 0.4)
        if path and (found.confidence >= _SURE or (found.confidence >= 0.25 and found.reasons[0] in _BY_NAME)):
            alternatives = tuple(one for one in others if found.confidence - one[1] < 0.2)
            made = evolve(
                blank, role=Role.FIELD, path=path, reason="; ".join(found.reasons), confidence=found.confidence, label=found.label,
                join=found.join, alternatives=alternatives,
            )  # fmt: skip
            return as_evidence(made)
        weak = ((path, found.confidence),) if path else ()
        if not guess.kind:
            return evolve(blank, reason=guess.reason, confidence=guess.confidence, alternatives=(*weak, *others))
        return evolve(
            blank, role=Role.EXTENSION, kind=guess.kind, reason=guess.reason, confidence=guess.confidence,
            alternatives=(*weak, *others),
        )  # fmt: skip

    def _special(self, place: int, blank: ColumnPlan, hint: Hint) -> ColumnPlan:
        if hint.kind == "system":
            distinct = len(set(self._cells[place]))
            if 1 <= distinct <= 50:
                return evolve(blank, role=Role.SYSTEM, reason="its name says where a record is from", confidence=0.8)
            return evolve(
                blank, reason="its name says where a record is from, and its cells are too many for that", confidence=0.5
            )
        why = "it numbers the rows" if hint.kind == "row" else "its name says that it holds the answer: who is who"
        return evolve(blank, reason=why, confidence=0.85)

    def _hinted(self, place: int, blank: ColumnPlan, hint: Hint) -> ColumnPlan:
        """Take what the name says of a column without a field, where its cells do not speak against it."""
        guess = kind_of(self._cells[place], self._rows)
        said, kind = f"its name says {hint.words}", hint.kind
        if guess.reason in ("it is empty", "all its cells say the same"):
            return evolve(blank, reason=guess.reason, confidence=guess.confidence)
        fits = {
            "number": guess.kind in ("number", "id", "category") and self._share(place, str.isdecimal) > 0.6,
            "date": guess.kind == "date" or self._share(place, lambda text: any(map(str.isdigit, text))) > 0.8,
            "id": self._share(place, lambda text: any(map(str.isdigit, text))) > 0.5,
            "category": guess.kind in ("category", "") or len(set(self._cells[place])) < 0.3 * len(self._cells[place]),
        }
        sure = 0.9 if hint.whole else 0.7
        if fits.get(kind, True):
            return evolve(blank, role=Role.EXTENSION, kind=kind, reason=said, confidence=sure, about=hint.words)
        if not guess.kind:
            return evolve(blank, reason=guess.reason, confidence=guess.confidence)
        reason = f"{said}, and {guess.reason}"
        return evolve(blank, role=Role.EXTENSION, kind=guess.kind, reason=reason, confidence=min(guess.confidence, 0.55))

    def _share(self, place: int, test: Callable[[str], object]) -> float:
        cells = self._cells[place]
        return sum(map(bool, map(test, cells))) / len(cells) if cells else 0.0

    # -- columns together ----------------------------------------------------------------------------------------------------------------

    def _is_birth_part(self, place: int, hint: Hint) -> bool:
        """Whether a column that its name calls the year, month or day of birth holds such numbers."""
        inside = _RANGES.get(hint.kind)
        return inside is not None and self._share(place, lambda text: text.isdecimal() and int(text[:5]) in inside) > 0.8

    def _birth_parts(self, drafts: list[ColumnPlan], hints: Sequence[Hint | None], free: Sequence[bool]) -> None:
        """Join year, month and day of birth that stand in columns of their own; or take the year alone."""
        parts: dict[str, int] = {}
        for place, hint in enumerate(hints):
            if hint is not None and free[place] and hint.kind not in parts and self._is_birth_part(place, hint):
                parts[hint.kind] = place
        if any(
            one.role is Role.FIELD and one.path == "birthday" for place, one in enumerate(drafts) if place not in parts.values()
        ):
            for place in parts.values():
                drafts[place] = ColumnPlan(
                    drafts[place].name, Role.IGNORED, reason="it repeats a part of the birthday", confidence=0.8
                )
        elif len(parts) == len(_RANGES):
            first = min(parts, key=lambda part: parts[part])
            order = {"birth_year": "ymd", "birth_month": "mdy", "birth_day": "dmy"}[first]
            for place in parts.values():
                reason = "a part of the day of birth, by its name and cells"
                drafts[place] = ColumnPlan(
                    drafts[place].name, Role.FIELD, "birthday", reason=reason, confidence=0.9, join="-", order=order
                )
        elif "birth_year" in parts:
            place = parts["birth_year"]
            drafts[place] = ColumnPlan(drafts[place].name, Role.FIELD, "birthday", reason="the year of birth", confidence=0.85)

    def _record_id(
        self, drafts: list[ColumnPlan], free: Sequence[bool], found: Sequence[ColumnSuggestion], hints: Sequence[Hint | None]
    ) -> None:
        """Choose the record's own id among the columns that every row has another text in, and leave out other ids."""
        named: list[tuple[float, int]] = []
        for place, one in enumerate(drafts):
            hint, said = hints[place], found[place]
            is_evidence = one.role is Role.FIELD or (one.role is Role.EXTENSION and hint is not None and hint.kind == "id")
            bookkeeping = one.role is Role.IGNORED and said.path not in ("", "id")
            if not free[place] or is_evidence or bookkeeping:
                continue
            as_id = next((other.confidence for other in said.alternatives if other.path == "id"), 0.0)
            if one.role is Role.EXTENSION:
                as_id = max(as_id, 0.45) if one.kind in ("id", "number") and _ends_as_id(one.name) else 0.0
            score = said.confidence if said.path == "id" else as_id
            if hint is not None and hint.kind in ("answer", "row"):
                score = 0.4
            if score >= 0.3 or said.path == "id":
                named.append((score, place))
        named.sort(key=lambda one: (-one[0], one[1]))
        chosen = any(one.role is Role.ID for one in drafts)
        for score, place in named:
            one, hint = drafts[place], hints[place]
            alike = self._repeated(place)
            answer = hint is not None and hint.kind in ("answer", "row")
            if not chosen and not alike:
                chosen = True
                reason = "; ".join(found[place].reasons) if found[place].path == "id" else "every row has another"
                drafts[place] = ColumnPlan(one.name, Role.ID, reason=reason, confidence=round(score, 2))
            elif answer:
                continue
            elif alike:
                reason = f"its name says id, and {alike:,} rows repeat or lack one: it may say who is who, which is the question"
                drafts[place] = ColumnPlan(
                    one.name, Role.IGNORED, reason=reason, confidence=0.5, alternatives=(("extension (id)", 0.4),)
                )
            else:
                drafts[place] = ColumnPlan(
                    one.name, Role.IGNORED, reason="another id that every row has its own of", confidence=0.7
                )

    def _repeated(self, place: int) -> int:
        """How many rows have a text in a column that another has, too, or none at all."""
        return self._table.rows - len(set(self._filled(place)))

    def _filled(self, place: int) -> Iterator[str]:
        return (stripped for text in self._table.columns[place] if text and (stripped := text.strip()))

    # -- what is told by all rows ---------------------------------------------------------------------------------------------------------

    def _finished(self, place: int, one: ColumnPlan, usual: str) -> ColumnPlan:
        """Add what only all cells of a column tell: the order of its days, zeros that its postcodes have lost, a kind that nobody named."""
        if one.role is Role.EXTENSION and not one.kind:
            guess = kind_of(self._cells[place], self._rows)
            one = evolve(one, kind=guess.kind or "text")
        if (one.role is Role.FIELD and one.path == "birthday" and not one.join) or one.kind == "date":
            if one.order:
                return one
            order, shown = order_of_days(self._filled(place), usual)
            if order and not shown:
                one = evolve(one, reason=f"{one.reason}; no cell tells day from month, read as {order}")
            return evolve(one, order=order)
        if one.path.endswith(".postcode"):
            return evolve(one, pad=self._zeros_lost(place))
        return one

    def _zeros_lost(self, place: int) -> int:
        """Tell postcodes of five digits whose leading zeros a spreadsheet has taken: none begins with one, and some have four digits."""
        lengths = [0] * (_POSTCODE + 1)
        others = 0
        for text in set(self._filled(place)):
            if text.isdecimal() and len(text) <= _POSTCODE:
                if text[0] == "0":
                    return 0
                lengths[len(text)] += 1
            else:
                others += 1
        short = lengths[3] + lengths[4]
        lost = 0 < short < lengths[_POSTCODE] and not any(lengths[:3]) and others < 0.2 * lengths[_POSTCODE]
        return _POSTCODE if lost else 0
