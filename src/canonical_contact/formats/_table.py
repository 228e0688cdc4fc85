"""Rows of a delimited file to raw records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._beside import BESIDE, beside_evidence, names_in
from canonical_contact.formats._cells import restore
from canonical_contact.formats._consent import AGAINST, BoundRule, evidence_of, file_evidence, note_evidence
from canonical_contact.formats._fold import fold_header
from canonical_contact.formats._lines import LineFeeder
from canonical_contact.formats._mapping import ConsentRule, Mapping
from canonical_contact.formats._plan import Plan, column_names
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._rows import Row, rows
from canonical_contact.formats._source import Source
from canonical_contact.model import ConsentEvidence, EvidenceKind, RawRecord
from canonical_contact.normalize._when_order import date_order

__all__ = ["Records", "bind", "table_records", "table_rows"]

SHEET = "sheet"  # its order of dates is that of the header's language, which the cells may contradict
_AHEAD = 1_000  # so many rows are looked at before the first is handed on
_AHEAD_CHARS = 4_000_000


def table_rows(source: Source, progress: Progress, *, blank: bool = False) -> Iterator[tuple[Row, int]]:
    """Read the data rows of a table with their numbers from 1; blank rows and repeated headers are none.

    Args:
        source: the table.
        progress: told what is wrong with it.
        blank: read rows whose cells are all empty, too, and lines without anything unless the file ends with them.
    """
    layout = source.layout
    assert layout is not None
    header, width = layout.header, len(layout.header)
    first, folded = header[0].strip(), [fold_header(name) for name in header]
    feeder = LineFeeder(source.path, layout.encoding, layout.start, layout.line_end, progress.limits)
    number, place, held = 0, -1, list[Row]()
    for row in rows(feeder, layout.delimiter, width, progress.limits):
        place += 1
        if feeder.long_lines:
            number += _long_lines(feeder, progress)
        progress.bytes_read = feeder.bytes_read
        if place <= layout.header_row:
            if place < layout.header_row and any(map(str.strip, row.cells)) and not row.cells[0].casefold().startswith("sep="):
                hint = "The line stands before the header and was left out."
                progress.tell(
                    Problem(
                        "file.line_before_header", raw=" ".join(row.cells)[:200], hint=hint, severity=Severity.INFO, line=row.line
                    )
                )
            continue
        cells = row.cells
        if cells and cells[0].strip() == first and [fold_header(cell) for cell in cells] == folded:
            continue
        if not any(cells) or not (text := "".join(cells)).strip() or ("\0" in text and not text.replace("\0", "").strip()):
            if not blank:
                continue
            if len(cells) < 2:
                held.append(row)
                continue
        for nothing in held:
            number += 1
            yield nothing, number
        held.clear()
        number += 1
        yield row, number
    if feeder.long_lines:
        _long_lines(feeder, progress)
    progress.bytes_read = feeder.bytes_read


def _long_lines(feeder: LineFeeder, progress: Progress) -> int:
    """Tell the lines that were left out; each counts as a row, so that the numbers behind it stay what they are."""
    count = len(feeder.long_lines)
    for line, (size, head) in feeder.long_lines:
        hint = f"The line has {size:,} bytes, more than the limit of {progress.limits.line_bytes:,}; it was left out. Check it by hand."
        text = head.decode("utf-8", "replace")[:200]
        progress.skip(Problem("row.line_too_long", raw=text, hint=hint, severity=Severity.ERROR, line=line))
    feeder.long_lines.clear()
    return count


def table_records(source: Source, progress: Progress) -> Iterator[RawRecord]:
    """Read the raw records of a table."""
    layout, mapping = source.layout, source.mapping
    assert layout is not None
    assert mapping is not None
    plan = bind(source, mapping, progress)
    found = table_rows(source, progress)
    first: list[tuple[Row, int]] = []
    dates = plan.date_columns() if not mapping.date_order or mapping.name == SHEET else []
    if dates:
        first = _first_rows(found)
        if order := _order_shown([row for row, _ in first], dates):
            plan = bind(source, evolve(mapping, date_order=order, order_shown=True), progress)
    progress.mapping = plan.mapping
    reader = Records(source, plan, progress)
    for problem in plan.unmapped:
        progress.tell(problem)
    reader.check_header(layout.header)
    for row, number in chain(first, found):
        progress.rows_read += 1
        yield reader.record(row, number)


def bind(source: Source, mapping: Mapping, progress: Progress) -> Plan:
    """Bind a mapping to the header of a table."""
    assert source.layout is not None
    return Plan(mapping, source.layout.header, column_names(source.layout.header), source.system, progress.presets)


def _first_rows(found: Iterator[tuple[Row, int]]) -> list[tuple[Row, int]]:
    """Read the rows that show how a file writes its dates; no more than fit into memory at once."""
    first: list[tuple[Row, int]] = []
    size = 0
    for row, number in found:
        first.append((row, number))
        size += sum(map(len, row.cells))
        if len(first) >= _AHEAD or size > _AHEAD_CHARS:
            break
    return first


def _order_shown(found: Sequence[Row], dates: Sequence[int]) -> str:
    """Tell the order of day and month that the columns show; empty where none does, or where they differ."""
    orders = {date_order(row.cells[index] for row in found if index < len(row.cells) and row.cells[index]) for index in dates}
    orders.discard("")
    return orders.pop() if len(orders) == 1 else ""


class Records:
    """Makes a raw record of each row."""

    def __init__(self, source: Source, plan: Plan, progress: Progress) -> None:
        self._source, self._plan, self._progress = source, plan, progress
        self._mapping = plan.mapping
        self._status = self._file_status()
        self._custom: dict[str, BoundRule | None] = {}
        self._width = len(plan.names)

    def check_header(self, header: Sequence[str]) -> None:
        """Tell what the mapping names and the file lacks, and a file whose status cannot be told."""
        mapping = self._mapping
        if not mapping.shipped:
            there = {fold_header(name) for name in header}
            for name in (*mapping.id, *mapping.columns, *mapping.consent):
                if "*" not in name and fold_header(name) not in there:
                    severity = Severity.WARNING if name in mapping.consent or name in mapping.id else Severity.INFO
                    hint = "The mapping names this column and the file has none of that name; check its spelling."
                    self._progress.tell(Problem("mapping.column_missing", hint=hint, severity=severity, column=name))
        if mapping.file_status and self._status is None:
            words = ", ".join(rule.name for rule in mapping.file_status)
            hint = (
                f"The file's name does not say what its rows are ({words}); no consent is taken from it. Give it its name back."
            )
            self._progress.tell(Problem("consent.file_status_unknown", hint=hint))

    def _file_status(self) -> ConsentRule | None:
        name = self._source.path.name.casefold().replace("non-", "non").replace("non_", "non").replace("un-", "un")
        return next((rule for rule in self._mapping.file_status if rule.name in name), None)

    def record(self, row: Row, number: int) -> RawRecord:
        """Make the record of a row."""
        plan = self._plan
        # The apostrophe that keeps a spreadsheet from running a cell is not part of its text; `raw` keeps the cell as it is.
        cells = [restore(cell) if cell.startswith("'") else cell for cell in row.cells]
        problems = list(row.problems)
        present = [(index, cell) for index, cell in enumerate(cells) if cell and not cell.isspace()]
        extra: list[tuple[int, str]] = []
        if len(cells) != self._width:
            extra = [one for one in present if one[0] >= self._width]
            present = [one for one in present if one[0] < self._width]
            self._check_width(row, extra, problems)
        values = plan.values(present, problems)
        names = plan.names
        raw = {names[index]: row.cells[index] for index, _ in present}
        for index, cell in extra:
            raw[f"column_{index + 1}"] = row.cells[index]
            values[f"extensions.column_{index + 1}"] = cell
        evidence = self._evidence(present, values, problems)
        if extra and plan.rules:
            self._shifted(present, extra, evidence)
        file, line = self._source.name, row.line
        return RawRecord(
            self._source.system,
            plan.record_id(cells),
            number,
            file,
            line,
            values,
            plan.columns(present),
            raw,
            tuple(evidence),
            tuple(evolve(problem, file=file, line=problem.line or line) for problem in problems) if problems else (),
            self._mapping.label,
        )

    def _check_width(self, row: Row, extra: Sequence[tuple[int, str]], problems: list[Problem]) -> None:
        count, width = len(row.cells), self._width
        if extra:
            hint = f"The row has {count} cells and the header {width}; the rest is kept as column_{width + 1} and on. Check for a stray delimiter."
            problems.append(Problem("row.too_many_cells", raw=extra[0][1][:200], hint=hint))
        elif count * 2 < width:
            hint = f"The row has {count} cells and the header {width}; the missing ones count as empty. Check for a stray line break."
            problems.append(
                Problem(
                    "row.too_few_cells", raw=self._layout_delimiter().join(row.cells)[:200], hint=hint, severity=Severity.INFO
                )
            )

    def _layout_delimiter(self) -> str:
        return self._source.layout.delimiter if self._source.layout else ","

    def _evidence(
        self, present: Sequence[tuple[int, str]], values: dict[str, str], problems: list[Problem]
    ) -> list[ConsentEvidence]:
        plan = self._plan
        found: list[ConsentEvidence] = []
        texts = dict(present)
        cells: dict[str, str] = {}
        order = self._mapping.date_order
        for bound in plan.rules:
            text = texts.get(bound.index)
            if text is None or (not bound.rule.split and bound.judge(text)[0] is None):
                continue
            cells = cells or {plan.folded[index]: cell for index, cell in present}
            more, faults = evidence_of(bound, text, values, cells, order, shown=self._mapping.order_shown)
            found += more
            problems += faults
        if self._status is not None:
            self._by_file(found, values, present, order)
        if plan.custom:
            self._custom_fields(texts, found, problems)
        for index, path in plan.scans:
            text = texts.get(index)
            if text is not None and path in BESIDE:
                more, faults = beside_evidence(text, path, plan.names[index], self._progress.presets, names_in(values))
                found += more
                problems += faults
                continue
            if text is None or (
                path not in ("notes", "tags", "label") and (len(text) < 5 if not path else len(text) < 11 or " " not in text)
            ):
                continue
            more, faults = note_evidence(plan.notes, text, path, plan.names[index])
            found += more
            problems += faults
        return found

    def _by_file(
        self, found: list[ConsentEvidence], values: dict[str, str], present: Sequence[tuple[int, str]], order: str
    ) -> None:
        status = self._status
        assert status is not None
        kinds = {one.kind for one in found}
        said = {"opt_out": {EvidenceKind.OPT_OUT, EvidenceKind.COMPLAINT}, "bounce": {EvidenceKind.BOUNCE}}.get(
            status.says, set(AGAINST)
        )
        if kinds & said:
            return
        cells = {self._plan.folded[index]: cell for index, cell in present}
        one = file_evidence(status, self._source.path.name, values, cells, order, shown=self._mapping.order_shown)
        if one is not None:
            found.append(one)

    def _custom_fields(self, texts: dict[int, str], found: list[ConsentEvidence], problems: list[Problem]) -> None:
        """Judge fields whose name stands in a cell of the row, such as Google's custom fields."""
        plan = self._plan
        for label_index, value_index in plan.custom:
            label, value = texts.get(label_index, "").strip(), texts.get(value_index, "")
            if not label or not value:
                continue
            if label not in self._custom:
                suspect = plan.suspects.look(label)
                rule = suspect and ConsentRule(suspect.says, suspect.channel, "any")
                self._custom[label] = BoundRule(rule, value_index, label, self._progress.presets.vocabulary) if rule else None
                if rule:
                    hint = "The field looks like consent and no mapping knows it; what it seems to say blocks until a person has looked."
                    self._progress.tell(Problem("consent.unmapped_column", hint=hint, column=label))
            bound = self._custom[label]
            if bound is not None:
                found += evidence_of(bound, value, {}, {}, "")[0]
            else:
                more, faults = note_evidence(plan.notes, value, "", label)
                found += more
                problems += faults

    def _shifted(
        self, present: Sequence[tuple[int, str]], extra: Sequence[tuple[int, str]], found: list[ConsentEvidence]
    ) -> None:
        """Block a row with too many cells when a word that says yes or stop stands where its consent columns may have gone."""
        start = min(bound.index for bound in self._plan.rules)
        vocabulary = self._progress.presets.vocabulary
        for index, text in (*present, *extra):
            if index >= start and vocabulary.word_class(text) in ("yes", "stop"):
                kind = EvidenceKind.UNMAPPED_OPT_OUT
                found.append(
                    ConsentEvidence(
                        kind, "any", "any", raw=text.strip()[:200], column=f"column_{index + 1}", reason="row_shifted"
                    )
                )
                return
