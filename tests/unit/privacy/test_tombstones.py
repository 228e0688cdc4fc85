"""Tombstones know a person again in every spelling, tell nothing without the key, and know nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canonical_contact.model import Name, PostalAddress, Tombstone, TombstoneKind, tombstone_hash
from canonical_contact.privacy import Graves, Traces, address_keys, fingerprint, name_forms, tombstones_of

NOW = datetime(2026, 7, 1, tzinfo=UTC)
KEY = bytes(range(32))
ANA = Traces(
    contacts=("id-1",),
    records=("crm:7",),
    endpoints=("a.na@gmail.com", "+34600111222"),
    shared=("info@x.example", "+34911234567"),
    names=name_forms(Name(given="Ana", surname="Núñez")),
    blocks=(("info@x.example", "email/complaint"),),
)


def graves(key: bytes = KEY) -> Graves:
    return Graves(tombstones_of(ANA, KEY, at=NOW, why="request"), key)


@pytest.mark.parametrize(
    ("record", "endpoints", "name", "by"),
    [
        ("crm:7", [], "", TombstoneKind.RECORD),
        ("crm:8", ["ANA+news@googlemail.com"], "", TombstoneKind.EMAIL),
        ("crm:8", ["other@x.example", "+34600111222"], "", TombstoneKind.PHONE),
        ("crm:8", ["INFO@x.example"], "NUNEZ Ana", TombstoneKind.EMAIL_NAME),
        ("crm:8", ["+34911234567"], "Ana Núñez", TombstoneKind.PHONE_NAME),
        ("crm:8", ["info@x.example", "+34911234567"], "Bo Berg", None),
        ("crm:8", ["info@x.example"], "", None),
        ("crm:8", ["ana@x.example", "+34600111223"], "Ana Núñez", None),
        ("id-1", [], "", None),
    ],
)
def test_a_person_is_known_again_and_nobody_else_is(
    record: str, endpoints: list[str], name: str, by: TombstoneKind | None
) -> None:
    given, _, surname = name.partition(" ")
    forms = name_forms(Name(given=given, surname=surname)) if name else ()
    assert graves().is_erased(record, endpoints, lambda: forms) is by
    assert graves(b"another key of 32 bytes or more.").is_erased(record, endpoints, lambda: forms) is None


def test_tombstones_hold_hashes_codes_and_times_alone() -> None:
    made = tombstones_of(ANA, KEY, at=NOW, why="request")
    assert made == tombstones_of(ANA, KEY, at=NOW, why="request")
    assert {each.at for each in made} == {NOW}
    assert {each.why for each in made} == {"request", "email/complaint"}
    assert all(len(each.hash) == 64 and set(each.hash) <= set("0123456789abcdef") for each in made)
    text = repr((made, ANA)).casefold()
    assert not [word for word in ("gmail", "600111222", "nunez", "núñez") if word in text]


def test_names_are_asked_for_only_on_an_endpoint_that_was_shared() -> None:
    def asked() -> tuple[str, ...]:
        raise AssertionError("the name was looked at")

    assert graves().is_erased("crm:8", ["bo@x.example", "+34600999999"], asked) is None


HOME = PostalAddress(street="Hauptstraße 12", postcode="10115", locality="Berlin")


@pytest.mark.parametrize(
    ("address", "same"),
    [
        (PostalAddress(street="HAUPTSTR. 12", postcode="10 115"), True),
        (PostalAddress(street="Hauptstrasse 12", postcode="10115", locality="Berlin-Mitte", extended="2. Stock"), True),
        (PostalAddress(full="Hauptstraße 12\n10115 Berlin"), True),
        (PostalAddress(street="Hauptstraße 12", postcode="10117"), False),
        (PostalAddress(street="Hauptstraße 1", postcode="10115"), False),
        (PostalAddress(postcode="10115", locality="Berlin"), False),
        (PostalAddress(full="10115 Berlin"), False),
    ],
)
def test_a_postal_address_counts_together_with_the_name(address: PostalAddress, same: bool) -> None:
    traces = Traces(names=("ana gil",), addresses=address_keys([HOME]))
    made = Graves(tombstones_of(traces, KEY, at=NOW), KEY)
    ana, bo = (lambda: ("ana gil",)), (lambda: ("berg bo",))
    by = TombstoneKind.ADDRESS_NAME if same else None
    assert made.is_erased("crm:8", ["new@x.example"], ana, lambda: address_keys([address])) is by
    assert made.is_erased("crm:8", [], bo, lambda: address_keys([address])) is None


def test_a_town_or_a_postcode_is_no_address() -> None:
    towns = [
        PostalAddress(locality="San Sebastián de los Reyes"),
        PostalAddress(postcode="10115", locality="Berlin"),
        PostalAddress(),
    ]
    assert address_keys([*towns, PostalAddress(full="San Sebastián de los Reyes")]) == ()
    assert address_keys([PostalAddress(po_box="17 03 61", postcode="10203", locality="Berlin")]) == ("03 10203 17 61 berlin",)
    assert address_keys([PostalAddress(street="The Old Rectory", locality="Snoring")])[0] == "snoring/theoldrectory"


def test_blocks_and_confirmations_are_found() -> None:
    one = graves()
    assert list(one.blocks(["nobody@x.example", "info@x.example"])) == [("email", "complaint")]
    assert (one.owns("ana@gmail.com"), one.owns("info@x.example")) == (True, False)
    assert one.lifted("ana@gmail.com") is None
    one.add([Tombstone(TombstoneKind.LIFTED, tombstone_hash(KEY, TombstoneKind.LIFTED, "ana@gmail.com"), NOW)])
    assert one.lifted("A.na@gmail.com") == NOW


def test_kinds_and_parts_are_kept_apart_and_a_fingerprint_is_no_key() -> None:
    texts = {
        tombstone_hash(KEY, kind, *parts) for kind in TombstoneKind for parts in (("a", "bc"), ("ab", "c"), ("abc",), ("abc", ""))
    }
    assert len(texts) == 4 * len(TombstoneKind)
    assert KEY.hex() not in fingerprint(KEY)
    assert fingerprint(KEY) != fingerprint(KEY[:-1])


def test_a_name_in_another_order_case_or_script_of_accents_is_one() -> None:
    forms = {
        name_forms(Name(given=given, surname=surname))
        for given, surname in (("Ana", "Núñez"), ("NÚÑEZ", "ana"), ("ána", "nunez"))
    }
    assert len(forms) == 1
    assert name_forms(Name(full="Ana Núñez")) == name_forms(Name(given="Ana", surname="Núñez"))
    assert name_forms(Name()) == ()
