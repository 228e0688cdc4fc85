"""`legacy plan`: every contact in its segment, and what the commands of the group ask for in the same words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from canonical_contact.cli._options import CHANNELS, MOMENT, as_json, existing_store, now, regime, stored
from canonical_contact.cli._output import check_writable, moment_text, note, print_json, to_terminal, write_csv
from canonical_contact.cli._progress import progress
from canonical_contact.errors import ConfigError
from canonical_contact.model import Channel

if TYPE_CHECKING:
    from canonical_contact.consent.legacy import LegacyPolicy
    from canonical_contact.engine.legacy import LegacyRow

__all__ = ["plan", "planned", "policy_of"]

F = TypeVar("F", bound=Callable[..., Any])

HEADER = ("contact_id", "endpoint", "segment", "reasons", "regime", "last_act")
_BARE = re.compile(r"[1-9][0-9]*[DMY]")  # a period without its P
_PERIODS = {
    "active": "Since the person's last act.",
    "lapsing": "Since the person's last act; beyond it they are dormant.",
    "ask-again": "Nobody is asked twice within it.",
}


def planned(function: F) -> F:
    """Add the store and what a plan asks about."""
    options = [
        click.option(
            "--channel",
            default="email",
            show_default=True,
            type=click.Choice(CHANNELS),
            callback=_one,
            help="The channel to ask on; of both voices one.",
        ),
        click.option("--purpose", default="marketing", show_default=True, metavar="NAME", help="The purpose to ask for."),
        click.option("--controller", default="", metavar="NAME", help="Brand or legal entity; default: the house."),
        regime,
        *(
            click.option(f"--{name}", default=None, metavar="PERIOD", help=f"{text} ISO 8601: P90D, P12M.")
            for name, text in _PERIODS.items()
        ),
        click.option("--role-mailboxes", is_flag=True, help="Ask at addresses of a role, too."),
        click.option("--at", type=MOMENT, default=None, metavar="TIME", help="The time of the plan; default: now."),
    ]
    for option in reversed(options):
        function = option(function)
    return stored(function)


def _one(_context: click.Context, _param: click.Parameter, value: str) -> str:
    """Take one channel: somebody who is asked is asked on one."""
    if value not in list(Channel):
        ones = " or ".join(channel for channel in Channel if channel.startswith(value))
        raise click.BadParameter(f"{value} stands for both voices, and people are asked on one channel: {ones}.")
    return value


def policy_of(*, active: str | None, lapsing: str | None, ask_again: str | None, role_mailboxes: bool) -> LegacyPolicy:
    """Make the limits of the options."""
    from canonical_contact.consent.legacy import LegacyPolicy
    from canonical_contact.consent.regimes import later

    given = {"active": active, "lapsing": lapsing, "ask_again": ask_again}
    for name, period in given.items():
        if period is None:
            continue
        try:
            later(datetime(2000, 1, 1, tzinfo=UTC), period)
        except (ConfigError, ValueError, OverflowError):
            option = f"--{name.replace('_', '-')}"
            hint = f"Write P{period}." if _BARE.fullmatch(period) else "Write days as P90D, months as P12M, years as P2Y."
            raise ConfigError(f"{period!r} of {option} is no period.", path=option, hint=hint) from None
    usual = LegacyPolicy()
    return LegacyPolicy(
        active=active or usual.active,
        lapsing=lapsing or usual.lapsing,
        ask_again=ask_again or usual.ask_again,
        role_mailboxes=role_mailboxes,
    )


@click.command(name="plan")
@planned
@click.option("--csv", "csv_", default=None, metavar="FILE", help="Write every contact with its segment and reasons (CSV).")
@as_json
def plan(
    *, store: str, channel: str, purpose: str, controller: str, regime: str, active: str | None, lapsing: str | None,
    ask_again: str | None, role_mailboxes: bool, at: datetime | None, csv_: str | None, json_: bool,
) -> None:  # fmt: skip
    """Sort all contacts of STORE by consent risk and engagement. Nothing is recorded.

    --csv writes contact_id,endpoint,segment,reasons,regime,last_act; several reasons are joined by a semicolon. The endpoint is given
    only for those to be asked.
    """
    from canonical_contact.consent.legacy import Risk
    from canonical_contact.engine.legacy import legacy_rows

    check_writable(csv_, store=store)
    moment = at or now()
    policy = policy_of(active=active, lapsing=lapsing, ask_again=ask_again, role_mailboxes=role_mailboxes)
    counts: Counter[tuple[str, str]] = Counter()

    def rows(found: Iterator[LegacyRow]) -> Iterator[tuple[str, ...]]:
        for row in found:
            told = row.reasons[:1] if row.reasons[0] == Risk.BLOCKED else row.reasons
            counts[row.segment.value, ", ".join(told)] += 1
            yield (
                row.contact_id, row.endpoint, row.segment.value, ";".join(row.reasons), row.regime, moment_text(row.last_act),
            )  # fmt: skip

    with existing_store(store) as opened, progress(output=csv_ or "") as bar:
        found = rows(
            legacy_rows(
                opened, at=moment, channel=channel, purpose=purpose, controller=controller, regime=regime, policy=policy,
                progress=bar,
            )
        )  # fmt: skip
        if csv_ is None:
            for _ in found:
                pass
        else:
            write_csv(csv_, HEADER, found)
    if json_ and csv_ != "-":
        print_json({"at": moment, "channel": channel, "purpose": purpose, "regime": regime, "csv": csv_, **_told(counts)})
        return
    _print(counts, to_stderr=csv_ == "-")
    note("Engineering defaults, not legal advice.")


def _told(counts: Mapping[tuple[str, str], int]) -> dict[str, object]:
    from canonical_contact.consent.legacy import Segment

    totals = dict.fromkeys((segment.value for segment in Segment), 0)
    for (segment, _), number in counts.items():
        totals[segment] += number
    reasons = [
        {"segment": segment, "reasons": text.split(", "), "contacts": number}
        for (segment, text), number in sorted(counts.items())
    ]
    return {"segments": totals, "reasons": reasons}


def _print(counts: Mapping[tuple[str, str], int], *, to_stderr: bool) -> None:
    from rich.table import Table

    from canonical_contact.consent.legacy import Segment

    table = Table("segment", "reasons", "contacts")
    table.columns[2].justify = "right"
    for segment in Segment:
        own = {reasons: number for (of, reasons), number in counts.items() if of == segment.value}
        table.add_row(segment.value, "", f"{sum(own.values()):,}", style="bold")
        for reasons, number in sorted(own.items(), key=lambda one: (-one[1], one[0])):
            table.add_row("", reasons, f"{number:,}")
    to_terminal(to_stderr=to_stderr).print(table)
