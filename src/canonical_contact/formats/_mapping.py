"""What a mapping is: columns of a file to raw paths, and columns to what they say about consent; read from TOML (docs/mapping.md)."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping as Table
from pathlib import Path
from typing import Any, cast

from attrs import evolve, field, frozen

from canonical_contact.errors import ConfigError
from canonical_contact.formats._paths import LISTS, SCALARS, parse_path
from canonical_contact.model import Channel, EvidenceKind, digest

__all__ = ["EXTENSION_KINDS", "Column", "ConsentRule", "Mapping", "load_mapping", "mapping_from_toml"]

SAYS = (
    "opt_out",
    "opt_in",
    "sign_up",
    "bounce",
    "complaint",
    "legal_basis",
    "status",
    "nothing",
    "maybe_opt_out",
    "maybe_opt_in",
    "maybe",
)
CHANNELS = (*(channel.value for channel in Channel), "voice", "any")
CLASSES = ("yes", "no", "stop", "go", "blank")
EXTENSION_KINDS = ("id", "date", "number", "category", "name", "text")  # how two values of a column without a field are compared


@frozen
class Column:
    """Where the cells of a column go.

    Args:
        path: a raw path, or `extensions`.
        label: the label that the value gets, such as `mobile`; `""` for none.
        split: the cell holds several values, divided by one of these.
        join: columns of the same path are joined with this text.
        flag: only a word that says yes counts.
        value: what the cell stands for, such as `do_not_process`; with `flag`, where it says yes, and a text that says neither yes nor no
            stays what it is.
        system: for `same_as` and `external_ids`: the system that the id is of; `self` for the file's own.
        remove: text that is taken out of the cell.
        empty: texts that mean that there is nothing, besides those of the whole mapping.
        needs: the cell counts only where this other column is filled.
        also: further values, by raw path, that this column brings with it.
    """

    path: str
    label: str = ""
    split: tuple[str, ...] = ()
    join: str = ""
    flag: bool = False
    system: str = ""
    remove: str = ""
    empty: tuple[str, ...] = ()
    needs: str = ""
    also: Table[str, str] = field(factory=dict)
    value: str = ""


@frozen
class ConsentRule:
    """What a column (or the file's name) says about consent.

    Args:
        says: `opt_out` (yes means refused), `opt_in` (yes means agreed), `sign_up`, `bounce`, `complaint`, `legal_basis`,
            `status` (only a word that means stop counts), `nothing`.
        channel: a channel, `voice` or `any`.
        purpose: such as `marketing`; `any` for all.
        at: the column, or raw path, that holds the date.
        started_at: for `sign_up`: the column of the first step.
        words: words of this column and their class: `yes`, `no`, `stop`, `go`, `blank`.
        texts: folded texts of this column and what they are: `kind`, and where it differs `channel` and `purpose`.
        any_text: any text counts as yes, as in a column of dates.
        split: the cell holds several texts, divided by this.
        reason: the column that holds the reason.
        reasons: folded reasons that make it another kind (`spam` → `complaint`).
        unless: the rule counts only where this other column is blank.
        name: for a rule about the file: the word in its name.
    """

    says: str
    channel: str = "email"
    purpose: str = "marketing"
    at: str = ""
    started_at: str = ""
    words: Table[str, str] = field(factory=dict)
    texts: Table[str, Table[str, str]] = field(factory=dict)
    any_text: bool = False
    split: str = ""
    reason: str = ""
    reasons: Table[str, str] = field(factory=dict)
    unless: str = ""
    name: str = ""


@frozen(kw_only=True)
class Mapping:
    """How the columns of one kind of file are read.

    Args:
        name: its name; the system's name, too, for a preset.
        version: counted up with every change of meaning.
        system: the system's name; empty: the preset's name or the file's stem.
        detect: a header that holds all columns of one of these lists is of this kind; empty for a mapping of one's own.
        id: columns that hold the record's own id; the first that the file has is used.
        id_form: `salesforce`: ids of 15 characters are brought to their form of 18.
        delimiter: one character; empty: detected.
        encoding: a codec's name; empty: detected.
        date_order: `dmy` or `mdy`; empty: not known.
        zone: time zone of times without one; empty: not stated.
        empty: texts that mean that a cell is empty.
        primary_prefix: what marks a label as that of the main value.
        columns: column → where it goes; a `*` at the end of a name stands for anything.
        groups: numbered columns: `E-mail {n} - Value` → `emails[n].address`.
        constants: raw path of a group → the value that it has besides its columns.
        labels: labels of the source → labels as raw paths have them.
        consent: column → what it says about consent.
        file_status: rules by the file's name, the first that fits.
        known: columns that go to the extensions and are not about consent.
        ignore: columns that stay in the raw record only.
        extensions: column → a word of `EXTENSION_KINDS`; such a column is kept as a known one, and `dedupe` compares it so.
        system_column: the column that names the system of each row, for `dedupe`.
        shipped: whether it ships with the library.
        mark: hash of the text it was read from, so that an edited mapping is another one whatever its version says.
        order_shown: whether `date_order` was not stated and the file's own dates showed it.
    """

    name: str
    version: int = 1
    system: str = ""
    detect: tuple[tuple[str, ...], ...] = ()
    id: tuple[str, ...] = ()
    id_form: str = ""
    delimiter: str = ""
    encoding: str = ""
    date_order: str = ""
    zone: str = ""
    empty: tuple[str, ...] = ()
    primary_prefix: str = ""
    columns: Table[str, Column] = field(factory=dict, repr=False)
    groups: Table[str, Column] = field(factory=dict, repr=False)
    constants: Table[str, str] = field(factory=dict, repr=False)
    labels: Table[str, str] = field(factory=dict, repr=False)
    consent: Table[str, ConsentRule] = field(factory=dict, repr=False)
    file_status: tuple[ConsentRule, ...] = ()
    known: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extensions: Table[str, str] = field(factory=dict, repr=False)
    system_column: str = ""
    shipped: bool = False
    mark: str = ""
    order_shown: bool = False

    @property
    def label(self) -> str:
        """Name, version and mark, such as `hubspot/1#5c04c19e`; with the order of dates where only the file's dates show it."""
        shown = f"?order={self.date_order}" if self.order_shown else ""
        return f"{self.name}/{self.version}" + (f"#{self.mark}" if self.mark else "") + shown


def load_mapping(path: str | Path) -> Mapping:
    """Read a mapping from a TOML file; docs/mapping.md describes it.

    Args:
        path: the file.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or names a path, key or word that there is not.
    """
    place = Path(path)
    try:
        text = place.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigError(
            f"The mapping {place} cannot be read: {reason}.", path=str(place), hint="Name a TOML file in UTF-8."
        ) from None
    return mapping_from_toml(text, name=place.name.removesuffix(".toml").removesuffix(".mapping"), source=str(place))


def mapping_from_toml(text: str, *, name: str = "mapping", source: str = "mapping") -> Mapping:
    r"""Read a mapping from TOML text.

    Args:
        text: the TOML document.
        name: the mapping's name where the text states none.
        source: what errors call it.

    Raises:
        ConfigError: it is not TOML, or names a path, key or word that there is not.

    >>> mapping_from_toml('id = "Nr"\n[columns]\n"Vorname" = "name.given"').columns["Vorname"].path
    'name.given'
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{source} is not TOML: {error}", path=source, hint="Names with other letters than a-z need quotes."
        ) from None
    return evolve(_Builder(source).mapping(data, name), mark=digest(text, size=4))


class _Builder:
    """Checks a parsed TOML document piece by piece, and says where it is wrong."""

    _OTHERS = ("known", "ignore")
    _TOP = ("name", "version", "system", "detect", "id", "id_form", "delimiter", "encoding", "date_order", "zone", "empty", "primary_prefix",
            "columns", "groups", "constants", "labels", "consent", "file_status", "others", "extensions", "system_column")  # fmt: skip

    def __init__(self, source: str) -> None:
        self._source = source

    def _fail(self, path: str, message: str, hint: str) -> ConfigError:
        return ConfigError(f"{self._source}: {path}: {message}.", path=path, hint=hint)

    def mapping(self, data: dict[str, Any], name: str) -> Mapping:
        self._keys("", data, self._TOP)
        others = self._table("others", data.get("others", {}))
        self._keys("others", others, self._OTHERS)
        system, order = self._text("system", data.get("system", "")), self._text("date_order", data.get("date_order", ""))
        if ":" in system or system != system.strip():
            raise self._fail("system", "a system's name holds no colon and no outer spaces", "Use letters, digits, - and _.")
        if order not in ("", "dmy", "mdy"):
            raise self._fail("date_order", f"{order!r} is not known", 'Use "dmy" or "mdy".')
        delimiter, encoding = self._text("delimiter", data.get("delimiter", "")), self._text("encoding", data.get("encoding", ""))
        if len(delimiter) > 1 or delimiter in ('"', "\n", "\r", "\0"):
            raise self._fail("delimiter", "it must be one character, and no quote or line end", 'Such as ";", "," or "\\t".')
        self._codec(encoding)
        version = data.get("version", 1)
        if not isinstance(version, int):
            raise self._fail("version", "it must be a whole number", "Such as 1.")
        columns = {
            key: self._column(f"columns.{key}", value) for key, value in self._table("columns", data.get("columns", {})).items()
        }
        groups = {
            key: self._column(f"groups.{key}", value) for key, value in self._table("groups", data.get("groups", {})).items()
        }
        for key, column in groups.items():
            if "{n}" not in key or not any(mark in column.path for mark in ("[n]", " n]")):
                raise self._fail(
                    f"groups.{key}",
                    "a group needs {n} in the column and [n] in the path",
                    '"E-mail {n} - Value" = "emails[n].address"',
                )
        constants = {
            key: self._text(f"constants.{key}", value)
            for key, value in self._table("constants", data.get("constants", {})).items()
        }
        for key in constants:
            self._path(f"constants.{key}", key)
        consent = {
            key: self._rule(f"consent.{key}", value) for key, value in self._table("consent", data.get("consent", {})).items()
        }
        statuses = data.get("file_status", [])
        if not isinstance(statuses, list):
            raise self._fail("file_status", "it must be a list of tables", "Write [[file_status]].")
        extensions = {
            key: self._text(f"extensions.{key}", kind)
            for key, kind in self._table("extensions", data.get("extensions", {})).items()
        }
        for key, kind in extensions.items():
            if kind not in EXTENSION_KINDS:
                raise self._fail(f"extensions.{key}", f"{kind!r} is not known", f"Use one of: {', '.join(EXTENSION_KINDS)}.")
        if not columns and not groups and not extensions:
            raise self._fail("columns", "no column is mapped", 'Write [columns] and lines such as "Vorname" = "name.given".')
        return Mapping(
            name=self._text("name", data.get("name", name)),
            version=version,
            system=system,
            detect=tuple(self._texts("detect", one) for one in data.get("detect", [])),
            id=self._texts("id", data.get("id", [])),
            id_form=self._text("id_form", data.get("id_form", "")),
            delimiter=delimiter,
            encoding=encoding,
            date_order=order,
            zone=self._text("zone", data.get("zone", "")),
            empty=self._texts("empty", data.get("empty", [])),
            primary_prefix=self._text("primary_prefix", data.get("primary_prefix", "")),
            columns=columns,
            groups=groups,
            constants=constants,
            labels={
                key: self._text(f"labels.{key}", value) for key, value in self._table("labels", data.get("labels", {})).items()
            },
            consent=consent,
            file_status=tuple(self._rule(f"file_status[{index}]", one) for index, one in enumerate(statuses)),
            known=(*self._texts("others.known", others.get("known", [])), *extensions),
            ignore=self._texts("others.ignore", others.get("ignore", [])),
            extensions=extensions,
            system_column=self._text("system_column", data.get("system_column", "")),
        )

    def _codec(self, encoding: str) -> None:
        try:
            if encoding:
                codecs.lookup(encoding)
        except LookupError:
            raise self._fail("encoding", f"{encoding!r} is not known", 'Such as "utf-8", "cp1252" or "utf-16".') from None

    def _column(self, path: str, value: object) -> Column:
        if isinstance(value, str):
            self._path(path, value)
            return Column(value)
        table = self._table(path, value)
        self._keys(path, table, ("path", "label", "split", "join", "flag", "value", "system", "remove", "empty", "needs", "also"))
        target = self._text(f"{path}.path", table.get("path", ""))
        self._path(path, target)
        also = {
            key: self._text(f"{path}.also.{key}", one) for key, one in self._table(f"{path}.also", table.get("also", {})).items()
        }
        for key in also:
            self._path(f"{path}.also", key)
        texts = {
            key: self._text(f"{path}.{key}", table.get(key, ""))
            for key in ("label", "join", "value", "system", "remove", "needs")
        }
        if target == "deleted" and table.get("flag") is True:
            texts["value"] = texts["value"] or "true"  # a text that says neither yes nor no is told and blocks
        split, empty = self._texts(f"{path}.split", table.get("split", [])), self._texts(f"{path}.empty", table.get("empty", []))
        return Column(
            target, split=split, empty=empty, flag=self._flag(f"{path}.flag", table.get("flag", False)), also=also, **texts
        )

    def _rule(self, path: str, value: object) -> ConsentRule:
        table = self._table(path, value)
        names = ("channel", "purpose", "at", "started_at", "split", "reason", "unless", "name")
        self._keys(path, table, ("says", "words", "texts", "any_text", "reasons", *names))
        says = self._text(f"{path}.says", table.get("says", ""))
        if says not in SAYS:
            raise self._fail(f"{path}.says", f"{says!r} is not known", f"Use one of: {', '.join(SAYS[:8])}.")
        texts = {key: self._text(f"{path}.{key}", table[key]) for key in names if key in table}
        self._channel(path, texts.get("channel", "email"))
        words = {
            key: self._text(f"{path}.words.{key}", one)
            for key, one in self._table(f"{path}.words", table.get("words", {})).items()
        }
        if wrong := next((one for one in words.values() if one not in CLASSES), None):
            raise self._fail(f"{path}.words", f"{wrong!r} is not known", f"A word is one of: {', '.join(CLASSES)}.")
        kinds = self._table(f"{path}.texts", table.get("texts", {}))
        for key, one in kinds.items():
            self._kind(f"{path}.texts.{key}", self._table(f"{path}.texts.{key}", one).get("kind", ""))
            self._channel(f"{path}.texts.{key}", one.get("channel", "any"))
        reasons = {
            key: self._text(f"{path}.reasons.{key}", one)
            for key, one in self._table(f"{path}.reasons", table.get("reasons", {})).items()
        }
        for kind in reasons.values():
            self._kind(f"{path}.reasons", kind)
        any_text = self._flag(f"{path}.any_text", table.get("any_text", False))
        return ConsentRule(says, words=words, texts=kinds, reasons=reasons, any_text=any_text, **texts)

    def _channel(self, path: str, channel: str) -> None:
        if channel not in CHANNELS:
            raise self._fail(f"{path}.channel", f"{channel!r} is not known", f"Use one of: {', '.join(CHANNELS)}.")

    def _kind(self, path: str, kind: object) -> None:
        if kind != "nothing" and kind not in tuple(EvidenceKind):
            raise self._fail(path, f"{kind!r} is not known", f"Use one of: {', '.join(EvidenceKind)}, nothing.")

    def _path(self, path: str, target: str) -> None:
        if parse_path(target) is None:
            lists = [
                f"{name}[]{'.' if part else ''}{part}"
                for name, parts in LISTS.items()
                for part in sorted(parts)
                if name != "custom"
            ]
            raise self._fail(
                path, f"{target!r} is not a raw path", f"Use one of: {', '.join([*sorted(SCALARS), *lists, 'extensions'])}."
            )

    def _keys(self, path: str, table: Table[str, object], known: tuple[str, ...]) -> None:
        if wrong := next((key for key in table if key not in known), None):
            where = f"{path}.{wrong}" if path else wrong
            raise self._fail(where, "there is no such key", f"Use: {', '.join(known)}.")

    def _table(self, path: str, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fail(path, "it must be a table", "Write [name] with lines under it, or { key = value }.")
        return cast("dict[str, Any]", value)

    def _text(self, path: str, value: object) -> str:
        if not isinstance(value, str):
            raise self._fail(path, "it must be text", "Put it in quotes.")
        return value

    def _flag(self, path: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise self._fail(path, "it must be true or false", "Without quotes.")
        return value

    def _texts(self, path: str, value: object) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._fail(path, "it must be text or a list of texts", 'Such as ["Nr"].')
        return tuple(value)
