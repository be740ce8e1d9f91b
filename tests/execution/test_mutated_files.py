"""A kept number of mutated files of every format through the guarded workers: nothing ends, all is accounted for."""

from __future__ import annotations

from collections import Counter

from benchmarks.mutated import MEMORY, SECONDS, Job, Outcome, examine_cases, file_of, lost, seeds
from pdpo_audit.execution import Bounds, map_bounded, open_executor, unheard

#: Enough for every kind of mutation to come up with every made picture a few times.
CASES = range(600)


def outcomes(numbers: range) -> list[Outcome]:
    batches = [[Job(number=number, corpus="") for number in numbers[at : at + 50]] for at in range(0, len(numbers), 50)]
    with open_executor(
        "serial", bounds=Bounds(memory=MEMORY), prepare="pdpo_audit.imaging.process:prepare"
    ) as executor:
        return [
            one
            for batch in map_bounded(executor, examine_cases, batches, in_flight=2, lost=lost, note=unheard)
            for one in batch
        ]


def test_every_sound_picture_is_examined_and_every_case_is_reproducible() -> None:
    made, _ = seeds("")
    assert len({seed.name.rpartition(".")[2] for seed in made}) >= 8
    assert [file_of(Job(number=7, corpus="")) for _ in range(2)] == [file_of(Job(number=7, corpus=""))] * 2
    changed = [
        number for number in CASES if file_of(Job(number=number, corpus="")).data != made[number % len(made)].data
    ]
    assert len(changed) > 0.9 * len(CASES)


def test_no_mutated_file_ends_a_run_or_finds_a_fault_of_ours() -> None:
    told = outcomes(CASES)
    assert [one.number for one in told] == list(CASES)
    assert [one for one in told if one.said == "program_error"] == []
    assert max(one.memory for one in told) <= MEMORY
    assert max(one.seconds for one in told) <= SECONDS
    said = Counter(one.said for one in told)
    assert said["examined"] > 50 and said["damaged"] > 20 and said["truncated"] > 5
