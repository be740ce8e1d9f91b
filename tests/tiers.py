"""Which tests belong to which tier: ``needs`` names programs, ``service`` and ``browser`` follow, no skip under CI.

``make quick`` leaves out what is marked ``service``, ``browser`` or ``slow``; ``make test`` runs everything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LIST = Path(__file__).parents[1] / ".setup" / "test-programs.txt"

#: What may be skipped although everything has to run: the test's id, and why no machine can run it.
MAY_BE_SKIPPED: Mapping[str, str] = {}

#: A fixture that starts a server, so that whoever asks for it belongs to the services.
_SERVERS = {"postgresql_server"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that only tests need."""

    name: str
    #: Debian's package.
    package: str
    #: Where it lies when it is not on the PATH; may be empty.
    pattern: str

    def is_installed(self) -> bool:
        return bool(shutil.which(self.name) or (self.pattern and any(Path("/").glob(self.pattern.lstrip("/")))))


def read_programs(path: Path = LIST) -> dict[str, Program]:
    """The programs of the set-up's list, by name."""
    rows = [line.split() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    found = (Program(name=name, package=package, pattern="".join(rest)) for name, package, *rest in rows)
    return {program.name: program for program in found}


def missing(names: Iterable[str]) -> list[Program]:
    """Those of ``names`` that are not installed.

    :raises KeyError: a name is not on the set-up's list, so nothing would bring it.
    """
    programs = read_programs()
    return [programs[name] for name in names if not programs[name].is_installed()]


def say(programs: Iterable[Program]) -> str:
    """Why a test is skipped."""
    return ", ".join(f"{program.name} is not installed (Debian: {program.package})" for program in programs)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test that needs a program or a server the mark of its tier.

    Where the catalogues are on a server (``CATALOGUE=postgresql``), tests of the file itself are left out.
    """
    if os.environ.get("CATALOGUE") == "postgresql":
        items[:] = [item for item in items if item.get_closest_marker("sqlite") is None]
    for item in items:
        needed = {name for marker in item.iter_markers("needs") for name in marker.args}
        if "chromium" in needed:
            item.add_marker(pytest.mark.browser)
        if needed - {"chromium"} or _SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.service)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a program that is not there."""
    if absent := missing(name for marker in item.iter_markers("needs") for name in marker.args):
        pytest.skip(say(absent))


def _forbid_skip(report: Any) -> None:
    listed = report.nodeid in MAY_BE_SKIPPED or hasattr(report, "wasxfail")
    if os.environ.get("CI") == "true" and report.skipped and not listed:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = (
            f"{reason}\nUnder CI=true a skip is a failure: bring what is missing, or say in tests/tiers.py why."
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI a skipped test has failed."""
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Under CI a file that is skipped as a whole has failed."""
    report = yield
    _forbid_skip(report)
    return report
