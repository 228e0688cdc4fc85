"""A run that judges by other rules and is killed has parted nobody; done again, it parts them and frees none."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canonical_contact import may_contact
from canonical_contact.match.policy import MatchPolicy, Rule
from canonical_contact.pipeline import unify
from canonical_contact.store import SQLiteStore, iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
TOGETHER = MatchPolicy("together/1", must=[Rule("one_name", {"given": ["exact"]})])
APART = MatchPolicy("apart/1", match_at=1.0, review_at=1.0)
ROWS = (
    "Record ID,First Name,Last Name,Email,Unsubscribed from all email\n"
    "1,Ana,Zobel,ana@x.example,true\n2,Ana,Berg,berg@x.example,false\n"
)
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from canonical_contact.match.policy import MatchPolicy
from canonical_contact.pipeline import unify
from canonical_contact.store import SQLiteStore

class Killing:
    def stage(self, name, total):
        if name == sys.argv[3]:
            os.kill(os.getpid(), signal.SIGKILL)

    def advance(self, n):
        pass

policy = MatchPolicy("apart/1", match_at=1.0, review_at=1.0)
at = datetime(2026, 7, 2, tzinfo=UTC)
unify([sys.argv[2]], SQLiteStore(sys.argv[1]), now=at, refit=True, policy=policy, progress=Killing())
"""


@pytest.mark.parametrize("stage", ["compare", "cluster", "fold", "store"])
def test_a_run_by_other_rules_is_there_whole_or_not_at_all(tmp_path: Path, stage: str) -> None:
    path, sheet = tmp_path / "contacts.db", tmp_path / "hubspot.csv"
    sheet.write_text(ROWS, "utf-8")
    with SQLiteStore(path) as store:
        unify([sheet], store, now=NOW, policy=TOGETHER)
        before = [list(stream) for stream in (store.contacts(), store.events(), store.entries(), store.decisions())]
    assert len(before[0]) == 1
    done = subprocess.run([sys.executable, "-c", KILLED, path, sheet, stage], check=False, timeout=60)
    assert done.returncode == -9
    with SQLiteStore(path) as store:
        assert [list(stream) for stream in (store.contacts(), store.events(), store.entries(), store.decisions())] == before
        unify([sheet], store, now=NOW, refit=True, policy=APART)
        answers = [may_contact(contact, "email", at=NOW, regime="can_spam").allowed for contact in iter_contacts(store)]
        assert answers == [False, False]
