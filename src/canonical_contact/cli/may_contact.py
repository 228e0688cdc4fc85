"""`may-contact`: the consent question, asked for every contact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from canonical_contact.cli._may_contact_file import Question, answers_of_file
from canonical_contact.cli._options import CHANNELS, MOMENT, as_json, existing_store, now, regime, region_option, store_option
from canonical_contact.cli._output import check_writable, note, print_json, tell_problems, write_csv
from canonical_contact.cli._progress import Bar, progress
from canonical_contact.errors import Problem
from canonical_contact.model import Permission
from canonical_contact.ports import ContactStore
from canonical_contact.store.rules import rules_of

__all__ = ["command"]

FILE_HEADER = ("line", "asked", "contact_ids", "channel", "purpose", "allowed", "reasons", "until", "remedy")
HEADER = ("contact_id", "channel", "purpose", "allowed", "reasons", "until")


@click.command(name="may-contact")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, readable=False))
@store_option
@region_option
@click.option("--channel", required=True, type=click.Choice(CHANNELS), help="The channel; voice stands for both voices.")
@click.option("--purpose", required=True, metavar="NAME", help="The purpose, such as marketing.")
@regime
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time that is asked about; default: now.")
@click.option("-o", "--output", metavar="FILE", help="Where to write (CSV); default: standard output.")
@as_json
def command(
    *,
    file: str | None,
    store: str,
    region: str,
    channel: str,
    purpose: str,
    regime: str,
    at: datetime | None,
    output: str | None,
    json_: bool,
) -> None:
    """Ask for every contact, or for the addresses of FILE, whether they may be contacted, and why.

    Writes contact_id,channel,purpose,allowed,reasons,until: allowed is true or false, several reasons are joined by a
    semicolon with the deciding one first, and until is when the answer ends by itself.

    FILE is a list of e-mail addresses or phone numbers, one a line, or any export that unify reads. Each is looked up in the store and
    answered in a line of line,asked,contact_ids,channel,purpose,allowed,reasons,until,remedy; whom the store does not know is not
    allowed, with the reason not_in_store.
    """
    check_writable(output, read=[file], store=store)
    moment = at or now()
    if file is not None:
        _ask_file(Path(file), store, Question(channel, purpose, regime, moment), region=region, output=output, json_=json_)
        return
    counts: Counter[bool] = Counter()
    with (
        existing_store(store) as opened,
        progress(output=None if json_ else output) as bar,
        closing(_answers(opened, channel, purpose, regime=regime, at=moment, counts=counts, bar=bar)) as answers,
    ):
        if json_ and output is None:
            print_json(
                {"at": moment, "regime": regime, "answers": [_entry(contact_id, answer) for contact_id, answer in answers]}
            )
            return
        write_csv(output, HEADER, (_row(contact_id, channel, purpose, answer) for contact_id, answer in answers))
    if json_ and output != "-":
        print_json({"at": moment, "regime": regime, "allowed": counts[True], "denied": counts[False], "output": output})
    else:
        note(f"{channel} for {purpose}: {counts[True]:,} allowed, {counts[False]:,} denied")


def _ask_file(path: Path, store: str, question: Question, *, region: str, output: str | None, json_: bool) -> None:
    channel, purpose, regime, at = question
    counts: Counter[bool] = Counter()
    problems: list[Problem] = []
    with existing_store(store) as opened:
        found = list(answers_of_file(opened, path, question, region=region, problems=problems))
    counts.update(one.answer.allowed for one in found)
    unknown = sum(one.answer.reasons == ("not_in_store",) for one in found)
    tell_problems(problems)
    if json_ and output is None:
        print_json(
            {
                "at": at,
                "regime": regime,
                "answers": [
                    {"line": one.line, "asked": one.asked, "contact_ids": one.contact_ids, **_told(one.answer)} for one in found
                ],
            }
        )
        return
    rows = (
        (one.line, one.asked, ";".join(one.contact_ids), *_row("", channel, purpose, one.answer)[1:], one.answer.remedy)
        for one in found
    )
    write_csv(output, FILE_HEADER, rows)
    if json_ and output != "-":
        told = {"allowed": counts[True], "denied": counts[False], "not_in_store": unknown, "output": output}
        print_json({"at": at, "regime": regime, **told})
    else:
        note(f"{channel} for {purpose}: {counts[True]:,} allowed, {counts[False]:,} denied, of them {unknown:,} not in the store")


def _answers(
    store: ContactStore, channel: str, purpose: str, *, regime: str, at: datetime, counts: Counter[bool], bar: Bar
) -> Generator[tuple[str, Permission], None, None]:
    from canonical_contact.consent import Decide
    from canonical_contact.engine.deciding import decide_all

    bar.stage("asking", None)
    for answers in decide_all(store, Decide(channel, purpose, at=at, regime=rules_of(store, regime))):
        counts.update(answers.allowed)
        bar.advance(len(answers.allowed))
        yield from answers.permissions()


def _row(contact_id: str, channel: str, purpose: str, answer: Permission) -> tuple[str, ...]:
    until = "" if answer.until is None else answer.until.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return contact_id, channel, purpose, "true" if answer.allowed else "false", ";".join(answer.reasons), until


def _entry(contact_id: str, answer: Permission) -> dict[str, object]:
    return {"contact_id": contact_id, **_told(answer)}


def _told(answer: Permission) -> dict[str, object]:
    return {"allowed": answer.allowed, "reasons": answer.reasons, "until": answer.until} | {
        "regime": answer.regime,
        "endpoint": answer.endpoint,
        "remedy": answer.remedy,
        "events": answer.events,
    }
