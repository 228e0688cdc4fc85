"""What is known of a person beside names and channels: birthday, address, employer, generation, and the source itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from canonical_contact.match.comparisons._base import Comparison, Level, Lookups
from canonical_contact.match.comparisons._dates import compare_dates, date_levels
from canonical_contact.match.comparisons._near import alike, letters_of, numbers_of, one_off, typo, words_of
from canonical_contact.match.features import Features

if TYPE_CHECKING:
    from canonical_contact.match.columns.facts import FactColumns
    from canonical_contact.match.columns.pairs import Levels
    from canonical_contact.match.table import FeatureTable, Places

__all__ = ["Facts"]

A_SAME, A_STREET, A_POSTCODE, A_NEAR, A_TOWN, A_REGION, A_DIFFERENT, A_MISSING = range(8)
O_SAME, O_NEAR, O_DIFFERENT, O_MISSING = range(4)
N_AGREE, N_ONE_SIDED, N_DIFFERENT, N_MISSING = range(4)

BIRTHDAY = Comparison("birthday", date_levels("The birthdays"), "When were they born?")
ADDRESS = Comparison(
    "address",
    (
        Level("same", "The street with its number is the same, and nothing about the place speaks against it."),
        Level("same_street", "The street is nearly the same, or the house number is, in one place."),
        Level("same_postcode", "The postcode is the same, the street is not or is not known."),
        Level("near_postcode", "The postcodes are near: one is a part or a slip of the other, or the places are close."),
        Level("same_town", "The town is the same or nearly; postcode and street do not agree."),
        Level("same_region", "Only the region is the same."),
        Level("different", "The addresses have nothing in common."),
        Level("missing", "There are no two addresses to compare."),
    ),
    "Where do they live?",
)
EMPLOYER = Comparison(
    "employer",
    (
        Level("same", "The employers are the same: in full, but for a slip, or but for words at the end."),
        Level("near", "The employers are similar, or one name holds the other."),
        Level("different", "The employers differ."),
        Level("missing", "The employers are not both known."),
    ),
    "For whom do they work?",
)
GENERATION = Comparison(
    "generation",
    (
        Level("agree", "Both have the same generation, such as Jr."),
        Level("one_sided", "Only one record states a generation."),
        Level("different", "The generations differ, as of father and son."),
        Level("none", "Neither record states a generation, as of most people."),
    ),
    "Which generation of a family are they?",
)
SYSTEM = Comparison(
    "system",
    (
        Level("other", "The records come from two systems."),
        Level("same", "The records come from one system, which should know a person once."),
    ),
    "Where do the records come from?",
)

S_EQUAL, S_NEAR, S_NUMBER, S_NAME, S_OTHER = range(5)  # of two streets: nearly equal; the number; the name without the number
P_POSTCODE, P_NEAR, P_TOWN, P_UNKNOWN, P_ELSEWHERE = range(
    5
)  # what is known of the place: equal, near postcode; town; nothing; not one
# For each place whether a street of each level is the same: the less is known of the place, the nearer the streets must be.
ONE_STREET = (
    (True, True, True, True, False),
    (True, True, False, False, False),
    (True, True, False, True, False),
    (True, True, False, False, False),
    (False, False, False, False, False),
)


class Facts:
    """Compares birthday, address, employer, generation and system.

    Args:
        lookups: what comparisons look up.
        places: postcode, as features hold it, → latitude and longitude in degrees; for several countries `DE:10115` also. Without it,
            only postcodes that look alike are near.
        near_km: postcodes whose places are at most so many kilometres apart are near; 5 by default.

    >>> facts = Facts(Lookups())
    >>> found = facts.levels(
    ...     Features("a:1", "a", birthday="1980-02-01", street="12highstreet", locality="york"),
    ...     Features("b:1", "b", birthday="1980-01-02", street="12highstret", locality="york"),
    ... )
    >>> [comparison.words[level] for comparison, level in zip(facts.comparisons, found)]
    ['swapped', 'same_street', 'missing', 'none', 'other']
    """

    comparisons = (BIRTHDAY, ADDRESS, EMPLOYER, GENERATION, SYSTEM)

    def __init__(self, lookups: Lookups, places: Mapping[str, tuple[float, float]] | None = None, near_km: float = 5.0) -> None:
        self.lookups, self.places, self.near_km = lookups, places or {}, near_km
        self._columns: FactColumns | None = None

    def levels(self, left: Features, right: Features) -> tuple[int, ...]:
        """Compare two records: one level for each of `comparisons`; symmetric."""
        return (
            compare_dates(left.birthday, right.birthday),
            self.address(left, right),
            compare_employers(left.employer, right.employer),
            compare_generations(left.generation, right.generation),
            1 if left.system == right.system else 0,
        )

    def columns(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """Compare record `left[i]` with `right[i]`: one array for each of `comparisons`."""
        if self._columns is None:
            from canonical_contact.match.columns.facts import FactColumns

            self._columns = FactColumns(self)
        return self._columns.compare(table, left, right)

    def address(self, left: Features, right: Features) -> int:
        """Compare where two people live, from the street to the region, as far as both are known."""
        street_a, street_b, town_a, town_b = left.street, right.street, left.locality, right.locality
        postcode_a, postcode_b, region_a, region_b = postcode_of(left), postcode_of(right), left.region, right.region
        streets, towns, postcodes = bool(street_a and street_b), bool(town_a and town_b), bool(postcode_a and postcode_b)
        if not (streets or towns or postcodes or (region_a and region_b)):
            return A_MISSING
        same_street = streets and street_a == street_b
        same_town = towns and (town_a == town_b or typo(town_a, town_b))
        same_postcode = postcodes and postcode_a == postcode_b
        if same_postcode and not (same_street or same_town) and left.country and right.country and left.country != right.country:
            same_postcode = False  # the digits of two countries
        near = postcodes and not same_postcode and self.near_postcodes(postcode_a, left.country, postcode_b, right.country)
        if same_street and (same_postcode or (not postcodes and (same_town or not towns))):
            return A_SAME
        if same_postcode:
            place = P_POSTCODE
        elif (postcodes and not near) or (towns and not same_town):
            place = P_ELSEWHERE
        else:
            place = P_NEAR if near else P_TOWN if same_town else P_UNKNOWN
        if streets and ONE_STREET[place][S_EQUAL if same_street else compare_streets(street_a, street_b)]:
            return A_STREET
        if same_postcode:
            return A_POSTCODE
        if near:
            return A_NEAR
        if same_town:
            return A_TOWN
        return A_REGION if region_a and region_a == region_b else A_DIFFERENT

    def near_postcodes(self, a: str, country_a: str, b: str, country_b: str) -> bool:
        """Whether two postcodes that differ are near, by their characters or by the table of places."""
        if near_text(a, b):
            return True
        if not self.places:
            return False
        place_a, place_b = self.place(country_a, a), self.place(country_b, b)
        return bool(place_a and place_b) and kilometres(*place_a, *place_b) <= self.near_km  # type: ignore[misc]

    def place(self, country: str, postcode: str) -> tuple[float, float] | None:
        """Latitude and longitude of a postcode, by country where the table tells countries apart."""
        return self.places.get(f"{country}:{postcode}") or self.places.get(postcode)


def postcode_of(record: Features) -> str:
    """A postcode without the zeros in front, which spreadsheets drop."""
    return record.postcode.lstrip("0")


def near_text(a: str, b: str) -> bool:
    """Whether one postcode is the beginning of the other, or one character or two neighbours of it are wrong."""
    shorter, longer = (a, b) if len(a) <= len(b) else (b, a)
    if len(shorter) < 3:
        return False
    if len(a) == len(b):
        return len(a) > 3 and one_off(a, b)
    return longer.startswith(shorter)


def compare_streets(a: str, b: str) -> int:
    """Compare two streets that differ, house numbers inside.

    >>> compare_streets("12highstret", "12highstreat"), compare_streets("muhlenstr12", "12muhlenstrase")
    (1, 1)
    >>> compare_streets("nanjingxilu12hao", "12nanjingwestrd"), compare_streets("12highstreet", "14highstreet")
    (2, 3)
    """
    numbers_a, numbers_b = numbers_of(a), numbers_of(b)
    letters_a, letters_b = letters_of(a), letters_of(b)
    if numbers_a == numbers_b and (letters_a == letters_b or typo(letters_a, letters_b) or alike(letters_a, letters_b)):
        return S_NEAR
    if set(numbers_a) & set(numbers_b):
        return S_NUMBER
    return S_NAME if letters_a == letters_b and letters_a else S_OTHER


def compare_employers(a: str, b: str) -> int:
    """Compare two firms by their keys.

    >>> [compare_employers("acme tools", b) for b in ("acme tols", "acme tools north", "north acme tools", "emca")]
    [0, 0, 1, 2]
    """
    if not a or not b:
        return O_MISSING
    if a == b:
        return O_SAME
    joined_a, joined_b = a.replace(" ", ""), b.replace(" ", "")
    shorter, longer = (joined_a, joined_b) if len(joined_a) <= len(joined_b) else (joined_b, joined_a)
    begins = longer.startswith(shorter)
    if shorter == longer or (begins and len(shorter) >= 6) or typo(joined_a, joined_b):
        return O_SAME
    words_a, words_b = set(words_of(a)), set(words_of(b))
    fewer = min(len(words_a), len(words_b))
    if (begins and len(shorter) >= 4) or (fewer > 1 and len(words_a & words_b) == fewer) or alike(joined_a, joined_b):
        return O_NEAR
    return O_DIFFERENT


def compare_generations(a: str, b: str) -> int:
    """Compare two generations, such as `jr` and `iii`."""
    if a == b:
        return N_AGREE if a else N_MISSING
    return N_DIFFERENT if a and b else N_ONE_SIDED


def kilometres(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """The great-circle distance of two points given in degrees, by the haversine formula (Sinnott 1984).

    >>> round(kilometres(52.52, 13.405, 48.137, 11.575))
    504
    """
    a, b = math.radians(latitude_a), math.radians(latitude_b)
    across = math.sin(math.radians(longitude_b - longitude_a) / 2) ** 2
    share = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * across
    return 12742.0 * math.asin(math.sqrt(min(1.0, share)))
