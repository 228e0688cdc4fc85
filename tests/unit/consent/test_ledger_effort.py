"""A long chain: one edit is found and named across any distance, and one that is broken everywhere takes hardly more work."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from canonical_contact.consent import ledger
from canonical_contact.ports import LedgerEntry
from ledger_edits import EDITS, Edit, chain

COUNT = 1_500
ENTRIES, HEAD = chain(COUNT)


def numbered(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [entry._replace(seq=number) for number, entry in enumerate(entries, 1)]


WAYS: list[tuple[Callable[[], list[LedgerEntry]], str]] = [
    (lambda: numbered([ENTRIES[7], *ENTRIES]), "ledger.inserted"),
    (lambda: numbered(ENTRIES[1:]), "ledger.removed"),
    (lambda: numbered(ENTRIES[::-1]), "ledger.changed"),
    (lambda: [entry._replace(hash="ab") for entry in ENTRIES], "ledger.changed"),
    (lambda: [entry._replace(channel="sms") for entry in ENTRIES], "ledger.changed"),
    (lambda: [entry._replace(document="{}") for entry in ENTRIES], "ledger.changed"),
    (lambda: ENTRIES[1::2], "ledger.removed"),
]


@pytest.mark.parametrize(("broken", "code"), WAYS)
def test_the_work_grows_with_the_chain_and_no_faster(
    broken: Callable[[], list[LedgerEntry]], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = 0
    real = ledger._hash

    def counting(*arguments: Any) -> str:
        nonlocal done
        done += 1
        return real(*arguments)

    monkeypatch.setattr(ledger, "_hash", counting)
    found = ledger.verify(broken(), HEAD)
    assert (found.faults[0].seq, found.faults[0].code) == (1, code)
    assert len(found.faults) <= 100
    assert done < 6 * COUNT + 100_000  # the search around the first places is bounded, whatever the length


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("seed", range(4))
def test_an_edit_is_named_at_its_place_across_any_distance(edit: Edit, seed: int) -> None:
    done = edit(ENTRIES, HEAD, Random(seed))
    first = ledger.verify(done.entries, done.head).faults[0]
    assert first.seq == done.seq
    assert first.code in done.codes
