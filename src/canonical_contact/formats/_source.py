"""What a file is: looked at by its first bytes, never by more; nothing about its content raises."""

from __future__ import annotations

import csv
import io
import re
import stat
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from attrs import evolve, field, frozen

from canonical_contact.errors import ConfigError, Problem, Severity
from canonical_contact.formats._cells import restore
from canonical_contact.formats._fold import fold_header
from canonical_contact.formats._mapping import Mapping, load_mapping
from canonical_contact.formats._match import header_match
from canonical_contact.formats._presets import Presets
from canonical_contact.formats._text import SAMPLE_BYTES, binary_kind, control_share, decode, detect_encoding

__all__ = [
    "JSON_CARDS",
    "JSON_ENDINGS",
    "MAIL",
    "MESSAGE_ENDINGS",
    "Layout",
    "Source",
    "SourceKind",
    "check_system",
    "inspect",
    "is_data",
]

_DELIMITERS = (",", ";", "\t", "|")
_CARD = re.compile(r"^\s*BEGIN\s*:\s*VCARD\s*$", re.IGNORECASE | re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]")
_NUMBER = re.compile(r"\d[\d ()./-]{5,}\d")
_EVENTS = frozenset({"system", "record_id", "event", "at"})
_INTERACTIONS = frozenset({"system", "record_id", "kind", "at"})
_HEADER_ROWS = 5  # so many rows may be the header; titles and blank rows stand before it
_BINARY_SHARE = 0.01
# Cards in JSON: with the type of RFC 9553, or without it and with what only a card has; with the word of RFC 7095.
_JSCONTACT = re.compile(r'"@type"\s*:\s*"Card(?:Group)?"|"version"\s*:\s*"[12]\.0"\s*,[^{}]*"(?:uid|name|emails|phones)"\s*:')
_JCARD = re.compile(r'\s*\[\s*(?:"vcardstream"\s*,\s*)?(?:\[\s*)?"vcard"\s*,', re.IGNORECASE)
_OUR_OWN = re.compile(r'"schema_version"\s*:\s*"\d+\.\d+"')
JSON_CARDS = ("jscontact", "jcard")  # the presets of cards in JSON
JSON_ENDINGS = (".json", ".jsonl", ".ndjson", ".jscontact", ".jcard")
MAIL = "mail"  # the preset of messages
MESSAGE_ENDINGS = (".eml", ".mbox", ".mbx")
_HEADER_BYTES = 1 << 20  # so long may a header be that does not end in the sample
_NAME_CHARS = 5_000  # a longer cell is no name of a column
_COLUMNS = 5_000  # a row of more cells is no header


class SourceKind(StrEnum):
    """What a file is to the reader."""

    CONTACTS = "contacts"
    ACTIVITIES = "activities"
    SKIPPED = "skipped"  # readable, and not about contacts
    BROKEN = "broken"  # missing, empty, binary, not permitted


@frozen
class Layout:
    """How the text of a file is laid out.

    Args:
        encoding: a codec's name.
        start: bytes of the byte order mark.
        line_end: what ends a line.
        delimiter: what divides the cells; empty for cards.
        header: the cells of the header; empty for cards.
        header_row: number of the header among the rows, from 0.
    """

    encoding: str
    start: int = 0
    line_end: bytes = b"\n"
    delimiter: str = ""
    header: tuple[str, ...] = ()
    header_row: int = 0


@frozen
class Source:
    """A file, and what it was recognised as.

    Args:
        path: where it is.
        name: how the caller named it.
        kind: contacts, activities, skipped or broken.
        system: the source's name in links.csv; empty where nothing is read from it.
        preset: the preset's name, `sheet`, `vcard`, `jscontact`, `jcard`, or the name of an own mapping; None where nothing is read from it.
        problem: for a skipped or broken file: why, and what to do.
        size: bytes.
        mapping: how its columns are read.
        layout: how its text is laid out.
        presets: the tables to read it with.
        parts: the files that are read together; empty for a single one.
        own: our own addresses and domains, for messages.
    """

    path: Path
    name: str
    kind: SourceKind
    system: str = ""
    preset: str | None = None
    problem: Problem | None = None
    size: int = 0
    mapping: Mapping | None = field(default=None, repr=False)
    layout: Layout | None = field(default=None, repr=False)
    presets: Presets | None = field(default=None, repr=False, eq=False)
    parts: tuple[Path, ...] = field(default=(), repr=False)
    own: tuple[str, ...] = ()

    @property
    def has_activities(self) -> bool:
        """Whether `read_activities` finds something in it: an export of events, or messages, which are contacts as well."""
        return self.kind is SourceKind.ACTIVITIES or self.preset == MAIL


def check_system(name: str) -> str:
    """Check the name of a system.

    Raises:
        ConfigError: it is empty, or holds a colon, a line end or outer spaces.
    """
    if not name or ":" in name or name != name.strip() or not name.isprintable():
        raise ConfigError(f"{name!r} cannot name a system.", path="system", hint="Use letters, digits, - and _; no colon.")
    return name


def inspect(
    path: Path, name: str, presets: Presets, *, system: str = "", mapping: Mapping | None = None, beside: bool = True
) -> Source:
    """Look at one file.

    Args:
        path: where it is.
        name: how the caller names it.
        presets: what it may be.
        system: the system's name, where the caller gives one.
        mapping: how its columns are read, where the caller says so; else a mapping that lies beside it, else a preset.
        beside: whether a mapping that lies beside it counts.

    Raises:
        ConfigError: a mapping that lies beside it is faulty.
    """
    source = Source(path, name, SourceKind.BROKEN, presets=presets)
    sample = b""
    problem = None
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            problem = _problem("file.directory", name, "It is a directory, not a file.", "Name a file in it.")
        elif not stat.S_ISREG(status.st_mode):
            problem = _problem("file.not_regular", name, "It is a device or a pipe.", "Write it to a file and name that.")
        else:
            source = evolve(source, size=status.st_size)
            with path.open("rb") as stream:
                sample = stream.read(SAMPLE_BYTES)
                if b"\n" not in sample and b"\r" not in sample:
                    sample += stream.read(_HEADER_BYTES)
    except (OSError, ValueError) as error:
        problem = _os_problem(name, error)
    if problem is None and (not sample.strip() or not sample.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")):
        problem = _problem("file.empty", name, "The file is empty.", "Export it again, and check that the export ended.")
    if problem is None and (known := binary_kind(sample)) is not None:
        problem = _problem("file.binary", name, f"It is {known[0]}.", known[1])
    if problem is not None:
        return evolve(source, problem=problem)
    neighbour = path.with_name(f"{path.stem}.mapping.toml")
    if beside and mapping is None and path.suffix.casefold() != ".toml" and neighbour.is_file():
        mapping = load_mapping(neighbour)
    return _recognise(source, sample, presets, system, mapping)


def _recognise(source: Source, sample: bytes, presets: Presets, system: str, mapping: Mapping | None) -> Source:
    if mapping is None and _is_mail(source.path, sample):
        return evolve(source, kind=SourceKind.CONTACTS, system=system or MAIL, preset=MAIL)
    whole = len(sample) >= source.size
    # Some phones fold inside a character; joined lines show what encoding it is.
    unfolded = _FOLD.sub(b"", sample) if b"BEGIN:VCARD" in sample[:2000].upper() else sample
    encoding, start = detect_encoding(unfolded, whole=whole)
    if mapping is not None and mapping.encoding:
        encoding = mapping.encoding
    wide = encoding.startswith(("utf-16", "utf-32"))
    text = sample[start:].decode(encoding, "replace") if wide else decode(sample[start:], encoding)[0]
    line_end = b"\n" if "\n" in text or "\r" not in text else b"\r"
    layout = Layout(encoding, start, line_end)
    if _CARD.search(text.replace("\r", "\n")):
        card_system = system or (mapping.system if mapping else "") or "vcard"
        return evolve(source, kind=SourceKind.CONTACTS, system=card_system, preset="vcard", layout=layout)
    bare = text.lstrip(" \t\r\n\x1e\ufeff")
    if bare[:1] in ("{", "["):
        preset = "jcard" if _JCARD.match(bare) else "jscontact" if _JSCONTACT.search(bare) else ""
        if preset:
            json_system = system or (mapping.system if mapping else "") or preset
            return evolve(source, kind=SourceKind.CONTACTS, system=json_system, preset=preset, layout=layout)
        if source.path.suffix.casefold() in JSON_ENDINGS:
            why = (
                "It holds documents of our own, which stay as they are. Bring them to cards with convert, and read those."
                if _OUR_OWN.search(bare)
                else "It is JSON and holds no cards of JSContact or jCard. It was skipped."
            )
            return evolve(source, kind=SourceKind.SKIPPED, problem=evolve(_skip(source.name, ""), hint=why))
    best = _header(text, line_end.decode(), presets, mapping, whole=whole)
    noise = not wide and control_share(sample) > _BINARY_SHARE
    binary = _problem("file.binary", source.name, "It is a binary file.", "Name a CSV or vCard file.")
    if best is None and noise:
        return evolve(source, problem=binary)
    if best is None:
        return evolve(source, kind=SourceKind.SKIPPED, problem=_skip(source.name, "It holds no rows."))
    delimiter, header, row, found = best
    header = tuple([restore(cell) for cell in header])
    layout = evolve(layout, delimiter=delimiter, header=header, header_row=row)
    folded = {fold_header(cell) for cell in header}
    if mapping is None and (folded >= _EVENTS or folded >= _INTERACTIONS):
        return evolve(source, kind=SourceKind.ACTIVITIES, layout=layout)
    if found is not None:
        stem = re.sub(r"[:\s]+", "_", source.path.stem.strip()) or "file"
        own = found.system or (found.name if found.detect else stem)
        return evolve(source, kind=SourceKind.CONTACTS, system=system or own, preset=found.name, mapping=found, layout=layout)
    if noise:
        return evolve(source, problem=binary)
    if mapping is not None:
        why = f"None of the columns of the mapping {mapping.name} is in its header{_columns(header)}."
        hint = "Check the names of the columns and the delimiter in the mapping."
        return evolve(source, problem=_problem("mapping.fits_no_column", source.name, why, hint))
    if source.path.suffix.casefold() in (".vcf", ".vcard"):
        return evolve(
            source,
            kind=SourceKind.SKIPPED,
            problem=evolve(
                _skip(source.name, ""),
                hint="It holds no card: no line says BEGIN:VCARD. It was skipped. Export it again as vCard.",
            ),
        )
    why = (
        "Its first row reads as data and not as names of columns."
        if is_data(header)
        else f"Its columns are not those of contacts{_columns(header)}."
    )
    return evolve(source, kind=SourceKind.SKIPPED, problem=_skip(source.name, why), layout=layout)


def _is_mail(path: Path, sample: bytes) -> bool:
    from canonical_contact.formats.mail._mbox import starts_mbox
    from canonical_contact.formats.mail._message import looks_like_message

    named = path.suffix.casefold() in MESSAGE_ENDINGS
    return starts_mbox(sample) or looks_like_message(sample, named=named)


def _header(
    text: str, line_end: str, presets: Presets, mapping: Mapping | None, *, whole: bool
) -> tuple[str, tuple[str, ...], int, Mapping | None] | None:
    """Find delimiter and header: the pair that a mapping knows most columns of, else the first row with the most cells."""
    if not whole and line_end in text:
        text = text[: text.rfind(line_end) + 1]
    delimiters = (
        (mapping.delimiter,)
        if mapping and mapping.delimiter
        else tuple(one for one in _DELIMITERS if one in text[:20_000]) or (",",)
    )
    best: tuple[int, int, int, str, tuple[str, ...], int, Mapping | None] | None = None
    for place, delimiter in enumerate(delimiters):
        seen = 0
        for number, cells in enumerate(_first_rows(text, line_end, delimiter)):
            if not any(cell.strip() for cell in cells) or (seen == 0 and cells[0].casefold() == "sep="):
                continue
            seen += 1
            found, score = _fit(cells, presets, mapping)
            if (seen == 1 or found is not None) and (
                best is None or (score, len(cells) if score or seen == 1 else 0, -place) > best[:3]
            ):
                best = (score, len(cells), -place, delimiter, tuple(cells), number, found)
            if seen >= _HEADER_ROWS:
                break
    return best[3:] if best else None


def _fit(cells: list[str], presets: Presets, mapping: Mapping | None) -> tuple[Mapping | None, int]:
    if mapping is not None:
        score = header_match(mapping, cells)
        return (mapping if score else None), score
    if len(cells) > _COLUMNS or any("@" in cell or len(cell) > _NAME_CHARS for cell in cells):
        return None, 0  # a row of data
    found = presets.recognise(cells)
    return found, header_match(found, cells) if found else 0


def _first_rows(text: str, line_end: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=line_end), delimiter=delimiter)
    for _ in range(30):
        try:
            yield next(reader)
        except (csv.Error, StopIteration):
            return


def is_data(header: tuple[str, ...]) -> bool:
    """Tell a row that states somebody's address or number from one that names columns."""
    return any("@" in cell or _NUMBER.search(cell) for cell in header)


def _columns(header: tuple[str, ...]) -> str:
    """Name the columns; a row of data that stands in their place is not repeated in messages."""
    if is_data(header):
        return ", whose first row reads as data"
    names = [name.strip()[:30] for name in header if name.strip()]
    return ": " + ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _problem(code: str, name: str, what: str, hint: str, raw: str = "") -> Problem:
    return Problem(code, raw=raw, hint=f"{what} {hint}", severity=Severity.ERROR, file=name)


def _skip(name: str, why: str) -> Problem:
    hint = "It was skipped. If it does hold contacts, write a mapping for it (docs/mapping.md)."
    return Problem("file.not_contacts", hint=f"{why} {hint}", severity=Severity.INFO, file=name)


def _os_problem(name: str, error: OSError | ValueError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return _problem("file.missing", name, "There is no such file.", "Check its name and path.")
    if isinstance(error, PermissionError):
        return _problem(
            "file.not_permitted", name, "It may not be read by this user.", "Change its permissions, or run as its owner."
        )
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "the system refuses the path"
    return _problem("file.unreadable", name, f"It cannot be read: {reason}.", "Copy it to a local disk and try again.")
