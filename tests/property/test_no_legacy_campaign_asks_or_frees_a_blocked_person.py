"""Law: no legacy plan or campaign asks a blocked person, or at the endpoint of one; and closing it makes nobody contactable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.consent.legacy import NEVER_ASKABLE, SEGMENTS, Engagement, LegacyPolicy, Risk, Segment
from canonical_contact.engine.legacy import campaign_outcome, close_campaign, plan_legacy, start_campaign, suppress_rest
from canonical_contact.engine.recording import record_consent, record_suppression, sweep_expiries
from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.model import Contact
from canonical_contact.schema import from_json

NOW = datetime(2026, 7, 1, tzinfo=UTC)
END = NOW + timedelta(days=30)
REGIMES = ("auto", "can_spam", "us_ca_ccpa", "gdpr_eprivacy", "casl")
GREEDY = {  # asks everybody whom a table may ask
    risk: row if risk in NEVER_ASKABLE else dict.fromkeys(Engagement, Segment.RE_PERMISSION) for risk, row in SEGMENTS.items()
}
REFUSED = {"withdrawn", "denied", "invalidated", "erased"}

# Few addresses and countries, so that people share endpoints and the rules let some of them be asked.
people = st.lists(
    st.tuples(
        st.sampled_from(["Ana Gil", "Ben Sol", "Cal Mar", "Dan Ros", "Eva Kur", "Fay Lin"]),
        st.sampled_from(
            ["a@x.com", "b@x.com", "c@x.com", "e@x.com", "f@x.com", "A+news@x.com", "d@gmail.com", "d.@gmail.com", ""]
        ),
        st.sampled_from(["United States"] * 4 + ["Germany", ""]),
        st.sampled_from(["", "", "", "false", "true"]),
        st.sampled_from(["2026-05-01", "2026-04-01", "2024-06-01", "2010-01-01"]),
    ),
    min_size=2,
    max_size=7,
)
acts = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(
            ["withdraw", "decline", "complaint", "request", "request_timeout", "opt_in", "opt_in_unconfirmed", "confirm", "imply",
             "invalidate", "object", "manual", "hard_bounce"],
        ),
        st.sampled_from(["email", "sms"]),
        st.sampled_from(["marketing", "any"]),
    ),
    max_size=4,
)  # fmt: skip


def filled(rows: Iterable[tuple[str, ...]]) -> MemoryStore:
    store = MemoryStore()
    lines = ["Record ID,First Name,Last Name,Email,Country/Region,Unsubscribed from all email,Create Date"]
    for number, (name, address, country, left, since) in enumerate(rows, 1):
        given, _, surname = name.partition(" ")
        lines.append(f"{number},{given},{surname},{address},{country},{left},{since}")
    with TemporaryDirectory() as folder:
        file = Path(folder, "hubspot.csv")
        file.write_text("\n".join(lines) + "\n", "utf-8")
        unify([file], store, now=NOW - timedelta(days=40))
    return store


def play(store: MemoryStore, done: Iterable[tuple[int, str, str, str]], start: datetime) -> None:
    ids = [row.contact_id for row in store.contacts()]
    for step, (place, act, channel, purpose) in enumerate(done):
        who, at = ids[place % len(ids)], start + timedelta(days=step)
        try:
            if act in ("manual", "hard_bounce"):
                record_suppression(store, act, channel, contact_id=who, at=at)
            else:
                basis = {"legal_basis": "purchase", "expires_at": at + timedelta(days=60)} if act == "imply" else {}
                record_consent(store, who, act, channel, purpose, at=at, actor="subject", method="web_form", **basis)  # type: ignore[arg-type]
        except (IllegalTransitionError, InputError):
            continue


def everybody(store: MemoryStore) -> list[Contact]:
    return [from_json(Contact, row.document) for row in store.contacts()]


def is_blocked(contact: Contact) -> bool:
    """Whether anything on record says no to marketing by e-mail, read without the machine."""
    states = {
        word.value
        for record in contact.consent
        if record.channel == "email" and record.purpose in ("marketing", "any")
        for word in (record.state, record.resume_state)
        if word is not None
    }
    blocks = [block for block in contact.suppressions if block.channel == "email" and block.kind != "hard_bounce"]
    return bool(states & REFUSED or blocks)


def contactable(store: MemoryStore, at: datetime) -> set[tuple[str, str]]:
    return {
        (one.contact_id, regime)
        for one in everybody(store)
        for regime in REGIMES
        if may_contact(one, "email", at=at, regime=regime).allowed
    }


@given(
    rows=people,
    before=acts,
    between=acts,
    during=acts,
    regime=st.sampled_from(["can_spam", "can_spam", *REGIMES]),
    table=st.sampled_from([SEGMENTS, GREEDY]),
    rest=st.booleans(),
)
@settings(max_examples=60)
def test_for_e_mail(
    rows: list[tuple[str, ...]],
    before: list[tuple[int, str, str, str]],
    between: list[tuple[int, str, str, str]],
    during: list[tuple[int, str, str, str]],
    regime: str,
    table: Mapping[Risk, Mapping[Engagement, Segment]],
    rest: bool,
) -> None:
    store = filled(rows)
    play(store, before, NOW - timedelta(days=30))
    plan = plan_legacy(store, at=NOW, regime=regime, policy=LegacyPolicy(ask_again="P1D", segments=table))
    assert sum(plan.counts.values()) == len(plan.rows) == store.counts()["contacts"]
    assert_nobody_blocked(store, [(row.contact_id, row.endpoint) for row in plan.asks])
    play(store, between, NOW)
    later = NOW + timedelta(days=6)
    campaign = start_campaign(store, plan, campaign="spring", at=later, deadline=END)
    assert_nobody_blocked(store, [(row.contact_id, row.endpoint) for row in campaign.rows])
    assert not {row.contact_id for row in campaign.rows} & {who for who, _ in contactable(store, later)}
    if rest:
        held = contactable(store, later)
        suppress_rest(store, plan, campaign="spring", at=later)
        assert contactable(store, later) <= held
    play(store, during, later)
    sweep_expiries(store, END)
    free = contactable(store, END)
    found = campaign_outcome(store, "spring", at=END)
    assert sum(found.counts.values()) == found.asked == len(campaign.rows)
    close_campaign(store, "spring", at=END)
    after = contactable(store, END)
    assert after <= free
    silent = {who for who, _, answer in found.rows if answer in ("no_answer", "bounced")}
    assert not silent & {who for who, _ in after}
    assert close_campaign(store, "spring", at=END).suppressed == 0
    assert contactable(store, END) == after


def assert_nobody_blocked(store: MemoryStore, asked: list[tuple[str, str]]) -> None:
    holders = everybody(store)
    for contact_id, endpoint in asked:
        person = next(one for one in holders if one.contact_id == contact_id)
        keys = {email.key for email in person.emails if email.address == endpoint}
        assert keys
        assert not is_blocked(person)
        assert not any(is_blocked(one) for one in holders if keys & {email.key for email in one.emails})
    assert len({endpoint for _, endpoint in asked}) == len(asked)
