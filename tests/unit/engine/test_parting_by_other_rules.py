"""Who parts from a contact in a run that judges by other rules is freed of nothing, whatever else its rows say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.engine.erasing import erase
from canonical_contact.engine.matching import MODEL, TERMS
from canonical_contact.engine.recording import record_consent
from canonical_contact.match.policy import MatchPolicy, Rule
from canonical_contact.model import Contact, Name, RawRecord, SourceRecord
from canonical_contact.normalize import Profile, profiled
from canonical_contact.schema import from_json

NOW = datetime(2026, 7, 1, tzinfo=UTC)
CONTACTS = "Id,FirstName,LastName,Email,LastModifiedDate,HasOptedOutOfEmail"
TOGETHER = MatchPolicy("together/1", match_at=0.3, must=[Rule("one_name", {"given": ["exact"]})])
BY_WEIGHTS = MatchPolicy("weights/1", match_at=0.3)
APART = MatchPolicy("apart/1", match_at=1.0, review_at=1.0)


def read(
    store: MemoryStore,
    folder: Path,
    day: int,
    *rows: str,
    refit: bool = False,
    policy: MatchPolicy | None = None,
    profile: Profile | None = None,
) -> None:
    """Read rows of Salesforce; those with one cell more are leads, which name the contact that they became."""
    files = {"salesforce_contact": [CONTACTS], "salesforce_lead": [f"{CONTACTS},ConvertedContactId"]}
    for row in rows:
        files["salesforce_lead" if row.count(",") == 6 else "salesforce_contact"].append(row)
    paths = []
    for name, lines in files.items():
        if len(lines) > 1:
            paths.append(folder / f"{name}.csv")
            paths[-1].write_text("\n".join(lines), "utf-8")
    unify(paths, store, now=NOW + timedelta(days=day), refit=refit, policy=policy, profile=profile)


def denied(store: MemoryStore) -> dict[str, bool]:
    """The records of each contact, and whether it may not be written to."""
    found = {}
    for row in store.contacts():
        answer = may_contact(from_json(Contact, row.document), "email", at=NOW + timedelta(days=50), regime="can_spam")
        found[" ".join(key.partition(":")[2] for key in row.members)] = not answer.allowed
    return found


def by_post(store: MemoryStore) -> dict[str, str]:
    """The records of each contact, and what stands there about letters."""
    found = {}
    for row in store.contacts():
        states = [record.state.value for record in from_json(Contact, row.document).consent if record.channel == "post"]
        found[" ".join(key.partition(":")[2] for key in row.members)] = "".join(states)
    return found


def who_refuses_letters(folder: Path) -> MemoryStore:
    store = MemoryStore()
    read(store, folder, 0, "003A,Ana,Gil,ana@x.es,2026-05-01,0")
    (ana,) = store.contacts()
    record_consent(store, ana.contact_id, "withdraw", "post", at=NOW, actor="subject")
    return store


def one_of_three_refuses(folder: Path) -> MemoryStore:
    store = MemoryStore()
    read(store, folder, 0, "003A,Ana,Gil,ana@x.es,2026-05-01,1", policy=TOGETHER)
    read(store, folder, 1, "003B,Ana,Mar,b@x.es,2026-05-01,0", "003C,Ana,Li,c@x.es,2026-05-01,0", policy=TOGETHER)
    assert denied(store) == {"003A 003B 003C": True}
    return store


@pytest.mark.parametrize("how", ["refit", "older matcher", "weights of another version", "policy"])
def test_a_change_in_one_record_frees_nobody_whom_other_rules_part(tmp_path: Path, how: str) -> None:
    store = one_of_three_refuses(tmp_path)
    weights = {"older matcher": "", "weights of another version": "[other"}.get(how)
    if weights is not None:
        for name in (MODEL, TERMS):
            store.put_setting(name, weights)
    changed = [f"003{key},Ana,{name},{key.lower()}@x.es,2026-05-02,0" for key, name in (("B", "Marr"), ("C", "Lin"))]
    read(store, tmp_path, 2, *(changed if how == "policy" else changed[1:]), policy=APART, refit=how == "refit")
    assert denied(store) == {"003A": True, "003B": True, "003C": True}


def test_a_policy_of_one_run_counts_as_other_rules_until_all_pairs_are_judged_anew(tmp_path: Path) -> None:
    store = one_of_three_refuses(tmp_path)
    read(store, tmp_path, 2, "003Z,Zoe,Sol,zoe@x.es,2026-05-02,0", policy=BY_WEIGHTS)  # looks at no other pairs
    assert denied(store) == {"003A 003B 003C": True, "003Z": False}
    read(store, tmp_path, 3, "003C,Ana,Lin,c@x.es,2026-05-02,0", policy=BY_WEIGHTS)
    assert denied(store) == {"003A 003B": True, "003C": True, "003Z": False}


def test_a_record_that_leaves_takes_along_what_was_refused_before_its_contact_met_another(tmp_path: Path) -> None:
    store = MemoryStore()
    joined = "00QB,Ana,Gil,ana@y.es,2026-05-01,0,003A"
    read(store, tmp_path, 0, "003A,Ana,Gil,ana@x.es,2026-05-01,0", joined, "003C,Zoe,Sol,zoe@x.es,2026-05-01,0")
    read(store, tmp_path, 1, "003A,Ana,Gil,ana@x.es,2026-05-02,1")
    read(store, tmp_path, 2, "003C,Zoe,Soll,zoe@x.es,2026-05-03,0")
    assert denied(store) == {"003A 00QB": True, "003C": False}
    read(store, tmp_path, 3, "003C,Ana,Gil,ana@x.es,2026-05-04,0")
    assert denied(store) == {"003A 003C 00QB": True}
    read(store, tmp_path, 4, "00QB,Bo,Mar,bo@y.es,2026-05-05,0,")
    assert denied(store) == {"003A 003C": True, "00QB": True}


def test_a_block_that_a_part_says_again_reaches_others_at_the_same_mailbox(tmp_path: Path) -> None:
    store = MemoryStore()
    rows = "003A,Ana,Gil,desk@x.es,2026-05-01,0", "003B,Ana,Mar,desk@x.es,2026-05-01,0", "003C,Zoe,Sol,desk@x.es,2026-05-01,0"
    read(store, tmp_path, 0, rows[0], policy=APART)
    (ana,) = store.contacts()
    record_consent(store, ana.contact_id, "withdraw", "email", "news", at=NOW, endpoint="desk@x.es")
    read(store, tmp_path, 1, *rows[1:], policy=TOGETHER)
    assert denied(store) == {"003A 003B": True, "003C": True}
    for kind in ("opt_in_unconfirmed", "confirm"):
        record_consent(
            store, ana.contact_id, kind, "email", "news", at=NOW + timedelta(days=2), endpoint="desk@x.es", actor="subject"
        )
    news = [
        may_contact(from_json(Contact, row.document), "email", "news", at=NOW + timedelta(days=3), regime="can_spam").allowed
        for row in store.contacts()
    ]
    assert news == [True, True]
    read(store, tmp_path, 4, rows[0], policy=APART, refit=True)
    answers = {
        row.members[0]: may_contact(
            from_json(Contact, row.document), "email", "news", at=NOW + timedelta(days=5), regime="can_spam"
        )
        for row in store.contacts()
    }
    assert {key: answer.allowed for key, answer in answers.items()} == {
        "salesforce_contact:003A": False,
        "salesforce_contact:003B": False,
        "salesforce_contact:003C": False,
    }


def by_another_rule(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Let the rules of today read the name of a record as another one."""
    made = profiled.ProfiledNormalizer.record

    def record(self: profiled.ProfiledNormalizer, raw: RawRecord, of: str, record_id: str) -> SourceRecord:
        found = made(self, raw, of, record_id)
        if of != key:
            return found
        card = evolve(found.card, name=Name(given="Zacharias", surname="Wu"), emails=())
        claims = tuple(evolve(claim, rule=f"{claim.rule}0") for claim in found.claims)
        return evolve(found, card=card, claims=claims, digest=f"{found.digest}2")

    monkeypatch.setattr(profiled.ProfiledNormalizer, "record", record)


def test_an_id_that_stands_in_two_rows_does_not_say_that_its_record_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = who_refuses_letters(tmp_path)
    twice = "003B,Ana,Gil,ana@x.es,2026-05-02,0", "003B,Ana,Gill,ana@x.es,2026-05-01,0"
    read(store, tmp_path, 1, *twice)
    assert by_post(store) == {"003A 003B": "withdrawn"}
    by_another_rule(monkeypatch, "salesforce_contact:003B")
    read(store, tmp_path, 2, *twice)
    assert by_post(store) == {"003A": "withdrawn", "003B": "withdrawn"}


def test_a_sign_in_a_row_does_not_say_that_its_record_is_another(tmp_path: Path) -> None:
    store = who_refuses_letters(tmp_path)
    read(store, tmp_path, 1, "003B,A.,Gil,ana@x.es,2026-05-01,0")
    assert by_post(store) == {"003A 003B": "withdrawn"}
    others = [
        f"003{n},{name},ana@x.es,2026-05-01,0" for n, name in enumerate(("Bo,Mar", "Cy,Lo", "Di,Wu"))
    ]  # it is no one's mailbox
    read(store, tmp_path, 2, "003B,A.,Gil,ana@x.es,2026-05-02,1", *others)
    assert by_post(store) == {"0030": "", "0031": "", "0032": "", "003A": "withdrawn", "003B": "withdrawn"}


def test_a_sign_in_a_row_that_other_rules_read_does_not_say_that_its_record_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = who_refuses_letters(tmp_path)
    read(store, tmp_path, 1, "003B,Ana,Gil,ana@x.es,2026-05-01,0")
    by_another_rule(monkeypatch, "salesforce_contact:003B")
    read(store, tmp_path, 2, "003B,Ana,Gil,ana@x.es,2026-05-02,1")
    assert by_post(store) == {"003A": "withdrawn", "003B": "withdrawn"}


def test_a_permission_that_was_recorded_while_the_run_waited_is_in_doubt_too(tmp_path: Path) -> None:
    store = MemoryStore()
    read(store, tmp_path, 0, "003A,Ana,Gil,ana@x.es,2026-05-01,0", "003B,Bo,Mar,bo@x.es,2026-05-01,0")
    bo = next(row.contact_id for row in store.contacts() if row.members == ("salesforce_contact:003B",))
    record_consent(store, bo, "withdraw", "post", at=NOW + timedelta(days=1), actor="subject")
    read(store, tmp_path, 2, "003B,Ana,Gil,ana@x.es,2026-05-02,0")
    record_consent(store, bo, "opt_in", "post", at=NOW + timedelta(days=4), actor="subject")
    read(store, tmp_path, 3, "003B,Bo,Mar,bo@x.es,2026-05-03,0")
    assert by_post(store)["003B"] == "withdrawn"


def test_what_a_part_agreed_to_before_lifts_no_refusal_that_it_takes_along(tmp_path: Path) -> None:
    store = MemoryStore()
    read(store, tmp_path, 0, "003B,Ana,Mar,b@x.es,2026-05-01,0", policy=TOGETHER)
    (ana,) = store.contacts()
    record_consent(store, ana.contact_id, "opt_in", "email", at=NOW, endpoint="b@x.es", actor="subject")
    read(store, tmp_path, 1, "003A,Ana,Gil,ana@x.es,2026-05-01,1", policy=TOGETHER)  # the refusal is older, and blocks
    assert denied(store) == {"003A 003B": True}
    read(store, tmp_path, 2, "003A,Ana,Gil,ana@x.es,2026-05-01,1", policy=APART, refit=True)
    assert denied(store) == {"003A": True, "003B": True}


def test_who_agrees_in_between_takes_a_refusal_along_once_more(tmp_path: Path) -> None:
    store = MemoryStore()
    read(store, tmp_path, 0, "003A,Ana,Gil,ana@x.es,2026-05-01,1", "003B,Ana,Mar,b@x.es,2026-05-01,0", policy=TOGETHER)
    for day in (1, 4):
        read(store, tmp_path, day, "003A,Ana,Gil,ana@x.es,2026-05-01,1", policy=APART, refit=True)
        assert denied(store) == {"003A": True, "003B": True}
        ana = next(row.contact_id for row in store.contacts() if row.members == ("salesforce_contact:003B",))
        record_consent(store, ana, "opt_in", "email", at=NOW + timedelta(days=day + 1), endpoint="b@x.es", actor="subject")
        read(store, tmp_path, day + 2, "003A,Ana,Gil,ana@x.es,2026-05-01,1", policy=TOGETHER, refit=True)
        assert denied(store) == {"003A 003B": True}


def test_who_was_blocked_by_an_endpoint_of_the_other_part_stays_blocked(tmp_path: Path) -> None:
    store = MemoryStore()
    desk = "003A,Ana,Gil,desk@x.es,2026-05-01,0"
    read(store, tmp_path, 0, "003C,Zoe,Sol,desk@x.es,2026-05-01,1", desk, "003B,Ana,Mar,b@x.es,2026-05-01,0", policy=TOGETHER)
    assert denied(store) == {"003A 003B": True, "003C": True}
    read(store, tmp_path, 1, desk, policy=APART, refit=True)
    assert denied(store) == {"003A": True, "003B": True, "003C": True}


def test_who_was_blocked_by_what_an_erased_person_left_stays_blocked(tmp_path: Path) -> None:
    store = MemoryStore()
    desk = "003A,Ana,Gil,desk@x.es,2026-05-01,0"
    read(store, tmp_path, 0, "003C,Zoe,Sol,desk@x.es,2026-05-01,1", desk, "003B,Ana,Mar,b@x.es,2026-05-01,0", policy=TOGETHER)
    zoe = next(row.contact_id for row in store.contacts() if row.members == ("salesforce_contact:003C",))
    erase(store, zoe, at=NOW + timedelta(hours=1))
    assert denied(store) == {"003A 003B": True}
    read(store, tmp_path, 1, desk, policy=APART, refit=True)
    assert denied(store) == {"003A": True, "003B": True}
