"""Which rule made a value: the names and versions of the normalisers, so that a value can be traced and made again."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

__all__ = ["RULES", "Profile"]

RULES: Mapping[str, str] = {
    kind: f"{kind}/{version}"
    for kind, version in {
        "address": 2,
        "birthday": 2,
        "country": 2,
        "email": 2,
        "language": 2,
        "lifecycle": 1,
        "name": 2,
        "number": 1,
        "organization": 2,
        "phone": 2,
        "service": 1,
        "text": 1,
        "time_zone": 1,
        "timestamp": 2,
        "word": 1,
    }.items()
}


@frozen
class Profile:
    """The set of rules that a run normalises with.

    Args:
        name: what the set is called.
        rules: kind of value → name and version of its rule, as claims carry it.

    >>> Profile().rules["email"]
    'email/2'
    """

    name: str = "default"
    rules: Mapping[str, str] = field(default=RULES)

    @property
    def version(self) -> str:
        """All rules on one line; it goes into each record's digest, so that a changed rule makes the record new."""
        return f"{self.name}:" + ",".join(self.rules[kind] for kind in sorted(self.rules))
