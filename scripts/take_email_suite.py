"""Take the addresses of email-validator's own test-suite as data: python scripts/take_email_suite.py ARCHIVE [--check].

Every address that tests/test_syntax.py of the source archive feeds to the validator, each with the name of its test. The archive is had by
`pip download --no-binary :all: --no-deps email-validator==2.4.0`; it is in the public domain (Unlicense). Its expectations are not taken:
the test asks the installed library itself, so that both are judged by the same version.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "tests" / "unit" / "normalize" / "data" / "email_validator_suite.json"
SUITE = "tests/test_syntax.py"
LONGEST = 1000  # characters; the suite's two texts beyond it are there for time, which other tests hold


def addresses(source: str) -> Iterator[tuple[str, str]]:
    """Give the name of the test and the text, for each text that a test hands to the validator."""
    for function in ast.parse(source).body:
        if not isinstance(function, ast.FunctionDef) or not function.name.startswith("test_"):
            continue
        for names in _bindings(function):
            for node in ast.walk(ast.Module(function.body, [])):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("validate_email"):
                    text = _folded(node.args[0], names)
                    if isinstance(text, str) and len(text) <= LONGEST:
                        yield function.name, text


def _bindings(function: ast.FunctionDef) -> Iterator[dict[str, str]]:
    """Give what the test's names stand for: each row of its parameters, each round of its loops."""
    yield {}
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.parametrize":
            stated = ast.literal_eval(decorator.args[0])
            name = stated.split(",")[0] if isinstance(stated, str) else stated[0]
            for row in getattr(decorator.args[1], "elts", ()):
                yield from _bound(name, row.elts[0] if isinstance(row, ast.Tuple | ast.List) else row)
    for node in ast.walk(function):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            for one in getattr(node.iter, "elts", ()):
                yield from _bound(node.target.id, one)


def _bound(name: str, node: ast.expr) -> Iterator[dict[str, str]]:
    value = _folded(node, {})
    if isinstance(value, str):
        yield {name: value}


def _folded(node: ast.expr, names: dict[str, str]) -> str | int | None:
    """Work out a text that is made of literals, of names, and of + and *."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
        return node.value
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.BinOp):
        left, right = _folded(node.left, names), _folded(node.right, names)
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return left + right
        if isinstance(node.op, ast.Mult) and isinstance(left, str) and isinstance(right, int):
            return left * right
    return None


def made(archive: Path) -> str:
    """Make the text of the data file from a source archive."""
    with tarfile.open(archive) as files:
        name = next(one for one in files.getnames() if one.endswith(SUITE))
        stream = files.extractfile(name)
        assert stream is not None
        source = stream.read().decode()
    first: dict[str, str] = {}
    for test, text in addresses(source):
        first.setdefault(text, test)
    told = {
        "source": f"{SUITE} of {archive.name.removesuffix('.tar.gz').replace('_', '-')}, by scripts/take_email_suite.py",
        "license": "Unlicense (public domain)",
        "addresses": [],
    }
    head = json.dumps(told, indent=1).removesuffix("[]\n}")
    rows = ",\n".join(f"  {json.dumps([test, text])}" for text, test in first.items())
    return f"{head}[\n{rows}\n ]\n}}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where the file differs")
    options = parser.parse_args()
    text = made(options.archive)
    if options.check:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: {len(json.loads(text)['addresses'])} addresses")
    return 0


if __name__ == "__main__":
    sys.exit(main())
