"""`map`: a proposed mapping for a table that nobody knows yet."""

from __future__ import annotations

from pathlib import Path

import click

from canonical_contact.cli._options import as_json
from canonical_contact.cli._output import check_writable, note, print_json, writing

__all__ = ["command"]

_SURE = 0.5


@click.command(name="map")
@click.argument("file", metavar="FILE")
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    help="Where to write the TOML; default: NAME.mapping.toml beside FILE; - for standard output.",
)
@click.option("--force", is_flag=True, help="Write over a mapping that is there, and for a file that a preset knows.")
@click.option(
    "--sample", type=click.IntRange(1, 100_000), default=500, show_default=True, metavar="N", help="How many rows to look at."
)
@as_json
def command(*, file: str, output: str | None, force: bool, sample: int, json_: bool) -> None:
    """Propose a mapping for FILE from the names of its columns, in many languages, and from its cells.

    Writes a TOML file to edit: above every column how sure it is, why, and what it may be instead. What looks like consent is for a
    person to decide and is never mapped by itself. A mapping that lies beside its table is used from then on.

    With --json the proposal goes to standard output, and a file is written only if -o names one.
    """
    from canonical_contact.formats._suggest_toml import NAMELESS
    from canonical_contact.formats.suggest import suggest_mapping

    if json_ and output == "-":
        raise click.UsageError("With --json standard output is taken; name a file instead of -.")
    proposal = suggest_mapping(file, sample=sample)
    target = output or ("" if json_ else str(Path(file).with_name(f"{Path(file).stem}.mapping.toml")))
    if target and target != "-":
        check_writable(target, read=(file,))
        if Path(target).exists() and not force:
            raise click.UsageError(f"{target} is there already; name another file with -o, or write over it with --force.")
        if proposal.preset and not output and not force:
            raise click.UsageError(
                f"The header of {file} is that of {proposal.preset}, whose preset knows more than a proposal; it needs no mapping. "
                "Name a file with -o to have one all the same."
            )
    if target:
        text = proposal.to_toml()
        with writing(target) as stream:
            stream.write(text)
    if json_:
        print_json({**proposal.to_dict(), "output": target or None})
        return
    sure = sum(bool(one.path) and one.confidence >= _SURE for one in proposal.columns)
    consent = [one.name for one in proposal.columns if one.consent is not None]
    said = f"{sure} of {len(proposal.columns)} columns recognised"
    if consent:
        said += f"; to be decided by a person, since it is about consent: {', '.join(consent)}"
    if proposal.nameless:
        note(f"note: {file}: {NAMELESS}")
    note(said if target == "-" else f"{said}; written to {target}")
