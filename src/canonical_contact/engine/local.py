"""One machine: a stage runs over chunks, in this process or in several, and gives the same results in the same order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar

__all__ = ["Executor", "Task", "chunked"]

Item = TypeVar("Item")
Given = TypeVar("Given", contravariant=True)
Made = TypeVar("Made", covariant=True)

_AHEAD = 3  # chunks on the way for each worker: enough to keep them busy, few enough to bound memory


class Task(Protocol[Given, Made]):
    """What is done with a chunk; it crosses to the workers once and may keep memos there for the length of the stage."""

    def __call__(self, chunk: Given, /) -> Made:
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

    def run(self, task: Task[Given, Made], chunks: Iterable[Given]) -> Iterator[Made]:
        """Apply a task to every chunk, in order.

        A script that asks for more than one worker guards its entry with `if __name__ == "__main__":`, as for every use of processes.
        """
        if self.workers == 1:
            yield from map(task, chunks)
            return
        from concurrent.futures import Future, ProcessPoolExecutor
        from multiprocessing import get_all_start_methods, get_context

        method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"  # fork is not safe beside threads
        context = get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["canonical_contact.engine.stages"])
        waiting: deque[Future[Made]] = deque()
        with ProcessPoolExecutor(self.workers, mp_context=context, initializer=_begin, initargs=(task,)) as pool:
            try:
                for chunk in chunks:
                    waiting.append(pool.submit(_work, chunk))
                    if len(waiting) >= self.workers * _AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()


_task: Any = None  # in a worker only: the task of its stage; the worker ends with the stage


def _begin(task: Any) -> None:
    global _task
    _task = task
    _end_with_parent()
    import phonenumbers

    phonenumbers.enable_pattern_cache()  # this process is ours alone


def _work(chunk: Any) -> Any:
    return _task(chunk)


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
