"""What a target format cannot carry: named value by value, so that nobody finds out later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import frozen

__all__ = ["Loss", "LossReport"]

_KEPT = 100


@frozen
class Loss:
    """One value that the target cannot carry, or carries in another form.

    Args:
        contact_id: whose.
        path: where it stands in the contact, such as `$.emails[1]`.
        value: the value as text, whole.
        code: `loss.no_place` (the target has no field for it), `loss.too_many` (it has fewer places than there are values),
            `loss.form` (it is written, in a form that does not read back as it was), `loss.characters` (its encoding lacks them).
        hint: what the target has instead, or what to do.
    """

    contact_id: str
    path: str
    value: str
    code: str = "loss.no_place"
    hint: str = ""


class LossReport:
    """What one write could not carry: every loss is counted by path and code, and the first hundred of each kind are kept whole.

    Args:
        target: the format, such as `vcard`, `hubspot`.
        keep: how many of each kind are kept; None keeps all, and memory then grows with them.

    >>> report = LossReport("hubspot")
    >>> report.add(Loss("019f", "$.emails[1]", "b@example.org", "loss.too_many"))
    >>> report.exact, report.counts
    (False, {('$.emails[]', 'loss.too_many'): 1})
    """

    def __init__(self, target: str, *, keep: int | None = _KEPT) -> None:
        self.target = target
        self.contacts = 0
        self.left_out: Counter[str] = Counter()
        self._keep = keep
        self._counts: Counter[tuple[str, str]] = Counter()
        self._kept: dict[tuple[str, str], list[Loss]] = {}

    def add(self, loss: Loss) -> None:
        """Note one loss."""
        kind = (_pattern(loss.path), loss.code)
        self._counts[kind] += 1
        kept = self._kept.setdefault(kind, [])
        if self._keep is None or len(kept) < self._keep:
            kept.append(loss)

    def leave_out(self, reason: str) -> None:
        """Note a contact that was not written at all, with a stable reason code such as `consent.denied`."""
        self.left_out[reason] += 1

    @property
    def exact(self) -> bool:
        """Whether everything was carried."""
        return not self._counts

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """How many losses there are of each path and code, most frequent first."""
        return dict(self._counts.most_common())

    def __iter__(self) -> Iterator[Loss]:
        """Give the losses that were kept."""
        for kept in self._kept.values():
            yield from kept

    def to_dict(self, *, values: bool = False) -> dict[str, Any]:
        """Put the report into dicts and lists for JSON; without `values` it holds no personal data.

        Args:
            values: whether the losses that were kept are given with their values.
        """
        report: dict[str, Any] = {
            "target": self.target,
            "contacts": self.contacts,
            "left_out": dict(self.left_out),
            "exact": self.exact,
            "losses": [{"path": path, "code": code, "count": count} for (path, code), count in self.counts.items()],
        }
        if values:
            report["values"] = [
                {"contact_id": one.contact_id, "path": one.path, "code": one.code, "value": one.value, "hint": one.hint}
                for one in self
            ]
        return report


def _pattern(path: str) -> str:
    """Take the numbers and the names of extensions out of a path, so that losses of one kind count together."""
    parts = path.split("[")
    head = "[".join([parts[0], *("]" + part.partition("]")[2] for part in parts[1:])])
    return "$.extensions.*" if head.startswith("$.extensions.") else head
