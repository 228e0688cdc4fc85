"""How right the matching is, as one page: measures, threshold sweep, reliability, and the mistakes side by side; no script, no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from canonical_contact.match.evaluate import Estimate, Evaluation, Mistakes, PairError, Reliability, Sweep
from canonical_contact.match.evaluate._values import share_text
from canonical_contact.model import Evidence
from canonical_contact.report import words
from canonical_contact.report._curves import Curve, curves
from canonical_contact.report._html import require
from canonical_contact.report._page import shipped, template_of

__all__ = ["evaluation_html"]

_KINDS: Final = {"false_merge": "Wrongly merged", "missed_pair": "Missed"}
_NOT_COMPARED: Final = "never compared"
_ROWS = 25  # lines of the table beside the sweep


def evaluation_html(
    *,
    evaluation: Evaluation | None = None,
    estimate: Estimate | None = None,
    sweep: Sweep | None = None,
    reliability: Reliability | None = None,
    mistakes: Mistakes | None = None,
    title: str = "How right the matching is",
) -> str:
    """Show an evaluation as one HTML page that needs nothing else. With mistakes it shows the values of people's records.

    Args:
        evaluation: measures against a full truth.
        estimate: measures from a round of labelling.
        sweep: what other thresholds would do.
        reliability: whether scores mean what they say.
        mistakes: wrong merges and missed pairs; the page filters them by kind and by the field that misled.
        title: of the page.

    Returns:
        the page; all that comes from data is escaped, and it can be encoded as UTF-8.

    Raises:
        MissingExtraError: the extra [report] is not installed.

    >>> from canonical_contact.match.evaluate import evaluate
    >>> page = evaluation_html(evaluation=evaluate({"a": 1, "b": 1}, {"a": "Ana", "b": "Ana"}))
    >>> "Precision" in page
    True
    """
    require()
    from markupsafe import Markup

    shown_with = {
        "amount": lambda number: words.amount(round(number)),
        "share": lambda share: share_text(share, 4),
        "signed": lambda weight: f"{weight:+.1f}".replace("-", "−"),
        "spaced": lambda code: str(code).replace("_", " "),
    }
    errors = mistakes.errors if mistakes else ()
    filters = _filters(errors)
    return template_of("evaluation.html.j2", shown_with).render(
        title=title,
        evaluation=evaluation,
        estimate=estimate,
        sweep=sweep,
        sweep_rows=_sweep_rows(sweep),
        reliability=reliability,
        mistakes=mistakes,
        entries=[_entry(error, filters) for error in errors],
        kinds=_KINDS,
        kind_counts=Counter(error.kind.value for error in errors),
        filters=[(f"f{place}", name, sum(_hit(error, name) for error in errors)) for place, name in enumerate(filters)],
        misled=_misled(errors),
        charts={
            name: Markup(chart)  # noqa: S704  an XML writer escaped it
            for name, chart in (("sweep", _sweep_chart(sweep)), ("reliability", _reliability_chart(reliability)))
        },
        style=Markup(shipped("report.css", "evaluation.css") + _hiding(errors, filters)),  # noqa: S704  our own files, and names that we number
    )


def _filters(errors: Sequence[PairError]) -> list[str]:
    """What mistakes can be filtered by: fields that misled, those that misled most often first."""
    counts = Counter(name for error in errors for name in dict.fromkeys(error.misled_by))
    names = [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    return [*names, *([_NOT_COMPARED] if any(error.found_by == "" for error in errors) else [])]


def _hit(error: PairError, name: str) -> bool:
    return error.found_by == "" if name == _NOT_COMPARED else name in error.misled_by


def _entry(error: PairError, filters: Sequence[str]) -> dict[str, Any]:
    evidence: dict[str, list[Evidence]] = {name: [] for name in (*error.left_values, *error.right_values)}
    for entry in error.evidence:
        evidence.setdefault(entry.field.partition(".")[0], []).append(entry)
    rows = []
    for name, entries in evidence.items():
        left, right = error.left_values.get(name, ""), error.right_values.get(name, "")
        if left or right or entries:
            rows.append((name, left, right, entries, sum(entry.weight for entry in entries), name in error.misled_by))
    marks = " ".join(f"f{place}" for place, name in enumerate(filters) if _hit(error, name))
    return {"error": error, "rows": rows, "marks": f"{error.kind.value} {marks}".strip()}


def _hiding(errors: Sequence[PairError], filters: Sequence[str]) -> str:
    """Style rules in the place of a script: what is not chosen is hidden, and a choice that nothing fits says so."""
    held = {(error.kind.value, place) for error in errors for place, name in enumerate(filters) if _hit(error, name)}
    rules = [f"body:has(#k-{kind}:checked) .mistake:not(.{kind}) {{ display: none; }}" for kind in _KINDS]
    rules += [f"body:has(#f{place}:checked) .mistake:not(.f{place}) {{ display: none; }}" for place in range(len(filters))]
    rules += [
        f"body:has(#k-{kind}:checked):has(#f{place}:checked) .nothing {{ display: block; }}"
        for kind in _KINDS
        for place in range(len(filters))
        if (kind, place) not in held
    ]
    return "\n".join(rules)


def _misled(errors: Sequence[PairError]) -> list[tuple[str, str, int, int]]:
    """What spoke for the mistakes: field, level, in how many wrong merges and in how many missed pairs."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for error in errors:
        for entry in error.evidence:
            if entry.field in error.misled_by:  # and not its parts, such as how rare a value is
                counts[entry.field, entry.level, error.kind.value] += 1
    merged, missed = _KINDS
    names = dict.fromkeys((field, level) for field, level, _ in counts)
    rows = [(field, level, counts[field, level, merged], counts[field, level, missed]) for field, level in names]
    return sorted(rows, key=lambda row: (-row[2] - row[3], row))


def _sweep_rows(sweep: Sweep | None) -> list[Any]:
    if sweep is None:
        return []
    step = max(1, len(sweep.points) // _ROWS)
    return [point for place, point in enumerate(sweep.points) if place % step == 0 or point in (sweep.best, sweep.cheapest)]


def _sweep_chart(sweep: Sweep | None) -> str:
    if sweep is None:
        return ""
    points = [point for point in sweep.points if 0 <= point.threshold <= 1]
    series = [
        Curve("Precision", [(point.threshold, point.precision) for point in points if point.precision is not None]),
        Curve("Recall", [(point.threshold, point.recall) for point in points if point.recall is not None]),
        Curve("F1", [(point.threshold, point.f1) for point in points if point.f1 is not None]),
    ]
    told = f"Best F1 {share_text(sweep.best.f1)} at {sweep.best.threshold:.3f}; least cost at {sweep.cheapest.threshold:.3f}."
    return curves("sweep-chart", "Precision, recall and F1 by threshold", told, series, across="Threshold", up="Share")


def _reliability_chart(reliability: Reliability | None) -> str:
    if reliability is None:
        return ""
    series = [
        Curve("As stated", [(0.0, 0.0), (1.0, 1.0)]),
        Curve(
            "95 % interval",
            [point for entry in reliability.bins for point in ((entry.stated, entry.low), (entry.stated, entry.high), None)],
        ),
        Curve("Observed", [(entry.stated, entry.observed) for entry in reliability.bins], dots=True),
    ]
    told = "; ".join(f"stated {entry.stated:.2f}, observed {entry.observed:.2f}" for entry in reliability.bins)
    title = "Observed share of one person by stated probability"
    return curves("reliability-chart", title, told, series, across="Stated probability", up="Observed share")
