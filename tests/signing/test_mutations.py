"""A few hundred changes of each kind of sealed file: none is accepted that any reader shows otherwise.

`make soak ONLY=seals` tries thousands.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import read_trust
from pdpo_audit.signing.evidence.bundle import BUNDLE as BUNDLE_NAME
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.verification import verify_path

from .material import LATER, person, sign_off, write_audit
from .mutations import BUNDLE, BYTES, PACKAGE, PDF, Change, mutations
from .readers import PDF_READERS, WORKBOOK_READERS, shown

SEED = 20261130

#: What a lone file cannot show, as ``verify`` says of each: that it is whole, and how its parts were packed.
SAID = ("a revision dropped or again", "parts in another order")


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_audit(tmp_path_factory.mktemp("mutations") / "audit")
    sign_off(folder, person("Chan Tai Man"), Role.LEGAL, "Chan Tai Man")
    return folder


KINDS: dict[str, tuple[str, dict[str, Change], dict[str, Callable[[bytes], str]]]] = {
    "report": ("report.en.pdf", PDF, PDF_READERS),
    "workbook": ("workbook.xlsx", PACKAGE, WORKBOOK_READERS),
    "bundle": (BUNDLE_NAME, BUNDLE, {}),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
def test_no_change_of_a_lone_file_shows(kind: str, audit: Path, tmp_path: Path) -> None:
    named, changes, readers = KINDS[kind]
    content = (audit / named).read_bytes()
    lone = tmp_path / named
    for name, changed in mutations(content, changes, SEED, 130):
        lone.write_bytes(changed)
        if verify_path(lone, now=LATER).ok:
            for reader, read in readers.items():
                assert shown(read, changed) == shown(read, content), (name, reader)
            assert name in SAID, name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
def test_no_change_in_a_folder_is_accepted(kind: str, audit: Path, tmp_path: Path) -> None:
    named, changes, _ = KINDS[kind]
    folder = Path(shutil.copytree(audit, tmp_path / "audit"))
    for name, changed in mutations((audit / named).read_bytes(), changes, SEED + 1, len(changes)):
        (folder / named).write_bytes(changed)
        assert not verify_path(folder, now=LATER).ok, name


def test_no_change_of_a_detached_seal_is_accepted(audit: Path) -> None:
    content = (audit / "evidence/manifest.json").read_bytes()
    seal = (audit / "evidence/manifest.json.p7s").read_bytes()
    nobody = read_trust([], LATER)
    assert check_detached("m", content, seal, nobody).signer is not None
    for name, changed in mutations(seal, BYTES, SEED, 210):
        assert check_detached("m", content, changed, nobody).signer is None, name
