"""The reader of delimited files: python fuzz/delimited.py [libFuzzer's options] CORPUS. See fuzz/run.sh."""

from __future__ import annotations

import atheris

with atheris.instrument_imports(include=["canonical_contact"]):
    from canonical_contact.formats import Presets, SourceKind, discover, read, read_activities

from _harness import as_file, fuzz

PRESETS = Presets()


def one(data: bytes) -> None:
    for source in discover([as_file(data, "fuzz.csv")], presets=PRESETS):
        reading = read(source)
        for _ in reading:
            pass
        assert reading.problems is not None
        if source.kind is SourceKind.ACTIVITIES:
            for _ in read_activities(source):
                pass


if __name__ == "__main__":
    fuzz(one)
