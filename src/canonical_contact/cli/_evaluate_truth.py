"""`evaluate truth`: clusters against a column that says who is who, and the page of mistakes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from canonical_contact.cli._dedupe_run import How, evidence_of, options, read_mapping, read_table, run, system_of, without
from canonical_contact.cli._evaluate_page import EDGES, page_option, write_page
from canonical_contact.cli._options import as_json, switches
from canonical_contact.cli._output import check_writable, print_json
from canonical_contact.cli._progress import progress
from canonical_contact.errors import InputError

if TYPE_CHECKING:
    from canonical_contact.cli._progress import Bar
    from canonical_contact.engine._dedupe_table import Table
    from canonical_contact.engine.dedupe import Deduped
    from canonical_contact.match.evaluate import Evaluation

__all__ = ["truth"]

_EXAMPLES = """\b
Examples:
  canonical-contact evaluate truth people.csv --truth person
  canonical-contact evaluate truth people.dedupe.csv --truth person --cluster cluster_id
  canonical-contact evaluate truth people.csv --truth person --page mistakes.html"""


@click.command(name="truth", epilog=_EXAMPLES)
@click.argument("file", metavar="FILE")
@click.option("--truth", required=True, metavar="COLUMN", help="The column that says who is who; rows without it do not count.")
@click.option("--cluster", metavar="COLUMN", help="Measure this column, of any program, instead of matching FILE now.")
@click.option("--map", "mapping", metavar="FILE", help="What the columns of FILE are (TOML); the others are recognised.")
@page_option("Write the page of mistakes, thresholds and reliability (HTML; needs the extra [report]). It shows people's values.")
@options
@as_json
def truth(*, file: str, truth: str, cluster: str | None, mapping: str | None, page: str | None, how: How, json_: bool) -> None:
    """Measure clusters by pairs, by records (B-cubed) and by whole clusters against a column that says who is who.

    FILE is matched as by dedupe, without the column of the truth; with --cluster a column of it holds the clusters.
    """
    if json_ and page == "-":
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    check_writable(page, read=(file, mapping))
    switches()
    from canonical_contact.match.evaluate import evaluate

    with progress(output=page or "") as bar:
        bar.stage("read", None)
        table = read_table(file)
        people = _column(table, truth)
        ids: Mapping[int, str | int] = {} if cluster is None else _column(table, cluster)
        if not people:
            raise InputError(f"The column {truth} of {file} is empty.", path=truth, hint="Name the one that says who is who.")
        found = None
        if cluster is None or page is not None:
            answers = [name for name in (truth, cluster) if name is not None]
            evidence = evidence_of(table)
            found = run(without(evidence, answers), how, mapping=read_mapping(mapping), progress=bar)
            if cluster is None:
                ids = dict(enumerate(found.cluster_ids))
        keys = found.records.keys if found else [f"{system_of(file)}:{row + 1}" for row in range(table.rows)]
        clusters = {keys[row]: one for row, one in ids.items()}
        known = {keys[row]: one for row, one in people.items()}
        result = evaluate(clusters, known)
        if page is not None and found is not None:
            _page(page, found, clusters=clusters, people=people, result=result, bar=bar)
    if json_:
        print_json(result.to_dict() | {"page": page})
    elif page != "-":
        click.echo(str(result))


def _column(table: Table, name: str) -> dict[int, str]:
    """Row → what a column says, for rows of which it says anything.

    Raises:
        InputError: the table has no such column.
    """
    if name not in table.names:
        raise InputError(f"{table.name} has no column {name!r}.", path=name, hint=f"It has {', '.join(table.names[:30])}.")
    return {row: text for row, cell in enumerate(table[name]) if (text := (cell or "").strip())}


def _page(
    page: str,
    found: Deduped,
    *,
    clusters: Mapping[str, Hashable],
    people: Mapping[int, str],
    result: Evaluation,
    bar: Bar,
) -> None:
    from canonical_contact.engine.explaining import explainer_of, scored_pairs
    from canonical_contact.match.evaluate import find_mistakes, reliability, sweep

    explainer, keys, table = explainer_of(found), found.records.keys, found.table
    places = {key: row for row, key in enumerate(keys)}
    scored = [
        (one.score, people[one.left] == people[one.right])
        for one in scored_pairs(found, progress=bar)
        if one.left in people and one.right in people
    ]
    bar.stage("mistakes", None)
    mistakes = find_mistakes(
        clusters,
        {keys[row]: person for row, person in people.items()},
        score=lambda left, right: explainer.score(places[left], places[right]),
        explain=lambda left, right: explainer.explain(places[left], places[right], blocks=False),
        values=_values_of(found, places),
    )
    write_page(
        page,
        title=f"How right the matching of {table.name} is",
        evaluation=result,
        sweep=sweep(scored, result.pairs.true) if scored else None,
        reliability=reliability(scored, EDGES),
        mistakes=mistakes,
    )


# What a comparison looks at; what a row says stands beside what it weighs.
_COMPARED = {
    "name.given": "given",
    "name.surname": "surname",
    "emails.address": "email",
    "phones.number": "phone",
    "birthday": "birthday",
    "organizations.name": "employer",
    "name.generation": "generation",
}


def _values_of(found: Deduped, places: Mapping[str, int]) -> Callable[[str], Mapping[str, str]]:
    """What a row says, by the comparison that looks at it, or by its column."""
    from canonical_contact.engine._dedupe_plan import Role, stem_of

    columns: defaultdict[str, list[Sequence[str | None]]] = defaultdict(list)
    for one in found.plan.columns:
        stem = stem_of(one.path)
        if one.role is Role.EXTENSION:
            columns[f"x.{one.evidence}"].append(found.table[one.name])
        elif one.role is Role.FIELD:
            name = "address" if stem.startswith("addresses.") else _COMPARED.get(stem, one.name)
            columns[name].append(found.table[one.name])
        else:
            columns[one.name].append(found.table[one.name])

    def values(key: str) -> Mapping[str, str]:
        row = places[key]
        return {name: ", ".join(cell for column in held if (cell := column[row])) for name, held in columns.items()}

    return values
