"""Bytes to text: which encoding a file is in, told from its head, and a decoding that no later byte can stop."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

__all__ = ["SAMPLE_BYTES", "binary_kind", "control_share", "decode", "detect_encoding", "file_blocks"]

SAMPLE_BYTES = 1 << 16

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAGIC = (
    (b"PK\x03\x04", "a zip container such as an Excel or LibreOffice file", "Save it as CSV (UTF-8) and read that."),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Outlook file", "Save it as CSV (UTF-8) and read that."),
    (b"!BDN", "an Outlook data file (.pst)", "Export the contacts as CSV from Outlook and read that."),
    (b"\x1f\x8b", "a gzip file", "Unpack it and read what is inside."),
    (b"%PDF", "a PDF file", "Export the contacts as CSV or vCard from where they live."),
    (b"\x89PNG", "a PNG picture", "Name a CSV or vCard file."),
    (b"\xff\xd8\xff", "a JPEG picture", "Name a CSV or vCard file."),
    (b"GIF8", "a GIF picture", "Name a CSV or vCard file."),
    (b"SQLite format 3\x00", "an SQLite database", "Name a CSV or vCard file; a store is named with --store."),
    (b"\x7fELF", "a program", "Name a CSV or vCard file."),
    (b"PAR1", "a Parquet file", "Write it as CSV and read that."),
)
# Single-byte pages that charset-normalizer may prefer over cp1252; multi-byte guesses on few letters are too often wrong.
_PAGES = ("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257")

# What "surrogateescape" makes of a byte that an encoding does not know, read as Windows-1252 (or Latin-1 where that has a gap).
_ESCAPED = {0xDC00 + byte: bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)}


def binary_kind(sample: bytes) -> tuple[str, str] | None:
    """Name what a file with a known signature is, and what helps; None for anything else.

    >>> binary_kind(b"%PDF-1.7")[0]
    'a PDF file'
    """
    return next(((what, hint) for magic, what, hint in _MAGIC if sample.startswith(magic)), None)


def control_share(sample: bytes) -> float:
    r"""Tell the share of bytes that text does not hold (NUL and other control characters).

    >>> control_share(b"ab\x00c")
    0.25
    """
    return len(_CONTROL.findall(sample)) / len(sample) if sample else 0.0


def detect_encoding(sample: bytes, *, whole: bool = False) -> tuple[str, int]:
    r"""Tell the encoding of a text from its first bytes, and how many of them are a byte order mark.

    UTF-8 is also the answer for a text that is UTF-8 but for few bytes: `decode` reads those as Windows-1252.

    Args:
        sample: the head of the file.
        whole: whether that is the whole file (a character cut at the end counts as broken then).

    Returns:
        A codec name and the length of the mark, from 0 to 4.

    >>> detect_encoding(b"\xef\xbb\xbfName"), detect_encoding("Zoë".encode("cp1252"), whole=True), detect_encoding("a,b".encode("utf-16-le"))
    (('utf-8', 3), ('cp1252', 0), ('utf-16-le', 0))
    """
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding, len(mark)
    if wide := _wide(sample):
        return wide, 0
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=whole)
    except UnicodeDecodeError:
        good = _MULTIBYTE.findall(sample)
        bad = len(_HIGH.findall(sample)) - sum(map(len, good))
        return ("utf-8", 0) if good and len(good) >= bad else (_page(sample), 0)
    return "utf-8", 0


def _wide(sample: bytes) -> str:
    """Recognise UTF-16 without a mark: text in it has a NUL beside nearly every ASCII character, always on the same side."""
    half = len(sample) // 2
    if half < 2 or b"\0" not in sample:
        return ""
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _page(sample: bytes) -> str:
    """Choose a Windows code page: cp1252, or what charset-normalizer (extra [encoding]) finds clearly better."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return "cp1252"
    found = from_bytes(sample, cp_isolation=list(_PAGES), preemptive_behaviour=False)
    western = next((match for match in found if "cp1252" in (match.encoding, *match.could_be_from_charset)), None)
    best = found.best()
    if best is None or (western is not None and western.chaos <= best.chaos + 0.02):
        return "cp1252"
    return best.encoding if best.encoding in _PAGES else "cp1252"


def decode(data: bytes, encoding: str) -> tuple[str, bool]:
    r"""Decode bytes; those that the encoding does not know are read as Windows-1252, so that nothing is lost and nothing raises.

    Returns:
        The text, and whether such bytes were there.

    >>> decode(b"Zo\xc3\xab, Andr\xe9", "utf-8")
    ('Zoë, André', True)
    """
    try:
        return data.decode(encoding), False
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(encoding, "surrogateescape").translate(_ESCAPED), True
    except UnicodeDecodeError:  # a multi-byte code with a broken half below 0x80
        return data.decode(encoding, "replace"), True


def file_blocks(stream: BinaryIO, encoding: str, size: int) -> Iterator[bytes]:
    """Read a stream block by block; the wide encodings are recoded to UTF-8, so that a line end is one byte everywhere."""
    if encoding not in _WIDE:
        while block := stream.read(size):
            yield block
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    while block := stream.read(size):
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
