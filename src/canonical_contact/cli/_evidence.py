"""What people know beside a table, as files: judged pairs, where postcodes lie, and blocking keys of one's own."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from canonical_contact.cli._evaluate_labels import lines_of
from canonical_contact.cli._output import note, tell_problems
from canonical_contact.cli._reading import read_small
from canonical_contact.errors import InputError

if TYPE_CHECKING:
    from canonical_contact.errors import Problem
    from canonical_contact.match.keys import Key

__all__ = ["read_judged", "read_keys", "read_postcodes"]

# The columns of `--review`, and what they are called in a table of judged pairs.
_REVIEWED = {"left_row": "left", "right_row": "right", "same_person": "verdict"}
_PLACES = {
    "postcode": ("postcode", "postal_code", "postalcode", "zip", "zip_code", "zipcode", "plz"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng", "long"),
    "country": ("country", "country_code", "cc"),
}


def read_judged(path: str | None) -> tuple[dict[tuple[int, int], bool], dict[tuple[str, str], bool]]:
    """Read the file of `--labels`: what people said of rows (from 0), and of records by their keys.

    Args:
        path: a filled sheet of `--review`, which names rows, or of `evaluate round`, which names records; None for neither.

    Raises:
        InputError: it holds no answer.
    """
    if path is None:
        return {}, {}
    from canonical_contact.match.evaluate import Answer, read_labels

    lines = lines_of(path, hint="Name a filled sheet of --review, or of `evaluate round`.")
    problems: list[Problem] = []
    reviewed = _reviewed(lines, path, problems)
    read = read_labels(reviewed or lines, file=path)
    tell_problems([*problems, *read.problems])
    said = {(one.left, one.right): one.verdict is Answer.MATCH for one in read.labels if one.verdict is not Answer.UNSURE}
    if not said:
        column = "same_person" if reviewed else "verdict"
        raise InputError(f"{path} holds no answer.", path=path, hint=f"Write match or no_match into the column {column}.")
    if not reviewed:
        return {}, said
    numbered = [((a.partition(" ")[2], b.partition(" ")[2]), same) for (a, b), same in said.items()]
    rows = {(int(a) - 1, int(b) - 1): same for (a, b), same in numbered if a.isdecimal() and b.isdecimal()}
    if len(rows) < len(said):
        note(f"note: {path}: {len(said) - len(rows):,} answers do not name two rows by number, and are left out.")
    return rows, {}


def _reviewed(lines: Sequence[str], path: str, problems: list[Problem]) -> list[str]:
    """A sheet of `--review` as a table of judged pairs; nothing where it is none."""
    from io import StringIO

    from canonical_contact.match.evaluate._sheet import sheet_rows

    rows = sheet_rows(lines, path, problems)
    _, header = next(rows, (0, []))
    places = [header.index(name) for name in _REVIEWED if name in header]
    if len(places) < len(_REVIEWED):
        return []
    into = StringIO()
    writer = csv.writer(into)
    writer.writerow(_REVIEWED.values())
    for _, row in rows:
        left, right, verdict = (row[place].strip() if place < len(row) else "" for place in places)
        writer.writerow([f"left {left}", f"right {right}", verdict])  # of two tables, in which one number is two rows
    return into.getvalue().splitlines(keepends=True)


def read_postcodes(path: str | None) -> dict[str, tuple[float, float]] | None:
    """Read the file of `--postcodes`: postcode → latitude and longitude in degrees; None where there is none.

    Raises:
        InputError: it lacks a column, or no row of it can be read.
    """
    if path is None:
        return None
    lines = lines_of(path, hint="Name a CSV file with the columns postcode, latitude and longitude.")
    delimiter = max(",;\t", key=lines[0].count)
    rows = csv.reader(lines, delimiter=delimiter)
    header = [name.strip().casefold().replace(" ", "_").lstrip("\ufeff") for name in next(rows)]
    places = {what: next((header.index(name) for name in names if name in header), -1) for what, names in _PLACES.items()}
    if lacking := [what for what, place in places.items() if place < 0 and what != "country"]:
        raise InputError(
            f"{path} has no column {lacking[0]}.", path=path, hint="It has postcode, latitude and longitude, in degrees."
        )
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for country, code, at in _lying(rows, places):
        found.setdefault((country, code), at)
    if not found:
        raise InputError(
            f"{path} says of no postcode where it lies.", path=path, hint="Write degrees with a point, such as 52.52."
        )
    several = len({country for country, _ in found}) > 1  # else records that name no country may be meant, too
    return {f"{country}:{code}" if several and country else code: at for (country, code), at in found.items()}


def _lying(rows: Iterator[list[str]], places: Mapping[str, int]) -> Iterator[tuple[str, str, tuple[float, float]]]:
    """Country, postcode as features hold it, and place, of the rows that can be read."""
    from canonical_contact.match.features import postcode_key
    from canonical_contact.normalize import fold

    for row in rows:
        cells = {what: row[place].strip() if 0 <= place < len(row) else "" for what, place in places.items()}
        try:
            at = float(cells["latitude"]), float(cells["longitude"])
        except ValueError:
            continue
        if (code := postcode_key(cells["postcode"], fold)) and abs(at[0]) <= 90 and abs(at[1]) <= 180:
            yield cells["country"].upper(), code, at


def read_keys(path: str | None) -> tuple[Key, ...] | None:
    """Read the file of `--keys`; None where there is none.

    Raises:
        ConfigError: it cannot be read or is faulty.
    """
    if path is None:
        return None
    from canonical_contact.match.keys import keys_from_toml

    return keys_from_toml(read_small(path, "keys", hint="Name a TOML file such as docs/matching.md shows."), source=path)
