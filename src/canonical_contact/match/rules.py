"""The rules of a policy as one table: for each comparison and level the set of rules that it lets fire.

A set is a whole number, one bit a rule in the order in which rules count; the rules that fire for a pair are what its levels have in
common. Both forms of deciding read the same table, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from canonical_contact.errors import ConfigError
from canonical_contact.match.comparisons._base import Comparison
from canonical_contact.match.policy import KINDS, MatchPolicy, Rule

__all__ = ["RuleTable", "rule_table"]

_MOST = 64  # what a column of bit sets holds
_NOT = "not "
_NATIONAL = "national_id"


@frozen
class RuleTable:
    """The rules of one run.

    Args:
        rules: the rules that can fire, in the order in which they count, each with its kind.
        masks: for each comparison and each of its levels the rules that may fire.
        kinds: kind → its rules as a set.
        idle: names of rules that need a comparison that this run does not make.
    """

    rules: tuple[tuple[str, Rule], ...]
    masks: tuple[tuple[int, ...], ...]
    kinds: Mapping[str, int]
    idle: tuple[str, ...] = ()

    def fired(self, vector: Sequence[int]) -> int:
        """The set of rules that fire for a pair."""
        found = (1 << len(self.rules)) - 1
        for levels, level in zip(self.masks, vector, strict=True):
            found &= levels[level]
        return found

    def first(self, fired: int, kind: str) -> str:
        """The name of the first rule of a kind in a set; empty where there is none."""
        among = fired & self.kinds[kind]
        return self.rules[(among & -among).bit_length() - 1][1].name if among else ""


def rule_table(policy: MatchPolicy, comparisons: Sequence[Comparison]) -> RuleTable:
    """Fit the rules of a policy to the comparisons of a run.

    Args:
        policy: the policy.
        comparisons: what a pair is asked, in the order of its vector.

    Returns:
        The table. A comparison that the run does not make counts as `missing`: a rule that asks for more of it never fires.

    Raises:
        ConfigError: a rule names a comparison that there is not, or a level that it does not have, or there are more than 64 rules.

    >>> from canonical_contact.match.comparisons._base import Comparison, Level
    >>> email = Comparison("email", (Level("same", ""), Level("different", ""), Level("missing", "")), "Is it one mailbox?")
    >>> policy = MatchPolicy(hold=(Rule("no_mailbox", {"email": ("not same",)}),), match=(Rule("id", {"x.member": ("exact",)}),))
    >>> table = rule_table(policy, [email])
    >>> table.first(table.fired([1]), "hold"), table.first(table.fired([0]), "hold"), table.idle
    ('no_mailbox', '', ('id',))
    """
    by_name = {comparison.name: place for place, comparison in enumerate(comparisons)}
    _known(policy, by_name)
    fitted: list[tuple[str, Rule, dict[int, set[int]]]] = []
    idle: dict[str, None] = {}
    for kind, told in policy.rules:
        for rule in _each_national_id(told, policy.national_ids):
            conditions = _conditions(rule, policy, comparisons, by_name)
            if conditions is None:
                idle[rule.name] = None
            else:
                fitted.append((kind, rule, conditions))
    if len(fitted) > _MOST:
        hint = f"At most {_MOST}; a rule for national ids counts once for each of them."
        raise ConfigError("The policy has too many rules.", path="policy", hint=hint)
    masks = tuple(
        tuple(
            sum(1 << bit for bit, (_, _, conditions) in enumerate(fitted) if level in conditions.get(place, (level,)))
            for level in range(len(comparison.levels))
        )
        for place, comparison in enumerate(comparisons)
    )
    kinds = {name: sum(1 << bit for bit, (kind, _, _) in enumerate(fitted) if kind == name) for name in KINDS}
    firing = {rule.name for _, rule, _ in fitted}
    return RuleTable(
        tuple((kind, rule) for kind, rule, _ in fitted), masks, kinds, tuple(name for name in idle if name not in firing)
    )


def _known(policy: MatchPolicy, by_name: Mapping[str, int]) -> None:
    """A name that there is not is a slip, and would leave a rule without effect."""
    from canonical_contact.match.comparisons import Lookups, groups_for

    known = {comparison.name for group in groups_for(Lookups()) for comparison in group.comparisons} | by_name.keys()
    asked = [(f"{rule.name}.{name}", name) for _, rule in policy.rules for name in rule.levels]
    for path, name in [*asked, *((f"verified.{name}", name) for name in policy.verified)]:
        if name not in known and name != _NATIONAL and not name.startswith("x."):
            hint = f"Comparisons are {', '.join(sorted(known))}; a field of a table's own is x.NAME."
            raise ConfigError(f"There is no comparison {name!r}.", path=path, hint=hint)


def _each_national_id(rule: Rule, national_ids: tuple[str, ...]) -> Iterator[Rule]:
    """A rule about national ids once for each field that holds one."""
    if _NATIONAL not in rule.levels:
        yield rule
        return
    for field in national_ids:
        levels = {f"x.{field}" if name == _NATIONAL else name: words for name, words in rule.levels.items()}
        yield Rule(rule.name, levels, rule.why)


def _conditions(
    rule: Rule, policy: MatchPolicy, comparisons: Sequence[Comparison], by_name: Mapping[str, int]
) -> dict[int, set[int]] | None:
    """Place of a comparison → levels at which the rule fires; None where it never does."""
    found: dict[int, set[int]] = {}
    checked = {f"x.{field}_verified" for field in policy.verified}
    for name, words in rule.levels.items():
        if name == "x.*":
            for comparison in comparisons:
                if comparison.name.startswith("x."):
                    found.setdefault(by_name[comparison.name], set(range(len(comparison.levels)))).intersection_update(
                        _allowed(words, comparison)
                    )
        elif name in checked:
            continue
        elif name in by_name:
            comparison = comparisons[by_name[name]]
            _check(rule, words, comparison)
            found.setdefault(by_name[name], set(range(len(comparison.levels)))).intersection_update(_allowed(words, comparison))
        elif not ("missing" in words or (words[0].startswith(_NOT) and f"{_NOT}missing" not in words)):
            return None
    return found


def _allowed(words: tuple[str, ...], comparison: Comparison) -> set[int]:
    named = {word.removeprefix(_NOT) for word in words}
    without = words[0].startswith(_NOT)
    return {place for place, word in enumerate(comparison.words) if (word in named) != without}


def _check(rule: Rule, words: tuple[str, ...], comparison: Comparison) -> None:
    unknown = [word for word in words if word.removeprefix(_NOT) not in comparison.words]
    if unknown:
        hint = f"The levels of {comparison.name}: {', '.join(comparison.words)}."
        raise ConfigError(
            f"The rule {rule.name} names a level that {comparison.name} does not have: {unknown[0]}.",
            path=f"{rule.name}.levels.{comparison.name}",
            hint=hint,
        )
