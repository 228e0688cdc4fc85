"""What the cells of a row show about consent: rules of a mapping, suspicious columns, the file's name, notes."""

from __future__ import annotations

from collections.abc import Mapping as Table
from datetime import datetime
from typing import NamedTuple

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._fold import fold_header, plain
from canonical_contact.formats._mapping import ConsentRule
from canonical_contact.formats._notes import NoteScanner
from canonical_contact.formats._times import sign_time
from canonical_contact.model import ConsentEvidence, EvidenceKind

__all__ = ["AGAINST", "BoundRule", "Vocabulary", "evidence_of", "file_evidence", "note_evidence", "reads_like_note"]

K = EvidenceKind
# What a class of words in a column means, by what the column says. A class that is not named is "other".
MEANING: dict[str, dict[str, EvidenceKind | None]] = {
    "opt_out": {"yes": K.OPT_OUT, "stop": K.OPT_OUT, "no": None, "go": None, "other": K.UNMAPPED_OPT_OUT},
    "opt_in": {"yes": K.CLAIMED_OPT_IN, "go": K.CLAIMED_OPT_IN, "no": K.OPT_OUT, "stop": K.OPT_OUT, "other": K.UNMAPPED_OPT_OUT},
    "bounce": {"yes": K.BOUNCE, "stop": K.BOUNCE, "no": None, "go": None, "other": K.BOUNCE},
    "complaint": {"yes": K.COMPLAINT, "stop": K.COMPLAINT, "no": None, "go": None, "other": K.COMPLAINT},
    "legal_basis": {"no": None, "other": K.LEGAL_BASIS},
    "status": {"stop": K.UNMAPPED_OPT_OUT, "other": None},
    "nothing": {"other": None},
    "maybe_opt_out": {"no": None, "go": None, "other": K.UNMAPPED_OPT_OUT},
    "maybe_opt_in": {"yes": None, "go": None, "other": K.UNMAPPED_OPT_OUT},
    "maybe": {"other": K.UNMAPPED_OPT_OUT},
}
AGAINST = (K.OPT_OUT, K.COMPLAINT, K.BOUNCE, K.UNMAPPED_OPT_OUT)
_MEMO_ENTRIES = 4096
_NONE: tuple[EvidenceKind | None, str, str, bool] = (None, "", "", False)


_TEXTS = ("notes[", "tags[", "titles[", "roles[", "nicknames[")
_LABELLED = ("emails[", "phones[", "addresses[")


def reads_like_note(path: str, text: str) -> bool:
    """Whether people write a wish to be left alone there: in notes and tags, behind a name, as a label, or in what nobody knows.

    Args:
        path: raw path of a card's value.
        text: the value.
    """
    if path.startswith("name."):
        return len(text) > 10 and " " in text
    if path.startswith(_LABELLED):
        return path.endswith(".label")
    return path.startswith(_TEXTS) or (path.startswith("extensions.") and len(text) > 4)


class Vocabulary:
    """The words of data/words.toml and their classes: yes, no, stop, go, blank."""

    def __init__(self, data: dict[str, list[str]]) -> None:
        self._words = {form: name for name, words in data.items() for word in words for form in (word, plain(word)) if form}
        self._flags: dict[str, str] = {}

    def word_class(self, text: str, more: Table[str, str] | None = None) -> str:
        """Tell the class of a cell's text; `other` where the text is none of the known words.

        Args:
            text: the cell.
            more: further words and their classes; they go first.
        """
        bare = text.strip().casefold()
        folded = plain(text)
        for key in (bare, folded):
            found = (more or {}).get(key) or self._words.get(key)
            if found:
                return found
        return "other"

    def says_yes(self, text: str) -> bool:
        """Whether a flag column's cell says yes."""
        return self._class(text) in ("yes", "stop", "go")

    def says_no(self, text: str) -> bool:
        """Whether a flag column's cell says no, or nothing."""
        return self._class(text) in ("no", "blank")

    def _class(self, text: str) -> str:
        found = self._flags.get(text)
        if found is None:
            found = self.word_class(text)
            if len(self._flags) < _MEMO_ENTRIES:
                self._flags[text] = found
        return found


class BoundRule:
    """A rule, bound to a column of a file; it remembers the texts that it has judged."""

    __slots__ = ("_memo", "_rule", "_vocabulary", "column", "index")

    def __init__(self, rule: ConsentRule, index: int, column: str, vocabulary: Vocabulary) -> None:
        self._rule, self.index, self.column, self._vocabulary = rule, index, column, vocabulary
        self._memo: dict[str, tuple[EvidenceKind | None, str, str, bool]] = {}

    @property
    def rule(self) -> ConsentRule:
        """The rule as the mapping states it."""
        return self._rule

    def judge(self, text: str) -> tuple[EvidenceKind | None, str, str, bool]:
        """Tell what a cell says: kind of evidence (None for nothing), channel, purpose, and whether the text was not understood."""
        found = self._memo.get(text)
        if found is None:
            found = self._judge(text)
            if len(self._memo) < _MEMO_ENTRIES:
                self._memo[text] = found
        return found

    def _judge(self, text: str) -> tuple[EvidenceKind | None, str, str, bool]:
        rule = self._rule
        special = rule.texts.get(text.strip().casefold())
        if special is not None:
            kind = None if special["kind"] == "nothing" else EvidenceKind(special["kind"])
            return kind, special.get("channel", rule.channel), special.get("purpose", rule.purpose), False
        name = self._vocabulary.word_class(text, rule.words)
        if name == "blank":
            return _NONE
        if rule.any_text and name == "other":
            name = "yes"
        meaning = MEANING[rule.says]
        kind = meaning[name] if name in meaning else meaning["other"]
        return kind, rule.channel, rule.purpose, kind is K.UNMAPPED_OPT_OUT and not rule.says.startswith(("maybe", "status"))


class _Row(NamedTuple):
    """Where the dates and reasons of a row are looked up."""

    values: Table[str, str]
    cells: Table[str, str]
    order: str

    def text(self, name: str) -> str:
        """The text of a raw path or of a column (folded name)."""
        return self.values.get(name, "") or self.cells.get(fold_header(name), "")

    def time(self, name: str) -> datetime | None:
        return sign_time(self.text(name), self.order) if name else None


def evidence_of(
    bound: BoundRule, cell: str, values: Table[str, str], cells: Table[str, str], order: str, *, shown: bool = False
) -> tuple[list[ConsentEvidence], list[Problem]]:
    """Judge one cell of a consent column.

    Args:
        bound: the column's rule.
        cell: its text, not blank.
        values: the row by raw paths.
        cells: the row by folded column names.
        order: `dmy` or `mdy` for its dates.
        shown: whether only other rows of the file showed that order; an ambiguous date of a refusal is then none, so that nothing is
            taken to have come after it.
    """
    rule, row = bound.rule, _Row(values, cells, order)
    if rule.unless and row.text(rule.unless).strip():
        return [], []
    evidence: list[ConsentEvidence] = []
    problems: list[Problem] = []
    for part in cell.split(rule.split) if rule.split else (cell,):
        if not part.strip():
            continue
        kind, channel, purpose, unclear = bound.judge(part)
        if kind is None:
            continue
        reason = row.text(rule.reason).strip() if rule.reason else ""
        if reason.casefold() in rule.reasons:
            kind = EvidenceKind(rule.reasons[reason.casefold()])
        if kind is K.LEGAL_BASIS:
            reason = part.strip()
        raw = part.strip()[:200]
        told = row._replace(order="") if shown and kind in AGAINST else row
        evidence.append(ConsentEvidence(kind, channel, purpose, told.time(rule.at), raw, bound.column, reason=reason[:200]))
        if unclear:
            hint = "The text is not known in a column about consent; it blocks until the mapping's `words` name it."
            problems.append(Problem("consent.text_not_known", raw=raw, hint=hint, column=bound.column))
    return evidence, problems


def file_evidence(
    rule: ConsentRule, file: str, values: Table[str, str], cells: Table[str, str], order: str, *, shown: bool = False
) -> ConsentEvidence | None:
    """Tell what the file's name says about a row, where its columns say nothing against it; dates are read as in `evidence_of`."""
    row = _Row(values, cells, order)
    if rule.says == "sign_up":
        started, confirmed = row.time(rule.started_at), row.time(rule.at)
        if started and confirmed and started <= confirmed:
            kind, at = K.CONFIRMED_OPT_IN, confirmed
            return ConsentEvidence(kind, rule.channel, rule.purpose, at, row.text(rule.at), file, started_at=started)
        if started and not confirmed:
            return ConsentEvidence(K.OPT_IN, rule.channel, rule.purpose, started, row.text(rule.started_at), file)
        return ConsentEvidence(K.CLAIMED_OPT_IN, rule.channel, rule.purpose, confirmed, row.text(rule.at), file)
    found = MEANING[rule.says].get("yes")
    row = row._replace(order="") if shown and found in AGAINST else row
    return ConsentEvidence(found, rule.channel, rule.purpose, row.time(rule.at), rule.name, file) if found else None


def note_evidence(scanner: NoteScanner, text: str, path: str, column: str) -> tuple[list[ConsentEvidence], list[Problem]]:
    """Look whether a note asks to stop; where a condition hangs on the phrase, it blocks until somebody has read it."""
    phrases = scanner.scan(text)
    if not phrases:
        return [], []
    evidence = [
        ConsentEvidence(
            K.UNMAPPED_OPT_OUT if phrase.conditional else K.OPT_OUT,
            phrase.channel,
            phrase.purpose,
            raw=text.strip()[:200],
            column="note",
            reason="free_text_note",
        )
        for phrase in phrases
    ]
    channels = ", ".join(sorted({phrase.channel for phrase in phrases}))
    hint = f"It reads as a wish to be left alone ({channels}) and blocks; a person should look at it."
    problem = Problem("consent.note_reads_as_stop", f"$.{path}" if path else "", text.strip()[:200], hint, Severity.INFO, column)
    return evidence, [problem]
