"""Law: who may not be contacted by one version of a document may not be contacted by another, whatever a host of an older version did to it meanwhile.

One thing an older version cannot say: that the person's own confirmation has lifted a block for one purpose. There it holds for all, and what
it was lifted for comes back to the block that the host has left as it was, and to no other.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.consent import events_of, fold, holds_of, may_contact
from canonical_contact.consent.evidence import FORBIDDING
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.model import (
    SCHEMA_VERSION,
    Card,
    Channel,
    ConsentRecord,
    ConsentState,
    Contact,
    EmailAddress,
    EmailStatus,
    Owner,
    OwnerRole,
    PhoneNumber,
    PostalAddress,
    Restriction,
    SourceRecord,
    Suppression,
    SuppressionKind,
)
from canonical_contact.schema import from_dict, published_schema, published_versions, to_dict
from canonical_contact.schema._step_1_0_1_1 import _HARMLESS
from canonical_contact.schema.migrations import migrate
from document_strategies import known

AT = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
OLDER = [version for version in published_versions() if version != SCHEMA_VERSION]
ADDRESSES = ("ana@example.org", "ana@work.example")
channels = st.sampled_from(list(Channel))
emails = st.lists(
    st.builds(
        EmailAddress, st.sampled_from(ADDRESSES), st.sampled_from(["", *ADDRESSES]), status=st.sampled_from(list(EmailStatus))
    ),
    max_size=3,
).map(tuple)
people = st.builds(
    Contact,
    contact_id=st.just("1"),
    emails=emails,
    phones=st.sampled_from([(), (PhoneNumber("+493012345678"),)]),
    addresses=st.sampled_from([(), (PostalAddress(country_code="DE", coordinates="geo:1,2"),)]),
    owners=st.sampled_from([(), (Owner(OwnerRole.RECORD, "kim"),), (Owner(OwnerRole.ENRICHMENT, "lee"),)]),
    restrictions=st.lists(st.sampled_from(list(Restriction)), max_size=2).map(tuple),
    deleted=st.booleans(),
    consent=st.lists(
        st.builds(
            ConsentRecord,
            channels,
            st.sampled_from(["any", "marketing"]),
            st.sampled_from(list(ConsentState)),
            resume_state=st.sampled_from([None, *ConsentState]),
            token_hash=st.sampled_from(["", "ab"]),
            confirm_by=st.sampled_from([None, AT]),
        ),
        max_size=2,
    ).map(tuple),
    suppressions=st.lists(
        st.builds(
            Suppression, st.sampled_from(list(SuppressionKind)), channels, st.sampled_from(["", *ADDRESSES]),
            reason=st.sampled_from(["", "restricted", "deleted", "undeliverable"]),
            lifted_for=st.sampled_from([(), ("marketing",), ("marketing@brand-a",)]),
        ),
        max_size=3,
    ).map(tuple),
)  # fmt: skip


def read_by(version: str, document: dict[str, Any]) -> Contact:
    """Read a document as a program of an older version does: by the fields that it knows."""
    schema = published_schema(version)
    return from_dict(Contact, _unversioned(known(document, schema, schema)))


def _unversioned(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "schema_version"}  # taken as it is


def open_ways(contact: Contact) -> set[tuple[str, str | None]]:
    ways = [(channel, endpoint) for channel in (*Channel, "voice") for endpoint in (None, *ADDRESSES)]
    return {way for way in ways if may_contact(contact, way[0], at=AT, regime=LAX, endpoint=way[1])}


def lifted_as_before(shown: Contact, person: Contact) -> Contact:
    """What a host of an older version left, with blocks lifted for what they were lifted for; of equal blocks only where none is gone."""
    lifted: dict[Suppression, list[tuple[str, ...]]] = {}
    for block in person.suppressions:
        lifted.setdefault(evolve(block, lifted_for=()), []).append(block.lifted_for)
    whole = {block for block, number in Counter(shown.suppressions).items() if number == len(lifted.get(block, ()))}
    blocks = [evolve(block, lifted_for=lifted[block].pop()) if block in whole else block for block in shown.suppressions]
    return evolve(shown, suppressions=tuple(blocks))


@pytest.mark.parametrize("version", OLDER)
@given(person=people)
def test_of_a_step_down(version: str, person: Contact) -> None:
    older = migrate(to_dict(person), version)
    assert open_ways(read_by(version, older)) <= open_ways(person)
    assert from_dict(Contact, older) == person


@pytest.mark.parametrize("version", OLDER)
@given(person=people, data=st.data())
def test_of_a_step_up_after_a_host_of_an_older_version_has_edited(version: str, person: Contact, data: st.DataObject) -> None:
    older = migrate(to_dict(person), version)
    for field in ("emails", "suppressions", "addresses", "consent"):
        if field in older and data.draw(st.booleans(), label=f"edit {field}"):
            order = data.draw(st.permutations(range(len(older[field]))))
            older[field] = [older[field][place] for place in order[data.draw(st.integers(0, len(order))) :]]
    change = data.draw(st.sampled_from(["keep", "drop", "break", "other"]))
    if "extensions" in older and change != "keep":
        key = data.draw(st.sampled_from(sorted(older["extensions"])))
        text = older["extensions"].pop(key)
        if change != "drop":
            older["extensions"] = {**older["extensions"], key: text[:-1] if change == "break" else "{}"}
    assert open_ways(from_dict(Contact, older)) <= open_ways(lifted_as_before(read_by(version, older), person))


@given(people)
def test_of_records_that_a_program_of_1_0_folds(person: Contact) -> None:
    card = Card(emails=person.emails, phones=person.phones, restrictions=person.restrictions, deleted=person.deleted)
    record = SourceRecord("s:1", "s", "1", "1", "f.csv", 2, card)
    schema = published_schema("1.0")
    older = migrate(to_dict(record), "1.0")
    shown = from_dict(SourceRecord, _unversioned(known(older, schema, schema["$defs"]["SourceRecord"])))
    folded = fold(events_of(record), holds_of(shown))
    contact = Contact(contact_id="1", emails=person.emails, phones=person.phones, **_consent(folded))
    barred = evolve(contact, restrictions=card.restrictions, deleted=card.deleted, consent=(), suppressions=())
    assert open_ways(evolve(contact, emails=shown.card.emails)) <= open_ways(barred)


def _consent(folded: Any) -> dict[str, Any]:
    return {"consent": folded.records, "suppressions": folded.suppressions}


def test_the_step_and_the_judge_agree_on_what_forbids() -> None:
    assert {word.value for word in Restriction} - _HARMLESS == {word.value for word in FORBIDDING}
