"""`legacy start`, `legacy outcome` and `legacy close`: a re-permission campaign."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from canonical_contact.cli._consent_record import read_proof
from canonical_contact.cli._legacy_plan import planned, policy_of
from canonical_contact.cli._options import MOMENT, as_json, existing_store, now, stored
from canonical_contact.cli._output import check_writable, moment_text, note, print_json, to_terminal, write_csv
from canonical_contact.cli._progress import progress

if TYPE_CHECKING:
    from canonical_contact.engine.legacy import CampaignOutcome

__all__ = ["close", "outcome", "start"]

HEADER = ("contact_id", "endpoint", "consent_id", "deadline", "regime")
OUTCOME_HEADER = ("contact_id", "endpoint", "answer")


@click.command(name="start")
@planned
@click.option("--campaign", required=True, metavar="NAME", help="Its name: letters, digits, '.', '_', '-'.")
@click.option("--deadline", type=MOMENT, default=None, metavar="TIME", help="Until when an answer counts; default: in 30 days.")
@click.option("--notice", default="", metavar="ID[@VERSION]", help="The notice of the question.")
@click.option("--proof", default=None, metavar="FILE", help="More of the proof (TOML or JSON), by the names of ConsentProof.")
@click.option("--csv", "csv_", required=True, metavar="FILE", help="Where to write the list to send to (CSV).")
@click.option("--rest", is_flag=True, help="Also suppress whom the plan suppresses or archives, until they confirm a new opt-in.")
@as_json
def start(
    *, store: str, channel: str, purpose: str, controller: str, regime: str, active: str | None, lapsing: str | None,
    ask_again: str | None, role_mailboxes: bool, at: datetime | None, campaign: str, deadline: datetime | None, notice: str,
    proof: str | None, csv_: str, rest: bool, json_: bool,
) -> None:  # fmt: skip
    """Plan anew, record a request for everybody who is to be asked, and write the list to send to.

    The list is contact_id,endpoint,consent_id,deadline,regime. Started again under the same name, nothing is recorded and the same list
    is written.
    """
    from canonical_contact.consent.legacy import Segment
    from canonical_contact.engine.legacy import plan_legacy, start_campaign, suppress_rest

    check_writable(csv_, read=[proof], store=store)
    shown = read_proof(proof, notice)
    policy = policy_of(active=active, lapsing=lapsing, ask_again=ask_again, role_mailboxes=role_mailboxes)
    kept = (Segment.RE_PERMISSION, *((Segment.SUPPRESS, Segment.ARCHIVE) if rest else ()))
    suppressed = 0
    with existing_store(store, writable=True) as opened, progress(output=csv_) as bar, opened.transaction():
        plan = plan_legacy(
            opened, at=at or now(), channel=channel, purpose=purpose, controller=controller, regime=regime, policy=policy,
            segments=kept, progress=bar,
        )  # fmt: skip
        begun = start_campaign(opened, plan, campaign=campaign, deadline=deadline, proof=shown, progress=bar)
        if rest and begun.new:
            suppressed = suppress_rest(opened, plan, campaign=campaign, progress=bar)
        # Inside: where the list cannot be written, nobody has been asked.
        rows = [(row.contact_id, row.endpoint, row.consent_id, moment_text(row.deadline), row.regime) for row in begun.rows]
        write_csv(csv_, HEADER, rows)
    if json_ and csv_ != "-":
        told = {"campaign": campaign, "new": begun.new, "asked": len(rows), "left_out": begun.left_out}
        print_json({**told, "suppressed": suppressed, "started_at": begun.started_at, "deadline": begun.deadline, "csv": csv_})
        return
    what = "are asked" if begun.new else "were asked before"
    more = f"; {suppressed:,} suppressed" if rest and begun.new else ""
    note(f"{campaign}: {len(rows):,} people {what}, until {moment_text(begun.deadline)}{more}")
    if begun.left_out:
        note("left out: " + ", ".join(f"{reason} {number:,}" for reason, number in begun.left_out.items()))


@click.command(name="outcome")
@stored
@click.option("--campaign", required=True, metavar="NAME", help="Its name.")
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time of the count; default: now.")
@click.option("--csv", "csv_", default=None, metavar="FILE", help="Write contact_id,endpoint,answer of everybody (CSV).")
@as_json
def outcome(*, store: str, campaign: str, at: datetime | None, csv_: str | None, json_: bool) -> None:
    """Count what the people of a campaign answered: confirmed, pending, declined, withdrawn, bounced, no_answer, gone."""
    from canonical_contact.engine.legacy import campaign_outcome

    check_writable(csv_, store=store)
    with existing_store(store) as opened:
        found = campaign_outcome(opened, campaign, at=at or now())
    if csv_ is not None:
        write_csv(csv_, OUTCOME_HEADER, ((contact_id, endpoint, answer.value) for contact_id, endpoint, answer in found.rows))
    if json_ and csv_ != "-":
        print_json(_told(found))
    else:
        _print(found, to_stderr=csv_ == "-")


@click.command(name="close")
@stored
@click.option("--campaign", required=True, metavar="NAME", help="Its name.")
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time; default: now.")
@as_json
def close(*, store: str, campaign: str, at: datetime | None, json_: bool) -> None:
    """Suppress who did not answer by the deadline, until they confirm a new opt-in. Before the deadline it is refused."""
    from canonical_contact.engine.legacy import close_campaign

    with existing_store(store, writable=True) as opened, progress() as bar:
        done = close_campaign(opened, campaign, at=at or now(), progress=bar)
    if json_:
        print_json({"suppressed": done.suppressed, "open": done.open, "folded": done.folded, **_told(done.outcome)})
        return
    _print(done.outcome)
    left = f"; {done.open:,} may still confirm, close again then" if done.open else ""
    note(f"{campaign}: {done.suppressed:,} people suppressed{left}")


def _told(found: CampaignOutcome) -> dict[str, object]:
    told: dict[str, object] = {"campaign": found.name, "at": found.at, "deadline": found.deadline, "closed_at": found.closed_at}
    return {**told, "asked": found.asked, "answers": found.counts}


def _print(found: CampaignOutcome, *, to_stderr: bool = False) -> None:
    from rich.table import Table

    ended = f"closed {moment_text(found.closed_at)}" if found.closed_at else f"until {moment_text(found.deadline)}"
    table = Table("answer", "people")
    table.columns[1].justify = "right"
    for answer, number in found.counts.items():
        table.add_row(answer.value, f"{number:,}")
    console = to_terminal(to_stderr=to_stderr)
    console.print(f"{found.name}: {found.asked:,} asked, {ended}", markup=False)
    console.print(table)
