"""`evaluate labels`: what people said about a round, as estimates for the whole run."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canonical_contact.cli._evaluate_page import EDGES, page_option, write_page
from canonical_contact.cli._evaluate_round import RECALL, round_beside
from canonical_contact.cli._options import as_json
from canonical_contact.cli._output import check_writable, note, print_json, tell_problems
from canonical_contact.cli._reading import check_text, encoding_of
from canonical_contact.errors import InputError

if TYPE_CHECKING:
    from canonical_contact.match.evaluate import Label, Mistakes, Round

__all__ = ["labels", "lines_of"]

_EXAMPLES = """\b
Examples:
  canonical-contact evaluate labels sheet.csv
  canonical-contact evaluate labels sheet.csv --page judged.html"""


@click.command(name="labels", epilog=_EXAMPLES)
@click.argument("sheet", metavar="SHEET")
@click.option("--round", "kept", metavar="FILE", help="The round that `evaluate round` kept; default: the one beside the sheet.")
@page_option("Write the page of what was judged wrong, thresholds and reliability (HTML; needs the extra [report]).")
@as_json
def labels(*, sheet: str, kept: str | None, page: str | None, json_: bool) -> None:
    """Estimate precision, recall and F1 of a whole run, with intervals, from a judged SHEET of `evaluate round`."""
    if json_ and page == "-":
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    round_file = kept or round_beside(sheet)
    check_writable(page, read=(sheet, round_file))
    from canonical_contact.match.evaluate import estimate, judged_pairs, read_labels, reliability, sweep

    drawn, recall = _read_round(round_file)
    lines = lines_of(sheet)
    read = read_labels(lines, file=sheet)
    tell_problems(read.problems)
    if not read.labels:
        hint = "Write match, no_match or unsure into the column verdict."
        raise InputError(f"{sheet} holds no answer.", path=sheet, hint="" if read.problems else hint)
    result = estimate(drawn, read.labels, blocking_recall=recall)
    if not result.judged:
        note(f"note: none of the answers in {sheet} is about a pair of {round_file}; is it the round of this sheet?")
    if page is not None:
        judged = judged_pairs(drawn, read.labels)
        write_page(
            page,
            title=f"How right the matching is, by {sheet}",
            estimate=result,
            sweep=sweep(judged) if judged else None,
            reliability=reliability(judged, EDGES),
            mistakes=_mistakes(drawn, read.labels, lines),
        )
    if json_:
        print_json(result.to_dict() | {"unjudged": read.unjudged, "page": page})
    elif page != "-":
        click.echo(str(result))


def _read_round(path: str) -> tuple[Round, float | None]:
    from canonical_contact.match.evaluate import Round

    hint = "Name the file that `evaluate round` kept beside the sheet, with --round."
    check_text(Path(path), hint=hint)
    text = Path(path).read_text("utf-8", errors="replace")
    try:
        drawn = Round.from_text(text)
    except InputError:
        raise InputError(f"{path} is no round of labelling.", path=path, hint=hint) from None
    recall = json.loads(text).get(RECALL)
    return drawn, recall if isinstance(recall, float) and 0 <= recall <= 1 else None


def lines_of(sheet: str, *, hint: str = "Name the sheet that `evaluate round` wrote.") -> list[str]:
    """The lines of a sheet, in the encoding that a spreadsheet has saved it in."""
    path = Path(sheet)
    check_text(path, hint=hint)
    encoding = encoding_of(path)
    try:
        text = path.read_bytes().decode(encoding)
    except UnicodeDecodeError:
        text = path.read_bytes().decode("cp1252", "replace")
    return text.splitlines(keepends=True)


def _mistakes(drawn: Round, answers: Sequence[Label], lines: Sequence[str]) -> Mistakes:
    """The judged pairs about which the run and people disagree, with what the sheet shows of them."""
    from canonical_contact.match.evaluate import Answer, ErrorKind, Mistakes, PairError

    shown = {row.get("pair", ""): row for row in _shown(lines)}
    said = {label.pair: label.verdict for label in answers}
    errors = []
    for entry in drawn.pairs:
        merged, verdict = drawn.strata[entry.stratum].merged, said.get(entry.pair)
        if verdict not in (Answer.MATCH, Answer.NO_MATCH) or merged == (verdict is Answer.MATCH):
            continue
        kind = ErrorKind.FALSE_MERGE if merged else ErrorKind.MISSED_PAIR
        left, right = (_side(shown.get(entry.pair, {}), side) for side in ("left_", "right_"))
        errors.append(PairError(kind, entry.left, entry.right, left, right, entry.score))
    wrong = sum(one.kind is ErrorKind.FALSE_MERGE for one in errors)
    errors.sort(key=lambda one: (one.kind is ErrorKind.MISSED_PAIR, -one.score))
    return Mistakes(tuple(errors), wrong, len(errors) - wrong)


def _shown(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    first = lines[0].removeprefix("\ufeff") if lines else ""
    yield from csv.DictReader([first, *lines[1:]], delimiter=max(",;\t", key=first.count))


def _side(row: Mapping[str, Any], side: str) -> dict[str, str]:
    from canonical_contact.formats._cells import restore

    return {name.removeprefix(side): restore(text) for name, text in row.items() if name and name.startswith(side) and text}
