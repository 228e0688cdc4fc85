"""The policy of a match as one value: rules beside weights, and the probabilities from which a pair is merged or shown to a person."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from canonical_contact.errors import ConfigError

__all__ = ["KINDS", "RESERVED", "MatchPolicy", "Rule", "thresholds"]

# The kinds of rules in the order in which they count; each is a field of the policy and a list of tables in its TOML form.
KINDS = ("must_not", "must", "hold", "match", "conflict")
RESERVED = ("weights", "same_as", "unique_source")  # reasons that are no rule's
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_VERSION = re.compile(r"[^\s:,;]+")


def _levels(told: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: (words,) if isinstance(words, str) else tuple(words) for name, words in told.items()}


def _rules(told: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple(told)


@frozen
class Rule:
    """When every named comparison is at one of its levels, the rule fires.

    Args:
        name: stable code; it becomes the reason of a verdict. Rules of one kind may share a name: then any of them will do.
        levels: comparison → level names; `not same` stands for all levels but `same`. A comparison that the run does not make counts
            as `missing`. `x.*` stands for every extension field, `national_id` for any field that the policy names as one.
        why: the rule in a sentence, for people.

    Raises:
        ConfigError: the name is no code, no comparison is named, or level names with and without `not` are mixed.

    >>> Rule("one_mailbox", {"email": ["same"], "given": ["not different"]}, "one mailbox").levels["email"]
    ('same',)
    """

    name: str
    levels: Mapping[str, tuple[str, ...]] = field(converter=_levels)
    why: str = ""

    def __attrs_post_init__(self) -> None:
        if not _CODE.fullmatch(self.name) or self.name in RESERVED:
            hint = f"Use small letters, digits and _, and none of: {', '.join(RESERVED)}."
            raise ConfigError("A rule's name is no code of its own.", path=self.name, hint=hint)
        if not self.levels:
            raise ConfigError("A rule names no comparison.", path=self.name, hint='Such as levels.email = ["same"].')
        for name, words in self.levels.items():
            if len({word.startswith("not ") for word in words}) != 1:
                hint = "Name the levels that count, or all that do not, each with `not ` before it."
                raise ConfigError("A rule's levels cannot be read.", path=f"{self.name}.{name}", hint=hint)


def _probability(_: MatchPolicy, attribute: Any, value: object) -> None:  # noqa: ANN401  attrs types it for itself
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise ConfigError("A threshold is no probability.", path=attribute.name, hint="Use a number above 0 and at most 1.")


def _share(_: MatchPolicy, attribute: Any, value: object) -> None:  # noqa: ANN401  attrs types it for itself
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1:
        raise ConfigError("A share is no number from 0 to 1.", path=attribute.name, hint="Use 0 for none, or such as 0.99.")


@frozen
class MatchPolicy:
    """What decides about a pair.

    Args:
        version: names the policy with its version, such as `contacts/2`; a verdict carries it.
        match_at: probability from which a pair is merged without a person.
        review_at: probability from which a person is asked.
        precision: share of the merged pairs that is to be right, as far as their probabilities tell; where it is not reached, a run merges
            from a higher probability on than match_at. 0 leaves match_at as it is.
        must_not: rules that part two records for good, whatever else speaks for them, also through a third record.
        must: rules that merge whatever the weights and the rules below say; where one of `must_not` fires as well, a person is asked.
        hold: rules that hold a match back: the pair goes to a person instead.
        match: rules that merge unless one of `hold` fires.
        conflict: rules that keep two records out of one cluster, unless the two match each other directly.
        unique_sources: systems in which nobody stands twice: two of their records are never one person.
        verified: fields whose values were checked in all records (`birthday`); for single records the extension `birthday_verified` says so.
        national_ids: names of the extension fields (of kind id) that hold a national id.

    Raises:
        ConfigError: the version is no name, or a threshold no probability, or match_at below review_at.

    >>> policy = MatchPolicy.default()
    >>> policy.version, policy.must_not[0].name
    ('contacts/2', 'generation_differs')
    """

    version: str = "own/1"
    match_at: float = field(default=0.96, validator=_probability)
    review_at: float = field(default=0.1, validator=_probability)
    precision: float = field(default=0.0, validator=_share)
    must_not: tuple[Rule, ...] = field(default=(), converter=_rules)
    must: tuple[Rule, ...] = field(default=(), converter=_rules)
    hold: tuple[Rule, ...] = field(default=(), converter=_rules)
    match: tuple[Rule, ...] = field(default=(), converter=_rules)
    conflict: tuple[Rule, ...] = field(default=(), converter=_rules)
    unique_sources: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    verified: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    national_ids: tuple[str, ...] = field(default=("national_id",), converter=tuple[str, ...])

    def __attrs_post_init__(self) -> None:
        if not _VERSION.fullmatch(self.version):
            hint = "Use a name and a version without gaps, such as contacts/2."
            raise ConfigError("The policy's version is no name.", path="version", hint=hint)
        if self.match_at < self.review_at:
            hint = "A pair is shown to a person from review_at on, and merged from match_at on."
            raise ConfigError("match_at lies below review_at.", path="match_at", hint=hint)

    @property
    def rules(self) -> tuple[tuple[str, Rule], ...]:
        """All rules with their kind, in the order in which they count."""
        return tuple((kind, rule) for kind in KINDS for rule in getattr(self, kind))

    @classmethod
    def default(cls) -> MatchPolicy:
        """Load the shipped policy for contacts."""
        from importlib.resources import files

        text = (files("canonical_contact.match") / "data" / "contacts_policy.toml").read_text("utf-8")
        return cls.from_toml(text, source="contacts_policy.toml")

    @classmethod
    def for_organizations(cls) -> MatchPolicy:
        """Load the shipped policy for tables whose rows are organisations.

        >>> MatchPolicy.for_organizations().version
        'organizations/1'
        """
        from importlib.resources import files

        text = (files("canonical_contact.match") / "data" / "organizations_policy.toml").read_text("utf-8")
        return cls.from_toml(text, source="organizations_policy.toml")

    @classmethod
    def from_costs(
        cls, wrong_merge: float = 50, missed: float = 1, review: float = 0.5, *, base: MatchPolicy | None = None
    ) -> MatchPolicy:
        """Take the thresholds from what mistakes cost, by `thresholds`; no precision is asked for besides.

        Args:
            wrong_merge: cost of merging two people, in any unit.
            missed: cost of leaving one person in two contacts, in the same unit.
            review: cost of asking a person about one pair, in the same unit.
            base: the policy whose rules are kept; the shipped one if None.

        Raises:
            ConfigError: a cost is not a number above 0.

        >>> policy = MatchPolicy.from_costs(wrong_merge=50, missed=1, review=0.5)
        >>> policy.match_at, policy.review_at
        (0.99, 0.5)
        """
        match_at, review_at = thresholds(wrong_merge, missed, review)
        return evolve(base or cls.default(), match_at=match_at, review_at=review_at, precision=0.0)

    @classmethod
    def from_toml(cls, text: str, *, source: str = "policy") -> MatchPolicy:
        r"""Read a policy; what the text does not state is as in `MatchPolicy()`, so without rules it has none.

        Args:
            text: the TOML document; docs/policy.md explains its keys.
            source: what errors call it.

        Raises:
            ConfigError: it is not TOML, or has a key or value that there is not.

        >>> policy = MatchPolicy.from_toml('version = "mine/1"\n[[hold]]\nname = "namesakes"\nlevels.email = ["missing"]\n')
        >>> policy.hold[0].levels
        {'email': ('missing',)}
        """
        from canonical_contact.match._policy_toml import policy_of

        return policy_of(text, source)

    def to_toml(self) -> str:
        """Write the policy as TOML, which `from_toml` reads as an equal value."""
        from canonical_contact.match._policy_toml import toml_of

        return toml_of(self)


def thresholds(wrong_merge: float, missed: float, review: float) -> tuple[float, float]:
    """The probabilities from which merging, or asking a person, costs least.

    With the calibrated probability p that two records are one person, merging costs (1 - p) x wrong_merge on average, leaving them apart
    p x missed, and asking a person, who is taken to be right, review. The cheapest of the three is to merge from 1 - review/wrong_merge
    on and to ask from review/missed on. Where asking is dearer than wrong_merge x missed / (wrong_merge + missed) it never pays: then both
    thresholds are wrong_merge / (wrong_merge + missed).

    The three-way decision by expected loss is that of Fellegi and Sunter (1969), A Theory for Record Linkage, in the form of Bayes.

    Args:
        wrong_merge: cost of merging two people, above 0, in any unit.
        missed: cost of leaving one person in two contacts, in the same unit.
        review: cost of asking a person about one pair, in the same unit.

    Returns:
        match_at and review_at.

    Raises:
        ConfigError: a cost is not a number above 0.

    >>> thresholds(2.5, 1, 0.1)
    (0.96, 0.1)
    >>> thresholds(9, 1, 3)
    (0.9, 0.9)
    """
    for name, cost in (("wrong_merge", wrong_merge), ("missed", missed), ("review", review)):
        if not 0 < cost < math.inf:
            raise ConfigError("A cost is not a number above 0.", path=name, hint="Such as wrong_merge=50, missed=1, review=0.5.")
    even = wrong_merge / (wrong_merge + missed)
    return max(1 - review / wrong_merge, even), min(review / missed, even)
