"""Cards made to break a reader: each is read within a second and little memory, and what was refused is told."""

from __future__ import annotations

import io
import time
import tracemalloc
from pathlib import Path

import pytest

from canonical_contact.errors import Problem
from canonical_contact.formats import read
from canonical_contact.formats.vcard.upgrade import Upgrade
from canonical_contact.formats.vcard.wire import open_cards
from canonical_contact.formats.vcard.write import card_bytes

MEGABYTE = 1 << 20


def card(body: bytes, version: bytes = b"3.0") -> bytes:
    return b"BEGIN:VCARD\nVERSION:" + version + b"\nFN:A\n" + body + b"\nEND:VCARD\n"


def filled(piece: bytes) -> bytes:
    return piece * (MEGABYTE // len(piece))


# Seconds of the processor for a megabyte. It takes less than one (fuzz/large.py holds that); beside other work the same takes longer, and
# what grows with the square takes minutes.
ALLOWED = 3

# What comes, and a code that must be told (none where there is nothing wrong with it but its size).
BOMBS: dict[str, tuple[bytes, str]] = {
    "agents within agents": (filled(b"BEGIN:VCARD\nAGENT:\n"), "vcard.too_deep"),
    "cards that never end": (filled(b"BEGIN:VCARD\n"), "vcard.end_missing"),
    "ends without cards": (filled(b"END:VCARD\n"), ""),
    "agents that are text": (card(b"AGENT:" + filled(b"BEGIN:VCARD\\nAGENT:")), ""),
    "100,000 parameters": (card(b"TEL" + b";X-A=1" * 100_000 + b":1"), "vcard.too_many_parameters"),
    "100,000 parameters without names": (card(b"TEL" + b";" * 100_000 + b":1"), "vcard.too_many_parameters"),
    "100,000 values of a parameter": (card(b"TEL;TYPE=" + b"a," * 100_000 + b":1"), "vcard.too_many_parameters"),
    "100,000 heads": (card(b"".join(b"X-%d;A=%d:1\n" % (number, number) for number in range(60_000))), "vcard.too_long"),
    "quotes in a head": (card(b"TEL;X=" + filled(b'""') + b":1"), "vcard.too_many_parameters"),
    "open quotes": (card(filled(b'A;X=":1\n')), "vcard.too_long"),
    "a quote for each colon": (card(b'A;X="' + filled(b':"')), ""),
    "carets": (card(b"TEL;X=" + filled(b"^^n") + b":1"), ""),
    "huge base64": (card(b"PHOTO;ENCODING=b:" + b"QUJD" * (MEGABYTE * 7 // 8)), "vcard.binary_left_out"),
    "huge base64 over lines": (card(b"PHOTO;BASE64:\n" + b"QUJDQUJDQUJDQUJD\n" * (MEGABYTE // 4), b"2.1"), "vcard.too_long"),
    "huge base64 folded": (card(b"PHOTO;ENCODING=b:\n" + (b" " + b"QUJD" * 900 + b"\n") * 1000), "vcard.binary_left_out"),
    "base64 that is none": (card(b"PHOTO;ENCODING=b:" + filled(b"A=")), "vcard.base64_invalid"),
    "one line": (b"BEGIN:VCARD" + filled(b"x"), ""),
    "a long line in a card": (card(b"NOTE:" + b"x" * (5 * MEGABYTE)), "vcard.line_too_long"),
    "folds of nothing": (card(b"NOTE:" + filled(b"\n ")), "vcard.too_long"),
    "blank lines": (card(filled(b"\n")), "vcard.too_long"),
    "soft breaks": (card(b"NOTE;QUOTED-PRINTABLE:" + filled(b"=\n"), b"2.1"), "vcard.too_long"),
    "escaped octets": (card(b"NOTE;QUOTED-PRINTABLE:" + filled(b"=41"), b"2.1"), ""),
    "semicolons": (card(b"ADR:" + filled(b";")), ""),
    "commas": (card(b"N:" + filled(b",")), ""),
    "backslashes": (card(b"N:" + filled(b"\\")), ""),
    "escaped backslashes": (card(b"NICKNAME:" + filled(b"\\,")), ""),
    "lone carriage returns": (card(b"NOTE:" + filled(b"\rx")), ""),
    "NULs": (card(filled(b"\0")), "row.nul_characters"),
    "bytes of no encoding": (card(b"NOTE:" + filled(b"\xff")), ""),
    "half characters": (card(b"NOTE:" + filled(b"\xc3\n ")), ""),
    "properties without values": (card(filled(b"A:\n")), "vcard.too_long"),
    "labels without addresses": (card(filled(b"LABEL:a\n")), "vcard.too_long"),
    "lines without colons": (card(filled(b"x\n")), "vcard.line_unreadable"),
    "spaces": (b"BEGIN" + filled(b" ") + b":VCARD", ""),
    "spaces before borders": (filled(b"\n" + b" " * 1000), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_in_linear_time(name: str, tmp_path: Path) -> None:
    data, code = BOMBS[name]
    problems: list[Problem] = []
    upgrade = Upgrade()
    started = time.process_time()
    for one in open_cards(io.BytesIO(data), problems.append):
        problems += one.problems[: 1000 - len(problems)]
        card_bytes(upgrade.properties(one, problems.append), lambda *_: None)
    seconds = (time.process_time() - started) * MEGABYTE / max(MEGABYTE, len(data))
    assert seconds < ALLOWED
    assert not code or code in {problem.code for problem in problems}
    path = tmp_path / "bomb.vcf"
    path.write_bytes(data)
    started = time.process_time()
    for _ in read(path):
        pass
    assert (time.process_time() - started) * MEGABYTE / max(MEGABYTE, len(data)) < ALLOWED


@pytest.mark.parametrize(
    "name",
    [
        "agents within agents",
        "100,000 heads",
        "quotes in a head",
        "huge base64",
        "huge base64 folded",
        "semicolons",
        "blank lines",
        "spaces",
    ],
)
def test_a_bomb_takes_little_memory(name: str) -> None:
    data, _ = BOMBS[name]
    upgrade = Upgrade()
    tracemalloc.start()
    for one in open_cards(io.BytesIO(data), lambda _: None):
        card_bytes(upgrade.properties(one, lambda _: None), lambda *_: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * MEGABYTE + 10 * len(data)
