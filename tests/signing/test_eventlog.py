"""The event log as a file: any edit, removal, addition or reordering shows, by line."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from pdpo_audit.model.events import GENESIS, ChainedEvent, Event, chain, withhold
from pdpo_audit.signing.evidence.eventlog import broken_line, line_of, read_event, write_events

values = st.one_of(st.text(max_size=8), st.integers(-(2**50), 2**50), st.booleans(), st.none())
kinds = st.lists(st.tuples(st.text(max_size=6), st.dictionaries(st.text(max_size=5), values, max_size=3)), max_size=6)


def log_of(contents: list[tuple[str, dict[str, str | int | float | bool | None]]]) -> list[ChainedEvent]:
    log: list[ChainedEvent] = []
    for number, (kind, details) in enumerate(contents, start=1):
        event = Event(sequence=number, at="2026-11-20T09:00:00Z", actor="someone", kind=kind, details=details)
        log.append(chain(event, log[-1].digest if log else GENESIS))
    return log


@given(kinds)
def test_a_written_log_reads_back_whole(contents: list[tuple[str, dict[str, str | int | float | bool | None]]]) -> None:
    log = log_of(contents)
    assert [read_event(line_of(entry)) for entry in log] == log
    assert broken_line(map(line_of, log)) is None


@given(kinds, st.data())
def test_any_edited_line_is_found(
    contents: list[tuple[str, dict[str, str | int | float | bool | None]]], data: st.DataObject
) -> None:
    lines = [line_of(entry) for entry in log_of(contents)]
    assume(lines)
    at = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[at]) - 1))
    char = data.draw(st.characters(codec="utf-8").filter(lambda one: one != lines[at][place]))
    lines[at] = lines[at][:place] + char + lines[at][place + 1 :]
    assert broken_line(lines) in (at + 1, at + 2)


@given(kinds, st.data())
def test_any_removed_repeated_or_moved_line_is_found(
    contents: list[tuple[str, dict[str, str | int | float | bool | None]]], data: st.DataObject
) -> None:
    lines = [line_of(entry) for entry in log_of(contents)]
    assume(len(lines) > 1)
    at = data.draw(st.integers(0, len(lines) - 2))
    assert broken_line(lines[:at] + lines[at + 1 :]) == at + 1
    assert broken_line([*lines[:at], lines[at], *lines[at:]]) == at + 2
    assert broken_line([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]) == at + 1


def test_the_head_tells_a_log_that_was_cut_off(tmp_path: Path) -> None:
    log = log_of([("scan", {}), ("assess", {}), ("seal", {})])
    assert broken_line(map(line_of, log[:2])) is None
    assert write_events(tmp_path / "all", log) == (3, log[-1].digest.hex())
    assert write_events(tmp_path / "cut", log[:2]) == (2, log[1].digest.hex())
    assert write_events(tmp_path / "none", []) == (0, "00" * 32)


def test_lines_say_what_there_is_to_say_and_a_line_that_is_none_is_named() -> None:
    log: list[ChainedEvent] = []
    for number in (1, 2, 3):
        event = Event(
            sequence=number, at="2026-11-20T09:00:00Z", actor="someone", kind="scanned", details={"n": number}
        )
        log.append(chain(event, log[-1].digest if log else GENESIS, salt=bytes([number]) * 16))
    lines = [line_of(entry) for entry in log]
    assert [set(json.loads(line)) - {"at", "digest", "kind", "previous", "sequence"} for line in lines] == [
        {"actor", "details", "told", "salt"}
    ] * 3
    kept_back = line_of(withhold(log[1]))
    assert set(json.loads(kept_back)) == {"at", "digest", "kind", "previous", "sequence", "told"}
    assert read_event(kept_back) == withhold(log[1]) and read_event(lines[1]) == log[1]
    assert broken_line([lines[0], kept_back, lines[2]]) is None
    for odd in ("no event", "{}", lines[1].replace(",", ", ", 1), "[" * 100_000):
        assert broken_line([lines[0], odd, lines[2]]) == 2
    assert broken_line([lines[1], "no event"]) == 1, "the first that is wrong is named, not the one that cannot be read"
