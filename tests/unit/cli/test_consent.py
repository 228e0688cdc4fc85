"""The group `consent`: show, record, export and import of what people allowed and refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canonical_contact.cli import main
from command_line import Call

HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Unsubscribed from all email,Last Modified Date\n"


@pytest.fixture
def book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    return filled(tmp_path, "contacts.db", capsys)


def filled(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> Path:
    rows = "1,Ana,Gil,ana@x.es,,true,2026-05-01\n2,Zoe,Sol,zoe@x.es,,false,2026-05-02\n"
    (folder / "hubspot.csv").write_text(HUBSPOT + rows, "utf-8")
    store = folder / name
    assert main(["unify", str(folder / "hubspot.csv"), "--store", str(store), "--at", "2026-07-01"]) == 0
    capsys.readouterr()
    return store


def shown(call: Call, store: Path, who: str, *more: str) -> dict[str, Any]:
    outcome = call("consent", "show", who, "--store", store, "--json", *more)
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)[0]
    return found


def test_an_act_is_recorded_with_its_proof_and_shown(call: Call, book: Path, tmp_path: Path) -> None:
    (tmp_path / "proof.toml").write_text(
        'wording = "Yes, please."\nevidence_refs = ["scan-17"]\nnotice_language = "en"\n', "utf-8"
    )
    words = ("consent", "record", "zoe@x.es", "opt_in", "--store", book, "--channel", "email", "--at", "2026-07-02")
    outcome = call(*words, "--notice", "newsletter@3", "--proof", tmp_path / "proof.toml", "--method", "web_form")
    assert outcome.code == 0, outcome.err
    assert "now granted" in outcome.err
    told = shown(call, book, "zoe@x.es")
    assert [state["state"] for state in told["states"]] == ["granted"]
    proof = told["events"][0]["proof"]
    assert (proof["notice_id"], proof["notice_version"], proof["wording"]) == ("newsletter", "3", "Yes, please.")
    assert proof["evidence_refs"] == ["scan-17"]
    assert shown(call, book, "zoe@x.es", "--at", "2026-07-01")["states"] == []
    text = call("consent", "show", "zoe@x.es", "--store", book)
    assert "granted" in text.out
    assert "newsletter 3" in text.out


def test_an_illegal_event_ends_with_a_code_and_names_the_legal_ones(call: Call, book: Path) -> None:
    before = call("consent", "export", "--store", book).out
    outcome = call("consent", "record", "zoe@x.es", "renew", "--store", book, "--channel", "email")
    assert outcome.code == 1
    assert "Legal in this state: " in outcome.err
    assert "opt_in" in outcome.err
    assert call("consent", "export", "--store", book).out == before


def test_what_a_proof_does_not_have_is_refused(call: Call, book: Path, tmp_path: Path) -> None:
    (tmp_path / "proof.toml").write_text('word = "Yes"\n', "utf-8")
    words = ("consent", "record", "zoe@x.es", "opt_in", "--store", book, "--channel", "email")
    outcome = call(*words, "--proof", tmp_path / "proof.toml")
    assert (outcome.code, "wording" in outcome.err) == (2, True)


def test_an_implied_consent_names_its_basis_and_a_correction_its_state(call: Call, book: Path) -> None:
    words = ("--store", book, "--channel", "email", "--actor", "agent", "--at", "2026-07-02")
    outcome = call("consent", "record", "zoe@x.es", "imply", *words)
    assert (outcome.code, "basis" in outcome.err) == (1, True)
    outcome = call("consent", "record", "zoe@x.es", "imply", *words, "--legal-basis", "purchase")
    assert (outcome.code, "now implied" in outcome.err) == (0, True), outcome.err
    assert call("consent", "record", "zoe@x.es", "correct", *words).code == 2
    assert call("consent", "record", "zoe@x.es", "withdraw", *words, "--to", "unknown").code == 2
    outcome = call("consent", "record", "zoe@x.es", "correct", *words, "--to", "invalidated", "--evidence", "no such sale")
    assert (outcome.code, "now invalidated" in outcome.err) == (0, True), outcome.err
    assert "no such sale" in [event.get("evidence") for event in shown(call, book, "zoe@x.es")["events"]]


def test_a_block_by_hand(call: Call, book: Path) -> None:
    words = ("consent", "record", "zoe@x.es", "suppress", "--store", book, "--channel", "email")
    assert call(*words).code == 2
    assert call(*words, "--kind", "legal_hold").code == 0
    assert [block["kind"] for block in shown(call, book, "zoe@x.es")["suppressions"]] == ["legal_hold"]


def test_a_block_is_put_only_on_what_the_contact_holds(call: Call, book: Path) -> None:
    before = call("consent", "export", "--store", book).out
    for act in ("suppress", "unsuppress"):
        words = ("consent", "record", "zoe@x.es", act, "--store", book, "--channel", "email", "--kind", "manual")
        outcome = call(*words, "--endpoint", "ana@x.es")
        assert (outcome.code, "does not hold this endpoint" in outcome.err) == (1, True)
        assert "consent import" in outcome.err
    assert call("consent", "export", "--store", book).out == before
    words = ("consent", "record", "zoe@x.es", "suppress", "--store", book, "--channel", "email", "--kind", "manual")
    assert call(*words, "--endpoint", "Zoe@x.es").code == 0
    assert [block["endpoint"] for block in shown(call, book, "zoe@x.es")["suppressions"]] == ["zoe@x.es"]
    assert call("consent", "record", "zoe@x.es", "unsuppress", *words[4:], "--endpoint", "zoe@x.es").code == 0
    assert shown(call, book, "zoe@x.es")["suppressions"] == []


def test_who_acted_where_nobody_is_named(call: Call, book: Path) -> None:
    words = ("--store", book, "--channel", "email")
    assert call("consent", "record", "zoe@x.es", "opt_in", *words, "--at", "2026-07-02", "--expires", "2026-07-03").code == 0
    assert call("consent", "record", "zoe@x.es", "invalidate", *words, "--at", "2026-07-02T01:00:00").code == 0
    assert call("consent", "record", "zoe@x.es", "suppress", *words, "--kind", "manual").code == 0
    actors = {event["type"]: event["actor"] for event in shown(call, book, "zoe@x.es")["events"]}
    assert (actors["invalidate"], actors["suppress"]) == ("controller", "controller")
    assert "controller" not in actors["opt_in"]


def test_a_request_id_needs_the_time_that_it_is_known_by(call: Call, book: Path) -> None:
    words = ("consent", "record", "zoe@x.es", "withdraw", "--store", book, "--channel", "email", "--request-id", "r-1")
    outcome = call(*words)
    assert (outcome.code, "--request-id needs --at" in outcome.err) == (2, True)
    assert call(*words, "--at", "2026-07-02").code == 0
    before = call("consent", "export", "--store", book).out
    assert "there already" in call(*words, "--at", "2026-07-02").err
    assert call("consent", "export", "--store", book).out == before


def test_what_was_recorded_is_said_with_the_blocks_that_still_stand(call: Call, book: Path) -> None:
    words = ("--store", book, "--channel", "email", "--at", "2026-07-02", "--actor", "subject")
    refused = call("consent", "record", "zoe@x.es", "opt_in", *words, "--expires", "2026-07-01")
    assert (refused.code, "before it began" in refused.err) == (2, True)
    assert call("consent", "record", "zoe@x.es", "suppress", *words, "--kind", "legal_hold").err.startswith(
        "1 event written; 1 contact"
    )
    said = call("consent", "record", "zoe@x.es", "opt_in", *words, "--method", "web_form").err
    assert said == "1 event written; now granted; 1 contact changed\nstill blocked: legal_hold on the person (email)\n"
    again = call("consent", "record", "zoe@x.es", "opt_in", *words, "--method", "web_form").err
    assert again.startswith("1 event is there already")
    nothing = call("consent", "record", "zoe@x.es", "unsuppress", *words, "--kind", "manual")
    assert (nothing.code, "no such block stands" in nothing.err, "still blocked" in nothing.err) == (0, True, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [("evidence_refs = 7\n", "evidence_refs"), ("[[x]\n", "cannot be read"), ("confirmed_at = 'noon'\n", "confirmed_at")],
)
def test_a_faulty_proof_is_a_mistake_of_the_call_and_named(call: Call, book: Path, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "proof.toml").write_text(text, "utf-8")
    words = ("consent", "record", "zoe@x.es", "opt_in", "--store", book, "--channel", "email")
    outcome = call(*words, "--proof", tmp_path / "proof.toml")
    assert (outcome.code, said in outcome.err, "proof.toml" in outcome.err) == (2, True, True), outcome.err


def test_the_own_export_comes_back_as_it_was(call: Call, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("consent", "record", "zoe@x.es", "opt_in", "--store", book, "--channel", "email", "--at", "2026-07-02").code == 0
    out = tmp_path / "ledger.jsonl"
    assert call("consent", "export", "--store", book, "-o", out).code == 0
    other = filled(tmp_path, "other.db", capsys)
    first = json.loads(call("consent", "import", out, "--store", other, "--json").out)
    assert first["new"] == 1
    assert json.loads(call("consent", "import", out, "--store", other, "--json").out)["new"] == 0
    there = [json.loads(line)["event"] for line in call("consent", "export", "--store", other).out.splitlines()]
    assert there == [json.loads(line)["event"] for line in out.read_text("utf-8").splitlines()]
    assert shown(call, other, "zoe@x.es")["states"] == shown(call, book, "zoe@x.es")["states"]


def test_events_that_no_live_act_could_have_written_are_named(call: Call, book: Path, tmp_path: Path) -> None:
    lines = call("consent", "export", "--store", book).out.splitlines()
    block = next(event for event in (json.loads(line)["event"] for line in lines) if event.get("suppression") == "global_opt_out")
    lift = {**block, "event_id": "lift", "type": "unsuppress", "effective_at": "2026-07-02T00:00:00Z"}
    out = tmp_path / "ledger.jsonl"
    out.write_text("".join(json.dumps({"event": one}) + "\n" for one in (lift, {**block, "purpose": "events"}, block)), "utf-8")
    outcome = call("consent", "import", out, "--store", book, "--json")
    told = json.loads(outcome.out)
    assert (outcome.code, told["new"], told["same"], told["left_out"]) == (0, 0, 1, 0)
    codes = ["consent.event_refused", "consent.event_changed"]
    assert [(one["code"], one["path"]) for one in told["problems"]] == [(code, f"$[{place}]") for place, code in enumerate(codes)]
    assert all(code in outcome.err for code in codes)
    assert call("consent", "export", "--store", book).out.splitlines() == lines
    out.write_text(json.dumps({"event": lift}) + "\n", "utf-8")
    assert call("consent", "import", out, "--store", book).code == 1


def test_stop_requests_block_who_is_here_and_who_comes_later(call: Call, book: Path, tmp_path: Path) -> None:
    stops = tmp_path / "stops.csv"
    stops.write_text("endpoint,channel,purpose,at\nZoe@x.es,email,,2026-07-03T10:00:00Z\nnew@x.es,email,marketing,\n", "utf-8")
    words = ("consent", "import", stops, "--store", book, "--at", "2026-07-04", "--json")
    assert json.loads(call(*words).out)["new"] == 2
    assert json.loads(call(*words).out)["new"] == 0
    told = shown(call, book, "zoe@x.es")
    assert [(state["state"], state["purpose"]) for state in told["states"]] == [("withdrawn", "any")]
    stops.write_text("endpoint,channel\nnobody,email\n", "utf-8")
    outcome = call("consent", "import", stops, "--store", book)
    assert (outcome.code, "Line 2" in outcome.err) == (1, True)


def test_a_stop_list_without_times_writes_nothing_the_second_time(call: Call, book: Path, tmp_path: Path) -> None:
    stops = tmp_path / "stops.csv"
    stops.write_text("endpoint,channel\nZoe@x.es,email\nnew@x.es,email\nnew@x.es,email\n", "utf-8")
    first = json.loads(call("consent", "import", stops, "--store", book, "--json").out)
    assert (first["new"], first["same"]) == (2, 1)
    before = call("consent", "export", "--store", book).out
    again = json.loads(call("consent", "import", stops, "--store", book, "--json").out)
    assert (again["new"], again["same"]) == (0, 3)
    assert call("consent", "export", "--store", book).out == before


def test_a_stop_counts_again_after_the_person_said_yes(call: Call, book: Path, tmp_path: Path) -> None:
    stops = tmp_path / "stops.csv"
    stops.write_text("endpoint,channel,purpose\nzoe@x.es,email,marketing\n", "utf-8")
    words = ("consent", "import", stops, "--store", book, "--json", "--at")
    assert json.loads(call(*words, "2026-07-03").out)["new"] == 1
    opted = ("consent", "record", "zoe@x.es", "opt_in", "--store", book, "--channel", "email", "--actor", "subject")
    assert call(*opted, "--method", "web_form", "--at", "2026-07-04").code == 0
    assert json.loads(call(*words, "2026-07-05").out)["new"] == 1
    assert [state["state"] for state in shown(call, book, "zoe@x.es")["states"]] == ["withdrawn"]


def test_a_stop_of_everything_counts_again_after_one_purpose_was_confirmed(call: Call, book: Path, tmp_path: Path) -> None:
    stops = tmp_path / "stops.csv"
    stops.write_text("endpoint,channel\nzoe@x.es,email\n", "utf-8")
    words = ("consent", "import", stops, "--store", book, "--json", "--at")
    assert json.loads(call(*words, "2026-07-03").out)["new"] == 1
    for event in ("opt_in_unconfirmed", "confirm"):
        act = ("consent", "record", "zoe@x.es", event, "--store", book, "--channel", "email", "--actor", "subject")
        assert call(*act, "--method", "double_opt_in", "--purpose", "news", "--at", "2026-07-04").code == 0
    assert shown(call, book, "zoe@x.es")["suppressions"][0]["lifted_for"] == ["news"]
    assert "not for news" in " ".join(call("consent", "show", "zoe@x.es", "--store", book).out.split())
    assert json.loads(call(*words, "2026-07-05").out)["new"] == 1
    assert shown(call, book, "zoe@x.es")["suppressions"][0]["lifted_for"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"endpoint,channel\na@x.es,pigeon\n", "Line 2 of stops.csv has no channel"),
        (b"endpoint,channel\nb@x.es,email\na@x.es,em\0ail\n", "Line 3 of stops.csv holds a NUL"),
        (b"endpoint,channel\n\xff\xfe\x81,email\n", "no text in UTF-8"),
        (b"", "stops.csv is empty"),
    ],
)
def test_a_stop_list_that_cannot_be_understood_names_its_line(
    call: Call, book: Path, tmp_path: Path, text: bytes, said: str
) -> None:
    (tmp_path / "stops.csv").write_bytes(text)
    before = call("consent", "export", "--store", book).out
    outcome = call("consent", "import", tmp_path / "stops.csv", "--store", book)
    assert (outcome.code, said in outcome.err) == (1, True), outcome.err
    assert call("consent", "export", "--store", book).out == before


def test_endpoints_are_read_as_they_are_written_and_only_where_one_is_meant(call: Call, book: Path, tmp_path: Path) -> None:
    stops = tmp_path / "stops.csv"
    stops.write_text('endpoint,channel\nZoe Sol <Zoe@X.es>,email\n"mailto:ana@x.es",email\n600 111 222,sms\n', "utf-8")
    words = ("consent", "import", stops, "--store", book, "--json")
    assert json.loads(call(*words, "--region", "ES").out)["new"] == 3
    held = {event["endpoint"] for one in ("zoe@x.es", "ana@x.es") for event in shown(call, book, one)["events"]}
    assert held == {"", "zoe@x.es", "ana@x.es"}
    before = call("consent", "export", "--store", book).out
    stops.write_text('endpoint,channel\n"zoe@x.es, ana@x.es",email\n', "utf-8")
    outcome = call(*words)
    assert (outcome.code, "Line 2" in outcome.err) == (1, True)
    block = ("consent", "record", "zoe@x.es", "suppress", "--store", book, "--channel", "email", "--kind", "manual")
    assert call(*block, "--endpoint", "zoe@x.es; ana@x.es").code == 1
    assert call("consent", "export", "--store", book).out == before
    assert call(*block, "--endpoint", "mailto:Zoe@x.es").code == 0
    events = shown(call, book, "zoe@x.es")["events"]
    assert {one["endpoint"] for one in events if one.get("suppression") == "manual"} == {"zoe@x.es"}
