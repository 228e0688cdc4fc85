"""docs/codes.md lists every code that the sources hold, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AREAS = (
    *(
        "activity",
        "address",
        "channel",
        "consent",
        "country",
        "currency",
        "date",
        "deleted",
        "document",
        "email",
        "extension",
        "extra",
    ),
    *(
        "file",
        "grammatical_gender",
        "input",
        "jcard",
        "jscontact",
        "json",
        "jsonl",
        "kind",
        "language",
        "lifecycle",
        "loss",
        "mail",
    ),
    *(
        "mapping",
        "name",
        "nps",
        "number",
        "organization",
        "parquet",
        "phone",
        "postcode",
        "proposal",
        "record",
        "report",
        "restriction",
    ),
    *("label", "ledger", "merge", "privacy", "row", "store", "text", "time_zone", "vcard"),
)
CODE = re.compile(rf"({'|'.join(AREAS)})\.[a-z_][a-z0-9_]*")
# Texts of the same form that are no codes: raw paths of two areas that have both, and names of files.
PATHS = {
    *(f"name.{part}" for part in ("full", "given", "given2", "particle", "sort_as", "suffix", "surname", "surname2", "title")),
    *(f"name.{part}" for part in ("credential", "generation")),
    *(f"lifecycle.{part}" for part in ("converted_at", "stage", "status")),
    *(f"name.phonetic_{part}" for part in ("given", "given2", "surname", "system")),
    *(f"address.{part}" for part in ("country", "full", "house", "label", "locality", "postcode", "region", "street")),
    "report.css",
    "privacy.key",  # settings of the store
    "consent.overrides",
    "merge.survivorship",
    *(f"{module}codec" for module in ("vcard.", "jscontact.", "vcard.jcard_")),
    # Rules of the compatibility check, and reasons for which a contact is not written, have pages of their own.
    *("document.added", "document.removed", "consent.erased", "restriction.forget"),
}


def in_the_sources() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.add(node.value)
            if isinstance(node, ast.Assign) and path.name == "errors.py" and isinstance(node.value, ast.Constant):
                found |= {
                    str(node.value.value) for target in node.targets if isinstance(target, ast.Name) and target.id == "code"
                }
    return found - PATHS


def on_the_page() -> list[str]:
    lines = (ROOT / "docs" / "codes.md").read_text("utf-8").splitlines()
    return [match[1] for line in lines if (match := re.match(r"\| `([a-z0-9_.]+)` \|", line))]


def test_every_code_is_on_the_page_and_every_one_on_the_page_is_in_the_sources() -> None:
    assert set(on_the_page()) == in_the_sources()


def test_no_code_is_explained_twice() -> None:
    assert len(on_the_page()) == len(set(on_the_page()))


def test_every_area_of_codes_is_known_to_this_test() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "Problem":
                continue
            given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
            for value in given:
                if isinstance(value, ast.Constant):
                    assert CODE.fullmatch(str(value.value)), (path.name, value.value)
