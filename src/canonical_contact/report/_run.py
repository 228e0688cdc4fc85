"""What a run leaves behind in a setting of the store, since only it knows: files, problems, times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canonical_contact.errors import InputError, Problem
from canonical_contact.report.records import FileLine, ProblemKind, RunLine, StageLine
from canonical_contact.schema import from_dict

__all__ = ["LAST_RUN", "read_run"]

LAST_RUN = "run.last"  # the setting, written by the pipeline
_WRITTEN = {"records": ("new", "changed", "same"), "contacts": ("new", "changed")}


def read_run(
    plain: Mapping[str, Any],
) -> tuple[RunLine | None, tuple[FileLine, ...], tuple[ProblemKind, ...], tuple[StageLine, ...]]:
    """Read what a run left behind; what is missing counts as nothing, since an older version may have written it.

    Args:
        plain: keys `run`, `files`, `problems` (code to count), `examples` (code to problems), `stages`, `records`, `contacts`
            (each with `new`, `changed`, `same`), `pairs`, `matched`, `review`, `retired`.

    Raises:
        InputError: a part has another form.
    """
    try:
        examples = from_dict(dict[str, tuple[Problem, ...]], dict(plain.get("examples") or {}))
        counts = sorted(dict(plain.get("problems") or {}).items(), key=lambda item: (-int(item[1]), str(item[0])))
        problems = tuple(ProblemKind(code, int(number), examples.get(code, ())) for code, number in counts)
        stated = [{name: value for name, value in file.items() if value is not None} for file in plain.get("files") or ()]
        files = from_dict(tuple[FileLine, ...], stated)
        stages = from_dict(tuple[StageLine, ...], list(plain.get("stages") or ()))
        return _run_line(plain), files, problems, stages
    except (TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("The note of the last run has another form.", code="report.last_run", hint="Run unify again.") from error


def _run_line(plain: Mapping[str, Any]) -> RunLine | None:
    fields: dict[str, Any] = dict(plain.get("run") or {})
    for what, words in _WRITTEN.items():
        written = plain.get(what)
        if isinstance(written, Mapping):
            fields |= {f"{what}_{word}": written.get(word, 0) for word in words}
    fields |= {word: plain[word] for word in ("pairs", "matched", "review", "retired") if word in plain}
    return from_dict(RunLine, fields) if fields else None
