"""A proposed mapping as TOML with comments (tomlkit, extra [cli])."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from canonical_contact.errors import MissingExtraError
from canonical_contact.formats._fold import fold_header

if TYPE_CHECKING:
    from canonical_contact.formats.suggest import ColumnSuggestion, ConsentSuggestion, Suggestion

__all__ = ["NAMELESS", "toml_of"]

NAMELESS = (
    "The first row reads as data and not as names of columns; it is taken for them. Put a row of names before it and ask again."
)


def toml_of(suggestion: Suggestion, *, sure: float) -> str:
    """Write a proposal.

    Args:
        suggestion: the proposal.
        sure: columns below this confidence are comments.

    Raises:
        MissingExtraError: tomlkit is not installed.
    """
    try:
        import tomlkit
    except ImportError:
        raise MissingExtraError("Writing a mapping", "cli") from None
    document = tomlkit.document()
    file = PurePath(suggestion.file)
    for line in _preface(suggestion, file.name):
        document.add(tomlkit.comment(line))
    document.add("name", tomlkit.string(_name(file.stem)))
    document.add("version", tomlkit.integer(1))
    own_id = next((one for one in _addressable(suggestion.columns) if one.path == "id"), None)
    if own_id is not None:
        document.add(tomlkit.comment(_why(own_id)))
        if own_id.confidence >= sure:
            document.add("id", tomlkit.string(own_id.header))
        else:  # rows of one id are versions of one record
            document.add(tomlkit.comment(_line("id", own_id.header)))
    document.add("delimiter", tomlkit.string(suggestion.delimiter))
    document.add("encoding", tomlkit.string(suggestion.encoding))
    if suggestion.date_order:
        document.add("date_order", tomlkit.string(suggestion.date_order))
    document.add(tomlkit.nl())
    columns = tomlkit.table()
    known = _addressable(suggestion.columns)
    mapped = [one for one in known if one.path not in ("", "id") and one.confidence >= sure]
    for one in known:
        if one.path in ("", "id") and not one.alternatives and one.consent is None and one is not own_id:
            continue
        if one is own_id or one.consent is not None:
            continue
        columns.add(tomlkit.comment(_why(one)))
        if one in mapped:
            columns.add(one.header, _value(one))
        elif one.path:
            columns.add(tomlkit.comment(_line(one.header, _value(one))))
    if not mapped:
        first = known[0].header if known else "*"
        columns.add(tomlkit.comment("Nothing was recognised; a mapping needs one column at least."))
        columns.add(first, "extensions")
    document.add("columns", columns)
    if suggestion.labels:
        constants = tomlkit.table()
        for path, label in suggestion.labels:
            constants.add(path, label)
        document.add("constants", constants)
    text = tomlkit.dumps(document)
    return text + "".join(_consent(suggestion)) + _rest(suggestion, own_id)


def _addressable(columns: Sequence[ColumnSuggestion]) -> list[ColumnSuggestion]:
    """Leave out columns without a name; of those that share one, which are all read alike, keep the surest."""
    best: dict[str, ColumnSuggestion] = {}
    for one in columns:
        name = fold_header(one.header)
        known = best.get(name)
        if name and (known is None or (one.consent is not None, one.confidence) > (known.consent is not None, known.confidence)):
            best[name] = one
    return list(best.values())


def _preface(suggestion: Suggestion, file: str) -> Iterator[str]:
    yield f"A proposed mapping for {' '.join(file.split())}, from the names of its columns and {suggestion.rows:,} rows. Check every line."
    yield "Above a column: how sure it is from 0 to 1, why, and what it may be instead. docs/mapping.md explains all keys."
    if suggestion.nameless:
        yield NAMELESS
    if suggestion.preset:
        yield f"The header is that of {suggestion.preset}: without a mapping the file is read by that preset, which knows more than this."


def _name(stem: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in stem) or "mapping"


def _value(one: ColumnSuggestion) -> Any:  # noqa: ANN401  an item of tomlkit
    import tomlkit

    if not (one.label or one.split or one.join):
        return one.path
    table = tomlkit.inline_table()
    for key in ("path", "label", "split", "join"):
        if text := getattr(one, key):
            table.append(key, text)
    return table


def _line(key: str, value: Any) -> str:  # noqa: ANN401
    import tomlkit

    document = tomlkit.document()
    document.add(key, value)
    return tomlkit.dumps(document).strip()


def _why(one: ColumnSuggestion) -> str:
    parts = [f"{one.confidence:.2f}" if one.path else "not recognised", *one.reasons]
    if one.alternatives:
        parts.append("or " + ", ".join(f"{other.path} ({other.confidence:.2f})" for other in one.alternatives))
    if one.examples:
        parts.append("such as " + "  ".join(_printable(example) for example in one.examples))
    name = "" if one.path else f"{_printable(one.name)}: "
    return name + "; ".join(parts)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _consent(suggestion: Suggestion) -> Iterator[str]:
    for one in _addressable(suggestion.columns):
        if one.consent is not None:
            yield _consent_block(one.header, one.consent)


def _consent_block(name: str, consent: ConsentSuggestion) -> str:
    """Write what a consent column may mean; only a rule that can block and never permits is active."""
    import tomlkit

    lines = [f"{_printable(name)} looks like consent. Decide what it says; until then what looks like a refusal in it blocks."]
    if consent.words:
        shown = ", ".join(f"{_printable(text)} ({count:,}, read as {meaning})" for text, count, meaning in consent.words)
        lines.append(f"Its words: {shown}.")
    lines += [
        'says: "opt_out" (yes means refused), "opt_in" (yes means agreed), "status" (only a word for having left counts), "nothing".',
        'Words of the house are told by: words = { "papierkorb" = "stop" }.',
    ]
    head = "".join(f"# {line}\n" for line in lines)
    document = tomlkit.document()
    rules, rule = tomlkit.table(is_super_table=True), tomlkit.table()
    rule.add("says", consent.says)
    rule.add("channel", consent.channel)
    rule.add("purpose", "marketing")
    rules.add(name, rule)
    document.add("consent", rules)
    body = tomlkit.dumps(document).strip()
    if consent.says != "status":
        body = "\n".join(f"# {line}" for line in body.splitlines())
    return f"\n{head}{body}\n"


def _rest(suggestion: Suggestion, own_id: ColumnSuggestion | None) -> str:
    """Name the columns that nothing is proposed for."""
    known = _addressable(suggestion.columns)
    left = [
        _printable(one.name)
        for one in suggestion.columns
        if one not in known or (one.consent is None and one is not own_id and one.path == "" and not one.alternatives)
    ]
    return f"\n# Not recognised, without a name, or of a name that another has, too: {', '.join(left)}.\n" if left else ""
