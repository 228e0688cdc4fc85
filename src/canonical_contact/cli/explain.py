"""`explain`: why two records are, or are not, one person."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from canonical_contact.cli._dedupe_run import How, evidence_of, options, plan_of, read_mapping, read_table, run, system_of
from canonical_contact.cli._options import as_json, existing_store, switches
from canonical_contact.cli._output import check_writable, note, print_json, to_terminal, writing
from canonical_contact.cli._progress import progress
from canonical_contact.errors import NotFoundError

if TYPE_CHECKING:
    from canonical_contact.engine._dedupe_plan import TablePlan
    from canonical_contact.engine._dedupe_table import Table
    from canonical_contact.engine.explaining import KeptApart
    from canonical_contact.match.explain import Explanation
    from canonical_contact.ports import ContactStore

__all__ = ["command"]

_EXAMPLES = """\b
Examples:
  canonical-contact explain people.csv 17 402
  canonical-contact explain people.csv 17 402 --values --svg pair.svg
  canonical-contact explain --store contacts.db hubspot:17715457 mailchimp:ana@example.org"""
_BAR, _LABELS = 40, 34  # columns of the widest bar; columns that labels and figures take beside it


class _Asked(NamedTuple):
    """An explanation, what became of the two, and what keeps them apart if they match: sentences for people, and the same for JSON."""

    explanation: Explanation
    outcome: str
    clusters: dict[str, Any]
    apart: str = ""


@click.command(name="explain", epilog=_EXAMPLES)
@click.argument("names", nargs=-1, metavar="[FILE] LEFT RIGHT")
@click.option(
    "--store", metavar="DB", help="Explain two records of a store instead, named as in `unify --links`: system:record_id."
)
@click.option("--map", "mapping", metavar="FILE", help="What the columns of FILE are (TOML); the others are recognised.")
@click.option("--values", is_flag=True, help="Show the values that were compared: personal data.")
@click.option("--svg", metavar="OUT", help="Draw the weights (SVG; needs the extra [report]).")
@options
@as_json
def command(
    *,
    names: tuple[str, ...],
    store: str | None,
    mapping: str | None,
    values: bool,
    svg: str | None,
    how: How,
    json_: bool,
) -> None:
    """Say why two rows of FILE, or two records of a store, are one person or not.

    LEFT and RIGHT are numbers of rows from 1 (not counting the header), or the records' own ids. The whole file is matched as by
    dedupe, since the weights are learned from it; give the same options. What is said: the verdict, what each field adds to it or takes
    from it, which keys name the pair or why none does, and what would change the verdict.
    """
    if store is None and len(names) != 3:
        raise click.UsageError(
            "Name a file and two of its rows: FILE LEFT RIGHT; or two records of a store: --store DB LEFT RIGHT."
        )
    if store is not None and (len(names) != 2 or mapping is not None):
        raise click.UsageError("With --store name two records, such as hubspot:17, and nothing of a file.")
    if store is not None and how.has_evidence:
        raise click.UsageError("--labels, --postcodes and --keys are for a FILE; a store keeps what it was matched with.")
    if json_ and svg == "-":
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    check_writable(svg, read=(*names[: len(names) - 2], mapping), store=store)
    if svg is not None:
        from canonical_contact.report import require

        require()  # before the work, not after it
    switches()
    if store is not None:
        with existing_store(store) as opened:
            asked = _in_store(opened, names, how, values=values)
    else:
        asked = _in_file(names[0], names[1:], mapping, how, values=values)
    if svg is not None:
        from canonical_contact.report.waterfall import waterfall

        with writing(svg) as stream:
            stream.write(waterfall(asked.explanation) + "\n")
    if json_:
        print_json(asked.explanation.to_dict() | {"outcome": asked.clusters})
    elif svg != "-":
        _show(asked)


# -- rows of a file ----------------------------------------------------------------------------------------------------------------------


def _in_file(file: str, named: Sequence[str], mapping: str | None, how: How, *, values: bool) -> _Asked:
    from canonical_contact.engine.explaining import explainer_of

    with progress() as bar:
        bar.stage("read", None)
        table, known = evidence_of(read_table(file)), read_mapping(mapping)
        plan = plan_of(table, known)
        left, right = (_row(table, plan, text) for text in named)
        if left == right:
            raise click.UsageError(f"{named[0]} and {named[1]} are one row; name two.")
        found = run(table, how, mapping=known, progress=bar)
        bar.stage("explain", None)
        explainer = explainer_of(found)
        explanation = explainer.explain(left, right, values=values)
    ids = [found.cluster_ids[row] for row in (left, right)]
    together, kept = ids[0] == ids[1], None
    if together:
        outcome = f"in one cluster of {found.cluster_ids.count(ids[0])} rows"
        outcome += "" if explanation.judgement.value == "match" else ", through others of it"
    else:
        waiting = next((pair for pair in found.review if {pair.left, pair.right} == {left, right}), None)
        outcome = "in two clusters" + (f"; a person is asked ({waiting.reason})" if waiting else "")
        if explanation.judgement.value == "match":
            mine, theirs = ([row for row, one in enumerate(found.cluster_ids) if one == number] for number in ids)
            kept = explainer.kept_apart(left, right, mine, theirs)
    clusters = {"rows": [left + 1, right + 1], "cluster_ids": ids, "together": together}
    asked = _Asked(explanation, f"rows {left + 1} and {right + 1}: {outcome}", clusters)
    return _kept_apart(asked, kept, lambda row: row + 1, "row")


def _row(table: Table, plan: TablePlan, text: str) -> int:
    """The place of a row that is named by its number, its id, or the key that an explanation shows.

    Raises:
        NotFoundError: there is none, or there are several.
    """
    name = text.strip()
    own = [(cell or "").strip() for cell in table[plan.id_column]] if plan.id_column else list(map(str, range(1, table.rows + 1)))
    if name.isdecimal() and 1 <= int(name) <= table.rows:
        row = int(name) - 1
        if name in own and own[row] != name:
            prefix = system_of(table.name)
            note(
                f"note: {name} is taken for the number of a row; to name the record whose {plan.id_column} is {name}: {prefix}:{name}"
            )
        return row
    systems = [(cell or "").strip() for cell in table[plan.system_column]] if plan.system_column else [""] * table.rows
    keys = zip(own, systems, strict=True)
    rows = [row for row, (one, system) in enumerate(keys) if name in (one, f"{system or system_of(table.name)}:{one}")]
    if len(rows) == 1:
        return rows[0]
    if rows:
        numbers = ", ".join(str(row + 1) for row in rows[:5])
        raise NotFoundError(f"{len(rows):,} rows are called {text!r}.", path=text, hint=f"Name one by its number: {numbers}.")
    ids = f", or what stands in the column {plan.id_column}" if plan.id_column else ""
    raise NotFoundError(f"There is no row {text!r}.", path=text, hint=f"Name a number from 1 to {table.rows:,}{ids}.")


# -- records of a store ------------------------------------------------------------------------------------------------------------------


def _in_store(store: ContactStore, names: Sequence[str], how: How, *, values: bool) -> _Asked:
    from canonical_contact.engine.explaining import explainer_of_store

    explainer = explainer_of_store(store, policy=how.settings.policy)
    by_key = {record.key: place for place, record in enumerate(explainer.records)}
    keys = [_key(store, by_key, name) for name in names]
    if keys[0] == keys[1]:
        raise click.UsageError(f"{names[0]} and {names[1]} are one record; name two.")
    explanation = explainer.explain(*(by_key[key] for key in keys), values=values)
    members = dict(store.members())
    ids = [members.get(key, "") for key in keys]
    together = ids[0] == ids[1] != ""
    outcome = f"one contact: {ids[0]}" if together else f"two contacts: {ids[0] or 'none'} and {ids[1] or 'none'}"
    kept = None
    if together and explanation.judgement.value != "match":
        outcome += ", through other records"
    elif not together and explanation.judgement.value == "match":
        homes = [members.get(key, key) for key in keys]  # of a record that no run has placed yet: itself
        mine, theirs = ([place for key, place in by_key.items() if members.get(key, key) == home] for home in homes)
        kept = explainer.kept_apart(by_key[keys[0]], by_key[keys[1]], mine, theirs)
    clusters = {"records": keys, "contact_ids": ids, "together": together}
    asked = _Asked(explanation, f"in the store {outcome}", clusters)
    return _kept_apart(asked, kept, lambda place: explainer.records[place].key, "record")


def _key(store: ContactStore, known: dict[str, int], name: str) -> str:
    """The key of a record; `system:record_id` may stand for it where only one record bears it.

    Raises:
        NotFoundError: there is none, or there are several.
    """
    if name in known:
        return name
    keys = [row.key for row in store.records() if f"{row.system}:{row.label}" == name and row.key in known]
    if len(keys) == 1:
        return keys[0]
    hint = "Name it as `unify --links` writes it: system:record_id."
    if keys:
        raise NotFoundError(f"{len(keys)} records are called {name}.", path=name, hint=f"Name one of {', '.join(keys[:5])}.")
    raise NotFoundError(f"There is no record {name} in the store.", path=name, hint=hint)


# -- what is shown -----------------------------------------------------------------------------------------------------------------------


def _kept_apart(asked: _Asked, kept: KeptApart | None, name: Callable[[int], Any], word: str) -> _Asked:
    """Say which third record keeps two that match in two clusters."""
    told = kept and {
        word: name(kept.third), "with": name(kept.other), "score": kept.score, "reason": kept.reason, "never": kept.apart,
    }  # fmt: skip
    line = ""
    if kept:
        line = f"kept apart by {word} {name(kept.third)}: score {kept.score:.4f} with {word} {name(kept.other)} ({kept.reason})"
        line += "; never in one cluster" if kept.apart else ""
    return asked._replace(clusters=asked.clusters | ({"kept_apart_by": told} if told else {}), apart=line)


def _show(asked: _Asked) -> None:
    from rich.text import Text

    console = to_terminal()
    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    for place, line in enumerate(_lines(asked, ascii_only=plain, width=max(10, min(_BAR, console.width - _LABELS)))):
        style = "bold" if place == 0 else "green" if "█" in line else "red" if "▒" in line else ""
        console.print(Text(line, style), soft_wrap=True)


def _lines(asked: _Asked, *, ascii_only: bool, width: int) -> Iterator[str]:
    explanation = asked.explanation
    unnamed = explanation.keys and not explanation.found_by
    for place, line in enumerate(explanation.lines(ascii_only=ascii_only, width=width)):
        yield line
        if asked.apart and place == 1:  # below the verdict, which it stands against
            yield asked.apart
        if unnamed and line == "no key names this pair":
            for finding in explanation.keys:
                yield f"  {finding.key}: {finding.says}" + (f" ({finding.value})" if finding.value else "")
    yield asked.outcome
