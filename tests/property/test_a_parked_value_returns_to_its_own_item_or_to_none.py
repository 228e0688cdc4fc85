"""Law: however a host of 1.0 edits a list, what 1.1 knew of an item comes back to that item, or stays parked; to no other."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.schema.migrations import explain_migration, migrate

ADDRESSES = [f"{name}@example.org" for name in "abcd"]
STATUSES = ["ok", "bounced", "bad", "quarantined"]
PLACES = ["Berlin", "Bonn", "Köln"]


@st.composite
def newer(draw: st.DrawFn) -> dict[str, Any]:
    emails = draw(st.lists(st.sampled_from(ADDRESSES), max_size=4, unique=True))
    places = draw(st.lists(st.sampled_from(PLACES), max_size=3, unique=True))
    document = {
        "contact_id": "1",
        "schema_version": "1.1",
        "name": {"given": "Ana", "phonetic_given2": "アナ"},
        "emails": [{"address": one, **_maybe(draw, "status", st.sampled_from(STATUSES))} for one in emails],
        "addresses": [{"locality": one, "coordinates": f"geo:{one}", "label": "x"} for one in places],
        "owners": [{"role": "enrichment", "who": "lee"}, {"role": "record", "who": "kim"}],
    }
    return document | _maybe(draw, "kind", st.just("org")) | _maybe(draw, "owner", st.sampled_from(["kim", "lee"]))


def _maybe(draw: st.DrawFn, name: str, values: st.SearchStrategy[str]) -> dict[str, str]:
    return {name: draw(values)} if draw(st.booleans()) else {}


@given(newer(), st.data())
def test_of_any_edit(document: dict[str, Any], data: st.DataObject) -> None:
    older = migrate(document, "1.0")
    edited = dict(older)
    for field, key, others in (("emails", "address", ADDRESSES), ("addresses", "locality", PLACES)):
        items = data.draw(st.permutations(older[field]))
        items = [dict(item) for item in items[: data.draw(st.integers(0, len(items)))]]
        for item in items:
            change = data.draw(st.sampled_from(["", "label", key]))
            if change:
                item[change] = data.draw(st.sampled_from(others))
        edited[field] = items + [{key: data.draw(st.sampled_from(others))} for _ in range(data.draw(st.integers(0, 2)))]
    if data.draw(st.booleans()):
        edited["name"] = {"given": "Eva"}
    if data.draw(st.booleans()):
        edited["owner"] = "sam"
    told = explain_migration(edited, "1.1")
    back = told.document
    known = {one["address"]: one.get("status") for one in document["emails"]}
    for item, was in zip(back["emails"], edited["emails"], strict=True):
        assert item.get("status") in (None, known.get(was["address"]))
        assert {name: value for name, value in item.items() if name != "status"} == was
    for item in back["addresses"]:
        assert item.get("coordinates") in (None, f"geo:{item.get('locality')}")
    assert back["name"].get("phonetic_given2") == ("アナ" if back["name"]["given"] == "Ana" else None)
    assert back.get("kind") == document.get("kind")
    record = [one["who"] for one in back["owners"] if one["role"] == "record"]
    assert record == [edited["owner"]]
    assert {"role": "enrichment", "who": "lee"} in back["owners"]
    # Nothing is lost: what is not in its place is still parked.
    parked = {f"emails.{one['address']}" for one in document["emails"] if "status" in one}
    restored = {f"emails.{one['address']}" for one in back["emails"] if "status" in one}
    if parked - restored:
        assert "$.emails[].status" in told.left
        assert back["extensions"]["canonical_contact.parked.1.1"].startswith("!")


@given(newer())
def test_a_value_that_stayed_parked_comes_back_with_its_item(document: dict[str, Any]) -> None:
    older = migrate(document, "1.0")
    without = migrate({**older, "emails": []}, "1.1")
    again = migrate(without, "1.0")
    assert migrate({**again, "emails": older["emails"]}, "1.1")["emails"] == document["emails"]
