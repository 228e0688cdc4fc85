"""The day of a refusal is never guessed: what only other dates of a file show must not put a permission after it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import MemoryStore, may_contact, unify
from canonical_contact.formats import load_mapping, read
from canonical_contact.model import EvidenceKind, RawRecord
from canonical_contact.store import iter_contacts

MAPPING = """
id = "Nr"
[columns]
"Mail" = "emails[].address"
"Born" = "birthday"
[consent."Out"]
says = "opt_out"
channel = "email"
purpose = "marketing"
at = "Out on"
[consent."In"]
says = "opt_in"
channel = "email"
purpose = "marketing"
at = "In on"
texts = { yes = { kind = "opt_in" } }
"""
HEADER = "Nr,Mail,Born,Out,Out on,In,In on\n"


def rows(folder: Path, born: str, extra: str = "") -> list[RawRecord]:
    (folder / "own.mapping.toml").write_text(extra + MAPPING, "utf-8")
    path = folder / "own.csv"
    path.write_text(f"{HEADER}1,ana@x.es,{born},yes,04/12/2024,yes,05/01/2024\n", "utf-8")
    return list(read(path, mapping=load_mapping(folder / "own.mapping.toml")))


@pytest.mark.parametrize("born", ["12/25/1990", "25/12/1990", "03/04/1990"])
def test_a_refusal_has_no_date_where_only_other_columns_show_an_order(tmp_path: Path, born: str) -> None:
    (raw,) = rows(tmp_path, born)
    refusals = [one.at for one in raw.evidence if one.kind is EvidenceKind.OPT_OUT]
    assert refusals == [None]


def test_a_stated_order_is_believed(tmp_path: Path) -> None:
    (raw,) = rows(tmp_path, "", 'date_order = "dmy"\n')
    assert [one.at for one in raw.evidence if one.kind is EvidenceKind.OPT_OUT] == [datetime(2024, 12, 4, tzinfo=UTC)]


@pytest.mark.parametrize("born", ["12/25/1990", "25/12/1990", "03/04/1990"])
def test_the_refusal_holds(tmp_path: Path, born: str) -> None:
    rows(tmp_path, born)
    store = MemoryStore()
    unify([tmp_path / "own.csv"], store, mapping=tmp_path / "own.mapping.toml", now=datetime(2026, 7, 1, tzinfo=UTC))
    (contact,) = iter_contacts(store)
    for policy in ("blocking_first", "latest_subject_act"):
        for regime in ("can_spam", "gdpr_eprivacy"):
            at = datetime(2026, 8, 1, tzinfo=UTC)
            assert not may_contact(contact, "email", at=at, regime=regime, policy=policy).allowed
