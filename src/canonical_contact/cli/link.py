"""`link`: which rows of two tables are the same, where neither holds anybody twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from canonical_contact.cli._dedupe_run import (
    How,
    check_outputs,
    evidence_of,
    form_of,
    free_name,
    keys_as_json,
    options,
    plan_as_json,
    read_mapping,
    read_table,
    review_option,
    tell_keys,
    tell_plan,
    tell_problems_of,
)
from canonical_contact.cli._options import as_json, switches
from canonical_contact.cli._output import check_writable, print_json, write_csv, writing_bytes
from canonical_contact.cli._progress import progress

if TYPE_CHECKING:
    from canonical_contact.engine._dedupe_table import Table
    from canonical_contact.engine.dedupe import Linked

__all__ = ["command"]

_EXAMPLES = """\b
Examples:
  canonical-contact link members.csv donors.csv -o links.csv
  canonical-contact link members.csv donors.csv -o members.links.csv --all --review doubtful.csv"""


@click.command(name="link", epilog=_EXAMPLES)
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="OUT",
    help="Where to write: .csv, or .parquet (needs the extra [batch]); - for CSV on standard output.",
)
@click.option("--all", "all_", is_flag=True, help="Write the rows of A without a partner, too.")
@click.option("--map-left", metavar="FILE", help="What the columns of A are (TOML); those it does not name are recognised.")
@click.option("--map-right", metavar="FILE", help="The same for B.")
@review_option
@options
@as_json
def command(
    *,
    left: str,
    right: str,
    output: str,
    all_: bool,
    map_left: str | None,
    map_right: str | None,
    review: str | None,
    how: How,
    json_: bool,
) -> None:
    """Find the rows of A and B that are the same, where neither file holds anybody twice.

    One row for each link: left_row and right_row, the numbers of the rows from 1, confidence, and the columns of A as left_… and of B
    as right_…. A file that holds somebody twice goes through dedupe first.
    """
    check_outputs(output, review, json_=json_)
    form = form_of(output)
    check_writable(output, review, read=(left, right, map_left, map_right))
    switches()
    from canonical_contact.engine.dedupe import link

    with progress(output=output) as bar:
        bar.stage("read", None)
        mappings = read_mapping(map_left), read_mapping(map_right)
        whole = read_table(left), read_table(right)
        tables = evidence_of(whole[0]), evidence_of(whole[1])
        bar.stage("normalise", None)
        found = link(
            *tables, mappings=mappings, settings=how.settings, labels=how.labels, default_region=how.region, progress=bar
        )
    rows = _rows(found, whole, all_=all_)
    if form == "csv":
        _write_csv(output, _header(["left_row", "right_row", "confidence"], whole), rows)
    else:
        _parquet(output, _header(["left_row", "right_row", "confidence"], whole), list(rows))
    if review is not None:
        header = [*_header(["left_row", "right_row", "score", "reason"], whole), "same_person"]
        _write_csv(review, header, _review(found, whole))
    problems = tell_problems_of(found.problems, list(zip(found.plans, found.records, strict=True)))
    if json_:
        print_json(_summary(found, problems) | {"outputs": {"links": output} | ({"review": review} if review else {})})
    else:
        _tell(found, output, review)


def _header(first: list[str], tables: Sequence[Table]) -> list[str]:
    """The answer's columns, then those of both tables; a name that comes twice gets a number."""
    header = list(first)
    for side, table in zip(("left", "right"), tables, strict=True):
        for name in table.as_written:
            header.append(free_name(f"{side}_{name}", header))
    return header


def _write_csv(path: str, header: Sequence[str], rows: Iterator[list[Any]]) -> None:
    write_csv(path, header, ([cell if cell is not None else "" for cell in row] for row in rows))


def _rows(found: Linked, tables: Sequence[Table], *, all_: bool) -> Iterator[list[Any]]:
    """One row for each link, in the order of the left table; None where there is nothing."""
    left, right = (list(table.as_written.values()) for table in tables)
    partners = {one.left: one for one in found.links}
    for row in range(tables[0].rows) if all_ else partners:
        one = partners.get(row)
        there = [None, None] if one is None else [one.right + 1, round(one.confidence, 4)]
        theirs = [None] * len(right) if one is None else [column[one.right] for column in right]
        yield [row + 1, *there, *(column[row] for column in left), *theirs]


def _review(found: Linked, tables: Sequence[Table]) -> Iterator[list[Any]]:
    left, right = (list(table.as_written.values()) for table in tables)
    for pair in found.review:
        mine, theirs = (column[pair.left] for column in left), (column[pair.right] for column in right)
        yield [pair.left + 1, pair.right + 1, f"{pair.score:.4f}", pair.reason, *mine, *theirs, ""]


def _parquet(output: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"left_row": pa.int64(), "right_row": pa.int64(), "confidence": pa.float64()}
    columns = [pa.array([row[place] for row in rows], kinds.get(name, pa.string())) for place, name in enumerate(header)]
    with writing_bytes(output) as stream:
        pq.write_table(pa.table(columns, names=list(header)), stream, compression="zstd")


def _summary(found: Linked, problems: dict[str, int]) -> dict[str, Any]:
    result = found.resolution
    sides = zip(("left", "right"), found.tables, found.plans, strict=True)
    return {
        "links": len(found.links),
        "review": len(found.review),
        "named_by_keys": result.compared,
        "estimated_recall_of_keys": result.recall,
        "keys": keys_as_json(result),
        **{side: {"rows": table.rows, **plan_as_json(plan)} for side, table, plan in sides},
        "problems": problems,
    }


def _tell(found: Linked, output: str, review: str | None) -> None:
    for plan in found.plans:
        tell_plan(plan)
        click.echo("", err=True)
    tell_keys(found.resolution)
    asked = f"{len(found.review):,} to review"
    if found.review:
        asked += f", written to {review}" if review else "; --review FILE writes them"
    left, right = (table.rows for table in found.tables)
    place = "" if output == "-" else f"; written to {output}"
    click.echo(f"Pairs  {found.resolution.compared:,} named by keys, those inside of a file among them; {asked}", err=True)
    click.echo(f"Links  {len(found.links):,}, between {left:,} and {right:,} rows{place}", err=True)
