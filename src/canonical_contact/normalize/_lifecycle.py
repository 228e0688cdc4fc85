# Lifecycle stages from the words of CRMs; a word that the table lacks is kept as the status.
from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.model.lifecycle import Lifecycle, LifecycleStage, StageChange
from canonical_contact.normalize._tables import load, words
from canonical_contact.normalize._text import clean, plain

__all__ = ["read_lifecycle"]

_STAGES: Final = {
    plain(word): LifecycleStage(stage) for stage, line in load("lifecycle")["stages"].items() for word in words(line)
}
_SIGNS: Final = re.compile(r"[\W_]+")


def read_lifecycle(
    stage: str, status: str, converted_at: datetime | None, source: str
) -> tuple[Lifecycle | None, tuple[Problem, ...]]:
    """Read the stage of a record.

    Args:
        stage: the source's lifecycle stage (`marketingqualifiedlead`).
        status: the source's word for the state of the lead (`Open - Not Contacted`), which is kept.
        converted_at: when the source turned a lead into a contact.
        source: key of the record.

    Returns:
        The lifecycle, or None where neither word is known and nothing was converted; and what could not be read.
    """
    wanted = clean(stage)
    word = clean(status)
    found = _STAGES.get(_key(wanted)) if wanted else None
    problems: tuple[Problem, ...] = ()
    if wanted and found is None:
        hint = "The stage is none that the table knows; it is kept as the status."
        problems = (Problem("lifecycle.unknown", raw=stage[:200], hint=hint, severity=Severity.INFO),)
        word = ", ".join(filter(None, (wanted, word)))
    found = found or _STAGES.get(_key(status))
    history: tuple[StageChange, ...] = ()
    if converted_at is not None:
        history = (StageChange(LifecycleStage.OPPORTUNITY, converted_at, source, "lead_converted"),)
        if found is None or found is LifecycleStage.LEAD:
            found = LifecycleStage.OPPORTUNITY
    if found is None:
        if not word:
            return None, problems
        found = LifecycleStage.LEAD  # a record with a status is at least a lead
    if not history:
        history = (StageChange(found, None, source),)
    return Lifecycle(found, history, word), problems


def _key(text: str) -> str:
    return _SIGNS.sub(" ", plain(text)).strip()
