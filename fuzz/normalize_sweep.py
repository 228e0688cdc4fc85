"""No text takes a normaliser long: python fuzz/normalize_sweep.py [--most 100] [WORD …], without instruments.

Every public normaliser reads 1, 10 and 100 kilobytes of fragments that are repeated, alone and in pairs, with and without something around
them. Allowed are 10 ms of the processor for a kilobyte, and 20 ms at least. Words given pick the functions.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from types import FunctionType
from typing import Any

from canonical_contact import normalize
from canonical_contact.model import RawRecord
from canonical_contact.normalize import Normalizer

SIZES = (1_000, 10_000, 100_000)
FOR_A_KILOBYTE = 0.010
FLOOR = 0.020
MEMORY = 512 << 20
# Marks, words and letters that some rule looks at.
FRAGMENTS = (
    "a", "A", "1", "0", "é", "e\u0301", "ß", "毛", "ショ", "김", "ب", "१", "Ａ", "\u200d", "\u202e", "\ud800", "\x00", "🎉", "👨‍👩‍👧", "\ufffd",
    " ", "\t", "\n", "\u3000", "\u00a0", ".", ",", ";", ":", "-", "–", "_", "/", "\\", "|", "(", ")", "((", "[", "<", ">", '"', "'", "’", "“", "«", "&", "+",
    "#", "*", "=", "%", "@", "@@", "<a@", "a@", "@a.", ".a", "a.", "a b ", "a-", "a'", "-a-", "x1", "x 1 ", "0 ", "00", "+1 ", "1/", "1.", "1-", "1, ", "(0)",
    " / ", " ::: ", "1.1.", "--01", "T1", "Dr. ", "van ", "de la ", "d'", "O'", "Mc", "Jr. ", "née ", " & ", " und ", "Ã©", "Â", "&eacute;", "%40", "=C3=A9",
    "Ltd ", "GmbH ", "S.A. ", "株式会社", "ООО ", "& Co. ", "ext. ", "Durchwahl ", "tel:", "mailto:", "http://", "www.", "<b>", "gmail.com ", "Str. 1 ", "1a ",
    "12345 ", "AB1 2CD ", "Straße ", "D-", "(c/o) ", "Apt 1 ", "January ", "Mon, ", "12:", "UTC", "+01:00 ", "Europe/", "de-", "zh-Hant-",
)  # fmt: skip


def functions() -> dict[str, Callable[[str], Any]]:
    """Give what is swept: each public function of a text, with hints that make it look further."""
    found: dict[str, Callable[[str], Any]] = {}
    for name in normalize.__all__:
        read = getattr(normalize, name)
        if not isinstance(read, FunctionType) or next(iter(signature(read).parameters)) not in ("raw", "text"):
            continue
        found[name] = read
        if "language" in signature(read).parameters:
            found[f"{name} with hints"] = partial(read, region="DE", language="de", column="Wert")
    found["name of parts"] = lambda text: normalize.name({"given": text, "surname": text, "suffix": text})
    found["address of parts"] = lambda text: normalize.address(
        {"street": text, "postcode": text, "locality": text, "country": "DE"}
    )
    found["record"] = _record
    return found


def _record(text: str) -> object:
    paths = ("name.full", "emails[0].address", "phones[0].number", "addresses[0].full", "organizations[0].name", "notes[0]")
    piece = text[: len(text) // len(paths)]
    values = dict.fromkeys(paths, piece)
    return Normalizer("DE").record(RawRecord("sheet", "1", 1, "sheet.csv", 2, values), "sheet:1", "1")


def texts(size: int, fragments: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give a description and a text of about that size, for each fragment and each pair of neighbours in the list."""
    pairs = [a + b for a, b in itertools.pairwise(fragments)]
    for unit in (*fragments, *pairs):
        body = (unit * (size // len(unit) + 1))[:size]
        yield f"{unit!a} * {size // len(unit)}", body
        if unit in fragments:
            yield f"'Ana ' + {unit!a} * {size // len(unit)} + ' Sá@example.org'", f"Ana {body} Sá@example.org"
            yield f"'+49 30 ' + {unit!a} * {size // len(unit)} + '!'", f"+49 30 {body}!"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("words", nargs="*", help="only functions whose name contains one of these")
    parser.add_argument("--most", type=int, default=100, metavar="KB", help="the largest size")
    options = parser.parse_args()
    chosen = {name: run for name, run in functions().items() if not options.words or any(word in name for word in options.words)}
    for run in chosen.values():
        run("Ana Sá 2020-01-02")  # what loads on first use
        run("+49 30 123456")
        run("ana@bücher.example")
    failed = count = 0
    for name, run in chosen.items():
        worst, where = 0.0, ""
        for size in SIZES:
            if size > options.most * 1000:
                continue
            allowed = max(FLOOR, FOR_A_KILOBYTE * size / 1000)
            for told, text in texts(size, FRAGMENTS):
                count += 1
                try:
                    seconds = _seconds(run, text, allowed)
                except Exception as error:  # noqa: BLE001  # whatever it is, it is a find
                    failed += 1
                    print(f"RAISED {name}: {type(error).__name__} for {told}")
                    continue
                if seconds / allowed > worst:
                    worst, where = seconds / allowed, f"{1000 * seconds:.0f} ms for {told}"
                if seconds > allowed:
                    failed += 1
                    if failed < 40:
                        print(f"SLOW {name}: {1000 * seconds:.0f} ms of {1000 * allowed:.0f} for {told}")
        print(f"{name:<26}{100 * worst:>6.0f} % of what is allowed: {where}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{count:,} texts, {failed} too slow or raised; peak memory {peak / 1e6:.0f} MB")
    return int(failed > 0 or peak > MEMORY)


def _seconds(run: Callable[[str], Any], text: str, allowed: float) -> float:
    """Time a call; one that is too slow is timed again, for the machine may have been busy."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        run(text)
        best = min(best, time.process_time() - started)
        if best <= allowed:
            break
    return best


if __name__ == "__main__":
    sys.exit(main())
