"""Mutation testing of the consent machine, the fold with its join, and the decision: how many small faults do the tests notice?

`python bench/mutation.py [--only machine]` copies the tree to a temporary folder, so that no changed source ever lies in it, runs mutmut
there with the tests of consent, and prints the score and every survivor. It needs the dependency group `mutation`.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ("machine", "fold", "permission")
TESTS = (
    "tests/unit/consent/test_machine.py",
    "tests/unit/consent/test_fold.py",
    "tests/unit/consent/test_permission.py",
    "tests/unit/consent/test_refusals_in_place.py",
    "tests/unit/consent/test_what_a_record_keeps.py",
    "tests/unit/consent/test_whole_answers.py",
    "tests/unit/consent/test_evidence.py",
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
        'pytest_add_cli_args = ["-p", "no:cacheprovider"]\n'
        'also_copy = ["conftest.py", "bench", "docs", "README.md", "examples", "scripts"]\n'
    )
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(config)


def survivors(folder: Path, names: list[str]) -> Iterator[tuple[str, str]]:
    """Say of each survivor what was changed."""
    for name in names:
        module, function = name.rsplit(".", 1)
        text = (folder / "mutants" / "src" / (module.replace(".", "/") + ".py")).read_text("utf-8")
        lines = text.splitlines()
        bodies = {
            node.name: lines[node.lineno : node.end_lineno]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef)
        }
        before, after = bodies[function.split("__mutmut_")[0] + "__mutmut_orig"], bodies[function]
        changes = difflib.unified_diff(before, after, n=0, lineterm="")
        yield name, " ⇒ ".join(line[1:].strip() for line in changes if line[0] in "+-" and not line.startswith(("+++", "---")))


def main() -> int:
    """Run, and print the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=MODULES, action="append", help="change only this module; may be repeated")
    parser.add_argument("--children", type=int, default=2, help="processes")
    parser.add_argument("--goal", type=float, default=95.0, help="per cent that must be killed")
    asked = parser.parse_args()
    mutmut = Path(sys.executable).with_name("mutmut")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        prepare(folder, asked.only or list(MODULES))
        with (folder / "run.log").open("wb") as log:
            subprocess.run(
                [mutmut, "run", "--max-children", str(asked.children)], cwd=folder, stdout=log, stderr=log, check=False
            )
        told = subprocess.run([mutmut, "results", "--all", "true"], cwd=folder, capture_output=True, text=True, check=True).stdout
        found = {match["name"]: match["what"].strip() for match in SAID.finditer(told)}
        if not found:
            print((folder / "run.log").read_text("utf-8", "replace")[-2_000:])
            return 2
        counts = Counter(found.values())
        lived = sorted(name for name, what in found.items() if what not in ("killed", "timeout", "caught by type check"))
        for name, change in survivors(folder, lived):
            print(f"{name}: {change}")
    score = 100 * (len(found) - len(lived)) / len(found)
    print(f"{len(found)} mutants, {len(found) - len(lived)} killed: {score:.1f} %", dict(counts))
    return 0 if score >= asked.goal else 1


if __name__ == "__main__":
    sys.exit(main())
