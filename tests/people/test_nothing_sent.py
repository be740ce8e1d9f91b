"""Libraries that run networks tell nobody what they ran, and leave nothing in the user's folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: What a machine of the tests may have set, under which the library is silent by itself.
_SPOKEN_OF = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "GITHUB_ACTIONS", "TF_BUILD", "XDG_CACHE_HOME")
_LOOK = """
import time
from pdpo_audit.networks.running import open_network
from pdpo_audit.people.detectors.weights import centerface
import numpy as np
run = open_network(centerface(), ("537", "538", "539", "540"))
run(np.zeros((1, 3, 64, 64), np.float32))
time.sleep(0.5)
"""


def test_a_look_for_faces_leaves_no_telemetry(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    home, scratch = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    scratch.mkdir()
    clean = {name: value for name, value in os.environ.items() if name not in _SPOKEN_OF}
    subprocess.run([sys.executable, "-c", _LOOK], check=True, env=clean | {"HOME": str(home), "TMPDIR": str(scratch)})
    assert [file.relative_to(tmp_path) for file in tmp_path.rglob("*") if file.is_file()] == []
