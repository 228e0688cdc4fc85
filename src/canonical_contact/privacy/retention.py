"""How long what is kept: rules per purpose and category as data, and who is due by them. Pure; not legal advice.

A rule says from when it counts, for how long, and what happens then. Nothing is deleted while a hold stands: a legal hold, a proof that
must be kept, or another rule that keeps the person longer.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from attrs import field, frozen

from canonical_contact.consent.regimes import REGIMES, later
from canonical_contact.errors import ConfigError
from canonical_contact.model import ANY_PURPOSE, LifecycleStage, digest
from canonical_contact.model.moment import check_zone

__all__ = [
    "ANY",
    "HOLDS",
    "NO_STAGE",
    "Due",
    "RetentionAction",
    "RetentionFacts",
    "RetentionRule",
    "RetentionRules",
    "RetentionStart",
    "due",
    "parse_rules",
    "proof_until",
]

Word = TypeVar("Word", bound=StrEnum)

_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)

ANY: Final = "any"
NO_STAGE: Final = "none"
HOLDS: Final = ("legal_hold", "proof")
"""What can stop a deletion: an open suppression of the kind `legal_hold`, and proofs of consent that must be kept."""


class RetentionStart(StrEnum):
    """From when a rule counts."""

    LAST_ACTIVITY = "last_activity"  # the person's own last act; of activities each one's own time
    LAST_CONSENT = "last_consent"  # the last yes for the purpose
    CREATED = "created"  # when the person was first recorded
    WITHDRAWN = "withdrawn"  # when the person said no for the purpose; it applies to nobody else


class RetentionAction(StrEnum):
    """What happens when the time is over."""

    ERASE = "erase"
    ARCHIVE_SUPPRESS = "archive_suppress"  # kept, and blocked on every channel
    DROP_ACTIVITIES = "drop_activities"
    REVIEW = "review"  # a person decides; until then nothing is erased


@frozen
class RetentionRule:
    """One rule.

    Args:
        name: stable; every entry that a sweep lists names it.
        keep: ISO 8601 period of days (`P90D`), or of years and months (`P3Y`, `P1Y6M`).
        start: from when it counts; a person without such a time counts from `created`. In TOML: `from`.
        then: what happens when the time is over.
        purpose: the rule applies to people of whom anything is on record for it; `any`: to all.
        category: stages that it applies to (`lead`, `customer` …), `none` for people without one; `any`: to all.
        hold: what stops a deletion, see `HOLDS`.
        basis: why, in words: the law or the decision.

    Raises:
        ConfigError: a word or the period is not known.

    >>> RetentionRule("prospects", "P3Y", RetentionStart.LAST_ACTIVITY, RetentionAction.ERASE).hold
    ('legal_hold', 'proof')
    """

    name: str
    keep: str
    start: RetentionStart
    then: RetentionAction
    purpose: str = ANY_PURPOSE
    category: tuple[str, ...] = (ANY,)
    hold: tuple[str, ...] = HOLDS
    basis: str = ""

    def __attrs_post_init__(self) -> None:
        _check_period(self.keep, f"{self.name}.keep")
        if self.then is RetentionAction.ERASE and later(_ANY_TIME, self.keep) == _ANY_TIME:
            raise ConfigError(
                f"{self.keep!r} erases at once whoever the rule applies to.", path=f"{self.name}.keep",
                hint="Keep them for a day at least, P1D; to erase one person there is privacy erase.",
            )  # fmt: skip
        known = {ANY, NO_STAGE, *LifecycleStage}
        if wrong := [word for word in self.category if word not in known]:
            raise _unknown(wrong[0], f"{self.name}.category", known)
        if wrong := [word for word in self.hold if word not in HOLDS]:
            raise _unknown(wrong[0], f"{self.name}.hold", HOLDS)


@frozen
class RetentionRules:
    """A set of rules.

    Args:
        rules: in the order in which they are listed.
        version: the host's own; the proof of a sweep names it.
        proof_keep: ISO 8601 period for which the proof of a yes is kept at least, where neither it nor its regime says more; empty for none.

    Raises:
        ConfigError: two rules bear one name, or the period is not known.
    """

    rules: tuple[RetentionRule, ...]
    version: str = ""
    proof_keep: str = ""

    def __attrs_post_init__(self) -> None:
        names = [rule.name for rule in self.rules]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise ConfigError(f"Two rules are named {twice!r}.", path="rule.name", hint="Give each rule a name of its own.")
        if self.proof_keep:
            _check_period(self.proof_keep, "proof.keep")

    @property
    def digest(self) -> str:
        """A hash of the rules; it changes with them."""
        return digest("retention", self.version, self.proof_keep, *(repr(rule) for rule in self.rules))


@frozen
class RetentionFacts:
    """What the rules need to know of one person.

    Args:
        contact_id: who.
        created: when the person was first recorded.
        stage: the present stage; empty for none.
        purposes: those that anything is on record for; `any` counts for each.
        last_activity: the person's own last act.
        oldest_activity: time of the oldest activity on record, the person's own or ours.
        last_consent: purpose → the last yes.
        withdrawn: purpose → the time of the no that stands.
        legal_hold: whether a legal hold stands.
        proof_until: until when a proof of the person's consent must be kept.
        archived: names of the rules by which the person is archived.
    """

    contact_id: str
    created: datetime | None = None
    stage: str = ""
    purposes: frozenset[str] = frozenset()
    last_activity: datetime | None = None
    oldest_activity: datetime | None = None
    last_consent: Mapping[str, datetime] = field(factory=dict)
    withdrawn: Mapping[str, datetime] = field(factory=dict)
    legal_hold: bool = False
    proof_until: datetime | None = None
    archived: frozenset[str] = frozenset()


@frozen
class Due:
    """One person to whom a rule has come.

    Args:
        contact_id: who.
        rule: name of the rule.
        then: what happens.
        since: from when it counted; None where nothing on record tells.
        until: when the time was over; None likewise.
        held: what stops it: `legal_hold`, `proof`, `kept_by:RULE`, `review:RULE`, `no_date`; empty where nothing does.
        held_until: when the last of these ends by itself; None where none does or that is not known.
        reason: in words.
    """

    contact_id: str
    rule: str
    then: RetentionAction
    since: datetime | None
    until: datetime | None
    held: tuple[str, ...] = ()
    held_until: datetime | None = None
    reason: str = ""


def parse_rules(text: str, *, source: str = "rules") -> RetentionRules:
    """Read rules from TOML.

    Args:
        text: `version`, a table `[proof]` with `keep`, and one `[[rule]]` for each rule.
        source: what errors call it.

    Raises:
        ConfigError: it is no TOML, a field is missing, or a field, word or period is not known.

    >>> rules = parse_rules('''
    ... version = "2026.1"
    ... [[rule]]
    ... name = "prospects"
    ... keep = "P3Y"
    ... from = "last_activity"
    ... then = "erase"
    ... ''')
    >>> rules.rules[0].then, rules.rules[0].purpose
    (<RetentionAction.ERASE: 'erase'>, 'any')
    """
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is no TOML: {error}.", path=source, hint="See docs/retention.md.") from None
    _only(held, {"version", "proof", "rule"}, source)
    proof = held.get("proof", {})
    rules = held.get("rule", [])
    if not isinstance(rules, list) or not isinstance(proof, dict):
        raise ConfigError(f"{source} has no list of rules.", path=source, hint="Write each rule under [[rule]].")
    if not rules:
        raise ConfigError(f"{source} holds no rule.", path=source, hint="Write each rule under [[rule]].")
    _only(proof, {"keep"}, f"{source}.proof")
    made = tuple(_named(one, place, source) for place, one in enumerate(rules))
    try:
        return RetentionRules(made, str(held.get("version", "")), str(proof.get("keep", "")))
    except ConfigError as error:
        raise ConfigError(f"{source}: {error.message}", path=error.path, hint=error.hint) from None


def _named(held: Any, place: int, source: str) -> RetentionRule:  # noqa: ANN401  whatever the file says
    """Read a rule; an error says which file and which rule."""
    try:
        return _rule(held, f"{source}.rule[{place}]")
    except ConfigError as error:
        name = held.get("name") if isinstance(held, dict) else None
        which = f"the rule {name!r}" if isinstance(name, str) and name else f"rule {place + 1}"
        said = error.message.replace(f"{source}.rule[{place}]", "it")
        raise ConfigError(f"{source}, {which}: {said}", path=error.path, hint=error.hint) from None


_TEXTS: Final = ("name", "keep", "from", "then")


def _rule(held: Any, path: str) -> RetentionRule:  # noqa: ANN401  whatever the file says
    if not isinstance(held, dict):
        raise ConfigError(f"{path} is no rule.", path=path, hint="Write each rule under [[rule]].")
    _only(held, {*_TEXTS, "purpose", "category", "hold", "basis"}, path)
    for name in _TEXTS:
        if not isinstance(held.get(name), str) or not held[name]:
            raise ConfigError(f"{path} has no {name}.", path=f"{path}.{name}", hint="A rule needs name, keep, from and then.")
    return RetentionRule(
        held["name"],
        held["keep"],
        _word(RetentionStart, held["from"], f"{path}.from"),
        _word(RetentionAction, held["then"], f"{path}.then"),
        str(held.get("purpose", ANY_PURPOSE)),
        _words(held.get("category", ANY), f"{path}.category"),
        _words(held.get("hold", list(HOLDS)), f"{path}.hold"),
        str(held.get("basis", "")),
    )


def proof_until(
    *, retain_until: datetime | None = None, regime: str = "", since: datetime | None = None, keep: str = ""
) -> datetime | None:
    """Tell until when the proof of one consent event must be kept; None where nothing says so.

    Args:
        retain_until: what the proof itself says.
        regime: id and version of the rules that it was given under; their own period counts.
        since: when it happened.
        keep: the host's own period.

    >>> since = datetime(2026, 7, 1, tzinfo=UTC)
    >>> proof_until(regime="casl/2026.1", since=since).date().isoformat(), proof_until(since=since)
    ('2029-07-01', None)
    """
    known = REGIMES.by_id.get(regime.partition("/")[0])
    periods = [period for period in (known.keep if known else "", keep) if period]
    ends = [later(since, period) for period in periods] if since else []
    return max([*ends, *([retain_until] if retain_until else [])], default=None)


def due(rules: RetentionRules, facts: RetentionFacts, at: datetime) -> tuple[Due, ...]:
    """List the rules whose time is over for one person, with what holds them back.

    Args:
        rules: the rules.
        facts: of the person.
        at: the time of the question, with a time zone.

    Returns:
        One entry for each rule that is due, in their order.

    Raises:
        InputError: the time has no zone.

    >>> rules = RetentionRules((RetentionRule("old", "P3Y", RetentionStart.CREATED, RetentionAction.ERASE),))
    >>> facts = RetentionFacts("id-1", created=datetime(2020, 1, 1, tzinfo=UTC), legal_hold=True)
    >>> [(one.rule, one.held) for one in due(rules, facts, datetime(2026, 7, 1, tzinfo=UTC))]
    [('old', ('legal_hold',))]
    """
    check_zone(at)
    counted = [(rule, _since(rule, facts)) for rule in rules.rules if _applies(rule, facts)]
    timed = [(rule, since, later(since, rule.keep) if since else None) for rule, since in counted]
    found = []
    for rule, since, until in timed:
        if until is not None and until > at:
            continue
        if rule.then is RetentionAction.ARCHIVE_SUPPRESS and rule.name in facts.archived:
            continue
        if until is None:
            found.append(Due(facts.contact_id, rule.name, rule.then, None, None, ("no_date",), None, _words_of(rule, None)))
            continue
        held, ends = _held(rule, facts, timed, at)
        found.append(Due(facts.contact_id, rule.name, rule.then, since, until, held, ends, _words_of(rule, since)))
    return tuple(found)


def _applies(rule: RetentionRule, facts: RetentionFacts) -> bool:
    if ANY not in rule.category and (facts.stage or NO_STAGE) not in rule.category:
        return False
    if rule.then is RetentionAction.DROP_ACTIVITIES and facts.oldest_activity is None:
        return False
    if rule.start is RetentionStart.WITHDRAWN and _of(facts.withdrawn, rule.purpose) is None:
        return False
    return rule.purpose == ANY_PURPOSE or not facts.purposes.isdisjoint((rule.purpose, ANY_PURPOSE))


def _since(rule: RetentionRule, facts: RetentionFacts) -> datetime | None:
    match rule.start:
        case RetentionStart.LAST_ACTIVITY:
            own = facts.oldest_activity if rule.then is RetentionAction.DROP_ACTIVITIES else facts.last_activity
        case RetentionStart.LAST_CONSENT:
            own = _of(facts.last_consent, rule.purpose)
        case RetentionStart.WITHDRAWN:
            own = _of(facts.withdrawn, rule.purpose)
        case RetentionStart.CREATED:
            own = facts.created
    return own or facts.created


def _of(times: Mapping[str, datetime], purpose: str) -> datetime | None:
    held = times.values() if purpose == ANY_PURPOSE else [times[name] for name in (purpose, ANY_PURPOSE) if name in times]
    return max(held, default=None)


def _held(
    rule: RetentionRule,
    facts: RetentionFacts,
    timed: Iterable[tuple[RetentionRule, datetime | None, datetime | None]],
    at: datetime,
) -> tuple[tuple[str, ...], datetime | None]:
    if rule.then not in (RetentionAction.ERASE, RetentionAction.DROP_ACTIVITIES):
        return (), None
    held: list[tuple[str, datetime | None]] = []
    if facts.legal_hold and "legal_hold" in rule.hold:
        held.append(("legal_hold", None))
    if rule.then is RetentionAction.ERASE:
        if facts.proof_until is not None and facts.proof_until > at and "proof" in rule.hold:
            held.append(("proof", facts.proof_until))
        for other, _, until in timed:
            if other is rule:
                continue
            if other.then is RetentionAction.REVIEW and (until is None or until <= at):
                held.append((f"review:{other.name}", None))
            elif other.then in (RetentionAction.ERASE, RetentionAction.REVIEW) and (until is None or until > at):
                held.append((f"kept_by:{other.name}", until))
    ends = [until for _, until in held]
    return tuple(code for code, _ in held), max(filter(None, ends), default=None) if None not in ends else None


_STARTS: Final[Mapping[RetentionStart, str]] = {
    RetentionStart.LAST_ACTIVITY: "the person's last act",
    RetentionStart.LAST_CONSENT: "the last yes",
    RetentionStart.CREATED: "the first record",
    RetentionStart.WITHDRAWN: "the no",
}


def _words_of(rule: RetentionRule, since: datetime | None) -> str:
    what = "the oldest activity" if rule.then is RetentionAction.DROP_ACTIVITIES else _STARTS[rule.start]
    when = f" of {since.date().isoformat()}" if since else ", of which no date is on record"
    return f"{rule.keep} after {what}{when}." + (f" {rule.basis}" if rule.basis else "")


def _check_period(period: str, path: str) -> None:
    try:
        later(_ANY_TIME, period)
    except (ConfigError, ValueError, OverflowError):
        raise ConfigError(
            f"{period!r} is no period.", path=path, hint="Write days as P90D, years and months as P3Y or P1Y6M."
        ) from None


def _unknown(word: str, path: str, known: Iterable[str]) -> ConfigError:
    return ConfigError(f"{word!r} is not known here.", path=path, hint=f"Known: {', '.join(sorted(known))}.")


def _only(held: Mapping[str, Any], known: set[str], path: str) -> None:
    for name in held:
        if name not in known:
            raise _unknown(name, path, known)


def _word(kind: type[Word], text: str, path: str) -> Word:
    try:
        return kind(text)
    except ValueError:
        raise _unknown(text, path, kind) from None


def _words(held: Any, path: str) -> tuple[str, ...]:  # noqa: ANN401  whatever the file says
    if isinstance(held, str):
        return (held,)
    if isinstance(held, list) and all(isinstance(word, str) for word in held):
        return tuple(held)
    raise ConfigError(f"{path} is neither a word nor a list of words.", path=path, hint='Write "lead" or ["lead", "mql"].')
