"""A table and its plan → canonical columns, the form that match features are made of: with `[batch]` over Arrow, without it record by record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from attrs import evolve, field, frozen

from canonical_contact.engine._dedupe_kinds import comparable, day_digits, is_nothing
from canonical_contact.engine._dedupe_plan import ColumnPlan, Role, TablePlan
from canonical_contact.engine._dedupe_table import Table, table_of
from canonical_contact.engine.local import Executor
from canonical_contact.engine.normalizing import no_collection
from canonical_contact.errors import ConfigError, MissingExtraError, Problem, Severity
from canonical_contact.match.features import Features, employer_key, generation_key, is_han, joined, name_tokens, postcode_key
from canonical_contact.model import record_key

if TYPE_CHECKING:
    from canonical_contact.match.table import FeatureTable
    from canonical_contact.normalize.columns import Records, Run

__all__ = ["Canonical", "canonical"]

ROWS: Final = 20_000  # rows that cross to a worker together
EXAMPLES: Final = 100  # problems of a kind that are kept with their text
_TEXTS: Final = {
    "given": "name.given",
    "given2": "name.given2",
    "surname": "name.surname",
    "surname2": "name.surname2",
    "read_given": "name.phonetic_given",
    "read_surname": "name.phonetic_surname",
    "generation": "name.generation",
    "birthday": "birthday",
    "street": "addresses[0].street",
    "postcode": "addresses[0].postcode",
    "locality": "addresses[0].locality",
    "region": "addresses[0].region",
    "country": "addresses[0].country_code",
    "employer": "organizations[0].key",
}
_LISTS: Final = ("emails", "role_emails", "phones", "loose_phones", "nicknames", "same_as")


@frozen(eq=False)
class Canonical:
    """The canonical columns of a table.

    Args:
        keys: key of each record, `system:record_id`, in the order of the rows.
        columns: column → its values, one a row: texts (empty: missing), or tuples of texts for `emails`, `role_emails` (of shared
            mailboxes), `phones`, `loose_phones` (last digits of numbers that could not be read in full), `nicknames` and `same_as`.
        extensions: extension → its values in the form in which they are compared; empty: missing.
        kinds: extension → its kind.
        problems: what could not be read, without those of the table as a file; of each kind the first, and one that says how many more
            there are.
        counts: how many problems of each kind there are in all.
    """

    keys: list[str]
    columns: dict[str, list[Any]]
    extensions: dict[str, list[str]] = field(factory=dict)
    kinds: dict[str, str] = field(factory=dict)
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = field(factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    def to_arrow(self) -> Any:  # noqa: ANN401  a pyarrow.Table
        """Make a `pyarrow.Table`: `key`, the canonical columns, and `x.NAME` for each extension; what is missing is null.

        Raises:
            MissingExtraError: pyarrow is not installed.
        """
        try:
            import pyarrow as pa
        except ImportError:
            raise MissingExtraError("Work with Arrow columns", "batch") from None
        made: dict[str, Any] = {"key": pa.array(self.keys, pa.string())}
        for name, values in self.columns.items():
            kind = pa.list_(pa.string()) if name in _LISTS else pa.string()
            made[name] = pa.array([value or None for value in values], kind)
        for name, values in self.extensions.items():
            made[f"x.{name}"] = pa.array([value or None for value in values], pa.string())
        return pa.table(made)

    def table(self) -> FeatureTable:
        """Make the match features as columns, in the order of their keys.

        Raises:
            MissingExtraError: the extra [batch] is not installed.
        """
        table = self.to_arrow()
        from canonical_contact.match.columns.encode import feature_table

        return feature_table(table, extensions={name: f"x.{name}" for name in self.extensions})

    def features(self) -> list[Features]:
        """Make the match features record by record, in the order of the rows."""
        return list(self._features())

    def _features(self) -> Iterator[Features]:
        from canonical_contact.normalize import fold

        names = list(self.columns)
        for place, (key, values) in enumerate(zip(self.keys, zip(*self.columns.values(), strict=True), strict=True)):
            row = dict(zip(names, values, strict=True))
            given, surname = (f"{row[part]} {row[f'{part}2']}".strip() for part in ("given", "surname"))
            yield Features(
                key=key,
                system=row["system"],
                given=name_tokens(given, fold),
                surname=name_tokens(surname, fold),
                read_given=name_tokens(row["read_given"], fold),
                read_surname=name_tokens(row["read_surname"], fold),
                nicknames=tuple(token for text in row["nicknames"] for token in name_tokens(text, fold)),
                generation=generation_key(row["generation"], fold),
                birthday=row["birthday"],
                emails=row["emails"],
                roles=row["role_emails"],
                phones=tuple(dict.fromkeys((*row["phones"], *row["loose_phones"]))),
                street=joined(row["street"], fold),
                postcode=postcode_key(row["postcode"], fold),
                locality=joined(row["locality"], fold),
                country=row["country"],
                employer=employer_key(row["employer"], fold),
                han=is_han(row["given"] + row["surname"]),
                same_as=row["same_as"],
                region=joined(row["region"], fold),
                extensions=tuple((name, value) for name in sorted(self.extensions) if (value := self.extensions[name][place])),
            )


def canonical(
    source: Any,  # noqa: ANN401  whatever holds a table
    plan: TablePlan,
    *,
    system: str = "",
    default_region: str = "",
    executor: Executor | None = None,
) -> Canonical:
    """Bring a table to canonical columns, as its plan says.

    Args:
        source: the table, as `recognise` takes it.
        plan: what its columns are.
        system: the source's name, where no column holds it; without it `table`.
        default_region: ISO 3166-1 alpha-2 of national phone numbers in rows that show no country.
        executor: where it runs; by default in this process.

    Returns:
        The columns. A value that cannot be read is missing and named by a problem; of a day that is none its digits stay, and of a name
        that reads as none its words, so that they still agree with what resembles them.

    Raises:
        ConfigError: the plan names a column that the table does not have.

    >>> from canonical_contact.engine._dedupe_columns import recognise
    >>> table = {"rec_id": ["r1", "r2"], "surname": ["BERG", "Ode"], "dob": ["19155111", "19701231"], "soc_sec_id": ["12-3", ""]}
    >>> found = canonical(table, recognise(table))
    >>> found.columns["surname"], found.columns["birthday"], found.extensions, [it.code for it in found.problems]
    (['Berg', 'Ode'], ['1915-51-11', '1970-12-31'], {'soc_sec_id': ['123', '']}, ['date.invalid'])
    """
    table = table_of(source)
    if missing := [one.name for one in plan.columns if one.name not in table.names]:
        raise ConfigError(
            f"The table has no column {missing[0]!r}.",
            path=missing[0],
            hint="Recognise the table that is meant, or correct the mapping.",
        )
    raw = _raw_columns(table, plan)
    size = table.rows
    systems = _stripped(table[plan.system_column]) if plan.system_column else []
    keys, told = _keys(table, plan, systems, system or "table")
    task = _Task(default_region, plan.subject, plan.fields.get("birthday", (None,))[0])
    columns: dict[str, list[Any]] = {}
    notes = _Notes(table)
    for piece in (executor or Executor()).run(task, _pieces(raw, size)):
        for name, values in piece.columns.items():
            columns.setdefault(name, []).extend(values)
        notes.take(piece.problems, piece.counts)
    if not columns:
        columns = {**{name: [""] * size for name in _TEXTS}, **{name: [()] * size for name in _LISTS}}
    columns["system"] = [one or system or "table" for one in systems] if systems else [system or "table"] * size
    extensions, kinds = {}, {}
    for one in plan.columns:
        if one.role is Role.EXTENSION:
            extensions[one.evidence] = comparable(_stripped(table[one.name]), one.kind, one.order)
            kinds[one.evidence] = one.kind
            notes.unread_days(one, table[one.name], extensions[one.evidence])
    notes.take([(0, it) for it in told], Counter(it.code for it in told))
    return Canonical(keys, columns, extensions, kinds, notes.problems(), notes.counts)


def _stripped(column: Sequence[str | None]) -> list[str]:
    return [text.strip() if text else "" for text in column]


def _keys(table: Table, plan: TablePlan, systems: Sequence[str], system: str) -> tuple[list[str], list[Problem]]:
    """Key every record; one whose id another has, or that has none, gets its row."""
    ids: Sequence[str] = _stripped(table[plan.id_column]) if plan.id_column else [""] * table.rows
    known: set[str] = set()
    keys, problems = [], []
    for row, own_id in enumerate(ids):
        key = record_key((systems[row] if systems else "") or system, own_id or str(row + 1))
        if key in known:
            hint = "Another row has the same id; both are taken as records of their own."
            problems.append(
                Problem("row.id_repeated", raw=own_id[:200], hint=hint, severity=Severity.INFO, column=plan.id_column)
            )
            key = f"{key}#{row + 1}"
        known.add(key)
        keys.append(key)
    return keys, problems


# -- cells to raw paths ------------------------------------------------------------------------------------------------------------------


def _raw_columns(table: Table, plan: TablePlan) -> dict[str, list[str | None]]:
    """Put the cells where the normalisers look for them: raw path → texts."""
    raw: dict[str, list[str | None]] = {}
    places: dict[str, dict[str, int]] = {}  # list → its groups in the table's order
    for number, (path, columns) in enumerate(plan.fields.items()):
        name, bracket, rest = path.partition("[")
        group, _, part = rest.partition("]")
        cells = [_cells(table, one) for one in columns]
        if not bracket:
            raw[path] = cells[0] if len(cells) == 1 else _joined(cells, columns)
            continue
        if group:  # columns of one group make up one value
            place = places.setdefault(name, {}).setdefault(group, len(places.get(name, {})))
            raw[f"{name}[{place}]{part}"] = cells[0] if len(cells) == 1 else _joined(cells, columns)
            continue
        for at, (one, texts) in enumerate(zip(columns, cells, strict=True)):
            for split, column in enumerate(_split(texts, one.split)):
                groups = places.setdefault(name, {})
                place = groups.setdefault(f"\0{number} {at} {split}", len(groups))
                raw[f"{name}[{place}]{part}"] = column
                if one.label and part in (".address", ".number"):
                    raw[f"{name}[{place}].label"] = [one.label if text else None for text in column]
    if "name.full" in raw and (parts := [raw[path] for path in ("name.given", "name.surname") if path in raw]):
        told = zip(raw["name.full"], zip(*parts, strict=True), strict=True)
        raw["name.full"] = [None if any(texts) else whole for whole, texts in told]
    if (birthday := next((one for one in plan.fields.get("birthday", ()) if one.order in ("dmy", "mdy")), None)) is not None:
        raw["date_order"] = [birthday.order if text else None for text in raw["birthday"]]
    return raw


def _cells(table: Table, one: ColumnPlan) -> list[str | None]:
    texts: list[str | None] = [(text.strip() or None) if text else None for text in table[one.name]]
    if one.remove:
        texts = [(text.replace(one.remove, "").strip() or None) if text else None for text in texts]
    if one.empty:
        texts = [None if text and text.casefold() in one.empty else text for text in texts]
    if one.pad:
        texts = [
            text.zfill(one.pad) if text and text.isdecimal() and one.pad - 2 <= len(text) < one.pad else text for text in texts
        ]
    return texts


def _joined(cells: Sequence[Sequence[str | None]], columns: Sequence[ColumnPlan]) -> list[str | None]:
    between = next((one.join for one in columns if one.join), " ")
    return [between.join(filter(None, texts)) or None for texts in zip(*cells, strict=True)]


def _split(texts: list[str | None], marks: Sequence[str]) -> list[list[str | None]]:
    """Divide cells that hold several values into columns."""
    if not marks:
        return [texts]
    rows = []
    for text in texts:
        parts = [text or ""]
        for mark in marks:
            parts = [piece for part in parts for piece in part.split(mark)]
        rows.append([part.strip() for part in parts if part.strip()])
    width = max(map(len, rows), default=0)
    return [[row[place] if place < len(row) else None for row in rows] for place in range(width)]


# -- pieces ------------------------------------------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    first: int
    columns: dict[str, list[str | None]]


class _Made(NamedTuple):
    columns: dict[str, list[Any]]
    problems: list[tuple[int, Problem]]
    counts: Counter[str]


def _pieces(raw: Mapping[str, list[str | None]], size: int) -> Iterator[_Piece]:
    for start in range(0, size, ROWS) if raw else ():
        yield _Piece(start, {path: column[start : start + ROWS] for path, column in raw.items()})


class _Task:
    """Normalises pieces of raw columns; its memos live as long as the run."""

    def __init__(self, default_region: str, subject: str, birthday: ColumnPlan | None) -> None:
        self._region, self._subject, self._birthday = default_region, subject, birthday
        self._run: Run | None = None

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_run": None}

    def __call__(self, piece: _Piece, /) -> _Made:
        """Make the canonical columns of one piece."""
        from canonical_contact.normalize.columns import Run

        if self._run is None:
            self._run = Run(self._region)
        with no_collection():
            found = self._run.records(piece.columns, system="table", first_row=piece.first + 1)
            return self._made(piece, found)

    def _made(self, piece: _Piece, found: Records) -> _Made:
        size = len(found)
        columns: dict[str, list[Any]] = {name: [text or "" for text in found[path]] for name, path in _TEXTS.items()}
        more = found.more
        columns["emails"], columns["role_emails"] = _emails(found, more, size)
        columns["phones"] = _phones(found, more, size)
        columns["nicknames"] = [texts or () for texts in found["nicknames"]]
        columns["same_as"] = [()] * size
        columns["loose_phones"], problems, counts = _told(found, piece.first, size)
        names = found["organizations[0].name"]
        columns["employer"] = [key or name or "" for key, name in zip(columns["employer"], names, strict=True)]
        if self._subject == "organization":  # the firm's name is the name of the record, and counts once
            columns["surname"] = [one or firm for one, firm in zip(columns["surname"], columns["employer"], strict=True)]
            columns["employer"] = [""] * size
        self._unread_names(piece, columns)
        self._unread_days(piece, columns)
        return _Made(columns, problems, counts)

    @staticmethod
    def _unread_names(piece: _Piece, columns: dict[str, list[Any]]) -> None:
        """Keep the words of a name that reads as none, such as that of a firm among people."""
        for row, (given, surname) in enumerate(zip(columns["given"], columns["surname"], strict=True)):
            if given or surname:
                continue
            for path, into in (("name.given", "given"), ("name.surname", "surname"), ("name.full", "surname")):
                text = piece.columns[path][row] if path in piece.columns else None
                if text and any(map(str.isalpha, text)) and not is_nothing(text):
                    columns[into][row] = text

    def _unread_days(self, piece: _Piece, columns: dict[str, list[Any]]) -> None:
        """Keep the digits of a day that is none."""
        order = self._birthday.order if self._birthday is not None else ""
        for row, (day, text) in enumerate(zip(columns["birthday"], piece.columns.get("birthday", ()), strict=False)):
            if text and not day and not is_nothing(text):
                columns["birthday"][row] = day_digits(text, order)


def _emails(
    found: Records, more: Sequence[dict[str, Any] | None], size: int
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The keys of personal mailboxes and of shared ones."""
    own: list[tuple[str, ...]] = [()] * size
    shared: list[tuple[str, ...]] = [()] * size
    for place in range(3):
        keys, addresses, roles = (found[f"emails[{place}].{part}"] for part in ("key", "address", "role"))
        for row, address in enumerate(addresses):
            if address:
                into = shared if roles[row] else own
                into[row] = tuple(dict.fromkeys((*into[row], keys[row] or address)))
    for row, rest in enumerate(more):
        for path, value in (rest or {}).items():
            if path.startswith("emails[") and path.endswith("].address") and rest:
                stem = path.removesuffix("address")
                into = shared if rest.get(f"{stem}role") else own
                into[row] = tuple(dict.fromkeys((*into[row], rest.get(f"{stem}key") or value)))
    return own, shared


def _phones(found: Records, more: Sequence[dict[str, Any] | None], size: int) -> list[tuple[str, ...]]:
    """The numbers that are dialled."""
    from canonical_contact.model import PhoneNumber

    numbers: list[tuple[str, ...]] = [()] * size
    for place in range(3):
        columns = (found[f"phones[{place}].{part}"] for part in ("number", "extension", "country_code"))
        for row, (number, extension, country) in enumerate(zip(*columns, strict=True)):
            if number:
                dialled = PhoneNumber(number, extension or "", country or "").dialled if extension else number
                numbers[row] = tuple(dict.fromkeys((*numbers[row], dialled)))
    for row, rest in enumerate(more):
        for path, value in (rest or {}).items():
            if path.startswith("phones[") and path.endswith("].number"):
                numbers[row] = tuple(dict.fromkeys((*numbers[row], value)))
    return numbers


def _told(found: Records, first: int, size: int) -> tuple[list[tuple[str, ...]], list[tuple[int, Problem]], Counter[str]]:
    """The problems of a piece, a few of each kind, and the numbers that could not be read in full."""
    from canonical_contact.normalize import loose_phones

    loose: list[tuple[str, ...]] = [()] * size
    problems: list[tuple[int, Problem]] = []
    counts: Counter[str] = Counter()
    for row, problem in found.problems():
        counts[problem.code] += 1
        if problem.code.startswith("phone."):
            loose[row] += loose_phones((problem,))
        if counts[problem.code] <= EXAMPLES:
            problems.append((first + row, problem))
    return loose, problems, counts


# -- problems ----------------------------------------------------------------------------------------------------------------------------


class _Notes:
    """Collects the problems of a table: of each kind a bounded number, with their lines."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._kept: list[Problem] = []
        self._seen: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def take(self, problems: Sequence[tuple[int, Problem]], counts: Counter[str]) -> None:
        """Take the problems of some rows, and how many of each kind there are."""
        self.counts += counts
        lines = self._table.lines
        for row, problem in problems:
            self._seen[problem.code] += 1
            if self._seen[problem.code] <= EXAMPLES:
                line = problem.line or (lines[row] if row < len(lines) else row + 1)
                self._kept.append(evolve(problem, file=self._table.name, line=line))

    def unread_days(self, one: ColumnPlan, column: Sequence[str | None], days: Sequence[str]) -> None:
        """Tell days of an extension that are none."""
        if one.kind != "date":
            return
        texts = _stripped(column)
        odd = [row for row, day in enumerate(days) if texts[row] and not is_nothing(texts[row]) and not _is_day(day)]
        hint = "There is no such day; its digits are compared."
        told = [(row, Problem("date.invalid", raw=texts[row][:200], hint=hint, column=one.name)) for row in odd[:EXAMPLES]]
        self.take(told, Counter({"date.invalid": len(odd)}))

    def problems(self) -> tuple[Problem, ...]:
        """All that were kept; where there were too many of a kind, one more says how many."""
        more = [
            Problem(
                code, hint=f"There are {count - EXAMPLES:,} more of this kind.", severity=Severity.INFO, file=self._table.name
            )
            for code, count in sorted(self.counts.items())
            if count > EXAMPLES
        ]
        return (*self._kept, *more)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return len(text) in (4, 7)  # a year, or a month of one
    return True
