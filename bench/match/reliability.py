"""What a stated probability is worth: python -m match.reliability SET… [--page OUT.html], in bench/.

For each set all compared pairs with their stated probability beside the truth: a line for each band, the calibration error, and with --page
a page with the diagram of the last set. Weights are learned on the set as for users, without its truth.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from attrs import evolve

from canonical_contact.engine.reading import NoProgress
from canonical_contact.engine.resolving import MatchSettings, run_of
from canonical_contact.match.columns.encode import feature_table
from canonical_contact.match.evaluate import Reliability, reliability
from canonical_contact.match.model.calibration import probability_of
from canonical_contact.match.policy import MatchPolicy
from match.sets import CACHE, ready

EDGES = (0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.94, 0.96, 0.98, 0.99, 0.999, 1.0)
LEAST = 0.05  # pairs below are left out: millions of strangers would drown the rest


def stated(name: str, cache: Path) -> Reliability:
    """Resolve a set and hold its probabilities to the truth."""
    given = ready(name, cache, None)
    keys = given.table().column("key").to_pylist()
    table = feature_table(given.table())
    truth = dict(zip(keys, given.truth().to_pylist(), strict=True))
    person = np.unique([truth[key] for key in table.keys], return_inverse=True)[1]
    policy = evolve(MatchPolicy.default(), review_at=LEAST)
    found = run_of(table, MatchSettings(policy=policy, workers=2), progress=NoProgress()).found()
    return reliability([(probability_of(one.logit), bool(person[one.left] == person[one.right])) for one in found], EDGES)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the bands of each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args(arguments)
    for name in asked.sets:
        found = stated(name, asked.cache)
        print(f"{name}\n{found}\n", flush=True)
    if asked.page:
        from canonical_contact.report.evaluation_page import evaluation_html

        asked.page.write_text(evaluation_html(reliability=found, title=f"Reliability on {asked.sets[-1]}"), "utf-8")


if __name__ == "__main__":
    main()
