"""What comparisons look up: shipped pet names and mail providers, and the keys that several people share in the data at hand."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib.resources import files
from itertools import product
from typing import Any

from attrs import evolve

from canonical_contact.match.comparisons import Lookups, Names
from canonical_contact.match.features import Features, squash

__all__ = [
    "HOLDERS",
    "are_others",
    "are_two_names",
    "households",
    "is_household",
    "shared_keys",
    "shipped_lookups",
    "spelt",
    "with_shared",
]

HOLDERS = 12  # holders of one key that are compared with each other; a key with more is judged by the first of them
_WORD_END = re.compile(r"[._@-]")


def shipped_lookups() -> Lookups:
    """Load the shipped tables: pet names, known given names, and domains of mail providers."""
    from canonical_contact.normalize import fold

    classes: defaultdict[str, set[str]] = defaultdict(set)
    for names in _of_names("nicknames").values():
        for name, forms in names.items():
            root = squash(fold(name.replace("-", "")))
            for form in (root, *(squash(fold(form)) for form in forms)):
                classes[form].add(root)
    known = {squash(fold(name)) for lists in _of_names("known_names").values() for name in lists["given"].split()}
    return Lookups(
        {form: frozenset(roots) for form, roots in classes.items()},
        frozenset(_mailboxes()["domains"]),
        given_names=frozenset(known | classes.keys()),
    )


def households() -> frozenset[str]:
    """Load the words that begin the address of a household (`family.smith@`)."""
    return frozenset(_mailboxes()["households"])


def _of_names(table: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("canonical_contact.normalize") / "data" / f"{table}.toml").read_text("utf-8"))


def _mailboxes() -> dict[str, list[str]]:
    return tomllib.loads((files("canonical_contact.match") / "data" / "mailboxes.toml").read_text("utf-8"))


def with_shared(lookups: Lookups, shared: Iterable[str]) -> Lookups:
    """The same tables with other shared keys."""
    return evolve(lookups, shared=frozenset(shared))


def is_household(key: str, words: frozenset[str]) -> bool:
    """Whether a mailbox says by its first word that a household uses it."""
    return _WORD_END.split(key, maxsplit=1)[0] in words


def spelt(record: Features) -> bool:
    """Whether the record spells a given name; an initial may be anybody's."""
    return len("".join((*record.given, *record.read_given)[:1])) > 1


def shared_keys(records: Sequence[Features], names: Names) -> frozenset[str]:
    """Find the mailboxes and numbers that several people use: two holders whose given names contradict each other.

    Args:
        records: features in a fixed order.
        names: compares names.

    Returns:
        E-mail and phone keys.
    """
    words, holders = households(), defaultdict[str, list[Features]](list)
    for record in records:
        for key in (*record.emails, *record.phones):
            holders[key].append(record)
    return frozenset(
        key
        for key, people in holders.items()
        if len(people) > 1 and (is_household(key, words) or _several(people[:HOLDERS], names))
    )


def are_others(left: Features, right: Features, names: Names) -> bool:
    """Whether the given names of two holders of one mailbox or number contradict each other: different, or two known names."""
    given, surname, _ = names.comparisons
    if not (spelt(left) and spelt(right)):
        return False
    levels = names.levels(left, right)
    if levels[1] == surname.missing:
        return False
    return levels[0] == given.words.index("different") or (
        levels[0] == given.words.index("similar") and are_two_names(_heads(left), _heads(right), names)
    )


def are_two_names(left: Iterable[str], right: Iterable[str], names: Names) -> bool:
    """Whether two given names that are alike are known as two; of each the first word, as written and as read."""
    return any(names.two_names(one, other) for one, other in product(left, right))


def _heads(record: Features) -> tuple[str, ...]:
    return (*record.given[:1], *record.read_given[:1])


def _several(people: list[Features], names: Names) -> bool:
    return any(are_others(left, right, names) for at, left in enumerate(people) for right in people[at + 1 :])
