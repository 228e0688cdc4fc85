"""Law: no sequence of choices, confirmations and imports of others' receipts makes an endpoint contactable that another person blocks,
or a person who complained; and a no counts at once, whatever went before, as `stop` does until the next yes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_contact.consent import may_contact
from canonical_contact.consent.preferences import STOP, Answer, PreferenceView, Topic
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.engine.preferences import contact_preferences, record_choices
from canonical_contact.engine.receipts import import_receipts
from canonical_contact.engine.recording import record_consent, record_suppression
from canonical_contact.errors import IllegalTransitionError, InputError
from canonical_contact.model import Channel, ConsentProof, Contact
from canonical_contact.pipeline import unify
from canonical_contact.schema import from_json
from canonical_contact.store import MemoryStore

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number\n"
ROWS = "1,Leo,Mar,desk@firm.es,\n2,Pia,Ros,desk@firm.es,+34600111222\n3,Zoe,Sol,zoe@x.es,+34600777888\n4,Ana,Gil,ana@x.es,\n"
TOPICS = (
    Topic(Channel.EMAIL),
    Topic(Channel.EMAIL, "newsletter", confirm=True),
    Topic(Channel.EMAIL, controller="brand-a"),
    Topic(Channel.SMS, "newsletter"),
)
BLOCKS = st.sampled_from(["withdraw", "complaint", "object", "manual", "litigator", "hard_bounce"])
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["choose", "choose", "choose", "confirm", "receipt"]),
        st.sampled_from(["Pia", "Zoe", "Ana"]),
        st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["yes", "yes", "no", STOP])), max_size=3),
        st.sampled_from(["marketing", "newsletter"]),
    ),
    max_size=8,
)


def filled() -> tuple[MemoryStore, dict[str, str]]:
    store = MemoryStore()
    with TemporaryDirectory() as folder:
        (Path(folder) / "hubspot.csv").write_text(HUBSPOT + ROWS, "utf-8", newline="")
        unify([Path(folder) / "hubspot.csv"], store, now=NOW)
    found = [from_json(Contact, row.document) for row in store.contacts()]
    return store, {one.name.display[:3]: one.contact_id for one in found if one.name is not None}


def read(store: MemoryStore, contact_id: str) -> Contact:
    row = store.contact(contact_id)
    assert row is not None
    return from_json(Contact, row.document)


def choose(store: MemoryStore, who: str, wanted: list[tuple[int, str]], at: datetime) -> set[str]:
    """Choose, and give the words that counted."""
    view = contact_preferences(store, who, topics=TOPICS, at=at, regime=LAX)
    keys = [entry.key for entry in view.preferences]
    choices = {STOP if word == STOP else keys[place % len(keys)]: word for place, word in wanted}
    try:
        done = record_choices(store, who, choices, topics=TOPICS, at=at, regime=LAX, tokens=dict.fromkeys(keys, "aa11"))
    except InputError:
        assert not _legal(view, choices)
        return set()
    assert _legal(view, choices)
    answers = {entry.key: entry.answer for entry in done.view.preferences}
    for key, word in choices.items():
        if word == "no" or STOP in choices:
            assert answers.get(key, Answer.NO) is Answer.NO
    if all(answers.get(key) is not Answer.NO or word == "no" for key, word in choices.items()):  # no yes was covered by a no
        assert record_choices(store, who, choices, topics=TOPICS, at=at + timedelta(minutes=1), regime=LAX).events == ()
    return {STOP} if STOP in choices else set(choices.values())


def _legal(view: PreferenceView, choices: dict[str, str]) -> bool:
    entries = {entry.key: entry for entry in view.preferences}
    return all(key == STOP or word in entries[key].choices for key, word in choices.items())


def confirm(store: MemoryStore, who: str, purpose: str, at: datetime) -> None:
    try:
        record_consent(store, who, "confirm", "email", purpose, actor="subject", at=at, proof=ConsentProof(token_hash="aa11"))
    except IllegalTransitionError:
        return


def receipt(store: MemoryStore, principal: str, purpose: str, at: datetime) -> None:
    said = {"purpose": purpose, "consentType": "EXPLICIT", "termination": "until withdrawal"}
    given = {"piiPrincipalId": principal, "consentTimestamp": int(at.timestamp()), "consentReceiptID": "r", "collectionMethod": "form",
        "policyUrl": "https://example.org", "services": [{"service": "s", "purposes": [said]}]}  # fmt: skip
    import_receipts(store, [given], at=at, controllers={"": ""})


EMAILS = {"Pia": "desk@firm.es", "Zoe": "zoe@x.es", "Ana": "ana@x.es"}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS, ACTS)
def test_no_choice_makes_a_blocked_endpoint_contactable(
    blocked: str, acts: list[tuple[str, str, list[tuple[int, str]], str]]
) -> None:
    store, ids = filled()
    if blocked in ("withdraw", "complaint", "object"):
        record_consent(store, ids["Leo"], blocked, "email", at=NOW)
    else:
        record_suppression(store, blocked, "email", contact_id=ids["Leo"], endpoint="desk@firm.es", at=NOW)
    record_consent(store, ids["Zoe"], "complaint", "email", at=NOW)
    stopped: set[str] = set()
    for place, (act, name, wanted, purpose) in enumerate(acts):
        at = NOW + timedelta(days=1 + place)
        if act == "choose":
            words = choose(store, ids[name], wanted, at)
            stopped = stopped | {name} if STOP in words else stopped - {name} if "yes" in words else stopped
        elif act == "confirm":
            confirm(store, ids[name], purpose, at)
        else:
            receipt(store, EMAILS[name], purpose, at)
        for who in {"Pia", "Zoe", *stopped}:
            contact = read(store, ids[who])
            for asked in ("marketing", "newsletter"):
                for brand in (None, "brand-a"):
                    later = at + timedelta(hours=1)
                    endpoint = EMAILS[who]
                    answer = may_contact(contact, "email", asked, at=later, regime=LAX, endpoint=endpoint, controller=brand)
                    assert not answer.allowed, (who, asked, brand, acts)
