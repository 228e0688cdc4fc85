"""The one way to read a file of contacts, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import evolve

from canonical_contact.errors import InputError, Problem, Severity
from canonical_contact.formats._activities import activity_rows
from canonical_contact.formats._lines import Limits
from canonical_contact.formats._mapping import Mapping, load_mapping
from canonical_contact.formats._presets import Presets
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._source import JSON_CARDS, MAIL, Source, SourceKind, check_system, inspect
from canonical_contact.model import Activity, ConsentEvidence, RawRecord

__all__ = ["Reading", "read", "read_activities"]

# Why a record is held by a word that nobody knows → the list of raw paths whose column held the word.
_UNKNOWN_WORDS = {"restriction_unknown": "restrictions", "email_status_unknown": "emails"}


class Reading:
    """The records of a file, read one by one in constant memory; each iteration starts anew.

    Args:
        source: what is read.
        presets: the tables of the run.
        limits: how much may be in memory at once.
    """

    def __init__(self, source: Source, presets: Presets, limits: Limits) -> None:
        self.source = source
        self._presets, self._limits = presets, limits
        self._progress = Progress(source.name, presets, limits)

    @property
    def preset(self) -> str | None:
        """The preset's name; None where nothing can be read."""
        return self.source.preset

    @property
    def mapping(self) -> Mapping | None:
        """How the columns are read, with the order of dates that the rows showed; None for cards and messages."""
        return self._progress.mapping or self.source.mapping

    @property
    def problems(self) -> list[Problem]:
        """Problems of the file as a whole and of rows that were left out; complete when the iteration is over."""
        return self._progress.problems

    @property
    def rows_read(self) -> int:
        """How many records were read so far."""
        return self._progress.rows_read

    @property
    def rows_skipped(self) -> int:
        """How many rows or cards were left out so far."""
        return self._progress.rows_skipped

    @property
    def bytes_read(self) -> int:
        """How far the file was read (of `source.size`)."""
        return self._progress.bytes_read

    def columns(self) -> dict[str, str]:
        """Tell which raw paths the file has a column for, whether it is filled or not; none for cards and messages.

        Returns:
            Raw path → column. Of an extension `extensions.COLUMN`.
        """
        mapping = self.mapping
        if mapping is None or self.source.layout is None or not self.source.layout.header:
            return {}
        from canonical_contact.formats._table import bind

        plan = bind(self.source, mapping, self._progress)
        return dict(plan.columns([(place, name) for place, name in enumerate(plan.names)]))

    def judge_again(self, shown: ConsentEvidence) -> tuple[ConsentEvidence, ...]:
        """Tell what evidence of a column that was not mapped when it was read is by this file's mapping.

        Args:
            shown: of the kind `unmapped_opt_out`, of the same system.

        Returns:
            Nothing where the mapping settles the column; itself where the mapping does not know it; else what its rule makes of the text.
        """
        from canonical_contact.formats._consent import BoundRule
        from canonical_contact.formats._fold import fold_header
        from canonical_contact.formats._match import Names, group_column

        mapping, column = self.source.mapping, fold_header(shown.column)
        if mapping is None:
            return (shown,)
        rule = Names(mapping.consent).get(column)
        if rule is not None:
            kind, channel, purpose, _ = BoundRule(rule, -1, shown.column, self._presets.vocabulary).judge(shown.raw)
            return () if kind is None else (evolve(shown, kind=kind, channel=channel, purpose=purpose),)
        if shown.reason in _UNKNOWN_WORDS:  # the mapping knew the column then, and not the word
            told = Names(mapping.columns).get(column)
            if (
                told is not None
                and told.path.startswith(_UNKNOWN_WORDS[shown.reason])
                and shown.raw.casefold() not in map(str.casefold, told.empty)
            ):
                return (shown,)
        names: Names[bool] = Names.of((*mapping.columns, *mapping.known, *mapping.ignore, *mapping.id), value=True)
        return () if names.get(column) or group_column(mapping.groups, column) else (shown,)

    def __iter__(self) -> Iterator[RawRecord]:
        """Read the records; no content of a file raises."""
        progress = self._progress = Progress(self.source.name, self._presets, self._limits)
        if self.source.kind is not SourceKind.CONTACTS:
            progress.tell(self.source.problem or _not_contacts(self.source))
            return
        try:
            if self.source.preset == MAIL:
                from canonical_contact.formats.mail import mail_records

                yield from mail_records(self.source, progress)
            elif self.source.preset in JSON_CARDS:
                from canonical_contact.formats._json_cards import json_card_records

                yield from json_card_records(self.source, progress)
            elif self.source.preset == "vcard":
                from canonical_contact.formats._cards import card_records

                yield from card_records(self.source, progress)
            else:
                from canonical_contact.formats._table import table_records

                yield from table_records(self.source, progress)
        except OSError as error:
            progress.tell(_lost(error))
            return
        if not progress.rows_read and not progress.rows_skipped:
            cards = self.source.preset in (*JSON_CARDS, MAIL, "vcard")
            hint = (
                "It holds no contact that can be read."
                if cards
                else "The file has a header and no rows; there is nothing to read."
            )
            progress.tell(Problem("file.no_rows", hint=hint))


def _not_contacts(source: Source) -> Problem:
    return Problem("file.not_contacts", hint=f"It holds {source.kind}, not contacts.", severity=Severity.INFO)


def _lost(error: OSError) -> Problem:
    hint = f"Reading stopped: {error.strerror or 'the system gives no reason'}. The rows before it were read; check the disk and run again."
    return Problem("file.reading_stopped", hint=hint, severity=Severity.ERROR)


def read(
    source: Source | str | Path,
    *,
    system: str = "",
    mapping: str | Path | Mapping | None = None,
    presets: Presets | None = None,
    limits: Limits | None = None,
) -> Reading:
    """Read a file of contacts: CSV of a known product, any other table, vCard, jCard, JSContact, or the people of e-mail messages.

    Args:
        source: a path, or what `discover` returned.
        system: the system's name; empty: the preset's name, or the file's stem.
        mapping: a mapping, its TOML file, or the name of a preset; empty: the one beside the file, or a preset by the header.
        presets: the tables of the run; empty: those that ship with the library.
        limits: how much may be in memory at once.

    Returns:
        The records to iterate over, with the problems of the file.

    Raises:
        ConfigError: the mapping is faulty, or the system's name cannot be one.

    >>> reading = read("no-such-file.csv")
    >>> list(reading), [problem.code for problem in reading.problems]
    ([], ['file.missing'])
    """
    tables = presets or (source.presets if isinstance(source, Source) else None) or Presets()
    if system:
        check_system(system)
    own = mapping
    if isinstance(own, str):
        own = tables.get(own) or own
    if isinstance(own, (str, Path)):
        own = load_mapping(own)
    if not isinstance(source, Source):
        source = inspect(Path(source), str(source), tables, system=system, mapping=own)
    elif source.preset == MAIL:
        source = evolve(source, system=system or source.system)
    elif system or own is not None:
        source = inspect(source.path, source.name, tables, system=system or (source.system if own is None else ""), mapping=own)
    return Reading(source, tables, limits or Limits())


def read_activities(source: Source, *, limits: Limits | None = None) -> Iterator[Activity | Problem]:
    """Read a file of process events or interactions.

    Args:
        source: what `discover` returned, with `has_activities`: an export of events, or messages.
        limits: how much may be in memory at once.

    Yields:
        One activity a row; where a row cannot be read, a problem that names its line. The record's key is `system:record_id` as the
        file states it; for systems without ids the record id is the number of the row in its file.

    Raises:
        InputError: the source is of another kind.
    """
    if not source.has_activities:
        raise InputError(f"{source.name} holds no activities.", path=source.name, hint="Pass a source of the kind activities.")
    progress = Progress(source.name, source.presets or Presets(), limits or Limits())
    return _activities(source, progress)


def _activities(source: Source, progress: Progress) -> Iterator[Activity | Problem]:
    try:
        if source.preset == MAIL:
            from canonical_contact.formats.mail import mail_activities

            yield from mail_activities(source, progress)
        else:
            yield from activity_rows(source, progress)
    except OSError as error:
        progress.tell(_lost(error))
    yield from progress.problems
