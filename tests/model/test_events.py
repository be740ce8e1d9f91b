"""The event log shows every edit, removal and reordering."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from pdpo_audit.model.events import GENESIS, ChainedEvent, Event, chain, first_broken

details: st.SearchStrategy[dict[str, str | int | float | bool | None]] = st.dictionaries(
    st.text(max_size=5), st.one_of(st.text(max_size=5), st.integers(), st.none()), max_size=3
)


@st.composite
def logs(draw: st.DrawFn) -> list[ChainedEvent]:
    log: list[ChainedEvent] = []
    previous = GENESIS
    for number in range(1, draw(st.integers(2, 6)) + 1):
        kind = draw(st.sampled_from(["scanned", "assessed", "reported"]))
        event = Event(sequence=number, at="2026-11-20T12:00:00+08:00", actor="x", kind=kind, details=draw(details))
        log.append(chain(event, previous))
        previous = log[-1].digest
    return log


@given(logs())
def test_an_untouched_log_is_whole(log: list[ChainedEvent]) -> None:
    assert first_broken(log) is None


@given(logs(), st.data())
def test_an_edited_event_is_found(log: list[ChainedEvent], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 1))
    log[place] = replace(log[place], event=replace(log[place].event, actor="somebody else"))
    assert first_broken(log) == place


@given(logs(), st.data())
def test_an_event_edited_with_its_digest_breaks_the_next(log: list[ChainedEvent], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 2))
    log[place] = chain(replace(log[place].event, actor="somebody else"), log[place].previous)
    assert first_broken(log) == place + 1


@given(logs(), st.data())
def test_a_removed_event_is_found(log: list[ChainedEvent], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 2))
    del log[place]
    assert first_broken(log) == place


@given(logs(), st.data())
def test_reordered_events_are_found(log: list[ChainedEvent], data: st.DataObject) -> None:
    one, other = data.draw(st.integers(0, len(log) - 1)), data.draw(st.integers(0, len(log) - 1))
    assume(one != other)
    log[one], log[other] = log[other], log[one]
    assert first_broken(log) == min(one, other)
