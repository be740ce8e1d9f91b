"""Every command of docs/verifying.md works on a sealed and signed audit, and notices what was changed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pdpo_audit.model.events import GENESIS, ChainedEvent, Details, Event, chain, withhold
from pdpo_audit.signing.evidence.eventlog import write_events
from pdpo_audit.signing.roles import Role

from .material import elliptic_identity, now_for_openssl, sign_off, write_audit

PAGE = Path(__file__).parents[2] / "docs" / "verifying.md"
TOOLS = ("openssl", "sha256sum", "unzip", "pdfsig", "bash")
pytestmark = pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"one of {', '.join(TOOLS)} is not installed")

#: The section of each change, and what is changed.
CHANGES = {
    "2.": ("evidence/manifest.json", b"General Counsel", b"General Manager"),
    "3.": ("evidence/tables/holdings.csv", b"a3.jpg", b"b3.jpg"),
    "4.": ("workbook.xlsx", b"PK", b"pk"),
    "6.": ("evidence/sign-offs/0001-legal.json", b"Chan", b"Chen"),
    "7.": ("evidence/events.jsonl", b'{"n":2}', b'{"n":7}'),
}


def sections() -> dict[str, str]:
    """The commands of each section, by its number."""
    found = {}
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        if commands := re.findall(r"```sh\n(.*?)```", part, re.DOTALL):
            found[part[:2]] = "\n".join(commands)
    return found


def run(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    script = "set -e -o pipefail\n" + commands.replace("-purpose any", f"-purpose any -attime {now_for_openssl()}")
    return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    folder = write_audit(tmp_path / "audit")
    sign_off(folder, elliptic_identity(), Role.LEGAL, "Chan Tai Man")
    return folder


def test_every_command_of_the_page_accepts_a_sound_audit(audit: Path) -> None:
    found = sections()
    assert list(found) == ["1.", "2.", "3.", "4.", "5.", "6.", "7.", "8."]
    for number, commands in found.items():
        answer = run(commands, audit)
        assert answer.returncode == 0, (number, answer.stdout, answer.stderr)
    assert run(found["5."], audit).stdout.count("Signature is Valid.") == 2


@pytest.mark.parametrize("number", CHANGES)
def test_the_commands_notice_a_change(audit: Path, number: str) -> None:
    found = sections()
    assert run(found["1."], audit).returncode == 0
    name, old, new = CHANGES[number]
    path = audit / name
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    assert run(found[number], audit).returncode != 0


def salted() -> list[ChainedEvent]:
    """A log as it is written today, with names and details that look like its own words."""
    log: list[ChainedEvent] = []
    tellings: tuple[Details, ...] = (
        {"n": 1},
        {"path": 'a "quoted" \\ name,"digest":"x"', "n": 2},
        {"word": "\u5831\u544a"},
        {},
    )
    for number, details in enumerate(tellings, 1):
        event = Event(
            sequence=number, at=f"2026-11-30T0{number}:00:00+00:00", actor='O"Neil', kind="scanned", details=details
        )
        log.append(chain(event, log[-1].digest if log else GENESIS, salt=bytes([number]) * 16))
    return log


def checked(folder: Path, log: list[ChainedEvent], change: tuple[str, str] = ("", "")) -> int:
    """What the commands on the event log say of it, after a change of its text."""
    (folder / "evidence").mkdir()
    path = folder / "evidence" / "events.jsonl"
    _, head = write_events(path, log)
    (folder / "evidence" / "manifest.json").write_text(f'{{"head":"{head}"}}', "utf-8")
    text = path.read_text("utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1) if change[0] else text, "utf-8")
    return run(sections()["7."], folder).returncode


def test_the_commands_accept_a_log_whose_texts_are_salted_or_kept_back(tmp_path: Path) -> None:
    (tmp_path / "told").mkdir()
    (tmp_path / "kept").mkdir()
    assert checked(tmp_path / "told", salted()) == 0
    assert checked(tmp_path / "kept", [withhold(entry) for entry in salted()]) == 0


@pytest.mark.parametrize(
    "change",
    [
        ('"n":2', '"n":7'),
        ("Neil", "Neal"),
        ("T02:00", "T02:30"),
        ('"kind":"scanned"', '"kind":"skipped"'),
        ('"salt":"01', '"salt":"11'),
    ],
)
def test_the_commands_notice_a_change_of_a_salted_log(tmp_path: Path, change: tuple[str, str]) -> None:
    assert checked(tmp_path, salted(), change) != 0
