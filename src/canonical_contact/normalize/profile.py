"""Which rule made a value: the names and versions of the normalisers, so that a value can be traced and made again."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

__all__ = ["RULES", "Profile"]

RULES: Mapping[str, str] = {
    kind: f"{kind}/1"
    for kind in (
        "address",
        "birthday",
        "country",
        "email",
        "language",
        "lifecycle",
        "name",
        "number",
        "organization",
        "phone",
        "service",
        "text",
        "timestamp",
        "word",
    )
}


@frozen
class Profile:
    """The set of rules that a run normalises with.

    Args:
        name: what the set is called.
        rules: kind of value → name and version of its rule, as claims carry it.

    >>> Profile().rules["email"]
    'email/1'
    """

    name: str = "default"
    rules: Mapping[str, str] = field(default=RULES)

    @property
    def version(self) -> str:
        """All rules on one line; it goes into each record's digest, so that a changed rule makes the record new."""
        return f"{self.name}:" + ",".join(self.rules[kind] for kind in sorted(self.rules))
