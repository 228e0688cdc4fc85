"""What people said about pairs: a table with one judged pair a row, and measures from it where there is no full truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import isfinite
from typing import Final

from attrs import evolve, frozen

from canonical_contact.errors import Problem, Severity
from canonical_contact.match.evaluate._sheet import sheet_rows
from canonical_contact.match.evaluate._values import Figure, Value, ratio, wilson

__all__ = ["VERDICTS", "Answer", "Label", "LabelMeasures", "Labels", "label_measures", "read_labels"]


class Answer(StrEnum):
    """What a person says about a pair."""

    MATCH = "match"
    NO_MATCH = "no_match"
    UNSURE = "unsure"


@frozen
class Label(Value):
    """A pair that a person has judged.

    Args:
        left: key of the one record.
        right: key of the other.
        verdict: what the person said.
        weight: how many pairs it stands for, where the pairs are a sample of another design than `sample_round`'s.
        pair: the pair's number in a round; empty for pairs of no round.
    """

    left: str
    right: str
    verdict: Answer
    weight: float = 1.0
    pair: str = ""


@frozen
class Labels:
    """What was read from a table of judged pairs.

    Args:
        labels: one for each judged pair, in the order of the table.
        problems: rows that could not be read, or that contradict each other.
        unjudged: rows without a verdict.
    """

    labels: tuple[Label, ...]
    problems: tuple[Problem, ...] = ()
    unjudged: int = 0


# Words that people write into a sheet, folded; the first of each row is the one that the sheet asks for.
_WORDS: Final[Mapping[Answer, tuple[str, ...]]] = {
    Answer.MATCH: ("match", "yes", "y", "true", "1", "same"),
    Answer.NO_MATCH: ("no_match", "no", "n", "false", "0", "different", "nomatch", "non_match"),
    Answer.UNSURE: ("unsure", "?", "maybe", "unknown", "review"),
}
VERDICTS: Final[Mapping[str, Answer]] = {word: verdict for verdict, words in _WORDS.items() for word in words}
"""What people write, in lower case with `_` between words, and what it means."""


def read_labels(lines: Iterable[str], *, file: str = "") -> Labels:
    """Read a table of judged pairs: columns `left`, `right`, `verdict`, and `weight` and `pair` where there are any.

    Args:
        lines: of the CSV file, as an open file gives them; separated by comma, semicolon or tab.
        file: named in problems.

    Returns:
        the labels and what is wrong with the rest. Other columns are ignored, an empty verdict is a pair not judged yet. A pair that
        is judged twice counts once, and as unsure where the two disagree.

    >>> read = read_labels(["left,right,verdict", "crm:1,mail:7,match", "crm:2,mail:9,perhaps"])
    >>> [str(label.verdict) for label in read.labels], [problem.code for problem in read.problems]
    (['match'], ['label.verdict_unknown'])
    """
    problems: list[Problem] = []
    found: dict[tuple[str, str, str], Label] = {}
    unjudged = 0
    rows = sheet_rows(lines, file, problems)
    _, header = next(rows, (0, []))
    places = {name.strip().lower(): place for place, name in enumerate(header)}
    missing = [name for name in ("left", "right", "verdict") if name not in places]
    if missing:
        hint = f"A table of judged pairs has columns left, right and verdict; missing: {', '.join(missing)}."
        return Labels((), (*problems, Problem("label.column_missing", hint=hint, severity=Severity.ERROR, file=file)))
    for line, row in rows:
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        if not cells["verdict"]:
            unjudged += any(cells.values())
            continue
        label = _label(cells, line, file, problems)
        if label is None:
            continue
        same = label.pair, min(label.left, label.right), max(label.left, label.right)
        before = found.setdefault(same, label)
        if before.verdict is not label.verdict:
            found[same] = evolve(before, verdict=Answer.UNSURE)
            hint = "The pair is judged twice and differently; it counts as unsure."
            problems.append(Problem("label.judged_twice", raw=label.verdict, hint=hint, column="verdict", file=file, line=line))
    return Labels(tuple(found.values()), tuple(problems), unjudged)


def _label(cells: Mapping[str, str], line: int, file: str, problems: list[Problem]) -> Label | None:
    pair = cells.get("pair", "")
    verdict = VERDICTS.get(cells["verdict"].lower().replace(" ", "_").replace("-", "_"))
    weight = _weight(cells.get("weight", ""))
    faults = (
        ("label.record_missing", "left", not cells["left"] and not pair, "The row does not name both records that it judges."),
        ("label.record_missing", "right", not cells["right"] and not pair, "The row does not name both records that it judges."),
        ("label.one_record", "right", cells["left"] == cells["right"] and not pair, "Both sides name the same record."),
        ("label.verdict_unknown", "verdict", verdict is None, f"A verdict is one of {', '.join(Answer)}."),
        ("label.weight_unreadable", "weight", weight is None, "A weight is a number above 0."),
    )
    for code, column, wrong, hint in faults:
        if wrong:
            raw = cells[column][:200]
            problems.append(Problem(code, raw=raw, hint=hint, severity=Severity.ERROR, column=column, file=file, line=line))
            return None
    return None if verdict is None or weight is None else Label(cells["left"], cells["right"], verdict, weight, pair)


def _weight(text: str) -> float | None:
    try:
        weight = float(text or 1)
    except ValueError:
        return None
    return weight if isfinite(weight) and weight > 0 else None


@frozen
class LabelMeasures(Value):
    """How right a result is, as far as judged pairs tell.

    Args:
        precision: of the judged pairs that are merged, the share that is one person.
        recall: of the judged pairs that are one person, the share that is merged.
        f1: their harmonic mean.
        judged: pairs that count.
        unsure: pairs that were judged unsure; they are left out.
        unlinked: judged pairs of a record that the result does not have; they count as not merged.
    """

    precision: Figure
    recall: Figure
    f1: Figure
    judged: int
    unsure: int = 0
    unlinked: int = 0

    def __str__(self) -> str:
        return f"judged pairs: precision {self.precision}, recall {self.recall}, F1 {self.f1} ({self.judged:,} judged, {self.unsure:,} unsure)"


def label_measures(labels: Iterable[Label], clusters: Mapping[str, object]) -> LabelMeasures:
    """Measure a result by judged pairs alone. It speaks of these pairs; of all pairs only where weights say what each stands for.

    Args:
        labels: what people said.
        clusters: record key → id of its cluster.

    Returns:
        precision, recall and F1 with intervals of 95 %: Wilson's, with Kish's effective number of pairs where they bear weights. That
        of F1 is the one of the share J = right / (right + wrong + missed), since F1 = 2 J / (1 + J).

    >>> said = [Label("a", "b", Answer.MATCH), Label("a", "c", Answer.MATCH), Label("b", "d", Answer.UNSURE)]
    >>> print(label_measures(said, {"a": 1, "b": 1, "c": 2, "d": 1}))
    judged pairs: precision 1.000 (0.207 to 1.000), recall 0.500 (0.095 to 0.905), F1 0.667 (0.173 to 0.950) (2 judged, 1 unsure)
    """
    judged: list[tuple[bool, bool, float]] = []  # merged, one person, weight
    unsure = unlinked = 0
    for label in labels:
        if label.verdict is Answer.UNSURE:
            unsure += 1
            continue
        known = label.left in clusters and label.right in clusters
        unlinked += not known
        merged = known and clusters[label.left] == clusters[label.right]
        judged.append((merged, label.verdict is Answer.MATCH, label.weight))
    both = _figure((merged and true, weight) for merged, true, weight in judged if merged or true)
    return LabelMeasures(
        _figure((true, weight) for merged, true, weight in judged if merged),
        _figure((merged, weight) for merged, true, weight in judged if true),
        Figure(*(None if share is None else 2 * share / (1 + share) for share in (both.value, both.low, both.high))),
        len(judged),
        unsure,
        unlinked,
    )


def _figure(entries: Iterable[tuple[bool, float]]) -> Figure:
    counted = list(entries)
    whole = sum(weight for _, weight in counted)
    share = ratio(sum(weight for right, weight in counted if right), whole)
    if share is None:
        return Figure(None)
    return Figure(share, *wilson(share, whole * whole / sum(weight * weight for _, weight in counted)))
