"""Us beside the peers: python bench/match/run.py [--sets febrl,crm,10k,100k,1m] [--peers ours,splink,…] [--blocked] [--json].

Each peer works on each set in a process of its own, on the same normalised columns; what it found is scored here. Prints for every set

pairs     precision / recall / F1 over all true pairs, at the peer's natural threshold and at the best one in hindsight; what blocking
          misses counts as missed
clusters  the same of what stands in one cluster; at the natural threshold and, as connected components, at the best one in hindsight
B-cubed   precision / recall / F1 by records
review    the pairs that are left to a person (a peer without such a list: its best pairs that it did not join, one per ten records): their
          number per ten records; of the best of them, at most one per ten records, how many are right, and what is reached when somebody
          says yes to these
wall, MB  from reading the columns to clusters; the peak of the process and its children (proportional share)

Sets: febrl1–4, crm, and SIZE-SEED[-hard] with SIZE 10k, 100k or 1m, SEED 8 or 9, hard: all error rates times 1.6. `febrl` and a size
alone stand for all of theirs. They are made once and kept under --cache.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from stages import Watch

from match import scores
from match.peer import PEERS
from match.sets import CACHE, Set, named, ready

CHANNELS = ("email", "sms", "voice")


def measure(peer: str, given: Set, out: Path, limit: float, gigabytes: float) -> dict[str, Any]:
    """Run one peer on one set; give its clock and peak, or why there is none."""
    words = [sys.executable, "-m", "match.peer", peer, given.name, str(given.path), str(out)]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            words, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        ) as process,
    ):
        watch = Watch(process.pid)
        watch.start()
        started, stopped = time.time(), ""
        while process.poll() is None and not stopped:
            time.sleep(0.2)
            if time.time() - started > limit:
                stopped = f"stopped after {limit:.0f} s"
            elif watch.peak(time.time() - 1, time.time()) > gigabytes * 1e9:
                stopped = f"stopped over {gigabytes:g} GB"
        if stopped:
            os.killpg(process.pid, signal.SIGKILL)
        text = process.communicate()[0]
        watch.over.set()
        watch.join()
        if stopped:
            return {"not_run": stopped}
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip().splitlines()
            return {"not_run": f"ended with {process.returncode}: {said[-1] if said else ''}"}
    told: dict[str, Any] = json.loads(text.strip().splitlines()[-1])
    return told | {"peak_bytes": watch.peak(started, told["ended"])}


def pairs_in(found: Any, word: str) -> scores.Pairs | None:
    if f"{word}_left" not in found:
        return None
    return scores.Pairs(found[f"{word}_left"], found[f"{word}_right"], found[f"{word}_score"])


def score(told: dict[str, Any], out: Path, given: Set, blocked: bool) -> dict[str, Any]:
    """Score what a peer wrote."""
    people = scores.coded(given.truth())
    with np.load(out) as found:
        clusters = scores.coded(found["clusters"])
        pairs, review = (pairs_in(found, word) for word in ("pairs", "review"))
    result = told | {"records": len(people), "clusters": scores.cluster_scores(clusters, people)}
    if pairs is not None and len(pairs.left):
        natural = (told["threshold"], result["clusters"]["pairs"])
        threshold, best = max(scores.best_clusters(pairs, people), natural, key=lambda found: found[1].f1)
        result |= {
            "pairs": scores.threshold_scores(pairs, people, told["threshold"]),
            "best_clusters": {"threshold": threshold, "pairs": best},
        }
        review = review or scores.review_of(pairs, clusters, len(people) // 10)
    if review is not None:
        looked_at = review.best_first().only(slice(len(people) // 10))
        result["review"] = scores.review_scores(looked_at, clusters, people) | {"whole": len(review.left)}
    if blocked and not given.is_febrl:
        signs = given.truth("blocked").to_pylist()
        result["blocked"] = scores.wrong_merges(
            clusters, people, {channel: np.array([channel in sign for sign in signs]) for channel in CHANNELS}
        )
    return result


COLUMNS = (
    ("peer", 14), ("wall s", 8), ("MB", 7), ("pairs P/R/F1", 18), ("best F1 (at)", 16), ("clusters P/R/F1", 18), ("best F1", 8),
    ("B-cubed P/R/F1", 18), ("largest", 8), ("review /10", 11), ("right", 6), ("reached P/R/F1", 18),
)  # fmt: skip


def plain(value: Any) -> Any:
    """The same in types that JSON has; rates by their names."""
    if isinstance(value, scores.Rates):
        return value._asdict()
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return value.item() if isinstance(value, np.generic) else value


def three(rates: Any) -> str:
    """Precision, recall and F1; four digits where three would hide a difference."""
    digits = 3 if rates.f1 < 0.99 else 4
    return "/".join(f"{value:.{digits}f}".removeprefix("0") for value in rates)


def cells(peer: str, result: dict[str, Any]) -> list[str]:
    if "not_run" in result:
        return [peer, f"not run: {result['not_run']}"]
    clusters, pairs, review = result["clusters"], result.get("pairs"), result.get("review")
    best = result.get("best_clusters")
    return [
        peer,
        f"{result['seconds']:.1f}",
        f"{result['peak_bytes'] / 1e6:,.0f}",
        three(pairs["natural"]) if pairs else "–",
        f"{pairs['best'].f1:.4f} ({pairs['best_threshold']:.4g})" if pairs else "–",
        three(clusters["pairs"]),
        f"{best['pairs'].f1:.4f}" if best else "–",
        three(clusters["b_cubed"]),
        str(clusters["largest"]),
        f"{10 * review['whole'] / result['records']:.2f}" if review else "–",
        f"{review['precision']:.2f}" if review else "–",
        three(review["reached"]) if review else "–",
    ]


def line(texts: list[str], markdown: bool) -> str:
    if markdown:
        return f"| {' | '.join(texts + [''] * (len(COLUMNS) - len(texts)))} |"
    return "  ".join(text.ljust(width) for text, (_, width) in zip(texts, COLUMNS, strict=False)).rstrip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default="febrl,crm,10k,100k,1m")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--folder", type=Path, help="the exports of crm; without it 1,500 people with seed 7 are made")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--limit", type=float, default=900.0, help="seconds for one peer on one set")
    parser.add_argument("--max-gigabytes", type=float, default=12.0, help="memory for one peer on one set")
    parser.add_argument("--blocked", action="store_true", help="count wrong merges with people who must not be contacted")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    peers = options.peers.split(",")
    if unknown := set(peers) - set(PEERS):
        parser.error(f"no peer is called {min(unknown)}; there are {', '.join(PEERS)}")
    results: dict[str, dict[str, Any]] = {}
    for name in named(options.sets):
        given = ready(name, options.cache, options.folder)
        records = len(given.truth())
        results[name] = {}
        if not options.json:
            print(f"\n{'### ' if options.markdown else ''}{name}: {records:,} records\n", flush=True)
            print(line([title for title, _ in COLUMNS], options.markdown))
            if options.markdown:
                print(line(["---"] * len(COLUMNS), markdown=True))
        for peer in peers:
            with tempfile.TemporaryDirectory() as scratch:
                out = Path(scratch) / "found.npz"
                if records > PEERS[peer][2]:
                    result: dict[str, Any] = {"not_run": f"not asked for more than {PEERS[peer][2]:,} records"}
                else:
                    result = measure(peer, given, out, options.limit, options.max_gigabytes)
                if "not_run" not in result:
                    result = score(result, out, given, options.blocked)
            results[name][peer] = result
            if not options.json:
                print(line(cells(peer, result), options.markdown), flush=True)
        for peer, result in results[name].items() if options.blocked and not options.json else ():
            for channel, counts in result.get("blocked", {}).items():
                told = ", ".join(f"{what} {number:,}" for what, number in counts.items())
                print(f"{chr(10) if options.markdown else ''}{peer}, {channel}: {told}")
    if options.json:
        print(json.dumps(plain(results), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
