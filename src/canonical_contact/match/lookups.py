"""What comparisons look up: shipped pet names and mail providers, and the keys that several people share in the data at hand."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib.resources import files

from canonical_contact.match.comparisons import Lookups, Names
from canonical_contact.match.features import Features, squash

__all__ = [
    "HOLDERS",
    "are_others",
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
    """Load the shipped tables: pet names, and domains of mail providers."""
    from canonical_contact.normalize import fold

    pet_names = files("canonical_contact.normalize") / "data" / "nicknames.toml"
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for names in tomllib.loads(pet_names.read_text("utf-8")).values():
        for name, forms in names.items():
            root = squash(fold(name.replace("-", "")))
            for form in (root, *(squash(fold(form)) for form in forms)):
                classes[form].add(root)
    return Lookups({form: frozenset(roots) for form, roots in classes.items()}, frozenset(_mailboxes()["domains"]))


def households() -> frozenset[str]:
    """Load the words that begin the address of a household (`family.smith@`)."""
    return frozenset(_mailboxes()["households"])


def _mailboxes() -> dict[str, list[str]]:
    return tomllib.loads((files("canonical_contact.match") / "data" / "mailboxes.toml").read_text("utf-8"))


def with_shared(lookups: Lookups, shared: Iterable[str]) -> Lookups:
    """The same tables with other shared keys."""
    return Lookups(lookups.nicknames, lookups.free_mail, frozenset(shared))


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
    """Whether the given names of two holders of one mailbox or number contradict each other."""
    given, surname, _ = names.comparisons
    if not (spelt(left) and spelt(right)):
        return False
    levels = names.levels(left, right)
    return levels[0] == given.words.index("different") and levels[1] != surname.missing


def _several(people: list[Features], names: Names) -> bool:
    return any(are_others(left, right, names) for at, left in enumerate(people) for right in people[at + 1 :])
