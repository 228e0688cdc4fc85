"""Words beside an address or a number in its cell: they may say that nobody is to be written to or called there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._consent import note_evidence
from canonical_contact.formats._fold import plain
from canonical_contact.model import ANY_PURPOSE, ConsentEvidence, EvidenceKind

if TYPE_CHECKING:
    from canonical_contact.formats._presets import Presets

__all__ = ["BESIDE", "beside_evidence", "beside_of", "names_in"]

# Paths in which it is looked for → the channel of what has no other.
BESIDE: Final = {"emails[].address": "email", "phones[].number": "any"}

_MORE: Final = re.compile(r"[^\W\d_][^\w@.,+'’-]|[^\w@.,+'’-][^\W\d_]")  # the edge of a word that an address does not have inside
_EDGE: Final = re.compile(r"[\s<>()\[\]{};:|\"“”„]+")
_NAMED: Final = re.compile(r"<[^<>]*@[^<>]*>?")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
# Words that say of which kind an address is, or join two. Any other may mean anything, such as that the person is dead.
_HARMLESS: Final = frozenset(
    plain(
        "mailto smtp sip mail email courriel correo posta adresse address adres direccion indirizzo tel phone fax "
        "private privat privee privado personal personnel personlich personale prive home zuhause maison casa haus "
        "work business office buro bureau oficina ufficio kantoor travail trabajo lavoro arbeit werk geschaftlich dienstlich beruflich firma "
        "company firm job pro professional professionnel main primary preferred first second secondary other new neu neue nouveau nuevo "
        "nuovo haupt bevorzugt autre otro altro andere zweite erste internet web www mr mrs ms herr frau "
        "oder or und and et ou en of eller og och tai"
    ).split()
)


def beside_evidence(
    text: str, path: str, column: str, presets: Presets, names: Iterable[str]
) -> tuple[list[ConsentEvidence], list[Problem]]:
    """Judge the words beside an address or a number.

    A phrase or a word that asks to stop counts as in a note. Beside an address any other word blocks until somebody has looked: it may
    say that the address is of no use. Names of the person and words for kinds of addresses say nothing.

    Args:
        text: the cell.
        path: one of `BESIDE`.
        column: the column's name.
        presets: the tables of the run.
        names: what the record says of the person's name.
    """
    if path == "emails[].address":
        if "@" not in text or not _MORE.search(text):
            return [], []
        display = bool(_NAMED.search(text))
        rest = _NAMED.sub(" ", text) if display else " ".join([part for part in _EDGE.split(text) if "@" not in part])
    else:
        display, rest = True, text
    words = _WORD.findall(plain(rest))
    if not words:
        return [], []
    evidence, problems = note_evidence(presets.notes, rest, "", column)
    if evidence:
        return evidence, problems
    if presets.vocabulary.word_class(rest.strip(" \t()[]{}-–—:,;.!*0123456789+/")) != "stop":
        if display or "mailto:" in text.lower():
            return [], []
        known = {word for name in names for word in _WORD.findall(plain(name))}
        if all(word in _HARMLESS or word in known for word in words):
            return [], []
    kind, channel, raw = EvidenceKind.UNMAPPED_OPT_OUT, BESIDE[path], text.strip()[:200]
    hint = f"Words beside an address may say that it is not to be used; they block ({channel}) until somebody has looked."
    shown = ConsentEvidence(kind, channel, ANY_PURPOSE, raw=raw, column=column, reason="free_text_note")
    return [shown], [Problem("consent.note_reads_as_stop", "", raw, hint, Severity.INFO, column)]


def beside_of(path: str) -> str:
    """Give the entry of `BESIDE` that a raw path is of; empty where it is of none.

    >>> beside_of("emails[3].address"), beside_of("emails[3].label")
    ('emails[].address', '')
    """
    if not path.startswith(("emails[", "phones[")):
        return ""
    kind = f"{path[:7]}].{path.rpartition('.')[2]}"
    return kind if kind in BESIDE else ""


def names_in(values: Mapping[str, str]) -> list[str]:
    """List what a record says of names, of the person and of where they work."""
    return [text for path, text in values.items() if path.startswith(("name.", "nicknames[", "organizations["))]
