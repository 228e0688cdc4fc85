"""Who is measured: each peer unifies one folder of exports; the rest of the bench knows only what stands here."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

# Our figures that count what a figure of expected_kpis.json counts; the others have no counterpart.
SAME = {
    ("duplicate_rate", ""): "duplicate_rate",
    ("records_in_a_duplicate_cluster", ""): "records_in_a_duplicate_cluster",
    ("coverage", "email"): "persons_with_email",
    ("verification_event_rate", "email"): "verification",
}
Key = tuple[str, str]  # system, record id as truth.csv spells them


@dataclass(slots=True)
class Outcome:
    """What a peer made of a folder."""

    links: dict[Key, str]  # every record's contact
    review: set[frozenset[Key]] = field(default_factory=set)  # pairs that it leaves to a person
    seconds: float | None = None
    store: Path | None = None  # where the consent question and the figures can be asked; None: it answers neither


class Peer(Protocol):
    """A program or library that unifies contacts."""

    name: str

    def unify(self, folder: Path, out: Path) -> Outcome:
        """Unify the exports in `folder`; what it writes goes to `out`."""
        ...

    def may_contact(self, outcome: Outcome, channel: str, regime: str, out: Path) -> dict[str, tuple[bool, str]] | None:
        """Answer for every contact whether marketing on a channel is allowed, with reasons; None where the peer knows no consent."""
        ...

    def figures(self, outcome: Outcome, as_of: str) -> dict[str, float]:
        """Give the peer's key figures under the names of expected_kpis.json, as far as it has them."""
        ...


class CanonicalContact:
    """This library, through its command line."""

    name = "canonical-contact"

    def __init__(self, links: Path | None = None, review: Path | None = None, store: Path | None = None) -> None:
        self.links, self.review, self.store = links, review, store

    def unify(self, folder: Path, out: Path) -> Outcome:
        if self.links:
            return Outcome(read_links(self.links), read_review(self.review), store=self.store)
        links, review, store = out / "links.csv", out / "review.csv", self.store or out / "contacts.db"
        started = time.perf_counter()
        run("unify", folder, "--store", store, "--links", links, "--review", review, "--json")
        return Outcome(read_links(links), read_review(review), time.perf_counter() - started, store)

    def may_contact(self, outcome: Outcome, channel: str, regime: str, out: Path) -> dict[str, tuple[bool, str]] | None:
        if outcome.store is None:
            return None
        if regime == "opt_out":
            return dict(_by_library(outcome.store, channel))
        answers = out / f"allowed-{channel}-{regime}.csv"
        run(
            "may-contact",
            "--store",
            outcome.store,
            "--channel",
            channel,
            "--purpose",
            "marketing",
            "--regime",
            regime,
            "-o",
            answers,
        )
        return {row["contact_id"]: (row["allowed"].lower() in ("true", "1", "yes"), row["reasons"]) for row in rows(answers)}

    def figures(self, outcome: Outcome, as_of: str) -> dict[str, float]:
        if outcome.store is None:
            return {}
        said: Any = json.loads(run("kpi", "--store", outcome.store, "--as-of", as_of, "--json"))
        figures: dict[str, float] = {}
        for figure in said if isinstance(said, list) else said["kpis"]:
            if theirs := SAME.get((figure["name"], figure.get("scope", ""))):
                figures |= {f"{theirs}.{part}": figure[part] for part in ("value", "numerator", "denominator")}
        return figures


def _by_library(store: Path, channel: str) -> Iterator[tuple[str, tuple[bool, str]]]:
    """Ask under rules that allow all that nobody forbade, on every channel: no law is so lax, and no stop sign can hide behind it."""
    from canonical_contact import Channel, Contact, SQLiteStore, from_json, may_contact
    from canonical_contact.consent import parse_regime

    lax = parse_regime(
        "\n".join(['id = "opt_out"', 'version = "1"', *(f'[channels.{name}]\ndefault = "opt_out"' for name in Channel)])
    )
    with SQLiteStore(store) as opened:
        for row in opened.contacts():
            answer = may_contact(from_json(Contact, row.document), channel, "marketing", at=datetime.now(UTC), regime=lax)
            yield row.contact_id, (answer.allowed, ";".join(answer.reasons))


def run(*words: object) -> str:
    """Run the command line of this environment; what it says is shown where it fails."""
    program = Path(sys.executable).with_name("canonical-contact")
    done = subprocess.run(
        [program, *map(str, words)], capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"}, check=False
    )
    if done.returncode:
        raise SystemExit(f"canonical-contact {words[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def read_links(path: Path) -> dict[Key, str]:
    return {(row["system"], row["record_id"]): row["contact_id"] for row in rows(path)}


def read_review(path: Path | None) -> set[frozenset[Key]]:
    if path is None or not path.exists():
        return set()
    return {
        frozenset({(row["left_system"], row["left_record_id"]), (row["right_system"], row["right_record_id"])})
        for row in rows(path)
    }
