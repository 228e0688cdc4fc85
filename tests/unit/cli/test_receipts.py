"""`consent export --receipt` and `consent import` of receipts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from canonical_contact.cli import main
from command_line import Call

HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Unsubscribed from all email,Last Modified Date\n"
CONFIG = (
    '[controller]\nname = "Example Ltd"\nemail = "privacy@example.org"\n[controllers.brand-a]\nname = "Brand A"\n'
    '[terms]\npolicy_url = "https://example.org/privacy"\n[purposes.newsletter]\nservice = "The news"\n'
)


def filled(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> Path:
    rows = "1,Ana,Gil,ana@x.es,,true,2026-05-01\n2,Zoe,Sol,zoe@x.es,,false,2026-05-02\n"
    (folder / "hubspot.csv").write_text(HUBSPOT + rows, "utf-8")
    store = folder / name
    assert main(["unify", str(folder / "hubspot.csv"), "--store", str(store), "--at", "2026-07-01"]) == 0
    capsys.readouterr()
    return store


@pytest.fixture
def book(tmp_path: Path, capsys: pytest.CaptureFixture[str], call: Call) -> Path:
    (tmp_path / "receipts.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "seal").write_bytes(b"0123456789abcdef")
    store = filled(tmp_path, "contacts.db", capsys)
    words = ("consent", "record", "zoe@x.es", "opt_in", "--store", store, "--channel", "email", "--purpose", "newsletter")
    assert call(*words, "--at", "2026-07-02").code == 0
    return store


@pytest.mark.parametrize("form", ["kantara", "iso27560"])
def test_receipts_go_from_one_store_to_another(
    call: Call, book: Path, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "receipts.jsonl"
    words = ("consent", "export", "--store", book, "--receipt", form, "--config", tmp_path / "receipts.toml", "-o", out)
    done = call(*words, "--at", "2026-07-03", "--seal-file", tmp_path / "seal", "--json")
    assert json.loads(done.out)["written"] == 2
    other = filled(tmp_path, "other.db", capsys)
    read = ("consent", "import", out, "--store", other, "--seal-file", tmp_path / "seal", "--json")
    first = json.loads(call(*read).out)
    assert (first["new"], first["same"], "problems" in first) == (1, 2, False)
    assert json.loads(call(*read).out)["new"] == 0
    export = ("consent", "export", "--store")
    assert [json.loads(line)["event"] for line in call(*export, other).out.splitlines()] == [
        json.loads(line)["event"] for line in call(*export, book).out.splitlines()
    ]


def test_one_contact_and_its_terms(call: Call, book: Path, tmp_path: Path) -> None:
    words = ("consent", "export", "zoe@x.es", "--store", book, "--receipt", "kantara", "--config", tmp_path / "receipts.toml")
    (line,) = call(*words).out.splitlines()
    receipt = json.loads(line)
    assert (receipt["policyUrl"], receipt["services"][0]["service"]) == ("https://example.org/privacy", "The news")


def test_others_receipts_are_read_and_their_problems_are_told(call: Call, book: Path, tmp_path: Path) -> None:
    purpose = {"purpose": "marketing", "consentType": "EXPLICIT", "termination": "until withdrawal"}
    receipt = {"version": "KI-CR-v1.1.0", "consentTimestamp": 1782777600, "collectionMethod": "form", "consentReceiptID": "r",
        "piiPrincipalId": "zoe@x.es", "policyUrl": "https://example.org", "piiControllers": [{"piiController": "Example Ltd"}],
        "services": [{"service": "s", "purposes": [purpose, {"purpose": "x", "consentType": "PERHAPS"}]}]}  # fmt: skip
    path = tmp_path / "foreign.json"
    path.write_text(json.dumps([receipt], indent=2), "utf-8")
    words = ("consent", "import", path, "--store", book, "--controller", "Example Ltd=", "--at", "2026-07-05", "--json")
    told = json.loads(call(*words).out)
    assert (told["new"], [problem["code"] for problem in told["problems"]]) == (1, ["consent.receipt_word_unknown"])
    shown = json.loads(call("consent", "show", "zoe@x.es", "--store", book, "--json").out)[0]
    assert {(one["purpose"], one["state"]) for one in shown["states"]} == {("newsletter", "granted"), ("marketing", "granted")}
    path.write_text("[{}]", "utf-8")
    outcome = call(*words[:-1])
    assert (outcome.code, "consent.receipt_malformed" in outcome.err) == (1, True)
    assert call(*words[:-1], "--purpose", "x").code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "controller"),
        ("[controller]\nnames = 'x'\n", "names"),
        ("[controller]\nname = 7\n", "name"),
        ("controller = 'x'\n", "single"),
        ("[controller]\nname = 'x'\n[purposes]\nnews = 'y'\n", "purposes"),
        ("[controller]\nname = 'x'\n[term]\n", "term"),
        ("{", "cannot be read"),
    ],
)
def test_a_description_that_cannot_be_is_refused(call: Call, book: Path, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.toml").write_text(text, "utf-8")
    outcome = call("consent", "export", "--store", book, "--receipt", "kantara", "--config", tmp_path / "bad.toml")
    assert (outcome.code, said in outcome.err) == (2, True)


def test_options_of_receipts_need_receipts(call: Call, book: Path, tmp_path: Path) -> None:
    assert call("consent", "export", "--store", book, "--config", tmp_path / "receipts.toml").code == 2
    assert call("consent", "export", "--store", book, "--receipt", "kantara").code == 2
    (tmp_path / "seal").write_bytes(b"short")
    words = ("consent", "export", "--store", book, "--receipt", "kantara", "--config", tmp_path / "receipts.toml")
    assert call(*words, "--seal-file", tmp_path / "seal").code == 2
    assert call(*words, "--seal-file", tmp_path / "nothing").code == 2


def test_problems_are_told_once_a_code_and_listed_in_bounds(call: Call, book: Path, tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    path.write_text(json.dumps([{}] * 300), "utf-8")
    outcome = call("consent", "import", path, "--store", book, "--json")
    told = json.loads(outcome.out)
    assert (outcome.code, told["problem_counts"], len(told["problems"])) == (1, {"consent.receipt_malformed": 300}, 20)
    assert outcome.err.count("consent.receipt_malformed") == 1
    assert "$[0]" in outcome.err
    assert "(300 times)" in outcome.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02\x03", "is a binary file"),
        (b'{"event":{}}\n{"event":"\xff"}\n', "is no event"),
        (b" \n", "0 new"),
    ],
)
def test_a_file_that_holds_no_receipt_ends_with_1(call: Call, book: Path, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    outcome = call("consent", "import", tmp_path / "x.jsonl", "--store", book)
    assert (outcome.code, said in outcome.err) == (1, True), outcome.err


def test_receipts_about_somebody_who_is_not_there_are_refused(call: Call, book: Path, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[{}]", "utf-8")
    outcome = call("consent", "import", tmp_path / "x.json", "--store", book, "--contact", "nope")
    assert (outcome.code, "No contact has that id" in outcome.err) == (5, True)
