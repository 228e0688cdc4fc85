"""Duplicates in any table, and links between two: columns are recognised, brought to canonical form, and resolved."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from attrs import evolve, frozen

from canonical_contact.engine._dedupe_canonical import Canonical, canonical
from canonical_contact.engine._dedupe_columns import recognise
from canonical_contact.engine._dedupe_plan import TablePlan, paired
from canonical_contact.engine._dedupe_table import Table, table_of
from canonical_contact.engine._resolution import MatchSettings, Resolution
from canonical_contact.engine.local import Executor
from canonical_contact.engine.reading import Progress
from canonical_contact.engine.resolving import FEW, has_columns, resolve
from canonical_contact.errors import InputError, Problem
from canonical_contact.match.features import Features
from canonical_contact.match.keys import keys_for
from canonical_contact.match.policy import MatchPolicy

if TYPE_CHECKING:
    from canonical_contact.formats import Mapping
    from canonical_contact.match.table import FeatureTable

__all__ = ["Deduped", "Labels", "Linked", "RowLink", "RowPair", "dedupe", "features_of", "in_order", "link"]


Labels = AbstractMapping[tuple[int, int], bool]  # two rows from 0 → whether people said that they are one


class RowPair(NamedTuple):
    """Two rows, from 0, that a person should look at: the probability that they are one, and why it is not decided."""

    left: int
    right: int
    score: float
    reason: str


@frozen(eq=False)
class Deduped:
    """What a table's rows are.

    Args:
        plan: what its columns were taken for.
        table: the table.
        cluster_ids: for each row the number of its cluster, from 1, in the order of their first rows.
        confidence: for each row how sure it is that it belongs with the rest of its cluster, 0 to 1; a row alone has 1.
        review: pairs of rows in different clusters that a person should look at, the likeliest first.
        problems: what could not be read.
        resolution: clusters by place of the records in the order of their keys, weights, keys, and what each gave.
        rows: for each of these places the row.
        records: the rows in canonical form, with their keys.
        settings: how they were resolved.
    """

    plan: TablePlan
    table: Table
    cluster_ids: tuple[int, ...]
    confidence: tuple[float, ...]
    review: tuple[RowPair, ...]
    problems: tuple[Problem, ...]
    resolution: Resolution
    rows: tuple[int, ...]
    records: Canonical
    settings: MatchSettings

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return max(self.cluster_ids, default=0)

    def to_arrow(self) -> Any:  # noqa: ANN401  a pyarrow.Table
        """The table's columns as texts, those beyond its header too, with `cluster_id` and `confidence`.

        Raises:
            MissingExtraError: pyarrow is not installed.
        """
        from canonical_contact.engine._dedupe_table import arrow

        pa = arrow()
        given = dict(zip(self.table.names, self.table.columns, strict=True)) | dict(self.table.beyond)
        columns = {name: pa.array(column, pa.string()) for name, column in given.items()}
        return pa.table(columns | {"cluster_id": self.cluster_ids, "confidence": self.confidence})


class RowLink(NamedTuple):
    """A row of the left table and the row of the right table that is the same, both from 0, and how sure that is."""

    left: int
    right: int
    confidence: float


@frozen(eq=False)
class Linked:
    """Which rows of two tables are the same.

    Args:
        plans: what the columns were taken for, left and right.
        tables: the tables.
        links: rows that are the same; a row stands in one link at most.
        review: pairs (left row, right row) that a person should look at, the likeliest first.
        problems: what could not be read.
        resolution: how it came about.
        records: the rows of both in canonical form.
    """

    plans: tuple[TablePlan, TablePlan]
    tables: tuple[Table, Table]
    links: tuple[RowLink, ...]
    review: tuple[RowPair, ...]
    problems: tuple[Problem, ...]
    resolution: Resolution
    records: tuple[Canonical, Canonical]


def dedupe(
    source: Any,  # noqa: ANN401  whatever holds a table
    *,
    mapping: Mapping | None = None,
    settings: MatchSettings | None = None,
    labels: Labels | None = None,
    system: str = "",
    default_region: str = "",
    progress: Progress | None = None,
) -> Deduped:
    """Find which rows of a table are the same person, or the same organisation.

    Args:
        source: the path of a delimited, Parquet or Arrow file; column → list of values; an Arrow table; a data frame.
        mapping: what its columns are, where they are not recognised.
        settings: policy, weights, limits; the defaults suit any table.
        labels: (row, row), from 0 → whether people said that they are one. They refine the weights, as those of the settings do, which
            are by the records' keys, and bind nobody.
        system: the source's name, where no column holds it.
        default_region: ISO 3166-1 alpha-2 of national phone numbers in rows that show no country.
        progress: told how far it is.

    Returns:
        A cluster and a confidence for each row, and what is left to people.

    Raises:
        InputError: the source holds no table, no column of it tells who somebody is, or a label names a row that there is not.

    >>> found = dedupe({"name": ["Ana Ruiz", "Ana Ruiz", "Eva Berg"], "email": ["ana@x.es", "Ana@x.es", "eva@x.de"]})
    >>> found.cluster_ids
    (1, 1, 2)
    """
    settings = settings or MatchSettings()
    table = table_of(source)
    plan = _telling(table, mapping)
    made = _for_subject(
        canonical(table, plan, system=system, default_region=default_region, executor=_executor(table, settings)), plan
    )
    matched = by_content(made, plan)
    told = _labels_by_key(settings.labels, labels or {}, made.keys, matched.keys)
    settings = evolve(settings, policy=_policy_for(settings.policy, [plan]), extensions=made.kinds, labels=told)
    rows = in_order(matched)
    found = resolve(features_of(matched, rows), settings, progress=progress)
    clusters = _by_row([rows[label] for label in found.labels], rows)
    numbers: dict[int, int] = {}
    return Deduped(
        plan,
        table,
        tuple(numbers.setdefault(label, len(numbers) + 1) for label in clusters),
        tuple(_by_row(found.confidence, rows)),
        _asked(found, rows, plan),
        (*table.problems, *made.problems),
        found,
        rows,
        made,
        settings,
    )


def link(
    left: Any,  # noqa: ANN401  whatever holds a table
    right: Any,  # noqa: ANN401  whatever holds a table
    *,
    mappings: tuple[Mapping | None, Mapping | None] = (None, None),
    settings: MatchSettings | None = None,
    labels: Labels | None = None,
    default_region: str = "",
    progress: Progress | None = None,
) -> Linked:
    """Find which rows of two tables are the same, where neither holds anybody twice.

    Args:
        left: a table, as `dedupe` takes it.
        right: the other.
        mappings: what their columns are, where they are not recognised.
        settings: as for `dedupe`.
        labels: (left row, right row), from 0 → whether people said that they are one; as for `dedupe`.
        default_region: as for `dedupe`.
        progress: told how far it is.

    Returns:
        Links one to one, and what is left to people.

    Raises:
        InputError: a source holds no table, no column of one tells who somebody is, or a label names a row that there is not.

    >>> found = link({"name": ["Ana Ruiz"], "email": ["ana@x.es"]}, {"name": ["Eva Berg", "Ruiz, Ana"], "email": ["", "ana@x.es"]})
    >>> [(one.left, one.right) for one in found.links]
    [(0, 1)]
    """
    settings = settings or MatchSettings()
    tables = table_of(left), table_of(right)
    labels = labels or {}
    if not _is_first(tables[1], tables[0]):
        return _linked(
            tables, mappings, _SIDES, settings=settings, labels=labels, default_region=default_region, progress=progress
        )
    # The same two tables give the same links, whichever is called left.
    turned = {(there, here): same for (here, there), same in labels.items()}
    found = _linked(
        tables[::-1],
        mappings[::-1],
        _SIDES[::-1],
        settings=settings,
        labels=turned,
        default_region=default_region,
        progress=progress,
    )
    return evolve(
        found,
        plans=found.plans[::-1],
        tables=found.tables[::-1],
        links=tuple(sorted(RowLink(one.right, one.left, one.confidence) for one in found.links)),
        review=tuple(pair._replace(left=pair.right, right=pair.left) for pair in found.review),
        records=found.records[::-1],
    )


def _is_first(one: Table, other: Table) -> bool:
    """Whether a table comes before another by what it holds; the order of the rows counts only where nothing else tells."""
    if (one.rows, one.names) != (other.rows, other.names):
        return (one.rows, one.names) < (other.rows, other.names)
    first, second = ([*zip(*([cell or "" for cell in column] for column in it.columns), strict=True)] for it in (one, other))
    return (sorted(first), first) < (sorted(second), second)


def _labels_by_key(
    told: AbstractMapping[tuple[str, str], bool], rows: Labels, keys: Sequence[str], inner: Sequence[str]
) -> dict[tuple[str, str], bool]:
    """What people said, by the keys that a resolution knows the records by.

    Args:
        told: by the records' own keys.
        rows: by rows.
        keys: the own key of each row.
        inner: the key of each row in the resolution.
    """
    known = dict(zip(keys, inner, strict=True)) if told else {}
    found = {(known.get(left, left), known.get(right, right)): same for (left, right), same in told.items()}
    for pair, same in rows.items():
        if beyond := [row for row in pair if not 0 <= row < len(inner)]:
            raise InputError(
                f"A label names row {beyond[0] + 1}, and there are {len(inner):,}.",
                path="labels",
                hint="Rows count from the first.",
            )
        found[inner[pair[0]], inner[pair[1]]] = same
    return found


def _linked(
    tables: tuple[Table, Table],
    mappings: tuple[Mapping | None, Mapping | None],
    names: tuple[str, str],
    *,
    settings: MatchSettings,
    labels: Labels,
    default_region: str,
    progress: Progress | None,
) -> Linked:
    """Link two tables, the first of which is called `names[0]`."""
    plans = paired(*map(_telling, tables, mappings))
    made = [
        _for_subject(
            canonical(table, plan, system=name, default_region=default_region, executor=_executor(table, settings)), plan
        )
        for table, plan, name in zip(tables, plans, names, strict=True)
    ]
    for side, name in zip(made, _SIDES, strict=True):
        side.columns["system"] = [name] * len(side)
    policy = evolve(_policy_for(settings.policy, plans), unique_sources=_SIDES)
    both = _stacked(*(by_content(side, plan) for side, plan in zip(made, plans, strict=True)))
    rows = in_order(both)
    keys = [key for side in made for key in side.keys]
    if beyond := [row for row, _ in labels if row >= len(made[0])]:
        raise InputError(
            f"A label names row {beyond[0] + 1} of a table of {len(made[0]):,}.", path="labels", hint="Name the left row first."
        )
    told = _labels_by_key(
        settings.labels, {(row, len(made[0]) + other): same for (row, other), same in labels.items()}, keys, both.keys
    )
    settings = evolve(settings, policy=policy, within=False, extensions=both.kinds, labels=told)
    found = resolve(features_of(both, rows), settings, progress=progress)
    size = tables[0].rows
    links = []
    for place, label in enumerate(found.labels):
        if label != place:
            a, b = sorted((rows[label], rows[place]))
            links.append(RowLink(a, b - size, found.confidence[place]))
    return Linked(
        plans,
        tables,
        tuple(sorted(links)),
        tuple(pair._replace(right=pair.right - size) for pair in _asked(found, rows, *plans)),
        tuple(problem for table, side in zip(tables, made, strict=True) for problem in (*table.problems, *side.problems)),
        found,
        (made[0], made[1]),
    )


_SIDES: Final = ("left", "right")
_FIRM = "organization"
_NAME_ONLY = "name_only"  # the rule of the shipped policies that says the same
_WEBSITE = "online_services.uri"  # what a column of web addresses is about


def _executor(table: Table, settings: MatchSettings) -> Executor:
    return Executor(settings.workers if table.rows > 100_000 else 1)


def _telling(table: Table, mapping: Mapping | None) -> TablePlan:
    """Recognise the columns, and refuse rows that nothing tells apart: each would stand alone, as if there were no duplicates."""
    plan = recognise(table, mapping=mapping)
    if table.rows and not plan.fields and not keys_for(plan.kinds, ()):  # numbers and categories alone name no pair
        hint = "See what its columns were taken for with `dedupe FILE --plan` or `recognise(table)`, and say it in a mapping."
        raise InputError(f"No column of {plan.table} tells who somebody is.", path=plan.table, hint=hint)
    return plan


def _for_subject(made: Canonical, plan: TablePlan) -> Canonical:
    """In a table of organisations a mailbox of the house (`info@`) is the firm's own, and its website is called so."""
    if plan.subject != _FIRM:
        return made
    columns = made.columns
    emails = [
        tuple(dict.fromkeys((*own, *shared))) for own, shared in zip(columns["emails"], columns["role_emails"], strict=True)
    ]
    called = {one.evidence: "website" for one in plan.columns if one.about == _WEBSITE} if "website" not in made.kinds else {}
    called = dict(list(called.items())[:1])
    return evolve(
        made,
        columns=columns | {"emails": emails, "role_emails": [()] * len(made)},
        extensions={called.get(name, name): values for name, values in made.extensions.items()},
        kinds={called.get(name, name): kind for name, kind in made.kinds.items()},
    )


def _policy_for(policy: MatchPolicy, plans: Sequence[TablePlan]) -> MatchPolicy:
    """The policy of a run, with the columns that hold a national id among those that it names."""
    chosen = _policy_of_subject(policy, plans)
    national = dict.fromkeys((*chosen.national_ids, *(name for plan in plans for name in plan.national_ids)))
    return evolve(chosen, national_ids=tuple(national))


def _policy_of_subject(policy: MatchPolicy, plans: Sequence[TablePlan]) -> MatchPolicy:
    """Where the rows are organisations, theirs instead of the shipped one for contacts; a policy of one's own stays."""
    contacts = MatchPolicy.default()
    asked = {name: getattr(policy, name) for name in ("match_at", "review_at", "precision")}
    if any(plan.subject != _FIRM for plan in plans) or policy != evolve(contacts, **asked):
        return policy
    firms = MatchPolicy.for_organizations()
    return firms if policy == contacts else evolve(firms, **asked)


def by_content(made: Canonical, plan: TablePlan) -> Canonical:
    """Where rows have no id of their own, key them by what they say, so that a file in another order gives the same result."""
    if plan.id_column:
        return made
    columns = [*made.columns.values(), *made.extensions.values()]
    order = sorted(range(len(made)), key=lambda row: [column[row] for column in columns])
    keys = [""] * len(made)
    for place, row in enumerate(order):
        keys[row] = f"{place:09}"
    return evolve(made, keys=keys)


def in_order(made: Canonical) -> tuple[int, ...]:
    """The rows in the order of their keys, which is that of a resolution."""
    return tuple(sorted(range(len(made)), key=made.keys.__getitem__))


def features_of(made: Canonical, rows: Sequence[int]) -> Sequence[Features] | FeatureTable:
    """The match features of some canonical columns, in the form that suits their number.

    Args:
        made: the columns.
        rows: the order that `in_order` gives.
    """
    if len(made) < FEW or not has_columns():
        records = made.features()
        return [records[row] for row in rows]
    return made.table()


def _asked(found: Resolution, rows: Sequence[int], *plans: TablePlan) -> tuple[RowPair, ...]:
    """The pairs for people; where nothing but names is compared, that is the reason and not what they weigh."""
    told = {"weights": _NAME_ONLY} if any(plan.names_only for plan in plans) else {}
    ends = ((min(a, b), max(a, b), pair) for pair in found.review for a, b in ((rows[pair.left], rows[pair.right]),))
    return tuple(RowPair(left, right, pair.score, told.get(pair.reason, pair.reason)) for left, right, pair in ends)


def _by_row(values: Sequence[Any], rows: Sequence[int]) -> list[Any]:
    found = [None] * len(rows)
    for value, row in zip(values, rows, strict=True):
        found[row] = value
    return found


def _stacked(left: Canonical, right: Canonical) -> Canonical:
    """Two tables as one; extension fields meet where they have one name, compared as the left table says."""

    def both(a: AbstractMapping[str, list[Any]], b: AbstractMapping[str, list[Any]], none: Any) -> dict[str, list[Any]]:  # noqa: ANN401
        names = dict.fromkeys((*a, *b))
        return {name: [*a.get(name, [none] * len(left)), *b.get(name, [none] * len(right))] for name in names}

    lists = {name for name, values in left.columns.items() if values and isinstance(values[0], tuple)}
    columns = both(left.columns, right.columns, "")
    for name in lists:
        columns[name] = [value or () for value in columns[name]]
    return Canonical(
        [f"{name}:{key}" for name, side in zip(_SIDES, (left, right), strict=True) for key in side.keys],
        columns,
        both(left.extensions, right.extensions, ""),
        dict(right.kinds) | dict(left.kinds),
    )
