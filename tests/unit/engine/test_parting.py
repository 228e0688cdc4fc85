"""Records that part by other rules alone stay blocked; a record whose own cells changed may leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.engine.recording import record_consent
from canonical_contact.engine.renormalize import renormalize
from canonical_contact.model import Name, RawRecord, SourceRecord
from canonical_contact.normalize import Normalizer, Profile, profiled
from canonical_contact.normalize.profile import RULES
from canonical_contact.store import iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HUBSPOT = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Country/Region,{column},Last Modified Date\n"
REFUSALS = {
    "Unsubscribed from all email": "true",
    "Mailing opt-out": "maybe",
    "Message": "unsubscribe me please",
}


def filled(folder: Path, column: str) -> MemoryStore:
    (folder / "hubspot.csv").write_text(
        HUBSPOT.format(column=column) + f"1,Fernando,Garcia,f@x.es,+34 600 111 222,Spain,{REFUSALS[column]},2026-05-01\n", "utf-8"
    )
    other(folder, "Fernando,Garcia,fernando@y.es")
    store = MemoryStore()
    unify(sorted(folder.iterdir()), store, now=NOW)
    assert len(list(iter_contacts(store))) == 1
    assert denied(store) == [True]
    return store


def other(folder: Path, cells: str) -> None:
    (folder / "list.csv").write_text(f"Nr,First name,Last name,E-mail,Phone,Country\n7,{cells},+34 600 111 222,Spain\n", "utf-8")


def denied(store: MemoryStore) -> list[bool]:
    at = NOW + timedelta(days=9)
    return [not may_contact(contact, "email", at=at, regime="can_spam").allowed for contact in iter_contacts(store)]


def read_otherwise(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    record = profiled.ProfiledNormalizer.record

    def made(self: profiled.ProfiledNormalizer, raw: object, key: str, record_id: str) -> object:
        found = record(self, raw, key, record_id)  # type: ignore[arg-type]
        if found.system != system:
            return found
        return evolve(
            found, card=evolve(found.card, name=Name(given="Zacharias", surname="Wu"), phones=()), digest=found.digest + "2"
        )

    monkeypatch.setattr(profiled.ProfiledNormalizer, "record", made)


@pytest.mark.parametrize("column", REFUSALS)
@pytest.mark.parametrize("system", ["list", "hubspot"])
def test_who_parts_by_other_rules_stays_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str, system: str
) -> None:
    store = filled(tmp_path, column)
    read_otherwise(monkeypatch, system)
    for day in (1, 2):
        unify(sorted(tmp_path.iterdir()), store, now=NOW + timedelta(days=day))
        assert denied(store) == [True, True]


def test_whose_own_cells_changed_may_leave(tmp_path: Path) -> None:
    store = filled(tmp_path, "Unsubscribed from all email")
    (tmp_path / "list.csv").write_text(
        "Nr,First name,Last name,E-mail,Phone,Country\n7,Zacharias,Wu,zacharias@wu.es,+34 600 999 888,Spain\n", "utf-8"
    )
    unify([tmp_path / "list.csv"], store, now=NOW + timedelta(days=1))
    assert sorted(denied(store)) == [False, True]


def wrongly_merged(folder: Path, profile: Profile | None) -> MemoryStore:
    """Bob refuses post by himself; then his row says that he is Fernando, who opts in for post."""
    head = "Record ID,First Name,Last Name,Email,Mobile Phone Number,Country/Region,Last Modified Date\n"
    (folder / "hubspot.csv").write_text(head + "1,Fernando,Garcia,f@x.es,+34 600 111 222,Spain,2026-05-01\n", "utf-8")
    rows = "Nr,First name,Last name,E-mail,Phone,Country\n7,{},bob@y.es,{},Spain\n"
    (folder / "list.csv").write_text(rows.format("Bob,Wu", "+34 600 999 888"), "utf-8")
    store = MemoryStore()
    unify(sorted(folder.iterdir()), store, now=NOW, profile=profile)
    bob = next(one for one in iter_contacts(store) if one.emails[0].address == "bob@y.es")
    record_consent(store, bob.contact_id, "withdraw", "post", at=NOW + timedelta(days=1))
    (folder / "list.csv").write_text(rows.format("Fernando,Garcia", "+34 600 111 222"), "utf-8")
    unify([folder / "list.csv"], store, now=NOW + timedelta(days=2), profile=profile)
    (one,) = iter_contacts(store)
    record_consent(store, one.contact_id, "opt_in", "post", at=NOW + timedelta(days=3), method="web_form", actor="subject")
    assert may_contact(next(iter_contacts(store)), "post", at=NOW + timedelta(days=4)).allowed
    return store


@pytest.mark.parametrize("by", ["a run", "normalising again"])
def test_who_parts_by_other_rules_says_again_what_the_permission_of_both_lifted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    older = Profile("default", {**RULES, "phone": "phone/1"})
    store, later = wrongly_merged(tmp_path, None if by == "a run" else older), NOW + timedelta(days=5)
    if by == "a run":
        read_otherwise(monkeypatch, "list")
        unify(sorted(tmp_path.iterdir()), store, now=later)
    else:
        read_anew(monkeypatch, "bob@y.es")
        renormalize(store, now=later, progress=Silent())
    answers = {
        contact.emails[0].address: may_contact(contact, "post", at=NOW + timedelta(days=9), regime="gdpr_eprivacy").reasons[0]
        for contact in iter_contacts(store)
    }
    assert answers == {"f@x.es": "express_consent", "bob@y.es": "withdrawn"}
    before = [row.event_id for row in store.events()]
    unify(sorted(tmp_path.iterdir()), store, now=later + timedelta(days=1))
    assert [row.event_id for row in store.events()] == before


def read_anew(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    """Let the rules of today read a row as another person's."""

    class Other(Normalizer):
        def record(self, raw: RawRecord, key: str, record_id: str) -> SourceRecord:
            made = super().record(raw, key, record_id)
            if email not in raw.values.values():
                return made
            return evolve(made, card=evolve(made.card, name=Name(given="Zacharias", surname="Wu"), phones=()))

    monkeypatch.setattr("canonical_contact.normalize.profiled.Normalizer", Other)


class Silent:
    def stage(self, name: str, total: int | None) -> None: ...

    def advance(self, n: int) -> None: ...
