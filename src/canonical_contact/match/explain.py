"""Why two records are, or are not, one person: what each field weighs, which rule decided, which key named the pair, what would change it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from attrs import asdict, field, frozen

from canonical_contact.match._waterfall import waterfall_lines
from canonical_contact.match.blocks import COPY
from canonical_contact.match.deciding import circumstances
from canonical_contact.match.features import Features
from canonical_contact.match.found import KeyFinding, KeyOutcome, Members, key_findings
from canonical_contact.match.keys import KeyMaker, field_values
from canonical_contact.match.matcher import Decided, Matcher
from canonical_contact.match.model.calibration import logit_of
from canonical_contact.match.model.mixture import ONE_PERSON
from canonical_contact.model import Judgement

__all__ = ["Change", "Explanation", "FieldEvidence", "FiredRule", "KindOfPair", "Step", "WhyNot", "explain", "why_not"]

_BIT = math.log(2)
# What a comparison looks at, where that is not the field of its name.
_LOOKS_AT = {
    "given": ("given", "read_given", "nicknames"),
    "surname": ("surname", "read_surname"),
    "order": (),
    "email": ("emails", "roles"),
    "mailbox": ("emails",),
    "phone": ("phones",),
    "address": ("street", "postcode", "locality", "region", "country"),
}
_KINDS = {
    "person": "one person",
    "changed": "one person who moved, married or changed jobs",
    "household": "two of one household",
    "colleague": "two colleagues",
    "namesake": "two namesakes",
    "stranger": "two strangers",
}
_SAYS = {
    "same_as": "a source itself calls them one person",
    "unique_source": "both stand in one system in which nobody stands twice",
    "weights": "the weights of the fields decide",
}


class Step(NamedTuple):
    """One step of the waterfall: from where to where the odds go, in bits."""

    label: str
    bits: float
    start: float


@frozen
class FieldEvidence:
    """What one comparison says.

    Args:
        field: the comparison; `<comparison>.frequency` is how rare the value is that they agree on, `calibration` what such odds have
            turned out to mean.
        level: its outcome.
        bits: log2 of how much likelier that is for one person than for two; +1 doubles the odds.
        says: the outcome in a sentence.
        left: the one record's values, only where values were asked for.
        right: the other's.
    """

    field: str
    level: str
    bits: float
    says: str
    left: str = ""
    right: str = ""


@frozen
class FiredRule:
    """A rule whose conditions hold for a pair: its kind (`must_not`, `must`, `hold`, `match`, `conflict`), name and sentence."""

    kind: str
    name: str
    why: str


@frozen
class KindOfPair:
    """How probable it is that a pair is of some kind, by the weights before calibration."""

    kind: str
    probability: float
    says: str


@frozen
class Change:
    """One change that alone would make another verdict.

    Args:
        what: the comparison that would have another outcome, or the rule that would not count.
        level: that outcome; empty for a rule.
        bits: by how much the odds would move; 0 for a rule.
        judgement: the verdict then.
        score: the verdict's score then.
    """

    what: str
    level: str
    bits: float
    judgement: Judgement
    score: float

    def __str__(self) -> str:
        then = f"{_words(self.judgement)}, score {self.score:.4f}"
        return f"{self.what} {self.level} ({self.bits:.1f} bits): {then}" if self.level else f"without {self.what}: {then}"


@frozen
class Explanation:
    """Everything that led to the verdict on a pair. There are no personal data in it unless values were asked for.

    Args:
        left: key of the one record, the smaller of the two.
        right: key of the other.
        judgement: the verdict.
        probability: how probable one person is by weights alone.
        score: the verdict's score, which rules may have moved.
        reason: the rule that decided, or `weights`, `same_as`, `unique_source`.
        why: the reason in a sentence.
        apart: whether the two may not stand in one cluster, whatever joins them.
        prior: how common one person is among pairs like this that keys name, in bits.
        evidence: what each field says; prior and evidence add up to the total.
        total: the odds of one person in bits.
        missing: comparisons for which a value lacks, so that they say nothing.
        rules: all rules whose conditions hold.
        kinds: what kind of pair it may be, the likeliest first.
        keys: what each blocking key says about the pair.
        changes: what alone would make another verdict, the smallest first.
        match_at: the policy's threshold for a match.
        review_at: the policy's threshold for a review.
        policy: versions of policy and weights.
    """

    left: str
    right: str
    judgement: Judgement
    probability: float
    score: float
    reason: str
    why: str
    apart: bool
    prior: float
    evidence: tuple[FieldEvidence, ...]
    total: float
    missing: tuple[str, ...]
    rules: tuple[FiredRule, ...]
    kinds: tuple[KindOfPair, ...]
    keys: tuple[KeyFinding, ...]
    changes: tuple[Change, ...] = field(repr=False)
    match_at: float
    review_at: float
    policy: str

    @property
    def found_by(self) -> tuple[str, ...]:
        """The blocking keys that name the pair."""
        return tuple(finding.key for finding in self.keys if finding.outcome == KeyOutcome.FOUND)

    @property
    def likeliest(self) -> str:
        """What kind of pair it most likely is, in words.

        One person is one kind here, however many ways of being one the weights tell apart.
        """
        one = sum(kind.probability for kind in self.kinds if kind.kind in ONE_PERSON)
        other = next((kind for kind in self.kinds if kind.kind not in ONE_PERSON), None)
        if other is None or one >= other.probability:
            return "most likely one person"
        return f"more likely {other.says} than one person"

    def steps(self) -> tuple[Step, ...]:
        """The waterfall: the prior, then what weighs most first, calibration at the end."""
        ordered = sorted(self.evidence, key=lambda entry: (entry.field == "calibration", -abs(entry.bits)))
        labels = [("prior", self.prior), *((f"{entry.field} {entry.level}", entry.bits) for entry in ordered)]
        found, at = list[Step](), 0.0
        for label, bits in labels:
            found.append(Step(label, bits, at))
            at += bits
        return tuple(found)

    def lines(self, *, ascii_only: bool = False, width: int = 40) -> Iterator[str]:
        """Say it as text: the verdict, the waterfall, what kind of pair it is, which keys name it and what would change it.

        Args:
            ascii_only: draw with plain characters.
            width: columns that the bars may take.
        """
        yield f"{self.left} and {self.right}: {_words(self.judgement)}, probability {self.probability:.4f}"
        yield f"{self.reason}: {self.why}" + ("; never in one cluster" if self.apart else "")
        yield ""
        yield from waterfall_lines([*self.steps(), Step("total", self.total, 0.0)], ascii_only=ascii_only, width=width)
        yield ""
        for entry in self.evidence:
            if entry.left or entry.right:
                yield f"{entry.field}: {entry.left or '-'} | {entry.right or '-'}"
        if self.missing:
            yield f"nothing to compare: {', '.join(self.missing)}"
        shares = ", ".join(f"{kind.says} {kind.probability:.0%}" for kind in self.kinds if kind.probability >= 0.005)
        yield f"{self.likeliest} ({shares})"
        if self.reason == "weights" and self.judgement != Judgement.MATCH and self.match_at < 1:
            yield f"{logit_of(self.match_at) / _BIT - self.total:.1f} bits short of a match"
        for rule in self.rules:
            yield f"rule ({rule.kind.replace('_', ' ')}): {rule.name}, {rule.why}"
        if self.keys:
            yield f"named by: {'; '.join(self.found_by)}" if self.found_by else "no key names this pair"
        if self.changes:
            yield "would be otherwise with one change:"
        for change in self.changes[:5]:
            yield f"  {change}"

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain values for JSON."""
        return asdict(
            self, value_serializer=lambda _, __, value: str(value) if isinstance(value, (Judgement, KeyOutcome)) else value
        )


@frozen
class WhyNot:
    """Why two records were not compared, and what their verdict would be.

    Args:
        compared: whether a key names them after all.
        keys: what each blocking key says about them.
        explanation: the verdict that they get when they are compared.
    """

    compared: bool
    keys: tuple[KeyFinding, ...]
    explanation: Explanation

    def lines(self) -> Iterator[str]:
        """Say it as text."""
        then = self.explanation
        if self.compared:
            yield f"{then.left} and {then.right} are compared; named by: {'; '.join(then.found_by)}"
        else:
            yield f"{then.left} and {then.right} are never compared: no key names them"
        for finding in self.keys:
            yield f"  {finding.key}: {finding.says}" + (f" ({finding.value})" if finding.value else "")
        yield f"{'the verdict' if self.compared else 'compared they would be'}: {_words(then.judgement)}, probability {then.probability:.4f}"
        yield f"{then.reason}: {then.why}"

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain values for JSON."""
        keys = [asdict(finding) | {"outcome": str(finding.outcome)} for finding in self.keys]
        return {"compared": self.compared, "keys": keys, "explanation": self.explanation.to_dict()}


def explain(
    left: Features,
    right: Features,
    matcher: Matcher,
    *,
    maker: KeyMaker | None = None,
    members: Members | None = None,
    values: bool = False,
    decided: Decided | None = None,
) -> Explanation:
    """Explain the verdict on a pair, whether or not it was ever compared.

    Args:
        left: the one record.
        right: the other; the order does not matter.
        matcher: comparisons, weights and policy of the run.
        maker: the blocking keys of the run; None says nothing about keys.
        members: gives the records of a block (`members_among`), so that blocks that are too large are known.
        values: show the folded values that were compared; they are personal data.
        decided: what was decided about the pair, where that is known; None compares it.

    Returns:
        The explanation.
    """
    left, right = sorted((left, right), key=lambda record: record.key)
    decided = decided or matcher.decide(left, right)
    scorer, table = matcher.scorer, matcher.judge.table
    by_name = {comparison.name: comparison for comparison in scorer.comparisons}
    entries = scorer.evidence(decided.vector, decided.chances)
    evidence = []
    for entry in entries[1:]:
        comparison = by_name.get(entry.field)
        says = (
            _BESIDE[entry.field.rpartition(".")[2]]
            if comparison is None
            else comparison.levels[comparison.words.index(entry.level)].says
        )
        shown = [_values(record, entry.field) if values and comparison else "" for record in (left, right)]
        evidence.append(FieldEvidence(entry.field, entry.level, entry.weight, says, *shown))
    fired, verdict = table.fired(decided.vector), decided.verdict
    rules = [FiredRule(kind, rule.name, rule.why) for bit, (kind, rule) in enumerate(table.rules) if fired >> bit & 1]
    beside = circumstances(matcher.policy, left, right)
    kinds = sorted(scorer.kinds(decided.vector, decided.chances).items(), key=lambda item: -item[1])
    keys = () if maker is None else key_findings(left, right, maker, members, values=values)
    if maker is not None and beside.same_as:
        keys = (*keys, KeyFinding("same_as", KeyOutcome.FOUND, _SAYS["same_as"]))
    if maker is not None and left._replace(key="", same_as=()) == right._replace(key="", same_as=()):
        keys = (*keys, KeyFinding(COPY, KeyOutcome.FOUND, "the two records say the very same"))
    return Explanation(
        left.key,
        right.key,
        verdict.judgement,
        decided.score.probability,
        verdict.score,
        verdict.reason,
        next((rule.why for rule in rules if rule.name == verdict.reason), "") or _SAYS.get(verdict.reason, ""),
        verdict.apart,
        entries[0].weight,
        tuple(evidence),
        round(decided.score.logit / _BIT, 3),
        tuple(one.name for one, level in zip(scorer.comparisons, decided.vector, strict=True) if level == one.missing),
        tuple(rules),
        tuple(KindOfPair(kind, round(share, 6), _KINDS.get(kind, kind)) for kind, share in kinds),
        keys,
        tuple(_changes(left, right, matcher, decided)),
        matcher.policy.match_at,
        matcher.policy.review_at,
        matcher.version,
    )


_BESIDE = {
    "frequency": "how common the value is that they agree on",
    "calibration": "what such odds have turned out to mean",
}


def why_not(
    left: Features,
    right: Features,
    matcher: Matcher,
    maker: KeyMaker,
    *,
    members: Members | None = None,
    values: bool = False,
) -> WhyNot:
    """Say for a pair why no key names it, and what the verdict would be if one did.

    Args:
        left: the one record.
        right: the other; the order does not matter.
        matcher: comparisons, weights and policy of the run.
        maker: the blocking keys of the run.
        members: gives the records of a block (`members_among`), so that blocks that are too large are known.
        values: show values; they are personal data.

    Returns:
        What each key says, and the explanation of the verdict.
    """
    explanation = explain(left, right, matcher, maker=maker, members=members, values=values)
    return WhyNot(bool(explanation.found_by), explanation.keys, explanation)


def _words(judgement: Judgement) -> str:
    return judgement.value.replace("_", " ")


def _values(record: Features, comparison: str) -> str:
    fields = _LOOKS_AT.get(comparison, (comparison,))
    return ", ".join(text for name in fields for text in field_values(record, name))


def _changes(left: Features, right: Features, matcher: Matcher, decided: Decided) -> list[Change]:
    """The changes of one comparison, or of one rule, that make another verdict; for each verdict a comparison's smallest one."""
    judge, scorer, now = matcher.judge, matcher.scorer, decided.verdict.judgement
    beside, fired, probability = (
        circumstances(judge.policy, left, right),
        judge.table.fired(decided.vector),
        decided.score.probability,
    )
    found: dict[tuple[str, Judgement], Change] = {}

    def note(change: Change) -> None:
        known = found.get((change.what, change.judgement))
        if change.judgement != now and (known is None or change.bits < known.bits):
            found[change.what, change.judgement] = change

    for _, rule in judge.table.rules:
        mine = sum(1 << bit for bit, (_, other) in enumerate(judge.table.rules) if other.name == rule.name)
        if fired & mine:
            verdict = judge.verdict(fired & ~mine, probability, beside)
            note(Change(rule.name, "", 0.0, verdict.judgement, verdict.score))
    for name in beside._fields:
        if getattr(beside, name):
            verdict = judge.verdict(fired, probability, beside._replace(**{name: False}))
            note(Change(name, "", 0.0, verdict.judgement, verdict.score))
    for place, comparison in enumerate(scorer.comparisons):
        for level in range(len(comparison.levels)):
            if level != decided.vector[place]:
                vector = decided.vector[:place] + bytes((level,)) + decided.vector[place + 1 :]
                score = scorer.score(vector, scorer.chances(vector, left, right))
                verdict = judge.judge(vector, score.probability, left, right)
                bits = round(abs(score.logit - decided.score.logit) / _BIT, 3)
                note(Change(comparison.name, comparison.words[level], bits, verdict.judgement, verdict.score))
    return sorted(found.values(), key=lambda change: (change.bits, change.what, change.level))
