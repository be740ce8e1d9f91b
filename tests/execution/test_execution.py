"""Workers: order, hostile items, deaths and time limits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest

from pdpo_audit.errors import CallError
from pdpo_audit.execution import WorkerDied, map_bounded, open_executor, telling, unheard
from tests.execution.serial import Serial


@telling
def double(batch: list[int]) -> list[int]:
    return [2 * item for item in batch]


@telling
def double_or_die(batch: list[int]) -> list[int]:
    for item in batch:
        if item == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        if item == 7:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            time.sleep(60)
    return [2 * item for item in batch]


def complain(batch: list[int]) -> list[int]:
    raise ValueError(f"cannot do {batch}")


def batches(items: range, size: int) -> list[list[int]]:
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def never(item: int, death: WorkerDied) -> int:
    raise AssertionError(f"{item} was lost: {death}")


def run(executor: Executor, items: range) -> list[int]:
    results = map_bounded(executor, double, batches(items, 3), in_flight=4, lost=never, note=unheard)
    return [one for batch in results for one in batch]


@pytest.mark.parametrize("where", ["serial", "processes:1", "processes:3"])
def test_results_come_in_order_whatever_the_number_of_workers(where: str) -> None:
    with open_executor(where) as executor:
        assert run(executor, range(50)) == [2 * item for item in range(50)]


def test_an_item_that_kills_its_worker_costs_only_itself() -> None:
    lost: dict[int, bool] = {}

    def record(item: int, death: WorkerDied) -> int:
        lost[item] = death.timed_out
        return -1

    with open_executor("processes:2") as executor:
        results = [
            one
            for batch in map_bounded(
                executor, double_or_die, batches(range(12), 4), in_flight=3, lost=record, note=unheard
            )
            for one in batch
        ]
    assert results == [-1 if item in (5, 7) else 2 * item for item in range(12)]
    assert lost == {5: False, 7: True}


def test_an_error_in_a_worker_is_raised_where_its_result_is_asked_for() -> None:
    with open_executor("processes:1") as executor, pytest.raises(ValueError, match="cannot do"):
        executor.submit(complain, [1]).result()


def test_leaving_without_waiting_ends_the_workers() -> None:
    executor = open_executor("processes:1")
    executor.submit(time.sleep, 60)
    time.sleep(0.3)
    began = time.monotonic()
    executor.shutdown(wait=False)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("where", ["", "processes", "processes:0", "processes:x", "threads:2"])
def test_an_unknown_executor_is_refused(where: str) -> None:
    with pytest.raises(CallError):
        open_executor(where)


def test_a_script_that_never_asks_whether_it_is_the_main_module_runs_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import operator\n"
        "from pdpo_audit.execution import open_executor\n"
        "print('here')\n"
        "with open_executor('processes:2') as executor:\n"
        "    print(sum(executor.submit(operator.add, 1, one).result() for one in range(4)))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["here", "10"]


def test_copies_of_this_process_work_die_and_end_like_others() -> None:
    lost: dict[int, bool] = {}

    def record(item: int, death: WorkerDied) -> int:
        lost[item] = death.timed_out
        return -1

    with open_executor("processes:1", fork=True) as executor:
        results = [
            one
            for batch in map_bounded(
                executor, double_or_die, batches(range(12), 4), in_flight=1, lost=record, note=unheard
            )
            for one in batch
        ]
    assert results == [-1 if item in (5, 7) else 2 * item for item in range(12)]
    assert lost == {5: False, 7: True}


class _Counting(Serial):
    """Counts how many batches were handed out."""

    handed_out = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.handed_out += 1
        return super().submit(fn, *args, **kwargs)


@pytest.mark.parametrize("in_flight", [1, 3])
def test_no_more_batches_are_in_flight_than_asked_for(in_flight: int) -> None:
    executor, taken = _Counting(), 0
    results = map_bounded(executor, double, batches(range(60), 3), in_flight=in_flight, lost=never, note=unheard)
    for taken, _ in enumerate(results, 1):
        assert executor.handed_out == min(20, in_flight + taken - 1)
    assert taken == executor.handed_out == 20
