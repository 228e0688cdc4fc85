"""Answers out of a spreadsheet: the review list, filled in by people, read back and done; reading it twice changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from attrs import field, frozen

from canonical_contact.engine._cases import said_of
from canonical_contact.engine.reviewing import answer_pair
from canonical_contact.errors import ContactError, InputError, Problem, Severity
from canonical_contact.formats import Presets
from canonical_contact.formats._cells import restore
from canonical_contact.match.evaluate._sheet import sheet_rows
from canonical_contact.match.evaluate.labels import VERDICTS
from canonical_contact.model import Judgement
from canonical_contact.ports import ContactStore

__all__ = ["ANSWER", "Sheet", "SheetAnswer", "Taken", "read_answers", "take_answers"]

ANSWER: Final = "same_person"  # the column that the person fills
_KEYS: Final = ("left", "right")
_LABELS: Final = ("left_system", "left_record_id", "right_system", "right_record_id")
# Words beside yes and no in ten languages (formats/data/words.toml) and the verdicts of a round; folded.
_UNSURE: Final = (
    "not sure", "don t know", "dont know", "can t tell", "unsicher", "unklar", "vielleicht", "weiss nicht", "keine ahnung",
    "pas sur", "peut etre", "incertain", "no se", "quizas", "tal vez", "dudoso", "forse", "incerto", "non so",
    "misschien", "onzeker", "weet niet", "talvez", "nao sei", "moze", "nie wiem", "kanske", "vet inte", "osaker",
)  # fmt: skip
_MEANS: Final = {"yes": Judgement.MATCH, "no": Judgement.NO_MATCH}


class SheetAnswer(NamedTuple):
    """One answer of a sheet.

    `names` are the keys of two records, or system and id of each where the sheet has no keys.
    """

    names: tuple[str, ...]
    judgement: Judgement
    line: int


@frozen
class Sheet:
    """What was read from a sheet.

    Args:
        answers: in the order of the sheet.
        problems: rows that could not be read, with their lines.
        unanswered: rows that nobody has filled in.
        file: the sheet, as the caller named it.
    """

    answers: tuple[SheetAnswer, ...]
    problems: tuple[Problem, ...] = ()
    unanswered: int = 0
    file: str = ""


@frozen
class Taken:
    """What came of the answers of a sheet.

    Args:
        answers: judgement → how many answers were new.
        same: answers that this person had given before.
        unanswered: rows that nobody has filled in.
        merged: answers that brought contacts together.
        parted: answers that parted some.
        conflicts: answers that contradict what people said before; they wait for a person.
        awaiting: answers whose merge waits for an approval.
        problems: what could not be read or done, with its line.
    """

    answers: Mapping[str, int] = field(factory=dict)
    same: int = 0
    unanswered: int = 0
    merged: int = 0
    parted: int = 0
    conflicts: int = 0
    awaiting: int = 0
    problems: tuple[Problem, ...] = ()


def read_answers(lines: Iterable[str], *, file: str = "") -> Sheet:
    """Read a review list that people have filled in: yes, no or unsure in `same_person`, in any of ten languages.

    Args:
        lines: of the CSV file, as an open file gives them; separated by comma, semicolon or tab.
        file: named in problems.

    Returns:
        The answers and what is wrong with the rest. A bad cell stops nothing.

    >>> read = read_answers(["left,right,same_person", "crm:1,mail:7,ja", "crm:2,mail:9,perhaps", "crm:3,mail:4,"])
    >>> [str(one.judgement) for one in read.answers], [(one.code, one.line) for one in read.problems], read.unanswered
    (['match'], [('label.verdict_unknown', 3)], 1)
    """
    problems: list[Problem] = []
    rows = sheet_rows(lines, file, problems)
    _, header = next(rows, (0, []))
    places = {restore(name).strip().lower(): place for place, name in enumerate(header)}
    names = _KEYS if all(name in places for name in _KEYS) else _LABELS
    if missing := [name for name in (*names, ANSWER) if name not in places]:
        hint = f"A review list has the columns left and right, or system and id of both, and {ANSWER}; missing: {', '.join(missing)}."
        return Sheet((), (*problems, Problem("label.column_missing", hint=hint, severity=Severity.ERROR, file=file)), file=file)
    words, found, unanswered = _Words(), list[SheetAnswer](), 0
    for line, row in rows:
        cells = [restore(row[places[name]]).strip() if places[name] < len(row) else "" for name in (*names, ANSWER)]
        *named, text = cells
        judgement = words.judgement(text)
        if judgement is None:
            unanswered += any(cells)
        elif isinstance(judgement, Problem):
            problems.append(_placed(judgement, file, line))
        elif not all(named):
            hint = "The row does not name both records that it judges."
            problems.append(_placed(Problem("label.record_missing", raw=text[:200], hint=hint), file, line))
        else:
            found.append(SheetAnswer(tuple(named), judgement, line))
    return Sheet(tuple(found), tuple(problems), unanswered, file)


def take_answers(store: ContactStore, sheet: Sheet, *, by: str, at: datetime) -> Taken:
    """Do what the answers of a sheet say; what this person has said before is passed over.

    Args:
        store: where the contacts live.
        sheet: of `read_answers`.
        by: who filled it in.
        at: when, with a time zone.

    Returns:
        What came of it. An answer that cannot be done is a problem with its line, and stops nothing.

    Raises:
        InputError: nobody is named, or the time has no time zone.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> sheet = read_answers(["left,right,same_person", "crm:1,mail:7,yes"])
    >>> [one.hint for one in take_answers(MemoryStore(), sheet, by="ana", at=datetime(2026, 7, 1, tzinfo=UTC)).problems]
    ['The store has no record crm:1.']
    """
    if not by.strip():
        raise InputError("Nobody gives the answers.", path="by", hint="Name who does.")
    problems = list(sheet.problems)
    pairs: dict[tuple[str, str], tuple[Judgement, int]] = {}
    for pair, one in _named(store, sheet, problems):
        before = pairs.setdefault(pair, (one.judgement, one.line))
        if before[0] is not one.judgement:
            pairs[pair] = Judgement.UNSURE, one.line
            hint = "The pair is judged twice and differently; it counts as unsure."
            problems.append(_placed(Problem("label.judged_twice", raw=one.judgement, hint=hint), sheet.file, one.line))
    new, counts = Counter[str](), Counter[str]()
    for (left, right), (judgement, line) in pairs.items():
        said = said_of(row for row in store.decision_versions(left, right) if row.is_by_person).get((left, right), {})
        if by in said and said[by].judgement == judgement:
            counts["same"] += 1
            continue
        try:
            outcome = answer_pair(store, left, right, judgement, by=by, at=at)
        except ContactError as error:
            problems.append(
                _placed(
                    Problem(error.code, raw=judgement, hint=f"{error.message} {error.hint}".strip(), severity=Severity.ERROR),
                    sheet.file,
                    line,
                )
            )
            continue
        new[judgement] += 1
        for name in ("merged", "parted", "conflict", "awaiting"):
            counts[name] += bool(getattr(outcome, name))
    return Taken(
        dict(sorted(new.items())),
        counts["same"],
        sheet.unanswered,
        counts["merged"],
        counts["parted"],
        counts["conflict"],
        counts["awaiting"],
        tuple(problems),
    )


class _Words:
    """What people write into the column, and what it means."""

    def __init__(self) -> None:
        self._vocabulary = Presets().vocabulary
        self._more = dict.fromkeys(_UNSURE, "unsure")

    def judgement(self, text: str) -> Judgement | Problem | None:
        """Read a cell: a judgement, None for nothing, or what is wrong with it."""
        if not text:
            return None
        verdict = VERDICTS.get(text.lower().replace(" ", "_").replace("-", "_"))
        word = self._vocabulary.word_class(text, self._more)
        if verdict is not None or word == "unsure":
            return Judgement(verdict or Judgement.UNSURE)
        if word == "blank":
            return None
        return _MEANS.get(word) or Problem("label.verdict_unknown", raw=text[:200], hint="Write yes, no or unsure.")


def _placed(problem: Problem, file: str, line: int) -> Problem:
    return Problem(problem.code, "", problem.raw, problem.hint, Severity.ERROR, ANSWER, file, line)


def _named(store: ContactStore, sheet: Sheet, problems: list[Problem]) -> Iterator[tuple[tuple[str, str], SheetAnswer]]:
    """Find the pairs that answers name; what the store does not have is a problem."""
    by_label = _labels(store) if any(len(one.names) > len(_KEYS) for one in sheet.answers) else {}
    keys = {key for one in sheet.answers if len(one.names) == len(_KEYS) for key in one.names}
    known = {row.key for row in store.records(sorted(keys))}
    for one in sheet.answers:
        hint = ""
        if len(one.names) == len(_KEYS):
            lacking = [key for key in one.names if key not in known]
            pairs = [] if lacking else [(min(one.names), max(one.names))]
            hint = f"The store has no record {lacking[0]}." if lacking else ""
        else:
            pairs = by_label.get(frozenset((one.names[:2], one.names[2:])), [])
            hint = "No such pair is on the review list." if not pairs else "Several pairs are called so; use a list with keys."
        if len(pairs) != 1 or pairs[0][0] == pairs[0][1]:
            code = "label.one_record" if len(pairs) == 1 else "label.record_missing"
            hint = "Both sides name the same record." if len(pairs) == 1 else hint
            problems.append(_placed(Problem(code, raw=" ".join(one.names)[:200], hint=hint), sheet.file, one.line))
            continue
        yield pairs[0], one


def _labels(store: ContactStore) -> dict[frozenset[tuple[str, ...]], list[tuple[str, str]]]:
    """The pairs that people are or were asked about, by system and id of both."""
    asked = dict.fromkeys(
        row[:2] for people in (False, True) for row in store.decisions("" if people else Judgement.REVIEW, people=people)
    )
    names = {row.key: (row.system, row.label) for row in store.records(sorted({key for pair in asked for key in pair}))}
    found: dict[frozenset[tuple[str, ...]], list[tuple[str, str]]] = {}
    for pair in asked:
        if all(key in names for key in pair):
            found.setdefault(frozenset(names[key] for key in pair), []).append(pair)
    return found
