"""Work in batches, a bounded number of them in flight, results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

from pdpo_audit.execution.hearing import Notes, Told
from pdpo_audit.execution.pool import WorkerDied

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def map_bounded(
    executor: Executor,
    function: Callable[[list[_Item]], Told[_Result]],
    batches: Iterable[list[_Item]],
    *,
    in_flight: int,
    lost: Callable[[_Item, WorkerDied], _Result],
    note: Callable[[Notes], None],
    less: Callable[[_Item, WorkerDied], _Item | None] = lambda _item, _death: None,
) -> Iterator[list[_Result]]:
    """Results of ``function`` over ``batches`` in their order, with at most ``in_flight`` batches handed out.

    ``note`` keeps what libraries printed over the contents of a batch, before its results are given.

    Where a worker dies, the items of its batch run again one by one, and ``lost`` gives the result of the one that
    kills its worker again. So one hostile item costs itself. Of an item with parts ``less`` makes one without the part
    that killed; that is tried in its place, until it gives ``None``. What ``function`` itself raises is raised here:
    stages hand over functions that answer for each item (``guards.attempt``).
    """
    waiting: deque[tuple[list[_Item], Future[Told[_Result]]]] = deque()
    supply = iter(batches)
    try:
        while True:
            while len(waiting) < in_flight and (batch := next(supply, None)) is not None:
                waiting.append((batch, executor.submit(function, batch)))
            if not waiting:
                return
            batch, future = waiting.popleft()
            try:
                told = future.result()
            except WorkerDied as death:
                told = _one_by_one(executor, function, batch, death, lost, less)
            if told.notes:
                note(told.notes)
            yield told.results
    finally:
        for _, future in waiting:
            future.cancel()


def _one_by_one(
    executor: Executor,
    function: Callable[[list[_Item]], Told[_Result]],
    batch: list[_Item],
    death: WorkerDied,
    lost: Callable[[_Item, WorkerDied], _Result],
    less: Callable[[_Item, WorkerDied], _Item | None],
) -> Told[_Result]:
    results: list[_Result] = []
    notes: dict[int, tuple[str, ...]] = {}
    for item in batch:
        told = _alone(executor, function, item, death if len(batch) == 1 else None, lost, less)
        results += told.results
        notes |= {content: notes.get(content, ()) + lines for content, lines in told.notes.items()}
    return Told(results=results, notes=notes)


def _alone(
    executor: Executor,
    function: Callable[[list[_Item]], Told[_Result]],
    item: _Item,
    death: WorkerDied | None,
    lost: Callable[[_Item, WorkerDied], _Result],
    less: Callable[[_Item, WorkerDied], _Item | None],
) -> Told[_Result]:
    """The result of one item, without the parts of it that kill; it may have killed its worker before (``death``)."""
    while True:
        if death is not None:
            rest = less(item, death)
            if rest is None:
                return Told(results=[lost(item, death)], notes={})
            item = rest
        try:
            return executor.submit(function, [item]).result()
        except WorkerDied as again:
            death = again
