from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canonical_contact.errors import IllegalTransitionError
from canonical_contact.model import Lifecycle, LifecycleStage, StageChange
from canonical_contact.model.lifecycle import move

AT = datetime(2026, 7, 1, tzinfo=UTC)
STAGES = ("anonymous", "subscriber", "lead", "mql", "sql", "opportunity", "customer", "evangelist", "churned", "disqualified")
# From the stage of the line to the stage of the column: F on, B back, - no such step, = where they stand already.
TABLE = """
anonymous    = F F F F F F - - F
subscriber   - = F F F F F - - F
lead         - B = F F F F - - F
mql          - B B = F F F - - F
sql          - - B B = F F - - F
opportunity  - - B B B = F - - F
customer     - - - - - - = F F -
evangelist   - - - - - - B = F -
churned      - - F F F F F - = F
disqualified - B B B B - - - - =
"""
CELLS = [
    (line.split()[0], stage, kind)
    for line in TABLE.strip().splitlines()
    for stage, kind in zip(STAGES, line.split()[1:], strict=True)
]


def test_the_table_has_every_stage() -> None:
    assert set(STAGES) == {stage.value for stage in LifecycleStage}
    assert len(CELLS) == len(LifecycleStage) ** 2


@pytest.mark.parametrize(("start", "to", "kind"), CELLS)
def test_every_stage_from_every_stage(start: str, to: str, kind: str) -> None:
    before = Lifecycle(LifecycleStage(start), (StageChange(LifecycleStage(start)),), status="OPEN")
    target = LifecycleStage(to)
    if kind == "=":
        assert move(before, target, at=AT) is before
        return
    for given in ({}, {"actor": "kim"}, {"reason": "deal_lost"}, {"actor": "kim", "reason": "deal_lost"}):
        if kind == "F" or (kind == "B" and len(given) == 2):
            assert move(before, target, at=AT, **given) == Lifecycle(target, (*before.history, StageChange(target, AT, **given)))
        else:
            with pytest.raises(IllegalTransitionError) as refused:
                move(before, target, at=AT, **given)
            assert refused.value.code == "lifecycle.illegal_transition"
            assert (target.value in refused.value.legal) == (kind == "B")


def test_any_stage_may_be_the_first() -> None:
    for stage in LifecycleStage:
        assert move(None, stage, at=AT, source="crm:1") == Lifecycle(stage, (StageChange(stage, AT, "crm:1"),))
