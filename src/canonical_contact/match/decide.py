"""Match, review or no match: rules first, then weights, then what holds a match back. One table, printed in every explanation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from canonical_contact.match.compare import COMPARISONS, G_DIFFERENT, S_DIFFERENT, Comparer
from canonical_contact.match.features import Features, squash
from canonical_contact.match.weights import PERSON, Scorer
from canonical_contact.model import Judgement, PairDecision

__all__ = ["DEFAULT_POLICY", "Decider", "MatchPolicy", "Rule", "comparer_for", "shared_keys"]

_FIELDS = tuple(COMPARISONS)
_WORD_END = re.compile(r"[._@-]")


@frozen
class Rule:
    """A rule: when every named comparison is at one of its levels, the judgement holds.

    Args:
        name: stable code; it becomes the decision's reason.
        levels: comparison → levels, by the words of `COMPARISONS`.
        why: the rule in a sentence, for people.
    """

    name: str
    levels: Mapping[str, tuple[str, ...]]
    why: str


_SAME_GIVEN = ("exact", "part", "nickname", "typo", "initial")
_SAME_SURNAME = ("exact", "part", "typo")


@frozen
class MatchPolicy:
    """What decides about a pair.

    Args:
        version: names the policy; a verdict carries it.
        match_at: probability from which a pair is merged without a person.
        review_at: probability from which a person is asked.
        matches: rules that merge whatever the weights say.
        holds: rules that hold a match back: the pair goes to a person instead.
        conflicts: rules that keep two records out of one cluster, even through a third.
    """

    version: str = "contacts/1"
    match_at: float = 0.96
    review_at: float = 0.1
    matches: tuple[Rule, ...] = field(default=())
    holds: tuple[Rule, ...] = field(default=())
    conflicts: tuple[Rule, ...] = field(default=())


_GENERATION = Rule("generation_differs", {"generation": ("different",)}, "Jr. on one side, another generation on the other")
DEFAULT_POLICY = MatchPolicy(
    matches=(
        Rule(
            "email_and_name",
            {"email": ("same",), "given": _SAME_GIVEN, "surname": _SAME_SURNAME, "birthday": ("exact", "near", "missing")},
            "one personal mailbox and one name",
        ),
        Rule(
            "phone_and_name",
            {"phone": ("same",), "given": ("exact", "part", "nickname"), "surname": ("exact", "part")},
            "one personal number and one name",
        ),
    ),
    holds=(
        Rule(
            "name_only",
            {
                "email": ("same_local", "same_shared", "same_domain", "different", "missing"),
                "phone": ("same_shared", "near", "different", "missing"),
                "address": ("same_town", "different", "missing"),
                "birthday": ("near", "different", "missing"),
                "employer": ("different", "missing"),
            },
            "they share a name and nothing that belongs to one person",
        ),
        _GENERATION,
        Rule(
            "junior_or_senior",
            {"generation": ("one_sided",), "email": COMPARISONS["email"][1:]},
            "only one side says Jr. or III, and they share no personal mailbox",
        ),
        Rule("birthday_differs", {"birthday": ("different",)}, "born on different days"),
    ),
    conflicts=(
        _GENERATION,
        Rule(
            "given_differs",
            {"given": ("different",), "email": COMPARISONS["email"][1:]},
            "different given names, no shared mailbox",
        ),
        Rule(
            "birthday_differs",
            {"birthday": ("different",), "email": COMPARISONS["email"][1:], "phone": COMPARISONS["phone"][1:]},
            "born on different days, no shared mailbox or number",
        ),
    ),
)


def _compiled(rules: Iterable[Rule]) -> list[tuple[Rule, list[tuple[int, frozenset[int]]]]]:
    return [
        (
            rule,
            [(_FIELDS.index(name), frozenset(COMPARISONS[name].index(w) for w in words)) for name, words in rule.levels.items()],
        )
        for rule in rules
    ]


class Decider:
    """Decides about pairs of one run.

    Args:
        comparer: compares two records.
        scorer: turns levels into a probability.
        policy: thresholds and rules.
    """

    def __init__(self, comparer: Comparer, scorer: Scorer, policy: MatchPolicy = DEFAULT_POLICY) -> None:
        self.comparer, self.scorer, self.policy = comparer, scorer, policy
        self.version = f"{policy.version}/{scorer.model.version}"
        self._matches, self._holds = _compiled(policy.matches), _compiled(policy.holds)
        self._conflicts = _compiled(policy.conflicts)
        self._memo: dict[tuple[bytes, tuple[float, float]], tuple[Judgement, float, str]] = {}  # distinct cases, not pairs

    def judge(self, left: Features, right: Features, levels: bytes) -> tuple[Judgement, float, str]:
        """Decide about a pair that was compared.

        Args:
            left: the record with the smaller key; the names that both agree on are counted as its own.
            right: the other.
            levels: what `Comparer.levels` gives, one byte a comparison.

        Returns:
            Verdict, probability, reason code.
        """
        chances = self.scorer.chances(levels, left)
        verdict = self._memo.get((levels, chances))
        if verdict is None:
            verdict = self._memo[levels, chances] = self._judge(levels, self.scorer.kinds(levels, chances)[PERSON])
        if right.key in left.same_as or left.key in right.same_as:
            return Judgement.MATCH, max(verdict[1], 0.999), "same_as"
        return verdict

    def _judge(self, levels: bytes, score: float) -> tuple[Judgement, float, str]:
        matched = _first(self._matches, levels)
        if matched or score >= self.policy.match_at:
            held = _first(self._holds, levels)
            if held:
                return Judgement.REVIEW, min(score, self.policy.match_at), held
            return Judgement.MATCH, max(score, self.policy.match_at), matched or "weights"
        return (Judgement.REVIEW if score >= self.policy.review_at else Judgement.NO_MATCH), score, "weights"

    def decide(self, left: Features, right: Features) -> PairDecision:
        """Decide about a pair and explain it.

        Args:
            left: features of the one record.
            right: features of the other.

        Returns:
            The verdict with its evidence; left and right are ordered by key.
        """
        if left.key > right.key:
            left, right = right, left
        levels = bytes(self.comparer.levels(left, right))
        judgement, score, reason = self.judge(left, right, levels)
        return PairDecision(left.key, right.key, judgement, round(score, 6), reason, self.scorer.evidence(levels), self.version)

    def conflict(self, left: Features, right: Features) -> bool:
        """Whether two records contradict each other so plainly that no third record may join them."""
        if right.key in left.same_as or left.key in right.same_as:
            return False
        return bool(_first(self._conflicts, self.comparer.levels(left, right)))


def _first(rules: list[tuple[Rule, list[tuple[int, frozenset[int]]]]], levels: Sequence[int]) -> str:
    for rule, conditions in rules:
        if all(levels[place] in allowed for place, allowed in conditions):
            return rule.name
    return ""


def comparer_for(records: Sequence[Features]) -> Comparer:
    """Make the comparer of one run: shipped nicknames and free-mail domains, and the keys that several people share in these data."""
    import tomllib
    from importlib.resources import files

    from canonical_contact.normalize import fold

    folder = files("canonical_contact.match") / "data"
    pet_names = files("canonical_contact.normalize") / "data" / "nicknames.toml"
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for names in tomllib.loads(pet_names.read_text("utf-8")).values():
        for name, forms in names.items():
            root = squash(fold(name.replace("-", "")))
            for form in (root, *(squash(fold(form)) for form in forms)):
                classes[form].add(root)
    mail = tomllib.loads((folder / "mailboxes.toml").read_text("utf-8"))
    free, households = frozenset(mail["domains"]), frozenset(mail["households"])
    nicknames = {form: frozenset(roots) for form, roots in classes.items()}
    return Comparer(nicknames, free, shared_keys(records, Comparer(nicknames, free), households=households))


def shared_keys(
    records: Iterable[Features], comparer: Comparer, *, households: frozenset[str] = frozenset(), looked_at: int = 12
) -> frozenset[str]:
    """Find the mailboxes and numbers that several people use: two holders whose given names contradict each other.

    Args:
        records: features in a fixed order.
        comparer: compares names.
        households: words that begin the address of a household (`family.smith@`).
        looked_at: holders of one key that are compared with each other; a key with more is judged by the first of them.

    Returns:
        E-mail and phone keys.
    """
    holders: defaultdict[str, list[Features]] = defaultdict(list)
    for record in records:
        for key in (*record.emails, *record.phones):
            holders[key].append(record)
    return frozenset(
        key
        for key, people in holders.items()
        if len(people) > 1 and (_WORD_END.split(key, maxsplit=1)[0] in households or _several(people[:looked_at], comparer))
    )


def _several(people: list[Features], comparer: Comparer) -> bool:
    spelt = [
        person for person in people if len("".join((*person.given, *person.read_given)[:1])) > 1
    ]  # an initial may be anybody's
    for at, left in enumerate(spelt):
        for right in spelt[at + 1 :]:
            given, surname = comparer.names(left, right)
            if given == G_DIFFERENT and surname <= S_DIFFERENT:
                return True
    return False
