"""What happened to entries of a ledger that do not follow the one before them: changed, moved, or with something put in or taken out.

An entry's hash fits one number and one predecessor alone, so the number that it was sealed at can be found again. What the found
numbers leave out was removed, what has none was put in, and what stands at another's number was moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from attrs import define

from canonical_contact.ports import LedgerEntry, LedgerHead

__all__ = ["MOST", "Suspect", "explain"]

MOST: Final = 10_000  # suspects that are looked into
_PAIRS: Final = 64  # up to so many, each is tried behind each
_LINKS: Final = 500  # behind so many
_FAR: Final = 64  # how far an entry may have been renumbered and is found
_SCANS: Final = 200  # how often it is looked for so far

Hash = Callable[[str, LedgerEntry, int, str], str]


@define
class Suspect:
    """An entry that does not fit behind the one before it.

    `public` is its public form, None where its fields are not those that were sealed. `before` is the hash stored before it, None
    behind a gap. `followed`: the next entry, or the head, stands on its stored hash; `rehashed`: on the one that it should have.
    """

    entry: LedgerEntry
    public: str | None
    before: str | None
    followed: bool = False
    rehashed: bool = False
    sealed: int = 0  # the number that it was sealed at; 0 where nobody knows
    verified: bool = False  # by its own fields and the hash before that number

    @property
    def seq(self) -> int:
        """The number that it has now."""
        return self.entry.seq


def explain(
    suspects: Sequence[Suspect], sound: dict[int, str], head: LedgerHead | None, hash_of: Hash
) -> tuple[list[tuple[int, str]], int]:
    """Say what happened.

    Args:
        suspects: in the order of their numbers.
        sound: number → hash of the entries before suspects that fit themselves.
        head: where the store says that the chain ends.
        hash_of: hash before, entry, number, public form → hash.

    Returns:
        (number, code) of each fault, and by how much the entries at the end have been renumbered.
    """
    held = dict(sound)
    for one in suspects:
        if one.followed or one.rehashed:
            one.sealed = one.seq
    _find(suspects, held, hash_of)
    if suspects and head is not None and not suspects[-1].sealed and suspects[-1].entry.hash == head.hash:
        suspects[-1].sealed = head.seq
    return _judge(suspects, None if head is None else head.seq)


def _find(suspects: Sequence[Suspect], held: dict[int, str], hash_of: Hash) -> None:
    """Find the numbers that suspects were sealed at: behind the entry before them, then behind any whose number is known."""
    shift = scans = 0
    earlier: Suspect | None = None
    for one in suspects:
        if one.public is not None and one.before is not None and not one.rehashed:
            tries = [shift] if shift else []
            if scans < _SCANS and not one.followed:
                tries += [step for far in range(1, _FAR + 1) for step in (far, -far)]
            for step in tries:
                if one.seq + step > 0 and hash_of(one.before, one.entry, one.seq + step, one.public) == one.entry.hash:
                    one.sealed, one.verified, shift = one.seq + step, True, step
                    held.setdefault(one.sealed, one.entry.hash)
                    if earlier is not None and earlier.seq == one.seq - 1 and not earlier.sealed:
                        earlier.sealed = one.sealed - 1
                        held.setdefault(earlier.sealed, earlier.entry.hash)
                    break
            else:
                scans += len(tries) > 1
        earlier = one
    few = [one for one in suspects if not one.verified and one.public is not None and not one.rehashed][:_PAIRS]
    found = True
    while found:
        found = False
        ends = [number for number in held if number + 1 not in held][:_LINKS]  # behind which somebody is missing
        for one in few:
            for number in () if one.verified else ends:
                if hash_of(held[number], one.entry, number + 1, one.public or "") == one.entry.hash:
                    one.sealed, one.verified, found = number + 1, True, True
                    held.setdefault(one.sealed, one.entry.hash)
                    break


def _judge(suspects: Sequence[Suspect], end: int | None) -> tuple[list[tuple[int, str]], int]:
    places = {one.seq for one in suspects}
    following = _next_known(suspects)
    taken = Counter(one.sealed for one in suspects if one.sealed)
    faults: list[tuple[int, str]] = []
    moved = 0  # by how much what is in place is renumbered here
    for one in suspects:
        if one.before is None:
            moved = 0
        expected = one.seq + moved
        if not one.sealed:
            later = following.get(one.seq)
            beyond = end is not None and expected > end
            early = later is not None and later.sealed < expected + later.seq - one.seq  # further back than it should be
            code = "ledger.inserted" if beyond or early else "ledger.changed"
            moved -= code == "ledger.inserted"
        elif one.sealed == expected:
            if one.verified:
                continue  # in place; what it followed was moved, which is said of that
            code = "ledger.changed"
        elif one.sealed > expected and not taken[expected]:
            code = "ledger.removed"
            moved = one.sealed - one.seq
        else:
            twice = taken[one.sealed] > 1 or (one.sealed < one.seq and one.sealed not in places)
            code = "ledger.inserted" if twice else "ledger.reordered"
            moved -= twice
        faults.append((one.seq, code))
    return faults, moved


def _next_known(suspects: Sequence[Suspect]) -> dict[int, Suspect]:
    """Number → the next suspect whose number is known, with nothing but suspects in between."""
    found: dict[int, Suspect] = {}
    known: Suspect | None = None
    after = 0
    for one in reversed(suspects):
        if one.seq + 1 != after:
            known = None
        if known is not None:
            found[one.seq] = known
        if one.sealed:
            known = one
        after = one.seq
    return found
