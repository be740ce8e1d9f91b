"""A picture inside a file that kills whatever decodes it costs itself: the rest of the file is examined."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.packing import zipped
from tests.workspace.library import picture

#: In every process: a JPEG whose comment says so kills the process that decodes it, as a fault of a decoder would.
_FRAGILE = """
import os, signal
from PIL import JpegImagePlugin

_load = JpegImagePlugin.JpegImageFile.load

def load(self):
    if self.info.get("comment") == b"kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if self.info.get("comment") == b"hang":
        while True:
            pass
    return _load(self)

JpegImagePlugin.JpegImageFile.load = load
"""


def jpeg(number: int, comment: str = "") -> bytes:
    target = io.BytesIO()
    picture(number).save(target, "JPEG", quality=90, comment=comment)
    return target.getvalue()


def run(folder: Path, *arguments: str) -> str:
    (folder / "site").mkdir(exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(_FRAGILE)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder / "site"), *sys.path])}
    command = [sys.executable, "-m", "pdpo_audit", *arguments, "--workspace", str(folder / "audit"), "--quiet"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


@pytest.fixture
def held(tmp_path: Path) -> Path:
    (tmp_path / "share").mkdir()
    inner = zipped({"c.jpg": jpeg(3), "hang.jpg": jpeg(8, "hang"), "d.jpg": jpeg(4)})
    members = {"a.jpg": jpeg(1), "kill.jpg": jpeg(7, "kill"), "inner.zip": inner, "b.jpg": jpeg(2)}
    (tmp_path / "share" / "old.zip").write_bytes(zipped(members))
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "pdpo-audit.toml").write_text(
        f'[limits]\nseconds_per_file = 5\n\n[[sources]]\nname = "share"\nuri = "{tmp_path / "share"}"\n'
    )
    return tmp_path


def test_a_member_that_kills_its_decoder_costs_itself(held: Path) -> None:
    run(held, "scan", "--people", "off", "--workers", "1")
    rows = {row["path"]: row["skipped_reason"] for row in csv.DictReader(io.StringIO(run(held, "export", "holdings")))}
    skipped = {row["path"]: row["reason"] for row in csv.DictReader(io.StringIO(run(held, "export", "skipped")))}
    assert skipped["old.zip!/kill.jpg"] == "decoder_crashed"
    assert skipped["old.zip!/inner.zip!/hang.jpg"] == "timed_out"
    examined = {path for path, reason in rows.items() if not reason}
    assert examined == {f"old.zip!/{name}" for name in ("a.jpg", "b.jpg", "inner.zip!/c.jpg", "inner.zip!/d.jpg")}
    assert set(skipped) | examined == {*examined, "old.zip!/kill.jpg", "old.zip!/inner.zip!/hang.jpg"}
