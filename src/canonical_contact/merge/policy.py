"""Which value survives: field → rule, as the fields of the model state it; a rule is a strategy of one table with its options."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeVar

from attrs import field, frozen

from canonical_contact.merge._candidates import INVALID, UNKNOWN, VALID, VERIFIED, Candidate, Race, Rank
from canonical_contact.merge._options import OPTIONS, fault, seconds, texts
from canonical_contact.merge._strategies import STRATEGIES, Strategy
from canonical_contact.model import Card, Name, digest
from canonical_contact.model.about import abouts

__all__ = [
    "DEFAULT_SURVIVORSHIP", "GROUP", "INVALID", "KINDS", "STRATEGIES", "UNKNOWN", "VALID", "VERIFIED", "Candidate", "Group", "Rule",
    "Strategy", "Survivorship", "Won", "decide", "pick",
]  # fmt: skip

T = TypeVar("T")
GROUP: Final = "group."  # before the name of a group, where a field is expected
_VERSION: Final = re.compile(r"[^\s:,;]+")
_EXTENSIONS: Final = "extensions."

# Field → its kind, which says what strategies it may have. What is not here is decided by itself: what anybody forbids is forbidden.
KINDS: Final[Mapping[str, str]] = {
    "name": "name",
    **dict.fromkeys(("name.title", "name.generation", "name.credential", "gender", "owner", "owners", "source_channel"), "text"),
    **dict.fromkeys(("time_zone", "kind", "grammatical_gender"), "code"),
    "birthday": "date",
    "created_at": "time",
    "score": "number",
    "revenue": "revenue",
    "preferred_channels": "whole",
    "lifecycle": "stage",
    **dict.fromkeys(("emails", "phones", "addresses"), "reach"),
    **dict.fromkeys(
        (
            "nicknames", "organizations", "titles", "preferred_languages", "online_services", "tags", "notes", "external_ids",
            "pronouns", "roles", "anniversaries",
        ),
        "list",
    ),
    "extensions": "extension",
    "consent": "consent",
}  # fmt: skip


@frozen
class Rule:
    """A strategy with its options.

    Args:
        strategy: a name in `STRATEGIES`.
        options: what it is told, by name; docs/survivorship.md lists them. `only` leaves the values of these systems alone in the race.

    Raises:
        ConfigError: there is no such strategy or option, or a value cannot be read.

    >>> Rule("source_priority", {"sources": ["erp", "crm"]}).options["sources"]
    ('erp', 'crm')
    """

    strategy: str
    options: Mapping[str, Any] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        known = STRATEGIES.get(self.strategy)
        if known is None:
            raise fault(f"There is no strategy {self.strategy!r}", self.strategy, f"Strategies: {', '.join(STRATEGIES)}.")
        taken = {*known.options, "only"}
        if unknown := sorted(set(self.options) - taken):
            hint = f"It takes {', '.join(sorted(taken))}."
            raise fault(f"{self.strategy} has no such option", f"{self.strategy}.{unknown[0]}", hint)
        if lacking := [name for name in known.needs if name not in self.options]:
            raise fault(
                f"{self.strategy} lacks an option", f"{self.strategy}.{lacking[0]}", "State it; docs/survivorship.md says how."
            )
        read = {name: OPTIONS[name](value, f"{self.strategy}.{name}") for name, value in self.options.items()}
        object.__setattr__(self, "options", read)

    @classmethod
    def of(cls, told: object, path: str) -> Rule:
        """Make a rule of what stands in a policy: itself, the name of a strategy, or a table with `strategy` and options."""
        if isinstance(told, Rule):
            return told
        if isinstance(told, str):
            return cls(told)
        if isinstance(told, Mapping) and isinstance(told.get("strategy"), str):
            return cls(told["strategy"], {name: value for name, value in told.items() if name != "strategy"})
        raise fault(
            "A rule cannot be read", path, 'Such as "most_recent", or { strategy = "source_priority", sources = ["erp"] }.'
        )


def _fields(told: Sequence[str]) -> tuple[str, ...]:
    return texts(told, "groups.fields")


@frozen
class Group:
    """Fields that one record decides together: it gives what it has of them, and what it lacks stays empty.

    Args:
        fields: their names. Of a list all values are kept, those of the record first.
        rule: how the record is chosen; `most_complete` takes the one that has most of the fields.
    """

    fields: tuple[str, ...] = field(converter=_fields)
    rule: Rule


def _length(told: str | timedelta | float) -> float:
    return float(told) if isinstance(told, (int, float)) else seconds(told, "skew")


def _plain(told: Mapping[str, object]) -> dict[str, str | Rule]:
    """Bring rules to one form: a strategy without options is its name."""
    rules = {path: Rule.of(one, path) for path, one in told.items()}
    return {path: rule if rule.options else rule.strategy for path, rule in rules.items()}


@frozen
class Survivorship:
    """Which value survives in each field. What it does not state is as shipped.

    Args:
        version: names the policy with its version, such as `contacts/1`.
        strategies: field → name of a strategy, or a `Rule`. Fields: those of `KINDS`, and `extensions.SYSTEM.COLUMN`.
        sources: systems, the most trusted first: of two values that a strategy finds equally good, the one of the earlier stands.
        skew: how far a time may lie ahead of the one at which it is read, in seconds or as `1d`; further ahead it counts as none.
        groups: name → fields that move together.

    Raises:
        ConfigError: a field, strategy or option that there is not, a field with two rules, or fields that follow each other in a circle.

    >>> policy = Survivorship("mine/1", {"gender": Rule("source_priority", {"sources": ["crm"]})})
    >>> policy.rule("gender").strategy, policy.rule("birthday").strategy, policy.rule("emails").strategy
    ('source_priority', 'most_frequent', 'union')
    """

    version: str
    strategies: Mapping[str, str | Rule] = field(factory=dict, converter=_plain)
    sources: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    skew: float = field(default=86_400.0, converter=_length)
    groups: Mapping[str, Group] = field(factory=dict)
    _rules: Mapping[str, Rule] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not _VERSION.fullmatch(self.version):
            raise fault("The version is no name", "version", "Use a name and a version without gaps, such as contacts/2.")
        rules = {path: Rule.of(told, path) for path, told in self.strategies.items()}
        for name, group in self.groups.items():
            for path in group.fields:
                if path in rules:
                    raise fault("A field has two rules", path, "A field of a group has none of its own, and stands in one group.")
                rules[path] = Rule("follow", {"field": f"{GROUP}{name}"})
            rules[f"{GROUP}{name}"] = group.rule
        for path, rule in rules.items():
            _check(path, rule, rules)
        object.__setattr__(self, "_rules", rules)

    def rule(self, path: str) -> Rule:
        """Give the rule of a field; of a role among `owners.`, and of a column among the extensions, that of all where it has none."""
        found = self._rules.get(path) or _SHIPPED.get(path)
        if found is None:
            return self.rule(path.partition(".")[0]) if "." in path else _LATEST
        return found

    @property
    def mark(self) -> str:
        """The version with a hash of everything that the policy says: two policies with one mark decide alike."""
        return f"{self.version}#{digest(self.to_text())[:8]}"

    @classmethod
    def from_text(cls, text: str, *, source: str = "survivorship policy") -> Survivorship:
        r"""Read a policy in TOML.

        Args:
            text: the document; docs/survivorship.md explains its keys.
            source: what errors call it.

        Raises:
            ConfigError: it is not TOML, or says something that there is not.

        >>> policy = Survivorship.from_text('version = "mine/1"\n[fields]\nbirthday = "most_recent"\ntitles = { strategy = "most_recent" }\n')
        >>> policy.version, policy.rule("birthday").strategy
        ('mine/1', 'most_recent')
        """
        from canonical_contact.merge._survivorship_toml import policy_of

        return policy_of(text, source)

    def to_text(self) -> str:
        """Write the policy as TOML, which `from_text` reads as an equal value."""
        from canonical_contact.merge._survivorship_toml import toml_of

        return toml_of(self)


class Won(NamedTuple):
    """What survives in a field: the value, the record it is of (empty where it is of several), by which strategy, and whose it is."""

    value: Any
    source: str
    reason: str
    sources: frozenset[str]


def decide(
    rule: Rule,
    candidates: Sequence[Candidate[Any]],
    sources: Sequence[str] = (),
    winner: Callable[[str], str] = lambda _: "",
) -> Won | None:
    """Choose or compute what survives; the same whatever the order of the candidates.

    Args:
        rule: the rule of the field.
        candidates: one for each record that has the field, or that has taken its value back.
        sources: systems, the most trusted first; they decide where a strategy does not.
        winner: tells which record won another field.

    Returns:
        None where nothing survives.
    """
    told, known = rule.options, STRATEGIES[rule.strategy]
    if len(candidates) == 1 and known.simple and not told and not candidates[0].cleared:
        one = candidates[0]
        return Won(one.value, one.source, rule.strategy, frozenset({one.source}))
    if rule.strategy == "coalesce":
        found = next((won for one in told["rules"] if (won := decide(one, candidates, sources, winner))), None)
        return found and found._replace(reason=rule.strategy)
    only = told.get("only")
    kept = [c for c in candidates if (known.clearing or not c.cleared) and (not only or c.system in only)]
    if rule.strategy == "follow":
        kept = [c for c in kept if c.source == winner(told["field"])]
    if not kept:
        return None
    race = Race(kept, told)
    if known.make and (made := known.make(race)):
        alone = next(iter(made.sources)) if len(made.sources) == 1 else ""
        return Won(made.value, alone, rule.strategy, made.sources)
    if known.rank is None:
        return None
    best = _best(race, known.rank, sources)
    return Won(best.value, best.source, "cleared" if best.cleared else rule.strategy, frozenset({best.source}))


def _best(race: Race[T], rank: Callable[[Candidate[Any], Race[Any]], Rank], sources: Sequence[str]) -> Candidate[T]:
    """The candidate of the highest rank; of equals that of the source trusted most, then the first by its record's key and its form."""
    ranks = [rank(one, race) for one in race.candidates]
    top = max(ranks)
    equals = [one for one, its in zip(race.candidates, ranks, strict=True) if its == top]
    if len(equals) == 1:
        return equals[0]
    return min(equals, key=lambda c: (sources.index(c.system) if c.system in sources else len(sources), c.source, c.form))


def pick(candidates: Sequence[Candidate[T]], strategy: str) -> Candidate[T] | None:
    """Choose the surviving candidate; the same whatever their order.

    Args:
        candidates: one for each record that has the field.
        strategy: a name in `STRATEGIES`.

    Returns:
        The winner; None where there is no candidate.

    >>> pick([Candidate("b", "x:1", 5.0), Candidate("a", "x:2", 9.0)], "most_recent").value
    'a'
    """
    rank = STRATEGIES[strategy].rank
    if not candidates or rank is None:
        return None
    return _best(Race(candidates, {}), rank, ())


def _kind(path: str) -> str:
    if path.startswith(_EXTENSIONS):
        return "extension"
    return KINDS["owners"] if path.startswith("owners.") else KINDS.get(path, "")


def _check(path: str, rule: Rule, rules: Mapping[str, Rule]) -> None:
    """Refuse a rule that its field cannot have."""
    kind = "group" if path.startswith(GROUP) else _kind(path)
    if not kind:
        raise fault(f"{path!r} is no field that a policy decides", path, f"Fields: {', '.join(KINDS)}, extensions.SYSTEM.COLUMN.")
    fits = STRATEGIES[rule.strategy].fits
    if kind not in fits and not (kind == "group" and fits >= {"name", "list"}):
        able = ", ".join(name for name, one in STRATEGIES.items() if kind in one.fits)
        raise fault(
            f"{rule.strategy} does not fit {path}", path, f"Use one of: {able}." if able else "Use most_recent or most_complete."
        )
    if kind == "reach" and "cap" in rule.options:
        hint = "A person refuses by any of them: put them in order with `order`, and take the first."
        raise fault(f"{path} cannot be cut short", path, hint)
    if "order" in rule.options:
        _check(path, rule.options["order"], rules)
    for one in rule.options.get("rules", ()):
        _check(path, one, rules)
    for target in _followed(rule, rules):
        if target == path:
            raise fault("Fields follow each other in a circle", path, "Give one of them a rule that follows none.")
        if target not in rules if target.startswith(GROUP) else _kind(target) not in _SINGLE:
            raise fault(
                f"{target!r} is no single value that a field can follow",
                path,
                "Follow a field that one record wins, such as name.",
            )


def _followed(rule: Rule, rules: Mapping[str, Rule]) -> Iterator[str]:
    """Every field that a rule follows, directly or through others; each once."""
    open_, seen = [rule], set[str]()
    while open_:
        told = open_.pop().options
        open_ += told.get("rules", ())
        target = told.get("field")
        if target is not None and target not in seen:
            seen.add(target)
            yield target
            if target in rules:
                open_.append(rules[target])


def _stated(cls: type, prefix: str = "") -> dict[str, str | Rule]:
    """Read the strategies that the fields of the model state; lists (`union`) and what is computed (`fold`) are not picked."""
    told = {f"{prefix}{name}": known.survivorship for name, known in abouts(cls).items()}
    return {path: strategy for path, strategy in told.items() if strategy in STRATEGIES and strategy != "union"}


_SINGLE: Final = frozenset({"name", "text", "code", "date", "time", "number", "revenue", "whole"})
_LATEST: Final = Rule("most_recent")
# A whole name moves together, parts of two names are never mixed; but these three fill it in. Counted up with every change of a strategy.
_PICKED: Final[Mapping[str, str | Rule]] = {**_stated(Card), **_stated(Name, "name.")}
_SHIPPED: Final[Mapping[str, Rule]] = {
    **{path: Rule("union") for path, kind in KINDS.items() if kind in ("list", "reach")},
    "lifecycle": Rule("furthest_stage"),
    "consent": Rule("consent_join"),
    **{path: Rule.of(told, path) for path, told in _PICKED.items()},
}
DEFAULT_SURVIVORSHIP = Survivorship("survivorship/2", _PICKED)
