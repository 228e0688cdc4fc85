"""`evaluate round`: pairs for people to judge, drawn so that a few answers say how right a whole run is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from canonical_contact.cli._dedupe_run import How, evidence_of, options, read_mapping, read_table, run
from canonical_contact.cli._options import as_json, switches
from canonical_contact.cli._output import check_writable, note, print_json, write_csv, writing
from canonical_contact.cli._progress import progress

if TYPE_CHECKING:
    from canonical_contact.engine.dedupe import Deduped

__all__ = ["RECALL", "round_", "round_beside"]

RECALL = "blocking_recall"  # beside the round in its file: which share of the true pairs the keys name at all
_EXAMPLES = """\b
Examples:
  canonical-contact evaluate round people.csv -o sheet.csv
  canonical-contact evaluate labels sheet.csv"""


def round_beside(sheet: str) -> str:
    """Where the round of a sheet is kept.

    >>> round_beside("out/sheet.csv")
    'out/sheet.round.json'
    """
    return str(Path(sheet).with_suffix(".round.json"))


@click.command(name="round", epilog=_EXAMPLES)
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", required=True, metavar="OUT", help="Where to write the sheet (CSV).")
@click.option("--round", "kept", metavar="FILE", help="Where to keep the round (JSON); default: beside the sheet.")
@click.option("--pairs", type=click.IntRange(1), default=200, show_default=True, metavar="N", help="How many pairs to judge.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Another one draws other pairs.")
@click.option("--map", "mapping", metavar="FILE", help="What the columns of FILE are (TOML); the others are recognised.")
@options
@as_json
def round_(
    *, file: str, output: str, kept: str | None, pairs: int, seed: int, mapping: str | None, how: How, json_: bool
) -> None:
    """Draw pairs of rows of FILE for people to judge, after matching it as by dedupe.

    The sheet shows both rows side by side, without the score that would lead people. Write match, no_match or unsure into the column
    verdict, and give the sheet to `evaluate labels`, with the round that is kept beside it.
    """
    if "-" in (output, kept):
        raise click.UsageError("A round is a sheet and what is kept of it; name a file instead of -.")
    round_file = kept or round_beside(output)
    check_writable(output, round_file, read=(file, mapping))
    switches()
    from canonical_contact.engine.explaining import scored_pairs
    from canonical_contact.match.evaluate import ScoredPair, sample_round
    from canonical_contact.report.judging_sheet import judging_sheet_rows

    with progress(output=output) as bar:
        bar.stage("read", None)
        table, known = evidence_of(read_table(file)), read_mapping(mapping)
        found = run(table, how, mapping=known, progress=bar)
        keys = found.records.keys
        scored = (ScoredPair(keys[one.left], keys[one.right], one.score, one.merged) for one in scored_pairs(found, progress=bar))
        drawn = sample_round(scored, pairs, seed)
    header, *rows = judging_sheet_rows(drawn, _Values(found).of)
    with writing(round_file) as stream:
        stream.write(json.dumps(json.loads(drawn.to_text()) | {RECALL: found.resolution.recall}, indent=1) + "\n")
    write_csv(output, header, rows)
    if json_:
        outputs = {"sheet": output, "round": round_file}
        print_json(
            {"pairs": len(drawn.pairs), "candidates": drawn.candidates, "strata": drawn.to_dict()["strata"], "outputs": outputs}
        )
    else:
        click.echo(str(drawn), err=True)
        note(f"{len(drawn.pairs):,} pairs to judge in {output}; keep {round_file} until they are")


class _Values:
    """What the rows of a run say, for people to judge by: no column that is ignored, since one of them may be the answer."""

    def __init__(self, found: Deduped) -> None:
        from canonical_contact.engine._dedupe_plan import Role

        shown = (Role.FIELD, Role.EXTENSION)
        self._columns = {one.name: found.table[one.name] for one in found.plan.columns if one.role in shown}
        self._places = {key: row for row, key in enumerate(found.records.keys)}

    def of(self, key: str) -> Mapping[str, str]:
        row = self._places[key]
        return {name: column[row] or "" for name, column in self._columns.items()}
