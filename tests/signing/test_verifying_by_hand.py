"""Every command of docs/verifying.md works on a sealed and signed audit, and notices what was changed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

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
