"""The normalisers: python fuzz/normalize.py [libFuzzer's options] CORPUS. See fuzz/run.sh.

Every text with any hints gives a result that keeps the laws of tests/normalizer_laws.py, in time; so do the columns and whole records.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import atheris

sys.path.append(str(Path(__file__).parent.parent / "tests"))
with atheris.instrument_imports(include=["canonical_contact"]):
    from canonical_contact import normalize
    from canonical_contact.model import RawRecord
    from canonical_contact.normalize import Normalizer, columns
    from normalizer_laws import LAWS, kinds

from _harness import fuzz

# The promise is 10 ms for a kilobyte; instrumented code is about five times as slow. The floor is for tables that load on first use.
FOR_A_KILOBYTE = 0.050
FLOOR = 0.300
REGIONS = ("", "DE", "US", "GB", "IT", "MX", "JP", "HU", "VN", "zz", "\x00")
LANGUAGES = ("", "de", "en-GB", "hu", "zh-Hant", "tr", "nonsense")
COLUMNS = ("", "Telefon", "name.surname", "phones[0].number", "Geburtstag", "Nachname, Vorname")
PATHS = (
    "name.full", "name.given", "name.surname", "name.title", "name.suffix", "birthday", "gender", "time_zone", "created_at", "lifecycle.stage",
    "emails[0].address", "emails[1].address", "phones[0].number", "phones[0].label", "addresses[0].full", "addresses[0].street",
    "addresses[0].postcode", "addresses[0].country", "organizations[0].name", "titles[0]", "notes[0]", "preferred_languages[0]",
    "online_services[0].uri", "anniversaries[0].date", "date_order", "zone",
)  # fmt: skip
KINDS = tuple(kinds())
IN_COLUMNS = tuple(name for name in KINDS if name in columns.__all__)


def in_time(run: Callable[[], object], size: int) -> None:
    started = time.process_time()
    run()
    seconds = time.process_time() - started
    if seconds > max(FLOOR, FOR_A_KILOBYTE * size / 1000):
        raise TimeoutError(f"{seconds:.2f} s for {size} characters")


def one(data: bytes) -> None:
    """Three bytes choose the function and its hints; the rest is the text, lone surrogates for what is not UTF-8."""
    if len(data) < 3:
        return
    chosen = (*KINDS, "record", "columns", "texts")
    kind = chosen[data[0] % len(chosen)]
    hints = {
        "region": REGIONS[data[1] % len(REGIONS)],
        "language": LANGUAGES[data[2] % len(LANGUAGES)],
        "column": COLUMNS[(data[1] ^ data[2]) % len(COLUMNS)],
    }
    text = data[3:].decode("utf-8", "surrogateescape")
    if kind == "record":
        first = data[2] % len(PATHS)
        values = dict(zip((*PATHS[first:], *PATHS[:first]), text.split("\n"), strict=False))
        raw = RawRecord("sheet", "1", 1, "sheet.csv", 2, values)
        in_time(lambda: Normalizer(hints["region"]).record(raw, "sheet:1", "1"), len(text))
    elif kind == "texts":
        in_time(lambda: (normalize.fold(text), normalize.split_emails(text), normalize.split_phones(text)), len(text))
        assert normalize.fold(normalize.fold(text)) == normalize.fold(text)
        assert normalize.split_emails(text)
        assert normalize.split_phones(text)
    elif kind == "columns":
        lines = text.split("\n")
        for name in IN_COLUMNS:
            found = getattr(columns, name)(lines, **hints)
            assert list(found) == [getattr(normalize, name)(line, **hints) for line in lines]
    else:
        in_time(lambda: getattr(normalize, kind)(text, **hints), len(text))
        for law in LAWS:
            law(kind, text, **hints)


def warm() -> None:
    """Load what loads on first use."""
    for kind in KINDS:
        for text in ("Ana Sá", "+49 30 123456", "ana@bücher.example", "2020-01-02", "Deutschland", "Hauptstr. 1, 10115 Berlin"):
            getattr(normalize, kind)(text, region="DE")


if __name__ == "__main__":
    warm()
    fuzz(one)
