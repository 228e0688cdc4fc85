"""The normalisers over columns: each distinct text is read once, and the answers are those of the single functions, row by row."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, overload

from canonical_contact.errors import InputError, Problem
from canonical_contact.model.channels import EmailAddress, PhoneNumber, PostalAddress
from canonical_contact.model.name import Name
from canonical_contact.model.organization import Organization
from canonical_contact.normalize._result import Normalized

if TYPE_CHECKING:
    from canonical_contact.normalize._batch import Records, Run

__all__ = [
    "Column",
    "Records",
    "Run",
    "address",
    "birthday",
    "country",
    "email",
    "language",
    "name",
    "organization",
    "phone",
    "records",
    "time_zone",
    "timestamp",
]

T = TypeVar("T")
Texts: TypeAlias = Iterable[str | None]
Hint: TypeAlias = str | Sequence[str | None]
_Key: TypeAlias = tuple[Any, ...]


class Column(Sequence[Normalized[T]], Generic[T]):
    """The answers for one column; equal texts with equal hints share one.

    Args:
        kind: the name of the normaliser.
        distinct: the different answers, in the order in which they first occur.
        codes: for each row, the place of its answer in `distinct`.

    >>> column = email(["ANA@example.org", None, "ana@example.org", "ana.example.org"])
    >>> [it and it.address for it in column.values], len(column.distinct)
    (['ana@example.org', None, 'ana@example.org', None], 4)
    >>> [(row, problem.code) for row, problem in column.problems()]
    [(3, 'email.no_at')]
    """

    __slots__ = ("codes", "distinct", "kind")

    def __init__(self, kind: str, distinct: Iterable[Normalized[T]], codes: Iterable[int]) -> None:
        self.kind, self.distinct, self.codes = kind, tuple(distinct), array("q", codes)

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> Normalized[T]: ...
    @overload
    def __getitem__(self, place: slice) -> Column[T]: ...
    def __getitem__(self, place: int | slice) -> Normalized[T] | Column[T]:
        if isinstance(place, slice):
            return Column(self.kind, self.distinct, self.codes[place])
        return self.distinct[self.codes[place]]

    def __iter__(self) -> Iterator[Normalized[T]]:
        return map(self.distinct.__getitem__, self.codes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Column) and self.kind == other.kind and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as any sequence of values

    def __repr__(self) -> str:
        return f"Column({self.kind}: {len(self):,} rows, {len(self.distinct):,} distinct)"

    @property
    def values(self) -> list[T | None]:
        """The canonical value of each row; None where there is none."""
        return self._spread([it.value for it in self.distinct])

    @property
    def keys(self) -> list[tuple[str, ...]]:
        """The match keys of each row."""
        return self._spread([it.keys for it in self.distinct])

    @property
    def confidences(self) -> list[float]:
        """How sure each row's value is, from 0 to 1."""
        return self._spread([it.confidence for it in self.distinct])

    def problems(self) -> Iterator[tuple[int, Problem]]:
        """Give each problem with its row, from 0."""
        for row, code in enumerate(self.codes):
            for problem in self.distinct[code].problems:
                yield row, problem

    def to_arrow(self) -> Any:  # noqa: ANN401  a pyarrow.StructArray, which type checkers do not know
        """Make a `pyarrow.StructArray` of value, keys, confidence and the codes of the problems.

        Raises:
            MissingExtraError: pyarrow is not installed.
        """
        from canonical_contact.normalize._batch_arrow import column_to_arrow

        return column_to_arrow(self)

    def _spread(self, values: list[Any]) -> list[Any]:
        return list(map(values.__getitem__, self.codes))


def email(
    values: Texts, *, region: Hint = "", language: Hint = "", column: Hint = "", known_domains: Container[str] = frozenset()
) -> Column[EmailAddress]:
    """Read a column of e-mail addresses.

    Args:
        values: texts, None where a cell is empty; or a `pyarrow` array of texts, also a dictionary-encoded or chunked one.
        region: hint as for `normalize.email`: one for all rows, or a sequence with one for each.
        language: as `region`.
        column: as `region`.
        known_domains: as in `normalize.email`.

    Returns:
        The answers, each equal to that of `normalize.email` for its row; an empty cell counts as an empty text.

    Raises:
        InputError: a value is neither text nor None, or a sequence of hints has another length.
    """
    from canonical_contact.normalize._email import email as read

    hints = {"region": region, "language": language, "column": column}
    return _column("email", read, values, hints, {"known_domains": known_domains})


def phone(
    values: Texts,
    *,
    region: Hint = "",
    language: Hint = "",
    column: Hint = "",
    other_regions: tuple[str, ...] | Sequence[tuple[str, ...]] = (),
) -> Column[PhoneNumber]:
    """Read a column of phone numbers; as `email`, with the hints of `normalize.phone`.

    Args:
        values: as in `email`.
        region: as in `email`.
        language: as in `email`.
        column: as in `email`.
        other_regions: weaker hints: one tuple of codes for all rows, or a list with one tuple for each.

    >>> phone(["089 1234567", "0171 1234567"], region="DE").values[0].number
    '+49891234567'
    """
    from canonical_contact.normalize._phone import phone as read

    hints: dict[str, Any] = {"region": region, "language": language, "column": column}
    each = bool(other_regions) and not isinstance(other_regions[0], str)
    fixed = {} if each else {"other_regions": tuple(other_regions)}
    return _column("phone", read, values, hints | {"other_regions": other_regions} if each else hints, fixed)


def name(values: Texts | Mapping[str, Texts], *, region: Hint = "", language: Hint = "", column: Hint = "") -> Column[Name]:
    """Read a column of names, or the columns of their parts; as `email`.

    Args:
        values: as in `email`, or part → column of its texts, with the parts of `normalize.name`.
        region: as in `email`.
        language: as in `email`.
        column: as in `email`.

    >>> name({"given": ["ANA", "Kim"], "surname": ["NÚÑEZ", None]}).values[0].full
    'Ana Núñez'
    """
    from canonical_contact.normalize._name import name as read

    return _column("name", read, values, {"region": region, "language": language, "column": column})


def address(
    values: Texts | Mapping[str, Texts], *, region: Hint = "", language: Hint = "", column: Hint = ""
) -> Column[PostalAddress]:
    """Read a column of addresses, or the columns of their parts; as `name`, with the parts of `normalize.address`."""
    from canonical_contact.normalize._address import address as read

    return _column("address", read, values, {"region": region, "language": language, "column": column})


def country(values: Texts, *, region: Hint = "", language: Hint = "", column: Hint = "") -> Column[str]:
    """Read a column of countries; as `email`.

    >>> country(["Deutschland", "UK"]).values
    ['DE', 'GB']
    """
    from canonical_contact.normalize._country import country as read

    return _column("country", read, values, {"region": region, "language": language, "column": column})


def language(values: Texts, *, region: Hint = "", language: Hint = "", column: Hint = "") -> Column[str]:
    """Read a column of languages; as `email`."""
    from canonical_contact.normalize._language import language as read

    return _column("language", read, values, {"region": region, "language": language, "column": column})


def organization(values: Texts, *, region: Hint = "", language: Hint = "", column: Hint = "") -> Column[Organization]:
    """Read a column of names of organisations; as `email`."""
    from canonical_contact.normalize._organization import organization as read

    return _column("organization", read, values, {"region": region, "language": language, "column": column})


def time_zone(values: Texts, *, region: Hint = "", language: Hint = "", column: Hint = "") -> Column[str]:
    """Read a column of time zones; as `email`."""
    from canonical_contact.normalize._time_zone import time_zone as read

    return _column("time_zone", read, values, {"region": region, "language": language, "column": column})


def timestamp(
    values: Texts, *, region: Hint = "", language: Hint = "", column: Hint = "", zone: Hint | None = None, order: str = ""
) -> Column[datetime]:
    """Read a column of points in time; as `email`, with the hints of `normalize.timestamp`.

    Args:
        values: as in `email`.
        region: as in `email`.
        language: as in `email`.
        column: as in `email`.
        zone: IANA name of the zone of texts that state none: one for all rows, or a sequence with None where it is not known; see
            `normalize.timestamp`.
        order: `dmy` or `mdy`; empty means: as the column's own values show it, where they agree (`date_order`).
    """
    from canonical_contact.normalize._when import timestamp as read

    hints = {"region": region, "language": language, "column": column, "zone": zone}
    return _dates("timestamp", read, values, hints, order)


def birthday(values: Texts, *, region: Hint = "", language: Hint = "", column: Hint = "", order: str = "") -> Column[str]:
    """Read a column of days; as `timestamp`.

    >>> birthday(["03/04/1970", "25/12/1988"]).values
    ['1970-04-03', '1988-12-25']
    """
    from canonical_contact.normalize._when import birthday as read

    return _dates("birthday", read, values, {"region": region, "language": language, "column": column}, order)


def records(
    table: Any,  # noqa: ANN401  a mapping, or a pyarrow.Table or RecordBatch
    *,
    system: str,
    default_region: str = "",
    **more: Any,  # noqa: ANN401
) -> Records:
    """Normalise whole records that stand in columns; `Run` does it for table after table.

    Args:
        table: raw path (docs/mapping.md) → the texts of all rows; or a `pyarrow` Table or RecordBatch with such columns.
        system: the source's name.
        default_region: as in `Normalizer`.
        more: `profile` as in `Normalizer`, and what `Run.records` takes.

    Returns:
        The records, equal to those of `Normalizer` row by row.

    >>> found = records({"name.given": ["ANA", "Ben"], "emails[0].address": ["ANA@Example.org", None]}, system="sheet")
    >>> found["emails[0].address"], found["name.full"]
    (['ana@example.org', None], ['Ana', 'Ben'])
    """
    from canonical_contact.normalize._batch import Run

    return Run(default_region, more.pop("profile", None)).records(table, system=system, **more)


def _dates(
    kind: str, read: Callable[..., Normalized[T]], values: Texts, hints: Mapping[str, Hint | None], order: str
) -> Column[T]:
    codes, texts = _encoded(values)
    if not order:
        from canonical_contact.normalize._when_order import date_order

        order = date_order(text for text in map(texts.__getitem__, codes) if text)
    return _answers(kind, read, (codes, texts), hints, {"order": order})


def _column(
    kind: str,
    read: Callable[..., Normalized[T]],
    values: Texts | Mapping[str, Texts],
    hints: Mapping[str, Any],
    fixed: Mapping[str, Any] | None = None,
) -> Column[T]:
    return _answers(kind, read, _parts(values) if isinstance(values, Mapping) else _encoded(values), hints, fixed or {})


def _answers(
    kind: str,
    read: Callable[..., Normalized[T]],
    encoded: tuple[Sequence[int], Sequence[Any]],
    hints: Mapping[str, Any],
    fixed: Mapping[str, Any],
) -> Column[T]:
    """Ask for each distinct text with its hints once."""
    codes, texts = encoded
    same = dict(fixed)
    varying: dict[str, Sequence[Any]] = {}
    for word, hint in hints.items():
        if hint is None or isinstance(hint, str):
            same[word] = hint
        else:
            varying[word] = hint = hint.to_pylist() if hasattr(hint, "to_pylist") else hint
            if len(hint) != len(codes):
                raise InputError(
                    f"{len(hint):,} hints for {len(codes):,} values.",
                    path=word,
                    hint="Give one hint for all rows, or one for each.",
                )
    if not varying:
        return Column(kind, [read(text, **same) for text in texts], codes)
    known: dict[_Key, int] = {}
    distinct: list[Normalized[T]] = []
    rows = array("q")
    names = tuple(varying)
    for key in zip(codes, *varying.values(), strict=True):
        place = known.get(key)
        if place is None:
            place = known[key] = len(distinct)
            told = {word: "" if hint is None and word != "zone" else hint for word, hint in zip(names, key[1:], strict=True)}
            distinct.append(read(texts[key[0]], **same, **told))
        rows.append(place)
    return Column(kind, distinct, rows)


def _encoded(values: Any) -> tuple[Sequence[int], Sequence[str]]:  # noqa: ANN401
    """Give every row the place of its text among the distinct ones."""
    if hasattr(values, "to_pylist"):
        from canonical_contact.normalize._batch_arrow import encode

        return encode(values)
    if isinstance(values, (str, bytes)):
        raise InputError(
            "A column is a list of texts, not one text.", path="values", hint="For one text use the single function."
        )
    known: dict[str | None, int] = {}
    codes = array("q")
    texts: list[str] = []
    for text in values:
        code = known.get(text)
        if code is None:
            if text is not None and not isinstance(text, str):
                raise InputError(
                    f"A value of the column is a {type(text).__name__}.",
                    path="values",
                    hint="Values are texts, or None for empty cells.",
                )
            code = known[text] = len(texts)
            texts.append(text or "")
        codes.append(code)
    return codes, texts


def _parts(columns: Mapping[str, Texts]) -> tuple[Sequence[int], Sequence[Mapping[str, str]]]:
    """Give every row the place of its parts among the distinct ones."""
    rows = [list(map(texts.__getitem__, codes)) for codes, texts in map(_encoded, columns.values())]
    if len({len(row) for row in rows}) > 1:
        raise InputError(
            "The columns of the parts have different lengths.", path="values", hint="Each has one text for every row."
        )
    known: dict[_Key, int] = {}
    codes = [known.setdefault(key, len(known)) for key in zip(*rows, strict=True)]
    names = tuple(columns)
    return codes, [{part: text for part, text in zip(names, key, strict=True) if text} for key in known]


def __getattr__(wanted: str) -> object:
    """Load what belongs to whole records when it is first asked for (PEP 562)."""
    if wanted not in ("Records", "Run"):
        raise AttributeError(f"module {__name__!r} has no attribute {wanted!r}")
    from canonical_contact.normalize import _batch

    return getattr(_batch, wanted)
