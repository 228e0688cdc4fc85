"""Results against the truth: python bench/truth.py FOLDER [--store DB] [--links links.csv --review review.csv] [--json].

FOLDER holds exports with truth (bench/make_exports.py writes such folders). The table has one column a peer:

pairs     what is merged without a person, as pairs of records, and how many of the true pairs still missing stand on the review list
consent   who may be contacted although a stop sign forbids it: nobody, or the exit code is 1; and of the people whom nothing forbids, the
          share that is allowed where their evidence and the rules suffice
figures   the library's key figures beside those counted from the world itself
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from peers import CanonicalContact, Key, Outcome, Peer, rows
from stop_signs import CHANNELS, Record, Sign, entitled, lifted, read_folder

# auto is what people use. can_spam lets e-mail go until somebody objects, and opt_out does so on every channel, as no law does: what is
# denied there is denied for a stop sign or for the lack of an endpoint that works.
REGIMES = ("auto", "can_spam", "opt_out")
ENDPOINTS = {"email": "emails", "sms": "phones", "voice": "phones"}


def pairs_of(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def score_pairs(truth: dict[Key, str], outcome: Outcome) -> dict[str, Any]:
    """Pairwise precision and recall; a record without a link stands alone."""
    contact = {key: outcome.links.get(key, f"unlinked {key}") for key in truth}
    both = pairs_of(Counter((contact[key], person) for key, person in truth.items()).values())
    merged, true = pairs_of(Counter(contact.values()).values()), pairs_of(Counter(truth.values()).values())
    precision, recall = ratio(both, merged), ratio(both, true)
    # A listed pair asks about two contacts: whoever says yes to it joins all their records, so more than the pair itself is reached.
    asked = {
        frozenset(contact.get(key, "") for key in pair) for pair in outcome.review if len({truth.get(key) for key in pair}) == 1
    }
    people = defaultdict(list)
    for key, person in truth.items():
        people[person].append(key)
    missing = listed = reached = 0
    for keys in people.values():
        for pair in combinations(keys, 2):
            if contact[pair[0]] != contact[pair[1]]:
                missing += 1
                listed += frozenset(pair) in outcome.review
                reached += frozenset(contact[key] for key in pair) in asked
    return {
        "records": len(truth),
        "records without a link": sum(key not in outcome.links for key in truth),
        "links without a record": sum(key not in truth for key in outcome.links),
        "people": len(people),
        "contacts": len(set(contact.values())),
        "precision": precision,
        "recall": recall,
        "f1": ratio(2 * precision * recall, precision + recall) if precision and recall else None,
        "pairs wrongly merged": merged - both,
        "true pairs missing": missing,
        "… of them on the review list": listed,
        "… of them reached by it": reached,
        "share on the review list": ratio(listed, missing),
        "share reached by it": ratio(reached, missing),
        "pairs on the review list": len(outcome.review),
        "seconds": outcome.seconds,
    }


def score_consent(
    truth: dict[Key, str],
    records: dict[Key, Record],
    outcome: Outcome,
    channel: str,
    answers: dict[str, tuple[bool, str]],
    blocked: set[str],
) -> dict[str, Any]:
    """Count who may be contacted against a stop sign, and apart from them those for whom something else explains the answer."""
    contact_of = outcome.links
    held: dict[str, list[Sign]] = defaultdict(list)
    people: dict[str, set[str]] = defaultdict(set)
    endpoints: dict[str, set[str]] = defaultdict(set)
    stopped: set[str] = set()  # endpoints of records with a stop sign
    for key, record in records.items():
        contact = contact_of.get(key, "")
        mine = getattr(record, ENDPOINTS[channel])
        held[contact] += [sign for sign in record.signs if sign.channel == channel]
        people[contact].add(truth.get(key, ""))
        endpoints[contact] |= mine
        if record.stops(channel):
            stopped |= mine
    held.pop("", None)
    count: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    wrong: list[dict[str, str]] = []
    allowed_people: dict[str, bool] = {}
    for contact, (allowed, why) in answers.items():
        count["allowed" if allowed else "denied"] += 1
        shares = bool(endpoints[contact] & stopped)
        if allowed:
            kind = ""
            if held[contact]:
                kind = "holds a stop sign"
            elif shares:
                kind = "shares a stopped endpoint" if endpoints[contact] <= stopped else "shares one stopped endpoint of several"
            if kind:
                count[kind] += 1
                wrong.append({"contact_id": contact, "why": kind, "reasons": why})
            for person in people[contact]:
                allowed_people[person] = allowed_people.get(person, True) and not kind
        elif not held[contact]:
            if shares:
                count["denied only for a shared endpoint"] += 1
            else:
                reasons[why.split(";")[0].split(" ")[0].split(",")[0]] += 1
    signs: dict[str, list[Sign]] = defaultdict(list)
    sign_ups: dict[str, list[datetime]] = defaultdict(list)
    for key, record in records.items():
        signs[truth.get(key, "")] += [sign for sign in record.signs if sign.channel == channel]
        sign_ups[truth.get(key, "")] += [record.signed_up] if record.signed_up else []
    would_lift = {person for person in signs if channel == "email" and lifted(signs[person], sign_ups[person])}
    return {
        "contacts asked": len(answers),
        "allowed": count["allowed"],
        "VIOLATION: holds a stop sign": count["holds a stop sign"],
        "VIOLATION: every endpoint is stopped": count["shares a stopped endpoint"],
        "VIOLATION: one of its endpoints is stopped": count["shares one stopped endpoint of several"],
        "people blocked by truth": len(blocked),
        "… missed, their records not linked": sum(clean and person in blocked for person, clean in allowed_people.items()),
        "people whom a later opt-in would lift": len(would_lift),
        "… contactable here": len(would_lift & set(allowed_people)),
        "contacts denied only for a shared endpoint": count["denied only for a shared endpoint"],
        "contacts denied for other reasons": dict(reasons.most_common()),
        "violations": wrong[:20],
    }


def score_allowed(
    truth: dict[Key, str],
    records: dict[Key, Record],
    outcome: Outcome,
    channel: str,
    answers: dict[str, tuple[bool, str]],
    blocked: set[str],
    *,
    needs_consent: bool,
) -> dict[str, Any]:
    """Of the people whom nothing forbids and whose evidence suffices: who is allowed, and what keeps the others.

    Two kinds are left out of the share and listed: whom only a later opt-in frees, and who shares an endpoint with somebody blocked.
    """
    mine: dict[str, list[Record]] = defaultdict(list)
    for key, record in records.items():
        mine[truth.get(key, "")].append(record)
    stopped: dict[str, set[str]] = defaultdict(set)  # endpoint → people with a stop sign who hold it
    for person, theirs in mine.items():
        for record in theirs:
            if record.stops(channel):
                for endpoint in getattr(record, ENDPOINTS[channel]):
                    stopped[endpoint].add(person)
    in_contact: dict[str, set[str]] = defaultdict(set)
    for key, contact in outcome.links.items():
        in_contact[contact].add(truth.get(key, ""))
    count: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    examples: list[dict[str, str]] = []
    for person, theirs in sorted(mine.items()):
        if person in blocked or not entitled(theirs, channel, needs_consent=needs_consent):
            continue
        signs = [sign for record in theirs for sign in record.signs if sign.channel == channel]
        if signs and lifted(signs, [record.signed_up for record in theirs if record.signed_up]):
            count["only a later opt-in would lift"] += 1
            continue
        if any(stopped[endpoint] - {person} for record in theirs for endpoint in getattr(record, ENDPOINTS[channel])):
            count["share a blocked endpoint"] += 1
            continue
        contacts = {outcome.links[record.key] for record in theirs if record.key in outcome.links}
        said = [answers[contact] for contact in sorted(contacts) if contact in answers]
        if any(allowed for allowed, _ in said):
            count["allowed"] += 1
            continue
        others = set[str]().union(*(in_contact[contact] for contact in contacts)) & blocked
        why = (
            "joined with a blocked person" if others else ";".join(sorted({why.split(";")[0] for _, why in said})) or "not linked"
        )
        lost[why] += 1
        examples.append({"contact_id": " ".join(sorted(contacts)), "why": why, "reasons": " | ".join(why for _, why in said)})
    asked = count["allowed"] + lost.total()
    return {
        "people not blocked, evidence suffices": asked,
        "… allowed": count["allowed"],
        "share allowed": ratio(count["allowed"], asked),
        "… denied, by reason": dict(lost.most_common()),
        "left out: only a later opt-in would lift": count["only a later opt-in would lift"],
        "left out: share a blocked endpoint": count["share a blocked endpoint"],
        "denied": examples[:20],
    }


def flatten(figures: Any, path: str = "") -> dict[str, float]:
    """Lay nested figures flat: `verification.value` and so on."""
    if isinstance(figures, dict):
        return {
            name: value
            for key, inner in figures.items()
            for name, value in flatten(inner, f"{path}.{key}" if path else key).items()
        }
    if isinstance(figures, (int, float)) and not isinstance(figures, bool):
        return {path: figures}
    return {}


def measure(peer: Peer, folder: Path, out: Path) -> dict[str, Any]:
    truth = {(row["system"], row["record_id"]): row["person_id"] for row in rows(folder / "truth.csv")}
    expected = json.loads((folder / "expected_kpis.json").read_text(encoding="utf-8"))
    outcome = peer.unify(folder, out)
    result: dict[str, Any] = {
        "pairs": score_pairs(truth, outcome),
        "consent": {},
        "figures": peer.figures(outcome, expected["as_of"]),
    }
    records = {record.key: record for record in read_folder(folder)}
    for channel in CHANNELS:
        blocked = {
            row["person_id"] for row in rows(folder / "consent_truth.csv") if row["channel"] == channel and row["blocked"] == "1"
        }
        for regime in REGIMES:
            answers = peer.may_contact(outcome, channel, regime, out)
            if answers is not None:
                needs_consent = regime == "auto" or (regime == "can_spam" and channel != "email")
                result["consent"][f"{channel} / {regime}"] = {
                    **score_consent(truth, records, outcome, channel, answers, blocked),
                    **score_allowed(truth, records, outcome, channel, answers, blocked, needs_consent=needs_consent),
                }
    return result


def show(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 100 else f"{value:,.1f}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items()) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(title: str, columns: dict[str, dict[str, Any]]) -> None:
    """Print one line a measure and one column a peer."""
    names = list(dict.fromkeys(name for column in columns.values() for name in column if name not in ("violations", "denied")))
    width = max(map(len, [title, *names]))
    print(f"\n{title:<{width}}  " + "  ".join(f"{peer:>20}" for peer in columns))
    for name in names:
        print(f"{name:<{width}}  " + "  ".join(f"{show(column.get(name)):>20}" for column in columns.values()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--store", type=Path, help="the store that is used, or that belongs to --links")
    parser.add_argument("--links", type=Path, help="take these links instead of unifying")
    parser.add_argument("--review", type=Path, help="the review list that belongs to --links")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    peers: list[Peer] = [CanonicalContact(options.links, options.review, options.store)]
    results = {}
    with tempfile.TemporaryDirectory() as out:
        for peer in peers:
            results[peer.name] = measure(peer, options.folder, Path(out))
    violations = [fault for result in results.values() for answer in result["consent"].values() for fault in answer["violations"]]
    if options.json:
        print(json.dumps(results, indent=1, ensure_ascii=False))
        return int(bool(violations))
    table("pairs", {name: result["pairs"] for name, result in results.items()})
    for question in dict.fromkeys(question for result in results.values() for question in result["consent"]):
        table(f"consent: {question}", {name: result["consent"].get(question, {}) for name, result in results.items()})
    expected = flatten(json.loads((options.folder / "expected_kpis.json").read_text(encoding="utf-8")))
    expected = {
        name: value for name, value in expected.items() if not name.startswith(("errors_drawn", "records_by_system", "seed"))
    }
    table("figures", {"the world itself": expected, **{name: result["figures"] for name, result in results.items()}})
    for fault in violations[:10]:
        print(f"VIOLATION {fault['contact_id']}: {fault['why']}; answered {fault['reasons']}", file=sys.stderr)
    return int(bool(violations))


if __name__ == "__main__":
    sys.exit(main())
