"""One difference between two schemas, and what it does to who reads."""

from __future__ import annotations

from attrs import frozen

from canonical_contact.schema._compat.rules import RULES, Bump

__all__ = ["Change", "make_change"]


_SURROUNDED = "What the other side lets stand there does not fit: undeclared fields are forbidden, or of another shape."


@frozen
class Change:
    """A difference between an old and a new schema.

    Args:
        rule: its kind, a key of `RULES`, such as `property.optional_added`.
        path: where it shows in a document, such as `$.emails[].address`; `$defs.SourceRecord.card` in a document that the root of the
            schema does not lead to; `.*` is any name, `[]` any place.
        old: what stood there, in short.
        new: what stands there, in short.
        backward: a new reader reads old data.
        forward: an old reader reads new data.
        bump: the version that it needs.
        why: one line.
        against: the version that the new one is compared with, where there are several.
    """

    rule: str
    path: str
    old: str
    new: str
    backward: bool
    forward: bool
    bump: Bump
    why: str
    against: str = ""


def make_change(
    rule: str, path: str, *, old: str = "", new: str = "", backward: bool = True, forward: bool = True, why: str = ""
) -> Change:
    """Make a change by its rule.

    Args:
        rule: a key of `RULES`.
        path: where.
        old: what stood there.
        new: what stands there.
        backward: whether the shapes around it allow what the rule allows; a rule is never softened by them here.
        forward: the same in the other direction.
        why: one line; without it the rule's own.
    """
    known = RULES[rule]
    verdicts = known.backward and backward, known.forward and forward
    if not why:
        why = known.why if verdicts == (known.backward, known.forward) else _SURROUNDED
    return Change(rule, path, old, new, *verdicts, _bump(known.bump, *verdicts), why)


def _bump(bump: Bump, backward: bool, forward: bool) -> Bump:
    """Tell the version: what breaks old data is a model, what breaks old readers a revision at least."""
    if not backward:
        return Bump.MODEL
    return max(bump, Bump.NONE if forward else Bump.REVISION, key=lambda entry: entry.rank)
