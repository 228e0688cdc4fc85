"""What the name of a column says about what it holds: synonyms in many languages, words around them, compounds, slips of the pen."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Any, NamedTuple

from canonical_contact.formats._fold import fold_header, plain, words_of
from canonical_contact.formats._presets import Presets
from canonical_contact.formats._suggest_paths import Key, key_of_path

__all__ = ["Candidate", "HeaderReader"]

_NAMES = {"name.given": "name.phonetic.given", "name.given2": "name.phonetic.given2", "name.surname": "name.phonetic.surname"}
_LABELS = frozenset({"home", "work", "mobile", "fax", "main", "other"})
_VAGUE = frozenset({"id", "lifecycle.status", "name.full"})  # words that say little beside another: a number, a state, a name
_LABELLED = frozenset({"email", "phone", "url"})
_GROUPS = frozenset({"home", "work", "other", "mailing", "billing", "delivery"})
_NUMBERED = frozenset({"email", "phone", "url", "address"})
_LABEL_WORDS = frozenset({"label", "type", "typ", "art", "bezeichnung", "tipo"})
_NUMBER_INSIDE = re.compile(r"\b(\d{1,2})\b(?=.*[^\W\d])")  # "Address 1 - Street", and not "Address 2"
_DIGITS_AFTER_LETTERS = re.compile(r"(?<=[^\W\d]{2})\d{1,2}\Z")  # AddressLine1
_NUMBER_ENDS = ("nr", "no")  # Handynr
_SHORTEST = 3  # a piece of a compound has so many letters
_LONGEST_NAME = 100  # what is longer is no name, and taking it apart takes time
_FUZZY_FROM = 5  # a shorter word has too many neighbours


class Candidate(NamedTuple):
    """One reading of a header, with how sure it is (0 to 1) and why."""

    key: Key
    score: float
    reason: str


class HeaderReader:
    """Reads names of columns.

    Args:
        presets: the tables of the run.
        products: whether the columns of known products count.
    """

    def __init__(self, presets: Presets, *, products: bool) -> None:
        text = (resources.files("canonical_contact.formats") / "data" / "suggest.toml").read_text(encoding="utf-8")
        data: dict[str, Any] = tomllib.loads(text)
        self.cells: dict[str, frozenset[str]] = {name: frozenset(words) for name, words in data["cells"].items()}
        self.basis: tuple[str, ...] = tuple(data["basis"])
        self._sheet = presets.sheet
        self._fillers = frozenset(data["fillers"])
        self._modifiers = {word: name for name, words in data["modifiers"].items() for word in words}
        self._known: dict[str, str] = {**data["more"], **presets.sheet.headers}
        self._joined = {known.replace(" ", ""): key for known, key in self._known.items() if " " in known}
        self._products = _product_columns(presets) if products else {}
        self._pieces = frozenset(
            word for word in (*self._known, *self._modifiers, *self._fillers) if " " not in word and len(word) >= _SHORTEST
        )

    def read(self, header: Sequence[str]) -> list[list[Candidate]]:
        """Read the columns of a header together: what some hold settles what an ambiguous one does.

        Returns:
            For each column its readings, the surest first.
        """
        header = [name[:_LONGEST_NAME] for name in header]
        folded = [plain(name) for name in header]
        order = self._sheet.order_of_languages(folded)
        found = [self._readings(name, folded[place], order) for place, name in enumerate(header)]
        stems = {one[0].key.stem for one in found if one}
        settled: list[list[Candidate]] = []
        before = ""
        for readings in found:
            best: dict[Key, Candidate] = {}
            for key, score, reason in readings:
                chosen = self._sheet.choose(key.stem, stems, before)
                for stem in dict.fromkeys((chosen, *key.stem.split("|"))):
                    stem, _, label = _full(stem).partition(":")
                    right = Key(stem, label or key.label, key.group)
                    less = 0.0 if stem == _full(chosen).partition(":")[0] else 0.2
                    if right not in best or best[right].score < score - less:
                        best[right] = Candidate(right, score - less, reason)
            ranked = sorted(best.values(), key=lambda one: -one.score)
            settled.append(ranked)
            before = ranked[0].key.stem if ranked else ""
        return settled

    def date_order(self, header: Sequence[str]) -> str:
        """How dates are written where the header's language is spoken."""
        return self._sheet.date_order(self._sheet.order_of_languages([plain(name) for name in header]))

    # -- one header --------------------------------------------------------------------------------------------------------------

    def _readings(self, name: str, folded: str, order: Sequence[str]) -> list[Candidate]:
        if product := self._products.get(fold_header(name)):
            return [Candidate(product, 0.97, "a column of a known product")]
        if key := self._sheet.key(folded, order):
            sure = 0.95 if any(char.isalpha() for char in folded) else 0.5
            return [Candidate(_key(key), sure, "the name is known")]
        words = words_of(name).split()
        text = " ".join(words)
        if key := self._lookup(text):
            return [Candidate(_numbered(_key(key), name, words), 0.93, "the name is known")]
        tokens = [piece for word in words for piece in self._pieces_of(_DIGITS_AFTER_LETTERS.sub("", word))]
        found = self._around(tokens) or self._alike(text, folded)
        return [one._replace(key=_numbered(one.key, name, tokens)) for one in found]

    def _lookup(self, text: str) -> str:
        bare = text.rstrip("0123456789 ")
        return self._known.get(text) or self._known.get(bare) or self._joined.get(bare, "")

    def _pieces_of(self, word: str) -> list[str]:
        """Take a compound apart: `kundenvorname` → kunden, vorname; a word that is none stays whole."""
        if word in self._pieces or len(word) < _SHORTEST + 2:
            return [word]
        if word.endswith(_NUMBER_ENDS) and word[:-2] in self._pieces:
            return [word[:-2], word[-2:]]
        best: dict[int, list[str]] = {0: []}
        for end in range(_SHORTEST, len(word) + 1):
            for start in range(end - _SHORTEST + 1):
                if start in best and word[start:end] in self._pieces:
                    pieces = [*best[start], word[start:end]]
                    if end not in best or len(pieces) < len(best[end]):
                        best[end] = pieces
                elif (
                    start in best
                    and start
                    and word[start:end].removeprefix("s") in self._pieces
                    and len(word[start:end]) > _SHORTEST
                ):
                    best.setdefault(end, [*best[start], word[start + 1 : end]])  # the s that joins German words
        return best.get(len(word), [word])

    def _around(self, tokens: Sequence[str]) -> list[Candidate]:
        """Find the longest known run of words, and what the words around it add."""
        tokens = [token for token in tokens if not token.isdecimal()]
        found: list[Candidate] = []
        parts = {self._known.get(token, "").partition("|")[0] for token in tokens}
        if {"name.given", "name.surname"} <= parts:
            return [Candidate(Key("name.full"), 0.85, "its words name both parts of a name")]
        for size in range(len(tokens), 0, -1):
            for start in range(len(tokens) - size + 1):
                key = self._known.get(" ".join(tokens[start : start + size]), "")
                if not key:
                    continue
                rest = [*tokens[:start], *tokens[start + size :]]
                added = [self._modifiers[token] for token in rest if token in self._modifiers]
                strange = [token for token in rest if token not in self._modifiers and token not in self._fillers]
                score = 0.9 - 0.02 * (len(rest) - len(strange)) - 0.25 * len(strange) + 0.02 * start
                stem = key.partition("|")[0]
                if stem in _VAGUE and any(token in self._modifiers or token in self._known for token in rest):
                    score -= 0.3
                if score > 0.2:
                    said = " ".join(tokens[start : start + size])
                    found.append(Candidate(_modified(_key(key), added), min(score, 0.9), f"its words: {said}"))
        found.sort(key=lambda one: -one.score)
        return found[:4]

    def _alike(self, text: str, folded: str) -> list[Candidate]:
        """Find a known name that differs by a slip of the pen."""
        if len(folded) < _FUZZY_FROM:
            return []
        from jellyfish import damerau_levenshtein_distance

        most = 1 if len(folded) < 9 else 2
        near = []
        for known, key in self._known.items():
            if abs(len(known) - len(folded)) <= most and len(known) >= _FUZZY_FROM:
                distance = min(damerau_levenshtein_distance(known, folded), damerau_levenshtein_distance(known, text))
                if distance <= most:
                    near.append(Candidate(_key(key), 0.75 - 0.08 * distance, f"nearly {known}"))
        near.sort(key=lambda one: -one.score)
        return near[:2]


def _key(text: str) -> Key:
    if "|" in text:
        return Key(text)
    stem, _, label = text.partition(":")
    return Key(stem, label)


def _full(stem: str) -> str:
    return {"surname": "name.surname", "given": "name.given", "house": "address.house", "street": "address.street"}.get(
        stem, stem
    )


def _modified(key: Key, added: Sequence[str]) -> Key:
    stem = key.stem
    if "phonetic" in added:
        stem = _NAMES.get(stem, stem)
    label = ",".join(dict.fromkeys([*filter(None, (key.label,)), *(one for one in added if one in _LABELS)]))
    group = next((one for one in added if one in _GROUPS), "")
    return Key(stem, label if stem in _LABELLED else "", group if stem.startswith("address.") else "")


def _numbered(key: Key, name: str, tokens: Sequence[str]) -> Key:
    """Keep the number of a numbered group: its columns belong together."""
    inside = _NUMBER_INSIDE.search(name)
    list_ = key.stem.partition(".")[0]
    if inside is None or list_ not in _NUMBERED or key.group:
        return key
    part = ".label" if not _LABEL_WORDS.isdisjoint(tokens) else ""
    if list_ == "address":
        return Key("address.label" if part else key.stem, "", inside[1])
    return Key(list_ + part, "", inside[1]) if part else Key(key.stem, key.label, inside[1])


def _product_columns(presets: Presets) -> dict[str, Key]:
    """The columns of the shipped presets: folded name → what they hold."""
    found: dict[str, Key] = {}
    for mapping in presets.mappings:
        for name in mapping.id:
            found.setdefault(fold_header(name), Key("id"))
        for name, column in mapping.columns.items():
            key = key_of_path(column.path, column.label)
            if key is not None and "*" not in name:
                found.setdefault(fold_header(name), key)
    return found
