"""What to ask people next: the doubtful pairs in the order of what their answers are worth.

The value of an answer is uncertainty (how probable it is that the two, who stand apart, are one) × cluster effect (records that would come
together) × engagement (how lately somebody dealt with them, and whether one side has refused what the other permits). That probability
is not the score of one pair: between contacts of several records all pairs speak, also those too unlike to wait for a person.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from attrs import frozen

from canonical_contact.match.model.calibration import logit_of, probability_of

__all__ = ["Question", "Standing", "engagement", "questions", "ranked", "uncertainty", "worth"]

HALF_LIFE = timedelta(days=180)  # after which a last contact counts half
RECENT, REACHABLE, AT_ODDS = 1.0, 0.5, 1.0  # what each adds to an engagement of 1
UNLIKE = 0.04  # probability of a pair that neither matches nor waits: below `review_at`, 0.1 by default
# Questions whose contacts are read, at least; the rest stays behind them in the order of what they are worth without engagement.
RERANKED = 1_000


class Question(NamedTuple):
    """One question for people: whether two contacts are one person.

    `left` and `right` are the pair of records that is shown, of all waiting pairs between the two contacts the likeliest, with its `score`.
    `probability` is that of the two contacts. `records` come together if the answer is yes, and `pairs` wait for this one answer.
    """

    left: str
    right: str
    contacts: tuple[str, str]
    score: float
    reason: str
    probability: float
    records: int = 2
    pairs: int = 1


@frozen
class Standing:
    """What engagement is made of, for one contact.

    Args:
        last_at: when somebody last dealt with them or they with us; None where nothing says so.
        permits: whether they permit something.
        refuses: whether they refuse something.
    """

    last_at: datetime | None = None
    permits: bool = False
    refuses: bool = False


def uncertainty(scores: Sequence[float], pairs: int) -> float:
    """How probable it is that two contacts are one, by the mean log-odds of all pairs of their records, as clusters are joined.

    Since the two stand apart until somebody says otherwise, that is how probable it is that what stands is wrong.

    Args:
        scores: of the pairs that wait for a person.
        pairs: how many pairs there are between the two.

    Returns:
        The probability, to six digits; that of the single pair where each side has one record.

    >>> uncertainty([0.6], 1), uncertainty([0.6], 4)
    (0.6, 0.09261)
    """
    logits = math.fsum(map(logit_of, scores)) + max(0, pairs - len(scores)) * logit_of(UNLIKE)
    return probability_of(logits / max(pairs, len(scores)))


def engagement(standings: Sequence[Standing], at: datetime) -> float:
    """How much it matters whom a question is about, from 1 for people of whom nothing is known to 3.5.

    Args:
        standings: of the contacts.
        at: the time, with a time zone.

    >>> from datetime import UTC
    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> engagement([Standing(), Standing()], now), engagement([Standing(now, permits=True), Standing(refuses=True)], now)
    (1.0, 3.5)
    """
    last = max((one.last_at for one in standings if one.last_at is not None), default=None)
    recent = 0.0 if last is None else 0.5 ** (max(at - last, timedelta()) / HALF_LIFE)
    permits, refuses = any(one.permits for one in standings), any(one.refuses for one in standings)
    return 1.0 + RECENT * recent + REACHABLE * permits + AT_ODDS * (permits and refuses)


def worth(question: Question, engaged: float = 1.0) -> float:
    """What an answer is worth, to six digits.

    >>> worth(Question("a:1", "b:2", ("X", "Y"), 0.5, "weights", 0.5, records=2), 1.5)
    1.5
    """
    return round(question.probability * question.records * engaged, 6)


def questions(
    pairs: Iterable[tuple[str, str, float, str]],
    home: Mapping[str, str],
    sizes: Mapping[str, int],
    *,
    first: Collection[str] = (),
) -> list[Question]:
    """Put one question for all the waiting pairs between the same two contacts.

    Args:
        pairs: waiting pairs as keys of two records, score and reason.
        home: record key → contact; a record without one stands for itself.
        sizes: contact → how many records it has.
        first: reasons that a question bears wherever one of its pairs has them.

    Returns:
        The questions, each with its likeliest pair, in the order of these.

    >>> home = {"a:1": "X", "a:2": "X", "b:7": "Y"}
    >>> (found,) = questions([("a:1", "b:7", 0.4, "weights"), ("a:2", "b:7", 0.6, "weights")], home, {"X": 2, "Y": 1})
    >>> found.left, found.right, found.score, found.probability, found.records, found.pairs
    ('a:2', 'b:7', 0.6, 0.5, 3, 2)
    """
    found: dict[frozenset[str], list[Question]] = {}
    for left, right, score, reason in pairs:
        contacts = home.get(left, left), home.get(right, right)
        found.setdefault(frozenset(contacts), []).append(Question(left, right, contacts, score, reason, score))
    return sorted(_together(some, sizes, first) for some in found.values())


def _together(some: Sequence[Question], sizes: Mapping[str, int], first: Collection[str]) -> Question:
    """Make one question of the pairs between two contacts."""
    shown = min(some, key=lambda one: _order(one, first))
    left, right = (sizes.get(contact, 1) for contact in shown.contacts)
    chance = shown.score if shown.reason in first else uncertainty([one.score for one in some], left * right)
    return shown._replace(probability=chance, records=left + right, pairs=len(some))


def _order(one: Question, first: Collection[str]) -> tuple[bool, float, str, str]:
    return one.reason not in first, -one.score, one.left, one.right


def ranked(
    asked: Iterable[Question],
    engaged: Callable[[Question], float],
    limit: int,
    *,
    later: Callable[[Question], bool] = lambda _: False,
) -> list[tuple[Question, float]]:
    """Order questions by the value of their answers, the most valuable first.

    Args:
        asked: the questions.
        engaged: the engagement of one; asked for the `limit` × 10, but at least 1,000, that are worth most without it.
        limit: how many to give.
        later: whether a question comes behind all others, such as one that was skipped.

    Returns:
        The questions with their values; questions of one value by their score, then by their keys.

    >>> pairs = [Question("a:1", "b:2", ("X", "Y"), 0.3, "weights", 0.3), Question("a:3", "b:4", ("V", "W"), 0.5, "weights", 0.5)]
    >>> [(one.left, value) for one, value in ranked(pairs, lambda _: 1.0, 10)]
    [('a:3', 1.0), ('a:1', 0.6)]
    """
    ordered = sorted(asked, key=lambda one: (later(one), -worth(one), -one.score, one.left, one.right))
    read = max(RERANKED, 10 * limit)
    valued = [(one, worth(one, engaged(one))) for one in ordered[:read]]
    valued.sort(key=lambda pair: (later(pair[0]), -pair[1], -pair[0].score, pair[0].left, pair[0].right))
    return [*valued, *((one, worth(one)) for one in ordered[read:limit])][:limit]
