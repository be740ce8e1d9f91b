"""A plug-in of pytest for the mutants: which tests run which lines of some files, and only some tests run.

    COVERED_FILES=a.py:b.py COVERED_IN=lines.json pytest -p benchmarks.covering ...     notes which test runs which line
    ONLY_TESTS=ids.txt pytest -p benchmarks.covering ...                                runs these, one id a line

What a fixture runs counts for every test of that module, for one of them may share it. Lines that run while modules are
loaded are nobody's: a change of one concerns all tests. So do those that only another process runs.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import Phase, settings

_files = {str(Path(name).resolve()): name for name in os.environ.get("COVERED_FILES", "").split(os.pathsep) if name}
_hit: set[tuple[str, int]] = set()
#: Lines by test, and by the module of tests whose fixtures ran them.
_by_test: dict[str, set[tuple[str, int]]] = defaultdict(set)


def _enter(frame: FrameType, _event: str, _told: Any) -> Any:
    return _line if frame.f_code.co_filename in _files else None


def _line(frame: FrameType, _event: str, _told: Any) -> Any:
    _hit.add((_files[frame.f_code.co_filename], frame.f_lineno))
    return _line


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """What fixtures run is of the whole module."""
    return (yield from _watched(item.nodeid.partition("::")[0]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """What the test itself runs."""
    return (yield from _watched(item.nodeid))


def _watched(name: str) -> Generator[None, object, object]:
    if not _files:
        return (yield)
    _hit.clear()
    sys.settrace(_enter)
    threading.settrace(_enter)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        threading.settrace(None)
        _by_test[name] |= _hit


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Whoever only asks whether a test fails wants no smaller example."""
    if "ONLY_TESTS" in os.environ:
        quick = tuple(phase for phase in Phase if phase not in (Phase.shrink, Phase.explain))
        settings.register_profile("no smaller examples", settings(), phases=quick)
        settings.load_profile("no smaller examples")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out whatever was not asked for."""
    if "ONLY_TESTS" in os.environ:
        wanted = set(Path(os.environ["ONLY_TESTS"]).read_text("utf-8").splitlines())
        left = [item for item in items if item.nodeid not in wanted]
        items[:] = [item for item in items if item.nodeid in wanted]
        config.hook.pytest_deselected(items=left)
    for item in items:
        _by_test[item.nodeid] |= set()


def pytest_sessionfinish() -> None:
    """Write what was noted."""
    if "COVERED_IN" in os.environ:
        found = {name: sorted(lines) for name, lines in _by_test.items()}
        Path(os.environ["COVERED_IN"]).write_text(json.dumps(found), "utf-8")
