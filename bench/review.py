"""What judgements are worth: python bench/review.py [FOLDER] [--people 5200] [--seed 8] [--answers 0,50,200,1000] [--teach] [--json].

FOLDER holds exports with truth (bench/make_exports.py makes them where none is named). They are unified once; then somebody who knows the
truth answers question after question, in the order of the queue, the likeliest pair first, and in orders by chance, and after each number
of answers the pairs of records that stand in one contact are counted against the truth. Merges that need an approval get it.

Printed for each order: precision, recall and F1 of pairs, how many answers were yes, and the seconds that an answer takes. With --teach the
weights are then learned anew with the answers given so far, in a copy of the store.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from peers import Key, Outcome, rows
from truth import score_pairs

from canonical_contact.engine.reviewing import Case, answer, is_open, queue
from canonical_contact.engine.teaching import teach
from canonical_contact.pipeline import unify
from canonical_contact.store import SQLiteStore

NOW = datetime(2026, 7, 1, tzinfo=UTC)
AHEAD = 50  # questions that are fetched at once, as the page and the terminal do
ALL = 10**9


class Oracle:
    """Somebody who knows the truth, at a store of their own."""

    def __init__(self, base: Path, folder: Path, truth: dict[Key, str], order: str, seed: int) -> None:
        self.path = folder / f"{order}-{seed}.db"
        shutil.copyfile(base, self.path)
        self.store = SQLiteStore(self.path)
        self.truth, self.dice = truth, random.Random(seed)
        self.names = {row.key: (row.system, row.label) for row in self.store.records()}
        self.order: Callable[[], list[Case]] = {"queue": self._queue, "random": self._random, "score": self._score}[order]
        self.ahead: list[Case] = []
        self.said = {"match": 0, "no_match": 0}
        self.seconds = 0.0

    def _queue(self) -> list[Case]:
        return queue(self.store, reviewer="oracle", limit=AHEAD, at=NOW)

    def _random(self) -> list[Case]:
        cases = sorted(queue(self.store, reviewer="oracle", limit=ALL, at=NOW), key=lambda case: (case.left, case.right))
        self.dice.shuffle(cases)
        return cases

    def _score(self) -> list[Case]:
        return sorted(
            queue(self.store, reviewer="oracle", limit=ALL, at=NOW), key=lambda case: (-case.score, case.left, case.right)
        )

    def answer(self, number: int) -> bool:
        """Answer until there are so many answers; False where nothing waits any more."""
        while sum(self.said.values()) < number:
            began = time.perf_counter()
            case = next(
                (case for case in iter(lambda: self.ahead.pop(0) if self.ahead else None, None) if is_open(self.store, case)),
                None,
            )
            if case is None:
                self.ahead = self.order()
                if not self.ahead:
                    return False
                continue
            same = self.truth[self.names[case.left]] == self.truth[self.names[case.right]]
            word = "match" if same else "no_match"
            outcome = answer(self.store, case, word, by="oracle", at=NOW)
            if outcome.awaiting:
                approvers = [one.owner or "approver" for one in outcome.awaiting]
                answer(self.store, case, word, by="oracle", at=NOW, approved_by=approvers)
            self.said[word] += 1
            self.seconds += time.perf_counter() - began
        return True

    def measures(self) -> dict[str, Any]:
        return measures(self.store, self.names, self.truth) | {
            "yes": self.said["match"],
            "seconds an answer": self.seconds / max(1, sum(self.said.values())),
        }

    def taught(self) -> dict[str, Any]:
        """The same after the weights were learned anew, in a copy."""
        copy = self.path.with_suffix(".taught.db")
        self.store.close()
        shutil.copyfile(self.path, copy)
        self.store = SQLiteStore(self.path)
        with SQLiteStore(copy) as store:
            told = teach(store, at=NOW)
            found = measures(store, self.names, self.truth)
        return found | {"verdicts changed": len(told.verdicts), "weights changed": len(told.weights)}


def measures(store: SQLiteStore, names: dict[str, Key], truth: dict[Key, str]) -> dict[str, Any]:
    found = score_pairs(truth, Outcome({names[key]: contact for key, contact in store.members()}))
    return {name: found[name] for name in ("precision", "recall", "f1")}


def measure(source: Path, counts: list[int], orders: list[tuple[str, int]], *, with_teaching: bool) -> dict[str, Any]:
    truth = {(row["system"], row["record_id"]): row["person_id"] for row in rows(source / "truth.csv")}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        base = folder / "base.db"
        with SQLiteStore(base) as store:
            result = unify([source], store, now=NOW)
            questions = len(queue(store, limit=ALL, at=NOW))
        found: dict[str, Any] = {
            "records": len(result.links),
            "pairs waiting": result.review,
            "questions": questions,
            "orders": {},
        }
        for order, seed in orders:
            oracle = Oracle(base, folder, truth, order, seed)
            steps = found["orders"].setdefault(f"{order} {seed}", {})
            for count in counts:
                more = oracle.answer(count)
                steps[count if more else sum(oracle.said.values())] = oracle.measures() | (
                    {"taught": oracle.taught()} if with_teaching else {}
                )
                if not more:
                    break
            oracle.store.close()
            print(f"{order} {seed} done", file=sys.stderr)
    return found


def show(found: dict[str, Any]) -> None:
    print(f"{found['records']:,} records, {found['pairs waiting']:,} pairs wait in {found['questions']:,} questions\n")
    print("| order | answers | yes | precision | recall | F1 | ms an answer | F1 taught |")
    print("|---|---|---|---|---|---|---|---|")
    for order, steps in found["orders"].items():
        for count, one in steps.items():
            taught = f"{one['taught']['f1']:.4f}" if "taught" in one else ""
            print(
                f"| {order} | {count:,} | {one['yes']:,} | {one['precision']:.4f} | {one['recall']:.4f} | {one['f1']:.4f} "
                f"| {1000 * one['seconds an answer']:.0f} | {taught} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--people", type=int, default=5_200)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--answers", default="0,50,200,1000")
    parser.add_argument("--random", type=int, default=3, help="orders by chance")
    parser.add_argument("--teach", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    counts = [int(text) for text in asked.answers.split(",")]
    orders = [("queue", 0), ("score", 0), *(("random", seed) for seed in range(asked.random))]
    with tempfile.TemporaryDirectory() as made:
        source = asked.folder
        if source is None:
            source = Path(made)
            maker = Path(__file__).with_name("make_exports.py")
            subprocess.run([sys.executable, maker, source, "--people", str(asked.people), "--seed", str(asked.seed)], check=True)
        found = measure(source, counts, orders, with_teaching=asked.teach)
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        show(found)


if __name__ == "__main__":
    main()
