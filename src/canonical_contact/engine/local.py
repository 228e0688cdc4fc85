"""One machine: a stage runs over chunks, in this process or in several, and gives the same results in the same order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Protocol, TypeVar, cast

__all__ = ["Executor", "Task", "chunked"]

Item = TypeVar("Item")
Given_contra = TypeVar("Given_contra", contravariant=True)
Made_co = TypeVar("Made_co", covariant=True)

FEW = 3  # chunks for each worker; fewer are done here, since starting processes costs more than they save
_AHEAD = 3  # chunks on the way for each worker: enough to keep them busy, few enough to bound memory


class Task(Protocol[Given_contra, Made_co]):
    """What is done with a chunk; it crosses to the workers once and may keep memos there for the length of the stage."""

    def __call__(self, chunk: Given_contra, /) -> Made_co:
        """Do the work on one chunk."""
        ...


def chunked(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut a stream into lists of at most `size`.

    >>> list(chunked("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    chunk: list[Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class Executor:
    """Runs tasks over chunks.

    Args:
        workers: processes; 1 means this process and no other.
    """

    def __init__(self, workers: int = 1) -> None:
        self.workers = max(1, workers)

    def run(self, task: Task[Given_contra, Made_co], chunks: Iterable[Given_contra]) -> Iterator[Made_co]:
        """Apply a task to every chunk, in order.

        A script that asks for more than one worker guards its entry with `if __name__ == "__main__":`, as for every use of processes.
        """
        chunks = iter(chunks)
        first = list(islice(chunks, self.workers * FEW)) if self.workers > 1 else []
        if len(first) < self.workers * FEW or self.workers == 1:
            yield from map(task, chain(first, chunks))
            return
        from concurrent.futures import Future, ProcessPoolExecutor
        from multiprocessing import get_all_start_methods, get_context

        method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"  # fork is not safe beside threads
        context = get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["canonical_contact.engine.stages"])
        waiting: deque[Future[object]] = deque()
        with ProcessPoolExecutor(
            self.workers, mp_context=context, initializer=_begin, initargs=(cast(Callable[[object], object], task),)
        ) as pool:
            try:
                for chunk in chain(first, chunks):
                    waiting.append(pool.submit(_work, chunk))
                    if len(waiting) >= self.workers * _AHEAD:
                        yield cast(Made_co, waiting.popleft().result())
                while waiting:
                    yield cast(Made_co, waiting.popleft().result())
            finally:
                for future in waiting:
                    future.cancel()


class _Worker:
    """What a worker process keeps: the task of its stage. The process ends with the stage."""

    task: Callable[[object], object]


def _begin(task: Callable[[object], object]) -> None:
    _Worker.task = task
    _end_with_parent()
    import gc

    import phonenumbers

    # This process is ours alone: what is process-wide may be set for speed.
    phonenumbers.enable_pattern_cache()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # documents hold no cycles; looking for some costs a tenth of the time


def _work(chunk: object) -> object:
    return _Worker.task(chunk)


def _end_with_parent() -> None:
    """A worker whose parent was killed has nobody to work for; without this it would wait for ever."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait
    from threading import Thread

    parent = parent_process()
    if parent is not None:

        def watch() -> None:
            wait([parent.sentinel])
            os._exit(1)

        Thread(target=watch, daemon=True).start()
