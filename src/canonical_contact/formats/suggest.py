"""A mapping for a table that nobody knows yet: proposed from the names of its columns and from its cells, for a person to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from canonical_contact.errors import InputError
from canonical_contact.formats._fold import plain, words_of
from canonical_contact.formats._lines import Limits
from canonical_contact.formats._plan import column_names
from canonical_contact.formats._presets import Presets
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._source import Layout, Source, SourceKind, inspect, is_data
from canonical_contact.formats._suggest_headers import Candidate, HeaderReader
from canonical_contact.formats._suggest_paths import Key, column_of_key, group_label, path_of_key, single
from canonical_contact.formats._suggest_values import Cells, CellTables, masked, shape
from canonical_contact.formats._table import table_rows

__all__ = ["Alternative", "ColumnSuggestion", "ConsentSuggestion", "Suggestion", "suggest_columns", "suggest_mapping"]

_SURE = 0.5  # from here on a column is mapped; below it stands as a comment
_LEAST = 0.2
_MOST_WORDS = 12
_ALTERNATIVES = 3
_RARE = 4


@frozen
class Alternative:
    """What a column may hold, too.

    Args:
        path: a raw path.
        confidence: 0 to 1.
    """

    path: str
    confidence: float


@frozen
class ConsentSuggestion:
    """A column that looks like consent; what it says is for a person to decide.

    Args:
        says: `opt_out` or `opt_in`, as its name reads; `status` where its cells hold words for having left.
        channel: which channel its name points to, or `any`.
        words: the words in its cells, with how often, and how each is read: `yes`, `no`, `stop`, `go`, `blank`, `other`; rare ones
            that are not known by their form alone; empty where there are many different ones.
    """

    says: str
    channel: str
    words: tuple[tuple[str, int, str], ...] = ()


@frozen
class ColumnSuggestion:
    """What is proposed for one column.

    Args:
        name: the column; repeated names get a count, columns without one a number.
        path: a raw path (docs/mapping.md), `id` for the record's own id; empty: nothing is proposed, and it goes to the extensions.
        confidence: 0 to 1; below 0.5 the TOML has it as a comment.
        reasons: why.
        alternatives: what it may be, too, the likelier first.
        examples: the forms of some cells: letters as x, digits as 9.
        filled: the share of rows of the sample that have something.
        label: the label that its values get.
        split: what divides several values in a cell.
        join: columns of one path are joined with this.
        consent: for a column that looks like consent; it is never proposed as anything else.
        header: its name as it stands in the file, which a mapping calls it by; empty where it has none.
    """

    name: str
    path: str = ""
    confidence: float = 0.0
    reasons: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    examples: tuple[str, ...] = ()
    filled: float = 0.0
    label: str = ""
    split: str = ""
    join: str = ""
    consent: ConsentSuggestion | None = None
    header: str = ""


@frozen
class Suggestion:
    """A proposed mapping.

    Args:
        file: the file that it is for.
        columns: one proposal for each column, in the file's order.
        delimiter: what divides its cells.
        encoding: a codec's name.
        rows: how many rows were looked at.
        date_order: `dmy` or `mdy`, where the cells or the language tell.
        preset: the known product whose header it is; its file needs no mapping.
        labels: raw path of a label → what it is for the whole group, such as `addresses[home].label`.
        nameless: the first row reads as data: the file has no names of columns, and its first row is taken for them.
    """

    file: str
    columns: tuple[ColumnSuggestion, ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    rows: int = 0
    date_order: str = ""
    preset: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    nameless: bool = False

    def to_toml(self) -> str:
        """Write the proposal as a TOML mapping with comments, to be edited; `load_mapping` reads it as it is.

        Raises:
            MissingExtraError: the extra [cli] (tomlkit) is not installed.
        """
        from canonical_contact.formats._suggest_toml import toml_of

        return toml_of(self, sure=_SURE)

    def to_dict(self) -> dict[str, Any]:
        """Put the proposal into dicts and lists for JSON; it holds no cell but the words of consent columns."""
        from attrs import asdict

        return asdict(self)


def suggest_mapping(path: str | Path, *, presets: Presets | None = None, sample: int = 500, products: bool = True) -> Suggestion:
    r"""Propose a mapping for a delimited file.

    Args:
        path: the file.
        presets: the tables of the run; empty: those that ship with the library.
        sample: so many rows are looked at.
        products: whether the columns of known products (HubSpot, Salesforce …) count as known names.

    Returns:
        A proposal for each column with its confidence. What looks like consent is flagged and never mapped: until a person decides,
        it blocks where it looks like a refusal.

    Raises:
        InputError: the file cannot be read, or is no table.

    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp(), "leute.csv")
    >>> _ = file.write_text("Kundenvorname;Mailadr.;Newsletter?\nAna;ana@example.org;ja\n", encoding="utf-8")
    >>> [(one.name, one.path) for one in suggest_mapping(file).columns]
    [('Kundenvorname', 'name.given'), ('Mailadr.', 'emails[].address'), ('Newsletter?', '')]
    """
    tables = presets or Presets()
    source = inspect(Path(path), str(path), tables if products else _Nameless(), beside=False)
    layout = source.layout
    if source.kind in (SourceKind.BROKEN, SourceKind.ACTIVITIES) or layout is None or not layout.header:
        why = source.problem.hint if source.problem else "Name a CSV file of contacts."
        hint = "Cards need no mapping." if source.preset == "vcard" else why
        raise InputError(f"{path} is no table of contacts.", code="input.no_table", path=str(path), hint=hint)
    cells, rows = _sample(source, tables, sample)
    return _Proposal(tables, layout, cells, rows, products=products).suggestion(str(path), source)


def suggest_columns(
    header: Sequence[str],
    cells: Sequence[Sequence[str]],
    rows: int,
    *,
    presets: Presets | None = None,
    products: bool = True,
) -> Suggestion:
    """Propose what the columns of a table hold that is in memory; as `suggest_mapping`.

    Args:
        header: the names of the columns; empty where one has none.
        cells: for each column the filled cells of the rows that are looked at, without outer spaces.
        rows: how many rows are looked at.
        presets: as in `suggest_mapping`.
        products: as in `suggest_mapping`.

    >>> found = suggest_columns(["rec_id", "dob"], [["r1", "r2"], ["19151111", "19701231"]], 2)
    >>> [(one.name, one.path) for one in found.columns]
    [('rec_id', 'id'), ('dob', 'birthday')]
    """
    layout = Layout("utf-8", delimiter=",", header=tuple(header))
    return _Proposal(presets or Presets(), layout, cells, rows, products=products).suggestion("")


class _Nameless(Presets):
    """Tables without the products."""

    @property
    def mappings(self) -> tuple[Any, ...]:
        return ()


def _sample(source: Source, tables: Presets, sample: int) -> tuple[list[list[str]], int]:
    """Read the filled cells of the first rows, column by column."""
    assert source.layout is not None
    width = len(source.layout.header)
    columns: list[list[str]] = [[] for _ in range(width)]
    count = 0
    for row, _ in table_rows(source, Progress(source.name, tables, Limits())):
        count += 1
        for index, cell in enumerate(row.cells[:width]):
            if text := cell.strip():
                columns[index].append(text)
        if count >= sample:
            break
    return columns, count


class _Proposal:
    """Weighs what names and cells say, and gives each place to the column that has the best claim to it."""

    def __init__(self, tables: Presets, layout: Layout, cells: Sequence[Sequence[str]], rows: int, *, products: bool) -> None:
        self._tables, self._layout, self._rows = tables, layout, rows
        self._reader = HeaderReader(tables, products=products)
        words = CellTables(tables.vocabulary, self._reader.cells)
        self._cells = [Cells(texts, rows, words) for texts in cells]
        self._names = column_names(layout.header)

    def suggestion(self, file: str, source: Source | None = None) -> Suggestion:
        header = self._layout.header
        consent = [self._consent(place) for place in range(len(header))]
        readings = self._reader.read(["" if consent[place] else name for place, name in enumerate(header)])
        readings = _ungrouped(readings)
        weighed = [[] if consent[place] else self._weigh(place, found) for place, found in enumerate(readings)]
        chosen = self._assign(weighed)
        paths = Counter(path_of_key(key) for key, _ in chosen.values())
        columns = tuple(
            self._column(
                place,
                chosen.get(place),
                weighed[place],
                consent[place],
                shared=place in chosen and paths[path_of_key(chosen[place][0])] > 1,
            )
            for place in range(len(header))
        )
        orders = {one.date_order for one in self._cells} - {""}
        groups = {key.group for key, _ in chosen.values() if key.group and key.stem.startswith("address.")}
        order = next(iter(orders)) if len(orders) == 1 else "" if orders else self._reader.date_order(header)
        known = source.preset if source is not None and source.mapping is not None and source.mapping.detect else ""
        labels = tuple((f"addresses[{group}].label", label) for group in sorted(groups) if (label := group_label(group)))
        nameless = is_data(header)
        return Suggestion(
            file, columns, self._layout.delimiter, self._layout.encoding, self._rows, order, known or "", labels, nameless
        )

    # -- one column -----------------------------------------------------------------------------------------------------------------

    def _consent(self, place: int) -> ConsentSuggestion | None:
        """Tell whether a column looks like consent, by its name or by its words."""
        name, cells = self._layout.header[place], self._cells[place]
        rule = self._tables.sheet.consent.get(plain(name))
        suspect = self._tables.suspects.look(name)
        words = self._words(cells)
        if rule is not None and rule.says != "status":
            return ConsentSuggestion(rule.says, rule.channel, words)
        if any(word in words_of(name) for word in self._reader.basis):
            return ConsentSuggestion("legal_basis", "any", words)
        if suspect is not None and not cells.share(lambda text: "@" in text) > 0.5:
            says = {"maybe_opt_out": "opt_out", "maybe_opt_in": "opt_in"}.get(suspect.says, "status")
            return ConsentSuggestion(says, suspect.channel, words)
        if cells.says_stop > 0.5:
            return ConsentSuggestion("status", rule.channel if rule is not None else "any", words)
        return None

    def _words(self, cells: Cells) -> tuple[tuple[str, int, str], ...]:
        if len(cells.counts) > _MOST_WORDS or any(len(text) > 40 for text in cells.counts):
            return ()
        vocabulary = self._tables.vocabulary
        words = [(text, count, vocabulary.word_class(text)) for text, count in cells.counts.most_common()]
        # A word that is not known and stands in few rows may be somebody's own.
        return tuple([(text if kind != "other" or count > _RARE else shape(text), count, kind) for text, count, kind in words])

    def _weigh(self, place: int, readings: Sequence[Candidate]) -> list[tuple[Key, float, tuple[str, ...]]]:
        """Hold what the name says against the cells, and add what the cells say alone."""
        cells = self._cells[place]
        found: dict[Key, tuple[float, tuple[str, ...]]] = {}
        for key, score, reason in readings:
            fit = cells.fit(key.stem)
            reasons: tuple[str, ...] = (reason,)
            if fit is None:
                score *= 0.9 if cells.texts or not self._rows else 0.8
            elif fit.sure:
                score *= 0.55 + 0.45 * fit.share if fit.share >= 0.5 else 0.3 + 0.4 * fit.share
                reasons += (fit.reason if fit.share >= 0.5 else f"but few of them: {fit.reason}",)
            else:
                score *= 0.8 + 0.2 * fit.share
            if score > found.get(key, (0.0, ()))[0]:
                found[key] = (score, reasons)
        for stem, fit in cells.typed:
            named = next((key for key in found if key.stem == stem), None)
            if named is None:
                weight = 0.75 if stem in _PLAIN_CELLS else 0.45 if stem == "id" else 0.55
                found[Key(stem)] = (weight * fit.share, (fit.reason,))
        ranked = [
            (key, round(min(score, 0.99), 2), reasons)
            for key, (score, reasons) in found.items()
            if score >= _LEAST and _has_place(key)
        ]
        return sorted(ranked, key=lambda one: -one[1])

    def _assign(self, weighed: Sequence[Sequence[tuple[Key, float, tuple[str, ...]]]]) -> dict[int, tuple[Key, float]]:
        """Give every place to one column: the surest first; who loses takes what is next."""
        claims = sorted(
            ((score, place, key) for place, found in enumerate(weighed) for key, score, _ in found),
            key=lambda one: (-one[0], one[1]),
        )
        chosen: dict[int, tuple[Key, float]] = {}
        taken: dict[str, tuple[int, Key]] = {}
        for score, place, key in claims:
            if place in chosen:
                continue
            if key.stem == "id" and not (self._cells[place].unique or not self._rows):
                continue
            where = path_of_key(key) or key.stem
            if single(key) and where in taken and not _may_join(key, place, taken[where]):
                continue
            chosen[place] = (key, score)
            taken[where] = (place, key)
        return chosen

    def _column(
        self,
        place: int,
        chosen: tuple[Key, float] | None,
        weighed: Sequence[tuple[Key, float, tuple[str, ...]]],
        consent: ConsentSuggestion | None,
        *,
        shared: bool,
    ) -> ColumnSuggestion:
        cells, name = self._cells[place], self._names[place]
        header = self._layout.header[place].replace("\0", "").strip()
        blank = ColumnSuggestion(name, header=header, examples=masked(cells.counts), filled=round(cells.filled, 2))
        if consent is not None:
            return evolve(
                blank, consent=consent, examples=(), reasons=("it looks like consent: a person must say what it means",)
            )
        others = [(path_of_key(key) or key.stem, score) for key, score, _ in weighed if chosen is None or key != chosen[0]]
        alternatives = tuple(Alternative(path, score) for path, score in dict(reversed(others)).items())[::-1][:_ALTERNATIVES]
        if chosen is None:
            why = "every row says the same" if cells.constant else "its cells say yes or no" if cells.flags > 0.9 else ""
            return evolve(blank, alternatives=alternatives, reasons=(why,) if why else ())
        key, score = chosen
        reasons = next(found for one, _, found in weighed if one == key)
        if key.stem == "id":
            return evolve(blank, path="id", confidence=score, reasons=reasons, alternatives=alternatives)
        split = cells.split if key.stem == "tags" else ""
        table = column_of_key(key, split, shared=shared)
        return evolve(
            blank, path=table["path"], confidence=score, reasons=reasons, alternatives=alternatives,
            label=table.get("label", ""), split=table.get("split", ""), join=table.get("join", ""),
        )  # fmt: skip


_PLAIN_CELLS = frozenset({"email", "phone", "url", "time_zone", "address.country", "birthday"})


def _may_join(key: Key, place: int, taken: tuple[int, Key]) -> bool:
    """Whether two columns make up one value: street and house number, prefix and surname, two lines of a street side by side."""
    where, other = taken
    if {key.stem, other.stem} in ({"address.street", "address.house"}, {"name.particle", "name.surname"}):
        return True
    return key.stem == other.stem == "address.street" and abs(place - where) <= 2


def _ungrouped(readings: Sequence[Sequence[Candidate]]) -> list[list[Candidate]]:
    """Drop the numbers of endpoints that no column of labels shares: they are a list as it is."""
    labels = {
        (one.key.stem.partition(".")[0], one.key.group) for found in readings for one in found if one.key.stem.endswith(".label")
    }
    left: list[list[Candidate]] = []
    for found in readings:
        kept = []
        for one in found:
            stem, _, part = one.key.stem.partition(".")
            alone = one.key.group.isdecimal() and stem != "address" and not part and (stem, one.key.group) not in labels
            kept.append(one._replace(key=one.key._replace(group="")) if alone else one)
        left.append(kept)
    return left


def _has_place(key: Key) -> bool:
    return key.stem == "id" or bool(path_of_key(key))
