"""`consent export` and `consent import`: the ledger as a whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from canonical_contact.cli._consent_receipts import as_receipts, import_them, receipts_of
from canonical_contact.cli._consent_stops import Standing, read_stops
from canonical_contact.cli._exit import Exit
from canonical_contact.cli._options import CHANNELS, MOMENT, as_json, existing_store, now, region_option, store_option
from canonical_contact.cli._output import check_writable, note, plain, print_json, writing
from canonical_contact.cli._privacy_key import key_option, read_key_file
from canonical_contact.cli._progress import progress
from canonical_contact.cli._reading import check_text
from canonical_contact.cli.show import find_contacts, nobody
from canonical_contact.errors import InputError, Problem
from canonical_contact.model import ConsentEvent
from canonical_contact.ports import ContactRow, ContactStore
from canonical_contact.store.view import was_erased

__all__ = ["export", "import_"]

_EXAMPLES = 20  # problems of a code that --json lists; all are counted


@click.command(name="export")
@click.argument("who", metavar="[CONTACT_ID|EMAIL|PHONE]", default="")
@store_option
@region_option
@click.option("-o", "--output", metavar="FILE", help="Where to write (JSON lines); default: standard output.")
@click.option(
    "--receipt", type=click.Choice(("kantara", "iso27560")), help="Write receipts in place of events: one a line for each key."
)
@click.option("--config", metavar="FILE", help="For receipts: the controller and the terms (TOML or JSON).")
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="For receipts: the time that they speak of; default: now.")
@click.option("--seal-file", metavar="FILE", help="For receipts: the secret that seals them.")
@as_json
def export(
    *, who: str, store: str, region: str, output: str | None, receipt: str | None, config: str | None, at: datetime | None,
    seal_file: str | None, json_: bool,
) -> None:  # fmt: skip
    """Write the events of the ledger, or of one contact, one JSON document a line, each with its place and hash in the chain.

    With --receipt it writes consent receipts: Kantara's 1.1, or the fields of ISO/IEC TS 27560. They hold the whole history, and
    consent import reads them back.
    """
    if receipt is None and (config or seal_file or at):
        raise click.UsageError("--config, --seal-file and --at are for receipts; add --receipt.")
    if json_ and output in (None, "-"):
        raise click.UsageError("--json sums up what was written to a file; name it with -o.")
    check_writable(output, store=store)
    number = 0
    with existing_store(store) as opened, progress(output=output) as bar, writing(output) as stream:
        bar.stage("export", None)
        if receipt is None:
            entries: Iterator[dict[str, Any]] = _events(opened, who, region)
        else:
            ids = _ids(opened, who, region)
            entries = receipts_of(opened, ids, form=receipt, config=config, at=at or now(), seal=seal_file)
        for entry in entries:
            stream.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n")
            number += 1
            bar.advance(1)
    if json_:
        print_json({"written": number, "output": output})
    elif output not in (None, "-"):
        note(f"{output}: {number:,} lines")


def _rows(store: ContactStore, who: str, region: str) -> Sequence[ContactRow]:
    rows = find_contacts(store, who, region)
    if not rows:
        raise nobody()
    return rows


def _ids(store: ContactStore, who: str, region: str) -> list[str] | None:
    return [row.contact_id for row in _rows(store, who, region)] if who else None


def _members(store: ContactStore, who: str, region: str) -> list[str] | None:
    return [key for row in _rows(store, who, region) for key in row.members] if who else None


def _events(store: ContactStore, who: str, region: str) -> Iterator[dict[str, Any]]:
    keys = _members(store, who, region)
    entries = getattr(store, "entries", tuple)  # a host's store may keep no chain
    places = {entry.event_id: entry for entry in entries() if entry.event_id}
    for row in store.events(keys):
        entry = places.get(row.event_id)
        chain = {} if entry is None else {"seq": entry.seq, "digest": entry.digest, "hash": entry.hash}
        yield {"kind": "consent_event", **chain, "event": json.loads(row.document)}


@click.command(name="import")
@click.argument("file", metavar="FILE")
@store_option
@region_option
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time of the import; default: now.")
@click.option("--contact", default="", metavar="ID", help="Whom others' receipts are about; default: whom they name.")
@click.option("--channel", default=None, type=click.Choice(CHANNELS), help="The channel of others' receipts.")
@click.option("--purpose", "purposes", multiple=True, metavar="THEIRS=OURS", help="Another's word for a purpose of ours.")
@click.option(
    "--controller", "controllers", multiple=True, metavar="THEIRS=OURS", help="Another's name of us; OURS empty: the house."
)
@click.option("--seal-file", metavar="FILE", help="The secret that seals our own receipts.")
@key_option
@as_json
def import_(
    *, file: str, store: str, region: str, at: datetime | None, contact: str, channel: str | None, purposes: tuple[str, ...],
    controllers: tuple[str, ...], seal_file: str | None, key_file: str | None, json_: bool,
) -> int:  # fmt: skip
    """Read events or receipts that `consent export` wrote, others' receipts, or a CSV of stop requests (endpoint,channel,purpose,at).

    Others' receipts are evidence: a refusal counts, a yes by the rules of evidence, and none lifts a block.

    All or nothing, and a second time nothing. Of a stop request, an empty purpose is all of them, and an empty time is that of the import;
    where such a request stands already, nothing is written.
    """
    from canonical_contact.engine.importing import import_events
    from canonical_contact.engine.recording import record_stop

    moment = at or now()
    new = same = folded = left_out = 0
    problems: list[Problem] = []
    path = Path(file)
    listed = path.suffix.casefold() == ".csv"
    check_text(path, binary=listed, hint="Name an export of events, receipts as JSON, or a CSV of stop requests.")
    if listed:
        stops = list(read_stops(path, region))
        with existing_store(store, writable=True) as opened, progress() as bar, opened.transaction():
            bar.stage("import", len(stops))
            standing = Standing(opened)
            for stop in stops:
                bar.advance(1)
                if stop.at is None and standing.has(stop):  # its time would be that of this import, and it a new one each time
                    same += 1
                    continue
                done = record_stop(
                    opened, stop.channel, stop.endpoint, at=stop.at or moment, purpose=stop.purpose, recorded_at=moment,
                    source=path.name,
                )  # fmt: skip
                standing.add(stop)
                new, same, folded = new + done.new, same + (not done.new and not done.left_out), folded + done.folded
                left_out += done.left_out
    elif (documents := as_receipts(path, problems)) is not None:
        with existing_store(store, writable=True) as opened:
            if contact and opened.contact(contact) is None:
                raise was_erased(opened, contact) or nobody("--contact")
            receipts = import_them(
                opened, documents, at=moment, contact=contact, channel=channel or "", purposes=purposes, controllers=controllers,
                region=region, seal=seal_file, key=read_key_file(key_file),
            )  # fmt: skip
        new, same, folded = receipts.new, len(receipts.events) - receipts.new, receipts.folded
        left_out = receipts.left_out
        problems += receipts.problems
    else:
        events = list(_read(path))
        with existing_store(store, writable=True) as opened:
            done = import_events(opened, events, at=moment, key=read_key_file(key_file))
        new, folded, left_out = done.added, done.folded, done.left_out
        problems += done.problems
        same = len(events) - new - left_out - len(problems)
    counts = Counter(problem.code for problem in problems)
    kept = [problem for held in _by_code(problems).values() for problem in held[:_EXAMPLES]]
    for code, held in _by_code(problems).items():
        first = held[0]
        place = f"{file}:{first.line}:" if first.line else f"{file}: {first.path}".rstrip()
        note(f"{place} {code}: {first.hint}" + (f" ({counts[code]:,} times)" if counts[code] > 1 else ""))
    if json_:
        told = {"problems": [plain(problem) for problem in kept], "problem_counts": counts} if problems else {}
        print_json({"file": file, "new": new, "same": same, "left_out": left_out, "contacts_changed": folded, **told})
    else:
        note(f"{file}: {new:,} new, {same:,} there already; {folded:,} contacts changed")
        if left_out:
            note(f"{left_out:,} are about people who were erased, and were left out")
    nothing = (not listed and not left_out) or problems
    return Exit.NOTHING_READ if nothing and not new and not same else Exit.DONE


def _by_code(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    kinds: dict[str, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(problem.code, []).append(problem)
    return kinds


def _read(path: Path) -> Iterator[ConsentEvent]:
    from canonical_contact.schema import from_json

    with path.open(encoding="utf-8-sig", errors="surrogateescape") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                line.encode()  # bytes that are no UTF-8 are refused with their line
                yield from_json(ConsentEvent, json.dumps(json.loads(line)["event"]))
            except (ValueError, KeyError, TypeError, RecursionError):
                raise InputError(
                    f"Line {number} of {path.name} is no event.", path=str(path), hint="Import what consent export wrote."
                ) from None
