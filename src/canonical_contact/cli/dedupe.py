"""`dedupe`: which rows of a table are one person, or one organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canonical_contact.cli._dedupe_run import (
    ANSWERS,
    How,
    check_outputs,
    counted,
    evidence_of,
    form_of,
    free_name,
    keys_as_json,
    options,
    plan_as_json,
    plan_of,
    read_mapping,
    read_table,
    review_option,
    run,
    side_by_side,
    tell_keys,
    tell_plan,
    tell_problems_of,
)
from canonical_contact.cli._options import as_json, switches
from canonical_contact.cli._output import check_writable, note, print_json, write_csv, writing, writing_bytes
from canonical_contact.cli._progress import progress

if TYPE_CHECKING:
    from canonical_contact.engine._dedupe_table import Table
    from canonical_contact.engine.dedupe import Deduped
    from canonical_contact.formats import Mapping

__all__ = ["command"]

_EXAMPLES = """\b
Examples:
  canonical-contact dedupe people.csv --plan
  canonical-contact dedupe people.csv -o people.dedupe.csv --review doubtful.csv
  canonical-contact dedupe people.csv --plan -o people.toml       # a mapping to edit
  canonical-contact dedupe people.csv -o people.dedupe.csv --map people.toml"""


@click.command(name="dedupe", epilog=_EXAMPLES)
@click.argument("file", metavar="FILE")
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    help="Where to write: .csv, or .parquet (needs the extra [batch]); - for CSV on standard output. With --plan: a mapping (TOML).",
)
@click.option("--map", "mapping", metavar="FILE", help="What the columns are (TOML); those it does not name are recognised.")
@click.option("--plan", is_flag=True, help="Say what each column is taken for, and do nothing else.")
@click.option("--force", is_flag=True, help="With --plan: write over a mapping that is there.")
@review_option
@options
@as_json
def command(
    *,
    file: str,
    output: str | None,
    mapping: str | None,
    plan: bool,
    force: bool,
    review: str | None,
    how: How,
    json_: bool,
) -> None:
    """Find the rows of FILE that are one person, or one organisation, without being told what its columns are.

    Every row of FILE is written as it is, in its order, with cluster_id, a number that rows of one person share, and confidence, how
    sure it is that the row belongs with the rest of its cluster. Nothing is stored.
    """
    if output is None and not plan:
        raise click.UsageError("Name a file to write to with -o, or see first what the columns are taken for with --plan.")
    check_outputs(output, review, json_=json_)
    form = "" if plan or output is None else form_of(output)
    check_writable(output, review, read=(file, mapping))
    if plan and output is not None:
        _check_mapping(output, force=force)
    switches()
    with progress(output=output) as bar:
        bar.stage("read", None)
        table = read_table(file)
        evidence, known = evidence_of(table), read_mapping(mapping)
        if not plan:
            found = run(evidence, how, mapping=known, progress=bar)
    if plan or output is None:
        _plan(evidence, known, output, json_=json_)
        return
    names = tuple(free_name(name, table.as_written) for name in ANSWERS)
    for name, taken in zip(ANSWERS, names, strict=True):
        if name != taken:
            note(f"note: {file}: it has a column {name} already; ours is called {taken}.")
    if form == "csv":
        write_csv(output, *_rows(table, found, names))
    else:
        _parquet(file, output, table, found, names)
    if review is not None:
        write_csv(review, *_review(found))
    problems = tell_problems_of(found.problems, [(found.plan, found.records)])
    if json_:
        print_json(_summary(found, problems) | {"outputs": {"rows": output} | ({"review": review} if review else {})})
    else:
        _tell(found, output, review)


def _check_mapping(output: str, *, force: bool) -> None:
    """Refuse to write a mapping under another ending, or over one that somebody may have edited."""
    if output == "-":
        return
    if Path(output).suffix.lower() != ".toml":
        raise click.UsageError(f"With --plan a mapping is written, and {output} does not end in .toml.")
    if Path(output).exists() and not force:
        raise click.UsageError(f"{output} is there already; name another file with -o, or write over it with --force.")


def _plan(table: Table, mapping: Mapping | None, output: str | None, *, json_: bool) -> None:
    plan = plan_of(table, mapping)
    problems = tell_problems_of(table.problems)
    if output is not None:
        with writing(output) as stream:
            stream.write(plan.to_toml())
    if json_:
        print_json({"rows": table.rows} | plan_as_json(plan) | {"problems": problems, "output": output})
    elif output != "-":
        for line in plan.lines():
            click.echo(line)
        if output is not None:
            note(f"written to {output}; edit it, and give it with --map")


# -- files -------------------------------------------------------------------------------------------------------------------------------


def _rows(table: Table, found: Deduped, names: Sequence[str]) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The header and the rows of the result; names of columns are data, too, and must not run in a spreadsheet."""
    from canonical_contact.formats._cells import safe

    answers = (map(str, found.cluster_ids), (f"{sure:.4f}" for sure in found.confidence))
    columns = table.as_written
    cells = ((cell or "" for cell in column) for column in columns.values())
    return [*map(safe, columns), *names], zip(*cells, *answers, strict=True)


def _parquet(file: str, output: str, table: Table, found: Deduped, names: Sequence[str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from canonical_contact.engine._dedupe_table import typed_table

    made = typed_table(file)  # keeps the types of its columns
    if made is None:
        made = pa.table({name: pa.array(column, pa.string()) for name, column in table.as_written.items()})
    for name, values in zip(names, (found.cluster_ids, found.confidence), strict=True):
        made = made.append_column(name, pa.array(values))
    with writing_bytes(output) as stream:
        pq.write_table(made, stream, compression="zstd")


def _review(found: Deduped) -> tuple[list[str], Iterator[list[str]]]:
    """The doubtful pairs side by side, the likeliest first; the last column is left to the person."""
    from canonical_contact.formats._cells import safe

    columns = found.table.as_written
    header = ["score", "reason", "left_row", "right_row", *side_by_side(columns)]
    last = free_name("same_person", header)

    def rows() -> Iterator[list[str]]:
        for pair in found.review:
            both = (column[row] or "" for column in columns.values() for row in (pair.left, pair.right))
            yield [f"{pair.score:.4f}", pair.reason, str(pair.left + 1), str(pair.right + 1), *both, ""]

    return [*map(safe, header), last], rows()


# -- what is told ------------------------------------------------------------------------------------------------------------------------


def _sizes(found: Deduped) -> tuple[int, int]:
    """How many clusters hold several rows, and how many rows are one too many."""
    from collections import Counter

    sizes = Counter(found.cluster_ids)
    return sum(size > 1 for size in sizes.values()), found.table.rows - len(sizes)


def _summary(found: Deduped, problems: dict[str, int]) -> dict[str, Any]:
    several, duplicates = _sizes(found)
    result = found.resolution
    return {
        "rows": found.table.rows,
        "clusters": found.clusters,
        "clusters_of_several": several,
        "duplicates": duplicates,
        "review": len(found.review),
        "compared": result.compared,
        "matched": result.matched,
        "estimated_recall_of_keys": result.recall,
        "keys": keys_as_json(result),
        **plan_as_json(found.plan),
        "problems": problems,
    }


def _tell(found: Deduped, output: str, review: str | None) -> None:
    several, duplicates = _sizes(found)
    tell_plan(found.plan)
    click.echo("", err=True)
    tell_keys(found.resolution)
    what = "organisations" if found.plan.subject == "organization" else "people"
    place = "" if output == "-" else f"; written to {output}"
    asked = f"{len(found.review):,} to review"
    if found.review:
        asked += f", written to {review}" if review else "; --review FILE writes them"
    click.echo(f"Pairs  {found.resolution.compared:,} compared, {found.resolution.matched:,} match, {asked}", err=True)
    told = f"{counted(duplicates, 'duplicate')} in {counted(several, 'cluster')}"
    click.echo(f"Rows   {found.table.rows:,}, of {found.clusters:,} {what}: {told}{place}", err=True)
