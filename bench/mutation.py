"""Mutation testing of the consent machine, the fold with its join, and the decision: how many small faults do the tests notice?

`python bench/mutation.py [--only machine] [--json FILE]` copies the tree to a temporary folder, so that no changed source ever lies in it,
runs mutmut there with the tests of consent, and prints the score of each module and every survivor: those that were looked at and make no
difference (`data/equivalent_mutants.toml` says why), and the others, which want a test. Code 0 says that the goal is reached and
that no survivor is without an explanation. It needs the dependency group `mutation`.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = Path(__file__).resolve().parent / "data" / "equivalent_mutants.toml"
MODULES = ("machine", "states", "_streams", "_lifted", "fold", "permission", "asking")
KILLED = ("killed", "timeout", "caught by type check")
TESTS = (
    "tests/unit/consent/test_machine.py",
    "tests/unit/consent/test_fold.py",
    "tests/unit/consent/test_permission.py",
    "tests/unit/consent/test_refusals_in_place.py",
    "tests/unit/consent/test_what_a_record_keeps.py",
    "tests/unit/consent/test_whole_answers.py",
    "tests/unit/consent/test_what_lifts_and_what_stays.py",
    "tests/unit/consent/test_evidence.py",
    "tests/unit/consent/test_lifted_for.py",
    "tests/unit/consent/test_asking.py",
    "tests/unit/consent/test_overrides.py",
    "tests/unit/consent/test_jurisdiction.py",
    "tests/property/test_the_consent_join_is_a_semilattice.py",
)
COPIED = ("pyproject.toml", "conftest.py", "README.md", "LICENSE", "src", "tests", "docs", "examples", "scripts", "bench")
SAID = re.compile(r"^\s*(?P<name>\S+__mutmut_\d+): (?P<what>.+)$", re.MULTILINE)


def prepare(folder: Path, modules: list[str]) -> None:
    """Copy the tree and tell mutmut what to change and which tests to run."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.db"))
        else:
            shutil.copy2(source, folder / name)
    changed = [f"src/canonical_contact/consent/{module}.py" for module in modules]
    config = (
        "\n[tool.mutmut]\n"
        'source_paths = ["src"]\n'
        f"only_mutate = {changed}\n"
        f"pytest_add_cli_args_test_selection = {list(TESTS)}\n"
        'pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:randomly"]\n'
        'also_copy = ["conftest.py", "bench", "docs", "README.md", "examples", "scripts"]\n'
    )
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(config)


def survivors(folder: Path, names: list[str]) -> Iterator[tuple[str, str]]:
    """Say of each survivor where it is (`fold.join`) and what was changed."""
    for name in names:
        module, function = name.rsplit(".", 1)
        text = (folder / "mutants" / "src" / (module.replace(".", "/") + ".py")).read_text("utf-8")
        lines = text.splitlines()
        bodies = {
            node.name: [line.replace(node.name, "…") for line in lines[node.lineno - 1 : node.end_lineno]]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef)
        }
        original = function.split("__mutmut_")[0]
        before, after = bodies[original + "__mutmut_orig"], bodies[function]
        changes = difflib.unified_diff(before, after, n=0, lineterm="")
        told = " ⇒ ".join(line[1:].strip() for line in changes if line[0] in "+-" and not line.startswith(("+++", "---")))
        yield f"{module.rsplit('.', 1)[1]}.{original.removeprefix('x_')}", told


def explained() -> dict[tuple[str, str], str]:
    """Read why survivors that were looked at make no difference: where and what was changed → why."""
    groups = tomllib.loads(EQUIVALENT.read_text("utf-8"))["group"]
    return {
        (where, change): group["why"] for group in groups for where, changes in group["changes"].items() for change in changes
    }


def run(folder: Path, children: int) -> dict[str, str]:
    """Run mutmut and return what became of each mutant; nothing where it did not come to run."""
    mutmut = Path(sys.executable).with_name("mutmut")
    surroundings = {**os.environ, "CI": "1"}  # Hypothesis tries the same examples in every run
    with (folder / "run.log").open("wb") as log:
        subprocess.run(
            [mutmut, "run", "--max-children", str(children)], cwd=folder, env=surroundings, stdout=log, stderr=log, check=False
        )
    told = subprocess.run([mutmut, "results", "--all", "true"], cwd=folder, capture_output=True, text=True, check=True).stdout
    return {match["name"]: match["what"].strip() for match in SAID.finditer(told)}


def main() -> int:
    """Run, and print the score of each module and what survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=MODULES, action="append", help="change only this module; may be repeated")
    parser.add_argument("--children", type=int, default=2, help="processes")
    parser.add_argument("--goal", type=float, default=95.0, help="per cent that must be killed")
    parser.add_argument("--json", type=Path, help="write the scores and the survivors to this file as well")
    asked = parser.parse_args()
    modules = asked.only or list(MODULES)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        prepare(folder, modules)
        found = run(folder, asked.children)
        if not found:
            print((folder / "run.log").read_text("utf-8", "replace")[-2_000:])
            return 2
        lived = list(survivors(folder, sorted(name for name, what in found.items() if what not in KILLED)))
    reasons = explained()
    unexplained = [one for one in lived if one not in reasons]
    survived = [{"where": where, "change": change, "why": reasons.get((where, change), "")} for where, change in lived]
    for one in survived:
        print(f"{one['where']}: {one['change']}\n    {one['why'] or 'NOT EXPLAINED: no test notices it'}")
    made = Counter(name.split(".")[-2] for name in found)
    alive = Counter(where.split(".")[0] for where, _ in lived)
    left = Counter(where.split(".")[0] for where, _ in unexplained)
    scores = {
        module: {
            "mutants": made[module],
            "killed": made[module] - alive[module],
            "per_cent": round(100 * (made[module] - alive[module]) / made[module], 1),
            "equivalent": alive[module] - left[module],
            "unexplained": left[module],
        }
        for module in modules
        if made[module]
    }
    print(f"\n{'module':<12}{'mutants':>9}{'killed':>9}{'%':>8}{'equivalent':>12}{'unexplained':>13}")
    for module, score in scores.items():
        print(
            f"{module:<12}{score['mutants']:>9}{score['killed']:>9}{score['per_cent']:>8}{score['equivalent']:>12}{score['unexplained']:>13}"
        )
    total = 100 * (len(found) - len(lived)) / len(found)
    print(
        f"{'all':<12}{len(found):>9}{len(found) - len(lived):>9}{total:>8.1f}{len(lived) - len(unexplained):>12}{len(unexplained):>13}"
    )
    for where, change in sorted(set(reasons) - set(lived)):
        if where.split(".")[0] in modules:
            print(f"no longer survives: {where}: {change}")
    if asked.json:
        asked.json.write_text(json.dumps({"modules": scores, "survivors": survived}, indent=1, ensure_ascii=False), "utf-8")
    return 0 if not unexplained and total >= asked.goal else 1


if __name__ == "__main__":
    sys.exit(main())
