"""What the answers to a round of labelling say about the whole run: estimates with the width of what is not known."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from canonical_contact.match.evaluate._values import Figure, Value, check_share, ratio
from canonical_contact.match.evaluate.labels import Answer, Label
from canonical_contact.match.evaluate.rounds import Drawn, Round, Stratum
from canonical_contact.match.evaluate.thresholds import Judged

__all__ = ["Estimate", "estimate", "judged_pairs"]

# What each side, merged or apart, is believed to show before any answer: mistakes and right pairs, shared out by the size of strata.
_CAUTIOUS = (0.5, 0.5)  # Jeffreys' prior: errors that no answer showed are still possible
_HOPEFUL = (0.0, 1.0)


@frozen
class Estimate(Value):
    """How right a whole run was, estimated from a judged round.

    Args:
        precision: of the merged candidate pairs, the share that is one person.
        recall: of the candidate pairs that are one person, the share that is merged. What was no candidate is not in it.
        f1: their harmonic mean, among candidate pairs.
        recall_overall: recall times the blocking's own recall; None where that is not known.
        f1_overall: the harmonic mean of precision and the overall recall.
        merged: merged candidate pairs.
        candidates: candidate pairs that the round stands for.
        judged: pairs with an answer.
        unsure: pairs that were judged unsure; the others of their stratum stand for them.
        unanswered: pairs of the round without an answer; likewise.
        elsewhere: labels of pairs that are not in the round; they do not count.
        blind: candidate pairs of strata without any answer. The estimates leave them out, the intervals count them as anything.
        level: how often such intervals hold the true figure.
    """

    precision: Figure
    recall: Figure
    f1: Figure
    recall_overall: Figure | None
    f1_overall: Figure | None
    merged: int
    candidates: int
    judged: int
    unsure: int
    unanswered: int
    elsewhere: int
    blind: int
    level: float

    def __str__(self) -> str:
        lines = [
            f"estimated from {self.judged:,} judged of {self.candidates:,} candidate pairs ({100 * self.level:g} % intervals)",
            f"precision {self.precision}",
            f"recall    {self.recall} among candidate pairs",
            f"F1        {self.f1} among candidate pairs",
        ]
        if self.recall_overall is not None and self.f1_overall is not None:
            lines += [
                f"recall    {self.recall_overall} with what blocking left out",
                f"F1        {self.f1_overall} with what blocking left out",
            ]
        counts = (("unsure", self.unsure), ("unanswered", self.unanswered), ("not of this round", self.elsewhere))
        if told := ", ".join(f"{number:,} {what}" for what, number in counts if number):
            lines.append(told)
        if self.blind:
            lines.append(f"{self.blind:,} candidate pairs lie in strata without any answer")
        return "\n".join(lines)


def judged_pairs(drawn: Round, labels: Iterable[Label]) -> list[Judged]:
    """Give each answered pair of a round its score and the number of pairs that it stands for, for `reliability` and `sweep`.

    Args:
        drawn: the round.
        labels: the answers, in any order; unsure ones and those of other pairs are left out.

    Returns:
        score, outcome and weight (pairs of the stratum by answers in it), in the order of the round.
    """
    answers, _, _ = _answers(drawn, labels)
    counts = [0] * len(drawn.strata)
    for entry, _ in answers:
        counts[entry.stratum] += 1
    return [Judged(entry.score, match, drawn.strata[entry.stratum].pairs / counts[entry.stratum]) for entry, match in answers]


def estimate(
    drawn: Round,
    labels: Iterable[Label],
    *,
    blocking_recall: float | None = None,
    level: float = 0.95,
    draws: int = 2000,
) -> Estimate:
    """Estimate precision, recall and F1 of a run from a judged round.

    Each answer stands for the pairs of its stratum divided by the answers in it (Horvitz and Thompson 1952, J. Amer. Stat. Assoc. 47).
    Intervals are simulated, not taken from the delta method, which has no width where no error was found: in each stratum the share of
    matches among the pairs not judged is drawn from its Beta distribution after the answers, with the seed of the round. Lower ends
    start from Jeffreys' prior, upper ends from one that expects no mistake, so that an interval always holds its estimate.

    Args:
        drawn: the round.
        labels: the answers, as `read_labels` gives them.
        blocking_recall: the share of true pairs that are candidates at all, where there is an estimate of it; taken as known, so the
            intervals of the overall figures do not count its own doubt.
        level: how often such intervals hold the true figure.
        draws: how often is simulated.

    Returns:
        the estimates.

    Raises:
        InputError: `blocking_recall` is no share.

    >>> from canonical_contact.match.evaluate import sample_round
    >>> drawn = sample_round([(f"a{i}", f"b{i}", 0.99 if i < 100 else 0.05) for i in range(1000)], 60, 1, match_at=0.9)
    >>> answers = [Label(p.left, p.right, Answer.MATCH if p.score > 0.9 else Answer.NO_MATCH) for p in drawn.pairs]
    >>> print(estimate(drawn, answers))
    estimated from 60 judged of 1,000 candidate pairs (95 % intervals)
    precision 1.000 (0.898 to 1.000)
    recall    1.000 (0.658 to 1.000) among candidate pairs
    F1        1.000 (0.781 to 1.000) among candidate pairs
    """
    factor = None if blocking_recall is None else check_share(blocking_recall, "blocking_recall", "The recall of the blocking")
    answers, unsure, elsewhere = _answers(drawn, labels)
    tallies = [[0, 0] for _ in drawn.strata]
    for entry, match in answers:
        tallies[entry.stratum][match] += 1
    held = list(zip(drawn.strata, tallies, strict=True))
    seen = [(stratum, stratum.pairs * yes / (no + yes)) for stratum, (no, yes) in held if no + yes]
    point = _shares(seen, factor)
    cautious, hopeful = (
        [_shares(found, factor) for found in _simulate(drawn, held, mood, draws)] for mood in (_CAUTIOUS, _HOPEFUL)
    )
    precision, recall, f1, recall_overall, f1_overall = (
        _figure(value, [shares[place] for shares in cautious], [shares[place] for shares in hopeful], level)
        for place, value in enumerate(point)
    )
    return Estimate(
        precision,
        recall,
        f1,
        None if factor is None else recall_overall,
        None if factor is None else f1_overall,
        sum(stratum.pairs for stratum in drawn.strata if stratum.merged),
        drawn.candidates,
        len(answers),
        unsure,
        len(drawn.pairs) - len(answers) - unsure,
        elsewhere,
        drawn.candidates - sum(stratum.pairs for stratum, _ in seen),
        level,
    )


def _answers(drawn: Round, labels: Iterable[Label]) -> tuple[list[tuple[Drawn, bool]], int, int]:
    """Pair the round with its answers, by the number of the pair or else by its records: how many are unsure, how many not of it."""
    by_number = {entry.pair: entry for entry in drawn.pairs}
    by_records = {(entry.left, entry.right): entry for entry in drawn.pairs}
    said: dict[str, Answer] = {}
    elsewhere = 0
    for label in labels:
        left, right = sorted((label.left, label.right))
        entry = by_number.get(label.pair) if label.pair else by_records.get((left, right))
        if entry is None:
            elsewhere += 1
        elif said.setdefault(entry.pair, label.verdict) is not label.verdict:
            said[entry.pair] = Answer.UNSURE  # two people, two answers
    answers = [
        (entry, said[entry.pair] is Answer.MATCH)
        for entry in drawn.pairs
        if said.get(entry.pair, Answer.UNSURE) is not Answer.UNSURE
    ]
    return answers, sum(verdict is Answer.UNSURE for verdict in said.values()), elsewhere


def _shares(matches: Sequence[tuple[Stratum, float]], factor: float | None) -> tuple[float | None, ...]:
    """Precision, recall and F1, the latter two also with the blocking's recall, from the number of matches in each stratum."""
    merged = sum(stratum.pairs for stratum, _ in matches if stratum.merged)
    right = sum(number for stratum, number in matches if stratum.merged)
    true = sum(number for _, number in matches)
    overall = true / factor if factor else 0.0
    return (
        ratio(right, merged),
        ratio(right, true),
        ratio(2 * right, merged + true),
        ratio(right, overall),
        ratio(2 * right, merged + overall),
    )


def _simulate(
    drawn: Round, held: Sequence[tuple[Stratum, Sequence[int]]], mood: tuple[float, float], draws: int
) -> Iterator[list[tuple[Stratum, float]]]:
    """Draw, again and again, how many matches each stratum may hold, given the answers and what is believed before them."""
    chance = random.Random(drawn.seed)  # noqa: S311  a simulation
    sides = Counter[bool]()
    for stratum in drawn.strata:
        sides[stratum.merged] += stratum.pairs
    beta: list[tuple[float, float, float, float]] = []
    for stratum, (no, yes) in held:
        wrong, right = (part * stratum.pairs / sides[stratum.merged] for part in mood)
        for_, against = (yes + right, no + wrong) if stratum.merged else (yes + wrong, no + right)
        rest, answers = stratum.pairs - no - yes, for_ + against
        # Of a small rest not the share is drawn but the number; a wider Beta distribution has the spread of that (beta-binomial).
        strength = max(rest * (answers + 1) / (answers + rest) - 1, 0.5) / answers if rest and answers else 0.0
        beta.append((yes, rest, strength * for_, strength * against))
    for _ in range(draws):
        yield [
            (stratum, yes + rest * (chance.betavariate(for_, against) if for_ and against else float(for_ > 0)))
            for (stratum, _), (yes, rest, for_, against) in zip(held, beta, strict=True)
        ]


def _figure(value: float | None, cautious: Iterable[float | None], hopeful: Iterable[float | None], level: float) -> Figure:
    if value is None:
        return Figure(None)
    below = sorted(share for share in cautious if share is not None)
    above = sorted(share for share in hopeful if share is not None)
    cut = int(len(below) * (1 - level) / 2)
    return Figure(value, min(value, below[cut]), max(value, above[-1 - cut]))
