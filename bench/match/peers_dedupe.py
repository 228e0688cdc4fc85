"""dedupe with labels: it asks about so many pairs that it is unsure of, and the truth answers, as a person would."""

from __future__ import annotations

import random
from typing import Any

import dedupe
import numpy as np
from dedupe import variables

from match.peer import Clock, Outcome
from match.scores import Pairs, coded
from match.sets import SOURCE, Set

QUESTIONS = 60
THRESHOLD = 0.5
FEBRL = ("given_name", "surname", "street_number", "address_1", "suburb", "postcode", "date_of_birth", "soc_sec_id")
CONTACTS = ("given_name", "surname", "email", "phone", "street", "postcode", "city", "company", "birth_date")
Data = dict[int, dict[str, Any]]


def match(given: Set) -> Outcome:
    clock = Clock()
    random.seed(1)
    np.random.seed(1)  # it draws from the old generators
    fields = [variables.String(name, has_missing=True) for name in (FEBRL if given.is_febrl else CONTACTS)]
    with clock.stage("load"):
        data: Data = {row["unique_id"]: row for row in given.flat().to_pylist()}
        people = coded(given.truth())
        files = [{at: row for at, row in data.items() if row[SOURCE] == source} for source in "ab"] if given.link else [data]
    with clock.stage("train"):
        worker: Any = (dedupe.RecordLink if given.link else dedupe.Dedupe)(fields, num_cores=1)
        worker.prepare_training(*files)
        for _ in range(QUESTIONS):
            (pair,) = worker.uncertain_pairs()
            same = len({people[row["unique_id"]] for row in pair}) == 1
            worker.mark_pairs({"match": [pair] if same else [], "distinct": [] if same else [pair]})
        worker.train()
        worker.cleanup_training()
    with clock.stage("score"):
        scored = worker.score(worker.pairs(*files))
    with clock.stage("cluster"):
        clusters = np.arange(len(data), dtype=np.int64)
        found = worker.one_to_one(scored, THRESHOLD) if given.link else worker.cluster(scored, THRESHOLD)
        for members, _ in found:
            clusters[list(map(int, members))] = min(map(int, members))
        pairs = Pairs(
            scored["pairs"][:, 0].astype(np.int64),
            scored["pairs"][:, 1].astype(np.int64),
            np.asarray(scored["score"], np.float64),
        )
    return Outcome(clusters, pairs, THRESHOLD, clock)
