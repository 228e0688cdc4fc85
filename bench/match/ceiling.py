"""What no evidence decides: python bench/match/ceiling.py [--sets crm,10k-8,…] [--teacher SET] [--examples 3] [--json] [--markdown].

Beside our clusters stands an oracle that has the same features of a pair as we have (the levels of all comparisons, how common the agreed
values are, our own odds, whether a source states it) and knows from another world with truth which share of the pairs with such features
is one person. It joins the likeliest first until the precision falls to the one that the policy asks for. What it does not reach, no rule
over these features can: the pairs look like more pairs of two people than of one. Prints for every set

pairs      recall of all true pairs at that precision: by our odds, by the oracle, and by one that was told the truth of this very set
closed     ours, and the oracle's clusters, joined by our clustering; the threshold is the best one in hindsight
missed     true pairs in different clusters of ours, by what kept them apart; what the oracle does not join either has no evidence
wrong      pairs of two people in one cluster of ours, by what joined them, and how many of them the oracle joins as well
examples   of each, with the evidence in bits: what the two records say is made up

Pairs that no key names are counted too: those of one person all; those of two people as a sample, where the oracle learns.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pyarrow.compute as pc
from attrs import evolve
from numpy.typing import NDArray

from canonical_contact.engine import dedupe
from canonical_contact.engine.reading import NoProgress
from canonical_contact.engine.resolving import MatchSettings, Resolution, run_of
from canonical_contact.identity import ClusterPolicy, EdgeColumns, cluster
from canonical_contact.match.columns.blocks import Blocker, PairSink
from canonical_contact.match.columns.deciding import JUDGEMENTS
from canonical_contact.match.columns.encode import feature_table
from canonical_contact.match.columns.matcher import ColumnMatcher
from canonical_contact.match.columns.scoring import ColumnScorer
from canonical_contact.match.comparisons import groups_for
from canonical_contact.match.explain import explain
from canonical_contact.match.lookups import shipped_lookups, with_shared
from canonical_contact.match.matcher import Matcher
from canonical_contact.match.table import FeatureTable
from canonical_contact.model import Judgement
from match import scores
from match.oracle import Bools, Cells, Codes, Floats, Oracle, Reached, cell_of, reached, teacher_of
from match.sets import CACHE, SOURCE, Set, named, ready

SETS = "febrl,crm,10k-8,10k-9,10k-8-hard,10k-9-hard,100k-8"
STRANGERS = 200_000  # pairs drawn of those that no key names
BAND = 10  # tenths of a logarithm of a value's frequency that make one cell
# Probabilities from which clusters are tried to be joined.
THRESHOLDS = (
    0.3,
    0.35,
    0.4,
    0.45,
    0.5,
    0.54,
    0.58,
    0.62,
    0.66,
    0.7,
    0.74,
    0.78,
    0.82,
    0.86,
    0.9,
    0.94,
    0.96,
    0.98,
    0.99,
    0.995,
    0.999,
)
NO_EVIDENCE = "no evidence"


class Pairs(NamedTuple):
    """Pairs of places with what is known of them: cells, our odds and verdict, the truth, how many pairs each stands for, whether a key
    names it."""

    left: Codes
    right: Codes
    cells: list[Cells]
    logits: Floats
    judgement: NDArray[np.uint8]
    reason: NDArray[np.uint8]
    true: Bools
    weights: Floats
    named: Bools


Says = Callable[[Pairs], Floats]  # how probable one person is


class World:
    """One set, resolved with the default policy."""

    def __init__(self, given: Set) -> None:
        self.table, self.person, settings = (_linked if given.link else _deduped if given.is_febrl else _contacts)(given)
        self.name, self.settings = given.name, settings
        run = run_of(self.table, settings, progress=NoProgress())
        self.found: Resolution = run.resolution()
        self.labels = np.asarray(self.found.labels, np.int64)
        self.policy = run.policy
        self.groups = groups_for(with_shared(shipped_lookups(), run.shared), settings.extensions, postcodes=settings.postcodes)
        self.model, self.frequencies, self.keys = run.model, run.frequencies, run.plan.keys
        self.matcher = ColumnMatcher(self.groups, self.model, self.frequencies, self.policy, self.table)
        self._scorer = ColumnScorer(self.matcher.comparisons, self.model, self.frequencies, self.table)

    def pair_ids(self, left: Codes, right: Codes) -> Codes:
        return np.minimum(left, right) * len(self.table) + np.maximum(left, right)

    def across(self, left: Codes, right: Codes) -> Bools:
        """Pairs that are looked at: where nobody stands twice in one table, those of two tables."""
        systems = self.table.values["system"].codes
        return np.ones(len(left), bool) if self.settings.within else systems[left] != systems[right]

    def candidates(self) -> tuple[Codes, Codes]:
        """The pairs that keys name."""
        with PairSink(len(self.table)) as sink:
            Blocker(self.table, self.keys).fill(sink)
            sink.seal()
            found = list(sink)
        left, right = (
            np.concatenate([np.asarray(getattr(part, side), np.int64) for part in found]) for side in ("left", "right")
        )
        kept = self.across(left, right)
        return left[kept], right[kept]

    def looked_at(self, left: Codes, right: Codes, weights: Floats, named: Bools) -> Pairs:
        """Compare pairs."""
        decided = self.matcher.decide(left, right)
        chances = self._scorer.chances(decided.levels, left, right)
        beside = named, decided.verdicts.reason == self.matcher.reasons.index("same_as")
        cells = [
            cell_of([*beside, np.round(2 * decided.logits)]),
            cell_of([*beside, *decided.levels, np.round(decided.logits)]),
            cell_of([*beside, *decided.levels, *(chance // BAND for chance in chances)]),
        ]
        true = self.person[left] == self.person[right]
        verdicts = decided.verdicts
        return Pairs(left, right, cells, decided.logits, verdicts.judgement, verdicts.reason, true, weights, named)

    def pairs(self, strangers: int = 0) -> Pairs:
        """The pairs that keys name, all others of one person, and so many drawn of all others, which stand for the rest."""
        left, right = self.candidates()
        known = np.sort(self.pair_ids(left, right))
        a, b = _pairs_within(self.person)
        unnamed = ~np.isin(self.pair_ids(a, b), known)
        own = a[unnamed], b[unnamed]
        size, dice = len(self.table), np.random.default_rng(0)
        drawn = dice.integers(0, size, (2, strangers))
        drawn = drawn[:, (drawn[0] != drawn[1]) & self.across(*drawn)]
        drawn = drawn[:, ~np.isin(self.pair_ids(*drawn), known) & (self.person[drawn[0]] != self.person[drawn[1]])]
        sizes = len(left), len(own[0]), drawn.shape[1]
        left, right = (np.concatenate(side) for side in zip((left, right), own, drawn, strict=True))
        each = size * (size - 1) / 2 / max(strangers, 1)
        return self.looked_at(left, right, np.repeat([1.0, 1.0, each], sizes), np.repeat([True, False, False], sizes))

    def clusters(self, pairs: Pairs, says: Says, at: float) -> Codes:
        """Join pairs by other odds as we join them by ours, but without rules that hold a match back or part two records."""
        least = float(_odds(np.array([at]))[0])

        def judge(left: Codes, right: Codes) -> tuple[Floats, Bools]:
            asked = self.looked_at(left, right, np.ones(len(left)), np.ones(len(left), bool))
            return _odds(says(asked)), np.zeros(len(left), bool)

        odds = _odds(says(pairs))
        edges = EdgeColumns(odds, pairs.left, pairs.right, np.zeros(len(odds), bool))
        system, unique = self.table.values["system"], self.policy.unique_sources
        sources = frozenset(number for number, name in enumerate(system.pool) if name in unique)
        policy = ClusterPolicy(match_at=least, cohesion=min(least, 1.0), unique_sources=sources)
        source = system.codes.tolist() if unique else None
        return np.asarray(cluster(len(self.table), edges, judge=judge, policy=policy, source=source).labels, np.int64)


def _ours(pairs: Pairs) -> Floats:
    """How probable one person is by our weights."""
    return 1 / (1 + np.exp(-np.clip(pairs.logits, -50, 50)))


def _odds(shares: Floats) -> Floats:
    """Natural-log odds."""
    bounded = np.clip(shares, 1e-9, 1 - 1e-9)
    return np.log(bounded / (1 - bounded))


def _pairs_within(codes: Codes) -> tuple[Codes, Codes]:
    """All pairs of places with one code."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, code in enumerate(codes.tolist()):
        groups[code].append(place)
    found = [(a, b) for group in groups.values() for at, a in enumerate(group) for b in group[at + 1 :]]
    left, right = np.array(found, np.int64).reshape(-1, 2).T
    return left, right


def _contacts(given: Set) -> tuple[FeatureTable, Codes, MatchSettings]:
    truth = dict(zip(given.table()["key"].to_pylist(), given.truth().to_pylist(), strict=True))
    table = feature_table(given.table())
    return table, scores.coded([truth[key] for key in table.keys]), MatchSettings(workers=os.cpu_count() or 1)


def _deduped(given: Set) -> tuple[FeatureTable, Codes, MatchSettings]:
    found = dedupe.dedupe(given.table())
    table = dedupe.features_of(dedupe.by_content(found.records, found.plan), found.rows)
    return FeatureTable.of(list(_records(table))), scores.coded(given.truth())[list(found.rows)], found.settings


def _records(table: Any) -> Iterable[Any]:
    return (table.record(place) for place in range(len(table))) if isinstance(table, FeatureTable) else table


def _linked(given: Set) -> tuple[FeatureTable, Codes, MatchSettings]:
    whole, truth = given.table(), given.truth().to_pylist()
    rows = [np.flatnonzero(pc.equal(whole[SOURCE], source).to_numpy()) for source in "ab"]
    found = dedupe.link(*(whole.take(side).drop_columns([SOURCE]) for side in rows))
    records, people = [], []
    for name, made, plan, side in zip(("left", "right"), found.records, found.plans, rows, strict=True):
        keyed = dedupe.by_content(made, plan)
        records += [one._replace(key=f"{name}:{one.key}", system=name) for one in keyed.features()]
        people += [truth[row] for row in side]
    order = sorted(range(len(records)), key=lambda at: records[at].key)
    policy = MatchSettings().policy
    national = dict.fromkeys((*policy.national_ids, *(name for plan in found.plans for name in plan.national_ids)))
    settings = MatchSettings(
        policy=evolve(policy, unique_sources=("left", "right"), national_ids=tuple(national)),
        within=False,
        extensions=dict(found.records[1].kinds) | dict(found.records[0].kinds),
    )
    return FeatureTable.of([records[at] for at in order]), scores.coded([people[at] for at in order]), settings


def closed(world: World, pairs: Pairs, says: Says, precisions: Sequence[float]) -> list[tuple[scores.Rates, Codes]]:
    """For each precision the clusters with the best recall, of several thresholds."""
    best = [(scores.rates(0, 0, 1), np.arange(len(world.table), dtype=np.int64)) for _ in precisions]
    for at in THRESHOLDS:
        labels = world.clusters(pairs, says, at)
        score = scores.cluster_scores(scores.coded(labels), world.person)["pairs"]
        for place, precision in enumerate(precisions):
            if score.precision >= precision and score.recall > best[place][0].recall:
                best[place] = score, labels
    return best


def why_missed(world: World, pairs: Pairs, decided: Bools) -> list[str]:
    """What kept each pair apart; `decided` are those that the oracle joins."""
    cuts = {(pair.left, pair.right): pair.reason for pair in world.found.review}
    columns = (pairs.left, pairs.right, pairs.judgement, pairs.reason, pairs.named, decided)
    found = []
    for left, right, judgement, reason, compared, joined in zip(*(column.tolist() for column in columns), strict=True):
        verdict, rule = JUDGEMENTS[judgement], world.matcher.reasons[reason]
        if not joined:
            found.append(NO_EVIDENCE)
        elif not compared:
            found.append("never compared")
        elif verdict is Judgement.MATCH:
            found.append(f"matched, and cut by {cuts.get((left, right), 'clustering')}")
        elif rule == "weights":
            found.append("below the threshold")
        else:
            found.append(f"{'held for a person' if verdict is Judgement.REVIEW else 'forbidden'} by {rule}")
    return found


def why_joined(world: World, pairs: Pairs) -> list[str]:
    """What joined each pair."""
    match = [JUDGEMENTS[code] is Judgement.MATCH for code in pairs.judgement.tolist()]
    reasons = [world.matcher.reasons[code] for code in pairs.reason.tolist()]
    return [
        f"matched by {reason}" if matched and key else "through other records"
        for matched, reason, key in zip(match, reasons, pairs.named.tolist(), strict=True)
    ]


def evidence(world: World, left: int, right: int) -> str:
    """What speaks for and against a pair, in bits, with what the two records say."""
    matcher = Matcher(world.groups, world.model, world.frequencies, world.policy)
    told = explain(world.table.record(left), world.table.record(right), matcher, values=True)
    parts = [
        f"{one.field} {one.level} {one.bits:+.1f}"
        + (f" ({one.left or '–'} / {one.right or '–'})" if one.left or one.right else "")
        for one in told.evidence
        if one.level != "missing" and not one.field.endswith((".frequency", "calibration"))
    ]
    frequencies = sum(one.bits for one in told.evidence if one.field.endswith(".frequency"))
    return f"{'; '.join(parts)}; rarity {frequencies:+.1f}; {told.total:+.1f} bits in all, {told.reason}"


class Kind(NamedTuple):
    """Pairs of one kind: their name, number, how many of them the other side has, and examples."""

    what: str
    pairs: int
    beside: int
    examples: list[str]


def kinds_of(
    world: World, pairs: Pairs, whys: Sequence[str], beside: Bools, told: Callable[[int], str], examples: int
) -> list[Kind]:
    """Count pairs by kind, and show some of each, spread over all of them."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, why in enumerate(whys):
        places[why].append(place)
    found = []
    for why, own in sorted(places.items(), key=lambda item: -len(item[1])):
        shown = own[:: max(1, len(own) // examples)][:examples] if examples else []
        texts = [f"{evidence(world, int(pairs.left[at]), int(pairs.right[at]))}; {told(at)}" for at in shown]
        found.append(Kind(why, len(own), int(beside[own].sum()), texts))
    return found


def ceiling(world: World, teacher: World, precision: float, examples: int) -> dict[str, Any]:
    """All figures of one set."""
    taught, pairs = teacher.pairs(STRANGERS), world.pairs()
    oracle = Oracle(taught.cells[:-1], taught.true, taught.weights)
    itself = Oracle(pairs.cells[-1:], pairs.true, pairs.weights, strength=0.0)

    def says(of: Pairs) -> Floats:
        return oracle.shares(of.cells[:-1], _ours(of))

    shares = says(pairs)
    ways = {"our odds": _ours(pairs), "oracle": shares, "told this set": itself.shares(pairs.cells[-1:], _ours(pairs))}
    found = {way: reached(values, pairs.true, pairs.weights, precision) for way, values in ways.items()}
    ours = scores.cluster_scores(scores.coded(world.labels), world.person)["pairs"]
    aims = precision, max(precision, ours.precision)
    (best, joined), (level, _) = closed(world, pairs, says, aims)
    clusters = {"ours": ours, "oracle": best, "oracle at our precision": level}
    for name, (score, _) in zip(
        ("our odds, no rules", "our odds, no rules, at our precision"), closed(world, pairs, _ours, aims), strict=True
    ):
        clusters[name] = score

    apart = pairs.true & (world.labels[pairs.left] != world.labels[pairs.right])
    missed = _only(pairs, apart)
    cut = found["oracle"].cut
    decided = (shares[apart] >= cut) | (joined[missed.left] == joined[missed.right])
    asked = {tuple(sorted((pair.left, pair.right))) for pair in world.found.review}
    listed = np.array([pair in asked for pair in zip(missed.left.tolist(), missed.right.tolist(), strict=True)], bool)
    within = _pairs_within(world.labels)
    other = world.person[within[0]] != world.person[within[1]]
    ends = within[0][other], within[1][other]
    known = np.isin(world.pair_ids(*ends), world.pair_ids(pairs.left[pairs.named], pairs.right[pairs.named]))
    wrong = world.looked_at(*ends, np.ones(len(ends[0])), known)
    alike = joined[wrong.left] == joined[wrong.right]

    def told(of: Pairs) -> Callable[[int], str]:
        values = says(of)
        seen, true = oracle.seen(of.cells[:-1])
        return lambda at: f"of such pairs {values[at]:.2f} are one person ({true[at]:,.0f} of {seen[at]:,.0f} seen)"

    return {
        "teacher": teacher.name,
        "true_pairs": int(pairs.true.sum()),
        "pairs": found,
        "clusters": clusters,
        "missed": kinds_of(world, missed, why_missed(world, missed, decided), listed, told(missed), examples),
        "wrong": kinds_of(world, wrong, why_joined(world, wrong), alike, told(wrong), examples),
    }


def _only(pairs: Pairs, which: Bools) -> Pairs:
    columns: list[Any] = [[cells[which] for cells in column] if isinstance(column, list) else column[which] for column in pairs]
    return Pairs(*columns)


def lines(name: str, result: dict[str, Any], markdown: bool) -> Iterator[str]:
    """Say it as text."""
    head = "### " if markdown else ""
    yield f"\n{head}{name}: {result['true_pairs']:,} true pairs, an oracle taught by {result['teacher']}\n"
    found: dict[str, Reached] = result["pairs"]
    row = "| {} | {} | {} |" if markdown else "{:<44} {:<10} {}"
    yield row.format("", "precision", "recall")
    if markdown:
        yield "|---|---|---|"
    for way, one in found.items():
        yield row.format(f"pairs, {way}", f"{one.precision:.4f}", f"{one.recall:.4f}")
    for way, rates in result["clusters"].items():
        yield row.format(f"clusters, {way}", f"{rates.precision:.4f}", f"{rates.recall:.4f}")
    for key, title, beside in (
        ("missed", "missed true pairs", "on the review list"), ("wrong", "wrong pairs", "joined by the oracle as well"),
    ):  # fmt: skip
        total = sum(kind.pairs for kind in result[key])
        yield ""
        yield row.format(f"{title}: {total:,}", "share", beside)
        if markdown:
            yield "|---|---|---|"
        for kind in result[key]:
            yield row.format(f"{kind.what}: {kind.pairs:,}", f"{kind.pairs / total:.3f}", f"{kind.beside:,}")
        for kind in result[key]:
            if kind.examples:
                yield f"\n{kind.what}\n"
            yield from (f"- {text}" for text in kind.examples)


def plain(value: Any) -> Any:
    """The same in types that JSON has."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--teacher", help="the set whose truth the oracle knows; without it one of another seed, and no smaller")
    parser.add_argument("--folder", type=Path, help="the exports of crm; without it 1,500 people with seed 7 are made")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--precision", type=float, default=MatchSettings().policy.precision)
    parser.add_argument("--examples", type=int, default=3, help="how many pairs of each kind are shown")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    results, teachers = {}, dict[str, World]()
    for name in named(options.sets):
        teacher = options.teacher or teacher_of(name)
        if teacher not in teachers:
            teachers = {teacher: World(ready(teacher, options.cache))}
        world = World(ready(name, options.cache, options.folder))
        results[name] = ceiling(world, teachers[teacher], options.precision, options.examples)
        if not options.json:
            print("\n".join(lines(name, results[name], options.markdown)), flush=True)
    if options.json:
        print(json.dumps(plain(results), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
