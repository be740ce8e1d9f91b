"""The event log shows every edit, removal and reordering."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from pdpo_audit.model.events import (
    EARLY_TEXTS_FORGOTTEN,
    GENESIS,
    ChainedEvent,
    Details,
    Event,
    chain,
    first_broken,
    outlines,
    withhold,
    written,
)

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


def told(*kinds: str) -> list[ChainedEvent]:
    """A log as it is written now: salted, what is told apart."""
    log: list[ChainedEvent] = []
    for number, kind in enumerate(kinds, start=1):
        event = Event(sequence=number, at="2026-11-20T12:00:00+08:00", actor="x", kind=kind, details={"n": number})
        log.append(chain(event, log[-1].digest if log else GENESIS, salt=bytes([number]) * 16))
    return log


def test_an_event_without_its_text_stands_and_one_with_another_text_does_not() -> None:
    log = told("scanned", "assessed", "reported")
    kept_back = [withhold(entry) for entry in log]
    assert [entry.event.details for entry in kept_back] == [{}, {}, {}] and kept_back[1].digest == log[1].digest
    assert all(entry.forgotten and not entry.salt and not entry.event.actor for entry in kept_back)
    assert first_broken(kept_back) is None and first_broken([log[0], kept_back[1], log[2]]) is None
    other = replace(log[1], event=replace(log[1].event, details={"n": 9}))
    assert first_broken([log[0], other, log[2]]) == 1
    assert first_broken([log[0], replace(log[1], salt=b""), log[2]]) == 1
    moved = replace(kept_back[1], event=replace(kept_back[1].event, kind="reported"))
    assert first_broken([log[0], moved, log[2]]) == 1


def early_log(closing: Details | None = None) -> list[ChainedEvent]:
    """Two events of version 0.1.0 whose texts were forgotten, and the event that closes them."""
    log: list[ChainedEvent] = []
    for number in (1, 2):
        event = Event(sequence=number, at="2026-11-20T12:00:00+08:00", actor="x", kind="scanned", details={"n": number})
        log.append(chain(event, log[-1].digest if log else GENESIS))
    early = [withhold(entry) for entry in log]
    closes: Details = {"events": 2, "sha256": outlines(early)}
    details = closes if closing is None else closing
    event = Event(sequence=3, at="2026-11-20T12:00:00+08:00", actor="x", kind=EARLY_TEXTS_FORGOTTEN, details=details)
    return [*early, chain(event, early[-1].digest, salt=b"s" * 16)]


def test_texts_of_early_events_end_only_with_an_event_that_closes_them() -> None:
    log = early_log()
    assert first_broken(log) is None
    assert first_broken(log[:2]) == 0 and first_broken(log[:2], withheld=True) is None
    changed = replace(log[0], event=replace(log[0].event, at="2026-11-21T12:00:00+08:00"))
    assert first_broken([changed, *log[1:]]) == 2, (
        "what stays of an early event is vouched for by the one that closes it"
    )
    digest = log[2].event.details["sha256"]
    wrong: list[Details] = [
        {"events": 1, "sha256": digest}, {"events": "2", "sha256": digest}, {"sha256": digest}, {"events": 2},
    ]  # fmt: skip
    assert [first_broken(early_log(one)) for one in wrong] == [2, 2, 2, 2]
    alone = early_log({"events": 1, "sha256": outlines(log[:1])})
    assert first_broken(alone) == 1, "the second early event is closed by nobody"
    nobody = early_log({"events": 0, "sha256": outlines([])})
    assert first_broken(nobody) == 0
    unnumbered = early_log({"events": "two", "sha256": outlines([])})
    assert first_broken(unnumbered) == 0


def test_what_is_withheld_on_purpose_is_closed_by_nothing() -> None:
    log = early_log()
    assert first_broken([*log[:2], withhold(log[2])], withheld=True) is None
    assert first_broken(early_log({"events": 2, "sha256": "another"}), withheld=True) is None


def test_what_is_digested_is_written_in_one_way() -> None:
    assert written({"b": [1, None], "a": {"d": "陳", "c": True}}) == '{"a":{"c":true,"d":"陳"},"b":[1,null]}'
    assert written({"odd": "\udce9"}) == '{"odd":"\\udce9"}'
