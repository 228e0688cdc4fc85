"""Which pairs are worth comparing: records that share a key. Keys are data, blocks have caps, what a cap leaves out is reported."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from attrs import field, frozen

from canonical_contact.match.features import PARTICLES, Features

__all__ = ["BLOCK_CAP", "KEYS", "BlockReport", "Blocking", "Key", "candidate_pairs"]

BLOCK_CAP = 40  # members of a block; a larger one is split by a further key, and what is still larger is left out
KeyMaker = Callable[[Features, Callable[[str], str]], Iterator[str]]


def _email(f: Features, _sound: Callable[[str], str]) -> Iterator[str]:
    yield from f.emails


def _email_local(f: Features, _sound: Callable[[str], str]) -> Iterator[str]:
    for email in f.emails:
        local = email.partition("@")[0]
        if len(local) > 4:
            yield local


def _phone(f: Features, _sound: Callable[[str], str]) -> Iterator[str]:
    for phone in f.phones:
        if len(phone) > 7:
            yield phone[-8:]


def _firsts(f: Features) -> list[str]:
    return list(dict.fromkeys((*f.given[:1], *f.read_given[:1])))


def _lasts(f: Features) -> list[str]:
    joined = "".join(f.surname)
    long = [token for token in f.surname if token not in PARTICLES and len(token) > 2]
    return [token for token in dict.fromkeys((joined, *long, "".join(f.read_surname))) if token]


def _name(f: Features, _sound: Callable[[str], str]) -> Iterator[str]:
    for first in _firsts(f):
        for last in _lasts(f):
            if len(first) > 1:
                yield f"{first} {last}" if first < last else f"{last} {first}"
    if (f.given or f.surname) and not (f.given and f.surname):
        yield " ".join(sorted(f.given or f.surname))  # one field may hold both


def _given_postcode(f: Features, _sound: Callable[[str], str]) -> Iterator[str]:
    if f.postcode:
        for first in _firsts(f):
            yield f"{first[0]} {f.postcode}"


def _birthday(f: Features, _sound: Callable[[str], str]) -> Iterator[str]:
    if len(f.birthday) > 7:
        yield f.birthday


def _birth_year_name(f: Features, sound: Callable[[str], str]) -> Iterator[str]:
    if len(f.birthday) > 7:
        for last in _lasts(f):
            yield f"{sound(last)} {f.birthday[:4]}"
    elif f.birthday:
        for first in _firsts(f):
            yield f"{first} {f.birthday}"


def _employer_name(f: Features, sound: Callable[[str], str]) -> Iterator[str]:
    if f.employer:
        for first in _firsts(f):
            yield f"{first} {f.employer}"
        for last in _lasts(f):
            yield f"{sound(last)} {f.employer}"


def _initial_surname(f: Features, sound: Callable[[str], str]) -> Iterator[str]:
    for first in _firsts(f):
        for last in _lasts(f):
            yield f"{first[0]} {sound(last)}"


def _street(f: Features, _sound: Callable[[str], str]) -> Iterator[str]:
    if f.street and (f.locality or f.postcode):
        yield f"{f.street} {f.locality or f.postcode}"


def _role(f: Features, _sound: Callable[[str], str]) -> Iterator[str]:
    for role in f.roles:
        for token in (*f.given[:1], *f.surname[:1]):
            yield f"{role} {token[0]}"


class Key(NamedTuple):
    """A blocking key: how it is made, and how many members a block may have before it is split."""

    make: KeyMaker
    cap: int = BLOCK_CAP


# The order is the order of the report. A key that many strangers share gets a low cap: it finds typos and initials in small blocks.
KEYS: dict[str, Key] = {
    "email": Key(_email),
    "email local part": Key(_email_local),
    "phone, last digits": Key(_phone),
    "name": Key(_name),
    "initial and postcode": Key(_given_postcode),
    "birthday": Key(_birthday),
    "surname by sound and birth year": Key(_birth_year_name),
    "employer and name": Key(_employer_name),
    "initial and surname by sound": Key(_initial_surname, cap=8),
    "street and town": Key(_street),
    "shared mailbox and initial": Key(_role),
}


@frozen
class BlockReport:
    """What one key gave.

    Args:
        key: its name in `KEYS`.
        blocks: blocks of two records and more.
        pairs: pairs that this key was the first to name.
        refined: blocks that were too large and were split by further keys.
        left_out: pairs of these blocks that are in no part that is small enough; another key may still name them.
    """

    key: str
    blocks: int
    pairs: int
    refined: int
    left_out: int


@frozen
class Blocking:
    """Candidate pairs as packed integers, and how they came about.

    Args:
        pairs: `left * size + right` with left < right, ascending; places in the list of records.
        size: number of records.
        reports: one for each key.
    """

    pairs: Sequence[int]
    size: int
    reports: tuple[BlockReport, ...] = field(default=())


_REFINEMENTS: tuple[Callable[[Features], str], ...] = (
    lambda f: f.given[0][:2] if f.given else "",
    lambda f: f.birthday[:4] if len(f.birthday) > 7 else "",
    lambda f: f.locality[:6],
    lambda f: f.employer[:8],
)


def candidate_pairs(records: Sequence[Features], *, fresh: frozenset[int] | None = None, cap: int = BLOCK_CAP) -> Blocking:
    """Name the pairs of records that share at least one key.

    Args:
        records: features, in the order of their keys.
        fresh: places of the records that are new or changed; only pairs with one of them are named. None means all.
        cap: members of a block, where the key has no lower cap of its own; a larger block is split by further keys, and what stays
            larger is left out and reported.

    Returns:
        The pairs, each once, and a report for each key.

    >>> found = candidate_pairs([Features("a:1", "a", emails=("ana@x.es",)), Features("b:2", "b", emails=("ana@x.es",))])
    >>> [divmod(pair, found.size) for pair in found.pairs]
    [(0, 1)]
    """
    import jellyfish

    sounds: dict[str, str] = {}

    def sound(text: str) -> str:
        known = sounds.get(text)
        if known is None:
            known = sounds[text] = (jellyfish.metaphone(text) if text.isascii() else "") or text
        return known

    size, found, reports = len(records), set[int](), list[BlockReport]()
    for name, key in KEYS.items():
        blocks: defaultdict[str, list[int]] = defaultdict(list)
        for place, record in enumerate(records):
            for value in dict.fromkeys(key.make(record, sound)):
                blocks[value].append(place)
        before, count = len(found), Counter[str]()
        for members in blocks.values():
            if len(members) < 2:
                continue
            count["blocks"] += 1
            count["refined"] += len(members) > min(cap, key.cap)
            count["left_out"] += _pairs(members)
            for block in _within(members, records, min(cap, key.cap)):
                count["left_out"] -= _pairs(block)
                for at, left in enumerate(block):
                    base = left * size
                    if fresh is None or left in fresh:
                        found.update([base + right for right in block[at + 1 :]])
                    else:
                        found.update([base + right for right in block[at + 1 :] if right in fresh])
        reports.append(BlockReport(name, count["blocks"], len(found) - before, count["refined"], count["left_out"]))
    found.update(
        min(pair) * size + max(pair) for pair in _same_as(records) if fresh is None or pair[0] in fresh or pair[1] in fresh
    )
    return Blocking(sorted(found), size, tuple(reports))


def _pairs(members: Sequence[int]) -> int:
    return len(members) * (len(members) - 1) // 2


def _within(members: list[int], records: Sequence[Features], cap: int, depth: int = 0) -> Iterator[list[int]]:
    """Blocks of at most `cap` members; too large ones are split by one further key after the other."""
    if len(members) <= cap:
        yield members
        return
    if depth == len(_REFINEMENTS):
        return
    parts: defaultdict[str, list[int]] = defaultdict(list)
    for place in members:
        parts[_REFINEMENTS[depth](records[place])].append(place)
    for value, part in parts.items():
        if len(part) > 1 and (
            value or len(part) <= cap or len(parts) == 1
        ):  # many who lack the value beside others who have it: strangers
            yield from _within(part, records, cap, depth + 1)


def _same_as(records: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """Pairs that a source itself calls one person."""
    for place, record in enumerate(records):
        for key in record.same_as:
            other = bisect_left(records, key, key=lambda f: f.key)
            if other < len(records) and records[other].key == key and other != place:
                yield place, other
