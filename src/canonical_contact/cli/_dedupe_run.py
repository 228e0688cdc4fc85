"""What the commands that match tables have in common: their options, reading a table, running, and what is told afterwards."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from attrs import evolve, field, frozen

from canonical_contact.cli._options import read_policy, region_option
from canonical_contact.cli._output import note, of_rows, tell_problems
from canonical_contact.cli._reading import check_text
from canonical_contact.errors import InputError, MissingExtraError, Problem, Severity

if TYPE_CHECKING:
    from canonical_contact.engine._dedupe_canonical import Canonical
    from canonical_contact.engine._dedupe_plan import ColumnPlan, TablePlan
    from canonical_contact.engine._dedupe_table import Table
    from canonical_contact.engine.dedupe import Deduped
    from canonical_contact.engine.reading import Progress
    from canonical_contact.engine.resolving import MatchSettings, Resolution
    from canonical_contact.formats import Mapping as FileMapping

__all__ = [
    "ANSWERS",
    "How",
    "check_outputs",
    "counted",
    "evidence_of",
    "form_of",
    "free_name",
    "keys_as_json",
    "options",
    "plan_as_json",
    "plan_of",
    "read_mapping",
    "read_table",
    "review_option",
    "run",
    "side_by_side",
    "system_of",
    "tell_keys",
    "tell_plan",
    "tell_problems_of",
    "without",
]

F = TypeVar("F", bound=Callable[..., Any])

ANSWERS = ("cluster_id", "confidence")  # what `dedupe` adds; a file that has both has been through it
FORMS = {".csv": "csv", ".parquet": "parquet"}
_SUREST = 1 - 5e-7  # 1 has no odds; scores have six digits, so this asks for the same
_TOLD = 8  # keys that are named; the others gave next to nothing
# What helps on the command line, where the hint of a code names no option.
_HINTS = {
    "phone.region_unknown": "A national number without a country: give the row a country, or name that of such numbers with --region, "
    "such as --region DE."
}


@frozen
class How:
    """How tables are matched, as the options say."""

    settings: MatchSettings
    region: str
    labels: Mapping[tuple[int, int], bool] = field(factory=dict)  # of rows; those of records are in the settings

    @property
    def has_evidence(self) -> bool:
        """Whether files say more than the table does."""
        settings = self.settings
        return bool(self.labels or settings.labels or settings.postcodes or settings.keys)


def options(function: F) -> F:
    """Add what every run of the matcher takes, from `--policy` to `--memory`; given as `how`."""

    def gathered(
        *,
        policy: str | None,
        match_at: float | None,
        labels: str | None,
        postcodes: str | None,
        keys: str | None,
        region: str,
        workers: int | None,
        memory: int,
        **more: Any,  # noqa: ANN401  the command's own
    ) -> Any:  # noqa: ANN401  what the command returns
        how = _how(policy, match_at, region, workers, memory)
        return function(how=_with_evidence(how, labels, postcodes, keys), **more)

    gathered.__doc__ = function.__doc__
    if hasattr(function, "__click_params__"):
        gathered.__click_params__ = function.__click_params__  # type: ignore[attr-defined]
    added = [
        click.option("--policy", metavar="FILE", help="Rules and thresholds (TOML, docs/policy.md); default: those that ship."),
        click.option(
            "--match-at",
            type=click.FloatRange(0, 1, min_open=True),
            default=None,
            metavar="P",
            help="Join pairs from this probability on, instead of the policy's.",
        ),
        click.option(
            "--labels", metavar="FILE", help="Judged pairs, which refine the weights: a filled sheet of --review (CSV)."
        ),
        click.option(
            "--postcodes", metavar="FILE", help="Where postcodes lie, so that near ones count: postcode, latitude, longitude."
        ),
        click.option("--keys", metavar="FILE", help="Blocking keys instead of those that ship (TOML, docs/matching.md)."),
        region_option,
        click.option("--workers", type=click.IntRange(1), default=None, metavar="N", help="Cores to work with; default: all."),
        click.option(
            "--memory",
            type=click.IntRange(1),
            default=512,
            show_default=True,
            metavar="MB",
            help="Candidate pairs that are kept in memory; more of them go to disk.",
        ),
    ]
    made: Any = gathered
    for add in reversed(added):
        made = add(made)
    found: F = made
    return found


review_option = click.option(
    "--review", metavar="FILE", help="Write the doubtful pairs side by side for a person to decide (CSV)."
)


def check_outputs(output: str | None, review: str | None, *, json_: bool) -> None:
    """Refuse two things on standard output.

    Raises:
        click.UsageError: rows, doubtful pairs and JSON want it, more than one of them.
    """
    if json_ and "-" in (output, review):
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    if output == review == "-":
        raise click.UsageError("Standard output takes one of -o and --review.")


def _how(policy: str | None, match_at: float | None, region: str, workers: int | None, memory: int) -> How:
    from canonical_contact.engine.resolving import MatchSettings
    from canonical_contact.match.policy import MatchPolicy

    chosen = read_policy(policy) or MatchPolicy.default()
    if match_at is not None:
        chosen = evolve(chosen, match_at=match_at, review_at=min(chosen.review_at, match_at), precision=0.0)
    if chosen.match_at > _SUREST:
        chosen = evolve(chosen, match_at=_SUREST, review_at=min(chosen.review_at, _SUREST))
    return How(MatchSettings(policy=chosen, workers=workers or os.cpu_count() or 1, memory=memory << 20), region)


def _with_evidence(how: How, labels: str | None, postcodes: str | None, keys: str | None) -> How:
    from canonical_contact.cli._evidence import read_judged, read_keys, read_postcodes

    rows, records = read_judged(labels)
    return evolve(
        how, settings=evolve(how.settings, labels=records, postcodes=read_postcodes(postcodes), keys=read_keys(keys)), labels=rows
    )


# -- reading and running -----------------------------------------------------------------------------------------------------------------


def read_table(path: str) -> Table:
    """Read a table that has rows.

    Raises:
        InputError: there is no such file, or it holds no table, or no row.
    """
    from canonical_contact.engine._dedupe_table import table_of

    if Path(path).is_dir():
        raise InputError(f"{path} is a folder.", path=path, hint="Name a file in it.")
    check_text(Path(path), hint="Name a CSV file (any delimiter and encoding), Parquet or Arrow.", binary=True)
    table = table_of(path)
    if not table.rows:
        raise InputError(
            f"{path} holds no row, only the names of {len(table.names)} columns.", path=path, hint="Export it again."
        )
    return table


def without(table: Table, names: Sequence[str]) -> Table:
    """A table without some columns, since they hold the answer and are no evidence."""
    kept = [place for place, name in enumerate(table.names) if name not in names]
    return evolve(table, names=tuple(table.names[place] for place in kept), columns=tuple(table.columns[place] for place in kept))


def evidence_of(table: Table) -> Table:
    """A table without what an earlier run of `dedupe` has added to it."""
    if not set(ANSWERS) <= set(table.names):
        return table
    note(f"note: {table.name}: {' and '.join(ANSWERS)} are taken for those of an earlier run, and are no evidence.")
    return without(table, ANSWERS)


def read_mapping(path: str | None) -> FileMapping | None:
    """Read the file of `--map`; None where there is none."""
    from canonical_contact.formats import load_mapping

    return load_mapping(Path(path)) if path is not None else None


def plan_of(table: Table, mapping: FileMapping | None) -> TablePlan:
    """Tell what the columns of a table are."""
    from canonical_contact.engine._dedupe_columns import recognise

    return recognise(table, mapping=mapping)


def run(table: Table, how: How, *, mapping: FileMapping | None, progress: Progress) -> Deduped:
    """Find the duplicates of a table.

    Args:
        table: the table, without columns that hold the answer.
        how: settings and region.
        mapping: what its columns are, where they are not recognised.
        progress: told how far it is.

    Raises:
        InputError: no column tells who somebody is.
    """
    from canonical_contact.engine.dedupe import dedupe

    progress.stage("normalise", None)
    system = system_of(table.name)
    return dedupe(
        table,
        mapping=mapping,
        settings=how.settings,
        labels=how.labels,
        system=system,
        default_region=how.region,
        progress=progress,
    )


def system_of(name: str) -> str:
    """What the keys of a file's records begin with: the file's name without its ending.

    >>> system_of("exports/people.csv")
    'people'
    """
    return Path(name).stem.replace(":", "_") or "table"


# -- writing -----------------------------------------------------------------------------------------------------------------------------


def form_of(output: str) -> str:
    """Tell the form of an output by its ending; `-` is CSV.

    Raises:
        click.UsageError: the ending is none of a form.
        MissingExtraError: it is Parquet, and pyarrow is not installed.
    """
    form = "csv" if output == "-" else FORMS.get(Path(output).suffix.lower(), "")
    if not form:
        raise click.UsageError(f"{output} ends in none of {' and '.join(FORMS)}.")
    if form == "parquet" and find_spec("pyarrow") is None:
        raise MissingExtraError("Parquet", "batch")
    return form


def free_name(wanted: str, names: Iterable[str]) -> str:
    """A name that no column has.

    >>> free_name("cluster_id", ["name", "cluster_id"])
    'cluster_id_2'
    """
    taken, name, number = {one.casefold() for one in names}, wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


# -- telling -----------------------------------------------------------------------------------------------------------------------------


def counted(number: int, word: str) -> str:
    """A number with its word.

    >>> counted(1, "duplicate"), counted(2_000, "duplicate")
    ('1 duplicate', '2,000 duplicates')
    """
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def tell_plan(plan: TablePlan) -> None:
    """Say what the columns were taken for."""
    for line in plan.lines():
        click.echo(line, err=True)


def tell_keys(found: Resolution) -> None:
    """Say which keys found pairs."""
    named = sorted((one for one in found.reports if one.named), key=lambda one: -one.named)
    if named:
        rest = f"; {len(named) - _TOLD} more" if len(named) > _TOLD else ""
        click.echo(f"Keys   {', '.join(f'{one.key} {one.named:,}' for one in named[:_TOLD])}{rest}", err=True)
    if left_out := sum(one.left_out for one in named):
        click.echo(f"       {left_out:,} pairs of values that too many rows share were left to other keys", err=True)


def tell_problems_of(problems: Sequence[Problem], read: Sequence[tuple[TablePlan, Canonical]] = ()) -> dict[str, int]:
    """Say what could not be read, once for each kind; what was repaired without a loss is only counted.

    Args:
        problems: of the tables and their cells.
        read: the plan of each table, which knows the columns, and its canonical columns, which know how many of a kind there are.

    Returns:
        how many there are of each code.
    """
    counts = sum((Counter(records.counts) for _, records in read), Counter[str]())
    columns = {
        (plan.table, stem): ", ".join(one.name for one in made) for plan, _ in read for stem, made in _by_stem(plan).items()
    }
    told = [problem for problem in problems if problem.line or problem.code not in counts]  # not "so many more of this kind"
    first: dict[str, Problem] = {}
    for problem in told:
        if problem.severity is not Severity.INFO or of_rows(problem.code) or problem.code.startswith("file."):
            first.setdefault(problem.code, problem)
    for problem in first.values():
        column = problem.column or columns.get((problem.file, _stem(problem.path.removeprefix("$."))), "")
        tell_problems([evolve(problem, column=column, hint=_HINTS.get(problem.code, problem.hint))], counts)
    of_files = Counter(problem.code for problem in told if problem.code not in counts)
    return dict(sorted((counts + of_files).items()))


def _by_stem(plan: TablePlan) -> dict[str, list[ColumnPlan]]:
    found: dict[str, list[ColumnPlan]] = {}
    for path, columns in plan.fields.items():
        found.setdefault(_stem(path), []).extend(columns)
    return found


def _stem(path: str) -> str:
    from canonical_contact.engine._dedupe_plan import stem_of

    return stem_of(path)


def plan_as_json(plan: TablePlan) -> dict[str, Any]:
    """Give a plan as plain values."""
    return {
        "subject": plan.subject,
        "headless": plan.headless,
        "advice": plan.advice,
        "columns": [
            {
                "name": one.name,
                "role": one.role.value,
                "path": one.path,
                "kind": one.kind,
                "confidence": one.confidence,
                "reason": one.reason,
                "alternatives": dict(one.alternatives),
            }
            for one in plan.columns
        ],
    }


def keys_as_json(found: Resolution) -> list[dict[str, Any]]:
    """Give what each key gave as plain values."""
    return [
        {"key": one.key, "pairs": one.named, "alone": one.alone, "left_out": one.left_out} for one in found.reports if one.named
    ]


def side_by_side(names: Iterable[str]) -> Iterator[str]:
    """The header of two rows beside each other, column by column."""
    return (f"{side}_{name}" for name in names for side in ("left", "right"))
