"""Files and folders to sources."""

from __future__ import annotations

import os
from collections.abc import Iterable
from collections.abc import Mapping as Table
from pathlib import Path

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._mapping import Mapping, load_mapping
from canonical_contact.formats._presets import Presets
from canonical_contact.formats._source import JSON_ENDINGS, MAIL, MESSAGE_ENDINGS, Source, SourceKind, check_system, inspect

__all__ = ["discover"]

# What a folder is searched for. A file that is named itself is looked at whatever it is called.
_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".psv", ".txt", ".vcf", ".vcard", ".dat", *JSON_ENDINGS, *MESSAGE_ENDINGS})


def discover(
    paths: Iterable[str | Path],
    *,
    systems: Table[str, str | Path] | Iterable[tuple[str, str | Path]] = (),
    mapping: str | Path | Mapping | None = None,
    presets: Presets | None = None,
    own: Iterable[str] = (),
) -> list[Source]:
    """Look at files and folders and tell what each file is; only the head of a file is read.

    Args:
        paths: files, and folders that are searched with all that is in them, in the order of their names.
        systems: names of systems and their files; a file that is not among `paths` is added.
        mapping: how files are read that no preset knows and that have no mapping beside them; where it fits no column of a file, the
            file is recognised as if there were none.
        presets: the tables of the run; empty: those that ship with the library.
        own: our own addresses and domains, for e-mail messages (docs/mail.md).

    Returns:
        One source a file, and one for all files of messages of a system. Files that are not contacts, and those that cannot be read,
        are there with their problem.

    Raises:
        ConfigError: a mapping is faulty, or a system's name cannot be one.

    >>> [source.problem.code for source in discover(["no-such-file.csv"])]
    ['file.missing']
    """
    tables = presets or Presets()
    how = load_mapping(mapping) if isinstance(mapping, (str, Path)) else mapping
    pairs = systems.items() if isinstance(systems, Table) else systems
    named: dict[Path, str] = {}
    places = [Path(path) for path in paths]
    for system, file in pairs:
        place = Path(file)
        if place.is_dir():
            named.update((_real(one), check_system(system)) for one in _files(place, []))
        else:
            named[_real(place)] = check_system(system)
        places.append(place)
    found: dict[Path, Source] = {}
    for place in places:
        folder = place.is_dir()
        closed: list[str] = []
        files = _files(place, closed) if folder else [place]
        for name in closed:
            found.setdefault(_real(Path(name)), _closed(name, tables))
        for file in files:
            real = _real(file)
            if real not in found and not (folder and file.name.endswith(".mapping.toml")):
                found[real] = _one(file, tables, named.get(real, ""), how, inside=folder)
        if folder and not any(found[_real(file)].kind in _READ for file in files if _real(file) in found):
            found.setdefault(_real(place), _nothing(place, tables))
    ours = tuple(own)
    return [evolve(source, own=ours) if source.preset == MAIL else source for source in _together(found.values())]


def _together(sources: Iterable[Source]) -> list[Source]:
    """Take all messages of a system together, so that each person in them is one record, whatever files name them."""
    done: list[Source] = []
    places: dict[str, int] = {}
    for source in sources:
        if source.preset != MAIL or (place := places.setdefault(source.system, len(done))) == len(done):
            done.append(source)
            continue
        first = done[place]
        parts = (*(first.parts or (first.path,)), source.path)
        name = f"{parts[0]} and {len(parts) - 1:,} more"
        done[place] = evolve(first, name=name, parts=parts, size=first.size + source.size)
    return done


_READ = (SourceKind.CONTACTS, SourceKind.ACTIVITIES)


def _one(file: Path, presets: Presets, system: str, mapping: Mapping | None, *, inside: bool) -> Source:
    if inside and not system and file.suffix.casefold() not in _SUFFIXES:
        hint = f"Its name ({file.suffix or 'no ending'}) is not that of a CSV or vCard file. It was skipped; name it by itself to read it."
        problem = Problem("file.not_contacts", hint=hint, severity=Severity.INFO, file=str(file))
        return Source(file, str(file), SourceKind.SKIPPED, problem=problem, presets=presets)
    source = inspect(file, str(file), presets, system=system)
    known = source.preset is not None and source.preset != "sheet"  # a product's export, cards, or a mapping beside the file
    if mapping is None or known or source.kind not in (SourceKind.CONTACTS, SourceKind.SKIPPED):
        return source
    mapped = inspect(file, str(file), presets, system=system, mapping=mapping)
    if mapped.kind is SourceKind.CONTACTS:
        return mapped
    if source.kind is SourceKind.SKIPPED and mapped.problem is not None and not inside:
        return evolve(source, problem=mapped.problem)  # the mapping was meant for it
    return source


def _files(folder: Path, closed: list[str]) -> list[Path]:
    """All files of a folder and the folders in it, by name; hidden ones are not looked at, `closed` gets those that cannot be."""
    files: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=lambda error: closed.append(error.filename)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [Path(root, name) for name in sorted(names) if not name.startswith(".")]
    return sorted(files)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()


def _closed(name: str, presets: Presets) -> Source:
    hint = "The directory may not be looked into by this user. Change its permissions, or run as its owner."
    problem = Problem("file.not_permitted", hint=hint, severity=Severity.ERROR, file=name)
    return Source(Path(name), name, SourceKind.BROKEN, problem=problem, presets=presets)


def _nothing(folder: Path, presets: Presets) -> Source:
    hint = "The directory holds no file of contacts that can be read. Name one that holds CSV or vCard files."
    problem = Problem("file.nothing_in_directory", hint=hint, severity=Severity.ERROR, file=str(folder))
    return evolve(Source(folder, str(folder), SourceKind.BROKEN, problem=problem, presets=presets))
