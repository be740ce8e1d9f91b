"""The guard around each item: memory, time, noise, whose fault, and that nothing else of the batch suffers."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from pdpo_audit.errors import MachineError
from pdpo_audit.execution import (
    Bounds,
    WorkerDied,
    attempt,
    fitting_workers,
    hearing,
    left_of_time,
    open_executor,
    telling,
)
from pdpo_audit.execution.guards import problem_of
from pdpo_audit.model.locations.holdings import Fault, ImageProblem, SkipReason

GIGABYTE = 1_000_000_000


def _fail(problem: ImageProblem) -> str:
    return f"{problem.reason.fault}: {problem}"


def _hear(result: str, notes: tuple[str, ...]) -> str:
    return f"{result} ({'; '.join(notes)})"


def _noise() -> str:
    os.write(2, b"libpng warning: iCCP: too long\nlibpng warning: iCCP: too long\n")
    os.write(1, b"and a word on stdout\n")
    warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=1)
    return "done"


def _reckon() -> str:
    return str(np.empty(0, np.uint8).mean())


def _bug() -> str:
    raise OverflowError("cannot convert float infinity to integer")


def _greed() -> str:
    return str(len(bytearray(4 * GIGABYTE)))


def _hang() -> str:
    time.sleep(60)
    return "never"


def _missing() -> str:
    raise MachineError("no engine")


def _time() -> str:
    return str(round(left_of_time()))


def tried(work: Callable[[], str], seconds: float = 30) -> str:
    return attempt(work, seconds=seconds, failed=_fail, heard=_hear)


def in_worker(*works: Callable[[], str], seconds: float = 30) -> list[str]:
    with open_executor("serial", bounds=Bounds(memory=GIGABYTE)) as executor:
        return [executor.submit(tried, work, seconds).result() for work in works]


def test_what_libraries_print_belongs_to_the_item(capfd: pytest.CaptureFixture[str]) -> None:
    said = in_worker(_noise, _time, _reckon)
    assert said[0] == "done (libpng warning: iCCP: too long; and a word on stdout; RuntimeWarning: Mean of empty slice)"
    assert said[1] == "30"
    assert "Mean of empty slice" in said[2]
    assert capfd.readouterr() == ("", "")


def test_an_error_of_ours_costs_its_item_and_names_its_place() -> None:
    first, second = in_worker(_bug, _time)
    assert first.startswith("program: program_error: OverflowError: cannot convert float infinity to integer (")
    assert first.endswith(f"{__file__.rsplit('/', 1)[1]}:{_bug.__code__.co_firstlineno + 1})")
    assert second == "30"


def test_memory_has_a_bound() -> None:
    first, second = in_worker(_greed, _time)
    assert first == "limit: too_large: needs more memory than a worker may use"
    assert second == "30"


def test_time_has_a_bound() -> None:
    with pytest.raises(WorkerDied) as died:
        in_worker(_hang, seconds=0.2)
    assert died.value.problem.reason is SkipReason.TIMED_OUT


def test_what_the_whole_machine_lacks_is_no_fault_of_an_item() -> None:
    with pytest.raises(MachineError):
        in_worker(_missing)


def test_outside_a_worker_nothing_is_bounded_or_redirected(capfd: pytest.CaptureFixture[str]) -> None:
    assert multiprocessing.parent_process() is None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert tried(_noise) == "done"
    assert "libpng" in capfd.readouterr().err
    assert left_of_time() == float("inf")


def test_a_problem_travels_and_keeps_its_words() -> None:
    problem = pickle.loads(pickle.dumps(ImageProblem(SkipReason.DAMAGED, "bad header")))
    assert problem_of(problem) is problem
    assert (problem.reason, problem.detail, str(problem)) == (SkipReason.DAMAGED, "bad header", "damaged: bad header")


def test_every_reason_says_whose_fault_it_is() -> None:
    faults = {reason: reason.fault for reason in SkipReason}
    assert faults[SkipReason.DAMAGED] is Fault.FILE
    assert faults[SkipReason.PROGRAM_ERROR] is Fault.PROGRAM
    assert faults[SkipReason.CHANGED_SINCE] is Fault.PLACE
    assert faults[SkipReason.TOO_LARGE] is Fault.LIMIT


@pytest.mark.parametrize(
    ("wanted", "memory", "machine", "count"),
    [(8, 2, 16, 6), (2, 2, 16, 2), (8, 2, 1, 1), (8, 0, 1, 8), (0, 2, 16, 1)],
)
def test_all_workers_together_fit_into_the_machine(wanted: int, memory: int, machine: int, count: int) -> None:
    assert fitting_workers(wanted, memory * GIGABYTE, machine * GIGABYTE) == count


def test_the_batch_goes_on() -> None:
    works = [_time, _bug, _greed, _time]
    with open_executor("processes:1", bounds=Bounds(memory=GIGABYTE)) as executor:
        done = executor.submit(_all, works).result()
    assert [one.split(":")[0] for one in done] == ["30", "program", "limit", "30"]


def _all(works: list[Callable[[], str]]) -> list[str]:
    return [partial(tried, work)() for work in works]


def _compare() -> str:
    with hearing(2):
        os.write(2, b"libtiff: late complaint\n")
    np.empty(0, np.uint8).mean()
    return "done"


@telling
def compared(batch: list[tuple[int, ...]]) -> list[str]:
    os.write(2, b"an engine that loads\n")
    return [attempt(_compare, seconds=30, about=about, failed=_fail) for about in batch]


def _complain_without_end() -> str:
    line = b"libtiff: complaint number %d\n"
    for number in range(200_000):
        try:
            os.write(2, line % number)
        except OSError:
            break
    else:
        return "no bound"
    sys.stdout.write("and Python code goes on" * 10_000)
    warnings.warn("for it minds nothing", stacklevel=1)
    return "done"


def test_a_decoder_that_complains_without_end_fills_no_memory() -> None:
    told, after = in_worker(_complain_without_end, _noise)
    assert told.startswith("done (libtiff: complaint number 0; ") and told.count(";") == 7
    assert after.startswith("done (libpng warning: iCCP: too long; ")


def test_what_is_heard_is_told_of_what_was_worked_on() -> None:
    """Of the innermost picture alone; of nothing what was printed beside the work."""
    with open_executor("serial") as executor:
        told = executor.submit(compared, [(1, 2), (3, 2)]).result()
        again = executor.submit(compared, [(4,)]).result()
    assert told.results == ["done", "done"]
    assert set(told.notes) == {1, 2, 3} and told.notes[1] == told.notes[3]
    assert "libtiff: late complaint" not in told.notes[1] and "Mean of empty slice" in told.notes[1][0]
    assert told.notes[2][0] == "libtiff: late complaint" and told.notes[2].count("libtiff: late complaint") == 1
    assert set(again.notes) == {2, 4}
