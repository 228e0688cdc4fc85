"""What a person pins stands before what any policy chooses, until it is released; it goes where its record goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import Contact, MemoryStore, SQLiteStore, unify
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.pinning import Pin, pin, pins, release_pin
from canonical_contact.engine.rectifying import rectify
from canonical_contact.errors import InputError, NotFoundError
from canonical_contact.kpi.calculate import sources_of
from canonical_contact.merge import Survivorship
from canonical_contact.ports import ContactStore
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER, LAST = NOW + timedelta(days=1), NOW + timedelta(days=2)
HEAD = "Record ID,First Name,Last Name,Email,Additional email addresses,Date of birth,Gender,Contact owner,Job Title,Last Modified Date\n"
ANA = "1,Ana,Gil,ana@x.example,ana@y.example,1990-01-02,f,kim,Head of Sales,2026-05-01\n"
ANNE = "2,Anna,Gil,ana@x.example,,1990-01-03,m,lee,Sales,2026-06-01\n"
BO = "3,Bo,Berg,bo@x.example,,,,,,2026-05-01\n"


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContactStore]:
    made = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "contacts.db")
    yield made
    made.close()


def read(store: ContactStore, folder: Path, *rows: str, at: datetime = NOW, **options: object) -> None:
    (folder / "hubspot.csv").write_text(HEAD + "".join(rows), "utf-8")
    unify([folder / "hubspot.csv"], store, now=at, **options)  # type: ignore[arg-type]


def ana(store: ContactStore) -> Contact:
    return next(contact for contact in iter_contacts(store) if any(email.address == "ana@x.example" for email in contact.emails))


def test_a_pinned_value_stands_and_what_lost_says_so(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA, BO)
    contact_id = ana(store).contact_id
    done = pin(store, contact_id, "birthday", "1990-05-17", by="kim", at=LATER, why="seen on her card")
    assert (done.contact_id, done.records, done.new) == (contact_id, ("host:birthday@hubspot:1",), True)
    after = ana(store)
    assert after.birthday == "1990-05-17"
    told = {
        (claim.source, claim.value): (claim.won, claim.reason, claim.method)
        for claim in after.claims
        if claim.path == "$.birthday"
    }
    assert told == {
        ("host:birthday@hubspot:1", "1990-05-17"): (True, "pinned", "host"),
        ("hubspot:1", "1990-01-02"): (False, "pinned", "import"),
    }
    assert pins(store, contact_id) == (
        Pin("birthday", "1990-05-17", "host:birthday@hubspot:1", "kim", "seen on her card", LATER),
    )
    assert [source.system for source in sources_of(after)] == ["hubspot"]


def test_pinning_the_same_again_writes_nothing(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA)
    contact_id = ana(store).contact_id
    pin(store, contact_id, "birthday", "1990-05-17", by="kim", at=LATER)
    before = ana(store)
    assert not pin(store, contact_id, "birthday", "1990-05-17", by="lee", at=LAST).new
    assert ana(store) == before
    assert pin(store, contact_id, "birthday", "1991-05-17", by="lee", at=LAST).new
    assert ana(store).birthday == "1991-05-17"


@pytest.mark.parametrize("refit", [False, True])
def test_a_pin_survives_new_states_of_the_sources_and_other_policies(store: ContactStore, tmp_path: Path, refit: bool) -> None:
    read(store, tmp_path, ANA, BO)
    contact_id = ana(store).contact_id
    pin(store, contact_id, "name.surname", "Gill", by="kim", at=LATER)
    pin(store, contact_id, "gender", "x", by="kim", at=LATER)
    newer = ANA.replace("2026-05-01", "2027-01-01").replace("Ana,Gil", "Anita,Gil-Sanz").replace(",f,", ",m,")
    read(store, tmp_path, newer, BO, at=LAST, refit=refit, survivorship=Survivorship("mine/1", {"name": "most_recent"}))
    after = ana(store)
    assert after.contact_id == contact_id
    assert after.name is not None
    assert (after.name.given, after.name.surname, after.gender) == ("Ana", "Gill", "x")
    assert [one.path for one in pins(store, contact_id)] == ["gender", "name"]
    revision = after.revision
    read(store, tmp_path, newer, BO, at=LAST)
    assert ana(store).revision == revision


def test_a_released_pin_lets_the_policy_choose_again(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA)
    before = ana(store)
    pin(store, before.contact_id, "gender", "x", by="kim", at=LATER)
    released = release_pin(store, before.contact_id, "gender", by="lee", at=LAST, why="asked to")
    assert (released.records, released.new) == (("host:gender@hubspot:1",), True)
    after = ana(store)
    assert (after.gender, pins(store, before.contact_id)) == ("f", ())
    assert not release_pin(store, before.contact_id, "gender", by="lee", at=LAST).new
    kept = [row.document for row in store.record_versions("host:gender@hubspot:1")]
    assert len(kept) == 2
    assert '"by":"kim"' in kept[0]
    assert '"why":"asked to"' in kept[1]


def test_pinned_to_nothing_a_field_stays_empty(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA)
    contact_id = ana(store).contact_id
    for path in ("birthday", "owner", "$.gender"):
        pin(store, contact_id, path, "", by="kim", at=LATER)
    read(store, tmp_path, ANA.replace("2026-05-01", "2027-01-01"), at=LAST)
    after = ana(store)
    assert (after.birthday, after.gender, after.owners) == ("", "", ())


@pytest.mark.parametrize(
    ("path", "value", "field", "expected"),
    [
        ("name", "Dr. Ana María Gil", "name.given", "Ana María"),
        ("name.given", "Anna", "name.given", "Anna"),
        ("name.title", "Dr.", "name.title", "Dr."),
        ("name.generation", "Jr.", "name.generation", "Jr."),
        ("name.credential", "PhD", "name.credential", "PhD"),
        ("owner", "sam", "owners", "record sam"),
        ("owners.enrichment", "desk", "owners", "record kim, enrichment desk"),
        ("time_zone", "Europe/Madrid", "time_zone", "Europe/Madrid"),
        ("source_channel", "Fair", "source_channel", "Fair"),
        ("kind", "org", "kind", "org"),
        ("kind", "individual", "kind", "individual"),
        ("grammatical_gender", "feminine", "grammatical_gender", "feminine"),
        ("score", "42.5", "score", "42.5"),
        ("preferred_channels", "email, post", "preferred_channels", "email post"),
    ],
)
def test_single_fields_are_pinned(tmp_path: Path, path: str, value: str, field: str, expected: str) -> None:
    store = MemoryStore()
    read(store, tmp_path, ANA)
    pin(store, ana(store).contact_id, path, value, by="kim", at=LATER)
    after = ana(store)
    shown = {
        "owners": ", ".join(f"{it.role} {it.who}" for it in after.owners),
        "preferred_channels": " ".join(after.preferred_channels),
    }
    value_now: object = after
    for part in field.split("."):
        value_now = getattr(value_now, part)
    assert (shown.get(field) or str(value_now)) == expected
    assert after.name is not None
    assert after.name.surname == "Gil"


def test_the_pinned_entry_of_a_list_stands_first(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA, ANNE)
    before = ana(store)
    assert (before.emails[0].address, before.titles) == ("ana@x.example", ("Sales", "Head of Sales"))
    pin(store, before.contact_id, "emails", "Ana@Y.example", by="kim", at=LATER)
    pin(store, before.contact_id, "titles[0]", "Head of Sales", by="kim", at=LATER)
    after = ana(store)
    assert [email.address for email in after.emails] == ["ana@y.example", "ana@x.example"]
    assert after.titles == ("Head of Sales", "Sales")
    told = {claim.value: (claim.path, claim.won, claim.reason) for claim in after.claims if claim.source.startswith("host:")}
    assert told == {"ana@y.example": ("$.emails[0]", True, "pinned"), "Head of Sales": ("$.titles[0]", True, "pinned")}


def test_a_pin_on_a_list_adds_nothing_that_no_source_states_any_more(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA)
    pin(store, ana(store).contact_id, "emails", "ana@y.example", by="kim", at=LATER)
    read(store, tmp_path, ANA.replace("ana@y.example", "").replace("2026-05-01", "2027-01-01"), at=LAST)
    after = ana(store)
    assert [email.address for email in after.emails] == ["ana@x.example"]
    assert [claim.reason for claim in after.claims if claim.source.startswith("host:")] == ["pin_waits"]


def test_what_the_person_had_put_right_stands_before_a_pin(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA)
    contact_id = ana(store).contact_id
    pin(store, contact_id, "birthday", "1990-05-17", by="kim", at=LATER)
    rectify(store, contact_id, {"birthday": "1990-01-04"}, at=LAST)
    assert ana(store).birthday == "1990-01-04"


def test_erasing_takes_the_pins_along(store: ContactStore, tmp_path: Path) -> None:
    read(store, tmp_path, ANA)
    contact_id = ana(store).contact_id
    pin(store, contact_id, "name", "Ana Secret", by="kim", at=LATER)
    erase(store, contact_id, at=LAST)
    assert not list(store.records())


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("consent", "yes", "Consent is recorded"),
        ("restrictions", "", "Consent is recorded"),
        ("nps", "9", "Fields:"),
        ("owners", "kim", "Fields:"),
        ("birthday", "someday", "cannot be read"),
        ("kind", "robot", "cannot be read"),
        ("emails", "new@x.example", "No record of the contact states"),
        ("emails", "", "No record of the contact states"),
    ],
)
def test_what_cannot_be_pinned_is_refused(tmp_path: Path, path: str, value: str, words: str) -> None:
    store = MemoryStore()
    read(store, tmp_path, ANA)
    with pytest.raises(InputError, match=words):
        pin(store, ana(store).contact_id, path, value, by="kim", at=LATER)
    assert not pins(store, ana(store).contact_id)


def test_a_pin_needs_a_person_a_zone_and_a_contact(tmp_path: Path) -> None:
    store = MemoryStore()
    read(store, tmp_path, ANA)
    contact_id = ana(store).contact_id
    with pytest.raises(InputError, match="somebody"):
        pin(store, contact_id, "gender", "x", by=" ", at=LATER)
    with pytest.raises(InputError):
        pin(store, contact_id, "gender", "x", by="kim", at=LATER.replace(tzinfo=None))
    with pytest.raises(NotFoundError):
        release_pin(store, "nobody", "gender", by="kim", at=LATER)
