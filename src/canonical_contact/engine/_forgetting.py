"""What the settings of a store say about people: values in the table of frequencies, texts in what the last run reported."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from attrs import frozen

from canonical_contact.engine._desk import scrub_desk
from canonical_contact.engine.matching import TERMS, forget_older
from canonical_contact.match.model.frequencies import TermFrequencies
from canonical_contact.ports import ContactStore

__all__ = ["LAST_RUN", "Said", "scrub_settings"]

LAST_RUN = "run.last"  # the setting that holds what a report tells of the latest run
_SHORTEST = 6  # texts that are shorter are looked for as a whole only


@frozen
class Said:
    """What erased people's records said.

    Args:
        terms: values that nobody else has, as the matcher counts them.
        places: (file, line) of the records.
        texts: cells and canonical values.
    """

    terms: Collection[tuple[str, str]]
    places: Collection[tuple[str, int]]
    texts: Collection[str]


def scrub_settings(store: ContactStore, said: Said) -> None:
    """Take what erased people's records said out of the settings; a value that is left out counts as a rare one, which it was."""
    forget_older(store)
    scrub_desk(store)
    text = store.setting(TERMS)
    if text:
        kept = TermFrequencies.from_text(text).without(said.terms).to_text()
        if kept != text:
            store.put_setting(TERMS, kept)
    text = store.setting(LAST_RUN)
    if text:
        told = json.loads(text)
        examples = {code: [one for one in found if not names(said, one)] for code, found in told.get("examples", {}).items()}
        files = [
            {**file, "problems": [one for one in file.get("problems", ()) if not names(said, one)]}
            for file in told.get("files", ())
        ]
        new = {**told, **({"examples": examples} if "examples" in told else {}), **({"files": files} if "files" in told else {})}
        if new != told:
            store.put_setting(LAST_RUN, json.dumps(new, ensure_ascii=False))


def names(said: Said, problem: dict[str, Any]) -> bool:
    """Tell whether a problem of the last run's report is about one of the records, or quotes one."""
    if (problem.get("file"), problem.get("line")) in said.places:
        return True
    quoted = [str(problem.get(name, "")).strip() for name in ("raw", "hint")]
    return any(text in said.texts or any(one in text for one in said.texts if len(one) >= _SHORTEST) for text in quoted if text)
