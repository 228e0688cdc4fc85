"""Given names and surnames over columns: the answers of `Names.given` and `Names.surname` for many pairs of texts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns._vocabulary import Masks, Vocabulary, share
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.comparisons import names as single
from canonical_contact.match.features import PARTICLES
from canonical_contact.match.table import Bools, Codes, Places

if TYPE_CHECKING:
    from canonical_contact.match.comparisons.names import Names

__all__ = ["WIDTH", "NameTexts", "Texts"]

WIDTH = 4  # words of a name that are looked at here; a longer name goes to the single form
_AS_GIVEN = np.array((single.G_TYPO, single.G_SOUNDS, single.G_SIMILAR, single.G_DIFFERENT), np.uint8)
_AS_SURNAME = np.array((single.S_TYPO, single.S_SOUNDS, single.S_SIMILAR, single.S_DIFFERENT), np.uint8)


class Texts(NamedTuple):
    """The distinct texts of a field, as numbers of words.

    `whole` is the text without gaps, `head` its first word, `words` the first of its words, `telling` those that are no particles,
    `initials` the first letters of several words. `counts` and `telling_counts` are numbers of words; `masks` has a bit for each class of
    nicknames of the first word and of the whole. `singly` are texts that the single form compares.
    """

    texts: list[str]
    whole: Codes
    head: Codes
    words: Codes
    telling: Codes
    initials: Codes
    counts: NDArray[np.uint8]
    telling_counts: NDArray[np.uint8]
    masks: Masks
    singly: Bools


class NameTexts:
    """Compares texts of names.

    Args:
        names: the single form.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._vocabulary = Vocabulary(names.nicknames)

    def read(self, pool: list[str]) -> Texts:
        """Make the texts of a field ready for comparison by their places."""
        vocabulary = self._vocabulary
        parts = [text.split() for text in pool]
        counts = np.fromiter(map(len, parts), np.int64, len(parts))
        owners = np.repeat(np.arange(len(parts)), counts)
        codes = vocabulary.add(word for words in parts for word in words)
        whole = vocabulary.add("".join(words) for words in parts)
        initials = vocabulary.add("".join(word[0] for word in words) if len(words) > 1 else "" for words in parts)
        tells = ~np.isin(codes, vocabulary.add(sorted(PARTICLES)))
        telling_counts = np.bincount(owners[tells], minlength=len(parts))
        words = _matrix(owners, codes, counts)
        strange = np.bincount(owners, ~vocabulary.plain[codes], len(parts)) > 0
        return Texts(
            pool,
            whole,
            np.ascontiguousarray(words[:, 0]),
            words,
            _matrix(owners[tells], codes[tells], telling_counts),
            initials,
            np.minimum(counts, 255).astype(np.uint8),
            np.minimum(telling_counts, 255).astype(np.uint8),
            vocabulary.masks[whole] | vocabulary.masks[words[:, 0]],
            strange | (counts > WIDTH),
        )

    def given(self, left: Texts, right: Texts, a: Codes, b: Codes) -> Levels:
        """Compare given names; none may be empty."""
        head_a, head_b = left.head[a], right.head[b]
        found = self._given_words(head_a, head_b)
        several = np.flatnonzero((left.counts[a] > 1) | (right.counts[b] > 1))
        same = head_a[several] == head_b[several]
        rows = several[same]
        found[rows] = self._second_given(left.words[a[rows]], right.words[b[rows]])
        rows = several[~same]
        found[rows] = np.minimum(found[rows], self._several_given(left, right, a[rows], b[rows]))
        found[several[left.whole[a[several]] == right.whole[b[several]]]] = single.G_EXACT
        return self._corrected(found, left, right, a, b, self._names.given)

    def surname(self, left: Texts, right: Texts, a: Codes, b: Codes) -> Levels:
        """Compare surnames; none may be empty."""
        vocabulary = self._vocabulary
        whole_a, whole_b = left.whole[a], right.whole[b]
        found = _AS_SURNAME[vocabulary.spelling(whole_a, whole_b, single.TWO_SLIPS_SURNAME)]
        several = np.flatnonzero((left.counts[a] > 1) | (right.counts[b] > 1))
        words_a, words_b = left.telling[a[several]], right.telling[b[several]]
        counts_a, counts_b = left.telling_counts[a[several]].astype(np.int64), right.telling_counts[b[several]].astype(np.int64)
        same = (counts_a == counts_b) & (counts_a > 0) & (words_a == words_b).all(axis=1)
        unclear = np.flatnonzero(~same & (found[several] > single.S_SOUNDS) & (counts_a + counts_b > 2))
        swap = counts_a[unclear] > counts_b[unclear]
        few, many = ((words_b, words_a)[::way] for way in (1, -1))
        few = np.where(swap[:, None], words_b[unclear], words_a[unclear])
        many = np.where(swap[:, None], words_a[unclear], words_b[unclear])
        held = self._holds(few, many, counts_a[unclear] == counts_b[unclear])
        found[several[unclear[held]]] = single.S_PART
        found[several[same]] = single.S_EXACT
        rows = np.flatnonzero(found == single.S_DIFFERENT)
        lengths_a, lengths_b = vocabulary.lengths[whole_a[rows]], vocabulary.lengths[whole_b[rows]]
        rows = rows[np.minimum(lengths_a, lengths_b) != 2]
        found[rows[self._either_begins(whole_a[rows], whole_b[rows])]] = single.S_SIMILAR
        found[whole_a == whole_b] = single.S_EXACT
        return self._corrected(found, left, right, a, b, self._names.surname)

    def may_agree(self, left: Texts, right: Texts, a: Codes, b: Codes) -> Bools:
        """Whether two texts may agree as given names or as surnames; false only where both are different."""
        vocabulary = self._vocabulary
        whole_a, whole_b = left.whole[a], right.whole[b]
        found = vocabulary.near(whole_a, whole_b) | vocabulary.may_begin(whole_a, whole_b)
        found |= (left.masks[a] & right.masks[b]) > 0
        found |= (a == 0) | (b == 0)
        rows = np.flatnonzero(~found & ((left.counts[a] > 1) | (right.counts[b] > 1)))
        a, b, whole_a, whole_b = a[rows], b[rows], whole_a[rows], whole_b[rows]
        head_a, head_b = left.head[a], right.head[b]
        more = vocabulary.near(head_a, head_b) | vocabulary.may_begin(head_a, head_b)
        more |= vocabulary.may_begin(whole_a, head_b) | vocabulary.may_begin(head_a, whole_b)
        more |= (left.initials[a] == whole_b) | (right.initials[b] == whole_a)
        more |= (left.counts[a] > WIDTH) | (right.counts[b] > WIDTH)
        words_a, words_b = left.words[a], right.words[b]
        for one in range(WIDTH):
            for other in range(WIDTH):
                few = np.flatnonzero(~more & (words_a[:, one] > 0) & (words_b[:, other] > 0))
                more[few] = self._maybe_one_surname(words_a[few, one], words_b[few, other])
        found[rows] = more
        return found

    def _corrected(
        self,
        found: Levels,
        left: Texts,
        right: Texts,
        a: Codes,
        b: Codes,
        compare: Callable[[tuple[str, ...], tuple[str, ...]], int],
    ) -> Levels:
        """Set what the single form says of texts that are not looked at here."""
        rows = np.flatnonzero(left.singly[a] | right.singly[b])
        if len(rows):
            rows = rows[self.may_agree(left, right, a[rows], b[rows])]
            pairs = zip(a[rows].tolist(), b[rows].tolist(), strict=True)
            found[rows] = [compare(tuple(left.texts[x].split()), tuple(right.texts[y].split())) for x, y in pairs]
        return found

    def _given_words(self, a: Codes, b: Codes) -> Levels:
        """Compare words of given names."""
        vocabulary = self._vocabulary
        found = np.full(len(a), single.G_DIFFERENT, np.uint8)
        same = a == b
        found[same] = single.G_EXACT
        short = np.minimum(vocabulary.lengths[a], vocabulary.lengths[b]) == 1
        found[short & ~same & (vocabulary.firsts[a] == vocabulary.firsts[b])] = single.G_INITIAL
        rows = np.flatnonzero(~same & ~short)
        a, b = a[rows], b[rows]
        spelled = vocabulary.spelling(a, b, single.TWO_SLIPS_GIVEN)
        levels = _AS_GIVEN[spelled]
        loose = np.flatnonzero((spelled > single.SOUNDS) | (spelled == single.TYPO))
        return found
