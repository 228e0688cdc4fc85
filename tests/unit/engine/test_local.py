from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from canonical_contact.engine import Executor
from canonical_contact.engine.local import FEW
from worker_tasks import Fails, Where


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_however_many_workers(workers: int) -> None:
    assert [doubled for doubled, _ in Executor(workers).run(Where(), iter(range(20)))] == list(range(0, 40, 2))


def test_many_chunks_leave_this_process_and_few_do_not() -> None:
    assert {place for _, place in Executor(2).run(Where(), range(2 * FEW - 1))} == {os.getpid()}
    assert os.getpid() not in {place for _, place in Executor(2).run(Where(), range(2 * FEW))}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_task_reaches_the_caller(workers: int) -> None:
    with pytest.raises(ValueError, match="0"):
        list(Executor(workers).run(Fails(), range(20)))


def test_chunks_are_taken_as_they_are_needed() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    results = Executor(2).run(Where(), numbers())
    for _ in range(5):
        next(results)
    assert len(taken) < 50
