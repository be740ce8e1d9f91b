"""xmlsec1, LibreOffice and the JDK agree with us on the native signature of a workbook, RSA and elliptic."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from pdpo_audit.signing.keys.identities import Identity, pem_of
from pdpo_audit.signing.workbook.seals import seal_workbook
from pdpo_audit.signing.workbook.xmlsignature import DS

from .material import NOW, elliptic_identity, plain_workbook, seal_identity

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"


def call(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(params=["rsa", "elliptic"])
def identity(request: pytest.FixtureRequest) -> Identity:
    return elliptic_identity() if request.param == "elliptic" else seal_identity()


@pytest.fixture
def workbook(tmp_path: Path, identity: Identity) -> Path:
    path = tmp_path / "workbook.xlsx"
    path.write_bytes(seal_workbook(plain_workbook(), identity, signed_at=NOW).workbook)
    return path


def damage(workbook: Path) -> Path:
    """The workbook with one cell changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"a3.jpg", b"b3.jpg"))
    damaged = workbook.with_name("damaged.xlsx")
    damaged.write_bytes(out.getvalue())
    return damaged


def ask_xmlsec(workbook: Path, identity: Identity) -> tuple[int, list[str]]:
    """The exit code, and ``ok/all`` for SignedInfo and manifests: xmlsec1 says OK even when a manifest fails."""
    folder = workbook.with_suffix("")
    with zipfile.ZipFile(workbook) as archive:
        archive.extractall(folder)
    (folder / "seal.pem").write_bytes(pem_of(identity.certificate))
    signature = folder / "_xmlsignatures/sig1.xml"
    command = ["xmlsec1", "--verify", "--trusted-pem", str(folder / "seal.pem")]
    command += ["--verification-time", "2026-11-20 10:00:00", "--id-attr:Id", f"{DS}:Object"]
    command += ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]
    for reference in etree.parse(signature).iterfind(f".//{{{DS}}}Manifest/{{{DS}}}Reference"):
        uri = reference.get("URI", "")
        command += [f"--url-map:{uri}", str(folder / uri.partition("?")[0].removeprefix("/"))]
    result = call(*command, signature)
    return result.returncode, re.findall(r"\(ok/all\): (\d+/\d+)", result.stdout + result.stderr)


@pytest.mark.needs("xmlsec1")
def test_xmlsec_accepts_every_reference(workbook: Path, identity: Identity) -> None:
    assert ask_xmlsec(workbook, identity) == (0, ["3/3", "11/11"])
    assert ask_xmlsec(damage(workbook), identity)[1] == ["3/3", "10/11"]


@pytest.mark.needs("javac")
def test_the_jdk_accepts_every_reference(workbook: Path) -> None:
    said = call("java", HERE / "VerifyOpc.java", workbook, damage(workbook))
    assert said.stdout.splitlines() == ["core=true references=11/11", "core=true references=10/11"], said.stderr


@pytest.mark.needs("soffice", "uno")
def test_libreoffice_accepts_the_signature(workbook: Path, tmp_path: Path) -> None:
    command = (SYSTEM_PYTHON, HERE / "uno_verify.py", tmp_path / "profile", workbook, damage(workbook))
    sound, damaged = call(*command).stdout.splitlines()
    assert sound.startswith("True;")
    assert damaged.startswith("False;")
