"""No regular expression backtracks badly: python scripts/check_patterns.py [--verbose] [--static] [WORD …].

Collects every pattern of the package: those that stand in globals and class attributes once all modules are imported, and those that calls
such as `re.sub("…", …)` write out. Each is judged twice:
- regexploit reads it and says where two repeats can share the same characters; what it finds is run;
- strings that repeat what the pattern repeats, and pairs of the characters that it names, are run in the way in which the code runs it
  (anchored by `match` and `fullmatch`, from every place by the rest).
A run of 16,384 characters may take 60 ms of the processor: a linear pattern takes less than a fifth of it, the fastest quadratic one
twice as much. The clock stops it there, so that an exponential one fails as fast.
Exit 1 where one takes longer, with its place and the string. Words given pick the modules whose name contains one.
"""

# ruff: noqa: ANN401  # the parser of the standard library is not typed
from __future__ import annotations

import argparse
import ast
import importlib
import logging
import pkgutil
import re
import re._constants as ops  # type: ignore[import-not-found,unused-ignore]
import re._parser as parser  # type: ignore[import-not-found,unused-ignore]
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import canonical_contact

ROOT = Path(canonical_contact.__file__).parent.parent.parent
SIZE = 16_384  # characters
ALLOWED = 0.060  # seconds of the processor
LETTERS = 5  # how many of a pattern's characters are paired
FUNCTIONS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
ANCHORED = {"match", "fullmatch"}
KILLERS = ("", "\x00")
REPEATS = tuple(getattr(ops, name) for name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"))
SAMPLES = {
    ops.CATEGORY_DIGIT: "1", ops.CATEGORY_NOT_DIGIT: "a", ops.CATEGORY_SPACE: " ", ops.CATEGORY_NOT_SPACE: "a",
    ops.CATEGORY_WORD: "a", ops.CATEGORY_NOT_WORD: "-",
}  # fmt: skip


class OutOfTimeError(Exception):
    """What the clock raises."""


class Place:
    """One pattern, where it stands and how it is run."""

    def __init__(self, pattern: str, flags: int, where: str) -> None:
        self.compiled = re.compile(pattern, flags)
        self.where = where
        self.methods: set[str] = set()  # none: by whatever there is

    def run(self, text: str) -> None:
        """Run it as the code does, from one end of the text to the other."""
        for method in self.methods & ANCHORED:
            getattr(self.compiled, method)(text)
        if not self.methods or self.methods - ANCHORED - {"compile"}:
            for _ in self.compiled.finditer(text):
                pass


def modules(words: list[str]) -> list[Any]:
    """Import the package's modules."""
    names = [one.name for one in pkgutil.walk_packages(canonical_contact.__path__, "canonical_contact.")]
    found = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    return [one for one in (canonical_contact, *found) if not words or any(word in one.__name__ for word in words)]


def collect(loaded: list[Any]) -> tuple[list[Place], list[str]]:
    """Collect the patterns, each once, and the calls whose pattern is known only when they are made."""
    trees = {one.__name__: ast.parse(Path(one.__file__).read_text(encoding="utf-8")) for one in loaded}
    found: dict[tuple[str, int], Place] = {}
    for module in loaded:  # where they are named
        tree, path = trees[module.__name__], _path(module)
        lines = {
            name: node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for name in _targets(node)
        }
        for name, compiled in _patterns(vars(module), module.__name__):
            key = _key(compiled.pattern, compiled.flags)
            if name in lines and isinstance(compiled.pattern, str) and key not in found:
                found[key] = Place(compiled.pattern, compiled.flags, f"{path}:{lines[name]} {name}")
    for module in loaded:  # how they are run, also by those who import them
        used: dict[str, set[str]] = {}
        for node in ast.walk(trees[module.__name__]):
            if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS:
                name = ast.unparse(node.value).rpartition(".")[2].partition("[")[0]
                used.setdefault(name, set()).add(node.attr)
        for name, compiled in _patterns(vars(module), ""):
            if place := found.get(_key(compiled.pattern, compiled.flags)):
                place.methods |= used.get(name, set())
    return [*found.values(), *_written_out(loaded, trees, found)], _made_later(loaded, trees)


def _written_out(loaded: list[Any], trees: dict[str, ast.Module], found: dict[tuple[str, int], Place]) -> Iterator[Place]:
    """Give the patterns that stand in calls only."""
    more: dict[tuple[str, int], Place] = {}
    for module in loaded:
        for node in _calls(trees[module.__name__]):
            pattern, flags = _stated(node)
            if isinstance(pattern, str):
                key, how = _key(pattern, flags), {node.func.attr} - {"compile"}  # type: ignore[attr-defined]
                if key in found:
                    found[key].methods |= how
                else:
                    place = more.setdefault(key, Place(pattern, flags, f"{_path(module)}:{node.lineno}"))
                    place.methods |= how
    yield from more.values()


def _made_later(loaded: list[Any], trees: dict[str, ast.Module]) -> list[str]:
    """Name the calls within functions whose pattern is known only when they are made."""
    return [
        f"{_path(module)}:{node.lineno} {ast.unparse(node)}"
        for module in loaded
        for function in ast.walk(trees[module.__name__])
        if isinstance(function, ast.FunctionDef)
        for node in _calls(function)
        if _stated(node)[0] is None
    ]


def _path(module: Any) -> Path:
    return Path(module.__file__).relative_to(ROOT)


def _key(pattern: str, flags: int) -> tuple[str, int]:
    return pattern, flags & ~re.UNICODE.value


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FUNCTIONS and node.args:
            if ast.unparse(node.func.value) == "re":
                yield node


def _stated(node: ast.Call) -> tuple[str | bytes | None, int]:
    """Give the pattern and the flags that a call writes out; None where it does not."""
    try:
        pattern, flags = ast.literal_eval(node.args[0]), _flags(node)
        re.compile(pattern, flags)
    except (ValueError, TypeError, AttributeError):
        return None, 0
    return pattern, flags


def _targets(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        for one in target.elts if isinstance(target, ast.Tuple) else [target]:
            if isinstance(one, ast.Name):
                yield one.id


def _patterns(names: dict[str, Any], module: str) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in list(names.items()):
        if isinstance(value, type):
            if value.__module__ == module:
                yield from _patterns(dict(vars(value)), module)
        else:
            yield from ((name, one) for one in _within(value, 0))


def _within(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    """Find the patterns in tables of tables."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4 and isinstance(value, dict):
        for one in (*value.keys(), *value.values()):
            yield from _within(one, depth + 1)
    elif depth < 4 and isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _within(one, depth + 1)


def _flags(node: ast.Call) -> int:
    places = {"compile": 1, "search": 2, "match": 2, "fullmatch": 2, "findall": 2, "finditer": 2, "split": 3, "sub": 4, "subn": 4}
    assert isinstance(node.func, ast.Attribute)
    place = places[node.func.attr]
    stated = [one.value for one in node.keywords if one.arg == "flags"] or node.args[place : place + 1]
    flags = 0
    for one in stated:
        for part in ast.walk(one):
            if isinstance(part, ast.Attribute):
                flags |= int(getattr(re, part.attr))
    return flags


def sample(sequence: Iterable[Any]) -> str:
    """Make a short text that a parsed pattern takes, lookarounds aside."""
    return "".join(_one(op, value) for op, value in sequence)


def _one(op: Any, value: Any) -> str:
    if op is ops.LITERAL:
        return chr(value)
    if op is ops.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if op is ops.ANY:
        return "a"
    if op is ops.IN:
        return next(_members(value), "a")
    if op is ops.BRANCH:
        return sample(value[1][0])
    if op is ops.SUBPATTERN:
        return sample(value[3])
    if op is ops.ATOMIC_GROUP:
        return sample(value)
    if op in REPEATS:
        return sample(value[2]) * min(int(value[0]), 8)
    return ""


def _members(items: list[tuple[Any, Any]]) -> Iterator[str]:
    """Give characters of a class, one for each of its items."""
    if items[0][0] is ops.NEGATE:
        refused = re.compile("[" + "".join(map(_source, items[1:])) + "]")
        yield from (char for char in "a 1-.,@é\n" if not refused.match(char))
        return
    for op, value in items:
        if op is ops.LITERAL:
            yield chr(value)
        elif op is ops.RANGE:
            yield chr(value[0])
        elif op is ops.CATEGORY:
            yield SAMPLES[value]


def _source(item: tuple[Any, Any]) -> str:
    op, value = item
    if op is ops.LITERAL:
        return re.escape(chr(value))
    if op is ops.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    names = {ops.CATEGORY_DIGIT: r"\d", ops.CATEGORY_NOT_DIGIT: r"\D", ops.CATEGORY_SPACE: r"\s", ops.CATEGORY_NOT_SPACE: r"\S"}
    return names.get(value, r"\w" if value is ops.CATEGORY_WORD else r"\W")


def pumps(sequence: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Give, for each repeat, what stands before it and what it repeats."""
    parts = list(sequence)
    for place, (op, value) in enumerate(parts):
        here = before + sample(parts[:place])
        if op in REPEATS:
            body = list(value[2])
            if value[1] is ops.MAXREPEAT or int(value[1]) >= 16:
                yield here, sample(body)
                if len(body) == 1 and body[0][0] is ops.IN:
                    yield from ((here, one) for one in list(_members(body[0][1]))[:4])
                if len(body) == 1 and body[0][0] is ops.BRANCH:
                    yield from ((here, sample(one)) for one in body[0][1][1][:4])
            yield from pumps(body, here)
        elif op is ops.BRANCH:
            for one in value[1][:8]:
                yield from pumps(one, here)
        elif op is ops.SUBPATTERN:
            yield from pumps(value[3], here)
        elif op is ops.ATOMIC_GROUP:
            yield from pumps(value, here)
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            yield from pumps(value[1], here)


def letters(sequence: Any, into: Counter[str]) -> Counter[str]:
    """Count the characters that a pattern names."""
    for op, value in sequence:
        if op in (ops.LITERAL, ops.ANY, ops.NOT_LITERAL):
            into[_one(op, value)] += 1
        elif op is ops.IN:
            into.update(list(_members(value))[:3])
        elif op is ops.BRANCH:
            for one in value[1][:12]:
                letters(one, into)
        elif op is ops.SUBPATTERN:
            letters(value[3], into)
        elif op is ops.ATOMIC_GROUP:
            letters(value, into)
        elif op in REPEATS:
            letters(value[2], into)
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            letters(value[1], into)
    return into


def strings(place: Place) -> Iterator[tuple[str, str, str]]:
    """Give prefix, what to repeat, and ending, of each string that is tried on a pattern."""
    parsed = parser.parse(place.compiled.pattern, place.compiled.flags)
    seen = set()
    chosen = [char for char, _ in letters(parsed, Counter()).most_common(LETTERS)]
    units = [*pumps(parsed), *(("", char) for char in chosen), *(("", a + b) for a, b in product(chosen, chosen) if a != b)]
    for prefix, unit in units:
        for killer in KILLERS:
            if unit and (prefix, unit, killer) not in seen:
                seen.add((prefix, unit, killer))
                yield prefix, unit, killer


def suspected(place: Place) -> Iterator[tuple[str, str, str]]:
    """Give what regexploit finds, as strings to try."""
    from regexploit.ast.sre import SreOpParser
    from regexploit.redos import find

    flags = place.compiled.flags & ~re.UNICODE.value
    for one in find(SreOpParser().parse_sre(place.compiled.pattern, flags)):
        if one.starriness > 2:
            repeated = one.repeated_character.example()
            yield one.example_prefix, repeated, one.killer.example() if one.killer else ""


def limited(seconds: float, run: Callable[[], Any]) -> Any:
    """Run something, and stop it after seconds of the processor."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return run()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def ring(*_: object) -> None:
    raise OutOfTimeError


def text_of(prefix: str, unit: str, killer: str, size: int = SIZE) -> str:
    return prefix + unit * ((size - len(prefix)) // len(unit)) + killer


def slow(place: Place, attack: tuple[str, str, str]) -> bool:
    """Say whether a string takes too long, twice: the first may have met a busy machine."""
    text = text_of(*attack)
    for _ in range(2):
        try:
            limited(ALLOWED, lambda: place.run(text))
        except OutOfTimeError:
            continue
        return False
    return True


def judged(place: Place, *, static: bool) -> tuple[str, list[tuple[str, str, str]]]:
    """Give regexploit's word on a pattern, and the strings that take too long (the first is enough)."""
    said, attacks = "nothing found", []
    try:
        attacks = limited(2.0, lambda: list(suspected(place)))
        said = f"{len(attacks)} suspected" if attacks else said
    except OutOfTimeError:
        said = "too many branches for regexploit"
    except Exception as error:  # noqa: BLE001  # it does not know every construct of the language
        said = f"not read by regexploit: {error!r}"
    bad = []
    for attack in attacks if static else [*attacks, *strings(place)]:
        if slow(place, attack):
            bad.append(attack)
            break
    return said, bad


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("words", nargs="*", help="only modules whose name contains one of these")
    options.add_argument("--static", action="store_true", help="run only what regexploit suspects")
    options.add_argument(
        "--verbose", action="store_true", help="say what was found of each pattern, and which are made at run time"
    )
    stated = options.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGPROF, ring)
    started = time.perf_counter()
    places, unknown = collect(modules(stated.words))
    failed = 0
    for place in sorted(places, key=lambda one: one.where):
        said, bad = judged(place, static=stated.static)
        if stated.verbose:
            print(f"{place.where}: {','.join(sorted(place.methods))}: {said}")
        for prefix, unit, killer in bad:
            failed += 1
            times, methods = (SIZE - len(prefix)) // len(unit), ", ".join(sorted(place.methods))
            print(f"{place.where}: {place.compiled.pattern[:200]!r}")
            print(f"  {methods}: over {1000 * ALLOWED:.0f} ms for {prefix[:60]!a} + {unit!a} * {times} + {killer!a}")
    if stated.verbose:
        for one in unknown:
            print(f"made at run time: {one}")
    seconds = time.perf_counter() - started
    print(f"{len(places)} patterns, {failed} that backtrack badly ({seconds:.0f} s; {len(unknown)} are made at run time)")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
