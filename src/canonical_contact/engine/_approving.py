"""What a run may not join on its own: contacts that stand already, where their merge needs the approval of who looks after them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, product

from canonical_contact.identity import Clustering, Pair
from canonical_contact.ports import ContactStore

__all__ = ["APPROVAL", "held_back"]

APPROVAL = "approval_needed"  # why a pair waits for a person


def held_back(
    store: ContactStore, clustering: Clustering, keys: Sequence[str], known: Mapping[str, str], *, must: Collection[Pair] = ()
) -> set[Pair]:
    """List the pairs that must stay apart until somebody approves, in places: those between contacts that stand already.

    Args:
        store: with the contacts as they were before the run.
        clustering: what would become one.
        keys: the records' keys, by place.
        known: record key → id of the contact that holds it now.
        must: pairs that people joined; contacts that these connect are not held back.
    """
    found: set[Pair] = set()
    if not known:
        return found
    for group in clustering.clusters:
        standing: dict[str, list[int]] = {}
        for place in group:
            if keys[place] in known:
                standing.setdefault(known[keys[place]], []).append(place)
        if len(standing) > 1:
            found.update(_apart(store, standing, set(must)))
    return found


def _apart(store: ContactStore, standing: Mapping[str, Sequence[int]], must: set[Pair]) -> Iterator[Pair]:
    """List all pairs between contacts of which one merge or another needs an approval."""
    from canonical_contact.merge.plan import approvals_needed
    from canonical_contact.store import contact_of

    rows = {name: row for name in standing if (row := store.contact(name)) is not None}
    contacts = {name: contact_of(row) for name, row in rows.items()}
    if not approvals_needed(list(contacts.values())):
        return
    for left, right in combinations(sorted(contacts), 2):
        pairs = {(min(pair), max(pair)) for pair in product(standing[left], standing[right])}
        if pairs.isdisjoint(must):
            yield from pairs
