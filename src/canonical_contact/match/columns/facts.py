"""Comparing birthdays, addresses, employers and generations over columns: the answers of `comparisons/facts.py`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns._dates import Dates
from canonical_contact.match.columns._near import Changed, Memo, Near, Words, answer, fill, of_lines, pairwise
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.comparisons import facts
from canonical_contact.match.comparisons._near import letters_of
from canonical_contact.match.comparisons.facts import (
    A_DIFFERENT,
    A_MISSING,
    A_NEAR,
    A_POSTCODE,
    A_REGION,
    A_SAME,
    A_STREET,
    A_TOWN,
    N_AGREE,
    N_DIFFERENT,
    N_MISSING,
    N_ONE_SIDED,
    O_DIFFERENT,
    O_MISSING,
    O_NEAR,
    O_SAME,
    ONE_STREET,
    P_ELSEWHERE,
    P_NEAR,
    P_POSTCODE,
    P_TOWN,
    P_UNKNOWN,
    S_EQUAL,
    S_NAME,
    S_NEAR,
    S_NUMBER,
    S_OTHER,
    Facts,
)
from canonical_contact.match.table import Bools, Codes, FeatureTable, Places, Values

__all__ = ["FactColumns"]

_NO_NUMBERS = re.compile(r"[^0-9\n]+")


class _Firms:
    def __init__(self, pool: Sequence[str]) -> None:
        self.joined = Changed([text.replace(" ", "") for text in pool])
        self.words = Words(pool)


class _Streets:
    def __init__(self, pool: Sequence[str]) -> None:
        self.letters = Changed(of_lines(letters_of, pool))
        self.numbers = Values.of(of_lines(partial(_NO_NUMBERS.sub, " "), pool)).map(lambda text: " ".join(text.split()))
        self.words = Words(self.numbers.pool, str.split)
        self._pure = pairwise(pool, facts.compare_streets)

    def compare(self, a: Codes, b: Codes) -> Levels:
        """As `facts.compare_streets`."""
        near, x, y = self.letters.near, self.letters.codes[a], self.letters.codes[b]
        number_a, number_b = self.numbers.codes[a], self.numbers.codes[b]
        alike = (x == y) | near.typo(x, y) | near.alike(x, y)
        levels: Levels = np.select(
            [alike & (number_a == number_b), self.words.shared(number_a, number_b) > 0, (x == y) & (x > 0)],
            [S_NEAR, S_NUMBER, S_NAME],
            S_OTHER,
        ).astype(np.uint8)
        fill(levels, self.words.beyond(number_a, number_b), a, b, self._pure)
        return levels


class FactColumns:
    """Makes the comparisons of a `Facts` over arrays of places; what it learns of a pool it keeps for the next chunk.

    Args:
        facts: the comparisons in their pure form.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._dates = Memo(Dates)
        self._postcodes = Memo(lambda pool: Changed([text.lstrip("0") for text in pool]))
        self._towns = Memo(Near)
        self._streets = Memo(_Streets)
        self._firms = Memo(_Firms)

    def compare(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """As `Facts.levels`, an array for each comparison."""
        birthday, employer = table.values["birthday"], table.values["employer"]
        generation, system = table.values["generation"].codes, table.values["system"].codes
        return [
            self._dates.of(birthday.pool).compare(birthday.codes[left], birthday.codes[right]),
            self._address(table, left, right),
            self._employers(employer, left, right),
            _generations(generation[left], generation[right]),
            (system[left] == system[right]).astype(np.uint8),
        ]

    def _address(self, table: FeatureTable, left: Places, right: Places) -> Levels:
        values = table.values
        street, town, region, country = (values[name].codes for name in ("street", "locality", "region", "country"))
        postcodes = self._postcodes.of(values["postcode"].pool)
        postcode = values["postcode"].codes
        street_a, street_b, town_a, town_b = street[left], street[right], town[left], town[right]
        postcode_a, postcode_b = postcodes.codes[postcode[left]], postcodes.codes[postcode[right]]
        region_a, region_b = region[left], region[right]
        streets, towns = (street_a > 0) & (street_b > 0), (town_a > 0) & (town_b > 0)
        both, regions = (postcode_a > 0) & (postcode_b > 0), (region_a > 0) & (region_b > 0)

        same_street = streets & (street_a == street_b)
        same_town = towns & (town_a == town_b)
        answer(same_town, np.flatnonzero(towns & ~same_town), town_a, town_b, self._towns.of(values["locality"].pool).typo)
        same_postcode = both & (postcode_a == postcode_b)
        unsure = np.flatnonzero(same_postcode & ~same_street & ~same_town)
        country_a, country_b = country[left[unsure]], country[right[unsure]]
        same_postcode[unsure] = (country_a == 0) | (country_b == 0) | (country_a == country_b)
        near = np.zeros(len(left), np.bool_)
        rows = np.flatnonzero(both & ~same_postcode)
        answer(near, rows, postcode_a, postcode_b, partial(_near_texts, postcodes.near))
        if self._facts.places:
            rows = rows[~near[rows]]
            near[rows] = self._close(values["country"], values["postcode"], left[rows], right[rows])

        place = np.select(
            [same_postcode, (both & ~near) | (towns & ~same_town), near, same_town],
            [P_POSTCODE, P_ELSEWHERE, P_NEAR, P_TOWN],
            P_UNKNOWN,
        )
        found = np.where(same_street, S_EQUAL, S_OTHER).astype(np.uint8)
        rows = np.flatnonzero(streets & ~same_street & (place != P_ELSEWHERE))
        fill(found, rows, street_a, street_b, self._streets.of(values["street"].pool).compare)
        agrees = np.array(ONE_STREET)[place, found] & streets
        same = same_street & (same_postcode | (~both & (same_town | ~towns)))
        return np.select(
            [~(streets | towns | both | regions), same, agrees, same_postcode, near, same_town, regions & (region_a == region_b)],
            [A_MISSING, A_SAME, A_STREET, A_POSTCODE, A_NEAR, A_TOWN, A_REGION],
            A_DIFFERENT,
        ).astype(np.uint8)

    def _close(self, countries: Values, postcodes: Values, left: Places, right: Places) -> Bools:
        ends = list[NDArray[np.float64]]()
        for places in (left, right):
            keys, which = np.unique(countries.codes[places].astype(np.int64) << 32 | postcodes.codes[places], return_inverse=True)
            named = [(countries.pool[key >> 32], postcodes.pool[key & 0xFFFFFFFF].lstrip("0")) for key in keys.tolist()]
            found = [self._facts.place(*names) or (math.nan, math.nan) for names in named]
            ends.append(np.array(found, np.float64).reshape(-1, 2)[which])
        return _within(ends[0], ends[1], self._facts.near_km)

    def _employers(self, employer: Values, left: Places, right: Places) -> Levels:
        firms = self._firms.of(employer.pool)
        a, b = employer.codes[left], employer.codes[right]
        both = (a > 0) & (b > 0)
        levels = np.where(both, O_SAME, O_MISSING).astype(np.uint8)

        def compare(a: Codes, b: Codes) -> Levels:
            near, x, y = firms.joined.near, firms.joined.codes[a], firms.joined.codes[b]
            shorter = np.minimum(near.lengths[x], near.lengths[y])
            begins = near.begins(x, y)
            fewer = np.minimum(firms.words.counts[a], firms.words.counts[b])
            holds = (fewer > 1) & (firms.words.shared(a, b) == fewer)
            levels = np.select(
                [(x == y) | (begins & (shorter >= 6)) | near.typo(x, y), (begins & (shorter >= 4)) | holds | near.alike(x, y)],
                [O_SAME, O_NEAR],
                O_DIFFERENT,
            ).astype(np.uint8)
            fill(levels, firms.words.beyond(a, b), a, b, pairwise(employer.pool, facts.compare_employers))
            return levels

        fill(levels, np.flatnonzero(both & (a != b)), a, b, compare)
        return levels


def _generations(a: Codes, b: Codes) -> Levels:
    one_sided = (a == 0) != (b == 0)
    equal = np.where(a > 0, N_AGREE, N_MISSING)
    return np.where(a == b, equal, np.where(one_sided, N_ONE_SIDED, N_DIFFERENT)).astype(np.uint8)


def _near_texts(near: Near, a: Codes, b: Codes) -> Bools:
    """As `facts.near_text`."""
    left, right = near.lengths[a], near.lengths[b]
    found = np.zeros(len(a), np.bool_)
    answer(found, np.flatnonzero((left == right) & (left > 3)), a, b, near.one_off)
    answer(found, np.flatnonzero((left != right) & (left > 2) & (right > 2)), a, b, near.begins)
    return found


def _within(a: NDArray[np.float64], b: NDArray[np.float64], most: float) -> Bools:
    """Whether points are at most so many kilometres apart; what lies on the edge is measured as for single pairs."""
    x, y = np.radians(a), np.radians(b)
    across = np.sin(np.radians(b[:, 1] - a[:, 1]) / 2) ** 2
    share = np.sin((y[:, 0] - x[:, 0]) / 2) ** 2 + np.cos(x[:, 0]) * np.cos(y[:, 0]) * across
    distance = 12742.0 * np.arcsin(np.sqrt(np.minimum(1.0, share)))
    found: Bools = distance <= most
    for row in np.flatnonzero(np.abs(distance - most) < 1e-6).tolist():
        found[row] = facts.kilometres(*a[row].tolist(), *b[row].tolist()) <= most
    return found
