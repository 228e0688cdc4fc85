"""`consent record`: a live act about one contact."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from attrs import fields

from canonical_contact.cli._options import CHANNELS, MOMENT, as_json, existing_store, now, region_option, store_option
from canonical_contact.cli._output import moment_text, note, plain, print_json
from canonical_contact.cli._reading import read_small
from canonical_contact.cli.show import find_contacts, nobody
from canonical_contact.errors import ConfigError, InputError
from canonical_contact.model import Channel, ConsentProof, ConsentState, Contact, EventType, SuppressionKind
from canonical_contact.ports import ContactRow, ContactStore

if TYPE_CHECKING:
    from canonical_contact.engine.recording import Recorded

__all__ = ["record"]

STATES = tuple(
    state.value
    for state in ConsentState
    if state not in (ConsentState.ERASED, ConsentState.REQUESTED, ConsentState.PENDING_CONFIRMATION)
)
# Who acts where nobody is named. Of the rest the engine says what it takes: the person, unless the act would leave a refusal.
ACTORS = {
    EventType.SUPPRESS: "controller",
    EventType.UNSUPPRESS: "controller",
    EventType.CORRECT: "controller",
    EventType.INVALIDATE: "controller",
    EventType.NOTICE_SUPERSEDED: "controller",
    EventType.EXPIRE: "system",
    EventType.CONFIRM_TIMEOUT: "system",
    EventType.REQUEST_TIMEOUT: "system",
}
# What blocks on its own; no word is needed of the blocks that stand then.
REFUSING = frozenset({"suppress", "withdraw", "object", "complaint", "decline", "invalidate"})
EVENTS = tuple(event.value for event in EventType if event not in (EventType.IMPORT_LEGACY, EventType.ERASE))


@click.command(name="record")
@click.argument("who", metavar="CONTACT_ID|EMAIL|PHONE")
@click.argument("event", type=click.Choice(EVENTS), metavar="EVENT")
@store_option
@region_option
@click.option("--channel", required=True, type=click.Choice(CHANNELS), help="The channel; voice stands for both voices.")
@click.option("--purpose", default="marketing", show_default=True, metavar="NAME", help="The purpose, or any.")
@click.option(
    "--endpoint",
    default="",
    metavar="TEXT",
    help="Address or number; default: that of the consent, else the first; for a block the whole person.",
)
@click.option("--controller", default="", metavar="NAME", help="Brand or legal entity; default: the house.")
@click.option("--at", type=MOMENT, default=None, metavar="TIME", help="When it happened; default: now.")
@click.option(
    "--actor",
    default=None,
    type=click.Choice(("subject", "agent", "controller", "system")),
    help="Who acted; an act that leaves a refusal needs it. Default: controller for blocks and corrections, system for what runs out, "
    "subject for the rest.",
)
@click.option(
    "--method", default="host", show_default=True, metavar="NAME", help="How: web_form, double_opt_in, paper, phone_call …"
)
@click.option("--source", default="", metavar="TEXT", help="The form, campaign or file that shows it.")
@click.option("--reason", default="", metavar="CODE", help="A reason code.")
@click.option("--legal-basis", default="", metavar="NAME", help="What it rests on; imply needs one: purchase, inquiry …")
@click.option("--evidence", default="", metavar="TEXT", help="What shows it; a correction to a grant needs it.")
@click.option(
    "--to", "target", default=None, type=click.Choice(STATES), metavar="STATE", help="For correct: the state that it sets."
)
@click.option("--expires", type=MOMENT, default=None, metavar="TIME", help="Until when it holds, or may be confirmed.")
@click.option("--kind", type=click.Choice([kind.value for kind in SuppressionKind]), help="For suppress and unsuppress: why.")
@click.option("--notice", default="", metavar="ID[@VERSION]", help="The notice that was shown.")
@click.option("--proof", default=None, metavar="FILE", help="More of the proof (TOML or JSON), by the names of ConsentProof.")
@click.option(
    "--request-id",
    default="",
    metavar="TEXT",
    help="Your id of this call: made again with the same --at, which it needs, it writes nothing.",
)
@as_json
def record(
    *,
    who: str, event: str, store: str, region: str, channel: str, purpose: str, endpoint: str, controller: str, at: datetime | None,
    actor: str | None, method: str, source: str, reason: str, legal_basis: str, evidence: str, target: str | None, expires: datetime | None,
    kind: str | None, notice: str, proof: str | None, request_id: str, json_: bool,
) -> None:  # fmt: skip
    """Record what happened to a consent, in one transaction, and fold the contact at once.

    An event that the state does not take ends with code 1 and names those that it takes; nothing is written then.
    """
    from canonical_contact.consent import channels_of
    from canonical_contact.engine._endpoint import canonical_endpoint
    from canonical_contact.engine.recording import record_consent, record_suppression, record_unsuppression

    shown = read_proof(proof, notice)
    learned = now()
    moment = at or learned
    overlay = event in (EventType.SUPPRESS, EventType.UNSUPPRESS)
    if overlay and not kind:
        raise click.UsageError(f"{event} needs --kind.")
    if (event == EventType.CORRECT) is not bool(target):
        raise click.UsageError("correct needs --to STATE, and no other event takes it.")
    if request_id and at is None:
        raise click.UsageError("--request-id needs --at: a call that is made again is known by both.")
    if expires is not None and expires <= moment:
        raise click.UsageError(f"It would end on {moment_text(expires)}, before it began; give a later --expires.")
    endpoint = canonical_endpoint(endpoint, region)
    acted = actor or ACTORS.get(EventType(event))
    said: dict[str, Any] = {} if acted is None else {"actor": acted}
    done = []
    with existing_store(store, writable=True) as opened, opened.transaction():
        rows = find_contacts(opened, who, region)
        if not rows:
            raise nobody()
        if len(rows) > 1:
            raise InputError(
                f"{len(rows)} contacts hold this endpoint.",
                path="who",
                hint=f"Name one: {', '.join(row.contact_id for row in rows)}.",
            )
        for one in channels_of(channel):
            if overlay:
                _check_held(opened, rows[0].contact_id, one, endpoint)
                act = record_suppression if event == EventType.SUPPRESS else record_unsuppression
                done.append(
                    act(
                        opened, str(kind), one, at=moment, endpoint=endpoint, contact_id=rows[0].contact_id, recorded_at=learned,
                        method=method, source=source, reason=reason, evidence=evidence, proof=shown, request_id=request_id, **said,
                    )
                )  # fmt: skip
            else:
                done.append(
                    record_consent(
                        opened, rows[0].contact_id, event, one, purpose, at=moment, recorded_at=learned, endpoint=endpoint,
                        controller=controller, method=method, source=source, reason=reason, expires_at=expires,
                        legal_basis=legal_basis, evidence=evidence, target=ConsentState(target) if target else None, proof=shown,
                        request_id=request_id, **said,
                    )
                )  # fmt: skip
        row = opened.contact(rows[0].contact_id)
        blocks = [] if row is None or event in REFUSING else _blocks(row, channels_of(channel), purpose, controller)
    if json_:
        print_json([plain(one) for one in done])
        return
    for result in done:
        note(_summary(result))
    if blocks:
        note(f"still blocked: {', '.join(blocks)}")


def _summary(result: Recorded) -> str:
    if not result.events:
        return "nothing to do: no such block stands"
    number, folded = len(result.events), result.folded
    are = "is" if number == 1 else "are"
    state = f"; now {result.record.state}" if result.record else ""
    return (
        f"{number:,} {'event' if number == 1 else 'events'} {'written' if result.new else f'{are} there already'}{state}; "
        f"{folded:,} {'contact' if folded == 1 else 'contacts'} changed"
    )


def _blocks(row: ContactRow, channels: Sequence[Channel], purpose: str, controller: str) -> list[str]:
    """List the blocks that still stand on some channels, whatever the consent says."""
    from canonical_contact.schema import from_json

    word = f"{purpose}@{controller}" if controller else purpose
    standing = [
        block
        for block in from_json(Contact, row.document).suppressions
        if block.channel in channels and word not in block.lifted_for
    ]
    return list(dict.fromkeys(f"{block.kind} on {block.endpoint or 'the person'} ({block.channel})" for block in standing))


def _check_held(store: ContactStore, contact_id: str, channel: Channel, endpoint: str) -> None:
    """Refuse an endpoint that is not the contact's: the block would hit whoever holds it, and not the one who was named.

    Raises:
        InputError: neither the contact nor its records hold it, and no block of the contact stands there.
    """
    from canonical_contact.consent import endpoint_keys
    from canonical_contact.engine._person import Person, is_one

    if not endpoint:
        return
    person = Person(store, contact_id)
    held = [*endpoint_keys(person.contact, channel), *(block.endpoint for block in person.folded.suppressions)]
    if not any(is_one(one, endpoint) for one in held) and not any(person.owners(channel, endpoint, strict=True)):
        raise InputError(
            "The contact does not hold this endpoint.",
            path="endpoint",
            hint="Give one of its addresses or numbers; to stop messages to anybody else's, read a list of stop requests with consent import.",
        )


def read_proof(path: str | None, notice: str = "") -> ConsentProof | None:
    """Read the details of a proof from a file, and the notice from the option.

    Raises:
        ConfigError: the file cannot be read, or names what a proof does not have.
    """
    from canonical_contact.schema import from_json

    given: dict[str, Any] = {}
    if path is not None:
        hint = "Name a TOML or JSON file in UTF-8, with fields of ConsentProof."
        text = read_small(path, "proof", hint=hint)
        try:
            given = json.loads(text) if path.casefold().endswith(".json") else tomllib.loads(text)
        except (ValueError, RecursionError):
            raise ConfigError(f"The proof {path} cannot be read.", path=path, hint=hint) from None
        if not isinstance(given, dict):
            raise ConfigError(f"The proof {path} is no table of fields.", path=path, hint=hint)
    if notice:
        given["notice_id"], _, version = notice.partition("@")
        given |= {"notice_version": version} if version else {}
    if not given:
        return None
    known = {field.name for field in fields(ConsentProof)}
    if unknown := sorted(set(given) - known):
        raise ConfigError(f"A proof has no {unknown[0]!r}.", path=path or "notice", hint=f"It has: {', '.join(sorted(known))}.")
    try:
        return from_json(ConsentProof, json.dumps(given, default=lambda value: value.isoformat()))
    except (InputError, AttributeError, TypeError) as error:
        what = f"{error.path.removeprefix('$.')} cannot be read" if isinstance(error, InputError) else "it cannot be read"
        hint = error.message if isinstance(error, InputError) else "Give texts, times and lists of texts."
        raise ConfigError(f"The proof {path or '--notice'}: {what}.", path=path or "--notice", hint=hint) from None
