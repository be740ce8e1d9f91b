"""A line to a store is repeated, made anew and given up in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.sources.stores import lines
from pdpo_audit.sources.stores.answers import Found, RefusedError, Unlisted, walk
from pdpo_audit.sources.stores.lines import BusyError, Line


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that would have been made."""
    pauses = list[float]()
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def line(dial: Callable[[], int], closed: list[int] | None = None) -> Line[int]:
    return Line(dial=dial, hang_up=([] if closed is None else closed).append, broken=(ConnectionError,))


def test_a_line_that_breaks_is_made_anew(quick: list[float]) -> None:
    dialled, closed = iter(range(10)), list[int]()
    found = line(lambda: next(dialled), closed)

    def ask(connection: int) -> str:
        if connection < 2:
            raise ConnectionError
        return f"over {connection}"

    assert found.ask(ask) == found.ask(ask) == "over 2"
    assert closed == [0, 1] and quick == [0.5, 1.0]


def test_a_store_says_how_long_it_wants_to_be_left_alone(quick: list[float]) -> None:
    asked = list[int]()

    def ask(connection: int) -> str:
        asked.append(connection)
        raise BusyError("it is busy (status 429)", 7 if len(asked) == 1 else 9_999)

    found = line(lambda: 1)
    with pytest.raises(RefusedError, match=r"does not answer: it is busy \(status 429\)") as refused:
        found.ask(ask)
    assert quick == [7, lines.PAUSE, lines.PAUSE] and refused.value.reason is SkipReason.NOT_REACHED
    with pytest.raises(RefusedError, match="status 429"):
        found.ask(ask)
    assert len(asked) == lines.TRIES


def test_a_login_that_is_refused_is_tried_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = list[int]()

    def dial() -> int:
        tried.append(1)
        raise RefusedError(SkipReason.NOT_REACHED, "the login is refused")

    found = line(dial)
    for _ in range(50):
        with pytest.raises(RefusedError, match="the login is refused"):
            found.ask(str)
    assert len(tried) == 1
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + lines.DOWN + 1)
    with pytest.raises(RefusedError):
        found.ask(str)
    assert len(tried) == 2


def test_an_answer_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(lines, "IN_ALL", 0.05)
    with pytest.raises(RefusedError, match="takes more than") as late:
        line(lambda: 1).ask(lambda _: time.sleep(0.5))
    assert late.value.reason is SkipReason.NOT_REACHED


def test_what_an_answer_refuses_is_not_asked_again() -> None:
    asked = list[int]()

    def ask(connection: int) -> str:
        asked.append(connection)
        raise RefusedError(SkipReason.NO_PERMISSION, "not this one")

    found = line(lambda: 1)
    for _ in range(2):
        with pytest.raises(RefusedError, match="not this one"):
            found.ask(ask)
    assert asked == [1, 1]


def test_an_answer_that_is_none_is_told_and_the_line_made_anew() -> None:
    closed, asked = list[int](), list[int]()
    found = line(lambda: 1, closed)

    def ask(connection: int) -> str:
        asked.append(connection)
        return b"\xff".decode()

    with pytest.raises(RefusedError, match="cannot be understood: UnicodeDecodeError") as refused:
        found.ask(ask)
    assert refused.value.reason is SkipReason.READ_ERROR and closed == asked == [1]


def test_folders_below_each_other_end() -> None:
    found = list(walk(lambda folder: Found(folder=folder, subfolders=[b"deeper"])))
    assert len(found) < 100 and isinstance(found[-1], Unlisted) and found[-1].reason is SkipReason.TOO_LARGE
