"""What people said teaches the weights: they are learned anew with all answers, and every pair is judged again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from attrs import frozen

from canonical_contact.engine.folding import fold_all
from canonical_contact.engine.local import Executor
from canonical_contact.engine.matching import MODEL, identify, model_version, other_policy, saved_settings
from canonical_contact.engine.parting import take_refusals_along
from canonical_contact.engine.reading import Intake, NoProgress, Progress
from canonical_contact.errors import ConfigError, StoreError
from canonical_contact.match.model.mixture import ONE_PERSON, Model
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.model import Judgement
from canonical_contact.model.moment import in_utc
from canonical_contact.ports import ContactStore, Written

__all__ = ["Taught", "VerdictChange", "WeightChange", "teach", "weights_by_level"]

_TOLD = 0.005  # bits; what moves less is not told


class WeightChange(NamedTuple):
    """How much a level of a comparison says for one person, in bits, before and after."""

    field: str
    level: str
    before: float
    after: float


class VerdictChange(NamedTuple):
    """A pair of which the machine says something else now; no verdict counts as `no_match`."""

    left: str
    right: str
    before: str
    after: str
    score_before: float
    score_after: float


@frozen
class Taught:
    """What answers taught.

    Args:
        answers: pairs that people have judged, unsure ones left out.
        weights: levels whose weight moved, the most moved first.
        verdicts: pairs with another verdict, in the order of their keys.
        contacts: contacts that are new, changed, and the same.
        retired: ids that went up in others.
        before: version of the weights before, as the decision log names it.
        after: the same after.
    """

    answers: int
    weights: tuple[WeightChange, ...]
    verdicts: tuple[VerdictChange, ...]
    contacts: Written
    retired: int
    before: str
    after: str

    @property
    def moved(self) -> dict[tuple[str, str], int]:
        """(verdict before, verdict after) → how many pairs."""
        return dict(sorted(Counter((one.before, one.after) for one in self.verdicts).items()))


def teach(
    store: ContactStore,
    *,
    at: datetime,
    policy: MatchPolicy | None = None,
    workers: int = 1,
    wait: float = 60.0,
    progress: Progress | None = None,
) -> Taught:
    """Learn the weights anew with what people said, judge every pair again by them, and tell what changed; one run of the store.

    What people said binds as before; the weights speak for all other pairs. With few answers little moves.

    Args:
        store: where the contacts live.
        at: the time of the run, with a time zone.
        policy: rules and thresholds by which the store was matched; the shipped ones if None.
        workers: processes and threads.
        wait: seconds to wait while another run holds the store.
        progress: told how far it is.

    Returns:
        Weights and verdicts that changed.

    Raises:
        StoreError: no records were matched in it yet.
        ConfigError: the pairs of the store were judged by another policy.
        StoreBusyError: another run held the store for longer than `wait`.

    >>> from datetime import UTC
    >>> from canonical_contact.store import MemoryStore
    >>> teach(MemoryStore(), at=datetime(2026, 7, 1, tzinfo=UTC))
    Traceback (most recent call last):
    ...
    canonical_contact.errors.StoreError: The store has no weights yet. Bring records into it with unify.
    """
    moment, seen, executor = in_utc(at), progress or NoProgress(), Executor(workers)
    before = saved_settings(store, policy)
    if before is None or before.model is None:
        raise StoreError("The store has no weights yet.", hint="Bring records into it with unify.")
    if other_policy(store, policy):
        raise ConfigError(
            "The pairs of this store were judged by another policy.",
            path="policy",
            hint="Give the one that unify was given; unify with refit changes it.",
        )
    with store.run(moment, wait=wait) as run:
        said = _verdicts(store)
        intake = Intake()
        found = identify(store, fresh=set(), started_at=run.started_at, workers=workers, refit=True, policy=policy, progress=seen)
        take_refusals_along(store, intake, found, started_at=run.started_at)
        contacts = fold_all(store, executor, intake, found, at=run.started_at, run=run.run_id, progress=seen)
        model = Model.from_text(store.setting(MODEL) or "")
        changed = tuple(_changes(said, _verdicts(store)))
        answers = sum(row.judgement in (Judgement.MATCH, Judgement.NO_MATCH) for row in store.decisions(people=True))
    return Taught(
        answers,
        _moved(before.model, model),
        changed,
        contacts,
        len(found.assignment.retired),
        model_version(before.model),
        model_version(model),
    )


def weights_by_level(model: Model) -> dict[tuple[str, str], float]:
    """What each level says for one person against two, in bits, by the mixture alone and over its kinds as common as they are.

    Args:
        model: the weights.

    >>> words, rows = {"given": ("exact", "different")}, {"given": ((0.8, 0.2), (0.2, 0.8))}
    >>> weights_by_level(Model("v", ("person", "stranger"), (0.5, 0.5), words, rows))
    {('given', 'exact'): 2.0, ('given', 'different'): -2.0}
    """
    sides = [[place for place, kind in enumerate(model.kinds) if (kind in ONE_PERSON) is one] for one in (True, False)]
    found: dict[tuple[str, str], float] = {}
    for field in model.tables:
        for level, word in enumerate(model.words[field]):
            mine, others = (_share(model, field, level, side) for side in sides)
            found[field, word] = round(math.log2(mine / others), 3)
    return found


def _share(model: Model, field: str, level: int, kinds: Iterable[int]) -> float:
    """How common a level is in some kinds together."""
    places = list(kinds)
    whole = sum(model.shares[kind] for kind in places)
    return sum(model.shares[kind] * model.tables[field][kind][level] for kind in places) / whole


def _moved(before: Model, after: Model) -> tuple[WeightChange, ...]:
    old, new = weights_by_level(before), weights_by_level(after)
    moved = [WeightChange(*name, old.get(name, 0.0), new.get(name, 0.0)) for name in {**old, **new}]
    moved = [one for one in moved if abs(one.after - one.before) >= _TOLD]
    return tuple(sorted(moved, key=lambda one: (-abs(one.after - one.before), one.field, one.level)))


def _verdicts(store: ContactStore) -> dict[tuple[str, str], tuple[str, float]]:
    """The pairs that match or wait by what machines say."""
    return {row[:2]: (row.judgement, row.score) for kind in (Judgement.MATCH, Judgement.REVIEW) for row in store.decisions(kind)}


def _changes(
    before: dict[tuple[str, str], tuple[str, float]], after: dict[tuple[str, str], tuple[str, float]]
) -> list[VerdictChange]:
    none = Judgement.NO_MATCH.value, 0.0
    both = ((pair, before.get(pair, none), after.get(pair, none)) for pair in sorted({**before, **after}))
    return [VerdictChange(*pair, old[0], new[0], old[1], new[1]) for pair, old, new in both if old[0] != new[0]]
