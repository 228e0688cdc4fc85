"""What the proof of a live act says without being told: whose consent it ends, on which basis, by which rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, unify
from canonical_contact.engine.double_opt_in import begin_double_opt_in, confirm_double_opt_in
from canonical_contact.engine.recording import (
    record_consent,
    record_stop,
    record_suppression,
    record_unsuppression,
    sweep_expiries,
)
from canonical_contact.model import ConsentEvent, ConsentProof

NOW = datetime(2026, 7, 1, tzinfo=UTC)
SHEET = "First name,Last name,E-mail,Country\nAna,Gil,ana@x.es,ES\n"
SHOWN = ConsentProof(notice_id="n", notice_version="3", notice_language="es", notice_hash="ab", wording="Si.")


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture
def store(tmp_path: Path) -> MemoryStore:
    store, file = MemoryStore(), tmp_path / "people.csv"
    file.write_text(SHEET, "utf-8", newline="")
    unify([file], store, now=NOW)
    return store


def ana(store: MemoryStore) -> str:
    (row,) = store.contacts()
    return row.contact_id


def proof(event: ConsentEvent) -> ConsentProof:
    assert event.proof is not None
    return event.proof


def test_an_opt_in_rests_on_consent(store: MemoryStore) -> None:
    begun = begin_double_opt_in(store, ana(store), "email", at=later(1))
    done = confirm_double_opt_in(store, begun.token, at=later(2))
    single = record_consent(store, ana(store), "opt_in", "email", "news", at=later(1))
    other = record_consent(store, ana(store), "opt_in", "email", "bill", at=later(1), legal_basis="contract")
    refused = record_consent(store, ana(store), "withdraw", "email", at=later(3))
    acts = (begun.recorded, done, single, other, refused)
    assert [act.events[0].legal_basis for act in acts] == ["consent", "consent", "consent", "contract", ""]


@pytest.mark.parametrize("kind", ["withdraw", "object"])
def test_a_refusal_names_the_notice_of_the_consent_that_it_ends(store: MemoryStore, kind: str) -> None:
    given = record_consent(store, ana(store), "opt_in", "email", at=later(1), proof=SHOWN)
    done = record_consent(store, ana(store), kind, "email", at=later(2))
    said = proof(done.events[0])
    assert (said.notice_id, said.notice_version, said.notice_language) == ("n", "3", "es")
    assert (said.notice_hash, said.wording, said.consent_id) == ("ab", "Si.", proof(given.events[0]).consent_id)


def test_a_refusal_that_names_a_notice_keeps_it(store: MemoryStore) -> None:
    record_consent(store, ana(store), "opt_in", "email", at=later(1), proof=SHOWN)
    done = record_consent(store, ana(store), "withdraw", "email", at=later(2), proof=ConsentProof(notice_id="leaving"))
    said = proof(done.events[0])
    assert (said.notice_id, said.notice_version, said.wording) == ("leaving", "", "")


def test_a_block_and_its_end_name_the_rules_and_each_other(store: MemoryStore) -> None:
    block = record_suppression(store, "manual", "email", endpoint="ana@x.es", at=later(1), proof=ConsentProof(actor_id="b.osei"))
    end = record_unsuppression(store, "manual", "email", contact_id=ana(store), endpoint="ana@x.es", at=later(2))
    first, second = proof(block.events[0]), proof(end.events[0])
    assert (first.jurisdiction, first.actor_id, second.jurisdiction) == ("ES", "b.osei", "ES")
    assert first.regime
    assert first.regime == second.regime
    assert first.consent_id
    assert first.consent_id == second.consent_id
    assert record_suppression(store, "manual", "email", endpoint="nobody@x.es", at=later(1)).events[0].proof is None


def test_what_runs_out_names_the_consent_that_ends(store: MemoryStore) -> None:
    given = record_consent(store, ana(store), "opt_in", "email", at=later(1), expires_at=later(5))
    (swept,) = sweep_expiries(store, later(6))
    assert proof(swept.events[0]).consent_id == proof(given.events[0]).consent_id
    assert swept.events[0].source == "sweep"


def test_a_stop_takes_proof(store: MemoryStore) -> None:
    shown = ConsentProof(captured_at="inbox:17")
    for endpoint in ("ana@x.es", "nobody@x.es"):
        done = record_stop(store, "email", endpoint, at=later(1), proof=shown)
        assert {proof(event).captured_at for event in done.events} == {"inbox:17"}


@pytest.mark.parametrize(
    ("click", "kept"),
    [
        (ConsentProof(ip="192.0.2.17"), (("form:1",), "aa")),
        (ConsentProof(evidence_refs=("click:1",)), (("click:1",), "")),
        (ConsentProof(evidence_refs=("click:1",), evidence_hash="bb"), (("click:1",), "bb")),
    ],
)
def test_a_click_without_evidence_keeps_that_of_the_form(
    store: MemoryStore, click: ConsentProof, kept: tuple[tuple[str, ...], str]
) -> None:
    shown = ConsentProof(evidence_refs=("form:1",), evidence_hash="aa")
    begun = begin_double_opt_in(store, ana(store), "email", at=later(1), proof=shown)
    said = proof(confirm_double_opt_in(store, begun.token, at=later(2), proof=click).events[0])
    assert (said.evidence_refs, said.evidence_hash) == kept
