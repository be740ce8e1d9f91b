"""What ends soon is told in time: the seal, authorities, timestamps; and what a compromised key sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pdpo_audit import Workspace
from pdpo_audit.cli.app import assemble
from pdpo_audit.signing.evidence.manifest import MANIFEST_SEAL
from pdpo_audit.signing.folders.endings import read_ending
from pdpo_audit.signing.keys.identities import pem_of
from pdpo_audit.signing.rotations import rotate
from pdpo_audit.workspace.setup.rotating import PLACE
from pdpo_audit.workspace.setup.warnings import warnings_of
from tests.signing.authority import serving
from tests.signing.material import NOW, seal_identity, write_audit

AUDIT = "2026-11-20-a1b2c3"
ENDS = seal_identity().certificate.not_valid_after_utc

Told = Callable[[datetime], str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    workspace = Workspace.create(tmp_path / "work")
    workspace.project.store.generation()  # it is made on first use; without one beside sealed audits it counts as lost
    workspace.close()
    return workspace.project.folder


def told(home: Path, at: datetime) -> str:
    project = Workspace.open(home, clock=lambda: at).project
    return "\n".join(warnings_of(project))


def configure(home: Path, line: str) -> None:
    """Set one key of ``[signing]``."""
    file, key = home / "pdpo-audit.toml", line.partition(" ")[0]
    lines = [one for one in file.read_text("utf-8").splitlines() if not one.startswith(f"{key} =")]
    lines.insert(lines.index("[signing]") + 1, line)
    file.write_text("\n".join(lines) + "\n", "utf-8")


def test_a_seal_that_ends_is_told_sixty_days_before_until_another_takes_its_place(home: Path) -> None:
    write_audit(home / "reports" / AUDIT)
    assert told(home, ENDS - timedelta(days=61)) == ""
    assert "ends on" in told(home, ENDS - timedelta(days=59)) and "keys rotate" in told(home, ENDS - timedelta(days=59))
    assert "ended on" in told(home, ENDS + timedelta(days=1))
    (home / PLACE).mkdir(parents=True)
    planned = rotate(
        seal_identity("Next"), old=seal_identity(), old_sha256="", organisation="", reason="", rotated_at=NOW
    )
    (home / PLACE / "0001.json").write_bytes(planned)
    assert told(home, ENDS - timedelta(days=59)) == ""


def test_an_audit_is_to_be_stamped_before_its_seal_or_its_timestamp_ends(home: Path) -> None:
    write_audit(home / "reports" / AUDIT)
    with serving() as authority:
        stamped = write_audit(home / "reports" / "2026-11-20-a1b2c4", timestamp_url=authority.url)
        ending = read_ending(stamped)
        assert ending is not None and ending.stamped and ending.ends == authority.stamping.not_valid_after_utc
        soon = told(home, ending.ends - timedelta(days=59))
        assert "2026-11-20-a1b2c4: its last timestamp counts" in soon and "stamp` it" in soon
        assert f"{AUDIT}: its seal" not in soon
        configure(home, 'timestamp_url = "http://stamps.invalid"')
        assert f"{AUDIT}: its seal counts" in told(home, ENDS - timedelta(days=59))
    (stamped / MANIFEST_SEAL).write_bytes(b"no seal")
    assert read_ending(stamped) is None and read_ending(home) is None


def test_an_authority_that_ends_is_told(home: Path) -> None:
    with serving() as authority:
        (home / "root.pem").write_bytes(pem_of(authority.root))
        (home / "none.pem").write_bytes(b"no certificate")
        configure(home, 'trust = ["root.pem", "none.pem"]')
        ends = authority.root.not_valid_after_utc
        assert "on the trust list ends on" in told(home, ends - timedelta(days=1))
        assert "ends on" not in told(home, ends - timedelta(days=61))
        assert "no certificate" in told(home, NOW)


def test_what_a_compromised_key_sealed_is_told(home: Path) -> None:
    write_audit(home / "reports" / AUDIT)
    (home / PLACE).mkdir(parents=True)
    (home / PLACE / "0001.json").write_bytes(
        rotate(
            seal_identity("Next"), old=None, old_sha256=seal_identity().facts()["sha256"], organisation="",
            reason="stolen", rotated_at=NOW, compromised_since=NOW,
        )
    )  # fmt: skip
    (home / PLACE / "0002.json").write_bytes(b"no statement")
    assert f"{AUDIT}: its seal's key is told to be compromised since 2026-11-20" in told(home, NOW)


def test_status_and_doctor_say_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(home, 'trust = ["none.pem"]')
    (home / "none.pem").write_bytes(b"no certificate")
    shown = CliRunner().invoke(assemble(), ["status", "--workspace", str(home)])
    assert "Look after:" in shown.output and "no certificate" in shown.output
    monkeypatch.chdir(home)
    assert "no certificate" in CliRunner().invoke(assemble(), ["doctor"]).output
    monkeypatch.chdir(home.parent)
    assert "no certificate" not in CliRunner().invoke(assemble(), ["doctor"]).output
